"""What an applicant may have instead of what they have, as options with points and costs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from creditscore.binning import CategoricalPartition, NumericPartition
from creditscore.scorecard._characteristic import Characteristic
from creditscore.scorecard._counterfactual._counterfactual_search import Option, Piece
from creditscore.scorecard._counterfactual._moves import Moves, shares
from creditscore.scorecard._counterfactual._whole_numbers import from_end
from creditscore.scorecard._unseen import unmet_codes


@dataclass(frozen=True, eq=False)
class MoveOptions:
    """The moves of a characteristic from any of its values.

    Attributes
    ----------
    characteristic : Characteristic
        Of the card.
    place : int
        Its place there.
    moves : Moves
        What the user allows.
    sign : int
        1 where more points are safer, else -1.
    whole : bool
        Whether its values are whole numbers.
    """

    characteristic: Characteristic
    place: int
    moves: Moves
    sign: int
    whole: bool
    _known: dict[Any, tuple[tuple[Option, ...], tuple[Piece, ...]]] = field(default_factory=dict)

    def of(self, code: int, value: Any) -> tuple[tuple[Option, ...], tuple[Piece, ...]]:
        """Return the options of a value that falls in an attribute, and its linear intervals."""
        # where its own points are constant, the options are those of the whole attribute
        key = (code, value) if self.characteristic.attributes[code].slope else code
        if key not in self._known:
            self._known[key] = self._made(code, value)
        return self._known[key]

    def _made(self, code: int, value: Any) -> tuple[tuple[Option, ...], tuple[Piece, ...]]:
        now = self._points(code, value)
        options: list[Option] = []
        pieces: list[Piece] = []
        for aim in self._aims(code):
            if self.characteristic.attributes[aim].slope and self._is_regular(code):
                of_aim = self._pieces(code, value, aim)
                options += [end for piece in of_aim for end in (piece.near, piece.far)]
                pieces += of_aim
            elif aim != code:
                options.append(self._option(code, value, aim))
        better = [option for option in options if option.points > now]
        rising = [p for p in pieces if p.far.points > max(now, p.near.points)]
        return _unbeaten(better), tuple(rising)

    def _is_regular(self, code: int) -> bool:
        return code < self.characteristic.partition.n_regular

    def _aims(self, code: int) -> list[int]:
        """Return the attributes that may be moved to, of linear ones also the own one."""
        partition = self.characteristic.partition
        wanted = self.moves.of(self.characteristic.name)
        if wanted == "fixed":
            return []
        if not isinstance(wanted, str):
            return [partition.labels.index(label) for label in dict.fromkeys(wanted)]
        nobody = {*unmet_codes(self.characteristic)}
        nobody |= {i for i, a in enumerate(self.characteristic.attributes) if a.refused}
        codes = [aim for aim in range(partition.n_regular) if aim not in nobody]
        if wanted == "any":
            return codes
        if not self._is_regular(code):
            # the direction from no value, or from a code, is not known
            return []
        return [aim for aim in codes if (aim >= code if wanted == "up" else aim <= code)]

    def _points(self, code: int, value: Any) -> float:
        """Return signed points, as the card has them to the last bit."""
        attribute = self.characteristic.attributes[code]
        points = attribute.points
        if attribute.slope:
            lower, _ = self._ends(code)
            points += attribute.slope * (float(value) - lower)
        return self.sign * points

    def _ends(self, code: int) -> tuple[float, float]:
        lower, upper = self.characteristic.partition.bounds()
        return float(lower[code]), float(upper[code])

    def _option(self, code: int, value: Any, aim: int) -> Option:
        """Return a move to the nearest value of an attribute, of linear ones to the best."""
        reached = self._value(code, aim)
        if self.characteristic.attributes[aim].slope:
            low, high = self._ends(aim)
            ends = (self._inside(low), self._inside(high, below=True))
            reached = max(ends, key=lambda end: self._points(aim, end))
        return Option(aim, self._points(aim, reached), self._cost(code, value, aim), reached)

    def _pieces(self, code: int, value: float, aim: int) -> list[Piece]:
        """Return the linear interval from the value's side on; the own one on both of its sides."""
        low, high = self._ends(aim)
        first, last = self._inside(low), self._inside(high, below=True)
        wanted = self.moves.of(self.characteristic.name)
        ways = []
        if aim != code:
            ways.append((first, last) if aim > code else (last, first))
        else:
            ways += [(value, last)] * (wanted != "down") + [(value, first)] * (wanted != "up")
        attribute, special = self.characteristic.attributes[aim], self._special()
        found = []
        for near, far in ways:
            start = self._cost(code, value, aim) if aim != code else 0.0
            up = far > near
            entry = near if aim == code else low if up else high
            # ends that are just inside count as the ends, which the next interval begins at
            at = (near, far) if self.whole else (entry, high if up else low)
            first_end, last_end = (
                Option(aim, self._points(aim, end), start + self._passed(aim, end_at - entry), end)
                for end, end_at in zip((near, far), at, strict=True)
            )
            found.append(
                Piece(
                    self.place, first_end, last_end, attribute.points, attribute.slope, low,
                    self.sign, special, self.whole,
                )
            )  # fmt: skip
        return found

    def _passed(self, aim: int, amount: float) -> float:
        """Return the cost of an amount, to this or to that side, in a linear interval."""
        low, high = self._ends(aim)
        return self._factor() * self._width(aim) * abs(amount) / (high - low)

    def _cost(self, code: int, value: Any, aim: int) -> float:
        """Return the cost of a move to the nearest value of another attribute."""
        given = self.moves.cost_of(self.characteristic.name)
        if isinstance(given, Mapping):
            label = self.characteristic.partition.labels[aim]
            if label in given:
                return given[label]
        return self._factor() * self._distance(code, value, aim)

    def _factor(self) -> float:
        given = self.moves.cost_of(self.characteristic.name)
        return 1.0 if isinstance(given, Mapping) else given

    def _distance(self, code: int, value: Any, aim: int) -> float:
        partition = self.characteristic.partition
        ordered = not isinstance(partition, CategoricalPartition) or partition.ordered
        if not (ordered and self._is_regular(code) and self._is_regular(aim)):
            return 1.0 if self.moves.unit == "bins" else 1.0 - shares(self.characteristic)[aim]
        between = range(min(code, aim) + 1, max(code, aim))
        return self._leaving(code, value, aim) + sum(self._width(passed) for passed in between)

    def _leaving(self, code: int, value: Any, aim: int) -> float:
        """Return what the way to the end of the own attribute costs."""
        if self.characteristic.attributes[code].slope:
            low, high = self._ends(code)
            passed = high - float(value) if aim > code else float(value) - low
            return passed / (high - low) * self._width(code)
        return 1.0 if self.moves.unit == "bins" else self._width(code) / 2

    def _width(self, code: int) -> float:
        return 1.0 if self.moves.unit == "bins" else shares(self.characteristic)[code]

    def _value(self, code: int, aim: int) -> Any:
        """Return a value of an attribute, the nearest to those of another one."""
        partition = self.characteristic.partition
        if aim == partition.missing_code:
            return None
        if not self._is_regular(aim):
            return partition.special_codes[aim - partition.n_regular]
        if isinstance(partition, CategoricalPartition):
            down = partition.ordered and self._is_regular(code) and aim < code
            return partition.groups[aim][-1 if down else 0]
        low, high = self._ends(aim)
        down = (self._is_regular(code) and aim < code) or math.isinf(low)
        if not math.isinf(high) and down:
            return self._inside(high, below=True)
        return self._inside(0.0 if math.isinf(low) else low)

    def _inside(self, end: float, *, below: bool = False) -> float:
        """Return the first value from an end on, or below it, that is no special code."""
        special = self._special()
        if self.whole:
            return from_end(end, special, below=below)
        towards = -math.inf if below else math.inf
        value = math.nextafter(end, towards) if below else end
        while value in special:
            value = math.nextafter(value, towards)
        return value

    def _special(self) -> frozenset[float]:
        partition = self.characteristic.partition
        return frozenset(
            partition.special_values if isinstance(partition, NumericPartition) else ()
        )


def _unbeaten(options: Sequence[Option]) -> tuple[Option, ...]:
    """Drop what costs no less than another option and earns no more; the first of equals stays."""
    ordered = sorted(enumerate(options), key=lambda pair: (pair[1].cost, -pair[1].points, pair[0]))
    kept: list[tuple[int, Option]] = []
    for place, option in ordered:
        if not kept or option.points > kept[-1][1].points:
            kept.append((place, option))
    kept.sort(key=lambda pair: (pair[1].code, pair[0]))
    return tuple(option for _, option in kept)
