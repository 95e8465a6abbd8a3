"""Bounds of coefficients, as a user may give them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from numbers import Real
from typing import Any

from creditscore._validation import check_real
from creditscore.exceptions import InvalidParameterError, MissingColumnError


def read_bounds(
    bounds: Any, name_of: Callable[[Sequence[Any]], list[str]], names: Sequence[str], owner: str,
    *, enforce: bool = False,
) -> dict[str, tuple[float, float]]:  # fmt: skip
    """Return the bounds of the columns that have any.

    Parameters
    ----------
    bounds : pair of float or None, mapping of str to pair, or None
        As :class:`LogisticScorecard` takes them; None within a pair is no bound.
    name_of : callable
        From names or labels of columns, as users may call them, to names.
    names : sequence of str
        All columns.
    owner : str
        Class or function that messages name.
    enforce : bool, default=False
        Whether no coefficient may be above 0.

    Raises
    ------
    InvalidParameterError
        What is no pair of numbers, or names no column, or contradicts `enforce`.
    """
    if bounds is None:
        found = {}
    elif isinstance(bounds, Mapping):
        try:
            columns = name_of(list(bounds))
        except MissingColumnError as error:
            msg = f"coefficient_bounds of {owner} names what is no column. {error}"
            raise InvalidParameterError(msg) from error
        found = {
            name: _pair(pair, f"[{called!r}]", owner)
            for name, (called, pair) in zip(columns, bounds.items(), strict=True)
        }
    else:
        found = dict.fromkeys(names, _pair(bounds, "", owner))
    if not enforce:
        return found
    if any(low > 0 for low, _ in found.values()):
        msg = (
            f"coefficient_bounds of {owner} ask for coefficients above 0, and "
            "coefficient_sign='enforce' for none. Leave one of them out."
        )
        raise InvalidParameterError(msg)
    pairs = {name: found.get(name, (-math.inf, math.inf)) for name in names}
    return {name: (low, min(high, 0.0)) for name, (low, high) in pairs.items()}


def _pair(bounds: Any, where: str, owner: str) -> tuple[float, float]:
    try:
        low, high = bounds
    except (TypeError, ValueError):
        low = high = math.nan
    low = -math.inf if low is None else low
    high = math.inf if high is None else high
    if not (isinstance(low, Real) and isinstance(high, Real) and low <= high) or (
        low == math.inf or high == -math.inf
    ):
        msg = (
            f"The 'coefficient_bounds{where}' parameter of {owner} must be a pair (lower, upper) "
            f"of numbers, such as (-1.5, 0), or None for an end without a bound. Got {bounds!r} "
            "instead."
        )
        raise InvalidParameterError(msg)
    for bound in (low, high):
        if math.isfinite(bound):
            check_real(bound, f"coefficient_bounds{where}", owner, low=-math.inf, high=math.inf)
    return float(low), float(high)
