"""Which customer each merged one is, for whoever reads a store."""

from __future__ import annotations

from typing import Any

from creditscore._checks import check_kind
from creditscore.organise._store import _clock
from creditscore.organise._store._scope import roots
from creditscore.organise._store._store import CustomerStore

_OWNER = "merged_customers"


def merged_customers(store: CustomerStore, known_at: Any = None) -> dict[str, str]:
    """Return into which customer each merged one leads in the end.

    Reading with ``resolve=True`` gives facts to the customer that counts, and leaves values as
    they were told: a parent may be named by the number of a customer that was merged since. By
    this it is found again.

    Parameters
    ----------
    store : CustomerStore
        Where the merges are.
    known_at : str, date, datetime or None, default=None
        Instant of the merges; without, all that there are.

    Returns
    -------
    dict of str to str
        By each customer that is merged into another one: that one.

    Raises
    ------
    InvalidParameterError
        No such day or instant.
    AccessDeniedError
        The policy does not let the actor read any item, nor audit or merge.

    See Also
    --------
    creditscore.organise.CustomerStore.links : All merges and un-merges, with who and why.

    Notes
    -----
    Of a customer the last merge or un-merge counts, and chains are followed to their end, or the
    last of whom the data were not erased. O(merges) time. Of the table of merges only what every
    reader may see is read, in PostgreSQL too.

    Examples
    --------
    >>> import pandas as pd, tempfile
    >>> from pathlib import Path
    >>> from creditscore.collect import Observations
    >>> from creditscore.organise import CustomerStore, merged_customers
    >>> facts = Observations.from_frame(pd.DataFrame({
    ...     "customer": ["A", "B", "C"], "item": ["parent", "industry", "industry"],
    ...     "value": ["B", "retail", "retail"], "true_from": "2023-12-31",
    ...     "source": "public_filing", "method": "data_analysis", "collected_at": "2024-04-30",
    ... }))
    >>> with CustomerStore.create(Path(tempfile.mkdtemp()) / "customers.db") as store:
    ...     loaded = store.load(facts, backfill=True)
    ...     store.link("B", "C", "one firm")
    ...     merged_customers(store)
    {'B': 'C'}
    """
    check_kind(store, "store", _OWNER, CustomerStore)
    until = _clock.last_instant(known_at, "known_at", _OWNER)
    store._check_reader("merge")  # noqa: SLF001 - a part of the store
    with store._reading() as connection:  # noqa: SLF001
        into = roots(connection, until)
        known = store._desk.customers(connection)  # noqa: SLF001
        names = known.names({*into, *into.values()})
    # whom the actor does not see has no name for it
    return {
        names[one]: names[other] for one, other in into.items() if one in names and other in names
    }
