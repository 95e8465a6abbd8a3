"""Persons: what they say when they ask for credit, and the report of an invented bureau."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator

from creditscore._typing import Float1D
from creditscore.datasets._enterprises._draws import (
    Int1D,
    Text1D,
    chance,
    logistic,
    numbered,
    pick,
    spread,
    table,
    whole,
)
from creditscore.datasets._enterprises._firms import AS_OF
from creditscore.datasets._trading_firm._parties import Parties
from creditscore.datasets._trading_firm._planting import SHARES, Planted, choose

_KINDS = ("credit card", "instalment loan", "mortgage", "store card")
_KIND_SHARES = (0.5, 0.25, 0.1, 0.15)
_REVOLVING = ("credit card", "store card")
_PURPOSES = np.array(["credit application", "account review", "guarantee"], dtype=object)
N_STATUSES = 24


@dataclass(frozen=True, kw_only=True)
class Bureau:
    """Reports, their accounts, enquiries and public records, a table each.

    Parameters
    ----------
    reports, accounts, enquiries, records : pandas.DataFrame
        Keyed by the number of the report.
    """

    reports: pd.DataFrame
    accounts: pd.DataFrame
    enquiries: pd.DataFrame
    records: pd.DataFrame


def make_bureau(parties: Parties, customers: pd.DataFrame, rng: Generator) -> Bureau:
    """Draw one report a person; its summary is counted from its details."""
    people = customers[customers["kind"] == "person"]
    n = len(people)
    quality = parties.quality[parties.persons]
    shown = quality + 0.4 * rng.standard_normal(n)
    report = numbered("R", np.arange(1, n + 1), max(5, len(str(n))))
    reported = AS_OF - whole(rng, 5, 180, n).astype("timedelta64[D]")
    accounts, late = _accounts(report, reported, shown, rng)
    counts = np.minimum(
        np.floor(np.exp(0.1 - 0.5 * shown + 0.7 * rng.standard_normal(n))), 20
    ).astype(np.int64)
    who = np.repeat(np.arange(n), counts)
    enquired = reported[who] - whole(rng, 1, 364, len(who)).astype("timedelta64[D]")
    order = np.lexsort((enquired, who))
    recent = (reported[who] - enquired).astype(np.int64) <= 182
    enquiries = table(
        {
            "report": report[who],
            "enquired_on": enquired[order],
            "lender": numbered("lender ", whole(rng, 1, 40, len(who)), 2),
            "purpose": _PURPOSES[pick(rng, len(who), [0.7, 0.2, 0.1])],
        }
    )
    judged = np.flatnonzero(chance(rng, np.clip(0.05 - 0.05 * shown, 0.005, 0.3), n))
    records = table(
        {
            "report": report[judged],
            "recorded_on": reported[judged] - whole(rng, 30, 900, len(judged)).astype("m8[D]"),
            "kind": np.full(len(judged), "judgement for an unpaid debt", dtype=object),
            "amount": 100.0 * whole(rng, 5, 300, len(judged)),
        }
    )
    summary = _summary(report, accounts, late)
    reports = table(
        {
            "report": report,
            "customer": people["customer"].to_numpy(dtype=object),
            "name": people["name_zh"].to_numpy(dtype=object),
            "identity_number": people["identity_number"].to_numpy(dtype=object),
            "reported_on": reported,
            "enquiries_6m": np.bincount(who[recent], minlength=n).astype(float),
            "n_public_records": np.bincount(judged, minlength=n).astype(float),
        }
        | summary
    )
    return Bureau(reports=reports, accounts=accounts, enquiries=enquiries, records=records)


def _accounts(
    report: Text1D, reported: Any, shown: Float1D, rng: Generator
) -> tuple[pd.DataFrame, np.ndarray[Any, Any]]:
    """Return the accounts and, a row an account and a column a month, the months late."""
    n = len(report)
    counts = np.clip(np.floor(6 * rng.random(n) ** 1.1 * spread(rng, 0.4, n)), 0, 15)
    who = np.repeat(np.arange(n), counts.astype(np.int64))
    rows = len(who)
    kind = pick(rng, rows, _KIND_SHARES)
    revolving = np.isin(kind, [_KINDS.index(name) for name in _REVOLVING])
    limit = 1000 * np.rint(np.where(revolving, 15, 60) * spread(rng, 0.7, rows)) + 1000
    use = logistic(-1.0 - 0.7 * shown[who] + 0.8 * rng.standard_normal(rows))
    age = np.clip(np.floor(60 * spread(rng, 0.7, rows)), 1, 400).astype(np.int64)
    opened = (reported[who].astype("datetime64[M]") - age).astype("datetime64[D]")
    is_open = ~chance(rng, 0.15, rows)
    statuses = _statuses(np.clip(0.03 * np.exp(-1.0 * shown), 0.002, 0.3)[who], age, rng)
    columns = {
        "report": report[who],
        "account": np.arange(rows) - np.searchsorted(who, who) + 1,
        "kind": np.array(_KINDS, dtype=object)[kind],
        "opened_on": opened,
        "limit": limit,
        "balance": np.where(is_open, np.rint(limit * use), 0.0),
        "is_open": is_open,
        "payment_status": _as_strings(statuses, age),
    }
    return table(columns), statuses


def _statuses(rate: Float1D, age: Int1D, rng: Generator) -> np.ndarray[Any, Any]:
    """Return instalments late by month, the latest first: late grows by one or is made good."""
    rows = len(rate)
    late = np.zeros((rows, N_STATUSES), dtype=np.int64)
    state = np.zeros(rows, dtype=np.int64)
    for month in range(N_STATUSES - 1, -1, -1):
        begins = chance(rng, rate, rows)
        stays = chance(rng, 0.4, rows)
        state = np.where(state > 0, np.where(stays, np.minimum(state + 1, 6), 0), begins)
        state = np.where(month < age, state, 0)
        late[:, month] = state
    return late


def _as_strings(late: np.ndarray[Any, Any], age: Int1D) -> Text1D:
    """Return a character a month, the latest first; - where the account was not there yet."""
    months = np.arange(N_STATUSES)
    texts = np.where(months < age[:, None], late.astype("U1"), "-")
    joined = np.ascontiguousarray(texts.astype("U1"))
    strings: Text1D = joined.view(f"U{N_STATUSES}").ravel().astype(object)
    return strings


def _summary(report: Text1D, accounts: pd.DataFrame, late: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Return the counts that the head of a report tells."""
    n = len(report)
    who = np.searchsorted(report.astype(str), accounts["report"].to_numpy(dtype=str))
    is_open = accounts["is_open"].to_numpy()
    revolving = (accounts["kind"].isin(_REVOLVING) & accounts["is_open"]).to_numpy()
    balance, limit = accounts["balance"].to_numpy(), accounts["limit"].to_numpy()
    worst = np.zeros(n, dtype=np.int64)
    np.maximum.at(worst, who, late.max(axis=1, initial=0))
    return {
        "n_accounts": np.bincount(who[is_open], minlength=n).astype(float),
        "delinquencies_24m": np.bincount(who, (late > 0).sum(axis=1).astype(float), minlength=n),
        "worst_status_24m": worst.astype(float),
        "revolving_limit": np.bincount(who[revolving], limit[revolving], minlength=n),
        "revolving_balance": np.bincount(who[revolving], balance[revolving], minlength=n),
        "total_debt": np.bincount(who, balance, minlength=n),
    }


