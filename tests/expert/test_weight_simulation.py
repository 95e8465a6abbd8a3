"""All weights at once: draws around those given, ranks, grades, the spread of scores."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.expert import PairwiseComparison, SimulationDisplay, Weights, WeightSensitivity

BOUNDS, LABELS = (60.0, 50.0), ("A", "B", "C")


def sensitivity(n: int = 6, k: int = 4, seed: int = 0) -> WeightSensitivity:
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.uniform(0, 100, (n, k)), columns=list("abcdefgh"[:k]))
    amounts = dict(zip(table, rng.integers(1, 10, k).tolist(), strict=True))
    return WeightSensitivity.of(table, Weights.of(amounts), bounds=BOUNDS, labels=LABELS)


def consistent(weights: Weights) -> pd.DataFrame:
    values = weights.array()
    names = list(weights.names)
    return pd.DataFrame(values[:, None] / values[None], index=names, columns=names)


# --- draws ---------------------------------------------------------------------------


def test_dirichlet_has_the_mean_and_the_spread_that_are_stated() -> None:
    found = sensitivity().simulate(concentration=30, n_draws=40_000)
    w = found.weights
    target = sensitivity().weights.array()
    np.testing.assert_allclose(w.sum(axis=1), 1)
    np.testing.assert_allclose(w.mean(axis=0), target, atol=0.003)
    np.testing.assert_allclose(w.std(axis=0), np.sqrt(target * (1 - target) / 31), rtol=0.02)


def test_two_criteria_against_the_beta_distribution() -> None:
    """With two criteria, the share of draws with the same first is a beta probability."""
    table = pd.DataFrame({"money": [90, 60], "staff": [50, 70]})
    found = WeightSensitivity.of(table, Weights.of({"money": 0.5, "staff": 0.5}), bounds=[70])
    draws = found.simulate(concentration=20, n_draws=100_000, random_state=3)
    # the first customer is ahead where the weight of money is above 0.4
    expected = beta(10, 10).sf(0.4)
    assert draws.share_same_winner == pytest.approx(expected, abs=0.005)
    assert draws.share_same_order == draws.share_same_winner
    shares = [[expected, 1 - expected], [1 - expected, expected]]
    np.testing.assert_allclose(draws.rank_shares, shares, atol=0.005)
    # 50 + 40 t is 70 or more where t is 0.5 or more
    np.testing.assert_allclose(draws.grade_shares[0], [0.5, 0.5], atol=0.005)
    np.testing.assert_allclose(
        draws.quantiles[0], 50 + 40 * beta(10, 10).ppf([0.05, 0.5, 0.95]), atol=0.15
    )


def test_judgements_have_the_spread_that_is_stated() -> None:
    """With two criteria, ln(w1 / w2) is the one judgement's logarithm itself."""
    table = pd.DataFrame({"a": [1], "b": [2]})
    found = WeightSensitivity.of(table, Weights.of({"a": 3, "b": 1}))
    draws = found.simulate_judgements([[1, 3], [1 / 3, 1]], noise=0.25, n_draws=40_000)
    ratio = np.log(draws.weights[:, 0] / draws.weights[:, 1])
    assert ratio.mean() == pytest.approx(math.log(3), abs=0.006)
    assert ratio.std() == pytest.approx(0.25, rel=0.02)


def test_judgements_are_geometric_means_of_disturbed_rows() -> None:
    found = sensitivity()
    matrix = consistent(found.weights)
    draws = found.simulate_judgements(matrix, noise=0.3, n_draws=5, random_state=8)
    rng = np.random.default_rng(8)
    for drawn in draws.weights:
        disturbed = matrix.to_numpy().copy()
        for (i, j), z in zip(
            zip(*np.triu_indices(4, 1), strict=True), rng.standard_normal(6), strict=True
        ):
            disturbed[i, j] *= math.exp(0.3 * z)
            disturbed[j, i] = 1 / disturbed[i, j]
        means = disturbed.prod(axis=1) ** 0.25
        np.testing.assert_allclose(drawn, means / means.sum(), rtol=1e-12)


def test_a_frame_of_judgements_goes_by_name() -> None:
    found = sensitivity()
    matrix = consistent(found.weights)
    turned = matrix.iloc[::-1, ::-1]
    one = found.simulate_judgements(matrix, noise=0.2, n_draws=50)
    other = found.simulate_judgements(turned, noise=0.2, n_draws=50)
    np.testing.assert_array_equal(one.weights, other.weights)
    comparison = PairwiseComparison.from_matrix(turned)
    third = found.simulate_judgements(comparison, noise=0.2, n_draws=50)
    np.testing.assert_allclose(third.weights, one.weights, rtol=1e-12)
    partial = PairwiseComparison.from_judgements({("a", "b"): 2, ("b", "c"): 1, ("c", "d"): 1})
    with pytest.raises(InvalidDataError, match=r"completed\(\).*6 missing"):
        found.simulate_judgements(partial, noise=0.2)


