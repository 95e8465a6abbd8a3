"""What happens to a questionnaire on its way, and what may follow what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from creditscore._cells import word_of
from creditscore._checks import check_kind
from creditscore._days import check_day
from creditscore._validation import check_choice

CampaignEventKind: TypeAlias = Literal[
    "sent", "reminded", "returned", "returned_in_part", "refused", "undeliverable", "ineligible"
]
CampaignStatus: TypeAlias = Literal[
    "not_sent", "sent", "returned", "returned_in_part", "refused", "undeliverable", "ineligible"
]

EVENT_KINDS: tuple[str, ...] = get_args(CampaignEventKind)
CAMPAIGN_STATUSES: tuple[str, ...] = get_args(CampaignStatus)

TRANSITIONS: dict[str, tuple[str, ...]] = {
    "not_sent": ("sent", "ineligible"),
    "sent": (
        "reminded", "returned", "returned_in_part", "refused", "undeliverable", "ineligible",
    ),
    "returned_in_part": ("reminded", "returned", "refused", "ineligible"),
    "undeliverable": ("sent", "ineligible"),
    "refused": ("returned", "returned_in_part", "ineligible"),
    "returned": ("ineligible",),
    "ineligible": (),
}  # fmt: skip
"""Events that may follow each status. A reminder leaves the status as it is."""


@dataclass(frozen=True, kw_only=True)
class CampaignEvent:
    """One event of a customer in a campaign.

    Parameters
    ----------
    customer : str
        Whom it happened with; a number becomes its text.
    event : {"sent", "reminded", "returned", "returned_in_part", "refused", "undeliverable", \
"ineligible"}
        What happened. A questionnaire that nobody of the sample should have got, such as that of
        a customer who left before, is ineligible.
    on : day
        When, such as "2024-03-04"; it is kept as such a text.
    note : str, default=""
        What else there is to say.

    Examples
    --------
    >>> from creditscore.collect import CampaignEvent
    >>> CampaignEvent(customer="C1", event="sent", on="2024-03-04")
    CampaignEvent(customer='C1', event='sent', on='2024-03-04', note='')
    """

    customer: str
    event: CampaignEventKind
    on: str
    note: str = ""

    def __post_init__(self) -> None:
        """Check the words and the day."""
        given: Any = self.customer
        if isinstance(given, (int, float, np.number)) and not isinstance(given, bool):
            object.__setattr__(self, "customer", word_of(given))
        for name in ("customer", "note"):
            check_kind(getattr(self, name), name, "CampaignEvent", str)
        check_choice(self.event, "event", "CampaignEvent", EVENT_KINDS)
        object.__setattr__(self, "on", str(check_day(self.on, "on", "CampaignEvent")))

    @property
    def day(self) -> np.datetime64:
        """The day as numpy has it."""
        return np.datetime64(self.on, "D")
