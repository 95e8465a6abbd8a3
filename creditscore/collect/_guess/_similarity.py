"""How much two names of columns are alike, in Latin letters and in Chinese."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set as AbstractSet
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import product

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+")
_BRACKETS = re.compile(r"[(\[（【].*?[)\]）】]")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_FILLING = frozenset({"a", "and", "of", "or", "the"})
_FULL = 1.0
_KEPT = 1 << 14
"""Words and pairs of them that are remembered: those of the catalogue come again."""
_JOINED = 0.97
_TYPING = 0.85
"""Words, and names written as one, that are less alike are others: account and amount."""
_SHORT = 3
_SHORTENED = 0.8
_OTHER = re.compile(
    r"\b(?:margin|ratio|rate|per|pct|percent|percentage|return on|growth|change|multiple|multiplier"
    r"|turnover|non|prior|previous|budget|plan|planned|forecast|vorjahr)\b"
    r"|(?:marge|quote|rendite|anteil|wachstum|veränderung)\b"
    r"|率|比|每股|人均|周转|增长|增减|变动|上年|上期|去年|期初|预算|计划|非|其他"
)
"""Words that make another number of an amount: a margin of a profit."""


def plain_name(name: str) -> str:
    """Return a name in small letters, words parted by blanks, without what is in brackets."""
    text = unicodedata.normalize("NFKC", _BRACKETS.sub(" ", name))
    return " ".join(_WORD.findall(_CAMEL.sub(" ", text).casefold()))


def similarity(one: str, other: str) -> float:
    """Return how alike two plain names are, from 0 to 1; names that are equal have 1.

    In Latin letters it is the overlap of their words, where one of a few other letters, or
    shortened beside another that is the same, counts in part; in Chinese the greater of the
    overlap of pairs of letters and nine tenths of the share of letters in common order.
    """
    if not one or not other:
        return 0.0
    if one == other:
        return _FULL
    if _CHINESE.search(one) or _CHINESE.search(other):
        a, b = _pairs(one), _pairs(other)
        shared = 2 * len(a & b) / (len(a) + len(b))
        return max(0.95 * shared, 0.9 * SequenceMatcher(None, one, other).ratio())
    joined = one.replace(" ", ""), other.replace(" ", "")
    if joined[0] == joined[1]:
        return _JOINED
    # as many words are alike one by one, or not at all
    typing = _typing(*joined) if one.count(" ") != other.count(" ") else 0.0
    return max(0.95 * _overlap(_words(one), _words(other)), 0.9 * typing)


def is_other(one: str, other: str) -> bool:
    """Tell whether a plain name says that it is another number than a name that is known.

    So a margin, a ratio or what grew is of a profit, and what is not current of current assets.
    """
    return bool(_others(one) - _others(other))


@lru_cache(_KEPT)
def _others(name: str) -> frozenset[str]:
    return frozenset(_OTHER.findall(name))


def _pairs(name: str) -> set[str]:
    letters = name.replace(" ", "")
    return {letters[i : i + 2] for i in range(max(1, len(letters) - 1))}


@lru_cache(_KEPT)
def _words(name: str) -> frozenset[str]:
    words = frozenset(name.split())
    return words - _FILLING or words


def _overlap(a: AbstractSet[str], b: AbstractSet[str]) -> float:
    same = a & b
    shared = float(len(same))
    left, right = set(a - same), set(b - same)
    near = ((_near(x, y, beside=bool(same)), x, y) for x, y in product(left, right))
    for alike, x, y in sorted(near, reverse=True):
        if alike and x in left and y in right:
            shared += alike
            left.remove(x)
            right.remove(y)
    return 2 * shared / (len(a) + len(b))


def _near(one: str, other: str, *, beside: bool) -> float:
    short, long = sorted((one, other), key=len)
    is_shortened = beside and len(short) >= _SHORT and long.startswith(short)
    return max(_typing(one, other), _SHORTENED if is_shortened else 0.0)


@lru_cache(_KEPT)
def _typing(one: str, other: str) -> float:
    """Return how alike two words are but for a letter or two, or 0."""
    shorter, longer = sorted((len(one), len(other)))
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if 2 * shorter < _TYPING * (shorter + longer) or matcher.quick_ratio() < _TYPING:
        return 0.0
    alike = matcher.ratio()
    return alike if alike >= _TYPING else 0.0
