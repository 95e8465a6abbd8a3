"""Accepted applications with their outcomes, and rejected ones without."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._frame import Table, as_table
from creditscore._typing import Bool1D, ColumnKind, Float1D, NativeFrame
from creditscore._validation import (
    check_both_classes,
    check_outcomes,
    check_real,
    check_same_order,
    check_target,
    check_weights,
)
from creditscore.exceptions import InvalidDataError, InvalidTargetError, InvalidWeightError
from creditscore.scorecard.reject._periods import check_same_periods, read_periods
from creditscore.scorecard.reject._stack import check_same_kinds, choose, read_like, rows_of, stack


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Applications:
    """Accepted applications, whose outcome is known, and rejected ones, whose is not.

    Parameters
    ----------
    accepted : table or array-like of shape (n_accepted, n_features)
        Columns of the accepted: pandas, polars, pyarrow or numpy.
    is_bad : array-like of shape (n_accepted,)
        Their outcomes, 1 for bad and 0 for good.
    rejected : table or array-like of shape (n_rejected, n_features)
        The same columns of the rejected, of the same library, in any order; further ones are
        ignored.
    sample_weight, rejected_weight : array-like, optional
        Weights of the accepted and of the rejected, zero or more.
    approval_rate : float, optional
        Share of accepted applications among all that came in, in (0, 1). The weights of the
        rejected are multiplied by one number so that it holds; needed where only a part of the
        rejected was kept. None takes the weights as they are.
    rejected_is_bad : array-like of shape (n_rejected,), optional
        True outcomes of the rejected, which only a simulation or a sample masked for a study
        knows. No method reads them; :func:`reject_sensitivity` measures with them.
    kinds : mapping of column to {"numeric", "categorical", "ordered", "mixed"}, optional
        How to read columns whose type does not say it, as in :class:`WOEEncoder`.
    periods, rejected_periods : array-like, optional
        Period of each of the accepted and of the rejected, both or neither, of one type: in each
        of them the trend of every column must hold, as in :meth:`WOEEncoder.fit`.

    Raises
    ------
    InvalidTargetError
        Outcomes are missing, none, or of one class.
    InvalidWeightError
        Weights are negative, missing or all zero.
    MissingColumnError
        The rejected lack a column; near names are listed.
    InvalidDataError
        The tables have no rows, or come from different libraries; periods are missing, or of the
        accepted or the rejected alone.
    ColumnTypeError
        A column is of one kind among the accepted and of another with the rejected added; periods
        of the two are of different types.

    Notes
    -----
    The tables are kept as they were given and not copied.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.scorecard.reject import Applications
    >>> Applications(
    ...     accepted=pd.DataFrame({"years": [3, 8, 1]}), is_bad=[0, 0, 1],
    ...     rejected=pd.DataFrame({"years": [0, 1]}), approval_rate=0.5,
    ... )
    <Applications: 3 accepted, 1 of them bad; 2 rejected, of weight 3; 1 column>
    """

    accepted: NativeFrame
    is_bad: Any
    rejected: NativeFrame
    sample_weight: Any = None
    rejected_weight: Any = None
    approval_rate: float | None = None
    rejected_is_bad: Any = None
    kinds: Mapping[str, ColumnKind] | None = None
    periods: Any = None
    rejected_periods: Any = None

    def __post_init__(self) -> None:
        """Check that the parts belong together, and keep outcomes and weights as arrays."""
        check_same_order(self.accepted, self.is_bad, beside="accepted", name="is_bad")
        for name, table in (("sample_weight", "accepted"), ("rejected_weight", "rejected")):
            check_same_order(
                getattr(self, table), getattr(self, name), beside=table, name=name,
                error=InvalidWeightError,
            )  # fmt: skip
        n_accepted, n_rejected = self.table.n_rows, self.rejected_table.n_rows
        is_bad = check_target(self.is_bad, n_rows=n_accepted).is_bad
        weights = check_weights(self.sample_weight, n_rows=n_accepted)
        check_both_classes(is_bad, weights)
        self._set("is_bad", is_bad)
        self._set("sample_weight", weights)
        self._set("rejected_weight", _rejected_weights(self.rejected_weight, n_rejected))
        if self.rejected_is_bad is not None:
            truth = check_outcomes(
                self.rejected_is_bad, n_rows=n_rejected, one_class=True, beside="rejected"
            )
            check_same_order(
                self.rejected, self.rejected_is_bad, beside="rejected", name="rejected_is_bad"
            )
            self._set("rejected_is_bad", truth)
        if self.approval_rate is not None:
            check_real(self.approval_rate, "approval_rate", "Applications", low=0, high=1)
        if self.periods is not None or self.rejected_periods is not None:
            self._read_periods()

    @classmethod
    def masked(
        cls,
        X: NativeFrame,
        is_bad: Any,
        *,
        accepted: Any,
        sample_weight: Any = None,
        periods: Any = None,
    ) -> Self:
        """Make a sample with known truth: hide the outcomes of some rows.

        Parameters
        ----------
        X : table or array-like of shape (n_samples, n_features)
            Cases of which all outcomes are known.
        is_bad : array-like of shape (n_samples,)
            1 for bad, 0 for good.
        accepted : array-like of bool, shape (n_samples,)
            Which rows a policy, real or imagined, accepts; the others are the rejected.
        sample_weight : array-like of shape (n_samples,), optional
            Weights of all rows.
        periods : array-like of shape (n_samples,), optional
            Periods of all rows.

        Returns
        -------
        Applications
            With `rejected_is_bad`.

        Examples
        --------
        >>> from creditscore.datasets import load_german_credit
        >>> from creditscore.scorecard.reject import Applications
        >>> german = load_german_credit()
        >>> X, is_bad = german[["duration_months", "savings_status"]], german["is_bad"]
        >>> Applications.masked(X, is_bad, accepted=german["age_years"] >= 26)
        <Applications: 810 accepted, 220 of them bad; 190 rejected, 80 of them bad; 2 columns>
        """
        n_rows = as_table(X).n_rows
        check_same_order(X, is_bad, name="is_bad")
        check_same_order(X, accepted, name="accepted", error=InvalidDataError)
        bad = check_target(is_bad, n_rows=n_rows).is_bad
        chosen = _read_mask(accepted, n_rows)
        weights = check_weights(sample_weight, n_rows=n_rows)
        check_same_order(X, periods, name="periods", error=InvalidDataError)
        times = None if periods is None else read_periods(periods, "periods", n_rows)
        return cls(
            accepted=rows_of(X, chosen),
            is_bad=bad[chosen],
            rejected=rows_of(X, ~chosen),
            sample_weight=None if weights is None else weights[chosen],
            rejected_weight=None if weights is None else weights[~chosen],
            rejected_is_bad=bad[~chosen],
            periods=None if times is None else times[chosen].array,
            rejected_periods=None if times is None else times[~chosen].array,
        )

    @cached_property
    def table(self) -> Table:
        """Columns of the accepted."""
        return as_table(self.accepted).with_kinds(self.kinds or {})

    @cached_property
    def rejected_table(self) -> Table:
        """The same columns of the rejected."""
        return read_like(self.rejected, self.table)

    @property
    def names(self) -> tuple[str, ...]:
        """Columns of the accepted; of arrays, ``x0, x1, …``."""
        return self.table.names

    @property
    def weights(self) -> Float1D:
        """Weights of the accepted, 1 where none are given."""
        given: Float1D | None = self.sample_weight
        return np.ones(self.table.n_rows) if given is None else given

    @property
    def rejected_weights(self) -> Float1D:
        """Weights of the rejected, at which the approval rate holds."""
        given: Float1D | None = self.rejected_weight
        weights = np.ones(self.rejected_table.n_rows) if given is None else given
        if self.approval_rate is None:
            return weights
        wanted = self.weights.sum() * (1 - self.approval_rate) / self.approval_rate
        scaled: Float1D = weights * (wanted / weights.sum())
        return scaled

    @property
    def share_accepted(self) -> float:
        """Share of the accepted among all applications, by weight."""
        accepted = float(self.weights.sum())
        return accepted / (accepted + float(self.rejected_weights.sum()))

    def without(self, columns: Collection[str]) -> Self:
        """Return the applications without some columns."""
        self.table.require(list(columns))
        kept = [name for name in self.names if name not in columns]
        kinds = {name: kind for name, kind in (self.kinds or {}).items() if name in kept}
        accepted, rejected = (choose(frame, kept) for frame in (self.accepted, self.rejected))
        return replace(self, accepted=accepted, rejected=rejected, kinds=kinds)

    def stacked(self, names: Sequence[str], *, copies: int = 1) -> NativeFrame:
        """Return the accepted and, below them, the rejected, these `copies` times."""
        if not copies:
            return choose(self.accepted, names)
        below = stack([self.accepted, *[self.rejected] * copies], names)
        table = as_table(below).with_kinds(
            {n: k for n, k in (self.kinds or {}).items() if n in names}
        )
        check_same_kinds(table, self.table.only(names))
        return below

    def stacked_periods(self, *, copies: int = 1) -> pd.Series | None:
        """Return the periods of the rows of :meth:`stacked`; None where there are none."""
        if self.periods is None:
            return None
        parts = [self.periods, *[self.rejected_periods] * copies]
        return pd.concat([pd.Series(part) for part in parts], ignore_index=True)

    def __repr__(self) -> str:
        """Say in one line what it holds."""
        n_accepted, n_rejected = self.table.n_rows, self.rejected_table.n_rows
        said = f"{n_accepted:,} accepted, {int(self.is_bad.sum()):,} of them bad; "
        said += f"{n_rejected:,} rejected"
        weight = float(self.rejected_weights.sum())
        if weight != n_rejected:
            said += f", of weight {weight:,.6g}"
        if self.rejected_is_bad is not None:
            said += f", {int(self.rejected_is_bad.sum()):,} of them bad"
        n = len(self.names)
        return f"<{type(self).__name__}: {said}; {n} column{'' if n == 1 else 's'}>"

    def _read_periods(self) -> None:
        """Keep the periods of both, in one column each."""
        for name, table in (("periods", "accepted"), ("rejected_periods", "rejected")):
            given = getattr(self, name)
            if given is None:
                msg = (
                    f"{name} is not given, and those of the other applications are. The bins of "
                    "both are found in one sample: give both, or neither."
                )
                raise InvalidDataError(msg)
            check_same_order(
                getattr(self, table), given, beside=table, name=name, error=InvalidDataError
            )
        accepted = read_periods(self.periods, "periods", self.table.n_rows)
        rejected = read_periods(
            self.rejected_periods, "rejected_periods", self.rejected_table.n_rows
        )
        check_same_periods(accepted, rejected)
        # without an index, which would be taken for that of the tables
        self._set("periods", accepted.array)
        self._set("rejected_periods", rejected.array)

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)


def _rejected_weights(values: Any, n_rows: int) -> Float1D | None:
    try:
        return check_weights(values, n_rows=n_rows)
    except InvalidWeightError as error:
        raise InvalidWeightError(str(error).replace("sample_weight", "rejected_weight")) from None


def _read_mask(accepted: Any, n_rows: int) -> Bool1D:
    try:
        chosen = check_outcomes(accepted, n_rows=n_rows)
    except InvalidTargetError as error:
        msg = (
            f"'accepted' must hold True for accepted and False for rejected rows, {n_rows} values "
            "with both among them."
        )
        raise InvalidDataError(msg) from error
    return chosen
