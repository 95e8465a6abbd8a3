"""Registration and identity numbers: which kind they are, and whether their check holds."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from creditscore._checks import check_kind
from creditscore._validation import check_choice

NumberKind: TypeAlias = Literal[
    "credit_code", "identity_number", "lei", "vat", "ein", "unknown"
]  # fmt: skip
NUMBER_KINDS: tuple[str, ...] = get_args(NumberKind)

_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Of GB 32100-2015, without I, O, S, V and Z; the place of a sign is its value."""
_CREDIT_CODE = re.compile(rf"[1-9A-HJ-NP-RT-UW-Y][{_SIGNS}]\d{{6}}[{_SIGNS}]{{10}}")
_IDENTITY = re.compile(r"\d{17}[\dX]")
_IDENTITY_CHECKS = "10X98765432"
_LEI = re.compile(r"[0-9A-Z]{18}\d{2}")
_EIN = re.compile(r"\d{9}")
_WRITTEN_EIN = re.compile(r"\s*\d{2}-\d{7}\s*")
"""Nine digits may be anything; with a hyphen they are meant as such a number."""
_VAT = re.compile(
    r"ATU\d{8}|BE[01]\d{9}|BG\d{9,10}|CY\d{8}[A-Z]|CZ\d{8,10}|DE\d{9}|DK\d{8}|EE\d{9}|EL\d{9}"
    r"|ES[A-Z0-9]\d{7}[A-Z0-9]|FI\d{8}|FR[A-HJ-NP-Z0-9]{2}\d{9}|GB(?:\d{9}|\d{12})|HR\d{11}"
    r"|HU\d{8}|IE\d[A-Z0-9+*]\d{5}[A-Z]{1,2}|IT\d{11}|LT(?:\d{9}|\d{12})|LU\d{8}|LV\d{11}"
    r"|MT\d{8}|NL\d{9}B\d{2}|PL\d{10}|PT\d{9}|RO\d{2,10}|SE\d{10}01|SI\d{8}|SK\d{10}"
)
_SPACING = re.compile(r"[\s\-‐‑–./]+")
_FEWEST_SIGNS = 5
_ROW = "0123456789" * 3
"""Digits that somebody typed in their order."""
_FIRST_BIRTH = dt.date(1900, 1, 1)


@dataclass(frozen=True, kw_only=True)
class NumberCheck:
    """What a number is and whether it can be right; made by :func:`check_number`.

    Attributes
    ----------
    kind : {"credit_code", "identity_number", "lei", "vat", "ein", "unknown"}
        Unified social credit code of China, identity number of China, legal entity identifier,
        number for value added tax of a country of Europe, employer identification number of the
        United States.
    is_valid : bool
        Whether form and check signs are right. Of "vat" and "ein" only the form is checked, and of
        "unknown" nothing can be.
    why : str
        What is wrong; empty where nothing is.

    Examples
    --------
    >>> from creditscore.organise import check_number
    >>> check_number("11010519491231002X")
    NumberCheck(kind='identity_number', is_valid=True, why='')
    """

    kind: NumberKind
    is_valid: bool
    why: str = ""


def normalise_number(number: str) -> str:
    """Return a registration or identity number without spaces, hyphens and dots, in capitals.

    Parameters
    ----------
    number : str
        As it is written.

    Returns
    -------
    str
        Full-width digits are plain ones.

    Raises
    ------
    InvalidParameterError
        The number is no text.

    Examples
    --------
    >>> from creditscore.organise import normalise_number
    >>> normalise_number(" 5493 0084uklv MY22-DS16 ")
    '54930084UKLVMY22DS16'
    """
    check_kind(number, "number", "normalise_number", str)
    return _SPACING.sub("", unicodedata.normalize("NFKC", number)).upper()


def number_or_nothing(number: str) -> str:
    """Return a normalised number, or nothing where it is a stand-in for one that is not known.

    Such are "N/A", "unknown" and 无 (whatever has no digit), "0", numbers of fewer than five signs,
    of one sign over and over, and of digits in their order.
    """
    bare = normalise_number(number)
    tells = any(sign.isdigit() for sign in bare) and len(set(bare)) > 1 and bare not in _ROW
    return bare if tells and len(bare) >= _FEWEST_SIGNS else ""


