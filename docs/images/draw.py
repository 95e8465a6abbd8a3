"""Draw the pictures of the README from sample data: ``python docs/images/draw.py``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from sklearn.model_selection import train_test_split

from creditscore import GradeScale, LogisticScorecard
from creditscore.datasets import load_enterprises, load_german_credit
from creditscore.expert import CustomerProfileDisplay, load_template
from creditscore.grade import GradeDisplay
from creditscore.indicators import ENTERPRISE, CustomerRecords
from creditscore.scorecard import PointsDisplay
from creditscore.validate import ValidationSample, VerdictDisplay, validate_scores

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


def verdicts() -> VerdictDisplay:
    """Test the seven grades of a published report (A. Djurovic, vld_report_example.pdf)."""
    n_total, n_bad = (170, 118, 274, 100, 91, 196, 51), (3, 10, 47, 31, 43, 122, 44)
    prob = (0.0004717041, 0.1356595537, 0.2334632658, 0.2276874342, 0.3840618209, 0.6803554137,
            0.8417771827)  # fmt: skip
    grades = tuple(f"R{number:02d}" for number in range(1, 8))
    is_bad = np.concatenate([np.arange(n) < bad for n, bad in zip(n_total, n_bad, strict=True)])
    sample = ValidationSample(
        is_bad=is_bad,
        prob_default=np.repeat(prob, n_total),
        grade=np.repeat(grades, n_total),
        grades=grades,
    )
    return VerdictDisplay.from_report(validate_scores(sample))


def main() -> None:
    """Draw a small card and its grades, a customer of another card, and verdicts on grades."""
    german = load_german_credit()
    train, test = train_test_split(german, test_size=0.3, stratify=german["is_bad"], random_state=0)
    card = LogisticScorecard().fit(train[COLUMNS], train["is_bad"]).scorecard_
    points = PointsDisplay.from_scorecard(card)
    grades = GradeScale.odds_ladder().table(card.prob_default(test), test["is_bad"])
    for name, display, size in (
        ("points", points, (7.5, points.height)),
        ("grades", GradeDisplay.from_table(grades), (7.0, 4.2)),
        ("profile", profile(), (7.5, 5.2)),
        ("verdicts", verdicts(), (10.5, 4.4)),
    ):
        figure = Figure(figsize=size, layout="constrained")
        display.plot(figure.add_subplot())
        figure.savefig(FOLDER / f"{name}.png", dpi=110)


if __name__ == "__main__":
    main()
