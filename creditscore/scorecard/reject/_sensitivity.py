"""How the card moves over methods and assumptions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
from sklearn.base import clone

from creditscore._checks import check_kind
from creditscore._display import Format, html_table, shorten, text_table
from creditscore._repr import changed_repr
from creditscore._typing import Int1D
from creditscore._validation import check_real
from creditscore.metrics import auc
from creditscore.scorecard._logistic import LogisticScorecard
from creditscore.scorecard._scorecard import Scorecard
from creditscore.scorecard.reject._applications import Applications
from creditscore.scorecard.reject._cutoff import Standing
from creditscore.scorecard.reject._estimator import fit_on
from creditscore.scorecard.reject._extrapolation import Extrapolation
from creditscore.scorecard.reject._fuzzy import FuzzyAugmentation
from creditscore.scorecard.reject._hard_cutoff import HardCutoff
from creditscore.scorecard.reject._method import RejectMethod
from creditscore.scorecard.reject._parcelling import Parcelling
from creditscore.scorecard.reject._reweighting import Reweighting
from creditscore.scorecard.reject._row_warnings import RowWarnings

_OWNER = "reject_sensitivity"
ACCEPTED_ONLY = "accepted only"
"""Name of the first row: the card without any inference."""
_DIGITS = 6
"""Digits of assumptions; more of them say nothing to a reader."""
_PERCENT = "{:.1%}"
_FORMATS: dict[str, Format] = {
    "auc_accepted": "{:.4f}",
    "auc_all": "{:.4f}",
    "brier_all": "{:.4f}",
    "reject_bad_rate": _PERCENT,
    "bad_rate": _PERCENT,
    "cutoff_score": "{:.1f}",
    "approval_rate": _PERCENT,
    "same_approval_score": "{:.1f}",
    "same_approval_bad_rate": _PERCENT,
    "swapped_in": _PERCENT,
    "decision_changed": _PERCENT,
    "grade_changed": _PERCENT,
    "notch_shift": "{:.2f}",
    "score_shift": "{:+.1f}",
    "largest_move": "{:+.3f}",
}


class Grades(Protocol):
    """What is needed of grades, such as a :class:`creditscore.grade.GradeScale`."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Grades, the safest first."""
        ...

    @property
    def measure(self) -> str:
        """What is graded, "prob_default" or "score"."""
        ...

    def grade(self, values: Any) -> Any:
        """Return the grade of each value."""
        ...


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RejectSensitivity:
    """Cards under several assumptions on the rejected, beside that of the accepted alone.

    Made by :func:`reject_sensitivity`.

    Attributes
    ----------
    figures : DataFrame
        The rows of :meth:`table`.
    cards : tuple of Scorecard
        The card of each row.
    target_bad_rate : float
        Bad rate at which `cutoff_score` is taken.
    share_accepted : float
        Share that the old policy accepted, at which decisions are compared.
    true_reject_bad_rate : float
        Bad rate of the rejected where it is known, else NaN.

    Examples
    --------
    >>> from creditscore.scorecard.reject import (
    ...     FuzzyAugmentation, reject_sensitivity, simulate_applications
    ... )
    >>> seen = simulate_applications(2_000, random_state=0).without(["office_load"])
    >>> report = reject_sensitivity(
    ...     seen, methods=[FuzzyAugmentation(odds_ratio=k) for k in (1.0, 2.0)]
    ... )
    >>> report.table()[["method", "reject_bad_rate", "cutoff_score"]].round(3)
                  method  reject_bad_rate  cutoff_score
    0      accepted only            0.252       474.265
    1  FuzzyAugmentation            0.252       475.842
    2  FuzzyAugmentation            0.348       485.956
    """

    figures: pd.DataFrame
    cards: tuple[Scorecard, ...]
    target_bad_rate: float
    share_accepted: float
    true_reject_bad_rate: float = math.nan

    def table(self) -> pd.DataFrame:
        """Return a row a method, that of the accepted alone first.

        Returns
        -------
        DataFrame
            - method, assumption: the class and the parameters that are not as by default.
            - auc_accepted: AUC on the accepted, whose outcomes are known; they were fitted on.
            - auc_all, brier_all: AUC and Brier score on all applications where the outcomes of the
              rejected are known, else NaN.
            - reject_bad_rate: bad rate of the rejected as the method has it; where it infers no
              outcomes, the mean probability of default of its card.
            - bad_rate: the same of all applications.
            - cutoff_score: riskiest score from which on the cases approved have, by the card's
              probabilities, no more than the target bad rate; infinite where no score is so safe.
            - approval_rate: share of applications that score so.
            - same_approval_score, same_approval_bad_rate: the cut-off that approves the share
              which the old policy accepted, as nearly as ties allow, and the bad rate, by the
              card, of those approved.
            - swapped_in: share of applications that were rejected and are approved there.
            - decision_changed: share whose decision there differs from that by the card of the
              accepted alone.
            - grade_changed, notch_shift: share of applications whose grade differs from that by
              the card of the accepted alone, and by how many grades in the mean.
            - score_shift: mean change of the score, in points of the card.
            - moved, largest_move: the characteristic whose coefficient differs most from that in
              the card of the accepted alone, and by how much; a characteristic that is in one of
              the cards only counts as 0 in the other. Bins, and so WOE, may differ too.

            Shares are by weight, of accepted and rejected together.
        """
        return self.figures.copy()

    def __repr__(self) -> str:
        """Say in one line what it is; :meth:`table` and ``print`` show the figures."""
        rates = self.figures["reject_bad_rate"]
        n = len(self.figures) - 1
        return (
            f"<{type(self).__name__}: {n} method{'' if n == 1 else 's'} beside the accepted only; "
            f"rejected {rates.min():.1%} to {rates.max():.1%} bad>"
        )

    def __str__(self) -> str:
        """Write the figures."""
        return text_table(self._shown(), caption=self._caption(), formats=self._formats())

    def _repr_html_(self) -> str:
        return html_table(self._shown(), caption=self._caption(), formats=self._formats())

    def _shown(self) -> pd.DataFrame:
        shown = self.table()
        shown["assumption"] = [shorten(text, 60) for text in shown["assumption"]]
        known = shown["auc_all"].notna().any()
        return shown if known else shown.drop(columns=["auc_all", "brier_all"])

    def _formats(self) -> Mapping[str, Format]:
        return {name: text for name, text in _FORMATS.items() if name in self._shown().columns}

    def _caption(self) -> str:
        said = (
            f"Reject inference by method; cut-off at a bad rate of {self.target_bad_rate:.1%}, "
            f"decisions compared at an approval rate of {self.share_accepted:.1%}"
        )
        if not math.isnan(self.true_reject_bad_rate):
            said += f"; of the rejected {self.true_reject_bad_rate:.1%} are bad in truth"
        return said


