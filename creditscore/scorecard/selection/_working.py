"""A logistic model that gains and loses columns, each at the price of a few passes over rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit

from creditscore._curvature import solve, variances, weighted_products
from creditscore._typing import Bool1D, Float1D, Float2D
from creditscore.scorecard._box import step_in_box

_BLOCK = 1 << 14
"""Rows that are weighed at once, so that what is worked out stays in the cache."""
AT_REST = 1e-7
"""Slope along the next step, in units of the log-likelihood, at which a refit ends."""
_SLOW = 0.05
"""Share of that slope which a step must leave at most; else the curvature is worked out anew."""
_MAX_STEPS = 100
_ALIASED = 1e-9
"""Share of a column's own information below which the others determine it."""


@dataclass(frozen=True)
class Fitted:
    """A logistic model on some of the columns.

    Attributes
    ----------
    columns : list of int
        Places of the columns.
    theta : ndarray of shape (1 + n_columns,)
        Intercept and coefficients.
    log_odds : ndarray of shape (n_rows,)
        Of being bad.
    log_likelihood : float
        Its maximum.
    information : ndarray of shape (1 + n_columns, 1 + n_columns)
        Curvature of the likelihood near the maximum.
    held : ndarray of bool, shape (1 + n_columns,)
        Parameters that a bound holds.
    """

    columns: list[int]
    theta: Float1D
    log_odds: Float1D
    log_likelihood: float
    information: Float2D
    held: Bool1D

    @property
    def at_zero(self) -> list[int]:
        """Columns whose coefficient a bound holds at 0."""
        zero = self.held[1:] & (self.theta[1:] == 0)
        return [self.columns[k] for k in np.flatnonzero(zero).tolist()]


