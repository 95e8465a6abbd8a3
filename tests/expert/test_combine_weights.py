"""Several weights in one, and side by side: formulas, equilibrium, laws, edges, errors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau, spearmanr

from creditscore.exceptions import InvalidParameterError, InvalidWeightError
from creditscore.expert import WeightComparison, Weights, combine_weights, compare_weights

JUDGED = Weights.of({"a": 5, "b": 3, "c": 2}, method="ahp")
COMPUTED = Weights.of({"c": 6, "a": 1, "b": 3}, method="entropy")

amounts = st.lists(st.integers(0, 50), min_size=4, max_size=4).filter(any)
parents = st.lists(amounts, min_size=2, max_size=4)


def weights_of(values: Any, method: str = "direct") -> Weights:
    names = [f"w{place}" for place in range(len(values))]
    return Weights.of(dict(zip(names, map(float, values), strict=True)), method=method)


# --- combined ------------------------------------------------------------------------


def test_additive_is_the_mean_by_name() -> None:
    combined = combine_weights([JUDGED, COMPUTED], shares=[3, 1])
    assert combined.names == ("a", "b", "c")
    np.testing.assert_allclose(combined.array(), [0.4, 0.3, 0.3])
    np.testing.assert_allclose(combine_weights([JUDGED, COMPUTED]).array(), [0.3, 0.3, 0.4])
    assert combined.parents == (JUDGED, COMPUTED)
    assert combined.evidence["shares"] == {"ahp": 0.75, "entropy": 0.25}


def test_multiplicative_is_the_product() -> None:
    product = np.array([0.5 * 0.1, 0.3 * 0.3, 0.2 * 0.6])
    combined = combine_weights([JUDGED, COMPUTED], method="multiplicative")
    np.testing.assert_allclose(combined.array(), product / product.sum())
    assert combined.evidence["shares"] == {"ahp": 1.0, "entropy": 1.0}


def test_shares_are_the_exponents_of_a_product() -> None:
    both = [JUDGED, COMPUTED]
    mean = combine_weights(both, method="multiplicative", shares=[0.25, 0.75])
    powers = np.array([0.5, 0.3, 0.2]) ** 0.25 * np.array([0.1, 0.3, 0.6]) ** 0.75
    np.testing.assert_allclose(mean.array(), powers / powers.sum())
    twice = combine_weights(both, method="multiplicative", shares=[2, 2])
    squares = np.array([0.05, 0.09, 0.12]) ** 2
    np.testing.assert_allclose(twice.array(), squares / squares.sum())


def test_a_zero_is_a_veto_in_a_product_unless_its_share_is_zero() -> None:
    vetoing = weights_of([0, 1, 1])
    other = weights_of([2, 1, 1])
    product = combine_weights([vetoing, other], method="multiplicative")
    np.testing.assert_allclose(product.array(), [0, 0.5, 0.5])
    ignored = combine_weights([vetoing, other], method="multiplicative", shares=[0, 1])
    np.testing.assert_allclose(ignored.array(), other.array())


def test_the_game_solves_the_linear_system_of_literature() -> None:
    matrix = np.array([JUDGED.array(), COMPUTED.array(JUDGED.names)])
    products = matrix @ matrix.T
    alpha = np.linalg.solve(products, products.diagonal())
    assert (alpha > 0).all()
    combined = combine_weights([JUDGED, COMPUTED], method="game")
    np.testing.assert_allclose(combined.array(), alpha / alpha.sum() @ matrix, rtol=1e-12)
    np.testing.assert_allclose(
        list(combined.evidence["shares"].values()), alpha / alpha.sum(), rtol=1e-12
    )


def test_a_milder_version_stays_out_of_the_game() -> None:
    mild, sharp = weights_of([4, 3, 3]), weights_of([8, 1, 1], method="swing")
    # the linear system would give the mild one a negative share
    matrix = np.array([mild.array(), sharp.array()])
    assert np.linalg.solve(matrix @ matrix.T, (matrix**2).sum(axis=1))[0] < -0.1
    combined = combine_weights([mild, sharp], method="game")
    assert combined.evidence["shares"] == {"direct": 0.0, "swing": 1.0}
    assert combined.values == sharp.values
    # never without a word, in files too
    assert combined.evidence["all_to"] == "swing"
    assert repr(combined).endswith("; game, all to 'swing')")
    assert "game, all to &#x27;swing&#x27;" in combined._repr_html_()
    assert Weights.from_json(combined.to_json()) == combined
    shared = combine_weights([JUDGED, COMPUTED], method="game")
    assert "all_to" not in shared.evidence
    assert repr(shared).endswith("; game)")
    # whoever chose the shares knows of them
    chosen = combine_weights([mild, sharp], shares=[0, 1])
    assert "all_to" not in chosen.evidence


def test_like_parents_share_alike() -> None:
    combined = combine_weights({"x": JUDGED, "y": JUDGED, "z": COMPUTED}, method="game")
    shares = combined.evidence["shares"]
    assert shares["x"] == pytest.approx(shares["y"])
    once = combine_weights([JUDGED, COMPUTED], method="game")
    np.testing.assert_allclose(combined.array(), once.array(), rtol=1e-9)


@settings(deadline=None, max_examples=80)
@given(parents)
def test_nobody_gains_in_the_equilibrium(given_amounts: list[list[int]]) -> None:
    found = combine_weights([weights_of(v) for v in given_amounts], method="game")
    matrix = np.array([weights_of(v).array() for v in given_amounts])
    shares = np.array(list(found.evidence["shares"].values()))
    assert (shares >= 0).all()
    # the unnormalised result: that length for which one who takes part has its own condition met
    player = int(shares.argmax())
    mix = shares @ matrix
    mix = mix * (matrix[player] @ matrix[player]) / (matrix[player] @ mix)
    slopes = matrix @ mix - (matrix**2).sum(axis=1)
    assert (slopes >= -1e-8).all()
    np.testing.assert_allclose(slopes[shares > 1e-8], 0, atol=1e-8)


@settings(deadline=None, max_examples=60)
@given(parents, st.sampled_from(["additive", "multiplicative", "game"]), st.data())
def test_order_of_parents_and_names_do_not_matter(
    given_amounts: list[list[int]], method: Any, data: Any
) -> None:
    given_amounts = [[value + 1 for value in v] for v in given_amounts]
    combined = combine_weights([weights_of(v) for v in given_amounts], method=method)
    assert sum(combined.values) == pytest.approx(1)
    order = data.draw(st.permutations(range(len(given_amounts))))
    names = data.draw(st.permutations(combined.names))
    turned = [
        Weights.of({name: weights_of(given_amounts[place])[name] for name in names})
        for place in order
    ]
    again = combine_weights(turned, method=method)
    np.testing.assert_allclose(again.array(combined.names), combined.array(), atol=1e-7)


@pytest.mark.parametrize(
    ("method", "shares"), [("additive", None), ("multiplicative", [0.5, 0.5]), ("game", None)]
)
def test_weights_combine_with_themselves_to_themselves(method: Any, shares: Any) -> None:
    combined = combine_weights([JUDGED, JUDGED], method=method, shares=shares)
    np.testing.assert_allclose(combined.array(), JUDGED.array())
    assert list(combined.evidence["shares"]) == ["ahp 1", "ahp 2"]


def test_agreement_of_parents_is_kept_in_files() -> None:
    flat = weights_of([1, 1, 1])
    combined = combine_weights([weights_of([5, 3, 2], "ahp"), flat], method="additive")
    agreement = combined.evidence["agreement"]
    assert agreement[0]["first"] == "ahp"
    assert agreement[0]["manhattan"] == pytest.approx(1 / 3)
    assert agreement[0]["spearman"] is None
    assert Weights.from_json(combined.to_json()) == combined


def test_extreme_shares_and_weights() -> None:
    combined = combine_weights([JUDGED, COMPUTED], shares=[1e308, 1e308])
    np.testing.assert_allclose(combined.array(), [0.3, 0.3, 0.4])
    tiny = weights_of([1e-300, 1, 1])
    product = combine_weights([tiny, tiny], method="multiplicative", shares=[0.5, 0.5])
    np.testing.assert_allclose(product.array(), tiny.array())


# --- compared ------------------------------------------------------------------------


def test_figures_of_a_pair() -> None:
    table = compare_weights([JUDGED, COMPUTED]).table()
    assert table.loc[0, ["first", "second", "criterion"]].tolist() == ["ahp", "entropy", "a"]
    # differences are −0.4, 0 and 0.4; the ranks are opposite
    assert table["spearman"][0] == pytest.approx(-1)
    assert table["kendall"][0] == pytest.approx(-1)
    assert table["manhattan"][0] == pytest.approx(0.8)
    assert table["euclidean"][0] == pytest.approx(math.sqrt(0.32))
    assert table["largest_difference"][0] == pytest.approx(-0.4)


@settings(deadline=None, max_examples=60)
@given(amounts, amounts)
def test_correlations_are_those_of_scipy(first: list[int], second: list[int]) -> None:
    row = compare_weights([weights_of(first), weights_of(second)]).table().iloc[0]
    if len(set(first)) == 1 or len(set(second)) == 1:
        assert math.isnan(row["spearman"])
        assert math.isnan(row["kendall"])
        return
    assert row["spearman"] == pytest.approx(spearmanr(first, second).statistic)
    assert row["kendall"] == pytest.approx(kendalltau(first, second).statistic)


def test_rounding_does_not_break_ties() -> None:
    first = Weights(names=("a", "b", "c"), values=(0.1 + 0.2, 0.3, 0.4), method="direct")
    second = Weights(names=("a", "b", "c"), values=(0.3, 0.1 + 0.2, 0.4), method="direct")
    row = compare_weights([first, second]).table().iloc[0]
    assert row["spearman"] == 1
    assert row["manhattan"] == 0


def test_the_comparison_shows_itself() -> None:
    comparison = compare_weights({"board": JUDGED, "data": COMPUTED, "mean": weights_of_names()})
    assert isinstance(comparison, WeightComparison)
    assert len(comparison.table()) == 3
    assert comparison.frame()["data"].tolist() == pytest.approx([0.1, 0.3, 0.6])
    assert repr(comparison) == (
        "WeightComparison(3 weights of 3 criteria; farthest apart: board and data, 0.8 in all)"
    )
    assert "board" in comparison._repr_html_()
    one = compare_weights([Weights.of({"a": 1}), Weights.of({"a": 2})])
    assert "of 1 criterion;" in repr(one)
    assert pd.isna(one.table()["spearman"][0])


def weights_of_names() -> Weights:
    return Weights.of({"a": 1, "b": 1, "c": 1})


def test_labels_that_numbers_would_not_tell_apart() -> None:
    found = compare_weights(
        [weights_of([1, 2], "m"), weights_of([2, 1], "m"), weights_of([1, 1], "m 2")]
    )
    assert list(found.weights) == ["1 m", "2 m", "3 m 2"]


# --- errors --------------------------------------------------------------------------


@pytest.mark.parametrize("function", [combine_weights, compare_weights])
def test_what_is_no_list_of_weights(function: Any) -> None:
    with pytest.raises(InvalidParameterError, match="several Weights"):
        function(JUDGED)
    with pytest.raises(InvalidParameterError, match=r"two Weights or more. Got 1"):
        function([JUDGED])
    with pytest.raises(InvalidParameterError, match="must be a Weights"):
        function([JUDGED, {"a": 1}])
    with pytest.raises(InvalidParameterError, match="not given: c; not known: d"):
        function([JUDGED, Weights.of({"a": 1, "b": 1, "d": 1})])
    with pytest.raises(InvalidParameterError, match="'label of weights'"):
        function({1: JUDGED, 2: COMPUTED})


@pytest.mark.parametrize("shares", [[1], [1, -1], [0, 0], [1, math.nan], [1, math.inf], "ab"])
def test_shares_that_are_none(shares: Any) -> None:
    with pytest.raises(InvalidWeightError, match="shares"):
        combine_weights([JUDGED, COMPUTED], shares=shares)


def test_methods_and_their_limits() -> None:
    with pytest.raises(InvalidParameterError, match="'method'"):
        combine_weights([JUDGED, COMPUTED], method="mean")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="finds its shares itself"):
        combine_weights([JUDGED, COMPUTED], method="game", shares=[1, 1])
    with pytest.raises(InvalidParameterError, match=r"at most 10 weights. Got 11"):
        combine_weights([JUDGED] * 11, method="game")
    with pytest.raises(InvalidWeightError, match="zero throughout"):
        combine_weights([weights_of([0, 1]), weights_of([1, 0])], method="multiplicative")
