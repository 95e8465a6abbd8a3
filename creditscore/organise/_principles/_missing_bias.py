"""Whether what is missing is missing at random: which customers are concerned more than others."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import chi2, fisher_exact

from creditscore._display import Format, html_table, p_value_text
from creditscore._frame import Table, as_table
from creditscore._holm import holm
from creditscore._newton import fit_logistic
from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore._validation import as_floats, check_integer, check_real, check_same_order
from creditscore.exceptions import InvalidDataError

_UNKNOWN = "(not known)"
_BANDS = ("low", "middle", "high")


@dataclass(frozen=True, kw_only=True, eq=False)
class Trait:
    """A trait of customers: its name, the place of each customer's level, and the levels."""

    name: str
    codes: Int1D
    levels: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MissingBias:
    """Whether missing ones are different; made by :func:`missing_bias`.

    Attributes
    ----------
    traits : pandas.DataFrame
        A row a trait: n_levels, chi2, dof, p_value (of χ², the trait alone), cramers_v (strength,
        from 0 to 1) and p_adjusted (likelihood ratio in a logistic regression that holds the
        other traits; NaN for pairs).
    levels : pandas.DataFrame
        A row a level of a trait, most surely different first: trait, level, n, n_missing, share
        (of the level that is missing), share_others, p_value (Fisher's exact test against all
        others, adjusted by Holm's method for the number of levels) and verdict ("more often",
        "less often" or "").
    n, n_missing : int
        Customers, and those of them that are missing.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import missing_bias
    >>> missing = [1, 1, 1, 0, 0, 0, 0, 0]
    >>> missing_bias(missing, pd.DataFrame({"region": ["west"] * 3 + ["east"] * 5}), min_n=2)
    MissingBias(3 of 8 missing; more often where region west)
    """

    traits: pd.DataFrame
    levels: pd.DataFrame
    n: int
    n_missing: int

    @property
    def is_biased(self) -> bool:
        """Whether a level is missing surely more or less often than others."""
        return bool((self.levels["verdict"] != "").any())

    @property
    def worst(self) -> str:
        """The level that is most surely missing more often, such as "region west"; or ""."""
        more = self.levels[self.levels["verdict"] == "more often"]
        return f"{more['trait'].iloc[0]} {more['level'].iloc[0]}" if len(more) else ""

    def __repr__(self) -> str:
        """Say in one line what is missing where."""
        found = f"more often where {self.worst}" if self.worst else "no bias found"
        if not self.worst and self.is_biased:
            first = self.levels[self.levels["verdict"] != ""].iloc[0]
            found = f"less often where {first['trait']} {first['level']}"
        return f"MissingBias({self.n_missing:,} of {self.n:,} missing; {found})"

    def _repr_html_(self) -> str:
        """Show the levels that are different, or the first ones."""
        told = self.levels[self.levels["verdict"] != ""]
        shown = told if len(told) else self.levels.head(5)
        formats: dict[str, Format] = {
            "share": "{:.1%}",
            "share_others": "{:.1%}",
            "p_value": p_value_text,
        }
        return html_table(shown, caption=repr(self), formats=formats)


