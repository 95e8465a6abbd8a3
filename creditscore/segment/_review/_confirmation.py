"""Confirmation: a class changes only when several reviews in a row say the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from creditscore._checks import read_entries
from creditscore._document import JsonDocument
from creditscore._frame import like
from creditscore._typing import NativeFrame
from creditscore._validation import check_integer
from creditscore.exceptions import InvalidParameterError
from creditscore.segment._reading import UNKNOWN, named, read_names
from creditscore.segment._review._review_history import ReviewHistory, history_of
from creditscore.segment._review._reviewed import (
    AT_ONCE,
    CONFIRMED,
    NEW,
    NOTHING,
    SAME,
    UNCONFIRMED,
    ReviewedCustomers,
    check_same_customers,
    classes_of,
    index_after,
    read_before,
)


@dataclass(frozen=True, kw_only=True, repr=False)
class Confirmation(JsonDocument):
    """Classes that change only when several reviews in a row say the same.

    Parameters
    ----------
    n_confirmations : int, default=2
        Reviews in a row that must name the new class, 1 or more; with 1, the class is that of
        today.
    immediate : tuple of str, default=()
        Classes that a customer comes into at once, such as "risk" and "default".

    Raises
    ------
    InvalidParameterError
        Fewer than one review, or classes that are no texts.

    See Also
    --------
    Hysteresis : For classes by the bounds of one measure.

    Examples
    --------
    >>> from creditscore.segment import Confirmation
    >>> rule = Confirmation(n_confirmations=2, immediate=("risk",))
    >>> first = rule.review(["ordinary", "ordinary", "risk"], ["potential", "risk", "ordinary"])
    >>> first.classes.tolist()
    ['ordinary', 'risk', 'risk']
    >>> rule.review(first, ["potential", "ordinary", "potential"]).classes.tolist()
    ['potential', 'risk', 'risk']
    """

    _format: ClassVar[str] = "creditscore.confirmation"

    n_confirmations: int = 2
    immediate: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the number of reviews."""
        owner = type(self).__name__
        check_integer(self.n_confirmations, "n_confirmations", owner, low=1)
        labels = read_entries(self.immediate, "immediate", owner)
        if not all(isinstance(label, str) and label for label in labels):
            msg = (
                f"The 'immediate' parameter of {owner} must hold texts. Got {self.immediate!r} "
                "instead."
            )
            raise InvalidParameterError(msg)
        object.__setattr__(self, "immediate", labels)

    def review(self, previous: Any, current: Any) -> ReviewedCustomers:
        """Return the class of each customer after a review.

        Parameters
        ----------
        previous : ReviewedCustomers, Series or array-like of str, shape (n_customers,)
            The review before, with what it left waiting; or the classes before, None, NaN or
            "unknown" for new customers.
        current : Series or array-like of str, shape (n_customers,)
            What today alone says of the same customers; whose class is missing or "unknown" keeps
            that before.

        Returns
        -------
        ReviewedCustomers

        Raises
        ------
        InvalidDataError
            Other customers, or classes that are no texts.
        """
        check_same_customers(previous, current, "current")
        labels = _all_labels(previous, current)
        before = read_before(previous, labels, len(current))
        plain = read_before(current, labels, len(current)).codes
        codes = before.codes
        new, nothing = (codes < 0) & (plain >= 0), plain < 0
        asked = (codes >= 0) & ~nothing & (plain != codes)
        again = asked & (plain == before.waiting_for)
        n = np.where(again, before.n_waiting + 1, np.where(asked, 1, 0))
        waiting = np.where(asked, plain, -1)
        kept = nothing & (codes >= 0)
        n[kept], waiting[kept] = before.n_waiting[kept], before.waiting_for[kept]
        at_once = asked & np.isin(
            plain, [k for k, name in enumerate(labels) if name in self.immediate]
        )
        confirmed = asked & (n >= self.n_confirmations)
        moved = at_once | confirmed
        after = np.where(new | moved, plain, codes)
        n[moved], waiting[moved] = 0, -1
        why = np.select(
            [new, nothing, confirmed, at_once, asked],
            [NEW, NOTHING, CONFIRMED, AT_ONCE, UNCONFIRMED],
            SAME,
        )
        return ReviewedCustomers(
            classes=like(named(labels, after), current, classes_of(previous), name="class"),
            labels=labels, before=codes, plain=plain, after=after, waiting_for=waiting,
            n_waiting=n, why=why, index=index_after(current, previous, n=len(after)),
        )  # fmt: skip

    def over(self, classes: NativeFrame) -> ReviewHistory:
        """Review customers again and again, and count the flips.

        Parameters
        ----------
        classes : table of shape (n_customers, n_reviews)
            What each review alone says: a column a review, the oldest first.

        Returns
        -------
        ReviewHistory
        """
        return history_of(classes, lambda values: values, self.review)

    def _content(self) -> dict[str, Any]:
        return {"n_confirmations": self.n_confirmations, "immediate": list(self.immediate)}

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(**content)

    def __repr__(self) -> str:
        """Say in one line when a class changes."""
        at_once = f"; at once into {', '.join(self.immediate)}" if self.immediate else ""
        return f"Confirmation({self.n_confirmations} reviews in a row{at_once})"


def _all_labels(previous: Any, current: Any) -> tuple[str, ...]:
    """Return all classes before and today, in alphabetical order."""
    known = previous.labels if isinstance(previous, ReviewedCustomers) else ()
    parts = {"previous": previous, "current": current}
    if isinstance(previous, ReviewedCustomers):
        del parts["previous"]
    found = {label for name, part in parts.items() for label in read_names(part, name)[1]}
    return tuple(sorted({*known, *found} - {UNKNOWN}))
