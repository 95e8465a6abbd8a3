"""Adverse impact: is a group selected less than four fifths as often as the best one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from creditscore._display import html_table
from creditscore._validation import as_floats, check_integer, check_real
from creditscore.exceptions import EmptyDataError, InvalidDataError
from creditscore.metrics import wilson_interval
from creditscore.validate._battery._finding import Finding, Verdict
from creditscore.validate._fairness._groups import label_of, large_groups, place_of_group

_SOURCE = "29 CFR 1607.4(D); EEOC Questions and Answers, 44 FR 11996, 1979"
_MOST_EXACT = 10**9
"""Applicants beyond which products of counts leave 64 bits; the normal test is as good by then."""
_OUTCOMES: dict[tuple[bool, bool], tuple[Verdict, str]] = {
    (True, True): ("fail", "indicates adverse impact: below the threshold, and significant"),
    (True, False): ("watch", "below the threshold, but the difference may be chance"),
    (False, True): ("watch", "not below the threshold, but significantly below the reference"),
    (False, False): ("pass", ""),
}
"""Verdict and note by whether the ratio is below the threshold, and the difference significant."""
_FORMATS = {
    **dict.fromkeys(("n_selected", "n_applicants"), "{:,.0f}"),
    **dict.fromkeys(("share", "rate", "lower", "upper"), "{:.1%}"),
    **dict.fromkeys(("ratio", "ratio_lower", "ratio_upper", "z", "odds_ratio"), "{:.3f}"),
    **dict.fromkeys(("p_value", "fisher_p_value"), "{:.4f}"),
}


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class AdverseImpact:
    """Selection rates of groups against that of a reference; by :func:`adverse_impact`.

    Attributes
    ----------
    table : DataFrame
        A row a group: group, n_selected, n_applicants, share (of all applicants), rate, lower and
        upper (Wilson's interval of the rate), ratio (to the rate of the reference; the adverse
        impact ratio), ratio_lower, ratio_upper (Katz), z and p_value (pooled, two-sided),
        odds_ratio and fisher_p_value, adverse (ratio strictly below the threshold), significant,
        judged, verdict, note.
    reference : str
        The group that the others are compared with.
    threshold : float
        Ratio below which there is adverse impact.
    level : float
        Confidence level of the intervals.

    Examples
    --------
    >>> from creditscore.validate import adverse_impact
    >>> adverse_impact([48, 12], [80, 40], ["men", "women"])
    <AdverseImpact: 2 groups against 'men', least ratio 0.500 ('women'), 1 below 0.8>
    """

    table: pd.DataFrame
    reference: str
    threshold: float
    level: float

    @property
    def ratio(self) -> float:
        """Least ratio of the groups that are judged; NaN where there is none."""
        judged = self.table.loc[self.table["judged"], "ratio"]
        return float(judged.min()) if judged.notna().any() else math.nan

    def findings(self) -> tuple[Finding, ...]:
        """Return the lines of a report."""
        return tuple(
            Finding(
                part="fairness",
                test="adverse impact ratio",
                subject=f"group {row['group']}",
                measure=f"selection rate / that of {self.reference}",
                statistic=float(row["ratio"]),
                p_value=float(row["p_value"]),
                lower=float(row["ratio_lower"]),
                upper=float(row["ratio_upper"]),
                band="interval",
                verdict=row["verdict"],
                judged_by="bound",
                source=_SOURCE,
                note=row["note"],
            )
            for row in self.table.to_dict("records")
        )

    def __repr__(self) -> str:
        """Say in one line which group is selected least."""
        n, judged = len(self.table), self.table[self.table["judged"]]
        known = judged["ratio"].notna().any()
        start = f"<AdverseImpact: {n} group{'s' * (n != 1)} against {self.reference!r}"
        if not known:
            return f"{start}, no ratio>"
        least = judged.loc[judged["ratio"].idxmin()]
        return (
            f"{start}, least ratio {least['ratio']:.3f} ({least['group']!r}), "
            f"{int(judged['adverse'].sum())} below {self.threshold:g}>"
        )

    def _repr_html_(self) -> str:
        caption = f"Selection rates against {self.reference}; adverse below {self.threshold:g}"
        shown = self.table.drop(columns=["judged"])
        return html_table(shown, caption=caption, formats=_FORMATS)


def adverse_impact(
    n_selected: Any,
    n_applicants: Any,
    groups: Any = None,
    *,
    reference: Any = None,
    threshold: float = 0.8,
    min_share: float = 0.02,
    min_count: int = 1,
    level: float = 0.95,
) -> AdverseImpact:
    """Compare selection rates of groups by the four-fifths rule, from counts.

    Parameters
    ----------
    n_selected : array-like of shape (n_groups,), or mapping of group to count
        Selected, such as approved, in each group; whole numbers.
    n_applicants : array-like of shape (n_groups,), or mapping of group to count
        All that applied, those selected included.
    groups : sequence of shape (n_groups,), optional
        Names of the groups; a tuple names an intersection, such as ``("female", "under 25")``.
        Mappings name them themselves, and so does the index of two pandas Series.
    reference : scalar, optional
        Group that the others are compared with; by default the one with the highest rate among
        those of `min_share` and `min_count`.
    threshold : float, default=0.8
        A ratio strictly below it indicates adverse impact; in (0, 1]. Exactly 0.80 does not.
    min_share : float, default=0.02
        A group of less than this share of applicants is told and not judged; in [0, 1).
    min_count : int, default=1
        The same for a number of applicants.
    level : float, default=0.95
        Confidence level in (0, 1) of the intervals; a Fisher p-value below 1 - `level` is
        significant.

    Returns
    -------
    AdverseImpact

    Raises
    ------
    InvalidDataError
        Counts that are no whole numbers, more selected than applied, names that do not fit.
    EmptyDataError
        No groups, or nobody applied.
    InvalidParameterError
        A reference that is no group; a parameter out of its range.

    See Also
    --------
    fairness_table : From cases, with errors and calibration by group.

    Notes
    -----
    The ratio is s / n over s_r / n_r of the reference [1]_. It is compared with the threshold in
    whole numbers, s · n_r · 5 < s_r · n · 4, so that no rounding decides; the Questions and Answers
    [2]_ hold 48 % against 60 % to be no adverse impact, and look at groups of 2 % or more.

    z = (rate_r - rate) / √(p (1 - p) (1 / n + 1 / n_r)) with the rate p of both together; above 0
    where the group is selected less often. More than two standard deviations, z > 2 [3]_, or
    a p-value of Fisher's exact test below 1 - `level`, is significant.
    Verdicts: "fail" where the ratio is below the threshold and the difference against the group
    significant; "watch" where it is one of the two, as smaller differences may count where they
    are significant, and larger ones may not in small numbers (1607.4(D)); "pass" otherwise.

    It indicates where to look. Whether a practice is lawful depends on more, such as its
    business necessity and the alternatives; this is not legal advice. The rule is one of
    employment; in lending it is a convention, beside the Equal Credit Opportunity Act [4]_.

    References
    ----------
    .. [1] Uniform Guidelines on Employee Selection Procedures, 29 CFR 1607.4(D).
    .. [2] EEOC and others, "Adoption of Questions and Answers to clarify and provide a common
       interpretation of the Uniform Guidelines", 44 Federal Register 11996, 1979.
    .. [3] *Castaneda v. Partida*, 430 U.S. 482, 1977, note 17: "two or three".
    .. [4] 15 USC 1691.

    Examples
    --------
    >>> from creditscore.validate import adverse_impact
    >>> impact = adverse_impact([48, 12], [80, 40], ["men", "women"])
    >>> impact.table[["ratio", "z", "odds_ratio", "fisher_p_value"]].iloc[1].round(4).tolist()
    [0.5, 3.0984, 3.5, 0.0034]
    >>> adverse_impact({"white": 60, "hispanic": 48}, {"white": 100, "hispanic": 100}).table[
    ...     ["group", "rate", "ratio", "adverse"]
    ... ]
          group  rate  ratio  adverse
    0     white  0.60    1.0    False
    1  hispanic  0.48    0.8    False
    """
    owner = "adverse_impact"
    check_real(threshold, "threshold", owner, low=0, high=1, closed="right")
    check_real(min_share, "min_share", owner, low=0, high=1, closed="left")
    check_real(level, "level", owner, low=0, high=1)
    check_integer(min_count, "min_count", owner, low=0)
    names, selected, applied = _read(n_selected, n_applicants, groups)
    large = large_groups(applied, min_share=min_share, min_count=min_count)
    place = _reference(reference, names, selected, applied, large)
    rows = [
        _row(selected[i], applied[i], selected[place], applied[place], threshold, level)
        for i in range(len(names))
    ]
    table = pd.DataFrame(rows)
    table.insert(0, "group", list(names))
    table.insert(3, "share", np.array(applied) / sum(applied))
    table["judged"] = large & (np.arange(len(names)) != place) & table["ratio"].notna()
    said = [
        _verdict(row, is_reference=i == place, large=bool(large[i]))
        for i, row in enumerate(table.to_dict("records"))
    ]
    table["verdict"], table["note"] = [said[i][0] for i in range(len(said))], [s[1] for s in said]
    return AdverseImpact(table=table, reference=names[place], threshold=threshold, level=level)


def _read(
    n_selected: Any, n_applicants: Any, groups: Any
) -> tuple[tuple[str, ...], list[int], list[int]]:
    """Return names, and counts as whole numbers of Python, which never overflow."""
    both = n_selected, n_applicants
    mappings = [isinstance(counts, Mapping) for counts in both]
    if any(mappings) and (not all(mappings) or groups is not None):
        what = "one mapping only" if groups is None else "a mapping and groups"
        msg = f"Give n_selected and n_applicants as mappings, which name the groups. Got {what}."
        raise InvalidDataError(msg)
    if all(isinstance(counts, (Mapping, pd.Series)) for counts in both):
        if set(n_selected.keys()) != set(n_applicants.keys()):
            msg = (
                "n_selected and n_applicants must name the same groups. Got "
                f"{list(n_selected.keys())} and {list(n_applicants.keys())}."
            )
            raise InvalidDataError(msg)
        if len(set(n_selected.keys())) < len(n_selected):
            msg = f"n_selected names a group twice: {list(n_selected.keys())}."
            raise InvalidDataError(msg)
        groups = list(n_selected.keys()) if groups is None else groups
        n_applicants = [n_applicants[key] for key in n_selected.keys()]  # noqa: SIM118 - Series
        n_selected = [n_selected[key] for key in n_selected.keys()]  # noqa: SIM118
    selected, applied = _counts(n_selected, "n_selected"), _counts(n_applicants, "n_applicants")
    if len(selected) != len(applied):
        msg = f"n_selected has {len(selected)} groups, n_applicants {len(applied)}: give one each."
        raise InvalidDataError(msg)
    names = tuple(label_of(g) for g in (range(len(selected)) if groups is None else groups))
    if len(names) != len(selected) or len(set(names)) != len(names):
        msg = f"groups must be {len(selected)} different names. Got {', '.join(map(repr, names))}."
        raise InvalidDataError(msg)
    for name, s, n in zip(names, selected, applied, strict=True):
        if s > n:
            msg = f"More were selected than applied in group {name!r}: {s:,} of {n:,}."
            raise InvalidDataError(msg)
    if not sum(applied):
        msg = "There are no applicants in any group, so there is nothing to compare."
        raise EmptyDataError(msg)
    return names, selected, applied


def _counts(values: Any, name: str) -> list[int]:
    numbers = as_floats(values, name)
    if numbers.ndim != 1:
        msg = f"{name} must be a 1D list of counts, one a group. Got shape {numbers.shape}."
        raise InvalidDataError(msg)
    whole = np.isfinite(numbers) & (numbers >= 0) & (numbers == np.floor(numbers))
    if not whole.all():
        at = int(whole.argmin())
        msg = (
            f"{name} must hold counts: whole numbers, zero or more. Got {numbers[at]:g} at place "
            f"{at}. Rates have no sampling error without their counts."
        )
        raise InvalidDataError(msg)
    return [int(number) for number in numbers]


def _reference(
    asked: Any,
    names: tuple[str, ...],
    selected: list[int],
    applied: list[int],
    large: np.ndarray[Any, np.dtype[np.bool_]],
) -> int:
    """Return the place of the reference: as named, or the highest rate, compared exactly."""
    if asked is not None:
        place = place_of_group(label_of(asked), names, "adverse_impact")
        if not applied[place]:
            msg = f"The reference group {names[place]!r} has no applicants."
            raise InvalidDataError(msg)
        return place
    among = np.flatnonzero(large) if large.any() else np.flatnonzero(np.array(applied) > 0)
    return max(among.tolist(), key=lambda i: Fraction(selected[i], applied[i]))


def _row(
    s: int, n: int, s_ref: int, n_ref: int, threshold: float, level: float
) -> dict[str, float | bool]:
    """Compare a group with the reference."""
    lower, upper = wilson_interval([s], [n], level=level)
    rate = s / n if n else math.nan
    ratio = s * n_ref / (s_ref * n) if n and s_ref else math.nan
    margin = math.nan
    if s and s_ref:
        error = math.sqrt(max(0.0, 1 / s - 1 / n + 1 / s_ref - 1 / n_ref))
        margin = math.exp(float(ndtri(0.5 + level / 2)) * error)
    limit = Fraction(str(threshold))
    z = pooled_z(s, n, s_ref, n_ref)
    odds, fisher = _fisher(s, n, s_ref, n_ref)
    return {
        "n_selected": s,
        "n_applicants": n,
        "rate": rate,
        "lower": float(lower[0]) if n else math.nan,
        "upper": float(upper[0]) if n else math.nan,
        "ratio": ratio,
        "ratio_lower": ratio / margin,
        "ratio_upper": ratio * margin,
        "z": z,
        "p_value": 2 * float(ndtr(-abs(z))),
        "odds_ratio": odds,
        "fisher_p_value": fisher,
        "adverse": bool(
            n and s_ref and s * n_ref * limit.denominator < limit.numerator * s_ref * n
        ),
        "significant": bool(n and s * n_ref < s_ref * n and (z > 2 or fisher < 1 - level)),
    }


def pooled_z(s: float, n: float, s_ref: float, n_ref: float) -> float:
    """Return the difference of two rates in standard errors, above 0 where the first is lower."""
    if not n or not n_ref:
        return math.nan
    p = (s + s_ref) / (n + n_ref)
    variance = p * (1 - p) * (1 / n + 1 / n_ref)
    return (s_ref / n_ref - s / n) / math.sqrt(variance) if variance > 0 else math.nan


def _fisher(s: int, n: int, s_ref: int, n_ref: int) -> tuple[float, float]:
    """Return the odds ratio of the reference against the group, and Fisher's p-value."""
    if not n or not n_ref or not s + s_ref or s + s_ref == n + n_ref:
        return math.nan, math.nan
    odds, against = s_ref * (n - s), s * (n_ref - s_ref)
    ratio = odds / against if against else math.inf
    if n + n_ref > _MOST_EXACT:
        return ratio, math.nan
    from scipy.stats import fisher_exact  # noqa: PLC0415 - takes time to import

    return ratio, float(fisher_exact([[s_ref, n_ref - s_ref], [s, n - s]])[1])


def _verdict(row: dict[str, Any], *, is_reference: bool, large: bool) -> tuple[Verdict, str]:
    if is_reference:
        small = "" if large else ", of few applicants"
        return "information", f"reference{small}"
    if not large:
        return "information", (
            f"{row['n_applicants']:,} applicants, {row['share']:.1%} of all: too few to judge"
        )
    if math.isnan(row["ratio"]):
        return "not tested", "nobody was selected in the reference group"
    if row["rate"] == 1 == row["ratio"]:
        return "pass", "everybody was selected, here and in the reference group"
    return _OUTCOMES[row["adverse"], row["significant"]]
