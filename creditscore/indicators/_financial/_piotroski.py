"""Piotroski's F: nine signals of how a firm changed since the year before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

import numpy.typing as npt
import pandas as pd

from creditscore._checks import check_kind
from creditscore._typing import Float1D
from creditscore.indicators._financial._columns import read_columns
from creditscore.indicators._financial._from_statements import from_statements
from creditscore.indicators._financial._source import PIOTROSKI as SOURCE
from creditscore.indicators._indicator import Indicator
from creditscore.indicators._measured import Measured
from creditscore.indicators._panel import PanelFacts

_Ratio: TypeAlias = Callable[[str], Measured]
"""Gives a ratio of one year by its name."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PiotroskiRatios:
    """What Piotroski's signals need of one year, for one or more firms.

    Parameters
    ----------
    return_on_assets : float or array-like of shape (n_firms,)
        Net income over total assets at the beginning of the year.
    cash_flow_to_assets : float or array-like of shape (n_firms,)
        Operating cash flow over total assets at the beginning of the year.
    leverage : float or array-like of shape (n_firms,)
        Long-term debt over the mean of total assets at the beginning and the end.
    current_ratio : float or array-like of shape (n_firms,)
        Current assets over current liabilities, at the end.
    shares_issued : float or array-like of shape (n_firms,)
        Count at the end.
    gross_margin : float or array-like of shape (n_firms,)
        Revenue less cost of sales, over revenue.
    asset_turnover : float or array-like of shape (n_firms,)
        Revenue over total assets at the beginning of the year.

    Examples
    --------
    >>> from creditscore.indicators import PiotroskiRatios
    >>> year = PiotroskiRatios(
    ...     return_on_assets=0.08, cash_flow_to_assets=0.1, leverage=0.2, current_ratio=1.5,
    ...     shares_issued=100, gross_margin=0.3, asset_turnover=1.2,
    ... )
    >>> year.leverage
    0.2
    """

    return_on_assets: npt.ArrayLike
    cash_flow_to_assets: npt.ArrayLike
    leverage: npt.ArrayLike
    current_ratio: npt.ArrayLike
    shares_issued: npt.ArrayLike
    gross_margin: npt.ArrayLike
    asset_turnover: npt.ArrayLike


def piotroski_signals(current: PiotroskiRatios, before: PiotroskiRatios) -> pd.DataFrame:
    """Piotroski's nine signals of firms, 1 where it speaks for a firm and 0 where it does not.

    Parameters
    ----------
    current : PiotroskiRatios
        Ratios of the year.
    before : PiotroskiRatios
        Ratios of the year before, of the same firms in the same order.

    Returns
    -------
    DataFrame of shape (n_firms, 9)
        Columns piotroski_return, …_cash_flow, …_return_change, …_accruals, …_leverage,
        …_liquidity, …_no_issue, …_margin and …_turnover; NaN where a ratio it needs is.

    Raises
    ------
    InvalidDataError
        A ratio is infinite or no number, or columns are of different lengths.

    See Also
    --------
    piotroski_f : Their sum.

    Notes
    -----
    The signals: return on assets above zero; cash flow above zero; return on assets up; cash flow
    above the return on assets; leverage down; current ratio up; no more shares than before; gross
    margin up; asset turnover up. What is equal to the year before gives 0, but for the shares,
    where it gives 1. O(n_firms) time.

    References
    ----------
    .. [1] J. D. Piotroski, "Value investing: the use of historical financial statement information
       to separate winners from losers", *Journal of Accounting Research* 38 (supplement), 2000,
       pp. 1-41.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from creditscore.indicators import PiotroskiRatios, piotroski_signals
    >>> before = PiotroskiRatios(
    ...     return_on_assets=0.08, cash_flow_to_assets=0.1, leverage=0.2, current_ratio=1.5,
    ...     shares_issued=100, gross_margin=0.3, asset_turnover=1.2,
    ... )
    >>> signals = piotroski_signals(replace(before, leverage=0.1), before)
    >>> signals.loc[0, ["piotroski_leverage", "piotroski_margin"]].tolist()
    [1.0, 0.0]
    """
    return pd.DataFrame({name: s.values for name, s in _read(current, before).items()})


def piotroski_f(current: PiotroskiRatios, before: PiotroskiRatios) -> Float1D:
    """Piotroski's F of firms, the sum of nine signals; a higher one is safer.

    Parameters
    ----------
    current : PiotroskiRatios
        Ratios of the year.
    before : PiotroskiRatios
        Ratios of the year before, of the same firms in the same order.

    Returns
    -------
    array of shape (n_firms,)
        From 0 to 9; NaN where a signal is. Piotroski calls 8 and 9 strong, 0 and 1 weak.

    Raises
    ------
    InvalidDataError
        A ratio is infinite or no number, or columns are of different lengths.

    See Also
    --------
    piotroski_signals : The nine signals.

    References
    ----------
    .. [1] J. D. Piotroski, "Value investing: the use of historical financial statement information
       to separate winners from losers", *Journal of Accounting Research* 38 (supplement), 2000,
       pp. 1-41.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from creditscore.indicators import PiotroskiRatios, piotroski_f
    >>> before = PiotroskiRatios(
    ...     return_on_assets=0.08, cash_flow_to_assets=0.1, leverage=0.2, current_ratio=1.5,
    ...     shares_issued=100, gross_margin=0.3, asset_turnover=1.2,
    ... )
    >>> piotroski_f(replace(before, leverage=0.1, gross_margin=0.4), before)
    array([6.])
    """
    return _sum(_read(current, before).values()).values


