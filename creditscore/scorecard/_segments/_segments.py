"""Segments: which customers are scored by which card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import html_table
from creditscore._frame import Table, as_table, read_named
from creditscore._typing import Int1D, Level, NativeFrame, NativeSeries
from creditscore.binning import CategoricalPartition, NumericPartition, Partition
from creditscore.exceptions import (
    InvalidParameterError,
    RefusedValueError,
)

_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Segments:
    """Rule that sends each customer to one segment, by one column or by two in turn.

    Parameters
    ----------
    column : str or None, default=None
        Column that is read; None sends all to one segment.
    partition : NumericPartition, MixedPartition, CategoricalPartition or None, default=None
        Which value falls where; None together with `column`.
    sends_to : tuple of str or None, default=("all",)
        Segment of each attribute of the partition, in its order: intervals or groups, special
        codes, missing, and for categories levels never seen. None refuses such rows.
    within : tuple of pairs of str and Segments, default=()
        Segments that are divided once more, each with its own rule.

    Raises
    ------
    InvalidParameterError
        A segment for each attribute is lacking, two segments share a name, or segments are
        divided more than once.

    See Also
    --------
    Segments.by_levels, Segments.by_cuts : Write a rule by hand.
    SegmentedScorecard : A card for each segment.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.scorecard import Segments
    >>> people = Segments.by_levels(
    ...     "client", {"people": ["private"], "firms": ["ltd", "plc"]}, other="firms"
    ... )
    >>> young = Segments.by_cuts("age_years", [30], ["young", "settled"], missing="settled")
    >>> segments = people.divided("people", young)
    >>> segments.names
    ('young', 'settled', 'firms')
    >>> clients = pd.DataFrame({"client": ["private", "plc"], "age_years": [24, None]})
    >>> segments.assign(clients).tolist()
    ['young', 'firms']
    """

    column: str | None = None
    partition: Partition | None = None
    sends_to: tuple[str | None, ...] = ("all",)
    within: tuple[tuple[str, Segments], ...] = ()

    def __post_init__(self) -> None:
        """Check that rule and segments belong together."""
        object.__setattr__(self, "sends_to", tuple(self.sends_to))
        object.__setattr__(self, "within", tuple((name, inner) for name, inner in self.within))
        owner = type(self).__name__
        if self.column is not None:
            check_kind(self.column, "column", owner, str)
            check_kind(self.partition, "partition", owner, Partition)
        elif self.partition is not None:
            msg = "Segments with a partition need the 'column' that it is of. Got none."
            raise InvalidParameterError(msg)
        labels = ("all",) if self.partition is None else self.partition.labels
        if len(self.sends_to) != len(labels):
            msg = (
                f"Segments of {self.column!r} need {len(labels)} entries in 'sends_to', one for "
                f"each of {', '.join(labels)}. Got {len(self.sends_to)} instead."
            )
            raise InvalidParameterError(msg)
        for name in self.sends_to:
            if name is not None:
                check_kind(name, "sends_to", owner, str)
        self._check_names()

    @classmethod
    def by_levels(
        cls,
        column: str,
        groups: Mapping[str, Sequence[Level]],
        *,
        missing: str | None = None,
        other: str | None = None,
    ) -> Self:
        """Divide by the levels of a column.

        Parameters
        ----------
        column : str
            Column that is read.
        groups : mapping of str to sequence of levels
            Levels of each segment, by its name.
        missing : str, optional
            Segment of missing values; without one they are refused.
        other : str, optional
            Segment of levels that no group names; without one they are refused.

        Returns
        -------
        Segments
        """
        partition = CategoricalPartition(groups=tuple(tuple(levels) for levels in groups.values()))
        return cls(column=column, partition=partition, sends_to=(*groups, missing, other))

    @classmethod
    def by_cuts(
        cls,
        column: str,
        cuts: Sequence[float],
        names: Sequence[str] | None = None,
        *,
        missing: str | None = None,
        special: Mapping[float, str] | None = None,
    ) -> Self:
        """Divide by the intervals of a number.

        Parameters
        ----------
        column : str
            Column that is read.
        cuts : sequence of float
            Increasing, one or more; a value at a cut belongs to the upper interval.
        names : sequence of str of length len(cuts) + 1, optional
            Segment of each interval; one name may stand twice. By default the column and the
            interval.
        missing : str, optional
            Segment of missing values; without one they are refused.
        special : mapping of float to str, optional
            Segments of special codes.

        Returns
        -------
        Segments
        """
        codes = dict(special or {})
        partition = NumericPartition(cuts=tuple(cuts), special_codes=tuple(codes))
        if names is None:
            names = [f"{column} {label}" for label in partition.regular_labels]
        if len(names) != partition.n_regular:
            msg = (
                f"{len(partition.cuts)} cuts of {column!r} make {partition.n_regular} intervals, "
                f"which need as many names. Got {list(names)!r} instead."
            )
            raise InvalidParameterError(msg)
        return cls(column=column, partition=partition, sends_to=(*names, *codes.values(), missing))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all segments, in the order of the rule."""
        inner = dict(self.within)
        return tuple(
            name for own in self._own_names
            for name in (inner[own].names if own in inner else (own,))
        )  # fmt: skip

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that the rule reads."""
        inner = [column for _, rule in self.within for column in rule.columns]
        own = [] if self.column is None else [self.column]
        return tuple(dict.fromkeys([*own, *inner]))

    @property
    def starts(self) -> dict[str, int]:
        """Place in :attr:`names` of each segment, or of the first of those that it is divided into.

        Segments that are divided are among the keys, those that divide them are not.
        """
        inner = dict(self.within)
        found, place = {}, 0
        for name in self._own_names:
            found[name] = place
            place += len(inner[name].names) if name in inner else 1
        return found

    def divided(self, name: str, rule: Segments) -> Self:
        """Return the same segments with one of them divided by a rule of its own.

        Parameters
        ----------
        name : str
            Segment to divide.
        rule : Segments
            How; its segments take the place of the divided one.

        Returns
        -------
        Segments

        Raises
        ------
        InvalidParameterError
            There is no such segment, it is divided already, or names would stand twice.
        """
        check_kind(rule, "rule", "Segments.divided", Segments)
        if self.column is None and name in self._own_names:
            return replace(self, **vars(rule))
        return replace(self, within=(*self.within, (name, rule)))

    def codes(self, table: Table) -> Int1D:
        """Return the segment of each row, as its place in :attr:`names`.

        Parameters
        ----------
        table : Table
            A table that was read.

        Returns
        -------
        ndarray of int, shape (n_rows,)

        Raises
        ------
        MissingColumnError
            A column of the rule is not there; near names are listed.
        RefusedValueError
            A row is missing, or has a level, that the rule gives no segment.
        ColumnTypeError
            A column is of another kind than the rule.
        """
        table.require(self.columns)
        own = self._own_names
        place = self._own_codes(table)
        codes: Int1D = np.array(list(self.starts.values()))[place]
        for name, rule in self.within:
            rows = np.flatnonzero(place == own.index(name))
            if len(rows):
                codes[rows] += rule.codes(table.only(rule.columns).taken(rows))
        return codes

    def assign(self, X: NativeFrame) -> NativeSeries:
        """Return the segment of each row by name.

        Parameters
        ----------
        X : table of shape (n_samples, n_columns)
            pandas, polars or pyarrow; holds the columns of the rule.

        Returns
        -------
        Series of str, named "segment"
            In the library and index of `X`.

        Raises
        ------
        MissingColumnError, RefusedValueError, ColumnTypeError
            As in :meth:`codes`.
        """
        table = read_named(X, self.columns) if self.columns else as_table(X)
        names = np.array(self.names, dtype=object)
        return table.to_series("segment", names[self.codes(table)], text=True)

    def rules(self) -> dict[str, str]:
        """Return what makes a row belong to each segment, in words."""
        inner = dict(self.within)
        found: dict[str, str] = {}
        for name in self._own_names:
            own = self._in_words(name)
            if name not in inner:
                found[name] = own
                continue
            found |= {n: f"{own}, and {words}" for n, words in inner[name].rules().items()}
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that :meth:`from_dict` reads back."""
        return {
            "column": self.column,
            "partition": None if self.partition is None else self.partition.to_dict(),
            "sends_to": list(self.sends_to),
            "within": [[name, rule.to_dict()] for name, rule in self.within],
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Read back what :meth:`to_dict` wrote."""
        partition = content["partition"]
        return cls(
            column=content["column"],
            partition=None if partition is None else Partition.from_dict(partition),
            sends_to=tuple(content["sends_to"]),
            within=tuple((name, cls.from_dict(rule)) for name, rule in content["within"]),
        )

    @property
    def _own_names(self) -> list[str]:
        return list(dict.fromkeys(name for name in self.sends_to if name is not None))

    def _own_codes(self, table: Table) -> Int1D:
        """Return the segment of each row before any is divided, refusing rows without one."""
        if self.column is None or self.partition is None:
            return np.zeros(table.n_rows, dtype=np.intp)
        # the rule says what becomes of levels that it does not name, so nothing warns of them
        attribute, unseen = self.partition.coded(table, self.column)
        own = self._own_names
        place_of = np.array([-1 if n is None else own.index(n) for n in self.sends_to])
        place: Int1D = place_of[attribute]
        if (place < 0).any():
            self._refuse(attribute[place < 0], unseen)
        return place

    def _refuse(self, refused: Int1D, unseen: Sequence[Level]) -> None:
        assert self.partition is not None  # noqa: S101 - rules without one refuse nothing
        rows = np.bincount(refused, minlength=self.partition.n_codes)
        labels, kinds = self.partition.labels, self.partition.attribute_kinds
        places = np.flatnonzero(rows).tolist()
        found = [f"{labels[code]!r} in {rows[code]} row(s)" for code in places]
        hint = ""
        if any(kinds[code] == "other" for code in places):
            shown = ", ".join(map(repr, unseen[:_SHOWN])) + (", …" if len(unseen) > _SHOWN else "")
            hint = f" Levels that no segment names: {shown}."
        msg = (
            f"Column {self.column!r} holds rows that belong to no segment: {', '.join(found)}."
            f"{hint} Correct or leave out these rows, or say in the rule which segment they belong "
            "to (missing=…, other=…)."
        )
        raise RefusedValueError(msg)

    def _in_words(self, name: str) -> str:
        if self.column is None or self.partition is None:
            return "every row"
        labels = self.partition.labels
        own = [labels[code] for code, to in enumerate(self.sends_to) if to == name]
        return f"{self.column}: {' or '.join(own)}"

    def _check_names(self) -> None:
        own = self._own_names
        if not own:
            msg = f"Segments of {self.column!r} refuse every row. Name a segment."
            raise InvalidParameterError(msg)
        for name, rule in self.within:
            check_kind(rule, "within", type(self).__name__, Segments)
            if name not in own:
                msg = f"There is no segment {name!r} to divide: there are {', '.join(own)}."
                raise InvalidParameterError(msg)
            if rule.within:
                msg = (
                    f"Segment {name!r} is divided by a rule that divides again. Two columns in "
                    "turn are the most: more segments of fewer rows would not hold up."
                )
                raise InvalidParameterError(msg)
        for kept, what in (
            ([name for name, _ in self.within], "A segment can be divided once"),
            (list(self.names), "Segments must have different names"),
        ):
            twice = sorted({name for name in kept if kept.count(name) > 1})
            if twice:
                msg = f"{what}. Got twice: {', '.join(map(repr, twice))}."
                raise InvalidParameterError(msg)

    def __repr__(self) -> str:
        """Say in one line which segments there are."""
        names = self.names
        if len(names) == 1:
            return f"<Segments: one, {names[0]!r}>"
        by = " and ".join(map(repr, self.columns))
        return f"<Segments: {len(names)} by {by}: {', '.join(names)}>"

    def _repr_html_(self) -> str:
        frame = pd.DataFrame(list(self.rules().items()), columns=["segment", "rule"])
        return html_table(frame, caption=f"{len(frame)} segments", formats={})
