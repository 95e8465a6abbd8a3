"""All indicators of enterprises, in the four groups of the indicator system."""

from __future__ import annotations

from creditscore.indicators._environment._environment_set import ENVIRONMENT
from creditscore.indicators._financial._financial_set import FINANCIAL
from creditscore.indicators._indicator_set import IndicatorSet
from creditscore.indicators._operating._operating_set import OPERATING
from creditscore.indicators._reputation._reputation_set import REPUTATION

ENTERPRISE: IndicatorSet = FINANCIAL + OPERATING + REPUTATION + ENVIRONMENT
"""Financial, operating, reputation and risk environment."""
