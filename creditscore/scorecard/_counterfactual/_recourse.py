"""What an applicant can do to reach a score: changes, counterfactuals, and the lack of any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import pandas as pd

from creditscore._display import html_table
from creditscore._typing import Level
from creditscore._validation import check_choice
from creditscore.scorecard._adverse._reason_codes import LANGUAGES, Language
from creditscore.scorecard._counterfactual._change_words import Aim, value_in_words

RecourseStatus: TypeAlias = Literal["reached", "reachable", "unreachable"]

_STATUS_IN_WORDS = {
    "reached": "has it already",
    "reachable": "can reach it",
    "unreachable": "cannot reach it",
}


@dataclass(frozen=True, kw_only=True)
class ValueChange:
    """One change of a characteristic.

    Attributes
    ----------
    characteristic : str
        Name in the card.
    before, after : float, str, bool or None
        Value that is there, and the nearest one that is needed; None is missing.
    attribute_before, attribute_after : str
        Labels of their attributes, as in :meth:`Scorecard.table`.
    gain : float
        Points towards safety.
    cost : float
        In the unit of the :class:`Moves`.
    low, high : float or None
        The amounts that do as well, from `low`, included, to `high`; None where there is no such
        end, and for what is no amount.
    high_included : bool
        Whether `high` itself does.
    levels : tuple of str, float or bool
        The levels that do as well; empty for amounts.

    Examples
    --------
    >>> from creditscore.scorecard import ValueChange
    >>> change = ValueChange(
    ...     characteristic="months_employed", before=12.0, after=24.0, attribute_before="[6, 24)",
    ...     attribute_after=">= 24", gain=15.0, cost=1.0, low=24.0,
    ... )
    >>> change.sentence()
    'months_employed: at least 24 (now 12)'
    >>> change.sentence(language="zh", name="工作月数")
    '工作月数：至少 24（现为 12）'
    """

    characteristic: str
    before: Level | None
    after: Level | None
    attribute_before: str
    attribute_after: str
    gain: float
    cost: float
    low: float | None = None
    high: float | None = None
    high_included: bool = False
    levels: tuple[Level, ...] = ()

    def sentence(self, *, language: Language = "en", name: str | None = None) -> str:
        """Say what is needed.

        Parameters
        ----------
        language : {"en", "zh"}, default="en"
            English or Chinese.
        name : str, optional
            What the characteristic is called; else its name in the card.

        Notes
        -----
        Amounts have six digits or more, rounded so that they still suffice.
        """
        check_choice(language, "language", "ValueChange.sentence", LANGUAGES)
        called = self.characteristic if name is None else name
        special = self.attribute_after.startswith("Special ")
        if self.after is None or (special and not self.levels):
            aim = value_in_words(self.after, language, label=self.attribute_after)
        else:
            aim = Aim(self.low, self.high, self.high_included, self.levels).in_words(language)
        now = value_in_words(self.before, language, label=self.attribute_before)
        if language == "zh":
            return f"{called}：{aim}（现为 {now}）"
        return f"{called}: {aim} (now {now})"


@dataclass(frozen=True, kw_only=True)
class Counterfactual:
    """Changes that together reach a score.

    Attributes
    ----------
    changes : tuple of ValueChange
        In the order of the card; without any one of them the score is not reached.
    score_before, score_after : float
        Scores as :meth:`Scorecard.score` gives them.
    cost : float
        Sum of the costs of the changes.

    See Also
    --------
    counterfactuals : Finds the smallest ones.

    Examples
    --------
    >>> from creditscore.scorecard import ValueChange, Counterfactual
    >>> change = ValueChange(
    ...     characteristic="years", before=1.0, after=2.0, attribute_before="< 2",
    ...     attribute_after=">= 2", gain=20.0, cost=1.0, low=2.0,
    ... )
    >>> Counterfactual(changes=(change,), score_before=500.0, score_after=520.0, cost=1.0)
    <Counterfactual: years at least 2 (now 1): 500 to 520 points, cost 1>
    """

    changes: tuple[ValueChange, ...]
    score_before: float
    score_after: float
    cost: float

    def apply(self, applicant: Mapping[str, Any]) -> dict[str, Any]:
        """Return an applicant with the changes made.

        Parameters
        ----------
        applicant : mapping of str to object
            Values by name. The card's score of what is returned is `score_after`.

        Notes
        -----
        Amounts are floats of 64 bits. In a column of 32 bits, one just below a cut is rounded to
        the cut.
        """
        return {**applicant} | {change.characteristic: change.after for change in self.changes}

    def sentences(
        self, *, language: Language = "en", names: Mapping[str, str] | None = None
    ) -> tuple[str, ...]:
        """Say what is needed, a sentence a change.

        Parameters
        ----------
        language : {"en", "zh"}, default="en"
            English or Chinese.
        names : mapping of str to str, optional
            What characteristics are called; else by their names in the card.
        """
        called = names or {}
        return tuple(
            change.sentence(language=language, name=called.get(change.characteristic))
            for change in self.changes
        )

    def frame(self) -> pd.DataFrame:
        """Return the changes as a table.

        Returns
        -------
        DataFrame
            A row a change: characteristic, attribute_before, attribute_after, before, after, gain,
            cost.
        """
        return pd.DataFrame([_row(change) for change in self.changes])

    def __repr__(self) -> str:
        """Say in one line what it is."""
        changes = "; ".join(change.sentence().replace(": ", " ", 1) for change in self.changes)
        return (
            f"<Counterfactual: {changes}: {self.score_before:.6g} to {self.score_after:.6g} "
            f"points, cost {self.cost:.6g}>"
        )

    def _repr_html_(self) -> str:
        shown = self.frame()[["characteristic", "attribute_before", "attribute_after"]].assign(
            needed=[change.sentence().partition(": ")[2] for change in self.changes],
            gain=[change.gain for change in self.changes],
            cost=[change.cost for change in self.changes],
        )
        caption = f"From {self.score_before:.6g} to {self.score_after:.6g} points"
        return html_table(shown, caption=caption, formats={"gain": "{:+.1f}", "cost": "{:.3g}"})


@dataclass(frozen=True, kw_only=True)
class Recourse:
    """What one applicant can do to reach a score.

    Attributes
    ----------
    row : object
        Label of the row in a pandas table, else its place.
    status : {"reached", "reachable", "unreachable"}
        Whether the applicant has the score, can reach it, or cannot by what may be changed.
    score : float
        Score as it is.
    target_score : float
        Score that is asked for.
    best_score : float
        The safest score that can be reached by as many changes as are allowed.
    answers : tuple of Counterfactual
        The best ways to reach it, the best first; none unless it is reachable.

    Examples
    --------
    >>> from creditscore.scorecard import Recourse
    >>> Recourse(
    ...     row=7, status="unreachable", score=480.0, target_score=600.0, best_score=560.0
    ... )
    <Recourse of 7: 480 points, 600 asked for: cannot reach it, 560 at best>
    """

    row: Any
    status: RecourseStatus
    score: float
    target_score: float
    best_score: float
    answers: tuple[Counterfactual, ...] = ()

    def __repr__(self) -> str:
        """Say in one line what it is."""
        said = f"{self.score:.6g} points, {self.target_score:.6g} asked for"
        end = _STATUS_IN_WORDS[self.status]
        if self.status == "reachable":
            n = len(self.answers)
            end += f" in {n} way{'s' * (n > 1)}, the best by {len(self.answers[0].changes)} change"
            end += "s" * (len(self.answers[0].changes) > 1)
        if self.status == "unreachable":
            end += f", {self.best_score:.6g} at best"
        return f"<Recourse of {self.row}: {said}: {end}>"

    def frame(self) -> pd.DataFrame:
        """Return the changes of all answers as a table.

        Returns
        -------
        DataFrame
            A row a change: answer (from 1), the columns of :meth:`Counterfactual.frame`, and
            score_after; without a row where there is no answer.
        """
        return pd.DataFrame(
            [
                {"answer": place, **_row(change), "score_after": answer.score_after}
                for place, answer in enumerate(self.answers, 1)
                for change in answer.changes
            ],
            columns=["answer", *_COLUMNS, "score_after"],
        )

    def _repr_html_(self) -> str:
        rows = [
            {
                "answer": place,
                "needed": "; ".join(answer.sentences()),
                "score": answer.score_after,
                "cost": answer.cost,
            }
            for place, answer in enumerate(self.answers, 1)
        ]
        shown = pd.DataFrame(rows, columns=["answer", "needed", "score", "cost"])
        formats = {"score": "{:.1f}", "cost": "{:.3g}"}
        return html_table(shown, caption=repr(self)[1:-1], formats=formats)


_COLUMNS = (
    *("characteristic", "attribute_before", "attribute_after", "before", "after"),
    *("gain", "cost"),
)


def _row(change: ValueChange) -> dict[str, Any]:
    return {name: getattr(change, name) for name in _COLUMNS}
