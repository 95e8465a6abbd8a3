"""All checks of a customer file, as one table of findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._checks import check_kind, read_entries
from creditscore._display import counted, html_table
from creditscore._typing import Float1D
from creditscore.collect import ItemCatalogue
from creditscore.exceptions import EmptyDataError
from creditscore.organise._store._clock import last_instant, now
from creditscore.organise._verify._conflict import conflicts_of
from creditscore.organise._verify._day_checks import future_findings, order_findings
from creditscore.organise._verify._duplicate import duplicates_of
from creditscore.organise._verify._findings import COLUMNS, SEVERITIES, findings, joined, nothing
from creditscore.organise._verify._identity import (
    STATEMENT_IDENTITIES,
    Identity,
    check_identities,
)
from creditscore.organise._verify._jump import changes_of, jumps_of
from creditscore.organise._verify._number_checks import number_findings, reference_findings
from creditscore.organise._verify._outlier import peer_outliers
from creditscore.organise._verify._own_conflict import own_conflicts
from creditscore.organise._verify._reliability import SourceReliability
from creditscore.organise._verify._same_fact import SameFact, words_on_facts
from creditscore.organise._verify._schema import check_snapshot, schema_of
from creditscore.organise._verify._status import STATUSES, statuses_of, without_errors
from creditscore.organise._verify._tidy_facts import (
    catalogue_for,
    codes_of,
    tidy_facts,
    values_of,
    words_of,
)
from creditscore.organise._verify._unit_checks import unit_findings

_AGREE = 0.005
_JUMP = 8.0
_STATEMENT = ["customer", "true_from", "source", "source_name"]
_SIZED = ("", "persons")
"""Units of items that grow with the size of a firm."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Verification:
    """What was found about the facts of customers; made by :func:`verify`.

    Attributes
    ----------
    findings : pandas.DataFrame
        A row a finding: customer, record, item (empty for a whole statement), true_from, check
        (see :func:`verify`), severity (error: cannot be right; doubt: a person should look; note:
        could not be checked, or is there twice), value, expected, hint, source (its name, or its
        kind), and observation (its number in a store, or else its place in the table).
    status : pandas.DataFrame
        Of each observation, in the order of the table: customer, item, source, status
        (verified, unverified or contradicted) and why. It is that of
        :func:`verification_status`, but that facts with an error are not verified, nor, where
        an error names no item, any fact of the statement or record that it is about.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Observations
    >>> from creditscore.organise import verify
    >>> checked = verify(Observations.from_frame(pd.DataFrame({
    ...     "customer": ["A", "A"], "item": "employees", "value": [50, 90],
    ...     "true_from": "2023-12-31", "source": ["public_filing", "third_party"],
    ...     "method": "data_analysis", "collected_at": "2024-05-01",
    ... })))
    >>> checked.of_customer("A")[["check", "value", "expected"]].values.tolist()
    [['conflict', 90.0, '50.0']]
    >>> checked.shares()["verified"].to_dict()
    {'public_filing': 1.0, 'third_party': 0.0}
    """

    findings: pd.DataFrame
    status: pd.DataFrame

    def of_customer(self, customer: Any) -> pd.DataFrame:
        """Return the findings about one customer."""
        mine = (self.findings["customer"] == customer).to_numpy()
        return self.findings[mine].reset_index(drop=True)

    def counts(self) -> pd.DataFrame:
        """Return a row a check, a column a severity: number of findings."""
        wide = pd.crosstab(self.findings["check"], self.findings["severity"])
        return wide.reindex(columns=list(SEVERITIES), fill_value=0).rename_axis(columns=None)

    def shares(self, by: str = "source") -> pd.DataFrame:
        """Return which share of observations is verified, unverified and contradicted.

        Parameters
        ----------
        by : {"source", "item", "customer"}, default="source"
            What the rows are.
        """
        wide = pd.crosstab(self.status[by].astype(object), self.status["status"], normalize="index")
        return wide.reindex(columns=list(STATUSES), fill_value=0.0).rename_axis(columns=None)

    def __repr__(self) -> str:
        """Say in one line what was found."""
        severity = self.findings["severity"]
        parts = ", ".join(counted(int((severity == name).sum()), name) for name in SEVERITIES)
        verified = float((self.status["status"] == "verified").mean())
        # not all of them is not 100 %
        share = "100%" if verified == 1 else f"{np.floor(verified * 1000) / 1000:.1%}"
        n = counted(len(self.status), "observation")
        return f"Verification({n}, {share} verified: {parts})"

    def _repr_html_(self) -> str:
        """Show how many findings each check has."""
        shown = self.counts().reset_index()
        return html_table(shown, caption=repr(self), formats=dict.fromkeys(SEVERITIES, "{:,}"))


