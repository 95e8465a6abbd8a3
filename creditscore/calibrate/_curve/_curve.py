"""What all calibration curves are: monotone, from a measured value to a probability of default."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import fields
from typing import Any, ClassVar

import numpy as np

from creditscore._typing import Float1D
from creditscore._validation import check_choice, check_real
from creditscore.calibrate._curve._axis import MEASURES, Measure
from creditscore.exceptions import InvalidDataError, InvalidParameterError, RankingError


class CalibrationCurve(ABC):
    """A monotone function from a score or a raw probability to a probability of default.

    A safer value never gets a higher probability. The curves are :class:`LogisticCurve`,
    :class:`BetaCurve`, :class:`IsotonicCurve`, :class:`QuasiMomentCurve` and
    :class:`ConstantCurve`; a :class:`Calibration` says what a curve is applied to, and what is
    added to it.

    Examples
    --------
    >>> from creditscore.calibrate import CalibrationCurve, LogisticCurve
    >>> isinstance(LogisticCurve(intercept=0.0, slope=1.0), CalibrationCurve)
    True
    """

    kind: ClassVar[str]
    """What files call it."""

    @abstractmethod
    def prob_default(self, values: Float1D, measure: Measure) -> Float1D:
        """Return the probability of default of each value.

        Parameters
        ----------
        values : ndarray
            Finite scores, or fractions.
        measure : {"score", "prob_default"}
            Which of the two they are.

        Returns
        -------
        ndarray of the same shape
            Fractions.

        Raises
        ------
        InvalidParameterError
            Another measure.
        """

    @abstractmethod
    def check(self, measure: Measure) -> None:
        """Refuse a measure that the curve cannot be applied to, or that it would turn round.

        Parameters
        ----------
        measure : {"score", "prob_default"}
            What the curve is to be applied to.
        """

    @abstractmethod
    def describe(self, measure: Measure) -> str:
        """Say in words what the curve is.

        Parameters
        ----------
        measure : {"score", "prob_default"}
            What the curve is applied to.
        """

    def log_odds_error(self, values: Float1D, measure: Measure) -> Float1D:
        """Return the standard error of the log-odds at each value, where the curve knows one.

        Parameters
        ----------
        values : ndarray
            As in :meth:`prob_default`.
        measure : {"score", "prob_default"}
            As in :meth:`prob_default`.

        Returns
        -------
        ndarray of the same shape

        Raises
        ------
        InvalidDataError
            The curve knows no errors of its parameters.
        """
        del values, measure
        msg = (
            f"{type(self).__name__} has no standard errors. Resample the data instead: "
            "bootstrap_interval(calibrate, is_bad, values, at=…)."
        )
        raise InvalidDataError(msg)

    def content(self) -> dict[str, Any]:
        """Return plain values for a file."""
        held = {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]
        return {"kind": self.kind, **{name: _plain(value) for name, value in held.items()}}


def check_measure(measure: str, curve: CalibrationCurve) -> None:
    """Check the measure that a curve is asked with."""
    check_choice(measure, "measure", f"{type(curve).__name__}.prob_default", MEASURES)


def set_floats(curve: Any, name: str) -> Float1D:
    """Turn a sequence of a frozen curve into a tuple of Python's floats; return it as an array."""
    owner = type(curve).__name__
    given = getattr(curve, name)
    if isinstance(given, str) or not isinstance(given, (Sequence, np.ndarray)):
        msg = f"The {name!r} parameter of {owner} must be a tuple of numbers. Got {given!r}."
        raise InvalidParameterError(msg)
    floats = tuple(check_real(v, name, owner, low=-math.inf, high=math.inf) for v in given)
    object.__setattr__(curve, name, floats)
    return np.asarray(floats, dtype=np.float64)


def set_covariance(curve: Any, size: int) -> None:
    """Check the covariance of a frozen curve's parameters: rows of finite numbers, or None."""
    given = curve.covariance
    if given is None:
        return
    try:
        matrix = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        matrix = np.empty(0)
    if matrix.shape != (size, size) or not np.isfinite(matrix).all():
        msg = (
            f"The 'covariance' parameter of {type(curve).__name__} must be {size} rows of {size} "
            f"finite numbers, or None. Got {given!r} instead."
        )
        raise InvalidParameterError(msg)
    object.__setattr__(curve, "covariance", tuple(map(tuple, matrix.tolist())))


def quadratic_form(columns: Float1D, covariance: Any) -> Float1D:
    """Return the standard error of a sum of parameters, each times its column."""
    matrix = np.asarray(covariance, dtype=np.float64)
    variance: Float1D = np.einsum("...i,ij,...j->...", columns, matrix, columns)
    return np.sqrt(np.maximum(variance, 0.0))


def wrong_way(measure: Measure, seen: str) -> RankingError:
    """Return the error about values that rank cases the wrong way round, or not at all."""
    asked, hint = "A higher probability is riskier", ""
    if measure == "score":
        asked = "A higher score is safer"
        hint = (
            "; of a score on which higher is riskier, pass -score, and of probabilities of "
            "default say measure='prob_default'"
        )
    msg = (
        f"{asked}, and among these cases it is the other way round or says nothing: {seen}. Look "
        f"for a {measure} or outcomes that were swapped or turned{hint}. A measure that does not "
        "rank these cases cannot be calibrated."
    )
    return RankingError(msg)


def _plain(value: Any) -> Any:
    return [_plain(part) for part in value] if isinstance(value, tuple) else value
