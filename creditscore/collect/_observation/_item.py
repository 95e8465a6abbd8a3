"""One item of a customer's file: what it holds, how long that stays true, who may see it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeAlias, get_args

from creditscore._checks import check_kind, read_entries, set_number
from creditscore._validation import check_choice, check_integer
from creditscore.exceptions import InvalidParameterError

ItemKind: TypeAlias = Literal["number", "text", "day", "flag"]
ItemGroup: TypeAlias = Literal["identity", "financial", "operating", "reputation", "environment"]
Sensitivity: TypeAlias = Literal["public", "internal", "personal", "sensitive"]
Identifies: TypeAlias = Literal["no", "directly", "with others"]
CustomerKind: TypeAlias = Literal["enterprise", "person"]

ITEM_KINDS: tuple[str, ...] = get_args(ItemKind)
ITEM_GROUPS: tuple[str, ...] = get_args(ItemGroup)
SENSITIVITIES: tuple[str, ...] = get_args(Sensitivity)
CUSTOMER_KINDS: tuple[str, ...] = get_args(CustomerKind)
_TAKEN = ("customer", "record", "source", "true_from", "known_on", "period_end")
_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")


@dataclass(frozen=True, kw_only=True)
class Item:
    """What may be known of a customer: a number, a text, a day, or yes and no.

    Parameters
    ----------
    name : str
        Small letters, digits and underscores: ``"revenue"``. A dot parts the kind of a record
        from the item, where a customer has many: ``"invoice.amount"``. Neither may be named as
        a column that tables of facts have: customer, record, source, true_from, known_on and
        period_end.
    kind : {"number", "text", "day", "flag"}, default="number"
        What its values are. A flag is true or false.
    group : {"identity", "financial", "operating", "reputation", "environment"}
        The group of indicators that it serves; identity says who the customer is.
    unit : str, default=""
        Such as "CNY", "days" or "fraction".
    label, label_zh : str, default=""
        What people read, in English and Chinese; without, the name.
    low : float, default=-inf
        Least number, allowed itself.
    high : float, default=inf
        Greatest number, allowed itself.
    allowed : tuple of str, default=()
        The texts that it may hold; without, any.
    shelf_life_days : int or None, default=None
        Days for which an observation stays fresh, 1 or more; None for always.
    weight : float, default=1
        How much it counts in completeness, 0 or more.
    sensitivity : {"public", "internal", "personal", "sensitive"}, default="internal"
        Personal and sensitive values are encrypted in the store, and each read of them leaves a
        record. Sensitive are those whose abuse harms most: numbers of identity cards, health.
    identifies : {"no", "directly", "with others"}, default="no"
        Whether it tells who a customer is, alone (a name, a telephone number) or together with
        others (a year of birth, a region). Exports leave out the first and watch the second.
    of : tuple of {"enterprise", "person"}, default=("enterprise", "person")
        Kinds of customers that have it.
    once : bool, default=False
        Whether it happens once, such as the payment of an invoice: day, amount, and whatever
        else is true from the day of the event itself. A day that is corrected is then true from
        another day, and yet the same fact: of each source only the last known version counts.
        Not for what changes with time, such as the revenue of each year or a limit of credit,
        of which the values follow each other.

    Examples
    --------
    >>> from creditscore.collect import Item
    >>> turnover = Item(
    ...     name="revenue", group="financial", unit="CNY", low=0, shelf_life_days=455,
    ...     label_zh="营业收入",
    ... )
    >>> turnover
    Item(revenue: number in CNY, financial)
    >>> turnover.record_kind, Item(name="invoice.amount", group="financial").record_kind
    ('', 'invoice')
    """

    name: str
    kind: ItemKind = "number"
    group: ItemGroup
    unit: str = ""
    label: str = ""
    label_zh: str = ""
    low: float = -math.inf
    high: float = math.inf
    allowed: tuple[str, ...] = ()
    shelf_life_days: int | None = None
    weight: float = 1.0
    sensitivity: Sensitivity = "internal"
    identifies: Identifies = "no"
    of: tuple[CustomerKind, ...] = ("enterprise", "person")
    once: bool = False

    def __post_init__(self) -> None:
        """Check each entry."""
        check_kind(self.name, "name", "Item", str)
        if not _NAME.fullmatch(self.name):
            msg = (
                "The 'name' parameter of Item must be small letters, digits and underscores, with "
                f"at most one dot, such as 'revenue' or 'invoice.amount'. Got {self.name!r}."
            )
            raise InvalidParameterError(msg)
        if self.name.rpartition(".")[2] in _TAKEN:
            msg = (
                f"The 'name' parameter of Item must not be {self.name!r}: tables of customers and "
                f"records have columns {', '.join(_TAKEN)} of their own. Choose another name."
            )
            raise InvalidParameterError(msg)
        owner = f"Item {self.name!r}"
        check_choice(self.kind, "kind", owner, ITEM_KINDS)
        check_choice(self.group, "group", owner, ITEM_GROUPS)
        check_choice(self.sensitivity, "sensitivity", owner, SENSITIVITIES)
        check_choice(self.identifies, "identifies", owner, get_args(Identifies))
        for name in ("unit", "label", "label_zh"):
            check_kind(getattr(self, name), name, owner, str)
        check_kind(self.once, "once", owner, bool)
        for name in ("allowed", "of"):
            object.__setattr__(self, name, read_entries(getattr(self, name), name, owner))
        for word in self.of:
            check_choice(word, "of", owner, CUSTOMER_KINDS)
        set_number(self, "weight", low=0, closed="left")
        if self.shelf_life_days is not None:
            check_integer(self.shelf_life_days, "shelf_life_days", owner, low=1)
        self._check_values(owner)

    def _check_values(self, owner: str) -> None:
        low, high = float(self.low), float(self.high)
        object.__setattr__(self, "low", low)
        object.__setattr__(self, "high", high)
        if not low <= high:
            msg = f"{owner} must have a low of at most its high. Got {low:g} and {high:g}."
            raise InvalidParameterError(msg)
        if self.kind != "number" and (math.isfinite(low) or math.isfinite(high)):
            msg = f"{owner} is a {self.kind}; only numbers have a low and a high."
            raise InvalidParameterError(msg)
        if self.kind != "text" and self.allowed:
            msg = f"{owner} is a {self.kind}; only texts have allowed words."
            raise InvalidParameterError(msg)

    @property
    def record_kind(self) -> str:
        """The kind of record that the item is of; empty for items of the customer itself."""
        return self.name.rpartition(".")[0]

    @property
    def is_protected(self) -> bool:
        """Whether its values are encrypted and its readers recorded."""
        return self.sensitivity in ("personal", "sensitive")

    def __repr__(self) -> str:
        """Say in one line what it holds."""
        unit = f" in {self.unit}" if self.unit else ""
        guarded = f", {self.sensitivity}" if self.is_protected else ""
        return f"Item({self.name}: {self.kind}{unit}, {self.group}{guarded})"


def item_content(item: Item) -> dict[str, Any]:
    """Return what differs from the defaults, as plain values."""
    plain: dict[str, Any] = {}
    for entry in fields(Item):
        value = getattr(item, entry.name)
        if entry.name in ("name", "group") or value != entry.default:
            plain[entry.name] = list(value) if isinstance(value, tuple) else value
    return {name: value for name, value in plain.items() if value not in (math.inf, -math.inf)}
