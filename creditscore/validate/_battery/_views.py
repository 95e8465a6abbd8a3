"""How the lines of a report are read: a list, and a table for each kind of group."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from creditscore.validate._battery._finding import LETTERS, MIGRATION

_TO = " to "
_WHOLE = "portfolio"
_KINDS = ("grade", "segment", "period", "group", "characteristic")
LEGEND = (
    "In tables by group a cell is the p-value that the verdict goes by, or a value with its "
    "interval or band; ✓ pass, ! watch, ✗ fail, – not tested."
)


class View(NamedTuple):
    """A table of texts: what it is of, and its rows."""

    title: str
    table: pd.DataFrame


def number(value: float) -> str:
    """Write a number with four digits that count; nothing where it is not known."""
    return "" if math.isnan(value) else f"{value:.4g}"


def band(lower: float, upper: float) -> str:
    """Write the ends of an interval."""
    return "" if math.isnan(lower) and math.isnan(upper) else f"{number(lower)} to {number(upper)}"


def p_column(*, adjusted: bool) -> str:
    """Return the column of the p-values that verdicts go by."""
    return "p_adjusted" if adjusted else "p_value"


def to_look_at(table: pd.DataFrame) -> pd.DataFrame:
    """Return the lines that fail, are to be watched, or could not be tested, the worst first."""
    order = {"fail": 0, "watch": 1, "not tested": 2}
    rows = table[table["verdict"].isin(list(order))]
    rows = rows.sort_values("verdict", key=lambda words: words.map(order), kind="stable")
    return _listed(rows, note=True)


def views(table: pd.DataFrame, *, adjusted: bool) -> Iterator[View]:
    """Yield the lines of a part: those of the whole in a list, others in tables by group.

    Tests of several subjects of one kind ("grade AAA", "grade AA") are columns beside each other,
    the subjects rows; tests of ways from a grade to another are matrices.
    """
    kinds = pd.Series(
        [_kind(*each) for each in table[["test", "subject"]].to_numpy().tolist()], table.index
    )
    several = table["subject"].groupby(kinds).transform("nunique") > 1
    grouped = several & (kinds != "")
    if (~grouped).any():
        yield View("", _listed(table[~grouped]))
    for kind in kinds[grouped].unique():
        lines = table[grouped & (kinds == kind)]
        if kind == _TO:
            title = f"{MIGRATION[0].upper()}{MIGRATION[1:]}, from rows to columns"
            yield View(title, _matrix(lines, adjusted=adjusted))
        else:
            yield View(f"By {kind}", _pivot(lines, kind, adjusted=adjusted))


def _kind(test: str, subject: str) -> str:
    """Return what a subject is: "grade" of "grade AAA", " to " of "AAA to AA", "" of the whole."""
    if test == MIGRATION:
        return _TO if subject.count(_TO) == 1 else ""
    kind = subject.partition(" ")[0]
    return kind if kind in _KINDS else ""


def _listed(table: pd.DataFrame, *, note: bool = False) -> pd.DataFrame:
    shown = pd.DataFrame(
        {
            "test": table["test"],
            "subject": table["subject"],
            "measure": table["measure"],
            "value": table["statistic"].map(number),
            "p": table["p_value"].map(number),
            "p adjusted": table["p_adjusted"].map(number),
            "band": [
                band(low, high) for low, high in table[["lower", "upper"]].to_numpy().tolist()
            ],
            "verdict": table["verdict"],
        }
    )
    if note:
        shown["note"] = table["note"]
    if (shown["subject"] == _WHOLE).all():
        shown = shown.drop(columns="subject")
    return shown


def _pivot(lines: pd.DataFrame, kind: str, *, adjusted: bool) -> pd.DataFrame:
    cells = _cells(lines, adjusted=adjusted)
    table = _spread(cells, lines["subject"], lines["test"])
    names = [subject.removeprefix(f"{kind} ") for subject in table.index]
    table.insert(0, kind, names)
    return table


def _matrix(lines: pd.DataFrame, *, adjusted: bool) -> pd.DataFrame:
    ways = lines["subject"].str.partition(_TO)
    table = _spread(_cells(lines, adjusted=adjusted), ways[0], ways[2])
    # columns in the order of the rows
    order = [name for name in table.index if name in table.columns]
    table = table[[*order, *(name for name in table.columns if name not in order)]]
    table.insert(0, "from", table.index)
    return table


def _spread(cells: list[str], rows: pd.Series, columns: pd.Series) -> pd.DataFrame:
    frame = pd.DataFrame({"row": rows.to_numpy(), "column": columns.to_numpy(), "cell": cells})
    wide = frame.pivot_table(
        index="row", columns="column", values="cell", aggfunc="; ".join, fill_value=""
    )
    return wide.loc[list(dict.fromkeys(rows)), list(dict.fromkeys(columns))].rename_axis(
        index=None, columns=None
    )


def _cells(lines: pd.DataFrame, *, adjusted: bool) -> list[str]:
    return [_cell(row, adjusted=adjusted) for row in lines.to_dict("records")]


def _cell(row: dict[str, object], *, adjusted: bool) -> str:
    p_value = float(str(row[p_column(adjusted=adjusted and row["judged_by"] == "p-value")]))
    by_value = row["band"] == "interval" or row["judged_by"] == "bound"
    if by_value or math.isnan(p_value):
        ends = band(float(str(row["lower"])), float(str(row["upper"])))
        value = number(float(str(row["statistic"])))
        text = f"{value} ({ends})" if ends else value
    else:
        text = number(p_value)
    # of one piece, wherever a line is broken
    return f"{text}\N{NO-BREAK SPACE}{LETTERS[row['verdict']]}".strip()  # type: ignore[index]
