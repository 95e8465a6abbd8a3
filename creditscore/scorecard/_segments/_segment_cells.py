"""Columns on coarse cells, so that hundreds of small models can be compared in seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, log_expit

from creditscore._frame import Table
from creditscore._typing import Bool1D, Float1D, Float2D, Int1D

_CELLS = 10
"""Cells of a numeric column, of about equal numbers of rows."""
_RARE_ROWS = 30
"""Levels of fewer rows share a cell."""
_PRIOR_ROWS = 5.0
"""The odds of a cell are drawn towards those of the sample as if it had so many rows more."""
_MOST_STEPS = 10
_MOST_HALVINGS = 20
_TOLERANCE = 1e-9
"""Gain of the last step, for one case, below which no model is told from another."""


@dataclass(frozen=True, eq=False)
class SearchRows:
    """Rows that segments are searched in.

    Attributes
    ----------
    cells : tuple of ndarray of int, shape (n_rows,)
        Cell of each row, by column.
    is_bad : ndarray of bool, shape (n_rows,)
        Outcomes.
    weights : ndarray of shape (n_rows,)
        Weights, above zero.
    min_iv : float
        Least information value of a column that has a part in a model.
    """

    cells: tuple[Int1D, ...]
    is_bad: Bool1D
    weights: Float1D
    min_iv: float

    def enough(self, rows: Int1D) -> bool:
        """Tell whether rows hold cases of each class, so that a model can be fitted on them."""
        n_bad = int(np.count_nonzero(self.is_bad[rows]))
        return min(n_bad, len(rows) - n_bad) >= 2

    def log_likelihoods(self, fit_on: Int1D, at: Int1D) -> Float1D:
        """Fit a model on some rows; return the log-likelihood of each of others.

        A logistic regression on the WOE of the cells of the columns whose information value is
        worth it, all from the rows of the fit: see :func:`quick_logistic`.
        """
        fitted, others = self._features(fit_on, at)
        coefficients = quick_logistic(fitted, self.is_bad[fit_on], self.weights[fit_on])
        log_odds_bad = coefficients @ others
        found: Float1D = log_expit(np.where(self.is_bad[at], log_odds_bad, -log_odds_bad))
        return found

    def _features(self, fit_on: Int1D, at: Int1D) -> tuple[Float2D, Float2D]:
        bad, weights = self.is_bad[fit_on], self.weights[fit_on]
        total_bad, total_good = float(weights[bad].sum()), float(weights[~bad].sum())
        rate = total_bad / (total_bad + total_good)
        # a row a column, which is filled and multiplied without a copy
        fitted, others = (np.ones((1 + len(self.cells), len(rows))) for rows in (fit_on, at))
        kept = 1
        for codes in self.cells:
            n = int(codes.max()) + 1
            own = codes[fit_on]
            n_all = np.bincount(own, weights, minlength=n)
            n_bad = np.bincount(own[bad], weights[bad], minlength=n)
            n_good = n_all - n_bad
            odds = (n_good + _PRIOR_ROWS * (1 - rate)) / (n_bad + _PRIOR_ROWS * rate)
            woe = np.log(odds) - np.log((1 - rate) / rate)
            iv = float((n_good / total_good - n_bad / total_bad) @ woe)
            if iv >= self.min_iv and np.count_nonzero(n_all) > 1:
                woe.take(own, out=fitted[kept])
                woe.take(codes[at], out=others[kept])
                kept += 1
        return fitted[:kept], others[:kept]


def quick_logistic(design: Float2D, is_bad: Bool1D, weights: Float1D) -> Float1D:
    """Return coefficients of the log-odds of being bad, near enough to compare models by.

    Parameters
    ----------
    design : ndarray of shape (p, n)
        A row for each column of the model, the constant first.
    is_bad : ndarray of bool, shape (n,)
        Outcomes, of both classes.
    weights : ndarray of shape (n,)
        Above zero.

    Returns
    -------
    ndarray of shape (p,)

    Notes
    -----
    Newton's method on the likelihood less half the sum of squared coefficients, the constant
    apart: one row's worth of a penalty, by which separated classes and columns that determine each
    other do no harm. From the constant alone, up to ten steps, halved while the value falls.
    O(n · p²) time a step.
    """
    penalty = np.ones(len(design))
    penalty[0] = 0.0
    rate = float(np.average(is_bad, weights=weights))
    theta = np.append(np.log(rate / (1 - rate)), np.zeros(len(design) - 1))
    signed = np.where(is_bad, 1.0, -1.0)

    def value(at: Float1D) -> float:
        return float(weights @ log_expit(signed * (at @ design)) - penalty @ at**2 / 2)

    reached = value(theta)
    for _ in range(_MOST_STEPS):
        prob = expit(theta @ design)
        slope = design @ (weights * (is_bad - prob)) - penalty * theta
        curvature = (design * (weights * prob * (1 - prob))) @ design.T
        curvature[np.diag_indices_from(curvature)] += penalty + 1e-9
        step = np.linalg.solve(curvature, slope)
        if slope @ step < _TOLERANCE * len(is_bad):
            break
        for _ in range(_MOST_HALVINGS):
            new = value(theta + step)
            if new >= reached:
                break
            step = step / 2
        theta, reached = theta + step, new
    return np.asarray(theta, dtype=np.float64)


def cells_of(table: Table, special_codes: Any) -> tuple[Int1D, ...]:
    """Put each row in a cell of each column, without looking at outcomes.

    Numbers go by tenths of the rows; levels of 30 rows or more, special codes and missing values
    have cells of their own.
    """
    return tuple(
        _column_cells(table, name, special_of(special_codes, name)) for name in table.names
    )


def special_of(special_codes: Any, name: str) -> tuple[float, ...]:
    """Return the special codes of a numeric column, from what an encoder was given."""
    given = special_codes.get(name, ()) if isinstance(special_codes, Mapping) else special_codes
    return tuple(
        float(code) for code in (given if given is not None else ())
        if isinstance(code, (int, float)) and not isinstance(code, bool)
    )  # fmt: skip


def inner_quantiles(values: Float1D, shares: Sequence[float]) -> Float1D:
    """Return different values that part the finite ones at given shares; each parts some off."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return finite
    cuts: Float1D = np.unique(np.quantile(finite, shares, method="higher"))
    parting: Float1D = cuts[cuts > finite.min()]
    return parting


