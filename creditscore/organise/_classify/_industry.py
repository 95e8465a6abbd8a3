"""Industry of a customer, from a code or from words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pandas as pd

from creditscore._validation import check_choice
from creditscore.organise._classify._sections import (
    SCHEMES,
    IndustryScheme,
    Section,
    section_named,
    section_of,
)
from creditscore.organise._classify._values import is_whole, read_texts
from creditscore.organise._match._name import normal

_CODE = re.compile(r"([A-Ua-u])?[ .\-]?(\d{2})(?:\.?(\d{1,2}))?")
_WORDS: tuple[tuple[str, str, str, str], ...] = (
    ("A", "A", "agricultur,farm,forest,fish,livestock", "农业,林业,渔业,畜牧,养殖,种植,水产"),
    ("B", "B", "mining,quarr", "采矿,矿业,煤矿"),
    ("C", "C", "manufactur,factory,foundry,textile", "制造,工厂,纺织,钢铁,化工,制药,机械"),
    ("D", "D", "electricity,energy,power plant", "电力,热力,燃气,供电,能源"),
    ("E", "D", "water supply,waterworks", "自来水,供水"),
    ("E", "N", "sewerage,waste,recycling", "污水,废物,垃圾,环卫"),
    ("F", "E", "construction,civil engineering,building", "建筑,施工,土木,装修"),
    (
        "G",
        "F",
        "wholesale,retail,trading,trade,supermarket",
        "批发,零售,贸易,商贸,进出口,百货,超市",
    ),
    (
        "H",
        "G",
        "transport,logistic,freight,shipping,warehous,courier",
        "运输,物流,仓储,快递,货运,邮政",
    ),
    ("I", "H", "hotel,restaurant,catering,accommodation", "酒店,餐饮,住宿,餐厅,宾馆"),
    (
        "J",
        "I",
        "software,telecom,information,internet",
        "软件,信息技术,信息传输,互联网,电信",
    ),
    ("K", "J", "bank,insurance,financ,securities", "银行,保险,金融,证券,基金"),
    ("L", "K", "real estate", "房地产,物业"),
    ("N", "L", "leasing,rental", "租赁"),
    ("M", "L", "consult,legal,accounting,advertising", "咨询,法律,会计,广告"),
    ("M", "M", "research,laborator", "科学研究,科研,研发"),
    ("P", "P", "education,school,universit", "教育,学校,大学"),
    ("Q", "Q", "hospital,health,clinic", "医院,卫生,诊所"),
    ("R", "R", "culture,sport,entertainment,museum", "文化,体育,娱乐"),
    ("S", "O", "laundry,hairdress", "居民服务,洗衣,理发"),
)
"""Section of ISIC and of GB/T 4754, and the beginnings of words and Chinese words for it."""

_FROM_WORDS = 0.8
"""How sure words are that speak for one section only."""
_LOST_ZERO = "a number may have lost its zero: give codes as text"
_COLUMNS = ["section", "digits", "label", "label_zh", "confidence", "reason", "matched"]


def classify_industry(industry: Iterable[Any], *, scheme: IndustryScheme = "isic") -> pd.DataFrame:
    """Return the section of an industry, from a code or from words in English or Chinese.

    Parameters
    ----------
    industry : Series or sequence of str
        A code of the scheme ("C10", "46.1", "1310", "G"), or words ("Trading of steel").
    scheme : {"isic", "gbt4754"}, default="isic"
        ISIC Rev. 4, or GB/T 4754-2017; see :func:`industry_sections`.

    Returns
    -------
    DataFrame
        A row a value, with its index: section (None where not known), digits (of a code; None of
        words), label, label_zh, confidence (in [0, 1]), reason ("code", "words", or why
        there is no section) and matched (the words that were found).

    Raises
    ------
    InvalidParameterError
        The scheme is another, or it is no column.
    InvalidDataError
        A value is no text.

    Notes
    -----
    A code is sure, confidence 1. Its letter must fit its digits. Words are looked up in a short
    list: if all that are found speak for one section, the confidence is 0.8; if more than half do,
    0.8 times their share; else no section is given. So "hotel construction" is left to a person.
    So is a number of one or three digits: 111 may have been the code 0111 before it was a number.

    Examples
    --------
    >>> from creditscore.organise import classify_industry
    >>> found = classify_industry(["C10", "物流", "hotel construction", "services"])
    >>> found[["section", "confidence", "reason"]].values.tolist()  # doctest: +NORMALIZE_WHITESPACE
    [['C', 1.0, 'code'], ['H', 0.8, 'words'], [None, 0.0, 'words of several sections: F, I'],
     [None, 0.0, 'no code and no known word']]
    """
    owner = "classify_industry"
    check_choice(scheme, "scheme", owner, SCHEMES)
    if isinstance(industry, Iterable) and not isinstance(industry, (str, pd.Series)):
        industry = list(industry)
    texts, index = read_texts(industry, "industry", owner)
    known = {text: _classified(text, scheme) for text in set(texts)}
    rows = [
        _unknown(_LOST_ZERO) if len(text) % 2 and is_whole(value) else known[text]
        for value, text in zip(industry, texts, strict=True)
    ]
    found = pd.DataFrame(rows, columns=_COLUMNS, index=index, dtype=object)
    return found.astype({"confidence": float})


def _classified(text: str, scheme: str) -> tuple[Any, ...]:
    if not text:
        return _unknown("missing")
    code = _CODE.fullmatch(text)
    if code:
        return _of_code(code[1], code[2], code[3] or "", scheme)
    if len(text) == 1 and text.isascii() and text.isalpha():
        section = section_named(text.upper(), scheme)
        return _known(section, None, 1.0, "code", "") if section else _unknown("no such section")
    return _of_words(text, scheme)


def _of_code(letter: str | None, division: str, more: str, scheme: str) -> tuple[Any, ...]:
    section = section_of(int(division), scheme)
    if section is None:
        return _unknown(f"no section has the division {division}")
    if letter and letter.upper() != section.letter:
        return _unknown(f"division {division} is of section {section.letter}, not {letter.upper()}")
    return _known(section, division + more, 1.0, "code", "")


def _of_words(text: str, scheme: str) -> tuple[Any, ...]:
    words = f" {normal(text)}"
    place = SCHEMES.index(scheme)
    votes: Counter[str] = Counter()
    matched = []
    for row in _WORDS:
        found = [begin for begin in row[2].split(",") if f" {begin}" in words]
        found += [word for word in row[3].split(",") if word in words]
        votes.update({row[place]: len(found)} if found else {})
        matched += found
    if not votes:
        return _unknown("no code and no known word")
    letter, most = votes.most_common(1)[0]
    share = most / votes.total()
    if share <= 0.5:
        return _unknown(f"words of several sections: {', '.join(sorted(votes))}", matched)
    section = section_named(letter, scheme)
    return _known(section, None, _FROM_WORDS * share, "words", ", ".join(matched))


def _known(
    section: Section | None, digits: str | None, confidence: float, reason: str, matched: str
) -> tuple[Any, ...]:
    assert section is not None  # noqa: S101 - letters of the words are those of the sections
    labels = (section.label, section.label_zh)
    return (section.letter, digits, *labels, confidence, reason, matched)


def _unknown(reason: str, matched: Iterable[str] = ()) -> tuple[Any, ...]:
    return (None, None, "", "", 0.0, reason, ", ".join(matched))
