"""Which characteristics an applicant may change, in which direction, and at what cost."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from creditscore._checks import unknown_name
from creditscore._validation import check_choice, check_real
from creditscore.binning import CategoricalPartition, NumericPartition
from creditscore.exceptions import InvalidParameterError, UncalibratedCardError
from creditscore.scorecard._card_kind import check_card
from creditscore.scorecard._characteristic import Characteristic
from creditscore.scorecard._scorecard import Scorecard

MoveDirection: TypeAlias = Literal["any", "up", "down", "fixed"]
CostUnit: TypeAlias = Literal["bins", "share"]

_DIRECTIONS = ("any", "up", "down", "fixed")


@dataclass(frozen=True, kw_only=True)
class Moves:
    """Which characteristics an applicant may change, in which direction, and at what cost.

    Parameters
    ----------
    movable : mapping of str to {"any", "up", "down", "fixed"} or list of str, optional
        By characteristic, where it may move: to any bin, to higher or to lower values (or levels
        of an order), nowhere, or to the attributes of these labels (as in
        :meth:`Scorecard.table`) only. What is not named is fixed; without a mapping, everything
        may move to any bin.
    costs : mapping of str to float, or to mapping of str to float, optional
        By characteristic, what its costs are multiplied by, zero or more; or the cost of a move to
        each attribute, by its label. 1 where nothing is said.
    unit : {"bins", "share"}, default="bins"
        What a move costs: the number of bins that it goes, or the share of the card's sample that
        it passes over.

    Raises
    ------
    InvalidParameterError
        Directions and costs that are none. Names and labels are checked against the card where
        the moves are used.

    See Also
    --------
    counterfactuals : The smallest moves that reach a score.

    Notes
    -----
    A number goes to the value of the bin that is nearest to it. In "bins", that costs 1 for the
    next bin, 2 for the one beyond it. In "share", it costs the shares of the bins between, and
    half of that of its own, in which its place is not known. In an interval with linear points the
    place is known: the part of the interval that is passed counts. Levels of an order count as
    intervals do.

    A move between categories without an order, and one from or to missing values and special
    codes, costs 1 in "bins", and in "share" the share of the sample that is elsewhere.

    Missing values, special codes and levels never seen are no aim, unless their labels are given:
    to hide a value is no advice. Nor are bins that no case of the sample fell in, and whose points
    nobody gave. What the policy of the bins refuses, and levels never seen, cannot be given.

    Examples
    --------
    >>> from creditscore.scorecard import Moves
    >>> Moves(movable={"savings": "up", "housing": ["own"], "age": "fixed"}, costs={"savings": 2})
    Moves(movable={'savings': 'up', 'housing': ('own',), 'age': 'fixed'}, costs={'savings': 2.0}, \
unit='bins')
    """

    movable: Mapping[str, MoveDirection | Sequence[str]] | None = None
    costs: Mapping[str, float | Mapping[str, float]] | None = None
    unit: CostUnit = "bins"

    def __post_init__(self) -> None:
        """Refuse directions, costs and units that are none."""
        owner = type(self).__name__
        check_choice(self.unit, "unit", owner, ("bins", "share"))
        if self.movable is not None:
            movable = {
                name: _direction(name, of_one)
                for name, of_one in _mapping(self.movable, "movable").items()
            }
            object.__setattr__(self, "movable", movable)
        costs: dict[str, float | dict[str, float]] = {}
        for name, of_one in _mapping(self.costs or {}, "costs").items():
            if isinstance(of_one, Mapping):
                costs[name] = {label: _cost(name, value) for label, value in of_one.items()}
            else:
                costs[name] = _cost(name, of_one)
        object.__setattr__(self, "costs", costs)

    def of(self, name: str) -> MoveDirection | Sequence[str]:
        """Return where a characteristic may move.

        Parameters
        ----------
        name : str
            A characteristic of the card.
        """
        return "any" if self.movable is None else self.movable.get(name, "fixed")

    def cost_of(self, name: str) -> float | Mapping[str, float]:
        """Return what the costs of a characteristic are multiplied by, or costs by label.

        Parameters
        ----------
        name : str
            A characteristic of the card.
        """
        return (self.costs or {}).get(name, 1.0)

    def check(self, card: Scorecard) -> None:
        """Check names, labels and directions against a card.

        Parameters
        ----------
        card : Scorecard
            The card of the applicants.

        Raises
        ------
        InvalidParameterError
            A characteristic or label that the card does not have, with near names; a direction of
            levels without an order; labels that cannot be an aim.
        UncalibratedCardError
            Costs in shares of the sample, and the card holds no counts.
        """
        check_card(card, "Moves.check")
        for name in (*(self.movable or {}), *(self.costs or {})):
            if name not in card.names:
                raise unknown_name(name, card.names, "characteristic", "the card")
        for characteristic in card.characteristics:
            aims = self.of(characteristic.name)
            if isinstance(aims, str):
                _check_direction(characteristic, aims)
            else:
                _check_aims(characteristic, aims)
            cost = self.cost_of(characteristic.name)
            if isinstance(cost, Mapping):
                _check_costs(characteristic, cost)
            if self.unit == "share" and aims != "fixed":
                shares(characteristic)


def shares(characteristic: Characteristic) -> list[float]:
    """Return the share of the card's sample in each attribute."""
    counts = [(a.n_good or 0.0) + (a.n_bad or 0.0) for a in characteristic.attributes]
    total = math.fsum(counts)
    if not total:
        msg = (
            f"Characteristic {characteristic.name!r} holds no counts, so the share of the sample "
            "that a move passes over is not known. Use unit='bins', or a card that was estimated."
        )
        raise UncalibratedCardError(msg)
    return [count / total for count in counts]


