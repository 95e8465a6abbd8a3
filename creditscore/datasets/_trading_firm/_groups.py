"""Which customers belong to others: groups, outside owners, and shares that circle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.random import Generator

from creditscore._typing import Float1D
from creditscore.datasets._enterprises._draws import (
    UNKNOWN_DAY,
    Days,
    Int1D,
    Text1D,
    chance,
    numbered,
    table,
    whole,
)
from creditscore.datasets._enterprises._firms import AS_OF
from creditscore.datasets._trading_firm._parties import Parties

CONTROL = 0.5
"""Who owns more than this share decides."""


@dataclass(frozen=True, kw_only=True)
class Groups:
    """Who owns whom, an entry a relation, and the parent of each customer.

    Parameters
    ----------
    owner, owned : Text1D
        A customer or an outside holder, and the customer owned.
    share : Float1D
        Fraction of the votes.
    true_from, true_to : Days
        From this day on, until before that day; missing where it still holds.
    parent : Int1D
        Place of the customer that owns more than half today; -1 where there is none.
    """

    owner: Text1D
    owned: Text1D
    share: Float1D
    true_from: Days
    true_to: Days
    parent: Int1D

    def parent_names(self, parties: Parties) -> Text1D:
        """Return the parent of each enterprise, missing where there is none."""
        parent = self.parent[: parties.n_enterprises]
        return np.where(parent >= 0, parties.customer[parent], np.nan)

    def table(self) -> pd.DataFrame:
        """Return the relations as a table."""
        names = ("owner", "owned", "share", "true_from", "true_to")
        columns = {name: getattr(self, name) for name in names}
        return table(columns | {"controls": self.share > CONTROL})


def make_groups(parties: Parties, rng: Generator) -> Groups:
    """Put a fifth of the enterprises into groups of chains; some hold shares in their owners."""
    m = parties.n_enterprises
    # A parent stands anywhere before its daughters, so chains have no circle of control.
    daughter = chance(rng, 0.2, m)
    daughter[0] = False
    up = np.minimum(whole(rng, 1, 5, m), np.arange(m))
    parent = np.where(daughter, np.arange(m) - up, -1)
    rows = np.flatnonzero(daughter)
    controlled = np.round(0.51 + 0.29 * rng.random(len(rows)), 2)
    # Some shares are too small to control, and some were sold.
    minor = chance(rng, 0.2, len(rows))
    share = np.where(minor, np.round(0.1 + 0.35 * rng.random(len(rows)), 2), controlled)
    sold = chance(rng, 0.1, len(rows)) & ~minor
    begun = AS_OF - whole(rng, 400, 3000, len(rows)).astype("timedelta64[D]")
    ended = AS_OF - whole(rng, 10, 390, len(rows)).astype("timedelta64[D]")
    parent[rows[minor | sold]] = -1
    outside = np.flatnonzero(chance(rng, 0.25, m) & ~daughter)
    back = rows[chance(rng, 0.1, len(rows))]
    n_outside, n_back = len(outside), len(back)
    holders = numbered("X", whole(rng, 1, max(2, n_outside // 2), n_outside), 5)
    circle = np.round(0.02 + 0.08 * rng.random(n_back), 2)
    holding = np.round(0.2 + 0.3 * rng.random(n_outside), 2)
    known = AS_OF - whole(rng, 400, 3000, n_outside + n_back).astype("timedelta64[D]")
    names = parties.customer
    all_parents = np.concatenate([parent, np.full(parties.n - m, -1)])
    return Groups(
        owner=np.concatenate([names[rows - up[rows]], holders, names[back]]),
        owned=np.concatenate([names[rows], names[outside], names[back - up[back]]]),
        share=np.concatenate([share, holding, circle]),
        true_from=np.concatenate([begun, known]),
        true_to=np.concatenate(
            [np.where(sold, ended, UNKNOWN_DAY), np.full(n_outside + n_back, UNKNOWN_DAY)]
        ),
        parent=all_parents.astype(np.int64),
    )
