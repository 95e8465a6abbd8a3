"""The items that a firm keeps of its customers, as one document."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, ClassVar, Self

import pandas as pd

from creditscore._checks import read_entries, unknown_name
from creditscore._display import html_table
from creditscore._document import JsonDocument
from creditscore._yaml import read_yaml, read_yaml_file
from creditscore.collect._observation._item import Item, ItemGroup, item_content
from creditscore.exceptions import DocumentError, InvalidParameterError


@dataclass(frozen=True, kw_only=True, repr=False)
class ItemCatalogue(JsonDocument):
    """The items that are kept of customers, each once.

    Parameters
    ----------
    items : tuple of Item
        One or more, of different names.

    See Also
    --------
    ItemCatalogue.standard : The catalogue that comes with the library.

    Examples
    --------
    >>> from creditscore.collect import Item, ItemCatalogue
    >>> catalogue = ItemCatalogue(items=(
    ...     Item(name="name", kind="text", group="identity"),
    ...     Item(name="revenue", group="financial", low=0),
    ... ))
    >>> catalogue
    ItemCatalogue(2 items: 1 identity, 1 financial)
    >>> catalogue["revenue"].low
    0.0
    """

    items: tuple[Item, ...]
    _format: ClassVar[str] = "creditscore.item_catalogue"

    def __post_init__(self) -> None:
        """Check that there are items, of different names."""
        items = read_entries(self.items, "items", "ItemCatalogue")
        object.__setattr__(self, "items", items)
        if not items or not all(isinstance(item, Item) for item in items):
            msg = "The 'items' parameter of ItemCatalogue must be one Item or more."
            raise InvalidParameterError(msg)
        names = [item.name for item in items]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            msg = f"The item {twice!r} stands twice in the catalogue. Leave out one of the two."
            raise InvalidParameterError(msg)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the items, in order."""
        return tuple(item.name for item in self.items)

    def __getitem__(self, name: str) -> Item:
        """Return an item by its name; near names are listed where there is none."""
        found = next((item for item in self.items if item.name == name), None)
        if found is None:
            raise unknown_name(name, self.names, "item", "the catalogue")
        return found

    def __contains__(self, name: object) -> bool:
        """Tell whether there is such an item."""
        return name in self.names

    def __iter__(self) -> Iterator[Item]:
        """Go through the items."""
        return iter(self.items)

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.items)

    def of_group(self, group: ItemGroup) -> tuple[Item, ...]:
        """Return the items of a group of indicators."""
        return tuple(item for item in self.items if item.group == group)

    def of_record(self, record_kind: str) -> tuple[Item, ...]:
        """Return the items of one kind of record; empty for those of the customer itself."""
        return tuple(item for item in self.items if item.record_kind == record_kind)

    def frame(self) -> pd.DataFrame:
        """Return a row an item: name, kind, group, unit, labels, shelf life, sensitivity."""
        shown = (
            "name", "kind", "group", "unit", "label", "label_zh", "shelf_life_days", "weight",
            "sensitivity", "identifies",
        )  # fmt: skip
        rows = [[getattr(item, name) for name in shown] for item in self.items]
        return pd.DataFrame(rows, columns=list(shown))

    def with_items(self, *items: Item) -> Self:
        """Return a catalogue with further items; one of a known name takes the place of it."""
        given = {item.name: item for item in items}
        kept = [given.pop(item.name, item) for item in self.items]
        return type(self)(items=(*kept, *given.values()))

    @classmethod
    def standard(cls) -> Self:
        """Return the catalogue of a trading firm that sells to enterprises and to persons.

        It has all items that the library itself reads and makes: its financial items, records
        and figures of the market have the names that :mod:`creditscore.indicators` reads, so that
        what is collected can be turned into indicators, and those of :func:`ready_derivations`
        are among them.

        Examples
        --------
        >>> from creditscore.collect import ItemCatalogue
        >>> ItemCatalogue.standard()["invoice.amount"]
        Item(invoice.amount: number, operating)
        """
        return cls(items=_standard_items())

    @classmethod
    def from_yaml(cls, path: str | os.PathLike[str]) -> Self:
        """Read a catalogue that a person wrote: a mapping of names to entries of :class:`Item`.

        Raises
        ------
        DocumentNotFoundError
            There is no such file.
        DocumentError
            It is no YAML, or holds something else; the message names the item.
        """
        return cls(items=_items_of(read_yaml_file(path), str(path)))

    def _content(self) -> dict[str, Any]:
        return {"items": [item_content(item) for item in self.items]}

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(items=tuple(Item(**entry) for entry in content["items"]))

    def __repr__(self) -> str:
        """Say in one line how many items there are."""
        groups = [item.group for item in self.items]
        parts = ", ".join(f"{groups.count(g)} {g}" for g in dict.fromkeys(groups))
        return f"ItemCatalogue({len(self.items)} items: {parts})"

    def _repr_html_(self) -> str:
        """Show the items as a table."""
        return html_table(self.frame(), caption=repr(self), formats={})


@cache
def _standard_items() -> tuple[Item, ...]:
    """Read the file that comes with the library, once."""
    folder = resources.files("creditscore.collect") / "catalogues"
    raw = (folder / "trading_firm.yaml").read_bytes()
    return _items_of(read_yaml(raw, "trading_firm.yaml"), "trading_firm.yaml")


def _items_of(content: Any, file: str) -> tuple[Item, ...]:
    entries = content.get("items") if isinstance(content, Mapping) else None
    if not isinstance(entries, Mapping) or not entries:
        msg = f"{file} must have an entry 'items': names of items with what each holds."
        raise DocumentError(msg)
    items = []
    for name, entry in entries.items():
        try:
            items.append(Item(name=name, **(entry or {})))
        except (TypeError, ValueError) as error:
            msg = f"{file}: item {name!r} cannot be read: {error}"
            raise DocumentError(msg) from error
    return tuple(items)
