"""Growth: what became of sales, profit and equity since the year before."""

from __future__ import annotations

from creditscore.indicators._financial._from_statements import from_statements
from creditscore.indicators._financial._source import COMMON, HIGGINS, SASAC
from creditscore.indicators._indicator import Indicator
from creditscore.indicators._measured import Measured
from creditscore.indicators._panel import PanelFacts


@from_statements(
    formula="revenue / before(revenue) - 1",
    unit="share",
    direction="higher",
    label="Growth of sales",
    label_zh="销售增长率",
    five_c=("capacity", "conditions"),
    source=SASAC,
    low=-0.6,
    high=2,
)
def sales_growth(firm: PanelFacts) -> Measured:
    return firm.revenue / firm.before().revenue - 1


@from_statements(
    formula="ebit / before(ebit) - 1",
    unit="share",
    direction="higher",
    label="Growth of profit before interest and tax",
    label_zh="息税前利润增长率",
    five_c="capacity",
    source=COMMON,
    low=-2,
    high=5,
)
def operating_profit_growth(firm: PanelFacts) -> Measured:
    return firm.ebit / firm.before().ebit - 1


@from_statements(
    formula="net_income / before(net_income) - 1",
    unit="share",
    direction="higher",
    label="Growth of net income",
    label_zh="净利润增长率",
    five_c="capacity",
    source=COMMON,
    low=-2,
    high=5,
)
def profit_growth(firm: PanelFacts) -> Measured:
    return firm.net_income / firm.before().net_income - 1


@from_statements(
    formula="total_assets / before(total_assets) - 1",
    unit="share",
    direction="higher",
    label="Growth of total assets",
    label_zh="总资产增长率",
    five_c="capital",
    source=SASAC,
    low=-0.5,
    high=2,
)
def asset_growth(firm: PanelFacts) -> Measured:
    return firm.total_assets / firm.before().total_assets - 1


@from_statements(
    formula="equity / before(equity) - 1",
    unit="share",
    direction="higher",
    label="Growth of equity",
    label_zh="净资产增长率",
    five_c="capital",
    source=COMMON,
    low=-0.8,
    high=2,
)
def equity_growth(firm: PanelFacts) -> Measured:
    return firm.equity / firm.before().equity - 1


@from_statements(
    formula="equity / before(equity)",
    unit="ratio",
    direction="higher",
    label="Closing by opening equity",
    label_zh="资本保值增值率",
    five_c="capital",
    source=f"{SASAC}; without its correction for capital paid in or taken out",
    low=0.2,
    high=3,
)
def capital_preservation_rate(firm: PanelFacts) -> Measured:
    return firm.equity / firm.before().equity


@from_statements(
    formula="(net_income - dividends) / before(equity)",
    unit="share",
    direction="higher",
    label="Sustainable growth",
    label_zh="可持续增长率",
    five_c=("capacity", "capital"),
    source=HIGGINS,
    low=-0.5,
    high=1,
)
def sustainable_growth(firm: PanelFacts) -> Measured:
    return (firm.net_income - firm.dividends) / firm.before().equity


GROWTH: tuple[Indicator, ...] = (
    sales_growth,
    operating_profit_growth,
    profit_growth,
    asset_growth,
    equity_growth,
    capital_preservation_rate,
    sustainable_growth,
)