def missing_bias(
    is_missing: Any, traits: Any, *, level: float = 0.95, min_n: int = 5, pairs: bool = True
) -> MissingBias:
    """Test whether the missing ones differ from the others in known traits, and in which direction.

    Parameters
    ----------
    is_missing : array-like of shape (n_customers,)
        1 or True for what is missing, else 0.
    traits : table of shape (n_customers, n_traits)
        What is known of all: size, industry, region. Numbers are parted into three bands of
        about as many customers each; gaps are a level of their own.
    level : float, default=0.95
        Confidence of a verdict, all levels taken together, above 0 and below 1.
    min_n : int, default=5
        Levels of fewer customers are not judged, 1 or more; their p-value is NaN.
    pairs : bool, default=True
        Whether levels of two traits together are looked at too: files may be missing for small
        firms of the west only.

    Returns
    -------
    MissingBias

    Raises
    ------
    EmptyDataError
        There are no customers or no traits.
    InvalidDataError
        `is_missing` holds something else, or is of another length or order.

    Notes
    -----
    What is missing at random in the traits can be made good by weights of the traits; what is
    missing by what nobody knows cannot, and no test finds it. Levels are judged by Fisher's
    exact test, since few are missing; χ² is for the strength. The likelihood ratio says whether a
    trait matters once the others are known. O(n_customers × n_traits²) time.

    References
    ----------
    .. [1] Little, R. J. A. and Rubin, D. B. (2019). Statistical Analysis with Missing Data, 3rd
       ed. Wiley, chapter 1.
    .. [2] Agresti, A. (2013). Categorical Data Analysis, 3rd ed. Wiley, sections 3.2 and 3.5.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import missing_bias
    >>> region = ["west"] * 20 + ["east"] * 60
    >>> found = missing_bias([1] * 10 + [0] * 68 + [1] * 2, pd.DataFrame({"region": region}))
    >>> found
    MissingBias(12 of 80 missing; more often where region west)
    >>> found.levels[["level", "n", "n_missing", "share"]].values.tolist()[0]
    ['west', 20, 10, 0.5]
    """
    owner = "missing_bias"
    check_real(level, "level", owner, low=0, high=1, closed="neither")
    check_integer(min_n, "min_n", owner, low=1)
    table = as_table(traits)
    gone = read_missing(is_missing, table.n_rows)
    check_same_order(traits, is_missing, beside="traits", name="is_missing", error=InvalidDataError)
    single = read_traits(table)
    together = [_pair(a, b) for a, b in combinations(single, 2)] if pairs else []
    rows = [level_counts(gone, trait) for trait in (*single, *together)]
    levels = judged(pd.concat(rows, ignore_index=True), 1 - level, min_n)
    by = [_trait_row(gone, trait, single) for trait in (*single, *together)]
    return MissingBias(
        traits=pd.DataFrame(by).set_index("trait"), levels=levels,
        n=len(gone), n_missing=int(gone.sum()),
    )  # fmt: skip


def read_missing(is_missing: Any, n: int) -> Bool1D:
    """Return which rows are missing."""
    values = as_floats(is_missing, "is_missing")
    if len(values) != n:
        msg = f"'is_missing' has {len(values):,} rows, and the traits have {n:,}."
        raise InvalidDataError(msg)
    strange = ~np.isin(values, [0.0, 1.0])
    if strange.any():
        place = int(np.flatnonzero(strange)[0])
        msg = f"'is_missing' must hold 0 and 1. Got {values[place]:g} in row {place}."
        raise InvalidDataError(msg)
    gone: Bool1D = values == 1
    return gone


def read_traits(table: Table) -> list[Trait]:
    """Return the columns of a table as levels."""
    return [_read_trait(table, name) for name in table.names]


def _read_trait(table: Table, name: str) -> Trait:
    if table.kind(name) == "numeric":
        codes, levels = _bands(table.numeric(name))
    else:
        raw, known = table.levels(name)
        codes, levels = raw.astype(np.int64), tuple(str(word) for word in known)
    if (codes < 0).any():
        codes, levels = np.where(codes < 0, len(levels), codes), (*levels, _UNKNOWN)
    return Trait(name=name, codes=codes, levels=levels)


def _bands(values: Float1D) -> tuple[Int1D, tuple[str, ...]]:
    known = ~np.isnan(values)
    distinct = np.unique(values[known])
    if len(distinct) <= len(_BANDS):
        codes = np.where(known, np.searchsorted(distinct, np.where(known, values, 0)), -1)
        return codes, tuple(f"{value:g}" for value in distinct)
    cuts = np.unique(np.quantile(values[known], [1 / 3, 2 / 3]))
    names = _BANDS if len(cuts) == 2 else (_BANDS[0], _BANDS[2])
    return np.where(known, np.searchsorted(cuts, values, side="left"), -1), names


def _pair(first: Trait, second: Trait) -> Trait:
    both = first.codes * len(second.levels) + second.codes
    used, codes = np.unique(both, return_inverse=True)
    n = len(second.levels)
    levels = tuple(f"{first.levels[k // n]}, {second.levels[k % n]}" for k in used.tolist())
    return Trait(name=f"{first.name} × {second.name}", codes=codes.ravel(), levels=levels)


