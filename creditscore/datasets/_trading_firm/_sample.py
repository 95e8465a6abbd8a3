"""The committed sample of the trading firm, and the meaning of every column."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from creditscore._validation import check_choice
from creditscore.datasets._dictionary import dictionary_of
from creditscore.datasets._manifest import find_file
from creditscore.datasets._trading_firm._bundle import TradingFirm
from creditscore.datasets._trading_firm._files import BUREAU, bureau_rows, read_content

FOLDER = "trading_firm"
"""Where the files are, below those of the other samples."""

_READERS: dict[str, Callable[[pd.Series], pd.Series]] = {
    "text": lambda cells: cells,
    "numeric": lambda cells: cells.astype("float64"),
    "code": lambda cells: cells.astype("int64"),
    "flag": lambda cells: cells.astype("str") == "True",
    "date": lambda cells: pd.to_datetime(cells, format="%Y-%m-%d").astype("datetime64[ns]"),
    "instant": lambda cells: (
        pd.to_datetime(cells, format="%Y-%m-%dT%H:%M:%SZ")
        .astype("datetime64[ns]")
        .dt.tz_localize("UTC")
    ),
}
"""From the text of a column to its values, by kind."""


def load_trading_firm() -> TradingFirm:
    """Load the sample of a trading firm: 120 enterprises and 80 persons, 24 of them bad.

    No customer in it exists: the tables are those of
    ``make_trading_firm(120, 80, random_state=0)``, committed so that examples do not depend on
    the versions of anything.

    Returns
    -------
    firm : TradingFirm
        Fresh tables at each call. Amounts are float64 in CNY, days are datetime64, instants are
        datetime64 in UTC, and what is missing is missing for a reason that a creditor meets.

        ================  =====  =========================================================
        Table             Rows   A row is
        ================  =====  =========================================================
        customers         210    a customer of the firm's own list; some are there twice
        crm               87     a record of a branch's list
        ownership         40     a share in a customer
        files             186    a customer that has a credit file
        statements        341    a version of an annual statement, from a register
        filings           2,220  a fact of a statement as a large firm filed it
        invoices          3,286  an invoice of the two years to 30 June 2024
        payments          3,532  a payment or credit note of the two years to 30 June 2024
        performance       6,582  a customer and month, July 2022 to June 2025
        applications      80     a person's application
        bureau_reports    80     a report on a person by an invented bureau
        bureau_accounts   209    an account in a report
        bureau_enquiries  117    an enquiry of a lender
        bureau_records    5      a public record
        visits            127    a visit to an enterprise
        campaign          330    an event of the campaign that began on 4 March 2024
        questionnaires    66     a questionnaire that came back
        interviews        21     an interview with a manager
        codings           168    an interview, item and coder
        references        47     what another supplier tells of a customer
        ratings           505    a rating by the firm, of 30 June 2022, 2023 and 2024
        contacts          450    a contact with a customer
        consents          194    a consent of a person
        staff             26     one of the firm's people
        access_rules      31     what a role may read; all else is forbidden
        access_log        812    a read of one item of one customer, April to June 2024
        outcomes          200    a customer: the truth
        planted           392    a planted error: the truth
        ================  =====  =========================================================

    Raises
    ------
    DatasetNotFoundError
        If a file is not there.

    See Also
    --------
    describe_trading_firm : Kind, unit and meaning of each column.
    make_trading_firm : More customers, and the kinds of errors that are planted.
    trading_firm_path : The files, for other readers.

    Notes
    -----
    The data are synthetic, no third party's, and under creditscore's own licence.

    Examples
    --------
    >>> from creditscore.datasets import load_trading_firm
    >>> firm = load_trading_firm()
    >>> firm
    TradingFirm(120 enterprises, 80 persons; 26 tables, 392 planted errors)
    >>> firm.statements[["customer", "period_end", "revenue", "equity"]].head(2)
      customer period_end    revenue     equity
    0   C00001 2021-12-31  7249000.0  2771000.0
    1   C00001 2022-12-31  7809000.0  2930000.0
    """
    rows = bureau_rows(read_content(find_file(_path(BUREAU[0]))))
    bureau = {name: pd.DataFrame(rows[name]) for name in BUREAU}
    return TradingFirm(
        **{entry["name"]: _typed(entry, bureau.get(entry["name"])) for entry in _tables()}
    )


def trading_firm_path(table: str) -> Path:
    """Return the file of the sample that holds a table.

    Parameters
    ----------
    table : str
        Name of a table, such as ``"statements"``.

    Returns
    -------
    path : pathlib.Path
        A CSV file in UTF-8 with one header line, compressed by gzip where its name ends in
        ``.gz``; for the tables of the bureau, the JSON file of all four.

    Raises
    ------
    InvalidParameterError
        If no table has this name.
    DatasetNotFoundError
        If the file is not there.

    Examples
    --------
    >>> from creditscore.datasets import trading_firm_path
    >>> trading_firm_path("statements").name, trading_firm_path("bureau_accounts").name
    ('statements.csv.gz', 'bureau.json')
    """
    check_choice(table, "table", "trading_firm_path", tuple(entry["name"] for entry in _tables()))
    return find_file(_path(table))


def trading_firm_mappings() -> dict[str, Path]:
    """Return the files that say what the columns of the sample's tables mean.

    Returns
    -------
    mappings : dict of str to pathlib.Path
        YAML files for ``creditscore.collect.SourceMapping.from_yaml``, by their names in the order
        of the alphabet. A name begins with that of the table that the mapping reads.

        ======================  =========================================================
        Name                    What it reads
        ======================  =========================================================
        applications            what persons told with an application
        bureau_reports          the bureau's own counts of each person
        crm_enterprises         the firms of a branch's list, each record a customer
        crm_persons             the persons of it
        customers               the firm's own list, of entries that were checked
        customers_unverified    the entries of it that nobody checked
        invoices                invoices, with the days of settlement and dispute
        ownership               who controls whom, with the share
        payments                money that came in
        payments_credit_notes   credit notes, as what was returned of an invoice
        payments_ledger         both, for ``creditscore.collect.read_ledger``
        questionnaires          what enterprises said of themselves
        references              what other suppliers tell
        statements              annual statements, from the register
        visits                  what visitors saw
        ======================  =========================================================

    Raises
    ------
    DatasetNotFoundError
        If the files are not there.

    See Also
    --------
    trading_firm_path : The tables that they read.

    Notes
    -----
    ``customers`` and ``customers_unverified`` read each row of the list once, together; so do those
    of ``crm``, and ``payments`` with ``payments_credit_notes``. ``ownership`` skips shares that
    control nothing: ``find_groups`` reads the table itself.

    Tables without a mapping hold no facts of one customer alone, or need a reader of their own:
    ``filings`` is read by ``read_statements``, ``interviews`` with ``codings`` by
    ``CodedInterviews``, ``contacts`` by ``ContactLog``, ``campaign`` by ``Campaign``.

    Examples
    --------
    >>> from creditscore.collect import SourceMapping, read_source
    >>> from creditscore.datasets import trading_firm_mappings, trading_firm_path
    >>> mapping = SourceMapping.from_yaml(trading_firm_mappings()["visits"])
    >>> read_source(trading_firm_path("visits"), mapping)
    Collected(635 observations of 127 rows, 0 rejected, 0 skipped)
    """
    folder = find_file(f"{FOLDER}/mappings/customers.yaml").parent
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def describe_trading_firm(table: str | None = None) -> pd.DataFrame:
    """Return the data dictionary of the trading firm as a table.

    Parameters
    ----------
    table : str, optional
        Name of one table, such as ``"invoices"``; all of them if there is none.

    Returns
    -------
    dictionary : pandas.DataFrame
        A row a column, with the text columns ``table``, ``column``, ``kind`` (text, date,
        instant, numeric, code or flag), ``unit``, ``meaning`` and ``meaning_zh``.

    Raises
    ------
    InvalidParameterError
        If no table has this name.

    Examples
    --------
    >>> from creditscore.datasets import describe_trading_firm
    >>> dictionary = describe_trading_firm("invoices").set_index("column")
    >>> dictionary.loc["open_amount", ["unit", "meaning"]].to_list()
    ['CNY', 'What is not paid on 30 June 2024']
    """
    return dictionary_of(_tables(), table, "describe_trading_firm")


@cache
def _tables() -> tuple[dict[str, Any], ...]:
    """Read what the manifest says of the tables; the entries are not changed by anyone."""
    document = json.loads(find_file(f"{FOLDER}/manifest.json").read_text(encoding="utf-8"))
    return tuple(document["tables"])


def _path(table: str) -> str:
    """Return the name of a table's file, below the folder of the samples."""
    file = next(entry["file"] for entry in _tables() if entry["name"] == table)
    return f"{FOLDER}/{file}"


def _typed(entry: dict[str, Any], read: pd.DataFrame | None) -> pd.DataFrame:
    """Return a table with the types that the manifest says."""
    if read is None:
        # All as text at first: no word turns into a missing value, and each number is the one
        # that was written, to the last bit.
        read = pd.read_csv(
            find_file(_path(entry["name"])), dtype="str", keep_default_na=False, na_values=[""]
        )
    return pd.DataFrame(
        {
            column["name"]: _READERS[column["kind"]](read[column["name"]])
            for column in entry["columns"]
        }
    )
