"""Challengers to begin with: two models near to a card, and two that see interactions."""

from __future__ import annotations

from typing import Any

from creditscore.scorecard._challenge._challenger import Challenger
from creditscore.scorecard._challenge._probit import ProbitClassifier


def default_challengers(random_state: Any = 0) -> tuple[Challenger, ...]:
    """Return four challengers of different kinds.

    Parameters
    ----------
    random_state : int, RandomState or None, default=0
        Of the tree and of boosting, which break ties and draw rows by chance.

    Returns
    -------
    tuple of Challenger
        "linear discriminant" and "probit", on weights of evidence, which see what the card sees;
        "decision tree", on numbers and levels of 0 and 1, of a depth of 3 to 8 with leaves of one
        or two in a hundred rows or more; "gradient boosting" of histograms, on raw columns, missing
        values and levels included, of 50 or 150 trees with 4 or 12 leaves, so that it sees
        interactions of any kind.

    Notes
    -----
    Boosting is near to the best that columns of a table allow [1]_, and its gain over the card is
    what interactions and finer shapes could add, no more.

    References
    ----------
    .. [1] S. Lessmann, B. Baesens, H.-V. Seow and L. C. Thomas, "Benchmarking state-of-the-art
       classification algorithms for credit scoring: An update of research", *European Journal of
       Operational Research* 247, 2015, pp. 124-136.

    Examples
    --------
    >>> from creditscore.scorecard import default_challengers
    >>> for challenger in default_challengers():
    ...     print(challenger)
    <Challenger 'linear discriminant': LinearDiscriminantAnalysis on woe>
    <Challenger 'probit': ProbitClassifier on woe>
    <Challenger 'decision tree': DecisionTreeClassifier on onehot, 6 settings>
    <Challenger 'gradient boosting': HistGradientBoostingClassifier on raw, 4 settings>
    """
    # they take a while to import, and few users of the package need them
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis  # noqa: PLC0415
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415
    from sklearn.tree import DecisionTreeClassifier  # noqa: PLC0415

    boosting = HistGradientBoostingClassifier(
        learning_rate=0.05,
        l2_regularization=1.0,
        early_stopping=False,
        categorical_features="from_dtype",
        random_state=random_state,
    )
    return (
        Challenger(
            name="linear discriminant", estimator=LinearDiscriminantAnalysis(), encoding="woe"
        ),
        Challenger(name="probit", estimator=ProbitClassifier(), encoding="woe"),
        Challenger(
            name="decision tree",
            estimator=DecisionTreeClassifier(random_state=random_state),
            grid={"max_depth": [3, 5, 8], "min_samples_leaf": [0.01, 0.02]},
            encoding="onehot",
        ),
        Challenger(
            name="gradient boosting",
            estimator=boosting,
            grid={"max_leaf_nodes": [4, 12], "max_iter": [50, 150]},
            encoding="raw",
        ),
    )
