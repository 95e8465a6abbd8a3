"""Kendall's W: figures of R, laws, permutations, edges, errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import friedmanchisquare

from creditscore.exceptions import (
    ColumnTypeError,
    EmptyDataError,
    InfiniteValueError,
    InvalidDataError,
    InvalidParameterError,
)
from creditscore.expert import kendall_w

# the data set anxiety of the R package irr: 3 raters of 20 subjects
ANXIETY = [
    [3, 3, 3, 4, 5, 5, 2, 3, 5, 2, 2, 6, 1, 5, 2, 2, 1, 2, 4, 3],
    [3, 6, 4, 6, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4],
    [2, 1, 4, 4, 3, 2, 1, 6, 1, 1, 1, 2, 3, 3, 1, 1, 3, 3, 2, 2],
]

ratings_of_all = st.tuples(st.integers(2, 5), st.integers(3, 6)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.integers(1, 5)).filter(
        lambda x: bool((x.max(axis=1) > x.min(axis=1)).any())
    )
)


def test_anxiety_as_in_r() -> None:
    # R 4.2.2, irr: kendall(anxiety) and kendall(anxiety, correct = TRUE)
    found = kendall_w(ANXIETY)
    assert (found.sum_of_squares, found.ties, found.df) == (3004, 1674, 19)
    assert found.w_uncorrected == pytest.approx(0.5019214703, abs=5e-11)
    assert found.chi_square_uncorrected == pytest.approx(28.60952381, abs=5e-9)
    assert found.p_value_uncorrected == pytest.approx(0.0723803547, abs=5e-11)
    assert found.w == pytest.approx(0.5396568760, abs=5e-11)
    assert found.chi_square == pytest.approx(30.76044193, abs=5e-9)
    assert found.p_value == pytest.approx(0.0428834731, abs=5e-11)
    assert found.table()["w"].tolist() == [found.w, found.w_uncorrected]
    assert "0.5397" in found._repr_html_()


@settings(deadline=None, max_examples=60)
@given(ratings_of_all.filter(lambda x: len(x) > 2))
def test_the_statistic_is_that_of_friedman(ratings: Any) -> None:
    found = kendall_w(ratings)
    theirs = friedmanchisquare(*ratings.T)
    assert found.chi_square == pytest.approx(theirs.statistic, abs=1e-9)
    assert found.p_value == pytest.approx(theirs.pvalue, abs=1e-9)


@settings(deadline=None, max_examples=60)
@given(ratings_of_all, st.randoms(use_true_random=False))
def test_laws(ratings: Any, random: Any) -> None:
    found = kendall_w(ratings)
    assert -1e-12 <= found.w <= 1
    assert found.w_uncorrected <= found.w + 1e-12
    raters, items = list(range(len(ratings))), list(range(ratings.shape[1]))
    random.shuffle(raters)
    random.shuffle(items)
    assert kendall_w(ratings[raters][:, items]).w == pytest.approx(found.w)
    # ranks alone count
    assert kendall_w(np.exp(ratings) + 7).w == found.w
    assert kendall_w(-ratings).w == pytest.approx(found.w)


@given(st.permutations(range(6)), st.integers(2, 5))
@settings(deadline=None, max_examples=30)
def test_raters_who_agree_and_raters_who_do_not(order: list[int], n_raters: int) -> None:
    assert kendall_w([order] * n_raters).w == 1
    assert kendall_w([order, [-place for place in order]]).w == pytest.approx(0, abs=1e-15)


def test_ties_do_not_hide_full_agreement() -> None:
    found = kendall_w([[1, 1, 2, 3], [4, 4, 5, 9]])
    assert found.w == 1
    assert found.w_uncorrected < 1


def test_a_rater_without_opinion_counts_as_ties() -> None:
    # by hand: rank sums 3, 4, 5 of S = 2 and T = 24; W = 24 / (4 · 24 − 48)
    found = kendall_w([[1, 2, 3], [7, 7, 7]])
    assert (found.sum_of_squares, found.ties) == (2, 24)
    assert found.w == pytest.approx(0.5)


def test_permutations_count_those_as_large() -> None:
    # two raters of three items: 2 of the 6 × 6 orders in 12 agree fully, that is 1 in 6
    found = kendall_w([[1, 2, 3], [1, 2, 3]], n_permutations=6000)
    assert found.permutation_p_value == pytest.approx(1 / 6, abs=0.015)
    assert found == kendall_w([[1, 2, 3], [1, 2, 3]], n_permutations=6000)
    assert "drawn p 0.1" in repr(found)
    # what was seen counts as one of those as large, so that the value is never zero
    many = [[1, 2, 3, 4, 5, 6, 7]] * 6
    assert kendall_w(many, n_permutations=19).permutation_p_value == pytest.approx(1 / 20)
    # nothing is below W = 0, so all are as large
    against = kendall_w([[1, 2, 3], [3, 2, 1]], n_permutations=50, random_state=3)
    assert against.permutation_p_value == 1
    rng = np.random.default_rng(3)
    assert kendall_w([[1, 2, 3], [3, 2, 1]], n_permutations=50, random_state=rng) == against


def test_the_permutation_value_is_near_the_exact_one() -> None:
    from itertools import permutations

    ratings = np.array([[4, 3, 2, 1], [4, 2, 3, 1], [3, 4, 1, 2]])
    seen = kendall_w(ratings).w
    orders = [np.array(order) for order in permutations((1, 2, 3, 4))]
    # the first rater may stay as it is
    as_large = sum(
        kendall_w([orders[0], one, other]).w >= seen - 1e-9 for one in orders for other in orders
    )
    found = kendall_w(ratings, n_permutations=9999).permutation_p_value
    assert found == pytest.approx(as_large / len(orders) ** 2, abs=0.01)


def test_libraries_agree() -> None:
    frame = pd.DataFrame(ANXIETY).add_prefix("s")
    assert kendall_w(frame) == kendall_w(ANXIETY) == kendall_w(pl.from_pandas(frame))


# --- errors --------------------------------------------------------------------------


def test_ratings_that_rank_nothing() -> None:
    with pytest.raises(InvalidDataError, match="2 raters rates all 3 items alike"):
        kendall_w([[1, 1, 1], [2, 2, 2]])


def test_missing_ratings_name_the_rater() -> None:
    frame = pd.DataFrame({"a": [1, 2, 3], "b": [2, None, None]}, index=["ann", "bo", "cy"])
    with pytest.raises(InvalidDataError, match=r"Rater 'bo' lacks 1 rating .*'b'.* 1 other rater"):
        kendall_w(frame)


def test_tables_that_are_too_small_or_odd() -> None:
    with pytest.raises(EmptyDataError, match="Got 1 rater and 3 items"):
        kendall_w([[1, 2, 3]])
    with pytest.raises(EmptyDataError, match="Got 2 raters and 1 item"):
        kendall_w([[1], [2]])
    with pytest.raises(InfiniteValueError, match="'x1'"):
        kendall_w([[1, np.inf], [2, 1]])
    with pytest.raises(ColumnTypeError, match="'a' holds other things"):
        kendall_w(pd.DataFrame({"a": ["low", "high"], "b": ["low", "low"]}))


def test_settings_are_checked() -> None:
    with pytest.raises(InvalidParameterError, match="'n_permutations'"):
        kendall_w(ANXIETY, n_permutations=-1)
    with pytest.raises(InvalidParameterError, match=r"'random_state'.*Generator will do"):
        kendall_w(ANXIETY, random_state="seed")
