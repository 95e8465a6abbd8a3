"""Calibration within groups: one line of log-odds for each, and whether one serves all."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.special import chdtrc, ndtri

from creditscore._newton import LogisticFit, fit_logistic
from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore.metrics import SignificanceTest

LINE_COLUMNS = (
    *("in_the_large", "in_the_large_lower", "in_the_large_upper"),
    *("slope", "slope_lower", "slope_upper"),
)
SOURCE = "Cox 1958; Miller, Hui and Tierney 1991"


def group_lines(
    is_bad: Bool1D,
    log_odds: Float1D,
    weights: Float1D | None,
    codes: Int1D,
    *,
    n_groups: int,
    level: float,
) -> tuple[list[dict[str, float]], list[LogisticFit | None]]:
    """Fit the line of each group; a group of one class, or of one probability, has none."""
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=n_groups))
    rows, fits = [], []
    for part in np.split(order, ends[:-1]):
        own = None if weights is None else weights[part]
        row, fit = _line(is_bad[part], log_odds[part], own, level)
        rows.append(row)
        fits.append(fit)
    return rows, fits


def _line(
    is_bad: Bool1D, log_odds: Float1D, weights: Float1D | None, level: float
) -> tuple[dict[str, float], LogisticFit | None]:
    row = dict.fromkeys(LINE_COLUMNS, math.nan)
    kept = slice(None) if weights is None else weights > 0
    if len(set(is_bad[kept].tolist())) < 2:
        return row, None
    large = fit_logistic(
        np.empty((len(is_bad), 0)), is_bad, weights, start=np.zeros(1), offset=log_odds
    )
    row |= _ends("in_the_large", large.intercept, large.covariance[0, 0], level)
    if not np.ptp(log_odds[kept]):
        return row, None
    line = fit_logistic(log_odds[:, None], is_bad, weights, start=np.array([0.0, 1.0]))
    if line.diverging.any() or line.dependent.any():
        return row, None
    row |= _ends("slope", float(line.coefficients[0]), line.covariance[1, 1], level)
    return row, line


def _ends(name: str, estimate: float, variance: float, level: float) -> dict[str, float]:
    margin = float(ndtri(0.5 + level / 2)) * math.sqrt(variance)
    return {name: estimate, f"{name}_lower": estimate - margin, f"{name}_upper": estimate + margin}


def one_line_test(
    is_bad: Bool1D,
    log_odds: Float1D,
    weights: Float1D | None,
    codes: Int1D,
    fits: dict[int, LogisticFit],
) -> SignificanceTest:
    """Test whether the groups that have lines share one."""
    n_lines = len(fits)
    within = np.isin(codes, list(fits))
    n = within.sum() if weights is None else weights[within].sum()
    statistic, df = math.nan, 2.0 * (n_lines - 1)
    if n_lines > 1:
        own = None if weights is None else weights[within]
        common = fit_logistic(
            log_odds[within, None], is_bad[within], own, start=np.array([0.0, 1.0])
        )
        apart = math.fsum(fit.log_likelihood for fit in fits.values())
        statistic = max(0.0, 2 * (apart - common.log_likelihood))
    return SignificanceTest(
        name="one calibration line",
        statistic=statistic,
        p_value=float(chdtrc(df, statistic)) if n_lines > 1 else math.nan,
        hypothesis="all groups share one line of log-odds, so probabilities mean the same in each",
        source=SOURCE,
        df=df if n_lines > 1 else math.nan,
        n=int(n),
    )


def same_rate_test(name: str, what: str, n_part: Any, n_whole: Any) -> SignificanceTest:
    """Test by chi-square whether groups share one rate; groups without cases are left out."""
    part, whole = np.asarray(n_part, dtype=float), np.asarray(n_whole, dtype=float)
    held = whole > 0
    part, whole = part[held], whole[held]
    df = len(whole) - 1
    statistic = math.nan
    if df > 0:
        rate = part.sum() / whole.sum()
        spread = rate * (1 - rate)
        statistic = 0.0 if spread == 0 else float((((part - whole * rate) ** 2) / whole).sum())
        statistic /= spread or 1.0
    return SignificanceTest(
        name=name,
        statistic=statistic,
        p_value=float(chdtrc(df, statistic)) if df > 0 else math.nan,
        hypothesis=f"{what} is the same in all groups",
        source="Pearson 1900",
        df=float(df) if df > 0 else math.nan,
        n=int(whole.sum()),
    )
