"""How much two names of columns are alike, in Latin letters and in Chinese."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+")
_BRACKETS = re.compile(r"[(\[（【].*?[)\]）】]")
_FULL = 1.0


def plain_name(name: str) -> str:
    """Return a name in small letters, words parted by blanks, without what is in brackets."""
    text = unicodedata.normalize("NFKC", _BRACKETS.sub(" ", name))
    return " ".join(_WORD.findall(_CAMEL.sub(" ", text).casefold()))


def similarity(one: str, other: str) -> float:
    """Return how alike two plain names are, from 0 to 1.

    The greater of the overlap of their words, or of pairs of letters in Chinese, and of nine
    tenths of the share of letters in common order; names that are equal have 1.
    """
    if not one or not other:
        return 0.0
    if one == other:
        return _FULL
    a, b = _tokens(one), _tokens(other)
    shared = 2 * len(a & b) / (len(a) + len(b))
    return max(0.95 * shared, 0.9 * SequenceMatcher(None, one, other).ratio())


def _tokens(name: str) -> set[str]:
    if name.isascii():
        return set(name.split())
    letters = name.replace(" ", "")
    return {letters[i : i + 2] for i in range(max(1, len(letters) - 1))}
