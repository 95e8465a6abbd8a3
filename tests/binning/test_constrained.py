"""Numeric columns under constraints, through the encoder: each is counted again on the raw rows."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from creditscore.binning import BinConstraints, BinTable, Solution, WOEEncoder, solve_bins
from creditscore.exceptions import SingleBinWarning

N_ROWS = 10_000
TINY = 1e-9


@dataclass(frozen=True, eq=False)
class Column:
    """Raw rows of one column."""

    values: np.ndarray
    is_bad: np.ndarray
    weight: np.ndarray

    def fit(self, constraints: BinConstraints | None = None, **params: Any) -> BinTable:
        X = pd.DataFrame({"v": self.values})
        encoder = WOEEncoder(**{"min_bin_size": 0.03, **params}, constraints=constraints)
        return encoder.fit(X, self.is_bad, self.weight).tables_["v"]

    @property
    def totals(self) -> tuple[float, float]:
        bad = float(self.weight @ self.is_bad)
        return float(self.weight.sum()) - bad, bad

    def counted(self, by: Any) -> pd.DataFrame:
        """Count goods and bads by group with pandas alone; missing values stay out."""
        rows = pd.DataFrame(
            {"good": self.weight * (1 - self.is_bad), "bad": self.weight * self.is_bad}
        )
        counts = rows.groupby(by, observed=False).sum()
        counts["size"] = counts["good"] + counts["bad"]
        counts["share"] = counts["size"] / self.weight.sum()
        counts["rate"] = counts["bad"] / counts["size"]
        return counts

    def on(self, cuts: tuple[float, ...]) -> pd.DataFrame:
        """Count the rows between cuts."""
        edges = [-np.inf, *cuts, np.inf]
        return self.counted(pd.cut(pd.Series(self.values), edges, right=False))

    def by_value(self) -> pd.DataFrame:
        counts = self.counted(pd.Series(self.values))
        return counts[counts["size"] > 0]

    def solved(self, counts: pd.DataFrame, asked: BinConstraints, **params: Any) -> Solution:
        """Solve on pre-bins that were counted here."""
        total_good, total_bad = self.totals
        return solve_bins(
            counts["good"].to_numpy(),
            counts["bad"].to_numpy(),
            constraints=asked,
            total_good=total_good,
            total_bad=total_bad,
            **params,
        )

    def quantiles(self, n: int) -> pd.DataFrame:
        """Count the rows on pre-bins of equal size."""
        held = self.values[~np.isnan(self.values) & (self.weight > 0)]
        counts = self.on(tuple(np.unique(np.quantile(held, np.arange(1, n) / n))))
        return counts[counts["size"] > 0]


def made(
    seed: int, *, step: float = 0.01, weights: bool = False, shape: str = "wave", n: int = N_ROWS
) -> Column:
    """Make a column whose bad rate waves, bends or rises, with missing values among its rows."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    log_odds = {
        "wave": -1.5 + 0.7 * x + 0.5 * np.sin(3 * x),
        "peak": -0.8 - 0.7 * x**2,
        "valley": -2.2 + 0.7 * x**2,
        "falling": -1.5 - 0.8 * x,
    }[shape]
    is_bad = (rng.random(n) < 1 / (1 + np.exp(-log_odds))).astype(int)
    values = np.round(1_000 * x / step) * step
    values[rng.random(n) < 0.05] = np.nan
    weight = rng.integers(0, 4, size=n).astype(float) if weights else np.ones(n)
    return Column(values, is_bad, weight)


@cache
def column(name: str) -> Column:
    return {
        "many values": lambda: made(2),
        "few values": lambda: made(1, step=200),
        "weighted": lambda: made(3, weights=True),
    }[name]()


COLUMNS = ("many values", "few values", "weighted")


def value(table: BinTable) -> float:
    """Return the information value of the regular bins."""
    return float(table.frame()["iv"].iloc[: table.n_bins].sum())


def p_values(bins: pd.DataFrame) -> list[float]:
    counts = bins[["good", "bad"]].to_numpy()
    return [chi2_contingency(pair, correction=False).pvalue for pair in pairwise(counts)]


def hhi(bins: pd.DataFrame) -> float:
    return float(((bins["size"] / bins["size"].sum()) ** 2).sum())


