"""One run of a stepwise selection."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy.special import chdtrc

from creditscore._typing import Float1D
from creditscore.scorecard.selection._candidates import Candidates
from creditscore.scorecard.selection._fate import Fate, Found, Step, fate_at_zero
from creditscore.scorecard.selection._working import AT_REST, Fitted, WorkingModel

_SAME = 1e-6
"""χ² by which equal candidates may differ by rounding."""
_CLEAR = 2.0
"""Factor from the limit within which a Wald or score test leaves the likelihood ratio open."""


class StepwiseSearch:
    """Lets columns enter and leave until none may; see :class:`Stepwise`.

    Parameters
    ----------
    candidates : Candidates
        What it chooses from.
    direction : {"both", "forward", "backward"}
        Which way columns go.
    by_fit : bool
        Whether statistics are likelihood ratios, not those of score and Wald tests.
    n_refits : int or None
        Candidates that are fitted at each step; None for all.
    enter_at, leave_at : float
        χ² above which columns enter, and below which they leave.
    """

    def __init__(
        self,
        candidates: Candidates,
        *,
        direction: str,
        by_fit: bool,
        n_refits: int | None,
        enter_at: float,
        leave_at: float,
    ) -> None:
        self.candidates, self.direction = candidates, direction
        self.by_fit, self.n_refits = by_fit, n_refits
        self.enter_at, self.leave_at = enter_at, leave_at
        self.names = candidates.names
        self.forced = np.flatnonzero(candidates.is_forced).tolist()
        self.rank = np.argsort(candidates.by_worth)
        self.rows = WorkingModel(
            candidates.features,
            candidates.is_bad,
            candidates.weights,
            # tests without a fit of their own need the maximum to more digits
            at_rest=AT_REST if by_fit else 1e-14,
            box=candidates.box,
        )
        self.steps: list[Step] = []
        self.left: dict[int, Fate] = {}
        self.refused: dict[int, Fate] = {}
        self.cycled = False

    def run(self) -> Found:
        """Search; return what became of each candidate, and the steps."""
        backward = self.direction == "backward"
        first = list(range(len(self.names))) if backward else self.forced
        model = self.rows.empty()
        if first:
            start = np.append(model.theta, -np.ones(len(first)))
            model = self.rows.fit(first, start)
        self._note("start", None, math.nan, model)
        model = self._without_zeros(model)
        seen = {frozenset(model.columns)}
        while True:
            changed = False
            if not backward:
                model, changed = self._enter(model)
            if self.direction != "forward":
                model, gone = self._leave(model)
                changed |= gone
            self.cycled = changed and frozenset(model.columns) in seen
            if self.cycled or not changed:
                break
            seen.add(frozenset(model.columns))
        return Found(fates=tuple(self._fates(model)), steps=tuple(self.steps))

    # --- entering ---------------------------------------------------------------------

    def _enter(self, model: Fitted) -> tuple[Fitted, bool]:
        """Let the best candidate enter."""
        statistics = self._open(model)
        n_left = (self.n_refits or len(self.names)) if self.by_fit else 1
        best: tuple[float, int, Fitted] | None = None
        for i in np.argsort(-_rounded(statistics), kind="stable").tolist():
            if n_left == 0 or not self._promising(statistics[i]):
                break
            new = self.rows.with_column(model, i)
            if i in new.at_zero:
                self.refused[i] = self._at_zero(i)
                continue
            n_left -= 1
            gain = 2 * (new.log_likelihood - model.log_likelihood)
            statistic = gain if self.by_fit else float(statistics[i])
            if best is None or statistic > best[0] + _SAME:
                best = statistic, i, new
        if best is None or best[0] <= self.enter_at:
            return model, False
        statistic, i, model = best
        self.left.pop(i, None)
        self.refused.clear()
        self._note("enter", i, statistic, model)
        return self._without_zeros(model), True

    def _promising(self, statistic: float) -> bool:
        """Whether a fit may lift a candidate above the limit that its score test is at."""
        if not self.by_fit:
            return statistic > self.enter_at
        # 0 are those that may not enter
        return statistic > (0.0 if self.n_refits is None else self.enter_at / _CLEAR)

    def _open(self, model: Fitted) -> Float1D:
        """Return the score statistics of the candidates that may enter, 0 for all others."""
        statistics = self.rows.scores(model)[0]
        statistics[[i for i, shut in enumerate(self._closed(model)) if shut]] = 0.0
        return np.nan_to_num(statistics, nan=0.0, posinf=0.0)

    def _closed(self, model: Fitted) -> Iterator[tuple[str, str] | None]:
        """Yield for each candidate the rule by which it may not enter and why; None if it may."""
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
                yield "", "in the model"
            elif group in asked.caps and held.get(group, 0) >= asked.caps[group]:
                yield "group", f"group {group!r} has its {asked.caps[group]} already"
            elif full:
                yield "cap", f"the card has its {asked.max_features} columns already"
            else:
                yield None

    # --- leaving ----------------------------------------------------------------------

    def _without_zeros(self, model: Fitted) -> Fitted:
        """Let columns leave whose coefficient a bound holds at 0: nothing is lost with them."""
        for i in model.at_zero:
            if i not in self.forced:
                model = self.rows.without_column(model, i)
                self._note("leave", i, 0.0, model)
                self.left[i] = self._at_zero(i)
        return model

    def _leave(self, model: Fitted) -> tuple[Fitted, bool]:
        """Let columns leave, the idlest first, while there is one that may."""
        changed = False
        while True:
            over = self._over_caps(model)
            found = self._idlest(model, set(over))
            if found is None:
                return model, changed
            statistic, i, model = found
            changed = True
            self._note("leave", i, statistic, model)
            capped = statistic > self.leave_at
            reason = f"left: χ² {_told(statistic)} not above {self.leave_at:.2f}"
            if capped:
                reason = f"others of the same cap gain more than its χ² of {_told(statistic)}"
            self.left[i] = Fate(
                feature=self.names[i],
                kept=False,
                stage="search",
                rule=over[i] if capped else "stepwise",
                step=len(self.steps) - 1,
                reason=reason,
                statistic=statistic,
                limit=self.leave_at,
            )
            model = self._without_zeros(model)

    def _idlest(self, model: Fitted, over: set[int]) -> tuple[float, int, Fitted] | None:
        """Find the column that is missed least, if it may leave, and the model without it.

        `over` are those of which one must go for a cap's sake.
        """
        wald = self.rows.wald(model, exact=not self.by_fit)
        # of equal ones that of the least information value leaves, then the last
        by_wald = np.lexsort((-self.rank[model.columns], _rounded(wald))).tolist()
        order = [
            k
            for k in by_wald
            if model.columns[k] not in self.forced and (not over or model.columns[k] in over)
        ]
        n = self.n_refits if self.by_fit else 1
        clear = n is not None and not over
        if not order or (clear and wald[order[0]] > _CLEAR * self.leave_at):
            return None
        if n is not None and wald[order[0]] < self.leave_at / _CLEAR:
            n = 1
        best: tuple[float, int, Fitted] | None = None
        for k in order[:n] if self.by_fit else order:
            new = self.rows.without_column(model, model.columns[k])
            loss = 2 * (model.log_likelihood - new.log_likelihood)
            if not self.by_fit:
                if not over and wald[k] >= self.leave_at:
                    return None
                # of a column that separates the classes the Wald test is near 0: the fit knows
                if over or loss < self.leave_at:
                    return float(wald[k]), model.columns[k], new
            elif best is None or loss < best[0] - _SAME:
                best = loss, model.columns[k], new
        if best is None or not (best[0] < self.leave_at or best[1] in over):
            return None
        return best

    def _over_caps(self, model: Fitted) -> dict[int, str]:
        """Return the columns of which one must go for a cap's sake, and by which rule."""
        asked, inside = self.candidates, model.columns
        over: dict[int, str] = {}
        for group, cap in asked.caps.items():
            of_group = [i for i in inside if asked.groups.get(self.names[i]) == group]
            if len(of_group) > cap:
                over.update((i, "group") for i in of_group if i not in self.forced)
        if not over and asked.max_features is not None and len(inside) > asked.max_features:
            over.update((i, "cap") for i in inside if i not in self.forced)
        return over

    # --- what is told -----------------------------------------------------------------

    def _at_zero(self, column: int) -> Fate:
        name = self.names[column]
        box = float(self.rows.low[column]), float(self.rows.high[column])
        return fate_at_zero(name, box, "search", step=len(self.steps) - 1)

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

    def _fates(self, model: Fitted) -> Iterator[Fate]:
        statistics, wanted = self.rows.scores(model)
        entered = {s.feature: k for k, s in enumerate(self.steps) if s.action == "enter"}
        closed = list(self._closed(model))
        for i, name in enumerate(self.names):
            if i in model.columns:
                yield self._kept(name, entered.get(name))
            elif i in self.left:
                yield self.left[i]
            else:
                yield self._outside(i, float(statistics[i]), float(wanted[i]), closed[i])

    def _kept(self, name: str, step: int | None) -> Fate:
        if name in self.candidates.forced:
            return Fate(feature=name, kept=True, stage="forced", rule="forced", reason="forced in")
        if step is None:
            return Fate(feature=name, kept=True, stage="kept", rule="stepwise",
                        reason="never left")  # fmt: skip
        how = self.steps[step]
        return Fate(
            feature=name,
            kept=True,
            stage="kept",
            rule="stepwise",
            step=step,
            reason=f"entered with χ² {how.statistic:.2f}",
            statistic=how.statistic,
            limit=self.enter_at,
        )

    def _outside(
        self, i: int, statistic: float, wanted: float, closed: tuple[str, str] | None
    ) -> Fate:
        """Say why a column never entered."""
        rule, reason = self._why_outside(i, statistic, wanted, closed)
        return Fate(
            feature=self.names[i],
            kept=False,
            stage="search",
            rule=rule,
            step=len(self.steps) - 1,
            reason=reason,
            statistic=statistic,
            limit=self.enter_at,
        )

    def _why_outside(
        self, i: int, statistic: float, wanted: float, closed: tuple[str, str] | None
    ) -> tuple[str, str]:
        low, high = float(self.rows.low[i]), float(self.rows.high[i])
        if math.isnan(statistic):
            return "stepwise", "the chosen columns determine it"
        if math.isinf(low) and high == 0 and wanted > 0 and not closed:
            return "sign", "its coefficient would have the wrong sign"
        if statistic <= self.enter_at:
            said = f"would add χ² {_told(statistic)}, not above {self.enter_at:.2f}"
            outside = not low <= wanted <= high
            return ("bounds", f"within its bounds it {said}") if outside else ("stepwise", said)
        if not closed and i in self.refused:
            closed = self.refused[i].rule, self.refused[i].reason
        said = f"χ² {statistic:.2f} by score, and by its fit not above {self.enter_at:.2f}"
        if self.cycled:
            said = f"would add χ² {statistic:.2f}; the search came back to a set it had seen"
        return closed or ("stepwise", said)


def _rounded(statistics: Float1D) -> Float1D:
    """Return statistics by which equal candidates are equal."""
    rounded: Float1D = np.round(statistics / _SAME) * _SAME
    return rounded


def _told(statistic: float) -> str:
    """Write a χ², of which rounding may leave a little less than 0."""
    return f"{round(statistic, 2) + 0.0:.2f}"
