"""Shares of agreement among matches and among others, estimated without knowing which is which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore._warn import warn_user
from creditscore.exceptions import NonConvergenceWarning
from creditscore.organise._match._levels import LEVELS, MISSING, NAME, NUMBERS, Comparison, Levels

_MOST_STEPS = 2000
_TOLERANCE = 1e-8
_PRIOR_MATCHES = 2.0
"""So many matches the m at the start count for, so that no share becomes zero."""
_FEWEST_MATCHES = 1e-3
"""Matches among all pairs below which the share of matches does not fall."""
_OTHER_NUMBER = 0
"""Level of numbers that differ by more than a slip."""
_RARE = 127
"""Quarters of a bit of a name that nobody would have by chance."""
_SAME_NAME = len(LEVELS["name"]) - 1
_CHANCE = 0.1
"""Share of pairs with one rare name, and nothing else known, that are taken for chance."""


@dataclass(frozen=True, eq=False)
class Estimate:
    """What :func:`estimate_shares` finds: m and u a field, and the share of matches."""

    m: list[Float1D]
    u: list[Float1D]
    match_share: float


def estimate_shares(
    compared: Comparison,
    *,
    all_pairs: Sequence[Float1D],
    n_possible: int,
    n_drawn: int,
    n_named: float,
    n_records: int,
    start: Sequence[Float1D],
    match_share: float,
) -> Estimate:
    """Estimate by expectation and maximisation.

    Pairs whose numbers differ teach nothing about matches, and so the share of these among matches
    stays that of the start: fields of namesakes hang together (an address of e-mail is made of the
    name), and by the rule for independent fields they would be taken for the matches. Nor do pairs
    of one common name that agree in nothing else.

    Parameters
    ----------
    compared : Comparison
        The candidate pairs; all other pairs are taken for no matches.
    all_pairs : sequence of ndarray
        By field, share of each level among all pairs in which the field is there. That of the same
        name is counted anew, for rare names.
    n_possible : int
        Number of all pairs, candidates or not.
    n_drawn : int
        Pairs from which `all_pairs` was counted.
    n_named : float
        Number of all pairs in which both have a name.
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
    taught = ~(levels[:, list(NUMBERS)] == _OTHER_NUMBER).any(axis=1)
    # a field that differs between namesakes must not teach that matches differ in it
    agree_beside = (np.delete(levels, NAME, axis=1) > 0).any(axis=1)
    taught &= ~(patterns.same_name & common & ~agree_beside)
    rare = patterns.same_name & ~common & ~patterns.by_name_alone
    all_pairs = [*all_pairs]
    if (levels[:, NAME] != MISSING).any():
        all_pairs[NAME] = _with_last(all_pairs[NAME], float(weights[rare].sum()) / n_named)
    u = _unmatched(all_pairs, m, share, n_drawn, n_possible)
    for _ in range(_MOST_STEPS):
        matched = taught * weights * probabilities(patterns, m, u, share)
        before, share = share, _bounded(float(matched.sum()), n_possible)
        moved = abs(share / before - 1)
        for field, prior in enumerate(start):
            new = _among_matches(levels, field, matched, prior)
            moved = max(moved, float(np.abs(new - m[field]).max()))
            m[field] = new
        u = _unmatched(all_pairs, m, share, n_drawn, n_possible)
        if moved < _TOLERANCE:
            break
    else:
        _warn(
            f"The weights of agreement still moved by {moved:.1g} after {_MOST_STEPS} steps. Few "
            "records agree in anything: compare with MatchWeights.default()."
        )
    if _may_match(patterns, common) and share <= _bounded(0.0, n_possible):
        _warn(
            f"None of the {n_possible:,} pairs of records looks like a match, though some agree in "
            "a rare name, a number or a contact, and the share of matches ran into its floor: by "
            "these weights hardly any pair reaches a threshold. "
            "Where the table has no duplicates, all is well. If it has, give it more columns to "
            "compare, or take weights=MatchWeights.default()."
        )
    return Estimate(m, u, float(share))


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
            most = np.log2(m[NAME][_SAME_NAME] / compared.name_shares[agree])
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


def _may_match(patterns: Comparison, common: Bool1D) -> bool:
    """Return whether any pair agrees in what few others have: without one, a table is clean."""
    best = np.array([len(of) - 1 for of in LEVELS.values()])
    agree = patterns.levels == best
    agree[:, NAME] = (patterns.levels[:, NAME] >= _SAME_NAME - 1) & ~common
    telling = [place for place, field in enumerate(LEVELS) if field != "birth_year"]
    return bool(agree[:, telling].any())


def _warn(message: str) -> None:
    warn_user(message, NonConvergenceWarning)


def _bounded(n_matches: float, n_possible: int) -> float:
    return min(max(n_matches, _FEWEST_MATCHES) / n_possible, 0.5)


def _with_last(shares: Float1D, last: float) -> Float1D:
    """Return shares of which the last is another one, the rest in proportion."""
    rest = shares[:-1] / max(shares[:-1].sum(), np.finfo(np.float64).tiny)
    return np.append(rest * (1 - last), last)


def _among_matches(levels: Levels, field: int, matched: Float1D, prior: Float1D) -> Float1D:
    """Return the share of each level of a field among matches, drawn a little to the start."""
    of_field = levels[:, field].astype(np.intp)
    there = of_field != MISSING
    counts = np.bincount(of_field[there], weights=matched[there], minlength=len(prior))
    drawn = counts + _PRIOR_MATCHES * prior
    found = drawn / drawn.sum()
    if field in NUMBERS:
        found *= (1 - prior[_OTHER_NUMBER]) / np.delete(found, _OTHER_NUMBER).sum()
        found[_OTHER_NUMBER] = prior[_OTHER_NUMBER]
    return np.asarray(found)


def _unmatched(
    all_pairs: Sequence[Float1D],
    m: Sequence[Float1D],
    share: float,
    n_drawn: int,
    n_possible: int,
) -> list[Float1D]:
    """Take the matches out of the shares among all pairs.

    None is below half a pair drawn, that of one rare name neither below half of all pairs nor
    below what is taken for chance; and none makes the better agreement count less.
    """
    found = []
    for field, (of_all, of_matches) in enumerate(zip(all_pairs, m, strict=True)):
        least = np.full(len(of_all), 0.5 / n_drawn)
        if field == NAME:
            least[-1] = max(0.5 / n_possible, share * of_matches[-1] * _CHANCE / (1 - _CHANCE))
        rest = np.maximum((of_all - share * of_matches) / (1 - share), least)
        found.append(_rising(of_matches, rest / rest.sum()))
    return found


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
