"""Does the score tell goods from bads: as a whole, in segments, over time, against others."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.special import ndtr

from creditscore._display import counted
from creditscore.metrics import (
    Interval,
    auc_difference,
    auc_interval,
    discrimination_table,
    expected_maximum_profit,
    gini,
    gini_interval,
    h_measure,
    kendall_tau,
    ks,
    ks_interval,
    lift,
    somers_d_test,
)
from creditscore.metrics import auc as area
from creditscore.validate._battery._finding import (
    Finding,
    Verdict,
    finding_of_interval,
    finding_of_test,
    not_tested,
    told,
    tried,
)
from creditscore.validate._battery._sample import ValidationSample
from creditscore.validate._battery._settings import ValidationSettings
from creditscore.validate._tests._auc_change import auc_drop_test
from creditscore.validate._tests._grade_pair import heterogeneity_test

_DELONG = "DeLong, DeLong and Clarke-Pearson, Biometrics 44, 1988"
_BY_CHANCE = 0.5
_EBA = "EBA, Supervisory handbook on the validation of IRB rating systems, EBA/REP/2023/29"


def discrimination_findings(
    sample: ValidationSample, reference: ValidationSample | None, settings: ValidationSettings
) -> Iterator[Finding]:
    """Yield the lines about discrimination."""
    if not sample.has_both_classes:
        yield _none_possible(sample)
        return
    ranked = _ranked(sample)
    yield from _measures(ranked, settings)
    yield from _against_others(ranked, reference, settings)
    yield from _by_group(sample, settings)
    if sample.grade is not None:
        yield _order_of_grades(sample, settings)
        yield from _apart(sample)


def _ranked(sample: ValidationSample) -> ValidationSample:
    """Return scores and outcomes in the order of the score, which measures then sort quickly."""
    order = np.argsort(sample.score, kind="stable")
    challenger = None if sample.challenger is None else sample.challenger[order]
    return ValidationSample(
        is_bad=sample.is_bad[order], score=sample.score[order], challenger=challenger
    )


def _none_possible(sample: ValidationSample) -> Finding:
    what = "bad" if sample.n_bad else "good"
    why = f"every case is {what}, so there is nothing to tell apart"
    return not_tested("discrimination", "AUC", "AUC", _DELONG, why)


def _measures(sample: ValidationSample, settings: ValidationSettings) -> Iterator[Finding]:
    bad, score = sample.is_bad, sample.score
    yield from _areas(sample, settings)
    if settings.n_resamples:
        yield from _resampled(sample, settings)
    else:
        yield _told("KS", "KS", ks(bad, score), "Kolmogorov-Smirnov distance of goods and bads")
    yield from tried(
        lambda: _associations(sample), "discrimination", "Somers' D",
        measure="D of risk by outcome", source="Somers, American Sociological Review 27, 1962",
    )  # fmt: skip
    share = settings.lift_share
    of_riskiest = lift(bad, score, share=share)
    yield _told(
        "lift",
        f"lift of the riskiest {share:.0%}",
        of_riskiest,
        "bad rate of the riskiest over that of all",
    )
    yield _told(
        "gains", f"bads among the riskiest {share:.0%}", of_riskiest * share, "share of all bads"
    )
    yield _told(
        "H-measure",
        "H",
        h_measure(bad, score),
        "Hand and Anagnostopoulos, Pattern Recognition Letters 40, 2014",
    )
    profit = expected_maximum_profit(bad, score)
    yield _told(
        "expected maximum profit",
        "EMP",
        profit.profit,
        "Verbraken, Bravo, Weber and Baesens, EJOR 238, 2014",
        f"by rejecting the riskiest {profit.fraction:.1%}, in shares of a loan, at the paper's "
        "parameters",
    )


def _told(test: str, measure: str, value: float, source: str, note: str = "") -> Finding:
    return told("discrimination", test, measure, value, source, note)


def _areas(sample: ValidationSample, settings: ValidationSettings) -> Iterator[Finding]:
    """Yield AUC and Gini, with intervals where there are two cases of each class."""
    bad, score, level = sample.is_bad, sample.score, settings.level
    if min(sample.n_bad, sample.n - sample.n_bad) < 2:
        value = area(bad, score)
        judged = _judged_auc(Interval(value, math.nan, math.nan, level), settings)
        yield replace(judged, band="", note="one case of a class: no interval")
        return
    yield _judged_auc(auc_interval(bad, score, level=level), settings)
    yield finding_of_interval(
        gini_interval(bad, score, level=level),
        "discrimination",
        test="Gini (accuracy ratio of the CAP)",
        measure="Gini",
        source=_DELONG,
    )


def _associations(sample: ValidationSample) -> Iterator[Finding]:
    outcome, risk = sample.is_bad.astype(np.float64), -sample.score
    test = somers_d_test(outcome, risk)
    yield Finding(
        part="discrimination",
        test="Somers' D",
        measure="D of risk by outcome",
        statistic=gini(sample.is_bad, sample.score),
        p_value=test.p_value,
        source=test.source,
        note="two-sided, of no association; equals the Gini coefficient",
    )
    tau = kendall_tau(outcome, risk)
    yield _told("Kendall's tau-b", "tau", tau, "Kendall, Biometrika 33, 1945")


def _judged_auc(interval: Interval, settings: ValidationSettings) -> Finding:
    least = settings.min_auc
    verdict: Verdict = "information"
    note = f"{interval.level:.0%} interval"
    if least is not None:
        verdict = "pass" if interval.estimate >= least else "fail"
        note += f"; least {least:g}"
    if interval.upper < _BY_CHANCE:
        verdict = "fail"
        note += "; below 0.5: the higher scores are the riskier. Were they meant to be the safer?"
    return Finding(
        part="discrimination",
        test="AUC",
        measure="AUC",
        statistic=interval.estimate,
        lower=interval.lower,
        upper=interval.upper,
        band="interval",
        verdict=verdict,
        source=_DELONG,
        note=note,
    )


def _resampled(sample: ValidationSample, settings: ValidationSettings) -> Iterator[Finding]:
    options: dict[str, Any] = {
        "level": settings.level,
        "n_resamples": settings.n_resamples,
        "random_state": settings.random_state,
    }
    source = "Efron and Tibshirani, An Introduction to the Bootstrap, 1993"
    note = f"{settings.level:.0%} interval of {settings.n_resamples:,} resamples"
    for name, interval in (
        ("AUC", auc_interval(sample.is_bad, sample.score, method="bootstrap", **options)),
        ("KS", ks_interval(sample.is_bad, sample.score, **options)),
    ):
        yield finding_of_interval(
            interval,
            "discrimination",
            test=f"{name}, bootstrap",
            measure=name,
            source=source,
            note=note,
        )


def _against_others(
    sample: ValidationSample, reference: ValidationSample | None, settings: ValidationSettings
) -> Iterator[Finding]:
    initial, whose = settings.initial_auc, "taken as given"
    if initial is None and reference is not None and reference.has_both_classes:
        initial = area(reference.is_bad, reference.score)
        whose = (
            "that of the reference: if the model was fitted on it, it flatters, and a fall is no "
            "surprise; give initial_auc, such as that of cross_validated_auc"
        )
    enough = min(sample.n_bad, sample.n - sample.n_bad) > 1
    if initial is not None and enough:
        test = auc_drop_test(sample.is_bad, sample.score, initial_auc=initial)
        yield finding_of_test(
            test,
            "discrimination",
            settings.verdict(test.p_value),
            measure="S",
            note=f"AUC at initial validation {initial:.4f}, {whose}",
        )
    if sample.challenger is not None and enough:
        yield _challenged(sample, settings)


def _challenged(sample: ValidationSample, settings: ValidationSettings) -> Finding:
    found = auc_difference(sample.is_bad, sample.score, sample.challenger, level=settings.level)
    # only a better challenger speaks against the score
    p_value = float(ndtr(-found.z))
    known = not math.isnan(p_value)
    return Finding(
        part="discrimination",
        test="challenger, paired AUC",
        measure="AUC of challenger less AUC",
        statistic=found.difference.estimate,
        p_value=p_value,
        lower=found.difference.lower,
        upper=found.difference.upper,
        band="interval",
        verdict=settings.verdict(p_value),
        source=_DELONG,
        note=f"one-sided: is the challenger better; two-sided p {found.p_value:.4g}"
        if known
        else "both rank all cases alike, or without an error",
    )


def _by_group(sample: ValidationSample, settings: ValidationSettings) -> Iterator[Finding]:
    """Yield AUC and KS of each segment and period."""
    for kind in ("segment", "period"):
        if getattr(sample, kind) is None:
            continue
        groups = sample.groups(kind)
        table = discrimination_table(sample.is_bad, sample.score, groups, level=settings.level)
        for row in table.to_dict("records"):
            subject = f"{kind} {row['segment']}"
            cases = f"{counted(int(row['count']), 'case')}, {row['n_bad']:,.0f} bad"
            if math.isnan(row["auc"]):
                why = f"{row['note']}; {cases}"
                yield not_tested("discrimination", f"AUC by {kind}", "AUC", _DELONG, why, subject)
                continue
            yield Finding(
                part="discrimination",
                test=f"AUC by {kind}",
                subject=subject,
                measure="AUC",
                statistic=float(row["auc"]),
                lower=float(row["lower"]),
                upper=float(row["upper"]),
                band="interval",
                source=_DELONG,
                note="; ".join(part for part in (cases, row["note"]) if part),
            )
            yield replace(
                _told(f"KS by {kind}", "KS", row["ks"], "Kolmogorov-Smirnov distance"),
                subject=subject,
            )


def _order_of_grades(sample: ValidationSample, settings: ValidationSettings) -> Finding:
    """Tell whether default rates rise from grade to grade."""
    table = sample.by_grade()
    held = table[table["count"] > 0]
    rates = (held["n_bad"] / held["count"]).to_numpy()
    falls = np.flatnonzero(np.diff(rates) < 0)
    names = held["grade"].tolist()
    wrong = ", ".join(f"{names[at]} to {names[at + 1]}" for at in falls)
    verdict: Verdict = "watch" if len(falls) else "pass"
    note = f"the rate falls from {wrong}" if wrong else ""
    if len(falls):
        reverse = heterogeneity_test(held["n_bad"], held["count"], alternative="less")
        if np.nanmin(reverse.p_value[falls]) < settings.fail_below:
            verdict = "fail"
            note += "; beyond chance. Were the grades named from the safest?"
    return Finding(
        part="discrimination",
        test="order of default rates",
        measure="neighbouring grades in the wrong order",
        statistic=float(len(falls)),
        lower=0.0,
        upper=0.0,
        band="acceptance",
        verdict=verdict,
        source=_EBA,
        note=note,
    )


def _apart(sample: ValidationSample) -> Iterator[Finding]:
    """Tell of neighbouring grades whether their default rates differ by more than chance."""
    table = sample.by_grade()
    held = table[table["count"] > 0]
    if len(held) < 2:
        return
    result = heterogeneity_test(held["n_bad"], held["count"])
    for place, (safer, riskier) in enumerate(pairwise(held["grade"])):
        yield Finding(
            part="discrimination",
            test="neighbouring grades apart",
            subject=f"grade {safer} and {riskier}",
            measure="z",
            statistic=float(result.statistic[place]),
            p_value=float(result.p_value[place]),
            source=_EBA,
            note="small where the riskier grade has the higher default rate beyond chance",
        )
