"""Exports of a ledger: invoices, payments and credit notes → what was paid when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from creditscore._allocation import (
    GIVEN,
    PARTED,
    Allocation,
    Kind,
    Money,
    OpenInvoice,
    shared,
)
from creditscore._checks import check_kind
from creditscore._days import check_day
from creditscore._display import counted
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._columns import OBSERVATION_COLUMNS
from creditscore.collect._observation._item import Item
from creditscore.collect._observation._observations import Observations
from creditscore.collect._reader._collected import Collected, Rejects
from creditscore.collect._reader._kept_rows import KIND, PAYS, in_lines, kept_of
from creditscore.collect._reader._ledger_form import LONGEST_TERMS, LedgerForm
from creditscore.collect._reader._mapping import SourceMapping
from creditscore.collect._reader._read_source import collect, told_of
from creditscore.collect._reader._rule import ItemRule
from creditscore.collect._reader._settled import settled_conflicts, warn_of_conflicts, with_paid
from creditscore.exceptions import InvalidParameterError

_CREDITS, _TERMS = "invoice.credits", "invoice.terms_days"
_LAST_DAY = np.datetime64("9999-12-31")
_FOR_READING = (
    Item(name=_CREDITS, kind="text", group="operating"),
    Item(name=_TERMS, group="operating", low=0, high=LONGEST_TERMS),
    Item(name=PAYS, kind="text", group="operating"),
    Item(name=KIND, kind="text", group="operating"),
)
"""Items that are read to allocate; of them, those are kept that the catalogue has."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Ledger:
    """Invoices and what was paid of them.

    Attributes
    ----------
    observations : Observations
        Of the invoices, of the payments, and what follows from both: days due by the terms,
        days settled where the export has none, amounts credited.
    rejects : Rejects
        Rows of both exports that could not be used.
    allocations : pandas.DataFrame
        A row an amount that went from a payment or credit note to an invoice: customer, kind,
        number, day, invoice, amount, currency and how ("by number", "by day settled" or "oldest
        first"). An empty invoice, or an amount of zero, says in `how` why money went nowhere.
    invoices : pandas.DataFrame
        customer, invoice, invoiced_on, due_on, settled_on (that of the export; where it has none,
        the day on which nothing was open any more), disputed_on, amount and currency.
    conflicts : pandas.DataFrame
        A row an invoice of which the export's settled_on and the money disagree: customer,
        invoice, settled_on (of the export), paid_on (when nothing was open any more), open (what
        all money leaves) and why: "settled, nothing paid", "settled, paid in part", "settled,
        paid but for 3 % at most" (as by a discount), "paid in full before", "paid in full after"
        or "paid in full, not settled". Days that differ by the form's `value_days` at most, and a
        rest of a cent, are none; nor is money lacking of what the export settled before its first
        payment. Without numbers, what a discount leaves is taken from the money of the next.
    credit_notes : pandas.DataFrame
        customer, number, day, amount (above zero), currency and invoice (those it is for, or
        empty), of both exports. They are no observations of their own, but of what they credit.
    sources : tuple of Collected
        What was read of the invoices and, where there are any, of the payments.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import FieldRule, ItemRule, LedgerForm, SourceMapping, read_ledger
    >>> mapping = SourceMapping(
    ...     source="internal_record", method="data_analysis",
    ...     customer=FieldRule(columns=("customer",)), record=FieldRule(columns=("number",)),
    ...     true_from=FieldRule(columns=("day",)),
    ...     columns={"amount": ItemRule(item="invoice.amount"),
    ...              "day": ItemRule(item="invoice.invoiced_on")},
    ... )
    >>> table = pd.DataFrame({"customer": ["C1"], "number": ["I1"], "day": ["2024-01-10"],
    ...                       "amount": [100.0]})
    >>> read_ledger(table, mapping, form=LedgerForm(terms_days=30), collected_at="2024-04-01")
    Ledger(1 invoice, 0 payments, 0 credit notes; 0 allocations, 0 without an invoice; 0 faults)
    """

    observations: Observations
    rejects: Rejects
    allocations: pd.DataFrame
    invoices: pd.DataFrame
    conflicts: pd.DataFrame
    credit_notes: pd.DataFrame
    sources: tuple[Collected, ...]

    def open_items(self, as_of: Any) -> pd.DataFrame:
        """Return the invoices that are not settled, with an amount open, at the end of a day.

        Parameters
        ----------
        as_of : day
            Invoices, payments and credit notes up to this day count.

        Returns
        -------
        pandas.DataFrame
            customer, invoice, invoiced_on, due_on, disputed_on, currency, amount, paid,
            credited, open, and days_past_due (0 or less before it is due).

        Notes
        -----
        An invoice that the export says is settled is open until the day before at the latest,
        whatever was paid of it by then or later, and no longer than until money left nothing of
        it; `conflicts` tells where the two differ by more than the form's `value_days`.
        """
        day = check_day(as_of, "as_of", "Ledger.open_items")
        given = self.allocations[self.allocations["invoice"] != ""]
        given = given[given["day"].to_numpy(dtype="datetime64[D]") <= day]
        found = self.invoices[self.invoices["invoiced_on"].to_numpy("datetime64[D]") <= day]
        keys = pd.MultiIndex.from_frame(found[["customer", "invoice"]])
        for name, kind in (("paid", "payment"), ("credited", "credit note")):
            sums = given[given["kind"] == kind].groupby(["customer", "invoice"])["amount"].sum()
            found = found.assign(**{name: sums.reindex(keys).fillna(0.0).to_numpy()})
        rest = (found["amount"] - found["paid"] - found["credited"]).round(6)
        late = day - found["due_on"].to_numpy("datetime64[D]")
        days = pd.Series(late, index=found.index).dt.days
        found = found.assign(open=rest, days_past_due=days)
        settled = found["settled_on"].to_numpy("datetime64[D]") <= day
        found = found.drop(columns="settled_on")
        return found[(rest > 0).to_numpy() & ~settled].reset_index(drop=True)

    @property
    def _n_payments(self) -> int:
        table = self.observations.table
        return int((table["item"] == "payment.amount").sum())

    def __repr__(self) -> str:
        """Say in one line what there is."""
        n = len(self.allocations)
        lost = n - int(self.allocations["how"].isin(GIVEN).sum())
        conflicts = f", {counted(len(self.conflicts), 'conflict')}" if len(self.conflicts) else ""
        return (
            f"Ledger({counted(len(self.invoices), 'invoice')}, "
            f"{counted(self._n_payments, 'payment')}, "
            f"{counted(len(self.credit_notes), 'credit note')}; "
            f"{counted(n - lost, 'allocation')}, {lost:,} without an invoice; "
            f"{len(self.rejects):,} faults{conflicts})"
        )