# --- each constraint, counted again ----------------------------------------------------------

Kept = Callable[[pd.DataFrame], bool]
"""Tell whether bins keep a constraint."""

ASKED: dict[str, tuple[dict[str, Any], Kept]] = {
    "least share": ({"min_bin_size": 0.12}, lambda b: (b["share"] >= 0.12 - TINY).all()),
    "least weight": ({"min_bin_size": 900}, lambda b: (b["size"] >= 900).all()),
    "greatest share": ({"max_bin_size": 0.24}, lambda b: (b["share"] <= 0.24 + TINY).all()),
    "goods": ({"min_good": 700}, lambda b: (b["good"] >= 700).all()),
    "bads": ({"min_bad": 250}, lambda b: (b["bad"] >= 250).all()),
    "most bins": ({"max_n_bins": 3}, lambda b: len(b) <= 3),
    "difference": (
        {"min_rate_difference": 0.06},
        lambda b: (b["rate"].diff().abs().dropna() >= 0.06 - TINY).all(),
    ),
    "least ratio": (
        {"min_rate_ratio": 1.4},
        lambda b: (b["rate"] / b["rate"].shift()).dropna().ge(1.4 - TINY).all(),
    ),
    "greatest ratio": (
        {"max_rate_ratio": 1.6},
        lambda b: (b["rate"] / b["rate"].shift()).dropna().le(1.6 + TINY).all(),
    ),
    "p-value": ({"max_p_value": 1e-4}, lambda b: max(p_values(b)) <= 1e-4 * (1 + 1e-6)),
}


@pytest.mark.parametrize("which", COLUMNS)
@pytest.mark.parametrize("name", ASKED)
def test_constraint_is_kept(name: str, which: str) -> None:
    asked, kept = ASKED[name]
    rows = column(which)
    table = rows.fit(BinConstraints(**asked))
    bins = rows.on(table.partition.cuts)
    assert len(bins) >= 2
    assert kept(bins)
    # it is asked for something: without it the bins are others
    assert not kept(rows.on(rows.fit().partition.cuts))
    np.testing.assert_allclose(table.n_good[: table.n_bins], bins["good"])
    np.testing.assert_allclose(table.n_bad[: table.n_bins], bins["bad"])
    assert bins["rate"].is_monotonic_increasing


@pytest.mark.parametrize("which", ["many values", "weighted"])
def test_more_bins_than_are_best_can_be_asked_for(which: str) -> None:
    rows = column(which)
    # under a bend the best bins are not the most
    free = rows.fit(BinConstraints(trend="concave", min_bad=100))
    asked = BinConstraints(trend="concave", min_bad=100, min_n_bins=free.n_bins + 1)
    more = rows.fit(asked)
    assert len(rows.on(more.partition.cuts)) > free.n_bins
    assert value(more) <= value(free) + TINY


def test_all_at_once() -> None:
    rows = column("many values")
    asked = BinConstraints(
        max_bin_size=0.5, min_good=300, min_bad=150, min_n_bins=3, max_n_bins=5,
        min_rate_difference=0.03, max_p_value=0.001, fixed_cuts=(0.5,), forbidden_cuts=((-900, 0),),
        cut_digits=2,
    )  # fmt: skip
    table = rows.fit(asked)
    cuts, bins = table.partition.cuts, rows.on(table.partition.cuts)
    assert 3 <= len(bins) <= 5
    assert bins["good"].min() >= 300
    assert bins["bad"].min() >= 150
    assert bins["size"].max() <= 0.5 * N_ROWS
    assert bins["rate"].diff().min() >= 0.03
    assert max(p_values(bins)) <= 0.001
    assert 0.5 in cuts
    assert not any(-900 <= cut <= 0 for cut in cuts)
    assert [float(f"{cut:.1e}") for cut in cuts] == list(cuts)


# --- trends ----------------------------------------------------------------------------------


def keeps(rates: np.ndarray, trend: str) -> bool:
    steps = np.diff(rates)
    turn = int(rates.argmax()) if trend == "peak" else int(rates.argmin())
    held = {
        "ascending": steps > 0,
        "descending": steps < 0,
        "peak": np.append(steps[:turn] > 0, steps[turn:] < 0),
        "valley": np.append(steps[:turn] < 0, steps[turn:] > 0),
        "concave": np.diff(steps) <= TINY,
        "convex": np.diff(steps) >= -TINY,
    }
    return bool(held[trend].all())


