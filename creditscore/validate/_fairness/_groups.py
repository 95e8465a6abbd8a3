"""Groups of a protected attribute, or of several of them crossed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations
from typing import Any, Literal, TypeAlias

import narwhals as nw
import numpy as np
import pandas as pd

from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore._validation import check_choice, check_same_order
from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError

MissingGroup: TypeAlias = Literal["error", "group"]
"""What becomes of cases whose group is not known."""

_CROSS = " × "
_MISSING = "missing"
_MOST_GROUPS = 200


@dataclass(frozen=True)
class Groups:
    """The group of each row as a code, and the names of the groups."""

    codes: Int1D
    names: tuple[str, ...]

    def sums(self, values: Float1D | None = None) -> Float1D:
        """Add up values by group, or count rows."""
        sums: Float1D = np.bincount(self.codes, values, minlength=len(self.names)).astype(float)
        return sums


def read_groups(group: Any, *, n_rows: int, missing: str, owner: str) -> Groups:
    """Read the group of each row; the columns of a table, or of a mapping, are crossed.

    Parameters
    ----------
    group : array-like of shape (n_rows,), or table or mapping of columns
        Text, numbers, booleans or categories. A category without a row stays a group.
    n_rows : int
        Rows of what the groups belong to.
    missing : {"error", "group"}
        Whether a missing group is an error or a group of its own, named "missing".
    owner : str
        Who asks, for messages.

    Returns
    -------
    Groups
    """
    check_choice(missing, "missing", owner, ("error", "group"))
    columns = _columns(group)
    parts = [_one(column, name, n_rows, missing) for name, column in columns.items()]
    found = parts[0] if len(parts) == 1 else _crossed(parts)
    if len(found.names) > _MOST_GROUPS:
        msg = (
            f"group has {len(found.names):,} different values, more than {_MOST_GROUPS}: it holds "
            "amounts or names, not groups. Cut amounts into classes first, such as with pandas.cut."
        )
        raise InvalidDataError(msg)
    return found


def check_rows_agree(**columns: Any) -> None:
    """Refuse columns of pandas that hold one index in different orders."""
    for (first, values), (name, others) in permutations(columns.items(), 2):
        check_same_order(values, others, beside=first, name=name, error=InvalidDataError)


def large_groups(count: Iterable[float], *, min_share: float, min_count: int = 1) -> Bool1D:
    """Tell which groups have cases enough to be judged; shares are compared exactly."""
    cases = [int(n) for n in count]
    least = Fraction(str(min_share)) * sum(cases)
    return np.array([n > 0 and n >= min_count and n >= least for n in cases])


def place_of_group(name: Any, names: tuple[str, ...], owner: str) -> int:
    """Return the place of the group that a user names as the reference."""
    if str(name) in names:
        return names.index(str(name))
    msg = (
        f"The 'reference' parameter of {owner} must be one of the groups "
        f"{', '.join(map(repr, names))}. Got {name!r} instead."
    )
    raise InvalidParameterError(msg)


def label_of(value: Any) -> str:
    """Write a group; crossed ones are given as a tuple."""
    return _CROSS.join(map(str, value)) if isinstance(value, tuple) else str(value)


def _columns(group: Any) -> dict[str, pd.Series]:
    """Return the protected attributes as columns of pandas."""
    try:
        if nw.dependencies.is_into_dataframe(group):
            group = nw.from_native(group, eager_only=True).to_pandas()
        elif nw.dependencies.is_into_series(group):
            group = nw.from_native(group, series_only=True).to_pandas()
        if isinstance(group, (pd.DataFrame, Mapping)):
            columns = {str(name): _series(values) for name, values in group.items()}
        else:
            columns = {"group": _series(group)}
    except (TypeError, ValueError) as error:
        msg = (
            "group must be one value a case, or a table of columns that are crossed. Got "
            f"{type(group).__name__}: {error}"
        )
        raise InvalidDataError(msg) from error
    if not columns:
        msg = "group is a table without columns: give one protected attribute or more."
        raise EmptyDataError(msg)
    return columns


def _series(values: Any) -> pd.Series:
    if np.ndim(values) > 1:
        msg = "it has two dimensions; name its columns in a table."
        raise ValueError(msg)
    return pd.Series(values).reset_index(drop=True)


def _one(column: pd.Series, name: str, n_rows: int, missing: str) -> Groups:
    """Read one protected attribute."""
    if len(column) != n_rows:
        msg = f"{name} must have one value for each of the {n_rows} cases. Got {len(column)}."
        raise InvalidDataError(msg)
    unknown = column.isna()
    if missing == "error" and unknown.any():
        msg = (
            f"{name} is missing in {int(unknown.sum())} case(s), the first at row "
            f'{int(unknown.argmax())}. Pass missing="group" to look at them as a group of their '
            "own, or leave them out on purpose."
        )
        raise InvalidDataError(msg)
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, labels = column.cat.codes.to_numpy(dtype=np.intp), list(column.cat.categories)
    else:
        try:
            codes, found = pd.factorize(column, sort=True)
        except TypeError as error:
            msg = f"{name} must hold values that can be sorted, of one kind. {error}."
            raise InvalidDataError(msg) from error
        labels = list(found)
    names = [str(label) for label in labels]
    if unknown.any():
        codes = np.where(codes < 0, len(names), codes).astype(np.intp)
        names.append(_MISSING)
    if len(set(names)) < len(names):
        msg = f"Two groups of {name} have the same name: {', '.join(map(repr, names))}."
        raise InvalidDataError(msg)
    return Groups(np.asarray(codes, dtype=np.intp), tuple(names))


def _crossed(parts: list[Groups]) -> Groups:
    """Cross attributes; combinations without a row are no groups."""
    together = parts[0].codes
    names = list(parts[0].names)
    for part in parts[1:]:
        together = together * len(part.names) + part.codes
        present, together = np.unique(together, return_inverse=True)
        names = [
            f"{names[code // len(part.names)]}{_CROSS}{part.names[code % len(part.names)]}"
            for code in present.tolist()
        ]
    return Groups(together.astype(np.intp), tuple(names))
