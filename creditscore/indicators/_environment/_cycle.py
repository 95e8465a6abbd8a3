"""Where an industry stands in its cycle, told from what was known by then alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Float1D
from creditscore._validation import as_floats, check_integer
from creditscore.exceptions import InvalidDataError
from creditscore.indicators._environment._industry import growth_of_industry
from creditscore.indicators._facts import Facts
from creditscore.indicators._indicator import Indicator, indicator
from creditscore.indicators._latest_rows import last_by
from creditscore.indicators._measured import Measured

CYCLE_YEARS = 3
PHASES = {"slowdown": 1.0, "downturn": 2.0, "recovery": 3.0, "expansion": 4.0}
"""Phases with their number: what falls is below what rises."""
_ROUNDING = -1e-12
"""From here on a difference of growth counts as not below zero: steady growth does not fall."""

_OECD = "OECD, Composite Leading Indicators: four phases of the growth cycle"
_SURVEY = "European Commission, Joint Harmonised EU Programme of Business and Consumer Surveys"


def cycle_phases(levels: Any, *, window: int = CYCLE_YEARS) -> pd.DataFrame:
    r"""Return the phase of the cycle at each time of a series, without looking ahead.

    Parameters
    ----------
    levels : array-like of shape (n_times,)
        Output, or another series above zero, at equal steps in time (years, or quarters of the
        same season); NaN where missing.
    window : int, default=3
        Steps whose mean growth is the trend, 1 or more.

    Returns
    -------
    DataFrame
        A row a time: growth (over the step before), deviation (growth less its mean over the
        `window` steps before), change (of the deviation) and phase: "expansion" (deviation not
        below zero, and not falling), "downturn" (not below zero, falling), "slowdown" (below
        zero, falling) or "recovery" (below zero, not falling); None where what it needs is not
        there, as for the first ``window + 2`` times.

    Raises
    ------
    InvalidDataError
        A level is infinite, zero or below.

    Notes
    -----
    With :math:`g_t = y_t / y_{t-1} - 1` the deviation is :math:`g_t - \frac{1}{w}
    \sum_{k=1}^{w} g_{t-k}`. Both sides of a usual filter, such as Hodrick–Prescott, see the
    future, so that phases change when later values come; these do not. O(n_times) time.

    References
    ----------
    OECD, Composite Leading Indicators: the four phases, there of the level about its trend.

    Examples
    --------
    >>> from creditscore.indicators import cycle_phases
    >>> output = [100, 104, 108, 113, 121, 123, 119, 121]
    >>> cycle_phases(output)["phase"].tolist()[5:]
    ['slowdown', 'slowdown', 'recovery']
    """
    check_integer(window, "window", "cycle_phases", low=1)
    values = as_floats(levels, "levels")
    if values.ndim != 1:
        msg = f"levels must be one series. Got an array of shape {values.shape}."
        raise InvalidDataError(msg)
    wrong = (values <= 0) | np.isinf(values)
    if wrong.any():
        row = int(wrong.argmax())
        msg = f"levels must be finite and above zero. Got {values[row]:g} at place {row}."
        raise InvalidDataError(msg)
    growth = np.append(np.full(min(1, len(values)), np.nan), values[1:] / values[:-1] - 1)
    deviation = growth - _trailing_mean(growth, window)
    change = np.append(np.full(min(1, len(values)), np.nan), np.diff(deviation))
    phase = np.full(len(values), None, dtype=object)
    for place in np.flatnonzero(~np.isnan(change)).tolist():
        phase[place] = _phase(deviation[place] >= _ROUNDING, change[place] >= _ROUNDING)
    found = {"growth": growth, "deviation": deviation, "change": change}
    # as objects, for a gap in text is None in some versions of pandas and NaN in others
    return pd.DataFrame({**found, "phase": pd.Series(phase, dtype=object)})


def _trailing_mean(values: Float1D, window: int) -> Float1D:
    """Return the mean of the values before each, NaN where one of them is missing."""
    means = np.full(len(values), np.nan)
    for place in range(window, len(values)):
        means[place] = values[place - window : place].mean()
    return means


def _phase(above: bool, rising: bool) -> str:
    if above:
        return "expansion" if rising else "downturn"
    return "recovery" if rising else "slowdown"


def _deviation(facts: Facts, years_ago: int = 0) -> Measured:
    """Return growth less its mean over the years before."""
    before = [growth_of_industry(facts, years_ago + k) for k in range(1, CYCLE_YEARS + 1)]
    return growth_of_industry(facts, years_ago) - sum(before[1:], before[0]) / CYCLE_YEARS


@indicator(
    group="environment", unit="ratio", direction="higher",
    formula=f"growth of industries.output - its mean over the {CYCLE_YEARS} years before",
    label=f"Growth of the industry less its mean of {CYCLE_YEARS} years",
    label_zh=f"行业增长偏离度（较前{CYCLE_YEARS}年均值）", five_c="conditions", source=_OECD,
    low=-0.3, high=0.3,
)  # fmt: skip
def industry_cycle(facts: Facts) -> Measured:
    """One-sided: no year after the latest known one has a part in it."""
    return _deviation(facts)


@indicator(
    group="environment", unit="index", direction="higher",
    formula="1 slowdown, 2 downturn, 3 recovery, 4 expansion: by deviation and its change",
    label="Phase of the industry's cycle", label_zh="行业周期阶段", five_c="conditions",
    source=_OECD, low=1, high=4,
)  # fmt: skip
def industry_cycle_phase(facts: Facts) -> Measured:
    """As :func:`cycle_phases` of the output of the years up to the latest known one."""
    now, before = _deviation(facts), _deviation(facts, 1)
    above, rising = now >= _ROUNDING, now - before >= _ROUNDING
    # 1 and 2 fall, 3 and 4 rise; within each pair the one above its trend is safer
    return 1 + above + 2 * rising


@indicator(
    group="environment", unit="score", direction="higher",
    formula="mean balance of the last survey of each kind, of periods in the 12 months to the day",
    label="Survey balance of the industry, 12 months", label_zh="近12个月行业景气调查差额",
    five_c="conditions", source=_SURVEY, low=-1, high=1,
)  # fmt: skip
def survey_balance(facts: Facts) -> Measured:
    """Share of firms that answer "better" less share of those that answer "worse"."""
    rows = last_by(facts.surveys.within(months=12), ("survey", "period_end"), "known_on")
    return last_by(rows, ("survey",), "period_end").mean("balance")


CYCLE: tuple[Indicator, ...] = (industry_cycle, industry_cycle_phase, survey_balance)
