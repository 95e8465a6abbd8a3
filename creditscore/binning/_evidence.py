"""From counts and policy to the WOE of each attribute, its error and its part in the IV."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore.binning._objective import InformationValue
from creditscore.binning._partition import Partition
from creditscore.binning._policy import BinPolicy
from creditscore.metrics import woe_se

_EMPIRICAL = BinPolicy()
_OWN = ("empirical", "nearest")
"""Treatments by the counts of the attribute, alone or with a bin."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the attributes of a table are worth.

    Attributes
    ----------
    treatments : tuple of str
        What was done with each attribute: "empirical", "merged" (pooled with others) and what
        :class:`BinPolicy` names; "unmet neutral" and so on where the fit met no row of it.
    woe : ndarray of shape (n_codes,)
        WOE that rows get; 0 where they are refused.
    refused : ndarray of bool, shape (n_codes,)
        Attributes whose rows are refused.
    pool : ndarray of int, shape (n_codes,)
        Number of the pool that each attribute stands in; most stand alone.
    source : ndarray of int, shape (n_codes,)
        Pool that each attribute's WOE comes from; -1 where it is set to 0.
    good, bad : ndarray of shape (n_codes,)
        Counts of each attribute.
    value : InformationValue
        What counts are worth.
    """

    treatments: tuple[str, ...]
    woe: Float1D
    refused: Bool1D
    pool: Int1D
    source: Int1D
    good: Float1D
    bad: Float1D
    value: InformationValue

    @cached_property
    def parts(self) -> Float1D:
        """Part of each attribute in the information value.

        A pool's part is split over its attributes by their shares of its rows. An attribute whose
        WOE is set or borrowed has the part (dist_good - dist_bad) · WOE, which is below 0 where its
        own rows speak against that WOE. So the parts add up to the mean WOE of the goods less that
        of the bads, smoothing apart.
        """
        good, bad, pool, n = self.good, self.bad, self.pool, int(self.pool.max()) + 1
        own_parts = self.value.parts(_sums(pool, good, n), _sums(pool, bad, n))
        weight = good + bad
        in_pool = np.bincount(pool, weight)[pool]
        share = np.divide(weight, in_pool, out=np.zeros_like(weight), where=in_pool > 0)
        # where a pool's WOE is infinite, an attribute without a row still has no part in it
        shared = np.multiply(own_parts[pool], share, out=np.zeros_like(weight), where=share > 0)
        difference = good / good.sum() - bad / bad.sum()
        borrowed = np.multiply(
            difference, self.woe, out=np.zeros_like(weight), where=difference != 0
        )
        parts: Float1D = np.where(self.source == pool, shared, borrowed)
        return parts


def weigh(
    partition: Partition,
    good: Float1D,
    bad: Float1D,
    *,
    smoothing: float,
    policy: BinPolicy,
    joined: Sequence[tuple[int, int]] = (),
) -> Evidence:
    """Apply a policy to counts, which are zero or more, of both classes."""
    value = InformationValue(float(good.sum()), float(bad.sum()), smoothing)
    if policy == _EMPIRICAL and not joined:
        return _by_own_counts(partition, good, bad, value)
    wanted = treatments_of(partition, policy)
    pool = _pools(partition, good, bad, wanted, policy, joined)
    n = int(pool.max()) + 1
    pool_good, pool_bad = _sums(pool, good, n), _sums(pool, bad, n)
    own = value.woe(pool_good, pool_bad)
    by_hand = {code for pair in joined for code in pair}
    said = tuple(
        _said("empirical" if code in by_hand else how, kind, rows=rows, size=size, policy=policy)
        for code, how, kind, rows, size in zip(
            range(len(pool)),
            wanted,
            partition.attribute_kinds,
            (pool_good + pool_bad)[pool].tolist(),
            np.bincount(pool)[pool].tolist(),
            strict=True,
        )
    )
    source = _sources(partition, said, pool, pool_good + pool_bad, own)
    refused = np.array([how.endswith("error") for how in said])
    used = np.where(source >= 0, own[source], 0.0)
    return Evidence(said, used, refused, pool, source, good, bad, value)


def _by_own_counts(
    partition: Partition, good: Float1D, bad: Float1D, value: InformationValue
) -> Evidence:
    """Weigh each attribute by itself, as the policy is that nobody asked for."""
    held = good + bad > 0
    pool = np.arange(partition.n_codes)
    unmet = f"unmet {_EMPIRICAL.unmet}"
    said = ["empirical" if rows else unmet for rows in held.tolist()]
    own = value.woe(good, bad)
    if partition.has_other:
        said[-1], own[-1], held[-1] = _EMPIRICAL.unseen, 0.0, False
    refused = np.zeros(len(pool), dtype=bool)
    source = np.where(held, pool, -1)
    return Evidence(tuple(said), own, refused, pool, source, good, bad, value)


def treatments_of(partition: Partition, policy: BinPolicy) -> list[str]:
    """Return the treatment that a policy names for each attribute."""
    codes = iter(partition.special_codes)
    of_kind = {"bin": "empirical", "missing": policy.missing, "other": policy.unseen}
    return [
        policy.of_special(next(codes)) if kind == "special" else of_kind[kind]
        for kind in partition.attribute_kinds
    ]


def _pools(
    partition: Partition,
    good: Float1D,
    bad: Float1D,
    wanted: Sequence[str],
    policy: BinPolicy,
    joined: Sequence[tuple[int, int]],
) -> Int1D:
    """Give attributes that share their counts one number, in the order of the codes."""
    pool = np.arange(partition.n_codes)
    if not joined and not policy.pool_special and "nearest" not in wanted:
        return pool
    kinds = partition.attribute_kinds
    by_hand = dict(joined)
    if policy.pool_special:
        for how in _OWN:
            alike = [
                code
                for code, kind in enumerate(kinds)
                if kind == "special" and wanted[code] == how and code not in by_hand
            ]
            _join(pool, alike)
    weight = good + bad
    regular = [code for code in range(partition.n_regular) if weight[code] > 0]
    for code in range(partition.n_regular, partition.n_codes):
        near = wanted[code] == "nearest" and code not in by_hand and pool[code] == code
        members = np.flatnonzero(pool == pool[code])
        rows = weight[members].sum()
        if near and rows > 0 and regular:
            rate = bad[members].sum() / rows
            nearest = min(regular, key=lambda place: abs(bad[place] / weight[place] - rate))
            _join(pool, [nearest, *members.tolist()])
    for code, place in joined:
        _join(pool, [place, code])
    numbers: Int1D = np.unique(pool, return_inverse=True)[1].astype(np.intp)
    return numbers


def _sums(pool: Int1D, counts: Float1D, n: int) -> Float1D:
    return np.bincount(pool, counts, minlength=n).astype(np.float64)


def _join(pool: Int1D, codes: Iterable[int]) -> None:
    names = pool[list(codes)]
    if len(names):
        pool[np.isin(pool, names)] = names.min()


def _said(how: str, kind: str, *, rows: float, size: int, policy: BinPolicy) -> str:
    """Return what is done with an attribute, given what was asked and its pool."""
    if how not in _OWN:
        return how
    if rows > 0:
        return "merged" if size > 1 else "empirical"
    # levels never seen have no rows by their nature: "nearest" means the bin nearest to WOE 0
    return how if kind == "other" and how == "nearest" else f"unmet {policy.unmet}"


def _sources(
    partition: Partition, said: Sequence[str], pool: Int1D, weight: Float1D, own: Float1D
) -> Int1D:
    """Return the pool that the WOE of each attribute comes from, -1 where it is 0."""
    held = np.array([p for p in pool[: partition.n_regular] if weight[p] > 0], dtype=np.intp)
    borrowed = {"neutral": -1, "error": -1, "most_risky": -1, "least_risky": -1, "nearest": -1}
    if len(held):
        borrowed["most_risky"] = int(held[own[held].argmin()])
        borrowed["least_risky"] = int(held[own[held].argmax()])
        borrowed["nearest"] = int(held[np.abs(own[held]).argmin()])
    source = [
        int(pool[code]) if how in ("empirical", "merged") else borrowed[how.removeprefix("unmet ")]
        for code, how in enumerate(said)
    ]
    return np.array(source, dtype=np.intp)


def woe_errors(evidence: Evidence, good: Float1D, bad: Float1D, *, smoothing: float) -> Float1D:
    """Return the standard error of each WOE; NaN where it is set and not estimated."""
    n = int(evidence.pool.max()) + 1
    errors = woe_se(
        _sums(evidence.pool, good, n), _sums(evidence.pool, bad, n), smoothing=smoothing
    )
    return np.where(evidence.source >= 0, errors[evidence.source], np.nan)


def iv_error(evidence: Evidence, good: Float1D, bad: Float1D, *, smoothing: float) -> float:
    """Return the error of the IV by the delta method, as :func:`creditscore.metrics.iv_se`.

    Cells are the attributes, those of a pool taken together. The WOE of cell i is that of cell
    s(i), so that IV = Σ (pᵢ - qᵢ) · w_s(i), and by each pⱼ it changes with wⱼ itself and, through
    wⱼ, with all cells that borrow it.
    """
    pool, source = evidence.pool, evidence.source
    own = source == pool
    cell = np.where(own, pool, pool.max() + 1 + np.arange(len(pool)))
    names, cell = np.unique(cell, return_inverse=True)
    n_good, n_bad = _sums(cell, good, len(names)), _sums(cell, bad, len(names))
    total_good, total_bad = float(n_good.sum()), float(n_bad.sum())
    lacking = (n_good == 0) != (n_bad == 0)
    extra = np.where(lacking & (names <= pool.max()), smoothing, 0.0)
    p, q = (n_good + extra) / total_good, (n_bad + extra) / total_bad
    cell_source = np.full(len(names), -1)
    held = source >= 0
    # a pool that is some cell's source is always a cell of its own
    cell_source[cell[held]] = np.searchsorted(names, source[held])
    lends = np.unique(cell_source[cell_source >= 0])
    if ((p[lends] == 0) | (q[lends] == 0)).any():
        return float("inf")
    weight = np.zeros(len(names))
    weight[lends] = np.log(p[lends] / q[lends])
    used = np.where(cell_source >= 0, weight[cell_source], 0.0)
    by_good, by_bad = used.copy(), -used
    for i in np.flatnonzero(cell_source >= 0):
        lender = cell_source[i]
        by_good[lender] += (p[i] - q[i]) / p[lender]
        by_bad[lender] -= (p[i] - q[i]) / q[lender]
    variance = _variance(by_good, p) / total_good + _variance(by_bad, q) / total_bad
    return float(np.sqrt(variance))


def _variance(values: Float1D, shares: Float1D) -> float:
    """Variance of values drawn with shares, which smoothing may have brought a little above 1."""
    weights = shares / shares.sum()
    return float(weights @ (values - weights @ values) ** 2)
