"""What a customer told: it counts where nothing is known to compute it from, and says so."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.exceptions import InvalidDataError
from creditscore.indicators import (
    OPERATING,
    CustomerRecords,
    IndicatorSet,
    IndicatorTable,
    Measured,
    indicator,
)

AS_OF = "2024-06-30"
SHARE = "largest_customer_share"
BOTH = OPERATING.only([SHARE, "customer_concentration"])


def told(*rows: tuple[str, float, str, str]) -> pd.DataFrame:
    """Make a table of: customer, share, day it is about, day it was known."""
    table = pd.DataFrame(rows, columns=["customer", SHARE, "period_end", "known_on"])
    return table.astype({"period_end": "datetime64[s]", "known_on": "datetime64[s]"}).assign(
        source="campaign"
    )


def trade(customer: str, *amounts: float, **more: Any) -> pd.DataFrame:
    """Make the customer's sales to so many buyers of its own."""
    return pd.DataFrame(
        {
            "customer": customer, "counterparty": [f"K{i}" for i in range(len(amounts))],
            "role": "customer", "period_end": pd.Timestamp("2023-12-31"),
            "known_on": pd.Timestamp("2024-02-01"), "amount": amounts, **more,
        }
    )  # fmt: skip


def computed(told_: pd.DataFrame | None, trade_: pd.DataFrame | None, **more: Any) -> Any:
    records = CustomerRecords(told=told_, trade=trade_, **more)
    return BOTH.compute(records, as_of=AS_OF)


def test_what_was_told_stands_where_no_trade_is_known() -> None:
    found = computed(told(("A", 0.35, "2024-03-01", "2024-03-05")), trade("B", 3.0, 1.0))
    assert found.values[SHARE].to_dict() == {"A": 0.35, "B": 0.75}
    assert found.reasons.loc["A", SHARE] == ""
    assert found.told[SHARE].to_dict() == {"A": True, "B": False}
    # the index of all shares does not follow from the largest one
    assert math.isnan(found.values.loc["A", "customer_concentration"])
    assert not found.told["customer_concentration"].any()
    assert "0.35 (told)" in found._repr_html_()
    assert "0.75 (told)" not in found._repr_html_()


def test_the_table_tells_the_source_of_what_was_told_where_it_counts() -> None:
    rows = [("A", 0.35, "2024-03-01", "2024-03-05"), ("B", 0.9, "2024-03-01", "2024-03-06")]
    found = computed(told(*rows), trade("B", 3.0, 1.0))
    sources = found.sources(indicators=[SHARE]).set_index(["customer", "input"])
    mine = sources.loc[("A", f"told.{SHARE}")]
    assert (mine["value"], mine["source"]) == (0.35, "campaign")
    assert mine["dated"] == pd.Timestamp("2024-03-01")
    assert mine["known_on"] == pd.Timestamp("2024-03-05")
    other = sources.loc[("B", f"told.{SHARE}")]
    assert other[["value", "dated", "known_on"]].isna().all()
    assert other["source"] == ""
    assert sources.loc[("B", "trade"), "value"] == 2


@given(
    share=st.floats(0, 1), amounts=st.lists(st.floats(1, 100), min_size=1, max_size=4),
    day=st.dates(pd.Timestamp("2023-01-01").date(), pd.Timestamp("2024-06-30").date()),
)  # fmt: skip
@settings(deadline=None, max_examples=25)
def test_what_was_told_never_displaces_what_is_computed(
    share: float, amounts: list[float], day: Any
) -> None:
    found = computed(told(("A", share, str(day), str(day))), trade("A", *amounts))
    alone = computed(None, trade("A", *amounts))
    pd.testing.assert_frame_equal(found.values, alone.values)
    assert not found.told.any(axis=None)