@pytest.mark.parametrize("weights", [False, True])
@pytest.mark.parametrize(
    ("trend", "shape"),
    [
        *[("ascending", "wave"), ("descending", "falling"), ("peak", "peak"), ("peak", "wave")],
        *[("valley", "valley"), ("valley", "wave"), ("concave", "peak"), ("convex", "valley")],
    ],
)
def test_trend_holds_on_the_rows(trend: str, shape: str, weights: bool) -> None:
    rows = made(11, shape=shape, weights=weights)
    bins = rows.on(rows.fit(BinConstraints(trend=trend, min_bad=20)).partition.cuts)
    assert len(bins) >= 3
    assert keeps(bins["rate"].to_numpy(), trend)
    free = rows.on(rows.fit(trend="none").partition.cuts)
    assert not keeps(free["rate"].to_numpy(), trend)


@pytest.mark.parametrize(("trend", "shape"), [("concave", "peak"), ("convex", "valley")])
def test_bends_and_a_greatest_size_go_together(trend: str, shape: str) -> None:
    rows = made(12, shape=shape)
    bins = rows.on(rows.fit(BinConstraints(trend=trend, max_bin_size=0.4)).partition.cuts)
    assert bins["share"].max() <= 0.4 + TINY
    assert keeps(bins["rate"].to_numpy(), trend)


@pytest.mark.parametrize("shape", ["peak", "valley"])
def test_a_bend_is_found_where_it_is_worth_it(shape: str) -> None:
    rows = made(11, shape=shape)
    table = rows.fit(trend="auto_one_bend")
    assert table.trend == shape
    # and not where it is asked to be worth more than it is
    gain = value(table) / value(rows.fit(BinConstraints(min_bad=1))) - 1
    most = BinConstraints(trend="auto_one_bend", min_bend_gain=2 * gain)
    assert rows.fit(most).trend in ("ascending", "descending")


def test_no_bend_is_made_of_a_rise() -> None:
    assert made(11, shape="falling").fit(trend="auto_one_bend").trend == "descending"


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("shape", ["wave", "falling"])
def test_a_peak_or_valley_may_end_in_a_monotone_trend(shape: str, seed: int) -> None:
    """Bins that rise throughout are a peak at the end; so a peak is worth as much or more."""
    rows = made(seed, shape=shape)
    monotone = value(rows.fit(trend="ascending" if shape == "wave" else "descending"))
    assert value(rows.fit(trend="peak")) >= monotone * (1 - 1e-3)
    assert value(rows.fit(trend="valley")) >= monotone * (1 - 1e-3)


# --- cuts ------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", COLUMNS)
def test_fixed_cuts_are_there_exactly(which: str) -> None:
    rows = column(which)
    fixed = (-1234.567, 33.25, 800.0)
    free = rows.fit().partition.cuts
    table = rows.fit(BinConstraints(fixed_cuts=fixed, trend="none"))
    assert set(fixed) <= set(table.partition.cuts)
    assert not set(fixed) & set(free)
    assert len(table.partition.cuts) > len(fixed)
    assert len(rows.on(table.partition.cuts)) == table.n_bins


@pytest.mark.parametrize("fixed", [(1e6,), (-1e6,), (33.25, 33.26)])
def test_a_fixed_cut_that_parts_nothing_is_not_dropped_in_silence(fixed: tuple) -> None:
    """No row lies beyond 1e6, nor between 33.25 and 33.26: such a cut stands, or that is said."""
    rows = column("few values")
    with warnings.catch_warnings(record=True, action="always") as said:
        table = rows.fit(BinConstraints(fixed_cuts=fixed, min_bin_size=0))
    kept = set(fixed) <= set(table.partition.cuts)
    assert kept or said or any("fixed" in note for note in table.notes)


