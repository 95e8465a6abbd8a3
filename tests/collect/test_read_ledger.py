"""Ledgers: which money pays which invoice, by hand, and that none is lost or counted twice."""

from __future__ import annotations

import time
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.collect import (
    FieldRule,
    ItemRule,
    Ledger,
    LedgerForm,
    SourceMapping,
    read_ledger,
)
from creditscore.exceptions import InvalidParameterError, RejectedRowsWarning

FORM = LedgerForm(pays="for", credits="ref", terms="net", terms_days=60)
AT = "2024-07-01"


def mapping(kind: str, day: str) -> SourceMapping:
    return SourceMapping(
        source="internal_record", method="data_analysis", source_name=f"{kind}s",
        customer=FieldRule(columns=("customer",)), record=FieldRule(columns=("number",)),
        true_from=FieldRule(columns=("day",)), unit=FieldRule(columns=("ccy",)),
        columns={"amount": ItemRule(item=f"{kind}.amount"),
                 "day": ItemRule(item=f"{kind}.{day}")},
    )  # fmt: skip


INVOICE, PAYMENT = mapping("invoice", "invoiced_on"), mapping("payment", "paid_on")


def rows(*given: tuple[Any, ...], names: tuple[str, ...]) -> pd.DataFrame:
    table = pd.DataFrame(list(given), columns=["customer", "number", "day", "amount", *names])
    return table.assign(ccy=table.get("ccy", "CNY"))


INVOICES = rows(
    ("C1", "I1", "2024-01-10", 100.10, "", 30), ("C1", "I2", "2024-02-10", 50, "", None),
    ("C1", "K1", "2024-02-20", -10.10, "I1", None), ("C2", "I3", "2024-01-05", 70, "", 14),
    ("C1", "I4", "2024-06-01", 5, "", None), names=("ref", "net"),
)  # fmt: skip
PAYMENTS = rows(
    ("C1", "P1", "2024-03-01", 90, "I1"), ("C1", "P2", "2024-03-05", 20, None),
    ("C2", "P3", "2024-02-01", 80, "I3; I9"), ("C3", "P4", "2024-02-01", 1, None),
    names=("for",),
)  # fmt: skip


def read(
    invoices: pd.DataFrame = INVOICES, payments: pd.DataFrame | None = PAYMENTS,
    form: LedgerForm = FORM, payment_mapping: SourceMapping = PAYMENT,
) -> Ledger:  # fmt: skip
    return read_ledger(
        invoices, INVOICE, payments=payments, payment_mapping=payment_mapping, form=form,
        collected_at=AT,
    )  # fmt: skip


def test_what_pays_what() -> None:
    ledger = read()
    found = ledger.allocations[["number", "invoice", "amount", "how"]]
    assert found.to_numpy().tolist() == [
        ["P3", "I3", 70.0, "by number"],
        ["P3", "I9", 0.0, "no invoice of this number"],
        ["P3", "", 10.0, "more than the invoices that it names have open"],
        ["P4", "", 1.0, "no open invoice of that day and currency"],
        ["K1", "I1", 10.1, "by number"],
        ["P1", "I1", 90.0, "by number"],
        ["P2", "I2", 20.0, "oldest first"],
    ]
    assert repr(ledger) == (
        "Ledger(4 invoices, 4 payments, 1 credit note; 4 allocations, 3 without an invoice; "
        "0 faults)"
    )


def test_a_currency_of_the_mapping_is_no_second_column() -> None:
    columns = {**INVOICE.columns, "ccy": ItemRule(item="invoice.currency")}
    ledger = read_ledger(INVOICES, replace(INVOICE, columns=columns), collected_at=AT)
    found = ledger.open_items("2024-07-31")
    assert found.columns.is_unique
    assert found["currency"].unique().tolist() == ["CNY"]


def test_open_items_as_of_a_day() -> None:
    ledger = read()
    found = ledger.open_items("2024-02-29").set_index("invoice")
    assert found["open"].to_dict() == {"I1": 90.0, "I2": 50.0}
    # I1 is due after 30 days by its own terms, I2 after 60 by those of the form
    assert found["days_past_due"].to_dict() == {"I1": 20, "I2": -41}
    assert found["credited"].to_dict() == {"I1": 10.1, "I2": 0.0}
    found = ledger.open_items("2024-07-31").set_index("invoice")
    assert found["open"].to_dict() == {"I2": 30.0, "I4": 5.0}
    assert ledger.open_items("2023-12-31").empty


def test_what_follows_is_observed_and_where_from() -> None:
    table = read().observations.table.set_index(["record", "item"])
    assert table.loc[("I1", "invoice.settled_on"), "text"] == "2024-03-01"
    assert table.loc[("I1", "invoice.settled_on"), "evidence"] == "payments#row=0&column=amount"
    assert table.loc[("I3", "invoice.due_on"), "text"] == "2024-01-19"
    assert table.loc[("I1", "invoice.returned_amount"), "number"] == 10.1
    assert table.loc[("I1", "invoice.returned_on"), "evidence"] == "invoices#row=2&column=amount"
    assert ("I2", "invoice.settled_on") not in table.index
    assert "K1" not in table.index.get_level_values("record")
    assert not set(table.index.get_level_values("item")) & {"invoice.credits", "payment.pays"}


