"""What a run looks like in a terminal."""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table

from creditscore._display import p_value_text, shorten
from creditscore.cli._cards import AnyCard
from creditscore.cli._visible import shown
from creditscore.cli._workflow import N_REASONS, Run
from creditscore.grade import GradeScale
from creditscore.scorecard import Scorecard, SegmentedScorecard
from creditscore.validate import ValidationReport

_WORTH_SAYING = 0.5
_WIDEST = 90
_MOST_NAMED = 20
_COLOURS = {"pass": "green", "watch": "yellow", "fail": "bold red", "not tested": "dim",
            "information": "dim"}  # fmt: skip
_LETTERS = {"pass": "P", "watch": "W", "fail": "F", "not tested": "-"}
_OF_ALL = ("portfolio", "all grades")
_MEASURES = {"prob_default": "PD", "score": "score"}


def show_card(console: Console, card: Scorecard) -> None:
    """Print the points table of a card and what its score means."""
    rows = card.table()
    unmet = rows[rows["count"] == 0]
    _show_points(console, card, rows[~(rows["count"] == 0)])
    if len(unmet):
        console.print(
            f"[dim]{len(unmet)} attributes of missing values and other levels, which the sample "
            "did not hold, get the points of an average customer.[/dim]"
        )
    low, high = card.score_range
    way = "safer" if card.higher_is_safer else "riskier"
    console.print(f"Scores run from {low:.0f} to {high:.0f}; a higher score is {way}.")
    if card.scale is None:
        console.print("The card has no scale: its score says nothing about probability.")
    else:
        scale = card.scale
        console.print(
            f"{scale.base_score:g} points are odds of {scale.base_odds:g}:1 good to bad; every "
            f"{scale.pdo:g} points {'halve' if scale.reverse else 'double'} them."
        )


def show_any_card(console: Console, card: AnyCard) -> None:
    """Print a card and its coefficients, or the segments and the card of each."""
    if isinstance(card, SegmentedScorecard):
        _show_segments(console, card)
        for name, one in zip(card.segments.names, card.cards, strict=True):
            console.print(f"\n[bold]Segment {shown(name)}[/bold]")
            show_any_card(console, one)
        return
    show_card(console, card)
    show_fit(console, card)


