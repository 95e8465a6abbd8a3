"""Bins that hold in every period: trend, size, order of the periods, and what stability costs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.binning import BinConstraints, BinTable, WOEEncoder, solve_bins
from creditscore.exceptions import InvalidDataError, SingleBinWarning

N_ROWS = 6_000
MONTHS = ("2024-01", "2024-02", "2024-03", "2024-04")


@dataclass(frozen=True, eq=False)
class Rows:
    """Raw rows of one column, with the period of each."""

    values: Any
    is_bad: np.ndarray
    periods: np.ndarray
    weight: np.ndarray | None = None

    def fit(self, constraints: BinConstraints | None = None, **params: Any) -> BinTable:
        encoder = WOEEncoder(**{"min_bin_size": 0.03, **params}, constraints=constraints)
        X = pd.DataFrame({"v": self.values})
        return encoder.fit(X, self.is_bad, self.weight, self.periods).tables_["v"]

    @property
    def weights(self) -> np.ndarray:
        return np.ones(len(self.is_bad)) if self.weight is None else self.weight

    def counted(self, group: Any) -> pd.DataFrame:
        """Count rows by period and group with pandas alone."""
        rows = pd.DataFrame(
            {
                "period": self.periods,
                "group": group,
                "size": self.weights,
                "bad": self.weights * self.is_bad,
            }
        )
        counts = rows[rows["size"] > 0].groupby(["period", "group"], observed=True).sum()
        counts["rate"] = counts["bad"] / counts["size"]
        return counts

    def on(self, table: BinTable) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return sizes and bad rates of the regular bins, a row a period and a column a bin."""
        raw = pd.Series(self.values)
        if table.dtype == "numeric":
            edges = [-np.inf, *table.partition.cuts, np.inf]
            group = pd.cut(raw, edges, right=False, labels=False)
        else:
            place = {level: i for i, g in enumerate(table.partition.groups) for level in g}
            group = raw.astype(object).map(place)
        counts = self.counted(group.to_numpy(float))
        wide = counts.reset_index().pivot_table(index="period", columns="group", observed=True)
        return wide["size"], wide["rate"]


