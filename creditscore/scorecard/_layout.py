"""Where the constant of a card stands, and cards moved to another scale: probabilities stay."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from creditscore._checks import check_kind
from creditscore._validation import check_choice, check_real
from creditscore.exceptions import InvalidParameterError, UncalibratedCardError
from creditscore.scorecard._history import followed
from creditscore.scorecard._scale import PointsScale

if TYPE_CHECKING:
    from creditscore.scorecard._scorecard import Scorecard

PointsLayout: TypeAlias = Literal["spread", "base", "lowest"]
"""Spread over the characteristics; in base points, with 0 at WOE 0 or at the least points."""

LAYOUTS = ("spread", "base", "lowest")
_ROUNDING = 1e-9
"""Points that are 0 but for rounding: where a linear piece ends."""


def laid_out(card: Scorecard, layout: PointsLayout, *, owner: str) -> Scorecard:
    """Return the card with its constant elsewhere; scores stay."""
    check_choice(layout, "layout", owner, LAYOUTS)
    if layout == "spread":
        return _spread(card)
    if layout == "lowest":
        return _with_zeros_at(card, [c.points_range[0] for c in card.characteristics])
    unknown = [c.name for c in card.characteristics if c.neutral_points is None]
    if unknown:
        msg = (
            f"Under layout='base' WOE 0 earns nothing, and {', '.join(map(repr, unknown))} of the "
            "card have no neutral points. Set neutral_points, or use layout='lowest'."
        )
        raise UncalibratedCardError(msg)
    return _with_zeros_at(card, [c.neutral_points or 0.0 for c in card.characteristics])


def with_layout(card: Scorecard, layout: PointsLayout) -> Scorecard:
    """Return the card with its constant elsewhere, which its history says where it has one."""
    moved = laid_out(card, layout, owner="Scorecard.with_layout")
    return followed(card, moved, "laid_out", f"from layout {layout_of(card)!r} to {layout!r}")


def on_scale(card: Scorecard, scale: PointsScale) -> Scorecard:
    """Return the card on another scale, which its history says where it has one."""
    moved = moved_to(card, scale)
    return followed(card, moved, "rescaled", _between(card.scale, scale))


def on_range(card: Scorecard, low: float, high: float, *, reverse: bool) -> Scorecard:
    """Return the card on another range, which its history says where it has one."""
    moved = ranged(card, low, high, reverse=reverse)
    least, most = card.score_range
    detail = f"scores of {least:g} to {most:g} become {low:g} to {high:g}"
    if moved.scale is not None:
        detail += f", {_between(card.scale, moved.scale)}"
    return followed(card, moved, "rescaled", detail)


def layout_of(card: Scorecard) -> PointsLayout:
    """Tell how a card is laid out; "spread" where there is no sign of another way."""
    if all(c.neutral_points == 0 for c in card.characteristics):
        return "base"
    if all(abs(c.points_range[0]) <= _ROUNDING for c in card.characteristics):
        return "lowest"
    return "spread"


def moved_to(card: Scorecard, scale: PointsScale) -> Scorecard:
    """Return the card on another scale, the layout kept."""
    check_kind(scale, "scale", "Scorecard.on_scale", PointsScale)
    if card.scale is None:
        return replace(card, scale=scale)
    ratio = scale.factor / card.scale.factor
    return _stretched(card, ratio, scale.offset - ratio * card.scale.offset, scale)


def ranged(card: Scorecard, low: float, high: float, *, reverse: bool) -> Scorecard:
    """Return the card with scores that can be from `low` to `high`, the layout kept."""
    owner = "Scorecard.on_range"
    check_real(low, "low", owner, low=-math.inf, high=math.inf)
    check_real(high, "high", owner, low=low, high=math.inf)
    check_kind(reverse, "reverse", owner, bool)
    if reverse and card.scale is None:
        msg = (
            "This card has no scale, so nothing says that its scores could be reversed. Where the "
            "odds at a score are known, give it one first: card.on_scale(PointsScale(…))."
        )
        raise UncalibratedCardError(msg)
    least, most = card.score_range
    if not most > least:
        msg = f"All cases score {least:g} on this card, which no range can spread."
        raise InvalidParameterError(msg)
    turns = card.scale is not None and card.scale.reverse != reverse
    ratio = (low - high if turns else high - low) / (most - least)
    constant = low - ratio * (most if turns else least)
    if card.scale is None:
        return _stretched(card, ratio, constant, None)
    scale = replace(
        card.scale,
        base_score=constant + ratio * card.scale.base_score,
        pdo=abs(ratio) * card.scale.pdo,
        reverse=reverse,
    )
    return _stretched(card, ratio, constant, scale)


def _between(before: PointsScale | None, after: PointsScale) -> str:
    left = "from no scale" if before is None else f"from the scale of {before},"
    return f"{left} to that of {after}"


def _stretched(
    card: Scorecard, ratio: float, constant: float, scale: PointsScale | None
) -> Scorecard:
    """Return the card with scores × `ratio` + `constant`."""
    layout, n = layout_of(card), len(card.characteristics)
    shift = constant / n if layout == "spread" else 0.0
    stretched = replace(
        card,
        characteristics=tuple(c.rescaled(ratio=ratio, shift=shift) for c in card.characteristics),
        base_points=card.base_points * ratio + (0.0 if layout == "spread" else constant),
        scale=scale,
    )
    # what was lowest is highest on a scale that runs the other way
    turned = layout == "lowest" and ratio < 0
    return laid_out(stretched, "lowest", owner="Scorecard.on_scale") if turned else stretched


def _spread(card: Scorecard) -> Scorecard:
    n = len(card.characteristics)
    known = [c.neutral_points for c in card.characteristics if c.neutral_points is not None]
    if len(known) < n:
        return _shifted(card, [card.base_points / n] * n, 0.0)
    share = (card.base_points + sum(known)) / n
    return _shifted(card, [share - neutral for neutral in known], 0.0)


def _with_zeros_at(card: Scorecard, points: Sequence[float]) -> Scorecard:
    """Move points of each characteristic to the base points, so that these points become 0."""
    return _shifted(card, [-earned for earned in points], card.base_points + sum(points))


def _shifted(card: Scorecard, shifts: Sequence[float], base_points: float) -> Scorecard:
    characteristics = tuple(
        c.rescaled(ratio=1.0, shift=shift)
        for c, shift in zip(card.characteristics, shifts, strict=True)
    )
    return replace(card, characteristics=characteristics, base_points=base_points)
