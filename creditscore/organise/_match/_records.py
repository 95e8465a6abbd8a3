"""Records of customers as they are compared: each column in one form, empty text where missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from creditscore._frame import Table, read_named
from creditscore._typing import Float1D, Int1D, NativeFrame
from creditscore._warn import warn_user
from creditscore.exceptions import InvalidDataError, MissingColumnError, UnseenCategoryWarning
from creditscore.organise._match._characters import is_chinese
from creditscore.organise._match._contact_point import (
    CALLING_CODES,
    normalise_address,
    normalise_email,
    normalise_phone,
)
from creditscore.organise._match._legal_form import in_full, may_be_surname
from creditscore.organise._match._name import core, normal
from creditscore.organise._match._name_share import name_shares
from creditscore.organise._match._number import number_or_nothing

Texts = npt.NDArray[np.object_]
COMPARED = (
    "name", "name_zh", "registration_number", "identity_number", "phone", "email", "address",
    "address_zh", "birth_year",
)  # fmt: skip
"""Columns that records are compared by; a table needs one of them at least."""
_BESIDE = ("city", "country")
_NUMBERS = ("registration_number", "identity_number", "phone")
_WHOLE_NUMBER = 2.0**53
_MANY = 10
"""Records of one value up to which they may be one customer's."""


_CODES = {"", *CALLING_CODES}


@dataclass(frozen=True, eq=False)
class Records:
    """What :func:`read_records` makes of a table."""

    customers: Texts
    texts: dict[str, Texts]
    """Columns in one form, as many rows as customers; of names there are cores as well."""
    _shares: dict[str, Float1D] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self.customers)

    def __getitem__(self, column: str) -> Texts:
        """Return a column."""
        return self.texts[column]

    def name_shares(self, column: str) -> Float1D:
        """Return how common the names of a column are; see :func:`name_shares`."""
        if column not in self._shares:
            self._shares[column] = name_shares(self.texts[column].tolist())
        return self._shares[column]


def read_records(table: NativeFrame, owner: str) -> Records:
    """Read the columns by which customers are compared, and bring each into one form.

    Raises
    ------
    MissingColumnError
        There is no column "customer", or none to compare.
    InvalidDataError
        A customer is missing, or stands twice, or numbers were read as floats, which lose digits.

    Warns
    -----
    UnseenCategoryWarning
        Countries are no codes that the library knows.
    """
    if table is None or isinstance(table, (str, bytes)):
        msg = f"{owner} takes a table with a row a record, such as a dataframe. Got {table!r:.60}."
        raise InvalidDataError(msg)
    read = read_named(table, ["customer"], reader=owner)
    if not set(read.names) & set(COMPARED):
        msg = f"{owner} compares the columns {', '.join(map(repr, COMPARED))}. The table has none."
        raise MissingColumnError(msg)
    customers = as_texts(read, "customer")
    check_once(customers, owner)
    for name in _NUMBERS:
        _check_whole(read, name)
    raw = {name: as_texts(read, name) for name in (*COMPARED, *_BESIDE) if name in read.names}
    empty = np.full(len(customers), "", dtype=object)
    of = {name: raw.get(name, empty) for name in (*COMPARED, *_BESIDE)}
    latin, chinese = _by_script(of["name"], of["name_zh"], normal)
    identity = _each(of["identity_number"], number_or_nothing)
    years = _of_few("birth_year", _each(of["birth_year"], str.strip))
    is_person = (identity != "") | (years != "")
    streets, streets_zh = _by_script(of["address"], of["address_zh"], normalise_address)
    texts = {
        "name": latin, "name_zh": chinese,
        "core": np.where(is_person, _each(latin, _core_of_person), _each(latin, core)),
        "core_zh": _each(chinese, core),
        "registration_number": _each(of["registration_number"], number_or_nothing),
        "identity_number": identity,
        "phone": _phones(of["phone"], of["country"], owner),
        "email": _each(of["email"], normalise_email),
        "address": streets, "address_zh": streets_zh,
        "birth_year": years,
        "city": _each(of["city"], normal),
    }  # fmt: skip
    return Records(customers, {name: _of_few(name, column) for name, column in texts.items()})


