"""Judgement and data in one card: log-odds of both, weighed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from creditscore._checks import check_kind
from creditscore._validation import check_real
from creditscore.expert._blend._merged import merged
from creditscore.expert._outcomes._cases import plain_card, scale_of
from creditscore.scorecard import Characteristic, PointsScale, Scorecard


def blend_scorecards(
    expert: Any, statistical: Any, *, weight: float, scale: PointsScale | None = None
) -> Scorecard:
    """Make one card whose log-odds are the weighted mean of those of two.

    Parameters
    ----------
    expert : Scorecard or ExpertScorecard
        The card of judgement, on a scale; :func:`calibrated` gives it one.
    statistical : Scorecard
        The card that was estimated, on a scale.
    weight : float
        Weight of the expert's log-odds, in [0, 1]; that of the others is 1 - `weight`.
    scale : PointsScale, optional
        Scale of the blend; by default that of the statistical card.

    Returns
    -------
    Scorecard
        Additive again, with all that a card can do. The columns of the statistical card come
        first. The summary of the fit and the histories of both are left out; at weight 0 or 1
        the columns of the card that does not count are left out too.

    Raises
    ------
    UncalibratedCardError
        A card has no scale, so its log-odds are not known.
    InvalidParameterError
        A weight outside [0, 1]; a column that one card reads as numbers and the other as levels.

    See Also
    --------
    fit_blend_weight : Finds the weight by the outcomes of cases.

    Notes
    -----
    ln(odds) = weight · ln(odds of the expert) + (1 - weight) · ln(odds of the data) for each row,
    the logarithmic opinion pool of two [1]_. A column that both cards hold becomes one: its
    intervals are cut at the cuts of both, its levels are grouped by both groupings, and points of
    special codes, missing values and unknown levels are added. What one card refuses, the blend
    refuses. Neutral points add, where both cards have them.

    Counts of the statistical card stay where the other card does not take its attributes apart.
    Where a value that no case of the fit had scored as neutral, it now earns the expert's points
    beside that.

    References
    ----------
    .. [1] C. Genest and J. V. Zidek, "Combining Probability Distributions: A Critique and an
       Annotated Bibliography", *Statistical Science* 1, 1986, pp. 114-135.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore import PointsScale, Scorecard
    >>> from creditscore.expert import blend_scorecards
    >>> from creditscore.scorecard import Characteristic
    >>> scale = PointsScale(base_score=600, base_odds=50, pdo=20)
    >>> judged = Scorecard(
    ...     characteristics=(Characteristic.numeric(
    ...         "years", cuts=[2, 10], points=[560, 560, 640], slopes=[0, 10, 0],
    ...         missing_points=560,
    ...     ),), scale=scale,
    ... )
    >>> fitted = Scorecard(
    ...     characteristics=(Characteristic.numeric(
    ...         "years", cuts=[5], points=[580, 620], missing_points=600,
    ...     ),), scale=scale,
    ... )
    >>> card = blend_scorecards(judged, fitted, weight=0.25)
    >>> card.table()[["attribute", "points", "slope"]]
      attribute  points  slope
    0       < 2   575.0    0.0
    1    [2, 5)   575.0    2.5
    2   [5, 10)   612.5    2.5
    3     >= 10   625.0    0.0
    4   Missing   590.0    0.0
    >>> firms = pd.DataFrame({"years": [4.0, 7.0]})
    >>> (0.25 * judged.score(firms) + 0.75 * fitted.score(firms)).tolist()
    [580.0, 617.5]
    >>> card.score(firms).tolist()
    [580.0, 617.5]
    """
    owner = "blend_scorecards"
    check_real(weight, "weight", owner, low=0, high=1, closed="both")
    cards = (plain_card(statistical, "statistical", owner), plain_card(expert, "expert", owner))
    scales = tuple(
        scale_of(card, name, owner)
        for card, name in zip(cards, ("statistical", "expert"), strict=True)
    )
    if scale is not None:
        check_kind(scale, "scale", owner, PointsScale)
    return blended(cards, scales, (1.0 - weight, float(weight)), scale or scales[0])


def blended(
    cards: tuple[Scorecard, ...],
    scales: tuple[PointsScale, ...],
    weights: tuple[float, ...],
    target: PointsScale,
) -> Scorecard:
    """Return the weighted sum of the log-odds of cards, as points on a scale."""
    parts: dict[str, Characteristic] = {}
    base_points = target.offset
    for card, scale, weight in zip(cards, scales, weights, strict=True):
        if not weight:
            continue
        ratio = weight * target.factor / scale.factor
        base_points += ratio * (card.base_points - scale.offset)
        for characteristic in card.characteristics:
            part = _stretched(characteristic, ratio, weight)
            name = part.name
            # the statistical card comes first, and its counts are those to keep
            parts[name] = merged(part, parts[name]) if name in parts else part
    card = Scorecard(characteristics=tuple(parts.values()), base_points=base_points, scale=target)
    return card.with_layout("spread")


def _stretched(characteristic: Characteristic, ratio: float, weight: float) -> Characteristic:
    part = characteristic.rescaled(ratio=ratio, shift=0.0)
    coefficient = part.coefficient
    return part if coefficient is None else replace(part, coefficient=coefficient * weight)
