"""Facts about customers → indicators as of a day, each missing one with its reason."""

from creditscore.indicators._facts import Facts, facts_on
from creditscore.indicators._indicator import Indicator, indicator
from creditscore.indicators._indicator_set import IndicatorSet
from creditscore.indicators._indicator_table import IndicatorTable
from creditscore.indicators._measured import Measured
from creditscore.indicators._panel import Input
from creditscore.indicators._reason import REASON_KINDS, Reason
from creditscore.indicators._records import CustomerRecords
from creditscore.indicators._rows import CustomerRows

__all__ = [
    "REASON_KINDS",
    "CustomerRecords",
    "CustomerRows",
    "Facts",
    "Indicator",
    "IndicatorSet",
    "IndicatorTable",
    "Input",
    "Measured",
    "Reason",
    "facts_on",
    "indicator",
]
