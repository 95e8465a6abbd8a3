"""Weights by the propensity to answer, which a logistic regression estimates."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import expit

from creditscore._frame import Table, as_table
from creditscore._newton import fit_logistic
from creditscore._typing import Float1D, Float2D, NativeFrame
from creditscore._validation import check_finite, check_integer, check_same_order
from creditscore._warn import warn_user
from creditscore.collect._campaign._class_weights import read_answered
from creditscore.collect._campaign._response_weights import ResponseWeights, weight_series
from creditscore.exceptions import InvalidDataError, ResponseWarning, SeparationWarning

_LOW_PROPENSITY = 0.02
"""A propensity below which one answer stands for more than fifty customers."""


def propensity_weights(
    answered: Any,
    features: NativeFrame,
    *,
    base_weights: Any = None,
    n_classes: int | None = 5,
) -> ResponseWeights:
    r"""Weight each answer by the inverse of the chance that such a customer answers.

    Parameters
    ----------
    answered : array-like of shape (n_customers,)
        1 for those who answered, 0 for those who were asked and did not, such as
        :meth:`Campaign.answered`; leave out who is ineligible.
    features : table of shape (n_customers, n_features)
        What is known of both: numbers as they are, text as one column a value. No gaps.
    base_weights : array-like of shape (n_customers,), optional
        How many customers each of the sample stood for; without, 1.
    n_classes : int or None, default=5
        Customers are put into so many classes of about equal propensity, and weighted by the
        response rate of the class, which is safer where the model is wrong [2]_; None takes the
        inverse of each propensity as it is. 2 or more.

    Returns
    -------
    ResponseWeights
        They add up to the base weights of all.

    Raises
    ------
    EmptyDataError
        Nobody answered.
    InvalidDataError
        Everybody answered, gaps, infinite values, not as many rows.
    InvalidParameterError
        A parameter outside its range.

    Warns
    -----
    ResponseWarning
        Customers whose propensity is below 0.02, of whom one answer stands for fifty or more.
    SeparationWarning
        Features tell without error who answers.

    Notes
    -----
    The model is :math:`\mathrm{logit}\, p = a + b' x` by maximum likelihood. Weights are
    :math:`d / p`, or those of :func:`class_weights` over classes of :math:`p`, brought to the
    total of the base weights.

    References
    ----------
    .. [1] P. R. Rosenbaum and D. B. Rubin, "The central role of the propensity score in
       observational studies for causal effects", *Biometrika* 70 (1983), 41-55.
    .. [2] R. J. A. Little, "Survey nonresponse adjustments for estimates of means",
       *International Statistical Review* 54 (1986), 139-157.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from creditscore.collect import propensity_weights
    >>> rng = np.random.default_rng(0)
    >>> size = rng.normal(size=1000)
    >>> answered = rng.random(1000) < 1 / (1 + np.exp(-size))
    >>> found = propensity_weights(answered, pd.DataFrame({"size": size}))
    >>> weighted = float(np.average(size[answered], weights=found.weights))
    >>> bool(abs(weighted - size.mean()) < 0.2 * (size[answered].mean() - size.mean()))
    True
    """
    owner = "propensity_weights"
    if n_classes is not None:
        check_integer(n_classes, "n_classes", owner, low=2)
    has_answered, base, index = read_answered(answered, base_weights, owner)
    check_same_order(features, answered, beside="features", name="answered", error=InvalidDataError)
    if has_answered.all():
        msg = "Everybody answered: there is no non-response to weight against."
        raise InvalidDataError(msg)
    design = _design(as_table(features), len(has_answered))
    fit = fit_logistic(
        design, has_answered, base, start=np.zeros(1 + design.shape[1]), sampling=True
    )
    if fit.diverging.any():
        warn_user(
            "The features tell without error who answers, so that some customers have no one like "
            "them among the answers. Leave out or join values of the features.",
            SeparationWarning,
        )
    propensity = expit(fit.intercept + design @ fit.coefficients)
    low = int((propensity < _LOW_PROPENSITY).sum())
    if low:
        warn_user(
            f"{low:,} of {len(propensity):,} customers answer with a chance below "
            f"{_LOW_PROPENSITY:g}: hardly anybody speaks for them. Use classes, or trim.",
            ResponseWarning,
        )
    weights = _inverse(propensity, has_answered, base, n_classes)
    weights *= base.sum() / weights[has_answered].sum()
    method = "propensity" if n_classes is None else f"propensity in {n_classes} classes"
    return ResponseWeights(weights=weight_series(weights, has_answered, index), method=method)


def _inverse(
    propensity: Float1D, answered: np.ndarray[Any, Any], base: Float1D, n_classes: int | None
) -> Float1D:
    if n_classes is None:
        return np.asarray(base / propensity)
    cuts = np.quantile(propensity, np.arange(1, n_classes) / n_classes)
    codes = np.searchsorted(cuts, propensity, side="right")
    part = np.bincount(codes, weights=base * answered, minlength=n_classes)
    # a class without an answer joins the next of higher propensity, or the last that has one
    joined = np.arange(n_classes)
    with_answer = np.flatnonzero(part > 0)
    for place in joined:
        after = with_answer[with_answer >= place]
        joined[place] = after[0] if len(after) else with_answer[-1]
    codes = joined[codes]
    whole = np.bincount(codes, weights=base, minlength=n_classes)
    part = np.bincount(codes, weights=base * answered, minlength=n_classes)
    return np.asarray(base * (whole / np.where(part > 0, part, 1.0))[codes])


def _design(table: Table, n_rows: int) -> Float2D:
    if table.n_rows != n_rows:
        msg = f"features must have a row for each of {n_rows} customers. Got {table.n_rows}."
        raise InvalidDataError(msg)
    columns: list[Float1D] = []
    for name in table.names:
        if table.kind(name) == "numeric":
            values = check_finite(table.numeric(name), name=name)
            _refuse_gaps(np.isnan(values), name)
            columns.append(values)
            continue
        codes, levels = table.levels(name)
        _refuse_gaps(codes < 0, name)
        columns.extend((codes == code).astype(np.float64) for code in range(1, len(levels)))
    return np.column_stack(columns) if columns else np.empty((n_rows, 0))


def _refuse_gaps(gaps: np.ndarray[Any, Any], name: str) -> None:
    if gaps.any():
        msg = (
            f"The feature {name!r} has {int(gaps.sum())} gaps, the first at row "
            f"{int(gaps.argmax())}. Fill them, or make them a value of their own."
        )
        raise InvalidDataError(msg)
