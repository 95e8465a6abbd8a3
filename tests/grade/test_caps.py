"""Caps by parent, country and rule: none lifts, the lowest binds, and rings of owners are named."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore import GradeScale
from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
    RefusedValueError,
)
from creditscore.grade import CountryCap, GradeCaps, ParentCap
from creditscore.scorecard import VetoRule

SCALE = GradeScale(labels=("A", "B", "C", "E"), bounds=(0.01, 0.05, 0.2))
ORDER = (*SCALE.labels, "D")
YOUNG = VetoRule(
    column="years", operator="<", value=3, cap="B", reason="founded lately", reason_zh="成立不久",
    missing="cap",
)  # fmt: skip
OWNERS = GradeCaps(parent=ParentCap())


def capped(
    caps: GradeCaps, grades: dict[str, str], columns: dict[str, list[Any]], **kwargs: Any
) -> Any:
    series = pd.Series(grades, dtype="str")
    return caps.apply(series, pd.DataFrame(columns, index=series.index), SCALE, **kwargs)


# --- by hand ---------------------------------------------------------------------------------


def test_a_group_of_three_levels() -> None:
    grades = {"leaf": "A", "mid": "A", "top": "C", "alone": "A", "low": "E"}
    columns = {"parent": ["mid", "top", None, None, "mid"]}
    found = capped(GradeCaps(parent=ParentCap(notches_above=1)), grades, columns)
    # one notch above the parent at each level
    assert found.grades.to_dict() == {
        "leaf": "A", "mid": "B", "top": "C", "alone": "A", "low": "E",
    }  # fmt: skip
    found = capped(OWNERS, grades, columns)
    assert found.after == ("C", "C", "C", "A", "E")
    frame = found.frame()
    assert frame["lowered"].tolist() == [True, True, False, False, False]
    assert frame["bound_by"].tolist() == ["parent", "parent", "", "", ""]
    assert frame.loc["leaf", "reasons"] == "no better than its parent mid, which is C"
    assert repr(found) == "<CappedGrades: 5 customers, 2 lowered (parent 2)>"
    assert "母公司 mid（C）" in found.fired().loc[0, "reason_zh"]
    assert "parent mid" in found._repr_html_()


def test_which_cap_binds() -> None:
    caps = GradeCaps(
        parent=ParentCap(), country=CountryCap(ceilings={"X": "C", "Y": "A"}), rules=[YOUNG]
    )
    grades = {"p": "B", "q": "A", "r": "A", "s": "A"}
    columns = {
        "parent": [None, "p", None, None], "country": ["Y", "X", "Y", "Y"],
        "years": [9, 1, None, 9],
    }  # fmt: skip
    found = capped(caps, grades, columns)
    assert found.after == ("B", "C", "B", "A")
    frame = found.frame()
    assert frame["bound_by"].tolist() == ["", "country", "rule", ""]
    assert frame.loc["r", "reasons"] == "founded lately (unknown: years is missing)"
    fired = found.fired()
    # all caps that alone lower a grade are told, and which of them the grade is at
    assert fired["customer"].tolist() == ["q", "q", "q", "r"]
    assert fired["kind"].tolist() == ["country", "rule", "parent", "rule"]
    assert fired["binds"].tolist() == [True, False, False, True]
    assert fired["reason_zh"].tolist()[1] == "成立不久"


def test_a_parent_that_is_no_customer() -> None:
    columns = {"parent": ["abroad", None]}
    found = capped(OWNERS, {"s": "A", "t": "A"}, columns, parent_grades={"abroad": "E"})
    assert found.after == ("E", "A")
    by_series = capped(
        OWNERS, {"s": "A", "t": "A"}, columns, parent_grades=pd.Series({"abroad": "E"})
    )
    assert by_series.after == found.after
    with pytest.raises(InvalidDataError, match="the parent 'abroad' has no grade, one of 1"):
        capped(OWNERS, {"s": "A", "t": "A"}, columns)
    passed = capped(GradeCaps(parent=ParentCap(unknown="pass")), {"s": "A", "t": "A"}, columns)
    assert passed.after == ("A", "A")
    with pytest.raises(InvalidDataError, match="'t' has a grade among the customers and another"):
        capped(OWNERS, {"s": "A", "t": "A"}, {"parent": ["t", None]}, parent_grades={"t": "A"})
    with pytest.raises(InvalidParameterError, match="no grade, the grade of a parent"):
        capped(OWNERS, {"s": "A", "t": "A"}, columns, parent_grades={"abroad": "Z"})


def test_default_is_neither_given_nor_taken_by_a_cap() -> None:
    columns = {"parent": [None, "p", "p"], "support": [False, True, True]}
    grades = {"p": "D", "q": "A", "r": "D"}
    assert capped(OWNERS, grades, columns).after == ("D", "E", "D")
    supported = GradeCaps(parent=ParentCap(support_column="support", support_below=0))
    found = capped(supported, {**grades, "p": "A"}, columns)
    assert found.after == ("A", "A", "D")


def test_support_lifts_only_whom_a_contract_supports() -> None:
    rule = ParentCap(support_column="support", support_below=1, notches_above=1)
    caps = GradeCaps(parent=rule, country=CountryCap(ceilings={"X": "C", "Y": "A"}))
    grades = {"p": "A", "q": "E", "r": "E", "s": "E"}
    columns = {
        "parent": [None, "p", "p", "p"], "support": [False, True, False, True],
        "country": ["Y", "Y", "Y", "X"],
    }  # fmt: skip
    found = capped(caps, grades, columns)
    # s is supported, and its country caps it all the same
    assert found.after == ("A", "B", "E", "C")
    frame = found.frame()
    assert frame["lifted"].tolist() == [False, True, False, True]
    assert frame.loc["q", "reasons"] == "supported by its parent p, which is A"
    fired = found.fired()
    assert fired["kind"].tolist() == ["support", "support", "country"]
    assert fired["cap"].tolist() == ["B", "B", "C"]
    assert "2 lifted by support" in repr(found)
    assert capped(OWNERS, grades, {"parent": columns["parent"]}).after == ("A", "E", "E", "E")


def test_whole_numbers_name_customers_as_well() -> None:
    grades = pd.Series(["E", "A"], index=[10, 20])
    owners = pd.DataFrame({"parent": [np.nan, 10.0]}, index=[10, 20])
    assert OWNERS.apply(grades, owners, SCALE).after == ("E", "E")


def test_numbers_are_told_as_they_are_named() -> None:
    # a missing parent makes floats of whole numbers
    found = capped(OWNERS, {7: "C", 8: "A"}, {"parent": [None, 7]})  # type: ignore[dict-item]
    assert found.fired()["reason"].tolist() == ["no better than its parent 7, which is C"]
    assert found.fired()["reason_zh"].tolist() == ["不高于母公司 7（C）"]
    with pytest.raises(InvalidDataError, match="parents by text, and customers are named by num"):
        capped(OWNERS, {7: "C", 8: "A"}, {"parent": [None, "7"]})  # type: ignore[dict-item]


def test_a_long_chain_of_owners() -> None:
    names = [f"c{i}" for i in range(3_000)]
    grades = dict.fromkeys(reversed(names), "A") | {"c0": "C", "c2000": "E"}
    parent = {name: above for above, name in pairwise(names)}
    found = capped(OWNERS, grades, {"parent": [parent.get(name) for name in grades]})
    assert [found.grades[name] for name in names] == ["C"] * 2_000 + ["E"] * 1_000


def test_polars_in_and_out() -> None:
    firms = pl.DataFrame({"id": ["p", "s"], "parent": [None, "p"]})
    grades = pl.Series("grade", ["C", "A"])
    found = OWNERS.apply(grades, firms, SCALE, customers=firms["id"])
    assert isinstance(found.grades, pl.Series)
    assert found.grades.to_list() == ["C", "C"]
    with pytest.raises(InvalidDataError, match="The parent cap names customers"):
        OWNERS.apply(grades, firms, SCALE)
    # without parents, places will do
    country = GradeCaps(country=CountryCap(ceilings={"X": "B"}))
    found = country.apply(grades, firms.with_columns(country=pl.lit("X")), SCALE)
    assert found.frame().index.tolist() == [0, 1]


# --- laws ------------------------------------------------------------------------------------


@st.composite
def groups(draw: st.DrawFn) -> tuple[dict[str, str], dict[str, list[Any]]]:
    """Draw customers who are owned by ones drawn before them, in any order of rows."""
    n = draw(st.integers(1, 9))
    parents = [None, *(draw(st.none() | st.integers(0, i - 1)) for i in range(1, n))]
    order = draw(st.permutations(range(n)))
    grades = {f"c{i}": draw(st.sampled_from(ORDER)) for i in order}
    columns = {
        "parent": [None if parents[i] is None else f"c{parents[i]}" for i in order],
        "country": [draw(st.sampled_from("XYZ")) for _ in order],
        "years": [draw(st.sampled_from([1, 5, None])) for _ in order],
    }
    return grades, columns


@st.composite
def cap_rules(draw: st.DrawFn) -> GradeCaps:
    ceilings = {place: draw(st.sampled_from(SCALE.labels)) for place in "XYZ"}
    return GradeCaps(
        parent=draw(st.none() | st.builds(ParentCap, notches_above=st.integers(0, 2))),
        country=draw(st.none() | st.just(CountryCap(ceilings=ceilings))),
        rules=draw(st.sampled_from([(), (YOUNG,)])),
    )


def rank_by_hand(name: str, caps: GradeCaps, grades: Any, columns: Any) -> int:
    """Walk up the group, one customer at a time."""
    row = list(grades).index(name)
    rank = ORDER.index(grades[name])
    if caps.country is not None:
        rank = max(rank, ORDER.index(caps.country.ceilings[columns["country"][row]]))
    if caps.rules and columns["years"][row] in (1, None):
        rank = max(rank, ORDER.index("B"))
    parent = columns["parent"][row]
    if caps.parent is not None and parent is not None:
        above = rank_by_hand(parent, caps, grades, columns) - caps.parent.notches_above
        rank = max(rank, min(above, 3))
    return rank


@given(group=groups(), caps=cap_rules())
@settings(deadline=None, max_examples=120)
def test_caps_are_what_a_walk_up_the_group_finds(group: Any, caps: GradeCaps) -> None:
    grades, columns = group
    found = capped(caps, grades, columns)
    expected = [ORDER[rank_by_hand(name, caps, grades, columns)] for name in grades]
    assert list(found.after) == expected


@given(group=groups(), caps=cap_rules())
@settings(deadline=None, max_examples=80)
def test_caps_never_lift_and_are_idempotent(group: Any, caps: GradeCaps) -> None:
    grades, columns = group
    found = capped(caps, grades, columns)
    pairs = list(zip(found.before, found.after, strict=True))
    assert all(ORDER.index(after) >= ORDER.index(before) for before, after in pairs)
    again = capped(caps, dict(zip(grades, found.after, strict=True)), columns)
    assert again.after == found.after
    assert again.fired().empty
    # whoever is lowered is so by a cap that binds
    lowered = found.frame()["lowered"]
    assert ((found.frame()["bound_by"] != "") == lowered).all()
    assert (found.fired()["customer"].nunique()) == lowered.sum()


@given(caps=cap_rules())
@settings(deadline=None, max_examples=30)
def test_caps_read_back_what_they_wrote(caps: GradeCaps) -> None:
    assert GradeCaps.from_json(caps.to_json()) == caps


# --- errors ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parents", "message"),
    [
        (["b", "c", "a", None], r"ring: a → b → c → a \(each beside its parent\)"),
        (["a", None, None, None], "A customer is its own parent: a → a"),
        ([None, "c", "d", "c"], "ring: c → d → c"),
    ],
)
def test_rings_of_owners_are_named(parents: list[Any], message: str) -> None:
    with pytest.raises(InvalidDataError, match=message):
        capped(OWNERS, dict.fromkeys("abcd", "A"), {"parent": parents})


@pytest.mark.parametrize("n", [1, 2, 3, 4, 7, 8, 9])
def test_chains_that_end_in_a_ring(n: int) -> None:
    tail = [f"t{i}" for i in range(n)]
    names = [*tail, *(f"r{i}" for i in range(n))]
    with pytest.raises(InvalidDataError, match=r"its own parent: r0 → r0|ring: r0 → .*r0 "):
        capped(OWNERS, dict.fromkeys(names, "A"), {"parent": [*names[1:], "r0"]})


def test_a_long_ring_is_cut_short() -> None:
    names = [f"c{i}" for i in range(40)]
    with pytest.raises(InvalidDataError, match="c10 → c11 → … → c0 "):
        capped(OWNERS, dict.fromkeys(names, "A"), {"parent": [*names[1:], "c0"]})


def test_countries_without_a_ceiling() -> None:
    caps = GradeCaps(country=CountryCap(ceilings={"X": "C"}))
    grades = {"a": "A", "b": "A"}
    with pytest.raises(InvalidDataError, match="the country at row 1 'Z' has no ceiling, one of 1"):
        capped(caps, grades, {"country": ["X", "Z"]})
    with pytest.raises(InvalidDataError, match="the country at row 0 is missing, one of 1"):
        capped(caps, grades, {"country": [None, "X"]})
    passed = GradeCaps(country=CountryCap(ceilings={"X": "C"}, unknown="pass"))
    assert capped(passed, grades, {"country": [None, "X"]}).after == ("A", "C")
    assert capped(passed, grades, {"country": ["Z", "X"]}).after == ("A", "C")


def test_names_in_another_order_are_refused() -> None:
    scale = GradeScale(labels=("A", "B"), bounds=(0.1,))
    grades, names = pd.Series(["A", "B"]), pd.Series(["X", "Y"])
    table = pd.DataFrame({"country": ["CN", "CN"]})
    caps = GradeCaps(country=CountryCap(column="country", ceilings={"CN": "B"}))
    assert caps.apply(grades, table, scale, customers=names).grades.tolist() == ["B", "B"]
    with pytest.raises(InvalidDataError, match="grades and customers hold the same index"):
        caps.apply(grades, table, scale, customers=names.iloc[::-1])


def test_tables_that_are_refused() -> None:
    with pytest.raises(MissingColumnError, match="'parent'"):
        capped(OWNERS, {"a": "A"}, {"owner": [None]})
    with pytest.raises(InvalidDataError, match="Customer 'a' has two grades"):
        OWNERS.apply(
            pd.Series(["A", "A"], index=["a", "a"]),
            pd.DataFrame({"parent": [None, None]}, index=["a", "a"]), SCALE,
        )  # fmt: skip
    support = GradeCaps(parent=ParentCap(support_column="support"))
    with pytest.raises(InvalidDataError, match=r"Column 'support' must hold true or false.*'yes'"):
        capped(support, {"a": "A"}, {"parent": [None], "support": ["yes"]})
    with pytest.raises(InvalidDataError, match="Got a missing value at row 1"):
        capped(support, {"a": "A", "b": "A"}, {"parent": ["b", None], "support": [True, None]})
    refusing = GradeCaps(
        rules=[VetoRule(column="years", operator="<", value=3, cap="B", reason="young")]
    )
    with pytest.raises(RefusedValueError, match="'years' has 1 missing"):
        capped(refusing, {"a": "A"}, {"years": [None]})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ParentCap(column=""), "'column' parameter of ParentCap"),
        (lambda: ParentCap(notches_above=-1), "'notches_above' parameter of ParentCap"),
        (lambda: ParentCap(support_below=0.5), "'support_below' parameter of ParentCap"),
        (lambda: ParentCap(unknown="cap"), "'unknown' parameter of ParentCap"),
        (lambda: CountryCap(ceilings={}), "'ceilings' parameter of CountryCap"),
        (lambda: CountryCap(ceilings={"X": 1}), "'ceilings' parameter of CountryCap"),
        (lambda: CountryCap(ceilings={"X": "A"}, column=None), "'column' parameter of CountryCap"),
        (lambda: GradeCaps(parent="P"), "'parent' parameter of GradeCaps must be a ParentCap"),
        (lambda: GradeCaps(country={"X": "A"}), "'country' parameter of GradeCaps"),
        (lambda: GradeCaps(rules=["x"]), "'rules' parameter of GradeCaps must be a VetoRule"),
        (
            lambda: capped(
                GradeCaps(country=CountryCap(ceilings={"X": "AAA"})), {"a": "A"}, {"country": ["X"]}
            ),
            "no grade, the ceiling of a country, 'AAA' in the scale",
        ),
        (lambda: OWNERS.apply(["A"], pd.DataFrame({"parent": [None]}), "AAA"), "'scale' parameter"),
    ],
)
def test_parameters_that_are_refused(make: Any, message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        make()


def test_caps_show_themselves() -> None:
    caps = GradeCaps(
        parent=ParentCap(notches_above=1, support_column="support"),
        country=CountryCap(ceilings={"X": "A"}), rules=[YOUNG],
    )  # fmt: skip
    assert repr(caps) == "GradeCaps(parent 1 notch above at most, 1 country, 1 rule)"
    assert caps.table()["kind"].tolist() == ["country", "rule", "parent", "support"]
    assert "years &lt; 3" in caps._repr_html_()
    assert repr(GradeCaps()) == "GradeCaps(none)"
    nothing = capped(GradeCaps(), {"a": "A"}, {"parent": [None]})
    assert repr(nothing) == "<CappedGrades: 1 customer, 0 lowered>"


def test_a_long_table_is_cut() -> None:
    n = 60
    found = capped(
        GradeCaps(country=CountryCap(ceilings={"X": "B"})),
        dict.fromkeys((f"c{i}" for i in range(n)), "A"), {"country": ["X"] * n},
    )  # fmt: skip
    assert "the first 50 of 60 caps" in found._repr_html_()
    assert len(found.fired()) == n
