"""The boosted card: a sum of step functions of single columns, found by boosting trees."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import clone

from creditscore._checks import check_kind
from creditscore._estimator import note_columns
from creditscore._frame import as_table
from creditscore._typing import Bool1D, Float1D, NativeFrame
from creditscore._validation import (
    check_both_classes,
    check_choice,
    check_integer,
    check_real,
    check_same_order,
    check_target,
    check_weights,
)
from creditscore.binning import BinTable, WOEEncoder
from creditscore.exceptions import InvalidParameterError, InvalidWeightError, SingleBinWarning
from creditscore.scorecard._boosted._convert import Sample, card_of_function, check_some
from creditscore.scorecard._boosted._design import Design, cuttable
from creditscore.scorecard._boosted._iterations import best_iterations
from creditscore.scorecard._card_classifier import CardClassifier
from creditscore.scorecard._challenge._random import random_of
from creditscore.scorecard._scale import PointsScale
from creditscore.scorecard._threads import few_threads

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

_SIGNS = {"ascending": 1, "descending": -1}


class BoostedScorecard(CardClassifier):
    """Scorecard by boosting of trees that look at one column each.

    Such a model is a sum of step functions of single columns, which is what a card is: its result,
    ``scorecard_``, is the same frozen :class:`Scorecard` that a logistic regression gives, and
    equals the boosting to rounding. It finds its own intervals, as many as the data carry, and
    needs no bins; so it shows what a card can reach, beside the logistic one, without interactions.

    Parameters
    ----------
    encoder : WOEEncoder or None, default=None
        Says how columns are read: special codes, kinds; its bins give `monotonic` its directions.
        None means ``WOEEncoder()``. It is cloned, not changed.
    scale : PointsScale or None, default=None
        Points and odds; None means ``PointsScale()``.
    monotonic : {"none", "auto"} or mapping of str to {"ascending", "descending"}, default="none"
        How the risk must move with a column: not at all bound; as in the encoder's bins, where
        they rise or fall throughout; or by column. Levels without an order are never bound.
    learning_rate : float, default=0.1
        Share of each tree that is added, above zero.
    n_iterations : int or None, default=None
        Trees; None has their number chosen by `n_folds` folds of the sample.
    max_iterations : int, default=2000
        Most trees, where their number is chosen.
    max_leaf_nodes : int, default=2
        Leaves of a tree, 2 or more: with 2, each tree is one cut.
    min_samples_leaf : int, default=20
        Fewest rows of a leaf.
    l2_regularization : float, default=0.0
        Shrinks the values of small leaves, zero or more.
    n_folds : int, default=5
        Folds that choose the number of trees, 2 or more; of large samples the first of them.
    random_state : int, RandomState or None, default=0
        Of the folds, and of the rows by which columns of more than 200,000 rows are cut.
    bad_label : scalar, optional
        Label of the bad class, where the target is not 0/1 or boolean.

    Attributes
    ----------
    scorecard_ : Scorecard
        The card.
    boosting_ : HistGradientBoostingClassifier
        The model that it was made of, on columns as :attr:`encoder_` reads them.
    n_iterations_ : int
        Trees.
    encoder_ : WOEEncoder
        The fitted encoder.
    scale_ : PointsScale
        Points and odds of the card.
    dropped_ : dict of str to str
        Columns that are not in the card, and why.
    classes_ : ndarray of shape (2,)
        Labels of the target, sorted.
    n_features_in_, feature_names_in_, column_labels_
        As in scikit-learn.

    See Also
    --------
    LogisticScorecard : The card of few, wide bins, with standard errors.
    scorecard_from_boosting : The card of a boosting that was fitted by oneself.
    challenge : What the one gains over the other, with its interval.
    gap_challengers : What monotone trends cost it, and what only interactions would add.

    Notes
    -----
    scikit-learn's histogram gradient boosting [1]_ with ``interaction_cst="no_interactions"``. The
    function is taken apart by asking it: at the distinct values of each column, beside one fixed
    row, and where it steps between two of them by bisection down to the last float. A tree sends
    x ≤ t to the left, so the card's interval on the right begins at the next float after t.

    Neutral points are those of the column's mean over the sample. What no row of the sample held,
    levels never seen among it, earns them, with a warning. Of more than ten levels without an
    order, those share their points that have fewer rows than :func:`rows_of_prior` weighs all
    levels with, which are all where they differ by no more than chance; so do those beyond the 254
    most frequent. There are no standard errors. O(n · p) time a tree, and once more for all
    trees to take the function apart at the distinct values.

    Monotone trends cost little where the truth keeps them and much where it does not:
    fit both, and compare them with :func:`challenge`; see :meth:`ChallengeResult.gap_table`.

    The number of trees is that of the least log-loss in folds of the sample, looked for with trees
    of up to five times the learning rate, each of which counts for six. Once the folds have judged
    two thousand cases of each class, the others are not grown. Tables of less than a million cells
    are worked on by one thread, as the trees are small and threads would wait for each other.

    References
    ----------
    .. [1] J. H. Friedman, "Greedy Function Approximation: A Gradient Boosting Machine", *Annals
       of Statistics* 29 (2001), 1189-1232; as a sum of functions of single columns Y. Lou,
       R. Caruana, J. Gehrke, "Intelligible Models for Classification and Regression", KDD 2012.

    Examples
    --------
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard import BoostedScorecard
    >>> german = load_german_credit()
    >>> columns = ["checking_status", "duration_months"]
    >>> model = BoostedScorecard(n_iterations=20).fit(german[columns], german["is_bad"])
    >>> model.scorecard_.table()[["characteristic", "attribute", "points"]].round(1).head(4)
        characteristic                   attribute  points
    0  checking_status          no checking account   275.5
    1  checking_status  >= 200 DM or salary account   263.8
    2  checking_status                0 to < 200 DM   244.1
    3  checking_status                       < 0 DM   240.7
    """

    def __init__(  # noqa: PLR0913 - settings of one thing, all by name
        self,
        *,
        encoder: WOEEncoder | None = None,
        scale: PointsScale | None = None,
        monotonic: Any = "none",
        learning_rate: float = 0.1,
        n_iterations: int | None = None,
        max_iterations: int = 2_000,
        max_leaf_nodes: int = 2,
        min_samples_leaf: int = 20,
        l2_regularization: float = 0.0,
        n_folds: int = 5,
        random_state: Any = 0,
        bad_label: Any = None,
    ) -> None:
        self.encoder = encoder
        self.scale = scale
        self.monotonic = monotonic
        self.learning_rate = learning_rate
        self.n_iterations = n_iterations
        self.max_iterations = max_iterations
        self.max_leaf_nodes = max_leaf_nodes
        self.min_samples_leaf = min_samples_leaf
        self.l2_regularization = l2_regularization
        self.n_folds = n_folds
        self.random_state = random_state
        self.bad_label = bad_label

    def fit(self, X: NativeFrame, y: Any, sample_weight: Any = None) -> Self:
        """Boost the trees, and make the card.

        Parameters
        ----------
        X : table or array-like of shape (n_samples, n_features)
            Raw columns: numbers, text, categories, booleans.
        y : array-like of shape (n_samples,)
            1 for bad and 0 for good, or two labels with `bad_label`.
        sample_weight : array-like of shape (n_samples,), optional
            Zero or more.

        Returns
        -------
        BoostedScorecard
            Itself, fitted.

        Raises
        ------
        EmptyDataError
            No column tells good from bad.
        InvalidTargetError, InvalidWeightError, InvalidParameterError
            As in :meth:`LogisticScorecard.fit`.

        Warns
        -----
        ConstantColumnWarning
            A column holds one value or none.
        NonConvergenceWarning
            The best number of trees is near to `max_iterations`.
        """
        encoder, scale = self._checked_parameters()
        table = as_table(X)
        check_same_order(X, y)
        check_same_order(X, sample_weight, name="sample_weight", error=InvalidWeightError)
        target = check_target(y, n_rows=table.n_rows, bad_label=encoder.bad_label)
        weights = check_weights(sample_weight, n_rows=table.n_rows)
        check_both_classes(target.is_bad, weights)
        # trees cut columns that the bins of the encoder leave whole
        with warnings.catch_warnings(action="ignore", category=SingleBinWarning):
            encoder.fit(table, y, weights)
        dropped: dict[str, str] = {
            name: str(bins.status)
            for name, bins in encoder.tables_.items()
            if bins.status in ("constant", "all missing")
        }
        tables = [bins for name, bins in encoder.tables_.items() if name not in dropped]
        check_some(tables, dropped)
        design = Design.of(table, tables)
        with few_threads(*design.matrix.shape):
            model = self._boosted(design, encoder.tables_, target.is_bad, weights)
            sample = Sample(
                design=design,
                table=table,
                is_bad=target.is_bad,
                weights=weights,
                expected=model.decision_function(design.matrix),
            )
            card, uncut = card_of_function(
                model.decision_function, sample, scale, unmet_is_neutral=True
            )
        dropped |= uncut
        # what is learnt is set at the end, so that a fit that fails leaves no half-made model
        self.encoder_, self.scale_, self.scorecard_ = encoder, scale, card
        self.boosting_, self.n_iterations_, self.dropped_ = model, model.max_iter, dropped
        self.classes_, self._bad_index = target.classes, target.bad_index
        note_columns(self, table)
        return self

    def _boosted(
        self,
        design: Design,
        tables: Mapping[str, BinTable],
        is_bad: Bool1D,
        weights: Float1D | None,
    ) -> HistGradientBoostingClassifier:
        """Choose the number of trees, where it is not given, and grow them."""
        model = self._model(design, tables)
        held = _held(weights, design, is_bad)
        n_iterations = self.n_iterations
        if n_iterations is None:
            n_iterations = best_iterations(
                model, *held, n_folds=self.n_folds, most=self.max_iterations
            )
        matrix, *outcomes = held
        matrix = cuttable(matrix, self.min_samples_leaf)
        return model.set_params(max_iter=n_iterations).fit(matrix, *outcomes)

    def _model(
        self, design: Design, tables: Mapping[str, BinTable]
    ) -> HistGradientBoostingClassifier:
        """Return the boosting that is to be fitted."""
        # takes time to import
        from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415

        return HistGradientBoostingClassifier(
            interaction_cst="no_interactions",
            categorical_features=design.categorical,
            monotonic_cst=self._directions(design, tables),
            learning_rate=self.learning_rate,
            max_leaf_nodes=self.max_leaf_nodes,
            min_samples_leaf=self.min_samples_leaf,
            l2_regularization=self.l2_regularization,
            early_stopping=False,
            random_state=self.random_state,
        )

    def _directions(self, design: Design, tables: Mapping[str, BinTable]) -> list[int]:
        """Return for each column of the matrix whether the risk must rise (1) or fall (-1)."""
        signs = [0] * design.matrix.shape[1]
        asked = self.monotonic if isinstance(self.monotonic, Mapping) else {}
        known = [feature.name for feature in design.features]
        strange = [name for name in asked if name not in known]
        if strange:
            msg = (
                f"'monotonic' names {strange[0]!r}, which is no column with two values or more. "
                f"Those are {', '.join(map(repr, known[:10]))}."
            )
            raise InvalidParameterError(msg)
        for feature in design.features:
            if feature.is_level:
                if feature.name in asked:
                    msg = (
                        f"Column {feature.name!r} holds levels without an order, so its risk "
                        "cannot rise or fall with it. Take it out of 'monotonic'."
                    )
                    raise InvalidParameterError(msg)
                continue
            trend = asked.get(feature.name, "")
            if self.monotonic == "auto":
                trend = tables[feature.name].trend
            signs[feature.place] = _SIGNS.get(trend, 0)
        return signs

    def _checked_parameters(self) -> tuple[WOEEncoder, PointsScale]:
        """Check the parameters; return an encoder to fit, with the bad label set, and the scale."""
        owner = type(self).__name__
        scale = PointsScale() if self.scale is None else self.scale
        encoder = WOEEncoder() if self.encoder is None else self.encoder
        check_kind(scale, "scale", owner, PointsScale)
        check_kind(encoder, "encoder", owner, WOEEncoder)
        if isinstance(self.monotonic, Mapping):
            for name, trend in self.monotonic.items():
                check_choice(trend, f"monotonic[{name!r}]", owner, tuple(_SIGNS))
        else:
            check_choice(self.monotonic, "monotonic", owner, ("none", "auto"))
        check_real(self.learning_rate, "learning_rate", owner, low=0, high=np.inf)
        check_real(
            self.l2_regularization, "l2_regularization", owner, low=0, high=np.inf, closed="left"
        )
        for name, low in (
            ("max_iterations", 1),
            ("max_leaf_nodes", 2),
            ("min_samples_leaf", 1),
            ("n_folds", 2),
        ):
            check_integer(getattr(self, name), name, owner, low=low)
        if self.n_iterations is not None:
            check_integer(self.n_iterations, "n_iterations", owner, low=1)
        random_of(self.random_state, owner)
        encoder = clone(encoder)
        if self.bad_label is not None:
            encoder.set_params(bad_label=self.bad_label)
        return encoder.set_params(output="woe"), scale


def _held(weights: Float1D | None, design: Design, is_bad: Any) -> tuple[Any, Any, Any]:
    """Return matrix, outcomes and weights of the rows that weigh something."""
    if weights is None or weights.all():
        return design.matrix, is_bad, weights
    rows = weights > 0
    return design.matrix[rows], is_bad[rows], weights[rows]
