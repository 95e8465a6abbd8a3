"""Levels of a categorical column: their order, what is rare, and how they are joined."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.binning import BinConstraints, LevelCounts, Outcomes
from creditscore.binning._level_spread import rows_of_prior
from creditscore.binning._levels import best_level_groups, level_prebins, rare_below
from creditscore.binning._settings import BinSettings
from growth import growth


def settings_of(*, size: float = 0.05, trend: str = "auto") -> BinSettings:
    return BinSettings(constraints=BinConstraints(trend=trend, min_bin_size=size))


weights = st.integers(0, 200)
level_counts = st.dictionaries(
    st.text(max_size=3) | st.integers(-3, 3),
    st.tuples(weights, weights).filter(any),
    min_size=1,
    max_size=12,
).filter(lambda counts: all(map(sum, zip(*counts.values(), strict=True))))


def counts_of(counts: dict[Any, tuple[float, float]], missing: Any = (0.0, 0.0)) -> LevelCounts:
    return LevelCounts(
        {level: float(good) for level, (good, _) in counts.items()},
        {level: float(bad) for level, (_, bad) in counts.items()},
        missing,
    )


def groups_of(counts: LevelCounts, **params: Any) -> tuple[tuple[Any, ...], ...]:
    asked = BinConstraints(**{"min_bin_size": 0.05} | params)
    return best_level_groups(counts, (), BinSettings(constraints=asked)).counts.partition.groups


def m_estimate(good: float, bad: float, rate: float, prior: float) -> float:
    """The bad rate of a level as Micci-Barreca (2001) writes it: λ · own + (1 - λ) · prior."""
    trust = (good + bad) / (good + bad + prior)
    return trust * bad / (good + bad) + (1 - trust) * rate


@given(counts=level_counts)
def test_levels_are_ordered_by_the_shrunken_bad_rate(
    counts: dict[Any, tuple[float, float]],
) -> None:
    prebins = level_prebins(counts_of(counts), (), rare=0.0, max_n_prebins=64)
    good, bad = map(sum, zip(*counts.values(), strict=True))
    few = np.array([pair for pair in counts.values() if sum(pair) < 30], dtype=float).reshape(-1, 2)
    prior = min(20.0, rows_of_prior(*few.T))
    rates = [m_estimate(*counts[level], bad / (good + bad), prior) for level in prebins.levels]
    in_order = [rates[i] for i in np.argsort(prebins.prebin_of)]
    assert all(a <= b + 1e-12 for a, b in pairwise(in_order))
    assert sorted(prebins.prebin_of) == list(range(len(counts)))
    for level, place in zip(prebins.levels, prebins.prebin_of, strict=True):
        assert (prebins.good[place], prebins.bad[place]) == counts[level]


@given(counts=level_counts, rare=st.integers(0, 150))
def test_rare_levels_are_one_and_nothing_is_lost(
    counts: dict[Any, tuple[float, float]], rare: float
) -> None:
    prebins = level_prebins(counts_of(counts), (), rare=rare, max_n_prebins=64)
    few = {level for level, pair in counts.items() if sum(pair) < rare}
    places = dict(zip(prebins.levels, prebins.prebin_of.tolist(), strict=True))
    assert len({places[level] for level in few}) == min(len(few), 1)
    assert len(set(places.values())) == len(counts) - max(len(few) - 1, 0)
    assert prebins.good.sum() == sum(good for good, _ in counts.values())
    assert prebins.bad.sum() == sum(bad for _, bad in counts.values())


@given(counts=level_counts, data=st.data())
def test_the_order_in_which_levels_were_met_does_not_matter(
    counts: dict[Any, tuple[float, float]], data: st.DataObject
) -> None:
    shuffled = dict(data.draw(st.permutations(list(counts.items()))))
    assert groups_of(counts_of(shuffled)) == groups_of(counts_of(counts))


@given(counts=level_counts)
def test_groups_hold_each_level_once_and_rise_in_bad_rate(
    counts: dict[Any, tuple[float, float]],
) -> None:
    groups = groups_of(counts_of(counts))
    assert sorted(map(repr, (level for group in groups for level in group))) == sorted(
        map(repr, counts)
    )
    sums = [np.sum([counts[level] for level in group], axis=0) for group in groups]
    assert all(a[1] * sum(b) < b[1] * sum(a) for a, b in pairwise(sums))


# --- what is rare -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("min_level_size", "min_bin_size", "total", "expected"),
    [
        (None, 0.05, 1_000, 30),
        (None, 0.05, 200, 10),
        (None, 0.0, 200, 0),
        (0, 0.05, 1_000, 0),
        (0.02, 0.05, 1_000, 20),
        (1, 0.05, 1_000, 1),
        (100, 0.05, 1_000, 100),
    ],
)
def test_size_of_a_rare_level(
    min_level_size: float | None, min_bin_size: float, total: float, expected: float
) -> None:
    asked = BinConstraints(min_level_size=min_level_size, min_bin_size=min_bin_size)
    assert rare_below(BinSettings(constraints=asked), total) == pytest.approx(expected)


COUNTS = counts_of({"a": (400, 10), "b": (300, 100), "c": (12, 8), "d": (1, 9)})


def test_rare_levels_join_as_one() -> None:
    # c and d have 30 rows together, 20 and 10 alone
    together = groups_of(COUNTS, min_bin_size=0.01, min_level_size=30)
    assert ("c", "d") in together
    assert groups_of(COUNTS, min_bin_size=0.01, min_level_size=5)[-2:] == (("c",), ("d",))


def test_a_share_and_the_weight_it_makes_pool_alike() -> None:
    by_weight = groups_of(COUNTS, min_bin_size=0.0, min_level_size=0.025 * 840)
    assert groups_of(COUNTS, min_bin_size=0.0, min_level_size=0.025) == by_weight
    assert by_weight != groups_of(COUNTS, min_bin_size=0.0, min_level_size=0)


# --- what the solver is told ---------------------------------------------------------------


def test_constraints_and_objective_reach_the_solver() -> None:
    counts = counts_of({name: (100 - 9 * i, 10 + 5 * i) for i, name in enumerate("abcdefgh")})
    free = best_level_groups(counts, (), settings_of())
    assert free.counts.partition.n_regular == 8
    limits = {"max_n_bins": 3, "min_bad": 60, "min_rate_difference": 0.1}
    groups = best_level_groups(counts, (), BinSettings(constraints=BinConstraints(**limits))).counts
    n = groups.partition.n_regular
    rates = groups.bad[:n] / (groups.good[:n] + groups.bad[:n])
    assert 1 < n <= 3
    assert (groups.bad[:n] >= 60).all()
    assert (np.diff(rates) >= 0.1).all()


def test_groups_ascend_in_every_period() -> None:
    early = counts_of({"a": (90, 10), "b": (80, 20), "c": (50, 50)})
    late = counts_of({"a": (80, 20), "b": (90, 10), "c": (50, 50)})
    late.bad["a"] -= 5
    both = early.merge(late)
    free = best_level_groups(both, (), settings_of())
    assert free.counts.partition.groups == (("a",), ("b",), ("c",))
    stable = best_level_groups(both, (), settings_of(), periods=[early, late])
    assert stable.counts.partition.groups == (("a", "b"), ("c",))


@given(counts=level_counts, rare=st.integers(0, 150))
def test_fine_counts_are_those_of_the_levels(
    counts: dict[Any, tuple[float, float]], rare: float
) -> None:
    result = best_level_groups(
        counts_of(counts), (), BinSettings(constraints=BinConstraints(min_level_size=rare))
    )
    assert result.fine is not None
    assert result.solution is not None
    assert {
        level: (good, bad)
        for level, good, bad in zip(
            result.fine.levels, result.fine.good, result.fine.bad, strict=True
        )
    } == counts


# --- edges --------------------------------------------------------------------------------


def test_levels_that_never_met_a_class() -> None:
    counts = counts_of({"good": (500, 0), "bad": (0, 200), "both": (300, 60), "one": (0, 1)})
    result = best_level_groups(counts, (), settings_of())
    assert result.counts.partition.groups[0] == ("good",)
    assert "bad" in result.counts.partition.groups[-1]
    assert result.counts.good.sum() == 800
    assert result.counts.bad.sum() == 261


def test_special_levels_and_missing_values_stay_apart() -> None:
    counts = counts_of({"a": (90, 10), "b": (50, 50), "?": (3, 1)}, missing=(5.0, 2.0))
    result = best_level_groups(counts, ("?", "!"), settings_of())
    assert result.counts.partition.labels == (
        *("a", "b"), *("Special ?", "Special !", "Missing", "Other"),
    )  # fmt: skip
    assert result.counts.good.tolist() == [90, 50, 3, 0, 5, 0]
    assert result.counts.bad.tolist() == [10, 50, 1, 0, 2, 0]
    assert result.n_levels == 2


def test_a_column_without_any_regular_level() -> None:
    result = best_level_groups(LevelCounts({}, {}, (5.0, 2.0)), (), settings_of())
    assert result.counts.partition.labels == ("Missing", "Other")
    assert result.n_levels == 0


def grouped(n_levels: int) -> Callable[[], None]:
    rng = np.random.default_rng(0)
    levels = tuple(f"customer {i:06}" for i in range(n_levels))
    codes = np.concatenate([np.arange(n_levels), rng.integers(0, n_levels, 9 * n_levels)])
    outcomes = Outcomes.of(rng.random(len(codes)) < 0.1 + 0.2 * codes / n_levels)
    asked = BinSettings(constraints=BinConstraints(min_bin_size=0.05, min_level_size=2))

    def run() -> None:
        result = best_level_groups(LevelCounts.from_codes(codes, levels, outcomes), (), asked)
        assert result.n_levels == n_levels
        assert result.counts.partition.n_regular > 1

    return run


def test_very_many_levels_are_linear() -> None:
    # eight times the levels; 64 would be quadratic
    assert growth(grouped, 5_000, 40_000) < 32
