"""Finding segments: few candidates, chosen on one part of the rows and tested on another."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from creditscore._frame import Table
from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore._validation import check_integer, check_real
from creditscore.exceptions import CreditScoreError, InvalidParameterError
from creditscore.scorecard._segments._segment_candidates import Candidate, candidates_of
from creditscore.scorecard._segments._segment_cells import SearchRows, cells_of
from creditscore.scorecard._segments._segment_gain import PairedGain, fold_of_rows, paired_gain
from creditscore.scorecard._segments._segments import Segments

Scorer: TypeAlias = Callable[[Int1D, Int1D], Float1D]
"""Fits a card on some rows and returns the log-odds of being good of others."""

LOG_COLUMNS = {
    "divides": "str",
    "column": "str",
    "segment": "str",
    "n_rows": "float64",
    "n_rows_other": "float64",
    "choice_gain": "float64",
    "holdout_gain": "float64",
    "holdout_error": "float64",
    "z": "float64",
    "auc_one_card": "float64",
    "auc_segmented": "float64",
    "outcome": "str",
}


@dataclass(frozen=True, kw_only=True)
class SegmentSearch:
    """How segments are searched that are not given.

    Parameters
    ----------
    max_segments : int, default=4
        Most segments, from 2 to 4: a division in two, and of either side in two again.
    min_segment_size : float, default=0.1
        Least rows of a segment, by weight: up to 1 a share of all rows, above 1 a weight.
    min_good, min_bad : float, default=50
        Least goods and least bads of a segment, by weight, zero or more.
    columns : tuple of str or None, default=None
        Columns that may divide; None means all.
    max_cuts : int, default=3
        Most cuts of a number, or levels, that are tried in a column, 1 or more.
    holdout : float, default=0.3
        Share of the rows, in (0, 1), that chooses nothing and on which each choice is tested.
    n_folds : int, default=3
        Folds of the other rows by which candidates are compared, 2 or more.
    min_z : float, default=2
        Least gain on the hold-out in standard errors, zero or more.
    max_rows : int or None, default=20_000
        Most rows on which candidates are compared, 100 or more; a sample of them where there are
        more. None sets no limit. The test and the fit of the cards take all.

    Raises
    ------
    InvalidParameterError
        A parameter is out of range.

    See Also
    --------
    SegmentedLogisticScorecard : Searches, and says in its Notes how.

    Examples
    --------
    >>> from creditscore.scorecard import SegmentSearch
    >>> SegmentSearch(columns=("product",), min_bad=100).min_bad
    100.0
    """

    max_segments: int = 4
    min_segment_size: float = 0.1
    min_good: float = 50.0
    min_bad: float = 50.0
    columns: tuple[str, ...] | None = None
    max_cuts: int = 3
    holdout: float = 0.3
    n_folds: int = 3
    min_z: float = 2.0
    max_rows: int | None = 20_000

    def __post_init__(self) -> None:
        """Check the parameters."""
        owner = type(self).__name__
        if check_integer(self.max_segments, "max_segments", owner, low=2) > 4:
            msg = (
                f"The 'max_segments' parameter of {owner} must be 2, 3 or 4. Got "
                f"{self.max_segments!r} instead."
            )
            raise InvalidParameterError(msg)
        for name in ("min_segment_size", "min_good", "min_bad", "min_z"):
            value = getattr(self, name)
            number = check_real(value, name, owner, low=0, high=math.inf, closed="left")
            object.__setattr__(self, name, number)
        check_real(self.holdout, "holdout", owner, low=0, high=1)
        check_integer(self.max_cuts, "max_cuts", owner, low=1)
        check_integer(self.n_folds, "n_folds", owner, low=2)
        if self.max_rows is not None:
            check_integer(self.max_rows, "max_rows", owner, low=100)
        if self.columns is not None:
            object.__setattr__(self, "columns", _names(self.columns))


@dataclass(frozen=True, eq=False)
class SearchTask:
    """What is searched, and on what.

    Attributes
    ----------
    search : SegmentSearch
        How.
    table : Table
        All rows of weight above zero.
    is_bad : ndarray of bool, shape (n_rows,)
        Outcomes.
    weights : ndarray of shape (n_rows,)
        Weights, above zero.
    special_codes : sequence, mapping or None
        As the encoder has them.
    min_iv : float
        Least information value of a column in a card.
    scorer : callable
        Fits a real card on some rows and returns the log-odds of others.
    random : numpy.random.RandomState
        Deals out the rows.
    shown : callable
        Wraps the candidates in a progress bar.
    sampling : bool, default=False
        Whether weights say how many cases of the population a row stands for.
    """

    search: SegmentSearch
    table: Table
    is_bad: Bool1D
    weights: Float1D
    special_codes: Any
    min_iv: float
    scorer: Scorer
    random: np.random.RandomState
    shown: Callable[[Sequence[Candidate]], Iterable[Candidate]]
    sampling: bool = False


@dataclass(eq=False)
class _Search:
    """One search under way: which rows do what, and the log so far."""

    task: SearchTask
    held_out: Bool1D
    fold_of: Int1D
    rows: SearchRows
    candidates: list[Candidate]
    log: list[dict[str, Any]] = field(default_factory=list)


def search_segments(task: SearchTask) -> tuple[Segments | None, pd.DataFrame]:
    """Divide the rows in two while that pays on rows held out, and each side once more.

    Returns
    -------
    segments : Segments or None
        None where one card is as good.
    log : DataFrame
        A row for each candidate, with the columns of ``LOG_COLUMNS``.
    """
    candidates = _candidates(task)
    everybody = np.arange(task.table.n_rows)
    if not any(_big_enough(task, one, everybody) for one in candidates):
        log = [_entry("all", one, everybody, task.weights, "too small") for one in candidates]
        return None, _frame(log)
    state = _prepared(task, candidates)
    first = _best_division(state, "all", everybody)
    if first is None:
        return None, _frame(state.log)
    segments = first.rule
    sides = dict(zip(segments.names, (first.first, ~first.first), strict=True))
    for name, rows in sides.items():
        if len(segments.names) == task.search.max_segments:
            break
        again = _best_division(state, name, np.flatnonzero(rows))
        if again is not None:
            segments = segments.divided(name, _below(name, again.rule))
    return segments, _frame(state.log)


def _candidates(task: SearchTask) -> list[Candidate]:
    names = task.table.names if task.search.columns is None else task.search.columns
    task.table.require(names)
    return [
        candidate
        for name in names
        for candidate in candidates_of(
            task.table,
            name,
            max_cuts=task.search.max_cuts,
            special_codes=task.special_codes,
            weights=task.weights,
        )
    ]


def _prepared(task: SearchTask, candidates: list[Candidate]) -> _Search:
    """Deal the rows out: to the hold-out, and the others to folds that choose, or to none."""
    search = task.search
    parts = max(2, round(1_000 * search.holdout))
    held_out = fold_of_rows(task.is_bad, 1_000, task.random) < parts
    fold_of = fold_of_rows(task.is_bad, search.n_folds, task.random)
    fold_of[held_out] = -1
    choosing = np.flatnonzero(~held_out)
    if search.max_rows is not None and len(choosing) > search.max_rows:
        fold_of[task.random.permutation(choosing)[search.max_rows :]] = -1
    rows = SearchRows(
        cells_of(task.table, task.special_codes), task.is_bad, task.weights, task.min_iv
    )
    return _Search(task, held_out, fold_of, rows, candidates)


def _best_division(state: _Search, name: str, members: Int1D) -> Candidate | None:
    """Choose a division of some rows on the folds, and return it if the hold-out agrees."""
    task = state.task
    inside = np.zeros(task.table.n_rows, dtype=bool)
    inside[members] = True
    one = _fold_values(state, [members])
    best, best_gain = None, 0.0
    found: list[tuple[Candidate, dict[str, Any]]] = []
    for candidate in task.shown(state.candidates):
        entry = _entry(name, candidate, members, task.weights, "")
        found.append((candidate, entry))
        sides = [np.flatnonzero(inside & side) for side in (candidate.first, ~candidate.first)]
        values = None
        if _big_enough(task, candidate, members) and one is not None:
            values = _fold_values(state, sides)
        if values is None or one is None:
            entry["outcome"] = "too small"
            continue
        chosen = state.fold_of[members] >= 0
        gains = (values - one)[members][chosen]
        entry["choice_gain"] = float(np.average(gains, weights=task.weights[members][chosen]))
        entry["outcome"] = "gains nothing"
        if entry["choice_gain"] > best_gain:
            best, best_gain = candidate, entry["choice_gain"]
    for candidate, entry in found:
        if entry["choice_gain"] > 0:
            entry["outcome"] = "not the best"
        if candidate is best:
            accepted = _test(state, candidate, members, entry)
            best = candidate if accepted else None
            entry["outcome"] = entry["outcome"] if not accepted else "accepted"
        state.log.append(entry)
    return best


def _fold_values(state: _Search, parts: Sequence[Int1D]) -> Float1D | None:
    """Return the log-likelihood of each row by a small model fitted on the other folds.

    A model for each part of the rows; None where a part holds too few cases for one.
    """
    values = np.zeros(state.task.table.n_rows)
    for part in parts:
        fold = state.fold_of[part]
        for number in range(state.task.search.n_folds):
            fit_on, at = part[(fold >= 0) & (fold != number)], part[fold == number]
            if not len(at) or not state.rows.enough(fit_on):
                return None
            values[at] = state.rows.log_likelihoods(fit_on, at)
    return values


def _test(state: _Search, candidate: Candidate, members: Int1D, entry: dict[str, Any]) -> bool:
    """Fit one card and two on the rows that chose, and compare them on those held out.

    A division that passes must also have a card on each side when all rows are fitted.
    """
    task = state.task
    held = state.held_out[members]
    fit_on, at = members[~held], members[held]
    first = candidate.first
    one, two = np.empty(task.table.n_rows), np.empty(task.table.n_rows)
    try:
        one[at] = task.scorer(fit_on, at)
        for side in (first, ~first):
            if side[at].any():
                two[at[side[at]]] = task.scorer(fit_on[side[fit_on]], at[side[at]])
    except CreditScoreError as error:
        entry["outcome"] = f"no card: {error}"
        return False
    gain: PairedGain = paired_gain(
        task.is_bad[at], one[at], two[at], task.weights[at], sampling=task.sampling
    )
    entry |= {
        "holdout_gain": gain.gain,
        "holdout_error": gain.error,
        "z": gain.z,
        "auc_one_card": gain.auc_one,
        "auc_segmented": gain.auc_two,
        "outcome": "not significant",
    }
    if not (gain.gain > 0 and gain.z >= task.search.min_z):
        return False
    try:
        # the cards are fitted on all rows in the end, where a weak column may fall out
        for side in (first[members], ~first[members]):
            task.scorer(members[side], members[side][:1])
    except CreditScoreError as error:
        entry["outcome"] = f"no card: {error}"
        return False
    return True


def _big_enough(task: SearchTask, candidate: Candidate, members: Int1D) -> bool:
    search, weights = task.search, task.weights
    total = float(weights.sum())
    size = search.min_segment_size
    least = size * total if size <= 1 else size
    first = candidate.first[members]
    for side in (first, ~first):
        own, bad = weights[members][side], task.is_bad[members][side]
        n_bad = float(own[bad].sum())
        n_good = float(own.sum()) - n_bad
        enough = n_bad >= search.min_bad and n_good >= search.min_good
        # a share of the rows may be rounded
        if not enough or own.sum() < least * (1 - 1e-9) or not n_bad or not n_good:
            return False
    return True


def _below(parent: str, rule: Segments) -> Segments:
    """Name the segments of a rule within another after both."""
    names = {name: f"{parent}, {name}" for name in rule.names}
    sends_to = tuple(None if name is None else names[name] for name in rule.sends_to)
    return Segments(column=rule.column, partition=rule.partition, sends_to=sends_to)


def _entry(
    parent: str, candidate: Candidate, members: Int1D, weights: Float1D, outcome: str
) -> dict[str, Any]:
    first = float(weights[members][candidate.first[members]].sum())
    return {
        "divides": parent,
        "column": candidate.rule.column,
        "segment": candidate.rule.names[0],
        "n_rows": first,
        "n_rows_other": float(weights[members].sum()) - first,
        "choice_gain": math.nan,
        "outcome": outcome,
    }


def _names(columns: Any) -> tuple[str, ...]:
    if isinstance(columns, str) or not all(isinstance(name, str) for name in columns):
        msg = f"The 'columns' of SegmentSearch must be a list of names. Got {columns!r} instead."
        raise InvalidParameterError(msg)
    return tuple(columns)


def _frame(log: Sequence[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(list(log), columns=list(LOG_COLUMNS)).astype(LOG_COLUMNS)
