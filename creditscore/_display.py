"""What every picture shares: it gives back its numbers, and matplotlib loads when drawn."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from html import escape
from itertools import cycle, pairwise
from typing import Any, Protocol, Self, TypeAlias

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from creditscore.exceptions import InvalidParameterError, MissingDependencyError

INK = "#22313f"
"""Text and axes."""
MUTED = "#9aa5b1"
"""Grids, references, what is there for comparison."""
GOOD = "#2a7f9e"
"""Good cases, and what speaks for a customer."""
BAD = "#c8553d"
"""Bad cases, and what speaks against."""

Format: TypeAlias = str | Callable[[float], str]
"""How a column of a table is written: a format string, or a function of the value."""
_LEAST_P_VALUE = 1e-4
_SLANT = 40
"""Degrees by which labels are turned that do not fit side by side."""
_LEAST_SIZE = 5.0
"""Points; smaller labels cannot be read."""
_MARKUP = re.compile(r"[\\|<`\[*]")


class Display(Protocol):
    """A picture made of numbers: :meth:`frame` returns them, :meth:`plot` draws them."""

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        ...

    def plot(self, ax: Any = None) -> Self:
        """Draw on `ax`, or on a new figure; the axes are then in ``ax_``."""
        ...


def new_axes(ax: Any, *, size: tuple[float, float] = (7.0, 4.2)) -> Any:
    """Return the axes to draw on; a new pyplot figure, which a notebook shows, if there is none."""
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot as plt  # noqa: PLC0415 - one second of import, used here only
    except ImportError as error:  # pragma: no cover - matplotlib is a core dependency
        msg = "Plots need matplotlib: pip install matplotlib."
        raise MissingDependencyError(msg) from error
    return plt.subplots(figsize=size, layout="constrained")[1]


def clean_axes(ax: Any, *, title: str, grid: str = "y") -> None:
    """Give axes the common look: few lines, title to the left, light grid behind."""
    # names of columns may hold dollar signs, which are no formulas
    ax.set_title(title, loc="left", color=INK, fontsize=11, fontweight="bold", parse_math=False)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(MUTED)
    ax.tick_params(colors=INK, labelsize=9)
    ax.grid(axis=grid, color=MUTED, alpha=0.3, linewidth=0.7)
    ax.set_axisbelow(True)


def panels(
    ax: Any,
    rows: int,
    columns: int,
    *,
    title: str,
    size: tuple[float, float],
    heights: Sequence[float] | None = None,
) -> tuple[Any, list[Any]]:
    """Divide axes, or a new figure, into panels below a title; return their figure and them."""
    figure: Any
    if ax is None:
        first = new_axes(None, size=size)
        figure = first.figure
        first.remove()
    else:
        if ax.get_subplotspec() is None:
            msg = (
                "This picture has several panels, which only the axes of a subplot have room for: "
                "give such as plt.subplots() makes, or none. Got axes placed by hand."
            )
            raise InvalidParameterError(msg)
        ax.set_axis_off()
        figure = ax.figure.add_subfigure(ax.get_subplotspec())
    figure.suptitle(title, x=0.01, ha="left", color=INK, fontsize=11, fontweight="bold",
                    parse_math=False)  # fmt: skip
    grid = figure.add_gridspec(rows, columns, height_ratios=heights)
    return figure, [figure.add_subplot(cell) for cell in grid]


def text_width(text: str, size: float) -> float:
    """Return the width of a line of text in points, in the font of the moment."""
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415 - as above
    from matplotlib.textpath import text_to_path  # noqa: PLC0415

    font = FontProperties(size=size)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width)


def points_wide(ax: Any) -> float:
    """Return the width of axes in points, before the layout gives them what is left over."""
    return float(ax.get_window_extent().width * 72 / ax.figure.dpi)


def name_ticks(
    ax: Any, at: Sequence[float], labels: Sequence[str], *, size: float = 9, width: int = 24
) -> None:
    """Write labels below an axis whose limits are set, so that none runs into another.

    They stand in lines between words where that fits, else slanted, else upright, and where even
    that is too close smaller, or only some of them.
    """
    shown = distinct(labels, width)
    low, high = ax.get_xlim()
    near = min((b - a for a, b in pairwise(at)), default=high - low)
    slot = points_wide(ax) * near / (high - low)
    lines = _in_lines(shown, slot, size)
    if lines is not None:
        ax.set_xticks(at, lines, fontsize=size, parse_math=False)
        return
    upright = slot * math.sin(math.radians(_SLANT)) < 1.2 * size
    letters = max(_LEAST_SIZE, min(size, slot / 1.2)) if upright else size
    step = math.ceil(1.15 * letters / slot) if upright else 1
    ax.set_xticks(at[::step], shown[::step], fontsize=letters, parse_math=False)
    for label in ax.get_xticklabels():
        label.set(rotation=90 if upright else _SLANT, ha="right", rotation_mode="anchor")
        label.set_va("center" if upright else "top")


def name_times(ax: Any, labels: Sequence[str], *, size: float = 9) -> None:
    """Write periods below places 0, 1, 2 … of an axis whose limits are set: each n-th that fits."""
    shown = [shorten(label, 16) for label in labels]
    low, high = ax.get_xlim()
    widest = max(text_width(label, size) for label in shown) + size
    step = max(1, math.ceil(widest * (high - low) / points_wide(ax)))
    ax.set_xticks(range(0, len(shown), step), shown[::step], fontsize=size, parse_math=False)


def spread(places: Sequence[float], gap: float) -> list[float]:
    """Move places in [0, 1] apart until they are `gap` from each other, and as little as can be.

    They stay in their order, and in [0, 1] as far as there is room.
    """
    gap = min(gap, 1 / max(1, len(places) - 1))
    order = sorted(range(len(places)), key=lambda i: places[i])
    # less the room that those before them need, places need only not to fall: pool those that do
    pools: list[tuple[float, int]] = []
    for rank, i in enumerate(order):
        mean, n = places[i] - rank * gap, 1
        while pools and pools[-1][0] > mean:
            before, m = pools.pop()
            mean, n = (before * m + mean * n) / (m + n), m + n
        pools.append((mean, n))
    free = max(0.0, 1 - (len(places) - 1) * gap)
    starts = [min(max(mean, 0.0), free) for mean, n in pools for _ in range(n)]
    moved = [0.0] * len(places)
    for rank, (i, start) in enumerate(zip(order, starts, strict=True)):
        moved[i] = start + rank * gap
    return moved


def percent_axis(axis: Any) -> None:
    """Write the fractions of an axis as percentages, with as many decimals as its ticks need."""
    from matplotlib.ticker import FuncFormatter  # noqa: PLC0415 - as above

    axis.set_major_formatter(FuncFormatter(lambda share, _: f"{round(100 * share, 9):g}%"))


def second_axis(ax: Any, *, label: str, colour: str) -> Any:
    """Give axes a second scale on their right."""
    right = ax.twinx()
    for name, spine in right.spines.items():
        spine.set_visible(name == "right")
        spine.set_color(MUTED)
    right.set_ylabel(label, color=colour)
    right.tick_params(colors=colour, labelsize=9)
    return right


def shorten(label: str, width: int = 34) -> str:
    """Cut a long label in its middle, so that its beginning and its end both stay.

    It is cut between words; inside a word only where that alone is too long.
    """
    if len(label) <= width:
        return label
    room = width - len(" … ")
    head, gap = _first_words(label, max(1, room * 2 // 3))
    liat, pag = _first_words(label[::-1], max(1, room - len(head)))
    return f"{head}{gap}…{pag}{liat[::-1]}"


def wrap(label: str, width: int = 40, *, lines: int = 2) -> str:
    """Break a long label into lines between words, and shorten one that needs more of them."""
    for room in range(width * lines, width, -1):
        parts = textwrap.wrap(shorten(label, room), width, break_on_hyphens=False)
        if len(parts) <= lines:
            return "\n".join(parts)
    return shorten(label, width)


def distinct(labels: Sequence[str], width: int) -> list[str]:
    """Shorten labels, and less than that where different ones would look alike."""
    whole = [" ".join(label.split()) for label in labels]
    n = len(set(whole))
    for room in (width, width * 3 // 2, width * 2):
        for short in (
            [shorten(label, room) for label in whole],
            [label if len(label) <= room else f"{label[: room - 1].rstrip()}…" for label in whole],
            [label if len(label) <= room else f"…{label[1 - room :].lstrip()}" for label in whole],
        ):
            if len(set(short)) == n:
                return short
    return [shorten(label, width * 2) for label in whole]


def p_value_text(value: float) -> str:
    """Write a p-value with four decimals; no estimate shows that one is zero."""
    return f"< {_LEAST_P_VALUE:g}" if value < _LEAST_P_VALUE else f"{value:.4f}"


def decimals(span: float) -> int:
    """Return the decimals that tell numbers apart which are so far from each other: two digits."""
    return min(12, max(0, 1 - math.floor(math.log10(span))))


def counted(n: int, noun: str) -> str:
    """Write how many there are of a noun whose plural ends with an s."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def meaning(philosophy: str | None, margin: str | None) -> str:
    """Say what probabilities mean, and which margin of conservatism they hold."""
    if philosophy is None and margin is None:
        return "philosophy and margin not said"
    told = "philosophy not said" if philosophy is None else philosophy.replace("_", " ")
    return f"{told}, margin {'not said' if margin is None else margin}"


