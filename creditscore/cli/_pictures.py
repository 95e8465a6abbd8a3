"""The pictures of a run, as PNG files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from creditscore._display import Display
from creditscore._files import whole_file
from creditscore.binning import BinDisplay
from creditscore.cli._workflow import Run
from creditscore.grade import GradeDisplay
from creditscore.metrics import RocDisplay
from creditscore.scorecard import PointsDisplay, ScoreDistributionDisplay


def _points(run: Run) -> tuple[Display, tuple[float, float]]:
    display = PointsDisplay.from_scorecard(run.card)
    return display, (8.0, display.height)


def _bins(run: Run) -> tuple[Display, tuple[float, float]]:
    tables = run.model.encoder_.tables_
    strongest = max(run.card.names, key=lambda name: tables[name].iv)
    return BinDisplay.from_table(tables[strongest]), (7.0, 4.4)


def _scores(run: Run) -> tuple[Display, tuple[float, float]]:
    rows = run.measured
    return ScoreDistributionDisplay.from_scores(rows["score"], rows["is_bad"]), (7.0, 4.2)


def _roc(run: Run) -> tuple[Display, tuple[float, float]]:
    return RocDisplay.from_scores(run.measured["score"], run.measured["is_bad"]), (5.2, 5.0)


def _grades(run: Run) -> tuple[Display, tuple[float, float]]:
    return GradeDisplay.from_table(run.grade_table), (7.0, 4.2)


PICTURES: dict[str, Callable[[Run], tuple[Display, tuple[float, float]]]] = {
    "points.png": _points,
    "bins.png": _bins,
    "scores.png": _scores,
    "roc.png": _roc,
    "grades.png": _grades,
}
"""What each picture shows, and its width and height in inches."""


def draw_picture(run: Run, path: Path) -> None:
    """Draw the picture that the name of the file stands for."""
    # one second of import, and only those who draw wait for it
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    display, size = PICTURES[path.name](run)
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    display.plot(figure.add_subplot())
    with whole_file(path) as temporary:
        figure.savefig(temporary, dpi=130)
