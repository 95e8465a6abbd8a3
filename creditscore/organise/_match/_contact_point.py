"""Telephone numbers, e-mail addresses and postal addresses in one form."""

from __future__ import annotations

import re
import unicodedata

from creditscore._checks import check_kind
from creditscore._validation import check_choice
from creditscore.organise._match._name import normal

CALLING_CODES = {
    "AT": "43", "AU": "61", "BE": "32", "BR": "55", "CA": "1", "CH": "41", "CN": "86",
    "DE": "49", "DK": "45", "ES": "34", "FI": "358", "FR": "33", "GB": "44", "HK": "852",
    "IE": "353", "IN": "91", "IT": "39", "JP": "81", "KR": "82", "LU": "352", "MO": "853",
    "MX": "52", "NL": "31", "NO": "47", "NZ": "64", "PL": "48", "PT": "351", "SE": "46",
    "SG": "65", "TW": "886", "US": "1", "VN": "84",
}  # fmt: skip
"""By ITU-T E.164, of countries by ISO 3166."""
_LONGEST = {
    "AT": 13, "AU": 9, "BE": 9, "BR": 11, "CA": 10, "CH": 9, "CN": 11, "DE": 11, "DK": 8, "ES": 9,
    "FI": 12, "FR": 9, "GB": 10, "HK": 8, "IE": 9, "IN": 10, "IT": 11, "JP": 10, "KR": 10,
    "LU": 11, "MO": 8, "MX": 10, "NL": 9, "NO": 8, "NZ": 10, "PL": 9, "PT": 9, "SE": 10, "SG": 8,
    "TW": 9, "US": 10, "VN": 10,
}  # fmt: skip
"""Digits of the longest numbers of a country, without its code and the zero before them."""
_KEEPS_ZERO = {"IT"}
_PHONE = re.compile(r"(?:\+|00)(\d+)")
_EXTENSION = re.compile(r"(?:(?<![a-z])(?:ext(?:ension)?\b|x)|转|分机|#).*$")
_NEXT = re.compile(r"[;,、，；/|]|\bor\b|或")
_FEWEST_DIGITS = 5
_WHOLE_DIGITS = 7
"""Digits before a sign between two numbers that make the first of them."""
_NOBODY = frozenset({
    "na", "n/a", "nil", "no", "noemail", "nomail", "none", "noreply", "no-reply", "null", "test",
    "unknown", "无", "不详", "未知",
})  # fmt: skip
"""Names before the sign @ that stand for nobody."""
_STREET = {
    "ave": "avenue", "av": "avenue", "blvd": "boulevard", "bldg": "building", "ctr": "center",
    "dr": "drive", "fl": "floor", "hwy": "highway", "ln": "lane", "pl": "place", "rd": "road",
    "rm": "room", "sq": "square", "st": "street", "str": "strasse",
}  # fmt: skip
_BEFORE = {"st": "saint", "dr": "doctor"}
"""What short words stand for at the beginning of a name and not at its end."""
_CITY = re.compile("([\u3400-\u9fff]{2,4}?)市")
_DIGITS = re.compile(r"\d+")


