"""Kendall's W: how far several raters rank the same items alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import chi2, rankdata

from creditscore._display import Format, counted, html_table, p_value_text
from creditscore._frame import as_table
from creditscore._typing import Float2D, NativeFrame
from creditscore._validation import check_integer, check_random_state
from creditscore.exceptions import EmptyDataError, InvalidDataError
from creditscore.expert._complete_columns import number_column
from creditscore.expert._weights._experts import row_labels

_ROWS_AT_ONCE = 1_000
"""Permutations that are drawn together: bounds the memory."""
_SAME = 1e-9
"""Part of the sum of squares up to which two of them are equal but for rounding."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Concordance:
    """Kendall's W of several raters, with its test against ranks by chance.

    Made by :func:`kendall_w`.

    Attributes
    ----------
    n_raters, n_items : int
        Raters, and items that each of them rated.
    sum_of_squares : float
        S: squared differences of the rank sums of the items from their mean.
    ties : float
        T: the sum of t³ − t over all groups of t tied items of all raters; 0 without ties.
    n_permutations : int
        Random rankings that were drawn, 0 for none.
    permutation_p_value : float or None
        Share of them, and of what was seen, whose W is as large or larger; None for none drawn.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.expert import kendall_w
    >>> opinions = pd.DataFrame([[5, 3, 1], [4, 3, 2], [5, 2, 2]], columns=["a", "b", "c"])
    >>> kendall_w(opinions)
    Concordance(W = 0.939 of 3 raters, 3 items; chi-square 5.64, df 2, p 0.0597)
    """

    n_raters: int
    n_items: int
    sum_of_squares: float
    ties: float
    n_permutations: int = 0
    permutation_p_value: float | None = None

    @property
    def w(self) -> float:
        """W corrected for ties, in [0, 1]: 1 if all rank alike."""
        m, n = self.n_raters, self.n_items
        return min(1.0, 12 * self.sum_of_squares / (m**2 * (n**3 - n) - m * self.ties))

    @property
    def w_uncorrected(self) -> float:
        """W without the correction: below 1 where ties are, even if all rank alike."""
        m, n = self.n_raters, self.n_items
        return 12 * self.sum_of_squares / (m**2 * (n**3 - n))

    @property
    def df(self) -> int:
        """Degrees of freedom: items less one."""
        return self.n_items - 1

    @property
    def chi_square(self) -> float:
        """Test statistic m (n − 1) W, corrected for ties."""
        return self.n_raters * self.df * self.w

    @property
    def chi_square_uncorrected(self) -> float:
        """Test statistic m (n − 1) W without the correction."""
        return self.n_raters * self.df * self.w_uncorrected

    @property
    def p_value(self) -> float:
        """Chance of so large a W or a larger one if all ranked by chance (χ², with ties)."""
        return float(chi2.sf(self.chi_square, self.df))

    @property
    def p_value_uncorrected(self) -> float:
        """The same without the correction for ties."""
        return float(chi2.sf(self.chi_square_uncorrected, self.df))

    def table(self) -> pd.DataFrame:
        """Return a row with, and one without the correction for ties.

        Returns
        -------
        DataFrame
            ties ("corrected", "uncorrected"), w, chi_square, df, p_value.
        """
        return pd.DataFrame(
            {
                "ties": ["corrected", "uncorrected"],
                "w": [self.w, self.w_uncorrected],
                "chi_square": [self.chi_square, self.chi_square_uncorrected],
                "df": self.df,
                "p_value": [self.p_value, self.p_value_uncorrected],
            }
        )

    def __repr__(self) -> str:
        """Say in one line how far raters agree."""
        drawn = (
            "" if self.permutation_p_value is None
            else f", drawn p {self.permutation_p_value:.4f}"
        )  # fmt: skip
        return (
            f"Concordance(W = {self.w:.3f} of {counted(self.n_raters, 'rater')}, "
            f"{counted(self.n_items, 'item')}; chi-square {self.chi_square:.2f}, df {self.df}, "
            f"p {p_value_text(self.p_value)}{drawn})"
        )

    def _repr_html_(self) -> str:
        """Show the table."""
        formats: dict[str, Format] = {
            "w": "{:.4f}",
            "chi_square": "{:.3f}",
            "p_value": p_value_text,
        }
        caption = f"Kendall's W of {self.n_raters} raters, {self.n_items} items"
        return html_table(self.table(), caption=caption, formats=formats)


