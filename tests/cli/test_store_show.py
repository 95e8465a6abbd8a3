"""Tables of a store in a terminal: as much as a line holds, and what is left out is told."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from rich.cells import cell_len
from rich.console import Console

from creditscore.cli._store_show import show_table

WIDE = pd.DataFrame({"customer": ["C1"], "name": ["长江贸易有限公司"]}).assign(
    **{f"item_{number}": [number] for number in range(34)}
)


def printed(frame: pd.DataFrame, width: int, *, fit: bool = True) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    show_table(console, frame, fit=fit)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize(("width", "n"), [(20, 2), (60, 5), (140, 13)])
def test_as_many_columns_are_printed_as_fit(width: int, n: int) -> None:
    lines = printed(WIDE, width)
    assert all(cell_len(line) <= width for line in lines)
    more = " ".join(lines).partition(" and ")[2]
    assert " ".join(more.split()) == f"{len(WIDE.columns) - n} more columns: use --item or --out."
    if width > 20:
        # no cell is broken or cut
        (row,) = [line.split() for line in lines if line.split()[:1] == ["C1"]]
        assert row == ["C1", "长江贸易有限公司", *map(str, range(n - 2))]


def test_nothing_is_left_out_where_all_fits_or_is_asked_for() -> None:
    assert not any("more" in line for line in printed(WIDE.iloc[:, :4], 60))
    assert not any("more" in line for line in printed(WIDE.iloc[:, :8], 40, fit=False))
    assert any("1 more column:" in line for line in printed(WIDE.iloc[:, :6], 60))
