"""Profitability: what is left of sales, and what assets and equity earn."""

from __future__ import annotations

from creditscore.indicators._financial._from_statements import from_statements
from creditscore.indicators._financial._source import CFA, COMMON, PALEPU, SASAC
from creditscore.indicators._indicator import Indicator
from creditscore.indicators._measured import Measured
from creditscore.indicators._panel import PanelFacts


@from_statements(
    formula="(revenue - cost_of_sales) / revenue",
    unit="share",
    direction="higher",
    label="Gross margin",
    label_zh="销售毛利率",
    five_c="capacity",
    source=CFA,
    low=-0.2,
    high=0.9,
)
def gross_margin(firm: PanelFacts) -> Measured:
    return (firm.revenue - firm.cost_of_sales) / firm.revenue


@from_statements(
    formula="ebit / revenue",
    unit="share",
    direction="higher",
    label="Operating margin, before interest and tax",
    label_zh="息税前利润率",
    five_c="capacity",
    source=CFA,
    low=-0.5,
    high=0.6,
)
def operating_margin(firm: PanelFacts) -> Measured:
    return firm.ebit / firm.revenue


@from_statements(
    formula="(ebit + depreciation + amortisation) / revenue",
    unit="share",
    direction="higher",
    label="EBITDA margin",
    label_zh="EBITDA利润率",
    five_c="capacity",
    source=PALEPU,
    low=-0.5,
    high=0.7,
)
def ebitda_margin(firm: PanelFacts) -> Measured:
    return (firm.ebit + firm.depreciation + firm.amortisation) / firm.revenue


@from_statements(
    formula="net_income / revenue",
    unit="share",
    direction="higher",
    label="Net margin",
    label_zh="销售净利率",
    five_c="capacity",
    source=CFA,
    low=-0.5,
    high=0.5,
)
def net_margin(firm: PanelFacts) -> Measured:
    return firm.net_income / firm.revenue


@from_statements(
    formula="net_income / average(total_assets)",
    unit="share",
    direction="higher",
    label="Return on assets",
    label_zh="总资产净利率",
    five_c="capacity",
    source=CFA,
    low=-0.5,
    high=0.5,
)
def return_on_assets(firm: PanelFacts) -> Measured:
    return firm.net_income / firm.average("total_assets")


@from_statements(
    formula="(pretax_income + interest_expense) / average(total_assets)",
    unit="share",
    direction="higher",
    label="Return on total assets, before interest and tax",
    label_zh="总资产报酬率",
    five_c="capacity",
    source=SASAC,
    low=-0.5,
    high=0.6,
)
def return_on_total_assets(firm: PanelFacts) -> Measured:
    return (firm.pretax_income + firm.interest_expense) / firm.average("total_assets")


@from_statements(
    formula="net_income / average(equity)",
    unit="share",
    direction="higher",
    label="Return on equity",
    label_zh="净资产收益率",
    five_c="capacity",
    source=SASAC,
    low=-1,
    high=1,
)
def return_on_equity(firm: PanelFacts) -> Measured:
    return firm.net_income / firm.average("equity")


@from_statements(
    formula="ebit / (average(total_assets) - average(current_liabilities))",
    unit="share",
    direction="higher",
    label="Return on capital employed",
    label_zh="已动用资本回报率",
    five_c="capacity",
    source=COMMON,
    low=-0.5,
    high=0.8,
)
def return_on_capital_employed(firm: PanelFacts) -> Measured:
    return firm.ebit / (firm.average("total_assets") - firm.average("current_liabilities"))


@from_statements(
    formula="pretax_income / (cost_of_sales + operating_expenses + interest_expense)",
    unit="share",
    direction="higher",
    label="Pre-tax profit to costs",
    label_zh="成本费用利润率",
    five_c="capacity",
    source=SASAC,
    low=-0.5,
    high=1,
)
def profit_to_costs(firm: PanelFacts) -> Measured:
    costs = firm.cost_of_sales + firm.operating_expenses + firm.interest_expense
    return firm.pretax_income / costs


PROFITABILITY: tuple[Indicator, ...] = (
    gross_margin,
    operating_margin,
    ebitda_margin,
    net_margin,
    return_on_assets,
    return_on_total_assets,
    return_on_equity,
    return_on_capital_employed,
    profit_to_costs,
)
