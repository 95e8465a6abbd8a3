"""Which facts are verified, and why."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Bool1D, Float1D
from creditscore._validation import check_real
from creditscore.organise._refresh._freshness import observed_table
from creditscore.organise._verify._reliability import SourceReliability
from creditscore.organise._verify._same_fact import SameFact, words_on_facts

STATUSES = ("verified", "unverified", "contradicted")


def verification_status(
    observations: Any,
    *,
    reliability: SourceReliability | None = None,
    relative_tolerance: float = 0.005,
) -> pd.DataFrame:
    """Return whether each observation is verified, and why.

    Parameters
    ----------
    observations : Observations or DataFrame
        Tidy observations.
    reliability : SourceReliability, optional
        Which source is believed where they contradict each other; without, the default one.
    relative_tolerance : float, default=0.005
        Part of the larger number by which two may differ and still agree, 0 or more.

    Returns
    -------
    DataFrame
        In the index of the table: status ("verified", "unverified" or "contradicted") and why.

    Notes
    -----
    In order: an observation is *contradicted* if a source that is believed as much or more says
    something else about the same fact (customer, record, item and day); *verified* if another
    kind of source, or another named source, says the same; *verified* if it is first-hand: a
    public filing, the firm's own records, or what somebody saw on a visit; else *unverified*,
    being somebody's word alone. O(n log n) time.

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
    table = observed_table(observations, owner)
    rows = table.reset_index(drop=True)
    believed = (reliability or SourceReliability()).of(rows)
    words = words_on_facts(rows, believed, relative_tolerance)
    # the strongest word against the believed one speaks against it too where it is its equal
    share = believed.to_numpy()
    first_share = share[words.rows[words.first]]
    equals = ~words.agrees & (share[words.rows] >= first_share)
    n = len(rows)
    contradicted, confirmed = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    disputed_facts = np.unique(words.fact[equals])
    contradicted[words.rows] = ~words.agrees | np.isin(words.fact, disputed_facts)
    confirmed[words.rows] = words.agrees & (_independent(rows, words) > 1)
    superseded = np.ones(n, dtype=bool)
    superseded[words.rows] = False
    status = np.select(
        [contradicted, confirmed, _first_hand(rows)],
        ["contradicted", "verified", "verified"], default="unverified",
    )  # fmt: skip
    why = np.select(
        [contradicted, confirmed, superseded & _first_hand(rows), _first_hand(rows)],
        ["another source says otherwise", "another source says the same",
         "first-hand, and replaced by a later word", "first-hand"],
        default="somebody's word alone",
    )  # fmt: skip
    return pd.DataFrame(
        {"status": pd.Categorical(status, categories=list(STATUSES)), "why": why},
        index=table.index,
    )


def _first_hand(rows: pd.DataFrame) -> Bool1D:
    filed = rows["source"].isin(["public_filing"])
    booked = rows["source"].isin(["internal_record"]) & rows["method"].isin(["data_analysis"])
    seen = rows["method"].isin(["observation"])
    found: Bool1D = (filed | booked | seen).to_numpy(dtype=bool)
    return found


def _independent(rows: pd.DataFrame, words: SameFact) -> Float1D:
    """Return how many different sources agree on the fact of each word."""
    named = rows.groupby(["source", "source_name"], sort=False, observed=True).ngroup()
    told = pd.DataFrame({"fact": words.fact, "name": named.to_numpy()[words.rows]})
    counts = told[words.agrees].groupby("fact")["name"].nunique()
    return np.asarray(told["fact"].map(counts).fillna(0).to_numpy(dtype=np.float64))
