"""Cash flow: whether profits come in as cash, and what investments leave of it."""

from __future__ import annotations

from creditscore.indicators._financial._from_statements import from_statements
from creditscore.indicators._financial._source import CFA, COMMON, SASAC, SLOAN, SP
from creditscore.indicators._indicator import Indicator
from creditscore.indicators._measured import Measured
from creditscore.indicators._panel import PanelFacts


@from_statements(
    formula="operating_cash_flow / current_liabilities",
    unit="ratio",
    direction="higher",
    label="Operating cash flow to current liabilities",
    label_zh="现金流动负债比率",
    five_c="capacity",
    source=SASAC,
    low=-1,
    high=3,
)
def operating_cash_flow_ratio(firm: PanelFacts) -> Measured:
    return firm.operating_cash_flow / firm.current_liabilities


@from_statements(
    formula="operating_cash_flow / revenue",
    unit="share",
    direction="higher",
    label="Operating cash flow to sales",
    label_zh="销售现金比率",
    five_c="capacity",
    source=CFA,
    low=-0.5,
    high=0.6,
)
def cash_flow_to_sales(firm: PanelFacts) -> Measured:
    return firm.operating_cash_flow / firm.revenue


@from_statements(
    formula="operating_cash_flow / net_income",
    unit="ratio",
    direction="higher",
    label="Operating cash flow to net income",
    label_zh="盈余现金保障倍数",
    five_c=("character", "capacity"),
    source=SASAC,
    low=-10,
    high=20,
)
def cash_flow_to_profit(firm: PanelFacts) -> Measured:
    return firm.operating_cash_flow / firm.net_income


@from_statements(
    formula="operating_cash_flow / average(total_assets)",
    unit="share",
    direction="higher",
    label="Cash return on assets",
    label_zh="资产现金回收率",
    five_c="capacity",
    source=SASAC,
    low=-0.4,
    high=0.5,
)
def cash_return_on_assets(firm: PanelFacts) -> Measured:
    return firm.operating_cash_flow / firm.average("total_assets")


@from_statements(
    formula="(net_income - operating_cash_flow) / average(total_assets)",
    unit="share",
    direction="lower",
    label="Accruals to total assets",
    label_zh="应计利润与总资产比率",
    five_c=("character", "capacity"),
    source=SLOAN,
    low=-0.4,
    high=0.4,
)
def accruals_to_assets(firm: PanelFacts) -> Measured:
    return (firm.net_income - firm.operating_cash_flow) / firm.average("total_assets")


@from_statements(
    formula="(operating_cash_flow - capital_expenditure) / (short_term_debt + long_term_debt)",
    unit="ratio",
    direction="higher",
    label="Free cash flow to interest-bearing debt",
    label_zh="自由现金流量与有息债务比率",
    five_c="capacity",
    source=SP,
    low=-2,
    high=3,
)
def free_cash_flow_to_debt(firm: PanelFacts) -> Measured:
    free = firm.operating_cash_flow - firm.capital_expenditure
    return free / (firm.short_term_debt + firm.long_term_debt)


@from_statements(
    formula="operating_cash_flow / capital_expenditure",
    unit="ratio",
    direction="higher",
    label="Operating cash flow to capital expenditure",
    label_zh="资本支出保障倍数",
    five_c="capacity",
    source=CFA,
    low=-10,
    high=50,
)
def capex_cover(firm: PanelFacts) -> Measured:
    return firm.operating_cash_flow / firm.capital_expenditure


@from_statements(
    formula="capital_expenditure / depreciation",
    unit="ratio",
    direction="neither",
    label="Capital expenditure to depreciation",
    label_zh="资本支出与折旧比率",
    five_c=("capacity", "collateral"),
    source=COMMON,
    low=0,
    high=10,
)
def capex_to_depreciation(firm: PanelFacts) -> Measured:
    return firm.capital_expenditure / firm.depreciation


CASH_FLOW: tuple[Indicator, ...] = (
    operating_cash_flow_ratio,
    cash_flow_to_sales,
    cash_flow_to_profit,
    cash_return_on_assets,
    accruals_to_assets,
    free_cash_flow_to_debt,
    capex_cover,
    capex_to_depreciation,
)
