"""Whom the firms deal with and how others see them: trade partners, capacity, markets, ratings."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.random import Generator

from creditscore._typing import Bool1D, Float1D
from creditscore.datasets._enterprises._accounts import N_YEARS, Accounts
from creditscore.datasets._enterprises._draws import (
    Days,
    Int1D,
    Text1D,
    chance,
    numbered,
    spread,
    table,
    whole,
)
from creditscore.datasets._enterprises._firms import AS_OF, COUNTRIES, Firms
from creditscore.datasets._enterprises._published import CAPACITY_USE, GRADES

_COVERED = 0.4
"""Share of a market's sales that the firms here make."""
_NOTCHES = (1.0, 3.0, 6.0, 9.0, 12.0, 15.0, 18.0)
"""Places of the grades on a scale of 22, where 1 is AAA and 22 is default."""
_AGENCIES = ("Meridian Ratings", "Harbour Credit")
_OUTLOOKS = ("positive", "stable", "negative")


def make_trade(firms: Firms, accounts: Accounts, rng: Generator) -> pd.DataFrame:
    """Return sales by customer and purchases by supplier in the last year, in whole units."""
    parts = [
        _partners(firms, accounts.units(item, -1), role, rng)
        for role, item in (("customer", "revenue"), ("supplier", "cost_of_sales"))
    ]
    firm = np.concatenate([part[0] for part in parts])
    columns = {
        "customer": firms.customer[firm],
        "counterparty": np.concatenate([part[1] for part in parts]),
        "role": np.repeat(
            np.array(["customer", "supplier"], dtype=object), [len(p[0]) for p in parts]
        ),
        "period_end": firms.year_ends()[firm],
        "known_on": _known_after(firms.year_ends(), 30, 150, rng)[firm],
        "amount": np.concatenate([part[2] for part in parts]),
        "currency": firms.currencies()[firm],
    }
    order = np.argsort(firm, kind="stable")
    return table(columns).iloc[order].reset_index(drop=True)


def _partners(
    firms: Firms, total: Float1D, role: str, rng: Generator
) -> tuple[Int1D, Text1D, Float1D]:
    """Return firm, partner and amount of each relation; a firm's amounts make up its total."""
    n = firms.n
    counts = 1 + np.floor(9 * rng.random(n) ** 1.5).astype(np.int64)
    # Some firms tell nothing of their partners.
    counts = np.where(chance(rng, 0.15, n), 0, counts)
    firm = np.repeat(np.arange(n), counts)
    weight = spread(rng, 1.1, len(firm))
    share = weight / np.bincount(firm, weight, minlength=n)[firm]
    amount = np.rint(share * total[firm])
    # What rounding leaves over goes to the first partner.
    first = np.flatnonzero(np.diff(firm, prepend=-1))
    amount[first] += (total - np.bincount(firm, amount, minlength=n))[firm[first]]
    # Numbers in steps, so that no firm has one partner twice.
    place = np.arange(len(firm)) - first[np.cumsum(np.diff(firm, prepend=-1) != 0) - 1]
    number = 40 * place + whole(rng, 1, 40, len(firm))
    return firm, numbered(f"{role[0].upper()}P", number, 3), amount


def _known_after(ends: Days, low: int, high: int, rng: Generator) -> Days:
    days: Days = ends + whole(rng, low, high, len(ends)).astype("timedelta64[D]")
    return days


def make_operations(firms: Firms, accounts: Accounts, rng: Generator) -> pd.DataFrame:
    """Return employees of three years, and capacity and output where the industry counts them."""
    n = firms.n
    told = ~chance(rng, 0.05, n)
    counts = (firms.of_industry("makes") > 0) & ~chance(rng, 0.1, n)
    capacity = np.maximum(50, np.rint(firms.assets * spread(rng, 0.5, n) / 10))
    use = CAPACITY_USE + 0.035 * firms.quality + 0.09 * rng.standard_normal(n)
    per_head = firms.of_industry("sales_per_head") * spread(rng, 0.35, n)
    frames = []
    for back in (2, 1, 0):
        now = np.clip(use + 0.03 * rng.standard_normal(n), 0.2, 1.05)
        built = np.where(counts, np.rint(capacity * (1 - 0.02 * back)), np.nan)
        heads = accounts.units("revenue", N_YEARS - 1 - back) / per_head
        columns = {
            "customer": firms.customer,
            "period_end": firms.year_ends(back),
            "known_on": _known_after(firms.year_ends(back), 20, 120, rng),
            "capacity": built,
            "output": np.rint(built * now),
            "employees": np.maximum(1, np.rint(heads * spread(rng, 0.04, n))),
        }
        frames.append(table(columns)[told & _exists(firms, back)])
    return pd.concat(frames).sort_values(["customer", "period_end"], ignore_index=True)