class WorkingModel:
    """Rows and columns among which a model is sought.

    A refit after a column has come or gone starts from the model before and takes Newton steps
    with the curvature of that model, which is worked out anew only where a step leaves much to
    do. So it costs a few passes over the rows, O(n · s) for s columns, and few new matrices,
    O(n · s²); what a candidate adds or costs is exact nonetheless, to about `at_rest` in the
    log-likelihood. Memory of the columns, and of the chosen ones once more. Under bounds, each
    model is the maximum within them.

    Parameters
    ----------
    features : ndarray of shape (n_rows, n_columns)
        Columns without missing values.
    is_bad : ndarray of bool, shape (n_rows,)
        Outcomes, of both kinds.
    weights : ndarray of shape (n_rows,) or None
        Zero or more.
    at_rest : float, default=1e-7
        Slope along the next step, in units of the log-likelihood, at which a refit ends.
    box : pair of ndarray of shape (n_columns,), optional
        Lower and upper bounds of the coefficients, infinite where there is none.
    """

    def __init__(
        self,
        features: Float2D,
        is_bad: Bool1D,
        weights: Float1D | None,
        *,
        at_rest: float = AT_REST,
        box: tuple[Float1D, Float1D] | None = None,
    ) -> None:
        if weights is not None and not weights.all():
            rows = weights > 0
            features, is_bad, weights = features[rows], is_bad[rows], weights[rows]
        self.features = np.asfortranarray(features)
        self.weights, self.at_rest = weights, at_rest
        endless = np.full(features.shape[1], np.inf)
        self.low: Float1D = -endless if box is None else box[0]
        self.high: Float1D = endless if box is None else box[1]
        self._is_bad = is_bad
        self._signed = np.where(is_bad, 1.0, -1.0)
        # the chosen columns stand first, behind the constant, so that no refit copies them
        self._design = np.ones((len(is_bad), 1), order="F")
        self._standing: list[int] = []

    def empty(self) -> Fitted:
        """Return the model of the intercept alone."""
        rate = float(np.average(self._is_bad, weights=self.weights))
        return self.fit([], np.array([np.log(rate / (1 - rate))]))

    def fit(self, columns: list[int], start: Float1D, information: Float2D | None = None) -> Fitted:
        """Maximise the likelihood of a model on some columns.

        Parameters
        ----------
        columns : list of int
            Places of the columns.
        start : ndarray of shape (1 + n_columns,)
            First guess, moved within the bounds.
        information : ndarray, optional
            Curvature to begin with; worked out at the start unless given.
        """
        design = self._stand(columns)
        low = np.append(-np.inf, self.low[columns])
        high = np.append(np.inf, self.high[columns])
        theta: Float1D = np.clip(start, low, high)
        log_odds = design @ theta
        value = self.value(log_odds)
        curvature = self._information(design, log_odds) if information is None else information
        fresh = information is None
        left = np.inf
        for _ in range(_MAX_STEPS):
            gradient = design.T @ self._residual(log_odds)
            step, held = step_in_box(curvature, gradient, low - theta, high - theta)
            # what reaches a bound stands there to the last digit
            target = np.where(step == low - theta, low, np.where(step == high - theta, high,
                              theta + step))  # fmt: skip
            slope = float(gradient @ step)
            if slope < self.at_rest:
                if (theta[held] != target[held]).any():
                    theta, log_odds, value = self._climb(design, theta, log_odds, target, value)
                break
            if not fresh and slope > _SLOW * left:
                curvature, fresh = self._information(design, log_odds), True
                continue
            left, fresh = slope, False
            theta, log_odds, new = self._climb(design, theta, log_odds, target, value)
            if new == value:
                break
            value = new
        return Fitted(columns, theta, log_odds, value, curvature, held)

    def with_column(self, model: Fitted, column: int) -> Fitted:
        """Return the model with one column more."""
        design = self._stand([*model.columns, column])
        weights = self._curvature(model.log_odds)
        side = design.T @ (weights * self.features[:, column])
        n = len(model.theta)
        information = np.empty((n + 1, n + 1))
        information[:n, :n] = model.information
        information[n] = information[:, n] = side
        return self.fit([*model.columns, column], np.append(model.theta, 0.0), information)

    def without_column(self, model: Fitted, column: int) -> Fitted:
        """Return the model with one column less."""
        place = model.columns.index(column) + 1
        inverse = np.linalg.pinv(model.information, hermitian=True)
        # where the quadratic about the maximum has its own, once this coefficient is 0
        start = model.theta - inverse[:, place] / inverse[place, place] * model.theta[place]
        # the last takes the place of the one that goes, so that no other column moves
        kept = list(range(len(start) - 1))
        if place < len(kept):
            kept[place] = len(kept)
        others = [([-1, *model.columns])[i] for i in kept[1:]]
        return self.fit(others, start[kept], model.information[np.ix_(kept, kept)])

    def wald(self, model: Fitted, *, exact: bool) -> Float1D:
        """Return (coefficient / standard error)² of each column in the model.

        Unless `exact`, by the curvature that the model was found with, which is near its own.
        For a coefficient at a bound it is what the quadratic about the model loses without it,
        which is below 0 where the column is better left out.
        """
        information = model.information
        if exact:
            information = self._information(self._stand(model.columns), model.log_odds)
        free = ~model.held
        wald = np.zeros(len(model.theta))
        # what the others determine has no variance of its own, and is missed by nobody
        wald[free] = model.theta[free] ** 2 / variances(information[np.ix_(free, free)])
        if model.held.any():
            slopes = self._stand(model.columns).T @ self._residual(model.log_odds)
            shared = information[np.ix_(free, model.held)]
            explained = np.einsum(
                "ij,ij->j", shared, solve(information[np.ix_(free, free)], shared)
            )
            own = np.diag(information)[model.held] - explained
            theta = model.theta[model.held]
            wald[model.held] = theta * (2 * slopes[model.held] + own * theta)
        return wald[1:]

    def scores(self, model: Fitted) -> tuple[Float1D, Float1D]:
        """Return the score statistic of each column not in the model, and its coefficient to be.

        The statistic is U² / V with the slope U of the log-likelihood at a coefficient of 0 and
        its variance V given the columns in the model: χ² with one degree of freedom where the
        column adds nothing [1]_. NaN for columns in the model and for those that they determine.
        Where the coefficient that it speaks of, U / V, is out of bounds, it is what the quadratic
        gains at the nearest bound; coefficients in the model that a bound holds are as given.
        O(n · p · s) for p columns.

        References
        ----------
        .. [1] C. R. Rao, "Large Sample Tests of Statistical Hypotheses", *Mathematical
           Proceedings of the Cambridge Philosophical Society* 44 (1948), 50-57.
        """
        design = self._stand(model.columns)
        if model.held.any():
            design = design[:, ~model.held]
        slopes = self.features.T @ self._residual(model.log_odds)
        weights = self._curvature(model.log_odds)
        own = np.zeros(self.features.shape[1])
        shared = np.zeros((design.shape[1], self.features.shape[1]))
        for begin in range(0, len(weights), _BLOCK):
            rows = slice(begin, begin + _BLOCK)
            block = self.features[rows] * weights[rows, None]
            shared += design[rows].T @ block
            own += np.einsum("ij,ij->j", block, self.features[rows])
        information = self._information(design, model.log_odds)
        variance = own - np.einsum("ij,ij->j", shared, solve(information, shared))
        variance[variance < _ALIASED * own] = np.nan
        variance[model.columns] = np.nan
        with np.errstate(invalid="ignore", divide="ignore"):
            wanted: Float1D = slopes / variance
        at = np.clip(wanted, self.low, self.high)
        statistics: Float1D = at * (2 * slopes - variance * at)
        return statistics, wanted

    def information(self, log_odds: Float1D) -> Float2D:
        """Return the curvature of the likelihood in the intercept and all columns."""
        weights = self._curvature(log_odds)
        n = self.features.shape[1]
        information = np.empty((n + 1, n + 1))
        information[1:, 1:] = weighted_products(self.features, weights)
        information[0, 1:] = information[1:, 0] = weights @ self.features
        information[0, 0] = weights.sum()
        return information

    def slopes(self, log_odds: Float1D) -> Float1D:
        """Return the slope of the likelihood in the intercept and all columns."""
        slopes = self._residual(log_odds)
        return np.append(slopes.sum(), self.features.T @ slopes)

    def _stand(self, columns: list[int]) -> Float2D:
        """Return the constant and the columns side by side, copying only what is new."""
        if self._design.shape[1] < 1 + len(columns):
            room = min(self.features.shape[1], 2 * len(columns) + 8)
            design = np.empty((len(self._is_bad), 1 + room), order="F")
            design[:, : 1 + len(self._standing)] = self._design[:, : 1 + len(self._standing)]
            self._design = design
        for place, column in enumerate(columns):
            if place >= len(self._standing) or self._standing[place] != column:
                self._design[:, 1 + place] = self.features[:, column]
        self._standing = list(columns)
        return self._design[:, : 1 + len(columns)]

    def value(self, log_odds: Float1D) -> float:
        """Return the log-likelihood."""
        parts = log_expit(self._signed * log_odds)
        return float(parts.sum() if self.weights is None else parts @ self.weights)

    def _residual(self, log_odds: Float1D) -> Float1D:
        residual: Float1D = self._is_bad - expit(log_odds)
        return residual if self.weights is None else residual * self.weights

    def _curvature(self, log_odds: Float1D) -> Float1D:
        prob = expit(log_odds)
        curvature: Float1D = prob * (1 - prob)
        return curvature if self.weights is None else curvature * self.weights

    def _information(self, design: Float2D, log_odds: Float1D) -> Float2D:
        return weighted_products(design, self._curvature(log_odds))

    def _climb(
        self, design: Float2D, theta: Float1D, log_odds: Float1D, target: Float1D, value: float
    ) -> tuple[Float1D, Float1D, float]:
        """Go to the target, or half the way and so on while the likelihood falls; else stay."""
        step = target - theta
        moved = design @ step
        for halving in range(30):
            share = 0.5**halving
            new_log_odds = log_odds + share * moved
            new = self.value(new_log_odds)
            if new > value:
                return target if share == 1.0 else theta + share * step, new_log_odds, new
        return theta, log_odds, value
