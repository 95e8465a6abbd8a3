"""Customers with their classes, the bands these come from, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from creditscore._display import counted, html_table
from creditscore._typing import Float1D, Int1D
from creditscore.exceptions import InvalidDataError
from creditscore.segment._grid._bands import CHINESE
from creditscore.segment._grid._customer_class import UNKNOWN_CLASS
from creditscore.segment._reading import UNKNOWN, named, read_numbers

if TYPE_CHECKING:
    from creditscore.segment._grid._grid import CustomerGrid


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ClassifiedCustomers:
    """Classes of customers by a grid, with bands and reasons.

    Made by :meth:`CustomerGrid.classify`.

    Attributes
    ----------
    classes : Series of str in the library and index of the first Series given, else ndarray of str
        The class of each customer; "unknown" where a needed fact is missing.
    grid : CustomerGrid
        What they were classified by.
    class_codes : ndarray of int of shape (n_customers,)
        Places in the classes of the grid; their number for "unknown".
    value_codes, potential_codes, risk_codes : ndarray of int of shape (n_customers,)
        Places in the bands of the grid; -1 for a missing fact.
    reasons, reasons_zh : ndarray of str of shape (n_customers,)
        Why, in English and in Chinese.
    index : Index
        Labels of the customers, or their places.

    Examples
    --------
    >>> from creditscore.segment import Bands, CustomerGrid, RiskBands
    >>> grid = CustomerGrid.standard(
    ...     value=Bands(bounds=(10_000, 50_000)),
    ...     potential=Bands(bounds=(20_000, 100_000)),
    ...     risk=RiskBands(grades={"A": "low", "B": "medium", "C": "high", "D": "default"}),
    ... )
    >>> found = grid.classify([80_000, 5_000, 1_000], [0, 0, 400_000], ["A", None, "D"])
    >>> found
    <ClassifiedCustomers: 3 customers: 1 high-value, 1 default, 1 unknown>
    >>> found.frame()["reason_zh"].iloc[0]
    '价值高（50,000及以上），潜力低（低于20,000），风险低（评级A）'
    >>> found.counts(exposure=[100, 20, 50]).query("count > 0")
       value potential     risk       class  count     share  exposure
    11   low      high  default     default      1  0.333333      50.0
    24  high       low      low  high-value      1  0.333333     100.0
    36   low       low  unknown     unknown      1  0.333333      20.0
    """

    classes: Any
    grid: CustomerGrid
    class_codes: Int1D
    value_codes: Int1D
    potential_codes: Int1D
    risk_codes: Int1D
    reasons: np.ndarray[Any, Any]
    reasons_zh: np.ndarray[Any, Any]
    index: pd.Index

    def frame(self) -> pd.DataFrame:
        """Return a row a customer: class, class_zh, value, potential, risk, reason, reason_zh."""
        grid, known = self.grid, self.class_codes < len(self.grid.classes)
        codes = np.where(known, self.class_codes, -1)
        names_zh = np.array([*(c.name_zh for c in grid.classes), UNKNOWN_CLASS[1]], dtype=object)
        columns = {
            "class": named([c.name for c in grid.classes], codes),
            "class_zh": names_zh[codes],
            "value": named(grid.value.labels, self.value_codes),
            "potential": named(grid.potential.labels, self.potential_codes),
            "risk": named(grid.risk.bands, self.risk_codes),
            "reason": self.reasons,
            "reason_zh": self.reasons_zh,
        }
        return pd.DataFrame(columns, index=self.index)

    def counts(self, exposure: Any = None) -> pd.DataFrame:
        """Count the customers of each cell, and add up what they owe.

        Parameters
        ----------
        exposure : array-like of shape (n_customers,), optional
            Amount outstanding, or any other that adds up; zero or more.

        Returns
        -------
        DataFrame
            A row a cell of the grid, empty ones too, then one for each combination with a missing
            fact that occurs: value, potential, risk, class, count, share, and exposure where it is
            given.

        Raises
        ------
        InvalidDataError
            Exposure of other customers, missing or negative.
        """
        grid = self.grid
        axes = (grid.value.labels, grid.potential.labels, grid.risk.bands)
        codes = (self.value_codes, self.potential_codes, self.risk_codes)
        shape = tuple(len(axis) + 1 for axis in axes)
        flat = np.ravel_multi_index(
            [np.where(c < 0, n - 1, c) for c, n in zip(codes, shape, strict=True)], shape
        )
        size = int(np.prod(shape))
        count = np.bincount(flat, minlength=size)
        amount = None
        if exposure is not None:
            amount = np.bincount(flat, weights=self._exposure(exposure), minlength=size)
        places = np.stack(np.unravel_index(np.arange(size), shape), axis=1)
        whole = (places < np.array(shape) - 1).all(axis=1)
        rows = whole | (count > 0)
        names = [*(c.name for c in grid.classes), UNKNOWN]
        table = pd.DataFrame(
            {
                **{
                    name: np.array([*axis, UNKNOWN], dtype=object)[places[:, n]]
                    for n, (name, axis) in enumerate(
                        zip(("value", "potential", "risk"), axes, strict=True)
                    )
                },
                "class": np.array(names, dtype=object)[grid._class_codes.ravel()],  # noqa: SLF001
                "count": count,
                "share": count / max(1, len(flat)),
            }
        )
        if amount is not None:
            table["exposure"] = amount
        order = np.concatenate([np.flatnonzero(rows & whole), np.flatnonzero(rows & ~whole)])
        return table.iloc[order].reset_index(drop=True)

    def class_counts(self, exposure: Any = None) -> pd.DataFrame:
        """Count the customers of each class, and add up what they owe.

        Parameters
        ----------
        exposure : array-like of shape (n_customers,), optional
            As in :meth:`counts`.

        Returns
        -------
        DataFrame
            A row a class and one for "unknown": class, class_zh, meaning, count, share, and
            exposure where it is given.
        """
        classes = self.grid.classes
        count = np.bincount(self.class_codes, minlength=len(classes) + 1)
        table = pd.DataFrame(
            {
                "class": [*(c.name for c in classes), UNKNOWN],
                "class_zh": [*(c.name_zh for c in classes), CHINESE[UNKNOWN]],
                "meaning": [*(c.meaning for c in classes), "a needed fact is missing"],
                "count": count,
                "share": count / max(1, len(self.class_codes)),
            }
        )
        if exposure is not None:
            weights = self._exposure(exposure)
            table["exposure"] = np.bincount(
                self.class_codes, weights=weights, minlength=len(classes) + 1
            )
        return table

    def _exposure(self, exposure: Any) -> Float1D:
        amounts = read_numbers(exposure, "exposure")
        n = len(self.class_codes)
        other = isinstance(exposure, pd.Series) and not exposure.index.equals(self.index)
        if len(amounts) != n or (other and not isinstance(self.index, pd.RangeIndex)):
            msg = (
                f"exposure must be an amount for each of the {counted(n, 'customer')}, with their "
                f"index. Got {len(amounts):,} values{' of another index' if other else ''}."
            )
            raise InvalidDataError(msg)
        wrong = ~(amounts >= 0)
        if wrong.any():
            row = int(wrong.argmax())
            msg = (
                f"exposure must be zero or more, and known. Got {amounts[row]:g} at row {row}, and "
                f"{int(wrong.sum())} such value(s) in all."
            )
            raise InvalidDataError(msg)
        return amounts

    def __repr__(self) -> str:
        """Say in one line how many are of which class."""
        count = np.bincount(self.class_codes, minlength=len(self.grid.classes) + 1)
        names = [*(c.name for c in self.grid.classes), UNKNOWN]
        parts = ", ".join(f"{n:,} {name}" for n, name in zip(count, names, strict=True) if n)
        return f"<ClassifiedCustomers: {counted(len(self.class_codes), 'customer')}: {parts}>"

    def _repr_html_(self) -> str:
        """Show how many are of which class."""
        formats = {"share": "{:.1%}"}
        return html_table(self.class_counts(), caption="Classes of customers", formats=formats)
