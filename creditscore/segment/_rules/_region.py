"""What rules can be told of each other without data: which never apply, and which overlap."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np

from creditscore._typing import Bool1D, Level
from creditscore.exceptions import InvalidParameterError
from creditscore.segment._rules._condition import ORDERED, Condition

Box: TypeAlias = dict[str, Bool1D]
"""Which atoms of each column a rule admits; a column that it does not read admits all."""
_MOST_CELLS = 1_000_000
"""Combinations of atoms that are looked at one by one; beyond, rules are compared two by two."""
_OTHER = object()
"""Any value that no rule names."""


def boxes_of(rules: Sequence[Sequence[Condition]]) -> list[Box]:
    """Return the atoms of each column that each rule admits.

    An atom is a set of values that no condition tells apart: a number that is compared with, an
    interval between two of them, a level, or all levels that no rule names.

    Raises
    ------
    InvalidParameterError
        A column is compared with numbers by their order, and with text.
    """
    by_column: dict[str, list[Condition]] = {}
    for conditions in rules:
        for condition in conditions:
            by_column.setdefault(condition.column, []).append(condition)
    atoms = {name: _atoms(name, found) for name, found in by_column.items()}
    boxes = []
    for conditions in rules:
        box = {name: np.ones(len(values), dtype=bool) for name, values in atoms.items()}
        for condition in conditions:
            admitted = [_admits(condition, atom) for atom in atoms[condition.column]]
            box[condition.column] &= np.array(admitted)
        boxes.append(box)
    return boxes


def is_empty(box: Box) -> bool:
    """Tell whether the conditions of a rule contradict each other."""
    return not all(mask.any() for mask in box.values())


def overlap(boxes: Sequence[Box], first: int, second: int) -> bool:
    """Tell whether a customer could meet both rules; not where a single one before holds both."""
    both = {name: mask & boxes[second][name] for name, mask in boxes[first].items()}
    return not is_empty(both) and not any(_holds(box, both) for box in boxes[:first])


def reached(boxes: Sequence[Box]) -> tuple[list[bool], bool, bool]:
    """Tell which rules some customer could reach, whether the default is, and if that is exact.

    Where there are too many combinations, a rule counts as out of reach only if a single one
    before it holds all of it; the default counts as within reach.
    """
    shape = [len(mask) for mask in boxes[0].values()] if boxes else []
    if np.prod(shape, dtype=np.float64) > _MOST_CELLS:
        within = [
            not is_empty(box) and not any(_holds(earlier, box) for earlier in boxes[:place])
            for place, box in enumerate(boxes)
        ]
        return within, True, False
    free = np.ones(shape, dtype=bool)
    within = []
    for box in boxes:
        cells = np.ones(shape, dtype=bool)
        for axis, mask in enumerate(box.values()):
            cells &= mask.reshape([-1 if n == axis else 1 for n in range(len(shape))])
        within.append(bool((cells & free).any()))
        free &= ~cells
    return within, bool(free.any()), True


def _holds(outer: Box, inner: Box) -> bool:
    return all((outer[name] | ~inner[name]).all() for name in inner)


def _atoms(name: str, conditions: Sequence[Condition]) -> list[Any]:
    levels = list(dict.fromkeys(level for found in conditions for level in found.levels))
    if any(condition.operator in ORDERED for condition in conditions):
        text = next((level for level in levels if isinstance(level, str)), None)
        if text is not None:
            msg = (
                f"Column {name!r} is compared with {text!r} and, by the order of numbers, with "
                "numbers. No column can be read as both: compare it with the one or the other."
            )
            raise InvalidParameterError(msg)
        numbers = sorted({float(level) for level in levels})
        # an interval is its two ends
        ends = [-np.inf, *numbers, np.inf]
        return [*numbers, *pairwise(ends)]
    if all(isinstance(level, bool) for level in levels):
        return [True, False]
    return [*levels, _OTHER]


def _admits(condition: Condition, atom: Any) -> bool:
    levels: tuple[Level, ...] = condition.levels
    if condition.operator in ORDERED:
        bound = float(levels[0])
        low, high = atom if isinstance(atom, tuple) else (atom, atom)
        if isinstance(atom, tuple):
            return bool(high <= bound if condition.operator in ("<", "<=") else low >= bound)
        at = {"<": low < bound, "<=": low <= bound, ">": high > bound, ">=": high >= bound}
        return bool(at[condition.operator])
    named = not isinstance(atom, tuple) and atom is not _OTHER and atom in levels
    return named == (condition.operator in ("==", "in"))
