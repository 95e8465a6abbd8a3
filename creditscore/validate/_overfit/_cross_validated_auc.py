"""The AUC on rows that a model was not fitted on, with an error that knows of the folds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from creditscore._checks import check_kind
from creditscore._display import html_table
from creditscore._progress import tracked
from creditscore._typing import Bool1D, Float1D, NativeFrame
from creditscore._validation import check_real
from creditscore.metrics import Interval, auc
from creditscore.scorecard import Folds
from creditscore.validate._battery._finding import Finding, finding_of_interval, told
from creditscore.validate._overfit._fits import Fits

_LEDELL = "LeDell, Petersen and van der Laan, Electronic Journal of Statistics 9, 2015"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class CrossValidatedAuc:
    """AUC in folds; by :func:`cross_validated_auc`.

    Attributes
    ----------
    auc : Interval
        Mean of the AUC over folds, with its interval.
    table : DataFrame
        A row a fold: fold, n_train, n_test, n_bad (of the test), auc_train, auc_test.
    apparent : float
        AUC on the whole sample of the model that is fitted on it.
    prob_default : ndarray of shape (n_samples,)
        What models say of rows that they were not fitted on; NaN for rows that judge no fold.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.validate import cross_validated_auc
    >>> german = load_german_credit()
    >>> X = german[["duration_months", "age_years", "installment_rate"]]
    >>> found = cross_validated_auc(LogisticRegression(), X, german["is_bad"])
    >>> found
    <CrossValidatedAuc: 0.642 (0.606 to 0.679) in 5 folds, 0.643 on the sample of the fit>
    """

    auc: Interval
    table: pd.DataFrame
    apparent: float
    prob_default: Float1D

    @property
    def optimism(self) -> float:
        """AUC on the sample of the fit, less that on rows that were not fitted on."""
        return self.apparent - self.auc.estimate

    def findings(self) -> tuple[Finding, ...]:
        """Return the lines of a report."""
        test = "cross-validated AUC"
        note = f"{len(self.table)} folds, {self.auc.level:.0%} interval"
        spread = self.table["auc_test"]
        return (
            finding_of_interval(
                self.auc, "overfitting", test=test, measure="AUC", source=_LEDELL, note=note
            ),
            told("overfitting", test, "AUC on the sample of the fit", self.apparent, _LEDELL),
            told(
                "overfitting",
                test,
                "least AUC of a fold",
                spread.min(),
                _LEDELL,
                f"largest {spread.max():.4f}",
            ),
        )

    def __repr__(self) -> str:
        """Say in one line what was found."""
        return (
            f"<CrossValidatedAuc: {self.auc} in {len(self.table)} folds, {self.apparent:.3f} on "
            "the sample of the fit>"
        )

    def _repr_html_(self) -> str:
        caption = f"AUC {self.auc}; on the sample of the fit {self.apparent:.3f}"
        formats = dict.fromkeys(("n_train", "n_test", "n_bad"), "{:,}")
        formats |= {"auc_train": "{:.4f}", "auc_test": "{:.4f}"}
        return html_table(self.table, caption=caption, formats=formats)


def cross_validated_auc(
    estimator: Any,
    X: NativeFrame,
    y: Any,
    *,
    folds: Folds | None = None,
    level: float = 0.95,
    bad_label: Any = None,
    random_state: int = 0,
    progress: bool = False,
) -> CrossValidatedAuc:
    """Measure the AUC on rows that the model was not fitted on.

    Parameters
    ----------
    estimator : classifier
        With `fit` and `predict_proba`, such as :class:`creditscore.LogisticScorecard`; clones of
        it are fitted.
    X : table of shape (n_samples, n_features)
        The sample.
    y : array-like of shape (n_samples,)
        1 for bad, 0 for good, or two labels with `bad_label`.
    folds : Folds, optional
        How rows are parted; five folds at random by default. Give it groups for customers with
        several rows, and periods where later customers must judge.
    level : float, default=0.95
        Confidence level in (0, 1).
    bad_label : scalar, optional
        The label that means bad.
    random_state : int, default=0
        Seed of the folds.
    progress : bool, default=False
        Whether a bar is shown.

    Returns
    -------
    CrossValidatedAuc

    Raises
    ------
    InvalidParameterError
        The estimator is no classifier, or there are too few cases for the folds.
    InvalidTargetError
        Missing outcomes or one class only.

    Notes
    -----
    The estimate is the mean of the AUC in the folds, not the AUC of pooled probabilities, which
    would compare cases across models. Its variance is that of the influence curve [1]_: with the
    AUC of the fold, a bad case counts (share of goods above - AUC) / share of bads, and a good one
    (share of bads below - AUC) / share of goods; the mean square over folds, divided by n, is the
    variance. It says how well this way of fitting ranks on samples like this; the fits share rows,
    so the spread of folds alone would say too little. One fit a fold and one of the whole.

    References
    ----------
    .. [1] E. LeDell, M. Petersen and M. van der Laan, "Computationally efficient confidence
       intervals for cross-validated area under the ROC curve estimates", *Electronic Journal of
       Statistics* 9, 2015, pp. 1583-1607.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard import Folds
    >>> from creditscore.validate import cross_validated_auc
    >>> german = load_german_credit()
    >>> X = german[["duration_months", "age_years", "installment_rate"]]
    >>> found = cross_validated_auc(
    ...     LogisticRegression(), X, german["is_bad"], folds=Folds(n_folds=10)
    ... )
    >>> len(found.table), round(found.optimism, 3)
    (10, 0.001)
    """
    owner = "cross_validated_auc"
    check_real(level, "level", owner, low=0, high=1)
    folds = folds or Folds()
    check_kind(folds, "folds", owner, Folds)
    fits = Fits.of(estimator, X, y, bad_label, owner)
    parts = folds.split(fits.is_bad, random_state)
    prob = np.full(fits.n, np.nan)
    rows, squares = [], []
    named = list(zip(folds.labels(parts), parts, strict=True))
    for name, (train, test) in tracked(named, "Folds", progress=progress):
        model = fits.on(train)
        prob[test] = fits.prob_of(model, test)
        area = auc(fits.is_bad[test], -prob[test])
        squares.append(_mean_square(fits.is_bad[test], -prob[test], area))
        rows.append(
            {
                "fold": name,
                "n_train": len(train),
                "n_test": len(test),
                "n_bad": int(fits.is_bad[test].sum()),
                "auc_train": auc(fits.is_bad[train], -fits.prob_of(model, train)),
                "auc_test": area,
            }
        )
    table = pd.DataFrame(rows)
    everything = np.arange(fits.n)
    apparent = auc(fits.is_bad, -fits.prob_of(fits.on_all(), everything))
    error = float(np.sqrt(np.mean(squares) / table["n_test"].sum()))
    return CrossValidatedAuc(
        auc=_interval(float(table["auc_test"].mean()), error, level),
        table=table,
        apparent=apparent,
        prob_default=prob,
    )


def _mean_square(is_bad: Bool1D, score: Float1D, area: float) -> float:
    """Return the mean square of the influence curve of an AUC over the cases of a fold."""
    ranks = np.sort(score[~is_bad]), np.sort(score[is_bad])
    curve = np.empty(len(score))
    above = _share_above(ranks[0], score[is_bad])
    below = 1 - _share_above(ranks[1], score[~is_bad])
    share = is_bad.mean()
    curve[is_bad] = (above - area) / share
    curve[~is_bad] = (below - area) / (1 - share)
    return float(np.mean(curve**2))


def _share_above(ordered: Float1D, values: Float1D) -> Float1D:
    """Return the share of ordered numbers above each value, ties at one half."""
    left, right = (np.searchsorted(ordered, values, side=side) for side in ("left", "right"))
    share: Float1D = 1 - (left + right) / (2 * len(ordered))
    return share


def _interval(estimate: float, error: float, level: float) -> Interval:
    margin = float(ndtri(0.5 + level / 2)) * error
    return Interval(estimate, max(0.0, estimate - margin), min(1.0, estimate + margin), level)
