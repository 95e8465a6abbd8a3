"""The path of an L1 penalty: which columns stay as it grows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from creditscore._repr import changed_repr
from creditscore._typing import Bool1D, Float1D, Float2D
from creditscore._validation import check_choice, check_integer, check_real
from creditscore.scorecard.selection._candidates import Candidates
from creditscore.scorecard.selection._log import Fate, Step
from creditscore.scorecard.selection._working import Fitted, WorkingModel

_AT_REST = 1e-7
"""Relative change of the penalised likelihood below which a penalty's fit ends."""
_SLOW = 4
"""Steps after which the curvature is worked out anew."""
_MOST_STEPS = 100
_MOST_SWEEPS = 500


@dataclass(frozen=True, kw_only=True, repr=False)
class L1Path:
    """Selection along the path of an L1 penalty, by an information criterion.

    Parameters
    ----------
    criterion : {"bic", "aic"}, default="bic"
        By which one of the sets of columns on the path is taken.
    n_penalties : int, default=60
        Penalties, in equal ratios, 2 or more.
    least_penalty : float, default=1e-3
        The smallest, as a share of the one that lets no column in, in (0, 1).

    Notes
    -----
    For each penalty λ, log-likelihood - λ Σ sⱼ |βⱼ| is maximised, with the spread sⱼ of the WOE of
    a column [1]_: Newton's method, where each step is found by coordinate descent on the
    curvature [2]_. Columns forced in bear no penalty; where signs are enforced, coefficients stay
    at or below 0. Each set of columns that occurs on the path is fitted without the penalty, and
    the criterion chooses among these models, so that it is not the penalty's shrinkage that is
    judged. Sets that break a cap on groups or on the number of columns are passed over.
    O(n · p²) time for the curvature of p columns, some dozens of times at most.

    References
    ----------
    .. [1] R. Tibshirani, "Regression Shrinkage and Selection via the Lasso", *Journal of the Royal
       Statistical Society B* 58 (1996), 267-288.
    .. [2] J. Friedman, T. Hastie, R. Tibshirani, "Regularization Paths for Generalized Linear
       Models via Coordinate Descent", *Journal of Statistical Software* 33 (2010).

    Examples
    --------
    >>> from creditscore.scorecard.selection import L1Path
    >>> L1Path(criterion="aic")
    L1Path(criterion='aic')
    """

    criterion: str = "bic"
    n_penalties: int = 60
    least_penalty: float = 1e-3

    def __post_init__(self) -> None:
        """Check the parameters."""
        owner = type(self).__name__
        check_choice(self.criterion, "criterion", owner, ("bic", "aic"))
        check_integer(self.n_penalties, "n_penalties", owner, low=2)
        check_real(self.least_penalty, "least_penalty", owner, low=0, high=1)

    def __repr__(self) -> str:
        """Write what differs from the defaults."""
        return changed_repr(self)

    def said(self, candidates: Candidates) -> str:  # noqa: ARG002 - as other searches
        """Say in words what is done."""
        return f"L1 path by {self.criterion.upper()}"

    def search(self, candidates: Candidates) -> tuple[list[Fate], list[Step]]:
        """Return the fate of each candidate, and the sets on the path."""
        rows = WorkingModel(candidates.features, candidates.is_bad, candidates.weights)
        models: list[tuple[float, Fitted]] = []
        seen: set[frozenset[int]] = set()
        for penalty, active in self._sets(rows, candidates):
            if frozenset(active) not in seen:
                seen.add(frozenset(active))
                models.append((penalty, self._refit(rows, models, active)))
        steps = [_step(penalty, model, models, k, candidates) for k, (penalty, model)
                 in enumerate(models)]  # fmt: skip
        allowed = [k for k, (_, model) in enumerate(models) if _within_caps(model, candidates)]
        marks = [getattr(step, self.criterion) for step in steps]
        best = min(allowed, key=lambda k: marks[k])
        return list(self._fates(models, best, candidates)), steps

    def _sets(
        self, rows: WorkingModel, candidates: Candidates
    ) -> Iterator[tuple[float, list[int]]]:
        """Yield penalties, from the largest, and the columns with a coefficient."""
        free = candidates.is_forced
        forced = np.flatnonzero(free).tolist()
        model = rows.empty()
        if forced:
            model = rows.fit(forced, np.append(model.theta, np.zeros(len(forced))))
        spread = _spread(rows)
        spread[spread == 0] = np.inf
        theta = np.zeros(1 + len(candidates.names))
        theta[[0, *(i + 1 for i in forced)]] = model.theta
        pull = np.abs(rows.slopes(model.log_odds)[1:] / spread)
        pull[free] = 0.0
        largest = float(pull.max(initial=0.0))
        yield largest, forced
        if largest == 0:
            return
        cost = np.append(0.0, np.where(free, 0.0, np.where(np.isinf(spread), 0.0, spread)))
        fixed = np.append(False, np.isinf(spread))
        path = _Path(rows, cost, fixed, negative=candidates.negative & ~free)
        for penalty in largest * np.geomspace(1.0, self.least_penalty, self.n_penalties)[1:]:
            theta = path.follow(theta, float(penalty))
            yield float(penalty), np.flatnonzero(theta[1:]).tolist()

    def _refit(
        self, rows: WorkingModel, models: list[tuple[float, Fitted]], active: list[int]
    ) -> Fitted:
        before = models[-1][1] if models else rows.empty()
        known = dict(zip(before.columns, before.theta[1:].tolist(), strict=True))
        start = np.array([before.theta[0], *(known.get(i, 0.0) for i in active)])
        return rows.fit(active, start)

    def _fates(
        self, models: list[tuple[float, Fitted]], best: int, candidates: Candidates
    ) -> Iterator[Fate]:
        first: dict[int, int] = {}
        for k, (_, model) in enumerate(models):
            for column in model.columns:
                first.setdefault(column, k)
        chosen = set(models[best][1].columns)
        for i, name in enumerate(candidates.names):
            at = first.get(i)
            penalty = math.nan if at is None else models[at][0]
            if name in candidates.forced:
                yield Fate(feature=name, kept=True, stage="forced", reason="forced in")
                continue
            if at is None:
                reason = "no coefficient on the whole path"
            elif i in chosen:
                reason = f"on the path from penalty {penalty:.4g}"
            elif at > best:
                reason = f"on the path from penalty {penalty:.4g} only, beyond the best set"
            else:
                reason = f"left the path, having been on it from penalty {penalty:.4g}"
            yield Fate(
                feature=name,
                kept=i in chosen,
                stage="kept" if i in chosen else "search",
                step=at,
                reason=reason,
                statistic=penalty,
                limit=models[best][0],
            )


