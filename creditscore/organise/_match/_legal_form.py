"""Legal forms at the end of names of firms, as words of a normalised name."""

from __future__ import annotations

import re

_LATIN = (
    # English
    "limited liability company|limited liability partnership|private limited company"
    "|public limited company|joint stock company|joint stock co ltd|joint stock co limited"
    "|company limited|co limited|co ltd|c ltd|private limited|pte ltd|pty ltd|pvt ltd|pvt limited"
    "|limited|ltd|llc|llp|lp|plc|pllc|incorporated|inc|corporation|corp|company|co|jsc|pjsc"
    "|sdn bhd|bhd"
    # German
    "|gesellschaft mit beschrankter haftung|aktiengesellschaft|kommanditgesellschaft"
    "|gmbh and co kgaa|gmbh and co kg|ag and co kg|ug haftungsbeschrankt|gmbh|mbh|ag|kgaa|kg|ohg"
    "|gbr|ug|eg|ev|ek|se"
    # French
    "|societe a responsabilite limitee|societe par actions simplifiee|societe anonyme|sarl|sasu"
    "|sas|sa|eurl|snc|sca|sci|scop"
    # Spanish and Portuguese
    "|sociedad de responsabilidad limitada|sociedad limitada|sociedad anonima|sapi de cv|sa de cv"
    "|s de rl de cv|slu|sll|sl|sau|lda|ltda|limitada"
    # Italian
    "|societa a responsabilita limitata|societa per azioni|srls|srl|spa|sapa"
    # Dutch and Belgian
    "|besloten vennootschap|naamloze vennootschap|bvba|sprl|bv|nv|vof|cv"
    # Nordic, Polish, Czech, Japanese in Latin letters
    "|aktiebolag|ab|asa|as|aps|oyj|oy|hf|ehf|sp zoo|sro|kabushiki kaisha|kk|gk"
)
_CHINESE = (
    "集团股份有限公司|集团有限责任公司|集团有限公司|集团股份公司|集团公司|股份有限公司|有限责任公司|有限公司|股份公司"
    "|总公司|公司|集团|特殊普通合伙|普通合伙|有限合伙|合伙企业|个人独资企业|个体工商户"
)
_SURNAMES = frozenset({"as", "asa", "co", "ek", "oy", "sa", "sau", "se"})
"""Legal forms that are surnames of people as well."""
_END = re.compile(rf"(?: (?:{_LATIN})|(?:{_CHINESE}))$")
_GROUP_INSIDE = re.compile("集团(?=股份|有限)")

_SHORT = {
    "agri": "agriculture", "agric": "agriculture", "assoc": "associates", "bros": "brothers",
    "cent": "center",
    "centre": "center", "chem": "chemical", "constr": "construction", "dev": "development",
    "distr": "distribution", "elec": "electric", "eng": "engineering", "equip": "equipment",
    "hldg": "holding", "hldgs": "holdings", "ind": "industries", "inds": "industries",
    "intl": "international", "int": "international", "inv": "investment", "log": "logistics",
    "mach": "machinery", "manuf": "manufacturing", "mfg": "manufacturing", "mgmt": "management",
    "natl": "national", "pharm": "pharmaceutical", "prod": "products", "prods": "products",
    "serv": "services", "svc": "services", "svcs": "services", "sys": "systems",
    "tech": "technology", "tel": "telecom", "trad": "trading", "trans": "transport",
    "transp": "transport", "trdg": "trading",
}  # fmt: skip


def without_legal_form(name: str) -> str:
    """Return a normalised name without the legal forms at its end; all of it if nothing is left."""
    left = name
    while True:
        shorter = _END.sub("", _GROUP_INSIDE.sub("", left)).strip()
        if not shorter or shorter == left:
            return left
        left = shorter


def has_legal_form(name: str) -> bool:
    """Tell whether a normalised name ends with a legal form that is no surname."""
    return without_legal_form(name) != name and not may_be_surname(name)


def may_be_surname(name: str) -> bool:
    """Tell whether a normalised name is one word, and then a legal form that people are called."""
    words = name.split(" ")
    return len(words) == 2 and words[1] in _SURNAMES


def in_full(name: str) -> str:
    """Return a normalised name with customary short forms of words written out."""
    return " ".join(_SHORT.get(word, word) for word in name.split(" "))
