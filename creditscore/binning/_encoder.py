"""Weight-of-evidence encoding of a whole table, as a scikit-learn transformer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils import ClassifierTags, Tags
from sklearn.utils.validation import check_is_fitted

from creditscore._display import html_table
from creditscore._estimator import note_columns, table_after_fit
from creditscore._frame import Table, as_table
from creditscore._typing import ColumnKind, NativeFrame, Trend
from creditscore._validation import (
    check_both_classes,
    check_choice,
    check_integer,
    check_real,
    check_same_order,
    check_target,
    check_weights,
    warn_of_weight_scale,
)
from creditscore._warn import warn_user
from creditscore.binning._counts import Outcomes
from creditscore.binning._fit import bin_columns
from creditscore.binning._partition import (
    CategoricalPartition,
    NumericPartition,
    is_listed,
    number_texts,
)
from creditscore.binning._settings import BinSettings
from creditscore.binning._solver import TRENDS
from creditscore.binning._table import BinTable, warn_of_unseen
from creditscore.exceptions import (
    InvalidParameterError,
    InvalidWeightError,
    SpecialCodeWarning,
)


class WOEEncoder(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Bin every column and replace its values by the weight of evidence of their bin.

    Numeric columns are cut into intervals and the levels of categorical columns are grouped, so
    that information value is highest under the constraints, by a solver that is exact over the
    cuts or levels it is given (see `max_n_prebins`).
    Missing values are a bin of their own, with the WOE of their own counts.

    Parameters
    ----------
    min_bin_size : float, default=0.05
        Least share of all rows (by weight) in a regular bin, a fraction in [0, 0.5]. Special
        codes and missing values are exempt.
    max_n_bins : int or None, default=None
        Most regular bins of a column, 1 or more; None sets no limit beyond `min_bin_size`.
    trend : {"auto", "ascending", "descending", "none"} or mapping, default="auto"
        How the bad rate of a numeric column moves from bin to bin, strictly; "auto" takes the
        better of ascending and descending. A mapping gives it by column; columns not named are
        "auto". Levels of categories are ordered by their bad rate instead; to ask for another
        trend of such a column by name is refused.
    special_codes : sequence or mapping, optional
        Values that are no amounts, such as -9: each becomes a bin of its own. A sequence counts
        for all columns (numbers for numeric columns, text for categorical ones); a mapping gives
        a sequence by column. Each is given once; missing values are no special code.
    user_cuts : mapping, optional
        Bins given by the user, by column: increasing cuts, where a value at a cut belongs to the
        upper bin, or for categorical columns a list of levels for each bin. These columns are
        not optimised.
    max_n_prebins : int, default=64
        Pre-bins that the exact optimum is sought over, 2 or more. A column with fewer distinct
        values gets the proven optimum; for others the cuts to choose among are shortlisted, and
        those chosen are then moved to their best place among all values. Under a trend that is
        mostly within 0.2 % of the optimum; with ``trend="none"`` and many small bins it may stay
        far below.
    smoothing : float, default=0.5
        Added to the goods and the bads of a bin that lacks one of them, zero or more. With 0 the
        WOE of such a bin is infinite, and its column is refused in :meth:`transform`.
    bad_label : scalar, optional
        Label of the bad class, where the target is not 0/1 or boolean.

    Attributes
    ----------
    tables_ : dict of str to BinTable
        The bins of each column.
    classes_ : ndarray of shape (2,)
        Labels of the target, sorted.
    n_features_in_ : int
        Number of columns seen in the fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Their names, where they have any.

    See Also
    --------
    BinTable : The bins of one column.
    LogisticScorecard : A scorecard on top of this encoding.

    Notes
    -----
    WOE = ln(dist_good / dist_bad): positive where a bin is safer than the sample. Weights are
    frequencies: a row of weight 3 counts as three rows, one of weight 0 as none.

    A numeric column of n rows takes O(n) time and, beyond the table itself, two bytes a row and
    at most two columns of working memory, one column at a time: it is counted on some 8,000 cells,
    and values are told apart only about the cuts (all of them up to 16,384 rows). Counts are
    exact, and nothing depends on the row order or on chance. The optimum takes O(p² log p) for p
    pre-bins.

    Special codes and missing values may be few. A bin of one class only is smoothed towards even
    odds, which can turn its sign where the rows are few: mind attributes of a handful of rows.

    A cut lies between two values that the fit met, at a number of few digits. Special codes also
    match what a column of 32-bit floats makes of them.

    Levels of fewer than 30 rows (or of fewer than a bin needs, where that is less) are pooled,
    because their own bad rate is chance. A column with very many levels still fits its sample
    better than new data: judge its information value on rows held out.

    Dates and lists are refused with a :class:`~creditscore.exceptions.ColumnTypeError`.

    Examples
    --------
    >>> from creditscore import WOEEncoder
    >>> from creditscore.datasets import load_german_credit
    >>> german = load_german_credit()
    >>> X, y = german[["checking_status", "duration_months"]], german["is_bad"]
    >>> encoder = WOEEncoder(min_bin_size=0.05).fit(X, y)
    >>> encoder.summary()[["feature", "dtype", "n_bins", "trend", "status"]]
               feature        dtype  n_bins      trend   status
    0  checking_status  categorical       4    by rate  optimal
    1  duration_months      numeric       7  ascending  optimal
    >>> encoder.transform(X).head(2).round(3)
       checking_status  duration_months
    0           -0.818            1.281
    1           -0.401           -1.135
    """

    def __init__(
        self,
        *,
        min_bin_size: float = 0.05,
        max_n_bins: int | None = None,
        trend: Trend | Mapping[str, Trend] = "auto",
        special_codes: Sequence[Any] | Mapping[str, Sequence[Any]] | None = None,
        user_cuts: Mapping[str, Sequence[Any]] | None = None,
        max_n_prebins: int = 64,
        smoothing: float = 0.5,
        bad_label: Any = None,
    ) -> None:
        self.min_bin_size = min_bin_size
        self.max_n_bins = max_n_bins
        self.trend = trend
        self.special_codes = special_codes
        self.user_cuts = user_cuts
        self.max_n_prebins = max_n_prebins
        self.smoothing = smoothing
        self.bad_label = bad_label

    def fit(self, X: NativeFrame, y: Any = None, sample_weight: Any = None) -> Self:
        """Find the bins of every column.

        Parameters
        ----------
        X : table or array-like of shape (n_samples, n_features)
            pandas, polars, pyarrow or numpy; numbers, text, categories, booleans.
        y : array-like of shape (n_samples,)
            1 for bad and 0 for good, or two labels with `bad_label`.
        sample_weight : array-like of shape (n_samples,), optional
            Frequencies, zero or more.

        Returns
        -------
        WOEEncoder
            Itself, fitted.

        Raises
        ------
        InvalidTargetError, InvalidWeightError
            The target or the weights cannot be used.
        InvalidDataError
            Infinite values, duplicate names, no rows, dates: the message names the column.
        InvalidParameterError
            A parameter is out of range.

        Warns
        -----
        ConstantColumnWarning
            A column holds one value or none.
        SingleBinWarning
            The constraints admit no split of a column.
        WeightScaleWarning
            The weights add up to next to nothing.
        SpecialCodeWarning
            A special code for all columns is text where they hold numbers, or the other way round.
        """
        table = as_table(X)
        check_same_order(X, y)
        check_same_order(X, sample_weight, name="sample_weight", error=InvalidWeightError)
        target = check_target(y, n_rows=table.n_rows, bad_label=self.bad_label)
        weights = check_weights(sample_weight, n_rows=table.n_rows)
        check_both_classes(target.is_bad, weights)
        warn_of_weight_scale(weights)
        settings = self._settings(table)
        rows = None if weights is None or weights.all() else weights > 0
        if rows is None:
            outcomes = Outcomes.of(target.is_bad, weights)
        else:
            assert weights is not None  # noqa: S101 - there are weights of zero
            outcomes = Outcomes.of(target.is_bad[rows], weights[rows])
        tables = bin_columns(table, outcomes, rows, settings)
        self._warn_of_idle_codes(table, tables)
        # nothing is set before everything has worked
        self.tables_: dict[str, BinTable] = tables
        self.classes_ = target.classes
        note_columns(self, table)
        return self

    def transform(self, X: NativeFrame) -> NativeFrame:
        """Replace the values of every column by their WOE.

        Parameters
        ----------
        X : table or array-like
            Holds the columns of the fit in any order; others are ignored.

        Returns
        -------
        table or ndarray
            The library and index of `X`, the columns of the fit, float64.

        Raises
        ------
        MissingColumnError
            A column of the fit is not there; near names are listed.
        ColumnTypeError
            A column is of another kind than in the fit. Booleans are 1 and 0 to numeric bins.
        InfiniteValueError
            A column holds infinite values, or has a bin of infinite WOE (``smoothing=0``).

        Warns
        -----
        UnseenCategoryWarning
            A column holds levels that the fit did not meet; they get WOE 0.
        UnseenValueWarning
            A column holds missing values, special codes or values of a bin that the fit did not
            meet; they get WOE 0.
        """
        table = table_after_fit(self, X)
        columns, unseen = {}, []
        for name, bins in self.tables_.items():
            codes = bins.partition.codes(table, name)
            columns[name] = bins.woe_of(codes)
            unseen += bins.unseen(codes)
        warn_of_unseen(unseen)
        return table.to_frame(columns)

    def summary(self) -> pd.DataFrame:
        """Return one row a column, in the order of the fit.

        Returns
        -------
        DataFrame
            feature, dtype ("numeric" or "categorical"), n_bins (regular ones), iv, trend,
            status, missing_share.
        """
        tables = self._tables()
        return pd.DataFrame(
            {
                "feature": [table.feature for table in tables],
                "dtype": [table.dtype for table in tables],
                "n_bins": [table.n_bins for table in tables],
                "iv": [table.iv for table in tables],
                "trend": [table.trend for table in tables],
                "status": [table.status for table in tables],
                "missing_share": [table.missing_share for table in tables],
            }
        )

    def __sklearn_tags__(self) -> Tags:
        """Tell scikit-learn that y is needed, is binary, and that missing values are welcome."""
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.classifier_tags = ClassifierTags(multi_class=False)
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags

    def _tables(self) -> list[BinTable]:
        check_is_fitted(self)
        return list(self.tables_.values())

    def _settings(self, table: Table) -> dict[str, BinSettings]:
        owner = type(self).__name__
        check_real(self.min_bin_size, "min_bin_size", owner, low=0, high=0.5, closed="both")
        check_real(self.smoothing, "smoothing", owner, low=0, high=np.inf, closed="left")
        check_integer(self.max_n_prebins, "max_n_prebins", owner, low=2)
        if self.max_n_bins is not None:
            check_integer(self.max_n_bins, "max_n_bins", owner, low=1)
        trends = self._trends(table)
        cuts: Any = self.user_cuts or {}
        if not isinstance(cuts, Mapping):
            msg = (
                f"The 'user_cuts' parameter of {owner} must be a mapping of column names to cuts. "
                f"Got {cuts!r} instead."
            )
            raise InvalidParameterError(msg)
        table.require(list(cuts))
        codes = self._codes(table)
        return {
            name: BinSettings(
                min_bin_size=self.min_bin_size,
                max_n_bins=self.max_n_bins,
                max_n_prebins=self.max_n_prebins,
                smoothing=self.smoothing,
                trend=trends[name],
                special_codes=codes[name],
                user_cuts=cuts.get(name),
            )
            for name in table.names
        }

    def _trends(self, table: Table) -> dict[str, Trend]:
        by_column = self.trend if isinstance(self.trend, Mapping) else {}
        common = "auto" if isinstance(self.trend, Mapping) else self.trend
        for trend in (common, *by_column.values()):
            check_choice(trend, "trend", type(self).__name__, TRENDS)
        table.require(list(by_column))
        asked = [name for name, trend in by_column.items() if trend != "auto"]
        idle = [name for name in asked if table.kind(name) == "categorical"]
        if idle:
            msg = (
                f"The 'trend' parameter of {type(self).__name__} asks for a trend of categorical "
                f"columns, whose levels have no order: {', '.join(map(repr, idle))}. Leave them "
                "out, or give their bins as user_cuts."
            )
            raise InvalidParameterError(msg)
        return {name: by_column.get(name, common) for name in table.names}

    def _codes(self, table: Table) -> dict[str, tuple[Any, ...]]:
        """Return the special codes of each column, checked as the bins will check them."""
        codes = () if self.special_codes is None else self.special_codes
        if isinstance(codes, Mapping):
            table.require(list(codes))
            return {
                name: _checked(codes.get(name, ()), table.kind(name), f" for column {name!r}")
                for name in table.names
            }
        if not is_listed(codes):
            msg = (
                "The 'special_codes' parameter of WOEEncoder must be a sequence of values, or a "
                f"mapping of column names to sequences. Got {codes!r} instead."
            )
            raise InvalidParameterError(msg)
        common: dict[ColumnKind, tuple[Any, ...]] = {
            "numeric": _checked([c for c in codes if not isinstance(c, str)], "numeric"),
            "categorical": _checked([c for c in codes if isinstance(c, str)], "categorical"),
        }
        return {name: common[table.kind(name)] for name in table.names}

    def _warn_of_idle_codes(self, table: Table, tables: Mapping[str, BinTable]) -> None:
        """Say which codes for all columns are of a type that keeps them from being met."""
        codes = self.special_codes
        for code in () if codes is None or isinstance(codes, Mapping) else codes:
            kind: ColumnKind = "categorical" if isinstance(code, str) else "numeric"
            if any(_holds(bins, code) for bins in tables.values()):
                continue
            twins = [name for name in tables if _holds_twin(table, name, code)]
            if twins or not any(bins.dtype == kind for bins in tables.values()):
                where = f"column {twins[0]!r} holds it as" if twins else "all columns hold"
                other = "text" if kind == "numeric" else "numbers"
                warn_user(
                    f"The special code {code!r} has no effect: {where} {other}. Give it as "
                    f"{other} too, or leave it out.",
                    SpecialCodeWarning,
                )

    def _repr_html_(self) -> str:
        if not hasattr(self, "tables_"):
            return str(super()._repr_html_())
        return html_table(
            self.summary().sort_values("iv", ascending=False, kind="stable"),
            caption=f"{type(self).__name__}: {len(self.tables_)} columns",
            formats={"iv": "{:.4f}", "missing_share": "{:.1%}"},
        )


def _holds(table: BinTable, code: Any) -> bool:
    """Tell whether a row of the fit holds a special code as its bins know it."""
    partition = table.partition
    if code not in partition.special_codes:
        # the user's own groups may hold it
        return isinstance(partition, CategoricalPartition) and any(
            code in group for group in partition.groups
        )
    place = partition.n_regular + partition.special_codes.index(code)
    return table.n_good[place] + table.n_bad[place] > 0


def _holds_twin(table: Table, name: str, code: Any) -> bool:
    """Tell whether a column holds a text code as a number, or a number as text."""
    if (table.kind(name) == "numeric") != isinstance(code, str):
        return False
    if not isinstance(code, str):
        return number_texts((float(code),))[0] in table.levels(name)[1]
    try:
        return bool((table.numeric(name) == float(code)).any())
    except ValueError:
        return False


def _checked(codes: Any, kind: ColumnKind, where: str = "") -> tuple[Any, ...]:
    try:
        if kind == "numeric":
            return NumericPartition(special_codes=codes).special_codes
        return CategoricalPartition(special_codes=codes).special_codes
    except InvalidParameterError as error:
        msg = f"The 'special_codes' parameter of WOEEncoder cannot be used{where}. {error}"
        raise InvalidParameterError(msg) from error
