"""The cases of an assessment of fairness: outcomes, decisions, groups and what foretold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import logit

from creditscore._typing import Bool1D, Float1D
from creditscore._validation import (
    as_floats,
    check_outcomes,
    check_real,
    check_row_counts,
    check_weights,
)
from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError
from creditscore.validate._fairness._fairness_settings import FairnessSettings
from creditscore.validate._fairness._groups import Groups, check_rows_agree, read_groups

_OWNER = "fairness_table"


@dataclass(frozen=True, eq=False)
class FairnessCases:
    """Columns of the same rows, checked; rows of weight 0 are left out."""

    is_bad: Bool1D
    approved: Bool1D
    groups: Groups
    score: Float1D
    log_odds: Float1D | None
    prob_default: Float1D | None
    weights: Float1D | None

    @property
    def rows(self) -> Float1D:
        """How often each row counts."""
        return np.ones(len(self.is_bad)) if self.weights is None else self.weights


def read_fairness_cases(
    is_bad: Any,
    prob_default: Any,
    group: Any,
    score: Any,
    approved: Any,
    cutoff: Any,
    sample_weight: Any,
    settings: FairnessSettings,
) -> FairnessCases:
    """Check the columns and decide who is approved."""
    if prob_default is None and score is None and approved is None:
        msg = f"{_OWNER} needs prob_default, a score, or who was approved. Got none of them."
        raise InvalidParameterError(msg)
    check_rows_agree(
        is_bad=is_bad, prob_default=prob_default, score=score, group=group, approved=approved,
        sample_weight=sample_weight,
    )  # fmt: skip
    given = {"prob_default": prob_default, "score": score}
    numbers = {n: finite_column(values, n) for n, values in given.items() if values is not None}
    told = numbers or {"approved": finite_column(approved, "approved")}
    beside, n_rows = next((name, len(values)) for name, values in told.items())
    for values in numbers.values():
        if len(values) != n_rows:
            msg = f"score must have one value for each of the {n_rows} cases. Got {len(values)}."
            raise InvalidDataError(msg)
    bad = check_outcomes(is_bad, n_rows=n_rows, one_class=True, beside=beside)
    prob = numbers.get("prob_default")
    if prob is not None and not ((prob > 0) & (prob < 1)).all():
        at = int(((prob > 0) & (prob < 1)).argmin())
        msg = (
            "prob_default must lie strictly between 0 and 1, as fractions. Got "
            f"{prob[at]:g} at row {at}."
        )
        raise InvalidDataError(msg)
    groups = read_groups(group, n_rows=n_rows, missing=settings.missing, owner=_OWNER)
    said = _decisions(approved, cutoff, numbers, n_rows)
    weights = check_weights(sample_weight, n_rows=n_rows)
    check_row_counts(weights)
    log_odds = None if prob is None else np.asarray(logit(prob), dtype=np.float64)
    ranked = numbers.get("score")
    if ranked is None:
        ranked = said.astype(np.float64) if log_odds is None else -log_odds
    cases = FairnessCases(bad, said, groups, ranked, log_odds, prob, weights)
    return cases if weights is None or weights.all() else _kept(cases, weights > 0)


def _kept(cases: FairnessCases, rows: Bool1D) -> FairnessCases:
    """Leave out rows of weight 0, which are no rows."""
    columns: list[Any] = [cases.log_odds, cases.prob_default, cases.weights]
    return FairnessCases(
        cases.is_bad[rows],
        cases.approved[rows],
        Groups(cases.groups.codes[rows], cases.groups.names),
        cases.score[rows],
        *(None if column is None else column[rows] for column in columns),
    )


def finite_column(values: Any, name: str) -> Float1D:
    """Return a column of one finite number a case."""
    numbers = as_floats(values, name)
    if numbers.ndim != 1:
        msg = f"{name} must be a 1D array, one value a case. Got shape {numbers.shape}."
        raise InvalidDataError(msg)
    if not len(numbers):
        msg = f"{name} is empty, so there is nothing to measure."
        raise EmptyDataError(msg)
    if not np.isfinite(numbers).all():
        row = int(np.isfinite(numbers).argmin())
        msg = f"{name} must be finite in every case. Got {numbers[row]:g} at row {row}."
        raise InvalidDataError(msg)
    return numbers


def _decisions(approved: Any, cutoff: Any, numbers: dict[str, Float1D], n_rows: int) -> Bool1D:
    """Return who is approved, as told or by the cut-off."""
    if (approved is None) == (cutoff is None):
        what = "neither" if approved is None else "both"
        msg = (
            f"{_OWNER} needs either approved, one decision a case, or a cutoff of the score (of "
            f"prob_default, where there is no score). Got {what}."
        )
        raise InvalidParameterError(msg)
    if approved is not None:
        return check_decisions(approved, n_rows)
    if "score" in numbers:
        line = check_real(cutoff, "cutoff", _OWNER, low=-np.inf, high=np.inf)
        return numbers["score"] >= line
    line = check_real(cutoff, "cutoff", _OWNER, low=0, high=1, closed="both")
    return numbers["prob_default"] <= line


def check_decisions(approved: Any, n_rows: int) -> Bool1D:
    """Return decisions as booleans: 1 or True is approved."""
    said = as_floats(approved, "approved")
    if said.ndim != 1 or len(said) != n_rows or not np.isin(said, (0, 1)).all():
        msg = (
            f"approved must hold 1 or True for approved, 0 or False for refused, one for each of "
            f"the {n_rows} cases. Got {len(said) if said.ndim else 1} value(s)"
            f"{'' if np.isin(said, (0, 1)).all() else ', some of them others'}."
        )
        raise InvalidDataError(msg)
    return said.astype(bool)