def level_counts(gone: Bool1D, trait: Trait) -> pd.DataFrame:
    """Return a row a level: how many there are, and how many of them are missing."""
    size = len(trait.levels)
    n = np.bincount(trait.codes, minlength=size)
    n_missing = np.bincount(trait.codes, gone, size).astype(np.int64)
    others = len(gone) - n
    with np.errstate(invalid="ignore", divide="ignore"):
        share = n_missing / n
        rest = (gone.sum() - n_missing) / others
    table = pd.DataFrame({
        "trait": trait.name, "level": np.array(trait.levels, dtype=object), "n": n,
        "n_missing": n_missing, "share": share, "share_others": rest,
    })  # fmt: skip
    return table[n > 0].assign(n_others=others[n > 0], total=int(gone.sum()))


def judged(rows: pd.DataFrame, alpha: float, min_n: int) -> pd.DataFrame:
    """Test each level against the others, and adjust for the number of tests."""
    tested = ((rows["n"] >= min_n) & (rows["n_others"] >= min_n)).to_numpy()
    p_value = np.full(len(rows), np.nan)
    if tested.any():
        raw = [_fisher(*row) for row in rows.loc[tested, _CELLS].itertuples(index=False)]
        p_value[tested] = holm(np.array(raw))
    sure = p_value < alpha
    more = (rows["share"] > rows["share_others"]).to_numpy()
    verdict = np.select([sure & more, sure], ["more often", "less often"], default="")
    found = rows.drop(columns=["n_others", "total"]).assign(p_value=p_value, verdict=verdict)
    # of two levels that are as certain, but for rounding, the one that is missing more comes first
    certain = [float(f"{p:.9e}") for p in p_value]
    found = found.assign(certain=certain, excess=found["share_others"] - found["share"])
    found = found.sort_values(["certain", "excess"], kind="stable", ignore_index=True)
    return found.drop(columns=["certain", "excess"])


_CELLS = ["n", "n_missing", "n_others", "total"]


def _fisher(n: int, n_missing: int, n_others: int, total: int) -> float:
    rest = total - n_missing
    cells = np.array([[n_missing, n - n_missing], [rest, n_others - rest]])
    return float(fisher_exact(cells)[1])


def _trait_row(gone: Bool1D, trait: Trait, single: list[Trait]) -> dict[str, Any]:
    n = np.bincount(trait.codes)
    n_missing = np.bincount(trait.codes, gone, len(n))[n > 0]
    n = n[n > 0]
    share = gone.mean()
    dof = len(n) - 1
    square = np.nan
    if dof and 0 < share < 1:
        square = float(((n_missing - n * share) ** 2 / (n * share * (1 - share))).sum())
    return {
        "trait": trait.name, "n_levels": len(n), "chi2": square, "dof": dof,
        "p_value": float(chi2.sf(square, dof)) if dof else np.nan,
        "cramers_v": float(np.sqrt(square / len(gone))),
        "p_adjusted": _likelihood_ratio(gone, trait, single) if trait in single else np.nan,
    }  # fmt: skip


def _likelihood_ratio(gone: Bool1D, trait: Trait, single: list[Trait]) -> float:
    """Return the p-value of a trait in the regression on all traits."""
    others = [other for other in single if other is not trait]
    extra = len(np.unique(trait.codes)) - 1
    if not extra or not 0 < gone.mean() < 1:
        return float("nan")
    whole, part = (_log_likelihood(gone, held) for held in (single, others))
    return float(chi2.sf(max(0.0, 2 * (whole - part)), extra))


def _log_likelihood(gone: Bool1D, held: list[Trait]) -> float:
    columns = [trait.codes == code for trait in held for code in np.unique(trait.codes)[1:]]
    if not columns:
        share = gone.mean()
        return float(len(gone) * (share * np.log(share) + (1 - share) * np.log1p(-share)))
    features = np.column_stack(columns).astype(np.float64)
    return fit_logistic(features, gone, None, start=np.zeros(1 + len(columns))).log_likelihood