@given(
    rows=st.lists(
        st.tuples(st.floats(0, 1), st.integers(-400, 400), st.integers(0, 300)), max_size=5
    )
)
@settings(deadline=None, max_examples=25)
def test_nothing_that_is_known_later_counts(rows: list[tuple[float, int, int]]) -> None:
    day = pd.Timestamp(AS_OF)
    table = told(("A", 0.5, "2024-01-31", "2024-01-31"))
    for share, about, after in rows:
        true = day + pd.Timedelta(days=about)
        known = max(true, day - pd.Timedelta(days=100) + pd.Timedelta(days=after))
        table = pd.concat([table, told(("A", share, str(true), str(known)))])
    table = table.drop_duplicates(["period_end", "known_on"])
    known_then = table[table["known_on"] <= day]
    pd.testing.assert_frame_equal(
        computed(table, trade("B", 1.0)).values, computed(known_then, trade("B", 1.0)).values
    )


def test_the_latest_word_counts_until_it_is_stale() -> None:
    rows = told(("A", 0.2, "2023-03-01", "2023-03-01"), ("A", 0.4, "2024-03-01", "2024-03-02"))
    assert computed(rows, None).values.loc["A", SHARE] == 0.4
    old = told(("A", 0.2, "2022-12-29", "2022-12-30"))
    assert computed(old, None).told.loc["A", SHARE] == np.False_
    assert computed(old, None).reason_kinds.loc["A", SHARE] == "not_given"
    assert computed(old, None, stale_after_months=None).values.loc["A", SHARE] == 0.2


@pytest.mark.parametrize(
    ("more", "kind"),
    [({"currency": ["CNY", "USD"]}, "currency"), ({"amount": [3.0, -1.0]}, "undefined")],
)
def test_what_records_contradict_is_not_told_away(more: Any, kind: str) -> None:
    found = computed(told(("A", 0.35, "2024-03-01", "2024-03-05")), trade("A", 3.0, 1.0, **more))
    assert found.reason_kinds.loc["A", SHARE] == kind
    assert not found.told.loc["A", SHARE]


def test_records_of_something_else_leave_room_for_what_was_told() -> None:
    mine = told(("A", 0.35, "2024-03-01", "2024-03-05"))
    for rows in (
        trade("A", 3.0, role="supplier"),
        trade("A", 3.0, period_end=pd.Timestamp("2020-12-31")),
        trade("A", 3.0, math.nan),
    ):
        assert computed(mine, rows).told.loc["A", SHARE]


def test_what_rests_on_a_told_value_says_so() -> None:
    told_share = Measured.of("told", [0.3, 0.4, math.nan])
    share = Measured.of("share", [math.nan, 0.2, math.nan]).or_told(told_share)
    assert share.values[:2].tolist() == [0.3, 0.2]
    for found in (share * 2, 1 - share, share.log(), share + share, share.where(share > 0, 1.0)):
        assert found.told is not None
        assert found.told.tolist() == [True, False, False]
    unlikely = Measured.of("other", [1.0, 1.0, 1.0]).where(share > 1, share)
    assert unlikely.told is not None
    assert unlikely.told.tolist() == [True, False, False]
    chosen = Measured.of("other", [1.0, 1.0, 1.0]).where(share < 1, share)
    assert chosen.told is None or not chosen.told[1:].any()
    assert (Measured.of("a", [1.0]) + 1).told is None


def test_an_indicator_of_ones_own_takes_what_was_told() -> None:
    @indicator(group="operating", unit="share", direction="lower", formula="exports / sales")
    def export_share(facts: Any) -> Any:
        return (facts.exports / facts.revenue).or_told(facts.told.export_share)

    table = told(("A", 0.1, "2024-03-01", "2024-03-05")).assign(export_share=0.6)
    own = IndicatorSet(indicators=(export_share,))
    found: IndicatorTable = own.compute(CustomerRecords(told=table), as_of=AS_OF)
    assert found.values.loc["A", "export_share"] == 0.6
    assert found.told.loc["A", "export_share"]
    assert "told.export_share" in [str(read) for read in export_share.inputs]


def test_a_told_table_is_read_as_strictly_as_others() -> None:
    with pytest.raises(InvalidDataError, match="told"):
        CustomerRecords(told=told(("A", math.inf, "2024-03-01", "2024-03-05")))
