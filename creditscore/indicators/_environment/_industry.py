"""An industry as it is known: default rate, growth, volatility, concentration."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from creditscore.exceptions import InvalidDataError
from creditscore.indicators._environment._shrunken_rates import (
    ShrunkenRates,
    posterior_means,
    shrunken_rates,
)
from creditscore.indicators._facts import Facts
from creditscore.indicators._indicator import Indicator, indicator
from creditscore.indicators._measured import Measured
from creditscore.indicators._reason import Reason

VOLATILITY_YEARS = 5

_KLEINMAN = "Kleinman (1973), JASA 68, method of moments of the beta-binomial distribution"
_RISK = "S&P Global Ratings, Methodology: Industry Risk: cyclicality, competition and growth"
_HHI = "U.S. Department of Justice and Federal Trade Commission, Merger Guidelines: HHI"


@indicator(
    group="environment", unit="share", direction="lower",
    formula="(industries.defaults + μ·M) / (industries.firms + M), μ and M of all industries",
    label="Default rate of the industry, shrunken", label_zh="行业违约率（收缩估计）",
    five_c="conditions", source=_KLEINMAN, low=0, high=0.3,
)  # fmt: skip
def industry_default_rate(facts: Facts) -> Measured:
    """Take the prior of the latest known row of every industry, see :func:`shrunken_rates`."""
    firms, defaults = facts.industries.firms, facts.industries.defaults
    both = (firms + defaults).missing
    if both.all():
        return defaults / firms
    prior = _prior(facts)
    if prior is None:
        return (defaults + firms).without(~both, Reason("zero_denominator", "firms are zero"))
    rates = posterior_means(defaults.values, firms.values, prior.prior_mean, prior.prior_size)
    # missing where one of the two is, and for its reason
    return replace(defaults + firms, values=np.where(both, np.nan, rates))


def _prior(facts: Facts) -> ShrunkenRates | None:
    """Return the prior over the latest known rows of all industries, whoever asks."""
    panel = facts.panel_rows("industries")
    rows = panel.visible.latest(np.arange(len(panel.table.keys)))
    rows = rows[rows >= 0]
    defaults = panel.table.numbers["defaults"][rows]
    firms = panel.table.numbers["firms"][rows]
    told = ~np.isnan(defaults) & ~np.isnan(firms)
    wrong = told & ~((defaults >= 0) & (defaults <= firms))
    if wrong.any():
        row = int(rows[int(wrong.argmax())])
        name = panel.table.keys[panel.table.key_codes[row]]
        msg = (
            f"Table 'industries': industry {name!r} has more defaults than firms, or less than "
            f"zero, at row {row}. Correct it."
        )
        raise InvalidDataError(msg)
    if not firms[told].sum() > 0:
        return None
    return shrunken_rates(defaults[told], firms[told])


def growth_of_industry(facts: Facts, years_ago: int = 0) -> Measured:
    """Return the growth of output in the latest known year, or in one so many years before."""
    panel = facts.industries.before(years_ago) if years_ago else facts.industries
    return panel.output / panel.before().output - 1


@indicator(
    group="environment", unit="ratio", direction="higher",
    formula="industries.output / output of the year before - 1",
    label="Growth of the industry", label_zh="行业增长率", five_c="conditions", source=_RISK,
    low=-0.3, high=0.5,
)  # fmt: skip
def industry_growth(facts: Facts) -> Measured:
    """Output in constant prices, or an index of it."""
    return growth_of_industry(facts)


@indicator(
    group="environment", unit="ratio", direction="lower",
    formula=f"standard deviation of the growth of industries.output over {VOLATILITY_YEARS} years",
    label=f"Volatility of the industry, {VOLATILITY_YEARS} years",
    label_zh=f"行业波动性（{VOLATILITY_YEARS}年）", five_c="conditions", source=_RISK,
    low=0, high=0.5,
)  # fmt: skip
def industry_volatility(facts: Facts) -> Measured:
    """With n - 1 in the denominator; each year is needed."""
    growth = [growth_of_industry(facts, years) for years in range(VOLATILITY_YEARS)]
    mean = sum(growth[1:], growth[0]) / VOLATILITY_YEARS
    squares = [(found - mean) * (found - mean) for found in growth]
    variance = sum(squares[1:], squares[0]) / (VOLATILITY_YEARS - 1)
    return replace(variance, values=np.sqrt(variance.values))


@indicator(
    group="environment", unit="index", direction="higher", formula="industries.hhi",
    label="Concentration of the industry (HHI)", label_zh="行业集中度", five_c="conditions",
    source=_HHI, low=0, high=1,
)  # fmt: skip
def industry_concentration(facts: Facts) -> Measured:
    """From 0 to 1, not to 10,000; many equal rivals compete by price, hence higher is safer."""
    return facts.industries.hhi


INDUSTRY: tuple[Indicator, ...] = (
    industry_default_rate,
    industry_growth,
    industry_volatility,
    industry_concentration,
)
