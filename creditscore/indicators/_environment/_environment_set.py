"""The indicators of the risk environment."""

from __future__ import annotations

from creditscore.indicators._environment._country import COUNTRY
from creditscore.indicators._environment._cycle import CYCLE
from creditscore.indicators._environment._events import EVENTS
from creditscore.indicators._environment._industry import INDUSTRY
from creditscore.indicators._environment._industry_index import IndustryIndex
from creditscore.indicators._indicator_set import IndicatorSet

ENVIRONMENT = IndicatorSet(
    indicators=(*INDUSTRY, IndustryIndex().indicator(), *COUNTRY, *EVENTS, *CYCLE)
)
"""Industry, country, events, cycle."""
