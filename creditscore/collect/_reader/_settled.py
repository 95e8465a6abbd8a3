"""Where an export's own word of what is settled, and the money that came in, disagree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from creditscore._allocation import Allocation
from creditscore._display import counted
from creditscore._warn import warn_user
from creditscore.exceptions import ConflictWarning

_NOTHING, _PART, _SMALL_REST, _BEFORE, _AFTER, _NOT_SETTLED = (
    "settled, nothing paid", "settled, paid in part", "settled, paid but for 3 % at most",
    "paid in full before", "paid in full after", "paid in full, not settled",
)  # fmt: skip
_CENT, _DISCOUNT = 0.01, 0.03
"""What is left of a settled invoice by rounding, and by the usual discounts for early payment."""
CONFLICT_COLUMNS = ("customer", "invoice", "settled_on", "paid_on", "open", "why")


def with_paid(invoices: pd.DataFrame, allocation: Allocation) -> pd.DataFrame:
    """Add the day on which money left nothing open of each invoice, not before its own, and rest.

    The rest, what all money leaves of it, is in `open`.
    """
    last = [allocation.settled.get(key) for key in invoices.index]
    days = np.array([np.datetime64("NaT") if money is None else money.day for money in last])
    paid = pd.Series(days.astype("datetime64[s]"), index=invoices.index)
    # where it was paid ahead, it is settled on its own day
    later = paid.where(paid.isna() | (paid > invoices["invoiced_on"]), invoices["invoiced_on"])
    rest = np.array([float(allocation.invoices[key].open) for key in invoices.index])
    return invoices.assign(paid_on=later, open=rest)


def settled_conflicts(
    invoices: pd.DataFrame, *, value_days: int, says_open: bool, paid_from: np.datetime64 | None
) -> pd.DataFrame:
    """Return the invoices of which the export's settled_on and the money disagree, and how.

    Days that differ by `value_days` at most agree, and so does a rest of a cent. What the export
    settled before its first payment, on `paid_from`, lacks no money, for that is not there; an
    empty settled_on says that an invoice is open only where the export has that column, which
    `says_open` tells.
    """
    said, paid, rest = invoices["settled_on"], invoices["paid_on"], invoices["open"]
    # of what was settled before its own day, the money came ahead
    meant = said.where(said.isna() | (said > invoices["invoiced_on"]), invoices["invoiced_on"])
    days = pd.Timedelta(value_days, unit="D")
    # nothing is on or after a day that is none
    lacks = (said >= (pd.NaT if paid_from is None else pd.Timestamp(paid_from))) & (rest > _CENT)
    cases = {
        _NOTHING: lacks & (rest >= invoices["amount"]),
        _SMALL_REST: lacks & (rest <= _DISCOUNT * invoices["amount"]),
        _PART: lacks,
        _BEFORE: paid < meant - days,
        _AFTER: paid > meant + days,
        _NOT_SETTLED: said.isna() & paid.notna() & says_open,
    }
    why: Any = np.select([case.to_numpy() for case in cases.values()], [*cases], default="")
    found = invoices.rename_axis(["customer", "invoice"]).assign(why=why.astype(object))
    return found[why != ""].reset_index()[list(CONFLICT_COLUMNS)]


def warn_of_conflicts(conflicts: pd.DataFrame, n_invoices: int) -> None:
    """Warn of invoices of which the export and the money disagree, with how many of each kind."""
    if not len(conflicts):
        return
    kinds = conflicts["why"].value_counts()
    told = "; ".join(f"{n:,} {kind}" for kind, n in kinds.items())
    warn_user(
        f"The export's settled_on and the money disagree about {len(conflicts):,} of "
        f"{counted(n_invoices, 'invoice')}: {told}. The day of the export counts where there is "
        "one, else that of the money. They are in 'conflicts'.",
        ConflictWarning,
    )
