"""The words that names and addresses are made of: each in Latin letters and in Chinese.

Places, streets and firms are invented. Given names and surnames are words of the language, so a
person of a name may exist; no number, telephone or address here is such a person's.
"""

from __future__ import annotations

from dataclasses import dataclass

BRANDS = (
    ("yun", "云"), ("hai", "海"), ("lan", "澜"), ("ji", "霁"), ("qi", "栖"), ("yan", "砚"),
    ("hong", "泓"), ("yu", "榆"), ("tong", "桐"), ("ai", "霭"), ("zhe", "柘"), ("xi", "汐"),
    ("li", "璃"), ("chen", "宸"), ("jun", "筠"), ("heng", "珩"), ("du", "渡"), ("mo", "墨"),
    ("song", "淞"), ("ke", "珂"), ("ning", "泞"), ("rui", "蕤"), ("shuo", "朔"), ("ting", "汀"),
    ("wei", "薇"), ("xun", "洵"), ("ying", "萦"), ("zhan", "湛"), ("bo", "泊"), ("cen", "岑"),
    ("fu", "芙"), ("guan", "莞"), ("jiao", "皎"), ("lu", "鹭"), ("miao", "淼"), ("pei", "霈"),
)  # fmt: skip
"""Syllables of brands and given names."""

SURNAMES = (
    ("Wang", "王"), ("Li", "李"), ("Zhang", "张"), ("Liu", "刘"), ("Chen", "陈"), ("Yang", "杨"),
    ("Zhao", "赵"), ("Huang", "黄"), ("Zhou", "周"), ("Wu", "吴"), ("Xu", "徐"), ("Sun", "孙"),
    ("Hu", "胡"), ("Zhu", "朱"), ("Gao", "高"), ("Lin", "林"), ("He", "何"), ("Guo", "郭"),
    ("Ouyang", "欧阳"), ("Situ", "司徒"),
)  # fmt: skip

STREETS = (
    ("Cedar Road", "杉木路"), ("Lantern Street", "灯笼街"), ("Old Mill Road", "旧磨坊路"),
    ("Harbour Avenue", "港湾大道"), ("Willow Lane", "柳荫巷"), ("Bell Tower Street", "钟鼓街"),
    ("Orchard Road", "果园路"), ("Quarry Road", "采石路"), ("Ferry Street", "渡口街"),
    ("Pine Ridge Road", "松岭路"), ("Weir Road", "堰头路"), ("Kiln Street", "窑前街"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Region:
    """A sales region of the trading firm, which exists nowhere.

    Parameters
    ----------
    name : str
        North, east, south or west.
    share : float
        Share of the customers.
    cities : tuple of (str, str)
        Names of its cities in Latin letters and in Chinese.
    area : int
        First four digits of area codes in it.
    """

    name: str
    share: float
    cities: tuple[tuple[str, str], ...]
    area: int


REGIONS = (
    Region(
        name="north", share=0.28, cities=(("Jilan", "霁澜"), ("Qiyan", "栖砚")), area=9901
    ),
    Region(
        name="east", share=0.32, cities=(("Hongyu", "泓榆"), ("Tongai", "桐霭")), area=9902
    ),
    Region(
        name="south", share=0.22, cities=(("Zheyu", "柘屿"), ("Xiyun", "汐筠")), area=9903
    ),
    Region(
        name="west", share=0.18, cities=(("Lanjun", "岚珺"), ("Hengdu", "珩渡")), area=9904
    ),
)  # fmt: skip

LINES = {
    "manufacturing": ("Manufacturing", "制造"),
    "construction": ("Construction", "建筑"),
    "wholesale": ("Trading", "贸易"),
    "retail": ("Retail", "零售"),
    "transport": ("Logistics", "物流"),
    "accommodation": ("Hotel", "酒店"),
    "information": ("Technology", "信息技术"),
    "services": ("Services", "服务"),
    "agriculture": ("Agriculture", "农业"),
    "energy": ("Energy", "能源"),
}
"""What a firm of each industry calls its line of business."""

LEGAL_FORMS = (
    ("Co., Ltd.", "有限公司"),
    ("Joint Stock Co., Ltd.", "股份有限公司"),
    ("Limited Liability Company", "有限责任公司"),
    ("Group Co., Ltd.", "集团有限公司"),
)
SHARES_OF_FORMS = (0.70, 0.12, 0.12, 0.06)

ABBREVIATIONS = (
    (" Manufacturing", " Mfg"), (" Construction", " Constr."), (" Trading", " Trdg"),
    (" Logistics", " Log."), (" Technology", " Tech"), (" Services", " Svcs"),
    (" Agriculture", " Agri"), (" Limited Liability Company", " LLC"),
    (" Joint Stock Co., Ltd.", " JSC"), (" Group Co., Ltd.", " Grp"), (" Co., Ltd.", ""),
)  # fmt: skip
"""How people shorten the words of a name."""
