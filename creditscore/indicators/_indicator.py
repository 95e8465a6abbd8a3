"""One indicator: what it measures, how, from what, and by whose authority."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._validation import check_choice, check_real
from creditscore.exceptions import InvalidParameterError, MissingColumnError
from creditscore.indicators._facts import Facts
from creditscore.indicators._measured import Measured, NegativeDenominator
from creditscore.indicators._panel import Input
from creditscore.indicators._reason import Reason
from creditscore.indicators._records import CustomerRecords

Group: TypeAlias = Literal["financial", "operating", "reputation", "environment", "person"]
FiveC: TypeAlias = Literal["character", "capacity", "capital", "collateral", "conditions"]
Unit: TypeAlias = Literal[
    "ratio", "share", "days", "months", "years", "count", "amount", "score", "index", "flag"
]
IndicatorDirection: TypeAlias = Literal["higher", "lower", "neither"]
Compute: TypeAlias = Callable[[Facts], Measured]

GROUPS: tuple[Group, ...] = ("financial", "operating", "reputation", "environment", "person")
FIVE_C: tuple[FiveC, ...] = ("character", "capacity", "capital", "collateral", "conditions")
_UNITS: tuple[Unit, ...] = (
    *("ratio", "share", "days", "months", "years"),
    *("count", "amount", "score", "index", "flag"),
)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Indicator:
    """A measure of a customer, with all that a reader of its value must know.

    Parameters
    ----------
    name : str
        An identifier; the column of the value.
    compute : callable
        Takes :class:`Facts` and returns a :class:`Measured`.
    group : {"financial", "operating", "reputation", "environment", "person"}
        What it is about.
    unit : str
        "ratio", "share" (a fraction), "days", "months", "years", "count", "amount" (in the
        currency of the facts), "score", "index" or "flag" (1 or 0).
    direction : {"higher", "lower", "neither"}
        Which values are safer.
    formula : str
        As one reads it.
    label : str, default=""
        Name in English; without one, `name` in words.
    label_zh : str, default=""
        Name in Chinese.
    five_c : tuple of str, default=()
        Which of the five Cs it speaks of: character, capacity, capital, collateral, conditions.
    source : str, default=""
        Where the formula comes from.
    low : float, optional
        Lower end of the sensible range; a value outside is kept, and flagged.
    high : float, optional
        Upper end of it.
    negative_denominator : {"missing", "keep"}, default="missing"
        What a ratio over less than zero is; over zero it is always missing.

    Raises
    ------
    InvalidParameterError
        A parameter is none of the above.

    See Also
    --------
    indicator : Makes one of a function.

    Examples
    --------
    >>> from creditscore.indicators import indicator
    >>> @indicator(group="financial", unit="ratio", direction="higher", formula="cash / revenue")
    ... def cash_to_sales(facts):
    ...     return facts.cash / facts.revenue
    >>> cash_to_sales
    Indicator(cash_to_sales: cash / revenue; financial, ratio, higher is safer)
    >>> [str(read) for read in cash_to_sales.inputs]
    ['statements.cash', 'statements.revenue']
    """

    name: str
    compute: Compute
    group: Group
    unit: Unit
    direction: IndicatorDirection
    formula: str
    label: str = ""
    label_zh: str = ""
    five_c: tuple[FiveC, ...] = ()
    source: str = ""
    low: float | None = None
    high: float | None = None
    negative_denominator: NegativeDenominator = "missing"

    def __post_init__(self) -> None:
        """Check the words, and fill in the label."""
        owner = type(self).__name__
        for name in ("name", "formula", "label", "label_zh", "source"):
            check_kind(getattr(self, name), name, owner, str)
        if not self.name.isidentifier():
            msg = f"The 'name' parameter of {owner} must be an identifier. Got {self.name!r}."
            raise InvalidParameterError(msg)
        check_kind(self.compute, "compute", owner, Callable)  # type: ignore[arg-type]
        check_choice(self.group, "group", owner, GROUPS)
        check_choice(self.unit, "unit", owner, _UNITS)
        check_choice(self.direction, "direction", owner, ("higher", "lower", "neither"))
        policies = ("missing", "keep")
        check_choice(self.negative_denominator, "negative_denominator", owner, policies)
        object.__setattr__(self, "five_c", _as_tuple(self.five_c))
        for tag in self.five_c:
            check_choice(tag, "five_c", owner, FIVE_C)
        low, high = self.sensible_range
        check_real(low, "low", owner, low=-np.inf, high=np.inf, closed="left")
        check_real(high, "high", owner, low=low, high=np.inf, closed="right")
        if not self.label:
            words = self.name.replace("_", " ")
            object.__setattr__(self, "label", words[0].upper() + words[1:])

    @property
    def sensible_range(self) -> tuple[float, float]:
        """Ends of the sensible range, infinite where there is none."""
        return (
            -np.inf if self.low is None else self.low,
            np.inf if self.high is None else self.high,
        )

    def measure(self, facts: Facts) -> Measured:
        """Return its values for the customers of some facts.

        Raises
        ------
        InvalidParameterError
            The function returns something else than one value, or one reason, a customer.
        """
        return self.measured_with_inputs(facts)[0]

    def measured_with_inputs(self, facts: Facts) -> tuple[Measured, tuple[Input, ...]]:
        """Return its values, and what was read for them."""
        own = facts.with_policy(self.negative_denominator)
        try:
            found = self.compute(own)
        except MissingColumnError as error:
            found = facts.constant(0.0).without(
                np.ones(len(facts.customers), dtype=bool), Reason("not_given", str(error))
            )
        except Exception as error:
            error.add_note(f"in indicator {self.name!r}")
            raise
        if not isinstance(found, Measured) or len(found) != len(facts.customers):
            msg = (
                f"Indicator {self.name!r} must return a Measured with a value for each customer, "
                f"as arithmetic with facts does. Got {type(found).__name__}."
            )
            raise InvalidParameterError(msg)
        if not np.array_equal(found.missing, found.reasons.astype(bool)):
            msg = (
                f"Indicator {self.name!r} must give a reason for each value that is missing, and "
                "for no other. Make values by arithmetic with facts, or by Measured.of()."
            )
            raise InvalidParameterError(msg)
        return found.named(self.name), tuple(dict.fromkeys(own.inputs))

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """What it reads, found by asking the function about no customer."""
        nobody = Facts(records=_NO_RECORDS, as_of=np.datetime64("2000-01-01"), customers=())
        return self.measured_with_inputs(nobody)[1]

    def __repr__(self) -> str:
        """Say in one line what it is."""
        safer = "" if self.direction == "neither" else f", {self.direction} is safer"
        return f"Indicator({self.name}: {self.formula}; {self.group}, {self.unit}{safer})"


def indicator(
    *,
    group: Group,
    unit: Unit,
    direction: IndicatorDirection,
    formula: str,
    **details: Any,
) -> Callable[[Compute], Indicator]:
    """Make an indicator of a function from facts to values; its name is that of the function.

    Parameters
    ----------
    group, unit, direction, formula : str
        As in :class:`Indicator`.
    **details : object
        Further parameters of :class:`Indicator`.

    Returns
    -------
    callable
        A decorator.

    Examples
    --------
    >>> from creditscore.indicators import indicator
    >>> @indicator(group="operating", unit="amount", direction="higher", formula="sales per head")
    ... def sales_per_head(facts):
    ...     return facts.revenue / facts.profile.employees
    >>> sales_per_head.label
    'Sales per head'
    """

    def decorate(compute: Compute) -> Indicator:
        return Indicator(
            name=compute.__name__, compute=compute, group=group, unit=unit, direction=direction,
            formula=formula, **details,
        )  # fmt: skip

    return decorate


def _as_tuple(tags: Sequence[Any] | str) -> tuple[Any, ...]:
    return (tags,) if isinstance(tags, str) else tuple(tags)


_NO_RECORDS = CustomerRecords(
    profile=pd.DataFrame({"customer": ["none"], "known_on": pd.to_datetime(["2000-01-01"])})
)
