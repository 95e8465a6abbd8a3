"""Answers: read back with every fault named, scored without silence, turned into observations."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from creditscore.collect import (
    Answers,
    Condition,
    Question,
    Questionnaire,
    read_answers,
)
from creditscore.exceptions import (
    AlteredDocumentError,
    DocumentError,
    DocumentNotFoundError,
    InvalidDataError,
    InvalidParameterError,
    RejectedRowsWarning,
    SchemaVersionError,
    UnsafeInputError,
)
from forms import FILLED, TRADE, every_answer, form_of, forms, quietly, reasons, some_answers

# --- what answers are ------------------------------------------------------------------------


def test_answers_in_plain_values() -> None:
    answers = read_answers({**FILLED, "papers": ["bank", "tax"], "times": np.int64(4)}, TRADE)
    assert answers.values == FILLED
    assert answers.missing == ()
    assert answers.rejects.empty
    assert repr(answers) == "Answers(trade, version 3: 8 of 8 questions answered)"
    assert answers.frame()["answer"].tolist() == list(FILLED.values())
    assert TRADE.answers(FILLED) == answers


@pytest.mark.parametrize("nothing", [None, "", "  ", [], (), {}, float("nan"), pd.NaT, pd.NA])
def test_nothing_is_no_answer(nothing: Any) -> None:
    answers = read_answers({"late": False, "note": nothing, "partners": nothing}, TRADE)
    assert answers.values == {"late": False}


@pytest.mark.parametrize(
    ("key", "value", "place", "reason"),
    [
        ("late", "yes", "", "is neither true nor false"),
        ("late", 1, "", "is neither true nor false"),
        ("form", "Firm", "", "is none of the choices firm, fund"),
        ("form", ["firm"], "", "is none of the choices firm, fund"),
        ("papers", "tax", "", "is no list of choices"),
        ("papers", ["tax", "gold"], "", "is none of the choices tax, bank, none"),
        ("papers", ["tax", "tax"], "", "holds one choice twice"),
        ("papers", ["none", "tax"], "", "holds none together with other choices"),
        ("order", 0, "", "is not 1 – 5"),
        ("order", 2.5, "", "is no step of the scale"),
        ("order", True, "", "is no number"),
        ("order", "3", "", "is no number"),
        ("order", float("inf"), "", "is not finite"),
        ("since", "06/05/2024", "", "is no day written YYYY-MM-DD"),
        ("since", "2024-02-30", "", "is no day written YYYY-MM-DD"),
        ("since", "0999-12-31", "", "is a day before the year 1000"),
        ("since", dt.datetime(2024, 5, 6, tzinfo=dt.UTC), "", "is a time with a zone"),
        ("note", 5, "", "is no text"),
        ("note", "a\x07b", "", "holds a character that cannot be kept"),
        ("note", "a\ud800", "", "holds a character that cannot be kept"),
        ("note", "a" * 4001, "", "has more than 4,000 letters"),
        ("partners", "A", "", "is no list of rows"),
        ("partners", ["A"], "", "is no list of rows"),
        ("partners", [{"name": "A"}] * 3 + [{"name": "B"}], "row 4", "is beyond row 3"),
        ("partners", [{"name": "A", "amount": "1"}], "row 1, amount", "is no number"),
        ("partners", [{"name": "A", "sum": 1}], "row 1, sum", "is in no column: "),
        ("notes", "x", "", "is no question of the questionnaire; is it note or times?"),
        ("zzz", "x", "", "is no question of the questionnaire"),
        (7, "x", "", "is no question of the questionnaire"),
        ("times", 4, "", "was not to be asked: only if question 1 is “Yes”"),
    ],
)
def test_each_fault_is_named(key: Any, value: Any, place: str, reason: str) -> None:
    answers = quietly({"late": False, key: value}, TRADE)
    (fault,) = answers.faults
    assert (fault.question, fault.place) == (str(key), place)
    assert fault.reason.startswith(reason)
    assert set(answers.values) <= {"late", "partners"}


def test_what_can_be_used_of_a_table_is_kept() -> None:
    rows = [{"name": "A", "amount": 99}, {}, {"amount": 3}]
    given = {"late": False, "partners": rows}
    assert quietly(given, TRADE).values["partners"] == ({"name": "A"}, {"amount": 3.0})
    assert reasons(given) == [
        ["partners", "row 1, amount", "is not -50 – 50"],
        ["partners", "row 2, name", "is required and was left out"],
    ]
    # a cell that was rejected is told once
    assert reasons({"late": False, "partners": [{"name": 5, "amount": 3}]}) == [
        ["partners", "row 1, name", "is no text"],
    ]


@pytest.mark.parametrize("number", [0.1 + 0.2, 1.005, 3.14159])
def test_too_many_decimals(number: float) -> None:
    form = form_of([Question(key="n", kind="number", text="N", decimals=2)])
    assert reasons({"n": number}, form) == [["n", "", "has more than 2 decimals"]]
    assert read_answers({"n": round(number, 2)}, form).values == {"n": round(number, 2)}


def test_what_must_be_answered() -> None:
    answers = read_answers({"late": True}, TRADE)
    assert answers.missing == ("times",)
    assert reasons({"late": True}) == [["times", "", "is required and was left out"]]
    assert "1 required missing" in repr(answers)
    # a rejected answer is told once, and is still missing
    assert reasons({"late": True, "times": 0}) == [["times", "", "is not 1 – 99"]]
    assert quietly({"late": True, "times": 0}, TRADE).missing == ("times",)


def test_a_rejected_answer_counts_as_none_for_others() -> None:
    assert [row[0] for row in reasons({"late": "yes", "times": 3})] == ["late", "times"]


def test_warnings_and_errors_name_no_answer() -> None:
    secret = {"late": False, "since": "SECRET", "note": 77}
    with pytest.warns(RejectedRowsWarning, match="2 faults in the answers to 'trade'") as caught:
        answers = read_answers(secret, TRADE)
    with pytest.raises(InvalidDataError, match="question 'since' is no day") as error:
        read_answers(secret, TRADE, strict=True)
    shown = str(caught[0].message) + str(error.value) + repr(answers) + answers._repr_html_()
    shown += repr(answers.faults)
    assert "SECRET" not in shown
    assert "77" not in shown
    assert answers.rejects["value"].tolist() == ["SECRET", 77]


def test_strict_reading_asks_for_what_must_be_answered() -> None:
    with pytest.raises(InvalidDataError, match="question 'times' is required and was left out"):
        read_answers({"late": True}, TRADE, strict=True)


def test_answers_are_checked_when_made() -> None:
    with pytest.raises(InvalidDataError, match="'times' was not to be asked"):
        Answers(questionnaire=TRADE, values={"times": 3})
    with pytest.raises(InvalidParameterError, match="must be a Mapping"):
        Answers(questionnaire=TRADE, values=[1])  # type: ignore[arg-type]


# --- files -----------------------------------------------------------------------------------


@given(st.data())
def test_files_give_back_answers(data: st.DataObject) -> None:
    form = data.draw(forms())
    answers = quietly(data.draw(some_answers(form)), form)
    text = answers.to_json()
    assert text is not None
    again = read_answers(text, form)
    assert again.values == answers.values
    assert read_answers(json.loads(text), form) == again


def test_a_file_names_its_source(tmp_path: Path) -> None:
    TRADE.answers(FILLED).to_json(tmp_path / "a.json")
    answers = read_answers(tmp_path / "a.json", TRADE)
    assert answers.source == "a.json"
    assert answers == TRADE.answers(FILLED)
    marked = (tmp_path / "a.json").read_bytes()
    (tmp_path / "b.json").write_bytes(b"\xef\xbb\xbf" + marked)
    assert read_answers(tmp_path / "b.json", TRADE) == answers


def test_answers_say_whose_they_are() -> None:
    theirs = read_answers(FILLED, TRADE, customer="C1")
    assert repr(theirs) == "Answers(trade, version 3, customer C1: 8 of 8 questions answered)"
    assert theirs != TRADE.answers(FILLED)
    text = theirs.to_json() or ""
    assert read_answers(text, TRADE) == theirs
    assert read_answers(json.loads(text), TRADE, customer="C1") == theirs
    with pytest.raises(DocumentError, match="holds the answers of customer 'C1', not of 'C2'"):
        read_answers(text, TRADE, customer="C2")
    # a form that names nobody is theirs who are named when it is read
    nobody = TRADE.answers(FILLED).to_json() or ""
    assert "customer" not in json.loads(nobody)
    assert read_answers(nobody, TRADE, customer=7).customer == "7"
    for odd in ({"customer": 5}, {"customer": "a\nb"}, {"customer": " C1"}):
        with pytest.raises(DocumentError, match="names a customer as no form does"):
            read_answers(document(**odd), TRADE)


def document(**changes: Any) -> str:
    content = json.loads(TRADE.answers(FILLED).to_json() or "")
    for name, value in changes.items():
        if name in content["questionnaire"]:
            content["questionnaire"][name] = value
        else:
            content[name] = value
    return json.dumps(content)


@pytest.mark.parametrize(
    ("text", "error", "match"),
    [
        ("{", DocumentError, "is not JSON"),
        ('{"format": "creditscore.answers", "format": "x"}', DocumentError, "stands twice"),
        ("{}", DocumentError, "holds no answers"),
        (document(format="creditscore.card"), DocumentError, "'creditscore.card'"),
        (document(schema_version=2), SchemaVersionError, "schema version 2"),
        (document(extra=1), DocumentError, "'extra', which no form writes"),
        (document(answers=[1]), DocumentError, "no mapping of answers"),
        (document(questionnaire=3), DocumentError, "the questionnaire None, not to 'trade'"),
        (document(id="visit"), DocumentError, "'visit', not to 'trade'"),
        (document(version=2), SchemaVersionError, "version 2 of 'trade', and this is version 3"),
        (document(digest="0" * 64), AlteredDocumentError, "is not what is asked here"),
        (document().replace("3.5", "NaN"), DocumentError, "no finite number"),
        (document().replace("3.5", "1e999"), DocumentError, "no finite number"),
        ('{"a":' * 100_000, DocumentError, "is not JSON"),
    ],
)
def test_other_files_are_refused(text: str, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        read_answers(text, TRADE)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DocumentNotFoundError, match=r"none\.json"):
        read_answers(tmp_path / "none.json", TRADE)
    with pytest.raises(InvalidParameterError, match="It is the form itself"):
        read_answers(tmp_path / "form.html", TRADE)
    with pytest.raises(InvalidParameterError, match=r"from \.json and \.xlsx files"):
        read_answers("answers.csv", TRADE)
    with pytest.raises(InvalidParameterError, match="Got int"):
        read_answers(3, TRADE)  # type: ignore[arg-type]
    (tmp_path / "latin.json").write_bytes(b'{"a": "\xe4"}')
    with pytest.raises(DocumentError, match="no text in UTF-8"):
        read_answers(tmp_path / "latin.json", TRADE)
    with (tmp_path / "large.json").open("wb") as file:
        file.truncate(20_000_001)
    with pytest.raises(UnsafeInputError, match="bytes"):
        read_answers(tmp_path / "large.json", TRADE)


def test_points_may_change_while_forms_are_out() -> None:
    text = TRADE.answers(FILLED).to_json() or ""
    other = TRADE.to_json().replace('"points_no": 10', '"points_no": 20')
    changed = Questionnaire._from_content(json.loads(other)["content"])
    assert changed != TRADE
    assert read_answers(text, changed).values == FILLED


# --- branching -------------------------------------------------------------------------------


@given(st.data())
def test_answers_to_what_was_not_asked_never_count(data: st.DataObject) -> None:
    form = data.draw(forms())
    given = data.draw(every_answer(form))
    answers = quietly(given, form)
    assert set(answers.values) <= set(answers.asked)
    # all others are told, and taking them out changes nothing
    told = {fault.question for fault in answers.faults if "not to be asked" in fault.reason}
    assert told == set(given) - set(answers.asked)
    kept = {key: value for key, value in given.items() if key not in told}
    again = quietly(kept, form)
    assert again.values == answers.values
    assert again.score().parts.equals(answers.score().parts)


def test_a_chain_of_conditions() -> None:
    def after(key: str, value: bool) -> Condition:
        return Condition(op="is", question=key, value=value)

    form = form_of([
        Question(key="a", kind="yes_no", text="A"),
        Question(key="b", kind="yes_no", text="B", show_if=after("a", True)),
        Question(key="c", text="C", show_if=~after("b", True)),
    ])  # fmt: skip
    assert quietly({"a": True, "b": True}, form).asked == ("a", "b")
    assert quietly({"a": True, "b": False}, form).asked == ("a", "b", "c")
    # whether b is not true is open as long as b is
    assert quietly({"a": True}, form).asked == ("a", "b")
    assert quietly({"a": False, "b": False}, form).asked == ("a",)


# --- scores ----------------------------------------------------------------------------------


def test_a_score_by_hand() -> None:
    score = TRADE.answers(FILLED).score()
    # late: 0 of 0..10; times: 0 of 0..5; papers: 7 of -2..7
    assert score.parts["points"].tolist() == [0, 0, 7]
    assert score.parts[["lowest", "highest"]].to_numpy().tolist() == [[0, 10], [0, 5], [-2, 7]]
    assert score.score == pytest.approx(100 * 9 / 24)
    assert (score.low, score.high) == (score.score, score.score)
    assert score.missing == ()
    assert repr(score) == "AnswerScore(37.5)"
    assert "<table" in score._repr_html_()


def test_what_is_missing_widens_the_range() -> None:
    score = TRADE.answers({"late": True}).score()
    assert score.missing == ("times", "papers")
    assert score.score == 0
    assert (score.low, score.high) == pytest.approx((0, 100 * 14 / 24))
    assert repr(score) == (
        "AnswerScore(0.0 of what was answered, 0.0 to 58.3 with 2 questions missing)"
    )
    # not asked is not missing
    score = TRADE.answers({"late": False}).score()
    assert score.missing == ("papers",)
    assert score.parts["state"].tolist() == ["answered", "not asked", "missing"]
    assert (score.score, score.low) == pytest.approx((100, 100 * 10 / 19))


def test_no_answer_is_no_score() -> None:
    score = TRADE.answers({}).score()
    assert (score.score, score.low, score.high) == (None, 0, 100)
    assert repr(score) == "AnswerScore(none yet, 0.0 to 100.0 with 3 questions missing)"
    nothing = form_of([Question(key="q", text="Q")]).answers({"q": "x"}).score()
    assert (nothing.score, nothing.low, nothing.high) == (None, None, None)
    assert "none" in repr(nothing)


def test_sections_count_by_their_weight() -> None:
    yes = {"kind": "yes_no", "points_yes": 1, "points_no": 0}
    form = form_of(
        [Question(key=key, text=key, **yes) for key in "ab"],  # type: ignore[arg-type]
        split=1,
    )
    assert form.answers({"a": True, "b": False}).score().score == pytest.approx(100 / 3)
    assert form.answers({"a": False, "b": True}).score().score == pytest.approx(200 / 3)
    half = form.answers({"a": True}).score()
    assert half.score is None
    assert (half.low, half.high) == pytest.approx((100 / 3, 100))
    assert half.sections["score"].isna().tolist() == [False, True]


@given(st.data())
def test_scores_lie_within_bounds(data: st.DataObject) -> None:
    form = data.draw(forms())
    score = quietly(data.draw(some_answers(form)), form).score()
    parts = score.parts.dropna(subset=["points"])
    assert ((parts["points"] >= parts["lowest"]) & (parts["points"] <= parts["highest"])).all()
    if score.low is None or score.high is None:
        assert score.score is None
        return
    assert -1e-9 <= score.low <= score.high <= 100 + 1e-9
    if score.score is not None:
        assert score.low - 1e-9 <= score.score <= score.high + 1e-9
    if not score.missing:
        assert score.low == pytest.approx(score.high)


@settings(max_examples=80)
@given(st.data())
def test_answering_what_is_missing_stays_within_the_range(data: st.DataObject) -> None:
    form = data.draw(forms())
    conditions = [question.show_if for question in form if question.show_if is not None]
    assume(all(test.op != "answered" for part in conditions for test in part.tests()))
    full = quietly(data.draw(every_answer(form)), form)
    keys = data.draw(st.sets(st.sampled_from(list(full.values))))
    before = quietly({key: full.values[key] for key in keys}, form).score()
    after = full.score()
    if before.low is not None and before.high is not None and after.score is not None:
        assert before.low - 1e-9 <= after.score <= before.high + 1e-9
