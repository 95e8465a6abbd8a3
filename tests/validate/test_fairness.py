"""Adverse impact, mean differences, and rates, errors and calibration by group."""

from __future__ import annotations

import math
import sys
from fractions import Fraction

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, fisher_exact
from sklearn.metrics import roc_auc_score

from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    InvalidWeightError,
    MissingDependencyError,
)
from creditscore.metrics import auc_interval, calibration_line
from creditscore.validate import (
    FairnessReport,
    FairnessSettings,
    GroupRateDisplay,
    ValidationSample,
    adverse_impact,
    fairness_metric_frame,
    fairness_table,
    standardised_mean_difference,
    validate_scores,
)


def invented(n: int = 3000, seed: int = 0) -> dict[str, np.ndarray]:
    """Cases whose groups differ in bad rates, with probabilities that are right."""
    rng = np.random.default_rng(seed)
    group = rng.choice(["甲", "乙", "丙"], n, p=[0.5, 0.3, 0.2])
    level = pd.Series(group).map({"甲": -2.0, "乙": -1.5, "丙": -1.0}).to_numpy()
    prob = 1 / (1 + np.exp(-(level + rng.normal(size=n))))
    return {"group": group, "prob": prob, "bad": (rng.random(n) < prob).astype(int)}


# --- adverse impact: reference numbers -------------------------------------------------------


def test_eeoc_questions_and_answers() -> None:
    # 44 FR 11996 (1979): 60 % of whites, 45 %, 48 % and 51 % of others; only the first is adverse
    names = ["white", "american indian", "hispanic", "black"]
    table = adverse_impact([60, 45, 48, 51], [100] * 4, names).table
    np.testing.assert_allclose(table["ratio"], [1, 0.75, 0.80, 0.85], rtol=1e-15)
    assert table["adverse"].tolist() == [False, True, False, False]
    assert adverse_impact([60, 45, 48, 51], [100] * 4, names).reference == "white"


def test_48_of_120_and_20_of_80() -> None:
    impact = adverse_impact([48, 20], [120, 80])
    assert impact.ratio == pytest.approx(0.625, rel=1e-15)


def test_pooled_z_and_fisher() -> None:
    # closed form and R's fisher.test
    row = adverse_impact([48, 12], [80, 40], ["men", "women"]).table.iloc[1]
    assert row["ratio"] == pytest.approx(0.5, rel=1e-15)
    assert row["z"] == pytest.approx(3.0983866770, abs=5e-11)
    assert row["odds_ratio"] == pytest.approx(3.5, rel=1e-12)
    assert row["fisher_p_value"] == pytest.approx(0.0034092217, abs=1e-10)
    assert row["verdict"] == "fail"


@pytest.mark.parametrize("scale", [1, 7, 1000, 10**9 + 7])
def test_exactly_four_fifths_is_not_adverse(scale: int) -> None:
    assert not adverse_impact([60 * scale, 48 * scale], [100 * scale] * 2).table["adverse"][1]
    one_less = adverse_impact([60 * scale, 48 * scale - 1], [100 * scale] * 2).table
    assert one_less["adverse"][1]


def test_small_groups_are_told_and_not_judged() -> None:
    impact = adverse_impact([600, 1, 380], [1000, 19, 600], ["a", "few", "b"])
    few = impact.table.iloc[1]
    assert few["adverse"]
    assert not few["judged"]
    assert few["verdict"] == "information"
    assert "too few to judge" in few["note"]
    # exactly 2 % is judged; the best rate of a tiny group is no reference
    assert adverse_impact([600, 1], [980, 20]).table["judged"][1]
    assert adverse_impact([3, 500], [3, 1000]).reference == "1"
    told = adverse_impact([600, 1], [1000, 30], min_count=31).table
    assert not told["judged"][1]


def test_verdicts() -> None:
    # few cases; a small difference of very many; no difference
    assert adverse_impact([6, 4], [10, 10]).table["verdict"][1] == "watch"
    assert adverse_impact([60_000, 58_000], [100_000] * 2).table["verdict"][1] == "watch"
    assert adverse_impact([60, 59], [100, 100]).table["verdict"][1] == "pass"
    assert adverse_impact([60, 59], [100, 100]).findings()[1].judged_by == "bound"


