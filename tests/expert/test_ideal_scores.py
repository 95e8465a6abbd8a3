"""TOPSIS and grey relational scores: classic on their sample, frozen for everybody else."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.exceptions import (
    ColumnTypeError,
    InfiniteValueError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
    RefusedValueError,
)
from creditscore.expert import (
    GreyRelationalScore,
    IdealPoints,
    TopsisScore,
    WeightHierarchy,
    Weights,
)

NORMALISATIONS: list[Any] = ["vector", "min_max"]


def sample(n: int = 12, k: int = 4, seed: int = 0) -> pd.DataFrame:
    values = np.random.default_rng(seed).uniform(0.1, 10, (n, k))
    return pd.DataFrame(values, columns=[f"x{i}" for i in range(k)])


def directions(k: int = 4) -> dict[str, str]:
    return {f"x{i}": "lower" if i % 2 else "higher" for i in range(k)}


def weights(k: int = 4) -> Weights:
    return Weights.of({f"x{i}": i + 1 for i in range(k)})


def classic_grey(
    values: np.ndarray[Any, Any], w: np.ndarray[Any, Any], higher: list[bool], rho: float
) -> np.ndarray[Any, Any]:
    """Write Deng's grade out: min-max normalisation, least and largest difference of the sample."""
    low, high = values.min(axis=0), values.max(axis=0)
    normal = np.where(higher, (values - low) / (high - low), (high - values) / (high - low))
    delta = np.abs(normal.max(axis=0) - normal)
    least, largest = delta.min(), delta.max()
    coefficient = (least + rho * largest) / (delta + rho * largest)
    return np.asarray((coefficient * w).sum(axis=1))


# --- reference -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("normalisation", "expected", "places"),
    [("min_max", [0.5, 0.617, 0.5], 3), ("vector", [0.762141, 0.722178, 0.237859], 6)],
)
def test_reference_of_opricovic_and_tzeng(
    normalisation: Any, expected: list[float], places: int
) -> None:
    """Opricovic and Tzeng (2004): a cost 1, 2, 5 and a benefit 3000, 3750, 4500."""
    table = pd.DataFrame({"x1": [1, 2, 5], "x2": [3000, 3750, 4500]})
    score = TopsisScore.from_sample(
        table,
        Weights.of({"x1": 1, "x2": 1}),
        {"x1": "lower", "x2": "higher"},
        normalisation=normalisation,
    )
    np.testing.assert_allclose(score.score(table), expected, atol=0.6 * 10**-places)


def test_reference_of_hwang_and_yoon() -> None:
    """The fighter aircraft of Hwang and Yoon (1981), printed as 0.643, 0.268, 0.613 and 0.312."""
    rows = [
        [2.0, 1500, 20_000, 5.5, 5, 9],
        [2.5, 2700, 18_000, 6.5, 3, 5],
        [1.8, 2000, 21_000, 4.5, 7, 7],
        [2.2, 1800, 20_000, 5.0, 5, 5],
    ]
    names = ["speed", "range", "payload", "cost", "reliability", "agility"]
    table = pd.DataFrame(rows, columns=names)
    score = TopsisScore.from_sample(
        table,
        Weights.of(dict(zip(names, [0.2, 0.1, 0.1, 0.1, 0.2, 0.3], strict=True))),
        dict.fromkeys(names, "higher") | {"cost": "lower"},
        normalisation="vector",
    )
    np.testing.assert_allclose(score.score(table), [0.643, 0.268, 0.613, 0.312], atol=0.001)


@pytest.mark.parametrize("normalisation", NORMALISATIONS)
@pytest.mark.parametrize("seed", range(5))
def test_topsis_of_the_sample_is_the_classic_one(normalisation: Any, seed: int) -> None:
    from pymcdm.methods import TOPSIS
    from pymcdm.normalizations import minmax_normalization, vector_normalization

    normalise = {"vector": vector_normalization, "min_max": minmax_normalization}[normalisation]
    table = sample(seed=seed)
    types = np.array([1 if way == "higher" else -1 for way in directions().values()])
    oracle = TOPSIS(normalise)(table.to_numpy(), weights().array(), types)
    ours = TopsisScore.from_sample(table, weights(), directions(), normalisation=normalisation)
    np.testing.assert_allclose(ours.score(table), oracle, rtol=1e-10)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("rho", [0.1, 0.5, 1.0])
