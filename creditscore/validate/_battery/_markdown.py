"""The validator's file as Markdown text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from creditscore.validate._battery._report import ValidationReport

_SHOWN = ("test", "subject", "measure", "statistic", "p_value", "p_adjusted", "band", "verdict")
_HEADS = ("test", "subject", "measure", "value", "p", "p adjusted", "band", "verdict")


def report_markdown(report: ValidationReport) -> str:
    """Write a report: what was validated, verdicts by part, the lines, their sources and notes."""
    table = report.table()
    lines = [
        "# Validation report",
        "",
        f"Sample: {report.sample}.",
        *([f"Reference: {report.reference}."] if report.reference else []),
        "",
        f"Worst verdict: **{report.verdict}**. {report.multiplicity}",
        "",
        *_rows(report.summary().astype(str)),
    ]
    for part in table["part"].unique():
        lines += ["", f"## {part.capitalize()}", "", *_part(table[table["part"] == part])]
    lines += ["", "## Sources", ""]
    sources = table.drop_duplicates(["test", "source"])[["test", "source"]]
    lines += [f"- {_cell(test)}: {_cell(source)}" for test, source in sources.to_numpy().tolist()]
    return "\n".join(lines) + "\n"


def _part(table: pd.DataFrame) -> list[str]:
    band = [
        "" if math.isnan(low) and math.isnan(high) else f"{_number(low)} to {_number(high)}"
        for low, high in table[["lower", "upper"]].to_numpy().tolist()
    ]
    shown = table.assign(band=band)
    for name in ("statistic", "p_value", "p_adjusted"):
        shown[name] = [_number(value) for value in shown[name]]
    notes = table.loc[table["note"] != "", ["test", "subject", "note"]].drop_duplicates()
    told = [
        f"- {_cell(test)}, {_cell(subject)}: {_cell(note)}"
        for test, subject, note in notes.to_numpy().tolist()
    ]
    rows = _rows(shown[list(_SHOWN)].set_axis(list(_HEADS), axis="columns").astype(str))
    return [*rows, *(["", *told] if told else [])]


def _rows(frame: pd.DataFrame) -> list[str]:
    rows = [list(frame.columns), ["---"] * frame.shape[1], *frame.to_numpy().tolist()]
    return [f"| {' | '.join(_cell(value) for value in row)} |" for row in rows]


def _cell(value: object) -> str:
    """Write a cell on one line; what Markdown would read as its own is written as text."""
    text = " ".join(str(value).split())
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.4g}"
