"""The commands."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from creditscore import __version__
from creditscore._document import document_format, is_signed
from creditscore._frame import as_table
from creditscore._warn import warn_user
from creditscore.cli import _render
from creditscore.cli._cards import (
    AnyCard,
    columns_of_empty_text,
    columns_without_text,
    numeric_columns,
    read_card,
    text_columns,
)
from creditscore.cli._errors import EXIT_CODES, reporting
from creditscore.cli._missing_words import (
    read_missing_words,
    tell_empty_text,
    tell_words_of_text,
)
from creditscore.cli._outputs import check_outputs, run_files, write_run
from creditscore.cli._store import store_app
from creditscore.cli._tables import (
    read_as_written,
    read_table,
    table_kind,
    warn_of_stray_text,
    write_table,
)
from creditscore.cli._validate import validate
from creditscore.cli._visible import shown
from creditscore.cli._workflow import N_REASONS, FitOptions, Run, run_fit, score_columns
from creditscore.datasets import load_german_credit
from creditscore.exceptions import CreditScoreWarning, DocumentError, InvalidParameterError
from creditscore.grade import GradeScale
from creditscore.scorecard import PointsScale

_PROTECTED = ("personal_status_sex", "foreign_worker")
"""Columns of German credit that tell sex, marital status and origin."""
_DEMO_FOLDER = Path("creditscore-demo")
_LAST_SEED = 2**32 - 1

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    epilog=EXIT_CODES,
    help="Credit scorecards: from a table of customers to points, probabilities, grades and "
    "reasons.\n\nStart with [bold]creditscore demo[/bold]; then [bold]fit[/bold] your own table, "
    "[bold]score[/bold] new customers with the card, and [bold]show[/bold] what a card holds.",
)

Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace files that are there already.")
]
Seed = Annotated[
    int, typer.Option(help="Seed of the split into training and test.", min=0, max=_LAST_SEED)
]
KeyFile = Annotated[
    Path | None, typer.Option(help="File with the secret that the card must be signed with.")
]


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


@app.command(epilog=EXIT_CODES)
def demo(
    out: Annotated[Path, typer.Option(help="Folder for card, scores and pictures.")] = _DEMO_FOLDER,
    seed: Seed = 0,
    overwrite: Overwrite = False,
) -> None:
    """Make a scorecard of German credit, from 1,000 applicants to grades and reasons.

    It is fitted on 700 applicants, and graded and validated on the 300 held out.

    The data (UCI Statlog, CC BY 4.0) come with the package.

    An earlier demo in the folder creditscore-demo is replaced without --overwrite.
    """
    with reporting() as console:
        # nobody keeps work of their own under the demo's name
        check_outputs(run_files(out), [], overwrite=overwrite or out == _DEMO_FOLDER)
        console.print(
            "[bold]German credit[/bold]: 1,000 applicants of a German bank, 300 of them bad, 20 "
            f"columns.\nLeft out, because the law of many countries protects them: "
            f"{', '.join(_PROTECTED)}.\n"
        )
        frame = load_german_credit()
        options = FitOptions(target="is_bad", drop=_PROTECTED, seed=seed)
        run, written = _run(console, frame, options, out)
        _render.show_examples(console, run, frame)
        _render.show_written(console, written, ["creditscore", "show", str(written[0])])


@app.command(epilog=EXIT_CODES)
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
    min_bin_size: Annotated[
        float,
        typer.Option(
            help="Least share of rows in a bin; a tenth of it where that leaves a column whole and "
            "smaller bins tell much.",
            min=0,
            max=0.5,
        ),
    ] = 0.05,
    max_bins: Annotated[
        int | None, typer.Option(help="Most bins of a column; no limit by default.", min=2)
    ] = None,
    min_iv: Annotated[
        float | None,
        typer.Option(
            help="Least information value of a column in the card; by default 0.02, or less in "
            "large samples, where chance would not give it.",
            min=0,
        ),
    ] = None,
    signs: Annotated[
        Signs, typer.Option(help="Keep columns of the wrong sign out, or only warn.")
    ] = Signs.enforce,
    base_score: Annotated[float, typer.Option(help="Score at the base odds.")] = 600.0,
    base_odds: Annotated[
        float, typer.Option(help="Odds good:bad at the base score, above 0.")
    ] = 50.0,
    pdo: Annotated[float, typer.Option(help="Points to double the odds, above 0.")] = 20.0,
    grades: Annotated[
        Grades, typer.Option(help="Each grade halves the odds, or agency default rates.")
    ] = Grades.ladder,
    test_share: Annotated[
        float,
        typer.Option(help="Share of rows held out to validate on; 0 for none.", min=0, max=0.9),
    ] = 0.3,
    seed: Seed = 0,
    overwrite: Overwrite = False,
) -> None:
    """Fit a scorecard on a table and write card, grades, scores and pictures to a folder.

    The folder gets all of the files or none. Messages and scores.csv count rows from 0.

    In CSV, only an empty cell is missing: text such as NA, None or null is a level like any other.

    Among numbers, such words are read as missing, and a note names column, word and rows.

    Example: creditscore fit loans.csv --target defaulted --drop loan_id --out card/
    """
    with reporting() as console:
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
        check_outputs(run_files(out), [data], overwrite=overwrite)
        frame = _read_sample(data, options)
        _, (card, scale, *others) = _run(console, frame, options, out)
        following = ["creditscore", "score", "new.csv", "--card", str(card), "--grades", str(scale)]
        _render.show_written(console, [card, scale, *others], [*following, "--out", "scores.csv"])


@app.command(epilog=EXIT_CODES)
def score(
    data: Annotated[Path, typer.Argument(help="CSV or Parquet file, a row a customer.")],
    card: Annotated[
        Path, typer.Option(help="Card to score with: a scorecard.json, or a card of segments.")
    ],
    out: Annotated[Path, typer.Option(help="CSV or Parquet file to write.")],
    grades: Annotated[
        Path | None, typer.Option(help="Grade scale, such as the card's grade_scale.json.")
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(help="Column to carry along as it stands, such as an id; repeatable."),
    ] = None,
    reasons: Annotated[
        int,
        typer.Option(
            help="Most reasons for a row, each with points lost and attribute; 0 for none.", min=0
        ),
    ] = N_REASONS,
    key_file: KeyFile = None,
    overwrite: Overwrite = False,
) -> None:
    """Score customers with a card: a row out for each row in, in the same order.

    Each reason comes as reason_1, reason_1_points (points lost) and reason_1_attribute, and so on.

    Points are lost against an average customer, or the best one where a card knows no average.

    In CSV, only an empty cell is missing: text such as NA, None or null is looked up in the card.

    Among numbers, such words are read as missing, and a note names column, word and rows.

    A card of segments (SegmentedScorecard.to_json) also tells the segment of each customer.

    Example: creditscore score new.csv --card card/scorecard.json --out scores.csv --keep loan_id
    """
    with reporting() as console:
        table_kind(out)
        read = [data, card, *(path for path in (grades, key_file) if path is not None)]
        check_outputs([out], read, overwrite=overwrite)
        key = _key_for(card, key_file)
        scorecard = read_card(card, key=key)
        scale = None if grades is None else GradeScale.from_json(grades, key=key)
        kept = list(dict.fromkeys(keep or ()))
        frame = _read_customers(data, scorecard, kept)
        scores = score_columns(scorecard, frame, scale, n_reasons=reasons)
        write_table(_beside(data, frame, kept, scores), out)
        customers = _render.counted(len(scores), "customer")
        console.print(f"{customers} scored: {shown(out)}", soft_wrap=True)


@app.command(epilog=EXIT_CODES)
def show(
    card: Annotated[
        Path, typer.Argument(help="A scorecard.json, a card of segments, or a grade_scale.json.")
    ],
    key_file: KeyFile = None,
) -> None:
    """Show what a card holds: points, scale, coefficients; or the bounds of a grade scale."""
    with reporting() as console:
        key = _key_for(card, key_file)
        if document_format(card) == "creditscore.grade_scale":
            _render.show_scale(console, GradeScale.from_json(card, key=key))
            return
        _render.show_any_card(console, read_card(card, key=key))


app.command(epilog=EXIT_CODES)(validate)
app.add_typer(store_app, name="store")


def _run(
    console: Console, frame: pd.DataFrame, options: FitOptions, out: Path
) -> tuple[Run, list[Path]]:
    """Fit, write and print."""
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
        written = write_run(run, out)
        progress.update(task[0], completed=1)
    console.print()
    _render.show_card(console, run.card)
    _render.show_dropped(console, run.model.dropped_)
    console.print()
    _render.show_measures(console, run)
    sample = "held-out" if run.measured_on == "test" else "training"
    _render.show_grades(console, run.grade_table, run.grades, sample)
    return run, written


def _read_sample(data: Path, options: FitOptions) -> pd.DataFrame:
    """Read the columns of a sample; what a CSV file has for text or missing is told."""
    frame = read_table(data)
    read = [name for name in frame if name not in options.drop]
    frame = read_missing_words(data, frame, read, codes=options.special_codes)
    left_out = {options.target, options.weight, *options.drop}
    columns = [name for name in frame if name not in left_out]
    tell_words_of_text(data, frame, columns, options.special_codes)
    warn_of_stray_text(frame, columns, options.special_codes)
    return frame


def _key_for(card: Path, path: Path | None) -> bytes | None:
    """Read the secret, or say that a signature goes unchecked without one."""
    if path is None:
        if is_signed(card):
            warn_user(
                f"{card} is signed, and its signature was not checked. Name the file of the "
                "secret by --key-file.",
                CreditScoreWarning,
            )
        return None
    key = path.read_bytes().strip()
    if not key:
        msg = f"{path} is empty, and a secret is needed. Name the file that holds it."
        raise DocumentError(msg)
    return key


def _read_customers(data: Path, card: AnyCard, kept: list[str]) -> pd.DataFrame:
    """Read the columns of a card in the types that the card knows; CSV holds no types."""
    wanted = [*card.names, *kept]
    frame = read_table(data, wanted=wanted, text=text_columns(card))
    as_table(frame, wanted=wanted).require(wanted)
    frame = read_missing_words(data, frame, columns_without_text(card), known=True)
    tell_empty_text(data, frame, columns_of_empty_text(card))
    warn_of_stray_text(frame, numeric_columns(card))
    return frame


def _beside(data: Path, frame: pd.DataFrame, kept: list[str], scores: pd.DataFrame) -> pd.DataFrame:
    """Put the kept columns before the scores, as they stand in the file."""
    if not kept:
        return scores
    taken = [name for name in kept if name in scores]
    if taken:
        msg = (
            f"--keep {taken[0]} cannot be written, because a column of the scores has this name. "
            "Rename it in the data."
        )
        raise InvalidParameterError(msg)
    parquet = table_kind(data) == "parquet"
    columns = frame[kept] if parquet else read_as_written(data, kept, frame)
    return pd.concat([columns, scores], axis="columns")
