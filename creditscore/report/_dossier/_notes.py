"""What people wrote and asked, whom they spoke with, and other records."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from creditscore.exceptions import EmptyDataError
from creditscore.organise import access_review, completeness, objectivity
from creditscore.report._dossier._facts import Checked, shown
from creditscore.report._dossier._reading import Reading
from creditscore.report._dossier._section import DossierSection, observed
from creditscore.report._dossier._words import pair_of

if TYPE_CHECKING:
    from creditscore.organise import CustomerStore

_ASKED = ("interview", "questionnaire", "observation")
_CONTACT = ("at", "by", "channel", "outcome", "confirmed")
_OWN_SECTION = ("", "invoice", "note")


def opinion(reading: Reading) -> DossierSection:
    """Return what analysts wrote about the customer, the latest first."""
    rows = _latest_first(reading.facts[reading.facts["item"] == "note.text"])
    table = pd.DataFrame({
        "text": rows["value"], "true_from": rows["true_from"],
        "collected_by": rows["collected_by"],
    }).reset_index(drop=True)  # fmt: skip
    basis = {"text": [observed(number) for number in rows["observation"]]}
    return DossierSection(name="opinion", table=table, basis=basis)


def questions(checked: Checked) -> DossierSection:
    """Return what analysts asked, and what follows from gaps, age and contradictions."""
    reading = checked.reading
    rows: list[dict[str, Any]] = []
    basis: list[tuple[str, ...]] = []
    asked = _latest_first(reading.facts[reading.facts["item"] == "note.question"])
    for fact in asked.itertuples():
        rows.append({"question": fact.value, "question_zh": fact.value, "reason": "asked"})
        basis.append(observed(fact.observation))
    conflicts = checked.conflicts
    if len(conflicts):
        for item, mine in conflicts.groupby("item", sort=False):
            rows.append(_question(reading, str(item), "contradicted"))
            basis.append(observed([*mine["chosen_at"], *mine["at"]]))
    if checked.ages is not None:
        numbers = reading.of_kind("").set_index("item")["observation"]
        old = checked.ages.table.sort_values("weight", ascending=False, kind="stable")
        for state in ("stale", "missing"):
            for row in old[old["state"] == state].itertuples():
                if state == "missing" and row.item in numbers.index:
                    # masked, so that its value could not be looked at
                    continue
                rows.append(_question(reading, str(row.item), state, row.age_days))
                there = row.item in numbers.index
                basis.append(observed(numbers[row.item]) if there else ())
    table = pd.DataFrame(rows, columns=["question", "question_zh", "reason"])
    return DossierSection(name="questions", table=table, basis={"question": basis})


def _question(reading: Reading, name: str, state: str, days: float = np.nan) -> dict[str, Any]:
    item = reading.item(name)
    labels = (item.label or name, item.label_zh or item.label or name)
    told = "" if np.isnan(days) else f"{days:.0f}"
    en, zh = (
        text.format(item=label, days=told)
        for text, label in zip(pair_of(f"ask_{state}"), labels, strict=True)
    )
    return {"question": en, "question_zh": zh, "reason": state}


def records(reading: Reading) -> list[DossierSection]:
    """Return a section for each other kind of record, of the last two years."""
    facts = reading.facts
    recent = facts["true_from"] > reading.window_start
    rows = facts[recent & ~facts["kind"].isin(_OWN_SECTION)]
    found = []
    for kind, mine in rows.groupby("kind", sort=True):
        names = [i.name for i in reading.catalogue if i.name in set(mine["item"])]
        # each cell holds one value, and pivot_table would work out a mean
        wide = mine.pivot(index="record", columns="item", values=["value", "observation"])  # noqa: PD010
        days = mine.groupby("record")["true_from"].min().sort_values(kind="stable")
        table = pd.DataFrame({"record": days.index, "true_from": days.to_numpy()})
        basis = {}
        for name in names:
            item = reading.item(name)
            cells = wide["value"][name].reindex(days.index)
            table[name] = [None if pd.isna(cell) else shown(item, cell) for cell in cells]
            numbers = wide["observation"][name].reindex(days.index)
            basis[name] = [() if pd.isna(n) else observed(n) for n in numbers]
        found.append(DossierSection(name=f"records_{kind}", table=table, basis=basis))
    return found


def contacts(reading: Reading, given: pd.DataFrame | None) -> DossierSection:
    """Return when people asked or visited the customer, by what it led to, and a log of others."""
    history = reading.history
    asked = history[history["method"].isin(_ASKED)]
    keys = ["collected_at", "method", "source_name", "collected_by"]
    rows, basis = [], []
    for (at, method, name, by), mine in asked.groupby(keys, sort=True):
        rows.append({"at": at, "by": by, "method": method, "source_name": name,
                     "n_facts": float(len(mine))})  # fmt: skip
        basis.append(observed(list(mine["observation"])))
    columns = ["at", "by", "method", "source_name", "n_facts"]
    if given is not None:
        told = _log(reading, given)
        rows += told.to_dict("records")
        basis += [()] * len(told)
        columns += [name for name in _CONTACT[2:] if name in told]
    table = pd.DataFrame(rows, columns=columns)
    latest = -pd.DatetimeIndex(table["at"]).asi8 if len(table) else np.empty(0, dtype=np.int64)
    order = np.argsort(latest, kind="stable").tolist()
    table = table.iloc[order].reset_index(drop=True)
    return DossierSection(
        name="contacts", table=table, basis={"n_facts": [basis[row] for row in order]}
    )


def _log(reading: Reading, given: pd.DataFrame) -> pd.DataFrame:
    """Return the customer's rows of a log of contacts, and of them what anybody may read."""
    at = pd.to_datetime(given["at"], utc=True)
    end = pd.Timestamp(reading.day, tz="UTC") + pd.Timedelta(days=1)
    mine = (given["customer"].astype(str) == reading.customer) & (at < end)
    rows = given.assign(at=at)[mine & (at <= reading.instant)]
    rows = rows[[name for name in _CONTACT if name in rows]].copy()
    if "confirmed" in rows:
        rows["confirmed"] = [_readable(reading, names) for names in rows["confirmed"]]
    return rows.astype({name: object for name in rows if name != "at"})


