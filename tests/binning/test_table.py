"""The bins of a feature: their numbers, their reading, and that they are a value."""

from __future__ import annotations

import json
import math
from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore._document import document_text
from creditscore._typing import Trend
from creditscore.binning import (
    BinConstraints,
    BinPolicy,
    BinTable,
    CategoricalPartition,
    FineIntervals,
    FineLevels,
    NumericPartition,
    PeriodCounts,
    WOEEncoder,
    solve_bins,
)
from creditscore.binning._policy import Treatment
from creditscore.exceptions import (
    AlteredDocumentError,
    DocumentError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
)
from creditscore.metrics import information_value, iv_se, woe


@pytest.fixture
def table() -> BinTable:
    """Return bins with a special code, missing values, and an interval without a row."""
    return BinTable(
        feature="income",
        partition=NumericPartition(cuts=(1_000.0, 2_000.0), special_codes=(-9.0,)),
        n_good=(40.0, 0.0, 50.0, 5.0, 5.0),
        n_bad=(20.0, 0.0, 5.0, 5.0, 10.0),
    )


# --- reference: Djurovic, Scorecard Scaling (German credit) --------------------------------

# A. Djurovic, github andrija-djurovic/adsfcr, model_dev_and_vld/scorecard_scaling.pdf:
# good, bad, WOE and part of the IV of each bin, as printed; IV as fitted again in R.
CHECKING = (
    (139, 135, -0.818099, 0.205693),
    (164, 105, -0.401392, 0.046447),
    (49, 14, 0.405465, 0.009461),
    (348, 46, 1.176263, 0.404410),
)
DURATION = (
    (78, 9, 1.312186, 0.106849),
    (264, 80, 0.346625, 0.038294),
    (270, 129, -0.108688, 0.004813),
    (58, 42, -0.524524, 0.029973),
    (30, 40, -1.134980, 0.102689),
)
CHECKING_GROUPS = [
    ["< 0 DM"],
    ["0 to < 200 DM"],
    [">= 200 DM or salary account"],
    ["no checking account"],
]
DURATION_CUTS = [8, 16, 36, 45]


@pytest.mark.parametrize(
    ("feature", "user_cuts", "printed", "iv"),
    [
        ("checking_status", CHECKING_GROUPS, CHECKING, 0.6660115),
        ("duration_months", DURATION_CUTS, DURATION, 0.2826181),
    ],
)
def test_published_bins_of_german_credit(
    german: pd.DataFrame, feature: str, user_cuts: list, printed: tuple, iv: float
) -> None:
    encoder = WOEEncoder(user_cuts={feature: user_cuts}).fit(german[[feature]], german["is_bad"])
    table = encoder.tables_[feature]
    bins = table.frame().head(len(printed))
    good, bad, woe_printed, iv_printed = zip(*printed, strict=True)
    assert bins["n_good"].tolist() == list(good)
    assert bins["n_bad"].tolist() == list(bad)
    assert bins["woe"].round(6).tolist() == list(woe_printed)
    assert bins["iv"].round(6).tolist() == list(iv_printed)
    assert round(table.iv, 7) == iv


def test_optimal_bins_of_checking_status_are_the_published_ones(german: pd.DataFrame) -> None:
    # each of the four levels is more than 5 % of the rows and has a bad rate of its own
    X = german[["checking_status"]]
    table = WOEEncoder().fit(X, german["is_bad"]).tables_["checking_status"]
    assert sorted(map(list, table.partition.groups)) == sorted(CHECKING_GROUPS)
    assert round(table.iv, 7) == 0.6660115


# --- numbers ---------------------------------------------------------------------------


