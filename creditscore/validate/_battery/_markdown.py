"""The validator's file as Markdown text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from creditscore.validate._battery._views import LEGEND, to_look_at, views

if TYPE_CHECKING:
    from creditscore.validate._battery._report import ValidationReport


def report_markdown(report: ValidationReport) -> str:
    """Write a report: verdicts by part, what to look at, the lines with notes, the sources."""
    table = report.table()
    adjusted = report.settings.judge_adjusted
    lines = [
        "# Validation report",
        "",
        f"Sample: {_cell(report.sample)}.",
        *([f"Reference: {_cell(report.reference)}."] if report.reference else []),
        "",
        f"Worst verdict: **{report.verdict}**. {report.multiplicity}",
        "",
        *_rows(report.summary().astype(str)),
        "",
        "## To look at",
        "",
        *_look_at(table),
    ]
    for part in table["part"].unique():
        rows = table[table["part"] == part]
        lines += ["", f"## {part.capitalize()}"]
        for view in views(rows, adjusted=adjusted):
            lines += ["", *([f"### {_cell(view.title)}", ""] if view.title else [])]
            lines += _rows(view.table)
        lines += _notes(rows)
    lines += ["", "## Sources", ""]
    sources = table.groupby("source", sort=False)["test"].unique()
    lines += [f"- {_cell(source)}: {_cell('; '.join(tests))}" for source, tests in sources.items()]
    return "\n".join(lines) + "\n"


def _look_at(table: pd.DataFrame) -> list[str]:
    rows = to_look_at(table)
    listed = _rows(rows) if len(rows) else ["No line fails or is to be watched."]
    return [*listed, "", LEGEND]


def _notes(table: pd.DataFrame) -> list[str]:
    """Write each note once, with the subjects that it is about where it is not about all."""
    told = table[table["note"] != ""]
    lines = []
    for (test, note), rows in told.groupby(["test", "note"], sort=False):
        every = len(rows) == (table["test"] == test).sum()
        about = "" if every else f", {', '.join(dict.fromkeys(rows['subject']))}"
        lines.append(f"- {_cell(test)}{_cell(about)}: {_cell(note)}")
    return ["", *lines] if lines else []


def _rows(frame: pd.DataFrame) -> list[str]:
    rows = [list(frame.columns), ["---"] * frame.shape[1], *frame.to_numpy().tolist()]
    return [f"| {' | '.join(_cell(value) for value in row)} |" for row in rows]


def _cell(value: object) -> str:
    """Write a cell on one line; what Markdown would read as its own is written as text."""
    text = re.sub(r"\s+", " ", str(value))
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
