"""Synthetic persons who ask for credit: income, debts, enquiries, delinquencies, stability."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.random import Generator

from creditscore._typing import Float1D
from creditscore._validation import check_integer
from creditscore.datasets._enterprises._draws import (
    chance,
    logistic,
    numbered,
    spread,
    table,
    whole,
)
from creditscore.datasets._enterprises._firms import AS_OF


def make_persons(n_persons: int = 500, *, random_state: int = 0) -> pd.DataFrame:
    """Make synthetic persons with what a lender asks of them, and who defaulted within a year.

    Parameters
    ----------
    n_persons : int, default=500
        How many persons, 1 or more.
    random_state : int, default=0
        Seed, 0 or more; the same seed gives the same table.

    Returns
    -------
    persons : pandas.DataFrame of shape (n_persons, 19)
        A fresh table, a row a person.

        ============================  ==========  ==============================================
        Column                        Unit        Meaning
        ============================  ==========  ==============================================
        customer                      text        the person
        known_on                      day         when the facts became known
        monthly_income                currency    income a month after tax
        annual_income                 currency    12 times that
        monthly_debt_service          currency    interest and repayments a month
        monthly_living_costs          currency    rent, food and all else a month
        requested_monthly_payment     currency    payment a month of the credit asked for
        revolving_limit               currency    sum of the limits of all credit lines
        revolving_balance             currency    what is drawn; at times above the limit
        total_debt                    currency    all debts
        savings                       currency    money laid by
        enquiries_6m                  count       enquiries of lenders in 6 months
        delinquencies_24m             count       payments late by 30 days or more in 24 months
        worst_status_24m              months      longest of these delays; 0 where there is none
        n_accounts                    count       open accounts
        age_of_oldest_account_months  months      age of the oldest account, missing without one
        months_at_address             months      time at the present address
        months_in_job                 months      time in the present job, missing without one
        is_bad                        code 0, 1   target: 1 default within 12 months, 0 none
        ============================  ==========  ==============================================

    Raises
    ------
    InvalidParameterError
        If a parameter is no whole number, or too small.

    See Also
    --------
    make_enterprises : Firms.

    Notes
    -----
    No person exists. Leave `is_bad` out where the table goes into records of what was known.
    The mean use of credit lines follows a published figure, 29 % [1]_, and all else is
    assumed: a quality that nobody sees, an average default rate of about 5 %, and figures that
    show the quality with an error. Some have no income of their own or no credit line, so that
    ratios meet a zero. O(n) time.

    References
    ----------
    .. [1] Experian (2024). Experian Consumer Credit Review 2023: average credit utilisation
       in the third quarter of 2023.

    Examples
    --------
    >>> from creditscore.datasets import make_persons
    >>> persons = make_persons()
    >>> persons.shape
    (500, 19)
    >>> int(persons["is_bad"].sum())
    30
    """
    owner = "make_persons"
    n = check_integer(n_persons, "n_persons", owner, low=1)
    rng = np.random.default_rng(check_integer(random_state, "random_state", owner, low=0))
    quality = rng.standard_normal(n)
    shown = quality + 0.8 * rng.standard_normal(n)
    has_income = ~chance(rng, 0.03, n)
    earned = np.rint(2100 * np.exp(0.12 * shown) * spread(rng, 0.45, n))
    columns = _money(np.where(has_income, earned, 0.0), shown, rng)
    columns |= _history(quality, shown, rng)
    at_work = np.floor(np.minimum(45 * spread(rng, 0.9, n) * np.exp(0.2 * shown), 600))
    is_bad = chance(rng, logistic(-3.65 - 1.3 * quality), n)
    return table(
        {
            "customer": numbered("P", np.arange(1, n + 1), max(4, len(str(n)))),
            "known_on": AS_OF - whole(rng, 0, 180, n).astype("timedelta64[D]"),
        }
        | columns
        | {
            "months_at_address": np.floor(np.minimum(50 * spread(rng, 0.9, n), 800)),
            "months_in_job": np.where(has_income, at_work, np.nan),
            "is_bad": is_bad.astype(np.int64),
        }
    )


def _money(income: Float1D, shown: Float1D, rng: Generator) -> dict[str, Float1D]:
    """Return what comes in, what goes out, and what is owed and laid by."""
    n = len(income)
    base = np.maximum(income, 600)
    limit = 100 * np.rint(
        np.where(chance(rng, 0.08, n), 0, 4.5 * income * spread(rng, 0.6, n)) / 100
    )
    use = logistic(-1.25 - 0.75 * shown + 0.8 * rng.standard_normal(n))
    # Few draw more than the limit.
    use = np.where(chance(rng, 0.02, n), 1.0 + 0.1 * rng.random(n), use)
    balance = np.rint(limit * use)
    service = logistic(-1.6 - 0.5 * shown + 0.6 * rng.standard_normal(n))
    costs = np.clip(0.55 + 0.12 * rng.standard_normal(n), 0.25, 0.95)
    return {
        "monthly_income": income,
        "annual_income": 12 * income,
        "monthly_debt_service": np.rint(base * service),
        "monthly_living_costs": np.rint(base * costs),
        "requested_monthly_payment": np.rint(base * 0.10 * spread(rng, 0.5, n)),
        "revolving_limit": limit,
        "revolving_balance": balance,
        "total_debt": balance + np.rint(base * service * 40 * spread(rng, 0.5, n)),
        "savings": np.rint(base * np.exp(0.5 + 0.5 * shown + rng.standard_normal(n))),
    }


def _history(quality: Float1D, shown: Float1D, rng: Generator) -> dict[str, Float1D]:
    """Return what a credit bureau tells."""
    n = len(quality)
    late = np.floor(np.exp(-1.2 - 0.9 * quality + 0.9 * rng.standard_normal(n)))
    late = np.minimum(late, 24)
    accounts = np.minimum(np.floor(5 * rng.random(n) ** 1.3 * spread(rng, 0.4, n)), 30)
    oldest = np.floor(np.minimum(80 * spread(rng, 0.7, n) * np.exp(0.15 * shown), 600))
    return {
        "enquiries_6m": np.minimum(
            np.floor(np.exp(0.1 - 0.4 * shown + 0.7 * rng.standard_normal(n))), 20
        ),
        "delinquencies_24m": late,
        "worst_status_24m": np.where(late > 0, whole(rng, 1, 4, n), 0).astype(float),
        "n_accounts": accounts,
        "age_of_oldest_account_months": np.where(accounts > 0, oldest, np.nan),
    }