def test_frame_is_a_row_an_attribute(table: BinTable) -> None:
    frame = table.frame()
    assert list(frame.columns) == [
        *("bin", "kind", "lower", "upper", "count", "share"),
        *("n_good", "n_bad", "bad_rate", "woe", "iv", "woe_se", "woe_low", "woe_high"),
    ]
    assert frame["bin"].tolist() == [
        *("< 1000", "[1000, 2000)", ">= 2000", "Special -9", "Missing")
    ]
    assert frame["kind"].tolist() == ["bin", "bin", "bin", "special", "missing"]
    assert frame["count"].tolist() == [60, 0, 55, 10, 15]
    assert frame["share"].sum() == pytest.approx(1)
    np.testing.assert_allclose(frame["bad_rate"], [20 / 60, np.nan, 5 / 55, 0.5, 10 / 15])
    np.testing.assert_array_equal(frame["woe"], woe(table.n_good, table.n_bad))
    assert table.iv == frame["iv"].sum() == information_value(table.n_good, table.n_bad)


def test_properties(table: BinTable) -> None:
    assert (table.dtype, table.n_bins, table.status) == ("numeric", 3, "optimal")
    assert table.missing_share == 15 / 140
    assert table.labels == tuple(table.frame()["bin"])


def test_attribute_without_a_row_is_neutral(table: BinTable) -> None:
    assert table.woe[1] == 0
    assert table.frame()["iv"][1] == 0


@pytest.mark.parametrize(
    ("bad_rates", "trend"),
    [
        ((0.1, 0.2, 0.2), "ascending"),
        ((0.3, 0.2, 0.2), "descending"),
        ((0.2, 0.2, 0.2), "flat"),
        ((0.2, 0.3, 0.2), "peak"),
        ((0.2, 0.1, 0.1, 0.2), "valley"),
        ((0.2, 0.3, 0.2, 0.3), "mixed"),
        ((0.3,), "flat"),
    ],
)
def test_trend_is_read_off_the_bad_rates(bad_rates: tuple[float, ...], trend: str) -> None:
    # 1,000 more rows without a value have another bad rate, and say nothing of the trend
    table = BinTable(
        feature="x",
        partition=NumericPartition(cuts=tuple(range(len(bad_rates) - 1))),
        n_good=(*(100 * (1 - rate) for rate in bad_rates), 10.0),
        n_bad=(*(100 * rate for rate in bad_rates), 990.0),
    )
    assert table.trend == trend


def test_empty_interval_does_not_hide_the_trend(table: BinTable) -> None:
    assert table.trend == "descending"


def test_groups_of_levels_have_no_trend() -> None:
    partition = CategoricalPartition(groups=(("a",), ("b",)))
    table = BinTable(feature="x", partition=partition, n_good=(1, 2, 0, 0), n_bad=(2, 1, 0, 0))
    assert table.trend == "by rate"


# --- errors ------------------------------------------------------------------------------


def test_interval_of_the_woe(table: BinTable) -> None:
    frame = table.frame()
    errors = np.sqrt(1 / 40 + 1 / 20), np.sqrt(1 / 50 + 1 / 5)
    np.testing.assert_allclose(frame["woe_se"][[0, 2]], errors)
    # 1.959964: the upper 2.5 % point of the normal distribution
    np.testing.assert_allclose(frame["woe_high"] - frame["woe"], 1.959964 * frame["woe_se"], 1e-6)
    np.testing.assert_allclose(frame["woe"] - frame["woe_low"], 1.959964 * frame["woe_se"], 1e-6)
    # nothing is estimated where there is no row
    assert frame.loc[1, ["woe_se", "woe_low", "woe_high"]].isna().all()
    narrow = table.frame(level=0.5)
    np.testing.assert_allclose(narrow["woe_high"] - frame["woe"], 0.6744898 * frame["woe_se"], 1e-6)
    assert table.iv_se == pytest.approx(iv_se(table.n_good, table.n_bad), rel=1e-12)


@pytest.mark.parametrize("level", [0, 1, 95, None])
def test_level_is_a_fraction(table: BinTable, level: object) -> None:
    with pytest.raises(InvalidParameterError, match=r"'level' parameter of BinTable\.frame"):
        table.frame(level)


