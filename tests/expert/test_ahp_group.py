"""Groups of experts: means of judgements and of priorities, and who disagrees with whom."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.exceptions import (
    InconsistentJudgementWarning,
    InvalidDataError,
    InvalidParameterError,
    InvalidWeightError,
)
from creditscore.expert import (
    Disagreements,
    PairwiseComparison,
    Weights,
    disagreements,
    group_judgements,
    group_priorities,
)

NAMES = ["character", "capacity", "capital"]
RISK = PairwiseComparison.of(NAMES, [1 / 3, 1 / 5, 1 / 2])
SALES = PairwiseComparison.of(NAMES, [3, 4, 2])
AUDIT = PairwiseComparison.of(NAMES, [1 / 2, 1 / 3, None])
GROUP = {"risk": RISK, "sales": SALES, "audit": AUDIT}


@st.composite
def groups(draw: Any) -> dict[str, PairwiseComparison]:
    n = draw(st.integers(2, 5))
    size = n * (n - 1) // 2
    names = [f"c{i}" for i in range(n)]
    judgement = st.floats(-2, 2).map(math.exp)
    return {
        f"e{k}": PairwiseComparison.of(
            names, draw(st.lists(judgement, min_size=size, max_size=size))
        )
        for k in range(draw(st.integers(1, 4)))
    }


# --- reference -----------------------------------------------------------------------


def test_mean_of_judgements_is_geometric() -> None:
    found = group_judgements(GROUP)
    # closed form: cube root of 1/3 * 3 * 1/2, of 1/5 * 4 * 1/3; of two, root of 1/2 * 2
    expected = [(1 / 2) ** (1 / 3), (4 / 15) ** (1 / 3), 1.0]
    assert found.judgements == pytest.approx(expected, rel=1e-14)
    weighted = group_judgements(GROUP, expert_weights={"audit": 1, "risk": 2, "sales": 1})
    expected = [(1 / 9 * 3 / 2) ** (1 / 4), (1 / 25 * 4 / 3) ** (1 / 4), (1 / 4 * 2) ** (1 / 3)]
    assert weighted.judgements == pytest.approx(expected, rel=1e-14)


def test_mean_of_priorities() -> None:
    # closed form
    two = {"x": PairwiseComparison.of(["a", "b"], [4]), "y": PairwiseComparison.of(["a", "b"], [1])}
    arithmetic = group_priorities(two, mean="arithmetic", expert_weights=[3, 1])
    assert arithmetic.values == pytest.approx((0.75 * 0.8 + 0.25 * 0.5, 0.75 * 0.2 + 0.125))
    geometric = group_priorities(two)
    assert geometric.values == pytest.approx((2 / 3, 1 / 3))
    assert geometric.method == "ahp_group"
    assert [parent.method for parent in geometric.parents] == ["ahp", "ahp"]
    assert geometric.evidence["expert_weights"] == {"x": 0.5, "y": 0.5}
    assert geometric.evidence["consistency_ratios"] == {"x": 0.0, "y": 0.0}
    assert Weights.from_json(geometric.to_json()) == geometric


def test_compatibility_is_saatys_index() -> None:
    found = disagreements({"risk": RISK, "sales": SALES})
    one, other = (np.array(x.weights().values) for x in (RISK, SALES))
    ratios = (one[:, None] / one) * (other[:, None] / other).T
    pair = found.pairs.iloc[0]
    assert pair["compatibility"] == pytest.approx(ratios.sum() / 9, rel=1e-12)
    # judgements 9, 20 and 4 times apart
    assert pair["times_apart"] == pytest.approx(math.exp(np.log([9, 20, 4]).mean()))
    assert pair["n_opposed"] == pair["n_shared"] == 3
    most = ["criterion", "compared_with", "given", "other_given"]
    assert pair[most].tolist() == ["character", "capital", pytest.approx(0.2), pytest.approx(4)]


# --- laws ----------------------------------------------------------------------------


@given(groups())
def test_identical_experts_are_the_expert(group: dict[str, PairwiseComparison]) -> None:
    one = group["e0"]
    same = {"x": one, "y": one, "z": one}
    together = group_judgements(same, expert_weights=[1, 5, 2])
    assert together.judgements == pytest.approx(one.judgements, rel=1e-12)
    own = one.weights(threshold=math.inf)
    for mean in ("geometric", "arithmetic"):
        found = group_priorities(same, mean=mean, threshold=math.inf)
        assert found.values == pytest.approx(own.values, rel=1e-12)
    apart = disagreements(same)
    for table in (apart.experts, apart.pairs):
        assert table["compatibility"].tolist() == pytest.approx([1] * 3)
        assert table["times_apart"].tolist() == pytest.approx([1] * 3)
    assert not apart.judgements["opposed"].any()


@given(groups())
def test_the_order_of_experts_does_not_matter(group: dict[str, PairwiseComparison]) -> None:
    turned = dict(reversed(group.items()))
    one, other = group_judgements(group), group_judgements(turned)
    assert one.judgements == pytest.approx(other.judgements, rel=1e-12)
    shares = [group_priorities(g, threshold=math.inf).values for g in (group, turned)]
    assert shares[0] == pytest.approx(shares[1], rel=1e-12)
    assert sum(shares[0]) == pytest.approx(1, abs=1e-12)


@given(groups())
def test_geometric_means_can_be_taken_before_or_after(group: dict[str, PairwiseComparison]) -> None:
    # Barzilai and Golany (1994): of geometric means of rows, both aggregations are one
    before = group_judgements(group).weights(method="geometric_mean", threshold=math.inf)
    after = group_priorities(group, method="geometric_mean", threshold=math.inf)
    assert after.values == pytest.approx(before.values, rel=1e-10)


def test_an_expert_of_weight_zero_says_nothing() -> None:
    found = group_judgements(GROUP, expert_weights={"risk": 1, "sales": 0, "audit": 0})
    assert found.judgements == pytest.approx(RISK.judgements, rel=1e-14)
    # what only one of no weight compared is missing
    only = {"a": AUDIT, "b": SALES}
    assert group_judgements(only, expert_weights=[1, 0]).missing == (("capacity", "capital"),)


def test_criteria_in_another_order() -> None:
    turned = PairwiseComparison.from_matrix(SALES.frame(), names=NAMES[::-1])
    group = {"risk": RISK, "sales": turned}
    expected = group_judgements({"risk": RISK, "sales": SALES})
    assert group_judgements(group).judgements == pytest.approx(expected.judgements, rel=1e-14)
    found = disagreements(group).pairs["compatibility"][0]
    assert found == pytest.approx(
        disagreements({"risk": RISK, "sales": SALES}).pairs["compatibility"][0]
    )
    own = group_priorities(group).to_dict()
    assert own == pytest.approx(group_priorities({"risk": RISK, "sales": SALES}).to_dict())


# --- who disagrees -------------------------------------------------------------------


def test_who_disagrees_with_whom() -> None:
    found = disagreements(GROUP)
    assert isinstance(found, Disagreements)
    assert found.experts["expert"].tolist() == ["risk", "sales", "audit"]
    assert found.experts["n_missing"].tolist() == [0, 0, 1]
    assert found.experts["compatibility"].idxmax() == 1
    assert found.experts["consistency_ratio"][0] == pytest.approx(RISK.consistency_ratio())
    pairs = found.pairs[["expert", "other_expert"]].apply(tuple, axis=1).tolist()
    assert pairs == [("risk", "sales"), ("sales", "audit"), ("risk", "audit")]
    assert found.pairs["n_shared"].tolist() == [3, 2, 2]
    assert found.pairs["n_opposed"].tolist() == [3, 2, 0]
    first = found.judgements.iloc[0]
    assert (first["criterion"], first["compared_with"]) == ("character", "capital")
    assert (first["lowest_expert"], first["highest_expert"]) == ("risk", "sales")
    assert first["times_apart"] == pytest.approx(20)
    assert first["opposed"]
    assert found.judgements["n_experts"].tolist() == [3, 3, 2]
    # who says as important does not oppose who says more
    even = {"risk": PairwiseComparison.of("ab", [1]), "sales": PairwiseComparison.of("ab", [3])}
    assert not disagreements(even).judgements["opposed"].any()
    assert disagreements(even).pairs["n_opposed"].tolist() == [0]


def test_experts_who_share_no_judgement() -> None:
    one = PairwiseComparison.of(["a", "b", "c"], [2, 3, None])
    other = PairwiseComparison.of(["a", "b", "c", "d"], [1, 2, None, None, 2, None])
    assert other.missing == (("a", "d"), ("b", "c"), ("c", "d"))
    x = PairwiseComparison.from_judgements(
        {("a", "b"): 2, ("b", "c"): 2, ("c", "d"): 2}, names=list("abcd")
    )
    y = PairwiseComparison.from_judgements(
        {("a", "c"): 2, ("a", "d"): 2, ("b", "d"): 2}, names=list("abcd")
    )
    pair = disagreements({"x": x, "y": y}).pairs.iloc[0]
    assert pair["n_shared"] == 0
    assert math.isnan(pair["times_apart"])
    assert pair["criterion"] == ""
    assert pair["compatibility"] > 1
    alone = disagreements({"one": one})
    assert alone.pairs.empty
    none = alone.judgements.set_index(["criterion", "compared_with"]).loc[("b", "c")]
    assert none["n_experts"] == 0
    assert none["lowest_expert"] == ""
    assert math.isnan(none["group"])
    assert repr(alone) == "Disagreements(1 expert)"


def test_representation() -> None:
    found = disagreements(GROUP)
    assert repr(found) == (
        "Disagreements(3 experts; furthest apart: risk and sales, compatibility 4.28)"
    )
    html = found._repr_html_()
    assert html.count("<table") == 3
    assert "1/5" in html


# --- errors --------------------------------------------------------------------------


def test_warning_names_the_expert() -> None:
    odd = PairwiseComparison.of(["a", "b", "c", "d"], [2, 1 / 4, 8, 2, 4, 2])
    with pytest.warns(InconsistentJudgementWarning, match="a, b, c, d by 'risk' have"):
        group_priorities({"risk": odd})


@pytest.mark.parametrize("function", [group_judgements, group_priorities, disagreements])
def test_groups_that_are_none(function: Any) -> None:
    with pytest.raises(InvalidParameterError, match=r"one expert or more. Got none"):
        function({})
    with pytest.raises(InvalidParameterError, match="'comparisons' parameter"):
        function([RISK])
    other = PairwiseComparison.of(["character", "capacity", "x"], [1, 1, 1])
    with pytest.raises(InvalidParameterError, match="not those of the expert 'risk'"):
        function({"risk": RISK, "sales": other})
    with pytest.raises(
        InvalidParameterError, match=r"experts are not those of the group.*not given: sales"
    ):
        function({"risk": RISK, "sales": SALES}, expert_weights={"risk": 1})
    with pytest.raises(InvalidWeightError, match="one number for each of 2 experts"):
        function({"risk": RISK, "sales": SALES}, expert_weights=[1, 2, 3])
    with pytest.raises(InvalidWeightError, match=r"weight of 'sales'.*zero or more. Got -1"):
        function({"risk": RISK, "sales": SALES}, expert_weights=[1, -1])


def test_an_expert_whose_criteria_are_not_linked() -> None:
    apart = PairwiseComparison.of(NAMES, [2, None, None])
    group_judgements({"risk": RISK, "apart": apart}).weights()
    for function in (group_priorities, disagreements):
        with pytest.raises(InvalidDataError, match="2 groups of criteria"):
            function({"risk": RISK, "apart": apart})
    with pytest.raises(InvalidParameterError, match="'mean'"):
        group_priorities(GROUP, mean="harmonic")  # type: ignore[arg-type]
