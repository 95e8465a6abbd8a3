"""Overrides: within the limits they always count, beyond them never, and all of it is told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore import GradeScale
from creditscore.exceptions import (
    DocumentError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
)
from creditscore.grade import GradeOverride, OverridePolicy, OverrideReason, read_overrides

SCALE = GradeScale.agency()
GRADES = pd.Series(["A", "BB", "D", "CCC"], index=["W", "X", "Y", "Z"], name="model")
TEXT = "A bank guarantees all that is owed."


def override(customer: Any = "X", before: str = "BB", after: str = "BBB", **kwargs: Any) -> Any:
    given = {
        "reason": "new_information", "text": TEXT, "author": "Li", "approved_by": "Wang",
        "decided_on": "2025-01-31",
    }  # fmt: skip
    return GradeOverride(
        customer=customer, grade_before=before, grade_after=after, **{**given, **kwargs}
    )


def ruled(policy: OverridePolicy, *overrides: Any, as_of: str = "2025-06-30") -> Any:
    return policy.apply(GRADES, overrides, SCALE, as_of=as_of)


# --- by hand ---------------------------------------------------------------------------------


def test_an_override_changes_the_grade_of_its_customer_only() -> None:
    found = ruled(OverridePolicy(), override())
    assert found.grades.tolist() == ["A", "BBB", "D", "CCC"]
    assert found.grades.index.tolist() == ["W", "X", "Y", "Z"]
    assert found.grades.name == "model"
    frame = found.frame()
    assert frame["notches"].tolist() == [0, 1, 0, 0]
    assert frame.loc["X", ["reason", "author"]].tolist() == ["new_information", "Li"]
    assert repr(found) == "<OverriddenGrades: 4 customers; 1 override, 1 applied>"
    assert found.applied()["customer"].tolist() == ["X"]
    assert found.refused().empty
    assert "new_information" in found._repr_html_()


@pytest.mark.parametrize(
    ("kwargs", "why"),
    [
        ({"after": "AA"}, "it goes 3 notches up, and the policy allows 2"),
        ({"approved_by": ""}, "1 notch up, which another person must approve, and nobody did"),
        ({"approved_by": "Li"}, "another person must approve, and only its author did"),
        ({"after": "CCC", "approved_by": ""}, "2 notches down, which another person must approve"),
        ({"after": "BB"}, "it leaves the grade BB as it is"),
        ({"after": "D"}, "nobody is overridden into D"),
        ({"customer": "Y", "before": "D", "after": "CCC"}, "nobody is overridden out of D"),
        ({"reason": "because"}, "there is no reason 'because' in the policy"),
        ({"reason": "adverse_event"}, "the reason 'adverse_event' may only move a grade down"),
        ({"reason": "security", "after": "B"}, "'security' may only move a grade up"),
        ({"text": "  too short "}, "the text has 9 characters, and the policy asks for 20"),
        ({"after": "BBB+"}, "there is no grade 'BBB\\+' on the scale"),
        ({"customer": "nobody"}, "its customer is not among the grades"),
        ({"before": "B"}, "the grade is BB now, and the decision was made for B"),
        ({"before": "A", "after": "A"}, "it leaves the grade A as it is"),
    ],
)
def test_what_a_policy_refuses(kwargs: dict[str, Any], why: str) -> None:
    found = ruled(OverridePolicy(), override(**kwargs))
    assert found.grades.equals(GRADES.astype("str"))
    assert found.rulings[0].status == "refused"
    pd.testing.assert_series_equal(
        found.refused()["why"].str.contains(why), pd.Series([True], name="why"), check_dtype=False
    )


def test_who_may() -> None:
    policy = OverridePolicy(authors=("Li",), approvers=("Wang",))
    assert ruled(policy, override()).rulings[0].status == "applied"
    whys = [
        ruled(policy, override(author="Zhao")).rulings[0].why,
        ruled(policy, override(approved_by="Zhao")).rulings[0].why,
    ]
    assert whys == ["'Zhao' may not override grades", "'Zhao' may not approve overrides"]


def test_all_breaches_are_told_at_once() -> None:
    found = ruled(OverridePolicy(), override(after="AAA", text="", approved_by="", reason="x"))
    assert found.rulings[0].why.count(";") == 3


@pytest.mark.parametrize(
    ("approver", "who"), [("li", "only its author"), (" Li ", "only its author"), ("  ", "nobody")]
)
def test_no_spelling_makes_another_person_of_the_author(approver: str, who: str) -> None:
    found = ruled(OverridePolicy(), override(approved_by=approver)).rulings[0]
    assert found.status == "refused"
    assert found.why == f"it goes 1 notch up, which another person must approve, and {who} did"


def test_one_notch_down_is_decided_alone() -> None:
    assert ruled(OverridePolicy(), override(after="B", approved_by="")).after[1] == "B"


def test_the_last_decision_supersedes_those_before_it() -> None:
    first = override(decided_on="2025-01-31", after="BBB")
    second = override(decided_on="2025-03-01", after="B", expires_on="2025-05-01")
    found = ruled(OverridePolicy(), second, first, as_of="2025-04-30")
    assert found.after[1] == "B"
    assert [ruling.status for ruling in found.rulings] == ["applied", "superseded"]
    assert found.rulings[1].why == "a decision of 2025-03-01 came after it"
    # what it replaced does not come back
    found = ruled(OverridePolicy(), second, first, as_of="2025-05-01")
    assert found.after[1] == "BB"
    assert [ruling.status for ruling in found.rulings] == ["expired", "superseded"]
    # before it was decided, the first one held
    found = ruled(OverridePolicy(), second, first, as_of="2025-02-28")
    assert found.after[1] == "BBB"
    assert [ruling.status for ruling in found.rulings] == ["not_yet", "applied"]
    # what breaks a rule supersedes nothing
    found = ruled(OverridePolicy(), first, override(decided_on="2025-03-01", after="AAA"))
    assert [ruling.status for ruling in found.rulings] == ["applied", "refused"]


def test_of_one_day_the_later_in_the_list_holds() -> None:
    found = ruled(OverridePolicy(), override(after="BBB"), override(after="B"))
    assert found.after[1] == "B"


def test_months_end_on_the_last_day_there_is() -> None:
    policy = OverridePolicy(valid_months=1)
    assert ruled(policy, override(), as_of="2025-02-27").rulings[0].status == "applied"
    found = ruled(policy, override(), as_of="2025-02-28")
    assert (found.rulings[0].status, found.rulings[0].holds_until) == ("expired", "2025-02-28")
    assert found.rulings[0].why == "it held until 2025-02-28"


@pytest.mark.parametrize(
    ("word", "after"), [("refuse", "BB"), ("keep_grade", "AA"), ("keep_notches", "BBB")]
)
def test_when_the_grade_has_changed_since(word: Any, after: str) -> None:
    policy = OverridePolicy(grade_changed=word, max_up=3)
    assert ruled(policy, override(before="A", after="AA")).after[1] == after


def test_a_grade_that_is_kept_must_be_within_the_limits_of_today() -> None:
    policy = OverridePolicy(grade_changed="keep_grade")
    ruling = ruled(policy, override(before="A", after="AA")).rulings[0]
    assert (ruling.status, ruling.why) == (
        "refused", "it goes 3 notches up, and the policy allows 2",
    )  # fmt: skip
    ruling = ruled(policy, override("Y", "CCC", "B")).rulings[0]
    assert ruling.why == "nobody is overridden out of D"
    notches = OverridePolicy(grade_changed="keep_notches")
    # a notch down from the last grade would be default
    ruling = ruled(notches, override("Z", "BB", "B")).rulings[0]
    assert ruling.why == "nobody is overridden into D"


def test_a_grade_that_is_kept_moves_only_where_its_reason_may() -> None:
    policy = OverridePolicy(grade_changed="keep_grade", alone_down=9)
    lifted = override("W", "BB", "BBB", reason="security")
    # the model gives A by now, and security lowers nobody
    found = ruled(policy, lifted)
    assert found.rulings[0].why == "the reason 'security' may only move a grade up"
    assert found.after[0] == "A"
    assert ruled(policy, override("W", "BB", "BBB")).after[0] == "BBB"


def test_forbidden_grades() -> None:
    policy = OverridePolicy(forbidden=("AAA", "CCC"))
    assert ruled(policy, override("Z", "CCC", "B")).rulings[0].why == (
        "nobody is overridden out of CCC"
    )
    with pytest.raises(InvalidParameterError, match="no grade, the forbidden grade of the"):
        ruled(OverridePolicy(forbidden=("E",)))


# --- laws ------------------------------------------------------------------------------------


@given(
    before=st.sampled_from(SCALE.labels),
    after=st.sampled_from(SCALE.labels),
    max_up=st.integers(0, 3),
    max_down=st.none() | st.integers(0, 3),
    alone_up=st.integers(0, 2),
    alone_down=st.integers(0, 2),
    approved=st.sampled_from(["", "Li", "Wang"]),
)
@settings(deadline=None, max_examples=200)
def test_overrides_within_the_limits_always_count_and_others_never(
    before: str, after: str, max_up: int, max_down: int | None, alone_up: int, alone_down: int,
    approved: str,
) -> None:  # fmt: skip
    policy = OverridePolicy(
        max_up=max_up, max_down=max_down, alone_up=alone_up, alone_down=alone_down
    )
    up = SCALE.labels.index(before) - SCALE.labels.index(after)
    most, alone = (max_up, alone_up) if up > 0 else (max_down, alone_down)
    within = up != 0 and (most is None or abs(up) <= most)
    allowed = within and (abs(up) <= alone or approved == "Wang")
    found = policy.apply(
        pd.Series([before, "A"], index=["X", "other"]),
        [override("X", before, after, approved_by=approved)], SCALE, as_of="2025-06-30",
    )  # fmt: skip
    assert found.rulings[0].status == ("applied" if allowed else "refused")
    assert found.after == (after if allowed else before, "A")


@given(
    days=st.lists(st.integers(0, 700), min_size=1, max_size=6, unique=True),
    as_of=st.integers(0, 1400),
)
@settings(deadline=None, max_examples=60)
def test_at_most_one_override_of_a_customer_counts_and_each_is_told(
    days: list[int], as_of: int
) -> None:
    decided = [dt.date(2023, 1, 1) + dt.timedelta(days=day) for day in days]
    overrides = [override(decided_on=day) for day in decided]
    today = dt.date(2023, 1, 1) + dt.timedelta(days=as_of)
    found = OverridePolicy().apply(GRADES, overrides, SCALE, as_of=today)
    statuses = [ruling.status for ruling in found.rulings]
    assert len(statuses) == len(overrides)
    past = [day for day in decided if day <= today]
    assert statuses.count("not_yet") == len(decided) - len(past)
    holds = bool(past) and today < (pd.Timestamp(max(past)) + pd.DateOffset(months=12)).date()
    assert statuses.count("applied") == holds
    assert (found.after[1] == "BBB") == holds


@given(
    max_up=st.integers(0, 5),
    max_down=st.none() | st.integers(0, 5),
    names=st.lists(st.text(min_size=1, max_size=5).filter(str.isprintable), max_size=3),
    word=st.sampled_from(["refuse", "keep_grade", "keep_notches"]),
)
@settings(deadline=None, max_examples=40)
def test_a_policy_reads_back_what_it_wrote(
    max_up: int, max_down: int | None, names: list[str], word: Any
) -> None:
    policy = OverridePolicy(
        reasons=[OverrideReason(code="x", text="a text", text_zh="理由", direction="up")],
        max_up=max_up, max_down=max_down, authors=names, approvers=names, grade_changed=word,
    )  # fmt: skip
    assert OverridePolicy.from_json(policy.to_json()) == policy


# --- tables ----------------------------------------------------------------------------------


def test_overrides_are_read_from_tables() -> None:
    given_ = (
        override(),
        override("Z", "CCC", "C", approved_by="", expires_on="2025-03-01", reason="management"),
    )
    frame = pd.DataFrame([vars(one) for one in given_])
    frame["decided_on"] = pd.to_datetime(frame["decided_on"])
    frame["expires_on"] = pd.to_datetime(frame["expires_on"])
    assert read_overrides(frame) == given_
    assert read_overrides(pl.from_pandas(frame)) == given_
    assert read_overrides(frame.drop(columns="expires_on"))[1].expires_on is None
    frame.loc[1, "approved_by"] = None
    assert read_overrides(frame) == given_
    with pytest.raises(MissingColumnError, match="'author'"):
        read_overrides(frame.drop(columns="author"))
    with pytest.raises(InvalidDataError, match="Row 1 of the overrides names no customer"):
        read_overrides(frame.assign(customer=["X", None]))
    with pytest.raises(
        InvalidDataError, match=r"Row 0 of the overrides, of customer 'X'.*'author'"
    ):
        read_overrides(frame.assign(author=[None, "Li"]))


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame, pa.Table.from_pandas])
def test_a_table_without_rows_has_no_overrides(library: Any) -> None:
    names = ["customer", "grade_before", "grade_after", "reason", "text", "author", "decided_on"]
    assert read_overrides(library(pd.DataFrame(columns=names))) == ()
    with pytest.raises(MissingColumnError, match="'author' is not in the table"):
        read_overrides(library(pd.DataFrame(columns=[*names[:5], "decided_on"])))


def test_a_table_is_read_before_it_is_applied() -> None:
    with pytest.raises(InvalidParameterError, match=r"Pass read_overrides\(table\)"):
        OverridePolicy().apply(GRADES, pd.DataFrame({"customer": ["X"]}), SCALE, as_of="2025-01-01")


def test_polars_and_arrays_need_the_names_of_their_customers() -> None:
    series = pl.Series("grade", GRADES.tolist())
    found = OverridePolicy().apply(
        series, [override()], SCALE, as_of="2025-06-30", customers=GRADES.index
    )
    assert isinstance(found.grades, pl.Series)
    assert found.grades.to_list() == ["A", "BBB", "D", "CCC"]
    with pytest.raises(InvalidDataError, match="do not say whose they are"):
        OverridePolicy().apply(series, [], SCALE, as_of="2025-06-30")
    with pytest.raises(InvalidDataError, match="4 grades and 1 customers"):
        OverridePolicy().apply(series, [], SCALE, as_of="2025-06-30", customers=["X"])


# --- edges and errors ------------------------------------------------------------------------


def test_no_overrides_change_nothing() -> None:
    found = ruled(OverridePolicy())
    assert found.after == tuple(GRADES)
    assert found.told().empty
    assert list(found.told().columns[:3]) == ["customer", "grade_before", "grade_after"]
    assert repr(found) == "<OverriddenGrades: 4 customers; 0 overrides>"


def test_a_policy_shows_its_rules() -> None:
    policy = OverridePolicy()
    assert repr(policy) == (
        "OverridePolicy(7 reasons, up to 2 notches up and any number down, for 12 months)"
    )
    assert policy.table().set_index("rule")["value"]["authors"] == "anybody"
    assert "group_support" in policy._repr_html_()
    assert all(reason.text_zh for reason in OverridePolicy.standard_reasons)


def test_a_customer_with_two_grades_is_refused() -> None:
    twice = pd.Series(["A", "B"], index=["X", "X"])
    with pytest.raises(InvalidDataError, match="Customer 'X' has two grades"):
        OverridePolicy().apply(twice, [], SCALE, as_of="2025-06-30")
    with pytest.raises(InvalidDataError, match="The grade at row 0 is 'E'"):
        OverridePolicy().apply(pd.Series(["E"]), [], SCALE, as_of="2025-06-30")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"author": ""}, "'author' parameter of GradeOverride must be a text"),
        ({"author": " "}, "'author' parameter of GradeOverride must be a text"),
        ({"customer": None}, "'customer' parameter of GradeOverride must be a text or a number"),
        ({"customer": float("nan")}, "'customer' parameter .* Got nan"),
        ({"customer": ["X"]}, "'customer' parameter"),
        ({"text": None}, "'text' parameter of GradeOverride"),
        ({"decided_on": "31.1.2025"}, "'decided_on' parameter of GradeOverride must be a day"),
        ({"decided_on": None}, "'decided_on' parameter of GradeOverride must be a day"),
        ({"expires_on": "2025-01-31"}, "'expires_on' parameter of GradeOverride must be after"),
    ],
)
def test_overrides_that_are_none(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        override(**change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"max_up": -1}, "'max_up' parameter of OverridePolicy must be an integer"),
        ({"max_down": 0.5}, "'max_down' parameter"),
        ({"valid_months": 0}, "'valid_months' parameter"),
        ({"authors": "Li"}, "'authors' parameter of OverridePolicy must be a tuple"),
        ({"authors": (1,)}, "'authors' parameter of OverridePolicy must hold texts"),
        ({"reasons": ()}, "'reasons' parameter .* one reason or more"),
        ({"reasons": ("x",)}, "'reasons' parameter .* must be an OverrideReason"),
        ({"grade_changed": "ask"}, "'grade_changed' parameter"),
    ],
)
def test_policies_that_are_none(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        OverridePolicy(**change)


def test_reasons_and_parameters_that_are_none() -> None:
    with pytest.raises(InvalidParameterError, match="'text' parameter of OverrideReason"):
        OverrideReason(code="x", text="")
    with pytest.raises(InvalidParameterError, match="'direction' parameter"):
        OverrideReason(code="x", text="y", direction="sideways")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match=r"'overrides' parameter .* GradeOverride"):
        ruled(OverridePolicy(), "X")
    with pytest.raises(InvalidParameterError, match=r"'scale' parameter of OverridePolicy\.apply"):
        OverridePolicy().apply(GRADES, [], "AAA", as_of="2025-06-30")  # type: ignore[arg-type]
    with pytest.raises(DocumentError, match=r"not a creditscore\.override_policy document"):
        OverridePolicy.from_json(SCALE.to_json())
