"""Discrimination of a score by segment or by period."""

from __future__ import annotations

import math
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore._validation import check_order, check_real, check_row_counts
from creditscore.exceptions import InvalidDataError
from creditscore.metrics._class_counts import ClassCounts
from creditscore.metrics._discrimination import area_interval
from creditscore.metrics._inputs import read_cases
from creditscore.metrics._ks import largest_ks

_NOT_KNOWN = dict.fromkeys(("auc", "lower", "upper", "gini", "ks"), math.nan)


def discrimination_table(
    is_bad: Any, score: Any, by: Any, *, level: float = 0.95, sample_weight: Any = None
) -> pd.DataFrame:
    """Measure AUC, Gini and KS of a score in each segment or period.

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good.
    score : array-like of shape (n_samples,)
        Higher is safer. For a probability of default, pass ``-prob_default``.
    by : array-like of shape (n_samples,)
        Segment or period of each case: text, numbers, dates, periods or categories.
    level : float, default=0.95
        Confidence level in (0, 1).
    sample_weight : array-like of shape (n_samples,), optional
        Counts of rows, whole numbers, zero or more, as the intervals need them.

    Returns
    -------
    DataFrame
        A row a segment: segment (as given), count, n_bad, bad_rate, auc, lower and upper
        (DeLong's interval of the AUC), gini, ks and note. Categories come in their own order,
        those of no case left out, and other values sorted. A segment of one class has NaN in
        place of measures, one with a single case of a class no interval, and note says so; it is
        "" otherwise.

    Raises
    ------
    InvalidTargetError
        Missing outcomes; outcomes and scores that were swapped.
    InvalidDataError
        Missing scores or segments, columns of different lengths or of one index in different
        orders, weights that are no whole numbers.

    Notes
    -----
    Segments differ in AUC by chance, and because a segment whose cases are alike is harder to
    rank: the score over all cases may have a higher AUC than in any segment. An interval is that
    of one segment by itself. O(n log n) time.

    Examples
    --------
    >>> from creditscore.metrics import discrimination_table
    >>> table = discrimination_table(
    ...     [1, 0, 1, 0, 1, 0, 0], [1, 2, 3, 2, 1, 4, 5], ["a", "a", "a", "a", "b", "b", "c"]
    ... )
    >>> table[["segment", "count", "n_bad", "auc", "ks", "note"]]
      segment  count  n_bad  auc   ks                                    note
    0       a    4.0    2.0  0.5  0.5
    1       b    2.0    1.0  1.0  1.0  one bad and one good case: no interval
    2       c    1.0    0.0  NaN  NaN                             no bad case
    """
    check_real(level, "level", "discrimination_table", low=0, high=1)
    check_order(is_bad=is_bad, score=score, by=by, sample_weight=sample_weight)
    bad, values, weights = read_cases(is_bad, score, sample_weight, one_class=True)
    check_row_counts(weights)
    codes, labels = _segments(by, len(bad))
    rows = np.ones(len(bad)) if weights is None else weights
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=len(labels)))
    parts = np.split(order, ends[:-1])
    table = pd.DataFrame([_measures(bad[part], values[part], rows[part], level) for part in parts])
    table.insert(0, "segment", labels)
    return table


def _segments(by: Any, n_rows: int) -> tuple[Int1D, pd.Index]:
    """Return the place of each row's segment, and the segments, those without a row left out."""
    try:
        if nw.dependencies.is_into_series(by):
            by = nw.from_native(by, series_only=True).to_pandas()
        given = pd.Series(by).reset_index(drop=True)
    except (TypeError, ValueError) as error:
        msg = f"by must be one segment or period a case. Got {type(by).__name__}: {error}"
        raise InvalidDataError(msg) from error
    if len(given) != n_rows:
        msg = f"by must be one segment for each of the {n_rows} scores. Got {len(given)}."
        raise InvalidDataError(msg)
    missing = given.isna()
    if missing.any():
        msg = (
            f"by has {int(missing.sum())} missing value(s), the first at row "
            f"{int(missing.argmax())}. Give those cases a segment of their own, or leave them out."
        )
        raise InvalidDataError(msg)
    if isinstance(given.dtype, pd.CategoricalDtype):
        given = given.cat.remove_unused_categories()
        return given.cat.codes.to_numpy(dtype=np.intp), pd.Index(given.cat.categories)
    try:
        codes, labels = pd.factorize(given, sort=True)
    except TypeError as error:
        msg = f"by must hold values that can be sorted, of one kind. {error}."
        raise InvalidDataError(msg) from error
    return codes, pd.Index(labels)


def _measures(bad: Bool1D, score: Float1D, rows: Float1D, level: float) -> dict[str, Any]:
    """Measure one segment."""
    n_bad, count = float(rows[bad].sum()), float(rows.sum())
    n_good = count - n_bad
    row = {"count": count, "n_bad": n_bad, "bad_rate": n_bad / count if count else math.nan}
    for n, name in ((n_bad, "bad"), (n_good, "good")):
        if n == 0:
            note = f"no {name} case" if count else "no case of any weight"
            return row | _NOT_KNOWN | {"note": note}
    counts = ClassCounts.from_scores(bad, score, rows)
    single = [name for n, name in ((n_bad, "bad"), (n_good, "good")) if n == 1]
    area = float(counts.good @ counts.share_bad_below / counts.good.sum())
    lower, upper = (math.nan, math.nan) if single else area_interval(counts, level)[1:3]
    note = f"one {' and one '.join(single)} case: no interval" if single else ""
    return row | {
        "auc": area,
        "lower": lower,
        "upper": upper,
        "gini": 2 * area - 1,
        "ks": largest_ks(counts),
        "note": note,
    }
