"""Which kind of card is told about: one for all, as the cards of segments each are."""

from __future__ import annotations

from typing import Any

from creditscore._checks import check_kind
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard._scorecard import Scorecard
from creditscore.scorecard._segments._segmented import SegmentedScorecard


def check_card(card: Any, owner: str) -> None:
    """Refuse what is no card, and say what to do with one of several segments."""
    if isinstance(card, SegmentedScorecard):
        names = ", ".join(map(repr, card.segments.names))
        msg = (
            f"{owner} takes a card for all, and this one has a card for each of the segments "
            f"{names}. Ask for each of them, card.card(name), with the rows of that segment "
            "(card.segments.assign(X) tells them)."
        )
        raise InvalidParameterError(msg)
    check_kind(card, "card", owner, Scorecard)
