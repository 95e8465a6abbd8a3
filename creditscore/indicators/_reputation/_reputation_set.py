"""The indicators of reputation."""

from __future__ import annotations

from creditscore.indicators._indicator_set import IndicatorSet
from creditscore.indicators._reputation._claims import CLAIMS
from creditscore.indicators._reputation._contracts import CONTRACTS
from creditscore.indicators._reputation._opinions import OPINIONS
from creditscore.indicators._reputation._payment import PAYMENT
from creditscore.indicators._reputation._trend import TREND

REPUTATION = IndicatorSet(indicators=(*PAYMENT, *TREND, *CLAIMS, *CONTRACTS, *OPINIONS))
"""Payments and their trend, disputes and returns, contracts, opinions of others."""
