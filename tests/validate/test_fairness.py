"""Rates, errors and calibration by group."""

from __future__ import annotations

import math
import sys

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.stats import chi2, chi2_contingency, norm
from sklearn.metrics import roc_auc_score

from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    InvalidWeightError,
    MissingDependencyError,
)
from creditscore.metrics import auc, auc_interval, auc_variance, calibration_line
from creditscore.validate import (
    FairnessReport,
    FairnessSettings,
    ValidationSample,
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


def test_differences_are_tested_as_by_scipy(report: FairnessReport) -> None:
    data = invented()
    bad, approved = data["bad"] == 1, data["prob"] <= 0.2
    measures = report.measures.set_index("measure")

    def of(what: np.ndarray, rows: np.ndarray) -> tuple[float, float]:
        cells = pd.crosstab(data["group"][rows], what[rows])
        found = chi2_contingency(cells, correction=False)
        return found.statistic, found.pvalue

    everyone = np.ones(len(bad), dtype=bool)
    for name, what, rows in (
        ("bad rate difference", bad, everyone),
        ("demographic parity difference", approved, everyone),
        ("equal opportunity difference", approved, ~bad),
        ("false positive rate difference", approved, bad),
        ("predictive parity difference", bad, approved),
    ):
        assert measures.loc[name, "p_value"] == pytest.approx(of(what, rows)[1], rel=1e-9)
    both = of(approved, ~bad)[0] + of(approved, bad)[0]
    expected = chi2.sf(both, 4)
    assert measures.loc["equalised odds difference", "p_value"] == pytest.approx(expected, rel=1e-9)
    # areas of groups: their squared distances from the mean by precision, in standard errors
    area = np.array(
        [auc(bad[data["group"] == g], -data["prob"][data["group"] == g]) for g in "甲乙丙"]
    )
    precision = np.array(
        [
            1 / auc_variance(bad[data["group"] == g], -data["prob"][data["group"] == g])
            for g in "甲乙丙"
        ]
    )
    mean = (precision * area).sum() / precision.sum()
    expected = chi2.sf((precision * (area - mean) ** 2).sum(), 2)
    assert measures.loc["AUC difference", "p_value"] == pytest.approx(expected, rel=1e-6)


def test_calibration_within_a_group_is_tested_by_wald(report: FairnessReport) -> None:
    data = invented()
    own = data["group"] == "乙"
    slope = calibration_line(data["bad"][own], data["prob"][own]).slope
    error = (slope.upper - slope.lower) / 2 / 1.959963984540054
    line = next(
        one
        for one in report.findings()
        if one.test.endswith("within group, slope") and one.subject == "group 乙"
    )
    assert line.p_value == pytest.approx(2 * norm.sf(abs(slope.estimate - 1) / error), rel=1e-6)


def test_one_line_test_is_a_ratio_of_likelihoods(report: FairnessReport) -> None:
    statsmodels = pytest.importorskip("statsmodels.api")
    data = invented()
    x = np.log(data["prob"] / (1 - data["prob"]))
    dummies = pd.get_dummies(data["group"], dtype=float).to_numpy()
    apart = statsmodels.Logit(data["bad"], np.hstack([dummies, dummies * x[:, None]]))
    common = statsmodels.Logit(data["bad"], np.column_stack([np.ones(len(x)), x]))
    ratio = 2 * (apart.fit(disp=0).llf - common.fit(disp=0).llf)
    assert report.measure("one calibration line") == pytest.approx(ratio, rel=1e-6)
    # two numbers a line, and two lines more than one
    p_value = report.measures.set_index("measure").loc["one calibration line", "p_value"]
    assert p_value == pytest.approx(chi2.sf(ratio, 4), rel=1e-5)


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


def test_decisions_alone_are_enough() -> None:
    """Goods approved: 3 of 4 and 1 of 2; bads approved: 1 of 2 and 0 of 2."""
    bad = [0, 0, 0, 0, 1, 1, 0, 0, 1, 1]
    approved = [1, 1, 1, 0, 1, 0, 1, 0, 0, 0]
    group = ["a"] * 6 + ["b"] * 4
    report = fairness_table(bad, None, group, approved=approved)
    assert report.impact.ratio == pytest.approx((1 / 4) / (4 / 6))
    assert report.measure("equal opportunity difference") == 0.25
    assert report.measure("false positive rate difference") == 0.5
    assert report.measure("equalised odds difference") == 0.5
    assert report.measure("predictive parity difference") == 0.25
    # the decision is the score: its AUC is the mean of the rates of right decisions
    assert report.groups["auc"].tolist() == pytest.approx([(0.75 + 0.5) / 2, (0.5 + 1) / 2])
    with pytest.raises(InvalidParameterError, match=r"no measure 'gini'.* 'equalised odds ratio'"):
        report.measure("gini")


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
    with pytest.raises(InvalidParameterError, match="a score, or who was approved"):
        fairness_table(bad, None, group, cutoff=0.2)
    with pytest.raises(InvalidDataError, match=r"strictly between 0 and 1.*Got 1 at row 3"):
        fairness_table(bad, [0.1, 0.2, 0.3, 1], group, cutoff=0.2)
    with pytest.raises(InvalidDataError, match="approved must hold 1 or True"):
        fairness_table(bad, prob, group, approved=[1, 2, 0, 1])
    with pytest.raises(InvalidDataError, match=r"one value for each of the 4 cases. Got 3"):
        fairness_table(bad, prob, group[:3], cutoff=0.2)
    with pytest.raises(InvalidTargetError, match="missing value"):
        fairness_table([0, 1, None, 1], prob, group, cutoff=0.2)
    with pytest.raises(InvalidWeightError, match=r"whole numbers.*Got 0.5 at row 1"):
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
