"""Two columns binned together by optbinning, as one column of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from creditscore._estimator import note_columns, table_after_fit
from creditscore._frame import Table, as_table
from creditscore._typing import Bool1D, Float1D, NativeFrame
from creditscore._validation import (
    check_both_classes,
    check_choice,
    check_integer,
    check_real,
    check_same_order,
    check_target,
)
from creditscore._warn import warn_user
from creditscore.binning._partition import NumericPartition, is_listed
from creditscore.binning.foreign._crossing import Crossing, Rectangle
from creditscore.binning.foreign._extra import import_optbinning
from creditscore.exceptions import (
    ColumnTypeError,
    InvalidDataError,
    InvalidParameterError,
    InvalidWeightError,
    NonConvergenceWarning,
)


class CrossedColumns(TransformerMixin, BaseEstimator):
    """Bin two numeric columns together, and make one column of text of them.

    The rectangles that optbinning's two-dimensional binning finds become the levels of a column
    "a × b", an ordinary categorical characteristic to encoder and scorecard.

    Parameters
    ----------
    columns : sequence of str, optional
        The two columns; where the table has two only, they need not be named.
    name : str, optional
        Name of the new column; the two names joined by " × " unless given.
    special_codes : sequence or mapping, optional
        Numbers that are no amounts, for both columns, or by column.
    max_n_prebins : int, default=5
        Most pre-bins of each column, 2 or more; the number of rectangles tried grows with its
        fourth power.
    min_prebin_size : float, default=0.05
        Least share of the rows in a pre-bin, in (0, 0.5].
    min_bin_size : float, optional
        Least share of the rows in a rectangle, in (0, 0.5].
    max_n_bins : int, optional
        Most rectangles.
    trends : sequence of {"ascending", "descending", "none"}, default=("none", "none")
        How the bad rate moves along each column.
    solver : {"cp", "mip"}, default="cp"
        As in :class:`OptbinningSolver`.
    time_limit : float, default=100.0
        Seconds, above 0.
    bad_label : scalar, optional
        Label of the bad class, where the target is not 0/1 or boolean.

    Attributes
    ----------
    crossing_ : Crossing
        What was learnt: the rectangles. It encodes tables and is saved as JSON without optbinning.
    n_features_in_ : int
        Number of columns seen in the fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Their names, where they have any.
    column_labels_ : tuple of str
        Labels of columns of which none is text, as text.

    Notes
    -----
    A row that lacks one of the two values is missing in the new column, and so in the bin of
    missing values of an encoder. One with a special code in either column, and no value missing,
    has the level "Special". optbinning bins them so too [1]_, and leaves both out of its search.

    optbinning knows no weights in two dimensions, so weights are refused. Only the fit needs it
    (``pip install "creditscore[optbinning]"``).

    References
    ----------
    .. [1] optbinning 1.0, ``binning/multidimensional``,
       https://gnpalencia.org/optbinning/binning_2d.html

    Examples
    --------
    >>> from creditscore.binning.foreign import CrossedColumns
    >>> crossed = CrossedColumns(columns=["age_years", "credit_amount"], max_n_bins=6)
    >>> crossed.fit(german, german["is_bad"]).crossing_.labels  # doctest: +SKIP
    """

    def __init__(  # noqa: PLR0913 - one parameter a choice
        self,
        columns: Sequence[str] | None = None,
        *,
        name: str | None = None,
        special_codes: Sequence[float] | Mapping[str, Sequence[float]] | None = None,
        max_n_prebins: int = 5,
        min_prebin_size: float = 0.05,
        min_bin_size: float | None = None,
        max_n_bins: int | None = None,
        trends: Sequence[Literal["ascending", "descending", "none"]] = ("none", "none"),
        solver: Literal["cp", "mip"] = "cp",
        time_limit: float = 100.0,
        bad_label: Any = None,
    ) -> None:
        self.columns = columns
        self.name = name
        self.special_codes = special_codes
        self.max_n_prebins = max_n_prebins
        self.min_prebin_size = min_prebin_size
        self.min_bin_size = min_bin_size
        self.max_n_bins = max_n_bins
        self.trends = trends
        self.solver = solver
        self.time_limit = time_limit
        self.bad_label = bad_label

    def fit(self, X: NativeFrame, y: Any = None, sample_weight: Any = None) -> Self:
        """Find the rectangles.

        Parameters
        ----------
        X : table or array-like of shape (n_samples, n_features)
            Holds the two columns, of numbers.
        y : array-like of shape (n_samples,), optional
            1 for bad and 0 for good, or two labels with `bad_label`; needed, in spite of its
            default.
        sample_weight : array-like, optional
            Refused: optbinning has no weights in two dimensions.

        Returns
        -------
        CrossedColumns
            Itself, fitted.

        Raises
        ------
        InvalidWeightError
            Weights are given.
        InvalidTargetError
            The target cannot be used.
        MissingColumnError, ColumnTypeError, InfiniteValueError
            A column is not there, holds text, or infinite values.
        InvalidDataError
            optbinning finds no rectangles that keep the constraints.
        InvalidParameterError
            A parameter is out of range.
        MissingDependencyError
            optbinning is not installed.

        Warns
        -----
        NonConvergenceWarning
            The time ran out; the rectangles may not be the best.
        """
        if sample_weight is not None:
            msg = (
                "CrossedColumns takes no sample_weight, because optbinning's two-dimensional "
                "binning has none. Leave the weights out, or cross columns on a sample drawn by "
                "them; the encoder after it takes weights."
            )
            raise InvalidWeightError(msg)
        table = as_table(X)
        check_same_order(X, y)
        is_bad = check_target(y, n_rows=table.n_rows, bad_label=self.bad_label).is_bad
        check_both_classes(is_bad, None)
        columns = self._columns(table)
        codes = self._codes(columns)
        reader = NumericPartition()
        first, second = (reader.values(table, name) for name in columns)
        boxes = self._rectangles(first, second, is_bad, codes)
        self.crossing_ = Crossing(
            columns=columns,
            name=" × ".join(columns) if self.name is None else self.name,
            rectangles=boxes,
            special_codes=codes,
        )
        note_columns(self, table)
        return self

    def transform(self, X: NativeFrame) -> NativeFrame:
        """Return the column of text.

        Parameters
        ----------
        X : table or array-like
            Holds the two columns; others are ignored.

        Returns
        -------
        table or ndarray
            One column, in the library and with the index of `X`.

        Raises
        ------
        MissingColumnError, ColumnTypeError, InfiniteValueError
            A column is not there, holds text, or infinite values.
        """
        check_is_fitted(self)
        columns = self.crossing_.columns
        table = as_table(X, wanted=columns)
        if not (table.has_names and hasattr(self, "feature_names_in_")):
            # without names, columns go by place, and all must be there
            table = table_after_fit(self, X)
        table.require(list(columns))
        return table.to_frame({self.crossing_.name: self.crossing_.levels(table)}, text=True)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray[Any, Any]:  # noqa: ARG002
        """Return the name of the new column."""
        check_is_fitted(self)
        return np.array([self.crossing_.name], dtype=object)

    def __sklearn_tags__(self) -> Tags:
        """Tell scikit-learn that y is needed, and that missing values are welcome."""
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.input_tags.allow_nan = True
        return tags

    def _columns(self, table: Table) -> tuple[str, str]:
        chosen = list(table.names) if self.columns is None else self.columns
        named = is_listed(chosen) and all(isinstance(name, str) for name in chosen)
        if not named or len(chosen) != 2 or len(set(chosen)) != 2:
            msg = (
                "CrossedColumns bins two columns together: name them in 'columns', or give a "
                f"table of two. Got {chosen!r:.200} instead."
            )
            raise InvalidParameterError(msg)
        table.require(list(chosen))
        for name in chosen:
            kind = table.kind(name)
            if kind != "numeric":
                msg = (
                    f"CrossedColumns bins numbers, and column {name!r} is {kind}. Take a numeric "
                    "column, or join the texts of two columns yourself."
                )
                raise ColumnTypeError(msg)
        return chosen[0], chosen[1]

    def _codes(self, columns: tuple[str, str]) -> tuple[tuple[float, ...], tuple[float, ...]]:
        given: Any = () if self.special_codes is None else self.special_codes
        if isinstance(given, Mapping):
            strange = [name for name in given if name not in columns]
            if strange:
                msg = (
                    f"The 'special_codes' of CrossedColumns name {strange[0]!r}, which is none of "
                    f"its columns, {columns[0]!r} and {columns[1]!r}."
                )
                raise InvalidParameterError(msg)
            lists = [given.get(name, ()) for name in columns]
        else:
            lists = [given, given]
        first, second = (NumericPartition(special_codes=codes).special_codes for codes in lists)
        return first, second

    def _options(self) -> dict[str, Any]:
        """Check the parameters, and put them in optbinning's words."""
        owner = type(self).__name__
        trends = list(self.trends) if is_listed(self.trends) else []
        if len(trends) != 2:
            msg = f"The 'trends' of {owner} must be two, one a column. Got {self.trends!r} instead."
            raise InvalidParameterError(msg)
        for trend in trends:
            check_choice(trend, "trends", owner, ("ascending", "descending", "none"))
        check_choice(self.solver, "solver", owner, ("cp", "mip"))
        prebins = check_integer(self.max_n_prebins, "max_n_prebins", owner, low=2)
        share = check_real(
            self.min_prebin_size, "min_prebin_size", owner, low=0, high=0.5, closed="right"
        )
        if self.min_bin_size is not None:
            check_real(self.min_bin_size, "min_bin_size", owner, low=0, high=0.5, closed="right")
        if self.max_n_bins is not None:
            check_integer(self.max_n_bins, "max_n_bins", owner, low=1)
        limit = check_real(self.time_limit, "time_limit", owner, low=0, high=np.inf)
        first, second = (None if trend == "none" else trend for trend in trends)
        return {
            "solver": self.solver,
            "max_n_prebins_x": prebins,
            "max_n_prebins_y": prebins,
            "min_prebin_size_x": share,
            "min_prebin_size_y": share,
            "min_bin_size": self.min_bin_size,
            "max_n_bins": self.max_n_bins,
            "monotonic_trend_x": first,
            "monotonic_trend_y": second,
            "time_limit": limit if self.solver == "cp" else int(np.ceil(limit)),
        }

    def _rectangles(
        self,
        first: Float1D,
        second: Float1D,
        is_bad: Bool1D,
        codes: tuple[tuple[float, ...], tuple[float, ...]],
    ) -> tuple[Rectangle, ...]:
        options = self._options()
        parts = [NumericPartition(special_codes=of_one) for of_one in codes]
        first, second = (
            _as_coded(values, part) for values, part in zip((first, second), parts, strict=True)
        )
        regular = (parts[0].codes_of(first) == 0) & (parts[1].codes_of(second) == 0)
        _check_regular(is_bad[regular])
        options |= {"special_codes_x": list(codes[0]) or None}
        options |= {"special_codes_y": list(codes[1]) or None}
        binning = import_optbinning().OptimalBinning2D(name_x="x", name_y="y", **options)
        try:
            # the rate of a rectangle without rows is 0 / 0 there, and such are left out
            with np.errstate(divide="ignore", invalid="ignore"):
                binning.fit(first, second, is_bad.astype(np.int64))
        except (ValueError, IndexError, TypeError) as error:
            msg = _NOTHING_FOUND.format(f"it failed with {type(error).__name__}: {error}")
            raise InvalidDataError(msg) from error
        if binning.status not in ("OPTIMAL", "FEASIBLE"):
            msg = _NOTHING_FOUND.format(f"its status is {binning.status}")
            raise InvalidDataError(msg)
        if binning.status == "FEASIBLE":
            warn_user(
                f"optbinning stopped after {self.time_limit:g} s: its rectangles keep the "
                "constraints and may not be the best. Raise time_limit, or lower max_n_prebins.",
                NonConvergenceWarning,
            )
        ranges = zip(*binning.splits, strict=True)
        return tuple(Rectangle(*map(float, (*x, *y))) for x, y in ranges)


def _as_coded(values: Float1D, partition: NumericPartition) -> Float1D:
    """Return values in which special codes stand as given, and not as 32 bits hold them."""
    coded = values.copy()
    for value, place in partition.special_values.items():
        coded[values == value] = partition.special_codes[place - partition.n_regular]
    return coded


_NOTHING_FOUND = (
    "optbinning found no rectangles that keep the constraints: {}. Raise time_limit or "
    "max_n_bins, lower min_bin_size, or take other trends."
)


def _check_regular(is_bad: Bool1D) -> None:
    """Refuse pairs that cannot tell good from bad."""
    if not len(is_bad) or is_bad.all() or not is_bad.any():
        msg = (
            f"The {len(is_bad)} rows in which both columns hold an amount are of one class or "
            "none, so nothing can be binned. Check missing values and special codes."
        )
        raise InvalidDataError(msg)
