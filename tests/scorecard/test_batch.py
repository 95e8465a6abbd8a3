"""Tables are scored part by part: the same bits, the same words, memory for one part."""

from __future__ import annotations

import tracemalloc
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore import BinPolicy, LogisticScorecard, PointsScale, Scorecard, WOEEncoder
from creditscore._frame import as_table
from creditscore.binning import CategoricalPartition, MixedPartition
from creditscore.datasets import load_german_credit
from creditscore.exceptions import (
    ColumnTypeError,
    InfiniteValueError,
    RefusedValueError,
    UnseenCategoryWarning,
    UnseenValueWarning,
)
from creditscore.scorecard import Attribute, Characteristic, _batch

FORMS: dict[str, Callable[[pd.DataFrame], Any]] = {
    "pandas": lambda frame: frame,
    "polars": lambda frame: pl.from_pandas(frame.reset_index(drop=True)),
    "pyarrow": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
    "categories": lambda frame: frame.astype({"purpose": "category"}),
}


def card() -> Scorecard:
    """Write a card with steps, slopes, special codes, levels and words by hand."""
    return Scorecard(
        characteristics=(
            Characteristic.numeric(
                "age", cuts=[25, 40.5], points=[10.1, 20.2, 30.3], missing_points=5.7,
                special_points={-9: 1.3},
            ),
            Characteristic.numeric(
                "years", cuts=[2, 10], points=[0, 0.1, 40], slopes=[0, 4.9, 0], missing_points=7
            ),
            Characteristic.categorical(
                "purpose", points={"car": 11.1, ("radio", "repairs"): 3.7}, missing_points=2.9,
                other_points=0.3,
            ),
        ),
        base_points=400.1,
        scale=PointsScale(),
    )  # fmt: skip


def rows(n: int, seed: int = 0) -> pd.DataFrame:
    """Draw rows with missing values and special codes, with an index of its own."""
    rng = np.random.default_rng(seed)
    age = rng.choice([np.nan, -9, 18, 25, 40.5, 63], size=n)
    years = np.round(rng.uniform(-1, 14, size=n), 2)
    purpose = rng.choice(np.array(["car", "radio", "repairs", None], dtype=object), size=n)
    return pd.DataFrame(
        {"age": age, "years": years, "purpose": purpose}, index=np.arange(n)[::-1] * 3
    )


def in_parts_of(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_batch, "CHUNK", size)


