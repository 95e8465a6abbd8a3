"""What exports cannot tell apart: columns that cards read differently, and very large levels."""

from __future__ import annotations

from collections.abc import Callable

from creditscore._words import LARGEST_WHOLE
from creditscore.deploy._rules import ColumnRules, Rules, columns_in
from creditscore.exceptions import InvalidParameterError


def check_alike(rules: Rules, held: Callable[[ColumnRules], str | None], where: str) -> None:
    """Refuse a column that one card of a segment reads as something else than another does.

    Parameters
    ----------
    rules : Rules
        Of the card.
    held : callable
        What a column must hold to be read, in words; None where that is all one.
    where : str
        What holds one of the two only, as in "a column of SQL".
    """
    found: dict[str, str] = {}
    for column in columns_in(rules):
        what = held(column)
        if what is None:
            continue
        before = found.setdefault(column.name, what)
        if before != what:
            msg = (
                f"Column {column.name!r} is read as {before} for some segments and as {what} for "
                f"others, and {where} holds one of the two. Give it the same kind in all cards, or "
                "export the card of each segment by itself."
            )
            raise InvalidParameterError(msg)


def check_whole_levels(column: ColumnRules, where: str) -> None:
    """Refuse whole numbers among levels that a double cannot tell from their neighbours."""
    for level, _ in column.values:
        # amounts, such as special codes, are doubles themselves
        if column.kind not in ("categorical", "ordered") or isinstance(level, str):
            continue
        if abs(level) >= LARGEST_WHOLE:
            msg = (
                f"Column {column.name!r} has the level {level!r}, which {where} cannot tell from "
                "its neighbours. Make the levels text before the card is made."
            )
            raise InvalidParameterError(msg)