def normalise_phone(phone: str, country: str | None = None) -> str:
    """Return a telephone number as digits, with "+" and the country's code if that is known.

    Parameters
    ----------
    phone : str
        As it is written.
    country : str, optional
        Country by ISO 3166 (two letters) whose code to put before a number without one, one of
        some 30 that the library knows; without, such a number stays national.

    Returns
    -------
    str
        Empty where there are fewer than five digits, or one digit over and over. An extension is
        dropped, and of two numbers the second.

    Raises
    ------
    InvalidParameterError
        The number is no text, or the country's code is not known.

    Notes
    -----
    A zero in brackets, and one at the beginning of a national number, is not dialled from abroad
    and dropped where the country is known, but in Italy. Where a number begins with the code of
    its country and is longer than numbers of that country are, the code stands in it already.
    Whether a number is in use is not checked.

    Examples
    --------
    >>> from creditscore.organise import normalise_phone
    >>> normalise_phone("+49 (0)30 123-4567"), normalise_phone("030 1234567", "DE")
    ('+49301234567', '+49301234567')
    >>> normalise_phone("0086 120 7790 2375 ext. 12"), normalise_phone("120 7790 2375")
    ('+8612077902375', '12077902375')
    """
    check_kind(phone, "phone", "normalise_phone", str)
    if country is not None:
        check_choice(country, "country", "normalise_phone", tuple(CALLING_CODES))
    text = _EXTENSION.sub("", _first(unicodedata.normalize("NFKC", phone).casefold()))
    text = re.sub(r"[^\d+]", "", text.replace("(0)", ""))
    abroad = _PHONE.fullmatch(text)
    digits = abroad[1] if abroad else text.replace("+", "")
    if len(digits) < _FEWEST_DIGITS or _is_filler(digits, coded=bool(abroad)):
        return ""
    if abroad:
        return f"+{digits}"
    if country is None:
        return digits
    code = CALLING_CODES[country]
    if digits.startswith(code) and len(digits) > _LONGEST[country]:
        return f"+{digits}"
    national = digits if country in _KEEPS_ZERO else digits.removeprefix("0")
    return f"+{code}{national}"


def _first(text: str) -> str:
    """Return the first of several numbers; a sign after a few digits parts the city's from it."""
    for sign in _NEXT.finditer(text):
        if sum(map(str.isdigit, text[: sign.start()])) >= _WHOLE_DIGITS:
            return text[: sign.start()]
    return text


def _is_filler(digits: str, *, coded: bool) -> bool:
    """Tell whether a number is one digit over and over, be it after the code of a country."""
    codes = ("", *CALLING_CODES.values()) if coded else ("",)
    return any(digits.startswith(code) and len(set(digits[len(code) :])) == 1 for code in codes)


def normalise_email(email: str) -> str:
    """Return an e-mail address in small letters, without spaces; empty where it is none.

    One that stands for none, such as none@example.com, is none.

    Parameters
    ----------
    email : str
        As it is written, be it with "mailto:".

    Returns
    -------
    str
        Dots and what follows a plus sign stay, for they matter to most servers.

    Raises
    ------
    InvalidParameterError
        The address is no text.

    Examples
    --------
    >>> from creditscore.organise import normalise_email
    >>> normalise_email(" Office@Example.COM "), normalise_email("none")
    ('office@example.com', '')
    """
    check_kind(email, "email", "normalise_email", str)
    text = unicodedata.normalize("NFKC", email).casefold()
    text = re.sub(r"\s", "", text).removeprefix("mailto:")
    before, _, after = text.rpartition("@")
    if before in _NOBODY:
        return ""
    return text if before and "." in after.strip(".") and "@" not in before else ""


def normalise_address(address: str) -> str:
    """Return an address in one form: as a name, and with short words for streets in full.

    Parameters
    ----------
    address : str
        In Latin letters, Chinese or another script.

    Returns
    -------
    str

    Raises
    ------
    InvalidParameterError
        The address is no text.

    Examples
    --------
    >>> from creditscore.organise import normalise_address
    >>> normalise_address("12 Harbour Ave., Hongyu"), normalise_address("泓榆市 鐘樓街２４３號")
    ('12 harbour avenue hongyu', '泓榆市钟楼街243号')
    """
    check_kind(address, "address", "normalise_address", str)
    words = normal(address).split(" ")
    named = [word.isalpha() for word in ("0", *words)]
    return " ".join(
        (_STREET if after_name else _STREET | _BEFORE).get(word, word)
        for word, after_name in zip(words, named, strict=False)
    )


def address_place(address: str, city: str = "") -> str:
    """Return the city and the first number of a normalised address; empty where one is not seen.

    The city, if it is not given, is what stands before 市, or else the last word without a digit.
    """
    number = _DIGITS.search(address)
    found = _CITY.search(address)
    words = [word for word in address.split(" ") if not _DIGITS.search(word)]
    place = city or (found[1] if found else (words[-1] if words else ""))
    return f"{place} {number[0]}" if number and place else ""
