"""Conditions on earlier answers, by which a question is asked or not."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self, TypeAlias, get_args

from creditscore._checks import check_kind, read_entries
from creditscore._validation import check_choice
from creditscore.exceptions import InvalidParameterError

Test: TypeAlias = Literal[
    "is", "in", "includes", "at_least", "at_most", "above", "below", "answered"
]
Combination: TypeAlias = Literal["all", "any", "not"]

TESTS: tuple[str, ...] = get_args(Test)
COMBINATIONS: tuple[str, ...] = get_args(Combination)
OF_NUMBERS = ("at_least", "at_most", "above", "below")

Truth: TypeAlias = float
"""1 is true, 0 is false, and one half is not known."""
UNKNOWN: Truth = 0.5

_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "is": lambda answer, value: bool(answer == value),
    "in": lambda answer, value: answer in value,
    "includes": lambda answer, value: value in answer,
    "at_least": lambda answer, value: bool(answer >= value),
    "at_most": lambda answer, value: bool(answer <= value),
    "above": lambda answer, value: bool(answer > value),
    "below": lambda answer, value: bool(answer < value),
}


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A condition on earlier answers: one test, or tests joined by all, any and not.

    Parameters
    ----------
    op : {"is", "in", "includes", "at_least", "at_most", "above", "below", "answered", "all", \
"any", "not"}
        What is tested, or how conditions are joined. "includes" asks whether a choice is among
        those of a multiple choice.
    question : str, default=""
        Key of the question whose answer is tested; empty where conditions are joined.
    value : bool, float, str or tuple of str, optional
        What the answer is compared with; of "answered", whether there must be an answer.
    parts : tuple of Condition, default=()
        The conditions that are joined, one of them for "not".

    Notes
    -----
    A test of a question that was not answered is neither true nor false, and conditions are
    joined by the strong three-valued logic of Kleene [1]_: with 1 for true, 0 for false and 1/2
    for not known, all is the least, any the greatest, and not one less the value. A question is
    asked only where its condition is true, so that one which depends on an open question waits
    for it. Only "answered" is always true or false.

    References
    ----------
    .. [1] Kleene, S. C. (1952). Introduction to Metamathematics. North-Holland, section 64.

    Examples
    --------
    >>> from creditscore.collect import Condition
    >>> late = Condition(op="is", question="paid_late", value=True)
    >>> often = Condition(op="at_least", question="times_late", value=3)
    >>> (late & often).truth({"paid_late": True, "times_late": 4})
    1.0
    >>> (late & often).truth({"paid_late": True})
    0.5
    >>> (late & often).truth({"paid_late": False})
    0.0
    """

    op: Test | Combination
    question: str = ""
    value: Any = None
    parts: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        """Check that the parts fit what is tested or joined."""
        check_choice(self.op, "op", "Condition", (*TESTS, *COMBINATIONS))
        check_kind(self.question, "question", "Condition", str)
        object.__setattr__(self, "parts", read_entries(self.parts, "parts", "Condition"))
        if self.op in COMBINATIONS:
            self._check_joined()
        else:
            self._check_tested()

    def _check_joined(self) -> None:
        fits = all(isinstance(part, Condition) for part in self.parts) and self.parts
        if not fits or (self.op == "not" and len(self.parts) > 1):
            how_many = "one condition" if self.op == "not" else "one condition or more"
            msg = f"A condition {self.op!r} must have {how_many} as its 'parts'."
            raise InvalidParameterError(msg)
        if self.question or self.value is not None:
            msg = f"A condition {self.op!r} joins others, so that it has no question and no value."
            raise InvalidParameterError(msg)

    def _check_tested(self) -> None:
        if not self.question or self.parts:
            msg = f"A condition {self.op!r} must have a 'question', and no 'parts'."
            raise InvalidParameterError(msg)
        value: Any = self.value
        if self.op == "in":
            value = read_entries(value, "value", "Condition 'in'")
            fits = bool(value) and all(isinstance(word, str) for word in value)
            what = "one key of a choice or more"
        elif self.op == "answered":
            fits, what = isinstance(value, bool), "true or false"
        elif self.op in OF_NUMBERS:
            fits, what = _is_number(value), "a finite number"
        elif self.op == "includes":
            fits, what = isinstance(value, str), "the key of a choice"
        else:
            fits = isinstance(value, (bool, str)) or _is_number(value)
            what = "true, false, the key of a choice or a finite number"
        if not fits:
            msg = (
                f"The condition {self.op!r} on {self.question!r} needs {what} as its value. Got "
                f"{self.value!r} instead."
            )
            raise InvalidParameterError(msg)
        if _is_number(value):
            value = float(value)
        object.__setattr__(self, "value", value)

    def __and__(self, other: Condition) -> Condition:
        """Join two conditions that must both be true."""
        return Condition(op="all", parts=(self, other))

    def __or__(self, other: Condition) -> Condition:
        """Join two conditions of which one must be true."""
        return Condition(op="any", parts=(self, other))

    def __invert__(self) -> Condition:
        """Turn a condition round."""
        return Condition(op="not", parts=(self,))

    def truth(self, answers: Mapping[str, Any]) -> Truth:
        """Return 1 for true, 0 for false and 0.5 for not known.

        Parameters
        ----------
        answers : mapping of str to answer
            Answers to questions that were asked; a question that is not there has none.
        """
        return self.truth_by(answers, frozenset())

    def truth_by(self, answers: Mapping[str, Any], open_questions: frozenset[str]) -> Truth:
        """Return the truth, where it is not yet known whether some questions are answered."""
        if self.op in COMBINATIONS:
            found = [part.truth_by(answers, open_questions) for part in self.parts]
            if self.op == "not":
                return 1.0 - found[0]
            return min(found) if self.op == "all" else max(found)
        if self.question in open_questions:
            return UNKNOWN
        if self.op == "answered":
            return float((self.question in answers) == self.value)
        if self.question not in answers:
            return UNKNOWN
        return float(_COMPARED[self.op](answers[self.question], self.value))

    def tests(self) -> Iterator[Condition]:
        """Go through the single tests that this is made of."""
        if self.op not in COMBINATIONS:
            yield self
        for part in self.parts:
            yield from part.tests()

    @property
    def questions(self) -> tuple[str, ...]:
        """Keys of the questions that it depends on, each once."""
        return tuple(dict.fromkeys(test.question for test in self.tests()))

    def to_dict(self) -> dict[str, Any]:
        """Return the condition as plain values, as files have it.

        Examples
        --------
        >>> from creditscore.collect import Condition
        >>> (~Condition(op="in", question="form", value=("firm", "fund"))).to_dict()
        {'not': {'question': 'form', 'in': ['firm', 'fund']}}
        """
        if self.op == "not":
            return {"not": self.parts[0].to_dict()}
        if self.op in COMBINATIONS:
            return {self.op: [part.to_dict() for part in self.parts]}
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        return {"question": self.question, self.op: value}

    @classmethod
    def from_dict(cls, content: Any) -> Self:
        """Read what :meth:`to_dict` gave.

        Raises
        ------
        InvalidParameterError
            It is no condition; the message says what is wrong.

        Examples
        --------
        >>> from creditscore.collect import Condition
        >>> Condition.from_dict({"question": "paid_late", "is": True}).question
        'paid_late'
        """
        if not isinstance(content, Mapping):
            msg = f"A condition must hold entries, such as a question and 'is'. Got {content!r}."
            raise InvalidParameterError(msg)
        names = [name for name in content if name != "question"]
        known = (*TESTS, *COMBINATIONS)
        if len(names) != 1 or names[0] not in known:
            msg = (
                f"A condition must have one of {', '.join(known)}. It has "
                f"{', '.join(map(repr, names)) or 'none'}."
            )
            raise InvalidParameterError(msg)
        (op,) = names
        value = content[op]
        if op == "not":
            return cls(op=op, parts=(cls.from_dict(value),), question=content.get("question", ""))
        if op in COMBINATIONS:
            parts = read_entries(value, op, "Condition") if value is not None else ()
            own = tuple(cls.from_dict(part) for part in parts)
            return cls(op=op, parts=own, question=content.get("question", ""))
        return cls(op=op, question=content.get("question", ""), value=value)


def _is_number(value: Any) -> bool:
    plain = isinstance(value, (int, float)) and not isinstance(value, bool)
    return plain and math.isfinite(value)