def test_grey_of_the_sample_is_the_classic_one(seed: int, rho: float) -> None:
    table = sample(seed=seed)
    ours = GreyRelationalScore.from_sample(
        table, weights(), directions(), normalisation="min_max", distinguishing=rho
    )
    higher = [way == "higher" for way in directions().values()]
    expected = classic_grey(table.to_numpy(), weights().array(), higher, rho)
    np.testing.assert_allclose(ours.score(table), expected, rtol=1e-12)
    parts = ours.coefficients(table).to_numpy()
    np.testing.assert_allclose(parts @ weights().array(), expected, rtol=1e-12)


# --- laws ----------------------------------------------------------------------------


def both(table: pd.DataFrame, normalisation: Any) -> list[TopsisScore | GreyRelationalScore]:
    return [
        kind.from_sample(table, weights(), directions(), normalisation=normalisation)
        for kind in (TopsisScore, GreyRelationalScore)
    ]


@pytest.mark.parametrize("normalisation", NORMALISATIONS)
def test_a_customer_alone_is_as_among_others(normalisation: Any) -> None:
    table, new = sample(), sample(30, seed=9) * 2 - 4
    for score in both(table, normalisation):
        together = score.score(new)
        alone = [score.score(new.iloc[[i]]).iloc[0] for i in range(len(new))]
        np.testing.assert_allclose(alone, together, rtol=1e-13)


@given(seed=st.integers(0, 2**31), normalisation=st.sampled_from(NORMALISATIONS))
def test_scores_stay_in_their_range_and_reach_its_ends(seed: int, normalisation: Any) -> None:
    table = sample(seed=seed)
    new = pd.DataFrame(np.random.default_rng(seed).normal(0, 50, (20, 4)), columns=list(table))
    for score in both(table, normalisation):
        low, high = score.score_range
        found = score.score(new)
        assert (found >= low - 1e-12).all()
        assert (found <= high + 1e-12).all()
        ends = pd.DataFrame([score.ideals.worst, score.ideals.best])
        np.testing.assert_allclose(score.score(ends), [low, high], atol=1e-12)
        # far beyond both ends is as the ends
        span = {n: score.ideals.best[n] - score.ideals.worst[n] for n in table}
        far = ends + pd.DataFrame([{n: -9 * s for n, s in span.items()},
                                   {n: 9 * s for n, s in span.items()}])  # fmt: skip
        np.testing.assert_allclose(score.score(far), [low, high], atol=1e-12)
        assert score.ideals.outside(far).to_numpy().all()
        assert not score.ideals.outside(ends).to_numpy().any()


@given(seed=st.integers(0, 2**31), normalisation=st.sampled_from(NORMALISATIONS))
def test_safer_values_never_lower_a_score(seed: int, normalisation: Any) -> None:
    rng = np.random.default_rng(seed)
    table = sample(seed=seed)
    row = pd.DataFrame(rng.uniform(-2, 12, (1, 4)), columns=list(table))
    better = row + pd.DataFrame(
        {n: [rng.uniform(0, 5) * (1 if way == "higher" else -1)] for n, way in directions().items()}
    )
    for score in both(table, normalisation):
        assert score.score(better).iloc[0] >= score.score(row).iloc[0] - 1e-12


@given(seed=st.integers(0, 2**31))
def test_neither_units_nor_the_order_of_criteria_matter(seed: int) -> None:
    table, new = sample(seed=seed), sample(5, seed=seed + 1)
    factors = np.random.default_rng(seed).uniform(0.01, 100, 4)
    order = ["x2", "x0", "x3", "x1"]
    turned = Weights.of({n: weights()[n] for n in order})
    for normalisation in NORMALISATIONS:
        for kind in (TopsisScore, GreyRelationalScore):
            one = kind.from_sample(table, weights(), directions(), normalisation=normalisation)
            other = kind.from_sample(
                table * factors,
                turned,
                {n: directions()[n] for n in reversed(order)},
                normalisation=normalisation,
            )
            np.testing.assert_allclose(other.score(new * factors), one.score(new), rtol=1e-9)


