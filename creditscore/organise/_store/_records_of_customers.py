"""The bridge to indicators: what a store knows, as the tables that they are computed from."""

from __future__ import annotations

from typing import Any

import pandas as pd

from creditscore._checks import check_kind
from creditscore.organise._store._store import CustomerStore


def customer_records(
    store: CustomerStore, as_of: Any, known_at: Any = None, *, customers: Any = None
) -> dict[str, pd.DataFrame]:
    """Return what a store knows as tables for :class:`creditscore.indicators.CustomerRecords`.

    Parameters
    ----------
    store : CustomerStore
        Where the facts are.
    as_of : str, date or datetime
        Day up to which facts are true; what is true from later on is not among them.
    known_at : str, date, datetime or None, default=None
        Instant at which they were known; see :meth:`CustomerStore.snapshot`.
    customers : sequence of str, optional
        Customers; without, all.

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
        ==========  =====================================================================

    Raises
    ------
    InvalidParameterError
        No such day, instant or customer.
    DecryptionError
        A protected value was altered or moved.

    Notes
    -----
    A fact becomes known on the day of UTC of its instant, and `period_end` is the day from which
    it is true. Days of a ledger or of contracts are those that were true on the day: an invoice
    that was settled later is open. One record of the trail is left where protected items are read.

    Examples
    --------
    >>> from creditscore.indicators import FINANCIAL, CustomerRecords
    >>> from creditscore.organise import customer_records
    >>> tables = customer_records(store, "2024-06-30")  # doctest: +SKIP
    >>> FINANCIAL.compute(CustomerRecords(**tables), as_of="2024-06-30")  # doctest: +SKIP
    """
    check_kind(store, "store", "customer_records", CustomerStore)
    return store._for_indicators(as_of, known_at, customers)  # noqa: SLF001 - a part of the store
