"""The pictures of a run, as PNG files."""

from __future__ import annotations

from pathlib import Path

from creditscore._display import Display
from creditscore._files import whole_file
from creditscore.binning import BinDisplay
from creditscore.cli._workflow import Run
from creditscore.grade import GradeDisplay
from creditscore.metrics import RocDisplay
from creditscore.scorecard import PointsDisplay, ScoreDistributionDisplay


def draw_pictures(run: Run, folder: Path) -> list[Path]:
    """Draw points table, strongest characteristic, scores, ROC curve and grades."""
    # one second of import, and only those who draw wait for it
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    rows = run.measured
    strongest = max(run.card.names, key=lambda name: run.model.encoder_.tables_[name].iv)
    points = PointsDisplay.from_scorecard(run.card)
    displays: dict[str, tuple[Display, tuple[float, float]]] = {
        "points.png": (points, (8.0, points.height)),
        "bins.png": (BinDisplay.from_table(run.model.encoder_.tables_[strongest]), (7.0, 4.4)),
        "scores.png": (
            ScoreDistributionDisplay.from_scores(rows["score"], rows["is_bad"]),
            (7.0, 4.2),
        ),
        "roc.png": (RocDisplay.from_scores(rows["score"], rows["is_bad"]), (5.2, 5.0)),
        "grades.png": (GradeDisplay.from_table(run.grade_table), (7.0, 4.2)),
    }
    paths = []
    for name, (display, size) in displays.items():
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasAgg(figure)
        display.plot(figure.add_subplot())
        with whole_file(folder / name) as temporary:
            figure.savefig(temporary, dpi=130)
        paths.append(folder / name)
    return paths
