"""Units of amounts on their way out of a store: no two currencies in one row, none unnoticed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from creditscore._currency import CODES, COMMON, currency_code
from creditscore.collect import Observations
from creditscore.exceptions import MixedUnitsWarning
from creditscore.indicators import FINANCIAL, CustomerRecords
from creditscore.organise import CustomerStore, customer_records, verify
from creditscore.organise._verify._currency import is_money, plain_unit
from creditscore.protect import KeyRing

AS_OF = "2024-06-30"
TELLS = {
    "true_from": "2023-12-31", "source": "third_party", "source_name": "Bureau",
    "method": "data_analysis", "collected_at": "2024-02-01",
}  # fmt: skip


def told(*rows: tuple[Any, ...], **more: Any) -> Observations:
    """Make observations of: customer, item, value, unit, and a record where the item is of one."""
    table = pd.DataFrame(
        rows, columns=["customer", "item", "value", "unit", "record"][: len(rows[0])]
    )
    return Observations.from_frame(table.assign(**{**TELLS, **more}))


def of_before(*rows: tuple[Any, ...]) -> Observations:
    """Make observations in units that are refused today, and may stand in older stores."""
    facts = told(*[(*row[:3], "", *row[4:]) for row in rows])
    table = facts.table.assign(unit=pd.Categorical([row[3] for row in rows]))
    return Observations(table=table, catalogue=facts.catalogue)


def statement(customer: str, unit: str, other: str) -> list[tuple[Any, ...]]:
    """Return a statement, of which two amounts are in the other unit."""
    return [
        (customer, "revenue", 1e6, unit), (customer, "net_income", 1e5, other),
        (customer, "total_assets", 2e6, unit), (customer, "total_liabilities", 1e6, other),
        (customer, "equity", 1e6, unit), (customer, "months", 12, ""),
    ]  # fmt: skip


@pytest.fixture
def store_of(new_place: Callable[[], Any]) -> Callable[[Observations], CustomerStore]:
    def make(facts: Observations) -> CustomerStore:
        store = CustomerStore.create(new_place(), keys=KeyRing.generate())
        store.load(facts, backfill=True)
        return store

    return make


def test_statements_have_the_currency_of_their_amounts(
    store_of: Callable[[Observations], CustomerStore],
) -> None:
    with store_of(told(*statement("A", "EUR", "EUR"), *statement("B", "rmb", "CNY"))) as store:
        found = customer_records(store, AS_OF)["statements"].set_index("customer")
        assert found["currency"].to_dict() == {"A": "EUR", "B": "CNY"}
        assert found["net_income"].tolist() == [1e5, 1e5]


def test_amounts_in_another_currency_are_left_out(
    store_of: Callable[[Observations], CustomerStore],
) -> None:
    with store_of(told(*statement("OK", "CNY", "CNY"), *statement("MIX", "EUR", "JPY"))) as store:
        with pytest.warns(MixedUnitsWarning, match="'net_income' of 'MIX' in JPY, the rest .* EUR"):
            tables = customer_records(store, AS_OF)
        values = FINANCIAL.compute(CustomerRecords(**tables), as_of=AS_OF).values
        assert values.loc["OK", "net_margin"] == pytest.approx(0.1)
        assert pd.isna(values.loc["MIX", "net_margin"])
        assert values.loc["MIX", "equity_ratio"] == 0.5


STATED: tuple[tuple[str, str, str, bool], ...] = (
    ("EUR", "EUR", "EUR", True),
    ("EUR", "", "EUR", True),
    ("RMB", "CNY", "CNY", True),
    ("Euro", "EUR", "EUR", True),
    ("", "EUR", "EUR", True),
    ("USD", "index points", "USD", True),
    ("USD", "EUR", "USD", False),
    ("USD", "CNY tausend", "USD", False),
)
"""Currency that a statement names, unit of its revenue, what comes out, whether revenue does."""


def test_what_a_statement_says_of_its_currency_comes_first(
    store_of: Callable[[Observations], CustomerStore],
) -> None:
    rows: list[tuple[Any, ...]] = []
    for n, (stated, unit, _, _) in enumerate(STATED):
        rows += [(f"{n}", "revenue", 5, unit), (f"{n}", "months", 12, "")]
        rows += [(f"{n}", "currency", stated, "")] if stated else []
    message = "of '6' in EUR, the rest of its row in USD; 'revenue' of '7'"
    with store_of(of_before(*rows)) as store, pytest.warns(MixedUnitsWarning, match=message):
        found = customer_records(store, AS_OF)["statements"].set_index("customer")
    assert found["currency"].tolist() == [currency for _, _, currency, _ in STATED]
    assert found["revenue"].notna().tolist() == [stays for _, _, _, stays in STATED]


def test_of_as_many_amounts_the_first_of_the_catalogue_decides(
    store_of: Callable[[Observations], CustomerStore],
) -> None:
    rows = [("A", "total_assets", 9, "AED"), ("A", "revenue", 5, "USD")]
    with store_of(told(*rows)) as store:
        with pytest.warns(MixedUnitsWarning, match="'total_assets' of 'A' in AED"):
            found = customer_records(store, AS_OF)["statements"]
        assert found[["currency", "revenue"]].to_numpy().tolist() == [["USD", 5]]


def test_records_have_the_currency_of_their_amounts(
    store_of: Callable[[Observations], CustomerStore],
) -> None:
    rows = [
        ("A", "invoice.amount", 100, "USD", "1"), ("A", "invoice.amount", 100, "CNY", "2"),
        ("A", "invoice.amount", 100, "", "3"), ("A", "invoice.currency", "EUR", "", "3"),
        ("A", "invoice.amount", 100, "", "4"),
        *(("A", "invoice.invoiced_on", "2023-12-31", "", str(n)) for n in range(1, 5)),
        ("A", "contract.amount", 7, "USD", "1"),
        ("A", "contract.fulfilled_share", 0.5, "fraction", "1"),
        ("A", "contract.due_on", "2024-01-31", "", "1"),
        ("A", "trade.amount", 8, "CNY", "B"), ("A", "trade.role", "supplier", "", "B"),
    ]  # fmt: skip
    with store_of(told(*rows)) as store:
        found = store.records("invoice", AS_OF)
        assert found["currency"].tolist() == ["USD", "CNY", "EUR", None]
        assert found["amount"].tolist() == [100] * 4
        tables = customer_records(store, AS_OF)
        assert tables["ledger"]["currency"].tolist() == ["USD", "CNY", "EUR", None]
        assert tables["contracts"]["currency"].tolist() == ["USD"]
        assert tables["contracts"]["fulfilled_share"].tolist() == [0.5]
        assert tables["trade"]["currency"].tolist() == ["CNY"]


def test_a_market_has_the_currency_of_its_sales(
    store_of: Callable[[Observations], CustomerStore],
) -> None:
    with store_of(told(("A", "market_sales", 9, "EUR"))) as store:
        assert customer_records(store, AS_OF)["market"]["currency"].tolist() == ["EUR"]


@pytest.mark.parametrize("call", ["snapshot", "history"])
def test_columns_in_several_units_are_told(
    store_of: Callable[[Observations], CustomerStore], call: str
) -> None:
    rows = [("A", "revenue", 5, "EUR"), ("B", "revenue", 5, "JPY"), ("B", "equity", 5, "JPY")]
    with store_of(told(*rows, ("C", "equity", 5, "jpy "))) as store:
        asked = (AS_OF,) if call == "snapshot" else ()
        with pytest.warns(MixedUnitsWarning, match=r"'revenue' in EUR, JPY\. .*observations\(\)"):
            getattr(store, call)(*asked)
        # the others are in one, or who is asked for is
        getattr(store, call)(*asked, items=["equity"])
        getattr(store, call)(*asked, customers=["B"])


def test_amounts_without_a_unit_beside_others_are_told(
    store_of: Callable[[Observations], CustomerStore],
) -> None:
    rows = [("A", "revenue", 5, "EUR"), ("B", "revenue", 5, ""), ("C", "equity", 5, "")]
    with store_of(told(*rows)) as store:
        with pytest.warns(MixedUnitsWarning, match=r"'revenue' in EUR and without a unit\."):
            store.snapshot(AS_OF)
        # what nobody gave a unit is in one, as far as can be told
        store.snapshot(AS_OF, customers=["B", "C"])


@pytest.mark.parametrize("call", ["snapshot", "history"])
def test_rows_in_several_currencies_are_told(
    store_of: Callable[[Observations], CustomerStore], call: str
) -> None:
    rows = [
        row
        for name in "ABCD"
        for row in (
            (name, "revenue", 1, "EUR"), (name, "total_assets", 3, "usd"),
            (name, "equity", 2, "USD"), (name, "employees", 5, ""),
        )
    ]  # fmt: skip
    with store_of(told(*rows)) as store:
        asked = (AS_OF,) if call == "snapshot" else ()
        told_of = (
            r"'A' has 'revenue' in EUR and 'total_assets' in USD; 'B' has .*; 'C' has [^;]*; "
            r"and 1 more\. Ask observations\(\)"
        )
        with pytest.warns(MixedUnitsWarning, match=told_of):
            getattr(store, call)(*asked)
        getattr(store, call)(*asked, items=["total_assets", "equity", "employees"])


def test_what_no_ratio_is_made_of_may_be_in_several_currencies(
    store_of: Callable[[Observations], CustomerStore],
) -> None:
    rows = [
        ("A", "revenue", 1, "EUR", ""), ("A", "average_purchases", 2, "USD", ""),
        ("A", "invoice.amount", 5, "EUR", "1"), ("A", "invoice.amount", 5, "USD", "2"),
    ]  # fmt: skip
    with store_of(told(*rows)) as store:
        store.snapshot(AS_OF)
        assert store.records("invoice", AS_OF)["currency"].tolist() == ["EUR", "USD"]


def test_a_word_that_is_no_currency_gives_way_to_the_unit_of_the_amounts(
    store_of: Callable[[Observations], CustomerStore],
) -> None:
    rows = [
        ("A", "invoice.amount", 1, "EUR", "1"), ("A", "invoice.currency", "taler", "", "1"),
        ("A", "invoice.amount", 1, "EUR", "2"), ("A", "invoice.currency", "US Dollar", "", "2"),
        ("A", "invoice.amount", 1, "", "3"), ("A", "invoice.currency", "taler", "", "3"),
    ]  # fmt: skip
    with (
        store_of(told(*rows)) as store,
        pytest.warns(MixedUnitsWarning, match="'taler' of 'A', whose amounts are in EUR. Load"),
        pytest.warns(MixedUnitsWarning, match="'invoice.amount' of 'A' in EUR, .* row in USD. "),
    ):
        found = store.records("invoice", AS_OF)
    assert found["currency"].tolist() == ["EUR", "USD", "taler"]
    assert found["amount"].isna().tolist() == [False, True, False]


def test_currencies_are_those_of_iso_4217(
    store_of: Callable[[Observations], CustomerStore],
) -> None:
    rows = [
        ("A", "invoice.amount", 1, "CNY", "1"), ("A", "invoice.returned_amount", 1, "元", "1"),
        ("A", "invoice.amount", 1, "EUR", "2"), ("A", "invoice.returned_amount", 9, "PCS", "2"),
        ("A", "invoice.amount", 1, "€", "3"), ("A", "invoice.currency", " eur ", "", "3"),
        ("A", "invoice.amount", 1, "DEM", "4"),
    ]  # fmt: skip
    with store_of(of_before(*rows)) as store:
        found = store.records("invoice", AS_OF)
    assert found["currency"].tolist() == ["CNY", "EUR", "EUR", "DEM"]
    assert found["returned_amount"].tolist()[:2] == [1, 9]


def test_units_that_are_money() -> None:
    for unit in (
        "EUR", "TEUR", "kUSD", "EURm", "CNY tausend", "万元", "US$", "EUR/t", "RMB'000",
        "RMB thousand", "ALL", "thousand ALL", "TDEM", "TOP million",
    ):  # fmt: skip
        assert is_money(plain_unit(unit)), unit
    for unit in (
        "PCS", "EURO-PALLETS", "SEUR", "fraction", "", "index points", "单元", "ALL shares",
        "TOP 10 firms",
    ):  # fmt: skip
        assert not is_money(plain_unit(unit)), unit
    # codes that readers take for one by themselves are among all, and each is its own
    assert {currency_code(code.lower()) for code in CODES} == CODES > COMMON


def test_verify_finds_several_currencies_in_one_statement() -> None:
    facts = told(*statement("OK", "CNY", "CNY"), *statement("MIX", "EUR", "JPY"))
    found = verify(facts).findings
    assert found[
        ["customer", "item", "check", "severity", "value", "expected"]
    ].to_numpy().tolist() == [
        ["MIX", name, "unit", "error", "JPY", "EUR"] for name in ("net_income", "total_liabilities")
    ]
    assert set(found["hint"]) == {"several currencies in one statement or record"}


def test_a_corrected_unit_is_no_second_currency() -> None:
    rows = [("A", "revenue", 5, "JPY"), ("A", "revenue", 5, "eur"), ("A", "equity", 5, "EUR")]
    days = ["2024-02-01", "2024-03-01", "2024-02-01"]
    found = verify(told(*rows, collected_at=days)).findings
    assert "error" not in set(found["severity"])
