"""From the WOE of the chosen columns to coefficients: by likelihood, bounded or with a penalty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.base import clone
from sklearn.utils.validation import has_fit_parameter

from creditscore._typing import Bool1D, Float1D, Float2D, WeightType
from creditscore._validation import check_real
from creditscore.binning import BinTable
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard._bounded import fit_bounded
from creditscore.scorecard._fit_summary import FitSummary
from creditscore.scorecard._fit_warnings import warn_of_fit, warn_of_mean, warn_of_signs
from creditscore.scorecard._newton import inflation
from creditscore.scorecard._separation import separating_sets

_NO_BOUNDS = (-np.inf, np.inf)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """WOE of the chosen columns, outcomes and weights."""

    tables: Sequence[BinTable]
    features: Float2D
    is_bad: Bool1D
    weights: Float1D | None
    weight_type: WeightType

    @property
    def names(self) -> list[str]:
        return [table.feature for table in self.tables]


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Coefficients of the columns that have one.

    Attributes
    ----------
    kept : list of int
        Places of the columns whose coefficient is not 0.
    coefficients : ndarray of shape (n_kept,)
        Of these.
    intercept : float
        Of the same model.
    summary : FitSummary or None
        With errors, for an estimate by likelihood.
    zero : dict of str to str
        The other columns, and why their coefficient is 0.
    regression : object or None
        The fitted estimator of scikit-learn, where one was given.
    """

    kept: list[int]
    coefficients: Float1D
    intercept: float
    summary: FitSummary | None
    zero: dict[str, str]
    regression: Any = None


def read_bounds(
    bounds: Any, names: Sequence[str], known: Sequence[str], *, enforce: bool, owner: str
) -> tuple[Float1D, Float1D]:
    """Return lower and upper bounds of the coefficients of columns.

    Parameters
    ----------
    bounds : pair of float, mapping of str to pair, or None
        As :class:`LogisticScorecard` takes them.
    names : sequence of str
        Columns that they are asked for.
    known : sequence of str
        All columns, which a mapping may name.
    enforce : bool
        Whether no coefficient may be above 0.
    owner : str
        Class that messages name.
    """
    by_name = bounds if isinstance(bounds, Mapping) else {}
    strange = [name for name in by_name if name not in known]
    if strange:
        msg = (
            f"coefficient_bounds of {owner} names {strange[0]!r}, which is no column. Columns are "
            f"{', '.join(map(repr, list(known)[:10]))}."
        )
        raise InvalidParameterError(msg)
    common = _NO_BOUNDS if bounds is None or by_name is bounds else _pair(bounds, "", owner)
    pairs = {name: _pair(pair, f"[{name!r}]", owner) for name, pair in by_name.items()}
    lower, upper = np.array([pairs.get(name, common) for name in names]).reshape(-1, 2).T
    if enforce:
        if (lower > 0).any():
            msg = (
                f"coefficient_bounds of {owner} ask for coefficients above 0, and "
                "coefficient_sign='enforce' for none. Leave one of them out."
            )
            raise InvalidParameterError(msg)
        upper = np.minimum(upper, 0.0)
    return lower, upper


def _pair(bounds: Any, where: str, owner: str) -> tuple[float, float]:
    try:
        low, high = bounds
    except (TypeError, ValueError):
        low = high = np.nan
    if not (isinstance(low, (int, float)) and isinstance(high, (int, float)) and low <= high):
        msg = (
            f"The 'coefficient_bounds{where}' parameter of {owner} must be a pair (lower, upper) "
            f"of numbers, such as (-1.5, 0). Got {bounds!r} instead."
        )
        raise InvalidParameterError(msg)
    for bound in (low, high):
        if np.isfinite(bound):
            check_real(bound, f"coefficient_bounds{where}", owner, low=-np.inf, high=np.inf)
    return float(low), float(high)


