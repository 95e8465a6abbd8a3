"""What readers of exported rules share: checks of their form, and partitions from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from creditscore._typing import Level
from creditscore.binning._partition import CategoricalPartition, NumericPartition, is_listed
from creditscore.exceptions import InvalidParameterError


def check_mapping(rules: Any, owner: str, what: str) -> Mapping[str, Any]:
    """Return rules that are a mapping of feature names."""
    if not isinstance(rules, Mapping) or not all(isinstance(name, str) for name in rules):
        msg = f"{owner} takes {what}, by the name of the feature. Got {rules!r:.200} instead."
        raise InvalidParameterError(msg)
    return rules


def as_list(values: Any, owner: str, name: str) -> list[Any]:
    """Return a list or array of rules as a list of Python's own values."""
    if not is_listed(values):
        msg = f"{owner} needs a list for the feature {name!r}. Got {values!r:.200} instead."
        raise InvalidParameterError(msg)
    return [value.item() if isinstance(value, np.generic) else value for value in values]


def is_number(value: Any) -> bool:
    """Tell numbers from text and booleans."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_nan(value: Any) -> bool:
    """Tell whether a value is a missing number."""
    return value is None or (isinstance(value, float) and value != value)  # noqa: PLR0124


def numeric_partition(
    owner: str, name: str, cuts: Sequence[float], special_codes: Sequence[float] = ()
) -> NumericPartition:
    """Make intervals closed on the left; the error names the feature."""
    try:
        return NumericPartition(cuts=tuple(cuts), special_codes=tuple(special_codes))
    except InvalidParameterError as error:
        msg = f"{owner} cannot use the rules of {name!r}. {error}"
        raise InvalidParameterError(msg) from error


def categorical_partition(
    owner: str, name: str, groups: Sequence[Sequence[Level]], special_codes: Sequence[Level] = ()
) -> CategoricalPartition:
    """Make groups of levels, those without any left out; the error names the feature."""
    kept = tuple(tuple(group) for group in groups if len(group))
    try:
        return CategoricalPartition(groups=kept, special_codes=tuple(special_codes))
    except InvalidParameterError as error:
        msg = f"{owner} cannot use the rules of {name!r}. {error}"
        raise InvalidParameterError(msg) from error
