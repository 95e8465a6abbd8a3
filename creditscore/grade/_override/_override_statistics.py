"""How often, how far, in which direction and by whom grades are overridden."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import html_table
from creditscore._validation import check_choice, check_real
from creditscore.exceptions import EmptyDataError
from creditscore.grade._override._overridden_grades import OverriddenGrades
from creditscore.metrics import Interval, wilson_interval

OverrideGroup: TypeAlias = Literal["reason", "author", "grade_before", "grade_after"]
_GROUPS = ("reason", "author", "grade_before", "grade_after")
_RULE_OF_THUMB = "Compliance Action, 1999: examiners' rule of thumb"


@dataclass(frozen=True, kw_only=True, repr=False)
class OverrideRate:
    """How many grades are overridden, and whether that is many; by :func:`override_rate`.

    Attributes
    ----------
    share : Interval
        Share of customers with an override, with Wilson's interval.
    n_customers : int
        Customers.
    n_up, n_down : int
        Customers who were lifted (low-side overrides) and lowered (high-side overrides).
    mean_notches : float
        Mean notches up of those overridden; negative is down; NaN where there are none.
    mean_distance : float
        Mean of the notches without their sign.
    verdict : {"within", "watch"}
        Whether the share is above `watch_share`.
    watch_share : float
        Threshold of the verdict.
    source : str
        Where the threshold is from.

    Examples
    --------
    >>> from creditscore.grade import OverrideRate
    >>> from creditscore.metrics import Interval
    >>> OverrideRate(share=Interval(0.12, 0.07, 0.2, 0.95), n_customers=100, n_up=9, n_down=3,
    ...              mean_notches=0.5, mean_distance=1.1, verdict="watch", watch_share=0.1,
    ...              source="the credit policy, section 4")
    <OverrideRate: 12.0% of 100 customers (9 up, 3 down), watch: above 10%>
    """

    share: Interval
    n_customers: int
    n_up: int
    n_down: int
    mean_notches: float
    mean_distance: float
    verdict: Literal["within", "watch"]
    watch_share: float
    source: str

    def table(self) -> pd.DataFrame:
        """Return a row a direction: direction, side, count, share.

        Returns
        -------
        DataFrame
            direction "up" (side "low_side"), "down" ("high_side") and "both".
        """
        counts = [self.n_up, self.n_down, self.n_up + self.n_down]
        return pd.DataFrame(
            {
                "direction": ["up", "down", "both"],
                "side": ["low_side", "high_side", ""],
                "count": counts,
                "share": [count / self.n_customers for count in counts],
            }
        )

    def __repr__(self) -> str:
        """Say in one line how many, and whether that is many."""
        beside = "above" if self.verdict == "watch" else "not above"
        return (
            f"<OverrideRate: {self.share.estimate:.1%} of {self.n_customers:,} customers "
            f"({self.n_up:,} up, {self.n_down:,} down), {self.verdict}: {beside} "
            f"{self.watch_share:.0%}>"
        )

    def _repr_html_(self) -> str:
        """Show the counts."""
        return html_table(self.table(), caption=repr(self).strip("<>"), formats={"share": "{:.1%}"})


def override_rate(
    overridden: OverriddenGrades,
    *,
    watch_share: float = 0.10,
    source: str = _RULE_OF_THUMB,
    level: float = 0.95,
) -> OverrideRate:
    """Count the customers whose grades are overridden.

    Parameters
    ----------
    overridden : OverriddenGrades
        Of :meth:`OverridePolicy.apply`.
    watch_share : float, default=0.1
        Share of customers above which the verdict is "watch", in (0, 1).
    source : str, default="Compliance Action, 1999: examiners' rule of thumb"
        Where that threshold is from.
    level : float, default=0.95
        Confidence level of the interval, in (0, 1).

    Returns
    -------
    OverrideRate

    Raises
    ------
    EmptyDataError
        There are no customers.

    Notes
    -----
    An override up is a low-side override: the model's grade was too low for what was granted. One
    down is a high-side override. No rule of law sets a threshold. That of 10 % is a rule of thumb
    of examiners, which a bankers' journal reported together with the advice to look for the
    causes from 5 % on [1]_; above it decisions hardly follow the model any more.

    References
    ----------
    .. [1] Answer to a reader on overrides of credit scores, *Compliance Action*, 1999,
       bankersonline.com/articles/104597.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore import GradeScale
    >>> from creditscore.grade import GradeOverride, OverridePolicy, override_rate
    >>> lost = GradeOverride(customer="X", grade_before="A", grade_after="BBB", author="Li",
    ...                      reason="adverse_event", decided_on="2025-01-15",
    ...                      text="The largest customer has gone.")
    >>> grades = pd.Series("A", index=["X", "Y", "Z"])
    >>> scale = GradeScale.agency()
    >>> override_rate(OverridePolicy().apply(grades, [lost], scale, as_of="2025-02-01"))
    <OverrideRate: 33.3% of 3 customers (0 up, 1 down), watch: above 10%>
    """
    check_kind(overridden, "overridden", "override_rate", OverriddenGrades)
    check_real(watch_share, "watch_share", "override_rate", low=0, high=1)
    check_real(level, "level", "override_rate", low=0, high=1)
    notches = overridden.frame()["notches"].to_numpy()
    if not len(notches):
        msg = "There are no customers, so there is no rate of overrides."
        raise EmptyDataError(msg)
    moved = notches[notches != 0]
    share = len(moved) / len(notches)
    lower, upper = wilson_interval(len(moved), len(notches), level=level)
    return OverrideRate(
        share=Interval(share, float(lower), float(upper), level),
        n_customers=len(notches),
        n_up=int((moved > 0).sum()),
        n_down=int((moved < 0).sum()),
        mean_notches=float(moved.mean()) if len(moved) else np.nan,
        mean_distance=float(np.abs(moved).mean()) if len(moved) else np.nan,
        verdict="watch" if share > watch_share else "within",
        watch_share=watch_share,
        source=source,
    )


def override_table(overridden: OverriddenGrades, *, by: OverrideGroup = "reason") -> pd.DataFrame:
    """Count overrides by reason, by author or by grade.

    Parameters
    ----------
    overridden : OverriddenGrades
        Of :meth:`OverridePolicy.apply`; those that are applied count.
    by : {"reason", "author", "grade_before", "grade_after"}, default="reason"
        What the rows are.

    Returns
    -------
    DataFrame
        A row a reason or author, the most frequent first, or a row a grade, the safest first:
        the group under its own name; count; share (of the customers with that grade before or
        after, and of all overrides by reason and author; NaN of none); n_up, n_down;
        mean_notches (up; negative is down), mean_distance (without sign), NaN where there are
        none.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore import GradeScale
    >>> from creditscore.grade import GradeOverride, OverridePolicy, override_table
    >>> lost = GradeOverride(customer="X", grade_before="A", grade_after="BB", author="Li",
    ...                      approved_by="Wang", reason="adverse_event", decided_on="2025-01-15",
    ...                      text="The largest customer has gone.")
    >>> grades = pd.Series("A", index=["X", "Y", "Z"])
    >>> found = OverridePolicy().apply(grades, [lost], GradeScale.agency(), as_of="2025-02-01")
    >>> override_table(found, by="author")[["author", "count", "n_down", "mean_notches"]]
      author  count  n_down  mean_notches
    0     Li      1       1          -2.0
    """
    check_kind(overridden, "overridden", "override_table", OverriddenGrades)
    check_choice(by, "by", "override_table", _GROUPS)
    frame = overridden.frame()
    moved = frame[frame["notches"] != 0]
    notches = moved["notches"]
    parts = pd.DataFrame(
        {
            "count": 1,
            "n_up": (notches > 0).astype(np.int64),
            "n_down": (notches < 0).astype(np.int64),
            "notches": notches,
            "distance": notches.abs(),
        }
    ).groupby(moved[by].to_numpy(dtype=object), sort=True)
    sums = parts.sum()
    if by in ("reason", "author"):
        sums = sums.sort_values("count", ascending=False, kind="stable")
        whole: Any = max(1, len(moved))
    else:
        sums = sums.reindex(list(overridden.order), fill_value=0)
        whole = frame[by].value_counts().reindex(sums.index, fill_value=0).replace(0, np.nan)
    count = sums["count"].replace(0, np.nan)
    table = pd.DataFrame(
        {
            "count": sums["count"],
            "share": sums["count"] / whole,
            "n_up": sums["n_up"],
            "n_down": sums["n_down"],
            "mean_notches": sums["notches"] / count,
            "mean_distance": sums["distance"] / count,
        }
    )
    return table.rename_axis(by).reset_index()
