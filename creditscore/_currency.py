"""Currencies by their codes, signs and names."""

from __future__ import annotations

_OF_TODAY = frozenset((
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM",
    "BBD", "BDT", "BGN", "BHD", "BIF", "BMD", "BND", "BOB", "BOV", "BRL", "BSD",
    "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHE", "CHF", "CHW", "CLF", "CLP",
    "CNY", "COP", "COU", "CRC", "CUC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP",
    "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP",
    "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR",
    "IQD", "IRR", "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW",
    "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "LYD", "MAD",
    "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN",
    "MXV", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB",
    "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF",
    "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP",
    "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD",
    "TWD", "TZS", "UAH", "UGX", "USD", "USN", "UYI", "UYU", "UYW", "UZS", "VES",
    "VND", "VUV", "WST", "XAF", "XAG", "XAU", "XCD",
    "XCG", "XDR", "XOF", "XPD", "XPF", "XPT", "XSU", "XUA", "YER", "ZAR", "ZMW", "ZWG",
))  # fmt: skip
"""Codes of ISO 4217, but for bonds and tests."""
_OF_BEFORE = frozenset((
    "ADP", "AFA", "AON", "AOR", "ATS", "AZM", "BEF", "BGL", "BYB", "BYR", "CSD",
    "CYP", "DEM", "ECS", "EEK", "ESP", "FIM", "FRF", "GHC", "GRD", "HRK", "IEP",
    "ITL", "LTL", "LUF", "LVL", "MGF", "MRO", "MTL", "MZM", "NLG", "PTE", "ROL",
    "SDD", "SIT", "SKK", "SLL", "SRG", "STD", "TJR", "TMM", "TPE", "TRL", "VEB",
    "VEF", "YUM", "ZMK", "ZWD", "ZWL", "ZWR",
))  # fmt: skip
"""Those that were withdrawn since 1999, which older statements are in."""
CODES = _OF_TODAY | _OF_BEFORE
"""Codes that amounts may be in."""
COMMON = frozenset((
    "AED", "ARS", "AUD", "BDT", "BGN", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK",
    "DKK", "EGP", "EUR", "GBP", "HKD", "HUF", "IDR", "ILS", "INR", "ISK", "JPY", "KES",
    "KRW", "KWD", "KZT", "LKR", "MAD", "MXN", "MYR", "NGN", "NOK", "NZD", "PEN", "PHP",
    "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SEK", "SGD", "THB", "TND", "TRY",
    "TWD", "UAH", "USD", "VND", "ZAR",
))  # fmt: skip
"""Those that are meant where nothing but the code says so; others are words, too: ALL, TOP."""
_NAMES = {
    "RMB": "CNY", "RENMINBI": "CNY", "YUAN": "CNY", "RMB¥": "CNY", "CN¥": "CNY", "元": "CNY",
    "人民币": "CNY", "人民币元": "CNY", "元人民币": "CNY", "元(人民币)": "CNY", "元整": "CNY",
    "€": "EUR", "EURO": "EUR", "EUROS": "EUR", "欧元": "EUR", "US$": "USD", "US $": "USD",
    "USD$": "USD", "US DOLLAR": "USD", "US DOLLARS": "USD", "美元": "USD", "美金": "USD",
    "£": "GBP", "POUND STERLING": "GBP", "英镑": "GBP", "YEN": "JPY", "日元": "JPY", "日圆": "JPY",
    "円": "JPY", "HK$": "HKD", "港元": "HKD", "港币": "HKD", "港幣": "HKD", "A$": "AUD",
    "AU$": "AUD", "AUSTRALIAN DOLLARS": "AUD", "CANADIAN DOLLARS": "CAD", "SWISS FRANCS": "CHF",
    "澳元": "AUD", "澳大利亚元": "AUD", "CA$": "CAD", "加元": "CAD",
    "瑞士法郎": "CHF", "瑞郎": "CHF", "丹麦克朗": "DKK", "挪威克朗": "NOK", "瑞典克朗": "SEK",
    "NT$": "TWD", "新台币": "TWD", "台币": "TWD", "NZ$": "NZD", "新西兰元": "NZD", "R$": "BRL",
    "S$": "SGD", "新加坡元": "SGD", "新元": "SGD", "MX$": "MXN", "KČ": "CZK", "ZŁ": "PLN",
    "₹": "INR", "₩": "KRW", "원": "KRW", "韩元": "KRW", "₽": "RUB", "卢布": "RUB", "₺": "TRY",
    "₴": "UAH", "₪": "ILS", "₦": "NGN", "₫": "VND", "越南盾": "VND", "₱": "PHP", "฿": "THB",
    "泰铢": "THB", "₸": "KZT", "৳": "BDT", "₾": "GEL", "₡": "CRC", "₲": "PYG",
}  # fmt: skip
"""Signs and names of one currency each; $ and ¥ are of several."""


def currency_code(word: str) -> str:
    """Return the code of the currency that a word is, whatever its letters; empty where of none."""
    code = " ".join(word.split()).upper()
    code = _NAMES.get(code, code)
    return code if code in CODES else ""
