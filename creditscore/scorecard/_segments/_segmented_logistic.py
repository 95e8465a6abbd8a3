"""Cards of several segments, estimated, and the segments found where they are not given."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone

from creditscore._checks import check_kind
from creditscore._estimator import note_columns
from creditscore._frame import Table, as_table
from creditscore._progress import tracked
from creditscore._typing import Float1D, Int1D, NativeFrame
from creditscore._validation import (
    Target,
    check_both_classes,
    check_same_order,
    check_target,
    check_weights,
)
from creditscore._warn import warn_user
from creditscore.exceptions import (
    CreditScoreError,
    CreditScoreWarning,
    InvalidDataError,
    InvalidTargetError,
    InvalidWeightError,
    SmallSegmentWarning,
)
from creditscore.scorecard._bad_label import bad_label_of
from creditscore.scorecard._card_classifier import CardClassifier
from creditscore.scorecard._challenge._random import random_of
from creditscore.scorecard._logistic import LogisticScorecard
from creditscore.scorecard._segments._segment_search import (
    LOG_COLUMNS,
    SearchTask,
    SegmentSearch,
    search_segments,
)
from creditscore.scorecard._segments._segmented import SegmentedScorecard
from creditscore.scorecard._segments._segments import Segments

_LEAST_IV = 0.02
"""Information value of a column in the small models of a search, where the card has no limit."""


class SegmentedLogisticScorecard(CardClassifier):
    """A scorecard for each segment of customers, on one scale, the segments given or found.

    A scikit-learn classifier whose result, ``scorecard_``, is a frozen
    :class:`SegmentedScorecard`. Where no division pays on rows held out, it holds one card for
    all, and ``search_log_`` says what was tried.

    Parameters
    ----------
    estimator : LogisticScorecard or None, default=None
        How each card is fitted; None means ``LogisticScorecard()``. It is cloned, not changed.
    segments : Segments or None, default=None
        Which row belongs to which segment; None searches them.
    search : SegmentSearch or None, default=None
        How they are searched; None means ``SegmentSearch()``.
    random_state : int, RandomState or None, default=0
        Deals the rows out to those that choose and those that test.
    bad_label : scalar, optional
        Label of the bad class, where the target is not 0/1 or boolean.
    progress : bool, default=False
        Show a progress bar of the search on standard error.

    Attributes
    ----------
    scorecard_ : SegmentedScorecard
        The cards and the rule.
    segments_ : Segments
        The rule; one segment, ``"all"``, where none was found.
    models_ : dict of str to LogisticScorecard
        The fitted estimator of each segment.
    scale_ : PointsScale
        Points and odds of all cards.
    search_log_ : DataFrame
        A row for each division that was considered, see Notes; without rows where segments were
        given.
    classes_ : ndarray of shape (2,)
        Labels of the target, sorted.
    n_features_in_, feature_names_in_, column_labels_
        As in scikit-learn.

    See Also
    --------
    Segments : Writes a rule by hand.
    SegmentedScorecard.aligned : Corrects the odds of segments by a sample held out.

    Notes
    -----
    Each segment has its own bins, characteristics, coefficients and intercept. On one scale, the
    same score then means the same odds everywhere, as far as each card is right [1]_.

    The search is greedy: all rows are divided in two, then each side again.

    1. A share of the rows, `holdout`, is set aside.
    2. On the others, each candidate is compared with one model for all by folds: logistic
       regressions on the WOE of coarse cells (tenths, levels), which take milliseconds.
       ``choice_gain`` is the mean gain in log-likelihood of a row.
    3. The best candidate, if it gains anything, is fitted by `estimator`, two cards against one,
       and judged on the rows set aside: ``holdout_gain`` is the mean difference of their
       log-likelihoods, ``holdout_error`` its standard error, ``z`` their ratio (Vuong's test
       [2]_). From `min_z` on, it is accepted. Beside it stand both AUC.
    4. In the end the cards are fitted on all rows.

    Rows set aside choose nothing, and are asked once for each division, three times at most: at
    ``min_z=2`` a division that is worth nothing passes with a probability of some 2 %, mostly less,
    because two cards cost more parameters than one. ``outcome`` in the log is "accepted", "not
    significant", "not the best", "gains nothing", "too small" or "no card" with the reason.
    Warnings of fits that only served the search are not given.

    With c candidates and f folds it takes up to 6 · c · f small models, O(n · p²) each for n rows
    (`max_rows` at most) and p columns, up to fifteen fits of `estimator`, and one a segment.

    A column that has one value in a segment has no part in its card.

    References
    ----------
    .. [1] N. Siddiqi, *Intelligent Credit Scoring*, 2nd ed., Wiley, 2017, ch. 6 on segmentation.
    .. [2] Q. H. Vuong, "Likelihood ratio tests for model selection and non-nested hypotheses",
       *Econometrica* 57, 1989, pp. 307-333.

    Examples
    --------
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard import SegmentedLogisticScorecard, Segments
    >>> german = load_german_credit()
    >>> X, y = german[["checking_status", "duration_months", "age_years"]], german["is_bad"]
    >>> young = Segments.by_cuts("age_years", [30], ["young", "settled"])
    >>> model = SegmentedLogisticScorecard(segments=young).fit(X, y)
    >>> model.scorecard_.summary()[["segment", "n_good", "n_bad", "characteristics"]]
       segment  n_good  n_bad                              characteristics
    0    young   234.0  137.0  checking_status, duration_months, age_years
    1  settled   466.0  163.0  checking_status, duration_months, age_years
    >>> SegmentedLogisticScorecard().fit(X, y).segments_
    <Segments: one, 'all'>
    """

    def __init__(
        self,
        *,
        estimator: LogisticScorecard | None = None,
        segments: Segments | None = None,
        search: SegmentSearch | None = None,
        random_state: Any = 0,
        bad_label: Any = None,
        progress: bool = False,
    ) -> None:
        self.estimator = estimator
        self.segments = segments
        self.search = search
        self.random_state = random_state
        self.bad_label = bad_label
        self.progress = progress

    def fit(self, X: NativeFrame, y: Any, sample_weight: Any = None, periods: Any = None) -> Self:
        """Find the segments where they are not given, and fit a card in each.

        Parameters
        ----------
        X : table or array-like of shape (n_samples, n_features)
            Raw columns, those of the rule among them.
        y : array-like of shape (n_samples,)
            1 for bad and 0 for good, or two labels with `bad_label`.
        sample_weight : array-like of shape (n_samples,), optional
            Zero or more; what they mean says `estimator`. Rows of weight 0 are left out.
        periods : array-like of shape (n_samples,), optional
            Period of each row, in each of which the trend of every column must hold within each
            segment.

        Returns
        -------
        SegmentedLogisticScorecard
            Itself, fitted.

        Raises
        ------
        InvalidTargetError
            As in :meth:`LogisticScorecard.fit`; also a segment of one class, or without a row.
        RefusedValueError, MissingColumnError
            A row belongs to none of the segments that were given, or their column is not there.
        EmptyDataError, InvalidDataError, InvalidWeightError, InvalidParameterError
            As in :meth:`LogisticScorecard.fit`; the message names the segment.

        Warns
        -----
        SmallSegmentWarning
            A segment that was given holds fewer goods or bads than `search` asks of those found.
        CreditScoreWarning
            As in :meth:`LogisticScorecard.fit`; the message names the segment.
        """
        estimator, search = self._checked_parameters()
        table = as_table(X)
        check_same_order(X, y)
        check_same_order(X, sample_weight, name="sample_weight", error=InvalidWeightError)
        check_same_order(X, periods, name="periods", error=InvalidDataError)
        target = check_target(y, n_rows=table.n_rows, bad_label=bad_label_of(estimator))
        weights = check_weights(sample_weight, n_rows=table.n_rows)
        check_both_classes(target.is_bad, weights)
        _check_length(periods, table.n_rows)
        data = _FitData(table, target, weights, periods)
        if weights is not None and not weights.all():
            data = data.at(np.flatnonzero(weights > 0))
        segments, log = self.segments, pd.DataFrame(columns=list(LOG_COLUMNS)).astype(LOG_COLUMNS)
        if segments is None:
            found, log = search_segments(self._task(estimator, search, data))
            segments = Segments() if found is None else found
        models = _fit_segments(estimator, segments, data, search)
        card = SegmentedScorecard.from_cards(
            segments, {name: model.scorecard_ for name, model in models.items()}
        )
        self.scorecard_, self.segments_, self.models_ = card, segments, models
        self.scale_, self.search_log_ = card.scale, log
        self.classes_, self._bad_index = target.classes, target.bad_index
        note_columns(self, table)
        return self

    def _checked_parameters(self) -> tuple[Any, SegmentSearch]:
        """Check the parameters; return an estimator to clone, with the bad label set."""
        owner = type(self).__name__
        search = SegmentSearch() if self.search is None else self.search
        check_kind(search, "search", owner, SegmentSearch)
        check_kind(self.progress, "progress", owner, bool)
        if self.segments is not None:
            check_kind(self.segments, "segments", owner, Segments)
        estimator = LogisticScorecard() if self.estimator is None else self.estimator
        check_kind(estimator, "estimator", owner, BaseEstimator)
        estimator = clone(estimator)
        if self.bad_label is not None:
            estimator.set_params(bad_label=self.bad_label)
        return estimator, search

    def _task(self, estimator: Any, search: SegmentSearch, data: _FitData) -> SearchTask:
        def scorer(fit_on: Int1D, at: Int1D) -> Float1D:
            with warnings.catch_warnings(action="ignore", category=CreditScoreWarning):
                # the fits of the result warn of what there is to warn of
                card = data.at(fit_on).fitted(estimator).scorecard_
                score = card.score_array(data.table.taken(at))
            log_odds: Float1D = card.scale.log_odds(score)
            return log_odds

        encoder, least = getattr(estimator, "encoder", None), getattr(estimator, "min_iv", None)
        weights = np.ones(data.table.n_rows) if data.weights is None else data.weights
        return SearchTask(
            search=search,
            table=data.table,
            is_bad=data.target.is_bad,
            weights=weights,
            special_codes=getattr(encoder, "special_codes", None),
            min_iv=_LEAST_IV if least is None else float(least),
            scorer=scorer,
            random=random_of(self.random_state, type(self).__name__),
            shown=partial(tracked, what="Segments", progress=self.progress),
            sampling=getattr(estimator, "weight_type", "frequency") == "sampling",
        )


@dataclass(frozen=True, eq=False)
class _FitData:
    """Rows to fit on, with all that belongs to them."""

    table: Table
    target: Target
    weights: Float1D | None
    periods: Any

    def at(self, rows: Int1D) -> _FitData:
        target, periods = self.target, self.periods
        if periods is not None:
            series = isinstance(periods, pd.Series)
            periods = periods.iloc[rows] if series else np.asarray(periods)[rows]
        return _FitData(
            self.table.taken(rows),
            Target(target.is_bad[rows], target.classes, target.bad_index),
            None if self.weights is None else self.weights[rows],
            periods,
        )

    @property
    def counts(self) -> tuple[float, float]:
        """Goods and bads, by weight."""
        bad = self.target.is_bad
        weights = np.ones(len(bad)) if self.weights is None else self.weights
        return float(weights[~bad].sum()), float(weights[bad].sum())

    def without(self, columns: Sequence[str]) -> _FitData:
        kept = [name for name in self.table.names if name not in columns]
        return _FitData(self.table.only(kept), self.target, self.weights, self.periods)

    def fitted(self, estimator: Any) -> Any:
        """Return a clone of the estimator, fitted on these rows with their own labels."""
        bad, index = self.target.is_bad, self.target.bad_index
        labels = self.target.classes[np.where(bad, index, 1 - index)]
        given = {"sample_weight": self.weights, "periods": self.periods}
        told = {name: value for name, value in given.items() if value is not None}
        return clone(estimator).fit(self.table, labels, **told)


def _fit_segments(
    estimator: Any, segments: Segments, data: _FitData, search: SegmentSearch
) -> dict[str, Any]:
    """Fit a card in each segment; errors and warnings name it."""
    names = segments.names
    if len(names) == 1:
        return {names[0]: data.fitted(estimator)}
    codes = segments.codes(data.table)
    parts = {name: data.at(np.flatnonzero(codes == i)) for i, name in enumerate(names)
             if (codes == i).any()}  # fmt: skip
    for name in names:
        _check_classes(name, parts.get(name), search)
    return {name: _fit_segment(estimator, name, segments, part) for name, part in parts.items()}


def _fit_segment(estimator: Any, name: str, segments: Segments, part: _FitData) -> Any:
    idle = [column for column in segments.columns if _has_one_value(part.table, column)]
    if len(idle) < len(part.table.names):
        part = part.without(idle)
    with warnings.catch_warnings(record=True, action="always") as caught:
        try:
            model = part.fitted(estimator)
        except CreditScoreError as error:
            n_good, n_bad = part.counts
            msg = (
                f"No card for segment {name!r} ({n_good:,g} good and {n_bad:,g} bad cases): {error}"
            )
            raise type(error)(msg) from error
    for one in caught:
        if issubclass(one.category, CreditScoreWarning):
            warn_user(f"Segment {name!r}: {one.message}", one.category)
        else:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    return model


def _has_one_value(table: Table, column: str) -> bool:
    """Tell whether the rule left a column with one value, missing or not."""
    if table.kind(column) in ("categorical", "ordered"):
        return len(np.unique(table.levels(column)[0])) == 1
    values = table.mixed(column).values if table.kind(column) == "mixed" else table.numeric(column)
    return bool(np.isnan(values).all() or (values == values[0]).all())


def _check_classes(name: str, part: _FitData | None, search: SegmentSearch) -> None:
    """Refuse a segment that lacks a class, and warn of one that holds few cases of it."""
    n_good, n_bad = (0.0, 0.0) if part is None else part.counts
    if not n_bad and not n_good:
        msg = (
            f"Segment {name!r} has no rows, and a card needs goods and bads. Join it with another "
            "segment, or bring rows of it."
        )
        raise InvalidTargetError(msg)
    if not n_bad or not n_good:
        msg = (
            f"Segment {name!r} has one class only: {n_good:,g} good and {n_bad:,g} bad cases, and "
            "a card needs both. Join it with another segment, or bring more cases."
        )
        raise InvalidTargetError(msg)
    if n_bad < search.min_bad or n_good < search.min_good:
        warn_user(
            f"Segment {name!r} has {n_good:,g} good and {n_bad:,g} bad cases, less than the "
            f"{search.min_good:g} and {search.min_bad:g} that a search asks for: its card is "
            "mostly chance. Join it with another segment, or bring more cases.",
            SmallSegmentWarning,
        )


def _check_length(periods: Any, n_rows: int) -> None:
    if periods is not None and len(periods) != n_rows:
        msg = f"X has {n_rows} rows, periods {len(periods)}: give one period a row."
        raise InvalidDataError(msg)
