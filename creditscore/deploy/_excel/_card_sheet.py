"""The sheets of the card itself: what each attribute earns, and which value is which attribute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from creditscore._typing import Level, ReasonBaseline
from creditscore.deploy._description import codes_of_values
from creditscore.deploy._excel._cells import Book, Sheet
from creditscore.deploy._rules import CardRules, ColumnRules
from creditscore.scorecard import Attribute, Characteristic

FIRST_ROW = 9
_BASE, _OFFSET, _FACTOR = "C4", "C5", "C6"
_HEADER = (
    *("Characteristic", "Attribute", "Points", "Points per unit above", "From (included)"),
    *("To (excluded)", "Cases", "Bad rate", "Weight of evidence", "Compared with"),
)
_MOST_LETTERS = 200
"""So much of a label is shown."""
_REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where the sheets of the card hold a characteristic, as references of formulas.

    Attributes
    ----------
    points, slopes, cuts : str or None
        Ranges of intervals; cuts begin with that between the first two.
    lows : str or None
        Range of the lower ends, the first of which is empty.
    missing, other : str or None
        Points.
    texts, numbers : tuple of str or None
        Ranges of the values that are looked up, and of their points.
    reference : str
        Points that reasons compare with.
    """

    points: str | None
    slopes: str | None
    cuts: str | None
    lows: str | None
    missing: str
    other: str | None
    texts: tuple[str, str] | None
    numbers: tuple[str, str] | None
    reference: str


