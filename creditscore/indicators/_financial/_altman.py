"""Altman's Z scores: a firm's distance from those that failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from creditscore._typing import Float1D
from creditscore._validation import as_floats, check_choice, check_finite, check_real
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.indicators._financial._columns import read_columns
from creditscore.indicators._financial._from_statements import from_statements
from creditscore.indicators._financial._source import ALTMAN_1968, ALTMAN_1983, ALTMAN_1995
from creditscore.indicators._indicator import Indicator
from creditscore.indicators._measured import Measured
from creditscore.indicators._panel import PanelFacts

AltmanVariant: TypeAlias = Literal["z", "z_prime", "z_double_prime", "em"]


@dataclass(frozen=True, kw_only=True)
class _Model:
    """Coefficients of the ratios in their order, and the ends of the grey zone."""

    coefficients: tuple[float, ...]
    distress_below: float
    safe_above: float
    constant: float = 0.0

    def score(self, ratios: Sequence[Measured]) -> Measured:
        """Return the constant and each coefficient times its ratio, summed."""
        terms = [c * x for c, x in zip(self.coefficients, ratios, strict=True)]
        return sum(terms[1:], start=terms[0]) + self.constant

    def with_sales_coefficient(self, value: float, variant: str) -> Self:
        """Return the same with another coefficient of the fifth ratio, sales to assets."""
        if len(self.coefficients) != 5:
            msg = f"Variant {variant!r} of altman_z has no place for 'sales_coefficient'."
            raise InvalidParameterError(msg)
        last = check_real(value, "sales_coefficient", "altman_z", low=-np.inf, high=np.inf)
        return replace(self, coefficients=(*self.coefficients[:4], last))


_MODELS: dict[AltmanVariant, _Model] = {
    "z": _Model(coefficients=(1.2, 1.4, 3.3, 0.6, 0.999), distress_below=1.81, safe_above=2.99),
    "z_prime": _Model(
        coefficients=(0.717, 0.847, 3.107, 0.420, 0.998), distress_below=1.23, safe_above=2.9
    ),
    "z_double_prime": _Model(
        coefficients=(6.56, 3.26, 6.72, 1.05), distress_below=1.10, safe_above=2.60
    ),
    "em": _Model(
        coefficients=(6.56, 3.26, 6.72, 1.05), distress_below=4.35, safe_above=5.85, constant=3.25
    ),
}
_VARIANTS: tuple[AltmanVariant, ...] = tuple(_MODELS)

_RATINGS: tuple[tuple[str, float], ...] = (
    ("AAA", 8.15), ("AA+", 7.60), ("AA", 7.30), ("AA-", 7.00), ("A+", 6.85), ("A", 6.65),
    ("A-", 6.40), ("BBB+", 6.25), ("BBB", 5.85), ("BBB-", 5.65), ("BB+", 5.25), ("BB", 4.95),
    ("BB-", 4.75), ("B+", 4.50), ("B", 4.15), ("B-", 3.75), ("CCC+", 3.20), ("CCC", 2.50),
    ("CCC-", 1.75), ("D", -np.inf),
)  # fmt: skip


def altman_z(
    working_capital_to_assets: npt.ArrayLike,
    retained_earnings_to_assets: npt.ArrayLike,
    ebit_to_assets: npt.ArrayLike,
    equity_to_liabilities: npt.ArrayLike,
    sales_to_assets: npt.ArrayLike | None = None,
    *,
    variant: AltmanVariant = "z",
    sales_coefficient: float | None = None,
) -> Float1D:
    """Altman's Z score of firms, a higher one is safer.

    Parameters
    ----------
    working_capital_to_assets : float or array-like of shape (n_firms,)
        Current assets less current liabilities, over total assets (X1).
    retained_earnings_to_assets : float or array-like of shape (n_firms,)
        Over total assets (X2).
    ebit_to_assets : float or array-like of shape (n_firms,)
        Profit before interest and tax over total assets (X3).
    equity_to_liabilities : float or array-like of shape (n_firms,)
        Over total liabilities (X4): the market value of equity for variant "z", the book value
        for the others. Equity may be below zero.
    sales_to_assets : float or array-like of shape (n_firms,), optional
        Over total assets (X5); for "z" and "z_prime", which need it, only.
    variant : {"z", "z_prime", "z_double_prime", "em"}, default="z"
        "z" for listed manufacturers (1968), "z_prime" for private ones (1983), "z_double_prime"
        for others (1995), "em" the same plus 3.25, for emerging markets.
    sales_coefficient : float, optional
        Coefficient of X5; without one, 0.999 of "z" and 0.998 of "z_prime". Some texts print 1.0.

    Returns
    -------
    array of shape (n_firms,)
        NaN where a ratio is.

    Raises
    ------
    InvalidDataError
        A ratio is infinite or no number, or columns are of different lengths.
    InvalidParameterError
        There is no such variant; sales are given to one that has no place for them, or not given
        to one that has.

    See Also
    --------
    altman_zone : Safe, grey or in distress.
    altman_rating : The rating that goes with an EM score.

    Notes
    -----
    Z = 1.2 X1 + 1.4 X2 + 3.3 X3 + 0.6 X4 + 0.999 X5 and
    Z′ = 0.717 X1 + 0.847 X2 + 3.107 X3 + 0.420 X4 + 0.998 X5;
    Z″ = 6.56 X1 + 3.26 X2 + 6.72 X3 + 1.05 X4 and EM = Z″ + 3.25. O(n_firms) time.

    References
    ----------
    .. [1] E. I. Altman, "Financial ratios, discriminant analysis and the prediction of corporate
       bankruptcy", *Journal of Finance* 23(4), 1968, pp. 589-609.
    .. [2] E. I. Altman, *Corporate Financial Distress*, Wiley, 1983.
    .. [3] E. I. Altman, J. Hartzell and M. Peck, *Emerging Markets Corporate Bonds: A Scoring
       System*, Salomon Brothers, 1995.

    Examples
    --------
    >>> from creditscore.indicators import altman_z
    >>> altman_z([0.34], [0.15], [0.0], [0.80], [1.6], sales_coefficient=1.0).round(3)
    array([2.698])
    """
    check_choice(variant, "variant", "altman_z", _VARIANTS)
    model = _MODELS[variant]
    with_sales = len(model.coefficients) == 5
    if with_sales != (sales_to_assets is not None):
        takes = "needs 'sales_to_assets'" if with_sales else "has no place for 'sales_to_assets'"
        msg = f"Variant {variant!r} of altman_z {takes}."
        raise InvalidParameterError(msg)
    if sales_coefficient is not None:
        model = model.with_sales_coefficient(sales_coefficient, variant)
    ratios: dict[str, Any] = {
        "working_capital_to_assets": working_capital_to_assets,
        "retained_earnings_to_assets": retained_earnings_to_assets,
        "ebit_to_assets": ebit_to_assets,
        "equity_to_liabilities": equity_to_liabilities,
    }
    if with_sales:
        ratios["sales_to_assets"] = sales_to_assets
    return model.score(tuple(read_columns("altman_z", **ratios).values())).values


def altman_zone(score: npt.ArrayLike, variant: AltmanVariant) -> npt.NDArray[np.object_]:
    """Tell which firms Altman's scores call safe, and which in distress.

    Parameters
    ----------
    score : float or array-like of shape (n_firms,)
        Scores of :func:`altman_z`.
    variant : {"z", "z_prime", "z_double_prime", "em"}
        The variant they are of: each has zones of its own, and scores do not show theirs.

    Returns
    -------
    array of str of shape (n_firms,)
        "safe", "grey" or "distress"; None where the score is NaN.

    Raises
    ------
    InvalidDataError
        A score is infinite or no number.
    InvalidParameterError
        There is no such variant.

    Notes
    -----
    Safe above 2.99 and in distress below 1.81 for "z"; 2.9 and 1.23 for "z_prime"; 2.60 and 1.10
    for "z_double_prime"; 5.85 and 4.35 for "em". The ends themselves are grey.

    Examples
    --------
    >>> from creditscore.indicators import altman_zone
    >>> altman_zone([3.2, 2.5, 1.2, float("nan")], "z").tolist()
    ['safe', 'grey', 'distress', None]
    >>> altman_zone([3.2, 2.5, 1.2, float("nan")], "z_double_prime").tolist()
    ['safe', 'grey', 'grey', None]
    """
    check_choice(variant, "variant", "altman_zone", _VARIANTS)
    values, model = _read_scores(score, "score"), _MODELS[variant]
    zones = np.full(values.shape, "grey", dtype=object)
    zones[values > model.safe_above] = "safe"
    zones[values < model.distress_below] = "distress"
    zones[np.isnan(values)] = None
    return zones


def altman_rating(em_score: npt.ArrayLike) -> npt.NDArray[np.object_]:
    """Return the bond rating whose firms have an EM score like this.

    Parameters
    ----------
    em_score : float or array-like of shape (n_firms,)
        Scores of :func:`altman_z` of variant "em", and of no other: a Z″ of the same firm is 3.25
        lower, and would be read as a worse rating.

    Returns
    -------
    array of str of shape (n_firms,)
        From AAA to CCC-, and D; None where the score is NaN.

    Raises
    ------
    InvalidDataError
        A score is infinite or no number.

    Notes
    -----
    A rating begins at its lower bound, that value included: AAA 8.15, AA+ 7.60, AA 7.30, AA- 7.00,
    A+ 6.85, A 6.65, A- 6.40, BBB+ 6.25, BBB 5.85, BBB- 5.65, BB+ 5.25, BB 4.95, BB- 4.75, B+ 4.50,
    B 4.15, B- 3.75, CCC+ 3.20, CCC 2.50, CCC- 1.75. The bounds are of bonds of the United States.

    References
    ----------
    .. [1] E. I. Altman, "An emerging market credit scoring system for corporate bonds",
       *Emerging Markets Review* 6(4), 2005, pp. 311-323, table 2.

    Examples
    --------
    >>> from creditscore.indicators import altman_rating
    >>> altman_rating([8.86, 5.85, 1.0]).tolist()
    ['AAA', 'BBB', 'D']
    """
    values = _read_scores(em_score, "em_score")
    names = np.array([name for name, _ in reversed(_RATINGS)], dtype=object)
    bounds = np.array([bound for _, bound in reversed(_RATINGS)])
    # a NaN sorts after all bounds
    ratings = names[np.searchsorted(bounds, values, side="right") - 1]
    ratings[np.isnan(values)] = None
    return ratings


def _read_scores(score: npt.ArrayLike, name: str) -> Float1D:
    values = np.atleast_1d(as_floats(score, name))
    if values.ndim != 1:
        msg = f"The {name} must be one column. Got an array of shape {values.shape}."
        raise InvalidDataError(msg)
    return check_finite(values, name=name)


def _ratios(firm: PanelFacts, equity: Measured) -> tuple[Measured, ...]:
    """Return X1 to X4 of a firm."""
    working_capital = firm.current_assets - firm.current_liabilities
    return (
        working_capital / firm.total_assets,
        firm.retained_earnings / firm.total_assets,
        firm.ebit / firm.total_assets,
        equity / firm.total_liabilities,
    )


def _formula(variant: AltmanVariant, equity: str) -> str:
    ratios = (
        "(current_assets - current_liabilities) / total_assets",
        "retained_earnings / total_assets",
        "ebit / total_assets",
        f"{equity} / total_liabilities",
        "revenue / total_assets",
    )
    model = _MODELS[variant]
    terms = [f"{c:g} * {x}" for c, x in zip(model.coefficients, ratios, strict=False)]
    return " + ".join(terms) + (f" + {model.constant:g}" if model.constant else "")


_COMMON: dict[str, Any] = {
    "unit": "score", "direction": "higher", "five_c": ("capacity", "capital"),
}  # fmt: skip


@from_statements(
    name="altman_z",
    formula=_formula("z", "market_equity"),
    label="Altman's Z, listed manufacturers",
    label_zh="奥特曼Z值（上市制造企业）",
    source=ALTMAN_1968,
    low=-5,
    high=20,
    **_COMMON,
)
def _z(firm: PanelFacts) -> Measured:
    sales = firm.revenue / firm.total_assets
    return _MODELS["z"].score((*_ratios(firm, firm.market_equity), sales))


@from_statements(
    name="altman_z_prime",
    formula=_formula("z_prime", "equity"),
    label="Altman's Z′, private manufacturers",
    label_zh="奥特曼Z′值（非上市制造企业）",
    source=ALTMAN_1983,
    low=-5,
    high=15,
    **_COMMON,
)
def _z_prime(firm: PanelFacts) -> Measured:
    sales = firm.revenue / firm.total_assets
    return _MODELS["z_prime"].score((*_ratios(firm, firm.equity), sales))


@from_statements(
    name="altman_z_double_prime",
    formula=_formula("z_double_prime", "equity"),
    label="Altman's Z″, firms other than manufacturers",
    label_zh="奥特曼Z″值（非制造企业）",
    source=ALTMAN_1995,
    low=-15,
    high=25,
    **_COMMON,
)
def _z_double_prime(firm: PanelFacts) -> Measured:
    return _MODELS["z_double_prime"].score(_ratios(firm, firm.equity))


@from_statements(
    name="altman_em",
    formula=_formula("em", "equity"),
    label="Altman's score of emerging markets",
    label_zh="奥特曼新兴市场评分",
    source=ALTMAN_1995,
    low=-12,
    high=28,
    **_COMMON,
)
def _em(firm: PanelFacts) -> Measured:
    return _MODELS["em"].score(_ratios(firm, firm.equity))


ALTMAN: tuple[Indicator, ...] = (_z, _z_prime, _z_double_prime, _em)
