"""Numbers and words in one column of text: telling them apart as the card does."""

from __future__ import annotations

from creditscore.deploy._sql._dialect import Dialect, Node

_BLANKS = (
    *range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B),
    0x2028, 0x2029, 0x202F, 0x205F, 0x3000,
)  # fmt: skip
"""Letters that may stand around a number, as Python strips them."""
_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-][0-9]+)?"
_SURE_NUMBER = r"^[^eE]{1,100}(?:[eE][+-]0*[0-9]{1,2})?$"
"""Numbers that are surely within the range of double precision; others may be errors there."""

READABLE = ("duckdb", "postgres")
"""Dialects in which a text is told to be a number or not without an error."""


def number_text(dialect: Dialect, column: Node) -> Node:
    """Return the number that a text is, as text without blanks around it; NULL for words."""
    exp = dialect.exp
    text = exp.cast(column, "TEXT")
    if dialect.name == "postgres":
        blanks = "".join(f"\\u{code:04x}" for code in _BLANKS)
        return exp.Substring(this=text, start=exp.Literal.string(_whole(blanks)))
    blanks = "".join(f"\\x{{{code:x}}}" for code in _BLANKS)
    pattern = exp.Literal.string(_whole(blanks))
    found = dialect.call("REGEXP_EXTRACT", text, pattern, exp.Literal.number(1))
    return exp.Nullif(this=found, expression=exp.Literal.string(""))


def number_of(dialect: Dialect, text: Node) -> Node:
    """Return the number that :func:`number_text` found; NULL where no double holds it."""
    exp = dialect.exp
    if dialect.name == "duckdb":
        return exp.TryCast(this=text, to=exp.DataType.build("DOUBLE"))
    sure = exp.RegexpLike(this=text.copy(), expression=exp.Literal.string(_SURE_NUMBER))
    return exp.Case().when(sure, dialect.to_double(text))


def _whole(blanks: str) -> str:
    return f"^[{blanks}]*({_NUMBER})[{blanks}]*$"
