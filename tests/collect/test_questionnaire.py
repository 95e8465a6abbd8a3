"""Questionnaires: what they may hold, branching that can be followed, files, templates."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.collect import (
    Choice,
    Condition,
    Item,
    ItemCatalogue,
    PointsBand,
    Question,
    Questionnaire,
    Section,
    list_questionnaires,
    load_questionnaire,
)
from creditscore.exceptions import DocumentError, DocumentNotFoundError, InvalidParameterError
from forms import TRADE, form_of, forms
from growth import growth

TWO = (Choice(key="a", text="A"), Choice(key="b", text="B"))


def asked(key: str, kind: Any = "yes_no", **entries: Any) -> Question:
    given: dict[str, Any] = {"choices": TWO} if kind in ("choice", "choices") else {}
    return Question(key=key, kind=kind, text=key, **{**given, **entries})


def only_if(op: str, question: str, value: Any) -> Condition:
    return Condition(op=op, question=question, value=value)  # type: ignore[arg-type]


# --- questions -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entries", "match"),
    [
        ({"key": "A b"}, "small letters, digits and underscores"),
        ({"kind": "date"}, "kind"),
        ({"text": " "}, "must have a 'text' or a 'text_zh'"),
        ({"text": "a\x00"}, "control character"),
        ({"unit": "days"}, "is a text, and 'unit' is of a number only"),
        ({"kind": "choice"}, "two choices or more"),
        ({"kind": "choice", "choices": (TWO[0], TWO[0])}, "two choices of one key or text"),
        (
            {"kind": "choice", "choices": (Choice(key="a", text="X"), Choice(key="b", text="x"))},
            "two choices of one key or text",
        ),
        (
            {"kind": "choice", "choices": (TWO[0], Choice(key="b", text="B", points=1))},
            "Give points to all, or to none",
        ),
        ({"kind": "choice", "choices": (TWO[0], Choice(key="b", text="B", alone=True))}, "'alone'"),
        ({"kind": "number", "low": 3, "high": 3}, "a low below its high"),
        ({"kind": "number", "low": float("nan")}, "finite number"),
        ({"kind": "number", "factor": 0}, "other than 0"),
        ({"kind": "number", "decimals": -1}, "decimals"),
        ({"kind": "number", "bands": (PointsBand(points=1, at_least=2),)}, "has no 'at_least'"),
        ({"kind": "scale", "low": 0.5, "high": 3}, "whole numbers"),
        ({"kind": "scale", "low": 0, "high": 11}, "at most 11 steps"),
        ({"kind": "yes_no", "points_yes": 3}, "points of yes and of no"),
        ({"kind": "table"}, "which has columns"),
        ({"kind": "table", "columns": (asked("a"), asked("a"))}, "two columns of one key"),
        ({"kind": "table", "columns": (asked("a", "scale"),)}, "is a scale, which columns"),
        ({"kind": "table", "columns": (asked("a", points_yes=1, points_no=0),)}, "can't be"),
        ({"kind": "table", "columns": (asked("a"),), "rows": 51}, "50 rows at most"),
        ({"show_if": {"question": "x", "is": True}}, "must be a Condition"),
    ],
)  # fmt: skip
def test_questions_that_cannot_be_asked(entries: dict[str, Any], match: str) -> None:
    with pytest.raises(InvalidParameterError, match=match):
        Question(**{"key": "q", "text": "Q", **entries})


@pytest.mark.parametrize(
    ("question", "ends"),
    [
        (asked("q", "text"), None),
        (asked("q", points_yes=-2, points_no=3), (-2, 3)),
        (
            asked("q", "number", low=5, high=9, bands=(
                PointsBand(points=99), PointsBand(points=1, at_least=5),
                PointsBand(points=4, at_least=9), PointsBand(points=-99, at_least=10),
            )),
            (1, 4),
        ),
        (
            asked("q", "choices", choices=(
                Choice(key="a", text="A", points=2), Choice(key="b", text="B", points=3),
                Choice(key="c", text="C", points=-4),
                Choice(key="d", text="D", points=-5, alone=True),
            )),
            (-5, 5),
        ),
        (
            asked("q", "choices", choices=(
                Choice(key="a", text="A", points=-2), Choice(key="b", text="B", points=-3),
            )),
            (-5, -2),
        ),
    ],
)  # fmt: skip
def test_fewest_and_most_points(question: Question, ends: tuple[float, float] | None) -> None:
    assert question.points_range == ends


def test_chinese_stands_for_english_where_there_is_only_that() -> None:
    question = Question(key="q", text_zh="问题")
    assert (question.words("en"), question.words("zh")) == ("问题", "问题")


# --- branching -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("questions", "match"),
    [
        ([asked("a", show_if=only_if("is", "b", True)), asked("b")], "not asked before it"),
        ([asked("a", show_if=only_if("is", "a", True))], "not asked before it"),
        ([asked("abc"), asked("b", show_if=only_if("is", "abd", True))], "Did you mean 'abc'"),
        ([asked("a"), asked("b", show_if=only_if("at_least", "a", 1))], "tested by 'is' or 'answ"),
        ([asked("a", "text"), asked("b", show_if=only_if("is", "a", "x"))], "tested by 'answered'"),
        ([asked("a", "choice"), asked("b", show_if=only_if("is", "a", "c"))], "are one of a, b"),
        ([asked("a", "choice"), asked("b", show_if=only_if("in", "a", ("a", "c")))], "one of a, b"),
        ([asked("a"), asked("b", show_if=only_if("is", "a", "yes"))], "are true or false"),
        ([asked("a", "scale"), asked("b", show_if=only_if("is", "a", 6))], "within 1 to 5"),
        ([asked("a"), asked("a")], "two questions of the key 'a'"),
        # nothing meets these
        ([asked("a", "scale"), asked("b", show_if=only_if("above", "a", 5))], "'b' can never be"),
        (
            [asked("a"), asked("b", show_if=only_if("is", "a", True)),
             asked("c", show_if=only_if("is", "a", False) & only_if("is", "b", True))],
            "'c' can never be asked: no answers to 'a', 'b'",
        ),
        (
            [asked("a", "number", decimals=0),
             asked("b", show_if=only_if("above", "a", 3) & only_if("below", "a", 4))],
            "'b' can never be asked",
        ),
        (
            [asked("a", "choices", choices=(*TWO, Choice(key="none", text="None", alone=True))),
             asked("b", show_if=only_if("includes", "a", "a") & only_if("includes", "a", "none"))],
            "'b' can never be asked",
        ),
        ([asked("a"), asked("b", true_from="a")], "must be a question of the kind day"),
        ([asked("b", true_from="a"), asked("a", "day")], "not asked before it"),
        ([asked("a"), asked("b", "number", unit_from="a")], "of the kind choice or text"),
    ],
)  # fmt: skip
def test_branching_that_cannot_be_followed(questions: list[Question], match: str) -> None:
    with pytest.raises(InvalidParameterError, match=match):
        form_of(questions)


@pytest.mark.parametrize(
    "questions",
    [
        [asked("a", "number"),
         asked("b", show_if=only_if("above", "a", 3) & only_if("below", "a", 4))],
        [asked("a", "text"), asked("b", show_if=only_if("answered", "a", False))],
        [asked("a", "choices"),
         asked("b", show_if=only_if("includes", "a", "a") & only_if("includes", "a", "b"))],
        [asked("a", "choices"),
         asked("b", show_if=only_if("answered", "a", True) & ~only_if("includes", "a", "a"))],
    ],
)  # fmt: skip
def test_branching_that_some_answers_meet(questions: list[Question]) -> None:
    assert len(form_of(questions)) == 2


def test_sections_depend_on_earlier_ones() -> None:
    first = Section(key="one", title="One", questions=(asked("a"),))
    second = Section(
        key="two", title="Two", questions=(asked("b"),), show_if=only_if("is", "a", True)
    )
    form = Questionnaire(id="x", version=1, title="X", sections=(first, second))
    assert form.answers({"a": False}).asked == ("a",)
    assert form.answers({"a": True}).asked == ("a", "b")
    with pytest.raises(InvalidParameterError, match="condition of section 'two'"):
        Questionnaire(id="x", version=1, title="X", sections=(second, first))
    with pytest.raises(InvalidParameterError, match="two sections of the key 'one'"):
        Questionnaire(id="x", version=1, title="X", sections=(first, first))


@pytest.mark.parametrize(
    ("entries", "match"),
    [
        ({"id": "My form"}, "small letters"),
        ({"version": 0}, "version"),
        ({"title": ""}, None),
        ({"answered_by": "nobody"}, "answered_by"),
        ({"sections": ()}, "one Section or more"),
    ],
)
def test_questionnaires_that_cannot_be(entries: dict[str, Any], match: str | None) -> None:
    given = {"id": "x", "version": 1, "title": "X", "sections": TRADE.sections, **entries}
    with pytest.raises(InvalidParameterError, match=match or "must have a 'title'"):
        Questionnaire(**given)


# --- files -----------------------------------------------------------------------------------


@settings(max_examples=40)
@given(forms())
def test_files_give_back_forms(form: Questionnaire) -> None:
    assert Questionnaire.from_json(form.to_json()) == form


@pytest.mark.parametrize("text", ["{key: q, text: Late?, required: true}", "{text: Why: x}", "@x"])
def test_yaml_says_which_texts_need_quotes(text: str, tmp_path: Path) -> None:
    path = tmp_path / "form.yaml"
    path.write_text(f"id: {text}", encoding="utf-8")
    with pytest.raises(DocumentError, match=r"texts that hold signs such as \? : # .* in quotes"):
        Questionnaire.from_yaml(path)


def test_yaml_gives_back_forms(tmp_path: Path) -> None:
    path = tmp_path / "form.yaml"
    TRADE.to_yaml(path)
    assert Questionnaire.from_yaml(path) == TRADE
    assert TRADE.to_yaml() == path.read_text(encoding="utf-8")
    assert (
        repr(TRADE)
        == "Questionnaire(trade, version 3: 8 questions in 1 section, answered by the customer)"
    )
    assert "asked_if" in TRADE._repr_html_()


@pytest.mark.parametrize(
    ("before", "after", "match"),
    [
        ("creditscore.questionnaire", "creditscore.card", "must have the entries 'format"),
        ("schema_version: 1", "schema_version: 2", "schema_version: 1"),
        ("kind: scale", "kind: scales", "section 's1', question 'order': .*kind"),
        ("key: since, kind", "key: since, kinds", "question 'since': There is no entry 'kinds'"),
        ("key: since", "key: times", "two questions of the key 'times'"),
        ("question: late", "question: latte", "Did you mean 'late'"),
        ("version: 3", "version: three", "version"),
        ("title: Drawn", "titel: Drawn", "There is no entry 'titel'"),
        ("title: Part 1", "weight: -1", "section 's1': "),
        ("is: true", "is: !!python/name:os.system", "YAML"),
    ],
)
def test_errors_of_files_name_the_entry(
    before: str, after: str, match: str, tmp_path: Path
) -> None:
    path = tmp_path / "form.yaml"
    text = TRADE.to_yaml() or ""
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(DocumentError, match=match) as caught:
        Questionnaire.from_yaml(path)
    assert "form.yaml" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "must hold entries"),
        ("- a", "must hold entries"),
        ("id: x\nversion: 1\ntitle: X\n", "sections, must hold a list"),
        ("id: x\nsections: [3]", "section 1, must hold entries"),
        ("id: x\nsections: [{key: a}]", "section 'a', must hold a list"),
        ("id: x\nsections: [{key: a, questions: [b]}]", "question 1, must hold entries"),
        (
            "version: 1\nsections: [{key: a, title: A, questions: [{key: b, text: B}]}]",
            "lacks 'id'",
        ),
    ],
)
def test_files_that_hold_no_questionnaire(text: str, match: str, tmp_path: Path) -> None:
    path = tmp_path / "form.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DocumentError, match=match):
        Questionnaire.from_yaml(path)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(DocumentNotFoundError, match="load_questionnaire"):
        Questionnaire.from_yaml(tmp_path / "none.yaml")
    with pytest.raises(InvalidParameterError, match="str or a Path"):
        Questionnaire.from_yaml(3)  # type: ignore[arg-type]


def test_the_digest_is_of_what_is_seen() -> None:
    late = TRADE["late"]
    scored = asked("late", points_yes=1, points_no=2, item="audited")
    assert form_of([asked("late")]).digest == form_of([scored]).digest
    assert re.fullmatch("[0-9a-f]{64}", TRADE.digest)
    others = [asked("late", required=True), Question(key="late", kind="yes_no", text="Late")]
    digests = {form_of([question]).digest for question in (asked("late"), late, *others)}
    assert len(digests) == 4


# --- templates -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list_questionnaires())
def test_templates_are_whole_in_both_languages(name: str) -> None:
    form = load_questionnaire(name)
    form.check_items()
    assert form.id == name
    assert all((form.title, form.title_zh, form.introduction, form.introduction_zh))
    for section in form.sections:
        assert all((section.title, section.title_zh))
        assert bool(section.note) == bool(section.note_zh)
    for question in form:
        for part in (question, *question.columns):
            assert all((part.text, part.text_zh)), part.key
            assert bool(part.help) == bool(part.help_zh), part.key
            assert bool(part.unit) == bool(part.unit_zh), part.key
        columns = [choice for column in question.columns for choice in column.choices]
        every: list[Any] = [*question.choices, *question.anchors, *columns]
        for words in every:
            assert all((words.text, words.text_zh)), (question.key, words)
    chinese = "".join(question.text_zh for question in form)
    assert not re.search("[a-z]{4}", chinese)


def test_templates_fill_what_they_are_for() -> None:
    visit = load_questionnaire("site_visit")
    items = {question.item for question in visit if question.item}
    assert {item.name for item in ItemCatalogue.standard().of_record("visit")} <= items
    assert [load_questionnaire(name).method for name in list_questionnaires()] == [
        "interview", "observation", "questionnaire", "questionnaire",
    ]  # fmt: skip


def test_unknown_templates_are_refused() -> None:
    with pytest.raises(InvalidParameterError, match="Did you mean 'site_visit'"):
        load_questionnaire("site_visits")


# --- items -----------------------------------------------------------------------------------

CATALOGUE = ItemCatalogue(items=(
    Item(name="share", group="environment", low=0, high=1),
    Item(name="form", kind="text", group="identity", allowed=("firm", "person")),
    Item(name="audited", kind="flag", group="financial"),
    Item(name="trade.amount", group="operating"),
    Item(name="visit.order", group="operating"),
))  # fmt: skip


@pytest.mark.parametrize(
    ("question", "match"),
    [
        (asked("q", "number", item="shares"), "Did you mean 'share'"),
        (asked("q", "number", item="audited"), "is a flag, which question 'q'"),
        (asked("q", "number", item="share"), "holds 0 to 1, and answers .* may be -inf to inf"),
        (asked("q", "number", item="share", low=0, high=100), "0 to 100"),
        (asked("q", "choice", item="form"), "'a' of question 'q' stands for 'a'"),
        (asked("q", "choice", item="share"), "stands for 'a'"),
        (asked("q", "choices", item="form"), "takes several choices"),
        (
            asked("q", "table", columns=(asked("a", item="audited"),)),
            "items of one kind of record",
        ),
        (
            asked("q", "table", columns=(
                asked("a", "number", item="trade.amount"), asked("b", "number", item="visit.order"),
            )),
            "Got items of 'trade', 'visit'",
        ),
    ],
)  # fmt: skip
def test_items_that_answers_do_not_fill(question: Question, match: str) -> None:
    with pytest.raises(InvalidParameterError, match=match):
        form_of([question]).check_items(CATALOGUE)


@pytest.mark.parametrize(
    ("entries", "match"),
    [
        ({"unit": "TEUR", "factor": 10_000}, "'TEUR', which counts in 1,000, and the factor 10,0"),
        ({"unit": "EUR", "factor": 1_000}, "'EUR', which counts in 1, and the factor 1,000. Leave"),
        ({"unit": "TEUR", "factor": -10}, "counts in 1,000, and the factor -10"),
        ({"unit": "CNY", "unit_zh": "万元"}, "are read as 1 CNY and 10,000 CNY. Let both mean"),
        ({"unit": "TEUR", "unit_zh": "千元"}, "are read as 1,000 EUR and 1,000 CNY"),
        ({"unit": "persons", "unit_zh": "千人"}, "are read as 1 persons and 1,000 persons"),
        ({"unit": "TEUR", "unit_from": "in"}, "'TEUR', and gets another by 'unit_from'"),
        ({"unit": "years", "unit_from": "in"}, "'years', and gets another by 'unit_from'"),
        ({"unit": "months", "unit_zh": "年"}, "are read as 1 months and 12 months. Let both mean"),
        ({"unit": "days", "unit_zh": "周"}, "are read as 1 days and 7 days. Let both mean"),
        ({"unit": "%", "unit_zh": "‰"}, "are read as 0.01 fraction and 0.001 fraction"),
        ({"unit": "hours", "unit_zh": "天"}, "are read as 3,600 seconds and 1 days"),
        ({"unit": "EUR", "unit_zh": "%"}, "are read as 1 EUR and 0.01 fraction"),
        ({"unit": "USD/month", "unit_zh": "美元/年"}, "1 USD per 1 months and 1 USD per 12 months"),
        ({"unit": "TEUR per month", "factor": 12}, "Give the whole factor: 12,000, if the item is"),
        ({"unit": "$", "item": "revenue"}, "the sign of ARS, .*: name the one that is meant"),
    ],
)
def test_units_that_contradict_each_other(entries: dict[str, Any], match: str) -> None:
    with pytest.raises(InvalidParameterError, match=match):
        asked("q", "number", **entries)


@pytest.mark.parametrize(
    ("unit", "unit_zh"),
    [
        ("kg", "千克"), ("percentage points", "百分点"), ("$", "美元"), ("days", "天"),
        ("", "万元"), ("USD per month", "美元"), ("times", "次"), ("years", "周年数"),
    ],
)  # fmt: skip
def test_units_that_mean_the_same(unit: str, unit_zh: str) -> None:
    assert asked("q", "number", unit=unit, unit_zh=unit_zh).unit_zh == unit_zh


def test_each_unit_that_can_be_chosen_is_checked() -> None:
    choices = (Choice(key="a", text="A", value="CNY"), Choice(key="b", text="B", value="kg"))
    unit = asked("in", "choice", choices=choices)
    form = form_of([unit, asked("q", "number", item="revenue", low=0, unit_from="in")])
    with pytest.raises(InvalidParameterError, match="'kg' is no currency with what"):
        form.check_items()


def test_items_that_answers_fill() -> None:
    percent = asked("p", "number", item="share", low=0, high=100, factor=0.01)
    words = asked("w", "choice", item="form", choices=(
        Choice(key="a", text="A", value="firm"), Choice(key="b", text="B", value="person"),
    ))  # fmt: skip
    form_of([percent, words, asked("f", item="audited")]).check_items(CATALOGUE)


@given(st.sampled_from(list_questionnaires()), st.sampled_from(["en", "zh"]))
def test_titles(name: str, language: str) -> None:
    form = load_questionnaire(name)
    assert form.words(language) == (form.title_zh if language == "zh" else form.title)


def test_twenty_red_flags_take_little_longer_than_ten() -> None:
    def written(n_flags: int) -> Callable[[], Any]:
        flags = [Question(key=f"q{n}", kind="yes_no", text=f"Q {n}") for n in range(n_flags)]
        any_of = Condition.from_dict({"any": [{"question": f.key, "is": True} for f in flags]})
        return form_of([*flags, Question(key="why", text="Why?", show_if=any_of)]).to_html

    # 1024 times where each answer of the flags is tried
    assert growth(written, 10, 20) < 32
