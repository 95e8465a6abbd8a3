"""Pairwise judgements as people write them: a full matrix, a triangle, a list of pairs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from creditscore._checks import check_kind, unknown_name
from creditscore._frame import as_table
from creditscore._typing import Float2D
from creditscore._validation import as_floats
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.expert._weights._weights import check_names, check_same_names

_SAME = 1e-9
"""Relative difference up to which two ways of writing a judgement are the same."""


def pairs_of(names: Sequence[str]) -> list[tuple[str, str]]:
    """Return all pairs, in the order of a matrix's upper triangle, row by row."""
    return list(combinations(names, 2))


def check_judgements(values: Any, names: tuple[str, ...], owner: str) -> tuple[float | None, ...]:
    """Return one positive number, or None, for each pair of criteria."""
    given = as_floats(list(values), f"The judgements of {owner}")
    pairs = pairs_of(names)
    if given.shape != (len(pairs),):
        shown = ", ".join(f"{a} to {b}" for a, b in pairs[:4]) + (" …" if len(pairs) > 4 else "")
        msg = (
            f"{owner} of {len(names)} criteria needs {len(pairs)} judgements, NaN where one was "
            f"not made{f': {shown}' if pairs else ''}. Got {given.size} of shape {given.shape}."
        )
        raise InvalidDataError(msg)
    return tuple(
        check_judgement(value, pair) for value, pair in zip(given.tolist(), pairs, strict=True)
    )


def check_judgement(value: float, pair: tuple[str, str]) -> float | None:
    """Return a judgement, None where it is missing."""
    if math.isnan(value):
        return None
    if not (0 < value < math.inf and math.isfinite(1 / value)):
        msg = (
            f"The judgement of {pair[0]!r} to {pair[1]!r} must be a positive, finite number, such "
            f"as 3, or 1/3 the other way round. Got {value:g}: leave it NaN if it was not made."
        )
        raise InvalidDataError(msg)
    return value


def read_matrix(matrix: Any, names: Sequence[str] | None, owner: str) -> dict[str, Any]:
    """Return names and upper triangle of a square matrix whose halves agree."""
    found, values = _names_and_values(matrix, names, owner)
    n = len(found)
    if values.shape != (n, n):
        msg = (
            f"{owner} needs a square matrix, a row and a column for each of its {n} criteria. "
            f"Got shape {values.shape}."
        )
        raise InvalidDataError(msg)
    for name, own in zip(found, np.diag(values).tolist(), strict=True):
        if not (math.isnan(own) or abs(own - 1) <= _SAME):
            msg = f"A criterion compared with itself is 1. Got {own:g} for {name!r}."
            raise InvalidDataError(msg)
    judgements = [
        _both_ways(float(values[i, j]), float(values[j, i]), (found[i], found[j]))
        for i, j in combinations(range(n), 2)
    ]
    return {"names": found, "judgements": tuple(judgements)}


def read_pairs(judgements: Any, names: Sequence[str] | None, owner: str) -> dict[str, Any]:
    """Return names and upper triangle of judgements by pair, in either direction."""
    check_kind(judgements, "judgements", owner, Mapping)
    for pair in judgements:
        if not (isinstance(pair, tuple) and len(pair) == 2):
            msg = (
                f"The judgements of {owner} are named by pairs of criteria, as in "
                f"{{('capital', 'collateral'): 3}}. Got {pair!r}."
            )
            raise InvalidParameterError(msg)
    seen = dict.fromkeys(name for pair in judgements for name in pair)
    known = check_names(tuple(seen) if names is None else names, owner)
    given: dict[tuple[str, str], float] = {}
    for pair, value in judgements.items():
        for name in pair:
            if name not in known:
                raise unknown_name(name, known, "criterion", "these comparisons")
        number = as_floats([value], f"The judgement of {pair[0]!r} to {pair[1]!r}")
        given[pair] = float(number.ravel()[0])
        if pair[0] == pair[1] and not abs(given[pair] - 1) <= _SAME:
            msg = f"A criterion compared with itself is 1. Got {given[pair]:g} for {pair[0]!r}."
            raise InvalidDataError(msg)
    upper = [
        _both_ways(given.get(pair, math.nan), given.get(pair[::-1], math.nan), pair)
        for pair in pairs_of(known)
    ]
    return {"names": known, "judgements": tuple(upper)}


def _names_and_values(
    matrix: Any, names: Sequence[str] | None, owner: str
) -> tuple[tuple[str, ...], Float2D]:
    if not hasattr(matrix, "columns") and not hasattr(matrix, "column_names"):
        if names is None:
            msg = f"{owner} needs the 'names' of the criteria, as an array has none."
            raise InvalidParameterError(msg)
        return check_names(names, owner), as_floats(matrix, f"The matrix of {owner}")
    table = as_table(matrix)
    table = table.with_kinds(dict.fromkeys(table.names, "numeric"))
    if not table.has_names:
        rows = np.column_stack([table.numeric(name) for name in table.names])
        return _names_and_values(rows, names, owner)
    found = check_names(table.names if names is None else names, owner)
    check_same_names(table.names, found, "matrix")
    values = np.column_stack([table.numeric(name) for name in table.names])
    index = getattr(matrix, "index", None)
    if index is not None and [*index] != [*range(len(values))]:
        labels = [str(label) for label in index]
        check_same_names(table.names, labels, "columns")
        values = values[[labels.index(name) for name in table.names]]
    elif len(values) != len(found):
        return found, values
    order = [table.names.index(name) for name in found]
    return found, values[np.ix_(order, order)]


def _both_ways(there: float, back: float, pair: tuple[str, str]) -> float | None:
    """Return the judgement of a pair that was given one way, or both ways and agreeing."""
    one, other = check_judgement(there, pair), check_judgement(back, pair[::-1])
    if one is None or other is None:
        return one if other is None else 1 / other
    if abs(one * other - 1) > _SAME:
        a, b = pair
        msg = (
            f"The judgements of {a!r} to {b!r} and of {b!r} to {a!r} must be reciprocals. Got "
            f"{one:g} and {other:g}, whose product is {one * other:g}: where a fraction was "
            "rounded, such as 1/3 to 0.333, give it in full or leave that half NaN."
        )
        raise InvalidDataError(msg)
    # whole numbers are written exactly, and of their reciprocals only some digits
    return one if one >= 1 else 1 / other
