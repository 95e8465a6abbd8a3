"""How much a firm depends on few customers and few suppliers."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from creditscore.indicators._facts import Facts
from creditscore.indicators._indicator import Indicator, indicator
from creditscore.indicators._latest_rows import last_by, words_are
from creditscore.indicators._measured import Measured
from creditscore.indicators._rows import CustomerRows

_HHI = "Herfindahl (1950), Hirschman (1945): sum of squared shares"
_SEGMENTS = "IFRS 8 Operating Segments, information about major customers"


def trade_with(facts: Facts, role: Literal["customer", "supplier"]) -> CustomerRows:
    """Return the rows of a firm's trade with one side, of the latest period that is known.

    A correction supersedes what was known before of the same counterparty and period. A period
    that ended before the months after which statements are stale does not count.
    """
    rows = facts.trade
    rows = rows.where(words_are(rows, "role", role), f"with role {role}")
    limit = facts.records.stale_after_months
    if limit is not None:
        rows = rows.within(months=limit)
    rows = last_by(rows, ("counterparty", "period_end"), "known_on")
    return last_by(rows, (), "period_end")


def _concentration(facts: Facts, role: Literal["customer", "supplier"]) -> Measured:
    rows = trade_with(facts, role)
    return rows.concentration("counterparty", "amount")


def _largest_share(facts: Facts, role: Literal["customer", "supplier"]) -> Measured:
    """Return the largest counterparty's part of the sum over all that are listed."""
    rows = trade_with(facts, role)
    names, _ = pd.factorize(
        np.asarray(rows.column("counterparty"), dtype=object), use_na_sentinel=False
    )
    pairs = rows.owner * (names.max(initial=0) + 1) + names
    _, codes = np.unique(pairs, return_inverse=True)
    amounts = np.asarray(rows.amount, dtype=np.float64)
    of_counterparty = np.bincount(codes, weights=amounts, minlength=1)[codes].astype(np.float64)
    share = rows.largest(of_counterparty) / rows.total("amount")
    # a share of amounts that have no concentration has no meaning either, for the same reason
    return share.where(_concentration(facts, role) > 0, 0.0)


@indicator(
    group="operating", unit="index", direction="lower",
    formula="Σ (amount of a customer / amount of all)², latest period of trade",
    label="Customer concentration (HHI)", label_zh="客户集中度", five_c=("conditions", "capacity"),
    source=_HHI, low=0, high=1,
)  # fmt: skip
def customer_concentration(facts: Facts) -> Measured:
    """1 for a single customer, 1 / n for n equal ones, of those that are listed."""
    return _concentration(facts, "customer")


@indicator(
    group="operating", unit="index", direction="lower",
    formula="Σ (amount of a supplier / amount of all)², latest period of trade",
    label="Supplier concentration (HHI)", label_zh="供应商集中度",
    five_c=("conditions", "capacity"), source=_HHI, low=0, high=1,
)  # fmt: skip
def supplier_concentration(facts: Facts) -> Measured:
    """1 for a single supplier, 1 / n for n equal ones, of those that are listed."""
    return _concentration(facts, "supplier")


@indicator(
    group="operating", unit="share", direction="lower",
    formula="amount of the largest customer / amount of all, latest period of trade; as told where "
    "no trade is known",
    label="Share of the largest customer", label_zh="第一大客户占比",
    five_c=("conditions", "capacity"), source=_SEGMENTS, low=0, high=1,
)  # fmt: skip
def largest_customer_share(facts: Facts) -> Measured:
    """Of the customers that are listed; one number, which a firm can tell without a list."""
    return _largest_share(facts, "customer").or_told(facts.told.largest_customer_share)


@indicator(
    group="operating", unit="share", direction="lower",
    formula="amount of the largest supplier / amount of all, latest period of trade",
    label="Share of the largest supplier", label_zh="第一大供应商占比",
    five_c=("conditions", "capacity"), source=_SEGMENTS, low=0, high=1,
)  # fmt: skip
def largest_supplier_share(facts: Facts) -> Measured:
    """Of the suppliers that are listed."""
    return _largest_share(facts, "supplier")


CONCENTRATION: tuple[Indicator, ...] = (
    customer_concentration,
    supplier_concentration,
    largest_customer_share,
    largest_supplier_share,
)
