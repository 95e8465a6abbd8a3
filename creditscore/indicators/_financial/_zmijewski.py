"""Zmijewski's score of financial distress."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import expit, ndtr

from creditscore._typing import Float1D
from creditscore._validation import check_choice, check_real
from creditscore.indicators._financial._columns import mapped, read_columns
from creditscore.indicators._financial._from_statements import from_statements
from creditscore.indicators._financial._source import ZMIJEWSKI
from creditscore.indicators._indicator import Indicator
from creditscore.indicators._measured import Measured
from creditscore.indicators._panel import PanelFacts

ZmijewskiLink: TypeAlias = Literal["probit", "logistic"]

_LIQUIDITY = 0.004


def zmijewski_score(
    return_on_assets: npt.ArrayLike,
    debt_ratio: npt.ArrayLike,
    current_ratio: npt.ArrayLike,
    *,
    liquidity_coefficient: float = 0.004,
) -> Float1D:
    """Zmijewski's score of firms; a higher one is riskier.

    Parameters
    ----------
    return_on_assets : float or array-like of shape (n_firms,)
        Net income over total assets at the end of the year.
    debt_ratio : float or array-like of shape (n_firms,)
        Total liabilities over total assets.
    current_ratio : float or array-like of shape (n_firms,)
        Current assets over current liabilities.
    liquidity_coefficient : float, default=0.004
        Coefficient of the current ratio. Some texts print -0.004.

    Returns
    -------
    array of shape (n_firms,)
        NaN where a ratio is.

    Raises
    ------
    InvalidDataError
        A ratio is infinite or no number, or columns are of different lengths.
    InvalidParameterError
        The coefficient is no finite number.

    See Also
    --------
    zmijewski_probability : The probability of distress.

    Notes
    -----
    X = -4.336 - 4.513 NI/TA + 5.679 TL/TA + 0.004 CA/CL. O(n_firms) time.

    References
    ----------
    .. [1] M. E. Zmijewski, "Methodological issues related to the estimation of financial distress
       prediction models", *Journal of Accounting Research* 22 (supplement), 1984, pp. 59-82.

    Examples
    --------
    >>> from creditscore.indicators import zmijewski_score
    >>> zmijewski_score(0.08, 0.5, 2.0).round(5)
    array([-1.84954])
    """
    check_real(
        liquidity_coefficient, "liquidity_coefficient", "zmijewski_score", low=-np.inf, high=np.inf
    )
    columns = read_columns(
        "zmijewski_score",
        return_on_assets=return_on_assets,
        debt_ratio=debt_ratio,
        current_ratio=current_ratio,
    )
    return _score(**columns, liquidity_coefficient=liquidity_coefficient).values


def zmijewski_probability(score: npt.ArrayLike, *, link: ZmijewskiLink = "probit") -> Float1D:
    """Probability of distress, from Zmijewski's score.

    Parameters
    ----------
    score : float or array-like of shape (n_firms,)
        Scores of :func:`zmijewski_score`.
    link : {"probit", "logistic"}, default="probit"
        The normal distribution function, as the model was fitted, or the logistic one, as some
        texts have it.

    Returns
    -------
    array of shape (n_firms,)
        In [0, 1]; NaN where the score is.

    Raises
    ------
    InvalidDataError
        A score is infinite or no number.
    InvalidParameterError
        There is no such link.

    References
    ----------
    .. [1] M. E. Zmijewski, "Methodological issues related to the estimation of financial distress
       prediction models", *Journal of Accounting Research* 22 (supplement), 1984, pp. 59-82.

    Examples
    --------
    >>> from creditscore.indicators import zmijewski_probability
    >>> zmijewski_probability([-1.84954]).round(6)
    array([0.03219])
    """
    check_choice(link, "link", "zmijewski_probability", ("probit", "logistic"))
    found = read_columns("zmijewski_probability", score=score)["score"]
    return mapped(found, ndtr if link == "probit" else expit, "probability").values


def _score(
    *,
    return_on_assets: Measured,
    debt_ratio: Measured,
    current_ratio: Measured,
    liquidity_coefficient: float = _LIQUIDITY,
) -> Measured:
    weighed = -4.336 - 4.513 * return_on_assets + 5.679 * debt_ratio
    return weighed + liquidity_coefficient * current_ratio


def _of_firm(firm: PanelFacts) -> Measured:
    return _score(
        return_on_assets=firm.net_income / firm.total_assets,
        debt_ratio=firm.total_liabilities / firm.total_assets,
        current_ratio=firm.current_assets / firm.current_liabilities,
    )


@from_statements(
    name="zmijewski_score",
    formula=(
        "-4.336 - 4.513 * net_income / total_assets + 5.679 * total_liabilities / total_assets "
        "+ 0.004 * current_assets / current_liabilities"
    ),
    unit="score",
    direction="lower",
    label="Zmijewski's score",
    label_zh="兹米约夫斯基评分",
    five_c=("capacity", "capital"),
    source=ZMIJEWSKI,
    low=-10,
    high=10,
)
def _zmijewski_score(firm: PanelFacts) -> Measured:
    return _of_firm(firm)


@from_statements(
    name="zmijewski_probability",
    formula="Φ(zmijewski_score)",
    unit="share",
    direction="lower",
    label="Probability of distress, by Zmijewski's score",
    label_zh="财务困境概率（兹米约夫斯基模型）",
    five_c=("capacity", "capital"),
    source=ZMIJEWSKI,
    low=0,
    high=1,
)
def _zmijewski_probability(firm: PanelFacts) -> Measured:
    return mapped(_of_firm(firm), ndtr, "probability")


ZMIJEWSKI_INDICATORS: tuple[Indicator, ...] = (_zmijewski_score, _zmijewski_probability)
