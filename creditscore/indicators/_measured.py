"""Numbers of many customers at once, each missing one with its reason, through all arithmetic."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Self, TypeAlias

import numpy as np

from creditscore._checks import check_kind
from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore._validation import as_floats, check_real
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.indicators._reason import Reason, ReasonKind

Operand: TypeAlias = "Measured | float"
ANY = -2
"""Code of the currency, or of the scope, of a number that is in no particular one, such as 0."""
_FILLED: tuple[ReasonKind, ...] = ("not_given", "not_known_yet", "no_rows")

NegativeDenominator: TypeAlias = Literal["missing", "keep"]
"""A ratio over less than zero has no meaning, or keeps its sign."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Measured:
    """One number a customer, and the reason of each that is missing.

    Arithmetic works as on arrays: ``+ - * /``, ``abs()``, comparisons (1.0 where true, 0.0 where
    not; ``==`` and ``!=`` too), ``& | ~`` of these, :meth:`log`, :meth:`where`. A result is
    missing where something it needs is, for the same reason; it is never infinite, and a gap is
    never zero.

    Parameters
    ----------
    name : str
        What it is, as reasons name it.
    values : array of shape (n_customers,)
        NaN where missing.
    reasons : array of Reason or None, of shape (n_customers,)
        None where there is a value.
    currency : array of int of shape (n_customers,), optional
        Code of the currency of an amount, -1 where none is stated, -2 where any fits, as with a
        number that stands for what is missing. Amounts of two currencies are not added, compared
        or divided.
    scope : array of int of shape (n_customers,), optional
        Code of what the figures cover (a firm alone, or its group), -1 where that is not stated,
        -2 where either fits.
    told : array of bool of shape (n_customers,), optional
        Where a number rests on what was told as it is, and not on records of its parts; see
        :meth:`or_told`.
    negative_denominator : {"missing", "keep"}, default="missing"
        What a division by it does where it is below zero; a plain number, such as -1, divides
        always.

    Notes
    -----
    Division by zero is missing, of kind ``zero_denominator``; by less than zero too, of kind
    ``negative_denominator``, as there the direction of a ratio turns round: a loss over negative
    equity looks like a profit. O(n_customers) time and memory for each operation.

    Examples
    --------
    >>> from creditscore.indicators import Measured
    >>> profit = Measured.of("profit", [10.0, 8.0, float("nan")])
    >>> equity = Measured.of("equity", [100.0, -40.0, 50.0])
    >>> (profit / equity).values.tolist()
    [0.1, nan, nan]
    >>> [str(reason) for reason in (profit / equity).reasons[1:]]
    ['equity is negative', 'profit is not given']
    """

    name: str
    values: Float1D
    reasons: Any
    currency: Int1D | None = None
    scope: Int1D | None = None
    told: Bool1D | None = None
    negative_denominator: NegativeDenominator = "missing"

    def __post_init__(self) -> None:
        """Check that there is room for a reason of each value, and that none is infinite."""
        if self.values.shape != self.reasons.shape or self.values.ndim != 1:
            msg = (
                f"{self.name!r} needs one reason, or None, for each of its values. Got "
                f"{self.reasons.shape} for {self.values.shape}."
            )
            raise InvalidDataError(msg)
        if np.isinf(self.values).any():
            row = int(np.isinf(self.values).argmax())
            msg = (
                f"{self.name!r} is infinite for the customer at row {row}. Leave such a value out "
                "(NaN), so that it is missing with a reason."
            )
            raise InvalidDataError(msg)

    @classmethod
    def of(cls, name: str, values: Sequence[float] | Float1D, *, reason: str = "") -> Self:
        """Make one from numbers, of which NaN is missing.

        Parameters
        ----------
        name : str
            What it is.
        values : array-like of shape (n_customers,)
            Numbers, NaN where missing.
        reason : str, default=""
            Why they are missing; without one, that the value is not given.

        Raises
        ------
        InvalidDataError
            They are no numbers, not one column of them, or one is infinite.
        """
        numbers = np.array(as_floats(values, name))
        if numbers.ndim != 1:
            msg = f"{name!r} needs one number for each customer. Got the shape {numbers.shape}."
            raise InvalidDataError(msg)
        why = Reason("not_given", reason or f"{name} is not given")
        return cls(name=name, values=numbers, reasons=reasons_where(np.isnan(numbers), why))

    def __len__(self) -> int:
        """Count the customers."""
        return len(self.values)

    @property
    def missing(self) -> Bool1D:
        """Where there is no value."""
        return np.isnan(self.values)

    def named(self, name: str) -> Self:
        """Return the same under another name, which further reasons tell."""
        return replace(self, name=name)

    def without(self, mask: Bool1D, reason: Reason) -> Self:
        """Return the same, but missing where `mask` holds, unless it is missing already."""
        take = mask & ~self.missing
        if not take.any():
            return self
        reasons = self.reasons.copy()
        reasons[take] = reason
        return replace(self, values=np.where(take, np.nan, self.values), reasons=reasons)

    def log(self) -> Self:
        """Return the natural logarithm; missing, of kind ``undefined``, at zero and below."""
        why = Reason("undefined", f"{self.name} is not above zero, so it has no logarithm")
        known = self.without(~self.missing & (self.values <= 0), why)
        name = f"ln({self.name})"
        return replace(known, name=name, values=np.log(known.values), currency=None)

    def where(self, condition: Measured, other: Operand) -> Measured:
        """Return these values where a condition is true, and `other` where it is false.

        What is not chosen may be missing, and of another currency; a condition that is missing
        makes the result missing.

        Raises
        ------
        InvalidParameterError
            The condition is no comparison: a value is neither 1 nor 0.
        """
        check_kind(condition, "condition", "where", Measured)
        beside, of_condition = self._operand(other), _truth(self._operand(condition))
        true, false = of_condition.values == 1, of_condition.values == 0
        values = np.where(true, self.values, np.where(false, beside.values, np.nan))
        reasons = np.where(
            true, self.reasons, np.where(false, beside.reasons, of_condition.reasons)
        )
        return replace(
            self._joined(beside, self.name),
            values=values,
            reasons=reasons,
            currency=_chosen(~false, self.currency, beside.currency),
            scope=_chosen(~false, self.scope, beside.scope),
            told=_either(_only(self.told, ~false), _only(beside.told, false)),
        )

    def filled(self, value: float) -> Self:
        """Return the same with a value where nothing is known; for what by its absence says zero.

        What is missing for another reason stays so, such as a statement that is too old or a
        ratio without meaning.
        """
        number = check_real(value, "value", "filled", low=-math.inf, high=math.inf)
        gap = self._nothing_known()
        return replace(
            self,
            values=np.where(gap, number, self.values),
            reasons=np.where(gap, None, self.reasons),
            currency=_chosen(~gap, self.currency, None),
            scope=_chosen(~gap, self.scope, None),
        )

    def or_told(self, value: Measured) -> Measured:
        """Return the same, with the value that was told where nothing is known to compute it from.

        What was computed stays, whatever was told, and so does what is missing for a reason in
        the records, such as amounts in two currencies.

        Examples
        --------
        >>> from creditscore.indicators import Measured
        >>> share = Measured.of("share", [0.2, float("nan")])
        >>> both = share.or_told(Measured.of("told", [0.9, 0.35]))
        >>> both.values.tolist(), both.told.tolist()
        ([0.2, 0.35], [False, True])
        """
        beside = self._operand(value)
        gap = self._nothing_known() & ~beside.missing
        return replace(
            self,
            values=np.where(gap, beside.values, self.values),
            reasons=np.where(gap, None, self.reasons),
            currency=_chosen(~gap, self.currency, beside.currency),
            scope=_chosen(~gap, self.scope, beside.scope),
            told=_either(self.told, gap),
        )

    def _nothing_known(self) -> Bool1D:
        """Tell where a value is missing because what it needs is not there."""
        gap = np.zeros(len(self), dtype=bool)
        for row in np.flatnonzero(self.missing).tolist():
            gap[row] = self.reasons[row].kind in _FILLED
        return gap

    def __add__(self, other: Operand) -> Measured:
        return self._combined(other, np.add, "+")

    def __radd__(self, other: float) -> Measured:
        return self._operand(other) + self

    def __sub__(self, other: Operand) -> Measured:
        return self._combined(other, np.subtract, "-")

    def __rsub__(self, other: float) -> Measured:
        return self._operand(other) - self

    def __mul__(self, other: Operand) -> Measured:
        return self._combined(other, np.multiply, "*")

    def __rmul__(self, other: float) -> Measured:
        return self._operand(other) * self

    def __truediv__(self, other: Operand) -> Measured:
        below = self._operand(other)
        zero = Reason("zero_denominator", f"{below.name} is zero")
        below = below.without(below.values == 0, zero)
        if isinstance(other, Measured) and below.negative_denominator == "missing":
            negative = Reason("negative_denominator", f"{below.name} is negative")
            below = below.without(below.values < 0, negative)
        quotient = self._combined(below, np.divide, "/")
        both = self.currency is not None and below.currency is not None
        return replace(quotient, currency=None) if both else quotient

    def __rtruediv__(self, other: float) -> Measured:
        return self._operand(other) / self

    def __neg__(self) -> Self:
        return replace(self, name=f"-{self.name}", values=-self.values)

    def __abs__(self) -> Self:
        return replace(self, name=f"|{self.name}|", values=np.abs(self.values))

    # a comparison gives a value for each customer, so that there is nothing to hash
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: Operand) -> Measured:  # type: ignore[override]
        return self._compared(other, np.equal, "==")

    def __ne__(self, other: Operand) -> Measured:  # type: ignore[override]
        return self._compared(other, np.not_equal, "!=")

    def __gt__(self, other: Operand) -> Measured:
        return self._compared(other, np.greater, ">")

    def __ge__(self, other: Operand) -> Measured:
        return self._compared(other, np.greater_equal, ">=")

    def __lt__(self, other: Operand) -> Measured:
        return self._compared(other, np.less, "<")

    def __le__(self, other: Operand) -> Measured:
        return self._compared(other, np.less_equal, "<=")

    def __and__(self, other: Measured) -> Measured:
        return _truth(self)._combined(_truth(self._operand(other)), np.multiply, "and")

    def __or__(self, other: Measured) -> Measured:
        return _truth(self)._combined(_truth(self._operand(other)), np.maximum, "or")

    def __invert__(self) -> Measured:
        return (1.0 - _truth(self)).named(f"not {self.name}")

    def __bool__(self) -> bool:
        """Refuse to be one truth: there is one for each customer."""
        msg = (
            f"{self.name!r} holds a value for each customer, so it is neither true nor false. Use "
            "'&', '|' and '~' instead of 'and', 'or' and 'not', and where() instead of 'if'."
        )
        raise InvalidParameterError(msg)

    def __repr__(self) -> str:
        """Say in one line what it is and how much is missing."""
        return f"Measured({self.name}: {len(self)} values, {int(self.missing.sum())} missing)"

    def _operand(self, other: Operand) -> Measured:
        """Return what stands on the other side, a number as one for each customer."""
        if isinstance(other, Measured):
            if len(other) != len(self):
                msg = f"{other.name!r} and {self.name!r} are not of the same customers."
                raise InvalidParameterError(msg)
            return other
        number = check_real(
            other, "other", f"arithmetic with {self.name}", low=-math.inf, high=math.inf
        )
        values = np.full(len(self), number)
        return Measured(name=f"{number:g}", values=values, reasons=np.full(len(self), None))

    def _compared(self, other: Operand, compare: Callable[..., Any], sign: str) -> Measured:
        def truth(left: Float1D, right: Float1D) -> Float1D:
            # NaN compares as false, and here it has to stay missing
            unknown = np.isnan(left) | np.isnan(right)
            return np.where(unknown, np.nan, compare(left, right).astype(np.float64))

        return replace(self._combined(other, truth, sign), currency=None)

    def _combined(self, other: Operand, combine: Callable[..., Any], sign: str) -> Measured:
        beside = self._operand(other)
        left = self._of_one_kind_with(beside)
        with np.errstate(over="ignore", invalid="ignore"):
            values = np.asarray(combine(left.values, beside.values), dtype=np.float64)
        name = f"({left.name} {sign} {beside.name})"
        gap = left.missing | beside.missing
        too_large = ~gap & ~np.isfinite(values)
        reasons = np.where(left.missing, left.reasons, beside.reasons)
        reasons[too_large] = Reason("undefined", f"{name} is larger than numbers can be")
        result = left._joined(beside, name)  # noqa: SLF001 - of this class
        return replace(result, values=np.where(gap | too_large, np.nan, values), reasons=reasons)

    def _of_one_kind_with(self, other: Measured) -> Measured:
        """Return this, missing where the other is of another currency or another scope."""
        result = self
        kinds: tuple[tuple[ReasonKind, Int1D | None, Int1D | None, str], ...] = (
            ("currency", self.currency, other.currency, "currencies"),
            ("consolidation", self.scope, other.scope, "scopes, a firm and its group"),
        )
        for kind, mine, theirs, what in kinds:
            if mine is None or theirs is None or mine is theirs:
                continue
            mixed = (mine != theirs) & (mine != ANY) & (theirs != ANY) & ~other.missing
            unstated = f"the {kind} of {self.name} or of {other.name} is not stated"
            result = result.without(mixed & ((mine < 0) | (theirs < 0)), Reason(kind, unstated))
            text = f"{self.name} and {other.name} are of two {what}"
            result = result.without(mixed, Reason(kind, text))
        return result

    def _joined(self, other: Measured, name: str) -> Measured:
        """Return a value of this name with what the two have in common; numbers come later."""
        keep = "keep" in (self.negative_denominator, other.negative_denominator)
        return replace(
            self,
            name=name,
            currency=_common(self.currency, other.currency),
            scope=_common(self.scope, other.scope),
            told=_either(self.told, other.told),
            negative_denominator="keep" if keep else "missing",
        )


