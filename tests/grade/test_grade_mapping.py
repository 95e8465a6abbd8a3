"""GradeMapping: nearest by probability, by table, by pairs; what it loses; the way back."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore import GradeScale, PointsScale
from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError
from creditscore.grade import GradeMapping, MasterScale, mapping_from_pairs

RATES = st.lists(st.integers(1, 9000), min_size=1, max_size=8, unique=True).map(
    lambda rates: [rate / 10_000 for rate in sorted(rates)]
)


def of_rates(rates: list[float], prefix: str = "") -> MasterScale:
    labels = tuple(f"{prefix}{n}" for n in range(len(rates)))
    bounds = tuple(np.sqrt(np.multiply(rates[1:], rates[:-1])).tolist())
    return MasterScale(scale=GradeScale(labels=labels, bounds=bounds), prob_default=tuple(rates))


def joined() -> GradeMapping:
    return GradeMapping.from_table({"1": "A", "2": "A", "3": "B", "4": "C"})


# --- by probability --------------------------------------------------------------------


@given(own=RATES, other=RATES)
def test_nearest_is_the_nearest_of_all(own: list[float], other: list[float]) -> None:
    first, second = of_rates(own), of_rates(other, "x")
    mapping = first.map_to(second)
    for prob, target in zip(own, mapping.targets, strict=False):
        found = abs(math.log(prob / other[second.labels.index(target)]))
        assert found <= min(abs(math.log(prob / p)) for p in other) + 1e-8
    assert mapping.is_monotone
    assert mapping.apply(["D"]).tolist() == ["D"]


@given(rates=RATES)
def test_a_scale_is_mapped_to_itself_and_back(rates: list[float]) -> None:
    master = of_rates(rates)
    for method in ("nearest", "interval"):
        mapping = master.map_to(master, method=method)
        assert mapping.targets == mapping.grades == (*master.labels, "D")
        assert mapping.information_loss() == 0
        assert mapping.inverse() == mapping


def test_agency_grades_of_one_scale_on_another() -> None:
    letters, notched = MasterScale.agency(), MasterScale.agency(notches=True)
    down = notched.map_to(letters)
    expected = [g.rstrip("+-") if g not in ("CC", "C") else "CCC" for g in notched.labels]
    # C means 71 %, nearer by its logarithm to CCC than to nothing else
    assert list(down.targets) == [*expected, "D"]
    up = letters.map_to(notched)
    assert down.apply(up.apply(letters.labels)).tolist() == list(letters.labels)
    assert up.unused == tuple(g for g in notched.labels if g not in letters.labels)
    # a letter is all of its notches, of which it is mapped to one
    assert up.one_to_many["AA"] == ("AA+", "AA", "AA-")
    assert up.one_to_many["CCC"] == ("CCC+", "CCC", "CCC-", "CC", "C")
    assert set(up.one_to_many) == set(letters.labels) - {"AAA"}
    assert down.one_to_many == {}
    assert up.table()["covers"].iloc[-1] == "D"
    assert down.joined["AA"] == ("AA+", "AA", "AA-")


def test_equally_near_takes_the_riskier() -> None:
    own = MasterScale.from_rates(["x"], [0.02])
    other = MasterScale.from_rates(["1", "2"], [0.01, 0.04])
    assert own.map_to(other).apply(["x"]).tolist() == ["2"]
    # at the bound, the interval that holds it is the safer one
    assert own.map_to(other, method="interval").apply(["x"]).tolist() == ["1"]


def test_interval_and_nearest_differ() -> None:
    scale = GradeScale(labels=("1", "2"), bounds=(0.05,))
    other = MasterScale(scale=scale, prob_default=(0.01, 0.06))
    own = MasterScale.from_rates(["x"], [0.04])
    assert own.map_to(other).targets[0] == "2"
    assert own.map_to(other, method="interval").targets[0] == "1"


def test_probabilities_of_zero() -> None:
    scale = GradeScale(labels=("1", "2"), bounds=(0.05,))
    zero = MasterScale(scale=scale, prob_default=(0.0, 0.06))
    above = MasterScale(scale=scale, prob_default=(0.01, 0.06))
    assert zero.map_to(above).targets == ("1", "2", "D")
    assert above.map_to(zero).targets == ("2", "2", "D")
    assert zero.map_to(zero).targets == ("1", "2", "D")
    assert np.isnan(zero.map_to(above).table()["ratio"].iloc[0])


def test_default_goes_to_default_by_whatever_name() -> None:
    scale = GradeScale(labels=("优", "差"), bounds=(0.05,), default_label="违约")
    own = MasterScale.from_scale(scale, prob_default=(0.0003, 0.3))
    mapping = own.map_to(MasterScale.agency())
    assert mapping.apply(["优", "违约"]).tolist() == ["AA", "D"]
    assert GradeMapping.from_json(mapping.to_json()) == mapping


def test_scores_have_no_interval() -> None:
    scale = GradeScale.agency().on_score(PointsScale())
    on_score = MasterScale.from_scale(scale, prob_default=MasterScale.agency().prob_default)
    assert on_score.map_to(MasterScale.agency()).targets[:2] == ("AAA", "AA")
    with pytest.raises(InvalidParameterError, match="other scale has bounds on scores"):
        MasterScale.agency().map_to(on_score, method="interval")
    with pytest.raises(InvalidParameterError, match="'method'"):
        MasterScale.agency().map_to(on_score, method="best")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'other'"):
        MasterScale.agency().map_to(scale)  # type: ignore[arg-type]


def test_table_shows_both_probabilities() -> None:
    table = MasterScale.from_rates(["1", "2"], [0.001, 0.03]).map_to(MasterScale.agency()).table()
    assert table["target"].tolist() == ["BBB", "B", "D"]
    assert table["ratio"].tolist() == pytest.approx([1.4, 0.0293 / 0.03, 1])


# --- by table --------------------------------------------------------------------------


def test_notches_do_not_look_alike() -> None:
    shown = MasterScale.agency(notches=True).map_to(MasterScale.agency())._repr_html_()
    assert all(text in shown for text in ("0.0159%", "0.02%", "0.0271%"))


def test_columns_keep_their_library_index_and_name() -> None:
    grades = pd.Series(["3", "1"], index=["x", "y"], name="rating")
    found = joined().apply(grades)
    assert found.to_dict() == {"x": "B", "y": "A"}
    assert found.name == "rating"
    assert joined().apply(pl.Series("g", ["4"])).to_list() == ["C"]


def test_what_is_lost() -> None:
    # shares 1/4 each: ln 4; after joining 1/2, 1/4, 1/4: 1.5 ln 2
    assert joined().information_loss() == pytest.approx(1 - 1.5 / 2)
    assert joined().information_loss({"1": 10, "3": 5}) == pytest.approx(0)
    assert joined().information_loss({"1": 5, "2": 5}) == pytest.approx(1)
    assert joined().information_loss({"1": 5}) == 0
    assert "25% of what grades tell apart is lost" in joined()._repr_html_()
    with pytest.raises(InvalidParameterError, match="no grade '9'"):
        joined().information_loss({"9": 5})
    with pytest.raises(InvalidParameterError, match="'counts'"):
        joined().information_loss({"1": -5})


def test_no_way_back_where_grades_are_joined() -> None:
    with pytest.raises(InvalidDataError, match="'1' and '2' are all mapped to 'A'"):
        joined().inverse()


@given(order=st.permutations(["a", "b", "c", "d"]))
def test_round_trip_of_one_to_one(order: list[str]) -> None:
    own = ["1", "2", "3", "4"]
    mapping = GradeMapping.from_table(
        dict(zip(own, order, strict=True)), target_labels=["a", "b", "c", "d"]
    )
    assert mapping.inverse().apply(mapping.apply(own)).tolist() == own
    assert mapping.inverse().inverse() == mapping
    assert mapping.is_monotone == (order == sorted(order))
    assert ("against the order of risk" in repr(mapping)) != mapping.is_monotone


def test_inverse_keeps_probabilities() -> None:
    own = MasterScale.from_rates(["1", "2"], [0.0005, 0.03])
    mapping = own.map_to(MasterScale.agency())
    back = mapping.inverse()
    assert back.grades == ("A", "B", "D")
    assert back.prob_default == (0.0005, 0.0293, 1.0)
    assert back.target_prob_default == (0.0005, 0.03, 1.0)


@pytest.mark.parametrize("grades", [["1", "9"], ["1", None], ["A"]])
def test_grades_that_are_not_mapped(grades: list[Any]) -> None:
    with pytest.raises(InvalidDataError, match="not mapped has no target"):
        joined().apply(grades)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: GradeMapping.from_table({}), "must map grades to grades"),
        (lambda: GradeMapping.from_table("AB"), "must map grades to grades"),
        (lambda: GradeMapping.from_table({"1": ("A", "B")}), "'1' has \\('A', 'B'\\)"),
        (lambda: GradeMapping.from_table({"1": "A"}, target_labels=["B"]), "no grade 'A'"),
        (
            lambda: GradeMapping(grades=("1", "1"), targets=("A", "A"), target_labels=("A",)),
            "'grades' .* different texts",
        ),
        (
            lambda: GradeMapping(grades=("1", "2"), targets=("A",), target_labels=("A",)),
            "a target for each grade",
        ),
        (
            lambda: GradeMapping(
                grades=("1",), targets=("A",), target_labels=("A",), prob_default=(0.1, 0.2)
            ),
            "as long as 'grades'",
        ),
        (
            lambda: GradeMapping(
                grades=("1",), targets=("A",), target_labels=("A",), covers=(("B",),)
            ),
            "'covers' parameter",
        ),
    ],
)
def test_parts_that_do_not_fit(call: Any, message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        call()


# --- by pairs ----------------------------------------------------------------------------


def test_pairs_by_hand() -> None:
    own = ["1", "1", "1", "1", "2", "2", "2"]
    agency = ["AA", "A", "BBB", "A", "A", "BB", "BBB"]
    pairs = mapping_from_pairs(
        own, agency, labels=["1", "2", "3"], target_labels=["AA", "A", "BBB", "BB"]
    )
    # 1: AA A A BBB; 2: A BBB BB
    assert pairs.mapping.targets == ("A", "BBB")
    assert pairs.agreement == pytest.approx(3 / 7)
    assert pairs.within_one == 1
    table = pairs.table().set_index("grade")
    assert table.loc["1", ["count", "agreement", "mean_notch"]].tolist() == [4, 0.5, 0.0]
    assert table.loc["1", ["safest", "riskiest"]].tolist() == ["AA", "BBB"]
    assert table.loc["3", "count"] == 0
    assert table.loc["3", "target"] == ""
    assert pairs.matrix().loc["2"].tolist() == [0, 1, 1, 1, 0]
    assert "7 customers" in pairs._repr_html_()
    with pytest.raises(InvalidDataError, match=r"'3', which .* not mapped has no target"):
        pairs.mapping.apply(["3"])


def test_of_two_middle_ratings_the_riskier_counts() -> None:
    pairs = mapping_from_pairs(["1", "1"], ["A", "B"], labels=["1"], target_labels=["A", "B"])
    assert pairs.mapping.targets == ("B",)


@given(
    rows=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4)), min_size=1, max_size=30),
)
def test_median_is_that_of_the_places(rows: list[tuple[int, int]]) -> None:
    own, other = (np.array(column) for column in zip(*rows, strict=True))
    pairs = mapping_from_pairs(
        own.astype(str),
        other.astype(str),
        labels=["0", "1", "2"],
        target_labels=["0", "1", "2", "3", "4"],
    )
    for grade, target in zip(pairs.mapping.grades, pairs.mapping.targets, strict=True):
        places = other[own == int(grade)]
        assert int(target) == np.quantile(places, 0.5, method="higher")
    assert pairs.counts.sum() == len(rows)
    assert pairs.agreement <= pairs.within_one <= 1


def test_pairs_that_are_none() -> None:
    labels = {"labels": ["1"], "target_labels": ["A"]}
    with pytest.raises(EmptyDataError, match="no customers with both ratings"):
        mapping_from_pairs([], [], **labels)
    with pytest.raises(InvalidDataError, match="1 grades and 2 targets"):
        mapping_from_pairs(["1"], ["A", "A"], **labels)
    with pytest.raises(InvalidDataError, match="'B', which is none"):
        mapping_from_pairs(["1"], ["B"], **labels)
    with pytest.raises(InvalidDataError, match="another index"):
        mapping_from_pairs(pd.Series(["1"]), pd.Series(["A"], index=[5]), **labels)
    with pytest.raises(InvalidParameterError, match="must hold different grades"):
        mapping_from_pairs(["1"], ["A"], labels=["1", "1"], target_labels=["A"])
