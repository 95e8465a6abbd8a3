"""The sheet that says what the workbook is and how it reads its cells."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

from creditscore._typing import ReasonBaseline
from creditscore.deploy._excel._cells import Book
from creditscore.deploy._rules import CardRules, Rules, SegmentedRules, cards_in

ABOUT = "About"
_COMPARED = {
    "neutral": "those of a case that is neither better nor worse than the sample",
    "average": "the average points of the sample",
    "maximum": "the best points that can be had",
}

_READING = {
    "How to use it": (
        "On the sheet Score, type or paste a row for each applicant under the names of the "
        "columns. The first column is yours, for a name or number. Formulas do the rest; for more "
        "rows, copy the last one down. Where a spreadsheet opens the file for reading only, allow "
        "editing first, or nothing is worked out."
    ),
    "Changing points": (
        "Points on the sheet Card may be changed, and all scores follow at once. This changes the "
        "workbook, not the card that it was written from. Ends of intervals and levels are the "
        "card's own."
    ),
    "Missing values": (
        "An empty cell or text is missing, and so is #N/A. The text NaN is a text like any other, "
        "and other errors have no score."
    ),
    "Numbers and texts": (
        "A number must be a number: one that is stored as text has no score, and Check says so. "
        "TRUE is 1 and FALSE is 0. In columns of text a number has no score; levels that the card "
        "does not know earn what it gives to others. Texts are compared letter by letter, capitals "
        "and blanks included."
    ),
    "Ends of intervals": (
        "A number at the lower end of an interval is in it, at the upper end it is in the next. "
        "Spreadsheets compare numbers by about 15 digits."
    ),
}


def write_about(book: Book, rules: Rules, what: str, baseline: ReasonBaseline) -> None:
    """Write the sheet.

    Parameters
    ----------
    book : Book
        Of the workbook.
    rules : CardRules or SegmentedRules
        Of the card.
    what : str
        The card in one line.
    baseline : {"neutral", "average", "maximum"}
        What reasons compare with.
    """
    sheet = book.sheet(ABOUT)
    book.text(sheet, "A1", "About this workbook", "title")
    book.text(sheet, "A2", what, "note")
    for row, (title, text) in enumerate(_paragraphs(rules, baseline), 4):
        book.text(sheet, f"A{row}", title, "bold")
        book.text(sheet, f"B{row}", text, "wrapped")
        sheet[f"A{row}"].alignment = book.openpyxl.styles.Alignment(vertical="top")
        sheet.row_dimensions[row].height = 16 * (1 + len(text) // 105)
    book.widths(sheet, [24, 100])


def _paragraphs(rules: Rules, baseline: ReasonBaseline) -> Iterator[tuple[str, str]]:
    yield from _READING.items()
    if isinstance(rules, SegmentedRules):
        text = (
            "The sheet Segments says which applicant belongs to which segment. Each segment has a "
            "card of its own, on the sheets Card_1, Card_2 and so on in the order of that list, "
            "and columns of its own for points; the others are empty."
        )
        yield "Segments", text
    yield from _of_card(cards_in(rules)[0], baseline)


def _of_card(rules: CardRules, baseline: ReasonBaseline) -> Iterator[tuple[str, str]]:
    if rules.n_reasons:
        word = "cost" if rules.higher_is_safer else "add"
        text = (
            f"The characteristics that {word} most points, compared with {_COMPARED[baseline]}. "
            "Of equal ones, that which stands first in the card comes first."
        )
        yield "Reasons", text
    if rules.offset is not None and rules.factor is not None:
        text = (
            "1 / (1 + odds), where the logarithm of the odds of good to bad is (score - score at "
            "even odds) / points for a unit, as the sheet Card has them."
        )
        yield "Probability of default", text
    yield "Written by", f"creditscore {version('creditscore')}"
