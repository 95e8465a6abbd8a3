"""Scores of answers: by section and on the whole, with what is missing and what it could change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._display import counted, html_table
from creditscore.collect._questionnaire._branching import asked
from creditscore.collect._questionnaire._parts import points_in
from creditscore.collect._questionnaire._question import Question
from creditscore.collect._questionnaire._section import Section

_PART_COLUMNS = ("section", "question", "state", "points", "lowest", "highest")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AnswerScore:
    r"""What answers score, from 0 (the fewest points possible) to 100 (the most).

    Attributes
    ----------
    score : float or None
        The whole: mean of the sections by weight, of what was answered. None where a section that
        counts has no answer that earns points, or none counts.
    low, high : float or None
        What the whole would be if all that is missing were answered worst, and best. Both are the
        score where nothing is missing.
    sections : DataFrame
        A row a section with questions that count and may be asked: section, weight, points,
        lowest and highest (possible for what was answered), score (NaN where nothing was), low
        and high (as above), answered and asked (numbers of questions that count).
    parts : DataFrame
        A row a question that earns points: section, question, state ("answered", "missing", "not
        asked"), points (NaN unless answered), lowest and highest possible.
    missing : tuple of str
        Keys of questions that count, were to be asked or may still be, and have no answer.

    Notes
    -----
    With points :math:`p_q` of the answers and least and greatest possible :math:`l_q, h_q`, a
    section scores

    .. math:: 100 \, \frac{\sum_q (p_q - l_q)}{\sum_q (h_q - l_q)},

    over the questions q that were answered; the whole is the mean of sections by weight. Questions
    that were not to be asked count nowhere. What is missing counts neither as none nor as the
    mean: it widens the range from low to high.

    Examples
    --------
    >>> from creditscore.collect import Question, Questionnaire, Section
    >>> form = Questionnaire(id="short", version=1, title="Short", sections=(
    ...     Section(key="payment", title="Payment", questions=(
    ...         Question(key="late", kind="yes_no", text="Late?", points_yes=0, points_no=10),
    ...         Question(key="audited", kind="yes_no", text="Audited?", points_yes=30, points_no=0),
    ...     )),
    ... ))
    >>> form.answers({"late": False}).score()
    AnswerScore(100.0 of what was answered, 25.0 to 100.0 with 1 question missing)
    """

    score: float | None
    low: float | None
    high: float | None
    sections: pd.DataFrame
    parts: pd.DataFrame
    missing: tuple[str, ...]

    def __repr__(self) -> str:
        """Say in one line what the whole is."""
        if self.low is None or self.high is None:
            return "AnswerScore(none: no question that earns points was to be asked)"
        span = f"{self.low:.1f} to {self.high:.1f} with {counted(len(self.missing), 'question')}"
        if self.score is None:
            return f"AnswerScore(none yet, {span} missing)"
        if not self.missing:
            return f"AnswerScore({self.score:.1f})"
        return f"AnswerScore({self.score:.1f} of what was answered, {span} missing)"

    def _repr_html_(self) -> str:
        """Show the sections as a table."""
        formats = dict.fromkeys(("score", "low", "high"), "{:.1f}")
        formats |= dict.fromkeys(("weight", "points", "lowest", "highest"), "{:g}")
        return html_table(self.sections, caption=repr(self), formats=formats)


def score_answers(sections: Sequence[Section], values: Mapping[str, Any]) -> AnswerScore:
    """Return the score of checked answers."""
    truths = asked(sections, values)
    rows = []
    for section in sections:
        for question in section.questions:
            ends = question.points_range
            if ends is None:
                continue
            answered = question.key in values
            state = (
                "answered" if answered else "not asked" if truths[question.key] == 0 else "missing"
            )
            points = points_of(question, values[question.key]) if answered else np.nan
            rows.append((section.key, question.key, state, points, *ends))
    parts = pd.DataFrame(rows, columns=list(_PART_COLUMNS))
    table = _section_table(sections, parts)
    missing = tuple(parts.loc[parts["state"] == "missing", "question"])
    weights = table["weight"].to_numpy(dtype=float)
    if not weights.sum() > 0:
        return AnswerScore(
            score=None, low=None, high=None, sections=table, parts=parts, missing=missing
        )
    whole = {
        name: float(np.average(table[name].to_numpy(dtype=float)[weights > 0],
                               weights=weights[weights > 0]))
        for name in ("score", "low", "high")
    }  # fmt: skip
    score = None if np.isnan(whole["score"]) else whole["score"]
    return AnswerScore(
        score=score, low=whole["low"], high=whole["high"], sections=table, parts=parts,
        missing=missing,
    )  # fmt: skip


def points_of(question: Question, answer: Any) -> float:
    """Return the points that an answer earns."""
    if question.kind == "yes_no":
        return float((question.points_yes if answer else question.points_no) or 0.0)
    if question.bands:
        return points_in(question.bands, answer)
    keys = answer if isinstance(answer, tuple) else (answer,)
    return float(sum(question.choice(key).points or 0.0 for key in keys))


def _section_table(sections: Sequence[Section], parts: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for section in sections:
        own = parts[(parts["section"] == section.key) & (parts["state"] != "not asked")]
        span = float((own["highest"] - own["lowest"]).sum())
        if own.empty or span == 0:
            continue
        answered = own[own["state"] == "answered"]
        lowest, highest = float(answered["lowest"].sum()), float(answered["highest"].sum())
        above = float(answered["points"].sum()) - lowest
        still = span - (highest - lowest)
        rows.append({
            "section": section.key, "weight": section.weight,
            "points": above + lowest if len(answered) else np.nan,
            "lowest": lowest, "highest": highest,
            "score": 100 * above / (highest - lowest) if highest > lowest else np.nan,
            "low": 100 * above / span, "high": 100 * (above + still) / span,
            "answered": len(answered), "asked": len(own),
        })  # fmt: skip
    columns = (
        "section", "weight", "points", "lowest", "highest", "score", "low", "high", "answered",
        "asked",
    )  # fmt: skip
    return pd.DataFrame(rows, columns=list(columns))