def html_table(frame: pd.DataFrame, *, caption: str, formats: Mapping[str, Format]) -> str:
    """Write a small table as HTML, text escaped and whole; `formats` holds that of a column.

    Numbers, which are whatever has a format, are aligned to the right, and text to the left.
    """
    with pd.option_context("display.max_colwidth", None):
        body = _formatted(frame, formats).to_html(index=False, border=0, na_rep="", escape=True)
    sides = cycle(_sides(frame, formats))
    # cells come row by row, and text in them is escaped
    body = re.sub(r"<(t[hd])>", lambda tag: f'<{tag[1]} style="text-align: {next(sides)}">', body)
    return f"<div><strong>{escape(caption)}</strong>{body}</div>"


def text_table(frame: pd.DataFrame, *, caption: str, formats: Mapping[str, Format]) -> str:
    """Write a small table as lines of text, below its caption."""
    return f"{caption}\n{_formatted(frame, formats).to_string(index=False, na_rep='')}"


def markdown_table(frame: pd.DataFrame, *, formats: Mapping[str, Format] | None = None) -> str:
    """Write a small table as Markdown, text escaped; what is missing is an empty cell."""
    shown = _formatted(frame, formats or {}).astype(object)
    rows = shown.where(shown.notna(), "").to_numpy().tolist()
    lines = [list(frame.columns), ["---"] * frame.shape[1], *rows]
    return "\n".join(f"| {' | '.join(map(markdown_text, map(str, line)))} |" for line in lines)


