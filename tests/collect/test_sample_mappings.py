"""The mapping files of the trading firm's sample: each reads its table as it should."""

from __future__ import annotations

import contextlib
from functools import cache

import numpy as np
import pandas as pd
import pytest

from creditscore.collect import (
    Collected,
    Ledger,
    LedgerForm,
    SourceMapping,
    average_days_late,
    derive,
    read_ledger,
    read_source,
    read_statements,
    ready_derivations,
)
from creditscore.datasets import load_trading_firm, trading_firm_mappings, trading_firm_path
from creditscore.exceptions import ConflictWarning, RejectedRowsWarning
from creditscore.organise import days_past_due

FIRM = load_trading_firm()
EXPECTED = {
    # by mapping: table, observations, rows used, rejected, skipped
    "applications": ("applications", 555, 80, 0, 0),
    "bureau_reports": ("bureau_reports", 720, 80, 0, 0),
    "crm_enterprises": ("crm", 252, 52, 0, 35),
    "crm_persons": ("crm", 168, 35, 0, 52),
    "customers": ("customers", 2485, 194, 0, 16),
    "customers_unverified": ("customers", 202, 16, 0, 194),
    "invoices": ("invoices", 16271, 3273, 13, 0),
    "ownership": ("ownership", 30, 15, 0, 25),
    "payments": ("payments", 13648, 3412, 0, 120),
    "payments_credit_notes": ("payments", 240, 120, 0, 3412),
    "payments_ledger": ("payments", 10476, 3532, 0, 0),
    "questionnaires": ("questionnaires", 198, 66, 0, 0),
    "references": ("references", 47, 47, 0, 0),
    "statements": ("statements", 12769, 336, 5, 0),
    "visits": ("visits", 635, 127, 0, 0),
}


def mapping(name: str) -> SourceMapping:
    return SourceMapping.from_yaml(trading_firm_mappings()[name])


@cache
def collected(name: str) -> Collected:
    table, *_, rejected, _ = EXPECTED[name]
    told = pytest.warns(RejectedRowsWarning) if rejected else contextlib.nullcontext()
    with told:
        return read_source(trading_firm_path(table), mapping(name))


def planted(table: str, kind: str) -> set[str]:
    rows = FIRM.planted[(FIRM.planted["table"] == table) & (FIRM.planted["kind"] == kind)]
    return set(rows["key"])


def test_there_is_a_file_for_each_mapping() -> None:
    assert set(trading_firm_mappings()) == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_mapping_reads_its_table(name: str) -> None:
    _, n, used, rejected, skipped = EXPECTED[name]
    found = collected(name).summary.iloc[0]
    assert found["observations"] == n
    assert (found["used"], found["rejected"], found["skipped"]) == (used, rejected, skipped)


@pytest.mark.parametrize("name", [name for name in EXPECTED if name != "payments_ledger"])
def test_each_column_has_a_use_or_is_known_to_have_none(name: str) -> None:
    assert collected(name).ignored == ()


@pytest.mark.parametrize("name", EXPECTED)
def test_each_mapping_is_the_same_when_written_and_read(name: str) -> None:
    told = mapping(name)
    assert SourceMapping.from_json(told.to_json()) == told


@pytest.mark.parametrize(
    "names",
    [("customers", "customers_unverified"), ("crm_enterprises", "crm_persons"),
     ("payments", "payments_credit_notes")],
)  # fmt: skip
def test_mappings_of_one_table_read_each_row_once(names: tuple[str, ...]) -> None:
    rows = [
        set(collected(name).observations.table["evidence"].str.extract(r"row=(\d+)")[0])
        for name in names
    ]
    table = getattr(FIRM, EXPECTED[names[0]][0])
    assert sum(map(len, rows)) == len(set().union(*rows)) == len(table)


def test_parents_are_who_controls_and_told_with_their_shares() -> None:
    facts = collected("ownership").observations.table.astype({"customer": str, "item": str})
    now = facts[facts["true_to"].isna()].set_index("customer")
    parents = now.loc[now["item"] == "parent", "text"]
    listed = FIRM.customers[~FIRM.customers["customer"].str.startswith("D")]
    assert parents.to_dict() == listed.set_index("customer")["parent"].dropna().to_dict()
    shares = now.loc[now["item"] == "ownership_share", "number"]
    assert set(shares.index) == set(parents.index)
    assert (shares > 0.5).all()
    # one was sold: who its parent was, and with which share, has an end
    assert facts["true_to"].notna().sum() == 2


@pytest.mark.parametrize(
    ("name", "table", "kind"),
    [("invoices", "invoices", "negative amount"), ("statements", "statements", "sign error")],
)
def test_what_is_rejected_was_planted(name: str, table: str, kind: str) -> None:
    frame = getattr(FIRM, table)
    # rows count from 1, with the header
    rows = collected(name).rejects.table["row"].astype(int) - 2
    assert set(frame.iloc[rows].iloc[:, 0]) == planted(table, kind)


