"""What a user should know of a logistic fit before trusting it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from creditscore._newton import ENDLESS, LogisticFit
from creditscore._typing import Bool1D, Float1D, Float2D
from creditscore._warn import warn_user
from creditscore.exceptions import (
    CalibrationWarning,
    CoefficientSignWarning,
    CollinearityWarning,
    NonConvergenceWarning,
    SeparationWarning,
    SmallSampleWarning,
)
from creditscore.scorecard._separation import MOST_TOGETHER
from creditscore.scorecard.selection._fate import Fate
from creditscore.scorecard.selection._log import listed

_MOST_OFF = 0.1
"""Share of the rarer class by which a mean probability may be off."""
_CLEARLY_ABOVE = 1.96
"""z from which a coefficient is held to be above 0 and not there by chance."""
_LEAST_CASES = 5
"""Cases of the rarer class for each coefficient; Vittinghoff and McCulloch, 2007, find few
problems from there on: "Relaxing the Rule of Ten Events per Variable in Logistic and Cox
Regression", American Journal of Epidemiology 165, 710-718."""
_MOST_INFLATED = 100.0
"""Variance inflation from which columns nearly determine each other: a standard error of ten times
what it would be alone. Books draw the line at 5 to 10, which many a good card does not keep."""
_MOST_TOLD = 4
"""Columns of which a message says more than the name."""


