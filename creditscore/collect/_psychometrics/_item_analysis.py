"""Item analysis: how hard an item is, how far it goes with the others, who is at its ends."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._checks import read_entries, unknown_name
from creditscore._display import counted, html_table
from creditscore._typing import Float1D, NativeFrame
from creditscore._validation import check_real
from creditscore.collect._psychometrics._alpha import (
    CronbachAlpha,
    alpha_of,
    rest_correlations,
    warn_of_items_against,
)
from creditscore.collect._psychometrics._answer_matrix import (
    AnswerMatrix,
    MissingAnswers,
    read_scales,
)
from creditscore.exceptions import InvalidDataError, InvalidParameterError

_SHARES = ("missing", "difficulty", "item_rest", "alpha_without", "floor", "ceiling")


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ItemAnalysis:
    """Figures of each item of a questionnaire, and alpha of all.

    Made by :func:`item_analysis`.

    Attributes
    ----------
    table : DataFrame
        A row an item: item, n (answers), missing (share of the respondents without one), mean,
        standard_deviation, difficulty (mean as a share of the scale: 1 where all give its
        greatest answer), item_rest (correlation with the sum of the other items), alpha_without
        (alpha of the others), floor and ceiling (shares of answers at the ends of the scale),
        note (what to look at; empty where nothing).
    alpha : CronbachAlpha
        Of all items.
    reversed_items : tuple of str
        Items whose answers were turned round.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import item_analysis
    >>> answers = pd.DataFrame({"pays": [5, 2, 4, 1], "plans": [4, 2, 5, 1], "late": [1, 4, 2, 4]})
    >>> found = item_analysis(answers, scale=(1, 5), reversed_items=("late",))
    >>> found
    ItemAnalysis(3 items, 4 cases, alpha 0.963; lowest item-rest correlation: plans 0.88)
    >>> found.table[["item", "difficulty", "ceiling"]]
        item  difficulty  ceiling
    0   pays      0.5000     0.25
    1  plans      0.5000     0.25
    2   late      0.5625     0.25
    """

    table: pd.DataFrame
    alpha: CronbachAlpha
    reversed_items: tuple[str, ...]

    def __repr__(self) -> str:
        """Say in one line how the items hold together, and which does the least."""
        correlations = self.table["item_rest"]
        least = "none has a correlation"
        if correlations.notna().any():
            worst = self.table.loc[correlations.idxmin()]
            least = f"lowest item-rest correlation: {worst['item']} {worst['item_rest']:.2f}"
        return (
            f"ItemAnalysis({counted(len(self.table), 'item')}, "
            f"{counted(self.alpha.n_cases, 'case')}, alpha {self.alpha.alpha:.3f}; {least})"
        )

    def _repr_html_(self) -> str:
        """Show the table."""
        formats = dict.fromkeys((*_SHARES, "mean", "standard_deviation"), "{:.3f}")
        return html_table(self.table, caption=repr(self), formats=formats)


def item_analysis(
    answers: NativeFrame,
    *,
    scale: Any = None,
    reversed_items: Collection[str] = (),
    missing: MissingAnswers = "refuse",
    weights: Any = None,
    confidence: float = 0.95,
) -> ItemAnalysis:
    """Look at each item of a questionnaire: how hard it is, and how far it goes with the others.

    Parameters
    ----------
    answers : table of shape (n_respondents, n_items)
        Numbers, a column an item.
    scale : pair of float or mapping of str to pair, optional
        Least and greatest answer of all items, or of each. Without it there is neither difficulty
        nor floor nor ceiling, and no item can be turned round.
    reversed_items : collection of str, default=()
        Items worded the other way round; their answers x become low + high - x.
    missing : {"refuse", "listwise", "pairwise"}, default="refuse"
        What becomes of gaps in correlations and alpha, as in :func:`cronbach_alpha`. With
        "pairwise", figures of a single item use all its answers.
    weights : array-like of shape (n_respondents,), optional
        How many customers each respondent stands for.
    confidence : float in (0, 1), default=0.95
        Level of the interval of alpha.

    Returns
    -------
    ItemAnalysis

    Raises
    ------
    EmptyDataError, InvalidDataError, ColumnTypeError
        As in :func:`cronbach_alpha`; and an answer outside its scale.
    InvalidParameterError
        A parameter outside its range; items to turn without a scale, or that are not there.

    Warns
    -----
    ResponseWarning, ConstantColumnWarning
        Items that run against the others, or have no spread; messages name them.

    Notes
    -----
    The correlation is of an item with the sum of the *others*: with the whole sum it would be
    high because the item is in it. Missing shares are of the respondents before any is left out.
    O(n_respondents · n_items²) time.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import item_analysis
    >>> answers = pd.DataFrame({"a": [1, 0, 1, 1], "b": [1, 0, 1, 0], "c": [1, 0, 0, 0]})
    >>> item_analysis(answers, scale=(0, 1)).table[["item", "difficulty", "item_rest"]].round(2)
      item  difficulty  item_rest
    0    a        0.75       0.52
    1    b        0.50       0.71
    2    c        0.25       0.52
    """
    owner = "item_analysis"
    level = check_real(confidence, "confidence", owner, low=0, high=1)
    matrix = AnswerMatrix.of(answers, owner, weights=weights, missing=missing)
    given = AnswerMatrix.of(answers, owner, weights=weights, missing="pairwise")
    scales = read_scales(scale, matrix.names, owner)
    if scales is not None:
        _check_within(given, scales)
    turned = read_entries(reversed_items, "reversed_items", owner)
    for name in turned:
        if name not in matrix.names:
            raise unknown_name(name, matrix.names, "item", "the table")
    if turned and scales is None:
        msg = (
            f"To turn answers round, item_analysis needs their scale. Pass scale=(…, …) with the "
            f"least and the greatest answer to {', '.join(map(repr, turned))}."
        )
        raise InvalidParameterError(msg)
    if scales is not None:
        matrix = matrix.turned(turned, scales)
    alpha = alpha_of(matrix, level)
    table = _table(matrix, given, scales)
    warn_of_items_against(matrix)
    return ItemAnalysis(table=table, alpha=alpha, reversed_items=tuple(turned))


def _table(
    matrix: AnswerMatrix, given: AnswerMatrix, scales: dict[str, tuple[float, float]] | None
) -> pd.DataFrame:
    correlations = rest_correlations(matrix)
    without = _alphas_without(matrix)
    constant = matrix.constant()
    gaps = np.average(np.isnan(given.values), axis=0, weights=given.weights)
    rows = []
    for place, name in enumerate(matrix.names):
        answers = matrix.values[:, place]
        there = ~np.isnan(answers)
        values, weights = answers[there], matrix.weights[there]
        mean = float(np.average(values, weights=weights))
        variance = float(np.average((values - mean) ** 2, weights=weights))
        n = float(weights.sum() ** 2 / (weights**2).sum())
        row = {
            "item": name,
            "n": len(values),
            "missing": float(gaps[place]),
            "mean": mean,
            "standard_deviation": float(np.sqrt(variance * n / (n - 1))) if n > 1 else np.nan,
            "difficulty": np.nan,
            "item_rest": float(correlations[place]),
            "alpha_without": float(without[place]),
            "floor": np.nan,
            "ceiling": np.nan,
            "note": _note(name in constant, float(correlations[place])),
        }
        if scales is not None:
            low, high = scales[name]
            row["difficulty"] = (mean - low) / (high - low)
            row["floor"] = float(np.average(values == low, weights=weights))
            row["ceiling"] = float(np.average(values == high, weights=weights))
        rows.append(row)
    return pd.DataFrame(rows)


def _note(is_constant: bool, correlation: float) -> str:
    if is_constant:
        return "no spread"
    return "runs against the others: worded the other way round?" if correlation < 0 else ""


def _alphas_without(matrix: AnswerMatrix) -> Float1D:
    """Return alpha of the other items for each; NaN for two items, or without spread."""
    covariance = matrix.covariances()[0][0]
    k = len(covariance)
    if k < 3:
        return np.full(k, np.nan)
    own = np.diag(covariance)
    total = covariance.sum() - 2 * covariance.sum(axis=1) + own
    total = np.where(total <= 1e-12 * np.abs(covariance).sum(), np.nan, total)
    return np.asarray((k - 1) / (k - 2) * (1 - (own.sum() - own) / total))


def _check_within(matrix: AnswerMatrix, scales: dict[str, tuple[float, float]]) -> None:
    for place, name in enumerate(matrix.names):
        low, high = scales[name]
        answers = matrix.values[:, place]
        outside = answers[(answers < low) | (answers > high)]
        if len(outside):
            msg = (
                f"The item {name!r} has {counted(len(outside), 'answer')} outside its scale of "
                f"{low:g} to {high:g}, such as {outside[0]:g}. Correct them, or the scale."
            )
            raise InvalidDataError(msg)
