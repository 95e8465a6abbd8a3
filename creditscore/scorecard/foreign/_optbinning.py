"""Cards of optbinning, read from the fitted object by its attributes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Float1D
from creditscore.binning import Partition
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard._characteristic import Attribute, Characteristic
from creditscore.scorecard._scorecard import Scorecard
from creditscore.scorecard.foreign._optbinning_points import PointsLine, is_logistic
from creditscore.scorecard.foreign._rules import (
    categorical_partition,
    is_nan,
    numbers_of,
    numeric_partition,
    plain,
    warn_of_differences,
)

_OWNER = "scorecard_from_optbinning"
_PARTS = ("binning_process_", "estimator_", "scaling_method", "table")
_EMPIRICAL = "empirical"


def scorecard_from_optbinning(scorecard: Any) -> Scorecard:
    """Read a fitted scorecard of optbinning into a frozen card that gives the same scores.

    Parameters
    ----------
    scorecard : Scorecard
        Of optbinning, fitted for a binary target in which 1 is bad. It is read by its attributes;
        optbinning is not imported here. Its table alone is not enough, for cuts are rounded
        there and special codes are not told.

    Returns
    -------
    Scorecard
        Its scores are those of ``scorecard.score`` to the last bits, whatever the scaling,
        rounding, reversal and base points; counts, WOE, coefficients and neutral points are
        kept. Its scale, reversed where a higher score is riskier, makes
        :meth:`Scorecard.prob_default` the second column of ``predict_proba``, but for rounded
        points and unseen levels.

    Raises
    ------
    InvalidParameterError
        What is given is no fitted Scorecard of optbinning, or has what a card cannot hold: an
        amount as target, piecewise bins, a metric of a single variable; the column is named.

    Warns
    -----
    ForeignRulesWarning
        The card has no scale, for its probabilities are not those of its coefficients, or its
        points are not; or ``score`` does with a column what its table does not say.

    Notes
    -----
    With S the sum of WOE times coefficient and b the intercept, the log-odds of being bad are
    b + S, and points add up to α + β · S [1]_. Odds are good:bad in ``"pdo_odds"``:
    β = -pdo / ln 2. For ``"min_max"`` β = (min - max) / (S_max - S_min), and the scale follows
    from α and β: factor = -β and offset = α - β · b. With ``reverse_scorecard`` the sign of β is
    the other one, so that a higher score is riskier; so it is without scaling, where β = 1 and
    α = 0, and the score has no intercept.

    Missing values and special codes earn the points of ``metric_missing`` and
    ``metric_special``, zero for WOE unless told otherwise. Where ``binning_transform_params`` give
    one of the two as a whole number for a single variable, ``score`` takes it for the place of a
    row of that variable's table, 0 being its first bin, and the points are those of that row; a
    warning says so where the table says other points. A level never seen earns what a
    missing value does, because ``score`` looks bin -1 up, which is the last row of the table;
    ``predict_proba`` takes it for WOE 0. Infinite values are refused when the card scores, and
    special codes are read as in :func:`creditscore.binning.foreign.from_optbinning`.

    References
    ----------
    .. [1] optbinning 1.0, ``scorecard/scorecard.py`` and ``binning/transformations.py``,
       https://gnpalencia.org/optbinning/

    Examples
    --------
    >>> from optbinning import BinningProcess, Scorecard  # doctest: +SKIP
    >>> from sklearn.linear_model import LogisticRegression
    >>> from creditscore.scorecard.foreign import scorecard_from_optbinning
    >>> theirs = Scorecard(  # doctest: +SKIP
    ...     BinningProcess(list(X.columns)), LogisticRegression(), scaling_method="min_max",
    ...     scaling_method_params={"min": 300, "max": 850},
    ... ).fit(X, y)
    >>> card = scorecard_from_optbinning(theirs)  # doctest: +SKIP
    >>> (card.score(X) - theirs.score(X)).abs().max()  # doctest: +SKIP
    0.0
    """
    _check_kind(scorecard)
    process, frame = scorecard.binning_process_, scorecard.table(style="detailed")
    names = [str(name) for name in process.get_support(names=True)]
    variables = [_Variable.of(scorecard, name, frame[frame["Variable"] == name]) for name in names]
    differences = [text for variable in variables for text in variable.differences]
    intercept = float(np.ravel(getattr(scorecard.estimator_, "intercept_", 0.0))[0])
    raw = [variable.woe * variable.coefficient for variable in variables]
    line = PointsLine.of(scorecard, raw, intercept)
    based = bool(scorecard.intercept_based)
    shifts = [float(line.points(values).min()) if based else 0.0 for values in raw]
    why = _why_no_scale(scorecard, variables, line, shifts, intercept)
    if why:
        differences.append(f"this one has no scale, so scores have no probabilities: {why}")
    warn_of_differences("optbinning", differences)
    return Scorecard(
        characteristics=tuple(
            variable.characteristic(line, shift)
            for variable, shift in zip(variables, shifts, strict=True)
        ),
        base_points=float(np.ravel(scorecard.intercept_)[0]) if based else 0.0,
        scale=None if why else line.scale(scorecard),
    )


def _check_kind(scorecard: Any) -> None:
    if not all(hasattr(scorecard, part) for part in _PARTS):
        msg = (
            f"{_OWNER} takes a fitted Scorecard of optbinning. Got {type(scorecard).__name__} "
            "instead; bins alone are read by creditscore.binning.foreign.from_optbinning."
        )
        raise InvalidParameterError(msg)
    if not getattr(scorecard, "_is_fitted", False):
        msg = "The Scorecard is not fitted. Call its fit first."
        raise InvalidParameterError(msg)


def _why_no_scale(
    scorecard: Any,
    variables: Sequence[_Variable],
    line: PointsLine,
    shifts: Sequence[float],
    intercept: float,
) -> str:
    """Say why scores have no probabilities; nothing where they have."""
    if line.scale(scorecard) is None:
        return "all its scores are one"
    raw = [variable.woe * variable.coefficient for variable in variables]
    given = [v.points + shift for v, shift in zip(variables, shifts, strict=True)]
    if not line.holds(raw, given, rounded=bool(scorecard.rounding)):
        return "its points are not those of its coefficients"
    # three rows: the lowest WOE of each variable, the highest, and none
    ends = pd.DataFrame({v.name: [v.woe.min(), v.woe.max(), 0.0] for v in variables})
    coefficients = np.array([variable.coefficient for variable in variables])
    if not is_logistic(scorecard.estimator_, ends, coefficients, intercept):
        return f"{type(scorecard.estimator_).__name__} is no logistic model of the coefficients"
    return ""


@dataclass(frozen=True)
class _Variable:
    """One variable of a card: its bins in the order of our attributes.

    `points` and `woe` are the rows of the table: bins, special codes, missing. `places` says
    which row each attribute earns the points of; `own`, which row counts its cases.
    """

    name: str
    partition: Partition
    points: Float1D
    woe: Float1D
    n_good: Float1D
    n_bad: Float1D
    coefficient: float
    places: list[int]
    own: list[int | None]
    differences: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, scorecard: Any, name: str, rows: pd.DataFrame) -> _Variable:
        """Read the bins of a variable, its rows of the table, and which row is looked up when."""
        binning = scorecard.binning_process_.get_binned_variable(name)
        _check_binning(binning, name)
        codes, n_special = _special(binning)
        params = dict((scorecard.binning_process_.binning_transform_params or {}).get(name, {}))
        if params.get("metric") is not None:
            msg = (
                f"The process has a metric of its own for {name!r}, {params['metric']!r}, which "
                "optbinning's card cannot score by. Leave it out of binning_transform_params."
            )
            raise InvalidParameterError(msg)
        partition = _partition(binning, name, list(codes))
        n = partition.n_regular
        if len(rows) != n + n_special + 1:
            msg = (
                f"The table of the card has {len(rows)} rows for {name!r}, which has {n} bins, "
                f"{n_special} of special codes and one of missing values. Fit the card again: its "
                "bins have changed since."
            )
            raise InvalidParameterError(msg)
        look = _LookUp(name, np.array(numbers_of(rows["Points"], _OWNER, name)))
        missing_metric = params.get("metric_missing", getattr(scorecard, "_metric_missing", 0))
        special_metric = params.get("metric_special", getattr(scorecard, "_metric_special", 0))
        woe = _woe(rows, n, special_metric, missing_metric)
        special = [
            look.place(n + place, params.get("metric_special"), f"the special code {code!r}")
            for code, place in codes.items()
        ]
        missing = look.place(len(rows) - 1, params.get("metric_missing"), "missing values")
        other = look.unseen(binning.cat_unknown, woe) if partition.has_other else None
        first = {place: code for code, place in reversed(codes.items())}
        own_special = [n + place if first[place] == code else None for code, place in codes.items()]
        tail = [] if other is None else [other]
        return cls(
            name=name,
            partition=partition,
            points=look.points,
            woe=woe,
            n_good=rows["Non-event"].to_numpy(dtype=np.float64),
            n_bad=rows["Event"].to_numpy(dtype=np.float64),
            coefficient=float(rows["Coefficient"].iloc[0]),
            places=[*range(n), *special, missing, *tail],
            own=[*range(n), *own_special, len(rows) - 1, *(None for _ in tail)],
            differences=look.differences,
        )

    def characteristic(self, line: PointsLine, shift: float) -> Characteristic:
        """Put points, WOE and counts in the order of the attributes."""
        neutral = line.start - shift
        attributes = tuple(
            Attribute(
                points=self.points[place],
                woe=self.woe[place],
                n_good=0.0 if own is None else self.n_good[own],
                n_bad=0.0 if own is None else self.n_bad[own],
                treatment=None if kind == "other" else self._treatment(place, neutral),
            )
            for place, own, kind in zip(
                self.places, self.own, self.partition.attribute_kinds, strict=True
            )
        )
        return Characteristic(
            name=self.name,
            partition=self.partition,
            attributes=attributes,
            coefficient=self.coefficient,
            neutral_points=neutral,
        )

    def _treatment(self, place: int, neutral: float) -> str | None:
        """Tell rows that were met and earn what WOE 0 does from those that nobody met."""
        if self.woe[place]:
            return None
        if self.n_good[place] + self.n_bad[place] > 0:
            return "neutral"
        # rounded points are the neutral ones all the same
        same = math.isclose(self.points[place], neutral, rel_tol=1e-9, abs_tol=1e-9)
        return None if same else "unmet"


@dataclass(frozen=True)
class _LookUp:
    """Which row of the table optbinning's ``score`` looks up, its accidents included."""

    name: str
    points: Float1D
    differences: list[str] = field(default_factory=list)

    def place(self, row: int, metric: Any, what: str) -> int:
        """Return the row that values with a row of their own are scored by.

        ``score`` takes a whole number among the parameters of a single variable for the place of
        a row, where the table takes it for the WOE.
        """
        if not isinstance(metric, int):
            return row
        return self._row_at(int(metric), row, f"{what} of {self.name!r}")

    def unseen(self, unknown: Any, woe: Float1D) -> int:
        """Return the row that levels never seen are scored by."""
        last = len(self.points) - 1
        if unknown is not None and not isinstance(unknown, int):
            msg = (
                f"The binning of {self.name!r} gives unknown categories the WOE {unknown!r}, with "
                "which optbinning's own score stops. Set cat_unknown=None."
            )
            raise InvalidParameterError(msg)
        place = self._row_at(-1 if unknown is None else int(unknown), last, "")
        if woe[place]:
            self.differences.append(
                f"levels of {self.name!r} never seen earn {self.points[place]:g} points, as score "
                "has it, where predict_proba takes another WOE for them"
            )
        return place

    def _row_at(self, place: int, row: int, what: str) -> int:
        n = len(self.points)
        if not -n <= place < n:
            msg = (
                f"optbinning looks row {place} of {self.name!r} up, which has {n}. Correct "
                "cat_unknown or binning_transform_params: in score a whole number is a place."
            )
            raise InvalidParameterError(msg)
        found = place % n
        if what and self.points[found] != self.points[row]:
            self.differences.append(
                f"{what} earn {self.points[found]:g} points, as score has it, which takes the "
                f"metric for the place of a row; its table says {self.points[row]:g}"
            )
        return found


