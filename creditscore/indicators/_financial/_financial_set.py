"""The financial indicators, in groups of a kind."""

from __future__ import annotations

from creditscore.indicators._financial._altman import ALTMAN
from creditscore.indicators._financial._cash_flow import CASH_FLOW
from creditscore.indicators._financial._coverage import COVERAGE
from creditscore.indicators._financial._dupont import DUPONT
from creditscore.indicators._financial._efficiency import EFFICIENCY
from creditscore.indicators._financial._growth import GROWTH
from creditscore.indicators._financial._leverage import LEVERAGE
from creditscore.indicators._financial._liquidity import LIQUIDITY
from creditscore.indicators._financial._ohlson import OHLSON_INDICATORS
from creditscore.indicators._financial._piotroski import PIOTROSKI_F, PIOTROSKI_SIGNALS
from creditscore.indicators._financial._profitability import PROFITABILITY
from creditscore.indicators._financial._zmijewski import ZMIJEWSKI_INDICATORS
from creditscore.indicators._indicator_set import IndicatorSet

FINANCIAL = IndicatorSet(
    indicators=(
        *LIQUIDITY,
        *LEVERAGE,
        *COVERAGE,
        *PROFITABILITY,
        *DUPONT,
        *EFFICIENCY,
        *GROWTH,
        *CASH_FLOW,
        *ALTMAN,
        *OHLSON_INDICATORS,
        *ZMIJEWSKI_INDICATORS,
        PIOTROSKI_F,
    )
)
"""Indicators of statements.

Items are of the year; balances in a turnover or a return are means of the year's and those of the
year before, and without those the indicator is missing (names that end in ``_closing`` take the
year's alone). Costs, interest, tax, dividends and capital expenditure are above zero. Amortisation
is 0 where depreciation holds it. Amounts of Ohlson's model are in units of currency.
"""

PIOTROSKI = IndicatorSet(indicators=(*PIOTROSKI_SIGNALS, PIOTROSKI_F))
"""Piotroski's nine signals, 1 or 0, and their sum."""
