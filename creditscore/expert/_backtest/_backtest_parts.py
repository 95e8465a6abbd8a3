"""Characteristics of a card beside outcomes: what each tells, and which weight data give it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import gammaln, ndtr, ndtri

from creditscore._holm import holm
from creditscore._typing import Bool1D, Float1D, Float2D
from creditscore.expert._outcomes._cases import counts_of
from creditscore.expert._outcomes._logit import fit_logit
from creditscore.metrics import auc_interval, auc_variance

_CLEAR = 1.96
"""Standard errors by which the mean slope is above 0, where ratios to it have a meaning."""


@dataclass(frozen=True, kw_only=True)
class PartsEvidence:
    """What outcomes say of the characteristics, and in one word why of weights they may not."""

    table: pd.DataFrame
    trouble: str


def characteristic_evidence(
    names: Sequence[str],
    parts: Float2D,
    spans: Float1D,
    is_bad: Bool1D,
    weights: Float1D | None,
    *,
    level: float,
) -> PartsEvidence:
    """Return a row a characteristic; see :class:`ExpertBacktest`.

    `parts` are points of which more are safer; `spans` how far those of a characteristic reach.
    """
    rows = [_alone(parts[:, i], is_bad, weights, level) for i in range(len(names))]
    table = pd.DataFrame(rows)
    table.insert(0, "characteristic", list(names))
    table["auc_p_holm"] = holm(table.pop("auc_p_value").to_numpy())
    table["weight"] = spans / spans.sum() if spans.any() else np.nan
    ratios, trouble = _ratios(parts, spans, is_bad, weights, level)
    known = ratios["weight_ratio"].notna().to_numpy()
    implied = np.full(len(names), np.nan)
    implied[known] = ratios["weight_ratio"][known] * spans[known] / spans[known].sum()
    table["implied_weight"] = implied
    table = pd.concat([table, ratios], axis=1)
    return PartsEvidence(table=table, trouble=trouble)


def _alone(
    points: Float1D, is_bad: Bool1D, weights: Float1D | None, level: float
) -> dict[str, float]:
    """Return the AUC of one characteristic, and the p-value of its being one half."""
    found = auc_interval(is_bad, points, sample_weight=weights, level=level)
    error = math.sqrt(auc_variance(is_bad, points, sample_weight=weights))
    if error:
        p_value = float(2 * ndtr(-abs(found.estimate - 0.5) / error))
    elif found.estimate in (0.0, 1.0):
        p_value = _of_separation(*counts_of(is_bad, weights))
    else:
        p_value = math.nan
    return {
        "auc": found.estimate,
        "auc_lower": found.lower,
        "auc_upper": found.upper,
        "auc_p_value": p_value,
    }


def _of_separation(n_good: float, n_bad: float) -> float:
    """Return the probability that chance alone puts all cases of a class before the other.

    One order of all ways to deal out the outcomes, and its reverse; DeLong's error is 0 there.
    """
    log_ways = gammaln(n_good + n_bad + 1) - gammaln(n_good + 1) - gammaln(n_bad + 1)
    return float(min(1.0, 2 * np.exp(-log_ways)))


def _ratios(
    parts: Float2D, spans: Float1D, is_bad: Bool1D, weights: Float1D | None, level: float
) -> tuple[pd.DataFrame, str]:
    """Return the weight that a refit gives each part over that of the card, and its test."""
    nothing = np.full(parts.shape[1], np.nan)
    columns = {
        name: nothing.copy()
        for name in ("weight_ratio", "ratio_lower", "ratio_upper", "ratio_p_holm")
    }
    fit = fit_logit(parts, is_bad, weights)
    free = np.flatnonzero(~fit.dependent)
    if fit.endless or len(free) < 2:
        return pd.DataFrame(columns), "separated" if fit.endless else "alone"
    slopes = fit.params[1:][free]
    covariance = fit.covariance[np.ix_(free + 1, free + 1)]
    # a weight is slope times span over the sum of these, so its ratio is slope over mean slope
    shares = spans[free] / spans[free].sum()
    mean = float(shares @ slopes)
    z_mean = mean / math.sqrt(shares @ covariance @ shares)
    if not z_mean > _CLEAR:
        return pd.DataFrame(columns), "reversed" if z_mean < -_CLEAR else "weak"
    # by the delta method: of the ratio, and of the difference that is tested
    here = np.eye(len(free))
    errors = _errors(here / mean - np.outer(slopes, shares) / mean**2, covariance)
    apart = _errors(here - shares, covariance)
    margin = float(ndtri(0.5 + level / 2)) * errors
    columns["weight_ratio"][free] = slopes / mean
    columns["ratio_lower"][free] = slopes / mean - margin
    columns["ratio_upper"][free] = slopes / mean + margin
    p_values = nothing.copy()
    p_values[free] = 2 * ndtr(-np.abs((slopes - mean) / apart))
    columns["ratio_p_holm"] = holm(p_values)
    return pd.DataFrame(columns), ""


def _errors(gradients: Float2D, covariance: Float2D) -> Float1D:
    variances = np.einsum("ij,jk,ik->i", gradients, covariance, gradients)
    errors: Float1D = np.sqrt(np.maximum(variances, 0.0))
    return errors
