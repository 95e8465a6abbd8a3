"""Weights that are computed from data: published figures, other libraries, laws, edges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from creditscore.exceptions import (
    ColumnTypeError,
    ConstantColumnWarning,
    EmptyDataError,
    InfiniteValueError,
    InvalidDataError,
    InvalidParameterError,
)
from creditscore.expert import (
    Weights,
    component_weights,
    critic_weights,
    entropy_weights,
    variation_weights,
)

Method = Callable[[Any], Weights]

# Elsayed et al. 2017, as in the tests of pymcdm; the weights are printed there
ELSAYED = [
    [7, 312, 1891, 6613, 163],
    [72, 88, 728, 941804, 1078],
    [10, 252, 2594, 3466, 117471],
    [10, 145, 980, 2371, 86329],
    [65, 54, 350, 501, 29897],
    [29, 48, 380, 912, 34051],
    [7, 476, 3300, 78470, 2212],
    [70, 87, 650, 733, 819000],
    [4, 86, 591, 3015, 103],
    [12, 79, 579, 3240, 96098],
    [21, 45, 261, 1253, 453],
    [1, 72, 530, 4333, 0.1048],
]
# Tuş and Aytaç Adalı 2019
TUS_ADALI = [
    [5000, 3, 3, 4, 3, 2],
    [680, 5, 3, 2, 2, 1],
    [2000, 3, 2, 3, 4, 3],
    [600, 4, 3, 1, 2, 2],
    [800, 2, 4, 3, 3, 4],
]

ALL = (entropy_weights, critic_weights, variation_weights, component_weights)
all_methods = pytest.mark.parametrize("method", ALL)
random_tables = pytest.mark.parametrize("seed", range(5))

tables = st.tuples(st.integers(4, 10), st.integers(2, 5)).flatmap(
    lambda shape: arrays(
        np.float64, shape, elements=st.integers(1, 1000).map(float)
    ).filter(lambda x: bool((x.max(axis=0) > x.min(axis=0)).all()))
)  # fmt: skip


def weights_or_none(method: Method, table: Any) -> Weights | None:
    """Weigh, but for tables whose columns all rise and fall together, which CRITIC refuses."""
    unit = (table - table.min(axis=0)) / (table.max(axis=0) - table.min(axis=0))
    if method is critic_weights and np.allclose(unit, unit[:, :1], atol=1e-6):
        return None
    return method(table)


# --- reference -----------------------------------------------------------------------


def test_entropy_of_elsayed() -> None:
    weights = entropy_weights(ELSAYED)
    np.testing.assert_allclose(
        weights.array(), [0.104991, 0.069124, 0.071373, 0.449937, 0.304575], atol=5e-7
    )
    entropy = list(weights.evidence["entropy"].values())
    np.testing.assert_allclose(entropy, [0.807441, 0.873223, 0.869097, 0.174789, 0.441391],
                               atol=6e-7)  # fmt: skip


def test_entropy_of_two_cases() -> None:
    # the documentation of scikit-criteria
    np.testing.assert_allclose(
        entropy_weights([[1, 2], [4, 16]]).array(), [0.358889, 0.641111], atol=5e-7
    )


def test_zero_times_its_logarithm_is_zero() -> None:
    # shares (1, 0) have entropy 0; shares (1/4, 3/4) have 0.8112781 bits of one
    evidence = entropy_weights(pd.DataFrame({"a": [3, 0], "b": [1, 3]})).evidence
    assert evidence["entropy"]["a"] == 0
    assert evidence["entropy"]["b"] == pytest.approx(0.8112781244591328, rel=1e-12)


def test_critic_of_tus_and_adali() -> None:
    np.testing.assert_allclose(
        critic_weights(TUS_ADALI).array(), [0.157, 0.249, 0.168, 0.121, 0.154, 0.151], atol=5e-4
    )


# --- other implementations -----------------------------------------------------------


def a_table(seed: int) -> Any:
    return np.random.default_rng(seed).lognormal(1, 0.8, size=(6 + 3 * seed, 3 + seed))


@random_tables
def test_entropy_and_critic_agree_with_other_libraries(seed: int) -> None:
    import pymcdm.weights
    from skcriteria.preprocessing import weighters

    x = a_table(seed)
    for theirs in (pymcdm.weights.entropy_weights(x), weighters.entropy_weights(x)):
        np.testing.assert_allclose(entropy_weights(x).array(), theirs, rtol=1e-9)
    for theirs in (
        pymcdm.weights.critic_weights(x),
        weighters.critic_weights(x, [1] * x.shape[1]),
    ):
        np.testing.assert_allclose(critic_weights(x).array(), theirs, rtol=1e-9)


@random_tables
def test_the_contrast_of_critic_is_the_deviation_of_other_libraries(seed: int) -> None:
    import pymcdm.weights
    from skcriteria.preprocessing import weighters

    x = a_table(seed)
    unit = (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0))
    contrast = np.array(list(critic_weights(x).evidence["contrast"].values()))
    shares = contrast / contrast.sum()
    np.testing.assert_allclose(shares, pymcdm.weights.standard_deviation_weights(unit), rtol=1e-9)
    np.testing.assert_allclose(shares, weighters.std_weights(unit), rtol=1e-9)


@random_tables
def test_variation_agrees_with_scipy(seed: int) -> None:
    from scipy.stats import variation

    x = a_table(seed)
    for ddof in (0, 1):
        weights = variation_weights(x, ddof=ddof)
        theirs = variation(x, ddof=ddof)
        found = list(weights.evidence["coefficient_of_variation"].values())
        np.testing.assert_allclose(found, theirs, rtol=1e-10)
        np.testing.assert_allclose(weights.array(), theirs / theirs.sum(), rtol=1e-10)


@random_tables
@pytest.mark.parametrize("share", [None, 0.5, 0.9])
def test_components_agree_with_statsmodels(seed: int, share: float | None) -> None:
    from statsmodels.multivariate.pca import PCA

    x = a_table(seed)
    fit = PCA(x, standardize=True, normalize=False)
    values = fit.eigenvals / len(x)
    n = (
        int((values >= 1).sum()) if share is None
        else 1 + int((np.cumsum(values) / values.sum() < share).sum())
    )  # fmt: skip
    # squared loadings scaled to the sum 1 in each component, by the variance that it explains
    loadings = fit.eigenvecs[:, :n] * np.sqrt(values[:n])
    scaled = loadings**2 / (loadings**2).sum(axis=0)
    theirs = scaled @ (values[:n] / values[:n].sum())
    weights = component_weights(x, variance_share=share)
    np.testing.assert_allclose(weights.array(), theirs, rtol=1e-9)
    np.testing.assert_allclose(weights.evidence["eigenvalues"], values, rtol=1e-9)
    assert weights.evidence["n_components"] == n


# --- laws ----------------------------------------------------------------------------


@settings(deadline=None, max_examples=25)
@given(tables, st.floats(1e-3, 1e3), st.randoms(use_true_random=False))
def test_unit_and_order_do_not_matter(x: Any, unit: float, random: Any) -> None:
    rows, columns = list(range(len(x))), list(range(x.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    for method in ALL:
        weights = weights_or_none(method, x)
        if weights is None:
            continue
        values = weights.array()
        assert values.sum() == pytest.approx(1)
        scaled = x.copy()
        scaled[:, 0] *= unit
        np.testing.assert_allclose(method(scaled).array(), values, atol=1e-7)
        shuffled = method(x[rows][:, columns]).array()
        np.testing.assert_allclose(shuffled, values[columns], atol=1e-7)


@settings(deadline=None, max_examples=25)
@given(tables)
def test_direction_and_zero_do_not_matter_to_components(x: Any) -> None:
    turned = x.copy()
    turned[:, 0] = 7 - turned[:, 0]
    values = component_weights(x).array()
    np.testing.assert_allclose(component_weights(turned).array(), values, atol=1e-7)


@settings(deadline=None, max_examples=25)
@given(tables)
def test_all_components_make_all_indicators_alike(x: Any) -> None:
    values = component_weights(x, variance_share=1).array()
    np.testing.assert_allclose(values, 1 / x.shape[1], atol=1e-7)


def test_a_column_that_hardly_varies_keeps_its_digits() -> None:
    # 1 − E is about the squared coefficient of variation over 2 ln m
    a = np.array([1.0, 1 + 1e-7, 1 - 1e-7, 1.0])
    b = np.array([1.0, 1 + 2e-7, 1 - 2e-7, 1.0])
    np.testing.assert_allclose(
        entropy_weights(np.column_stack([a, b])).array(), [0.2, 0.8], rtol=1e-5
    )


@all_methods
def test_large_and_small_numbers(method: Method) -> None:
    x = np.array([[1.0, 2.0], [4.0, 16.0], [2.0, 9.0], [3.0, 1.0]])
    expected = method(x).array()
    for unit in (1e300, 1e-300):
        np.testing.assert_allclose(method(x * unit).array(), expected, rtol=1e-9)


# --- edges ---------------------------------------------------------------------------


@all_methods
@pytest.mark.parametrize("level", [0.0, 0.1, 5.0])
def test_a_constant_column_has_no_weight_and_changes_nothing(method: Method, level: float) -> None:
    firms = pd.DataFrame({"a": [1.0, 4, 2, 7], "b": [2.0, 16, 9, 1]})
    with pytest.warns(ConstantColumnWarning, match="'flat'.* weight 0"):
        weights = method(firms.assign(flat=level))
    assert weights["flat"] == 0
    np.testing.assert_allclose(weights.array()[:2], method(firms).array(), rtol=1e-12)


@all_methods
def test_nothing_varies(method: Method) -> None:
    with pytest.raises(InvalidDataError, match="Every column holds one value only"):
        method(pd.DataFrame({"a": [1, 1], "b": [2, 2]}))


@all_methods
def test_one_indicator_has_all_the_weight(method: Method) -> None:
    assert method(pd.DataFrame({"a": [1, 2, 4]})).values == (1.0,)
    with pytest.warns(ConstantColumnWarning, match="'flat'"):
        assert method(pd.DataFrame({"a": [1, 2, 4], "flat": 3})).values == (1.0, 0.0)


def test_columns_that_all_rise_together_have_no_conflict() -> None:
    a = np.array([0.1, 0.7, 0.3, 0.35])
    with pytest.raises(InvalidDataError, match="perfectly correlated"):
        critic_weights(np.column_stack([a, 3 * a + 0.1, 7 * a]))
    # beside a column of its own, two that rise together count half each
    weights = critic_weights(np.column_stack([a, 3 * a + 0.1, -a])).array()
    np.testing.assert_allclose(weights, [0.25, 0.25, 0.5], rtol=1e-9)


def test_equal_eigenvalues_are_kept_together() -> None:
    # three columns without correlation: each component is as good as another
    x = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]], dtype=float)
    weights = component_weights(x, variance_share=0.3)
    assert weights.evidence["n_components"] == 3
    np.testing.assert_allclose(weights.array(), 1 / 3)


@all_methods
def test_evidence_is_kept_in_files(method: Method) -> None:
    with pytest.warns(ConstantColumnWarning, match="'flat'"):
        weights = method(pd.DataFrame({"a": [1, 2, 4], "b": [2, 1, 7], "flat": 3}))
    assert Weights.from_json(weights.to_json()) == weights
    assert weights.evidence["n_cases"] == 3


@all_methods
def test_libraries_agree(method: Method) -> None:
    firms = pd.DataFrame({"a": [1.0, 4, 2], "b": [2.0, 16, 1]})
    assert method(pl.from_pandas(firms)) == method(firms)
    assert method(firms.to_numpy()).values == method(firms).values
    assert method(firms.to_numpy()).names == ("x0", "x1")


# --- errors --------------------------------------------------------------------------


@pytest.mark.parametrize("method", [entropy_weights, variation_weights])
def test_negative_numbers_are_to_be_oriented(method: Method) -> None:
    with pytest.raises(InvalidDataError, match=r"'b' has 2 negative.*row 1.*orient\("):
        method(pd.DataFrame({"a": [1, 2, 3], "b": [1, -2, -3]}))


@all_methods
def test_data_that_cannot_be_weighed(method: Method) -> None:
    with pytest.raises(EmptyDataError, match="two rows or more"):
        method(pd.DataFrame({"a": [1], "b": [2]}))
    with pytest.raises(InvalidDataError, match=r"'b' has 1 missing value.*row 1"):
        method(pd.DataFrame({"a": [1, 2], "b": [1, np.nan]}))
    with pytest.raises(InfiniteValueError, match="'b'"):
        method(pd.DataFrame({"a": [1, 2], "b": [1, np.inf]}))
    with pytest.raises(InvalidDataError, match=r"'b' has 2 missing value"):
        method(pd.DataFrame({"a": [1, 2], "b": pd.Series([None, None], dtype=object)}))
    with pytest.raises(ColumnTypeError, match=r"'b' holds other things than numbers: .* as 'x'"):
        method(pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}))


def test_true_and_false_are_one_and_zero() -> None:
    numbers = pd.DataFrame({"a": [1.0, 0.0, 1.0], "b": [1, 2, 4]})
    for dtype in (bool, object):
        words = numbers.assign(a=pd.Series([True, False, True], dtype=dtype))
        assert variation_weights(words) == variation_weights(numbers)


def test_settings_are_checked() -> None:
    with pytest.raises(InvalidParameterError, match="'ddof'"):
        variation_weights([[1, 2], [3, 1]], ddof=2)
    for share in (0, 1.1, "all"):
        with pytest.raises(InvalidParameterError, match="'variance_share'"):
            component_weights([[1, 2], [3, 1]], variance_share=share)  # type: ignore[arg-type]
