"""Counts add up: batches in any order give the counts of all rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.binning import (
    BinCounts,
    CategoricalPartition,
    LevelCounts,
    NumericPartition,
    Outcomes,
)
from creditscore.exceptions import IncompatibleCountsError

AGES = NumericPartition(cuts=(30.0, 45.0), special_codes=(-9.0,))
LEVELS = ("free", "own", "rent")

rows = st.lists(
    st.tuples(st.integers(0, AGES.n_codes - 1), st.booleans(), st.integers(0, 5)), max_size=30
)
level_rows = st.lists(
    st.tuples(st.integers(-1, len(LEVELS) - 1), st.booleans(), st.integers(0, 5)), max_size=30
)
Rows = list[tuple[int, bool, int]]


def columns(batch: Rows) -> tuple[np.ndarray, Outcomes]:
    codes, bad, weights = np.array(batch, dtype=float).reshape(-1, 3).T
    return codes.astype(np.intp), Outcomes.of(bad.astype(bool), weights)


def count(batch: Rows) -> BinCounts:
    return BinCounts.from_codes(AGES, *columns(batch))


def count_levels(batch: Rows) -> LevelCounts:
    codes, outcomes = columns(batch)
    return LevelCounts.from_codes(codes, LEVELS, outcomes)


def numbers(counts: BinCounts) -> list[list[float]]:
    return [counts.good.tolist(), counts.bad.tolist()]


@given(batch=rows)
def test_tally_is_a_plain_count(batch: Rows) -> None:
    counts = count(batch)
    for code in range(AGES.n_codes):
        of_code = [(bad, weight) for c, bad, weight in batch if c == code]
        assert counts.good[code] == sum(weight for bad, weight in of_code if not bad)
        assert counts.bad[code] == sum(weight for bad, weight in of_code if bad)


@given(first=rows, second=rows)
def test_counts_of_two_batches_are_the_counts_of_both(first: Rows, second: Rows) -> None:
    both = numbers(count(first + second))
    assert numbers(count(first).merge(count(second))) == both
    assert numbers(count(second).merge(count(first))) == both
    assert numbers(count(first).update(*columns(second))) == both
    assert numbers(BinCounts.empty(AGES).merge(count(first + second))) == both


@given(batch=rows, data=st.data())
def test_row_order_is_irrelevant(batch: Rows, data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(batch))
    assert numbers(count(shuffled)) == numbers(count(batch))
    assert count_levels(shuffled[:0]) == LevelCounts({}, {})


def test_rows_count_once_without_weights() -> None:
    outcomes = Outcomes.of(np.array([True, False, True]))
    good, bad = outcomes.tally(np.array([0, 0, 2]), n_codes=4)
    assert (good.tolist(), bad.tolist()) == ([1, 0, 0, 0], [1, 0, 1, 0])


def test_fractions_of_one_class_leave_no_trace_of_the_other() -> None:
    # ten bads of weight 0.1 are 0.9999999999999999; the goods among them are none
    outcomes = Outcomes.of(np.ones(10, dtype=bool), np.full(10, 0.1))
    good, bad = outcomes.tally(np.zeros(10, dtype=np.intp), n_codes=1)
    assert good.tolist() == [0.0]
    assert bad[0] == pytest.approx(1.0, rel=1e-15)


@pytest.mark.parametrize(
    "other",
    [
        NumericPartition(cuts=(30.0, 46.0), special_codes=(-9.0,)),
        NumericPartition(cuts=(30.0, 45.0), special_codes=(-8.0,)),
        NumericPartition(cuts=(30.0, 45.0)),
        CategoricalPartition(groups=(("a",), ("b",))),
    ],
    ids=["cuts", "special code", "no special code", "kind"],
)
def test_unequal_partitions_do_not_merge(other: NumericPartition | CategoricalPartition) -> None:
    first, second = BinCounts.empty(AGES), BinCounts.empty(other)
    with pytest.raises(IncompatibleCountsError, match="equal edges, groups and special codes"):
        first.merge(second)


# --- levels ------------------------------------------------------------------------------


@given(first=level_rows, second=level_rows)
def test_level_counts_of_two_batches_are_the_counts_of_both(first: Rows, second: Rows) -> None:
    both = count_levels(first + second)
    assert count_levels(first).merge(count_levels(second)) == both
    assert count_levels(second).merge(count_levels(first)) == both


def test_batches_with_levels_of_their_own() -> None:
    first = LevelCounts.from_codes(
        np.array([0, 1, -1]), ("own", "rent"), Outcomes.of(np.array([True, False, False]))
    )
    second = LevelCounts.from_codes(
        np.array([0, 0, -1]), ("free",), Outcomes.of(np.array([True, False, True]))
    )
    merged = first.merge(second)
    assert merged.good == {"own": 0.0, "rent": 1.0, "free": 1.0}
    assert merged.bad == {"own": 1.0, "rent": 0.0, "free": 1.0}
    assert merged.missing == (1.0, 1.0)


def test_levels_without_weight_are_left_out() -> None:
    outcomes = Outcomes.of(np.array([True, False]), np.array([0.0, 2.0]))
    counts = LevelCounts.from_codes(np.array([0, 1]), ("own", "rent"), outcomes)
    assert counts == LevelCounts({"rent": 2.0}, {"rent": 0.0})


@given(batch=rows.filter(bool), weighted=st.booleans())
def test_runs_are_counted_as_codes_are(batch: Rows, weighted: bool) -> None:
    codes, outcomes = columns(sorted(batch))
    outcomes = outcomes if weighted else Outcomes.of(outcomes.is_bad)
    firsts = np.flatnonzero(np.diff(codes, prepend=-1))
    places = np.repeat(np.arange(len(firsts)), np.diff(firsts, append=len(codes)))
    for runs, tally in zip(
        outcomes.tally_runs(firsts), outcomes.tally(places, len(firsts)), strict=True
    ):
        assert runs.tolist() == tally.tolist()
