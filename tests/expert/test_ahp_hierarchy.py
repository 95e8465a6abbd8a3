"""AHPHierarchy: published syntheses, AHPy as oracle, trees that are none."""

from __future__ import annotations

import math
from itertools import combinations
from typing import Any

import ahpy
import numpy as np
import pytest

from creditscore.exceptions import InconsistentJudgementWarning, InvalidParameterError
from creditscore.expert import AHPHierarchy, PairwiseComparison, WeightHierarchy, Weights

PEOPLE = ["Moll", "Nell", "Sue"]
LEADER = AHPHierarchy(
    goal="leader",
    comparisons={
        "leader": PairwiseComparison.of(
            ["experience", "education", "charisma", "age"], [4, 3, 7, 1 / 3, 3, 5]
        )
    },
    alternatives={
        "experience": PairwiseComparison.of(PEOPLE, [1 / 4, 4, 9]),
        "education": PairwiseComparison.of(PEOPLE, [3, 1 / 5, 1 / 7]),
        "charisma": PairwiseComparison.of(PEOPLE, [5, 9, 4]),
        "age": PairwiseComparison.of(PEOPLE, [1 / 3, 5, 9]),
    },
)
CITIES = ["Bethesda", "Boston", "Pittsburgh", "Santa Fe"]
CRITERIA = ["culture", "family", "housing", "jobs", "transport"]
# Saaty (2005), Theory and Applications of the Analytic Network Process
CITY = AHPHierarchy(
    goal="city",
    comparisons={
        "city": PairwiseComparison.of(CRITERIA, [1 / 5, 3, 1 / 2, 5, 7, 1, 7, 1 / 4, 3, 7])
    },
    alternatives={
        "culture": PairwiseComparison.of(CITIES, [1 / 2, 1, 1 / 2, 2.5, 1, 1 / 2.5]),
        "family": PairwiseComparison.of(CITIES, [2, 1 / 3, 4, 1 / 8, 2, 9]),
        "housing": PairwiseComparison.of(CITIES, [5, 1 / 2, 2.5, 1 / 9, 1 / 4, 7]),
        "jobs": PairwiseComparison.of(CITIES, [1 / 2, 3, 4, 6, 8, 1]),
        "transport": PairwiseComparison.of(CITIES, [1.5, 1 / 2, 4, 1 / 3.5, 2.5, 9]),
    },
)
CREDIT = AHPHierarchy(
    goal="credit standing",
    comparisons={
        "credit standing": PairwiseComparison.of(["financial", "operating", "reputation"],
                                                 [2, 3, 2]),
        "financial": PairwiseComparison.of(["debt", "profit", "liquidity"], [1, 2, 2]),
        "profit": PairwiseComparison.of(["margin", "return"], [1 / 3]),
    },
)  # fmt: skip


# --- reference -----------------------------------------------------------------------


def test_leader() -> None:
    # Wikipedia, "Analytic hierarchy process - leader example"; AHPy's 0.150 for Sue is a sum of
    # weights that it rounded to three places before
    found = LEADER.alternative_weights(random_index="saaty_1980")
    assert found.to_dict() == pytest.approx({"Moll": 0.358, "Nell": 0.493, "Sue": 0.149}, abs=5e-4)


def test_cities() -> None:
    weights = CITY.weights()
    expected = [0.15216708, 0.43345437, 0.07155648, 0.30500643, 0.03781564]
    assert weights.weights.values == pytest.approx(expected, abs=5e-9)
    assert weights.weights.evidence["lambda_max"] == pytest.approx(5.2252352209, abs=5e-11)
    found = CITY.alternative_weights()
    assert [round(value, 3) for value in found.values] == [0.229, 0.275, 0.385, 0.111]


def judgements_of(comparison: PairwiseComparison) -> dict[tuple[str, str], float]:
    pairs = combinations(comparison.names, 2)
    return {p: v for p, v in zip(pairs, comparison.judgements, strict=True) if v is not None}