def test_without_smoothing_errors_of_one_class_are_infinite() -> None:
    partition = NumericPartition(cuts=(1,))
    bins = BinTable(
        feature="x", partition=partition, n_good=(5, 5, 0), n_bad=(0, 5, 0), smoothing=0
    )
    assert bins.woe_se.tolist()[0] == bins.iv_se == np.inf


# --- ceiling -----------------------------------------------------------------------------

prebins = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=3, max_size=12
).filter(lambda rows: all(sum(side) > 0 for side in zip(*rows, strict=True)))


def solved(rows: list[tuple[int, int]], trend: Trend, min_weight: float) -> BinTable:
    """Return the best bins of pre-bins, with a row of each class missing."""
    good, bad = np.array(rows, dtype=float).T
    fine = FineIntervals(np.arange(len(rows) - 1), np.arange(1, len(rows)), good, bad)
    solution = solve_bins(
        good,
        bad,
        total_good=good.sum() + 9,
        total_bad=bad.sum() + 4,
        constraints=BinConstraints(trend=trend, min_bin_size=min_weight),
    )
    starts = list(solution.starts)
    return BinTable(
        feature="x",
        partition=NumericPartition(cuts=tuple(starts[1:])),
        n_good=(*np.add.reduceat(good, starts), 9),
        n_bad=(*np.add.reduceat(bad, starts), 4),
        fine=fine,
        constraints=BinConstraints(trend=trend),
    )


@given(
    rows=prebins,
    trend=st.sampled_from(["auto", "ascending", "descending", "none"]),
    policy=st.sampled_from(["empirical", "neutral", "most_risky"]),
)
def test_no_limit_of_size_brings_more_than_the_ceiling(
    rows: list, trend: Trend, policy: Treatment
) -> None:
    bins = replace(solved(rows, trend, 30), policy=BinPolicy(missing=policy))
    free = replace(solved(rows, trend, 0), policy=BinPolicy(missing=policy))
    assert bins.iv_ceiling >= bins.iv - 1e-9
    if policy != "most_risky":
        assert bins.iv_ceiling == pytest.approx(free.iv, abs=1e-9)


def test_least_goods_and_bads_bind_the_ceiling_too() -> None:
    bins = solved([(10, 20), (20, 10), (30, 5)], "auto", 0)
    assert bins.n_bins == 3
    bound = replace(bins, constraints=BinConstraints(trend="auto", min_bad=12))
    together = information_value([10, 50, 9], [20, 15, 4])
    assert bound.merge(1, 2, by="A", reason="r").iv_ceiling == pytest.approx(together)
    # bins that break what was asked may reach more than any that keep it
    assert bound.iv_ceiling == bound.iv > together


def test_what_merging_loses_stands_in_the_ceiling() -> None:
    bins = solved([(10, 20), (20, 10), (30, 5)], "auto", 0)
    merged = bins.merge("Missing", 0, by="A", reason="r")
    assert merged.iv < bins.iv == pytest.approx(merged.iv_ceiling)


def test_ceiling_without_fine_counts() -> None:
    bins = solved([(10, 20), (20, 10), (30, 5)], "auto", 40)
    assert math.isnan(replace(bins, fine=None).iv_ceiling)
    lean = bins.without_fine()
    assert lean.fine is None
    assert lean.iv_ceiling == bins.iv_ceiling > bins.iv
    assert BinTable.from_json(lean.to_json()).iv_ceiling == bins.iv_ceiling


