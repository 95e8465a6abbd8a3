"""The committed sample of synthetic enterprises, and the meaning of every column."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pandas as pd

from creditscore.datasets._dictionary import dictionary_of
from creditscore.datasets._enterprises._bundle import Enterprises
from creditscore.datasets._manifest import find_file

_READERS: dict[str, Callable[[pd.Series], pd.Series]] = {
    "text": lambda cells: cells,
    "numeric": lambda cells: cells.astype("float64"),
    "code": lambda cells: cells.astype("int64"),
    "flag": lambda cells: cells == "True",
    "date": lambda cells: pd.to_datetime(cells, format="%Y-%m-%d").astype("datetime64[ns]"),
}
"""From the text of a column to its values, by kind."""


def load_enterprises() -> Enterprises:
    """Load the sample of synthetic enterprises: 1,000 firms, 33 of them bad.

    No firm in it exists: the tables are those of ``make_enterprises(1000, random_state=0)``,
    committed so that examples do not depend on the versions of anything.

    Returns
    -------
    enterprises : Enterprises
        Fresh tables at each call. Amounts are float64 in units of currency, days are
        datetime64, and what is missing is missing for a reason that a creditor meets.

        ==========  ======  ===================================================================
        Table       Rows    A row is
        ==========  ======  ===================================================================
        statements  3,875   a version of a financial statement, of 6 or 12 months, 2020 to 2023
        ledger      12,525  an invoice to a firm, from July 2022 to June 2024
        contracts   1,938   a contract with a firm
        trade       7,074   a customer or supplier of a firm in 2023
        profile     1,000   a firm: name, foundation, employees, industry, country
        operations  2,795   a firm and year: capacity, output, employees
        market      1,885   a firm and year: sales of its market and of its largest rival
        ratings     200     a rating by an invented agency
        references  249     an opinion of a trade association
        industries  80      an industry and year: firms, defaults, output
        peers       40      an industry and year: median margin of its firms
        surveys     40      an industry and quarter: balance of a business survey
        countries   12      an invented country and version: risk class from 1 to 7
        events      28      an event of policy or regulation, or a judgement of a court
        outcomes    1,000   a firm: is_bad is 1 for a default within a year of 30 June 2024
        ==========  ======  ===================================================================

    Raises
    ------
    DatasetNotFoundError
        If a file is not there.

    See Also
    --------
    describe_enterprises : Kind, unit and meaning of each column.
    make_enterprises : More firms, and the published figures that they follow.

    Notes
    -----
    The data are synthetic, no third party's, and under creditscore's own licence.

    Examples
    --------
    >>> from creditscore.datasets import load_enterprises
    >>> enterprises = load_enterprises()
    >>> enterprises
    Enterprises(1,000 firms, 33 bad; 14 tables and outcomes)
    >>> enterprises.statements[["customer", "period_end", "revenue", "equity"]].head(2)
      customer period_end    revenue    equity
    0   C00001 2020-12-31  1303000.0  571000.0
    1   C00001 2021-12-31  1349000.0  540000.0
    """
    return Enterprises(**{table["name"]: _load(table) for table in _tables()})


def describe_enterprises(table: str | None = None) -> pd.DataFrame:
    """Return the data dictionary of the enterprises as a table.

    Parameters
    ----------
    table : str, optional
        Name of one table, such as ``"statements"``; all of them if there is none.

    Returns
    -------
    dictionary : pandas.DataFrame
        A row a column, with the text columns ``table``, ``column``, ``kind`` (text, date,
        numeric, code or flag), ``unit``, ``meaning`` and ``meaning_zh``.

    Raises
    ------
    InvalidParameterError
        If no table has this name.

    Examples
    --------
    >>> from creditscore.datasets import describe_enterprises
    >>> dictionary = describe_enterprises("statements").set_index("column")
    >>> dictionary.loc["pretax_income", ["unit", "meaning"]].to_list()
    ['units of currency', 'ebit - interest_expense']
    """
    return dictionary_of(_tables(), table, "describe_enterprises")


@cache
def _tables() -> tuple[dict[str, Any], ...]:
    """Read what the manifest says of the tables; the entries are not changed by anyone."""
    document = json.loads(find_file("manifest.json").read_text(encoding="utf-8"))
    return tuple(document["enterprises"]["tables"])


def _load(entry: dict[str, Any]) -> pd.DataFrame:
    """Read a table with the types that the manifest says."""
    # All as text at first: no word turns into a missing value, and each number is the one that
    # was written, to the last bit.
    text = pd.read_csv(find_file(entry["file"]), dtype="str", keep_default_na=False, na_values=[""])
    return pd.DataFrame(
        {
            column["name"]: _READERS[column["kind"]](text[column["name"]])
            for column in entry["columns"]
        }
    )
