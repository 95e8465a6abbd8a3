"""The sample that a method of reject inference hands to binning and fit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from creditscore._typing import Bool1D, Float1D, Int1D, NativeFrame, WeightType
from creditscore.scorecard.reject._applications import Applications


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AugmentedSample:
    """Rows, outcomes and weights to bin and fit on, and where each row comes from.

    Made by :meth:`RejectMethod.augment`. Hand all three to a fit, so that bins and coefficients
    both see the weights: ``LogisticScorecard(weight_type=sample.weight_type).fit(sample.X,
    sample.is_bad, sample_weight=sample.weights, periods=sample.periods)``.

    Attributes
    ----------
    X : table or ndarray of shape (n_rows, n_features)
        First the accepted, in their order, then the rejected, once or twice, in theirs.
    is_bad : ndarray of bool, shape (n_rows,)
        Outcomes, known or inferred.
    weights : ndarray of shape (n_rows,)
        Zero or more.
    inferred : ndarray of bool, shape (n_rows,)
        Whether the row is a rejected one, of which the outcome is inferred.
    row : ndarray of int, shape (n_rows,)
        Place of the row in the table of the accepted, or of the rejected where it is inferred.
    weight_type : {"frequency", "sampling"}
        What the weights mean to a fit; see :class:`LogisticScorecard`.
    caveat : str
        What the standard errors of a fit on this sample leave out.
    details : DataFrame or None
        What the method worked out on the way: its bands, or its equations.
    periods : Series or None
        Period of each row, where the applications have them.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.scorecard.reject import FuzzyAugmentation, simulate_applications
    >>> applications = simulate_applications(1_000, random_state=0)
    >>> model = LogisticScorecard().fit(applications.accepted, applications.is_bad)
    >>> sample = FuzzyAugmentation().augment(applications, model.scorecard_)
    >>> sample
    <AugmentedSample: 600 accepted rows and 800 of inferred outcome, 24.2% of these bad by weight>
    >>> sample.provenance().tail(2).round(3)
            source  row  is_bad  weight
    1398  rejected  398   False   0.905
    1399  rejected  399   False   0.586
    """

    X: NativeFrame
    is_bad: Bool1D
    weights: Float1D
    inferred: Bool1D
    row: Int1D
    weight_type: WeightType = "frequency"
    caveat: str = ""
    details: pd.DataFrame | None = None
    periods: pd.Series | None = None

    @property
    def bad_rate(self) -> float:
        """Share of bads among all rows, by weight."""
        return _rate(self.is_bad, self.weights)

    @property
    def reject_bad_rate(self) -> float:
        """Share of bads among the rejected, by weight; NaN where the sample holds none of them."""
        return _rate(self.is_bad[self.inferred], self.weights[self.inferred])

    def provenance(self) -> pd.DataFrame:
        """Return a row for each row of the sample: source, row, is_bad and weight."""
        return pd.DataFrame(
            {
                "source": np.where(self.inferred, "rejected", "accepted").tolist(),
                "row": self.row,
                "is_bad": self.is_bad,
                "weight": self.weights,
            }
        )

    @classmethod
    def of_accepted(
        cls,
        applications: Applications,
        names: Sequence[str],
        *,
        weights: Float1D | None = None,
        weight_type: WeightType = "frequency",
        caveat: str = "",
        details: pd.DataFrame | None = None,
    ) -> Self:
        """Make a sample of the accepted alone, with other weights if so told."""
        n = applications.table.n_rows
        return cls(
            X=applications.stacked(names, copies=0),
            is_bad=applications.is_bad,
            weights=applications.weights if weights is None else weights,
            inferred=np.zeros(n, dtype=bool),
            row=np.arange(n),
            weight_type=weight_type,
            caveat=caveat,
            details=details,
            periods=applications.stacked_periods(copies=0),
        )

    @classmethod
    def with_outcomes(
        cls,
        applications: Applications,
        names: Sequence[str],
        is_bad: Bool1D,
        *,
        caveat: str,
        details: pd.DataFrame | None = None,
    ) -> Self:
        """Add each of the rejected once, with an outcome."""
        return cls._below(
            applications, names, [is_bad], [applications.rejected_weights], caveat, details
        )

    @classmethod
    def with_probabilities(
        cls,
        applications: Applications,
        names: Sequence[str],
        prob: Float1D,
        *,
        caveat: str,
        details: pd.DataFrame | None = None,
    ) -> Self:
        """Add each of the rejected twice, as bad and as good, its weight shared by probability."""
        bad = np.ones(len(prob), dtype=bool)
        weights = [applications.rejected_weights * share for share in (prob, 1 - prob)]
        return cls._below(applications, names, [bad, ~bad], weights, caveat, details)

    @classmethod
    def _below(
        cls,
        applications: Applications,
        names: Sequence[str],
        outcomes: Sequence[Bool1D],
        weights: Sequence[Float1D],
        caveat: str,
        details: pd.DataFrame | None,
    ) -> Self:
        n_accepted, n_rejected = applications.table.n_rows, applications.rejected_table.n_rows
        copies = len(outcomes)
        return cls(
            X=applications.stacked(names, copies=copies),
            is_bad=np.concatenate([applications.is_bad, *outcomes]),
            weights=np.concatenate([applications.weights, *weights]),
            inferred=np.repeat([False, True], [n_accepted, copies * n_rejected]),
            row=np.concatenate([np.arange(n_accepted), np.tile(np.arange(n_rejected), copies)]),
            caveat=caveat,
            details=details,
            periods=applications.stacked_periods(copies=copies),
        )

    def __repr__(self) -> str:
        """Say in one line what it holds."""
        n_inferred = int(self.inferred.sum())
        said = f"{len(self.row) - n_inferred:,} accepted rows"
        if n_inferred:
            said += f" and {n_inferred:,} of inferred outcome, {self.reject_bad_rate:.1%} of these"
        else:
            said += f", {self.bad_rate:.1%}"
        return f"<{type(self).__name__}: {said} bad by weight>"


def _rate(is_bad: Bool1D, weights: Float1D) -> float:
    total = float(weights.sum())
    return float(weights[is_bad].sum()) / total if total else math.nan
