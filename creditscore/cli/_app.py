"""The commands."""

from __future__ import annotations

import io
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from creditscore import __version__
from creditscore._document import document_format
from creditscore._frame import as_table
from creditscore.cli import _render
from creditscore.cli._pictures import draw_pictures
from creditscore.cli._tables import check_writable, read_table, write_table
from creditscore.cli._workflow import N_REASONS, FitOptions, Run, run_fit, score_columns
from creditscore.datasets import load_german_credit
from creditscore.exceptions import CreditScoreError, CreditScoreWarning, InvalidParameterError
from creditscore.grade import GradeScale
from creditscore.scorecard import PointsScale, Scorecard

REFUSED = 3
"""Exit code where data, a card or a setting cannot be used."""
NO_FILE = 4
"""Exit code where a file cannot be read or written."""

_EPILOG = (
    "Exit codes: 0 done, 2 wrong usage, 3 data or card refused, 4 file cannot be read or written."
)

_PROTECTED = ("personal_status_sex", "foreign_worker")
"""Columns of German credit that tell sex, marital status and origin."""

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    epilog=_EPILOG,
    help="Credit scorecards: from a table of customers to points, probabilities, grades and "
    "reasons.\n\nStart with [bold]creditscore demo[/bold]; then [bold]fit[/bold] your own table, "
    "[bold]score[/bold] new customers with the card, and [bold]show[/bold] what a card holds.",
)


class Signs(StrEnum):
    """What to do about coefficients of the wrong sign."""

    enforce = "enforce"
    warn = "warn"


class Grades(StrEnum):
    """Which grade scale to use."""

    ladder = "ladder"
    agency = "agency"


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"creditscore {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Do nothing but hold the options that belong to no command."""


@app.command(epilog=_EPILOG)
def demo(
    out: Annotated[Path, typer.Option(help="Folder for card, scores and pictures.")] = Path(
        "creditscore-demo"
    ),
    seed: Annotated[int, typer.Option(help="Seed of the split into training and test.")] = 0,
) -> None:
    """Make a scorecard of German credit, from 1,000 applicants to grades and reasons.

    Bins every column, fits on 700 applicants, scales to points, and scores, grades and validates
    on the 300 held out. The data (UCI Statlog, CC BY 4.0) come with the package.
    """
    with _reporting() as console:
        console.print(
            "[bold]German credit[/bold]: 1,000 applicants of a German bank, 300 of them bad, 20 "
            f"columns.\nLeft out, because the law of many countries protects them: "
            f"{', '.join(_PROTECTED)}.\n"
        )
        frame = load_german_credit()
        run = _run(console, frame, FitOptions(target="is_bad", drop=_PROTECTED, seed=seed), out)
        _render.show_examples(console, run, frame)
        console.print(
            f"\nWritten to [bold]{escape(str(out))}[/bold]: scorecard.json, grade_scale.json, "
            "scores.csv, points.csv and five pictures.\nNext: creditscore show "
            f"{escape(str(out / 'scorecard.json'))}"
        )


@app.command(epilog=_EPILOG)
def fit(  # noqa: PLR0913, PLR0917 - a command's options are its documentation
    data: Annotated[Path, typer.Argument(help="CSV or Parquet file, a row a customer.")],
    target: Annotated[str, typer.Option(help="Column with the outcome: 1 is bad, 0 is good.")],
    out: Annotated[Path, typer.Option(help="Folder for card, scores and pictures.")],
    bad_label: Annotated[
        str | None, typer.Option(help="Value of the target that means bad, where it is not 1.")
    ] = None,
    weight: Annotated[
        str | None, typer.Option(help="Column of frequencies that weight the fit.")
    ] = None,
    drop: Annotated[
        list[str] | None, typer.Option(help="Column to leave out, such as an id; repeatable.")
    ] = None,
    special: Annotated[
        list[str] | None,
        typer.Option(help="Value that is no amount, such as -9; gets its own bin; repeatable."),
    ] = None,
    min_bin_size: Annotated[float, typer.Option(help="Least share of rows in a bin.")] = 0.05,
    max_bins: Annotated[int | None, typer.Option(help="Most bins of a column.")] = None,
    min_iv: Annotated[float, typer.Option(help="Least information value of a column.")] = 0.02,
    signs: Annotated[
        Signs, typer.Option(help="Keep columns of the wrong sign out, or only warn.")
    ] = Signs.enforce,
    base_score: Annotated[float, typer.Option(help="Score at the base odds.")] = 600.0,
    base_odds: Annotated[float, typer.Option(help="Odds good:bad at the base score.")] = 50.0,
    pdo: Annotated[float, typer.Option(help="Points to double the odds.")] = 20.0,
    grades: Annotated[
        Grades, typer.Option(help="Each grade halves the odds, or agency default rates.")
    ] = Grades.ladder,
    test_share: Annotated[
        float,
        typer.Option(help="Share of rows held out to validate on; 0 for none.", min=0, max=0.9),
    ] = 0.3,
    seed: Annotated[int, typer.Option(help="Seed of the split.")] = 0,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a card that is there already.")
    ] = False,
) -> None:
    """Fit a scorecard on a table and write card, grades, scores and pictures to a folder.

    Example: creditscore fit loans.csv --target defaulted --drop loan_id --out card/
    """
    with _reporting() as console:
        if (out / "scorecard.json").exists() and not overwrite:
            msg = f"{out} holds a scorecard already. Choose another folder, or add --overwrite."
            raise InvalidParameterError(msg)
        options = FitOptions(
            target=target,
            bad_label=bad_label,
            weight=weight,
            drop=tuple(drop or ()),
            special_codes=tuple(special or ()),
            min_bin_size=min_bin_size,
            max_n_bins=max_bins,
            min_iv=min_iv,
            coefficient_sign=signs.value,
            scale=PointsScale(base_score=base_score, base_odds=base_odds, pdo=pdo),
            grades=GradeScale.agency() if grades is Grades.agency else GradeScale.odds_ladder(),
            test_share=test_share,
            seed=seed,
        )
        _run(console, read_table(data), options, out)
        console.print(f"\nWritten to [bold]{escape(str(out))}[/bold].")


