"""Whether a customer is an enterprise or a person."""

from __future__ import annotations

from typing import Any

import pandas as pd

from creditscore._frame import read_named
from creditscore._typing import NativeFrame
from creditscore.exceptions import MissingColumnError
from creditscore.organise._match._legal_form import has_legal_form
from creditscore.organise._match._name import normal
from creditscore.organise._match._number import check_number
from creditscore.organise._match._records import as_texts, check_once

_SAID = {
    "enterprise": "enterprise", "company": "enterprise", "firm": "enterprise", "企业": "enterprise",
    "公司": "enterprise", "person": "person", "individual": "person", "个人": "person",
    "自然人": "person",
}  # fmt: skip
_SAID_BY = ("customer_kind", "kind")
_EVIDENCE = ("registration_number", "identity_number", "birth_year", "name", "name_zh")


def classify_kind(table: NativeFrame) -> pd.DataFrame:
    """Return whether customers are enterprises or persons, and what says so.

    Parameters
    ----------
    table : table of shape (n_customers, n_columns)
        The column customer, and of customer_kind (or kind), registration_number,
        identity_number, birth_year, name and name_zh those that are known.

    Returns
    -------
    DataFrame
        A row a customer, which is its index: kind ("enterprise", "person" or None) and reason:
        what says so, what speaks against it, or why it is not known.

    Raises
    ------
    MissingColumnError
        There is no column "customer", or none that says anything.
    InvalidDataError
        A customer is missing, or stands twice.

    Notes
    -----
    What the table says counts. Where it says nothing: an enterprise has a valid credit code or
    legal entity identifier, or a legal form at the end of its name; a person has a valid identity
    number or a year of birth. If there are signs of both, the kind is not known. A short form
    after one word is no sign, for it may be a surname (Maria Sá, Jan As, and so Total SA, too).

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import classify_kind
    >>> found = classify_kind(pd.DataFrame({
    ...     "customer": ["A", "B", "C"], "name": ["Hua Trading Ltd", "Lin Wei", "Yan"],
    ...     "birth_year": [None, 1980, None],
    ... }))
    >>> found.values.tolist()  # doctest: +NORMALIZE_WHITESPACE
    [['enterprise', 'legal form in its name'], ['person', 'year of birth'],
     [None, 'nothing says it']]
    """
    owner = "classify_kind"
    read = read_named(table, ["customer"], reader=owner)
    if not set(read.names) & {*_SAID_BY, *_EVIDENCE}:
        msg = f"{owner} reads {', '.join(map(repr, (*_SAID_BY, *_EVIDENCE)))}. The table has none."
        raise MissingColumnError(msg)
    customers = as_texts(read, "customer")
    check_once(customers, owner)
    columns = {
        name: as_texts(read, name).tolist()
        for name in (*_SAID_BY, *_EVIDENCE) if name in read.names
    }  # fmt: skip
    rows = [
        _kind_of({name: values[row] for name, values in columns.items()})
        for row in range(len(customers))
    ]
    index = pd.Index(customers, name="customer", dtype=object)
    return pd.DataFrame(rows, columns=["kind", "reason"], index=index, dtype=object)


def _kind_of(values: dict[str, Any]) -> tuple[str | None, str]:
    signs = _signs(values)
    said = next((values[name] for name in _SAID_BY if values.get(name)), "")
    kind = _SAID.get(said.casefold())
    if kind is not None:
        against = [sign for sign, other in signs if other != kind]
        return kind, f"said, against {' and '.join(against)}" if against else "said"
    kinds = {other for _, other in signs}
    words = " and ".join(sign for sign, _ in signs)
    if len(kinds) == 1:
        return kinds.pop(), words
    if kinds:
        return None, f"signs of both: {words}"
    return None, f"unknown kind {said!r}, and no signs" if said else "nothing says it"


def _signs(values: dict[str, Any]) -> list[tuple[str, str]]:
    signs = []
    number = values.get("registration_number", "")
    if number and any(check_number(number, kind).is_valid for kind in ("credit_code", "lei")):
        signs.append(("registration number", "enterprise"))
    names = [normal(values[name]) for name in ("name", "name_zh") if values.get(name)]
    if any(has_legal_form(name) for name in names):
        signs.append(("legal form in its name", "enterprise"))
    number = values.get("identity_number", "")
    if number and check_number(number, "identity_number").is_valid:
        signs.append(("identity number", "person"))
    if values.get("birth_year"):
        signs.append(("year of birth", "person"))
    return signs
