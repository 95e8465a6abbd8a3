"""A mean, customers and raters as crossed random effects, fitted by restricted likelihood.

The mixed model equations have a diagonal block of customers, which is eliminated, so that a fit
costs O(n_ratings + n_pairs + n_raters³) a step, whatever the number of customers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from creditscore._typing import Float1D, Float2D, Int1D

_STARTS = ((1.0, 1.0), (0.1, 0.1), (3.0, 0.3), (0.3, 3.0))
_RATIOS = (1e-7, 1e7)
"""Bounds of the ratios: without noise, or with nothing else, they have no maximum."""


@dataclass(frozen=True, kw_only=True, eq=False)
class CrossedFit:
    """Variances, the mean, and the predicted effects of raters with their standard errors.

    Effects are those about the mean of the raters.
    """

    mean: float
    mean_error: float
    var_customer: float
    var_rater: float
    var_rest: float
    rater: Float1D
    rater_error: Float1D
    converged: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class _Data:
    """Sums over the ratings that the equations are made of."""

    n: int
    square: float
    """Sum of squares of the scores less their mean."""
    per_customer: Float1D
    sum_customer: Float1D
    incidence: Any
    """Ratings by customer (row) and, after a column of totals, by rater: sparse."""
    fixed: Float2D
    """Inner products of the mean's and the raters' columns."""
    sums: Float1D


def fit_crossed(score: Float1D, customer: Int1D, rater: Int1D) -> CrossedFit:
    """Fit score = mean + customer + rater + rest by restricted maximum likelihood.

    `customer` and `rater` are places from 0, each of which occurs.
    """
    middle = float(score.mean())
    data = _data(score - middle, customer, rater)
    best = min((_search(data, start) for start in _STARTS), key=lambda found: float(found.fun))
    ratios = np.clip(np.square(best.x), 0.0, _RATIOS[1])
    _, parts = _criterion(ratios, data)
    solution, inverse, rest = parts
    n_raters = len(solution) - 1
    centre = np.eye(n_raters) - 1 / n_raters
    return CrossedFit(
        mean=middle + float(solution[0]),
        mean_error=float(np.sqrt(rest * inverse[0, 0])),
        var_customer=float(rest * ratios[0]),
        var_rater=float(rest * ratios[1]),
        var_rest=float(rest),
        rater=centre @ solution[1:],
        rater_error=np.sqrt(rest * np.diag(centre @ inverse[1:, 1:] @ centre)),
        converged=bool(best.success),
    )


def _data(score: Float1D, customer: Int1D, rater: Int1D) -> _Data:
    n, n_customers, n_raters = len(score), int(customer.max()) + 1, int(rater.max()) + 1
    per_customer = np.bincount(customer, minlength=n_customers).astype(np.float64)
    ones = np.ones(n)
    counts = csr_matrix((ones, (customer, rater + 1)), shape=(n_customers, n_raters + 1))
    total = csr_matrix(
        (per_customer, (np.arange(n_customers), np.zeros(n_customers, dtype=np.int64))),
        shape=counts.shape,
    )
    per_rater = np.bincount(rater, minlength=n_raters).astype(np.float64)
    fixed = np.diag(np.append(float(n), per_rater))
    fixed[0, 1:] = fixed[1:, 0] = per_rater
    return _Data(
        n=n, square=float(score @ score), per_customer=per_customer,
        sum_customer=np.bincount(customer, score, n_customers).astype(np.float64),
        incidence=counts + total, fixed=fixed,
        sums=np.append(score.sum(), np.bincount(rater, score, n_raters)).astype(np.float64),
    )  # fmt: skip


def _search(data: _Data, start: tuple[float, float]) -> Any:
    """Look for the square roots of both ratios of variances; their signs do not matter."""
    return minimize(
        lambda root: _criterion(np.square(root), data)[0], np.array(start), method="Nelder-Mead",
        options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 2000},
    )  # fmt: skip


def _criterion(ratios: Float1D, data: _Data) -> tuple[float, tuple[Float1D, Float2D, float]]:
    """Return minus twice the restricted log-likelihood, and what follows from the equations.

    With variances relative to that of the rest, it is (n - 1) log(y'Py) + log |C| + log |G|,
    where C are the mixed model equations and G holds the ratios.
    """
    of_customer, of_rater = np.clip(ratios, *_RATIOS)
    own = data.per_customer + 1 / of_customer
    weighted = data.incidence.multiply((1 / own)[:, None]).tocsr()
    left = data.fixed - (data.incidence.T @ weighted).toarray()
    left[np.arange(1, len(left)), np.arange(1, len(left))] += 1 / of_rater
    right = data.sums - weighted.T @ data.sum_customer
    root = np.linalg.cholesky(left)
    half = np.linalg.solve(root, right)
    solution = np.linalg.solve(root.T, half)
    rest = data.square - float(data.sum_customer @ (data.sum_customer / own)) - float(half @ half)
    freedom = data.n - 1
    log_c = float(np.log(own).sum()) + 2 * float(np.log(np.diag(root)).sum())
    log_g = len(own) * np.log(of_customer) + (len(left) - 1) * np.log(of_rater)
    rest = max(rest, 1e-300)
    value = freedom * np.log(rest) + log_c + log_g
    inverse = np.linalg.inv(left)
    return float(value), (solution, inverse, rest / freedom)
