"""The synthetic enterprises land within stated bands of the published figures they follow."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer

from creditscore.datasets import Enterprises, make_enterprises, make_persons

GRADES = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC")


@pytest.fixture(scope="module")
def enterprises() -> Enterprises:
    return make_enterprises(20_000, random_state=11)


@pytest.fixture(scope="module")
def outcomes(enterprises: Enterprises) -> pd.DataFrame:
    return enterprises.outcomes.set_index("customer")


@pytest.fixture(scope="module")
def ratios(enterprises: Enterprises) -> pd.DataFrame:
    """Return ratios of the last annual statement that a firm filed of 2023."""
    statements = enterprises.statements.query("months == 12 and period_end >= '2023-06-30'")
    latest = statements.groupby("customer").last()
    debt = latest["short_term_debt"] + latest["long_term_debt"]
    capital, assets = debt + latest["equity"], latest["total_assets"]
    return pd.DataFrame(
        {
            "debt": debt,
            "debt_to_capital": debt / capital,
            "return_on_capital": latest["ebit"] / capital,
            "interest_cover": latest["ebit"] / latest["interest_expense"].where(debt > 0),
            "x1": (latest["current_assets"] - latest["current_liabilities"]) / assets,
            "x2": latest["retained_earnings"] / assets,
            "x3": latest["ebit"] / assets,
            "x4": latest["market_equity"] / latest["total_liabilities"],
            "x5": latest["revenue"] / assets,
        }
    )


# --- reference: default rates --------------------------------------------------------


@pytest.mark.parametrize(
    ("grade", "rate"),
    # Source: S&P Global Ratings, 2024 Annual Global Corporate Default and Rating Transition
    # Study, Table 24, first year; AAA raised from 0.00 to 0.01 %.
    list(zip(GRADES, (0.0001, 0.0002, 0.0005, 0.0014, 0.0056, 0.0293, 0.2612), strict=True)),
)
def test_default_rates_by_grade(outcomes: pd.DataFrame, grade: str, rate: float) -> None:
    is_bad = outcomes.loc[outcomes["true_grade"] == grade, "is_bad"]
    assert binomtest(int(is_bad.sum()), len(is_bad), rate).pvalue > 0.01


def test_about_three_percent_default(outcomes: pd.DataFrame) -> None:
    assert outcomes["is_bad"].mean() == pytest.approx(0.03, abs=0.004)


def test_industries_have_the_rates_of_their_firms(
    enterprises: Enterprises, outcomes: pd.DataFrame
) -> None:
    table = enterprises.industries.groupby("industry")[["firms", "defaults"]].sum()
    industry = enterprises.profile.set_index("customer")["industry"]
    own = outcomes["is_bad"].groupby(industry).mean()
    published = (table["defaults"] / table["firms"]).reindex(own.index)
    assert np.corrcoef(own, published)[0, 1] > 0.8
    assert published["accommodation"] > 2 * published["energy"]


# --- reference: ratios by grade ------------------------------------------------------

# Source: Standard & Poor's, Key financial ratios and ratings of corporate debt, three-year
# medians, as in Wahlen, Baginski and Bradshaw, Financial Reporting, Financial Statement
# Analysis and Valuation, 8th edition, Exhibit 7.5. The bands are those of the generator.
DEBT_TO_CAPITAL = (0.062, 0.348, 0.398, 0.456, 0.572, 0.742, 1.012)
RETURN_ON_CAPITAL = (0.351, 0.269, 0.168, 0.134, 0.103, 0.067, 0.023)
INTEREST_COVER = {"AA": 13.6, "A": 6.9, "BBB": 4.2, "BB": 2.3, "B": 0.9}


def medians(ratios: pd.DataFrame, outcomes: pd.DataFrame, name: str) -> pd.Series:
    # Firms without debt have no rating of it: the published medians are of those that have.
    with_debt = ratios.loc[ratios["debt"] > 0, name]
    return with_debt.groupby(outcomes["true_grade"]).median().reindex(list(GRADES))


@pytest.mark.parametrize(
    ("name", "published", "band"),
    [
        ("debt_to_capital", DEBT_TO_CAPITAL, 0.15),
        ("return_on_capital", RETURN_ON_CAPITAL, 0.05),
    ],
)
def test_medians_by_grade(
    ratios: pd.DataFrame,
    outcomes: pd.DataFrame,
    name: str,
    published: tuple[float, ...],
    band: float,
) -> None:
    got = medians(ratios, outcomes, name)
    assert got.to_list() == pytest.approx(published, abs=band)
    assert got.is_monotonic_increasing or got.is_monotonic_decreasing


def test_interest_cover_by_grade(ratios: pd.DataFrame, outcomes: pd.DataFrame) -> None:
    got = medians(ratios, outcomes, "interest_cover")
    assert got.is_monotonic_decreasing
    for grade, published in INTEREST_COVER.items():
        assert got[grade] == pytest.approx(published, rel=0.35), grade
    assert got["CCC"] == pytest.approx(0.4, abs=0.3)


@pytest.mark.parametrize(
    ("ratio", "bankrupt", "others", "band"),
    [
        # Source: Altman (1968), Journal of Finance 23(4), Table 1, means of 33 bankrupt firms
        # and 33 others. Wide bands: his firms are no sample of these.
        ("x1", -0.061, 0.414, 0.15),
        ("x2", -0.626, 0.355, 0.35),
        ("x4", 0.401, 2.477, 0.75),
        ("x5", 1.500, 1.900, 0.30),
    ],
)
def test_altmans_means(
    ratios: pd.DataFrame,
    outcomes: pd.DataFrame,
    ratio: str,
    bankrupt: float,
    others: float,
    band: float,
) -> None:
    got = ratios[ratio].groupby(outcomes["is_bad"]).mean()
    assert got[1] == pytest.approx(bankrupt, abs=band)
    assert got[0] == pytest.approx(others, abs=band)


def test_altmans_profits_in_their_sign(ratios: pd.DataFrame, outcomes: pd.DataFrame) -> None:
    # Source: the same, X3: -31.8 and 15.4 %.
    got = ratios["x3"].groupby(outcomes["is_bad"]).mean()
    assert got[1] < -0.02
    assert got[0] > 0.05


# --- reference: payments, capacity, credit lines -------------------------------------


def test_payments(enterprises: Enterprises) -> None:
    ledger = enterprises.ledger
    # Only what has been due for long tells whether it is paid at all.
    ledger = ledger[ledger["due_on"] < "2024-03-01"]
    days_to_pay = (ledger["settled_on"] - ledger["invoiced_on"]).dt.days
    days_late = (ledger["settled_on"] - ledger["due_on"]).dt.days
    # Source: Intrum, European Payment Report 2018: 34 days between firms.
    assert days_to_pay.mean() == pytest.approx(34, abs=2)
    # Source: Intrum, European Payment Industry White Paper 2018: 2 days late.
    assert days_late.mean() == pytest.approx(2, abs=1)
    # Source: Atradius, Payment Practices Barometer, Western Europe, October 2018: 41.8 % of
    # the value of invoices overdue, 1.3 % uncollectable.
    amount = ledger["amount"]
    on_time = ledger["settled_on"] <= ledger["due_on"]
    assert amount[~on_time].sum() / amount.sum() == pytest.approx(0.418, abs=0.04)
    unpaid = ledger["settled_on"].isna()
    assert amount[unpaid].sum() / amount.sum() == pytest.approx(0.013, abs=0.006)


def test_capacity_use(enterprises: Enterprises) -> None:
    # Source: Federal Reserve, G.17, annual revision of 28 March 2023: 79.7 % from 1972 to 2022.
    operations = enterprises.operations
    assert (operations["output"] / operations["capacity"]).mean() == pytest.approx(0.797, abs=0.02)


def test_use_of_credit_lines() -> None:
    # Source: Experian, Consumer Credit Review 2023: 29 % in the third quarter of 2023.
    persons = make_persons(20_000, random_state=3)
    use = persons["revolving_balance"] / persons["revolving_limit"].where(lambda x: x > 0)
    assert use.mean() == pytest.approx(0.29, abs=0.02)
    # Assumed, see the docstring.
    assert persons["is_bad"].mean() == pytest.approx(0.05, abs=0.006)


# --- law: the tables tell good from bad, and not too well ----------------------------


def test_statements_and_payments_both_inform(
    enterprises: Enterprises, ratios: pd.DataFrame, outcomes: pd.DataFrame
) -> None:
    ledger = enterprises.ledger
    days = (ledger["settled_on"] - ledger["due_on"]).dt.days
    payments = pd.DataFrame(
        {
            "days_late": days.groupby(ledger["customer"]).mean(),
            "late": (days > 0).groupby(ledger["customer"]).mean(),
        }
    )
    statements = ratios[["debt_to_capital", "return_on_capital", "x1", "x2"]]
    areas = [_area(X, outcomes) for X in (statements, payments, statements.join(payments))]
    assert 0.75 < areas[0] < 0.85
    assert 0.65 < areas[1] < 0.80
    assert max(areas[:2]) < areas[2] < 0.87


def _area(X: pd.DataFrame, outcomes: pd.DataFrame) -> float:
    """Return the area under the ROC curve of a logistic model, out of sample."""
    is_bad = outcomes.loc[X.index, "is_bad"]
    model = make_pipeline(QuantileTransformer(output_distribution="normal"), LogisticRegression())
    X = X.fillna(X.median())
    chances = cross_val_predict(model, X, is_bad, cv=3, method="predict_proba")[:, 1]
    return float(roc_auc_score(is_bad, chances))


def test_ratings_are_near_the_true_grade(enterprises: Enterprises, outcomes: pd.DataFrame) -> None:
    ratings = enterprises.ratings.set_index("customer")
    places = {grade: place for place, grade in enumerate(GRADES)}
    off = ratings["rating"].map(places) - outcomes.loc[ratings.index, "true_grade"].map(places)
    assert off.abs().max() == 1
    assert (off != 0).mean() == pytest.approx(0.2, abs=0.03)
    # S&P's scale of 22 places, where AA+ is 2, AA 3 and so on.
    notches = dict(zip(GRADES, (1, 3, 6, 9, 12, 15, 18), strict=True))
    assert (ratings["notch"] == ratings["rating"].map(notches)).all()
