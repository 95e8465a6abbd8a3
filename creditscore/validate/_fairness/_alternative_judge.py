"""Judges a card by AUC and adverse impact ratio on cases that it was not fitted on."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy.special import ndtri
from sklearn.base import clone

from creditscore._frame import Table
from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore.binning import WOEEncoder
from creditscore.exceptions import CreditScoreWarning
from creditscore.metrics import Interval
from creditscore.validate._fairness._alternative_bins import FoundBins, SharedBins
from creditscore.validate._fairness._alternative_card import AlternativeCard
from creditscore.validate._fairness._groups import Groups


@dataclass(frozen=True, eq=False)
class Judged:
    """What came of a card: its measures, and how each case moves them."""

    auc: float
    ratio: float
    group: str
    reference: int
    rates: Float1D
    auc_moves: Float1D
    ratio_moves: Float1D

    def auc_interval(self, level: float) -> Interval:
        """AUC with its interval."""
        return _interval(self.auc, self.auc_moves, level, high=1.0)

    def ratio_interval(self, level: float) -> Interval:
        """Adverse impact ratio, with an interval on the scale of logarithms."""
        if not self.ratio > 0:
            return Interval(self.ratio, math.nan, math.nan, level)
        error = math.sqrt(float((self.ratio_moves**2).sum())) / self.ratio
        factor = math.exp(float(ndtri(0.5 + level / 2)) * error)
        return Interval(self.ratio, self.ratio / factor, self.ratio * factor, level)

    def changes_from(self, baseline: Judged, level: float) -> tuple[Interval, Interval]:
        """Differences of AUC and ratio to a baseline on the same cases, with paired intervals."""
        areas = _interval(self.auc - baseline.auc, self.auc_moves - baseline.auc_moves, level)
        ratios = _interval(
            self.ratio - baseline.ratio, self.ratio_moves - baseline.ratio_moves, level
        )
        return areas, ratios


@dataclass(frozen=True, eq=False)
class Part:
    """Rows that cards are fitted on, rows that judge them, and the bins found so far."""

    train: Int1D
    test: Int1D
    bins: FoundBins = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class CardJudge:
    """The cases that judge cards, and the share of them that is approved."""

    table: Table
    is_bad: Bool1D
    groups: Groups
    large: Bool1D
    approval_rate: float
    place: int | None

    def judge(self, card: AlternativeCard, parts: list[Part]) -> Judged:
        """Fit in each part on the first rows, and judge on the second."""
        table = self.table.only(card.columns)
        tested = np.concatenate([part.test for part in parts])
        approved, moves = np.zeros(len(self.is_bad)), np.zeros(len(self.is_bad))
        areas = []
        for part in parts:
            test = part.test
            score = _score(card, table, self.is_bad, part)
            area, curve = area_moves(self.is_bad[test], score)
            areas.append(area)
            moves[test] = curve / (len(test) * len(parts))
            approved[test] = safest_share(score, self.approval_rate)
        return self.judged(float(np.mean(areas)), moves, approved, tested)

    def judged(self, area: float, area_moved: Float1D, approved: Float1D, rows: Int1D) -> Judged:
        """Add the least ratio of approval rates, and how each case moves it."""
        codes, names = self.groups.codes[rows], self.groups.names
        count = np.bincount(codes, minlength=len(names))
        with np.errstate(invalid="ignore"):
            rates = np.bincount(codes, approved[rows], minlength=len(names)).astype(float) / count
        judged = np.where(self.large & (count > 0), rates, np.nan)
        best = int(np.nanargmax(judged)) if self.place is None else self.place
        others = judged.copy()
        others[best] = np.nan
        moves = np.zeros(len(approved))
        if np.isnan(others).all() or not rates[best] > 0:
            return Judged(area, math.nan, "", best, rates, area_moved, moves)
        worst = int(np.nanargmin(others))
        ratio = float(rates[worst] / rates[best])
        # a case moves its group's rate by (decision - rate) / size; the ratio follows by its slope
        for place, slope in ((worst, 1 / rates[best]), (best, -ratio / rates[best])):
            own = rows[codes == place]
            moves[own] = slope * (approved[own] - rates[place]) / count[place]
        return Judged(area, ratio, names[worst], best, rates, area_moved, moves)


def _score(card: AlternativeCard, table: Table, is_bad: Bool1D, part: Part) -> Float1D:
    """Return scores of the rows that judge; notes of refits are not repeated."""
    encoder = card.estimator.encoder
    # what cross-fitting and other classes do with their bins is not known here
    if type(encoder) is WOEEncoder and encoder.cross_fit is None:
        estimator = clone(card.estimator)
        card = replace(
            card, estimator=estimator.set_params(encoder=SharedBins.of(encoder, part.bins))
        )
    with warnings.catch_warnings(action="ignore", category=CreditScoreWarning):
        model = card.fit(table.taken(part.train), is_bad[part.train].astype(np.int64))
        score: Any = model.scorecard_.score_array(table.taken(part.test))
    # sums of the same points in another order differ in their last digits
    return np.asarray(np.round(score, 9), dtype=np.float64)


def safest_share(score: Float1D, share: float) -> Float1D:
    """Approve a share of cases exactly, highest scores first; ties at the line share what is left.

    Returns how much of each case is approved, in [0, 1]: the chance of it if lots were drawn
    among the tied.
    """
    wanted = share * len(score)
    distinct, codes = np.unique(-score, return_inverse=True)
    count = np.bincount(codes, minlength=len(distinct))
    before = np.cumsum(count) - count
    part: Float1D = np.clip((wanted - before) / count, 0.0, 1.0)[codes]
    return part


def area_moves(is_bad: Bool1D, score: Float1D) -> tuple[float, Float1D]:
    """Return the AUC and the influence of each case on it, whose mean is zero."""
    good, bad = np.sort(score[~is_bad]), np.sort(score[is_bad])
    curve = np.empty(len(score))
    curve[is_bad] = 1 - _share_below(good, score[is_bad])
    curve[~is_bad] = _share_below(bad, score[~is_bad])
    area = float(curve[is_bad].mean())
    share = is_bad.mean()
    return area, (curve - area) / np.where(is_bad, share, 1 - share)


def _share_below(ordered: Float1D, values: Float1D) -> Float1D:
    """Return the share of ordered numbers below each value, ties at one half."""
    left, right = (np.searchsorted(ordered, values, side=side) for side in ("left", "right"))
    below: Float1D = (left + right) / (2 * len(ordered))
    return below


def _interval(estimate: float, moves: Float1D, level: float, high: float = math.inf) -> Interval:
    margin = float(ndtri(0.5 + level / 2)) * math.sqrt(float((moves**2).sum()))
    return Interval(estimate, estimate - margin, min(high, estimate + margin), level)
