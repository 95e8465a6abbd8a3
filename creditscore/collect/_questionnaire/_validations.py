"""What cells for answers take: lists, ranges, days, and texts that are not too long."""

from __future__ import annotations

from typing import Any

from creditscore.collect._questionnaire._question import Question
from creditscore.collect._questionnaire._sheet_plan import MARK
from creditscore.collect._questionnaire._value import MOST_LETTERS
from creditscore.collect._questionnaire._words import Language, number_words, range_words, said

_HUGE = "1E+300"
_FIRST_SERIAL, _LAST_SERIAL = "61", "2958465"
"""1 March 1900 and 31 December 9999, as spreadsheets count days."""
_MOST_TOLD = 220


class Validations:
    """Adds validations to the cells of one sheet, one for all cells that take the same.

    Parameters
    ----------
    openpyxl : module
        ``openpyxl``.
    sheet : openpyxl worksheet
        The sheet.
    language : {"en", "zh", "both"}
        What messages are written in.
    """

    def __init__(self, openpyxl: Any, sheet: Any, language: Language) -> None:
        self._kind = openpyxl.worksheet.datavalidation.DataValidation
        self._sheet, self._language = sheet, language
        self._made: dict[tuple[Any, ...], Any] = {}

    def words(self, place: str, formula: str) -> None:
        """Offer the texts of some cells."""
        self._add(place, type="list", formula1=formula)

    def mark(self, place: str) -> None:
        """Offer a mark."""
        self._add(place, type="list", formula1=f'"{MARK}"')

    def of(self, place: str, question: Question) -> None:
        """Take what the question takes, as far as a sheet can tell."""
        if question.kind in ("number", "scale"):
            whole = question.kind == "scale" or question.decimals == 0
            low, high = question.low, question.high
            self._add(
                place, type="whole" if whole else "decimal", operator="between",
                formula1=number_words(low) if abs(low) != float("inf") else f"-{_HUGE}",
                formula2=number_words(high) if abs(high) != float("inf") else _HUGE,
                told=range_words(question, self._language),
            )  # fmt: skip
        elif question.kind == "day":
            # an earlier day may be entered as text all the same
            self._add(
                place, type="date", operator="between", formula1=_FIRST_SERIAL,
                formula2=_LAST_SERIAL, errorStyle="warning", told=said("day", self._language),
            )  # fmt: skip
        else:
            self._add(
                place, type="textLength", operator="lessThanOrEqual", formula1=str(MOST_LETTERS)
            )

    def _add(self, place: str, *, told: str = "", **what: Any) -> None:
        key = (*sorted(what.items()), told)
        if key not in self._made:
            words = said("not_allowed", self._language)
            made = self._kind(
                allow_blank=True,
                showErrorMessage=True,
                error=f"{words} {told}"[:_MOST_TOLD],
                **what,
            )
            self._sheet.add_data_validation(made)
            self._made[key] = made
        self._made[key].add(place)