def kendall_w(
    ratings: NativeFrame, *, n_permutations: int = 0, random_state: Any = 0
) -> Concordance:
    r"""Measure how far raters rank the same items alike, by Kendall's W.

    Parameters
    ----------
    ratings : table of shape (n_raters, n_items)
        A row a rater, a column an item; two or more of each. Numbers such as scores, weights or
        ranks; each rater's are turned into ranks, equal ones sharing their mean rank. R's irr
        wants this table transposed.
    n_permutations : int, default=0
        Random rankings to draw for a second p-value, 0 for none. With few raters or items, below
        some 7 items or 20 ratings, χ² is a rough approximation, and 9,999 of these are better.
    random_state : int or numpy.random.Generator, default=0
        Seed of the random rankings; the same one gives the same p-value.

    Returns
    -------
    Concordance

    Raises
    ------
    EmptyDataError
        Fewer than two raters or items.
    InvalidDataError
        A rating is missing (the message names rater and item), or every rater rates all items
        alike, so that nothing is ranked.
    InfiniteValueError, ColumnTypeError
        A rating is infinite, or no number.
    InvalidParameterError
        `n_permutations` or `random_state` are not what they should be.

    Notes
    -----
    With the rank sums :math:`R_i` of :math:`n` items by :math:`m` raters,
    :math:`S = \sum_i (R_i - \bar R)^2` and :math:`T = \sum (t^3 - t)` over all groups of
    :math:`t` ties of all raters,

    .. math:: W = \frac{12 S}{m^2 (n^3 - n) - m T}, \qquad \chi^2 = m (n - 1) W

    with :math:`n - 1` degrees of freedom. Permutations shuffle the ranks of each rater, ties and
    all; the p-value is :math:`(1 + \#\{S^* \ge S\}) / (1 + B)`. Costs
    O(raters · items · log items), times the permutations.

    References
    ----------
    M. G. Kendall and B. Babington Smith, "The problem of m rankings", *Annals of Mathematical
    Statistics* 10, 1939. S. Siegel and N. J. Castellan, *Nonparametric Statistics for the
    Behavioral Sciences*, 2nd ed., McGraw-Hill, 1988, ch. 9.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.expert import kendall_w
    >>> opinions = pd.DataFrame(
    ...     [[5, 3, 1, 2], [4, 3, 2, 1], [5, 4, 2, 2]], columns=["profit", "debt", "size", "age"]
    ... )
    >>> agreement = kendall_w(opinions, n_permutations=999)
    >>> agreement
    Concordance(W = 0.931 of 3 raters, 4 items; chi-square 8.38, df 3, p 0.0388, drawn p 0.0070)
    """
    check_integer(n_permutations, "n_permutations", "kendall_w", low=0)
    rng = check_random_state(random_state, "kendall_w")
    ranks = _ranks(ratings)
    n_raters, n_items = ranks.shape
    ties = _ties(ranks)
    if ties == n_raters * (n_items**3 - n_items):
        msg = (
            f"Each of the {n_raters} raters rates all {n_items} items alike, so that nothing is "
            "ranked and W is not defined (0/0). Ask for ratings that tell the items apart."
        )
        raise InvalidDataError(msg)
    seen = _sum_of_squares(ranks.sum(axis=0))
    return Concordance(
        n_raters=n_raters,
        n_items=n_items,
        sum_of_squares=seen,
        ties=ties,
        n_permutations=int(n_permutations),
        permutation_p_value=(
            _share_as_large(rng, ranks, seen, int(n_permutations)) if n_permutations else None
        ),
    )


def _ranks(ratings: NativeFrame) -> Float2D:
    table = as_table(ratings)
    if table.n_rows < 2 or len(table.names) < 2:
        msg = (
            "kendall_w needs two raters (rows) and two items (columns) or more. Got "
            f"{counted(table.n_rows, 'rater')} and {counted(len(table.names), 'item')}."
        )
        raise EmptyDataError(msg)
    columns = [number_column(table, name) for name in table.names]
    values = np.column_stack(columns)
    _refuse_missing(values, row_labels(ratings, table.n_rows), table.names)
    return np.asarray(rankdata(values, axis=1))


def _refuse_missing(values: Float2D, raters: Sequence[str], items: Sequence[str]) -> None:
    missing = np.isnan(values)
    if not missing.any():
        return
    row = int(missing.any(axis=1).argmax())
    lacking = [name for name, gap in zip(items, missing[row], strict=True) if gap]
    others = int(missing.any(axis=1).sum()) - 1
    more = f" So do {counted(others, 'other rater')}." if others else ""
    msg = (
        f"Rater {raters[row]!r} lacks {counted(len(lacking), 'rating')} (NaN): "
        f"{', '.join(map(repr, lacking[:10]))}{' …' if len(lacking) > 10 else ''}.{more} Kendall's "
        "W needs every item rated by every rater: leave out raters or items that are not complete."
    )
    raise InvalidDataError(msg)


def _ties(ranks: Float2D) -> float:
    """Return the sum of t³ − t over all groups of ties."""
    sizes = [np.unique(row, return_counts=True)[1].astype(np.float64) for row in ranks]
    return float(sum((size**3 - size).sum() for size in sizes))


def _sum_of_squares(rank_sums: Any) -> float:
    return float(((rank_sums - rank_sums.mean()) ** 2).sum())


def _share_as_large(
    rng: np.random.Generator, ranks: Float2D, seen: float, n_permutations: int
) -> float:
    n_raters, n_items = ranks.shape
    middle = n_raters * (n_items + 1) / 2
    as_large = 0
    for start in range(0, n_permutations, _ROWS_AT_ONCE):
        size = min(_ROWS_AT_ONCE, n_permutations - start)
        sums = np.zeros((size, n_items))
        for row in ranks:
            sums += rng.permuted(np.broadcast_to(row, (size, n_items)), axis=1)
        squares = ((sums - middle) ** 2).sum(axis=1)
        as_large += int((squares >= seen * (1 - _SAME)).sum())
    return (1 + as_large) / (1 + n_permutations)
