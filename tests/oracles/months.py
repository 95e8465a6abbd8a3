"""Months of payment behaviour that are written as lists."""

from __future__ import annotations

import pandas as pd

JANUARY = pd.Period("2022-01", "M")


def panel(**dpd: list[float | None]) -> pd.DataFrame:
    """Months from January 2022 on, a list a customer; None leaves a month out."""
    rows = [
        (name, (JANUARY + place).end_time.normalize(), value)
        for name, values in dpd.items()
        for place, value in enumerate(values)
        if value is not None
    ]
    return pd.DataFrame(rows, columns=["customer", "month", "dpd"])
