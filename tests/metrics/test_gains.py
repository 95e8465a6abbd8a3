"""Gains table against hand computation, numpy and the measures that it must agree with."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.exceptions import InvalidDataError, InvalidParameterError, InvalidTargetError
from creditscore.metrics import gains_table, ks

Scores = tuple[np.ndarray, np.ndarray]

# --- by hand -----------------------------------------------------------------------------


def test_by_hand() -> None:
    # 3 of 6 bad; pairs (480, 490), (500, 520), (560, 600) hold 2, 1 and 0 of them
    table = gains_table([1, 1, 0, 1, 0, 0], [480, 490, 500, 520, 560, 600], n_groups=3)
    assert table.to_dict("list") == {
        "group": [1, 2, 3],
        "score_lower": [480, 500, 560],
        "score_upper": [490, 520, 600],
        "count": [2, 2, 2],
        "share": pytest.approx([1 / 3] * 3),
        "n_good": [0, 1, 2],
        "n_bad": [2, 1, 0],
        "bad_rate": [1, 0.5, 0],
        "odds": [0, 1, np.inf],
        "lift": [2, 1, 0],
        "cumulative_share": pytest.approx([1 / 3, 2 / 3, 1]),
        "cumulative_good": pytest.approx([0, 1 / 3, 1]),
        "cumulative_bad": pytest.approx([2 / 3, 1, 1]),
        "cumulative_bad_rate": pytest.approx([1, 0.75, 0.5]),
        "cumulative_lift": pytest.approx([2, 1.5, 1]),
        "ks": pytest.approx([2 / 3, 2 / 3, 0]),
    }


def test_groups_without_ties_are_those_of_numpy() -> None:
    # 1,000 distinct scores in 10 groups: each hundred in order, as numpy.array_split has them
    rng = np.random.default_rng(0)
    score, is_bad = rng.permutation(1000), rng.random(1000) < 0.3
    table = gains_table(is_bad, score)
    parts = np.array_split(is_bad[np.argsort(score)], 10)
    assert table["count"].tolist() == [100] * 10
    assert table["n_bad"].tolist() == [part.sum() for part in parts]
    assert table["score_lower"].tolist() == list(range(0, 1000, 100))
    assert table["score_upper"].tolist() == list(range(99, 1000, 100))


def test_a_tie_stands_where_its_middle_is() -> None:
    # 1 | 2 2 2 2 2 2 | 3: the middle of the twos is that of all cases, between halves of 4
    score, is_bad = [1, 2, 2, 2, 2, 2, 2, 3], [1, 1, 0, 0, 0, 0, 0, 0]
    assert gains_table(is_bad, score, n_groups=2)["count"].tolist() == [1, 7]
    thirds = gains_table(is_bad, score, n_groups=3)
    assert thirds["count"].tolist() == [1, 6, 1]
    assert gains_table(is_bad, score, n_groups=100)["count"].tolist() == [1, 6, 1]


def test_groups_of_odd_size_are_alike_from_both_ends() -> None:
    table = gains_table([1, 0, 0, 0, 0, 0, 0], range(7), n_groups=3)
    assert table["count"].tolist() == [2, 3, 2]


def test_probabilities_are_turned() -> None:
    prob, is_bad = np.array([0.9, 0.8, 0.3, 0.1]), [1, 1, 0, 0]
    table = gains_table(is_bad, -prob, n_groups=2)
    assert table["bad_rate"].tolist() == [1, 0]
    assert table["score_lower"].tolist() == [-0.9, -0.3]


# --- laws --------------------------------------------------------------------------------

rows_of_cases = st.lists(
    st.tuples(st.booleans(), st.integers(-9, 9), st.integers(0, 3)), min_size=0, max_size=40
)
numbers_of_groups = st.integers(1, 12)


def split(rows: list) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    is_bad, score, weights = map(np.array, zip((True, 1, 1), (False, 0, 1), *rows, strict=True))
    return is_bad, score, weights


@given(rows=rows_of_cases, n_groups=numbers_of_groups)
def test_groups_part_the_cases(rows: list, n_groups: int) -> None:
    is_bad, score, _ = split(rows)
    table = gains_table(is_bad, score, n_groups=n_groups)
    assert 1 <= len(table) <= n_groups
    assert table["group"].tolist() == list(range(1, len(table) + 1))
    # ends do not overlap, and each group holds what lies between its own
    assert (table["score_upper"].to_numpy()[:-1] < table["score_lower"].to_numpy()[1:]).all()
    for row in table.itertuples():
        inside = (score >= row.score_lower) & (score <= row.score_upper)
        assert (row.count, row.n_bad) == (inside.sum(), is_bad[inside].sum())
    assert table["count"].sum() == len(score)
    last = table.iloc[-1]
    assert last[["cumulative_share", "cumulative_good", "cumulative_bad"]].tolist() == [1, 1, 1]
    assert last["cumulative_lift"] == pytest.approx(1)
    assert (table["lift"] * table["share"]).sum() == pytest.approx(1)


@given(rows=rows_of_cases, n_groups=numbers_of_groups)
def test_distance_is_at_most_the_ks(rows: list, n_groups: int) -> None:
    is_bad, score, _ = split(rows)
    table = gains_table(is_bad, score, n_groups=n_groups)
    assert table["ks"].abs().max() <= ks(is_bad, score) + 1e-12
    # with a group for each distinct score it looks at every cut-off
    every = gains_table(is_bad, score, n_groups=10_000)
    assert every["ks"].abs().max() == pytest.approx(ks(is_bad, score), abs=1e-12)


@given(rows=rows_of_cases, n_groups=numbers_of_groups)
def test_whole_weights_are_repeated_rows(rows: list, n_groups: int) -> None:
    is_bad, score, weights = split(rows)
    weighted = gains_table(is_bad, score, n_groups=n_groups, sample_weight=weights)
    repeated = gains_table(np.repeat(is_bad, weights), np.repeat(score, weights), n_groups=n_groups)
    pd.testing.assert_frame_equal(weighted, repeated)


@given(rows=rows_of_cases)
def test_scale_of_score_and_weights_does_not_matter(rows: list) -> None:
    is_bad, score, weights = split(rows)
    one = gains_table(is_bad, score, n_groups=4, sample_weight=weights)
    other = gains_table(is_bad, np.exp(score / 9), n_groups=4, sample_weight=weights / 4)
    columns = ["bad_rate", "lift", "cumulative_bad", "cumulative_share", "ks"]
    pd.testing.assert_frame_equal(one[columns], other[columns])


# --- edges and errors --------------------------------------------------------------------


def test_all_tied_is_one_group() -> None:
    table = gains_table([1, 0, 0, 0], [5, 5, 5, 5])
    assert table[["group", "count", "lift", "ks"]].to_numpy().tolist() == [[1, 4, 1, 0]]


def test_two_rows() -> None:
    assert gains_table([1, 0], [1, 2])["bad_rate"].tolist() == [1, 0]


@pytest.mark.parametrize("n_groups", [0, 2.5, True, None])
def test_number_of_groups(n_groups: object) -> None:
    with pytest.raises(InvalidParameterError, match="'n_groups' parameter of gains_table"):
        gains_table([1, 0], [1, 2], n_groups=n_groups)


def test_what_cannot_be_ranked() -> None:
    with pytest.raises(InvalidTargetError, match="one class only"):
        gains_table([0, 0], [1, 2])
    with pytest.raises(InvalidDataError, match="missing"):
        gains_table([0, 1], [1, np.nan])