def read_ledger(
    invoices: Any,
    invoice_mapping: SourceMapping,
    *,
    payments: Any = None,
    payment_mapping: SourceMapping | None = None,
    form: LedgerForm | None = None,
    catalogue: ItemCatalogue | None = None,
    collected_at: Any = None,
) -> Ledger:
    """Read the invoices and payments of a ledger, and find out which payment paid which invoice.

    Parameters
    ----------
    invoices : path, DataFrame, list of mappings or DatabaseTable
        Whatever :func:`read_source` reads.
    invoice_mapping : SourceMapping
        What their columns mean; it gives invoice.amount and invoice.invoiced_on. The record is
        the number.
    payments : path, DataFrame, list of mappings or DatabaseTable, optional
        As the invoices.
    payment_mapping : SourceMapping, optional
        What their columns mean; it gives payment.amount and payment.paid_on. Needed where there
        are payments.
    form : LedgerForm, optional
        Columns of references and of terms, and by how many days the books may differ.
    catalogue : ItemCatalogue, optional
        What the items are; without, the standard one.
    collected_at : datetime or str, optional
        When the exports were made; a row that says a later instant counts as collected then.

    Returns
    -------
    Ledger
        Observations, rejects and allocations.

    Raises
    ------
    InvalidParameterError
        A mapping lacks an item, or payments come without their mapping.

    Warns
    -----
    RejectedRowsWarning
        Some rows cannot be used.
    FutureRowsWarning
        Some rows say a later instant than `collected_at`.
    ConflictWarning
        The export's settled_on and the money disagree about some invoices.

    Notes
    -----
    Money is given to invoices in the order of its days, within a customer and a currency. What
    names invoices pays these, in that order, and no others, settled or not. What names none pays,
    of invoices dated up to its day and not settled more than `value_days` of the form before it,
    first those that the export says are settled, by day settled, then the others, the oldest
    first: by day due. What remains is told, never moved.
    A number that stands in two rows of an export is rejected the second time, unless it is of a
    payment that names another invoice there.
    A settled_on that the export itself has is believed, and none is derived beside it: from that
    day the invoice is not open, also where the payments are not there. Before it, an invoice of
    which money left nothing is none of the open items either: settled_on stays that of the
    export, and where it is more than `value_days` away `conflicts` has both. One without it is
    settled on the day on which nothing of it is open any more, and not before its own: it may be
    paid ahead. Where both disagree, `conflicts` and a warning tell. O(n log n) time.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import FieldRule, ItemRule, LedgerForm, SourceMapping, read_ledger
    >>> def mapping(kind, day):
    ...     return SourceMapping(
    ...         source="internal_record", method="data_analysis",
    ...         customer=FieldRule(columns=("customer",)), record=FieldRule(columns=("number",)),
    ...         true_from=FieldRule(columns=("day",)), unit=FieldRule(value="CNY"),
    ...         columns={"amount": ItemRule(item=f"{kind}.amount"),
    ...                  "day": ItemRule(item=f"{kind}.{day}")},
    ...     )
    >>> ledger = read_ledger(
    ...     pd.DataFrame({"customer": ["C1", "C1"], "number": ["I1", "I2"],
    ...                   "day": ["2024-01-10", "2024-02-10"], "amount": [100, 50]}),
    ...     mapping("invoice", "invoiced_on"),
    ...     payments=pd.DataFrame({"customer": ["C1"], "number": ["P1"], "day": ["2024-03-01"],
    ...                            "amount": [120]}),
    ...     payment_mapping=mapping("payment", "paid_on"),
    ...     form=LedgerForm(terms_days=30), collected_at="2024-04-01",
    ... )
    >>> ledger.open_items("2024-03-31")[["invoice", "paid", "open", "days_past_due"]]
      invoice  paid  open  days_past_due
    0      I2  20.0  30.0             20
    """
    form = form or LedgerForm()
    check_kind(form, "form", "read_ledger", LedgerForm)
    catalogue = ItemCatalogue.standard() if catalogue is None else catalogue
    check_kind(catalogue, "catalogue", "read_ledger", ItemCatalogue)
    _check_items(invoice_mapping, ("invoice.amount", "invoice.invoiced_on"), "invoice_mapping")
    extra = {form.credits: _CREDITS, form.terms: _TERMS}
    read = collect(
        invoices, _with_rules(invoice_mapping, extra), catalogue=_for_reading(catalogue),
        collected_at=collected_at, once=True,
    )  # fmt: skip
    sources = [read]
    if payments is not None:
        if payment_mapping is None:
            msg = "The 'payments' of read_ledger need their 'payment_mapping'."
            raise InvalidParameterError(msg)
        _check_items(payment_mapping, ("payment.amount", "payment.paid_on"), "payment_mapping")
        payment_mapping = _with_rules(payment_mapping, {form.pays: PAYS, form.kind: KIND})
        pays = next((c for c, rule in payment_mapping.rules.items() if rule.item == PAYS), "")
        paid = collect(
            payments, payment_mapping, catalogue=_for_reading(catalogue),
            collected_at=collected_at, once=True,
            apart=pays if payment_mapping.long is None else "",
        )  # fmt: skip
        sources.append(paid)
    for source in sources:
        told_of(source, strict=False)
    says_open = "invoice.settled_on" in invoice_mapping.items
    ledger = _ledger(sources, form, catalogue, says_open=says_open)
    warn_of_conflicts(ledger.conflicts, len(ledger.invoices))
    return ledger