def test_names_come_from_mappings_series_and_tuples() -> None:
    by_name = adverse_impact({"a": 48, "b": 12}, {"b": 40, "a": 80})
    assert by_name.table["n_applicants"].tolist() == [80, 40]
    series = adverse_impact(pd.Series({"a": 48, "b": 12}), pd.Series({"a": 80, "b": 40}))
    pd.testing.assert_frame_equal(series.table, by_name.table)
    crossed = adverse_impact([48, 12], [80, 40], [("女", "25以下"), ("男", "25以上")])
    assert crossed.table["group"].tolist() == ["女 × 25以下", "男 × 25以上"]
    named = adverse_impact([48, 12], [80, 40], ["a", "b"], reference="b")
    assert named.table["ratio"].tolist() == [2.0, 1.0]


def test_one_group_and_nobody_selected() -> None:
    alone = adverse_impact([4], [10], ["all"])
    assert math.isnan(alone.ratio)
    assert "no ratio" in repr(alone)
    assert [line.verdict for line in alone.findings()] == ["information"]
    none = adverse_impact([0, 0], [10, 10])
    assert none.table["verdict"].tolist() == ["information", "not tested"]
    assert not none.table["adverse"].any()
    empty = adverse_impact([5, 0], [10, 0], ["a", "nobody"])
    assert empty.table["note"][1].startswith("0 applicants")
    assert adverse_impact([5, 0], [10, 10]).table["verdict"][1] == "fail"


counts = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(deadline=None, max_examples=60)
@given(st.lists(counts, min_size=2, max_size=5))
def test_laws_of_impact(pairs: list[tuple[int, int]]) -> None:
    selected, applied = zip(*pairs, strict=True)
    table = adverse_impact(selected, applied, min_share=0).table
    rates = [Fraction(s, n) for s, n in pairs]
    best = max(rates)
    for rate, row in zip(rates, table.to_dict("records"), strict=True):
        if best == 0:
            assert math.isnan(row["ratio"])
            continue
        assert row["ratio"] == pytest.approx(float(rate / best))
        assert row["adverse"] == (rate / best < Fraction(4, 5))
    # in another order the same groups come out the same
    names = list(map(str, range(len(pairs))))
    back = adverse_impact(selected[::-1], applied[::-1], names[::-1], min_share=0).table
    np.testing.assert_allclose(back["ratio"][::-1], table["ratio"])


@settings(deadline=None, max_examples=40)
@given(counts, counts)
def test_tests_are_those_of_scipy(first: tuple[int, int], second: tuple[int, int]) -> None:
    (s, n), (t, m) = first, second
    row = adverse_impact([s, t], [n, m], reference=0, min_share=0).table.iloc[1]
    cells = [[s, n - s], [t, m - t]]
    if 0 < s + t < n + m:
        assert row["fisher_p_value"] == pytest.approx(fisher_exact(cells)[1])
        square = chi2_contingency(cells, correction=False)
        assert row["z"] ** 2 == pytest.approx(square.statistic, abs=1e-9)
        assert row["p_value"] == pytest.approx(square.pvalue, abs=1e-9)
    else:
        assert math.isnan(row["z"])


def test_errors_of_impact() -> None:
    with pytest.raises(InvalidDataError, match="More were selected than applied in group 'b'"):
        adverse_impact([1, 5], [4, 4], ["a", "b"])
    with pytest.raises(InvalidDataError, match=r"whole numbers, zero or more. Got 0.4 at place 1"):
        adverse_impact([1, 0.4], [4, 4])
    with pytest.raises(InvalidDataError, match="2 groups, n_applicants 3"):
        adverse_impact([1, 2], [4, 4, 4])
    with pytest.raises(InvalidDataError, match="2 different names"):
        adverse_impact([1, 2], [4, 4], ["a", "a"])
    with pytest.raises(InvalidDataError, match="must name the same groups"):
        adverse_impact({"a": 1}, {"b": 1})
    with pytest.raises(InvalidDataError, match="1D list of counts"):
        adverse_impact([[1]], [[2]])
    with pytest.raises(EmptyDataError, match="no applicants in any group"):
        adverse_impact([0, 0], [0, 0])
    with pytest.raises(InvalidParameterError, match=r"must be one of the groups 'a', 'b'. Got 'c'"):
        adverse_impact([1, 2], [4, 4], ["a", "b"], reference="c")
    with pytest.raises(InvalidDataError, match="reference group 'a' has no applicants"):
        adverse_impact([0, 2], [0, 4], ["a", "b"], reference="a")
    with pytest.raises(InvalidParameterError, match="'threshold'"):
        adverse_impact([1, 2], [4, 4], threshold=1.2)


# --- standardised mean difference ------------------------------------------------------------


