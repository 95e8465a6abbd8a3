"""Heckman's two steps: the probit of the acceptance, and its Mills ratio among the outcomes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import log_ndtr, ndtr

from creditscore._typing import Float1D
from creditscore.scorecard.reject._acceptance import AcceptanceMethod, Probit, Selected


@dataclass(frozen=True, kw_only=True)
class HeckmanTwoStep(AcceptanceMethod):
    """Correct for grounds of the acceptance that the columns do not show, by Heckman's two steps.

    Parameters
    ----------
    exclusion : tuple of str, default=()
        Columns that moved the decision and not the risk. They are used in the model of the
        acceptance alone, and are no columns of the sample. Without one, acceptance and outcome
        are told apart by the form of the model only, and a warning says so.
    encoder : WOEEncoder, optional
        Bins the columns for the model of the acceptance; None means ``WOEEncoder()``. Cloned.

    See Also
    --------
    BivariateProbit : The same model without the approximation of the second step.

    Notes
    -----
    Accepted if t + v > 0, bad if m + u > 0, with u and v normal of variance 1 and some
    correlation ρ: negative where what the decision saw beyond the columns was right.

    1. Probit of the acceptance, by weighted maximum likelihood (statsmodels), on the WOE of all
       columns, `exclusion` among them, binned on accepted against rejected: t.
    2. Probit of the outcome among the accepted on the WOE of the card's characteristics and the
       inverse Mills ratio λ = φ(t) / Φ(t), the mean of v given the acceptance [1]_.

    A rejected case is bad with probability Φ(m + c λ'), where c is the coefficient of λ and
    λ' = -φ(t) / Φ(-t) is the mean of v given the rejection. Each is then counted as bad and as
    good by this probability. So the card that is fitted on the sample is one for all applications
    and needs neither λ nor the excluded columns: λ is on average 0 over accepted and rejected.

    In step 2 the mean of u takes the place of its distribution, which a probit does not quite
    allow: good for small ρ, too pessimistic for large ones. Standard errors in `details` are those
    of each step alone; that of λ tests ρ = 0.

    References
    ----------
    .. [1] J. J. Heckman, "Sample Selection Bias as a Specification Error", *Econometrica* 47,
       1979, pp. 153-161.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.scorecard.reject import HeckmanTwoStep, simulate_applications
    >>> applications = simulate_applications(4_000, hidden=0.4, random_state=0)
    >>> method = HeckmanTwoStep(exclusion=("office_load",))
    >>> model = LogisticScorecard().fit(
    ...     applications.without(method.exclusion).accepted, applications.is_bad
    ... )
    >>> sample = method.augment(applications, model.scorecard_)
    >>> sample.details.tail(2).round(2)
       equation           term  coefficient  std_error
    10  outcome        housing        -0.71       0.10
    11  outcome  (Mills ratio)        -0.33       0.12
    """

    def _rejected_prob(self, selected: Selected) -> tuple[Float1D, pd.DataFrame]:
        applications = selected.scored.applications
        ratio, rejected_ratio = mills_ratio(selected.index), -mills_ratio(-selected.rejected_index)
        outcome = Probit.fit(
            np.column_stack([selected.woe, ratio]),
            (*selected.scored.card.names, "(Mills ratio)"),
            applications.is_bad,
            applications.weights,
            "outcome",
        )
        prob = ndtr(outcome.index(np.column_stack([selected.rejected_woe, rejected_ratio])))
        return prob, outcome.frame("outcome")


def mills_ratio(index: Float1D) -> Float1D:
    """Return φ(t) / Φ(t), the mean of a standard normal above -t."""
    log_density = -0.5 * (index**2 + np.log(2 * np.pi))
    ratio: Float1D = np.exp(log_density - log_ndtr(index))
    return ratio