def test_a_rerun_gives_the_same() -> None:
    pd.testing.assert_frame_equal(read().observations.table, read().observations.table)


def test_currencies_are_not_mixed() -> None:
    invoices = rows(("C1", "I1", "2024-01-10", 100, "", 30, "EUR"), names=("ref", "net", "ccy"))
    payments = rows(("C1", "P1", "2024-02-01", 100, None, "USD"),
                    ("C1", "P2", "2024-02-01", 100, "I1", "USD"), names=("for", "ccy"))  # fmt: skip
    how = read(invoices, payments).allocations["how"].tolist()
    assert how == [
        "no open invoice of that day and currency", "the invoice is in another currency",
        "more than the invoices that it names have open",
    ]  # fmt: skip


def test_a_credit_note_without_a_number_reduces_the_oldest() -> None:
    invoices = INVOICES.assign(ref="")
    found = read(invoices, None).allocations[["kind", "number", "invoice", "amount", "how"]]
    assert found.to_numpy().tolist() == [["credit note", "K1", "I1", 10.1, "oldest first"]]


def test_credit_notes_among_the_payments() -> None:
    payments = PAYMENTS.assign(what=["credit note", "payment", "payment", "payment"])
    ledger = read(payments=payments, form=replace(FORM, kind="what"))
    assert ledger.allocations.set_index("number").loc["P1", "kind"] == "credit note"
    table = ledger.observations.table
    assert "P1" not in set(table["record"])
    returned = table[table["item"] == "invoice.returned_amount"]
    assert returned["number"].tolist() == [10.1, 100.1]


def test_a_number_that_stands_twice_is_rejected() -> None:
    twice = pd.concat([INVOICES, INVOICES.head(1)], ignore_index=True)
    with pytest.warns(RejectedRowsWarning, match="number 'I1' stands in a row before this one"):
        ledger = read(twice)
    assert ledger.rejects.table["row"].tolist() == [5]
    pd.testing.assert_frame_equal(ledger.allocations, read().allocations)


def test_a_negative_payment_and_a_bad_day_are_rejected() -> None:
    bad = PAYMENTS.assign(amount=[-90, 20, 80, 1], day=["2024-03-01", "soon", "2024-02-01", ""])
    with pytest.warns(RejectedRowsWarning, match="3 rows of the table cannot be used"):
        ledger = read(payments=bad)
    assert ledger.rejects.n_rows == 3
    assert set(ledger.allocations["number"]) == {"K1", "P3"}


def test_an_invoice_without_terms_has_no_due_day_and_is_paid_by_its_own() -> None:
    ledger = read(INVOICES.assign(net=None), form=replace(FORM, terms_days=None))
    assert ledger.invoices["due_on"].isna().all()
    assert ledger.open_items("2024-07-31")["days_past_due"].isna().all()
    assert "invoice.due_on" not in set(ledger.observations.table["item"])


def test_a_settled_day_of_the_export_is_kept() -> None:
    columns = {**INVOICE.columns, "paid": ItemRule(item="invoice.settled_on")}
    ledger = read_ledger(
        INVOICES.assign(paid=["2024-03-03", None, None, None, None]),
        replace(INVOICE, columns=columns), payments=PAYMENTS, payment_mapping=PAYMENT, form=FORM,
        collected_at=AT,
    )  # fmt: skip
    table = ledger.observations.table
    settled = table[table["item"] == "invoice.settled_on"].set_index("record")["text"]
    assert settled.to_dict() == {"I1": "2024-03-03", "I3": "2024-02-01"}


def test_errors() -> None:
    with pytest.raises(
        InvalidParameterError, match=r"has no 'payment\.amount', 'payment\.paid_on'"
    ):
        read_ledger(INVOICES, INVOICE, payments=PAYMENTS, payment_mapping=INVOICE, collected_at=AT)
    with pytest.raises(InvalidParameterError, match="need their 'payment_mapping'"):
        read_ledger(INVOICES, INVOICE, payments=PAYMENTS, collected_at=AT)
    with pytest.raises(InvalidParameterError, match="'terms_days'"):
        LedgerForm(terms_days=-1)
    with pytest.raises(InvalidParameterError, match=r"'as_of' parameter of Ledger\.open_items"):
        read().open_items("soon")


MONEY = st.integers(1, 500).map(lambda cents: cents / 100)
DAY = st.integers(0, 20).map(lambda n: str(np.datetime64("2024-01-01") + n))


