"""Whether those who override a model do so in one direction, and whether they were right."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest, fisher_exact

from creditscore._frame import read_named
from creditscore._holm import holm
from creditscore._validation import check_fractions, check_integer, check_real
from creditscore.exceptions import InvalidDataError


def override_bias(overrides: Any, *, level: float = 0.95, min_overrides: int = 5) -> pd.DataFrame:
    """Return for each analyst how often it overrides upwards, and what became of those customers.

    Parameters
    ----------
    overrides : table
        A row a rating: analyst, notches (model grade to final grade; above 0 is raised, below 0
        lowered, 0 is left as it was), prob_default (what the model's grade foretold, from 0 to
        1) and is_bad (1, 0, or missing while it is not known).
    level : float, default=0.95
        Confidence with which an analyst is called one-sided or wrong, all taken together, above
        0 and below 1.
    min_overrides : int, default=5
        Fewer overrides of an analyst are not judged, 1 or more.

    Returns
    -------
    DataFrame
        A row an analyst: n, raised, lowered, raised_share (of its overrides), p_one_sided,
        raised_known, raised_bad and raised_expected (bads among the raised whose outcome is
        known, and bads that the model foretold of them), p_outcome, and verdict: "one-sided",
        "too kind", both or "". p-values are adjusted for the number of analysts judged and NaN for
        others.

    Raises
    ------
    MissingColumnError
        A column is not there.
    InvalidDataError
        An analyst, notches or a probability is missing, or an outcome is neither 0 nor 1.

    Notes
    -----
    *One-sided*: Fisher's exact test (two-sided) of raised against lowered, the analyst against
    all others; if there are no others, the binomial test of one half. *Too kind*: the binomial
    test (one-sided) that those raised turned bad more often than the model had foretold *before*
    it was overridden. An override that knows more than the model is followed by fewer bads than
    that. p-values are adjusted by Holm's method. O(n) time.

    References
    ----------
    .. [1] Siddiqi, N. (2017). Intelligent Credit Scoring, 2nd ed. Wiley, chapter 11.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import override_bias
    >>> found = override_bias(pd.DataFrame({
    ...     "analyst": ["Li"] * 20 + ["Wu"] * 20, "notches": [1] * 20 + [1, -1] * 10,
    ...     "prob_default": 0.1, "is_bad": [1, 0] * 10 + [0] * 20,
    ... }))
    >>> found["verdict"].to_dict()
    {'Li': 'one-sided, too kind', 'Wu': 'one-sided'}
    """
    owner = "override_bias"
    check_real(level, "level", owner, low=0, high=1, closed="neither")
    check_integer(min_overrides, "min_overrides", owner, low=1)
    rows = _read(overrides, owner)
    counts = _counts(rows)
    judged = counts["raised"] + counts["lowered"] >= min_overrides
    for name, test in (("p_one_sided", _one_sided), ("p_outcome", _outcome)):
        known = judged & ((counts["raised_known"] > 0) | (name == "p_one_sided"))
        p = pd.Series(np.nan, index=counts.index)
        found = [test(counts, analyst) for analyst in counts.index[known]]
        if found:
            p[known] = holm(np.array(found))
        counts[name] = p
    alpha = 1 - level
    words = zip(counts["p_one_sided"] < alpha, counts["p_outcome"] < alpha, strict=True)
    counts["verdict"] = [
        ", ".join(word for word, so in (("one-sided", one), ("too kind", kind)) if so)
        for one, kind in words
    ]
    order = [
        "n", "raised", "lowered", "raised_share", "p_one_sided", "raised_known", "raised_bad",
        "raised_expected", "p_outcome", "verdict",
    ]  # fmt: skip
    return counts[order]


def _read(overrides: Any, owner: str) -> pd.DataFrame:
    names = ("analyst", "notches", "prob_default", "is_bad")
    table = read_named(overrides, names, reader=owner)
    codes, levels = table.levels("analyst")
    rows = pd.DataFrame({name: table.numeric(name) for name in names[1:]})
    for name, missing in (
        ("analyst", codes < 0), ("notches", rows["notches"].isna().to_numpy()),
        ("prob_default", rows["prob_default"].isna().to_numpy()),
    ):  # fmt: skip
        if missing.any():
            place = int(np.flatnonzero(missing)[0])
            msg = f"The column {name!r} of {owner} is missing in row {place}. Leave out such rows."
            raise InvalidDataError(msg)
    check_fractions(rows["prob_default"].to_numpy())
    strange = rows["is_bad"].notna() & ~rows["is_bad"].isin([0, 1])
    if strange.any():
        place = int(np.flatnonzero(strange)[0])
        msg = (
            f"The column 'is_bad' of {owner} must hold 1, 0, or nothing. Got "
            f"{rows['is_bad'][place]:g} in row {place}."
        )
        raise InvalidDataError(msg)
    return rows.assign(analyst=np.array(levels, dtype=object)[codes])


def _counts(rows: pd.DataFrame) -> pd.DataFrame:
    raised = rows["notches"] > 0
    known = raised & rows["is_bad"].notna()
    parts = rows.assign(
        raised=raised, lowered=rows["notches"] < 0, raised_known=known,
        raised_bad=rows["is_bad"].where(known, 0.0),
        raised_expected=rows["prob_default"].where(known, 0.0),
    )  # fmt: skip
    names = ["raised", "lowered", "raised_known", "raised_bad", "raised_expected"]
    grouped = parts.groupby("analyst", sort=True)
    counts = grouped[names].sum()
    counts.insert(0, "n", grouped.size())
    counts["raised_bad"] = counts["raised_bad"].astype(np.int64)
    total = counts["raised"] + counts["lowered"]
    counts["raised_share"] = counts["raised"] / total.where(total > 0)
    return counts


def _one_sided(counts: pd.DataFrame, analyst: Any) -> float:
    sides = counts[["raised", "lowered"]]
    own = sides.loc[analyst].to_numpy()
    others = sides.drop(index=analyst).sum().to_numpy()
    if not others.sum():
        return float(binomtest(int(own[0]), int(own.sum())).pvalue)
    return float(fisher_exact(np.array([own, others]))[1])


def _outcome(counts: pd.DataFrame, analyst: Any) -> float:
    row = counts.loc[analyst]
    n = int(row["raised_known"])
    # the binomial with the mean probability is wider than the sum of unlike ones: on the safe side
    foretold = float(row["raised_expected"]) / n
    return float(binomtest(int(row["raised_bad"]), n, foretold, alternative="greater").pvalue)
