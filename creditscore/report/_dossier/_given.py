"""What a caller gives to a dossier is checked before anything is read."""

from __future__ import annotations

import difflib
from typing import Any

import pandas as pd

from creditscore._checks import check_kind
from creditscore.collect import ItemCatalogue
from creditscore.exceptions import InvalidParameterError, MissingColumnError
from creditscore.expert import ExpertScorecard
from creditscore.grade import RatingHistory
from creditscore.indicators import IndicatorSet
from creditscore.report._dossier._indicators import PEERS_BY, known_indicators
from creditscore.scorecard import Scorecard

OWNER = "customer_dossier"


def check_given(
    catalogue: ItemCatalogue,
    *, scorecard: Any, grades: Any, peers: Any, indicators: Any, contacts: Any,
) -> None:  # fmt: skip
    """Check the optional parameters of a dossier, of items of a catalogue.

    Raises
    ------
    InvalidParameterError
        One is of another kind.
    MissingColumnError
        A table lacks a column, or a scorecard reads what is neither an indicator nor an item.
    """
    if scorecard is not None and not isinstance(scorecard, (Scorecard, ExpertScorecard)):
        kind = "a Scorecard or an ExpertScorecard"
        raise _strange(scorecard, name="scorecard", kind=kind)
    if indicators is not None:
        check_kind(indicators, "indicators", OWNER, IndicatorSet)
    if scorecard is not None:
        _check_card(scorecard, indicators, catalogue)
    if grades is not None and not isinstance(grades, RatingHistory):
        _check_table(
            grades, "grades", ("customer", "grade", "valid_from"), "a RatingHistory or its table"
        )
    if contacts is not None:
        _check_table(contacts, "contacts", ("customer", "at"), "a table of pandas")
    if peers is not None:
        kind = "a table as peer_benchmarks() makes it"
        _check_table(peers, "peers", ("period_end", "known_on"), kind)
        if not any(name in peers for name in PEERS_BY):
            msg = f"The 'peers' of {OWNER} must have a column of {', '.join(PEERS_BY)}."
            raise MissingColumnError(msg)


def _check_card(
    card: Scorecard | ExpertScorecard, indicators: IndicatorSet | None, catalogue: ItemCatalogue
) -> None:
    known = [one.name for one in known_indicators(indicators)]
    known += [item.name for item in catalogue if not item.record_kind]
    strange = [name for name in card.names if name not in known]
    if strange:
        hints = difflib.get_close_matches(strange[0], known, n=1)
        hint = f" Did you mean {hints[0]!r}?" if hints else ""
        msg = (
            f"The 'scorecard' of {OWNER} reads {', '.join(map(repr, strange))}: neither an "
            f"indicator nor an item of the customer itself.{hint} Rename its characteristics, or "
            "give 'indicators' that have them."
        )
        raise MissingColumnError(msg)


def _check_table(given: Any, name: str, columns: tuple[str, ...], kind: str) -> None:
    if not isinstance(given, pd.DataFrame):
        raise _strange(given, name=name, kind=kind)
    lacking = [column for column in columns if column not in given]
    if lacking:
        msg = (
            f"The {name!r} of {OWNER} must be {kind}, and the columns "
            f"{', '.join(map(repr, lacking))} are not in it. It has: "
            f"{', '.join(map(repr, given.columns))}."
        )
        raise MissingColumnError(msg)


def _strange(given: Any, *, name: str, kind: str) -> InvalidParameterError:
    return InvalidParameterError(
        f"The {name!r} parameter of {OWNER} must be {kind}. Got {type(given).__name__} instead."
    )
