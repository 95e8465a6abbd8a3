"""What the sample's mappings say was known on a day does not hang on what came after it."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pandas as pd
import pytest

from creditscore.collect import (
    OBSERVATION_COLUMNS,
    ContactLog,
    Observations,
    SourceMapping,
    confirmed_observations,
    read_source,
)
from creditscore.datasets import load_trading_firm, trading_firm_mappings
from creditscore.exceptions import RejectedRowsWarning

DAY = pd.Timestamp("2023-03-31")
"""Between the two years of the ledger, before statements of 2022 were restated."""
FIRM = load_trading_firm()
CAME_ON = {
    # by mapping: its table, the day on which a row came, what was added to a row later and when
    "applications": ("applications", "asked_on", {}),
    "bureau_reports": ("bureau_reports", "reported_on", {}),
    "crm_enterprises": ("crm", "exported_on", {}),
    "crm_persons": ("crm", "exported_on", {}),
    "invoices": ("invoices", "invoiced_on",
                 {"settled_on": "settled_on", "disputed_on": "disputed_on"}),
    "payments": ("payments", "paid_on", {}),
    "payments_credit_notes": ("payments", "paid_on", {}),
    "payments_ledger": ("payments", "paid_on", {}),
    "questionnaires": ("questionnaires", "returned_on", {}),
    "references": ("references", "given_on", {}),
    "statements": ("statements", "known_on", {}),
    "visits": ("visits", "visited_on", {}),
}  # fmt: skip
LISTS = ("customers", "customers_unverified")
"""Those of the firm's own list, of which each reads a part."""
WRITTEN_AT_OPENING = ["customer", "kind", "name", "name_zh", "registration_number",
                      "identity_number", "birth_year", "founded_on", "opened_on"]  # fmt: skip


def known(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return what was known at the end of the day, where nothing says in which row it stood."""
    with warnings.catch_warnings(action="ignore"):
        mapping = SourceMapping.from_yaml(trading_firm_mappings()[name])
        facts = read_source(table, mapping).observations.table
    day = facts["collected_at"].dt.tz_localize(None).dt.normalize()
    columns = [column for column in OBSERVATION_COLUMNS if column != "evidence"]
    plain = facts.loc[(day <= DAY).to_numpy(), columns].astype(object)
    return plain.where(plain.notna(), None).reset_index(drop=True)


def listed(table: pd.DataFrame) -> pd.DataFrame:
    """Return what was known of the list then, of which each mapping reads a part.

    Whether an entry was checked is known as of the day of the list only.
    """
    parts = [known(table, name) for name in LISTS]
    return pd.concat(parts, ignore_index=True).drop(columns="method")


def observed(name: str, table: pd.DataFrame) -> Observations:
    return read_source(table, SourceMapping.from_yaml(trading_firm_mappings()[name])).observations


def same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    rows = [set(part.astype(str).itertuples(index=False, name=None)) for part in (one, other)]
    return rows[0] == rows[1]


def test_there_is_a_word_on_each_mapping() -> None:
    assert {*CAME_ON, *LISTS, "ownership"} == set(trading_firm_mappings())


@pytest.mark.parametrize("name", CAME_ON)
def test_rows_and_what_was_added_to_them_are_known_when_they_came(name: str) -> None:
    table, day, added = CAME_ON[name]
    now = getattr(FIRM, table)
    if table == "bureau_reports":
        # as its JSON nests them
        whose = dict.fromkeys(["customer", "name", "identity_number"], "identity")
        own = now.columns.difference([day, "report"])
        now = now.rename(columns={c: f"{whose.get(c, 'summary')}.{c}" for c in own})
    then = now[(now[day] <= DAY).to_numpy()].copy()
    for column, on in added.items():
        then[column] = then[column].where(then[on] <= DAY)
    expected = known(then, name) if len(then) else known(now, name).iloc[:0]
    assert same(known(now, name), expected)
    if table in ("invoices", "payments", "statements"):
        assert len(expected) > 50


def test_a_list_of_today_tells_of_the_past_what_was_entered_by_then() -> None:
    now = FIRM.customers
    then = now.copy()
    entered_since = (now["entered_on"] > DAY).to_numpy()
    for column in now.columns.difference([*WRITTEN_AT_OPENING, "entered_on"]):
        # whatever stood there on that day
        other = now[column].iloc[::-1].to_numpy()
        of_the_day = np.full(len(now), column in ("employees", "parent"))
        then[column] = now[column].where(~(entered_since | of_the_day), other)
    assert 20 < entered_since.sum() < 190
    assert same(listed(now), listed(then))
    told = listed(now)
    assert not {"employees", "parent"} & set(told["item"])
    phones = told[told["item"] == "phone"].set_index("customer")["true_from"]
    entered = now[~entered_since].set_index("customer")["entered_on"]
    assert phones.to_dict() == entered.to_dict()


@pytest.mark.parametrize("name", LISTS)
def test_employees_and_parents_are_those_of_the_day_of_the_list(name: str) -> None:
    facts = observed(name, FIRM.customers).table
    late = facts[facts["item"].isin(["employees", "parent"])]
    assert set(late["true_from"]) == {pd.Timestamp("2024-06-30")}
    assert set(late["collected_at"]) == {pd.Timestamp("2024-06-30T20:00Z")}


def test_shares_are_known_from_the_day_of_the_list() -> None:
    assert known(FIRM.ownership, "ownership").empty
    facts = observed("ownership", FIRM.ownership).table
    assert set(facts["collected_at"]) == {pd.Timestamp("2024-06-30T20:00Z")}


def test_what_a_contact_confirms_was_known_before() -> None:
    facts = Observations.concat([observed(name, FIRM.customers) for name in LISTS])
    log = ContactLog.from_frame(FIRM.contacts)
    with pytest.warns(RejectedRowsWarning, match="13 confirmations could not be used"):
        found = confirmed_observations(log, facts)
    asked = FIRM.contacts["confirmed"].dropna().str.split(";").explode()
    assert len(found.observations) == len(asked) - 13 == 212
    # persons have nobody else to talk to
    assert set(found.rejects.table["item"]) == {"contact_person"}
    cells = [json.loads(cells)["customer"] for cells in found.rejects.table["cells"]]
    assert {customer[0] for customer in cells} == {"P"}
