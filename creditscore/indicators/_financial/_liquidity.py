"""Liquidity: whether a firm can pay what falls due within the year."""

from __future__ import annotations

from creditscore.indicators._financial._from_statements import from_statements
from creditscore.indicators._financial._source import ALTMAN_1968, CFA, FOULKE, SASAC
from creditscore.indicators._indicator import Indicator
from creditscore.indicators._measured import Measured
from creditscore.indicators._panel import PanelFacts


@from_statements(
    formula="current_assets / current_liabilities",
    unit="ratio",
    direction="higher",
    label="Current ratio",
    label_zh="流动比率",
    five_c="capacity",
    source=CFA,
    low=0.3,
    high=10,
)
def current_ratio(firm: PanelFacts) -> Measured:
    return firm.current_assets / firm.current_liabilities


@from_statements(
    formula="(current_assets - inventory) / current_liabilities",
    unit="ratio",
    direction="higher",
    label="Quick ratio",
    label_zh="速动比率",
    five_c="capacity",
    source=SASAC,
    low=0.1,
    high=8,
)
def quick_ratio(firm: PanelFacts) -> Measured:
    return (firm.current_assets - firm.inventory) / firm.current_liabilities


@from_statements(
    formula="cash / current_liabilities",
    unit="ratio",
    direction="higher",
    label="Cash ratio",
    label_zh="现金比率",
    five_c="capacity",
    source=CFA,
    low=0,
    high=5,
)
def cash_ratio(firm: PanelFacts) -> Measured:
    return firm.cash / firm.current_liabilities


@from_statements(
    formula="(current_assets - current_liabilities) / total_assets",
    unit="ratio",
    direction="higher",
    label="Working capital to total assets",
    label_zh="营运资金与总资产比率",
    five_c="capacity",
    source=ALTMAN_1968,
    low=-0.5,
    high=0.8,
)
def working_capital_to_assets(firm: PanelFacts) -> Measured:
    return (firm.current_assets - firm.current_liabilities) / firm.total_assets


@from_statements(
    formula="inventory / (current_assets - current_liabilities)",
    unit="ratio",
    direction="lower",
    label="Inventory to working capital",
    label_zh="存货与营运资金比率",
    five_c=("capacity", "collateral"),
    source=FOULKE,
    low=0,
    high=5,
)
def inventory_to_working_capital(firm: PanelFacts) -> Measured:
    return firm.inventory / (firm.current_assets - firm.current_liabilities)


@from_statements(
    formula="365 * (cash + receivables) / (cost_of_sales + operating_expenses - depreciation)",
    unit="days",
    direction="higher",
    label="Defensive interval in days",
    label_zh="防御区间天数",
    five_c="capacity",
    source=CFA,
    low=5,
    high=1000,
)
def defensive_days(firm: PanelFacts) -> Measured:
    liquid = firm.cash + firm.receivables
    spent = firm.cost_of_sales + firm.operating_expenses - firm.depreciation
    return 365 * liquid / spent


LIQUIDITY: tuple[Indicator, ...] = (
    current_ratio,
    quick_ratio,
    cash_ratio,
    working_capital_to_assets,
    inventory_to_working_capital,
    defensive_days,
)
