"""A grid of value, potential and risk, each cell of which names a class of customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any, ClassVar, Literal, Self, TypeAlias

import numpy as np
import pandas as pd

from creditscore._checks import check_kind, read_entries, unknown_name
from creditscore._display import counted, html_table
from creditscore._document import JsonDocument
from creditscore._frame import like
from creditscore._typing import Int1D, NativeFrame
from creditscore._validation import check_choice
from creditscore.exceptions import InvalidParameterError
from creditscore.segment._grid._bands import Bands, RiskBands
from creditscore.segment._grid._classified import ClassifiedCustomers
from creditscore.segment._grid._customer_class import (
    STANDARD_CLASSES,
    UNKNOWN_CLASS,
    CustomerClass,
)
from creditscore.segment._grid._why import cell_reasons
from creditscore.segment._reading import (
    check_same_rows,
    frame_of,
    index_of,
    listed_some,
    named,
    read_numbers,
)

WhenMissing: TypeAlias = Literal["decided", "unknown"]
"""What becomes of a customer of whom a fact is missing."""
_COLUMNS = ("value", "potential", "risk", "class")
_STANDARD_RISK = ("low", "medium", "high", "default")


@dataclass(frozen=True, kw_only=True, repr=False)
class CustomerGrid(JsonDocument):
    """Classes of customers by value, potential and risk: a table that a user edits.

    Parameters
    ----------
    value : Bands
        Bands of :func:`customer_value`, or of any other measure of value.
    potential : Bands
        Bands of :func:`customer_potential`, or of any other.
    risk : RiskBands
        Bands of grades.
    cells : tuple of (str, str, str, str)
        Band of value, of potential, of risk, and the class of such customers; each combination
        once.
    classes : tuple of CustomerClass, default=()
        The classes; without, the standard five: high-value (高价值), potential (潜力), ordinary
        (一般), risk (风险), default (违约).
    when_missing : {"decided", "unknown"}, default="decided"
        What becomes of a customer of whom a fact is missing. With "decided", the class is told
        where all cells that are left agree, as those of customers in default do; else, and
        always with "unknown", it is "unknown".

    Raises
    ------
    InvalidParameterError
        A cell is missing or stands twice, or names a band or class that there is not; the message
        lists them.

    See Also
    --------
    CustomerGrid.standard : A table of cells to begin with.
    ServiceTiers : How customers of a class are served.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.segment import Bands, CustomerGrid, RiskBands
    >>> grid = CustomerGrid.standard(
    ...     value=Bands(bounds=(10_000, 50_000)),
    ...     potential=Bands(bounds=(20_000, 100_000)),
    ...     risk=RiskBands(grades={"A": "low", "B": "medium", "C": "high", "D": "default"}),
    ... )
    >>> found = grid.classify(
    ...     value=pd.Series([80_000, 5_000, 5_000, 90_000, None], index=list("vwxyz")),
    ...     potential=pd.Series([0, 250_000, 0, 0, 0], index=list("vwxyz")),
    ...     grades=pd.Series(["A", "B", "A", "C", "B"], index=list("vwxyz")),
    ... )
    >>> found.classes.tolist()
    ['high-value', 'potential', 'ordinary', 'risk', 'unknown']
    >>> found.frame().loc["y", "reason"]
    'value high (50,000 and above), potential low (below 20,000), risk high (grade C)'
    """

    _format: ClassVar[str] = "creditscore.customer_grid"

    value: Bands
    potential: Bands
    risk: RiskBands
    cells: tuple[tuple[str, str, str, str], ...]
    classes: tuple[CustomerClass, ...] = ()
    when_missing: WhenMissing = "decided"

    def __post_init__(self) -> None:
        """Check that the cells cover every combination, and each once."""
        owner = type(self).__name__
        check_kind(self.value, "value", owner, Bands)
        check_kind(self.potential, "potential", owner, Bands)
        check_kind(self.risk, "risk", owner, RiskBands)
        check_choice(self.when_missing, "when_missing", owner, ("decided", "unknown"))
        classes = read_entries(self.classes, "classes", owner) or STANDARD_CLASSES
        for entry in classes:
            check_kind(entry, "classes", owner, CustomerClass)
        object.__setattr__(self, "classes", classes)
        names = [entry.name for entry in classes]
        if len(set(names)) != len(names):
            msg = f"The 'classes' parameter of {owner} must hold different names. Got {names!r}."
            raise InvalidParameterError(msg)
        cells = tuple(
            tuple(cell) if isinstance(cell, (list, tuple)) else (cell,)
            for cell in read_entries(self.cells, "cells", owner)
        )
        object.__setattr__(self, "cells", cells)
        self._check_cells(owner, cells)

    @classmethod
    def standard(
        cls,
        *,
        value: Bands,
        potential: Bands,
        risk: RiskBands,
        when_missing: WhenMissing = "decided",
    ) -> Self:
        """Make a grid to begin with; :meth:`with_cells` changes it.

        Parameters
        ----------
        value, potential : Bands
            The last band is the highest.
        risk : RiskBands
            Of the bands low, medium, high and default.
        when_missing : {"decided", "unknown"}, default="decided"
            As in the class.

        Raises
        ------
        InvalidParameterError
            Other bands of risk.

        Notes
        -----
        Risk comes first: default is "default", high risk is "risk". Of the others, the highest band
        of value is "high-value"; of those left, the highest band of potential is "potential"; all
        others are "ordinary". An illustration, and no rule of the field: a firm that lives on few
        large customers may want those of high risk and high value in a class of their own, and
        bands of medium value or risk apart.
        """
        check_kind(risk, "risk", "CustomerGrid.standard", RiskBands)
        if risk.bands != _STANDARD_RISK:
            msg = (
                "CustomerGrid.standard knows the bands of risk low, medium, high and default. Got "
                f"{risk.bands!r}: give the cells, CustomerGrid(cells=…)."
            )
            raise InvalidParameterError(msg)
        for name, bands in (("value", value), ("potential", potential)):
            check_kind(bands, name, "CustomerGrid.standard", Bands)
        by_risk = {"high": "risk", "default": "default"}

        def class_of(v: str, p: str, r: str) -> str:
            if r in by_risk:
                return by_risk[r]
            if v == value.labels[-1]:
                return "high-value"
            return "potential" if p == potential.labels[-1] else "ordinary"

        combinations = product(value.labels, potential.labels, risk.bands)
        cells = tuple((v, p, r, class_of(v, p, r)) for v, p, r in combinations)
        return cls(value=value, potential=potential, risk=risk, cells=cells,
                   when_missing=when_missing)  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """Return a row a cell to edit: value, potential, risk, class."""
        return pd.DataFrame(list(self.cells), columns=list(_COLUMNS))

    def with_cells(self, cells: NativeFrame) -> Self:
        """Return the grid with an edited table of cells.

        Parameters
        ----------
        cells : table
            As :meth:`to_frame` returns it; all rows, in any order.

        Raises
        ------
        InvalidParameterError
            As the class. MissingColumnError, InvalidDataError: other columns.

        Examples
        --------
        >>> from creditscore.segment import Bands, CustomerGrid, RiskBands
        >>> grid = CustomerGrid.standard(
        ...     value=Bands(bounds=(10_000, 50_000)),
        ...     potential=Bands(bounds=(20_000, 100_000)),
        ...     risk=RiskBands(grades={"A": "low", "B": "medium", "C": "high", "D": "default"}),
        ... )
        >>> cells = grid.to_frame()
        >>> cells.loc[cells.eval("value == 'medium' and risk == 'low'"), "class"] = "potential"
        >>> grid.with_cells(cells)
        CustomerGrid(36 cells: 6 high-value, 6 potential, 6 ordinary, 9 risk, 9 default)
        """
        frame = frame_of(cells, _COLUMNS, what="The table of cells")
        return replace(self, cells=tuple(tuple(row) for row in frame.to_numpy(dtype=object)))

    def classify(self, value: Any, potential: Any, grades: Any) -> ClassifiedCustomers:
        """Return the class of each customer, the bands it is of, and why.

        Parameters
        ----------
        value, potential : Series or array-like of shape (n_customers,)
            What the bands are of; NaN where missing.
        grades : Series or array-like of str, shape (n_customers,)
            Grades of `risk`, the label of default among them; None or NaN where missing.

        Returns
        -------
        ClassifiedCustomers

        Raises
        ------
        InvalidDataError
            Columns of different customers, infinite numbers, or a grade that no band holds.

        Notes
        -----
        O(n); a sentence is written once for each combination of bands and grade that occurs.
        """
        check_same_rows(value=value, potential=potential, grades=grades)
        v = self.value._codes(read_numbers(value, "value"))  # noqa: SLF001 - of this stage
        p = self.potential._codes(read_numbers(potential, "potential"))  # noqa: SLF001
        grade, r = self.risk._codes(grades)  # noqa: SLF001
        found = self._class_codes[v, p, r]
        names = [*(entry.name for entry in self.classes), UNKNOWN_CLASS[0]]
        code_names = named(names[:-1], np.where(found < len(self.classes), found, -1))
        reasons, reasons_zh = self._reasons(v, p, grade)
        return ClassifiedCustomers(
            grid=self,
            classes=like(code_names, value, potential, grades, name="class"),
            class_codes=found,
            value_codes=v,
            potential_codes=p,
            risk_codes=r,
            reasons=reasons,
            reasons_zh=reasons_zh,
            index=index_of(value, potential, grades, n=len(found)),
        )

    @cached_property
    def _class_codes(self) -> np.ndarray[Any, np.dtype[np.intp]]:
        """Place of the class of each cell; the last place of an axis is a missing fact."""
        unknown = len(self.classes)
        axes = (self.value.labels, self.potential.labels, self.risk.bands)
        table = np.full([len(axis) + 1 for axis in axes], unknown, dtype=np.intp)
        places = {entry.name: place for place, entry in enumerate(self.classes)}
        for *bands, name in self.cells:
            table[tuple(axis.index(b) for axis, b in zip(axes, bands, strict=True))] = places[name]
        if self.when_missing == "unknown":
            return table
        full = table[:-1, :-1, :-1]
        for missing in list(product((False, True), repeat=3))[1:]:
            gone = tuple(axis for axis, absent in enumerate(missing) if absent)
            low, high = full.min(axis=gone), full.max(axis=gone)
            place = tuple(-1 if absent else slice(0, -1) for absent in missing)
            table[place] = np.where(low == high, low, unknown)
        return table

    def _reasons(self, v: Int1D, p: Int1D, grade: Int1D) -> tuple[Any, Any]:
        """Return a sentence a customer in both languages; equal ones are one object."""
        n_p, n_g = len(self.potential.labels) + 1, len(self.risk.pairs) + 1
        key = ((v + 1) * n_p + (p + 1)) * n_g + (grade + 1)
        present, rows = np.unique(key, return_inverse=True)
        written = [
            cell_reasons(self, int(k // (n_p * n_g)) - 1, int(k // n_g % n_p) - 1, int(k % n_g) - 1)
            for k in present
        ]
        both = np.array(written, dtype=object).reshape(-1, 2)
        return both[rows, 0], both[rows, 1]

    def _check_cells(self, owner: str, cells: tuple[tuple[str, ...], ...]) -> None:
        axes = (self.value.labels, self.potential.labels, self.risk.bands)
        names = [entry.name for entry in self.classes]
        seen: set[tuple[str, ...]] = set()
        for cell in cells:
            if len(cell) != 4:
                msg = f"A cell of {owner} must be (value, potential, risk, class). Got {cell!r}."
                raise InvalidParameterError(msg)
            for what, band, known in zip(_COLUMNS, cell, (*axes, names), strict=True):
                if band not in known:
                    kind = "class" if what == "class" else f"band of {what}"
                    error = unknown_name(band, known, kind, f"the grid, for the cell {cell!r}")
                    if kind == "class":
                        msg = f"{error} A new one is added by replace(grid, classes=(...)) first."
                        raise InvalidParameterError(msg)
                    raise error
            if cell[:3] in seen:
                msg = f"The cell {' × '.join(cell[:3])} stands twice in {owner}. Keep one of them."
                raise InvalidParameterError(msg)
            seen.add(cell[:3])
        holes = [" × ".join(bands) for bands in product(*axes) if bands not in seen]
        if holes:
            msg = (
                f"The cells of {owner} must cover every combination of value, potential and risk. "
                f"{counted(len(holes), 'combination')} without a class: {listed_some(holes)}."
            )
            raise InvalidParameterError(msg)

    def _content(self) -> dict[str, Any]:
        return {
            "value": self.value._content(),  # noqa: SLF001 - of this stage
            "potential": self.potential._content(),  # noqa: SLF001
            "risk": self.risk._content(),  # noqa: SLF001
            "cells": [list(cell) for cell in self.cells],
            "classes": [asdict(entry) for entry in self.classes],
            "when_missing": self.when_missing,
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(
            value=Bands(**content["value"]),
            potential=Bands(**content["potential"]),
            risk=RiskBands(**content["risk"]),
            cells=content["cells"],
            classes=tuple(CustomerClass(**entry) for entry in content["classes"]),
            when_missing=content["when_missing"],
        )

    def __repr__(self) -> str:
        """Say in one line how many cells are of which class."""
        found = [cell[3] for cell in self.cells]
        parts = ", ".join(f"{found.count(c.name)} {c.name}" for c in self.classes)
        return f"CustomerGrid({counted(len(self.cells), 'cell')}: {parts})"

    def _repr_html_(self) -> str:
        """Show the cells."""
        return html_table(self.to_frame(), caption="Value × potential × risk", formats={})
