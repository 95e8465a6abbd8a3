"""What became of each candidate, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from creditscore._display import Format, html_table, text_table

STAGES = ("forced", "binning", "filter", "search", "fit", "kept")
_FORMATS: dict[str, Format] = {
    "iv": "{:.4f}",
    "statistic": "{:,.4g}",
    "limit": "{:,.4g}",
    "step": "{:.0f}",
}


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
        the card, where a coefficient came to 0 at its bound; or not at all, being kept.
    reason : str
        Why, in words.
    statistic : float
        The number that decided; NaN where none did.
    limit : float
        What it was held against; NaN where there is none.
    step : int or None
        Step of the search.

    Examples
    --------
    >>> from creditscore.scorecard.selection import Fate
    >>> Fate(feature="age", kept=False, stage="filter", reason="90% missing").kept
    False
    """

    feature: str
    kept: bool
    stage: str
    reason: str
    statistic: float = np.nan
    limit: float = np.nan
    step: int | None = None


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
        χ² with one degree of freedom by which it was chosen.
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


@dataclass(frozen=True, kw_only=True, repr=False)
class SelectionLog:
    """Which candidates are in the card, and for every other at which step it left and why.

    Attributes
    ----------
    fates : tuple of Fate
        One a candidate, in the order of the columns.
    steps : tuple of Step
        Of the search, in order; empty where nothing was searched.
    said : str
        How the search was made, in words.
    ivs : tuple of float
        Information values of the candidates.

    See Also
    --------
    Selection : What is asked.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard.selection import Selection, Stepwise
    >>> german = load_german_credit()
    >>> X = german[["checking_status", "duration_months", "credit_amount", "dependents"]]
    >>> model = LogisticScorecard(selection=Selection(search=Stepwise()))
    >>> log = model.fit(X, german["is_bad"]).selection_
    >>> log.kept
    ('checking_status', 'duration_months')
    >>> log.path()[["action", "feature", "n_features"]]
      action          feature  n_features
    0  start                            0
    1  enter  checking_status           1
    2  enter  duration_months           2
    """

    fates: tuple[Fate, ...]
    steps: tuple[Step, ...] = ()
    said: str = ""
    ivs: tuple[float, ...] = field(default=())

    @property
    def kept(self) -> tuple[str, ...]:
        """Columns in the card."""
        return tuple(fate.feature for fate in self.fates if fate.kept)

    @property
    def dropped(self) -> dict[str, str]:
        """Columns that are not in the card, and why."""
        return {fate.feature: fate.reason for fate in self.fates if not fate.kept}

    @property
    def caveat(self) -> str:
        """What a search means for the standard errors of a fit on the same rows."""
        if not self.steps:
            return ""
        return (
            f"Characteristics were chosen on the same rows ({self.said}), so p-values are too "
            "small and intervals too narrow"
        )

    def without(self, zero: Mapping[str, str]) -> SelectionLog:
        """Return the log after the fit has left columns out, for the reasons given."""
        fates = tuple(
            replace(fate, kept=False, stage="fit", reason=zero[fate.feature])
            if fate.feature in zero
            else fate
            for fate in self.fates
        )
        return replace(self, fates=fates)

    def table(self) -> pd.DataFrame:
        """Return the fate of each candidate.

        Returns
        -------
        DataFrame
            A row a candidate: feature, kept, stage (forced, binning, filter, search, fit, kept),
            step (of the search, missing where it was decided outside), iv, statistic and limit
            (the number that decided and what it was held against, NaN where none did), reason.
        """
        return pd.DataFrame(
            {
                "feature": [fate.feature for fate in self.fates],
                "kept": [fate.kept for fate in self.fates],
                "stage": [fate.stage for fate in self.fates],
                "step": pd.array([fate.step for fate in self.fates], dtype="Int64"),
                "iv": list(self.ivs) or [np.nan] * len(self.fates),
                "statistic": [fate.statistic for fate in self.fates],
                "limit": [fate.limit for fate in self.fates],
                "reason": [fate.reason for fate in self.fates],
            }
        )

    def path(self) -> pd.DataFrame:
        """Return the steps of the search.

        Returns
        -------
        DataFrame
            A row a step: action, feature, statistic, p_value, n_features, log_likelihood, aic,
            bic.
        """
        names = Step.__dataclass_fields__
        return pd.DataFrame({name: [getattr(s, name) for s in self.steps] for name in names})

    def __repr__(self) -> str:
        """Say in one line what came out."""
        return f"<SelectionLog: {self._caption()}>"

    def __str__(self) -> str:
        """Write the table."""
        return text_table(self.table(), caption=self._caption(), formats=_FORMATS)

    def _repr_html_(self) -> str:
        return html_table(self.table(), caption=self._caption(), formats=_FORMATS)

    def _caption(self) -> str:
        how = f"; {self.said}" if self.said else ""
        return f"{len(self.kept)} of {len(self.fates)} candidates in the card{how}"


def listed(names: Sequence[str], n: int = 5) -> str:
    """Write the first names of a list."""
    return ", ".join(map(repr, names[:n])) + (", …" if len(names) > n else "")
