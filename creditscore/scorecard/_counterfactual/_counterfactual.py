"""Counterfactuals: the smallest changes by which an applicant reaches a score."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, overload

import pandas as pd

from creditscore._display import counted, html_table
from creditscore._typing import Level, NativeFrame
from creditscore._validation import check_choice, check_integer, check_real
from creditscore.exceptions import InvalidParameterError, UncalibratedCardError
from creditscore.scorecard._card_kind import check_card
from creditscore.scorecard._counterfactual._aim import aim_of
from creditscore.scorecard._counterfactual._counterfactual_search import (
    Option,
    Problem,
    Way,
    n_best,
)
from creditscore.scorecard._counterfactual._move_options import MoveOptions
from creditscore.scorecard._counterfactual._moves import Moves
from creditscore.scorecard._counterfactual._recourse import Counterfactual, Recourse, ValueChange
from creditscore.scorecard._counterfactual._score_needed import score_needed
from creditscore.scorecard._counterfactual._whole_numbers import is_whole
from creditscore.scorecard._reading import direction, earned, raw_values, read_applicants
from creditscore.scorecard._scorecard import Scorecard

Measure: TypeAlias = Literal["changes", "cost"]

_OWNER = "counterfactuals"
_MOST_ROWS = 60
"""Applicants that a notebook shows."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Counterfactuals:
    """What each applicant of a table can do to reach a score; made by :func:`counterfactuals`.

    Attributes
    ----------
    recourses : tuple of Recourse
        One for each row, in their order; the object itself is read as this sequence.
    target_score : float
        Score that is asked for.
    measure : {"changes", "cost"}
        What answers are ordered by.

    Examples
    --------
    >>> from creditscore.scorecard import Counterfactuals, Recourse
    >>> passed = Recourse(
    ...     row=0, status="reached", score=600.0, target_score=520.0, best_score=640.0
    ... )
    >>> Counterfactuals(recourses=(passed,), target_score=520.0, measure="changes")
    <Counterfactuals of 1 applicant, 520 points asked for: 1 reached>
    """

    recourses: tuple[Recourse, ...]
    target_score: float
    measure: Measure

    def frame(self) -> pd.DataFrame:
        """Return the changes of all applicants as a table.

        Returns
        -------
        DataFrame
            A row a change: row, status, score, best_score, answer (from 1), characteristic,
            attribute_before, attribute_after, before, after, gain, cost, score_after. An
            applicant without an answer has one row, whose cells from answer on are missing.
        """
        first = ["row", "status", "score", "best_score"]
        empty = Recourse(row=None, status="reached", score=0, target_score=0, best_score=0).frame()
        rows: list[dict[str, Any]] = []
        for recourse in self.recourses:
            said = {name: getattr(recourse, name) for name in first}
            changes = recourse.frame().to_dict("records")
            rows += [{**said, **change} for change in changes or [{}]]
        frame = pd.DataFrame(rows, columns=[*first, *empty.columns])
        return frame.astype({"answer": "Int64"})

    def __len__(self) -> int:
        """Return the number of applicants."""
        return len(self.recourses)

    def __iter__(self) -> Iterator[Recourse]:
        """Go through the applicants."""
        return iter(self.recourses)

    @overload
    def __getitem__(self, place: int) -> Recourse: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Recourse, ...]: ...

    def __getitem__(self, place: int | slice) -> Recourse | tuple[Recourse, ...]:
        """Return the applicant at a place."""
        return self.recourses[place]

    def __repr__(self) -> str:
        """Say in one line what it is; :meth:`frame` shows the changes."""
        counts = Counter(recourse.status for recourse in self.recourses)
        said = ", ".join(f"{counts[status]} {status}" for status in sorted(counts))
        return (
            f"<Counterfactuals of {counted(len(self), 'applicant')}, {self.target_score:.6g} "
            f"points asked for{': ' if said else ''}{said}>"
        )

    def _repr_html_(self) -> str:
        rows = [
            {
                "row": recourse.row,
                "score": recourse.score,
                "status": recourse.status,
                "best answer": "; ".join(recourse.answers[0].sentences())
                if recourse.answers
                else "",
                "best score": recourse.best_score,
            }
            for recourse in self.recourses[:_MOST_ROWS]
        ]
        formats = {"score": "{:.1f}", "best score": "{:.1f}"}
        columns = ["row", "score", "status", "best answer", "best score"]
        shown = pd.DataFrame(rows, columns=columns)
        return html_table(shown, caption=repr(self)[1:-1], formats=formats)


