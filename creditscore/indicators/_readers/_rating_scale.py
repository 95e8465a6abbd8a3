"""Symbols of rating agencies as notches: 1 for the best, 22 for default."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Literal, TypeAlias

RatingScaleName: TypeAlias = Literal["global", "china"]
"""Scales that can be compared within themselves, and not with each other."""
RATING_SCALES: tuple[RatingScaleName, ...] = ("global", "china")

_LETTERS = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC")
_WITHDRAWN = frozenset(
    {"NR", "N.R.", "WR", "WD", "W/D", "UNRATED", "WITHDRAWN", "DISCONTINUED", "未评级", "终止评级"}
)
_AGENCIES: dict[str, tuple[RatingScaleName, str, tuple[str, ...]]] = {
    "S&P": (
        "global", "letters", ("s&p", "sp", "standard & poor's", "standard and poor's", "s&p global",
                              "s&p global ratings", "标准普尔", "标普")
    ),
    "Fitch": ("global", "letters", ("fitch", "fitch ratings", "惠誉")),
    "Moody's": (
        "global", "moodys", ("moody's", "moodys", "moody's investors service", "moody's ratings",
                             "穆迪"),
    ),
    "DBRS": ("global", "dbrs", ("dbrs", "morningstar dbrs", "dbrs morningstar")),
    "CCXI": ("china", "china", ("ccxi", "china chengxin", "中诚信国际", "中诚信")),
    "Lianhe": ("china", "china", ("lianhe", "china lianhe", "联合资信")),
    "Dagong": ("china", "china", ("dagong", "大公国际", "大公")),
    "Golden Credit": ("china", "china", ("golden credit", "东方金诚")),
    "Brilliance": ("china", "china", ("brilliance", "shanghai brilliance", "上海新世纪")),
    "Pengyuan": ("china", "china", ("pengyuan", "cspi pengyuan", "中证鹏元", "鹏元")),
    "Far East": ("china", "china", ("far east", "远东资信")),
}  # fmt: skip
"""Agencies: the scale that their ratings are compared on, how they write, other names."""


def _letters() -> dict[str, int]:
    """S&P and Fitch: AAA, AA+, AA, AA-, …, CCC-, CC, C, D."""
    symbols = ["AAA"]
    symbols += [letter + sign for letter in _LETTERS[1:] for sign in ("+", "", "-")]
    found = {symbol: place for place, symbol in enumerate([*symbols, "CC", "C", "D"], 1)}
    # a default on some obligations, as S&P and Fitch write it
    return found | {"SD": found["D"], "RD": found["D"]}


def _moodys() -> dict[str, int]:
    """Moody's: Aaa, Aa1, …, Caa3, Ca, C; its C is what others call C, and it has no D."""
    words = ("Aa", "A", "Baa", "Ba", "B", "Caa")
    symbols = ["Aaa", *(word + digit for word in words for digit in "123"), "Ca", "C"]
    return {symbol: place for place, symbol in enumerate(symbols, 1)}


def _dbrs() -> dict[str, int]:
    """Morningstar DBRS: AAA, AA (high), AA, AA (low), …; CC and C with all their signs are one."""
    found = {"AAA": 1}
    for letter in _LETTERS[1:]:
        for sign in (" (high)", "", " (low)"):
            found[letter + sign] = len(found) + 1
    for place, letter in enumerate(("CC", "C"), 20):
        found |= {letter + sign: place for sign in (" (high)", "", " (low)")}
    return found | {"D": 22, "SD": 22}


_SYMBOLS: dict[str, Mapping[str, int]] = {
    "letters": _letters(),
    "moodys": _moodys(),
    "dbrs": _dbrs(),
    # the grades of the People's Bank of China, 信用评级要素、标识及含义 (2006)
    "china": {symbol: place for symbol, place in _letters().items() if symbol not in ("SD", "RD")},
}


def known_agency(name: str) -> str | None:
    """Return the agency that a name means, or None."""
    wanted = _plain(name)
    for agency, (_, _, names) in _AGENCIES.items():
        if wanted in names or wanted == agency.casefold():
            return agency
    return None


def near_agencies(name: str) -> list[str]:
    """Return the agencies whose names are near to one."""
    names = {other: agency for agency, (_, _, known) in _AGENCIES.items() for other in known}
    near = get_close_matches(_plain(name), list(names), n=3)
    return list(dict.fromkeys(names[other] for other in near))


def scale_of(agency: str) -> RatingScaleName:
    """Return the scale that ratings of an agency are compared on."""
    return _AGENCIES[agency][0]


def is_withdrawn(symbol: str) -> bool:
    """Tell whether a symbol says that there is no rating."""
    return symbol.strip().upper() in _WITHDRAWN


def notch_of(symbol: str, agency: str) -> int | None:
    """Return the notch of a symbol of an agency, or None where it has no such symbol."""
    return _SYMBOLS[_AGENCIES[agency][1]].get(_as_written(symbol, agency))


def near_symbols(symbol: str, agency: str) -> list[str]:
    """Return symbols of the agency that are near to one."""
    known = _SYMBOLS[_AGENCIES[agency][1]]
    folded = {other.casefold(): other for other in known}
    near = get_close_matches(symbol.strip().casefold(), list(folded), n=3, cutoff=0.4)
    return [folded[other] for other in near]


def _as_written(symbol: str, agency: str) -> str:
    """Return a symbol without spaces where none belong, and with plain signs."""
    text = symbol.strip().replace("−", "-").replace("–", "-").replace("＋", "+")
    if _AGENCIES[agency][1] != "dbrs":
        return re.sub(r"\s+([+-])", r"\1", text)
    return re.sub(r"\s*\((high|low)\)", _in_small_letters, text, flags=re.IGNORECASE)


def _in_small_letters(found: re.Match[str]) -> str:
    return f" ({found[1].lower()})"


def _plain(name: str) -> str:
    return " ".join(name.replace("’", "'").casefold().split())
