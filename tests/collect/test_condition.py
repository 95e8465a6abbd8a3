"""Conditions: the three-valued logic of Kleene, and what files may say."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.collect import Condition
from creditscore.exceptions import InvalidParameterError
from forms import TRADE, conditions, some_answers

TRUTHS = {1.0: {"a": True}, 0.0: {"a": False}, 0.5: {}}


def on(key: str, value: Any = True, op: Any = "is") -> Condition:
    return Condition(op=op, question=key, value=value)


# Kleene (1952), section 64: the strong tables of conjunction and disjunction
AND = {(1, 1): 1, (1, 0): 0, (1, 0.5): 0.5, (0, 0): 0, (0, 0.5): 0, (0.5, 0.5): 0.5}
OR = {(1, 1): 1, (1, 0): 1, (1, 0.5): 1, (0, 0): 0, (0, 0.5): 0.5, (0.5, 0.5): 0.5}


@pytest.mark.parametrize(("a", "b"), list(product(TRUTHS, TRUTHS)))
def test_the_tables_of_kleene(a: float, b: float) -> None:
    answers = TRUTHS[a] | ({"b": TRUTHS[b]["a"]} if TRUTHS[b] else {})
    pair = (max(a, b), min(a, b)) if {a, b} != {0, 0.5} else (0, 0.5)
    assert (on("a") & on("b")).truth(answers) == AND[pair]
    assert (on("a") | on("b")).truth(answers) == OR[pair]
    assert (~on("a")).truth(answers) == {1.0: 0.0, 0.0: 1.0, 0.5: 0.5}[a]


@pytest.mark.parametrize(
    ("op", "value", "answer", "truth"),
    [
        ("is", "x", "x", 1), ("is", "x", "y", 0), ("is", False, False, 1), ("is", 3, 3, 1),
        ("in", ("x", "y"), "y", 1), ("in", ("x", "y"), "z", 0),
        ("includes", "x", ("x", "y"), 1), ("includes", "z", ("x", "y"), 0),
        ("at_least", 3, 3, 1), ("at_least", 3, 2.9, 0), ("at_most", 3, 3, 1),
        ("above", 3, 3, 0), ("above", 3, 3.1, 1), ("below", 3, 3, 0), ("below", 3, 2, 1),
        ("answered", True, 0, 1), ("answered", False, 0, 0),
    ],
)  # fmt: skip
def test_each_test(op: str, value: Any, answer: Any, truth: int) -> None:
    assert on("q", value, op).truth({"q": answer}) == truth


def test_only_whether_there_is_an_answer_is_known_without_one() -> None:
    assert on("q", op="answered").truth({}) == 0
    assert on("q", False, "answered").truth({}) == 1
    assert on("q", 3, "at_least").truth({}) == 0.5


@given(st.data())
def test_files_give_back_conditions(data: st.DataObject) -> None:
    condition = data.draw(conditions(list(TRADE)))
    again = Condition.from_dict(condition.to_dict())
    answers = data.draw(some_answers(TRADE))
    assert again == condition
    assert again.truth(answers) == condition.truth(answers)
    assert set(condition.questions) <= {question.key for question in TRADE}


@given(st.data())
def test_more_answers_never_turn_what_is_known(data: st.DataObject) -> None:
    condition = data.draw(conditions(list(TRADE)))
    if any(test.op == "answered" for test in condition.tests()):
        return
    few = data.draw(some_answers(TRADE))
    more = {**data.draw(some_answers(TRADE)), **few}
    before, after = condition.truth(few), condition.truth(more)
    assert before in (0.5, after)


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("late", "must hold entries"),
        ({"question": "q"}, "must have one of is, in"),
        ({"question": "q", "is": 1, "above": 2}, "It has 'is', 'above'"),
        ({"is": True}, "must have a 'question'"),
        ({"question": "q", "in": "abc"}, "must be a tuple"),
        ({"question": "q", "in": []}, "needs one key of a choice or more"),
        ({"question": "q", "at_least": "3"}, "needs a finite number"),
        ({"question": "q", "at_least": float("nan")}, "needs a finite number"),
        ({"question": "q", "at_least": True}, "needs a finite number"),
        ({"question": "q", "includes": 3}, "needs the key of a choice"),
        ({"question": "q", "answered": "yes"}, "needs true or false"),
        ({"question": "q", "is": ["a"]}, "needs true, false"),
        ({"all": []}, "one condition or more"),
        ({"all": None}, "one condition or more"),
        ({"question": "q", "any": [{"question": "p", "is": True}]}, "has no question"),
        ({"not": "q"}, "must hold entries"),
    ],
)
def test_what_is_no_condition_is_refused(content: Any, match: str) -> None:
    with pytest.raises(InvalidParameterError, match=match):
        Condition.from_dict(content)


def test_not_turns_round_one_condition_only() -> None:
    with pytest.raises(InvalidParameterError, match="must have one condition"):
        Condition(op="not", parts=(on("a"), on("b")))
