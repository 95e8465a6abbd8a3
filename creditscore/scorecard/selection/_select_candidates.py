"""A selection at work: filters first, then a search, and the log of both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from creditscore._frame import Table, as_table
from creditscore._typing import Bool1D, Float1D
from creditscore._validation import check_weights
from creditscore.binning import BinTable
from creditscore.exceptions import EmptyDataError, InvalidParameterError
from creditscore.scorecard.selection._candidates import Candidates
from creditscore.scorecard.selection._fate import CorrelationCluster, Fate, Found
from creditscore.scorecard.selection._filters import (
    CUSTOMARY_IV,
    correlation_clusters,
    correlation_fates,
    doubt_fates,
    has_one_woe,
    inflation_fates,
    missing_fates,
    shift_fates,
    too_little,
)
from creditscore.scorecard.selection._log import SelectionLog
from creditscore.scorecard.selection._names import ColumnNames
from creditscore.scorecard.selection._selection import Selection


@dataclass(frozen=True, kw_only=True)
class CandidateSample:
    """Rows that a selection looks at.

    Attributes
    ----------
    columns : ColumnNames
        The columns of the table of the fit.
    encode : callable
        From a column's bins to the WOE of the rows.
    is_bad, weights
        Outcomes and weights.
    sampling : bool
        Whether weights say how many of the population a row stands for.
    min_iv : float or None
        Least information value; see :class:`LogisticScorecard`.
    bounds : mapping of str to pair of float
        Lower and upper bound of a column's coefficient, where it has any.
    """

    columns: ColumnNames
    encode: Callable[[BinTable], Float1D]
    is_bad: Bool1D
    weights: Float1D | None
    sampling: bool
    min_iv: float | None
    bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def cases_per_weight(self) -> float:
        """Cases that a unit of weight stands for: of sampling weights, (Σw)² / Σw² over Σw."""
        if self.weights is None or not self.sampling:
            return 1.0
        return float(self.weights.sum() / (self.weights**2).sum())


def select_candidates(
    tables: Sequence[BinTable], sample: CandidateSample, asked: Selection
) -> tuple[Candidates, SelectionLog]:
    """Choose columns; return those chosen, with their WOE, and the log.

    Raises
    ------
    EmptyDataError
        No column is left.
    InvalidParameterError
        A column that carries nothing is forced in: constant, without values, or of one WOE.
    MissingColumnError
        The selection names what is no column.
    """
    asked = asked.named_by(sample.columns.of)
    fates = _at_first(tables, sample, asked)
    known = Candidates(
        tables=tuple(t for t in tables if t.feature not in fates),
        features=np.empty((len(sample.is_bad), 0)),
        is_bad=sample.is_bad,
        weights=None if sample.weights is None else sample.weights * sample.cases_per_weight,
        cases_per_weight=sample.cases_per_weight,
        forced=frozenset(asked.forced_in),
        groups=asked.group_of,
        caps=asked.caps,
        max_features=asked.max_features,
        bounds=sample.bounds,
        counts_elsewhere=_counts_in(asked, sample.columns),
    )
    known = _by_bins(known, asked, sample, fates)
    features = np.column_stack([sample.encode(table) for table in known.tables])
    candidates, clusters = _beside_others(replace(known, features=features), asked, fates)
    found = Found(fates=(), steps=())
    if asked.search is not None:
        found = asked.search.search(candidates)
        candidates = _less(candidates, [f for f in found.fates if not f.kept], fates)
        _note(fates, found.fates)
    log = SelectionLog(
        fates=tuple(fates.get(t.feature) or _kept(t.feature, asked) for t in tables),
        steps=found.steps,
        said=_said(asked, candidates, sample),
        ivs=tuple(t.iv for t in tables),
        correlation_clusters=clusters,
        penalty_path=found.path,
        asked_iv=sample.min_iv is not None or asked.iv_level is not None,
    )
    return candidates, log


def _said(asked: Selection, candidates: Candidates, sample: CandidateSample) -> str:
    """Say in words how the search was made."""
    if asked.search is None:
        return ""
    said = asked.search.said(candidates)
    if not sample.sampling or sample.weights is None:
        return said
    return f"{said}, sampling weights scaled to {candidates.n_cases:,.0f} effective cases"


def _note(fates: dict[str, Fate], found: Iterable[Fate]) -> None:
    fates.update((fate.feature, fate) for fate in found)


def _less(candidates: Candidates, found: Sequence[Fate], fates: dict[str, Fate]) -> Candidates:
    """Return the candidates that are left, and note the fates of the others."""
    _note(fates, found)
    left = candidates.without(found)
    _check_left(left.tables, fates)
    return left


def _at_first(
    tables: Sequence[BinTable], sample: CandidateSample, asked: Selection
) -> dict[str, Fate]:
    """Return the fates of columns that the user or their own bins shut out."""
    fates: dict[str, Fate] = {}
    for table in tables:
        name = table.feature
        if name in asked.forced_out:
            fates[name] = Fate(
                feature=name, kept=False, stage="forced", rule="forced", reason="forced out"
            )
            continue
        fate = too_little(table, sample.min_iv, sample.cases_per_weight)
        if fate is None:
            continue
        # a low information value is forgiven; one WOE of all rows has no coefficient
        if fate.stage != "filter" or name not in asked.forced_in or has_one_woe(table):
            fates[name] = fate
    useless = [name for name in asked.forced_in if name in fates]
    if useless:
        said = "; ".join(
            f"{name!r} is {fates[name].reason}"
            if fates[name].stage == "binning"
            else f"{name!r} has one WOE for all rows"
            for name in sorted(useless)
        )
        msg = f"Columns that are forced in carry nothing: {said}. Take them out of forced_in."
        raise InvalidParameterError(msg)
    _check_left([t for t in tables if t.feature not in fates], fates)
    return fates


def _by_bins(
    known: Candidates, asked: Selection, sample: CandidateSample, fates: dict[str, Fate]
) -> Candidates:
    """Apply the filters that look at bins only; each sees what those before it left."""
    if asked.max_missing is not None:
        known = _less(known, list(missing_fates(known, asked.max_missing)), fates)
    if asked.iv_level is not None:
        least = CUSTOMARY_IV if sample.min_iv is None else sample.min_iv
        known = _less(known, list(doubt_fates(known, asked.iv_level, least)), fates)
    if asked.max_psi is not None:
        _check_shift_known(known)
        known = _less(known, list(shift_fates(known, asked.max_psi)), fates)
    return known


def _beside_others(
    candidates: Candidates, asked: Selection, fates: dict[str, Fate]
) -> tuple[Candidates, tuple[CorrelationCluster, ...]]:
    """Apply the filters that look at columns beside others."""
    clusters: tuple[CorrelationCluster, ...] = ()
    if asked.max_correlation is not None:
        clusters = correlation_clusters(candidates, asked.max_correlation)
        found = list(correlation_fates(candidates, clusters, asked.max_correlation))
        candidates = _less(candidates, found, fates)
    if asked.max_vif is not None:
        candidates = _less(candidates, list(inflation_fates(candidates, asked.max_vif)), fates)
    return candidates, clusters


def _check_shift_known(known: Candidates) -> None:
    """Refuse to look for shift where nothing says what moved."""
    periods = any(t.periods is not None and len(t.periods.labels) > 1 for t in known.tables)
    if known.counts_elsewhere is None and not periods:
        msg = (
            "max_psi compares periods or two tables, and neither is there. Give the fit periods, "
            "or Selection a table to compare with: compare_with=…"
        )
        raise InvalidParameterError(msg)


def _kept(name: str, asked: Selection) -> Fate:
    if name in asked.forced_in:
        return Fate(feature=name, kept=True, stage="forced", rule="forced", reason="forced in")
    return Fate(feature=name, kept=True, stage="kept", reason="passed the filters")


def _counts_in(asked: Selection, columns: ColumnNames) -> Callable[[BinTable], Float1D] | None:
    """Return a function from bins to their counts in another table."""
    if asked.compare_with is None:
        return None
    other: Any = as_table(asked.compare_with, wanted=columns.names)
    table: Table = columns.in_other(other, "compare_with")
    weights = check_weights(asked.compare_weights, n_rows=table.n_rows)

    def counts(bins: BinTable) -> Float1D:
        table.require([bins.feature])
        codes = bins.partition.codes(table, bins.feature)
        counted: Float1D = np.bincount(codes, weights, minlength=bins.partition.n_codes).astype(
            np.float64
        )
        return counted

    return counts


def _check_left(tables: Sequence[BinTable], fates: Mapping[str, Fate]) -> None:
    if not tables:
        gone = [(name, fate) for name, fate in fates.items() if not fate.kept]
        reasons = "; ".join(f"{name!r}: {fate.reason}" for name, fate in gone[:10])
        msg = (
            f"No column is left for the card ({reasons}). Lower min_iv or min_bin_size, or bring "
            "columns that tell good from bad; or ask less of the selection, if there is one."
        )
        raise EmptyDataError(msg)
