"""Series of one index in different orders are not paired by place without a word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from creditscore.calibrate import (
    CalibratedScorecard,
    Calibration,
    CalibrationCurveDisplay,
    LogisticCurve,
    accuracy_ratio_from_pds,
    basel_correlation,
    benjamin_cathcart_ryan,
    default_rate_bound,
    long_run_average,
    pluto_tasche,
    pluto_tasche_table,
    pool_adjacent_violators,
    quasi_moment_matching,
    through_the_cycle_pd,
    vasicek_pd,
)
from creditscore.exceptions import InvalidDataError

LABELS = ["A", "B", "C"]
CUSTOMERS = pd.Series([500, 300, 200], index=LABELS)
DEFAULTS = pd.Series([1, 2, 5], index=LABELS)
PROB = pd.Series([0.002, 0.01, 0.03], index=LABELS)
SHARES = pd.Series([0.5, 0.6, 0.7], index=LABELS)
NAMES = pd.Series(LABELS, index=LABELS)

SCORES = pd.Series(np.linspace(450, 650, 60))
WEIGHTS = pd.Series(np.ones(60))
IS_BAD = pd.Series(np.arange(60) % 3 == 0).astype(int)
CALIBRATION = Calibration(
    curve=LogisticCurve(intercept=12.0, slope=-0.025, covariance=((0.1, 0.0), (0.0, 1e-6))),
    measure="score", philosophy="hybrid",
)  # fmt: skip


def drawn(values: Any, is_bad: Any) -> CalibrationCurveDisplay:
    return CalibrationCurveDisplay.from_calibrations({"one": CALIBRATION}, values, is_bad)


PAIRS: dict[str, tuple[Callable[[Any, Any], Any], pd.Series, pd.Series]] = {
    "implied": (accuracy_ratio_from_pds, PROB, CUSTOMERS),
    "scaled by customers": (lambda p, n: benjamin_cathcart_ryan(p, n, 8), PROB, CUSTOMERS),
    "scaled by defaults": (lambda n, d: benjamin_cathcart_ryan(PROB.to_numpy(), n, d),
                           CUSTOMERS, DEFAULTS),
    "scaled against defaults": (lambda p, d: benjamin_cathcart_ryan(p, CUSTOMERS.to_numpy(), d),
                                PROB, DEFAULTS),
    "bound of defaults": (default_rate_bound, CUSTOMERS, DEFAULTS),
    "bound of levels": (lambda n, c: default_rate_bound(n, 1, confidence=c), CUSTOMERS, SHARES),
    "names of grades": (lambda n, g: pluto_tasche(n, 3 * [1], grades=g), CUSTOMERS, NAMES),
    "names of rows": (lambda n, g: pluto_tasche_table(n, 3 * [1], grades=g), CUSTOMERS, NAMES),
    "weights of years": (lambda n, w: long_run_average(n, 3 * [1], weights=w), CUSTOMERS, SHARES),
    "bad years": (lambda n, b: long_run_average(n, 3 * [1], bad_years=b), CUSTOMERS, SHARES > 0.6),
    "names of years": (lambda n, y: long_run_average(n, 3 * [1], years=y), CUSTOMERS, NAMES),
    "matched": (
        lambda n, g: quasi_moment_matching(n, central_tendency=0.02, accuracy_ratio=0.5, n_good=g),
        pd.Series([400, 400, 400], index=LABELS), CUSTOMERS.clip(upper=400),
    ),
    "correlation": (lambda p, c: vasicek_pd(p, systematic_factor=-1, correlation=c), PROB, SHARES),
    "factor": (lambda p, f: vasicek_pd(p, systematic_factor=f, correlation=0.1), PROB, SHARES),
    "cycle": (lambda p, c: through_the_cycle_pd(p, systematic_factor=-1, correlation=c),
              PROB, SHARES),
    "cycle by both": (lambda f, c: through_the_cycle_pd(0.01, systematic_factor=f, correlation=c),
                      PROB, SHARES),
    "pooled": (lambda v, w: pool_adjacent_violators(v, weights=w), PROB, CUSTOMERS),
    "turnover": (lambda p, t: basel_correlation(p, turnover=t), PROB, CUSTOMERS),
    "curves": (drawn, SCORES, IS_BAD),
    "level": (lambda v, w: CALIBRATION.moved_to(0.03, on=v, sample_weight=w), SCORES, WEIGHTS),
    "margin": (lambda v, w: CALIBRATION.estimation_margin(v, sample_weight=w), SCORES, WEIGHTS),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_other_orders_are_refused(name: str) -> None:
    measured, first, second = PAIRS[name]
    turned = second.iloc[::-1]
    with pytest.raises(InvalidDataError, match="same index in different orders"):
        measured(first, turned)
    # one order is fine, and so are places that are said to be right
    measured(first, second)
    measured(first, second.to_numpy())


@pytest.mark.parametrize("name", ["groups", "periods"])
def test_folds_of_other_orders_are_refused(name: str) -> None:
    table = pd.DataFrame({"x": SCORES})
    column = pd.Series(np.arange(60) // 10)
    with pytest.raises(InvalidDataError, match=f"X and {name} hold the same index in different"):
        CalibratedScorecard(philosophy="hybrid").fit(table, IS_BAD, **{name: column.iloc[::-1]})
