"""What every picture shares: it gives back its numbers, and matplotlib loads when drawn."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeAlias

from creditscore.exceptions import MissingDependencyError

if TYPE_CHECKING:
    import pandas as pd

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
    ax.set_title(title, loc="left", color=INK, fontsize=11, fontweight="bold")
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(MUTED)
    ax.tick_params(colors=INK, labelsize=9)
    ax.grid(axis=grid, color=MUTED, alpha=0.3, linewidth=0.7)
    ax.set_axisbelow(True)


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


def p_value_text(value: float) -> str:
    """Write a p-value with four decimals; no estimate shows that one is zero."""
    return f"< {_LEAST_P_VALUE:g}" if value < _LEAST_P_VALUE else f"{value:.4f}"


def html_table(frame: pd.DataFrame, *, caption: str, formats: Mapping[str, Format]) -> str:
    """Write a small table as HTML, text escaped; `formats` holds the format of a column."""
    body = _formatted(frame, formats).to_html(index=False, border=0, na_rep="", escape=True)
    return f"<div><strong>{escape(caption)}</strong>{body}</div>"


def text_table(frame: pd.DataFrame, *, caption: str, formats: Mapping[str, Format]) -> str:
    """Write a small table as lines of text, below its caption."""
    return f"{caption}\n{_formatted(frame, formats).to_string(index=False, na_rep='')}"


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
            "" if value is None or value != value else write(value)  # noqa: PLR0124
            for value in shown[column]
        ]
    return shown
