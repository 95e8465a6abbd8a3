"""Vetoes: a cap only lowers, all rules that are met are told, missing values do as told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore import GradeScale
from creditscore.exceptions import (
    ColumnTypeError,
    InfiniteValueError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
    RefusedValueError,
    UnseenCategoryWarning,
)
from creditscore.expert import load_template
from creditscore.grade import VetoRules
from creditscore.scorecard import VetoRule

SCALE = GradeScale.odds_ladder()
COURT = VetoRule(
    column="court", operator="==", value=True, cap="CCC", reason="a judgement", reason_zh="判决"
)
AUDIT = VetoRule(
    column="audit", operator="in", value=["adverse", "disclaimer"], cap="CC", reason="no opinion",
    missing="cap",
)  # fmt: skip
LATE = VetoRule(
    column="dpd", operator=">", value=180, cap="B", reason="180 days late", missing="pass"
)
RULES = VetoRules(rules=[COURT, AUDIT, LATE])
FIRMS = pd.DataFrame(
    {
        "court": [True, False, False, False, True],
        "audit": ["clean", "adverse", None, "clean", "adverse"],
        "dpd": [0, 200, 180, np.nan, 500],
    },
    index=list("VWXYZ"),
)
GRADES = pd.Series(["AAA", "CCC", "A", "BB", "D"], index=list("VWXYZ"), name="grade")

grades = st.sampled_from([*SCALE.labels, "D"])


# --- reference -------------------------------------------------------------------------------


def test_caps_and_reasons_by_hand() -> None:
    vetoed = RULES.apply(GRADES, FIRMS, SCALE)
    assert vetoed.grades.tolist() == ["CCC", "CC", "CC", "BB", "D"]
    assert vetoed.grades.index.tolist() == list("VWXYZ")
    frame = vetoed.frame()
    assert frame["grade_before"].tolist() == GRADES.tolist()
    assert frame["lowered"].tolist() == [True, True, True, False, False]
    assert frame["n_vetoes"].tolist() == [1, 2, 1, 0, 3]
    assert frame["reasons"].tolist() == [
        "a judgement",
        "no opinion; 180 days late",
        "no opinion (unknown: audit is missing)",
        "",
        "a judgement; no opinion; 180 days late",
    ]
    fired = vetoed.fired()
    assert fired["row"].tolist() == ["V", "W", "W", "X", "Z", "Z", "Z"]
    # a cap that lowers nothing is told as well
    assert fired["lowers"].tolist() == [True, True, False, True, False, False, False]
    assert fired.loc[0, "condition"] == "court == True"
    assert fired.loc[3, "condition"] == "audit is missing"
    assert fired.loc[0, "reason_zh"] == "判决"
    assert repr(vetoed) == "<VetoedGrades: 5 customers, 4 with a veto, 3 lowered>"
    assert "no opinion" in vetoed._repr_html_()


@pytest.mark.parametrize(
    ("operator", "value", "met"),
    [
        ("==", 2, [0, 1, 0, 0]),
        ("!=", 2, [1, 0, 1, 0]),
        ("in", [1, 3], [1, 0, 1, 0]),
        ("not in", [1, 3], [0, 1, 0, 0]),
        ("<", 2, [1, 0, 0, 0]),
        ("<=", 2, [1, 1, 0, 0]),
        (">", 2, [0, 0, 1, 0]),
        (">=", 2, [0, 1, 1, 0]),
    ],
)
def test_operators(operator: Any, value: Any, met: list[int]) -> None:
    rule = VetoRule(column="x", operator=operator, value=value, cap="C", reason="x", missing="pass")
    found = VetoRules(rules=[rule]).apply(["A"] * 4, pd.DataFrame({"x": [1, 2, 3, None]}), SCALE)
    assert [grade == "C" for grade in found.after] == [bool(m) for m in met]


def test_vetoes_of_a_template_cap_grades() -> None:
    card = load_template("trade_credit")
    rules = VetoRules(rules=card.vetoes)
    firms = pd.DataFrame(
        {"court_judgement": [False, True], "audit_opinion": ["unqualified", None],
         "worst_days_past_due": [181, 0]}
    )  # fmt: skip
    vetoed = rules.apply(["AA", "AA"], firms, SCALE)
    assert vetoed.after == ("CCC", "CCC")
    assert vetoed.fired()["row"].tolist() == [0, 1]


# --- laws ------------------------------------------------------------------------------------


@given(
    before=st.lists(grades, min_size=1, max_size=8),
    cap=grades,
    values=st.lists(st.sampled_from([0.0, 1.0, None]), min_size=8, max_size=8),
    missing=st.sampled_from(["cap", "pass"]),
)
def test_a_cap_only_ever_lowers(
    before: list[str], cap: str, values: list[float | None], missing: Any
) -> None:
    order = [*SCALE.labels, "D"]
    rule = VetoRule(column="x", operator=">=", value=1, cap=cap, reason="x", missing=missing)
    table = pd.DataFrame({"x": np.array(values[: len(before)], dtype=float)})
    vetoed = VetoRules(rules=[rule]).apply(before, table, SCALE)
    for old, new, value in zip(before, vetoed.after, table["x"], strict=True):
        fires = value >= 1 or (missing == "cap" and np.isnan(value))
        assert new == (max(old, cap, key=order.index) if fires else old)
    # once more changes nothing
    assert VetoRules(rules=[rule]).apply(vetoed.after, table, SCALE).after == vetoed.after


@given(order=st.permutations(range(3)))
def test_the_order_of_rules_changes_no_grade(order: list[int]) -> None:
    turned = VetoRules(rules=[RULES.rules[place] for place in order])
    assert turned.apply(GRADES, FIRMS, SCALE).after == RULES.apply(GRADES, FIRMS, SCALE).after


def test_json_holds_the_rules() -> None:
    assert VetoRules.from_json(RULES.to_json()) == RULES
    assert VetoRules(rules=[]).apply(GRADES, FIRMS, SCALE).after == tuple(GRADES)
    assert VetoRule.from_dict(AUDIT.to_dict()) == AUDIT


# --- edges -----------------------------------------------------------------------------------


def test_any_library() -> None:
    polars = pl.from_pandas(FIRMS.reset_index(drop=True))
    found = RULES.apply(pl.Series("grade", GRADES.tolist()), polars, SCALE)
    assert isinstance(found.grades, pl.Series)
    assert found.grades.to_list() == ["CCC", "CC", "CC", "BB", "D"]
    array = RULES.apply(GRADES.to_numpy(), FIRMS, SCALE)
    assert array.grades.tolist() == found.grades.to_list()
    assert array.fired()["row"].tolist() == [0, 1, 1, 2, 4, 4, 4]


def test_a_grade_of_default_can_be_a_cap() -> None:
    rule = VetoRule(column="court", operator="==", value=True, cap="D", reason="insolvent")
    assert VetoRules(rules=[rule]).apply(GRADES, FIRMS, SCALE).after[0] == "D"


def test_table_and_words() -> None:
    assert RULES.table()["condition"].tolist() == [
        "court == True",
        "audit in 'adverse', 'disclaimer'",
        "dpd > 180.0",
    ]
    assert repr(RULES) == "VetoRules(3 rules, on court, audit, dpd)"
    assert repr(VetoRules(rules=[])) == "VetoRules(0 rules, on none)"
    assert repr(COURT) == "VetoRule(court == True: at best CCC; missing: refuse)"
    assert "180 days late" in RULES._repr_html_()
    some = VetoRule(column="x", operator="in", value={"b", "a"}, cap="C", reason="x")
    assert some.value == ("a", "b")


# --- errors ----------------------------------------------------------------------------------


def test_missing_values_are_refused_unless_told_otherwise() -> None:
    unknown = FIRMS.assign(court=pd.Series([None, True, None, False, False], index=FIRMS.index))
    with pytest.raises(RefusedValueError, match=r"'court' has 2 missing .* first at row 0"):
        RULES.apply(GRADES, unknown, SCALE)


@pytest.mark.parametrize(
    ("given_grades", "table", "error", "match"),
    [
        (["A"], FIRMS, InvalidDataError, "1 grades and 5 rows"),
        (GRADES[::-1], FIRMS, InvalidDataError, "another index"),
        (["A", "A", "A", "A", "X"], FIRMS, InvalidDataError, "row 4 is 'X'.*none of the scale"),
        (["A", None, "A", "A", "A"], FIRMS, InvalidDataError, "row 1 is None"),
        ([["A"]], FIRMS, InvalidDataError, "one column"),
        (GRADES, FIRMS.rename(columns={"court": "count"}), MissingColumnError, "near: 'count'"),
        (GRADES, FIRMS.assign(court="yes"), ColumnTypeError, r"'court' .* veto rule court == True"),
        (GRADES, FIRMS.assign(dpd="late"), ColumnTypeError, "dpd > 180.0 compares numbers"),
        (GRADES, FIRMS.assign(dpd=np.inf), InfiniteValueError, "'dpd'"),
    ],
)
def test_what_cannot_be_vetoed(
    given_grades: Any, table: Any, error: type[Exception], match: str
) -> None:
    with pytest.raises(error, match=match):
        RULES.apply(given_grades, table, SCALE)


def test_a_column_that_is_not_there_names_its_rule_and_the_way_out() -> None:
    for column, way_out in {
        "dpd": r"veto rule dpd > 180\.0 reads it.*X\.assign\(dpd=None\), which this rule lets pass",
        "audit": r"veto rule audit in .*X\.assign\(audit=None\), by which this rule caps all",
        "court": r"veto rule court == True .* give the rule missing='cap' .*assign\(court=None\)",
    }.items():
        without = FIRMS.drop(columns=column)
        with pytest.raises(MissingColumnError, match=way_out):
            RULES.apply(GRADES, without, SCALE)
        rest = [rule for rule in RULES.rules if rule.column != column]
        VetoRules(rules=rest).apply(GRADES, without, SCALE)
    # the ways out are ones
    passed = RULES.apply(GRADES, FIRMS.assign(dpd=None), SCALE)
    assert passed.met[2] == passed.unknown[2] == ()
    assert RULES.apply(GRADES, FIRMS.assign(audit=None), SCALE).unknown[1] == (0, 1, 2, 3, 4)
    odd = VetoRules(rules=[VetoRule(
        column="days late", operator=">", value=1, cap="B", reason="late", missing="pass"
    )])  # fmt: skip
    with pytest.raises(MissingColumnError, match=r"X\.assign\(\*\*\{'days late': None\}\)"):
        odd.apply(GRADES, FIRMS, SCALE)
    assert odd.apply(GRADES, FIRMS.assign(**{"days late": None}), SCALE).met == ((),)


@pytest.mark.parametrize("odd", ["Adverse", " adverse", "adverse\u3000", "ADVERSE"])
def test_a_slip_of_spelling_is_told(odd: str) -> None:
    with pytest.warns(UnseenCategoryWarning, match="is not the 'adverse' of the veto rule audit"):
        vetoed = RULES.apply(GRADES, FIRMS.assign(audit=["clean", odd, None, odd, "clean"]), SCALE)
    assert vetoed.after[3] == "BB"


def test_caps_are_grades_of_the_scale() -> None:
    three = GradeScale(labels=("A", "B", "C"), bounds=(0.1, 0.2))
    with pytest.raises(InvalidParameterError, match=r"no grade, the cap of a veto rule, 'CCC'"):
        RULES.apply(["A"] * 5, FIRMS, three)
    with pytest.raises(InvalidParameterError, match="'scale'"):
        RULES.apply(GRADES, FIRMS, "scale")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"column": ""}, "'column'"),
        ({"cap": None}, "'cap'"),
        ({"reason": ""}, "'reason'"),
        ({"reason_zh": 3}, "'reason_zh'"),
        ({"operator": "="}, "'operator'"),
        ({"missing": "drop"}, "'missing'"),
        ({"operator": ">", "value": "a"}, "'value'"),
        ({"operator": ">", "value": np.nan}, "'value'"),
        ({"operator": ">", "value": True}, "'value'"),
        ({"operator": "==", "value": [1]}, "'value'"),
        ({"operator": "==", "value": np.inf}, "'value'"),
        ({"operator": "==", "value": None}, "'value'"),
        ({"operator": "in", "value": "abc"}, "'value' .* must be a list"),
        ({"operator": "in", "value": []}, "'value'"),
        ({"operator": "not in", "value": [1, None]}, "'value'"),
    ],
)
def test_rules_that_are_none(changes: dict[str, Any], match: str) -> None:
    plain: dict[str, Any] = COURT.to_dict()
    with pytest.raises(InvalidParameterError, match=match):
        VetoRule(**{**plain, **changes})


@pytest.mark.parametrize(
    ("changes", "way_out"),
    [
        ({}, "'>=' and the value 1"),
        ({"operator": "in", "value": [True]}, "'>=' and the value 1"),
        ({"operator": "!=", "value": False}, "'>=' and the value 1"),
        ({"operator": "!="}, "'==' and the value 0"),
        ({"value": False}, "'==' and the value 0"),
    ],
)
@pytest.mark.parametrize("counts", [[0, 1, 2, 3], [0.0, np.nan, 2.0, 1.0]])
def test_counts_are_no_booleans(changes: dict[str, Any], way_out: str, counts: list[Any]) -> None:
    plain: dict[str, Any] = {**COURT.to_dict(), **changes, "missing": "pass"}
    rules = VetoRules(rules=[VetoRule(**plain)])
    match = rf"'court' holds 2(\.0)?, and the veto rule court .* the operator {way_out}"
    with pytest.raises(ColumnTypeError, match=match):
        rules.apply(["A"] * 4, pd.DataFrame({"court": counts}), SCALE)


@pytest.mark.parametrize("values", [[0, 1], [0.0, 1.0], [False, True]])
def test_zero_and_one_are_booleans_and_a_count_has_an_order(values: list[Any]) -> None:
    firms = pd.DataFrame({"court": values})
    assert VetoRules(rules=[COURT]).apply(["A"] * 2, firms, SCALE).grades.tolist() == ["A", "CCC"]
    counted: dict[str, Any] = {**COURT.to_dict(), "operator": ">=", "value": 1}
    firms = pd.DataFrame({"court": [0, 1, 2]})
    vetoed = VetoRules(rules=[VetoRule(**counted)]).apply(["A"] * 3, firms, SCALE)
    assert vetoed.grades.tolist() == ["A", "CCC", "CCC"]


def test_rules_are_rules() -> None:
    with pytest.raises(InvalidParameterError, match="must be a VetoRule"):
        VetoRules(rules=["x"])  # type: ignore[list-item]
    with pytest.raises(InvalidParameterError, match="must be a tuple"):
        VetoRules(rules=3)  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="Did you mean 'reason'"):
        VetoRule.from_dict({**COURT.to_dict(), "reasons": "x"})
    with pytest.raises(InvalidParameterError, match="needs the entries operator, value"):
        VetoRule.from_dict({"column": "x", "cap": "C", "reason": "x"})
