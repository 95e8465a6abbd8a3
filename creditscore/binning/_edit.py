"""Edits of a bin table by hand: who changed what, when and why."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from creditscore._typing import Level
from creditscore._warn import warn_user
from creditscore.binning._breaches import breaches
from creditscore.binning._partition import CategoricalPartition, is_listed, number_texts
from creditscore.binning._recount import (
    Recount,
    count_anew,
    count_groups,
    count_on_cuts,
    cuts_of,
    ordered,
)
from creditscore.exceptions import EditWarning, InvalidParameterError

if TYPE_CHECKING:
    from creditscore.binning._table import BinTable


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One change of bins by hand.

    Attributes
    ----------
    action : str
        "merge", "split", "with_cuts", "group" or "ungroup".
    detail : str
        What was changed, in words.
    by, reason : str
        Who did it, and why.
    at : str
        When, in UTC (ISO 8601).
    iv_before, iv_after : float
        Information value before and after.

    Examples
    --------
    >>> from creditscore.binning import Edit
    >>> print(Edit(
    ...     action="merge", detail="'a' and 'b'", by="A. Analyst", reason="too few rows",
    ...     at="2026-01-31T12:00:00+00:00", iv_before=0.21, iv_after=0.2,
    ... ))
    merge 'a' and 'b': too few rows (A. Analyst, 2026-01-31T12:00:00+00:00; IV 0.2100 to 0.2000)
    """

    action: str
    detail: str
    by: str
    reason: str
    at: str
    iv_before: float
    iv_after: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that :meth:`from_dict` reads back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Read back what :meth:`to_dict` wrote."""
        return cls(**content)

    def __str__(self) -> str:
        return (
            f"{self.action} {self.detail}: {self.reason} ({self.by}, {self.at}; "
            f"IV {self.iv_before:.4f} to {self.iv_after:.4f})"
        )


@dataclass(frozen=True)
class Author:
    """Who edits, why and when."""

    by: str
    reason: str
    when: datetime | str | None = None

    def __post_init__(self) -> None:
        """Refuse an edit without a name or a reason."""
        for name in ("by", "reason"):
            value = getattr(self, name)
            if not isinstance(value, str) or not value.strip():
                what = "who edits" if name == "by" else "why the bins are changed"
                msg = f"The {name!r} of an edit must be a text that says {what}. Got {value!r}."
                raise InvalidParameterError(msg)

    @property
    def at(self) -> str:
        """Time of the edit in UTC, to the second."""
        when = self.when
        if when is None:
            when = datetime.now(UTC)
        msg = (
            "The 'when' of an edit must be a time with its zone, such as "
            f"'2026-01-31T12:00:00+00:00'. Got {self.when!r} instead."
        )
        if isinstance(when, str):
            try:
                when = datetime.fromisoformat(when)
            except ValueError as error:
                raise InvalidParameterError(msg) from error
        if not isinstance(when, datetime) or when.tzinfo is None:
            raise InvalidParameterError(msg)
        try:
            return when.astimezone(UTC).isoformat(timespec="seconds")
        except OverflowError as error:
            raise InvalidParameterError(msg) from error


def merge(table: BinTable, bins: Sequence[int | str], author: Author) -> BinTable:
    """Join regular bins, or a tail attribute with a regular bin."""
    codes = sorted({place_of(table, which) for which in bins})
    if len(codes) < 2:
        msg = f"merge needs two different bins or more. Got {tuple(bins)!r} instead."
        raise InvalidParameterError(msg)
    detail = " and ".join(repr(table.labels[code]) for code in codes)
    n, first, last = table.n_bins, codes[0], codes[-1]
    if last >= n:
        if first >= n or len(codes) > 2:
            msg = (
                f"Special codes, missing values and levels never seen are merged one by one, each "
                f"with one regular bin. Got {detail}. That special codes share one WOE is asked by "
                "BinPolicy(pool_special=True)."
            )
            raise InvalidParameterError(msg)
        others = tuple(pair for pair in table.joined if pair[0] != last)
        joined = tuple(sorted((*others, (last, first))))
        return _record(table, {"joined": joined}, "merge", detail, author)
    if (cuts_of(table) is not None or ordered(table)) and last - first + 1 > len(codes):
        missing = [table.labels[code] for code in range(first, last) if code not in codes]
        msg = (
            f"The bins of {table.feature!r} have an order, and only neighbours can be merged. "
            f"Between {detail} lies {', '.join(map(repr, missing))}: merge that too."
        )
        raise InvalidParameterError(msg)
    return _apply(table, _merged(table, codes), "merge", detail, author)


def _merged(table: BinTable, codes: Sequence[int]) -> Recount:
    cuts = cuts_of(table)
    if cuts is not None:
        return count_on_cuts(table, [c for i, c in enumerate(cuts) if i + 1 not in codes[1:]])
    groups = _groups(table)
    whole = tuple(level for code in codes for level in groups[code])
    kept = [group for code, group in enumerate(groups) if code not in codes[1:]]
    return count_groups(table, [whole if g == groups[codes[0]] else g for g in kept])


def split(table: BinTable, which: int | str, at: Any, author: Author) -> BinTable:
    """Part a regular bin in two."""
    code = place_of(table, which)
    label = table.labels[code]
    if code >= table.n_bins:
        msg = f"{label!r} of {table.feature!r} is no regular bin and cannot be split."
        raise InvalidParameterError(msg)
    cuts = cuts_of(table)
    if cuts is not None:
        cut = _number(at, "at")
        low, high = (side[code] for side in table.partition.bounds())
        if not low < cut < high:
            msg = f"A cut of the bin {label!r} must lie inside it. Got {cut:g} instead."
            raise InvalidParameterError(msg)
        recount = count_on_cuts(table, [*cuts[:code], cut, *cuts[code:]])
        return _apply(table, recount, "split", f"{label!r} at {number_texts((cut,))[0]}", author)
    group = _groups(table)[code]
    first = tuple(at) if is_listed(at) else (at,)
    chosen = {level for level in first if isinstance(level, Hashable)}
    rest = tuple(level for level in group if level not in chosen)
    if not first or not rest or len(chosen) < len(first) or not chosen <= set(group):
        msg = (
            f"The first part of the bin {label!r} must be some of its levels and not all. Its "
            f"levels are {', '.join(map(repr, group))}. Got {at!r} instead."
        )
        raise InvalidParameterError(msg)
    # as the bin has them: 1 and True are the same level
    first = tuple(level for level in group if level in chosen)
    groups = [*_groups(table)[:code], first, rest, *_groups(table)[code + 1 :]]
    _check_runs(table, groups, first)
    return _apply(table, count_groups(table, groups), "split", f"{label!r} by {first!r}", author)


def with_cuts(
    table: BinTable, cuts: Any, author: Author, data: tuple[Any, Any, Any] | None
) -> BinTable:
    """Cut a numeric feature elsewhere, on the fine counts or on data."""
    if cuts_of(table) is None:
        msg = (
            f"Column {table.feature!r} has levels and no cuts. Use group, ungroup, merge or split."
        )
        raise InvalidParameterError(msg)
    if not is_listed(cuts):
        msg = f"The 'cuts' must be numbers, in a list. Got {cuts!r} instead."
        raise InvalidParameterError(msg)
    numbers = [_number(cut, "cuts") for cut in cuts]
    detail = f"at {', '.join(number_texts(tuple(numbers))) or 'no place'}"
    if data is None:
        return _apply(table, count_on_cuts(table, numbers), "with_cuts", detail, author)
    return _apply(
        table, count_anew(table, numbers, *data), "with_cuts", f"{detail}, counted anew", author
    )


def group(table: BinTable, levels: Sequence[Level], author: Author, action: str) -> BinTable:
    """Give levels a bin of their own, together."""
    groups = _groups(table)
    known = [level for one in groups for level in one]
    held = set(known)
    unknown = [level for level in levels if not isinstance(level, Hashable) or level not in held]
    if unknown or not levels:
        by_text = {str(level): level for level in known}
        near = get_close_matches(str(unknown[0]), by_text) if unknown else []
        hint = f" Did you mean {by_text[near[0]]!r}?" if near else ""
        got = f"{unknown[0]!r}, which no bin holds" if unknown else "none"
        msg = f"{action} needs levels of {table.feature!r} that stand in its bins. Got {got}.{hint}"
        raise InvalidParameterError(msg)
    # in the order in which the bins have them
    asked = set(levels)
    chosen = tuple(level for level in known if level in asked)
    rest = [tuple(level for level in one if level not in asked) for one in groups]
    first = next(i for i, one in enumerate(groups) if chosen[0] in one)
    # what stood before it in its own group stays before it
    before = groups[first][0] != chosen[0]
    rest.insert(first + before, chosen)
    new = [one for one in rest if one]
    if {frozenset(one) for one in new} == {frozenset(one) for one in groups}:
        msg = (
            f"These levels of {table.feature!r} are a bin already: {', '.join(map(repr, chosen))}."
        )
        raise InvalidParameterError(msg)
    _check_runs(table, new, chosen)
    return _apply(table, count_groups(table, new), action, ", ".join(map(repr, chosen)), author)


def _check_runs(
    table: BinTable, groups: Sequence[tuple[Level, ...]], chosen: tuple[Level, ...]
) -> None:
    """Refuse bins that levels with an order do not admit."""
    known = [level for one in _groups(table) for level in one]
    if ordered(table) and [level for one in groups for level in one] != known:
        msg = (
            f"The levels of {table.feature!r} have an order, and each bin must be a run of them. "
            f"{', '.join(map(repr, chosen))} would not be one, or would part another bin. The "
            f"order is {', '.join(map(repr, known))}."
        )
        raise InvalidParameterError(msg)


def place_of(table: BinTable, which: int | str) -> int:
    """Return the code of an attribute that is named by its place or its label."""
    labels = table.labels
    if isinstance(which, str) and which in labels:
        return labels.index(which)
    whole = isinstance(which, (int, np.integer)) and not isinstance(which, bool)
    if whole and 0 <= int(which) < len(labels):
        return int(which)
    near = get_close_matches(str(which), labels, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    msg = (
        f"The bins of {table.feature!r} are named by place, 0 to {len(labels) - 1}, or by label: "
        f"{', '.join(map(repr, labels))}. Got {which!r} instead.{hint}"
    )
    raise InvalidParameterError(msg)


def _groups(table: BinTable) -> tuple[tuple[Level, ...], ...]:
    if not isinstance(table.partition, CategoricalPartition):
        msg = f"Column {table.feature!r} has cuts and no levels. Use with_cuts, merge or split."
        raise InvalidParameterError(msg)
    return table.partition.groups


def _number(value: Any, name: str) -> float:
    real = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    if not real or not math.isfinite(value):
        msg = f"The {name!r} of a numeric feature must be finite numbers. Got {value!r} instead."
        raise InvalidParameterError(msg)
    return float(value)


def _apply(table: BinTable, recount: Recount, action: str, detail: str, author: Author) -> BinTable:
    return _record(table, recount.fields(table), action, detail, author)


def _record(
    table: BinTable, changes: Mapping[str, Any], action: str, detail: str, author: Author
) -> BinTable:
    """Make the new table with its history, and say which constraints it breaks."""
    # what stability costs was worked out for the bins that the solver found
    after = replace(table, **changes, status="edited", stability_cost=None)
    edit = Edit(
        action=action,
        detail=detail,
        by=author.by,
        reason=author.reason,
        at=author.at,
        iv_before=table.iv,
        iv_after=after.iv,
    )
    after = replace(after, history=(*table.history, edit))
    known = breaches(table)
    broken = [text for text in breaches(after) if text not in known]
    if table.holds_trend_in_every_period and after.holds_trend_in_every_period is False:
        broken.append("the order of its bins no longer holds in every period")
    if broken:
        warn_user(
            f"The edit ({action} {detail}) of {table.feature!r} was made, and breaks what was "
            f"asked of its bins: {'; '.join(broken)}. Undo it by keeping the table before, or "
            "note in the reason why it is right.",
            EditWarning,
        )
    return after
