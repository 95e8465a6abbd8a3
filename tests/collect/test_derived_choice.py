"""Which fact a derivation sees where several could be, and amounts that cannot be added up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from creditscore.collect import (
    METHODS,
    SOURCE_KINDS,
    Observations,
    derivation,
    derive,
    ready_derivations,
    related_parties,
)
from creditscore.exceptions import EmptyDataError, InvalidDataError


@derivation("purchase_trend", ("revenue",))
def revenue(inputs: Any) -> pd.Series:
    """Return what is believed of sales."""
    return inputs.values("revenue")


def test_the_more_reliable_source_counts_before_confidence_and_time() -> None:
    known = Observations.from_frame(pd.DataFrame({
        "customer": "A", "item": "revenue", "value": [100.0, 900.0], "true_from": "2023-12-31",
        "source": ["public_filing", "third_party"], "method": ["data_analysis", "questionnaire"],
        "collected_at": ["2024-04-01", "2024-05-01"], "confidence": [0.5, 1.0],
    }))  # fmt: skip
    assert derive(known, [revenue], as_of="2024-06-30").lineage["value"].tolist() == [100.0]


def test_a_derivation_sees_what_a_snapshot_of_the_store_shows(tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy")
    from creditscore.organise import CustomerStore
    from creditscore.protect import KeyRing

    rng = np.random.default_rng(7)
    n = 300
    days = pd.Timestamp("2023-06-30") + pd.to_timedelta(rng.integers(0, 3, n), "D")
    table = pd.DataFrame({
        "customer": rng.choice([f"C{k}" for k in range(25)], n), "item": "revenue",
        "value": np.arange(n) + 1.0, "true_from": days,
        "source": rng.choice(SOURCE_KINDS, n), "method": rng.choice(METHODS, n),
        "collected_at": pd.Timestamp("2023-08-01") + pd.to_timedelta(rng.integers(0, 4, n), "D"),
        "confidence": rng.choice([0.5, 1.0], n),
    })  # fmt: skip
    known = Observations.from_frame(table)
    with CustomerStore.create(tmp_path / "s.db", keys=KeyRing.generate()) as store:
        store.load(known, backfill=True)
        shown = store.snapshot(as_of="2024-06-30", items=["revenue"])["revenue"]
        kept = store.observations(items=["revenue"], history=True)
    found = derive(kept, [revenue], as_of="2024-06-30").lineage.set_index("customer")["value"]
    assert found.sort_index().to_dict() == shown.sort_index().to_dict()


@derivation("average_purchases", ("invoice.amount",))
def amounts(inputs: Any) -> pd.Series:
    """Return what is known of an invoice."""
    return inputs.records("invoice").groupby("customer")["amount"].last()


def test_of_what_happens_once_a_derivation_sees_what_a_store_shows(tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy")
    from creditscore.organise import CustomerStore

    rng = np.random.default_rng(7)
    n = 150
    table = pd.DataFrame({
        "customer": rng.choice([f"C{k}" for k in range(25)], n), "item": "invoice.amount",
        "record": "I1", "value": np.arange(n) + 1.0, "unit": "CNY",
        "true_from": pd.Timestamp("2023-06-28") + pd.to_timedelta(rng.integers(0, 6, n), "D"),
        "source": rng.choice(SOURCE_KINDS, n), "method": rng.choice(METHODS, n),
        "collected_at": pd.Timestamp("2023-08-01") + pd.to_timedelta(rng.integers(0, 4, n), "D"),
        "confidence": rng.choice([0.5, 1.0], n),
    })  # fmt: skip
    with CustomerStore.create(tmp_path / "s.db") as store:
        store.load(Observations.from_frame(table), backfill=True)
        kept = store.observations(history=True)
        for as_of, known_at in (("2023-06-30", "2024-06-30"), ("2024-06-30", "2023-08-02")):
            shown = store.records("invoice", as_of, known_at).set_index("customer")["amount"]
            found = derive(kept, [amounts], as_of=as_of, known_at=known_at).lineage
            found = found.set_index("customer")["value"].dropna()
            assert len(shown) > 10
            assert found.sort_index().to_dict() == shown.sort_index().to_dict()


def bought(*rows: tuple[str, str, float, str, str]) -> Observations:
    """Invoices: customer, day, amount, unit, and settled_on or nothing."""
    parts = [
        {"customer": customer, "record": f"I{k}", "true_from": day, "unit": unit, **told}
        for k, (customer, day, amount, unit, settled) in enumerate(rows)
        for told in (
            {"item": "invoice.invoiced_on", "value": day},
            {"item": "invoice.amount", "value": amount},
            *([{"item": "invoice.settled_on", "value": settled}] if settled else []),
        )
    ]
    return Observations.from_frame(pd.DataFrame(parts).assign(
        source="internal_record", method="data_analysis", collected_at="2024-06-30",
        unit=[part["unit"] if part["item"] == "invoice.amount" else "" for part in parts],
    ))  # fmt: skip


def test_amounts_in_several_currencies_are_not_added_up() -> None:
    known = bought(
        ("A", "2024-02-10", 100.0, "CNY", ""), ("A", "2024-04-10", 100.0, "USD", ""),
        ("B", "2024-02-10", 100.0, "CNY", ""), ("B", "2024-04-10", 200.0, "CNY", ""),
        # what was bought in another currency before the window is no matter
        ("C", "2020-02-10", 100.0, "USD", "2020-03-10"), ("C", "2024-04-10", 120.0, "CNY", ""),
    )  # fmt: skip
    made = derive(known, [ready_derivations()["average_purchases"]], as_of="2024-06-30")
    table = made.lineage.set_index("customer")
    assert np.isnan(table.loc["A", "value"])
    assert table.loc["A", "reason"] == "amounts in several currencies"
    assert table.loc["B", "value"] > 0
    assert table.loc["C", "value"] == 10.0
    assert set(made.observations.table["customer"]) == {"B", "C"}


def test_a_balance_counts_what_was_open_when_the_window_began() -> None:
    known = bought(("A", "2023-01-10", 100.0, "USD", "2024-01-10"),
                   ("A", "2024-04-10", 120.0, "CNY", "2024-05-10"))  # fmt: skip
    with pytest.raises(EmptyDataError, match="No value could be made"):
        derive(known, [ready_derivations()["average_balance"]], as_of="2024-06-30")


def test_related_exposure_is_in_one_currency_of_the_group() -> None:
    phones = Observations.from_frame(pd.DataFrame({
        "customer": ["A", "B", "C"], "item": "phone", "value": ["12001234"] * 2 + ["12009999"],
        "true_from": "2024-01-01", "source": "internal_record", "method": "data_analysis",
        "collected_at": "2024-06-30",
    }))  # fmt: skip
    owed = bought(("A", "2024-06-01", 10.0, "CNY", ""), ("B", "2024-06-01", 5.0, "USD", ""),
                  ("C", "2024-06-01", 7.0, "CNY", ""))  # fmt: skip
    made = derive(phones + owed, [ready_derivations()["related_exposure"]], as_of="2024-06-30")
    table = made.lineage.set_index("customer")
    assert table["value"].isna().to_dict() == {"A": True, "B": True, "C": False}
    assert table.loc["C", "value"] == 7.0


# --- related parties -----------------------------------------------------------------


def test_customers_that_are_numbers_have_their_exposure() -> None:
    payers = pd.DataFrame({"customer": [1, 2, 3], "value": ["Zhou & Co.", "ZHOU CO", "Mill Ltd"]})
    found = related_parties({"payer": payers}, exposure={1: 100, 2: 50})
    assert found.table["exposure"].to_dict() == {"1": 150.0, "2": 150.0, "3": 0.0}
    with pytest.raises(InvalidDataError, match="None of the customers in 'exposure'"):
        related_parties({"payer": payers}, exposure={"C1": 100})


def test_a_parent_of_many_is_connected_with_each_of_them() -> None:
    n = 3000
    owned = pd.DataFrame({"customer": [f"C{k}" for k in range(n)], "parent": "P", "share": 1.0})
    shared = pd.DataFrame({"customer": ["C1", "C2"], "value": "1 Mill Road"})
    found = related_parties({"address": shared}, ownership=owned)
    # quadratic would be 4.5 million pairs
    assert len(found.links) == n + 1
    assert found.table.loc["P", "degree"] == n
    pair = found.links[(found.links["first"] == "C1") & (found.links["second"] == "C2")]
    assert pair["kinds"].tolist() == ["address"]
