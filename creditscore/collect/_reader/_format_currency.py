"""The currency that the format of a cell names: by its code or sign, or the country of it."""

from __future__ import annotations

from creditscore._currency import currency_code
from creditscore.collect._reader._units import SIGNS, is_money, may_be_one

_SIGNS = {
    "Ft": "HUF", "lei": "RON", "R": "ZAR", "Rp": "IDR", "RM": "MYR", "S/": "PEN", "S/.": "PEN",
    "TL": "TRY", "лв.": "BGN", "SFr.": "CHF", "Fr.": "CHF", "fr.": "CHF", "kr.": "kr",
    "Rs.": "Rs", "₨": "Rs", "р.": "RUB", "руб.": "RUB", "грн.": "UAH", "din.": "RSD",
    "Ksh": "KES",
}  # fmt: skip
"""Signs that are words elsewhere, and the currency of each, or the sign that several share."""
_COUNTRIES = {
    "AED": "3801", "ARS": "2C0A", "AUD": "C09", "BDT": "845", "BGN": "402", "BRL": "416",
    "CAD": "1009 C0C", "CHF": "807 810 100C", "CLP": "340A", "CNY": "804", "COP": "240A",
    "CZK": "405", "DKK": "406", "EGP": "C01", "GBP": "809", "HKD": "C04", "HUF": "40E",
    "IDR": "421", "ILS": "40D", "INR": "439 4009", "ISK": "40F", "JPY": "411", "KES": "441",
    "KRW": "412", "KWD": "3401", "KZT": "43F", "LKR": "45B", "MAD": "1801", "MXN": "80A",
    "MYR": "43E", "NOK": "414 814", "NPR": "461", "NZD": "1409", "PEN": "280A", "PHP": "3409 464",
    "PKR": "420", "PLN": "415", "QAR": "4001", "RON": "418", "RSD": "81A C1A 241A 281A",
    "RUB": "419", "SAR": "401", "SEK": "41D", "SGD": "1004 4809", "THB": "41E", "TND": "1C01",
    "TRY": "41F", "TWD": "404", "UAH": "422", "VND": "42A", "ZAR": "436 1C09",
}  # fmt: skip
_DIGITS = 4
_OF_COUNTRY = {number: code for code, numbers in _COUNTRIES.items() for number in numbers.split()}
"""Numbers that Windows gives languages of countries, and what is paid in there.

But for the United States: programs that are set up as there write theirs for any dollar.
"""


def currency_of_sign(sign: str, country: str) -> str:
    """Return the code of a currency, or a sign of several, by ``[$sign-country]``; empty for none.

    A sign that is of one currency says more than the country; Norway says which crowns kr are.
    """
    sign = sign.strip()
    if not sign or currency_code(sign):
        return currency_code(sign)
    known = sign if sign in SIGNS else _SIGNS.get(sign, "")
    of_country = _OF_COUNTRY.get(country.upper()[-_DIGITS:].lstrip("0"), "")
    return of_country if of_country and (not known or may_be_one(known, of_country)) else known


def may_be_sign_of(sign: str, code: str) -> bool:
    """Tell whether words in a format may be the sign of a currency: Ft of HUF."""
    return is_money(code) and may_be_one(_SIGNS.get(sign, ""), code)
