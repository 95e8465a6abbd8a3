"""Contracts: whether what was promised was done, and by when."""

from __future__ import annotations

import numpy as np

from creditscore.indicators._facts import Facts
from creditscore.indicators._indicator import Indicator, indicator
from creditscore.indicators._latest_rows import last_by
from creditscore.indicators._measured import Measured
from creditscore.indicators._reputation._debts import judged
from creditscore.indicators._rows import CustomerRows

_CHINA = "GB/T 23794, Enterprise credit evaluation indicators (企业信用评价指标)"


def _contracts_due(facts: Facts) -> CustomerRows:
    """Return the contracts due in the 24 months to the day, each as it was known last."""
    rows = last_by(facts.contracts, ("contract", "due_on"), "known_on")
    return judged(rows, "fulfilled_on").within(months=24)


@indicator(
    group="reputation", unit="share", direction="higher",
    formula="mean of fulfilled_share of contracts due in the 24 months to the day",
    label="Contract fulfilment rate, 24 months", label_zh="近24个月合同履约率",
    five_c="character", source=_CHINA, low=0, high=1,
)  # fmt: skip
def contract_fulfilment_rate(facts: Facts) -> Measured:
    """Count what is open after its day as 0, and without a column of shares what is done as 1."""
    rows = _contracts_due(facts)
    done = ~np.isnat(rows.fulfilled_on)
    if not rows.has("fulfilled_share"):
        return rows.share(done)
    shares = np.asarray(rows.fulfilled_share, dtype=np.float64)
    return rows.mean(np.where(done, shares, 0.0))


@indicator(
    group="reputation", unit="share", direction="higher",
    formula="contracts fulfilled by due_on / contracts due in the 24 months to the day",
    label="Contracts on time, 24 months", label_zh="近24个月合同按期履约率",
    five_c="character", source=_CHINA, low=0, high=1,
)  # fmt: skip
def contract_on_time_rate(facts: Facts) -> Measured:
    """By count."""
    rows = _contracts_due(facts)
    # what is open has no day and compares as false
    return rows.share(rows.fulfilled_on <= rows.due_on)


CONTRACTS: tuple[Indicator, ...] = (contract_fulfilment_rate, contract_on_time_rate)
