"""Readers of tables that others make: industry figures, references, ratings, surveys, events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from creditscore._checks import check_kind, unknown_name
from creditscore._validation import check_real
from creditscore.indicators._readers._engine import (
    Fault,
    Reading,
    Row,
    RowRule,
    constants_of,
    read_declared,
)
from creditscore.indicators._readers._rating_scale import (
    is_withdrawn,
    known_agency,
    near_agencies,
    near_symbols,
    notch_of,
    scale_of,
)
from creditscore.indicators._readers._read_result import ReadResult


def read_industry_table(
    data: Any,
    *,
    columns: Mapping[str, str] | None = None,
    source: str = "",
    known_on: Any = None,
    known_lag_days: int | None = None,
    numbers: Sequence[str] = (),
    strict: bool = True,
) -> ReadResult:
    """Read figures of industries: firms, defaults, output, concentration.

    Parameters
    ----------
    data : str, path or table
        A .csv file in UTF-8, the first sheet of an .xlsx file, or a table of pandas, polars or
        pyarrow. Its columns are those of :func:`template_columns`; industry and period_end must
        be there.
    columns : mapping of str to str, optional
        Names in `data` for names here, where they differ: ``{"industry": "branch"}``.
    source : str, default=""
        Where all rows come from, if `data` has no such column. Without either it is the name
        of the file, or "a table without a source".
    known_on : str, date or Timestamp, optional
        Day from which all rows were known, if `data` has no such column.
    known_lag_days : int, optional
        Days after its period end on which each row was known, if `data` has no such column.
    numbers : sequence of str, default=()
        Further columns of numbers, such as the medians of an industry's firms. A table of such
        benchmarks alone is the `peers` of :class:`CustomerRecords`.
    strict : bool, default=True
        Whether a row that cannot be used is an error. Otherwise such rows are in the rejects.

    Returns
    -------
    ReadResult
        Its `table` is the `industries` of :class:`CustomerRecords`.

    Raises
    ------
    DocumentNotFoundError, DocumentError
        There is no such file, or it cannot be read.
    MissingColumnError
        A column that is required is not there.
    InvalidDataError
        A row cannot be used; the message names file, row and column.
    InvalidParameterError
        A parameter is none of the above, or says again what the table says.
    MissingDependencyError
        A workbook needs openpyxl.

    Notes
    -----
    A row is rejected whole where a cell is empty that is required, holds no plain number (digits
    and a point) or no day, or lies outside its range; where it was known before its period
    ended; where defaults exceed firms; and where it repeats industry, period and day of an
    earlier row. Days as text have the year first: 2024-03-15, 2024/3/15, 2024.3.15 or
    2024年3月15日. What 15.03.2024 or 3/15/2024 mean is not guessed. Lines of a file that begin
    with # above the header are comments, rows without any value are no rows. Columns that are
    not declared are not read, and listed in the result.
    O(n_rows) time.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.indicators import read_industry_table
    >>> figures = pd.DataFrame({
    ...     "branch": ["steel"], "period_end": ["2023-12-31"], "firms": [1200], "defaults": [18],
    ... })
    >>> result = read_industry_table(
    ...     figures, columns={"industry": "branch"}, source="Statistical office",
    ...     known_lag_days=75,
    ... )
    >>> result.table[["industry", "firms", "known_on"]].astype(str).values.tolist()
    [['steel', '1200.0', '2024-03-15']]
    """
    owner = "read_industry_table"
    reading = Reading(
        kind="industries", owner=owner, columns=columns or {}, known_lag_days=known_lag_days,
        constants=constants_of(owner, source=source, known_on=known_on), numbers=tuple(numbers),
        rule=_defaults_within_firms, strict=strict,
    )  # fmt: skip
    return read_declared(data, reading)


def read_references(
    data: Any,
    *,
    columns: Mapping[str, str] | None = None,
    source: str = "",
    known_on: Any = None,
    association: str = "",
    opinions: Mapping[str, float] | None = None,
    strict: bool = True,
) -> ReadResult:
    """Read references that trade associations give on customers.

    Parameters
    ----------
    data : str, path or table
        As for :func:`read_industry_table`; customer and opinion must be there.
    columns : mapping of str to str, optional
        Names in `data` for names here, where they differ.
    source : str, default=""
        Where all rows come from, if `data` has no such column. Without either it is the name
        of the file, or "a table without a source".
    known_on : str, date or Timestamp, optional
        Day from which all rows were known, if `data` has no such column.
    association : str, default=""
        Who gives all references, if `data` has no such column.
    opinions : mapping of str to float, optional
        Numbers from 0 to 1 for words: ``{"good": 1, "fair": 0.5, "poor": 0}``.
    strict : bool, default=True
        Whether a row that cannot be used is an error. Otherwise such rows are in the rejects.

    Returns
    -------
    ReadResult
        Its `table` is the `references` of :class:`CustomerRecords`.

    Raises
    ------
    DocumentNotFoundError, DocumentError
        There is no such file, or it cannot be read.
    MissingColumnError
        A column that is required is not there.
    InvalidDataError
        A row cannot be used; the message names file, row and column.
    InvalidParameterError
        A parameter is none of the above, or says again what the table says.
    MissingDependencyError
        A workbook needs openpyxl.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.indicators import read_references
    >>> letters = pd.DataFrame({"customer": ["A", "B"], "opinion": ["good", "poor"]})
    >>> result = read_references(
    ...     letters, association="Steel Traders", known_on="2024-05-02",
    ...     opinions={"good": 1, "poor": 0},
    ... )
    >>> result.table["opinion"].tolist()
    [1.0, 0.0]
    """
    owner = "read_references"
    check_kind(opinions or {}, "opinions", owner, Mapping)
    words = {
        word: check_real(value, f"opinions[{word!r}]", owner, low=0.0, high=1.0, closed="both")
        for word, value in (opinions or {}).items()
    }
    constants = constants_of(owner, source=source, known_on=known_on, association=association)
    reading = Reading(
        kind="references", owner=owner, columns=columns or {}, constants=constants,
        words={"opinion": words}, strict=strict,
    )  # fmt: skip
    return read_declared(data, reading)


def read_ratings(
    data: Any,
    *,
    columns: Mapping[str, str] | None = None,
    source: str = "",
    known_on: Any = None,
    agency: str = "",
    agencies: Mapping[str, str] | None = None,
    strict: bool = True,
) -> ReadResult:
    """Read ratings of agencies, and turn their symbols into notches of a scale.

    Parameters
    ----------
    data : str, path or table
        As for :func:`read_industry_table`; customer and rating must be there.
    columns : mapping of str to str, optional
        Names in `data` for names here, where they differ.
    source : str, default=""
        Where all rows come from, if `data` has no such column. Without either it is the name
        of the file, or "a table without a source".
    known_on : str, date or Timestamp, optional
        Day from which all rows were known, if `data` has no such column.
    agency : str, default=""
        Whose ratings all are, if `data` has no such column.
    agencies : mapping of str to str, optional
        For names of agencies that are not known, the known agency whose symbols they use.
    strict : bool, default=True
        Whether a row that cannot be used is an error. Otherwise such rows are in the rejects.

    Returns
    -------
    ReadResult
        Its `table` is the `ratings` of :class:`CustomerRecords`, with two columns more: scale
        ("global" or "china") and notch (missing where the rating was withdrawn or not given).

    Raises
    ------
    DocumentNotFoundError, DocumentError
        There is no such file, or it cannot be read.
    MissingColumnError
        A column that is required is not there.
    InvalidDataError
        A row cannot be used, such as one of an unknown agency or symbol, for which near ones are
        listed; the message names file, row and column.
    InvalidParameterError
        A parameter is none of the above, or says again what the table says.
    MissingDependencyError
        A workbook needs openpyxl.

    Notes
    -----
    Notches run from 1 to 22: AAA, AA+, AA, AA-, …, CCC-, CC, C, D for S&P and Fitch (SD and RD
    are 22 too); Aaa, Aa1, …, Caa3, Ca, C (21) for Moody's, which has no D; AAA, AA (high), AA,
    AA (low), …, D for Morningstar DBRS, where all of CC are 20 and all of C 21. CCXI, Lianhe,
    Dagong, Golden Credit, Brilliance, Pengyuan and Far East (also by their Chinese names) write
    AAA, AA+, …, C, D after the grades of the People's Bank of China, on a scale of their own:
    notches of the two scales are not compared. NR, WR and WD say that there is no rating.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.indicators import read_ratings
    >>> actions = pd.DataFrame({
    ...     "customer": ["A", "A", "B"], "agency": ["S&P", "Moody's", "中诚信国际"],
    ...     "rating": ["BBB+", "WR", "AA+"], "known_on": ["2024-01-10", "2024-02-01", "2024-02-01"],
    ... })
    >>> result = read_ratings(actions, source="agencies' websites")
    >>> result.table[["rating", "scale", "notch"]].values.tolist()
    [['BBB+', 'global', 8.0], ['WR', 'global', nan], ['AA+', 'china', 2.0]]
    """
    owner = "read_ratings"
    reading = Reading(
        kind="ratings", owner=owner, columns=columns or {}, rule=_rating_rule(agencies, owner),
        constants=constants_of(owner, source=source, known_on=known_on, agency=agency),
        derived=("scale", "notch"), strict=strict,
    )  # fmt: skip
    return read_declared(data, reading)


def read_survey(
    data: Any,
    *,
    columns: Mapping[str, str] | None = None,
    source: str = "",
    known_on: Any = None,
    known_lag_days: int | None = None,
    survey: str = "",
    strict: bool = True,
) -> ReadResult:
    """Read balances of market surveys by industry.

    Parameters
    ----------
    data : str, path or table
        As for :func:`read_industry_table`; industry, period_end and balance (from -1 to 1) must
        be there.
    columns : mapping of str to str, optional
        Names in `data` for names here, where they differ.
    source : str, default=""
        Where all rows come from, if `data` has no such column. Without either it is the name
        of the file, or "a table without a source".
    known_on : str, date or Timestamp, optional
        Day from which all rows were known, if `data` has no such column.
    known_lag_days : int, optional
        Days after its period end on which each row was known, if `data` has no such column.
    survey : str, default=""
        Which survey all rows are of, if `data` has no such column.
    strict : bool, default=True
        Whether a row that cannot be used is an error. Otherwise such rows are in the rejects.

    Returns
    -------
    ReadResult
        Its `table` is the `surveys` of :class:`CustomerRecords`.

    Raises
    ------
    DocumentNotFoundError, DocumentError
        There is no such file, or it cannot be read.
    MissingColumnError
        A column that is required is not there.
    InvalidDataError
        A row cannot be used; the message names file, row and column.
    InvalidParameterError
        A parameter is none of the above, or says again what the table says.
    MissingDependencyError
        A workbook needs openpyxl.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.indicators import read_survey
    >>> answers = pd.DataFrame(
    ...     {"industry": ["steel"], "period_end": ["2024-06-30"], "balance": [-0.12]}
    ... )
    >>> read_survey(
    ...     answers, survey="business climate", source="survey institute", known_lag_days=20
    ... )
    ReadResult(surveys from the table: 1 of 1 rows, 0 rejected)
    """
    owner = "read_survey"
    reading = Reading(
        kind="surveys", owner=owner, columns=columns or {}, known_lag_days=known_lag_days,
        constants=constants_of(owner, source=source, known_on=known_on, survey=survey),
        strict=strict,
    )  # fmt: skip
    return read_declared(data, reading)


def read_events(
    data: Any,
    *,
    columns: Mapping[str, str] | None = None,
    source: str = "",
    known_on: Any = None,
    strict: bool = True,
) -> ReadResult:
    """Read events of policy and regulation, with whom they concern and in which direction.

    Parameters
    ----------
    data : str, path or table
        As for :func:`read_industry_table`; event, effective_on and direction (-1 or 1) must be
        there.
    columns : mapping of str to str, optional
        Names in `data` for names here, where they differ.
    source : str, default=""
        Where all rows come from, if `data` has no such column. Without either it is the name
        of the file, or "a table without a source".
    known_on : str, date or Timestamp, optional
        Day from which all rows were known, if `data` has no such column.
    strict : bool, default=True
        Whether a row that cannot be used is an error. Otherwise such rows are in the rejects.

    Returns
    -------
    ReadResult
        Its `table` is the `events` of :class:`CustomerRecords`.

    Raises
    ------
    DocumentNotFoundError, DocumentError
        There is no such file, or it cannot be read.
    MissingColumnError
        A column that is required is not there.
    InvalidDataError
        A row cannot be used, such as one that ends before it begins; the message names file, row
        and column.
    InvalidParameterError
        A parameter is none of the above, or says again what the table says.
    MissingDependencyError
        A workbook needs openpyxl.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.indicators import read_events
    >>> news = pd.DataFrame({
    ...     "event": ["Export tax"], "effective_on": ["2024-07-01"], "direction": [-1],
    ...     "industry": ["steel"],
    ... })
    >>> read_events(news, known_on="2024-05-15", source="official gazette")
    ReadResult(events from the table: 1 of 1 rows, 0 rejected)
    """
    owner = "read_events"
    reading = Reading(
        kind="events", owner=owner, columns=columns or {}, rule=_ends_after_it_begins,
        constants=constants_of(owner, source=source, known_on=known_on), strict=strict,
    )  # fmt: skip
    return read_declared(data, reading)


def _defaults_within_firms(row: Row) -> Iterator[Fault]:
    firms, defaults = row.get("firms"), row.get("defaults")
    if firms is not None and defaults is not None and defaults > firms:
        yield "defaults", defaults, f"is more than the {firms:g} firms"


def _ends_after_it_begins(row: Row) -> Iterator[Fault]:
    begins, ends = row["effective_on"], row.get("ends_on")
    if ends is not None and ends < begins:
        yield "ends_on", str(ends), f"is before the first day in effect, {begins}"


def _rating_rule(agencies: Mapping[str, str] | None, owner: str) -> RowRule:
    """Return the rule that adds scale and notch to a row, by known agencies and own names."""
    check_kind(agencies or {}, "agencies", owner, Mapping)
    own: dict[str, str] = {}
    for name, meant in (agencies or {}).items():
        agency = known_agency(str(meant))
        if agency is None:
            raise unknown_name(meant, near_agencies(str(meant)), "agency", f"agencies[{name!r}]")
        own[name] = agency

    def rule(row: Row) -> Iterator[Fault]:
        name, symbol = str(row["agency"]), str(row["rating"])
        agency = own.get(name) or known_agency(name)
        if agency is None:
            near = near_agencies(name)
            hint = f" Near: {', '.join(near)}." if near else ""
            yield "agency", name, f"is no agency that is known.{hint} Say by agencies= which it is"
            return
        notch = notch_of(symbol, agency)
        if notch is None and not is_withdrawn(symbol):
            near = near_symbols(symbol, agency)
            hint = f" (near: {', '.join(near)})" if near else ""
            yield "rating", symbol, f"is no rating of {agency}{hint}"
            return
        row["scale"] = scale_of(agency)
        row["notch"] = float("nan") if notch is None else float(notch)

    return rule