def test_mean_difference_by_hand() -> None:
    # means 620 and 605; variances 400 (3 cases) and 300 (4): s² = (800 + 900) / 5 = 340
    score = [600, 620, 640, 605, 620, 620, 575]
    group = ["a"] * 3 + ["b"] * 4
    own = np.var(score[3:], ddof=1)
    pooled = math.sqrt((2 * 400 + 3 * own) / 5)
    found = standardised_mean_difference(score, group)
    assert found.reference == "a"
    assert found.difference == pytest.approx(15 / pooled)
    error = math.sqrt(1 / 3 + 1 / 4 + found.difference**2 / 14)
    assert found.table["upper"][1] - found.difference == pytest.approx(1.959963984540054 * error)
    whole = standardised_mean_difference(score, group, sd="all")
    assert whole.difference == pytest.approx(15 / np.std(score, ddof=1))
    other = standardised_mean_difference(score, group, reference="b")
    assert other.difference == pytest.approx(-found.difference)


def test_mean_difference_knows_weights_bounds_and_single_cases() -> None:
    score, group = np.array([1.0, 2, 3, 2, 3, 5]), list("aaabbb")
    weight = np.array([1, 2, 1, 3, 1, 1])
    pd.testing.assert_frame_equal(
        standardised_mean_difference(score, group, sample_weight=weight).table,
        standardised_mean_difference(score.repeat(weight), np.repeat(group, weight)).table,
    )
    verdict = standardised_mean_difference(score, group, bounds=(2, 3)).table["verdict"]
    assert verdict.tolist() == ["pass", "information"]
    single = standardised_mean_difference([1, 2, 3], ["a", "a", "b"], reference="a")
    assert single.table["note"][1] == "1 case: no spread within the group"
    assert single.findings()[0].verdict == "not tested"
    flat = standardised_mean_difference([2, 2, 2, 2], list("aabb"))
    assert flat.table["verdict"].tolist() == ["information", "not tested"]
    assert "no difference" in repr(flat)


def test_mean_difference_does_not_move_with_the_scale() -> None:
    rng = np.random.default_rng(1)
    score, group = rng.normal(size=200), rng.integers(0, 3, 200)
    one = standardised_mean_difference(score, group).table["difference"]
    two = standardised_mean_difference(1e9 + 50 * score, group).table["difference"]
    np.testing.assert_allclose(one, two, rtol=1e-6)


def test_errors_of_mean_difference() -> None:
    with pytest.raises(InvalidDataError, match="Got nan at row 1"):
        standardised_mean_difference([1, math.nan], ["a", "b"])
    with pytest.raises(EmptyDataError, match="shape"):
        standardised_mean_difference([], [])
    with pytest.raises(InvalidParameterError, match="'bounds'"):
        standardised_mean_difference([1, 2], ["a", "b"], bounds=(0.3, 0.2))
    with pytest.raises(InvalidParameterError, match="two numbers"):
        standardised_mean_difference([1, 2], ["a", "b"], bounds=0.3)
    with pytest.raises(InvalidParameterError, match="'sd'"):
        standardised_mean_difference([1, 2], ["a", "b"], sd="x")


# --- the table -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def report() -> FairnessReport:
    data = invented()
    return fairness_table(data["bad"], data["prob"], data["group"], cutoff=0.2)


def test_rates_are_those_of_fairlearn(report: FairnessReport) -> None:
    metrics = pytest.importorskip("fairlearn.metrics")
    data = invented()
    good, approved = 1 - data["bad"], (data["prob"] <= 0.2).astype(int)
    frame = fairness_metric_frame(data["bad"], approved, data["group"]).by_group
    table = report.groups.set_index("group")
    for theirs, ours in (
        ("selection_rate", "approval_rate"),
        ("true_positive_rate", "approval_rate_goods"),
        ("false_positive_rate", "false_positive_rate"),
        ("false_negative_rate", "false_negative_rate"),
        ("count", "count"),
    ):
        np.testing.assert_allclose(frame[theirs], table.loc[frame.index, ours], rtol=1e-12)
    given_to = {"sensitive_features": data["group"]}
    for name, ours in (
        ("equal_opportunity_difference", "equal opportunity difference"),
        ("equalized_odds_difference", "equalised odds difference"),
        ("equalized_odds_ratio", "equalised odds ratio"),
        ("demographic_parity_difference", "demographic parity difference"),
    ):
        theirs = getattr(metrics, name)(good, approved, **given_to)
        assert report.measure(ours) == pytest.approx(theirs, rel=1e-12)
    ratio = metrics.demographic_parity_ratio(good, approved, **given_to)
    assert report.impact.ratio == pytest.approx(ratio, rel=1e-12)


