"""Write the golden files of the present schema version: ``python tests/golden/regenerate.py``.

Files that are there stay as they are: they must load and score as on the day they were written.
Run this for a new schema version, or for a new kind of file; to make a failing test pass, never.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd

from creditscore import GradeScale, LogisticScorecard, PointsScale, Scorecard, WOEEncoder
from creditscore.datasets import load_german_credit
from creditscore.scorecard import (
    BoostedScorecard,
    Characteristic,
    ReasonCodes,
    SegmentedLogisticScorecard,
    SegmentedScorecard,
    Segments,
    adverse_reasons,
)

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


def make_edited_card() -> Scorecard:
    """Reverse the scale, lay the card out anew, set points by hand, and round to whole ones."""
    card = make_card().on_scale(PointsScale(base_score=400, base_odds=20, pdo=15, reverse=True))
    when = "2026-01-31T12:00:00+00:00"
    return (
        card.with_layout("lowest")
        .with_points({("age_years", "Missing"): 12.5}, by="A. Analyst", reason="gaps", when=when)
        .rounded()
        .with_points({("savings_status", 0): 31}, by="B. Buyer", reason="审查 é", when=when)
    )


def make_boosted_card() -> Scorecard:
    """Turn a small boosting into a card."""
    german = load_german_credit()
    encoder = WOEEncoder(special_codes={"duration_months": [-9]})
    model = BoostedScorecard(encoder=encoder, n_iterations=40)
    card: Scorecard = model.fit(german[COLUMNS], german["is_bad"]).scorecard_
    return card


def make_segmented_card() -> SegmentedScorecard:
    """Estimate a card for each of three segments, by two columns in turn, and align their odds."""
    german = load_german_credit()
    by_status = Segments.by_levels(
        "checking_status",
        {"no account": ["no checking account"], "account": ["< 0 DM", "0 to < 200 DM"]},
        missing="no account",
        other="account",
    )
    by_amount = Segments.by_cuts(
        "credit_amount", [2_500.5], ["small", "large"], missing="small", special={0: "small"}
    )
    segments = by_status.divided("account", by_amount)
    encoder = WOEEncoder(special_codes={"duration_months": [-9]})
    estimator = LogisticScorecard(encoder=encoder)
    model = SegmentedLogisticScorecard(estimator=estimator, segments=segments)
    first, last = german.iloc[:600], german.iloc[600:]
    card: SegmentedScorecard = model.fit(first[COLUMNS], first["is_bad"]).scorecard_
    return card.aligned(last[COLUMNS], last["is_bad"])


def make_reason_codes() -> ReasonCodes:
    """Give the card codes in two languages: a group, and attributes that are told otherwise."""
    names = {
        "checking_status": ("Checking account", "支票账户"),
        "duration_months": ("Term", "期限"),
        "savings_status": ("Savings", "储蓄"),
        "age_years": ("Age", "年龄"),
        "credit_amount": ("Amount", "金额"),
    }
    codes = ReasonCodes.for_card(make_card(), names=names)
    return codes.with_attribute(
        "duration_months",
        "Special -9",
        english="Term is not known",
        chinese="期限未知",
        code="X9",
    )


def score(card: Scorecard, scale: GradeScale, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with what card and scale say about them."""
    prob = card.prob_default(rows)
    return rows.assign(score=card.score(rows), pd=prob, grade=scale.grade(prob))


def answers(
    cards: dict[str, Scorecard | SegmentedScorecard],
    reasons_of: Scorecard,
    codes: ReasonCodes,
    rows: pd.DataFrame,
) -> pd.DataFrame:
    """Return the rows with scores by several cards, their segment, and reasons by code."""
    found = {f"score_{name}": card.score(rows) for name, card in cards.items()}
    segmented = cards["segmented"]
    assert isinstance(segmented, SegmentedScorecard)
    found["segment"] = segmented.segments.assign(rows)
    english, chinese = (
        adverse_reasons(reasons_of, rows, codes, n=2, baseline="maximum", language=language)
        for language in ("en", "zh")
    )
    for rank in (1, 2):
        found[f"code_{rank}"] = english[f"reason_{rank}_code"]
        found[f"points_{rank}"] = english[f"reason_{rank}_points"]
        found[f"english_{rank}"] = english[f"reason_{rank}_text"]
        found[f"chinese_{rank}"] = chinese[f"reason_{rank}_text"]
    return rows.assign(**found)


Document = TypeVar("Document", Scorecard, SegmentedScorecard, GradeScale, ReasonCodes)


def written(name: str, make: Callable[[], Document]) -> Document:
    """Write a document that is not there yet; one that is there stays, and is read."""
    path, document = FOLDER / f"{name}_v{VERSION}.json", make()
    if path.exists():
        return type(document).from_json(path, key=KEY)
    document.to_json(path, key=KEY)
    return document


def main() -> None:
    """Write the files that are not there yet."""
    warnings.simplefilter("ignore")
    card, scale = written("scorecard", make_card), written("grade_scale", make_grade_scale)
    codes = written("reason_codes", make_reason_codes)
    cards: dict[str, Scorecard | SegmentedScorecard] = {
        "boosted": written("boosted_card", make_boosted_card),
        "edited": written("edited_card", make_edited_card),
        "segmented": written("segmented_card", make_segmented_card),
    }
    for name, table in (
        ("scores", score(card, scale, applicants())),
        ("answers", answers(cards, card, codes, applicants())),
    ):
        path = FOLDER / f"{name}_v{VERSION}.csv"
        if not path.exists():
            # repr() of a float is read back to the last bit
            table.to_csv(path, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
