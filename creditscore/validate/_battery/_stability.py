"""Are the customers still those the model knows: scores, grades, migration, concentration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from creditscore._typing import Float1D, Float2D
from creditscore.metrics import psi, psi_benchmark, psi_test
from creditscore.validate._battery._finding import (
    MIGRATION,
    Finding,
    finding_of_test,
    not_tested,
    rising_verdict,
    told,
)
from creditscore.validate._battery._sample import ValidationSample
from creditscore.validate._battery._settings import ValidationSettings
from creditscore.validate._tests._concentration import concentration_test, herfindahl_index
from creditscore.validate._tests._migration import migration_bandwidth, migration_stability_test

_ECB = "ECB, Instructions for reporting the validation results of internal models, 2019, 2.5.5"
_HERFINDAHL = f"index: {_ECB}.3; bounds of 0.2 and 0.3: practice, Djurovic, HI and CV testing"
_SPREAD = "concentration in grades"
_SIDDIQI = "Siddiqi, Intelligent Credit Scoring, 2nd ed., 2017, ch. 14"


def stability_findings(
    sample: ValidationSample, reference: ValidationSample | None, settings: ValidationSettings
) -> Iterator[Finding]:
    """Yield the lines about stability."""
    if reference is not None:
        yield from _shift(_score_counts(reference, sample, settings), "score", settings)
        if sample.grade is not None and reference.grade is not None:
            yield from _shift(_grade_counts(reference, sample), "grade", settings)
    if sample.grade is not None and sample.grade_end is not None:
        yield from _migration(sample, settings)


def concentration_findings(
    sample: ValidationSample, reference: ValidationSample | None, settings: ValidationSettings
) -> Iterator[Finding]:
    """Yield the lines about concentration in grades."""
    if sample.grade is None:
        return
    counts = sample.by_grade()["count"].to_numpy(dtype=np.float64)
    if len(counts) < 2:
        why = "one grade only: there is nothing to be spread over"
        yield not_tested("concentration", _SPREAD, "Herfindahl index", _HERFINDAHL, why)
        return
    index = herfindahl_index(counts)
    yield Finding(
        part="concentration",
        test=_SPREAD,
        measure="Herfindahl index",
        statistic=index,
        lower=0.0,
        upper=settings.concentration_watch,
        band="acceptance",
        verdict=rising_verdict(
            index,
            watch_above=settings.concentration_watch,
            fail_above=settings.concentration_fail,
        ),
        source=_HERFINDAHL,
        note=f"0 where {len(counts)} grades are held alike, 1 where one grade has all",
    )
    largest = float(counts.max() / counts.sum())
    grade = sample.by_grade()["grade"][int(counts.argmax())]
    yield told("concentration", "largest grade", "share", largest, "share of cases", grade)
    if reference is None or reference.grade is None:
        return
    initial, current = _grade_counts(reference, sample)
    test = concentration_test(initial, current)
    yield Finding(
        part="concentration",
        test="concentration against the reference",
        measure="statistic",
        statistic=test.statistic,
        p_value=test.p_value,
        verdict=settings.verdict(test.p_value),
        source=f"{_ECB}.3",
        note=f"Herfindahl index {test.herfindahl_initial:.3f} to {test.herfindahl_current:.3f}",
    )


def _shift(
    counts: tuple[Float1D, Float1D], kind: str, settings: ValidationSettings
) -> Iterator[Finding]:
    """Yield the shift between two distributions, by the rule of thumb and beside its noise."""
    expected, actual = counts
    test = f"population stability of the {kind}"
    if len(expected) < 2:
        why = f"all cases are in one bin of the {kind}, before and now"
        yield not_tested("stability", test, "PSI", _SIDDIQI, why)
        return
    value = psi(expected, actual)
    noise = psi_benchmark(expected.sum(), actual.sum(), len(expected), level=settings.level)
    yield Finding(
        part="stability",
        test=test,
        measure="PSI",
        statistic=value,
        lower=0.0,
        upper=settings.psi_watch,
        band="acceptance",
        verdict=rising_verdict(value, watch_above=settings.psi_watch, fail_above=settings.psi_fail),
        source=_SIDDIQI,
        note=f"sampling alone stays below {noise:.4g} in {settings.level:.0%} of cases",
    )
    beside = psi_test(expected, actual)
    yield replace(
        finding_of_test(
            beside,
            "stability",
            "information",
            measure="PSI / (1/N + 1/M)",
            note="large samples make small shifts significant: the PSI has the verdict",
        ),
        test=f"{test}, beside chance",
    )


def _score_counts(
    reference: ValidationSample, sample: ValidationSample, settings: ValidationSettings
) -> tuple[Float1D, Float1D]:
    """Count both samples between the quantiles of the reference."""
    shares = np.linspace(0, 1, settings.n_groups + 1)[1:-1]
    cuts = np.unique(np.quantile(reference.score, shares))
    expected, actual = (
        np.bincount(np.searchsorted(cuts, each.score, side="right"), minlength=len(cuts) + 1)
        for each in (reference, sample)
    )
    held = (expected > 0) | (actual > 0)
    return expected[held].astype(np.float64), actual[held].astype(np.float64)


def _grade_counts(reference: ValidationSample, sample: ValidationSample) -> tuple[Float1D, Float1D]:
    order = list(dict.fromkeys((*(sample.grades or ()), *(reference.grades or ()))))
    expected, actual = (
        np.bincount(each.places("grade", order), minlength=len(order))
        for each in (reference, sample)
    )
    return expected.astype(np.float64), actual.astype(np.float64)


def _migration(sample: ValidationSample, settings: ValidationSettings) -> Iterator[Finding]:
    order = sample.migrating
    counts, n_start = _migration_counts(sample, order)
    note = _gone(sample, order)
    if len(order) < 2 or not counts.sum():
        why = "one grade only" if len(order) < 2 else note
        yield not_tested("stability", "matrix weighted bandwidth", "bandwidth", f"{_ECB}.1", why)
        return
    bandwidth = migration_bandwidth(counts)
    for side, value in (("worse", bandwidth.upper), ("better", bandwidth.lower)):
        yield told(
            "stability",
            "matrix weighted bandwidth",
            f"towards {side} grades",
            value,
            f"{_ECB}.1",
            note,
        )
    yield from _monotone_migration(counts, n_start, order, settings)


def _monotone_migration(
    counts: Float2D, n_start: Float1D, order: tuple[str, ...], settings: ValidationSettings
) -> Iterator[Finding]:
    """Yield the pairs of cells that make a matrix unstable, or that there are none."""
    test = migration_stability_test(counts, n_initial=n_start)
    p_values = np.asarray(test.p_value, dtype=np.float64)
    known = np.isfinite(p_values)
    if not known.any():
        why = "no pair of cells has migrations to compare"
        yield not_tested("stability", MIGRATION, "z", f"{_ECB}.2", why)
        return
    for row, column in zip(*np.nonzero(known), strict=True):
        yield Finding(
            part="stability",
            test=MIGRATION,
            subject=f"{order[row]} to {order[column]}",
            measure="z",
            statistic=float(np.asarray(test.statistic)[row, column]),
            p_value=float(p_values[row, column]),
            verdict=settings.verdict(float(p_values[row, column])),
            source=f"{_ECB}.2",
            note="small where a longer way is more frequent than the shorter beside it; of all "
            "customers of the grade at the beginning",
        )


def _migration_counts(sample: ValidationSample, order: tuple[str, ...]) -> tuple[Float2D, Float1D]:
    """Count customers by grade at both ends, and all of each grade at the beginning."""
    start, end = sample.places("grade", order), sample.places("grade_end", order)
    begun = start >= 0
    there = begun & (end >= 0)
    n = len(order)
    cells = np.bincount(start[there] * n + end[there], minlength=n * n)
    n_start = np.bincount(start[begun], minlength=n)
    return cells.reshape(n, n).astype(np.float64), n_start.astype(np.float64)


def _gone(sample: ValidationSample, order: tuple[str, ...]) -> str:
    """Say how many customers have no grade of the scale at the end, and what they have."""
    end = pd.Series(sample.grade_end)
    counts = end[~end.isin(order)].map(repr, na_action="ignore").fillna("none")
    if not len(counts):
        return ""
    by_word = counts.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    held = ", ".join(f"{n:,} {word}" for word, n in by_word.head(5).items())
    return f"{len(counts):,} customers have no grade of the scale at the end: {held}"