def reject_sensitivity(
    applications: Applications,
    *,
    estimator: LogisticScorecard | None = None,
    methods: Sequence[RejectMethod] | None = None,
    target_bad_rate: float | None = None,
    grades: Grades | None = None,
) -> RejectSensitivity:
    """Fit the card under several assumptions on the rejected and say what moves.

    Parameters
    ----------
    applications : Applications
        Accepted and rejected; with the truth of the rejected where it is known.
    estimator : LogisticScorecard, optional
        How all cards are fitted; None means ``LogisticScorecard()``. It is cloned.
    methods : sequence of RejectMethod, optional
        Methods with their assumptions. By default those on the score: the accepted reweighted;
        fuzzy augmentation with odds ratios 1, 2 and 4; parcelling with factors 1 and 2;
        extrapolation by a parabola; a hard cut-off at twice the bad rate of the accepted.
    target_bad_rate : float, optional
        Bad rate among those approved at which the cut-off is taken, in (0, 1); by default that of
        the accepted.
    grades : GradeScale, optional
        Grades to compare by; by default bands of the score in which the odds double.

    Returns
    -------
    RejectSensitivity

    Raises
    ------
    InvalidParameterError
        A method is none, or a parameter is out of range.
    CreditScoreError
        What a fit raises.

    Warns
    -----
    CreditScoreWarning
        What fits and :meth:`RejectMethod.augment` warn of, such as RejectInferenceWarning and
        UnseenValueWarning: each text once, at the end, with the rows that it belongs to.

    Notes
    -----
    The data cannot tell which row is right: that is what the report is for. Columns that one of
    the methods keeps for the acceptance alone are in none of the cards, so that the rows compare.

    One fit for the accepted and one a method. Scores of all applications are kept for two cards
    at a time.

    Examples
    --------
    >>> from creditscore.scorecard.reject import (
    ...     FuzzyAugmentation, Reweighting, reject_sensitivity, simulate_applications
    ... )
    >>> seen = simulate_applications(2_000, random_state=0).without(["office_load"])
    >>> methods = [Reweighting(), *(FuzzyAugmentation(odds_ratio=k) for k in (1.0, 2.0, 4.0))]
    >>> reject_sensitivity(seen, methods=methods)
    <RejectSensitivity: 4 methods beside the accepted only; rejected 25.1% to 45.3% bad>
    """
    check_kind(applications, "applications", _OWNER, Applications)
    model = LogisticScorecard() if estimator is None else estimator
    check_kind(model, "estimator", _OWNER, LogisticScorecard)
    model = clone(model).set_params(bad_label=None)
    accepted_rate = float(np.average(applications.is_bad, weights=applications.weights))
    chosen = _default_methods(accepted_rate) if methods is None else tuple(methods)
    for method in chosen:
        check_kind(method, "methods", _OWNER, RejectMethod)
    target = accepted_rate if target_bad_rate is None else target_bad_rate
    check_real(target, "target_bad_rate", _OWNER, low=0, high=1)
    apart = {name for method in chosen for name in method.selection_only}
    seen = applications.without(apart)
    said = RowWarnings()
    try:
        with said.of(ACCEPTED_ONLY):
            known = clone(model).fit(seen.table, seen.is_bad, seen.sample_weight, seen.periods)
            base = Standing.of(known.scorecard_, seen)
        rows = [_row(ACCEPTED_ONLY, "", base, base, target=target, grades=grades)]
        cards = [known.scorecard_]
        for method in chosen:
            others = applications.without(apart - set(method.selection_only))
            assumption = changed_repr(method, digits=_DIGITS)
            with said.of(assumption.removesuffix("()")):
                sample = method.augment(others, known.scorecard_)
                card = fit_on(model, sample, sample.is_bad, applications.kinds).scorecard_
                standing = Standing.of(card, seen, sample.reject_bad_rate)
            name = type(method).__name__
            inside = assumption[len(name) + 1 : -1]
            rows.append(_row(name, inside, standing, base, target=target, grades=grades))
            cards.append(card)
    finally:
        said.tell()
    truth, weights = applications.rejected_is_bad, applications.rejected_weights
    return RejectSensitivity(
        figures=pd.DataFrame(rows),
        cards=tuple(cards),
        target_bad_rate=float(target),
        share_accepted=applications.share_accepted,
        true_reject_bad_rate=(
            math.nan if truth is None else float(np.average(truth, weights=weights))
        ),
    )


