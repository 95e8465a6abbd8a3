"""How each engine writes numbers, texts and names, and what it holds for missing."""

from __future__ import annotations

import re
from typing import Any, ClassVar, TypeAlias

Node: TypeAlias = Any
"""An expression of sqlglot, which is imported only where a query is written."""

_LARGEST = 1.7976931348623157e308
_AFTER_BACKSLASH = re.compile(r"(?<=\\)(\r\n|\r|\n)")


class Dialect:
    """What most engines agree on; others say where they do not.

    Parameters
    ----------
    exp : module
        ``sqlglot.exp``.
    """

    name: ClassVar[str]
    has_booleans: ClassVar[bool] = True
    """Whether a column of booleans is no column of numbers."""
    longest_name: ClassVar[int | None] = None
    name_unit: ClassVar[str] = "letters"
    """What the length of a name is counted in."""
    name_quotes: ClassVar[tuple[str, ...]] = ('"',)
    """What may open a quoted name."""
    refused_in_names: ClassVar[str] = ""
    same_with_blanks: ClassVar[bool] = False
    """Whether blanks at the end of a text make no difference."""
    empty_is_null: ClassVar[bool] = False
    """Whether an empty text is a missing one."""
    most_in_list: ClassVar[int | None] = None

    def __init__(self, exp: Any) -> None:
        self.exp = exp

    def name_length(self, name: str) -> int:
        """Return the length of a name as the engine counts it."""
        return len(name)

    def number(self, value: float) -> Node:
        """Return a number of double precision: a bare 0.5 is a decimal in several engines."""
        return self.to_double(self.exp.Literal.string(repr(float(value))))

    def to_double(self, value: Node) -> Node:
        """Return a value in double precision."""
        return self.exp.cast(value, "DOUBLE", copy=False)

    def floor(self, value: Node) -> Node:
        """Return the whole number at or below a number of zero or more."""
        return self.exp.Floor(this=value)

    def text(self, text: str) -> Node:
        """Return a text."""
        return self.exp.Literal.string(text)

    def compared(self, column: Node) -> Node:
        """Return a column of text so that it is compared letter by letter, as far as can be."""
        return column.copy()

    def compared_as_bytes(self, column: Node) -> Node:
        """Return a column, of an enumeration too, as text under the collation named C."""
        text = self.exp.cast(column.copy(), "TEXT")
        return self.exp.Collate(this=text, expression=self.exp.to_identifier("C", quoted=True))

    def is_nan(self, value: Node) -> list[Node]:
        """Return the condition under which a number is NaN; none where none can be."""
        nan = self.to_double(self.exp.Literal.string("NaN"))
        # these engines hold NaN equal to itself
        return [self.exp.EQ(this=value.copy(), expression=nan)]

    def is_endless(self, value: Node) -> list[Node]:
        """Return the conditions under which a number is infinite."""
        exp = self.exp
        return [
            exp.GT(this=value.copy(), expression=self.number(_LARGEST)),
            exp.LT(this=value.copy(), expression=self.number(-_LARGEST)),
        ]

    def is_no_number(self, column: Node) -> list[Node]:  # noqa: ARG002 - others need it
        """Return the conditions under which a column of numbers holds something else."""
        return []

    def is_no_text(self, column: Node) -> list[Node]:  # noqa: ARG002 - others need it
        """Return the conditions under which a column of text holds something else."""
        return []

    def kept_apart(self, select: Node) -> Node:
        """Return an inner query that the engine works out once for all that uses it."""
        return select

    def is_null(self, value: Node) -> Node:
        """Return whether a value is NULL."""
        return self.exp.Is(this=value.copy(), expression=self.exp.null())

    def call(self, function: str, *arguments: Node) -> Node:
        """Return a call by the engine's own name."""
        return self.exp.Anonymous(this=function, expressions=list(arguments))


class DuckDB(Dialect):
    """Booleans become numbers there when they are cast, so that either is read."""

    name = "duckdb"
    has_booleans = False

    def compared(self, column: Node) -> Node:
        """Compare by bytes, whatever collation the column declares."""
        return self.compared_as_bytes(column)


