"""What a sub-score is: a rule from the value of one criterion to a score, by frozen anchors."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, ClassVar

import narwhals as nw
import numpy as np
import pandas as pd

from creditscore._checks import check_kind, set_number, unknown_name
from creditscore._frame import Table, as_table
from creditscore._typing import Float1D
from creditscore._validation import check_real
from creditscore.exceptions import InvalidDataError, InvalidParameterError, RefusedValueError
from creditscore.expert._subscore._pieces import Pieces
from creditscore.scorecard import Attribute, Characteristic

_VALUES = "values"
"""What the column is called where values come without a name."""


@dataclass(frozen=True, kw_only=True, repr=False)
class SubScore(ABC):
    """A rule that turns the value of one criterion into a score, from 0 to 100 as a rule.

    Anchors are part of the rule, so that the score of a customer never depends on who else is in
    the table.

    Parameters
    ----------
    missing_score : float or None, default=None
        Score of a missing value; None refuses it.

    See Also
    --------
    MinMaxScore, EfficacyScore, StandardBandScore, UtilityScore, PercentileScore : Of numbers.
    BandScore, CategoryScore : By steps, and by levels.
    ExpertScorecard : Weighs sub-scores.

    Examples
    --------
    >>> from creditscore.expert import MinMaxScore, SubScore
    >>> rule = MinMaxScore(low=0, high=0.2, missing_score=0)
    >>> rule.score([0.05, 0.3, None]).tolist()
    [25.0, 100.0, 0.0]
    >>> SubScore.from_dict(rule.to_dict()) == rule
    True
    """

    missing_score: float | None = None

    _kinds: ClassVar[dict[str, type[SubScore]]] = {}
    _kind: ClassVar[str] = ""

    def __init_subclass__(cls, *, written_as: str = "") -> None:
        """Note which class reads what is written under a word."""
        super().__init_subclass__()
        if written_as:
            cls._kind = written_as
            SubScore._kinds[written_as] = cls

    def __post_init__(self) -> None:
        """Refuse a score of missing values that is no number."""
        if self.missing_score is not None:
            set_number(self, "missing_score")

    @abstractmethod
    def characteristic(self, name: str, weight: float = 1.0) -> Characteristic:
        """Return the characteristic of a card whose points are `weight` × this sub-score.

        Parameters
        ----------
        name : str
            Column that is read.
        weight : float, default=1
            Points for a point of the sub-score, zero or more.

        Returns
        -------
        Characteristic
            Constant or linear within each attribute, so that all that a card can do, it can do.
            Its neutral points are `weight` × :attr:`neutral_score`.

        Notes
        -----
        The intervals of a card hold their lower end. Where a rule holds the upper end of an
        interval, the card's cut is just above it: by 1e-13 of it, above zero by 1e-13. A value
        between the two counts as at the end. Spreadsheets tell no smaller differences, and the
        rounding of a ratio is smaller. Tables write such an interval as it is meant, (0, 30], where
        its ends have 12 digits or fewer.
        """

    @property
    @abstractmethod
    def neutral_score(self) -> float:
        """Score of a value that is neither good nor bad, with which reasons can compare."""

    @property
    @abstractmethod
    def in_words(self) -> str:
        """The rule in words, without missing values and special codes."""

    @property
    def kind(self) -> str:
        """The word under which files name this kind of rule."""
        return self._kind

    @property
    def score_range(self) -> tuple[float, float]:
        """Lowest and highest score of any value, missing ones and special codes too."""
        low, high = self.characteristic(_VALUES).points_range
        return float(low), float(high)

    def score(self, values: Any) -> Float1D:
        """Return the sub-score of each value.

        Parameters
        ----------
        values : Series or array-like of shape (n_values,)
            None and NaN are missing.

        Returns
        -------
        ndarray of shape (n_values,)

        Raises
        ------
        RefusedValueError
            A value is missing and there is no `missing_score`, or a level is in no category.
        InfiniteValueError, ColumnTypeError
            A value is infinite; text where numbers are scored.
        """
        return self.column_score(_one_column(values), _VALUES)

    def column_score(self, table: Table, name: str) -> Float1D:
        """Return the sub-score of each row of a column of a table that was read already."""
        characteristic = self.characteristic(name)
        codes, unseen = characteristic.partition.coded(table, name)
        for code in characteristic.refused_codes:
            rows = np.flatnonzero(codes == code)
            if len(rows):
                raise self._refusal(characteristic, name, code, rows, unseen)
        characteristic.partition.warn_of(name, unseen, codes)
        return characteristic.points_of(codes, table)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that :meth:`from_dict` reads back: what is not as by default."""
        content: dict[str, Any] = {"kind": self.kind}
        for entry in fields(self):
            value = getattr(self, entry.name)
            if value != _default(entry):
                content[entry.name] = _plain(value)
        return content

    @staticmethod
    def from_dict(content: Mapping[str, Any]) -> SubScore:
        """Read back what :meth:`to_dict` wrote.

        Parameters
        ----------
        content : mapping
            "kind", the word of a kind of rule, and its parameters.

        Returns
        -------
        SubScore

        Raises
        ------
        InvalidParameterError
            No kind or one that is not known, a parameter that it does not have or lacks; near
            names are listed.
        """
        check_kind(content, "content", "SubScore.from_dict", Mapping)
        entries = {str(name): value for name, value in content.items()}
        known = tuple(SubScore._kinds)
        if "kind" not in entries:
            msg = f"A sub-score needs the entry 'kind', one of {', '.join(map(repr, known))}."
            raise InvalidParameterError(msg)
        kind = entries.pop("kind")
        if kind not in known:
            raise unknown_name(kind, known, "kind of sub-score", "the entry 'kind'")
        made = SubScore._kinds[kind]
        names = [entry.name for entry in fields(made)]
        for name in entries:
            if name not in names:
                raise unknown_name(name, names, "entry", f"a sub-score of the kind {kind!r}")
        lacking = [e.name for e in fields(made) if _default(e) is MISSING and e.name not in entries]
        if lacking:
            msg = (
                f"A sub-score of the kind {kind!r} needs the entries {', '.join(lacking)}, which "
                "are not given."
            )
            raise InvalidParameterError(msg)
        return made(**entries)

    def _refusal(
        self, characteristic: Characteristic, name: str, code: int, rows: Any, unseen: Any
    ) -> RefusedValueError:
        missing = characteristic.partition.attribute_kinds[code] == "missing"
        what = "missing" if missing else f"in no category: {', '.join(map(repr, unseen[:5]))}"
        remedy = "a missing_score" if missing else "an other_score"
        return RefusedValueError(
            f"Column {name!r} has {len(rows)} value(s) that are {what}; the first is at row "
            f"{rows[0]}. The expert's rule refuses them: find the values, leave these rows out, "
            f"or give the sub-score {remedy}."
        )

    def __repr__(self) -> str:
        """Say the rule in one line."""
        missing = "refused" if self.missing_score is None else f"{self.missing_score:g}"
        return f"<{type(self).__name__}: {self.in_words}; missing {missing}>"


