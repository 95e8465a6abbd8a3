"""A card as one SQL query, written through sqlglot for each dialect."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from creditscore._typing import ReasonBaseline
from creditscore._validation import check_choice
from creditscore.deploy._alike import check_alike
from creditscore.deploy._description import AnyCard, rules_of
from creditscore.deploy._rules import Rules, SegmentedRules, columns_in
from creditscore.deploy._sql._dialect import DIALECTS, Dialect
from creditscore.deploy._sql._names import check_names, check_texts
from creditscore.deploy._sql._points import held_by
from creditscore.deploy._sql._query import card_query
from creditscore.deploy._sql._segments import segmented_query
from creditscore.exceptions import InvalidParameterError, MissingDependencyError

_LINE_BREAK = re.compile(r"[\n\r]|__SQLGLOT__")
"""Also what stands for one in sqlglot."""
_PLAIN = r"[\w$#@]+(?:-[\w$#@]+)*"
_QUOTED = {'"': r'"(?:[^"\x00]|"")+"', "`": r"`[^`\x00]+`", "[": r"\[[^\]\x00]+\]"}
"""Names in quotes, by what opens these."""


def to_sql(
    card: AnyCard,
    *,
    dialect: str,
    table: str = "applicants",
    keep: Sequence[str] = (),
    n_reasons: int = 0,
    baseline: ReasonBaseline | None = None,
    pretty: bool = False,
) -> str:
    """Write a card as a query that scores each row of a table.

    Parameters
    ----------
    card : Scorecard or SegmentedScorecard
        The card.
    dialect : {"duckdb", "postgres", "sqlite", "spark", "bigquery", "snowflake", "tsql", "oracle"}
        Of the engine that runs it. The tests run queries against the card on DuckDB, PostgreSQL
        and SQLite; those of the others are written by the rules of their manuals and read back
        by sqlglot, but were never run.
    table : str, default="applicants"
        Table with the columns of the card; with its schema where that is needed. Names that hold
        more than letters, digits and underscores are to be quoted as the dialect does; other
        quotes are refused.
    keep : sequence of str, default=()
        Columns that the result holds beside, such as the key of the applicant.
    n_reasons : int, default=0
        Most reasons that the result holds, zero or more.
    baseline : {"neutral", "average", "maximum"}, optional
        What reasons compare with, as in :meth:`Scorecard.reasons`: "neutral" unless given, or
        "maximum" where the card holds no neutral points.
    pretty : bool, default=False
        Whether the query is written in lines and indented, to be read.

    Returns
    -------
    str
        A SELECT with a row for each row of the table: the kept columns; of a segmented card,
        segment, whose card it was; for each characteristic its points, named after it with
        ``_points``; score; pd, the probability of default, where the card has a scale; reason_1 …
        reason_n, the names of the characteristics that cost most points, NULL where there are no
        more.

    Raises
    ------
    InvalidParameterError
        A dialect that is none of these; a name that the engine does not take, or that meets
        another of the result; a level that the engine cannot tell from another, or from missing;
        levels of text and of numbers in one column; a column of numbers and words, other than on
        DuckDB and PostgreSQL; a column that cards of segments read differently; with `pretty`, a
        name or a level with a line break.
    UncalibratedCardError
        Reasons are asked for, and the card holds no neutral points or counts.
    MissingDependencyError
        sqlglot is not installed.

    Notes
    -----
    The query is built as a tree and written by sqlglot, so that names and texts are quoted as the
    dialect asks, whatever they hold. Numbers are typed: a bare 0.5 is a decimal in several engines.
    For SQLite, which reads some decimals a last bit off, they are quotients of whole numbers.
    Points are added in the order of the card, so that scores are equal to the last bit where the
    engine computes in double precision.

    NULL and NaN are missing. What the card refuses, and infinite numbers, have no points, and
    their score is NULL, as are their reasons; levels that the card does not know earn what it gives
    to others. Special codes and numeric levels that are no whole numbers are met as they are and as
    32 bits hold them. pd takes EXP, which SQLite has where its mathematical functions are built in;
    where log-odds are beyond 700, it is 0 or 1.

    Columns must be of the kind that the card read. Numbers are cast to double precision: where an
    engine turns text into a number or NULL, that is what is scored; on SQLite, text in the place of
    numbers and numbers in that of text have no score. Levels True and False are compared as
    booleans on PostgreSQL, Spark, BigQuery and Snowflake, and as the numbers 1 and 0 on the others,
    where they are such or (DuckDB) become such. Columns of numbers and words must be text; on
    PostgreSQL, what is written with an exponent of three digits or as more than a hundred letters
    has no score there.

    On PostgreSQL, columns of numbers may not be BOOLEAN, and NUMERIC ones may hold nothing beyond
    the range of doubles: either is an error of the query. So is a slope whose points are so near
    to 0 (below 1e-307) that they are no normal double.

    Text is compared letter by letter. DuckDB, PostgreSQL, SQLite and SQL Server are told so,
    whatever collation a column declares; on the first two a column may be an enumeration, and one
    of numbers in the place of text is compared as it is written. Spark, BigQuery, Snowflake and
    Oracle follow the collation of the column, which by default tells all letters apart. SQL Server
    ignores blanks at the end, as do fixed-width columns (CHAR) of Oracle; those of PostgreSQL hold
    none. Names are quoted as the card has them, which engines that fold case (Snowflake, Oracle)
    take literally.

    A segmented card is one SELECT for each segment and one for rows that belong to none, joined by
    UNION ALL, which each read the table and take their own rows. Points of characteristics that
    the card of a row does not have are NULL; where a row has no segment, all but the kept columns.

    Reasons take k² comparisons for k characteristics: the rank of a shortfall is how many are
    larger, or equal and before it in the card. With 4 reasons the query of 10 characteristics has
    20 thousand letters instead of 7, that of 40 has 190 instead of 30 and that of 80 has 660
    instead of 60; DuckDB takes 0.5, 2.7 and 12 s for 100,000 rows instead of 0.1, 0.3 and 0.9 s on
    two cores. Where there are any, inner queries are kept apart,
    in PostgreSQL by ``OFFSET 0``: it would else write out each use of what they work out. Rows are
    then better chosen in the table, by a view, than in the result.

    Examples
    --------
    >>> from creditscore import Scorecard
    >>> from creditscore.deploy import to_sql
    >>> from creditscore.scorecard import Characteristic
    >>> years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    >>> card = Scorecard(characteristics=[years], base_points=500)
    >>> query = to_sql(card, dialect="duckdb", keep=["id"])  # doctest: +SKIP
    >>> print(query)  # doctest: +SKIP
    SELECT "points"."id", "points"."years_points", CAST('500.0' AS DOUBLE) + "points"."years_po…
    """
    check_choice(dialect, "dialect", "to_sql", tuple(DIALECTS))
    rules = rules_of(card, n_reasons=n_reasons, baseline=baseline)
    sqlglot = _sqlglot()
    words = DIALECTS[dialect](sqlglot.exp)
    kept = check_names(words, rules, keep)
    check_texts(words, rules)
    _check_pretty(pretty, rules, table, kept)
    check_alike(rules, held_by(words), "a column of SQL")
    source = _table(sqlglot, table, words)
    if isinstance(rules, SegmentedRules):
        query = segmented_query(words, rules, source, kept)
    else:
        query = card_query(words, rules, source, kept)
    text: str = query.sql(dialect=dialect, pretty=pretty, copy=False)
    return text


def _sqlglot() -> Any:
    try:
        import sqlglot  # noqa: PLC0415 - an extra
    except ImportError as error:
        msg = 'sqlglot is needed for this: pip install "creditscore[sql]".'
        raise MissingDependencyError(msg) from error
    return sqlglot


def _check_pretty(pretty: Any, rules: Rules, table: Any, keep: Sequence[str]) -> None:
    """Refuse line breaks in names and texts, which not every sqlglot tells from its own."""
    if not isinstance(pretty, bool):
        msg = f"The 'pretty' parameter of to_sql must be True or False. Got {pretty!r} instead."
        raise InvalidParameterError(msg)
    if not pretty:
        return
    texts = [str(table), *keep]
    texts += rules.segments.names if isinstance(rules, SegmentedRules) else ()
    for column in columns_in(rules):
        texts += [column.name, *(level for level, _ in column.values if isinstance(level, str))]
    broken = next((text for text in texts if _LINE_BREAK.search(text)), None)
    if broken is not None:
        msg = (
            f"{broken!r} holds a line break, which a query written in lines cannot hold. Leave out "
            "pretty=True."
        )
        raise InvalidParameterError(msg)


def _table(sqlglot: Any, table: Any, dialect: Dialect) -> Any:
    """Return the table, its names quoted as they stand."""
    exp, opens = sqlglot.exp, dialect.name_quotes
    quoted = "Our applicants".join((opens[0], opens[0]))
    msg = (
        "The 'table' parameter of to_sql must be the name of a table, such as 'applicants', "
        f"'credit.applicants' or {quoted}: {dialect.name} quotes names by "
        f"{' or '.join(opens)}. Got {table!r} instead."
    )
    part = "|".join([_PLAIN, *(_QUOTED[mark] for mark in opens)])
    if not isinstance(table, str) or not re.fullmatch(rf"(?:{part})(?:\.(?:{part}))*", table):
        raise InvalidParameterError(msg)
    try:
        source = exp.to_table(table, dialect=dialect.name)
    except sqlglot.errors.SqlglotError as error:
        raise InvalidParameterError(msg) from error
    if not isinstance(source, exp.Table) or not isinstance(source.this, exp.Identifier):
        raise InvalidParameterError(msg)
    for part in source.find_all(exp.Identifier):
        part.set("quoted", True)
    return source