def _check_items(mapping: SourceMapping, needed: tuple[str, ...], name: str) -> None:
    check_kind(mapping, name, "read_ledger", SourceMapping)
    lacking = [item for item in needed if item not in mapping.items]
    if lacking:
        msg = f"The {name!r} of read_ledger has no {', '.join(map(repr, lacking))}."
        raise InvalidParameterError(msg)


def _for_reading(catalogue: ItemCatalogue) -> ItemCatalogue:
    """Return a catalogue in which amounts of invoices may be below zero: those of credit notes."""
    further = (item for item in _FOR_READING if item.name not in catalogue)
    found = catalogue.with_items(replace(catalogue["invoice.amount"], low=-np.inf), *further)
    terms = found[_TERMS]
    low, high = max(terms.low, 0.0), min(terms.high, LONGEST_TERMS)
    return found.with_items(replace(terms, low=low, high=high))


def _with_rules(mapping: SourceMapping, extra: Mapping[str, str]) -> SourceMapping:
    rules = {
        column: ItemRule(item=item) for column, item in extra.items()
        if column and getattr(mapping.columns.get(column), "item", "") != item
    }  # fmt: skip
    return replace(mapping, columns={**mapping.columns, **rules}) if rules else mapping


def _ledger(
    sources: list[Collected], form: LedgerForm, catalogue: ItemCatalogue, *, says_open: bool
) -> Ledger:
    observed = [_by_record(source.observations, prefix) for source, prefix in
                zip(sources, ("invoice", "payment"), strict=False)]  # fmt: skip
    is_credit = observed[0]["amount"] < 0
    notes, invoices = observed[0][is_credit], _with_due(observed[0][~is_credit], form)
    paid = observed[1] if len(observed) > 1 else observed[0].head(0)
    returned = paid["kind"].isin(form.credit_notes)
    paid, notes_paid = paid[~returned], paid[returned]
    open_invoices = {
        key: OpenInvoice(
            customer=key[0], number=key[1], invoiced_on=row.invoiced_on,
            due_on=row.invoiced_on if pd.isna(row.due_on) else row.due_on,
            settled_on=None if pd.isna(row.settled_on) else np.datetime64(row.settled_on, "D"),
            currency=row.unit, open=Decimal(repr(float(row.amount))),
        )
        for key, row in zip(invoices.index, invoices.itertuples(), strict=True)
    }  # fmt: skip
    allocation = Allocation(invoices=open_invoices, value_days=form.value_days)
    monies = [*_monies(notes, "credit note", "credits", "invoiced_on"),
              *_monies(notes_paid, "credit note", "pays", "paid_on"),
              *_monies(paid, "payment", "pays", "paid_on")]  # fmt: skip
    allocations = allocation.run(monies)
    invoices = with_paid(invoices, allocation)
    parts = [kept_of(source, kind, form, catalogue)
             for source, kind in zip(sources, ("invoice", "payment"), strict=False)]  # fmt: skip
    kept = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    made = pd.DataFrame(list(_derived(invoices, allocation, allocations, {
        **_evidence(notes, "credit note"), **_evidence(notes_paid, "credit note"),
        **_evidence(paid, "payment")})))  # fmt: skip
    whole = Observations.from_frame(kept[list(OBSERVATION_COLUMNS)], catalogue=catalogue)
    if len(made):
        whole = whole + Observations.from_frame(made, catalogue=catalogue)
    return Ledger(
        observations=whole,
        rejects=Rejects(table=pd.concat([s.rejects.table for s in sources], ignore_index=True)),
        allocations=allocations,
        invoices=_shown(invoices),
        conflicts=settled_conflicts(
            invoices,
            value_days=form.value_days,
            says_open=says_open,
            paid_from=min((m.day for m in monies if m.kind == "payment"), default=None),
        ),
        credit_notes=_credit_notes(monies),
        sources=tuple(sources),
    )


