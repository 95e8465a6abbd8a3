"""Cells of a workbook: texts that stay texts, numbers, formulas, and how they look."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from typing import Any, TypeAlias

from creditscore.exceptions import InvalidParameterError

Sheet: TypeAlias = Any
"""A sheet of openpyxl, which is imported only where a workbook is written."""

_UNHELD = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
"""Control and other characters that no cell holds, or that come back as others."""
_ESCAPE = re.compile("_(?=x[0-9a-fA-F]{4}_)")
"""What a spreadsheet would take for the code of a letter."""
_MOST_LETTERS = 32_767
_SHOWN = 60

_DARK, _LIGHT, _INPUT, _LINE = "1F3864", "D9E2F3", "FFF9E5", "BFBFBF"
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"font": {"bold": True, "size": 16, "color": _DARK}},
    "note": {"font": {"italic": True, "color": "595959"}},
    "plain": {},
    "wrapped": {"alignment": {"wrap_text": True, "vertical": "top"}},
    "bold": {"font": {"bold": True}},
    "name": {"font": {"bold": True, "color": _DARK}, "fill": _LIGHT, "border": True},
    "under": {"fill": _LIGHT, "border": True},
    "group": {
        "font": {"bold": True, "color": _DARK},
        "fill": _LIGHT,
        "alignment": {"horizontal": "center"},
    },
    "header": {
        "font": {"bold": True, "color": "FFFFFF"},
        "fill": _DARK,
        "alignment": {"wrap_text": True, "vertical": "center", "horizontal": "center"},
    },
    "input": {"font": {"color": "0000FF"}, "fill": _INPUT, "border": True},
    "made": {"border": True},
    "strong": {"font": {"bold": True}, "border": True},
    "helper": {"font": {"color": "808080"}},
}


class Book:
    """Writes cells in the styles of the workbook.

    Parameters
    ----------
    openpyxl : module
        ``openpyxl``.
    """

    def __init__(self, openpyxl: Any) -> None:
        self.openpyxl = openpyxl
        self.workbook = openpyxl.Workbook()
        self.workbook.remove(self.workbook.active)
        self.workbook.properties.creator = "creditscore"
        self._dressed: dict[tuple[str, str, bool], Any] = {}

    def sheet(self, title: str) -> Sheet:
        """Add a sheet without lines between its cells."""
        sheet = self.workbook.create_sheet(title)
        sheet.sheet_view.showGridLines = False
        sheet.page_setup.orientation = "landscape"
        # as many pages as there are rows for, one beside the other never
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        return sheet

    def text(self, sheet: Sheet, place: str, text: str, style: str = "plain") -> None:
        """Write a text that is never a formula, whatever it begins with."""
        cell = sheet[place]
        cell.value = _ESCAPE.sub("_x005F_", text)
        # openpyxl takes "=1+1" for a formula and "#N/A" for an error
        cell.data_type = "s"
        # quoted, or it would become one when somebody edits it
        self._dress(cell, style, "@", quoted=True)

    def number(
        self,
        sheet: Sheet,
        place: str,
        number: float | None,
        style: str = "plain",
        number_format: str = "General",
    ) -> None:
        """Write a number, or leave the cell empty, in the style anyway."""
        cell = sheet[place]
        cell.value = number
        self._dress(cell, style, number_format)

    def formula(
        self,
        sheet: Sheet,
        place: str,
        formula: str,
        style: str = "made",
        number_format: str = "General",
    ) -> None:
        """Write a formula, which begins with an equals sign."""
        cell = sheet[place]
        cell.value = formula
        self._dress(cell, style, number_format)

    def row_of_name(self, sheet: Sheet, place: str, name: str | None) -> None:
        """Write the name of a characteristic beside its first row, and go on with its colour."""
        if name is None:
            self.number(sheet, place, None, "under")
        else:
            self.text(sheet, place, name, "name")

    def widths(self, sheet: Sheet, widths: Sequence[float]) -> None:
        """Set the widths of the first columns, in letters."""
        for place, width in enumerate(widths, 1):
            sheet.column_dimensions[self.letter(place)].width = width

    def letter(self, place: int) -> str:
        """Return the letters of a column, counted from 1."""
        letters: str = self.openpyxl.utils.get_column_letter(place)
        return letters

    def letters(self, first: int, n: int) -> list[str]:
        """Return the letters of columns that stand beside each other."""
        return [self.letter(place) for place in range(first, first + n)]

    def _dress(self, cell: Any, style: str, number_format: str, *, quoted: bool = False) -> None:
        key = (style, number_format, quoted)
        if key in self._dressed:
            # what the setters work out anew for each cell, which takes most of the time
            cell._style = copy(self._dressed[key])  # noqa: SLF001 - no public way is as fast
            return
        for name, value in self._style(**_STYLES[style]).items():
            setattr(cell, name, value)
        cell.number_format = number_format
        cell.quotePrefix = quoted
        self._dressed[key] = copy(cell._style)  # noqa: SLF001 - as above

    def _style(
        self,
        *,
        font: dict[str, Any] | None = None,
        fill: str | None = None,
        alignment: dict[str, Any] | None = None,
        border: bool = False,
    ) -> dict[str, Any]:
        styles = self.openpyxl.styles
        made: dict[str, Any] = {"font": styles.Font(name="Calibri", **(font or {}))}
        if fill is not None:
            made["fill"] = styles.PatternFill("solid", start_color=fill, end_color=fill)
        if alignment is not None:
            made["alignment"] = styles.Alignment(**alignment)
        if border:
            side = styles.Side(style="thin", color=_LINE)
            made["border"] = styles.Border(left=side, right=side, top=side, bottom=side)
        return made


def check_text(text: str, what: str) -> None:
    """Refuse a text that no cell holds as it is; `what` says what it is, as in "the level"."""
    long = len(text) > _MOST_LETTERS
    if long or _UNHELD.search(text):
        why = f"it has more than {_MOST_LETTERS:,} letters" if long else "it has control characters"
        shown = repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")
        msg = (
            f"No cell of a workbook holds {what} {shown} as it is: {why}. Rename it before the "
            "card is made."
        )
        raise InvalidParameterError(msg)
