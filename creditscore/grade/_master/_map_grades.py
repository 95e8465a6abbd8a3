"""Which grade of another scale has the probability of each grade."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from creditscore._typing import Float1D
from creditscore._validation import check_choice
from creditscore.exceptions import InvalidParameterError
from creditscore.grade._master._grade_mapping import GradeMapping

if TYPE_CHECKING:
    from creditscore.grade._master._master_scale import MasterScale

MapMethod: TypeAlias = Literal["nearest", "interval"]

_SAME = 1e-9
"""Difference of logarithms up to which two probabilities are equally near."""


def mapped(own: MasterScale, other: MasterScale, method: MapMethod) -> GradeMapping:
    """Map the grades of a scale to those of another by their probabilities."""
    check_choice(method, "method", "MasterScale.map_to", ("nearest", "interval"))
    if own.horizon != other.horizon:
        msg = (
            f"The probabilities of this scale are of {own.horizon} year(s), those of the other of "
            f"{other.horizon}: grades cannot be mapped by them. Take scales of one horizon."
        )
        raise InvalidParameterError(msg)
    prob = np.array(own.prob_default)
    if method == "nearest":
        places = _nearest(prob, np.array(other.prob_default))
        targets = [other.labels[place] for place in places]
    else:
        if other.scale.measure == "score":
            msg = (
                "The other scale has bounds on scores, which hold no probability. Give "
                "method='nearest'."
            )
            raise InvalidParameterError(msg)
        targets = other.grade(prob).tolist()
    grades, probs = list(own.labels), list(own.prob_default)
    if own.default_label not in own.labels:
        grades.append(own.default_label)
        probs.append(1.0)
        targets.append(other.default_label)
    labels, meant = list(other.labels), list(other.prob_default)
    if other.default_label not in labels:
        labels.append(other.default_label)
        meant.append(1.0)
    return GradeMapping(
        grades=tuple(grades),
        targets=tuple(targets),
        target_labels=tuple(labels),
        prob_default=tuple(probs),
        target_prob_default=tuple(meant),
        covers=_covered(own, other),
    )


def _covered(own: MasterScale, other: MasterScale) -> tuple[tuple[str, ...], ...]:
    """Return which intervals of the other scale each interval overlaps; default is default."""
    if "score" in (own.scale.measure, other.scale.measure):
        return ()
    ends, beside = ([0.0, *scale.bounds, 1.0] for scale in (own.scale, other.scale))
    covers = [
        tuple(
            label
            for label, start, end in zip(other.labels, beside, beside[1:], strict=False)
            if max(low, start) < min(high, end)
        )
        for low, high in pairwise(ends)
    ]
    if own.default_label not in own.labels:
        covers.append((other.default_label,))
    return tuple(covers)


def _nearest(prob: Float1D, meant: Float1D) -> list[int]:
    """Return the place of the nearest by logarithm, the last of those that are equally near."""
    with np.errstate(divide="ignore", invalid="ignore"):
        away = np.abs(np.log(prob)[:, None] - np.log(meant)[None, :])
    # zero is no distance from zero, and endlessly far from all else: then the safest is nearest
    away[np.isnan(away)] = 0.0
    least = away.min(axis=1, keepdims=True)
    near = away <= least + _SAME
    last = near.shape[1] - 1 - near[:, ::-1].argmax(axis=1)
    places: list[int] = np.where(np.isinf(least[:, 0]), 0, last).tolist()
    return places
