"""What surrounds the firms: industries, countries, surveys, and events of policy and law."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator
from scipy.special import ndtri

from creditscore._typing import Float1D
from creditscore.datasets._enterprises._accounts import CYCLE, N_YEARS, Accounts
from creditscore.datasets._enterprises._draws import chance, table, whole
from creditscore.datasets._enterprises._firms import (
    AS_OF,
    COUNTRIES,
    INDUSTRIES,
    LAST_YEAR,
    SPREAD_WITHIN,
    Firms,
)
from creditscore.datasets._enterprises._published import DEFAULT_RATES, QUALITY

_CYCLE = (0.005, 0.0, 0.005, *CYCLE)
"""What each year adds to the return on capital, three years before the accounts begin too."""
_YEARS = range(LAST_YEAR + 1 - len(_CYCLE), LAST_YEAR + 1)
_RISK_CLASSES = ((2, 2), (3, 3), (1, 1), (4, 5), (5, 5), (6, 7))
"""Class of each country at first and after the review of 2022, from 1 (least risk) to 7."""

_EVENTS = (
    ("export duty on machinery", "policy", "2022-03-10",
     "2022-07-01", "2023-06-30", "manufacturing", "Ardenia", 0.4, -1, 0.3),
    ("fuel tax relief", "policy", "2022-05-02",
     "2022-06-01", "2023-12-31", "transport", "Ardenia", 0.7, 1, 0.2),
    ("ban of short lets", "regulation", "2022-09-15",
     "2023-01-01", "", "accommodation", "Borvia", 0.8, -1, 0.5),
    ("building code for insulation", "regulation", "2022-11-20",
     "2023-07-01", "", "construction", "", 0.6, -1, 0.3),
    ("housing subsidy", "policy", "2023-02-01",
     "2023-04-01", "2025-03-31", "construction", "Ardenia", 0.9, 1, 0.4),
    ("shop opening hours act", "regulation", "2023-03-12",
     "2023-09-01", "", "retail", "Cestria", 0.5, 1, 0.2),
    ("capital controls", "policy", "2023-05-30",
     "2023-06-01", "", "", "Fasoria", 1.0, -1, 0.8),
    ("price cap on electricity", "regulation", "2023-08-14",
     "2024-01-01", "2024-12-31", "energy", "", 0.9, -1, 0.5),
    ("data residency act", "regulation", "2023-10-05",
     "2024-04-01", "", "information", "Dravony", 0.6, -1, 0.3),
    ("farm credit guarantee", "policy", "2024-01-22",
     "2024-02-01", "2026-01-31", "agriculture", "", 0.8, 1, 0.4),
    ("late payment act", "regulation", "2024-03-18",
     "2024-10-01", "", "wholesale", "Ardenia", 0.5, 1, 0.3),
    ("import quota on textiles", "policy", "2024-06-20",
     "2024-09-01", "2025-08-31", "wholesale", "Elmora", 0.7, -1, 0.4),
    ("end of the tax deferral", "policy", "2024-07-15",
     "2024-08-01", "", "services", "", 0.4, -1, 0.2),
)  # fmt: skip
"""Event, kind, known, effective, ends, industry, country, exposure, direction, severity."""


def expected_default_rates() -> Float1D:
    """Return the default rate of each industry that its mean quality implies."""
    effect = np.array([industry.quality for industry in INDUSTRIES])
    effect -= np.average(effect, weights=[industry.share for industry in INDUSTRIES])
    # The middle of 2,000 slices of a normal distribution stand for the firms of an industry.
    slices = ndtri((np.arange(2000) + 0.5) / 2000)
    quality = effect[:, None] + SPREAD_WITHIN * slices
    grade = (quality[..., None] < QUALITY.limits).sum(axis=-1)
    rates: Float1D = np.array(DEFAULT_RATES)[grade].mean(axis=1)
    return rates


def make_industries(rng: Generator) -> pd.DataFrame:
    """Return firms, defaults and output of each industry and year."""
    rates, n = expected_default_rates(), len(INDUSTRIES)
    shares = np.array([industry.share for industry in INDUSTRIES])
    growth = np.array([industry.growth for industry in INDUSTRIES])
    names = np.array([industry.name for industry in INDUSTRIES], dtype=object)
    counts = np.rint(40_000 * shares * np.exp(0.2 * rng.standard_normal(n)))
    concentration = np.round(0.02 + 0.10 * rng.random(n), 3)
    output, frames = np.full(n, 100.0), []
    for year, cycle in zip(_YEARS, _CYCLE, strict=True):
        counts = np.rint(counts * (1 + 0.01 * rng.standard_normal(n)))
        rate = rates * np.exp(-18 * cycle)
        noise = np.sqrt(counts * rate * (1 - rate)) * rng.standard_normal(n)
        day = np.datetime64(f"{year}-12-31", "D")
        if year > _YEARS[0]:
            output = output * (1 + growth + 1.5 * cycle + 0.02 * rng.standard_normal(n))
        frames.append(
            table(
                {
                    "industry": names,
                    "period_end": np.full(n, day),
                    "known_on": day + whole(rng, 75, 120, n).astype("timedelta64[D]"),
                    "firms": counts,
                    "defaults": np.maximum(np.rint(counts * rate + noise), 0),
                    "output": np.round(output, 1),
                    "hhi": concentration,
                    "source": np.full(n, "statistical office", dtype=object),
                }
            )
        )
    return pd.concat(frames).sort_values(["industry", "period_end"], ignore_index=True)


def make_peers(firms: Firms, accounts: Accounts, industries: pd.DataFrame) -> pd.DataFrame:
    """Return the median margin of each industry and year, published with its other figures."""
    medians = {}
    for year in range(1, N_YEARS):
        margin = accounts.units("ebit", year) / accounts.units("revenue", year)
        for code in np.unique(firms.industry):
            key = (INDUSTRIES[code].name, LAST_YEAR - (N_YEARS - 1 - year))
            medians[key] = np.round(np.median(margin[firms.industry == code]), 4)
    keys = zip(industries["industry"], industries["period_end"].dt.year, strict=True)
    peers = industries[["industry", "period_end", "known_on", "source"]].copy()
    peers.insert(3, "operating_margin_median", [medians.get(key, np.nan) for key in keys])
    return table(peers.dropna(ignore_index=True))


def make_surveys(rng: Generator) -> pd.DataFrame:
    """Return the balance of optimists and pessimists of each industry and quarter, as shares."""
    n = len(INDUSTRIES)
    growth = np.array([industry.growth for industry in INDUSTRIES])
    names = np.array([industry.name for industry in INDUSTRIES], dtype=object)
    frames = []
    for end in ("2023-06-30", "2023-09-30", "2023-12-31", "2024-03-31"):
        day = np.datetime64(end, "D")
        frames.append(
            table(
                {
                    "industry": names,
                    "survey": np.full(n, "quarterly business survey", dtype=object),
                    "period_end": np.full(n, day),
                    "known_on": day + whole(rng, 15, 30, n).astype("timedelta64[D]"),
                    "balance": np.round(4 * (growth - 0.03) + 0.12 * rng.standard_normal(n), 3),
                    "source": np.full(n, "chamber of commerce", dtype=object),
                }
            )
        )
    return pd.concat(frames).sort_values(["industry", "period_end"], ignore_index=True)


def make_countries() -> pd.DataFrame:
    """Return the class of each country, from 1 (least risk) to 7, and its review of 2022."""
    first, later = np.array(_RISK_CLASSES).T
    n = len(COUNTRIES)
    days = np.array(["2020-01-31", "2022-06-30"], dtype="datetime64[D]")
    frame = table(
        {
            "country": np.tile(np.array(COUNTRIES, dtype=object), 2),
            "known_on": np.repeat(days, n),
            "risk_class": np.concatenate([first, later]).astype(float),
            "source": np.full(2 * n, "export credit agency", dtype=object),
        }
    )
    return frame.sort_values(["country", "known_on"], ignore_index=True)


def make_events(firms: Firms, rng: Generator) -> pd.DataFrame:
    """Return the events; where industry, country or customer is missing, all are concerned."""
    names = (
        "event", "kind", "known_on", "effective_on", "ends_on", "industry", "country",
        "exposure", "direction", "severity",
    )  # fmt: skip
    values = (list(column) for column in zip(*_EVENTS, strict=True))
    columns: dict[str, Any] = dict(zip(names, values, strict=True))
    for name in ("known_on", "effective_on", "ends_on"):
        columns[name] = np.array([day or "NaT" for day in columns[name]], dtype="datetime64[D]")
    for name in ("industry", "country"):
        columns[name] = [text or np.nan for text in columns[name]]
    general = table(columns | {"source": ["official gazette"] * len(_EVENTS)})
    events = pd.concat([general, _judgements(firms, rng)], ignore_index=True)
    order = [*names[:7], "customer", *names[7:], "source"]
    return events.sort_values("known_on", kind="stable", ignore_index=True)[order]


def _judgements(firms: Firms, rng: Generator) -> pd.DataFrame:
    """Return judgements of courts against single firms, weak ones more often."""
    share = np.clip(0.01 - 0.012 * firms.quality, 0.002, 0.08)
    firm = np.flatnonzero(chance(rng, share, firms.n))
    known_on = AS_OF - whole(rng, 5, 700, len(firm)).astype("timedelta64[D]")
    return table(
        {
            "event": np.full(len(firm), "judgement for an unpaid debt", dtype=object),
            "kind": np.full(len(firm), "court", dtype=object),
            "known_on": known_on,
            "effective_on": known_on,
            "customer": firms.customer[firm],
            "exposure": np.ones(len(firm)),
            "direction": np.full(len(firm), -1),
            "severity": np.round(0.3 + 0.6 * rng.random(len(firm)), 2),
            "source": np.full(len(firm), "court register", dtype=object),
        }
    )