def counterfactuals(
    card: Scorecard,
    X: NativeFrame | Mapping[str, Any],
    *,
    target_score: float | None = None,
    target_prob: float | None = None,
    moves: Moves | Mapping[str, Any] | None = None,
    measure: Measure = "changes",
    n: int = 3,
    max_changes: int | None = None,
) -> Counterfactuals:
    """Find the smallest changes by which each applicant reaches a score or a probability.

    Parameters
    ----------
    card : Scorecard
        The card that scores.
    X : table of shape (n_samples, n_columns), mapping or Series
        Applicants: pandas, polars or pyarrow, of any number of rows, or none; or one applicant.
    target_score : float, optional
        Score to reach or pass towards safety. For a grade, :meth:`GradeScale.score_needed`.
    target_prob : float, optional
        Probability of default to reach or go below, a fraction in (0, 1), in the place of a score.
    moves : Moves, or mapping of its `movable`, optional
        What may change, in which direction, and at what cost; without it, everything may change
        to any bin.
    measure : {"changes", "cost"}, default="changes"
        What comes first: the number of characteristics that change, then the cost; or the cost,
        then the number.
    n : int, default=3
        Most answers for an applicant, 1 or more.
    max_changes : int, optional
        Most characteristics that one answer changes, 1 or more.

    Returns
    -------
    Counterfactuals
        A :class:`Recourse` for each row, also where the score is reached already, or cannot be.

    Raises
    ------
    InvalidParameterError
        No target, or two of them; moves that do not fit the card; a card of several segments,
        which are asked one by one, ``card.card(name)``.
    UncalibratedCardError
        A probability for a card without a scale; costs in shares for a card without counts.

    Warns
    -----
    UnseenCategoryWarning, UnseenValueWarning
        As of :meth:`Scorecard.score`, of the applicants as they are.

    See Also
    --------
    Moves : What may change.
    adverse_reasons : What cost the points.

    Notes
    -----
    The answers are exact: of all combinations of bins that may be moved to, the first is the one
    that is least in (number of changes, cost, -score) or in (cost, number of changes, -score), and
    of equal ones the one that leaves the later characteristics of the card as they are, and moves
    to the attributes that come first; costs are compared to nine decimals. Each further answer is
    the best of those that leave out, of every answer before it, at least one characteristic that
    it changes. No change in an answer can be done without.

    The value that is named is the nearest one of its bin: its lower end from below, from above the
    float just below its upper end. In an interval with linear points, it is the least that
    suffices. Scoring the applicant with these values reaches the target, to the last bit.

    In columns of integers (of pandas also ``Int64``, with missing values) it is the nearest whole
    number, "at least 25" for a bin from 24.5 on and "at most 24" for the one below. Columns of
    floats may hold fractions, whatever these applicants have. One applicant in a mapping has no
    columns: an integer there counts as such where the cuts of the card are whole or halfway
    between whole numbers, so that a ratio that is 1 is none. Nor is it whole where an interval of
    the card holds no whole number.

    It is a multiple-choice knapsack, solved by dynamic programming over the card: of partial sums
    with as many changes, only those are kept that no other one beats in cost and points, and that
    can still reach the target. Of several linear intervals, one value at most need lie inside;
    with whole numbers, two may cost less by a part of a step, and are not looked at.
    O(n_characteristics · n_changes · frontier · log(frontier)) time an applicant and answer, where
    the frontier is no longer than there are sums of costs: few for costs in bins.

    References
    ----------
    .. [1] H. Kellerer, U. Pferschy and D. Pisinger, *Knapsack Problems*, Springer, 2004, ch. 11.
    .. [2] B. Ustun, A. Spangher and Y. Liu, "Actionable Recourse in Linear Classification",
       *FAT* '19*, 2019, 10-19.

    Examples
    --------
    >>> from creditscore import Scorecard
    >>> from creditscore.scorecard import Characteristic, counterfactuals
    >>> card = Scorecard(base_points=500, characteristics=(
    ...     Characteristic.numeric(
    ...         "months_employed", cuts=[6, 24], points=[0, 10, 25], missing_points=0
    ...     ),
    ...     Characteristic.numeric("dti", cuts=[0.3, 0.5], points=[30, 10, 0], missing_points=0),
    ...     Characteristic.categorical(
    ...         "housing", points={"own": 15, "rent": 0}, missing_points=0, other_points=0
    ...     ),
    ... ))
    >>> applicant = {"months_employed": 12, "dti": 0.55, "housing": "rent"}
    >>> found = counterfactuals(card, applicant, target_score=530, moves={
    ...     "months_employed": "up", "dti": "down",
    ... })
    >>> for answer in found[0].answers:
    ...     print(answer.sentences(), answer.score_after)
    ('dti: below 0.3 (now 0.55)',) 540.0
    """
    check_card(card, _OWNER)
    check_choice(measure, "measure", _OWNER, ("changes", "cost"))
    check_integer(n, "n", _OWNER, low=1)
    most = len(card.names)
    if max_changes is not None:
        most = min(most, check_integer(max_changes, "max_changes", _OWNER, low=1))
    allowed = moves if isinstance(moves, Moves) else Moves(movable=moves)
    allowed.check(card)
    target = _target(card, target_score, target_prob)
    search = _Search(card, allowed, target, measure, n, most)
    return Counterfactuals(recourses=tuple(search.of(X)), target_score=target, measure=measure)


