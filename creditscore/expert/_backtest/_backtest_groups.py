"""Attributes and bands of the score beside outcomes: default rates, and orders that reverse."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.stats import fisher_exact

from creditscore._frame import Table
from creditscore._holm import holm
from creditscore._typing import Bool1D, Float1D, Float2D
from creditscore.metrics import calibration_table, jeffreys_interval
from creditscore.scorecard import Characteristic, PointsScale

_SAME = 1e-9
"""Points up to which two attributes are worth the same."""
_DIGITS = 12
"""Decimals, as parts of the range, up to which two scores are the same."""
_HALF = 0.5
"""Added to goods and bads of a group, so that its log-odds are finite."""


def attribute_table(
    characteristics: Sequence[Characteristic],
    table: Table,
    parts: Float2D,
    is_bad: Bool1D,
    counts: Float1D,
    *,
    level: float,
) -> pd.DataFrame:
    """Return a row an attribute that holds a case, those of a characteristic by mean points."""
    found = []
    for place, characteristic in enumerate(characteristics):
        codes, _ = characteristic.partition.coded(table, characteristic.name)
        n = characteristic.partition.n_codes
        count: Float1D = np.bincount(codes, counts, minlength=n).astype(np.float64)
        seen = np.flatnonzero(count > 0)
        bad: Float1D = np.bincount(codes, counts * is_bad, minlength=n)[seen].astype(np.float64)
        points = np.bincount(codes, counts * parts[:, place], minlength=n)[seen] / count[seen]
        lower, upper = jeffreys_interval(bad, count[seen], level=level)
        labels = characteristic.partition.labels
        one = pd.DataFrame(
            {
                "characteristic": characteristic.name,
                "attribute": [labels[code] for code in seen],
                "points": points,
                "count": count[seen],
                "n_bad": bad,
                "bad_rate": bad / count[seen],
                "bad_rate_lower": lower,
                "bad_rate_upper": upper,
                "log_odds": _smoothed_log_odds(bad, count[seen]),
            }
        )
        found.append(one.sort_values("points", kind="stable"))
    return pd.concat(found, ignore_index=True)


def reversals_of(attributes: pd.DataFrame, *, sign: float) -> pd.DataFrame:
    """Return neighbours in points of which the safer one has more bad cases, with a test.

    `sign` is -1 where more points are riskier.
    """
    rows = []
    for name, group in attributes.groupby("characteristic", sort=False):
        ordered = group.sort_values("points", kind="stable", key=lambda points: sign * points)
        for riskier, safer in pairwise(ordered.to_dict("records")):
            if abs(safer["points"] - riskier["points"]) <= _SAME:
                continue
            cells = [[e["n_bad"], e["count"] - e["n_bad"]] for e in (safer, riskier)]
            rows.append(
                {
                    "characteristic": name,
                    "riskier": riskier["attribute"],
                    "safer": safer["attribute"],
                    "points_riskier": riskier["points"],
                    "points_safer": safer["points"],
                    "bad_rate_riskier": riskier["bad_rate"],
                    "bad_rate_safer": safer["bad_rate"],
                    "p_value": float(fisher_exact(np.rint(cells), alternative="greater")[1]),
                }
            )
    columns = [
        *("characteristic", "riskier", "safer", "points_riskier", "points_safer"),
        *("bad_rate_riskier", "bad_rate_safer", "p_value"),
    ]
    tested = pd.DataFrame(rows, columns=columns)
    # adjusted for all pairs that were looked at, not for those that came out reversed
    tested["p_holm"] = holm(tested["p_value"].to_numpy(dtype=np.float64))
    reversed_ = tested["bad_rate_safer"] > tested["bad_rate_riskier"]
    return tested[reversed_].sort_values("p_value", kind="stable").reset_index(drop=True)


def band_table(
    score: Float1D,
    scale: PointsScale | None,
    is_bad: Bool1D,
    weights: Float1D | None,
    *,
    n_bands: int,
    level: float,
    sign: float,
) -> pd.DataFrame:
    """Return a row a band of the score, the safest first, with default rates and predictions."""
    best, reach = float((sign * score).max()), float(np.ptp(score))
    # a fraction that is larger the riskier a score is: bands are made as for probabilities
    risk = np.zeros(len(score))
    if reach:
        # sums of the same points in another order are one score
        risk = np.round((best - sign * score) / reach, _DIGITS)
    found = calibration_table(is_bad, risk, n_groups=n_bands, sample_weight=weights, level=level)
    counts = np.ones(len(score)) if weights is None else weights
    ends = found["prob_upper"].to_numpy()
    held = counts > 0
    band = np.minimum(np.searchsorted(ends, risk[held]), len(ends) - 1)
    prob = np.full(len(score), np.nan) if scale is None else scale.prob_default(score)
    sums = np.bincount(band, counts[held], minlength=len(ends))
    n_bad, count = found["n_bad"].to_numpy(), found["count"].to_numpy()
    safest = sign * (best - reach * found["prob_lower"].to_numpy())
    riskiest = sign * (best - reach * ends)
    return pd.DataFrame(
        {
            "band": found["group"],
            "score_lower": np.minimum(safest, riskiest),
            "score_upper": np.maximum(safest, riskiest),
            "mean_score": np.bincount(band, (counts * score)[held], minlength=len(ends)) / sums,
            "count": count,
            "n_bad": n_bad,
            "bad_rate": found["observed"],
            "bad_rate_lower": found["observed_lower"],
            "bad_rate_upper": found["observed_upper"],
            "predicted": np.bincount(band, (counts * prob)[held], minlength=len(ends)) / sums,
            "log_odds": _smoothed_log_odds(n_bad, count),
        }
    )


def _smoothed_log_odds(n_bad: Float1D, count: Float1D) -> Float1D:
    """Return ln(good / bad) of groups, half a case added to both."""
    found: Float1D = np.log((count - n_bad + _HALF) / (n_bad + _HALF))
    return found