class Postgres(Dialect):
    """Takes what an inner query works out apart, but for where that has an offset."""

    name = "postgres"
    longest_name = 63
    name_unit = "bytes"

    def name_length(self, name: str) -> int:
        """Return bytes: longer names would be cut off, with a notice only."""
        return len(name.encode())

    def compared(self, column: Node) -> Node:
        """Compare by bytes: a collation may take letters for one, and an enumeration is no text."""
        return self.compared_as_bytes(column)

    def kept_apart(self, select: Node) -> Node:
        """Give an offset of zero, over which no expression is moved."""
        return select.offset(0, copy=False)


class SQLite(Dialect):
    """Knows numbers and texts by value, not by column, and reads decimals nearly exactly only."""

    name = "sqlite"
    has_booleans = False
    name_quotes = ('"', "`", "[")

    def number(self, value: float) -> Node:
        """Return a number by whole numbers that are read exactly, and a division that is exact."""
        exp = self.exp
        number = float(value)
        if number.is_integer() and abs(number) <= 2**53:
            return self._signed(number, exp.Literal.number(f"{abs(int(number))}.0"))
        quotient = _short_decimal(abs(number))
        if quotient is not None:
            top, bottom = (exp.Literal.number(f"{whole}.0") for whole in quotient)
            # typed, or sqlglot would cast
            ratio = exp.Div(this=top, expression=bottom, typed=True)
            return self._signed(number, exp.Paren(this=ratio))
        top, powers = _binary_fraction(abs(number))
        node = exp.Literal.number(f"{top}.0")
        for power in powers:
            # whole numbers of 64 bits, which SQLite turns into doubles without loss
            factor = exp.Literal.number(str(2 ** abs(power)))
            if power > 0:
                node = exp.Mul(this=node, expression=factor)
            else:
                node = exp.Div(this=node, expression=factor, typed=True)
        paren = exp.Paren(this=node)
        paren.comments = [repr(abs(number))]
        return self._signed(number, paren)

    def floor(self, value: Node) -> Node:
        """Cut the decimals off: only some builds have the function."""
        return self.exp.cast(value, "BIGINT", copy=False)

    def _signed(self, value: float, node: Node) -> Node:
        return self.exp.Neg(this=node) if value < 0 else node

    def compared(self, column: Node) -> Node:
        """Compare by bytes, whatever the column declares."""
        return self.exp.Collate(this=column.copy(), expression=self.exp.Var(this="BINARY"))

    def is_nan(self, value: Node) -> list[Node]:  # noqa: ARG002 - others need it
        """Return nothing: NaN becomes NULL when it is stored."""
        return []

    def is_endless(self, value: Node) -> list[Node]:
        """Compare with a literal that overflows, as SQLite itself writes infinity."""
        exp = self.exp
        endless = exp.Literal.number("9e999")
        return [
            exp.EQ(this=value.copy(), expression=endless),
            exp.EQ(this=value.copy(), expression=exp.Neg(this=endless.copy())),
        ]

    def is_no_number(self, column: Node) -> list[Node]:
        """Find text and blobs, which a cast would turn into 0."""
        kinds = [self.exp.Literal.string(kind) for kind in ("integer", "real")]
        kind = self.call("TYPEOF", column.copy())
        return [self.exp.Not(this=self.exp.In(this=kind, expressions=kinds))]

    def is_no_text(self, column: Node) -> list[Node]:
        """Find numbers and blobs, which equal no text."""
        text = self.exp.Literal.string("text")
        return [self.exp.NEQ(this=self.call("TYPEOF", column.copy()), expression=text)]

    def kept_apart(self, select: Node) -> Node:
        """Give a limit that is none, over which not every expression is moved."""
        return select.limit(-1, copy=False)


class Spark(Dialect):
    """As most."""

    name = "spark"
    name_quotes = ("`",)


class BigQuery(Dialect):
    """Has a function for NaN, which equals nothing there, and letters that no name may hold."""

    name = "bigquery"
    longest_name = 300
    name_quotes = ("`",)
    refused_in_names = '!"$()*,./;?@[\\]^`{}~'

    def is_nan(self, value: Node) -> list[Node]:
        """Ask the function of that name."""
        return [self.exp.IsNan(this=value.copy())]


class Snowflake(Dialect):
    """As most."""

    name = "snowflake"
    longest_name = 255


