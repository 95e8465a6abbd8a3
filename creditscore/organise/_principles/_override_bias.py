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

_COLUMNS = (
    "n", "raised", "lowered", "raised_share", "p_one_sided",
    "raised_known", "raised_bad", "raised_expected", "p_too_kind",
    "lowered_known", "lowered_bad", "lowered_expected", "p_too_strict", "verdict",
)  # fmt: skip


def override_bias(overrides: Any, *, level: float = 0.95, min_overrides: int = 5) -> pd.DataFrame:
    r"""Return for each analyst how it overrides, and what became of those customers.

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
        A row an analyst: n, raised, lowered, raised_share (of its overrides) and p_one_sided; of
        those raised raised_known, raised_bad and raised_expected (whose outcome is known, who
        turned bad, and how many the model foretold) and p_too_kind; of those lowered
        lowered_known, lowered_bad, lowered_expected and p_too_strict; and verdict: "one-sided",
        "too kind" and "too strict", joined by commas, or "". p-values are adjusted for the number
        of analysts judged and NaN for others.

    Raises
    ------
    MissingColumnError
        A column is not there.
    InvalidDataError
        An analyst, notches or a probability is missing, or an outcome is neither 0 nor 1.

    Notes
    -----
    With s the share of an analyst's overrides that raise, and t that of all others,
    *one-sided* is who is farther to one side than one half and than the others
    (:math:`s > \max(t, \tfrac12)` or :math:`s < \min(t, \tfrac12)`), so that nobody is
    one-sided because another is. Its p-value is the larger one of the binomial test of one half
    and of Fisher's exact test against all others (both two-sided; the first alone if nobody else
    overrides), and 1 of who is not.

    *Too kind* and *too strict*: the binomial tests (one-sided) that those raised turned bad more
    often, and those lowered less often, than the model had foretold *before* it was overridden.
    An override that knows more than the model is followed by fewer bads among those raised, and
    more among those lowered. Who was lowered may have got less credit, and be good for that: see
    what became of limits before "too strict" is held against anybody. p-values are adjusted by
    Holm's method, each kind of test by itself. O(n) time.

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
    {'Li': 'one-sided, too kind', 'Wu': ''}
    """
    owner = "override_bias"
    check_real(level, "level", owner, low=0, high=1, closed="neither")
    check_integer(min_overrides, "min_overrides", owner, low=1)
    counts = _counts(_read(overrides, owner))
    total = counts["raised"] + counts["lowered"]
    judged = total >= min_overrides
    tests = (
        ("one-sided", "p_one_sided", _one_sided, judged),
        ("too kind", "p_too_kind", _too_kind, judged & (counts["raised_known"] > 0)),
        ("too strict", "p_too_strict", _too_strict, judged & (counts["lowered_known"] > 0)),
    )
    said: list[list[str]] = [[] for _ in counts.index]
    for word, name, test, known in tests:
        p = np.full(len(counts), np.nan)
        found = [test(counts, analyst) for analyst in counts.index[known]]
        p[known.to_numpy()] = holm(np.array(found, dtype=np.float64))
        counts[name] = p
        for place in np.flatnonzero(p < 1 - level):
            said[place].append(word)
    counts["raised_share"] = counts["raised"] / total.where(total > 0)
    counts["verdict"] = [", ".join(words) for words in said]
    return counts[list(_COLUMNS)]


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
    sides = {"raised": rows["notches"] > 0, "lowered": rows["notches"] < 0}
    parts = {}
    for side, mine in sides.items():
        known = mine & rows["is_bad"].notna()
        parts[side] = mine
        parts[f"{side}_known"] = known
        parts[f"{side}_bad"] = (rows["is_bad"] == 1) & known
        parts[f"{side}_expected"] = rows["prob_default"].where(known, 0.0)
    grouped = pd.DataFrame(parts).groupby(rows["analyst"], sort=True)
    counts = grouped.sum()
    counts.insert(0, "n", grouped.size())
    return counts


def _one_sided(counts: pd.DataFrame, analyst: Any) -> float:
    sides = counts[["raised", "lowered"]]
    own = sides.loc[analyst].to_numpy()
    others = sides.drop(index=analyst).sum().to_numpy()
    share = own[0] / own.sum()
    rest = others[0] / others.sum() if others.sum() else 0.5
    if min(rest, 0.5) <= share <= max(rest, 0.5):
        return 1.0
    against_half = float(binomtest(int(own[0]), int(own.sum())).pvalue)
    if not others.sum():
        return against_half
    return max(against_half, float(fisher_exact(np.array([own, others]))[1]))


def _too_kind(counts: pd.DataFrame, analyst: Any) -> float:
    return _outcome(counts.loc[analyst], "raised", "greater")


def _too_strict(counts: pd.DataFrame, analyst: Any) -> float:
    return _outcome(counts.loc[analyst], "lowered", "less")


def _outcome(row: pd.Series, side: str, alternative: str) -> float:
    n = int(row[f"{side}_known"])
    # the binomial with the mean probability is wider than the sum of unlike ones: on the safe side
    foretold = float(row[f"{side}_expected"]) / n
    return float(binomtest(int(row[f"{side}_bad"]), n, foretold, alternative=alternative).pvalue)
