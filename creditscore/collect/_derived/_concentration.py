"""How far a customer depends on few others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import NativeFrame
from creditscore._validation import check_choice
from creditscore.collect._derived._windows import read_columns
from creditscore.exceptions import InvalidDataError

_MEASURES = ("herfindahl", "largest")


def concentration(
    records: NativeFrame, by: str, *, amount: str = "amount", measure: str = "herfindahl"
) -> pd.Series:
    r"""Return how far each customer's amounts are with few others.

    Parameters
    ----------
    records : table
        customer, and the columns of the two that follow.
    by : str
        Column of those others, such as "payer". Rows without one are left out.
    amount : str, default="amount"
        Column of amounts, 0 or more. Rows without one are left out.
    measure : {"herfindahl", "largest"}, default="herfindahl"
        Sum of squared shares, or the share of the largest.

    Returns
    -------
    Series
        Index customer; from 1 over their number to 1 (one of them alone); NaN without an amount.

    Raises
    ------
    MissingColumnError
        A column is not there.
    InvalidDataError
        A row has no customer, or an amount that is below zero or no number.
    InvalidParameterError
        An unknown measure.

    See Also
    --------
    creditscore.metrics.hhi : The same for one list of shares.

    Notes
    -----
    :math:`\sum_j s_j^2` of the shares :math:`s_j` of each other in a customer's amounts, or
    :math:`\max_j s_j`. O(n log n) time.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import concentration
    >>> payments = pd.DataFrame({
    ...     "customer": "A", "payer": ["x", "x", "y"], "amount": [30.0, 30.0, 40.0],
    ... })
    >>> concentration(payments, "payer").round(4).to_dict()
    {'A': 0.52}
    """
    owner = "concentration"
    check_choice(measure, "measure", owner, _MEASURES)
    table, codes, customers = read_columns(records, numbers=(amount,), texts=(by,), owner=owner)
    amounts = table[amount].to_numpy()
    if (amounts < 0).any():
        msg = (
            f"{owner}: {amount!r} is below zero in row {int((amounts < 0).argmax())}. Leave out "
            "what was paid back."
        )
        raise InvalidDataError(msg)
    counts = ~np.isnan(amounts) & table[by].notna().to_numpy()
    others = pd.factorize(table[by].astype(object)[counts])[0]
    groups = pd.Series(amounts[counts]).groupby([codes[counts], others]).sum()
    of_customer = groups.index.get_level_values(0).to_numpy()
    sums = groups.to_numpy(dtype=np.float64)
    total = np.bincount(of_customer, weights=sums, minlength=len(customers))
    found: Any = np.zeros(len(customers))
    if measure == "herfindahl":
        found = np.bincount(of_customer, weights=sums**2, minlength=len(customers))
    else:
        np.maximum.at(found, of_customer, sums)
    power = 2 if measure == "herfindahl" else 1
    values = np.divide(found, total**power, where=total > 0, out=np.full(len(total), np.nan))
    return pd.Series(values, index=customers, name=owner)
