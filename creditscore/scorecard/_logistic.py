"""The estimated card: bins, a logistic regression on their WOE, points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import clone

from creditscore._checks import check_kind
from creditscore._estimator import note_columns
from creditscore._frame import Table, as_table
from creditscore._typing import CoefficientSign, Float1D, NativeFrame, WeightType
from creditscore._validation import (
    check_both_classes,
    check_choice,
    check_real,
    check_same_order,
    check_target,
    check_weights,
)
from creditscore.binning import BinConstraints, BinTable, WOEEncoder
from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    InvalidWeightError,
)
from creditscore.scorecard._assemble import assemble_scorecard
from creditscore.scorecard._card_classifier import CardClassifier
from creditscore.scorecard._coefficient_bounds import read_bounds
from creditscore.scorecard._coefficient_prior import CoefficientPrior, named_prior
from creditscore.scorecard._estimate import (
    Estimate,
    Sample,
    estimate_by_likelihood,
    estimate_by_regression,
)
from creditscore.scorecard._fit_summary import WEIGHT_TYPES, FitSummary
from creditscore.scorecard._fit_warnings import warn_of_forced
from creditscore.scorecard._layout import LAYOUTS, PointsLayout
from creditscore.scorecard._scale import PointsScale
from creditscore.scorecard.selection._candidates import Candidates
from creditscore.scorecard.selection._log import SelectionLog
from creditscore.scorecard.selection._names import ColumnNames
from creditscore.scorecard.selection._select_candidates import CandidateSample, select_candidates
from creditscore.scorecard.selection._selection import Selection

_BEYOND_CHANCE = 1e-4
"""Bins smaller than usual are made where chance gives so much to tell so seldom."""
_OF_SELECTION = "selection__"
"""Beginning of the parameters that lie within the selection."""


class LogisticScorecard(CardClassifier):
    """Scorecard by logistic regression on weights of evidence, fitted on the raw table.

    A scikit-learn classifier whose result, ``scorecard_``, is a frozen :class:`Scorecard`.

    Parameters
    ----------
    encoder : WOEEncoder or None, default=None
        Bins the columns; it is cloned, not changed. None means :meth:`default_encoder`; or, with
        sampling weights, whose sum is no number of rows to test by, ``WOEEncoder()``. With its
        `cross_fit`, the coefficients are estimated on WOE of bins found without the row.
    scale : PointsScale or None, default=None
        Points and odds; None means ``PointsScale()``: 600 points at 50:1, 20 to double the odds.
    min_iv : float or None, default=None
        Least information value of a column, zero or more; others stay out of the card and stand
        in ``dropped_``. None asks for 0.02, below which a column is customarily held to predict
        nothing, or in large samples for less: a column stays if chance would give its IV with a
        probability below 0.005 (:func:`creditscore.scorecard.selection.chance_p_value`).
    coefficient_sign : {"warn", "enforce"}, default="warn"
        A safer bin should lower the risk, so coefficients should be negative. "warn" names the
        columns where that fails; "enforce" fits under that bound, which leaves such columns out.
    coefficient_bounds : pair of float or mapping of str to pair, optional
        Lower and upper bound of all coefficients, or by column, such as (-1.5, -0.5), within which
        the likelihood is maximised, in the search of a selection too; None is no bound.
    bad_label : scalar, optional
        Label of the bad class, where the target is not 0/1 or boolean.
    weight_type : {"frequency", "sampling"}, default="frequency"
        What weights mean for the standard errors: a row of weight 3 is three rows, or one row
        that stands for three of the population. Under "sampling" errors are robust ones. The
        coefficients are the same; standard errors of bins and their tests take weights for rows.
    selection : Selection, optional
        Filters and search by which columns are chosen; None takes all that `min_iv` lets in.
    regression : estimator, optional
        Estimator of scikit-learn in the place of maximum likelihood, linear in the log-odds, such
        as ``LogisticRegression(C=0.1)`` for a penalty; it is cloned. Its card has no
        ``fit_summary``, for penalised coefficients have no standard errors to trust.
    layout : {"spread", "base", "lowest"}, default="spread"
        Where the intercept stands: spread over the characteristics; in base points, so that WOE 0
        earns nothing; or in base points that leave 0 to the worst attribute of each. See
        :meth:`Scorecard.with_layout`.
    prior : CoefficientPrior, optional
        What is held of the coefficients before the data, for samples with few bad cases: they
        are then the most probable ones within the bounds. It names columns of the table; what
        `min_iv` or a `selection` leaves out stays out, whose search knows of no prior.

    Attributes
    ----------
    scorecard_ : Scorecard
        The card.
    scale_ : PointsScale
        Points and odds of the card.
    encoder_ : WOEEncoder
        The fitted encoder, with the bins of all columns.
    coef_ : ndarray of shape (n_characteristics,)
        Coefficients of the WOE in the log-odds of being bad, in the order of the card.
    intercept_ : float
        Intercept of the same model.
    dropped_ : dict of str to str
        Columns that are not in the card, and why.
    selection_ : SelectionLog
        What became of each column, at which step and why.
    regression_ : estimator or None
        The fitted `regression`, where one was given.
    classes_ : ndarray of shape (2,)
        Labels of the target, sorted.
    n_features_in_, feature_names_in_, column_labels_
        As in scikit-learn.

    See Also
    --------
    WOEEncoder : The bins.
    Scorecard : The result.

    Notes
    -----
    Maximum likelihood without penalty, by Newton's method from the naive Bayes solution; under a
    `prior`, the largest product of likelihood and prior.
    Probabilities come from the score, so that card and classifier agree. O(n · p²) time a step
    for n rows and p characteristics.

    In small samples an IV of 0.02 is soon there by chance: of columns of noise, numbers above all,
    most have it with 150 bad cases, about one in seven with 500, none with 2,500. Asking for more
    costs discrimination where weak columns add up; ask for it by `min_iv`, or by the `iv_level` or
    the search of a :class:`Selection`.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> german = load_german_credit()
    >>> columns = ["checking_status", "duration_months", "savings_status"]
    >>> model = LogisticScorecard().fit(german[columns], german["is_bad"])
    >>> model.scorecard_.score(german.head(3)).round(1).tolist()
    [543.9, 461.9, 544.6]
    >>> model.predict_proba(german.head(3))[:, 1].round(3).tolist()
    [0.122, 0.706, 0.12]
    """

    def __init__(  # noqa: PLR0913 - settings of one thing, all by name
        self,
        *,
        encoder: WOEEncoder | None = None,
        scale: PointsScale | None = None,
        min_iv: float | None = None,
        coefficient_sign: CoefficientSign = "warn",
        bad_label: Any = None,
        weight_type: WeightType = "frequency",
        selection: Selection | None = None,
        coefficient_bounds: Any = None,
        regression: Any = None,
        layout: PointsLayout = "spread",
        prior: CoefficientPrior | None = None,
    ) -> None:
        self.encoder = encoder
        self.scale = scale
        self.min_iv = min_iv
        self.coefficient_sign = coefficient_sign
        self.bad_label = bad_label
        self.weight_type = weight_type
        self.selection = selection
        self.coefficient_bounds = coefficient_bounds
        self.regression = regression
        self.layout = layout
        self.prior = prior

    @staticmethod
    def default_encoder(**parameters: Any) -> WOEEncoder:
        """Return the encoder that is taken where none is given, with parameters of your own.

        Its numbers have bins that rise or fall, and one bend where these are refuted (p below
        1e-6); a column that bins of `min_bin_size` leave whole has smaller ones, down to a tenth,
        where chance would not give as much to tell (p below 1e-4). ``WOEEncoder()`` does neither.

        Parameters
        ----------
        **parameters
            Of :class:`WOEEncoder`, such as `special_codes`; they take the place of its own. So
            columns that a mapping of `trend` or `constraints` does not name are as in
            ``WOEEncoder()``.

        Returns
        -------
        WOEEncoder
            Not fitted.

        Examples
        --------
        >>> from creditscore import LogisticScorecard
        >>> encoder = LogisticScorecard.default_encoder(special_codes=[-9])
        >>> encoder.trend, encoder.constraints
        ('auto_one_bend', BinConstraints(small_bin_p_value=0.0001))
        """
        asked = BinConstraints(small_bin_p_value=_BEYOND_CHANCE)
        own: dict[str, Any] = {"trend": "auto_one_bend", "constraints": asked}
        return WOEEncoder(**own | parameters)

    def fit(self, X: NativeFrame, y: Any, sample_weight: Any = None, periods: Any = None) -> Self:
        """Bin the columns, estimate the model and make the card.

        Parameters
        ----------
        X : table or array-like of shape (n_samples, n_features)
            Raw columns: numbers, text, categories, booleans.
        y : array-like of shape (n_samples,)
            1 for bad and 0 for good, or two labels with `bad_label`.
        sample_weight : array-like of shape (n_samples,), optional
            Zero or more; `weight_type` says what they mean.
        periods : array-like of shape (n_samples,), optional
            Period of each row, in each of which the trend of every column must hold; see
            :meth:`WOEEncoder.fit`.

        Returns
        -------
        LogisticScorecard
            Itself, fitted.

        Raises
        ------
        EmptyDataError
            No column is left for the card.
        InvalidDataError
            A bin without good or without bad cases, where the encoder does not smooth.
        MissingColumnError
            A `prior` names what is no column.
        InvalidTargetError, InvalidWeightError, InvalidParameterError
            As in :meth:`WOEEncoder.fit`.

        Warns
        -----
        CoefficientSignWarning, CollinearityWarning
            The message names the columns, and of a positive coefficient says whether it is clearly
            above 0 and which column goes with its own most; also where a column that was forced
            in is left out, because its coefficient stands at a bound of 0.
        CalibrationWarning
            A `regression` whose probabilities are not in the mean the share of bad cases.
        SeparationWarning
            Cases are told apart without error; the message names the columns that do it, alone
            or together, not all those whose coefficients diverge with them.
        SmallSampleWarning
            Fewer than 5 cases of the rarer class for each coefficient.
        NonConvergenceWarning
            The search for the largest likelihood did not come to rest.
        """
        encoder, scale = self._checked_parameters()
        asked = Selection() if self.selection is None else self.selection
        table = as_table(X)
        columns = ColumnNames(table)
        # what names no column is refused before bins are sought
        asked.named_by(columns.of)
        bounds = read_bounds(
            self.coefficient_bounds,
            columns.of,
            table.names,
            type(self).__name__,
            enforce=self.coefficient_sign == "enforce",
        )
        check_same_order(X, y)
        check_same_order(X, sample_weight, name="sample_weight", error=InvalidWeightError)
        target = check_target(y, n_rows=table.n_rows, bad_label=encoder.bad_label)
        weights = check_weights(sample_weight, n_rows=table.n_rows)
        check_both_classes(target.is_bad, weights)
        encode = _encoded(encoder, table, y, weights, periods)
        sample = CandidateSample(
            columns=columns,
            encode=encode,
            is_bad=target.is_bad,
            weights=weights,
            sampling=self.weight_type == "sampling",
            min_iv=self.min_iv,
            bounds=bounds,
        )
        chosen, log = select_candidates(list(encoder.tables_.values()), sample, asked)
        prior = None if self.prior is None else named_prior(self.prior, columns.of)
        estimate = self._estimate(chosen, weights, prior)
        warn_of_forced([fate for fate in estimate.zero.values() if fate.feature in chosen.forced])
        tables = [chosen.tables[i] for i in estimate.kept]
        log = log.without(estimate.zero)
        _check_some(tables, log)
        card = assemble_scorecard(
            tables,
            estimate.coefficients.tolist(),
            estimate.intercept,
            scale,
            _with_caveat(estimate.summary, log.caveat),
            layout=self.layout,
        )
        # what is learnt is set at the end, so that a fit that fails leaves no half-made model
        self.encoder_, self.scale_, self.scorecard_ = encoder, scale, card
        self.coef_, self.intercept_ = estimate.coefficients, estimate.intercept
        self.selection_, self.dropped_ = log, log.dropped
        self.regression_ = estimate.regression
        self.classes_, self._bad_index = target.classes, target.bad_index
        note_columns(self, table)
        return self

    def set_params(self, **params: Any) -> Self:
        """Set parameters of the estimator, and of its parts as ``part__name``.

        Parameters
        ----------
        **params : dict
            By name. A selection is frozen: ``selection__max_vif=5`` puts one in its place that
            differs in this (of ``Selection()``, where there is none).

        Returns
        -------
        LogisticScorecard
            Itself.
        """
        within = {
            name.removeprefix(_OF_SELECTION): params.pop(name)
            for name in list(params)
            if name.startswith(_OF_SELECTION)
        }
        super().set_params(**params)
        if within:
            self.selection = (self.selection or Selection()).changed(within)
        return self

    def _estimate(
        self, chosen: Candidates, weights: Float1D | None, prior: CoefficientPrior | None
    ) -> Estimate:
        sample = Sample(
            tables=chosen.tables,
            features=chosen.features,
            is_bad=chosen.is_bad,
            weights=weights,
            weight_type=self.weight_type,
            prior=prior,
        )
        if self.regression is not None:
            return estimate_by_regression(sample, self.regression, type(self).__name__)
        lower, upper = chosen.box
        return estimate_by_likelihood(sample, lower, upper)

    def summary(self) -> pd.DataFrame:
        """Return the encoder's summary with the fate of each column.

        Returns
        -------
        DataFrame
            The columns of :meth:`WOEEncoder.summary`, then coefficient (NaN where the column is
            not in the card) and dropped (why, or empty).
        """
        summary = self.encoder_.summary()
        coefficients = dict(zip(self.scorecard_.names, self.coef_.tolist(), strict=True))
        summary["coefficient"] = [coefficients.get(name, np.nan) for name in summary["feature"]]
        summary["dropped"] = [self.dropped_.get(name, "") for name in summary["feature"]]
        return summary

    def _check_alone(self) -> None:
        """Refuse what a regression of others cannot keep."""
        for name, asked in (
            ("coefficient_sign='enforce'", self.coefficient_sign == "enforce"),
            ("coefficient_bounds", self.coefficient_bounds is not None),
            ("weight_type='sampling'", self.weight_type == "sampling"),
            ("a prior", self.prior is not None),
        ):
            if asked:
                msg = (
                    f"{name} is for the estimate by likelihood, and a 'regression' was given: "
                    f"{self.regression!r}. Leave one of them out."
                )
                raise InvalidParameterError(msg)

    def _checked_parameters(self) -> tuple[WOEEncoder, PointsScale]:
        """Check the parameters; return an encoder to fit, with the bad label set, and the scale."""
        owner = type(self).__name__
        if self.min_iv is not None:
            check_real(self.min_iv, "min_iv", owner, low=0, high=np.inf, closed="left")
        check_choice(self.coefficient_sign, "coefficient_sign", owner, ("warn", "enforce"))
        check_choice(self.weight_type, "weight_type", owner, WEIGHT_TYPES)
        check_choice(self.layout, "layout", owner, LAYOUTS)
        scale = PointsScale() if self.scale is None else self.scale
        encoder = self.encoder
        if encoder is None:
            # the sum of sampling weights is no number of rows to test by
            sampled = self.weight_type == "sampling"
            encoder = WOEEncoder() if sampled else self.default_encoder()
        check_kind(scale, "scale", owner, PointsScale)
        check_kind(encoder, "encoder", owner, WOEEncoder)
        for name, kind in (("selection", Selection), ("prior", CoefficientPrior)):
            if getattr(self, name) is not None:
                check_kind(getattr(self, name), name, owner, kind)
        if self.regression is not None:
            self._check_alone()
        encoder = clone(encoder)
        if self.bad_label is not None:
            encoder.set_params(bad_label=self.bad_label)
        return encoder.set_params(output="woe"), scale


def _encoded(
    encoder: WOEEncoder, table: Table, y: Any, weights: Float1D | None, periods: Any
) -> Callable[[BinTable], Float1D]:
    """Fit the encoder; return a function from a column's bins to the WOE of the rows."""
    if encoder.cross_fit is None:
        encoder.fit(table, y, weights, periods)
        return lambda bins: _finite(bins).encode_column(table)
    apart = as_table(encoder.fit_transform(table, y, weights, periods))
    return lambda bins: apart.numeric(_finite(bins).feature)


def _with_caveat(summary: FitSummary | None, caveat: str) -> FitSummary | None:
    """Return the summary with what the selection means for its errors, before what it says."""
    if summary is None or not caveat:
        return summary
    return replace(summary, caveat=". ".join(filter(None, [caveat, summary.caveat])))


def _check_some(tables: Sequence[BinTable], log: SelectionLog) -> None:
    if not tables:
        reasons = "; ".join(f"{name!r}: {why}" for name, why in list(log.dropped.items())[:10])
        msg = (
            f"No column is left for the card ({reasons}). Loosen the bounds, the penalty or the "
            "selection, or bring columns that tell good from bad."
        )
        raise EmptyDataError(msg)


def _finite(bins: BinTable) -> BinTable:
    """Refuse bins of infinite WOE."""
    endless = ~np.isfinite(bins.woe)
    if endless.any():
        listed = ", ".join(repr(bins.labels[i]) for i in np.flatnonzero(endless))
        msg = (
            f"Column {bins.feature!r} has bins with one class only ({listed}), and without "
            "smoothing their WOE is infinite and earns no points. Set the smoothing of the "
            "encoder above 0, or make the bins larger."
        )
        raise InvalidDataError(msg)
    return bins