def _read(current: PiotroskiRatios, before: PiotroskiRatios) -> dict[str, Measured]:
    years = {"current": current, "before": before}
    columns: dict[str, Any] = {}
    for year, ratios in years.items():
        check_kind(ratios, year, "piotroski_signals", PiotroskiRatios)
        columns |= {f"{year}.{f.name}": getattr(ratios, f.name) for f in fields(ratios)}
    found = read_columns("piotroski_signals", **columns)

    def now(name: str) -> Measured:
        return found[f"current.{name}"]

    def then(name: str) -> Measured:
        return found[f"before.{name}"]

    return {signal.name: signal.holds(now, then) for signal in _SIGNALS}


def _sum(signals: Iterable[Measured]) -> Measured:
    first, *others = signals
    return sum(others, start=first)


@dataclass(frozen=True, kw_only=True)
class _Signal:
    """One signal: what has to hold of ratios of the year and of the year before."""

    name: str
    label: str
    label_zh: str
    formula: str
    holds: Callable[[_Ratio, _Ratio], Measured]

    def of_firm(self, firm: PanelFacts) -> Measured:
        """Return the signal of firms from their statements."""

        def now(name: str) -> Measured:
            return _RATIOS[name](firm)

        def then(name: str) -> Measured:
            return _RATIOS[name](firm.before())

        return self.holds(now, then)

    def indicator(self) -> Indicator:
        """Make an indicator of it."""
        return from_statements(
            name=self.name, label=self.label, label_zh=self.label_zh, formula=self.formula,
            unit="flag", direction="higher", five_c="capacity", source=SOURCE, low=0, high=1,
        )(self.of_firm)  # fmt: skip


_RATIOS: dict[str, Callable[[PanelFacts], Measured]] = {
    "return_on_assets": lambda firm: firm.net_income / firm.before().total_assets,
    "cash_flow_to_assets": lambda firm: firm.operating_cash_flow / firm.before().total_assets,
    "leverage": lambda firm: firm.long_term_debt / firm.average("total_assets"),
    "current_ratio": lambda firm: firm.current_assets / firm.current_liabilities,
    "shares_issued": lambda firm: firm.shares_issued,
    "gross_margin": lambda firm: (firm.revenue - firm.cost_of_sales) / firm.revenue,
    "asset_turnover": lambda firm: firm.revenue / firm.before().total_assets,
}

_SIGNALS: tuple[_Signal, ...] = (
    _Signal(
        name="piotroski_return",
        label="Return on assets is above zero",
        label_zh="总资产收益率为正",
        formula="net_income / before(total_assets) > 0",
        holds=lambda now, _: now("return_on_assets") > 0,
    ),
    _Signal(
        name="piotroski_cash_flow",
        label="Operating cash flow is above zero",
        label_zh="经营活动现金流量为正",
        formula="operating_cash_flow / before(total_assets) > 0",
        holds=lambda now, _: now("cash_flow_to_assets") > 0,
    ),
    _Signal(
        name="piotroski_return_change",
        label="Return on assets is up",
        label_zh="总资产收益率提高",
        formula="net_income / before(total_assets) > before(net_income) / before(total_assets, 2)",
        holds=lambda now, then: now("return_on_assets") > then("return_on_assets"),
    ),
    _Signal(
        name="piotroski_accruals",
        label="Operating cash flow is above net income",
        label_zh="经营活动现金流量高于净利润",
        formula="operating_cash_flow / before(total_assets) > net_income / before(total_assets)",
        holds=lambda now, _: now("cash_flow_to_assets") > now("return_on_assets"),
    ),
    _Signal(
        name="piotroski_leverage",
        label="Long-term debt to assets is down",
        label_zh="长期负债比率下降",
        formula=(
            "long_term_debt / average(total_assets) "
            "< before(long_term_debt) / before(average(total_assets))"
        ),
        holds=lambda now, then: now("leverage") < then("leverage"),
    ),
    _Signal(
        name="piotroski_liquidity",
        label="Current ratio is up",
        label_zh="流动比率提高",
        formula=(
            "current_assets / current_liabilities "
            "> before(current_assets) / before(current_liabilities)"
        ),
        holds=lambda now, then: now("current_ratio") > then("current_ratio"),
    ),
    _Signal(
        name="piotroski_no_issue",
        label="No new shares were issued",
        label_zh="未增发新股",
        formula="shares_issued <= before(shares_issued)",
        holds=lambda now, then: now("shares_issued") <= then("shares_issued"),
    ),
    _Signal(
        name="piotroski_margin",
        label="Gross margin is up",
        label_zh="销售毛利率提高",
        formula=(
            "(revenue - cost_of_sales) / revenue "
            "> (before(revenue) - before(cost_of_sales)) / before(revenue)"
        ),
        holds=lambda now, then: now("gross_margin") > then("gross_margin"),
    ),
    _Signal(
        name="piotroski_turnover",
        label="Turnover of assets is up",
        label_zh="总资产周转率提高",
        formula="revenue / before(total_assets) > before(revenue) / before(total_assets, 2)",
        holds=lambda now, then: now("asset_turnover") > then("asset_turnover"),
    ),
)


@from_statements(
    name="piotroski_f",
    formula="sum of the nine signals of Piotroski (2000)",
    unit="count",
    direction="higher",
    label="Piotroski's F",
    label_zh="皮奥特罗斯基F分数",
    five_c=("capacity", "capital"),
    source=SOURCE,
    low=0,
    high=9,
)
def _f(firm: PanelFacts) -> Measured:
    return _sum(signal.of_firm(firm) for signal in _SIGNALS)


PIOTROSKI_F: Indicator = _f
PIOTROSKI_SIGNALS: tuple[Indicator, ...] = tuple(signal.indicator() for signal in _SIGNALS)
