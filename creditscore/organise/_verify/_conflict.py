"""Sources that contradict each other about one fact, and which of them is believed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from creditscore._display import counted
from creditscore._typing import Float1D
from creditscore._validation import check_real
from creditscore._warn import warn_user
from creditscore.collect import ItemCatalogue
from creditscore.exceptions import ConflictWarning
from creditscore.organise._verify._reliability import SourceReliability
from creditscore.organise._verify._same_fact import (
    SameFact,
    same_values,
    words_on_facts,
)
from creditscore.organise._verify._tidy_facts import (
    catalogue_for,
    sources_of,
    tidy_facts,
    values_of,
    words_of,
)

_CLOSE = 1e-9


def find_conflicts(
    observations: Any,
    *,
    catalogue: ItemCatalogue | None = None,
    reliability: SourceReliability | None = None,
    relative_tolerance: float = 0.005,
) -> pd.DataFrame:
    """Return facts about which sources contradict each other, and which source is believed.

    Parameters
    ----------
    observations : Observations or DataFrame
        Tidy observations.
    catalogue : ItemCatalogue, optional
        What the items are. Without, that of the observations, or the standard one.
    reliability : SourceReliability, optional
        How far sources are believed; without, the default one.
    relative_tolerance : float, default=0.005
        Part of the larger number by which two may differ and still agree, 0 or more.

    Returns
    -------
    DataFrame
        A row for each source that contradicts the one believed: customer, record, item,
        true_from, chosen and chosen_source, other and other_source (name of the source and
        method), difference (relative to the chosen number; NaN for text), resolved (False where
        both are equally reliable), row and chosen_row (places in the table).

    Raises
    ------
    MissingColumnError
        The table is none of observations.

    Warns
    -----
    ConflictWarning
        There are such facts.

    Notes
    -----
    Statements and records are of a period or an event: sources contradict each other where they
    say different things of one day (customer, record, item and true_from), or of what happens
    once, whatever the day (``Item.once``). Items of the group
    identity, such as an address or the number of employees, are states, which hold until they are
    replaced, and sources seldom speak of them on the same day: there, on each day on which one
    speaks, the last word of each other source counts too, if it still holds (true_to) and is not
    older than 92 days. What differs by more time has changed. Numbers in different units are not
    compared.

    Of each source (kind and name) the word on a fact that was known last counts, as in a store,
    whatever its method. The most reliable is believed; of equals the one of the higher confidence,
    then the one known last, and the conflict is marked as not resolved: a person must look. Texts
    agree but for case and blanks at their ends. O(n log n) time.

    Examples
    --------
    >>> import pandas as pd, warnings
    >>> from creditscore.collect import Observations
    >>> from creditscore.organise import find_conflicts
    >>> told = Observations.from_frame(pd.DataFrame({
    ...     "customer": "A", "item": "revenue", "value": [900.0, 1200.0],
    ...     "true_from": "2023-12-31", "source": ["public_filing", "site_visit"],
    ...     "method": ["data_analysis", "interview"], "collected_at": "2024-05-01",
    ... }))
    >>> with warnings.catch_warnings(action="ignore"):
    ...     found = find_conflicts(told)
    >>> found[["chosen", "other", "resolved"]].values.tolist()
    [[900.0, 1200.0, True]]
    """
    owner = "find_conflicts"
    check_real(relative_tolerance, "relative_tolerance", owner, low=0, high=np.inf, closed="left")
    table = tidy_facts(observations, owner)
    believed = (reliability or SourceReliability()).of(table).to_numpy()
    catalogue = catalogue_for(observations, catalogue)
    words = words_on_facts(table, believed, relative_tolerance, catalogue)
    found = conflicts_of(table, believed, words)
    if len(found):
        facts = len(found.drop_duplicates(["customer", "record", "item", "true_from"]))
        open_ones = int((~found["resolved"]).sum())
        msg = (
            f"Sources contradict each other about {counted(facts, 'fact')}, first about "
            f"{found['item'].iloc[0]!r} of customer {found['customer'].iloc[0]!r}. The more "
            f"reliable source is taken; {open_ones:,} of {len(found):,} contradictions are "
            "between equals, so that a person must look."
        )
        warn_user(msg, ConflictWarning)
    return found


def conflicts_of(table: pd.DataFrame, believed: Float1D, words: SameFact) -> pd.DataFrame:
    """Return the words against the one believed, each pair once."""
    at_odds = np.flatnonzero(words.compared & ~words.agrees)
    pairs = pd.DataFrame(
        {"other": words.rows[at_odds], "chosen": words.rows[words.first[at_odds]]}
    ).drop_duplicates()
    other, chosen = pairs["other"].to_numpy(), pairs["chosen"].to_numpy()
    numbers, values = table["number"].to_numpy(), values_of(table).to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = (numbers[other] - numbers[chosen]) / np.abs(numbers[chosen])
    named = (sources_of(table) + ", " + words_of(table["method"])).to_numpy(dtype=object)
    facts = table[["customer", "record", "item", "true_from"]].iloc[other]
    return facts.astype({"customer": object, "record": object, "item": object}).assign(
        chosen=values[chosen], chosen_source=named[chosen],
        other=values[other], other_source=named[other], difference=difference,
        resolved=believed[chosen] - believed[other] > _CLOSE, row=other, chosen_row=chosen,
    ).reset_index(drop=True)  # fmt: skip


def observed_reliability(
    observations: Any, *, relative_tolerance: float = 0.005, prior_facts: float = 10.0
) -> pd.DataFrame:
    """Return how often other sources agreed with each source about the same facts.

    Parameters
    ----------
    observations : Observations or DataFrame
        Tidy observations.
    relative_tolerance : float, default=0.005
        As in :func:`find_conflicts`.
    prior_facts : float, default=10
        Facts' worth of the overall rate that each source begins with, 0 or more: sources of few
        facts are drawn towards the others.

    Returns
    -------
    DataFrame
        A row a source_name (or kind, where it has none): n_facts that others spoke of too,
        n_agreed (half of the others or more agreed), rate, and reliability, the shrunken rate
        (n_agreed + prior_facts × overall) / (n_facts + prior_facts).

    Notes
    -----
    Facts are of one day here. Agreement is not truth: two sources that copy a third agree.
    O(n log n) time, and quadratic
    in the number of sources of one fact.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Observations
    >>> from creditscore.organise import observed_reliability
    >>> told = Observations.from_frame(pd.DataFrame({
    ...     "customer": "A", "item": "employees", "value": [50.0, 50.0, 80.0],
    ...     "true_from": "2023-12-31", "source": ["third_party", "public_filing", "site_visit"],
    ...     "source_name": ["bureau", "register", "visit"], "method": "data_analysis",
    ...     "collected_at": "2024-05-01",
    ... }))
    >>> observed_reliability(told)["n_agreed"].to_dict()
    {'bureau': 1, 'register': 1, 'visit': 0}
    """
    owner = "observed_reliability"
    check_real(relative_tolerance, "relative_tolerance", owner, low=0, high=np.inf, closed="left")
    check_real(prior_facts, "prior_facts", owner, low=0, high=np.inf, closed="left")
    table = tidy_facts(observations, owner)
    words = words_on_facts(table, np.ones(len(table)), relative_tolerance)
    name = sources_of(table).to_numpy()
    spoken = pd.DataFrame({"fact": words.fact, "row": words.rows, "name": name[words.rows]})
    pairs = spoken.merge(spoken, on="fact", suffixes=("", "_other"))
    pairs = pairs[pairs["name"] != pairs["name_other"]]
    rows = pairs["row"].to_numpy(), pairs["row_other"].to_numpy()
    same = same_values(table, *rows, relative_tolerance)
    by_fact = pd.DataFrame({"name": pairs["name"], "row": pairs["row"], "same": same})
    agreed = by_fact.groupby(["name", "row"])["same"].mean().ge(0.5).groupby("name")
    n, hits = agreed.size(), agreed.sum()
    overall = float(hits.sum() / n.sum()) if len(n) else np.nan
    with np.errstate(invalid="ignore"):
        shrunken = (hits + prior_facts * overall) / (n + prior_facts)
    return pd.DataFrame(
        {"n_facts": n, "n_agreed": hits, "rate": hits / n, "reliability": shrunken}
    ).rename_axis("source_name")
