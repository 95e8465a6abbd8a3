"""RFM: facts as of a day, fifths, names, refunds."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.exceptions import (
    ColumnTypeError,
    EmptyDataError,
    IdleCutWarning,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
)
from creditscore.segment import RFM, RfmDisplay, RfmFacts, rfm_facts

CUTS = RFM(
    recency_cuts=(30, 60, 90, 180), frequency_cuts=(1, 2, 4, 8), monetary_cuts=(100, 500, 1e3, 2e3)
)
LEDGER = pd.DataFrame(
    {
        "customer": ["X", "X", "X", "Y", "Y", "Z"],
        "date": pd.to_datetime(
            ["2024-01-10", "2024-06-20", "2024-06-25", "2024-06-30", "2024-07-01", "2024-03-01"]
        ),
        "amount": [1000.0, 500.0, -200.0, 80.0, 999.0, -50.0],
    }
)


def facts_of(recency: list, frequency: list, monetary: list) -> RfmFacts:
    n = len(recency)
    table = pd.DataFrame(
        {
            "recency_days": np.array(recency, dtype=float),
            "frequency": frequency,
            "monetary": np.array(monetary, dtype=float),
            "n_refunds": np.zeros(n, dtype=int),
            "refund_amount": np.zeros(n),
        }
    )
    return RfmFacts(
        table=table, as_of=dt.date(2024, 6, 30), n_transactions=n, n_later=0, n_earlier=0, n_zero=0
    )


def test_facts_by_hand() -> None:
    facts = rfm_facts(LEDGER, "2024-06-30")
    table = facts.frame()
    assert table.index.tolist() == ["X", "Y", "Z"]
    # a refund lowers the amount, and is neither a purchase nor recent
    assert table["recency_days"].tolist()[:2] == [10, 0]
    assert np.isnan(table["recency_days"]["Z"])
    assert table["frequency"].tolist() == [2, 1, 0]
    assert table["monetary"].tolist() == [1300, 80, -50]
    assert table["n_refunds"].tolist() == [1, 0, 1]
    assert table["refund_amount"].tolist() == [200, 0, 50]
    assert facts.n_later == 1
    assert repr(facts) == (
        "<RfmFacts: 3 customers as of 2024-06-30, 5 transactions, 2 of them refunds; 1 not yet "
        "known>"
    )


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("pqr"), st.integers(0, 60), st.integers(-5, 20), st.integers(0, 10)
        ),
        min_size=1,
        max_size=25,
    ),
    st.integers(20, 60),
    st.integers(5, 60),
)
def test_what_came_later_changes_nothing(rows: list, day: int, window: int) -> None:
    start = pd.Timestamp("2024-01-01")
    names, days, amounts, delays = zip(*rows, strict=True)
    ledger = pd.DataFrame({"customer": names, "amount": np.array(amounts, dtype=float)})
    ledger["date"] = start + pd.to_timedelta(days, unit="D")
    ledger["booked"] = ledger["date"] + pd.to_timedelta(delays, unit="D")
    as_of = start + pd.Timedelta(days=day)
    settings_ = {"known_on": "booked", "window_days": window, "customers": list("pqr")}
    whole = rfm_facts(ledger, as_of, **settings_)  # type: ignore[arg-type]
    past = ledger[ledger["booked"] <= as_of]
    if len(past):
        known = rfm_facts(past, as_of, **settings_)  # type: ignore[arg-type]
        pd.testing.assert_frame_equal(whole.frame(), known.frame())
    inside = past[past["date"] > as_of - pd.Timedelta(days=window)]
    grouped = inside.groupby("customer")["amount"].sum().reindex(list("pqr"), fill_value=0.0)
    np.testing.assert_allclose(whole.frame()["monetary"], grouped)
    assert whole.n_transactions == (inside["amount"] != 0).sum()
    assert whole.n_later + whole.n_earlier + len(inside) == len(ledger)


def test_libraries_and_window() -> None:
    expected = rfm_facts(LEDGER, dt.date(2024, 6, 30), window_days=30).frame()
    assert expected.index.tolist() == ["X", "Y"]
    found = rfm_facts(pl.from_pandas(LEDGER), "2024-06-30", window_days=30).frame()
    pd.testing.assert_frame_equal(found, expected)


@pytest.mark.parametrize(
    ("ledger", "error", "match"),
    [
        (LEDGER.drop(columns="amount"), MissingColumnError, "'amount'"),
        (LEDGER.assign(amount=np.nan), InvalidDataError, "'amount' of the ledger has 6 missing"),
        (LEDGER.assign(customer=None), InvalidDataError, "'customer' of the ledger has 6 missing"),
        (LEDGER.assign(date=pd.NaT), InvalidDataError, "'date' of the ledger has 6 missing"),
        (LEDGER.assign(date="2024-01-01"), ColumnTypeError, "must hold dates"),
    ],
)
def test_ledger_is_checked(ledger: pd.DataFrame, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        rfm_facts(ledger, "2024-06-30")


def test_settings_are_checked() -> None:
    with pytest.raises(EmptyDataError, match="No transaction was known as of 2020-01-01"):
        rfm_facts(LEDGER, "2020-01-01")
    for day in ("no day", 20240630, None):
        with pytest.raises(InvalidParameterError, match="'as_of' parameter of rfm_facts"):
            rfm_facts(LEDGER, day)
    with pytest.raises(InvalidParameterError, match="'window_days'"):
        rfm_facts(LEDGER, "2024-06-30", window_days=0)
    with pytest.raises(InvalidDataError, match="customers holds 'X' twice"):
        rfm_facts(LEDGER, "2024-06-30", customers=["X", "X"])


def test_a_window_holds_as_many_days_as_it_says() -> None:
    days = pd.to_datetime(["2024-05-31", "2024-06-01", "2024-06-30", "2024-07-01"])
    ledger = pd.DataFrame({"customer": "X", "amount": 1.0, "date": days})
    facts = rfm_facts(ledger, "2024-06-30", window_days=30)
    assert facts.table["frequency"].tolist() == [2]
    assert (facts.n_earlier, facts.n_later) == (1, 1)


def test_customers_keep_the_type_of_their_labels() -> None:
    ledger = pd.DataFrame({
        "customer": [10, 9, 10], "amount": [1.0, 2.0, 3.0],
        "date": pd.to_datetime(["2024-06-01", "2024-06-10", "2024-06-20"]),
    })  # fmt: skip
    facts = rfm_facts(ledger, "2024-06-30")
    assert facts.table.index.tolist() == [9, 10]
    assert facts.table.index.dtype.kind == "i"
    assert rfm_facts(pl.from_pandas(ledger), "2024-06-30").table.equals(facts.table)
    listed = rfm_facts(ledger, "2024-06-30", customers=pd.Series([10, 8])).table
    assert listed["frequency"].to_dict() == {10: 2, 8: 0}
    # nobody would be found, and all would look as if they had bought nothing
    with pytest.raises(InvalidDataError, match=r"holds '10' \(str\), .* like 10 \(int\)"):
        rfm_facts(ledger, "2024-06-30", customers=["10"])


# --- scores --------------------------------------------------------------------------


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 8), st.randoms())
def test_fifths_are_those_of_pandas(fifth: int, random: object) -> None:
    # of different values, whose number five divides, all quantiles part alike
    values = list(range(1, 5 * fifth + 1))
    random.shuffle(values)  # type: ignore[attr-defined]
    facts = facts_of(values, values, values)
    found = RFM.from_sample(facts).score(facts).frame()
    expected = pd.qcut(values, 5, labels=False) + 1
    assert found["f"].tolist() == expected.tolist()
    assert found["m"].tolist() == expected.tolist()
    assert found["r"].tolist() == (6 - expected).tolist()


def test_equal_values_have_equal_scores() -> None:
    facts = facts_of(list(range(10)), [1] * 8 + [2, 9], [5] * 10)
    with pytest.warns(IdleCutWarning, match="Cuts of frequency and monetary coincide"):
        rfm = RFM.from_sample(facts)
    found = rfm.score(facts).frame()
    assert found["f"].tolist() == [1] * 8 + [5, 5]
    assert found["m"].tolist() == [1] * 10


def test_value_at_a_cut_belongs_below() -> None:
    facts = facts_of([30, 31, 180, 181], [1, 2, 8, 9], [100, 100.01, 2000, 2001])
    found = CUTS.score(facts).frame()
    assert found["rfm"].tolist() == ["511", "422", "244", "155"]
    assert found["fm"].tolist() == [1, 2, 4, 5]


def test_standard_names_and_halves() -> None:
    # scores 5 and 4 have the mean 4.5, which is rounded up
    facts = facts_of([10, 10, 100, 300, 200], [9, 1, 5, 9, 1], [1500, 50, 3000, 9000, 10])
    frame = CUTS.score(facts).frame()
    assert frame["fm"].tolist() == [5, 1, 5, 5, 1]
    assert frame["segment"].tolist() == ["champions", "new", "not to lose", "not to lose", "lost"]
    assert frame["segment_zh"].tolist()[:2] == ["冠军客户", "新客户"]


def test_customers_without_a_purchase_are_told() -> None:
    facts = rfm_facts(LEDGER, "2024-06-30", customers=["X", "Z", "Q"])
    scores = CUTS.score(facts)
    frame = scores.frame()
    assert frame["segment"].tolist() == ["potentially loyal", "no purchase", "no purchase"]
    assert frame["segment_zh"]["Q"] == "无购买"
    assert frame["r"].isna().tolist() == [False, True, True]
    assert frame["rfm"].tolist() == ["524", "", ""]
    counts = scores.counts()
    assert counts["count"].sum() == 3
    assert counts["monetary"].sum() == 1250
    assert scores.segments.to_dict()["Z"] == "no purchase"
    display = RfmDisplay.from_scores(scores).plot()
    assert len(display.ax_.texts) == 25
    assert "2 customers without a purchase" in display.ax_.get_xlabel()
    assert display.frame()["count"].sum() == 1
    display.ax_.figure.canvas.draw()


def test_names_are_edited() -> None:
    table = CUTS.to_frame()
    table.loc[(table["r"] == 5) & (table["fm"] == 5), "segment"] = "stars"
    edited = replace(
        CUTS.with_segments(table.sample(frac=1, random_state=0)), names_zh={"stars": "明星客户"}
    )
    frame = edited.score(facts_of([1], [9], [9000])).frame()
    assert frame[["segment", "segment_zh"]].to_numpy().tolist() == [["stars", "明星客户"]]
    assert RFM.from_json(edited.to_json()) == edited
    assert CUTS.with_segments(pl.from_pandas(CUTS.to_frame())) == CUTS
    assert CUTS.with_segments(CUTS.to_frame().astype({"r": float, "fm": float})) == CUTS
    assert "champions" in CUTS._repr_html_()
    assert "segment" in CUTS.score(facts_of([1], [9], [9000]))._repr_html_()


def test_what_is_refused() -> None:
    with pytest.raises(InvalidParameterError, match="four numbers that do not fall"):
        replace(CUTS, recency_cuts=(3, 2, 1, 0))
    with pytest.raises(InvalidParameterError, match="four numbers that do not fall"):
        replace(CUTS, monetary_cuts=(1, 2, 3))
    with pytest.raises(InvalidParameterError, match=r"1 combination without a name: r 1, fm 1\."):
        replace(CUTS, segments=CUTS.segments[1:])
    with pytest.raises(InvalidParameterError, match="each combination once"):
        replace(CUTS, segments=(*CUTS.segments, (1, 1, "lost")))
    with pytest.raises(InvalidParameterError, match="each combination once"):
        replace(CUTS, segments=((6, 1, "lost"), *CUTS.segments[1:]))
    with pytest.raises(EmptyDataError, match="Nobody bought anything"):
        RFM.from_sample(facts_of([np.nan], [0], [-5]))
    with pytest.raises(InvalidParameterError, match="must be a RfmFacts"):
        CUTS.score(LEDGER)  # type: ignore[arg-type]
