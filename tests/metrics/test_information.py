"""Weight of evidence and information value: published numbers, laws, edges."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM

from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.metrics import information_value, iv_parts, iv_se, woe, woe_se

# A. Djurovic, Scorecard Scaling (github andrija-djurovic/adsfcr, model_dev_and_vld/
# scorecard_scaling.pdf): good, bad, WOE, part of the IV as printed; German credit, 700 to 300.
PUBLISHED = {
    "account": (
        *((139, 135, -0.818099, 0.205693), (164, 105, -0.401392, 0.046447)),
        *((49, 14, 0.405465, 0.009461), (348, 46, 1.176263, 0.404410)),
    ),
    "maturity": (
        *((78, 9, 1.312186, 0.106849), (264, 80, 0.346625, 0.038294)),
        *((270, 129, -0.108688, 0.004813), (58, 42, -0.524524, 0.029973)),
        (30, 40, -1.134980, 0.102689),
    ),
}


@pytest.mark.parametrize(("name", "iv"), [("account", 0.6660115), ("maturity", 0.2826181)])
def test_published_scorecard(name: str, iv: float) -> None:
    good, bad, woe_printed, iv_printed = zip(*PUBLISHED[name], strict=True)
    assert woe(good, bad).round(6).tolist() == list(woe_printed)
    assert iv_parts(good, bad).round(6).tolist() == list(iv_printed)
    assert round(information_value(good, bad), 7) == iv


# --- smoothing, by hand --------------------------------------------------------------------


def test_smoothing_changes_bins_of_one_class_only() -> None:
    # totals 100 and 10 stay; the last bin counts as 20.5 goods and 0.5 bads
    good, bad = [80, 20], [10, 0]
    expected = [math.log((80 / 100) / (10 / 10)), math.log((20.5 / 100) / (0.5 / 10))]
    np.testing.assert_allclose(woe(good, bad), expected, rtol=1e-14)
    part = (20.5 / 100 - 0.5 / 10) * expected[1]
    assert iv_parts(good, bad)[1] == pytest.approx(part, rel=1e-14)


def test_amount_of_smoothing() -> None:
    assert woe([9, 1], [0, 5], smoothing=1)[0] == pytest.approx(math.log((10 / 10) / (1 / 5)))


def test_without_smoothing_a_bin_of_one_class_is_infinite() -> None:
    good, bad = [0, 5, 5], [5, 0, 5]
    assert woe(good, bad, smoothing=0).tolist() == [-math.inf, math.inf, 0]
    assert iv_parts(good, bad, smoothing=0).tolist() == [math.inf, math.inf, 0]
    assert information_value(good, bad, smoothing=0) == math.inf


@pytest.mark.parametrize("smoothing", [0, 0.5, 3])
def test_empty_bin_is_neutral(smoothing: float) -> None:
    assert woe([5, 0, 5], [2, 0, 3], smoothing=smoothing)[1] == 0
    assert iv_parts([5, 0, 5], [2, 0, 3], smoothing=smoothing)[1] == 0


def test_totals_of_a_larger_sample() -> None:
    parts = woe([139, 164], [135, 105], total_good=700, total_bad=300)
    assert parts.round(6).tolist() == [-0.818099, -0.401392]


# --- laws ------------------------------------------------------------------------------

counts = st.lists(
    st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=12
).filter(lambda rows: all(map(sum, zip(*rows, strict=True))))
Counts = list[tuple[int, int]]


@given(rows=counts)
def test_iv_is_never_negative_in_any_bin(rows: Counts) -> None:
    good, bad = zip(*rows, strict=True)
    assert (iv_parts(good, bad) >= 0).all()
    assert information_value(good, bad) == iv_parts(good, bad).sum()


@given(rows=counts)
def test_swapped_classes_turn_the_sign_of_woe_and_keep_iv(rows: Counts) -> None:
    good, bad = zip(*rows, strict=True)
    np.testing.assert_array_equal(woe(bad, good), -woe(good, bad))
    np.testing.assert_array_equal(iv_parts(bad, good), iv_parts(good, bad))


@given(rows=counts, factor=st.floats(1e-6, 1e6))
def test_unit_of_the_counts_does_not_matter(rows: Counts, factor: float) -> None:
    good, bad = map(np.array, zip(*rows, strict=True))
    scaled = iv_parts(good * factor, bad * factor, smoothing=0.5 * factor)
    np.testing.assert_allclose(scaled, iv_parts(good, bad), rtol=1e-9, atol=1e-12)


@given(rows=counts)
def test_joining_bins_never_adds_information(rows: Counts) -> None:
    assume(all(good and bad for good, bad in rows))
    good, bad = zip(*rows, strict=True)
    joined = [sum(good[:2]), *good[2:]], [sum(bad[:2]), *bad[2:]]
    assert information_value(*joined) <= information_value(good, bad) + 1e-12


@given(rows=counts, order=st.randoms())
def test_order_of_bins_does_not_matter(rows: Counts, order: object) -> None:
    places = list(range(len(rows)))
    order.shuffle(places)
    good, bad = map(np.array, zip(*rows, strict=True))
    np.testing.assert_array_equal(woe(good[places], bad[places]), woe(good, bad)[places])


def test_equal_distributions_carry_nothing() -> None:
    assert information_value([10, 20, 30], [1, 2, 3]) == pytest.approx(0, abs=1e-30)


def test_shape_is_kept() -> None:
    good, bad = [[1, 2], [3, 4]], [[4, 3], [2, 1]]
    assert woe(good, bad).shape == (2, 2)
    assert woe(good, bad).ravel().tolist() == woe([1, 2, 3, 4], [4, 3, 2, 1]).tolist()


# --- standard errors -----------------------------------------------------------------------


def test_error_of_woe_is_that_of_a_logistic_regression_on_the_bins() -> None:
    # statsmodels: log-odds of each bin, estimated by itself
    good, bad = np.array([139, 164, 49, 348]), np.array([135, 105, 14, 46])
    # each bin in two groups of rows, so that the model leaves some freedom
    part = np.array([40, 60, 9, 200]), np.array([30, 50, 4, 20])
    counts = np.column_stack([[*part[0], *good - part[0]], [*part[1], *bad - part[1]]])
    fit = GLM(counts, np.tile(np.eye(4), (2, 1)), family=families.Binomial()).fit()
    np.testing.assert_allclose(woe_se(good, bad), fit.bse, rtol=1e-6)


def test_error_of_woe_takes_smoothed_counts() -> None:
    errors = woe_se([20, 0, 80], [0, 0, 10])
    expected = [math.sqrt(1 / 20.5 + 1 / 0.5), math.nan, math.sqrt(1 / 80 + 1 / 10)]
    np.testing.assert_allclose(errors, expected, rtol=1e-14)
    assert woe_se([20, 80], [0, 10], smoothing=0)[0] == math.inf


def covariance(shares: np.ndarray, n: float) -> np.ndarray:
    """Return the covariance matrix of multinomial shares."""
    return (np.diag(shares) - np.outer(shares, shares)) / n


@given(rows=st.lists(st.tuples(st.integers(3, 500), st.integers(3, 500)), min_size=2, max_size=8))
def test_error_of_iv_by_finite_differences(rows: Counts) -> None:
    good, bad = np.array(rows, dtype=float).T
    p, q = good / good.sum(), bad / bad.sum()

    def iv(p: np.ndarray, q: np.ndarray) -> float:
        return float(((p - q) * np.log(p / q)).sum())

    step = 1e-6 * np.eye(len(p))
    by_good = np.array([(iv(p + p * e, q) - iv(p - p * e, q)) / 2e-6 for e in step]) / p
    by_bad = np.array([(iv(p, q + q * e) - iv(p, q - q * e)) / 2e-6 for e in step]) / q
    variance = by_good @ covariance(p, good.sum()) @ by_good
    variance += by_bad @ covariance(q, bad.sum()) @ by_bad
    assert iv_se(good, bad) == pytest.approx(math.sqrt(max(variance, 0)), rel=1e-5, abs=1e-6)


def test_error_of_iv_is_the_spread_over_samples() -> None:
    rng = np.random.default_rng(7)
    good, bad = np.array([1390, 1640, 490, 3480]), np.array([1350, 1050, 140, 460])
    drawn_good = rng.multinomial(good.sum(), good / good.sum(), size=20_000) / good.sum()
    drawn_bad = rng.multinomial(bad.sum(), bad / bad.sum(), size=20_000) / bad.sum()
    drawn = ((drawn_good - drawn_bad) * np.log(drawn_good / drawn_bad)).sum(axis=1)
    # the spread of 20,000 draws is itself known to half a percent
    assert iv_se(good, bad) == pytest.approx(drawn.std(), rel=0.03)


def test_mean_of_iv_where_nothing_is_told_apart() -> None:
    # docstring of iv_se: (n_bins - 1) · (1/N_good + 1/N_bad)
    rng = np.random.default_rng(8)
    p, n_good, n_bad = np.array([0.1, 0.2, 0.3, 0.4]), 7_000, 3_000
    drawn_good = rng.multinomial(n_good, p, size=20_000) / n_good
    drawn_bad = rng.multinomial(n_bad, p, size=20_000) / n_bad
    mean = ((drawn_good - drawn_bad) * np.log(drawn_good / drawn_bad)).sum(axis=1).mean()
    assert mean == pytest.approx(3 * (1 / n_good + 1 / n_bad), rel=0.03)


def test_error_of_iv_at_the_edges() -> None:
    assert iv_se([10, 20, 30], [1, 2, 3]) == pytest.approx(0, abs=1e-12)
    assert iv_se([20, 80], [0, 10], smoothing=0) == math.inf
    assert iv_se([20, 0, 80], [5, 0, 10]) == iv_se([20, 80], [5, 10])
    assert iv_se([20, 80], [0, 10]) == pytest.approx(iv_se([20.5, 80], [0.5, 10]), rel=0.05)


# --- refused -----------------------------------------------------------------------------


@pytest.mark.parametrize("measure", [woe, iv_parts, information_value, woe_se, iv_se])
@pytest.mark.parametrize(
    ("good", "bad", "message"),
    [
        ([-1, 5], [2, 2], r"zero or more\. Got .* smallest values -1\.0 and 2\.0"),
        ([1, 5], [2, math.nan], r"zero or more"),
        ([1, 5], [2, 2, 2], r"shapes \(2,\) and \(3,\)"),
        ([1, 5], [0, 0], r"Both classes must have some weight\. Got 6\.0 good and 0\.0 bad"),
        ([], [], r"Both classes"),
        ([math.inf, 1], [1, 1], r"."),
    ],
    ids=["negative", "NaN", "shapes", "one class", "nothing", "infinite"],
)
def test_counts_that_are_none(measure: object, good: list, bad: list, message: str) -> None:
    with pytest.raises(InvalidDataError, match=message):
        measure(good, bad)


@pytest.mark.parametrize("name", ["total_good", "total_bad"])
def test_total_is_a_number(name: str) -> None:
    with pytest.raises(InvalidParameterError, match=f"'{name}' parameter of woe"):
        woe([1, 2], [2, 1], **{name: "700"})
    with pytest.raises(InvalidDataError, match="Both classes must have some weight"):
        woe([1, 2], [2, 1], **{name: -3})


def test_counts_whose_sum_is_no_float() -> None:
    with pytest.raises(InvalidDataError, match="Got inf good"):
        woe([1e308, 1e308], [1, 1])


@pytest.mark.parametrize("smoothing", [-0.5, math.nan, math.inf, "0.5", None])
def test_smoothing_out_of_range(smoothing: object) -> None:
    with pytest.raises(InvalidParameterError, match=r"'smoothing' .* in the range \[0, inf\)"):
        woe([1, 2], [2, 1], smoothing=smoothing)
