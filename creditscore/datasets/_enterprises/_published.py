"""The published figures that the synthetic enterprises follow, each with its source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from scipy.special import ndtri

from creditscore._typing import Float1D

GRADES = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC")
"""Grades of the generator, safest first; CCC stands for all below B that has not defaulted."""

DEFAULT_RATES = (0.0001, 0.0002, 0.0005, 0.0014, 0.0056, 0.0293, 0.2612)
"""Share of a grade that defaults in 12 months, AAA to CCC/C.

S&P Global Ratings, 2024 Annual Global Corporate Default and Rating Transition Study, Table 24:
average of 1981 to 2024. The 0.00 % of AAA is raised to 0.01 %, so that no rate is nil.
"""

GRADE_SHARES = (0.01, 0.04, 0.12, 0.22, 0.28, 0.25, 0.08)
"""Share of the firms in each grade: assumed, so that about 3 % of all firms default."""

DEBT_TO_CAPITAL = (0.062, 0.348, 0.398, 0.456, 0.572, 0.742, 1.012)
RETURN_ON_CAPITAL = (0.351, 0.269, 0.168, 0.134, 0.103, 0.067, 0.023)
INTEREST_COVER = (23.8, 13.6, 6.9, 4.2, 2.3, 0.9, 0.4)
"""Medians by grade: debt / (debt + equity), EBIT / (debt + equity), EBIT / interest.

Standard & Poor's, Key financial ratios and ratings of corporate debt, three-year medians, as in
Wahlen, Baginski and Bradshaw, Financial Reporting, Financial Statement Analysis and Valuation,
8th edition, Exhibit 7.5.
"""

_ASSUMED_RATES = {"AAA": 0.055, "CCC": 0.100}
INTEREST_RATES = tuple(
    _ASSUMED_RATES.get(grade, earned / (cover * debt))
    for grade, earned, cover, debt in zip(
        GRADES, RETURN_ON_CAPITAL, INTEREST_COVER, DEBT_TO_CAPITAL, strict=True
    )
)
"""Interest by debt: return on capital over (interest cover times debt to capital).

For AAA and CCC that quotient of medians is no rate that anyone pays (24 % and 5.7 %): these two
are assumed, and their interest cover is not the published one.
"""

CAPACITY_USE = 0.797
"""Output over capacity, average of total industry from 1972 to 2022.

Board of Governors of the Federal Reserve System, G.17 Industrial Production and Capacity
Utilization, annual revision of 28 March 2023: 79.9 % is 0.2 points above the average.
"""

WORKING_CAPITAL = (0.52, 0.52, 0.50, 0.45, 0.36, 0.14, -0.20)
RETAINED_EARNINGS = (0.58, 0.48, 0.43, 0.37, 0.28, 0.10, -1.10)
MARKET_TO_LIABILITIES = (6.0, 4.0, 3.0, 2.2, 1.5, 0.75, 0.15)
"""Medians by grade of working capital and of retained earnings by total assets, and of market
equity by total liabilities: assumed, so that their means of the firms that default and of the
others are near those of Altman (1968), see `make_enterprises`.
"""


@dataclass(frozen=True, kw_only=True)
class Quality:
    """Grades as classes of a normal quality: higher is safer.

    Parameters
    ----------
    limits : Float1D
        Least quality of each grade but the last, descending.
    centres : Float1D
        Median quality of each grade, descending.
    """

    limits: Float1D
    centres: Float1D


def _quality() -> Quality:
    """Return the classes of quality that hold the shares of the grades."""
    below = np.array([0.0, *accumulate(GRADE_SHARES)])
    return Quality(limits=-ndtri(below[1:-1]), centres=-ndtri((below[1:] + below[:-1]) / 2))


QUALITY = _quality()


def by_quality(quality: Float1D, medians: Sequence[float]) -> Float1D:
    """Return a figure at each quality: the grade's median at its centre, linear in between."""
    values: Float1D = np.interp(quality, QUALITY.centres[::-1], np.array(medians)[::-1])
    return values
