"""The command that validates scores against outcomes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.console import Console

from creditscore._document import document_format
from creditscore._files import whole_file
from creditscore._frame import as_table
from creditscore.cli import _render
from creditscore.cli._errors import reporting
from creditscore.cli._outputs import check_outputs
from creditscore.cli._tables import read_table
from creditscore.cli._visible import shown
from creditscore.exceptions import InvalidParameterError
from creditscore.grade import GradeScale, MasterScale
from creditscore.validate import ValidationSample, ValidationSettings, validate_scores

_OWN_NAMES = {"score": ("score",), "prob_default": ("pd", "prob_default"), "grade": ("grade",)}
"""What the commands fit and score, and the library, call these columns."""
_COMPARED = ("score", "prob_default", "grade")
_SAMPLES = ("train", "test")
_KIND = ".md"
_MASTER = "creditscore.master_scale"


@dataclass(frozen=True, kw_only=True)
class _Columns:
    """Which column is what; None where the file has none."""

    target: str
    parts: dict[str, str]

    def of(self, frame: pd.DataFrame, name: str, scale: GradeScale | None) -> ValidationSample:
        return ValidationSample.from_frame(
            frame, is_bad=self.target, grades=scale, name=name, **self.parts
        )

    def reference(self, frame: pd.DataFrame, scale: GradeScale | None) -> ValidationSample:
        """Take what a reference is compared by."""
        parts = {part: name for part, name in self.parts.items() if part in _COMPARED}
        return replace(self, parts=parts).of(frame, "reference", scale)


def validate(  # noqa: PLR0913, PLR0917 - a command's options are its documentation
    scores: Annotated[
        Path, typer.Argument(help="CSV or Parquet file, a row a customer, with outcomes.")
    ],
    target: Annotated[str, typer.Option(help="Column with the outcome: 1 is bad, 0 is good.")],
    out: Annotated[
        Path | None, typer.Option(help="Markdown file to write; its name ends in .md.")
    ] = None,
    score: Annotated[
        str | None, typer.Option(help="Column of scores, higher is safer; 'score' if it is there.")
    ] = None,
    prob_default: Annotated[
        str | None,
        typer.Option(
            help="Column of probabilities of default; 'pd' or 'prob_default' if it is there."
        ),
    ] = None,
    grade: Annotated[
        str | None, typer.Option(help="Column of grades; 'grade' if it is there.")
    ] = None,
    grade_end: Annotated[
        str | None, typer.Option(help="Column of grades at the end of the observation.")
    ] = None,
    segment: Annotated[str | None, typer.Option(help="Column of segments.")] = None,
    period: Annotated[str | None, typer.Option(help="Column of periods, such as years.")] = None,
    challenger: Annotated[
        str | None, typer.Option(help="Column of another model's score, higher is safer.")
    ] = None,
    grades: Annotated[
        Path | None,
        typer.Option(help="Grade scale or master scale that says the order of the grades."),
    ] = None,
    reference: Annotated[
        Path | None,
        typer.Option(
            help="File to compare with, such as the sample of the fit. Without it, rows whose "
            "column 'sample' says train, as the command fit writes them."
        ),
    ] = None,
    initial_auc: Annotated[
        float | None, typer.Option(help="AUC at initial validation; by default the reference's.")
    ] = None,
    min_auc: Annotated[float | None, typer.Option(help="AUC below it fails.")] = None,
    correlation: Annotated[
        float, typer.Option(help="Asset correlation of the Vasicek test.")
    ] = 0.12,
    resamples: Annotated[
        int, typer.Option(help="Bootstrap resamples of AUC and KS; 0 for none.", min=0)
    ] = 0,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a file that is there already.")
    ] = False,
) -> None:
    """Test scores, probabilities and grades against what became of the customers.

    Prints a verdict for every test, and writes all of them with their sources to a Markdown file.

    Rows that the model was fitted on flatter it: of a file that the command fit has written, rows
    of the sample "test" are validated, and those of "train" are what they are compared with.

    Example: creditscore validate card/scores.csv --target is_bad --out validation.md
    """
    with reporting() as console:
        settings = ValidationSettings(
            initial_auc=initial_auc,
            min_auc=min_auc,
            correlation=correlation,
            n_resamples=resamples,
        )
        if out is not None:
            _check_kind(out)
            read = [path for path in (scores, reference, grades) if path is not None]
            check_outputs([out], read, overwrite=overwrite)
        named = {
            "score": score,
            "prob_default": prob_default,
            "grade": grade,
            "grade_end": grade_end,
            "segment": segment,
            "period": period,
            "challenger": challenger,
        }
        frame = read_table(scores)
        columns = _columns(frame, target, named)
        scale = None if grades is None else _read_scale(grades)
        validated, compared = _parts(console, frame, reference)
        report = validate_scores(
            columns.of(validated, scores.name + _fitted(console, validated), scale),
            reference=None if compared is None else columns.reference(compared, scale),
            settings=settings,
        )
        if out is not None:
            # before anything is printed: whoever reads the output may go
            with whole_file(out) as temporary:
                temporary.write_text(report.to_markdown(), encoding="utf-8", newline="\n")
        _render.show_validation(console, report)
        if "prob_default" not in columns.parts:
            console.print("Calibration was not tested: no column of probabilities is named.")
        if out is not None:
            console.print(f"Written: {shown(out)}", soft_wrap=True)


def _check_kind(out: Path) -> None:
    if out.suffix.lower() != _KIND:
        msg = f"--out writes Markdown, so its name must end in {_KIND}. Got {str(out)!r} instead."
        raise InvalidParameterError(msg)


def _read_scale(path: Path) -> GradeScale:
    if document_format(path) == _MASTER:
        return MasterScale.from_json(path).scale
    return GradeScale.from_json(path)


def _columns(frame: pd.DataFrame, target: str, named: dict[str, str | None]) -> _Columns:
    """Find the columns: by the options, else by the names that the other commands write."""
    own = {
        part: next((name for name in names if name in frame), None)
        for part, names in _OWN_NAMES.items()
    }
    parts = {
        part: found for part, name in named.items() if (found := name or own.get(part)) is not None
    }
    as_table(frame).require([target, *parts.values()])
    if not parts.keys() & {"score", "prob_default"}:
        msg = (
            "Neither --score nor --prob-default is given, and there is no column 'score', "
            "'pd' or 'prob_default'. "
            f"The file has: {', '.join(map(repr, frame.columns[:20]))}."
        )
        raise InvalidParameterError(msg)
    return _Columns(target=target, parts=parts)


def _parts(
    console: Console, frame: pd.DataFrame, reference: Path | None
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Part rows that are validated from those that they are compared with."""
    if reference is not None:
        return frame, read_table(reference)
    if "sample" not in frame or set(frame["sample"].unique()) != set(_SAMPLES):
        return frame, None
    train, test = (frame[frame["sample"] == name] for name in _SAMPLES)
    console.print(
        f"{_render.counted(len(test), 'row')} of the sample test validated, against "
        f"{len(train):,} of the sample train.",
        soft_wrap=True,
    )
    return test, train


def _fitted(console: Console, validated: pd.DataFrame) -> str:
    """Tell of rows of the fit among those that are validated; for the name of the sample."""
    if "sample" not in validated:
        return ""
    n = int(validated["sample"].astype(str).str.strip().str.casefold().eq("train").sum())
    if not n:
        return ""
    rows = _render.counted(n, "row")
    console.print(
        f"[yellow]Note:[/yellow] {rows} of the {len(validated):,} validated are of the sample "
        "train. A model is flattered by what it was fitted on: leave them out of the file, or "
        "pass them by --reference.",
        soft_wrap=True,
    )
    return f", with {rows} of the sample train"
