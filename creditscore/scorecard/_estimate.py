"""From the WOE of the chosen columns to coefficients: by likelihood, bounded, or under a prior."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.base import clone
from sklearn.utils.validation import has_fit_parameter

from creditscore._newton import ENDLESS, inflation
from creditscore._typing import Bool1D, Float1D, Float2D, WeightType
from creditscore.binning import BinTable
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard._bounded import BoundedFit, fit_bounded
from creditscore.scorecard._coefficient_prior import CoefficientPrior
from creditscore.scorecard._fit_summary import FitSummary
from creditscore.scorecard._fit_warnings import (
    few_cases,
    warn_of_collinearity,
    warn_of_few_cases,
    warn_of_fit,
    warn_of_mean,
    warn_of_signs,
)
from creditscore.scorecard._posterior import fit_posterior
from creditscore.scorecard._separation import separating_sets
from creditscore.scorecard.selection._fate import Fate, fate_at_zero


@dataclass(frozen=True, kw_only=True)
class Sample:
    """WOE of the chosen columns, outcomes and weights, and what is held of the coefficients."""

    tables: Sequence[BinTable]
    features: Float2D
    is_bad: Bool1D
    weights: Float1D | None
    weight_type: WeightType
    prior: CoefficientPrior | None = None

    @property
    def names(self) -> list[str]:
        return [table.feature for table in self.tables]

    def without_prior(self, places: Sequence[int]) -> list[int]:
        """Return those among some columns that the data alone speak for."""
        if self.prior is None:
            return list(places)
        return [place for place in places if self.names[place] not in self.prior.means]


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
    zero : dict of str to Fate
        The other columns, and why their coefficient is 0.
    regression : object or None
        The fitted estimator of scikit-learn, where one was given.
    """

    kept: list[int]
    coefficients: Float1D
    intercept: float
    summary: FitSummary | None
    zero: dict[str, Fate]
    regression: Any = None


def estimate_by_likelihood(sample: Sample, lower: Float1D, upper: Float1D) -> Estimate:
    """Maximise the likelihood within bounds; warn of what a user should know.

    Columns whose coefficient stands at a bound of 0 earn no points and are not kept.
    """
    features, is_bad, weights = sample.features, sample.is_bad, sample.weights
    start = np.append(_log_ratio(is_bad, weights), -np.ones(len(sample.tables)))
    fit = _fitted(sample, lower, upper, start)
    names = sample.names
    zero = fit.at_bound & (fit.coefficients == 0)
    kept = np.flatnonzero(~zero).tolist()
    free = np.flatnonzero(~fit.at_bound).tolist()
    summary = _summary(sample, fit, kept)
    separating: list[list[int]] = []
    if fit.free.diverging.any():
        offset = features[:, fit.at_bound] @ fit.coefficients[fit.at_bound]
        places = [0, *(i + 1 for i in free)]
        # a prior holds columns that would separate, and a likelihood alone does not see it
        if not offset.any() and sample.prior is None:
            separating = separating_sets(
                fit.free, features[:, free], is_bad, weights, start=start[places]
            )
    warn_of_fit(fit.free, [names[i] for i in free], separating)
    _warn_of_collinearity(sample, summary, kept, bounded=bool(fit.at_bound[kept].any()))
    if not fit.free.diverging.any():
        z = np.full(len(names), np.nan)
        z[kept] = summary.table()["z"].to_numpy()[1:]
        warn_of_signs(
            fit.coefficients, names, features, weights, z=z, prior_means=_prior_means(sample)
        )
    warn_of_few_cases(len(sample.without_prior(free)), *_cases(sample))
    why = {
        names[i]: fate_at_zero(names[i], (float(lower[i]), float(upper[i])), "fit")
        for i in np.flatnonzero(zero)
    }
    return Estimate(
        kept=kept,
        coefficients=fit.coefficients[kept],
        intercept=fit.free.intercept,
        summary=summary,
        zero=why,
    )


def _fitted(sample: Sample, lower: Float1D, upper: Float1D, start: Float1D) -> BoundedFit:
    """Maximise the likelihood, or the posterior where there is a prior."""
    sampling = sample.weight_type == "sampling"
    rows = (sample.features, sample.is_bad, sample.weights)
    if sample.prior is None:
        return fit_bounded(*rows, lower=lower, upper=upper, start=start, sampling=sampling)
    return fit_posterior(
        *rows,
        prior=sample.prior.arrays(sample.names),
        box=(lower, upper),
        start=start,
        sampling=sampling,
    )


def _warn_of_collinearity(
    sample: Sample, summary: FitSummary, kept: list[int], *, bounded: bool
) -> None:
    """Warn of columns that determine each other; a prior tells how those it names share."""
    if sample.prior is None:
        warn_of_collinearity(np.array(summary.vif), summary.names, bounded=bounded)
        return
    alone = sample.without_prior(kept)
    if alone:
        vif = inflation(sample.features[:, alone], sample.weights)
        warn_of_collinearity(vif, [sample.names[i] for i in alone], bounded=bounded)


def _summary(sample: Sample, fit: BoundedFit, kept: list[int]) -> FitSummary:
    """Return what the estimate says of itself."""
    names = sample.names
    held = fit.at_bound[kept]
    errors, robust = (
        np.sqrt(np.diag(c)) for c in (fit.free.covariance, fit.free.robust_covariance)
    )
    vif = inflation(sample.features[:, kept], sample.weights) if held.any() else fit.free.vif
    without_prior = len(sample.without_prior(np.flatnonzero(~fit.at_bound).tolist()))
    means, sds = (None, None) if sample.prior is None else sample.prior.arrays(names)
    return FitSummary(
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
        vif=tuple(vif.tolist()),
        weight_type=sample.weight_type,
        caveat=". ".join(
            filter(None, [_of_prior(sample, kept), few_cases(without_prior, *_cases(sample))])
        ),
        at_bound=tuple(names[i] for i in kept if fit.at_bound[i]),
        prior_means=None if means is None else tuple(means[kept].tolist()),
        prior_sds=None if sds is None else tuple(np.minimum(sds[kept], ENDLESS).tolist()),
    )


def _prior_means(sample: Sample) -> Float1D | None:
    return None if sample.prior is None else sample.prior.arrays(sample.names)[0]


def _of_prior(sample: Sample, kept: list[int]) -> str:
    """Say what a prior means for coefficients and errors; empty where there is none."""
    if sample.prior is None:
        return ""
    n = len(kept) - len(sample.without_prior(kept))
    return (
        f"A prior of {n} of the {len(kept)} coefficients was used: they are the most probable "
        "under it and the data, and standard errors are those of the posterior"
    )


def _cases(sample: Sample) -> tuple[float, float]:
    """Return how many good and bad cases there are; sampling weights count as what they weigh."""
    weights = np.ones(len(sample.is_bad)) if sample.weights is None else sample.weights
    if sample.weight_type == "sampling":
        weights = weights * (weights.sum() / (weights**2).sum())
    bad = float(weights[sample.is_bad].sum())
    return float(weights.sum()) - bad, bad


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
    warn_of_signs(coefficients, names, sample.features, sample.weights)
    why = f"coefficient 0 by {type(fitted).__name__}"
    gone = [name for i, name in enumerate(names) if i not in kept]
    return Estimate(
        kept=kept,
        coefficients=coefficients[kept],
        intercept=float(intercept[0]),
        summary=None,
        zero={
            name: Fate(feature=name, kept=False, stage="fit", rule="penalty", reason=why)
            for name in gone
        },
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
