"""From the model's grade to the final one: the order of the steps, and each step told."""

from __future__ import annotations

from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore import GradeScale
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.grade import (
    CountryCap,
    FinalGrades,
    GradeCaps,
    GradeOverride,
    OverridePolicy,
    ParentCap,
    RatingRules,
    VetoRules,
)
from creditscore.scorecard import VetoRule

SCALE = GradeScale(labels=("A", "B", "C", "E"), bounds=(0.01, 0.05, 0.2))
ORDER = (*SCALE.labels, "D")
COURT = VetoRule(column="court", operator="==", value=True, cap="E", reason="a judgement")
RULES = RatingRules(
    overrides=OverridePolicy(),
    caps=GradeCaps(parent=ParentCap(), country=CountryCap(ceilings={"X": "B", "Y": "A"})),
    vetoes=VetoRules(rules=[COURT]),
)
NAMES = ["top", "sub", "low", "bad", "other"]
FIRMS = pd.DataFrame(
    {
        "parent": [None, "top", "bad", None, None],
        "country": ["Y", "Y", "Y", "Y", "X"],
        "court": [True, False, False, False, False],
    },
    index=NAMES,
)
GRADES = pd.Series(["B", "A", "A", "A", "C"], index=NAMES)


def lifted(customer: str, before: str, after: str) -> GradeOverride:
    return GradeOverride(
        customer=customer, grade_before=before, grade_after=after, reason="security", author="Li",
        text="A bank guarantees what is owed.", approved_by="Wang", decided_on="2025-01-01",
    )  # fmt: skip


def final(**kwargs: Any) -> FinalGrades:
    given_ = {
        "overrides": [lifted("other", "C", "A"), lifted("bad", "A", "B")],
        "as_of": "2025-06-30", "in_default": [False, False, False, True, False],
    }  # fmt: skip
    return RULES.apply(GRADES, FIRMS, SCALE, **{**given_, **kwargs})


# --- by hand ---------------------------------------------------------------------------------


def test_the_steps_of_five_customers() -> None:
    found = final()
    assert found.grades.to_dict() == {"top": "E", "sub": "E", "low": "E", "bad": "D", "other": "B"}
    frame = found.frame()
    assert frame.columns.tolist() == [
        "model", "overrides", "caps", "vetoes", "groups", "grade", "decided_by", "notches", "why",
    ]  # fmt: skip
    # a veto lowers the parent, and so the subsidiary
    assert frame.loc["sub"].tolist()[:7] == ["A", "A", "B", "B", "E", "E", "groups"]
    assert frame.loc["top", "decided_by"] == "vetoes"
    # a parent in default is so from the beginning, and shown so at the last step
    assert frame.loc["low"].tolist()[:7] == ["A", "A", "E", "E", "E", "E", "caps"]
    assert frame.loc["bad"].tolist()[:7] == ["A", "A", "A", "A", "A", "D", "default"]
    # an override lifts nobody over a ceiling
    assert frame.loc["other"].tolist()[:7] == ["C", "A", "B", "B", "B", "B", "caps"]
    assert frame["notches"].tolist() == [-2, -3, -3, -4, 1]
    assert frame.loc["other", "why"] == (
        "Li: A bank guarantees what is owed. (security); the ceiling of the country X is B"
    )
    assert repr(found) == "<FinalGrades: 5 customers, 1 above and 4 below the model's grade>"
    # no override takes a customer out of default
    assert found.overridden is not None
    assert [ruling.status for ruling in found.overridden.rulings] == ["applied", "refused"]


def test_a_manager_reads_one_customer_and_all() -> None:
    found = final()
    decision = found.of("sub")
    assert decision.grade == "E"
    assert repr(decision) == "<RatingDecision: sub is E (model A, caps B, groups E)>"
    table = decision.table()
    assert table["step"].tolist() == ["model", "overrides", "caps", "vetoes", "groups", "default"]
    assert table["changed"].tolist() == [False, False, True, False, True, False]
    assert "no better than its parent top, which is E" in decision._repr_html_()
    summary = found.table().set_index("step")
    assert summary["n_up"].to_dict() == {
        "overrides": 1, "caps": 0, "vetoes": 0, "groups": 0, "default": 0,
    }  # fmt: skip
    assert summary["n_down"].to_dict() == {
        "overrides": 0, "caps": 3, "vetoes": 1, "groups": 1, "default": 1,
    }  # fmt: skip
    assert summary.loc["caps", "share"] == 0.6
    assert "20.0%" in found._repr_html_()
    with pytest.raises(InvalidParameterError, match=r"no customer 'subs'.*Did you mean 'sub'"):
        found.of("subs")


