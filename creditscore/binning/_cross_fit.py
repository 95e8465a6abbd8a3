"""Encoding each row by bins that were found without it."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.base import clone

from creditscore._frame import Table
from creditscore._typing import Bool1D, Int1D
from creditscore.exceptions import CreditScoreWarning, InvalidParameterError


def cross_fitted(
    encoder: Any,
    table: Table,
    y: Any,
    *,
    is_bad: Bool1D,
    sample_weight: Any = None,
    periods: Any = None,
) -> dict[str, np.ndarray[Any, Any]]:
    """Return the encoding of each column, a fold at a time by an encoder fitted on the others.

    An encoder that learns from a row's own outcome tells a model the target, the more the fewer
    rows share a level; D. Micci-Barreca, SIGKDD Explorations 3(1), 2001, 27-32.
    """
    given = np.ones(table.n_rows) if sample_weight is None else np.asarray(sample_weight)
    n_bad, n_good = (int(np.count_nonzero(rows & (given > 0))) for rows in (is_bad, ~is_bad))
    if min(n_bad, n_good) < encoder.cross_fit:
        msg = (
            f"The 'cross_fit' parameter of WOEEncoder asks for {encoder.cross_fit} folds, each of "
            f"goods and bads, and there are {n_good} goods and {n_bad} bads. Ask for fewer folds."
        )
        raise InvalidParameterError(msg)
    fold_of = folds(is_bad, encoder.cross_fit)
    encoded: dict[str, np.ndarray[Any, Any]] = {}
    for number in range(int(fold_of.max()) + 1):
        held_out = fold_of == number
        with warnings.catch_warnings(action="ignore", category=CreditScoreWarning):
            # the fit on all rows has warned of what there is to warn of
            fold = clone(encoder).set_params(cross_fit=None)
            fold.fit(table, np.asarray(y), np.where(held_out, 0.0, given), periods)
            for name, bins in fold.tables_.items():
                codes = bins.partition.codes(table, name)[held_out]
                shown = bins.shown_as(encoder.output, codes)
                column = encoded.setdefault(name, np.empty(table.n_rows, dtype=shown.dtype))
                column[held_out] = shown
    return encoded


def folds(is_bad: Bool1D, n_folds: int) -> Int1D:
    """Deal the rows of each class out to folds, always in the same way."""
    fold_of = np.empty(len(is_bad), dtype=np.intp)
    random = np.random.default_rng(0)
    for rows in (np.flatnonzero(is_bad), np.flatnonzero(~is_bad)):
        fold_of[random.permutation(rows)] = np.arange(len(rows)) % n_folds
    return fold_of
