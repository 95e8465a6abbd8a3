"""The trading firm as one frozen bundle of tables, made at any size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.random import Generator

from creditscore._validation import check_integer
from creditscore.datasets._trading_firm._access import (
    make_access_log,
    make_consents,
    make_contacts,
    make_rules,
)
from creditscore.datasets._trading_firm._bureau import make_applications, make_bureau
from creditscore.datasets._trading_firm._customers import (
    make_crm,
    make_files,
    plant_customers,
    true_customers,
    with_entry_days,
)
from creditscore.datasets._trading_firm._errors import plant_invoices, plant_payments
from creditscore.datasets._trading_firm._files import firm_files, write_files
from creditscore.datasets._trading_firm._groups import Groups, make_groups
from creditscore.datasets._trading_firm._interviews import make_interviews
from creditscore.datasets._trading_firm._ledger import (
    Ledger,
    exposure,
    invoices_table,
    make_ledger,
    outcomes_table,
    payments_table,
    performance_table,
)
from creditscore.datasets._trading_firm._naming import Names, make_names
from creditscore.datasets._trading_firm._opinions import make_ratings, make_references
from creditscore.datasets._trading_firm._parties import Parties, make_parties
from creditscore.datasets._trading_firm._planting import SHARES, Planted, choose
from creditscore.datasets._trading_firm._statements import (
    make_filings,
    plant_statements,
    true_statements,
)
from creditscore.datasets._trading_firm._survey import make_survey
from creditscore.datasets._trading_firm._visits import make_staff, make_visits

TRUTH = ("outcomes", "planted")
"""Tables that no creditor has."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TradingFirm:
    """What a trading firm and third parties know of its customers, errors included, and the truth.

    The facts are as of 30 June 2024. `performance` and ``ratings.is_bad_later`` go on for a year,
    so leave out of a model what is of later days.

    Parameters
    ----------
    customers : pandas.DataFrame
        The firm's own list: enterprises, persons, and some of them a second time.
    crm : pandas.DataFrame
        A branch's list of some of the same customers, written differently, and of others.
    ownership, files : pandas.DataFrame
        Who owns whom; which customers have a credit file, and when it was reviewed.
    statements, filings : pandas.DataFrame
        Statements of three years from a register, a row a statement; and those of large firms as
        they filed them, a row a fact.
    invoices, payments : pandas.DataFrame
        The ledger of two years; payments may be in parts, and credit notes are among them.
    performance : pandas.DataFrame
        Balance and days past due of each customer at each month's end, July 2022 to June 2025.
    applications : pandas.DataFrame
        What persons said of their means.
    bureau_reports, bureau_accounts, bureau_enquiries, bureau_records : pandas.DataFrame
        Reports on persons by an invented bureau; one JSON file holds all four.
    visits : pandas.DataFrame
        Marks from 1 to 5 that visitors gave.
    campaign, questionnaires : pandas.DataFrame
        A questionnaire to all enterprises: what happened when, and the answers.
    interviews, codings : pandas.DataFrame
        Notes of interviews, and the mark that each of two coders gave to each passage.
    references, ratings : pandas.DataFrame
        What other suppliers tell; the firm's grades with overrides, and what came of them.
    contacts, consents : pandas.DataFrame
        Who spoke with whom and what was confirmed; what persons agreed to.
    staff, access_rules, access_log : pandas.DataFrame
        The firm's people, who of them may read what for which purpose, and who read what.
    outcomes : pandas.DataFrame
        Truth: a row a customer, `is_bad` is 1 if it was 90 days past due at a month's end in the
        year after 30 June 2024.
    planted : pandas.DataFrame
        Truth: a row an error: table, key (first column of the table), column, kind, value and
        true value as text, and a detail.

    See Also
    --------
    creditscore.datasets.load_trading_firm : The sample.
    creditscore.datasets.make_trading_firm : As many customers as wanted, and kinds of errors.

    Examples
    --------
    >>> from creditscore.datasets import make_trading_firm
    >>> firm = make_trading_firm(n_enterprises=30, n_persons=20)
    >>> firm
    TradingFirm(30 enterprises, 20 persons; 26 tables, 103 planted errors)
    >>> int(firm.planted["kind"].value_counts()["duplicate invoice"])
    5
    """

    customers: pd.DataFrame
    crm: pd.DataFrame
    ownership: pd.DataFrame
    files: pd.DataFrame
    statements: pd.DataFrame
    filings: pd.DataFrame
    invoices: pd.DataFrame
    payments: pd.DataFrame
    performance: pd.DataFrame
    applications: pd.DataFrame
    bureau_reports: pd.DataFrame
    bureau_accounts: pd.DataFrame
    bureau_enquiries: pd.DataFrame
    bureau_records: pd.DataFrame
    visits: pd.DataFrame
    campaign: pd.DataFrame
    questionnaires: pd.DataFrame
    interviews: pd.DataFrame
    codings: pd.DataFrame
    references: pd.DataFrame
    ratings: pd.DataFrame
    contacts: pd.DataFrame
    consents: pd.DataFrame
    staff: pd.DataFrame
    access_rules: pd.DataFrame
    access_log: pd.DataFrame
    outcomes: pd.DataFrame
    planted: pd.DataFrame

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Tables of facts by name: all but the truth, `outcomes` and `planted`."""
        return MappingProxyType({name: table for name, table in self if name not in TRUTH})

    def to_folder(self, folder: str | Path) -> tuple[Path, ...]:
        """Write the tables as files, as the firm's systems and third parties would give them.

        Parameters
        ----------
        folder : str or pathlib.Path
            Where to; it is made if it is not there, and files of the same names are replaced.

        Returns
        -------
        paths : tuple of pathlib.Path
            A CSV file a table (UTF-8, one header line), compressed by gzip where it is large,
            and ``bureau.json`` for the four tables of the bureau.

        Examples
        --------
        >>> import tempfile
        >>> from creditscore.datasets import make_trading_firm
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     paths = make_trading_firm(n_enterprises=5, n_persons=5).to_folder(folder)
        >>> [path.name for path in paths][:3]
        ['customers.csv', 'crm.csv', 'ownership.csv']
        """
        return write_files(self.to_files(), Path(folder))

    def to_files(self) -> dict[str, bytes]:
        """Return what `to_folder` writes: the content of each file by name, not compressed.

        Returns
        -------
        files : dict of str to bytes
            Names that end in ``.gz`` are those of the files that are compressed when written.

        Examples
        --------
        >>> from creditscore.datasets import make_trading_firm
        >>> files = make_trading_firm(n_enterprises=5, n_persons=5).to_files()
        >>> files["staff.csv"].decode().splitlines()[0]
        'staff,name,role,office'
        """
        return firm_files(dict(self))

    def __iter__(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Yield the name of each table, truth too, and the table."""
        for field in fields(self):
            yield field.name, getattr(self, field.name)

    def __repr__(self) -> str:
        """Say in one line how many customers and errors there are."""
        people = int(self.outcomes["customer"].str.startswith("P").sum())
        return (
            f"TradingFirm({len(self.outcomes) - people:,} enterprises, {people:,} persons; "
            f"{len(self.tables)} tables, {len(self.planted):,} planted errors)"
        )


