"""Activity: what is made with which means, how it grows, and for how many years."""

from __future__ import annotations

from creditscore.indicators._facts import Facts
from creditscore.indicators._indicator import Indicator, indicator
from creditscore.indicators._measured import Measured

_AGE = "Stinchcombe (1965) and later work on the liability of newness"
_CAPACITY = "Board of Governors of the Federal Reserve System, release G.17, capacity utilization"
_PALEPU = "Palepu and Healy, Business Analysis and Valuation"


@indicator(
    group="operating", unit="share", direction="higher",
    formula="operations.output / operations.capacity",
    label="Capacity use", label_zh="产能利用率", five_c=("capacity",), source=_CAPACITY,
    low=0, high=1.2,
)  # fmt: skip
def capacity_use(facts: Facts) -> Measured:
    """Both in the same unit, such as tonnes a year."""
    return facts.operations.output / facts.operations.capacity


@indicator(
    group="operating", unit="ratio", direction="higher",
    formula="operations.output / output of the year before - 1",
    label="Growth of output", label_zh="产量增长率", five_c=("capacity",), source=_PALEPU,
    low=-0.5, high=1,
)  # fmt: skip
def output_growth(facts: Facts) -> Measured:
    """Growth in quantities, which prices do not move."""
    return facts.operations.output / facts.operations.before().output - 1


@indicator(
    group="operating", unit="ratio", direction="higher",
    formula="operations.employees / employees of the year before - 1",
    label="Growth of staff", label_zh="员工增长率", five_c=("capacity",), source=_PALEPU,
    low=-0.5, high=1,
)  # fmt: skip
def employee_growth(facts: Facts) -> Measured:
    """Tell of firms that shed staff fast: in trouble, or without a part of their business."""
    return facts.operations.employees / facts.operations.before().employees - 1


@indicator(
    group="operating", unit="amount", direction="higher",
    formula="revenue / operations.employees of the same period",
    label="Sales per employee", label_zh="人均营业收入", five_c=("capacity",), source=_PALEPU,
    low=0,
)  # fmt: skip
def sales_per_employee(facts: Facts) -> Measured:
    """In the currency of the statements."""
    return facts.revenue / facts.at_statement("operations").employees


@indicator(
    group="operating", unit="years", direction="higher",
    formula="years from profile.founded_on to the day",
    label="Years in business", label_zh="经营年限", five_c=("character", "capacity"), source=_AGE,
    low=0, high=300,
)  # fmt: skip
def years_in_business(facts: Facts) -> Measured:
    """Of 365.25 days."""
    return facts.profile.years_since("founded_on")


ACTIVITY: tuple[Indicator, ...] = (
    capacity_use,
    output_growth,
    employee_growth,
    sales_per_employee,
    years_in_business,
)
