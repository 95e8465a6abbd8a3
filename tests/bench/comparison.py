"""Several libraries on the same rows: seconds, and information value counted by one function."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tests.bench.contenders import Contender
from tests.bench.recount import BinnedColumn, Constraints, Rows, names_of_broken, recount
from tests.bench.report import report, report_table
from tests.bench.timing import speed_ratio, time_in_turn

OURS = "creditscore"
ENOUGH = 0.999
"""Share of a rival's information value that is to be reached on every column."""
_MOST_LINES = 40
_WORST = 10

Binned = dict[str, BinnedColumn]


@dataclass(frozen=True)
class Comparison:
    """What a run found.

    Attributes
    ----------
    seconds : DataFrame
        A row a contender: fit and transform, best and median of the repeats.
    columns : DataFrame
        A row a column: information value and number of bins with each library, and for each rival
        what creditscore has in multiples of it.
    broken : dict of str to list of str
        Columns whose bins break a constraint on the raw rows, by library.
    """

    seconds: pd.DataFrame
    columns: pd.DataFrame
    broken: dict[str, list[str]]

    @property
    def rivals(self) -> list[str]:
        """Libraries that took part beside creditscore."""
        return [library for library in self.broken if library != OURS]

    def against(self, rival: str) -> dict[str, float]:
        """Sum up the comparison with one library."""
        ratio = self.columns[f"ratio_{rival}"]
        kept = ~self.columns["column"].isin(self.broken[rival])
        figures = {
            "fit_ratio": speed_ratio(self.seconds, rival, "fit"),
            "transform_ratio": speed_ratio(self.seconds, rival, "transform"),
            "least_iv_ratio": float(ratio.min()),
            "mean_iv_ratio": float(ratio.mean()),
            "sum_iv_ratio": float(
                self.columns[f"iv_{OURS}"].sum() / self.columns[f"iv_{rival}"].sum()
            ),
            "n_below": int((ratio < ENOUGH).sum()),
            "n_below_where_kept": int((ratio[kept] < ENOUGH).sum()),
            "n_nothing": int(ratio.isna().sum()),
        }
        if f"fresh_ratio_{rival}" in self.columns:
            figures["fresh_iv_ratio"] = float(self.columns[f"fresh_ratio_{rival}"].median())
        return figures

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for a file."""
        return {
            "seconds": self.seconds.to_dict("records"),
            "columns": self.columns.to_dict("records"),
            "broken": self.broken,
            "against": {rival: self.against(rival) for rival in self.rivals},
        }


def compare(
    field: Sequence[Contender], rows: Rows, *, repeat: int
) -> tuple[pd.DataFrame, dict[str, Binned]]:
    """Time the contenders in turn, and count the bins of each library on the raw rows."""
    seconds = time_in_turn(field, rows, repeat)
    binned: dict[str, Binned] = {}
    for contender in field:
        library = library_of(contender)
        if library not in binned:
            binned[library] = recount(contender.bins(), rows)
    return seconds, binned


def library_of(contender: Contender) -> str:
    """Return the first word of the label."""
    return contender.label.split()[0]


def side_by_side(
    seconds: pd.DataFrame,
    binned: dict[str, Binned],
    constraints: Constraints,
    fresh: Rows | None = None,
) -> Comparison:
    """Put the libraries beside each other; `fresh` are rows that nothing was fitted to."""
    names = list(binned[OURS])
    columns = pd.DataFrame({"column": names})
    for library, found in binned.items():
        columns[f"iv_{library}"] = [found[name].iv for name in names]
        columns[f"bins_{library}"] = [found[name].n_bins for name in names]
        if fresh is not None:
            again = recount({name: found[name].bins for name in names}, fresh)
            columns[f"fresh_{library}"] = [again[name].iv for name in names]
    broken = {library: names_of_broken(found, constraints) for library, found in binned.items()}
    for rival in list(binned)[1:]:
        columns[f"ratio_{rival}"] = _ratio(columns, "iv", rival)
        if fresh is not None:
            columns[f"fresh_ratio_{rival}"] = _ratio(columns, "fresh", rival)
    return Comparison(seconds, columns, broken)


def _ratio(columns: pd.DataFrame, what: str, rival: str) -> pd.Series[Any]:
    ours, theirs = columns[f"{what}_{OURS}"], columns[f"{what}_{rival}"]
    # two columns without any information are equal; nothing is no measure of something
    return (ours / theirs.where(theirs > 0)).where((theirs > 0) | (ours > 0), 1.0)


def report_comparison(comparison: Comparison) -> None:
    """Write the tables, and a few lines for each rival."""
    columns = comparison.columns
    if len(columns) > _MOST_LINES and comparison.rivals:
        report(f"the {_WORST} columns of lowest ratio, of {len(columns)}:")
        columns = columns.nsmallest(_WORST, f"ratio_{comparison.rivals[0]}")
    if len(columns) <= _MOST_LINES:
        values = [name for name in columns if str(name).startswith(("iv_", "fresh_"))]
        formats = dict.fromkeys(map(str, values), "{:.6f}")
        ratios = [name for name in columns if "ratio" in str(name)]
        report_table(columns, formats | dict.fromkeys(map(str, ratios), "{:.5f}"))
    times = [name for name in comparison.seconds if name != "contender"]
    report_table(comparison.seconds, dict.fromkeys(times, "{:.4f}"))
    for library, names in comparison.broken.items():
        report(f"{library}: constraints broken in {_listed(names)}")
    for rival in comparison.rivals:
        _report_rival(comparison, rival)


def _listed(names: Sequence[str]) -> str:
    if len(names) > _WORST:
        return f"{len(names)} columns"
    return ", ".join(names) or "no column"


def _report_rival(comparison: Comparison, rival: str) -> None:
    figures = comparison.against(rival)
    ratios = comparison.columns[f"ratio_{rival}"]
    worst = comparison.columns.loc[ratios.idxmin(), "column"]
    report(
        "",
        f"beside {rival}:",
        f"fit        {figures['fit_ratio']:6.1f} × faster than its fastest line",
        f"least IV   {figures['least_iv_ratio']:.5f} ×, in {worst!r}",
        f"mean IV    {figures['mean_iv_ratio']:.5f} ×; all columns together "
        f"{figures['sum_iv_ratio']:.5f} ×",
        f"IV below   {ENOUGH} × in {figures['n_below']} of {len(ratios)} columns",
    )
    if not math.isnan(figures["transform_ratio"]):
        report(f"transform  {figures['transform_ratio']:6.1f} × faster")
    if figures["n_below"] > figures["n_below_where_kept"]:
        kept = figures["n_below_where_kept"]
        report(f"           of these {kept} where {rival} kept the constraints")
    if figures["n_nothing"]:
        report(
            f"nothing    found by {rival} in {figures['n_nothing']} columns, left out of the mean"
        )
    if "fresh_iv_ratio" in figures:
        report(f"fresh IV   {figures['fresh_iv_ratio']:.5f} × in the median column")
