"""The operating indicators."""

from __future__ import annotations

from creditscore.indicators._indicator_set import IndicatorSet
from creditscore.indicators._operating._activity import ACTIVITY
from creditscore.indicators._operating._concentration import CONCENTRATION
from creditscore.indicators._operating._market import MARKET
from creditscore.indicators._operating._peers import PEERS
from creditscore.indicators._operating._size import SIZE

OPERATING = IndicatorSet(indicators=(*SIZE, *MARKET, *PEERS, *ACTIVITY, *CONCENTRATION))
"""Size, market, peers, activity, concentration."""
