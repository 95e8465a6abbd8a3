"""The main job from a table to a graded hold-out, as one value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

from creditscore._frame import Table, as_table
from creditscore._typing import Bool1D, CoefficientSign, ColumnKind, Float1D, ReasonBaseline
from creditscore._validation import check_finite, check_target, check_weights
from creditscore.cli._cards import AnyCard, cards_of
from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    UncalibratedCardError,
)
from creditscore.grade import GradeScale
from creditscore.metrics import Interval, auc_interval, gini_interval, ks_interval
from creditscore.scorecard import (
    LogisticScorecard,
    PointsScale,
    Scorecard,
    SegmentedScorecard,
)

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
    min_iv: float | None = None
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
        A row a customer: sample (train or test), is_bad, and what :func:`score_columns` gives.
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
    on_step(f"Binning the columns and fitting on {train.sum():,} customers")
    kinds = _numbers_beside_codes(X, options.special_codes) if options.special_codes else {}
    model = LogisticScorecard(
        encoder=LogisticScorecard.default_encoder(
            min_bin_size=options.min_bin_size,
            max_n_bins=options.max_n_bins,
            special_codes=_special_codes(options.special_codes, as_table(X).with_kinds(kinds))
            or None,
            kinds=kinds or None,
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
    card: AnyCard, X: pd.DataFrame, grades: GradeScale | None, *, n_reasons: int = N_REASONS
) -> pd.DataFrame:
    """Return what a card says of each row.

    Parameters
    ----------
    card : Scorecard or SegmentedScorecard
        The card.
    X : DataFrame
        Holds the card's columns.
    grades : GradeScale or None
        Of probabilities or scores; None for no grades.
    n_reasons : int, default=4
        Most reasons for a row, 0 or more.

    Returns
    -------
    DataFrame
        Columns segment (of a segmented card), score, pd (where the card has a scale), grade, and
        those of :meth:`Scorecard.reason_details`, against the neutral points or, where a
        characteristic of the card has none, against the most that each can earn.
    """
    columns = {}
    if isinstance(card, SegmentedScorecard):
        columns["segment"] = card.segments.assign(X)
    score = columns["score"] = card.score(X)
    if card.scale is not None:
        columns["pd"] = pd.Series(card.scale.prob_default(score), index=X.index)
    if grades is not None:
        if grades.measure == "prob_default" and "pd" not in columns:
            msg = (
                "The grade scale grades probabilities, and this card has no scale that gives "
                "them. Use a grade scale on scores."
            )
            raise UncalibratedCardError(msg)
        columns["grade"] = grades.grade(
            columns["pd" if grades.measure == "prob_default" else "score"]
        )
    parts = [pd.DataFrame(columns, index=X.index)]
    if n_reasons:
        characteristics = (c for one in cards_of(card) for c in one.characteristics)
        neutral = all(c.neutral_points is not None for c in characteristics)
        baseline: ReasonBaseline = "neutral" if neutral else "maximum"
        parts.append(card.reason_details(X, n=n_reasons, baseline=baseline))
    return pd.concat(parts, axis="columns")


def _parts(
    frame: pd.DataFrame, options: FitOptions
) -> tuple[pd.DataFrame, pd.Series, Float1D | None]:
    """Part a table into columns, target and weights, checked before rows are held out.

    What is checked later counts rows of the sample that is fitted, not those of the file.
    """
    singles = [options.target, *([options.weight] if options.weight else [])]
    named = [*singles, *dict.fromkeys(options.drop)]
    if len(set(named)) < len(named):
        msg = f"--target, --weight and --drop must name different columns. Got {named} instead."
        raise InvalidParameterError(msg)
    as_table(frame).require(named)
    X = frame.drop(columns=named)
    if not X.shape[1]:
        msg = "No column is left besides the target, the weight and those dropped."
        raise EmptyDataError(msg)
    table = as_table(X)
    for name in table.names:
        if table.kind(name) == "numeric":
            check_finite(table.numeric(name), name=name)
    weights = None if options.weight is None else frame[options.weight].to_numpy()
    return X, frame[options.target], check_weights(weights, n_rows=len(X))


def _label(y: pd.Series, bad_label: str | None) -> Any:
    """Find the value of the target that is written like the label."""
    if bad_label is None:
        return None
    labels = y.dropna().unique().tolist()
    alike = [label for label in labels if str(label) == bad_label]
    # 2 is also how one writes 2.0
    alike += [label for label in labels if not isinstance(label, str) and label == _code(bad_label)]
    return alike[0] if alike else bad_label


def _held_out(is_bad: Bool1D, options: FitOptions) -> Bool1D:
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
        raise _too_few(is_bad, options) from error
    is_test[test] = True
    # the intervals of the measures need two of a kind
    if min(np.sum(is_bad[part] == kind) for part in (is_test, ~is_test) for kind in (0, 1)) < 2:
        raise _too_few(is_bad, options)
    return is_test


def _too_few(is_bad: Bool1D, options: FitOptions) -> InvalidDataError:
    return InvalidDataError(
        f"{len(is_bad):,} rows, {int(is_bad.sum()):,} of them bad, cannot be parted by "
        f"--test-share {options.test_share:g} such that both parts hold two good and two bad "
        "customers or more. Bring more rows, choose another share, or set the share to 0 and hold "
        "none out."
    )


def _numbers_beside_codes(X: pd.DataFrame, codes: tuple[str, ...]) -> dict[str, ColumnKind]:
    """Return the text columns that hold numbers but for special codes, as columns of both."""
    kinds: dict[str, ColumnKind] = {}
    for name in X:
        if pd.api.types.is_numeric_dtype(X[name]):
            continue
        filled = X[name].dropna()
        others = filled[~filled.isin(codes)]
        numbers = pd.to_numeric(others.astype("str"), errors="coerce")
        if 0 < len(others) < len(filled) and numbers.notna().all():
            kinds[name] = "mixed"
    return kinds


def _special_codes(texts: tuple[str, ...], table: Table) -> list[float | str]:
    """Return each code as the columns hold it: as number, as text, or as both."""
    codes: list[float | str] = []
    for text in texts:
        code = _code(text)
        as_text = any(text in _words(table, name) for name in table.names)
        as_number = not isinstance(code, str) and any(
            (_numbers(table, name) == code).any() for name in table.names
        )
        if as_number or not as_text:
            codes.append(code)
        if as_text and text not in codes:
            codes.append(text)
    return codes


def _words(table: Table, name: str) -> Sequence[Any]:
    """Return the text that a column holds."""
    kind = table.kind(name)
    if kind == "mixed":
        return table.mixed(name).words
    return () if kind == "numeric" else table.levels(name)[1]


def _numbers(table: Table, name: str) -> Float1D:
    """Return the numbers that a column holds."""
    kind = table.kind(name)
    if kind == "mixed":
        return table.mixed(name).values
    return table.numeric(name) if kind == "numeric" else np.empty(0)


def _code(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