def _check_binning(binning: Any, name: str) -> None:
    # subclasses and others bin amounts or several classes, or have no WOE of a bin
    kind = type(binning).__name__
    if kind != "OptimalBinning":
        msg = (
            f"{_OWNER} reads the bins of OptimalBinning, of a binary target. Got {kind} for "
            f"{name!r} instead."
        )
        raise InvalidParameterError(msg)


def _special(binning: Any) -> tuple[dict[Any, int], int]:
    """Return special codes with the place of their bin, and the number of these bins."""
    codes = binning.special_codes
    if codes is None:
        return {}, 1
    bins = list(codes.values()) if isinstance(codes, Mapping) else [codes]
    numeric = binning.dtype == "numerical"
    listed = (list(b) if isinstance(b, (list, tuple, np.ndarray)) else [b] for b in bins)
    found: dict[Any, int] = {}
    for place, entry in enumerate(listed):
        for code in map(plain, entry):
            # missing comes last in optbinning, and wins; codes of text are for other columns
            if not is_nan(code) and not (numeric and isinstance(code, str)):
                found[code] = place
    return found, len(bins)


def _partition(binning: Any, name: str, codes: list[Any]) -> Partition:
    if binning.dtype == "numerical":
        return numeric_partition(_OWNER, name, [float(cut) for cut in binning.splits], codes)
    groups = [[plain(level) for level in group if not is_nan(level)] for group in binning.splits]
    return categorical_partition(_OWNER, name, groups, codes)


def _woe(rows: pd.DataFrame, n: int, special: Any, missing: Any) -> Float1D:
    """Return the WOE that each row of the table is scored by."""
    woe = rows["WoE"].to_numpy(dtype=np.float64, copy=True)
    if not isinstance(special, str):
        woe[n:-1] = special
    if not isinstance(missing, str):
        woe[-1] = missing
    return np.array(numbers_of(woe, _OWNER, str(rows["Variable"].iloc[0])))
