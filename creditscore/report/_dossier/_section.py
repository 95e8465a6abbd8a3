"""One section of a dossier: a table, what each cell rests on, and perhaps a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from creditscore._display import counted
from creditscore.report._dossier._chart import Chart

Basis: TypeAlias = Mapping[str, Sequence[tuple[str, ...]]]
"""By column and row: names of the places on the page that a cell rests on."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DossierSection:
    """One section of a dossier.

    Attributes
    ----------
    name : str
        What it is about, such as ``"facts"``.
    table : pandas.DataFrame
        Its rows. Items, sources, methods and states are names, which a page turns into words.
    basis : mapping of str to sequence of tuple of str
        By column, for each row: the places that the cell rests on. ``"o12"`` is observation 12,
        and other names are rows or sections of the page.
    charts : tuple of Chart
        Pictures above the table.
    anchors : tuple of str
        Place that each row is, where others rest on it.
    notes : tuple of (str, str)
        What is to be said of the table, in English and Chinese.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.report import DossierSection
    >>> section = DossierSection(
    ...     name="facts", table=pd.DataFrame({"item": ["revenue"], "value": [120.0]}),
    ...     basis={"value": [("o12",)]},
    ... )
    >>> section, section.numbers
    (<DossierSection facts: 1 row>, (12,))
    """

    name: str
    table: pd.DataFrame
    basis: Basis = field(default_factory=dict)
    charts: tuple[Chart, ...] = ()
    anchors: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()

    @property
    def numbers(self) -> tuple[int, ...]:
        """Observations that its cells rest on, in order."""
        places = {
            place for rows in self.basis.values() for cell in rows for place in cell
            if place[:1] == "o" and place[1:].isdigit()
        }  # fmt: skip
        return tuple(sorted(int(place[1:]) for place in places))

    def __repr__(self) -> str:
        """Say in one line how long it is."""
        return f"<DossierSection {self.name}: {counted(len(self.table), 'row')}>"


def observed(numbers: Any) -> tuple[str, ...]:
    """Return the places of observations by their numbers; one number is one of them."""
    return tuple(f"o{int(number)}" for number in np.atleast_1d(numbers))
