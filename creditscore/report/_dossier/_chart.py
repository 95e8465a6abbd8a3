"""Small charts as SVG: they need no script, and say in words what they show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal, TypeAlias

from creditscore._display import BAD, GOOD, INK, MUTED

ChartKind: TypeAlias = Literal["line", "steps", "bars", "places"]
_WIDTH, _FURTHEST = 340, 3.0
_MOST_ROWS = 24
_ROOM, _MOST_ROOM, _LETTER = 27.0, 64.0, 4.5
"""Letters that there is room for beside a bar, at most, and how wide one is."""


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Numbers with names, drawn as a line, steps, bars, or places between quartiles.

    Attributes
    ----------
    kind : {"line", "steps", "bars", "places"}
        How it is drawn.
    title : tuple of str
        What it shows, in English and Chinese.
    names : tuple of tuple of str
        Name of each number, in English and Chinese.
    values : tuple of float
        Numbers; of steps the height, 0 for the highest.
    notes : tuple of tuple of str
        What is written beside each of them, in English and Chinese.
    """

    kind: ChartKind
    title: tuple[str, str]
    names: tuple[tuple[str, str], ...]
    values: tuple[float, ...]
    notes: tuple[tuple[str, str], ...]

    def width(self, place: int) -> float:
        """Return how wide it is: beside bars and places there is room for the longest name."""
        if self.kind in ("line", "steps"):
            return _WIDTH
        return _WIDTH + _more([name[place] for name in self.names])

    def svg(self, place: int) -> str:
        """Return it as SVG with words of one language: 0 is English, 1 Chinese."""
        names = [name[place] for name in self.names]
        notes = [note[place] for note in self.notes]
        listed = "; ".join(f"{name}: {note}" for name, note in zip(names, notes, strict=True))
        said = f"{self.title[place]}. {listed}"
        draw = {"line": _line, "steps": _steps, "bars": _bars, "places": _places}[self.kind]
        height, body = draw(names, self.values, notes)
        return (
            f'<svg viewBox="0 0 {self.width(place):.0f} {height}" role="img" '
            f'aria-label="{escape(said)}">'
            f"<title>{escape(said)}</title>{body}</svg>"
        )


def _line(names: list[str], values: Sequence[float], notes: list[str]) -> tuple[int, str]:
    low, high = min(0.0, *values), max(0.0, *values)
    span = (high - low) or 1.0
    step = (_WIDTH - 60) / max(len(values) - 1, 1)
    points = [(30 + i * step, 58 - 40 * (v - low) / span) for i, v in enumerate(values)]
    zero = 58 + 40 * low / span
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    body = f'<line x1="10" x2="{_WIDTH - 10}" y1="{zero:.1f}" y2="{zero:.1f}" stroke="{MUTED}"/>'
    body += f'<polyline points="{path}" fill="none" stroke="{GOOD}" stroke-width="2"/>'
    for (x, y), name, note, value in zip(points, names, notes, values, strict=True):
        colour = BAD if value < 0 else GOOD
        body += f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'
        body += _text(x, y - 6, note, "middle") + _text(x, 76, name, "middle", MUTED)
    return 82, body


def _steps(names: list[str], values: Sequence[float], notes: list[str]) -> tuple[int, str]:
    deepest = max(*values, 1.0)
    step = (_WIDTH - 40) / max(len(values), 1)
    body, before = "", None
    for i, (name, value, note) in enumerate(zip(names, values, notes, strict=True)):
        x, y = 20 + i * step, 22 + 40 * value / deepest
        if before is not None:
            body += _rule(x, before, x, y)
        body += _rule(x, y, x + step, y)
        body += _text(x + step / 2, y - 5, note, "middle")
        body += _text(x + step / 2, 80, name, "middle", MUTED)
        before = y
    return 86, body


def _bars(names: list[str], values: Sequence[float], notes: list[str]) -> tuple[int, str]:
    low, high = min(0.0, *values), max(0.0, *values)
    unit, more = 120 / ((high - low) or 1.0), _more(names)
    zero = 130 + more - low * unit
    body = ""
    rows = list(zip(names, values, notes, strict=True))[:_MOST_ROWS]
    for i, (name, value, note) in enumerate(rows):
        y = 4 + 18 * i
        start, length = min(zero, zero + value * unit), abs(value) * unit
        colour = BAD if value < 0 else GOOD
        body += f'<rect x="{start:.1f}" y="{y}" width="{length:.1f}" height="12" fill="{colour}"/>'
        body += _text(124 + more, y + 10, _cut(name), "end")
        body += _text(256 + more, y + 10, note, "start")
    return 8 + 18 * len(rows), body


def _places(names: list[str], values: Sequence[float], notes: list[str]) -> tuple[int, str]:
    body, middle = "", 190 + _more(names)
    rows = list(zip(names, values, notes, strict=True))[:_MOST_ROWS]
    for i, (name, value, note) in enumerate(rows):
        y = 4 + 18 * i
        x = middle + 16 * max(-_FURTHEST, min(_FURTHEST, value))
        body += f'<rect x="{middle - 16:.1f}" y="{y}" width="32" height="12" fill="{MUTED}" '
        body += 'opacity=".4"/>' + _rule(middle, y - 1, middle, y + 13)
        body += f'<circle cx="{x:.1f}" cy="{y + 6}" r="4" fill="{BAD if value < -1 else GOOD}"/>'
        body += _text(middle - 54, y + 10, _cut(name), "end")
        body += _text(middle + 56, y + 10, note, "start")
    return 8 + 18 * len(rows), body


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{INK}" '
        'stroke-width="1.5"/>'
    )


def _text(x: float, y: float, text: str, anchor: str, colour: str = INK) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="8.5" text-anchor="{anchor}" '
        f'fill="{colour}">{escape(text)}</text>'
    )


def _more(names: Sequence[str]) -> float:
    """Return by how much wider than usual a chart is, for the longest of its names."""
    longest = max((sum(map(_wide, name)) for name in names), default=0.0)
    return _LETTER * (min(max(longest + 1, _ROOM), _MOST_ROOM) - _ROOM)


def _wide(letter: str) -> float:
    """Return the room that a letter takes; Chinese characters take twice as much."""
    return 1.9 if ord(letter) > 0x2E80 else 1.0


def _cut(name: str) -> str:
    """Shorten a name to the most room that there is beside a bar."""
    room, kept = _MOST_ROOM, ""
    for letter in name:
        room -= _wide(letter)
        if room < 1:
            return f"{kept.rstrip()}…"
        kept += letter
    return kept


def known(values: Sequence[float]) -> bool:
    """Tell whether there are numbers to draw, and all of them finite."""
    return len(values) > 0 and all(math.isfinite(value) for value in values)
