"""Weights by swings: what it is worth to take a criterion from its worst to its best."""

from __future__ import annotations

from collections.abc import Mapping

from creditscore._checks import check_kind
from creditscore.exceptions import InvalidWeightError
from creditscore.expert._weights._weights import Weights, check_amounts, check_names

_LARGEST = 100.0


def swing_weights(points: Mapping[str, float]) -> Weights:
    """Weigh criteria by points for their swings (SMARTS).

    An expert imagines a customer who is at the worst of every criterion, and says which one of
    them is best taken to its best: that swing has 100 points. The others are valued beside it.

    Parameters
    ----------
    points : mapping of str to float
        Points of each swing, 0 to 100; the largest is 100. Those of a criterion with the value 0
        would be worth nothing.

    Returns
    -------
    Weights
        Of method "swing"; the evidence holds the points.

    Raises
    ------
    InvalidWeightError
        Points below 0, missing, infinite, or the largest is not 100. They are not brought up to
        100 in silence, as another largest number shows that the question was another: divide
        amounts of any kind by their sum with :func:`direct_weights`.
    InvalidParameterError
        No criterion, one twice, or one that is no text.

    See Also
    --------
    rank_weights : Where experts can say the order only (SMARTER).

    Notes
    -----
    Weights are points by their sum. A swing depends on how far apart worst and best are: a
    criterion on which all customers are much alike has a small one, however important its name
    sounds. Take worst and best from the anchors of the sub-score.

    References
    ----------
    Edwards, W. and Barron, F. H. (1994). SMARTS and SMARTER: improved simple methods for
    multiattribute utility measurement. Organizational Behavior and Human Decision Processes 60,
    306-325.

    Examples
    --------
    >>> from creditscore.expert import swing_weights
    >>> swing_weights({"debt_ratio": 100, "days_late": 60, "years_in_business": 40})
    Weights(debt_ratio 50.0 %, days_late 30.0 %, years_in_business 20.0 %; swing)
    """
    owner = "swing_weights"
    check_kind(points, "points", owner, Mapping)
    names = check_names(tuple(points), owner)
    values = check_amounts(list(points.values()), names, owner)
    if values.max() != _LARGEST:
        msg = (
            f"The most valuable swing has 100 points, and the others fewer. Got {values.max():g} "
            f"for {names[int(values.argmax())]!r}: value the others beside it again, or take "
            "direct_weights() for amounts of another kind."
        )
        raise InvalidWeightError(msg)
    given = dict(zip(names, values.tolist(), strict=True))
    return Weights.of(given, method="swing", evidence={"points": given})
