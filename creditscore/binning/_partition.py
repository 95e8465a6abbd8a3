"""How raw values fall into the attributes of a characteristic: intervals, levels, special codes.

The codes of a partition run: regular bins, one for each special code, missing, and for
categories one more for levels never seen. Encoder, card and exports all use these codes.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from numbers import Real
from typing import Any, ClassVar

import numpy as np

from creditscore._frame import Table, is_level
from creditscore._typing import Bool1D, ColumnKind, Float1D, Int1D, Level
from creditscore._validation import check_finite
from creditscore._warn import warn_user
from creditscore.binning._digitize import digitize
from creditscore.exceptions import ColumnTypeError, InvalidParameterError, UnseenCategoryWarning

MISSING = "Missing"
"""Label of the attribute of missing values."""
OTHER = "Other"
"""Label of the attribute of levels never seen."""


class Partition(ABC):
    """Attributes of one characteristic and the rule that sends a value to one of them.

    See Also
    --------
    NumericPartition, CategoricalPartition : The two kinds.

    Examples
    --------
    >>> from creditscore.binning import NumericPartition, Partition
    >>> partition = NumericPartition(cuts=(10.0,), special_codes=(-9.0,))
    >>> partition.labels, partition.attribute_kinds
    (('< 10', '>= 10', 'Special -9', 'Missing'), ('bin', 'bin', 'special', 'missing'))
    >>> Partition.from_dict(partition.to_dict()) == partition
    True
    """

    kind: ClassVar[ColumnKind]
    special_codes: tuple[Any, ...]

    @property
    @abstractmethod
    def n_regular(self) -> int:
        """Number of regular bins."""

    @property
    @abstractmethod
    def regular_labels(self) -> tuple[str, ...]:
        """Text of each regular bin."""

    @property
    @abstractmethod
    def special_labels(self) -> tuple[str, ...]:
        """Text of each special code."""

    @abstractmethod
    def codes(self, table: Table, name: str) -> Int1D:
        """Return the attribute of each row of a column."""

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Return plain values that :meth:`from_dict` reads back."""

    @staticmethod
    def from_dict(content: Mapping[str, Any]) -> Partition:
        """Read back what :meth:`to_dict` wrote."""
        if content["kind"] == "numeric":
            return NumericPartition(cuts=content["cuts"], special_codes=content["special_codes"])
        return CategoricalPartition(
            groups=content["groups"], special_codes=content["special_codes"]
        )

    def bounds(self) -> tuple[Float1D, Float1D]:
        """Return the lower and upper end of each attribute, NaN where it is no interval."""
        return np.full(self.n_codes, np.nan), np.full(self.n_codes, np.nan)

    @property
    def missing_code(self) -> int:
        """Code of the attribute of missing values."""
        return self.n_regular + len(self.special_codes)

    @property
    def n_codes(self) -> int:
        """Number of attributes."""
        return len(self.attribute_kinds)

    @property
    def attribute_kinds(self) -> tuple[str, ...]:
        """Kind of each attribute: bin, special, missing or other."""
        kinds = ("bin",) * self.n_regular + ("special",) * len(self.special_codes) + ("missing",)
        return (*kinds, "other") if self.kind == "categorical" else kinds

    @property
    def labels(self) -> tuple[str, ...]:
        """Text of each attribute, all different, in the order of the codes."""
        labels = (*self.regular_labels, *self.special_labels, MISSING)
        return (*labels, OTHER) if self.kind == "categorical" else labels


