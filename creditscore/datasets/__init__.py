"""Real credit data under a free licence, and synthetic firms, each with a data dictionary.

``load_german_credit`` and ``load_taiwan_credit`` return whole tables; their docstrings
are the dictionaries. ``describe_sample`` gives the same as a table, ``sample_info`` as
frozen values, and ``sample_path`` the CSV file for other readers.

``load_enterprises`` returns the tables of 1,000 firms that do not exist: statements, ledger,
contracts, surroundings, outcomes. ``describe_enterprises`` is their dictionary.
``make_enterprises`` and ``make_persons`` make as many firms and persons as wanted.

``load_trading_firm`` returns what a trading firm and third parties know of its customers, with
errors planted and told: lists, papers, payments, visits, answers, access log.
``describe_trading_firm`` is the dictionary, ``trading_firm_path`` a file of it,
``trading_firm_mappings`` what the columns of its files mean for the readers of collect, and
``make_trading_firm`` makes more.
"""

from creditscore.datasets._enterprises import (
    Enterprises,
    describe_enterprises,
    load_enterprises,
    make_enterprises,
    make_persons,
)
from creditscore.datasets._loaders import (
    describe_sample,
    load_german_credit,
    load_taiwan_credit,
)
from creditscore.datasets._manifest import (
    SampleInfo,
    list_samples,
    sample_info,
    sample_path,
)
from creditscore.datasets._trading_firm import (
    TradingFirm,
    describe_trading_firm,
    load_trading_firm,
    make_trading_firm,
    trading_firm_mappings,
    trading_firm_path,
)

__all__ = [
    "Enterprises",
    "SampleInfo",
    "TradingFirm",
    "describe_enterprises",
    "describe_sample",
    "describe_trading_firm",
    "list_samples",
    "load_enterprises",
    "load_german_credit",
    "load_taiwan_credit",
    "load_trading_firm",
    "make_enterprises",
    "make_persons",
    "make_trading_firm",
    "sample_info",
    "sample_path",
    "trading_firm_mappings",
    "trading_firm_path",
]
