"""Filters: what a column must be, by itself and beside the others, to be looked at further."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy.special import chdtrc, ndtri

from creditscore._validation import check_real
from creditscore.binning import BinTable
from creditscore.metrics import psi
from creditscore.scorecard.selection._candidates import Candidates, determined
from creditscore.scorecard.selection._fate import CorrelationCluster, Fate

CUSTOMARY_IV = 0.02
"""Information value below which a column is customarily held to predict nothing."""
_ROUNDING = 1e-9
"""Share by which equal variance inflation may differ."""
_SAME_WOE = 1e-12
"""Difference of WOE that is rounding."""
_LEAST_DOUBT = 0.005
"""p-value above which an information value may be chance."""


def chance_p_value(bins: BinTable, *, cases_per_weight: float = 1.0) -> float:
    """Return how likely chance alone gives as much information value.

    Parameters
    ----------
    bins : BinTable
        Bins of a column.
    cases_per_weight : float, default=1.0
        Cases that a unit of weight in the bins' counts stands for, above zero: 1 for frequencies;
        for sampling weights (Σw)² / Σw² / Σw, the effective number of cases by the sum of weights.

    Returns
    -------
    float
        In [0, 1].

    Notes
    -----
    Where a column says nothing, IV / (1 / n_good + 1 / n_bad) is χ² with k - 1 degrees of freedom
    for k attributes with rows: to second order in the differences of shares it is Pearson's
    statistic of the table of attributes by outcome [1]_. Bins were found on the same data, so true
    p-values are larger: of numbers that are noise, binned by default, about 6 in 100 come out
    below 0.01 and 4 in 100 below 0.005; of categories, about 1 in 100 and fewer.

    References
    ----------
    .. [1] S. Kullback, *Information Theory and Statistics*, Wiley, 1959, ch. 6.

    Examples
    --------
    >>> from creditscore import WOEEncoder
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard.selection import chance_p_value
    >>> german = load_german_credit()
    >>> X = german[["duration_months", "dependents"]]
    >>> tables = WOEEncoder().fit(X, german["is_bad"]).tables_
    >>> [round(chance_p_value(table), 3) for table in tables.values()]
    [0.0, 0.924]
    """
    check_real(cases_per_weight, "cases_per_weight", "chance_p_value", low=0, high=np.inf)
    good, bad = np.array(bins.n_good), np.array(bins.n_bad)
    n_attributes = np.count_nonzero(good + bad)
    if n_attributes < 2:
        return 1.0
    statistic = bins.iv * cases_per_weight / (1 / good.sum() + 1 / bad.sum())
    return float(chdtrc(n_attributes - 1, statistic))


def too_little(bins: BinTable, min_iv: float | None, cases_per_weight: float) -> Fate | None:
    """Return the fate of a column whose information value is too low; None if it is not.

    `min_iv` None asks for 0.02 or, in large samples, less: what chance would hardly give.
    """
    name, iv = bins.feature, bins.iv
    if bins.status in ("constant", "all missing"):
        return Fate(feature=name, kept=False, stage="binning", rule="constant", reason=bins.status)
    if not iv > 0 or has_one_woe(bins):
        return _iv_fate(name, "no information", iv, 0.0)
    if min_iv is not None:
        below = iv < min_iv
        return _iv_fate(name, f"IV {iv:.4f} below {min_iv:g}", iv, min_iv) if below else None
    p_value = chance_p_value(bins, cases_per_weight=cases_per_weight)
    if iv >= CUSTOMARY_IV or p_value < _LEAST_DOUBT:
        return None
    said = f"IV {iv:.4f} below {CUSTOMARY_IV}, and chance gives as much with p {p_value:.2g}"
    return _iv_fate(name, said, iv, CUSTOMARY_IV)


def has_one_woe(bins: BinTable) -> bool:
    """Whether all rows of a column have the same WOE, as in a single bin."""
    woe = bins.woe[np.array(bins.n_good) + np.array(bins.n_bad) > 0]
    return bool(np.allclose(woe, woe[0], rtol=0, atol=_SAME_WOE))


def _iv_fate(name: str, reason: str, iv: float, limit: float) -> Fate:
    return _filtered(name, "iv", reason, iv, limit)


def _filtered(name: str, rule: str, reason: str, statistic: float, limit: float) -> Fate:
    return Fate(
        feature=name,
        kept=False,
        stage="filter",
        rule=rule,
        reason=reason,
        statistic=statistic,
        limit=limit,
    )


def missing_fates(candidates: Candidates, max_missing: float) -> Iterator[Fate]:
    """Yield columns that miss too many values."""
    for table in candidates.tables:
        if table.missing_share > max_missing and table.feature not in candidates.forced:
            said = f"{table.missing_share:.1%} missing, more than {max_missing:.1%}"
            yield _filtered(table.feature, "missing", said, table.missing_share, max_missing)


def doubt_fates(candidates: Candidates, level: float, min_iv: float) -> Iterator[Fate]:
    """Yield columns whose information value may be below `min_iv` for all that is known."""
    for table in candidates.tables:
        # errors take units of weight for cases
        error = table.iv_se / math.sqrt(candidates.cases_per_weight)
        lower = table.iv - float(ndtri(level)) * error
        if lower < min_iv and table.feature not in candidates.forced:
            said = (
                f"IV {table.iv:.4f} with standard error {error:.4f} may be below {min_iv:g} "
                f"(lower end {lower:.4f} at {level:.0%})"
            )
            yield _filtered(table.feature, "iv", said, lower, min_iv)


def shift_fates(candidates: Candidates, max_psi: float) -> Iterator[Fate]:
    """Yield columns whose shares moved too far between periods, or from one table to the other."""
    for table in candidates.tables:
        shift, where = _largest_shift(table, candidates)
        if shift > max_psi and table.feature not in candidates.forced:
            said = f"PSI {shift:.3f} {where}, more than {max_psi:g}"
            yield _filtered(table.feature, "psi", said, shift, max_psi)


def _largest_shift(table: BinTable, candidates: Candidates) -> tuple[float, str]:
    shifts: list[tuple[float, str]] = []
    if candidates.counts_elsewhere is not None:
        here = np.array(table.n_good) + np.array(table.n_bad)
        shifts.append((psi(here, candidates.counts_elsewhere(table)), "to the other table"))
    if table.periods is not None and len(table.periods.labels) > 1:
        counts = table.periods.good + table.periods.bad
        rest = counts.sum(axis=0) - counts
        shifts += [
            (psi(rest[i], counts[i]), f"between period {label!r} and the others")
            for i, label in enumerate(table.periods.labels)
        ]
    return max(shifts, default=(0.0, ""))


def correlation_clusters(
    candidates: Candidates, max_correlation: float
) -> tuple[CorrelationCluster, ...]:
    """Return columns that tell the same story as a better one, by that one.

    From the highest information value down (forced columns first), each column leads a cluster of
    those not yet in one that correlate with it beyond the limit, so no two leaders do; only ones
    that are forced in.
    """
    correlations = candidates.correlations()
    size, names = np.abs(correlations), candidates.names
    leaders: list[int] = []
    members: dict[int, list[int]] = {}
    for column in candidates.by_worth:
        close = [leader for leader in leaders if size[leader, column] > max_correlation]
        if not close or names[column] in candidates.forced:
            leaders.append(column)
        else:
            members.setdefault(close[0], []).append(column)
    return tuple(
        CorrelationCluster(
            leader=names[leader],
            members=tuple(names[i] for i in members[leader]),
            correlations=tuple(correlations[leader, members[leader]].tolist()),
        )
        for leader in leaders
        if leader in members
    )


def correlation_fates(
    candidates: Candidates, clusters: tuple[CorrelationCluster, ...], max_correlation: float
) -> Iterator[Fate]:
    """Yield the columns that leave for the leader of their cluster."""
    ivs = dict(zip(candidates.names, candidates.ivs.tolist(), strict=True))
    for cluster in clusters:
        leader = cluster.leader
        for name, correlation in zip(cluster.members, cluster.correlations, strict=True):
            why = (
                "which is forced in"
                if leader in candidates.forced
                else f"which has the higher IV ({ivs[leader]:.4f} against {ivs[name]:.4f})"
            )
            said = f"correlates by {correlation:.3f} with {leader!r}, {why}"
            yield _filtered(name, "correlation", said, abs(correlation), max_correlation)


def inflation_fates(candidates: Candidates, max_vif: float) -> Iterator[Fate]:
    """Yield first what others determine, then, one by one, the column of the largest VIF.

    VIF = 1 / (1 - R²) of the column on all others, the diagonal of the inverse of the
    correlations. Of columns that determine each other, and of equal VIF, the one of the least
    information value goes. After each one that goes the inverse P of the others is P - p p' / d,
    with the column p and the diagonal d that belong to it: O(p²), so that all of it takes O(p³)
    for p columns.
    """
    correlations = candidates.correlations()
    names, forced = candidates.names, candidates.is_forced
    left = list(range(len(names)))
    for column in determined(correlations, candidates.by_worth):
        # of forced columns that determine each other all stay, and one says it for the others
        left.remove(column)
        if not forced[column]:
            said = f"others determine it (VIF without end), more than {max_vif:g}"
            yield _filtered(names[column], "inflation", said, math.inf, max_vif)
    places, rank = np.array(left), np.argsort(candidates.by_worth)
    inverse = np.linalg.inv(correlations[np.ix_(left, left)])
    while len(places) > 1:
        factors = np.where(forced[places], 0.0, np.diag(inverse))
        size = float(factors.max())
        # the last two always have the same
        equal = np.flatnonzero(factors >= size * (1 - _ROUNDING))
        worst = int(equal[rank[places[equal]].argmax()])
        if size <= max_vif:
            return
        said = f"VIF {size:.1f}, more than {max_vif:g}"
        yield _filtered(names[places[worst]], "inflation", said, size, max_vif)
        row = inverse[worst]
        inverse = np.delete(
            np.delete(inverse - np.outer(row, row / row[worst]), worst, axis=0), worst, axis=1
        )
        places = np.delete(places, worst)