@dataclass(frozen=True, kw_only=True, repr=False)
class NumericSubScore(SubScore):
    """A rule for numbers: constant or linear in each of some intervals.

    Parameters
    ----------
    missing_score : float or None, default=None
        As in :class:`SubScore`.
    special_scores : mapping of float to float, default={}
        Scores of special codes, numbers that are no amounts.

    Examples
    --------
    >>> from creditscore.expert import BandScore, NumericSubScore
    >>> isinstance(BandScore(cuts=[2, 5], scores=[0, 50, 100]), NumericSubScore)
    True
    """

    special_scores: Mapping[float, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse codes and scores that are no numbers."""
        super().__post_init__()
        owner = type(self).__name__
        pairs = {
            check_real(code, "special_scores", owner, low=-math.inf, high=math.inf):
            check_real(score, "special_scores", owner, low=-math.inf, high=math.inf)
            for code, score in read_pairs(self.special_scores, "special_scores", owner)
        }  # fmt: skip
        object.__setattr__(self, "special_scores", pairs)
        # tells early what no card could hold
        self.characteristic(_VALUES)

    @abstractmethod
    def _pieces(self) -> Pieces:
        """Return the rule for numbers that are no special codes."""

    @property
    def neutral_score(self) -> float:
        """The middle between the lowest and the highest score of a number."""
        low, high = self._pieces().score_range
        return low + (high - low) / 2

    def characteristic(self, name: str, weight: float = 1.0) -> Characteristic:
        """Return the characteristic of a card; see :meth:`SubScore.characteristic`."""
        factor = check_weight(weight)
        pieces, codes = self._pieces(), self.special_scores
        attributes = [
            Attribute(points=points, slope=slope)
            for points, slope in pieces.points(factor, type(self).__name__)
        ]
        attributes += [Attribute(points=factor * score) for score in codes.values()]
        return Characteristic(
            name=name,
            partition=pieces.partition(tuple(codes)),
            attributes=(*attributes, refusable(self.missing_score, factor)),
            neutral_points=factor * self.neutral_score,
        )


def check_weight(weight: float) -> float:
    """Return the weight of a characteristic, zero or more."""
    owner = "SubScore.characteristic"
    return check_real(weight, "weight", owner, low=0, high=math.inf, closed="left")


def refusable(score: float | None, factor: float) -> Attribute:
    """Return the attribute of values that have a score, or are refused without one."""
    if score is None:
        return Attribute(points=0.0, treatment="error")
    return Attribute(points=factor * score)


def read_pairs(value: Any, name: str, owner: str) -> list[tuple[Any, Any]]:
    """Read a mapping, or a list of pairs, as files hold it; a key may stand once."""
    msg = f"The {name!r} parameter of {owner} must be a mapping, or pairs. Got {value!r} instead."
    try:
        listed = list(value.items()) if isinstance(value, Mapping) else list(value)
        pairs = [(key, score) for key, score in listed]
        keys = [key for key, _ in pairs]
        twice = len(set(keys)) < len(keys)
    except (TypeError, ValueError) as error:
        raise InvalidParameterError(msg) from error
    if isinstance(value, str):
        raise InvalidParameterError(msg)
    if twice:
        msg = f"The {name!r} parameter of {owner} names a value twice. Got {value!r}."
        raise InvalidParameterError(msg)
    return pairs


def _one_column(values: Any) -> Table:
    """Read values without a name as a table of one column."""
    if nw.dependencies.is_into_series(values):
        series = nw.from_native(values, series_only=True).alias(_VALUES)
        return as_table(series.to_frame().to_native())
    # as objects, so that numpy does not turn the numbers of a mixed list into text
    raw = np.asarray(values, dtype=object if isinstance(values, (list, tuple)) else None)
    if raw.ndim != 1:
        msg = (
            f"A sub-score reads one column of values. Got an array of shape {raw.shape} instead. "
            "Pass a list or a column; ExpertScorecard.score reads tables."
        )
        raise InvalidDataError(msg)
    return as_table(pd.DataFrame({_VALUES: raw}))


def _default(entry: Any) -> Any:
    """Return the default of a field of a dataclass, MISSING where there is none."""
    return entry.default if entry.default_factory is MISSING else entry.default_factory()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return [[key, entry] for key, entry in value.items()]
    return [_plain(entry) for entry in value] if isinstance(value, tuple) else value
