"""Reference: the German-credit card of A. Djurovic, attribute by attribute.

[P] A. Djurovic, *Scorecard Scaling* (github.com/andrija-djurovic/adsfcr,
    model_dev_and_vld/scorecard_scaling.pdf): German credit, 700 good and 300 bad.
[C] the same model in R 4.2.2: ``glm(bad ~ woe_account + woe_maturity, family = binomial)``;
    ``pROC::roc`` and ``pROC::var(method = "delong")``; ``max(abs(ecdf(good) - ecdf(bad)))``.
"""

from __future__ import annotations

import pandas as pd
import pytest

from creditscore import LogisticScorecard, Scorecard
from creditscore.metrics import auc, auc_variance, brier_score, gini, ks

# [P] attribute, good, bad, WOE, part of the IV, exact points, printed points
ACCOUNT = [
    ("< 0 DM", 139, 135, -0.818099, 0.205693, 232.3811, 232),
    ("0 to < 200 DM", 164, 105, -0.401392, 0.046447, 244.3001, 244),
    (">= 200 DM or salary account", 49, 14, 0.405465, 0.009461, 267.3785, 267),
    ("no checking account", 348, 46, 1.176263, 0.404410, 289.4256, 289),
]
MATURITY = [
    ("< 8", 78, 9, 1.312186, 0.106849, 292.7871, 293),
    ("[8, 16)", 264, 80, 0.346625, 0.038294, 265.5565, 266),
    ("[16, 36)", 270, 129, -0.108688, 0.004813, 252.7159, 253),
    ("[36, 45)", 58, 42, -0.524524, 0.029973, 240.9885, 241),
    (">= 45", 30, 40, -1.134980, 0.102689, 223.7726, 224),
]
EXPECTED = [("checking_status", *row) for row in ACCOUNT]
EXPECTED += [("duration_months", *row) for row in MATURITY]

# [P] checking status, duration in months, total points
TOTALS = [
    ("< 0 DM", 24, 485),
    ("0 to < 200 DM", 12, 510),
    ("no checking account", 6, 582),
    ("< 0 DM", 48, 456),
    (">= 200 DM or salary account", 24, 520),
]


def regular(card: Scorecard) -> pd.DataFrame:
    table = card.table()
    return table[table["kind"] == "bin"].reset_index(drop=True)


def test_attributes_and_counts(fitted: LogisticScorecard) -> None:
    table = regular(fitted.scorecard_)
    names = list(table[["characteristic", "attribute"]].itertuples(index=False, name=None))
    assert names == [row[:2] for row in EXPECTED]
    assert table["count"].tolist() == [good + bad for _, _, good, bad, *_ in EXPECTED]
    rates = [bad / (good + bad) for _, _, good, bad, *_ in EXPECTED]
    assert table["bad_rate"].tolist() == pytest.approx(rates, rel=1e-15)


@pytest.mark.parametrize(
    ("feature", "rows", "iv"),
    [("checking_status", ACCOUNT, 0.6660115), ("duration_months", MATURITY, 0.2826181)],
)
def test_weight_of_evidence_and_information_value(
    fitted: LogisticScorecard, feature: str, rows: list[tuple[object, ...]], iv: float
) -> None:
    bins = fitted.encoder_.tables_[feature]
    frame = bins.frame().head(len(rows))
    assert frame["woe"].tolist() == pytest.approx([row[3] for row in rows], abs=5.1e-7)
    assert frame["iv"].tolist() == pytest.approx([row[4] for row in rows], abs=5.1e-7)
    assert bins.iv == pytest.approx(iv, abs=5.1e-8)


def test_estimate_against_r(fitted: LogisticScorecard) -> None:
    estimate = [fitted.intercept_, *fitted.coef_]
    assert [round(value, 4) for value in estimate] == [-0.8470, -0.9913, -0.9774]  # [P]
    # [C] coef() and logLik() of R's glm
    by_r = [-0.8469955749, -0.9913493702, -0.9774498215]
    assert estimate == pytest.approx(by_r, rel=1e-8)
    assert fitted.scorecard_.fit_summary is not None
    assert fitted.scorecard_.fit_summary.log_likelihood == pytest.approx(-521.1119617, rel=1e-8)


def test_points_of_the_printed_coefficients(printed: Scorecard) -> None:
    points = regular(printed)["points"].tolist()
    assert points == pytest.approx([row[6] for row in EXPECTED], abs=5.1e-5)


def test_points_of_the_estimate_round_to_the_printed_ones(fitted: LogisticScorecard) -> None:
    assert regular(fitted.scorecard_)["points"].round().tolist() == [row[7] for row in EXPECTED]


def test_totals(fitted: LogisticScorecard, printed: Scorecard) -> None:
    cases = pd.DataFrame(TOTALS, columns=["checking_status", "duration_months", "total"])
    for card in (fitted.scorecard_, printed):
        assert card.score(cases).round().tolist() == cases["total"].tolist()


def test_quality_against_r(german: pd.DataFrame, fitted: LogisticScorecard) -> None:
    card, is_bad = fitted.scorecard_, german["is_bad"]
    score = card.score(german)
    # [C] pROC::auc, Hmisc::somers2, pROC::var, ecdf, mean((pd - bad)^2)
    assert auc(is_bad, score) == pytest.approx(0.7546357143, rel=1e-9)
    assert gini(is_bad, score) == pytest.approx(0.5092714286, rel=1e-9)
    assert auc_variance(is_bad, score) == pytest.approx(0.0002589908628, rel=1e-8)
    assert ks(is_bad, score) == pytest.approx(0.3809523810, rel=1e-9)
    assert brier_score(is_bad, card.prob_default(german)) == pytest.approx(0.1742338725, rel=1e-8)
    spread = [score.mean(), score.min(), score.max()]
    assert spread == pytest.approx([517.6883257, 456.1507530, 582.2160923], rel=1e-9)


def test_score_range_is_attained(german: pd.DataFrame, fitted: LogisticScorecard) -> None:
    score = fitted.scorecard_.score(german)
    assert fitted.scorecard_.score_range == pytest.approx((score.min(), score.max()), rel=1e-14)