def test_ceiling_of_levels() -> None:
    fine = FineLevels(["a", "b", "c"], [30, 20, 10], [5, 6, 9])
    bins = BinTable(
        feature="x",
        partition=CategoricalPartition(groups=(("a", "b"), ("c",))),
        n_good=(50, 10, 4, 0),
        n_bad=(11, 9, 3, 0),
        fine=fine,
    )
    # each level for itself, in whatever order they are written
    apart = information_value([30, 20, 10, 4], [5, 6, 9, 3])
    assert bins.iv_ceiling == pytest.approx(apart)
    turned = FineLevels(["c", "b", "a"], [10, 20, 30], [9, 6, 5])
    assert replace(bins, fine=turned).iv_ceiling == pytest.approx(apart)
    # levels that the solver saw pooled stay so
    pooled = replace(bins, fine=replace(fine, prebin=[0, 0, 1]))
    assert pooled.iv_ceiling == pytest.approx(bins.iv)


# --- periods -----------------------------------------------------------------------------


@pytest.fixture
def by_period(table: BinTable) -> BinTable:
    """Return the table with two periods, of which one has no bads in the last interval."""
    periods = PeriodCounts(
        [2023, 2024],
        [[20, 0, 20, 5, 0], [20, 0, 30, 0, 5]],
        [[10, 0, 5, 5, 5], [10, 0, 0, 0, 5]],
    )
    return replace(table, periods=periods)


def test_frame_by_period(by_period: BinTable) -> None:
    frame = by_period.frame_by_period()
    assert list(frame) == ["period", "bin", "count", "share", "n_bad", "bad_rate", "woe"]
    assert frame["period"].tolist() == ["2023"] * 5 + ["2024"] * 5
    assert frame["bin"].tolist() == [*by_period.labels] * 2
    first = frame[frame["period"] == "2023"]
    np.testing.assert_allclose(first["share"], [30 / 70, 0, 25 / 70, 10 / 70, 5 / 70])
    np.testing.assert_allclose(first["bad_rate"], [1 / 3, np.nan, 0.2, 0.5, 1])
    expected = woe([20, 0, 20, 5, 0], [10, 0, 5, 5, 5])
    expected[1] = np.nan
    np.testing.assert_array_equal(first["woe"], expected)
    # both classes of a period are needed to tell safer from riskier
    one_class = PeriodCounts(["a"], [[20, 0, 20, 5, 0]], np.zeros((1, 5)))
    assert replace(by_period, periods=one_class).frame_by_period()["woe"].isna().all()


def test_a_table_without_periods(table: BinTable) -> None:
    assert table.holds_trend_in_every_period is None
    with pytest.raises(InvalidParameterError, match="'income' hold no counts by period"):
        table.frame_by_period()


@pytest.mark.parametrize(
    ("trend", "rates", "holds"),
    [
        (None, (0.3, 0.2, 0.1), True),
        (None, (0.3, 0.2, 0.2), True),
        (None, (0.3, np.nan, 0.1), True),
        (None, (0.3, 0.4, 0.1), False),
        ("peak", (0.3, 0.4, 0.1), True),
        ("valley", (0.3, 0.4, 0.1), False),
        ("valley", (0.3, 0.1, 0.4), True),
        ("concave", (0.3, 0.25, 0.1), True),
        ("convex", (0.3, 0.25, 0.1), False),
        ("convex", (0.3, 0.15, 0.1), True),
        ("none", (0.3, 0.4, 0.1), True),
    ],
)
def test_trend_in_every_period(
    table: BinTable, trend: Trend | None, rates: tuple, holds: bool
) -> None:
    # over all, the bad rate is 1/3, then 1/11
    weight = np.where(np.isnan(rates), 0, 100)
    bad = np.append(weight * np.nan_to_num(rates), [1, 1])
    periods = PeriodCounts(["a"], [np.append(weight, [2, 2]) - bad], [bad])
    constraints = None if trend is None else BinConstraints(trend=trend)
    bins = replace(table, periods=periods, constraints=constraints)
    assert bins.holds_trend_in_every_period is holds


