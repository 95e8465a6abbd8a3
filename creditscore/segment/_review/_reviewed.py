"""Customers after a review: which class they were of, would be of, and are of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._display import counted, html_table
from creditscore._typing import Bool1D, Int1D
from creditscore.exceptions import InvalidDataError
from creditscore.segment._reading import UNKNOWN, check_same_rows, index_of, named, read_names

REASONS = (
    "as before",
    "new customer: as of today",
    "nothing known today: as before",
    "kept: within the margin",
    "kept: not yet confirmed",
    "changed: beyond the margin",
    "changed: confirmed by reviews in a row",
    "changed: at once, as the rule says of this class",
)
REASONS_ZH = (
    "不变",
    "新客户：以今日为准",
    "今日无资料：维持原类",
    "维持：未超出缓冲区间",
    "维持：尚未确认",
    "变更：超出缓冲区间",
    "变更：连续多次复评确认",
    "变更：按规则立即生效",
)
SAME, NEW, NOTHING, WITHIN, UNCONFIRMED, BEYOND, CONFIRMED, AT_ONCE = range(len(REASONS))
"""Places in the reasons."""


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ReviewedCustomers:
    """Classes before and after a review, and what today alone would say.

    Made by :meth:`Hysteresis.review` and :meth:`Confirmation.review`; it is what the next review
    takes as the previous one, with the reviews that a change has been waiting for.

    Attributes
    ----------
    classes : Series of str in the library and index of what was reviewed, else ndarray of str
        The class of each customer after the review; "unknown" where it never was known.
    labels : tuple of str
        The classes that codes stand for.
    before, plain, after : ndarray of int of shape (n_customers,)
        Class before the review, that of today alone, and that after the review; -1 for none.
    waiting_for : ndarray of int of shape (n_customers,)
        Class that a change has been waiting for; -1 for none.
    n_waiting : ndarray of int of shape (n_customers,)
        Reviews in a row that have asked for it.
    why : ndarray of int of shape (n_customers,)
        Place of the reason in :meth:`frame`.
    index : Index
        Labels of the customers, or their places.

    Examples
    --------
    >>> from creditscore.segment import Bands, Hysteresis
    >>> rule = Hysteresis(bands=Bands(bounds=(100, 200)), margin=10)
    >>> rule.review(["low", "low", "high", None], [105, 115, 195, 150])
    <ReviewedCustomers: 4 customers, 3 would change class, 1 changes, 2 flips avoided>
    """

    classes: Any
    labels: tuple[str, ...]
    before: Int1D
    plain: Int1D
    after: Int1D
    waiting_for: Int1D
    n_waiting: Int1D
    why: Int1D
    index: pd.Index

    @property
    def avoided(self) -> Bool1D:
        """Customers who keep their class though today alone would change it."""
        known = (self.before >= 0) & (self.plain >= 0)
        return np.asarray(known & (self.plain != self.before) & (self.after == self.before))

    @property
    def changed(self) -> Bool1D:
        """Customers who had a class, and have another now."""
        return np.asarray((self.before >= 0) & (self.after != self.before))

    def frame(self) -> pd.DataFrame:
        """Return a row a customer.

        Returns
        -------
        DataFrame
            before, today (the class that today alone would give), class, changed, avoided,
            waiting_for (empty for none), n_waiting, reason, reason_zh.
        """
        waiting = named(self.labels, self.waiting_for)
        return pd.DataFrame(
            {
                "before": named(self.labels, self.before),
                "today": named(self.labels, self.plain),
                "class": named(self.labels, self.after),
                "changed": self.changed,
                "avoided": self.avoided,
                "waiting_for": np.where(self.waiting_for < 0, "", waiting),
                "n_waiting": self.n_waiting,
                "reason": np.array(REASONS, dtype=object)[self.why],
                "reason_zh": np.array(REASONS_ZH, dtype=object)[self.why],
            },
            index=self.index,
        )

    def counts(self) -> pd.DataFrame:
        """Count customers by what became of them: reason, reason_zh, count, share."""
        count = np.bincount(self.why, minlength=len(REASONS))
        share = count / max(1, len(self.why))
        return pd.DataFrame(
            {"reason": REASONS, "reason_zh": REASONS_ZH, "count": count, "share": share}
        )

    def __repr__(self) -> str:
        """Say in one line how many changes there are, and how many were avoided."""
        n_avoided, n_changed = int(self.avoided.sum()), int(self.changed.sum())
        known = (self.before >= 0) & (self.plain >= 0)
        n_plain = int((known & (self.before != self.plain)).sum())
        verb = "changes" if n_changed == 1 else "change"
        return (
            f"<ReviewedCustomers: {counted(len(self.before), 'customer')}, {n_plain:,} would "
            f"change class, {n_changed:,} {verb}, {counted(n_avoided, 'flip')} avoided>"
        )

    def _repr_html_(self) -> str:
        """Show what became of the customers."""
        shown = self.counts().query("count > 0").drop(columns="reason_zh")
        return html_table(shown, caption=repr(self).strip("<>"), formats={"share": "{:.1%}"})


@dataclass(frozen=True)
class Before:
    """What is known of customers before a review, as codes into labels."""

    codes: Int1D
    waiting_for: Int1D
    n_waiting: Int1D


def read_before(previous: Any, labels: tuple[str, ...], n: int) -> Before:
    """Read classes before a review, of an earlier review or as names, missing for new customers."""
    if isinstance(previous, ReviewedCustomers):
        _check_known(previous.labels, labels)
        place_of = np.array([*(labels.index(name) for name in previous.labels), -1], dtype=np.intp)
        codes, waiting = place_of[previous.after], place_of[previous.waiting_for]
        return Before(codes, waiting, previous.n_waiting)
    codes, found = read_names(previous, "previous")
    known = [name for name in found if name != UNKNOWN]
    _check_known(tuple(known), labels)
    place_of = np.array([*(labels.index(f) if f in labels else -1 for f in found), -1],
                        dtype=np.intp)  # fmt: skip
    nobody = np.full(n, -1, dtype=np.intp)
    return Before(place_of[codes], nobody, np.zeros(n, dtype=np.intp))


def check_same_customers(previous: Any, current: Any, name: str) -> None:
    """Refuse a review of other customers than those before; `name` is that of the second."""
    check_same_rows(**{"previous": classes_of(previous), name: current})


def classes_of(previous: Any) -> Any:
    """Return the classes before a review, which may be those of an earlier one."""
    return previous.classes if isinstance(previous, ReviewedCustomers) else previous


def index_after(current: Any, previous: Any, *, n: int) -> pd.Index:
    """Return the labels of the customers reviewed."""
    if isinstance(current, pd.Series):
        return current.index
    if isinstance(previous, ReviewedCustomers):
        return previous.index
    return index_of(previous, n=n)


def _check_known(found: tuple[str, ...], labels: tuple[str, ...]) -> None:
    strange = next((name for name in found if name not in labels), None)
    if strange is not None:
        listed = ", ".join(map(repr, labels))
        msg = (
            f"The previous classes hold {strange!r}, which is none of {listed}. Review customers "
            "by the rule that they were classed by."
        )
        raise InvalidDataError(msg)
