"""How firm a prior should be: by the likelihood of cases that the fit did not see."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from creditscore._checks import check_kind
from creditscore._display import html_table
from creditscore._frame import as_table
from creditscore._typing import Bool1D, Float1D, NativeFrame
from creditscore._validation import check_integer, check_real
from creditscore.exceptions import (
    CreditScoreError,
    CreditScoreWarning,
    InvalidDataError,
    InvalidParameterError,
)
from creditscore.expert._outcomes._cases import counts_of, read_outcomes
from creditscore.expert._outcomes._logit import log_likelihood
from creditscore.scorecard import CoefficientPrior, LogisticScorecard


@dataclass(frozen=True, kw_only=True, repr=False)
class PriorChoice:
    """How firm a prior foretells best; by :func:`choose_prior_sd`.

    Attributes
    ----------
    prior : CoefficientPrior
        With the standard deviation that was chosen.
    sds : tuple of float
        Standard deviations tried, increasing; infinity at the end is maximum likelihood, without
        a prior.
    log_likelihoods : tuple of float
        Mean log-likelihood of a case held out, for each of them.
    n_folds : int
        Parts that the sample was divided into.
    n_good, n_bad : float
        Cases (weights).

    Examples
    --------
    >>> from creditscore.expert import PriorChoice
    >>> from creditscore.scorecard import CoefficientPrior
    >>> prior = CoefficientPrior(means={"age": -1.0}, sd=0.2)
    >>> PriorChoice(prior=prior, sds=(0.2, float("inf")), log_likelihoods=(-0.30, -0.35),
    ...             n_folds=5, n_good=480, n_bad=20)
    <PriorChoice: standard deviation 0.2, held-out log-likelihood -0.3000 a case (-0.3500 without \
a prior); 5 folds of 500 cases, 20 bad>
    """

    prior: CoefficientPrior
    sds: tuple[float, ...]
    log_likelihoods: tuple[float, ...]
    n_folds: int
    n_good: float
    n_bad: float

    def table(self) -> pd.DataFrame:
        """Return a row a standard deviation: sd, log_likelihood (mean of a case), chosen.

        Returns
        -------
        DataFrame
        """
        best = self.prior.arrays(self.prior.names)[1][0]
        chosen = [sd == best for sd in self.sds]
        return pd.DataFrame(
            {"sd": self.sds, "log_likelihood": self.log_likelihoods, "chosen": chosen}
        )

    def __repr__(self) -> str:
        """Say in one line what was chosen and what it gains."""
        chosen = self.table().query("chosen").iloc[0]
        return (
            f"<{type(self).__name__}: standard deviation {chosen['sd']:g}, held-out "
            f"log-likelihood {chosen['log_likelihood']:.4f} a case ({self.log_likelihoods[-1]:.4f} "
            f"without a prior); {self.n_folds} folds of {self.n_good + self.n_bad:,.0f} cases, "
            f"{self.n_bad:,.0f} bad>"
        )

    def _repr_html_(self) -> str:
        """Show the table."""
        formats = {"sd": "{:g}", "log_likelihood": "{:.5f}"}
        return html_table(self.table(), caption="How firm the prior", formats=formats)


def choose_prior_sd(
    model: LogisticScorecard,
    X: NativeFrame,
    is_bad: Any,
    *,
    sds: Sequence[float] = (0.05, 0.1, 0.2, 0.5, 1.0),
    n_folds: int = 5,
    sample_weight: Any = None,
    random_state: int | None = None,
) -> PriorChoice:
    """Choose the standard deviation of a prior by cross-validated likelihood.

    Parameters
    ----------
    model : LogisticScorecard
        With a `prior`, whose means are kept; it is cloned, not changed.
    X : table of shape (n_samples, n_columns)
        Raw columns, as for the fit of `model`.
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good.
    sds : sequence of float, default=(0.05, 0.1, 0.2, 0.5, 1.0)
        Standard deviations of all coefficients to try, above zero.
    n_folds : int, default=5
        Parts of the sample, each held out once; 2 or more, and no more than there are bad cases
        or good ones.
    sample_weight : array-like of shape (n_samples,), optional
        Frequencies, zero or more.
    random_state : int, optional
        Seed of the division into parts.

    Returns
    -------
    PriorChoice
        The best; of equal ones the firmest. Maximum likelihood is in its table for comparison
        and never chosen.

    Raises
    ------
    InvalidParameterError
        The model has no prior; a parameter is out of range.
    InvalidDataError
        A class has fewer cases than there are folds; a fold cannot be fitted.

    Notes
    -----
    The whole model, bins included, is fitted on each n_folds - 1 parts, with warnings left out,
    and judged by the mean log-likelihood of the cases of the part held out. Time of n_folds ·
    (len(sds) + 1) fits. Where the means come from the same sample by way of its WOE
    (:func:`prior_from_scorecard`), they have seen the cases held out, and firm priors look a
    little better than they are. With twenty bad cases the choice itself is uncertain: repeat it
    with other seeds.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.expert import choose_prior_sd
    >>> from creditscore.scorecard import CoefficientPrior
    >>> german = load_german_credit().head(150)
    >>> columns = ["checking_status", "duration_months", "savings_status"]
    >>> model = LogisticScorecard(prior=CoefficientPrior(means=dict.fromkeys(columns, -1.0)))
    >>> choice = choose_prior_sd(model, german[columns], german["is_bad"], random_state=0)
    >>> choice.table().round(4)
         sd  log_likelihood  chosen
    0  0.05         -0.5045   False
    1  0.10         -0.5044   False
    2  0.20         -0.5040   False
    3  0.50         -0.5032   False
    4  1.00         -0.5031    True
    5   inf         -0.5033   False
    """
    owner = "choose_prior_sd"
    check_kind(model, "model", owner, LogisticScorecard)
    prior = model.prior
    if not isinstance(prior, CoefficientPrior):
        msg = f"The 'model' of {owner} has no prior: LogisticScorecard(prior=CoefficientPrior(…))."
        raise InvalidParameterError(msg)
    if np.ndim(sds) != 1 or not len(sds):
        msg = (
            f"The 'sds' parameter of {owner} must list a standard deviation or more. Got {sds!r} "
            "instead."
        )
        raise InvalidParameterError(msg)
    tried = sorted({check_real(sd, "sds", owner, low=0, high=math.inf) for sd in sds})
    check_integer(n_folds, "n_folds", owner, low=2)
    table = as_table(X)
    bad, weights = read_outcomes(X, is_bad, sample_weight, table.n_rows)
    models = [clone(model).set_params(prior=prior.with_sd(sd)) for sd in tried]
    models.append(clone(model).set_params(prior=None))
    sums = np.zeros(len(models))
    for train, test in folds_of(bad, n_folds, random_state, owner):
        for place, candidate in enumerate(models):
            log_odds = held_out_log_odds(candidate, X, bad, weights, train, test)
            held = None if weights is None else weights[test]
            sums[place] += log_likelihood(log_odds, bad[test], held)
    n_good, n_bad = counts_of(bad, weights)
    means = (sums / (n_good + n_bad)).tolist()
    return PriorChoice(
        prior=prior.with_sd(tried[int(np.argmax(means[:-1]))]),
        sds=(*tried, math.inf),
        log_likelihoods=tuple(means),
        n_folds=n_folds,
        n_good=n_good,
        n_bad=n_bad,
    )


def folds_of(
    is_bad: Bool1D, n_folds: int, random_state: int | None, owner: str
) -> list[tuple[Any, Any]]:
    """Divide rows into folds with like shares of bad cases; return places to fit and to judge."""
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415 - takes time to import

    fewest = int(min(is_bad.sum(), (~is_bad).sum()))
    if fewest < n_folds:
        msg = (
            f"{owner} needs a case of each class in each of {n_folds} folds, and the rarer class "
            f"has {fewest}. Ask for fewer folds, or bring more cases."
        )
        raise InvalidDataError(msg)
    splitter = StratifiedKFold(n_folds, shuffle=True, random_state=random_state)
    return list(splitter.split(np.zeros((len(is_bad), 1)), is_bad))


def held_out_log_odds(
    model: LogisticScorecard,
    X: NativeFrame,
    is_bad: Bool1D,
    weights: Float1D | None,
    train: Any,
    test: Any,
) -> Float1D:
    """Fit a model on some rows, without its warnings; return ln(good / bad) of others."""
    table = as_table(X)
    fitted = clone(model)
    held = None if weights is None else weights[train]
    with warnings.catch_warnings(action="ignore", category=CreditScoreWarning):
        try:
            fitted.fit(table.taken(train), is_bad[train].astype(np.int64), held)
        except CreditScoreError as error:
            msg = (
                "One of the folds cannot be fitted, which has fewer cases than the sample: "
                f"{error} Ask for more folds or fewer columns, or for min_iv=0."
            )
            raise InvalidDataError(msg) from error
        score = fitted.scorecard_.score_array(table.taken(test))
    log_odds: Float1D = fitted.scale_.log_odds(score)
    return log_odds
