"""Filters: what a column must be, by itself and beside the others, to be looked at further."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy.special import chdtrc, ndtri

from creditscore._typing import Float1D
from creditscore._validation import check_real
from creditscore.binning import BinTable
from creditscore.metrics import psi
from creditscore.scorecard.selection._candidates import Candidates
from creditscore.scorecard.selection._log import Fate

CUSTOMARY_IV = 0.02
"""Information value below which a column is customarily held to predict nothing."""
_LEAST_DOUBT = 0.01
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
    p-values are larger.

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
        return Fate(feature=name, kept=False, stage="binning", reason=bins.status)
    if not iv > 0:
        return _iv_fate(name, "no information", iv, 0.0)
    if min_iv is not None:
        below = iv < min_iv
        return _iv_fate(name, f"IV {iv:.4f} below {min_iv:g}", iv, min_iv) if below else None
    p_value = chance_p_value(bins, cases_per_weight=cases_per_weight)
    if iv >= CUSTOMARY_IV or p_value < _LEAST_DOUBT:
        return None
    said = f"IV {iv:.4f} below {CUSTOMARY_IV}, and chance gives as much with p {p_value:.2g}"
    return _iv_fate(name, said, iv, CUSTOMARY_IV)


def _iv_fate(name: str, reason: str, iv: float, limit: float) -> Fate:
    return Fate(feature=name, kept=False, stage="filter", reason=reason, statistic=iv, limit=limit)


def missing_fates(candidates: Candidates, max_missing: float) -> Iterator[Fate]:
    """Yield columns that miss too many values."""
    for table in candidates.tables:
        if table.missing_share > max_missing and table.feature not in candidates.forced:
            yield Fate(
                feature=table.feature,
                kept=False,
                stage="filter",
                reason=f"{table.missing_share:.1%} missing, more than {max_missing:.1%}",
                statistic=table.missing_share,
                limit=max_missing,
            )


def doubt_fates(candidates: Candidates, level: float, min_iv: float) -> Iterator[Fate]:
    """Yield columns whose information value may be below `min_iv` for all that is known."""
    for table in candidates.tables:
        # errors take units of weight for cases
        error = table.iv_se / math.sqrt(candidates.cases_per_weight)
        lower = table.iv - float(ndtri(level)) * error
        if lower < min_iv and table.feature not in candidates.forced:
            yield Fate(
                feature=table.feature,
                kept=False,
                stage="filter",
                reason=f"IV {table.iv:.4f} with standard error {error:.4f} may be below "
                f"{min_iv:g} (lower end {lower:.4f} at {level:.0%})",
                statistic=lower,
                limit=min_iv,
            )


def shift_fates(candidates: Candidates, max_psi: float) -> Iterator[Fate]:
    """Yield columns whose shares moved too far between periods, or from one table to the other."""
    for table in candidates.tables:
        shift, where = _largest_shift(table, candidates)
        if shift > max_psi and table.feature not in candidates.forced:
            yield Fate(
                feature=table.feature,
                kept=False,
                stage="filter",
                reason=f"PSI {shift:.3f} {where}, more than {max_psi:g}",
                statistic=shift,
                limit=max_psi,
            )


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


def correlation_fates(candidates: Candidates, max_correlation: float) -> Iterator[Fate]:
    """Yield columns that tell the same story as a better one.

    From the highest information value down (forced columns first), each column leads a cluster of
    those not yet in one that correlate with it beyond the limit, so no two leaders do.
    """
    size = np.abs(candidates.correlations())
    order = np.lexsort((-candidates.ivs, ~candidates.is_forced)).tolist()
    names, ivs = candidates.names, candidates.ivs
    leaders: list[int] = []
    for column in order:
        close = [leader for leader in leaders if size[leader, column] > max_correlation]
        if not close or names[column] in candidates.forced:
            leaders.append(column)
            continue
        leader = close[0]
        yield Fate(
            feature=names[column],
            kept=False,
            stage="filter",
            reason=f"correlates by {size[leader, column]:.3f} with {names[leader]!r}, "
            + (
                "which is forced in"
                if names[leader] in candidates.forced
                else f"which has the higher IV ({ivs[leader]:.4f} against {ivs[column]:.4f})"
            ),
            statistic=float(size[leader, column]),
            limit=max_correlation,
        )


def inflation_fates(candidates: Candidates, max_vif: float) -> Iterator[Fate]:
    """Yield, one after the other, the column with the largest variance inflation factor.

    VIF = 1 / (1 - R²) of the column on all others, the diagonal of the inverse of the
    correlations. After each one that goes, those of the others are worked out anew.
    """
    correlations = candidates.correlations()
    names, forced = candidates.names, candidates.is_forced
    left = list(range(len(names)))
    while len(left) > 1:
        factors = _inflation(correlations[np.ix_(left, left)])
        factors[forced[left]] = 0.0
        worst = int(factors.argmax())
        if factors[worst] <= max_vif:
            return
        size = factors[worst]
        said = f"VIF {size:.1f}" if size < 1e8 else "others determine it (VIF without end)"
        yield Fate(
            feature=names[left[worst]],
            kept=False,
            stage="filter",
            reason=f"{said}, more than {max_vif:g}",
            statistic=float(size),
            limit=max_vif,
        )
        del left[worst]


def _inflation(correlations: np.ndarray) -> Float1D:
    values, vectors = np.linalg.eigh(correlations)
    factors: Float1D = (vectors**2 / np.maximum(values, 1e-10)).sum(axis=1)
    return factors
