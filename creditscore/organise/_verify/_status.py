"""Which facts are verified, and why."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore._validation import check_real
from creditscore.collect import ItemCatalogue
from creditscore.organise._verify._findings import REPORT
from creditscore.organise._verify._reliability import SourceReliability
from creditscore.organise._verify._same_fact import (
    FACT,
    SOURCE,
    SameFact,
    other_unit,
    same_values,
    words_on_facts,
)
from creditscore.organise._verify._tidy_facts import (
    catalogue_for,
    codes_of,
    numbers_of,
    tidy_facts,
)

STATUSES = ("verified", "unverified", "contradicted")


def verification_status(
    observations: Any,
    *,
    catalogue: ItemCatalogue | None = None,
    reliability: SourceReliability | None = None,
    relative_tolerance: float = 0.005,
) -> pd.DataFrame:
    """Return whether each observation is verified, and why.

    Parameters
    ----------
    observations : Observations or DataFrame
        Tidy observations.
    catalogue : ItemCatalogue, optional
        What the items are. Without, that of the observations, or the standard one.
    reliability : SourceReliability, optional
        Which source is believed where they contradict each other; without, the default one.
    relative_tolerance : float, default=0.005
        Part of the larger number by which two may differ and still agree, 0 or more.

    Returns
    -------
    DataFrame
        In the index of the table: status ("verified", "unverified" or "contradicted") and why.

    Raises
    ------
    MissingColumnError
        The table is none of observations.

    Notes
    -----
    In order: an observation is *contradicted* if it says something else than the most reliable
    source of the same fact, or than another that is believed as much; *verified* if another kind
    of source, or another named source, says the same as the most reliable one, and it does too;
    *verified* if it is first-hand: a public filing, the firm's own records, or what somebody saw
    on a visit; else *unverified*, being somebody's word alone. What a source said again is what
    its last word on the fact is.

    What one fact is, :func:`find_conflicts` says. For states (items of the group identity) an
    older word that says the same verifies as long as it is within the shelf life of the item, so
    that who confirms by telephone what a register filed the year before is not alone. O(n log n)
    time.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Observations
    >>> from creditscore.organise import verification_status
    >>> told = Observations.from_frame(pd.DataFrame({
    ...     "customer": ["A", "B", "C"], "item": "employees", "value": [5, 7, 9],
    ...     "true_from": "2023-12-31", "source": ["third_party", "site_visit", "public_filing"],
    ...     "method": ["questionnaire", "observation", "data_analysis"],
    ...     "collected_at": "2024-05-01",
    ... }))
    >>> verification_status(told)["status"].tolist()
    ['unverified', 'verified', 'verified']
    """
    owner = "verification_status"
    check_real(relative_tolerance, "relative_tolerance", owner, low=0, high=np.inf, closed="left")
    table = tidy_facts(observations, owner)
    believed = (reliability or SourceReliability()).of(table).to_numpy()
    catalogue = catalogue_for(observations, catalogue)
    words = words_on_facts(table, believed, relative_tolerance, catalogue)
    given = getattr(observations, "table", observations)
    return statuses_of(table, believed, words).set_axis(given.index, axis=0)


def statuses_of(table: pd.DataFrame, believed: Float1D, words: SameFact) -> pd.DataFrame:
    """Return status and why of each row."""
    against = words.compared & ~words.agrees
    # the strongest word against the believed one speaks against it too where it is its equal
    equals = against & (believed[words.rows] >= believed[words.rows[words.first]])
    n = len(table)
    of_fact = np.zeros(len(words.rows), dtype=bool)
    of_fact[words.first[equals]] = True
    disputed = of_fact[words.first]
    contradicted = _any(words, against | (disputed & words.compared), n)
    confirmed = _any(words, words.agrees & (_independent(table, words) > 1), n)
    first_hand = _first_hand(table)
    superseded = words.latest != np.arange(n)
    status = np.select(
        [contradicted, confirmed, first_hand],
        ["contradicted", "verified", "verified"], default="unverified",
    )  # fmt: skip
    why = np.select(
        [contradicted, confirmed, superseded & first_hand, first_hand],
        ["another source says otherwise", "another source says the same",
         "first-hand, and replaced by a later word", "first-hand"],
        default="somebody's word alone",
    )  # fmt: skip
    told_again = np.flatnonzero(superseded)
    latest = words.latest[told_again]
    same = same_values(table, told_again, latest, 0.0) & ~other_unit(table, told_again, latest)
    told_again = told_again[same]
    for column in (status, why):
        column[told_again] = column[words.latest[told_again]]
    return pd.DataFrame({"status": pd.Categorical(status, categories=list(STATUSES)), "why": why})


def without_errors(status: pd.DataFrame, table: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Return the statuses of :func:`statuses_of`, with no fact verified that has an error.

    An error is one of all that its source told of the fact at that instant, and one without an
    item is one of the whole report: what one source tells of one day.
    """
    errors = found[(found["severity"] == "error").to_numpy()]
    number = numbers_of(table)
    wrong = np.zeros(len(table), dtype=bool)
    parts = (
        (errors["item"] != "", [*FACT, *SOURCE, "collected_at"]),
        (errors["item"] == "", REPORT),
    )
    for asked, together in parts:
        own = number.isin(errors.loc[asked, "observation"]).to_numpy()
        if own.any():
            code = codes_of(table, together)
            wrong = wrong | own | np.isin(code, code[own & (code >= 0)])
    fallen = wrong & (status["status"] == "verified").to_numpy()
    return pd.DataFrame({
        "status": status["status"].mask(fallen, "unverified"),
        "why": status["why"].mask(fallen, "an error was found"),
    })  # fmt: skip


def _any(words: SameFact, holds: Bool1D, n: int) -> Bool1D:
    """Tell for each row of the table whether it holds of the row as a word on any fact."""
    found = np.zeros(n, dtype=bool)
    found[words.rows[holds]] = True
    return found


def _first_hand(rows: pd.DataFrame) -> Bool1D:
    filed = rows["source"].isin(["public_filing"])
    booked = rows["source"].isin(["internal_record"]) & rows["method"].isin(["data_analysis"])
    seen = rows["method"].isin(["observation"])
    found: Bool1D = (filed | booked | seen).to_numpy(dtype=bool)
    return found


def _independent(table: pd.DataFrame, words: SameFact) -> Int1D:
    """Return how many different sources agree on the fact of each word."""
    named = codes_of(table, ["source", "source_name"])[words.rows]
    # the place of the first word stands for the fact; most have no other
    shared = np.bincount(words.first, minlength=len(words.rows))[words.first] > 1
    at = np.flatnonzero(shared & words.agrees)
    pairs = pd.DataFrame({"fact": words.first[at], "name": named[at]}).drop_duplicates()
    counts = np.bincount(pairs["fact"].to_numpy(), minlength=len(words.rows))
    return np.maximum(1, counts)[words.first]
