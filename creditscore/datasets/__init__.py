"""Real credit data under a free licence, with a data dictionary.

``load_german_credit`` and ``load_taiwan_credit`` return whole tables; their docstrings
are the dictionaries. ``describe_sample`` gives the same as a table, ``sample_info`` as
frozen values, and ``sample_path`` the CSV file for other readers.
"""

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
    "SampleInfo",
    "describe_sample",
    "list_samples",
    "load_german_credit",
    "load_taiwan_credit",
    "sample_info",
    "sample_path",
]
