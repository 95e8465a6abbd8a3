"""Early and late answers compared: a hint of how those differ who never answer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import fisher_exact, ttest_ind_from_stats

from creditscore._cells import word_of
from creditscore._checks import check_kind
from creditscore._frame import Table, as_table
from creditscore._holm import holm
from creditscore._typing import Bool1D, Float1D, NativeFrame
from creditscore._validation import check_integer
from creditscore._warn import warn_user
from creditscore.collect._campaign._campaign import Campaign
from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    MissingColumnError,
    ResponseWarning,
)

_COLUMNS = (
    "variable", "level", "n_early", "n_late", "early", "late", "difference",
    "standardised_difference", "p_value", "p_adjusted",
)  # fmt: skip


def early_late(campaign: Campaign, answers: NativeFrame, *, min_cases: int = 20) -> pd.DataFrame:
    """Compare those who answered before any reminder with those who needed one.

    Parameters
    ----------
    campaign : Campaign
        Whose reminders tell early from late answers.
    answers : table
        The column customer, and a column for each variable: numbers, or text. Customers who did
        not answer are left out.
    min_cases : int, default=20
        Fewer early or late answers are said in a warning, 1 or more.

    Returns
    -------
    DataFrame
        A row a number, or a value of a text (of two values the first): variable, level (the
        value; empty for numbers), n_early, n_late, early, late (means, or shares of the value),
        difference (late less early), standardised_difference (over the standard deviation of
        both), p_value (Welch's t, or Fisher's exact test of the value), p_adjusted (Holm's, over
        all rows).

    Raises
    ------
    EmptyDataError
        No early or no late answers, or no variables.
    InvalidDataError
        A customer who answered stands in two rows, or has an infinite number.
    InvalidParameterError
        A parameter outside its range, or no campaign.
    MissingColumnError
        No column customer.

    Warns
    -----
    ResponseWarning
        Few answers of either kind.

    Notes
    -----
    Those who answer only when reminded are taken to be between those who answer at once and those
    who never do [1]_: a difference is a hint of bias, and of its direction; none is no proof
    that there is no bias.

    References
    ----------
    .. [1] J. S. Armstrong and T. S. Overton, "Estimating nonresponse bias in mail surveys",
       *Journal of Marketing Research* 14 (1977), 396-402.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Campaign, early_late
    >>> names = [f"C{i}" for i in range(40)]
    >>> campaign = Campaign.from_sample(dict.fromkeys(names, "all"), name="terms")
    >>> campaign = campaign.record("sent", names, on="2024-03-04")
    >>> campaign = campaign.record("returned", names[:20], on="2024-03-08")
    >>> campaign = campaign.record("reminded", names[20:], on="2024-03-25")
    >>> campaign = campaign.record("returned", names[20:], on="2024-03-28")
    >>> answers = pd.DataFrame({"customer": names, "days_late": range(40)})
    >>> found = early_late(campaign, answers)
    >>> found[["variable", "early", "late", "difference"]]
        variable  early  late  difference
    0  days_late    9.5  29.5        20.0
    """
    check_kind(campaign, "campaign", "early_late", Campaign)
    check_integer(min_cases, "min_cases", "early_late", low=1)
    table = as_table(answers)
    if "customer" not in table.names:
        msg = f"The answers need a column 'customer'. They have: {', '.join(table.names)}."
        raise MissingColumnError(msg)
    variables = [name for name in table.names if name != "customer"]
    reminders = _reminders(campaign, table)
    is_early, is_late = reminders == 0, reminders > 0
    n_early, n_late = int(is_early.sum()), int(is_late.sum())
    if not (n_early and n_late and variables):
        msg = (
            f"There are {n_early} answers before a reminder, {n_late} after one, and "
            f"{len(variables)} variables. A comparison needs some of each."
        )
        raise EmptyDataError(msg)
    if min(n_early, n_late) < min_cases:
        warn_user(
            f"Only {n_early} answers came before a reminder and {n_late} after one. Differences "
            "are mostly chance where either is few.",
            ResponseWarning,
        )
    rows = [row for name in variables for row in _rows(table, name, is_early, is_late)]
    found = pd.DataFrame(rows, columns=list(_COLUMNS[:-1]))
    return found.assign(p_adjusted=holm(found["p_value"].to_numpy(dtype=np.float64)))


def _reminders(campaign: Campaign, table: Table) -> np.ndarray[Any, Any]:
    """Return the reminders before each answer; NaN for customers who did not answer."""
    codes, levels = table.levels("customer")
    names = np.array([*map(word_of, levels), ""], dtype=object)[codes]
    after = campaign.status()["after_reminders"].astype("float64")
    found = np.asarray(after.reindex(names).to_numpy())
    who = pd.Series(names[~np.isnan(found)])
    if who.duplicated().any():
        msg = (
            f"Customer {who[who.duplicated()].iloc[0]!r} stands in two rows of the answers, and "
            "would count twice. Leave one."
        )
        raise InvalidDataError(msg)
    return found


def _rows(table: Table, name: str, early: Bool1D, late: Bool1D) -> list[tuple[Any, ...]]:
    if table.kind(name) == "numeric":
        values = table.numeric(name)
        if np.isinf(values[early | late]).any():
            msg = f"The answers hold an infinite number in {name!r}, which has no mean."
            raise InvalidDataError(msg)
        known = ~np.isnan(values)
        one, other = values[early & known], values[late & known]
        return [_row(name, "", one, other, _welch(one, other))]
    codes, levels = table.levels(name)
    rows = []
    # of two values the second says what the first does
    for code, level in enumerate(levels[:1] if len(levels) == 2 else levels):
        is_level = (codes == code).astype(np.float64)
        one, other = is_level[early & (codes >= 0)], is_level[late & (codes >= 0)]
        counts = [[side.sum(), len(side) - side.sum()] for side in (one, other)]
        rows.append(_row(name, str(level), one, other, float(fisher_exact(counts)[1])))
    return rows


def _welch(one: Float1D, other: Float1D) -> float:
    """Return the p-value of Welch's test; NaN where there are too few, or all say the same."""
    if min(len(one), len(other)) <= 1:
        return np.nan
    if np.ptp(one) == 0 and np.ptp(other) == 0:
        # nothing varies, so that a difference is none of chance
        return np.nan if one[0] == other[0] else 0.0
    sides = [
        number for side in (other, one) for number in (side.mean(), side.std(ddof=1), len(side))
    ]
    return float(ttest_ind_from_stats(*sides, equal_var=False).pvalue)


def _row(
    name: str, level: str, one: np.ndarray[Any, Any], other: np.ndarray[Any, Any], p_value: float
) -> tuple[Any, ...]:
    early = float(one.mean()) if len(one) else np.nan
    late = float(other.mean()) if len(other) else np.nan
    spread = float(np.concatenate([one - early, other - late]).std()) if len(one) else np.nan
    standardised = (late - early) / spread if spread > 0 else np.nan
    return name, level, len(one), len(other), early, late, late - early, standardised, p_value
