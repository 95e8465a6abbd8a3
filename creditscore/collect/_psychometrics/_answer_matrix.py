"""Answers as numbers, a row a respondent and a column an item, and their covariances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from creditscore._frame import Table, as_table
from creditscore._typing import Float1D, Float2D, NativeFrame
from creditscore._validation import (
    check_choice,
    check_finite,
    check_real,
    check_same_order,
    check_weights,
)
from creditscore.exceptions import (
    ColumnTypeError,
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
)

MissingAnswers: TypeAlias = Literal["refuse", "listwise", "pairwise"]
"""What becomes of gaps: an error; respondents with one are left out; or pairs of answers are."""
MISSING_ANSWERS: tuple[str, ...] = get_args(MissingAnswers)
Float3D: TypeAlias = npt.NDArray[np.float64]
_LEAST_CASES = 3


@dataclass(frozen=True)
class AnswerMatrix:
    """Answers of respondents to items.

    Attributes
    ----------
    names : tuple of str
        Items.
    values : ndarray of shape (n_cases, n_items)
        Answers, NaN for a gap.
    weights : ndarray of shape (n_cases,)
        How much each respondent counts.
    missing : str
        What becomes of gaps.
    n_left_out : int
        Respondents that were left out for a gap.
    """

    names: tuple[str, ...]
    values: Float2D
    weights: Float1D
    missing: str
    n_left_out: int = 0

    @classmethod
    def of(
        cls, answers: NativeFrame, owner: str, *, weights: Any, missing: str, least_items: int = 2
    ) -> AnswerMatrix:
        """Read and check a table of answers.

        Raises
        ------
        EmptyDataError
            Too few items, or too few respondents are left.
        InvalidDataError
            Gaps that are refused, infinite answers.
        ColumnTypeError
            A column of words or days.
        InvalidParameterError
            An unknown policy for gaps.
        """
        check_choice(missing, "missing", owner, MISSING_ANSWERS)
        table = as_table(answers)
        if len(table.names) < least_items:
            msg = (
                f"{owner} needs {least_items} items (columns) or more. Got {len(table.names)}: "
                f"{', '.join(map(repr, table.names))}."
            )
            raise EmptyDataError(msg)
        columns = [check_finite(_numbers(table, name, owner), name=name) for name in table.names]
        values = np.column_stack(columns).astype(np.float64)
        check_same_order(answers, weights, beside="answers", name="weights", error=InvalidDataError)
        each = check_weights(weights, n_rows=table.n_rows, name="weights")
        each = np.ones(table.n_rows) if each is None else each
        kept = each > 0
        read = cls(table.names, values[kept], each[kept], missing)
        return read._without_gaps(owner)

    def _without_gaps(self, owner: str) -> AnswerMatrix:
        gaps = np.isnan(self.values)
        if self.missing == "refuse" and gaps.any():
            worst = int(gaps.sum(axis=0).argmax())
            msg = (
                f"{int(gaps.any(axis=1).sum())} of {len(gaps)} respondents left items out, most "
                f"often {self.names[worst]!r} ({int(gaps[:, worst].sum())}). Say what becomes of "
                "them: missing='listwise' leaves these respondents out, 'pairwise' uses whatever "
                "answers there are of each pair of items."
            )
            raise InvalidDataError(msg)
        whole = ~gaps.any(axis=1) if self.missing == "listwise" else ~gaps.all(axis=1)
        if int(whole.sum()) < _LEAST_CASES:
            msg = (
                f"{owner} needs {_LEAST_CASES} respondents or more. {int(whole.sum())} of "
                f"{len(gaps)} are left (missing={self.missing!r})."
            )
            raise EmptyDataError(msg)
        left_out = int((~whole).sum())
        return replace(
            self, values=self.values[whole], weights=self.weights[whole], n_left_out=left_out
        )

    def turned(self, items: Any, scale: Mapping[str, tuple[float, float]]) -> AnswerMatrix:
        """Return the answers with those of some items turned round on their scale."""
        values = self.values.copy()
        for name in items:
            low, high = scale[name]
            place = self.names.index(name)
            values[:, place] = low + high - values[:, place]
        return replace(self, values=values)

    def constant(self) -> tuple[str, ...]:
        """Return the items to which all gave one answer."""
        spread = np.nanmax(self.values, axis=0) - np.nanmin(self.values, axis=0)
        return tuple(np.array(self.names)[spread == 0].tolist())

    def covariances(self, times: Float2D | None = None) -> tuple[Float3D, Float1D]:
        """Return covariances, and the effective number of cases of the pair that has the fewest.

        With `times`, how often each respondent is drawn, of each resample.
        """
        draws = np.ones((1, len(self.values))) if times is None else times
        present = (~np.isnan(self.values)).astype(np.float64)
        centre = np.nanmean(self.values, axis=0)
        x = np.where(present > 0, self.values - centre, 0.0)
        weight = draws * self.weights

        def of_pairs(left: Float2D, right: Float2D, by: Float2D) -> Float3D:
            # draw by draw: the products of all respondents and pairs would not fit into memory
            return np.stack([left.T @ (one[:, None] * right) for one in by])

        total = of_pairs(present, present, weight)
        squared = of_pairs(present, present, draws * self.weights**2)
        sums = of_pairs(x, present, weight)
        cross = of_pairs(x, x, weight)
        with np.errstate(divide="ignore", invalid="ignore"):
            effective = total**2 / squared
            biased = cross / total - sums * sums.transpose(0, 2, 1) / total**2
            covariance = biased * effective / (effective - 1)
        return covariance, effective.min(axis=(1, 2))


def _numbers(table: Table, name: str, owner: str) -> Float1D:
    """Return the answers of a column. Its words are not shown: they may name customers."""
    if table.kind(name) == "numeric":
        return table.numeric(name)
    found = table.mixed(name)
    if found.words:
        msg = (
            f"The column {name!r} given to {owner} holds words, and answers are numbers. Leave out "
            "columns that are no items, such as the customer (which may be the index), and give "
            "words as numbers, such as 1 for never up to 5 for always."
        )
        raise ColumnTypeError(msg)
    return found.values


def read_scales(
    scale: Any, names: tuple[str, ...], owner: str
) -> dict[str, tuple[float, float]] | None:
    """Return the least and greatest answer of each item, or None where none is told.

    Raises
    ------
    InvalidParameterError
        No pair of a low and a higher number; an item that is not told, or is not there.
    """
    if scale is None:
        return None
    given = dict(scale) if isinstance(scale, Mapping) else dict.fromkeys(names, scale)
    odd = sorted(set(given) ^ set(names))
    if odd:
        msg = f"The 'scale' of {owner} must name each item of the table. It differs in {odd[:5]}."
        raise InvalidParameterError(msg)
    return {name: _pair(given[name], owner) for name in names}


def _pair(value: Any, owner: str) -> tuple[float, float]:
    try:
        low, high = (check_real(end, "scale", owner, low=-np.inf, high=np.inf) for end in value)
    except (TypeError, ValueError) as error:
        msg = (
            f"The 'scale' of {owner} must be the least and the greatest answer, such as (1, 5), "
            f"or such a pair for each item. Got {value!r}."
        )
        raise InvalidParameterError(msg) from error
    if low >= high:
        msg = f"The 'scale' of {owner} must rise from its least answer. Got {value!r}."
        raise InvalidParameterError(msg)
    return low, high
