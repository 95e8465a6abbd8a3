"""Ohlson's O: the log-odds that a firm fails."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from creditscore._typing import Float1D
from creditscore._validation import check_real
from creditscore.indicators._financial._columns import mapped, read_columns
from creditscore.indicators._financial._from_statements import from_statements
from creditscore.indicators._financial._source import OHLSON
from creditscore.indicators._indicator import Indicator
from creditscore.indicators._measured import Measured
from creditscore.indicators._panel import PanelFacts
from creditscore.indicators._reason import Reason


def ohlson_o(
    total_assets: npt.ArrayLike,
    total_liabilities: npt.ArrayLike,
    current_assets: npt.ArrayLike,
    current_liabilities: npt.ArrayLike,
    net_income: npt.ArrayLike,
    net_income_before: npt.ArrayLike,
    funds_from_operations: npt.ArrayLike,
    gnp_index: npt.ArrayLike,
) -> Float1D:
    """Ohlson's O of firms, the log-odds of failing; a higher one is riskier.

    Parameters
    ----------
    total_assets : float or array-like of shape (n_firms,)
        In units of currency, as amounts do not scale here: Ohlson's are in dollars.
    total_liabilities, current_assets, current_liabilities : float or array-like of shape (n_firms,)
        In the same units.
    net_income, net_income_before : float or array-like of shape (n_firms,)
        Of the year and of the year before, in the same units.
    funds_from_operations : float or array-like of shape (n_firms,)
        In the same units.
    gnp_index : float or array-like of shape (n_firms,)
        Price index of the gross national product, 100 in 1968, of the year before the balance
        sheet date.

    Returns
    -------
    array of shape (n_firms,)
        NaN where an input is, or where a ratio has no meaning: assets, current assets, total
        liabilities or the index not above zero, or no net income in both years.

    Raises
    ------
    InvalidDataError
        An input is infinite or no number, or columns are of different lengths.

    See Also
    --------
    ohlson_probability : The probability of failing.

    Notes
    -----
    O = -1.32 - 0.407 ln(TA / index) + 6.03 TL/TA - 1.43 WC/TA + 0.0757 CL/CA - 1.72 [TL > TA]
    - 2.37 NI/TA - 1.83 FFO/TL + 0.285 [NI < 0 in both years]
    - 0.521 (NI - NI₋₁) / (abs(NI) + abs(NI₋₁)), the brackets 1 where true. O(n_firms) time.

    References
    ----------
    .. [1] J. A. Ohlson, "Financial ratios and the probabilistic prediction of bankruptcy",
       *Journal of Accounting Research* 18(1), 1980, pp. 109-131, model 1.

    Examples
    --------
    >>> from creditscore.indicators import ohlson_o
    >>> ohlson_o(1000, 500, 400, 200, 80, 60, 120, gnp_index=1).round(4)
    array([-2.0678])
    """
    columns = read_columns(
        "ohlson_o",
        total_assets=total_assets,
        total_liabilities=total_liabilities,
        current_assets=current_assets,
        current_liabilities=current_liabilities,
        net_income=net_income,
        net_income_before=net_income_before,
        funds_from_operations=funds_from_operations,
        gnp_index=gnp_index,
    )
    return _score(**columns).values


def ohlson_probability(o_score: npt.ArrayLike) -> Float1D:
    """Probability that a firm fails, from Ohlson's O.

    Parameters
    ----------
    o_score : float or array-like of shape (n_firms,)
        Scores of :func:`ohlson_o`.

    Returns
    -------
    array of shape (n_firms,)
        1 / (1 + exp(-O)), in [0, 1]; NaN where the score is. Ohlson classifies at 0.038.

    Raises
    ------
    InvalidDataError
        A score is infinite or no number.

    References
    ----------
    .. [1] J. A. Ohlson, "Financial ratios and the probabilistic prediction of bankruptcy",
       *Journal of Accounting Research* 18(1), 1980, pp. 109-131.

    Examples
    --------
    >>> from creditscore.indicators import ohlson_probability
    >>> ohlson_probability([-2.0678349700]).round(6)
    array([0.112263])
    """
    score = read_columns("ohlson_probability", o_score=o_score)["o_score"]
    return _probability(score).values


def ohlson_indicators(*, gnp_index: float | None = None) -> tuple[Indicator, Indicator]:
    """Make the indicators ``ohlson_o`` and ``ohlson_probability``.

    Parameters
    ----------
    gnp_index : float, optional
        Price index of the gross national product, 100 in 1968, for all firms. Without one, it is
        read from each statement, as its item ``gnp_index``.

    Returns
    -------
    tuple of two Indicator

    Raises
    ------
    InvalidParameterError
        The index is not above zero.

    Notes
    -----
    Amounts must be in units of currency (not in thousands), of which the index makes those of
    1968: another unit or currency shifts the score of all firms.

    Examples
    --------
    >>> from creditscore.indicators import FINANCIAL, ohlson_indicators
    >>> own = FINANCIAL.with_indicators(*ohlson_indicators(gnp_index=650.0))
    >>> "statements.gnp_index" in map(str, own["ohlson_o"].inputs)
    False
    """
    if gnp_index is not None:
        check_real(gnp_index, "gnp_index", "ohlson_indicators", low=0, high=np.inf)
    index = "gnp_index" if gnp_index is None else f"{gnp_index:.15g}"

    @from_statements(
        formula=_FORMULA.format(index=index),
        unit="score",
        direction="lower",
        label="Ohlson's O",
        label_zh="奥尔森O值",
        five_c=("capacity", "capital"),
        source=OHLSON,
        low=-15,
        high=15,
    )
    def ohlson_o(firm: PanelFacts) -> Measured:
        return _of_firm(firm, gnp_index)

    @from_statements(
        formula="1 / (1 + exp(-ohlson_o))",
        unit="share",
        direction="lower",
        label="Probability of failing, by Ohlson's O",
        label_zh="破产概率（奥尔森模型）",
        five_c=("capacity", "capital"),
        source=OHLSON,
        low=0,
        high=1,
    )
    def ohlson_probability(firm: PanelFacts) -> Measured:
        return _probability(_of_firm(firm, gnp_index))

    return ohlson_o, ohlson_probability


_FORMULA = (
    "-1.32 - 0.407 * ln(total_assets / {index}) + 6.03 * total_liabilities / total_assets "
    "- 1.43 * (current_assets - current_liabilities) / total_assets "
    "+ 0.0757 * current_liabilities / current_assets - 1.72 * (total_liabilities > total_assets) "
    "- 2.37 * net_income / total_assets - 1.83 * funds_from_operations / total_liabilities "
    "+ 0.285 * (net_income < 0) * (before(net_income) < 0) "
    "- 0.521 * (net_income - before(net_income)) / (abs(net_income) + abs(before(net_income)))"
)


def _of_firm(firm: PanelFacts, gnp_index: float | None) -> Measured:
    return _score(
        total_assets=firm.total_assets,
        total_liabilities=firm.total_liabilities,
        current_assets=firm.current_assets,
        current_liabilities=firm.current_liabilities,
        net_income=firm.net_income,
        net_income_before=firm.before().net_income,
        funds_from_operations=firm.funds_from_operations,
        gnp_index=_index_of(firm) if gnp_index is None else gnp_index,
    )


def _index_of(firm: PanelFacts) -> Measured:
    """Return the index that statements hold; where none does, the reason says what to do."""
    index = firm.gnp_index
    reasons = index.reasons.copy()
    for row in np.flatnonzero(index.missing).tolist():
        text = str(reasons[row])
        # other gaps are of single customers: no statement, or an entry that is not there
        if text.startswith("statements have no column"):
            way = "one for all firms: ohlson_indicators(gnp_index=…)"
            reasons[row] = Reason(reasons[row].kind, f"{text} ({way})")
    return replace(index, reasons=reasons)


def _score(
    *,
    total_assets: Measured,
    total_liabilities: Measured,
    current_assets: Measured,
    current_liabilities: Measured,
    net_income: Measured,
    net_income_before: Measured,
    funds_from_operations: Measured,
    gnp_index: Measured | float,
) -> Measured:
    size = (total_assets / gnp_index).log()
    either = abs(net_income) + abs(net_income_before)
    return (
        -1.32
        - 0.407 * size
        + 6.03 * (total_liabilities / total_assets)
        - 1.43 * ((current_assets - current_liabilities) / total_assets)
        + 0.0757 * (current_liabilities / current_assets)
        - 1.72 * (total_liabilities > total_assets)
        - 2.37 * (net_income / total_assets)
        - 1.83 * (funds_from_operations / total_liabilities)
        + 0.285 * ((net_income < 0) & (net_income_before < 0))
        - 0.521 * ((net_income - net_income_before) / either)
    )


def _probability(score: Measured) -> Measured:
    return mapped(score, expit, "probability")


OHLSON_INDICATORS = ohlson_indicators()
