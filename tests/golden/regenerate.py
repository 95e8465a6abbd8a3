"""Write the golden files of the present schema version: ``python tests/golden/regenerate.py``.

Files of past versions stay as they are: they must load and score as on the day they were
written. Run this for a new schema version only, never to make a failing test pass.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from creditscore import GradeScale, LogisticScorecard, PointsScale, Scorecard, WOEEncoder
from creditscore.datasets import load_german_credit
from creditscore.scorecard import Characteristic

FOLDER = Path(__file__).parent
VERSION = 1
ESTIMATED = ["checking_status", "duration_months", "savings_status", "age_years"]
COLUMNS = [*ESTIMATED, "credit_amount"]
KEY = b"golden"


def applicants(n: int = 120) -> pd.DataFrame:
    """Take the first rows of German credit and blank a value here and there, special codes too."""
    rows = (
        load_german_credit()[COLUMNS].head(n).astype({"age_years": float, "credit_amount": float})
    )
    place = np.arange(n)
    for offset, column in enumerate(COLUMNS):
        if column == "duration_months":
            rows.loc[place % 11 == offset, column] = -9
        else:
            rows.loc[place % 11 == offset, column] = None
    return rows


def make_card() -> Scorecard:
    """Estimate four characteristics and add one by hand, with linear points."""
    german = load_german_credit()
    encoder = WOEEncoder(
        special_codes={"duration_months": [-9]},
        user_cuts={
            "checking_status": [
                ["< 0 DM"],
                ["0 to < 200 DM"],
                [">= 200 DM or salary account", "no checking account"],
            ],
            "duration_months": [8, 16, 36, 45],
            "age_years": [25.5, 35.5],
        },
    )
    scale = PointsScale(base_score=600, base_odds=50, pdo=20)
    model = LogisticScorecard(encoder=encoder, scale=scale)
    card = model.fit(german[ESTIMATED], german["is_bad"]).scorecard_
    amount = Characteristic.numeric(
        "credit_amount",
        cuts=[1_000, 5_000, 12_500.5],
        points=[10, 10, 4, -6],
        slopes=[0, -0.0015, -1 / 750, 0],
        special_points={0: 1.25},
        missing_points=0.1,
    )
    characteristics = (*card.characteristics, amount)
    return replace(card, characteristics=characteristics, base_points=-3.3)


def make_grade_scale() -> GradeScale:
    """Double the odds nine times; a customer in default is D."""
    return GradeScale.odds_ladder(best_odds=30.0, ratio=1.7)


def score(card: Scorecard, scale: GradeScale, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with what card and scale say about them."""
    prob = card.prob_default(rows)
    return rows.assign(score=card.score(rows), pd=prob, grade=scale.grade(prob))


def main() -> None:
    """Write the three files."""
    card, scale = make_card(), make_grade_scale()
    card.to_json(FOLDER / f"scorecard_v{VERSION}.json", key=KEY)
    scale.to_json(FOLDER / f"grade_scale_v{VERSION}.json", key=KEY)
    scores = score(card, scale, applicants())
    # repr() of a float is read back to the last bit
    scores.to_csv(FOLDER / f"scores_v{VERSION}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
