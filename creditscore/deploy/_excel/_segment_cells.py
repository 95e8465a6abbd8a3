"""The cells that tell the segment of a row, and the sheet that they look it up in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from creditscore.deploy._excel._block import NAMES_ROW, write_group
from creditscore.deploy._excel._card_sheet import FIRST_ROW, CardSheets, Places
from creditscore.deploy._excel._cells import Book, Sheet
from creditscore.deploy._excel._formulas import place_formula, points_formula
from creditscore.deploy._rules import CardRules, SegmentRules
from creditscore.scorecard import Attribute, Characteristic

_SEGMENTS, _LEVELS = "Segments", "SegmentLevels"
_NUMBER, _NAME = "L", "M"


class SegmentSheets(CardSheets):
    """Writes which value belongs to which segment, as the card is written, and the names.

    Parameters
    ----------
    book : Book
        Of the workbook.
    segments : SegmentRules
        The rule.
    characteristics : sequence of Characteristic
        What it reads, with the places of segments as points.
    """

    def __init__(
        self, book: Book, segments: SegmentRules, characteristics: Sequence[Characteristic]
    ) -> None:
        rules = CardRules(columns=segments.columns, base_points=0.0)
        super().__init__(book, rules, characteristics, "maximum", titles=(_SEGMENTS, _LEVELS))
        self.segments = segments
        last = FIRST_ROW + len(segments.names) - 1
        self.names = f"{_SEGMENTS}!${_NAME}${FIRST_ROW}:${_NAME}${last}"

    def _write_top(self, sheet: Sheet) -> None:
        book = self.book
        book.text(sheet, "A1", "Which card scores an applicant", "title")
        book.text(sheet, "A2", "Numbers of segments; their names stand on the right.", "note")
        titles = ("Characteristic", "Attribute", "Segment", "From (included)", "To (excluded)")
        for letter, title in zip("ABCEF", titles, strict=True):
            book.text(sheet, f"{letter}{FIRST_ROW - 1}", title, "header")
        for letter, title in ((_NUMBER, "Segment"), (_NAME, "Name")):
            book.text(sheet, f"{letter}{FIRST_ROW - 1}", title, "header")
        for place, name in enumerate(self.segments.names):
            book.number(sheet, f"{_NUMBER}{FIRST_ROW + place}", float(place), "made", "0")
            book.text(sheet, f"{_NAME}{FIRST_ROW + place}", name, "made")
        sheet.row_dimensions[FIRST_ROW - 1].height = 32
        sheet.column_dimensions[_NAME].width = 40
        for row, (place, column) in enumerate(self.segments.within, 4):
            told = f"What {column.name} tells is added to {place}."
            book.text(sheet, f"A{row}", told, "note")

    def _write_points(self, sheet: Sheet, row: int, attribute: Attribute) -> None:
        if attribute.refused:
            super()._write_points(sheet, row, attribute)
        else:
            self.book.number(sheet, f"C{row}", float(attribute.points), "made", "0")


class SegmentBlock:
    """Writes the cells that tell the segment of a row.

    Parameters
    ----------
    book : Book
        Of the workbook.
    sheets : SegmentSheets
        Where it is looked up.
    places : sequence of Places
        The same by column.
    first : int
        The first column of the block on the sheet, counted from 1.
    """

    def __init__(
        self, book: Book, sheets: SegmentSheets, places: Sequence[Places], first: int
    ) -> None:
        self.book, self.sheets, self.places = book, sheets, places
        self.columns = sheets.segments.columns
        self.steps = book.letters(first, len(self.columns))
        self.place = book.letter(first + len(self.columns))
        self.width = len(self.columns) + 1

    def write_headers(self, sheet: Sheet) -> None:
        """Write titles."""
        titles = [f"Segment by {column.name}" for column in self.columns]
        letters = [*self.steps, self.place]
        for letter, title in zip(letters, [*titles, "Segment number"], strict=True):
            self.book.text(sheet, f"{letter}{NAMES_ROW}", title, "header")
        write_group(self.book, sheet, letters, "Segments")

    def write_row(self, sheet: Sheet, row: int, values: Mapping[str, str], empty: str) -> None:
        """Write what each column tells, and the number of the segment or why there is none."""
        for letter, column, places in zip(self.steps, self.columns, self.places, strict=True):
            formula = points_formula(column, places, f"${values[column.name]}{row}", empty)
            self.book.formula(sheet, f"{letter}{row}", formula, "helper", "0")
        segments = self.sheets.segments
        # names are looked up too: a text in a formula has 255 letters at the most
        titles = [f"${values[column.name]}${NAMES_ROW}" for column in self.columns]
        cells = [
            (title, f"${letter}{row}") for title, letter in zip(titles, self.steps, strict=True)
        ]
        first = None if segments.column is None else cells.pop(0)
        within = [(place, *cell) for (place, _), cell in zip(segments.within, cells, strict=True)]
        formula = place_formula(first, within, empty)
        self.book.formula(sheet, f"{self.place}{row}", formula, "helper", "0")