@dataclass(frozen=True, kw_only=True)
class NumericPartition(Partition):
    """Intervals between cuts, closed on the left: a value at a cut is in the upper interval.

    Parameters
    ----------
    cuts : tuple of float, default=()
        Strictly increasing, finite; none gives one interval that holds every number. Any list of
        numbers is taken, and kept as a tuple of floats.
    special_codes : tuple of float, default=()
        Numbers that stand for something else than an amount, each an attribute of its own; finite
        and different, taken as the cuts are.

    Examples
    --------
    >>> from creditscore.binning import NumericPartition
    >>> import numpy as np
    >>> partition = NumericPartition(cuts=(8.0, 16.0))
    >>> partition.labels
    ('< 8', '[8, 16)', '>= 16', 'Missing')
    >>> partition.codes_of(np.array([7.9, 8.0, np.nan])).tolist()
    [0, 1, 3]
    """

    cuts: tuple[float, ...] = ()
    special_codes: tuple[float, ...] = ()
    kind: ClassVar[ColumnKind] = "numeric"

    def __post_init__(self) -> None:
        """Take any list of numbers; refuse cuts that do not increase and codes that repeat."""
        object.__setattr__(self, "cuts", _floats(self.cuts, "cuts"))
        object.__setattr__(self, "special_codes", _floats(self.special_codes, "special codes"))
        if not _finite(self.cuts) or any(a >= b for a, b in pairwise(self.cuts)):
            msg = (
                "The cuts of a numeric characteristic must be finite and strictly increasing. "
                f"Got {self.cuts!r} instead."
            )
            raise InvalidParameterError(msg)
        different = len(set(self.special_codes)) == len(self.special_codes)
        if not _finite(self.special_codes) or not different:
            msg = (
                "The special codes of a numeric characteristic must be finite and different. "
                f"Got {self.special_codes!r} instead. Missing values have an attribute anyway."
            )
            raise InvalidParameterError(msg)

    @property
    def n_regular(self) -> int:
        """Number of intervals."""
        return len(self.cuts) + 1

    @property
    def regular_labels(self) -> tuple[str, ...]:
        """Intervals as text, with as many digits as keep the cuts apart."""
        if not self.cuts:
            return ("all values",)
        texts = number_texts(self.cuts)
        inner = [f"[{low}, {high})" for low, high in pairwise(texts)]
        return (f"< {texts[0]}", *inner, f">= {texts[-1]}")

    @property
    def special_labels(self) -> tuple[str, ...]:
        """Text of each special code, with as many digits as keep them apart."""
        return tuple(f"Special {text}" for text in number_texts(self.special_codes))

    def bounds(self) -> tuple[Float1D, Float1D]:
        """Return the lower and upper end of each attribute, NaN where it is no interval."""
        rest = [np.nan] * (self.n_codes - self.n_regular)
        return np.array([-np.inf, *self.cuts, *rest]), np.array([*self.cuts, np.inf, *rest])

    def values(self, table: Table, name: str) -> Float1D:
        """Read a column as numbers, refusing text and infinities; True is 1 and False is 0."""
        if table.kind(name) == "numeric":
            return check_finite(table.numeric(name), name=name)
        codes, levels = table.levels(name)
        if not all(isinstance(level, bool) for level in levels):
            msg = (
                f"Column {name!r} holds text or categories, and its bins are intervals of "
                "numbers. Convert it to numbers, as it was when the bins were made."
            )
            raise ColumnTypeError(msg)
        # the code of a missing value is -1: the last place
        return np.array([*levels, np.nan], dtype=np.float64).take(codes)

    def codes(self, table: Table, name: str) -> Int1D:
        """Return the attribute of each row of a column."""
        return self.codes_of(self.values(table, name))

    def codes_of(self, values: Float1D) -> Int1D:
        """Return the attribute of each number; NaN is missing."""
        codes = digitize(values, np.asarray(self.cuts, dtype=np.float64))
        for i, code in enumerate(self.special_codes):
            codes[is_code(values, code)] = self.n_regular + i
        codes[np.isnan(values)] = self.missing_code
        return codes

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "kind": self.kind,
            "cuts": list(self.cuts),
            "special_codes": list(self.special_codes),
        }


