"""Who the synthetic firms are: quality, grade, default, industry, country, size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.random import Generator

from creditscore._typing import Bool1D, Float1D
from creditscore.datasets._enterprises._draws import (
    UNKNOWN_DAY,
    Days,
    Int1D,
    Text1D,
    chance,
    numbered,
    pick,
    spread,
    table,
    whole,
)
from creditscore.datasets._enterprises._published import DEFAULT_RATES, GRADES, QUALITY

AS_OF = np.datetime64("2024-06-30", "D")
"""Day on which all is known that the tables hold; outcomes are those of the year after."""
LAST_YEAR = 2023
"""Year of the last statement; it ends in the March after for firms that close in March."""


@dataclass(frozen=True, kw_only=True)
class Industry:
    """What firms of one industry have in common; all figures are assumed.

    Parameters
    ----------
    name, noun : str
        The industry, and the word for it in names of firms.
    share : float
        Share of all firms.
    quality : float
        Mean quality of its firms.
    turnover, gross_margin : float
        Sales by total assets, and gross profit by sales.
    liquid, stock : float
        What is added to working capital by total assets, and weight of inventory.
    sales_per_head : float
        Sales by employee.
    growth : float
        Growth of sales a year.
    makes : bool
        Whether capacity and output are counted.
    """

    name: str
    noun: str
    share: float
    quality: float
    turnover: float
    gross_margin: float
    liquid: float
    stock: float
    sales_per_head: float
    growth: float
    makes: bool


INDUSTRIES = tuple(
    Industry(
        name=name, noun=noun, share=share, quality=quality, turnover=turnover,
        gross_margin=margin, liquid=liquid, stock=stock, sales_per_head=head, growth=growth,
        makes=makes,
    )
    for name, noun, share, quality, turnover, margin, liquid, stock, head, growth, makes in (
        ("manufacturing", "Works", 0.24, 0.10, 1.6, 0.32, 0.03, 0.30, 240e3, 0.03, True),
        ("construction", "Builders", 0.14, -0.25, 1.7, 0.26, 0.08, 0.24, 210e3, 0.02, False),
        ("wholesale", "Trading", 0.18, 0.05, 2.4, 0.22, 0.10, 0.34, 520e3, 0.03, False),
        ("retail", "Stores", 0.12, -0.10, 2.3, 0.28, 0.02, 0.38, 260e3, 0.02, False),
        ("transport", "Carriers", 0.08, -0.05, 1.5, 0.25, -0.08, 0.04, 180e3, 0.03, True),
        ("accommodation", "Hotels", 0.05, -0.35, 1.2, 0.45, -0.14, 0.04, 90e3, 0.04, True),
        ("information", "Systems", 0.07, 0.20, 1.4, 0.50, 0.04, 0.03, 200e3, 0.07, False),
        ("services", "Services", 0.06, 0.15, 1.6, 0.42, 0.05, 0.02, 130e3, 0.04, False),
        ("agriculture", "Farms", 0.03, 0.10, 0.9, 0.30, -0.10, 0.26, 190e3, 0.01, True),
        ("energy", "Power", 0.03, 0.35, 0.9, 0.30, -0.16, 0.06, 700e3, 0.03, True),
    )
)  # fmt: skip

COUNTRIES = ("Ardenia", "Borvia", "Cestria", "Dravony", "Elmora", "Fasoria")
"""Countries that do not exist."""
COUNTRY_SHARES = (0.45, 0.20, 0.14, 0.10, 0.07, 0.04)
COUNTRY_CURRENCIES = ("EUR", "EUR", "USD", "EUR", "USD", "USD")

_BEGINNINGS = [
    "Bral", "Cind", "Dorv", "Estr", "Fenk", "Gald", "Hulm", "Irv", "Jask", "Kelv", "Lorm",
    "Mirt", "Nost", "Orb", "Pelk", "Quon",
]  # fmt: skip
_MIDDLES = [
    "ado", "ari", "eno", "eri", "ilo", "imu", "ona", "oru", "udi", "uva", "anti", "ebri", "oxi",
    "upta",
]  # fmt: skip
_ENDS = ["ck", "dan", "ght", "lin", "mox", "nar", "ph", "rin", "skel", "th", "vek", "x"]
SPREAD_WITHIN = 0.965
"""Standard deviation of quality within an industry, so that it is about 1 over all."""


@dataclass(frozen=True, kw_only=True)
class Firms:
    """The firms as arrays, an entry a firm."""

    customer: Text1D
    quality: Float1D
    shown_quality: Float1D
    grade: Int1D
    is_bad: Bool1D
    in_distress: Bool1D
    industry: Int1D
    country: Int1D
    assets: Float1D
    turnover: Float1D
    has_debt: Bool1D
    is_listed: Bool1D
    is_group: Bool1D
    year_end_month: Int1D
    founded_on: Days

    @property
    def n(self) -> int:
        """Number of firms."""
        return len(self.customer)

    def year_ends(self, back: int | Int1D = 0) -> Days:
        """Return the last day of each firm's year, `back` years before the last one."""
        # A year that ends in March ends in the March after; months count since 1970.
        years = LAST_YEAR - back + (self.year_end_month == 3) - 1970
        months = 12 * years + self.year_end_month
        after: Days = months.astype("datetime64[M]").astype("datetime64[D]")
        return np.asarray(after - np.timedelta64(1, "D"), dtype="datetime64[D]")

    def of_industry(self, field: str) -> Float1D:
        """Return a figure of each firm's industry."""
        return np.array([getattr(industry, field) for industry in INDUSTRIES])[self.industry]

    def industry_names(self) -> Text1D:
        """Return each firm's industry."""
        return np.array([industry.name for industry in INDUSTRIES], dtype=object)[self.industry]

    def country_names(self) -> Text1D:
        """Return each firm's country."""
        return np.array(COUNTRIES, dtype=object)[self.country]

    def currencies(self) -> Text1D:
        """Return the currency of each firm's country."""
        return np.array(COUNTRY_CURRENCIES, dtype=object)[self.country]


