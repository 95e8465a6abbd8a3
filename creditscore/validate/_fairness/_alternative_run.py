"""The search itself: single changes, those that help together, and subsets at random."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from creditscore._progress import tracked
from creditscore._typing import Int1D
from creditscore._warn import warn_user
from creditscore.exceptions import FailedFitWarning, InvalidParameterError
from creditscore.validate._fairness._alternative_card import (
    AlternativeCard,
    BaselineCard,
    Change,
    changed_card,
)
from creditscore.validate._fairness._alternative_judge import CardJudge, Judged, Part
from creditscore.validate._fairness._alternative_search import AlternativeSearch
from creditscore.validate._overfit._fits import FIT_ERRORS

_MOST_CHANGES = 6
"""Changes of a card that is drawn at random."""


def single_changes(
    baseline: BaselineCard, judge: CardJudge, rows: Int1D, search: AlternativeSearch
) -> list[Change]:
    """Return the changes of one characteristic, those that part groups most first."""
    kinds = search.changes
    if baseline.estimator.regression is not None:
        kinds = tuple(kind for kind in kinds if kind != "limit")
        if not kinds:
            msg = "A 'regression' knows no bounds of coefficients: allow 'drop' or 'merge' too."
            raise InvalidParameterError(msg)
    table = judge.table.taken(rows)
    model = changed_card(baseline, (), 0).fit(table, judge.is_bad[rows].astype(np.int64))
    codes = judge.groups.codes[rows]
    count = np.maximum(np.bincount(codes, minlength=len(judge.groups.names)), 1)

    def apart(name: str) -> float:
        """Return how far the groups' mean points lie apart."""
        woe = model.encoder_.tables_[name].encode_column(table)
        means = np.bincount(codes, woe, minlength=len(count)) / count
        return float(abs(baseline.coefficients[name]) * np.ptp(means[judge.large]))

    ranked = sorted(baseline.columns, key=apart, reverse=True)
    # cuts of the user stand, so that their bins cannot be fewer
    given = getattr(baseline.estimator.encoder, "user_cuts", None) or {}
    changes = []
    for kind in kinds:
        for name in ranked:
            if kind == "drop" and len(ranked) > 1:
                changes.append(Change(kind, name))
            elif kind == "merge" and baseline.n_bins[name] > 2 and name not in given:
                changes.append(Change(kind, name, float(math.ceil(baseline.n_bins[name] / 2))))
            elif kind == "limit":
                changes.append(Change(kind, name, search.limit))
    places = {name: place for place, name in enumerate(ranked)}
    return sorted(changes, key=lambda change: places[change.column])


def step_bar(total: int, *, progress: bool) -> Callable[[], None]:
    """Return what is called after each card; a bar on the error stream if that is asked."""
    steps = iter(tracked(range(total), "Cards", progress=progress))
    next(steps)
    return lambda: (next(steps, None), None)[1]


class AlternativeRun:
    """One search: what was judged so far, within the budget."""

    def __init__(
        self,
        baseline: BaselineCard,
        judge: CardJudge,
        parts: list[Part],
        search: AlternativeSearch,
        step: Callable[[], None],
    ) -> None:
        self.baseline, self.judge, self.parts = baseline, judge, parts
        self.search, self.step = search, step
        self.found: dict[tuple[Change, ...], tuple[AlternativeCard, Judged]] = {}
        self.failed: list[str] = []
        self.tried: set[tuple[Change, ...]] = set()
        self.start = self._first()

    def explore(self, singles: list[Change]) -> None:
        """Try changes one by one, then those that help together, then subsets at random."""
        half = max(1, self.search.n_candidates // 2)
        gains = []
        for change in singles[:half]:
            judged = self._try((change,))
            if judged is not None:
                gains.append((change, judged.ratio - self.start.ratio, self._loss(judged)))
        self._greedy([entry for entry in gains if entry[1] > 0])
        self._at_random(gains)
        for change in singles[half:]:
            # where there is little to combine, some of the budget is left
            self._try((change,))
        if self.failed:
            warn_user(
                f"{len(self.failed)} of {len(self.tried)} cards could not be fitted or judged in "
                f"every fold and are left out, the first: {self.failed[0]}",
                FailedFitWarning,
            )

    def _first(self) -> Judged:
        """Judge the baseline, without which there is nothing to compare."""
        card = changed_card(self.baseline, (), 0)
        judged = self.judge.judge(card, self.parts)
        self.tried.add(())
        self.found[()] = (card, judged)
        self.step()
        return judged

    def _loss(self, judged: Judged) -> float:
        return self.start.auc - judged.auc

    def _left(self) -> bool:
        return len(self.tried) < self.search.n_candidates

    def _try(self, changes: tuple[Change, ...]) -> Judged | None:
        """Judge a card, unless it was tried, leaves nothing, or the budget is spent."""
        changes = tuple(sorted(changes, key=str))
        dropped = sum(change.kind == "drop" for change in changes)
        if changes in self.tried or dropped >= len(self.baseline.columns) or not self._left():
            return None
        self.tried.add(changes)
        card = changed_card(self.baseline, changes, len(self.found))
        try:
            judged = self.judge.judge(card, self.parts)
        except FIT_ERRORS as error:
            self.failed.append(f"{'; '.join(card.changes)}: {error}")
            return None
        finally:
            self.step()
        if math.isnan(judged.ratio):
            self.failed.append(f"{'; '.join(card.changes)}: no ratio")
            return None
        self.found[changes] = (card, judged)
        return judged

    def _greedy(self, gains: list[tuple[Change, float, float]]) -> None:
        """Add up changes that raise the ratio, while it rises and the AUC stays near."""
        kept: tuple[Change, ...] = ()
        ratio = self.start.ratio
        by_price = sorted(gains, key=lambda entry: entry[1] / max(entry[2], 1e-3), reverse=True)
        for change, _, loss in by_price:
            if change.column in {other.column for other in kept}:
                continue
            if not kept:
                if loss <= self.search.max_auc_loss:
                    kept, ratio = (change,), self.found[(change,)][1].ratio
                continue
            judged = self._try((*kept, change))
            if judged is None or judged.ratio <= ratio:
                continue
            if self._loss(judged) <= self.search.max_auc_loss:
                kept, ratio = (*kept, change), judged.ratio

    def _at_random(self, gains: list[tuple[Change, float, float]]) -> None:
        """Draw subsets of changes, those that raised the ratio three times as likely."""
        if len(gains) < 2:
            return
        rng = np.random.default_rng(self.search.random_state)
        weight = np.array([3.0 if gain > 0 else 1.0 for _, gain, _ in gains])
        most = min(_MOST_CHANGES, len(gains))
        for _ in range(20 * self.search.n_candidates):
            if not self._left():
                return
            size = int(rng.integers(2, most + 1))
            drawn = rng.choice(len(gains), size, replace=False, p=weight / weight.sum())
            by_column = {gains[i][0].column: gains[i][0] for i in drawn.tolist()}
            self._try(tuple(by_column.values()))
