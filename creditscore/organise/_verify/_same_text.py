"""Texts of two sources: whether they say the same, and whether that can be told."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from creditscore._typing import Bool1D
from creditscore.organise._match._contact_point import (
    normalise_address,
    normalise_email,
    normalise_phone,
)
from creditscore.organise._match._name import normalise_name

Texts: TypeAlias = npt.NDArray[Any]

_NAMES = ("name", "name_zh", "contact_person")
_FORMS: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(_NAMES, normalise_name),
    "phone": normalise_phone, "email": normalise_email, "address": normalise_address,
}  # fmt: skip
_DIGITS_OF_A_NUMBER = 7
"""Digits from which a telephone number with the code of its country, and one without, are one."""
_CHINESE = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")


def same_texts(items: Texts, one: Texts, other: Texts) -> Bool1D:
    """Tell which pairs are one text: names, telephones and addresses by their normal forms.

    All others agree but for case and blanks at their ends. O(n) time in distinct texts.
    """
    a, b = _in_form(items, one), _in_form(items, other)
    same: Bool1D = np.asarray(a == b, dtype=bool)
    for at in np.flatnonzero((items == "phone") & ~same):
        short, long = sorted((a[at].removeprefix("+"), b[at].removeprefix("+")), key=len)
        same[at] = len(short) >= _DIGITS_OF_A_NUMBER and long.endswith(short)
    return same


def in_other_scripts(items: Texts, one: Texts, other: Texts) -> Bool1D:
    """Tell which pairs are names of which one is in Chinese and one in Latin letters."""
    at = np.flatnonzero(np.isin(items, _NAMES))
    found = np.zeros(len(items), dtype=bool)
    found[at] = [{_script(a), _script(b)} == {"Chinese", "Latin"} for a, b in zip(
        one[at], other[at], strict=True
    )]  # fmt: skip
    return found


def _script(text: str) -> str:
    chinese, latin = _CHINESE.search(text), _LATIN.search(text)
    return "" if bool(chinese) == bool(latin) else "Chinese" if chinese else "Latin"


def _in_form(items: Texts, texts: Texts) -> Texts:
    pairs = list(zip(items, texts, strict=True))
    forms = {pair: _form(*pair) for pair in dict.fromkeys(pairs)}
    return np.array([forms[pair] for pair in pairs], dtype=object)


def _form(item: str, text: str) -> str:
    plain = text.strip().casefold()
    normalise = _FORMS.get(item)
    # what has no normal form, such as a telephone of no digits, is compared as it stands
    return plain if normalise is None else normalise(text) or plain