def make_applications(
    parties: Parties, customers: pd.DataFrame, planted: Planted, rng: Generator
) -> pd.DataFrame:
    """Return what persons said when they asked for credit; some left out their income.

    Income is left out the more often the lower the quality is: not at random.
    """
    people = customers[customers["kind"] == "person"]
    n = len(people)
    quality = parties.quality[parties.persons]
    shown = quality + 0.6 * rng.standard_normal(n)
    income = np.rint(6500 * np.exp(0.15 * shown) * spread(rng, 0.4, n) / 100) * 100
    service = np.rint(income * logistic(-1.7 - 0.5 * shown + 0.6 * rng.standard_normal(n)))
    costs = np.clip(0.5 + 0.12 * rng.standard_normal(n), 0.25, 0.9)
    asked = people["opened_on"].to_numpy().astype("datetime64[D]")
    full = table(
        {
            "application": numbered("Q", np.arange(1, n + 1), max(5, len(str(n)))),
            "customer": people["customer"].to_numpy(dtype=object),
            "asked_on": np.maximum(asked, AS_OF - whole(rng, 30, 700, n).astype("m8[D]")),
            "monthly_income": income,
            "monthly_debt_service": service,
            "monthly_living_costs": np.rint(income * costs),
            "requested_monthly_payment": np.rint(income * 0.1 * spread(rng, 0.5, n)),
            "savings": np.rint(income * np.exp(0.4 + 0.5 * shown + rng.standard_normal(n))),
            "months_at_address": np.floor(np.minimum(50 * spread(rng, 0.9, n), 800)),
            "months_in_job": np.floor(
                np.minimum(45 * spread(rng, 0.9, n) * np.exp(0.2 * shown), 600)
            ),
        }
    )
    rows = choose(SHARES["missing item"], np.ones(n, dtype=bool), rng, np.exp(-1.2 * quality))
    true = full["monthly_income"].to_numpy()[rows]
    planted.note(
        "applications",
        "missing item",
        "monthly_income",
        key=full["application"].to_numpy(dtype=object)[rows],
        value="",
        true_value=true,
    )
    full.loc[rows, "monthly_income"] = np.nan
    return full
