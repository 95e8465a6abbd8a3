"""Tables of a few firms that tests of indicators share."""

from __future__ import annotations

import pandas as pd
import pytest


def days(*texts: str | None) -> pd.Series:
    return pd.Series(pd.to_datetime(list(texts)))


@pytest.fixture
def statements() -> pd.DataFrame:
    """Two firms over two years, each statement known four months after its year."""
    return pd.DataFrame(
        {
            "customer": ["A", "A", "B", "B"],
            "period_end": days("2022-12-31", "2023-12-31", "2022-12-31", "2023-12-31"),
            "known_on": days("2023-04-30", "2024-04-30", "2023-04-30", "2024-04-30"),
            "currency": ["CNY", "CNY", "CNY", "USD"],
            "consolidated": [True, True, False, False],
            "source": ["register", "register", "customer", "customer"],
            "revenue": [100.0, 120.0, 50.0, 60.0],
            "total_assets": [200.0, 220.0, 80.0, 90.0],
            "equity": [90.0, 100.0, -5.0, -10.0],
            "net_income": [9.0, 10.0, -4.0, -6.0],
            "inventory": [30.0, None, 0.0, 0.0],
        }
    )


@pytest.fixture
def ledger() -> pd.DataFrame:
    """Invoices of A and B; one of A is settled after the day, one is open."""
    return pd.DataFrame(
        {
            "customer": ["A", "A", "A", "B"],
            "invoice": ["1", "2", "3", "4"],
            "invoiced_on": days("2024-01-01", "2024-02-01", "2024-05-01", "2022-01-01"),
            "due_on": days("2024-01-31", "2024-03-02", "2024-05-31", "2022-01-31"),
            "settled_on": days("2024-01-30", "2024-07-15", None, "2022-03-01"),
            "amount": [100.0, 300.0, 200.0, 50.0],
            "disputed": [False, True, True, True],
        }
    )
