"""What a test of each of several groups says: a statistic and a p-value a group."""

from __future__ import annotations

from typing import NamedTuple

from creditscore._typing import Float1D


class RateTest(NamedTuple):
    """A test of each of several groups, grades or cells.

    Attributes
    ----------
    statistic : ndarray
        The test statistic, one place a group; NaN where a group leaves it undefined. One group
        that was given as single numbers has a numpy float.
    p_value : ndarray
        Chance of a statistic as extreme, or more, if the hypothesis holds: small values speak
        against it. NaN where there is none.

    Examples
    --------
    >>> from creditscore.validate import binomial_test
    >>> found = binomial_test([3, 10], [170, 118], [0.01, 0.08])
    >>> found.p_value.round(4)
    array([0.2424, 0.4727])
    """

    statistic: Float1D
    p_value: Float1D


def rate_test(statistic: Float1D, p_value: Float1D) -> RateTest:
    """Make one of arrays; those of no dimension become numpy floats."""
    return RateTest(statistic[()], p_value[()])
