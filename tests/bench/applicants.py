"""Seeded applicants: columns of the kinds that credit files hold, and who turned bad."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count, cycle, islice

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit

from creditscore._typing import Bool1D, Float1D

BAD_RATE = 0.15
"""Share of bads that the target is drawn for."""

Draw = Callable[[np.random.Generator, int], Float1D]
Effect = Callable[[Float1D], Float1D]


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a column is drawn, and how it moves the log-odds of bad.

    Attributes
    ----------
    name : str
        Kind and effect, in words.
    draw : callable
        Values of n rows.
    effect : callable
        Part of the log-odds of bad, of the value's rank in (0, 1).
    missing_share : float
        Share of rows without a value, a fraction.
    missing_effect : float
        Part of the log-odds of bad of a row without a value.
    """

    name: str
    draw: Draw
    effect: Effect
    missing_share: float = 0.0
    missing_effect: float = 0.0


def _normal(rng: np.random.Generator, n: int) -> Float1D:
    return rng.normal(size=n)


def _lognormal(rng: np.random.Generator, n: int) -> Float1D:
    return rng.lognormal(8.0, 0.9, n)


def _uniform(rng: np.random.Generator, n: int) -> Float1D:
    return rng.uniform(size=n)


def _age(rng: np.random.Generator, n: int) -> Float1D:
    return np.clip(rng.normal(42, 13, n).round(), 18, 85)


def _enquiries(rng: np.random.Generator, n: int) -> Float1D:
    return rng.negative_binomial(1.2, 0.35, n).astype(np.float64)


def _zero_or_amount(rng: np.random.Generator, n: int) -> Float1D:
    return np.where(rng.uniform(size=n) < 0.45, 0.0, rng.lognormal(6.5, 1.1, n).round(2))


def _to_hundreds(rng: np.random.Generator, n: int) -> Float1D:
    return (rng.gamma(2.0, 2_500, n) / 100).round() * 100


def _heavy_tails(rng: np.random.Generator, n: int) -> Float1D:
    return rng.standard_t(3, n)


def _utilisation(rng: np.random.Generator, n: int) -> Float1D:
    return np.minimum(rng.beta(0.7, 1.4, n) * 1.15, 1.0).round(3)


def _rising(strength: float) -> Effect:
    return lambda rank: strength * (2 * rank - 1)


def _falling(strength: float) -> Effect:
    return _rising(-strength)


def _curved(strength: float) -> Effect:
    """Flat at first, steep among the highest values."""
    return lambda rank: strength * (3 * rank**3 - 0.75)


def _step(strength: float, at: float) -> Effect:
    """Two levels of risk, with nothing between."""
    return lambda rank: strength * np.where(rank < at, -1.0, 1.0)


def _valley(strength: float) -> Effect:
    """Risky at both ends."""
    return lambda rank: strength * (6 * (rank - 0.5) ** 2 - 0.5)


def _peak(strength: float) -> Effect:
    """Risky in the middle."""
    return _valley(-strength)


def _waves(strength: float) -> Effect:
    """Up and down three times about a rising line."""
    return lambda rank: strength * (np.sin(6 * np.pi * rank) + (2 * rank - 1))


def _none(rank: Float1D) -> Float1D:
    return np.zeros_like(rank)


RECIPES = (
    Recipe(name="normal rising", draw=_normal, effect=_rising(0.6)),
    Recipe(name="lognormal falling", draw=_lognormal, effect=_falling(0.7)),
    Recipe(name="age falling", draw=_age, effect=_falling(0.5)),
    Recipe(name="zero or amount rising", draw=_zero_or_amount, effect=_rising(0.5)),
    Recipe(name="uniform valley", draw=_uniform, effect=_valley(0.5)),
    Recipe(
        name="normal rising 10 % missing",
        draw=_normal,
        effect=_rising(0.6),
        missing_share=0.1,
        missing_effect=0.4,
    ),
    Recipe(name="to hundreds falling", draw=_to_hundreds, effect=_falling(0.4)),
    Recipe(name="normal none", draw=_normal, effect=_none),
    Recipe(name="utilisation curved", draw=_utilisation, effect=_curved(0.5)),
    Recipe(name="enquiries rising", draw=_enquiries, effect=_rising(0.4)),
    Recipe(name="lognormal step", draw=_lognormal, effect=_step(0.35, at=0.62)),
    Recipe(
        name="lognormal falling 10 % missing",
        draw=_lognormal,
        effect=_falling(0.3),
        missing_share=0.1,
    ),
    Recipe(name="age peak", draw=_age, effect=_peak(0.4)),
    Recipe(name="uniform rising weak", draw=_uniform, effect=_rising(0.12)),
    Recipe(name="heavy tails waves", draw=_heavy_tails, effect=_waves(0.25)),
    Recipe(
        name="zero or amount falling 10 % missing",
        draw=_zero_or_amount,
        effect=_falling(0.4),
        missing_share=0.1,
        missing_effect=-0.3,
    ),
    Recipe(name="utilisation none", draw=_utilisation, effect=_none),
    Recipe(name="normal curved", draw=_normal, effect=_curved(-0.4)),
    Recipe(name="to hundreds valley", draw=_to_hundreds, effect=_valley(0.3)),
    Recipe(name="lognormal none 10 % missing", draw=_lognormal, effect=_none, missing_share=0.1),
)
"""The twenty columns of the comparison; more columns go round again."""


def make_applicants(n_rows: int, n_columns: int, seed: int) -> tuple[pd.DataFrame, Bool1D]:
    """Draw a table and its target.

    Parameters
    ----------
    n_rows, n_columns : int
        Size of the table; columns follow :data:`RECIPES`, again from the start beyond them.
    seed : int
        The same seed gives the same table.

    Returns
    -------
    X : DataFrame of shape (n_rows, n_columns)
        float64, NaN where missing; each name says kind and effect.
    is_bad : ndarray of bool, shape (n_rows,)
        About 15 % true.
    """
    rng = np.random.default_rng(seed)
    columns: dict[str, Float1D] = {}
    log_odds = np.zeros(n_rows)
    for i, recipe in zip(count(1), islice(cycle(RECIPES), n_columns), strict=False):
        values = recipe.draw(rng, n_rows)
        effect = recipe.effect(_rank(values))
        missing = rng.uniform(size=n_rows) < recipe.missing_share
        values[missing] = np.nan
        log_odds += np.where(missing, recipe.missing_effect, effect)
        columns[f"{i:02} {recipe.name}"] = values
    level = brentq(lambda shift: float(expit(log_odds + shift).mean()) - BAD_RATE, -30, 30)
    is_bad: Bool1D = rng.uniform(size=n_rows) < expit(log_odds + level)
    return pd.DataFrame(columns), is_bad


def _rank(values: Float1D) -> Float1D:
    """Place each value among the others, in (0, 1); equal values share a place."""
    ordered = np.sort(values)
    below = np.searchsorted(ordered, values, side="left")
    up_to = np.searchsorted(ordered, values, side="right")
    rank: Float1D = (below + up_to) / (2 * len(values))
    return rank