def _readable(reading: Reading, names: Any) -> str:
    """Return those of the items that were confirmed which the role may read."""
    if not isinstance(names, str):
        return ""
    listed = (name.strip() for name in re.split("[;,]", names))
    return ", ".join(name for name in listed if name in reading.catalogue)


def principles(store: CustomerStore, checked: Checked) -> DossierSection:
    """Return the numbers of the four principles, of what the role may see."""
    reading, ages = checked.reading, checked.ages
    numbers = dict.fromkeys(("complete", "current", "confidential", "objective"), np.nan)
    if ages is not None:
        numbers["complete"] = completeness(ages).number
        numbers["current"] = float(ages.shares().iloc[0])
    with suppress(EmptyDataError):
        # there may be records only
        found = objectivity(reading.clear, as_of=reading.day, catalogue=reading.catalogue)
        numbers["objective"] = found.number
    numbers["confidential"] = _confidential(store)
    formulas = [pair_of(f"formula_{name}") for name in numbers]
    table = pd.DataFrame({
        "principle": list(numbers), "number": list(numbers.values()),
        "formula": [en for en, _ in formulas], "formula_zh": [zh for _, zh in formulas],
    })  # fmt: skip
    # a role may see one of the two only
    seen = ("facts", "identity")
    places = [seen, seen, (), seen]
    return DossierSection(name="principles", table=table, basis={"number": places})


def _confidential(store: CustomerStore) -> float:
    policy = store.policy
    if policy is None or not policy.allows(store.actor, "audit"):
        return np.nan
    try:
        return access_review(list(store.trail.since()), policy, items=store.catalogue).number
    except EmptyDataError:
        return np.nan


def _latest_first(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values(["true_from", "observation"], ascending=False, kind="stable")
