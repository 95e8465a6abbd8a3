"""Reliability and item analysis: published figures, other implementations, laws, edges, errors."""

from __future__ import annotations

import traceback
import tracemalloc
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import FactorAnalysis

from creditscore.collect import (
    cronbach_alpha,
    item_analysis,
    kr20,
    mcdonald_omega,
    split_half,
)
from creditscore.exceptions import (
    ColumnTypeError,
    ConstantColumnWarning,
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    ResponseWarning,
)

# 12 respondents, 11 questions, right or wrong: the set "cronbach_wide_missing" of pingouin 0.6.1
RIGHT_OR_WRONG = """
1 1 1 1 1 1 1 1 1 1 1|1 1 1 1 1 1 1 1 0 1 0|. 0 1 1 . 1 1 1 1 0 0|1 1 1 0 1 1 0 1 1 0 0
1 1 1 1 1 0 0 0 1 0 0|0 1 . 0 1 1 1 1 0 0 0|1 1 1 1 0 0 1 0 0 0 0|1 1 1 1 1 0 0 0 0 0 0
0 1 0 1 1 0 0 0 0 1 0|1 0 0 1 0 1 0 0 . 0 0|1 1 1 0 0 0 0 0 0 0 0|1 0 0 1 0 0 0 0 0 0 0
"""
# 15 respondents, 10 questions: the set "cronbach_alpha" of pingouin 0.6.1
QUESTIONS = """
3 2 4 1 4 5 1 4 3 2|5 4 6 3 5 1 2 5 5 5|7 3 5 5 6 4 3 3 6 5|2 4 3 3 2 2 2 6 6 3
6 5 6 5 4 4 4 6 7 5|1 2 3 4 2 5 2 3 5 2|4 3 5 3 5 2 1 2 4 3|2 4 4 3 7 2 2 4 6 5
6 5 5 5 1 6 5 2 3 2|5 4 6 4 3 5 3 1 7 2|4 3 5 2 5 3 2 3 4 1|4 2 3 2 5 3 4 2 3 4
5 5 6 2 3 3 2 4 4 5|6 5 5 4 2 2 1 4 6 5|4 3 5 5 3 1 3 2 3 4
"""


def table_of(text: str) -> pd.DataFrame:
    rows = [row.split() for row in text.strip().replace("\n", "|").split("|")]
    values = [[np.nan if v == "." else float(v) for v in row] for row in rows]
    return pd.DataFrame(values, columns=[f"Q{i}" for i in range(1, len(values[0]) + 1)])


def one_factor(n: int, loadings: list[float], seed: int = 0) -> np.ndarray[Any, Any]:
    rng = np.random.default_rng(seed)
    own = np.sqrt(1 - np.array(loadings) ** 2)
    common = rng.normal(size=(n, 1)) * np.array(loadings)
    return np.asarray(common + own * rng.normal(size=(n, len(loadings))))


def with_noise(rows: list[list[float]]) -> np.ndarray[Any, Any]:
    """Return answers of which no item is constant."""
    return np.array(rows) + np.random.default_rng(1).normal(size=np.shape(rows))


def tables(k: int) -> st.SearchStrategy[Any]:
    row = st.lists(st.floats(0, 10).map(lambda v: round(v, 2)), min_size=k, max_size=k)
    return st.lists(row, min_size=5, max_size=15).map(with_noise)


spread_answers = st.integers(3, 6).flatmap(tables)


# --- reference ------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:Items run against:creditscore.exceptions.ResponseWarning")
def test_alpha_is_that_of_pingouin() -> None:
    found = cronbach_alpha(table_of(QUESTIONS))
    assert found.alpha == pytest.approx(0.5917188485995826, rel=1e-12)
    assert (found.lower, found.upper) == pytest.approx((0.195, 0.840), abs=5e-4)
    gaps = table_of(RIGHT_OR_WRONG)
    assert cronbach_alpha(gaps, missing="pairwise").alpha == pytest.approx(0.732660835214447)
    listwise = cronbach_alpha(gaps, missing="listwise")
    assert listwise.alpha == pytest.approx(0.8016949152542374)
    assert (listwise.n_cases, listwise.n_left_out) == (9, 3)
    # Feldt's F with the nine who are left: pingouin counts all twelve here
    assert (listwise.lower, listwise.upper) == pytest.approx((0.5330, 0.9472), abs=5e-5)


@pytest.mark.filterwarnings("ignore:Items run against:creditscore.exceptions.ResponseWarning")
def test_kuder_and_richardson_by_their_formula() -> None:
    whole = table_of(RIGHT_OR_WRONG).dropna()
    p = whole.mean()
    by_hand = 11 / 10 * (1 - (p * (1 - p)).sum() / whole.sum(axis=1).var(ddof=0))
    assert kr20(whole).alpha == pytest.approx(by_hand, rel=1e-12)