@pytest.mark.parametrize("seed", range(10))
def test_random_hierarchies_against_ahpy(seed: int) -> None:
    random = np.random.default_rng(seed)
    scale = [1 / k for k in range(9, 1, -1)] + list(range(1, 10))

    def draw(names: list[str]) -> PairwiseComparison:
        n = len(names)
        return PairwiseComparison.of(names, random.choice(scale, n * (n - 1) // 2).tolist())

    comparisons = {"goal": draw(["a", "b", "c"]), "b": draw(["d", "e", "f", "g"])}
    leaves = ["a", "c", "d", "e", "f", "g"]
    alternatives = {leaf: draw(["x", "y", "z"]) for leaf in leaves}
    tree = AHPHierarchy(goal="goal", comparisons=comparisons, alternatives=alternatives)
    nodes = {
        name: ahpy.Compare(name, judgements_of(one), precision=9)
        for name, one in {**comparisons, **alternatives}.items()
    }
    nodes["b"].add_children([nodes[name] for name in "defg"])
    nodes["goal"].add_children([nodes[name] for name in "abc"])
    expected = {name: float(value) for name, value in nodes["goal"].target_weights.items()}
    found = tree.alternative_weights(threshold=math.inf)
    assert found.to_dict() == pytest.approx(expected, abs=1e-7)


def test_alternatives_that_are_measured() -> None:
    # Haas and Meixner, An illustrated guide to the AHP: fuel economy 34, 27, 24, 28
    fuel = Weights.of({"civic": 34, "saturn": 27, "escort": 24, "clio": 28})
    assert [round(value, 4) for value in fuel.values] == [0.3009, 0.2389, 0.2124, 0.2478]
    style = PairwiseComparison.of(["clio", "civic", "saturn", "escort"], [1, 1, 1, 1, 1, 1])
    tree = AHPHierarchy(
        goal="car",
        comparisons={"car": PairwiseComparison.of(["fuel", "style"], [3])},
        alternatives={"fuel": fuel, "style": style},
    )
    found = tree.alternative_weights()
    assert found["civic"] == pytest.approx(0.75 * 34 / 113 + 0.25 * 0.25)
    assert found.evidence["leaves"]["style"]["clio"] == pytest.approx(0.25)
    ratios = tree.table()["consistency_ratio"]
    assert ratios.isna().tolist() == [False, True, False]
    assert AHPHierarchy.from_json(tree.to_json()) == tree


# --- trees ---------------------------------------------------------------------------


def test_weights_in_levels() -> None:
    found = CREDIT.weights(method="geometric_mean")
    assert isinstance(found, WeightHierarchy)
    assert found.leaves().names == ("debt", "margin", "return", "liquidity", "operating",
                                    "reputation")  # fmt: skip
    own = CREDIT.comparisons["financial"].weights()
    top = CREDIT.comparisons["credit standing"].weights()
    assert found.leaves()["return"] == pytest.approx(top["financial"] * own["profit"] * 0.75)
    assert found.weights.evidence["prioritisation"] == "geometric_mean"
    assert sum(found.leaves().values) == pytest.approx(1, abs=1e-12)


def test_table_names_every_node() -> None:
    table = CREDIT.table()
    assert table["node"].tolist() == ["credit standing", "financial", "profit"]
    assert table["compared"].unique().tolist() == ["criteria"]
    assert table["n_compared"].tolist() == [3, 3, 2]
    expected = CREDIT.comparisons["credit standing"].consistency_ratio()
    assert table["consistency_ratio"].tolist() == pytest.approx([expected, 0, 0], abs=1e-12)
    other = CREDIT.table(random_index="saaty_1980")["consistency_ratio"]
    assert other[0] == pytest.approx(expected * 0.52 / 0.58)
    assert LEADER.table()["compared"].tolist() == ["criteria"] + ["alternatives"] * 4


def test_a_warning_names_the_node() -> None:
    odd = PairwiseComparison.of(["a", "b", "c", "d"], [2, 1 / 4, 8, 2, 4, 2])
    tree = AHPHierarchy(
        goal="goal", comparisons={"goal": PairwiseComparison.of(["p", "q"], [1]), "q": odd}
    )
    with pytest.warns(InconsistentJudgementWarning, match="a, b, c, d under 'q' have a"):
        tree.weights()
    tree.weights(threshold=math.inf)


@pytest.mark.parametrize("tree", [LEADER, CREDIT])
def test_json_round_trip(tree: AHPHierarchy) -> None:
    assert AHPHierarchy.from_json(tree.to_json()) == tree


def test_representations() -> None:
    assert repr(LEADER) == (
        "AHPHierarchy('leader': 1 comparison of criteria, 4 leaves, 3 alternatives)"
    )
    assert repr(CREDIT) == "AHPHierarchy('credit standing': 3 comparisons of criteria, 6 leaves)"
    assert "Hierarchy of credit standing" in CREDIT._repr_html_()


# --- errors --------------------------------------------------------------------------

AB = PairwiseComparison.of(["a", "b"], [2])
CD = PairwiseComparison.of(["c", "d"], [2])


@pytest.mark.parametrize(
    ("comparisons", "message"),
    [
        ({"gaol": AB}, "no comparison under the goal 'goal'.*Did you mean 'gaol'"),
        ({"goal": AB, "x": CD}, "no criterion 'x' in the other comparisons"),
        ({"goal": AB, "a": AB}, "In two places: a, b"),
        ({"goal": AB, "a": PairwiseComparison.of(["goal", "x"], [1])}, "In two places: goal"),
        (
            {"goal": AB, "c": PairwiseComparison.of(["e", "f"], [1]),
             "e": PairwiseComparison.of(["c", "g"], [1])},
            "do not hang on the goal 'goal': c, e",
        ),
    ],
)  # fmt: skip
def test_trees_that_are_none(comparisons: Any, message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        AHPHierarchy(goal="goal", comparisons=comparisons)


def test_alternatives_that_do_not_fit() -> None:
    tree: Any = {"goal": "goal", "comparisons": {"goal": AB}}
    with pytest.raises(InvalidParameterError, match="Not compared under: b"):
        AHPHierarchy(**tree, alternatives={"a": CD})
    with pytest.raises(InvalidParameterError, match="no leaf 'c'"):
        AHPHierarchy(**tree, alternatives={"c": CD})
    with pytest.raises(InvalidParameterError, match="not those of the leaf 'a'"):
        AHPHierarchy(**tree, alternatives={"a": CD, "b": PairwiseComparison.of(["c", "x"], [1])})
    with pytest.raises(InvalidParameterError, match="weighs criteria only"):
        AHPHierarchy(**tree).alternative_weights()
    with pytest.raises(InvalidParameterError, match=r"comparisons\['goal'\].* parameter"):
        AHPHierarchy(goal="goal", comparisons={"goal": Weights.of({"a": 1})})  # type: ignore[dict-item]
