"""What others say: references of associations, and ratings of agencies."""

from __future__ import annotations

import numpy as np

from creditscore._typing import Float1D
from creditscore.indicators._facts import Facts
from creditscore.indicators._indicator import Indicator, indicator
from creditscore.indicators._latest_rows import last_by, words_are
from creditscore.indicators._measured import Measured
from creditscore.indicators._reason import Reason
from creditscore.indicators._rows import CustomerRows

_BASEL = "Basel Committee on Banking Supervision, CRE21, multiple external ratings"


@indicator(
    group="reputation", unit="score", direction="higher",
    formula="mean of the last opinion of each association in the 24 months to the day",
    label="Opinion of references, mean of 24 months, 0 to 1",
    label_zh="同业评价（近24个月均值，0至1）", five_c="character",
    source="National Association of Credit Management, trade references", low=0, high=1,
)  # fmt: skip
def references_opinion(facts: Facts) -> Measured:
    """From 0 (warns) to 1 (recommends)."""
    return last_by(facts.references.within(months=24), ("association",), "known_on").mean("opinion")


def _rating(facts: Facts, scale: str) -> Measured:
    """Return the notch that counts of the last ratings of all agencies of one scale."""
    rows = facts.ratings
    lacking = [column for column in ("notch", "scale") if not rows.has(column)]
    if "ratings" in facts.records.tables and lacking:
        text = f"ratings have no column {lacking[0]!r}, which read_ratings makes of symbols"
        everyone = np.ones(len(facts.customers), dtype=bool)
        return rows.count().without(everyone, Reason("not_given", text))
    rows = rows.where(words_are(rows, "scale", scale), f"of the {scale} scale")
    rows = last_by(rows, ("agency",), "known_on")
    notches = np.asarray(rows.column("notch"), dtype=np.float64)
    standing = rows.where(~np.isnan(notches))
    counted = standing.where(_second_best(standing)).mean("notch")
    withdrawn = counted.missing & (rows.count().values > 0)
    text = "each agency has withdrawn its rating, or gives none"
    return _with_reason(counted, withdrawn, Reason("not_given", text))


def _second_best(rows: CustomerRows) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Mark the rating that counts: the only one, the worse of two, the second best of more."""
    notches: Float1D = np.asarray(rows.column("notch"), dtype=np.float64)
    order = np.lexsort((notches, rows.owner))
    counts = np.bincount(rows.owner, minlength=rows.n_keys)
    first = np.cumsum(counts) - counts
    place = np.arange(len(rows)) - first[rows.owner[order]]
    chosen = np.zeros(len(rows), dtype=bool)
    chosen[order] = place == np.minimum(counts[rows.owner[order]] - 1, 1)
    return chosen


def _with_reason(
    found: Measured, mask: np.ndarray[tuple[int], np.dtype[np.bool_]], reason: Reason
) -> Measured:
    """Return the same with another reason for some of what is missing."""
    return found.where(Measured.of("known", np.where(mask, np.nan, 1.0), reason=reason.text), 0.0)


@indicator(
    group="reputation", unit="index", direction="lower",
    formula="notch of the ratings of global agencies: one; the worse of two; the second best",
    label="Rating of global agencies", label_zh="国际评级机构评级",
    five_c=("character", "capacity"), source=_BASEL, low=1, high=22,
)  # fmt: skip
def agency_rating(facts: Facts) -> Measured:
    """From 1 for AAA to 22 for default."""
    return _rating(facts, "global")


@indicator(
    group="reputation", unit="index", direction="lower",
    formula="notch of the ratings of Chinese agencies: one; the worse of two; the second best",
    label="Rating of Chinese agencies", label_zh="国内评级机构评级",
    five_c=("character", "capacity"), source=_BASEL, low=1, high=22,
)  # fmt: skip
def domestic_agency_rating(facts: Facts) -> Measured:
    """Rank within the country: AAA of a domestic scale is not AAA of a global one."""
    return _rating(facts, "china")


OPINIONS: tuple[Indicator, ...] = (references_opinion, agency_rating, domestic_agency_rating)