def warn_of_fit(
    fit: LogisticFit, names: Sequence[str], separating: Sequence[Sequence[int]] = ()
) -> None:
    """Warn of a fit that has no end or did not come to rest; name the columns.

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


def warn_of_collinearity(vif: Float1D, names: Sequence[str], *, bounded: bool) -> None:
    """Warn of columns that determine each other, or nearly do, those at a bound among them.

    `bounded` says whether bounds hold coefficients.
    """
    dependent = vif >= ENDLESS
    if dependent.any():
        shared = "the weight is shared between them" + (" as the bounds allow" if bounded else "")
        warn_user(
            f"Columns {listed(_chosen(names, dependent))} determine each other, so their "
            f"coefficients are not unique; {shared}. Drop one of them.",
            CollinearityWarning,
        )
    nearly = (vif > _MOST_INFLATED) & ~dependent
    if nearly.any():
        worst = int(np.argmax(np.where(nearly, vif, 0)))
        warn_user(
            f"Columns {listed(_chosen(names, nearly))} nearly determine each other: the variance "
            f"of the coefficient of {names[worst]!r} is {vif[worst]:,.0f} times what it would be "
            "without the others. Their points may be large and cancel out, and next year's rows "
            "may not agree. Drop some of them, or give selection=Selection(max_vif="
            f"{_MOST_INFLATED:.0f}).",
            CollinearityWarning,
        )


def warn_of_signs(
    coefficients: Float1D,
    names: Sequence[str],
    features: Float2D,
    weights: Float1D | None,
    *,
    z: Float1D | None = None,
    prior_means: Float1D | None = None,
) -> None:
    """Warn of coefficients under which safer bins earn fewer points; say what is behind each.

    `z` are the coefficients in standard errors, NaN where a bound holds them; None of a fit that
    has no errors. `prior_means` are those of the coefficients, of a fit under a prior.
    """
    wrong = coefficients > 0
    if not wrong.any():
        return
    places = np.flatnonzero(wrong).tolist()
    told = [
        _of_prior_mean(names[i], prior_means[i])
        if prior_means is not None and prior_means[i] > 0
        else _why_positive(
            names[i], *_nearest(i, names, features, weights), z=None if z is None else z[i]
        )
        for i in places[:_MOST_TOLD]
    ]
    way_out = "set" if z is not None else "fit by likelihood with"
    subject, verb = ("coefficient", "is") if len(places) == 1 else ("coefficients", "are")
    warn_user(
        f"The {subject} of {_listed(names, wrong)} {verb} positive: in the card, safer bins would "
        f"earn fewer points. {' '.join(told)} Or {way_out} coefficient_sign='enforce'.",
        CoefficientSignWarning,
    )


def _of_prior_mean(name: str, mean: float) -> str:
    """Say that a positive coefficient was asked for by its prior."""
    return (
        f"The prior of {name!r} asks for it by its mean, {mean:.2f}: there judgement and bins "
        "point different ways; look at both."
    )


def _why_positive(name: str, nearest: str, correlation: float, *, z: float | None) -> str:
    """Say what a positive coefficient may come from, and what to do."""
    near = f" (their WOE correlate by {correlation:.2f})" if nearest else ""
    beside = f"{nearest!r}{near}" if nearest else "the others"
    if z is None:
        return (
            f"{name!r} may say what others say already, above all {beside}: drop one of them."
            if nearest
            else f"{name!r} stands alone in the card: look at its bins."
        )
    if np.isnan(z):
        return f"{name!r} stands at a bound that asks for it: let that be 0 or less."
    if z > _CLEARLY_ABOVE:
        return (
            f"{name!r} is clearly above 0 (z {z:.1f}), so it corrects what others say, as where "
            f"the risk hangs on a ratio or a difference of columns; look at it with {beside}: make "
            "one column of the two, or drop one."
        )
    return (
        f"{name!r} cannot be told from 0 (z {z:.1f}): others say the same already, above all "
        f"{beside}; drop it."
    )


def _nearest(
    column: int, names: Sequence[str], features: Float2D, weights: Float1D | None
) -> tuple[str, float]:
    """Return the column whose WOE correlates most with that of one column, and how much."""
    shares = np.ones(len(features)) if weights is None else weights
    shares = shares / shares.sum()
    own = features[:, column] - shares @ features[:, column]
    together = (own * shares) @ (features - shares @ features)
    spread = np.sqrt(shares @ (features - shares @ features) ** 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.nan_to_num(together / (spread * spread[column]))
    size[column] = 0.0
    best = int(np.abs(size).argmax())
    return (names[best], float(size[best])) if size[best] != 0 else ("", 0.0)


def warn_of_forced(lost: Sequence[Fate]) -> None:
    """Warn of columns that were forced in and have no coefficient."""
    if lost:
        told = "; ".join(f"{fate.feature!r} ({fate.reason})" for fate in lost)
        warn_user(
            f"Columns that were forced in are not in the card: {told}. Let their "
            "coefficients be what they are (coefficient_sign='warn', other bounds, less penalty), "
            "or take them out of forced_in.",
            CoefficientSignWarning,
        )


def few_cases(n_coefficients: int, n_good: float, n_bad: float) -> str:
    """Say that there are few cases for so many coefficients; empty where there are enough."""
    rarer = min(n_good, n_bad)
    if rarer >= _LEAST_CASES * n_coefficients:
        return ""
    kind = "bad" if n_bad <= n_good else "good"
    noun = "coefficient is" if n_coefficients == 1 else "coefficients are"
    return (
        f"{n_coefficients} {noun} estimated from {rarer:,.0f} {kind} cases, fewer than "
        f"{_LEAST_CASES} for each, so standard errors and p-values mean little"
    )


def warn_of_few_cases(n_coefficients: int, n_good: float, n_bad: float) -> None:
    """Warn of a fit that has nearly as many coefficients as cases."""
    said = few_cases(n_coefficients, n_good, n_bad)
    if said:
        warn_user(
            f"{said}, and the card follows chance. Bring more cases or fewer columns: a Selection "
            "with a search, a higher min_iv; or a penalty, such as "
            "regression=LogisticRegression(C=0.1); or, where something is known beforehand, "
            "prior=CoefficientPrior(means={…: -1}).",
            SmallSampleWarning,
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
    return ", ".join(map(repr, _chosen(names, chosen)))


def _chosen(names: Sequence[str], chosen: Bool1D) -> list[str]:
    return [names[i] for i in np.flatnonzero(chosen).tolist()]
