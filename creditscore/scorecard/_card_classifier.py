"""What classifiers share whose result is a card: they predict by its score."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.utils import Tags

from creditscore._estimator import table_after_fit
from creditscore._typing import Float1D, Float2D, NativeFrame
from creditscore.scorecard._sign_classifier import SignClassifier


class CardClassifier(SignClassifier):
    """Predicts by the score of ``scorecard_``, so that card and classifier agree.

    A fit sets ``scorecard_``, its scale ``scale_``, ``classes_`` and the place of the bad class
    among them, ``_bad_index``.
    """

    scorecard_: Any
    scale_: Any
    _bad_index: int

    def decision_function(self, X: NativeFrame) -> Float1D:
        """Return the log-odds of ``classes_[1]`` for each row.

        Like :meth:`predict_proba` and :meth:`predict`, it warns of what the fit never met as
        :meth:`Scorecard.score` does.
        """
        table = table_after_fit(self, X)
        log_odds: Float1D = self.scale_.log_odds(self.scorecard_.score_array(table))
        return -log_odds if self._bad_index == 1 else log_odds

    def predict_proba(self, X: NativeFrame) -> Float2D:
        """Return the probabilities of ``classes_[0]`` and ``classes_[1]`` for each row."""
        log_odds = self.decision_function(X)
        return np.column_stack([expit(-log_odds), expit(log_odds)])

    def __sklearn_tags__(self) -> Tags:
        """Tell scikit-learn that missing values and levels are welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags
