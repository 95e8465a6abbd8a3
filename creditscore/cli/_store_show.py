"""Tables of a store in a terminal, and in files that no spreadsheet runs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from creditscore._display import shorten
from creditscore._files import whole_file
from creditscore.cli._outputs import check_outputs
from creditscore.cli._render import counted
from creditscore.cli._visible import shown
from creditscore.exceptions import InvalidParameterError
from creditscore.protect import write_safe_csv

_WIDEST = 48
_EDGES, _BETWEEN = 2, 3
"""Signs beside a table, and those that a column takes besides its cells."""
_LARGE = 1000
"""Numbers from here on are amounts, and shown to the last unit."""


def show_table(
    console: Console,
    frame: pd.DataFrame,
    *,
    most: int | None = None,
    widest: int = _WIDEST,
    fit: bool = False,
) -> None:
    """Print the first rows of a table, and how many there are besides.

    To fit, only as many columns are printed as a line has room for, and it is said how many are
    left out; else what is too wide is broken.
    """
    head = frame if most is None else frame.head(most)
    columns = [
        [shown(name), *(shown(_cell(value, widest)) for value in head.iloc[:, place])]
        for place, name in enumerate(frame.columns)
    ]
    room = _room(console, columns) if fit else len(columns)
    table = Table(box=box.SIMPLE_HEAD)
    for (name, *_), kind in zip(columns[:room], frame.dtypes, strict=False):
        right = pd.api.types.is_numeric_dtype(kind)
        table.add_column(name, justify="right" if right else "left")
    for row in zip(*(cells[1:] for cells in columns[:room]), strict=True):
        table.add_row(*row)
    console.print(table)
    if len(head) < len(frame):
        console.print(f"[dim]and {len(frame) - len(head):,} more.[/dim]")
    if room < len(columns):
        more = counted(len(columns) - room, "more column")
        console.print(f"[dim]and {more}: use --item or --out.[/dim]")


def _room(console: Console, columns: list[list[Any]]) -> int:
    """Return how many columns fit in a line, of which two are printed in any case."""
    left = console.width - _EDGES
    for place, cells in enumerate(columns):
        left -= max(cell_len(str(cell)) for cell in cells) + _BETWEEN
        if left < 0:
            return min(max(place, 2), len(columns))
    return len(columns)


def _cell(value: Any, widest: int) -> str:
    if value is None or value is pd.NaT or value is pd.NA:
        return ""
    if isinstance(value, float):
        return "" if pd.isna(value) else f"{value:,.{10 if abs(value) >= _LARGE else 4}g}"
    if isinstance(value, pd.Timestamp):
        whole = value == value.normalize() and value.tzinfo is None
        return str(value.date()) if whole else value.strftime("%Y-%m-%d %H:%M:%S")
    return shorten(str(value), widest)


def check_out(out: Path | None, read: Sequence[Path | None], *, overwrite: bool) -> None:
    """Refuse, before any work, a file that cannot be written."""
    if out is None:
        return
    if out.suffix.lower() not in (".csv", ".parquet"):
        msg = f"The name of a table's file must end in .csv or .parquet. Got {str(out)!r} instead."
        raise InvalidParameterError(msg)
    check_outputs([out], [path for path in read if path is not None], overwrite=overwrite)


@contextmanager
def private_files() -> Iterator[None]:
    """Let new files be read by their owner alone, as the store itself is."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def write_out(console: Console, frame: pd.DataFrame, out: Path) -> None:
    """Write a table of the owner alone, as CSV in which no text is a formula, or as Parquet."""
    with private_files():
        if out.suffix.lower() == ".csv":
            write_safe_csv(frame, out, overwrite=True)  # asked before, by check_out
        else:
            with whole_file(out) as temporary:
                frame.to_parquet(temporary, index=False)
    console.print(f"{counted(len(frame), 'row')} written: {shown(out)}", soft_wrap=True)
