"""How memberships of several criteria, with their weights, become those of the whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import numpy as np

from creditscore._typing import Float1D, Float2D
from creditscore._validation import as_floats, check_choice
from creditscore.exceptions import InvalidDataError, InvalidWeightError
from creditscore.expert._weights._weights import Weights

FuzzyOperator: TypeAlias = Literal[
    "weighted_average", "min_max", "product_max", "min_bounded_sum"
]  # fmt: skip
"""How weights and memberships are composed."""

ROUNDING = 1e-9
"""How far above 1 a number may be: sums of fractions, composed on the level below, round up."""


def _weighted_average(weights: Float1D, memberships: Float2D) -> Float2D:
    return np.asarray((weights[:, None] * memberships).sum(axis=-2))


def _min_max(weights: Float1D, memberships: Float2D) -> Float2D:
    return np.asarray(np.minimum(weights[:, None], memberships).max(axis=-2))


def _product_max(weights: Float1D, memberships: Float2D) -> Float2D:
    return np.asarray((weights[:, None] * memberships).max(axis=-2))


def _min_bounded_sum(weights: Float1D, memberships: Float2D) -> Float2D:
    sums = np.minimum(weights[:, None], memberships).sum(axis=-2)
    return np.asarray(np.minimum(sums, 1.0))


OPERATORS: dict[str, Callable[[Float1D, Float2D], Float2D]] = {
    "weighted_average": _weighted_average,
    "min_max": _min_max,
    "product_max": _product_max,
    "min_bounded_sum": _min_bounded_sum,
}
"""Weights (criteria) and memberships (…, criteria, grades) to memberships (…, grades)."""


def fuzzy_composition(
    weights: Any, memberships: Any, *, operator: FuzzyOperator = "weighted_average"
) -> Float1D:
    """Compose the memberships of criteria into those of the whole, B = A ∘ R.

    Parameters
    ----------
    weights : Weights, or array-like of shape (n_criteria,)
        Weights of the criteria, A, in [0, 1]; in the order of the rows of R.
    memberships : array-like of shape (n_criteria, n_grades)
        How far each criterion belongs to each grade, R, in [0, 1].
    operator : {"weighted_average", "min_max", "product_max", "min_bounded_sum"}, \
default="weighted_average"
        How both are composed; see the Notes.

    Returns
    -------
    array of shape (n_grades,)
        Memberships of the whole, in [0, 1] where the weights add up to 1; they need not do so
        themselves.

    Raises
    ------
    InvalidWeightError, InvalidDataError
        Numbers missing or outside [0, 1], or shapes that do not fit.
    InvalidParameterError
        An operator that there is not.

    Notes
    -----
    With a the weights, r the memberships, and j over the criteria:

    ==================  ========  ======================  =====================================
    operator            written   membership of a grade   what counts
    ==================  ========  ======================  =====================================
    "weighted_average"  M(·,+)    Σ a_j r_j               all criteria, by their weights
    "min_max"           M(∧,∨)    max min(a_j, r_j)       one criterion alone, cut by its weight
    "product_max"       M(·,∨)    max a_j r_j             one criterion alone, times its weight
    "min_bounded_sum"   M(∧,⊕)    min(1, Σ min(a_j, r_j)) all criteria, cut by their weights
    ==================  ========  ======================  =====================================

    Those that take a maximum leave out all but one criterion for each grade; with many criteria
    of small weights, those that cut lose what the criteria say. Ratings of enterprises mostly
    use the first. O(n_criteria · n_grades).

    References
    ----------
    Zadeh, L. A. (1965), "Fuzzy sets", Information and Control 8, 338-353.

    Examples
    --------
    >>> from creditscore.expert import fuzzy_composition
    >>> A = [0.4, 0.35, 0.25]
    >>> R = [[0.2, 0.5, 0.2, 0.1], [0.3, 0.4, 0.2, 0.1], [0.1, 0.3, 0.4, 0.2]]
    >>> fuzzy_composition(A, R).round(3)
    array([0.21 , 0.415, 0.25 , 0.125])
    >>> fuzzy_composition(A, R, operator="min_max")
    array([0.3 , 0.4 , 0.25, 0.2 ])
    """
    check_choice(operator, "operator", "fuzzy_composition", tuple(OPERATORS))
    given = weights.values if isinstance(weights, Weights) else weights
    a = as_floats(given, "weights", InvalidWeightError)
    r = as_floats(memberships, "memberships")
    if a.ndim != 1 or not a.size or not ((a >= 0) & (a <= 1 + ROUNDING)).all():
        msg = f"The weights must be numbers in [0, 1], one a criterion. Got {weights!r} instead."
        raise InvalidWeightError(msg)
    if r.ndim != 2 or len(r) != len(a) or not r.size:
        msg = (
            f"The memberships need a row for each of the {len(a)} criteria and a column for each "
            f"grade. Got shape {r.shape} instead."
        )
        raise InvalidDataError(msg)
    fit = (r >= 0) & (r <= 1 + ROUNDING)
    if not fit.all():
        msg = f"Memberships must be numbers in [0, 1], none missing. Got {r[~fit][0]:g}."
        raise InvalidDataError(msg)
    return OPERATORS[operator](a, r)
