"""Sections of text and tables, as Markdown and as HTML; what users wrote is text and no markup."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_SPECIAL = re.compile(r"[\\`*\[\]#~|$^{}]")
"""Characters that may be markup in some dialect of Markdown; all may be escaped."""
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
"""Underscores that are not within a word, where they may emphasise."""
_OPENING = re.compile(r"^(\d*)([-+:=.])")
"""What begins a list or a definition, or underlines a heading, where a line begins with it."""
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Grid:
    """A table of text: a header, rows of as many entries, and which columns are numbers."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[bool, ...]


@dataclass(frozen=True)
class Section:
    """A title with what stands below it: paragraphs, then a list, then a table."""

    title: str
    level: int
    paragraphs: tuple[str, ...] = ()
    bullets: tuple[str, ...] = ()
    grid: Grid | None = None


def escape_markdown(text: str) -> str:
    """Return text that Markdown shows as it is, in one line.

    Markup of CommonMark, of tables and of common extensions is escaped, HTML too; a line break is
    a space, and another control character is the sign for one that cannot be shown. Some readers
    make a bare web address a link all the same.
    """
    line = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))
    line = _SPECIAL.sub(r"\\\g<0>", line)
    line = _UNDERSCORE.sub(r"\\_", line)
    return "".join(_ENTITIES.get(character, character) for character in line)


def sections_as_markdown(sections: Sequence[Section]) -> str:
    """Write sections as Markdown, tables as GitHub has them."""
    blocks: list[str] = []
    for section in sections:
        blocks.append(f"{'#' * section.level} {escape_markdown(section.title)}")
        blocks += map(_line, section.paragraphs)
        if section.bullets:
            blocks.append("\n".join(f"- {_line(bullet)}" for bullet in section.bullets))
        if section.grid is not None:
            blocks.append(_markdown_table(section.grid))
    return "\n\n".join(blocks) + "\n"


def sections_as_html(sections: Sequence[Section]) -> str:
    """Write sections as HTML, one heading lower than in Markdown."""
    parts: list[str] = []
    for section in sections:
        heading = f"h{min(6, section.level + 1)}"
        parts.append(f"<{heading}>{escape(section.title)}</{heading}>")
        parts += [f"<p>{escape(paragraph)}</p>" for paragraph in section.paragraphs]
        if section.bullets:
            items = "".join(f"<li>{escape(bullet)}</li>" for bullet in section.bullets)
            parts.append(f"<ul>{items}</ul>")
        if section.grid is not None:
            parts.append(_html_table(section.grid))
    return f"<div>{''.join(parts)}</div>"


def _line(text: str) -> str:
    """Escape a text that a line begins with."""
    return _OPENING.sub(r"\1\\\2", escape_markdown(text))


def _markdown_table(grid: Grid) -> str:
    lines = [grid.header, tuple("---:" if number else "---" for number in grid.numbers)]
    written = [" | ".join(map(escape_markdown, lines[0])), " | ".join(lines[1])]
    written += [" | ".join(map(escape_markdown, row)) for row in grid.rows]
    return "\n".join(f"| {line} |" for line in written)


def _html_table(grid: Grid) -> str:
    def line(entries: Sequence[str], tag: str) -> str:
        cells = (
            f'<{tag} style="text-align: {"right" if number else "left"}">{escape(entry)}</{tag}>'
            for entry, number in zip(entries, grid.numbers, strict=True)
        )
        return f"<tr>{''.join(cells)}</tr>"

    body = "".join(line(row, "td") for row in grid.rows)
    return f"<table><thead>{line(grid.header, 'th')}</thead><tbody>{body}</tbody></table>"