def make_trading_firm(
    n_enterprises: int = 600, n_persons: int = 400, *, random_state: int = 0
) -> TradingFirm:
    """Make a trading firm's customers: lists, papers, payments, visits, answers, with errors.

    No customer, place, bureau or event exists, and all names are invented. Registration and
    identity numbers pass the checks of their standards [1]_ [2]_, and their area codes begin
    with 99, which belongs to no place.

    Parameters
    ----------
    n_enterprises : int, default=600
        How many enterprises, 1 or more.
    n_persons : int, default=400
        How many persons, 1 or more.
    random_state : int, default=0
        Seed, 0 or more; the same seed gives the same tables.

    Returns
    -------
    firm : TradingFirm
        Tables as they come out of the firm's systems and from third parties, and the truth.

    Raises
    ------
    InvalidParameterError
        If a parameter is no whole number, or too small.

    See Also
    --------
    load_trading_firm : 120 enterprises and 80 persons, with every column explained.

    Notes
    -----
    A customer has a normal quality that nobody sees. Each year it stops paying with a
    probability that falls with its quality, and either pays all after four months or more, or
    never again. Statements, bureau reports, days late, marks and opinions show the quality, each
    with an error of its own. About a tenth of the customers are bad; a simple model of figures
    known on 30 June 2024 finds an area under the ROC curve of 0.7 to 0.85.

    These errors are planted, at most one a row of a table but for the missing verifications and
    the files. Each has a row in `planted`; shares are of the rows of the table, and at least one
    error of each kind is planted where a row is fit for it.

    ====================  ==============  ======  ================================================
    Kind                  Table           Share   What is wrong
    ====================  ==============  ======  ================================================
    wrong unit            statements      0.015   all amounts are in thousands
    unbalanced            statements      0.015   assets, equity or liabilities are off
    sign error            statements      0.015   a cost, a claim or a debt is negative
    outlier               statements      0.015   sales 25 times as high, identities kept
    outlier               customers       0.015   employees 100 times as many
    missing item          statements      0.06    four times as often where quality is low
    missing item          applications    0.06    income, more often the lower quality is
    digit transposition   customers       0.04    two neighbours of a number changed over
    duplicate customer    customers       0.05    a second number, name or address differs
    duplicate customer    crm             0.9     who a branch's record is; the others are nobody
    unverified value      customers       0.08    nobody checked the entry: no day of it
    date order            invoices        0.005   day of invoice and due day changed over
    wrong currency        invoices        0.005   USD instead of CNY
    negative amount       invoices        0.004   sign of the amount
    duplicate invoice     invoices        0.006   booked twice, under one number or a new one
    future date           payments        0.004   365 days too late
    orphan payment        payments        0.005   of an invoice that is not there
    missing file          files           0.07    12 times as often for small firms in the west
    stale file            files           0.12    not reviewed for two years
    self-declared only    questionnaires  0.06    of all enterprises: no statement of theirs
    conflict              questionnaires  0.12    sales 1.3 to 1.8 times those of the statement
    rater severity        staff           two     visitors harsh and lenient by 0.9 points
    one-sided overrides   ratings         one     an analyst raises half of the grades
    unauthorised read     access_log      0.012   forbidden item or purpose; and a burst as large
    ====================  ==============  ======  ================================================

    All else is consistent. Statements add up as those of `make_enterprises` do; the open
    amount of an invoice is its amount less the payments; performance follows from invoices and
    payments; the head of a bureau report counts its details; check characters are right; what
    a contact confirms stood in the list before.

    Missing files and unanswered questionnaires are not at random either: fewer small firms
    answer, and fewer of the west.

    O(n) time and memory but for sorting: 100,000 customers take some 20 seconds and 2 GB.

    References
    ----------
    .. [1] GB 32100-2015. Rules for the unified social credit identifier of legal entities and
       other organisations.
    .. [2] GB 11643-1999. Citizen identification number.

    Examples
    --------
    >>> from creditscore.datasets import make_trading_firm
    >>> firm = make_trading_firm(n_enterprises=100, n_persons=50, random_state=7)
    >>> errors = firm.planted.query("kind == 'sign error'")
    >>> errors[["table", "key", "column", "value", "true_value"]].iloc[0].to_list()
    ['statements', 'F00010', 'receivables', '-21759000', '21759000']
    """
    owner = "make_trading_firm"
    n_enterprises = check_integer(n_enterprises, "n_enterprises", owner, low=1)
    n_persons = check_integer(n_persons, "n_persons", owner, low=1)
    seed = check_integer(random_state, "random_state", owner, low=0)
    # A stream of its own for each part, so that one part may change without the others.
    streams = iter(np.random.default_rng(seed).spawn(40))
    planted = Planted()
    parties = make_parties(n_enterprises, n_persons, next(streams))
    ledger = make_ledger(parties, next(streams))
    names = make_names(parties, next(streams))
    groups = make_groups(parties, next(streams))
    clean = true_customers(parties, names, groups, next(streams))
    tables = _lists(clean, ledger, planted, streams)
    tables |= _books(parties, ledger, names, groups, (planted, streams))
    tables |= _papers(parties, clean, planted, streams)
    tables |= _impressions(parties, ledger, planted, streams)
    listed = with_entry_days(tables["customers"], tables["contacts"], next(streams))
    tables |= {"customers": listed}
    return TradingFirm(
        **tables,
        ownership=groups.table(),
        outcomes=outcomes_table(parties, ledger),
        planted=planted.table(),
    )


