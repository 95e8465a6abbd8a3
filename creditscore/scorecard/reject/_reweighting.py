"""The accepted alone, each standing for the rejected that are like it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.base import clone

from creditscore._checks import check_kind
from creditscore._frame import Table, as_table
from creditscore._typing import Bool1D, Float1D
from creditscore._validation import check_integer
from creditscore._warn import warn_user
from creditscore.binning import WOEEncoder
from creditscore.exceptions import CreditScoreWarning, RejectInferenceWarning
from creditscore.scorecard._logistic import LogisticScorecard
from creditscore.scorecard.reject._bands import ScoreBands
from creditscore.scorecard.reject._method import RejectMethod, ScoredApplications
from creditscore.scorecard.reject._sample import AugmentedSample

_LEAST_EFFECTIVE = 0.5
"""Share of the accepted cases that weights should leave in effect."""
_HARDLY = 0.05
"""Acceptance rate, in parts of that of all, below which a bin hardly holds an accepted case."""
_MUCH_ALONE = 0.1
"""Share of the rejected in such bins above which a word is said."""


@dataclass(frozen=True, kw_only=True)
class Reweighting(RejectMethod):
    """Weight the accepted of a band by the inverse of its acceptance rate.

    Parameters
    ----------
    n_bands : int, default=10
        Bands of about equal weight among all applications, 1 or more.
    acceptance : LogisticScorecard, optional
        Model of the acceptance, which is cloned and fitted on accepted against rejected; the
        bands are then those of its score. By default they are those of the card's score.

    Notes
    -----
    w = (A + R) / A in a band of A accepted and R rejected, by weight, then all weights times one
    number so that they add up to the accepted [1]_. No outcome is inferred: it is assumed that
    within a band the accepted are like the rejected. Where that holds and the card's form is
    right, a fit on the accepted alone is right too and has the smaller errors; where the card's
    form is not right, the weights make it fit the whole population instead of the accepted.

    They are sampling weights, so the fit has robust standard errors, which take the acceptance
    rates as known. A band without an accepted case is joined to the next safer one, with a
    warning. Where the old policy was nearly a rule on a column, the accepted of a band are not like
    its rejected, though all bands hold both. So each column of the card is binned by acceptance,
    and a warning names the one in which most of the rejected, and more than a tenth, are in bins
    that were accepted less than a twentieth as often as all. With a model of the acceptance, the
    bands show it. `details` of the sample holds the bands.

    References
    ----------
    .. [1] J. Banasik and J. Crook, "Reject inference, augmentation, and sample selection",
       *European Journal of Operational Research* 183, 2007, pp. 1582-1594.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.scorecard.reject import Reweighting, simulate_applications
    >>> applications = simulate_applications(1_000, random_state=0)
    >>> model = LogisticScorecard().fit(applications.accepted, applications.is_bad)
    >>> Reweighting(n_bands=3).augment(applications, model.scorecard_).details.round(3)
         lower    upper  accepted  rejected  acceptance_rate  weight
    0     -inf  535.263     149.0     186.0            0.445   1.349
    1  535.263  585.712     207.0     125.0            0.623   0.962
    2  585.712      inf     244.0      89.0            0.733   0.819
    """

    n_bands: int = 10
    acceptance: LogisticScorecard | None = None

    def __post_init__(self) -> None:
        """Check the parameters."""
        owner = type(self).__name__
        check_integer(self.n_bands, "n_bands", owner, low=1)
        if self.acceptance is not None:
            check_kind(self.acceptance, "acceptance", owner, LogisticScorecard)

    def _augment(self, scored: ScoredApplications) -> AugmentedSample:
        applications = scored.applications
        accepted, rejected, sign = scored.accepted, scored.rejected, scored.sign
        if self.acceptance is not None:
            accepted, rejected, sign = _acceptance_scores(self.acceptance, scored)
        else:
            _warn_of_rule(scored, str(self))
        bands = ScoreBands.of(applications, accepted, rejected, self.n_bands, str(self), sign=sign)
        rate = bands.accepted_weight / (bands.accepted_weight + bands.rejected_weight)
        weight = applications.share_accepted / rate
        weights = applications.weights * weight[bands.accepted]
        _warn_of_few(weights, applications.weights, str(self))
        return AugmentedSample.of_accepted(
            applications,
            scored.names,
            weights=weights,
            weight_type="sampling",
            caveat=(
                f"The weights let accepted cases stand for rejected ones ({self}); standard "
                "errors take the acceptance rates behind them as known"
            ),
            details=bands.frame(acceptance_rate=rate, weight=weight),
        )


def _acceptance_scores(
    model: LogisticScorecard, scored: ScoredApplications
) -> tuple[Float1D, Float1D, int]:
    """Score all by a model of the acceptance, more being sooner accepted; and give its sign."""
    table, rejected, weights = _stacked(scored, scored.names)
    fitted = clone(model).set_params(bad_label=None).fit(table, rejected, weights)
    sign = 1 if fitted.scorecard_.higher_is_safer else -1
    score = sign * fitted.scorecard_.score_array(table)
    return score[~rejected], score[rejected], sign


def _stacked(scored: ScoredApplications, names: tuple[str, ...]) -> tuple[Table, Bool1D, Float1D]:
    """Return all applications, the accepted first; which are rejected; and their weights."""
    applications = scored.applications
    table = as_table(applications.stacked(names)).with_kinds(applications.kinds or {})
    rejected = np.arange(table.n_rows) >= applications.table.n_rows
    return table, rejected, np.concatenate([applications.weights, applications.rejected_weights])


def _warn_of_rule(scored: ScoredApplications, owner: str) -> None:
    """Warn where a column of the card nearly tells who was rejected."""
    table, rejected, weights = _stacked(scored, scored.card.names)
    with warnings.catch_warnings(action="ignore", category=CreditScoreWarning):
        # columns that say nothing of the acceptance are welcome here
        fitted = WOEEncoder().fit(table, rejected, weights)
    least = _HARDLY * scored.applications.share_accepted
    alone = {}
    for name, bins in fitted.tables_.items():
        n_accepted, n_rejected = np.array(bins.n_good), np.array(bins.n_bad)
        hardly = n_accepted < least * (n_accepted + n_rejected)
        alone[name] = float(n_rejected[hardly].sum() / n_rejected.sum())
    if not alone:
        return
    name = max(alone, key=lambda name: alone[name])
    if alone[name] > _MUCH_ALONE:
        warn_user(
            f"{owner}: {alone[name]:.1%} of the rejected are in bins of {name!r} that were "
            f"accepted less than {_HARDLY:g} times as often as all applications, and healthy would "
            f"be up to {_MUCH_ALONE:.0%}: the old policy was nearly a rule on it. No accepted case "
            "is like these, and no weights make it so. Compare other assumptions, by "
            "reject_sensitivity.",
            RejectInferenceWarning,
        )


def _warn_of_few(weights: Float1D, before: Float1D, owner: str) -> None:
    """Warn where a few cases carry most of the weight."""
    effective, n = (float(w.sum() ** 2 / (w**2).sum()) for w in (weights, before))
    if effective < _LEAST_EFFECTIVE * n:
        warn_user(
            f"{owner}: a few accepted cases stand for many rejected ones. The weights leave "
            f"{effective:,.0f} cases in effect of {n:,.0f}, and healthy would be half of them or "
            "more. Take fewer bands, or a method that does not need accepted cases everywhere.",
            RejectInferenceWarning,
        )
