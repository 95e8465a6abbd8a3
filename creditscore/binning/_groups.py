"""Partitions by groups of levels, with and without an order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from creditscore._frame import Table
from creditscore._typing import ColumnKind, Int1D, Level
from creditscore.binning._attributes import Partition
from creditscore.binning._given import (
    MISSING,
    OTHER,
    check_sorts,
    checked_levels,
    level_texts,
    listed,
)
from creditscore.exceptions import InvalidParameterError

_LEAST_RUN = 3
"""So many ordered levels, or more, are written by the first and the last."""


@dataclass(frozen=True, kw_only=True)
class CategoricalPartition(Partition, written_as="categorical"):
    """Groups of levels; a level in none of them is an attribute of its own, "Other".

    Parameters
    ----------
    groups : tuple of tuples of str, int, float or bool, default=()
        Levels of each regular bin, one or more; a level stands in one group only. Any lists are
        taken, and kept as tuples; scalars of numpy become those of Python.
    special_codes : tuple of str, int, float or bool, default=()
        Levels that are attributes of their own.
    ordered : bool, default=False
        Whether the levels have an order of their own, in which the groups and the levels in them
        then stand; each group is a run of neighbouring levels.

    Notes
    -----
    Labels are all different: a level that could be taken for something else is put in quotes, as
    are ``'a, b'`` beside the group of ``a`` and ``b``, and a level ``'Missing'``. A run of three
    ordered levels or more is written by its ends, ``A to C``.

    A level never seen is "Other" in an ordered column too: its place in the order is not known.

    Examples
    --------
    >>> from creditscore.binning import CategoricalPartition
    >>> CategoricalPartition(groups=(("own", "rent"), ("free",))).labels
    ('own, rent', 'free', 'Missing', 'Other')
    >>> CategoricalPartition(groups=(("A", "B", "C"), ("D", "E")), ordered=True).labels
    ('A to C', 'D, E', 'Missing', 'Other')
    """

    groups: tuple[tuple[Level, ...], ...] = ()
    special_codes: tuple[Level, ...] = ()
    ordered: bool = False

    def __post_init__(self) -> None:
        """Take any lists; refuse what is no level, empty groups and levels that stand twice."""
        groups = tuple(checked_levels(group, "group") for group in listed(self.groups, "groups"))
        object.__setattr__(self, "groups", groups)
        object.__setattr__(
            self, "special_codes", checked_levels(self.special_codes, "special codes")
        )
        if not all(groups):
            msg = f"Each group must hold a level or more. Got the groups {groups!r} instead."
            raise InvalidParameterError(msg)
        levels = [*self.special_codes, *(level for group in self.groups for level in group)]
        twice = (
            sorted({repr(level) for level in levels if levels.count(level) > 1})
            if len(set(levels)) < len(levels)
            else []
        )
        if twice:
            msg = f"A level must stand in one group only. Seen more than once: {', '.join(twice)}."
            raise InvalidParameterError(msg)

    @property
    def kind(self) -> ColumnKind:
        """How the column is read: "categorical", or "ordered" where its levels have an order."""
        return "ordered" if self.ordered else "categorical"

    @property
    def has_other(self) -> bool:
        """Levels never seen are an attribute."""
        return True

    @property
    def n_regular(self) -> int:
        """Number of groups."""
        return len(self.groups)

    @property
    def regular_labels(self) -> tuple[str, ...]:
        """Levels of each group, joined by commas; the ends of a run of ordered levels."""
        texts = self._texts
        taken = {MISSING, OTHER, *self.special_labels}
        return tuple(
            self._joined([repr(level) for level in group]) if label in taken else label
            for label, group in (
                (self._joined([texts[level] for level in group]), group) for group in self.groups
            )
        )

    def _joined(self, texts: list[str]) -> str:
        if self.ordered and len(texts) >= _LEAST_RUN:
            return f"{texts[0]} to {texts[-1]}"
        return ", ".join(texts)

    @property
    def special_labels(self) -> tuple[str, ...]:
        """Text of each special code."""
        return tuple(f"Special {self._texts[code]}" for code in self.special_codes)

    def coded(self, table: Table, name: str) -> tuple[Int1D, tuple[Level, ...]]:
        """Return the attribute of each row of a column, and the levels never seen."""
        return self._coded(name, *table.levels(name))

    def codes_of(self, name: str, level_codes: Int1D, levels: tuple[Level, ...]) -> Int1D:
        """Return the attribute of each row; -1 among the level codes is missing."""
        codes, unseen = self._coded(name, level_codes, levels)
        self.warn_of(name, unseen, codes)
        return codes

    def _coded(
        self, name: str, level_codes: Int1D, levels: tuple[Level, ...]
    ) -> tuple[Int1D, tuple[Level, ...]]:
        mapping = self._mapping(name, levels)
        unseen = np.flatnonzero(mapping[:-1] == self.other_code).tolist()
        # the code of a missing value is -1: the last place
        return mapping.take(level_codes), tuple(levels[i] for i in unseen)

    def _mapping(self, name: str, levels: tuple[Level, ...]) -> Int1D:
        """Return the attribute of each level of a column, and at the end that of missing."""
        code_of = self._code_of_level
        check_sorts(name, levels, self._levels)
        other = self.other_code
        mapping = np.array(
            [*(code_of.get(level, other) for level in levels), self.missing_code], dtype=np.intp
        )
        if len(mapping) > 1 and mapping[:-1].max() == other and self._code_of_twin:
            twins = self._code_of_twin
            places = [i for i, level in enumerate(levels) if level not in code_of]
            mapping[places] = [twins.get(_in_32_bits(levels[i]), other) for i in places]
        return mapping

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        content = {
            "kind": "categorical",
            "groups": [list(group) for group in self.groups],
            "special_codes": list(self.special_codes),
        }
        return {**content, "ordered": True} if self.ordered else content

    @cached_property
    def _levels(self) -> tuple[Level, ...]:
        return (*self.special_codes, *(level for group in self.groups for level in group))

    @cached_property
    def _code_of_level(self) -> dict[Level, int]:
        codes = {level: code for code, group in enumerate(self.groups) for level in group}
        codes |= {level: self.n_regular + i for i, level in enumerate(self.special_codes)}
        return codes

    @cached_property
    def _code_of_twin(self) -> dict[float | None, int]:
        """Codes of the fractions among the levels, as 32-bit floats hold them; none twice."""
        found = [(_in_32_bits(level), code) for level, code in self._code_of_level.items()]
        times = Counter(twin for twin, _ in found)
        return {twin: code for twin, code in found if twin is not None and times[twin] == 1}

    @cached_property
    def _texts(self) -> dict[Level, str]:
        return level_texts(self._levels, ordered=self.ordered)


def _in_32_bits(level: Level) -> float | None:
    """Return what 32 bits make of a fraction; None for all other levels."""
    if not isinstance(level, float) or level.is_integer():
        return None
    with np.errstate(over="ignore"):
        return float(np.float32(level))
