"""Vintages, roll rates and samples."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
)
from creditscore.organise import (
    RollRateDisplay,
    VintageDisplay,
    roll_rates,
    split_sample,
    vintage_curves,
    worst_roll_rates,
)
from months import panel


def opened(**months: str) -> pd.DataFrame:
    return pd.DataFrame({"customer": list(months), "opened_on": list(months.values())})


# --- vintages ------------------------------------------------------------------------


def test_curves_by_hand() -> None:
    months = panel(a=[0, 95, 0, 0], b=[0, 0, 0, 0], c=[None, 0, 0, 95], d=[None, 0, 0, 0])
    curves = vintage_curves(
        months, opened(a="2022-01-03", b="2022-01-30", c="2022-02-01", d="2022-02-02"), by="month"
    )
    assert curves.rates.loc["2022-01"].tolist() == [0.0, 0.5, 0.5, 0.5]
    np.testing.assert_array_equal(curves.rates.loc["2022-02"], [0.0, 0.0, 0.5, np.nan])
    # hazards: 0/4, 1/4, 1/3, 0/1
    np.testing.assert_allclose(curves.pooled, [0.0, 0.25, 0.5, 0.5])
    assert curves.mature_after(0.9) == 2
    assert curves.mature_after(0.5) == 1
    assert curves.frame()["bad_rate"].notna().all()


def test_a_vintage_ends_where_its_youngest_account_does() -> None:
    months = panel(a=[0, 0, 95], b=[None, None, 0])
    curves = vintage_curves(months, opened(a="2022-01-01", b="2022-03-01"), by="quarter")
    np.testing.assert_array_equal(curves.rates.loc["2022Q1"], [0.0, np.nan, np.nan])
    assert curves.n_opened.tolist() == [2]


def test_who_left_or_was_never_seen_stays_in_the_vintage() -> None:
    months = panel(a=[95, None, None], b=[0, 0, 0])
    curves = vintage_curves(months, opened(a="2022-01-01", b="2022-01-01", z="2022-01-01"))
    np.testing.assert_allclose(curves.rates.loc["2022Q1"], [1 / 3] * 3)


@settings(deadline=None, max_examples=50)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 12))
def test_curves_never_fall_and_one_vintage_is_its_pooled_curve(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    values = {f"c{k}": list(rng.choice([0, 30, 95], size=5, p=[0.7, 0.2, 0.1])) for k in range(n)}
    curves = vintage_curves(panel(**values), opened(**dict.fromkeys(values, "2022-01-05")))
    rates = curves.rates.iloc[0].to_numpy()
    assert (np.diff(rates) >= 0).all()
    np.testing.assert_allclose(rates, curves.pooled, atol=1e-12)


def test_openings_that_cannot_be_used() -> None:
    months = panel(a=[0, 0])
    with pytest.raises(InvalidDataError, match="'a' was opened twice"):
        vintage_curves(months, pd.concat([opened(a="2022-01-01")] * 2))
    with pytest.raises(InvalidDataError, match="1 account with months have no row"):
        vintage_curves(months, opened(b="2022-01-01"))
    with pytest.raises(EmptyDataError, match="after the last month"):
        vintage_curves(months, opened(a="2023-01-01"))
    with pytest.raises(InvalidParameterError, match="by"):
        vintage_curves(months, opened(a="2022-01-01"), by="week")  # type: ignore[arg-type]
    with pytest.raises(EmptyDataError, match="No account turned bad"):
        vintage_curves(months, opened(a="2022-01-01")).mature_after()


# --- roll rates ----------------------------------------------------------------------


def test_rolls_by_hand() -> None:
    rolls = roll_rates(panel(a=[0, 1, 31, 61, 91], b=[30, 0, 0, None, 0]))
    assert list(rolls.counts.index) == ["current", "1-30", "31-60", "61-90", "91+"]
    assert rolls.rates.loc["1-30"].tolist() == [0.5, 0.0, 0.5, 0.0, 0.0]
    # the month before a gap, and the last ones of each
    assert rolls.n_left.to_dict() == {"current": 2, "1-30": 0, "31-60": 0, "61-90": 0, "91+": 1}
    assert np.isnan(rolls.rates.loc["91+"]).all()
    table = rolls.directions()
    assert table.loc["1-30", ["better", "same", "worse"]].tolist() == [0.5, 0.0, 0.5]


@settings(deadline=None, max_examples=50)
@given(seed=st.integers(0, 10_000))
def test_all_months_are_moves_or_left(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = {
        f"c{k}": [None if rng.random() < 0.2 else float(rng.integers(0, 130)) for _ in range(7)]
        for k in range(4)
    }
    months = panel(**values, anchor=[0])
    rolls = roll_rates(months)
    assert rolls.counts.to_numpy().sum() + rolls.n_left.sum() == len(months)
    shares = rolls.directions()[["better", "same", "worse"]].sum(axis=1)
    assert all(share == pytest.approx(1) or share == 0 for share in shares)


def test_the_worst_before_and_after() -> None:
    months = panel(a=[35, 0, 0, 95], b=[0, 35, 0, 0], c=[95, 0, 120, 0], d=[0, 95])
    rolls = worst_roll_rates(months, "2022-02-28", before_months=2, after_months=2)
    assert rolls.counts.loc["31-60"].to_dict() == {
        "current": 1, "1-30": 0, "31-60": 0, "61-90": 0, "91+": 1,
    }  # fmt: skip
    assert rolls.counts.loc["91+", "91+"] == 1
    assert rolls.n_left["91+"] == 1
    assert rolls.no_return(0.5) == "31-60"
    assert rolls.no_return(0.9) == "91+"
    with pytest.raises(EmptyDataError, match="No customer has a month"):
        worst_roll_rates(months, "2021-02-28")
    with pytest.raises(InvalidDataError, match="3 months after 2022-02-28 end on 2022-05-31, and"):
        worst_roll_rates(months, "2022-02-28", after_months=3)


@pytest.mark.parametrize("upper", [(), (30, 0), (0, 0), (-1, 30), "30", 30, (0, 30.5)])
def test_buckets_that_cannot_be(upper: Any) -> None:
    with pytest.raises(InvalidParameterError, match="upper"):
        roll_rates(panel(a=[0]), upper=upper)


def test_pictures_have_their_numbers() -> None:
    months = panel(a=[0, 40, 95], b=[0, 0, 0])
    curves = vintage_curves(months, opened(a="2022-01-01", b="2022-01-01"))
    display = VintageDisplay.from_curves(curves).plot()
    pd.testing.assert_frame_equal(display.frame(), curves.frame())
    line = display.ax_.get_lines()[-1]
    assert line.get_ydata().tolist() == curves.pooled.tolist()
    rolls = roll_rates(months)
    bars = RollRateDisplay.from_rolls(rolls).plot()
    widths = sum(patch.get_width() for patch in bars.ax_.patches)
    assert widths == pytest.approx(2)


# --- samples -------------------------------------------------------------------------


def customers(n: int, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "customer": [f"c{k}" for k in rng.integers(0, max(n // 2, 1), size=n)],
            "as_of": pd.to_datetime("2020-01-31") + pd.to_timedelta(rng.integers(0, 1400, n), "D"),
            "is_bad": rng.random(n) < 0.2,
        }
    ).assign(is_bad=lambda t: t["is_bad"].astype(int))


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), share=st.floats(0.05, 0.95))
def test_no_row_leaks(seed: int, share: float) -> None:
    rows = customers(200, seed)
    split = split_sample(
        rows, test_share=share, oot_from="2022-06-30", performance_months=12, random_state=seed
    )
    sample = split.sample
    named = {name: set(rows.loc[sample == name, "customer"]) for name in ("train", "test")}
    assert not named["train"] & named["test"]
    late = pd.Timestamp("2022-06-30")
    assert (rows.loc[sample == "oot", "as_of"] >= late).all()
    whole = rows["as_of"].dt.is_month_end.astype(int) - 1
    ends = pd.PeriodIndex(rows["as_of"], freq="M") + whole.to_numpy() + 12
    ends = pd.Series(ends.end_time.normalize(), index=rows.index)
    assert (ends[sample.isin(["train", "test"])] <= late).all()
    assert (ends[sample == "gap"] > late).all()
    assert split.counts["n"].sum() == len(rows)
    assert split.counts["n_bad"].sum() == rows["is_bad"].sum()


def test_shares_are_kept_among_bads_and_others() -> None:
    rows = pd.DataFrame(
        {"customer": range(1000), "as_of": "2022-01-31", "is_bad": [1] * 40 + [0] * 960}
    )
    split = split_sample(rows, test_share=0.25)
    assert split.counts["n_bad"].to_dict() == {"train": 30, "test": 10, "oot": 0, "gap": 0}
    assert split.counts.loc["test", "n"] == 250


def test_order_does_not_matter_and_few_move_when_others_come() -> None:
    rows = customers(400).drop_duplicates("customer").set_index("customer", drop=False)
    first = split_sample(rows).sample
    mixed = split_sample(rows.sample(frac=1, random_state=1)).sample
    assert (mixed.reindex(first.index) == first).all()
    more = pd.concat(
        [
            rows,
            customers(40, 9)
            .assign(customer=lambda t: "n" + t["customer"])
            .drop_duplicates("customer")
            .set_index("customer", drop=False),
        ]
    )
    moved = split_sample(more).sample.reindex(first.index) != first
    assert moved.mean() < 0.1
    assert (split_sample(rows, random_state=1).sample != first).any()


def test_returning_customers_are_counted() -> None:
    rows = pd.DataFrame({
        "customer": ["a", "a", "b", "c"], "is_bad": [0, 0, 1, 0],
        "as_of": ["2020-01-31", "2022-01-31", "2020-01-31", "2022-01-31"],
    })  # fmt: skip
    split = split_sample(rows, oot_from="2022-01-01", performance_months=12)
    assert split.n_returning == 1
    assert "1 customer of oot known from before" in split._repr_html_()


def test_splits_that_cannot_be() -> None:
    rows = customers(20)
    with pytest.raises(InvalidParameterError, match="needs 'performance_months'"):
        split_sample(rows, oot_from="2022-01-31")
    with pytest.raises(EmptyDataError, match="No row is from 2030-01-01"):
        split_sample(rows, oot_from="2030-01-01", performance_months=12)
    with pytest.raises(EmptyDataError, match="No row is left to train"):
        split_sample(rows, oot_from="2020-01-01", performance_months=12)
    with pytest.raises(InvalidParameterError, match="test_share"):
        split_sample(rows, test_share=1.0)
    with pytest.raises(InvalidTargetError, match="missing"):
        split_sample(rows.assign(is_bad=[np.nan] + [1.0] * 19))
