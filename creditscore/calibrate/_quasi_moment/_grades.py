"""Probabilities of grades from their mean and accuracy ratio: Tasche, and van der Burgt."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, ndtri

from creditscore._checks import check_known_philosophy
from creditscore._display import html_table, meaning
from creditscore._typing import Float1D, Philosophy
from creditscore._validation import as_floats, check_choice, check_order, check_real
from creditscore.calibrate._quasi_moment._accuracy_ratio import accuracy_ratio_from_pds
from creditscore.calibrate._quasi_moment._match import check_targets, match_moments
from creditscore.exceptions import InvalidDataError, InvalidParameterError

GradePoint: TypeAlias = Literal["midpoint", "average"]


@dataclass(frozen=True, kw_only=True, repr=False)
class MatchedGrades:
    """Probabilities of default of grades that have a given mean and accuracy ratio.

    Made by :func:`quasi_moment_matching` and :func:`van_der_burgt`.

    Attributes
    ----------
    method : str
        How they were found.
    n_customers : tuple of float
        Customers of each grade, the safest first.
    prob_default : tuple of float
        Of each grade, the safest first.
    parameters : tuple of pairs of str and float
        Of the curve, by name.
    accuracy_ratio, central_tendency : float
        What the probabilities imply.
    philosophy : {"point_in_time", "through_the_cycle", "hybrid"} or None
        What the probabilities mean, as it was said with the central tendency; None if it was not.

    Examples
    --------
    >>> from creditscore.calibrate import quasi_moment_matching
    >>> quasi_moment_matching([10, 50, 30, 20, 10], central_tendency=0.05, accuracy_ratio=0.5)
    <MatchedGrades: 5 grades by quasi-moment matching, PD 0.49% to 18.82%, mean 5.00%, AR 0.500;
    philosophy not said, margin none>
    """

    method: str
    n_customers: tuple[float, ...]
    prob_default: tuple[float, ...]
    parameters: tuple[tuple[str, float], ...]
    accuracy_ratio: float
    central_tendency: float
    philosophy: Philosophy | None = None

    def __post_init__(self) -> None:
        """Check what is said of the probabilities."""
        check_known_philosophy(self)

    @property
    def margin(self) -> str:
        """Margin of conservatism: "none" beyond what the central tendency may hold."""
        return "none"

    def table(self) -> pd.DataFrame:
        """Return a row a grade, the safest first.

        Returns
        -------
        DataFrame
            grade (a number from 1), n_customers, share, pd.
        """
        counts = np.asarray(self.n_customers)
        return pd.DataFrame(
            {
                "grade": np.arange(1, len(counts) + 1),
                "n_customers": counts,
                "share": counts / counts.sum(),
                "pd": self.prob_default,
            }
        )

    def __repr__(self) -> str:
        """Say in one line how many grades, of which mean and power."""
        low, high = self.prob_default[0], self.prob_default[-1]
        return (
            f"<{type(self).__name__}: {len(self.prob_default)} grades by {self.method}, PD "
            f"{low:.2%} to {high:.2%}, mean {self.central_tendency:.2%}, AR "
            f"{self.accuracy_ratio:.3f}; {meaning(self.philosophy, self.margin)}>"
        )

    def _repr_html_(self) -> str:
        formats = {"n_customers": "{:,.0f}", "share": "{:.1%}", "pd": "{:.3%}"}
        caption = (
            f"Grades by {self.method}, mean {self.central_tendency:.2%}, accuracy ratio "
            f"{self.accuracy_ratio:.3f}; {meaning(self.philosophy, self.margin)}"
        )
        return html_table(self.table(), caption=caption, formats=formats)


def quasi_moment_matching(
    n_customers: Any,
    *,
    central_tendency: float,
    accuracy_ratio: float,
    n_good: Any = None,
    philosophy: Philosophy | None = None,
) -> MatchedGrades:
    """Find the probabilities of grades that have a given mean and accuracy ratio (Tasche).

    Parameters
    ----------
    n_customers : array-like of shape (n_grades,)
        Customers of each grade, the safest grade first.
    central_tendency : float
        Mean probability of default of these customers, in (0, 1).
    accuracy_ratio : float
        Gini of the grades, in (0, 1), such as that of an earlier and larger sample.
    n_good : array-like of shape (n_grades,), optional
        Survivors of each grade, whose distribution the curve then goes by, as in [1]_; without
        it, that of all customers stands for it.
    philosophy : {"point_in_time", "through_the_cycle", "hybrid"}, optional
        What the central tendency means, and so the probabilities; not said unless given.

    Returns
    -------
    MatchedGrades
        With the parameters alpha and beta.

    Raises
    ------
    InvalidParameterError
        A target out of range, or an accuracy ratio that these grades cannot have.
    InvalidDataError
        Counts that are negative, missing or of fewer than two grades; an outermost grade that is
        empty, to which the curve gives a probability of 0 or 1.

    See Also
    --------
    quasi_moment_calibration : The same for scores.
    van_der_burgt : Another curve by the same two numbers.

    Notes
    -----
    PD = 1 / (1 + exp(α + β Φ⁻¹(F))) [1]_, where F is the share of customers in riskier grades and
    half of those in the same one. α and β are found so that the mean of the probabilities and the
    accuracy ratio that they imply (:func:`accuracy_ratio_from_pds`) are those asked for. R's
    package LDPD has the same curve with the signs of α and β turned, and grades the worst first.

    References
    ----------
    .. [1] D. Tasche, "The art of probability-of-default curve calibration", *Journal of Credit
       Risk* 9(4), 2013, pp. 63-103; "Estimating discriminatory power and PD curves when the
       number of defaults is small", 2009, arXiv:0905.3928.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.calibrate import quasi_moment_matching
    >>> n_customers = [100, 200, 200, 200, 100]
    >>> found = quasi_moment_matching(n_customers, central_tendency=0.05, accuracy_ratio=0.6)
    >>> np.round(found.prob_default, 4)
    array([0.0026, 0.0092, 0.0248, 0.0649, 0.1996])
    """
    owner = "quasi_moment_matching"
    check_targets(central_tendency, accuracy_ratio, owner)
    check_order(n_customers=n_customers, n_good=n_good)
    counts = _read_counts(n_customers, "n_customers")
    held = counts if n_good is None else _read_counts(n_good, "n_good")
    if len(held) != len(counts) or (held > counts).any():
        msg = (
            "n_good must be no more than n_customers in any grade, one for each. Got "
            f"{held.tolist()} of {counts.tolist()}."
        )
        raise InvalidDataError(msg)
    z = ndtri(_places(held))
    if not np.isfinite(z).all():
        msg = (
            "An outermost grade is empty, and the curve gives it a probability of 0 or 1. Got "
            f"{held.tolist()}: leave out or join empty grades at the ends."
        )
        raise InvalidDataError(msg)
    alpha, beta = match_moments(
        z[::-1], counts[::-1], central_tendency=central_tendency, accuracy_ratio=accuracy_ratio
    )
    prob = expit(-alpha - beta * z)
    found = (("alpha", alpha), ("beta", beta))
    return replace(_matched("quasi-moment matching", counts, prob, found), philosophy=philosophy)


def van_der_burgt(
    n_customers: Any,
    *,
    central_tendency: float,
    accuracy_ratio: float,
    sample_rate: float | None = None,
    at: GradePoint = "midpoint",
    philosophy: Philosophy | None = None,
) -> MatchedGrades:
    """Find the probabilities of grades from a CAP curve of one parameter (van der Burgt).

    Parameters
    ----------
    n_customers : array-like of shape (n_grades,)
        Customers of each grade, the safest grade first.
    central_tendency : float
        Default rate that the probabilities are scaled to, in (0, 1).
    accuracy_ratio : float
        Gini of the grades, in (0, 1).
    sample_rate : float, optional
        Default rate of the sample that the accuracy ratio was measured on, in (0, 1); without
        it, `central_tendency`.
    at : {"midpoint", "average"}, default="midpoint"
        Where the slope of the CAP curve is read: in the middle of a grade, as R's package LDPD
        does, or as the mean over the grade, so that the probabilities have exactly the mean
        `central_tendency`.
    philosophy : {"point_in_time", "through_the_cycle", "hybrid"}, optional
        What the central tendency means, and so the probabilities; not said unless given.

    Returns
    -------
    MatchedGrades
        With the parameter lambda. Its accuracy_ratio is the one that the probabilities imply,
        which for grades is less than the target, because those within one are not told apart.

    Raises
    ------
    InvalidParameterError
        A target out of range, an accuracy ratio that no such curve has, or a probability that
        would be above 1.
    InvalidDataError
        Counts that are negative, missing or of fewer than two grades.

    See Also
    --------
    quasi_moment_matching : Another curve by the same two numbers.

    Notes
    -----
    The share of defaults among the riskiest share x of customers is C(x) = (1 - e^(-λx)) /
    (1 - e^(-λ)) [1]_, and PD(x) = central_tendency · C′(x). λ solves AR · (1 - sample_rate) =
    2 (1 / (1 - e^(-λ)) - 1 / λ - 1 / 2).

    References
    ----------
    .. [1] M. J. van der Burgt, "Calibrating low-default portfolios, using the cumulative accuracy
       profile", *Journal of Risk Model Validation* 1(4), 2008, pp. 17-33.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.calibrate import van_der_burgt
    >>> found = van_der_burgt([10, 40, 30, 20, 10], central_tendency=0.1, accuracy_ratio=0.5)
    >>> round(dict(found.parameters)["lambda"], 6)
    3.10744
    >>> np.round(found.prob_default, 4)
    array([0.0168, 0.0339, 0.0912, 0.1849, 0.2824])
    """
    owner = "van_der_burgt"
    check_targets(central_tendency, accuracy_ratio, owner)
    check_choice(at, "at", owner, ("midpoint", "average"))
    rate = central_tendency
    if sample_rate is not None:
        rate = check_real(sample_rate, "sample_rate", owner, low=0, high=1)
    counts = _read_counts(n_customers, "n_customers")
    bend = _bend(accuracy_ratio * (1 - rate))
    before = 1 - np.cumsum(counts) / counts.sum()
    share = counts / counts.sum()
    if at == "midpoint":
        slope = bend * np.exp(-bend * (before + share / 2)) / -np.expm1(-bend)
    else:
        # of an empty grade the slope where it stands
        width = np.maximum(share, 1e-12)
        slope = np.exp(-bend * before) * np.expm1(-bend * width) / np.expm1(-bend) / width
    prob = central_tendency * slope
    if (prob > 1).any():
        msg = (
            f"The riskiest grade would have a probability of {prob.max():.4g}, above 1: a default "
            f"rate of {central_tendency:g} and an accuracy ratio of {accuracy_ratio:g} do not go "
            "together on this curve. Use quasi_moment_matching, whose curve stays below 1."
        )
        raise InvalidParameterError(msg)
    found = _matched("van der Burgt's CAP curve", counts, prob, (("lambda", bend),))
    return replace(found, philosophy=philosophy)


def _bend(target: float) -> float:
    """Find the λ whose CAP curve has twice the area `target` above the diagonal."""

    def gap(bend: float) -> float:
        return 2 * (1 / -math.expm1(-bend) - 1 / bend - 0.5) - target

    # close to the diagonal the area is λ / 6, which the difference of large numbers cannot show
    if target < 1e-5:
        return 6 * target
    if gap(1e6) < 0:
        msg = f"No CAP curve of this kind is as steep as an accuracy ratio asks for: {target:g}."
        raise InvalidParameterError(msg)
    return float(brentq(gap, 1e-5, 1e6, xtol=1e-14, rtol=1e-15, maxiter=500))


def _places(counts: Float1D) -> Float1D:
    """Return the share of customers in riskier grades, and half of those in the same one."""
    until = np.cumsum(counts[::-1])[::-1]
    places: Float1D = (until - 0.5 * counts) / counts.sum()
    return places


def _matched(
    method: str, counts: Float1D, prob: Float1D, parameters: tuple[tuple[str, float], ...]
) -> MatchedGrades:
    found = accuracy_ratio_from_pds(prob, counts)
    return MatchedGrades(
        method=method,
        n_customers=tuple(counts.tolist()),
        prob_default=tuple(prob.tolist()),
        parameters=parameters,
        accuracy_ratio=found.accuracy_ratio,
        central_tendency=found.central_tendency,
    )


def _read_counts(counts: Any, name: str) -> Float1D:
    numbers = as_floats(counts, name)
    fine = numbers.ndim == 1 and len(numbers) >= 2 and np.isfinite(numbers).all()
    if not fine or (numbers < 0).any() or not numbers.any():
        msg = (
            f"{name} must be counts of two grades or more, zero or more and finite, the safest "
            f"grade first. Got {numbers.tolist()}."
        )
        raise InvalidDataError(msg)
    return numbers