def test_each_group_is_measured_as_if_alone(report: FairnessReport) -> None:
    data = invented()
    for row in report.groups.to_dict("records"):
        own = data["group"] == row["group"]
        bad, prob = data["bad"][own], data["prob"][own]
        area = auc_interval(bad, -prob)
        assert row["auc"] == pytest.approx(roc_auc_score(bad, prob))
        assert (row["auc_lower"], row["auc_upper"]) == pytest.approx(tuple(area[1:3]))
        line = calibration_line(bad, prob)
        for name, interval in (("slope", line.slope), ("in_the_large", line.in_the_large)):
            ends = row[name], row[f"{name}_lower"], row[f"{name}_upper"]
            assert ends == pytest.approx(tuple(interval[:3]), abs=1e-9)
        assert row["observed_to_predicted"] == pytest.approx(bad.sum() / prob.sum())
        assert row["bad_rate_approved"] == pytest.approx(bad[prob <= 0.2].mean())


def test_one_line_test_is_a_ratio_of_likelihoods(report: FairnessReport) -> None:
    statsmodels = pytest.importorskip("statsmodels.api")
    data = invented()
    x = np.log(data["prob"] / (1 - data["prob"]))
    dummies = pd.get_dummies(data["group"], dtype=float).to_numpy()
    apart = statsmodels.Logit(data["bad"], np.hstack([dummies, dummies * x[:, None]]))
    common = statsmodels.Logit(data["bad"], np.column_stack([np.ones(len(x)), x]))
    ratio = 2 * (apart.fit(disp=0).llf - common.fit(disp=0).llf)
    assert report.measure("one calibration line") == pytest.approx(ratio, rel=1e-6)


def test_calibration_and_odds_cannot_both_hold(report: FairnessReport) -> None:
    """Probabilities that are right, and bad rates that differ: odds must differ, and it is said."""
    verdicts = report.measures.set_index("measure")["verdict"]
    assert verdicts["one calibration line"] == "pass"
    assert verdicts["equalised odds difference"] == "fail"
    assert "Kleinberg" in report.notes[0]
    assert any("Kleinberg" in line.note for line in report.findings())
    rng = np.random.default_rng(0)
    alike = fairness_table([0, 1] * 50, rng.uniform(0.1, 0.9, 100), [0, 0, 1, 1] * 25, cutoff=0.5)
    assert alike.notes == ()


def test_rows_of_weight_are_rows_written_out() -> None:
    data = invented(400)
    weight = np.random.default_rng(1).integers(0, 3, 400)
    weighed = fairness_table(
        data["bad"], data["prob"], data["group"], cutoff=0.2, sample_weight=weight
    )
    written = fairness_table(
        *(data[name].repeat(weight) for name in ("bad", "prob", "group")), cutoff=0.2
    )
    pd.testing.assert_frame_equal(weighed.groups, written.groups, rtol=1e-7)
    pd.testing.assert_frame_equal(weighed.measures, written.measures, rtol=1e-7)


def test_a_score_and_a_probability_decide_alike() -> None:
    data = invented(500)
    score = 600 - 30 * np.log(data["prob"] / (1 - data["prob"]))
    by_prob = fairness_table(data["bad"], data["prob"], data["group"], cutoff=0.2)
    line = 600 - 30 * math.log(0.2 / 0.8)
    by_score = fairness_table(data["bad"], None, data["group"], score=score, cutoff=line)
    same = ["approval_rate", "auc", "false_positive_rate", "mean_difference"]
    pd.testing.assert_frame_equal(by_prob.groups[same], by_score.groups[same])
    assert "slope" not in by_score.groups
    told = fairness_table(data["bad"], data["prob"], data["group"], approved=data["prob"] <= 0.2)
    pd.testing.assert_frame_equal(told.groups, by_prob.groups)


def test_groups_of_any_kind() -> None:
    data = invented(300)
    by_name = fairness_table(data["bad"], data["prob"], data["group"], cutoff=0.2).groups
    for group in (
        pd.Series(data["group"], dtype="category"),
        pl.Series(data["group"]),
        list(data["group"]),
        pl.DataFrame({"部门": data["group"]}),
    ):
        same = fairness_table(data["bad"], data["prob"], group, cutoff=0.2).groups
        pd.testing.assert_frame_equal(same, by_name)
    young = np.arange(300) % 2 == 0
    crossed = fairness_table(
        data["bad"], data["prob"], {"group": data["group"], "young": young}, cutoff=0.2
    )
    assert len(crossed.groups) == 6
    assert "甲 × True" in set(crossed.groups["group"])
    own = (data["group"] == "甲") & young
    assert crossed.groups.set_index("group")["count"]["甲 × True"] == own.sum()


