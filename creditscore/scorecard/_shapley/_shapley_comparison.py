"""What moves a challenger, beside what moves a card, in points."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from creditscore._display import Format, html_table
from creditscore._frame import as_table
from creditscore._typing import NativeFrame
from creditscore.exceptions import InvalidDataError, InvalidParameterError, UncalibratedCardError
from creditscore.scorecard._challenge._fitted_challenger import FittedChallenger
from creditscore.scorecard._scorecard import Scorecard
from creditscore.scorecard._shapley._shapley import card_shapley_values, shapley_values
from creditscore.scorecard._shapley._shapley_values import ShapleyValues

_FORMATS: Mapping[str, Format] = {
    "card": "{:.1f}",
    "challenger": "{:.1f}",
    "difference": "{:+.1f}",
    "correlation": "{:.2f}",
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ShapleyComparison:
    """Shapley values of a card and of a challenger for the same cases, both in points.

    Made by :func:`compare_shapley`.

    Attributes
    ----------
    card : ShapleyValues
        Points of each characteristic less their mean over the background.
    challenger : ShapleyValues
        Those of the challenger's log-odds, times the points for a unit of log-odds.
    name : str
        That of the challenger.
    X : table
        The cases.
    higher_is_safer : bool, default=True
        Whether more points are safer: unless the card has a reversed scale.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard import Challenger, compare_shapley
    >>> german = load_german_credit()
    >>> X, y = german[["checking_status", "duration_months"]], german["is_bad"]
    >>> card = LogisticScorecard().fit(X, y).scorecard_
    >>> tree = DecisionTreeClassifier(min_samples_leaf=30, random_state=0)
    >>> rival = Challenger(name="tree", estimator=tree, encoding="onehot").fit(X, y)
    >>> found = compare_shapley(card, rival, X.head(50), X.sample(50, random_state=0))
    >>> found.table(1).round(1)
                  name          value  card  challenger  error  difference
    0  duration_months             48 -30.6       -34.4    0.0        -3.7
    1  checking_status  0 to < 200 DM -15.7       -17.2    0.0        -1.5
    """

    card: ShapleyValues
    challenger: ShapleyValues
    name: str
    X: Any
    higher_is_safer: bool = True

    def __post_init__(self) -> None:
        """Check that both are of the same cases and columns."""
        same = self.card.names == self.challenger.names
        if not same or self.card.values.shape != self.challenger.values.shape:
            msg = (
                "A comparison needs Shapley values of the same cases and names. Got "
                f"{self.card!r} of {', '.join(self.card.names)}, and {self.challenger!r} of "
                f"{', '.join(self.challenger.names)}."
            )
            raise InvalidDataError(msg)

    def table(self, row: int = 0) -> pd.DataFrame:
        """Return what moves both for one case, the most first.

        Parameters
        ----------
        row : int, default=0
            Place of the case.

        Returns
        -------
        DataFrame
            name; value (of the case, as text; empty for groups); card and challenger, in points;
            error, the standard error of the challenger's; difference, the challenger's less the
            card's.

        Raises
        ------
        InvalidParameterError
            There is no such case.
        """
        n = len(self.card.predictions)
        if not isinstance(row, (int, np.integer)) or not -n <= row < n:
            msg = f"The 'row' must be the place of one of {n} cases, from 0. Got {row!r} instead."
            raise InvalidParameterError(msg)
        card, other = self.card.values[row], self.challenger.values[row]
        found = pd.DataFrame(
            {
                "name": self.card.names,
                "value": self._texts(int(row)),
                "card": card,
                "challenger": other,
                "error": self.challenger.standard_errors[row],
                "difference": other - card,
            }
        )
        order = np.argsort(-np.maximum(np.abs(card), np.abs(other)), kind="stable")
        return found.iloc[order].reset_index(drop=True)

    def summary(self) -> pd.DataFrame:
        """Return how much each name moves both on average, the most first.

        Returns
        -------
        DataFrame
            name; card and challenger, mean absolute values in points; correlation, of both over
            the cases, NaN where one never varies.
        """
        card, other = self.card.values, self.challenger.values
        sizes = [np.abs(values).mean(axis=0) for values in (card, other)]
        found = pd.DataFrame(
            {
                "name": self.card.names,
                "card": sizes[0],
                "challenger": sizes[1],
                "correlation": [_correlation(a, b) for a, b in zip(card.T, other.T, strict=True)],
            }
        )
        order = np.argsort(-np.maximum(*sizes), kind="stable")
        return found.iloc[order].reset_index(drop=True)

    def _texts(self, row: int) -> list[str]:
        """Return the values of a case as text; empty for groups of columns."""
        if not nw.dependencies.is_into_dataframe(self.X):
            cells = np.asarray(self.X)[row].tolist()
            values = dict(zip(as_table(self.X).names, cells, strict=True))
        else:
            frame = nw.from_native(self.X, eager_only=True)
            place = row % len(frame)
            labels = as_table(self.X).names
            values = dict(zip(labels, frame[[place], :].row(0), strict=True))
        return [_text(values[name]) if name in values else "" for name in self.card.names]

    def __repr__(self) -> str:
        """Say in one line what moves the challenger otherwise than the card."""
        summary = self.summary()
        gap = (summary["challenger"] - summary["card"]).abs()
        most = summary["name"].iloc[int(gap.to_numpy().argmax())]
        n = len(self.card.predictions)
        return (
            f"<{type(self).__name__}: {n:,} cases, {self.name!r} beside the card; they differ most "
            f"in {most!r}>"
        )

    def _repr_html_(self) -> str:
        caption = f"Mean absolute points, {len(self.card.predictions):,} cases"
        return html_table(self.summary(), caption=caption, formats=_FORMATS_OF_SUMMARY)


_FORMATS_OF_SUMMARY = {
    name: text for name, text in _FORMATS.items() if name in ("card", "challenger", "correlation")
}


def compare_shapley(
    card: Any,
    challenger: FittedChallenger | Callable[[Any], Any],
    X: NativeFrame,
    background: NativeFrame,
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    max_exact: int = 12,
    n_permutations: int = 4,
    random_state: Any = 0,
) -> ShapleyComparison:
    """Set Shapley values of a challenger beside the points of a card.

    Parameters
    ----------
    card : Scorecard or SegmentedScorecard
        With a scale, so that its points are log-odds.
    challenger : FittedChallenger or callable
        A callable takes a table and returns ln(good / bad) for each row.
    X : table of shape (n_cases, n_columns)
        The cases, with the columns of both. Each column takes part.
    background : table of shape (n_background, n_columns)
        What the cases are compared with, with the columns of `X`.
    groups : mapping of str to sequence of str, optional
        As in :func:`shapley_values`.
    max_exact : int, default=12
        As in :func:`shapley_values`.
    n_permutations : int, default=4
        As in :func:`shapley_values`.
    random_state : int, RandomState or None, default=0
        As in :func:`shapley_values`.

    Returns
    -------
    ShapleyComparison

    Raises
    ------
    UncalibratedCardError
        The card has no scale.
    InvalidDataError, MissingColumnError, InvalidParameterError
        As in :func:`shapley_values`.

    Notes
    -----
    Log-odds times the factor of the card's scale are points, so that 20 points of either double
    the odds (on a scale of 20 to double them). A card is additive and needs no coalitions;
    segmented ones, where the column of the rule acts on all others, are taken as a model like any
    other.

    Examples
    --------
    >>> from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard import Challenger, compare_shapley
    >>> german = load_german_credit()
    >>> X, y = german[["checking_status", "duration_months"]], german["is_bad"]
    >>> card = LogisticScorecard().fit(X, y).scorecard_
    >>> rival = Challenger(
    ...     name="discriminant", estimator=LinearDiscriminantAnalysis(), encoding="woe"
    ... ).fit(X, y)
    >>> compare_shapley(card, rival, X.head(3), X.sample(40, random_state=0)).name
    'discriminant'
    """
    if card.scale is None:
        msg = (
            "The card has no scale, so that log-odds of a challenger cannot be turned into its "
            "points. Give it one: card.on_scale(PointsScale(…))."
        )
        raise UncalibratedCardError(msg)
    how: dict[str, Any] = {
        "groups": groups,
        "max_exact": max_exact,
        "n_permutations": n_permutations,
        "random_state": random_state,
    }
    name = "challenger"
    if isinstance(challenger, FittedChallenger):
        name, challenger = challenger.name, challenger.log_odds
    other = shapley_values(challenger, X, background, **how)
    if isinstance(card, Scorecard):
        own = card_shapley_values(card, X, background, groups=groups)
    else:
        own = shapley_values(card.score, X, background, **how)
    return ShapleyComparison(
        card=own,
        challenger=other.scaled(card.scale.factor),
        name=name,
        X=X,
        higher_is_safer=card.higher_is_safer,
    )


def _correlation(a: Any, b: Any) -> float:
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def _text(value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return "missing"
    return f"{value:g}" if isinstance(value, (float, np.floating)) else str(value)