def test_the_same_seed_gives_the_same_draws() -> None:
    found = sensitivity()
    one, other = (found.simulate(n_draws=50, random_state=4).weights for _ in range(2))
    np.testing.assert_array_equal(one, other)
    rng = np.random.default_rng(4)
    np.testing.assert_array_equal(found.simulate(n_draws=50, random_state=rng).weights, one)
    assert not np.array_equal(found.simulate(n_draws=50, random_state=rng).weights, one)


# --- counts --------------------------------------------------------------------------


@settings(max_examples=25)
@given(n=st.integers(1, 8), seed=st.integers(0, 2**31))
def test_counts_are_those_of_a_plain_loop(n: int, seed: int) -> None:
    found = sensitivity(n, 3, seed)
    draws = found.simulate(n_draws=40, concentration=5, random_state=seed, n_ranks=3)
    scores = draws.weights @ found.subscores.T
    ranks = 1 + (scores[:, None, :] > scores[:, :, None] + 1e-9).sum(axis=2)
    for rank in range(min(n, 3)):
        np.testing.assert_allclose(draws.rank_shares[:, rank], (ranks == rank + 1).mean(axis=0))
    grades = [[sum(s < b for b in BOUNDS) for s in row] for row in scores]
    for place in range(3):
        shares = (np.array(grades) == place).mean(axis=0)
        np.testing.assert_allclose(draws.grade_shares[:, place], shares)
    np.testing.assert_allclose(draws.mean, scores.mean(axis=0))
    np.testing.assert_allclose(draws.sd, scores.std(axis=0), atol=1e-9)
    winner = int(found.scores.argmax())
    assert draws.share_same_winner == pytest.approx((ranks[:, winner] == 1).mean())
    order = np.argsort(-found.scores.to_numpy())
    same = (np.diff(scores[:, order], axis=1) <= 1e-9).all(axis=1)
    assert draws.share_same_order == pytest.approx(same.mean())


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from creditscore.expert._sensitivity import _weight_draws, _weight_simulation

    found = sensitivity(9)
    matrix = consistent(found.weights)
    whole = found.simulate_judgements(matrix, noise=0.4, n_draws=101)
    monkeypatch.setattr(_weight_simulation, "_BLOCK", 20)
    monkeypatch.setattr(_weight_draws, "_BLOCK", 20)
    parts = found.simulate_judgements(matrix, noise=0.4, n_draws=101)
    pd.testing.assert_frame_equal(parts.table(), whole.table())
    np.testing.assert_allclose(parts.rank_shares, whole.rank_shares)
    np.testing.assert_allclose(parts.grade_shares, whole.grade_shares)
    assert parts.share_same_order == whole.share_same_order


def test_more_concentration_leaves_more_as_it_is() -> None:
    found = sensitivity(10, seed=2)
    shares = [
        found.simulate(concentration=c, n_draws=4000).share_same_order for c in (5, 100, 1e10)
    ]
    assert shares[0] < shares[1] < shares[2] == 1.0


def test_tables_name_customers_ranks_and_grades() -> None:
    table = pd.DataFrame({"a": [90, 10, 10], "b": [80, 20, 20]}, index=["x", "y", "z"])
    found = WeightSensitivity.of(
        table, Weights.of({"a": 1, "b": 1}), bounds=[50], labels=["A", "B"]
    )
    draws = found.simulate(n_draws=100)
    assert draws.rank_table().loc[["y", "z"], 2].tolist() == [1.0, 1.0]
    assert draws.grade_table().to_numpy().tolist() == [[1, 0], [0, 1], [0, 1]]
    rows = draws.table()
    assert rows["rank"].tolist() == [1, 2, 2]
    assert rows["share_same_grade"].tolist() == [1, 1, 1]
    assert repr(draws) == (
        "WeightSimulation(3 customers, 100 draws (Dirichlet, concentration 100): the same first in "
        "100.0 %, the same order in 100.0 %)"
    )
    assert "share_same_grade" in draws._repr_html_()
    plain = WeightSensitivity.of(table, Weights.of({"a": 1, "b": 1})).simulate(n_draws=10)
    assert plain.grade_shares.shape == (3, 0)
    assert "grade" not in plain.table()
    with pytest.raises(InvalidParameterError, match="give the bounds"):
        plain.grade_table()