def _exists(firms: Firms, back: int) -> Bool1D:
    """Tell which firms were there at the start of their year, `back` years before the last."""
    there: Bool1D = firms.founded_on < firms.year_ends(back + 1)
    return there


def make_market(firms: Firms, accounts: Accounts, rng: Generator) -> pd.DataFrame:
    """Return for two years the sales of each firm's market, its rank, and its largest rival.

    A market is an industry in a country. The firms here make up 40 % of its sales.
    """
    market = firms.industry * len(COUNTRIES) + firms.country
    names = firms.industry_names() + ", " + firms.country_names()
    told = ~chance(rng, 0.05, firms.n)
    frames = []
    for back in (1, 0):
        sales = accounts.units("revenue", N_YEARS - 1 - back)
        size = np.round(np.bincount(market, sales)[market] / _COVERED, -5)
        columns = {
            "customer": firms.customer,
            "period_end": firms.year_ends(back),
            "known_on": _known_after(firms.year_ends(back), 60, 120, rng),
            "market": names,
            "currency": firms.currencies(),
            "market_sales": size,
            "largest_competitor_sales": _largest_other(market, sales, size),
            "rank": np.floor((_place(market, sales) - 1) / _COVERED) + 1,
            "n_competitors": np.rint(np.bincount(market)[market] / _COVERED),
            "source": np.full(firms.n, "market survey", dtype=object),
        }
        frames.append(table(columns)[told & _exists(firms, back)])
    return pd.concat(frames).sort_values(["customer", "period_end"], ignore_index=True)


def _place(market: Int1D, sales: Float1D) -> Float1D:
    """Return each firm's place in its market by sales, 1 for the largest."""
    order = np.lexsort((-sales, market))
    starts = np.cumsum(np.bincount(market)) - np.bincount(market)
    places = np.empty(len(sales))
    places[order] = np.arange(len(sales)) - starts[market[order]] + 1
    return places


def _largest_other(market: Int1D, sales: Float1D, size: Float1D) -> Float1D:
    """Return the sales of the largest firm of the market besides this one."""
    place = _place(market, sales)
    top, runner_up = np.zeros(market.max() + 1), np.zeros(market.max() + 1)
    top[market[place == 1]] = sales[place == 1]
    runner_up[market[place == 2]] = sales[place == 2]
    other = np.where(place == 1, runner_up[market], top[market])
    # Alone here, a firm still has competitors among the firms that are not in the tables.
    return np.where(other > 0, other, np.round(0.1 * size, -3))


def make_ratings(firms: Firms, rng: Generator) -> pd.DataFrame:
    """Return ratings by agencies of the larger firms: the grade, at times a notch off."""
    rated = np.flatnonzero(
        chance(rng, np.clip(0.1 * np.log(firms.assets / 1000), 0.02, 0.7), firms.n)
    )
    n = len(rated)
    notch = np.where(chance(rng, 0.2, n), np.where(chance(rng, 0.5, n), 1, -1), 0)
    grade = np.clip(firms.grade[rated] + notch, 0, len(GRADES) - 1)
    return table(
        {
            "customer": firms.customer[rated],
            "agency": np.array(_AGENCIES, dtype=object)[whole(rng, 0, 1, n)],
            "known_on": AS_OF - whole(rng, 1, 500, n).astype("timedelta64[D]"),
            "scale": np.full(n, "global", dtype=object),
            "rating": np.array(GRADES, dtype=object)[grade],
            "notch": np.array(_NOTCHES)[grade],
            "outlook": np.array(_OUTLOOKS, dtype=object)[whole(rng, 0, 2, n)],
            "source": np.full(n, "rating report", dtype=object),
        }
    )


def make_references(firms: Firms, rng: Generator) -> pd.DataFrame:
    """Return what trade associations think of some firms, from 0 (warns) to 1 (recommends)."""
    known = np.flatnonzero(chance(rng, 0.25, firms.n))
    opinion = 0.55 + 0.15 * firms.quality[known] + 0.2 * rng.standard_normal(len(known))
    return table(
        {
            "customer": firms.customer[known],
            "association": "Association of " + firms.industry_names()[known],
            "known_on": AS_OF - whole(rng, 1, 600, len(known)).astype("timedelta64[D]"),
            "opinion": np.clip(np.rint(4 * opinion), 0, 4) / 4,
            "source": np.full(len(known), "letter of reference", dtype=object),
        }
    )
