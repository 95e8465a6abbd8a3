"""Draw the pictures of the README from sample data: ``python docs/images/draw.py``."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure
from sklearn.model_selection import train_test_split

from creditscore import GradeScale, LogisticScorecard
from creditscore.datasets import load_enterprises, load_german_credit
from creditscore.expert import CustomerProfileDisplay, load_template
from creditscore.grade import GradeDisplay
from creditscore.indicators import ENTERPRISE, CustomerRecords
from creditscore.scorecard import PointsDisplay

FOLDER = Path(__file__).parent
COLUMNS = [
    "checking_status",
    "duration_months",
    "credit_history",
    "credit_amount",
    "savings_status",
]


CUSTOMER = "C00007"


def profile() -> CustomerProfileDisplay:
    """Score invented firms by the template of trade credit, and pick one of them."""
    facts = CustomerRecords(**load_enterprises().tables)
    indicators = ENTERPRISE.compute(facts, as_of="2024-06-30").values
    known = indicators.dropna(subset=["years_in_business", "country_risk_class"])
    card = load_template("trade_credit")
    scale = GradeScale(labels=("A", "B", "C", "D"), bounds=(70, 60, 45), measure="score")
    subscores = card.subscores_of(known).rename(columns=card.labels)
    grades = scale.grade(card.score(known))
    return CustomerProfileDisplay.from_subscores(subscores, CUSTOMER, grades=grades)


def main() -> None:
    """Fit a small card and draw its points and its grades; draw a customer of another card."""
    german = load_german_credit()
    train, test = train_test_split(german, test_size=0.3, stratify=german["is_bad"], random_state=0)
    card = LogisticScorecard().fit(train[COLUMNS], train["is_bad"]).scorecard_
    points = PointsDisplay.from_scorecard(card)
    grades = GradeScale.odds_ladder().table(card.prob_default(test), test["is_bad"])
    for name, display, size in (
        ("points", points, (7.5, points.height)),
        ("grades", GradeDisplay.from_table(grades), (7.0, 4.2)),
        ("profile", profile(), (7.5, 5.2)),
    ):
        figure = Figure(figsize=size, layout="constrained")
        display.plot(figure.add_subplot())
        figure.savefig(FOLDER / f"{name}.png", dpi=110)


if __name__ == "__main__":
    main()
