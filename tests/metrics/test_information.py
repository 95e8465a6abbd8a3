"""Weight of evidence and information value: published numbers, laws, edges."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.metrics import information_value, iv_parts, woe

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


# --- refused -----------------------------------------------------------------------------


@pytest.mark.parametrize("measure", [woe, iv_parts, information_value])
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