def estimate_by_likelihood(
    sample: Sample, lower: Float1D, upper: Float1D, *, caveat: str = ""
) -> Estimate:
    """Maximise the likelihood within bounds; warn of what a user should know.

    Columns whose coefficient stands at a bound of 0 earn no points and are not kept.
    """
    features, is_bad, weights = sample.features, sample.is_bad, sample.weights
    start = np.append(_log_ratio(is_bad, weights), -np.ones(len(sample.tables)))
    fit = fit_bounded(
        features,
        is_bad,
        weights,
        lower=lower,
        upper=upper,
        start=start,
        sampling=sample.weight_type == "sampling",
    )
    names = sample.names
    zero = fit.at_bound & (fit.coefficients == 0)
    kept = np.flatnonzero(~zero).tolist()
    held = fit.at_bound[kept]
    free = np.flatnonzero(~fit.at_bound).tolist()
    errors, robust = (
        np.sqrt(np.diag(c)) for c in (fit.free.covariance, fit.free.robust_covariance)
    )
    summary = FitSummary(
        names=tuple(names[i] for i in kept),
        intercept=fit.free.intercept,
        coefficients=tuple(fit.coefficients[kept].tolist()),
        intercept_error=float(errors[0]),
        standard_errors=tuple(_spread(errors[1:], held).tolist()),
        n_good=sum(sample.tables[0].n_good),
        n_bad=sum(sample.tables[0].n_bad),
        log_likelihood=fit.free.log_likelihood,
        null_log_likelihood=fit.free.null_log_likelihood,
        robust_errors=(float(robust[0]), *_spread(robust[1:], held).tolist()),
        vif=tuple((inflation(features[:, kept], weights) if held.any() else fit.free.vif).tolist()),
        weight_type=sample.weight_type,
        caveat=caveat,
        at_bound=tuple(names[i] for i in kept if fit.at_bound[i]),
    )
    separating: list[list[int]] = []
    if fit.free.diverging.any():
        offset = features[:, fit.at_bound] @ fit.coefficients[fit.at_bound]
        places = [0, *(i + 1 for i in free)]
        if not offset.any():
            separating = separating_sets(
                fit.free, features[:, free], is_bad, weights, start=start[places]
            )
    warn_of_fit(fit.free, [names[i] for i in free], separating)
    if not fit.free.diverging.any():
        warn_of_signs(fit.coefficients, names)
    why = {
        names[i]: "coefficient would have the wrong sign"
        if upper[i] == 0 and np.isneginf(lower[i])
        else "coefficient 0, held there by its bound"
        for i in np.flatnonzero(zero)
    }
    return Estimate(
        kept=kept,
        coefficients=fit.coefficients[kept],
        intercept=fit.free.intercept,
        summary=summary,
        zero=why,
    )


def _spread(errors: Float1D, held: Bool1D) -> Float1D:
    """Return an error for each column, 0 for those that a bound holds."""
    spread = np.zeros(len(held))
    spread[~held] = errors
    return spread


def estimate_by_regression(sample: Sample, regression: Any, owner: str) -> Estimate:
    """Fit an estimator of scikit-learn that is linear in the WOE, such as one with a penalty."""
    fitted = clone(regression)
    is_bad = sample.is_bad.astype(np.int64)
    if sample.weights is None:
        fitted.fit(sample.features, is_bad)
    elif has_fit_parameter(fitted, "sample_weight"):
        fitted.fit(sample.features, is_bad, sample_weight=sample.weights)
    else:
        msg = (
            f"The 'regression' of {owner}, {type(fitted).__name__}, takes no sample_weight. Fit "
            "without weights, or give another estimator."
        )
        raise InvalidParameterError(msg)
    coefficients = np.asarray(getattr(fitted, "coef_", np.nan), dtype=np.float64).ravel()
    intercept = np.asarray(getattr(fitted, "intercept_", np.nan), dtype=np.float64).ravel()
    names = sample.names
    linear = len(coefficients) == len(names) and len(intercept) == 1
    if not linear or not (np.isfinite(coefficients).all() and np.isfinite(intercept).all()):
        msg = (
            f"The 'regression' of {owner} must be linear in the log-odds and leave finite coef_ "
            f"and intercept_, as LogisticRegression does. {type(fitted).__name__} does not."
        )
        raise InvalidParameterError(msg)
    prob = expit(sample.features @ coefficients + intercept[0])
    _check_log_odds(fitted, sample.features, prob, owner)
    bad_rate = float(np.average(sample.is_bad, weights=sample.weights))
    warn_of_mean(float(np.average(prob, weights=sample.weights)), bad_rate, type(fitted).__name__)
    kept = np.flatnonzero(coefficients).tolist()
    warn_of_signs(coefficients, names)
    why = f"coefficient 0 by {type(fitted).__name__}"
    return Estimate(
        kept=kept,
        coefficients=coefficients[kept],
        intercept=float(intercept[0]),
        summary=None,
        zero=dict.fromkeys((n for i, n in enumerate(names) if i not in kept), why),
        regression=fitted,
    )


def _check_log_odds(fitted: Any, features: Float2D, prob: Float1D, owner: str) -> None:
    """Refuse an estimator whose linear part is no log-odds, such as Lasso or LinearSVC."""
    theirs = fitted.predict_proba(features)[:, 1] if hasattr(fitted, "predict_proba") else np.nan
    if not np.allclose(theirs, prob, rtol=1e-6, atol=1e-9):
        msg = (
            f"The 'regression' of {owner} must have probabilities 1 / (1 + exp(-intercept_ - "
            f"coef_ · WOE)), as LogisticRegression has. Those of {type(fitted).__name__} are "
            "others, or it has none."
        )
        raise InvalidParameterError(msg)


def _log_ratio(is_bad: Bool1D, weights: Float1D | None) -> float:
    bad = float(np.average(is_bad, weights=weights))
    return float(np.log(bad / (1 - bad)))
