"""What a mapping says of a table that has a row a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from creditscore._checks import check_kind, read_entries
from creditscore.collect._reader._rule import ItemRule
from creditscore.exceptions import InvalidParameterError


@dataclass(frozen=True, kw_only=True)
class LongRule:
    """A table that has a row a value: which column names the item, and which holds the value.

    Parameters
    ----------
    item : str
        Column of the words that name the item.
    value : str
        Column of the values.
    items : mapping of str to ItemRule
        What each word stands for. Rows of other words are rejected; see `ignore`.
    ignore : tuple of str, default=()
        Words whose rows are of no use: they are skipped, and counted.

    Examples
    --------
    >>> from creditscore.collect import ItemRule, LongRule
    >>> LongRule(item="line", value="amount", items={"Sales": ItemRule(item="revenue")}).value
    'amount'
    """

    item: str
    value: str
    items: Mapping[str, ItemRule]
    ignore: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check each entry."""
        for name in ("item", "value"):
            check_kind(getattr(self, name), name, "LongRule", str)
        object.__setattr__(self, "ignore", read_entries(self.ignore, "ignore", "LongRule"))
        object.__setattr__(self, "items", dict(self.items))
        if not self.items or not all(isinstance(r, ItemRule) for r in self.items.values()):
            msg = "The 'items' of a LongRule must map one word or more to an ItemRule each."
            raise InvalidParameterError(msg)
