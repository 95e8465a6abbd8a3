"""What became of one candidate, and the steps, clusters and paths that a selection leaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Float2D


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What became of one candidate.

    Attributes
    ----------
    feature : str
        The column.
    kept : bool
        Whether it is in the card.
    stage : {"forced", "binning", "filter", "search", "fit", "kept"}
        Where it was decided: by the user; by its bins; by a filter; by the search; by the fit of
        the card, where a coefficient came to 0; or not at all, being kept.
    reason : str
        Why, in words.
    rule : str, default=""
        What decided: "forced" (in or out), "constant" (or without any value), "missing", "iv",
        "psi", "correlation", "inflation", "stepwise", "l1", "group" and "cap" (the most columns of
        a group, or in all), "sign" and "bounds" (of the coefficient), "penalty" (of a regression
        that was given); empty for what merely passed the filters.
    statistic : float
        The number that decided; NaN where none did.
    limit : float
        What it was held against; NaN where there is none.
    step : int or None
        Step of the search with which it was decided, a row of :meth:`SelectionLog.path`: where it
        entered or left for good; of columns that never entered, the last.

    Examples
    --------
    >>> from creditscore.scorecard.selection import Fate
    >>> Fate(feature="age", kept=False, stage="filter", rule="missing", reason="90% missing").kept
    False
    """

    feature: str
    kept: bool
    stage: str
    reason: str
    rule: str = ""
    statistic: float = np.nan
    limit: float = np.nan
    step: int | None = None


def fate_at_zero(feature: str, box: tuple[float, float], stage: str, **known: Any) -> Fate:
    """Return the fate of a column whose coefficient its bounds hold at 0.

    `box` are the bounds; where they only say that it must not be above 0, its sign is to blame.
    """
    low, high = box
    sign = high == 0 and np.isneginf(low)
    return Fate(
        feature=feature,
        kept=False,
        stage=stage,
        rule="sign" if sign else "bounds",
        reason="coefficient would have the wrong sign"
        if sign
        else "coefficient 0, held there by its bound",
        **known,
    )


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a search.

    Attributes
    ----------
    action : {"start", "enter", "leave"}
        What was done.
    feature : str
        With which column; empty at the start.
    statistic : float
        χ² with one degree of freedom by which it was chosen; of an L1 path, the penalty.
    p_value : float
        Of the statistic, as if the column had been named beforehand.
    n_features : int
        Columns in the model afterwards.
    log_likelihood, aic, bic : float
        Of the model afterwards.

    Examples
    --------
    >>> from creditscore.scorecard.selection import Step
    >>> Step(action="enter", feature="age", statistic=20.1, p_value=7e-6, n_features=1,
    ...      log_likelihood=-590.0, aic=1184.0, bic=1193.8).feature
    'age'
    """

    action: str
    feature: str
    statistic: float
    p_value: float
    n_features: int
    log_likelihood: float
    aic: float
    bic: float


@dataclass(frozen=True, kw_only=True)
class CorrelationCluster:
    """Columns that tell the same story, and the one that was kept.

    Attributes
    ----------
    leader : str
        The column that stays: forced in, or of the highest information value.
    members : tuple of str
        The columns that left for it.
    correlations : tuple of float
        Of their WOE with that of the leader, in [-1, 1].

    Examples
    --------
    >>> from creditscore.scorecard.selection import CorrelationCluster
    >>> CorrelationCluster(leader="age", members=("age_years",), correlations=(0.97,)).leader
    'age'
    """

    leader: str
    members: tuple[str, ...]
    correlations: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class PenaltyPath:
    """Coefficients along the path of an L1 penalty.

    Attributes
    ----------
    names : tuple of str
        The columns.
    penalties : tuple of float
        From the one that lets no column in, downwards.
    intercepts : tuple of float
        Of each penalty's fit.
    coefficients : tuple of tuple of float
        One row a penalty: coefficients of the WOE.
    chosen : int
        Place of the first penalty with the set of columns that was chosen.

    Examples
    --------
    >>> from creditscore.scorecard.selection import PenaltyPath
    >>> path = PenaltyPath(names=("age",), penalties=(9.0, 3.0), intercepts=(-0.8, -0.9),
    ...                    coefficients=((0.0,), (-0.6,)), chosen=1)
    >>> path.table()
             age
    penalty
    9.0      0.0
    3.0     -0.6
    """

    names: tuple[str, ...]
    penalties: tuple[float, ...]
    intercepts: tuple[float, ...]
    coefficients: tuple[tuple[float, ...], ...] = field(repr=False)
    chosen: int

    def table(self) -> pd.DataFrame:
        """Return the coefficients: a row a penalty, by which it goes, and a column a candidate."""
        values: Float2D = np.array(self.coefficients, dtype=np.float64)
        return pd.DataFrame(
            values.reshape(len(self.penalties), len(self.names)),
            index=pd.Index(self.penalties, name="penalty"),
            columns=list(self.names),
        )


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a search found: the fate of each candidate, its steps and, for a penalty, the path."""

    fates: tuple[Fate, ...]
    steps: tuple[Step, ...]
    path: PenaltyPath | None = None
