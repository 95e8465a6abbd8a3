"""Hysteresis: a class changes only beyond a margin, or when several reviews ask for it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from creditscore._checks import check_kind, read_entries, unknown_name
from creditscore._document import JsonDocument
from creditscore._frame import like
from creditscore._typing import Bool1D, Float1D, Int1D, NativeFrame
from creditscore._validation import check_integer, check_real
from creditscore.exceptions import InvalidParameterError
from creditscore.grade import GradeScale, MasterScale
from creditscore.segment._grid._bands import Bands, scale_of
from creditscore.segment._reading import named, read_numbers
from creditscore.segment._review._review_history import ReviewHistory, history_of
from creditscore.segment._review._reviewed import (
    AT_ONCE,
    BEYOND,
    CONFIRMED,
    NEW,
    NOTHING,
    SAME,
    UNCONFIRMED,
    WITHIN,
    Before,
    ReviewedCustomers,
    check_same_customers,
    classes_of,
    index_after,
    read_before,
)


@dataclass(frozen=True, kw_only=True, repr=False)
class Hysteresis(JsonDocument):
    """Bands whose customers change class only beyond a margin, or after several reviews in a row.

    Parameters
    ----------
    bands : Bands
        Classes by a measure, and the bounds between them.
    margin : float, default=0.0
        By how much a bound must be passed, zero or more, in the unit of the measure, or as a
        fraction of the bound where `relative`.
    relative : bool, default=False
        Whether the margin is a fraction of the bound, below 1; bounds must be above zero then.
    n_confirmations : int, optional
        Reviews in a row that change a class though the margin is not passed, 2 or more; without,
        only the margin counts. It is another way to a change and no further condition: with it,
        customers change more often than by the margin alone.
    immediate : tuple of str, default=()
        Classes that a customer comes into at once, whatever the margin, such as the riskiest.
        Leaving them takes the margin.

    Raises
    ------
    InvalidParameterError
        A parameter out of range, or a class that is none of the bands.

    See Also
    --------
    Hysteresis.from_scale : The same for grades.
    Confirmation : For classes that no single measure orders, such as those of a grid.

    Notes
    -----
    With previous class p, today's class c by the bounds, and c above p, a customer moves up to the
    class by the bounds plus the margin, if that is above p; and likewise down by the bounds less
    the margin. Hence no bound is crossed from within its margin, and without a margin the class is
    that of today. Reviews in a row count while today's class stays on the same side of p; the class
    they confirm is the one nearest to p among them. O(n log k) for k bands.

    References
    ----------
    .. [1] E. I. Altman and H. A. Rijken, "How rating agencies achieve rating stability", *Journal
       of Banking & Finance* 28, 2004, pp. 2679-2714; for a threshold that a change must pass.

    Examples
    --------
    >>> from creditscore.segment import Bands, Hysteresis
    >>> rule = Hysteresis(bands=Bands(bounds=(100, 200)), margin=10, n_confirmations=2)
    >>> first = rule.review(["low", "low", "high"], [105, 115, 195])
    >>> first.classes.tolist()
    ['low', 'medium', 'high']
    >>> second = rule.review(first, [105, 95, 205])
    >>> second.classes.tolist()
    ['medium', 'medium', 'high']
    """

    _format: ClassVar[str] = "creditscore.hysteresis"

    bands: Bands
    margin: float = 0.0
    relative: bool = False
    n_confirmations: int | None = None
    immediate: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the margin, and that the classes are there."""
        owner = type(self).__name__
        check_kind(self.bands, "bands", owner, Bands)
        check_kind(self.relative, "relative", owner, bool)
        high = 1.0 if self.relative else math.inf
        margin = check_real(self.margin, "margin", owner, low=0, high=high, closed="left")
        object.__setattr__(self, "margin", margin)
        if self.relative and self.bands.bounds and self.bands.bounds[0] <= 0:
            msg = (
                f"A relative margin of {owner} needs bounds above zero. Got {self.bands.bounds!r}: "
                "give the margin in the unit of the measure, relative=False."
            )
            raise InvalidParameterError(msg)
        if self.n_confirmations is not None:
            check_integer(self.n_confirmations, "n_confirmations", owner, low=2)
        object.__setattr__(self, "immediate", read_entries(self.immediate, "immediate", owner))
        for label in self.immediate:
            if label not in self.bands.labels:
                raise unknown_name(label, self.bands.labels, "class, one of 'immediate',", "bands")

    @classmethod
    def from_scale(
        cls,
        scale: GradeScale | MasterScale,
        *,
        margin: float = 0.0,
        relative: bool = False,
        n_confirmations: int | None = None,
        immediate: tuple[str, ...] = (),
    ) -> Self:
        """Let the grades of a scale change only beyond a margin.

        Parameters
        ----------
        scale : GradeScale or MasterScale
            The measure is what it grades. Default is a fact and no matter of a margin: put its
            label over the result.
        margin : float, default=0.0
            As in the class.
        relative : bool, default=False
            As in the class.
        n_confirmations : int, optional
            As in the class.
        immediate : tuple of str, default=()
            As in the class.

        Examples
        --------
        >>> from creditscore import GradeScale
        >>> from creditscore.segment import Hysteresis
        >>> scale = GradeScale(labels=("A", "B", "C"), bounds=(0.02, 0.10))
        >>> rule = Hysteresis.from_scale(scale, margin=0.2, relative=True)
        >>> rule.review(["A", "A", "B"], [0.022, 0.03, 0.09]).classes.tolist()
        ['A', 'B', 'B']
        """
        scale = scale_of(scale, "Hysteresis.from_scale")
        step = 1 if scale.measure == "prob_default" else -1
        closed = "right" if scale.closed == "right" else "left"
        bands = Bands(
            labels=scale.labels[::step],
            bounds=scale.bounds[::step],
            closed=closed,  # type: ignore[arg-type]
        )
        return cls(bands=bands, margin=margin, relative=relative,
                   n_confirmations=n_confirmations, immediate=immediate)  # fmt: skip

    def review(self, previous: Any, measure: Any) -> ReviewedCustomers:
        """Return the class of each customer after a review.

        Parameters
        ----------
        previous : ReviewedCustomers, Series or array-like of str, shape (n_customers,)
            The review before, with what it left waiting; or the classes before, None, NaN or
            "unknown" for new customers.
        measure : Series or array-like of shape (n_customers,)
            Today's measure of the same customers; whose is missing keeps the class.

        Returns
        -------
        ReviewedCustomers

        Raises
        ------
        InvalidDataError
            Other customers, a class that is none of the bands, an infinite measure.
        """
        check_same_customers(previous, measure, "measure")
        numbers = read_numbers(measure, "measure")
        before = read_before(previous, self.bands.labels, len(numbers))
        plain = self._classes(numbers, 0.0)
        moved = self._beyond_margin(before.codes, plain, numbers)
        return self._decided(before, plain, moved, measure, previous)

    def over(self, measures: NativeFrame) -> ReviewHistory:
        """Review customers again and again, and count the flips.

        Parameters
        ----------
        measures : table of shape (n_customers, n_reviews)
            A column a review, the oldest first.

        Returns
        -------
        ReviewHistory

        Examples
        --------
        >>> import pandas as pd
        >>> from creditscore.segment import Bands, Hysteresis
        >>> rule = Hysteresis(bands=Bands(bounds=(100, 200)), margin=10)
        >>> measures = pd.DataFrame({"Q1": [95, 150], "Q2": [105, 150], "Q3": [95, 250]})
        >>> rule.over(measures)
        <ReviewHistory: 2 customers, 3 reviews, 1 change of class instead of 3>
        """
        return history_of(measures, self._classed, self.review)

    def _classed(self, values: Any) -> Any:
        return named(self.bands.labels, self._classes(read_numbers(values, "measure"), 0.0))

    def _classes(self, numbers: Float1D, share: float) -> Int1D:
        """Return the classes by the bounds, moved by a share of the margin, such as 1 or -1."""
        factor, term = (1 + share * self.margin, 0.0) if self.relative else (1, share * self.margin)
        side = "right" if self.bands.closed == "left" else "left"
        bounds = np.asarray(self.bands.bounds, dtype=np.float64) * factor + term
        codes = np.searchsorted(bounds, numbers, side=side)  # type: ignore[call-overload]
        return np.where(np.isnan(numbers), -1, codes).astype(np.intp)

    def _beyond_margin(self, before: Int1D, plain: Int1D, numbers: Float1D) -> Int1D:
        up = np.maximum(before, self._classes(numbers, 1.0))
        down = np.minimum(before, self._classes(numbers, -1.0))
        return np.where(plain > before, up, np.where(plain < before, down, before))

    def _decided(
        self, before: Before, plain: Int1D, moved: Int1D, measure: Any, previous: Any
    ) -> ReviewedCustomers:
        codes = before.codes
        new, nothing = (codes < 0) & (plain >= 0), plain < 0
        known = (codes >= 0) & ~nothing
        waiting, n = _waited(before, plain, known)
        after = np.where(known, moved, np.where(new, plain, codes))
        why = np.select([new, nothing, plain == codes], [NEW, NOTHING, SAME], WITHIN)
        why[known & (moved != codes)] = BEYOND
        if self.n_confirmations is not None:
            enough = known & (n >= self.n_confirmations)
            further = enough & (np.abs(waiting - codes) > np.abs(after - codes))
            after[further] = waiting[further]
            why[further] = CONFIRMED
            why[(why == WITHIN)] = UNCONFIRMED
        at_once = known & (plain != codes) & np.isin(plain, self._immediate_codes)
        at_once &= after != plain
        after[at_once], why[at_once] = plain[at_once], AT_ONCE
        # whoever has moved, and would move on, waits anew
        on = known & (after != codes)
        waiting[on], n[on] = plain[on], 1
        rest = known & (after == plain)
        waiting[rest], n[rest] = -1, 0
        return ReviewedCustomers(
            classes=like(
                named(self.bands.labels, after), measure, classes_of(previous), name="class"
            ),
            labels=self.bands.labels,
            before=codes,
            plain=plain,
            after=after,
            waiting_for=waiting,
            n_waiting=n,
            why=why,
            index=index_after(measure, previous, n=len(after)),
        )

    @property
    def _immediate_codes(self) -> list[int]:
        return [self.bands.labels.index(label) for label in self.immediate]

    def _content(self) -> dict[str, Any]:
        return {
            "bands": self.bands._content(),  # noqa: SLF001 - of this stage
            "margin": self.margin,
            "relative": self.relative,
            "n_confirmations": self.n_confirmations,
            "immediate": list(self.immediate),
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(**{**content, "bands": Bands(**content["bands"])})

    def __repr__(self) -> str:
        """Say in one line when a class changes."""
        margin = f"{self.margin:.6g}" + (" of the bound" if self.relative else "")
        times = f", or {self.n_confirmations} reviews in a row" if self.n_confirmations else ""
        at_once = f"; at once into {', '.join(self.immediate)}" if self.immediate else ""
        return f"Hysteresis({', '.join(self.bands.labels)}: margin {margin}{times}{at_once})"


def _waited(before: Before, plain: Int1D, known: Bool1D) -> tuple[Int1D, Int1D]:
    """Return the class that reviews in a row ask for, the nearest of theirs, and their number."""
    side = np.sign(plain - before.codes)
    held = before.waiting_for >= 0
    same = held & (np.sign(before.waiting_for - before.codes) == side)
    nearer = np.where(side > 0, np.minimum(plain, before.waiting_for),
                      np.maximum(plain, before.waiting_for))  # fmt: skip
    asked = known & (side != 0)
    waiting = np.where(asked, np.where(same, nearer, plain), -1)
    n = np.where(asked, np.where(same, before.n_waiting + 1, 1), 0)
    # of whom nothing is known today, a change waits on
    kept = (before.codes >= 0) & ~known
    waiting[kept], n[kept] = before.waiting_for[kept], before.n_waiting[kept]
    return waiting.astype(np.intp), n.astype(np.intp)
