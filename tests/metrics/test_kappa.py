"""Kappa: other implementations and their errors, laws, several raters, edges, errors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa

from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError
from creditscore.metrics import RaterAgreement, WeightedKappa, rater_agreement, weighted_kappa

weight_kinds = pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])

COUNTS = np.array([[11, 3, 1, 0], [2, 9, 4, 1], [0, 2, 8, 3], [1, 0, 2, 7]])
FIRST, SECOND = np.argwhere(np.ones((4, 4))).repeat(COUNTS.ravel(), axis=0).T

grades = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=4, max_size=40)


# --- reference -----------------------------------------------------------------------


@weight_kinds
def test_kappa_and_its_errors_are_those_of_statsmodels(weights: Any) -> None:
    theirs = cohens_kappa(COUNTS, wt=None if weights == "none" else weights)
    found = weighted_kappa(FIRST, SECOND, weights=weights)
    assert found.kappa == pytest.approx(theirs.kappa, rel=1e-12)
    assert found.standard_error == pytest.approx(theirs.std_kappa, rel=1e-10)
    assert found.null_error == pytest.approx(theirs.std_kappa0, rel=1e-10)
    assert found.z == pytest.approx(theirs.z_value, rel=1e-10)
    assert found.p_value == pytest.approx(theirs.pvalue_two_sided, rel=1e-6)
    assert found.interval.lower == pytest.approx(theirs.kappa_low, rel=1e-10)
    assert found.interval.upper == pytest.approx(theirs.kappa_upp, rel=1e-10)
    assert found.n_cases == COUNTS.sum()
    np.testing.assert_array_equal(found.table().to_numpy(), COUNTS)


def test_kappa_of_a_two_by_two_table() -> None:
    # by hand: agreement 35 of 50, by chance 0.5 · 0.6 + 0.5 · 0.4 = 0.5
    first, second = [1] * 25 + [0] * 25, [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15
    found = weighted_kappa(first, second, weights="none")
    assert found.kappa == pytest.approx(0.4)
    assert found.observed_agreement == pytest.approx(0.7)


@weight_kinds
@settings(deadline=None, max_examples=60)
@given(pairs=grades)
def test_kappa_is_that_of_sklearn(weights: Any, pairs: list[tuple[int, int]]) -> None:
    first, second = zip(*pairs, strict=True)
    assume(len({*first, *second}) > 1)
    found = weighted_kappa(first, second, labels=[1, 2, 3, 4], weights=weights)
    theirs = cohen_kappa_score(
        first, second, labels=[1, 2, 3, 4], weights=None if weights == "none" else weights
    )
    assert found.kappa == pytest.approx(theirs, abs=1e-12)


@weight_kinds
def test_kappa_of_a_table_is_that_of_its_cases(weights: Any) -> None:
    names = ["AA", "A", "B", "C"]
    table = pd.DataFrame(COUNTS, index=names, columns=names)
    cases = weighted_kappa(
        [names[i] for i in FIRST], [names[i] for i in SECOND],
        labels=names, weights=weights, confidence=0.9,
    )  # fmt: skip
    for given_table in (table, COUNTS, COUNTS.tolist(), pl.DataFrame(COUNTS)):
        found = WeightedKappa.from_table(given_table, weights=weights, confidence=0.9)
        assert found.kappa == pytest.approx(cases.kappa, rel=1e-12)
        assert found.interval == pytest.approx(cases.interval, rel=1e-12)
        assert found.null_error == pytest.approx(cases.null_error, rel=1e-12)
        assert found.labels == (tuple(names) if given_table is table else (1, 2, 3, 4))
    again = WeightedKappa.from_table(cases.table(), weights=weights)
    pd.testing.assert_frame_equal(again.table(), cases.table())


# --- laws ----------------------------------------------------------------------------


@weight_kinds
@settings(deadline=None, max_examples=40)
@given(pairs=grades)
def test_laws(weights: Any, pairs: list[tuple[int, int]]) -> None:
    first, second = zip(*pairs, strict=True)
    assume(len({*first, *second}) > 1)
    labels = [1, 2, 3, 4]
    found = weighted_kappa(first, second, labels=labels, weights=weights)
    assert -1 - 1e-12 <= found.kappa <= 1 + 1e-12
    turned = weighted_kappa(second, first, labels=labels, weights=weights)
    assert turned.kappa == pytest.approx(found.kappa)
    assert turned.standard_error == pytest.approx(found.standard_error, abs=1e-7)
    # the other end of the scale is as good
    reverse = weighted_kappa(first, second, labels=labels[::-1], weights=weights)
    assert reverse.kappa == pytest.approx(found.kappa)
    twice = weighted_kappa(first * 2, second * 2, labels=labels, weights=weights)
    assert twice.kappa == pytest.approx(found.kappa)
    assert twice.standard_error == pytest.approx(found.standard_error / math.sqrt(2), abs=1e-7)


@weight_kinds
def test_full_agreement_is_one_without_error(weights: Any) -> None:
    found = weighted_kappa([1, 2, 3, 1], [1, 2, 3, 1], weights=weights)
    assert found.kappa == pytest.approx(1)
    assert found.standard_error == pytest.approx(0, abs=1e-7)
    assert found.interval.upper == 1


def test_the_interval_is_normal_and_ends_at_one() -> None:
    found = weighted_kappa([1, 2, 3, 1, 2], [1, 2, 3, 1, 1], confidence=0.9)
    reach = 1.6448536269514722 * found.standard_error
    assert found.interval.lower == pytest.approx(found.kappa - reach)
    assert found.kappa + reach > 1
    assert found.interval.upper == 1


def test_near_grades_count_more_than_far_ones() -> None:
    near, far = [1, 1, 2, 2, 3, 3], [1, 2, 2, 2, 3, 3]
    assert weighted_kappa(near, far).kappa > weighted_kappa(near, [1, 3, 2, 2, 3, 3]).kappa
    # two grades have one step only
    kinds = [
        weighted_kappa([0, 1, 1, 0], [0, 1, 0, 0], weights=w).kappa
        for w in ("none", "linear", "quadratic")
    ]
    assert kinds == pytest.approx([kinds[0]] * 3)


def test_grades_that_nobody_gave_make_steps() -> None:
    first, second = ["AA", "AA", "C"], ["AA", "A", "C"]
    short = weighted_kappa(first, second, labels=["AA", "A", "C"])
    long = weighted_kappa(first, second, labels=["AA", "A", "B", "C"])
    assert long.kappa > short.kappa
    assert long.table().loc["B"].tolist() == [0, 0, 0, 0]


@weight_kinds
def test_numbers_are_as_far_apart_as_they_say(weights: Any) -> None:
    first, second = [1, 2, 5, 5, 2, 1], [1, 5, 5, 2, 2, 2]
    found = weighted_kappa(first, second, weights=weights)
    full = weighted_kappa(first, second, labels=[1, 2, 3, 4, 5], weights=weights)
    assert found.kappa == pytest.approx(full.kappa, rel=1e-12)
    assert found.standard_error == pytest.approx(full.standard_error, rel=1e-9)
    assert found.labels == (1, 2, 5)
    ends = weighted_kappa(first, second, labels=[1, 2, 5], weights=weights)
    assert (ends.kappa == pytest.approx(found.kappa)) == (weights == "none")
    # another unit, and halves, change nothing
    halves = weighted_kappa(np.array(first) / 2 - 3, np.array(second) / 2 - 3, weights=weights)
    assert halves.kappa == pytest.approx(found.kappa, rel=1e-12)
    raters = pd.DataFrame([first, second], index=["ann", "bo"])
    assert rater_agreement(raters, weights=weights).mean_kappa == pytest.approx(found.kappa)


# --- several raters ------------------------------------------------------------------


def test_each_pair_and_their_mean() -> None:
    table = pd.DataFrame(
        [[1, 2, 3, 3, 2], [1, 2, 3, 2, 2], [1, 3, 3, 3, 1]], index=["ann", "bo", "cy"]
    )
    found = rater_agreement(table, weights="quadratic")
    rows = found.table().set_index(["first", "second"])
    for first, second in (("ann", "bo"), ("ann", "cy"), ("bo", "cy")):
        alone = weighted_kappa(
            table.loc[first], table.loc[second], labels=[1, 2, 3], weights="quadratic"
        )
        assert rows.loc[(first, second), "kappa"] == alone.kappa
        assert rows.loc[(first, second), "lower"] == alone.interval.lower
    assert found.mean_kappa == pytest.approx(rows["kappa"].mean())
    assert "least: bo and cy" in repr(found)
    assert "kappa" in found._repr_html_()


def test_pairs_are_compared_on_what_both_graded() -> None:
    table = pd.DataFrame(
        [["A", "B", "C", None], ["A", "B", "B", "C"], [None, None, None, "C"]],
        index=["ann", "bo", "cy"], columns=list("wxyz"),
    )  # fmt: skip
    found = rater_agreement(table, labels=["A", "B", "C"])
    rows = found.table().set_index(["first", "second"])
    assert rows.loc[("ann", "bo"), "n"] == 3
    assert rows.loc[("ann", "cy"), "reason"] == "They graded no case in common."
    assert "grade 'C'" in rows.loc[("bo", "cy"), "reason"]
    assert rows.loc[("bo", "cy"), ["kappa", "lower"]].isna().all()
    assert found.mean_kappa == rows.loc[("ann", "bo"), "kappa"]
    assert "(2 without kappa)" in repr(found)


def test_libraries_agree() -> None:
    table = pd.DataFrame([list("AABC"), list("ABBC"), list("AABB")], columns=list("wxyz"))
    one = rater_agreement(table, labels=["A", "B", "C"])
    other = rater_agreement(pl.from_pandas(table), labels=["A", "B", "C"])
    assert isinstance(other, RaterAgreement)
    pd.testing.assert_frame_equal(one.table(), other.table())
    series = weighted_kappa(pl.Series(["A", "B"]), pd.Series(["A", "A"]), labels=["A", "B"])
    assert series.kappa == 0


# --- errors --------------------------------------------------------------------------


def test_one_grade_only_has_no_kappa() -> None:
    with pytest.raises(InvalidDataError, match=r"all 3 cases the grade 'A'.*0/0"):
        weighted_kappa(["A"] * 3, ["A"] * 3, labels=["A", "B"])
    with pytest.raises(InvalidDataError, match="No pair of raters has a kappa"):
        rater_agreement([[1, 1], [1, 1]])


@pytest.mark.parametrize("second", [["B", "B", "B"], ["A", "B", "A"]])
def test_a_rater_of_one_grade_has_kappa_zero_and_no_test(second: list[str]) -> None:
    found = weighted_kappa(["A"] * 3, second, labels=["A", "B"])
    assert found.kappa == pytest.approx(0, abs=1e-15)
    assert math.isnan(found.z)
    assert math.isnan(found.p_value)
    assert repr(found).endswith("linear; no test: one rater gives one grade)")


def test_the_order_of_text_is_not_guessed() -> None:
    with pytest.raises(InvalidParameterError, match="no order of their own"):
        weighted_kappa(["AA", "AAA"], ["AA", "B"])
    found = weighted_kappa(["AA", "AAA"], ["AA", "B"], weights="none")
    assert found.labels == ("AA", "AAA", "B")


@pytest.mark.parametrize("labels", [["A"], ["A", "A"], "AB", []])
def test_labels_that_are_no_scale(labels: Any) -> None:
    with pytest.raises(InvalidParameterError, match="'labels'"):
        weighted_kappa(["A", "B"], ["A", "B"], labels=labels)


def test_grades_that_cannot_be_compared() -> None:
    with pytest.raises(InvalidDataError, match=r"second holds grades .*'D'"):
        weighted_kappa(["A", "B"], ["A", "D"], labels=["A", "B"])
    with pytest.raises(InvalidDataError, match="first has 2 grades and second 1"):
        weighted_kappa([1, 2], [1])
    with pytest.raises(InvalidDataError, match=r"second has 1 missing grade\(s\).*row 1"):
        weighted_kappa([1, 2], [1, None])
    with pytest.raises(InvalidDataError, match="1D array"):
        weighted_kappa([[1, 2]], [[1, 2]])
    with pytest.raises(InvalidDataError, match=r"1D array.*'AB'"):
        weighted_kappa("AB", "AB", labels=["A", "B"])
    with pytest.raises(EmptyDataError, match="first holds no grades"):
        weighted_kappa([], [])
    one = pd.Series([1, 2], index=["x", "y"])
    with pytest.raises(InvalidDataError, match="different orders"):
        weighted_kappa(one, one[::-1])


def test_tables_and_settings_are_checked() -> None:
    with pytest.raises(EmptyDataError, match="two raters"):
        rater_agreement([[1, 2, 3]])
    twice = pd.DataFrame([[1, 2], [2, 1]], index=["ann", "ann"])
    with pytest.raises(InvalidDataError, match="more than once: ann"):
        rater_agreement(twice)
    for function in (rater_agreement, lambda **k: weighted_kappa([1, 2], [1, 2], **k)):
        table = ([[1, 2], [1, 2]],) if function is rater_agreement else ()
        with pytest.raises(InvalidParameterError, match="'weights'"):
            function(*table, weights="cubic")  # type: ignore[arg-type, operator]
        with pytest.raises(InvalidParameterError, match="'confidence'"):
            function(*table, confidence=1)  # type: ignore[arg-type, operator]


@pytest.mark.parametrize(
    ("table", "error", "match"),
    [
        ([[1, 2, 3], [1, 2, 3]], InvalidDataError, r"without totals. Got shape \(2, 3\)"),
        ([[4]], InvalidDataError, "two grades or more"),
        ([[0.4, 0.1], [0.2, 0.3]], InvalidDataError, "Multiply shares by the number"),
        ([[4, -1], [2, 3]], InvalidDataError, "whole and 0 or more"),
        ([[4, math.nan], [2, 3]], InvalidDataError, "whole and 0 or more"),
        ([["4", "1"], ["2", "3"]], InvalidDataError, "must hold numbers. Got text"),
        ([[0, 0], [0, 0]], EmptyDataError, "holds no cases"),
        ([[0, 0], [0, 7]], InvalidDataError, "all 7 cases the grade 2"),
        (pd.DataFrame(np.eye(2), ["A", "B"], ["B", "A"]), InvalidDataError, "in one order"),
        (pd.DataFrame(np.eye(2), ["A", "A"], ["A", "A"]), InvalidDataError, "each once"),
    ],
)  # fmt: skip
def test_tables_that_are_no_counts(table: Any, error: Any, match: str) -> None:
    with pytest.raises(error, match=match):
        WeightedKappa.from_table(table)


def test_infinite_grades_have_no_steps() -> None:
    with pytest.raises(InvalidDataError, match="A grade is infinite"):
        weighted_kappa([1, 2, math.inf], [1, 2, 2])
