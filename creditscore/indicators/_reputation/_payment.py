"""Payment: how much of what fell due was paid on time, and how late the rest."""

from __future__ import annotations

import numpy as np

from creditscore._days import months_later
from creditscore.indicators._facts import Facts
from creditscore.indicators._indicator import Indicator, indicator
from creditscore.indicators._measured import Measured
from creditscore.indicators._reputation._debts import (
    DAYS_A_MONTH,
    day_numbers,
    days_late,
    debts_of,
    is_open,
    judged_debts,
)

_CRF = "Credit Research Foundation, measures of receivables: average days delinquent"
_CRR = "Regulation (EU) No 575/2013, Article 178, days past due"
_PAYDEX = "Dun & Bradstreet, PAYDEX: payments weighted by amount, over 12 months"
_DUE = "invoices due in the 12 months to the day"


@indicator(
    group="reputation", unit="share", direction="higher",
    formula=f"{_DUE} and settled by then / all of these",
    label="On-time rate by number, 12 months", label_zh="近12个月按期付款率（笔数）",
    five_c="character", source=_PAYDEX, low=0, high=1,
)  # fmt: skip
def on_time_rate(facts: Facts) -> Measured:
    """By count. An open invoice that is due on the very day is not counted yet."""
    rows = judged_debts(facts).within(months=12)
    return rows.share(days_late(rows) == 0)


@indicator(
    group="reputation", unit="share", direction="higher",
    formula=f"amount of {_DUE} and settled by then / amount of all these",
    label="On-time rate by amount, 12 months", label_zh="近12个月按期付款率（金额）",
    five_c="character", source=_PAYDEX, low=0, high=1,
)  # fmt: skip
def on_time_amount_rate(facts: Facts) -> Measured:
    """By amount, which must be in one currency."""
    rows = judged_debts(facts).within(months=12)
    return rows.mean((days_late(rows) == 0).astype(np.float64), weights="amount")


@indicator(
    group="reputation", unit="days", direction="lower",
    formula=f"Σ amount · max(days from due to settled, 0) / Σ amount, of {_DUE}",
    label="Average days late by amount, 12 months", label_zh="近12个月平均逾期天数（按金额加权）",
    five_c="character", source=_CRF, low=0, high=180,
)  # fmt: skip
def average_days_late(facts: Facts) -> Measured:
    """Open invoices count with their days so far; payment before it is due offsets nothing."""
    rows = judged_debts(facts).within(months=12)
    return rows.mean(days_late(rows), weights="amount")


def _worst(facts: Facts, months: int) -> Measured:
    """Return the most days past due that any invoice had reached within the months."""
    rows = judged_debts(facts)
    start = months_later(facts.as_of, -months)
    # an old invoice that was or is still open in the window was past due in it, too
    within = is_open(rows) | (rows.settled_on > start) | (rows.due_on > start)
    rows = rows.where(within, f"open or due in the {months} months to {facts.as_of}")
    return rows.largest(days_late(rows))


@indicator(
    group="reputation", unit="days", direction="lower",
    formula="most days past due that an invoice reached in the 12 months to the day",
    label="Worst days past due, 12 months", label_zh="近12个月最长逾期天数",
    five_c="character", source=_CRR, low=0, high=365,
)  # fmt: skip
def worst_days_past_due(facts: Facts) -> Measured:
    """Invoices of before the window count while they were open in it."""
    return _worst(facts, 12)


@indicator(
    group="reputation", unit="days", direction="lower",
    formula="most days past due that an invoice reached in the 24 months to the day",
    label="Worst days past due, 24 months", label_zh="近24个月最长逾期天数",
    five_c="character", source=_CRR, low=0, high=730,
)  # fmt: skip
def worst_days_past_due_24m(facts: Facts) -> Measured:
    """Invoices of before the window count while they were open in it."""
    return _worst(facts, 24)


@indicator(
    group="reputation", unit="share", direction="lower",
    formula="amount of open invoices due before the day / amount of all open invoices",
    label="Overdue share of open invoices", label_zh="逾期应收占比", five_c="character",
    source=_CRF, low=0, high=1,
)  # fmt: skip
def overdue_share(facts: Facts) -> Measured:
    """Leave customers that owe nothing without one."""
    rows = debts_of(facts)
    rows = rows.where(is_open(rows), f"open on {facts.as_of}")
    return rows.mean((rows.due_on < facts.as_of).astype(np.float64), weights="amount")


@indicator(
    group="reputation", unit="months", direction="higher",
    formula="months from the last day past due, or from the first invoice where there is none",
    label="Months since the last delay", label_zh="距最近一次逾期月数", five_c="character",
    source=_CRR, low=0, high=360,
)  # fmt: skip
def months_since_last_delay(facts: Facts) -> Measured:
    """0 while an invoice is past due; who was never late has at least so many months."""
    rows = judged_debts(facts)
    late = rows.where(days_late(rows) > 0, "past due")
    until = np.where(is_open(late), facts.as_of, late.settled_on)
    last = late.largest(day_numbers(until))
    first = rows.smallest(day_numbers(rows.invoiced_on))
    today = float(day_numbers(np.array([facts.as_of]))[0])
    return (today - last.where(late.count() > 0, first)) / DAYS_A_MONTH


@indicator(
    group="reputation", unit="years", direction="higher",
    formula="years from the first invoice to the day",
    label="Years since the first invoice", label_zh="首张发票至今年数", five_c="character",
    source="Petersen and Rajan (1994), The benefits of lending relationships", low=0, high=100,
)  # fmt: skip
def relationship_years(facts: Facts) -> Measured:
    """Of 365.25 days."""
    rows = facts.ledger
    today = float(day_numbers(np.array([facts.as_of]))[0])
    return (today - rows.smallest(day_numbers(rows.invoiced_on))) / 365.25


PAYMENT: tuple[Indicator, ...] = (
    on_time_rate,
    on_time_amount_rate,
    average_days_late,
    worst_days_past_due,
    worst_days_past_due_24m,
    overdue_share,
    months_since_last_delay,
    relationship_years,
)
