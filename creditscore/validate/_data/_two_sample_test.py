"""Can a classifier tell two samples apart, and by which columns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from creditscore._checks import check_kind
from creditscore._display import html_table, p_value_text
from creditscore._typing import Bool1D, Float1D, Float2D, NativeFrame
from creditscore.exceptions import InvalidDataError
from creditscore.metrics import Interval, SignificanceTest, auc, auc_variance
from creditscore.scorecard import Folds
from creditscore.validate._battery._finding import Finding, Verdict, rising_verdict
from creditscore.validate._data._representativeness_settings import RepresentativenessSettings
from creditscore.validate._data._samples import TwoSamples

_SOURCE = (
    "Lopez-Paz and Oquab, Revisiting Classifier Two-Sample Tests, ICLR 2017; bounds are practice"
)
_MOST_NAMED = 3


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class TwoSampleTest:
    """How well a classifier tells two samples apart; by :func:`two_sample_test`.

    Attributes
    ----------
    auc : Interval
        AUC of telling a current row from one of development, on rows that the classifier was not
        fitted on: 0.5 where it cannot, 1 where it always can.
    test : SignificanceTest
        Of the hypothesis that both samples are of one population.
    columns : DataFrame
        A row a column, the most telling first: column, auc_loss (AUC that is lost where the
        column is shuffled, mean over folds), auc_loss_sd (over folds).
    n_development, n_current : int
        Rows that took part.
    settings : RepresentativenessSettings
        Bounds and seed.

    Examples
    --------
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.validate import two_sample_test
    >>> german = load_german_credit().drop(columns="is_bad")
    >>> old = german["age_years"] > 40
    >>> found = two_sample_test(german[~old], german[old])
    >>> found.verdict, found.columns.loc[0, "column"]
    ('fail', 'age_years')
    """

    auc: Interval
    test: SignificanceTest
    columns: pd.DataFrame
    n_development: int
    n_current: int
    settings: RepresentativenessSettings

    @property
    def verdict(self) -> Verdict:
        """What follows: the AUC beside its bounds; "pass" where it is not beyond chance."""
        return self.findings()[0].verdict

    def findings(self) -> tuple[Finding, ...]:
        """Return the line of a report."""
        watch, fail = self.settings.auc_bounds
        by_chance = self.test.p_value >= 1 - self.settings.level
        verdict = rising_verdict(self.auc.estimate, watch_above=watch, fail_above=fail)
        telling = self.columns["auc_loss"].to_numpy() > 2 * self.columns["auc_loss_sd"].to_numpy()
        named = self.columns.loc[telling & (self.columns["auc_loss"] > 0.005), "column"]
        by = ", ".join(named[:_MOST_NAMED]) or "no column alone"
        return (
            Finding(
                part="data",
                test="classifier two-sample test",
                measure="AUC of telling the samples apart",
                statistic=self.auc.estimate,
                lower=self.auc.lower,
                upper=self.auc.upper,
                band="interval",
                p_value=self.test.p_value,
                verdict="pass" if by_chance else verdict,
                judged_by="bound",
                source=_SOURCE,
                note=(
                    f"{self.n_development:,} and {self.n_current:,} rows; told apart by {by}; "
                    f"watch above {watch:g}, fail above {fail:g}, where it is beyond chance"
                ),
            ),
        )

    def __repr__(self) -> str:
        """Say in one line whether they can be told apart."""
        return (
            f"<TwoSampleTest: AUC {self.auc}, p {p_value_text(self.test.p_value)}; most by "
            f"{self.columns.loc[0, 'column']!r}>"
        )

    def _repr_html_(self) -> str:
        caption = (
            f"AUC {self.auc} of telling {self.n_current:,} current rows from "
            f"{self.n_development:,} of development"
        )
        formats = {"auc_loss": "{:.4f}", "auc_loss_sd": "{:.4f}"}
        return html_table(self.columns, caption=caption, formats=formats)


def two_sample_test(
    development: NativeFrame,
    current: NativeFrame,
    *,
    columns: Sequence[str] | None = None,
    development_weight: Any = None,
    current_weight: Any = None,
    settings: RepresentativenessSettings | None = None,
) -> TwoSampleTest:
    """Test whether a classifier can tell two samples apart (adversarial validation).

    Parameters
    ----------
    development, current : table of shape (n_samples, n_columns)
        The sample that a model was made of, and the customers that it is used on.
    columns : sequence of str, optional
        Columns that are read; all that both have, dates aside, by default.
    development_weight, current_weight : array-like of shape (n_samples,), optional
        Rows are drawn with chances in proportion to their weights, none twice.
    settings : RepresentativenessSettings, optional
        Bounds, folds, the most rows that are read, and the seed.

    Returns
    -------
    TwoSampleTest

    Raises
    ------
    MissingColumnError
        A column is not in one of the samples.
    InvalidDataError
        No column in common, or too few rows for the folds.

    See Also
    --------
    representativeness : This test beside one of each characteristic.

    Notes
    -----
    Gradient boosted trees are fitted in folds to "is current", and judged on the rows left out
    [1]_. It finds what no characteristic alone shows: that two of them no longer go together.
    The interval is normal, of DeLong's variance within folds. Where the samples are of one
    population, the AUC of a fold is a Mann-Whitney statistic of mean 1/2 and variance
    (m + n + 1) / (12 m n). Folds share most of the rows that they are fitted on, so the variance
    of their mean is taken as 1 / K + 1 / (K - 1) times that, not as 1 / K times [2]_: the one-sided
    p-value errs on the careful side. With `n_permutations`, it is (1 + permutations that reach the
    AUC) / (1 + permutations), each fitted anew to shuffled samples.

    With many rows any samples can be told apart; the verdict therefore goes by the AUC, if it is
    beyond chance at all. Rows that stand in both samples push the AUC below 1/2, since the
    classifier remembers them with the wrong sample. One fit a fold, and a prediction a fold and
    column.

    References
    ----------
    .. [1] D. Lopez-Paz and M. Oquab, "Revisiting Classifier Two-Sample Tests", ICLR 2017.
    .. [2] C. Nadeau and Y. Bengio, "Inference for the Generalization Error", *Machine Learning*
       52, 2003, pp. 239-281, eq. 9.

    Examples
    --------
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.validate import two_sample_test
    >>> german = load_german_credit()
    >>> found = two_sample_test(german[::2], german[1::2])
    >>> found.verdict
    'pass'
    """
    settings = settings or RepresentativenessSettings()
    check_kind(settings, "settings", "two_sample_test", RepresentativenessSettings)
    weights = development_weight, current_weight
    return told_apart(TwoSamples.read(development, current, columns, weights, settings))


def told_apart(samples: TwoSamples) -> TwoSampleTest:
    """Make the test of samples that were read already."""
    settings = samples.settings
    rows = samples.drawn()
    least = min(map(len, rows))
    if least < 2 * settings.n_folds:
        msg = (
            f"Telling two samples apart in {settings.n_folds} folds needs "
            f"{2 * settings.n_folds} rows of each. Got {least} of one."
        )
        raise InvalidDataError(msg)
    X, is_code = samples.design(rows)
    is_current = np.repeat([False, True], [len(part) for part in rows])
    found = _fitted_folds(X, is_code, is_current, settings, shuffle=True)
    estimate = float(found.areas.mean())
    error = math.sqrt(found.variances.sum()) / settings.n_folds
    margin = float(ndtri(0.5 + settings.level / 2)) * error
    table = pd.DataFrame(
        {
            "column": samples.names,
            "auc_loss": found.losses.mean(axis=0),
            "auc_loss_sd": found.losses.std(axis=0, ddof=1),
        }
    ).sort_values("auc_loss", ascending=False, kind="stable", ignore_index=True)
    return TwoSampleTest(
        auc=Interval(
            estimate, max(0.0, estimate - margin), min(1.0, estimate + margin), settings.level
        ),
        test=_significance(X, is_code, is_current, found, settings),
        columns=table,
        n_development=len(rows[0]),
        n_current=len(rows[1]),
        settings=settings,
    )


@dataclass(frozen=True, eq=False)
class _FittedFolds:
    """What the folds found: areas, their variance, that under the hypothesis, and losses."""

    areas: Float1D
    variances: Float1D
    null_variances: Float1D
    losses: Float2D


def _fitted_folds(
    X: Float2D,
    is_code: Bool1D,
    is_current: Bool1D,
    settings: RepresentativenessSettings,
    *,
    shuffle: bool,
) -> _FittedFolds:
    rng = np.random.default_rng(settings.random_state)
    areas, variances, nulls, losses = [], [], [], []
    for train, test in Folds(n_folds=settings.n_folds).split(is_current, settings.random_state):
        fitted = X[train]
        # the trees find no thresholds in a column without any value
        fitted[:, np.isnan(fitted).all(axis=0)] = 0.0
        model = _classifier(is_code, settings).fit(fitted, is_current[train])
        judged, truth = X[test], is_current[test]
        score = -model.predict_proba(judged)[:, 1]
        area = auc(truth, score)
        areas.append(area)
        n_current = int(truth.sum())
        n_other = len(truth) - n_current
        nulls.append((len(truth) + 1) / (12 * n_current * n_other))
        if shuffle:
            variances.append(auc_variance(truth, score))
            losses.append(_losses(model, judged, truth, area, rng))
    return _FittedFolds(
        np.array(areas), np.array(variances), np.array(nulls), np.array(losses, dtype=np.float64)
    )


def _losses(
    model: Any, X: Float2D, truth: Bool1D, area: float, rng: np.random.Generator
) -> list[float]:
    """Return the AUC that is lost where each column is shuffled; none where no split reads it."""
    found = []
    for place in range(X.shape[1]):
        kept = X[:, place].copy()
        X[:, place] = rng.permutation(kept)
        found.append(area - auc(truth, -model.predict_proba(X)[:, 1]))
        X[:, place] = kept
    return found


def _significance(
    X: Float2D,
    is_code: Bool1D,
    is_current: Bool1D,
    found: _FittedFolds,
    settings: RepresentativenessSettings,
) -> SignificanceTest:
    estimate, n = float(found.areas.mean()), settings.n_permutations
    if n:
        rng = np.random.default_rng(settings.random_state + 1)
        reached = sum(
            float(
                _fitted_folds(
                    X, is_code, rng.permutation(is_current), settings, shuffle=False
                ).areas.mean()
            )
            >= estimate
            for _ in range(n)
        )
        statistic, p_value = estimate, (1 + reached) / (1 + n)
    else:
        # folds share most of the rows that they are fitted on, so their areas are not independent
        n_folds = settings.n_folds
        factor = 1 / n_folds + 1 / (n_folds - 1)
        error = math.sqrt(factor * float(found.null_variances.mean()))
        statistic = (estimate - 0.5) / error
        p_value = float(ndtr(-statistic))
    return SignificanceTest(
        name="classifier two-sample",
        statistic=statistic,
        p_value=p_value,
        hypothesis="both samples are of one population",
        source="Lopez-Paz and Oquab 2017",
        n=len(is_current),
    )


def _classifier(is_code: Bool1D, settings: RepresentativenessSettings) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 - takes time

    return HistGradientBoostingClassifier(
        max_iter=40,
        max_leaf_nodes=15,
        learning_rate=0.15,
        min_samples_leaf=20,
        early_stopping=False,
        categorical_features=is_code,
        random_state=settings.random_state,
    )
