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
_KEEPS_ZERO = {"IT"}
_PHONE = re.compile(r"(?:\+|00)(\d+)")
_EXTENSION = re.compile(r"(?:ext\.?|x|转|分机|#).*$")
_FEWEST_DIGITS = 5
_STREET = {
    "ave": "avenue", "av": "avenue", "blvd": "boulevard", "bldg": "building", "ctr": "center",
    "dr": "drive", "fl": "floor", "hwy": "highway", "ln": "lane", "pl": "place", "rd": "road",
    "rm": "room", "sq": "square", "st": "street", "str": "strasse",
}  # fmt: skip
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
        Empty where there are fewer than five digits. An extension is dropped.

    Raises
    ------
    InvalidParameterError
        The number is no text, or the country's code is not known.

    Notes
    -----
    A zero in brackets, and one at the beginning of a national number, is not dialled from abroad
    and dropped where the country is known, but in Italy. Whether a number is in use is not
    checked.

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
    text = _EXTENSION.sub("", unicodedata.normalize("NFKC", phone).casefold())
    text = re.sub(r"[^\d+]", "", text.replace("(0)", ""))
    abroad = _PHONE.fullmatch(text)
    digits = abroad[1] if abroad else text.replace("+", "")
    if len(digits) < _FEWEST_DIGITS:
        return ""
    if abroad:
        return f"+{digits}"
    if country is None:
        return digits
    national = digits if country in _KEEPS_ZERO else digits.removeprefix("0")
    return f"+{CALLING_CODES[country]}{national}"


def normalise_email(email: str) -> str:
    """Return an e-mail address in small letters, without spaces; empty where it is none.

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
    return " ".join(_STREET.get(word, word) for word in normal(address).split(" "))


def address_place(address: str, city: str = "") -> str:
    """Return the city and the first number of a normalised address; empty where one is not seen.

    The city, if it is not given, is what stands before 市, or else the last word without a digit.
    """
    number = _DIGITS.search(address)
    found = _CITY.search(address)
    words = [word for word in address.split(" ") if not _DIGITS.search(word)]
    place = city or (found[1] if found else (words[-1] if words else ""))
    return f"{place} {number[0]}" if number and place else ""
