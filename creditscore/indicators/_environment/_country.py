"""The country a firm is in."""

from __future__ import annotations

from creditscore.indicators._facts import Facts
from creditscore.indicators._indicator import Indicator, indicator
from creditscore.indicators._measured import Measured


@indicator(
    group="environment", unit="index", direction="lower", formula="countries.risk_class",
    label="Risk class of the country", label_zh="国家风险等级", five_c="conditions",
    source="OECD, Country Risk Classifications of the Participants to the Arrangement on "
    "Officially Supported Export Credits", low=0, high=7,
)  # fmt: skip
def country_risk_class(facts: Facts) -> Measured:
    """From 0 or 1 for the safest to 7."""
    return facts.countries.risk_class


COUNTRY: tuple[Indicator, ...] = (country_risk_class,)