class TSQL(Dialect):
    """Has neither NaN nor booleans; other texts than national ones lose letters."""

    name = "tsql"
    has_booleans = False
    longest_name = 128
    name_unit = "units of UTF-16"
    name_quotes = ('"', "[")
    same_with_blanks = True

    def name_length(self, name: str) -> int:
        """Return units of UTF-16."""
        return len(name.encode("utf-16-le")) // 2

    def text(self, text: str) -> Node:
        """Return a national text, parted after a backslash that ends a line.

        Such a backslash goes on in the next line, and is no part of the text.
        """
        exp = self.exp
        first, *others = _AFTER_BACKSLASH.split(text)
        node = exp.National(this=first)
        for line_end, rest in zip(others[::2], others[1::2], strict=True):
            for letter in line_end:
                code = exp.Literal.number(ord(letter))
                node = exp.Add(this=node, expression=self.call("NCHAR", code))
            node = exp.Add(this=node, expression=exp.National(this=rest))
        return node

    def compared(self, column: Node) -> Node:
        """Compare by code points: the default collation takes "A" for "a"."""
        collation = self.exp.Var(this="Latin1_General_100_BIN2")
        return self.exp.Collate(this=column.copy(), expression=collation)

    def is_nan(self, value: Node) -> list[Node]:  # noqa: ARG002 - others need it
        """Return nothing: no number is NaN."""
        return []

    def kept_apart(self, select: Node) -> Node:
        """Take the first of all rows there can be."""
        return select.limit(2**63 - 1, copy=False)

    def is_endless(self, value: Node) -> list[Node]:  # noqa: ARG002 - others need it
        """Return nothing: no number is infinite."""
        return []


class Oracle(Dialect):
    """Its DOUBLE PRECISION is a decimal; its empty text is NULL; its lists are short."""

    name = "oracle"
    has_booleans = False
    longest_name = 128
    name_unit = "bytes"
    refused_in_names = '"'
    empty_is_null = True
    most_in_list = 1000

    def name_length(self, name: str) -> int:
        """Return bytes."""
        return len(name.encode())

    def number(self, value: float) -> Node:
        """Return a literal of binary double precision, which no setting of a language changes."""
        number = float(value)
        node = self.exp.Var(this=f"{abs(number)!r}d")
        return self.exp.Neg(this=node) if number < 0 else node

    def to_double(self, value: Node) -> Node:
        """Return a value in binary double precision."""
        kind = self.exp.DataType.build("BINARY_DOUBLE", udt=True)
        return self.exp.Cast(this=value, to=kind)

    def is_nan(self, value: Node) -> list[Node]:
        """Ask by the condition of that name."""
        return [self.exp.Is(this=value.copy(), expression=self.exp.Var(this="NAN"))]

    def is_endless(self, value: Node) -> list[Node]:
        """Return whether it is infinite."""
        return [self.exp.Is(this=value.copy(), expression=self.exp.Var(this="INFINITE"))]

    def kept_apart(self, select: Node) -> Node:
        """Ask for the number of the row, without which no view is merged into another."""
        exp = self.exp
        number = exp.Var(this="ROWNUM")
        return select.where(exp.GT(this=number, expression=exp.Literal.number(0)), copy=False)


_CLASSES = (DuckDB, Postgres, SQLite, Spark, BigQuery, Snowflake, TSQL, Oracle)
DIALECTS: dict[str, type[Dialect]] = {dialect.name: dialect for dialect in _CLASSES}


def _short_decimal(number: float) -> tuple[int, int] | None:
    """Return two whole numbers of 16 digits at most whose quotient rounds to a number above 0.

    Both are doubles without loss, and so the division is rounded once, as reading would be.
    """
    digits, _, power = repr(number).partition("e")
    whole, _, fraction = digits.partition(".")
    places = len(fraction) - int(power or 0)
    top = int(whole + fraction)
    return (top, 10**places) if 0 <= places <= 15 and top <= 2**53 else None


def _binary_fraction(number: float) -> tuple[int, list[int]]:
    """Return a whole number and powers of two, of 62 at most, that make a number above 0."""
    top, bottom = number.as_integer_ratio()
    power = 1 - bottom.bit_length()
    zeros = (top & -top).bit_length() - 1
    top, power = top >> zeros, power + zeros
    sign = 1 if power > 0 else -1
    full, rest = divmod(abs(power), 62)
    return top, [sign * 62] * full + ([sign * rest] if rest else [])
