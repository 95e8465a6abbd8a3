"""What a user should know of a logistic fit before trusting it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from creditscore._typing import Bool1D
from creditscore._warn import warn_user
from creditscore.exceptions import (
    CoefficientSignWarning,
    CollinearityWarning,
    NonConvergenceWarning,
    SeparationWarning,
)
from creditscore.scorecard._newton import LogisticFit


def warn_of_fit(fit: LogisticFit, names: Sequence[str]) -> None:
    """Warn of a fit that has no end, no one answer or the wrong signs; name the columns."""
    diverging = bool(fit.diverging.any())
    if diverging:
        listed = _listed(names, fit.diverging[1:])
        warn_user(
            f"Separation: by {listed}, some cases are told apart without error, so the likelihood "
            "has no finite maximum; coefficients are only where the search stopped, and their "
            "standard errors have no end. Look for a column that is known only after the outcome, "
            "or make bins larger.",
            SeparationWarning,
        )
    if not fit.converged:
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
    wrong = fit.coefficients > 0
    if wrong.any() and not diverging:
        warn_user(
            f"The coefficient of {_listed(names, wrong)} is positive: in the card, safer bins "
            "would earn fewer points. Other columns tell the same story better: drop the column, "
            "or set coefficient_sign='enforce'.",
            CoefficientSignWarning,
        )


def _listed(names: Sequence[str], chosen: Bool1D) -> str:
    return ", ".join(repr(names[i]) for i in np.flatnonzero(chosen).tolist())