class CardSheets:
    """Writes the points table, and below it nothing; values that are looked up stand apart.

    Parameters
    ----------
    book : Book
        Of the workbook.
    rules : CardRules
        Of the card.
    characteristics : sequence of Characteristic
        Of the card, for labels and evidence.
    baseline : {"neutral", "average", "maximum"}
        What reasons compare with.
    titles : tuple of str, default=("Card", "Levels")
        What the sheets are called: letters, which formulas need not quote.
    segment : str or None, default=None
        Whose card it is.
    """

    def __init__(
        self,
        book: Book,
        rules: CardRules,
        characteristics: Sequence[Characteristic],
        baseline: ReasonBaseline,
        *,
        titles: tuple[str, str] = ("Card", "Levels"),
        segment: str | None = None,
    ) -> None:
        self.card_sheet, self.level_sheet = titles
        self.segment = segment
        self.book, self.rules, self.characteristics = book, rules, characteristics
        self.baseline = baseline
        whole = all(
            float(a.points).is_integer() and not a.slope
            for c in characteristics
            for a in c.attributes
        )
        self.points_format = "0" if whole and float(rules.base_points).is_integer() else "0.00"
        self.base, self.offset, self.factor = (
            f"{self.card_sheet}!{_absolute(place)}" for place in (_BASE, _OFFSET, _FACTOR)
        )

    def write(self) -> list[Places]:
        """Write both sheets, and say where each characteristic stands."""
        book = self.book
        sheet, levels = book.sheet(self.card_sheet), book.sheet(self.level_sheet)
        self._write_top(sheet)
        book.text(levels, "A1", "Values that are looked up", "title")
        book.text(levels, "A2", "Each level, code or word, and the points it earns.", "note")
        for letter, title in zip("ABC", ("Characteristic", "Value", "Points"), strict=True):
            book.text(levels, f"{letter}4", title, "header")
        row, level_row, places = FIRST_ROW, 5, []
        for characteristic, column in zip(self.characteristics, self.rules.columns, strict=True):
            self._write_attributes(sheet, row, characteristic, column)
            codes = codes_of_values(characteristic.partition)
            tables = self._write_levels(levels, level_row, column.name, codes, row)
            places.append(self._places(characteristic, column, row, tables))
            row += len(characteristic.attributes)
            level_row += len(codes)
        names = _width(column.name for column in self.rules.columns)
        labels = _width(label for c in self.characteristics for label in c.partition.labels)
        book.widths(sheet, [names, labels, 11, 11, 13, 13, 11, 11, 11, 12])
        book.widths(levels, [names, labels, 11])
        attributes = [a for c in self.characteristics for a in c.attributes]
        if not any(a.slope for a in attributes):
            sheet.column_dimensions["D"].hidden = True
        if all(a.n_good is None and a.woe is None for a in attributes):
            sheet.column_dimensions.group("G", "I", hidden=True)
        sheet.freeze_panes, levels.freeze_panes = f"C{FIRST_ROW}", "A5"
        sheet.print_title_rows, levels.print_title_rows = (
            f"{FIRST_ROW - 1}:{FIRST_ROW - 1}",
            "4:4",
        )
        if level_row == 5:
            book.workbook.remove(levels)
        return places

    def _write_top(self, sheet: Sheet) -> None:
        book, rules = self.book, self.rules
        of = "" if self.segment is None else f" of {self.segment}"
        book.text(sheet, "A1", f"Points of the card{of}", "title")
        book.text(sheet, "A2", "Blue figures on yellow may be changed; scores follow.", "note")
        book.text(sheet, "A4", "Points that every case starts from")
        book.number(sheet, _BASE, float(rules.base_points), "input", self.points_format)
        if rules.offset is not None and rules.factor is not None:
            book.text(sheet, "A5", "Score at even odds of good and bad")
            book.number(sheet, _OFFSET, rules.offset, "made", "0.0000")
            book.text(sheet, "A6", "Points for a unit of the logarithm of the odds")
            book.number(sheet, _FACTOR, rules.factor, "made", "0.0000")
        header = _HEADER if rules.n_reasons else _HEADER[:-1]
        for place, title in enumerate(header, 1):
            book.text(sheet, f"{book.letter(place)}{FIRST_ROW - 1}", title, "header")
        sheet.row_dimensions[FIRST_ROW - 1].height = 32

    def _write_attributes(
        self, sheet: Sheet, first: int, characteristic: Characteristic, column: ColumnRules
    ) -> None:
        labels, book = characteristic.partition.labels, self.book
        for code, (attribute, label) in enumerate(
            zip(characteristic.attributes, labels, strict=True)
        ):
            row = first + code
            book.row_of_name(sheet, f"A{row}", column.name if code == 0 else None)
            book.text(sheet, f"B{row}", _shortened(label), "made")
            self._write_points(sheet, row, attribute)
            interval = column.intervals[code] if code < len(column.intervals) else None
            slope = interval.slope if interval is not None and interval.slope else None
            style = "input" if slope is not None else "made"
            book.number(sheet, f"D{row}", slope, style, "0.00##")
            low, high = (None, None) if interval is None else (interval.low, interval.high)
            book.number(sheet, f"E{row}", low, "made")
            book.number(sheet, f"F{row}", high, "made")
            self._write_evidence(sheet, row, attribute)
        if column.reference is not None:
            self._write_reference(sheet, first, characteristic, column)

    def _write_points(self, sheet: Sheet, row: int, attribute: Attribute) -> None:
        if attribute.refused:
            self.book.text(sheet, f"C{row}", _REFUSED, "made")
        else:
            points = float(attribute.points)
            self.book.number(sheet, f"C{row}", points, "input", self.points_format)

    def _write_evidence(self, sheet: Sheet, row: int, attribute: Attribute) -> None:
        n_good, n_bad = attribute.n_good, attribute.n_bad
        known = n_good is not None and n_bad is not None
        cases = n_good + n_bad if n_good is not None and n_bad is not None else None
        rate = n_bad / cases if known and n_bad is not None and cases else None
        self.book.number(sheet, f"G{row}", cases, "made", "#,##0")
        self.book.number(sheet, f"H{row}", rate, "made", "0.0%")
        self.book.number(sheet, f"I{row}", attribute.woe, "made", "+0.000;-0.000;0.000")

    def _write_reference(
        self, sheet: Sheet, first: int, characteristic: Characteristic, column: ColumnRules
    ) -> None:
        """Write what reasons compare with: worked out from the points, where that is what it is."""
        place, last = f"J{first}", first + len(characteristic.attributes) - 1
        points = f"C{first}:C{last}"
        if self.baseline == "maximum":
            best = "MAX" if self.rules.higher_is_safer else "MIN"
            ends = [
                f"C{row}+D{row}*(F{row}-E{row})"
                for row, interval in enumerate(column.intervals, first)
                if interval.slope
            ]
            formula = f"={best}({','.join([points, *ends])})"
            self.book.formula(sheet, place, formula, "made", self.points_format)
        elif self.baseline == "average" and not any(a.refused for a in characteristic.attributes):
            cases = f"G{first}:G{last}"
            formula = f"=SUMPRODUCT({points},{cases})/SUM({cases})"
            self.book.formula(sheet, place, formula, "made", "0.00")
        else:
            self.book.number(sheet, place, column.reference, "input", "0.00")

    def _write_levels(
        self, sheet: Sheet, first: int, name: str, codes: Mapping[Level, int], card_row: int
    ) -> tuple[tuple[str, str] | None, tuple[str, str] | None]:
        """Write texts, then numbers, and return their ranges and those of their points."""
        texts = [level for level in codes if isinstance(level, str)]
        numbers = [level for level in codes if not isinstance(level, str)]
        book = self.book
        for row, level in enumerate([*texts, *numbers], first):
            book.row_of_name(sheet, f"A{row}", name if row == first else None)
            if isinstance(level, str):
                book.text(sheet, f"B{row}", level, "made")
            else:
                # a truth is looked up as the number it is
                shown = '"TRUE";;"FALSE"' if isinstance(level, bool) else "General"
                book.number(sheet, f"B{row}", float(level), "made", shown)
            points = f"={self.card_sheet}!C{card_row + codes[level]}"
            book.formula(sheet, f"C{row}", points, "made", self.points_format)
        middle = first + len(texts)
        last = middle + len(numbers) - 1
        return (
            self._table(first, middle - 1) if texts else None,
            self._table(middle, last) if numbers else None,
        )

    def _table(self, first: int, last: int) -> tuple[str, str]:
        sheet = self.level_sheet
        return _range(sheet, "B", first, last), _range(sheet, "C", first, last)

    def _places(
        self,
        characteristic: Characteristic,
        column: ColumnRules,
        first: int,
        tables: tuple[tuple[str, str] | None, tuple[str, str] | None],
    ) -> Places:
        n, missing = len(column.intervals), first + characteristic.partition.missing_code
        last, sheet = first + n - 1, self.card_sheet
        linear = any(interval.slope for interval in column.intervals)
        return Places(
            points=_range(sheet, "C", first, last) if n else None,
            slopes=_range(sheet, "D", first, last) if linear else None,
            lows=_range(sheet, "E", first, last) if linear else None,
            cuts=_range(sheet, "E", first + 1, last) if n > 1 else None,
            missing=f"{sheet}!$C${missing}",
            other=f"{sheet}!$C${missing + 1}" if characteristic.partition.has_other else None,
            texts=tables[0],
            numbers=tables[1],
            reference=f"{sheet}!$J${first}",
        )


def _width(texts: Iterable[str]) -> int:
    """Return a width in letters that shows most texts whole."""
    return min(max([26, *(len(text) + 3 for text in texts)]), 60)


def _shortened(label: str) -> str:
    """Return the label of an attribute, cut off where a group has many levels."""
    return label if len(label) <= _MOST_LETTERS else f"{label[:_MOST_LETTERS]}…"


def _range(sheet: str, column: str, first: int, last: int) -> str:
    return f"{sheet}!${column}${first}:${column}${last}"


def _absolute(place: str) -> str:
    return f"${place[0]}${place[1:]}"