def markdown_text(text: str) -> str:
    """Write a text in one line that is no mark-up and stays one cell of a table."""
    return _MARKUP.sub(r"\\\g<0>", " ".join(text.split()))


def _sides(frame: pd.DataFrame, formats: Mapping[str, Format]) -> list[str]:
    """Return the side to which each column is aligned."""
    return [
        "right" if name in formats or (is_numeric_dtype(dtype) and not is_bool_dtype(dtype))
        else "left"
        for name, dtype in frame.dtypes.items()
    ]  # fmt: skip


def _in_lines(labels: Sequence[str], slot: float, size: float) -> list[str] | None:
    """Break labels into up to three lines that fit a slot; None where one does not."""
    room = slot - 0.7 * size
    broken = []
    for label in labels:
        lines = [label]
        if text_width(label, size) > room:
            letters = max(1, int(room / (0.62 * size)))
            lines = textwrap.wrap(
                label, letters, break_long_words=False, break_on_hyphens=False
            )  # fmt: skip
        if len(lines) > 3 or any(text_width(line, size) > room for line in lines):
            return None
        broken.append("\n".join(lines))
    return broken


def _first_words(label: str, room: int) -> tuple[str, str]:
    """Return the words that the room holds and a space, or a part of the first and no space."""
    cut = label[:room]
    if not label[room].isspace():
        words = cut.rpartition(" ")[0].rstrip()
        return (words, " ") if words else (cut, "")
    return cut.rstrip(), " "


def _formatted(frame: pd.DataFrame, formats: Mapping[str, Format]) -> pd.DataFrame:
    shown = frame.copy()
    for column, pattern in formats.items():
        write = pattern.format if isinstance(pattern, str) else pattern
        shown[column] = [
            "" if value is None or value is pd.NA or value != value else write(value)  # noqa: PLR0124
            for value in shown[column]
        ]
    return shown
