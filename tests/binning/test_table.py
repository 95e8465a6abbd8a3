"""The bins of a feature: their numbers, their reading, and that they are a value."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError

import numpy as np
import pandas as pd
import pytest

from creditscore.binning import (
    BinTable,
    CategoricalPartition,
    NumericPartition,
    WOEEncoder,
)
from creditscore.exceptions import MissingColumnError
from creditscore.metrics import information_value, woe


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
        *("n_good", "n_bad", "bad_rate", "woe", "iv"),
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
        ((0.2, 0.3, 0.2), "mixed"),
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
