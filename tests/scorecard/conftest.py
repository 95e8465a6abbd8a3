"""German credit and the card that Djurovic publishes on it, each made once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from creditscore import LogisticScorecard, PointsScale, Scorecard, WOEEncoder
from creditscore.datasets import load_german_credit
from creditscore.scorecard import assemble_scorecard

COLUMNS = ["checking_status", "duration_months"]
USER_CUTS = {
    "checking_status": [
        ["< 0 DM"],
        ["0 to < 200 DM"],
        [">= 200 DM or salary account"],
        ["no checking account"],
    ],
    "duration_months": [8, 16, 36, 45],
}


@pytest.fixture(scope="session")
def german() -> pd.DataFrame:
    return load_german_credit()


@pytest.fixture(scope="session")
def fitted(german: pd.DataFrame) -> LogisticScorecard:
    """Djurovic's card, estimated here: 600 points at 50:1, 20 points double the odds."""
    model = LogisticScorecard(encoder=WOEEncoder(user_cuts=USER_CUTS), scale=PointsScale())
    return model.fit(german[COLUMNS], german["is_bad"])


@pytest.fixture(scope="session")
def printed(fitted: LogisticScorecard) -> Scorecard:
    """Djurovic's card from the coefficients as he prints them, with four decimals."""
    tables = list(fitted.encoder_.tables_.values())
    return assemble_scorecard(tables, [-0.9913, -0.9774], -0.8470, PointsScale())


@pytest.fixture(scope="session")
def applicants() -> pd.DataFrame:
    """A made-up portfolio with missing values, a special code, levels and a useless column."""
    rng = np.random.default_rng(20_240)
    n = 1_500
    income = np.round(3_000 + 800 * rng.normal(size=n), -1)
    months = np.clip(np.round(60 + 35 * rng.normal(size=n)), 0, 240)
    housing = rng.choice(["own", "rent", "free"], p=[0.5, 0.4, 0.1], size=n).astype(object)
    insured = rng.random(n) < 0.5
    log_odds = -1.2 - (income - 3_000) / 900 - (months - 60) / 40 - 1.2 * insured
    log_odds += np.where(housing == "rent", 1.2, 0)
    is_bad = (rng.random(n) < 1 / (1 + np.exp(-log_odds))).astype(int)
    income[rng.random(n) < 0.08] = np.nan
    months[rng.random(n) < 0.06] = -9
    housing[rng.random(n) < 0.06] = None
    return pd.DataFrame(
        {
            "income_amount": income,
            "months_employed": months,
            "housing": housing,
            "insured": insured,
            "is_bad": is_bad,
        },
        index=pd.Index([f"case {i}" for i in range(n)], name="case"),
    )


@pytest.fixture(scope="session")
def features(applicants: pd.DataFrame) -> pd.DataFrame:
    return applicants.drop(columns="is_bad")


@pytest.fixture(scope="session")
def model(applicants: pd.DataFrame, features: pd.DataFrame) -> LogisticScorecard:
    """A card on the portfolio, with the special code -9 of the months."""
    encoder = WOEEncoder(special_codes={"months_employed": [-9]})
    return LogisticScorecard(encoder=encoder).fit(features, applicants["is_bad"])


@pytest.fixture(scope="session")
def card(model: LogisticScorecard) -> Scorecard:
    return model.scorecard_
