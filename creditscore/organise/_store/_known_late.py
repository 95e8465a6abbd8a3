"""Rows of a backfill that a load before brought in as news, so that they were known too late."""

from __future__ import annotations

import numpy as np
import sqlalchemy as sa

from creditscore.organise._store._bulk import Columns
from creditscore.organise._store._schema import batches, observations

_AT_ONCE = 500
"""Customers in one statement."""


def n_known_late(connection: sa.Connection, columns: Columns) -> int:
    """Return how many of the rows just given were known, from later than when they were collected.

    Those that a backfill brought in before are as they should be. O(facts of the customers of
    known rows) time.
    """
    rows = observations.c
    is_news = batches.c.is_backfill.is_(sa.false())
    if connection.execute(sa.select(batches.c.id).where(is_news).limit(1)).first() is None:
        return 0
    ids = np.asarray(columns["id"])
    between = rows.id.between(int(ids[0]), int(ids[-1]))
    added = np.array(connection.execute(sa.select(rows.id).where(between)).scalars().all())
    known = np.flatnonzero(~np.isin(ids, added))
    customers = np.unique(np.asarray(columns["customer_id"])[known]).tolist()
    told = (
        sa.select(rows.fingerprint)
        .join(batches, batches.c.id == rows.batch_id)
        .where(is_news, batches.c.recorded_at > rows.collected_at)
    )
    late: set[bytes] = set()
    for start in range(0, len(customers), _AT_ONCE):
        of_some = told.where(rows.customer_id.in_(customers[start : start + _AT_ONCE]))
        late.update(map(bytes, connection.execute(of_some).scalars()))
    prints = columns["fingerprint"]
    return sum(prints[row] in late for row in known.tolist())
