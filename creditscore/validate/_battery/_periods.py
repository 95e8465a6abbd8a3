"""Do probabilities come true over time: of the whole, and of each grade."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from creditscore.validate._battery._finding import Finding, finding_of_test, not_tested, tried
from creditscore.validate._battery._sample import ValidationSample
from creditscore.validate._battery._settings import ValidationSettings
from creditscore.validate._tests._multi_period import multi_period_test
from creditscore.validate._tests._traffic_light import letters, traffic_light_test

_BASEL = "BCBS, Working Paper 14, 2005"
_NORMAL, _LIGHTS = "multi-period normal test", "traffic light of periods"
_FEW = 8
_TOO_LOW = "one-sided: are the probabilities too low"


def period_findings(sample: ValidationSample, settings: ValidationSettings) -> Iterator[Finding]:
    """Yield the tests over periods."""
    yield from _over_time(sample.by_period(), settings, "portfolio")
    if sample.grade is None:
        return
    for grade, table in sample.by_grade_and_period().groupby("grade", sort=False):
        held = table[table["count"] > 0]
        if len(held):
            yield from _over_time(held, settings, f"grade {grade}")


def _over_time(
    table: pd.DataFrame, settings: ValidationSettings, subject: str
) -> Iterator[Finding]:
    if len(table) < 2:
        why = "one period: its spread over time is not known"
        yield not_tested("calibration", _NORMAL, "z", _BASEL, why, subject)
        return
    test = multi_period_test(table["n_bad"] / table["count"], table["prob_default"])
    verdict = settings.verdict(test.p_value)
    few = "; of so few it rejects too often" if len(table) < _FEW else ""
    note = f"{len(table)} periods{few}; {_TOO_LOW}"
    yield finding_of_test(test, "calibration", verdict, measure="z", subject=subject, note=note)
    yield from tried(
        lambda: _lights(table, settings, subject), "calibration", _LIGHTS,
        measure="numbers of colours", source=_BASEL, subject=subject,
    )  # fmt: skip


def _lights(table: pd.DataFrame, settings: ValidationSettings, subject: str) -> Iterator[Finding]:
    lights = traffic_light_test(table["n_bad"], table["count"], table["prob_default"])
    yield Finding(
        part="calibration",
        test=_LIGHTS,
        subject=subject,
        measure="numbers of colours",
        statistic=float(lights.statistic),
        p_value=lights.p_value,
        verdict=settings.verdict(lights.p_value),
        source=f"{_BASEL}; Blochwitz, Hohl and Wehn, 2005",
        note=f"colours {letters(lights.colours)}; {_TOO_LOW}",
    )
