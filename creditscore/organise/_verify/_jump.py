"""Numbers far from the customer's own of the period before, and statements in another unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Bool1D, Float1D
from creditscore._validation import check_real
from creditscore.organise._verify._tidy_facts import codes_of, tidy_facts

_SERIES = ["customer", "record", "item", "unit", "source", "source_name"]
_REPORT = ["customer", "record", "source", "source_name", "true_from"]
_MAD_TO_SIGMA = 1.4826
_UNUSUAL = 3.5
_LEAST_CHANGES = 10
_MATTERS = 0.05
_POWERS = (3.0, 4.0, 6.0)
_NEAR_POWER = 0.25
_LEAST_ITEMS = 3


def find_jumps(observations: Any, *, factor: float = 8.0) -> pd.DataFrame:
    """Return numbers that are many times, or a small part of, those of the period before.

    Parameters
    ----------
    observations : Observations or DataFrame
        Tidy observations, with the history of each item.
    factor : float, default=8
        Ratio to the number before, above 1, from which a number is listed; its inverse too.

    Returns
    -------
    DataFrame
        A row a jump: customer, record, item, true_from, value, before, ratio, hint and row (the
        place in the table). The hint says "unit" where the ratio is about 1,000, 10,000 or a
        million, or the inverse of one.

    Raises
    ------
    MissingColumnError
        The table is none of observations.

    Notes
    -----
    Numbers of one source in one unit with the same sign are compared, by the last word on each
    day. A change of sign is no jump. Some items go up and down by themselves, such as dividends:
    where ten changes or more of an item are known, a jump is also to be unusual for it, its
    logarithm being more than 3.5 robust deviations (1.4826 × MAD) from the median of all. And it
    is to matter: one of the two numbers is a twentieth or more of the largest that the source
    tells of that customer and day in that unit. O(n log n) time.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Observations
    >>> from creditscore.organise import find_jumps
    >>> told = Observations.from_frame(pd.DataFrame({
    ...     "customer": "A", "item": "revenue", "value": [900.0, 950_000.0],
    ...     "true_from": ["2022-12-31", "2023-12-31"], "source": "public_filing",
    ...     "method": "data_analysis", "collected_at": "2024-05-01",
    ... }))
    >>> find_jumps(told)[["value", "before", "hint"]].values.tolist()
    [[950000.0, 900.0, 'unit']]
    """
    owner = "find_jumps"
    check_real(factor, "factor", owner, low=1, high=np.inf, closed="neither")
    changes = changes_of(tidy_facts(observations, owner))
    return jumps_of(changes, factor).drop(columns=["source", "source_name"])


def changes_of(table: pd.DataFrame) -> pd.DataFrame:
    """Return each number with the one before it of the same source and unit.

    The index is the place in the table; before and ratio are missing for the first of a series,
    and where the sign changed. `matters` says whether one of both is large among its report.
    """
    numbers = table[table["number"].notna().to_numpy()]
    series = codes_of(numbers, _SERIES)
    order = np.lexsort((numbers["known"].astype("int64"), numbers["true_from"], series))
    numbers, series = numbers.iloc[order], series[order]
    day = numbers["true_from"].to_numpy()
    last = np.append((np.diff(series) != 0) | (day[1:] != day[:-1]), True)[: len(series)]
    numbers, series = numbers[last], series[last]
    value = numbers["number"].to_numpy(dtype=np.float64)
    report = codes_of(numbers, [*_REPORT, "unit"])
    size = np.abs(value)
    largest = pd.Series(size).groupby(report).transform("max").to_numpy()
    share = np.divide(size, largest, where=largest > 0, out=np.zeros(len(size)))
    follows = np.append(False, np.diff(series) == 0)[: len(value)]
    before = np.where(follows, _shifted(value), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(value * before > 0, value / before, np.nan)
    matters = np.fmax(share, np.where(follows, _shifted(share), np.nan)) >= _MATTERS
    columns = [*_SERIES, "true_from"]
    return numbers[columns].assign(value=value, before=before, ratio=ratio, matters=matters)


def _shifted(values: Float1D) -> Float1D:
    return np.append(np.nan, values[:-1])[: len(values)]


def jumps_of(changes: pd.DataFrame, factor: float) -> pd.DataFrame:
    """Return the changes that are jumps."""
    logs = np.log(changes["ratio"].to_numpy())
    far = np.abs(logs) >= np.log(factor) * (1 - 1e-12)
    found = changes[far & changes["matters"].to_numpy() & _unusual(changes, logs)].copy()
    hint = np.where(np.isnan(_power(found["ratio"].to_numpy())), "", "unit")
    columns = ["customer", "record", "item", "true_from", "value", "before", "ratio"]
    told = found[[*columns, "source", "source_name"]].assign(hint=hint, row=found.index)
    return told.reset_index(drop=True)


def _unusual(changes: pd.DataFrame, logs: Float1D) -> Bool1D:
    """Tell which changes are far from what is usual for the item, or of an item of few changes."""
    item = codes_of(changes, ["item", "unit"])
    grouped = pd.Series(logs).groupby(item)
    apart = (pd.Series(logs) - grouped.transform("median")).abs()
    usual = _MAD_TO_SIGMA * apart.groupby(item).transform("median")
    few = grouped.transform("count") < _LEAST_CHANGES
    found: Bool1D = (few | (apart > _UNUSUAL * usual)).to_numpy(dtype=bool)
    return found


def _power(ratio: Float1D) -> Float1D:
    """Return the power of ten of a change of unit that a ratio is near; NaN for others."""
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.log10(ratio)
    found = np.full(len(ratio), np.nan)
    for power in _POWERS:
        near = np.abs(np.abs(log) - power) < _NEAR_POWER
        found[near] = np.sign(log[near]) * power
    return found


def statements_in_other_units(changes: pd.DataFrame, amounts: Sequence[str]) -> pd.DataFrame:
    """Return statements of which most amounts are by one power of ten off the customer's others.

    The index is the place of their largest amount; `power` is that of ten, `others` how many
    statements of the customer are in its usual unit, `day_before` that of the statement before.
    """
    rows = changes[changes["item"].isin(list(amounts)).to_numpy() & (changes["record"] == "")]
    power = _power(rows["ratio"].to_numpy())
    if np.isnan(power).all():
        return rows[:0].assign(power=power[:0])
    report = codes_of(rows, _REPORT)
    told = pd.DataFrame({
        "report": report, "row": rows.index, "power": power, "size": rows["value"].abs().to_numpy(),
        "compared": rows["ratio"].notna().to_numpy(),
    })  # fmt: skip
    n = told.groupby("report")["compared"].sum()
    votes = told.groupby(["report", "power"]).size().rename("n").reset_index()
    votes = votes.sort_values("n", kind="stable").drop_duplicates("report", keep="last")
    votes = votes[(votes["n"] >= _LEAST_ITEMS) & (2 * votes["n"] >= votes["report"].map(n))]
    shift = votes.set_index("report")["power"]
    largest = told.sort_values("size", kind="stable").drop_duplicates("report", keep="last")
    whole = rows.loc[largest["row"], _REPORT].assign(
        shift=largest["report"].map(shift).fillna(0.0).to_numpy(), size=largest["size"].to_numpy()
    )
    return _off_the_usual(whole)


def _off_the_usual(whole: pd.DataFrame) -> pd.DataFrame:
    """Return the statements that are not on the scale of most of the customer's."""
    who = codes_of(whole, _REPORT[:-1])
    order = np.lexsort((whole["true_from"], who))
    whole, who = whole.iloc[order], who[order]
    shifted = np.isin(who, who[whole["shift"].to_numpy() != 0])
    whole, who = whole[shifted], who[shifted]
    whole = whole.assign(who=who, level=whole["shift"].groupby(who).cumsum())
    scales = whole.groupby(["who", "level"]).agg(n=("size", "size"), size=("size", "max"))
    # of as many on each scale the larger amounts are believed: thousands are the usual slip
    scales = scales.reset_index().sort_values(["n", "size"], kind="stable")
    usual = scales.drop_duplicates("who", keep="last").set_index("who")
    power = whole["level"] - whole["who"].map(usual["level"]).to_numpy()
    found = whole.assign(power=power, others=whole["who"].map(usual["n"]).to_numpy())
    return found[(power != 0).to_numpy()]