def reasons_where(mask: Bool1D, reason: Reason | None) -> Any:
    """Return an array of reasons: `reason` where the mask holds, else None."""
    reasons = np.full(len(mask), None, dtype=object)
    if reason is not None and mask.any():
        reasons[mask] = reason
    return reasons


def _truth(found: Measured) -> Measured:
    """Return the same, after a check that it is true or false wherever it is known."""
    strange = ~found.missing & (found.values != 0) & (found.values != 1)
    if strange.any():
        msg = (
            "'&', '|', '~' and the condition of where() take what is true or false, such as a "
            f"comparison. {found.name!r} is {found.values[strange.argmax()]:g} for a customer."
        )
        raise InvalidParameterError(msg)
    return found


def _common(mine: Int1D | None, theirs: Int1D | None) -> Int1D | None:
    """Return the codes that two have in common, where each that is stated is the same."""
    if mine is None or theirs is None or mine is theirs:
        return theirs if mine is None else mine
    return np.where(mine == ANY, theirs, mine)


def _chosen(first: Bool1D, mine: Int1D | None, theirs: Int1D | None) -> Int1D | None:
    """Return the codes of the one that is chosen; what has none fits any."""
    if mine is None and theirs is None:
        return None
    return np.where(first, ANY if mine is None else mine, ANY if theirs is None else theirs)


def _either(mine: Bool1D | None, theirs: Bool1D | None) -> Bool1D | None:
    """Return where one of two rests on what was told."""
    if mine is None or theirs is None:
        return theirs if mine is None else mine
    return mine | theirs


def _only(told: Bool1D | None, chosen: Bool1D) -> Bool1D | None:
    """Return where what was told is chosen."""
    return None if told is None else told & chosen


def reason_words(found: Measured, told: Callable[[Any], str]) -> np.ndarray[Any, Any]:
    """Return what is told of the reason of each gap, empty where there is a value."""
    words = np.full(len(found), "", dtype=object)
    for row in np.flatnonzero(found.missing).tolist():
        words[row] = told(found.reasons[row])
    return words
