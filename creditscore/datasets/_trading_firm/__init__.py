"""A synthetic trading firm: what it and others know of its customers, with planted errors."""

from creditscore.datasets._trading_firm._bundle import TradingFirm, make_trading_firm
from creditscore.datasets._trading_firm._sample import (
    describe_trading_firm,
    load_trading_firm,
    trading_firm_mappings,
    trading_firm_path,
)

__all__ = [
    "TradingFirm",
    "describe_trading_firm",
    "load_trading_firm",
    "make_trading_firm",
    "trading_firm_mappings",
    "trading_firm_path",
]
