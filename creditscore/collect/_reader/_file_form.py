"""How a file is written: its sheet, header, signs, and which rows are none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any, Literal, Self, TypeAlias, get_args

from creditscore._cells import word_of
from creditscore._checks import check_kind, read_entries
from creditscore._validation import check_choice, check_integer
from creditscore.collect._reader._rule import check_signs
from creditscore.exceptions import InvalidParameterError

HEADER_PARTED = " / "
"""What parts the names of a column that stand in several rows."""
Encoding: TypeAlias = Literal["utf-8", "gb18030", "utf-16", "big5", "cp1252"]


@dataclass(frozen=True, kw_only=True)
class FileForm:
    """How a file is written that a mapping reads.

    Parameters
    ----------
    encoding : {"utf-8", "gb18030", "utf-16", "big5", "cp1252"}, default="utf-8"
        Of a text file. A byte order mark, where there is one, must agree. A file that is not in
        this encoding is an error: which one it is in is not guessed.
    separator : {",", ";", "tab", "|"}, default=","
        What parts the cells of a text file.
    decimal : {".", ","}, default="."
        What parts the decimals of numbers that are texts.
    thousands : {"", ",", ".", " ", "'"}, default=""
        What parts their thousands.
    sheet : str, default=""
        Of a workbook; without, it must have one sheet only.
    header_row : int or tuple of int, default=1
        Row that holds the names of the columns, counted from 1; those above it are skipped. Of
        names in several rows, all of them: the parts are joined, ``"Income / Sales"``, and merged
        cells hold of all their columns. Of names in one row, a column that merged cells cover, and
        that holds nothing of its own, is left out, and so is an empty one left of all names. Files
        of text do not say what was merged: there, a name holds of the columns right of it that have
        one in the row below only.
    skip_rows : tuple of int, default=()
        Rows below the header that are no data, such as one of units. Lines of dashes are none
        anyway.
    fill_merged : tuple of str, default=()
        Of a workbook: columns in which the value of merged cells holds of each of their rows,
        such as that of the customer. In other columns, rows that have a part of merged cells
        without its value are rejected.
    stop_at : str, default=""
        First word, or words, of the first cell at which the data end, such as ``"Total"``. The
        rows from there are counted as skipped.
    path : str, default=""
        Of a JSON file: where the list of records lies, names parted by dots:
        ``"data.invoices"``; without, the file is the list.
    missing : tuple of str, default=()
        Words and numbers that stand for an empty cell, such as ``"n/a"`` or -999; case does not
        count, nor, where numbers are read, how a number is written: with ``decimal=","``,
        ``"-999,00"`` is -999, and ``"-999.000"`` is not. Elsewhere a text must be written alike.

    Examples
    --------
    >>> from creditscore.collect import FileForm
    >>> FileForm(separator=";", decimal=",", thousands=".").decimal
    ','
    """

    encoding: Encoding = "utf-8"
    separator: str = ","
    decimal: str = "."
    thousands: str = ""
    sheet: str = ""
    header_row: int | tuple[int, ...] = 1
    skip_rows: tuple[int, ...] = ()
    fill_merged: tuple[str, ...] = ()
    stop_at: str = ""
    path: str = ""
    missing: tuple[str | float, ...] = ()

    def __post_init__(self) -> None:
        """Check each entry."""
        owner = "FileForm"
        check_choice(self.encoding, "encoding", owner, get_args(Encoding))
        check_choice(self.separator, "separator", owner, (",", ";", "tab", "|"))
        check_choice(self.decimal, "decimal", owner, (".", ","))
        check_signs(self.decimal, self.thousands, "The file")
        for name in ("sheet", "stop_at", "path"):
            check_kind(getattr(self, name), name, owner, str)
        rows: Any = self.header_row
        if isinstance(rows, list):
            object.__setattr__(self, "header_row", tuple(rows))
        for name in ("skip_rows", "missing", "fill_merged"):
            object.__setattr__(self, name, read_entries(getattr(self, name), name, owner))
        for row in self.header_rows:
            check_integer(row, "header_row", owner, low=1)
        if not self.header_rows or any(one >= other for one, other in pairwise(self.header_rows)):
            msg = f"The 'header_row' of FileForm must be rows from above. Got {self.header_row!r}."
            raise InvalidParameterError(msg)
        for column in self.fill_merged:
            check_kind(column, "fill_merged", owner, str)
        for row in self.skip_rows:
            check_integer(row, "skip_rows", owner, low=1)
        for word in self.missing:
            if isinstance(word, bool) or not isinstance(word, (str, int, float)):
                msg = f"The 'missing' of FileForm must be words or numbers. Got {word!r}."
                raise InvalidParameterError(msg)
        object.__setattr__(self, "missing", tuple(map(word_of, self.missing)))

    @property
    def header_rows(self) -> tuple[int, ...]:
        """The rows of the header."""
        return self.header_row if isinstance(self.header_row, tuple) else (self.header_row,)

    @classmethod
    def from_plain(cls, entry: Any) -> Self:
        """Read a mapping of entries."""
        known = [part.name for part in fields(cls)]
        if not isinstance(entry, Mapping):
            msg = f"must be a mapping with some of {', '.join(known)}. Got {entry!r}."
            raise InvalidParameterError(msg)
        strange = [name for name in entry if name not in known]
        if strange:
            msg = f"has no use for {', '.join(map(repr, strange))}. Known: {', '.join(known)}."
            raise InvalidParameterError(msg)
        return cls(**entry)

    def plain(self) -> dict[str, Any]:
        """Return what :meth:`from_plain` reads back."""
        given = {part.name: getattr(self, part.name) for part in fields(self)
                 if getattr(self, part.name) != part.default}  # fmt: skip
        return {k: list(v) if isinstance(v, tuple) else v for k, v in given.items()}
