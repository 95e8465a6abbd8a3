"""Return on equity as a product of margins, turnover and leverage (DuPont)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, Literal, TypeAlias

import numpy.typing as npt
import pandas as pd

from creditscore._checks import check_kind
from creditscore.exceptions import InvalidParameterError
from creditscore.indicators._facts import Facts
from creditscore.indicators._financial._columns import read_columns
from creditscore.indicators._financial._dupont_result import DuPont
from creditscore.indicators._financial._from_statements import from_statements
from creditscore.indicators._financial._source import CFA
from creditscore.indicators._indicator import Indicator
from creditscore.indicators._measured import Measured
from creditscore.indicators._panel import PanelFacts

DuPontSteps: TypeAlias = Literal[3, 5]

_Factors: TypeAlias = Mapping[str, Callable[[Any], Measured]]
"""Factors of a firm by name, from its statements or from columns that read like them."""

_LAST: _Factors = {
    "asset_turnover": lambda firm: firm.revenue / firm.average("total_assets"),
    "equity_multiplier": lambda firm: firm.average("total_assets") / firm.average("equity"),
}
_FACTORS: Mapping[int, _Factors] = {
    3: {"net_margin": lambda firm: firm.net_income / firm.revenue, **_LAST},
    5: {
        "tax_burden": lambda firm: firm.net_income / firm.pretax_income,
        "interest_burden": lambda firm: firm.pretax_income / firm.ebit,
        "operating_margin": lambda firm: firm.ebit / firm.revenue,
        **_LAST,
    },
}


def dupont_factors(
    net_income: npt.ArrayLike,
    revenue: npt.ArrayLike,
    total_assets: npt.ArrayLike,
    equity: npt.ArrayLike,
    *,
    pretax_income: npt.ArrayLike | None = None,
    ebit: npt.ArrayLike | None = None,
) -> DuPont:
    """Take a return on equity apart, from the numbers of a statement.

    Parameters
    ----------
    net_income, revenue : float or array-like of shape (n_firms,)
        Of the year.
    total_assets, equity : float or array-like of shape (n_firms,)
        The balances to go by: at the end of the year, or means of its beginning and end.
    pretax_income, ebit : float or array-like of shape (n_firms,), optional
        Profit before tax, and before interest and tax: with both, there are five factors.

    Returns
    -------
    DuPont
        A row a firm, with the columns of :func:`dupont`.

    Raises
    ------
    InvalidDataError
        A column is infinite or holds no numbers, or columns are of different lengths.
    InvalidParameterError
        Only one of `pretax_income` and `ebit` is given.

    See Also
    --------
    dupont : The same of customers, by their statements as of a day.

    Notes
    -----
    NI/E = NI/S · S/A · A/E, or NI/PTI · PTI/EBIT · EBIT/S · S/A · A/E. O(n_firms) time.

    References
    ----------
    .. [1] CFA Institute, *CFA Program Curriculum*, Financial Statement Analysis.

    Examples
    --------
    >>> from creditscore.indicators import dupont_factors
    >>> dupont_factors(80, 1200, 1000, 500).values.round(4)
       net_margin  asset_turnover  equity_multiplier  return_on_equity
    0      0.0667             1.2                2.0              0.16
    """
    columns: dict[str, Any] = {
        "net_income": net_income, "revenue": revenue, "total_assets": total_assets,
        "equity": equity,
    }  # fmt: skip
    if (pretax_income is None) != (ebit is None):
        msg = "Five steps of dupont_factors need both 'pretax_income' and 'ebit'. Got one of them."
        raise InvalidParameterError(msg)
    if ebit is not None:
        columns |= {"pretax_income": pretax_income, "ebit": ebit}
    found = read_columns("dupont_factors", **columns)
    firm = SimpleNamespace(**found, average=found.__getitem__)
    measured = {name: factor(firm) for name, factor in _FACTORS[3 if ebit is None else 5].items()}
    index = pd.RangeIndex(len(found["equity"]))
    return DuPont(
        index=index, measured={**measured, "return_on_equity": _return_on_equity(firm)}
    )  # fmt: skip


def dupont(facts: Facts, *, steps: DuPontSteps = 3) -> DuPont:
    """Take the return on equity of customers apart.

    Parameters
    ----------
    facts : Facts
        What was known on a day (:func:`facts_on`).
    steps : {3, 5}, default=3
        How many factors.

    Returns
    -------
    DuPont
        Its `values` have a row a customer: net_margin, asset_turnover and equity_multiplier, or
        tax_burden, interest_burden, operating_margin, asset_turnover and equity_multiplier; and
        return_on_equity, their product. Its `reasons` say why some are missing.

    Raises
    ------
    InvalidParameterError
        The steps are neither 3 nor 5, or `facts` are none.

    See Also
    --------
    dupont_change : What each factor did to the return since the year before.
    dupont_factors : The same of plain numbers.

    Notes
    -----
    NI/E = NI/S · S/A · A/E with three steps and NI/E = NI/PTI · PTI/EBIT · EBIT/S · S/A · A/E with
    five; A and E are means of this year's balance and that of the year before. A loss before tax
    or before interest has no burden, so that its factors are missing, though the return on equity
    is not. O(n_customers) time.

    References
    ----------
    .. [1] CFA Institute, *CFA Program Curriculum*, Financial Statement Analysis.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.indicators import CustomerRecords, dupont, facts_on
    >>> statements = pd.DataFrame({
    ...     "customer": ["A", "A"],
    ...     "period_end": pd.to_datetime(["2022-12-31", "2023-12-31"]),
    ...     "known_on": pd.to_datetime(["2023-04-30", "2024-04-30"]),
    ...     "net_income": [60.0, 80.0], "revenue": [1100.0, 1200.0],
    ...     "total_assets": [1000.0, 1000.0], "equity": [500.0, 500.0],
    ... })
    >>> facts = facts_on(CustomerRecords(statements=statements), "2024-06-30")
    >>> dupont(facts).values.round(4)
              net_margin  asset_turnover  equity_multiplier  return_on_equity
    customer
    A             0.0667             1.2                2.0              0.16
    """
    firm, factors = _read(facts, steps, "dupont")
    found = {name: factor(firm) for name, factor in factors.items()}
    return DuPont(
        index=_index_of(facts), measured={**found, "return_on_equity": _return_on_equity(firm)}
    )  # fmt: skip


def dupont_change(facts: Facts, *, steps: DuPontSteps = 3) -> DuPont:
    """Tell what each factor did to the return on equity since the year before.

    Parameters
    ----------
    facts : Facts
        What was known on a day (:func:`facts_on`); three years of statements are needed, as
        balances are means of two.
    steps : {3, 5}, default=3
        How many factors.

    Returns
    -------
    DuPont
        Its `values` have a row a customer: return_on_equity_before; for each factor its effect, in
        points of the return (0.01 is one per cent of equity); and return_on_equity. The effects
        add up to the difference of the returns. Its `reasons` say why some are missing.

    Raises
    ------
    InvalidParameterError
        The steps are neither 3 nor 5, or `facts` are none.

    Notes
    -----
    Chain substitution (连环替代法): factors take their new values one after another, in the order
    of the columns, and the effect of one is the change of the product as it does. Another order
    gives other effects. O(n_customers) time.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.indicators import CustomerRecords, dupont_change, facts_on
    >>> statements = pd.DataFrame({
    ...     "customer": ["A", "A", "A"],
    ...     "period_end": pd.to_datetime(["2021-12-31", "2022-12-31", "2023-12-31"]),
    ...     "known_on": pd.to_datetime(["2022-04-30", "2023-04-30", "2024-04-30"]),
    ...     "net_income": [50.0, 50.0, 60.0], "revenue": [1000.0, 1000.0, 1200.0],
    ...     "total_assets": [1000.0, 1000.0, 1000.0], "equity": [500.0, 500.0, 500.0],
    ... })
    >>> facts = facts_on(CustomerRecords(statements=statements), "2024-06-30")
    >>> dupont_change(facts).values.round(4).loc["A"].to_dict()  # doctest: +NORMALIZE_WHITESPACE
    {'return_on_equity_before': 0.1, 'net_margin': 0.0, 'asset_turnover': 0.02,
     'equity_multiplier': 0.0, 'return_on_equity': 0.12}
    """
    firm, factors = _read(facts, steps, "dupont_change")
    new = [factor(firm) for factor in factors.values()]
    old = [factor(firm.before()) for factor in factors.values()]
    effects = {
        name: _product([*new[:place], new[place] - old[place], *old[place + 1 :]])
        for place, name in enumerate(factors)
    }
    return DuPont(
        index=_index_of(facts),
        measured={
            "return_on_equity_before": _return_on_equity(firm.before()),
            **effects,
            "return_on_equity": _return_on_equity(firm),
        },
    )


def _read(facts: Facts, steps: int, owner: str) -> tuple[PanelFacts, _Factors]:
    check_kind(facts, "facts", owner, Facts)
    if steps not in _FACTORS:
        msg = f"The 'steps' parameter of {owner} must be 3 or 5. Got {steps!r} instead."
        raise InvalidParameterError(msg)
    return facts.with_policy("missing").panel("statements"), _FACTORS[steps]


def _index_of(facts: Facts) -> pd.Index:
    return pd.Index(facts.customers, name="customer")


def _return_on_equity(firm: Any) -> Measured:
    found: Measured = firm.net_income / firm.average("equity")
    return found


def _product(factors: list[Measured]) -> Measured:
    product = factors[0]
    for factor in factors[1:]:
        product = product * factor
    return product


@from_statements(
    name="equity_multiplier",
    formula="average(total_assets) / average(equity)",
    unit="ratio",
    direction="lower",
    label="Equity multiplier",
    label_zh="权益乘数",
    five_c="capital",
    source=CFA,
    low=1,
    high=20,
)
def _equity_multiplier(firm: PanelFacts) -> Measured:
    return _LAST["equity_multiplier"](firm)


@from_statements(
    name="tax_burden",
    formula="net_income / pretax_income",
    unit="share",
    direction="neither",
    label="Net income to profit before tax",
    label_zh="税收负担率",
    five_c="capacity",
    source=CFA,
    low=0,
    high=1.2,
)
def _tax_burden(firm: PanelFacts) -> Measured:
    return _FACTORS[5]["tax_burden"](firm)


@from_statements(
    name="interest_burden",
    formula="pretax_income / ebit",
    unit="share",
    direction="higher",
    label="Profit before tax to profit before interest and tax",
    label_zh="利息负担率",
    five_c="capacity",
    source=CFA,
    low=0,
    high=1.2,
)
def _interest_burden(firm: PanelFacts) -> Measured:
    return _FACTORS[5]["interest_burden"](firm)


DUPONT: tuple[Indicator, ...] = (_equity_multiplier, _tax_burden, _interest_burden)