@pytest.mark.parametrize(("rates", "holds"), [((0.1, 0.3, 0.2), True), ((0.1, 0.2, 0.3), False)])
def test_groups_of_levels_keep_their_order_in_every_period(rates: tuple, holds: bool) -> None:
    partition = CategoricalPartition(groups=(("a",), ("b",), ("c",)))
    bad = np.array([*rates, 0, 0]) * 100
    bins = BinTable(
        feature="x",
        partition=partition,
        n_good=(80, 20, 50, 0, 0),
        n_bad=(20, 80, 50, 0, 0),
        periods=PeriodCounts(["2024"], [100 - bad], [bad]),
    )
    assert bins.holds_trend_in_every_period is holds


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"labels": ["a", "a"]}, "the different periods"),
        ({"good": [[1, 2]]}, r"Got shapes \(1, 2\) and \(2, 2\) for 2 periods: a, b"),
        ({"good": [[1, -2], [1, 2]]}, "zero or more"),
    ],
)
def test_counts_by_period_that_do_not_fit(fields: dict, message: str) -> None:
    whole = {"labels": ["a", "b"], "good": [[1, 2], [3, 4]], "bad": [[1, 2], [3, 4]]}
    with pytest.raises(InvalidDataError, match=message):
        PeriodCounts(**(whole | fields))


