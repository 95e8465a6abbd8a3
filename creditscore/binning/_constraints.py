"""What may be asked of the bins of one feature: a value that checks itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from creditscore._repr import changed_repr
from creditscore._typing import Trend
from creditscore._validation import check_choice, check_integer, check_real
from creditscore.exceptions import InvalidParameterError

TRENDS = (
    *("auto", "auto_one_bend", "ascending", "descending"),
    *("peak", "valley", "concave", "convex", "none"),
)

Span: TypeAlias = "float | tuple[float, float]"
"""A number, or all numbers from one to another, both included."""


_BEND_P_VALUE = 1e-6
"""A bend is made by default where chance would give what speaks for it so seldom."""
_BEND_GAIN = 0.1
"""Of a target that is an amount: where it betters monotone bins by this share."""


@dataclass(frozen=True, kw_only=True, repr=False)
class BinConstraints:
    """Constraints on the regular bins of a feature.

    Sizes are by weight, and special codes, missing values and levels never seen are exempt from
    all of them. What is None is as the encoder says for all features.

    Parameters
    ----------
    trend : {"auto", "auto_one_bend", "ascending", "descending", "peak", "valley", "concave", \
"convex", "none"}, optional
        How the bad rate moves from bin to bin; see :func:`creditscore.binning.solve_bins`.
    min_bin_size, max_bin_size : float, optional
        Least and most weight of a bin: a share of all rows up to 1, a weight above it.
    min_good, min_bad : float, default=0
        Least weight of goods, and of bads, in a bin.
    min_n_bins : int, default=1
        Fewest bins.
    max_n_bins : int, optional
        Most bins.
    min_rate_difference : float, default=0
        Least difference between the bad rates of neighbours, a fraction; between their means,
        where the target is an amount.
    min_rate_ratio, max_rate_ratio : float, optional
        Least and greatest ratio of the bad rates of neighbours, the higher over the lower: 1 or
        more, and both may be met exactly. Over a rate of zero it is infinite, which keeps any
        least ratio and no greatest one. Means have none.
    max_p_value : float, optional
        Highest p-value of neighbours in (0, 1]: a two-sided z-test of two proportions with pooled
        variance, which is the χ² test without correction. Weights count as rows.
    fixed_cuts : sequence of float, default=()
        Cuts that must be made. A value at a cut belongs to the upper bin. Cuts of an ordered
        category are places between its levels: place 3 is between the third and the fourth of
        those that occur. Levels without an order have no cuts.
    preferred_cuts : sequence of float, default=()
        Cuts that are made where each costs no more than `preference`.
    preference : float, default=0.01
        Share of the objective that may be given up for one preferred cut, in [0, 1].
    forbidden_cuts : sequence of float or of (low, high), default=()
        Places where no cut may be made: a value, or all from one to another, both included.
    cut_digits : int, optional
        Make cuts at numbers of so many significant digits only: 1,000 or 1,200 rather than 1,234.
        What that costs is kept in the table. Fixed and preferred cuts stay as given. Levels of
        any kind have none.
    min_level_size : float, optional
        Levels of less weight are pooled, because their own bad rate is chance: a share of all rows
        below 1, else a weight, so that 1, unlike the sizes above, is one row and pools nothing.
        By default 30 rows, or what a bin needs where that is less, or fewer where small levels
        differ by more than chance. Levels of ordered categories are never pooled.
    concentration_penalty : float, default=0
        Taken from the objective for each unit of the Herfindahl-Hirschman index of the bins'
        shares of the regular rows: even bins have the least.
    min_period_size : float, optional
        Least weight of a bin in every period, which needs periods: a share of the period's
        regular rows up to 1, a weight above it. By default a bin needs a row in each.
    min_bend_gain : float, optional
        Under "auto_one_bend": a peak or valley must better the best monotone bins by this share.
    max_bend_p_value : float, optional
        Under "auto_one_bend": chance must give so much more to tell in this share of samples at
        most, by the likelihood ratio of the bins with and without the bend, as χ² with a degree of
        freedom for each bin more and one for the place of the bend. For targets of two classes.
        Where neither is given, it is 1e-6 for these, and `min_bend_gain` is 0.1 for amounts.
    small_bin_p_value : float, optional
        Where bins of `min_bin_size` leave a column whole, bins of a tenth of it are made if chance
        would give as much to tell in this share of samples at most, by the same likelihood ratio,
        and would spread the rates of levels as far: a flag that few have and that says all. None
        makes none. For an encoder; a solver of counts ignores it.

    Examples
    --------
    >>> from creditscore.binning import BinConstraints
    >>> BinConstraints(trend="peak", min_bad=20, max_p_value=0.05).min_bad
    20.0
    """

    trend: Trend | None = None
    min_bin_size: float | None = None
    max_bin_size: float | None = None
    min_good: float = 0.0
    min_bad: float = 0.0
    min_n_bins: int = 1
    max_n_bins: int | None = None
    min_rate_difference: float = 0.0
    min_rate_ratio: float | None = None
    max_rate_ratio: float | None = None
    max_p_value: float | None = None
    fixed_cuts: tuple[float, ...] = ()
    preferred_cuts: tuple[float, ...] = ()
    preference: float = 0.01
    forbidden_cuts: tuple[Span, ...] = ()
    cut_digits: int | None = None
    min_level_size: float | None = None
    concentration_penalty: float = 0.0
    min_period_size: float | None = None
    min_bend_gain: float | None = None
    max_bend_p_value: float | None = None
    small_bin_p_value: float | None = None

    def __post_init__(self) -> None:
        """Refuse what is out of range, or contradicts itself."""
        if self.trend is not None:
            check_choice(self.trend, "trend", "BinConstraints", TRENDS)
        for name in (
            *("min_bin_size", "max_bin_size", "min_period_size", "min_level_size"),
            "min_bend_gain",
        ):
            if getattr(self, name) is not None:
                self._take(name, low=0, high=math.inf, closed="left")
        for name in ("min_good", "min_bad", "min_rate_difference", "concentration_penalty"):
            self._take(name, low=0, high=math.inf, closed="left")
        for name in ("min_rate_ratio", "max_rate_ratio"):
            if getattr(self, name) is not None:
                self._take(name, low=1, high=math.inf, closed="left")
        self._take("preference", low=0, high=1, closed="both")
        for name in ("max_p_value", "max_bend_p_value", "small_bin_p_value"):
            if getattr(self, name) is not None:
                self._take(name, low=0, high=1, closed="right")
        if self.cut_digits is not None:
            check_integer(self.cut_digits, "cut_digits", "BinConstraints", low=1)
        self._check_numbers()
        self._take_places()

    def __repr__(self) -> str:
        """Write what is asked."""
        return changed_repr(self)

    @property
    def bounds_steps(self) -> bool:
        """Whether more is asked of neighbours than that they differ."""
        bounds = (self.min_rate_ratio, self.max_rate_ratio, self.max_p_value)
        return bool(self.min_rate_difference) or any(bound is not None for bound in bounds)

    def bend_limits(self, *, two_classes: bool) -> tuple[float, float | None]:
        """Return the least gain of a bend and the greatest p-value, None where none is asked."""
        gain, p_value = self.min_bend_gain, self.max_bend_p_value
        if gain is None and p_value is None:
            return (0.0, _BEND_P_VALUE) if two_classes else (_BEND_GAIN, None)
        return gain or 0.0, p_value

    def _check_numbers(self) -> None:
        low, high = self.min_bin_size or 0.0, self.max_bin_size
        if high is not None and low > high and (low <= 1) == (high <= 1):
            msg = (
                f"BinConstraints asks for bins of at least {low:g} and at most {high:g}. Lower "
                "min_bin_size, or raise max_bin_size."
            )
            raise InvalidParameterError(msg)
        least, most = self.min_rate_ratio, self.max_rate_ratio
        if least is not None and most is not None and least > most:
            msg = (
                f"BinConstraints asks for ratios of rates of at least {least:g} and at most "
                f"{most:g}. Lower min_rate_ratio, or raise max_rate_ratio."
            )
            raise InvalidParameterError(msg)
        check_integer(self.min_n_bins, "min_n_bins", "BinConstraints", low=1)
        if self.max_n_bins is not None:
            check_integer(self.max_n_bins, "max_n_bins", "BinConstraints", low=1)
            if self.max_n_bins < self.min_n_bins:
                msg = (
                    f"BinConstraints asks for at least {self.min_n_bins} bins and at most "
                    f"{self.max_n_bins}. Lower min_n_bins, or raise max_n_bins."
                )
                raise InvalidParameterError(msg)

    def _take_places(self) -> None:
        for name in ("fixed_cuts", "preferred_cuts", "forbidden_cuts"):
            object.__setattr__(self, name, _places(getattr(self, name), name))
        n_bins = len(self.fixed_cuts) + 1
        if self.max_n_bins is not None and n_bins > self.max_n_bins:
            msg = (
                f"BinConstraints fixes {n_bins - 1} cuts, which make {n_bins} bins, and asks for "
                f"at most {self.max_n_bins}. Fix fewer cuts, or raise max_n_bins."
            )
            raise InvalidParameterError(msg)
        refused = [cut for cut in self.fixed_cuts if any(map(_holder(cut), self.forbidden_cuts))]
        if refused:
            msg = f"BinConstraints fixes a cut that it forbids: {refused[0]:g}. Take one away."
            raise InvalidParameterError(msg)

    def _take(self, name: str, *, low: float, high: float, closed: str) -> None:
        value = getattr(self, name)
        number = check_real(value, name, "BinConstraints", low=low, high=high, closed=closed)
        object.__setattr__(self, name, number)


def span_of(place: Span) -> tuple[float, float]:
    """Return the first and the last number of a forbidden place."""
    return place if isinstance(place, tuple) else (place, place)


def place_of(cut: float, name: str, n_prebins: int) -> int:
    """Return a cut as a place between pre-bins, or between ordered levels; refuse all else."""
    if not cut.is_integer() or not 1 <= cut < n_prebins:
        msg = (
            f"{name!r} are places between pre-bins or ordered levels here: whole numbers from 1 to "
            f"{n_prebins - 1}. Got {cut:g}."
        )
        raise InvalidParameterError(msg)
    return int(cut)


def _holder(cut: float) -> Any:
    return lambda place: span_of(place)[0] <= cut <= span_of(place)[1]


def _places(values: Any, name: str) -> tuple[Span, ...]:
    """Take a list of numbers, or for forbidden cuts of pairs too, as floats in order."""
    pairs = name == "forbidden_cuts"
    kind = "numbers or pairs (low, high)" if pairs else "numbers"
    msg = (
        f"The {name!r} parameter of BinConstraints must be finite {kind}, in a list. "
        f"Got {values!r} instead."
    )
    if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
        raise InvalidParameterError(msg)
    places: list[Span] = []
    for value in values:
        pair = isinstance(value, (Sequence, np.ndarray)) and not isinstance(value, str)
        ends = tuple(value) if pair else (value,)
        if len(ends) > 1 + pairs or not ends:
            raise InvalidParameterError(msg)
        numbers = tuple(_finite(end, msg) for end in ends)
        if len(numbers) == 2 and numbers[0] > numbers[1]:
            raise InvalidParameterError(msg)
        places.append((numbers[0], numbers[1]) if len(numbers) == 2 else numbers[0])
    if not pairs and len(set(places)) < len(places):
        raise InvalidParameterError(msg.replace("finite", "different, finite"))
    return tuple(sorted(places, key=span_of))


def _finite(value: Any, msg: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise InvalidParameterError(msg) from error
    if isinstance(value, (bool, str)) or not math.isfinite(number):
        raise InvalidParameterError(msg)
    return number