def test_values_are_those_of_the_tables() -> None:
    table = collected("statements").observations.table
    revenue = table[table["item"] == "revenue"]
    good = FIRM.statements[~FIRM.statements["statement"].isin(planted("statements", "sign error"))]
    assert revenue["number"].to_numpy() == pytest.approx(good["revenue"].to_numpy())
    assert (revenue["unit"] == "CNY").all()
    told = revenue["collected_at"].dt.tz_localize(None).to_numpy("datetime64[D]")
    assert np.array_equal(told, good["known_on"].to_numpy("datetime64[D]"))


def test_what_happened_to_an_invoice_was_known_when_it_happened() -> None:
    table = collected("invoices").observations.table
    for item in ("invoice.settled_on", "invoice.disputed_on"):
        rows = table[table["item"] == item]
        days = pd.to_datetime(rows["text"]).to_numpy("datetime64[D]")
        assert np.array_equal(rows["true_from"].to_numpy("datetime64[D]"), days)
        told = rows["collected_at"].dt.tz_localize(None).to_numpy("datetime64[D]")
        assert np.array_equal(told, days)


def test_the_ledger_is_read_by_both_of_its_mappings() -> None:
    ledger = read_both()
    found = ledger.open_items("2024-06-30").set_index("invoice")["open"]
    known = FIRM.invoices.drop_duplicates("invoice").set_index("invoice")["open_amount"]
    known = known[known > 0]
    pd.testing.assert_series_equal(found, known, check_names=False, check_like=True)
    # payments and days settled disagree where a payment names another invoice, or has an error,
    # and where an amount below zero, which is one, was taken for a credit note of the oldest
    odd = FIRM.planted[FIRM.planted["table"].isin(["invoices", "payments"])]
    errors = {*odd["key"], *odd["true_value"], *late()}
    told = ledger.conflicts[~ledger.conflicts["invoice"].isin(errors)]
    assert len(ledger.conflicts) == 52
    assert set(told["why"]) == {"paid in full before"}
    credited = ledger.allocations[ledger.allocations["kind"] == "credit note"]
    assert set(told["invoice"]) <= set(credited["invoice"])


@cache
def read_both() -> Ledger:
    with pytest.warns(RejectedRowsWarning), pytest.warns(ConflictWarning, match="52 of 3,263"):
        return read_ledger(
            trading_firm_path("invoices"),
            mapping("invoices"),
            payments=trading_firm_path("payments"),
            payment_mapping=mapping("payments_ledger"),
            form=LedgerForm(pays="invoice", kind="kind"),
        )


def test_all_that_is_said_of_open_invoices_agrees() -> None:
    ledger = read_both()
    table = ledger.observations.table
    facts = table[table["item"] == "invoice.settled_on"].set_index("record")["text"]
    settled = ledger.invoices.set_index("invoice")["settled_on"].dropna()
    assert settled.astype(str).to_dict() == facts.to_dict()
    months = days_past_due(ledger.invoices, first_month="2023-12-01", last_month="2024-06-01")
    for day, month in months.set_index("customer").groupby("month"):
        late_then = ledger.open_items(day).groupby("customer")["days_past_due"].max()
        expected = late_then.clip(lower=0).reindex(month.index, fill_value=0)
        assert month["dpd"].to_numpy() == pytest.approx(expected.to_numpy())
    # what is derived of the facts is what follows from the invoices
    late = ready_derivations()["average_days_late"]
    made = derive(ledger.observations, [late], as_of="2024-06-30").lineage
    expected = average_days_late(ledger.invoices, "2024-06-30")
    found = made.set_index("customer")["value"].reindex(expected.index)
    assert found.to_numpy() == pytest.approx(expected.to_numpy(), nan_ok=True)


def late() -> set[str]:
    """Return invoices whose payment has a day to come."""
    is_late = FIRM.payments["payment"].isin(planted("payments", "future date"))
    return set(FIRM.payments[is_late]["invoice"])


def test_filings_are_read_by_the_reader_of_statements() -> None:
    odd = FIRM.planted[FIRM.planted["column"] == "registration_number"]
    known = FIRM.customers.dropna(subset=["registration_number"]).iloc[::-1]
    # of those who are there twice, the first; a number with an error is that of no filing
    customers = dict(zip(known["registration_number"], known["customer"], strict=True))
    customers |= dict(zip(odd["true_value"], odd["key"], strict=True))
    read = read_statements(
        trading_firm_path("filings"),
        customers=customers,
        source_name="company register",
    )
    assert len(read.rejects) == 0
    table = read.observations.table
    revenue = table[table["item"] == "revenue"].astype({"customer": str})
    revenue["known_on"] = revenue["collected_at"].dt.tz_localize(None)
    odd = FIRM.planted[FIRM.planted["column"].isin(["revenue", "cost_of_sales"])]
    filed = FIRM.statements[~FIRM.statements["statement"].isin(odd["key"])]
    keys = ["customer", "period_end", "known_on"]
    both = revenue.rename(columns={"true_from": "period_end"}).merge(filed, on=keys)
    # a restated statement is there in both of its versions
    assert len(both) == 107
    assert both["number"].to_numpy() == pytest.approx(both["revenue"].to_numpy())
