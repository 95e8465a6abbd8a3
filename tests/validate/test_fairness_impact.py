"""Adverse impact, and standardised mean differences."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, fisher_exact
from scipy.stats.contingency import relative_risk

from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    InvalidWeightError,
)
from creditscore.validate import (
    GroupRateDisplay,
    adverse_impact,
    standardised_mean_difference,
)
from creditscore.validate._fairness._groups import large_groups

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


def test_the_interval_of_the_ratio_is_scipys() -> None:
    row = adverse_impact([48, 12], [80, 40], level=0.9).table.iloc[1]
    expected = relative_risk(12, 40, 48, 80).confidence_interval(0.9)
    assert (row["ratio_lower"], row["ratio_upper"]) == pytest.approx(tuple(expected))


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
    # more than two standard deviations, though Fisher's test, which is cautious, is not below 5 %
    row = adverse_impact([7, 2], [11, 11]).table.iloc[1]
    assert row["z"] > 2
    assert row["fisher_p_value"] > 0.05
    assert row["significant"]


def test_names_come_from_mappings_series_and_tuples() -> None:
    by_name = adverse_impact({"a": 48, "b": 12}, {"b": 40, "a": 80})
    assert by_name.table["n_applicants"].tolist() == [80, 40]
    series = adverse_impact(pd.Series({"a": 48, "b": 12}), pd.Series({"a": 80, "b": 40}))
    pd.testing.assert_frame_equal(series.table, by_name.table)
    crossed = adverse_impact([48, 12], [80, 40], [("女", "25以下"), ("男", "25以上")])
    assert crossed.table["group"].tolist() == ["女 × 25以下", "男 × 25以上"]
    named = adverse_impact([48, 12], [80, 40], ["a", "b"], reference="b")
    assert named.table["ratio"].tolist() == [2.0, 1.0]


def test_everybody_selected_is_said() -> None:
    row = adverse_impact([10, 20], [10, 20]).table.iloc[1]
    assert (row["verdict"], row["ratio"]) == ("pass", 1)
    assert row["note"].startswith("everybody was selected")
    assert adverse_impact([9, 18], [10, 20]).table["note"][1] == ""


def test_a_share_of_cases_is_compared_exactly() -> None:
    # 0.07 · 300 is above 21 in binary floats
    assert 0.07 * 300 > 21
    assert large_groups([279, 21, 0], min_share=0.07).tolist() == [True, True, False]
    assert large_groups([280.0, 20.0], min_share=0.07).tolist() == [True, False]
    assert large_groups([280, 20], min_share=0, min_count=21).tolist() == [True, False]


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


@settings(deadline=None, max_examples=30)
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


@settings(deadline=None, max_examples=25)
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
    with pytest.raises(InvalidDataError, match="Got one mapping only"):
        adverse_impact({"a": 1}, [2])
    with pytest.raises(InvalidDataError, match="Got a mapping and groups"):
        adverse_impact({"a": 1, "b": 1}, {"a": 2, "b": 2}, ["b", "a"])
    with pytest.raises(InvalidDataError, match=r"names a group twice: \['a', 'a'\]"):
        adverse_impact(pd.Series([1, 2], index=["a", "a"]), pd.Series([4, 4], index=["a", "a"]))
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
    for unit in (1e-300, 1e300):
        far = standardised_mean_difference(unit * score, group).table
        np.testing.assert_allclose(far["difference"], one, rtol=1e-12)
        np.testing.assert_allclose(far["sd"] / unit, np.std(score, ddof=1), rtol=0.3)


def test_errors_of_mean_difference() -> None:
    with pytest.raises(InvalidDataError, match="Got nan at row 1"):
        standardised_mean_difference([1, math.nan], ["a", "b"])
    with pytest.raises(InvalidDataError, match="reference group 'c' has no cases"):
        standardised_mean_difference(
            [1, 2], pd.Categorical(["a", "b"], categories=["a", "b", "c"]), reference="c"
        )
    with pytest.raises(InvalidWeightError, match="whole numbers"):
        standardised_mean_difference([1, 2, 3], list("aab"), sample_weight=[1, 0.5, 1])
    with pytest.raises(EmptyDataError, match="score is empty"):
        standardised_mean_difference([], [])
    with pytest.raises(InvalidParameterError, match="'bounds'"):
        standardised_mean_difference([1, 2], ["a", "b"], bounds=(0.3, 0.2))
    with pytest.raises(InvalidParameterError, match="two numbers"):
        standardised_mean_difference([1, 2], ["a", "b"], bounds=0.3)
    with pytest.raises(InvalidParameterError, match="'sd'"):
        standardised_mean_difference([1, 2], ["a", "b"], sd="x")


# --- the picture -----------------------------------------------------------------------------


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