def make_firms(n: int, rng: Generator) -> Firms:
    """Draw the firms, their grades, and which of them default in the year after `AS_OF`."""
    industry = pick(rng, n, [entry.share for entry in INDUSTRIES])
    effect = np.array([entry.quality for entry in INDUSTRIES])
    effect -= np.average(effect, weights=[entry.share for entry in INDUSTRIES])
    quality = effect[industry] + SPREAD_WITHIN * rng.standard_normal(n)
    grade = (quality[:, None] < QUALITY.limits).sum(axis=1).astype(np.int64)
    is_bad = chance(rng, np.array(DEFAULT_RATES)[grade], n)
    # A third of those that default tell it by a year of heavy losses and of slow payment.
    in_distress = is_bad & chance(rng, 0.35, n)
    size = 8.7 + 0.45 * quality + 1.3 * rng.standard_normal(n)
    age = np.clip(14 * spread(rng, 0.8, n) * np.exp(0.12 * quality), 2.5, 140) * 365.25
    turnover = np.array([entry.turnover for entry in INDUSTRIES])[industry]
    return Firms(
        customer=numbered("C", np.arange(1, n + 1), max(5, len(str(n)))),
        quality=quality,
        # Accounts tell quality with an error that all ratios share, so no model is perfect.
        shown_quality=quality + 0.95 * rng.standard_normal(n),
        grade=grade,
        is_bad=is_bad,
        in_distress=in_distress,
        industry=industry,
        country=pick(rng, n, COUNTRY_SHARES),
        assets=1000 + np.exp(np.minimum(size, np.log(20e6))),
        turnover=turnover * spread(rng, 0.30, n) * (1 + 0.04 * np.clip(quality, -2, 2)),
        has_debt=~chance(rng, np.clip(0.10 + 0.04 * quality, 0.02, 0.3), n),
        is_listed=chance(rng, np.clip(0.08 * (size - 8.0), 0.0, 0.6), n),
        is_group=chance(rng, np.clip(0.25 * (size - 7.0), 0.05, 0.9), n),
        year_end_month=np.array([12, 6, 3])[pick(rng, n, [0.8, 0.1, 0.1])],
        founded_on=AS_OF - age.astype("timedelta64[D]"),
    )


def make_outcomes(firms: Firms, rng: Generator) -> pd.DataFrame:
    """Return who defaulted in the year after `AS_OF`, and when."""
    days = AS_OF + whole(rng, 1, 365, firms.n).astype("timedelta64[D]")
    return table(
        {
            "customer": firms.customer,
            "as_of": np.full(firms.n, AS_OF),
            "defaulted_on": np.where(firms.is_bad, days, UNKNOWN_DAY),
            "true_grade": np.array(GRADES, dtype=object)[firms.grade],
            "is_bad": firms.is_bad.astype(np.int64),
        }
    )


def make_profile(firms: Firms, revenue: Float1D, rng: Generator) -> pd.DataFrame:
    """Return name, age, size and place of each firm; a few figures are missing."""
    n = firms.n
    heads = np.maximum(1, np.rint(revenue / firms.of_industry("sales_per_head")))
    known = np.datetime64("2023-01-01", "D") + whole(rng, 0, 500, n).astype("timedelta64[D]")
    return table(
        {
            "customer": firms.customer,
            "known_on": known,
            "name": _names(firms, rng),
            "founded_on": np.where(chance(rng, 0.01, n), UNKNOWN_DAY, firms.founded_on),
            "employees": np.where(
                chance(rng, 0.03, n), np.nan, np.maximum(1, np.rint(heads * spread(rng, 0.35, n)))
            ),
            "industry": firms.industry_names(),
            "country": firms.country_names(),
        }
    )


def _names(firms: Firms, rng: Generator) -> Text1D:
    """Invent names out of syllables that belong to no language."""
    parts = [np.array(texts, dtype=object) for texts in (_BEGINNINGS, _MIDDLES, _ENDS)]
    words = [part[whole(rng, 0, len(part) - 1, firms.n)] for part in parts]
    nouns = np.array([industry.noun for industry in INDUSTRIES], dtype=object)[firms.industry]
    names: Text1D = words[0] + words[1] + words[2] + " " + nouns
    return names
