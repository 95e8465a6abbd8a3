"""Grades with notches: each letter's interval in three, on a logarithmic axis."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from creditscore.exceptions import InvalidParameterError
from creditscore.grade._master._grade_name import SIGNS

if TYPE_CHECKING:
    from creditscore.grade._master._master_scale import MasterScale

THIRD = 1 / 3


@dataclass(frozen=True)
class Notched:
    """Grades, the bounds between them and the probability of each."""

    labels: tuple[str, ...]
    bounds: tuple[float, ...]
    prob_default: tuple[float, ...]


@dataclass(frozen=True)
class Letters:
    """Letter grades before they have notches.

    Attributes
    ----------
    labels : tuple of str
        The safest first.
    bounds : tuple of float
        Between each and the next.
    prob_default : tuple of float
        Probability of each, strictly within its bounds.

    Notes
    -----
    The logarithm of the probability is a function of the place of a grade: letter k stands at k,
    its bounds at k - 1/2 and k + 1/2, and between these it is linear. The notches of a letter
    stand at k - 1/3 and k + 1/3, and the bounds beside it at k - 1/6 and k + 1/6. Where bounds are
    geometric means of the letters' probabilities, that is the line from letter to letter.
    """

    labels: tuple[str, ...]
    bounds: tuple[float, ...]
    prob_default: tuple[float, ...]

    def notched(self, letters: Collection[str], behind: Sequence[str] = ()) -> Notched:
        """Give letters a notch on both sides, and append grades behind the last."""
        labels: list[str] = []
        bounds: list[float] = []
        prob: list[float] = []
        last = len(self.labels) - 1
        for k, label in enumerate(self.labels):
            signed = label in letters
            if k:
                bounds.append(self.bounds[k - 1])
            if signed:
                labels.append(f"{label}+")
                prob.append(self._before(k, 2 * THIRD))
                bounds.append(self._before(k, THIRD))
            labels.append(label)
            prob.append(self.prob_default[k])
            if k == last:
                self._end(labels, bounds, prob, [f"{label}-"] * signed + list(behind))
            elif signed:
                labels.append(f"{label}-")
                bounds.append(_between(self.prob_default[k], self.bounds[k], THIRD))
                prob.append(_between(self.prob_default[k], self.bounds[k], 2 * THIRD))
        return Notched(tuple(labels), tuple(bounds), tuple(prob))

    def check(self) -> None:
        """Check that there is room for notches on both sides of each letter."""
        ends = [0.0, *self.bounds, 1.0]
        for k, (label, prob) in enumerate(zip(self.labels, self.prob_default, strict=True)):
            if not ends[k] < prob < ends[k + 1]:
                msg = (
                    f"Notches part the interval of a grade about its probability, and that of "
                    f"{label!r}, {100 * prob:g} %, is not strictly within {100 * ends[k]:g} % to "
                    f"{100 * ends[k + 1]:g} %. Choose probabilities within the bounds; for rates "
                    "that tie, smoothing='log_linear' tells them apart."
                )
                raise InvalidParameterError(msg)

    def _before(self, k: int, part: float) -> float:
        """Return the probability at a part of the way from a letter to the bound before it."""
        if k:
            return _between(self.prob_default[k], self.bounds[k - 1], part)
        if not self.bounds:
            msg = "A scale of one grade has no width to be parted into notches."
            raise InvalidParameterError(msg)
        # the first has no bound before it, and is as wide there as behind
        return self.prob_default[0] ** 2 / _between(self.prob_default[0], self.bounds[0], part)

    def _end(
        self, labels: list[str], bounds: list[float], prob: list[float], behind: list[str]
    ) -> None:
        """Append grades in equal ratios between the last letter and default, which has 1."""
        last, n = self.prob_default[-1], len(behind) + 1
        for j, label in enumerate(behind, start=1):
            labels.append(label)
            bounds.append(_between(last, 1.0, (j - 0.5) / n))
            prob.append(_between(last, 1.0, j / n))


def parted(
    master: MasterScale, letters: Collection[str], behind: Sequence[str] = ()
) -> MasterScale:
    """Return a master scale on which letters have notches, with more grades behind the last.

    A notch has the name of its letter, and so have the agency's grades.
    """
    scale = master.scale
    if scale.measure == "score":
        msg = (
            "Notches part the intervals of probabilities, and this scale has bounds on scores. "
            "Make notches on probabilities, then put the grades on scores: scale.on_score()."
        )
        raise InvalidParameterError(msg)
    has = [grade for grade in letters if {f"{grade}{sign}" for sign in SIGNS} & set(scale.labels)]
    if has:
        msg = (
            f"The grade {has[0]!r} has notches on this scale already. Name the grades that are to "
            "get them: with_notches([…])."
        )
        raise InvalidParameterError(msg)
    parts = Letters(scale.labels, scale.bounds, master.prob_default)
    parts.check()
    found = parts.notched(letters, behind)
    # a grade may end with a sign and be no notch
    letter_of = {f"{letter}{sign}": letter for letter in letters for sign in SIGNS}

    def carried(texts: tuple[str, ...]) -> tuple[str, ...]:
        known = dict(zip(master.labels, texts, strict=False))
        return tuple(known.get(letter_of.get(g, g), "") for g in found.labels) if known else ()

    return replace(
        master,
        scale=replace(scale, labels=found.labels, bounds=found.bounds),
        prob_default=found.prob_default,
        names=carried(master.names),
        names_zh=carried(master.names_zh),
        agency_grades=carried(master.agency_grades),
    )


def _between(low: float, high: float, part: float) -> float:
    return math.exp((1 - part) * math.log(low) + part * math.log(high))