def _lists(
    clean: pd.DataFrame, ledger: Ledger, planted: Planted, streams: Iterator[Generator]
) -> dict[str, pd.DataFrame]:
    """Return the lists of customers and of files."""
    # Whom a branch would like to win: one for each twenty-five customers.
    n = int((clean["kind"] == "enterprise").sum())
    wanted = max(1, round(0.04 * n)), max(1, round(0.04 * (len(clean) - n)))
    others = make_parties(*wanted, next(streams))
    names, groups = make_names(others, next(streams)), make_groups(others, next(streams))
    prospects = true_customers(others, names, groups, next(streams))
    return {
        "customers": plant_customers(clean, planted, next(streams)),
        "crm": make_crm(clean, prospects, planted, next(streams)),
        "files": make_files(clean, exposure(ledger), planted, next(streams)),
    }


def _books(
    parties: Parties,
    ledger: Ledger,
    names: Names,
    groups: Groups,
    errors: tuple[Planted, Iterator[Generator]],
) -> dict[str, pd.DataFrame]:
    """Return invoices, payments, and their history."""
    planted, streams = errors
    payments = payments_table(parties, ledger, names.latin, groups.parent, next(streams))
    return {
        "invoices": plant_invoices(invoices_table(parties, ledger), planted, next(streams)),
        "payments": plant_payments(payments, planted, next(streams)),
        "performance": performance_table(parties, ledger),
    }


