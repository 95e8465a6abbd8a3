"""Probit regression as a scikit-learn classifier, estimated by statsmodels."""

from __future__ import annotations

import warnings
from typing import Any, Self

import numpy as np
from scipy.special import ndtr
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from creditscore._typing import Bool1D, Float1D, Float2D, Int1D
from creditscore._validation import check_both_classes, check_integer, check_weights
from creditscore._warn import warn_user
from creditscore.exceptions import (
    InvalidDataError,
    InvalidTargetError,
    NonConvergenceWarning,
    SeparationWarning,
)
from creditscore.scorecard._sign_classifier import SignClassifier


class ProbitClassifier(SignClassifier):
    """Classifier whose probabilities are the normal distribution of a linear predictor.

    A challenger beside the logistic model: thinner tails, else much the same. It takes numbers
    without gaps, such as weights of evidence.

    Parameters
    ----------
    max_iter : int, default=100
        Most steps of the estimate, 1 or more.

    Attributes
    ----------
    coef_ : ndarray of shape (n_features,)
        Coefficients of the predictor of ``classes_[1]``.
    intercept_ : float
        Its constant.
    standard_errors_ : ndarray of shape (n_features,)
        Of the coefficients, from the inverse of the expected information.
    intercept_error_ : float
        Standard error of the constant.
    log_likelihood_ : float
        At the estimate.
    n_iter_ : int
        Steps taken.
    classes_ : ndarray of shape (2,)
        Labels of the target, sorted.
    n_features_in_, feature_names_in_
        As in scikit-learn, the names where the columns have some of text.

    See Also
    --------
    LogisticScorecard : The card that it is compared with, see :func:`challenge`.

    Notes
    -----
    P(y = classes_[1]) = Φ(intercept + x · coef) with the standard normal distribution Φ [1]_, by
    maximum likelihood without penalty: iteratively reweighted least squares of statsmodels, on
    columns of mean 0 and spread 1, so that units do not matter. Weights are frequencies. Columns
    that determine each other share their weight. O(n · p²) time a step.

    References
    ----------
    .. [1] C. I. Bliss, "The Method of Probits", *Science* 79, 1934, pp. 38-39.

    Examples
    --------
    >>> from creditscore import WOEEncoder
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard import ProbitClassifier
    >>> german = load_german_credit()
    >>> X, y = german[["checking_status", "duration_months"]], german["is_bad"]
    >>> woe = WOEEncoder().fit_transform(X, y)
    >>> model = ProbitClassifier().fit(woe, y)
    >>> model.coef_.round(3), round(model.intercept_, 3)
    (array([-0.581, -0.579]), -0.5)
    """

    def __init__(self, *, max_iter: int = 100) -> None:
        self.max_iter = max_iter

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Estimate the coefficients.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Finite numbers.
        y : array-like of shape (n_samples,)
            Two labels of any kind.
        sample_weight : array-like of shape (n_samples,), optional
            Frequencies, zero or more.

        Returns
        -------
        ProbitClassifier
            Itself, fitted.

        Raises
        ------
        InvalidDataError
            Missing or infinite values, text, no rows.
        InvalidTargetError
            One class, or more than two.
        InvalidWeightError, InvalidParameterError
            A weight or a parameter is out of range.

        Warns
        -----
        SeparationWarning
            A class is predicted without error, so that no finite estimate exists.
        NonConvergenceWarning
            The search did not come to rest in `max_iter` steps.
        """
        check_integer(self.max_iter, "max_iter", type(self).__name__, low=1)
        values, classes, codes = _read_fit(self, X, y)
        weights = check_weights(sample_weight, n_rows=len(values))
        check_both_classes(codes == 1, weights)
        fit = _fit_probit(values, codes == 1, weights, self.max_iter)
        self.classes_ = classes
        self.intercept_, self.coef_ = float(fit.params[0]), fit.params[1:]
        self.intercept_error_, self.standard_errors_ = float(fit.errors[0]), fit.errors[1:]
        self.log_likelihood_, self.n_iter_ = fit.log_likelihood, fit.n_iter
        return self

    def decision_function(self, X: Any) -> Float1D:
        """Return the linear predictor of ``classes_[1]`` for each row, in standard deviations."""
        predictor: Float1D = _read_rows(self, X) @ self.coef_ + self.intercept_
        return predictor

    def predict_proba(self, X: Any) -> Float2D:
        """Return the probabilities of ``classes_[0]`` and ``classes_[1]`` for each row."""
        predictor = self.decision_function(X)
        return np.column_stack([ndtr(-predictor), ndtr(predictor)])


class _Fit:
    """What statsmodels found, in the units of the columns."""

    def __init__(self, result: Any, centre: Float1D, spread: Float1D) -> None:
        back = np.diag(np.append(1.0, 1 / spread))
        back[0, 1:] = -centre / spread
        self.params: Float1D = back @ result.params
        self.errors: Float1D = np.sqrt(np.diag(back @ result.cov_params() @ back.T))
        self.log_likelihood = float(result.llf)
        self.n_iter = int(result.fit_history["iteration"])


def _fit_probit(values: Float2D, is_second: Bool1D, weights: Float1D | None, max_iter: int) -> _Fit:
    """Estimate by the generalised linear model of statsmodels, whose warnings become ours."""
    # statsmodels takes seconds to import
    from statsmodels.genmod.families import (  # type: ignore[import-untyped] # noqa: PLC0415
        Binomial,
        links,
    )
    from statsmodels.genmod.generalized_linear_model import (  # type: ignore[import-untyped] # noqa: PLC0415
        GLM,
    )
    from statsmodels.tools.sm_exceptions import (  # type: ignore[import-untyped] # noqa: PLC0415
        PerfectSeparationWarning,
    )

    if weights is not None:
        rows = weights > 0
        values, is_second, weights = values[rows], is_second[rows], weights[rows]
    centre = np.average(values, axis=0, weights=weights)
    spread = np.sqrt(np.average((values - centre) ** 2, axis=0, weights=weights))
    spread[spread <= 1e-12 * np.abs(centre)] = 1.0
    design = np.column_stack([np.ones(len(values)), (values - centre) / spread])
    with warnings.catch_warnings(record=True, action="always") as caught:
        model = GLM(
            is_second.astype(np.float64),
            design,
            family=Binomial(link=links.Probit()),
            freq_weights=weights,
        )
        result = model.fit(maxiter=max_iter, tol=1e-12, rtol=1e-13)
        fit = _Fit(result, centre, spread)
    _warn_of(
        separated=any(issubclass(one.category, PerfectSeparationWarning) for one in caught),
        converged=bool(result.converged),
        max_iter=max_iter,
    )
    return fit


def _warn_of(*, separated: bool, converged: bool, max_iter: int) -> None:
    if separated:
        warn_user(
            "The columns of ProbitClassifier tell the classes apart without error, so its "
            "coefficients have no finite estimate. Join rare bins or leave out the column that "
            "does it.",
            SeparationWarning,
        )
    elif not converged:
        warn_user(
            f"The estimate of ProbitClassifier did not come to rest in {max_iter} steps. Raise "
            "max_iter, or look for columns that nearly separate the classes.",
            NonConvergenceWarning,
        )


def _read_fit(
    model: ProbitClassifier, X: Any, y: Any
) -> tuple[Float2D, np.ndarray[Any, Any], Int1D]:
    """Read and note the columns of a fit as scikit-learn does; its errors become ours."""
    if y is None:
        msg = "This estimator requires y to be passed, but the target y is None."
        raise InvalidTargetError(msg)
    try:
        values, labels = validate_data(model, X, y, dtype=np.float64)
        check_classification_targets(labels)
    except ValueError as error:
        raise InvalidDataError(str(error)) from error
    return values, *_two_classes(labels)


def _read_rows(model: ProbitClassifier, X: Any) -> Float2D:
    check_is_fitted(model)
    try:
        values: Float2D = validate_data(model, X, reset=False, dtype=np.float64)
    except ValueError as error:
        raise InvalidDataError(str(error)) from error
    return values


def _two_classes(labels: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], Int1D]:
    classes, codes = np.unique(labels, return_inverse=True)
    if len(classes) == 1:
        msg = (
            f"The target y has one class only, {classes.tolist()[0]!r}. Both classes are needed "
            "to tell them apart."
        )
        raise InvalidTargetError(msg)
    if len(classes) > 2:
        msg = (
            "Only binary classification is supported. The type of the target is multiclass: it "
            f"has {len(classes)} labels."
        )
        raise InvalidTargetError(msg)
    return classes, codes
