"""Shares of agreement among matches and among others, estimated without knowing which is which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore._warn import warn_user
from creditscore.exceptions import NonConvergenceWarning
from creditscore.organise._match._contradiction import HELD, emails_of_names, may_be_matches
from creditscore.organise._match._levels import (
    BEST,
    DIFFERENT,
    LEVELS,
    MISSING,
    NAME,
    Comparison,
    Levels,
)

_MOST_STEPS = 2000
_TOLERANCE = 1e-6
_PRIOR_MATCHES = 2.0
"""So many matches the m at the start count for, so that no share becomes zero."""
_FEWEST_MATCHES = 1e-3
"""Matches among all pairs below which the share of matches does not fall."""
_FEW = 0.05
"""Pairs a record that agree in what few have, up to which a table is taken for a clean one."""
_OF_FEW = [place for place, field in enumerate(LEVELS) if field not in ("address", "birth_year")]
"""Fields in which hardly any two customers agree."""
_RARE = 127
"""Quarters of a bit of a name that nobody would have by chance."""
_CHANCE = 0.1
"""Share of pairs that agree in one field, and nothing else known, that are taken for chance."""


@dataclass(frozen=True, eq=False)
class Estimate:
    """What :func:`estimate_shares` finds: m and u a field, and the share of matches."""

    m: list[Float1D]
    u: list[Float1D]
    match_share: float


def estimate_shares(
    compared: Comparison,
    *,
    beside: Sequence[Float1D],
    n_possible: int,
    n_drawn: int,
    n_records: int,
    start: Sequence[Float1D],
    match_share: float,
) -> Estimate:
    """Estimate by expectation and maximisation.

    Pairs that something contradicts (see :func:`may_be_matches`) teach nothing about matches, and
    so the share of what contradicts among matches stays that of the start: fields of namesakes hang
    together (an address of e-mail is made of the name), those of sister firms do as well (one
    office, one telephone), and by the rule for independent fields they would be taken for the
    matches. Nor do pairs of one common name that agree in nothing else.

    Parameters
    ----------
    compared : Comparison
        The candidate pairs; all other pairs are taken for no matches.
    beside : sequence of ndarray
        By field, pairs of each level that are no candidates; of the same name they do not count.
    n_possible : int
        Number of all pairs, candidates or not.
    n_drawn : int
        Pairs from which the levels below the best were counted.
    n_records : int
        Records; a name is common if chance would give it to one more of them.
    start : sequence of ndarray
        m to start from, which also counts as a few matches.
    match_share : float
        Share of matches among all pairs to start from.
    """
    patterns, weights = _patterns(compared)
    m, share = [np.array(shares) for shares in start], match_share
    levels, common = patterns.levels, patterns.name_shares * n_records >= 1
    others = _Others(patterns, weights, common, beside, n_possible, n_drawn)
    taught = may_be_matches(patterns, of_names=emails_of_names(compared))
    # a field that differs between namesakes must not teach that matches differ in it
    agree_beside = (np.delete(levels, NAME, axis=1) > 0).any(axis=1)
    taught &= ~(patterns.same_name & common & ~agree_beside)
    u = others.shares(np.zeros(len(weights)), m, share)
    for _ in range(_MOST_STEPS):
        chance = taught * probabilities(patterns, m, u, share)
        before, share = share, _bounded(float((chance * weights).sum()), n_possible)
        moved = abs(share / before - 1)
        for field, prior in enumerate(start):
            new = _among_matches(levels, field, chance * weights, prior)
            moved = max(moved, float(np.abs(new - m[field]).max()))
            m[field] = new
        u = others.shares(chance, m, share)
        if moved < _TOLERANCE:
            break
    else:
        _warn(
            f"The weights of agreement still moved by {moved:.1g} after {_MOST_STEPS} steps. Few "
            "records agree in anything: compare with MatchWeights.default()."
        )
    n_alike = int(weights[_agree(patterns, common)].sum())
    if share <= _bounded(0.0, n_possible) and n_alike > _FEW * n_records:
        _warn(
            f"None of the {n_possible:,} pairs of records looks like a match, though a rare name, "
            f"a number, a telephone or an e-mail address is the same in {n_alike:,} of them: other "
            "columns differ, so that hardly any pair reaches a threshold. Where the table has no "
            "duplicates, all is well. If it has, leave out columns in which records of one "
            "customer differ."
        )
    return Estimate(m, u, float(share))


class _Others:
    """Pairs that are no matches: how many there are of each level, given who may be one."""

    def __init__(
        self,
        patterns: Comparison,
        weights: Int1D,
        common: Bool1D,
        beside: Sequence[Float1D],
        n_possible: int,
        n_drawn: int,
    ) -> None:
        self.levels, self.beside = patterns.levels, beside
        self.n_possible, self.n_drawn = n_possible, n_drawn
        self.weights = [self._counted(weights, common, field) for field in range(len(beside))]

    def _counted(self, weights: Int1D, common: Bool1D, field: int) -> Float1D:
        """Return how many pairs of each pattern may count as chance for a field."""
        same = self.levels[:, field] == BEST[field]
        unlike = (np.delete(self.levels, field, axis=1) == DIFFERENT).any(axis=1)
        counts = ~same | unlike
        if field == NAME:
            counts &= ~(same & common)
        return np.asarray(weights * counts, dtype=np.float64)

    def shares(self, chance: Float1D, m: Sequence[Float1D], share: float) -> list[Float1D]:
        """Return u by field, where each pattern is a match by a chance.

        That pairs agree best in a field and nowhere differ is taken for chance in one of ten, and
        no level alone says more; of a level that may have been missed when pairs were drawn, there
        is half a one at least. None makes the better agreement count less.
        """
        found = []
        for field, (beside, of_matches) in enumerate(zip(self.beside, m, strict=True)):
            of_field = self.levels[:, field].astype(np.intp)
            there = of_field != MISSING
            others = (self.weights[field] * (1 - chance))[there]
            counts = beside + np.bincount(of_field[there], weights=others, minlength=len(beside))
            seen = np.append(np.full(len(beside) - 1, self.n_drawn), self.n_possible)
            least = np.maximum(0.5 / seen, share * of_matches * _CHANCE / (1 - _CHANCE))
            rest = np.maximum(counts / max(counts.sum(), 1.0), least)
            found.append(_rising(of_matches, rest / rest.sum()))
        return found


def probabilities(
    compared: Comparison, m: Sequence[Float1D], u: Sequence[Float1D], share: float
) -> Float1D:
    """Return the probability of a match by Bayes' rule, fields being independent."""
    bits = sum_of_weights(compared, m, u) + np.log2(share / (1 - share))
    # beyond a thousand bits nothing changes, and powers overflow
    return np.asarray(1 / (1 + np.exp2(np.clip(-bits, -1000, 1000))))


