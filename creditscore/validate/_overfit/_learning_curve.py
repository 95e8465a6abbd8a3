"""What more cases would bring: the AUC of fits on growing parts of the sample."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import html_table
from creditscore._progress import tracked
from creditscore._typing import Bool1D, Int1D, NativeFrame
from creditscore._validation import check_integer, check_real
from creditscore.exceptions import InvalidParameterError
from creditscore.metrics import auc
from creditscore.scorecard import Folds
from creditscore.validate._battery._finding import Finding, told
from creditscore.validate._overfit._fits import Fits

_SOURCE = "Perlich, Provost and Simonoff, Journal of Machine Learning Research 4, 2003"
_FLAT = 0.005
"""A gain of AUC below it, over the last step, is called a plateau."""


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class LearningCurve:
    """AUC by the number of cases that were fitted on; by :func:`learning_curve`.

    Attributes
    ----------
    table : DataFrame
        A row a size: n_train, n_bad, auc_train, auc_test (means over folds), auc_test_sd (their
        spread over folds), n_folds.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.validate import learning_curve
    >>> german = load_german_credit()
    >>> X = german[["duration_months", "age_years", "installment_rate"]]
    >>> learning_curve(LogisticRegression(), X, german["is_bad"], shares=(0.25, 1))
    <LearningCurve: AUC 0.632 of 200 cases to 0.642 of 800; still rising: more cases may help>
    """

    table: pd.DataFrame

    @property
    def gain(self) -> float:
        """AUC that the last step brought; NaN of one size."""
        areas = self.table["auc_test"].to_numpy()
        return float(areas[-1] - areas[-2]) if len(areas) > 1 else float("nan")

    @property
    def gap(self) -> float:
        """AUC on the rows of the fit less that on others, of the largest size."""
        last = self.table.iloc[-1]
        return float(last["auc_train"] - last["auc_test"])

    @property
    def in_words(self) -> str:
        """Whether more cases seem to help."""
        if np.isnan(self.gain):
            return "one size says nothing about more cases"
        if self.gain < _FLAT:
            return "a plateau"
        return "still rising: more cases may help"

    def findings(self) -> tuple[Finding, ...]:
        """Return the lines of a report."""
        test = "learning curve"
        return (
            told("overfitting", test, "AUC by the last step", self.gain, _SOURCE, self.in_words),
            told(
                "overfitting",
                test,
                "AUC on rows of the fit less that on others",
                self.gap,
                _SOURCE,
                f"fits on {self.table['n_train'].iloc[-1]:,} cases",
            ),
        )

    def __repr__(self) -> str:
        """Say in one line where the curve goes."""
        first, last = self.table.iloc[0], self.table.iloc[-1]
        return (
            f"<LearningCurve: AUC {first['auc_test']:.3f} of {first['n_train']:,.0f} cases to "
            f"{last['auc_test']:.3f} of {last['n_train']:,.0f}; {self.in_words}>"
        )

    def _repr_html_(self) -> str:
        areas = ("auc_train", "auc_test", "auc_test_sd")
        formats = {**dict.fromkeys(areas, "{:.4f}"), "n_train": "{:,}", "n_bad": "{:,}"}
        return html_table(self.table, caption=f"Learning curve: {self.in_words}", formats=formats)


def learning_curve(
    estimator: Any,
    X: NativeFrame,
    y: Any,
    *,
    shares: Sequence[float] = (0.1, 0.25, 0.5, 0.75, 1.0),
    folds: Folds | None = None,
    bad_label: Any = None,
    random_state: int = 0,
    progress: bool = False,
) -> LearningCurve:
    """Fit on growing parts of the sample, and measure the AUC on rows that were left out.

    Parameters
    ----------
    estimator : classifier
        With `fit` and `predict_proba`; clones of it are fitted.
    X : table of shape (n_samples, n_features)
        The sample.
    y : array-like of shape (n_samples,)
        1 for bad, 0 for good, or two labels with `bad_label`.
    shares : sequence of float, default=(0.1, 0.25, 0.5, 0.75, 1.0)
        Rising shares in (0, 1] of the rows that a fold is fitted on; each part holds the one
        before, and keeps the share of bads.
    folds : Folds, optional
        How rows are parted; five folds at random by default.
    bad_label : scalar, optional
        The label that means bad.
    random_state : int, default=0
        Seed of the folds and of the parts.
    progress : bool, default=False
        Whether a bar is shown.

    Returns
    -------
    LearningCurve

    Raises
    ------
    InvalidParameterError
        The estimator is no classifier, shares do not rise or lie outside (0, 1], or there are too
        few cases for the folds.
    InvalidTargetError
        Missing outcomes or one class only.

    Notes
    -----
    One fit a share and a fold. A gap between the two curves that does not close says that the
    model is richer than the sample; curves that meet low say that the columns do not tell more.

    References
    ----------
    .. [1] C. Perlich, F. Provost and J. S. Simonoff, "Tree induction vs. logistic regression: a
       learning-curve analysis", *Journal of Machine Learning Research* 4, 2003, pp. 211-255.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.validate import learning_curve
    >>> german = load_german_credit()
    >>> X = german[["duration_months", "age_years", "installment_rate"]]
    >>> curve = learning_curve(LogisticRegression(), X, german["is_bad"], shares=(0.5, 1))
    >>> curve.table["n_train"].tolist()
    [400, 800]
    """
    owner = "learning_curve"
    _check_shares(shares, owner)
    check_integer(random_state, "random_state", owner, low=0)
    folds = folds or Folds()
    check_kind(folds, "folds", owner, Folds)
    fits = Fits.of(estimator, X, y, bad_label, owner)
    rng = np.random.default_rng(random_state)
    steps = [
        (share, part, test)
        for train, test in folds.split(fits.is_bad, random_state)
        for share, part in _parts(train, fits.is_bad, shares, rng)
    ]
    rows = []
    for share, part, test in tracked(steps, "Learning curve", progress=progress):
        model = fits.on(part)
        rows.append(
            {
                "share": share,
                "n_train": len(part),
                "n_bad": int(fits.is_bad[part].sum()),
                "auc_train": auc(fits.is_bad[part], -fits.prob_of(model, part)),
                "auc_test": auc(fits.is_bad[test], -fits.prob_of(model, test)),
            }
        )
    by_share = pd.DataFrame(rows).groupby("share")
    table = by_share.mean().round({"n_train": 0, "n_bad": 0})
    table = table.astype({"n_train": np.int64, "n_bad": np.int64})
    table["auc_test_sd"] = by_share["auc_test"].std()
    table["n_folds"] = by_share.size()
    return LearningCurve(table=table.reset_index(drop=True))


def _check_shares(shares: Sequence[float], owner: str) -> None:
    given = shares if isinstance(shares, Iterable) else ()
    rising = [check_real(share, "shares", owner, low=0, high=1, closed="right") for share in given]
    if not rising or any(np.diff(rising) <= 0):
        msg = (
            f"The 'shares' parameter of {owner} must be numbers that rise, such as (0.5, 1). Got "
            f"{shares!r} instead."
        )
        raise InvalidParameterError(msg)


def _parts(
    train: Int1D, is_bad: Bool1D, shares: Sequence[float], rng: np.random.Generator
) -> list[tuple[float, Int1D]]:
    """Return growing parts of the rows, with goods and bads in their proportion."""
    classes = [rng.permutation(train[is_bad[train] == kind]) for kind in (False, True)]
    parts = []
    for share in shares:
        counts = [round(share * len(rows)) for rows in classes]
        if min(counts) < 2:
            msg = (
                f"A share of {share:g} leaves {min(counts)} cases of a class to fit on, and two "
                "are needed. Begin with a larger share."
            )
            raise InvalidParameterError(msg)
        chosen = [rows[:count] for rows, count in zip(classes, counts, strict=True)]
        parts.append((share, np.sort(np.concatenate(chosen))))
    return parts
