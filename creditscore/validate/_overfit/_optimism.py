"""How much a fit flatters itself on its own sample, by fits on resamples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._display import counted, html_table
from creditscore._progress import tracked
from creditscore._typing import Bool1D, Float1D, NativeFrame
from creditscore._validation import check_integer
from creditscore._warn import warn_user
from creditscore.exceptions import FailedFitWarning, InvalidDataError
from creditscore.metrics import auc, brier_score, calibration_line
from creditscore.validate._battery._finding import Finding, told
from creditscore.validate._overfit._fits import FIT_ERRORS, Fits

_EFRON = "Efron, JASA 78, 1983; Harrell, Regression Modeling Strategies, 2nd ed., 2015, 5.3.5"
_LEAST_PROB = 1e-12
"""Probabilities of 0 and 1 have no log-odds to draw a line through."""


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class BootstrapOptimism:
    """Measures on the sample of the fit, and corrected; by :func:`bootstrap_optimism`.

    Attributes
    ----------
    table : DataFrame
        A row a measure (AUC, Gini, Brier score, calibration slope): measure, apparent (on the
        sample of the fit), optimism, corrected (apparent less optimism), optimism_se (its
        simulation error), n (resamples).
    n_failed : int
        Resamples that no model could be fitted on; they count nowhere.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.validate import bootstrap_optimism
    >>> german = load_german_credit()
    >>> X = german[["duration_months", "age_years", "installment_rate"]]
    >>> bootstrap_optimism(LogisticRegression(), X, german["is_bad"], n_resamples=50)
    <BootstrapOptimism: AUC 0.643 on the sample of the fit, 0.641 corrected; 50 resamples>
    """

    table: pd.DataFrame
    n_failed: int

    def findings(self) -> tuple[Finding, ...]:
        """Return the lines of a report."""
        lines = []
        for row in self.table.to_dict("records"):
            note = (
                f"apparent {row['apparent']:.4f} less optimism {row['optimism']:.4f}; "
                f"{counted(int(row['n']), 'resample')}"
                + (f", {self.n_failed} failed" if self.n_failed else "")
            )
            name = f"{row['measure']}, corrected"
            test = "bootstrap optimism"
            lines.append(told("overfitting", test, name, row["corrected"], _EFRON, note))
        return tuple(lines)

    def __repr__(self) -> str:
        """Say in one line how much is left of the AUC."""
        row = self.table.iloc[0]
        failed = f", {self.n_failed} failed" if self.n_failed else ""
        return (
            f"<BootstrapOptimism: AUC {row['apparent']:.3f} on the sample of the fit, "
            f"{row['corrected']:.3f} corrected; {counted(int(row['n']), 'resample')}{failed}>"
        )

    def _repr_html_(self) -> str:
        numbers = ("apparent", "optimism", "corrected", "optimism_se")
        formats = {**dict.fromkeys(numbers, "{:.4f}"), "n": "{:,}"}
        return html_table(self.table, caption="Optimism of the fit", formats=formats)


def bootstrap_optimism(
    estimator: Any,
    X: NativeFrame,
    y: Any,
    *,
    n_resamples: int = 200,
    bad_label: Any = None,
    random_state: int = 0,
    progress: bool = False,
) -> BootstrapOptimism:
    """Estimate by how much measures on the sample of the fit are too good.

    Parameters
    ----------
    estimator : classifier
        With `fit` and `predict_proba`; clones of it are fitted, so that all that it chooses by the
        data (bins, columns) is chosen anew in each resample.
    X : table of shape (n_samples, n_features)
        The sample.
    y : array-like of shape (n_samples,)
        1 for bad, 0 for good, or two labels with `bad_label`.
    n_resamples : int, default=200
        Resamples, 2 or more.
    bad_label : scalar, optional
        The label that means bad.
    random_state : int, default=0
        Seed of the resamples.
    progress : bool, default=False
        Whether a bar is shown.

    Returns
    -------
    BootstrapOptimism

    Raises
    ------
    InvalidParameterError
        The estimator is no classifier, or a number is out of range.
    InvalidTargetError
        Missing outcomes or one class only.
    InvalidDataError
        No resample could be fitted.

    Warns
    -----
    FailedFitWarning
        Some resamples could not be fitted.

    Notes
    -----
    Rows are drawn with replacement, as many as there are; a model is fitted on the resample and
    measured on it and on the whole sample. The mean difference is the optimism, and what the fit
    on the whole sample shows, less the optimism, is the corrected measure [1]_ [2]_. The slope is
    that of the outcome on the log-odds: below 1 says that predictions spread too far. One fit a
    resample.

    References
    ----------
    .. [1] B. Efron, "Estimating the error rate of a prediction rule: improvement on
       cross-validation", *Journal of the American Statistical Association* 78, 1983, pp. 316-331.
    .. [2] F. E. Harrell, *Regression Modeling Strategies*, 2nd ed., Springer, 2015, sec. 5.3.5.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.validate import bootstrap_optimism
    >>> german = load_german_credit()
    >>> X = german[["duration_months", "age_years", "installment_rate"]]
    >>> found = bootstrap_optimism(LogisticRegression(), X, german["is_bad"], n_resamples=50)
    >>> found.table["measure"].tolist()
    ['AUC', 'Gini', 'Brier score', 'calibration slope']
    """
    owner = "bootstrap_optimism"
    check_integer(n_resamples, "n_resamples", owner, low=2)
    check_integer(random_state, "random_state", owner, low=0)
    fits = Fits.of(estimator, X, y, bad_label, owner)
    everything = np.arange(fits.n)
    apparent = _measures(fits.is_bad, fits.prob_of(fits.on_all(), everything))
    rng = np.random.default_rng(random_state)
    gaps, reasons = [], []
    for _ in tracked(range(n_resamples), "Resamples", progress=progress):
        rows = rng.integers(0, fits.n, fits.n)
        try:
            model = fits.on(rows)
            gaps.append(
                _measures(fits.is_bad[rows], fits.prob_of(model, rows))
                - _measures(fits.is_bad, fits.prob_of(model, everything))
            )
        except FIT_ERRORS as error:
            reasons.append(str(error))
    if len(gaps) < 2:
        msg = f"No model could be fitted on resamples of these rows, such as: {reasons[-1]}"
        raise InvalidDataError(msg)
    if reasons:
        warn_user(
            f"{counted(len(reasons), 'resample')} of {n_resamples} could not be fitted and "
            f"counted nowhere, the first because: {reasons[0]}",
            FailedFitWarning,
        )
    return BootstrapOptimism(table=_table(apparent, np.array(gaps)), n_failed=len(reasons))


def _measures(is_bad: Bool1D, prob: Float1D) -> Float1D:
    area = auc(is_bad, -prob)
    return np.array([area, 2 * area - 1, brier_score(is_bad, prob), _slope(is_bad, prob)])


def _slope(is_bad: Bool1D, prob: Float1D) -> float:
    """Return the slope of outcomes on the log-odds; NaN where none is finite."""
    inside = np.clip(prob, _LEAST_PROB, 1 - _LEAST_PROB)
    try:
        return calibration_line(is_bad, inside).slope.estimate
    except InvalidDataError:
        return float("nan")


def _table(apparent: Float1D, gaps: Float1D) -> pd.DataFrame:
    known = np.isfinite(gaps)
    n = known.sum(axis=0)
    optimism = np.full(len(apparent), np.nan)
    error = np.full(len(apparent), np.nan)
    for place in range(len(apparent)):
        if n[place] > 1:
            column = gaps[known[:, place], place]
            optimism[place], error[place] = column.mean(), column.std(ddof=1) / n[place] ** 0.5
    return pd.DataFrame(
        {
            "measure": ["AUC", "Gini", "Brier score", "calibration slope"],
            "apparent": apparent,
            "optimism": optimism,
            "corrected": apparent - optimism,
            "optimism_se": error,
            "n": n,
        }
    )
