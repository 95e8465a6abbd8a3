"""The path of an L1 penalty: which columns stay as it grows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from creditscore._repr import changed_repr
from creditscore._typing import Float1D
from creditscore._validation import check_choice, check_integer, check_real
from creditscore.scorecard.selection._candidates import Candidates, determined
from creditscore.scorecard.selection._fate import Fate, Found, PenaltyPath, Step, fate_at_zero
from creditscore.scorecard.selection._parameters import FrozenParameters
from creditscore.scorecard.selection._penalised import PenalisedFits
from creditscore.scorecard.selection._working import Fitted, WorkingModel


@dataclass(frozen=True, kw_only=True, repr=False)
class L1Path(FrozenParameters):
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
    curvature [2]_. Columns forced in bear no penalty. Bounds of the coefficients are kept, moved
    so far that 0 is allowed on the path. Each set of columns that occurs on the path is fitted
    without the penalty, within the bounds as they are, and the criterion chooses among these
    models, so that it is not the penalty's shrinkage that is judged.

    Of columns that determine each other, such as copies, those of less information value are left
    out beforehand. A group that has as many columns on the path as its cap allows is closed to its
    others until one of them leaves, and so is the path as a whole at `max_features`; of columns
    that would enter together, the one of the largest effect goes first.

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

    def search(self, candidates: Candidates) -> Found:
        """Return the fate of each candidate, and the sets on the path."""
        copies = _copies(candidates)
        found = _Path(self, candidates.without(copies)).run()
        fates = {fate.feature: fate for fate in (*copies, *found.fates)}
        return replace(found, fates=tuple(fates[name] for name in candidates.names))


def _copies(candidates: Candidates) -> list[Fate]:
    """Return the fates of columns that others determine, of less information value than they."""
    return [
        Fate(
            feature=candidates.names[i],
            kept=False,
            stage="search",
            rule="l1",
            step=0,
            reason="columns of higher IV determine it",
        )
        for i in determined(candidates.correlations(), candidates.by_worth)
        if not candidates.is_forced[i]
    ]


@dataclass(frozen=True)
class _Stop:
    """A penalty at which the set of columns is a new one, and its model without the penalty."""

    place: int
    penalty: float
    model: Fitted


class _Path:
    """One path."""

    def __init__(self, asked: L1Path, candidates: Candidates) -> None:
        self.asked, self.candidates = asked, candidates
        self.names = candidates.names
        self.rows = WorkingModel(
            candidates.features, candidates.is_bad, candidates.weights, box=candidates.box
        )
        self.forced = np.flatnonzero(candidates.is_forced).tolist()
        self.spread = _spread(self.rows)
        self.at_bound: dict[int, Fate] = {}
        self.closed: dict[int, str] = {}

    def run(self) -> Found:
        """Follow the path, fit its sets and choose one of them."""
        penalties: list[float] = []
        thetas: list[Float1D] = []
        stops: list[_Stop] = []
        seen: set[frozenset[int]] = set()
        for penalty, theta in self._fits():
            penalties.append(penalty)
            thetas.append(theta)
            before = stops[-1].model if stops else self.rows.empty()
            active = [*self.forced, *(i for i in _on(theta) if i not in self.forced)]
            model = self._refit(before, active)
            if frozenset(model.columns) not in seen:
                seen.add(frozenset(model.columns))
                stops.append(_Stop(len(penalties) - 1, penalty, model))
        steps = [self._step(stops, k) for k in range(len(stops))]
        marks = [getattr(step, self.asked.criterion) for step in steps]
        best = int(np.argmin(marks))
        path = PenaltyPath(
            names=self.names,
            penalties=tuple(penalties),
            intercepts=tuple(float(theta[0]) for theta in thetas),
            coefficients=tuple(tuple(theta[1:].tolist()) for theta in thetas),
            chosen=stops[best].place,
        )
        return Found(fates=tuple(self._fates(stops, best)), steps=tuple(steps), path=path)

    def _fits(self) -> Iterator[tuple[float, Float1D]]:
        """Yield penalties, from the largest, and intercept and coefficients."""
        model = self.rows.empty()
        if self.forced:
            model = self.rows.fit(self.forced, np.append(model.theta, np.zeros(len(self.forced))))
        theta = np.zeros(1 + len(self.names))
        theta[[0, *(i + 1 for i in self.forced)]] = model.theta
        flat = self.spread == 0
        pull = np.abs(self.rows.slopes(model.log_odds)[1:]) / np.where(flat, np.inf, self.spread)
        pull[self.forced] = 0.0
        largest = float(pull.max(initial=0.0))
        yield largest, theta
        if largest == 0:
            return
        low = np.append(-np.inf, np.where(flat, 0.0, np.minimum(self.rows.low, 0.0)))
        high = np.append(np.inf, np.where(flat, 0.0, np.maximum(self.rows.high, 0.0)))
        spread = np.append(0.0, self.spread)
        for i in self.forced:
            spread[i + 1], low[i + 1], high[i + 1] = 0.0, self.rows.low[i], self.rows.high[i]
        fits = PenalisedFits(self.rows, spread, low, high)
        shares = np.geomspace(1.0, self.asked.least_penalty, self.asked.n_penalties)[1:]
        for penalty in (largest * shares).tolist():
            theta = self._within_caps(fits, theta, penalty, (low, high))
            yield penalty, theta

    def _within_caps(
        self,
        fits: PenalisedFits,
        before: Float1D,
        penalty: float,
        box: tuple[Float1D, Float1D],
    ) -> Float1D:
        """Fit; close columns that would break a cap, and fit again until none does."""
        here = set(_on(before))
        self.closed = {}
        fits.low[:], fits.high[:] = box
        self._close(fits, [], here)
        theta = before
        while True:
            theta = fits.fit(theta, penalty)
            came = [i for i in _on(theta) if i not in here and i not in self.forced]
            # the largest effect goes first
            came.sort(key=lambda i: -abs(theta[i + 1]) * self.spread[i])
            if not self._close(fits, came, here):
                return theta

    def _close(self, fits: PenalisedFits, came: list[int], here: set[int]) -> bool:
        """Shut out columns for which a cap has no room; tell whether one of them had come."""
        asked = self.candidates
        inside = [*self.forced, *(i for i in here if i not in self.forced)]
        for i in [*came, *(i for i in range(len(self.names)) if i not in came)]:
            if i in inside or i in self.closed:
                continue
            group = asked.groups.get(self.names[i], "")
            held = sum(asked.groups.get(self.names[k], "") == group for k in inside)
            if group in asked.caps and held >= asked.caps[group]:
                self.closed[i] = "group"
            elif asked.max_features is not None and len(inside) >= asked.max_features:
                self.closed[i] = "cap"
            elif i in came:
                inside.append(i)
        shut = [i + 1 for i in self.closed]
        fits.low[shut], fits.high[shut] = 0.0, 0.0
        return any(i in self.closed for i in came)

    def _refit(self, before: Fitted, active: list[int]) -> Fitted:
        """Fit a set without the penalty, less what the bounds then hold at 0."""
        known = dict(zip(before.columns, before.theta[1:].tolist(), strict=True))
        start = np.array([before.theta[0], *(known.get(i, 0.0) for i in active)])
        model = self.rows.fit(active, start)
        for i in model.at_zero:
            if i not in self.forced:
                box = float(self.rows.low[i]), float(self.rows.high[i])
                self.at_bound[i] = fate_at_zero(self.names[i], box, "search")
                model = self.rows.without_column(model, i)
        return model

    def _fates(self, stops: list[_Stop], best: int) -> Iterator[Fate]:
        first: dict[int, int] = {}
        for k, stop in enumerate(stops):
            for column in stop.model.columns:
                first.setdefault(column, k)
        chosen = set(stops[best].model.columns)
        for i, name in enumerate(self.names):
            at = first.get(i)
            penalty = math.nan if at is None else stops[at].penalty
            if name in self.candidates.forced:
                yield Fate(
                    feature=name, kept=True, stage="forced", rule="forced", reason="forced in"
                )
                continue
            rule, reason = self._why(i, at, penalty, best=best, chosen=i in chosen)
            yield Fate(
                feature=name,
                kept=i in chosen,
                stage="kept" if i in chosen else "search",
                rule=rule,
                step=len(stops) - 1 if at is None else at,
                reason=reason,
                statistic=penalty,
                limit=stops[best].penalty,
            )

    def _why(
        self, i: int, at: int | None, penalty: float, *, best: int, chosen: bool
    ) -> tuple[str, str]:
        if at is None and i in self.at_bound:
            return self.at_bound[i].rule, self.at_bound[i].reason
        if at is None and i in self.closed:
            why = {
                "group": f"group {self.candidates.groups.get(self.names[i])!r} has its columns",
                "cap": f"the card has its {self.candidates.max_features} columns",
            }
            return self.closed[i], f"{why[self.closed[i]]} already, at each penalty"
        if at is None:
            return "l1", "no coefficient on the whole path"
        if chosen:
            return "l1", f"on the path from penalty {penalty:.4g}"
        if at > best:
            return "l1", f"on the path from penalty {penalty:.4g} only, beyond the best set"
        return "l1", f"left the path, having been on it from penalty {penalty:.4g}"

    def _step(self, stops: list[_Stop], k: int) -> Step:
        model = stops[k].model
        before = set(stops[k - 1].model.columns) if k else set()
        came = [self.names[i] for i in model.columns if i not in before]
        went = [self.names[i] for i in before if i not in model.columns]
        n, value = len(model.columns), model.log_likelihood
        return Step(
            action="start" if k == 0 else "enter" if came else "leave",
            feature=", ".join(came or went) if k else "",
            statistic=stops[k].penalty,
            p_value=math.nan,
            n_features=n,
            log_likelihood=value,
            aic=-2 * value + 2 * (n + 1),
            bic=-2 * value + math.log(self.candidates.n_cases) * (n + 1),
        )


def _on(theta: Float1D) -> list[int]:
    """Return the columns with a coefficient."""
    return np.flatnonzero(theta[1:]).tolist()


def _spread(rows: WorkingModel) -> Float1D:
    """Return the standard deviation of each column, by weight."""
    mean = np.average(rows.features, axis=0, weights=rows.weights)
    spread: Float1D = np.sqrt(np.average((rows.features - mean) ** 2, axis=0, weights=rows.weights))
    return spread
