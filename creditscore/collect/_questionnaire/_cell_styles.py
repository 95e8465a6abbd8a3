"""Cells of a form in a workbook: texts that stay texts, places for answers, and how they look."""

from __future__ import annotations

import datetime as dt
import math
import unicodedata
from collections.abc import Sequence
from typing import Any

from creditscore._raw_table import openpyxl_module
from creditscore.collect._questionnaire._sheet_plan import encoded

_DARK, _LIGHT, _INPUT, _LINE, _GREY = "1F3864", "D9E2F3", "FFF9E5", "BFBFBF", "EDEDED"
_WRAPPED = {"wrap_text": True, "vertical": "top"}
_STYLES: dict[str, dict[str, Any]] = {
    "plain": {},
    "title": {"font": {"bold": True, "size": 15, "color": _DARK}},
    "lead": {"alignment": _WRAPPED},
    "header": {"font": {"bold": True, "color": "FFFFFF"}, "fill": _DARK, "alignment": _WRAPPED},
    "section": {"font": {"bold": True, "size": 12, "color": _DARK}, "fill": _LIGHT,
                "alignment": _WRAPPED},
    "under": {"font": {"color": "595959"}, "fill": _LIGHT, "alignment": _WRAPPED},
    "number": {"font": {"color": _DARK}, "alignment": {"horizontal": "center", "vertical": "top"}},
    "asked": {"alignment": _WRAPPED},
    "option": {"alignment": {**_WRAPPED, "indent": 2}},
    "note": {"font": {"color": "595959", "size": 9}, "alignment": _WRAPPED},
    "check": {"font": {"color": "C00000", "size": 9}, "alignment": _WRAPPED},
    "link": {"font": {"color": "0563C1", "underline": "single"}},
    "input": {"font": {"color": "0000FF"}, "fill": _INPUT, "border": True, "open": True,
              "alignment": {**_WRAPPED, "horizontal": "left"}},
}  # fmt: skip
_FIRST_DAY = dt.date(1900, 3, 1)
"""Earlier days are counted wrongly by spreadsheets, and stand there as text."""
_LINE_POINTS = 15.0
_MOST_POINTS = 400.0


def openpyxl_of_forms() -> Any:
    """Return openpyxl with the parts that forms need."""
    # which says what to install
    openpyxl_module()
    import openpyxl.formatting.rule  # noqa: PLC0415 - an extra
    import openpyxl.styles.differential  # noqa: PLC0415 - as above
    import openpyxl.workbook.protection  # noqa: PLC0415 - as above
    import openpyxl.worksheet.datavalidation  # noqa: PLC0415 - as above
    import openpyxl.worksheet.hyperlink  # noqa: PLC0415 - as above

    return openpyxl


class Cells:
    """Writes cells in the styles of forms.

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
        styles = openpyxl.styles
        self._grey = styles.differential.DifferentialStyle(
            font=styles.Font(color="A6A6A6"),
            fill=styles.PatternFill(bgColor=_GREY, fill_type="solid"),
        )

    def sheet(self, title: str) -> Any:
        """Add a sheet without lines between its cells, as wide as a page."""
        sheet = self.workbook.create_sheet(title)
        sheet.sheet_view.showGridLines = False
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        return sheet

    def letter(self, place: int) -> str:
        """Return the letters of a column, counted from 1."""
        letters: str = self.openpyxl.utils.get_column_letter(place)
        return letters

    def text(self, sheet: Any, place: str, text: str | None, style: str = "plain") -> None:
        """Write a text that is never a formula, whatever it begins with; None leaves it empty."""
        cell = sheet[place]
        if text:
            cell.value = encoded(text)
            # openpyxl takes "=1+1" for a formula and "#N/A" for an error
            cell.data_type = "s"
        # quoted, or it would become one when somebody edits it
        self._dress(cell, style, "@")
        cell.quotePrefix = bool(text)

    def number(self, sheet: Any, place: str, number: float | None, style: str = "plain") -> None:
        """Write a number, or leave the cell empty, in the style anyway."""
        cell = sheet[place]
        cell.value = number
        self._dress(cell, style, "General")

    def day(self, sheet: Any, place: str, day: str | None) -> None:
        """Write a day, as text where spreadsheets count it wrongly, or leave the cell empty."""
        cell = sheet[place]
        if day is not None:
            date = dt.date.fromisoformat(day)
            cell.value = date if date >= _FIRST_DAY else day
        self._dress(cell, "input", "yyyy-mm-dd")

    def formula(self, sheet: Any, place: str, formula: str, style: str = "plain") -> None:
        """Write a formula."""
        cell = sheet[place]
        cell.value = f"={formula}"
        self._dress(cell, style, "General")

    def link(self, sheet: Any, place: str, target: str) -> None:
        """Let a cell lead to another one of the workbook."""
        made = self.openpyxl.worksheet.hyperlink.Hyperlink(ref=place, location=target)
        sheet[place].hyperlink = made

    def grey(self, sheet: Any, area: str, formula: str) -> None:
        """Turn an area grey where a formula is true."""
        rule = self.openpyxl.formatting.rule.Rule(
            type="expression", dxf=self._grey, formula=[formula], stopIfTrue=True
        )
        sheet.conditional_formatting.add(area, rule)

    def hide(self, sheet: Any) -> None:
        """Hide a sheet so that menus don't offer it, and lock it."""
        sheet.sheet_state = "veryHidden"
        self.lock(sheet)

    def lock(self, sheet: Any) -> None:
        """Lock all cells but those for answers; without a password, against slips."""
        sheet.protection.sheet = True
        sheet.protection.formatColumns = False
        sheet.protection.formatRows = False

    def lock_structure(self) -> None:
        """Keep sheets where they are."""
        protection = self.openpyxl.workbook.protection.WorkbookProtection(lockStructure=True)
        self.workbook.security = protection

    def _dress(self, cell: Any, style: str, number_format: str) -> None:
        styles, wanted = self.openpyxl.styles, _STYLES[style]
        cell.font = styles.Font(name="Calibri", **wanted.get("font", {}))
        if "fill" in wanted:
            colour = wanted["fill"]
            cell.fill = styles.PatternFill("solid", start_color=colour, end_color=colour)
        if "alignment" in wanted:
            cell.alignment = styles.Alignment(**wanted["alignment"])
        if "border" in wanted:
            side = styles.Side(style="thin", color=_LINE)
            cell.border = styles.Border(left=side, right=side, top=side, bottom=side)
        if "open" in wanted:
            cell.protection = styles.Protection(locked=False)
        cell.number_format = number_format


def height_of(texts: Sequence[tuple[str, float]]) -> float:
    """Return the points that texts need in cells of so many letters; Chinese ones are wide."""
    lines = max(
        sum(max(1, math.ceil(1.1 * _width(part) / room)) for part in text.split("\n"))
        for text, room in texts
    )
    return min(_MOST_POINTS, _LINE_POINTS * lines + 3)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
