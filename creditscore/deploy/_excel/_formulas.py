"""What an applicant's cells are worth, as formulas of a spreadsheet.

They use functions that every version of Excel and LibreOffice has, and none that must be entered
as an array: SUMPRODUCT compares whole ranges by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from creditscore.deploy._excel._card_sheet import Places
from creditscore.deploy._rules import ColumnRules

NO_NUMBER, NO_TEXT, ERROR = "no number", "no text", "an error"
"""What stands in the place of points that a value cannot earn."""
LEAST_SHORTFALL = 1e-9
"""Points below which the card too calls a difference rounding."""


def points_formula(column: ColumnRules, places: Places, value: str, empty: str) -> str:
    """Return the points of a value, or a word that says why there are none.

    Parameters
    ----------
    column : ColumnRules
        The column.
    places : Places
        Where its points stand.
    value : str
        The cell.
    empty : str
        Condition under which the row earns nothing.
    """
    earned = _of_value(column, places, value)
    return (
        f'=IF({empty},"",IF(ISNA({value}),{places.missing},'
        f'IF(ISERROR({value}),"{ERROR}",IF({value}="",{places.missing},{earned}))))'
    )


def _of_value(column: ColumnRules, places: Places, value: str) -> str:
    is_number = f"OR(ISNUMBER({value}),ISLOGICAL({value}))"
    if column.kind == "numeric":
        return f'IF({is_number},{_of_number(places, value)},"{NO_NUMBER}")'
    other = places.other or ""
    if column.kind == "mixed":
        # VALUE reads more than numbers: what might be one is asked for as a number
        word = f'IF(ISERROR(VALUE({value})),{other},"{NO_NUMBER}")'
        return f"IF({is_number},{_of_number(places, value)},{_of_text(places, value, word)})"
    of_text = _of_text(places, value, other) if places.texts else f'"{NO_NUMBER}"'
    of_number = _in_table(places.numbers, value, other) if places.numbers else f'"{NO_TEXT}"'
    if places.texts is None and places.numbers is None:
        return other
    return f"IF({is_number},{of_number},{of_text})"


def _of_text(places: Places, value: str, other: str) -> str:
    """Compare letter by letter: MATCH knows wildcards, and no difference of a and A."""
    if places.texts is None:
        return other
    texts, points = places.texts
    first = texts.partition(":")[0]
    place = f"SUMPRODUCT(EXACT({value},{texts})*(ROW({texts})-ROW({first})+1))"
    return f"IF({place}=0,{other},INDEX({points},{place}))"


def _of_number(places: Places, value: str) -> str:
    interval = f"INDEX({places.points},1)"
    if places.cuts is not None:
        # how many cuts are not above the number, and one more
        place = f"IFERROR(MATCH({value}*1,{places.cuts},1),0)+1"
        interval = f"INDEX({places.points},{place})"
        if places.slopes is not None:
            low = f"INDEX({places.lows},{place})"
            interval += f"+INDEX({places.slopes},{place})*({value}-{low})"
    return _in_table(places.numbers, value, interval) if places.numbers else interval


def _in_table(table: tuple[str, str] | None, value: str, other: str) -> str:
    assert table is not None  # noqa: S101 - the caller has looked
    numbers, points = table
    return f"IFERROR(INDEX({points},MATCH({value}*1,{numbers},0)),{other})"


def score_formula(points: str, n: int, base: str, empty: str, otherwise: str = '""') -> str:
    """Return the sum of points, nothing in an empty row, or else what is told instead."""
    return f'=IF({empty},"",IF(COUNT({points})={n},{base}+SUM({points}),{otherwise}))'


def prob_default_formula(score: str, offset: str, factor: str) -> str:
    """Return the probability of default of a score; powers that overflow are not taken."""
    log_odds = f"(({score}-{offset})/{factor})"
    safe = f"EXP(-{log_odds})/(1+EXP(-{log_odds}))"
    return f'=IF(ISNUMBER({score}),IF({log_odds}>0,{safe},1/(1+EXP({log_odds}))),"")'


def check_formula(score: str, why: str, empty: str) -> str:
    """Return "ok", or why there is no score."""
    return f'=IF({empty},"",IF(ISNUMBER({score}),"ok",{why}))'


def why_of(points: str, names: str) -> str:
    """Return the first column without points and why, as a part of a formula."""
    first, _, last = points.partition(":")
    # the text that stands furthest to the left
    from_end = f"SUMPRODUCT(MAX(ISTEXT({points})*(COLUMN({last})-COLUMN({points})+1)))"
    place = f"COLUMN({last})-COLUMN({first})+2-{from_end}"
    return f'INDEX({names},{place})&": "&INDEX({points},{place})'


def rank_formula(
    score: str, own: tuple[str, str], all_: tuple[str, str], before: tuple[str, str] | None
) -> str:
    """Return the rank of a shortfall, from 1; nothing where it is no reason.

    Parameters
    ----------
    score : str
        Of the row.
    own, all_, before : tuple of str
        What is less the shortfall, and from what it is taken: a cell or range of points each, of
        the column, of all columns, and of those before it in the card.
    """
    short = "-".join(own)
    # to nine decimals, as the card compares
    own_, all_sides, sides_before = (
        "" if sides is None else f"ROUND({'-'.join(sides)},9)" for sides in (own, all_, before)
    )
    rank = f"1+SUMPRODUCT(({all_sides}>{own_})*1)"
    if before is not None:
        rank += f"+SUMPRODUCT(({sides_before}={own_})*1)"
    return f'=IF(ISNUMBER({score}),IF({short}>{LEAST_SHORTFALL:.0e},{rank},""),"")'


def reason_of(rank: int, ranks: str, names: str) -> str:
    """Return the column of a rank, nothing where there is none, as a part of a formula."""
    return f'IFERROR(INDEX({names},MATCH({rank},{ranks},0)),"")'


def place_formula(
    first: tuple[str, str] | None, within: Sequence[tuple[int, str, str]], empty: str
) -> str:
    """Return the number of the segment, or the column that tells none and why.

    Parameters
    ----------
    first : tuple of str or None
        Cell of the name of the first column, and the cell of what it tells.
    within : sequence of (int, str, str)
        For each segment that is divided: its number, the cell of the name of the column that
        divides it, and the cell of what that adds.
    empty : str
        Condition under which the row has none.
    """
    start = "0" if first is None else first[1]
    found = start
    for number, name, cell in within:
        inner = f'IF(ISNUMBER({cell}),{number}+{cell},{name}&": "&{cell})'
        found = f"IF({start}={number},{inner},{found})"
    if first is not None:
        found = f'IF(ISNUMBER({start}),{found},{first[0]}&": "&{start})'
    return f'=IF({empty},"",{found})'


def by_segment(place: str, parts: Sequence[str], otherwise: str = '""') -> str:
    """Choose among parts of formulas by the number of the segment."""
    found = otherwise
    for number, part in reversed(list(enumerate(parts))):
        found = f"IF({place}={number},{part},{found})"
    return found