def _column_cells(table: Table, name: str, special: tuple[float, ...]) -> Int1D:
    kind = table.kind(name)
    if kind in ("categorical", "ordered"):
        codes, levels = table.levels(name)
        return _pooled(codes, len(levels))
    if kind == "mixed":
        column = table.mixed(name)
        codes = _number_cells(column.values, special)
        words = np.full(table.n_rows, -1, dtype=np.intp)
        words[column.word_rows] = column.word_codes
        own = _pooled(words, len(column.words)) + codes.max() + 1
        return np.where(words >= 0, own, codes)
    return _number_cells(table.numeric(name), special)


def _number_cells(values: Float1D, special: tuple[float, ...]) -> Int1D:
    aside = np.isin(values, special)
    regular = np.where(aside, np.nan, values)
    cuts = inner_quantiles(regular, [i / _CELLS for i in range(1, _CELLS)])
    codes: Int1D = np.searchsorted(cuts, regular, side="right")
    codes[np.isnan(values)] = len(cuts) + 1
    for place, code in enumerate(special):
        codes[values == code] = len(cuts) + 2 + place
    return codes


def _pooled(codes: Int1D, n_levels: int) -> Int1D:
    """Give rare levels one cell; -1 is missing and has its own."""
    counts = np.bincount(codes + 1, minlength=n_levels + 1)
    frequent = counts >= _RARE_ROWS
    frequent[0] = True
    cell_of = np.where(frequent, np.cumsum(frequent), 0)
    cells: Int1D = cell_of[codes + 1]
    return cells
