"""Simulated applications, and the card of their accepted, each made once."""

from __future__ import annotations

import pytest

from creditscore import LogisticScorecard, Scorecard
from creditscore.scorecard.reject import Applications, simulate_applications


@pytest.fixture(scope="session")
def seen() -> Applications:
    """Applications of which the old policy knew more than the columns, the office apart."""
    return simulate_applications(3_000, hidden=0.4, random_state=7).without(["office_load"])


@pytest.fixture(scope="session")
def with_office() -> Applications:
    return simulate_applications(6_000, hidden=0.5, random_state=7)


@pytest.fixture(scope="session")
def known(seen: Applications) -> LogisticScorecard:
    return LogisticScorecard().fit(seen.accepted, seen.is_bad)


@pytest.fixture(scope="session")
def card(known: LogisticScorecard) -> Scorecard:
    return known.scorecard_


@pytest.fixture(scope="session")
def office_card(with_office: Applications) -> Scorecard:
    apart = with_office.without(["office_load"])
    return LogisticScorecard().fit(apart.accepted, apart.is_bad).scorecard_