# --- tables and files ----------------------------------------------------------------


@pytest.mark.parametrize("make", [pl.DataFrame, pa.table], ids=["polars", "pyarrow"])
@pytest.mark.parametrize("normalisation", NORMALISATIONS)
def test_any_library(make: Any, normalisation: Any) -> None:
    table = sample()
    native = make({name: table[name].to_numpy() for name in reversed(list(table))})
    for score in both(table, normalisation):
        found = score.score(native)
        assert isinstance(found, (pl.Series, pa.ChunkedArray))
        np.testing.assert_array_equal(found.to_numpy(), score.score(table))
        again = type(score).from_sample(
            native, weights(), directions(), normalisation=normalisation
        )
        assert again == score
        assert type(score).from_json(score.to_json()) == score
        assert IdealPoints.from_json(score.ideals.to_json()) == score.ideals
        short = score.ideals.shortfalls(native)
        assert type(short) is type(native)


def test_index_is_kept() -> None:
    table = sample(2).set_axis(["Alder", "Birch"])
    found = both(table, "vector")[0].score(table)
    assert (found.index.tolist(), found.name) == (["Alder", "Birch"], "score")


def test_reprs() -> None:
    ideals = IdealPoints(
        best={f"c{i}": i for i in range(8)},
        worst={f"c{i}": i + 1 for i in range(8)},
        normalisation="min_max",
    )
    assert repr(ideals).endswith("c5 6 to 5, … 2 more; min_max)")
    assert "Ideal points (min_max)" in ideals._repr_html_()
    topsis, grey = both(sample(), "vector")
    assert repr(topsis).startswith("TopsisScore(Weights(x3 40.0 %") or "x0 10.0 %" in repr(topsis)
    assert repr(grey).endswith("ρ 0.5)")


# --- edges ---------------------------------------------------------------------------


@pytest.mark.parametrize("normalisation", NORMALISATIONS)
@pytest.mark.parametrize("kind", [TopsisScore, GreyRelationalScore])
def test_a_constant_column_needs_the_weight_zero(kind: Any, normalisation: Any) -> None:
    table = sample().assign(x1=3.0)
    with pytest.raises(InvalidDataError, match="'x1' are both 3"):
        kind.from_sample(table, weights(), directions(), normalisation=normalisation)
    without = Weights.of({"x0": 1, "x1": 0, "x2": 2, "x3": 3})
    score = kind.from_sample(table, without, directions(), normalisation=normalisation)
    rest = [n for n in table if n != "x1"]
    smaller = kind.from_sample(
        table[rest],
        Weights.of({"x0": 1, "x2": 2, "x3": 3}),
        {n: directions()[n] for n in rest},
        normalisation=normalisation,
    )
    new = sample(6, seed=4)
    np.testing.assert_allclose(score.score(new), smaller.score(new), rtol=1e-12)


def test_a_column_of_zeros_has_no_norm() -> None:
    table = sample().assign(x1=0.0)
    with pytest.raises(InvalidDataError, match="'x1' are both 0"):
        TopsisScore.from_sample(table, weights(), directions(), normalisation="vector")


def test_differences_that_have_no_square_still_tell_apart() -> None:
    small = dict.fromkeys(("a", "b"), 1e-200)
    ideals = IdealPoints(best=small, worst={"a": 0, "b": 0}, normalisation="vector",
                         norms={"a": 1, "b": 1})  # fmt: skip
    score = TopsisScore(weights=Weights.of({"a": 1, "b": 1}), ideals=ideals)
    table = pd.DataFrame({"a": [0, 2.5e-201, 1e-200], "b": [0, 2.5e-201, 1e-200]})
    np.testing.assert_allclose(score.score(table), [0, 0.25, 1])


