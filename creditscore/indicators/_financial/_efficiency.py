"""Efficiency: how fast assets turn over, in times a year and in days."""

from __future__ import annotations

from creditscore.indicators._financial._from_statements import from_statements
from creditscore.indicators._financial._source import CFA, PALEPU, SASAC
from creditscore.indicators._indicator import Indicator
from creditscore.indicators._measured import Measured
from creditscore.indicators._panel import PanelFacts


def _receivables_days(firm: PanelFacts) -> Measured:
    return 365 * firm.average("receivables") / firm.revenue


def _inventory_days(firm: PanelFacts) -> Measured:
    return 365 * firm.average("inventory") / firm.cost_of_sales


def _payables_days(firm: PanelFacts) -> Measured:
    return 365 * firm.average("payables") / firm.cost_of_sales


@from_statements(
    formula="revenue / average(total_assets)",
    unit="ratio",
    direction="higher",
    label="Turnover of assets, times a year",
    label_zh="总资产周转率",
    five_c="capacity",
    source=SASAC,
    low=0.05,
    high=5,
)
def asset_turnover(firm: PanelFacts) -> Measured:
    return firm.revenue / firm.average("total_assets")


@from_statements(
    formula="revenue / average(current_assets)",
    unit="ratio",
    direction="higher",
    label="Turnover of current assets, times a year",
    label_zh="流动资产周转率",
    five_c="capacity",
    source=SASAC,
    low=0.1,
    high=15,
)
def current_asset_turnover(firm: PanelFacts) -> Measured:
    return firm.revenue / firm.average("current_assets")


@from_statements(
    formula="revenue / average(fixed_assets)",
    unit="ratio",
    direction="higher",
    label="Turnover of fixed assets, times a year",
    label_zh="固定资产周转率",
    five_c="capacity",
    source=CFA,
    low=0.1,
    high=100,
)
def fixed_asset_turnover(firm: PanelFacts) -> Measured:
    return firm.revenue / firm.average("fixed_assets")


@from_statements(
    formula="revenue / average(receivables)",
    unit="ratio",
    direction="higher",
    label="Turnover of receivables, times a year",
    label_zh="应收账款周转率",
    five_c="capacity",
    source=SASAC,
    low=1,
    high=100,
)
def receivables_turnover(firm: PanelFacts) -> Measured:
    return firm.revenue / firm.average("receivables")


@from_statements(
    formula="cost_of_sales / average(inventory)",
    unit="ratio",
    direction="higher",
    label="Turnover of inventory, times a year",
    label_zh="存货周转率",
    five_c="capacity",
    source=CFA,
    low=0.5,
    high=100,
)
def inventory_turnover(firm: PanelFacts) -> Measured:
    return firm.cost_of_sales / firm.average("inventory")


@from_statements(
    formula="cost_of_sales / average(payables)",
    unit="ratio",
    direction="higher",
    label="Turnover of payables, times a year",
    label_zh="应付账款周转率",
    five_c=("character", "capacity"),
    source=PALEPU,
    low=1,
    high=100,
)
def payables_turnover(firm: PanelFacts) -> Measured:
    return firm.cost_of_sales / firm.average("payables")


@from_statements(
    formula="365 * average(receivables) / revenue",
    unit="days",
    direction="lower",
    label="Days of sales in receivables",
    label_zh="应收账款周转天数",
    five_c="capacity",
    source=CFA,
    low=0,
    high=365,
)
def receivables_days(firm: PanelFacts) -> Measured:
    return _receivables_days(firm)


@from_statements(
    formula="365 * average(inventory) / cost_of_sales",
    unit="days",
    direction="lower",
    label="Days of sales in inventory",
    label_zh="存货周转天数",
    five_c="capacity",
    source=CFA,
    low=0,
    high=730,
)
def inventory_days(firm: PanelFacts) -> Measured:
    return _inventory_days(firm)


@from_statements(
    formula="365 * average(payables) / cost_of_sales",
    unit="days",
    direction="lower",
    label="Days of payables",
    label_zh="应付账款周转天数",
    five_c=("character", "capacity"),
    source=PALEPU,
    low=0,
    high=365,
)
def payables_days(firm: PanelFacts) -> Measured:
    return _payables_days(firm)


@from_statements(
    formula=(
        "365 * average(receivables) / revenue + 365 * average(inventory) / cost_of_sales - "
        "365 * average(payables) / cost_of_sales"
    ),
    unit="days",
    direction="lower",
    label="Cash conversion cycle in days",
    label_zh="现金周转期",
    five_c="capacity",
    source=CFA,
    low=-180,
    high=730,
)
def cash_conversion_days(firm: PanelFacts) -> Measured:
    return _receivables_days(firm) + _inventory_days(firm) - _payables_days(firm)


@from_statements(
    formula="365 * receivables / revenue",
    unit="days",
    direction="lower",
    label="Days of sales in receivables, on the closing balance",
    label_zh="应收账款周转天数（期末余额）",
    five_c="capacity",
    source=PALEPU,
    low=0,
    high=365,
)
def receivables_days_closing(firm: PanelFacts) -> Measured:
    return 365 * firm.receivables / firm.revenue


@from_statements(
    formula="365 * payables / cost_of_sales",
    unit="days",
    direction="lower",
    label="Days of payables, on the closing balance",
    label_zh="应付账款周转天数（期末余额）",
    five_c=("character", "capacity"),
    source=PALEPU,
    low=0,
    high=365,
)
def payables_days_closing(firm: PanelFacts) -> Measured:
    return 365 * firm.payables / firm.cost_of_sales


EFFICIENCY: tuple[Indicator, ...] = (
    asset_turnover,
    current_asset_turnover,
    fixed_asset_turnover,
    receivables_turnover,
    inventory_turnover,
    payables_turnover,
    receivables_days,
    inventory_days,
    payables_days,
    cash_conversion_days,
    receivables_days_closing,
    payables_days_closing,
)
