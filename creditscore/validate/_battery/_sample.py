"""What is validated: outcomes beside the scores, probabilities and grades that foretold them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd

from creditscore._frame import Table, as_table, read_named
from creditscore._typing import Float1D, Int1D, NativeFrame
from creditscore._validation import as_floats, check_fractions, check_outcomes, check_same_order
from creditscore.exceptions import (
    ColumnTypeError,
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
)
from creditscore.grade import GradeScale, MasterScale

_NUMBERS = ("score", "prob_default", "challenger")
_LABELS = ("grade", "grade_end", "segment", "period")


class _Groups(NamedTuple):
    """A column of labels: the place of each case among their sorted names, -1 where missing."""

    codes: Int1D
    names: pd.Index

    @property
    def values(self) -> np.ndarray[Any, Any]:
        """The label of each case; None where missing."""
        labels: np.ndarray[Any, Any] = np.array([*self.names, None], dtype=object)[self.codes]
        return labels


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ValidationSample:
    """Cases with their outcomes and what was said of them before.

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good; all of one kind is fine, as in a portfolio of few defaults.
    score : array-like of shape (n_samples,), optional
        Higher is safer; without it, cases are ranked by `prob_default`.
    prob_default : array-like of shape (n_samples,), optional
        Fractions in [0, 1]; without them, calibration is not tested.
    challenger : array-like of shape (n_samples,), optional
        Score of another model for the same cases, higher is safer.
    grade : array-like of shape (n_samples,), optional
        Grade at the beginning of the observation period.
    grade_end : array-like of shape (n_samples,), optional
        Grade at its end, for tests of migration; missing where a customer has none any more.
    segment, period : array-like of shape (n_samples,), optional
        Groups that are looked at one by one; periods in their sorted order.
    grades : sequence of str, GradeScale or MasterScale, optional
        All grades, the safest first; of a scale, with that of default where a customer has it,
        which then takes no part in the tests of migration.
        Without it, in the order of their mean probability, or score.
    name : str, default="validation sample"
        What the report calls it.

    Raises
    ------
    InvalidTargetError
        Outcomes that are none.
    InvalidDataError
        Columns of other lengths, missing or infinite values, probabilities outside [0, 1], a
        grade that `grades` does not have, pandas Series of one index in different orders.
    InvalidParameterError
        Neither scores nor probabilities are given.

    See Also
    --------
    validate_scores : Tests it.

    Examples
    --------
    >>> from creditscore.validate import ValidationSample
    >>> ValidationSample(is_bad=[0, 0, 1, 0], prob_default=[0.1, 0.1, 0.3, 0.2])
    <ValidationSample: 4 cases, 1 of them bad, with prob_default>
    """

    is_bad: Any
    score: Any = None
    prob_default: Any = None
    challenger: Any = None
    grade: Any = None
    grade_end: Any = None
    segment: Any = None
    period: Any = None
    grades: Any = None
    name: str = "validation sample"
    _found: dict[str, _Groups] = field(init=False)

    def __post_init__(self) -> None:
        """Read the columns once, and check that they are of the same cases."""
        given = {name: getattr(self, name) for name in (*_NUMBERS, *_LABELS)}
        for name, column in given.items():
            check_same_order(
                self.is_bad, column, beside="is_bad", name=name, error=InvalidDataError
            )
        n = len(self.is_bad)
        if not n:
            msg = "is_bad is empty, so there is nothing to validate."
            raise EmptyDataError(msg)
        self._set("is_bad", check_outcomes(self.is_bad, n_rows=n, one_class=True, beside="is_bad"))
        for name in _NUMBERS:
            self._set(name, _numbers(given[name], name, n))
        found = {name: _groups(given[name], name, n) for name in _LABELS if given[name] is not None}
        self._set("_found", found)
        for name, groups in found.items():
            self._set(name, groups.values)
        if self.prob_default is not None:
            check_fractions(self.prob_default)
        if self.score is None:
            if self.prob_default is None:
                msg = (
                    "A ValidationSample needs a score or prob_default to hold against the "
                    "outcomes. Got neither. Of a table, name the column: "
                    "from_frame(table, prob_default='pd')."
                )
                raise InvalidParameterError(msg)
            self._set("score", -self.prob_default)
            self._set("_by_probability", True)
        scale = isinstance(self.grades, (GradeScale, MasterScale))
        self._set("_default_label", self.grades.default_label if scale else None)
        if self.grade is not None:
            self._set("grades", self._grade_order())

    @classmethod
    def from_frame(
        cls,
        frame: NativeFrame,
        *,
        is_bad: str = "is_bad",
        grades: Sequence[str] | GradeScale | MasterScale | None = None,
        name: str = "validation sample",
        **columns: str,
    ) -> Self:
        """Take the columns of a table.

        Parameters
        ----------
        frame : table of shape (n_samples, n_columns)
            A row a case.
        is_bad : str, default="is_bad"
            Column of the outcomes.
        grades : sequence of str, GradeScale or MasterScale, optional
            All grades, the safest first.
        name : str, default="validation sample"
            What the report calls the sample.
        **columns : str
            Which column is what: ``score="points"``, ``prob_default="pd"`` and so on, by the
            names of the parameters of this class. If none is given, columns of just these names
            are taken; the sample tells which.

        Raises
        ------
        InvalidParameterError
            A keyword that is no part of a sample.
        MissingColumnError
            A column is not in the table; near names are listed.

        Examples
        --------
        >>> import pandas as pd
        >>> from creditscore.validate import ValidationSample
        >>> frame = pd.DataFrame({"default": [0, 1], "points": [600, 480]})
        >>> ValidationSample.from_frame(frame, is_bad="default", score="points")
        <ValidationSample: 2 cases, 1 of them bad, with score>
        """
        if not columns:
            held = set(as_table(frame, wanted=[is_bad, *_NUMBERS, *_LABELS]).names)
            columns = {part: part for part in (*_NUMBERS, *_LABELS) if part in held}
        unknown = sorted(columns.keys() - {*_NUMBERS, *_LABELS})
        if unknown:
            known = ", ".join((*_NUMBERS, *_LABELS))
            msg = f"A ValidationSample has no {', '.join(map(repr, unknown))}. It has: {known}."
            raise InvalidParameterError(msg)
        table = read_named(frame, [is_bad, *columns.values()], reader="A ValidationSample")
        read: dict[str, Any] = {
            part: table.numeric(column) if part in _NUMBERS else _column(table, column)
            for part, column in columns.items()
        }
        return cls(is_bad=_column(table, is_bad), grades=grades, name=name, **read)

    @property
    def migrating(self) -> tuple[str, ...]:
        """Grades between which customers migrate: all but that of default, where it is known."""
        return tuple(g for g in self.grades or () if g != getattr(self, "_default_label", None))

    @property
    def n(self) -> int:
        """Number of cases."""
        return len(self.is_bad)

    @property
    def n_bad(self) -> int:
        """Number of bad cases."""
        return int(self.is_bad.sum())

    @property
    def has_both_classes(self) -> bool:
        """Whether goods and bads are there to be told apart."""
        return 0 < self.n_bad < self.n

    def by_grade(self) -> pd.DataFrame:
        """Return cases, bads and the mean probability of each grade, the safest first.

        Returns
        -------
        DataFrame
            A row a grade, empty ones too: grade, count, n_bad, prob_default (NaN where the grade
            is empty or no probabilities are known).

        Raises
        ------
        InvalidDataError
            The sample has no grades.
        """
        return self._by(self._grade_codes, grade=self._grade_names)

    def by_period(self) -> pd.DataFrame:
        """Return the same of each period, the first first.

        Raises
        ------
        InvalidDataError
            The sample has no periods.
        """
        codes, labels = self._period_codes
        return self._by(codes, period=labels)

    def by_grade_and_period(self) -> pd.DataFrame:
        """Return the same of each grade in each period: grade, period, count and so on.

        Raises
        ------
        InvalidDataError
            The sample has no grades, or no periods.
        """
        codes, labels = self._period_codes
        names = self._grade_names
        return self._by(
            self._grade_codes * len(labels) + codes,
            grade=[name for name in names for _ in labels],
            period=labels * len(names),
        )

    def rows_of(self, grade: str) -> Int1D:
        """Return the places of the cases of a grade."""
        return np.flatnonzero(self._grade_codes == self._grade_names.index(grade))

    @property
    def _grade_names(self) -> list[str]:
        return list(self.grades or ())

    @cached_property
    def _grade_codes(self) -> Int1D:
        if self.grade is None:
            msg = "The sample has no grades: give it grade=."
            raise InvalidDataError(msg)
        return self.places("grade", self._grade_names)

    @property
    def _period_codes(self) -> tuple[Int1D, list[Any]]:
        if self.period is None:
            msg = "The sample has no periods: give it period=."
            raise InvalidDataError(msg)
        found = self._found["period"]
        return found.codes, list(found.names)

    def groups(self, name: str) -> pd.Categorical:
        """Return a column of labels as categories in their sorted order."""
        found = self._found[name]
        return pd.Categorical.from_codes(found.codes, categories=found.names)

    def places(self, name: str, order: Sequence[str]) -> Int1D:
        """Return the place of each label in an order, -1 for none and for others."""
        found = self._found[name]
        places = pd.Index(order, dtype=object).get_indexer(found.names)
        result: Int1D = np.append(places, -1)[found.codes]
        return result

    def _by(self, codes: Int1D, **labels: list[Any]) -> pd.DataFrame:
        n = len(next(iter(labels.values())))
        count = np.bincount(codes, minlength=n)
        mean = np.full(n, np.nan)
        if self.prob_default is not None:
            sums = np.bincount(codes, self.prob_default, minlength=n)
            np.divide(sums, count, out=mean, where=count > 0)
        n_bad = np.bincount(codes, self.is_bad, minlength=n).astype(np.int64)
        # a mean of ones may come out above 1 by rounding
        return pd.DataFrame(
            {**labels, "count": count, "n_bad": n_bad, "prob_default": np.clip(mean, 0, 1)}
        )

    def _grade_order(self) -> tuple[str, ...]:
        found = self._found["grade"]
        codes, names = found.codes, found.names
        if self.grades is not None:
            order = _labels_of(self.grades, names)
            strange = sorted(set(names) - set(order))
            if strange:
                msg = (
                    f"grade holds {', '.join(map(repr, strange[:5]))}, which grades="
                    f"{order!r} does not have. Name all grades, the safest first."
                )
                raise InvalidDataError(msg)
            return order
        risk = self.prob_default if self.prob_default is not None else -self.score
        mean = np.bincount(codes, risk) / np.bincount(codes)
        return tuple(names[place] for place in np.lexsort((names.astype(str), mean)))

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        """Say in one line what is there."""
        held = [name for name in (*_NUMBERS, *_LABELS) if getattr(self, name) is not None]
        if getattr(self, "_by_probability", False):
            held.remove("score")
        return (
            f"<ValidationSample: {self.n:,} cases, {self.n_bad:,} of them bad, with "
            f"{', '.join(held)}>"
        )


def _column(table: Table, name: str) -> Any:
    """Return a column of any library as an array, its missing values as None or NaN."""
    try:
        kind = table.kind(name)
    except ColumnTypeError:
        # periods may be dates
        days = table.days(name)
        dates = days.astype(object)
        dates[np.isnat(days)] = None
        return dates
    if kind == "numeric":
        numbers = table.numeric(name)
        if not np.isfinite(numbers).all() or (numbers != np.round(numbers)).any():
            return numbers
        # years are named without a decimal point
        return numbers.astype(np.int64)
    codes, levels = table.levels(name)
    return np.array([*levels, None], dtype=object)[codes]


def _numbers(column: Any, name: str, n: int) -> Float1D | None:
    if column is None:
        return None
    values = as_floats(column, name)
    _check_length(values, name, n)
    odd = ~np.isfinite(values)
    if odd.any():
        msg = (
            f"{name} has {int(odd.sum())} missing or infinite value(s), the first at row "
            f"{int(odd.argmax())}. A case that was never scored cannot be validated: leave it out, "
            "and say how many there were."
        )
        raise InvalidDataError(msg)
    return values


def _groups(column: Any, name: str, n: int) -> _Groups:
    values = np.asarray(column, dtype=object)
    _check_length(values, name, n)
    codes, found = pd.factorize(values, sort=True)
    missing = codes < 0
    if missing.any() and name != "grade_end":
        msg = (
            f"{name} has {int(missing.sum())} missing value(s), the first at row "
            f"{int(missing.argmax())}. Leave out those cases, or give them a {name} of their own."
        )
        raise InvalidDataError(msg)
    if name == "period":
        return _Groups(codes, pd.Index(found, dtype=object))
    places, names = pd.factorize(np.array([*map(_name, found)], dtype=object), sort=True)
    return _Groups(np.append(places, -1)[codes], pd.Index(names, dtype=object))


def _name(value: object) -> str:
    """Name a label; numbers of a column with gaps are floats, and 2.0 is the grade 2."""
    whole = isinstance(value, (float, np.floating)) and float(value).is_integer()
    return str(int(value) if whole else value)  # type: ignore[call-overload]


def _check_length(values: np.ndarray[Any, Any], name: str, n: int) -> None:
    if values.shape != (n,):
        msg = f"{name} must hold one value for each of the {n} outcomes. Got shape {values.shape}."
        raise InvalidDataError(msg)


def _labels_of(grades: Any, held: Any) -> tuple[str, ...]:
    """Return all grades; of a scale, that of customers in default only if one of them has it."""
    if not isinstance(grades, (GradeScale, MasterScale)):
        return tuple(grades)
    extra = (grades.default_label,) if grades.default_label in set(held) else ()
    return tuple(dict.fromkeys((*grades.labels, *extra)))
