"""All checks of a customer file, as one table of findings."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._checks import read_entries
from creditscore._display import counted, html_table
from creditscore.collect import ItemCatalogue
from creditscore.exceptions import ConflictWarning, EmptyDataError
from creditscore.organise._refresh._freshness import observed_table
from creditscore.organise._verify._conflict import find_conflicts
from creditscore.organise._verify._duplicate import find_duplicates
from creditscore.organise._verify._identity import (
    STATEMENT_IDENTITIES,
    Identity,
    check_identities,
)
from creditscore.organise._verify._outlier import find_jumps, peer_outliers
from creditscore.organise._verify._reliability import SourceReliability
from creditscore.organise._verify._schema import check_snapshot
from creditscore.organise._verify._status import STATUSES, verification_status

COLUMNS = [
    "customer", "record", "item", "true_from", "check", "severity", "value", "expected", "hint",
]  # fmt: skip
SEVERITIES = ("error", "doubt", "note")
_FUTURE_DAYS = 1


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Verification:
    """What was found about the facts of customers; made by :func:`verify`.

    Attributes
    ----------
    findings : pandas.DataFrame
        A row a finding: customer, record, item, true_from, check (range, identity, conflict,
        outlier, jump, duplicate or future), severity (error: cannot be right; doubt: a person
        should look; note: could not be checked, or is there twice), value, expected and hint.
    status : pandas.DataFrame
        Of each observation, in the order of the table: customer, item, source, status
        (verified, unverified or contradicted) and why.

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
        n = counted(len(self.status), "observation")
        return f"Verification({n}, {verified:.0%} verified: {parts})"

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
) -> Verification:
    """Check all facts: ranges, identities, conflicts, outliers, jumps, duplicates, future days.

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

    Returns
    -------
    Verification

    Raises
    ------
    EmptyDataError
        There are no observations.
    MissingColumnError
        The table is none of observations.
    MissingDependencyError
        pandera is not installed.

    Notes
    -----
    Nothing is changed and nothing left out. What :class:`Observations` refuses (a number out of
    its range) is looked for again, as a table may come from elsewhere. O(n log n) time.

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
    Verification(3 observations, 100% verified: 1 error, 0 doubts, 3 notes)
    >>> checked.findings.loc[0, ["check", "expected"]].tolist()
    ['identity', 'total_assets = total_liabilities + equity']
    """
    owner = "verify"
    table = observed_table(observations, owner).reset_index(drop=True)
    if not len(table):
        msg = "There are no observations that could be verified."
        raise EmptyDataError(msg)
    catalogue = catalogue or getattr(observations, "catalogue", None) or ItemCatalogue.standard()
    names = tuple(name for name in read_entries(peers_by, "peers_by", owner))
    parts = [
        _ranges(table, catalogue),
        _identities(table, STATEMENT_IDENTITIES if identities is None else tuple(identities)),
        _conflicts(table, reliability),
        _outliers(table, catalogue, names),
        _jumps(table),
        _duplicates(table),
        _future(table),
    ]
    filled = [part for part in parts if len(part)]
    findings = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=COLUMNS)
    rank = findings["severity"].map({name: place for place, name in enumerate(SEVERITIES)})
    status = verification_status(table, reliability=reliability)
    return Verification(
        findings=findings.loc[rank.sort_values(kind="stable").index, COLUMNS].reset_index(
            drop=True
        ),
        status=table[["customer", "item", "source"]].join(status),
    )


def _findings(check: str, severity: Any, rows: pd.DataFrame, **columns: Any) -> pd.DataFrame:
    facts = {name: rows[name].astype(object) if name in rows else "" for name in COLUMNS[:3]}
    day = rows.get("true_from", pd.NaT)
    plain = {"value": None, "expected": "", "hint": ""}
    found = {**facts, "true_from": day, "check": check, "severity": severity, **plain, **columns}
    table = pd.DataFrame(found, index=rows.index)
    return table.astype({"value": object, "true_from": "datetime64[s]"})[COLUMNS]


