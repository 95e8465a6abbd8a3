"""Place in the market: share, strongest competitor, rank, growth beside that of the market."""

from __future__ import annotations

from creditscore.indicators._facts import Facts
from creditscore.indicators._indicator import Indicator, indicator
from creditscore.indicators._measured import Measured

_PORTER = "Porter (1980), Competitive Strategy"
_SHARE = "Buzzell, Gale and Sultan (1975), Market share: a key to profitability, HBR 53(1)"
_RELATIVE = "Henderson (1970), The product portfolio, Boston Consulting Group"


@indicator(
    group="operating", unit="share", direction="higher",
    formula="revenue / market.market_sales of the same period",
    label="Market share", label_zh="市场占有率", five_c=("capacity", "conditions"), source=_SHARE,
    low=0, high=1,
)  # fmt: skip
def market_share(facts: Facts) -> Measured:
    """Own sales over those of the whole market, both of the statement's period and currency."""
    return facts.revenue / facts.at_statement("market").market_sales


@indicator(
    group="operating", unit="ratio", direction="higher",
    formula="revenue / market.largest_competitor_sales of the same period",
    label="Relative market share", label_zh="相对市场占有率", five_c=("capacity", "conditions"),
    source=_RELATIVE, low=0, high=20,
)  # fmt: skip
def relative_market_share(facts: Facts) -> Measured:
    """Above 1 the firm leads its market."""
    return facts.revenue / facts.at_statement("market").largest_competitor_sales


@indicator(
    group="operating", unit="share", direction="higher",
    formula="market share - market share of the year before",
    label="Change of market share", label_zh="市场占有率变动", five_c=("capacity", "conditions"),
    source=_SHARE, low=-0.2, high=0.2,
)  # fmt: skip
def market_share_change(facts: Facts) -> Measured:
    """In points of share."""
    market = facts.at_statement("market")
    before = facts.before().revenue / market.before().market_sales
    return facts.revenue / market.market_sales - before


@indicator(
    group="operating", unit="share", direction="higher",
    formula="1 - (market.rank - 1) / market.n_competitors",
    label="Share of competitors ranked behind", label_zh="行业排名百分位",
    five_c=("capacity", "conditions"), source=_PORTER, low=0, high=1,
)  # fmt: skip
def market_rank(facts: Facts) -> Measured:
    """1 for the first and 0 for the last; the firm itself is none of its competitors."""
    return 1 - (facts.market.rank - 1) / facts.market.n_competitors


@indicator(
    group="operating", unit="ratio", direction="higher",
    formula="revenue / revenue of the year before - market_sales / those of the year before",
    label="Growth against the market", label_zh="相对市场增长率",
    five_c=("capacity", "conditions"), source=_PORTER, low=-0.5, high=0.5,
)  # fmt: skip
def growth_against_market(facts: Facts) -> Measured:
    """Growth of sales less that of the market's, in points."""
    market = facts.at_statement("market")
    growth_of_market = market.market_sales / market.before().market_sales
    return facts.revenue / facts.before().revenue - growth_of_market


@indicator(
    group="operating", unit="ratio", direction="higher",
    formula="market.market_sales / those of the year before - 1",
    label="Growth of the market", label_zh="市场增长率", five_c=("conditions",), source=_PORTER,
    low=-0.3, high=0.5,
)  # fmt: skip
def market_growth(facts: Facts) -> Measured:
    """By the latest period of the market that is known."""
    return facts.market.market_sales / facts.market.before().market_sales - 1


MARKET: tuple[Indicator, ...] = (
    market_share,
    relative_market_share,
    market_share_change,
    market_rank,
    growth_against_market,
    market_growth,
)
