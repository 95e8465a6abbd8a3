"""Draw the pictures of the README from sample data: ``python docs/images/draw.py``."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure
from sklearn.model_selection import train_test_split

from creditscore import GradeScale, LogisticScorecard
from creditscore.datasets import load_german_credit
from creditscore.grade import GradeDisplay
from creditscore.scorecard import PointsDisplay

FOLDER = Path(__file__).parent
COLUMNS = [
    "checking_status",
    "duration_months",
    "credit_history",
    "credit_amount",
    "savings_status",
]


def main() -> None:
    """Fit a small card and draw its points and its grades."""
    german = load_german_credit()
    train, test = train_test_split(german, test_size=0.3, stratify=german["is_bad"], random_state=0)
    card = LogisticScorecard().fit(train[COLUMNS], train["is_bad"]).scorecard_
    points = PointsDisplay.from_scorecard(card)
    grades = GradeScale.odds_ladder().table(card.prob_default(test), test["is_bad"])
    for name, display, size in (
        ("points", points, (7.5, points.height)),
        ("grades", GradeDisplay.from_table(grades), (7.0, 4.2)),
    ):
        figure = Figure(figsize=size, layout="constrained")
        display.plot(figure.add_subplot())
        figure.savefig(FOLDER / f"{name}.png", dpi=110)


if __name__ == "__main__":
    main()
