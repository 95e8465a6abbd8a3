"""Whether the same score means the same odds in a segment, and how to make it so."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from scipy.special import chdtrc, log_expit

from creditscore._checks import set_number
from creditscore._newton import fit_logistic
from creditscore._typing import Bool1D, Float1D
from creditscore.exceptions import InvalidDataError
from creditscore.scorecard._history import followed
from creditscore.scorecard._layout import moved_to
from creditscore.scorecard._scorecard import Scorecard


@dataclass(frozen=True, kw_only=True)
class SegmentAlignment:
    """How the odds of a segment lie to those that its scores claim.

    Attributes
    ----------
    segment : str
        Its name.
    intercept : float
        a in ln(odds) = a + b · claimed ln(odds): above zero where the segment is safer than its
        scores say.
    slope : float
        b: 1 where a point means what it should, below 1 where the scores spread too far apart, as
        those of an overfitted card do.
    intercept_error, slope_error : float
        Standard errors.
    p_value : float
        Of the hypothesis a = 0 and b = 1, by the ratio of likelihoods.
    n_good, n_bad : float
        Cases (weights) that it was estimated on.

    See Also
    --------
    SegmentedScorecard.alignment, SegmentedScorecard.aligned : Estimate it, and act on it.

    Examples
    --------
    >>> from creditscore.scorecard import SegmentAlignment
    >>> SegmentAlignment(
    ...     segment="firms", intercept=0.1, slope=0.9, intercept_error=0.05, slope_error=0.04,
    ...     p_value=0.02, n_good=900, n_bad=100,
    ... )
    <SegmentAlignment 'firms': ln odds = 0.100 + 0.900 of those claimed, p = 0.0200>
    """

    segment: str
    intercept: float
    slope: float
    intercept_error: float
    slope_error: float
    p_value: float
    n_good: float
    n_bad: float

    def __post_init__(self) -> None:
        """Take numbers of any kind."""
        for name in ("intercept", "slope", "intercept_error", "slope_error", "p_value"):
            set_number(self, name)
        for name in ("n_good", "n_bad"):
            set_number(self, name, low=0, closed="left")

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values."""
        return asdict(self)

    def __repr__(self) -> str:
        """Say in one line how the odds lie."""
        return (
            f"<{type(self).__name__} {self.segment!r}: ln odds = {self.intercept:.3f} + "
            f"{self.slope:.3f} of those claimed, p = {self.p_value:.4f}>"
        )


def alignment_of(
    segment: str, log_odds: Float1D, is_bad: Bool1D, weights: Float1D | None
) -> SegmentAlignment:
    """Estimate intercept and slope of the true log-odds of being good on those claimed.

    The logistic regression of the outcome on the claim, D. R. Cox, "Two further applications of a
    model for binary regression", *Biometrika* 45, 1958, pp. 562-565.
    """
    counts = np.ones(len(is_bad)) if weights is None else weights
    n_bad, n_good = float(counts[is_bad].sum()), float(counts[~is_bad].sum())
    if not n_bad or not n_good:
        kind = "good" if n_good else "bad"
        msg = (
            f"Segment {segment!r} has {n_good:g} good and {n_bad:g} bad cases in this sample, and "
            f"all {kind} cases say nothing of its odds. Bring a larger sample, or leave the card "
            "as it is."
        )
        raise InvalidDataError(msg)
    if np.ptp(log_odds[counts > 0]) == 0:
        msg = (
            f"All cases of segment {segment!r} in this sample have one score, so that no slope of "
            "its odds can be told. Bring a sample with different scores."
        )
        raise InvalidDataError(msg)
    fit = fit_logistic(log_odds[:, None], is_bad, weights, start=np.array([0.0, -1.0]))
    claimed = float(counts @ log_expit(np.where(is_bad, -log_odds, log_odds)))
    errors = np.sqrt(np.diag(fit.covariance))
    return SegmentAlignment(
        segment=segment,
        intercept=-fit.intercept,
        slope=-float(fit.coefficients[0]),
        intercept_error=float(errors[0]),
        slope_error=float(errors[1]),
        p_value=float(chdtrc(2, max(0.0, 2 * (fit.log_likelihood - claimed)))),
        n_good=n_good,
        n_bad=n_bad,
    )


def aligned_card(card: Scorecard, alignment: SegmentAlignment) -> Scorecard:
    """Return the card with points such that its scores mean the odds that were found.

    A score s says ln(odds) = (s - offset) / factor. If the truth is a + b · that, the card is one
    on a scale of factor / b and offset - a · factor / b, and is brought back to its own from
    there. The summary of the fit is left out: its coefficients are no longer those of the points.
    """
    a, b = alignment.intercept, alignment.slope
    if not b > 0 or not math.isfinite(b):
        msg = (
            f"The card of segment {alignment.segment!r} ranks this sample the wrong way round, "
            f"with a slope of {b:.3f}: no alignment turns it into a good one. Fit it anew, or look "
            "for scores or outcomes that were swapped."
        )
        raise InvalidDataError(msg)
    scale = card.scale
    assert scale is not None  # noqa: S101 - segmented cards without one are refused before
    base_score = scale.offset + scale.factor * (math.log(scale.base_odds) - a) / b
    meant = replace(scale, base_score=base_score, pdo=scale.pdo / b)
    moved = moved_to(replace(card, scale=meant, fit_summary=None), scale)
    characteristics = tuple(
        c if c.coefficient is None else replace(c, coefficient=c.coefficient * b)
        for c in moved.characteristics
    )
    detail = f"aligned to ln odds = {a:.4g} + {b:.4g} of those claimed"
    aligned = replace(moved, characteristics=characteristics)
    return followed(card, aligned, "rescaled", detail)