def as_texts(table: Table, name: str) -> Texts:
    """Return a column as texts, empty where missing; whole numbers without a point."""
    codes, levels = table.levels(name)
    texts = np.array([*map(_text, levels), ""], dtype=object)
    return texts[codes]


def check_once(customers: Texts, owner: str) -> None:
    """Check that each row names a customer, and no two the same."""
    none = np.flatnonzero(customers == "")
    if len(none):
        msg = f"Row {none[0]} of the table of {owner} names no customer."
        raise InvalidDataError(msg)
    unique, counts = np.unique(customers.astype(str), return_counts=True)
    if (counts > 1).any():
        twice = str(unique[counts > 1][0])
        msg = f"Customer {twice!r} stands twice in the table of {owner}. Give each record its own."
        raise InvalidDataError(msg)


def _check_whole(read: Table, name: str) -> None:
    """Check that numbers of many digits were not read as floats."""
    if name not in read.names:
        return
    _, levels = read.levels(name)
    if any(isinstance(level, float) and abs(level) >= _WHOLE_NUMBER for level in levels):
        msg = (
            f"Column {name!r} holds numbers of more digits than a float keeps, so that their ends "
            "are lost. Read the column as text."
        )
        raise InvalidDataError(msg)


def _core_of_person(name: str) -> str:
    """Return a name without legal form, unless it may be the surname of a person."""
    return in_full(name) if may_be_surname(name) else core(name)


def _text(level: Any) -> str:
    if isinstance(level, float) and level.is_integer() and abs(level) < _WHOLE_NUMBER:
        return str(int(level))
    return str(level).strip()


def _of_few(name: str, values: Texts) -> Texts:
    """Return a column without the value that most records share, which tells nobody apart."""
    known = values[values != ""]
    if name not in COMPARED or name in ("name", "name_zh") or not len(known):
        return values
    value, count = Counter(known.tolist()).most_common(1)[0]
    shared = count > _MANY and 2 * count > len(known)
    return np.where(values == value, "", values) if shared else values


def _each(values: Texts, form: Callable[[str], str]) -> Texts:
    """Bring each distinct text into one form."""
    distinct, places = _distinct(values)
    return np.array([form(text) if text else "" for text in distinct], dtype=object)[places]


def _distinct(values: Texts) -> tuple[list[str], Int1D]:
    places: dict[str, int] = {}
    codes = [places.setdefault(value, len(places)) for value in values.tolist()]
    return list(places), np.array(codes, dtype=np.intp)


def _by_script(plain: Texts, chinese: Texts, form: Callable[[str], str]) -> tuple[Texts, Texts]:
    """Part names by script: one in Chinese that stands in the plain column goes to the other."""
    forms, forms_zh = _each(plain, form), _each(chinese, form)
    is_zh = _flags(forms)
    other = np.where(is_zh & (forms_zh == ""), forms, forms_zh)
    return np.where(is_zh, "", forms), other


def _flags(values: Texts) -> npt.NDArray[np.bool_]:
    return np.array([is_chinese(value) for value in values.tolist()], dtype=bool)


def _phones(phones: Texts, countries: Texts, owner: str) -> Texts:
    codes = [country.upper() for country in countries.tolist()]
    pairs = list(zip(phones.tolist(), codes, strict=True))
    strange = sorted({code for phone, code in pairs if phone and code not in _CODES})
    if strange:
        warn_user(
            f"{owner} knows no calling code of {', '.join(map(repr, strange[:5]))} in the column "
            "'country', which takes codes of two letters by ISO 3166: telephone numbers there stay "
            "national.",
            UnseenCategoryWarning,
        )
    known = {pair: _phone(*pair) for pair in set(pairs)}
    return np.array([known[pair] for pair in pairs], dtype=object)


def _phone(phone: str, country: str) -> str:
    return normalise_phone(phone, country if country in CALLING_CODES else None) if phone else ""
