"""Weights said straight out, by ranks, by swings, and by the best and the worst criterion."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog, minimize
from scipy.stats import rankdata

from creditscore.exceptions import (
    ColumnTypeError,
    InvalidDataError,
    InvalidParameterError,
    InvalidWeightError,
)
from creditscore.expert import (
    Weights,
    best_worst_weights,
    direct_weights,
    rank_weights,
    swing_weights,
)

CRITERIA = ["quality", "price", "comfort", "safety", "style"]

# --- direct --------------------------------------------------------------------------


def test_direct_amounts_of_one_expert() -> None:
    assert direct_weights({"a": 3, "b": 1}) == Weights.of({"a": 3, "b": 1})


def test_direct_amounts_of_several() -> None:
    opinions = pd.DataFrame({"a": [70, 4], "b": [30, 6]}, index=["risk", "sales"])
    found = direct_weights(opinions)
    assert found.values == pytest.approx((0.55, 0.45))
    assert found.parents[0].values == pytest.approx((0.7, 0.3))
    assert found.parents[1].values == pytest.approx((0.4, 0.6))
    weighted = direct_weights(opinions, expert_weights={"sales": 1, "risk": 3})
    assert weighted["a"] == pytest.approx(0.75 * 0.7 + 0.25 * 0.4)
    assert weighted.evidence["expert_weights"] == {"risk": 0.75, "sales": 0.25}
    series = pd.Series({"sales": 1, "risk": 3})
    assert direct_weights(opinions, expert_weights=series) == weighted  # type: ignore[arg-type]
    assert direct_weights(opinions, expert_weights=[3, 1]) == weighted
    other = direct_weights(pl.DataFrame({"a": [70, 4], "b": [30, 6]}), expert_weights=[3, 1])
    assert other.values == pytest.approx(weighted.values)
    assert other.evidence["expert_weights"] == {"0": 0.75, "1": 0.25}
    unnamed = direct_weights(opinions.reset_index(drop=True), expert_weights=[3, 1])
    assert unnamed == other
    rows = direct_weights(opinions.to_numpy().tolist())  # type: ignore[arg-type]
    assert rows.to_dict() == pytest.approx({"x0": 0.55, "x1": 0.45})
    assert Weights.from_json(weighted.to_json()) == weighted


def test_weights_are_walked_by_their_names() -> None:
    weights = Weights.of({"a": 3, "b": 1})
    assert list(weights) == ["a", "b"]
    assert "b" in weights
    assert "c" not in weights
    assert {name: weights[name] for name in weights} == weights.to_dict()
    with pytest.raises(InvalidParameterError, match="no criterion 'c'"):
        weights["c"]
    with pytest.raises(InvalidWeightError, match=r"Got -1: where less is safer, that is said by a"):
        Weights.of({"a": -1, "b": 2})


def test_direct_amounts_that_are_none() -> None:
    with pytest.raises(InvalidWeightError, match="Of expert 'sales': All 2 amounts are zero"):
        direct_weights(pd.DataFrame({"a": [1, 0], "b": [1, 0]}, index=["risk", "sales"]))
    with pytest.raises(InvalidWeightError, match=r"Of expert '1': The weight of 'a'.*Got nan"):
        direct_weights(pd.DataFrame({"a": [1, None], "b": [1, 2]}))
    with pytest.raises(ColumnTypeError, match="'a'"):
        direct_weights(pd.DataFrame({"a": ["much", "little"]}))
    with pytest.raises(InvalidParameterError, match="table of several experts"):
        direct_weights({"a": 1}, expert_weights=[1])
    with pytest.raises(InvalidParameterError, match=r"The experts of direct_weights.*once: risk"):
        direct_weights(pd.DataFrame({"a": [1, 2]}, index=["risk", "risk"]))
    with pytest.raises(InvalidParameterError, match="not known: it"):
        direct_weights(pd.DataFrame({"a": [1]}, index=["risk"]), expert_weights={"it": 1})


# --- ranks ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        # closed forms; as tabled by Barron and Barrett (1996)
        (2, [0.7500, 0.2500]),
        (3, [0.6111, 0.2778, 0.1111]),
        (4, [0.5208, 0.2708, 0.1458, 0.0625]),
        (5, [0.4567, 0.2567, 0.1567, 0.0900, 0.0400]),
    ],
)
def test_centroid(n: int, expected: list[float]) -> None:
    names = [f"c{i}" for i in range(n)]
    assert rank_weights(names).values == pytest.approx(expected, abs=5e-5)


def test_rank_sum() -> None:
    # closed form: 3, 2 and 1 of 6
    found = rank_weights({"b": 2, "a": 1, "c": 3}, method="sum")
    assert found.to_dict() == pytest.approx({"b": 1 / 3, "a": 1 / 2, "c": 1 / 6})
    assert found.method == "rank_sum"


def test_centroid_is_the_mean_of_all_weights_in_that_order() -> None:
    draws = np.sort(np.random.default_rng(5).dirichlet(np.ones(4), 200_000))[:, ::-1]
    assert rank_weights(list("abcd")).values == pytest.approx(draws.mean(axis=0), abs=1e-3)


def test_ties_share_their_places() -> None:
    plain = rank_weights(["a", "b", "c", "d"]).values
    found = rank_weights({"d": 4, "b": 2, "c": 2, "a": 1})
    assert found["b"] == found["c"] == pytest.approx((plain[1] + plain[2]) / 2)
    assert (found["a"], found["d"]) == pytest.approx((plain[0], plain[3]))
    assert found.evidence["places"] == {"d": 4.0, "b": 2.5, "c": 2.5, "a": 1.0}
    for same in (1, 2, 3):
        ranks = dict.fromkeys("abc", same)
        assert rank_weights(ranks, method="sum").values == pytest.approx([1 / 3] * 3)


@given(st.lists(st.integers(1, 6), min_size=1, max_size=8), st.sampled_from(["centroid", "sum"]))
def test_ranks_law(values: list[int], method: Any) -> None:
    # whatever place ties are given, the weights are the same
    found, *others = [
        rank_weights(
            {f"c{i}": rank for i, rank in enumerate(rankdata(values, method=ties).tolist())},
            method=method,
        )
        for ties in ("min", "average", "max", "dense")
    ]
    assert sum(found.values) == pytest.approx(1, abs=1e-12)
    assert all(other == found for other in others)
    for one, own in zip(values, found.values, strict=True):
        for two, weight in zip(values, found.values, strict=True):
            assert (one < two) == (own > weight + 1e-15)


@pytest.mark.parametrize(
    "points",
    [
        (100, 50), (0.6, 0.4), (0, 1), (1, 3), (2, 3, 4), (1, 2, 5), (1, 2, 2, 3.5), (-1, 2, 3),
        (1, 3, 3, 3, 3), (5,),
    ],
)  # fmt: skip
def test_points_are_no_ranks(points: tuple[float, ...]) -> None:
    with pytest.raises(InvalidDataError, match=r"needs ranks: 1 for the most.*to direct_weights"):
        rank_weights({f"c{i}": value for i, value in enumerate(points)})


def test_ranks_that_are_none() -> None:
    with pytest.raises(InvalidDataError, match=r"rank of 'b' must be a finite number.*Got nan"):
        rank_weights({"a": 1, "b": math.nan})
    with pytest.raises(InvalidParameterError, match="more than once: a"):
        rank_weights(["a", "a"])
    with pytest.raises(InvalidParameterError, match=r"several names. Got the text 'abc'"):
        rank_weights("abc")
    with pytest.raises(InvalidParameterError, match=r"'centroid', 'sum'. Got 'reciprocal'"):
        rank_weights(["a"], method="reciprocal")  # type: ignore[arg-type]
    assert rank_weights(["a"]).values == (1.0,)


# --- swings --------------------------------------------------------------------------


def test_swings() -> None:
    found = swing_weights({"a": 100, "b": 60, "c": 40, "d": 0})
    assert found.values == pytest.approx((0.5, 0.3, 0.2, 0))
    assert found.evidence["points"] == {"a": 100.0, "b": 60.0, "c": 40.0, "d": 0.0}
    assert found.method == "swing"


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ({"a": 50, "b": 90}, "has 100 points.*Got 90 for 'b'"),
        ({"a": 50, "b": 120}, "Got 120 for 'b'"),
        ({"a": 0, "b": 0}, "Got 0 for 'a'"),
        ({"a": 100, "b": -1}, "weight of 'b'.*Got -1"),
        ({"a": 100, "b": math.nan}, "weight of 'b'.*Got nan"),
    ],
)
def test_swings_that_are_none(points: dict[str, float], message: str) -> None:
    with pytest.raises(InvalidWeightError, match=message):
        swing_weights(points)


# --- best and worst ------------------------------------------------------------------


def best_worst(to_others: Any, to_worst: Any, model: Any = "linear") -> Weights:
    return best_worst_weights(best_to_others=to_others, others_to_worst=to_worst, model=model)


LOAD = ({"load": 8, "access": 2, "cost": 1}, {"load": 1, "access": 5, "cost": 8})


def test_transport_example() -> None:
    # Rezaei (2015), choice of a transportation mode: 0.0714, 0.3387, 0.5899 and 0.2583
    found = best_worst(*LOAD, model="nonlinear")
    assert found.values == pytest.approx((0.0714, 0.3387, 0.5899), abs=5e-5)
    assert found.evidence["deviation"] == pytest.approx(4 - math.sqrt(14), abs=1e-12)
    assert found.evidence["consistency_ratio"] == pytest.approx(0.2583 / 4.47, abs=1e-4)
    assert (found.evidence["best"], found.evidence["worst"]) == ("cost", "load")
    # three criteria: the weights are unique
    for low, high in found.evidence["intervals"].values():
        assert low == pytest.approx(high, abs=1e-12)
    # |2 * 5 - 8| / (64 - 8)
    assert found.evidence["input_consistency_ratio"] == pytest.approx(2 / 56)


def test_consistency_index_is_rezaeis_table() -> None:
    table = [0.00, 0.44, 1.00, 1.63, 2.30, 3.00, 3.73, 4.47, 5.23]
    found = [
        best_worst({"a": 1, "b": k}, {"a": k, "b": 1}, model="nonlinear")
        .evidence["consistency_index"]
        for k in range(1, 10)
    ]  # fmt: skip
    assert found == pytest.approx(table, abs=5.1e-3)


@st.composite
def judgements(draw: Any) -> tuple[dict[str, float], dict[str, float]]:
    n = draw(st.integers(2, 7))
    widest = draw(st.integers(2, 9))
    names = [f"c{i}" for i in range(n)]
    middle = st.lists(st.integers(1, widest), min_size=n - 2, max_size=n - 2)
    return (
        dict(zip(names, [1, *draw(middle), widest], strict=True)),
        dict(zip(names, [widest, *draw(middle), 1], strict=True)),
    )


def limits_of(
    to_others: dict[str, float], to_worst: dict[str, float], best: str, worst: str
) -> np.ndarray[Any, Any]:
    """Return rows whose product with the weights a linear deviation bounds on both sides."""
    names = list(to_others)
    rows = []
    for name in names:
        for left, right, times in (
            (best, name, to_others[name]), (name, worst, to_worst[name]),
        ):  # fmt: skip
            if left != right:
                row = np.zeros(len(names))
                row[names.index(left)], row[names.index(right)] = 1, -times
                rows.append(row)
    return np.array(rows)


@given(judgements())
def test_linear_model_is_optimal_and_unique(pair: tuple[Any, Any]) -> None:
    found = best_worst(*pair)
    rows = limits_of(*pair, found.evidence["best"], found.evidence["worst"])
    deviation = found.evidence["deviation"]
    assert np.abs(rows @ found.array()).max() == pytest.approx(deviation, abs=1e-9)
    assert sum(found.values) == pytest.approx(1, abs=1e-12)
    both = np.vstack([rows, -rows])
    n = len(found)
    for k in range(n):
        for sign in (1, -1):
            other = linprog(
                sign * np.eye(n)[k], A_ub=both, b_ub=np.full(len(both), deviation + 1e-10),
                A_eq=[np.ones(n)], b_eq=[1],
            )  # fmt: skip
            assert other.x[k] == pytest.approx(found.values[k], abs=1e-6)


@given(judgements())
def test_nonlinear_model_against_linear_programmes(pair: tuple[Any, Any]) -> None:
    # at a given deviation the model is linear: it can be met at the least one, and not below
    found = best_worst(*pair, model="nonlinear")
    evidence = found.evidence
    names = list(pair[0])
    rows = limits_of(*pair, evidence["best"], evidence["worst"])
    n = len(names)

    def solve(deviation: float, objective: Any) -> Any:
        # |w_l - a w_r| <= deviation * w_r: the right one is where the row is negative
        slack = np.where(rows < 0, deviation, 0.0)
        return linprog(
            objective, A_ub=np.vstack([rows - slack, -rows - slack]),
            b_ub=np.zeros(2 * len(rows)), A_eq=[np.ones(n)], b_eq=[1], bounds=(1e-6, 1),
        )  # fmt: skip

    deviation = evidence["deviation"]
    assert solve(deviation + 1e-7, np.zeros(n)).status == 0
    if deviation > 1e-3:
        assert solve(deviation - 1e-3, np.zeros(n)).status == 2
    for k, name in enumerate(names):
        low, high = evidence["intervals"][name]
        assert solve(deviation + 1e-7, np.eye(n)[k]).fun == pytest.approx(low, abs=1e-5)
        assert -solve(deviation + 1e-7, -np.eye(n)[k]).fun == pytest.approx(high, abs=1e-5)
        assert low - 1e-9 <= high
    assert 0 <= evidence["input_consistency_ratio"] <= 1
    # half of best to worst less 1, by two criteria that contradict in opposite ways, by the index
    assert 0 <= evidence["consistency_ratio"] <= 0.5 / 0.4384


def test_linear_model_against_a_general_optimiser() -> None:
    to_others = dict(zip(CRITERIA, (2, 1, 4, 3, 8), strict=True))
    to_worst = dict(zip(CRITERIA, (4, 8, 4, 2, 1), strict=True))
    found = best_worst(to_others, to_worst)
    rows = limits_of(to_others, to_worst, "price", "style")
    start = np.append(np.full(5, 0.2), 1.0)
    best = minimize(
        lambda x: x[5], start, method="SLSQP", bounds=[(0, 1)] * 6,
        constraints=[
            {"type": "eq", "fun": lambda x: x[:5].sum() - 1},
            {"type": "ineq", "fun": lambda x: x[5] - rows @ x[:5]},
            {"type": "ineq", "fun": lambda x: x[5] + rows @ x[:5]},
        ],
    )  # fmt: skip
    assert found.values == pytest.approx(best.x[:5], abs=1e-6)
    assert found.evidence["deviation"] == pytest.approx(best.fun, abs=1e-7)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=7))
def test_consistent_judgements_give_their_own_weights(amounts: list[int]) -> None:
    names = [f"c{i}" for i in range(len(amounts))]
    to_others = {n: max(amounts) / a for n, a in zip(names, amounts, strict=True)}
    to_worst = {n: a / min(amounts) for n, a in zip(names, amounts, strict=True)}
    expected = [a / sum(amounts) for a in amounts]
    for model in ("linear", "nonlinear"):
        found = best_worst(to_others, to_worst, model=model)
        assert found.values == pytest.approx(expected, abs=1e-9)
        assert found.evidence["deviation"] == pytest.approx(0, abs=1e-9)
        assert found.evidence["input_consistency_ratio"] == pytest.approx(0, abs=1e-9)


def test_evidence_can_be_kept() -> None:
    for model in ("linear", "nonlinear"):
        found = best_worst(*LOAD, model=model)
        assert Weights.from_json(found.to_json()) == found


@pytest.mark.parametrize(
    ("to_others", "to_worst", "message"),
    [
        ({"a": 1, "b": 3}, {"a": 4, "b": 1}, "'a' is 3 times as important as the worst 'b'.*and 4"),
        ({"a": 2, "b": 3}, {"a": 3, "b": 1}, "No criterion has 1 in best_to_others: the best"),
        ({"a": 1, "b": 3}, {"a": 3, "b": 2}, "No criterion has 1 in others_to_worst: the worst"),
        ({"a": 1, "b": 3}, {"a": 1, "b": 3}, "'a' is given as the best and as the worst"),
        ({"a": 1, "b": 1 / 3}, {"a": 3, "b": 1}, "'b' in best_to_others must be.*1 or more"),
        ({"a": 1, "b": 3}, {"a": math.nan, "b": 1}, "'a' in others_to_worst.*Got nan"),
        ({"a": 1, "b": 5, "c": 3}, {"a": 3, "b": 2, "c": 1},
         "best criterion 'a' is 5 times as important as 'b', and best to worst are only 3 apart"),
        ({"a": 1, "b": 2, "c": 3}, {"a": 3, "b": 4, "c": 1},
         "'b' is 4 times as important as the worst criterion 'c', and best to worst are only 3"),
    ],
)  # fmt: skip
def test_contradictions_are_named(to_others: Any, to_worst: Any, message: str) -> None:
    with pytest.raises(InvalidDataError, match=message):
        best_worst(to_others, to_worst)


def test_criteria_that_differ() -> None:
    with pytest.raises(InvalidParameterError, match=r"not those of the best_to_others.*known: c"):
        best_worst({"a": 1, "b": 2}, {"a": 2, "c": 1})
    with pytest.raises(InvalidParameterError, match=r"'linear', 'nonlinear'. Got 'quadratic'"):
        best_worst(*LOAD, model="quadratic")


def test_judgements_are_told_by_name() -> None:
    with pytest.raises(TypeError, match="positional argument"):
        best_worst_weights(*LOAD)  # type: ignore[misc]
    turned = best_worst_weights(best_to_others=LOAD[1], others_to_worst=LOAD[0])
    assert (turned.evidence["best"], turned.evidence["worst"]) == ("load", "cost")


def test_all_equal() -> None:
    same = dict.fromkeys("abc", 1.0)
    for model in ("linear", "nonlinear"):
        assert best_worst(same, same, model=model).values == pytest.approx([1 / 3] * 3)
