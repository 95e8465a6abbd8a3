"""t-closeness: how far what a class tells is from what the whole table tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from creditscore._display import html_table
from creditscore._typing import Float1D, Int1D, NativeFrame
from creditscore._validation import check_choice
from creditscore.exceptions import ColumnTypeError
from creditscore.protect._disclosure._classes import (
    RowClasses,
    class_sizes,
    once_each,
    pairs_of,
    read_classes,
    read_sensitive,
)
from creditscore.protect._disclosure._k_anonymity import customer_codes

_SHOWN = 20
_CELLS = 5_000_000
"""Shares that are held at a time."""


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class TCloseness:
    """How far the sensitive values of each class are from all; by :func:`t_closeness`.

    Attributes
    ----------
    sensitive : str
        Column that nobody should learn.
    distances : ndarray of float of shape (n_classes,)
        Distance of each class from the whole table, 0 to 1.
    sizes : ndarray of int of shape (n_classes,)
        Rows, or customers, of each class.
    classes : RowClasses
        Which row is in which class.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.protect import t_closeness
    >>> table = pd.DataFrame({"region": list("NNSS"), "owes": list("abab")})
    >>> t_closeness(table, ["region"], "owes").t
    0.0
    """

    sensitive: str
    distances: Float1D
    sizes: Int1D
    classes: RowClasses

    @property
    def t(self) -> float:
        """Largest distance of a class."""
        return float(self.distances.max())

    def frame(self) -> pd.DataFrame:
        """Return a row a class, the farthest first.

        Returns
        -------
        DataFrame
            The quasi-identifiers, then size (rows, or customers) and distance.
        """
        frame = self.classes.values.assign(size=self.sizes, distance=self.distances)
        return frame.sort_values("distance", ascending=False, kind="stable", ignore_index=True)

    def __repr__(self) -> str:
        """Say t in one line."""
        return (
            f"<TCloseness of {self.sensitive!r}: t = {self.t:.3f}; "
            f"{self.classes.n_classes:,} classes>"
        )

    def _repr_html_(self) -> str:
        """Show the farthest classes."""
        formats = {"size": "{:,}", "distance": "{:.3f}"}
        return html_table(self.frame().head(_SHOWN), caption=repr(self), formats=formats)


def t_closeness(
    table: NativeFrame,
    quasi_identifiers: list[str] | tuple[str, ...],
    sensitive: str,
    *,
    ground: Literal["equal", "ordered"] = "equal",
    customer: str | None = None,
) -> TCloseness:
    r"""Measure how far the sensitive values of a class are from those of the whole table.

    Parameters
    ----------
    table : table of shape (n_rows, n_columns)
        Any pandas, polars or pyarrow table.
    quasi_identifiers : list or tuple of str
        Columns that may be known of a person.
    sensitive : str
        Column that nobody should learn.
    ground : {"equal", "ordered"}, default="equal"
        How far values are from each other: all alike, or by the ranks between them, as numbers
        are.
    customer : str, optional
        Column that says whose row it is: a value counts once for each customer that has it.

    Returns
    -------
    TCloseness

    Raises
    ------
    MissingColumnError
        A column is not in the table.
    InvalidDataError
        The sensitive column has missing values, or a row does not say whose it is.
    ColumnTypeError
        "ordered", and the values have no order.

    Notes
    -----
    The earth mover's distance of the shares p of a class from the shares q of the table, over the
    m values that occur:

    .. math::

        \text{equal:}\; \tfrac{1}{2}\sum_i |p_i - q_i|, \qquad
        \text{ordered:}\; \frac{1}{m-1} \sum_{i=1}^{m-1} \Big|\sum_{j \le i} (p_j - q_j)\Big|

    An ordered category of pandas has its own order, of which only values that occur count. Time is
    that of the rows for "equal", and O(classes · m) for "ordered"; memory does not grow with
    classes · m.

    References
    ----------
    .. [1] N. Li, T. Li, S. Venkatasubramanian, *t-closeness: privacy beyond k-anonymity and
       l-diversity*, IEEE International Conference on Data Engineering, 2007.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.protect import t_closeness
    >>> table = pd.DataFrame({"zip": list("aaabbbccc"),
    ...                       "salary": [3, 4, 5, 6, 8, 11, 7, 9, 10]})
    >>> t_closeness(table, ["zip"], "salary", ground="ordered").frame()
      zip  size  distance
    0   a     3  0.375000
    1   c     3  0.236111
    2   b     3  0.166667
    """
    owner = "t_closeness"
    check_choice(ground, "ground", owner, ("equal", "ordered"))
    classes = read_classes(table, quasi_identifiers, owner=owner)
    values = read_sensitive(table, sensitive, owner=owner, beside=classes.names)
    if ground == "ordered" and not _has_order(values):
        msg = (
            f"Column {sensitive!r} holds neither numbers, dates nor an ordered category, so its "
            "values have no order. Use ground='equal', or give them one."
        )
        raise ColumnTypeError(msg)
    whose = None if customer is None else customer_codes(table, customer, owner=owner)
    kept = classes
    if whose is not None:
        kept, values = once_each(classes, values, whose)
    codes, uniques = pd.factorize(values, sort=ground == "ordered")
    distance = _equal if ground == "equal" else _ordered
    distances = distance(kept.codes, codes.astype(np.intp), classes.n_classes, len(uniques))
    sizes = class_sizes(classes, whose)
    return TCloseness(sensitive=sensitive, distances=distances, sizes=sizes, classes=classes)


def _equal(of_class: Int1D, of_value: Int1D, n_classes: int, n_values: int) -> Float1D:
    """Half the sum of differences, which is the sum of those of values that are too frequent.

    These are values that the class has, so pairs that do not occur need no place.
    """
    places, values, counts = pairs_of(of_class, of_value)
    whole = np.bincount(of_value, minlength=n_values) / len(of_value)
    sizes = np.bincount(of_class, minlength=n_classes)
    above = np.maximum(counts / sizes[places] - whole[values], 0)
    distances: Float1D = np.bincount(places, weights=above, minlength=n_classes).astype(float)
    return distances


def _ordered(of_class: Int1D, of_value: Int1D, n_classes: int, n_values: int) -> Float1D:
    """Mean difference of cumulated shares, some classes at a time."""
    whole = np.bincount(of_value, minlength=n_values) / len(of_value)
    in_order = np.argsort(of_class, kind="stable")
    ends = np.cumsum(np.bincount(of_class, minlength=n_classes))
    at_once = max(1, _CELLS // n_values)
    distances = np.empty(n_classes)
    for first in range(0, n_classes, at_once):
        last = min(first + at_once, n_classes)
        rows = in_order[ends[first - 1] if first else 0 : ends[last - 1]]
        cells = (of_class[rows] - first) * n_values + of_value[rows]
        counts = np.bincount(cells, minlength=(last - first) * n_values).reshape(-1, n_values)
        apart = counts / counts.sum(axis=1, keepdims=True) - whole
        distances[first:last] = np.abs(apart.cumsum(axis=1)).sum(axis=1) / max(n_values - 1, 1)
    return distances


def _has_order(values: pd.Series) -> bool:
    """Tell whether values have an order that is not that of the alphabet."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return bool(values.cat.ordered)
    number = pd.api.types.is_numeric_dtype(values.dtype)
    return bool(number or pd.api.types.is_datetime64_any_dtype(values.dtype))
