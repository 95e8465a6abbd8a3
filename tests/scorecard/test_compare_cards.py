"""Two cards side by side: against scipy and the measures, on other scales, and without any."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.stats import spearmanr

from creditscore import LogisticScorecard, PointsScale, Scorecard, WOEEncoder
from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    InvalidWeightError,
    MissingColumnError,
)
from creditscore.metrics import auc_difference, ks, psi
from creditscore.scorecard import (
    Characteristic,
    ScorecardComparison,
    SegmentedScorecard,
    Segments,
    compare_scorecards,
    swap_set,
)


@pytest.fixture(scope="module")
def cards(german: pd.DataFrame) -> tuple[Scorecard, Scorecard]:
    """An old card and a new one: one characteristic alike, one only in each."""
    fits = (
        LogisticScorecard().fit(german[columns], german["is_bad"])
        for columns in (["checking_status", "age_years"], ["checking_status", "duration_months"])
    )
    old, new = (fit.scorecard_ for fit in fits)
    return old, new


@pytest.fixture(scope="module")
def found(cards: tuple, german: pd.DataFrame) -> ScorecardComparison:
    return compare_scorecards(
        *cards,
        german,
        german["is_bad"],
        approval_rate=0.6,
        amount=german["credit_amount"],
    )


# --- scores ------------------------------------------------------------------------------


def test_scores_against_numpy_and_scipy(
    found: ScorecardComparison, cards: tuple, german: pd.DataFrame
) -> None:
    a, b = (card.score(german).to_numpy() for card in cards)
    assert found.n_rows == 1000
    assert found.spearman == pytest.approx(spearmanr(a, b).statistic, rel=1e-12)
    assert found.mean_absolute_difference == pytest.approx(np.abs(b - a).mean())
    assert (found.mean_a, found.mean_b) == pytest.approx((a.mean(), b.mean()))
    # of the first score, nearly tenths; the edges belong to the band below them
    edges = np.unique(np.quantile(a, np.arange(1, 10) / 10, method="inverted_cdf"))
    shares = (np.bincount(np.searchsorted(edges, s), minlength=len(edges) + 1) for s in (a, b))
    assert found.psi == pytest.approx(psi(*shares), rel=1e-12)


def test_performance_is_that_of_the_measures(
    found: ScorecardComparison, cards: tuple, german: pd.DataFrame
) -> None:
    a, b = (card.score(german) for card in cards)
    expected = auc_difference(german["is_bad"], a, b)
    assert found.auc == expected
    frame = found.frame().set_index("measure")
    area_a, area_b, difference = expected.auc_a, expected.auc_b, expected.difference
    assert frame.loc["auc"].tolist() == [
        area_a.estimate,
        area_b.estimate,
        difference.estimate,
        difference.lower,
        difference.upper,
        expected.p_value,
    ]
    assert frame.loc["gini", ["a", "difference", "upper"]].tolist() == pytest.approx(
        [2 * area_a.estimate - 1, 2 * difference.estimate, 2 * difference.upper]
    )
    distances = [ks(german["is_bad"], score) for score in (a, b)]
    assert frame.loc["ks", ["a", "b"]].tolist() == distances
    assert frame.loc["ks", "difference"] == pytest.approx(distances[1] - distances[0])
    assert frame.loc["mean score", "difference"] == pytest.approx(found.mean_b - found.mean_a)


def test_swap_set_is_that_of_the_scores(
    found: ScorecardComparison, cards: tuple, german: pd.DataFrame
) -> None:
    a, b = (card.score(german) for card in cards)
    assert found.swap == swap_set(
        a, b, approval_rate=0.6, is_bad=german["is_bad"], amount=german["credit_amount"]
    )


def test_without_outcomes_nothing_is_measured(cards: tuple, german: pd.DataFrame) -> None:
    found = compare_scorecards(*cards, german, cutoff=520)
    assert found.auc is found.ks_a is found.ks_b is None
    assert found.frame()["measure"].tolist() == ["mean score"]
    assert found.swap is not None
    assert found.swap.cutoff_a == 520
    assert found.swap.n_bad is None
    assert compare_scorecards(*cards, german).swap is None


def test_a_card_is_like_itself(cards: tuple, german: pd.DataFrame) -> None:
    old, _ = cards
    found = compare_scorecards(old, old, german, german["is_bad"], approval_rate=0.5)
    assert found.spearman == pytest.approx(1)
    assert (found.mean_absolute_difference, found.psi) == (0, 0)
    assert found.auc is not None
    assert found.auc.difference == (0, 0, 0, 0.95)
    assert found.swap is not None
    assert found.swap.counts[1:3] == (0, 0)
    assert found.points()[["difference", "from_neutral"]].abs().max(axis=None) == 0
    assert set(found.characteristics()["status"]) == {"both, equal bins"}


@pytest.mark.parametrize(
    "scale",
    [PointsScale(base_score=0, base_odds=1, pdo=10), PointsScale(base_score=300, reverse=True)],
    ids=["other", "reversed"],
)
def test_another_scale_changes_nothing(
    found: ScorecardComparison, cards: tuple, german: pd.DataFrame, scale: PointsScale
) -> None:
    old, new = cards
    moved = compare_scorecards(
        old,
        new.on_scale(scale),
        german,
        german["is_bad"],
        approval_rate=0.6,
        amount=german["credit_amount"],
    )
    for name in ("spearman", "mean_b", "mean_absolute_difference", "psi", "ks_b"):
        assert getattr(moved, name) == pytest.approx(getattr(found, name), abs=1e-9)
    assert moved.auc is not None
    assert moved.auc.difference == pytest.approx(found.auc.difference)
    pd.testing.assert_frame_equal(moved.points(), found.points())
    pd.testing.assert_frame_equal(moved.swap.frame(), found.swap.frame())
    # the cut-off is written on the card's own scale
    odds = new.scale.odds(found.swap.cutoff_b)
    assert moved.swap.cutoff_b == pytest.approx(float(scale.score([odds])[0]))


def test_cutoff_of_a_reversed_card_is_on_its_own_scale(cards: tuple, german: pd.DataFrame) -> None:
    old, new = cards
    turned = old.on_scale(PointsScale(base_score=0, reverse=True))
    cutoff = 80.0
    found = compare_scorecards(turned, new, german, cutoff=cutoff)
    assert found.swap.cutoff_a == cutoff
    # up to it, a case is approved
    approved = (turned.score(german) <= cutoff).sum()
    assert sum(found.swap.counts[i] for i in (0, 2)) == approved


def test_whole_weights_are_repeated_rows(cards: tuple, german: pd.DataFrame) -> None:
    weights = np.arange(len(german)) % 3
    repeated = german.loc[german.index.repeat(weights)]
    one = compare_scorecards(
        *cards, german, german["is_bad"], approval_rate=0.5, sample_weight=weights
    )
    other = compare_scorecards(*cards, repeated, repeated["is_bad"], approval_rate=0.5)
    pd.testing.assert_frame_equal(one.frame(), other.frame())
    assert one.spearman == pytest.approx(other.spearman)
    assert one.psi == pytest.approx(other.psi)
    assert one.swap.counts == other.swap.counts


@pytest.mark.parametrize(
    "library", [pl.from_pandas, lambda table: pl.from_pandas(table).to_arrow()]
)
def test_tables_of_any_library(
    found: ScorecardComparison, cards: tuple, german: pd.DataFrame, library: object
) -> None:
    table = library(german.reset_index(drop=True))
    other = compare_scorecards(*cards, table, german["is_bad"].tolist())
    pd.testing.assert_frame_equal(other.frame(), found.frame())


# --- what the cards read -----------------------------------------------------------------


def test_characteristics(found: ScorecardComparison, cards: tuple) -> None:
    frame = found.characteristics().set_index("characteristic")
    assert frame["status"].to_dict() == {
        "checking_status": "both, equal bins",
        "age_years": "only in a",
        "duration_months": "only in b",
    }
    low, high = cards[1].characteristics[1].points_range
    assert frame.loc["duration_months", "range_b"] == high - low
    assert math.isnan(frame.loc["duration_months", "range_a"])


def test_points_of_equal_bins(found: ScorecardComparison, cards: tuple) -> None:
    frame = found.points()
    old, new = (card.characteristics[0] for card in cards)
    assert set(frame["characteristic"]) == {"checking_status"}
    assert frame["attribute"].tolist() == list(old.partition.labels)
    points = [[attribute.points for attribute in part.attributes] for part in (old, new)]
    assert frame["points_a"].tolist() == points[0]
    assert frame["points_b"].tolist() == pytest.approx(points[1])
    assert frame["difference"].tolist() == pytest.approx(np.subtract(points[1], points[0]))
    above = [np.array(p) - part.neutral_points for p, part in zip(points, (old, new), strict=True)]
    np.testing.assert_allclose(frame["from_neutral"], above[1] - above[0], atol=1e-9)


def part(name: str, cut: float, points: list, **more: float) -> Characteristic:
    return Characteristic.numeric(name, cuts=[cut], points=points, missing_points=0, **more)


def test_cards_written_by_hand() -> None:
    X = pd.DataFrame({"x": [0, 0, 2, 2], "z": [0, 2, 0, 2]})
    a = Scorecard(characteristics=(part("x", 1, [0, 10]), part("z", 1, [0, 4])))
    b = Scorecard(characteristics=(part("x", 1, [0, 20]), part("z", 3, [1, 4])), base_points=5)
    found = compare_scorecards(a, b, X)
    # 0, 4, 10, 14 and 6, 6, 26, 26
    assert found.mean_a == 7
    assert found.mean_b == 16
    assert found.mean_absolute_difference == 9
    assert found.spearman == pytest.approx(spearmanr([0, 4, 10, 14], [6, 6, 26, 26]).statistic)
    assert found.characteristics()["status"].tolist() == ["both, equal bins", "both, other bins"]
    points = found.points()
    assert points["difference"].tolist() == [0, 10, 0]
    assert points["from_neutral"].isna().all()


def test_points_of_a_card_with_a_scale_and_one_without_cannot_be_compared() -> None:
    X = pd.DataFrame({"x": [0, 2]})
    scaled = Scorecard(characteristics=(part("x", 1, [0, 10]),), scale=PointsScale())
    plain = Scorecard(characteristics=(part("x", 1, [0, 10]),))
    for pair in ((scaled, plain), (plain, scaled)):
        found = compare_scorecards(*pair, X)
        assert found.spearman == pytest.approx(1)
        assert math.isnan(found.mean_b)
        assert math.isnan(found.psi)
        assert found.points()["points_b"].isna().all()
        assert "PSI nan" in repr(found)


def test_a_card_of_segments(cards: tuple, german: pd.DataFrame) -> None:
    old, new = cards
    at_home = Segments.by_levels("housing", {"own": ["own"], "other": ["rent", "for free"]})
    both = SegmentedScorecard.from_cards(at_home, {"own": old, "other": new})
    found = compare_scorecards(old, both, german, german["is_bad"], approval_rate=0.6)
    assert repr(found).startswith("<ScorecardComparison of cards of 2 and 3 characteristics on 1,0")
    score, own = both.score(german), german["housing"] == "own"
    assert score[own].tolist() == old.score(german)[own].tolist()
    assert found.auc == auc_difference(german["is_bad"], old.score(german), score)
    assert found.mean_b == pytest.approx(score.mean())
    expected = swap_set(old.score(german), score, approval_rate=0.6, is_bad=german["is_bad"])
    assert found.swap == expected
    table = found.characteristics().set_index("characteristic")
    assert table["status"].to_dict() == {
        "checking_status": "both, equal bins",
        "age_years": "both, equal bins",
        "duration_months": "only in b",
    }
    ranges = [high - low for low, high in (c.characteristics[0].points_range for c in cards)]
    assert table.loc["checking_status", ["range_a", "range_b"]].tolist() == pytest.approx(
        [ranges[0], max(ranges)]
    )
    # points depend on the segment
    assert found.points().empty
    assert "Points of equal bins" not in found._repr_html_()
    turned = both.on_scale(PointsScale(base_score=100, base_odds=5, pdo=7, reverse=True))
    again = compare_scorecards(turned, old, german, german["is_bad"], approval_rate=0.6)
    assert again.auc.difference.estimate == pytest.approx(-found.auc.difference.estimate)
    assert again.spearman == pytest.approx(found.spearman)
    # one segment with other bins is enough
    coarse = LogisticScorecard(encoder=WOEEncoder(max_n_bins=2)).fit(
        german[["checking_status", "duration_months"]], german["is_bad"]
    )
    mixed = SegmentedScorecard.from_cards(at_home, {"own": old, "other": coarse.scorecard_})
    status = compare_scorecards(old, mixed, german).characteristics()["status"]
    assert status[0] == "both, other bins"


def test_a_constant_score_has_no_correlation() -> None:
    X = pd.DataFrame({"x": [0, 2, 2]})
    constant = Scorecard(characteristics=(part("x", 1, [5, 5]),))
    found = compare_scorecards(Scorecard(characteristics=(part("x", 1, [0, 1]),)), constant, X)
    assert math.isnan(found.spearman)


def test_one_row() -> None:
    X = pd.DataFrame({"x": [0]})
    a = Scorecard(characteristics=(part("x", 1, [0, 1]),))
    found = compare_scorecards(a, a, X, cutoff=0)
    assert found.swap.counts == (1, 0, 0, 0)
    assert found.psi == 0


# --- what it shows -----------------------------------------------------------------------


def test_one_line_and_tables(
    found: ScorecardComparison, cards: tuple, german: pd.DataFrame
) -> None:
    assert repr(found).startswith(
        "<ScorecardComparison of cards of 2 and 2 characteristics on 1,000 rows: rank correlation"
    )
    html = found._repr_html_()
    for text in ("Characteristics", "Points of equal bins", "Swap set", "only in b", "p_value"):
        assert text in html
    assert "Swap set" not in compare_scorecards(*cards, german)._repr_html_()


def test_names_are_no_markup() -> None:
    X = pd.DataFrame({"<b>x</b>": [0, 2]})
    card = Scorecard(characteristics=(part("<b>x</b>", 1, [0, 10]),))
    html = compare_scorecards(card, card, X)._repr_html_()
    assert "<b>x" not in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html


# --- errors ------------------------------------------------------------------------------


def test_what_is_no_card(cards: tuple, german: pd.DataFrame) -> None:
    with pytest.raises(InvalidParameterError, match="'card_b' parameter of compare_scorecards"):
        compare_scorecards(cards[0], german, german)


def test_parameters_of_the_swap_set(cards: tuple, german: pd.DataFrame) -> None:
    with pytest.raises(InvalidParameterError, match="Got both"):
        compare_scorecards(*cards, german, approval_rate=0.5, cutoff=500)
    with pytest.raises(InvalidParameterError, match="Amounts are those of the swap set"):
        compare_scorecards(*cards, german, amount=german["credit_amount"])
    with pytest.raises(InvalidParameterError, match="'cutoff' parameter"):
        compare_scorecards(*cards, german, cutoff=math.nan)
    with pytest.raises(InvalidParameterError, match="'cutoff' parameter"):
        compare_scorecards(*cards, german, cutoff="high")


def test_data_that_cannot_be_used(cards: tuple, german: pd.DataFrame) -> None:
    with pytest.raises(MissingColumnError, match="duration_months"):
        compare_scorecards(*cards, german.drop(columns="duration_months"))
    with pytest.raises(InvalidTargetError, match="one class only"):
        compare_scorecards(*cards, german, np.zeros(len(german)))
    with pytest.raises(InvalidWeightError, match="whole numbers"):
        compare_scorecards(*cards, german, german["is_bad"], sample_weight=0.5)
    for name in ("y", "amount", "sample_weight"):
        column = german["credit_amount" if name == "amount" else "is_bad"][::-1]
        with pytest.raises(InvalidDataError, match=f"X and {name} hold the same index"):
            compare_scorecards(*cards, german, **{name: column}, cutoff=500)