class _Search:
    """The search for one card and target; applicants in the same bins share their answers."""

    def __init__(
        self, card: Scorecard, moves: Moves, target: float, measure: Measure, n: int, most: int
    ) -> None:
        self._card, self._sign = card, direction(card)
        self._target, self._measure, self._n, self._most = target, measure, n, most
        self._moves = moves
        self._options: list[MoveOptions] = []
        self._found: dict[Any, tuple[list[Way], float]] = {}

    def of(self, X: Any) -> Iterator[Recourse]:
        """Yield what each applicant can do."""
        table = read_applicants(self._card, X, empty=True)
        alone = isinstance(X, (Mapping, pd.Series))
        self._options = [
            MoveOptions(c, place, self._moves, self._sign, is_whole(c, table, alone=alone))
            for place, c in enumerate(self._card.characteristics)
        ]
        codes, points, score = earned(self._card, table)
        values = [raw_values(c, table) for c in self._card.characteristics]
        labels = X.index.tolist() if isinstance(X, pd.DataFrame) else range(table.n_rows)
        columns = ([of_one.tolist() for of_one in parts] for parts in (codes, points))
        rows = zip(*(zip(*of_all, strict=True) for of_all in (*columns, values)), strict=True)
        for label, total, (at, now, raw) in zip(labels, score.tolist(), rows, strict=True):
            yield self._recourse(label, total, _Applicant(at, now, raw))

    def _recourse(self, label: Any, score: float, applicant: _Applicant) -> Recourse:
        ways, best = self._ways(applicant)
        reached = self._sign * score >= self._sign * self._target
        answers = () if reached else tuple(self._answer(score, applicant, way) for way in ways)
        return Recourse(
            row=label,
            status="reached" if reached else "reachable" if answers else "unreachable",
            score=score,
            target_score=self._target,
            best_score=self._sign * best,
            answers=answers,
        )

    def _ways(self, applicant: _Applicant) -> tuple[list[Way], float]:
        """Return the best ways of an applicant, and the best signed score."""
        found = [
            of_one.of(code, value)
            for of_one, code, value in zip(
                self._options, applicant.codes, applicant.values, strict=True
            )
        ]
        # in the same attributes, with the same points where they are linear
        key = (applicant.codes, applicant.points)
        if key not in self._found:
            problem = Problem(
                self._sign * self._card.base_points,
                tuple(self._sign * p for p in applicant.points),
                tuple(options for options, _ in found),
                tuple(piece for _, pieces in found for piece in pieces),
                self._sign * self._target,
            )
            ways: list[Way] = []
            if problem.score(()) < problem.target:
                ways = n_best(problem, self._n, measure=self._measure, max_changes=self._most)
            self._found[key] = ways, problem.largest(self._most).score
        return self._found[key]

    def _answer(self, score: float, applicant: _Applicant, way: Way) -> Counterfactual:
        return Counterfactual(
            changes=tuple(self._change(applicant, place, option) for place, option in way.picks),
            score_before=score,
            score_after=self._sign * way.score,
            cost=way.cost,
        )

    def _change(self, applicant: _Applicant, place: int, option: Option) -> ValueChange:
        characteristic = self._card.characteristics[place]
        labels = characteristic.partition.labels
        before, code = applicant.values[place], applicant.codes[place]
        whole = self._options[place].whole
        aim = aim_of(characteristic, code, before, option, self._sign, whole=whole)
        return ValueChange(
            characteristic=characteristic.name,
            before=before,
            after=option.value,
            attribute_before=labels[code],
            attribute_after=labels[option.code],
            gain=option.points - self._sign * applicant.points[place],
            cost=option.cost,
            low=aim.low,
            high=aim.high,
            high_included=aim.high_included,
            levels=aim.levels,
        )


@dataclass(frozen=True)
class _Applicant:
    """Attributes, points and values of a row, by characteristic."""

    codes: tuple[int, ...]
    points: tuple[float, ...]
    values: tuple[Level | None, ...]


def _target(card: Scorecard, target_score: float | None, target_prob: float | None) -> float:
    """Return the score to reach."""
    if (target_score is None) == (target_prob is None):
        msg = (
            "Counterfactuals need a target: either target_score or target_prob. Got "
            f"target_score={target_score!r} and target_prob={target_prob!r}."
        )
        raise InvalidParameterError(msg)
    if target_score is not None:
        return check_real(target_score, "target_score", _OWNER, low=-math.inf, high=math.inf)
    prob = check_real(target_prob, "target_prob", _OWNER, low=0, high=1)
    if card.scale is None:
        msg = (
            "This card has no scale, so nothing says which score belongs to a probability. Give "
            "target_score, or the card a scale: card.on_scale(PointsScale(…))."
        )
        raise UncalibratedCardError(msg)
    return score_needed(card.scale, prob)
