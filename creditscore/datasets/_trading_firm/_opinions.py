"""What others think of customers: trade references, and the firm's own ratings with overrides."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator

from creditscore.datasets._enterprises._draws import chance, logistic, numbered, table, whole
from creditscore.datasets._enterprises._firms import AS_OF
from creditscore.datasets._enterprises._published import GRADES, QUALITY
from creditscore.datasets._trading_firm._ledger import Ledger, reached_ninety
from creditscore.datasets._trading_firm._parties import Parties, typical_amounts
from creditscore.datasets._trading_firm._planting import Planted
from creditscore.datasets._trading_firm._visits import N_ANALYSTS

ONE_SIDED = 4
"""Number of the analyst who only ever raises grades."""
RATED = (("2022-06-30", -1), ("2023-06-30", 11), ("2024-06-30", 23))
"""Days of ratings, and the place of their month."""
_REASONS_UP = np.array(["strong owner", "long relation", "new contract"], dtype=object)
_REASONS_DOWN = np.array(["loss of a buyer", "management left", "rumours of delay"], dtype=object)


def make_references(parties: Parties, rng: Generator) -> pd.DataFrame:
    """Return what other suppliers tell of some customers."""
    n = parties.n
    drawn = chance(rng, np.where(parties.is_person, 0.05, 0.4), n)
    drawn[0] = True
    who = np.flatnonzero(drawn)
    rows = len(who)
    quality = parties.quality[who]
    opinion = np.clip(np.rint(4 * (0.6 + 0.15 * quality + 0.2 * rng.standard_normal(rows))), 0, 4)
    late = np.maximum(np.rint(9 - 6 * quality + 8 * rng.standard_normal(rows)), 0)
    credit = typical_amounts(parties, rng)[who] * (1 + rng.random(rows))
    return table(
        {
            "reference": numbered("E", np.arange(1, rows + 1), max(5, len(str(rows)))),
            "customer": parties.customer[who],
            "given_by": numbered("supplier ", whole(rng, 1, 60, rows), 2),
            "given_on": AS_OF - whole(rng, 5, 500, rows).astype("timedelta64[D]"),
            "opinion": opinion / 4,
            "months_known": whole(rng, 3, 180, rows).astype(float),
            "highest_credit": np.rint(credit / 100) * 100,
            "days_late": late,
        }
    )


def make_ratings(
    parties: Parties, ledger: Ledger, planted: Planted, rng: Generator
) -> pd.DataFrame:
    """Return the ratings of three years, and what became of each in the year after.

    An honest analyst departs from the model in an eighth of the ratings, up or down, and mostly
    knows something. One analyst departs in half of them, always up, and knows nothing.
    """
    parts = [
        _ratings_of(parties, ledger, np.datetime64(day, "D"), month, rng) for day, month in RATED
    ]
    ratings = pd.concat(parts, ignore_index=True)
    rows = len(ratings)
    ratings.insert(0, "rating", numbered("M", np.arange(1, rows + 1), max(5, len(str(rows)))))
    biased = ratings["analyst"] == f"A{ONE_SIDED:02d}"
    raised = ratings[biased & (ratings["final_grade"] != ratings["model_grade"])]
    planted.note(
        "ratings",
        "one-sided overrides",
        "final_grade",
        key=raised["rating"].to_numpy(dtype=object),
        value=raised["final_grade"].to_numpy(dtype=object),
        true_value=raised["model_grade"].to_numpy(dtype=object),
        detail="raised without knowledge",
    )
    return ratings


def _ratings_of(
    parties: Parties, ledger: Ledger, day: Any, month: int, rng: Generator
) -> pd.DataFrame:
    in_default = (
        ledger.days_past_due[:, month] >= 90 if month >= 0 else np.zeros(parties.n, dtype=bool)
    )
    who = np.flatnonzero((parties.opened_on <= day) & ~in_default)
    n = len(who)
    quality = parties.quality[who]
    shown = quality + 0.8 * rng.standard_normal(n)
    model = (shown[:, None] < QUALITY.limits).sum(axis=1)
    analyst = whole(rng, 1, N_ANALYSTS, n)
    approver = (analyst + whole(rng, 0, N_ANALYSTS - 2, n)) % N_ANALYSTS + 1
    biased = analyst == ONE_SIDED
    departs = chance(rng, np.where(biased, 0.5, 0.125), n)
    # What an honest analyst knows is whether the customer is better than the model says.
    up = chance(rng, logistic(2.5 * (quality - shown)), n) | biased
    step = np.where(departs, np.where(up, -1, 1) * whole(rng, 1, 2, n), 0)
    final = np.clip(model + step, 0, len(GRADES) - 1)
    up_reason = _REASONS_UP[whole(rng, 0, len(_REASONS_UP) - 1, n)]
    down_reason = _REASONS_DOWN[whole(rng, 0, len(_REASONS_DOWN) - 1, n)]
    reason = np.where(final < model, up_reason, np.where(final > model, down_reason, np.nan))
    names = np.array(GRADES, dtype=object)
    return table(
        {
            "customer": parties.customer[who],
            "rated_on": np.full(n, day),
            "analyst": numbered("A", analyst, 2),
            "approved_by": numbered("A", approver, 2),
            "model_grade": names[model],
            "final_grade": names[final],
            "override_reason": reason,
            "is_bad_later": reached_ninety(ledger, month)[who].astype(np.int64),
        }
    )
