"""Counts on pre-bins finer than the bins, kept so that bins can be edited without the data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

import numpy as np

from creditscore._typing import Float1D, Int1D, Level
from creditscore._validation import as_floats
from creditscore.binning._counts import Outcomes
from creditscore.binning._readable import readable_between
from creditscore.exceptions import InvalidDataError

_MOST_PREBINS = 256
"""Of so many pre-bins at most are counts made that serve editing alone."""


@dataclass(frozen=True, eq=False)
class FineIntervals:
    """Goods and bads of the regular values of a column, on intervals finer than its bins.

    Parameters
    ----------
    below, above : array-like of shape (n_prebins - 1,)
        The last value met below each possible cut, and the first one above it.
    good, bad : array-like of shape (n_prebins,)
        Counts (weights) of each pre-bin, one or more, in the order of the values.

    Raises
    ------
    InvalidDataError
        Arrays that do not fit together.

    See Also
    --------
    FineLevels : The same for categories.

    Notes
    -----
    A cut may be made at any number above `below` and up to `above`, because it then parts the
    rows as counted. Its readable form is worked out when it is asked for.

    Examples
    --------
    >>> from creditscore.binning import FineIntervals
    >>> fine = FineIntervals([12, 25.5], [18, 30], good=[5, 8, 9], bad=[4, 2, 1])
    >>> fine.cuts()
    (15.0, 28.0)
    >>> fine.place_of(13.5), fine.place_of(20)
    (1, None)
    """

    below: Float1D
    above: Float1D
    good: Float1D
    bad: Float1D

    def __post_init__(self) -> None:
        """Take any lists as arrays that cannot be written to; check that they fit together."""
        for name in ("below", "above", "good", "bad"):
            object.__setattr__(self, name, _frozen(getattr(self, name), f"{name} of fine counts"))
        _check_counts(self.good, self.bad)
        n = len(self.good) - 1
        if not self.below.shape == self.above.shape == (n,) or not _increase(
            self.below, self.above
        ):
            msg = (
                "below and above of fine counts must increase, one place less than there are "
                f"pre-bins, each below its above. Got {len(self.below)} and {len(self.above)} "
                f"for {n + 1} pre-bins."
            )
            raise InvalidDataError(msg)

    @classmethod
    def counted(cls, below: Float1D, above: Float1D, good: Float1D, bad: Float1D) -> Self:
        """Take new arrays that fit together as they are: a copy and checks cost a column much."""
        fine = object.__new__(cls)
        for name, array in (("below", below), ("above", above), ("good", good), ("bad", bad)):
            array.flags.writeable = False
            object.__setattr__(fine, name, array)
        return fine

    @classmethod
    def of_values(cls, values: Float1D, outcomes: Outcomes, *, cuts: Sequence[float] = ()) -> Self:
        """Count regular values on at most some 256 pre-bins.

        Parameters
        ----------
        values : ndarray of shape (n_rows,)
            Finite numbers, one row or more.
        outcomes : Outcomes
            Of the same rows.
        cuts : sequence of float, default=()
            Places that must be possible cuts, where values lie on both sides.
        """
        distinct, codes = np.unique(values, return_inverse=True)
        good, bad = outcomes.tally(codes.astype(np.intp), len(distinct))
        firsts = np.arange(len(distinct))
        if len(distinct) > _MOST_PREBINS:
            weight = np.cumsum(good + bad)
            steps = weight[-1] * np.arange(1, _MOST_PREBINS) / _MOST_PREBINS
            asked = np.searchsorted(distinct, np.asarray(cuts, dtype=np.float64))
            places = np.concatenate([[0], np.searchsorted(weight, steps) + 1, asked])
            firsts = np.unique(places[places < len(distinct)]).astype(np.intp)
        return cls(
            below=distinct[firsts[1:] - 1],
            above=distinct[firsts[1:]],
            good=np.add.reduceat(good, firsts),
            bad=np.add.reduceat(bad, firsts),
        )

    def cuts(self) -> tuple[float, ...]:
        """Return a readable number for each possible cut."""
        return tuple(
            readable_between(low, high)
            for low, high in zip(self.below.tolist(), self.above.tolist(), strict=True)
        )

    def place_of(self, cut: float) -> int | None:
        """Return the number of pre-bins below a cut; None where it falls inside one."""
        place = int(np.searchsorted(self.above, cut, side="left"))
        return place + 1 if place < len(self.above) and self.below[place] < cut else None

    def near(self, cut: float, *, low: float, high: float, n: int = 4) -> tuple[float, ...]:
        """Return the readable cuts nearest to a number, of those between two ends.

        Parameters
        ----------
        cut : float
            The number.
        low, high : float
            Ends, which may be infinite and are left out.
        n : int, default=4
            Most cuts.
        """
        inner = np.flatnonzero((self.above > low) & (self.below < high))
        middle = (self.below[inner] + self.above[inner]) / 2
        nearest = inner[np.argsort(np.abs(middle - cut), kind="stable")]
        found: list[float] = []
        for place in nearest.tolist():
            readable = readable_between(float(self.below[place]), float(self.above[place]))
            if low < readable < high:
                found.append(readable)
            if len(found) == n:
                break
        return tuple(sorted(found))

    def prebins(self) -> tuple[Float1D, Float1D]:
        """Return goods and bads of the pre-bins in their order, as the solver takes them."""
        return self.good, self.bad

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that :func:`fine_from_dict` reads back."""
        return {name: getattr(self, name).tolist() for name in ("below", "above", "good", "bad")}

    def __eq__(self, other: object) -> bool:
        """Compare place by place."""
        return isinstance(other, FineIntervals) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        """Hash by size and sums."""
        return hash((len(self.good), float(self.good.sum()), float(self.bad.sum())))