def drifting(seed: int, *, weights: bool = False, step: float = 0.01, n: int = N_ROWS) -> Rows:
    """Make a column whose bad rate rises, but in other places and with a dent in each month."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    month = rng.integers(0, len(MONTHS), size=n)
    log_odds = -1.4 + 0.8 * x + 0.5 * np.sin(3 * x + month)
    is_bad = (rng.random(n) < 1 / (1 + np.exp(-log_odds))).astype(int)
    values = np.round(1_000 * x / step) * step
    values[rng.random(n) < 0.05] = np.nan
    weight = rng.integers(0, 4, size=n).astype(float) if weights else None
    return Rows(values, is_bad, np.array(MONTHS)[month], weight)


@cache
def rows_of(kind: str) -> Rows:
    if kind == "weighted":
        return drifting(4, weights=True)
    rows = drifting(3)
    if kind == "numeric":
        return rows
    # ten levels by rank of the number
    level = pd.qcut(rows.values, 10, labels=list("abcdefghij"))
    if kind == "ordered":
        return replace(rows, values=level)
    return replace(rows, values=np.array(level.astype(object)))


KINDS = ("numeric", "weighted", "ordered", "nominal")


# --- the trend in every period ---------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_of_the_bins_holds_in_every_period(kind: str) -> None:
    rows = rows_of(kind)
    table = rows.fit()
    _, rates = rows.on(table)
    assert rates.shape == (len(MONTHS), table.n_bins)
    assert table.n_bins >= 2
    steps = np.diff(rates.to_numpy(), axis=1)
    assert (steps >= 0).all() or (steps <= 0).all()
    assert table.holds_trend_in_every_period
    # without the periods it would not
    free = replace(rows, periods=None).fit()
    _, free_rates = rows.on(free)
    steps = np.diff(free_rates.to_numpy(), axis=1)
    assert (steps < 0).any()
    assert (steps > 0).any()


def turns(rates: np.ndarray, trend: str) -> bool:
    """Tell whether one row of rates is a peak or a valley, equal neighbours being no breach."""
    signs = np.sign(np.diff(rates))
    signs = signs[signs != 0]
    expected = np.sort(signs)[::-1] if trend == "peak" else np.sort(signs)
    return bool((signs == expected).all())


@pytest.mark.parametrize("trend", ["peak", "valley"])
@pytest.mark.parametrize("seed", [0, 1])
def test_bends_hold_in_every_period(trend: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, month = rng.normal(size=N_ROWS), rng.integers(0, 4, size=N_ROWS)
    sign = 1 if trend == "valley" else -1
    is_bad = rng.random(N_ROWS) < 1 / (1 + np.exp(1.2 - sign * 0.8 * (x**2 - 1)))
    rows = Rows(np.round(x, 2), is_bad.astype(int), np.array(MONTHS)[month])
    table = rows.fit(trend=trend)
    assert table.n_bins >= 3
    assert table.trend == trend
    assert all(turns(rates, trend) for rates in rows.on(table)[1].to_numpy())


@pytest.mark.parametrize("kind", KINDS)
def test_steps_without_a_trend_go_the_same_way_in_every_period(kind: str) -> None:
    rows = rows_of(kind)
    table = rows.fit(trend={"v": "auto"} if kind == "nominal" else "none")
    signs = np.sign(np.diff(rows.on(table)[1].to_numpy(), axis=1))
    assert signs.shape[1] >= 2
    # in no period against another one
    assert not ((signs.min(axis=0) < 0) & (signs.max(axis=0) > 0)).any()


@pytest.mark.parametrize("size", [0.08, 120])
@pytest.mark.parametrize("kind", KINDS)
def test_least_size_in_every_period(kind: str, size: float) -> None:
    rows = rows_of(kind)
    table = rows.fit(BinConstraints(min_period_size=size))
    sizes, _ = rows.on(table)
    assert table.n_bins >= 2
    least = size * sizes.sum(axis=1) if size < 1 else size
    assert sizes.ge(least - 1e-9, axis=0).all(axis=None)


def test_least_size_in_every_period_is_asked_for_something() -> None:
    rows = rows_of("numeric")
    free, bound = rows.fit(), rows.fit(BinConstraints(min_period_size=0.08))
    sizes, _ = rows.on(free)
    assert sizes.lt(0.08 * sizes.sum(axis=1), axis=0).any(axis=None)
    assert bound.n_bins < free.n_bins


def test_a_bin_needs_a_row_in_every_period() -> None:
    """Large amounts are new in the last month: no bin may hold them alone."""
    rng = np.random.default_rng(0)
    month = np.arange(N_ROWS) % 4
    values = rng.integers(0, 10, size=N_ROWS).astype(float)
    late = (month == 3) & (rng.random(N_ROWS) < 0.4)
    values[late] += 100
    is_bad = (rng.random(N_ROWS) < np.where(late, 0.6, 0.1 + 0.03 * values % 10)).astype(int)
    rows = Rows(values, is_bad, np.array(MONTHS)[month])
    free = replace(rows, periods=None).fit()
    assert any(cut > 10 for cut in free.partition.cuts)
    assert max(rows.fit().partition.cuts) <= 9


# --- what it costs ---------------------------------------------------------------------------


def solved(rows: Rows, order: Any, *, with_periods: bool, trend: str = "auto") -> float:
    """Solve on all values or levels, counted with pandas, and return the information value."""
    raw = pd.Series(rows.values)
    counts = rows.counted(raw.to_numpy() if raw.dtype != "category" else raw.astype(object))
    wide = counts.reset_index().pivot_table(
        index="period", columns="group", values=["size", "bad"], fill_value=0, observed=True
    )
    size, bad = (wide[side][order].to_numpy() for side in ("size", "bad"))
    total_bad = float(rows.weights @ rows.is_bad)
    solution = solve_bins(
        (size - bad).sum(axis=0),
        bad.sum(axis=0),
        constraints=BinConstraints(min_bin_size=0.03, trend=trend),
        total_good=float(rows.weights.sum()) - total_bad,
        total_bad=total_bad,
        periods=(size - bad, bad) if with_periods else None,
    )
    assert solution.feasible
    return solution.value


def value(table: BinTable) -> float:
    return float(table.frame()["iv"].iloc[: table.n_bins].sum())


@pytest.mark.parametrize("weights", [False, True])
def test_cost_of_few_values_is_the_difference_of_the_optima(weights: bool) -> None:
    rows = drifting(5, step=150, weights=weights)
    held = rows.values[~np.isnan(rows.values) & (rows.weights > 0)]
    table = rows.fit()
    bound, free = (solved(rows, np.unique(held), with_periods=p) for p in (True, False))
    assert value(table) == pytest.approx(bound, rel=1e-12)
    assert table.stability_cost == pytest.approx(free - bound, abs=1e-12)
    assert table.stability_cost > 0


def test_cost_of_ordered_levels() -> None:
    rows = rows_of("ordered")
    table = rows.fit()
    bound, free = (solved(rows, list("abcdefghij"), with_periods=p) for p in (True, False))
    assert value(table) == pytest.approx(bound, rel=1e-12)
    assert table.stability_cost == pytest.approx(free - bound, abs=1e-12)
    assert table.stability_cost > 0


def test_cost_of_levels_by_rate() -> None:
    rows = rows_of("nominal")
    table = rows.fit()
    by_level = rows.counted(rows.values)[["size", "bad"]].groupby("group").sum()
    mean = rows.is_bad.mean()
    shrunken = (by_level["bad"] + 20 * mean) / (by_level["size"] + 20)
    order = shrunken.sort_values().index.tolist()
    bound, free = (solved(rows, order, with_periods=p, trend="ascending") for p in (True, False))
    assert value(table) == pytest.approx(bound, rel=1e-12)
    assert table.stability_cost == pytest.approx(free - bound, abs=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_cost_is_never_negative_and_is_in_the_summary(kind: str) -> None:
    rows = rows_of(kind)
    encoder = WOEEncoder().fit(
        pd.DataFrame({"v": rows.values}), rows.is_bad, rows.weight, rows.periods
    )
    cost = encoder.tables_["v"].stability_cost
    assert cost >= 0
    assert encoder.summary()["stability_cost"].tolist() == [cost]
    without = WOEEncoder().fit(pd.DataFrame({"v": rows.values}), rows.is_bad, rows.weight)
    assert without.tables_["v"].stability_cost is None
    assert without.summary()["stability_cost"].isna().all()


@pytest.mark.parametrize("kind", ["numeric", "ordered"])
@pytest.mark.parametrize(
    "asked",
    [
        *({"concentration_penalty": 0.2}, {"concentration_penalty": 2.0}, {"trend": "peak"}),
        *({"max_p_value": 0.05}, {"trend": "none", "concentration_penalty": 0.5}),
    ],
    ids=str,
)
def test_cost_is_never_negative_whatever_is_asked(kind: str, asked: dict) -> None:
    rows = rows_of(kind)
    assert rows.fit(BinConstraints(**asked)).stability_cost >= 0


def test_cost_is_never_negative_with_preferred_cuts() -> None:
    for seed in range(5):
        asked = BinConstraints(trend="none", preferred_cuts=(-1500, -700, 400), preference=0.05)
        assert drifting(seed, n=2_000).fit(asked).stability_cost >= 0


@settings(max_examples=20)
@given(seed=st.integers(0, 1_000), weights=st.booleans(), step=st.sampled_from([0.01, 100]))
def test_stability_costs_and_never_pays(seed: int, weights: bool, step: float) -> None:
    rows = drifting(seed, n=1_500, weights=weights, step=step)
    table = rows.fit(min_bin_size=0.1)
    free = replace(rows, periods=None).fit(min_bin_size=0.1)
    assert table.stability_cost >= 0
    assert value(table) <= value(free) * (1 + 5e-3) + 1e-9
    if step > 1:
        assert value(free) - value(table) == pytest.approx(table.stability_cost, abs=1e-9)


# --- periods of any kind ---------------------------------------------------------------------

JANUARY, OCTOBER = dt.date(2024, 1, 1), dt.date(2024, 10, 1)


def halves(first: Any, then: Any) -> list:
    """Return one entry a row, the later one first."""
    return [then, first] * (N_ROWS // 2)


@pytest.mark.parametrize(
    ("periods", "labels"),
    [
        (halves("2024-01", "2024-10"), ("2024-01", "2024-10")),
        (np.array(halves(2, 10)), ("2", "10")),
        (pd.Series(halves(2, 10), dtype="Int64"), ("2", "10")),
        (np.array(halves(JANUARY, OCTOBER), dtype="datetime64[D]"), ("2024-01-01", "2024-10-01")),
        (pd.to_datetime(halves(JANUARY, OCTOBER)), ("2024-01-01", "2024-10-01")),
        (halves(JANUARY, OCTOBER), ("2024-01-01", "2024-10-01")),
        (pd.PeriodIndex(halves("2024-02", "2024-10"), freq="M"), ("2024-02", "2024-10")),
        (pd.Series(pd.PeriodIndex(halves("2023Q4", "2024Q1"), freq="Q")), ("2023Q4", "2024Q1")),
        (
            pd.Series(pd.Categorical(halves("spring", "autumn"), ["spring", "autumn"])),
            ("spring", "autumn"),
        ),
        (pd.Categorical(halves("spring", "autumn"), ["spring", "autumn"]), ("spring", "autumn")),
        (pl.Series(halves("2024-01", "2024-10")), ("2024-01", "2024-10")),
        (pl.Series(halves(JANUARY, OCTOBER)), ("2024-01-01", "2024-10-01")),
        (pa.array(halves(2, 10)), ("2", "10")),
        (pa.chunked_array([halves(JANUARY, OCTOBER)]), ("2024-01-01", "2024-10-01")),
    ],
    ids=[
        *("text", "numbers", "nullable", "days", "times", "dates", "months", "quarters"),
        *("categories", "bare categories", "polars text", "polars dates", "arrow", "arrow dates"),
    ],
)
def test_periods_are_in_the_order_of_time(periods: Any, labels: tuple[str, str]) -> None:
    rows = rows_of("numeric")
    X = pd.DataFrame({"v": rows.values})
    counts = WOEEncoder().fit(X, rows.is_bad, None, periods).tables_["v"].periods
    assert counts.labels == labels
    # the later period stood first
    assert counts.bad.sum(axis=1).tolist() == [rows.is_bad[1::2].sum(), rows.is_bad[::2].sum()]


def test_names_of_the_periods_do_not_matter() -> None:
    rows = rows_of("numeric")
    number = np.array([MONTHS.index(month) for month in rows.periods])
    other = replace(rows, periods=number + 7).fit()
    assert other.partition == rows.fit().partition


def test_row_order_does_not_matter() -> None:
    rows = rows_of("weighted")
    order = np.random.default_rng(1).permutation(N_ROWS)
    turned = Rows(rows.values[order], rows.is_bad[order], rows.periods[order], rows.weights[order])
    assert turned.fit() == rows.fit()


@pytest.mark.parametrize(
    ("periods", "message"),
    [
        (list(MONTHS), r"one entry for each of the 6000 rows\. Got 4"),
        ("2024-01", r"one entry for each of the 6000 rows"),
        (["2024-01", None] * (N_ROWS // 2), r"must not be missing\. Got 3000 missing"),
        (["2024-01", float("nan")] * (N_ROWS // 2), r"must not be missing\. Got 3000 missing"),
        (np.tile([1.0, np.nan], N_ROWS // 2), r"must not be missing\. Got 3000 missing"),
        (pd.Series([pd.Timestamp("2024"), pd.NaT] * (N_ROWS // 2)), r"Got 3000 missing"),
        (pl.Series(["2024-01", None] * (N_ROWS // 2)), r"Got 3000 missing"),
        (["2024-01", 7] * (N_ROWS // 2), r"must be of one kind"),
        (np.arange(N_ROWS), r"6000 different values.*months or quarters rather than days"),
        (np.arange(N_ROWS) % 1_001, r"1001 different values"),
        (np.ones((N_ROWS, 2)), r"must be one column\. Got 2 dimensions"),
    ],
    ids=[
        *("short", "one", "none", "nan among text", "nan", "nat", "polars null", "two kinds"),
        *("days", "1001", "2d"),
    ],
)
def test_periods_that_cannot_be_used(periods: Any, message: str) -> None:
    rows = rows_of("numeric")
    X = pd.DataFrame({"v": rows.values})
    with pytest.raises(InvalidDataError, match=message):
        WOEEncoder().fit(X, rows.is_bad, None, periods)


def test_periods_in_another_order_than_the_rows_are_refused() -> None:
    rows = rows_of("numeric")
    X = pd.DataFrame({"v": rows.values})
    periods = pd.Series(rows.periods, index=X.index[::-1])
    with pytest.raises(InvalidDataError, match="X and periods hold the same index"):
        WOEEncoder().fit(X, rows.is_bad, None, periods)


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.SingleBinWarning")
def test_a_thousand_periods_are_taken() -> None:
    rows = rows_of("numeric")
    table = replace(rows, periods=np.arange(N_ROWS) % 1_000).fit()
    assert len(table.periods.labels) == 1_000


# --- the view by period ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_view_by_period_adds_up_to_the_table(kind: str) -> None:
    rows = rows_of(kind)
    table = rows.fit()
    view = table.frame_by_period()
    assert view["period"].unique().tolist() == list(MONTHS)
    sums = view.groupby("bin", sort=False)[["count", "n_bad"]].sum().loc[list(table.labels)]
    np.testing.assert_allclose(sums["count"], table.frame()["count"])
    np.testing.assert_allclose(sums["n_bad"], table.frame()["n_bad"])
    np.testing.assert_allclose(view.groupby("period")["share"].sum(), 1)
    # and each period is that of the raw rows
    sizes, rates = rows.on(table)
    regular = view[view["bin"].isin(table.labels[: table.n_bins])]
    by_period = regular.set_index(["period", "bin"])
    for month in MONTHS:
        found = by_period.loc[month]
        np.testing.assert_allclose(found["count"], sizes.loc[month])
        np.testing.assert_allclose(found["bad_rate"], rates.loc[month])


def test_woe_of_a_period_is_that_of_a_fit_on_it_alone() -> None:
    rows = rows_of("numeric")
    table = rows.fit()
    month = rows.periods == MONTHS[2]
    X = pd.DataFrame({"v": rows.values[month]})
    alone = WOEEncoder(user_cuts={"v": table.partition}).fit(X, rows.is_bad[month])
    view = table.frame_by_period()
    np.testing.assert_allclose(view.loc[view["period"] == MONTHS[2], "woe"], alone.tables_["v"].woe)


@pytest.mark.parametrize("kind", ["numeric", "nominal"])
def test_bins_given_by_the_user_are_counted_by_period(kind: str) -> None:
    rows = rows_of(kind)
    given: Any = [-500, 500] if kind == "numeric" else [list("abc"), list("defg"), list("hij")]
    table = rows.fit(user_cuts={"v": given})
    sizes, _ = rows.on(table)
    np.testing.assert_array_equal(
        table.periods.good[:, :3] + table.periods.bad[:, :3], sizes.to_numpy()
    )


# --- weights ---------------------------------------------------------------------------------


def test_whole_weight_is_repetition_in_every_period() -> None:
    rows = rows_of("weighted")
    times = rows.weights.astype(int)
    repeated = Rows(*(np.repeat(one, times) for one in (rows.values, rows.is_bad, rows.periods)))
    assert repeated.fit() == rows.fit()


def test_a_period_whose_rows_have_no_weight_is_no_period() -> None:
    rows = rows_of("numeric")
    first = rows.periods == MONTHS[0]
    weightless = replace(rows, weight=np.where(first, 0.0, 1.0)).fit()
    without = Rows(rows.values[~first], rows.is_bad[~first], rows.periods[~first]).fit()
    assert weightless.partition == without.partition
    assert weightless.periods == without.periods
    assert weightless.n_bins >= 2


# --- bounds ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_one_period_asks_for_nothing_more(kind: str) -> None:
    rows = rows_of(kind)
    if kind in ("numeric", "weighted"):
        # few values, so that both ways to solve see them all
        rows = drifting(6, step=150, weights=kind == "weighted")
    free = replace(rows, periods=None).fit()
    table = replace(rows, periods=np.full(N_ROWS, "2024")).fit()
    assert table.partition == free.partition
    assert table.stability_cost == 0
    assert table.periods.labels == ("2024",)
    np.testing.assert_array_equal(table.periods.bad[0], table.n_bad)


def test_trends_that_contradict_each_other_leave_one_bin_and_say_why() -> None:
    rng = np.random.default_rng(9)
    x, late = rng.normal(size=N_ROWS), np.arange(N_ROWS) % 2
    is_bad = rng.random(N_ROWS) < 1 / (1 + np.exp(1 + np.where(late, 1.5, -1.2) * x))
    rows = Rows(np.round(x, 1), is_bad.astype(int), late)
    with pytest.warns(SingleBinWarning, match="leave out periods, as it fails in '0'"):
        table = rows.fit(BinConstraints(min_bin_size=0.2))
    assert table.n_bins == 1
    assert "fails in '0'" in table.status_text


def test_missing_values_need_no_row_in_every_period() -> None:
    rows = rows_of("numeric")
    values = rows.values.copy()
    values[np.isnan(values) & (rows.periods != MONTHS[3])] = 0.0
    table = replace(rows, values=values).fit()
    assert table.n_bins >= 2
    counts = table.periods.good + table.periods.bad
    assert (counts[:3, table.partition.missing_code] == 0).all()
    assert counts[3, table.partition.missing_code] > 0


def test_json_keeps_the_periods() -> None:
    table = rows_of("numeric").fit()
    again = BinTable.from_json(table.to_json())
    assert again.periods == table.periods
    assert again.stability_cost == table.stability_cost
    pd.testing.assert_frame_equal(again.frame_by_period(), table.frame_by_period())
