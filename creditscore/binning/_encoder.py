"""Weight-of-evidence encoding of a whole table, as a scikit-learn transformer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin, clone
from sklearn.utils import ClassifierTags, Tags
from sklearn.utils.validation import check_is_fitted

from creditscore._display import html_table
from creditscore._document import JsonDocument
from creditscore._estimator import note_columns, table_after_fit
from creditscore._frame import Table, as_table
from creditscore._typing import (
    ColumnKind,
    NativeFrame,
    ObjectiveName,
    Trend,
)
from creditscore._validation import (
    check_both_classes,
    check_choice,
    check_same_order,
    check_target,
    check_weights,
    warn_of_weight_scale,
)
from creditscore.binning._asked import (
    settings_of,
    tables_by_feature,
    warn_of_idle_codes,
    warn_of_idle_policies,
)
from creditscore.binning._columns_fit import bin_columns
from creditscore.binning._constraints import BinConstraints
from creditscore.binning._counts import Outcomes
from creditscore.binning._cross_fit import cross_fitted
from creditscore.binning._encoder_file import encoder_content, encoder_of
from creditscore.binning._fit import Sample
from creditscore.binning._periods import check_periods
from creditscore.binning._policy import BinPolicy
from creditscore.binning._settings import Solver
from creditscore.binning._table import BinTable, warn_of_unseen
from creditscore.exceptions import InvalidDataError, InvalidParameterError, InvalidWeightError

_FORMATS = {
    "iv": "{:.4f}",
    "iv_se": "{:.4f}",
    "iv_ceiling": "{:.4f}",
    "missing_share": "{:.1%}",
    "stability_cost": "{:.4f}",
}
OUTPUTS = ("woe", "bin", "label", "bad_rate")


class WOEEncoder(OneToOneFeatureMixin, TransformerMixin, JsonDocument, BaseEstimator):
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
    trend : str or mapping, default="auto"
        How the bad rate moves from bin to bin, strictly: "auto" (the better of ascending and
        descending), "ascending", "descending", "peak", "valley", "auto_one_bend" (a peak or a
        valley where bins that rise or fall are refuted), "concave", "convex" or "none"; see
        :func:`solve_bins`. A mapping gives it by column; columns not named are "auto". Levels
        without an order are ordered by their bad rate instead; to ask for another trend of them
        by name is refused.
    special_codes : sequence or mapping, optional
        Values that are no amounts, such as -9: each becomes a bin of its own. A sequence counts
        for all columns (numbers for numeric columns, text for categorical ones); a mapping gives
        a sequence by column. Each is given once; missing values are no special code.
    user_cuts : mapping, optional
        Bins given by the user, by column: increasing cuts, where a value at a cut belongs to the
        upper bin; for categorical columns a list of levels for each bin; or a :class:`BinTable` or
        partition. These columns are counted, and not optimised. A table keeps its special codes,
        policy, smoothing and history, whatever the encoder says; a partition its special codes, if
        it has any.
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

    objective : {"iv", "js", "hellinger", "triangular", "log_likelihood"}, default="iv"
        What the bins make as large as can be; see :func:`solve_bins`.
    constraints : BinConstraints or mapping of column to BinConstraints, optional
        What else the bins must keep. What it leaves out is as the parameters above say.
    policy : BinPolicy or mapping of column to BinPolicy, optional
        Treatment of missing values, special codes, levels never seen and attributes without rows;
        by default each has the WOE of its own counts, and is neutral without any.
    kinds : mapping of column to {"numeric", "categorical", "ordered", "mixed"}, optional
        How to read columns whose type does not say it: "mixed" for numbers and code words in one
        column of text, "categorical" for numbers or text that are codes.
    solver : callable, optional
        Called in the place of :func:`solve_bins`, on the same counts and constraints, such as
        :class:`creditscore.binning.foreign.OptbinningSolver`.
    output : {"woe", "bin", "label", "bad_rate"}, default="woe"
        What :meth:`transform` returns: WOE; the code of the attribute, from 0; its text; or the
        bad rate that goes with the WOE, which for a bin with rows of both classes is its own.
    cross_fit : int, optional
        Folds, 2 or more, by which :meth:`fit_transform` encodes each row with bins that were found
        without it, so that columns of very many levels do not tell a model its own target. The
        bins kept for :meth:`transform` are those of all rows, so ``fit(X, y).transform(X)``
        differs from ``fit_transform(X, y)``. For `output` "woe" and "bad_rate" only: codes and
        labels of different folds mean different bins.
    n_jobs : int, optional
        Processes that share the columns; None is one. Worth it where a fit takes seconds:
        columns travel to the processes and back.
    progress : bool, default=False
        Show a progress bar on standard error.

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
    column_labels_ : tuple of str
        Labels of columns of which none is text, as text: such columns go by place.

    See Also
    --------
    BinTable : The bins of one column.
    LogisticScorecard : A scorecard on top of this encoding.

    Notes
    -----
    WOE = ln(dist_good / dist_bad): positive where a bin is safer than the sample. Weights are
    frequencies: a row of weight 3 counts as three rows, one of weight 0 as none. Sampling weights
    give the bins and the WOE of the population they stand for; standard errors and tests between
    neighbours then still take weights for rows, so scale them to add up to the rows.

    Given periods, the trend must hold in each, and each bin must have rows in each (see
    `min_period_size`): a constraint inside the optimum. What it costs is in the tables.

    A numeric column of n rows takes O(n) time and, beyond the table itself, two bytes a row and
    at most two columns of working memory, one column at a time: it is counted on some 8,000 cells,
    and values are told apart only about the cuts (all of them up to 16,384 rows). Counts are
    exact, and nothing depends on the row order or on chance. The optimum takes O(p² log p) for p
    pre-bins.

    A bin of one class only is smoothed towards even odds, which can turn the sign of its WOE
    where the rows are few: mind attributes of a handful of rows, and give such codes a `policy`.

    Constraints beyond a simple trend, the least size and the most bins are solved over twice
    `max_n_prebins` places, and again over those about the cuts found, nearer and nearer. That
    takes some 20 to 150 ms a column, periods and peaks included; concave and convex trends about a
    second. A column that stays in one bin takes up to half a second more where limits of size and
    number, fixed cuts or tests must be weighed against each other to say what would help.

    What is read from JSON has its bins as `user_cuts`, and of the other parameters `output` and
    `bad_label` only: it encodes as before, and a fit counts the bins anew.

    A cut lies between two values that the fit met, at a number of few digits. Special codes also
    match what a column of 32-bit floats makes of them.

    Levels of fewer than 30 rows (or of fewer than a bin needs, where that is less) are pooled,
    because their own bad rate is mostly chance. Where these levels differ by more than chance
    would make them (p < 0.01), as customers who pay or do not do, a level needs as many rows only
    as tell of it as much as the others do. A column with very many levels still fits its sample
    better than new data: judge its information value on rows held out.

    Booleans are levels; to bins of numbers they are 1 and 0. Dates and lists are refused with a
    :class:`~creditscore.exceptions.ColumnTypeError`: risk has no scale in time, but in days since.
    Ordered categories keep their order. A column of numbers and words is cut by its numbers, and
    each word is an attribute of its own.

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

    _format = "creditscore.encoder"

    def __init__(  # noqa: PLR0913 - every choice is a parameter, as scikit-learn asks
        self,
        *,
        min_bin_size: float = 0.05,
        max_n_bins: int | None = None,
        trend: Trend | Mapping[str, Trend] = "auto",
        special_codes: Sequence[Any] | Mapping[str, Sequence[Any]] | None = None,
        user_cuts: Mapping[str, Any] | None = None,
        max_n_prebins: int = 64,
        smoothing: float = 0.5,
        bad_label: Any = None,
        objective: ObjectiveName = "iv",
        constraints: BinConstraints | Mapping[str, BinConstraints] | None = None,
        policy: BinPolicy | Mapping[str, BinPolicy] | None = None,
        kinds: Mapping[str, ColumnKind] | None = None,
        solver: Solver | None = None,
        output: Literal["woe", "bin", "label", "bad_rate"] = "woe",
        cross_fit: int | None = None,
        n_jobs: int | None = None,
        progress: bool = False,
    ) -> None:
        self.min_bin_size = min_bin_size
        self.max_n_bins = max_n_bins
        self.trend = trend
        self.special_codes = special_codes
        self.user_cuts = user_cuts
        self.max_n_prebins = max_n_prebins
        self.smoothing = smoothing
        self.bad_label = bad_label
        self.objective = objective
        self.constraints = constraints
        self.policy = policy
        self.kinds = kinds
        self.solver = solver
        self.output = output
        self.cross_fit = cross_fit
        self.n_jobs = n_jobs
        self.progress = progress

    def fit(
        self, X: NativeFrame, y: Any = None, sample_weight: Any = None, periods: Any = None
    ) -> Self:
        """Find the bins of every column.

        Parameters
        ----------
        X : table or array-like of shape (n_samples, n_features)
            pandas, polars, pyarrow or numpy; numbers, text, categories, booleans.
        y : array-like of shape (n_samples,)
            1 for bad and 0 for good, or two labels with `bad_label`.
        sample_weight : array-like of shape (n_samples,), optional
            Frequencies, zero or more.
        periods : array-like of shape (n_samples,), optional
            Period of each row, such as "2024-03", in which the trend must hold: numbers, text that
            sorts by time, or dates of whole months.

        Returns
        -------
        WOEEncoder
            Itself, fitted.

        Raises
        ------
        InvalidTargetError, InvalidWeightError
            The target or the weights cannot be used.
        InvalidDataError
            Infinite values, duplicate names, no rows, dates, missing periods: the message names
            the column.
        InvalidParameterError
            A parameter is out of range.

        Warns
        -----
        ConstantColumnWarning
            A column holds one value or none.
        SingleBinWarning
            The constraints admit no split of a column, or not so many bins as asked for; the
            message says which constraint blocks and what would help.
        IdleCutWarning
            A fixed or preferred cut parts no values; `user_cuts` name a level that does not occur
            or make bins without a row; constraints of a column name what `user_cuts` settle.
        MixedColumnWarning
            A column of text is read as numbers and words.
        WeightScaleWarning
            The weights add up to next to nothing.
        SpecialCodeWarning
            A special code for all columns is text where they hold numbers, or the other way round;
            or the policy speaks of a code that is no special one.
        """
        table = self._read(X)
        check_choice(self.output, "output", type(self).__name__, OUTPUTS)
        check_same_order(X, y)
        check_same_order(X, sample_weight, name="sample_weight", error=InvalidWeightError)
        check_same_order(X, periods, name="periods", error=InvalidDataError)
        target = check_target(y, n_rows=table.n_rows, bad_label=self.bad_label)
        weights = check_weights(sample_weight, n_rows=table.n_rows)
        check_both_classes(target.is_bad, weights)
        warn_of_weight_scale(weights)
        rows = None if weights is None or weights.all() else weights > 0
        period_of, labels = check_periods(periods, n_rows=table.n_rows, rows=rows)
        settings = settings_of(self, table, has_periods=period_of is not None)
        outcomes = Outcomes.of(target.is_bad, weights, period_of, len(labels))
        sample = Sample(table, rows, outcomes if rows is None else outcomes.at(rows), labels)
        tables = bin_columns(sample, settings, n_jobs=self.n_jobs, progress=self.progress)
        warn_of_idle_codes(self.special_codes, table, tables)
        warn_of_idle_policies(self.policy, tables)
        # nothing is set before everything has worked
        self.tables_: dict[str, BinTable] = tables
        self.classes_ = target.classes
        note_columns(self, table)
        return self

    def fit_transform(
        self, X: NativeFrame, y: Any = None, sample_weight: Any = None, periods: Any = None
    ) -> NativeFrame:
        """Fit, and encode the same rows: with `cross_fit`, each by bins found without it.

        Parameters are those of :meth:`fit`. The folds are drawn by class, always the same for the
        same number of rows. What a fold's bins do not know is neutral in it, without a warning.
        """
        if self.cross_fit is None:
            return self.fit(X, y, sample_weight, periods).transform(X)
        self.fit(X, y, sample_weight, periods)
        table = self._read(X)
        target = check_target(y, n_rows=table.n_rows, bad_label=self.bad_label)
        columns = cross_fitted(
            self, table, y, is_bad=target.is_bad, sample_weight=sample_weight, periods=periods
        )
        return table.to_frame(columns, text=self.output == "label")

    def transform(self, X: NativeFrame) -> NativeFrame:
        """Replace the values of every column by their WOE, or what `output` says.

        Parameters
        ----------
        X : table or array-like
            Holds the columns of the fit in any order; others are ignored. Columns without names
            of text, of an array or labelled by numbers or tuples, go by their place, and are
            refused where a label of the fit comes at another place.

        Returns
        -------
        table or ndarray
            The library and index of `X`, the columns of the fit: float64, codes int64, labels
            text.

        Raises
        ------
        MissingColumnError
            A column of the fit is not there; near names are listed.
        InvalidDataError
            Columns that go by place are more or fewer than in the fit, or in another order.
        ColumnTypeError
            A column is of another kind than in the fit. Booleans are 1 and 0 to numeric bins.
        InfiniteValueError
            A column holds infinite values, or has a bin of infinite WOE (``smoothing=0``).
        RefusedValueError
            A column holds what its policy refuses.

        Warns
        -----
        UnseenCategoryWarning
            A column holds levels that the fit did not meet.
        UnseenValueWarning
            A column holds missing values, special codes or values of a bin that the fit did not
            meet.
        """
        table = table_after_fit(self, X)
        columns, unseen = {}, []
        for name, bins in self.tables_.items():
            codes = bins.partition.codes(table, name)
            columns[name] = bins.shown_as(self.output, codes)
            unseen += bins.unseen(codes)
        warn_of_unseen(unseen)
        return table.to_frame(columns, text=self.output == "label")

    def summary(self) -> pd.DataFrame:
        """Return one row a column, in the order of the fit.

        Returns
        -------
        DataFrame
            feature; dtype ("numeric", "categorical", "ordered", "mixed"); n_bins (regular ones);
            iv and its standard error iv_se; iv_ceiling, which the pre-bins admit under the trend
            and the least goods and bads alone; trend; status, with what would help where
            constraints leave one bin; missing_share; stability_cost (NaN without periods); notes.
        """
        tables = self._tables()
        costs = [table.stability_cost for table in tables]
        return pd.DataFrame(
            {
                "feature": [table.feature for table in tables],
                "dtype": [table.dtype for table in tables],
                "n_bins": [table.n_bins for table in tables],
                "iv": [table.iv for table in tables],
                "iv_se": [table.iv_se for table in tables],
                "iv_ceiling": [table.iv_ceiling for table in tables],
                "trend": [table.trend for table in tables],
                "status": [table.status_text for table in tables],
                "missing_share": [table.missing_share for table in tables],
                "stability_cost": [np.nan if cost is None else cost for cost in costs],
                "notes": ["; ".join(table.notes) for table in tables],
            }
        )

    def with_tables(self, *tables: BinTable) -> WOEEncoder:
        """Return a fitted copy in which these tables take the place of those of their features.

        A fit of the copy counts these bins anew and leaves them as they are: they become part of
        `user_cuts`.

        Examples
        --------
        >>> from creditscore import WOEEncoder
        >>> from creditscore.datasets import load_german_credit
        >>> german = load_german_credit()
        >>> encoder = WOEEncoder().fit(german[["age_years"]], german["is_bad"])
        >>> age = encoder.tables_["age_years"]
        >>> fewer = age.merge(0, 1, by="M. Chen", reason="one policy below 30")
        >>> encoder.with_tables(fewer).tables_["age_years"].n_bins == age.n_bins - 1
        True
        """
        known = {table.feature: table for table in self._tables()}
        edited = tables_by_feature(tables, known)
        copy: WOEEncoder = clone(self).set_params(user_cuts={**(self.user_cuts or {}), **edited})
        copy.tables_ = known | edited
        for name in ("classes_", "n_features_in_", "feature_names_in_", "column_labels_"):
            if hasattr(self, name):
                setattr(copy, name, getattr(self, name))
        return copy

    def _content(self) -> dict[str, Any]:
        check_is_fitted(self)
        return encoder_content(self)

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        # its bins become user_cuts, so that a fit counts them anew
        return encoder_of(cls, content)

    def __sklearn_tags__(self) -> Tags:
        """Tell scikit-learn that y is needed, is binary, and that missing values are welcome."""
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.classifier_tags = ClassifierTags(multi_class=False)
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags

    def _read(self, X: NativeFrame) -> Table:
        table = as_table(X)
        kinds: Any = self.kinds or {}
        if not isinstance(kinds, Mapping):
            msg = (
                "The 'kinds' parameter of WOEEncoder must be a mapping of column names to kinds. "
                f"Got {kinds!r} instead."
            )
            raise InvalidParameterError(msg)
        return table.with_kinds(kinds) if kinds else table

    def _tables(self) -> list[BinTable]:
        check_is_fitted(self)
        return list(self.tables_.values())

    def _repr_html_(self) -> str:
        if not hasattr(self, "tables_"):
            return str(super()._repr_html_())
        summary = self.summary().sort_values("iv", ascending=False, kind="stable")
        empty = [name for name in ("stability_cost", "notes") if not _says(summary[name])]
        return html_table(
            summary.drop(columns=empty),
            caption=f"{type(self).__name__}: {len(self.tables_)} columns",
            formats={name: text for name, text in _FORMATS.items() if name not in empty},
        )


def _says(column: pd.Series) -> bool:
    """Tell whether a column of the summary says anything."""
    return bool((column.notna() & (column != "")).any())
