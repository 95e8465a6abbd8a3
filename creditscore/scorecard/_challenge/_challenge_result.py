"""What a comparison of a card with challengers found."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from creditscore._display import Format, html_table, p_value_text
from creditscore._typing import Float1D, Float2D
from creditscore._validation import check_real
from creditscore.exceptions import InvalidParameterError
from creditscore.metrics import Interval

Float3D: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

CARD = "card"
ADDITIVE, MONOTONE, FULL = "boosted card", "monotone boosted card", "gradient boosting"
"""Models that :meth:`ChallengeResult.gap_table` compares."""

_FORMATS: Mapping[str, Format] = {
    "auc": "{:.3f}",
    "auc_lower": "{:.3f}",
    "auc_upper": "{:.3f}",
    "difference": "{:+.3f}",
    "lower": "{:+.3f}",
    "upper": "{:+.3f}",
    "p_value": p_value_text,
    "seconds": "{:.1f}",
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ChallengeResult:
    """AUC of a card and of challengers, fold by fold; made by :func:`challenge`.

    Attributes
    ----------
    names : tuple of str
        "card", then the challengers.
    folds : tuple of str
        Number of each fold, or the periods that judge in it.
    n_fitted, n_good, n_bad : ndarray of shape (n_folds,)
        Cases (weights) that models were fitted on, and goods and bads that judged them.
    auc, auc_error : ndarray of shape (n_models, n_folds)
        AUC on the rows that judge, and its standard error.
    pair_error : ndarray of shape (n_models, n_models, n_folds)
        Standard error of the difference in AUC of two models, paired; 0 of a model to itself.
    seconds : ndarray of shape (n_models, n_folds)
        Time that tuning, fit and scores took.
    settings : tuple of tuples of dict
        Parameters that were chosen, by model and fold.
    failed : dict of str to str
        Challengers that could not be fitted or judged, with the fold and the reason; from there on
        they took no part, and their AUC is NaN.

    Notes
    -----
    The AUC of a model is the mean over the folds, and so is its difference to the card. The
    variance of the difference in a fold, of rows alone, is DeLong's for paired scores [1]_. Folds
    share most of the rows that models are fitted on, so their differences are not independent:
    the variance of the mean over K folds is (1 / K + n_judged / n_fitted) times the mean variance
    of a fold, the correction of Nadeau and Bengio [2]_ to the 1 / K of independent folds.

    In place of their variance between folds, which K - 1 degrees of freedom estimate, stands
    DeLong's within them. Intervals are normal, and err on the careful side: in simulations of 400
    cases and five folds, 98 to 99 of a hundred intervals of 95 % held the truth. Each is of one
    challenger: of many, some look better by chance. For c of them at once, ask for a level of
    1 - 0.05 / c.

    The interval of an AUC itself holds for the models as they were fitted, and lacks the
    correction [3]_.

    References
    ----------
    .. [1] E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson, "Comparing the areas under two or
       more correlated receiver operating characteristic curves: a nonparametric approach",
       *Biometrics* 44, 1988, pp. 837-845.
    .. [2] C. Nadeau and Y. Bengio, "Inference for the Generalization Error", *Machine Learning*
       52, 2003, pp. 239-281, eq. 9.
    .. [3] E. LeDell, M. Petersen and M. van der Laan, "Computationally efficient confidence
       intervals for cross-validated area under the ROC curve estimates", *Electronic Journal of
       Statistics* 9, 2015, pp. 1583-1607.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard import Challenger, challenge
    >>> german = load_german_credit()
    >>> X, y = german[["checking_status", "duration_months"]], german["is_bad"]
    >>> ridge = Challenger(name="ridge", estimator=LogisticRegression(), encoding="woe")
    >>> challenge(LogisticScorecard(), X, y, [ridge])
    <ChallengeResult: AUC of the card 0.739; no challenger is better beyond chance, the best of 1, \
