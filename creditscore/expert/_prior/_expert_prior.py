"""A card of judgement as what is held of coefficients before the data."""

from __future__ import annotations

from typing import Any

import numpy as np

from creditscore._checks import check_kind
from creditscore._frame import as_table, missing_message
from creditscore._typing import Float1D, NativeFrame
from creditscore._validation import check_same_order, check_weights
from creditscore._warn import warn_user
from creditscore.binning import WOEEncoder
from creditscore.exceptions import (
    CoefficientSignWarning,
    InvalidDataError,
    InvalidParameterError,
    InvalidWeightError,
    MissingColumnError,
)
from creditscore.expert._outcomes._cases import plain_card, scale_of
from creditscore.scorecard import CoefficientPrior, PointsScale, Scorecard

_DISAGREE = 0.05
"""Coefficient above 0 from which judgement and data are held to point different ways."""


def prior_from_scorecard(
    card: Any,
    encoder: WOEEncoder,
    X: NativeFrame,
    *,
    sd: float = 0.5,
    sample_weight: Any = None,
) -> CoefficientPrior:
    """Say in coefficients of the WOE what a card of judgement holds of each column.

    Parameters
    ----------
    card : Scorecard or ExpertScorecard
        The card of judgement, on a scale; :func:`calibrated` gives it one. All its columns have
        bins in `encoder`.
    encoder : WOEEncoder
        Fitted, best on the sample that the prior is for, and with the settings with which the
        card will be fitted: ``LogisticScorecard(encoder=encoder, prior=prior)``.
    X : table of shape (n_samples, n_columns)
        Customers over whom judgement and WOE are compared; outcomes are not needed, so that those
        who have none yet may be among them.
    sd : float, default=0.5
        Standard deviation of each coefficient around its mean, above zero; as the WOE of a column
        by itself has the coefficient -1, 0.5 is a loose prior and 0.1 a firm one.
        :func:`choose_prior_sd` finds it by the data.
    sample_weight : array-like of shape (n_samples,), optional
        Frequencies of the customers, zero or more.

    Returns
    -------
    CoefficientPrior
        A mean for each column with bins; 0 for those that the card does not hold, which it gives
        no weight. Columns of one WOE have none.

    Raises
    ------
    UncalibratedCardError
        The card has no scale.
    MissingColumnError
        A column of the card has no bins, so that what it says would be lost.
    InvalidParameterError
        The encoder is not fitted; a parameter is out of range.
    InvalidDataError
        No column differs among these customers.

    Warns
    -----
    CoefficientSignWarning
        A mean is clearly above 0: by the card such customers are safer, by the WOE riskier.

    Notes
    -----
    The points of a column over the factor of the scale are its part of ln(good / bad). The mean
    of its coefficient is minus the slope of the least squares line of that part on the WOE, over
    the customers: the multiple of the WOE that comes nearest to the judgement. O(n) time a
    column.

    Only the weight of a column is taken from the card, not its shape: that is the WOE's. With
    very few bad cases the WOE is itself uncertain; give the encoder few and wide bins, or those of
    the card by `user_cuts`.

    Examples
    --------
    >>> from creditscore import LogisticScorecard, PointsScale, Scorecard, WOEEncoder
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.expert import prior_from_scorecard
    >>> from creditscore.scorecard import Characteristic
    >>> german = load_german_credit()
    >>> judged = Scorecard(
    ...     characteristics=(
    ...         Characteristic.numeric(
    ...             "duration_months", cuts=[12, 24], points=[310, 300, 280], missing_points=280,
    ...         ),
    ...         Characteristic.categorical(
    ...             "checking_status",
    ...             points={
    ...                 "no checking account": 310, ">= 200 DM or salary account": 305,
    ...                 "0 to < 200 DM": 290, "< 0 DM": 280,
    ...             },
    ...             missing_points=290, other_points=300,
    ...         ),
    ...     ),
    ...     scale=PointsScale(),
    ... )
    >>> X, y = german[["duration_months", "checking_status"]], german["is_bad"]
    >>> encoder = WOEEncoder().fit(X, y)
    >>> prior = prior_from_scorecard(judged, encoder, X, sd=0.2)
    >>> prior.table().round(2)
                column  mean   sd
    0  duration_months -0.58  0.2
    1  checking_status -0.50  0.2
    >>> LogisticScorecard(encoder=encoder, prior=prior).fit(X, y).coef_.round(2)
    array([-0.84, -0.9 ])
    """
    owner = "prior_from_scorecard"
    plain = plain_card(card, "card", owner)
    scale = scale_of(plain, "card", owner)
    check_kind(encoder, "encoder", owner, WOEEncoder)
    tables = getattr(encoder, "tables_", None)
    if tables is None:
        msg = f"The 'encoder' parameter of {owner} must be fitted: encoder.fit(X, is_bad)."
        raise InvalidParameterError(msg)
    lacking = [name for name in plain.names if name not in tables]
    if lacking:
        msg = (
            f"What the card says of {', '.join(map(repr, lacking))} would be lost, for the encoder "
            f"has no bins of it. {missing_message(lacking, tuple(tables))} Fit the encoder with "
            "it, or leave the characteristic out of the card."
        )
        raise MissingColumnError(msg)
    table = as_table(X)
    check_same_order(X, sample_weight, name="sample_weight", error=InvalidWeightError)
    weights = check_weights(sample_weight, n_rows=table.n_rows)
    shares = np.full(table.n_rows, 1 / table.n_rows) if weights is None else weights / weights.sum()
    parts = _parts(plain, scale, X)
    means = {
        name: -slope
        for name, bins in tables.items()
        if (slope := _slope(bins.encode_column(table), parts.get(name), shares)) is not None
    }
    if not means:
        msg = "No column with bins differs among these customers. Bring others."
        raise InvalidDataError(msg)
    _warn_of_directions(means)
    return CoefficientPrior(means=means, sd=sd)


def _parts(card: Scorecard, scale: PointsScale, X: NativeFrame) -> dict[str, Float1D]:
    """Return the part of ln(good / bad) of each characteristic."""
    points = as_table(card.score_parts(X))
    return {name: points.numeric(name) / scale.factor for name in card.names}


def _slope(woe: Float1D, part: Float1D | None, shares: Float1D) -> float | None:
    """Return the slope of the part on the WOE; 0 without a part, None of one WOE only."""
    apart = woe - shares @ woe
    spread = float(shares @ apart**2)
    if spread <= 1e-24:
        return None
    return 0.0 if part is None else float((shares * apart) @ part) / spread


def _warn_of_directions(means: dict[str, float]) -> None:
    wrong = [name for name, mean in means.items() if mean > _DISAGREE]
    if wrong:
        told = ", ".join(f"{name!r} ({means[name]:.2f})" for name in wrong)
        warn_user(
            f"Judgement and data point different ways in {told}: customers whom the card holds "
            "for safer have the riskier WOE. Look at the points and at the bins before the prior "
            "is used; with few bad cases it may be chance.",
            CoefficientSignWarning,
        )