def verify(
    observations: Any,
    *,
    catalogue: ItemCatalogue | None = None,
    identities: Sequence[Identity] | None = None,
    reliability: SourceReliability | None = None,
    peers_by: Sequence[str] = ("industry",),
    known_at: Any = None,
) -> Verification:
    """Check all facts, alone, against each other, against other sources and against peers.

    Parameters
    ----------
    observations : Observations or DataFrame
        Tidy observations, with the history of each item.
    catalogue : ItemCatalogue, optional
        What the items are. Without, that of the observations, or the standard one.
    identities : sequence of Identity, optional
        Equations that statements obey: facts of one customer, day and source. Without,
        :data:`STATEMENT_IDENTITIES`.
    reliability : SourceReliability, optional
        Which source is believed; without, the default one.
    peers_by : sequence of str, default=("industry",)
        Items by which customers are peers; those that nobody has are left out.
    known_at : time, optional
        When all of it was known, such as the day of an export; a day means its end in UTC. What
        was collected later is an error. Without, now.

    Returns
    -------
    Verification

    Raises
    ------
    EmptyDataError
        There are no observations.
    MissingColumnError
        The table is none of observations.
    InvalidParameterError
        No instant, or none of the catalogue's kind.
    MissingDependencyError
        pandera is not installed.

    Notes
    -----
    Nothing is changed and nothing left out. What :class:`Observations` refuses (a number out of
    its range) is looked for again, as a table may come from elsewhere. Checks are:

    ==========  ==================================================================================
    Check       What is found
    ==========  ==================================================================================
    range       numbers out of range, words that are none of the allowed ones, no days
    identity    statements that do not add up, by :func:`check_identities`
    conflict    sources that contradict each other, by :func:`find_conflicts`, and one that told
                two values of a fact at one instant or by two methods, of which the last counts
    corrected   what happens once (``Item.once``), such as the day on which an invoice was settled,
                of which one source told another value before; the last known counts
    outdated    of two values of a fact from one source, the one collected earlier was loaded
                later, in the wrong order, and counts in a store
    number      registration and identity numbers whose check sign is wrong, by
                :func:`check_number`, and stand-ins such as N/A
    order       days of a record before those that they follow: due before invoiced
    future      what is true, or was done, after it was collected, or collected after `known_at`
    unit        several currencies in one statement or record; a currency that at most a tenth of
                the customer's other reports have; sources in different units; a statement of
                which most amounts are 1,000, 10,000 or a million times the customer's others, or
                such a part of them
    reference   records that name another that is not there, such as the invoice that is paid
    jump        amounts far from the customer's own before, by :func:`find_jumps`
    outlier     numbers far from those of peers, by :func:`peer_outliers`, the size of each
                customer taken out of amounts and employees
    duplicate   what is there twice, by :func:`find_duplicates`
    ==========  ==================================================================================

    Results and equity may be near zero, where factors mean nothing: jumps and outliers are of
    items that cannot be below zero, and the identities look after the others. O(n log n) time.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Observations
    >>> from creditscore.organise import verify
    >>> filed = Observations.from_frame(pd.DataFrame({
    ...     "customer": "A", "item": ["total_assets", "total_liabilities", "equity"],
    ...     "value": [1000.0, 600.0, 380.0], "true_from": "2023-12-31",
    ...     "source": "public_filing", "method": "data_analysis", "collected_at": "2024-05-01",
    ... }))
    >>> checked = verify(filed)
    >>> checked
    Verification(3 observations, 0.0% verified: 1 error, 0 doubts, 0 notes)
    >>> checked.findings.loc[0, ["check", "expected"]].tolist()
    ['identity', 'total_assets = total_liabilities + equity']
    """
    owner = "verify"
    table = tidy_facts(observations, owner)
    if not len(table):
        msg = "There are no observations that could be verified."
        raise EmptyDataError(msg)
    catalogue = catalogue_for(observations, catalogue)
    check_kind(catalogue, "catalogue", owner, ItemCatalogue)
    names = tuple(name for name in read_entries(peers_by, "peers_by", owner))
    instant = now() if known_at is None else last_instant(known_at, "known_at", owner)
    believed = (reliability or SourceReliability()).of(table).to_numpy()
    words = words_on_facts(table, believed, _AGREE, catalogue)
    changes = changes_of(table)
    units = unit_findings(table, catalogue, words, changes)
    parts = [
        _ranges(table, catalogue),
        _identities(table, STATEMENT_IDENTITIES if identities is None else tuple(identities)),
        _conflicts(table, believed, words),
        own_conflicts(table, catalogue),
        number_findings(table),
        order_findings(table),
        future_findings(table, catalogue, pd.Timestamp(instant, unit="us")),
        units,
        reference_findings(table, catalogue),
        _outliers(table, catalogue, names),
        _jumps(table, catalogue, changes, units),
        _duplicates(table),
    ]
    found = joined(parts)
    rank = found["severity"].map({name: place for place, name in enumerate(SEVERITIES)})
    order = rank.sort_values(kind="stable").index
    status = without_errors(statuses_of(table, believed, words), table, found)
    return Verification(
        findings=found.loc[order, COLUMNS].reset_index(drop=True),
        status=table[["customer", "item", "source"]].join(status),
    )


