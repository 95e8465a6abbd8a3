"""Shares of agreement among matches and among others, estimated without knowing which is which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from creditscore._typing import Float1D, Int1D
from creditscore._warn import warn_user
from creditscore.exceptions import NonConvergenceWarning
from creditscore.organise._match._levels import MISSING, NUMBERS, Levels

_MOST_STEPS = 500
_TOLERANCE = 1e-8
_PRIOR_MATCHES = 2.0
"""So many matches the m at the start count for, so that no share becomes zero."""
_OTHER_NUMBER = 0
"""Level of numbers that differ by more than a slip."""


@dataclass(frozen=True, eq=False)
class Estimate:
    """What :func:`estimate_shares` finds: m and u a field, and the share of matches."""

    m: list[Float1D]
    u: list[Float1D]
    match_share: float


def estimate_shares(
    levels: Levels,
    *,
    all_pairs: Sequence[Float1D],
    n_possible: int,
    n_drawn: int,
    start: Sequence[Float1D],
    match_share: float,
) -> Estimate:
    """Estimate by expectation and maximisation.

    Pairs whose numbers differ teach nothing about matches, and so the share of these among matches
    stays that of the start: fields of namesakes hang together (an address of e-mail is made of the
    name), and by the rule for independent fields they would be taken for the matches.

    Parameters
    ----------
    levels : ndarray of shape (n_candidates, n_fields)
        Levels of the candidate pairs; all other pairs are taken for no matches.
    all_pairs : sequence of ndarray
        By field, share of each level among all pairs in which the field is there.
    n_possible : int
        Number of all pairs, candidates or not.
    n_drawn : int
        Pairs from which `all_pairs` was counted.
    start : sequence of ndarray
        m to start from, which also counts as a few matches.
    match_share : float
        Share of matches among all pairs to start from.
    """
    patterns, weights = np.unique(levels, axis=0, return_counts=True)
    m, share = [np.array(shares) for shares in start], match_share
    taught = ~(patterns[:, list(NUMBERS)] == _OTHER_NUMBER).any(axis=1)
    u = _unmatched(all_pairs, m, share, n_drawn)
    for _ in range(_MOST_STEPS):
        matched = taught * weights * probabilities(patterns, m, u, share)
        before, share = share, min(max(matched.sum() / n_possible, 1e-12), 0.5)
        moved = abs(share / before - 1)
        for field, prior in enumerate(start):
            new = _among_matches(patterns[:, field].astype(np.intp), matched, prior)
            if field in NUMBERS:
                new *= (1 - prior[_OTHER_NUMBER]) / np.delete(new, _OTHER_NUMBER).sum()
                new[_OTHER_NUMBER] = prior[_OTHER_NUMBER]
            moved = max(moved, float(np.abs(new - m[field]).max()))
            m[field] = new
        u = _unmatched(all_pairs, m, share, n_drawn)
        if moved < _TOLERANCE:
            break
    else:
        warn_user(
            f"The weights of agreement still moved by {moved:.1g} after {_MOST_STEPS} steps. Few "
            "records agree in anything: compare with MatchWeights.default().",
            NonConvergenceWarning,
        )
    return Estimate(m, u, float(share))


def probabilities(
    levels: Levels, m: Sequence[Float1D], u: Sequence[Float1D], share: float
) -> Float1D:
    """Return the probability of a match by Bayes' rule, fields being independent."""
    bits = sum_of_weights(levels, m, u) + np.log2(share / (1 - share))
    # beyond a thousand bits nothing changes, and powers overflow
    return np.asarray(1 / (1 + np.exp2(np.clip(-bits, -1000, 1000))))


def sum_of_weights(levels: Levels, m: Sequence[Float1D], u: Sequence[Float1D]) -> Float1D:
    """Return Σ log2(m / u) over the fields that both records have."""
    total = np.zeros(len(levels))
    for field in range(levels.shape[1]):
        weights = np.append(np.log2(m[field] / u[field]), 0.0)  # the last one where missing
        total += weights[levels[:, field]]
    return total


def _among_matches(levels: Int1D, matched: Float1D, prior: Float1D) -> Float1D:
    """Return the share of each level of a field among matches, drawn a little to the start."""
    there = levels != MISSING
    counts = np.bincount(levels[there], weights=matched[there], minlength=len(prior))
    drawn = counts + _PRIOR_MATCHES * prior
    return np.asarray(drawn / drawn.sum())


def _unmatched(
    all_pairs: Sequence[Float1D], m: Sequence[Float1D], share: float, n_drawn: int
) -> list[Float1D]:
    """Take the matches out of the shares among all pairs; none is below half a pair drawn."""
    found = []
    for of_all, of_matches in zip(all_pairs, m, strict=True):
        rest = np.maximum((of_all - share * of_matches) / (1 - share), 0.5 / n_drawn)
        found.append(rest / rest.sum())
    return found
