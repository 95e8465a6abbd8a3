"""The people of the firm, and what they saw when they visited customers."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.random import Generator

from creditscore.datasets._enterprises._draws import Int1D, Text1D, chance, numbered, table, whole
from creditscore.datasets._enterprises._firms import AS_OF
from creditscore.datasets._trading_firm._naming import words_of
from creditscore.datasets._trading_firm._parties import Parties
from creditscore.datasets._trading_firm._planting import Planted
from creditscore.datasets._trading_firm._words import BRANDS, SURNAMES

ROLES = (
    ("A", "analyst", 6), ("V", "visitor", 8), ("S", "sales", 6), ("K", "collector", 4),
    ("U", "auditor", 2),
)  # fmt: skip
"""Letter of the numbers, role, and how many there are."""
N_ANALYSTS, N_VISITORS, N_SALES, N_COLLECTORS, N_AUDITORS = (count for *_, count in ROLES)
HARSH, LENIENT = 3, 5
"""Numbers of the visitors who judge by 0.9 points less and more than the others."""
_SEVERITY = 0.9
CHECKS = ("order", "stock_condition", "equipment", "staff_morale", "management")
_WORDS = (
    ("Aisles blocked, goods on the floor.", "通道堵塞，货物堆放地面。"),
    ("Untidy; part of the stock is old.", "现场凌乱，部分库存陈旧。"),
    ("As usual for the trade.", "与同行业一般水平相当。"),
    ("Tidy, stock moves, staff at work.", "现场整洁，库存周转正常，员工在岗。"),
    ("Very good order, new equipment.", "秩序良好，设备较新。"),
)


def make_staff(planted: Planted, rng: Generator) -> pd.DataFrame:
    """Return the firm's people; the severity of two of them is written down."""
    ids = [f"{letter}{place:02d}" for letter, _, n in ROLES for place in range(1, n + 1)]
    roles = [role for _, role, n in ROLES for _ in range(n)]
    n = len(ids)
    surname, _ = words_of(SURNAMES, whole(rng, 0, len(SURNAMES) - 1, n))
    given, _ = words_of(BRANDS, whole(rng, 0, len(BRANDS) - 1, n))
    offices = np.array(["head office", "branch"], dtype=object)[whole(rng, 0, 1, n)]
    names = np.array([f"{a} {b.capitalize()}" for a, b in zip(surname, given, strict=True)])
    planted.note(
        "staff",
        "rater severity",
        "severity",
        key=[f"V{HARSH:02d}", f"V{LENIENT:02d}"],
        value="",
        true_value=[-_SEVERITY, _SEVERITY],
        detail=["harsh", "lenient"],
    )
    return table(
        {
            "staff": np.array(ids, dtype=object),
            "name": names.astype(object),
            "role": np.array(roles, dtype=object),
            "office": offices,
        }
    )


def make_visits(parties: Parties, rng: Generator) -> pd.DataFrame:
    """Return visits to enterprises, five marks from 1 (poor) to 5 (good) each.

    A mark is 3.2, plus half the customer's quality, plus an effect of the visitor, plus an
    error, rounded.
    """
    m = parties.n_enterprises
    counts = np.where(chance(rng, 0.6, m), whole(rng, 1, 3, m), 0)
    counts[0] = max(counts[0], 1)
    firm = np.repeat(np.arange(m), counts)
    rows = len(firm)
    ago = whole(rng, 3, 700, rows)
    opened = parties.opened[firm]
    # Nobody is visited before the first business.
    visited = np.maximum(730 - ago, np.minimum(opened + 3, 730))
    visited_on = AS_OF - (730 - visited).astype("timedelta64[D]")
    visitor = whole(rng, 1, N_VISITORS, rows)
    effect = 0.12 * rng.standard_normal(N_VISITORS)
    effect[HARSH - 1], effect[LENIENT - 1] = -_SEVERITY, _SEVERITY
    base = 3.2 + 0.5 * parties.quality[firm] + effect[visitor - 1]
    marks = {}
    for name in CHECKS:
        seen = base + 0.7 * rng.standard_normal(rows)
        marks[name] = np.clip(np.rint(seen), 1, 5)
    comment = _comments(np.clip(np.rint(base), 1, 5).astype(np.int64), rng)
    number = numbered("T", np.arange(1, rows + 1), max(5, len(str(rows))))
    return table(
        {
            "visit": number,
            "customer": parties.customer[firm],
            "visited_on": visited_on,
            "visitor": numbered("V", visitor, 2),
        }
        | marks
        | {
            "comment": np.where(chance(rng, 0.7, rows), comment, np.nan),
            "photo": number + ".jpg",
        }
    )


def _comments(mark: Int1D, rng: Generator) -> Text1D:
    latin, chinese = words_of(_WORDS, mark - 1)
    return np.where(chance(rng, 0.4, len(mark)), chinese, latin)