def sum_of_weights(compared: Comparison, m: Sequence[Float1D], u: Sequence[Float1D]) -> Float1D:
    """Return Σ log2(m / u) over the fields that both records have."""
    total = np.zeros(len(compared))
    for field in range(compared.levels.shape[1]):
        weights = np.append(np.log2(m[field] / u[field]), 0.0)  # the last one where missing
        bits = weights[compared.levels[:, field]]
        if field == NAME:
            agree = compared.name_shares > 0
            most = np.log2(m[NAME][-1] / compared.name_shares[agree])
            bits[agree] = np.minimum(bits[agree], most)
        total += bits
    return total


def _patterns(compared: Comparison) -> tuple[Comparison, Int1D]:
    """Return what occurs, and how often, names being as common as a quarter of a bit tells."""
    quarters = np.full(len(compared), _RARE, dtype=np.int8)
    agree = compared.name_shares > 0
    quarters[agree] = np.minimum(np.round(-4 * np.log2(compared.name_shares[agree])), _RARE)
    rows = np.column_stack([compared.levels, quarters])
    rows, counts = np.unique(rows, axis=0, return_counts=True)
    shares = np.where(rows[:, -1] == _RARE, 0.0, np.exp2(-rows[:, -1] / 4.0))
    return Comparison(np.ascontiguousarray(rows[:, :-1]), shares), counts


def _agree(patterns: Comparison, common: Bool1D) -> Bool1D:
    """Return which pairs agree in what few others have."""
    agree = patterns.levels == BEST
    agree[:, NAME] = (patterns.levels[:, NAME] >= BEST[NAME] - 1) & ~common
    return np.asarray(agree[:, _OF_FEW].any(axis=1), dtype=bool)


def _warn(message: str) -> None:
    warn_user(message, NonConvergenceWarning)


def _bounded(n_matches: float, n_possible: int) -> float:
    return min(max(n_matches, _FEWEST_MATCHES) / n_possible, 0.5)


def _among_matches(levels: Levels, field: int, matched: Float1D, prior: Float1D) -> Float1D:
    """Return the share of each level of a field among matches, drawn a little to the start."""
    of_field = levels[:, field].astype(np.intp)
    there = of_field != MISSING
    counts = np.bincount(of_field[there], weights=matched[there], minlength=len(prior))
    drawn = counts + _PRIOR_MATCHES * prior
    found = drawn / drawn.sum()
    held = HELD.get(field, 0)
    found *= prior[held:].sum() / found[held:].sum()
    found[:held] = prior[:held]
    return np.asarray(found)


def _rising(m: Float1D, u: Float1D) -> Float1D:
    """Return u by which m / u does not fall from level to level, neighbours pooled where it does.

    The sums of m and u of the pooled levels stay (pool adjacent violators).
    """
    pools: list[tuple[float, float, int]] = []
    for of_matches, of_others in zip(m.tolist(), u.tolist(), strict=True):
        pool = (of_matches, of_others, 1)
        while pools and pools[-1][0] * pool[1] > pool[0] * pools[-1][1]:
            last = pools.pop()
            pool = (last[0] + pool[0], last[1] + pool[1], last[2] + pool[2])
        pools.append(pool)
    ratios = [of_others / of_matches for of_matches, of_others, size in pools for _ in range(size)]
    return np.asarray(m * np.array(ratios))