def test_omega_is_that_of_the_factor_analysis_of_scikit_learn() -> None:
    answers = one_factor(400, [0.9, 0.7, 0.5, 0.6, 0.4]) * [1, 2, 1, 3, 1]
    scaled = (answers - answers.mean(axis=0)) / answers.std(axis=0)
    theirs = FactorAnalysis(1, tol=1e-10, max_iter=20_000).fit(scaled)
    found = mcdonald_omega(answers)
    np.testing.assert_allclose(found.loadings, np.abs(theirs.components_[0]), atol=2e-4)
    np.testing.assert_allclose(found.uniquenesses, theirs.noise_variance_, atol=2e-4)
    spread = answers.std(axis=0)
    common = (spread * found.loadings).sum() ** 2
    own = (spread**2 * found.uniquenesses).sum()
    assert found.omega == pytest.approx(common / (common + own), rel=1e-9)
    assert found.degrees == 5
    assert found.p_value > 0.05
    assert repr(found).startswith("McDonaldOmega(0.679, 5 items, 400 cases; one factor: p 0.07")


def test_items_that_load_alike_have_omega_near_alpha() -> None:
    answers = one_factor(20_000, [0.7] * 5)
    # five items with correlations of 0.49: 5 · 0.49 / (1 + 4 · 0.49)
    expected = 5 * 0.49 / (1 + 4 * 0.49)
    assert cronbach_alpha(answers).alpha == pytest.approx(expected, abs=0.01)
    assert mcdonald_omega(answers).omega == pytest.approx(expected, abs=0.01)


def test_feldt_covers_as_often_as_it_says() -> None:
    truth = 5 * 0.49 / (1 + 4 * 0.49)
    inside = 0
    for seed in range(400):
        found = cronbach_alpha(one_factor(30, [0.7] * 5, seed), confidence=0.9)
        inside += found.lower <= truth <= found.upper
    # a binomial of 400 and 0.9 is within 340 and 380 but for one time in 1,000
    assert 340 <= inside <= 380


def test_bootstrap_is_near_feldt_for_normal_answers() -> None:
    answers = one_factor(300, [0.7] * 4)
    feldt = cronbach_alpha(answers)
    drawn = cronbach_alpha(answers, interval="bootstrap", n_resamples=500)
    assert drawn.alpha == feldt.alpha
    assert drawn.lower == pytest.approx(feldt.lower, abs=0.02)
    assert drawn.upper == pytest.approx(feldt.upper, abs=0.02)
    assert drawn == cronbach_alpha(answers, interval="bootstrap", n_resamples=500)
    assert "(bootstrap)" in repr(drawn)


# --- laws -----------------------------------------------------------------------------------


