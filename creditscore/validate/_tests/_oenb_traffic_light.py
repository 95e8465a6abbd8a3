"""Traffic lights of single grades or years, as the Austrian national bank's guideline has them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binom

from creditscore._display import html_table
from creditscore._typing import Float1D, Float2D
from creditscore._validation import as_floats
from creditscore.exceptions import InvalidParameterError
from creditscore.validate._tests._inputs import check_correlation
from creditscore.validate._tests._traffic_light import letters, read_periods
from creditscore.validate._tests._vasicek import mixture
from creditscore.validate._tests._vasicek_test import vasicek_critical_count

LIGHTS = ("green", "yellow", "red")


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class OenbTrafficLights:
    """Colours of grades or years, each by itself; by :func:`oenb_traffic_light`.

    Attributes
    ----------
    colours : tuple of str
        "green", "yellow" or "red", one a place.
    p_value : ndarray of shape (n_periods,)
        Chance of as many defaults, or more: small where the probability of default is too low.
    default_rate, prob_default : ndarray of shape (n_periods,)
        Observed and foretold, fractions.
    critical_counts : ndarray of int of shape (n_periods, 2)
        Least defaults that are yellow, and that are red.
    limits : ndarray of shape (n_periods, 2)
        Default rates between colours: half a default below the critical counts.

    Examples
    --------
    >>> from creditscore.validate import oenb_traffic_light
    >>> oenb_traffic_light([10, 18, 25], 1000, 0.01)
    <OenbTrafficLights: G Y R>
    """

    colours: tuple[str, ...]
    p_value: Float1D
    default_rate: Float1D
    prob_default: Float1D
    critical_counts: np.ndarray[Any, Any]
    limits: Float2D

    def __repr__(self) -> str:
        """Say in one line which colours there were."""
        return f"<OenbTrafficLights: {letters(self.colours)}>"

    def table(self) -> pd.DataFrame:
        """Return the places: prob_default, default_rate, p_value and colour."""
        return pd.DataFrame(
            {
                "prob_default": self.prob_default,
                "default_rate": self.default_rate,
                "p_value": self.p_value,
                "colour": self.colours,
            }
        )

    def _repr_html_(self) -> str:
        formats = {"prob_default": "{:.2%}", "default_rate": "{:.2%}", "p_value": "{:.4f}"}
        return html_table(self.table(), caption=repr(self).strip("<>"), formats=formats)


def oenb_traffic_light(
    n_bad: Any,
    n_total: Any,
    prob_default: Any,
    *,
    levels: Any = (0.95, 0.999),
    correlation: float = 0.0,
) -> OenbTrafficLights:
    """Colour grades, or years, by how surely their probability of default is too low.

    Parameters
    ----------
    n_bad, n_total : array-like of shape (n_periods,)
        Defaults and customers of each grade or year.
    prob_default : array-like of shape (n_periods,)
        Probability of default, a fraction in [0, 1].
    levels : array-like of shape (2,), default=(0.95, 0.999)
        Where yellow and red begin, rising, in (0, 1).
    correlation : float, default=0.0
        Asset correlation of Vasicek's model in [0, 1); 0 takes defaults as independent.

    Returns
    -------
    OenbTrafficLights

    Raises
    ------
    InvalidDataError
        As in :func:`binomial_test`; a place without customers.
    InvalidParameterError
        Levels or a correlation out of range.

    See Also
    --------
    traffic_light_test : The test over several years with four colours.

    Notes
    -----
    Green where the default rate lies within what the level 0.95 allows, yellow from there to
    0.999, red above [1]_: colours change where P(X ≥ n_bad) falls to 1 - level
    (:func:`vasicek_critical_count`). The guideline names no correlation; Tasche's lights take one
    [2]_. About 40 milliseconds a place with a correlation.

    References
    ----------
    .. [1] Oesterreichische Nationalbank and FMA, *Guidelines on Credit Risk Management: Rating
       Models and Validation*, 2004, chapter 6.
    .. [2] D. Tasche, "A traffic lights approach to PD validation", Deutsche Bundesbank, 2003,
       arXiv cond-mat/0305038.

    Examples
    --------
    >>> from creditscore.validate import oenb_traffic_light
    >>> found = oenb_traffic_light([10, 18, 25], 1000, 0.01)
    >>> found.colours
    ('green', 'yellow', 'red')
    >>> found.critical_counts[0].tolist()
    [16, 22]
    >>> oenb_traffic_light([10, 18, 25], 1000, 0.01, correlation=0.12)
    <OenbTrafficLights: G G G>
    """
    rho = check_correlation(correlation, "oenb_traffic_light")
    yellow, red = _read_levels(levels)
    bad, total, prob = read_periods(n_bad, n_total, prob_default)
    critical = np.column_stack(
        [
            vasicek_critical_count(total, prob, correlation=rho, level=level)
            for level in (yellow, red)
        ]
    )
    codes = (bad[:, None] >= critical).sum(axis=1)
    return OenbTrafficLights(
        colours=tuple(LIGHTS[code] for code in codes),
        p_value=np.minimum(mixture(binom.sf, bad - 1, total, prob, rho), 1.0),
        default_rate=bad / total,
        prob_default=prob,
        critical_counts=critical,
        limits=(critical - 0.5) / total[:, None],
    )


def _read_levels(levels: Any) -> tuple[float, float]:
    values = as_floats(levels, "levels")
    if values.shape != (2,) or not 0 < values[0] < values[1] < 1 or math.isnan(values.sum()):
        msg = (
            "The 'levels' parameter of oenb_traffic_light must hold two rising numbers in (0, 1): "
            f"where yellow and red begin. Got {levels!r} instead."
        )
        raise InvalidParameterError(msg)
    return float(values[0]), float(values[1])
