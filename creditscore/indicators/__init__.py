"""Facts about customers → indicators as of a day, each missing one with its reason."""

from creditscore.indicators._enterprise import ENTERPRISE
from creditscore.indicators._environment._cycle import cycle_phases
from creditscore.indicators._environment._environment_set import ENVIRONMENT
from creditscore.indicators._environment._industry_index import IndustryIndex
from creditscore.indicators._environment._shrunken_rates import ShrunkenRates, shrunken_rates
from creditscore.indicators._facts import Facts, facts_on
from creditscore.indicators._financial._altman import altman_rating, altman_z, altman_zone
from creditscore.indicators._financial._dupont import dupont, dupont_change, dupont_factors
from creditscore.indicators._financial._dupont_result import DuPont
from creditscore.indicators._financial._financial_set import FINANCIAL, PIOTROSKI
from creditscore.indicators._financial._ohlson import (
    ohlson_indicators,
    ohlson_o,
    ohlson_probability,
)
from creditscore.indicators._financial._piotroski import (
    PiotroskiRatios,
    piotroski_f,
    piotroski_signals,
)
from creditscore.indicators._financial._zmijewski import zmijewski_probability, zmijewski_score
from creditscore.indicators._indicator import Indicator, indicator
from creditscore.indicators._indicator_set import IndicatorSet
from creditscore.indicators._indicator_table import IndicatorTable
from creditscore.indicators._measured import Measured
from creditscore.indicators._operating._operating_set import OPERATING
from creditscore.indicators._operating._peer_display import PeerDisplay
from creditscore.indicators._operating._peers import against_peers, peer_benchmarks
from creditscore.indicators._panel import Input
from creditscore.indicators._person._person_set import PERSON
from creditscore.indicators._readers._read_result import ReadResult
from creditscore.indicators._readers._readers import (
    read_events,
    read_industry_table,
    read_ratings,
    read_references,
    read_survey,
)
from creditscore.indicators._readers._template import template_columns, write_template
from creditscore.indicators._reason import REASON_KINDS, Reason
from creditscore.indicators._records import CustomerRecords
from creditscore.indicators._reputation._reputation_set import REPUTATION
from creditscore.indicators._rows import CustomerRows

__all__ = [
    "ENTERPRISE",
    "ENVIRONMENT",
    "FINANCIAL",
    "OPERATING",
    "PERSON",
    "PIOTROSKI",
    "REASON_KINDS",
    "REPUTATION",
    "CustomerRecords",
    "CustomerRows",
    "DuPont",
    "Facts",
    "Indicator",
    "IndicatorSet",
    "IndicatorTable",
    "IndustryIndex",
    "Input",
    "Measured",
    "PeerDisplay",
    "PiotroskiRatios",
    "ReadResult",
    "Reason",
    "ShrunkenRates",
    "against_peers",
    "altman_rating",
    "altman_z",
    "altman_zone",
    "cycle_phases",
    "dupont",
    "dupont_change",
    "dupont_factors",
    "facts_on",
    "indicator",
    "ohlson_indicators",
    "ohlson_o",
    "ohlson_probability",
    "peer_benchmarks",
    "piotroski_f",
    "piotroski_signals",
    "read_events",
    "read_industry_table",
    "read_ratings",
    "read_references",
    "read_survey",
    "shrunken_rates",
    "template_columns",
    "write_template",
    "zmijewski_probability",
    "zmijewski_score",
]
