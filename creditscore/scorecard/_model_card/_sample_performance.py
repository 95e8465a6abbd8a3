"""How a card does on one sample."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd

from creditscore._typing import Bool1D, Float1D, NativeFrame
from creditscore._validation import as_floats, check_outcomes, check_same_order, check_weights
from creditscore.exceptions import InvalidDataError, InvalidWeightError
from creditscore.metrics import (
    Interval,
    auc_interval,
    brier_score,
    calibration_table,
    ks,
)
from creditscore.scorecard._comparison._score_shift import score_shift
from creditscore.scorecard._fit_summary import FitSummary
from creditscore.scorecard._scorecard import Scorecard

_SAME = 1e-6
"""Part by which sums of weights may differ by rounding."""
_GROUPS = 10
"""Groups of nearly equal size of the calibration table."""


class CalibrationGroup(NamedTuple):
    """A group of cases by their probability: predicted and observed default rates.

    Attributes
    ----------
    prob_lower, prob_upper : float
        Least and greatest probability in it.
    n_cases, n_bad : float
        Cases, and bad ones.
    predicted, observed : float
        Mean probability and default rate.
    observed_lower, observed_upper : float
        Jeffreys' interval of the rate, at 95 %.

    Examples
    --------
    >>> from creditscore.scorecard import CalibrationGroup
    >>> CalibrationGroup(0.01, 0.02, 170, 3, 0.015, 3 / 170, 0.005, 0.0463).n_bad
    3
    """

    prob_lower: float
    prob_upper: float
    n_cases: float
    n_bad: float
    predicted: float
    observed: float
    observed_lower: float
    observed_upper: float


@dataclass(frozen=True, kw_only=True)
class SamplePerformance:
    """Measures of a card on one sample; made by :meth:`measure`.

    Attributes
    ----------
    name : str
        Name of the sample, such as "train".
    n_good, n_bad : float
        Cases (weights) of each class.
    auc : Interval or None
        AUC with its 95 % interval (DeLong); None with fewer than two cases of a class.
    ks : float or None
        KS distance; None with one class.
    brier, predicted : float or None
        Brier score and mean probability of default; None where the card has no scale.
    psi : float or None
        Population stability index of the scores from the first sample to this one; None of the
        first sample.
    calibration : tuple of CalibrationGroup
        Ten groups of nearly equal size, the safest first; none where the card has no scale.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard import SamplePerformance
    >>> german = load_german_credit()
    >>> card = LogisticScorecard().fit(german[["savings_status"]], german["is_bad"]).scorecard_
    >>> found = SamplePerformance.measure("train", card, german, german["is_bad"])
    >>> print(found.auc, round(found.brier, 4))
    0.598 (0.567 to 0.629) 0.2025
    """

    name: str
    n_good: float
    n_bad: float
    auc: Interval | None = None
    ks: float | None = None
    brier: float | None = None
    predicted: float | None = None
    psi: float | None = None
    calibration: tuple[CalibrationGroup, ...] = ()

    @classmethod
    def measure(
        cls,
        name: str,
        card: Scorecard,
        X: NativeFrame,
        is_bad: Any,
        *,
        sample_weight: Any = None,
        reference: tuple[Float1D, Float1D] | None = None,
    ) -> Self:
        """Measure a card on a sample.

        Parameters
        ----------
        name : str
            Name of the sample.
        card : Scorecard
            The card.
        X : table of shape (n_samples, n_columns)
            As in :meth:`Scorecard.score`.
        is_bad : array-like of shape (n_samples,)
            1 for bad, 0 for good; all of one kind is fine.
        sample_weight : array-like of shape (n_samples,), optional
            Counts of rows, whole numbers, zero or more.
        reference : tuple of two arrays, optional
            Scores and weights of the sample that the stability index starts from.

        Returns
        -------
        SamplePerformance

        Raises
        ------
        InvalidDataError
            As in :meth:`Scorecard.score`; also outcomes and weights that cannot be used.
        """
        check_same_order(X, is_bad, name="is_bad", error=InvalidDataError)
        check_same_order(X, sample_weight, name="sample_weight", error=InvalidWeightError)
        score = as_floats(card.score(X), "score")
        bad = check_outcomes(is_bad, n_rows=len(score), one_class=True, beside="X")
        weights = check_weights(sample_weight, n_rows=len(score))
        counts = np.ones(len(score)) if weights is None else weights
        n_bad, n_good = float(counts[bad].sum()), float(counts[~bad].sum())
        safer, fewer = score if card.higher_is_safer else -score, min(n_good, n_bad)
        found = cls(
            name=name,
            n_good=n_good,
            n_bad=n_bad,
            auc=auc_interval(bad, safer, sample_weight=weights) if fewer > 1 else None,
            ks=ks(bad, safer, sample_weight=weights) if fewer > 0 else None,
            psi=None if reference is None else score_shift(*reference, score, counts),
        )
        if card.scale is None:
            return found
        return found._calibrated(card.scale.prob_default(score), bad, weights)

    @property
    def n_cases(self) -> float:
        """Cases of both classes."""
        return self.n_good + self.n_bad

    @property
    def bad_rate(self) -> float:
        """Share of bad cases, a fraction."""
        return self.n_bad / self.n_cases

    @property
    def gini(self) -> Interval | None:
        """Gini coefficient with its interval, 2 · AUC - 1."""
        if self.auc is None:
            return None
        estimate, lower, upper, level = self.auc
        return Interval(2 * estimate - 1, 2 * lower - 1, 2 * upper - 1, level)

    def counts_as(self, fit: FitSummary) -> bool:
        """Tell whether a fit counted as many good and bad cases as the sample has.

        Parameters
        ----------
        fit : FitSummary
            Of a card.

        Returns
        -------
        bool
            Whether both numbers are the same but for rounding: the sample may then be that of the
            fit, and otherwise it is not.
        """
        pairs = ((self.n_good, fit.n_good), (self.n_bad, fit.n_bad))
        return all(math.isclose(own, counted, rel_tol=_SAME) for own, counted in pairs)

    def calibration_frame(self) -> pd.DataFrame:
        """Return the calibration table, a row a group."""
        return pd.DataFrame(list(self.calibration), columns=list(CalibrationGroup._fields))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that :meth:`from_dict` reads back, without what is not known."""
        content = {key: value for key, value in asdict(self).items() if value is not None}
        if self.auc is not None:
            content["auc"] = list(self.auc)
        content["calibration"] = [list(group) for group in self.calibration]
        return content

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Read back what :meth:`to_dict` wrote."""
        read = dict(content)
        if "auc" in read:
            read["auc"] = Interval(*read["auc"])
        read["calibration"] = tuple(CalibrationGroup(*group) for group in read["calibration"])
        return cls(**read)

    def _calibrated(self, prob: Float1D, bad: Bool1D, weights: Float1D | None) -> Self:
        """Return the same with what the probabilities add."""
        table = calibration_table(bad, prob, n_groups=_GROUPS, sample_weight=weights)
        rows = table.rename(columns={"count": "n_cases"})[list(CalibrationGroup._fields)]
        return replace(
            self,
            brier=brier_score(bad, prob, sample_weight=weights),
            predicted=float(np.average(prob, weights=weights)),
            calibration=tuple(CalibrationGroup(*row) for row in rows.to_numpy().tolist()),
        )
