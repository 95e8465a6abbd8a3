"""What the tests of reports share: the trading firm, read by mappings and kept in a store."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from creditscore.collect import (
    FieldRule,
    ItemRule,
    LedgerForm,
    Observations,
    SourceMapping,
    read_bureau_reports,
    read_ledger,
    read_source,
)
from creditscore.datasets import load_trading_firm, trading_firm_path
from creditscore.exceptions import ConflictWarning, RejectedRowsWarning
from creditscore.grade import RatingHistory
from creditscore.protect import AccessPolicy, Actor, KeyRing
from creditscore.report import Dossier, customer_dossier

CUSTOMER = FieldRule(columns=("customer",))
IDENTITY = (
    "name", "name_zh", "registration_number", "identity_number", "birth_year", "founded_on",
    "phone", "email", "address", "region", "country", "contact_person", "industry", "employees",
    "parent", "opened_on",
)  # fmt: skip
STATEMENT = (
    "months", "currency", "audited", "consolidated", "revenue", "cost_of_sales", "gross_profit",
    "operating_expenses", "ebit", "interest_expense", "net_income", "operating_cash_flow",
    "total_assets", "current_assets", "cash", "receivables", "inventory", "fixed_assets",
    "total_liabilities", "current_liabilities", "payables", "short_term_debt", "long_term_debt",
    "retained_earnings", "equity",
)  # fmt: skip
MEANS = (
    "monthly_income", "monthly_debt_service", "monthly_living_costs",
    "requested_monthly_payment", "savings",
)  # fmt: skip
GRADES = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC", "C", "D")
PURPOSES = {
    "analyst": "credit decision", "auditor": "audit", "sales": "sales", "collector": "collection",
    "data_scientist": "model development",
}  # fmt: skip
MARKS = ("order", "stock_condition", "equipment", "staff_morale", "management")
CNY = FieldRule(value="CNY")
LISTED: dict[str, Any] = {
    # what follows from sales and shares of the day of the list
    "true_from": FieldRule(value="2024-06-30"),
    "collected_at": FieldRule(value="2024-06-30T20:00Z"),
}
BOOKS: dict[str, Any] = {
    "source": "internal_record", "method": "data_analysis", "source_name": "ledger",
    "customer": CUSTOMER, "collected_at": FieldRule(value="2024-06-30T20:00Z"),
}  # fmt: skip


def items(*names: str, kind: str = "") -> dict[str, ItemRule]:
    """Return rules of columns that are named as their items are."""
    return {name: ItemRule(item=f"{kind}{name}") for name in names}


def masters() -> SourceMapping:
    return SourceMapping(
        source="internal_record", method="data_analysis", source_name="master data",
        customer=CUSTOMER, true_from=FieldRule(columns=("opened_on",)),
        collected_at=FieldRule(columns=("verified_on",)),
        columns={
            **items(*IDENTITY), "kind": ItemRule(item="customer_kind"),
            **{name: ItemRule(item=name, **LISTED) for name in ("employees", "parent")},
        },
    )  # fmt: skip


def statements() -> SourceMapping:
    return SourceMapping(
        source="public_filing", method="data_analysis", source_name="register",
        customer=CUSTOMER, true_from=FieldRule(columns=("period_end",)),
        collected_at=FieldRule(columns=("known_on",)), columns=items(*STATEMENT), unit=CNY,
    )  # fmt: skip


def applications() -> SourceMapping:
    return SourceMapping(
        source="third_party", method="questionnaire", source_name="application",
        customer=CUSTOMER, true_from=FieldRule(columns=("asked_on",)),
        collected_at=FieldRule(columns=("asked_on",)), columns=items(*MEANS), unit=CNY,
    )  # fmt: skip


def visits() -> SourceMapping:
    return SourceMapping(
        source="site_visit", method="observation", source_name="visit", customer=CUSTOMER,
        record=FieldRule(columns=("visit",)), true_from=FieldRule(columns=("visited_on",)),
        collected_at=FieldRule(columns=("visited_on",)),
        collected_by=FieldRule(columns=("visitor",)), columns=items(*MARKS, kind="visit."),
    )  # fmt: skip


def invoices() -> SourceMapping:
    day = FieldRule(columns=("invoiced_on",))
    names = ("invoiced_on", "due_on", "amount", "currency", "disputed_on", "settled_on")
    return SourceMapping(
        **BOOKS, record=FieldRule(columns=("invoice",)), true_from=day,
        columns=items(*names, kind="invoice."), unit=FieldRule(columns=("currency",)),
    )  # fmt: skip


def payments() -> SourceMapping:
    return SourceMapping(
        **BOOKS, record=FieldRule(columns=("payment",)),
        true_from=FieldRule(columns=("paid_on",)),
        columns=items("paid_on", "amount", "payer", kind="payment."), unit=CNY,
    )  # fmt: skip


def notes() -> Observations:
    """What the analyst wrote, and what the sources say otherwise."""
    rows = [
        ("C00001", "N1", "note.text", "Sound <b>firm</b>; the buyer in Lanjun is the risk."),
        ("C00001", "N2", "note.question", "Who guarantees the loan of the parent?"),
        ("P00001", "N3", "note.text", "Lives with her brother, who owes 3,000."),
        ("P00001", "N4", "note.question", "Is the job permanent?"),
    ]
    table = pd.DataFrame(rows, columns=["customer", "record", "item", "value"])
    told = table.assign(
        true_from="2024-06-01", source="internal_record", method="interview",
        collected_by="A02", collected_at="2024-06-01T09:00Z", evidence="notes/2024-06-01.md",
    )  # fmt: skip
    rumour = pd.DataFrame({
        "customer": ["C00001"], "item": ["employees"], "value": [400],
        "true_from": ["2024-06-02"], "source": ["third_party"],
        "source_name": ["press"], "method": ["interview"], "collected_by": ["A05"],
        "collected_at": ["2024-06-02"],
    })  # fmt: skip
    return Observations.from_frame(told) + Observations.from_frame(rumour)


def all_observations() -> list[Observations]:
    firm = load_trading_firm()
    with warnings.catch_warnings():
        for told in (ConflictWarning, RejectedRowsWarning):
            warnings.simplefilter("ignore", category=told)
        ledger = read_ledger(
            firm.invoices, invoices(), payments=firm.payments, payment_mapping=payments(),
            form=LedgerForm(pays="invoice", kind="kind"), collected_at="2024-06-30T20:00Z",
        )  # fmt: skip
        read = [
            read_source(firm.customers, masters(), collected_at="2024-06-30"),
            read_source(firm.statements, statements()),
            read_source(firm.applications, applications()),
            read_source(firm.visits, visits()),
            read_bureau_reports(trading_firm_path("bureau_reports"), currency="CNY"),
        ]
    return [*(found.observations for found in read), ledger.observations, notes()]


@pytest.fixture(scope="session")
def firm_keys() -> KeyRing:
    return KeyRing.generate()


@pytest.fixture(scope="session")
def firm_place(tmp_path_factory: pytest.TempPathFactory, firm_keys: KeyRing) -> Path:
    """Make the store of the firm once; tests get copies of it."""
    from creditscore.organise import CustomerStore

    place = tmp_path_factory.mktemp("firm") / "firm.db"
    with CustomerStore.create(place, keys=firm_keys) as store:
        for observations in all_observations():
            store.load(observations, backfill=True)
        store.change_policy(AccessPolicy.standard())
    return place


@pytest.fixture(scope="session")
def dossier_of(firm_place: Path, firm_keys: KeyRing) -> Callable[..., Dossier]:
    """Give what returns dossiers of a role as of 30 June 2024, each of which is made once."""
    from creditscore.organise import CustomerStore

    firm = load_trading_firm()

    @cache
    def dossier(customer: str, role: str = "analyst", language: Any = "en") -> Dossier:
        actor = Actor(name="ana", roles=(role,), purpose=PURPOSES[role])
        with CustomerStore.open(firm_place, keys=firm_keys, actor=actor) as store:
            return customer_dossier(
                store, customer, as_of="2024-06-30", language=language,
                grades=grade_history(), contacts=firm.contacts,
            )  # fmt: skip

    return dossier


@pytest.fixture
def enterprise(dossier_of: Callable[..., Dossier]) -> Dossier:
    return dossier_of("C00001")


def grade_history() -> RatingHistory:
    ratings = load_trading_firm().ratings
    columns = (ratings[name] for name in ("customer", "final_grade", "rated_on"))
    return RatingHistory.from_events(*columns, labels=GRADES)


@pytest.fixture
def open_firm(firm_place: Path, firm_keys: KeyRing, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Give what opens the firm's store in a role, for a purpose."""
    from creditscore.organise import CustomerStore

    made: list[CustomerStore] = []
    place = tmp_path / "firm.db"
    shutil.copy(firm_place, place)

    def open_(role: str = "analyst", purpose: str = "credit decision") -> CustomerStore:
        actor = Actor(name="ana", roles=(role,), purpose=purpose)
        made.append(CustomerStore.open(place, keys=firm_keys, actor=actor))
        return made[-1]

    yield open_
    for store in made:
        store.close()