def _by_record(observations: Observations, kind: str) -> pd.DataFrame:
    """Return a row a record, with a column an item; of what it needs, none may lack."""
    table = observations.table.astype({"customer": str, "record": str, "item": str})
    table = in_lines(table.assign(value=observations.values))
    keys = ["customer", "record", "line"]
    wide = table.pivot_table(index=keys, columns="item", values="value", aggfunc="last", sort=False)
    wide = wide.rename(columns={PAYS: "payment.pays"})
    wide.columns = [str(name).removeprefix(f"{kind}.") for name in wide.columns]
    names = ("amount", "invoiced_on", "due_on", "disputed_on", "settled_on", "paid_on", "credits",
             "terms_days", "pays", "kind")  # fmt: skip
    for name in names:
        if name not in wide:
            wide[name] = None
    amounts = table[table["item"] == f"{kind}.amount"].groupby(keys, sort=False).last()
    fields = ("unit", "evidence", "collected_at", "source", "source_name")
    wide = wide.join(amounts[list(fields)].astype({"unit": str, "evidence": str}))
    for name in ("invoiced_on", "due_on", "settled_on", "paid_on", "disputed_on"):
        wide[name] = wide[name].astype("datetime64[s]")
    wide["amount"] = wide["amount"].astype(np.float64)
    day = "invoiced_on" if kind == "invoice" else "paid_on"
    found = wide[wide["amount"].notna() & wide[day].notna()]
    return found.droplevel("line")