def _ranges(table: pd.DataFrame, catalogue: ItemCatalogue) -> pd.DataFrame:
    parts = []
    columns = table[["item", "number", "text"]]
    for name, rows in columns.groupby("item", sort=False, observed=True):
        if name not in catalogue:
            bad, hint = table.loc[rows.index], "no item of the catalogue"
            parts.append(findings("range", "error", bad, value=values_of(bad), hint=hint))
            continue
        item = catalogue[str(name)]
        in_words = item.kind in ("text", "day")
        column = item.name.rpartition(".")[2]
        # every observation in a row of its own, so that none hides another
        values = rows[["text" if in_words else "number"]].set_axis([column], axis=1)
        failed = check_snapshot(values, catalogue, schema=schema_of([item]))
        bad = table.loc[failed["row"].to_numpy()]
        told = {"value": failed["value"].to_numpy(), "hint": failed["reason"].to_numpy()}
        parts.append(findings("range", "error", bad, **told))
    return joined(parts)


def _identities(table: pd.DataFrame, identities: tuple[Identity, ...]) -> pd.DataFrame:
    items = list(dict.fromkeys(name for one in identities for name in one.items))
    rows = table[table["item"].isin(items).to_numpy() & table["number"].notna().to_numpy()]
    if not len(rows):
        return nothing()
    statement = codes_of(rows, _STATEMENT)
    item = pd.Index(items).get_indexer(words_of(rows["item"]))
    # the last word in each cell
    order = np.argsort(rows["known"].to_numpy(), kind="stable")
    place = np.full((int(statement.max()) + 1, len(items)), -1)
    place[statement[order], item[order]] = rows.index.to_numpy()[order]
    cells: Float1D = np.append(table["number"].to_numpy(), np.nan)
    found = check_identities(pd.DataFrame(cells[place], columns=items), identities)
    broken = (found["status"] == "broken").to_numpy()
    equations = {one.name: f"{one.left} {one.relation} {one.right}" for one in identities}
    own = {one.name: [items.index(name) for name in one.items] for one in identities}
    # the cell of the item that is wrong, or the first one of the equation that is there
    at = [
        next(
            place[row, one] for one in _cells_of(item, identity, items, own) if place[row, one] >= 0
        )
        for row, item, identity in zip(found["row"], found["item"], found["identity"], strict=True)
    ]
    gap = found["gap"].map("differs by {:,.0f}".format)
    return findings(
        "identity", np.where(broken, "error", "note"), table.iloc[at],
        item=found["item"].to_numpy(),
        value=found["gap"].astype(object).where(broken, None).to_numpy(),
        expected=found["identity"].map(equations).to_numpy(),
        hint=found["hint"].where(found["hint"] != "", gap).to_numpy(),
    )  # fmt: skip


def _cells_of(item: str, identity: str, items: list[str], own: dict[str, list[int]]) -> list[int]:
    """Return the columns of an item, or of all items of an identity."""
    return [items.index(item)] if item else own[identity]