@settings(deadline=None, max_examples=30)
@given(answers=spread_answers)
@pytest.mark.filterwarnings("ignore:Items run against:creditscore.exceptions.ResponseWarning")
def test_alpha_is_the_mean_of_guttman_over_all_splits_of_an_even_number(answers: Any) -> None:
    even = answers[:, : answers.shape[1] // 2 * 2]
    if even.shape[1] < 4:
        even = np.column_stack([even, even.sum(axis=1, keepdims=True) / 3, answers[:, -1:]])
    names = [f"x{i}" for i in range(even.shape[1])]
    splits = [half for half in combinations(names, len(names) // 2) if names[0] in half]
    mean = np.mean([split_half(even, first=half).guttman for half in splits])
    assert cronbach_alpha(even).alpha == pytest.approx(mean, rel=1e-6, abs=1e-9)


@settings(deadline=None, max_examples=30)
@given(answers=spread_answers, shift=st.floats(-5, 5), factor=st.floats(0.1, 10))
@pytest.mark.filterwarnings("ignore:Items run against:creditscore.exceptions.ResponseWarning")
def test_level_unit_and_weights_alike_leave_alpha(
    answers: Any, shift: float, factor: float
) -> None:
    found = cronbach_alpha(answers)
    moved = cronbach_alpha(answers * factor + shift, weights=np.full(len(answers), 3.0))
    assert moved.alpha == pytest.approx(found.alpha, rel=1e-6, abs=1e-8)
    assert moved.effective_n == pytest.approx(found.effective_n)
    turned = cronbach_alpha(answers[::-1, ::-1])
    assert turned.alpha == pytest.approx(found.alpha, rel=1e-6, abs=1e-8)
    assert found.lower <= found.alpha <= 1
    without = item_analysis(answers).table["alpha_without"]
    again = cronbach_alpha(answers[:, 1:]).alpha
    assert without[0] == pytest.approx(again, rel=1e-6, abs=1e-8)


def test_weights_are_as_good_as_repeated_rows_for_the_estimate() -> None:
    answers = one_factor(40, [0.7] * 4)
    times = np.arange(40) % 3
    weighted = cronbach_alpha(answers, weights=times)
    repeated = cronbach_alpha(np.repeat(answers, times, axis=0))
    assert weighted.alpha == pytest.approx(repeated.alpha, rel=1e-9)
    assert weighted.n_cases == int((times > 0).sum())
    assert weighted.effective_n == pytest.approx(times.sum() ** 2 / (times**2).sum())
    table = item_analysis(answers, weights=times).table
    np.testing.assert_allclose(table["mean"], np.average(answers, axis=0, weights=times))


# --- items ----------------------------------------------------------------------------------


def test_figures_of_items_by_hand() -> None:
    answers = pd.DataFrame({"a": [1, 2, 5, 5], "b": [1, 3, 4, 5], "c": [2, 2, 4, 5.0]})
    table = item_analysis(answers, scale=(1, 5)).table.set_index("item")
    assert table.loc["a", "difficulty"] == pytest.approx((13 / 4 - 1) / 4)
    assert table.loc["a", ["floor", "ceiling"]].tolist() == [0.25, 0.5]
    rest = np.corrcoef(answers["a"], answers["b"] + answers["c"])[0, 1]
    assert table.loc["a", "item_rest"] == pytest.approx(rest)
    assert table.loc["a", "standard_deviation"] == pytest.approx(answers["a"].std())
    assert table["note"].tolist() == ["", "", ""]


def test_an_item_worded_the_other_way_round_is_named_and_can_be_turned() -> None:
    answers = pd.DataFrame(np.rint(one_factor(200, [0.8] * 4) + 3).clip(1, 5), columns=list("abcd"))
    answers["d"] = 6 - answers["d"]
    with pytest.warns(ResponseWarning, match=r"run against the sum of the others: 'd' \(-0\."):
        wrong = item_analysis(answers, scale=(1, 5))
    assert "other way round" in wrong.table["note"][3]
    right = item_analysis(answers, scale=(1, 5), reversed_items=["d"])
    assert right.alpha.alpha > 0.8 > wrong.alpha.alpha
    assert right.reversed_items == ("d",)
    assert right.table["note"].eq("").all()
    with pytest.warns(ResponseWarning, match="'b'"):
        found = cronbach_alpha(answers[["a", "d"]].rename(columns={"d": "b"}))
    assert found.alpha < 0
    assert "<table" in right._repr_html_()


def test_gaps_are_counted_and_pairs_use_what_there_is() -> None:
    answers = pd.DataFrame({"a": [1, 2, 5, 5, None], "b": [1, 3, 4, 5, 2], "c": [2, 2, 4, 5, 1]})
    with pytest.raises(InvalidDataError, match="1 of 5 respondents left items out, most often 'a'"):
        item_analysis(answers)
    listwise = item_analysis(answers, missing="listwise").table
    pairwise = item_analysis(answers, missing="pairwise").table
    assert listwise["missing"].tolist() == pairwise["missing"].tolist() == [0.2, 0, 0]
    assert listwise["n"].tolist() == [4, 4, 4]
    assert pairwise["n"].tolist() == [4, 5, 5]
    covariance = answers.cov()
    alpha = 3 / 2 * (1 - np.trace(covariance) / covariance.to_numpy().sum())
    assert cronbach_alpha(answers, missing="pairwise").alpha == pytest.approx(alpha)
    polars = pl.from_pandas(answers)
    assert cronbach_alpha(polars, missing="pairwise").alpha == pytest.approx(alpha)


# --- edges and errors -----------------------------------------------------------------------


def test_an_item_without_spread_is_named() -> None:
    answers = one_factor(30, [0.8] * 4)
    answers[:, 1] = 3
    with pytest.warns(ConstantColumnWarning, match="one answer to 'x1'"):
        found = item_analysis(answers)
    assert found.table["note"][1] == "no spread"
    assert np.isnan(found.table["item_rest"][1])
    assert np.isnan(found.alpha.standardised)
    with pytest.raises(InvalidDataError, match="Leave out x1"):
        mcdonald_omega(answers)


def test_two_factors_and_heywood_cases_are_said() -> None:
    two = np.column_stack([one_factor(400, [0.8] * 3, 1), one_factor(400, [0.8] * 3, 2)])
    with pytest.warns(ResponseWarning, match="One factor does not explain"):
        mcdonald_omega(two)
    one = one_factor(100, [0.6] * 3, 3)
    with pytest.warns(ResponseWarning, match="a Heywood case"):
        mcdonald_omega(np.column_stack([one[:, 0], one[:, 0] + 0.01 * one[:, 1], one[:, 2]]))


def test_what_is_refused() -> None:
    good = one_factor(10, [0.7] * 3)
    with pytest.raises(EmptyDataError, match="2 items"):
        cronbach_alpha(good[:, :1])
    with pytest.raises(EmptyDataError, match="3 items"):
        mcdonald_omega(good[:, :2])
    with pytest.raises(EmptyDataError, match="3 respondents or more"):
        cronbach_alpha(good[:2])
    with pytest.raises(InvalidDataError, match="no spread"):
        cronbach_alpha(np.column_stack([good[:, 0], -good[:, 0]]))
    with pytest.raises(InvalidDataError, match="Fewer than two respondents answered both"):
        cronbach_alpha([[1, None], [2, None], [None, 3], [None, 4]], missing="pairwise")
    with pytest.raises(InvalidDataError, match="Got 2 in 'x1'"):
        kr20([[0, 1], [1, 2], [1, 1]])
    with pytest.raises(InvalidDataError, match="half of the items has no spread"):
        split_half([[1, 2], [1, 3], [1, 4]])
    with pytest.raises(InvalidParameterError, match="must hold some of the items"):
        split_half(good, first=["x0", "x1", "x2"])
    with pytest.raises(InvalidParameterError, match="no item 'x9'"):
        split_half(good, first=["x9"])
    with pytest.raises(InvalidParameterError, match="'missing' parameter"):
        split_half(good, missing="pairwise")
    with pytest.raises(InvalidParameterError, match="'interval' parameter"):
        cronbach_alpha(good, interval="normal")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="needs their scale"):
        item_analysis(good, reversed_items=["x0"])
    with pytest.raises(InvalidParameterError, match="no item 'y'"):
        item_analysis(good, scale=(-9, 9), reversed_items=["y"])
    with pytest.raises(InvalidDataError, match=r"'x0' has .* outside its scale of 0 to 1"):
        item_analysis(good + 3, scale=(0, 1))
    with pytest.raises(InvalidParameterError, match="must rise"):
        item_analysis(good, scale=(5, 1))
    with pytest.raises(InvalidParameterError, match="least and the greatest answer"):
        item_analysis(good, scale=5)
    with pytest.raises(InvalidParameterError, match="must name each item"):
        item_analysis(good, scale={"x0": (1, 5)})


@pytest.mark.parametrize("measure", [cronbach_alpha, kr20, mcdonald_omega, split_half])
@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, pa.table])
def test_a_column_of_words_is_named_and_its_words_are_not(measure: Any, kind: Any) -> None:
    answers = {"customer": ["K000", "K001", "K002"], "q1": [1, 0, 1], "q2": [1, 0, 1]}
    with pytest.raises(ColumnTypeError, match=r"column 'customer' .* holds words") as caught:
        measure(kind(answers))
    assert "K00" not in "".join(traceback.format_exception(caught.value))


