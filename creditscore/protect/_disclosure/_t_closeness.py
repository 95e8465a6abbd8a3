"""t-closeness: how far what a class tells is from what the whole table tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from creditscore._display import html_table
from creditscore._typing import Float1D, NativeFrame
from creditscore._validation import check_choice
from creditscore.exceptions import ColumnTypeError
from creditscore.protect._disclosure._classes import (
    RowClasses,
    read_classes,
    read_sensitive,
)

_SHOWN = 20


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class TCloseness:
    """How far the sensitive values of each class are from all; by :func:`t_closeness`.

    Attributes
    ----------
    sensitive : str
        Column that nobody should learn.
    distances : ndarray of float of shape (n_classes,)
        Distance of each class from the whole table, 0 to 1.
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
            The quasi-identifiers, then size and distance.
        """
        sizes = np.bincount(self.classes.codes, minlength=self.classes.n_classes)
        frame = self.classes.values.assign(size=sizes, distance=self.distances)
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

    Returns
    -------
    TCloseness

    Raises
    ------
    MissingColumnError
        A column is not in the table.
    InvalidDataError
        The sensitive column has missing values.
    ColumnTypeError
        "ordered", and the values have no order.

    Notes
    -----
    The earth mover's distance of the shares p of a class from the shares q of the table, over the
    m values that occur:

    .. math::

        \text{equal:}\; \tfrac{1}{2}\sum_i |p_i - q_i|, \qquad
        \text{ordered:}\; \frac{1}{m-1} \sum_{i=1}^{m-1} \Big|\sum_{j \le i} (p_j - q_j)\Big|

    An ordered category of pandas has its own order, of which only values that occur count. Time
    and memory are O(classes · m).

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
    codes, uniques = pd.factorize(values, sort=ground == "ordered")
    shares = np.zeros((classes.n_classes, len(uniques)))
    np.add.at(shares, (classes.codes, codes), 1.0)
    whole = shares.sum(axis=0) / classes.n_rows
    apart = shares / shares.sum(axis=1, keepdims=True) - whole
    if ground == "equal":
        distances = np.abs(apart).sum(axis=1) / 2
    else:
        distances = np.abs(apart.cumsum(axis=1)).sum(axis=1) / max(len(uniques) - 1, 1)
    return TCloseness(sensitive=sensitive, distances=distances, classes=classes)


def _has_order(values: pd.Series) -> bool:
    """Tell whether values have an order that is not that of the alphabet."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return bool(values.cat.ordered)
    number = pd.api.types.is_numeric_dtype(values.dtype)
    return bool(number or pd.api.types.is_datetime64_any_dtype(values.dtype))
