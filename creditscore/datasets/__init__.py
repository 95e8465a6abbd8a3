"""Real credit data under a free licence, and synthetic firms, each with a data dictionary.

``load_german_credit`` and ``load_taiwan_credit`` return whole tables; their docstrings
are the dictionaries. ``describe_sample`` gives the same as a table, ``sample_info`` as
frozen values, and ``sample_path`` the CSV file for other readers.

``load_enterprises`` returns the tables of 1,000 firms that do not exist: statements, ledger,
contracts, surroundings, outcomes. ``describe_enterprises`` is their dictionary.
``make_enterprises`` and ``make_persons`` make as many firms and persons as wanted.
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

__all__ = [
    "Enterprises",
    "SampleInfo",
    "describe_enterprises",
    "describe_sample",
    "list_samples",
    "load_enterprises",
    "load_german_credit",
    "load_taiwan_credit",
    "make_enterprises",
    "make_persons",
    "sample_info",
    "sample_path",
]