def _default_methods(bad_rate: float) -> tuple[RejectMethod, ...]:
    return (
        Reweighting(),
        *(FuzzyAugmentation(odds_ratio=k) for k in (1.0, 2.0, 4.0)),
        *(Parcelling(factor=k, assignment="expected") for k in (1.0, 2.0)),
        Extrapolation(degree=2, assignment="expected"),
        HardCutoff(bad_rate=min(2 * bad_rate, 0.99)),
    )


def _row(
    method: str,
    assumption: str,
    standing: Standing,
    base: Standing,
    *,
    target: float,
    grades: Grades | None,
) -> dict[str, Any]:
    cutoff, approval = standing.cutoff_at(target)
    same, approved = standing.approving(standing.share_accepted)
    _, before = base.approving(standing.share_accepted)
    notches = _notches(standing, grades) - _notches(base, grades)
    weights = standing.weights / standing.weights.sum()
    moved, move = _largest_move(standing.card, base.card)
    return {
        "method": method,
        "assumption": assumption,
        "auc_accepted": auc(
            standing.is_bad, standing.log_odds[standing.accepted],
            sample_weight=standing.weights[standing.accepted],
        ),
        "auc_all": standing.auc_all,
        "brier_all": standing.brier_all,
        "reject_bad_rate": standing.reject_bad_rate,
        "bad_rate": standing.bad_rate,
        "cutoff_score": cutoff,
        "approval_rate": approval,
        "same_approval_score": same,
        "same_approval_bad_rate": standing.expected_bad_rate(approved),
        "swapped_in": float(weights[approved & ~standing.accepted].sum()),
        "decision_changed": float(weights[approved != before].sum()),
        "grade_changed": float(weights[notches != 0].sum()),
        "notch_shift": float(weights @ np.abs(notches)),
        "score_shift": float(weights @ (standing.score - base.score)),
        "moved": moved,
        "largest_move": move,
    }  # fmt: skip


def _notches(standing: Standing, grades: Grades | None) -> Int1D:
    """Return the grade of each application as a number, higher where riskier."""
    if grades is None:
        doublings: Int1D = -np.floor(standing.log_odds / math.log(2)).astype(np.intp)
        return doublings
    values = standing.score if grades.measure == "score" else standing.prob_default
    place = {label: i for i, label in enumerate(grades.labels)}
    return np.array([place[str(label)] for label in grades.grade(values)], dtype=np.intp)


def _largest_move(card: Scorecard, base: Scorecard) -> tuple[str, float]:
    """Return the characteristic whose coefficient differs most, and by how much."""
    new, old = (
        {c.name: float(c.coefficient or 0.0) for c in one.characteristics} for one in (card, base)
    )
    moves = {name: new.get(name, 0.0) - old.get(name, 0.0) for name in (new | old)}
    name = max(moves, key=lambda name: abs(moves[name]))
    return (name, moves[name]) if moves[name] else ("", 0.0)