def test_support_does_not_undo_a_veto() -> None:
    rules = RatingRules(
        caps=GradeCaps(parent=ParentCap(support_column="support", support_below=0)),
        vetoes=VetoRules(rules=[COURT]),
    )
    firms = pd.DataFrame(
        {"parent": [None, "p"], "support": [False, True], "court": [False, True]}, index=["p", "s"]
    )
    found = rules.apply(pd.Series(["A", "B"], index=["p", "s"]), firms, SCALE)
    assert found.frame().loc["s"].tolist()[:6] == ["B", "B", "A", "E", "E", "E"]


def test_no_rules_change_nothing_but_default() -> None:
    found = RatingRules().apply(GRADES, FIRMS, SCALE)
    assert found.grades.tolist() == GRADES.tolist()
    assert found.overridden is None
    assert (found.frame()["decided_by"] == "model").all()
    assert found.table()["mean_notches"].isna().all()
    at_once = RatingRules().apply(["A", "D"], pd.DataFrame({"x": [1, 2]}), SCALE)
    assert at_once.grades.tolist() == ["A", "D"]
    assert at_once.frame()["why"].tolist() == ["", "in default"]


def test_no_table_is_needed_where_no_rule_reads_one() -> None:
    rules = RatingRules(overrides=OverridePolicy())
    found = rules.apply(
        GRADES, None, SCALE, overrides=[lifted("sub", "A", "B")], as_of="2025-06-30"
    )
    assert found.of("sub").steps[1].why == ""
    down = GradeOverride(
        customer="sub", grade_before="A", grade_after="B", reason="adverse_event", author="Li",
        text="The main customer has gone.", decided_on="2025-01-01",
    )  # fmt: skip
    found = rules.apply(GRADES, None, SCALE, overrides=[down], as_of="2025-06-30")
    assert found.grades["sub"] == "B"
    with pytest.raises(
        InvalidParameterError, match=r"column\(s\) 'country', 'parent', 'court', and X is None"
    ):
        RULES.apply(GRADES, None, SCALE)


def test_polars_in_and_out() -> None:
    found = RULES.apply(
        pl.Series("grade", GRADES.tolist()), pl.from_pandas(FIRMS), SCALE, customers=NAMES,
        in_default=[False, False, False, True, False],
    )  # fmt: skip
    assert isinstance(found.grades, pl.Series)
    assert found.grades.to_list() == ["E", "E", "E", "D", "C"]


# --- laws ------------------------------------------------------------------------------------


@given(
    grades=st.lists(st.sampled_from(ORDER), min_size=5, max_size=5),
    courts=st.lists(st.booleans(), min_size=5, max_size=5),
    defaulted=st.lists(st.booleans(), min_size=5, max_size=5),
    parents=st.tuples(*(st.sampled_from([None, *NAMES[:i]]) for i in range(5))),
)
@settings(deadline=None, max_examples=80)
def test_final_grades_obey_every_rule(
    grades: list[str], courts: list[bool], defaulted: list[bool], parents: tuple[Any, ...]
) -> None:
    firms = FIRMS.assign(parent=parents, court=courts)
    found = RULES.apply(pd.Series(grades, index=NAMES), firms, SCALE, in_default=defaulted)
    rank = {name: ORDER.index(grade) for name, grade in found.grades.items()}
    for name, grade, court, bad, parent in zip(
        NAMES, grades, courts, defaulted, parents, strict=True
    ):
        assert rank[name] >= ORDER.index(grade)
        assert (rank[name] == 4) == (bad or grade == "D")
        assert rank[name] >= 3 or not court
        assert parent is None or rank[name] >= min(rank[parent], 3)
    # rules that are applied to what they made change nothing
    again = RULES.apply(found.grades, firms, SCALE, in_default=defaulted)
    assert again.grades.equals(found.grades)
    frame = found.frame()
    assert ((frame["decided_by"] == "model") == (frame["model"] == frame["grade"])).all()


