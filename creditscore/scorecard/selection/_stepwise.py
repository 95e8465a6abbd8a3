"""Stepwise selection: columns enter and leave one at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, chdtri

from creditscore._repr import changed_repr
from creditscore._typing import Float1D
from creditscore._validation import check_choice, check_integer, check_real
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard.selection._candidates import Candidates
from creditscore.scorecard.selection._log import Fate, Step
from creditscore.scorecard.selection._working import AT_REST, Fitted, WorkingModel

DIRECTIONS = ("both", "forward", "backward")
CRITERIA = ("bic", "aic", "p_value")
TESTS = ("likelihood_ratio", "score")
_CLEAR = 2.0
"""Factor from the limit within which a Wald or score test leaves the likelihood ratio open."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Stepwise:
    """Stepwise selection by an information criterion or by p-values.

    Parameters
    ----------
    direction : {"both", "forward", "backward"}, default="both"
        Columns only enter, only leave a model of all of them, or enter and, after each entry,
        leave again where they have become idle.
    criterion : {"bic", "aic", "p_value"}, default="bic"
        What an entry must lower: -2 · log-likelihood + penalty, with a penalty of ln(n) or of 2 a
        column; or the p-value that an entry must stay under.
    test : {"likelihood_ratio", "score"}, default="likelihood_ratio"
        For "p_value": the statistic. Under "score", columns enter by the score test and leave by
        the Wald test, where the likelihood ratio does not say otherwise: of a column that
        separates the classes the Wald test is near 0.
    enter : float, default=0.05
        For "p_value": a column enters if its p-value is below, in (0, 1).
    leave : float, default=0.05
        For "p_value": a column leaves if its p-value is above, in (0, 1) and not below `enter`.
    n_refits : int or None, default=5
        Candidates, the first by score (or Wald) test, whose likelihood ratio is worked out at
        each step; the best of these is taken. None works out all.

    Notes
    -----
    Forward, the score test [1]_ looks at all candidates in one pass over the rows, O(n · p · s)
    for p candidates beside s chosen columns; then the first `n_refits` are fitted in earnest, each
    from the model before in a few passes, O(n · s). Backward, the Wald test does so, and where it
    is below half the limit, its order is taken. A test of more than twice the limit, or less than
    half of it, is not looked into. With `n_refits` None all are: the search of the textbook, and
    mostly with the same outcome. Of equal candidates the
    first by column order is taken. p-values are those of columns named beforehand: of columns
    chosen among many they are too small [2]_.

    References
    ----------
    .. [1] D. W. Hosmer, S. Lemeshow, R. X. Sturdivant, *Applied Logistic Regression*, 3rd ed.,
       Wiley, 2013, ch. 4.
    .. [2] F. E. Harrell, *Regression Modeling Strategies*, 2nd ed., Springer, 2015, section 4.3.

    Examples
    --------
    >>> from creditscore.scorecard.selection import Stepwise
    >>> Stepwise(direction="forward", criterion="p_value", enter=0.01)
    Stepwise(direction='forward', criterion='p_value', enter=0.01)
    """

    direction: str = "both"
    criterion: str = "bic"
    test: str = "likelihood_ratio"
    enter: float = 0.05
    leave: float = 0.05
    n_refits: int | None = 5

    def __post_init__(self) -> None:
        """Check the parameters."""
        owner = type(self).__name__
        check_choice(self.direction, "direction", owner, DIRECTIONS)
        check_choice(self.criterion, "criterion", owner, CRITERIA)
        check_choice(self.test, "test", owner, TESTS)
        for name in ("enter", "leave"):
            check_real(getattr(self, name), name, owner, low=0, high=1)
        if self.n_refits is not None:
            check_integer(self.n_refits, "n_refits", owner, low=1)
        if self.leave < self.enter:
            msg = (
                f"Stepwise lets columns enter at p below {self.enter:g} and leave at p above "
                f"{self.leave:g}, so what enters may leave at once. Raise leave, or lower enter."
            )
            raise InvalidParameterError(msg)

    def __repr__(self) -> str:
        """Write what differs from the defaults."""
        return changed_repr(self)

    def search(self, candidates: Candidates) -> tuple[list[Fate], list[Step]]:
        """Return the fate of each candidate, and the steps."""
        return _Search(self, candidates).run()

    def said(self, candidates: Candidates) -> str:
        """Say in words what is done."""
        rule = {"bic": "BIC", "aic": "AIC", "p_value": f"p below {self.enter:g}"}
        limit = self.limits(candidates.n_cases)[0]
        return f"stepwise {self.direction} by {rule[self.criterion]} (χ² above {limit:.2f})"

    def limits(self, n_cases: float) -> tuple[float, float]:
        """Return the χ² above which columns enter, and that below which they leave."""
        if self.criterion == "p_value":
            return float(chdtri(1, self.enter)), float(chdtri(1, self.leave))
        penalty = 2.0 if self.criterion == "aic" else math.log(n_cases)
        return penalty, penalty

    @property
    def by_fit(self) -> bool:
        """Whether statistics are likelihood ratios."""
        return self.criterion != "p_value" or self.test == "likelihood_ratio"


