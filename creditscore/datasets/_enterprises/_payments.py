"""How the firms pay: invoices and contracts up to the day all tables were drawn up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator

from creditscore._typing import Float1D
from creditscore.datasets._enterprises._draws import (
    UNKNOWN_DAY,
    Days,
    Int1D,
    chance,
    logistic,
    numbered,
    pick,
    spread,
    table,
    whole,
)
from creditscore.datasets._enterprises._firms import AS_OF, Firms

_TERMS = (14, 30, 45, 60)
_TERM_SHARES = (0.20, 0.50, 0.20, 0.10)
_WINDOW = 730
"""Days before the last one in which there are invoices."""


@dataclass(frozen=True, kw_only=True)
class Payer:
    """How each firm pays, an entry a firm.

    Parameters
    ----------
    late_share : Float1D
        Share of invoices paid after the due day.
    late_days : Float1D
        Mean days late of these.
    unpaid_share : Float1D
        Share of invoices that are not paid at all.
    worse : Float1D
        How much longer the delay is at the end of the window than at its start.
    """

    late_share: Float1D
    late_days: Float1D
    unpaid_share: Float1D
    worse: Float1D


def make_payers(firms: Firms, rng: Generator) -> Payer:
    """Draw how each firm pays; habit counts more than quality.

    The constants are such that the ledger has the days to pay, days late and shares of amounts
    late and unpaid that Intrum and Atradius published, see `make_enterprises`.
    """
    n = firms.n
    weakness = -firms.quality + 1.6 * rng.standard_normal(n) + firms.in_distress
    return Payer(
        late_share=logistic(-0.12 + 0.50 * weakness),
        late_days=7.2 * np.exp(0.25 * weakness),
        unpaid_share=np.clip(0.0075 * np.exp(0.70 * weakness), 0, 0.25),
        worse=np.clip(0.25 * weakness, -0.3, 1.2) + 0.8 * firms.in_distress,
    )


def make_ledger(firms: Firms, payers: Payer, revenue: Float1D, rng: Generator) -> pd.DataFrame:
    """Return the invoices to the firms, sorted by customer and day."""
    n = firms.n
    # A few customers have bought nothing yet; larger ones buy more often.
    scale = np.clip(11 * (firms.assets / 6000) ** 0.15, 2, 40) * spread(rng, 0.5, n)
    counts = np.where(chance(rng, 0.04, n), 0, np.maximum(1, np.rint(scale))).astype(np.int64)
    firm = np.repeat(np.arange(n), counts)
    rows = len(firm)
    invoiced = np.sort(firm * (_WINDOW + 1.0) + rng.random(rows) * _WINDOW)
    ago = _WINDOW - np.floor(invoiced - firm * (_WINDOW + 1.0)).astype(np.int64)
    invoiced_on = AS_OF - ago.astype("timedelta64[D]")
    due_on = invoiced_on + np.array(_TERMS)[pick(rng, n, _TERM_SHARES)[firm]].astype(
        "timedelta64[D]"
    )
    days = _days_late(payers, firm, 1 - ago / _WINDOW, rng)
    settled_on = np.maximum(due_on + days.astype("timedelta64[D]"), invoiced_on)
    unpaid = chance(rng, payers.unpaid_share[firm], rows)
    settled_on = np.where(unpaid | (settled_on > AS_OF), UNKNOWN_DAY, settled_on)
    typical = 0.0006 * revenue * spread(rng, 0.6, n)
    amount = np.maximum(np.round(typical[firm] * spread(rng, 0.7, rows), 2), 20.0)
    return table(
        {
            "customer": firms.customer[firm],
            "invoice": numbered("I", np.arange(1, rows + 1), max(6, len(str(rows)))),
            "invoiced_on": invoiced_on,
            "due_on": due_on,
            "settled_on": settled_on,
            "amount": amount,
            "currency": firms.currencies()[firm],
        }
        | _complaints(payers, firm, invoiced_on, amount, rng)
    )


def _days_late(payers: Payer, firm: Int1D, when: Float1D, rng: Generator) -> Int1D:
    """Draw days from due day to payment: early by up to 9 days, or late with a long tail."""
    rows = len(firm)
    late = chance(rng, payers.late_share[firm], rows)
    early = whole(rng, -9, 0, rows)
    mean = payers.late_days[firm] * (1 + payers.worse[firm] * (when - 0.5))
    delay = 1 + np.floor(-np.log1p(-rng.random(rows)) * np.maximum(mean - 0.5, 0.5))
    return np.where(late, delay, early).astype(np.int64)


def _complaints(
    payers: Payer, firm: Int1D, invoiced_on: Days, amount: Float1D, rng: Generator
) -> dict[str, np.ndarray[Any, Any]]:
    """Return disputes and returns, each with its day, as far as it is not after the last one."""
    rows = len(firm)
    weak = payers.late_share[firm]
    disputed_on = invoiced_on + whole(rng, 1, 25, rows).astype("timedelta64[D]")
    returned_on = invoiced_on + whole(rng, 3, 40, rows).astype("timedelta64[D]")
    disputed = chance(rng, 0.02 + 0.05 * weak, rows) & (disputed_on <= AS_OF)
    returned = chance(rng, 0.02 + 0.03 * weak, rows) & (returned_on <= AS_OF)
    share = np.where(chance(rng, 0.2, rows), 1.0, 0.05 + 0.4 * rng.random(rows))
    return {
        "disputed": disputed,
        "disputed_on": np.where(disputed, disputed_on, UNKNOWN_DAY),
        "returned_amount": np.where(returned, np.round(share * amount, 2), 0.0),
        "returned_on": np.where(returned, returned_on, UNKNOWN_DAY),
    }


def make_contracts(firms: Firms, payers: Payer, revenue: Float1D, rng: Generator) -> pd.DataFrame:
    """Return the contracts with the firms, and how far each was fulfilled."""
    n = firms.n
    counts = np.where(chance(rng, 0.35, n), 0, whole(rng, 1, 5, n))
    firm = np.repeat(np.arange(n), counts)
    rows = len(firm)
    known_on = AS_OF - whole(rng, 120, 900, rows).astype("timedelta64[D]")
    due_on = known_on + whole(rng, 60, 365, rows).astype("timedelta64[D]")
    weak = payers.late_share[firm]
    late = np.where(
        chance(rng, 0.1 + 0.6 * weak, rows), whole(rng, 1, 90, rows), whole(rng, -20, 0, rows)
    )
    fulfilled_on = due_on + late.astype("timedelta64[D]")
    broken = chance(rng, 0.01 + 0.10 * weak**2, rows)
    is_open = fulfilled_on > AS_OF
    partial = np.where(chance(rng, 0.15 * weak, rows), 0.4 + 0.6 * rng.random(rows), 1.0)
    # What was broken is settled on its due day, with nothing or a part delivered.
    share = np.where(broken, np.where(chance(rng, 0.5, rows), 0.0, 0.5 * partial), partial)
    amount = np.maximum(np.rint(0.004 * revenue[firm] * spread(rng, 0.8, rows) / 100) * 100, 500)
    return table(
        {
            "customer": firms.customer[firm],
            "contract": numbered("K", np.arange(1, rows + 1), max(5, len(str(rows)))),
            "known_on": known_on,
            "due_on": due_on,
            "fulfilled_on": np.where(is_open, UNKNOWN_DAY, fulfilled_on),
            "amount": amount,
            "currency": firms.currencies()[firm],
            "fulfilled_share": np.where(is_open, np.nan, np.round(share, 2)),
        }
    )
