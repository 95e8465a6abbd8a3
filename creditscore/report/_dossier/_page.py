"""A dossier as HTML: every text escaped, every number linked to what it rests on."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from creditscore.report._dossier._chart import Chart
from creditscore.report._dossier._section import DossierSection
from creditscore.report._dossier._style import STYLE
from creditscore.report._dossier._words import pair_of, said, word

_INDICATORS = frozenset({"indicator", "indicators", "characteristic"})
"""Columns of names of indicators, before those of items."""
_NAMED = frozenset({"item", "indicator", "characteristic"})
_CODED = frozenset({
    "group", "state", "status", "why", "source", "method", "relation", "direction", "reason",
    "bucket", "measure", "principle", "unit", "characteristic", "value", "resolved", "how",
})  # fmt: skip
"""Columns whose words have a translation."""
_LISTS = frozenset({"confirmed", "indicators", "chosen_source", "other_source"})
"""Columns of several names, parted by commas."""
_SHARES = frozenset({"share", "ownership_share", "number"})
_COLOURED = frozenset({"state", "status"})
_BROKEN = frozenset({"evidence", "text", "value"})
"""Columns whose texts may break anywhere, for they may be one long word."""
_PLAIN_BELOW = 10_000
_MOST_LINKS = 12
_PIXELS = 1.09
"""Of a screen, for each unit of a chart."""
_LEFT_OUT: Mapping[str, frozenset[str]] = {
    name: frozenset({"evidence", "collected_at", "collected_by", "source_name"})
    for name in ("identity", "facts")
} | {"observations": frozenset({"source_name"})}
"""Columns that the appendix shows, one link away; the source tells its name in its own column."""


@dataclass(frozen=True, kw_only=True)
class _Column:
    """A column of a table: its name, what stands above it, and whether numbers prevail in it."""

    name: str
    head: str
    numeric: bool

    @classmethod
    def of(cls, name: str, head: str, column: pd.Series) -> _Column:
        numbers = sum(map(_is_number, column))
        return cls(name=name, head=head, numeric=2 * numbers > len(column))

    @property
    def side(self) -> str:
        """Class of the head."""
        return ' class="n"' if self.numeric else ""

    def kind_of(self, value: Any) -> str:
        """Return the class of a cell: a number, a day, a text that may break, or nothing."""
        if isinstance(value, pd.Timestamp):
            return "d"
        if _is_number(value):
            return "n" if self.numeric else ""
        return "t" if self.name in _BROKEN else ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Page:
    """What is needed to write a dossier as HTML."""

    title: str
    about: tuple[tuple[str, str], ...]
    sections: tuple[DossierSection, ...]
    labels: Mapping[str, tuple[str, str]]
    indicator_labels: Mapping[str, tuple[str, str]]
    language: str
    prefix: str = ""
    notes: tuple[tuple[str, str], ...] = ()

    def html(self) -> str:
        """Return a whole page, which needs nothing else and runs nothing."""
        language = "zh" if self.language == "zh" else "en"
        title = escape(f"{word('dossier', self.language)} {self.title}")
        return (
            f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
            "style-src 'unsafe-inline'\">"
            '<meta name="referrer" content="no-referrer">'
            f"<title>{title}</title><style>body{{margin:0}}{STYLE}</style></head>"
            f"<body>{self.body(chrome=True)}</body></html>\n"
        )

    def notebook(self) -> str:
        """Return it as a part of another page."""
        return f"<style>{STYLE}</style>{self.body(chrome=False)}"

    def body(self, *, chrome: bool) -> str:
        """Return the content, with links to the sections where it is a page of its own."""
        title = f"<h1>{escape(word('dossier', self.language))} {escape(self.title)}</h1>"
        about = "".join(
            f"<div><dt>{escape(word(name, self.language))}</dt><dd>{escape(value)}</dd></div>"
            for name, value in self.about
        )
        links = "".join(
            f'<a href="#{self.prefix}{escape(section.name)}">{escape(self._name(section))}</a>'
            for section in self.sections
        )
        there = frozenset(self._places())
        parts = "".join(self._section(section, there) for section in self.sections)
        note = self._notes((pair_of("note"), *self.notes))
        nav = f"<nav>{links}</nav>" if chrome else ""
        tag = "main" if chrome else "div"
        return f'<{tag} class="cs-dossier">{title}<dl>{about}</dl>{note}{nav}{parts}</{tag}>'

    def _places(self) -> Iterator[str]:
        for section in self.sections:
            yield section.name
            yield from (anchor for anchor in section.anchors if anchor)

    def _name(self, section: DossierSection) -> str:
        if section.name.startswith("records_") and pair_of(section.name)[0] == section.name:
            return f"{word('records', self.language)}: {section.name.removeprefix('records_')}"
        return word(section.name, self.language)

    def _section(self, section: DossierSection, there: frozenset[str]) -> str:
        head = f'<h2 id="{self.prefix}{escape(section.name)}">{escape(self._name(section))}</h2>'
        if not len(section.table):
            return f"<section>{head}<p>{escape(word('none', self.language))}</p></section>"
        charts = "".join(self._figure(chart) for chart in section.charts)
        charts = f'<div class="charts">{charts}</div>' if charts else ""
        notes = self._notes(section.notes)
        return f"<section>{head}{charts}{self._table(section, there)}{notes}</section>"

    def _notes(self, notes: Sequence[tuple[str, str]]) -> str:
        return "".join(f'<p class="note">{escape(said(note, self.language))}</p>' for note in notes)

    def _figure(self, chart: Chart) -> str:
        place = 1 if self.language == "zh" else 0
        caption = escape(said(chart.title, self.language))
        width = f' style="width:{chart.width(place) * _PIXELS:.0f}px"'
        return f"<figure{width}>{chart.svg(place)}<figcaption>{caption}</figcaption></figure>"

    def _table(self, section: DossierSection, there: frozenset[str]) -> str:
        table = section.table
        left_out = _LEFT_OUT.get(section.name, frozenset())
        columns = [
            name for name in map(str, table.columns)
            if name not in left_out and name.removesuffix("_zh") not in left_out
            and not (name.endswith("_zh") and name.removesuffix("_zh") in table)
            and not _says_nothing(table[name], self.title)
        ]  # fmt: skip
        made = [_Column.of(name, self._head(name), table[name]) for name in columns]
        top = "".join(f"<th{column.side}>{escape(column.head)}</th>" for column in made)
        rows = []
        for place, row in enumerate(table.to_dict("records")):
            anchor = section.anchors[place] if place < len(section.anchors) else ""
            name = f' id="{self.prefix}{escape(anchor)}"' if anchor else ""
            cells = "".join(
                self._cell(column, row, self._basis(section, column, place, there))
                for column in made
            )
            rows.append(f"<tr{name}>{cells}</tr>")
        return f"<table><thead><tr>{top}</tr></thead><tbody>{''.join(rows)}</tbody></table>"

    @staticmethod
    def _basis(
        section: DossierSection, column: _Column, place: int, there: frozenset[str]
    ) -> tuple[str, ...]:
        basis = section.basis.get(column.name)
        return () if basis is None else tuple(name for name in basis[place] if name in there)

    def _head(self, column: str) -> str:
        if column in self.labels and "." in column:
            return said(self.labels[column], self.language)
        # the method of the same name is another thing
        return word(_HEADS.get(column, column), self.language)

    def _cell(self, column: _Column, row: Mapping[Any, Any], places: tuple[str, ...]) -> str:
        value = row[column.name]
        text = escape(self._text(column.name, value, row))
        if text and places:
            text = self._linked(text, places)
        classes = [kind] if (kind := column.kind_of(value)) else []
        if column.name in _COLOURED and isinstance(value, str) and value:
            classes.append(f"is-{value.split()[0]}")
        if not text:
            classes.append("empty")
        marks = f' class="{escape(" ".join(classes))}"' if classes else ""
        return f'<td{marks} data-label="{escape(column.head)}">{text}</td>'

    def _linked(self, text: str, places: tuple[str, ...]) -> str:
        first = f'<a href="#{self.prefix}{escape(places[0])}">{text}</a>'
        more = "".join(
            f'<a href="#{self.prefix}{escape(name)}">{number}</a>'
            for number, name in enumerate(places[1:_MOST_LINKS], start=2)
        )
        n_left = len(places) - _MOST_LINKS
        if n_left > 0:
            told = word("more", self.language).format(n=n_left)
            more += f'<a href="#{self.prefix}{_APPENDIX}">{escape(told)}</a>'
        return f"{first}<sup>{more}</sup>" if more else first

    def _text(self, column: str, value: Any, row: Mapping[Any, Any]) -> str:
        if value is None or value is pd.NaT or value is pd.NA or value != value:  # noqa: PLR0124
            return ""
        if isinstance(value, str):
            return self._words(column, value, row)
        if pd.api.types.is_bool(value):
            return word("yes" if value else "no", self.language)
        if isinstance(value, pd.Timestamp):
            return f"{value:%Y-%m-%d}" if value.tz is None else f"{value:%Y-%m-%d %H:%M}"
        return number_text(float(value), share=column in _SHARES)

    def _words(self, column: str, value: str, row: Mapping[Any, Any]) -> str:
        if f"{column}_zh" in row:
            return said((value, str(row[f"{column}_zh"])), self.language)
        if column in _NAMED and (label := self._label(column, value)) is not None:
            return said(label, self.language)
        if column in _LISTS:
            # labels hold commas themselves
            between = "；" if self.language == "zh" else "; "
            return between.join(self._one(column, name) for name in value.split(", "))
        if column == "source" and "source_name" in row and row["source_name"]:
            return f"{word(value, self.language)}: {row['source_name']}"
        is_code = column in _CODED and not (column == "value" and row.get("item") != _KIND)
        return word(value, self.language) if is_code else value

    def _label(self, column: str, name: str) -> tuple[str, str] | None:
        """Return what an item or indicator is called; the two may have one name."""
        found = self.indicator_labels.get(name) if column in _INDICATORS else None
        return found or (None if column in ("indicator", "indicators") else self.labels.get(name))

    def _one(self, column: str, name: str) -> str:
        return said(self._label(column, name) or pair_of(name), self.language)


_KIND = "customer_kind"
_APPENDIX = "observations"
_HEADS = {"observation": "observation_number"}


def _says_nothing(column: pd.Series, customer: str) -> bool:
    """Tell whether a column is empty, or holds what goes without saying."""
    if column.name in ("customer", "confidence"):
        return bool(column.isin([customer, 1.0]).all())
    return bool((column.isna() | (column == "")).all())


def number_text(value: float, *, share: bool = False) -> str:
    """Write a number: shares in percent, whole numbers whole, others with four digits or cents."""
    if share:
        return f"{value:.1%}"
    if not math.isfinite(value):
        return str(value)
    if value == round(value):
        # 0.0 added, for there is a zero below zero
        return f"{value + 0.0:.0f}" if abs(value) < _PLAIN_BELOW else f"{value:,.0f}"
    return f"{value:,.2f}" if abs(value) >= 1000 else f"{value:.4g}"


def prefix_of(*parts: str) -> str:
    """Return what tells the places of one dossier from those of others on one page."""
    digest = hashlib.sha256("\x00".join(parts).encode()).hexdigest()
    return f"d{digest[:8]}-"


def _is_number(value: Any) -> bool:
    is_number = isinstance(value, (int, float)) or pd.api.types.is_number(value)
    return bool(is_number) and not pd.api.types.is_bool(value)