def check_number(number: str, kind: NumberKind | None = None) -> NumberCheck:
    """Say what kind of number this is, and whether form and check signs are right.

    Parameters
    ----------
    number : str
        A registration or identity number; see :func:`normalise_number` for what is ignored.
    kind : {"credit_code", "identity_number", "lei", "vat", "ein", "unknown"}, optional
        What it should be; without, the kind whose form and check it has, or, if no check holds,
        the one whose form it has. Nine digits are an "ein" only with its hyphen.

    Returns
    -------
    NumberCheck

    Raises
    ------
    InvalidParameterError
        The number is no text, or the kind is not known.

    Notes
    -----
    Credit code (GB 32100-2015): with C_i the value of the i-th of 18 signs among 31,
    C_18 = (31 - Σ_{i≤17} C_i · 3^(i-1) mod 31) mod 31. Identity number (GB 11643-1999, which is
    ISO 7064 MOD 11-2): Σ_{i≤18} a_i · 2^(18-i) mod 11 = 1, X is ten, and the eight digits from the
    seventh on are a day. One in 31 of them fits a credit code as well; what holds a day from 1900
    to today in that place is taken for an identity number, for few credit codes do. Legal entity
    identifier (ISO 17442): letters as 10 to 35, the whole number mod 97 is 1. A right check sign
    says that no digit was mistyped or swapped with its neighbour; it does not say that the number
    was ever given out. The check sign at place 17 of credit codes (GB 11714) and identity numbers
    of 15 digits, from before 1999, are not looked at. O(length) time.

    Examples
    --------
    >>> from creditscore.organise import check_number
    >>> check_number("91350100M000100Y43")
    NumberCheck(kind='credit_code', is_valid=True, why='')
    >>> check_number("91350100M000100Y34").why
    'the check sign does not fit: a sign is wrong, or two are swapped'
    >>> check_number("5493 0084 UKLV MY22 DS16").kind
    'lei'
    """
    bare = normalise_number(number)
    if kind is not None:
        check_choice(kind, "kind", "check_number", NUMBER_KINDS)
        return _checked(bare, kind)
    may_be = [one for one in _CHECKS if one != "ein" or _WRITTEN_EIN.fullmatch(number)]
    found = [_checked(bare, one) for one in may_be]
    valid = [check for check in found if check.is_valid]
    formed = [check for check in found if check.why != _NO_FORM]
    fitting = valid or formed or [_checked(bare, "unknown")]
    if _is_of_living(bare):
        fitting.sort(key=lambda check: check.kind != "identity_number")
    return fitting[0]


_NO_FORM = "it has not the form of this kind"
_NO_CHECK = "the check sign does not fit: a sign is wrong, or two are swapped"


def _checked(bare: str, kind: NumberKind) -> NumberCheck:
    if kind == "unknown":
        return NumberCheck(kind=kind, is_valid=False, why="no kind of number has this form")
    why = _CHECKS[kind](bare)
    return NumberCheck(kind=kind, is_valid=not why, why=why)


def _credit_code(bare: str) -> str:
    if not _CREDIT_CODE.fullmatch(bare):
        return _NO_FORM
    total = sum(_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(bare[:17]))
    return "" if _SIGNS[-total % 31] == bare[17] else _NO_CHECK


def _identity_number(bare: str) -> str:
    if not _IDENTITY.fullmatch(bare):
        return _NO_FORM
    total = sum(int(sign) * pow(2, 17 - place, 11) for place, sign in enumerate(bare[:17]))
    if _IDENTITY_CHECKS[total % 11] != bare[17]:
        return _NO_CHECK
    return "" if _born(bare) else "its digits 7 to 14 are no day of birth"


def _born(bare: str) -> dt.date | None:
    """Return the day that digits 7 to 14 are, if they are one."""
    try:
        return dt.date(int(bare[6:10]), int(bare[10:12]), int(bare[12:14]))
    except ValueError:
        return None


def _is_of_living(bare: str) -> bool:
    """Tell whether it has the form of an identity number of somebody who may live."""
    born = _born(bare) if _IDENTITY.fullmatch(bare) else None
    return born is not None and _FIRST_BIRTH <= born <= dt.datetime.now(dt.UTC).date()


def _lei(bare: str) -> str:
    if not _LEI.fullmatch(bare):
        return _NO_FORM
    value = int("".join(str(int(sign, 36)) for sign in bare))
    return "" if value % 97 == 1 else _NO_CHECK


def _vat(bare: str) -> str:
    return "" if _VAT.fullmatch(bare) else _NO_FORM


def _ein(bare: str) -> str:
    return "" if _EIN.fullmatch(bare) else _NO_FORM


_CHECKS: dict[NumberKind, Callable[[str], str]] = {
    "credit_code": _credit_code, "identity_number": _identity_number, "lei": _lei, "vat": _vat,
    "ein": _ein,
}  # fmt: skip
