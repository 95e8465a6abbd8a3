"""What a mapping says of one field and of one item: where it stands and how it is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, Self, TypeAlias, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from creditscore._checks import check_kind, read_entries, set_number
from creditscore._validation import check_choice
from creditscore.exceptions import InvalidParameterError

FIELDS = (
    "customer", "record", "true_from", "true_to", "collected_at", "collected_by", "confidence",
    "unit",
)  # fmt: skip
"""Entries of a mapping that say where a field of the observations comes from."""
_OWN = ("true_from", "collected_at")
"""Fields that an item may have of its own."""
PeriodEnd: TypeAlias = Literal["start", "end"]
EXCEL_DAYS = "excel"
"""The format of days that may be numbers, as spreadsheets count them from 1900."""
_DIRECTIVE = re.compile(r"%(.)")
_KNOWN = set("YmdHMSzfjbB%")


def check_format(value: str, owner: str, at: str | None) -> None:
    """Check that a format says the year in full, and what is meant where it lacks a day."""
    check_kind(value, "format", owner, str)
    if at is not None and (value in ("", EXCEL_DAYS) or re.search("%[dj]", value)):
        msg = (
            f"{owner} says 'at: {at}' of days that are written in full. It is for formats that "
            "name a month or a year only, such as '%Y-%m'."
        )
        raise InvalidParameterError(msg)
    if value in ("", EXCEL_DAYS):
        return
    found = set(_DIRECTIVE.findall(value))
    if "y" in found:
        msg = f"{owner} has the format {value!r}: %y leaves the century open. Years need %Y."
        raise InvalidParameterError(msg)
    if "Y" not in found or not found <= _KNOWN:
        odd = ", ".join(f"%{letter}" for letter in sorted(found - _KNOWN)) or "no %Y"
        msg = (
            f"{owner} has the format {value!r} with {odd}. Formats are made of %Y, %m, %d, %b, %B, "
            "%j and times of %H, %M, %S, %f, %z."
        )
        raise InvalidParameterError(msg)
    if not found & {"d", "j"} and at is None:
        msg = (
            f"{owner} has the format {value!r}, which names no day. Say 'at: end' or 'at: start' "
            "of the month or year."
        )
        raise InvalidParameterError(msg)


@dataclass(frozen=True, kw_only=True)
class FieldRule:
    """Where a field of all observations of a row comes from: columns, or one value for all.

    Parameters
    ----------
    columns : tuple of str, default=()
        The column; of several, whose cells none may be empty, the texts are joined by "/",
        which is written %2F where it stands in one of them.
    value : str, float or None, default=None
        What holds for all rows, where there is no column.
    format : str, default=""
        How days and times are written, such as ``"%d.%m.%Y"`` or ``"%Y-%m"``; ``"excel"`` for
        days that are numbers, or some of them, beside days and texts with the year first;
        without, with the year first. Formats are never guessed.
    at : {"start", "end"} or None, default=None
        Day that is meant where the format names a month or a year only. So it is of cells that
        are days, as workbooks make them of months: the first of one stands for it. Other days
        within are rejected.
    zone : str, default=""
        Time zone of times that do not say it, such as ``"Asia/Shanghai"``; without, UTC.

    Examples
    --------
    >>> from creditscore.collect import FieldRule
    >>> FieldRule(columns=("Datum",), format="%d.%m.%Y").columns
    ('Datum',)
    """

    columns: tuple[str, ...] = ()
    value: str | float | None = None
    format: str = ""
    at: PeriodEnd | None = None
    zone: str = ""

    def __post_init__(self) -> None:
        """Check each entry."""
        object.__setattr__(self, "columns", read_entries(self.columns, "columns", "FieldRule"))
        owner = f"The field of {', '.join(map(repr, self.columns)) or 'one value'}"
        for name in self.columns:
            check_kind(name, "columns", owner, str)
        if bool(self.columns) == (self.value is not None):
            msg = f"{owner} needs either a column or a value, and not both."
            raise InvalidParameterError(msg)
        given: Any = self.value
        if given is not None and not isinstance(given, (str, int, float)):
            msg = f"{owner} must have a text or a number as its value. Got {given!r}."
            raise InvalidParameterError(msg)
        if self.at is not None:
            check_choice(self.at, "at", owner, get_args(PeriodEnd))
        check_format(self.format, owner, self.at)
        check_kind(self.zone, "zone", owner, str)
        if self.zone:
            try:
                ZoneInfo(self.zone)
            except (ZoneInfoNotFoundError, ValueError, OSError) as error:
                msg = f"{owner} has the zone {self.zone!r}, which is none such as 'Asia/Shanghai'."
                raise InvalidParameterError(msg) from error

    @classmethod
    def from_plain(cls, entry: Any) -> Self:
        """Read the name of a column, or a mapping with 'column' or 'value'."""
        if isinstance(entry, str):
            return cls(columns=(entry,))
        if not isinstance(entry, Mapping):
            msg = (
                "must be the name of a column, or a mapping with 'column' or 'value'. Got "
                f"{entry!r}."
            )
            raise InvalidParameterError(msg)
        given = dict(entry)
        if "column" in given:
            column = given.pop("column")
            given["columns"] = tuple(column) if isinstance(column, list) else (column,)
        _check_names(given, cls)
        return cls(**given)

    def plain(self) -> Any:
        """Return what :meth:`from_plain` reads back."""
        rest = _differing(self, ("columns",))
        if not self.columns:
            return rest
        column = self.columns[0] if len(self.columns) == 1 else list(self.columns)
        return {"column": column, **rest} if rest or len(self.columns) > 1 else column


@dataclass(frozen=True, kw_only=True)
class ItemRule:
    """How the cells of a column, or the rows of one word, become values of an item.

    Parameters
    ----------
    item : str
        Name of an item of the catalogue.
    unit : str, default=""
        Unit that cells are written in: ``"thousand CNY"``, ``"万元"``, ``"percent"``, ``"weeks"``,
        and ``"TEUR per month"`` of an item in EUR per month. Numbers are turned into the unit of
        the item; the factor is read from these words. The item's own words are its unit: 千克 are
        no thousand 克. A cell may name it beside its number: ``"￥3,000"``, ``"USD 3,000"``,
        ``"1.2万"``, ``"45%"``, ``"3 weeks"``; where that is none of its unit, or nothing says
        one, the row is rejected. So it is where the column is counted in thousands, and the cell
        says a currency without them: ``"€3"``. A stroke for no cents is no minus: ``"500,-"``,
        ``"CHF 500.-"``.
    factor : float, default=1
        A further factor, such as -1 for expenses that are written with a minus, or 12 for amounts
        of a month where the item is of a year, beside the currency alone as their unit. Where it is
        another, cells that name a scale or per cent are rejected: they might be multiplied twice.
    words : mapping of str to value, default={}
        What words stand for: numbers, true and false, or other texts. Case does not count.
    format : str, default=""
        How days are written; see :class:`FieldRule`.
    at : {"start", "end"} or None, default=None
        Day that is meant where the format names a month or a year only; see :class:`FieldRule`.
    decimal : {"", ".", ","}, default=""
        What parts the decimals; without, what the file's own entry says.
    thousands : str or None, default=None
        What parts thousands: ``","``, ``"."``, ``" "`` or ``"'"``; empty for nothing.
    required : bool, default=False
        Whether a row is rejected in which the cell is empty.
    true_from : FieldRule or None, default=None
        Since when it is true, where that is another day than for the rest of the row.
    collected_at : FieldRule or None, default=None
        When it was collected, where that is another time than for the rest of the row: the
        payment of an invoice that was written before.

    Examples
    --------
    >>> from creditscore.collect import ItemRule
    >>> ItemRule(item="revenue", unit="thousand CNY", decimal=",").unit
    'thousand CNY'
    """

    item: str
    unit: str = ""
    factor: float = 1.0
    words: Mapping[str, Any] = field(default_factory=dict)
    format: str = ""
    at: PeriodEnd | None = None
    decimal: str = ""
    thousands: str | None = None
    required: bool = False
    true_from: FieldRule | None = None
    collected_at: FieldRule | None = None

    def __post_init__(self) -> None:
        """Check each entry."""
        check_kind(self.item, "item", "ItemRule", str)
        owner = f"The rule of {self.item!r}"
        for name in ("unit", "decimal"):
            check_kind(getattr(self, name), name, owner, str)
        set_number(self, "factor")
        if self.factor == 0:
            msg = f"{owner} must have a factor other than 0."
            raise InvalidParameterError(msg)
        words = {str(word): value for word, value in dict(self.words).items()}
        object.__setattr__(self, "words", words)
        for value in words.values():
            if not isinstance(value, (str, int, float, bool)):
                msg = f"{owner} must turn words into texts, numbers, true or false. Got {value!r}."
                raise InvalidParameterError(msg)
        if self.at is not None:
            check_choice(self.at, "at", owner, get_args(PeriodEnd))
        check_format(self.format, owner, self.at)
        check_signs(self.decimal, self.thousands, owner)
        check_kind(self.required, "required", owner, bool)

    @classmethod
    def from_plain(cls, entry: Any) -> Self:
        """Read the name of an item, or a mapping of entries."""
        if isinstance(entry, str):
            return cls(item=entry)
        if not isinstance(entry, Mapping) or "item" not in entry:
            msg = f"must be the name of an item, or a mapping with 'item'. Got {entry!r}."
            raise InvalidParameterError(msg)
        given = dict(entry)
        for name in _OWN:
            if name in given:
                given[name] = FieldRule.from_plain(given[name])
        _check_names(given, cls)
        return cls(**given)

    def plain(self) -> Any:
        """Return what :meth:`from_plain` reads back."""
        rest = _differing(self, ("item", "words", *_OWN))
        if self.words:
            rest["words"] = dict(self.words)
        for name in _OWN:
            rule = getattr(self, name)
            if rule is not None:
                rest[name] = rule.plain()
        return {"item": self.item, **rest} if rest else self.item


def check_signs(decimal: str, thousands: str | None, owner: str) -> None:
    """Check the signs within numbers, which must differ."""
    check_choice(decimal, "decimal", owner, ("", ".", ","))
    if thousands is not None:
        check_choice(thousands, "thousands", owner, ("", ",", ".", " ", "'"))
    if thousands and thousands == decimal:
        msg = f"{owner} parts decimals and thousands by the same sign, {thousands!r}."
        raise InvalidParameterError(msg)


def _check_names(given: Mapping[str, Any], kind: type) -> None:
    known = [entry.name for entry in fields(kind)]
    strange = [name for name in given if name not in known]
    if strange:
        msg = f"has no use for {', '.join(map(repr, strange))}. Known: {', '.join(known)}."
        raise InvalidParameterError(msg)


def _differing(rule: Any, without: tuple[str, ...]) -> dict[str, Any]:
    return {
        entry.name: getattr(rule, entry.name)
        for entry in fields(rule)
        if entry.name not in without and getattr(rule, entry.name) != entry.default
    }
