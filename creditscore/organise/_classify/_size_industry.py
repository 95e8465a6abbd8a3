"""Industries of the standard of sizes of China, from those of GB/T 4754."""

from __future__ import annotations

import pandas as pd

_BY_SECTION = {
    "A": "agriculture", "B": "industry", "C": "industry", "D": "industry", "E": "construction",
    "L": "leasing and business services", "M": "other", "N": "other", "O": "other", "R": "other",
}  # fmt: skip
_BY_DIGITS = {
    "51": "wholesale", "52": "retail", "54": "transport", "55": "transport", "56": "transport",
    "57": "transport", "58": "transport", "591": "transport", "592": "storage",
    "593": "storage", "594": "storage", "595": "storage", "596": "storage", "599": "storage",
    "60": "post", "61": "accommodation", "62": "catering", "63": "information transmission",
    "64": "information transmission", "65": "software", "701": "real estate development",
    "702": "property management", "703": "other", "709": "other", "85": "other",
}  # fmt: skip
_BY_WORD = {
    "wholesale": "wholesale", "批发": "wholesale", "retail": "retail", "零售": "retail",
    "supermarket": "retail", "超市": "retail", "百货": "retail", "freight": "transport",
    "transport": "transport", "运输": "transport",
    "货运": "transport", "warehous": "storage", "仓储": "storage", "邮政": "post",
    "hotel": "accommodation", "accommodation": "accommodation", "酒店": "accommodation",
    "宾馆": "accommodation", "住宿": "accommodation", "restaurant": "catering",
    "catering": "catering", "餐饮": "catering", "餐厅": "catering", "software": "software",
    "软件": "software", "telecom": "information transmission", "物业": "property management",
    "internet": "information transmission", "电信": "information transmission",
    "互联网": "information transmission", "信息传输": "information transmission",
}  # fmt: skip
_NOT_COVERED = {
    "J": "finance", "P": "education", "S": "public management", "T": "international organisations",
}  # fmt: skip


def size_industries(industry: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Return industries of the standard of China for sections of GB/T 4754, and why there is none.

    A section that the standard parts, such as trade into wholesale and retail, needs digits or a
    word that says which. Railways, finance, education, health and the state are not covered.
    """
    names, reasons = [], []
    columns = (industry["section"], industry["digits"], industry["matched"])
    for section, digits, matched in zip(*columns, strict=True):
        name = _name(section, digits, matched) if isinstance(section, str) else ""
        names.append(name)
        reasons.append("" if name else _reason(section, digits))
    return names, reasons


def _name(section: str, digits: str | None, matched: str) -> str:
    if section in _BY_SECTION:
        return _BY_SECTION[section]
    if isinstance(digits, str):
        return _BY_DIGITS.get(digits[:2]) or _BY_DIGITS.get(digits[:3], "")
    found = {_BY_WORD.get(word, "") for word in matched.split(", ")}
    # a word that does not say which leaves it open
    return found.pop() if len(found) == 1 else ""


def _reason(section: str | None, digits: str | None) -> str:
    if not isinstance(section, str):
        return "industry not known"
    if section in _NOT_COVERED:
        return f"the standard does not cover {_NOT_COVERED[section]}"
    if isinstance(digits, str) and digits[:2] in ("53", "84"):
        return f"the standard does not cover division {digits[:2]}"
    if isinstance(digits, str) and len(digits) > 2:
        return f"the standard does not cover group {digits[:3]}"
    return f"section {section} has several industries of the standard: give a code of 2 to 4 digits"
