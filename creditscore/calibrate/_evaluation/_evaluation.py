"""How well probabilities of default meet outcomes, one set of them or several side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import html_table
from creditscore._typing import Bool1D, Float1D
from creditscore._validation import as_floats
from creditscore.exceptions import EmptyDataError, InvalidDataError
from creditscore.metrics import (
    BrierDecomposition,
    CalibrationLine,
    brier_decomposition,
    calibration_line,
    expected_calibration_error,
)

FORMATS: dict[str, Any] = {
    "n": "{:,.0f}",
    "n_bad": "{:,.0f}",
    **dict.fromkeys(("predicted", "observed"), "{:.2%}"),
    **dict.fromkeys(("brier_score", "reliability", "resolution", "uncertainty"), "{:.5f}"),
    **dict.fromkeys(("calibration_error", "log_loss"), "{:.4f}"),
    **dict.fromkeys(("slope", "intercept", "in_the_large", "p_value"), "{:.3f}"),
}


@dataclass(frozen=True, kw_only=True, repr=False)
class CalibrationEvaluation:
    """Probabilities of default against outcomes; made by :func:`evaluate_calibration`.

    Attributes
    ----------
    n, n_bad : float
        Cases and bad ones among them, by weight.
    predicted, observed : float
        Mean probability and default rate.
    brier : BrierDecomposition
        The Brier score and its parts.
    calibration_error : float
        Expected calibration error over groups of equal size.
    log_loss : float
        Mean of -ln of the probability of what came true; infinite where that was held impossible.
    line : CalibrationLine or None
        Slope, intercept and calibration in the large with their tests; None where there is no
        such line.
    note : str
        Why there is none, else empty.

    See Also
    --------
    compare_calibrations : Several side by side.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.calibrate import evaluate_calibration
    >>> prob = np.repeat([0.05, 0.2, 0.5], 400)
    >>> is_bad = np.concatenate([np.arange(400) < n for n in (40, 80, 120)])
    >>> evaluate_calibration(is_bad, prob)
    <CalibrationEvaluation: 25.00% for 20.00% bad; slope 0.450, Brier 0.1675, ECE 0.0833>
    """

    n: float
    n_bad: float
    predicted: float
    observed: float
    brier: BrierDecomposition
    calibration_error: float
    log_loss: float
    line: CalibrationLine | None
    note: str

    def frame(self) -> pd.DataFrame:
        """Return the numbers in one row.

        Returns
        -------
        DataFrame
            n, n_bad, predicted, observed, brier_score, reliability, resolution, uncertainty,
            calibration_error, log_loss, slope, intercept, in_the_large, p_value (of slope 1 and
            intercept 0 together), note.
        """
        line = self.line
        numbers = {
            "n": self.n,
            "n_bad": self.n_bad,
            "predicted": self.predicted,
            "observed": self.observed,
            "brier_score": self.brier.brier_score,
            "reliability": self.brier.reliability,
            "resolution": self.brier.resolution,
            "uncertainty": self.brier.uncertainty,
            "calibration_error": self.calibration_error,
            "log_loss": self.log_loss,
            "slope": math.nan if line is None else line.slope.estimate,
            "intercept": math.nan if line is None else line.intercept.estimate,
            "in_the_large": math.nan if line is None else line.in_the_large.estimate,
            "p_value": math.nan if line is None else line.test.p_value,
            "note": self.note,
        }
        return pd.DataFrame([numbers])

    def __repr__(self) -> str:
        """Say in one line the level, the slope and the errors."""
        slope = "not known" if self.line is None else f"{self.line.slope.estimate:.3f}"
        return (
            f"<{type(self).__name__}: {self.predicted:.2%} for {self.observed:.2%} bad; slope "
            f"{slope}, Brier {self.brier.brier_score:.4f}, ECE {self.calibration_error:.4f}>"
        )

    def _repr_html_(self) -> str:
        return html_table(self.frame(), caption="Calibration against outcomes", formats=FORMATS)


def evaluate_calibration(
    is_bad: Any,
    prob_default: Any,
    *,
    n_groups: int = 10,
    sample_weight: Any = None,
    level: float = 0.95,
) -> CalibrationEvaluation:
    """Hold probabilities of default against outcomes that they were not estimated on.

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good; all of one kind is fine.
    prob_default : array-like of shape (n_samples,)
        Fractions in [0, 1].
    n_groups : int, default=10
        Groups of nearly equal size for the calibration error and the parts of the Brier score.
    sample_weight : array-like of shape (n_samples,), optional
        Frequencies, zero or more.
    level : float, default=0.95
        Confidence level of the intervals of the calibration line, in (0, 1).

    Returns
    -------
    CalibrationEvaluation
        Without a calibration line where outcomes are of one kind, where probabilities are all
        the same, 0 or 1, or where weights are no whole numbers; its note says so.

    Raises
    ------
    InvalidTargetError
        Missing outcomes.
    InvalidDataError
        A probability outside [0, 1] or missing.

    Notes
    -----
    The measures are those of :mod:`creditscore.metrics`; their sources are there.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.calibrate import evaluate_calibration
    >>> prob = np.repeat([0.1, 0.2, 0.3], 400)
    >>> is_bad = np.concatenate([np.arange(400) < n for n in (40, 80, 120)])
    >>> round(evaluate_calibration(is_bad, prob).line.slope.estimate, 6)
    1.0
    """
    brier = brier_decomposition(
        is_bad, prob_default, n_groups=n_groups, sample_weight=sample_weight
    )
    error = expected_calibration_error(
        is_bad, prob_default, n_groups=n_groups, sample_weight=sample_weight
    )
    # the measures above have checked all of them
    bad = np.asarray(is_bad).astype(bool)
    prob = as_floats(prob_default, "prob_default")
    weights = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    counts = np.ones(len(bad)) if weights is None else weights
    line, note = None, ""
    try:
        line = calibration_line(is_bad, prob_default, sample_weight=sample_weight, level=level)
    except InvalidDataError as reason:
        note = str(reason)
    return CalibrationEvaluation(
        n=float(counts.sum()),
        n_bad=float(counts @ bad),
        predicted=float(np.average(prob, weights=weights)),
        observed=float(np.average(bad, weights=weights)),
        brier=brier,
        calibration_error=error,
        log_loss=_log_loss(bad, prob, counts),
        line=line,
        note=note,
    )


def compare_calibrations(
    is_bad: Any,
    prob_default: Mapping[str, Any],
    *,
    n_groups: int = 10,
    sample_weight: Any = None,
) -> pd.DataFrame:
    """Hold several sets of probabilities against the same outcomes.

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        As in :func:`evaluate_calibration`.
    prob_default : mapping of str to array-like of shape (n_samples,)
        Probabilities by the name of the calibration that gave them.
    n_groups : int, default=10
        As in :func:`evaluate_calibration`.
    sample_weight : array-like of shape (n_samples,), optional
        As in :func:`evaluate_calibration`.

    Returns
    -------
    DataFrame
        A row a calibration, in the order given: calibration (its name), then the columns of
        :meth:`CalibrationEvaluation.frame`.

    Raises
    ------
    EmptyDataError
        There are no calibrations.
    InvalidTargetError, InvalidDataError, InvalidParameterError
        As in :func:`evaluate_calibration`.

    Examples
    --------
    >>> from creditscore.calibrate import compare_calibrations
    >>> is_bad = [0, 0, 1, 0, 1, 1] * 20
    >>> found = compare_calibrations(
    ...     is_bad, {"raw": [0.1, 0.1, 0.3, 0.2, 0.4, 0.4] * 20, "flat": [0.5] * 120}, n_groups=3
    ... )
    >>> found[["calibration", "predicted", "brier_score", "calibration_error"]].round(3)
      calibration  predicted  brier_score  calibration_error
    0         raw       0.25        0.212              0.317
    1        flat       0.50        0.250              0.000
    """
    check_kind(prob_default, "prob_default", "compare_calibrations", Mapping)
    if not prob_default:
        msg = "There are no calibrations to compare. Pass probabilities by name."
        raise EmptyDataError(msg)
    rows = [
        evaluate_calibration(is_bad, prob, n_groups=n_groups, sample_weight=sample_weight).frame()
        for prob in prob_default.values()
    ]
    table = pd.concat(rows, ignore_index=True)
    table.insert(0, "calibration", [str(name) for name in prob_default])
    return table


def _log_loss(bad: Bool1D, prob: Float1D, counts: Float1D) -> float:
    true = np.where(bad, prob, 1 - prob)
    held = counts > 0
    with np.errstate(divide="ignore"):
        return float(-np.log(true[held]) @ counts[held] / counts.sum())