def test_weights_of_a_hierarchy_are_those_of_its_leaves() -> None:
    tree = WeightHierarchy.of(
        {"first": (60, {"x0": 1, "x1": 2}), "second": (40, {"x2": 1, "x3": 3})}
    )
    for kind in (TopsisScore, GreyRelationalScore):
        found = kind.from_sample(sample(), tree, directions(), normalisation="vector")
        assert found.weights == tree.leaves()
        assert kind(weights=tree, ideals=found.ideals) == found  # type: ignore[arg-type]


def test_one_row_has_no_ideals() -> None:
    with pytest.raises(InvalidDataError, match="tells nobody apart"):
        TopsisScore.from_sample(sample(1), weights(), directions(), normalisation="min_max")


# --- errors --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "error", "match"),
    [
        (math.nan, RefusedValueError, "'x2' has 1 missing value.* at row 1.*(Score|IdealPoints)"),
        (-math.inf, InfiniteValueError, "'x2' holds 1 infinite"),
        ("much", ColumnTypeError, "'x2'"),
    ],
)
def test_columns_are_refused_by_name(value: Any, error: type[Exception], match: str) -> None:
    bad = sample(3).astype(object if isinstance(value, str) else float)
    bad.loc[1, "x2"] = value
    for score in both(sample(), "vector"):
        with pytest.raises(error, match=match):
            score.score(bad)
        with pytest.raises(error, match=match):
            score.ideals.outside(bad)
    with pytest.raises(error, match=match):
        IdealPoints.from_sample(bad, directions(), normalisation="vector")


def test_missing_columns_and_names() -> None:
    score = both(sample(), "min_max")[0]
    with pytest.raises(MissingColumnError, match="'x3'"):
        score.score(sample(k=3))
    with pytest.raises(ColumnTypeError, match="by name"):
        score.score(sample().to_numpy())


def test_weights_of_other_criteria() -> None:
    table = sample()
    more = Weights.of({**weights().to_dict(), "x9": 1})
    with pytest.raises(InvalidParameterError, match="no criterion 'x9'"):
        TopsisScore.from_sample(table, more, directions(), normalisation="vector")
    with pytest.raises(InvalidParameterError, match="'x3', and no weight"):
        TopsisScore.from_sample(table, weights(3), directions(), normalisation="vector")


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"best": {}}, "one or more"),
        ({"worst": {"a": 1}}, "'b' is in one of 'best' and 'worst' only"),
        ({"best": {"a": math.nan, "b": 1}}, r"best\['a'\]"),
        ({"normalisation": "sum"}, "'normalisation' parameter"),
        ({"normalisation": "vector"}, "'best' and 'norms' only"),
        ({"norms": {"a": 1, "b": 1}}, "takes no 'norms'"),
        ({"normalisation": "vector", "norms": {"a": -1, "b": 1}}, r"norms\['a'\]"),
        ({"normalisation": "vector", "norms": {"a": 0, "b": 1}}, "norm of 'a' must be above 0"),
        ({"best": {"a": -1.7e308, "b": 2}, "worst": {"a": 1.7e308, "b": 5}}, "too far apart"),
        ({"best": [1, 2]}, "'best' parameter"),
    ],
)
def test_ideals_refuse(changes: dict[str, Any], match: str) -> None:
    given: dict[str, Any] = {
        "best": {"a": 1, "b": 2},
        "worst": {"a": 0, "b": 5},
        "normalisation": "min_max",
    }
    with pytest.raises(InvalidParameterError, match=match):
        IdealPoints(**given | changes)


def test_settings_are_refused() -> None:
    with pytest.raises(InvalidParameterError, match=r"directions\['x0'\]"):
        IdealPoints.from_sample(sample(), {"x0": "up"}, normalisation="vector")
    ideals = IdealPoints.from_sample(sample(), directions(), normalisation="vector")
    with pytest.raises(InvalidParameterError, match="'distinguishing' parameter"):
        GreyRelationalScore(weights=weights(), ideals=ideals, distinguishing=0.0)
    with pytest.raises(InvalidParameterError, match="'weights' parameter"):
        TopsisScore(weights={"x0": 1}, ideals=ideals)  # type: ignore[arg-type]
