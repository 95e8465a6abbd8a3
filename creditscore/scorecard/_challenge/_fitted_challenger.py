"""A challenger that was fitted, on the table that a card reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import logit

from creditscore._frame import as_table
from creditscore._typing import Float1D, NativeFrame, NativeSeries
from creditscore._validation import check_real
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard._challenge._challenge_cases import risk


@dataclass(frozen=True, kw_only=True, eq=False)
class FittedChallenger:
    """A challenger that was tuned and fitted; made by :meth:`Challenger.fit`.

    Attributes
    ----------
    name : str
        That of the challenger.
    classifier : classifier
        Fitted.
    encoder : transformer or None
        Fitted; None where the classifier sees the table as it is.
    setting : dict
        Parameters that were chosen.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard import Challenger
    >>> german = load_german_credit()
    >>> X, y = german[["checking_status", "duration_months"]], german["is_bad"]
    >>> tree = DecisionTreeClassifier(min_samples_leaf=30)
    >>> model = Challenger(name="tree", estimator=tree, encoding="woe").fit(X, y)
    >>> model.prob_default(X.head(2)).round(2).tolist()
    [0.18, 0.57]
    """

    name: str
    classifier: Any
    encoder: Any
    setting: dict[str, Any]

    def prob_default(self, X: NativeFrame) -> NativeSeries:
        """Return the probability of default of each row, a fraction.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Holds the columns of the fit.

        Returns
        -------
        Series of float64, named "pd"
            In the library and index of `X`.

        Raises
        ------
        InvalidParameterError
            The classifier gives no probabilities.
        """
        return as_table(X).to_series("pd", self._probabilities(X))

    def log_odds(self, X: NativeFrame, *, least_prob: float = 1e-4) -> Float1D:
        """Return ln(good / bad) of each row: higher is safer, as a score is.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Holds the columns of the fit.
        least_prob : float, default=1e-4
            Probabilities nearer to 0 or 1 than this are moved there, in (0, 0.5): leaves of trees
            of one class would have infinite odds.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        low = check_real(least_prob, "least_prob", "FittedChallenger.log_odds", low=0, high=0.5)
        value: Float1D = -logit(np.clip(self._probabilities(X), low, 1 - low))
        return value

    def _probabilities(self, X: NativeFrame) -> Float1D:
        if not hasattr(self.classifier, "predict_proba"):
            msg = (
                f"Challenger {self.name!r} gives no probabilities: "
                f"{type(self.classifier).__name__} has no predict_proba. Wrap it in "
                "CalibratedClassifierCV."
            )
            raise InvalidParameterError(msg)
        return risk(self.classifier, self.seen(X))

    def seen(self, X: NativeFrame) -> Any:
        """Return what the classifier sees of a table."""
        return X if self.encoder is None else self.encoder.transform(X)

    def __repr__(self) -> str:
        """Say in one line what it is."""
        chosen = ", ".join(f"{name}={value!r}" for name, value in self.setting.items())
        return (
            f"<FittedChallenger {self.name!r}: {type(self.classifier).__name__}"
            f"{f' with {chosen}' if chosen else ''}>"
        )
