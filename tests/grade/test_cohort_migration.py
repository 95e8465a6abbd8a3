"""Migrations counted from day to day: by hand, by laws, with withdrawn ratings and cures."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    MigrationWarning,
)
from creditscore.grade import (
    GradeScale,
    MasterScale,
    MigrationMatrix,
    MigrationStates,
    RatingHistory,
    cohort_migration,
    cohort_pairs,
    migration_from_counts,
    migration_shares,
)
from creditscore.metrics import jeffreys_interval

START = ["A"] * 6 + ["B"] * 6
END = ["A", "A", "A", "B", "NR", "NR", "A", "B", "B", "D", "NR", None]
GRADES = ["A", "B"]


# --- by hand -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("withdrawals", "row_a", "row_b"),
    [
        ("remove", [3 / 4, 1 / 4, 0], [1 / 4, 2 / 4, 1 / 4]),
        ("proportional", [3 / 4, 1 / 4, 0], [1 / 4, 2 / 4, 1 / 4]),
        ("no_change", [5 / 6, 1 / 6, 0], [1 / 6, 4 / 6, 1 / 6]),
        ("keep", [3 / 6, 1 / 6, 0, 2 / 6], [1 / 6, 2 / 6, 1 / 6, 2 / 6]),
    ],
)
def test_withdrawn_ratings(withdrawals: str, row_a: list, row_b: list) -> None:
    matrix = cohort_migration(START, END, labels=GRADES, withdrawals=withdrawals)
    assert matrix.array[0] == pytest.approx(row_a, rel=1e-15)
    assert matrix.array[1] == pytest.approx(row_b, rel=1e-15)
    assert matrix.withdrawals == withdrawals
    assert matrix.counts_frame()["n_withdrawn"].tolist()[:2] == [2, 2]
    assert matrix.withdrawn_label == ("NR" if withdrawals == "keep" else None)


def test_kept_ratings_may_be_spread_later() -> None:
    kept = cohort_migration(START, END, labels=GRADES, withdrawals="keep")
    for treatment in ("proportional", "no_change"):
        straight = cohort_migration(START, END, labels=GRADES, withdrawals=treatment)
        later = kept.without_withdrawals(treatment)
        assert later.array == pytest.approx(straight.array, rel=1e-12)
        assert later.counts == straight.counts
        assert later.n_withdrawn == straight.n_withdrawn
    with pytest.raises(InvalidDataError, match="no state of withdrawn ratings"):
        later.without_withdrawals()


def test_all_withdrawn() -> None:
    matrix = cohort_migration(["A", "B"], ["NR", "B"], labels=GRADES)
    assert np.isnan(matrix.array[0]).all()
    assert matrix.array[1].tolist() == [0, 1, 0]
    stay = cohort_migration(["A", "B"], ["NR", "B"], labels=GRADES, empty="stay")
    assert stay.array[0].tolist() == [1, 0, 0]
    kept = cohort_migration(["A", "B"], ["NR", "B"], labels=GRADES, withdrawals="keep")
    with pytest.raises(InvalidDataError, match="All ratings of 'A' were withdrawn"):
        kept.without_withdrawals()
    assert kept.without_withdrawals("no_change").array[0].tolist() == [1, 0, 0]


def test_one_customer() -> None:
    matrix = cohort_migration(["A"], ["D"], labels=["A"])
    assert matrix.array.tolist() == [[0, 1], [0, 1]]


def test_pooled_and_mean_of_cohorts() -> None:
    start = ["A"] * 4 + ["A"] * 10 + ["B"] * 2
    end = ["A", "A", "B", "NR"] + ["A"] * 9 + ["B"] + ["B"] * 2
    cohort = [1] * 4 + [2] * 12
    pooled = cohort_migration(start, end, labels=GRADES, cohort=cohort)
    assert pooled.array[0, 1] == pytest.approx(2 / 13)
    mean = cohort_migration(start, end, labels=GRADES, cohort=cohort, averaging="mean")
    assert mean.array[0, 1] == pytest.approx((1 / 3 + 1 / 10) / 2)
    # B was there in the second cohort alone, which does not halve its rates
    assert mean.array[1].tolist() == [0, 1, 0]
    spread = cohort_migration(
        start, end, labels=GRADES, cohort=cohort, averaging="mean", withdrawals="proportional"
    )
    assert spread.array[0, 1] == pytest.approx((1 / 4 + 1 / 10) / 2 / (1 - 1 / 8))
    assert (pooled.pooled, mean.pooled) == (True, False)
    assert mean.method == "mean of 2 cohorts"


def test_weights_of_cohorts() -> None:
    start, end = ["A"] * 14 + ["B"], ["A", "A", "B", "B"] + ["A"] * 9 + ["B"] + ["D"]
    cohort = ["poor"] * 4 + ["good"] * 11

    def estimate(averaging) -> MigrationMatrix:
        return cohort_migration(start, end, labels=GRADES, cohort=cohort, averaging=averaging)

    matrix = estimate({"poor": 1, "good": 3})
    assert matrix.array[0, 1] == pytest.approx((1 * 0.5 + 3 * 0.1) / 4)
    assert matrix.array[1].tolist() == [0, 0, 1]
    assert matrix.method == "weighted mean of 2 cohorts"
    assert estimate({"poor": 2, "good": 2}).array.tolist() == estimate("mean").array.tolist()
    assert np.isnan(estimate({"poor": 1, "good": 0}).array[1]).all()
    for weights, match in (
        ({"poor": 1}, r"Missing: \['good'\]"),
        ({"poor": 1, "good": 1, "bad": 1}, r"not there: \['bad'\]"),
        ({"poor": 0, "good": 0}, "not all zero"),
        ({"poor": -1, "good": 1}, "zero or more"),
    ):
        with pytest.raises(InvalidDataError, match=match):
            estimate(weights)


def test_cures_are_estimated_where_that_is_asked_for() -> None:
    start, end = ["A", "D", "D", "D", "D"], ["A", "D", "D", "D", "A"]
    with pytest.warns(MigrationWarning, match=r"1 pair\(s\) begin in 'D' and end elsewhere"):
        closed = cohort_migration(start, end, labels=["A"])
    assert closed.array[1].tolist() == [0, 1]
    assert closed.counts_frame().loc["D", "A"] == 1
    states = MigrationStates(labels=("A",), default_absorbing=False)
    assert cohort_migration(start, end, labels=states).array[1].tolist() == [0.25, 0.75]


def test_labels_of_every_kind() -> None:
    expected = cohort_migration(START, END, labels=GRADES)
    scale = GradeScale(labels=("A", "B"), bounds=(0.1,))
    states = MigrationStates(labels=("A", "B", "D"))
    master = MasterScale(scale=scale, prob_default=(0.01, 0.2))
    for labels in (["A", "B", "D"], scale, master, states, ("A", "B")):
        assert cohort_migration(START, END, labels=labels) == expected
    other = MigrationStates(labels=("1", "2", "3"), default_label="3", withdrawn_label=None)
    numbers = cohort_migration([1, 1.0, 2], [1.0, 2.0, math.nan], labels=other)
    assert numbers.counts_frame().loc["1", "2"] == 1
    assert numbers.n_withdrawn == (0, 1, 0)


@pytest.mark.parametrize("library", [pd.Series, pl.Series, np.array])
def test_columns_of_every_library(library) -> None:
    end = ["A" if value is None else value for value in END]
    found = cohort_migration(library(START), library(end), labels=GRADES)
    assert found == cohort_migration(START, end, labels=GRADES)


def test_categories() -> None:
    start = pd.Series(START, dtype="category")
    end = pd.Series(END, dtype="category")
    assert cohort_migration(start, end, labels=GRADES) == cohort_migration(
        START, END, labels=GRADES
    )


# --- counts --------------------------------------------------------------------------


def test_a_table_of_counts() -> None:
    matrix = migration_from_counts([[3, 1, 0, 2], [1, 2, 1, 2]], labels=GRADES)
    pairs = cohort_migration(START, END, labels=GRADES)
    assert matrix.array.tolist() == pairs.array.tolist()
    assert matrix.counts == pairs.counts
    table = pairs.counts_frame().rename(columns={"n_withdrawn": "NR"})
    shuffled = table.loc[["B", "D", "A"], ["NR", "D", "A", "B"]]
    assert migration_from_counts(shuffled, labels=GRADES) == matrix


def test_columns_of_counts_go_by_their_names() -> None:
    named = pl.DataFrame({"NR": [2, 2], "A": [3, 1], "B": [1, 2], "D": [0, 1]})
    expected = migration_from_counts([[3, 1, 0, 2], [1, 2, 1, 2]], labels=GRADES)
    for table in (named, named.to_pandas(), named.to_arrow()):
        assert migration_from_counts(table, labels=GRADES) == expected
    # rows without names are in the order of the columns, here the riskiest first
    turned = pd.DataFrame([[2, 1, 1], [1, 3, 0]], columns=["B", "A", "D"])
    assert migration_from_counts(turned, labels=GRADES).array.tolist() == expected.array.tolist()


def test_only_default_needs_no_row() -> None:
    states = MigrationStates(labels=("A", "B"), default_label=None)
    with pytest.raises(InvalidDataError, match=r"Got the shape \(1, 2\)"):
        migration_from_counts([[1, 2]], labels=states)


def test_no_row_is_taken_for_another() -> None:
    # default has a row and B has none: as many rows as without default
    table = pd.DataFrame([[3, 1, 0], [0, 0, 4]], index=["A", "D"], columns=["A", "B", "D"])
    with pytest.raises(InvalidDataError, match="no row 'B'"):
        migration_from_counts(table, labels=GRADES)


@pytest.mark.parametrize(
    ("counts", "match"),
    [
        ([[0.9, 0.08, 0.02], [0.1, 0.8, 0.1]], "are these probabilities"),
        ([[np.inf, 1, 0], [0, 1, 0]], "Got inf"),
        ([[1, math.nan, 0], [0, 1, 0]], "Got nan"),
        ([1, 2, 3], "a row a grade at the start"),
        ([[1, 2]], r"Got the shape \(1, 2\)"),
        ([[1, 2, -3], [0, 0, 0]], "zero or more"),
        (pd.DataFrame([[1, 2]], columns=["A", "C"], index=["A"]), "the column 'C'"),
        (pd.DataFrame([[1, 2]], columns=["A", "B"], index=["A"]), "no column 'D'"),
        (pd.DataFrame([[1, 2, 0]] * 2, columns=["A", "B", "D"], index=["A", "A"]), "a row twice"),
    ],
)
def test_tables_that_are_no_counts(counts: object, match: str) -> None:
    with pytest.raises(InvalidDataError, match=match):
        migration_from_counts(counts, labels=GRADES)


# --- intervals -----------------------------------------------------------------------


def test_intervals_of_cells() -> None:
    for withdrawals, total, stay in (("remove", 4, 3), ("no_change", 6, 5), ("keep", 6, 3)):
        matrix = cohort_migration(START, END, labels=GRADES, withdrawals=withdrawals)
        table = matrix.intervals(0.9).set_index(["grade_start", "grade_end"])
        lower, upper = jeffreys_interval(stay, total, level=0.9)
        cell = table.loc[("A", "A")]
        assert (cell["n_start"], cell["n_moved"]) == (total, stay)
        assert (cell["lower"], cell["upper"]) == pytest.approx((float(lower), float(upper)))
        assert cell["probability"] == pytest.approx(stay / total)
    assert (matrix.intervals(interval="wilson")["lower"] <= table["probability"].to_numpy()).all()


def test_where_there_are_no_intervals() -> None:
    mean = cohort_migration(START, END, labels=GRADES, cohort=[1, 2] * 6, averaging="mean")
    for matrix, what in (
        (mean, "is an average of cohorts"),
        (cohort_migration(["A"] * 9, ["A"] * 9, labels=["A"]).power(2), "has no counts"),
    ):
        with pytest.raises(InvalidDataError, match=f"The matrix {what}.*bootstrap_migration"):
            matrix.intervals()
    with pytest.raises(InvalidDataError, match="made of probabilities"):
        MigrationMatrix(labels=("A", "D"), probabilities=[[1, 0], [0, 1]]).counts_frame()


# --- errors --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "options", "error", "match"),
    [
        (["A", "AB"], ["A", "A"], {}, InvalidDataError, "no states: 'AB'. Did you mean 'B' or 'A'"),
        (["A"], ["E"], {}, InvalidDataError, "grade_end holds .* 'E'.*'NR' and missing"),
        (["A", None], ["A", "A"], {}, InvalidDataError, "the first at row 1, have no grade"),
        (["NR"], ["A"], {}, InvalidDataError, "no part of the cohort"),
        (["A"], ["A", "A"], {}, InvalidDataError, "Got 1 of the first and 2 of the second"),
        ([], [], {}, EmptyDataError, "no pairs of grades"),
        ([["A"]], [["A"]], {}, InvalidDataError, "must be one column"),
        (["A"], ["A"], {"cohort": [None]}, InvalidDataError, "1 of them missing"),
        (["A"], ["A"], {"cohort": [1, 2]}, InvalidDataError, "Got 2 values"),
        (["A"], ["A"], {"averaging": "median"}, InvalidParameterError, "'averaging'"),
        (["A"], ["A"], {"withdrawals": "drop"}, InvalidParameterError, "'withdrawals'"),
        (["A"], ["A"], {"empty": "nan"}, InvalidParameterError, "'empty'"),
        (["A"], ["A"], {"years": 0}, InvalidParameterError, "'years'"),
        (["A"], ["A"], {"labels": "AB"}, InvalidParameterError, "must be a tuple"),
        (["A"], ["A"], {"labels": ["A", "NR"]}, InvalidParameterError, "is among its grades"),
        (["A"], ["A"], {"labels": ["A", "Default"]}, InvalidParameterError, "hold 'Default'"),
        (["A"], ["A"], {"labels": ["D", "A"]}, InvalidParameterError, "default comes after"),
    ],
)
def test_errors(start: list, end: list, options: dict, error: type, match: str) -> None:
    with pytest.raises(error, match=match):
        cohort_migration(start, end, **{"labels": GRADES, **options})


def test_another_index_is_refused() -> None:
    start = pd.Series(["A", "B"], index=[1, 2])
    with pytest.raises(InvalidDataError, match="another index"):
        cohort_migration(start, pd.Series(["A", "B"], index=[2, 1]), labels=GRADES)


# --- from a history ------------------------------------------------------------------


def history() -> RatingHistory:
    return RatingHistory.from_events(
        ["X", "X", "X", "Y", "Z"],
        ["A", "B", "D", "A", "B"],
        pd.to_datetime(["2020-01-01", "2021-05-01", "2022-05-01", "2020-01-01", "2021-01-01"]),
        labels=("A", "B"),
    )


def test_cohorts_of_a_history() -> None:
    pairs = cohort_pairs(history(), ["2020-01-01", "2021-01-01", "2022-01-01"])
    assert pairs["cohort"].tolist() == ["2020-01-01"] * 2 + ["2021-01-01"] * 3 + ["2022-01-01"] * 3
    matrix = cohort_migration(
        pairs["grade_start"], pairs["grade_end"], labels=history(), cohort=pairs["cohort"]
    )
    # A: X and Y stay in 2020, X falls and Y stays in 2021, Y stays in 2022
    assert matrix.array[0].tolist() == [4 / 5, 1 / 5, 0]
    assert matrix.array[1].tolist() == pytest.approx([0, 2 / 3, 1 / 3])


def test_cohorts_that_cannot_be_had() -> None:
    with pytest.raises(EmptyDataError, match="No customer had a grade"):
        cohort_pairs(history(), ["1999-01-01"])
    with pytest.raises(InvalidParameterError, match="list of days"):
        cohort_pairs(history(), "2020-01-01")
    with pytest.raises(InvalidParameterError, match="RatingHistory"):
        cohort_pairs(pd.DataFrame(), ["2020-01-01"])


# --- shares over time ----------------------------------------------------------------


def test_shares_over_time() -> None:
    start = ["A", "B", "B", "D", "A", "A", "B", "B"]
    end = ["B", "A", "NR", "D", "A", "D", "B", "D"]
    table = migration_shares(start, end, cohort=["y1"] * 4 + ["y2"] * 4, labels=GRADES)
    assert table["count"].tolist() == [3, 4]
    kinds = ["upgrade", "stay", "downgrade", "default", "withdrawn"]
    assert table.loc[0, kinds].tolist() == pytest.approx([1 / 3, 0, 1 / 3, 0, 1 / 3])
    assert table.loc[1, kinds].tolist() == pytest.approx([0, 0.5, 0, 0.5, 0])
    assert table["drift"].tolist() == pytest.approx([0, -0.5])
    with pytest.raises(InvalidDataError, match="All customers were in default"):
        migration_shares(["D"], ["D"], cohort=[1], labels=GRADES)
    with pytest.raises(InvalidDataError, match="cohort must say"):
        migration_shares(["A"], ["D"], cohort=[None], labels=GRADES)


# --- laws ----------------------------------------------------------------------------

pairs_of_grades = st.lists(
    st.tuples(st.sampled_from("ABC"), st.sampled_from(["A", "B", "C", "D", "NR"])),
    min_size=1, max_size=40,
)  # fmt: skip


@given(pairs_of_grades, st.sampled_from(["remove", "proportional", "no_change", "keep"]))
@settings(deadline=None, max_examples=60)
def test_rows_sum_to_one_or_are_missing(pairs: list, withdrawals: str) -> None:
    start, end = zip(*pairs, strict=True)
    matrix = cohort_migration(start, end, labels=list("ABC"), withdrawals=withdrawals)
    sums = matrix.array.sum(axis=1)
    assert sums[~np.isnan(sums)] == pytest.approx(np.ones((~np.isnan(sums)).sum()), abs=1e-12)
    counted = Counter(pairs)
    table = matrix.counts_frame()
    for (a, b), n in counted.items():
        assert table.loc[a, "n_withdrawn" if b == "NR" else b] == n
    assert MigrationMatrix.from_json(matrix.to_json()) == matrix


@given(pairs_of_grades, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=30)
def test_neither_order_nor_names_matter(pairs: list, random) -> None:
    start, end = zip(*pairs, strict=True)
    matrix = cohort_migration(start, end, labels=list("ABC"))
    shuffled = list(pairs)
    random.shuffle(shuffled)
    assert cohort_migration(*zip(*shuffled, strict=True), labels=list("ABC")) == matrix
    names = {"A": "one", "B": "two", "C": "three", "D": "gone", "NR": None}
    states = MigrationStates(labels=("one", "two", "three"), default_label="gone")
    renamed = cohort_migration([names[a] for a in start], [names[b] for b in end], labels=states)
    assert renamed.probabilities == matrix.probabilities


@given(st.lists(st.sampled_from("ABC"), min_size=1, max_size=20))
@settings(deadline=None, max_examples=20)
def test_without_a_migration_it_is_one(grades: list) -> None:
    matrix = cohort_migration(grades, grades, labels=list("ABC"), empty="stay")
    assert matrix.array.tolist() == np.eye(4).tolist()
