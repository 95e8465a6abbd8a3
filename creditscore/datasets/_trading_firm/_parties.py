"""Who the customers are: quality that nobody sees, size, place, and when they stop paying."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.random import Generator

from creditscore._typing import Bool1D, Float1D
from creditscore.datasets._enterprises._accounts import Accounts, make_accounts
from creditscore.datasets._enterprises._draws import (
    Days,
    Int1D,
    Text1D,
    chance,
    logistic,
    numbered,
    pick,
    spread,
    whole,
)
from creditscore.datasets._enterprises._firms import Firms, make_firms
from creditscore.datasets._trading_firm._words import REGIONS

START = np.datetime64("2022-07-01", "D")
"""First day of invoices; all days of the simulation count from it."""
LAST_KNOWN = 730
"""Number of the day `AS_OF`, on which all tables of facts were drawn up."""
LAST_DAY = 1095
"""Number of the day one year after it, on which outcomes are known."""
NEVER = 10**6
"""Number of a day that does not come."""
SIZES = ("micro", "small", "medium", "large")
SIZE_LIMITS = (3e6, 20e6, 100e6)
"""Least sales of a year, in CNY, of small, medium and large firms: the firm's own rule."""
YEAR_EFFECTS = (-3.8, -3.8, -2.9)
"""Log-odds of default in each year of a customer of quality 0."""
QUALITY_EFFECT = 1.6
"""How much a unit of quality takes from them."""


@dataclass(frozen=True, kw_only=True)
class Parties:
    """All customers as arrays, enterprises first, an entry a customer.

    Parameters
    ----------
    customer : Text1D
        Number of the customer.
    n_enterprises : int
        How many of them are enterprises.
    quality : Float1D
        About normal; higher is safer. No table shows it but the outcomes.
    region, city : Int1D
        Place in `REGIONS`, and in the cities of the region.
    size : Int1D
        Place in `SIZES`; persons are micro.
    opened : Int1D
        Day of the first business, counted from `START`; negative before.
    stops, resumes : numpy.ndarray of shape (n, 3)
        First day of each year on which a customer that defaults pays nothing any more, and the
        day on which it pays all; `NEVER` where it does not.
    firms, accounts : Firms, Accounts
        The enterprises and their accounts.
    """

    customer: Text1D
    n_enterprises: int
    quality: Float1D
    region: Int1D
    city: Int1D
    size: Int1D
    opened: Int1D
    stops: np.ndarray[Any, np.dtype[np.int64]] = field(repr=False)
    resumes: np.ndarray[Any, np.dtype[np.int64]] = field(repr=False)
    firms: Firms = field(repr=False)
    accounts: Accounts = field(repr=False)

    @property
    def n(self) -> int:
        """Number of customers."""
        return len(self.customer)

    @property
    def is_person(self) -> Bool1D:
        """Tell the persons."""
        person: Bool1D = np.arange(self.n) >= self.n_enterprises
        return person

    @property
    def persons(self) -> slice:
        """Places of the persons."""
        return slice(self.n_enterprises, None)

    @property
    def enterprises(self) -> slice:
        """Places of the enterprises."""
        return slice(0, self.n_enterprises)

    @property
    def opened_on(self) -> Days:
        """Day of the first business."""
        return day_of(self.opened)

    def region_names(self) -> Text1D:
        """Return the name of each customer's region."""
        return np.array([region.name for region in REGIONS], dtype=object)[self.region]

    def size_names(self) -> Text1D:
        """Return the size of each customer."""
        return np.array(SIZES, dtype=object)[self.size]

    def areas(self) -> Int1D:
        """Return six digits of an area that does not exist."""
        first = np.array([region.area for region in REGIONS])[self.region]
        areas: Int1D = first * 100 + self.city + 1
        return areas


def day_of(number: Int1D) -> Days:
    """Return the day of each number, missing for `NEVER`."""
    days = START + np.asarray(number).astype("timedelta64[D]")
    known: Days = np.where(np.asarray(number) >= NEVER, np.datetime64("NaT", "D"), days)
    return known


def make_parties(n_enterprises: int, n_persons: int, rng: Generator) -> Parties:
    """Draw the customers; enterprises are those of `make_enterprises`, with other defaults."""
    n = n_enterprises + n_persons
    firms = make_firms(n_enterprises, rng)
    quality = np.concatenate([firms.quality, rng.standard_normal(n_persons)])
    # Three of five are customers of long standing; the others came in the last two years.
    recent = chance(rng, 0.4, n)
    opened = np.where(recent, whole(rng, 0, LAST_KNOWN - 90, n), -whole(rng, 1, 3650, n))
    founded = (firms.founded_on - START).astype(np.int64)
    opened[:n_enterprises] = np.maximum(opened[:n_enterprises], founded + 60)
    stops, resumes = _episodes(quality, opened, rng)
    stops_next = stops[:n_enterprises, 2] < NEVER
    firms = replace(
        firms,
        # One country and one currency.
        country=np.zeros(n_enterprises, dtype=np.int64),
        year_end_month=np.full(n_enterprises, 12),
        is_bad=stops_next,
        in_distress=stops_next & chance(rng, 0.35, n_enterprises),
    )
    accounts = make_accounts(firms, rng)
    sales = accounts.units("revenue", -1)
    sizes = np.searchsorted(SIZE_LIMITS, sales, side="right").astype(np.int64)
    persons = numbered("P", np.arange(1, n_persons + 1), max(5, len(str(n_persons))))
    return Parties(
        customer=np.concatenate([firms.customer, persons]),
        n_enterprises=n_enterprises,
        quality=quality,
        region=pick(rng, n, [region.share for region in REGIONS]),
        city=pick(rng, n, [0.7, 0.3]),
        size=np.concatenate([sizes, np.zeros(n_persons, dtype=np.int64)]),
        opened=opened.astype(np.int64),
        stops=stops,
        resumes=resumes,
        firms=firms,
        accounts=accounts,
    )


def _episodes(
    quality: Float1D, opened: Int1D, rng: Generator
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return when each customer stops paying and when it pays all, a column a year."""
    n = len(quality)
    stops = np.full((n, len(YEAR_EFFECTS)), NEVER)
    resumes = np.full((n, len(YEAR_EFFECTS)), NEVER)
    gone = np.zeros(n, dtype=bool)
    for year, effect in enumerate(YEAR_EFFECTS):
        # It is 90 days late within the year if it stops from 45 days before it on.
        first = 365 * year - 45
        start = first + whole(rng, 0, 260, n)
        length = whole(rng, 125, 230, n)
        returns = chance(rng, 0.8 if year < 2 else 0.4, n)
        defaults = chance(rng, logistic(effect - QUALITY_EFFECT * quality), n)
        defaults &= (start > opened + 45) & ~gone
        if year:
            defaults &= (stops[:, year - 1] >= NEVER) | (resumes[:, year - 1] < start - 30)
        stops[defaults, year] = start[defaults]
        resumes[defaults & returns, year] = (start + length)[defaults & returns]
        gone |= defaults & ~returns
    return stops, resumes


def typical_amounts(parties: Parties, rng: Generator) -> Float1D:
    """Return what each customer's invoices are about, in CNY: by sales, or by means."""
    sales = parties.accounts.units("revenue", -1)
    firm = np.maximum(0.004 * sales * spread(rng, 0.6, len(sales)), 400)
    n_persons = parties.n - parties.n_enterprises
    person = 1800 * spread(rng, 0.7, n_persons)
    return np.concatenate([firm, person])
