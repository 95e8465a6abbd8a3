"""The encoder beside optbinning's ``BinningProcess``, in one run on the same rows.

Run from the repository root::

    python -m tests.bench.binning
    python -m tests.bench.binning --rows 1000000 --repeat 2
    python -m tests.bench.binning --fresh-rows 1000000

Without optbinning, creditscore is timed alone, and the report says so.

Notes
-----
Both get the same table, the same 0/1 target and the same constraints: the better of an ascending
and a descending bad rate, at least 5 % of the rows in a bin, at most 10 bins. They mean the same
in both: the share is of all rows, missing values included (optbinning takes
``ceil(min_bin_size * len(x))``), and neither the share nor the limit counts the bin of missing
values. What differs:

- *Where a cut may lie.* creditscore looks among 100 quantiles of the column. optbinning's default
  lets a decision tree choose at most 19 cuts, from every value and knowing the target.
- *How the direction is found.* creditscore solves both and takes the better. optbinning's
  ``auto_asc_desc`` guesses one by rules, and solves that. It is timed so, which is the faster
  way; its information value, though, is the best of that guess and of both directions asked for
  one by one, which are not timed.
- *What else a fit does.* ``BinningProcess.fit`` also computes a table of statistics for every
  column, and that is within its time.
- *Cores.* creditscore uses one. optbinning is run with two jobs (threads, its own choice) and
  with one, and the faster counts.

Information value is not taken from either library. The rows are put into the bins of each anew,
missing ones into a bin of their own, and one function computes it for both. With
``--fresh-rows`` it does so on further rows too, drawn alike and seen by neither: of two sets of
bins, the one that fits its own sample better need not tell more about the next.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Bool1D
from tests.bench.applicants import make_applicants
from tests.bench.contenders import (
    BinnedColumn,
    Constraints,
    Contender,
    Optbinning,
    binned_columns,
    contenders,
    names_of_broken,
)
from tests.bench.report import machine, report, report_machine, report_table, versions

MIN_BIN_SIZE = 0.05
PACKAGES = (
    "creditscore",
    "optbinning",
    "numpy",
    "pandas",
    "scikit-learn",
    "scipy",
    "ortools",
)
_WARM_UP_ROWS = 2_000


@dataclass(frozen=True)
class Comparison:
    """What a run found.

    Attributes
    ----------
    seconds : DataFrame
        A row a contender: fit and transform, best and median of the repeats.
    columns : DataFrame
        A row a column: bins and information value of each; those of optbinning are missing where
        it is not installed.
    broken : dict of str to list of str
        Columns whose bins break a constraint on the raw rows, by library.
    """

    seconds: pd.DataFrame
    columns: pd.DataFrame
    broken: dict[str, list[str]]

    @property
    def has_rival(self) -> bool:
        """Tell whether optbinning took part."""
        return len(self.seconds) > 1

    def speed_ratio(self, what: str) -> float:
        """Divide optbinning's best seconds by creditscore's, for "fit" or "transform"."""
        best = self.seconds.set_index("contender")[f"{what}_best"]
        return float(best.drop("creditscore").min() / best["creditscore"])

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for a file."""
        content: dict[str, Any] = {
            "seconds": self.seconds.to_dict("records"),
            "columns": self.columns.to_dict("records"),
            "broken": self.broken,
        }
        if self.has_rival:
            content["fit_ratio"] = self.speed_ratio("fit")
            content["transform_ratio"] = self.speed_ratio("transform")
            content["least_iv_ratio"] = float(self.columns["ratio"].min())
            content["mean_iv_ratio"] = float(self.columns["ratio"].mean())
        return content


@dataclass(frozen=True)
class Rows:
    """A table and its target."""

    X: pd.DataFrame
    is_bad: Bool1D


def compare(
    rows: Rows, constraints: Constraints, *, repeat: int, fresh: Rows | None = None
) -> Comparison:
    """Time the contenders in turn, and count their bins on the raw rows.

    Parameters
    ----------
    rows : Rows
        Numeric columns, NaN where missing, and the target.
    constraints : Constraints
        What both must keep.
    repeat : int
        Rounds; within a round every contender runs once, so that a noisy moment hits all.
    fresh : Rows, optional
        Rows that nothing is fitted to, for the information value of the same bins on them.

    Returns
    -------
    Comparison
    """
    field = contenders(constraints)
    seconds = _time_in_turn(field, rows, repeat)
    ours = binned_columns(field[0].cuts(), rows.X, rows.is_bad)
    broken = {"creditscore": names_of_broken(ours, constraints)}
    if len(field) == 1:
        return Comparison(seconds, _alone(ours), broken)
    guess = binned_columns(field[1].cuts(), rows.X, rows.is_bad)
    theirs = _better_of_both_ways(guess, rows, constraints)
    broken["optbinning"] = names_of_broken(theirs, constraints)
    columns = _side_by_side(ours, guess, theirs)
    if fresh is not None:
        columns["fresh_ours"] = _iv_on(fresh, ours)
        columns["fresh_theirs"] = _iv_on(fresh, theirs)
        columns["fresh_ratio"] = columns["fresh_ours"] / columns["fresh_theirs"]
    return Comparison(seconds, columns, broken)