def test_columns_that_are_numbers_in_another_dress_are_read() -> None:
    plain = pd.DataFrame({"a": [0, 1, 1, 0], "b": [0, 1, 1, 1], "c": [0, 1, 0, 0]})
    dressed = plain.assign(a=plain["a"] == 1, b=plain["b"].astype(str), c=plain["c"].astype(object))
    assert kr20(dressed) == kr20(plain)
    with pytest.raises(ColumnTypeError, match="'a' holds dates"):
        kr20(plain.assign(a=pd.Timestamp("2024-05-06")))


def test_many_respondents_take_the_memory_of_their_answers() -> None:
    rng = np.random.default_rng(0)
    answers = rng.normal(size=(8000, 1)) + rng.normal(size=(8000, 40))
    tracemalloc.start()
    cronbach_alpha(answers)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # products of all pairs of items would be forty times the answers
    assert peak < 20 * answers.nbytes


def test_no_end_of_an_interval_of_alpha_is_above_one() -> None:
    rng = np.random.default_rng(3)
    answers = rng.normal(size=(9, 1)) + rng.normal(0, 0.4, (9, 3))
    answers[rng.random((9, 3)) < 0.35] = np.nan
    found = cronbach_alpha(answers, missing="pairwise", interval="bootstrap", n_resamples=400)
    assert found.upper == 1.0
    assert found.lower < 1.0
