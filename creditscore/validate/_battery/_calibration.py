"""Do probabilities come true: as a whole, and by grade."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from creditscore.exceptions import InvalidDataError
from creditscore.metrics import (
    brier_decomposition,
    calibration_line,
    expected_calibration_error,
    jeffreys_interval,
)
from creditscore.validate._battery._finding import (
    NO_VARIANCE,
    Finding,
    Verdict,
    finding_of_test,
    not_tested,
    told,
    tried,
)
from creditscore.validate._battery._periods import period_findings
from creditscore.validate._battery._sample import ValidationSample
from creditscore.validate._battery._settings import ValidationSettings
from creditscore.validate._tests._binomial import binomial_test
from creditscore.validate._tests._hosmer_lemeshow import (
    hosmer_lemeshow_grades,
    hosmer_lemeshow_test,
)
from creditscore.validate._tests._jeffreys import jeffreys_test
from creditscore.validate._tests._normal import normal_test
from creditscore.validate._tests._oenb_traffic_light import oenb_traffic_light
from creditscore.validate._tests._spiegelhalter import spiegelhalter_test
from creditscore.validate._tests._vasicek_test import vasicek_test

_ECB = "ECB, Instructions for reporting the validation results of internal models, 2019, 2.5.3.1"
_BASEL = "BCBS, Working Paper 14, 2005"
_OENB = "Oesterreichische Nationalbank, Guidelines on Credit Risk Management: Rating Models, 2004"
_HOSMER_LEMESHOW = "Hosmer-Lemeshow test"
_VERDICTS: dict[str, Verdict] = {"green": "pass", "yellow": "watch", "red": "fail"}


def calibration_findings(
    sample: ValidationSample, settings: ValidationSettings
) -> Iterator[Finding]:
    """Yield the lines about calibration."""
    if sample.prob_default is None:
        return
    whole = pd.DataFrame(
        {
            "subject": ["portfolio"],
            "count": [sample.n],
            "n_bad": [sample.n_bad],
            "prob_default": [float(np.clip(sample.prob_default.mean(), 0, 1))],
        }
    )
    yield from _rates(whole, settings)
    yield from _impossible(sample)
    yield from _case_tests(sample, settings)
    if sample.grade is not None:
        yield from _by_grade(sample, settings)
    if sample.period is not None:
        yield from period_findings(sample, settings)


def _by_grade(sample: ValidationSample, settings: ValidationSettings) -> Iterator[Finding]:
    """Yield the same tests grade by grade, and one of all grades together."""
    table = sample.by_grade()
    table["subject"] = [f"grade {name}" for name in table["grade"]]
    held = table[table["count"] > 0]
    yield from _rates(held, settings)
    for grade, subject in held[["grade", "subject"]].to_numpy().tolist():
        rows = sample.rows_of(grade)
        test = spiegelhalter_test(sample.is_bad[rows], sample.prob_default[rows])
        verdict = settings.verdict(test.p_value)
        yield finding_of_test(
            test, "calibration", verdict, measure="z", subject=subject, note="two-sided"
        )
    for subject in table.loc[table["count"] == 0, "subject"]:
        why = "no customer has this grade"
        yield not_tested("calibration", "default rate", "default rate", _ECB, why, subject)
    yield from tried(
        lambda: _grades_together(held, settings), "calibration", _HOSMER_LEMESHOW,
        measure="chi-squared", source=_BASEL, subject="all grades",
    )  # fmt: skip


def _rates(table: pd.DataFrame, settings: ValidationSettings) -> Iterator[Finding]:
    """Tell default rates and probabilities of groups, and test them by every test."""
    columns = tuple(table[name].to_numpy() for name in ("n_bad", "count", "prob_default"))
    rates = columns[0] / columns[1]
    yield from _told_rates(table, settings)
    tests: tuple[tuple[str, Callable[..., Any], str, str], ...] = (
        ("Jeffreys", jeffreys_test, _ECB, ""),
        ("binomial", binomial_test, _BASEL, ""),
        ("normal", normal_test, _BASEL, ""),
        (
            "Vasicek-correlated binomial",
            vasicek_test,
            _BASEL,
            f"; asset correlation {settings.correlation:g}",
        ),
    )
    for name, test, source, note in tests:
        options = {"correlation": settings.correlation} if test is vasicek_test else {}
        result = test(*columns, **options)
        for place, subject in enumerate(table["subject"]):
            p_value = float(result.p_value[place])
            yield Finding(
                part="calibration",
                test=name,
                subject=subject,
                measure="z" if test is normal_test else "default rate",
                statistic=float((result.statistic if test is normal_test else rates)[place]),
                p_value=p_value,
                verdict=settings.verdict(p_value),
                source=source,
                note=NO_VARIANCE
                if math.isnan(p_value)
                else f"one-sided: is the probability too low{note}",
            )
    yield from _lights(table)


def _impossible(sample: ValidationSample) -> Iterator[Finding]:
    """Yield a line about outcomes that a probability of 0 or 1 rules out."""
    prob, bad = sample.prob_default, sample.is_bad
    sure = (prob == 0) | (prob == 1)
    if not sure.any():
        return
    wrong = int(((prob == 0) & bad).sum() + ((prob == 1) & ~bad).sum())
    yield Finding(
        part="calibration",
        test="outcomes ruled out",
        measure="cases against a probability of 0 or 1",
        statistic=float(wrong),
        lower=0.0,
        upper=0.0,
        band="acceptance",
        verdict="fail" if wrong else "pass",
        source="by definition of a probability",
        note=f"of {int(sure.sum()):,} cases with such a probability; a floor avoids them",
    )


def _told_rates(table: pd.DataFrame, settings: ValidationSettings) -> Iterator[Finding]:
    for row in table.to_dict("records"):
        rate = told(
            "calibration",
            "default rate",
            "default rate",
            row["n_bad"] / row["count"],
            "Jeffreys interval: Brown, Cai and DasGupta, Statistical Science 16, 2001",
            f"{row['n_bad']:,} bad of {row['count']:,}; {settings.level:.0%} interval",
            row["subject"],
        )
        interval = jeffreys_interval(row["n_bad"], row["count"], level=settings.level)
        yield replace(rate, lower=float(interval[0]), upper=float(interval[1]), band="interval")
        yield told(
            "calibration",
            "probability of default",
            "mean",
            row["prob_default"],
            "mean over the cases",
            subject=row["subject"],
        )


def _lights(table: pd.DataFrame) -> Iterator[Finding]:
    lights = oenb_traffic_light(*(table[name] for name in ("n_bad", "count", "prob_default")))
    for place, subject in enumerate(table["subject"]):
        colour = str(lights.colours[place])
        yield Finding(
            part="calibration",
            test="traffic light (OeNB)",
            subject=subject,
            measure="default rate",
            statistic=float(lights.default_rate[place]),
            p_value=float(lights.p_value[place]),
            lower=0.0,
            upper=float(lights.limits[place][0]),
            band="acceptance",
            verdict=_VERDICTS[colour],
            source=_OENB,
            note=colour,
        )


def _grades_together(table: pd.DataFrame, settings: ValidationSettings) -> Iterator[Finding]:
    test = hosmer_lemeshow_grades(*(table[name] for name in ("n_bad", "count", "prob_default")))
    verdict = settings.verdict(test.p_value)
    note = f"over {len(table)} grades, out of sample"
    yield finding_of_test(
        test, "calibration", verdict, measure="chi-squared", subject="all grades", note=note
    )


def _case_tests(sample: ValidationSample, settings: ValidationSettings) -> Iterator[Finding]:
    bad, prob = sample.is_bad, sample.prob_default
    test = spiegelhalter_test(bad, prob)
    verdict = settings.verdict(test.p_value)
    yield finding_of_test(test, "calibration", verdict, measure="z", note="two-sided")
    yield from tried(
        lambda: _of_groups(sample, settings), "calibration", _HOSMER_LEMESHOW,
        measure="chi-squared", source=_BASEL,
    )  # fmt: skip
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


def _of_groups(sample: ValidationSample, settings: ValidationSettings) -> Iterator[Finding]:
    test = hosmer_lemeshow_test(sample.is_bad, sample.prob_default, n_groups=settings.n_groups)
    verdict = settings.verdict(test.p_value)
    note = f"{settings.n_groups} groups, out of sample"
    yield finding_of_test(test, "calibration", verdict, measure="chi-squared", note=note)


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
