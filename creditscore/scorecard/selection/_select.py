"""Selection by itself: from bins and WOE to the log, without a card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from creditscore._checks import check_kind
from creditscore._frame import Table, as_table
from creditscore._typing import Float1D, NativeFrame, WeightType
from creditscore._validation import (
    check_both_classes,
    check_choice,
    check_outcomes,
    check_real,
    check_same_order,
    check_weights,
)
from creditscore.binning import BinTable
from creditscore.exceptions import (
    ColumnTypeError,
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    InvalidWeightError,
)
from creditscore.scorecard._coefficient_bounds import read_bounds
from creditscore.scorecard._fit_summary import WEIGHT_TYPES
from creditscore.scorecard.selection._log import SelectionLog
from creditscore.scorecard.selection._names import ColumnNames
from creditscore.scorecard.selection._select_candidates import CandidateSample, select_candidates
from creditscore.scorecard.selection._selection import Selection

_SAME_WOE = 1e-6
"""Difference of WOE that a file of rounded numbers may make."""


def select(  # noqa: PLR0913 - one parameter a choice
    tables: Mapping[str, BinTable] | Sequence[BinTable],
    woe: NativeFrame,
    is_bad: npt.ArrayLike,
    selection: Selection,
    *,
    sample_weight: Any = None,
    weight_type: WeightType = "frequency",
    min_iv: float | None = None,
    coefficient_bounds: Any = None,
    cross_fitted: bool = False,
) -> SelectionLog:
    """Choose columns of a table of WOE, as :class:`LogisticScorecard` does in its fit.

    Parameters
    ----------
    tables : mapping of str to BinTable, or sequence of BinTable
        Bins of the candidates, such as ``WOEEncoder.tables_``.
    woe : table of shape (n_rows, n_columns)
        The WOE of the rows, such as ``WOEEncoder.transform`` gives, with a column a candidate.
    is_bad : array-like of shape (n_rows,)
        1 for bad, 0 for good.
    selection : Selection
        What is asked.
    sample_weight : array-like of shape (n_rows,), optional
        Zero or more.
    weight_type : {"frequency", "sampling"}, default="frequency"
        Whether a row of weight 3 is three rows, or one that stands for three of the population.
    min_iv : float, optional
        Least information value, zero or more; None as in :class:`LogisticScorecard`.
    coefficient_bounds : pair of float or mapping of str to pair, optional
        Bounds of all coefficients or by column, which a search keeps; (None, 0) for coefficients
        that must be negative.
    cross_fitted : bool, default=False
        Whether the WOE of a row come from bins that were found without it, as
        ``WOEEncoder(cross_fit=5).fit_transform`` gives them. Otherwise each must be one of the
        WOE of the column's bins.

    Returns
    -------
    SelectionLog

    Raises
    ------
    EmptyDataError
        No column is left.
    MissingColumnError
        A candidate has no column in `woe`, or the selection names what is none.
    InvalidDataError
        WOE that are missing or infinite, or, unless `cross_fitted`, not those of the bins.
    ColumnTypeError
        A column of `woe` is not numeric.
    InvalidParameterError, InvalidTargetError, InvalidWeightError
        What is not as described.

    Notes
    -----
    The log says what :meth:`LogisticScorecard.fit` would choose, but for its last step: there a
    column that was forced in may still come to a coefficient of 0 at a bound.

    Examples
    --------
    >>> from creditscore import WOEEncoder
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard.selection import Selection, Stepwise, select
    >>> german = load_german_credit()
    >>> X = german[["checking_status", "duration_months", "credit_amount", "dependents"]]
    >>> encoder = WOEEncoder().fit(X, german["is_bad"])
    >>> log = select(
    ...     encoder.tables_, encoder.transform(X), german["is_bad"], Selection(search=Stepwise())
    ... )
    >>> log.kept
    ('checking_status', 'duration_months')
    """
    owner = "select"
    check_kind(selection, "selection", owner, Selection)
    check_choice(weight_type, "weight_type", owner, WEIGHT_TYPES)
    if min_iv is not None:
        check_real(min_iv, "min_iv", owner, low=0, high=np.inf, closed="left")
    candidates = list(tables.values()) if isinstance(tables, Mapping) else list(tables)
    if not candidates or not all(isinstance(table, BinTable) for table in candidates):
        msg = (
            "select needs the bins of the candidates, one BinTable a column, such as tables_ of a "
            f"fitted WOEEncoder. Got {tables!r:.200}."
        )
        raise InvalidParameterError(msg)
    names = [table.feature for table in candidates]
    table = as_table(woe, wanted=names)
    table.require(names)
    for name, given, error in (
        ("is_bad", is_bad, InvalidTargetError),
        ("sample_weight", sample_weight, InvalidWeightError),
    ):
        check_same_order(woe, given, beside="woe", name=name, error=error)
    outcomes = check_outcomes(is_bad, n_rows=table.n_rows, beside="woe")
    weights = check_weights(sample_weight, n_rows=table.n_rows)
    check_both_classes(outcomes, weights)
    columns = ColumnNames(table.only(names) if table.has_names else table)
    sample = CandidateSample(
        columns=columns,
        encode=lambda bins: _encoded(table, bins, cross_fitted=cross_fitted),
        is_bad=outcomes,
        weights=weights,
        sampling=weight_type == "sampling",
        min_iv=min_iv,
        bounds=read_bounds(coefficient_bounds, columns.of, names, owner),
    )
    return select_candidates(candidates, sample, selection)[1]


def _encoded(table: Table, bins: BinTable, *, cross_fitted: bool) -> Float1D:
    """Return the WOE of a column; refuse what cannot be those of its bins."""
    name = bins.feature
    kind = table.kind(name)
    if kind != "numeric":
        msg = (
            f"Column {name!r} of woe is {kind}, not numbers. Encode the rows by WOEEncoder with "
            "output='woe', its default."
        )
        raise ColumnTypeError(msg)
    values = table.numeric(name)
    if not np.isfinite(values).all():
        msg = (
            f"Column {name!r} of woe has values that are missing or infinite. Encode with bins for "
            "missing values and with smoothing, as WOEEncoder does."
        )
        raise InvalidDataError(msg)
    if not cross_fitted:
        _check_of_bins(values, bins)
    return values


def _check_of_bins(values: Float1D, bins: BinTable) -> None:
    """Refuse values that are not among the WOE of the bins."""
    distinct = np.unique(values)
    off = np.abs(distinct[:, None] - bins.woe).min(axis=1) > _SAME_WOE
    if off.any():
        listed = ", ".join(f"{woe:.4g}" for woe in np.unique(bins.woe)[:5])
        msg = (
            f"Column {bins.feature!r} of woe holds values that are not WOE of its bins, such as "
            f"{distinct[off][0]:.4g}; those are {listed}{', …' if len(bins.woe) > 5 else ''}. Give "
            "the rows as the encoder of the bins transforms them with output='woe', or say "
            "cross_fitted=True of those that bins without the row have encoded."
        )
        raise InvalidDataError(msg)
