"""What the estimate of a card says about itself."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from creditscore._checks import check_kind, set_number
from creditscore._display import Format, html_table, p_value_text, text_table
from creditscore._typing import Float1D, WeightType
from creditscore._validation import check_choice, check_real
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard._scale import PointsScale

_FORMATS: dict[str, Format] = {
    "coefficient": "{:.4f}",
    "std_error": "{:.4f}",
    "z": "{:.2f}",
    "p_value": p_value_text,
    "lower": "{:.4f}",
    "upper": "{:.4f}",
    "vif": lambda value: "∞" if value >= _ENDLESS else f"{value:.2f}",
}
_ENDLESS = 1e18
"""Stands for what has no end, as files hold numbers only."""
WEIGHT_TYPES = ("frequency", "sampling")
_LEFT_OUT = (("weight_type", "frequency"), ("caveat", ""), ("at_bound", ()))
"""Entries of a file that are as they have always been."""


@dataclass(frozen=True, kw_only=True)
class FitSummary:
    """Coefficients of a logistic fit with their sampling error.

    Attributes
    ----------
    names : tuple of str
        Characteristics, in the order of the coefficients.
    intercept : float
        Of the log-odds of being bad.
    coefficients : tuple of float
        Of the WOE; negative where a safer bin lowers the risk.
    intercept_error : float
        Standard error of the intercept.
    standard_errors : tuple of float
        Standard errors of the coefficients, from the inverse information matrix.
    n_good, n_bad : float
        Counts (weights) of the sample.
    log_likelihood : float
        At the estimate; of sampling weights, the weighted sum that takes its place.
    null_log_likelihood : float, optional
        Of the intercept alone.
    robust_errors : tuple of float, optional
        Robust standard errors, of the intercept first: see Notes.
    vif : tuple of float, optional
        Variance inflation factors of the WOE; 10¹⁸ where columns determine each other.
    weight_type : {"frequency", "sampling"}, default="frequency"
        What the weights of the fit meant. Sampling weights have robust errors only.
    caveat : str, default=""
        What the errors leave out, such as outcomes that were inferred and not observed.
    at_bound : tuple of str, default=()
        Characteristics whose coefficient stands at a bound that holds it; their standard errors
        are 0, and those of the others take them as given.
    prior_means, prior_sds : tuple of float, optional
        Mean and standard deviation of each coefficient before the data, where the fit was made
        under a :class:`CoefficientPrior`; a standard deviation of 10¹⁸ is no prior. Coefficients
        are then the most probable ones, and errors those of the posterior.

    Notes
    -----
    The errors take bins and choice of characteristics as given before the data were seen. Where
    the same data chose them, true errors are larger.

    Robust errors are those of the sandwich A⁻¹ B A⁻¹ (HC0), with the information A and B the sum
    of squared slopes of the rows: they hold where the log-odds are not linear in the WOE, and
    under sampling weights, where rows stand for many and are seen once [1]_.

    References
    ----------
    .. [1] H. White, "Maximum Likelihood Estimation of Misspecified Models", *Econometrica* 50
       (1982), 1-25.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> german = load_german_credit()
    >>> card = LogisticScorecard().fit(german[["duration_months"]], german["is_bad"]).scorecard_
    >>> card.fit_summary.table()[["characteristic", "coefficient"]].round(3)
        characteristic  coefficient
    0      (intercept)       -0.847
    1  duration_months       -1.000
    """

    names: tuple[str, ...]
    intercept: float
    coefficients: tuple[float, ...]
    intercept_error: float
    standard_errors: tuple[float, ...]
    n_good: float
    n_bad: float
    log_likelihood: float
    null_log_likelihood: float | None = None
    robust_errors: tuple[float, ...] | None = None
    vif: tuple[float, ...] | None = None
    weight_type: WeightType = "frequency"
    caveat: str = ""
    at_bound: tuple[str, ...] = ()
    prior_means: tuple[float, ...] | None = None
    prior_sds: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse what is no number, and lists that do not fit together."""
        for name in ("intercept", "log_likelihood"):
            set_number(self, name)
        if self.null_log_likelihood is not None:
            set_number(self, "null_log_likelihood")
        for name in ("intercept_error", "n_good", "n_bad"):
            set_number(self, name, low=0, closed="left")
        owner = type(self).__name__
        check_choice(self.weight_type, "weight_type", owner, WEIGHT_TYPES)
        check_kind(self.caveat, "caveat", owner, str)
        self._set_lists()
        object.__setattr__(self, "names", tuple(self.names))
        object.__setattr__(self, "at_bound", tuple(self.at_bound))
        if not set(self.at_bound) <= set(self.names):
            msg = f"at_bound of {owner} names {self.at_bound}, not all of them among its names."
            raise InvalidParameterError(msg)
        if not len(self.names) == len(self.coefficients) == len(self.standard_errors):
            msg = (
                f"{owner} needs a coefficient and a standard error for each name. Got "
                f"{len(self.names)} names, {len(self.coefficients)} coefficients and "
                f"{len(self.standard_errors)} errors."
            )
            raise InvalidParameterError(msg)
        self._check_sizes()
        if self.weight_type == "sampling" and self.robust_errors is None:
            msg = f"{owner} of sampling weights needs robust_errors: no others hold for them."
            raise InvalidParameterError(msg)

    def _set_lists(self) -> None:
        """Take lists of numbers of any kind."""
        owner = type(self).__name__
        lists = [("coefficients", -math.inf), ("standard_errors", 0.0)]
        lists += [
            (name, low)
            for name, low in (
                ("robust_errors", 0.0),
                ("vif", 0.0),
                ("prior_means", -math.inf),
                ("prior_sds", 0.0),
            )
            if getattr(self, name) is not None
        ]
        for name, low in lists:
            numbers = tuple(
                check_real(value, name, owner, low=low, high=math.inf, closed="left")
                for value in getattr(self, name)
            )
            object.__setattr__(self, name, numbers)

    def _check_sizes(self) -> None:
        """Refuse lists that are not as long as there are names."""
        owner = type(self).__name__
        n = len(self.names)
        sizes = {"robust_errors": n + 1, "vif": n, "prior_means": n, "prior_sds": n}
        if (self.prior_means is None) != (self.prior_sds is None):
            msg = f"{owner} needs 'prior_means' and 'prior_sds' together. Got one of them."
            raise InvalidParameterError(msg)
        for name, size in sizes.items():
            given = getattr(self, name)
            if given is not None and len(given) != size:
                msg = f"{owner} needs {size} numbers in {name!r}. Got {len(given)}."
                raise InvalidParameterError(msg)

    @property
    def aic(self) -> float:
        """Akaike's information criterion; NaN for sampling weights, which have no likelihood.

        NaN under a prior too, where coefficients are not those of the largest likelihood.
        """
        if self.weight_type == "sampling" or self.prior_means is not None:
            return math.nan
        return 2 * (len(self.names) + 1) - 2 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Schwarz's information criterion; NaN for sampling weights and under a prior."""
        if self.weight_type == "sampling" or self.prior_means is not None:
            return math.nan
        n = self.n_good + self.n_bad
        return float((len(self.names) + 1) * np.log(n)) - 2 * self.log_likelihood

    @property
    def mcfadden(self) -> float:
        """McFadden's pseudo R², 1 - log-likelihood / that of the intercept alone; NaN without it.

        D. McFadden, "Conditional Logit Analysis of Qualitative Choice Behavior", in *Frontiers in
        Econometrics*, 1974, 105-142.
        """
        if not self.null_log_likelihood:
            return math.nan
        return 1 - self.log_likelihood / self.null_log_likelihood

    def table(
        self, *, level: float = 0.95, errors: Literal["model", "robust"] | None = None
    ) -> pd.DataFrame:
        """Return coefficients with Wald statistics.

        Parameters
        ----------
        level : float, default=0.95
            Confidence level of the interval in (0, 1).
        errors : {"model", "robust"}, optional
            Standard errors to take: from the information matrix, or robust ones. By default
            "robust" for sampling weights, else "model".

        Returns
        -------
        DataFrame
            characteristic, coefficient, std_error, z, p_value, lower, upper, vif (NaN where it is
            not known); first the intercept. Coefficients that a bound holds have no error, so all
            but coefficient and vif are NaN. Under a prior, errors and interval are those of the
            posterior, z says how far it lies from 0, and p_value, a test without a prior, is NaN.

        Raises
        ------
        InvalidParameterError
            The errors asked for are not known, or do not hold for sampling weights.
        """
        check_real(level, "level", "FitSummary.table", low=0, high=1)
        estimate = np.array([self.intercept, *self.coefficients])
        error = self._errors(errors)
        error[[False, *(name in self.at_bound for name in self.names)]] = np.nan
        with np.errstate(divide="ignore", invalid="ignore"):
            z = estimate / error
        margin = float(ndtri(0.5 + level / 2)) * error
        return pd.DataFrame(
            {
                "characteristic": ["(intercept)", *self.names],
                "coefficient": estimate,
                "std_error": error,
                "z": z,
                "p_value": 2 * ndtr(-np.abs(z)) if self.prior_means is None else np.nan,
                "lower": estimate - margin,
                "upper": estimate + margin,
                "vif": [np.nan, *(self.vif or [np.nan] * len(self.names))],
            }
        )

    def _errors(self, kind: str | None) -> Float1D:
        sampling = self.weight_type == "sampling"
        chosen = kind or ("robust" if sampling else "model")
        check_choice(chosen, "errors", "FitSummary.table", ("model", "robust"))
        if chosen == "model":
            if sampling:
                msg = (
                    "Errors from the information matrix take each unit of weight for a row, which "
                    "sampling weights are not. Ask for errors='robust'."
                )
                raise InvalidParameterError(msg)
            return np.array([self.intercept_error, *self.standard_errors])
        if self.robust_errors is None:
            msg = "This summary holds no robust errors. Fit again, or ask for errors='model'."
            raise InvalidParameterError(msg)
        return np.array(self.robust_errors)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that :meth:`from_dict` reads back."""
        content = {
            key: value
            for key, value in asdict(self).items()
            if value is not None and (key, value) not in _LEFT_OUT
        }
        return {key: list(v) if isinstance(v, tuple) else v for key, v in content.items()}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Read back what :meth:`to_dict` wrote."""
        read: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in content.items()
        }
        return cls(**read)

    def __repr__(self) -> str:
        """Say in one line what it is; :meth:`table` and ``print`` show the coefficients."""
        n = len(self.names)
        return (
            f"<FitSummary: {n} coefficient{'' if n == 1 else 's'} beside the intercept, fitted on "
            f"{self._sample()}; log-likelihood {self.log_likelihood:,.3f}"
            + (">" if math.isnan(self.aic) else f", AIC {self.aic:,.1f}>")
        )

    def __str__(self) -> str:
        """Write the table of coefficients."""
        return text_table(self.table(), caption=self._caption(), formats=_FORMATS)

    def _repr_html_(self) -> str:
        return html_table(self.table(), caption=self._caption(), formats=_FORMATS)

    def _sample(self) -> str:
        what = "units of weight" if self.weight_type == "sampling" else "cases"
        return f"{self.n_good + self.n_bad:,.0f} {what}, {self.n_bad:,.0f} of them bad"

    def _caption(self) -> str:
        said = f"Logistic fit on {self._sample()}; log-likelihood {self.log_likelihood:,.3f}"
        if self.null_log_likelihood:
            said += f", McFadden R² {self.mcfadden:.3f}"
        kind = "robust" if self.weight_type == "sampling" else "model"
        said += f". Errors: {kind}, with bins and characteristics taken as given beforehand"
        if self.at_bound:
            said += f". At a bound, which errors take as given: {', '.join(self.at_bound)}"
        return f"{said}. {self.caveat}" if self.caveat else said


def check_neutral_points(
    neutral: Sequence[float], base_points: float, summary: FitSummary, scale: PointsScale
) -> None:
    """Refuse neutral points that are not those of the estimate on the scale.

    Base points are part of the estimate, or were added to it by somebody.
    """
    expected = scale.offset - scale.factor * summary.intercept
    total = sum(neutral)
    sums = (total, total + base_points)
    if not any(math.isclose(s, expected, rel_tol=1e-6, abs_tol=1e-6 * scale.pdo) for s in sums):
        with_base = f", {sums[1]:.6g} with the base points" if base_points else ""
        msg = (
            f"The neutral points of the card add up to {total:.6g}{with_base}, and by its "
            f"fit_summary and scale they should add up to {expected:.6g}. For other points, "
            "use card.on_scale(PointsScale(…)); for other characteristics, fit again, or set "
            "fit_summary=None."
        )
        raise InvalidParameterError(msg)
