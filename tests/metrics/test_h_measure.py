"""The H-measure against the R package's conventions and against integration."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta

from creditscore.exceptions import InvalidParameterError
from creditscore.metrics import h_measure

Scores = tuple[np.ndarray, np.ndarray]

IS_BAD = np.array([1, 1, 0, 1, 1, 0, 1, 1, 1, 0])
PROB = np.array([0.84901876, 0.10282827, 0.43752488, 0.46004468, 0.90878931, 0.79177719, 0.5297229,
                 0.13803906, 0.73166264, 0.22959056])  # fmt: skip
"""Example of the documentation of the PyPI package hmeasure 0.1.6, a translation of R's."""


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        (7 / 3, 0.18889596344769588),
        (0.7, 0.13502616807120948),
        (None, 0.18310946512079307),
        (0.1, 0.001212529211507385),
    ],
)
def test_published_example(severity: float | None, expected: float) -> None:
    # h_score(y_true, y_pred, severity_ratio=…); a negative ratio is the Beta of 2014
    assert h_measure(IS_BAD, -PROB, severity=severity) == pytest.approx(expected, rel=1e-11)


def integrated(is_bad: np.ndarray, score: np.ndarray, a: float, b: float) -> float:
    """Find the best cut-off for each cost, and integrate."""
    cuts = np.append(np.unique(score), np.inf)
    good_lost = np.array([((score < cut) & (is_bad == 0)).mean() for cut in cuts])
    bad_lost = np.array([((score >= cut) & (is_bad == 1)).mean() for cut in cuts])
    rate = is_bad.mean()
    with np.errstate(invalid="ignore"):
        breaks = np.add.outer(bad_lost, -bad_lost) / (
            np.add.outer(bad_lost, -bad_lost) - np.add.outer(good_lost, -good_lost)
        )
    points = np.unique(np.concatenate([breaks[(breaks > 0) & (breaks < 1)], [0.0, rate, 1.0]]))
    density = beta(a, b).pdf

    def mean(loss: Callable[[float], float]) -> float:
        return sum(
            quad(lambda c: loss(c) * density(c), low, high, epsabs=1e-11)[0]
            for low, high in pairwise(points)
        )

    lost = mean(lambda c: (c * good_lost + (1 - c) * bad_lost).min())
    return 1 - lost / mean(lambda c: min(c * (1 - rate), (1 - c) * rate))


def small_sample(seed: int) -> Scores:
    rng = np.random.default_rng(seed)
    is_bad = np.append([0, 1], rng.random(10) < 0.4).astype(int)
    return is_bad, np.round(rng.normal(size=12) - is_bad)


@pytest.mark.parametrize("seed", range(4))
def test_integration(seed: int) -> None:
    is_bad, score = small_sample(seed)
    rate = is_bad.mean()
    expected = integrated(is_bad, score, 1 + rate, 2 - rate)
    assert h_measure(is_bad, score) == pytest.approx(expected, abs=1e-8)
    expected = integrated(is_bad, score, 2, 2)
    assert h_measure(is_bad, score, shape=(2, 2)) == pytest.approx(expected, abs=1e-8)


rows = st.lists(st.tuples(st.booleans(), st.integers(-3, 3), st.integers(0, 3)), max_size=25)


@settings(deadline=None)
@given(rows=rows, severity=st.one_of(st.none(), st.floats(0.05, 20)))
def test_laws(rows: list, severity: float | None) -> None:
    is_bad, score, weight = map(np.array, zip((True, 0, 1), (False, 1, 1), *rows, strict=True))
    found = h_measure(is_bad, score, severity=severity, sample_weight=weight)
    assert 0 <= found <= 1
    # a higher score is safer, and how much higher is nothing
    assert h_measure(is_bad, np.exp(score), severity=severity, sample_weight=weight) == found
    written = h_measure(np.repeat(is_bad, weight), np.repeat(score, weight), severity=severity)
    assert written == pytest.approx(found, abs=1e-12)
    assert h_measure(is_bad, 1 - is_bad, severity=severity, sample_weight=weight) == 1
    tied = h_measure(is_bad, 0 * score, severity=severity, sample_weight=weight)
    assert tied == pytest.approx(0, abs=1e-12)


def test_the_default_severity_of_r_is_a_ratio_of_counts() -> None:
    rate = IS_BAD.mean()
    ratio = rate / (1 - rate)
    expected = h_measure(IS_BAD, -PROB, shape=(2, 1 + 1 / ratio))
    assert h_measure(IS_BAD, -PROB, severity=ratio) == pytest.approx(expected, rel=1e-14)


def test_a_score_the_wrong_way_round_saves_nothing() -> None:
    assert h_measure([1, 1, 0, 0], [4, 3, 2, 1]) == 0


def test_errors() -> None:
    y, s = [1, 0], [1, 2]
    with pytest.raises(InvalidParameterError, match="Give one of them"):
        h_measure(y, s, severity=1, shape=(2, 2))
    with pytest.raises(InvalidParameterError, match="'severity' parameter of h_measure"):
        h_measure(y, s, severity=-1)
    with pytest.raises(InvalidParameterError, match="must be two numbers"):
        h_measure(y, s, shape=(2,))
    with pytest.raises(InvalidParameterError, match="'shape' parameter of h_measure"):
        h_measure(y, s, shape=(2, 0))