def _with_due(invoices: pd.DataFrame, form: LedgerForm) -> pd.DataFrame:
    """Add the day due by the terms, where an invoice has none."""
    default = np.nan if form.terms_days is None else form.terms_days
    terms = invoices["terms_days"].astype(np.float64).fillna(default)
    by_terms = invoices["invoiced_on"] + pd.to_timedelta(terms, unit="D").astype("timedelta64[s]")
    # after the last day that is written with four digits there is none
    by_terms = by_terms.where(by_terms <= _LAST_DAY)
    by_rule = invoices["due_on"].isna() & by_terms.notna()
    return invoices.assign(due_on=invoices["due_on"].fillna(by_terms), due_by_terms=by_rule)


def _monies(rows: pd.DataFrame, kind: Kind, names: str, day: str) -> Iterator[Money]:
    for key, row in zip(rows.index, rows.to_dict("records"), strict=True):
        whole = abs(Decimal(repr(float(row["amount"]))))
        for named, amount in shared(row[names], whole):
            yield Money(
                customer=key[0], kind=kind, number=key[1], day=np.datetime64(row[day], "D"),
                currency=row["unit"], amount=amount, names=named,
            )  # fmt: skip


def _evidence(rows: pd.DataFrame, kind: str) -> dict[tuple[str, str, str], dict[str, Any]]:
    names = ["evidence", "collected_at", "source", "source_name"]
    of_record = rows[names].groupby(level=["customer", "record"], sort=False)
    # of several rows, the first one is kept, and known is what all of them say
    found = of_record.first().assign(collected_at=of_record["collected_at"].max())
    told = zip(found.index, found.to_dict("records"), strict=True)
    return {(kind, *key): entry for key, entry in told}


def _derived(
    invoices: pd.DataFrame, allocation: Allocation, allocations: pd.DataFrame,
    evidence: Mapping[tuple[str, str, str], dict[str, Any]],
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Yield what follows from both exports."""
    told = {"method": "data_analysis"}
    for key, row in zip(invoices.index, invoices.to_dict("records"), strict=True):
        base = {"customer": key[0], "record": key[1], **told}
        own = {name: row[name] for name in ("evidence", "collected_at", "source", "source_name")}
        if row["due_by_terms"]:
            yield base | own | {
                "item": "invoice.due_on", "value": str(row["due_on"].date()),
                "true_from": row["invoiced_on"],
            }  # fmt: skip
        money = allocation.settled.get(key)
        if money is not None and pd.isna(row["settled_on"]):
            day = row["paid_on"].to_datetime64().astype("datetime64[D]")
            yield base | evidence[money.kind, money.customer, money.number] | {
                "item": "invoice.settled_on", "value": str(day), "true_from": day,
            }  # fmt: skip
    notes = allocations[(allocations["kind"] == "credit note") & (allocations["amount"] > 0)]
    notes = notes[notes["invoice"] != ""]
    sums = notes.groupby(["customer", "invoice"], sort=False)["amount"].cumsum()
    for row, total in zip(notes.to_dict("records"), sums, strict=True):
        base = {"customer": row["customer"], "record": row["invoice"], "true_from": row["day"]}
        base |= told | evidence["credit note", row["customer"], row["number"]]
        yield base | {
            "item": "invoice.returned_amount", "value": round(float(total), 6),
            "unit": row["currency"],
        }  # fmt: skip
        yield base | {"item": "invoice.returned_on", "value": str(np.datetime64(row["day"], "D"))}


def _credit_notes(monies: list[Money]) -> pd.DataFrame:
    rows = [
        (money.customer, money.number, money.day, float(money.amount), money.currency,
         PARTED.join(money.names))
        for money in monies if money.kind == "credit note"
    ]  # fmt: skip
    names = ["customer", "number", "day", "amount", "currency", "invoice"]
    found = pd.DataFrame(rows, columns=names)
    return found.astype({"day": "datetime64[s]", "amount": np.float64})


def _shown(invoices: pd.DataFrame) -> pd.DataFrame:
    names = ["customer", "invoice", "invoiced_on", "due_on", "settled_on", "disputed_on", "amount",
             "currency"]  # fmt: skip
    invoices = invoices.assign(settled_on=invoices["settled_on"].fillna(invoices["paid_on"]))
    # where the mapping has a currency, the unit of the amount is the same
    found = invoices.drop(columns="currency", errors="ignore")
    found = found.rename_axis(["customer", "invoice"]).reset_index()
    return found.rename(columns={"unit": "currency"})[names]
