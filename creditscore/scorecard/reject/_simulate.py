"""Applications of which the truth is known, the rejected among them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.special import ndtr

from creditscore._typing import Bool1D, Float1D
from creditscore._validation import check_integer, check_real
from creditscore.scorecard.reject._applications import Applications

_OWNER = "simulate_applications"
_HOUSING = {"own": -0.3, "rent": 0.3, "with parents": 0.0}
"""What each kind of housing adds to the risk."""
_RISK = (-0.7, 0.5, -0.4)
_POLICY = (-0.4, 0.7, -0.2)
"""Loads of income, debts and months employed: the old policy gave them other weights."""
_OFFICE = 0.7
_MISSING = 0.05


def simulate_applications(
    n: int = 10_000,
    *,
    approval_rate: float = 0.6,
    bad_rate: float = 0.2,
    hidden: float = 0.0,
    interaction: float = 0.0,
    policy_noise: float = 1.0,
    random_state: int | None = None,
) -> Applications:
    """Draw applications, an old policy that accepts some of them, and the outcomes of all.

    Parameters
    ----------
    n : int, default=10000
        Applications, 20 or more.
    approval_rate : float, default=0.6
        Share that the old policy accepts, in (0, 1).
    bad_rate : float, default=0.2
        Share of bads among all applications, in (0, 1).
    hidden : float, default=0
        Correlation, in [0, 1), of what the old policy saw beyond the columns with what decides
        the outcome beyond them. 0: the accepted are like rejected ones of the same columns. Above
        0: they are safer, and no card can see why.
    interaction : float, default=0
        Risk, in spreads, of income and debts together beyond the sum of both, which a card that
        adds points cannot hold; zero or more.
    policy_noise : float, default=1
        Spread of what the policy saw beyond the columns, zero or more. At 0 it is a rule on the
        columns, and no accepted case is like a rejected one.
    random_state : int, optional
        Seed; without one each call is another sample.

    Returns
    -------
    Applications
        With the truth of the rejected in `rejected_is_bad`. Columns: income_amount, debt_ratio,
        months_employed (5 % missing), housing, and office_load, which moves the decision and not
        the risk.

    Notes
    -----
    With a, b, c standard normal behind income, debts and months and e, v, w standard normal::

        risk      -0.7 a + 0.5 b - 0.4 c + housing + interaction · a b
        outcome   bad where risk + hidden · v + √(1 - hidden²) · e is among the highest `bad_rate`
        policy    rejects where -0.4 a + 0.7 b - 0.2 c + 0.7 w + policy_noise · v is among the
                  highest 1 - `approval_rate`; w is behind office_load

    Housing adds -0.3 (own), 0.3 (rent), 0 (with parents); where months are missing, c is 0, so that
    with ``hidden=0`` the columns tell all that the policy and the outcome have in common. That is
    the model of :class:`HeckmanTwoStep`, but for the bins.

    Examples
    --------
    >>> from creditscore.scorecard.reject import simulate_applications
    >>> applications = simulate_applications(1_000, hidden=0.5, random_state=0)
    >>> applications
    <Applications: 600 accepted, 44 of them bad; 400 rejected, 156 of them bad; 5 columns>
    """
    check_integer(n, "n", _OWNER, low=20)
    check_real(approval_rate, "approval_rate", _OWNER, low=0, high=1)
    check_real(bad_rate, "bad_rate", _OWNER, low=0, high=1)
    check_real(hidden, "hidden", _OWNER, low=0, high=1, closed="left")
    for name, value in (("interaction", interaction), ("policy_noise", policy_noise)):
        check_real(value, name, _OWNER, low=0, high=math.inf, closed="left")
    if random_state is not None:
        check_integer(random_state, "random_state", _OWNER, low=0)
    rng = np.random.default_rng(random_state)
    behind = rng.normal(size=(n, 3))
    months = np.round(60 * np.exp(0.8 * behind[:, 2]))
    missing = rng.random(n) < _MISSING
    # what is missing plays no part, so that the columns tell all but what is hidden on purpose
    months[missing], behind[missing, 2] = np.nan, 0.0
    housing = rng.choice(list(_HOUSING), p=[0.5, 0.35, 0.15], size=n)
    seen, chance, office = rng.normal(size=(3, n))
    risk = behind @ _RISK + np.vectorize(_HOUSING.get)(housing)
    risk += interaction * behind[:, 0] * behind[:, 1]
    outcome = risk + hidden * seen + math.sqrt(1 - hidden**2) * chance
    policy = behind @ _POLICY + _OFFICE * office + policy_noise * seen
    columns = pd.DataFrame(
        {
            "income_amount": np.round(3_000 * np.exp(0.5 * behind[:, 0]), -1),
            "debt_ratio": np.round(ndtr(behind[:, 1]), 2),
            "months_employed": months,
            "housing": housing.tolist(),
            "office_load": np.round(100 * ndtr(office)),
        }
    )
    return Applications.masked(
        columns, _highest(outcome, bad_rate), accepted=~_highest(policy, 1 - approval_rate)
    )


def _highest(values: Float1D, share: float) -> Bool1D:
    """Mark a share of the values, the highest; at least one, and not all."""
    n = min(max(round(share * len(values)), 1), len(values) - 1)
    highest: Bool1D = values > np.partition(values, -n - 1)[-n - 1]
    return highest
