"""What speaks against a history of default rates as a long-run average."""

from __future__ import annotations

import numpy as np
from scipy.stats import kendalltau

from creditscore._typing import Bool1D, Float1D

_LEAST_YEARS = 5
"""Years that the regulation asks for at least, and that it calls the most recent ones."""
_TREND_LEVEL = 0.05
_FAR_APART = 0.1
"""Relative difference of the two averages that is worth a word."""


def hints_of(
    rates: Float1D,
    customers: Float1D,
    *,
    average: float,
    bad_years: Bool1D,
    bad_year_share: float,
) -> tuple[str, ...]:
    """Say what a reviewer would ask about this history; nothing where all seems well."""
    said = [
        _length(rates),
        _recent(rates, average),
        _trend(rates),
        _averages(rates, customers),
        _cycle(bad_years, bad_year_share),
    ]
    return tuple(hint for hint in said if hint)


def _length(rates: Float1D) -> str:
    n = len(rates)
    if n >= _LEAST_YEARS:
        return ""
    return (
        f"The history has {n} year{'s' * (n > 1)}: CRR Article 180(1)(h) and (2)(e) ask for five "
        "at least."
    )


def _recent(rates: Float1D, average: float) -> str:
    if len(rates) <= _LEAST_YEARS:
        return ""
    recent = float(rates[-_LEAST_YEARS:].mean())
    if recent <= average:
        return ""
    return (
        f"The mean of the most recent five years, {recent:.2%}, is above the average "
        f"{average:.2%}: EBA/GL/2017/16 asks for a reason, or for more margin of conservatism."
    )


def _trend(rates: Float1D) -> str:
    if len(rates) < _LEAST_YEARS or not np.ptp(rates):
        return ""
    found = kendalltau(np.arange(len(rates)), rates)
    if found.pvalue >= _TREND_LEVEL:
        return ""
    way = "rise" if found.statistic > 0 else "fall"
    return (
        f"Rates {way} over the years (Kendall's tau {found.statistic:.2f}, p = "
        f"{found.pvalue:.3f}): the portfolio or the economy of the first years may not be that of "
        "the last ones."
    )


def _averages(rates: Float1D, customers: Float1D) -> str:
    mean, pooled = float(rates.mean()), float(rates @ customers / customers.sum())
    if abs(mean - pooled) <= _FAR_APART * max(mean, pooled):
        return ""
    return (
        f"The mean of yearly rates is {mean:.2%} and the pooled rate {pooled:.2%}: large years "
        "had other rates than small ones, so that the choice between them matters."
    )


def _cycle(bad_years: Bool1D, bad_year_share: float) -> str:
    if not len(bad_years):
        return ""
    found = float(bad_years.mean())
    if not bad_years.any() or bad_years.all():
        kind = "bad" if bad_years.any() else "good"
        return f"All years were {kind} ones: the history is no whole cycle."
    if np.isnan(bad_year_share) or found >= bad_year_share:
        return ""
    return (
        f"Of these years {100 * found:.3g}% were bad ones, of a whole cycle "
        f"{100 * bad_year_share:.3g}%: the average is too low for a cycle, see cycle_average."
    )
