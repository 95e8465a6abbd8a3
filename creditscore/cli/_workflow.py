"""The main job from a table to a graded hold-out, as one value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

from creditscore._frame import as_table
from creditscore._typing import CoefficientSign, ReasonBaseline
from creditscore._validation import check_target
from creditscore.binning import WOEEncoder
from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError
from creditscore.grade import GradeScale
from creditscore.metrics import Interval, auc_interval, gini_interval, ks_interval
from creditscore.scorecard import LogisticScorecard, PointsScale, Scorecard

N_REASONS = 4
"""As many as Regulation B's commentary finds helpful."""


@dataclass(frozen=True, kw_only=True)
class FitOptions:
    """What the user of ``creditscore fit`` may choose."""

    target: str
    bad_label: str | None = None
    weight: str | None = None
    drop: tuple[str, ...] = ()
    special_codes: tuple[str, ...] = ()
    min_bin_size: float = 0.05
    max_n_bins: int | None = None
    min_iv: float = 0.02
    coefficient_sign: CoefficientSign = "enforce"
    scale: PointsScale = field(default_factory=PointsScale)
    grades: GradeScale = field(default_factory=GradeScale.odds_ladder)
    test_share: float = 0.3
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Run:
    """A card with its evidence.

    Attributes
    ----------
    model : LogisticScorecard
        Fitted on the training rows.
    grades : GradeScale
        Of the probability of default.
    scores : DataFrame
        A row a customer: sample (train or test), is_bad, score, pd, grade, reasons.
    measured_on : str
        "test", or "train" where nothing was held out.
    auc, gini, ks : Interval
        On the rows of `measured_on`.
    grade_table : DataFrame
        On the same rows.
    """

    model: LogisticScorecard
    grades: GradeScale
    scores: pd.DataFrame
    measured_on: str
    auc: Interval
    gini: Interval
    ks: Interval
    grade_table: pd.DataFrame

    @property
    def card(self) -> Scorecard:
        """The card."""
        card: Scorecard = self.model.scorecard_
        return card

    @property
    def measured(self) -> pd.DataFrame:
        """Scores of the rows that were measured."""
        return self.scores[self.scores["sample"] == self.measured_on]


def run_fit(frame: pd.DataFrame, options: FitOptions, on_step: Callable[[str], None]) -> Run:
    """Bin, fit, scale, score, grade and validate; `on_step` hears what is being done."""
    on_step("Reading columns and outcomes")
    X, y, weights = _parts(frame, options)
    label = _label(y, options.bad_label)
    is_bad = check_target(y, n_rows=len(X), bad_label=label).is_bad
    is_test = _held_out(is_bad, options)
    train = ~is_test
    on_step(f"Binning {X.shape[1]} columns and fitting on {train.sum():,} customers")
    model = LogisticScorecard(
        encoder=WOEEncoder(
            min_bin_size=options.min_bin_size,
            max_n_bins=options.max_n_bins,
            special_codes=[_code(text) for text in options.special_codes] or None,
        ),
        scale=options.scale,
        min_iv=options.min_iv,
        coefficient_sign=options.coefficient_sign,
    ).fit(X[train], is_bad[train], None if weights is None else weights[train])
    on_step("Scoring, grading and finding reasons")
    scores = pd.concat(
        [
            pd.DataFrame(
                {"sample": np.where(is_test, "test", "train"), "is_bad": is_bad.astype(int)},
                index=X.index,
            ),
            score_columns(model.scorecard_, X, options.grades),
        ],
        axis="columns",
    )
    on_step("Validating on customers held out" if is_test.any() else "Measuring on the fit itself")
    measured_on = "test" if is_test.any() else "train"
    rows = scores[scores["sample"] == measured_on]
    return Run(
        model=model,
        grades=options.grades,
        scores=scores,
        measured_on=measured_on,
        auc=auc_interval(rows["is_bad"], rows["score"]),
        gini=gini_interval(rows["is_bad"], rows["score"]),
        ks=ks_interval(rows["is_bad"], rows["score"]),
        grade_table=options.grades.table(rows["pd"], rows["is_bad"]),
    )


def score_columns(
    card: Scorecard, X: pd.DataFrame, grades: GradeScale | None, *, n_reasons: int = N_REASONS
) -> pd.DataFrame:
    """Return score, and as far as the card allows it pd, grade and reasons."""
    score = card.score(X)
    columns = {"score": score}
    if card.scale is not None:
        columns["pd"] = pd.Series(card.scale.prob_default(score), index=X.index)
    if grades is not None:
        if grades.measure == "prob_default" and "pd" not in columns:
            msg = (
                "The grade scale grades probabilities, and this card has no scale that gives "
                "them. Use a grade scale on scores."
            )
            raise InvalidParameterError(msg)
        columns["grade"] = grades.grade(
            columns["pd" if grades.measure == "prob_default" else "score"]
        )
    parts = [pd.DataFrame(columns, index=X.index)]
    if n_reasons:
        neutral = all(c.neutral_points is not None for c in card.characteristics)
        baseline: ReasonBaseline = "neutral" if neutral else "maximum"
        parts.append(card.reasons(X, n=n_reasons, baseline=baseline))
    return pd.concat(parts, axis="columns")


def _parts(
    frame: pd.DataFrame, options: FitOptions
) -> tuple[pd.DataFrame, pd.Series, np.ndarray[Any, Any] | None]:
    named = [options.target, *options.drop, *([options.weight] if options.weight else [])]
    as_table(frame).require(named)
    X = frame.drop(columns=named)
    if not X.shape[1]:
        msg = "No column is left besides the target, the weight and those dropped."
        raise EmptyDataError(msg)
    weights = None if options.weight is None else frame[options.weight].to_numpy()
    return X, frame[options.target], weights


def _label(y: pd.Series, bad_label: str | None) -> Any:
    """Find the value of the target that is written like the label."""
    if bad_label is None:
        return None
    alike = [value for value in y.dropna().unique().tolist() if str(value) == bad_label]
    return alike[0] if alike else bad_label


def _held_out(is_bad: np.ndarray[Any, Any], options: FitOptions) -> np.ndarray[Any, Any]:
    is_test = np.zeros(len(is_bad), dtype=bool)
    if options.test_share == 0:
        return is_test
    try:
        _, test = train_test_split(
            np.arange(len(is_bad)),
            test_size=options.test_share,
            stratify=is_bad,
            random_state=options.seed,
        )
    except ValueError as error:
        msg = (
            f"{len(is_bad)} rows, {int(is_bad.sum())} of them bad, cannot be parted with a test "
            f"share of {options.test_share:g}: {error} Bring more rows, or set the share to 0."
        )
        raise InvalidDataError(msg) from error
    is_test[test] = True
    return is_test


def _code(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