def heard(call: Callable[[], Any]) -> list[tuple[type[Warning], str]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return [(one.category, str(one.message)) for one in caught]


# --- the same bits -----------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("size", [1, 7, 100])
def test_parts_give_the_bits_of_the_whole(
    form: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    X = FORMS[form](rows(100))
    whole = np.asarray(card().score(X)), np.asarray(card().prob_default(X))
    in_parts_of(size, monkeypatch)
    assert np.array_equal(np.asarray(card().score(X)), whole[0])
    assert np.array_equal(np.asarray(card().prob_default(X)), whole[1])


@given(n=st.integers(1, 60), size=st.integers(1, 70), seed=st.integers(0, 1_000))
@settings(max_examples=40, deadline=None)
def test_scores_are_the_sums_of_their_parts_in_order(n: int, size: int, seed: int) -> None:
    X = rows(n, seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_batch, "CHUNK", size)
        found = card().score(X)
    expected = np.full(n, 400.1)
    for name, points in card().score_parts(X).items():
        assert name in X
        expected = expected + points.to_numpy()
    assert found.tolist() == expected.tolist()
    assert found.index.equals(X.index)


def test_german_credit_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    german = load_german_credit()
    X = german[["checking_status", "duration_months", "savings_status", "age_years"]]
    model = LogisticScorecard().fit(X, german["is_bad"])
    whole = model.scorecard_.score(X), model.predict_proba(X)
    in_parts_of(64, monkeypatch)
    pd.testing.assert_series_equal(model.scorecard_.score(X), whole[0], check_exact=True)
    assert np.array_equal(model.predict_proba(X), whole[1])


# --- the same words ----------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_levels_never_seen_are_named_once_with_all_their_rows(
    form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = rows(50)
    frame.iloc[[3, 41], 2] = "boat"
    frame.iloc[[20], 2] = "travel"
    X = FORMS[form](frame)
    in_parts_of(10, monkeypatch)
    ((category, text),) = heard(lambda: card().score(X))
    assert category is UnseenCategoryWarning
    assert "'purpose' holds 2 level(s) that the bins do not know, in 3 row(s)" in text
    assert "'boat', 'travel'" in text


def test_values_the_fit_never_met_are_named_once_with_all_their_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    german = load_german_credit()
    columns = ["duration_months", "credit_amount", "purpose"]
    fitted = LogisticScorecard(min_iv=0).fit(german[columns], german["is_bad"]).scorecard_
    X = german[columns].astype({"duration_months": float, "credit_amount": float})
    X.iloc[[5, 500, 999], 0] = np.nan
    X.iloc[[600], 1] = np.nan
    X.iloc[[1, 998], 2] = "boat"
    whole = heard(lambda: fitted.score(X))
    in_parts_of(100, monkeypatch)
    parts = heard(lambda: fitted.score(X))
    assert parts == whole
    assert [category for category, _ in parts] == [UnseenCategoryWarning, UnseenValueWarning]
    assert "'duration_months' is 'Missing' in 3 row(s)" in parts[1][1]
    assert "'credit_amount' is 'Missing' in 1 row(s)" in parts[1][1]


@pytest.mark.parametrize("codes", [(), (-9, -8, -7, -6, -5)])
def test_rows_that_are_refused_are_counted_over_all_parts(
    codes: Sequence[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    german = load_german_credit()
    encoder = WOEEncoder(policy=BinPolicy(missing="error", special="error"), special_codes=codes)
    X = german[["duration_months", "credit_amount"]].astype(float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = LogisticScorecard(encoder=encoder, min_iv=0).fit(X, german["is_bad"]).scorecard_
    X.iloc[[0, 450, 999], 1] = np.nan
    in_parts_of(100, monkeypatch)
    with pytest.raises(RefusedValueError, match=r"'credit_amount'.*'Missing' in 3 row\(s\)"):
        fitted.score(X)


def test_errors_name_the_column(monkeypatch: pytest.MonkeyPatch) -> None:
    in_parts_of(10, monkeypatch)
    X = rows(50)
    X.iloc[45, 0] = np.inf
    with pytest.raises(InfiniteValueError, match="'age'"):
        card().score(X)


def test_the_kind_of_a_column_is_that_of_all_its_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    in_parts_of(10, monkeypatch)
    X = rows(50).astype({"age": object})
    X.iloc[49, 0] = "old"
    with pytest.raises(ColumnTypeError, match=r"'age' holds text or categories"):
        card().score(X)
    X.iloc[49, 0] = None
    assert card().score(X).notna().all()


# --- mixed columns -----------------------------------------------------------------------


def mixed_card(slope: float) -> Scorecard:
    partition = MixedPartition(cuts=(500, 700), special_codes=("NO HIT",))
    points = [10.0, 20.0, 30.0, 3.0, 1.0, 2.0]
    attributes = [Attribute(points=p, slope=slope * (i == 1)) for i, p in enumerate(points)]
    bureau = Characteristic(name="bureau", partition=partition, attributes=tuple(attributes))
    return Scorecard(characteristics=(bureau,))


@pytest.mark.parametrize("slope", [0.0, 0.05])
def test_words_keep_their_points_whatever_the_slopes(
    slope: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = ["480", "600", "NO HIT", None, "700"] * 5 + ["LOST"]
    X = pd.DataFrame({"bureau": values})
    expected = [10.0, 20 + slope * 100, 3.0, 1.0, 30.0] * 5 + [2.0]
    for size in (26, 4):
        in_parts_of(size, monkeypatch)
        with pytest.warns(UnseenCategoryWarning, match=r"1 level\(s\).*in 1 row\(s\): 'LOST'"):
            found = mixed_card(slope).score(X)
        assert found.tolist() == expected


# --- memory ------------------------------------------------------------------------------


def peak_bytes(call: Callable[[], Any]) -> int:
    tracemalloc.start()
    call()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


@pytest.mark.parametrize("call", ["score", "prob_default"])
def test_memory_is_that_of_the_result_and_a_part(
    call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = 2**13
    in_parts_of(size, monkeypatch)
    for n in (2**17, 2**18):
        X = rows(n)
        X = X.astype({"purpose": "category"})
        result = 8 * n
        # beside the result a few arrays of a part, and some for what Python itself holds
        assert peak_bytes(lambda X=X: getattr(card(), call)(X)) < result + 8 * size * 8 + 200_000


# --- rows of a table ---------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_a_run_of_rows(form: str) -> None:
    table = as_table(FORMS[form](rows(20)))
    part = table.rows(5, 9)
    assert part.n_rows == 4
    assert part.names == table.names
    np.testing.assert_array_equal(part.numeric("years"), table.numeric("years")[5:9])
    partition = CategoricalPartition(groups=(("car",), ("radio", "repairs")))
    expected = partition.codes(table, "purpose")[5:9]
    assert partition.codes(part, "purpose").tolist() == expected.tolist()


def test_a_run_of_rows_of_an_array() -> None:
    values = np.arange(12.0).reshape(6, 2)
    assert as_table(values).rows(2, 4).numeric("x1").tolist() == [5.0, 7.0]


def test_a_run_of_rows_keeps_the_kind_that_was_asked_for() -> None:
    table = as_table(pd.DataFrame({"v": pd.Series([1, 2, "word"], dtype=object)}))
    assert table.rows(0, 2).kind("v") == "numeric"
    assert table.kind("v") == "mixed"
    assert table.rows(0, 2).kind("v") == "mixed"


@pytest.mark.parametrize("form", FORMS)
def test_some_rows_in_the_order_asked_for(form: str) -> None:
    table = as_table(FORMS[form](rows(20)))
    asked = np.array([7, 3, 3, 19])
    part = table.taken(asked)
    assert (part.n_rows, part.names) == (4, table.names)
    np.testing.assert_array_equal(part.numeric("years"), table.numeric("years")[asked])
    partition = CategoricalPartition(groups=(("car",), ("radio", "repairs")))
    expected = partition.codes(table, "purpose")[asked]
    assert partition.codes(part, "purpose").tolist() == expected.tolist()


def test_some_rows_of_an_array_and_of_a_mixed_column() -> None:
    values = np.arange(12.0).reshape(6, 2)
    assert as_table(values).taken(np.array([4, 0])).numeric("x1").tolist() == [9.0, 1.0]
    table = as_table(pd.DataFrame({"v": pd.Series([1, 2, "word"], dtype=object)}))
    # without the word it would be of numbers
    assert table.taken(np.array([0, 1])).kind("v") == "mixed"