def test_missing_groups_are_an_error_or_a_group() -> None:
    data = invented(200)
    group = pd.Series(data["group"])
    group[::10] = None
    with pytest.raises(InvalidDataError, match="missing in 20 case"):
        fairness_table(data["bad"], data["prob"], group, cutoff=0.2)
    settings_ = FairnessSettings(missing="group")
    table = fairness_table(data["bad"], data["prob"], group, cutoff=0.2, settings=settings_)
    assert table.groups.set_index("group")["count"]["missing"] == 20


def test_empty_groups_single_groups_and_nobody_approved() -> None:
    data = invented(200)
    with_empty = pd.Categorical(data["group"], categories=["甲", "乙", "丙", "none"])
    table = fairness_table(data["bad"], data["prob"], with_empty, cutoff=0.2).groups
    empty = table.set_index("group").loc["none"]
    assert empty["count"] == 0
    assert math.isnan(empty["approval_rate"])
    assert not empty["judged"]
    one = fairness_table(data["bad"], data["prob"], ["all"] * 200, cutoff=0.2)
    # only the calibration of the group itself is left to judge
    assert {line.part for line in one.findings()} == {"fairness"}
    assert set(one.measures["verdict"]) == {"not tested"}
    nobody = fairness_table(data["bad"], data["prob"], data["group"], approved=np.zeros(200))
    assert math.isnan(nobody.impact.ratio)
    assert nobody.groups["bad_rate_approved"].isna().all()
    assert nobody.measures.set_index("measure").loc["equalised odds ratio", "verdict"] == (
        "not tested"
    )
    goods_only = fairness_table(np.zeros(200), data["prob"], data["group"], cutoff=0.2)
    assert goods_only.groups["auc"].isna().all()
    assert "0 bad cases" in goods_only.groups["note"][0]


def test_a_group_without_spread_has_no_slope() -> None:
    bad, prob = [0, 1, 0, 1, 0, 0, 1, 0], [0.2] * 4 + [0.1, 0.2, 0.3, 0.4]
    report = fairness_table(bad, prob, list("aaaabbbb"), cutoff=0.25)
    assert math.isnan(report.groups["slope"][0])
    assert math.isfinite(report.groups["in_the_large"][0])
    lines = report.measures.set_index("measure").loc["one calibration line"]
    assert lines["verdict"] == "not tested"


def test_a_report_takes_the_findings_in(report: FairnessReport) -> None:
    data = invented()
    whole = validate_scores(ValidationSample(is_bad=data["bad"], prob_default=data["prob"]))
    both = whole.with_findings(report, report.impact)
    assert "fairness" in both.summary()["part"].tolist()
    assert "group 甲" in both.to_markdown()
    assert report.verdict == "fail"
    assert "Kleinberg" in report._repr_html_()
    assert "甲" in report.impact._repr_html_() + report.mean_difference._repr_html_()


def test_settings_move_the_lines() -> None:
    data = invented(2000)
    lenient = FairnessSettings(difference_watch=0.9, difference_fail=1, threshold=0.1)
    report = fairness_table(data["bad"], data["prob"], data["group"], cutoff=0.2, settings=lenient)
    verdicts = report.measures.set_index("measure")["verdict"]
    assert verdicts["equalised odds difference"] == "pass"
    assert not report.impact.table["adverse"].any()
    named = FairnessSettings(reference="丙")
    report = fairness_table(data["bad"], data["prob"], data["group"], cutoff=0.2, settings=named)
    assert report.impact.reference == report.mean_difference.reference == "丙"