@dataclass(frozen=True, kw_only=True)
class CategoricalPartition(Partition):
    """Groups of levels; a level in none of them is an attribute of its own, "Other".

    Parameters
    ----------
    groups : tuple of tuples of str, int, float or bool, default=()
        Levels of each regular bin, one or more; a level stands in one group only. Any lists are
        taken, and kept as tuples; scalars of numpy become those of Python.
    special_codes : tuple of str, int, float or bool, default=()
        Levels that are attributes of their own.

    Notes
    -----
    Labels are all different: a level that could be taken for something else is put in quotes, as
    are ``'a, b'`` beside the group of ``a`` and ``b``, and a level ``'Missing'``.

    Examples
    --------
    >>> from creditscore.binning import CategoricalPartition
    >>> CategoricalPartition(groups=(("own", "rent"), ("free",))).labels
    ('own, rent', 'free', 'Missing', 'Other')
    """

    groups: tuple[tuple[Level, ...], ...] = ()
    special_codes: tuple[Level, ...] = ()
    kind: ClassVar[ColumnKind] = "categorical"

    def __post_init__(self) -> None:
        """Take any lists; refuse what is no level, empty groups and levels that stand twice."""
        groups = tuple(_levels(group, "group") for group in _listed(self.groups, "groups"))
        object.__setattr__(self, "groups", groups)
        object.__setattr__(self, "special_codes", _levels(self.special_codes, "special codes"))
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
    def n_regular(self) -> int:
        """Number of groups."""
        return len(self.groups)

    @property
    def regular_labels(self) -> tuple[str, ...]:
        """Levels of each group, joined by commas."""
        texts = self._texts()
        taken = {MISSING, OTHER, *self.special_labels}
        plain = (", ".join(texts[level] for level in group) for group in self.groups)
        return tuple(
            ", ".join(map(repr, group)) if label in taken else label
            for label, group in zip(plain, self.groups, strict=True)
        )

    @property
    def special_labels(self) -> tuple[str, ...]:
        """Text of each special code."""
        texts = self._texts()
        return tuple(f"Special {texts[code]}" for code in self.special_codes)

    def codes(self, table: Table, name: str) -> Int1D:
        """Return the attribute of each row of a column; warn of levels never seen."""
        return self.codes_of(name, *table.levels(name))

    def codes_of(self, name: str, level_codes: Int1D, levels: tuple[Level, ...]) -> Int1D:
        """Return the attribute of each row; -1 among the level codes is missing."""
        code_of = self._code_of_level()
        _check_sorts(name, levels, tuple(code_of))
        other = self.missing_code + 1
        mapping = np.array([code_of.get(level, other) for level in levels] + [self.missing_code])
        codes = mapping[level_codes].astype(np.intp)
        unseen = [level for level in levels if level not in code_of]
        if unseen:
            shown = ", ".join(map(repr, unseen[:5])) + (", …" if len(unseen) > 5 else "")
            warn_user(
                f"Column {name!r} holds {len(unseen)} level(s) that the bins do not know, in "
                f"{int((codes == other).sum())} row(s): {shown}. They count as {OTHER!r}. Check "
                "the spelling, or fit again with data that hold them.",
                UnseenCategoryWarning,
            )
        return codes

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "kind": self.kind,
            "groups": [list(group) for group in self.groups],
            "special_codes": list(self.special_codes),
        }

    def _code_of_level(self) -> dict[Level, int]:
        codes = {level: code for code, group in enumerate(self.groups) for level in group}
        codes |= {level: self.n_regular + i for i, level in enumerate(self.special_codes)}
        return codes

    def _texts(self) -> dict[Level, str]:
        """Write each level such that levels joined by commas can be told from each other."""
        levels = (*self.special_codes, *(level for group in self.groups for level in group))
        floats = tuple(level for level in levels if isinstance(level, float))
        texts: dict[Level, str] = {
            level: str(level) for level in levels if not isinstance(level, float)
        }
        # a shortened 1.0000001 could read as the whole number beside it
        whole = any(isinstance(level, int) for level in levels)
        written = tuple(map(repr, floats)) if whole else number_texts(floats)
        texts |= dict(zip(floats, written, strict=True))
        other = {text for level, text in texts.items() if not isinstance(level, str)}
        return {
            level: repr(level) if isinstance(level, str) and _ambiguous(level, other) else text
            for level, text in texts.items()
        }


