"""Fuzzy comprehensive evaluation: the four operators, levels, votes and functions."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.exceptions import (
    ColumnTypeError,
    DocumentError,
    InfiniteValueError,
    InvalidDataError,
    InvalidParameterError,
    InvalidWeightError,
    MissingColumnError,
    RefusedValueError,
)
from creditscore.expert import (
    FuzzyEvaluation,
    GaussianMembership,
    Membership,
    TriangularMembership,
    WeightHierarchy,
    Weights,
    fuzzy_composition,
    ridge_partition,
    triangular_partition,
)

# closed form: A = (.4, .35, .25) and R, with the grades 95, 85, 70, 50
A = [0.4, 0.35, 0.25]
R = [[0.2, 0.5, 0.2, 0.1], [0.3, 0.4, 0.2, 0.1], [0.1, 0.3, 0.4, 0.2]]
COMPOSED = {
    "weighted_average": [0.21, 0.415, 0.25, 0.125],
    "min_max": [0.3, 0.4, 0.25, 0.2],
    "product_max": [0.105, 0.2, 0.1, 0.05],
    "min_bounded_sum": [0.6, 1.0, 0.65, 0.4],
}
GRADES = ("AAA", "AA", "A", "B")
VALUES = (95, 85, 70, 50)
OPERATORS = list(COMPOSED)


def evaluation(operator: Any = "weighted_average", **changes: Any) -> FuzzyEvaluation:
    settings: dict[str, Any] = {
        "grades": GRADES,
        "grade_values": VALUES,
        "weights": Weights.of(dict(zip("abc", A, strict=True))),
        "operator": operator,
    }
    return FuzzyEvaluation(**settings | changes)


def measured(operator: Any = "weighted_average") -> FuzzyEvaluation:
    """Make one in two levels, with functions of each kind."""
    return evaluation(
        operator,
        weights=WeightHierarchy.of({"money": (6, {"a": 2, "b": 1}), "c": 4}),
        functions={
            "a": triangular_partition([4, 3, 2, 1]),
            "b": ridge_partition([0.2, 0.4, 0.6, 0.8]),
            "c": [
                GaussianMembership.ascending(9, 1),
                *(GaussianMembership(centre=centre, width=1) for centre in (7, 5, 3)),
            ],
        },
    )


def firms(n: int, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    columns = {"a": rng.uniform(0, 5, n), "b": rng.uniform(0, 1, n), "c": rng.uniform(2, 10, n)}
    return pd.DataFrame(columns, index=[f"firm {i}" for i in range(n)])


# --- reference -----------------------------------------------------------------------


@pytest.mark.parametrize("operator", OPERATORS)
def test_reference_of_the_operators(operator: Any) -> None:
    np.testing.assert_allclose(fuzzy_composition(A, R, operator=operator), COMPOSED[operator])
    result = evaluation(operator).evaluate_votes(dict(zip("abc", R, strict=True)))
    np.testing.assert_allclose(result.memberships.to_numpy()[0], COMPOSED[operator])


def test_reference_of_the_score_and_the_grade() -> None:
    result = evaluation().evaluate_votes(pd.DataFrame(R, index=list("abc"), columns=list(GRADES)))
    assert result.score[0] == pytest.approx(78.975, abs=1e-12)
    assert result.grade.tolist() == ["AA"]
    # (nβ − 1) / (2γ (n − 1)) = (4 · 0.415 − 1) / (2 · 0.25 · 3)
    assert result.effectiveness[0] == pytest.approx(0.66 / 1.5)


def test_reference_of_the_normalised_main_factor() -> None:
    """The memberships of M(∧,∨), which add up to 1.15, divided by their sum."""
    result = evaluation("min_max").evaluate_votes(dict(zip("abc", R, strict=True)))
    shares = np.array([0.26087, 0.347826, 0.217391, 0.173913])
    assert result.score[0] == pytest.approx(shares @ np.array(VALUES), abs=1e-4)


def test_a_bounded_sum_ends_at_one() -> None:
    found = fuzzy_composition([0.9, 0.8], [[1, 0.2], [0.7, 0.3]], operator="min_bounded_sum")
    np.testing.assert_allclose(found, [1, 0.5])


# --- grades --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("votes", "grade", "tied", "effectiveness"),
    [
        ([0.5, 0.5, 0, 0], "AA", 2, 2 * (0.5) / 3),
        ([0, 0, 1, 0], "A", 1, math.inf),
        ([0.25, 0.25, 0.25, 0.25], "B", 4, 0.0),
        ([0.1 + 0.2, 0.3, 0.2, 0.2], "AA", 2, 0.2 / 1.8),
    ],
)
def test_ties_go_to_the_riskier_grade(
    votes: list[float], grade: str, tied: int, effectiveness: float
) -> None:
    found = evaluation(weights=Weights.of({"a": 1})).evaluate_votes({"a": votes})
    assert (found.grade[0], found.n_tied[0]) == (grade, tied)
    assert found.effectiveness[0] == pytest.approx(effectiveness, abs=1e-12)


def test_result_shows_its_customers() -> None:
    result = measured().evaluate(firms(12))
    table = result.table()
    assert table.index.tolist() == firms(12).index.tolist()
    assert list(table) == ["score", "grade", "n_tied", "effectiveness", *GRADES]
    assert repr(result).startswith("FuzzyResult(12 customers: ")
    assert "Fuzzy evaluation of 12 customers" in result._repr_html_()


# --- laws ----------------------------------------------------------------------------


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_customer_alone_is_as_among_others(operator: Any) -> None:
    table = firms(40)
    together = measured(operator).evaluate(table)
    for i in (0, 17, 39):
        alone = measured(operator).evaluate(table.iloc[[i]])
        assert alone.score.iloc[0] == pytest.approx(together.score.iloc[i], rel=1e-14)
        assert alone.grade.iloc[0] == together.grade.iloc[i]


weight_lists = st.lists(st.integers(0, 9), min_size=2, max_size=5).filter(any)


@given(amounts=weight_lists, seed=st.integers(0, 2**31))
def test_bounds_and_order_of_the_operators(amounts: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights = np.array(amounts) / sum(amounts)
    rows = rng.dirichlet(np.ones(4), size=len(weights))
    found = {op: fuzzy_composition(weights, rows, operator=op) for op in COMPOSED}  # type: ignore[arg-type]
    slack = 1e-12
    # a product of fractions is at most their minimum, and a maximum at most a sum
    assert (found["product_max"] <= found["min_max"] + slack).all()
    assert (found["min_max"] <= np.minimum(weights.max(), rows.max(axis=0)) + slack).all()
    assert (found["min_max"] <= found["min_bounded_sum"] + slack).all()
    assert (found["product_max"] <= found["weighted_average"] + slack).all()
    assert (found["weighted_average"] <= found["min_bounded_sum"] + slack).all()
    assert found["weighted_average"].sum() == pytest.approx(1)
    order = rng.permutation(len(weights))
    for op, values in found.items():
        again = fuzzy_composition(weights[order], rows[order], operator=op)  # type: ignore[arg-type]
        np.testing.assert_allclose(again, values, atol=1e-14)


@given(seed=st.integers(0, 2**31), n=st.integers(2, 8))
def test_what_was_composed_can_be_composed_again(seed: int, n: int) -> None:
    """Sums of weights may be above 1 by rounding, which is no membership above 1."""
    rng = np.random.default_rng(seed)
    weights = Weights.of({str(i): w for i, w in enumerate(rng.uniform(0.1, 1, n).tolist())})
    below = fuzzy_composition(weights, np.ones((n, 2)))
    again = fuzzy_composition(weights.values, np.tile(below, (n, 1)))
    np.testing.assert_allclose(again, 1, atol=1e-12)


@given(seed=st.integers(0, 2**31))
def test_levels_of_the_weighted_average_are_one_level_of_the_leaves(seed: int) -> None:
    table = firms(5, seed)
    tree = measured()
    assert isinstance(tree.weights, WeightHierarchy)
    flat = evaluation(weights=tree.weights.leaves(), functions=tree.functions)
    np.testing.assert_allclose(flat.membership_of(table), tree.membership_of(table), atol=1e-13)


@pytest.mark.parametrize("operator", OPERATORS)
def test_levels_are_composed_from_below(operator: Any) -> None:
    votes = {"a": [0.2, 0.5, 0.2, 0.1], "b": [0.3, 0.4, 0.2, 0.1], "c": [0.1, 0.3, 0.4, 0.2]}
    found = measured(operator).evaluate_votes(votes)
    assert list(found.levels) == ["money", "money/a", "money/b", "c"]
    money = fuzzy_composition([2 / 3, 1 / 3], [votes["a"], votes["b"]], operator=operator)
    np.testing.assert_allclose(found.levels["money"].to_numpy()[0], money)
    whole = fuzzy_composition([0.6, 0.4], [money, votes["c"]], operator=operator)
    np.testing.assert_allclose(found.memberships.to_numpy()[0], whole)


@given(seed=st.integers(0, 2**31))
def test_score_lies_between_the_values_and_rises_with_a_safer_vote(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = {name: rng.dirichlet(np.ones(4)) for name in "abc"}
    before = evaluation().evaluate_votes(rows).score[0]
    assert 50 <= before <= 95
    rows["a"] = np.array([rows["a"][0] + rows["a"][3], *rows["a"][1:3], 0.0])
    assert evaluation().evaluate_votes(rows).score[0] >= before - 1e-12


# --- tables --------------------------------------------------------------------------


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pd", "pl", "pa"])
def test_any_library_with_votes_beside_numbers(make: Any) -> None:
    table = firms(3).reset_index(drop=True)
    both = evaluation(functions={n: measured().functions[n] for n in "ab"})
    columns = {name: table[name].to_numpy() for name in ("b", "a")}
    votes = {g: np.array(v) for g, v in zip(GRADES, [[1, 0, 0.2], [0, 1, 0.8], [0] * 3, [0] * 3],
                                            strict=True)}  # fmt: skip
    found = both.evaluate(make(columns), votes={"c": make(votes)})
    kind = pa.ChunkedArray if make is pa.table else type(make(columns)["a"])
    assert isinstance(found.score, kind)
    assert type(found.memberships) is type(make(columns))
    expected = both.evaluate(table[["a", "b"]], votes={"c": pd.DataFrame(votes)}).table()
    pd.testing.assert_frame_equal(found.table(), expected, check_dtype=False)
    assert found.levels["c"]["AAA"][0] in (1.0, pa.scalar(1.0))
    assert both.score(make(columns), votes={"c": make(votes)})[0] is not None


def test_json_brings_all_back(tmp_path: Any) -> None:
    tree = measured("min_max")
    tree.to_json(tmp_path / "fuzzy.json")
    again = FuzzyEvaluation.from_json(tmp_path / "fuzzy.json")
    assert again == tree
    text = (tmp_path / "fuzzy.json").read_text(encoding="utf-8")
    assert "Infinity" not in text
    flat = evaluation()
    assert FuzzyEvaluation.from_json(flat.to_json()) == flat
    assert repr(again) == (
        "FuzzyEvaluation(AAA, AA, A, B; 3 measured and 0 voted criteria in 2 levels; min_max)"
    )


def test_json_refuses_what_it_does_not_know() -> None:
    class Mine(Membership):
        def membership(self, values: Any) -> Any:
            return np.ones(len(values))

    own = evaluation(functions={"a": [Mine()] * 4})
    with pytest.raises(InvalidParameterError, match="cannot hold a Mine"):
        own.to_json()
    content = measured()._content()
    content["functions"]["a"][0]["kind"] = "square"
    with pytest.raises(DocumentError, match="no membership function 'square'"):
        FuzzyEvaluation._from_content(json.loads(json.dumps(content)))


# --- errors --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value", "error", "match"),
    [
        ("a", math.nan, RefusedValueError, "'a' has 1 missing value"),
        ("b", math.inf, InfiniteValueError, "'b' holds 1 infinite"),
        ("c", "high", ColumnTypeError, "'c'"),
    ],
)
def test_columns_are_refused_by_name(
    column: str, value: Any, error: type[Exception], match: str
) -> None:
    table = firms(3).astype(object if isinstance(value, str) else float)
    table.loc["firm 1", column] = value
    with pytest.raises(error, match=match):
        measured().evaluate(table)


def test_missing_columns_and_names() -> None:
    with pytest.raises(MissingColumnError, match="'b'"):
        measured().evaluate(firms(2)[["a", "c"]])
    with pytest.raises(ColumnTypeError, match="by name"):
        measured().evaluate(firms(2).to_numpy())


def test_a_value_between_all_functions_is_named() -> None:
    grades = [TriangularMembership(low=i, peak=i + 0.4, high=i + 0.8) for i in (3, 2, 1, 0)]
    gappy = evaluation(weights=Weights.of({"a": 1}), functions={"a": grades})
    with pytest.raises(InvalidDataError, match=r"'a' holds 1 value.* at row 1: 0.9"):
        gappy.evaluate(pd.DataFrame({"a": [0.5, 0.9]}))


def test_far_beyond_the_best_grade_is_no_silent_fall() -> None:
    """The tail of a bell says next to nothing: its criterion would drop out of the whole."""
    centres = (9, 7, 5, 3)
    bells = [GaussianMembership(centre=centre, width=1) for centre in centres]
    one = Weights.of({"a": 1})
    table = pd.DataFrame({"a": [9.0, 13.0]})
    with pytest.raises(InvalidDataError, match=r"below 0\.01.*row 1: 13.* ascending"):
        evaluation(weights=one, functions={"a": bells}).evaluate(table)
    bells[0] = GaussianMembership.ascending(9, 1)
    found = evaluation(weights=one, functions={"a": bells}).evaluate(table)
    assert found.grade.tolist() == ["AAA", "AAA"]
    assert found.score[1] > found.score[0] > 90


@pytest.mark.parametrize("returned", [math.nan, 1.5, -0.1])
def test_functions_of_ones_own_are_checked(returned: float) -> None:
    class Mine(Membership):
        def membership(self, values: Any) -> Any:
            return np.full(len(values), returned)

    functions = [Mine(), *triangular_partition([3, 2, 1])]
    own = evaluation(weights=Weights.of({"a": 1}), functions={"a": functions})
    with pytest.raises(InvalidDataError, match="functions of 'a' must return numbers"):
        own.evaluate(pd.DataFrame({"a": [2.5]}))


def test_votes_may_be_rounded() -> None:
    third = evaluation(weights=Weights.of({"a": 1})).evaluate_votes({"a": [0.33, 0.33, 0.33, 0]})
    assert third.memberships.to_numpy()[0].tolist() == [0.33, 0.33, 0.33, 0]
    assert third.score[0] == pytest.approx((95 + 85 + 70) / 3)


@pytest.mark.parametrize(
    ("votes", "error", "match"),
    [
        ({"a": R[0], "b": R[1]}, InvalidDataError, "No votes are given for 'c'"),
        ({"a": R[0], "b": R[1], "c": R[2], "d": R[2]}, InvalidParameterError, "no criterion 'd'"),
        ({"a": R[0], "b": R[1], "c": [0.5, 0.5, 0.5, 0]}, InvalidDataError, "'c' must be fract"),
        ({"a": R[0], "b": R[1], "c": [3, 4, 3, 0]}, InvalidDataError, "together 10, at row 0"),
        ({"a": R[0], "b": R[1], "c": [0.32, 0.33, 0.33, 0]}, InvalidDataError, "together 0.98"),
        ({"a": R[0], "b": R[1], "c": [1.005, 0, 0, 0]}, InvalidDataError, "'c' must be fract"),
        ({"a": R[0], "b": R[1], "c": [1.5, -0.5, 0, 0]}, InvalidDataError, "'c' must be fract"),
        ({"a": R[0], "b": R[1], "c": [math.nan, 1, 0, 0]}, InvalidDataError, "'c' must be fract"),
        ({"a": R[0], "b": R[1], "c": [1, 0, 0]}, InvalidDataError, "'c' must be 4 shares"),
        (np.array(R), InvalidParameterError, r"'votes' parameter.*columns=\['AAA', .*Got ndarray"),
    ],
)
def test_votes_are_refused_by_name(votes: Any, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        evaluation().evaluate_votes(votes)


def test_tables_of_votes_are_refused() -> None:
    table = pd.DataFrame([*R, R[0]], index=["a", "b", "c", "a"], columns=list(GRADES))
    with pytest.raises(InvalidDataError, match="two rows of the criterion 'a'"):
        evaluation().evaluate_votes(table)
    both = evaluation(functions={n: measured().functions[n] for n in "ab"})
    votes = pd.DataFrame([R[0]] * 2, columns=list(GRADES), index=firms(2).index)
    with pytest.raises(InvalidDataError, match="2 rows, and X has 3"):
        both.evaluate(firms(3), votes={"c": votes})
    with pytest.raises(InvalidDataError, match="other row labels"):
        both.evaluate(firms(2), votes={"c": votes[::-1]})
    with pytest.raises(MissingColumnError, match="'B'"):
        both.evaluate(firms(2), votes={"c": votes.drop(columns="B")})
    with pytest.raises(InvalidParameterError, match="'a' has functions"):
        both.evaluate(firms(2), votes={"c": votes, "a": votes})
    with pytest.raises(InvalidDataError, match="No votes are given for 'c'"):
        both.evaluate(firms(2))


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"grades": ("A",), "grade_values": (1,)}, "two or more different"),
        ({"grades": ("A", "A", "B", "C")}, "two or more different"),
        ({"grades": "ABCD"}, "two or more different"),
        ({"grades": None}, "two or more different"),
        ({"grade_values": (95, 85, 70)}, "must be 4 decreasing"),
        ({"grade_values": (95, 85, 85, 50)}, "must be 4 decreasing"),
        ({"grade_values": (95, 85, math.nan, 50)}, "grade_values"),
        ({"weights": {"a": 1}}, "'weights' parameter"),
        ({"functions": {"d": triangular_partition([4, 3, 2, 1])}}, "no criterion 'd'"),
        ({"functions": {"a": triangular_partition([3, 2, 1])}}, "each of the 4 grades. Got 3"),
        ({"functions": {"a": [1, 2, 3, 4]}}, r"functions\['a'\]"),
        ({"functions": {"a": 1}}, r"functions\['a'\]"),
        ({"functions": {"a": TriangularMembership(low=0, peak=1, high=2)}}, "4 grades. Got 1"),
        ({"operator": "max_min"}, "'operator' parameter"),
    ],
)
def test_settings_are_refused(changes: dict[str, Any], match: str) -> None:
    with pytest.raises(InvalidParameterError, match=match):
        evaluation(**changes)


@pytest.mark.parametrize(
    ("weights", "rows", "error", "match"),
    [
        ([0.5, math.nan], [[1], [1]], InvalidWeightError, "weights must be numbers"),
        ([1.5], [[1]], InvalidWeightError, "weights must be numbers"),
        ([], [], InvalidWeightError, "weights must be numbers"),
        ([0.5, 0.5], [[1, 0]], InvalidDataError, "each of the 2 criteria"),
        ([0.5, 0.5], [1, 0], InvalidDataError, "each of the 2 criteria"),
        ([1], [[2]], InvalidDataError, "Got 2"),
        ([1], [[math.nan]], InvalidDataError, "Got nan"),
    ],
)
def test_composition_refuses(weights: Any, rows: Any, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        fuzzy_composition(weights, rows)
