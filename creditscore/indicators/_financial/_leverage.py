"""Leverage: how much of a firm creditors carry, and how much its owners."""

from __future__ import annotations

from creditscore.indicators._financial._from_statements import from_statements
from creditscore.indicators._financial._source import CICPA, COMMON, PALEPU, SASAC, WALL
from creditscore.indicators._indicator import Indicator
from creditscore.indicators._measured import Measured
from creditscore.indicators._panel import PanelFacts


@from_statements(
    formula="total_liabilities / total_assets",
    unit="share",
    direction="lower",
    label="Debt ratio",
    label_zh="资产负债率",
    five_c="capital",
    source=SASAC,
    low=0.05,
    high=1,
)
def debt_ratio(firm: PanelFacts) -> Measured:
    return firm.total_liabilities / firm.total_assets


@from_statements(
    formula="equity / total_assets",
    unit="share",
    direction="higher",
    label="Equity ratio",
    label_zh="股东权益比率",
    five_c="capital",
    source=COMMON,
    low=0,
    high=0.95,
)
def equity_ratio(firm: PanelFacts) -> Measured:
    return firm.equity / firm.total_assets


@from_statements(
    formula="total_liabilities / equity",
    unit="ratio",
    direction="lower",
    label="Total liabilities to equity",
    label_zh="产权比率",
    five_c="capital",
    source=CICPA,
    low=0.05,
    high=10,
)
def debt_to_equity(firm: PanelFacts) -> Measured:
    return firm.total_liabilities / firm.equity


@from_statements(
    formula="equity - intangible_assets",
    unit="amount",
    direction="higher",
    label="Tangible net worth",
    label_zh="有形净资产",
    five_c=("capital", "collateral"),
    source=CICPA,
    low=0,
    high=float("inf"),
)
def tangible_net_worth(firm: PanelFacts) -> Measured:
    return firm.equity - firm.intangible_assets


@from_statements(
    formula="total_liabilities / (equity - intangible_assets)",
    unit="ratio",
    direction="lower",
    label="Total liabilities to tangible net worth",
    label_zh="有形净值债务率",
    five_c=("capital", "collateral"),
    source=CICPA,
    low=0.05,
    high=15,
)
def debt_to_tangible_net_worth(firm: PanelFacts) -> Measured:
    return firm.total_liabilities / (firm.equity - firm.intangible_assets)


@from_statements(
    formula="long_term_debt / (long_term_debt + equity)",
    unit="share",
    direction="lower",
    label="Long-term debt to long-term capital",
    label_zh="长期资本负债率",
    five_c="capital",
    source=CICPA,
    low=0,
    high=0.9,
)
def long_term_debt_to_capital(firm: PanelFacts) -> Measured:
    return firm.long_term_debt / (firm.long_term_debt + firm.equity)


@from_statements(
    formula="(short_term_debt + long_term_debt - cash) / equity",
    unit="ratio",
    direction="lower",
    label="Net debt to equity",
    label_zh="净负债率",
    five_c="capital",
    source=PALEPU,
    low=-1,
    high=5,
)
def net_debt_to_equity(firm: PanelFacts) -> Measured:
    return (firm.short_term_debt + firm.long_term_debt - firm.cash) / firm.equity


@from_statements(
    formula="(short_term_debt + long_term_debt) / total_liabilities",
    unit="share",
    direction="lower",
    label="Interest-bearing debt in total liabilities",
    label_zh="带息负债比率",
    five_c="capital",
    source=SASAC,
    low=0,
    high=1,
)
def interest_bearing_debt_share(firm: PanelFacts) -> Measured:
    return (firm.short_term_debt + firm.long_term_debt) / firm.total_liabilities


@from_statements(
    formula="short_term_debt / (short_term_debt + long_term_debt)",
    unit="share",
    direction="lower",
    label="Short-term debt in interest-bearing debt",
    label_zh="短期债务占有息债务比率",
    five_c="capital",
    source=COMMON,
    low=0,
    high=1,
)
def short_term_debt_share(firm: PanelFacts) -> Measured:
    return firm.short_term_debt / (firm.short_term_debt + firm.long_term_debt)


@from_statements(
    formula="fixed_assets / equity",
    unit="ratio",
    direction="lower",
    label="Fixed assets to equity",
    label_zh="固定资产与净资产比率",
    five_c=("capital", "collateral"),
    source=WALL,
    low=0,
    high=5,
)
def fixed_assets_to_equity(firm: PanelFacts) -> Measured:
    return firm.fixed_assets / firm.equity


LEVERAGE: tuple[Indicator, ...] = (
    debt_ratio,
    equity_ratio,
    debt_to_equity,
    tangible_net_worth,
    debt_to_tangible_net_worth,
    long_term_debt_to_capital,
    net_debt_to_equity,
    interest_bearing_debt_share,
    short_term_debt_share,
    fixed_assets_to_equity,
)
