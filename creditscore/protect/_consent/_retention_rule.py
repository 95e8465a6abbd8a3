"""How long something is kept: at most, or at least."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from creditscore._checks import check_kind
from creditscore._days import Days, months_later
from creditscore._validation import check_choice, check_integer
from creditscore.exceptions import InvalidParameterError
from creditscore.protect._access._grant import LEVELS, GuardedItem
from creditscore.protect._fields import set_text, set_texts

_TEXTS = ("law", "text", "text_zh")
_SCOPES = ("items", "groups", "record_kinds", "sensitivities", "of")


@dataclass(frozen=True, kw_only=True, repr=False)
class RetentionRule:
    """When what was observed is erased, or until when it must be kept.

    Parameters
    ----------
    name : str
        What results name it by.
    after : str
        The event that time counts from, a column of days: of the observations (true_from,
        collected_at, recorded_at), or of the customers (relationship_ended_on).
    months, days : int, default=0
        How long, of which one is above 0. Months go by the calendar: a month after 31 January is
        the last day of February.
    keep : bool, default=False
        Whether it is kept at least so long, rather than erased after it.
    items, groups, record_kinds : tuple of str, default=()
        What it is about: items by name, by group, or by the kind of their record, any of the
        three; without any of them, everything.
    sensitivities : tuple of str, default=()
        Of these only items so sensitive; without, all.
    of : tuple of str, default=()
        Of these only customers of such kinds; without, all.
    law : str, default=""
        The law that asks for it, or whose limit it keeps.
    text, text_zh : str, default=""
        What it says, in English and Chinese.

    Raises
    ------
    InvalidParameterError
        No name, no event, not exactly one of months and days, an unknown sensitivity.

    Examples
    --------
    >>> from creditscore.protect import RetentionRule
    >>> RetentionRule(name="adverse", after="true_to", months=60, groups=("reputation",))
    RetentionRule(adverse: erase 60 months after true_to)
    """

    name: str
    after: str
    months: int = 0
    days: int = 0
    keep: bool = False
    items: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    record_kinds: tuple[str, ...] = ()
    sensitivities: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    law: str = ""
    text: str = ""
    text_zh: str = ""

    def __post_init__(self) -> None:
        """Check each entry."""
        set_text(self, "name", "after")
        set_text(self, *_TEXTS, empty=True)
        set_texts(self, *_SCOPES)
        owner = f"RetentionRule {self.name!r}"
        check_kind(self.keep, "keep", owner, bool)
        for name in ("months", "days"):
            check_integer(getattr(self, name), name, owner, low=0)
        for level in self.sensitivities:
            check_choice(level, "sensitivities", owner, LEVELS)
        if bool(self.months) is bool(self.days):
            msg = (
                f"{owner} must have either 'months' or 'days' above 0. Got {self.months} and "
                f"{self.days}."
            )
            raise InvalidParameterError(msg)

    @property
    def period(self) -> str:
        """How long, in words."""
        n, word = (self.months, "month") if self.months else (self.days, "day")
        return f"{n} {word}{'' if n == 1 else 's'}"

    def ends(self, events: Days) -> Days:
        """Return the days on which the time is over; NaT where the event has not come.

        Parameters
        ----------
        events : ndarray of datetime64[D]
            Days of the event.
        """
        if self.months:
            later: Days = months_later(events, self.months)
            return later
        return events + np.timedelta64(self.days, "D")

    def about(self, item: GuardedItem) -> bool:
        """Tell whether it is about an item.

        Parameters
        ----------
        item : GuardedItem
            Such as an :class:`~creditscore.collect.Item`.
        """
        if self.sensitivities and item.sensitivity not in self.sensitivities:
            return False
        if not (self.items or self.groups or self.record_kinds):
            return True
        kind = item.name.rpartition(".")[0]
        return (
            item.name in self.items
            or item.group in self.groups
            or (bool(kind) and kind in self.record_kinds)
        )

    def content(self) -> dict[str, Any]:
        """Return what differs from the defaults, as plain values."""
        plain: dict[str, Any] = {}
        for entry in fields(self):
            value = getattr(self, entry.name)
            if entry.name in ("name", "after") or value != entry.default:
                plain[entry.name] = list(value) if isinstance(value, tuple) else value
        return plain

    def __repr__(self) -> str:
        """Say in one line what it asks for."""
        what = f"keep for {self.period}" if self.keep else f"erase {self.period}"
        return f"RetentionRule({self.name}: {what} after {self.after})"


def events_of(rules: Iterable[RetentionRule]) -> tuple[str, ...]:
    """Return the events that rules count from, each once."""
    return tuple(dict.fromkeys(rule.after for rule in rules))
