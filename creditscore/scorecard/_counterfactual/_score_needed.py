"""The score that a probability of default needs, to the last bit."""

from __future__ import annotations

import math

from creditscore._checks import check_kind
from creditscore._validation import check_real
from creditscore.scorecard._scale import PointsScale


def score_needed(scale: PointsScale, prob_default: float) -> float:
    """Return the riskiest score whose probability of default is not above a given one.

    Parameters
    ----------
    scale : PointsScale
        What scores say about odds, as of a card.
    prob_default : float
        A fraction in (0, 1).

    Returns
    -------
    float
        The lowest such score, on a reversed scale the highest. By :meth:`PointsScale.prob_default`
        it has a probability of `prob_default` or less, and the next float on the risky side more.

    Raises
    ------
    InvalidParameterError
        A probability that is no fraction in (0, 1).

    See Also
    --------
    GradeScale.score_needed : The score that a grade needs.
    counterfactuals : What an applicant can do to reach it.

    Examples
    --------
    >>> from creditscore import PointsScale
    >>> from creditscore.scorecard import score_needed
    >>> round(score_needed(PointsScale(), 0.02), 4)
    599.4171
    """
    check_kind(scale, "scale", "score_needed", PointsScale)
    prob = check_real(prob_default, "prob_default", "score_needed", low=0, high=1)
    near = float(scale.score_of_prob(prob))
    safer = -1 if scale.reverse else 1
    # rounding puts the score a hair to this or to that side, of the size of what it is a sum of
    step = math.ulp(abs(near) + abs(scale.offset) + abs(scale.factor))
    enough = short = near
    while scale.prob_default(enough) > prob:
        enough, step = near + safer * step, 2 * step
    while scale.prob_default(short) <= prob:
        short, step = near - safer * step, 2 * step
    while True:
        middle = short + (enough - short) / 2
        if middle in (short, enough):
            return enough
        if scale.prob_default(middle) <= prob:
            enough = middle
        else:
            short = middle
