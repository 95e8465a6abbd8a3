"""All columns of a table, one after the other or shared among processes."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TypeVar

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs  # type: ignore[import-untyped]

from creditscore._progress import tracked
from creditscore._warn import warn_user
from creditscore.binning._fit import Sample, fit_column
from creditscore.binning._settings import BinSettings
from creditscore.binning._table import BinTable
from creditscore.exceptions import CreditScoreWarning, InvalidParameterError

_Said = tuple[str, type[CreditScoreWarning]]
_T = TypeVar("_T")


def bin_columns(
    sample: Sample,
    settings: Mapping[str, BinSettings],
    *,
    n_jobs: int | None = None,
    progress: bool = False,
) -> dict[str, BinTable]:
    """Find the bins of all columns, in the order of the settings.

    With several processes, each gets a share of the columns at a time, and its warnings are
    given again by the caller's own process.
    """
    whole = isinstance(n_jobs, (int, np.integer)) and not isinstance(n_jobs, bool)
    if n_jobs is not None and not (whole and n_jobs):
        msg = (
            "The 'n_jobs' parameter of WOEEncoder must be None, a number of processes, or -1 for "
            f"one on each core. Got {n_jobs!r} instead."
        )
        raise InvalidParameterError(msg)
    names = list(settings)
    n_processes = min(1 if n_jobs is None else effective_n_jobs(n_jobs), len(names))
    if n_processes == 1:
        shown = tracked(names, "Binning", progress=progress)
        return {name: fit_column(sample, name, settings[name]) for name in shown}
    shares = [names[i :: 4 * n_processes] for i in range(4 * n_processes)]
    jobs = (
        delayed(_fit_share)(sample.only(share), {name: settings[name] for name in share})
        for share in shares
        if share
    )
    done = Parallel(n_jobs=n_processes, return_as="generator_unordered")(jobs)
    tables: dict[str, BinTable] = {}
    for found, said in tracked(
        done, "Binning", progress=progress, total=min(len(shares), len(names))
    ):
        tables |= found
        for message, category in said:
            warn_user(message, category)
    return {name: tables[name] for name in names}


def _fit_share(
    sample: Sample, settings: Mapping[str, BinSettings]
) -> tuple[dict[str, BinTable], list[_Said]]:
    """Fit some columns in another process; bring back what was warned of."""
    with warnings.catch_warnings(record=True, action="always") as caught:
        tables = {name: fit_column(sample, name, settings[name]) for name in settings}
    said = [
        (str(one.message), one.category)
        for one in caught
        if issubclass(one.category, CreditScoreWarning)
    ]
    return tables, said
