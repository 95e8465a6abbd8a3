"""Traffic lights over several years, by Blochwitz, Hohl and Wehn (Basel working paper 14)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy.special import ndtri
from scipy.stats import binom

from creditscore._display import html_table
from creditscore._typing import Float1D, Float2D
from creditscore._validation import as_floats, check_choice
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.validate._tests._inputs import read_rates
from creditscore.validate._tests._p_text import p_equals

Ties: TypeAlias = Literal["better", "worse"]
COLOURS = ("green", "yellow", "orange", "red")

_ROUNDING = 1e-12
"""A rate so near to a bound lies on it."""


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class TrafficLightTest:
    """Colours of several years and what their numbers say; by :func:`traffic_light_test`.

    Attributes
    ----------
    colours : tuple of str
        "green", "yellow", "orange" or "red", one a year.
    standardised : ndarray of shape (n_periods,)
        Default rate of each year less its probability, over the standard deviation.
    default_rate, prob_default : ndarray of shape (n_periods,)
        Observed and foretold, fractions.
    limits : ndarray of shape (n_periods, 3)
        Default rates at which yellow, orange and red begin, year by year.
    counts : dict of str to int
        Years of each colour.
    statistic : int
        Numbers of green, yellow, orange and red years as the digits of one number: 2111 is two
        green years and one of each other colour. Higher is better.
    p_value : float
        Chance of colours that are no better: small where probabilities of default are too low.

    Examples
    --------
    >>> from creditscore.validate import traffic_light_test
    >>> traffic_light_test([10, 14, 8, 16, 11], 1000, 0.01)
    <TrafficLightTest: G O G R Y, statistic 2111, p = 0.2469>
    """

    colours: tuple[str, ...]
    standardised: Float1D
    default_rate: Float1D
    prob_default: Float1D
    limits: Float2D
    counts: dict[str, int]
    statistic: int
    p_value: float

    def __repr__(self) -> str:
        """Say in one line which colours there were."""
        return (
            f"<TrafficLightTest: {letters(self.colours)}, statistic {self.statistic}, "
            f"{p_equals(self.p_value)}>"
        )

    def table(self) -> pd.DataFrame:
        """Return the years: prob_default, default_rate, standardised and colour."""
        return pd.DataFrame(
            {
                "prob_default": self.prob_default,
                "default_rate": self.default_rate,
                "standardised": self.standardised,
                "colour": self.colours,
            }
        )

    def _repr_html_(self) -> str:
        formats = {"prob_default": "{:.2%}", "default_rate": "{:.2%}", "standardised": "{:.2f}"}
        return html_table(self.table(), caption=repr(self).strip("<>"), formats=formats)


def traffic_light_test(
    n_bad: Any,
    n_total: Any,
    prob_default: Any,
    *,
    colour_probs: Any = (0.5, 0.3, 0.15, 0.05),
    ties: Ties = "better",
) -> TrafficLightTest:
    """Colour the default rates of several years, and test them by the numbers of colours.

    Parameters
    ----------
    n_bad, n_total : array-like of shape (n_periods,)
        Defaults and customers of each year.
    prob_default : array-like of shape (n_periods,)
        Probability of default for each year, a fraction in (0, 1). Single numbers stand for all
        years, but one of the three is a list.
    colour_probs : array-like of shape (4,), default=(0.5, 0.3, 0.15, 0.05)
        Chances of green, yellow, orange and red if the probabilities are right; above zero, and
        1 together.
    ties : {"better", "worse"}, default="better"
        Colour of a rate on a bound, such as exactly the rate foretold: the better one, as the
        working paper prints its rule, or the worse one.

    Returns
    -------
    TrafficLightTest

    Raises
    ------
    InvalidDataError
        As in :func:`binomial_test`; a year without customers, or with a probability of 0 or 1.
    InvalidParameterError
        Chances of colours that are none; an unknown rule for ties.

    See Also
    --------
    oenb_traffic_light : Colours of single grades or years.
    TrafficLightDisplay : The picture.

    Notes
    -----
    A year is green where (n_bad - n · PD) / √(n · PD · (1 - PD)) is at most Φ⁻¹(0.5), yellow to
    Φ⁻¹(0.8), orange to Φ⁻¹(0.95), red above. Years are taken as independent, so that numbers of
    colours are multinomial. Results are ordered by the number of green years, then of yellow,
    then of orange ones; up to ten years that is the order of 1000 · green + 100 · yellow +
    10 · orange + red [1]_. With more years the digits of the statistic have two or more places
    each. The p-value is the chance of a number no higher. O(n) time for n years.

    Defaults that depend on each other within a year spread the rates, and make red more frequent
    than `colour_probs` says.

    References
    ----------
    .. [1] Basel Committee on Banking Supervision, *Studies on the Validation of Internal Rating
       Systems*, Working Paper 14, 2005, part III, after S. Blochwitz, S. Hohl and C. Wehn,
       "Reconsidering ratings".

    Examples
    --------
    >>> from creditscore.validate import traffic_light_test
    >>> found = traffic_light_test([10, 14, 8, 16, 11], 1000, 0.01)
    >>> found.colours
    ('green', 'orange', 'green', 'red', 'yellow')
    >>> found.statistic, round(found.p_value, 6)
    (2111, 0.246875)
    """
    check_choice(ties, "ties", "traffic_light_test", ("better", "worse"))
    chances = _read_colours(colour_probs)
    bad, total, prob = read_periods(n_bad, n_total, prob_default)
    sure = (prob == 0) | (prob == 1)
    if sure.any():
        msg = (
            "prob_default must lie between 0 and 1, for nothing else spreads. Got "
            f"{prob[sure][0]:g} in year {int(sure.argmax())}."
        )
        raise InvalidDataError(msg)
    spread = np.sqrt(prob * (1 - prob) / total)
    standardised = (bad / total - prob) / spread
    bounds = ndtri(np.cumsum(chances)[:3])
    # half of 1 is the middle of the normal distribution, whatever rounding says
    rounding = _ROUNDING if ties == "better" else -_ROUNDING
    codes = (standardised[:, None] > bounds + rounding).sum(axis=1)
    numbers = tuple(np.bincount(codes, minlength=4).tolist())
    base = max(10, 10 ** len(str(len(codes) - 1)))
    return TrafficLightTest(
        colours=tuple(COLOURS[code] for code in codes),
        standardised=standardised,
        default_rate=bad / total,
        prob_default=prob,
        limits=prob[:, None] + spread[:, None] * bounds,
        counts=dict(zip(COLOURS, numbers, strict=True)),
        statistic=int(sum(n * base**power for n, power in zip(numbers, (3, 2, 1, 0), strict=True))),
        p_value=_chance_of_no_better(numbers, chances),
    )


def letters(colours: tuple[str, ...]) -> str:
    """Return the first letters of colours."""
    return " ".join(colour[0].upper() for colour in colours)


def read_periods(n_bad: Any, n_total: Any, prob_default: Any) -> tuple[Float1D, Float1D, Float1D]:
    """Read counts and probabilities of a list of years or grades that all hold customers."""
    bad, total, prob = (np.atleast_1d(x) for x in read_rates(n_bad, n_total, prob_default))
    if bad.ndim != 1:
        msg = f"n_bad, n_total and prob_default must be lists of years. Got shape {bad.shape}."
        raise InvalidDataError(msg)
    if (total == 0).any():
        msg = (
            f"n_total is 0 at place {int((total == 0).argmax())}, and what holds no customers has "
            "no colour: leave it out."
        )
        raise InvalidDataError(msg)
    return bad, total, prob


def _read_colours(colour_probs: Any) -> Float1D:
    chances = as_floats(colour_probs, "colour_probs")
    if chances.shape != (4,) or not (chances > 0).all() or abs(chances.sum() - 1) > 1e-9:
        msg = (
            "The 'colour_probs' parameter of traffic_light_test must hold four chances above zero "
            f"that add up to 1: green, yellow, orange, red. Got {colour_probs!r} instead."
        )
        raise InvalidParameterError(msg)
    return chances


def _chance_of_no_better(numbers: tuple[int, ...], chances: Float1D) -> float:
    """Return the multinomial chance of numbers of colours that come no later in their order.

    Fewer green years; or as many and fewer yellow; or as many of both and no more orange.
    """
    green, yellow, orange, red = chances.tolist()
    n = sum(numbers)
    years = (n, n - numbers[0], n - numbers[0] - numbers[1])
    shares = (green, yellow / (yellow + orange + red), orange / (orange + red))
    no_better = 1.0
    for number, of, share in reversed(list(zip(numbers[:3], years, shares, strict=True))):
        fewer, alike = binom.cdf(number - 1, of, share), binom.pmf(number, of, share)
        no_better = float(fewer + alike * no_better)
    return min(no_better, 1.0)
