"""What an export of a ledger has beyond the items of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from creditscore._checks import check_kind, read_entries
from creditscore._validation import check_integer
from creditscore.exceptions import InvalidParameterError

LONGEST_TERMS = 3_650
"""Days; more are no terms of payment, and the day due might be none."""
LONGEST_VALUE_DAYS = 31
"""More is no difference between two books of one payment."""


@dataclass(frozen=True, kw_only=True)
class LedgerForm:
    """What an export of a ledger has beyond the items of the catalogue.

    Parameters
    ----------
    pays : str, default=""
        Column of the payments with the numbers of the invoices that they pay, parted by ``;``;
        without, that which the mapping reads as payment.invoice. A payment may stand in several
        rows of one day and currency, each with another invoice and what is paid of it: it is kept
        as one, with their sum and what of it is of which: ``I1=90;I2=50``.
    credits : str, default=""
        Column of the invoices with the number of the invoice that a credit note is for. Credit
        notes are the rows with an amount below zero.
    kind : str, default=""
        Column of the payments that says what a row is, where credit notes stand among them.
    credit_notes : tuple of str, default=("credit note",)
        Words of that column for a credit note.
    terms : str, default=""
        Column of the invoices with the terms of payment, in days: 3,650 at most.
    terms_days : int or None, default=None
        Terms in days of invoices that have neither a due day nor terms: 3,650 at most.
    value_days : int, default=7
        Days by which the day of a payment and the settled_on of an export may differ where they
        mean the same money, as the value date of a bank and the day of posting do: 31 at most.
        So long, money without a number may still go to an invoice after its settled_on, and a
        difference is no conflict.

    Examples
    --------
    >>> from creditscore.collect import LedgerForm
    >>> LedgerForm(pays="reference", terms_days=30).terms_days
    30
    """

    pays: str = ""
    credits: str = ""
    kind: str = ""
    credit_notes: tuple[str, ...] = ("credit note",)
    terms: str = ""
    terms_days: int | None = None
    value_days: int = 7

    def __post_init__(self) -> None:
        """Check each entry."""
        for name in ("pays", "credits", "kind", "terms"):
            check_kind(getattr(self, name), name, "LedgerForm", str)
        notes = read_entries(self.credit_notes, "credit_notes", "LedgerForm")
        object.__setattr__(self, "credit_notes", notes)
        if self.terms_days is not None:
            _check_days(self.terms_days, "terms_days", LONGEST_TERMS)
        _check_days(self.value_days, "value_days", LONGEST_VALUE_DAYS)


def _check_days(days: int, name: str, most: int) -> None:
    if check_integer(days, name, "LedgerForm", low=0) > most:
        msg = f"The {name!r} of LedgerForm may be {most:,} at most. Got {days:,}."
        raise InvalidParameterError(msg)
