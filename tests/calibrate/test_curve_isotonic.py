"""Isotonic calibration: reference numbers, laws, edges and errors."""

from __future__ import annotations

import warnings

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given
from sklearn.isotonic import IsotonicRegression

from creditscore.calibrate import (
    Calibration,
    IsotonicCurve,
    isotonic_calibration,
    pool_adjacent_violators,
)
from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    RankingError,
    SeparationWarning,
)

# small samples have blocks in which all cases came out alike
pytestmark = pytest.mark.filterwarnings("ignore::creditscore.exceptions.SeparationWarning")

# --- reference -----------------------------------------------------------------------


def test_isoreg_of_r() -> None:
    # isoreg(c(.02, .05, .04, .10, .08, .07, .20))$yf of R 4.2.2
    found = pool_adjacent_violators([0.02, 0.05, 0.04, 0.10, 0.08, 0.07, 0.20])
    expected = [0.02, 0.045, 0.045, 0.25 / 3, 0.25 / 3, 0.25 / 3, 0.20]
    assert found == pytest.approx(expected, rel=1e-12)


rows = st.lists(st.tuples(st.booleans(), st.integers(0, 12), st.integers(0, 3)), min_size=2)


def split(rows: list) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return outcomes, scores and weights that rank the right way, if only by the front rows."""
    front = [(True, 0, 5), (False, 12, 5)]
    is_bad, score, weights = map(np.array, zip(*front, *rows, strict=True))
    goods, bads = score[~is_bad], score[is_bad]
    pairs = np.sign(goods[None, :] - bads[:, None]) * np.outer(weights[is_bad], weights[~is_bad])
    assume(pairs.sum() > 0)
    return is_bad, score, weights


@given(rows=rows)
def test_scikit_learn(rows: list) -> None:
    is_bad, score, weights = split(rows)
    found = isotonic_calibration(is_bad, score, philosophy="hybrid", sample_weight=weights)
    model = IsotonicRegression(increasing=False, out_of_bounds="clip")
    model.fit(score[weights > 0], is_bad[weights > 0], sample_weight=weights[weights > 0])
    at = np.linspace(-3, 15, 100)
    assert found.prob_default(at) == pytest.approx(model.predict(at), abs=1e-9)


# --- laws ----------------------------------------------------------------------------


@given(rows=rows, between=st.sampled_from(["linear", "step"]), turned=st.booleans())
def test_a_safer_value_never_has_a_higher_probability(
    rows: list, between: str, turned: bool
) -> None:
    is_bad, score, weights = split(rows)
    measure = "prob_default" if turned else "score"
    values = 1 - score / 12 if turned else score
    found = isotonic_calibration(
        is_bad, values, philosophy="hybrid", measure=measure, sample_weight=weights,
        between=between,
    )  # fmt: skip
    at = np.linspace(0, 1, 200) if turned else np.linspace(12, 0, 200)
    assert (np.diff(found.prob_default(at)) >= 0).all()
    here = found.prob_default(values)
    assert np.average(here, weights=weights) == pytest.approx(np.average(is_bad, weights=weights))


@given(rows=rows)
def test_whole_weights_are_repeated_rows_in_any_order(rows: list) -> None:
    is_bad, score, weights = split(rows)
    one = isotonic_calibration(is_bad, score, philosophy="hybrid", sample_weight=weights)
    order = np.random.default_rng(0).permutation(int(weights.sum()))
    repeated = [np.repeat(column, weights)[order] for column in (is_bad, score)]
    assert isotonic_calibration(*repeated, philosophy="hybrid") == one


@given(rows=rows)
def test_a_turned_probability_is_a_score(rows: list) -> None:
    is_bad, score, weights = split(rows)
    told = {"philosophy": "hybrid", "sample_weight": weights, "between": "step"}
    by_score = isotonic_calibration(is_bad, score, **told)
    prob = (16 - score) / 16
    by_prob = isotonic_calibration(is_bad, prob, measure="prob_default", **told)
    at = np.linspace(0.2, 1, 50)
    assert by_prob.prob_default(at) == pytest.approx(by_score.prob_default(16 - 16 * at))


@given(values=st.lists(st.floats(-5, 5), min_size=1, max_size=15), seed=st.integers(0, 99))
def test_pooling_is_the_nearest_that_never_falls(values: list, seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.uniform(0.1, 2, len(values))
    found = pool_adjacent_violators(values, weights=weights)
    assert (np.diff(found) >= 0).all()
    other = np.sort(found + rng.normal(0, 0.3, len(values)))
    loss = [float(weights @ (np.array(values) - y) ** 2) for y in (found, other)]
    assert loss[0] <= loss[1] + 1e-9


# --- edges and errors ----------------------------------------------------------------


def test_what_holds_between_and_beyond() -> None:
    told = {"lower": (500, 600), "upper": (550, 700), "rates": (0.1, 0.02)}
    linear, step = (IsotonicCurve(**told, between=between) for between in ("linear", "step"))
    at = np.array([0.0, 525.0, 575.0, 599.0, 600.0, 9999.0])
    assert linear.prob_default(at, "score") == pytest.approx([0.1, 0.1, 0.06, 0.0216, 0.02, 0.02])
    assert step.prob_default(at, "score").tolist() == [0.1, 0.1, 0.1, 0.1, 0.02, 0.02]
    rising = IsotonicCurve(lower=(0.1, 0.4), upper=(0.2, 0.5), rates=(0.02, 0.1), between="step")
    at = np.array([0.0, 0.2, 0.21, 0.4, 1.0])
    assert rising.prob_default(at, "prob_default").tolist() == [0.02, 0.02, 0.1, 0.1, 0.1]


def test_values_without_weight_ask_for_nothing() -> None:
    found = pool_adjacent_violators([9, 1, -5, 2], weights=[0, 1, 0, 1])
    assert found.tolist() == [1, 1, 1, 2]


def test_ties_of_a_score_are_pooled_first() -> None:
    # by rows, 1 0 0 1 of one score would be two blocks
    found = isotonic_calibration([1, 0, 0, 1, 0, 0], [1, 1, 1, 1, 2, 2], philosophy="hybrid")
    assert found.curve.rates == (0.5, 0.0)


def test_neighbours_of_one_rate_are_one_block() -> None:
    # 8 bad of 16 and 24 of 48, of which pooling makes 0.5 and 0.49999999999999994
    is_bad = np.repeat([0, 1, 0, 0, 1, 0, 0], [4, 8, 4, 1, 24, 23, 9])
    score = np.repeat([1, 2, 3, 4, 5], [4, 12, 1, 47, 9])
    found = isotonic_calibration(is_bad, score, philosophy="hybrid").curve
    assert (found.lower, found.upper, found.rates) == ((1, 5), (4, 5), (0.5, 0.0))


def test_a_floor_holds_where_no_case_was_bad() -> None:
    found = isotonic_calibration([1, 1, 0, 0], [1, 2, 3, 4], philosophy="hybrid", floor=0.0005)
    assert found.prob_default([1, 4]).tolist() == [1.0, 0.0005]
    assert found.best_estimate([4]).tolist() == [0.0]


def test_certainty_is_told() -> None:
    is_bad, score = np.array([1, 1, 0, 1, 0, 0]), np.array([1, 2, 3, 3, 4, 5])
    told = r"default of 0 for a score of 4 to 5 and 1 for a score of 1 to 2, as all cases seen"
    with pytest.warns(SeparationWarning, match=told):
        isotonic_calibration(is_bad, score, philosophy="hybrid")
    with pytest.warns(SeparationWarning, match="of 1 for a score of 1 to 2, as"):
        isotonic_calibration(is_bad, score, philosophy="hybrid", floor=0.0005)
    with pytest.warns(SeparationWarning, match=r"Take a logistic curve\.$"):
        isotonic_calibration(is_bad, score, philosophy="hybrid", floor=0.0005)
    with pytest.warns(SeparationWarning, match=r"of 0 for a prob_default of 0\.1, as"):
        isotonic_calibration(
            [0, 1, 0, 1, 0], [0.1, 0.2, 0.2, 0.2, 0.2], measure="prob_default", philosophy="hybrid"
        )
    with warnings.catch_warnings(action="error"):
        isotonic_calibration([1, 0, 1, 0, 0], [1, 1, 1, 2, 2], philosophy="hybrid", floor=0.0005)


def test_a_score_that_ranks_the_wrong_way_is_refused() -> None:
    with pytest.raises(RankingError, match=r"its AUC is 0.2500"):
        isotonic_calibration([0, 1, 0, 1], [1, 2, 3, 4], philosophy="hybrid")
    with pytest.raises(RankingError, match=r"its AUC is 0.5000"):
        isotonic_calibration([0, 1, 1, 0], [1, 2, 3, 4], philosophy="hybrid")


def test_it_has_no_standard_errors() -> None:
    found = isotonic_calibration([1, 1, 0, 0], [1, 2, 3, 4], philosophy="hybrid")
    with pytest.raises(InvalidDataError, match="IsotonicCurve has no standard errors"):
        found.interval([1])


@pytest.mark.parametrize(
    ("lower", "upper", "rates", "message"),
    [
        ((1, 2), (3, 4), (0.1, 0.2), "must be apart and in rising order"),
        ((2, 1), (2, 1), (0.1, 0.2), "must be apart and in rising order"),
        ((), (), (), "must be apart"),
        ((1, 2), (1, 2), (0.1, 1.2), "fractions that only rise or only fall"),
        ((1, 2, 3), (1, 2, 3), (0.1, 0.2, 0.1), "fractions that only rise or only fall"),
        ((1, 2), (1, 2), "ab", "'rates' .* must be a tuple of numbers"),
    ],
)
def test_blocks_that_do_not_fit(lower: tuple, upper: tuple, rates: tuple, message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        IsotonicCurve(lower=lower, upper=upper, rates=rates)


def test_a_curve_of_the_other_direction_is_refused() -> None:
    curve = IsotonicCurve(lower=(1, 2), upper=(1, 2), rates=(0.1, 0.2))
    Calibration(curve=curve, measure="prob_default", philosophy="hybrid")
    with pytest.raises(RankingError, match=r"goes from 0.1 at the lowest values to 0.2"):
        Calibration(curve=curve, measure="score", philosophy="hybrid")


@pytest.mark.parametrize("values", [[], [1, np.nan], [[1, 2]]])
def test_values_to_pool(values: list) -> None:
    with pytest.raises(InvalidDataError, match="must be one list of finite numbers"):
        pool_adjacent_violators(values)
