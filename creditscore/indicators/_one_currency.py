"""Amounts of rows: added up where they are of one currency, and only there."""

from __future__ import annotations

import numpy as np
import pandas as pd

from creditscore.indicators._measured import Measured
from creditscore.indicators._reason import Reason
from creditscore.indicators._rows import Column, CustomerRows


def in_one_currency(rows: CustomerRows, found: Measured) -> Measured:
    """Return what was made of amounts, missing where those of a customer are of two currencies.

    A row without a currency is of another one than a row with one, as nothing says which.
    """
    if not rows.has("currency"):
        return found
    codes, _ = pd.factorize(
        np.asarray(rows.column("currency"), dtype=object), use_na_sentinel=False
    )
    low = np.full(rows.n_keys + 1, len(codes))
    high = np.full(rows.n_keys + 1, -1)
    np.minimum.at(low, rows.owner, codes)
    np.maximum.at(high, rows.owner, codes)
    # the last place stands for customers that the table knows nothing of
    mixed = (high > low)[rows.key_of]
    text = f"{rows.name} hold amounts of more than one currency {rows.window}".rstrip()
    return found.without(mixed, Reason("currency", text))


def mean_by_amount(rows: CustomerRows, values: Column) -> Measured:
    """Return the mean of each customer, weighted by amounts of one currency, all above zero."""
    return in_one_currency(rows, rows.mean(values, weights="amount"))
