"""The sheet that scores: a row an applicant, values on the left, formulas on the right."""

from __future__ import annotations

from collections.abc import Sequence

from creditscore.deploy._excel._card_sheet import CardSheets, Places
from creditscore.deploy._excel._cells import Book, Sheet
from creditscore.deploy._excel._formulas import (
    check_formula,
    points_formula,
    prob_default_formula,
    rank_formula,
    reason_formula,
    score_formula,
)
from creditscore.deploy._rules import CardRules, ColumnRules

SCORE = "Score"
_GROUPS, _REFERENCES, _NAMES = 4, 5, 6
_FIRST = _NAMES + 1


class ScoreSheet:
    """Writes the sheet.

    Parameters
    ----------
    book : Book
        Of the workbook.
    rules : CardRules
        Of the card.
    card : CardSheets
        Where the points stand.
    places : sequence of Places
        The same by column.
    rows : int
        Applicants that there is room for.
    """

    def __init__(
        self, book: Book, rules: CardRules, card: CardSheets, places: Sequence[Places], rows: int
    ) -> None:
        self.book, self.rules, self.card, self.places = book, rules, card, places
        self.last = _FIRST + rows - 1
        self.names = [column.name for column in rules.columns]
        k, n = len(self.names), rules.n_reasons
        self.calibrated = rules.offset is not None and rules.factor is not None
        # the first column is the applicant's own name or number
        self.values = self._letters(2, k)
        self.score = self._letters(k + 2, 1)[0]
        self.pd = self._letters(k + 3, 1)[0]
        self.reasons = self._letters(k + 3 + self.calibrated, n)
        place = k + 3 + self.calibrated + n
        self.check = self._letters(place, 1)[0]
        self.points = self._letters(place + 1, k)
        self.ranks = self._letters(place + 1 + k, k) if n else []

    def write(self) -> None:
        """Write title, headers, prepared rows and what helps to fill them."""
        sheet = self.book.sheet(SCORE)
        self.book.text(sheet, "A1", "Score applicants", "title")
        note = "Type or paste a row for each applicant into the yellow cells; empty is missing."
        self.book.text(sheet, "A2", note, "note")
        self._write_headers(sheet)
        for row in range(_FIRST, self.last + 1):
            self._write_row(sheet, row)
        self._finish(sheet)

    def _write_headers(self, sheet: Sheet) -> None:
        results = ["Score"]
        results += ["Probability of default"] if self.calibrated else []
        results += [f"Reason {rank}" for rank in range(1, self.rules.n_reasons + 1)]
        results.append("Check")
        titles = ["Applicant", *self.names, *results, *self.names]
        titles += [f"Rank of {name}" for name in self.names] if self.ranks else []
        for place, title in enumerate(titles, 1):
            self.book.text(sheet, f"{self.book.letter(place)}{_NAMES}", title, "header")
        groups = [("A", self.values[-1], "Applicant"), (self.score, self.check, "Result")]
        groups.append((self.points[0], self.points[-1], "Points"))
        groups += [(self.ranks[0], self.ranks[-1], "Ranks")] if self.ranks else []
        for first, last, title in groups:
            self.book.text(sheet, f"{first}{_GROUPS}", title, "group")
            # one cell alone is no range to a spreadsheet
            if first != last:
                sheet.merge_cells(f"{first}{_GROUPS}:{last}{_GROUPS}")
        if self.ranks:
            self.book.text(sheet, f"{self.check}{_REFERENCES}", "Compared with", "note")
            for letter, places in zip(self.points, self.places, strict=True):
                cell, points_format = f"{letter}{_REFERENCES}", self.card.points_format
                self.book.formula(sheet, cell, f"={places.reference}", "helper", points_format)
        sheet.row_dimensions[_NAMES].height = 45

    def _write_row(self, sheet: Sheet, row: int) -> None:
        book, rules = self.book, self.rules
        book.number(sheet, f"A{row}", None, "input", "@")
        for letter, column in zip(self.values, rules.columns, strict=True):
            book.number(sheet, f"{letter}{row}", None, "input", _input_format(column))
        entered = f"$A{row}:${self.values[-1]}{row}"
        names = _row_of(self.points, _NAMES, fixed=True)
        points, score = _row_of(self.points, row), f"${self.score}{row}"
        n, places_of = len(self.points), zip(self.values, self.points, strict=True)
        for (value, letter), column, places in zip(
            places_of, rules.columns, self.places, strict=True
        ):
            formula = points_formula(column, places, f"${value}{row}", entered)
            book.formula(sheet, f"{letter}{row}", formula, "made", self.card.points_format)
        formula = score_formula(points, n, self.card.base, entered)
        book.formula(sheet, f"{self.score}{row}", formula, "strong", self.card.points_format)
        if self.calibrated:
            formula = prob_default_formula(score, self.card.offset, self.card.factor)
            book.formula(sheet, f"{self.pd}{row}", formula, "made", "0.00%")
        ranks = _row_of(self.ranks, row) if self.ranks else ""
        for rank, letter in enumerate(self.reasons, 1):
            book.formula(sheet, f"{letter}{row}", reason_formula(rank, ranks, names))
        formula = check_formula(score, points, names, entered)
        book.formula(sheet, f"{self.check}{row}", formula)
        self._write_ranks(sheet, row, score)

    def _write_ranks(self, sheet: Sheet, row: int, score: str) -> None:
        for place, letter in enumerate(self.ranks):
            own = self._sides(f"{self.points[place]}${_REFERENCES}", f"${self.points[place]}{row}")
            all_ = self._sides(
                _row_of(self.points, _REFERENCES, fixed=True), _row_of(self.points, row)
            )
            first = self.points[:place]
            before = (
                self._sides(_row_of(first, _REFERENCES, fixed=True), _row_of(first, row))
                if first
                else None
            )
            formula = rank_formula(score, own, all_, before)
            self.book.formula(sheet, f"{letter}{row}", formula, "helper")

    def _sides(self, reference: str, points: str) -> tuple[str, str]:
        return (reference, points) if self.rules.higher_is_safer else (points, reference)

    def _finish(self, sheet: Sheet) -> None:
        sheet.freeze_panes = f"B{_FIRST}"
        width = max(min(max(map(len, self.names)) + 4, 24), 12)
        for letter in ("A", *self.values, *self.reasons):
            sheet.column_dimensions[letter].width = max(width, 16)
        for letter in (self.score, *([self.pd] if self.calibrated else []), *self.points):
            sheet.column_dimensions[letter].width = width
        sheet.column_dimensions[self.check].width = 30
        if self.ranks:
            sheet.column_dimensions.group(self.ranks[0], self.ranks[-1], hidden=True)
        self._offer_levels(sheet)
        red = self.book.openpyxl.styles.Font(color="C00000", bold=True)
        rule = self.book.openpyxl.formatting.rule.FormulaRule(
            formula=[f'AND({self.check}{_FIRST}<>"ok",{self.check}{_FIRST}<>"")'], font=red
        )
        cells = f"{self.check}{_FIRST}:{self.check}{self.last}"
        sheet.conditional_formatting.add(cells, rule)
        sheet.print_title_rows = f"{_GROUPS}:{_NAMES}"

    def _offer_levels(self, sheet: Sheet) -> None:
        """Give the cells of columns of levels a list to choose from, which binds nobody."""
        validation = self.book.openpyxl.worksheet.datavalidation.DataValidation
        for letter, column, places in zip(
            self.values, self.rules.columns, self.places, strict=True
        ):
            table = places.texts or places.numbers
            if column.kind != "numeric" and table is not None:
                offer = validation(type="list", formula1=table[0], allow_blank=True)
                offer.showErrorMessage = False
                offer.add(f"{letter}{_FIRST}:{letter}{self.last}")
                sheet.add_data_validation(offer)

    def _letters(self, first: int, n: int) -> list[str]:
        return [self.book.letter(place) for place in range(first, first + n)]


def _row_of(letters: Sequence[str], row: int, *, fixed: bool = False) -> str:
    """Return the range of some columns in a row, which moves with the formula or does not."""
    mark = "$" if fixed else ""
    return f"${letters[0]}{mark}{row}:${letters[-1]}{mark}{row}"


def _input_format(column: ColumnRules) -> str:
    """Keep what is typed into a column of text as text: 01 is no 1."""
    values = [value for value, _ in column.values]
    text = column.kind != "numeric" and bool(values) and all(isinstance(v, str) for v in values)
    return "@" if text and column.kind != "mixed" else "General"
