"""Two tables of one feature side by side: before and after an edit, or of two samples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._display import html_table
from creditscore._typing import Level
from creditscore.binning._partition import CategoricalPartition, MixedPartition, Partition
from creditscore.binning._table import BinTable
from creditscore.exceptions import InvalidParameterError
from creditscore.metrics import psi

_FORMATS = {
    "count": "{:,.0f}",
    "share": "{:.1%}",
    "bad_rate": "{:.1%}",
    "woe": "{:+.3f}",
}


@dataclass(frozen=True, kw_only=True, repr=False)
class BinComparison:
    """Two tables of a feature; made by :func:`compare`.

    Attributes
    ----------
    a, b : BinTable
        The tables.

    See Also
    --------
    compare : Makes one.

    Examples
    --------
    >>> from creditscore.binning import BinTable, NumericPartition, compare
    >>> bins = NumericPartition(cuts=(30,))
    >>> old = BinTable(feature="age", partition=bins, n_good=(40, 60, 0), n_bad=(9, 6, 0))
    >>> new = BinTable(feature="age", partition=bins, n_good=(50, 50, 0), n_bad=(9, 6, 0))
    >>> comparison = compare(old, new)
    >>> round(comparison.iv_difference, 4), round(comparison.psi, 4)
    (-0.1216, 0.0304)
    """

    a: BinTable
    b: BinTable

    @property
    def feature(self) -> str:
        """Name of the feature."""
        return self.a.feature

    @property
    def iv_difference(self) -> float:
        """Information value of `b` less that of `a`."""
        return self.b.iv - self.a.iv

    @property
    def same_bins(self) -> bool:
        """Whether both have the same bins, special codes included, in whatever order."""
        pairs = self._pairs
        if any(None in pair for pair in pairs):
            return False
        return all(len({pair[side] for pair in pairs}) == len(pairs) for side in (0, 1))

    @property
    def psi(self) -> float:
        """Population stability index from `a` to `b`; NaN where the bins differ."""
        if not self.same_bins:
            return float("nan")
        places = np.array(self._pairs, dtype=np.intp).T
        first, second = (
            np.add(table.n_good, table.n_bad)[codes]
            for table, codes in zip((self.a, self.b), places, strict=True)
        )
        return psi(first, second)

    @property
    def _pairs(self) -> list[tuple[int | None, int | None]]:
        """Codes of both for each common part."""
        rows = _aligned(self.a.partition, self.b.partition)
        return [(first, second) for *_, first, second in rows]

    def frame(self) -> pd.DataFrame:
        """Return the bins of both, aligned.

        Returns
        -------
        DataFrame
            A row for each part of the values that lies in one bin of `a` and one of `b`: bin (the
            part), kind, then for `a` and `b` each bin_a (the label), count_a, share_a,
            bad_rate_a, woe_a, and woe_difference (`b` less `a`). Counts, shares and rates are
            those of the whole bin, which may stand in several rows; NaN, and no label, where a
            table has no such attribute.
        """
        rows = list(_aligned(self.a.partition, self.b.partition))
        columns: dict[str, list[str] | np.ndarray] = {
            "bin": [label for label, *_ in rows],
            "kind": [kind for _, kind, *_ in rows],
        }
        for name, table, codes in (
            ("a", self.a, [first for *_, first, _ in rows]),
            ("b", self.b, [second for *_, second in rows]),
        ):
            frame = table.frame().reindex([-1 if code is None else code for code in codes])
            columns[f"bin_{name}"] = frame["bin"].to_numpy()
            for column in ("count", "share", "bad_rate", "woe"):
                columns[f"{column}_{name}"] = frame[column].to_numpy()
        shown = pd.DataFrame(columns)
        shown["woe_difference"] = shown["woe_b"] - shown["woe_a"]
        return shown

    def __repr__(self) -> str:
        """Write what is compared; :meth:`frame` has the bins side by side."""
        return f"<BinComparison of {self.a!r} and {self.b!r}>"

    def _repr_html_(self) -> str:
        caption = (
            f"{self.feature}: information value {self.a.iv:.4f} to {self.b.iv:.4f} "
            f"({self.iv_difference:+.4f})"
        )
        if self.same_bins:
            caption += f", population stability index {self.psi:.4f}"
        formats = {f"{name}_{side}": text for name, text in _FORMATS.items() for side in ("a", "b")}
        shown = self.frame().drop(columns="kind").fillna({"bin_a": "", "bin_b": ""})
        return html_table(shown, caption=caption, formats={**formats, "woe_difference": "{:+.3f}"})


def compare(a: BinTable, b: BinTable) -> BinComparison:
    """Put two tables of a feature side by side.

    Parameters
    ----------
    a, b : BinTable
        Before and after an edit, say, or of an old sample and a new one.

    Returns
    -------
    BinComparison

    Raises
    ------
    InvalidParameterError
        Tables of two features, or one of numbers and one of levels.

    Examples
    --------
    >>> from creditscore import WOEEncoder
    >>> from creditscore.binning import compare
    >>> from creditscore.datasets import load_german_credit
    >>> german = load_german_credit()
    >>> encoder = WOEEncoder(user_cuts={"age_years": [26, 35]})
    >>> table = encoder.fit(german[["age_years"]], german["is_bad"]).tables_["age_years"]
    >>> after = table.merge(1, 2, by="A. Analyst", reason="alike")
    >>> compare(table, after).frame()[["bin", "bin_a", "bin_b", "woe_difference"]].round(3)
            bin     bin_a    bin_b  woe_difference
    0      < 26      < 26     < 26           0.000
    1  [26, 35)  [26, 35)    >= 26           0.200
    2     >= 35     >= 35    >= 26          -0.172
    3   Missing   Missing  Missing           0.000
    """
    tables: tuple[tuple[str, Any], ...] = (("a", a), ("b", b))
    for name, table in tables:
        if not isinstance(table, BinTable):
            msg = f"The {name!r} parameter of compare must be a BinTable. Got {table!r} instead."
            raise InvalidParameterError(msg)
    if a.feature != b.feature:
        msg = f"Tables of one feature are compared. Got {a.feature!r} and {b.feature!r}."
        raise InvalidParameterError(msg)
    of_levels = [isinstance(table.partition, CategoricalPartition) for table in (a, b)]
    if of_levels[0] != of_levels[1]:
        msg = (
            f"The bins of {a.feature!r} are {a.partition.kind} in one table and "
            f"{b.partition.kind} in the other, so nothing aligns them."
        )
        raise InvalidParameterError(msg)
    return BinComparison(a=a, b=b)


def _aligned(a: Partition, b: Partition) -> Iterator[tuple[str, str, int | None, int | None]]:
    """Yield label, kind and the codes in both partitions of each common part."""
    if isinstance(a, CategoricalPartition) and isinstance(b, CategoricalPartition):
        yield from _levels(a, b)
    else:
        codes = (*a.special_codes, *b.special_codes)
        yield from _intervals(_cuts(a), _cuts(b), tuple(dict.fromkeys(codes)))
    of_a, of_b = _tail(a), _tail(b)
    order = ("special", "missing", "other")
    for key in sorted({**of_a, **of_b}, key=lambda key: order.index(key[0])):
        first, second = of_a.get(key), of_b.get(key)
        label = a.labels[first] if first is not None else b.labels[second or 0]
        yield label, key[0], first, second


def _tail(partition: Partition) -> dict[tuple[str, Any], int]:
    """Return the codes of what is no regular bin, by kind and by the special codes behind them."""
    n, codes = partition.n_regular, list(partition.special_codes)
    own = partition.n_special if len(codes) == partition.n_special else partition.n_special - 1
    groups: list[tuple[Any, ...]] = [(code,) for code in codes[:own]]
    if own < partition.n_special:
        groups.append(tuple(codes[own:]))
    # 1 and "1" differ, 1 and 1.0 do not
    keys = [("special", tuple((isinstance(c, str), c) for c in group)) for group in groups]
    rest = [("missing", ()), *([("other", ())] if partition.has_other else [])]
    return {key: n + place for place, key in enumerate([*keys, *rest])}


def _cuts(partition: Partition) -> tuple[float, ...]:
    cuts: tuple[float, ...] = getattr(partition, "cuts", ())
    return cuts


def _intervals(
    a: tuple[float, ...], b: tuple[float, ...], special_codes: tuple[float | str, ...]
) -> Iterator[tuple[str, str, int | None, int | None]]:
    """Yield the intervals between the cuts of both, beside special codes of either."""
    union = sorted({*a, *b})
    labels = MixedPartition(cuts=tuple(union), special_codes=special_codes).regular_labels
    starts = [-np.inf, *union]
    for label, start in zip(labels, starts, strict=True):
        places = [int(np.searchsorted(cuts, start, side="right")) for cuts in (a, b)]
        yield label, "bin", places[0], places[1]


def _levels(
    a: CategoricalPartition, b: CategoricalPartition
) -> Iterator[tuple[str, str, int | None, int | None]]:
    """Yield the sets of levels that stand together in both, in the order of `a`."""
    of_a, of_b = (
        {level: code for code, group in enumerate(p.groups) for level in group} for p in (a, b)
    )
    parts: dict[tuple[int | None, int | None], list[Level]] = {}
    for level in dict.fromkeys((*of_a, *of_b)):
        parts.setdefault((of_a.get(level), of_b.get(level)), []).append(level)
    groups = CategoricalPartition(groups=tuple(map(tuple, parts.values())))
    for label, (first, second) in zip(groups.regular_labels, parts, strict=True):
        yield label, "bin", first, second