@given(
    st.lists(st.tuples(DAY, MONEY), min_size=1, max_size=6),
    st.lists(st.tuples(DAY, MONEY, st.sampled_from(["", "I0", "I1;I2", "I9"])), max_size=8),
)
@settings(deadline=None, max_examples=15)
def test_no_money_is_lost_or_counted_twice(invoices: Any, payments: Any) -> None:
    one = rows(*(("C1", f"I{n}", day, amount, "", 10) for n, (day, amount) in enumerate(invoices)),
               names=("ref", "net"))  # fmt: skip
    two = rows(*(("C1", f"P{n}", day, amount, ref) for n, (day, amount, ref) in
                 enumerate(payments)), names=("for",))  # fmt: skip
    with warnings.catch_warnings(action="ignore"):
        ledger = read(one, two if len(two) else None)
    given_sum = sum(amount for _, amount, _ in payments)
    assert ledger.allocations["amount"].sum() == pytest.approx(given_sum)
    by_invoice = ledger.allocations[ledger.allocations["invoice"] != ""].groupby("invoice")
    for name, paid in by_invoice["amount"].sum().items():
        assert paid <= one.set_index("number")["amount"].get(name, 0) + 1e-9
    open_sum = ledger.open_items("2024-12-31")["open"].sum()
    went = ledger.allocations.loc[ledger.allocations["invoice"] != "", "amount"].sum()
    assert open_sum == pytest.approx(one["amount"].sum() - went)


def test_many_invoices_of_one_customer_take_no_square_of_time() -> None:
    n = 3000
    number = np.arange(n)
    days = (np.datetime64("2020-01-01") + number // 4).astype(str)
    table = pd.DataFrame({"customer": "C1", "number": number.astype(str), "day": days,
                          "amount": 1.5, "ccy": "CNY"})  # fmt: skip
    start = time.perf_counter()
    ledger = read(table, table.assign(number=[f"P{k}" for k in number]), form=LedgerForm())
    assert time.perf_counter() - start < 6
    assert ("P" + ledger.allocations["invoice"] == ledger.allocations["number"]).all()
    assert len(ledger.allocations) == n
    assert ledger.open_items("2024-01-01").empty


def test_a_payment_of_several_rows_pays_several_invoices() -> None:
    names = ("for",)
    several = rows(
        ("C1", "P1", "2024-03-01", 90, "I1"), ("C1", "P1", "2024-03-01", 50, "I2"),
        ("C1", "P1", "2024-03-01", 50, "I2"), ("C1", "P1", "2024-03-02", 5, "I4"),
        names=names,
    )  # fmt: skip
    with pytest.warns(RejectedRowsWarning, match="2 rows"):
        ledger = read(payments=several)
    assert ledger.rejects.table[["row", "reason"]].to_numpy().tolist() == [
        [2, "stands in a row before this one, too"],
        [3, "stands in a row before this one with another day or unit"],
    ]
    found = ledger.allocations.query("kind == 'payment'")[["number", "invoice", "amount"]]
    assert found.to_numpy().tolist() == [["P1", "I1", 90.0], ["P1", "I2", 50.0]]
    # the payment is one, of what came in together
    table = ledger.observations.table
    told = table[table["record"] == "P1"].set_index("item")
    assert told["number"]["payment.amount"] == 140.0
    assert told["text"].dropna().to_dict() == {
        "payment.invoice": "I1;I2", "payment.paid_on": "2024-03-01",
    }  # fmt: skip
    assert repr(ledger).startswith("Ledger(4 invoices, 1 payment, 1 credit note;")


def test_what_a_payment_pays_is_kept_and_may_be_said_by_the_mapping() -> None:
    told = read().observations.table.query("item == 'payment.invoice'")
    assert told[["record", "text"]].to_numpy().tolist() == [["P1", "I1"], ["P3", "I3; I9"]]
    by_mapping = replace(
        PAYMENT, columns={**PAYMENT.columns, "for": ItemRule(item="payment.invoice")}
    )
    found = read(payment_mapping=by_mapping, form=replace(FORM, pays=""))
    pd.testing.assert_frame_equal(found.allocations, read().allocations)


def test_an_invoice_that_was_paid_ahead_is_settled_on_its_own_day() -> None:
    invoices = rows(("C1", "I1", "2024-02-10", 100, "", None), names=("ref", "net"))
    payments = rows(("C1", "P1", "2024-01-05", 100, "I1"), names=("for",))
    table = read(invoices, payments).observations.table
    settled = table[table["item"] == "invoice.settled_on"]
    assert settled["text"].tolist() == ["2024-02-10"]
    assert settled["true_from"].astype(str).tolist() == ["2024-02-10"]


def test_credit_notes_are_told() -> None:
    notes = read().credit_notes
    assert notes.drop(columns="day").to_numpy().tolist() == [["C1", "K1", 10.1, "CNY", "I1"]]
    assert str(notes["day"][0].date()) == "2024-02-20"
