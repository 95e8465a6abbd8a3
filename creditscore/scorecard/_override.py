"""Points set by hand: which attributes are meant, and the card that results."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from creditscore._checks import unknown_name
from creditscore._validation import check_real
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard._characteristic import Characteristic
from creditscore.scorecard._history import PointsChange, PointsEdit, check_text, time_of

if TYPE_CHECKING:
    from creditscore.scorecard._scorecard import Scorecard

_OWNER = "Scorecard.with_points"


def overridden(
    card: Scorecard,
    points: Mapping[tuple[str, str | int], float],
    *,
    by: str,
    reason: str,
    when: datetime | str | None,
) -> Scorecard:
    """Return the card with other points for some attributes, and one more entry in its history."""
    check_text(by, "by")
    check_text(reason, "reason")
    places = _places(card, points)
    characteristics = list(card.characteristics)
    changes = []
    for (place, code), earned in places.items():
        changes.append(_change(characteristics[place], code, earned))
        characteristics[place] = _with_points(characteristics[place], code, earned)
    n = len(changes)
    edit = PointsEdit(
        action="with_points",
        detail=f"{n} attribute{'' if n == 1 else 's'}",
        by=by,
        reason=reason,
        at=time_of(when),
        changes=tuple(changes),
    )
    return replace(card, characteristics=tuple(characteristics), history=(*card.history, edit))


def _places(card: Scorecard, points: Mapping[Any, float]) -> dict[tuple[int, int], float]:
    """Return characteristic and attribute by place, with the points."""
    if not isinstance(points, Mapping) or not points:
        msg = (
            f"{_OWNER} takes points by attribute, such as {{('age', '< 26'): 35}}. Got {points!r} "
            "instead."
        )
        raise InvalidParameterError(msg)
    places: dict[tuple[int, int], float] = {}
    for key, earned in points.items():
        if not isinstance(key, tuple) or len(key) != 2:
            msg = (
                "An attribute is named by its characteristic and its label or place, in a pair. "
                f"Got {key!r} instead."
            )
            raise InvalidParameterError(msg)
        name, which = key
        if name not in card.names:
            raise unknown_name(name, card.names, "characteristic", "the card")
        place = card.names.index(name)
        code = _code(card.characteristics[place], which)
        if (place, code) in places:
            label = card.characteristics[place].partition.labels[code]
            msg = f"Attribute {label!r} of {name!r} is named twice. Give it points once."
            raise InvalidParameterError(msg)
        number = check_real(earned, "points", _OWNER, low=-math.inf, high=math.inf)
        places[place, code] = number
    return places


def _code(characteristic: Characteristic, which: Any) -> int:
    labels = characteristic.partition.labels
    whole = isinstance(which, (int, np.integer)) and not isinstance(which, bool)
    if isinstance(which, str) and labels.count(which) == 1:
        code = labels.index(which)
    elif whole and 0 <= int(which) < len(labels):
        code = int(which)
    elif isinstance(which, str) and which in labels:
        msg = (
            f"{labels.count(which)} attributes of {characteristic.name!r} are called {which!r}. "
            "Name the one that is meant by its place."
        )
        raise InvalidParameterError(msg)
    else:
        of = f"{characteristic.name!r}, whose places are 0 to {len(labels) - 1}"
        raise unknown_name(which, labels, "attribute", of)
    if characteristic.attributes[code].refused:
        msg = (
            f"Rows of {labels[code]!r} of {characteristic.name!r} are refused by the policy of its "
            "bins, and earn no points. Make the card with another treatment in BinPolicy."
        )
        raise InvalidParameterError(msg)
    return code


def _change(characteristic: Characteristic, code: int, earned: float) -> PointsChange:
    attribute = characteristic.attributes[code]
    return PointsChange(
        characteristic=characteristic.name,
        attribute=characteristic.partition.labels[code],
        before=attribute.points,
        after=earned,
        slope_before=attribute.slope,
    )


def _with_points(characteristic: Characteristic, code: int, earned: float) -> Characteristic:
    attributes = list(characteristic.attributes)
    attributes[code] = replace(attributes[code], points=earned, slope=0.0, overridden=True)
    return replace(characteristic, attributes=tuple(attributes))