def _wide(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return a row a key, a column an item: the number or the text collected last."""
    last = rows.sort_values("collected_at", kind="stable").drop_duplicates(
        [*keys, "item"], keep="last"
    )
    plain = last.astype({**dict.fromkeys(keys, object), "item": object})
    if "true_from" in keys:
        plain["true_from"] = last["true_from"]
    values = plain.assign(
        value=last["number"].astype(object).where(last["number"].notna(), last["text"])
    )
    # each cell holds one value, and pivot_table would work out a mean
    return values.pivot(index=keys, columns="item", values="value").infer_objects()  # noqa: PD010


def _ranges(table: pd.DataFrame, catalogue: ItemCatalogue) -> pd.DataFrame:
    parts = []
    for name, rows in table.groupby("item", sort=False, observed=True):
        if name not in catalogue:
            value = rows["number"].astype(object).where(rows["number"].notna(), rows["text"])
            hint = "no item of the catalogue"
            parts.append(_findings("range", "error", rows, value=value, hint=hint))
            continue
        kind, _, column = str(name).rpartition(".")
        in_words = catalogue[str(name)].kind in ("text", "day")
        # every observation in a row of its own, so that none hides another
        values = rows[["text" if in_words else "number"]].set_axis([column], axis=1)
        failed = check_snapshot(values, catalogue, record_kind=kind)
        bad = rows.loc[failed["row"].to_numpy()]
        found = {"value": failed["value"].to_numpy(), "hint": failed["reason"].to_numpy()}
        parts.append(_findings("range", "error", bad, **found))
    return pd.concat(parts, ignore_index=True)


def _identities(table: pd.DataFrame, identities: tuple[Identity, ...]) -> pd.DataFrame:
    items = {name for one in identities for name in one.items}
    rows = table[table["item"].isin(list(items)).to_numpy()]
    if not len(rows):
        return pd.DataFrame(columns=COLUMNS)
    statements = _wide(rows, ["customer", "true_from", "source", "source_name"])
    found = check_identities(statements, identities)
    equations = {one.name: f"{one.left} {one.relation} {one.right}" for one in identities}
    keys = pd.DataFrame(found["row"].tolist(), columns=list(statements.index.names))
    broken = (found["status"] == "broken").to_numpy()
    gap = found["gap"].map("differs by {:,.0f}".format)
    hint = found["hint"].where(found["hint"] != "", gap)
    rows_of = keys.assign(item=found["item"])
    return _findings(
        "identity", np.where(broken, "error", "note"), rows_of,
        value=found["gap"].astype(object).where(broken, None),
        expected=found["identity"].map(equations), hint=hint,
    )  # fmt: skip


def _conflicts(table: pd.DataFrame, reliability: SourceReliability | None) -> pd.DataFrame:
    with warnings.catch_warnings(action="ignore", category=ConflictWarning):
        # the findings say it
        found = find_conflicts(table, reliability=reliability)
    severity = np.where(found["resolved"], "doubt", "error")
    hint = found["other_source"] + " against " + found["chosen_source"]
    return _findings(
        "conflict", severity, found,
        value=found["other"], expected=found["chosen"].astype(str), hint=hint,
    )  # fmt: skip


def _outliers(table: pd.DataFrame, catalogue: ItemCatalogue, by: tuple[str, ...]) -> pd.DataFrame:
    numbers = [item.name for item in catalogue.of_record("") if item.kind == "number"]
    rows = table[table["item"].isin([*numbers, *by]).to_numpy()]
    rows = rows.sort_values(["true_from", "collected_at"], kind="stable")
    latest = rows.drop_duplicates(["customer", "item"], keep="last")
    if not len(latest):
        return pd.DataFrame(columns=COLUMNS)
    wide = _wide(latest, ["customer"])
    there = [name for name in numbers if name in wide]
    wide[there] = wide[there].astype(np.float64)
    found = peer_outliers(wide, items=there, peers_by=[name for name in by if name in wide])
    hint = [
        f"z = {z:.1f} among {n:,} peers ({peers})"
        for z, n, peers in zip(found["z"], found["n_peers"], found["peers"], strict=True)
    ]
    expected = found["median"].map("about {:,.4g}".format)
    return _findings("outlier", "doubt", found, value=found["value"], expected=expected, hint=hint)


def _jumps(table: pd.DataFrame) -> pd.DataFrame:
    found = find_jumps(table[(table["record"].astype(str) == "").to_numpy()])
    hint = np.where(
        found["hint"] == "unit", "perhaps another unit", found["ratio"].map("times {:,.3g}".format)
    )
    expected = found["before"].map("{:,.6g} before".format)
    return _findings("jump", "doubt", found, value=found["value"], expected=expected, hint=hint)


def _duplicates(table: pd.DataFrame) -> pd.DataFrame:
    found = find_duplicates(table)
    severity = np.where(found["kind"] == "told again", "note", "doubt")
    day = table["true_from"].to_numpy()[found["row"].to_numpy(dtype=np.int64)]
    hint = found["kind"] + ": " + found["other"].astype(str)
    rows = found.assign(true_from=day)
    return _findings("duplicate", severity, rows, value=found["value"], hint=hint)


def _future(table: pd.DataFrame) -> pd.DataFrame:
    """Return facts that were true only after they were collected, beyond a day of time zones."""
    collected = table["collected_at"].dt.tz_localize(None)
    early = table["true_from"] > collected + pd.Timedelta(days=_FUTURE_DAYS)
    late = table["number"].isna() & table["item"].astype(str).str.endswith("_on")
    days = pd.to_datetime(table["text"].where(late), errors="coerce", format="%Y-%m-%d")
    ahead = days > collected + pd.Timedelta(days=_FUTURE_DAYS)
    # what is due may lie ahead, and what was done may not
    done = ahead & ~table["item"].astype(str).str.contains("due_on")
    rows = table[(early | done).to_numpy()]
    value = rows["number"].astype(object).where(rows["number"].notna(), rows["text"])
    return _findings(
        "future", "error", rows, value=value,
        expected=rows["collected_at"].dt.strftime("by %Y-%m-%d"), hint="after it was collected",
    )  # fmt: skip
