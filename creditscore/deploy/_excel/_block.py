"""The cells of one card in a row of the sheet that scores: points, their sum, and their ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from creditscore.deploy._excel._card_sheet import CardSheets, Places
from creditscore.deploy._excel._cells import Book, Sheet
from creditscore.deploy._excel._formulas import (
    points_formula,
    rank_formula,
    reason_of,
    score_formula,
    why_of,
)
from creditscore.deploy._rules import CardRules

GROUPS_ROW, REFERENCES_ROW, NAMES_ROW = 4, 5, 6


class CardBlock:
    """Writes the cells of a card.

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
    first : int
        The first column of the block on the sheet, counted from 1.
    segment : str or None
        Whose card it is. Such a card has its score in the block, or why there is none.
    """

    def __init__(
        self,
        book: Book,
        rules: CardRules,
        card: CardSheets,
        places: Sequence[Places],
        first: int,
        segment: str | None = None,
    ) -> None:
        self.book, self.rules, self.card, self.places = book, rules, card, places
        self.segment = segment
        self.names = [column.name for column in rules.columns]
        k = len(self.names)
        self.points = book.letters(first, k)
        own = 0 if segment is None else 1
        self.score = book.letter(first + k) if own else ""
        self.ranks = book.letters(first + k + own, k) if rules.n_reasons else []
        self.width = k + own + len(self.ranks)

    def write_headers(self, sheet: Sheet) -> None:
        """Write names, what they are compared with, and the title of each group."""
        of = "" if self.segment is None else f" of {self.segment}"
        titles = dict(zip(self.points, self.names, strict=True))
        if self.score:
            titles[self.score] = f"Score{of}"
        titles |= dict(zip(self.ranks, (f"Rank of {name}" for name in self.names), strict=False))
        for letter, title in titles.items():
            self.book.text(sheet, f"{letter}{NAMES_ROW}", title, "header")
        write_group(self.book, sheet, self.points, f"Points{of}")
        write_group(self.book, sheet, self.ranks, f"Ranks{of}")
        for letter, places in zip(self.points, self.places, strict=True):
            if self.ranks:
                cell, points_format = f"{letter}{REFERENCES_ROW}", self.card.points_format
                self.book.formula(sheet, cell, f"={places.reference}", "helper", points_format)

    def write_row(self, sheet: Sheet, row: int, values: Mapping[str, str], empty: str) -> None:
        """Write points, and the score where it stands in the block; `empty` says where nothing."""
        for letter, column, places in zip(
            self.points, self.rules.columns, self.places, strict=True
        ):
            formula = points_formula(column, places, f"${values[column.name]}{row}", empty)
            self.book.formula(sheet, f"{letter}{row}", formula, "made", self.card.points_format)
        if self.score:
            # why there is none stands in its place: 40 cards' worth of it fit in no formula
            formula = self.score_formula(row, empty, self.why(row))
            place = f"{self.score}{row}"
            self.book.formula(sheet, place, formula, "made", self.card.points_format)

    def write_ranks(self, sheet: Sheet, row: int, score: str) -> None:
        """Write the rank of each characteristic, where the row has a score."""
        for place, letter in enumerate(self.ranks):
            earned = self.points[place]
            own = self._sides(f"{earned}${REFERENCES_ROW}", f"${earned}{row}")
            all_ = self._sides(*self._of(self.points, row))
            first = self.points[:place]
            before = self._sides(*self._of(first, row)) if first else None
            formula = rank_formula(score, own, all_, before)
            self.book.formula(sheet, f"{letter}{row}", formula, "helper")

    def score_formula(self, row: int, empty: str, otherwise: str = '""') -> str:
        """Return the score as a formula, or what is told where there is none."""
        points, n = row_of(self.points, row), len(self.points)
        return score_formula(points, n, self.card.base, empty, otherwise)

    def reason(self, rank: int, row: int) -> str:
        """Return the characteristic of a rank, as a part of a formula."""
        return reason_of(rank, row_of(self.ranks, row), self._titles)

    def why(self, row: int) -> str:
        """Return the first column without points and why, as a part of a formula."""
        return why_of(row_of(self.points, row), self._titles)

    @property
    def _titles(self) -> str:
        return row_of(self.points, NAMES_ROW, fixed=True)

    def _of(self, letters: Sequence[str], row: int) -> tuple[str, str]:
        return row_of(letters, REFERENCES_ROW, fixed=True), row_of(letters, row)

    def _sides(self, reference: str, points: str) -> tuple[str, str]:
        return (reference, points) if self.rules.higher_is_safer else (points, reference)


def write_group(book: Book, sheet: Sheet, letters: Sequence[str], title: str) -> None:
    """Write the title of some columns over the first of them, and let it reach to the last."""
    if not letters:
        return
    book.text(sheet, f"{letters[0]}{GROUPS_ROW}", title, "group")
    # one cell alone is no range to a spreadsheet
    if len(letters) > 1:
        sheet.merge_cells(f"{letters[0]}{GROUPS_ROW}:{letters[-1]}{GROUPS_ROW}")


def row_of(letters: Sequence[str], row: int, *, fixed: bool = False) -> str:
    """Return the range of some columns in a row, which moves with the formula or does not."""
    mark = "$" if fixed else ""
    return f"${letters[0]}{mark}{row}:${letters[-1]}{mark}{row}"
