"""Payments and credit notes → the invoices that they pay: by number, else by day settled or due."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from heapq import heappop, heappush
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

Kind: TypeAlias = Literal["payment", "credit note"]
BY_NUMBER, BY_SETTLED, BY_AGE = GIVEN = ("by number", "by day settled", "oldest first")
"""How money finds its invoice; all else that a line says is why it went nowhere."""
PARTED = ";"
"""What stands between the numbers of the invoices that one payment names."""
_SHARE = "="
_WITH_SHARE = re.compile(r"(?P<name>.*)=(?P<share>\d+(?:\.\d+)?(?:E[+-]?\d+)?)")
ALLOCATION_COLUMNS = ("customer", "kind", "number", "day", "invoice", "amount", "currency", "how")


def names_in(named: object) -> tuple[str, ...]:
    """Return the numbers of invoices that a payment names; none where it has no text."""
    parts = _parts(named)
    shares = _shares(parts)
    named_parts = parts if shares is None else [name for name, _ in shares]
    return tuple(name for name in named_parts if name)


def shared(named: object, amount: Decimal) -> list[tuple[tuple[str, ...], Decimal]]:
    """Return what a payment names, with what is paid of it: I1=30;I2=50 says so of each.

    Shares that do not add up to the amount say nothing: all of it is of all that it names.
    """
    shares = _shares(_parts(named))
    if shares is None or sum(share for _, share in shares) != amount:
        return [(names_in(named), amount)]
    return [((name,) if name else (), share) for name, share in shares]


def with_shares(names: Iterable[str], amounts: Iterable[float]) -> str:
    """Return the text of a payment that pays so much of each invoice; of none, on account."""
    pairs = zip(names, amounts, strict=True)
    return PARTED.join(f"{name}{_SHARE}{Decimal(repr(float(amount)))}" for name, amount in pairs)


def _parts(named: object) -> list[str]:
    return [part.strip() for part in named.split(PARTED)] if isinstance(named, str) else []


def _shares(parts: Sequence[str]) -> list[tuple[str, Decimal]] | None:
    """Return the name and the share of each part; None where one has none, or is alone."""
    found = [_WITH_SHARE.fullmatch(part) for part in parts]
    if len(parts) == 1 or not all(found):
        return None
    return [(match["name"].strip(), Decimal(match["share"])) for match in found if match]


@dataclass(kw_only=True)
class OpenInvoice:
    """One invoice, and what of it is still open."""

    customer: str
    number: str
    invoiced_on: np.datetime64
    due_on: np.datetime64
    settled_on: np.datetime64 | None
    """The day that the export itself tells, or none."""
    currency: str
    open: Decimal


@dataclass(frozen=True, kw_only=True)
class Money:
    """One payment or credit note, and the numbers of the invoices that it names."""

    customer: str
    kind: Kind
    number: str
    day: np.datetime64
    currency: str
    amount: Decimal
    names: tuple[str, ...] = ()


@dataclass(kw_only=True)
class _Queue:
    """Invoices of a customer in a currency, of which the next to be paid is found at once.

    Of those that the export says are settled, which leave some days after, it is the one that is
    settled first: money on account paid these, and not what is open still. Else it is the oldest.
    """

    value_days: int
    """So long after the day settled, its money may come."""
    waiting: deque[OpenInvoice] = field(default_factory=deque)
    """Those that are not written yet, by the day on which they will be."""
    due: list[tuple[bool, Any, Any, Any, str, OpenInvoice]] = field(default_factory=list)
    """A heap of the others."""

    def next(self, day: np.datetime64) -> OpenInvoice | None:
        """Return the invoice, written by a day and not settled long before, that is paid first."""
        while self.waiting and self.waiting[0].invoiced_on <= day:
            new = self.waiting.popleft()
            settled = new.due_on if new.settled_on is None else new.settled_on
            key = (new.settled_on is None, settled, new.due_on, new.invoiced_on, new.number)
            heappush(self.due, (*key, new))
        while self.due and self._is_over(self.due[0][-1], day):
            heappop(self.due)
        return self.due[0][-1] if self.due else None

    def _is_over(self, invoice: OpenInvoice, day: np.datetime64) -> bool:
        settled = invoice.settled_on
        if invoice.open <= 0 or settled is None:
            return invoice.open <= 0
        return bool(settled + self.value_days < day)


@dataclass(kw_only=True)
class Allocation:
    """Gives money to invoices, in the order of its days."""

    invoices: Mapping[tuple[str, str], OpenInvoice]
    value_days: int
    lines: list[tuple[object, ...]] = field(default_factory=list)
    settled: dict[tuple[str, str], Money] = field(default_factory=dict)
    """By customer and number, what paid the last of it."""

    def run(self, monies: Iterable[Money]) -> pd.DataFrame:
        """Return a row an amount that went to an invoice, or to none and why."""
        written: dict[tuple[str, str], _Queue] = {}
        for invoice in sorted(self.invoices.values(), key=lambda invoice: invoice.invoiced_on):
            key = (invoice.customer, invoice.currency)
            queue = written.setdefault(key, _Queue(value_days=self.value_days))
            queue.waiting.append(invoice)
        for money in sorted(monies, key=lambda money: (money.day, money.kind, money.number)):
            left = self._by_number(money)
            if not money.names:
                left = self._by_age(money, written.get((money.customer, money.currency)))
                if left > 0:
                    self._note(money, "", left, "no open invoice of that day and currency")
        found = pd.DataFrame(self.lines, columns=list(ALLOCATION_COLUMNS))
        return found.astype({"amount": np.float64, "day": "datetime64[s]"})

    def _by_number(self, money: Money) -> Decimal:
        left = money.amount
        for name in money.names:
            invoice = self.invoices.get((money.customer, name))
            if invoice is None:
                self._note(money, name, Decimal(0), "no invoice of this number")
            elif invoice.currency != money.currency:
                self._note(money, name, Decimal(0), "the invoice is in another currency")
            else:
                left -= self._pay(money, invoice, left, BY_NUMBER)
        if money.names and left > 0:
            self._note(money, "", left, "more than the invoices that it names have open")
        return left

    def _by_age(self, money: Money, queue: _Queue | None) -> Decimal:
        left = money.amount
        invoice = queue.next(money.day) if queue else None
        while queue and invoice is not None and left > 0:
            how = BY_AGE if invoice.settled_on is None else BY_SETTLED
            left -= self._pay(money, invoice, left, how)
            invoice = queue.next(money.day)
        return left

    def _pay(self, money: Money, invoice: OpenInvoice, left: Decimal, how: str) -> Decimal:
        part = min(left, invoice.open)
        if part <= 0:
            return Decimal(0)
        invoice.open -= part
        self._note(money, invoice.number, part, how)
        if invoice.open <= 0:
            self.settled[invoice.customer, invoice.number] = money
        return part

    def _note(self, money: Money, invoice: str, amount: Decimal, how: str) -> None:
        self.lines.append(
            (money.customer, money.kind, money.number, money.day, invoice, float(amount),
             money.currency, how)
        )  # fmt: skip