def is_code(values: Float1D, code: float) -> Bool1D:
    """Tell which values are a special code, also as a column of 32-bit floats holds it.

    Whole numbers and extreme ones are met as they are only: rounded to 32 bits, they may be
    amounts that occur.
    """
    found: Bool1D = values == code
    if not code.is_integer() and 1e-30 < abs(code) < 1e30:
        found |= values == float(np.float32(code))
    return found


def is_listed(values: Any) -> bool:
    """Tell whether values come as a list, and not as one text that would fall into letters."""
    return isinstance(values, (Sequence, np.ndarray)) and not isinstance(values, (str, bytes))


def number_texts(values: tuple[float, ...]) -> tuple[str, ...]:
    """Write numbers with the fewest digits, six or more, that tell neighbours apart."""
    for digits in range(6, 18):
        texts = tuple(_plain(f"{value:.{digits}g}") for value in values)
        whole = all(
            float(text) == value
            for text, value in zip(texts, values, strict=True)
            if value.is_integer() and abs(value) < 1e15
        )
        if whole and len(set(texts)) == len(values):
            return texts
    return tuple(repr(value) for value in values)


def _plain(text: str) -> str:
    """Write 1e+06 as 1000000, and leave what is truly large or small."""
    value = float(text)
    if "e" in text and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return text


def _ambiguous(level: str, numbers: set[str]) -> bool:
    return not level or ", " in level or level[0] in "'\"" or level in numbers


def _listed(values: Any, what: str) -> list[Any]:
    if not is_listed(values):
        msg = f"The {what} of a characteristic must be given as a list. Got {values!r} instead."
        raise InvalidParameterError(msg)
    # as objects, so that numpy does not turn the numbers of a mixed list into text
    return [value.item() if isinstance(value, np.generic) else value for value in values]


def _floats(values: Any, what: str) -> tuple[float, ...]:
    numbers = _listed(values, what)
    try:
        if all(isinstance(n, Real) and not isinstance(n, bool) for n in numbers):
            return tuple(map(float, numbers))
    except OverflowError:
        pass  # refused below as any other value that is no float
    msg = f"The {what} of a numeric characteristic must be numbers. Got {values!r} instead."
    raise InvalidParameterError(msg)


def _finite(values: tuple[float, ...]) -> bool:
    return all(map(math.isfinite, values))


def _levels(values: Any, what: str) -> tuple[Level, ...]:
    levels = _listed(values, what)
    strange = [level for level in levels if not is_level(level)]
    if strange:
        msg = (
            f"The levels of a {what} must be text, finite numbers or booleans. "
            f"Got {strange[0]!r} instead."
        )
        raise InvalidParameterError(msg)
    return tuple(levels)


def _check_sorts(name: str, found: tuple[Level, ...], known: tuple[Level, ...]) -> None:
    """Refuse levels that no bin could hold, such as numbers where the bins know text only."""
    sorts = {_sort(level) for level in known}
    strange = [level for level in found if _sort(level) not in sorts] if sorts else []
    if strange:
        msg = (
            f"Column {name!r} holds {_sort(strange[0])}, such as {strange[0]!r}, and its bins are "
            f"groups of {_sort(known[0])}, such as {known[0]!r}. Convert the column to what it was "
            "when the bins were made."
        )
        raise ColumnTypeError(msg)


def _sort(level: Level) -> str:
    # booleans equal the numbers 1 and 0
    return "text" if isinstance(level, str) else "numbers or booleans"
