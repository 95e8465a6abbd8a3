"""Standardised mean difference of a score between groups."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy.special import ndtri

from creditscore._display import html_table
from creditscore._typing import Float1D
from creditscore._validation import check_choice, check_real, check_row_counts, check_weights
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.validate._battery._finding import Finding, Verdict
from creditscore.validate._fairness._fairness_cases import finite_column
from creditscore.validate._fairness._groups import (
    Groups,
    MissingGroup,
    check_rows_agree,
    place_of_group,
    read_groups,
)

DifferenceScale: TypeAlias = Literal["pooled", "all"]
"""Standard deviation that a difference of means is divided by."""

_SOURCE = "Cohen 1988, ch. 2; Hedges and Olkin 1985, ch. 5"
_FORMATS = {
    "count": "{:,.0f}",
    **dict.fromkeys(("mean", "sd", "difference", "lower", "upper"), "{:.3f}"),
}


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class MeanDifference:
    """How far the scores of groups lie below those of a reference.

    Made by :func:`standardised_mean_difference`.

    Attributes
    ----------
    table : DataFrame
        A row a group: group, count, mean, sd, difference (standardised, above 0 where the group
        scores lower), lower, upper, verdict, note.
    reference : str
        The group that the others are compared with.
    level : float
        Confidence level of the intervals.

    Examples
    --------
    >>> from creditscore.validate import standardised_mean_difference
    >>> standardised_mean_difference([600, 620, 640, 580, 600, 620], ["a"] * 3 + ["b"] * 3)
    <MeanDifference: 2 groups against 'a', largest 1.000 ('b')>
    """

    table: pd.DataFrame
    reference: str
    level: float

    @property
    def difference(self) -> float:
        """The difference that is farthest from 0, with its sign; NaN where there is none."""
        others = self.table.loc[self.table["group"] != self.reference, "difference"].dropna()
        return float(others.loc[others.abs().idxmax()]) if len(others) else math.nan

    def findings(self) -> tuple[Finding, ...]:
        """Return the lines of a report."""
        return tuple(
            Finding(
                part="fairness",
                test="standardised mean difference",
                subject=f"group {row['group']}",
                measure=f"(mean of {self.reference} - mean) / sd",
                statistic=float(row["difference"]),
                lower=float(row["lower"]),
                upper=float(row["upper"]),
                band="interval",
                verdict=row["verdict"],
                source=_SOURCE,
                note=row["note"],
            )
            for row in self.table.to_dict("records")
            if row["group"] != self.reference
        )

    def __repr__(self) -> str:
        """Say in one line which group lies farthest off."""
        n, largest = len(self.table), self.difference
        start = f"<MeanDifference: {n} group{'s' * (n != 1)} against {self.reference!r}"
        if math.isnan(largest):
            return f"{start}, no difference>"
        where = self.table.loc[self.table["difference"] == largest, "group"].iloc[-1]
        return f"{start}, largest {largest:.3f} ({where!r})>"

    def _repr_html_(self) -> str:
        caption = f"Standardised mean difference against {self.reference}"
        return html_table(self.table, caption=caption, formats=_FORMATS)


def standardised_mean_difference(
    score: Any,
    group: Any,
    *,
    reference: Any = None,
    sd: DifferenceScale = "pooled",
    bounds: tuple[float, float] = (0.2, 0.3),
    missing: MissingGroup = "error",
    sample_weight: Any = None,
    level: float = 0.95,
) -> MeanDifference:
    """Measure how far the mean scores of groups lie apart, in standard deviations.

    Parameters
    ----------
    score : array-like of shape (n_samples,)
        Higher is safer.
    group : array-like of shape (n_samples,), or table or mapping of columns
        Protected attribute; several columns are crossed.
    reference : scalar, optional
        Group that the others are compared with; by default the one with the highest mean.
    sd : {"pooled", "all"}, default="pooled"
        Divide by the standard deviation within the two groups that are compared; or by that of
        all cases, which is the same for each group.
    bounds : pair of float, default=(0.2, 0.3)
        A difference beyond the first, on either side, is small, "watch"; beyond the second of
        practical significance, "fail".
    missing : {"error", "group"}, default="error"
        Whether a missing group is an error, or a group of its own.
    sample_weight : array-like of shape (n_samples,), optional
        Counts of rows, whole numbers, zero or more, as the intervals need them.
    level : float, default=0.95
        Confidence level in (0, 1).

    Returns
    -------
    MeanDifference

    Raises
    ------
    InvalidDataError
        Missing scores or groups, columns of different lengths, a reference without cases.
    EmptyDataError
        No scores.
    InvalidWeightError
        Weights that are no whole numbers, or that leave no row.
    InvalidParameterError
        A reference that is no group; a parameter out of its range.

    Notes
    -----
    d = (mean_ref - mean) / s, with s² = ((n_ref - 1) s_ref² + (n - 1) s²_group) / (n_ref + n - 2)
    [1]_. The interval is normal with variance 1 / n_ref + 1 / n + d² / (2 (n_ref + n)) [2]_. Cohen
    calls 0.2 small; 0.3 is a custom of fair-lending reviews in the United States, and no law. It
    indicates a difference of scores, not its cause; this is not legal advice.

    References
    ----------
    .. [1] J. Cohen, *Statistical Power Analysis for the Behavioral Sciences*, 2nd ed., Erlbaum,
       1988, ch. 2.
    .. [2] L. V. Hedges and I. Olkin, *Statistical Methods for Meta-Analysis*, Academic Press, 1985,
       ch. 5.

    Examples
    --------
    >>> from creditscore.validate import standardised_mean_difference
    >>> found = standardised_mean_difference(
    ...     [600, 620, 640, 580, 600, 620], ["a", "a", "a", "b", "b", "b"]
    ... )
    >>> found.table[["group", "mean", "sd", "difference", "verdict"]]
      group   mean    sd  difference      verdict
    0     a  620.0  20.0         0.0  information
    1     b  600.0  20.0         1.0         fail
    """
    owner = "standardised_mean_difference"
    check_choice(sd, "sd", owner, ("pooled", "all"))
    check_real(level, "level", owner, low=0, high=1)
    small, practical = _read_bounds(bounds, owner)
    check_rows_agree(score=score, group=group, sample_weight=sample_weight)
    values = finite_column(score, "score")
    groups = read_groups(group, n_rows=len(values), missing=missing, owner=owner)
    weights = check_weights(sample_weight, n_rows=len(values))
    check_row_counts(weights)
    place = None if reference is None else place_of_group(reference, groups.names, owner)
    if place is not None and not groups.sums(weights)[place]:
        msg = f"The reference group {groups.names[place]!r} has no cases."
        raise InvalidDataError(msg)
    table, reference_name = differences(values, groups, weights, place=place, sd=sd, level=level)
    judged = [
        difference_verdict(row["difference"], row["note"], small, practical)
        for row in table.to_dict("records")
    ]
    table.insert(len(table.columns) - 1, "verdict", judged)
    return MeanDifference(table=table, reference=reference_name, level=level)


def differences(
    values: Float1D,
    groups: Groups,
    weights: Float1D | None,
    *,
    place: int | None,
    sd: str,
    level: float,
) -> tuple[pd.DataFrame, str]:
    """Return means and standardised differences by group, and the reference."""
    rows = np.ones(len(values)) if weights is None else weights
    count = groups.sums(rows)
    # about the mean of all, so that squares of large scores lose nothing
    middle = float(np.average(values, weights=rows))
    apart = values - middle
    # and in units of the largest, whose squares neither vanish nor overflow
    unit = float(np.abs(apart).max()) or 1.0
    apart /= unit
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = groups.sums(rows * apart) / count
        squares = groups.sums(rows * (apart - np.nan_to_num(mean)[groups.codes]) ** 2)
        own_sd = np.where(count > 1, np.sqrt(squares / (count - 1)), np.nan)
        if place is None:
            place = int(np.nanargmax(mean))
        if sd == "all":
            # middle is the mean of all
            scale = np.full(len(count), math.sqrt((rows * apart**2).sum() / (rows.sum() - 1)))
        else:
            scale = np.sqrt((squares + squares[place]) / (count + count[place] - 2))
            scale[place] = own_sd[place]
        d = (mean[place] - mean) / scale
        margin = ndtri(0.5 + level / 2) * np.sqrt(
            1 / count + 1 / count[place] + d**2 / (2 * (count + count[place]))
        )
    d[~np.isfinite(d)] = np.nan
    margin[place] = np.nan
    few = count < 2
    d[few] = np.nan
    table = pd.DataFrame(
        {
            "group": list(groups.names),
            "count": count,
            "mean": mean * unit + middle,
            "sd": own_sd * unit,
            "difference": d,
            "lower": d - margin,
            "upper": d + margin,
            "note": [
                "reference" if i == place else _note(count[i], d[i]) for i in range(len(count))
            ],
        }
    )
    return table, groups.names[place]


def _note(count: float, difference: float) -> str:
    if count < 2:
        return f"{count:,.0f} case{'' if count == 1 else 's'}: no spread within the group"
    return "scores without spread" if math.isnan(difference) else ""


def difference_verdict(difference: float, note: str, small: float, practical: float) -> Verdict:
    """Grade a difference by its size; that of the reference is none."""
    if note == "reference":
        return "information"
    if math.isnan(difference):
        return "not tested"
    if abs(difference) > practical:
        return "fail"
    return "watch" if abs(difference) > small else "pass"


def _read_bounds(bounds: Any, owner: str) -> tuple[float, float]:
    try:
        small, practical = bounds
    except (TypeError, ValueError) as error:
        msg = f"The 'bounds' parameter of {owner} must be two numbers. Got {bounds!r} instead."
        raise InvalidParameterError(msg) from error
    small = check_real(small, "bounds", owner, low=0, high=math.inf, closed="left")
    practical = check_real(practical, "bounds", owner, low=small, high=math.inf, closed="left")
    return small, practical
