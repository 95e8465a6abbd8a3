"""l-diversity: how many different secrets the rows of a class may have."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from creditscore._display import html_table
from creditscore._typing import Bool1D, Float1D, Int1D, NativeFrame
from creditscore._validation import check_integer, check_real
from creditscore.protect._disclosure._classes import (
    RowClasses,
    class_counts,
    class_sizes,
    once_each,
    read_classes,
    read_sensitive,
)
from creditscore.protect._disclosure._k_anonymity import customer_codes

_SHOWN = 20
_LAST = 1e-12


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class LDiversity:
    """How many values of a sensitive column each class has; by :func:`l_diversity`.

    Attributes
    ----------
    quasi_identifiers : tuple of str
        Columns that somebody may know of a person.
    sensitive : str
        Column that nobody should learn.
    classes : RowClasses
        Which row is in which class.
    sizes : ndarray of int of shape (n_classes,)
        Rows, or customers, of each class.
    counts : DataFrame
        A row a class and value: class, value (its number), n; within a class, the largest n first.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.protect import l_diversity
    >>> table = pd.DataFrame({"region": list("NNNSSS"), "owes": list("aabccc")})
    >>> found = l_diversity(table, ["region"], "owes")
    >>> found.distinct, found.recursive(3), found.at_risk(2).tolist()
    (1, 1, [False, False, False, True, True, True])
    """

    quasi_identifiers: tuple[str, ...]
    sensitive: str
    classes: RowClasses
    sizes: Int1D
    counts: pd.DataFrame

    @property
    def distinct_values(self) -> Int1D:
        """Distinct sensitive values of each class."""
        found: Int1D = self.counts.groupby("class").size().to_numpy()
        return found

    @property
    def entropy_values(self) -> Float1D:
        """Exponential of the entropy of each class: values that are as good as equally frequent."""
        share = self._shares
        terms = -share * np.log(share)
        values = np.exp(terms.groupby(self.counts["class"]).sum().to_numpy())
        # of m equally frequent values it is m, and not m but for the last bits
        nearest = np.rint(values)
        entropy: Float1D = np.where(np.abs(values - nearest) <= _LAST * values, nearest, values)
        return entropy

    @property
    def distinct(self) -> int:
        """Fewest distinct values of a class: distinct l-diversity."""
        return int(self.distinct_values.min())

    @property
    def entropy(self) -> float:
        """Largest l of entropy l-diversity: the entropy of each class is at least log l."""
        return float(self.entropy_values.min())

    def recursive(self, c: float) -> int:
        """Return the largest l of recursive (c, l)-diversity; 0 where there is none.

        Parameters
        ----------
        c : float
            How many times as frequent as the rare values together the most frequent may be,
            above 0.

        Returns
        -------
        int
        """
        factor = check_real(c, "c", "LDiversity.recursive", low=0, high=math.inf)
        by_class = self.counts.groupby("class")["n"]
        n = self.counts["n"]
        # what is left from the l-th most frequent value on, which falls with l
        tails = by_class.transform("sum") - by_class.cumsum() + n
        fits = by_class.transform("max") < factor * tails
        return int(fits.groupby(self.counts["class"]).sum().min())

    def at_risk(self, least: int) -> Bool1D:
        """Tell which rows are in a class of fewer distinct values.

        Parameters
        ----------
        least : int
            Values that a class should have, 1 or more.

        Returns
        -------
        ndarray of bool of shape (n_rows,)
        """
        wanted = check_integer(least, "least", "LDiversity.at_risk", low=1)
        few: Bool1D = (self.distinct_values < wanted)[self.classes.codes]
        return few

    def frame(self) -> pd.DataFrame:
        """Return a row a class, the least diverse first.

        Returns
        -------
        DataFrame
            The quasi-identifiers, then size (rows, or customers), distinct, entropy (as values of
            equal frequency) and largest_share of one value, a fraction.
        """
        frame = self.classes.values.assign(
            size=self.sizes,
            distinct=self.distinct_values,
            entropy=self.entropy_values,
            largest_share=self._shares.groupby(self.counts["class"]).max().to_numpy(),
        )
        return frame.sort_values("entropy", kind="stable", ignore_index=True)

    @property
    def _shares(self) -> pd.Series:
        return self.counts["n"] / self.counts.groupby("class")["n"].transform("sum")

    def __repr__(self) -> str:
        """Say the least l of each kind, in one line."""
        return (
            f"<LDiversity of {self.sensitive!r}: distinct {self.distinct}, entropy "
            f"{self.entropy:.2f}; {self.classes.n_classes:,} classes>"
        )

    def _repr_html_(self) -> str:
        """Show the least diverse classes."""
        formats = {
            "size": "{:,}",
            "distinct": "{:,}",
            "entropy": "{:.2f}",
            "largest_share": "{:.0%}",
        }
        return html_table(self.frame().head(_SHOWN), caption=repr(self), formats=formats)


def l_diversity(
    table: NativeFrame,
    quasi_identifiers: list[str] | tuple[str, ...],
    sensitive: str,
    *,
    customer: str | None = None,
) -> LDiversity:
    r"""Measure what is learnt of a person whose class is known, though the row is not.

    Parameters
    ----------
    table : table of shape (n_rows, n_columns)
        Any pandas, polars or pyarrow table.
    quasi_identifiers : list or tuple of str
        Columns that may be known of a person.
    sensitive : str
        Column that nobody should learn; a class in which all have one value gives it away.
    customer : str, optional
        Column that says whose row it is: a value counts once for each customer that has it.

    Returns
    -------
    LDiversity

    Raises
    ------
    MissingColumnError
        A column is not in the table.
    InvalidDataError
        The sensitive column has missing values.
    EmptyDataError
        There are no rows.

    See Also
    --------
    k_anonymity : How many rows look alike.
    t_closeness : How far a class is from the whole table.

    Notes
    -----
    Of the shares p of values in a class, and their counts r₁ ≥ r₂ ≥ … ≥ r_m:

    .. math::

        \text{distinct:}\; m \ge l, \qquad
        \text{entropy:}\; -\sum p \ln p \ge \ln l, \qquad
        \text{recursive:}\; r_1 < c\,(r_l + r_{l+1} + \dots + r_m)

    in every class. Values are told apart as they are; that two of them mean nearly the same, such
    as neighbouring amounts, is not seen: make them coarser first.

    References
    ----------
    .. [1] A. Machanavajjhala, D. Kifer, J. Gehrke, M. Venkitasubramaniam, *l-diversity: privacy
       beyond k-anonymity*, ACM Transactions on Knowledge Discovery from Data 1(1), 2007.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.protect import l_diversity
    >>> table = pd.DataFrame({"region": list("NNNSSS"), "owes": list("aabccd")})
    >>> l_diversity(table, ["region"], "owes")
    <LDiversity of 'owes': distinct 2, entropy 1.89; 2 classes>
    """
    owner = "l_diversity"
    classes = read_classes(table, quasi_identifiers, owner=owner)
    values = read_sensitive(table, sensitive, owner=owner, beside=classes.names)
    whose = None if customer is None else customer_codes(table, customer, owner=owner)
    kept = classes
    if whose is not None:
        kept, values = once_each(classes, values, whose)
    return LDiversity(
        quasi_identifiers=classes.names,
        sensitive=sensitive,
        classes=classes,
        sizes=class_sizes(classes, whose),
        counts=class_counts(kept, values, sensitive),
    )
