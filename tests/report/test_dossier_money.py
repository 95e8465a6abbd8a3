"""Money in a dossier: what is open, and in which currency; and scores of what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pytest

from creditscore.collect import (
    FieldRule,
    ItemCatalogue,
    ItemRule,
    Ledger,
    LedgerForm,
    Observations,
    SourceMapping,
    read_ledger,
)
from creditscore.exceptions import ConflictWarning, MissingColumnError
from creditscore.expert import ExpertScorecard, MinMaxScore, Weights
from creditscore.indicators import FINANCIAL
from creditscore.organise import CustomerStore
from creditscore.protect import AccessPolicy, Actor, Grant, Role
from creditscore.report import Dossier, customer_dossier

AS_OF = "2024-06-30"
Fact: TypeAlias = tuple[str, str, Any, str, str]
"""Record, item, value, unit, day."""
ANA = Actor(name="ana", roles=("analyst",), purpose="credit decision")


def invoice(number: str, amount: float, currency: str = "CNY", **days: Any) -> list[Fact]:
    told = {"invoiced_on": "2024-04-01", "due_on": "2024-05-01"} | days
    return [
        (number, "invoice.amount", amount, currency, "2024-04-01"),
        *((number, f"invoice.{name}", value, "", "2024-04-01") for name, value in told.items()),
    ]


def payment(number: str, pays: str, amount: float, day: str, currency: str = "CNY") -> list[Fact]:
    told = [(number, "payment.invoice", pays, "", day)] if pays else []
    return [
        (number, "payment.amount", amount, currency, day),
        (number, "payment.paid_on", day, "", day), *told,
    ]  # fmt: skip


def own(day: str, currency: str, **values: Any) -> list[Fact]:
    return [("", name, value, currency, day) for name, value in values.items()]


@pytest.fixture
def dossier_with(tmp_path: Path) -> Iterator[Callable[..., Dossier]]:
    """Give a dossier of C1, of which these facts are told."""
    stores: list[CustomerStore] = []

    def make(facts: Sequence[Fact], policy: AccessPolicy | None = None, **given: Any) -> Dossier:
        table = pd.DataFrame(facts, columns=["record", "item", "value", "unit", "true_from"])
        told = Observations.from_frame(
            table.astype(object).assign(
                customer="C1", source="internal_record", method="data_analysis",
                collected_at=table["true_from"],
            )
        )  # fmt: skip
        place = tmp_path / f"{len(stores)}.db"
        stores.append(CustomerStore.create(place, policy=policy, actor=ANA))
        stores[-1].load(told, backfill=True)
        return customer_dossier(stores[-1], "C1", as_of=AS_OF, **given)

    yield make
    for store in stores:
        store.close()


def blind_to(item: str) -> AccessPolicy:
    grants = (
        Grant(actions=("read", "write"), groups=("operating",), purposes=(ANA.purpose,)),
        Grant(actions=("read",), items=(item,), deny=True),
    )
    return AccessPolicy(roles=(Role(name="analyst", grants=grants),), purposes=(ANA.purpose,))


def owed(dossier: Dossier) -> pd.Series:
    table = dossier.tables["exposure"]
    return table[table["bucket"] == "total"].set_index("currency")["amount"]


# --- what is open ------------------------------------------------------------------------


def test_what_was_paid_in_part_is_not_open(dossier_with: Callable[..., Dossier]) -> None:
    told = [
        *invoice("I1", 100_000), *payment("Z1", "I1", 60_000, "2024-05-10"),
        *payment("Z2", "I1", 30_000, "2024-05-20"), *payment("Z3", "I1", 10_000, "2024-07-01"),
        *payment("Z4", "I9", 1, "2024-05-10"),
    ]  # fmt: skip
    dossier = dossier_with(told)
    assert owed(dossier).to_dict() == {"CNY": 10_000}
    listed = dossier.tables["invoices"].iloc[0]
    assert (listed["amount"], listed["open_amount"]) == (100_000, 10_000)
    numbers = dossier.tables["observations"].set_index("observation")["item"]
    rests_on = [numbers[int(place[1:])] for place in dossier["invoices"].basis["open_amount"][0]]
    assert rests_on == ["invoice.amount", "payment.amount", "payment.amount"]
    assert dossier["exposure"].notes[0][0] == (
        "1 payment went to no invoice, or not in whole: 1.00 CNY."
    )


def test_money_settles_what_nobody_called_settled(dossier_with: Callable[..., Dossier]) -> None:
    told = [
        *invoice("I1", 0.3), *payment("Z1", "I1", 0.1, "2024-05-10"),
        *payment("Z2", "I1", 0.2, "2024-05-31"),
        *invoice("I2", 50, returned_on="2024-05-11", returned_amount=50.0), *invoice("I3", 7),
    ]  # fmt: skip
    dossier = dossier_with(told)
    assert owed(dossier).to_dict() == {"CNY": 7}
    listed = dossier.tables["invoices"].set_index("record")
    assert listed["bucket"].to_dict() == {"I1": "settled", "I2": "settled", "I3": "31-60"}
    assert listed["settled_on"].dropna().dt.strftime("%m-%d").to_dict() == {
        "I1": "05-31", "I2": "05-11",
    }  # fmt: skip
    assert listed["days_late"].to_dict() == {"I1": 30, "I2": 10, "I3": 60}


def test_what_is_paid_twice_makes_nothing_late(dossier_with: Callable[..., Dossier]) -> None:
    told = [
        *invoice("I1", 100), *payment("Z1", "I1", 60, "2024-04-20"),
        *payment("Z2", "I1", 40, "2024-05-01"), *payment("Z3", "I1", 100, "2024-06-20"),
    ]  # fmt: skip
    listed = dossier_with(told).tables["invoices"].iloc[0]
    assert (f"{listed['settled_on']:%m-%d}", listed["days_late"]) == ("05-01", 0)


def test_goods_that_come_back_when_all_was_paid_make_nothing_late(
    dossier_with: Callable[..., Dossier],
) -> None:
    told = [
        *invoice("I1", 100, returned_on="2024-06-20", returned_amount=10.0),
        *payment("Z1", "I1", 100, "2024-05-01"),
        *invoice("I2", 100, returned_on="2024-06-20", returned_amount=10.0),
        *payment("Z2", "I2", 90, "2024-05-01"),
        *invoice("I3", 100, returned_on="2024-04-20", returned_amount=10.0),
        *payment("Z3", "I3", 90, "2024-05-01"), *payment("Z4", "I3", 90, "2024-06-20"),
    ]  # fmt: skip
    listed = dossier_with(told).tables["invoices"].set_index("record")
    assert listed["days_late"].to_dict() == {"I1": 0, "I2": 50, "I3": 0}


def test_a_payment_without_its_day_is_of_the_day_from_which_it_is_true(
    dossier_with: Callable[..., Dossier],
) -> None:
    told = [*invoice("I1", 100)]
    for number, day in (("Z1", "2024-05-10"), ("Z2", "2024-07-10")):
        told += [fact for fact in payment(number, "I1", 30, day) if "paid_on" not in fact[1]]
    assert owed(dossier_with(told)).to_dict() == {"CNY": 70}


def test_money_in_another_currency_pays_nothing(dossier_with: Callable[..., Dossier]) -> None:
    told = [*invoice("I1", 100, "USD"), *payment("Z1", "I1", 90, "2024-05-10", "JPY")]
    assert owed(dossier_with(told)).to_dict() == {"USD": 100}


def test_who_sees_no_payments_is_told(dossier_with: Callable[..., Dossier]) -> None:
    told = [*invoice("I1", 100), *payment("Z1", "I1", 90, "2024-05-10")]
    dossier = dossier_with(told, blind_to("payment.amount"))
    assert owed(dossier).to_dict() == {"CNY": 100}
    assert "sees no payments" in dossier["exposure"].notes[0][0]
    assert "sees no payments" in str(dossier.to_html())


def test_who_sees_no_returns_is_told(dossier_with: Callable[..., Dossier]) -> None:
    told = invoice("I1", 100, returned_on="2024-05-11", returned_amount=40.0)
    dossier = dossier_with(told, blind_to("invoice.returned_amount"))
    assert open_of(dossier) == {"I1": 100}
    assert "does not see what was returned" in dossier["exposure"].notes[0][0]
    assert open_of(dossier_with(told)) == {"I1": 60}


@pytest.mark.parametrize("evidence", ["", "erp export 2024-06.xlsx", "invoices, row 2"])
def test_a_day_settled_that_was_told_draws_money_whatever_its_evidence(
    tmp_path: Path, evidence: str
) -> None:
    told = [
        *invoice("I1", 100), *invoice("I2", 100, due_on="2024-05-20", settled_on="2024-05-08"),
        *payment("Z1", "", 130, "2024-05-10"),
    ]  # fmt: skip
    table = pd.DataFrame(told, columns=["record", "item", "value", "unit", "true_from"])
    facts = Observations.from_frame(
        table.astype(object).assign(
            customer="C1", source="internal_record", method="data_analysis", evidence=evidence,
            collected_at=table["true_from"],
        )
    )  # fmt: skip
    with CustomerStore.create(tmp_path / "c.db", actor=ANA) as store:
        store.load(facts, backfill=True)
        assert open_of(customer_dossier(store, "C1", as_of=AS_OF)) == {"I1": 70}


def test_a_return_that_took_nothing_off_is_no_basis(dossier_with: Callable[..., Dossier]) -> None:
    told = [
        *invoice("I1", 100, returned_on="2024-07-20", returned_amount=10.0),
        *payment("Z1", "I1", 30, "2024-05-10"),
    ]  # fmt: skip
    found = rests_on(dossier_with(told), "open_amount")["I1"]
    assert found == [("invoice.amount", "I1"), ("payment.amount", "Z1")]


def test_a_day_due_may_be_the_last_one_that_is_written(
    dossier_with: Callable[..., Dossier],
) -> None:
    listed = dossier_with(invoice("I1", 100, due_on="9999-12-31")).tables["invoices"].iloc[0]
    assert (listed["open_amount"], listed["days_late"] < 0) == (100, True)


def test_amounts_of_two_currencies_have_no_mean(dossier_with: Callable[..., Dossier]) -> None:
    told = [
        *invoice("I1", 100, "USD", settled_on="2024-05-01"),
        *invoice("I2", 15_000, "JPY", settled_on="2024-06-30"),
    ]
    found = dossier_with(told).tables["behaviour"]
    means = found[found["measure"] == "mean_days_late_amount"]
    assert dict(zip(means["currency"], means["value"], strict=True)) == {"JPY": 60, "USD": 0}


# --- money that is given as a ledger gives it --------------------------------------------


def open_of(dossier: Dossier) -> dict[str, float]:
    table = dossier.tables["invoices"].set_index("record")
    return table.loc[table["bucket"] != "settled", "open_amount"].sort_index().to_dict()


def rests_on(dossier: Dossier, column: str) -> dict[str, list[tuple[str, str]]]:
    """Return the items and records that the cells of a column of invoices rest on."""
    facts = dossier.tables["observations"].set_index("observation")[["item", "record"]]
    rows = zip(dossier.tables["invoices"]["record"], dossier["invoices"].basis[column], strict=True)
    return {
        record: [tuple(facts.loc[int(place[1:])]) for place in places] for record, places in rows
    }


def test_one_payment_of_several_invoices_pays_them_in_order(
    dossier_with: Callable[..., Dossier],
) -> None:
    told = [
        *invoice("I1", 100), *invoice("I2", 100, invoiced_on="2024-04-02"),
        *payment("Z1", "I2; I1", 150, "2024-05-10"), *payment("Z2", "I1", 10, "2024-05-20"),
    ]  # fmt: skip
    dossier = dossier_with(told)
    assert open_of(dossier) == {"I1": 40}
    assert dossier["exposure"].notes == ()
    z1, z2 = ("payment.amount", "Z1"), ("payment.amount", "Z2")
    assert rests_on(dossier, "open_amount") == {
        "I1": [("invoice.amount", "I1"), z1, z2], "I2": [("invoice.amount", "I2"), z1],
    }  # fmt: skip
    assert rests_on(dossier, "settled_on") == {"I1": [], "I2": [z1]}
    assert rests_on(dossier, "days_late")["I2"] == [("invoice.due_on", "I2"), z1]


def test_a_payment_that_names_none_pays_the_oldest_first(
    dossier_with: Callable[..., Dossier],
) -> None:
    told = [
        *invoice("I1", 100, due_on="2024-05-20"), *invoice("I2", 100),
        *invoice("I3", 100, "USD", due_on="2024-04-02"),
        *invoice("I4", 100, invoiced_on="2024-05-11", due_on="2024-05-12"),
        *payment("Z1", "", 150, "2024-05-10"), *payment("Z2", "I2", 10, "2024-05-01"),
    ]  # fmt: skip
    dossier = dossier_with(told)
    assert open_of(dossier) == {"I1": 40, "I3": 100, "I4": 100}
    assert rests_on(dossier, "open_amount")["I2"] == [
        ("invoice.amount", "I2"), ("payment.amount", "Z2"), ("payment.amount", "Z1"),
    ]  # fmt: skip


def test_a_payment_that_names_none_pays_first_what_is_told_to_be_settled(
    dossier_with: Callable[..., Dossier],
) -> None:
    told = [
        *invoice("I1", 100), *invoice("I2", 100, due_on="2024-05-20", settled_on="2024-05-08"),
        *payment("Z1", "", 130, "2024-05-10"),
    ]  # fmt: skip
    dossier = dossier_with(told)
    assert open_of(dossier) == {"I1": 70}
    assert rests_on(dossier, "settled_on")["I2"] == [("invoice.settled_on", "I2")]


def test_a_settlement_after_the_day_is_no_basis(dossier_with: Callable[..., Dossier]) -> None:
    told = [
        *invoice("I1", 100, settled_on="2024-07-08"), *payment("Z1", "I1", 100, "2024-05-10"),
        *invoice("I2", 100, invoiced_on="2024-05-20"), *payment("Z2", "I2", 100, "2024-05-10"),
    ]  # fmt: skip
    dossier = dossier_with(told)
    assert rests_on(dossier, "settled_on")["I1"] == [("payment.amount", "Z1")]
    # what is paid ahead is settled on its own day
    days = dossier.tables["invoices"].set_index("record")["settled_on"].dt.strftime("%m-%d")
    assert days.to_dict() == {"I1": "05-10", "I2": "05-20"}


def test_what_has_no_day_is_there_from_the_start(dossier_with: Callable[..., Dossier]) -> None:
    told = [
        *invoice("I1", 100, invoiced_on="2024-04-20"), *invoice("I2", 100, due_on="2024-05-05"),
        *invoice("I3", 9, returned_amount=9.0), *invoice("I4", 5, returned_amount=5.0),
        *payment("Z1", "", 120, "2024-04-10"),
    ]  # fmt: skip
    bare = {("I2", "invoice.invoiced_on"), ("I2", "invoice.due_on"), ("I3", "invoice.invoiced_on"),
            ("I4", "invoice.invoiced_on"), ("I4", "invoice.due_on")}  # fmt: skip
    dossier = dossier_with([fact for fact in told if fact[:2] not in bare])
    assert open_of(dossier) == {"I1": 100, "I4": 0}
    listed = dossier.tables["invoices"].set_index("record")
    settled = listed["settled_on"].dropna().dt.strftime("%m-%d").to_dict()
    assert settled == {"I2": "04-10", "I3": "04-10"}
    assert rests_on(dossier, "settled_on")["I3"] == [("payment.amount", "Z1")]
    assert "11.00 CNY" in dossier["exposure"].notes[0][0]


def test_returned_goods_count_from_the_day_due_where_no_other_is_told(
    dossier_with: Callable[..., Dossier],
) -> None:
    told = [*invoice("I3", 9, returned_amount=9.0)]
    dossier = dossier_with([fact for fact in told if fact[1] != "invoice.invoiced_on"])
    assert f"{dossier.tables['invoices']['settled_on'].iloc[0]:%m-%d}" == "05-01"
    assert rests_on(dossier, "settled_on")["I3"] == [("invoice.returned_amount", "I3")]


@pytest.mark.parametrize(
    ("names", "currencies", "unit", "rest"),
    [
        ("I1", ("EUR", "USD"), "", {"I1": 40, "I2": 100}),
        ("I1", ("", "USD"), "EUR", {"I1": 40, "I2": 100}),
        ("", ("EUR", "EUR"), "", {"I1": 40, "I2": 100}),
        ("", ("", ""), "EUR", {"I1": 40, "I2": 100}),
        ("", ("EUR", "USD"), "", {"I1": 100, "I2": 100}),
        ("", ("EUR", "USD"), "CNY", {"I1": 100, "I2": 100}),
        ("I2;I1", ("", "EUR"), "EUR", {"I1": 100, "I2": 40}),
        ("I1;I2", ("", "EUR"), "", {"I1": 40, "I2": 100}),
        ("", ("", "EUR"), "EUR", {"I1": 40, "I2": 100}),
    ],
)
def test_money_whose_currency_nobody_told_is_in_that_of_the_invoice(
    dossier_with: Callable[..., Dossier],
    names: str, currencies: tuple[str, str], unit: str, rest: dict[str, float],
) -> None:  # fmt: skip
    told = [
        *invoice("I1", 100, currencies[0]), *invoice("I2", 100, currencies[1]),
        *payment("Z1", names, 60, "2024-05-10", unit),
    ]  # fmt: skip
    assert open_of(dossier_with(told)) == rest


def test_money_that_found_no_invoice_is_said_by_currency(
    dossier_with: Callable[..., Dossier],
) -> None:
    told = [
        *invoice("I1", 1_000), *payment("Z1", "I1", 3_000, "2024-05-10"),
        *payment("Z2", "I1", 5, "2024-05-10", "USD"), *payment("Z3", "I9", 7, "2024-05-11"),
        *payment("Z4", "I9", 7, "2024-07-01"),
    ]  # fmt: skip
    said = "3 payments went to no invoice, or not in whole: 2,007.00 CNY, 5.00 USD."
    dossier = dossier_with([*told, *invoice("I2", 1)])
    (note,) = dossier["exposure"].notes
    assert note[0] == said
    assert note[1].startswith("3 笔付款")
    assert said in str(dossier.to_html())
    # where nothing is open there is no exposure to say it below
    settled = dossier_with(told)
    assert "exposure" not in settled.tables
    assert settled["behaviour"].notes == dossier["exposure"].notes


def mapping(kind: str, day: str, **further: str) -> SourceMapping:
    return SourceMapping(
        source="internal_record", method="data_analysis",
        customer=FieldRule(columns=("customer",)), record=FieldRule(columns=("number",)),
        true_from=FieldRule(columns=("day",)), unit=FieldRule(columns=("currency",)),
        columns={
            name: ItemRule(item=f"{kind}.{item}")
            for name, item in {"amount": "amount", "day": day, **further}.items()
        },
    )  # fmt: skip


def ledger_of(
    invoices: Sequence[Sequence[Any]], payments: Sequence[Sequence[Any]], at: str = "2025-01-01"
) -> Ledger:
    names = ["number", "day", "amount", "currency", "ref"]
    return read_ledger(
        pd.DataFrame(invoices, columns=[*names, "due"]).assign(customer="C1"),
        mapping("invoice", "invoiced_on", due="due_on"),
        payments=pd.DataFrame(payments, columns=names).assign(customer="C1"),
        payment_mapping=mapping("payment", "paid_on", ref="invoice"),
        form=LedgerForm(credits="ref"), collected_at=at,
    )  # fmt: skip


def shown(ledger: Ledger, place: Path, days: Sequence[str]) -> list[Dossier]:
    with CustomerStore.create(place, actor=ANA) as store:
        store.load(ledger.observations, backfill=True)
        return [customer_dossier(store, "C1", as_of=day) for day in days]


def random_ledger(seed: int) -> Ledger:
    """Return invoices, credit notes and payments that name one, two, none or a wrong number."""
    random = np.random.default_rng(seed)
    start = np.datetime64("2024-01-01")
    days = start + np.sort(random.integers(0, 90, 12))
    invoices = [
        [f"I{i}", str(day), float(random.choice([50, 75, 99.99, 120])),
         str(random.choice(["EUR", "EUR", "USD"])), "", str(day + 30)]
        for i, day in enumerate(days)
    ]  # fmt: skip
    notes = [
        [f"N{i}", str(start + random.integers(60, 160)), -float(random.choice([10, 33.33, 200])),
         invoices[i % 12][3], f"I{i % 12}" if i % 4 else "", ""]
        for i in range(0, 18, 3)
    ]  # fmt: skip
    payments = []
    for i, day in enumerate(start + np.sort(random.integers(20, 170, 16))):
        written = [entry[0] for entry, own in zip(invoices, days, strict=True) if own <= day]
        known = [*written, "I99"]
        names = random.choice(known, size=min(int(random.integers(0, 3)), len(known)))
        payments.append([f"P{i}", str(day), float(random.choice([20, 45.5, 80, 150])),
                         str(random.choice(["EUR", "EUR", "USD"])), ";".join(names)])  # fmt: skip
    return ledger_of([*invoices, *notes], payments)


@pytest.mark.parametrize("seed", range(6))
def test_open_amounts_are_those_of_the_ledger(tmp_path: Path, seed: int) -> None:
    ledger = random_ledger(seed)
    days = ["2024-02-20", "2024-03-31", "2024-05-05", "2024-08-31"]
    for day, dossier in zip(days, shown(ledger, tmp_path / "c.db", days), strict=True):
        found = ledger.open_items(day).set_index("invoice").sort_index()
        assert open_of(dossier) == pytest.approx(found["open"].to_dict())
        late = dossier.tables["invoices"].set_index("record")["days_late"]
        assert late[found.index].tolist() == found["days_past_due"].tolist()
        settled = ledger.invoices.set_index("invoice")["settled_on"]
        settled = settled[settled <= day].astype("datetime64[s]").sort_index()
        listed = dossier.tables["invoices"].set_index("record")["settled_on"].dropna()
        assert listed.astype("datetime64[s]").sort_index().to_dict() == settled.to_dict()


def test_what_a_ledger_found_settled_draws_no_money(tmp_path: Path) -> None:
    """Money without a number is given to the oldest, also when another was paid soon after."""
    ledger = ledger_of(
        [["I1", "2024-01-01", 100, "EUR", "", "2024-01-31"],
         ["I2", "2024-01-10", 100, "EUR", "", "2024-02-09"]],
        [["P1", "2024-02-01", 60, "EUR", ""], ["P2", "2024-02-03", 100, "EUR", "I2"]],
    )  # fmt: skip
    (dossier,) = shown(ledger, tmp_path / "c.db", [AS_OF])
    assert open_of(dossier) == {"I1": 40}
    assert dossier["exposure"].notes == ()


@pytest.mark.parametrize(
    "payments",
    [
        [["P1", "2024-02-01", 60, "EUR", "I1"], ["P1", "2024-02-01", 100, "EUR", "I2"]],
        [["P1", "2024-02-01", 60, "EUR", "I1"], ["P1", "2024-02-01", 70, "EUR", "I2"],
         ["P1", "2024-02-01", 15, "EUR", ""]],
        [["P1", "2024-01-20", 30, "EUR", "I1"], ["P1", "2024-01-20", 50, "EUR", "I2"],
         ["P2", "2024-01-25", 70, "EUR", "I1"], ["P3", "2024-01-28", 49, "EUR", "I2"]],
        [["P1", "2024-01-20", 99, "EUR", "I1"], ["P1", "2024-01-20", 33.3, "EUR", ""]],
    ],
)  # fmt: skip
def test_a_payment_in_several_rows_pays_what_each_names(
    payments: list[list[Any]], tmp_path: Path
) -> None:
    ledger = ledger_of(
        [["I1", "2024-01-01", 100, "EUR", "", "2024-01-31"],
         ["I2", "2024-01-10", 100, "EUR", "", "2024-02-09"]],
        payments,
    )  # fmt: skip
    (dossier,) = shown(ledger, tmp_path / "c.db", [AS_OF])
    open_items = ledger.open_items(AS_OF).set_index("invoice")["open"].round(6)
    assert open_of(dossier) == open_items.to_dict()
    assert rests_on(dossier, "open_amount")["I2"][1] == ("payment.amount", "P1")
    assert dossier["exposure"].notes == ()


def test_a_ledger_knows_its_value_days_better(tmp_path: Path) -> None:
    """Its day settled stays where the money is enough by that of others, too."""
    invoices = pd.DataFrame({
        "customer": "C1", "number": ["I1", "I2"], "day": "2024-01-01", "amount": 100,
        "currency": "EUR", "due": ["2024-01-10", "2024-02-05"], "settled": ["2024-01-20", None],
    })  # fmt: skip
    with pytest.warns(ConflictWarning, match="1 paid in full, not settled"):
        ledger = read_ledger(
            invoices,
            mapping("invoice", "invoiced_on", due="due_on", settled="settled_on"),
            payments=pd.DataFrame({
                "customer": "C1", "number": ["P1", "P2"], "day": ["2024-02-15", "2024-02-28"],
                "amount": 100, "currency": "EUR", "ref": None,
            }),
            payment_mapping=mapping("payment", "paid_on", ref="invoice"),
            form=LedgerForm(value_days=31), collected_at="2025-01-01",
        )  # fmt: skip
    (dossier,) = shown(ledger, tmp_path / "c.db", [AS_OF])
    listed = dossier.tables["invoices"].set_index("record")
    assert f"{listed['settled_on']['I2']:%m-%d}" == "02-28"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([["P1", "2024-02-01", 100, "EUR", "I1"]], [["P1", "2024-02-01", 40, "EUR", "I1"]]),
        ([["P1", "2024-02-01", 100, "EUR", "I1"]], [["P1", "2024-02-01", 100, "EUR", "I2"]]),
        ([["P1", "2024-02-01", 60, "EUR", "I1"], ["P1", "2024-02-01", 30, "EUR", "I2"]],
         [["P1", "2024-02-01", 90, "EUR", "I1"]]),
        ([["P1", "2024-02-01", 60, "EUR", "I1"], ["P1", "2024-02-01", 30, "EUR", "I2"]],
         [["P1", "2024-02-01", 30, "EUR", "I2"]]),
    ],
)  # fmt: skip
def test_a_later_export_takes_the_place_of_the_one_before(
    before: list[list[Any]], after: list[list[Any]], tmp_path: Path
) -> None:
    """A day settled that followed from the money of the first one holds no more."""
    invoices = [[name, "2024-01-01", 100, "EUR", "", "2024-01-31"] for name in ("I1", "I2", "I3")]
    with CustomerStore.create(tmp_path / "c.db", actor=ANA) as store:
        store.load(ledger_of(invoices, before, at="2024-03-01").observations, backfill=True)
        last = ledger_of(invoices, after, at="2024-04-01")
        store.load(last.observations, backfill=True)
        dossier = customer_dossier(store, "C1", as_of=AS_OF)
    assert open_of(dossier) == last.open_items(AS_OF).set_index("invoice")["open"].to_dict()


# --- figures over time -------------------------------------------------------------------


def test_each_currency_has_its_row_and_no_line_joins_two(
    dossier_with: Callable[..., Dossier],
) -> None:
    told = [
        *own("2021-12-31", "CNY", revenue=6.0, equity=2.0),
        *own("2022-12-31", "CNY", revenue=7.0, equity=3.0),
        *own("2023-12-31", "USD", revenue=1.0), *own("2024-03-31", "CNY", equity=4.0),
    ]  # fmt: skip
    section = dossier_with(told)["statements"]
    rows = section.table.set_index(["item", "unit"])
    assert rows.index.tolist() == [("revenue", "CNY"), ("revenue", "USD"), ("equity", "CNY")]
    assert rows.loc[("revenue", "USD")].dropna().to_dict() == {"2023-12-31": 1.0}
    assert [chart.title[0] for chart in section.charts] == ["Equity, CNY"]
    assert [bool(places) for places in section.basis["2023-12-31"]] == [False, True, False]


# --- scores ------------------------------------------------------------------------------


def card(*names: str, **missing: Any) -> ExpertScorecard:
    return ExpertScorecard(
        subscores={name: MinMaxScore(low=0, high=10, **missing) for name in names},
        weights=Weights.of(dict.fromkeys(names, 1)),
    )


def test_a_card_of_what_is_no_column_is_refused(dossier_with: Callable[..., Dossier]) -> None:
    with pytest.raises(MissingColumnError, match=r"reads 'revenu':.*Did you mean 'revenue'"):
        dossier_with(own("2023-12-31", "CNY", revenue=6.0), scorecard=card("revenu"))
    with pytest.raises(MissingColumnError, match="reads 'on_time_rate'"):
        dossier_with(
            own("2023-12-31", "CNY", revenue=6.0), scorecard=card("on_time_rate"),
            indicators=FINANCIAL,
        )  # fmt: skip


def test_what_the_card_refuses_is_said_on_the_page(dossier_with: Callable[..., Dossier]) -> None:
    told = own("2023-12-31", "CNY", revenue=6.0)
    dossier = dossier_with(told, scorecard=card("revenue", "employees", "current_ratio"))
    section = dossier["scores"]
    assert section.table["characteristic"].tolist() == ["revenue", "employees", "current_ratio"]
    assert "points" not in section.table
    assert section.notes[0][0].endswith("missing: Employees; Current ratio.")
    assert "员工人数" in section.notes[0][1]
    assert "facts" in dossier.tables
    scored = dossier_with(told, scorecard=card("revenue", "employees", missing_score=10))
    assert scored.tables["scores"]["points"].tolist() == [30, 5, 0, 35]


def test_a_card_scores_who_has_nothing_that_indicators_are_made_of(
    dossier_with: Callable[..., Dossier],
) -> None:
    told: list[Fact] = [("", "customer_kind", "enterprise", "", "2023-12-31")]
    found = dossier_with(told, scorecard=card("net_margin", missing_score=5)).tables["scores"]
    assert found["points"].tolist() == [5, 0, 5]


def test_a_fact_stands_for_an_indicator_that_nothing_was_given_for(
    dossier_with: Callable[..., Dossier],
) -> None:
    """A dossier has no table of countries, but the file may say the class."""
    assert "country_risk_class" in ItemCatalogue.standard()
    told: list[Fact] = [
        ("", "country_risk_class", 3, "", "2023-12-31"), *own("2023-12-31", "CNY", revenue=6.0),
    ]  # fmt: skip
    section = dossier_with(told, scorecard=card("country_risk_class"))["scores"]
    assert section.table["input"].tolist()[0] == 3
    assert section.basis["input"][0][0].startswith("o")
