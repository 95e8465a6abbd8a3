"""The sheet that scores: a row an applicant, values on the left, formulas on the right."""

from __future__ import annotations

from collections.abc import Sequence

from creditscore.deploy._excel._block import (
    GROUPS_ROW,
    NAMES_ROW,
    REFERENCES_ROW,
    CardBlock,
    write_group,
)
from creditscore.deploy._excel._card_sheet import CardSheets, Places
from creditscore.deploy._excel._cells import Book, Sheet
from creditscore.deploy._excel._formulas import by_segment, check_formula, prob_default_formula
from creditscore.deploy._excel._segment_cells import SegmentBlock, SegmentSheets
from creditscore.deploy._rules import ColumnRules, Rules, SegmentedRules, cards_in, columns_in

SCORE = "Score"
_FIRST = NAMES_ROW + 1


class ScoreSheet:
    """Writes the sheet.

    Parameters
    ----------
    book : Book
        Of the workbook.
    rules : CardRules or SegmentedRules
        Of the card.
    cards : sequence of (CardSheets, sequence of Places)
        Where the points of each card stand.
    segments : (SegmentSheets, sequence of Places) or None
        Where segments are looked up, where there are any.
    rows : int
        Applicants that there is room for.
    """

    def __init__(
        self,
        book: Book,
        rules: Rules,
        cards: Sequence[tuple[CardSheets, Sequence[Places]]],
        segments: tuple[SegmentSheets, Sequence[Places]] | None,
        rows: int,
    ) -> None:
        self.book, self.last = book, _FIRST + rows - 1
        first = cards_in(rules)[0]
        self.card, self.n_reasons = cards[0][0], first.n_reasons
        self.readers: dict[str, list[ColumnRules]] = {}
        for column in columns_in(rules):
            self.readers.setdefault(column.name, []).append(column)
        self.calibrated = first.offset is not None and first.factor is not None
        # the first column is the applicant's own name or number
        k, own = len(self.readers), segments is not None
        self.values = dict(zip(self.readers, book.letters(2, k), strict=True))
        self.segment = book.letter(k + 2) if own else ""
        self.score = book.letter(k + 2 + own)
        self.pd = book.letter(k + 3 + own)
        self.reasons = book.letters(k + 3 + own + self.calibrated, self.n_reasons)
        place = k + 3 + own + self.calibrated + self.n_reasons
        self.check = book.letter(place)
        place += 1
        self.finder = None if segments is None else SegmentBlock(book, *segments, place)
        place += 0 if self.finder is None else self.finder.width
        names = rules.segments.names if isinstance(rules, SegmentedRules) else (None,)
        self.blocks = []
        for name, one, (sheets, places) in zip(names, cards_in(rules), cards, strict=True):
            self.blocks.append(CardBlock(book, one, sheets, places, place, name))
            place += self.blocks[-1].width

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
        results = {self.segment: "Segment"} if self.segment else {}
        results[self.score] = "Score"
        if self.calibrated:
            results[self.pd] = "Probability of default"
        results |= {letter: f"Reason {rank}" for rank, letter in enumerate(self.reasons, 1)}
        results[self.check] = "Check"
        titles = {"A": "Applicant", **{letter: name for name, letter in self.values.items()}}
        for letter, title in (titles | results).items():
            self.book.text(sheet, f"{letter}{NAMES_ROW}", title, "header")
        write_group(self.book, sheet, list(titles), "Applicant")
        write_group(self.book, sheet, list(results), "Result")
        if self.n_reasons:
            cell = f"{self.check}{REFERENCES_ROW}"
            self.book.text(sheet, cell, "Compared with", "note")
        for block in (self.finder, *self.blocks):
            if block is not None:
                block.write_headers(sheet)
        sheet.row_dimensions[NAMES_ROW].height = 45

    def _write_row(self, sheet: Sheet, row: int) -> None:
        book = self.book
        book.number(sheet, f"A{row}", None, "input", "@")
        for name, letter in self.values.items():
            book.number(sheet, f"{letter}{row}", None, "input", _input_format(self.readers[name]))
        empty = f"COUNTA($A{row}:${self._last_value}{row})=0"
        score = f"${self.score}{row}"
        if self.finder is None:
            self._write_plain(sheet, row, empty)
        else:
            self._write_segmented(sheet, row, empty, self.finder)
        if self.calibrated:
            formula = prob_default_formula(score, self.card.offset, self.card.factor)
            book.formula(sheet, f"{self.pd}{row}", formula, "made", "0.00%")

    def _write_plain(self, sheet: Sheet, row: int, empty: str) -> None:
        (block,) = self.blocks
        score = f"${self.score}{row}"
        block.write_row(sheet, row, self.values, empty)
        self._write_score(sheet, row, block.score_formula(row, empty))
        for rank, letter in enumerate(self.reasons, 1):
            self.book.formula(sheet, f"{letter}{row}", f"={block.reason(rank, row)}")
        formula = check_formula(score, block.why(row), empty)
        self.book.formula(sheet, f"{self.check}{row}", formula)
        block.write_ranks(sheet, row, score)

    def _write_segmented(self, sheet: Sheet, row: int, empty: str, finder: SegmentBlock) -> None:
        """Let the card of each segment answer for its rows, and choose among the answers."""
        finder.write_row(sheet, row, self.values, empty)
        place, score = f"${finder.place}{row}", f"${self.score}{row}"
        for number, block in enumerate(self.blocks):
            # a row of another segment, or of none, is empty to this card
            block.write_row(sheet, row, self.values, f'{place}&""<>"{number}"')
            block.write_ranks(sheet, row, f"${block.score}{row}")
        scores = [f"${block.score}{row}" for block in self.blocks]
        known = [f'IF(ISNUMBER({one}),{one},"")' for one in scores]
        self._write_score(sheet, row, f"={by_segment(place, known)}")
        name = f'=IF(ISNUMBER({place}),INDEX({finder.sheets.names},{place}+1),"")'
        self.book.formula(sheet, f"{self.segment}{row}", name)
        for rank, letter in enumerate(self.reasons, 1):
            reasons = [block.reason(rank, row) for block in self.blocks]
            self.book.formula(sheet, f"{letter}{row}", f"={by_segment(place, reasons)}")
        why = by_segment(place, scores, place)
        self.book.formula(sheet, f"{self.check}{row}", check_formula(score, why, empty))

    def _write_score(self, sheet: Sheet, row: int, formula: str) -> None:
        place = f"{self.score}{row}"
        self.book.formula(sheet, place, formula, "strong", self.card.points_format)

    @property
    def _last_value(self) -> str:
        return list(self.values.values())[-1]

    def _finish(self, sheet: Sheet) -> None:
        sheet.freeze_panes = f"B{_FIRST}"
        width = max(min(max(map(len, self.readers)) + 4, 24), 12)
        wide = ["A", *self.values.values(), *self.reasons]
        wide += [self.segment] if self.segment else []
        for letter in wide:
            sheet.column_dimensions[letter].width = max(width, 16)
        points = [letter for block in self.blocks for letter in block.points]
        for letter in (self.score, *([self.pd] if self.calibrated else []), *points):
            sheet.column_dimensions[letter].width = width
        sheet.column_dimensions[self.check].width = 30
        for block in self.blocks:
            if block.ranks:
                sheet.column_dimensions.group(block.ranks[0], block.ranks[-1], hidden=True)
        self._offer_levels(sheet)
        red = self.book.openpyxl.styles.Font(color="C00000", bold=True)
        rule = self.book.openpyxl.formatting.rule.FormulaRule(
            formula=[f'AND({self.check}{_FIRST}<>"ok",{self.check}{_FIRST}<>"")'], font=red
        )
        cells = f"{self.check}{_FIRST}:{self.check}{self.last}"
        sheet.conditional_formatting.add(cells, rule)
        sheet.print_title_rows = f"{GROUPS_ROW}:{NAMES_ROW}"

    def _offer_levels(self, sheet: Sheet) -> None:
        """Give the cells of columns of levels a list to choose from, which binds nobody."""
        validation = self.book.openpyxl.worksheet.datavalidation.DataValidation
        tables: dict[str, str] = {}
        for block in (self.finder, *self.blocks):
            if block is None:
                continue
            columns = block.columns if isinstance(block, SegmentBlock) else block.rules.columns
            for column, places in zip(columns, block.places, strict=True):
                table = places.texts or places.numbers
                if column.kind != "numeric" and table is not None:
                    tables.setdefault(column.name, table[0])
        for name, listed in tables.items():
            letter = self.values[name]
            offer = validation(type="list", formula1=listed, allow_blank=True)
            offer.showErrorMessage = False
            offer.add(f"{letter}{_FIRST}:{letter}{self.last}")
            sheet.add_data_validation(offer)


def _input_format(readers: Sequence[ColumnRules]) -> str:
    """Keep what is typed into a column of text as text: 01 is no 1."""
    return "@" if all(map(_is_text, readers)) else "General"


def _is_text(column: ColumnRules) -> bool:
    values = [value for value, _ in column.values]
    text = column.kind != "numeric" and bool(values) and all(isinstance(v, str) for v in values)
    return text and column.kind != "mixed"
