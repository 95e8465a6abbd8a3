"""k-anonymity: how many rows look alike to whoever knows some columns."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from creditscore._display import counted, html_table
from creditscore._frame import read_named
from creditscore._typing import Bool1D, Int1D, NativeFrame
from creditscore._validation import check_integer
from creditscore.exceptions import InvalidDataError
from creditscore.protect._disclosure._classes import (
    RowClasses,
    class_sizes,
    factorised,
    native_column,
    read_classes,
)

_SHOWN = 20


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class KAnonymity:
    """How many persons share each combination of quasi-identifiers; by :func:`k_anonymity`.

    Attributes
    ----------
    quasi_identifiers : tuple of str
        Columns that somebody may know of a person.
    sizes : ndarray of int of shape (n_classes,)
        Rows, or customers, of each class.
    classes : RowClasses
        Which row is in which class.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.protect import k_anonymity
    >>> table = pd.DataFrame({"region": ["N", "N", "S"], "born": [1970, 1970, 1980]})
    >>> found = k_anonymity(table, ["region", "born"])
    >>> found.k, found.n_at_risk(2), found.at_risk(2).tolist()
    (1, 1, [False, False, True])
    """

    quasi_identifiers: tuple[str, ...]
    sizes: Int1D
    classes: RowClasses

    @property
    def k(self) -> int:
        """Size of the smallest class: the table is k-anonymous for this k."""
        return int(self.sizes.min())

    @property
    def n_classes(self) -> int:
        """How many classes there are."""
        return len(self.sizes)

    @property
    def n_unique(self) -> int:
        """Classes of one: who knows the quasi-identifiers knows the row."""
        return int((self.sizes == 1).sum())

    @property
    def mean_risk(self) -> float:
        """Mean over rows of one over the size of their class: the chance of a right guess."""
        return float((1 / self.sizes)[self.classes.codes].mean())

    def at_risk(self, k: int) -> Bool1D:
        """Tell which rows are in a class of fewer than k.

        Parameters
        ----------
        k : int
            Size that a class should have, 1 or more.

        Returns
        -------
        ndarray of bool of shape (n_rows,)
        """
        least = check_integer(k, "k", "KAnonymity.at_risk", low=1)
        few: Bool1D = (self.sizes < least)[self.classes.codes]
        return few

    def n_at_risk(self, k: int) -> int:
        """Count the rows in classes of fewer than k.

        Parameters
        ----------
        k : int
            Size that a class should have, 1 or more.
        """
        return int(self.at_risk(k).sum())

    def frame(self) -> pd.DataFrame:
        """Return a row a class, the smallest first.

        Returns
        -------
        DataFrame
            The quasi-identifiers, then size.
        """
        frame = self.classes.values.assign(size=self.sizes)
        return frame.sort_values("size", kind="stable", ignore_index=True)

    def __repr__(self) -> str:
        """Say k and what it rests on, in one line."""
        return (
            f"<KAnonymity: k = {self.k}; {counted(self.classes.n_rows, 'row')}, "
            f"{self.n_classes:,} class{'' if self.n_classes == 1 else 'es'}, "
            f"{self.n_unique:,} of one>"
        )

    def _repr_html_(self) -> str:
        """Show the smallest classes."""
        return html_table(self.frame().head(_SHOWN), caption=repr(self), formats={"size": "{:,}"})


def k_anonymity(
    table: NativeFrame,
    quasi_identifiers: list[str] | tuple[str, ...],
    *,
    customer: str | None = None,
) -> KAnonymity:
    r"""Count how many rows share each combination of columns that somebody may know.

    Parameters
    ----------
    table : table of shape (n_rows, n_columns)
        Any pandas, polars or pyarrow table.
    quasi_identifiers : list or tuple of str
        Columns that may be known of a person, such as region, year of birth and sex.
    customer : str, optional
        Column that says whose row it is, where a customer has many: customers are counted then,
        since five rows of one hide nobody.

    Returns
    -------
    KAnonymity

    Raises
    ------
    MissingColumnError
        A column is not in the table.
    EmptyDataError
        There are no rows.
    InvalidDataError
        A row does not say whose it is.

    See Also
    --------
    l_diversity : What the rows of a class still tell.
    to_bands, to_prefixes, to_periods : Make values coarser, and classes larger.

    Notes
    -----
    .. math:: k = \min_c n_c

    over the classes c of rows that are equal in all quasi-identifiers. A missing value is a value
    of its own, so it hides nobody. Values are compared as they are: ``"a"`` and ``"A"`` are two.
    With `customer`, whoever has rows in several classes is counted in each; what all of them
    together tell is more, and :func:`release_table` refuses to join them. Time is O(n · columns).

    References
    ----------
    .. [1] L. Sweeney, *k-anonymity: a model for protecting privacy*, International Journal on
       Uncertainty, Fuzziness and Knowledge-based Systems 10(5), 2002, 557-570.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.protect import k_anonymity
    >>> table = pd.DataFrame({"region": ["N", "N", "S", "S"], "born": [1970, 1970, 1980, 1980]})
    >>> k_anonymity(table, ["region", "born"])
    <KAnonymity: k = 2; 4 rows, 2 classes, 0 of one>
    """
    classes = read_classes(table, quasi_identifiers, owner="k_anonymity")
    whose = None if customer is None else customer_codes(table, customer, owner="k_anonymity")
    sizes = class_sizes(classes, whose)
    return KAnonymity(quasi_identifiers=classes.names, sizes=sizes, classes=classes)


def customer_codes(table: NativeFrame, name: str, *, owner: str) -> Int1D:
    """Return whose row each is, as codes."""
    read_named(table, [name], reader=owner)
    column = native_column(table, name)
    n_missing = int(column.isna().sum())
    if n_missing:
        msg = (
            f"Column {name!r} has {n_missing} missing value(s), so that {owner} cannot tell whose "
            "rows they are."
        )
        raise InvalidDataError(msg)
    return factorised(name, column)[0]
