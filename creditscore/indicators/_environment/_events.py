"""Policy and regulation: dated events, whom they concern, and what they mean for credit."""

from __future__ import annotations

import numpy as np

from creditscore._typing import Float1D
from creditscore.indicators._facts import Facts
from creditscore.indicators._indicator import Indicator, indicator
from creditscore.indicators._measured import Measured
from creditscore.indicators._reason import Reason
from creditscore.indicators._rows import CustomerRows

_POLICY = (
    "Task Force on Climate-related Financial Disclosures, Recommendations (2017), policy and legal "
    "risk"
)


def _active(rows: CustomerRows) -> CustomerRows:
    """Return the events in effect: from effective_on to ends_on, both days counted."""
    begun = rows.effective_on <= rows.as_of
    ends = rows.column("ends_on")
    if not rows.has("ends_on"):
        return rows.where(begun, "in effect")
    return rows.where(begun & (np.isnat(ends) | (ends >= rows.as_of)), "in effect")


def _announced(rows: CustomerRows) -> CustomerRows:
    """Return the events that are known and not yet in effect."""
    return rows.where(rows.effective_on > rows.as_of, "announced")


def _net(rows: CustomerRows) -> Measured:
    """Return Σ direction · severity · exposure, 0 for a customer whom no event concerns."""
    effect: Float1D = np.asarray(rows.column("direction"), dtype=np.float64)
    for factor in ("severity", "exposure"):
        if rows.has(factor):
            effect = effect * np.asarray(rows.column(factor), dtype=np.float64)
    lacking = rows.total(np.isnan(effect).astype(np.float64))
    total = rows.total(np.nan_to_num(effect))
    why = Reason("not_given", "direction, severity or exposure of an event is missing")
    total = total.without(lacking.values > 0, why)
    return total.where(rows.count() > 0, 0.0)


def _count(rows: CustomerRows, direction: float) -> Measured:
    return rows.where(np.asarray(rows.column("direction"), dtype=np.float64) == direction).count()


@indicator(
    group="environment", unit="index", direction="higher",
    formula="Σ direction · severity · exposure of the events in effect on the day",
    label="Exposure to events in effect", label_zh="政策法规事件净影响", five_c="conditions",
    source=_POLICY, low=-5, high=5,
)  # fmt: skip
def event_exposure(facts: Facts) -> Measured:
    """Below zero adverse; a factor whose column is not there counts as 1."""
    return _net(_active(facts.events))


@indicator(
    group="environment", unit="index", direction="higher",
    formula="Σ direction · severity · exposure of the events known and not yet in effect",
    label="Exposure to announced events", label_zh="已公布未生效事件净影响",
    five_c="conditions", source=_POLICY, low=-5, high=5,
)  # fmt: skip
def announced_event_exposure(facts: Facts) -> Measured:
    """Below zero adverse; apart from events in effect, as it may still change."""
    return _net(_announced(facts.events))


@indicator(
    group="environment", unit="count", direction="lower",
    formula="events in effect on the day with direction -1",
    label="Adverse events", label_zh="不利政策法规事件数", five_c="conditions", source=_POLICY,
    low=0, high=50,
)  # fmt: skip
def adverse_events(facts: Facts) -> Measured:
    """0 where events are followed and none concerns the customer."""
    return _count(_active(facts.events), -1.0)


@indicator(
    group="environment", unit="count", direction="higher",
    formula="events in effect on the day with direction 1",
    label="Favourable events", label_zh="有利政策法规事件数", five_c="conditions", source=_POLICY,
    low=0, high=50,
)  # fmt: skip
def favourable_events(facts: Facts) -> Measured:
    """0 where events are followed and none concerns the customer."""
    return _count(_active(facts.events), 1.0)


EVENTS: tuple[Indicator, ...] = (
    event_exposure,
    announced_event_exposure,
    adverse_events,
    favourable_events,
)
