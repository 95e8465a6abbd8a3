"""The firm's own list of customers, a branch's list of the same ones, and the credit files."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator

from creditscore._typing import Bool1D, Float1D
from creditscore.datasets._enterprises._draws import (
    Int1D,
    Text1D,
    chance,
    numbered,
    pick,
    spread,
    table,
    whole,
)
from creditscore.datasets._enterprises._firms import AS_OF
from creditscore.datasets._trading_firm._groups import Groups
from creditscore.datasets._trading_firm._identifiers import (
    credit_codes,
    identity_numbers,
    transposed,
)
from creditscore.datasets._trading_firm._naming import (
    Names,
    addresses,
    addresses_zh,
    capital,
    misspelt,
    plain_phones,
    shortened,
    words_of,
)
from creditscore.datasets._trading_firm._parties import Parties, day_of
from creditscore.datasets._trading_firm._planting import SHARES, Planted, choose
from creditscore.datasets._trading_firm._words import BRANDS, STREETS, SURNAMES

WRITINGS = ("as it is", "spelling", "Chinese", "abbreviation", "moved address")
"""How the same customer is written in another list."""
_SHARES_OF_WRITINGS = (0.25, 0.2, 0.2, 0.2, 0.15)


def true_customers(parties: Parties, names: Names, groups: Groups, rng: Generator) -> pd.DataFrame:
    """Return the list of customers without any error."""
    n, m = parties.n, parties.n_enterprises
    areas = parties.areas()
    born = parties.opened_on[m:] - whole(rng, 365 * 20, 365 * 60, n - m)
    sales = parties.accounts.units("revenue", -1)
    heads = np.maximum(2, np.rint(sales / parties.firms.of_industry("sales_per_head")))
    contact, contact_zh = words_of(SURNAMES, whole(rng, 0, len(SURNAMES) - 1, m))
    given, _ = words_of(BRANDS, whole(rng, 0, len(BRANDS) - 1, m))
    in_chinese = chance(rng, 0.3, m)
    # Checked against a document when the customer came, or again later.
    verified = np.maximum(parties.opened, 0) + whole(rng, 0, 60, n)
    return table(
        {
            "customer": parties.customer,
            "kind": np.where(parties.is_person, "person", "enterprise").astype(object),
            "name": names.latin,
            "name_zh": names.chinese,
            "registration_number": _of_firms(credit_codes(areas[:m], rng), n),
            "identity_number": _of_persons(identity_numbers(areas[m:], born, rng), n),
            "birth_year": _years(born, n),
            "founded_on": _of_firms(parties.firms.founded_on, n),
            "phone": names.phone,
            "email": names.email,
            "address": addresses(names.street, names.house, names.city),
            "address_zh": addresses_zh(names.street, names.house, names.city_zh),
            "city": names.city,
            "region": parties.region_names(),
            "country": np.full(n, "CN", dtype=object),
            "contact_person": _of_firms(
                np.where(in_chinese, contact_zh + "经理", contact + " " + capital(given)), n
            ),
            "industry": _of_firms(parties.firms.industry_names(), n),
            "size": _of_firms(parties.size_names()[:m], n),
            "employees": _of_firms(np.rint(heads * spread(rng, 0.2, m)) + 1, n),
            "parent": _of_firms(groups.parent_names(parties), n),
            "opened_on": parties.opened_on,
            "credit_limit": _limits(parties, sales, rng),
            "verified_on": day_of(np.minimum(verified, 730)),
        }
    )


def _of_firms(values: Any, n: int) -> Any:
    """Return values of enterprises, missing for persons."""
    return _padded(values, n, slice(0, len(values)))


def _of_persons(values: Any, n: int) -> Any:
    """Return values of persons, missing for enterprises."""
    return _padded(values, n, slice(n - len(values), n))


def _padded(values: Any, n: int, places: slice) -> Any:
    if values.dtype.kind == "M":
        column = np.full(n, np.datetime64("NaT", "D"))
    else:
        column = np.full(n, np.nan, dtype=object if values.dtype == object else float)
    column[places] = values
    return column


def _years(born: Any, n: int) -> Float1D:
    years: Float1D = _of_persons(born.astype("datetime64[Y]").astype(np.int64) + 1970.0, n)
    return years


def _limits(parties: Parties, sales: Float1D, rng: Generator) -> Float1D:
    """Return credit limits in round thousands."""
    persons = np.full(parties.n - parties.n_enterprises, 6e3)
    base = np.concatenate([0.02 * sales, persons]) * spread(rng, 0.4, parties.n)
    return np.maximum(np.rint(base / 1000), 1) * 1000


# --- errors --------------------------------------------------------------------------


def plant_customers(clean: pd.DataFrame, planted: Planted, rng: Generator) -> pd.DataFrame:
    """Return the list as it is: numbers mistyped, figures absurd, customers entered twice."""
    customers = clean.copy()
    n = len(customers)
    free = np.ones(n, dtype=bool)
    firm = (customers["kind"] == "enterprise").to_numpy()
    for column, who in (("registration_number", firm), ("identity_number", ~firm)):
        rows = choose(SHARES["digit transposition"] * float(who.mean()), who, rng)
        true = customers[column].to_numpy(dtype=object)[rows]
        wrong = transposed(true, rng)
        _put(customers, rows, column, wrong)
        _note(planted, customers, rows, "digit transposition", column, true)
        free[rows] = False
    rows = choose(SHARES["outlier"] * float(firm.mean()), firm & free, rng)
    true = customers["employees"].to_numpy()[rows]
    _put(customers, rows, "employees", true * 100)
    _note(planted, customers, rows, "outlier", "employees", true)
    free[rows] = False
    rows = choose(SHARES["unverified value"], np.ones(n, dtype=bool), rng)
    _put(customers, rows, "verified_on", np.datetime64("NaT", "ns"))
    _note(planted, customers, rows, "unverified value", "verified_on", "")
    free[rows] = False
    return _with_duplicates(customers, free, planted, rng)


def _put(frame: pd.DataFrame, rows: Int1D, column: str, values: Any) -> None:
    frame.iloc[rows, frame.columns.get_loc(column)] = values


def _note(
    planted: Planted, customers: pd.DataFrame, rows: Int1D, kind: str, column: str, true: Any
) -> None:
    planted.note(
        "customers",
        kind,
        column,
        key=customers["customer"].to_numpy(dtype=object)[rows],
        value=customers[column].to_numpy()[rows],
        true_value=true,
    )


def _with_duplicates(
    customers: pd.DataFrame, free: Bool1D, planted: Planted, rng: Generator
) -> pd.DataFrame:
    """Return the list with some customers entered once more under another number."""
    rows = choose(SHARES["duplicate customer"], free, rng)
    # At least one of each writing, in turn.
    writing = np.arange(len(rows)) % (len(WRITINGS) - 1) + 1
    again = customers.iloc[rows].reset_index(drop=True)
    written = write_again(again, writing, rng)
    again["customer"] = numbered("D", np.arange(1, len(rows) + 1), 5)
    for column in ("name", "name_zh", "address", "address_zh"):
        again[column] = written[column]
    # The other clerk left out some of what the first one had written.
    again["registration_number"] = again["registration_number"].where(chance(rng, 0.5, len(rows)))
    for column in ("identity_number", "email", "parent"):
        again[column] = again[column].where(chance(rng, 0.4, len(rows)))
    again["opened_on"] = again["opened_on"] + pd.to_timedelta(whole(rng, 1, 60, len(rows)), "D")
    again["verified_on"] = again[["verified_on", "opened_on"]].max(axis=1)
    planted.note(
        "customers",
        "duplicate customer",
        "customer",
        key=again["customer"].to_numpy(dtype=object),
        value=again["customer"].to_numpy(dtype=object),
        true_value=customers["customer"].to_numpy(dtype=object)[rows],
        detail=np.array(WRITINGS, dtype=object)[writing],
    )
    return pd.concat([customers, again], ignore_index=True)


def write_again(rows: pd.DataFrame, writing: Int1D, rng: Generator) -> dict[str, Text1D]:
    """Return name and address of customers as somebody else writes them."""
    names = {column: rows[column].to_numpy(dtype=object) for column in ("name", "name_zh")}
    spelt = misspelt(names["name"], rng)
    short = shortened(names["name"])
    kinds = [writing == place for place in range(len(WRITINGS))]
    name = np.select(kinds, [names["name"], spelt, names["name_zh"], short, names["name"]])
    moved = kinds[4]
    # Numbers that no first address has, so that a move is always one.
    street, house = whole(rng, 0, len(STREETS) - 1, len(rows)), whole(rng, 281, 400, len(rows))
    city = rows["city"].to_numpy(dtype=object)
    city_zh = np.array([text.split("市")[0] for text in rows["address_zh"]], dtype=object)
    latin = np.where(moved, addresses(street, house, city), rows["address"].to_numpy(dtype=object))
    chinese = np.where(
        moved, addresses_zh(street, house, city_zh), rows["address_zh"].to_numpy(dtype=object)
    )
    # Who writes in Chinese or by heart does not fill in the other name.
    other = np.where(kinds[0] | kinds[4], names["name_zh"], np.nan)
    return {"name": name, "name_zh": other, "address": latin, "address_zh": chinese}


def with_entry_days(
    customers: pd.DataFrame, contacts: pd.DataFrame, rng: Generator
) -> pd.DataFrame:
    """Return the list with the day on which contact data were entered, or last changed.

    Two of five were changed after the opening. Whatever was checked, or confirmed by a contact,
    stood in the list before.
    """
    n = len(customers)
    told = contacts.dropna(subset="confirmed").groupby("customer")["at"].min()
    before = told.dt.tz_localize(None).dt.normalize() - pd.Timedelta(days=1)
    last = customers[["verified_on"]].assign(told=before.reindex(customers["customer"]).to_numpy())
    span = last.min(axis=1).fillna(pd.Timestamp(AS_OF)) - customers["opened_on"]
    days = span.dt.days.clip(lower=0)
    later = np.where(chance(rng, 0.4, n), np.floor(rng.random(n) * (days + 1)), 0)
    entered = customers["opened_on"] + pd.to_timedelta(later, unit="D")
    place = customers.columns.get_loc("opened_on")
    listed = customers.copy()
    listed.insert(place + 1, "entered_on", entered.astype("datetime64[ns]"))
    return listed


# --- another list and the files ------------------------------------------------------


def make_crm(
    clean: pd.DataFrame, prospects: pd.DataFrame, planted: Planted, rng: Generator
) -> pd.DataFrame:
    """Return the list of a branch: some customers, written differently, and all prospects.

    A prospect is nobody on the firm's own list.
    """
    n = len(clean)
    rows = np.flatnonzero(chance(rng, 0.45, n))
    twice = rows[chance(rng, 0.06, len(rows))]
    rows = np.concatenate([rows, twice, np.arange(n, n + len(prospects))])
    rows = rows[np.argsort(rng.random(len(rows)), kind="stable")]
    count = len(rows)
    writing = pick(rng, count, _SHARES_OF_WRITINGS)
    again = pd.concat([clean, prospects], ignore_index=True).iloc[rows].reset_index(drop=True)
    written = write_again(again, writing, rng)
    number = again["registration_number"].fillna(again["identity_number"])
    chinese = writing == WRITINGS.index("Chinese")
    by_hand = np.array([_in_groups(text) for text in number], dtype=object)
    tax = np.where(chance(rng, 0.5, count), number.to_numpy(dtype=object), by_hand)
    phones = plain_phones(again["phone"].to_numpy(dtype=object))
    crm = table(
        {
            "record": numbered("B", np.arange(1, count + 1), max(5, len(str(count)))),
            "company_or_name": written["name"],
            "tax_or_id_number": np.where(chance(rng, 0.55, count), tax, np.nan),
            "mobile": np.where(chance(rng, 0.75, count), phones, np.nan),
            "mail": np.where(
                chance(rng, 0.5, count), again["email"].str.upper().to_numpy(dtype=object), np.nan
            ),
            "location": np.where(chinese, written["address_zh"], written["address"]),
            "type": np.where(again["kind"] == "person", "个人", "企业").astype(object),
            "exported_on": np.full(count, np.datetime64("2024-06-28", "D")),
        }
    )
    known = rows < n
    keys = crm["record"].to_numpy(dtype=object)[known]
    planted.note(
        "crm",
        "duplicate customer",
        "record",
        key=keys,
        value=keys,
        true_value=again["customer"].to_numpy(dtype=object)[known],
        detail=np.array(WRITINGS, dtype=object)[writing[known]],
    )
    return crm


def _in_groups(number: str) -> str:
    """Return a number as it is written by hand: small letters, a space after six characters."""
    return f"{number[:6]} {number[6:12]} {number[12:]}".lower()


def make_files(
    clean: pd.DataFrame, owed: Float1D, planted: Planted, rng: Generator
) -> pd.DataFrame:
    """Return which customers have a credit file, and when it was last reviewed.

    Files are missing of small firms in the west far more often than of others, and stale ones
    are often those of customers of long standing.
    """
    n = len(clean)
    small = clean["size"].isin(["micro", "small"]) & (clean["region"] == "west")
    weight = np.where(small, 12.0, 1.0)
    missing = choose(SHARES["missing file"], owed > 0, rng, weight)
    _note_files(planted, clean, missing, "missing file", "customer", "")
    has = np.ones(n, dtype=bool)
    has[missing] = False
    old = (clean["opened_on"] < "2022-01-01").to_numpy()
    stale = choose(SHARES["stale file"], has & old, rng)
    reviewed = AS_OF - whole(rng, 5, 360, n).astype("timedelta64[D]")
    opened = clean["opened_on"].to_numpy().astype("datetime64[D]")
    reviewed = np.maximum(reviewed, opened + np.timedelta64(5, "D"))
    reviewed = np.minimum(reviewed, AS_OF)
    past = AS_OF - whole(rng, 740, 900, n).astype("timedelta64[D]")
    reviewed[stale] = np.maximum(past, opened + np.timedelta64(5, "D"))[stale]
    _note_files(planted, clean, stale, "stale file", "reviewed_on", reviewed[stale])
    return table(
        {
            "customer": clean["customer"].to_numpy(dtype=object),
            "opened_on": opened + np.timedelta64(5, "D"),
            "reviewed_on": reviewed,
            "analyst": numbered("A", whole(rng, 1, 6, n), 2),
            "pages": whole(rng, 4, 60, n).astype(float),
        }
    )[has].reset_index(drop=True)


def _note_files(
    planted: Planted, clean: pd.DataFrame, rows: Int1D, kind: str, column: str, value: Any
) -> None:
    keys = clean["customer"].to_numpy(dtype=object)[rows]
    planted.note("files", kind, column, key=keys, value=value, true_value="")
