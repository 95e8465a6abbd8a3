"""Cards of toad: fitted, as rules, or as its export writes them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

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
    numbers_of,
    numeric_partition,
    plain,
    warn_of_differences,
)

_OWNER = "scorecard_from_toad"
_WHAT = (
    "a ScoreCard of toad, its 'rules', or what its export() returns, as a dictionary or a table "
    "with the columns name, value and score"
)
_ELSE = "else"
"""Group of toad that holds every level in no other group."""
_MISSING = "nan"
"""Bin of missing numbers, and the text that a missing value becomes among levels."""
_NONE = "None"
_FILLED_WITH = -1.0
"""What toad takes a missing number for that has no bin of its own."""
_NUMBER = r"-?(?:inf|\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)"
_INTERVAL = re.compile(rf"\[\s*({_NUMBER})\s*[~-]\s*({_NUMBER})\s*\)")
_COLUMNS = ("name", "value", "score")


def scorecard_from_toad(
    card: Any,
    *,
    scale: PointsScale | None = None,
    default: float | Literal["min", "max"] = "min",
) -> Scorecard:
    """Read a scorecard of toad into a frozen card that gives the same scores.

    Parameters
    ----------
    card : ScoreCard, mapping or DataFrame
        A ``toad.ScoreCard``, fitted or loaded; its ``rules``; or what its ``export()`` returns or
        writes: points by bin by column, also as the table that ``to_frame=True`` makes. Nothing
        of toad need be installed.
    scale : PointsScale, optional
        What the points mean, where the card does not say it. toad's `base_odds` are good:bad, as
        ours are; with another `rate` than 2, the `pdo` here is pdo · ln 2 / ln(rate).
    default : float or {"min", "max"}, default="min"
        Points of a level in no group, as in toad's ``predict``: a number, or the least or the
        most points of the column.

    Returns
    -------
    Scorecard
        Its scores are those of ``predict`` to the last bits. Of a fitted card it holds scale, WOE
        and neutral points, too, in the signs of this library.

    Raises
    ------
    InvalidParameterError
        What is given is no card of toad, or its bins cannot be read; the column is named.

    Warns
    -----
    ForeignRulesWarning
        The card says nothing of its scale and none was given; or levels with a comma, or ``None``
        as a level, which cannot be told apart.

    Notes
    -----
    toad's points follow score = offset + factor · ln((1 - p) / p) with factor = pdo / ln(rate)
    and offset = base_score - factor · ln(base_odds) [1]_. ``export`` writes neither, and rounds
    points to two decimals unless told otherwise; ``load`` then takes the defaults of toad for
    them. So a card that was exported or loaded has no scale here, until it is given.

    Intervals are closed on the left. A missing number without a bin of its own earns the points
    of the interval that holds -1, for toad takes it for -1; a missing level those of the group
    that holds ``'nan'``, else of ``'else'``, else the default. The group ``'else'`` is the
    attribute "Other" here, so that a warning names its levels when the card scores. Infinite
    values, which toad bins, are refused then.

    References
    ----------
    .. [1] toad 0.1.7, ``toad/scorecard.py`` (ScoreCard) and ``toad/utils/mixin.py`` (BinsMixin),
       https://github.com/amphibian-dev/toad

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore import PointsScale
    >>> from creditscore.scorecard.foreign import scorecard_from_toad
    >>> exported = {
    ...     "age": {"[-inf ~ 26.0)": 180.5, "[26.0 ~ inf)": 210.25, "nan": 190.0},
    ...     "housing": {"own": 205.0, "rent,free": 170.75},
    ... }
    >>> card = scorecard_from_toad(
    ...     exported, scale=PointsScale(base_score=750, base_odds=35, pdo=60)
    ... )
    >>> card.score(pd.DataFrame({"age": [26, None], "housing": ["free", "own"]})).tolist()
    [381.0, 395.0]
    """
    check_scale(scale, _OWNER)
    _check_default(default)
    differences: list[str] = []
    source = card if _is_card(card) else None
    rules = _rules(card.rules if source is not None else card, differences)
    model = _Model.of(source) if source is not None else None
    characteristics = tuple(
        _characteristic(name, rule, model, default, differences) for name, rule in rules.items()
    )
    found = model.scale if scale is None and model is not None else scale
    if found is None:
        differences.append(
            "it does not say its scale, for toad keeps neither pdo nor base_odds in what it "
            "exports, so scores have no probabilities; give scale=PointsScale(base_score=…, "
            "base_odds=…, pdo=…)"
        )
    warn_of_differences("toad", differences)
    return Scorecard(characteristics=characteristics, scale=found)


@dataclass(frozen=True)
class _Rule:
    """Bins of a column and their points; cuts of numbers, or groups of levels."""

    points: list[float]
    cuts: list[float] | None = None
    groups: tuple[Any, ...] = ()
    has_nan: bool = False
    woe: list[float] | None = None
    weight: float | None = None


@dataclass(frozen=True)
class _Model:
    """What a fitted card says beyond its points."""

    scale: PointsScale | None
    neutral_points: float

    @classmethod
    def of(cls, card: Any) -> _Model | None:
        """Read a card; None where it was loaded, so that its scale need not be its own."""
        fitted = getattr(card, "model", None)
        coefficients = np.ravel(getattr(fitted, "coef_", ()))
        if not len(coefficients):
            return None
        factor, offset = float(card.factor), float(card.offset)
        intercept = float(np.ravel(fitted.intercept_)[0])  # type: ignore[union-attr]
        neutral = (offset - factor * intercept) / max(int(np.count_nonzero(coefficients)), 1)
        if not factor or not math.isfinite(factor):
            return cls(None, neutral)
        # a rate below 1 turns the scale round
        pdo, reverse = abs(factor) * math.log(2), factor < 0
        said = PointsScale(
            base_score=float(card.base_score),
            base_odds=float(card.base_odds),
            pdo=pdo,
            reverse=reverse,
        )
        if not math.isclose(said.offset, offset, rel_tol=1e-12, abs_tol=1e-9):
            said = PointsScale(base_score=offset, base_odds=1, pdo=pdo, reverse=reverse)
        return cls(said, neutral)


def _check_default(default: Any) -> None:
    number = isinstance(default, (int, float)) and not isinstance(default, bool)
    if default in ("min", "max") or (number and math.isfinite(default)):
        return
    msg = (
        f"The 'default' parameter of {_OWNER} must be 'min', 'max' or a finite number. Got "
        f"{default!r} instead."
    )
    raise InvalidParameterError(msg)


def _is_card(card: Any) -> bool:
    """Tell a ScoreCard by its parts; a Combiner has rules and no points."""
    parts = ("rules", "factor", "offset", "base_score", "base_odds")
    return all(hasattr(card, part) for part in parts)


def _rules(source: Any, differences: list[str]) -> dict[str, _Rule]:
    if isinstance(source, pd.DataFrame):
        source = _by_column(source)
    checked = check_names(source, _OWNER, _WHAT)
    rules = {}
    for name, entry in checked.items():
        if not isinstance(entry, Mapping) or not entry:
            msg = f"{_OWNER} takes {_WHAT}. Got {entry!r:.200} for {name!r}."
            raise InvalidParameterError(msg)
        whole = {"bins", "scores"} <= set(entry)
        rules[name] = _kept_rule(name, entry) if whole else _written(name, entry, differences)
    return rules


def _by_column(frame: pd.DataFrame) -> dict[str, dict[Any, Any]]:
    absent = [column for column in _COLUMNS if column not in frame.columns]
    if absent:
        msg = (
            f"{_OWNER} needs the columns {', '.join(_COLUMNS)} in a table. Got "
            f"{', '.join(map(str, frame.columns))}."
        )
        raise InvalidParameterError(msg)
    return {
        name: dict(zip(part["value"].tolist(), part["score"].tolist(), strict=True))
        for name, part in frame.groupby("name", sort=False)
    }


def _kept_rule(name: str, entry: Mapping[str, Any]) -> _Rule:
    """Read a rule as toad holds it: bins as an array, with points, WOE and weight."""
    bins = [plain(value) for value in entry["bins"]]
    points = numbers_of(entry["scores"], _OWNER, name)
    woe = None if entry.get("woes") is None else numbers_of(entry["woes"], _OWNER, name)
    weight = None if entry.get("weight") is None else float(entry["weight"])
    numeric = all(is_nan(bin_) or isinstance(bin_, (int, float)) for bin_ in bins)
    has_nan = numeric and bool(bins) and is_nan(bins[-1])
    n_bins = len(bins) + 1 if numeric else len(bins)
    _check_lengths(name, n_bins, points, woe)
    if numeric:
        cuts = [float(cut) for cut in (bins[:-1] if has_nan else bins)]
        return _Rule(points, cuts, has_nan=has_nan, woe=woe, weight=weight)
    groups = [_ELSE if _is_else(group) else tuple(map(plain, group)) for group in bins]
    return _Rule(points, None, tuple(groups), woe=woe, weight=weight)


def _is_else(group: Any) -> bool:
    return isinstance(group, str) and group == _ELSE


def _check_lengths(
    name: str, n_bins: int, points: Sequence[float], woe: Sequence[float] | None
) -> None:
    if len(points) != n_bins or (woe is not None and len(woe) != n_bins):
        msg = (
            f"{_OWNER} needs points, and WOE if any, for each of the {n_bins} bins of {name!r}. "
            f"Got {len(points)} points" + (f" and {len(woe)} WOE." if woe is not None else ".")
        )
        raise InvalidParameterError(msg)


def _written(name: str, entry: Mapping[Any, Any], differences: list[str]) -> _Rule:
    """Read a rule as export writes it: points by the text of their bin."""
    # a file of columns gives the bin of missing values as a missing value
    texts = [_MISSING if is_nan(text) else str(text) for text in entry]
    points = numbers_of(entry.values(), _OWNER, name)
    if not _INTERVAL.fullmatch(texts[0]):
        split = [_ELSE if text == _ELSE else tuple(text.split(",")) for text in texts]
        _note_commas(name, split, differences)
        return _Rule(points, None, tuple(split))
    has_nan = texts[-1] == _MISSING
    found = [_INTERVAL.fullmatch(text) for text in (texts[:-1] if has_nan else texts)]
    if not all(found):
        msg = f"{_OWNER} cannot read the intervals of {name!r}. Got {', '.join(texts)}."
        raise InvalidParameterError(msg)
    starts, ends = zip(*((float(m[1]), float(m[2])) for m in found if m), strict=True)
    return _Rule(points, check_joined(_OWNER, name, starts, ends), has_nan=has_nan)


def _note_commas(name: str, groups: Sequence[Any], differences: list[str]) -> None:
    """Say where a comma may belong to a level: export joins the levels of a group by commas."""
    levels = [level for group in groups if group != _ELSE for level in group]
    strange = next((level for level in levels if level != level.strip()), None)
    if strange is None and len(set(levels)) < len(levels):
        strange = next(level for level in levels if levels.count(level) > 1)
    if strange is not None:
        differences.append(
            f"a comma may belong to levels of {name!r}, such as {strange!r}, for toad joins levels "
            "by commas; they are split there, as its load splits them. Give the fitted card or "
            "its rules"
        )


def _characteristic(
    name: str,
    rule: _Rule,
    model: _Model | None,
    default: float | Literal["min", "max"],
    differences: list[str],
) -> Characteristic:
    attributes = [
        Attribute(points=points, woe=None if rule.woe is None else -rule.woe[place])
        for place, points in enumerate(rule.points)
    ]
    if rule.cuts is not None:
        partition: Any = numeric_partition(_OWNER, name, rule.cuts)
        if not rule.has_nan:
            missing = int(np.searchsorted(rule.cuts, _FILLED_WITH, side="right"))
            attributes.append(attributes[missing])
    else:
        groups = _last_wins(rule.groups)
        partition = categorical_partition(_OWNER, name, [g for g in groups if g and g != _ELSE])
        other, missing_ = _rest(name, groups, attributes, default, differences)
        kept = [a for a, g in zip(attributes, groups, strict=True) if g and g != _ELSE]
        attributes = [*kept, missing_, other]
    return Characteristic(
        name=name,
        partition=partition,
        attributes=tuple(attributes),
        coefficient=None if rule.weight is None else -rule.weight,
        neutral_points=None if model is None else model.neutral_points,
    )


def _last_wins(groups: Sequence[Any]) -> list[Any]:
    """Leave a level in the last group that names it, which is where toad puts it."""
    place = {level: i for i, group in enumerate(groups) if group != _ELSE for level in group}
    return [
        group
        if group == _ELSE
        else tuple(dict.fromkeys(level for level in group if place[level] == i))
        for i, group in enumerate(groups)
    ]


def _rest(
    name: str,
    groups: Sequence[Any],
    attributes: Sequence[Attribute],
    default: float | Literal["min", "max"],
    differences: list[str],
) -> tuple[Attribute, Attribute]:
    """Return the attributes of levels never seen and of missing values."""
    points = [attribute.points for attribute in attributes]
    ends = {"min": min(points), "max": max(points)}
    fallback = Attribute(points=ends[default] if isinstance(default, str) else float(default))
    of_level = {
        level: attribute
        for group, attribute in zip(groups, attributes, strict=True)
        if group != _ELSE
        for level in group
    }
    place = next((i for i, group in enumerate(groups) if group == _ELSE), None)
    other = fallback if place is None else attributes[place]
    missing = of_level.get(_MISSING, other)
    if _NONE in of_level and of_level[_NONE].points != missing.points:
        differences.append(
            f"in {name!r} toad takes None for the level 'None', and NaN for 'nan'; here all "
            f"missing values are one and earn the {missing.points:g} points of NaN"
        )
    return other, missing
