"""A card as a workbook that scores: points that may be changed, and formulas that follow."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from creditscore._files import whole_file
from creditscore._typing import ReasonBaseline
from creditscore._validation import check_integer
from creditscore.deploy._alike import check_whole_levels
from creditscore.deploy._description import (
    AnyCard,
    baseline_of,
    cards_of,
    rules_of,
    segment_characteristics,
)
from creditscore.deploy._excel._about_sheet import write_about
from creditscore.deploy._excel._card_sheet import CardSheets
from creditscore.deploy._excel._cells import Book, check_text
from creditscore.deploy._excel._score_sheet import SCORE, ScoreSheet
from creditscore.deploy._excel._segment_cells import SegmentSheets
from creditscore.deploy._rules import Rules, SegmentedRules, cards_in, columns_in
from creditscore.exceptions import InvalidParameterError, MissingDependencyError
from creditscore.scorecard import SegmentedScorecard

_MOST_ROWS = 100_000
_MOST_COLUMNS = 16_384
_MOST_SEGMENTS = 40


def to_excel(
    card: AnyCard,
    path: str | os.PathLike[str],
    *,
    n_reasons: int = 4,
    baseline: ReasonBaseline | None = None,
    rows: int = 500,
) -> None:
    """Write a card as a workbook (.xlsx) that scores applicants by live formulas.

    Parameters
    ----------
    card : Scorecard or SegmentedScorecard
        The card.
    path : path-like
        File to write, which is there whole or stays as it was; its name ends in .xlsx, in
        small letters or capitals. Folders that are not there are made.
    n_reasons : int, default=4
        Most reasons that it gives, zero or more.
    baseline : {"neutral", "average", "maximum"}, optional
        What reasons compare with, as in :meth:`Scorecard.reasons`: "neutral" unless given, or
        "maximum" where the card holds no neutral points.
    rows : int, default=500
        Applicants that there is room for, 1 to 100,000; 500 of a card of 23 characteristics take
        2 seconds to write and 0.6 MB.

    Raises
    ------
    InvalidParameterError
        A name or a level that no cell holds: control characters, more than 32,767 letters, a level
        that is the empty text or a whole number of 2⁵³ or more; more characteristics than a sheet
        has room for, or more than 40 segments; a path that is no name of a workbook.
    UncalibratedCardError
        Reasons are asked for, and the card holds no neutral points or counts.
    MissingDependencyError
        openpyxl is not installed.

    Notes
    -----
    Sheet "Score" has a row for each applicant: values on the left, and by formulas score,
    probability of default, reasons, and the points of each characteristic. "Card" is the points
    table; points changed there change the scores. "Levels" lists levels, special codes and words
    with the attribute that each belongs to; "About" says how cells are read.

    A segmented card has sheets "Card_1", "Card_2" and so on, one for each segment, the sheet
    "Segments" that says who belongs to which, and on "Score" the segment, and points by segment.

    An empty cell or text is missing, and so is #N/A; the text NaN is a text. Numbers stored as
    text, and numbers in columns of text, have no score, and the column "Check" names them, as it
    does what the card refuses. Levels that the card does not know earn what it gives to others. In
    columns of numbers and words, text that a spreadsheet can read as a number has no score either:
    enter the number.

    Reasons are ordered by shortfalls to nine decimals, as those of the card are; ROUND may turn a
    half in the tenth decimal the other way than the card does.

    Texts are written as texts, also where they begin with an equals sign, and compared letter by
    letter. Scores equal those of the card to about 15 digits, by which spreadsheets compare: a
    number within 1e-14 of a cut, by ratio, may count as the cut.

    Examples
    --------
    >>> from creditscore import Scorecard
    >>> from creditscore.deploy import to_excel
    >>> from creditscore.scorecard import Characteristic
    >>> years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    >>> card = Scorecard(characteristics=[years], base_points=500)
    >>> to_excel(card, "card.xlsx", rows=200)  # doctest: +SKIP
    """
    check_integer(rows, "rows", "to_excel", low=1)
    _check_path(path)
    compared = baseline_of(card, baseline)
    rules = rules_of(card, n_reasons=n_reasons, baseline=compared)
    _check_size(rules, rows)
    _check_texts(rules)
    book = Book(_openpyxl())
    cards = [(sheets, sheets.write()) for sheets in _card_sheets(book, card, rules, compared)]
    segments = None
    if isinstance(card, SegmentedScorecard) and isinstance(rules, SegmentedRules):
        read = segment_characteristics(card.segments)
        found = SegmentSheets(book, rules.segments, read)
        segments = (found, found.write())
    ScoreSheet(book, rules, cards, segments, rows).write()
    write_about(book, rules, repr(card).strip("<>"), compared)
    book.workbook.move_sheet(SCORE, -book.workbook.sheetnames.index(SCORE))
    book.workbook.active = 0
    with whole_file(path) as temporary:
        book.workbook.save(temporary)


def _card_sheets(
    book: Book, card: AnyCard, rules: Rules, baseline: ReasonBaseline
) -> Iterator[CardSheets]:
    """Yield the sheets of each card, in the order of segments."""
    if not isinstance(rules, SegmentedRules):
        (one,) = cards_of(card)
        yield CardSheets(book, rules, one.characteristics, baseline)
        return
    names, own = rules.segments.names, zip(cards_of(card), rules.cards, strict=True)
    for number, (name, (one, of_one)) in enumerate(zip(names, own, strict=True), 1):
        titles = (f"Card_{number}", f"Levels_{number}")
        yield CardSheets(book, of_one, one.characteristics, baseline, titles=titles, segment=name)


def _openpyxl() -> Any:
    try:
        import openpyxl  # noqa: PLC0415 - an extra
        import openpyxl.formatting.rule  # noqa: PLC0415 - as above
        import openpyxl.worksheet.datavalidation  # noqa: PLC0415 - as above
    except ImportError as error:
        msg = 'openpyxl is needed for this: pip install "creditscore[excel]".'
        raise MissingDependencyError(msg) from error
    return openpyxl


def _check_path(path: Any) -> None:
    if not isinstance(path, (str, os.PathLike)) or not _is_workbook(path):
        msg = (
            "The 'path' parameter of to_excel must be the path of a workbook, whose name ends in "
            f".xlsx. Got {path!r} instead."
        )
        raise InvalidParameterError(msg)


def _is_workbook(path: str | os.PathLike[str]) -> bool:
    return str(os.fspath(path)).lower().endswith(".xlsx")


def _check_size(rules: Rules, rows: int) -> None:
    cards, read = cards_in(rules), {column.name for column in columns_in(rules)}
    of_segments = 0
    if isinstance(rules, SegmentedRules):
        of_segments = len(rules.segments.columns) + 2 + len(cards)
        if len(cards) > _MOST_SEGMENTS:
            msg = (
                f"A workbook chooses among {_MOST_SEGMENTS} cards of segments, and this card has "
                f"{len(cards)}. Export it as SQL, or the card of each segment by itself."
            )
            raise InvalidParameterError(msg)
    of_cards = sum(2 * len(card.columns) for card in cards)
    columns = len(read) + of_cards + of_segments + cards[0].n_reasons + 4
    if rows > _MOST_ROWS or columns > _MOST_COLUMNS:
        msg = (
            f"A sheet has room for {_MOST_ROWS:,} applicants and {_MOST_COLUMNS:,} columns. Got "
            f"{rows:,} rows and {columns:,} columns. Ask for fewer rows, or export the card as SQL."
        )
        raise InvalidParameterError(msg)


def _check_texts(rules: Rules) -> None:
    if isinstance(rules, SegmentedRules):
        for name in rules.segments.names:
            check_text(name, "the name of a segment")
    for column in columns_in(rules):
        check_whole_levels(column, "a cell of a workbook")
        check_text(column.name, "the name")
        for level, _ in column.values:
            if isinstance(level, str):
                check_text(level, f"in column {column.name!r} the level")
            if level == "":
                msg = (
                    f"Column {column.name!r} has a level that is the empty text, which a workbook "
                    "cannot tell from missing. Give it another name before the card is made."
                )
                raise InvalidParameterError(msg)