def test_errors_of_the_table() -> None:
    bad, prob, group = [0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4], list("aabb")
    with pytest.raises(InvalidParameterError, match=r"either approved.*Got neither"):
        fairness_table(bad, prob, group)
    with pytest.raises(InvalidParameterError, match="Got both"):
        fairness_table(bad, prob, group, cutoff=0.2, approved=[1, 1, 0, 0])
    with pytest.raises(InvalidParameterError, match="prob_default, or a score"):
        fairness_table(bad, None, group, cutoff=0.2)
    with pytest.raises(InvalidDataError, match=r"strictly between 0 and 1.*Got 1 at row 3"):
        fairness_table(bad, [0.1, 0.2, 0.3, 1], group, cutoff=0.2)
    with pytest.raises(InvalidDataError, match="approved must hold 1 or True"):
        fairness_table(bad, prob, group, approved=[1, 2, 0, 1])
    with pytest.raises(InvalidDataError, match=r"one value for each of the 4 cases. Got 3"):
        fairness_table(bad, prob, group[:3], cutoff=0.2)
    with pytest.raises(InvalidTargetError, match="missing value"):
        fairness_table([0, 1, None, 1], prob, group, cutoff=0.2)
    with pytest.raises(InvalidWeightError, match=r"whole numbers. Got 0.5"):
        fairness_table(bad, prob, group, cutoff=0.2, sample_weight=[1, 0.5, 1, 1])
    with pytest.raises(InvalidDataError, match="must be finite"):
        fairness_table(bad, None, group, score=[1, 2, math.inf, 3], cutoff=2)
    with pytest.raises(EmptyDataError, match="empty"):
        fairness_table([], [], [], cutoff=0.2)
    with pytest.raises(InvalidDataError, match="201 different values"):
        fairness_table([0, 1, 0] * 67, [0.5] * 201, np.arange(201), cutoff=0.2)
    with pytest.raises(InvalidDataError, match="have the same name: '1', '1'"):
        fairness_table(bad, prob, pd.Series(["1", 1, "1", 1], dtype=object), cutoff=0.2)
    with pytest.raises(EmptyDataError, match="without columns"):
        fairness_table(bad, prob, {}, cutoff=0.2)
    with pytest.raises(InvalidDataError, match="two dimensions"):
        fairness_table(bad, prob, np.zeros((4, 2)), cutoff=0.2)
    with pytest.raises(InvalidDataError, match="same index in different orders"):
        fairness_table(
            pd.Series(bad), pd.Series(prob), pd.Series(group, index=[3, 2, 1, 0]), cutoff=0.2
        )


def test_errors_of_settings() -> None:
    with pytest.raises(InvalidParameterError, match=r"difference_watch .* must not be above"):
        FairnessSettings(difference_watch=0.2, difference_fail=0.1)
    with pytest.raises(InvalidParameterError, match="'min_share'"):
        FairnessSettings(min_share=1)
    with pytest.raises(InvalidParameterError, match="'missing'"):
        FairnessSettings(missing="drop")


def test_without_fairlearn_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fairlearn", None)
    with pytest.raises(MissingDependencyError, match=r"creditscore\[fairness\]"):
        fairness_metric_frame([0, 1], [1, 0], ["a", "b"])


def test_the_metric_frame_takes_weights() -> None:
    pytest.importorskip("fairlearn")
    frame = fairness_metric_frame(
        [0, 0, 1, 1], [1, 0, 1, 0], list("aabb"), sample_weight=[3, 1, 1, 3]
    )
    assert frame.by_group["selection_rate"].tolist() == [0.75, 0.25]


def test_group_rates_as_a_picture() -> None:
    impact = adverse_impact([60, 45, 1, 0], [100, 100, 2, 0], ["$a$", "乙", "few", "none"])
    display = GroupRateDisplay.from_impact(impact)
    ax = display.plot().ax_
    lengths = sorted(bar.get_width() for bar in ax.patches)
    assert lengths == [0.45, 0.5, 0.6]
    line = next(line for line in ax.lines if line.get_linestyle() == "--")
    assert line.get_xdata()[0] == pytest.approx(0.48)
    assert len(display.frame()) == 4
    with pytest.raises(InvalidParameterError, match="AdverseImpact"):
        GroupRateDisplay.from_impact("impact")


def test_rows_are_paired_by_place_and_never_by_chance() -> None:
    order = [3, 2, 1, 0]
    bad = pd.Series([0, 1, 0, 1])
    table = pd.DataFrame({"sex": list("aabb"), "young": [0, 1, 0, 1]}, index=order)
    for other in (table, table["sex"]):
        with pytest.raises(InvalidDataError, match="same index in different orders"):
            fairness_table(bad, [0.1, 0.2, 0.3, 0.4], other, cutoff=0.2)
        with pytest.raises(InvalidDataError, match="same index in different orders"):
            standardised_mean_difference(bad, other)
    with pytest.raises(InvalidDataError, match="same index in different orders"):
        fairness_table(
            bad, [0.1, 0.2, 0.3, 0.4], list("aabb"), approved=pd.Series([1, 1, 0, 0], index=order)
        )
