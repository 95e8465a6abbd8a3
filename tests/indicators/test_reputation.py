"""Reputation: payments by hand, windows, what a ledger cannot tell yet, ratings that count."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.indicators import REPUTATION, CustomerRecords, read_ratings

AS_OF = "2024-06-30"


def days(*texts: str | None) -> Any:
    return pd.to_datetime(list(texts))


def invoices(*rows: tuple[str, str, str | None, float], **columns: Any) -> pd.DataFrame:
    """Return a ledger of A: issued, due, settled, amount."""
    issued, due, settled, amount = zip(*rows, strict=True)
    return pd.DataFrame({
        "customer": "A", "invoice": [str(i) for i in range(len(rows))],
        "invoiced_on": days(*issued), "due_on": days(*due), "settled_on": days(*settled),
        "amount": amount, **columns,
    })  # fmt: skip


LEDGER = invoices(
    ("2023-08-01", "2023-09-01", "2023-09-01", 100.0),  # on the day
    ("2023-10-01", "2023-11-01", "2023-11-11", 100.0),  # ten days late
    ("2024-02-01", "2024-03-01", "2024-02-20", 200.0),  # early
    ("2024-03-15", "2024-04-30", None, 100.0),  # open, 61 days past due
    ("2024-05-01", "2024-07-31", None, 300.0),  # open, not due
    disputed_on=days(None, "2023-11-05", None, None, None),
    returned_on=days("2023-09-20", None, None, None, None),
    returned_amount=[40.0, None, None, None, None],
)
CONTRACTS = pd.DataFrame({
    "customer": "A", "contract": list("xyz"), "known_on": days(*["2023-01-01"] * 3),
    "due_on": days("2023-06-30", "2023-12-31", "2024-05-31"),
    "fulfilled_on": days("2023-06-30", "2024-01-31", None), "fulfilled_share": [1.0, 0.5, None],
})  # fmt: skip
REFERENCES = pd.DataFrame({
    "customer": "A", "association": ["iron", "iron", "trade", "old"],
    "opinion": [0.0, 1.0, 0.5, 0.0],
    "known_on": days("2023-06-01", "2024-01-01", "2023-01-01", "2022-06-30"),
})  # fmt: skip


def ratings(*rows: tuple[str, str, str]) -> pd.DataFrame:
    agency, rating, known = zip(*rows, strict=True)
    frame = pd.DataFrame({"customer": "A", "agency": agency, "rating": rating, "known_on": known})
    return read_ratings(frame).table


RATINGS = ratings(
    ("S&P", "BBB", "2024-01-10"), ("Moody's", "Baa3", "2024-01-10"),
    ("联合资信", "AA+", "2024-01-10"),
)  # fmt: skip

EXPECTED = {
    "on_time_rate": 0.5,
    "on_time_amount_rate": 0.6,
    "average_days_late": (100 * 10 + 100 * 61) / 500,
    "worst_days_past_due": 61.0,
    "worst_days_past_due_24m": 61.0,
    "overdue_share": 0.25,
    "months_since_last_delay": 0.0,
    "relationship_years": 334 / 365.25,
    "on_time_trend": 0.0,
    "days_late_slope": np.polyfit(
        np.array([-303.0, -242.0, -121.0, -61.0]) / 30.4375, [0.0, 10.0, 0.0, 61.0], 1
    )[0],
    "dispute_rate": 0.2,
    "return_rate": 0.05,
    "contract_fulfilment_rate": 0.5,
    "contract_on_time_rate": 1 / 3,
    "references_opinion": 0.75,
    "agency_rating": 10.0,
    "domestic_agency_rating": 2.0,
}


def compute(as_of: str = AS_OF, **tables: pd.DataFrame) -> Any:
    return REPUTATION.compute(CustomerRecords(**tables), as_of=as_of, customers=["A"])


def value(name: str, as_of: str = AS_OF, **tables: pd.DataFrame) -> float:
    return float(compute(as_of, **tables).values.loc["A", name])


def why(name: str, as_of: str = AS_OF, **tables: pd.DataFrame) -> tuple[str, str]:
    found = compute(as_of, **tables)
    assert np.isnan(found.values.loc["A", name])
    return str(found.reason_kinds.loc["A", name]), str(found.reasons.loc["A", name])


def test_values_by_hand() -> None:
    found = compute(ledger=LEDGER, contracts=CONTRACTS, references=REFERENCES, ratings=RATINGS)
    assert found.values.loc["A"].to_dict() == pytest.approx(EXPECTED, rel=1e-12, abs=1e-12)
    assert set(EXPECTED) == set(REPUTATION.names)


# --- payment -------------------------------------------------------------------------


def test_what_is_settled_later_is_open_on_the_day() -> None:
    settled = LEDGER.assign(settled_on=days("2023-09-01", "2023-11-11", "2024-02-20",
                                            "2024-07-15", "2024-08-01"))  # fmt: skip
    for name in ("average_days_late", "overdue_share", "worst_days_past_due"):
        assert value(name, ledger=settled) == pytest.approx(EXPECTED[name])
    assert value("worst_days_past_due", "2024-09-30", ledger=settled) == 76.0


def test_an_open_invoice_due_today_is_not_judged_yet() -> None:
    today = invoices(("2024-06-01", "2024-06-30", None, 10.0))
    assert why("on_time_rate", ledger=today)[0] == "no_rows"
    assert value("on_time_rate", "2024-07-01", ledger=today) == 0.0
    assert value("overdue_share", ledger=today) == 0.0


@pytest.mark.parametrize(
    "name", ["on_time_rate", "on_time_amount_rate", "average_days_late", "worst_days_past_due",
             "months_since_last_delay", "on_time_trend", "days_late_slope"]
)  # fmt: skip
def test_a_ledger_of_open_invoices_that_are_not_due_tells_nothing(name: str) -> None:
    assert why(name, ledger=invoices(("2024-06-01", "2024-07-31", None, 10.0)))[0] == "no_rows"


def test_without_invoices_in_the_window_the_reason_names_it() -> None:
    old = invoices(("2021-01-01", "2021-02-01", "2021-03-01", 10.0))
    kind, text = why("on_time_rate", ledger=old)
    assert kind == "no_rows"
    assert text.endswith("with due_on in the 12 months to 2024-06-30")
    assert why("overdue_share", ledger=old)[1].endswith("open on 2024-06-30")
    # 2021-03-01 to 2024-06-30
    assert value("months_since_last_delay", ledger=old) == pytest.approx(1217 / 30.4375)


def test_windows_end_and_begin_where_they_say() -> None:
    ledger = invoices(
        ("2023-06-01", "2023-06-30", "2023-07-30", 10.0),  # 12 months before, not in them
        ("2023-06-01", "2023-07-01", "2023-07-01", 10.0),
        ("2024-06-01", "2024-06-30", "2024-06-30", 10.0),
    )
    assert value("on_time_rate", ledger=ledger) == 1.0
    assert value("on_time_trend", ledger=ledger) == 0.0
    # past due until 2023-07-30, so within the window
    assert value("worst_days_past_due", ledger=ledger) == 30.0


def test_an_old_invoice_that_is_still_open_is_the_worst() -> None:
    ledger = invoices(
        ("2021-01-01", "2021-06-30", None, 10.0), ("2024-01-01", "2024-02-01", "2024-02-02", 10.0)
    )
    assert value("worst_days_past_due", ledger=ledger) == 1096.0
    assert value("average_days_late", ledger=ledger) == 1.0


def test_an_invoice_paid_early_and_due_in_the_window_was_not_late_in_it() -> None:
    early = invoices(("2023-06-01", "2023-07-10", "2023-06-15", 10.0))
    assert value("worst_days_past_due", ledger=early) == 0.0


def test_delays_of_before_the_window_are_over() -> None:
    ledger = invoices(
        ("2022-10-01", "2022-11-01", "2023-03-01", 10.0),
        ("2024-01-01", "2024-02-01", "2024-02-01", 10.0),
    )
    assert value("worst_days_past_due", ledger=ledger) == 0.0
    assert value("worst_days_past_due_24m", ledger=ledger) == 120.0
    assert value("months_since_last_delay", ledger=ledger) == pytest.approx(487 / 30.4375)


def test_a_customer_that_was_never_late_has_as_many_months_as_are_seen() -> None:
    good = invoices(("2024-01-01", "2024-02-01", "2024-01-20", 10.0))
    assert value("months_since_last_delay", ledger=good) == pytest.approx(181 / 30.4375)


def test_credit_notes_and_zero_amounts_are_no_debts() -> None:
    note = pd.concat([
        LEDGER, invoices(("2024-01-01", "2024-01-01", None, -50.0),
                         ("2024-01-01", "2024-01-01", None, 0.0)).assign(invoice=["n", "o"]),
    ])  # fmt: skip
    with_notes, without = compute(ledger=note).values, compute(ledger=LEDGER).values
    pd.testing.assert_frame_equal(with_notes, without)
    only = invoices(("2024-01-01", "2024-01-01", None, -50.0))
    kind, text = why("on_time_rate", ledger=only)
    assert kind == "no_rows"
    assert "with amount above zero" in text


def test_an_amount_that_is_missing_is_missed_where_it_weighs() -> None:
    gap = LEDGER.assign(amount=[100.0, None, 200.0, 100.0, 300.0])
    assert value("on_time_rate", ledger=gap) == 0.5
    for name in ("on_time_amount_rate", "average_days_late", "return_rate"):
        assert why(name, ledger=gap) == ("not_given", "amount is missing in a row of ledger")


def test_amounts_of_two_currencies_are_not_added() -> None:
    mixed = LEDGER.assign(currency=["CNY", "USD", "CNY", "CNY", "CNY"])
    assert value("on_time_rate", ledger=mixed) == 0.5
    for name in ("on_time_amount_rate", "average_days_late", "return_rate"):
        assert why(name, ledger=mixed)[0] == "currency"
    # what is open is in one currency
    assert value("overdue_share", ledger=mixed) == 0.25


def test_the_slope_needs_two_days() -> None:
    one = invoices(("2024-01-01", "2024-02-01", "2024-02-11", 10.0))
    assert why("days_late_slope", ledger=one)[0] == "zero_denominator"
    same = invoices(*[("2024-01-01", "2024-02-01", f"2024-02-1{i}", 10.0) for i in range(7)])
    assert why("days_late_slope", ledger=same) == (
        "zero_denominator",
        "the spread of due dates is zero",
    )


@settings(max_examples=25, deadline=None)
@given(
    dues=st.lists(st.integers(1, 300), min_size=2, max_size=12, unique=True),
    lates=st.lists(st.integers(-20, 60), min_size=12, max_size=12),
)
def test_the_slope_is_that_of_least_squares(dues: list[int], lates: list[int]) -> None:
    today = pd.Timestamp(AS_OF)
    rows = []
    for ago, late in zip(dues, lates, strict=False):
        due = today - pd.Timedelta(days=ago)
        paid = min(due + pd.Timedelta(days=late), today)
        rows.append((str(due - pd.Timedelta(days=40)), str(due), str(paid), 10.0))
    late_days = [max(min(late, ago), 0) for ago, late in zip(dues, lates, strict=False)]
    expected = np.polyfit(-np.array(dues) / 30.4375, late_days, 1)[0]
    assert value("days_late_slope", ledger=invoices(*rows)) == pytest.approx(expected, abs=1e-9)


# --- disputes and returns ------------------------------------------------------------


def test_a_flag_without_a_day_is_of_settled_invoices_alone() -> None:
    flagged = LEDGER.drop(columns="disputed_on").assign(disputed=[False, True, False, True, True])
    # of three settled ones
    assert value("dispute_rate", ledger=flagged) == pytest.approx(1 / 3)
    later = flagged.assign(settled_on=days("2023-09-01", "2023-11-11", "2024-02-20",
                                           "2024-07-15", None))  # fmt: skip
    assert value("dispute_rate", ledger=later) == pytest.approx(1 / 3)


def test_a_dispute_is_not_seen_before_its_day() -> None:
    assert value("dispute_rate", "2023-11-04", ledger=LEDGER) == 0.0
    assert value("dispute_rate", "2023-11-05", ledger=LEDGER) == 0.5


def test_returns_without_a_day_are_of_settled_invoices_alone() -> None:
    returned = LEDGER.drop(columns="returned_on").assign(returned_amount=[40.0, 0, 0, 100.0, 300.0])
    assert value("return_rate", ledger=returned) == pytest.approx(40 / 400)
    gap = returned.assign(returned_amount=[40.0, None, 0, 0, 0])
    assert why("return_rate", ledger=gap)[0] == "not_given"


def test_a_return_is_not_seen_before_its_day() -> None:
    assert value("return_rate", "2023-09-19", ledger=LEDGER) == 0.0
    assert value("return_rate", "2023-09-20", ledger=LEDGER) == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("name", "columns", "told"),
    [
        ("dispute_rate", ["disputed_on"], "disputed"),
        ("return_rate", ["returned_on", "returned_amount"], "returned_amount"),
        ("return_rate", ["returned_amount"], "returned_amount"),
    ],
)
def test_a_ledger_without_the_column_has_no_rate(name: str, columns: list[str], told: str) -> None:
    assert why(name, ledger=LEDGER.drop(columns=columns)) == (
        "not_given",
        f"ledger have no column {told!r}",
    )


# --- contracts -----------------------------------------------------------------------


def test_contracts_without_shares_count_what_is_done() -> None:
    plain = CONTRACTS.drop(columns="fulfilled_share")
    assert value("contract_fulfilment_rate", contracts=plain) == pytest.approx(2 / 3)
    gap = CONTRACTS.assign(fulfilled_share=[1.0, None, None])
    assert why("contract_fulfilment_rate", contracts=gap)[0] == "not_given"


def test_a_contract_fulfilled_later_is_open_on_the_day() -> None:
    late = CONTRACTS.assign(fulfilled_on=days("2023-06-30", "2024-01-31", "2024-07-02"),
                            fulfilled_share=[1.0, 0.5, 1.0])  # fmt: skip
    assert value("contract_fulfilment_rate", contracts=late) == 0.5
    assert value("contract_fulfilment_rate", "2024-07-02", contracts=late) == pytest.approx(2.5 / 3)
    assert value("contract_on_time_rate", "2024-07-02", contracts=late) == pytest.approx(1 / 3)


def test_a_corrected_contract_counts_once() -> None:
    mended = CONTRACTS.iloc[[1]].assign(known_on=days("2024-03-01"), fulfilled_share=1.0)
    both = pd.concat([CONTRACTS, mended])
    assert value("contract_fulfilment_rate", contracts=both) == pytest.approx(2 / 3)
    assert value("contract_fulfilment_rate", "2024-02-29", contracts=both) == pytest.approx(0.75)


# --- opinions ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("S&P", "A", "2024-01-01")], 6),
        ([("S&P", "A", "2024-01-01"), ("Fitch", "BBB+", "2024-01-01")], 8),
        ([("S&P", "AA", "2024-01-01"), ("Fitch", "BBB+", "2024-01-01"),
          ("Moody's", "A2", "2024-01-01")], 6),
        # the last of an agency, and none that is known later
        ([("S&P", "A", "2023-01-01"), ("S&P", "BB", "2024-01-01"), ("S&P", "D", "2024-07-01")], 12),
        # withdrawn: the other stands
        ([("S&P", "A", "2023-01-01"), ("S&P", "NR", "2024-01-01"),
          ("Fitch", "BBB", "2024-01-01")], 9),
    ],
)  # fmt: skip
def test_the_rating_that_counts(rows: Any, expected: int) -> None:
    assert value("agency_rating", ratings=ratings(*rows)) == expected


def test_no_rating_and_one_withdrawn_are_told_apart() -> None:
    gone = ratings(("S&P", "A", "2023-01-01"), ("S&P", "WD", "2024-01-01"))
    text = "each agency has withdrawn its rating, or gives none"
    assert why("agency_rating", ratings=gone) == ("not_given", text)
    assert why("domestic_agency_rating", ratings=gone)[0] == "no_rows"
    symbols = RATINGS.drop(columns="notch")
    assert "'notch', which read_ratings makes" in why("agency_rating", ratings=symbols)[1]


def test_scales_are_not_mixed() -> None:
    both = ratings(("S&P", "BB", "2024-01-01"), ("中诚信国际", "AAA", "2024-01-01"))
    assert value("agency_rating", ratings=both) == 12.0
    assert value("domestic_agency_rating", ratings=both) == 1.0