def _papers(
    parties: Parties, clean: pd.DataFrame, planted: Planted, streams: Iterator[Generator]
) -> dict[str, pd.DataFrame]:
    """Return statements, filings, answers, applications and the bureau's reports."""
    m = parties.n_enterprises
    silent = np.zeros(m, dtype=bool)
    silent[choose(SHARES["self-declared only"], np.ones(m, dtype=bool), next(streams))] = True
    statements = true_statements(parties, ~silent, next(streams))
    low = parties.customer[:m][parties.quality[:m] < -0.5]
    weak = statements["customer"].isin(low).to_numpy()
    survey = make_survey(parties, clean, silent, planted, next(streams))
    bureau = make_bureau(parties, clean, next(streams))
    return {
        "statements": plant_statements(statements, weak, planted, next(streams)),
        "filings": make_filings(parties, clean, statements),
        "campaign": survey.campaign,
        "questionnaires": survey.answers,
        "applications": make_applications(parties, clean, planted, next(streams)),
        "bureau_reports": bureau.reports,
        "bureau_accounts": bureau.accounts,
        "bureau_enquiries": bureau.enquiries,
        "bureau_records": bureau.records,
    }


def _impressions(
    parties: Parties, ledger: Ledger, planted: Planted, streams: Iterator[Generator]
) -> dict[str, pd.DataFrame]:
    """Return what people saw, heard, thought, and looked up."""
    interviews, codings = make_interviews(parties, next(streams))
    return {
        "interviews": interviews,
        "codings": codings,
        "visits": make_visits(parties, next(streams)),
        "references": make_references(parties, next(streams)),
        "ratings": make_ratings(parties, ledger, planted, next(streams)),
        "contacts": make_contacts(parties, next(streams)),
        "consents": make_consents(parties, next(streams)),
        "staff": make_staff(planted, next(streams)),
        "access_rules": make_rules(),
        "access_log": make_access_log(parties, planted, next(streams)),
    }