def _conflicts(table: pd.DataFrame, believed: Float1D, words: SameFact) -> pd.DataFrame:
    found = conflicts_of(table, believed, words)
    hint = found["other_source"] + " against " + found["chosen_source"]
    return findings(
        "conflict", np.where(found["resolved"], "doubt", "error"), table.iloc[found["row"]],
        value=found["other"].to_numpy(), expected=found["chosen"].astype(str).to_numpy(),
        hint=hint.to_numpy(),
    )  # fmt: skip


def _outliers(table: pd.DataFrame, catalogue: ItemCatalogue, by: tuple[str, ...]) -> pd.DataFrame:
    known = [item for item in catalogue.of_record("") if item.kind == "number"]
    sized = {item.name for item in known if item.unit in _SIZED}
    numbers = [item.name for item in known if item.name not in sized or item.low >= 0]
    rows = table[table["item"].isin([*numbers, *by]).to_numpy() & (table["record"] == "")]
    rows = rows.sort_values(["true_from", "known"], kind="stable")
    latest = rows.drop_duplicates(["customer", "item"], keep="last")
    values = latest["number"].notna().to_numpy()
    if not values.any():
        return nothing()
    # what is in another unit is another column
    column = words_of(latest["item"]) + "\x1f" + words_of(latest["unit"])
    name = words_of(latest["item"]).where(latest["item"].isin(list(by)), column)
    customer = words_of(latest["customer"])
    told = pd.DataFrame({"customer": customer, "name": name, "row": latest.index})
    place = told.pivot(index="customer", columns="name", values="row")  # noqa: PD010 - one a cell
    asked = [one for one in place if one.partition("\x1f")[0] in numbers]
    cells = np.append(table["number"].to_numpy(), np.nan)
    at = place.fillna(-1).astype(np.int64)
    wide = pd.DataFrame({one: cells[at[one].to_numpy()] for one in asked}, index=at.index)
    peers = [one for one in by if one in at and one not in wide]
    texts = np.append(values_of(table).to_numpy(dtype=object), np.array([None], dtype=object))
    wide = wide.assign(**{one: texts[at[one].to_numpy()] for one in peers})
    found = peer_outliers(
        wide, items=asked, peers_by=peers,
        amounts=[one for one in asked if one.partition("\x1f")[0] in sized],
    )  # fmt: skip
    pairs = at.index.get_indexer(found["customer"]), at.columns.get_indexer(found["item"])
    rows = table.iloc[at.to_numpy()[pairs]]
    hint = [
        f"z = {z:.1f} among {n:,} peers ({peers})"
        for z, n, peers in zip(found["z"], found["n_peers"], found["peers"], strict=True)
    ]
    expected = found["median"].map("about {:,.4g}".format).to_numpy()
    value = found["value"].to_numpy()
    return findings("outlier", "doubt", rows, value=value, expected=expected, hint=hint)


def _jumps(
    table: pd.DataFrame, catalogue: ItemCatalogue, changes: pd.DataFrame, units: pd.DataFrame
) -> pd.DataFrame:
    # what follows from a whole statement in another unit has been told
    whole = units[((units["severity"] == "error") & (units["item"] == "")).to_numpy()]
    told = pd.MultiIndex.from_frame(whole[["customer", "source"]])
    above_zero = [i.name for i in catalogue.of_record("") if i.kind == "number" and i.low >= 0]
    found = jumps_of(changes[changes["item"].isin(above_zero).to_numpy()], _JUMP)
    rows = findings(
        "jump", "doubt", table.iloc[found["row"]], value=found["value"].to_numpy(),
        expected=found["before"].map("{:,.6g} before".format).to_numpy(),
        hint=np.where(
            found["hint"] == "unit", "perhaps another unit",
            found["ratio"].map("times {:,.3g}".format),
        ),
    )  # fmt: skip
    again = pd.MultiIndex.from_frame(rows[["customer", "source"]]).isin(told)
    return rows[~(again & (found["hint"] == "unit").to_numpy())]


def _duplicates(table: pd.DataFrame) -> pd.DataFrame:
    found = duplicates_of(table)
    severity = np.where(found["kind"] == "told again", "note", "doubt")
    hint = found["kind"] + ": " + found["other"].astype(str)
    rows = table.iloc[found["row"]]
    return findings(
        "duplicate", severity, rows, value=found["value"].to_numpy(), hint=hint.to_numpy()
    )
