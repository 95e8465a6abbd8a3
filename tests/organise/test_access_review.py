"""Who read what against who may: planted breaches, bursts, records of a trail."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.collect import Item
from creditscore.datasets import load_trading_firm
from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
)
from creditscore.organise import access_review
from creditscore.organise._principles._found import found_confidential
from creditscore.protect import AccessPolicy, Actor, AuditTrail, Grant, MemorySink, Role

READ = ("read",)
POLICY = AccessPolicy(
    roles=(
        Role(name="sales", grants=(Grant(actions=READ, items=("phone",), purposes=("care",)),)),
        Role(name="risk", grants=(
            Grant(actions=READ, items=("phone", "revenue"), purposes=("decision",)),
            Grant(actions=("read_masked",), items=("identity_number",), purposes=("decision",)),
        )),
    ),
    purposes=("care", "decision"),
)  # fmt: skip


def log(*rows: tuple[str, str, str, str, str, str]) -> pd.DataFrame:
    columns = ["at", "actor", "role", "purpose", "item", "customer"]
    return pd.DataFrame(rows, columns=columns)


def reads(actor: str, day: str, n: int, start: int = 0) -> pd.DataFrame:
    at = [f"{day}T09:00:{k % 60:02d}Z" for k in range(n)]
    return pd.DataFrame({
        "at": at, "actor": actor, "role": "sales", "purpose": "care", "item": "phone",
        "customer": [f"c{start + k}" for k in range(n)],
    })  # fmt: skip


def test_planted_breaches_are_found_by_kind_and_no_others() -> None:
    firm = load_trading_firm()
    roles = tuple(
        Role(name=str(role), grants=(
            Grant(actions=READ, items=tuple(rows["item"]), purposes=tuple(set(rows["purpose"]))),
        ))
        for role, rows in firm.access_rules.groupby("role")
    )  # fmt: skip
    policy = AccessPolicy(roles=roles, purposes=tuple(firm.access_rules["purpose"].unique()))
    review = access_review(firm.access_log, policy)
    planted = firm.planted[firm.planted["kind"] == "unauthorised read"]
    found = review.breaches.set_index("entry")["kind"]
    assert found.sort_index().to_dict() == planted.set_index("key")["detail"].to_dict()
    assert review.n == len(firm.access_log)
    assert review.number == pytest.approx(1 - len(planted) / len(firm.access_log))
    assert review.customers["n"].sum() == review.n


def test_role_purpose_and_unknown_items() -> None:
    review = access_review(
        log(
            ("2024-06-03T09:00Z", "bo", "sales", "care", "phone", "A"),
            ("2024-06-03T09:01Z", "bo", "sales", "care", "revenue", "A"),
            ("2024-06-03T09:02Z", "bo", "sales", "decision", "phone", "A"),
            ("2024-06-03T09:03Z", "bo", "sales", "care", "shoe_size", "A"),
            ("2024-06-03T09:04Z", "bo", "sales;risk", "decision", "revenue", "B"),
            ("2024-06-03T09:05Z", "bo", "janitor", "care", "phone", "B"),
            ("2024-06-03T09:06Z", "bo", "", "care", "phone", "B"),
        ),
        POLICY,
    )
    assert review.breaches["item"].tolist() == ["revenue", "phone", "shoe_size", "phone", "phone"]
    assert review.breaches["kind"].tolist() == ["role", "purpose", "role", "role", "role"]
    assert review.breaches["why"].str.contains("granted|policy").all()
    assert review.number == pytest.approx(2 / 7)
    assert review.counts().to_dict() == {"role": 4, "purpose": 1, "own file": 0, "volume": 0}
    assert review.customers.loc["B"].to_dict() == {
        "n": 3, "n_breaches": 2, "share_in_policy": pytest.approx(1 / 3),
    }  # fmt: skip


def test_masked_reads_are_less_than_clear_ones() -> None:
    rows = log(*[("2024-06-03T09:00Z", "ana", "risk", "decision", "identity_number", "A")] * 2)
    review = access_review(rows.assign(action=["read_masked", "read"]), POLICY)
    assert review.breaches["action"].tolist() == ["read"]


def test_own_files_are_breaches_though_the_role_may_read() -> None:
    rows = log(
        ("2024-06-03T09:00Z", "bo", "sales", "care", "phone", "A"),
        ("2024-06-03T09:00Z", "bo", "sales", "care", "phone", "B"),
        ("2024-06-03T09:00Z", "cy", "sales", "care", "phone", "A"),
    )
    review = access_review(rows, POLICY, related={"bo": ["A", "M"]})
    assert review.breaches[["actor", "customer", "kind"]].to_numpy().tolist() == [
        ["bo", "A", "own file"]
    ]


def test_a_burst_is_found_against_own_days_and_peers() -> None:
    days = pd.date_range("2024-05-01", periods=12).strftime("%Y-%m-%d")
    quiet = [reads(who, day, 2) for who in ("bo", "cy") for day in days]
    burst = reads("bo", "2024-06-01", 40)
    review = access_review(pd.concat([*quiet, burst]), POLICY)
    assert review.breaches["kind"].tolist() == ["volume"] * 40
    assert review.days[review.days["is_unusual"]]["actor"].tolist() == ["bo"]
    # z = (2√40.375 − 2√2.375) / 1, all other days being the same
    z = 2 * np.sqrt(40.375) - 2 * np.sqrt(2.375)
    assert review.days["z_peers"].max() == pytest.approx(z)
    milder = access_review(pd.concat([*quiet, burst]), POLICY, least_z=z + 0.1)
    assert milder.number == 1
    # who always reads as much is another case, as long as the peers do too
    busy = [reads(who, day, 40) for who in ("bo", "cy") for day in days]
    assert access_review(pd.concat([*busy, burst]), POLICY).number == 1


def test_few_days_cannot_be_told_to_be_unusual() -> None:
    review = access_review(reads("bo", "2024-06-01", 90), POLICY)
    assert review.number == 1
    assert review.days["z_peers"].isna().all()
    assert review.unjudged["n"].tolist() == [90]
    assert repr(review).endswith("none in breach; 0 refused; 1 day not judged)")
    (told,) = [f for f in found_confidential(review) if f.code == "few_days"]
    assert "others: 1 (up to 90 customers; bo)" in told.told()


def test_related_customers_need_a_log_that_names_customers() -> None:
    numbers = reads("bo", "2024-06-01", 2).assign(customer=[7.0, 8.0])
    review = access_review(numbers, POLICY, related={"bo": [7]})
    assert review.breaches["customer"].tolist() == ["7"]
    with pytest.raises(InvalidParameterError, match=r"'related' .* has no effect: no access names"):
        access_review(numbers.drop(columns="customer"), POLICY, related={"bo": [7]})


def trail(*actions: tuple[str, str, dict[str, Any], list[str]]) -> list[Any]:
    kept = AuditTrail(MemorySink(), key=b"a secret of 16 bytes or more")
    return [
        kept.append(Actor(name="bo", roles=("sales",), purpose=purpose), action, details,
                    subjects=subjects)
        for action, purpose, details, subjects in actions
    ]  # fmt: skip


def test_records_of_a_trail_count_an_item_each() -> None:
    records = trail(
        ("read", "care", {"items": ["phone", "identity_number"], "masked": ["phone"]}, ["A", "B"]),
        ("write", "care", {"items": ["phone"]}, ["A"]),
        ("denied", "care", {"asked": "read", "item": "revenue", "why": "no"}, []),
        ("denied", "care", {"asked": "erase", "why": "no"}, []),
    )
    review = access_review(records, POLICY)
    assert (review.n, len(review.breaches), len(review.denials)) == (2, 1, 1)
    assert review.breaches["item"].tolist() == ["identity_number"]
    assert review.denials["item"].tolist() == ["revenue"]
    # one call of two customers, though of two items
    assert review.days["n"].tolist() == [2]
    assert review.actors.loc["bo"].to_dict() == {
        "n": 2, "n_denied": 1, "role": 1, "purpose": 0, "own file": 0, "volume": 0,
        "share_in_policy": 0.5,
    }  # fmt: skip
    assert not len(review.customers)


def test_only_refusals_are_no_breach() -> None:
    refused = trail(("denied", "care", {"asked": "read", "item": "revenue"}, []))
    review = access_review(refused, POLICY)
    assert np.isnan(review.number)
    assert len(review.denials) == 1


def test_grants_that_have_ended() -> None:
    grant = Grant(actions=READ, items=("phone",), purposes=("care",), until="2024-06-02")
    policy = AccessPolicy(roles=(Role(name="sales", grants=(grant,)),), purposes=("care",))
    both = pd.concat([reads("bo", "2024-06-01", 1), reads("bo", "2024-06-02", 1)])
    found = access_review(both, policy).breaches
    assert found["at"].dt.strftime("%Y-%m-%d").tolist() == ["2024-06-02"]


def test_share_of_protected_values() -> None:
    stored = pd.DataFrame({
        "item": ["phone", "phone", "revenue", "shoe_size"],
        "is_encrypted": [True, False, False, True],
    })  # fmt: skip
    rows = reads("bo", "2024-06-01", 1)
    assert access_review(rows, POLICY, stored=stored).protected_share == pytest.approx(2 / 3)
    assert np.isnan(access_review(rows, POLICY).protected_share)
    only = (Item(name="phone", group="identity", kind="text"),)
    open_items = access_review(rows, POLICY, items=only, stored=stored.iloc[:2])
    assert np.isnan(open_items.protected_share)
    with pytest.raises(InvalidDataError, match="'is_encrypted'"):
        access_review(rows, POLICY, stored=stored.assign(is_encrypted=3))


@settings(deadline=None, max_examples=8)
@given(seed=st.integers(0, 1000), n=st.integers(1, 40))
def test_the_number_is_a_share_and_the_order_does_not_matter(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame({
        "entry": range(n), "at": "2024-06-01T00:00Z", "actor": rng.choice(["a", "b"], n),
        "role": rng.choice(["sales", "risk", "none"], n), "item": rng.choice(["phone", "cash"], n),
        "purpose": rng.choice(["care", "decision"], n), "customer": rng.choice(["X", "Y"], n),
    })  # fmt: skip
    review = access_review(rows, POLICY)
    turned = access_review(rows.sample(frac=1, random_state=seed), POLICY)
    assert 0 <= review.number <= 1
    assert set(review.breaches["entry"]) == set(turned.breaches["entry"])
    assert review.actors[["role", "purpose"]].to_numpy().sum() == len(review.breaches)
    assert review.actors["n"].sum() == n


def test_logs_that_cannot_be_used() -> None:
    rows = reads("bo", "2024-06-01", 2)
    with pytest.raises(MissingColumnError, match="'purpose'"):
        access_review(rows.drop(columns="purpose"), POLICY)
    with pytest.raises(InvalidDataError, match="'actor' of the accesses is empty in row 1"):
        access_review(rows.assign(actor=["bo", None]), POLICY)
    with pytest.raises(InvalidDataError, match="'at' of the accesses must hold instants"):
        access_review(rows.assign(at="yesterday"), POLICY)
    with pytest.raises(InvalidDataError, match="'at' of the accesses is empty in row 0"):
        access_review(rows.assign(at=[None, "2024-06-01"]), POLICY)
    with pytest.raises(InvalidDataError, match="Got 'peek'"):
        access_review(rows.assign(action="peek"), POLICY)
    with pytest.raises(InvalidParameterError, match="is a int"):
        access_review([1], POLICY)
    with pytest.raises(EmptyDataError, match="no accesses"):
        access_review([], POLICY)
    with pytest.raises(InvalidParameterError, match="least_z"):
        access_review(rows, POLICY, least_z=0)
