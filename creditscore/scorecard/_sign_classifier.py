"""What binary classifiers share that predict by the sign of their decision."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags

from creditscore._typing import Float1D


class SignClassifier(ClassifierMixin, BaseEstimator):
    """Predicts ``classes_[1]`` where the decision function is above zero."""

    classes_: np.ndarray[Any, Any]

    @abstractmethod
    def decision_function(self, X: Any) -> Float1D:
        """Return how much each row speaks for ``classes_[1]``; 0 for both alike."""

    def predict(self, X: Any) -> np.ndarray[Any, Any]:
        """Return the likelier class of each row; a cut-off by cost is taken on the decision."""
        more_likely = (self.decision_function(X) > 0).astype(np.intp)
        labels: np.ndarray[Any, Any] = self.classes_[more_likely]
        return labels

    def __sklearn_tags__(self) -> Tags:
        """Tell scikit-learn that the target is binary."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags
