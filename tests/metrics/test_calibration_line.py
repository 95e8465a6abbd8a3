"""Cox's calibration line against R's glm."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from scipy.stats import chi2

from creditscore.exceptions import InvalidDataError, InvalidTargetError, InvalidWeightError
from creditscore.metrics import CalibrationLine, calibration_line

AM = np.repeat([1, 0, 1, 0, 1], [3, 14, 3, 5, 7])
"""Gear box of R's mtcars."""
PROB = np.array([
    *(0.6738, 0.5126, 0.7698, 0.2518, 0.1333, 0.1257, 0.0912, 0.2687, 0.2971, 0.1333, 0.1333),
    *(0.0303, 0.0591, 0.0522, 0.0201, 0.02, 0.0201, 0.7883, 0.8169, 0.8125, 0.7344, 0.1054),
    *(0.1352, 0.0455, 0.0451, 0.8088, 0.7949, 0.8179, 0.2827, 0.5878, 0.0912, 0.5811),
])  # fmt: skip
"""0.8 p + 0.02, rounded, with p of glm(am ~ wt, binomial, mtcars)."""


@pytest.fixture(scope="module")
def line() -> CalibrationLine:
    return calibration_line(AM, PROB)


# --- reference: R 4.2.2, glm of binomial, am ~ qlogis(PROB) and am ~ offset(qlogis(PROB)),
# with glm.control(epsilon = 1e-15): by default its errors are those of the step before ----


def test_estimates_of_r(line: CalibrationLine) -> None:
    errors = [(part.upper - part.lower) / 2 / 1.959963984540054
              for part in (line.intercept, line.slope, line.in_the_large)]  # fmt: skip
    assert line.intercept.estimate == pytest.approx(0.792067502719283, rel=1e-9)
    assert line.slope.estimate == pytest.approx(1.486836940673406, rel=1e-9)
    assert line.in_the_large.estimate == pytest.approx(0.461474682510295, rel=1e-9)
    expected = [0.670245212956342, 0.464791867143325, 0.48099673879285]
    assert errors == pytest.approx(expected, rel=1e-7)


def test_likelihood_ratios_of_r(line: CalibrationLine) -> None:
    # log-likelihoods at (0, 1), at (in the large, 1) and of the line
    given_line, large, best = -10.843421454386, -10.388555485032, -9.673948925583
    assert line.test.statistic == pytest.approx(2 * (best - given_line), rel=1e-9)
    assert line.in_the_large_test.statistic == pytest.approx(2 * (large - given_line), rel=1e-9)
    assert line.slope_test.statistic == pytest.approx(2 * (best - large), rel=1e-9)
    # pchisq(…, df, lower.tail = FALSE)
    assert line.test.p_value == pytest.approx(np.exp(given_line - best), rel=1e-9)
    for test in (line.in_the_large_test, line.slope_test):
        assert test.df == 1
        assert test.p_value == pytest.approx(chi2(1).sf(test.statistic), rel=1e-9)
    assert (line.test.df, line.test.n) == (2, 32)


# --- laws ------------------------------------------------------------------------------


@settings(deadline=None, max_examples=30)
@given(shift=st.floats(-2, 2), slope=st.floats(0.4, 2.5))
def test_what_was_bent_is_found(shift: float, slope: float) -> None:
    line = calibration_line(AM, PROB)
    bent = calibration_line(AM, expit(shift + slope * logit(PROB)))
    found = bent.slope.estimate * slope
    assert found == pytest.approx(line.slope.estimate, rel=1e-6)
    intercept = bent.intercept.estimate + bent.slope.estimate * shift
    assert intercept == pytest.approx(line.intercept.estimate, rel=1e-5)
    both = bent.in_the_large_test.statistic + bent.slope_test.statistic
    assert both == pytest.approx(bent.test.statistic, rel=1e-9)


def test_the_fitted_line_is_perfect(line: CalibrationLine) -> None:
    fitted = expit(line.intercept.estimate + line.slope.estimate * logit(PROB))
    again = calibration_line(AM, fitted)
    assert again.slope.estimate == pytest.approx(1, abs=1e-6)
    assert again.intercept.estimate == pytest.approx(0, abs=1e-6)
    assert again.in_the_large.estimate == pytest.approx(0, abs=1e-6)
    assert again.test.p_value == pytest.approx(1, abs=1e-6)


def test_a_weight_is_a_row_written_out() -> None:
    weight = np.arange(32) % 3
    weighted = calibration_line(AM, PROB, sample_weight=weight)
    written = calibration_line(np.repeat(AM, weight), np.repeat(PROB, weight))
    assert weighted.slope == pytest.approx(written.slope, rel=1e-7)
    assert weighted.in_the_large == pytest.approx(written.in_the_large, rel=1e-7)
    assert weighted.test.statistic == pytest.approx(written.test.statistic, rel=1e-9)
    assert weighted.test.n == written.test.n == weight.sum()


def test_in_the_large_matches_the_bad_rate(line: CalibrationLine) -> None:
    moved = expit(line.in_the_large.estimate + logit(PROB))
    assert moved.mean() == pytest.approx(AM.mean(), rel=1e-9)


def test_repr(line: CalibrationLine) -> None:
    assert repr(line) == (
        "<CalibrationLine: slope 1.487 (0.576 to 2.398), intercept 0.792 (-0.522 to 2.106); "
        "p = 0.3105>"
    )


# --- errors ----------------------------------------------------------------------------


def test_sure_probabilities() -> None:
    with pytest.raises(InvalidDataError, match=r"0 or 1 in 2 case\(s\), the first at row 1 \(0\)"):
        calibration_line([0, 0, 1, 1], [0.1, 0.0, 1.0, 0.4])


def test_constant_probability() -> None:
    with pytest.raises(InvalidDataError, match="the same for all cases"):
        calibration_line([0, 0, 1, 1], [0.3] * 4)


def test_separation() -> None:
    with pytest.raises(InvalidDataError, match="parts goods and bads without error"):
        calibration_line([0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4])


def test_other_errors() -> None:
    with pytest.raises(InvalidTargetError, match="one class"):
        calibration_line([0, 0], [0.1, 0.2])
    with pytest.raises(InvalidDataError, match="a percentage is divided by 100"):
        calibration_line([0, 1], [10, 20])
    with pytest.raises(InvalidWeightError, match="counts of rows"):
        calibration_line([0, 1, 1], [0.1, 0.2, 0.1], sample_weight=[1, 0.5, 1])
