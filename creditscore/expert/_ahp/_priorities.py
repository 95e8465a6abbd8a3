"""Numbers under pairwise comparisons: priorities, the largest eigenvalue, the best completion.

A matrix here is square with a[j, i] = 1 / a[i, j], and NaN where two were not compared. All is
computed on the logarithms of what judgements leave over after the priorities of least squares:
these are near zero, whatever the size of the judgements, and zero where nothing contradicts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from creditscore._typing import Bool2D, Float1D, Float2D, Int1D
from creditscore._warn import warn_user
from creditscore.exceptions import NonConvergenceWarning

_MOST_STEPS = 200
_AT_REST = 1e-12
"""Slope of the largest eigenvalue, for a missing judgement times e, that counts as none."""
_SHORTEST = 1e-10
"""Part of a step of Newton's below which no part of it goes down."""


@dataclass(frozen=True)
class Principal:
    """Largest eigenvalue of a positive reciprocal matrix, with its vectors on both sides."""

    excess: float
    """The eigenvalue less the number of criteria: zero or more."""
    log_right: Float1D
    log_left: Float1D


def groups_of(matrix: Float2D) -> list[list[int]]:
    """Return the sets of criteria that chains of comparisons link, each in its order."""
    known = ~np.isnan(matrix)
    rest = list(range(len(matrix)))
    groups = []
    while rest:
        reached = {rest[0]}
        edge = [rest[0]]
        while edge:
            found = {int(j) for i in edge for j in np.flatnonzero(known[i])} - reached
            reached |= found
            edge = sorted(found)
        groups.append(sorted(reached))
        rest = [i for i in rest if i not in reached]
    return groups


def least_squares(matrix: Float2D) -> Float1D:
    """Return logarithms of the priorities of logarithmic least squares, of mean zero.

    Of a complete matrix they are those of the geometric means of rows; of an incomplete one, whose
    comparisons must link all criteria, they solve the equations of its graph's Laplacian.
    """
    known = ~np.isnan(matrix)
    n = len(matrix)
    sums = np.where(known, np.log(np.where(known, matrix, 1.0)), 0.0).sum(axis=1)
    laplacian = np.diag(known.sum(axis=1)) - known.astype(float)
    # its null space is that of equal numbers, which the matrix of ones takes out
    logs = np.linalg.solve(laplacian + 1.0 / n, sums)
    return np.asarray(logs - logs.mean(), dtype=np.float64)


def principal(matrix: Float2D) -> Principal:
    """Return the largest eigenvalue of a complete matrix, and its vectors."""
    base = least_squares(matrix)
    rest = np.log(matrix) + base - base[:, None]
    right, left = _eigenvector(np.exp(rest)), _eigenvector(np.exp(rest).T)
    off = rest + right - right[:, None]
    # (1/n) sum of (Av)_i / v_i - n; in pairs, what cancels does so before it is rounded
    excess = 2.0 * (np.sinh(off / 2) ** 2).sum() / len(matrix)
    return Principal(float(excess), base + right, left - base)


def completed(matrix: Float2D) -> Float2D:
    """Fill in what was not compared, so that the largest eigenvalue is as small as can be.

    That eigenvalue is strictly convex in the logarithms of the missing judgements if the others
    link all criteria; Newton's method with ever shorter steps finds its one minimum.
    """
    missing = np.isnan(np.triu(matrix, 1))
    first, second = np.nonzero(missing)
    if not len(first):
        return matrix.copy()
    base = least_squares(matrix)
    ratios = np.exp(base[:, None] - base)
    filled = np.where(np.isnan(matrix), ratios, matrix)
    if _n_known(matrix) == len(matrix) - 1:
        return _reciprocal(filled, missing)
    logs = np.log(filled[first, second])
    state = principal(filled)
    for _ in range(_MOST_STEPS):
        slope, curvature = _derivatives(filled, state, first, second)
        if np.abs(slope).max() <= _AT_REST:
            break
        step = -np.linalg.solve(curvature, slope)
        length = 1.0
        while length > _SHORTEST:
            trial = _with(filled, first, second, logs + length * step)
            next_state = principal(trial)
            if next_state.excess < state.excess + 1e-4 * length * float(slope @ step):
                break
            length /= 2
        else:
            # at the precision of floats: no part of the step goes further down
            break
        filled, state, logs = trial, next_state, logs + length * step
    else:
        warn_user(
            f"The search for {len(first)} missing judgements stopped after {_MOST_STEPS} steps, at "
            f"a slope of {np.abs(slope).max():.2g}, where 0 is at rest. Compare more pairs.",
            NonConvergenceWarning,
        )
    return filled


def _eigenvector(matrix: Float2D) -> Float1D:
    """Return logarithms of the principal right eigenvector of a positive matrix, of sum zero."""
    values, vectors = np.linalg.eig(matrix)
    found = np.abs(np.real(vectors[:, int(np.argmax(np.real(values)))]))
    # all entries are positive in truth; one product makes them so where they were lost
    logs = np.log(matrix @ found)
    return np.asarray(logs - logs.mean(), dtype=np.float64)


def _derivatives(
    matrix: Float2D, state: Principal, first: Int1D, second: Int1D
) -> tuple[Float1D, Float2D]:
    """Return slope and curvature of the largest eigenvalue in logarithms of some entries."""
    n, m = len(matrix), len(first)
    right, left = np.exp(state.log_right), np.exp(state.log_left)
    # in units of the right vector the matrix is near one of ones, whatever the judgements
    near = matrix * right / right[:, None]
    ones = np.ones(n)
    weights = left * right / (left @ right)
    above, below = near[first, second], near[second, first]
    slope = weights[first] * above - weights[second] * below
    pull = np.zeros((n, m))
    pull[first, np.arange(m)] = above
    pull[second, np.arange(m)] = -below
    push = np.zeros((m, n))
    push[np.arange(m), second] = weights[first] * above
    push[np.arange(m), first] = -weights[second] * below
    projection = np.outer(ones, weights)
    resolvent = np.linalg.inv((n + state.excess) * np.eye(n) - near + projection) - projection
    half = push @ resolvent @ pull
    own = np.diag(weights[first] * above + weights[second] * below)
    return slope, half + half.T + own


def _with(matrix: Float2D, first: Int1D, second: Int1D, logs: Float1D) -> Float2D:
    changed = matrix.copy()
    changed[first, second] = np.exp(logs)
    changed[second, first] = np.exp(-logs)
    return changed


def _reciprocal(matrix: Float2D, upper: Bool2D) -> Float2D:
    """Make entries below the diagonal the reciprocals of some above, to the last bit."""
    matrix.T[upper] = 1.0 / matrix[upper]
    return matrix


def _n_known(matrix: Float2D) -> int:
    return int((~np.isnan(matrix[np.triu_indices(len(matrix), 1)])).sum())
