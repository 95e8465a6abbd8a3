"""How far a number belongs to a grade: from 0, not at all, to 1, wholly."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, Self, TypeVar

import numpy as np

from creditscore._checks import set_number
from creditscore._typing import Float1D
from creditscore._validation import as_floats, check_choice, check_real
from creditscore.exceptions import DocumentError, InvalidParameterError
from creditscore.expert._finite_numbers import finite_numbers

_MOST_WIDTHS = 1e3
"""Widths from the centre of a bell beyond which its membership is 0 all the same."""


class Membership(ABC):
    """A function of a number: how far it belongs to a grade, in [0, 1].

    Classes of your own need a method ``membership``; only those of this library go into files.

    See Also
    --------
    triangular_partition, ridge_partition : Functions of all grades, which add up to 1.

    Examples
    --------
    >>> from creditscore.expert import Membership, TriangularMembership
    >>> isinstance(TriangularMembership(low=0, peak=1, high=2), Membership)
    True
    """

    @abstractmethod
    def membership(self, values: Any) -> Float1D:
        """Return the membership of each value.

        Parameters
        ----------
        values : array-like of shape (n_cases,)
            Numbers; a missing one (NaN) has a missing membership.

        Returns
        -------
        array of shape (n_cases,), in [0, 1]
        """


@dataclass(frozen=True, kw_only=True)
class TriangularMembership(Membership):
    """Wholly at one value, and linearly less to both sides of it.

    Parameters
    ----------
    low : float
        From here downwards the membership is 0, in the unit of the indicator.
    peak : float
        Here it is 1; from `low` to `high`. At an end, that side is a step.
    high : float
        From here upwards it is 0; above `low`.

    Raises
    ------
    InvalidParameterError
        A number is not finite, or they are out of order.

    Examples
    --------
    >>> from creditscore.expert import TriangularMembership
    >>> TriangularMembership(low=1.0, peak=1.5, high=2.5).membership([1.0, 1.25, 1.5, 2.0, 3.0])
    array([0. , 0.5, 1. , 0.5, 0. ])
    """

    low: float
    peak: float
    high: float

    def __post_init__(self) -> None:
        """Check that the numbers are finite and in order."""
        for name in ("low", "peak", "high"):
            set_number(self, name)
        _check_order(self, (self.low, self.peak, self.high))

    def membership(self, values: Any) -> Float1D:
        """Return the membership of each value, as in :meth:`Membership.membership`."""
        numbers = as_floats(values, "values")
        rising = _rise(numbers, self.low, self.peak)
        return np.minimum(rising, _fall(numbers, self.peak, self.high))


@dataclass(frozen=True, kw_only=True)
class _Plateau(Membership):
    """Wholly between two values, and less on the flanks outside of them."""

    low: float
    low_peak: float
    high_peak: float
    high: float

    def __post_init__(self) -> None:
        """Check that the numbers are in order, and that infinite ones are open ends."""
        owner, ends = type(self).__name__, []
        for name in ("low", "low_peak", "high_peak", "high"):
            value = getattr(self, name)
            ends.append(check_real(value, name, owner, low=-math.inf, high=math.inf, closed="both"))
            object.__setattr__(self, name, ends[-1])
        low, low_peak, high_peak, high = ends
        _check_order(self, (low, low_peak, high_peak, high))
        open_low, open_high = math.isinf(low), math.isinf(high)
        whole = math.isinf(low_peak) == open_low and math.isinf(high_peak) == open_high
        if not whole or (open_low and open_high):
            msg = (
                f"An open end of {owner} is one where 'low' and 'low_peak' both are -inf, or "
                f"'high_peak' and 'high' both inf, on one side at most. Got {self!r} instead."
            )
            raise InvalidParameterError(msg)

    @classmethod
    def ascending(cls, low: float, high: float) -> Self:
        """Make one that rises from 0 at `low` to 1 at `high`, and stays there.

        Parameters
        ----------
        low : float
            In the unit of the indicator.
        high : float
            Not below `low`.
        """
        return cls(low=low, low_peak=high, high_peak=math.inf, high=math.inf)

    @classmethod
    def descending(cls, low: float, high: float) -> Self:
        """Make one that is 1 up to `low`, falls to 0 at `high`, and stays there.

        Parameters
        ----------
        low : float
            In the unit of the indicator.
        high : float
            Not below `low`.
        """
        return cls(low=-math.inf, low_peak=-math.inf, high_peak=low, high=high)

    def membership(self, values: Any) -> Float1D:
        """Return the membership of each value, as in :meth:`Membership.membership`."""
        numbers = as_floats(values, "values")
        ends = (_rise(numbers, self.low, self.low_peak), _fall(numbers, self.high_peak, self.high))
        return self._flank(np.minimum(*ends))

    @staticmethod
    @abstractmethod
    def _flank(way: Float1D) -> Float1D:
        """Return the membership at these parts of the way from the foot to the peak."""


@dataclass(frozen=True, kw_only=True)
class TrapezoidMembership(_Plateau):
    """Wholly between two values, and linearly less outside of them.

    ``TrapezoidMembership.ascending(low, high)`` and ``descending(low, high)`` have one open end,
    as the grades at both ends of a scale need.

    Parameters
    ----------
    low : float
        From here downwards the membership is 0; -inf, with `low_peak`, for an open end.
    low_peak : float
        From here to `high_peak` it is 1.
    high_peak : float
        Not below `low_peak`; inf, with `high`, for an open end.
    high : float
        From here upwards it is 0. Two equal numbers at a flank make a step, whose value belongs
        to the upper one.

    Raises
    ------
    InvalidParameterError
        The numbers are out of order, or infinite elsewhere than at one open end.

    Examples
    --------
    >>> from creditscore.expert import TrapezoidMembership
    >>> good = TrapezoidMembership(low=1.0, low_peak=1.5, high_peak=2.0, high=3.0)
    >>> good.membership([1.0, 1.25, 1.75, 2.5, 9.0])
    array([0. , 0.5, 1. , 0.5, 0. ])
    >>> TrapezoidMembership.ascending(2, 3).membership([2.5, 100])
    array([0.5, 1. ])
    """

    @staticmethod
    def _flank(way: Float1D) -> Float1D:
        return way


@dataclass(frozen=True, kw_only=True)
class RidgeMembership(_Plateau):
    """Wholly between two values, and less outside of them along half a wave of a sine.

    ``RidgeMembership.ascending(low, high)`` and ``descending(low, high)`` have one open end, as
    the grades at both ends of a scale need.

    Parameters
    ----------
    low : float
        From here downwards the membership is 0; -inf, with `low_peak`, for an open end.
    low_peak : float
        From here to `high_peak` it is 1.
    high_peak : float
        Not below `low_peak`; inf, with `high`, for an open end.
    high : float
        From here upwards it is 0.

    Raises
    ------
    InvalidParameterError
        The numbers are out of order, or infinite elsewhere than at one open end.

    Notes
    -----
    The ridge distribution (岭形分布). Between its foot a and its peak b, the membership is
    ½ + ½ sin(π / (b − a) · (x − (a + b) / 2)); on the other side it falls alike.

    Examples
    --------
    >>> from creditscore.expert import RidgeMembership
    >>> RidgeMembership.ascending(0, 4).membership([0, 1, 2, 4]).round(4)
    array([0.    , 0.1464, 0.5   , 1.    ])
    """

    @staticmethod
    def _flank(way: Float1D) -> Float1D:
        return np.asarray(0.5 + 0.5 * np.sin(np.pi * (way - 0.5)))


@dataclass(frozen=True, kw_only=True)
class GaussianMembership(Membership):
    """Wholly at one value, and less to both sides of it along a bell.

    ``GaussianMembership.ascending(centre, width)`` and ``descending(centre, width)`` have one open
    end, as the grades at both ends of a scale need: without it, a value far beyond the best grade
    would hardly belong to it.

    Parameters
    ----------
    centre : float
        Here the membership is 1, in the unit of the indicator.
    width : float
        Distance from the centre at which the membership is exp(−½), 0.607; above 0.
    open_end : {"none", "low", "high"}, default="none"
        Side of the centre on which the membership stays 1.

    Raises
    ------
    InvalidParameterError
        A number is not finite, the width not above zero, or an end that there is not.

    Notes
    -----
    exp(−½ ((x − centre) / width)²), and 1 beyond the centre at an open end. Textbooks that write
    exp(−((x − a) / σ)²) have the σ = √2 · width. Some of them take 1 − exp(−((x − a) / σ)²) above
    a as the ascending one; that is 1 less the descending one from the centre a, and here
    ascending ones are the rising half of the bell.

    Examples
    --------
    >>> from creditscore.expert import GaussianMembership
    >>> GaussianMembership(centre=2.0, width=0.5).membership([1.0, 1.5, 2.0]).round(4)
    array([0.1353, 0.6065, 1.    ])
    >>> GaussianMembership.ascending(2.0, 0.5).membership([1.5, 2.0, 9.0]).round(4)
    array([0.6065, 1.    , 1.    ])
    """

    centre: float
    width: float
    open_end: Literal["none", "low", "high"] = "none"

    def __post_init__(self) -> None:
        """Check both numbers and the end."""
        set_number(self, "centre")
        set_number(self, "width", low=0.0)
        check_choice(self.open_end, "open_end", type(self).__name__, ("none", "low", "high"))

    @classmethod
    def ascending(cls, centre: float, width: float) -> Self:
        """Make one that rises along the bell to 1 at its centre, and stays there.

        Parameters
        ----------
        centre : float
            In the unit of the indicator.
        width : float
            As in :class:`GaussianMembership`.
        """
        return cls(centre=centre, width=width, open_end="high")

    @classmethod
    def descending(cls, centre: float, width: float) -> Self:
        """Make one that is 1 up to its centre, and falls from there along the bell.

        Parameters
        ----------
        centre : float
            In the unit of the indicator.
        width : float
            As in :class:`GaussianMembership`.
        """
        return cls(centre=centre, width=width, open_end="low")

    def membership(self, values: Any) -> Float1D:
        """Return the membership of each value, as in :meth:`Membership.membership`."""
        numbers = as_floats(values, "values")
        low = 0.0 if self.open_end == "low" else -_MOST_WIDTHS
        high = 0.0 if self.open_end == "high" else _MOST_WIDTHS
        with np.errstate(over="ignore"):  # infinite steps end at the limits
            steps = np.clip((numbers - self.centre) / self.width, low, high)
        return np.asarray(np.exp(-0.5 * steps**2))


def triangular_partition(peaks: Sequence[float]) -> tuple[TrapezoidMembership, ...]:
    """Make linear functions of grades, which add up to 1 at each value.

    Parameters
    ----------
    peaks : sequence of float
        For each grade, the safest first, the value that belongs to it wholly: decreasing where
        higher values are safer, and increasing where lower ones are. Two or more.

    Returns
    -------
    tuple of TrapezoidMembership
        One for each grade. The first and the last are open; the others are triangles.

    Raises
    ------
    InvalidParameterError
        Fewer than two, not finite, or not in order.

    See Also
    --------
    ridge_partition : With the flanks of a ridge.

    Notes
    -----
    A value between two peaks belongs to these two grades only, to each by how near it is. Such
    functions are a fuzzy partition in the sense of Ruspini.

    References
    ----------
    Ruspini, E. H. (1969), "A new approach to clustering", Information and Control 15, 22-32.

    Examples
    --------
    >>> from creditscore.expert import triangular_partition
    >>> good, fair, poor = triangular_partition([2.0, 1.5, 1.0])
    >>> [float(grade.membership([1.75])[0]) for grade in (good, fair, poor)]
    [0.5, 0.5, 0.0]
    """
    return _partition(TrapezoidMembership, peaks, "triangular_partition")


def ridge_partition(peaks: Sequence[float]) -> tuple[RidgeMembership, ...]:
    """Make ridges of grades, which add up to 1 at each value.

    Parameters
    ----------
    peaks : sequence of float
        As in :func:`triangular_partition`.

    Returns
    -------
    tuple of RidgeMembership
        One for each grade, the first and the last open.

    Raises
    ------
    InvalidParameterError
        Fewer than two, not finite, or not in order.

    See Also
    --------
    triangular_partition : With linear flanks.

    Examples
    --------
    >>> from creditscore.expert import ridge_partition
    >>> low_debt, medium, high_debt = ridge_partition([0.3, 0.5, 0.8])
    >>> [float(grade.membership([0.45])[0].round(4)) for grade in (low_debt, medium, high_debt)]
    [0.1464, 0.8536, 0.0]
    """
    return _partition(RidgeMembership, peaks, "ridge_partition")


_SomePlateau = TypeVar("_SomePlateau", bound=_Plateau)
_KINDS: dict[str, type[Membership]] = {
    "triangular": TriangularMembership,
    "trapezoid": TrapezoidMembership,
    "ridge": RidgeMembership,
    "gaussian": GaussianMembership,
}
"""Functions that files can hold, by the word that stands for them there."""


def membership_content(function: Membership) -> dict[str, Any]:
    """Return a function as plain values; an open end, which JSON has no number for, is null."""
    word = next((word for word, kind in _KINDS.items() if type(function) is kind), None)
    if word is None:
        msg = (
            f"A file cannot hold a {type(function).__name__}, only the functions of this library: "
            f"{', '.join(kind.__name__ for kind in _KINDS.values())}."
        )
        raise InvalidParameterError(msg)
    parts = vars(function).items()
    return {"kind": word} | {name: None if n in (-math.inf, math.inf) else n for name, n in parts}


def membership_from(content: Mapping[str, Any]) -> Membership:
    """Read back what :func:`membership_content` gave."""
    numbers = dict(content)
    word = numbers.pop("kind")
    if word not in _KINDS:
        msg = f"There is no membership function {word!r}. Known are: {', '.join(_KINDS)}."
        raise DocumentError(msg)
    ends = {"low": -math.inf, "low_peak": -math.inf, "high_peak": math.inf, "high": math.inf}
    return _KINDS[word](**{name: ends[name] if n is None else n for name, n in numbers.items()})


def _partition(kind: type[_SomePlateau], peaks: Any, owner: str) -> tuple[_SomePlateau, ...]:
    values = finite_numbers(peaks, "peaks", owner)
    steps = np.diff(values)
    if len(values) < 2 or not ((steps < 0).all() or (steps > 0).all()):
        msg = (
            f"The 'peaks' parameter of {owner} must be two or more numbers, decreasing or "
            f"increasing: one for each grade, the safest first. Got {peaks!r} instead."
        )
        raise InvalidParameterError(msg)
    peak = sorted(values)
    upward = [
        kind.descending(peak[0], peak[1]),
        *(
            kind(low=low, low_peak=at, high_peak=at, high=high)
            for low, at, high in zip(peak, peak[1:], peak[2:], strict=False)
        ),
        kind.ascending(peak[-2], peak[-1]),
    ]
    return tuple(upward if steps[0] > 0 else upward[::-1])


def _check_order(function: Membership, ends: Sequence[float]) -> None:
    if any(a > b for a, b in pairwise(ends)) or ends[0] == ends[-1]:
        names = ", ".join(vars(function))
        msg = (
            f"The numbers {names} of {type(function).__name__} must not decrease, and the first "
            f"be below the last. Got {', '.join(f'{end:g}' for end in ends)} instead."
        )
        raise InvalidParameterError(msg)


def _rise(values: Float1D, foot: float, peak: float) -> Float1D:
    """Return the parts of the way up from a foot to a peak above it."""
    if foot == peak:
        # a step, or an open end, which all values but missing ones are above
        return np.where(np.isnan(values), np.nan, np.asarray(values >= peak, dtype=np.float64))
    with np.errstate(over="ignore"):  # far above the peak all the same
        return np.clip((values - foot) / (peak - foot), 0.0, 1.0)


def _fall(values: Float1D, peak: float, foot: float) -> Float1D:
    """Return the parts of the way up to a peak from a foot above it."""
    return _rise(-values, -foot, -peak)