def _show_segments(console: Console, card: SegmentedScorecard) -> None:
    table = _table(f"Segments: {counted(len(card.cards), 'card')}")
    for name in ("segment", "rule"):
        table.add_column(name, overflow="fold")
    for name in ("characteristics", "lowest", "highest"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in card.summary().itertuples():
        ends = f"{row.lowest:.0f}", f"{row.highest:.0f}"
        table.add_row(shown(row.segment), shown(row.rule), f"{row.n_characteristics:,}", *ends)
    console.print(table)
    if card.alignments:
        console.print("[dim]The odds of the segments were aligned on a sample.[/dim]")


def _show_points(console: Console, card: Scorecard, rows: pd.DataFrame) -> None:
    table = _table(f"Points table: {counted(len(card.characteristics), 'characteristic')}")
    for name in ("characteristic", "attribute"):
        table.add_column(name, overflow="fold")
    # a card that was written by hand knows no sample
    estimated = bool(rows["count"].notna().any())
    for name in ("count", "bad rate", "WOE", "points") if estimated else ("points",):
        table.add_column(name, justify="right", no_wrap=True)
    before = None
    for row in rows.itertuples():
        if before is not None and row.characteristic != before:
            table.add_section()
        sample = (
            _number(row.count, ",.0f"), _number(row.bad_rate, ".1%"), _number(row.woe, "+z.2f")
        )  # fmt: skip
        table.add_row(
            shown(row.characteristic) if row.characteristic != before else "",
            shown(shorten(row.attribute, _WIDEST)),
            *(sample if estimated else ()),
            _earned(row.points, row.slope),
        )
        before = row.characteristic
    console.print(table)


def _earned(points: float, slope: float) -> str:
    if math.isnan(points):
        return "refused"
    rise = f" {'-' if slope < 0 else '+'} {abs(slope):g} a unit" if slope else ""
    return f"{points:.1f}{rise}"


def show_fit(console: Console, card: Scorecard) -> None:
    """Print the coefficients of an estimated card."""
    if card.fit_summary is None:
        return
    table = _table("Coefficients of the logistic fit (log-odds of being bad, on WOE)")
    table.add_column("characteristic", overflow="fold")
    for name in ("coefficient", "std. error", "z", "p"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in card.fit_summary.table().itertuples():
        table.add_row(
            shown(row.characteristic),
            f"{row.coefficient:.4f}",
            f"{row.std_error:.4f}",
            f"{row.z:.2f}",
            p_value_text(row.p_value),
        )
    console.print()
    console.print(table)


def show_grades(console: Console, grades: pd.DataFrame, scale: GradeScale, sample: str) -> None:
    """Print a grade table."""
    table = _table(f"Grades of the {sample} customers")
    headings = ("count", "share", "observed", "95 % interval", "predicted")
    for name in ("grade", _MEASURES[scale.measure], *headings):
        table.add_column(name, justify="left" if name == "grade" else "right", no_wrap=True)
    for row in grades.itertuples():
        empty = row.count == 0
        table.add_row(
            shown(row.grade),
            _interval(row.lower, row.upper, scale),
            f"{row.count:,}",
            f"{row.share:.1%}",
            _number(row.observed, ".1%"),
            "" if empty else f"{row.observed_lower:.1%} - {row.observed_upper:.1%}",
            _number(row.predicted, ".1%"),
        )
    console.print(table)
    if scale.default_label not in scale.labels:
        console.print(
            f"[dim]{shown(scale.default_label)} is kept for customers in default; it is no "
            "score band.[/dim]"
        )


def show_scale(console: Console, scale: GradeScale) -> None:
    """Print the bounds of a grade scale."""
    table = _table("Grade scale")
    table.add_column("grade")
    table.add_column(_MEASURES[scale.measure], justify="right")
    for row in scale.intervals().itertuples():
        table.add_row(shown(row.grade), _interval(row.lower, row.upper, scale))
    console.print(table)


def show_measures(console: Console, run: Run) -> None:
    """Print AUC, Gini and KS with their intervals."""
    held_out = "customers held out" if run.measured_on == "test" else "training customers"
    table = _table(f"Discrimination on {len(run.measured):,} {held_out}")
    for name in ("measure", "estimate", "95 % interval", "how"):
        table.add_column(name, justify="right" if name in ("estimate", "95 % interval") else "left")
    for name, value, how in (
        ("AUC", run.auc, "DeLong"),
        ("Gini", run.gini, "DeLong"),
        ("KS", run.ks, "bootstrap, 1,000 resamples"),
    ):
        interval = f"{value.lower:.3f} to {value.upper:.3f}"
        table.add_row(name, f"{value.estimate:.3f}", interval, how)
    console.print(table)


def show_examples(console: Console, run: Run, frame: pd.DataFrame) -> None:
    """Print a safe, a middling and a risky customer with the reasons for their score."""
    ranked = run.measured.sort_values("score", ascending=False, kind="stable")
    places = [len(ranked) // 20, len(ranked) // 2, len(ranked) - 1 - len(ranked) // 20]
    for place in places:
        row = ranked.iloc[place]
        customer = frame.loc[ranked.index[place]]
        console.print(
            f"\n[bold]Customer {shown(ranked.index[place])}[/bold]: score "
            f"[bold]{row['score']:.0f}[/bold], probability of default {row['pd']:.1%}, grade "
            f"[bold]{shown(row['grade'])}[/bold]"
        )
        ranks = [f"reason_{i + 1}" for i in range(N_REASONS)]
        # less than half a point would read as none
        told = [rank for rank in ranks if row[f"{rank}_points"] >= _WORTH_SAYING]
        for rank in told:
            name, lost = row[rank], row[f"{rank}_points"]
            unit = "point" if round(lost) == 1 else "points"
            value = shown(customer[name])
            console.print(f"  {-lost:+4.0f} {unit}: {shown(name)} is {value}")
        if not told:
            console.print("       no characteristic is worse than neutral")


def show_validation(console: Console, report: ValidationReport) -> None:
    """Print tests of the whole, what is not in order, verdicts by grade, and AUC by group."""
    table = report.table()
    whole = table["subject"].isin(_OF_ALL)
    estimate = (table["band"] == "interval") & (table["verdict"] == "information")
    odd = table["verdict"].isin(("fail", "watch", "not tested"))
    graded = (
        (table["part"] == "calibration")
        & table["subject"].str.startswith("grade ")
        & (table["verdict"] != "information")
    )
    rows = table[(odd & ~graded) | (whole & ((table["verdict"] == "pass") | estimate))]
    shape = _table(f"Validation: {report.verdict}")
    for name in ("test", "subject", "statistic", "p", "verdict"):
        shape.add_column(name, justify="right" if name in ("statistic", "p") else "left")
    for row in rows.to_dict("records"):
        told = "" if row["verdict"] == "information" else row["verdict"]
        p_value = "" if math.isnan(row["p_value"]) else p_value_text(row["p_value"])
        shape.add_row(
            shown(row["test"]),
            shown(row["subject"]),
            _number(row["statistic"], ".4g"),
            p_value,
            f"[{_COLOURS[row['verdict']]}]{told}[/]",
        )
    console.print(shape)
    groups = table[table["test"].str.startswith("AUC by ")]
    _show_groups(console, groups)
    _show_verdicts(console, table[graded])
    more = counted(len(table) - len(rows) - len(groups) - int(graded.sum()), "further line")
    console.print(f"[dim]{more} pass or have no bound: --out writes all. {report.multiplicity}[/]")


def _show_groups(console: Console, lines: pd.DataFrame) -> None:
    """Print the AUC of segments and periods."""
    if not len(lines):
        return
    shape = _table("AUC by group")
    for name in ("group", "AUC", "interval", "cases"):
        shape.add_column(name, justify="right" if name in ("AUC", "interval") else "left")
    for row in lines.to_dict("records"):
        known = not math.isnan(row["lower"])
        interval = f"{row['lower']:.3f} to {row['upper']:.3f}" if known else ""
        auc = _number(row["statistic"], ".3f")
        shape.add_row(shown(row["subject"]), auc, interval, row["note"])
    console.print(shape)


def _show_verdicts(console: Console, lines: pd.DataFrame) -> None:
    """Print the verdict of each test of each grade as a letter."""
    if not len(lines):
        return
    verdicts = {(row.test, row.subject): row.verdict for row in lines.itertuples()}
    grades = list(dict.fromkeys(lines["subject"]))
    shape = _table("By grade: P pass, W watch, F fail, - not tested")
    shape.add_column("test")
    for grade in grades:
        shape.add_column(shown(grade.removeprefix("grade ")), justify="center")
    for test in dict.fromkeys(lines["test"]):
        found = [verdicts.get((test, grade), "") for grade in grades]
        cells = [f"[{_COLOURS[word]}]{_LETTERS[word]}[/]" if word else "" for word in found]
        shape.add_row(shown(test), *cells)
    console.print(shape)


def show_written(console: Console, written: Sequence[Path], following: Sequence[str]) -> None:
    """Print what was written, and the command that comes next."""
    names = ", ".join(path.name for path in written)
    console.print(f"\nWritten to [bold]{shown(written[0].parent)}[/bold]: {shown(names)}.")
    # whole, so that it can be copied
    console.print(f"Next: {shown(shlex.join(following))}", soft_wrap=True, highlight=False)


def show_dropped(console: Console, dropped: dict[str, str]) -> None:
    """Print the columns that stay out of the card, and why."""
    if dropped:
        first = list(dropped.items())[:_MOST_NAMED]
        listed = "; ".join(f"{shown(name)} ({shown(why)})" for name, why in first)
        more = len(dropped) - len(first)
        rest = f"; and {more:,} more, which columns.csv names" if more else ""
        console.print(f"[dim]Not in the card: {listed}{rest}.[/dim]")


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where there is not just one."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _table(title: str) -> Table:
    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
    )


def _number(value: float, pattern: str) -> str:
    return "" if pd.isna(value) else format(value, pattern)


def _interval(lower: float, upper: float, scale: GradeScale) -> str:
    if scale.measure == "prob_default":
        # by significant digits, for the bounds of the best grades are small
        return f"{100 * lower:.3g}% - {100 * upper:.3g}%"
    if lower == float("-inf"):
        return f"below {upper:.0f}"
    return f"{lower:.0f} and above" if upper == float("inf") else f"{lower:.0f} - {upper:.0f}"
