"""Where customers of each class went between two dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import read_entries
from creditscore._display import INK, clean_axes, counted, html_table, new_axes
from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError
from creditscore.segment._heat import draw_cells, finish
from creditscore.segment._reading import check_same_rows, read_names

_NEW, _GONE = "(new)", "(gone)"


@dataclass(kw_only=True, repr=False)
class ClassMigrationDisplay:
    """Customers by their class at one date and at a later one.

    Made by :meth:`from_classes`.

    Attributes
    ----------
    counts : DataFrame
        A row a class before, a column a class after: customers. The row "(new)" and the column
        "(gone)" are there where customers came and went.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.segment import ClassMigrationDisplay
    >>> before = pd.Series(["ordinary", "ordinary", "high-value"], index=["X", "Y", "Z"])
    >>> after = pd.Series(["high-value", "ordinary", "risk"], index=["W", "Y", "Z"])
    >>> display = ClassMigrationDisplay.from_classes(
    ...     before, after, order=["high-value", "ordinary", "risk"]
    ... )
    >>> display.counts
                high-value  ordinary  risk  (gone)
    high-value           0         0     1       0
    ordinary             0         1     0       1
    risk                 0         0     0       0
    (new)                1         0     0       0
    """

    counts: pd.DataFrame

    @classmethod
    def from_classes(
        cls, initial: Any, current: Any, *, order: Sequence[str] | None = None
    ) -> Self:
        """Pair the classes of two dates.

        Parameters
        ----------
        initial, current : Series or array-like of str
            Classes, none missing. Two pandas Series are paired by their index, in which each
            customer stands once, and may hold different customers; other columns are paired by
            place.
        order : sequence of str, optional
            The classes in the order to show; without, the order in which they occur.

        Raises
        ------
        InvalidDataError
            A missing class, a customer twice, columns of other lengths. EmptyDataError: nobody.
        InvalidParameterError
            `order` lacks a class.
        """
        before, after = _paired(initial, current)
        seen = list(dict.fromkeys([*before, *after]))
        labels = [name for name in seen if name not in (_NEW, _GONE)]
        if order is not None:
            given = read_entries(order, "order", "ClassMigrationDisplay.from_classes")
            lacking = [name for name in labels if name not in given]
            if lacking:
                msg = (
                    "The 'order' parameter of ClassMigrationDisplay.from_classes must hold all "
                    f"classes. It lacks {', '.join(map(repr, lacking))}."
                )
                raise InvalidParameterError(msg)
            labels = list(given)
        rows = [*labels, _NEW] if _NEW in seen else labels
        columns = [*labels, _GONE] if _GONE in seen else labels
        places = [pd.Index(axis).get_indexer(pd.Index(names)) for axis, names in
                  ((rows, before), (columns, after))]  # fmt: skip
        flat = np.bincount(places[0] * len(columns) + places[1],
                           minlength=len(rows) * len(columns))  # fmt: skip
        counts = flat.reshape(len(rows), len(columns))
        return cls(counts=pd.DataFrame(counts, index=rows, columns=columns))

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture.

        Returns
        -------
        DataFrame
            A row a pair of classes: before, after, count, share (of those of the class before).
        """
        rows, columns = self.counts.index, self.counts.columns
        found = pd.DataFrame(
            {
                "before": np.repeat(rows.to_numpy(), len(columns)),
                "after": np.tile(columns.to_numpy(), len(rows)),
                "count": self.counts.to_numpy().ravel(),
            }
        )
        total = found.groupby("before", sort=False)["count"].transform("sum")
        return found.assign(share=np.where(total > 0, found["count"] / total.clip(lower=1), np.nan))

    def plot(self, ax: Any = None) -> Self:
        """Draw the share of each class that went where; the axes are then in ``ax_``.

        Parameters
        ----------
        ax : Axes, optional
            A new figure without.
        """
        counts = self.counts.to_numpy(dtype=np.float64)
        rows, columns = list(self.counts.index), list(self.counts.columns)
        total = counts.sum(axis=1, keepdims=True)
        share = np.divide(counts, total, out=np.full(counts.shape, np.nan), where=total > 0)
        texts = np.array(
            [
                ["" if not n else f"{int(n):,}\n{s:.0%}" for n, s in zip(*row, strict=True)]
                for row in zip(counts, share, strict=True)
            ],
            dtype=object,
        ).reshape(counts.shape)
        size = (1.8 + 1.0 * len(columns), 1.4 + 0.55 * len(rows))
        ax = new_axes(ax, size=size)
        named = [f"{name} ({int(n):,})" for name, n in zip(rows, total[:, 0], strict=True)]
        draw_cells(ax, share, texts, rows=named, columns=columns, size=8.5)
        clean_axes(ax, title="Classes before (rows) and after (columns)")
        finish(ax)
        ax.set_xlabel("class after", color=INK, fontsize=9)
        ax.set_ylabel("class before (customers)", color=INK, fontsize=9)
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line how many changed."""
        both = self.counts.drop(index=_NEW, columns=_GONE, errors="ignore")
        n = int(both.to_numpy().sum())
        stayed = int(np.trace(both.to_numpy()))
        return f"ClassMigrationDisplay({counted(n, 'customer')}, {n - stayed:,} changed class)"

    def _repr_html_(self) -> str:
        """Show the counts."""
        shown = self.counts.rename_axis("before").reset_index()
        return html_table(shown, caption=repr(self), formats={})


def _paired(initial: Any, current: Any) -> tuple[list[str], list[str]]:
    if not (isinstance(initial, pd.Series) and isinstance(current, pd.Series)):
        check_same_rows(initial=initial, current=current)
        before, after = _read(initial, "initial"), _read(current, "current")
        if not before:
            msg = "There are no customers, so nobody changed class."
            raise EmptyDataError(msg)
        return before, after
    parts = []
    for name, given in (("initial", initial), ("current", current)):
        if not given.index.is_unique:
            twice = given.index[given.index.duplicated()][0]
            msg = f"{name} holds the customer {twice!r} twice. Give each customer once."
            raise InvalidDataError(msg)
        parts.append(pd.Series(_read(given, name), index=given.index, dtype=object))
    everybody = parts[0].index.union(parts[1].index, sort=False)
    if not len(everybody):
        msg = "There are no customers, so nobody changed class."
        raise EmptyDataError(msg)
    before = parts[0].reindex(everybody).fillna(_NEW).tolist()
    return before, parts[1].reindex(everybody).fillna(_GONE).tolist()


def _read(values: Any, name: str) -> list[str]:
    codes, found = read_names(values, name)
    if (codes < 0).any():
        msg = (
            f"{name} has {int((codes < 0).sum())} missing value(s), the first at row "
            f"{int((codes < 0).argmax())}. Call such a class 'unknown'."
        )
        raise InvalidDataError(msg)
    names = np.array([*found, ""], dtype=object)[codes]
    return [str(label) for label in names]
