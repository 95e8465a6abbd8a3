"""Did overridden customers default as their grades said: those before, or those after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._display import html_table
from creditscore._typing import Bool1D, Float1D
from creditscore._validation import check_outcomes, check_real
from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError
from creditscore.grade._inputs import check_same_rows
from creditscore.grade._ladder import GradeLadder, ranks_of, read_grades
from creditscore.grade._master._master_scale import MasterScale
from creditscore.metrics import AucDifference, auc_difference, jeffreys_interval

_OWNER = "override_outcomes"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class OverrideOutcomes:
    """Default rates of overridden customers; by :func:`override_outcomes`.

    Attributes
    ----------
    rates : DataFrame
        As :meth:`table` returns it.
    auc : AucDifference
        AUC of the grades before and after the overrides, and their difference.
    level : float
        Confidence level.

    Examples
    --------
    >>> from creditscore import GradeScale
    >>> from creditscore.grade import override_outcomes
    >>> before = ["A", "B", "B", "C", "C", "A"]
    >>> after = ["A", "A", "B", "C", "B", "C"]
    >>> scale = GradeScale(labels=("A", "B", "C"), bounds=(0.02, 0.10))
    >>> override_outcomes([0, 0, 1, 1, 0, 1], before, after, scale)
    <OverrideOutcomes: 2 up, 1 down of 6 customers; AUC 0.500 before, 0.944 after>
    """

    rates: pd.DataFrame
    auc: AucDifference
    level: float

    def table(self) -> pd.DataFrame:
        """Return observed and predicted default rates by direction.

        Returns
        -------
        DataFrame
            A row for "up", "down", "none" and "all": direction, count, n_bad, observed,
            observed_lower, observed_upper (Jeffreys), predicted_before, predicted_after (mean
            probability of the grades), against_before, against_after ("lower", "as predicted",
            "higher", by whether the interval holds the prediction; empty where it is not known).
            Rates are NaN where there is no customer.
        """
        return self.rates.copy()

    def __repr__(self) -> str:
        """Say in one line how many there are, and which grades part good from bad better."""
        count = self.rates.set_index("direction")["count"]
        return (
            f"<OverrideOutcomes: {count['up']:,} up, {count['down']:,} down of {count['all']:,} "
            f"customers; AUC {self.auc.auc_a.estimate:.3f} before, "
            f"{self.auc.auc_b.estimate:.3f} after>"
        )

    def _repr_html_(self) -> str:
        """Show the table."""
        rates = [name for name in self.rates.columns if name.startswith(("observed", "predicted"))]
        formats = dict.fromkeys(rates, "{:.2%}")
        return html_table(self.rates, caption=repr(self).strip("<>"), formats=formats)


def override_outcomes(
    is_bad: Any,
    grade_before: Any,
    grade_after: Any,
    scale: GradeLadder,
    *,
    prob_default: Mapping[str, float] | None = None,
    level: float = 0.95,
) -> OverrideOutcomes:
    """Compare defaults of overridden customers with what their grades said.

    Parameters
    ----------
    is_bad : array-like of shape (n_customers,)
        1 for bad, 0 for good, in the time after the decisions.
    grade_before, grade_after : Series or array-like of str, shape (n_customers,)
        Grades of the model, and after the overrides; of all customers, those that were not
        overridden too, and of none who was in default.
    scale : GradeScale or MasterScale
        Says which grade is above which.
    prob_default : mapping of str to float, optional
        Probability of default of each grade, a fraction in [0, 1], over the same time; by default
        those of a MasterScale, and of a GradeScale none.
    level : float, default=0.95
        Confidence level in (0, 1).

    Returns
    -------
    OverrideOutcomes

    Raises
    ------
    InvalidDataError
        Other numbers of rows, another index, unknown grades, customers in default.
    InvalidTargetError
        Outcomes of one class only, or none.
    InvalidParameterError
        A grade without a probability, or one outside [0, 1].

    Notes
    -----
    Overrides add knowledge where customers who were lifted default less often than the grade
    *before* says (`against_before` is "lower"), those who were lowered more often, and the AUC of
    the grades rises. The AUC is that of places on the scale, the pairs of one grade at one half;
    the difference is tested as paired (:func:`creditscore.metrics.auc_difference`). Customers who
    were refused because of a high-side override have no outcome, so that this is a sample of
    those who were accepted.

    Examples
    --------
    >>> from creditscore import GradeScale
    >>> from creditscore.grade import override_outcomes
    >>> scale = GradeScale(labels=("A", "B"), bounds=(0.10,))
    >>> before = ["B"] * 80 + ["A"] * 20
    >>> after = ["A"] * 40 + ["B"] * 40 + ["A"] * 20
    >>> is_bad = [1] + [0] * 39 + [1] * 8 + [0] * 32 + [1] + [0] * 19
    >>> found = override_outcomes(is_bad, before, after, scale, prob_default={"A": 0.03, "B": 0.2})
    >>> found.table()[["direction", "observed", "predicted_before", "against_before"]].head(1)
      direction  observed  predicted_before against_before
    0        up     0.025               0.2          lower
    """
    check_real(level, "level", _OWNER, low=0, high=1)
    check_same_rows(is_bad=is_bad, grade_before=grade_before, grade_after=grade_after)
    ranks = ranks_of(scale, _OWNER)
    before, after = (_ranks(column, ranks, scale) for column in (grade_before, grade_after))
    if len(before) != len(after):
        msg = f"There are {len(before)} grades before and {len(after)} after. Give the same rows."
        raise InvalidDataError(msg)
    if not len(before):
        msg = "There are no customers, so there are no outcomes."
        raise EmptyDataError(msg)
    bad = check_outcomes(is_bad, n_rows=len(before), beside="grade_before")
    if prob_default is None and isinstance(scale, MasterScale):
        prob_default = dict(zip(scale.labels, scale.prob_default, strict=True))
    rates = _read_rates(prob_default, ranks, np.union1d(before, after))
    rows = {
        "up": after < before,
        "down": after > before,
        "none": after == before,
        "all": np.ones(len(before), dtype=bool),
    }
    found = [
        _line(name, bad[kept], rates[before[kept]], rates[after[kept]], level)
        for name, kept in rows.items()
    ]
    # a higher score is safer, and the first place of the scale is the safest
    auc = auc_difference(bad, -before.astype(np.float64), -after.astype(np.float64), level=level)
    return OverrideOutcomes(rates=pd.DataFrame(found), auc=auc, level=level)


def _ranks(grades: Any, ranks: Mapping[str, int], scale: GradeLadder) -> np.ndarray[Any, Any]:
    found = read_grades(grades, ranks)
    if scale.default_label in found and scale.default_label not in scale.labels:
        row = found.index(scale.default_label)
        msg = (
            f"The customer at row {row} is in default ({scale.default_label!r}) already, and so "
            "has no outcome to foretell. Leave out all who were in default at the start."
        )
        raise InvalidDataError(msg)
    return np.array([ranks[grade] for grade in found], dtype=np.intp)


def _read_rates(
    prob_default: Mapping[str, float] | None, ranks: Mapping[str, int], used: Any
) -> Float1D:
    """Return the probability of each grade by its place, NaN where none is needed or known."""
    rates = np.full(len(ranks), np.nan)
    if prob_default is None:
        return rates
    names = list(ranks)
    for place in used.tolist():
        if names[place] not in prob_default:
            msg = (
                f"The 'prob_default' parameter of {_OWNER} has no probability of the grade "
                f"{names[place]!r}, which customers have. It has: {', '.join(prob_default)}."
            )
            raise InvalidParameterError(msg)
        value = prob_default[names[place]]
        rates[place] = check_real(value, "prob_default", _OWNER, low=0, high=1, closed="both")
    return rates


def _line(
    direction: str, bad: Bool1D, before: Float1D, after: Float1D, level: float
) -> dict[str, Any]:
    n, n_bad = len(bad), int(bad.sum())
    lower, upper = (float(end) for end in jeffreys_interval(n_bad, n, level=level))
    predicted = [float(rates.mean()) if n else np.nan for rates in (before, after)]
    return {
        "direction": direction,
        "count": n,
        "n_bad": n_bad,
        "observed": n_bad / n if n else np.nan,
        "observed_lower": lower if n else np.nan,
        "observed_upper": upper if n else np.nan,
        "predicted_before": predicted[0],
        "predicted_after": predicted[1],
        "against_before": _against(predicted[0], lower, upper),
        "against_after": _against(predicted[1], lower, upper),
    }


def _against(predicted: float, lower: float, upper: float) -> str:
    """Say whether customers defaulted less or more often than predicted."""
    if np.isnan(predicted):
        return ""
    if predicted > upper:
        return "lower"
    return "higher" if predicted < lower else "as predicted"
