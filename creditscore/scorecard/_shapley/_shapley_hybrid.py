"""Rows that take some of their columns from a case and the others from a background."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from creditscore._frame import Table, as_table
from creditscore._typing import Bool2D, Float1D, Int1D, NativeFrame
from creditscore._validation import as_floats
from creditscore.exceptions import InvalidDataError, InvalidParameterError


@dataclass(frozen=True, eq=False)
class Hybrids:
    """Asks a model of hybrid rows.

    Attributes
    ----------
    predict : callable
        From a table to a number a row.
    names : tuple of str
        Players: columns, or groups of them.
    n_rows, n_background : int
        Cases, and rows of the background.
    max_rows : int
        Most rows of a table that the model is asked of at once.
    """

    predict: Callable[[Any], Any]
    names: tuple[str, ...]
    n_rows: int
    n_background: int
    max_rows: int
    _stacked: Any
    _player_of: Int1D

    @classmethod
    def of(
        cls,
        predict: Callable[[Any], Any],
        X: NativeFrame,
        background: NativeFrame,
        groups: Mapping[str, Sequence[str]] | None,
        max_rows: int,
    ) -> Hybrids:
        """Put cases and background below each other, and find the players."""
        table, behind = as_table(X), as_table(background)
        if table.has_names:
            behind.require(table.names)
        elif behind.has_names or len(behind.names) != len(table.names):
            msg = (
                f"The background must have the columns of X. X has {len(table.names)} without "
                f"names, the background {len(behind.names)}."
            )
            raise InvalidDataError(msg)
        names, player_of = players_of(table, groups)
        stacked = _stack(X, background, table.names)
        return cls(predict, names, table.n_rows, behind.n_rows, max_rows, stacked, player_of)

    def of_cases(self) -> Float1D:
        """Ask of the cases as they are."""
        return self._asked(np.arange(self.n_rows), None, None)

    def of_background(self) -> Float1D:
        """Ask of the background as it is."""
        return self._asked(self.n_rows + np.arange(self.n_background), None, None)

    def of_hybrids(self, cases: Int1D, background: Int1D, from_case: Bool2D) -> Float1D:
        """Ask of hybrids: for each, the players that come from the case, the others behind it."""
        return self._asked(cases, self.n_rows + background, from_case)

    def pieces(self, n: int) -> Iterator[Int1D]:
        """Yield the places of n rows in pieces that are small enough."""
        for start in range(0, n, self.max_rows):
            yield np.arange(start, min(n, start + self.max_rows))

    def _asked(self, first: Int1D, second: Int1D | None, from_first: Bool2D | None) -> Float1D:
        found = np.empty(len(first))
        for piece in self.pieces(len(first)):
            if second is None or from_first is None:
                places = [first[piece]] * len(self._player_of)
            else:
                chosen = from_first[piece]
                of_player = [
                    np.where(chosen[:, player], first[piece], second[piece])
                    for player in range(len(self.names))
                ]
                places = [of_player[player] for player in self._player_of]
            found[piece] = self._numbers(_rows(self._stacked, places), len(piece))
        return found

    def _numbers(self, rows: NativeFrame, n: int) -> Float1D:
        values = as_floats(self.predict(rows), "what predict returns")
        if values.shape != (n,):
            msg = (
                f"predict must return one number a row, of {n} rows. Got shape {values.shape}. Of "
                "probabilities take one column."
            )
            raise InvalidDataError(msg)
        if not np.isfinite(values).all():
            msg = (
                "predict must return finite numbers. Got "
                f"{values[~np.isfinite(values)][0]}: bound the probabilities behind log-odds."
            )
            raise InvalidDataError(msg)
        return values


def players_of(
    table: Table, groups: Mapping[str, Sequence[str]] | None
) -> tuple[tuple[str, ...], Int1D]:
    """Return the names of the players, and the player of each column."""
    name_of: dict[str, str] = {}
    for name, columns in (groups or {}).items():
        if isinstance(columns, str):
            msg = f"Group {name!r} must be a list of columns. Got {columns!r}: put it in brackets."
            raise InvalidParameterError(msg)
        table.require(list(columns))
        for column in columns:
            if column in name_of:
                msg = f"Column {column!r} stands in two groups, {name_of[column]!r} and {name!r}."
                raise InvalidParameterError(msg)
            name_of[column] = name
    empty = [name for name, columns in (groups or {}).items() if not len(columns)]
    alone = [c for c in table.names if c not in name_of and c in (groups or {})]
    if empty or alone:
        msg = (
            f"A group must hold columns, and not be called as a column outside it: "
            f"{', '.join(map(repr, [*empty, *alone]))}."
        )
        raise InvalidParameterError(msg)
    of_column = [name_of.get(column, column) for column in table.names]
    names = tuple(dict.fromkeys(of_column))
    return names, np.array([names.index(name) for name in of_column], dtype=np.intp)


def _stack(X: NativeFrame, background: NativeFrame, names: Sequence[str]) -> Any:
    """Return the columns of X, with those of the background below them."""
    if isinstance(X, pd.DataFrame):
        if not isinstance(background, pd.DataFrame):
            _refuse_libraries(X, background)
        own = background if not _named(X) else background[list(X.columns)]
        stacked = pd.concat([X, own.set_axis(X.columns, axis="columns")], ignore_index=True)
        _check_types(X.dtypes.tolist(), stacked.dtypes.tolist(), names)
        return stacked
    if not nw.dependencies.is_into_dataframe(X):
        return np.concatenate([np.asarray(X), np.asarray(background)])
    first = nw.from_native(X, eager_only=True)
    second = nw.from_native(background, eager_only=True, pass_through=True)
    if not isinstance(second, nw.DataFrame) or second.implementation != first.implementation:
        _refuse_libraries(X, background)
    second = second.select(list(names))
    _check_types(list(first.schema.values()), list(second.schema.values()), names)
    return nw.concat([first, second], how="vertical")


def _named(X: pd.DataFrame) -> bool:
    return any(isinstance(name, str) for name in X.columns)


def _refuse_libraries(X: Any, background: Any) -> None:
    msg = (
        "X and background must be tables of one library. Got "
        f"{type(X).__module__.split('.')[0]} and {type(background).__module__.split('.')[0]}."
    )
    raise InvalidDataError(msg)


def _check_types(before: Sequence[Any], after: Sequence[Any], names: Sequence[str]) -> None:
    """Refuse columns that the background turns into another kind, numbers into wider ones apart."""
    for name, one, other in zip(names, before, after, strict=True):
        if one != other and not (_is_number(one) and _is_number(other)):
            msg = (
                f"Column {name!r} is {one} in X, and {other} with the background. Give both one "
                "type; of categories, the same list."
            )
            raise InvalidDataError(msg)


def _is_number(dtype: Any) -> bool:
    if isinstance(dtype, nw.dtypes.DType):
        return bool(dtype.is_numeric())
    return bool(pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype))


def _rows(stacked: Any, places: Sequence[Int1D]) -> NativeFrame:
    """Return a table whose columns take their values from places of their own."""
    if isinstance(stacked, np.ndarray):
        return np.column_stack([stacked[at, i] for i, at in enumerate(places)])
    if isinstance(stacked, pd.DataFrame):
        columns = {i: stacked.iloc[:, i].array.take(at) for i, at in enumerate(places)}
        return pd.DataFrame(columns).set_axis(stacked.columns, axis="columns")
    taken = {name: stacked[name][at] for name, at in zip(stacked.columns, places, strict=True)}
    return nw.from_dict(taken, backend=stacked.implementation).to_native()