def _mapping(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        msg = (
            f"The {name!r} parameter of Moves must be a mapping of characteristics. Got "
            f"{value!r} instead."
        )
        raise InvalidParameterError(msg)
    return value


def _direction(name: str, value: Any) -> str | tuple[str, ...]:
    if isinstance(value, str) and value in _DIRECTIONS:
        return value
    labels = () if isinstance(value, (str, bytes)) or not isinstance(value, Sequence) else value
    if not labels or not all(isinstance(label, str) for label in labels):
        listed = ", ".join(map(repr, _DIRECTIONS))
        msg = (
            f"Where {name!r} may move must be one of {listed}, or a list of labels of attributes. "
            f"Got {value!r} instead."
        )
        raise InvalidParameterError(msg)
    return tuple(labels)


def _cost(name: str, value: Any) -> float:
    return check_real(value, f"costs[{name!r}]", "Moves", low=0, high=math.inf, closed="left")


def _check_direction(characteristic: Characteristic, aims: str) -> None:
    partition = characteristic.partition
    unordered = isinstance(partition, CategoricalPartition) and not partition.ordered
    if aims in ("up", "down") and unordered:
        msg = (
            f"The levels of {characteristic.name!r} have no order, so that it cannot move "
            f"{aims!r}. Give 'any', 'fixed', or the labels that it may move to, of: "
            f"{', '.join(map(repr, partition.regular_labels))}."
        )
        raise InvalidParameterError(msg)


def _check_aims(characteristic: Characteristic, aims: Sequence[str]) -> None:
    partition = characteristic.partition
    labels, kinds = partition.labels, partition.attribute_kinds
    for label in aims:
        if label not in labels:
            of = f"characteristic {characteristic.name!r} of the card"
            raise unknown_name(label, labels, "attribute", of)
        code = labels.index(label)
        if kinds[code] == "other" or characteristic.attributes[code].refused:
            why = "no level in particular" if kinds[code] == "other" else "refused by a policy"
            msg = (
                f"Attribute {label!r} of {characteristic.name!r} cannot be an aim: it is {why}. "
                "Leave it out."
            )
            raise InvalidParameterError(msg)


def _check_costs(characteristic: Characteristic, costs: Mapping[str, float]) -> None:
    name, labels = characteristic.name, characteristic.partition.labels
    for label in costs:
        if label not in labels:
            of = f"characteristic {name!r} of the card"
            raise unknown_name(label, labels, "attribute", of)
    linear = isinstance(characteristic.partition, NumericPartition) and any(
        attribute.slope for attribute in characteristic.attributes
    )
    if linear:
        msg = (
            f"The points of {name!r} are linear, and so are its costs. Give a number that they are "
            "multiplied by, instead of a cost for each attribute."
        )
        raise InvalidParameterError(msg)