@pytest.mark.parametrize("which", COLUMNS)
def test_no_cut_in_a_forbidden_place(which: str) -> None:
    rows = column(which)
    free = rows.fit().partition.cuts
    middle = free[len(free) // 2]
    spans = ((middle - 150, middle + 150), free[0])
    table = rows.fit(BinConstraints(forbidden_cuts=spans))
    cuts = table.partition.cuts
    assert len(cuts) >= 2
    assert not any(middle - 150 <= cut <= middle + 150 or cut == free[0] for cut in cuts)
    # another number between the same two values would be the same cut
    low, high = max(rows.values[rows.values < free[0]]), min(rows.values[rows.values >= free[0]])
    assert not any(low < cut <= high for cut in cuts)
    assert value(table) < value(rows.fit(BinConstraints(min_bad=1)))


@pytest.mark.parametrize("kind", ["numeric", "mixed"])
def test_a_fixed_cut_beside_a_forbidden_place_is_made(kind: str) -> None:
    """Both lie between the values -200 and 0, but the cut at 0 is not in the place."""
    rows = column("few values")
    asked = BinConstraints(fixed_cuts=(0.0,), forbidden_cuts=((-90.0, -60.0),))
    values: Any = rows.values
    if kind == "mixed":
        values = values.astype(object)
        values[::50] = "no file"
    X = pd.DataFrame({"v": values})
    encoder = WOEEncoder(constraints=asked, kinds={"v": kind}).fit(X, rows.is_bad)
    assert 0.0 in encoder.tables_["v"].partition.cuts


def test_all_cuts_forbidden_is_said() -> None:
    rows = column("few values")
    asked = BinConstraints(forbidden_cuts=((-1e6, 1e6),))
    with pytest.warns(SingleBinWarning, match=r"leave out the forbidden cut -1e\+06 to 1e\+06\."):
        table = rows.fit(asked)
    assert table.n_bins == 1
    assert "forbidden cut" in table.status_text


@pytest.mark.parametrize("preference", [0.0, 0.001, 0.01, 0.1])
def test_a_preferred_cut_is_taken_where_it_costs_no_more_than_its_preference(
    preference: float,
) -> None:
    rows = column("few values")
    counts = rows.by_value()
    base = {"min_bin_size": 0.03, "trend": "auto"}
    free = rows.solved(counts, BinConstraints(**base))
    taken, expected = [], []
    for place in range(1, len(counts)):
        forced = rows.solved(counts, BinConstraints(**base, fixed_cuts=(place,)))
        cost = free.value - forced.value if forced.feasible else np.inf
        expected.append(bool(cost <= preference * free.value))
        cut = float(counts.index[place])
        table = rows.fit(BinConstraints(preferred_cuts=(cut,), preference=preference))
        taken.append(cut in table.partition.cuts)
    assert taken == expected
    assert any(taken)
    assert not all(taken)


@pytest.mark.parametrize("which", COLUMNS)
def test_many_preferred_cuts_cost_no_more_than_all_preferences(which: str) -> None:
    rows = column(which)
    round_numbers = tuple(float(cut) for cut in range(-2_000, 2_001, 250))
    free = rows.fit(BinConstraints(min_bad=1))
    table = rows.fit(BinConstraints(preferred_cuts=round_numbers, min_bad=1))
    taken = set(round_numbers) & set(table.partition.cuts)
    assert len(taken) > len(set(round_numbers) & set(free.partition.cuts))
    assert value(table) >= value(free) * (1 - 0.01 * len(taken)) - TINY


@pytest.mark.parametrize("digits", [1, 2, 3])
@pytest.mark.parametrize("which", COLUMNS)
def test_cuts_of_few_digits(which: str, digits: int) -> None:
    rows = column(which)
    exact = rows.fit(BinConstraints(min_bad=1))
    table = rows.fit(BinConstraints(min_bad=1, cut_digits=digits))
    cuts = table.partition.cuts
    assert len(cuts) >= 2
    assert [float(f"{cut:.{digits - 1}e}") for cut in cuts] == list(cuts)
    bins = rows.on(cuts)
    np.testing.assert_allclose(table.n_bad[: table.n_bins], bins["bad"])
    assert bins["size"].min() >= 0.03 * sum(rows.totals) - TINY
    (note,) = (note for note in table.notes if note.startswith("cuts of "))
    cost = float(note.rsplit(" ", 1)[1])
    assert cost == pytest.approx(value(exact) - value(table), abs=6e-5)


def test_few_digits_leave_fixed_cuts_as_they_are() -> None:
    asked = BinConstraints(cut_digits=1, fixed_cuts=(333.25,))
    cuts = column("many values").fit(asked).partition.cuts
    assert 333.25 in cuts
    assert all(float(f"{cut:.0e}") == cut for cut in cuts if cut != 333.25)


# --- concentration ---------------------------------------------------------------------------


@pytest.mark.parametrize("which", COLUMNS)
def test_a_penalty_lowers_concentration(which: str) -> None:
    rows = column(which)
    free, even = (
        rows.on(rows.fit(BinConstraints(concentration_penalty=p, min_bad=1)).partition.cuts)
        for p in (0.0, 2.0)
    )
    assert hhi(even) < hhi(free)


# --- against the exact solver ----------------------------------------------------------------

asked_of_few = st.fixed_dictionaries(
    {"trend": st.sampled_from(["auto", "ascending", "none", "peak", "valley", "concave"])},
    optional={
        "min_bin_size": st.sampled_from([0.02, 0.1, 800]),
        "max_bin_size": st.sampled_from([0.25, 0.5, 3_000]),
        "min_good": st.sampled_from([100, 900]),
        "min_bad": st.sampled_from([50, 300]),
        "min_n_bins": st.integers(2, 5),
        "max_n_bins": st.integers(5, 8),
        "min_rate_difference": st.sampled_from([0.01, 0.05]),
        "max_p_value": st.sampled_from([0.2, 0.01]),
        "concentration_penalty": st.sampled_from([0.1, 1.0]),
    },
)


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.SingleBinWarning")
@settings(max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    step=st.sampled_from([150, 300, 600]),
    weights=st.booleans(),
    asked=asked_of_few,
    objective=st.sampled_from(["iv", "js", "hellinger", "triangular", "log_likelihood"]),
)
def test_few_values_get_the_proven_optimum(
    seed: int, step: float, weights: bool, asked: dict, objective: str
) -> None:
    """All values fit among the pre-bins: what the encoder finds is what the solver proves."""
    rows = made(seed, step=step, weights=weights, n=3_000)
    counts = rows.by_value()
    assert len(counts) <= 64
    constraints = BinConstraints(**{"min_bin_size": 0.03, **asked})
    solution = rows.solved(counts, constraints, objective=objective)
    table = rows.fit(constraints, objective=objective)
    values = counts.index.to_numpy()
    expected = np.diff([*solution.starts, len(values)]).tolist()
    seen = np.diff([0, *np.searchsorted(values, table.partition.cuts), len(values)])
    assert seen.tolist() == expected
    assert (table.status == "infeasible") == (not solution.feasible)


@pytest.mark.parametrize("given_as", ["fixed_cuts", "forbidden_cuts"])
def test_few_values_with_given_cuts_get_the_proven_optimum(given_as: str) -> None:
    rows = column("few values")
    counts = rows.by_value()
    free = rows.solved(counts, BinConstraints(min_bin_size=0.03))
    middle = len(free.starts) // 2
    places = free.starts[middle : middle + 2]
    if given_as == "fixed_cuts":
        others = [(place,) for place in range(1, len(counts)) if place not in free.starts]
        asked = [BinConstraints(min_bin_size=0.03, fixed_cuts=one) for one in others]
        places = next(
            one
            for one, each in zip(others, asked, strict=True)
            if rows.solved(counts, each).feasible
        )
    solution = rows.solved(counts, BinConstraints(min_bin_size=0.03, **{given_as: places}))
    assert solution.feasible
    assert solution.value < free.value
    cuts = tuple(float(counts.index[place]) for place in places)
    assert value(rows.fit(BinConstraints(**{given_as: cuts}))) == pytest.approx(
        solution.value, rel=1e-12
    )


def test_a_greatest_ratio_that_no_place_tried_keeps_is_named() -> None:
    with pytest.warns(SingleBinWarning, match="no cuts keep max_rate_ratio and all else"):
        made(4).fit(BinConstraints(max_rate_ratio=1.35))


NEVER_WORSE: dict[str, dict[str, Any]] = {
    **{name: asked for name, (asked, _) in ASKED.items()},
    "tight": {"max_bin_size": 0.16},
    "number": {"min_n_bins": 8},
    "concentration": {"concentration_penalty": 0.5},
    **{trend: {"trend": trend, "min_bad": 5} for trend in ("peak", "valley", "concave", "none")},
}


@pytest.mark.parametrize("seed", [3, 4])
@pytest.mark.parametrize("name", NEVER_WORSE)
def test_never_worse_than_quantiles_solved_exactly(name: str, seed: int) -> None:
    """The pre-bins that other libraries solve over, as many as ours, under the same constraints."""
    rows = made(seed, weights=seed == 3)
    asked = BinConstraints(**{"min_bin_size": 0.03, **NEVER_WORSE[name]})
    counts = rows.quantiles(64)
    theirs = rows.solved(counts, asked)
    assert theirs.feasible
    table = rows.fit(asked)
    bins = rows.on(table.partition.cuts)
    # what is made as large as can be is the value less the penalty
    penalty = asked.concentration_penalty
    sizes = np.add.reduceat(counts["size"].to_numpy(), theirs.starts)
    their_worth = theirs.value - penalty * float(((sizes / sizes.sum()) ** 2).sum())
    assert value(table) - penalty * hhi(bins) >= their_worth - TINY


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("trend", ["auto", "ascending"])
def test_a_constraint_that_does_not_bind_costs_nothing(trend: str, seed: int) -> None:
    """The way under constraints must find what the fast way finds, but for a part in a thousand."""
    rows = made(seed)
    free = rows.fit(trend=trend)
    assert min(free.n_bad) >= 5
    bound = rows.fit(BinConstraints(trend=trend, min_bad=5, max_n_bins=60))
    assert value(bound) >= value(free) * (1 - 2e-3)


# --- laws ------------------------------------------------------------------------------------

MIXED: tuple[dict[str, Any], ...] = (
    {"max_bin_size": 0.3, "max_p_value": 0.01},
    {"trend": "peak", "cut_digits": 2},
    {"trend": "none", "fixed_cuts": (100.0,), "min_rate_difference": 0.02},
    {"preferred_cuts": (0.0, 500.0), "concentration_penalty": 0.2},
)


@pytest.mark.parametrize("which", COLUMNS)
@pytest.mark.parametrize("asked", MIXED, ids=str)
def test_row_order_is_irrelevant(asked: dict, which: str) -> None:
    rows = column(which)
    order = np.random.default_rng(7).permutation(N_ROWS)
    turned = Column(rows.values[order], rows.is_bad[order], rows.weight[order])
    constraints = BinConstraints(**asked)
    assert turned.fit(constraints) == rows.fit(constraints)


@pytest.mark.parametrize("asked", MIXED, ids=str)
def test_whole_weight_is_repetition(asked: dict) -> None:
    rows = column("weighted")
    times = rows.weight.astype(int)
    repeated = Column(
        np.repeat(rows.values, times), np.repeat(rows.is_bad, times), np.ones(times.sum())
    )
    constraints = BinConstraints(**asked)
    assert repeated.fit(constraints) == rows.fit(constraints)


def test_units_do_not_matter() -> None:
    """A column in cents has the bins of the same column in euros."""
    rows = column("many values")
    cents = Column(rows.values * 100, rows.is_bad, rows.weight)
    for asked in ({"max_p_value": 0.01}, {"trend": "valley"}, {"max_bin_size": 0.3}):
        euros, other = (one.fit(BinConstraints(**asked)) for one in (rows, cents))
        assert other.n_bad == euros.n_bad


def test_a_relaxation_that_is_named_helps() -> None:
    rows = column("few values")
    with pytest.warns(SingleBinWarning, match=r"raise max_bin_size to ([\d.]+)") as caught:
        blocked = rows.fit(BinConstraints(max_bin_size=0.04))
    assert blocked.status == "infeasible"
    needed = float(str(caught[0].message).split("max_bin_size to ")[1].split(";")[0].strip(" ."))
    table = rows.fit(BinConstraints(max_bin_size=needed))
    assert table.n_bins >= 2
    assert rows.on(table.partition.cuts)["size"].max() <= needed * N_ROWS + TINY
    assert all(a < b for a, b in pairwise(table.partition.cuts))
