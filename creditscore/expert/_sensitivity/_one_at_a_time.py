"""One weight at a time: the interval in which the first, the order or the grades stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self, TypeAlias

import numpy as np
import pandas as pd

from creditscore._display import counted, html_table
from creditscore._typing import Float1D, Float2D, NativeFrame
from creditscore._validation import check_choice
from creditscore.exceptions import InvalidParameterError
from creditscore.expert._complete_columns import read_complete
from creditscore.expert._finite_numbers import finite_numbers
from creditscore.expert._sensitivity._score_lines import (
    Room,
    grade_places,
    grade_room,
    order_room,
    shown_scores,
    slopes,
    weighed_scores,
)
from creditscore.expert._sensitivity._weight_draws import draw_dirichlet, draw_judgements
from creditscore.expert._sensitivity._weight_simulation import WeightSimulation, simulated
from creditscore.expert._weights._hierarchy import WeightHierarchy
from creditscore.expert._weights._weights import Weights

Kept: TypeAlias = Literal["winner", "order", "grades"]
"""What stays the same while a weight moves."""
_END = 1e-12
"""Distance from the weights 0 and 1 within which a change is at that end."""
_KEPT = ("winner", "order", "grades")


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class WeightSensitivity:
    """How far weights may move before the first customer, the order or a grade changes.

    Made by :meth:`of`.

    Attributes
    ----------
    customers : tuple
        Their labels.
    weights : Weights
        Of the criteria.
    subscores : array of shape (n_customers, n_criteria)
        A higher one is safer.
    bounds : tuple of float
        Between each grade and the next on the score, decreasing; empty where nobody is graded.
    labels : tuple of str
        Grades, the safest first.

    See Also
    --------
    SensitivityDisplay : The intervals as a picture.

    Notes
    -----
    While the weight t of the criterion k moves, the others keep their proportions:
    w_j(t) = w_j (1 − t) / (1 − w_k). Each score is then a straight line of t, so that the points
    where two scores cross, or one crosses a bound, are exact and found by one division each.
    Customers whose scores tie now have no order among themselves that could be lost. A score at a
    bound has the safer grade. Scores are weighted means of the sub-scores, on their scale, rounded
    as those of an :class:`ExpertScorecard` whose ``scale_to`` is 100.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.expert import WeightSensitivity, Weights
    >>> subscores = pd.DataFrame(
    ...     {"financial": [90, 60], "management": [50, 70]}, index=["Alder", "Birch"]
    ... )
    >>> weights = Weights.of({"financial": 60, "management": 40})
    >>> sensitivity = WeightSensitivity.of(subscores, weights, bounds=[70], labels=["A", "B"])
    >>> sensitivity.scores.round(2).tolist()
    [74.0, 64.0]
    >>> sensitivity.intervals("winner").round(3)
        criterion  weight  lowest  highest        change_below        change_above
    0   financial     0.6     0.4      1.0  Birch passes Alder
    1  management     0.4     0.0      0.6                      Birch passes Alder
    """

    customers: tuple[Any, ...]
    weights: Weights
    subscores: Float2D
    bounds: tuple[float, ...]
    labels: tuple[str, ...]

    @classmethod
    def of(
        cls,
        subscores: NativeFrame,
        weights: Weights | WeightHierarchy,
        *,
        bounds: Sequence[float] = (),
        labels: Sequence[str] = (),
    ) -> Self:
        """Look at the sub-scores of customers under weights.

        Parameters
        ----------
        subscores : table of shape (n_customers, n_columns)
            pandas, polars or pyarrow; for each criterion a column of numbers on one scale, a higher
            one safer. Customers are called by the index of a pandas table, else by their row. To
            move the weight of a whole group, give the scores of the groups and their weights.
        weights : Weights or WeightHierarchy
            Of the criteria; of a hierarchy, those of its leaves.
        bounds : sequence of float, default=()
            Between each grade and the next, on the score, decreasing, as those of a grade scale
            whose measure is the score.
        labels : sequence of str, default=()
            Grades, the safest first, one more than there are bounds; without, they are called by
            their numbers.

        Raises
        ------
        InvalidParameterError
            Fewer than two criteria with a weight, or bounds and labels that do not fit.
        MissingColumnError, ColumnTypeError, InfiniteValueError
            A column is not there or cannot be read; the message names it.
        RefusedValueError
            A column holds a missing value.
        """
        weights = weights.leaves() if isinstance(weights, WeightHierarchy) else weights
        if not isinstance(weights, Weights) or sum(v > 0 for v in weights.values) < 2:
            msg = (
                f"{cls.__name__} needs Weights, or a WeightHierarchy, in which two criteria or "
                f"more have a weight, because one gives what another takes. Got {weights!r}."
            )
            raise InvalidParameterError(msg)
        _, values = read_complete(subscores, weights.names, cls.__name__)
        index = subscores.index if isinstance(subscores, pd.DataFrame) else range(len(values))
        limits, grades = _checked_grades(bounds, labels, cls.__name__)
        return cls(
            customers=tuple(index),
            weights=weights,
            subscores=values,
            bounds=limits,
            labels=grades,
        )

    @property
    def scores(self) -> pd.Series:
        """Scores under the weights as they are, by customer."""
        return pd.Series(self._scores, index=pd.Index(self.customers), name="score")

    @property
    def grades(self) -> pd.Series:
        """Grades under the weights as they are, by customer.

        Raises
        ------
        InvalidParameterError
            No bounds were given.
        """
        self._check_graded()
        found = [self.labels[i] for i in grade_places(self._scores, np.array(self.bounds))]
        return pd.Series(found, index=pd.Index(self.customers), name="grade")

    def intervals(self, keep: Kept = "order") -> pd.DataFrame:
        """Return how far each weight may move.

        Parameters
        ----------
        keep : {"winner", "order", "grades"}, default="order"
            What stays the same: which customer is first, the order of all, or all their grades.

        Returns
        -------
        DataFrame
            A row a criterion: criterion, weight, lowest, highest (its weights between which that
            stays, in [0, 1]), change_below, change_above (what changes first beyond; empty where
            nothing does up to 0 or 1).

        Raises
        ------
        InvalidParameterError
            A word that there is not, or grades without bounds.

        Notes
        -----
        O(n_criteria · n_customers · log n_customers).
        """
        check_choice(keep, "keep", "WeightSensitivity.intervals", _KEPT)
        if keep == "grades":
            return self._all_grades()
        rows, scores = [], self._sums
        for k, (name, weight) in enumerate(self.weights.to_dict().items()):
            slope = slopes(self.subscores, self.weights.array(), k)
            room = order_room(scores, slope, winner_only=keep == "winner")
            changes = [
                self._passing(side) if side.distance < most - _END else ""
                for side, most in zip(room, (weight, 1 - weight), strict=True)
            ]
            rows.append(_row(name, weight, (room[0].distance, room[1].distance), changes))
        return pd.DataFrame(rows)

    def grade_intervals(self) -> pd.DataFrame:
        """Return how far each weight may move before the grade of each customer changes.

        Returns
        -------
        DataFrame
            A row a customer and criterion: customer, grade, criterion, weight, lowest, highest,
            grade_below, grade_above (those it changes to beyond; empty where it never does).

        Raises
        ------
        InvalidParameterError
            No bounds were given.
        """
        self._check_graded()
        limits, scores = np.array(self.bounds), self._sums
        place = grade_places(shown_scores(scores), limits)
        labels = np.array(["", *self.labels, ""], dtype=object)
        parts = []
        for k, (name, weight) in enumerate(self.weights.to_dict().items()):
            slope = slopes(self.subscores, self.weights.array(), k)
            below, above = grade_room(scores, place, slope, limits)
            # places in `labels`, whose first grade is at 1: the safer where the score rises
            step = np.where(slope > 0, 1, -1)
            falls, rises = below < weight - _END, above < 1 - weight - _END
            parts.append(
                pd.DataFrame(
                    {
                        "customer": self.customers,
                        "grade": labels[place + 1],
                        "criterion": name,
                        "weight": weight,
                        "lowest": np.where(falls, weight - below, 0.0),
                        "highest": np.where(rises, weight + above, 1.0),
                        "grade_below": np.where(falls, labels[place + 1 + step], ""),
                        "grade_above": np.where(rises, labels[place + 1 - step], ""),
                    }
                )
            )
        return pd.concat(parts, ignore_index=True)

    def simulate(
        self,
        *,
        concentration: float = 100.0,
        n_draws: int = 10_000,
        n_ranks: int = 10,
        random_state: int | np.random.Generator = 0,
    ) -> WeightSimulation:
        """Draw weights around those given, all at once, from a Dirichlet distribution.

        Parameters
        ----------
        concentration : float, default=100
            How closely they lie around the weights, above 0: a weight w has the mean w and the
            standard deviation √(w (1 − w) / (concentration + 1)), 0.043 for w = 0.25 by default.
        n_draws : int, default=10000
            Number of draws, 1 or more.
        n_ranks : int, default=10
            Ranks whose probabilities are counted, 1 or more; the first ones.
        random_state : int or numpy.random.Generator, default=0
            Seed, zero or more; the same seed gives the same draws.

        Returns
        -------
        WeightSimulation

        Raises
        ------
        InvalidParameterError
            A number outside its range.

        Notes
        -----
        A weight of 0 stays 0. O(n_draws · n_customers · (n_criteria + log n_customers)) time;
        memory for the draws, and for a bounded part of the scores at a time.
        """
        drawn = draw_dirichlet(
            self.weights.array(), concentration, n_draws=n_draws, random_state=random_state
        )
        method = f"Dirichlet, concentration {concentration:g}"
        return simulated(self, drawn, method=method, n_ranks=n_ranks)

    def simulate_judgements(
        self,
        matrix: Any,
        *,
        noise: float,
        n_draws: int = 10_000,
        n_ranks: int = 10,
        random_state: int | np.random.Generator = 0,
    ) -> WeightSimulation:
        """Draw weights by disturbing each pairwise judgement behind them.

        Parameters
        ----------
        matrix : PairwiseComparison, DataFrame or array-like of shape (n_criteria, n_criteria)
            Pairwise comparison of the criteria on Saaty's scale, complete and reciprocal; an
            incomplete one by its ``completed()``. An array has the order of the weights.
        noise : float
            Standard deviation of the logarithm of a judgement, above 0. With 0.2, a judgement is
            within 22 % of what it would be in two cases out of three.
        n_draws : int, default=10000
            As in :meth:`simulate`.
        n_ranks : int, default=10
            As in :meth:`simulate`.
        random_state : int or numpy.random.Generator, default=0
            As in :meth:`simulate`.

        Returns
        -------
        WeightSimulation

        Raises
        ------
        InvalidParameterError
            A number outside its range.
        InvalidDataError
            A matrix that is not complete and reciprocal, or is of other weights.

        Notes
        -----
        Each judgement above the diagonal is multiplied by exp(noise · z) with z standard normal,
        the one below is its reciprocal, and weights are the geometric means of the rows. Drawn
        weights lie around those of the undisturbed matrix, whose geometric means may differ a
        little from an eigenvector.
        """
        drawn = draw_judgements(
            matrix, self.weights, noise, n_draws=n_draws, random_state=random_state
        )
        return simulated(self, drawn, method=f"judgements, noise {noise:g}", n_ranks=n_ranks)

    @property
    def _sums(self) -> Float1D:
        """Scores before they are rounded: rounding would move where lines cross."""
        return weighed_scores(self.subscores, self.weights.array())

    @property
    def _scores(self) -> Float1D:
        return shown_scores(self._sums)

    def _passing(self, room: Room) -> str:
        return f"{self.customers[room.rising]} passes {self.customers[room.falling]}"

    def _all_grades(self) -> pd.DataFrame:
        """Return the intervals in which no grade changes, and whose changes first."""
        table = self.grade_intervals()
        rows = []
        for name, weight in self.weights.to_dict().items():
            own = table.loc[table["criterion"] == name]
            low, high = own.loc[own["lowest"].idxmax()], own.loc[own["highest"].idxmin()]
            changes = [
                f"{at['customer']} {at['grade']} → {at[to]}" if at[to] else ""
                for at, to in ((low, "grade_below"), (high, "grade_above"))
            ]
            rooms = (weight - low["lowest"], high["highest"] - weight)
            rows.append(_row(name, weight, rooms, changes))
        return pd.DataFrame(rows)

    def _check_graded(self) -> None:
        if not self.labels:
            msg = (
                "No grades are known: give the bounds between them, WeightSensitivity.of(bounds=)."
            )
            raise InvalidParameterError(msg)

    def __repr__(self) -> str:
        """Say in one line of how many customers and criteria it is."""
        graded = f", {counted(len(self.labels), 'grade')}" if self.labels else ""
        return (
            f"WeightSensitivity({counted(len(self.customers), 'customer')}, "
            f"{len(self.weights)} criteria{graded})"
        )

    def _repr_html_(self) -> str:
        """Show the intervals in which the order stays."""
        formats = dict.fromkeys(("weight", "lowest", "highest"), "{:.4f}")
        caption = "Weights between which the order of the customers stays"
        return html_table(self.intervals("order"), caption=caption, formats=formats)


def _row(
    name: str, weight: float, room: tuple[float, float], changes: Sequence[str]
) -> dict[str, Any]:
    return {
        "criterion": name,
        "weight": weight,
        "lowest": weight - room[0] if changes[0] else 0.0,
        "highest": weight + room[1] if changes[1] else 1.0,
        "change_below": changes[0],
        "change_above": changes[1],
    }


def _checked_grades(
    bounds: Sequence[float], labels: Sequence[str], owner: str
) -> tuple[tuple[float, ...], tuple[str, ...]]:
    """Return bounds and the labels of the grades between them; nothing where nobody is graded."""
    limits = finite_numbers(bounds, "bounds", owner)
    names = tuple(labels) if not isinstance(labels, str) else (labels,)
    if not limits and not names:
        return (), ()
    if not (np.diff(limits) < 0).all():
        msg = (
            f"The 'bounds' parameter of {owner} must be decreasing numbers, because lower scores "
            f"are riskier. Got {bounds!r} instead."
        )
        raise InvalidParameterError(msg)
    names = names or tuple(str(i + 1) for i in range(len(limits) + 1))
    text = all(isinstance(name, str) and name for name in names)
    if len(names) != len(limits) + 1 or not text or len(set(names)) < len(names):
        msg = (
            f"The 'labels' parameter of {owner} must be {len(limits) + 1} different texts, one "
            f"more than there are bounds. Got {labels!r} instead."
        )
        raise InvalidParameterError(msg)
    return limits, names
