"""From a column and its outcomes to a bin table, with a word on what stood in the way."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from creditscore._columns import some
from creditscore._frame import Table
from creditscore._typing import Bool1D, Int1D, Level
from creditscore._warn import warn_user
from creditscore.binning._asked import held_levels
from creditscore.binning._bend import gain_p_value
from creditscore.binning._counts import BinCounts, LevelCounts, Outcomes
from creditscore.binning._fine import FineCounts, FineIntervals, FineLevels
from creditscore.binning._level_spread import levels_p_value
from creditscore.binning._levels import best_level_groups, counted_levels
from creditscore.binning._mixed import best_mixed_bins, mixed_partition, read_mixed
from creditscore.binning._numbers import best_number_bins
from creditscore.binning._numeric import count_column
from creditscore.binning._partition import CategoricalPartition, NumericPartition, Partition
from creditscore.binning._period_counts import PeriodCounts
from creditscore.binning._relaxation import Relaxation
from creditscore.binning._settings import BinSettings
from creditscore.binning._table import BinStatus, BinTable
from creditscore.exceptions import (
    ConstantColumnWarning,
    IdleCutWarning,
    InvalidDataError,
    InvalidParameterError,
    NonConvergenceWarning,
    SingleBinWarning,
)

_SMALLER = 10
"""How much smaller bins may be where larger ones leave a column whole."""


@dataclass(frozen=True, eq=False)
class Sample:
    """The rows of a fit: those that have weight.

    Attributes
    ----------
    table : Table
        All rows.
    rows : ndarray of bool or None
        Those that have weight; None where all have.
    outcomes : Outcomes
        Of the rows that have weight.
    period_labels : tuple of str
        Names of the periods, in order.
    """

    table: Table
    rows: Bool1D | None
    outcomes: Outcomes
    period_labels: tuple[str, ...] = ()

    def only(self, names: Sequence[str]) -> Sample:
        """Return the sample with some of its columns."""
        return replace(self, table=self.table.only(names))

    def kept(self, values: Any) -> Any:
        """Return the entries of the rows that have weight."""
        return values if self.rows is None else values[self.rows]


@dataclass(frozen=True, eq=False)
class Found:
    """Bins of a column before they are a table."""

    counts: BinCounts
    n_distinct: int
    fine: FineCounts | None = None
    feasible: bool = True
    relaxations: tuple[tuple[Relaxation, ...], ...] = ()
    stability_cost: float | None = None
    rounding_cost: float | None = None
    notes: tuple[str, ...] = ()
    proven: bool = True


def fit_column(sample: Sample, name: str, settings: BinSettings) -> BinTable:
    """Find the bins of a column, and say what stood in the way."""
    if isinstance(settings.given, BinTable):
        return _recounted(sample, name, settings.given, settings)
    if settings.given is not None:
        found = _given(sample, name, settings)
        return _table(sample, name, found, settings, _status(found, "user cuts", settings))
    found = _best_by_name(sample, name, settings)
    small = _small_bins(sample, name, settings, found)
    notes: tuple[str, ...] = ()
    if small is not None:
        found, settings, note = small
        notes = (note,)
    best: BinStatus = "optimal" if found.proven else "not proven"
    status = _status(found, best, settings)
    if status == best and found.counts.partition.n_regular == 1 and found.n_distinct > 1:
        status = "single bin" if found.feasible else "infeasible"
        notes = (_why_one_bin(found, sample.period_labels, settings),)
        warn_user(f"Column {name!r} stays in one bin: {notes[0]}", SingleBinWarning)
    elif found.rounding_cost is not None:
        digits = _digits(settings.constraints.cut_digits)
        notes = (*notes, f"cuts of {digits} cost {found.rounding_cost:.4f}")
    if found.notes:
        notes = (*notes, *found.notes)
        warn_user(f"Column {name!r}: {'; '.join(found.notes)}.", IdleCutWarning)
    return _table(sample, name, found, settings, status, notes)


def _small_bins(
    sample: Sample, name: str, settings: BinSettings, found: Found
) -> tuple[Found, BinSettings, str] | None:
    """Look for bins of a tenth of the least size, where a column stays whole and they are asked."""
    asked = settings.constraints
    if asked.small_bin_p_value is None or not asked.min_bin_size:
        return None
    if found.counts.partition.n_regular != 1 or found.n_distinct < 2:
        return None
    size = asked.min_bin_size / _SMALLER
    less = replace(settings, constraints=replace(asked, min_bin_size=size, small_bin_p_value=None))
    small = _best_by_name(sample, name, less)
    n = small.counts.partition.n_regular
    whole = found.counts.good[:1], found.counts.bad[:1]
    p_value = gain_p_value(whole, (small.counts.good[:n], small.counts.bad[:n]))
    if isinstance(small.fine, FineLevels) and sample.table.kind(name) != "ordered":
        # groups of levels that were sorted by their bad rate tell much by chance
        p_value = max(p_value, levels_p_value(small.fine.good, small.fine.bad))
    if n == 1 or p_value > asked.small_bin_p_value:
        return None
    note = f"bins of {size:g} and more, as larger ones tell nothing (p {p_value:.2g})"
    return small, less, note


def _best_by_name(sample: Sample, name: str, settings: BinSettings) -> Found:
    """Find the best bins; what a solver of others cannot take names the column."""
    if settings.solver is None:
        return _best(sample, name, settings)
    try:
        with warnings.catch_warnings(record=True, action="always") as caught:
            found = _best(sample, name, settings)
    except (InvalidDataError, InvalidParameterError) as error:
        if repr(name) in str(error):
            raise
        msg = f"The solver cannot take column {name!r}. {error}"
        raise type(error)(msg) from error
    for one in caught:
        warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    unproven = any(issubclass(one.category, NonConvergenceWarning) for one in caught)
    return replace(found, proven=not unproven)


def _best(sample: Sample, name: str, settings: BinSettings) -> Found:
    """Find the best bins of a column by its kind."""
    table, outcomes = sample.table, sample.outcomes
    kind = table.kind(name)
    if kind in ("categorical", "ordered"):
        codes, levels = table.levels(name)
        codes = sample.kept(codes)
        counts = LevelCounts.from_codes(codes, levels, outcomes)
        try:
            groups = best_level_groups(
                counts,
                settings.special_codes,
                settings,
                ordered=kind == "ordered",
                periods=_by_period(codes, levels, outcomes),
            )
        except InvalidParameterError as error:
            # how many places there are is known once the levels are counted
            msg = f"What is asked of column {name!r} cannot be kept. {error}"
            raise InvalidParameterError(msg) from error
        return Found(
            groups.counts,
            min(groups.n_levels, 2),
            groups.fine,
            groups.solution is None or groups.solution.feasible,
            groups.relaxations,
            groups.stability_cost,
        )
    if kind == "mixed":
        column = read_mixed(table, name)
        column = column if sample.rows is None else column.at(sample.rows)
        bins = best_mixed_bins(name, column, outcomes, settings)
    else:
        values = sample.kept(table.numeric(name))
        special = settings.special_codes
        bins = best_number_bins(count_column(name, values, outcomes, special), special, settings)
    return Found(
        bins.counts,
        bins.n_distinct,
        bins.fine,
        bins.feasible,
        bins.relaxations,
        bins.stability_cost,
        bins.rounding_cost,
        bins.notes,
    )


def _by_period(
    codes: Int1D, levels: tuple[Level, ...], outcomes: Outcomes
) -> list[LevelCounts] | None:
    if outcomes.periods is None:
        return None
    return [
        LevelCounts.from_codes(codes[chosen], levels, outcomes.at(chosen))
        for chosen in (outcomes.periods == period for period in range(outcomes.n_periods))
    ]


def _given(sample: Sample, name: str, settings: BinSettings) -> Found:
    """Count on the bins that the user gave."""
    partition = settings.given
    if not isinstance(partition, Partition):
        partition = _partition_of(sample, name, settings)
    elif settings.special_codes and not partition.special_codes:
        # rules of others often know no codes, and these are no amounts
        free = tuple(c for c in settings.special_codes if c not in held_levels(partition))
        changed: Any = partition
        partition = replace(changed, special_codes=free)
    counts = _counted(sample, name, partition)
    _warn_of_empty_bins(counts, name)
    return Found(counts, 2, _fine(sample, name, partition))


def _warn_of_empty_bins(counts: BinCounts, name: str) -> None:
    """Warn of intervals that no value of the sample falls in; levels are checked by name."""
    partition = counts.partition
    if isinstance(partition, CategoricalPartition):
        return
    weight = (counts.good + counts.bad)[: partition.n_regular]
    empty = [partition.labels[i] for i in np.flatnonzero(weight == 0).tolist()]
    if empty and weight.any():
        noun = "a bin" if len(empty) == 1 else "bins"
        warn_user(
            f"The 'user_cuts' of column {name!r} make {noun} without a row: {', '.join(empty)}. "
            "Nothing is known of the risk there. Leave the cuts beside it out, or check their "
            "unit.",
            IdleCutWarning,
        )


def _partition_of(sample: Sample, name: str, settings: BinSettings) -> Partition:
    kind = sample.table.kind(name)
    if kind == "numeric":
        return _partition_of_cuts(name, settings.given, settings.special_codes)
    if kind == "mixed":
        plain = _partition_of_cuts(name, settings.given, ())
        column = read_mixed(sample.table, name)
        column = column if sample.rows is None else column.at(sample.rows)
        return mixed_partition(column, sample.outcomes, settings, cuts=plain.cuts)
    groups = _groups(name, settings.given)
    grouped = {level for group in groups for level in group}
    _check_groups(groups, sample, name, settings.special_codes)
    free = tuple(code for code in settings.special_codes if code not in grouped)
    return CategoricalPartition(groups=groups, special_codes=free, ordered=kind == "ordered")


def _check_groups(
    groups: tuple[tuple[Level, ...], ...], sample: Sample, name: str, special: tuple[Level, ...]
) -> None:
    """Warn of levels that do not occur; refuse groups that are no runs of an ordered column."""
    _, found = sample.table.levels(name)
    occurring, listed = set(found), [level for group in groups for level in group]
    idle = [repr(level) for level in listed if level not in occurring]
    if idle:
        warn_user(
            f"The 'user_cuts' of column {name!r} name levels that it does not hold: "
            f"{', '.join(idle)}. It holds {some(found)}. Check the spelling.",
            IdleCutWarning,
        )
    if sample.table.kind(name) != "ordered":
        return
    held = set(listed)
    regular = [level for level in found if level not in special or level in held]
    place = {level: i for i, level in enumerate(regular)}
    runs = [[place[level] for level in group if level in place] for group in groups]
    whole = all(run == list(range(run[0], run[0] + len(run))) for run in runs if run)
    firsts = [run[0] for run in runs if run]
    if not whole or firsts != sorted(firsts):
        msg = (
            f"The 'user_cuts' of the ordered column {name!r} must be runs of its levels, in their "
            f"order: {', '.join(map(repr, regular))}. Got {list(map(list, groups))!r} instead."
        )
        raise InvalidParameterError(msg)


def _recounted(sample: Sample, name: str, given: BinTable, settings: BinSettings) -> BinTable:
    """Count the rows on the bins of a table, which keeps its policy and its history."""
    counts = _counted(sample, name, given.partition)
    _warn_of_empty_bins(counts, name)
    found = Found(counts, 2, _fine(sample, name, given.partition))
    status = _status(found, "edited" if given.history else "user cuts", settings)
    _warn_of_constant(status, name, settings)
    return replace(
        given,
        feature=name,
        n_good=tuple(counts.good.tolist()),
        n_bad=tuple(counts.bad.tolist()),
        status=status,
        fine=found.fine,
        ceiling=None,
        periods=_periods(sample, name, given.partition),
        stability_cost=None,
        notes=(),
    )


def _fine(sample: Sample, name: str, partition: Partition) -> FineCounts | None:
    """Count the rows on pre-bins finer than bins that were given."""
    if isinstance(partition, CategoricalPartition):
        codes, levels = sample.table.levels(name)
        codes = sample.kept(codes)
        return counted_levels(LevelCounts.from_codes(codes, levels, sample.outcomes), partition)
    if not isinstance(partition, NumericPartition):
        return None
    codes = sample.kept(partition.codes(sample.table, name))
    regular = codes < partition.n_regular
    values = sample.kept(partition.values(sample.table, name))[regular]
    if not len(values):
        return None
    return FineIntervals.of_values(values, sample.outcomes.at(regular), cuts=partition.cuts)


def _counted(sample: Sample, name: str, partition: Partition) -> BinCounts:
    codes = sample.kept(partition.codes(sample.table, name))
    return BinCounts.from_codes(partition, codes, sample.outcomes)


def _periods(sample: Sample, name: str, partition: Partition) -> PeriodCounts | None:
    if sample.outcomes.periods is None:
        return None
    codes = sample.kept(partition.codes(sample.table, name))
    good, bad = sample.outcomes.tally_by_period(codes, partition.n_codes)
    return PeriodCounts(sample.period_labels, good, bad)


def _status(found: Found, otherwise: BinStatus, settings: BinSettings) -> BinStatus:
    """Tell columns that hold one value, missing being a value, from all others."""
    counts = found.counts
    weights = counts.good + counts.bad
    held = np.flatnonzero(weights > 0)
    hidden = found.n_distinct > 1 and held[0] < counts.partition.n_regular
    if len(held) > 1 or (hidden and settings.given is None):
        return otherwise
    return "all missing" if held[0] == counts.partition.missing_code else "constant"


def _warn_of_constant(status: BinStatus, name: str, settings: BinSettings) -> None:
    if status in ("constant", "all missing"):
        what = "no value at all" if status == "all missing" else "one value only"
        if settings.given is not None and status == "constant":
            what = "values of one bin only"
        warn_user(
            f"Column {name!r} holds {what} and cannot tell good from bad; it stays out of the "
            "card. Drop it, or check how it was filled.",
            ConstantColumnWarning,
        )


def _table(
    sample: Sample,
    name: str,
    found: Found,
    settings: BinSettings,
    status: BinStatus,
    notes: tuple[str, ...] = (),
) -> BinTable:
    _warn_of_constant(status, name, settings)
    counts = found.counts
    return BinTable(
        feature=name,
        partition=counts.partition,
        n_good=tuple(counts.good.tolist()),
        n_bad=tuple(counts.bad.tolist()),
        smoothing=settings.smoothing,
        status=status,
        policy=settings.policy,
        fine=found.fine,
        constraints=None if settings.given is not None else settings.constraints,
        periods=_periods(sample, name, counts.partition),
        stability_cost=found.stability_cost,
        notes=notes,
    )


def _digits(n: int | None) -> str:
    return "1 digit" if n == 1 else f"{n} digits"


def _why_one_bin(found: Found, periods: Sequence[str], settings: BinSettings) -> str:
    if found.relaxations:
        ways = "; or ".join(
            " and ".join(str(_with_names(one, periods)) for one in way) for way in found.relaxations
        )
        return f"what is asked of its bins admits no split. What would help: {ways}."
    fine = found.fine
    differ = fine is not None and np.ptp(fine.bad / (fine.good + fine.bad)) > 0
    if settings.solver is not None and differ:
        return (
            "the solver that was given found no split that keeps what is asked. Give it more time, "
            "or leave it out for ours."
        )
    if settings.constraints.max_rate_ratio is not None and differ:
        return (
            "among the places that were tried, no cuts keep max_rate_ratio and all else that is "
            "asked. Raise it, or max_n_prebins."
        )
    if isinstance(fine, FineLevels) and differ:
        return (
            "its levels have too few rows to be told apart under all that is asked. Give its bins "
            "as user_cuts, or ask for less."
        )
    return (
        "the bad rate is the same on both sides of every split. It tells nothing: drop the column, "
        "or ask where its values come from."
    )


def _with_names(found: Relaxation, periods: Sequence[str]) -> Relaxation:
    """Name the periods that stand in the way."""
    if found.constraint != "periods" or found.asked is None:
        return found
    return replace(found, asked=tuple(repr(periods[i]) for i in found.asked))


def _partition_of_cuts(
    name: str, cuts: Sequence[Any], special: tuple[float, ...]
) -> NumericPartition:
    numbers = isinstance(cuts, (Sequence, np.ndarray)) and all(
        isinstance(cut, (int, float, np.integer, np.floating)) and not isinstance(cut, bool)
        for cut in cuts
    )
    if not numbers:
        msg = (
            f"The 'user_cuts' of the numeric column {name!r} must be numbers, in a list. "
            f"Got {cuts!r} instead."
        )
        raise InvalidParameterError(msg)
    try:
        return NumericPartition(cuts=tuple(float(cut) for cut in cuts), special_codes=special)
    except InvalidParameterError as error:
        msg = f"The 'user_cuts' of the column {name!r} cannot be used. {error}"
        raise InvalidParameterError(msg) from error


def _groups(name: str, groups: Sequence[Any]) -> tuple[tuple[Level, ...], ...]:
    lists = (
        isinstance(groups, Sequence)
        and not isinstance(groups, (str, bytes))
        and all(
            isinstance(group, Sequence) and not isinstance(group, (str, bytes)) for group in groups
        )
    )
    if not lists:
        msg = (
            f"The 'user_cuts' of the categorical column {name!r} must be lists of levels, one "
            f"list a bin. Got {groups!r} instead."
        )
        raise InvalidParameterError(msg)
    chosen = tuple(tuple(group) for group in groups)
    try:
        CategoricalPartition(groups=chosen)
    except InvalidParameterError as error:
        msg = f"The 'user_cuts' of the column {name!r} cannot be used. {error}"
        raise InvalidParameterError(msg) from error
    return chosen