@given(
    grades=st.lists(st.sampled_from(ORDER), min_size=5, max_size=5),
    courts=st.lists(st.booleans(), min_size=5, max_size=5),
    parents=st.tuples(*(st.sampled_from([None, *NAMES[:i]]) for i in range(5))),
    supported=st.lists(st.booleans(), min_size=5, max_size=5),
)
@settings(deadline=None, max_examples=40)
def test_all_at_once_is_one_step_after_the_other(
    grades: list[str], courts: list[bool], parents: tuple[Any, ...], supported: list[bool]
) -> None:
    firms = FIRMS.assign(parent=parents, court=courts, supported=supported)
    model = pd.Series(grades, index=NAMES)
    caps = GradeCaps(
        parent=ParentCap(support_column="supported"),
        country=CountryCap(ceilings={"X": "B", "Y": "A"}),
    )
    rules = RatingRules(overrides=OverridePolicy(), caps=caps, vetoes=RULES.vetoes)
    decided = [lifted("other", "C", "A"), lifted("low", "E", "B")]
    overridden = OverridePolicy().apply(model, decided, SCALE, as_of="2025-06-30")
    capped = caps.apply(overridden.grades, firms, SCALE)
    vetoed = VetoRules(rules=[COURT]).apply(capped.grades, firms, SCALE)
    last = GradeCaps(parent=ParentCap()).apply(vetoed.grades, firms, SCALE)
    found = rules.apply(model, firms, SCALE, overrides=decided, as_of="2025-06-30")
    for step, expected in (
        ("overrides", overridden), ("caps", capped), ("vetoes", vetoed), ("groups", last),
    ):  # fmt: skip
        assert found.frame()[step].tolist() == list(expected.after)
    assert found.grades.equals(last.grades)
    assert found.capped.frame().equals(capped.frame())
    assert found.vetoed.frame().equals(vetoed.frame())


def test_rules_read_back_what_they_wrote() -> None:
    for rules in (RULES, RatingRules(), RatingRules(overrides=OverridePolicy(max_up=1))):
        assert RatingRules.from_json(rules.to_json()) == rules
        assert RatingRules.from_json(rules.to_json(key=b"x"), key=b"x") == rules


# --- errors ----------------------------------------------------------------------------------


def test_overrides_need_a_policy_and_a_day() -> None:
    with pytest.raises(InvalidParameterError, match=r"2 override\(s\), and the day as_of is"):
        final(as_of=None)
    with pytest.raises(InvalidParameterError, match=r"1 override\(s\), and an override policy"):
        RatingRules().apply(
            GRADES, FIRMS, SCALE, overrides=[lifted("top", "B", "A")], as_of="2025-01-01"
        )


def test_what_is_refused() -> None:
    with pytest.raises(
        InvalidParameterError, match="'caps' parameter of RatingRules must be a Gra"
    ):
        RatingRules(caps=ParentCap())  # type: ignore[arg-type]
    with pytest.raises(InvalidDataError, match="in_default must be one boolean for each"):
        final(in_default=[True])
    with pytest.raises(InvalidDataError, match="another index"):
        final(in_default=pd.Series([True] * 5))
    for rules in (RULES, RatingRules()):
        with pytest.raises(InvalidDataError, match="The grades have another index than X"):
            rules.apply(GRADES, FIRMS.loc[NAMES[::-1]], SCALE)
        with pytest.raises(InvalidDataError, match="There are 5 grades and 4 rows of X"):
            rules.apply(GRADES, FIRMS.head(4), SCALE)
    with pytest.raises(InvalidDataError, match="The parent cap names customers"):
        RULES.apply(GRADES.tolist(), FIRMS, SCALE)
    with pytest.raises(InvalidDataError, match="The grade at row 0 is 'Z'"):
        RULES.apply(GRADES.replace("B", "Z"), FIRMS, SCALE)


def test_customers_are_asked_for_by_their_names() -> None:
    twice = RatingRules().apply(pd.Series(["A", "B"], index=["X", "X"]), None, SCALE)
    with pytest.raises(InvalidDataError, match="2 rows of the final grades are of customer 'X'"):
        twice.of("X")
    places = RatingRules().apply(["A", "B"], None, SCALE)
    assert places.of(1).grade == "B"
    with pytest.raises(InvalidParameterError, match="no customer '1' in the final grades, but 1"):
        places.of("1")
    with pytest.raises(InvalidParameterError, match="Did you mean 'top'"):
        final().of("tops")


def test_rules_show_themselves() -> None:
    assert repr(RatingRules()) == "RatingRules(none)"
    assert "GradeCaps(parent 0 notches above at most, 2 countries)" in repr(RULES)
    assert RULES.table()["step"].tolist() == [
        "model", "overrides", "caps", "vetoes", "groups", "default",
    ]  # fmt: skip
    assert "VetoRules(1 rule, on court)" in RULES._repr_html_()
