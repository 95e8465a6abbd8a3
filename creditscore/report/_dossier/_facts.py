"""Identity, facts, figures over time, contradictions: what the file says, and how sure it is."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from creditscore.collect import Item
from creditscore.exceptions import ConflictWarning, StaleDataWarning
from creditscore.organise import Freshness, find_conflicts, freshness, verification_status
from creditscore.report._dossier._chart import Chart, known
from creditscore.report._dossier._reading import Reading
from creditscore.report._dossier._section import DossierSection, observed

_HORIZON_DAYS = 60
_DRAWN = ("revenue", "ebit", "net_income", "operating_cash_flow", "total_assets", "equity")
_MOST_PERIODS = 5
_WHERE = ["source", "source_name", "method", "collected_by", "collected_at", "evidence"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Checked:
    """Facts with their age and how far they are verified."""

    reading: Reading

    @cached_property
    def ages(self) -> Freshness | None:
        """How old facts are; None where the role sees no item that a file should hold."""
        reading = self.reading
        rows = reading.history[reading.history["kind"] == ""]
        rows = rows[(rows["item"] != "customer_kind") | ~rows["item"].isin(reading.masked)]
        kinds = {reading.customer: reading.kind}
        with warnings.catch_warnings(action="ignore", category=StaleDataWarning):
            # the section of questions says it
            found = freshness(
                rows, as_of=reading.day, catalogue=reading.catalogue, customers=kinds,
                horizon_days=_HORIZON_DAYS,
            )  # fmt: skip
        return found if len(found.table) else None

    @cached_property
    def status(self) -> pd.DataFrame:
        """Status and why of each fact that is read in the clear, by its number."""
        clear = self.reading.clear
        if not len(clear):
            return pd.DataFrame(columns=["status", "why"])
        found = verification_status(clear, catalogue=self.reading.catalogue).astype(object)
        return found.set_axis(clear["observation"], axis=0)

    @cached_property
    def conflicts(self) -> pd.DataFrame:
        """Contradictions among facts that are read in the clear."""
        clear = self.reading.clear
        if not len(clear):
            return pd.DataFrame()
        with warnings.catch_warnings(action="ignore", category=ConflictWarning):
            # the section says it
            found = find_conflicts(clear, catalogue=self.reading.catalogue)
        number = clear["observation"]
        return found.assign(
            at=number.loc[found["row"]].to_numpy(),
            chosen_at=number.loc[found["chosen_row"]].to_numpy(),
        )


def shown(item: Item, value: Any) -> Any:
    """Return a value as the kind of its item has it: a flag is true or false."""
    if item.kind == "flag" and not isinstance(value, str):
        return bool(value)
    return value


def identity(checked: Checked) -> DossierSection:
    """Return who the customer is."""
    return _facts(checked, "identity", identity=True)


def facts(checked: Checked) -> DossierSection:
    """Return what else is known of the customer itself."""
    return _facts(checked, "facts", identity=False)


def _facts(checked: Checked, name: str, *, identity: bool) -> DossierSection:
    reading = checked.reading
    order = {item.name: place for place, item in enumerate(reading.catalogue)}
    rows = reading.of_kind("")
    groups = rows["item"].map(lambda item: reading.item(item).group)
    rows = rows.assign(group=groups)[((groups == "identity") == identity).to_numpy()]
    rows = rows.sort_values("item", key=lambda item: item.map(order), kind="stable")
    table = pd.DataFrame({
        "item": rows["item"], "group": rows["group"], "value": _values(reading, rows),
        "unit": rows["unit"], "true_from": rows["true_from"], "age_days": _ages(reading, rows),
        "state": _states(checked, rows), "status": _said(checked, rows, "status"),
        "why": _said(checked, rows, "why"), **{name: rows[name] for name in _WHERE},
    }).reset_index(drop=True)  # fmt: skip
    if identity:
        table = table.drop(columns=["group", "unit", "why"])
    places = [observed(number) for number in rows["observation"]]
    return DossierSection(name=name, table=table, basis={"value": places, "age_days": places})


def _values(reading: Reading, rows: pd.DataFrame) -> pd.Series:
    pairs = zip(rows["item"], rows["value"], strict=True)
    found = [shown(reading.item(item), value) for item, value in pairs]
    return pd.Series(found, index=rows.index, dtype=object)


def _ages(reading: Reading, rows: pd.DataFrame) -> pd.Series:
    return (pd.Timestamp(reading.day) - rows["true_from"]).dt.days


def _states(checked: Checked, rows: pd.DataFrame) -> pd.Series:
    if checked.ages is None:
        return pd.Series("", index=rows.index, dtype=object)
    by_item = checked.ages.table.set_index("item")["state"].astype(object)
    # what is masked is there, though its value could not be looked at
    by_item = by_item[by_item != "missing"]
    return rows["item"].map(by_item).astype(object).fillna("")


def _said(checked: Checked, rows: pd.DataFrame, name: str) -> pd.Series:
    found = rows["observation"].map(checked.status[name])
    masked = rows["item"].isin(checked.reading.masked)
    return found.astype(object).mask(masked, "masked" if name == "status" else "").fillna("")


def statements(checked: Checked) -> DossierSection | None:
    """Return numbers of the customer by the day from which they are true, if of two days or more.

    What is counted in several units, such as amounts of which the currency changed, has a row for
    each, and is not drawn.
    Of several that are about one item and day the one that is not contradicted counts, and of
    these the one known last.
    """
    reading = checked.reading
    rows = reading.clear
    numbers = rows["number"].notna() & (rows["kind"] == "")
    groups = rows["item"].map(lambda item: reading.item(item).group)
    flags = rows["item"].map(lambda item: reading.item(item).kind == "flag")
    rows = rows[numbers & (groups != "identity") & ~flags]
    wrong = rows["observation"].map(checked.status["status"]) == "contradicted"
    rows = rows.assign(wrong=wrong).sort_values(
        ["wrong", "known_at", "observation"], ascending=[True, False, False], kind="stable"
    )
    rows = rows.drop_duplicates(["item", "true_from"])
    several = rows.groupby("item")["true_from"].transform("size") > 1
    rows = rows[several]
    if not len(rows):
        return None
    days = sorted(rows["true_from"].unique())[-_MOST_PERIODS:]
    rows = rows[rows["true_from"].isin(days)]
    order = {item.name: place for place, item in enumerate(reading.catalogue)}
    # each cell holds one value, and pivot_table would work out a mean
    wide = rows.pivot(  # noqa: PD010
        index=["item", "unit"], columns="true_from", values=["number", "observation"]
    )
    # an amount in another currency stands in a row of its own
    wide = wide.sort_index(key=lambda of: of.map(order) if of.name == "item" else of)
    table, basis = wide.index.to_frame(index=False), {}
    for day in days:
        column = f"{day:%Y-%m-%d}"
        table[column] = wide["number"][day].to_numpy(dtype=float)
        found = wide["observation"][day]
        basis[column] = [() if pd.isna(number) else observed(number) for number in found]
    counts = table["item"].value_counts()
    drawn = [name for name in _DRAWN if counts.get(name) == 1]
    charts = tuple(filter(None, (_trend(reading, table, name) for name in drawn)))
    return DossierSection(name="statements", table=table, basis=basis, charts=charts)


def _trend(reading: Reading, table: pd.DataFrame, name: str) -> Chart | None:
    row = table[table["item"] == name].iloc[0]
    unit, series = row["unit"], row.drop(["item", "unit"]).dropna()
    values = [float(value) for value in series]
    if len(values) < 2 or not known(values):
        return None
    item = reading.item(name)
    notes = [short(value) for value in values]
    return Chart(
        kind="line", title=(_in(item.label or name, unit), _in(item.label_zh or name, unit)),
        names=tuple((str(day), str(day)) for day in series.index), values=tuple(values),
        notes=tuple((note, note) for note in notes),
    )  # fmt: skip


def _in(label: str, unit: str) -> str:
    return f"{label}, {unit}" if unit else label


def conflicts(checked: Checked) -> DossierSection:
    """Return what sources contradict each other about."""
    found = checked.conflicts
    if not len(found):
        return DossierSection(name="conflicts", table=pd.DataFrame())
    columns = ["item", "record", "true_from", "chosen", "chosen_source", "other", "other_source",
               "resolved"]  # fmt: skip
    basis = {
        "chosen": [observed(number) for number in found["chosen_at"]],
        "other": [observed(number) for number in found["at"]],
    }
    return DossierSection(name="conflicts", table=found[columns], basis=basis)


def short(value: float) -> str:
    """Write a number in few signs: whole above 1,000, else with four digits."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
