"""Sections of the two classifications of industries, and the divisions in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import pandas as pd

from creditscore._validation import check_choice

IndustryScheme: TypeAlias = Literal["isic", "gbt4754"]
SCHEMES: tuple[str, ...] = get_args(IndustryScheme)


@dataclass(frozen=True)
class Section:
    """A section: its letter, first and last division, and names."""

    letter: str
    first: int
    last: int
    label: str
    label_zh: str


_ISIC = (
    Section("A", 1, 3, "Agriculture, forestry and fishing", "农业、林业和渔业"),
    Section("B", 5, 9, "Mining and quarrying", "采矿和采石"),
    Section("C", 10, 33, "Manufacturing", "制造业"),
    Section(
        "D",
        35,
        35,
        "Electricity, gas, steam and air conditioning supply",
        "电、煤气、蒸气和空调供应",
    ),
    Section(
        "E",
        36,
        39,
        "Water supply; sewerage, waste management and remediation activities",
        "供水；污水处理、废物管理和补救活动",
    ),
    Section("F", 41, 43, "Construction", "建筑业"),
    Section(
        "G",
        45,
        47,
        "Wholesale and retail trade; repair of motor vehicles and motorcycles",
        "批发和零售业；汽车和摩托车修理",
    ),
    Section("H", 49, 53, "Transportation and storage", "运输和储存"),
    Section("I", 55, 56, "Accommodation and food service activities", "食宿服务活动"),
    Section("J", 58, 63, "Information and communication", "信息和通信"),
    Section("K", 64, 66, "Financial and insurance activities", "金融和保险活动"),
    Section("L", 68, 68, "Real estate activities", "房地产活动"),
    Section(
        "M", 69, 75, "Professional, scientific and technical activities", "专业、科学和技术活动"
    ),
    Section("N", 77, 82, "Administrative and support service activities", "行政和辅助活动"),
    Section(
        "O",
        84,
        84,
        "Public administration and defence; compulsory social security",
        "公共管理和国防；强制性社会保障",
    ),
    Section("P", 85, 85, "Education", "教育"),
    Section("Q", 86, 88, "Human health and social work activities", "人体健康和社会工作活动"),
    Section("R", 90, 93, "Arts, entertainment and recreation", "艺术、娱乐和文娱活动"),
    Section("S", 94, 96, "Other service activities", "其他服务活动"),
    Section("T", 97, 98, "Activities of households as employers", "家庭作为雇主的活动"),
    Section(
        "U",
        99,
        99,
        "Activities of extraterritorial organizations and bodies",
        "国际组织和机构的活动",
    ),
)
_GBT4754 = (
    Section("A", 1, 5, "Agriculture, forestry, animal husbandry and fishery", "农、林、牧、渔业"),
    Section("B", 6, 12, "Mining", "采矿业"),
    Section("C", 13, 43, "Manufacturing", "制造业"),
    Section(
        "D",
        44,
        46,
        "Production and supply of electricity, heat, gas and water",
        "电力、热力、燃气及水生产和供应业",
    ),
    Section("E", 47, 50, "Construction", "建筑业"),
    Section("F", 51, 52, "Wholesale and retail trade", "批发和零售业"),
    Section("G", 53, 60, "Transport, storage and post", "交通运输、仓储和邮政业"),
    Section("H", 61, 62, "Accommodation and catering", "住宿和餐饮业"),
    Section(
        "I",
        63,
        65,
        "Information transmission, software and information technology services",
        "信息传输、软件和信息技术服务业",
    ),
    Section("J", 66, 69, "Finance", "金融业"),
    Section("K", 70, 70, "Real estate", "房地产业"),
    Section("L", 71, 72, "Leasing and business services", "租赁和商务服务业"),
    Section("M", 73, 75, "Scientific research and technical services", "科学研究和技术服务业"),
    Section(
        "N",
        76,
        79,
        "Management of water conservancy, environment and public facilities",
        "水利、环境和公共设施管理业",
    ),
    Section(
        "O",
        80,
        82,
        "Services to households, repair and other services",
        "居民服务、修理和其他服务业",
    ),
    Section("P", 83, 83, "Education", "教育"),
    Section("Q", 84, 85, "Health and social work", "卫生和社会工作"),
    Section("R", 86, 90, "Culture, sports and entertainment", "文化、体育和娱乐业"),
    Section(
        "S",
        91,
        96,
        "Public management, social security and social organisations",
        "公共管理、社会保障和社会组织",
    ),
    Section("T", 97, 97, "International organisations", "国际组织"),
)
SECTIONS: dict[str, tuple[Section, ...]] = {"isic": _ISIC, "gbt4754": _GBT4754}


def industry_sections(scheme: IndustryScheme = "isic") -> pd.DataFrame:
    """Return the sections of a classification of industries.

    Parameters
    ----------
    scheme : {"isic", "gbt4754"}, default="isic"
        ISIC Rev. 4 of the United Nations, or GB/T 4754-2017 of China. Their letters mean different
        things: F is construction in the one and trade in the other.

    Returns
    -------
    DataFrame
        section, first_division, last_division, label and label_zh.

    Raises
    ------
    InvalidParameterError
        The scheme is another.

    References
    ----------
    United Nations (2008). International Standard Industrial Classification of All Economic
    Activities, Revision 4. Statistical Papers M 4. GB/T 4754-2017, 国民经济行业分类.

    Examples
    --------
    >>> from creditscore.organise import industry_sections
    >>> table = industry_sections("gbt4754")
    >>> table.loc[table["section"] == "F", "label"].item()
    'Wholesale and retail trade'
    """
    check_choice(scheme, "scheme", "industry_sections", SCHEMES)
    rows: list[Any] = [(s.letter, s.first, s.last, s.label, s.label_zh) for s in SECTIONS[scheme]]
    columns = ["section", "first_division", "last_division", "label", "label_zh"]
    return pd.DataFrame(rows, columns=columns)


def section_of(division: int, scheme: str) -> Section | None:
    """Return the section of a division of two digits."""
    return next((s for s in SECTIONS[scheme] if s.first <= division <= s.last), None)


def section_named(letter: str, scheme: str) -> Section | None:
    """Return the section of a letter."""
    return next((s for s in SECTIONS[scheme] if s.letter == letter), None)
