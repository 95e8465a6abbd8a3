"""The sample of the trading firm in a store: its consents, and the shares of its groups."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from creditscore.collect import SourceMapping, read_source
from creditscore.datasets import load_trading_firm, trading_firm_mappings, trading_firm_path
from creditscore.exceptions import AccessDeniedError, WithheldValuesWarning
from creditscore.organise import CustomerStore
from creditscore.protect import AccessPolicy, Actor, Consent, KeyRing, ProtectionPlan
from creditscore.report import customer_dossier

AS_OF = "2024-06-30"
FIRM = load_trading_firm()
LOADED = ("customers", "customers_unverified", "ownership")


@pytest.fixture(scope="module")
def keys() -> KeyRing:
    return KeyRing.generate()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, keys: KeyRing) -> Path:
    """Make a store of the customers with the standard plan and policy, and all consents."""
    path = tmp_path_factory.mktemp("sample") / "firm.db"
    with CustomerStore.create(path, keys=keys) as store:
        for name in LOADED:
            mapping = SourceMapping.from_yaml(trading_firm_mappings()[name])
            table = trading_firm_path(name.removesuffix("_unverified"))
            store.load(read_source(table, mapping).observations, backfill=True)
        store.change_plan(ProtectionPlan.standard())
        for row in FIRM.consents.itertuples():
            store.record_consent(Consent(
                subject=row.customer, purpose=row.purpose, given_at=row.given_on,
                evidence=row.consent,
            ))  # fmt: skip
        for row in FIRM.consents.dropna(subset=["withdrawn_on"]).itertuples():
            store.withdraw_consent(row.customer, row.purpose, at=row.withdrawn_on)
        store.change_policy(AccessPolicy.standard())
    return path


@pytest.fixture
def officer(place: Path, keys: KeyRing) -> Iterator[CustomerStore]:
    actor = Actor(name="ole", roles=("data_protection_officer",), purpose="data subject request")
    with CustomerStore.open(place, keys=keys, actor=actor) as store:
        yield store


def in_force(purpose: str) -> set[str]:
    consents = FIRM.consents[FIRM.consents["purpose"] == purpose]
    return set(consents.loc[consents["withdrawn_on"].isna(), "customer"])


def test_every_consent_of_the_sample_is_one_to_a_purpose_of_the_standard_plan(
    officer: CustomerStore,
) -> None:
    names = {purpose.name for purpose in ProtectionPlan.standard().purposes}
    assert set(FIRM.consents["purpose"]) == {"credit decision", "monitoring", "sales"} < names
    columns = ["customer", "purpose", "given_on", "withdrawn_on"]
    told = pd.DataFrame(
        [(one.subject, one.purpose, one.given_at, one.withdrawn_at) for one in officer.consents()],
        columns=columns,
    )
    for name in columns[2:]:
        days = pd.to_datetime(told[name], utc=True).dt.tz_localize(None)
        told[name] = days.astype("datetime64[ns]")
    assert told["withdrawn_on"].notna().sum() > 5
    pd.testing.assert_frame_equal(
        told.sort_values(columns[:2], ignore_index=True).astype({"customer": str, "purpose": str}),
        FIRM.consents[columns].astype({"customer": str, "purpose": str}),
    )


@pytest.mark.parametrize(("role", "purpose"), [("sales", "sales"), ("analyst", "credit decision")])
def test_persons_without_consent_are_left_out(
    place: Path, keys: KeyRing, role: str, purpose: str
) -> None:
    agreed = in_force(purpose)
    actor = Actor(name="bo", roles=(role,), purpose=purpose)
    with CustomerStore.open(place, keys=keys, actor=actor) as store:
        with pytest.warns(WithheldValuesWarning, match=f"no consent to the purpose '{purpose}'"):
            names = store.snapshot(AS_OF, items=["name"])["name"]
        is_person = (FIRM.customers.set_index("customer")["kind"] == "person")[names.index]
        assert set(names.index[names.notna() & is_person]) == agreed
        assert names[~is_person].notna().all()
        withdrawn = FIRM.consents.dropna(subset=["withdrawn_on"])
        customer = withdrawn.loc[withdrawn["purpose"] == purpose, "customer"].iloc[0]
        with pytest.raises(AccessDeniedError, match=f"no consent to the purpose '{purpose}'"):
            store.snapshot(AS_OF, items=["name"], customers=[customer])


def test_the_tree_of_a_group_shows_the_shares(place: Path, keys: KeyRing) -> None:
    shares = FIRM.ownership[FIRM.ownership["controls"] & FIRM.ownership["true_to"].isna()]
    shares = shares.set_index("owned")
    actor = Actor(name="ana", roles=("analyst",), purpose="credit decision")
    with CustomerStore.open(place, keys=keys, actor=actor) as store:
        tree = customer_dossier(store, "C00069", as_of=AS_OF).tables["group_tree"]
    table = tree.set_index("customer")
    # C00067 owns a little of its parent, C00064, and that is no circle
    assert table["relation"]["C00064"] == "parent"
    assert table.loc["C00064", ["parent", "ownership_share"]].isna().tolist() == [False, True]
    below = table.drop(index="C00064")
    assert set(below.index) == {"C00067", "C00069", "C00074", "C00075"}
    assert below["ownership_share"].to_dict() == shares["share"][below.index].to_dict()
    assert below["parent"].to_dict() == shares["owner"][below.index].to_dict()