@dataclass(frozen=True, eq=False)
class FineLevels:
    """Goods and bads of each level of a categorical column, its regular ones.

    Parameters
    ----------
    levels : sequence of str, int, float or bool
        All different; those of an ordered column in their order.
    good, bad : array-like of shape (n_levels,)
        Counts (weights) of each level.
    prebin : array-like of int, shape (n_levels,), optional
        The pre-bin in which the solver saw each level, numbered in the solver's order from 0;
        rare levels share one. By default each level is one, by bad rate.

    Raises
    ------
    InvalidDataError
        Lists of different length, counts that are none, levels that repeat.

    See Also
    --------
    FineIntervals : The same for numbers.

    Examples
    --------
    >>> from creditscore.binning import FineLevels
    >>> fine = FineLevels(["own", "rent", "free"], good=[50, 20, 9], bad=[5, 8, 3])
    >>> fine.counts_of(["rent", "free"])
    (29.0, 11.0)
    """

    levels: tuple[Level, ...]
    good: Float1D
    bad: Float1D
    prebin: Int1D | None = None

    def __post_init__(self) -> None:
        """Take any lists; check that they fit together."""
        object.__setattr__(self, "levels", tuple(self.levels))
        for name in ("good", "bad"):
            object.__setattr__(self, name, _frozen(getattr(self, name), f"{name} of fine counts"))
        _check_counts(self.good, self.bad)
        n = len(self.good)
        if len(self.levels) != n or len(set(self.levels)) != n:
            msg = (
                "The levels of fine counts must be different, one for each of the counts. Got "
                f"{len(self.levels)}, {len(set(self.levels))} of them different, for {n} counts."
            )
            raise InvalidDataError(msg)
        if self.prebin is not None:
            prebin = np.asarray(self.prebin, dtype=np.intp)
            if prebin.shape != (n,) or set(prebin.tolist()) != set(range(int(prebin.max()) + 1)):
                msg = (
                    "The prebin of fine counts must number the pre-bins of all levels from 0 "
                    f"without a gap. Got {self.prebin!r} for {n} levels."
                )
                raise InvalidDataError(msg)
            prebin.flags.writeable = False
            object.__setattr__(self, "prebin", prebin)

    def counts_of(self, levels: Sequence[Level]) -> tuple[float, float]:
        """Return the goods and the bads of some levels together."""
        place = {level: i for i, level in enumerate(self.levels)}
        rows = [place[level] for level in levels]
        return float(self.good[rows].sum()), float(self.bad[rows].sum())

    def prebins(self) -> tuple[Float1D, Float1D]:
        """Return goods and bads of the pre-bins in their order, as the solver takes them."""
        if self.prebin is None:
            weight = np.maximum(self.good + self.bad, np.finfo(np.float64).tiny)
            order = np.argsort(self.bad / weight, kind="stable")
            return self.good[order], self.bad[order]
        n = int(self.prebin.max()) + 1
        return (
            np.bincount(self.prebin, self.good, minlength=n).astype(np.float64),
            np.bincount(self.prebin, self.bad, minlength=n).astype(np.float64),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that :func:`fine_from_dict` reads back."""
        content: dict[str, Any] = {
            "levels": list(self.levels),
            "good": self.good.tolist(),
            "bad": self.bad.tolist(),
        }
        return content if self.prebin is None else {**content, "prebin": self.prebin.tolist()}

    def __eq__(self, other: object) -> bool:
        """Compare place by place; True is not 1 here."""
        return (
            isinstance(other, FineLevels)
            and self.to_dict() == other.to_dict()
            and list(map(type, self.levels)) == list(map(type, other.levels))
        )

    def __hash__(self) -> int:
        """Hash by size and sums."""
        return hash((len(self.good), float(self.good.sum()), float(self.bad.sum())))


FineCounts: TypeAlias = FineIntervals | FineLevels
"""What a table may keep to be edited without its data."""


def fine_from_dict(content: Mapping[str, Any]) -> FineCounts:
    """Read back fine counts of either kind."""
    return FineLevels(**content) if "levels" in content else FineIntervals(**content)


def _frozen(values: Any, name: str) -> Float1D:
    numbers = as_floats(values, name).copy()
    numbers.flags.writeable = False
    return numbers


def _check_counts(good: Float1D, bad: Float1D) -> None:
    fits = good.ndim == 1 and good.shape == bad.shape and len(good) > 0
    if not fits or not (np.minimum(good, bad).min() >= 0 and np.isfinite(good + bad).all()):
        msg = (
            "good and bad of fine counts must be finite counts, zero or more, of one length. "
            f"Got shapes {good.shape} and {bad.shape}."
        )
        raise InvalidDataError(msg)


def _increase(below: Float1D, above: Float1D) -> bool:
    """Tell whether below < above ≤ the next below, all finite: values may fill a pre-bin alone."""
    if not len(below):
        return True
    rises = (below < above).all() and (above[:-1] <= below[1:]).all()
    # between finite ends that increase, all is finite, and NaN is not below anything
    return bool(rises and math.isfinite(below[0]) and math.isfinite(above[-1]))