def _time_in_turn(field: Sequence[Contender], rows: Rows, repeat: int) -> pd.DataFrame:
    X, y = rows.X, rows.is_bad.astype(np.intp)
    head = X.head(_WARM_UP_ROWS)
    fits: dict[str, list[float]] = {contender.label: [] for contender in field}
    transforms: dict[str, list[float]] = {contender.label: [] for contender in field}
    for contender in field:
        # what a library imports or starts at its first use is not its speed
        contender.fit(head, y[:_WARM_UP_ROWS])
        contender.transform(head)
    for _ in range(repeat):
        for contender in field:
            start = time.perf_counter()
            contender.fit(X, y)
            fitted = time.perf_counter()
            contender.transform(X)
            fits[contender.label].append(fitted - start)
            transforms[contender.label].append(time.perf_counter() - fitted)
    return pd.DataFrame(
        [
            {
                "contender": label,
                "fit_best": min(fits[label]),
                "fit_median": float(np.median(fits[label])),
                "transform_best": min(transforms[label]),
                "transform_median": float(np.median(transforms[label])),
            }
            for label in fits
        ]
    )


def _better_of_both_ways(
    guess: dict[str, BinnedColumn], rows: Rows, constraints: Constraints
) -> dict[str, BinnedColumn]:
    """Let optbinning solve each direction too, and take its best column by column."""
    found = [guess]
    for trend in ("ascending", "descending"):
        rival = Optbinning(constraints, n_jobs=2, trend=trend)
        rival.fit(rows.X, rows.is_bad.astype(np.intp))
        found.append(binned_columns(rival.cuts(), rows.X, rows.is_bad))
    return {
        name: max((columns[name] for columns in found), key=lambda column: column.iv)
        for name in guess
    }


def _iv_on(rows: Rows, columns: dict[str, BinnedColumn]) -> list[float]:
    """Information value of bins that were found on other rows."""
    cuts = {name: column.cuts for name, column in columns.items()}
    return [column.iv for column in binned_columns(cuts, rows.X, rows.is_bad).values()]


def _side_by_side(
    ours: dict[str, BinnedColumn],
    guess: dict[str, BinnedColumn],
    theirs: dict[str, BinnedColumn],
) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "column": name,
                "iv_ours": ours[name].iv,
                "iv_guess": guess[name].iv,
                "iv_theirs": theirs[name].iv,
                # two columns without any information are equal
                "ratio": ours[name].iv / theirs[name].iv if theirs[name].iv > 0 else 1.0,
                "bins_ours": ours[name].n_bins,
                "bins_theirs": theirs[name].n_bins,
            }
            for name in ours
        ]
    )


def _alone(ours: dict[str, BinnedColumn]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"column": name, "iv_ours": column.iv, "bins_ours": column.n_bins}
            for name, column in ours.items()
        ]
    )


def _report(comparison: Comparison) -> None:
    formats = dict.fromkeys(("ratio", "fresh_ratio"), "{:.5f}")
    values = ("iv_ours", "iv_guess", "iv_theirs", "fresh_ours", "fresh_theirs")
    formats |= dict.fromkeys(values, "{:.6f}")
    report_table(comparison.columns, formats)
    times = [name for name in comparison.seconds if name != "contender"]
    report_table(comparison.seconds, dict.fromkeys(times, "{:.4f}"))
    for library, names in comparison.broken.items():
        report(f"{library}: constraints broken in {', '.join(names) or 'no column'}")
    if not comparison.has_rival:
        report(
            "optbinning is not installed, so creditscore was timed alone: "
            'pip install "creditscore[optbinning]"'
        )
        return
    ratios = comparison.columns["ratio"]
    worst = comparison.columns.loc[ratios.idxmin(), "column"]
    report(
        "",
        f"fit        {comparison.speed_ratio('fit'):6.1f} × faster than the faster optbinning",
        f"transform  {comparison.speed_ratio('transform'):6.1f} × faster",
        f"least IV   {ratios.min():.5f} × optbinning's, in {worst!r}",
        f"mean IV    {ratios.mean():.5f} × optbinning's",
        f"IV below   0.999 × in {int((ratios < 0.999).sum())} of {len(ratios)} columns",
    )
    if "fresh_ratio" in comparison.columns:
        report(
            f"fresh IV   {comparison.columns['fresh_ratio'].median():.5f} × in the median column"
        )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.binning", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--max-n-bins", type=int, default=10)
    parser.add_argument("--repeat", type=int, default=3, help="rounds; the best counts")
    parser.add_argument("--seed", type=int, default=20_260_101)
    parser.add_argument(
        "--fresh-rows", type=int, default=0, help="rows seen by neither, to count the bins on"
    )
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the comparison and write the report."""
    options = _options(arguments)
    report_machine(PACKAGES)
    rows = Rows(*make_applicants(options.rows, options.columns, options.seed))
    fresh = None
    if options.fresh_rows:
        fresh = Rows(*make_applicants(options.fresh_rows, options.columns, options.seed + 1))
    report(
        f"{options.rows:,} rows × {options.columns} columns, {rows.is_bad.mean():.1%} bad, "
        f"at most {options.max_n_bins} bins of at least {MIN_BIN_SIZE:.0%}; "
        f"seed {options.seed}, best of {options.repeat}",
        "",
    )
    constraints = Constraints(MIN_BIN_SIZE, options.max_n_bins)
    comparison = compare(rows, constraints, repeat=options.repeat, fresh=fresh)
    _report(comparison)
    if options.json is not None:
        content = {"machine": machine(), "versions": versions(PACKAGES), **comparison.to_dict()}
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