@app.command(epilog=_EPILOG)
def score(
    data: Annotated[Path, typer.Argument(help="CSV or Parquet file, a row a customer.")],
    card: Annotated[Path, typer.Option(help="Card to score with: a scorecard.json.")],
    out: Annotated[Path, typer.Option(help="CSV or Parquet file to write.")],
    grades: Annotated[
        Path | None, typer.Option(help="Grade scale, such as the card's grade_scale.json.")
    ] = None,
    keep: Annotated[
        list[str] | None, typer.Option(help="Column to carry along, such as an id; repeatable.")
    ] = None,
    reasons: Annotated[int, typer.Option(help="Most reasons for a row; 0 for none.", min=0)] = (
        N_REASONS
    ),
    key_file: Annotated[
        Path | None, typer.Option(help="File with the secret that the card must be signed with.")
    ] = None,
) -> None:
    """Score customers with a card: a row out for each row in, in the same order.

    Example: creditscore score new.csv --card card/scorecard.json --out scores.csv --keep loan_id
    """
    with _reporting() as console:
        check_writable(out)
        for taken in (data, card, *([grades] if grades else [])):
            if out.exists() and taken.exists() and out.samefile(taken):
                msg = f"--out {out} is the file {taken} that is read. Choose another name."
                raise InvalidParameterError(msg)
        key = None if key_file is None else key_file.read_bytes().strip()
        scorecard = Scorecard.from_json(card, key=key)
        scale = None if grades is None else GradeScale.from_json(grades, key=key)
        frame = read_table(data)
        as_table(frame).require(keep or [])
        scores = score_columns(scorecard, frame, scale, n_reasons=reasons)
        for place, column in enumerate(keep or []):
            scores.insert(place, column, frame[column], allow_duplicates=True)
        write_table(scores, out)
        console.print(f"{len(scores):,} customers scored: {escape(str(out))}")


@app.command(epilog=_EPILOG)
def show(
    card: Annotated[Path, typer.Argument(help="A scorecard.json or grade_scale.json.")],
) -> None:
    """Show what a card holds: points, scale, coefficients; or the bounds of a grade scale."""
    with _reporting() as console:
        if document_format(card) == "creditscore.grade_scale":
            _render.show_scale(console, GradeScale.from_json(card))
            return
        scorecard = Scorecard.from_json(card)
        _render.show_card(console, scorecard)
        _render.show_fit(console, scorecard)


def _run(console: Console, frame: pd.DataFrame, options: FitOptions, out: Path) -> Run:
    """Fit, print and write."""
    columns = (
        SpinnerColumn("line", finished_text="*"),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = [progress.add_task("Starting", total=1)]

        def on_step(text: str) -> None:
            progress.update(task[0], completed=1)
            task[0] = progress.add_task(text, total=1)

        progress.update(task[0], visible=False)
        run = run_fit(frame, options, on_step)
        on_step("Writing files and drawing pictures")
        run.card.to_json(out / "scorecard.json")
        run.grades.to_json(out / "grade_scale.json")
        write_table(run.scores.reset_index(names="row"), out / "scores.csv")
        write_table(run.card.table(), out / "points.csv")
        write_table(run.model.summary(), out / "columns.csv")
        draw_pictures(run, out)
        progress.update(task[0], completed=1)
    console.print()
    _render.show_card(console, run.card)
    _render.show_dropped(console, run.model.dropped_)
    console.print()
    _render.show_measures(console, run)
    sample = "held-out" if run.measured_on == "test" else "training"
    _render.show_grades(console, run.grade_table, run.grades, sample)
    return run


@contextmanager
def _reporting() -> Iterator[Console]:
    """Turn errors into a message and an exit code, and warnings into notes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a label that the terminal's encoding lacks must not end the work
            stream.reconfigure(errors="replace")
    console, errors = Console(), Console(stderr=True)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", CreditScoreWarning)
        try:
            yield console
        except CreditScoreError as error:
            errors.print(f"[bold red]Error:[/bold red] {escape(str(error))}")
            raise typer.Exit(REFUSED) from error
        except OSError as error:
            errors.print(f"[bold red]Error:[/bold red] {escape(str(error))}")
            raise typer.Exit(NO_FILE) from error
        finally:
            _render.show_notes(errors, dict.fromkeys(str(w.message) for w in caught))