ridge, differs by +0.001 (-0.000 to +0.002)>
    """

    names: tuple[str, ...]
    folds: tuple[str, ...]
    n_fitted: Float1D
    n_good: Float1D
    n_bad: Float1D
    auc: Float2D
    auc_error: Float2D
    pair_error: Float3D
    seconds: Float2D
    settings: tuple[tuple[dict[str, Any], ...], ...]
    failed: Mapping[str, str] = field(default_factory=dict)

    def table(self, *, level: float = 0.95) -> pd.DataFrame:
        """Return a row a model, the card first and the best challenger next.

        Parameters
        ----------
        level : float, default=0.95
            Confidence level of the intervals, in (0, 1).

        Returns
        -------
        DataFrame
            model; auc with auc_lower and auc_upper; difference to the card with lower, upper and
            p_value (two-sided, of no difference), NaN for the card; seconds, over all folds.
            Challengers that failed come last, and all of theirs is NaN.
        """
        rows = []
        for name in self.names:
            area = self.auc_interval(name, level=level)
            gain = self.difference(name, level=level)
            is_card = name == self.names[0]
            error = self._difference_error(name)
            z = gain.estimate / error if error else math.nan
            rows.append(
                {
                    "model": name,
                    "auc": area.estimate,
                    "auc_lower": area.lower,
                    "auc_upper": area.upper,
                    "difference": math.nan if is_card else gain.estimate,
                    "lower": math.nan if is_card else gain.lower,
                    "upper": math.nan if is_card else gain.upper,
                    "p_value": float(2 * ndtr(-abs(z))),
                    "seconds": float(self.seconds[self._place(name)].sum()),
                }
            )
        table = pd.DataFrame(rows)
        order = [0, *(1 + np.argsort(-table["auc"].to_numpy()[1:], kind="stable"))]
        return table.iloc[order].reset_index(drop=True)

    def by_fold(self) -> pd.DataFrame:
        """Return a row a model and fold.

        Returns
        -------
        DataFrame
            model, fold, n_fitted, n_good, n_bad, auc, difference (to the card), difference_error,
            seconds, setting (what was chosen, as text).
        """
        frames = []
        for place, name in enumerate(self.names):
            frames.append(
                pd.DataFrame(
                    {
                        "model": name,
                        "fold": self.folds,
                        "n_fitted": self.n_fitted,
                        "n_good": self.n_good,
                        "n_bad": self.n_bad,
                        "auc": self.auc[place],
                        "difference": self.auc[place] - self.auc[0],
                        "difference_error": self.pair_error[place, 0],
                        "seconds": self.seconds[place],
                        "setting": [_written(setting) for setting in self.settings[place]],
                    }
                )
            )
        return pd.concat(frames, ignore_index=True)

    def auc_interval(self, name: str, *, level: float = 0.95) -> Interval:
        """Return the AUC of a model with its interval.

        Parameters
        ----------
        name : str
            One of the names.
        level : float, default=0.95
            Confidence level in (0, 1).
        """
        place = self._place(name)
        error = float(np.sqrt((self.auc_error[place] ** 2).sum())) / len(self.folds)
        return _interval(float(self.auc[place].mean()), error, level, low=0.0)

    def difference(self, name: str, *, base: str = CARD, level: float = 0.95) -> Interval:
        """Return the AUC of a model less that of the card, or another one, with its interval.

        Parameters
        ----------
        name : str
            One of the names.
        base : str, default="card"
            The model that it is compared with.
        level : float, default=0.95
            Confidence level in (0, 1).
        """
        gains = self.auc[self._place(name)] - self.auc[self._place(base)]
        error = self._difference_error(name, base)
        return _interval(float(gains.mean()), error, level, low=-1.0)

    def gap_table(self, *, level: float = 0.95) -> pd.DataFrame:
        """Take the gap between the card and boosting apart, after :func:`gap_challengers`.

        Parameters
        ----------
        level : float, default=0.95
            Confidence level of the intervals, in (0, 1).

        Returns
        -------
        DataFrame
            part: "finer shapes", what more steps and columns add to the card; "interactions", what
            no sum of single columns reaches; "total", both; "monotone trends", below zero what
            they cost the boosted card. model and base, the two that are compared; difference in
            AUC with lower and upper; share of the total, NaN where the total is not beyond chance.

        Raises
        ------
        InvalidParameterError
            The challengers were others.
        """
        lacking = [name for name in (ADDITIVE, MONOTONE, FULL) if name not in self.names]
        if lacking:
            msg = (
                f"The gap is taken apart by the challengers of gap_challengers(), and "
                f"{', '.join(map(repr, lacking))} did not take part. Pass them to challenge."
            )
            raise InvalidParameterError(msg)
        card = self.names[0]
        total = self.difference(FULL, level=level)
        parts = {
            "finer shapes": (ADDITIVE, card),
            "interactions": (FULL, ADDITIVE),
            "total": (FULL, card),
            "monotone trends": (MONOTONE, ADDITIVE),
        }
        rows = []
        for part, (name, base) in parts.items():
            gain = self.difference(name, base=base, level=level)
            shared = total.lower > 0 and part != "monotone trends"
            rows.append(
                {
                    "part": part,
                    "model": name,
                    "base": base,
                    "difference": gain.estimate,
                    "lower": gain.lower,
                    "upper": gain.upper,
                    "share": gain.estimate / total.estimate if shared else math.nan,
                }
            )
        return pd.DataFrame(rows)

    @property
    def verdict(self) -> str:
        """What the comparison amounts to, in a sentence; intervals are of 95 %."""
        lost = f"; {', '.join(self.failed)} could not be judged" if self.failed else ""
        return self._told_of_gains() + lost

    def _told_of_gains(self) -> str:
        gains = {n: self.difference(n) for n in self.names[1:] if n not in self.failed}
        best = max(gains, key=lambda name: gains[name].estimate)
        told = _gain_text(gains[best])
        if gains[best].lower > 0:
            return f"{best} gains {told}: the card leaves something on the table"
        if all(gain.upper < 0 for gain in gains.values()):
            return f"the card beats every challenger; the best, {best}, differs by {told}"
        return (
            f"no challenger is better beyond chance, the best of {len(gains)}, {best}, differs by "
            f"{told}"
        )

    def _difference_error(self, name: str, base: str = CARD) -> float:
        errors = self.pair_error[self._place(name), self._place(base)]
        variance = float((errors**2).mean())
        judged = float((self.n_good + self.n_bad).mean())
        overlap = judged / float(self.n_fitted.mean())
        return math.sqrt((1 / len(self.folds) + overlap) * variance)

    def _place(self, name: str) -> int:
        if name not in self.names:
            msg = f"There is no model {name!r}: there are {', '.join(map(repr, self.names))}."
            raise InvalidParameterError(msg)
        return self.names.index(name)

    def __repr__(self) -> str:
        """Say in one line what the comparison amounts to."""
        return f"<{type(self).__name__}: AUC of the card {self.auc[0].mean():.3f}; {self.verdict}>"

    def _repr_html_(self) -> str:
        caption = f"{len(self.folds)} folds: {self.verdict}"
        return html_table(self.table(), caption=caption, formats=_FORMATS)


def _interval(estimate: float, error: float, level: float, *, low: float) -> Interval:
    check_real(level, "level", "ChallengeResult", low=0, high=1)
    if math.isnan(estimate):
        return Interval(math.nan, math.nan, math.nan, level)
    margin = float(ndtri(0.5 + level / 2)) * error
    return Interval(estimate, max(low, estimate - margin), min(1.0, estimate + margin), level)


def _gain_text(gain: Interval) -> str:
    return f"{gain.estimate:+.3f} ({gain.lower:+.3f} to {gain.upper:+.3f})"


def _written(setting: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in setting.items())