class _Search:
    """One run of a stepwise selection."""

    def __init__(self, asked: Stepwise, candidates: Candidates) -> None:
        self.asked, self.candidates = asked, candidates
        self.names = candidates.names
        self.forced = np.flatnonzero(candidates.is_forced).tolist()
        self.rows = WorkingModel(
            candidates.features,
            candidates.is_bad,
            candidates.weights,
            # tests without a fit of their own need the maximum to more digits
            at_rest=AT_REST if asked.by_fit else 1e-14,
        )
        self.enter_at, self.leave_at = asked.limits(candidates.n_cases)
        self.steps: list[Step] = []
        self.left: dict[int, Fate] = {}
        self.refused: dict[int, str] = {}
        self.cycled = False

    def run(self) -> tuple[list[Fate], list[Step]]:
        backward = self.asked.direction == "backward"
        first = list(range(len(self.names))) if backward else self.forced
        model = self.rows.empty()
        if first:
            start = np.append(model.theta, -np.ones(len(first)))
            model = self.rows.fit(first, start)
        self._note("start", None, math.nan, model)
        seen = {frozenset(model.columns)}
        while True:
            changed = False
            if not backward:
                model, changed = self._enter(model)
            if self.asked.direction != "forward":
                model, gone = self._leave(model)
                changed |= gone
            self.cycled = changed and frozenset(model.columns) in seen
            if self.cycled or not changed:
                break
            seen.add(frozenset(model.columns))
        return self._fates(model), self.steps

    def _enter(self, model: Fitted) -> tuple[Fitted, bool]:
        """Let the best candidate enter."""
        statistics = self._open(model)
        n_left = (self.asked.n_refits or len(self.names)) if self.asked.by_fit else 1
        best: tuple[float, int, Fitted] | None = None
        for i in np.argsort(-statistics, kind="stable").tolist():
            if n_left == 0 or not self._promising(statistics[i]):
                break
            new = self.rows.with_column(model, i)
            if self._wrong_sign(new):
                self.refused[i] = "with it a coefficient would have the wrong sign"
                continue
            n_left -= 1
            gain = 2 * (new.log_likelihood - model.log_likelihood)
            statistic = gain if self.asked.by_fit else float(statistics[i])
            if best is None or statistic > best[0]:
                best = statistic, i, new
        if best is None or best[0] <= self.enter_at:
            return model, False
        statistic, i, model = best
        self.left.pop(i, None)
        self.refused.clear()
        self._note("enter", i, statistic, model)
        return model, True

    def _promising(self, statistic: float) -> bool:
        """Whether a fit may lift a candidate above the limit that its score test is at."""
        if not self.asked.by_fit:
            return statistic > self.enter_at
        # 0 are those that may not enter
        return statistic > (0.0 if self.asked.n_refits is None else self.enter_at / _CLEAR)

    def _open(self, model: Fitted) -> Float1D:
        """Return the score statistics of the candidates that may enter, 0 for all others."""
        statistics, slopes = self.rows.scores(model)
        if self.candidates.negative:
            statistics[slopes > 0] = 0.0
        statistics[[i for i, why in enumerate(self._closed(model)) if why]] = 0.0
        return np.nan_to_num(statistics, nan=0.0, posinf=0.0)

    def _closed(self, model: Fitted) -> Iterator[str]:
        """Yield for each candidate why it may not enter; empty where it may."""
        asked = self.candidates
        inside = [self.names[i] for i in model.columns]
        full = asked.max_features is not None and len(inside) >= asked.max_features
        held: dict[str, int] = {}
        for name in inside:
            if name in asked.groups:
                held[asked.groups[name]] = held.get(asked.groups[name], 0) + 1
        for name in self.names:
            group = asked.groups.get(name, "")
            if name in inside:
                yield "in the model"
            elif group in asked.caps and held.get(group, 0) >= asked.caps[group]:
                yield f"group {group!r} has its {asked.caps[group]} already"
            elif full:
                yield f"the card has its {asked.max_features} columns already"
            else:
                yield ""

    def _leave(self, model: Fitted) -> tuple[Fitted, bool]:
        """Let columns leave, the idlest first, while there is one that may."""
        changed = False
        while True:
            found = self._idlest(model)
            if found is None:
                return model, changed
            statistic, i, model = found
            changed = True
            self._note("leave", i, statistic, model)
            self.left[i] = Fate(
                feature=self.names[i],
                kept=False,
                stage="search",
                step=len(self.steps) - 1,
                reason=self._idle(statistic),
                statistic=statistic,
                limit=self.leave_at,
            )

    def _idlest(self, model: Fitted) -> tuple[float, int, Fitted] | None:
        """Find the column that is missed least, if it may leave, and the model without it."""
        wald = self.rows.wald(model, exact=not self.asked.by_fit)
        over = self._over_caps(model)
        order = [
            k
            for k in np.argsort(wald, kind="stable").tolist()
            if model.columns[k] not in self.forced and (not over or model.columns[k] in over)
        ]
        n = self.asked.n_refits if self.asked.by_fit else 1
        clear = n is not None and not over
        if not order or (clear and wald[order[0]] > _CLEAR * self.leave_at):
            return None
        if n is not None and wald[order[0]] < self.leave_at / _CLEAR:
            n = 1
        best: tuple[float, int, Fitted] | None = None
        for k in order[:n] if self.asked.by_fit else order:
            new = self.rows.without_column(model, model.columns[k])
            loss = 2 * (model.log_likelihood - new.log_likelihood)
            if not self.asked.by_fit:
                if not over and wald[k] >= self.leave_at:
                    return None
                # of a column that separates the classes the Wald test is near 0: the fit knows
                if over or loss < self.leave_at:
                    return float(wald[k]), model.columns[k], new
            elif best is None or loss < best[0]:
                best = loss, model.columns[k], new
        if best is None or not (best[0] < self.leave_at or best[1] in over):
            return None
        return best

    def _over_caps(self, model: Fitted) -> set[int]:
        """Return the columns of which one must go for a cap's sake."""
        asked, inside = self.candidates, model.columns
        over: set[int] = set()
        for group, cap in asked.caps.items():
            of_group = [i for i in inside if asked.groups.get(self.names[i]) == group]
            if len(of_group) > cap:
                over.update(i for i in of_group if i not in self.forced)
        if not over and asked.max_features is not None and len(inside) > asked.max_features:
            over.update(i for i in inside if i not in self.forced)
        return over

    def _wrong_sign(self, model: Fitted) -> bool:
        free = np.array([i not in self.forced for i in model.columns], dtype=bool)
        return self.candidates.negative and bool((model.theta[1:][free] >= 0).any())

    def _idle(self, statistic: float) -> str:
        if statistic > self.leave_at:
            return f"others of the same cap gain more than its χ² of {statistic:.2f}"
        return f"left: χ² {statistic:.2f} not above {self.leave_at:.2f}"

    def _note(self, action: str, column: int | None, statistic: float, model: Fitted) -> None:
        n, value = len(model.columns), model.log_likelihood
        self.steps.append(
            Step(
                action=action,
                feature="" if column is None else self.names[column],
                statistic=statistic,
                p_value=float(chdtrc(1, max(statistic, 0.0))) if column is not None else math.nan,
                n_features=n,
                log_likelihood=value,
                aic=-2 * value + 2 * (n + 1),
                bic=-2 * value + math.log(self.candidates.n_cases) * (n + 1),
            )
        )

    def _fates(self, model: Fitted) -> list[Fate]:
        statistics, slopes = self.rows.scores(model)
        entered = {s.feature: k for k, s in enumerate(self.steps) if s.action == "enter"}
        closed = list(self._closed(model))
        fates = []
        for i, name in enumerate(self.names):
            if i in model.columns:
                fates.append(self._kept(name, entered.get(name)))
            elif i in self.left:
                fates.append(self.left[i])
            else:
                reason = self._outside(i, statistics[i], slopes[i], closed[i])
                fates.append(
                    Fate(
                        feature=name,
                        kept=False,
                        stage="search",
                        step=len(self.steps),
                        reason=reason,
                        statistic=float(statistics[i]),
                        limit=self.enter_at,
                    )
                )
        return fates

    def _kept(self, name: str, step: int | None) -> Fate:
        if name in self.candidates.forced:
            return Fate(feature=name, kept=True, stage="forced", reason="forced in")
        if step is None:
            return Fate(feature=name, kept=True, stage="kept", reason="never left")
        how = self.steps[step]
        return Fate(
            feature=name,
            kept=True,
            stage="kept",
            step=step,
            reason=f"entered with χ² {how.statistic:.2f}",
            statistic=how.statistic,
            limit=self.enter_at,
        )

    def _outside(self, i: int, statistic: float, slope: float, closed: str) -> str:
        """Say why a column never entered, or never came back."""
        if math.isnan(statistic):
            return "the chosen columns determine it"
        if self.candidates.negative and slope > 0 and not closed:
            return "its coefficient would have the wrong sign"
        if statistic <= self.enter_at:
            return f"would add χ² {statistic:.2f}, not above {self.enter_at:.2f}"
        if closed or i in self.refused:
            return closed or self.refused[i]
        if self.cycled:
            return f"would add χ² {statistic:.2f}; the search came back to a set it had seen"
        return f"χ² {statistic:.2f} by score, and by its fit not above {self.enter_at:.2f}"
