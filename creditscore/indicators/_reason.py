"""Why a value is missing: a kind, which programs ask for, and words, which people read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

ReasonKind: TypeAlias = Literal[
    "not_given",
    "not_known_yet",
    "no_rows",
    "stale",
    "period",
    "currency",
    "consolidation",
    "zero_denominator",
    "negative_denominator",
    "undefined",
]
"""Kinds of reasons.

- ``not_given``: no table, no column or no entry holds it
- ``not_known_yet``: it is there, but was not known on the day
- ``no_rows``: no invoice, contract or other row falls in the window
- ``stale``: the latest statement is too old
- ``period``: the statements cover other months, or the year before is not there
- ``currency``, ``consolidation``: amounts of two currencies, or of a firm and of its group
- ``zero_denominator``, ``negative_denominator``: a ratio that has no meaning
- ``undefined``: a logarithm of zero or less, and the like
"""

REASON_KINDS: tuple[ReasonKind, ...] = (
    "not_given",
    "not_known_yet",
    "no_rows",
    "stale",
    "period",
    "currency",
    "consolidation",
    "zero_denominator",
    "negative_denominator",
    "undefined",
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one value is missing.

    Parameters
    ----------
    kind : str
        One of :data:`REASON_KINDS`.
    text : str
        The same in words that name the item.

    Examples
    --------
    >>> from creditscore.indicators import Reason
    >>> str(Reason("zero_denominator", "equity is zero"))
    'equity is zero'
    """

    kind: ReasonKind
    text: str

    def __str__(self) -> str:
        """Return the words."""
        return self.text
