"""McDonald's omega: reliability of a sum of items that one factor explains, unequally well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.stats import chi2

from creditscore._display import counted, html_table, p_value_text
from creditscore._typing import Float1D, Float2D, NativeFrame
from creditscore._warn import warn_user
from creditscore.collect._psychometrics._answer_matrix import AnswerMatrix, MissingAnswers
from creditscore.exceptions import InvalidDataError, ResponseWarning

_LEAST_UNIQUENESS = 0.005
"""Share of an item's variance that is kept its own, as in R's factanal: at it, a factor is one
item."""


@dataclass(frozen=True, kw_only=True, repr=False)
class McDonaldOmega:
    """Omega of a one-factor model.

    Made by :func:`mcdonald_omega`.

    Attributes
    ----------
    omega : float
        Share of the variance of the sum that the factor explains.
    loadings : tuple of float
        Correlation of each item with the factor.
    uniquenesses : tuple of float
        Share of each item's variance that the factor does not explain.
    items : tuple of str
        The items.
    chi_square : float
        How far correlations are from those of one factor.
    degrees : int
        Its degrees of freedom.
    n_cases : int
        Respondents that were used.

    Examples
    --------
    >>> from creditscore.collect import mcdonald_omega
    >>> import numpy as np
    >>> rng = np.random.default_rng(3)
    >>> answers = rng.normal(size=(200, 1)) + rng.normal(size=(200, 3))
    >>> found = mcdonald_omega(answers)
    >>> round(found.omega, 2), found.degrees
    (0.74, 0)
    """

    omega: float
    loadings: tuple[float, ...]
    uniquenesses: tuple[float, ...]
    items: tuple[str, ...]
    chi_square: float
    degrees: int
    n_cases: int

    @property
    def p_value(self) -> float:
        """Chance of correlations as far from one factor if one holds; NaN for three items."""
        return float(chi2.sf(self.chi_square, self.degrees)) if self.degrees else float("nan")

    def table(self) -> pd.DataFrame:
        """Return a row an item: item, loading, uniqueness."""
        columns = {"item": self.items, "loading": self.loadings, "uniqueness": self.uniquenesses}
        return pd.DataFrame({name: list(values) for name, values in columns.items()})

    def __repr__(self) -> str:
        """Say in one line what it is, and whether one factor will do."""
        test = (
            f"one factor: p {p_value_text(self.p_value)}" if self.degrees
            else "three items, no test of one factor"
        )  # fmt: skip
        return (
            f"McDonaldOmega({self.omega:.3f}, {counted(len(self.items), 'item')}, "
            f"{counted(self.n_cases, 'case')}; {test})"
        )

    def _repr_html_(self) -> str:
        """Show the loadings."""
        formats = {"loading": "{:.3f}", "uniqueness": "{:.3f}"}
        return html_table(self.table(), caption=repr(self), formats=formats)


def mcdonald_omega(
    answers: NativeFrame, *, missing: MissingAnswers = "refuse", weights: Any = None
) -> McDonaldOmega:
    r"""Measure the reliability of a sum of items that depend on one factor, unequally well.

    Parameters
    ----------
    answers : table of shape (n_respondents, n_items)
        Numbers, three items or more.
    missing : {"refuse", "listwise", "pairwise"}, default="refuse"
        What becomes of gaps, as in :func:`cronbach_alpha`.
    weights : array-like of shape (n_respondents,), optional
        How many customers each respondent stands for.

    Returns
    -------
    McDonaldOmega

    Raises
    ------
    EmptyDataError
        Fewer than three items or three respondents.
    InvalidDataError
        Gaps that are refused, an item without spread, or correlations that no answers can have
        (they may arise pair by pair).
    ColumnTypeError
        A column of words or days.

    Warns
    -----
    ResponseWarning
        The factor is one item (a Heywood case), or does not explain the correlations (p < 0.05).

    Notes
    -----
    With loadings :math:`\lambda` and uniquenesses :math:`\psi` of one factor by maximum
    likelihood, and standard deviations :math:`s`,

    .. math:: \omega = \frac{(\sum s_i \lambda_i)^2}
       {(\sum s_i \lambda_i)^2 + \sum s_i^2 \psi_i} .

    It equals :func:`cronbach_alpha` where all items load alike, and is higher else. The test of
    one factor is Bartlett's :math:`\chi^2`, for normal answers.

    References
    ----------
    R. P. McDonald, *Test Theory: A Unified Treatment*, Erlbaum, 1999, ch. 6. K. G. Jöreskog,
    "Some contributions to maximum likelihood factor analysis", *Psychometrika* 32 (1967).

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.collect import mcdonald_omega
    >>> rng = np.random.default_rng(0)
    >>> factor = rng.normal(size=(500, 1))
    >>> answers = factor * [0.9, 0.7, 0.5, 0.6] + 0.5 * rng.normal(size=(500, 4))
    >>> mcdonald_omega(answers)
    McDonaldOmega(0.886, 4 items, 500 cases; one factor: p 0.1888)
    """
    owner = "mcdonald_omega"
    matrix = AnswerMatrix.of(answers, owner, weights=weights, missing=missing, least_items=3)
    covariances, effective = matrix.covariances()
    covariance = covariances[0]
    spread = np.sqrt(np.diag(covariance))
    if not (np.isfinite(covariance).all() and (spread > 0).all()):
        flat = matrix.constant() or matrix.names
        msg = (
            f"Items need a spread, and pairs of them answers. Leave out {', '.join(flat)}: they "
            "have one answer only, or none together with another item."
        )
        raise InvalidDataError(msg)
    correlation = covariance / np.outer(spread, spread)
    if np.linalg.eigvalsh(correlation)[0] < -1e-8:
        msg = (
            "Correlations pair by pair contradict each other (they have a negative eigenvalue). "
            "Use missing='listwise'."
        )
        raise InvalidDataError(msg)
    loadings, unique, value = _one_factor(correlation)
    k = len(loadings)
    common = float((spread * loadings).sum()) ** 2
    found = McDonaldOmega(
        omega=common / (common + float((spread**2 * unique).sum())),
        loadings=tuple(loadings.tolist()),
        uniquenesses=tuple(unique.tolist()),
        items=matrix.names,
        chi_square=max(0.0, (float(effective[0]) - 1 - (2 * k + 5) / 6 - 2 / 3) * value),
        degrees=((k - 1) ** 2 - (k + 1)) // 2,
        n_cases=len(matrix.values),
    )
    _warn_of_misfit(found)
    return found


def _one_factor(correlation: Float2D) -> tuple[Float1D, Float1D, float]:
    """Return loadings, uniquenesses, and the least discrepancy of one factor."""

    def discrepancy(unique: Float1D) -> tuple[float, Float1D]:
        root = np.sqrt(unique)
        values, vectors = np.linalg.eigh(correlation / np.outer(root, root))
        small = np.maximum(values[:-1], 1e-12)
        load = root * vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0.0))
        implied = load**2 + unique
        slope = (implied - np.diag(correlation)) / unique**2
        return float((small - np.log(small) - 1).sum()), np.asarray(slope)

    with_others = 1 - 1 / np.maximum(1.0, np.diag(np.linalg.pinv(correlation)))
    start = np.clip(1 - with_others, 0.05, 0.95)
    bounds = [(_LEAST_UNIQUENESS, 1.0)] * len(correlation)
    found = minimize(
        discrepancy, start, jac=True, method="L-BFGS-B", bounds=bounds,
        options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 2000},
    )  # fmt: skip
    root = np.sqrt(found.x)
    values, vectors = np.linalg.eigh(correlation / np.outer(root, root))
    loadings = root * vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0.0))
    loadings = loadings if loadings.sum() >= 0 else -loadings
    return np.asarray(loadings), np.asarray(found.x), float(found.fun)


def _warn_of_misfit(found: McDonaldOmega) -> None:
    heywood = [
        name for name, unique in zip(found.items, found.uniquenesses, strict=True)
        if unique <= _LEAST_UNIQUENESS * 1.001
    ]  # fmt: skip
    if heywood:
        warn_user(
            f"The factor is the item {heywood[0]!r} itself, of which nothing is left (a Heywood "
            "case): omega is not to be relied on. Use cronbach_alpha, or more respondents.",
            ResponseWarning,
        )
    if found.degrees and found.p_value < 0.05:
        warn_user(
            "One factor does not explain the correlations of the items "
            f"(p {p_value_text(found.p_value)}), and omega supposes one. Look for groups of "
            "items, each with a reliability of its own.",
            ResponseWarning,
        )