def test_a_weight_of_zero_stays_zero() -> None:
    table = pd.DataFrame({"a": [1, 2], "b": [3, 1], "c": [9, 9]})
    found = WeightSensitivity.of(table, Weights.of({"a": 1, "b": 1, "c": 0}))
    assert (found.simulate(n_draws=200).weights[:, 2] == 0).all()


@pytest.mark.parametrize("seed", range(5))
def test_a_score_that_no_weight_moves_keeps_its_grade_at_a_bound(seed: int) -> None:
    amounts = np.random.default_rng(seed).integers(1, 10, 7).tolist()
    weights = Weights.of(dict(zip("abcdefg", amounts, strict=True)))
    table = pd.DataFrame({name: [80.0, 70.0] for name in "abcdefg"})
    draws = WeightSensitivity.of(table, weights, bounds=[80, 70]).simulate(n_draws=300)
    assert draws.grades == ("1", "2")
    assert draws.table()["share_same_grade"].tolist() == [1, 1]


# --- errors --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("concentration", 0), ("concentration", math.inf), ("n_draws", 0), ("n_draws", 1.5),
        ("n_ranks", 0), ("random_state", -1), ("random_state", None),
    ],
)  # fmt: skip
def test_settings_are_refused(name: str, value: Any) -> None:
    with pytest.raises(InvalidParameterError, match=f"'{name}' parameter"):
        sensitivity().simulate(**{name: value})


@pytest.mark.parametrize(
    ("matrix", "error", "match"),
    [
        ([[1, 2], [0.5, 1]], InvalidDataError, "must have 4 rows"),
        (np.full((4, 4), math.nan), InvalidDataError, "none missing"),
        (np.full((4, 4), 2.0), InvalidDataError, "must be reciprocal"),
        (np.ones((4, 4)), InvalidDataError, "in the order of the weights"),
        (pd.DataFrame(np.ones((4, 4))), InvalidParameterError, "matrix"),
    ],
)
def test_matrices_are_refused(matrix: Any, error: type[Exception], match: str) -> None:
    table = pd.DataFrame(np.eye(4), columns=list("abcd"))
    found = WeightSensitivity.of(table, Weights.of({"a": 7, "b": 1, "c": 1, "d": 1}))
    with pytest.raises(error, match=match):
        found.simulate_judgements(matrix, noise=0.2)


def test_noise_must_be_above_zero() -> None:
    found = sensitivity()
    with pytest.raises(InvalidParameterError, match="'noise' parameter"):
        found.simulate_judgements(consistent(found.weights), noise=0)


# --- picture -------------------------------------------------------------------------


def test_display_draws_the_highest_scores() -> None:
    draws = sensitivity(12).simulate(n_draws=200)
    display = SimulationDisplay.from_simulation(draws, n_customers=5)
    frame = display.frame()
    assert frame["score"].tolist() == sorted(draws.scores, reverse=True)[:5]
    assert repr(display).startswith("<SimulationDisplay: 5 of 12 customers")
    ax = display.plot().ax_
    assert ax.get_title(loc="left") == "Scores under drawn weights, the 5 highest of 12"
    segments = ax.collections[0].get_segments()
    np.testing.assert_allclose([s[0][0] for s in segments], frame["low"])
    np.testing.assert_allclose([s[1][0] for s in segments], frame["high"])
    said = [text.get_text() for text in ax.texts]
    assert sum(" in " in text for text in said) == 5


def test_display_names_the_grades_between_bounds_in_sight() -> None:
    table = pd.DataFrame({"a": [72.0, 48.0], "b": [68.0, 52.0]})
    weights = Weights.of({"a": 1, "b": 1})
    found = WeightSensitivity.of(table, weights, bounds=[90, 60, 20], labels=["A", "B", "C", "D"])
    ax = SimulationDisplay.from_simulation(found.simulate(n_draws=100)).plot().ax_
    assert [t.get_text() for t in ax.texts if " in " not in t.get_text()] == ["B", "C"]
    ungraded = WeightSensitivity.of(table, weights).simulate(n_draws=100)
    ax = SimulationDisplay.from_simulation(ungraded).plot().ax_
    assert [t.get_text() for t in ax.texts] == ["first in 100 %", "first in 0 %"]


def test_display_refuses() -> None:
    draws = sensitivity().simulate(n_draws=10)
    with pytest.raises(InvalidParameterError, match="'n_customers' parameter"):
        SimulationDisplay.from_simulation(draws, n_customers=0)
    with pytest.raises(InvalidParameterError, match="'simulation' parameter"):
        SimulationDisplay.from_simulation(draws.table())  # type: ignore[arg-type]
