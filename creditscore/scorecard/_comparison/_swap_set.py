"""Who is approved by one score and not by another, at the same rate of approval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from creditscore._display import Format, html_table
from creditscore._typing import Float1D
from creditscore._validation import (
    as_floats,
    check_outcomes,
    check_real,
    check_same_order,
    check_weights,
)
from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
)

_GROUPS = (
    ("approved by both", "approve", "approve"),
    ("swapped in", "decline", "approve"),
    ("swapped out", "approve", "decline"),
    ("declined by both", "decline", "decline"),
)
_FORMATS: dict[str, Format] = {
    "cutoff": "{:.6g}",
    "approval_rate": "{:.2%}",
    "count": "{:,.0f}",
    "share": "{:.2%}",
    "n_bad": "{:,.0f}",
    "bad_rate": "{:.2%}",
    "amount": "{:,.0f}",
    "bad_amount": "{:,.0f}",
}

Four = tuple[float, float, float, float]
"""A number for each of the groups, in their order."""


@dataclass(frozen=True, kw_only=True, repr=False)
class SwapSet:
    """Cases by the decisions of two scores; made by :func:`swap_set`.

    Attributes
    ----------
    cutoff_a, cutoff_b : float
        Cut-off of each score: from it on a case is approved, or up to it on a reversed scale.
        Infinite where nobody is approved.
    counts : tuple of 4 floats
        Cases (weights) that are approved by both, swapped in (declined by the first score and
        approved by the second), swapped out (the other way round), declined by both.
    n_bad : tuple of 4 floats or None
        Bad cases among them; None where no outcomes were given.
    amounts, bad_amounts : tuple of 4 floats or None
        Amounts of all cases and of the bad ones; None where no amounts, or no outcomes, were
        given.

    See Also
    --------
    swap_set : Makes one.
    SwapSetDisplay : The picture.

    Examples
    --------
    >>> from creditscore.scorecard import swap_set
    >>> swap = swap_set([1, 2, 3, 4], [1, 4, 2, 3], approval_rate=0.5, is_bad=[1, 0, 1, 0])
    >>> swap
    <SwapSet: 1 swapped in, 1 swapped out of 4; approved 50.00% and 50.00%>
    >>> swap.frame()[["group", "count", "bad_rate"]]
                  group  count  bad_rate
    0  approved by both    1.0       0.0
    1        swapped in    1.0       0.0
    2       swapped out    1.0       1.0
    3  declined by both    1.0       1.0
    """

    cutoff_a: float
    cutoff_b: float
    counts: Four
    n_bad: Four | None = None
    amounts: Four | None = None
    bad_amounts: Four | None = None

    def frame(self) -> pd.DataFrame:
        """Return the four groups.

        Returns
        -------
        DataFrame
            group, decision_a, decision_b ("approve" or "decline"), count, share (of all cases),
            n_bad, bad_rate, amount, bad_amount; NaN where outcomes or amounts were not given, and
            the rate of a group of nobody.
        """
        names, first, second = zip(*_GROUPS, strict=True)
        count = np.asarray(self.counts)
        n_bad = _column(self.n_bad)
        return pd.DataFrame(
            {
                "group": names,
                "decision_a": first,
                "decision_b": second,
                "count": count,
                "share": count / count.sum(),
                "n_bad": n_bad,
                "bad_rate": _rate(n_bad, count),
                "amount": _column(self.amounts),
                "bad_amount": _column(self.bad_amounts),
            }
        )

    def approved(self) -> pd.DataFrame:
        """Return what each score approves.

        Returns
        -------
        DataFrame
            A row a score: score ("a" or "b"), cutoff, approval_rate, count, n_bad, bad_rate,
            amount, bad_amount, of the cases that it approves.
        """
        groups = self.frame()
        rows = []
        for score, cutoff in (("a", self.cutoff_a), ("b", self.cutoff_b)):
            own = groups[groups[f"decision_{score}"] == "approve"]
            sums = own[["count", "share", "n_bad", "amount", "bad_amount"]].sum(skipna=False)
            rate = _rate(sums[["n_bad"]].to_numpy(), sums[["count"]].to_numpy())[0]
            rows.append(
                {
                    "score": score,
                    "cutoff": cutoff,
                    "approval_rate": sums["share"],
                    "count": sums["count"],
                    "n_bad": sums["n_bad"],
                    "bad_rate": rate,
                    "amount": sums["amount"],
                    "bad_amount": sums["bad_amount"],
                }
            )
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        """Say in one line how many change places; :meth:`frame` has the groups."""
        _, swapped_in, swapped_out, _ = self.counts
        rates = " and ".join(f"{rate:.2%}" for rate in self.approved()["approval_rate"])
        return (
            f"<SwapSet: {swapped_in:,.0f} swapped in, {swapped_out:,.0f} swapped out of "
            f"{sum(self.counts):,.0f}; approved {rates}>"
        )

    def _repr_html_(self) -> str:
        groups = self.frame().drop(columns=["decision_a", "decision_b"]).dropna(axis=1, how="all")
        approved = self.approved().dropna(axis=1, how="all")
        return _html(groups, "Swap set") + _html(approved, "Approved by each score")


def swap_set(
    score_a: Any,
    score_b: Any,
    *,
    approval_rate: float | None = None,
    cutoff: float | None = None,
    is_bad: Any = None,
    amount: Any = None,
    sample_weight: Any = None,
) -> SwapSet:
    """Put the decisions of two scores side by side, at the same rate of approval.

    Parameters
    ----------
    score_a, score_b : array-like of shape (n_samples,)
        Two scores of each case, the old one first; a higher one is safer. They need not be on
        one scale.
    approval_rate : float, optional
        Share of the cases that the first score approves, a fraction in (0, 1); the second gets
        the cut-off of the nearest rate to the one that came of it. Give this or `cutoff`.
    cutoff : float, optional
        Cut-off of the first score; the second gets the one of the nearest approval rate.
    is_bad : array-like of shape (n_samples,), optional
        1 for bad, 0 for good; all of one kind is fine.
    amount : array-like of shape (n_samples,), optional
        Amount of each case, zero or more.
    sample_weight : array-like of shape (n_samples,), optional
        Frequencies, zero or more; fractions will do. Amounts are those of one case.

    Returns
    -------
    SwapSet

    Raises
    ------
    InvalidParameterError
        Neither an approval rate nor a cut-off is given, or both, or one out of range.
    InvalidTargetError
        Outcomes that are none or missing.
    InvalidDataError
        Missing scores or amounts, columns of different lengths, pandas Series with one index in
        different orders.

    Notes
    -----
    A cut-off approves all cases from it on, so that ties stay together and not every rate can be
    had. Of the rates that can, the nearest is taken, the lower of two that are as near. A score
    of few values, such as that of a short card, may be far from the rate asked for;
    :meth:`SwapSet.approved` has what came of it.

    Bad rates of those swapped in need outcomes of cases that the first score declines. A sample
    of accepted cases does not hold them: their rates are then those of whoever was accepted in
    spite of the score, or inferred.

    References
    ----------
    .. [1] N. Siddiqi, *Intelligent Credit Scoring*, 2nd ed., Wiley, 2017, ch. 12.

    Examples
    --------
    >>> from creditscore.scorecard import swap_set
    >>> swap_set([1, 2, 3, 4], [1, 4, 2, 3], cutoff=4).approved()[["cutoff", "approval_rate"]]
       cutoff  approval_rate
    0     4.0           0.25
    1     4.0           0.25
    """
    _check_either(approval_rate, cutoff)
    first = _read(score_a, "score_a")
    second = _read(score_b, "score_b", n=len(first))
    check_rows(
        score_a=score_a, score_b=score_b, is_bad=is_bad, amount=amount, sample_weight=sample_weight
    )
    weights = check_weights(sample_weight, n_rows=len(first))
    counts = np.ones(len(first)) if weights is None else weights
    own = _nearest_cutoff(first, counts, approval_rate) if cutoff is None else cutoff
    # the second score follows the rate that the first one has, not the one that was asked for
    other = _nearest_cutoff(second, counts, counts[first >= own].sum() / counts.sum())
    # approved by both, in (declined by the first score alone), out, declined by both
    place = 2 * (second < other) + (first < own)
    bad = None if is_bad is None else check_outcomes(is_bad, n_rows=len(first), one_class=True)
    sums = None if amount is None else _read_amounts(amount, n=len(first))
    return SwapSet(
        cutoff_a=float(own),
        cutoff_b=other,
        counts=_four(place, counts),
        n_bad=None if bad is None else _four(place, counts * bad),
        amounts=None if sums is None else _four(place, counts * sums),
        bad_amounts=None if sums is None or bad is None else _four(place, counts * sums * bad),
    )


def check_rows(**columns: Any) -> None:
    """Refuse pandas columns that name the same rows in different orders."""
    for (beside, values), (name, others) in combinations(columns.items(), 2):
        check_same_order(values, others, beside=beside, name=name, error=InvalidDataError)


def _check_either(approval_rate: float | None, cutoff: float | None) -> None:
    if (approval_rate is None) == (cutoff is None):
        got = "neither" if cutoff is None else "both"
        msg = (
            "A swap set needs either 'approval_rate', the share of cases that both scores "
            f"approve, or 'cutoff', the cut-off of the first score. Got {got}."
        )
        raise InvalidParameterError(msg)
    if approval_rate is not None:
        check_real(approval_rate, "approval_rate", "swap_set", low=0, high=1)
    if cutoff is not None:
        check_real(cutoff, "cutoff", "swap_set", low=-math.inf, high=math.inf)


def _read(values: Any, name: str, n: int | None = None) -> Float1D:
    """Read a column of numbers without gaps."""
    numbers = as_floats(values, name)
    if numbers.ndim != 1 or (n is not None and len(numbers) != n):
        wanted = "one number a case" if n is None else f"one number for each of the {n} cases"
        msg = f"{name} must hold {wanted}. Got shape {numbers.shape} instead."
        raise InvalidDataError(msg)
    if not len(numbers):
        msg = f"{name} is empty, so there is nothing to decide."
        raise EmptyDataError(msg)
    missing = np.isnan(numbers)
    if missing.any():
        msg = (
            f"{name} has {int(missing.sum())} missing value(s) (NaN), the first at row "
            f"{int(missing.argmax())}; leave out those rows, or fill them in."
        )
        raise InvalidDataError(msg)
    return numbers


def _read_amounts(amount: Any, *, n: int) -> Float1D:
    amounts = _read(amount, "amount", n)
    odd = ~((amounts >= 0) & np.isfinite(amounts))
    if odd.any():
        row = int(odd.argmax())
        msg = f"amount must be zero or more and finite. Got {amounts[row]:g} at row {row}."
        raise InvalidDataError(msg)
    return amounts


def _nearest_cutoff(score: Float1D, counts: Float1D, rate: Any) -> float:
    """Return the cut-off whose approval rate is nearest, the stricter of two as near."""
    distinct, places = np.unique(score, return_inverse=True)
    weights = np.bincount(places, counts)
    # from nobody, by the highest score alone, to everybody
    approved = np.append(0.0, np.cumsum(weights[::-1])) / weights.sum()
    cutoffs = np.append(np.inf, distinct[::-1])
    return float(cutoffs[np.abs(approved - rate).argmin()])


def _four(place: Any, values: Float1D) -> Four:
    one, two, three, four = np.bincount(place, values, minlength=4).tolist()
    return one, two, three, four


def _column(values: Four | None) -> Float1D:
    return np.full(4, np.nan) if values is None else np.asarray(values)


def _rate(part: Float1D, whole: Float1D) -> Float1D:
    rate: Float1D = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return rate


def _html(table: pd.DataFrame, caption: str) -> str:
    formats = {name: pattern for name, pattern in _FORMATS.items() if name in table.columns}
    return html_table(table, caption=caption, formats=formats)
