"""Masks: as much of a value as a person needs to know it again, and no more."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from creditscore._validation import check_choice
from creditscore.exceptions import ColumnTypeError

MaskKind: TypeAlias = Literal["name", "phone", "email", "id_number", "account", "text"]
MASK_KINDS: tuple[str, ...] = get_args(MaskKind)
"""What a value is, by which it is masked."""

_HIDDEN = "***"
_DIGITS = "****"
_TAIL = re.compile(r"\*{4}[0-9A-Za-z]{0,4}")
_ONE_LETTER_WRITING = ("CJK", "HANGUL", "HIRAGANA", "KATAKANA", "BOPOMOFO", "YI ")
_TWO_LETTER_SURNAMES = frozenset(
    re.findall(
        r"\S+",
        "欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 司徒 东方 東方 独孤 獨孤 南宫 南宮 "
        "万俟 萬俟 闻人 聞人 夏侯 尉迟 尉遲 公孙 公孫 慕容 令狐 宇文 长孙 長孫 "
        "钟离 鍾離 皇甫 轩辕 軒轅 端木 百里 呼延 东郭 東郭 西门 西門 太史 申屠 "
        "公冶 赫连 赫連 澹台 澹臺 淳于 单于 單于 鲜于 鮮于 闾丘 閭丘 司空 司寇 "
        "子车 子車 颛孙 顓孫 巫马 巫馬 公西 漆雕 乐正 樂正 宰父 谷梁 穀梁 拓跋 "
        "夹谷 夾谷 第五 梁丘 左丘 东门 東門 南门 南門 ",
    )
)
"""Chinese surnames of two characters, in both writings."""


def mask(value: str | int, kind: MaskKind) -> str:
    """Hide most of a value.

    Parameters
    ----------
    value : str or int
        Text, or a whole number, which is its decimal text.
    kind : {"name", "phone", "email", "id_number", "account", "text"}
        What it is:

        - name: the first letter of the first and the last word, ``"A*** S***"``; of Chinese,
          Japanese and Korean names the surname's characters, with a star for each: ``"张*"``,
          ``"欧阳**"``.
        - phone, id_number, account: the last four of ten letters and digits or more, the last
          two of six to nine, none of fewer, ``"****5678"``.
        - email: the first letter and the last part of the domain, ``"a***@***.com"``.
        - text: nothing, ``"***"``.

    Returns
    -------
    str
        The mask; of an empty text, the empty text.

    Raises
    ------
    ColumnTypeError
        No text and no whole number.
    InvalidParameterError
        An unknown kind.

    See Also
    --------
    masked_table : Columns of a table.
    Pseudonymiser : Where rows of one person must be told from those of others.

    Notes
    -----
    No mask tells how long a value is, how many names a person has, or where the mail of a person
    of an own domain goes. A mask is the mask of itself, and never all of a value. It is no
    pseudonym: many people have one mask; and no anonymity: with other facts it may be enough.

    A store of customers does not use these: what a role reads masked is hidden whole there,
    ``"•••"``. They are for lists that people work with, made of what was read in the clear.

    Examples
    --------
    >>> from creditscore.protect import mask
    >>> [mask(name, "name") for name in ("Anna Maria Schmidt", "张伟", "欧阳娜娜")]
    ['A*** S***', '张*', '欧阳**']
    >>> mask("+86 138 1234 5678", "phone"), mask("ana@example.com", "email")
    ('****5678', 'a***@***.com')
    >>> mask("owes 3,000 to her brother", "text")
    '***'
    """
    check_choice(kind, "kind", "mask", MASK_KINDS)
    given: Any = value
    if isinstance(given, (int, np.integer)) and not isinstance(given, bool):
        given = str(int(given))
    if not isinstance(given, str):
        msg = f"Masks are of text or whole numbers. Got {type(given).__name__} instead."
        raise ColumnTypeError(msg)
    text = " ".join(unicodedata.normalize("NFKC", given).split())
    return _MASKS[kind](text) if text else ""


def _name(text: str) -> str:
    if len(text) == 1:
        return _HIDDEN
    words = text.split()
    first = _first_letter(words[0])
    if _is_one_letter_writing(first):
        rest = text[text.index(first) :]
        two = rest[:2] in _TWO_LETTER_SURNAMES and len(rest) > 2
        return f"{rest[:2]}**" if two else f"{first}*"
    masked = [first + _HIDDEN]
    if len(words) > 1:
        last = _first_letter(words[-1])
        # one character may be all of a given name
        masked.append(_HIDDEN if _is_one_letter_writing(last) else last + _HIDDEN)
    return " ".join(masked)


def _tail(text: str) -> str:
    if _TAIL.fullmatch(text):
        return text
    letters = [letter for letter in text if letter.isascii() and letter.isalnum()]
    shown = 4 if len(letters) >= 10 else 2 if len(letters) >= 6 else 0
    return _DIGITS + "".join(letters[len(letters) - shown :])


def _email(text: str) -> str:
    name, at, domain = text.rpartition("@")
    if not at:
        return _HIDDEN
    first = "" if len(name) < 2 else _first_letter(name[0])
    last = domain.rpartition(".")[2] if "." in domain else ""
    ending = f".{last}" if last.isascii() and last.isalpha() else ""
    return f"{first}{_HIDDEN}@{_HIDDEN}{ending}"


def _first_letter(word: str) -> str:
    return next((letter for letter in word if letter.isalnum()), "")


def _is_one_letter_writing(letter: str) -> bool:
    """Tell whether a letter is of a writing in which names have a character or few."""
    return bool(letter) and unicodedata.name(letter, "").startswith(_ONE_LETTER_WRITING)


_MASKS: dict[str, Callable[[str], str]] = {
    "name": _name, "phone": _tail, "id_number": _tail, "account": _tail, "email": _email,
    "text": lambda _: _HIDDEN,
}  # fmt: skip
