"""Concepts of financial statements, and the items that they stand for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from typing import Any, Self

from creditscore._checks import read_entries
from creditscore._yaml import read_yaml, read_yaml_file
from creditscore.exceptions import DocumentError, InvalidParameterError

_FORMAT = "creditscore.concept_map"
_VERSION = 1


@dataclass(frozen=True, kw_only=True, repr=False)
class ConceptMap:
    """Which concepts of which taxonomies stand for which items.

    Parameters
    ----------
    items : mapping of str to mapping of str to tuple of str, default={}
        Of each item, by taxonomy, the concepts without a prefix; the first that a statement has
        is taken.

    Examples
    --------
    >>> from creditscore.collect import ConceptMap
    >>> concepts = ConceptMap.standard()
    >>> concepts.find("us-gaap:Assets"), concepts.find("资产总计")
    (('total_assets', 0), ('total_assets', 0))
    >>> concepts.find("us-gaap:Goodwill") is None
    True
    """

    items: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check that each concept stands for one item."""
        seen: dict[tuple[str, str], str] = {}
        kept: dict[str, dict[str, tuple[str, ...]]] = {}
        for item, taxonomies in self.items.items():
            kept[item] = {}
            for taxonomy, concepts in taxonomies.items():
                kept[item][taxonomy] = read_entries(concepts, taxonomy, f"the item {item!r}")
                for concept in concepts:
                    other = seen.setdefault((taxonomy, concept), item)
                    if other != item:
                        msg = f"The concept {taxonomy}:{concept} stands for {other!r} and {item!r}."
                        raise InvalidParameterError(msg)
        object.__setattr__(self, "items", kept)

    @cached_property
    def _places(self) -> dict[tuple[str, str], tuple[str, int]]:
        return {
            (taxonomy, concept): (item, rank)
            for item, taxonomies in self.items.items()
            for taxonomy, concepts in taxonomies.items()
            for rank, concept in enumerate(concepts)
        }

    def find(self, concept: str) -> tuple[str, int] | None:
        """Return the item of a concept, and its rank among those of the item; None for others.

        Names are written ``us-gaap:Assets`` or ``us-gaap_Assets``; without a prefix they are
        those of the Chinese standards (``cas``).
        """
        taxonomy, colon, name = concept.strip().partition(":")
        if not colon:
            taxonomy, under, name = concept.strip().partition("_")
            if not under or not taxonomy.isascii():
                taxonomy, name = "cas", concept.strip()
        return self._places.get((taxonomy, name))

    @classmethod
    def standard(cls) -> Self:
        """Return the map that comes with the library: us-gaap, ifrs-full and cas."""
        folder = resources.files("creditscore.collect") / "concepts"
        name = "financial_statements.yaml"
        return cls._read(read_yaml((folder / name).read_bytes(), name), name)

    @classmethod
    def from_yaml(cls, path: str | os.PathLike[str]) -> Self:
        """Read a map that a person wrote, in the form of the one that comes with the library.

        Raises
        ------
        DocumentNotFoundError
            There is no such file.
        DocumentError
            It is no map of concepts.
        """
        return cls._read(read_yaml_file(path), str(path))

    @classmethod
    def _read(cls, content: Any, name: str) -> Self:
        entries = content.get("items") if isinstance(content, Mapping) else None
        form = (content.get("format"), content.get("version")) if entries else None
        if form != (_FORMAT, _VERSION) or not isinstance(entries, Mapping):
            msg = f"{name} must have 'format: {_FORMAT}', 'version: {_VERSION}' and 'items'."
            raise DocumentError(msg)
        try:
            return cls(items=entries)
        except (InvalidParameterError, AttributeError, TypeError) as error:
            msg = f"{name} cannot be read: {error}"
            raise DocumentError(msg) from error

    def __repr__(self) -> str:
        """Say in one line how many concepts there are."""
        return f"ConceptMap({len(self._places)} concepts of {len(self.items)} items)"
