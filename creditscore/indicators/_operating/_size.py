"""Size, in logarithms, so that twice as large is the same step at any size."""

from __future__ import annotations

from creditscore.indicators._facts import Facts
from creditscore.indicators._indicator import Indicator, indicator
from creditscore.indicators._measured import Measured

_LOGARITHMS = "Ohlson (1980), Journal of Accounting Research 18(1), uses the logarithm of assets"


@indicator(
    group="operating", unit="index", direction="higher", formula="ln(revenue)",
    label="Size by sales", label_zh="营业收入规模（对数）", five_c=("capacity",),
    source=_LOGARITHMS, low=0, high=35,
)  # fmt: skip
def log_revenue(facts: Facts) -> Measured:
    """Amounts are in the currency of the statements: compare firms of one currency only."""
    return facts.revenue.log()


@indicator(
    group="operating", unit="index", direction="higher", formula="ln(total_assets)",
    label="Size by assets", label_zh="资产规模（对数）", five_c=("capital",), source=_LOGARITHMS,
    low=0, high=35,
)  # fmt: skip
def log_assets(facts: Facts) -> Measured:
    """Amounts are in the currency of the statements: compare firms of one currency only."""
    return facts.total_assets.log()


@indicator(
    group="operating", unit="index", direction="higher", formula="ln(operations.employees)",
    label="Size by employees", label_zh="员工规模（对数）", five_c=("capacity",),
    source=_LOGARITHMS, low=0, high=15,
)  # fmt: skip
def log_employees(facts: Facts) -> Measured:
    """Heads or full-time equivalents, alike for all."""
    return facts.operations.employees.log()


SIZE: tuple[Indicator, ...] = (log_revenue, log_assets, log_employees)
