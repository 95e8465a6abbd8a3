"""The file of a mapping that people read and edit; each error names the file and the entry."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from creditscore._checks import unknown_name
from creditscore._yaml import read_yaml_file, write_yaml_file
from creditscore.collect._reader._file_form import FileForm
from creditscore.collect._reader._long_rule import LongRule
from creditscore.collect._reader._rule import FIELDS, FieldRule, ItemRule
from creditscore.exceptions import (
    DocumentError,
    InvalidDataError,
    InvalidParameterError,
)

if TYPE_CHECKING:
    from creditscore.collect._reader._mapping import SourceMapping

Made = TypeVar("Made")
_FORMAT = "creditscore.source_mapping"
_VERSION = 1
_TEXTS = ("source", "method", "source_name", "confirmed_by", "confirmed_at")
_ROWS = ("where", "unless")
_ENTRIES = ("format", "version", *_TEXTS, *FIELDS, "file", *_ROWS, "columns", "long", "ignore")
_NEEDED = ("source", "method", "customer", "true_from")


def read_mapping_file(path: str | os.PathLike[str], make: Callable[..., Made]) -> Made:
    """Return the mapping that a file describes."""
    content = read_yaml_file(path)
    if not isinstance(content, Mapping):
        msg = f"{path} must hold entries such as 'source', 'customer' and 'columns'."
        raise DocumentError(msg)
    form = content.get("format", _FORMAT), content.get("version", _VERSION)
    if form != (_FORMAT, _VERSION):
        msg = (
            f"{path} must have the entries 'format: {_FORMAT}' and 'version: {_VERSION}'. Got "
            f"{form[0]!r} and {form[1]!r}."
        )
        raise DocumentError(msg)
    rest = {name: value for name, value in content.items() if name not in ("format", "version")}
    return read_mapping_content(rest, str(path), make)


def write_mapping_file(
    content: Mapping[str, Any], path: str | os.PathLike[str] | None
) -> str | None:
    """Write the content of a mapping to a file, or return the text."""
    whole = {"format": _FORMAT, "version": _VERSION, **content}
    return write_yaml_file(whole, path, what="mapping")


def read_mapping_content(content: Mapping[str, Any], file: str, make: Callable[..., Made]) -> Made:
    """Return the mapping that plain entries stand for."""
    for name in content:
        if name not in _ENTRIES:
            with _at(file, ""):
                raise unknown_name(name, _ENTRIES, "entry", "a mapping")
    lacking = [name for name in _NEEDED if name not in content]
    if lacking:
        msg = f"{file} lacks {', '.join(map(repr, lacking))}."
        raise DocumentError(msg)
    given: dict[str, Any] = {}
    for name, entry in content.items():
        with _at(file, name):
            if name in FIELDS:
                given[name] = FieldRule.from_plain(entry)
            elif name == "file":
                given[name] = FileForm.from_plain(entry)
            elif name == "columns":
                given[name] = _rules(entry, file, name)
            elif name == "long":
                given[name] = LongRule(**_long(entry, file))
            elif name in _ROWS:
                # a year is a number in YAML, and may be the name of a column
                given[name] = {str(column): words for column, words in _entries(entry).items()}
            else:
                given[name] = [*map(str, entry)] if isinstance(entry, list) else entry
    with _at(file, ""):
        return make(**given)


def _long(entry: Any, file: str) -> dict[str, Any]:
    known = ("item", "value", "items", "ignore")
    given = dict(_entries(entry))
    for name in given:
        if name not in known:
            raise unknown_name(name, known, "entry", "this place")
    lacking = [name for name in known[:3] if name not in given]
    if lacking:
        msg = f"lacks {', '.join(map(repr, lacking))}."
        raise InvalidParameterError(msg)
    return {**given, "items": _rules(given["items"], file, "long.items")}


def _rules(entry: Any, file: str, at: str) -> dict[str, ItemRule]:
    rules = {}
    for name, rule in _entries(entry).items():
        with _at(file, f"{at}.{name}"):
            rules[str(name)] = ItemRule.from_plain(rule)
    return rules


def _entries(entry: Any) -> Mapping[str, Any]:
    if not isinstance(entry, Mapping) or not entry:
        msg = f"must hold entries. Got {entry!r}."
        raise InvalidParameterError(msg)
    return entry


@contextmanager
def _at(file: str, at: str) -> Iterator[None]:
    """Name the file and the entry in whatever goes wrong."""
    try:
        yield
    except DocumentError:
        raise
    except (InvalidParameterError, InvalidDataError, TypeError, ValueError) as error:
        place = f", entry {at!r}" if at else ""
        msg = f"{file}{place}: {error}"
        raise DocumentError(msg) from error


def mapping_content(mapping: SourceMapping) -> dict[str, Any]:
    """Return plain entries that :func:`read_mapping_content` reads back."""
    content: dict[str, Any] = {name: getattr(mapping, name) for name in _TEXTS[:2]}
    content |= {name: getattr(mapping, name) for name in _TEXTS[2:] if getattr(mapping, name)}
    content |= {
        name: getattr(mapping, name).plain()
        for name in FIELDS
        if getattr(mapping, name) is not None
    }
    form = mapping.form.plain()
    if form:
        content["file"] = form
    for rows in _ROWS:
        if getattr(mapping, rows):
            content[rows] = {name: list(words) for name, words in getattr(mapping, rows).items()}
    if mapping.columns:
        content["columns"] = {name: rule.plain() for name, rule in mapping.columns.items()}
    if mapping.long is not None:
        items = {word: rule.plain() for word, rule in mapping.long.items.items()}
        content["long"] = {"item": mapping.long.item, "value": mapping.long.value, "items": items}
        if mapping.long.ignore:
            content["long"]["ignore"] = list(mapping.long.ignore)
    if mapping.ignore:
        content["ignore"] = list(mapping.ignore)
    return content
