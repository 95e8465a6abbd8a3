"""The bridge to indicators: what a store knows, as the tables that they are computed from."""

from __future__ import annotations

from typing import Any

import pandas as pd

from creditscore._checks import check_kind
from creditscore.organise._store._store import CustomerStore


def customer_records(
    store: CustomerStore,
    as_of: Any,
    known_at: Any = None,
    *,
    customers: Any = None,
    recorded_by: Any = None,
    resolve: bool = False,
) -> dict[str, pd.DataFrame]:
    """Return what a store knows as tables for :class:`creditscore.indicators.CustomerRecords`.

    Parameters
    ----------
    store : CustomerStore
        Where the facts are.
    as_of : str, date or datetime
        Day up to which facts are true; what is true from later on is not among them.
    known_at : str, date, datetime or None, default=None
        Instant at which they were known; see :meth:`CustomerStore.snapshot`. Without, the end of
        the day of `as_of` in UTC, so that nothing of later is in what a model is made of.
    customers : sequence of str, optional
        Customers; without, all.
    recorded_by : str, date, datetime or None, default=None
        Instant by which facts were recorded, too: tables from before a backfill come out again.
    resolve : bool, default=False
        Whether customers that were merged by then are read as the one that they are, and asked
        for by any of their names; rows are under its name.

    Returns
    -------
    dict of str to DataFrame
        Those of the tables that have rows. Items that the actor may not read in the clear are in
        none of them.

        ==========  =====================================================================
        Table       Is made of
        ==========  =====================================================================
        statements  financial items of enterprises: a row a source, period and correction
        operations  capacity, output and employees
        market      market_sales, largest_competitor_sales, market_rank, n_competitors
        profile     name, founded_on, industry, country, region and employees
        persons     numbers that only persons have
        ledger      records of invoices, as of the day
        contracts   records of contracts, as of the day
        trade       records of trade, each of which is a counterparty
        ratings     records of ratings: agency, rating, outlook, scale, notch
        references  reference_opinion, of which each source is an association
        told        largest_customer_share
        ==========  =====================================================================

    Raises
    ------
    InvalidParameterError
        No such day, instant or customer.
    DecryptionError
        A protected value was altered or moved.

    Warns
    -----
    MixedUnitsWarning
        Amounts in another currency than their row are left out; or a row states its currency by
        a word that is none of ISO 4217, and gets the unit of its amounts.

    Notes
    -----
    The currency of statements, market, ledger, contracts and trade is the one that they state,
    else the unit of most of the row's amounts: no row holds two.

    A fact becomes known on the day of UTC of its instant, and `period_end` is the day from which
    it is true. Days of a ledger or of contracts are those that were true on the day: an invoice
    that was settled later is open. Facts that were known after `known_at` are in none of the
    tables; those that were loaded later, and not as a backfill, are such.

    Statements, operations, market and told have a row a source, so that no row mixes two. Of a
    period those of a source count, as in a snapshot, until a more reliable one is known about the
    same months. Where statements name their months, what names none is no statement, such as a
    single figure of the press. What is left out by that is still in
    :meth:`CustomerStore.observations`.

    One record of the trail is left where protected items are read.

    Examples
    --------
    >>> import pandas as pd, tempfile
    >>> from pathlib import Path
    >>> from creditscore.collect import Observations
    >>> from creditscore.indicators import FINANCIAL, CustomerRecords
    >>> from creditscore.organise import CustomerStore, customer_records
    >>> facts = Observations.from_frame(pd.DataFrame({
    ...     "customer": "C1", "item": ["current_assets", "current_liabilities", "months"],
    ...     "value": [900, 600, 12], "true_from": "2023-12-31", "source": "public_filing",
    ...     "method": "data_analysis", "collected_at": "2024-04-30",
    ... }))
    >>> with CustomerStore.create(Path(tempfile.mkdtemp()) / "customers.db") as store:
    ...     loaded = store.load(facts, backfill=True)
    ...     tables = customer_records(store, "2024-06-30")
    >>> list(tables)
    ['statements']
    >>> found = FINANCIAL.compute(CustomerRecords(**tables), as_of="2024-06-30")
    >>> float(found.values.loc["C1", "current_ratio"])
    1.5
    """
    check_kind(store, "store", "customer_records", CustomerStore)
    return store._for_indicators(  # noqa: SLF001 - a part of the store
        as_of, known_at, customers, recorded_by, resolve=resolve
    )
