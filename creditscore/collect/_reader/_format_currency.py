"""The currency that the format of a cell names: by its code or sign, or the country of it."""

from __future__ import annotations

from creditscore._currency import currency_code
from creditscore.collect._reader._units import SIGNS, is_money, may_be_one

_SIGNS = {
    "$b": "BOB", "$u": "UYU", "b/": "PAB", "br": "Br", "bs": "Bs", "cfa": "CFA", "dhs": "AED",
    "din": "RSD", "fcfa": "CFA", "fr": "CHF", "franken": "CHF", "ft": "HUF", "gh₵": "GHS",
    "gs": "PYG",
    "j$": "JMD", "km": "BAM", "kn": "HRK", "kr": "kr", "ksh": "KES", "l": "HNL", "lei": "lei",
    "lek": "ALL", "n": "NGN", "nis": "ILS", "q": "GTQ", "r": "ZAR", "rd$": "DOP", "rm": "MYR",
    "rp": "IDR", "rs": "Rs", "s/": "PEN", "sfr": "CHF", "tk": "BDT", "tl": "TRY", "tt$": "TTD",
    "dollar": "$", "dollars": "$", "₨": "Rs", "₮": "MNT", "₼": "AZN", "֏": "AMD",
    "грн": "UAH", "ден": "MKD", "дин": "RSD", "лв": "BGN", "р": "р", "руб": "RUB",
    "тг": "KZT", "บาท": "THB", "රු": "LKR", "ج.م": "EGP", "د.إ": "AED", "د.ا": "JOD",
    "د.ب": "BHD", "د.ت": "TND", "د.ج": "DZD", "د.ع": "IQD", "د.ك": "KWD", "د.م": "MAD",
    "ر.س": "SAR", "ر.ع": "OMR", "ر.ق": "QAR", "ل.ل": "LBP",
}  # fmt: skip
"""Signs that are words elsewhere, and the currency of each, or the sign that several share."""
_COUNTRIES = {
    "ARS": "2C0A", "AUD": "C09", "BOB": "400A", "BYN": "423", "CAD": "1009 C0C", "CLP": "340A",
    "CNY": "804", "COP": "240A", "DKK": "406", "ETB": "45E", "HKD": "C04", "INR": "439 4009",
    "ISK": "40F", "JPY": "411", "LKR": "45B", "MDL": "818", "MXN": "80A", "NIO": "4C0A",
    "NOK": "414 814", "NPR": "461", "NZD": "1409", "PKR": "420", "RON": "418", "RUB": "419",
    "SEK": "41D", "SGD": "1004 4809", "TWD": "404", "VES": "200A",
}  # fmt: skip
_DIGITS = 4
_OF_COUNTRY = {number: code for code, numbers in _COUNTRIES.items() for number in numbers.split()}
"""Numbers that Windows gives languages of countries where signs are used that several share.

But for the United States: programs that are set up as there write theirs for any dollar.
"""


def currency_of_sign(sign: str, country: str) -> str:
    """Return the code of a currency, or a sign of several, by ``[$sign-country]``; empty for none.

    A sign that is of one currency says more than the country; Norway says which crowns kr are.
    """
    sign = sign.strip()
    if not sign or currency_code(sign):
        return currency_code(sign)
    known = sign if sign in SIGNS else _SIGNS.get(_plain(sign), "")
    of_country = _OF_COUNTRY.get(country.upper()[-_DIGITS:].lstrip("0"), "")
    return of_country if known in SIGNS and may_be_one(known, of_country) else known


def may_be_sign_of(sign: str, code: str) -> bool:
    """Tell whether words in a format may be the sign of a currency: Ft of HUF."""
    return is_money(code) and may_be_one(_SIGNS.get(_plain(sign), ""), code)


def _plain(sign: str) -> str:
    # signs that are written from right to left have marks that say so
    return sign.replace("\u200f", "").strip().casefold().removesuffix(".")
