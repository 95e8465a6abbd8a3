"""Many tests at once: p-values that bear their number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from creditscore._holm import holm
from creditscore._typing import Float1D
from creditscore._validation import as_floats, check_choice
from creditscore.validate._tests._inputs import check_fractions

Adjustment: TypeAlias = Literal["holm", "bonferroni", "benjamini_hochberg", "benjamini_yekutieli"]
"""How p-values of many tests are adjusted."""
ADJUSTMENTS: tuple[Adjustment, ...] = get_args(Adjustment)


def adjust_p_values(p_values: Any, *, method: Adjustment = "holm") -> Float1D:
    """Adjust p-values for how many tests were made.

    Parameters
    ----------
    p_values : array-like
        p-values of any shape, in [0, 1]; NaN for a test that could not be made.
    method : {"holm", "bonferroni", "benjamini_hochberg", "benjamini_yekutieli"}, default="holm"
        Holm and Bonferroni bound the family-wise error, the chance of even one false alarm.
        Benjamini and Hochberg, and Benjamini and Yekutieli, bound the false discovery rate, the
        expected share of false alarms among all alarms. Holm is never weaker than Bonferroni,
        whatever the tests share. Benjamini and Hochberg need tests that are independent or
        positively dependent; Benjamini and Yekutieli hold for all.

    Returns
    -------
    ndarray
        Adjusted p-values in the places of the given ones, to be compared with the level for the
        whole family. NaN stays NaN, and does not count as a test. Single numbers give a numpy
        float.

    Raises
    ------
    InvalidParameterError
        An unknown method.
    InvalidDataError
        p-values outside [0, 1].

    Notes
    -----
    Of m p-values in rising order p(1) … p(m): Bonferroni m · p; Holm the largest of
    (m - j + 1) · p(j) over j ≤ i [1]_; Benjamini and Hochberg the least of m / j · p(j) over
    j ≥ i [2]_; Benjamini and Yekutieli the same times 1 + 1/2 + … + 1/m [3]_; none above 1.
    O(m log m) time.

    References
    ----------
    .. [1] S. Holm, "A simple sequentially rejective multiple test procedure", *Scandinavian
       Journal of Statistics* 6, 1979, pp. 65-70.
    .. [2] Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate: a practical and
       powerful approach to multiple testing", *Journal of the Royal Statistical Society B* 57,
       1995, pp. 289-300.
    .. [3] Y. Benjamini and D. Yekutieli, "The control of the false discovery rate in multiple
       testing under dependency", *Annals of Statistics* 29, 2001, pp. 1165-1188.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.validate import adjust_p_values
    >>> p_values = [0.01, 0.04, np.nan, 0.03]
    >>> adjust_p_values(p_values)
    array([0.03, 0.06,  nan, 0.06])
    >>> adjust_p_values(p_values, method="benjamini_hochberg")
    array([0.03, 0.04,  nan, 0.04])
    """
    check_choice(method, "method", "adjust_p_values", ADJUSTMENTS)
    given = as_floats(p_values, "p_values")
    known = ~np.isnan(given)
    check_fractions(given[known], "p_values")
    adjusted = given.copy()
    values = given[known]
    order = np.argsort(values, kind="stable")
    moved = np.empty_like(values)
    moved[order] = np.minimum(_METHODS[method](values[order]), 1.0)
    adjusted[known] = moved
    return adjusted[()]


def _bonferroni(rising: Float1D) -> Float1D:
    return len(rising) * rising


def _benjamini_hochberg(rising: Float1D) -> Float1D:
    m = len(rising)
    scaled = m / np.arange(1, m + 1) * rising
    return np.minimum.accumulate(scaled[::-1])[::-1]


def _benjamini_yekutieli(rising: Float1D) -> Float1D:
    harmonic = float((1 / np.arange(1, len(rising) + 1)).sum())
    return harmonic * _benjamini_hochberg(rising)


_METHODS: dict[str, Callable[[Float1D], Float1D]] = {
    "holm": holm,
    "bonferroni": _bonferroni,
    "benjamini_hochberg": _benjamini_hochberg,
    "benjamini_yekutieli": _benjamini_yekutieli,
}
