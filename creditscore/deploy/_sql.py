"""A card as one SQL query, written through sqlglot for each dialect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from creditscore._typing import Level
from creditscore._validation import check_choice
from creditscore.deploy._rules import CardRules, ColumnRules, Interval, rules_of
from creditscore.exceptions import InvalidParameterError, MissingDependencyError
from creditscore.scorecard import Scorecard

if TYPE_CHECKING:
    from sqlglot.expressions import Expression

DIALECTS = ("duckdb", "postgres", "sqlite", "spark", "bigquery", "snowflake", "tsql")
_WITHOUT_NAN = ("sqlite", "tsql")
"""Dialects whose numbers are never NaN."""
_LARGEST = 1.7976931348623157e308
_ROWS = "rows_of_table"
"""Alias of the table that is scored."""
_MOST_LOG_ODDS = 700.0
"""Beyond this, EXP overflows."""


def to_sql(
    card: Scorecard, *, dialect: str, table: str = "applicants", keep: Sequence[str] = ()
) -> str:
    """Write a card as a query that scores each row of a table.

    Parameters
    ----------
    card : Scorecard
        The card.
    dialect : {"duckdb", "postgres", "sqlite", "spark", "bigquery", "snowflake", "tsql"}
        Of the engine that runs it. Queries are run against the card on DuckDB and SQLite; the
        others are read back by sqlglot only.
    table : str, default="applicants"
        Table with the columns of the card; with its schema where that is needed.
    keep : sequence of str, default=()
        Columns that the result holds beside, such as the key of the applicant.

    Returns
    -------
    str
        A SELECT with a row for each row of the table: the kept columns; for each characteristic
        its points, named after it with ``_points``; score; and pd, the probability of default,
        where the card has a scale.

    Raises
    ------
    InvalidParameterError
        A dialect that is none of these; a column of numbers and words, which no column of SQL
        holds as such; a characteristic with levels of text and of numbers; names that meet those
        of the result; a scale on which probabilities have no number.
    MissingDependencyError
        sqlglot is not installed.

    Notes
    -----
    The query is built as a tree and written by sqlglot, so that names and texts are quoted as the
    dialect asks, whatever they hold. Numbers are cast from text to double precision: a bare 0.5 is
    a decimal in several engines. Points are added in the order of the card, so that scores are
    equal to the last bit where the engine computes in double precision.

    NULL and NaN are missing. What the card refuses, and infinite numbers, have no points, and
    their score is NULL; levels that it does not know earn what it gives to others. Text is
    compared by the engine: SQL Server's default collation takes "A" for "a" and ignores blanks at
    the end. A special code that is no whole number is met as it is and as 32 bits hold it. Columns
    of numbers must be numbers in the table: where an engine turns text into 0 or NULL, that is
    what is scored. Names are quoted as the card has them, which engines that fold case (Snowflake)
    take literally. SQLite reads one decimal in thousands a last bit off.

    Examples
    --------
    >>> from creditscore import Scorecard
    >>> from creditscore.deploy import to_sql
    >>> from creditscore.scorecard import Characteristic
    >>> years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    >>> card = Scorecard(characteristics=[years], base_points=500)
    >>> query = to_sql(card, dialect="duckdb", keep=["id"])  # doctest: +SKIP
    >>> print(query)  # doctest: +SKIP
    SELECT "id", "years_points", CAST('500.0' AS DOUBLE) + "years_points" AS "score" FROM …
    """
    check_choice(dialect, "dialect", "to_sql", DIALECTS)
    rules = rules_of(card)
    kept = _names(keep, rules)
    _check_range(card)
    writer = _Writer(_sqlglot(), dialect)
    return writer.query(rules, table, kept)


def _sqlglot() -> Any:
    try:
        import sqlglot  # noqa: PLC0415 - an extra
    except ImportError as error:
        msg = 'sqlglot is needed for this: pip install "creditscore[sql]".'
        raise MissingDependencyError(msg) from error
    return sqlglot


def _names(keep: Sequence[str], rules: CardRules) -> list[str]:
    names: Any = keep
    if not isinstance(names, (list, tuple)) or not all(isinstance(n, str) for n in names):
        msg = f"The 'keep' parameter of to_sql must be a list of columns. Got {keep!r} instead."
        raise InvalidParameterError(msg)
    made = [*(f"{column.name}_points" for column in rules.columns), "score", "pd"]
    names = [*keep, *made]
    # engines fold the case of names
    folded = [name.casefold() for name in names]
    twice = sorted({name for name in names if folded.count(name.casefold()) > 1})
    if twice:
        msg = (
            f"The result of to_sql would have two columns named {twice[0]!r}. Keep other columns, "
            "or rename the characteristic."
        )
        raise InvalidParameterError(msg)
    return list(keep)


def _check_range(card: Scorecard) -> None:
    """Refuse scores whose odds no double holds."""
    if card.scale is None:
        return
    farthest = max(abs(float(card.scale.log_odds(end))) for end in card.score_range)
    if farthest > _MOST_LOG_ODDS:
        msg = (
            f"Scores of this card reach log-odds of {farthest:.0f}, beyond what EXP computes in a "
            "database. Give it the scale that its points belong to, or none."
        )
        raise InvalidParameterError(msg)


class _Writer:
    """Builds the tree of a query in the words of a dialect."""

    def __init__(self, sqlglot: Any, dialect: str) -> None:
        self.exp = sqlglot.exp
        self.sqlglot = sqlglot
        self.dialect = dialect

    def query(self, rules: CardRules, table: str, keep: Sequence[str]) -> str:
        """Write points in an inner query, and what comes of them around it."""
        exp = self.exp
        source = self._table(table)
        for part in source.find_all(exp.Identifier):
            part.set("quoted", True)
        points = [f"{column.name}_points" for column in rules.columns]
        # SQLite takes a quoted name that it does not know for a text, unless a table is named
        source.set("alias", exp.TableAlias(this=exp.to_identifier(_ROWS, quoted=True)))
        inner = exp.select(
            *(self._column(name, _ROWS) for name in keep),
            *(
                exp.alias_(self._points(column), name, quoted=True)
                for column, name in zip(rules.columns, points, strict=True)
            ),
        ).from_(source)
        score = self._number(rules.base_points)
        for name in points:
            score = exp.Add(this=score, expression=self._column(name))
        middle = exp.select(
            *(self._column(name) for name in (*keep, *points)),
            exp.alias_(score, "score", quoted=True),
        ).from_(inner.subquery("points"))
        outer = middle
        if rules.offset is not None and rules.factor is not None:
            outer = exp.select(
                *(self._column(name) for name in (*keep, *points, "score")),
                exp.alias_(self._prob_default(rules), "pd", quoted=True),
            ).from_(middle.subquery("scores"))
        written: str = outer.sql(dialect=self.dialect)
        return written

    def _table(self, table: Any) -> Any:
        exp = self.exp
        msg = f"The 'table' parameter of to_sql must be the name of a table. Got {table!r}."
        try:
            source = exp.to_table(table, dialect=self.dialect)
        except (self.sqlglot.errors.SqlglotError, AttributeError, TypeError) as error:
            raise InvalidParameterError(msg) from error
        named = isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier)
        if not named or source.alias:
            raise InvalidParameterError(msg)
        return source

    def _column(self, name: str, table: str | None = None) -> Expression:
        column: Expression = self.exp.column(name, table=table, quoted=True)
        return column

    def _number(self, value: float) -> Expression:
        text = self.exp.Literal.string(repr(float(value)))
        number: Expression = self.exp.cast(text, "DOUBLE")
        return number

    def _earned(self, points: float | None) -> Expression:
        null: Expression = self.exp.cast(self.exp.null(), "DOUBLE")
        return null if points is None else self._number(points)

    def _points(self, column: ColumnRules) -> Expression:
        if column.kind == "mixed":
            msg = (
                f"Column {column.name!r} holds numbers and words, and a column of SQL holds one of "
                "the two. Part it in two columns before the card is made."
            )
            raise InvalidParameterError(msg)
        return self._of_number(column) if column.kind == "numeric" else self._of_level(column)

    def _of_number(self, column: ColumnRules) -> Expression:
        exp = self.exp
        value = exp.cast(self._column(column.name, _ROWS), "DOUBLE")
        case = self._without_value(value, column)
        for code, points in column.values:
            assert not isinstance(code, str)  # noqa: S101 - codes of numbers are numbers
            is_code = exp.EQ(this=value.copy(), expression=self._number(code))
            case = case.when(is_code, self._earned(points))
        for interval in column.intervals:
            earned = self._in_interval(interval, value)
            if interval.high is None:
                return case.else_(earned)  # type: ignore[no-any-return]
            below = exp.LT(this=value.copy(), expression=self._number(interval.high))
            case = case.when(below, earned)
        return case  # type: ignore[no-any-return]

    def _without_value(self, value: Any, column: ColumnRules) -> Any:
        """Begin a case of numbers: what is missing, and what has no end."""
        exp = self.exp
        case = exp.Case()
        for condition in self._missing(value):
            case = case.when(condition, self._earned(column.missing))
        for endless in (
            exp.GT(this=value.copy(), expression=self._number(_LARGEST)),
            exp.LT(this=value.copy(), expression=self._number(-_LARGEST)),
        ):
            case = case.when(endless, self._earned(None))
        return case

    def _in_interval(self, interval: Interval, value: Any) -> Expression:
        earned = self._earned(interval.points)
        if interval.points is None or not interval.slope or interval.low is None:
            return earned
        exp = self.exp
        above = exp.Sub(this=value.copy(), expression=self._number(interval.low))
        rise = exp.Mul(this=self._number(interval.slope), expression=exp.Paren(this=above))
        line: Expression = exp.Add(this=earned, expression=rise)
        return line

    def _missing(self, value: Any) -> list[Expression]:
        exp = self.exp
        conditions = [exp.Is(this=value.copy(), expression=exp.null())]
        if self.dialect == "bigquery":
            conditions.append(exp.IsNan(this=value.copy()))
        elif self.dialect not in _WITHOUT_NAN:
            # these engines hold NaN equal to itself
            nan = exp.cast(exp.Literal.string("NaN"), "DOUBLE")
            conditions.append(exp.EQ(this=value.copy(), expression=nan))
        return conditions

    def _of_level(self, column: ColumnRules) -> Expression:
        exp = self.exp
        text = {isinstance(level, str) for level, _ in column.values}
        if len(text) > 1:
            msg = (
                f"Column {column.name!r} has levels of text and of numbers, and a column of SQL "
                "holds one of the two. Make all of them text before the card is made."
            )
            raise InvalidParameterError(msg)
        value = self._column(column.name, _ROWS)
        if text == {False}:
            value = exp.cast(value, "DOUBLE")
            case = self._without_value(value, column)
        else:
            is_null = exp.Is(this=value.copy(), expression=exp.null())
            case = exp.Case().when(is_null, self._earned(column.missing))
        by_points: dict[float | None, list[Level]] = {}
        for level, points in column.values:
            by_points.setdefault(points, []).append(level)
        for points, levels in by_points.items():
            texts = [self._level(level) for level in levels]
            is_one = exp.In(this=value.copy(), expressions=texts)
            case = case.when(is_one, self._earned(points))
        return case.else_(self._earned(column.other))  # type: ignore[no-any-return]

    def _level(self, level: Level) -> Expression:
        if isinstance(level, str):
            # SQL Server turns other texts into the code page of the database
            national = self.dialect == "tsql"
            literal: Expression = (
                self.exp.National(this=level) if national else self.exp.Literal.string(level)
            )
            return literal
        return self._number(float(level))

    def _prob_default(self, rules: CardRules) -> Expression:
        exp = self.exp
        assert rules.offset is not None  # noqa: S101 - the caller has looked
        assert rules.factor is not None  # noqa: S101 - as above
        above = exp.Sub(this=self._column("score"), expression=self._number(rules.offset))
        log_odds = exp.Div(
            this=exp.Paren(this=above), expression=self._number(rules.factor), typed=True
        )
        odds = exp.Exp(this=log_odds)
        total = exp.Paren(this=exp.Add(this=self._number(1.0), expression=odds))
        prob: Expression = exp.Div(this=self._number(1.0), expression=total, typed=True)
        return prob
