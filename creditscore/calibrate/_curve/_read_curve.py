"""Curves by what files call them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from creditscore.calibrate._curve._beta import BetaCurve
from creditscore.calibrate._curve._constant import ConstantCurve
from creditscore.calibrate._curve._curve import CalibrationCurve
from creditscore.calibrate._curve._isotonic import IsotonicCurve
from creditscore.calibrate._curve._logistic import LogisticCurve
from creditscore.calibrate._quasi_moment._curve import QuasiMomentCurve

_CURVES: dict[str, Any] = {
    curve.kind: curve
    for curve in (LogisticCurve, BetaCurve, IsotonicCurve, QuasiMomentCurve, ConstantCurve)
}


def read_curve(content: Mapping[str, Any]) -> CalibrationCurve:
    """Read back what :meth:`CalibrationCurve.content` gave."""
    given = dict(content)
    curve: CalibrationCurve = _CURVES[given.pop("kind")](**given)
    return curve