def _spread(rows: WorkingModel) -> Float1D:
    """Return the standard deviation of each column, by weight."""
    mean = np.average(rows.features, axis=0, weights=rows.weights)
    spread: Float1D = np.sqrt(np.average((rows.features - mean) ** 2, axis=0, weights=rows.weights))
    return spread


class _Path:
    """Fits along the path, each from the one before.

    Parameters
    ----------
    rows : WorkingModel
        The rows.
    cost : ndarray of shape (1 + n_columns,)
        What a unit of each coefficient costs, times the penalty.
    fixed : ndarray of bool, shape (1 + n_columns,)
        Coefficients that stay as they are.
    negative : ndarray of bool, shape (n_columns,)
        Coefficients that stay at or below 0.
    """

    def __init__(
        self, rows: WorkingModel, cost: Float1D, fixed: Bool1D, *, negative: Bool1D
    ) -> None:
        self.rows, self.cost, self.fixed = rows, cost, fixed
        self.highest = np.append(np.inf, np.where(negative, 0.0, np.inf))
        self.curvature: Float2D | None = None

    def follow(self, theta: Float1D, penalty: float) -> Float1D:
        """Maximise under a penalty, from a first guess."""
        cost = penalty * self.cost
        log_odds = self._log_odds(theta)
        value = self.rows.value(log_odds) - cost @ np.abs(theta)
        if self.curvature is None:
            self.curvature = self.rows.information(log_odds)
        for k in range(_MOST_STEPS):
            if k and k % _SLOW == 0:
                self.curvature = self.rows.information(log_odds)
            slopes = self.rows.slopes(log_odds)
            target = self._minimum(theta, slopes, self.curvature, cost)
            step = target - theta
            moved = self._log_odds(step)
            for halving in range(30):
                share = 0.5**halving
                new_theta, new_log_odds = theta + share * step, log_odds + share * moved
                new = self.rows.value(new_log_odds) - cost @ np.abs(new_theta)
                if new > value:
                    break
            else:
                return theta
            if share == 1.0:
                new_theta = target  # zeros that are zeros
            gained, theta, log_odds, value = new - value, new_theta, new_log_odds, new
            if gained < _AT_REST * abs(value):
                return theta
        return theta

    def _log_odds(self, theta: Float1D) -> Float1D:
        log_odds: Float1D = theta[0] + self.rows.features @ theta[1:]
        return log_odds

    def _minimum(
        self, theta: Float1D, slopes: Float1D, curvature: Float2D, cost: Float1D
    ) -> Float1D:
        """Minimise the quadratic about `theta` with its penalty by coordinate descent."""
        at, diagonal = theta.copy(), np.diag(curvature)
        pull = slopes.copy()  # slope of the quadratic at `at`
        moving = [j for j in range(len(at)) if diagonal[j] > 0 and not self.fixed[j]]
        active = moving
        for _ in range(_MOST_SWEEPS):
            largest = 0.0
            for j in active:
                size = pull[j] + diagonal[j] * at[j]
                new = math.copysign(max(abs(size) - cost[j], 0.0), size) / diagonal[j]
                new = min(new, self.highest[j])
                change = new - at[j]
                if change != 0.0:
                    pull -= curvature[j] * change
                    at[j] = new
                    largest = max(largest, change * change * diagonal[j])
            if largest < 1e-10:
                if len(active) == len(moving):
                    break
                active = moving
            else:
                active = [j for j in moving if at[j] != 0.0 or j == 0]
        return at


def _within_caps(model: Fitted, candidates: Candidates) -> bool:
    inside = [candidates.names[i] for i in model.columns]
    if candidates.max_features is not None and len(inside) > candidates.max_features:
        return False
    groups = [candidates.groups.get(name) for name in inside]
    return all(groups.count(group) <= cap for group, cap in candidates.caps.items())


def _step(
    penalty: float,
    model: Fitted,
    models: list[tuple[float, Fitted]],
    k: int,
    candidates: Candidates,
) -> Step:
    before = set(models[k - 1][1].columns) if k else set()
    came = [candidates.names[i] for i in model.columns if i not in before]
    went = [candidates.names[i] for i in before if i not in model.columns]
    n, value = len(model.columns), model.log_likelihood
    return Step(
        action="start" if k == 0 else "enter" if came else "leave",
        feature=", ".join(came or went) if k else "",
        statistic=penalty,
        p_value=math.nan,
        n_features=n,
        log_likelihood=value,
        aic=-2 * value + 2 * (n + 1),
        bic=-2 * value + math.log(candidates.n_cases) * (n + 1),
    )