# --- parts that do not belong together -----------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"n_bad": (1, 2)}, r"needs 5 counts, one for each of < 1000, .* Got 2 in 'n_bad'"),
        ({"joined": ((3, 3),)}, r"special, missing or other attributes \(3 to 4\)"),
        ({"joined": ((2, 0),)}, "each once, with codes of regular bins"),
        ({"joined": ((3, 0), (3, 1))}, "each once"),
        ({"periods": PeriodCounts(["a"], [[1]], [[1]])}, "Got 1 in 'periods'"),
    ],
)
def test_parts_that_do_not_fit(table: BinTable, fields: dict, message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        replace(table, **fields)


# --- encoding ----------------------------------------------------------------------------


def test_encode_gives_the_woe_of_each_row(table: BinTable) -> None:
    X = pd.DataFrame({"other": 1, "income": [500, 2_000, -9, np.nan]}, index=list("wxyz"))
    encoded = table.encode(X)
    expected = pd.Series(table.woe[[0, 2, 3, 4]], index=list("wxyz"), name="income")
    pd.testing.assert_series_equal(encoded, expected)


def test_encode_needs_the_column(table: BinTable) -> None:
    X = pd.DataFrame({"incom": [1.0], "age": [40]})
    with pytest.raises(MissingColumnError, match=r"'income' \(near: 'incom'\)"):
        table.encode(X)


# --- a value -----------------------------------------------------------------------------


def test_json_round_trip(german: pd.DataFrame) -> None:
    X = german[["checking_status", "duration_months", "age_years"]]
    encoder = WOEEncoder(special_codes=[999]).fit(X, german["is_bad"])
    for table in encoder.tables_.values():
        restored = BinTable.from_dict(json.loads(json.dumps(table.to_dict(), allow_nan=False)))
        assert restored == table
        pd.testing.assert_frame_equal(restored.frame(), table.frame())
        pd.testing.assert_series_equal(restored.encode(X), table.encode(X))


@pytest.fixture
def full(by_period: BinTable) -> BinTable:
    """Return a table with all that a table can hold."""
    bins = replace(
        by_period,
        policy=BinPolicy(missing="nearest", special={-9: "neutral"}, pool_special=True),
        constraints=BinConstraints(
            trend="descending", forbidden_cuts=[3, (4, 5)], fixed_cuts=[1_000.0]
        ),
        fine=FineIntervals([999, 1_999], [1_000, 2_000], [40, 0, 50], [20, 0, 5]),
        stability_cost=0.0125,
        notes=("a note",),
    )
    return bins.merge("Special -9", 0, by="A", reason="r", when="2026-01-31T12:00+00:00")


def test_a_full_table_in_a_file(full: BinTable, tmp_path: Path) -> None:
    path = tmp_path / "income.json"
    full = replace(full, stability_cost=0.0125)
    full.to_json(path, key=b"a key")
    restored = BinTable.from_json(path, key=b"a key")
    assert restored == full
    assert hash(restored) == hash(full)
    pd.testing.assert_frame_equal(restored.frame(), full.frame())
    pd.testing.assert_frame_equal(restored.frame_by_period(), full.frame_by_period())
    document = json.loads(path.read_text(encoding="utf-8"))
    assert (document["format"], document["schema_version"]) == ("creditscore.bins", 1)
    with pytest.raises(AlteredDocumentError, match="was not signed with this key"):
        BinTable.from_json(path, key=b"another")


def test_levels_in_a_file() -> None:
    bins = BinTable(
        feature="x",
        partition=CategoricalPartition(groups=(("a", 3), (True, 2.5)), special_codes=("n/a",)),
        n_good=(30, 20, 4, 3, 0),
        n_bad=(5, 10, 3, 2, 0),
        fine=FineLevels(["a", 3, True, 2.5], [10, 20, 10, 10], [1, 4, 5, 5], prebin=[0, 0, 1, 2]),
    )
    restored = BinTable.from_json(bins.to_json())
    assert restored == bins
    assert restored.iv_ceiling == bins.iv_ceiling


def test_a_file_with_an_entry_of_another_release_is_refused(table: BinTable) -> None:
    document = json.loads(table.to_json())
    content = document["content"] | {"colour": "blue"}
    text = document_text(content, kind="creditscore.bins", version=1)
    with pytest.raises(DocumentError, match="not understood as it stands: 'colour'"):
        BinTable.from_json(text)


def test_plain_values_of_a_plain_table_stay_few(table: BinTable) -> None:
    assert list(table.to_dict()) == [
        *("feature", "partition", "n_good", "n_bad", "smoothing", "status")
    ]


def test_html_tells_the_story(full: BinTable) -> None:
    html = replace(full, stability_cost=0.0125)._repr_html_()
    for told in (
        "status: edited", f"IV {full.iv:.4f} ± {full.iv_se:.4f}",
        f"at most {full.iv_ceiling:.4f} without limits",
        "given up for stability in time: IV 0.0125",
        "the trend holds in each of 2 periods", "a note", "bad rate descending",
        "merge &#x27;&lt; 1000&#x27; and &#x27;Special -9&#x27;: r (A, 2026-01-31T12:00:00+00:00",
    ):  # fmt: skip
        assert told in html


def test_what_it_hands_out_are_copies(table: BinTable) -> None:
    before = table.woe.tolist()
    frame = table.frame()
    frame["woe"] = 99.0
    table.woe[:] = 99
    table.to_dict()["n_good"].clear()
    assert table.woe.tolist() == table.frame()["woe"].tolist() == before
    assert len(table.n_good) == 5


def test_it_is_frozen(table: BinTable) -> None:
    with pytest.raises(FrozenInstanceError):
        table.feature = "other"


def test_html_shows_the_bins_that_have_rows(table: BinTable) -> None:
    html = table._repr_html_()
    assert "income" in html
    assert "Special -9" in html
    assert "[1000, 2000)" not in html


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"n_good": (1.0, -1.0, 0.0)}, InvalidDataError, "counts of 'age' must be finite"),
        ({"n_bad": (np.nan, 1.0, 0.0)}, InvalidDataError, "counts of 'age' must be finite"),
        ({"n_bad": (0.0, 0.0, 0.0)}, InvalidDataError, "must hold goods and bads"),
        ({"smoothing": -1.0}, InvalidParameterError, "'smoothing'"),
    ],
)
def test_counts_that_weigh_nothing_are_refused_at_once(
    changes: dict[str, Any], error: type[Exception], message: str
) -> None:
    parts = {"n_good": (9.0, 5.0, 0.0), "n_bad": (1.0, 5.0, 0.0), "smoothing": 0.5}
    with pytest.raises(error, match=message):
        BinTable(
            feature="age",
            partition=NumericPartition(cuts=(30.0,)),
            status="optimal",
            **{**parts, **changes},
        )
