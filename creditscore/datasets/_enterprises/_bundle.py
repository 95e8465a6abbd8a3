"""The synthetic enterprises as one frozen bundle of tables, made at any size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

import numpy as np
import pandas as pd

from creditscore._validation import check_integer
from creditscore.datasets._enterprises._accounts import make_accounts
from creditscore.datasets._enterprises._environment import (
    make_countries,
    make_events,
    make_industries,
    make_peers,
    make_surveys,
)
from creditscore.datasets._enterprises._firms import make_firms, make_outcomes, make_profile
from creditscore.datasets._enterprises._payments import make_contracts, make_ledger, make_payers
from creditscore.datasets._enterprises._relations import (
    make_market,
    make_operations,
    make_ratings,
    make_references,
    make_trade,
)
from creditscore.datasets._enterprises._statements import make_statements


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Enterprises:
    """Synthetic firms as a creditor knows them, and who defaulted in the year to June 2025.

    Rows say since when they are known. Of statements, trade, operations, market and events, some
    are known after 30 June 2024 only, as papers come in late: indicators as of that day do not
    see them, and who reads the tables as they are must leave them out.

    Parameters
    ----------
    statements : pandas.DataFrame
        Income statements, balance sheets and cash flows of four years, in units of currency.
    ledger : pandas.DataFrame
        Invoices to the firms in two years, settled or open.
    contracts : pandas.DataFrame
        Contracts with the firms, and the share of each that they fulfilled.
    trade : pandas.DataFrame
        Sales by customer and purchases by supplier.
    profile : pandas.DataFrame
        Name, foundation, employees, industry and country.
    operations : pandas.DataFrame
        Capacity, output and employees.
    market : pandas.DataFrame
        Sales of each firm's market and of its largest competitor, and the firm's rank.
    ratings, references : pandas.DataFrame
        Grades by agencies, and opinions of trade associations from 0 to 1.
    industries, peers, surveys : pandas.DataFrame
        Firms, defaults and output by industry and year, the median margin of its firms, and
        business surveys by quarter.
    countries, events : pandas.DataFrame
        Risk classes from 1 to 7, and events of policy and regulation.
    outcomes : pandas.DataFrame
        A row a firm: `is_bad` is 1 if it defaulted from July 2024 to June 2025, 0 if not.

    See Also
    --------
    creditscore.datasets.load_enterprises : The sample, with every column explained.
    creditscore.datasets.make_enterprises : As many firms as wanted, and where figures come from.

    Examples
    --------
    >>> from creditscore.datasets import make_enterprises
    >>> enterprises = make_enterprises(n_firms=50)
    >>> enterprises
    Enterprises(50 firms, 1 bad; 14 tables and outcomes)
    >>> list(enterprises.tables)[:5]
    ['statements', 'ledger', 'contracts', 'trade', 'profile']
    """

    statements: pd.DataFrame
    ledger: pd.DataFrame
    contracts: pd.DataFrame
    trade: pd.DataFrame
    profile: pd.DataFrame
    operations: pd.DataFrame
    market: pd.DataFrame
    ratings: pd.DataFrame
    references: pd.DataFrame
    industries: pd.DataFrame
    peers: pd.DataFrame
    surveys: pd.DataFrame
    countries: pd.DataFrame
    events: pd.DataFrame
    outcomes: pd.DataFrame

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Tables of facts by name, all but the outcomes: what CustomerRecords reads.

        Each row has the day it was known; some are of days after 30 June 2024.
        """
        known = {name: table for name, table in self if name != "outcomes"}
        return MappingProxyType(known)

    def __iter__(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Yield the name of each table, outcomes too, and the table."""
        for field in fields(self):
            yield field.name, getattr(self, field.name)

    def __repr__(self) -> str:
        """Say in one line how many firms there are."""
        n_bad = int(self.outcomes["is_bad"].sum())
        n_tables = len(fields(self)) - 1
        return (
            f"Enterprises({len(self.outcomes):,} firms, {n_bad:,} bad; "
            f"{n_tables} tables and outcomes)"
        )


def make_enterprises(n_firms: int = 1000, *, random_state: int = 0) -> Enterprises:
    """Make synthetic firms with accounts that add up, payments, surroundings and outcomes.

    No firm, country or event exists, and all names are invented. What is true is the
    arithmetic, and the published figures that the distributions follow.

    Parameters
    ----------
    n_firms : int, default=1000
        How many firms, 1 or more.
    random_state : int, default=0
        Seed, 0 or more; the same seed gives the same tables.

    Returns
    -------
    enterprises : Enterprises
        Tables of facts, each row with the day it was known, and outcomes of the year after
        30 June 2024. A few rows were known after that day only, so that look-ahead can be met.

    Raises
    ------
    InvalidParameterError
        If a parameter is no whole number, or too small.

    See Also
    --------
    load_enterprises : 1,000 of them, with every column explained.

    Notes
    -----
    A firm has a normal quality that nobody sees. Its grade, AAA to CCC, is a class of the
    quality, and it defaults with the rate of its grade. Accounts and payments show the
    quality, each with an error of its own, so that a sensible model finds an area under the
    ROC curve of about 0.8 to 0.85 and no model comes near 1.

    These figures are published, and tests hold the tables to them within a stated band:

    ================================  ==========================================  =======
    Figure                            Value                                       Source
    ================================  ==========================================  =======
    default rate by grade, AAA-CCC    0.00 0.02 0.05 0.14 0.56 2.93 26.12 %       [1]_
    debt by capital, median, AAA-CCC  6.2 34.8 39.8 45.6 57.2 74.2 101.2 %        [2]_
    return on capital, median         35.1 26.9 16.8 13.4 10.3 6.7 2.3 %          [2]_
    EBIT interest cover, median       23.8 13.6 6.9 4.2 2.3 0.9 0.4               [2]_
    X1 of bankrupt and other firms    -6.1 and 41.4 %                             [3]_
    X2 of bankrupt and other firms    -62.6 and 35.5 %                            [3]_
    X4, listed bankrupt and others    40.1 and 247.7 %                            [3]_
    X5 of bankrupt and other firms    150 and 190 %                               [3]_
    days from invoice to payment      34 on average                               [4]_
    days from due day to payment      2 on average                                [5]_
    share of amounts paid late        41.8 %                                      [6]_
    share of amounts never paid       1.3 %                                       [6]_
    output by capacity                79.7 % on average                           [7]_
    ================================  ==========================================  =======

    AAA's default rate is raised to 0.01 %. The interest cover of AAA is not held: the medians
    of its ratios would need an interest rate of 24 %. X1 to X5 are Altman's ratios, whose 66
    manufacturers are no sample of today's firms; his X3 (-31.8 and 15.4 %) is held in its
    sign alone, since the returns of [2]_ leave no room for it. All else is assumed, such as
    the shares of grades, industries and countries, the rates of disputes, returns and
    broken contracts, and how industries differ.

    In the statements, assets are liabilities and equity, sums are the sums of their parts,
    retained earnings grow by net income less dividends, and cash changes by operating cash
    flow less capital expenditure and dividends plus shares issued and the change of debt,
    exactly. Some firms have negative equity, no debt, losses, a half-year statement, a year
    that was restated, a change of currency or from group to parent company, late or no
    statements, and missing items; some have no ledger.

    O(n) time and memory: 100,000 firms take some seconds and about 1 GB.

    References
    ----------
    .. [1] S&P Global Ratings (2025). 2024 Annual Global Corporate Default and Rating
       Transition Study, Table 24.
    .. [2] Wahlen, J., Baginski, S. and Bradshaw, M. Financial Reporting, Financial Statement
       Analysis and Valuation, 8th edition, Exhibit 7.5: Standard & Poor's three-year medians.
    .. [3] Altman, E. (1968). Financial ratios, discriminant analysis and the prediction of
       corporate bankruptcy. Journal of Finance 23(4), 589-609.
    .. [4] Intrum (2018). European Payment Report 2018.
    .. [5] Intrum (2018). European Payment Industry White Paper 2018.
    .. [6] Atradius (2018). Payment Practices Barometer, Western Europe, October 2018.
    .. [7] Board of Governors of the Federal Reserve System (2023). G.17, Industrial
       Production and Capacity Utilization: The 2023 Annual Revision, 28 March 2023.

    Examples
    --------
    >>> from creditscore.datasets import make_enterprises
    >>> enterprises = make_enterprises(n_firms=500, random_state=7)
    >>> latest = enterprises.statements.groupby("customer").last()
    >>> bool((latest["total_assets"] == latest["total_liabilities"] + latest["equity"]).all())
    True
    """
    owner = "make_enterprises"
    n_firms = check_integer(n_firms, "n_firms", owner, low=1)
    seed = check_integer(random_state, "random_state", owner, low=0)
    # A stream of its own for each part, so that one part may change without the others.
    streams = iter(np.random.default_rng(seed).spawn(16))
    firms = make_firms(n_firms, next(streams))
    accounts = make_accounts(firms, next(streams))
    revenue = accounts.units("revenue", -1)
    payers = make_payers(firms, next(streams))
    return Enterprises(
        statements=make_statements(firms, accounts, next(streams)),
        ledger=make_ledger(firms, payers, revenue, next(streams)),
        contracts=make_contracts(firms, payers, revenue, next(streams)),
        trade=make_trade(firms, accounts, next(streams)),
        profile=make_profile(firms, revenue, next(streams)),
        operations=make_operations(firms, accounts, next(streams)),
        market=make_market(firms, accounts, next(streams)),
        ratings=make_ratings(firms, next(streams)),
        references=make_references(firms, next(streams)),
        industries=(industries := make_industries(next(streams))),
        peers=make_peers(firms, accounts, industries),
        surveys=make_surveys(next(streams)),
        countries=make_countries(),
        events=make_events(firms, next(streams)),
        outcomes=make_outcomes(firms, next(streams)),
    )
