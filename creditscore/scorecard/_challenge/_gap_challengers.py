"""Challengers that take the gap between a card and boosting apart."""

from __future__ import annotations

from typing import Any

from creditscore.binning import WOEEncoder
from creditscore.scorecard._boosted._boosted import BoostedScorecard
from creditscore.scorecard._challenge._challenge_result import ADDITIVE, FULL, MONOTONE
from creditscore.scorecard._challenge._challenger import Challenger


def gap_challengers(
    encoder: WOEEncoder | None = None, *, random_state: Any = 0
) -> tuple[Challenger, ...]:
    """Return challengers that tell why boosting is better than a card, where it is.

    Parameters
    ----------
    encoder : WOEEncoder or None, default=None
        How the boosted cards read columns: special codes, kinds. None means ``WOEEncoder()``.
    random_state : int, RandomState or None, default=0
        Of folds and ties in boosting.

    Returns
    -------
    tuple of Challenger
        "boosted card", :class:`BoostedScorecard`, a card of as many steps as the data carry;
        "monotone boosted card", the same whose risk moves one way with a column, where it does so
        in the bins; "gradient boosting", with interactions, of 50 or 200 trees with 4 or 16 leaves.

    See Also
    --------
    ChallengeResult.gap_table : What finer shapes and interactions add, and monotone trends cost.
    default_challengers : Other kinds of models.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard import challenge, gap_challengers
    >>> german = load_german_credit()
    >>> X, y = german[["checking_status", "duration_months", "age_years"]], german["is_bad"]
    >>> result = challenge(LogisticScorecard(), X, y, gap_challengers(), folds=3)
    >>> result.gap_table()[["part", "model", "base"]]
                  part                  model          base
    0    finer shapes           boosted card          card
    1     interactions      gradient boosting  boosted card
    2            total      gradient boosting          card
    3  monotone trends  monotone boosted card  boosted card
    """
    # takes time to import
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415

    def card(monotonic: str) -> BoostedScorecard:
        return BoostedScorecard(encoder=encoder, monotonic=monotonic, random_state=random_state)

    boosting = HistGradientBoostingClassifier(
        l2_regularization=1.0,
        early_stopping=False,
        categorical_features="from_dtype",
        random_state=random_state,
    )
    return (
        Challenger(name=ADDITIVE, estimator=card("none"), encoding="table"),
        Challenger(name=MONOTONE, estimator=card("auto"), encoding="table"),
        Challenger(
            name=FULL,
            estimator=boosting,
            grid={"max_leaf_nodes": [4, 16], "max_iter": [50, 200]},
            encoding="raw",
        ),
    )
