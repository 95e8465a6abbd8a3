"""The battery: each test in its line, with the number that the test itself gives."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.exceptions import InvalidParameterError
from creditscore.grade import GradeScale, MasterScale
from creditscore.metrics import auc_difference, auc_interval, psi
from creditscore.validate import (
    Finding,
    ValidationReport,
    ValidationSample,
    ValidationSettings,
    auc_drop_test,
    binomial_test,
    herfindahl_index,
    jeffreys_test,
    migration_bandwidth,
    migration_stability_test,
    multi_period_test,
    spiegelhalter_test,
    traffic_light_test,
    validate_scores,
)

# A. Djurovic, vld_report_example.pdf: scale R01 to R07
COUNT = np.array([170, 118, 274, 100, 91, 196, 51])
N_BAD = np.array([3, 10, 47, 31, 43, 122, 44])
PROB = np.array(
    [0.0004717041, 0.1356595537, 0.2334632658, 0.2276874342, 0.3840618209, 0.6803554137,
     0.8417771827]
)  # fmt: skip
GRADES = tuple(f"R0{number}" for number in range(1, 8))


def published_sample() -> ValidationSample:
    """Write the published grades out as cases."""
    bad = np.concatenate([np.arange(n) < d for n, d in zip(COUNT, N_BAD, strict=True)])
    return ValidationSample(
        is_bad=bad,
        prob_default=np.repeat(PROB, COUNT),
        grade=np.repeat(GRADES, COUNT),
        grades=GRADES,
    )


def invented(n: int = 4_000, seed: int = 0, *, shift: float = 0.0) -> ValidationSample:
    rng = np.random.default_rng(seed)
    x = rng.normal(shift, size=n)
    prob = 1 / (1 + np.exp(2 - x))
    bad = rng.random(n) < prob
    place = np.digitize(prob, [0.05, 0.1, 0.2])
    names = np.array(["A", "B", "C", "D"])
    end = np.clip(place + rng.integers(-1, 2, n), 0, 3)
    return ValidationSample(
        is_bad=bad,
        score=600 - 40 * x,
        prob_default=prob,
        challenger=600 - 40 * x + rng.normal(scale=40, size=n),
        grade=names[place],
        grade_end=names[end],
        segment=np.where(x > 0, "east", "west"),
        period=2018 + rng.integers(0, 5, n),
        grades=("A", "B", "C", "D"),
    )


def line(report: ValidationReport, test: str, subject: str = "portfolio") -> pd.Series:
    table = report.table()
    found = table[(table["test"] == test) & (table["subject"] == subject)]
    assert len(found) == 1, (test, subject, table[["test", "subject"]].to_string())
    return found.iloc[0]


def test_published_grades_get_their_published_p_values() -> None:
    report = validate_scores(published_sample())
    printed = [7.9596e-05, 0.96682999912, 0.99495191372, 0.03590130777, 0.05299616355,
               0.96379413142, 0.43041998679]  # fmt: skip
    for grade, p_value in zip(GRADES, printed, strict=True):
        found = line(report, "binomial", f"grade {grade}")
        assert found["p_value"] == pytest.approx(p_value, rel=1e-4)
    assert line(report, "binomial", "grade R01")["verdict"] == "fail"
    assert line(report, "binomial", "grade R04")["verdict"] == "watch"
    assert line(report, "binomial", "grade R05")["verdict"] == "pass"
    whole = line(report, "Hosmer-Lemeshow test", "all grades")
    assert whole["statistic"] == pytest.approx(124.8992174, rel=1e-8)
    assert report.verdict == "fail"


def test_every_line_says_what_the_test_itself_says() -> None:
    sample, reference = invented(), invented(seed=1, shift=0.3)
    report = validate_scores(sample, reference=reference)
    interval = auc_interval(sample.is_bad, sample.score)
    found = line(report, "AUC")
    assert tuple(found[["statistic", "lower", "upper"]]) == interval[:3]
    initial = auc_interval(reference.is_bad, reference.score).estimate
    drop = auc_drop_test(sample.is_bad, sample.score, initial_auc=initial)
    assert line(report, drop.name)["p_value"] == drop.p_value
    paired = auc_difference(sample.is_bad, sample.score, sample.challenger)
    assert paired.z < 0
    one_sided = line(report, "challenger, paired AUC")["p_value"]
    assert one_sided == pytest.approx(1 - paired.p_value / 2, rel=1e-12)
    z = spiegelhalter_test(sample.is_bad, sample.prob_default)
    assert line(report, z.name)["statistic"] == z.statistic
    grades = sample.by_grade()
    jeffreys = jeffreys_test(grades["n_bad"], grades["count"], grades["prob_default"])
    binomial = binomial_test(grades["n_bad"], grades["count"], grades["prob_default"])
    for place, grade in enumerate("ABCD"):
        assert line(report, "Jeffreys", f"grade {grade}")["p_value"] == jeffreys.p_value[place]
        assert line(report, "binomial", f"grade {grade}")["p_value"] == binomial.p_value[place]
    years = sample.by_period()
    rates = years["n_bad"] / years["count"]
    normal = multi_period_test(rates, years["prob_default"])
    assert line(report, normal.name)["p_value"] == normal.p_value
    lights = traffic_light_test(years["n_bad"], years["count"], years["prob_default"])
    assert line(report, "traffic light of periods")["p_value"] == lights.p_value
    shares = [each.by_grade()["count"] for each in (reference, sample)]
    assert line(report, "population stability of the grade")["statistic"] == psi(*shares)
    counts = pd.crosstab(sample.grade, sample.grade_end).to_numpy()
    table = report.table()
    bandwidth = table[table["test"] == "matrix weighted bandwidth"]["statistic"].tolist()
    expected = migration_bandwidth(counts)
    assert bandwidth == [expected.upper, expected.lower]
    assert line(report, "concentration in grades")["statistic"] == herfindahl_index(grades["count"])


def test_segments_and_periods_each_have_a_line() -> None:
    table = validate_scores(invented()).table()
    subjects = set(table["subject"])
    assert {"segment east", "segment west", "period 2018", "period 2022"} <= subjects
    one = table[table["subject"] == "segment east"].iloc[0]
    sample = invented()
    east = sample.segment == "east"
    assert one["statistic"] == auc_interval(sample.is_bad[east], sample.score[east]).estimate


@pytest.mark.parametrize("bad", [0, 1])
def test_one_class_leaves_calibration_and_says_why_there_is_no_auc(bad: int) -> None:
    sample = ValidationSample(is_bad=[bad] * 5, prob_default=[0.1, 0.2, 0.3, 0.4, 0.5])
    report = validate_scores(sample)
    found = line(report, "AUC")
    assert found["verdict"] == "not tested"
    assert "every case is" in found["note"]
    assert not math.isnan(line(report, "Jeffreys")["p_value"])


def test_one_bad_case_has_an_auc_without_an_interval() -> None:
    sample = ValidationSample(is_bad=[0, 0, 0, 1], prob_default=[0.1, 0.2, 0.3, 0.4])
    found = line(validate_scores(sample), "AUC")
    assert found["statistic"] == 1.0
    assert math.isnan(found["lower"])


def test_an_empty_grade_is_told() -> None:
    sample = ValidationSample(
        is_bad=[0, 1, 0, 1],
        prob_default=[0.1, 0.2, 0.3, 0.4],
        grade=["A", "A", "C", "C"],
        grades=("A", "B", "C"),
    )
    found = line(validate_scores(sample), "default rate", "grade B")
    assert (found["verdict"], found["note"]) == ("not tested", "no customer has this grade")


def test_rates_that_fall_from_a_grade_to_the_next_are_named() -> None:
    sample = ValidationSample(
        is_bad=[1, 0, 0, 0, 1, 1],
        prob_default=[0.1, 0.1, 0.2, 0.2, 0.3, 0.3],
        grade=["A", "A", "B", "B", "C", "C"],
    )
    found = line(validate_scores(sample), "order of default rates")
    assert (found["statistic"], found["verdict"]) == (1.0, "watch")
    assert found["note"] == "the rate falls from A to B"


def test_each_grade_is_tested_over_its_cases_and_its_periods() -> None:
    sample = invented()
    report = validate_scores(sample)
    for grade in "ABCD":
        rows = sample.grade == grade
        bad, prob = sample.is_bad[rows], sample.prob_default[rows]
        rate = line(report, "default rate", f"grade {grade}")
        assert rate["statistic"] == bad.mean()
        assert rate["lower"] < rate["statistic"] < rate["upper"]
        assert line(report, "probability of default", f"grade {grade}")["statistic"] == (
            pytest.approx(prob.mean(), rel=1e-12)
        )
        z = spiegelhalter_test(bad, prob)
        assert line(report, z.name, f"grade {grade}")["p_value"] == pytest.approx(z.p_value)
        years = pd.DataFrame({"bad": bad, "prob": prob}).groupby(sample.period[rows])
        normal = multi_period_test(years["bad"].mean(), years["prob"].mean())
        found = line(report, normal.name, f"grade {grade}")
        assert found["p_value"] == pytest.approx(normal.p_value, rel=1e-9)
        lights = traffic_light_test(years["bad"].sum(), years["bad"].size(), years["prob"].mean())
        found = line(report, "traffic light of periods", f"grade {grade}")
        assert found["statistic"] == lights.statistic


def test_periods_in_which_a_grade_is_empty_are_left_out_of_its_tests() -> None:
    sample = ValidationSample(
        is_bad=[0, 1, 0, 0, 1, 0, 1],
        prob_default=[0.1, 0.1, 0.1, 0.1, 0.3, 0.3, 0.3],
        grade=list("AAAABBB"),
        period=[2020, 2020, 2021, 2021, 2021, 2022, 2022],
    )
    report = validate_scores(sample)
    note = line(report, "multi-period normal test", "grade A")["note"]
    assert note.startswith("2 periods")
    expected = multi_period_test([1.0, 0.5], 0.3)
    found = line(report, "multi-period normal test", "grade B")
    assert found["p_value"] == pytest.approx(expected.p_value, rel=1e-9)


def test_nobody_with_a_grade_at_the_end_leaves_no_migration() -> None:
    sample = ValidationSample(
        is_bad=[0, 1, 0],
        prob_default=[0.1, 0.2, 0.3],
        grade=list("AAB"),
        grade_end=["Z", None, "Z"],
    )
    found = line(validate_scores(sample), "matrix weighted bandwidth")
    assert found["verdict"] == "not tested"
    assert found["note"].startswith("3 customers have no grade of the scale at the end: 2 'Z'")


def test_no_sample_that_can_be_read_stops_the_battery() -> None:
    n = 60
    bad = np.arange(n) % 3 == 0
    ramp = np.linspace(0.01, 0.5, n)
    for given_ in (
        {"prob_default": np.full(n, 0.2)},
        {"prob_default": np.zeros(n)},
        {"prob_default": np.full(n, 1e-320)},
        {"prob_default": np.where(np.arange(n) % 2, 0, ramp), "period": np.arange(n) % 2},
        {"score": np.ones(n)},
        {"score": 1e300 * ramp},
        {"score": -bad.astype(float)},
        {"prob_default": ramp, "grade": ["A"] * n, "grade_end": ["A"] * n, "grades": ("A",)},
        {"prob_default": ramp, "grade": ["甲"] * n, "grade_end": [None] * n},
    ):
        for outcomes in (bad, np.ones(n), np.zeros(n)):
            sample = ValidationSample(is_bad=outcomes, **given_)
            table = validate_scores(sample, reference=sample).table()
            told = table[table["verdict"] == "not tested"]
            assert (told["note"] != "").all()
    one = {"prob_default": [0.3], "grade": ["A"], "grade_end": ["A"], "period": [1]}
    alone = ValidationSample(is_bad=[1], segment=["x"], challenger=[1], **one)
    assert validate_scores(alone, reference=alone).verdict == "pass"


def test_a_score_that_ranks_backwards_fails() -> None:
    sample = invented()
    turned = ValidationSample(is_bad=sample.is_bad, score=-sample.score)
    found = line(validate_scores(turned), "AUC")
    assert found["verdict"] == "fail"
    assert "the higher scores are the riskier" in found["note"]


def test_the_least_auc_is_asked_of_a_single_bad_case_too() -> None:
    sample = ValidationSample(is_bad=[0, 0, 1], prob_default=[0.1, 0.3, 0.2])
    report = validate_scores(sample, settings=ValidationSettings(min_auc=0.7))
    assert line(report, "AUC")["verdict"] == "fail"


def test_scores_alone_are_not_tested_for_calibration() -> None:
    report = validate_scores(ValidationSample(is_bad=[0, 1, 0, 1], score=[4, 2, 3, 1]))
    assert set(report.table()["part"]) == {"discrimination"}


def test_one_period_says_that_its_spread_is_not_known() -> None:
    sample = ValidationSample(
        is_bad=[0, 1, 0, 1], prob_default=[0.1, 0.2, 0.3, 0.4], period=[2020] * 4
    )
    found = line(validate_scores(sample), "multi-period normal test")
    assert found["verdict"] == "not tested"


def test_resamples_give_intervals_of_auc_and_ks() -> None:
    asked = ValidationSettings(n_resamples=200, random_state=3)
    report = validate_scores(invented(), settings=asked)
    for name in ("AUC, bootstrap", "KS, bootstrap"):
        found = line(report, name)
        assert found["lower"] < found["statistic"] < found["upper"]
    again = validate_scores(invented(), settings=asked)
    assert again.table().equals(report.table())


def test_bounds_of_the_settings_decide() -> None:
    sample = invented()
    assert (
        line(validate_scores(sample, settings=ValidationSettings(min_auc=0.99)), "AUC")["verdict"]
        == "fail"
    )
    strict = ValidationSettings(psi_watch=1e-6, psi_fail=2e-6)
    report = validate_scores(sample, reference=invented(seed=5, shift=0.5), settings=strict)
    assert line(report, "population stability of the score")["verdict"] == "fail"


def test_a_better_challenger_speaks_against_the_score_and_a_worse_one_does_not() -> None:
    sample = invented()
    changed = ValidationSample(
        is_bad=sample.is_bad, score=sample.challenger, challenger=sample.score
    )
    assert line(validate_scores(sample), "challenger, paired AUC")["verdict"] == "pass"
    assert line(validate_scores(changed), "challenger, paired AUC")["verdict"] == "fail"
    # by adjusted p-values as well
    adjusted = ValidationSettings(judge_adjusted=True)
    for each, verdict in ((sample, "pass"), (changed, "fail")):
        report = validate_scores(each, settings=adjusted)
        assert line(report, "challenger, paired AUC")["verdict"] == verdict


def test_colours_and_bounds_keep_their_verdict_under_adjusted_p_values() -> None:
    sample, reference = invented(), invented(seed=1, shift=1.0)
    low = ValidationSample(
        is_bad=sample.is_bad,
        prob_default=sample.prob_default / 3,
        grade=sample.grade,
        grades=sample.grades,
    )
    plain, adjusted = (
        validate_scores(low, reference=reference, settings=ValidationSettings(judge_adjusted=each))
        for each in (False, True)
    )
    table = plain.table()
    by_bound = table["judged_by"] == "bound"
    tests = set(table.loc[by_bound, "test"])
    assert {"traffic light (OeNB)", "population stability of the score"} <= tests
    assert "fail" in set(table.loc[by_bound, "verdict"])
    assert table["verdict"][by_bound].equals(adjusted.table()["verdict"][by_bound])
    assert table.loc[by_bound, "p_adjusted"].isna().all()


@given(seed=st.integers(0, 2**20))
@settings(max_examples=10, deadline=None)
def test_the_order_of_rows_is_of_no_matter(seed: int) -> None:
    sample = invented(300, seed)
    rows = np.random.default_rng(seed).permutation(sample.n)
    columns = ("is_bad", "score", "prob_default", "grade", "grade_end", "period")
    turned = ValidationSample(
        grades=sample.grades, **{name: getattr(sample, name)[rows] for name in columns}
    )
    kept = ValidationSample(
        grades=sample.grades, **{name: getattr(sample, name) for name in columns}
    )
    first, second = (validate_scores(each).table() for each in (kept, turned))
    pd.testing.assert_frame_equal(first, second, rtol=1e-9)


@pytest.mark.parametrize("name", ["sample", "reference", "settings"])
def test_other_things_are_refused(name: str) -> None:
    given_ = {"sample": invented(50), name: "a file"}
    with pytest.raises(InvalidParameterError, match=f"The '{name}' parameter"):
        validate_scores(**given_)


def test_a_finding_knows_its_words() -> None:
    with pytest.raises(InvalidParameterError, match="'verdict' parameter"):
        Finding(part="data", test="t", measure="m", source="s", verdict="good")
    with pytest.raises(InvalidParameterError, match="'judged_by' parameter"):
        Finding(part="data", test="t", measure="m", source="s", judged_by="p")
    with pytest.raises(InvalidParameterError, match=r"must be NaN or in \[0, 1\]. Got 3"):
        Finding(part="data", test="t", measure="m", source="s", p_value=3)


def test_grades_named_from_the_riskiest_fail_and_are_told() -> None:
    sample = invented()
    turned = ValidationSample(
        is_bad=sample.is_bad,
        prob_default=sample.prob_default,
        grade=sample.grade,
        grades=sample.grades[::-1],
    )
    found = line(validate_scores(turned), "order of default rates")
    assert found["verdict"] == "fail"
    assert found["note"].endswith("beyond chance. Were the grades named from the safest?")


def test_an_outcome_that_was_ruled_out_fails() -> None:
    prob = [0.0] * 10 + [0.2] * 10
    sample = ValidationSample(is_bad=[1] + [0] * 18 + [1], prob_default=prob)
    found = line(validate_scores(sample), "outcomes ruled out")
    assert (found["statistic"], found["verdict"]) == (1.0, "fail")
    assert "of 10 cases with such a probability" in found["note"]
    kept = ValidationSample(is_bad=[0] * 19 + [1], prob_default=prob)
    assert line(validate_scores(kept), "outcomes ruled out")["verdict"] == "pass"


def test_customers_without_a_grade_at_the_end_are_counted_and_named() -> None:
    sample = ValidationSample(
        is_bad=[0, 0, 1, 0, 1, 0],
        prob_default=[0.1, 0.1, 0.1, 0.3, 0.3, 0.3],
        grade=list("AAABBB"),
        grade_end=["A", "B", "D", "B", "D", None],
        grades=("A", "B"),
    )
    table = validate_scores(sample).table()
    note = table[table["test"] == "matrix weighted bandwidth"]["note"].iloc[0]
    assert note == "3 customers have no grade of the scale at the end: 2 'D', 1 none"
    z = table[table["test"] == "stability of the migration matrix"].set_index("subject")
    expected = migration_stability_test([[1, 1], [0, 1]], n_initial=[3, 3])
    assert z.loc["A to B", "statistic"] == expected.statistic[0, 1]


def test_a_table_in_the_place_of_a_sample_is_told_the_way() -> None:
    with pytest.raises(InvalidParameterError, match=r"ValidationSample\.from_frame"):
        validate_scores(pd.DataFrame({"is_bad": [0, 1]}))


def test_a_scale_names_the_grades() -> None:
    scale = GradeScale(labels=("A", "B", "C"), bounds=(0.1, 0.2))
    given_ = {"is_bad": [0, 1, 0], "prob_default": [0.05, 0.15, 0.15]}
    sample = ValidationSample(grade=["A", "B", "B"], grades=scale, **given_)
    assert sample.grades == ("A", "B", "C")
    master = MasterScale.from_scale(scale)
    sample = ValidationSample(grade=["A", "D", "B"], grades=master, **given_)
    assert sample.grades == ("A", "B", "C", "D")


def test_the_grade_of_default_takes_no_part_in_migration() -> None:
    scale = GradeScale(labels=("A", "B", "C"), bounds=(0.1, 0.2))
    grade, end = list("AABBCCAB"), list("ABBCCBDD")
    given_ = {"is_bad": [0, 0, 0, 0, 1, 0, 1, 1], "prob_default": [0.1] * 8}
    without = validate_scores(
        ValidationSample(grade=grade, grade_end=end, grades=scale, **given_)
    ).table()
    with_one = validate_scores(
        ValidationSample(
            is_bad=[*given_["is_bad"], 1],
            prob_default=[*given_["prob_default"], 0.9],
            grade=[*grade, "D"],
            grade_end=[*end, "D"],
            grades=scale,
        )
    ).table()
    for table in (without, with_one):
        lines = table[table["test"] == "matrix weighted bandwidth"]
        assert lines["statistic"].tolist() == [
            migration_bandwidth([[1, 1, 0], [0, 1, 1], [0, 1, 1]]).upper,
            migration_bandwidth([[1, 1, 0], [0, 1, 1], [0, 1, 1]]).lower,
        ]
