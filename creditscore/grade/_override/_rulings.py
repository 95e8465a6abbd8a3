"""What a policy says of each override: one breach is enough to refuse it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from creditscore.grade._customers import GradedRows
from creditscore.grade._override._grade_override import GradeOverride
from creditscore.grade._override._override_reason import OverrideReason

OverrideStatus: TypeAlias = Literal["applied", "refused", "not_yet", "superseded", "expired"]
GradeChanged: TypeAlias = Literal["refuse", "keep_grade", "keep_notches"]


@dataclass(frozen=True, kw_only=True)
class OverrideRuling:
    """What became of one override.

    Attributes
    ----------
    override : GradeOverride
        The override.
    status : {"applied", "refused", "not_yet", "superseded", "expired"}
        Whether it counts; "not_yet" was decided later than the day asked for.
    why : str
        What speaks against it; empty where it is applied.
    holds_until : str
        Day from which it holds no more, YYYY-MM-DD; empty where that is not known.

    Examples
    --------
    >>> from creditscore.grade import GradeOverride, OverrideRuling
    >>> override = GradeOverride(customer="X", grade_before="A", grade_after="B", reason="news",
    ...                          text="A fire.", author="Li", decided_on="2025-01-15")
    >>> OverrideRuling(override=override, status="applied", why="", holds_until="2026-01-15").status
    'applied'
    """

    override: GradeOverride
    status: OverrideStatus
    why: str
    holds_until: str


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How far an override may go, who decides it, and what it must say."""

    max_up: int
    max_down: int | None
    alone_up: int
    alone_down: int
    authors: tuple[str, ...]
    approvers: tuple[str, ...]
    min_text: int
    reasons: Mapping[str, OverrideReason]
    forbidden: frozenset[str]
    grade_changed: GradeChanged


def rulings_on(
    rows: GradedRows,
    decided: Sequence[GradeOverride],
    ends: Sequence[str],
    limits: Limits,
    day: str,
) -> tuple[list[str], tuple[OverrideRuling, ...]]:
    """Return the grades on a day, and what became of each override.

    `ends` are the days, as text, from which the overrides hold no more.
    """
    found: dict[int, tuple[OverrideStatus, str]] = {}
    kept = []
    for place, override in enumerate(decided):
        against = list(_breaches(override, rows.ranks, limits))
        if against:
            found[place] = "refused", "; ".join(against)
        elif override.decided_on > day:
            found[place] = "not_yet", "it was decided later"
        else:
            kept.append(place)
    after = list(rows.grades)
    latest = _latest_of(decided, kept)
    row_of = {name: row for row, name in enumerate(rows.names) if name in latest}
    for place in kept:
        override, last = decided[place], latest[decided[place].customer]
        if place != last:
            found[place] = "superseded", f"a decision of {decided[last].decided_on} came after it"
        elif ends[place] <= day:
            found[place] = "expired", f"it held until {ends[place]}"
        elif override.customer not in row_of:
            found[place] = "refused", "its customer is not among the grades"
        else:
            row = row_of[override.customer]
            grade, why = _decided(override, rows.grades[row], rows.ranks, limits)
            found[place] = ("refused", why) if why else ("applied", "")
            after[row] = after[row] if why else grade
    rulings = (
        OverrideRuling(
            override=override, status=found[place][0], why=found[place][1], holds_until=ends[place]
        )
        for place, override in enumerate(decided)
    )
    return after, tuple(rulings)


def _decided(
    override: GradeOverride, before: str, ranks: Mapping[str, int], limits: Limits
) -> tuple[str, str]:
    """Return the grade that an override gives today, and what speaks against it."""
    after = override.grade_after
    if before == override.grade_before:
        return after, ""
    if limits.grade_changed == "refuse":
        why = f"the grade is {before} now, and the decision was made for {override.grade_before}"
        return "", why
    if limits.grade_changed == "keep_notches":
        names = list(ranks)
        down = ranks[after] - ranks[override.grade_before]
        after = names[min(max(ranks[before] + down, 0), len(names) - 1)]
    return after, "; ".join(_breaches_of_move(override, before, after, ranks, limits))


def _breaches(override: GradeOverride, ranks: Mapping[str, int], limits: Limits) -> Iterator[str]:
    """Say in words what of an override, as it was decided, is against the rules."""
    for grade in (override.grade_before, override.grade_after):
        if grade not in ranks:
            yield f"there is no grade {grade!r} on the scale"
    yield from _of_people(override, limits)
    reason = limits.reasons.get(override.reason)
    if reason is None:
        yield f"there is no reason {override.reason!r} in the policy"
    if len(override.text.strip()) < limits.min_text:
        yield (
            f"the text has {len(override.text.strip())} characters, and the policy asks for "
            f"{limits.min_text}"
        )
    if override.grade_before in ranks and override.grade_after in ranks:
        yield from _breaches_of_move(
            override, override.grade_before, override.grade_after, ranks, limits
        )


def _breaches_of_move(
    override: GradeOverride, before: str, after: str, ranks: Mapping[str, int], limits: Limits
) -> Iterator[str]:
    """Say what is against the rules of a move from one grade to another."""
    up = ranks[before] - ranks[after]
    if up == 0:
        yield f"it leaves the grade {before} as it is"
    if before in limits.forbidden:
        yield f"nobody is overridden out of {before}"
    if after in limits.forbidden and after != before:
        yield f"nobody is overridden into {after}"
    most = limits.max_up if up > 0 else limits.max_down
    if most is not None and abs(up) > most:
        yield f"it goes {_notches(up)}, and the policy allows {most}"
    alone = limits.alone_up if up > 0 else limits.alone_down
    if abs(up) > alone and not _of_two(override):
        who = "only its author" if override.approved_by.strip() else "nobody"
        yield f"it goes {_notches(up)}, which another person must approve, and {who} did"
    reason = limits.reasons.get(override.reason)
    if reason is not None and reason.direction == ("down" if up > 0 else "up") and up:
        yield f"the reason {reason.code!r} may only move a grade {reason.direction}"


def _of_two(override: GradeOverride) -> bool:
    """Whether another person approved; "li" is Li, whatever capitals and spaces are typed."""
    approver, author = (
        " ".join(name.split()).casefold() for name in (override.approved_by, override.author)
    )
    return approver not in ("", author)


def _of_people(override: GradeOverride, limits: Limits) -> Iterator[str]:
    if limits.authors and override.author not in limits.authors:
        yield f"{override.author!r} may not override grades"
    approver = override.approved_by
    if approver and limits.approvers and approver not in limits.approvers:
        yield f"{approver!r} may not approve overrides"


def _notches(up: int) -> str:
    number = abs(up)
    return f"{number} notch{'es' * (number != 1)} {'up' if up > 0 else 'down'}"


def _latest_of(overrides: Sequence[GradeOverride], places: Sequence[int]) -> dict[object, int]:
    """Return the place of the last override of each customer; of one day, the later in the list."""
    latest: dict[object, int] = {}
    for place in places:
        customer = overrides[place].customer
        best = latest.get(customer)
        if best is None or overrides[place].decided_on >= overrides[best].decided_on:
            latest[customer] = place
    return latest
