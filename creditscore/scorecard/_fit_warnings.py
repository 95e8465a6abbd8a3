"""What a user should know of a logistic fit before trusting it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from creditscore._typing import Bool1D, Float1D
from creditscore._warn import warn_user
from creditscore.exceptions import (
    CalibrationWarning,
    CoefficientSignWarning,
    CollinearityWarning,
    NonConvergenceWarning,
    SeparationWarning,
)
from creditscore.scorecard._newton import LogisticFit
from creditscore.scorecard._separation import MOST_TOGETHER

_MOST_OFF = 0.1
"""Share of the rarer class by which a mean probability may be off."""


def warn_of_fit(
    fit: LogisticFit, names: Sequence[str], separating: Sequence[Sequence[int]] = ()
) -> None:
    """Warn of a fit that has no end, no one answer or the wrong signs; name the columns.

    `separating` holds the sets of columns that separate the classes, where the fit has no end.
    """
    diverging = bool(fit.diverging.any())
    if diverging:
        warn_user(_separation_message(fit, names, separating), SeparationWarning)
    if not fit.converged and not diverging:
        warn_user(
            "The search for the largest likelihood did not come to rest, so the coefficients may "
            "be off. Look for columns that tell nearly the same story, and drop one of them.",
            NonConvergenceWarning,
        )
    if fit.dependent.any():
        warn_user(
            f"Columns {_listed(names, fit.dependent)} determine each other, so their "
            "coefficients are not unique; the weight is shared between them. Drop one of them.",
            CollinearityWarning,
        )


def warn_of_signs(coefficients: Float1D, names: Sequence[str]) -> None:
    """Warn of coefficients under which safer bins earn fewer points."""
    wrong = coefficients > 0
    if wrong.any():
        warn_user(
            f"The coefficient of {_listed(names, wrong)} is positive: in the card, safer bins "
            "would earn fewer points. Other columns tell the same story better: drop the column, "
            "or set coefficient_sign='enforce'.",
            CoefficientSignWarning,
        )


def warn_of_forced(forced: Sequence[str], zero: Mapping[str, str]) -> None:
    """Warn of columns that were forced in and have no coefficient."""
    lost = [f"{name!r} ({zero[name]})" for name in forced if name in zero]
    if lost:
        warn_user(
            f"Columns that were forced in are not in the card: {'; '.join(lost)}. Let their "
            "coefficients be what they are (coefficient_sign='warn', other bounds, less penalty), "
            "or take them out of forced_in.",
            CoefficientSignWarning,
        )


def warn_of_mean(mean: float, bad_rate: float, estimator: str) -> None:
    """Warn where the mean of the probabilities is far from the share of bad cases."""
    if abs(mean - bad_rate) > _MOST_OFF * min(bad_rate, 1 - bad_rate):
        warn_user(
            f"The probabilities of {estimator} are {mean:.1%} in the mean, and {bad_rate:.1%} of "
            "the cases are bad: the card's odds are off by as much. Fit without class weights and "
            "with an intercept that bears no penalty, or calibrate the score.",
            CalibrationWarning,
        )


def _separation_message(
    fit: LogisticFit, names: Sequence[str], separating: Sequence[Sequence[int]]
) -> str:
    # where no set stands out, all that diverge are named
    sets = separating or [np.flatnonzero(fit.diverging[1:]).tolist()]
    told = "; by ".join(_together([names[i] for i in found]) for found in sets)
    n_others = len(names) - sum(map(len, sets))
    others = (
        f" Without what is named here, the other {n_others} column(s) can be estimated."
        if separating and n_others
        else ""
    )
    return (
        f"Separation by {told}: good and bad cases, all or some of them, are told apart without "
        "error, so the likelihood has no finite maximum; coefficients are only where the search "
        "stopped, and their standard errors have no end. Drop a column that is known only after "
        "the outcome; else join its bins of one class to others: raise min_bin_size, or give "
        f"user_cuts.{others}"
    )


def _together(names: Sequence[str]) -> str:
    if len(names) == 1:
        return repr(names[0])
    if len(names) > MOST_TOGETHER:
        return f"{len(names)} columns together"
    return f"{', '.join(map(repr, names))} together"


def _listed(names: Sequence[str], chosen: Bool1D) -> str:
    return ", ".join(repr(names[i]) for i in np.flatnonzero(chosen).tolist())
