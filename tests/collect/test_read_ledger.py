"""Ledgers: which money pays which invoice, by hand, and that none is lost or counted twice."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore._allocation import names_in, shared, with_shares
from creditscore.collect import (
    FieldRule,
    Item,
    ItemCatalogue,
    ItemRule,
    Ledger,
    LedgerForm,
    SourceMapping,
    read_ledger,
)
from creditscore.exceptions import ConflictWarning, InvalidParameterError, RejectedRowsWarning
from growth import growth

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


def read_settled(
    settled: list[str | None], invoices: pd.DataFrame = INVOICES,
    payments: pd.DataFrame | None = PAYMENTS, form: LedgerForm = FORM,
) -> Ledger:  # fmt: skip
    """Read an export that says itself what is settled, in the column paid."""
    columns = {**INVOICE.columns, "paid": ItemRule(item="invoice.settled_on")}
    return read_ledger(
        invoices.assign(paid=settled), replace(INVOICE, columns=columns), payments=payments,
        payment_mapping=PAYMENT, form=form, collected_at=AT,
    )  # fmt: skip


def settled_facts(ledger: Ledger) -> dict[str, str]:
    table = ledger.observations.table
    of_item = table[table["item"] == "invoice.settled_on"]
    return dict(zip(of_item["record"].astype(str), of_item["text"], strict=True))


def test_a_settled_day_of_the_export_is_kept() -> None:
    told = "about 2 of 4 invoices: 1 paid in full before; 1 paid in full, not settled"
    with pytest.warns(ConflictWarning, match=told):
        ledger = read_settled(["2024-03-09", None, None, None, None])
    assert settled_facts(ledger) == {"I1": "2024-03-09", "I3": "2024-02-01"}
    shown = ledger.invoices.set_index("invoice")["settled_on"].dropna().astype(str)
    assert shown.to_dict() == settled_facts(ledger)


def test_what_the_export_says_is_settled_is_not_open_from_that_day() -> None:
    ledger = read_settled(["2024-02-01", None, None, None, None], payments=None)
    # without payments, those that are not there contradict nothing
    assert ledger.conflicts.empty
    names = {
        day: ledger.open_items(day)["invoice"].tolist() for day in ("2024-01-31", "2024-02-01")
    }
    assert names == {"2024-01-31": ["I1", "I3"], "2024-02-01": ["I3"]}
    # the credit note of 20 February names it and is of it all the same
    assert ledger.allocations[["number", "invoice", "how"]].to_numpy().tolist() == [
        ["K1", "I1", "by number"]
    ]
    assert "settled_on" not in ledger.open_items("2024-07-31")


@pytest.mark.parametrize(
    ("settled", "paid", "why", "open_then"),
    [
        ("2024-02-20", [("2024-02-20", 60)], "settled, paid in part", 100.0),
        ("2024-02-20", [("2024-02-20", 96.99)], "settled, paid in part", 100.0),
        ("2024-02-20", [("2024-02-20", 97)], "settled, paid but for 3 % at most", 100.0),
        ("2024-02-20", [("2024-02-20", 99.98)], "settled, paid but for 3 % at most", 100.0),
        # a cent is rounding
        ("2024-02-20", [("2024-02-20", 99.99)], None, 100.0),
        ("2024-02-20", [], "settled, nothing paid", 100.0),
        # the books may differ by a week, and a discount may be credited some days later
        ("2024-02-20", [("2024-02-12", 100)], "paid in full before", None),
        ("2024-02-20", [("2024-02-13", 100)], None, None),
        ("2024-02-20", [("2024-02-20", 98), ("2024-02-24", 2)], None, 100.0),
        ("2024-02-20", [("2024-02-27", 100)], None, 100.0),
        ("2024-02-20", [("2024-02-28", 100)], "paid in full after", 100.0),
        (None, [("2024-02-20", 100)], "paid in full, not settled", 100.0),
        ("2024-02-20", [("2024-02-20", 100)], None, 100.0),
        (None, [("2024-02-20", 60)], None, 100.0),
        # paid ahead, and settled on that day or on its own
        ("2024-01-05", [("2024-01-05", 100)], None, None),
        ("2024-01-10", [("2024-01-05", 100)], None, None),
    ],
)
def test_where_payments_and_settled_on_disagree_it_is_told(
    settled: str | None, paid: list[Any], why: str | None, open_then: float | None
) -> None:
    invoices = rows(("C1", "I1", "2024-01-10", 100, "", 30), names=("ref", "net"))
    payments = rows(
        ("C2", "P", "2024-01-01", 1, "I1"), *(("C1", f"P{n}", day, amount, "I1")
                                              for n, (day, amount) in enumerate(paid)),
        names=("for",),
    )  # fmt: skip
    if why is None:
        ledger = read_settled([settled], invoices, payments)
    else:
        with pytest.warns(ConflictWarning, match=f"about 1 of 1 invoice: 1 {why}"):
            ledger = read_settled([settled], invoices, payments)
        assert repr(ledger).endswith("0 faults, 1 conflict)")
    assert ledger.conflicts["why"].tolist() == ([] if why is None else [why])
    before = ledger.open_items("2024-02-19")["open"].tolist()
    assert before == ([] if open_then is None else [open_then])
    is_open = settled is None and sum(amount for _, amount in paid) < 100
    assert ledger.open_items("2024-02-20")["open"].tolist() == ([40.0] if is_open else [])


def test_money_without_a_number_pays_what_the_export_says_is_settled() -> None:
    invoices = rows(
        ("C1", "I1", "2024-01-10", 100, "", 30), ("C1", "I2", "2024-02-01", 50, "", 30),
        ("C1", "I3", "2024-02-02", 30, "", 30), names=("ref", "net"),
    )  # fmt: skip
    payments = rows(
        ("C1", "P1", "2024-02-28", 50, None), ("C1", "P2", "2024-03-10", 20, None),
        names=("for",),
    )  # fmt: skip
    # I2 is settled next; I3 was settled more than a week before, and before the first payment
    with pytest.warns(ConflictWarning, match="about 1 of 3 invoices: 1 paid in full before"):
        ledger = read_settled([None, "2024-03-08", "2024-02-15"], invoices, payments)
    found = ledger.allocations[["number", "invoice", "amount", "how"]]
    assert found.to_numpy().tolist() == [
        ["P1", "I2", 50.0, "by day settled"], ["P2", "I1", 20.0, "oldest first"],
    ]  # fmt: skip
    assert ledger.open_items("2024-03-31")[["invoice", "open"]].to_numpy().tolist() == [["I1", 80]]
    # what has no day in the export is as before: the oldest first
    whole = read_settled([None, None, None], invoices, payments)
    assert whole.allocations["invoice"].tolist() == ["I1", "I1"]


@pytest.mark.parametrize("days_after", [-1, 0, 1, 7])
def test_money_of_a_value_date_after_settled_on_closes_nothing_that_is_open(
    days_after: int,
) -> None:
    invoices = rows(
        ("C1", "I1", "2024-01-10", 100, "", 30), ("C1", "I2", "2024-01-12", 100, "", 30),
        names=("ref", "net"),
    )  # fmt: skip
    day = str(np.datetime64("2024-02-01") + days_after)
    payments = rows(("C1", "P1", day, 100, None), names=("for",))
    ledger = read_settled(["2024-02-01", None], invoices, payments)
    assert ledger.conflicts.empty
    assert ledger.allocations[["invoice", "how"]].to_numpy().tolist() == [["I1", "by day settled"]]
    open_then = ledger.open_items("2024-02-15")[["invoice", "open"]]
    assert open_then.to_numpy().tolist() == [["I2", 100.0]]


def test_how_far_the_books_may_differ_is_said_by_the_form() -> None:
    payments = rows(("C1", "P1", "2024-02-03", 100, None), names=("for",))
    invoices = rows(("C1", "I1", "2024-01-10", 100, "", 30), names=("ref", "net"))
    ledger = read_settled(["2024-02-01"], invoices, payments, replace(FORM, value_days=2))
    assert ledger.allocations["how"].tolist() == ["by day settled"]
    # a day less, and it is too late for I1, whose day it contradicts where it names it
    day_less = replace(FORM, value_days=1)
    ledger = read_settled(["2024-02-01"], invoices, payments, day_less)
    assert ledger.allocations["invoice"].tolist() == [""]
    with pytest.warns(ConflictWarning, match="1 paid in full after"):
        read_settled(["2024-02-01"], invoices, payments.assign(**{"for": "I1"}), day_less)
    assert LedgerForm(value_days=0).value_days == 0


def test_what_was_settled_before_the_first_payment_lacks_none() -> None:
    invoices = rows(
        ("C1", "I1", "2023-11-10", 100, "", 30), ("C1", "I2", "2024-01-10", 100, "", 30),
        ("C1", "I3", "2024-01-11", 50, "", 30), names=("ref", "net"),
    )  # fmt: skip
    payments = rows(("C1", "P1", "2024-02-01", 100, "I2"), names=("for",))
    with pytest.warns(ConflictWarning, match="about 1 of 3 invoices: 1 settled, nothing paid"):
        ledger = read_settled(["2024-01-31", "2024-02-01", "2024-02-01"], invoices, payments)
    assert ledger.conflicts["invoice"].tolist() == ["I3"]


def test_what_was_paid_long_before_settled_on_is_open_until_it_was_paid() -> None:
    invoices = rows(("C1", "I1", "2024-01-10", 100, "", 30), names=("ref", "net"))
    payments = rows(("C1", "P1", "2024-02-01", 100, None), names=("for",))
    with pytest.warns(ConflictWarning, match="1 paid in full before"):
        ledger = read_settled(["2024-06-01"], invoices, payments)
    assert ledger.open_items("2024-01-31")["open"].tolist() == [100.0]
    assert ledger.open_items("2024-02-01").empty
    assert settled_facts(ledger) == {"I1": "2024-06-01"}
    both = ledger.conflicts[["settled_on", "paid_on"]].astype(str).to_numpy().tolist()
    assert both == [["2024-06-01", "2024-02-01"]]


def test_errors() -> None:
    with pytest.raises(
        InvalidParameterError, match=r"has no 'payment\.amount', 'payment\.paid_on'"
    ):
        read_ledger(INVOICES, INVOICE, payments=PAYMENTS, payment_mapping=INVOICE, collected_at=AT)
    with pytest.raises(InvalidParameterError, match="need their 'payment_mapping'"):
        read_ledger(INVOICES, INVOICE, payments=PAYMENTS, collected_at=AT)
    with pytest.raises(InvalidParameterError, match="'terms_days'"):
        LedgerForm(terms_days=-1)
    with pytest.raises(InvalidParameterError, match="'value_days' of LedgerForm may be 31 at most"):
        LedgerForm(value_days=32)
    with pytest.raises(InvalidParameterError, match="'value_days'"):
        LedgerForm(value_days=1.5)  # type: ignore[arg-type]
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
    def settled(n: int) -> Callable[[], Any]:
        number = np.arange(n)
        days = (np.datetime64("2020-01-01") + number // 4).astype(str)
        table = pd.DataFrame({"customer": "C1", "number": number.astype(str), "day": days,
                              "amount": 1.5, "ccy": "CNY"})  # fmt: skip
        paid = table.assign(number=[f"P{k}" for k in number])
        ledger = read(table, paid, form=LedgerForm())
        assert ("P" + ledger.allocations["invoice"] == ledger.allocations["number"]).all()
        assert len(ledger.allocations) == n
        assert ledger.open_items("2024-01-01").empty
        return lambda: read(table, paid, form=LedgerForm())

    # eight times the invoices; 64 would be the square
    assert growth(settled, 500, 4000) < 12


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
        "payment.invoice": "I1=90.0;I2=50.0", "payment.paid_on": "2024-03-01",
    }  # fmt: skip
    assert repr(ledger).startswith("Ledger(4 invoices, 1 payment, 1 credit note;")


def test_a_payment_of_several_rows_is_known_when_all_of_them_are() -> None:
    """Of what else is told of it, the first row counts, and nothing but amounts is added up."""
    rate = Item(name="payment.rate", group="operating")
    mapping = replace(
        PAYMENT, columns={**PAYMENT.columns, "rate": ItemRule(item="payment.rate")},
        collected_at=FieldRule(columns=("entered",)),
    )  # fmt: skip
    several = rows(
        ("C1", "P1", "2024-03-01", 90, "I1", 7.1, "2024-03-02"),
        ("C1", "P1", "2024-03-01", 10.1, "", 7.1, "2024-03-05"), names=("for", "rate", "entered"),
    )  # fmt: skip
    ledger = read_ledger(
        INVOICES, INVOICE, payments=several, payment_mapping=mapping, form=FORM, collected_at=AT,
        catalogue=ItemCatalogue.standard().with_items(rate),
    )  # fmt: skip
    table = ledger.observations.table
    told = table[table["record"] == "P1"].set_index("item")
    numbers = told["number"].dropna()
    assert numbers.to_dict() == {"payment.amount": 100.1, "payment.rate": 7.1}
    assert told["text"]["payment.invoice"] == "I1=90.0;=10.1"
    assert set(told["collected_at"].astype(str).str[:10]) == {"2024-03-05"}
    settled = table[table["item"] == "invoice.settled_on"]
    assert set(settled["collected_at"].astype(str).str[:10]) <= {"2024-03-05"}


def test_what_says_the_shares_of_a_payment_and_what_is_a_number() -> None:
    assert names_in("I1=90;I2=50.5;=3") == ("I1", "I2")
    assert shared("I1=90;I2=50.5;=3", Decimal("143.5")) == [
        (("I1",), Decimal(90)), (("I2",), Decimal("50.5")), ((), Decimal(3)),
    ]  # fmt: skip
    # of another amount, alone or beside what has none, they are none
    assert shared("I1=90;I2=50", Decimal(100)) == [(("I1", "I2"), Decimal(100))]
    assert shared("A=7", Decimal(7)) == [(("A=7",), Decimal(7))]
    assert names_in("A=7;B") == ("A=7", "B")
    assert shared(None, Decimal(7)) == [((), Decimal(7))]
    assert with_shares(["I1", ""], [1e-7, 2.0]) == "I1=1E-7;=2.0"
    assert shared("I1=1E-7;=2.0", Decimal("2.0000001"))[0] == (("I1",), Decimal("1E-7"))


def test_a_payment_that_has_rows_of_a_credit_note_too_is_kept() -> None:
    rows_of = rows(
        ("C1", "P1", "2024-03-01", 60, "I1", "payment"),
        ("C1", "P1", "2024-03-01", 30, "I2", "credit note"), names=("for", "what"),
    )  # fmt: skip
    ledger = read(payments=rows_of, form=replace(FORM, kind="what"))
    table = ledger.observations.table
    paid = table[table["item"] == "payment.amount"]
    assert paid[["record", "number"]].to_numpy().tolist() == [["P1", 60.0]]
    assert ledger.credit_notes[["number", "amount"]].to_numpy().tolist()[-1] == ["P1", 30.0]


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


@pytest.mark.parametrize("terms", [1e9, 4e6, 3651])
def test_terms_that_are_a_mistake_are_a_fault_of_their_row(terms: float) -> None:
    invoices = rows(
        ("C1", "I1", "2024-02-10", 100, "", terms), ("C1", "I2", "2024-02-10", 5, "", 3650),
        ("C1", "I3", "9999-12-31", 7, "", 30), names=("ref", "net"),
    )  # fmt: skip
    own = ItemCatalogue.standard().with_items(Item(name="invoice.terms_days", group="operating"))
    for catalogue in (None, own):
        with pytest.warns(RejectedRowsWarning, match="net '.*' is not within 0 to"):
            ledger = read_ledger(invoices, INVOICE, form=FORM, collected_at=AT, catalogue=catalogue)
        # what would be due after all days is due on none
        due = ledger.invoices.set_index("invoice")["due_on"]
        assert str(due["I2"].date()) == "2034-02-07"
        assert pd.isna(due["I3"])
    with pytest.raises(InvalidParameterError, match="may be 3,650 at most"):
        LedgerForm(terms_days=100_000)


def test_credit_notes_are_told() -> None:
    notes = read().credit_notes
    assert notes.drop(columns="day").to_numpy().tolist() == [["C1", "K1", 10.1, "CNY", "I1"]]
    assert str(notes["day"][0].date()) == "2024-02-20"


def test_an_export_of_credit_notes_alone_has_nothing_to_settle() -> None:
    notes = rows(("C1", "K1", "2024-02-20", -10.10, "I1", None), names=("ref", "net"))
    ledger = read_settled([None], notes)
    assert ledger.invoices.empty
    assert ledger.conflicts.empty
    assert ledger.open_items("2024-07-01").empty
