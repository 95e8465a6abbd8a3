"""Whether payment gets better or worse."""

from __future__ import annotations

import numpy as np

from creditscore._typing import Float1D
from creditscore.indicators._facts import Facts
from creditscore.indicators._indicator import Indicator, indicator
from creditscore.indicators._measured import Measured
from creditscore.indicators._reputation._debts import (
    DAYS_A_MONTH,
    day_numbers,
    days_late,
    judged_debts,
)
from creditscore.indicators._rows import CustomerRows

_PAYDEX = "Dun & Bradstreet, trend of PAYDEX over 12 months"


@indicator(
    group="reputation", unit="share", direction="higher",
    formula="on-time rate of invoices due in the last 6 months - that of the 6 months before",
    label="Change of the on-time rate, last 6 months less the 6 before",
    label_zh="按期付款率变动（近6个月减前6个月）", five_c="character", source=_PAYDEX,
    low=-1, high=1,
)  # fmt: skip
def on_time_trend(facts: Facts) -> Measured:
    """Above zero the customer pays better than before."""
    rows = judged_debts(facts)
    recent, before = rows.within(months=6), rows.within(months=6, before_months=6)
    return recent.share(days_late(recent) == 0) - before.share(days_late(before) == 0)


@indicator(
    group="reputation", unit="days", direction="lower",
    formula="Σ (t - mean t) · days late / Σ (t - mean t)², t = month due, over 12 months",
    label="Slope of days late per month, 12 months", label_zh="近12个月逾期天数月均变化",
    five_c="character", source="ordinary least squares", low=-30, high=30,
)  # fmt: skip
def days_late_slope(facts: Facts) -> Measured:
    """Days a month by least squares; open invoices, of the last months, count so far only."""
    rows = judged_debts(facts).within(months=12)
    # whole days, so that invoices of one day differ by nothing at all
    month = _centred(rows, day_numbers(rows.due_on)) / DAYS_A_MONTH
    spread = rows.total(month**2).named("the spread of due dates")
    return rows.total(month * days_late(rows)) / spread


def _centred(rows: CustomerRows, values: Float1D) -> Float1D:
    """Return values less their mean by customer."""
    counts = np.bincount(rows.owner, minlength=rows.n_keys)
    sums = np.bincount(rows.owner, weights=values, minlength=rows.n_keys)
    centred: Float1D = values - (sums / np.maximum(counts, 1))[rows.owner]
    return centred


TREND: tuple[Indicator, ...] = (on_time_trend, days_late_slope)
