"""Do probabilities come true: as a whole, by grade, over time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from creditscore.exceptions import InvalidDataError
from creditscore.metrics import (
    brier_decomposition,
    calibration_line,
    expected_calibration_error,
)
from creditscore.validate._battery._finding import (
    Finding,
    Verdict,
    finding_of_test,
    not_tested,
    told,
)
from creditscore.validate._battery._sample import ValidationSample
from creditscore.validate._battery._settings import ValidationSettings
from creditscore.validate._tests._binomial import binomial_test
from creditscore.validate._tests._hosmer_lemeshow import (
    hosmer_lemeshow_grades,
    hosmer_lemeshow_test,
)
from creditscore.validate._tests._jeffreys import jeffreys_test
from creditscore.validate._tests._multi_period import multi_period_test
from creditscore.validate._tests._normal import normal_test
from creditscore.validate._tests._oenb_traffic_light import oenb_traffic_light
from creditscore.validate._tests._spiegelhalter import spiegelhalter_test
from creditscore.validate._tests._traffic_light import traffic_light_test
from creditscore.validate._tests._vasicek_test import vasicek_test

_ECB = "ECB, Instructions for reporting the validation results of internal models, 2019, 2.5.3.1"
_BASEL = "BCBS, Working Paper 14, 2005"
_OENB = "Oesterreichische Nationalbank, Guidelines on Credit Risk Management: Rating Models, 2004"
_TOO_LOW = "small where the probability is too low"


def calibration_findings(
    sample: ValidationSample, settings: ValidationSettings
) -> Iterator[Finding]:
    """Yield the lines about calibration."""
    if sample.prob_default is None:
        return
    whole = pd.DataFrame(
        {
            "grade": ["portfolio"],
            "count": [sample.n],
            "n_bad": [sample.n_bad],
            "prob_default": [sample.prob_default.mean()],
        }
    )
    yield from _rate_tests(whole, settings, "")
    yield from _case_tests(sample, settings)
    if sample.grade is not None:
        table = sample.by_grade()
        yield from _rate_tests(table, settings, "grade ")
        yield from _lights_of_grades(table)
        yield _grades_together(table, settings)
    if sample.period is not None:
        yield from _over_time(sample, settings)


def _rate_tests(table: pd.DataFrame, settings: ValidationSettings, kind: str) -> Iterator[Finding]:
    """Test the rates of groups one by one, each by every test."""
    held = table[table["count"] > 0]
    columns = tuple(held[name].to_numpy() for name in ("n_bad", "count", "prob_default"))
    tests: tuple[tuple[str, str, Callable[..., Any], str, str], ...] = (
        ("Jeffreys", "default rate", jeffreys_test, _ECB, ""),
        ("binomial", "default rate", binomial_test, _BASEL, ""),
        ("normal", "z", normal_test, _BASEL, ""),
        (
            "Vasicek-correlated binomial",
            "default rate",
            vasicek_test,
            _BASEL,
            f"asset correlation {settings.correlation:g}",
        ),
    )
    for name, measure, test, source, note in tests:
        options = {"correlation": settings.correlation} if test is vasicek_test else {}
        result = test(*columns, **options)
        for place, group in enumerate(held["grade"]):
            p_value = float(result.p_value[place])
            rate = columns[0][place] / columns[1][place]
            yield Finding(
                part="calibration",
                test=name,
                subject=f"{kind}{group}",
                measure=measure,
                statistic=float(result.statistic[place]) if measure == "z" else float(rate),
                p_value=p_value,
                verdict=settings.verdict(p_value),
                source=source,
                note="; ".join(part for part in (_TOO_LOW, note) if part),
            )
    for group in table.loc[table["count"] == 0, "grade"]:
        why = "no customer has this grade"
        yield not_tested("calibration", "Jeffreys", "default rate", _ECB, why, f"{kind}{group}")


def _case_tests(sample: ValidationSample, settings: ValidationSettings) -> Iterator[Finding]:
    bad, prob = sample.is_bad, sample.prob_default
    for test, measure, note in (
        (spiegelhalter_test(bad, prob), "z", "two-sided"),
        (
            hosmer_lemeshow_test(bad, prob, n_groups=settings.n_groups),
            "chi-squared",
            f"{settings.n_groups} groups, out of sample",
        ),
    ):
        verdict = settings.verdict(test.p_value)
        yield finding_of_test(test, "calibration", verdict, measure=measure, note=note)
    parts = brier_decomposition(bad, prob)
    error = expected_calibration_error(bad, prob, n_groups=settings.n_groups)
    murphy = "Murphy, Journal of Applied Meteorology 12, 1973; Stephenson et al., 2008"
    for measure, value in (
        ("Brier score", parts.brier_score),
        ("reliability", parts.reliability),
        ("generalised resolution", parts.generalised_resolution),
        ("uncertainty", parts.uncertainty),
    ):
        yield told("calibration", "Brier score and its parts", measure, value, murphy)
    yield told(
        "calibration",
        "expected calibration error",
        "ECE",
        error,
        "Naeini, Cooper and Hauskrecht, AAAI 2015",
        f"{settings.n_groups} groups of equal size",
    )
    yield from _line(sample, settings)


def _line(sample: ValidationSample, settings: ValidationSettings) -> Iterator[Finding]:
    """Yield slope and intercept of outcomes on the log-odds, where they exist."""
    cox = "Cox, Biometrika 45, 1958"
    try:
        line = calibration_line(sample.is_bad, sample.prob_default)
    except InvalidDataError as error:
        yield not_tested("calibration", "calibration slope", "slope", cox, str(error))
        return
    for name, estimate, test in (
        ("calibration in the large", line.in_the_large, line.in_the_large_test),
        ("calibration slope", line.slope, line.slope_test),
    ):
        yield Finding(
            part="calibration",
            test=name,
            measure="log-odds" if name.endswith("large") else "slope",
            statistic=estimate.estimate,
            p_value=test.p_value,
            lower=estimate.lower,
            upper=estimate.upper,
            band="interval",
            verdict=settings.verdict(test.p_value),
            source=cox,
            note="two-sided",
        )


def _lights_of_grades(table: pd.DataFrame) -> Iterator[Finding]:
    held = table[table["count"] > 0]
    lights = oenb_traffic_light(*(held[name] for name in ("n_bad", "count", "prob_default")))
    verdicts: dict[str, Verdict] = {"green": "pass", "yellow": "watch", "red": "fail"}
    for place, group in enumerate(held["grade"]):
        colour = str(lights.colours[place])
        yield Finding(
            part="calibration",
            test="traffic light (OeNB)",
            subject=f"grade {group}",
            measure="default rate",
            statistic=float(lights.default_rate[place]),
            p_value=float(lights.p_value[place]),
            lower=0.0,
            upper=float(lights.limits[place][0]),
            band="acceptance",
            verdict=verdicts[colour],
            source=_OENB,
            note=colour,
        )


def _grades_together(table: pd.DataFrame, settings: ValidationSettings) -> Finding:
    held = table[table["count"] > 0]
    columns = (held[name] for name in ("n_bad", "count", "prob_default"))
    test = hosmer_lemeshow_grades(*columns)
    verdict = settings.verdict(test.p_value)
    note = f"over {len(held)} grades, out of sample"
    return finding_of_test(
        test, "calibration", verdict, measure="chi-squared", subject="all grades", note=note
    )


def _over_time(sample: ValidationSample, settings: ValidationSettings) -> Iterator[Finding]:
    table = sample.by_period()
    rates = (table["n_bad"] / table["count"]).to_numpy()
    expected = table["prob_default"].to_numpy()
    if len(table) < 2:
        why = "one period: its spread over time is not known"
        yield not_tested("calibration", "normal test of periods", "z", _BASEL, why)
        return
    test = multi_period_test(rates, expected)
    verdict = settings.verdict(test.p_value)
    note = f"{len(table)} periods; {_TOO_LOW}"
    yield finding_of_test(
        test, "calibration", verdict, measure="z", subject="all periods", note=note
    )
    lights = traffic_light_test(table["n_bad"], table["count"], expected)
    colours = " ".join(str(colour)[0].upper() for colour in np.asarray(lights.colours))
    yield Finding(
        part="calibration",
        test="traffic light of periods",
        subject="all periods",
        measure="statistic of colours",
        statistic=float(lights.statistic),
        p_value=float(lights.p_value),
        verdict=settings.verdict(float(lights.p_value)),
        source=f"{_BASEL}; Blochwitz, Hohl and Wehn, 2005",
        note=f"colours {colours}",
    )
