"""What a policy says of each override: one breach is enough to refuse it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

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
    alone_down: int | None
    authors: tuple[str, ...]
    approvers: tuple[str, ...]
    min_text: int
    reasons: Mapping[str, OverrideReason]
    forbidden: frozenset[str]


def breaches(override: GradeOverride, ranks: Mapping[str, int], limits: Limits) -> Iterator[str]:
    """Say in words what is against the rules, apart from the distance."""
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
        before, after = override.grade_before, override.grade_after
        up = ranks[before] - ranks[after]
        yield from breaches_of_distance(override, before, after, up, limits)
        wrong = {"up": up < 0, "down": up > 0}
        if reason is not None and wrong.get(reason.direction, False):
            yield f"the reason {reason.code!r} may only move a grade {reason.direction}"


def breaches_of_distance(
    override: GradeOverride, before: str, after: str, up: int, limits: Limits
) -> Iterator[str]:
    """Say what is against the rules of a move between two grades, `up` notches apart."""
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
    four_eyes = override.approved_by not in ("", override.author)
    if alone is not None and abs(up) > alone and not four_eyes:
        who = "nobody" if not override.approved_by else "only its author"
        yield f"it goes {_notches(up)}, which another person must approve, and {who} did"


def _of_people(override: GradeOverride, limits: Limits) -> Iterator[str]:
    if limits.authors and override.author not in limits.authors:
        yield f"{override.author!r} may not override grades"
    approver = override.approved_by
    if approver and limits.approvers and approver not in limits.approvers:
        yield f"{approver!r} may not approve overrides"


def _notches(up: int) -> str:
    number = abs(up)
    return f"{number} notch{'es' * (number != 1)} {'up' if up > 0 else 'down'}"


def latest_of(overrides: Sequence[GradeOverride], places: Sequence[int]) -> dict[object, int]:
    """Return the place of the last override of each customer; of one day, the later in the list."""
    latest: dict[object, int] = {}
    for place in places:
        customer = overrides[place].customer
        best = latest.get(customer)
        if best is None or overrides[place].decided_on >= overrides[best].decided_on:
            latest[customer] = place
    return latest
