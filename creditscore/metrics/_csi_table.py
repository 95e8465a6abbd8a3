"""The stability of all characteristics, by the customary limits and by what chance makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from creditscore._validation import check_real
from creditscore.exceptions import InvalidDataError
from creditscore.metrics._psi_test import psi_benchmark, psi_test
from creditscore.metrics._stability import psi

_WATCH, _SHIFTED = 0.10, 0.25
"""Customary limits of PSI."""


def csi_table(
    counts: Mapping[str, tuple[Any, Any]], *, level: float = 0.95, floor: float = 1e-4
) -> pd.DataFrame:
    """Compare the distribution of each characteristic with what it was.

    Parameters
    ----------
    counts : mapping of str to a pair of array-like
        For each characteristic, the cases that were expected and those that there are, both of
        shape (n_bins,): counts over the same bins, not shares.
    level : float, default=0.95
        Confidence level of the benchmark in (0, 1).
    floor : float, default=1e-4
        Least share of a bin, as in :func:`creditscore.metrics.psi`.

    Returns
    -------
    DataFrame
        A row a characteristic, in the order given: characteristic, n_bins (that hold a case),
        n_expected, n_actual, csi, reading ("stable" below 0.10, "watch" to 0.25, else
        "shifted"), benchmark (of :func:`psi_benchmark`), beyond_chance (whether csi is above
        it) and p_value (of :func:`psi_test`).

    Raises
    ------
    InvalidDataError
        No characteristic, or counts that cannot be compared; the message names the
        characteristic.

    Notes
    -----
    The characteristic stability index is the PSI of one characteristic [1]_. The two readings
    differ and are meant to: large samples show shifts that are beyond chance and do not matter,
    small ones shifts that may matter and cannot be told from chance. Of twenty characteristics
    without a shift, one is beyond chance at 95 % on average.

    References
    ----------
    .. [1] N. Siddiqi, *Intelligent Credit Scoring*, 2nd ed., Wiley, 2017, ch. 14.

    Examples
    --------
    >>> from creditscore.metrics import csi_table
    >>> table = csi_table({"age": ([400, 300, 300], [175, 125, 200]), "sex": ([50, 50], [5, 9])})
    >>> table[["characteristic", "csi", "reading", "benchmark", "beyond_chance"]].round(3)
      characteristic    csi reading  benchmark  beyond_chance
    0            age  0.045  stable      0.018           True
    1            sex  0.084  stable      0.313          False
    """
    check_real(level, "level", "csi_table", low=0, high=1)
    check_real(floor, "floor", "csi_table", low=0, high=1)
    if not isinstance(counts, Mapping) or not counts:
        msg = (
            "counts must map the name of each characteristic to its counts expected and actual, "
            f"such as {{'age': ([40, 60], [35, 65])}}. Got {counts!r}."
        )
        raise InvalidDataError(msg)
    return pd.DataFrame([_row(name, pair, level, floor) for name, pair in counts.items()])


def _row(name: str, pair: Any, level: float, floor: float) -> dict[str, Any]:
    try:
        expected, actual = pair
        test = psi_test(expected, actual, floor=floor)
    except (TypeError, ValueError) as error:
        msg = f"Characteristic {name!r}: {error}"
        raise InvalidDataError(msg) from error
    index, n_bins = psi(expected, actual, floor=floor), int(test.df) + 1
    n_expected, n_actual = (float(np.sum(part)) for part in (expected, actual))
    benchmark = psi_benchmark(n_expected, n_actual, n_bins, level=level)
    return {
        "characteristic": name,
        "n_bins": n_bins,
        "n_expected": n_expected,
        "n_actual": n_actual,
        "csi": index,
        "reading": "stable" if index < _WATCH else "watch" if index <= _SHIFTED else "shifted",
        "benchmark": benchmark,
        "beyond_chance": index > benchmark,
        "p_value": test.p_value,
    }
