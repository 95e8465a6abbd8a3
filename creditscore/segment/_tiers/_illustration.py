"""Service tiers to begin with: an illustration with its reasons, and no advice."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from creditscore._checks import check_kind
from creditscore.exceptions import InvalidParameterError
from creditscore.segment._grid._bands import RiskBands
from creditscore.segment._grid._customer_class import STANDARD_CLASSES
from creditscore.segment._reading import UNKNOWN
from creditscore.segment._tiers._tier import ServiceTier

_BANDS = ("low", "medium", "high", "default")
_ACCOUNT_MANAGER = ("account manager", "客户经理")
_CREDIT_DESK = ("credit desk", "信用管理部")
_TONES = {
    "low": ("friendly reminder", "友好提醒"),
    "medium": ("firm reminder", "明确催收"),
    "high": ("formal demand, deliveries stop", "正式催告并停止发货"),
    "default": ("legal collection", "法律追收"),
}
_SECURITIES = {
    "low": ("none", "无"),
    "medium": ("retention of title", "所有权保留"),
    "high": ("guarantee or credit insurance", "担保或信用保险"),
    "default": ("full security", "足额担保"),
}
# payment terms in days, limit factor, months to the next review, share paid in advance
_TERMS = {
    "low": (60, 1.0, 12, 0.0),
    "medium": (30, 0.6, 6, 0.0),
    "high": (15, 0.2, 3, 0.5),
    "default": (0, 0.0, 1, 1.0),
}
# (factor on the limit, longest terms, latest review) by class, over those by risk
_BY_CLASS = {
    "high-value": (1.5, None, 12),
    "potential": (1.2, None, 6),
    "ordinary": (1.0, 45, 12),
    "risk": (0.5, 15, 3),
    "default": (0.0, 0, 1),
    UNKNOWN: (0.5, 30, 3),
}
_CONTACTS = {
    "high-value": ("key account manager", "大客户经理"),
    "potential": ("sales development", "客户拓展经理"),
    "ordinary": ("sales desk", "内勤销售"),
    "risk": _CREDIT_DESK,
    "default": ("collection and legal", "清收与法务"),
    UNKNOWN: ("credit desk, which finds the missing facts", "信用管理部（补齐资料）"),
}


def illustrated_tiers(risk: RiskBands, unrated: str) -> tuple[ServiceTier, ...]:
    """Return a tier for each standard class, and for "unknown", and each grade and none."""
    check_kind(risk, "risk", "ServiceTiers.illustration", RiskBands)
    if risk.bands != _BANDS:
        msg = (
            "ServiceTiers.illustration knows the bands of risk low, medium, high and default. Got "
            f"{risk.bands!r}: make a table of your own, ServiceTiers.from_frame(…)."
        )
        raise InvalidParameterError(msg)
    classes = (*(entry.name for entry in STANDARD_CLASSES), UNKNOWN)
    pairs = dict(risk.pairs)
    # nobody knows the risk of customers without a grade: as high, until they have one
    pairs.setdefault(unrated, "high")
    return tuple(
        _tier(name, grade, band) for name, (grade, band) in product(classes, pairs.items())
    )


def _tier(name: str, grade: str, band: str) -> ServiceTier:
    days, factor, months, share = _TERMS[band]
    by_class, longest, latest = _BY_CLASS[name]
    tier = ServiceTier(
        customer_class=name,
        grade=grade,
        payment_terms_days=days if longest is None else min(days, longest),
        limit_factor=round(factor * by_class, 6),
        review_months=min(months, latest),
        contact=_CONTACTS[name][0],
        contact_zh=_CONTACTS[name][1],
        collection_tone=_TONES[band][0],
        collection_tone_zh=_TONES[band][1],
        prepayment_share=share,
        security=_SECURITIES[band][0],
        security_zh=_SECURITIES[band][1],
    )
    if name != "default":
        return tier
    # the class says default, whatever the grade
    tone, tone_zh = _TONES["default"]
    security, security_zh = _SECURITIES["default"]
    return replace(tier, prepayment_share=1.0, collection_tone=tone, collection_tone_zh=tone_zh,
                   security=security, security_zh=security_zh)  # fmt: skip
