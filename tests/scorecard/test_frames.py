"""Tables of every library go in, and the answer is of the same library, with the same index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from creditscore import LogisticScorecard, Scorecard

Convert = Callable[[pd.DataFrame], Any]


def categories(frame: pd.DataFrame) -> pd.DataFrame:
    """Text as pandas categories, with one that never occurs."""
    return frame.assign(housing=pd.Categorical(frame["housing"], ["rent", "own", "free", "boat"]))


def objects(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype(object).where(frame.notna(), None)


PANDAS: dict[str, Convert] = {
    "pandas": lambda frame: frame,
    "pandas objects": objects,
    "pandas nullable": lambda frame: frame.convert_dtypes(),
    "pandas arrow": lambda frame: frame.convert_dtypes(dtype_backend="pyarrow"),
    "pandas category": categories,
}
OTHERS: dict[str, Convert] = {
    "polars": pl.from_pandas,
    "polars category": lambda frame: pl.from_pandas(frame).with_columns(
        pl.col("housing").cast(pl.Categorical)
    ),
    "pyarrow": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
    "pyarrow dictionary": lambda frame: pa.Table.from_pandas(
        categories(frame), preserve_index=False
    ),
}
ALL = PANDAS | OTHERS
METHODS = ("score", "score_parts", "prob_default", "shortfalls", "reasons", "reason_details")


def to_list(column: Any) -> list[Any]:
    return column.to_pylist() if isinstance(column, pa.ChunkedArray) else column.to_list()


def to_lists(table: Any) -> dict[str, list[Any]]:
    names = getattr(table, "column_names", None) or list(table.columns)
    return {name: to_list(table[name]) for name in names}


def values(answer: Any) -> dict[str, list[Any]]:
    """Return the numbers or words of any answer; missing words are None."""
    table = isinstance(answer, (pd.DataFrame, pl.DataFrame, pa.Table))
    lists = to_lists(answer) if table else {"": to_list(answer)}
    return {
        name: [None if pd.isna(value) else value for value in column]
        for name, column in lists.items()
    }


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", ALL)
def test_answers_are_the_same_to_the_last_bit(
    card: Scorecard, features: pd.DataFrame, kind: str, method: str
) -> None:
    answer = getattr(card, method)(ALL[kind](features))
    assert values(answer) == values(getattr(card, method)(features))


@pytest.mark.parametrize("kind", PANDAS)
def test_pandas_keeps_index_and_name(card: Scorecard, features: pd.DataFrame, kind: str) -> None:
    frame = PANDAS[kind](features)
    for method, name in (("score", "score"), ("prob_default", "pd")):
        answer = getattr(card, method)(frame)
        assert isinstance(answer, pd.Series)
        assert answer.name == name
        assert answer.dtype == np.float64
        pd.testing.assert_index_equal(answer.index, features.index)
    for method in ("score_parts", "shortfalls", "reasons", "reason_details"):
        answer = getattr(card, method)(frame)
        assert isinstance(answer, pd.DataFrame)
        pd.testing.assert_index_equal(answer.index, features.index)


@pytest.mark.parametrize(
    "index",
    [
        pd.Index([7, 7, 7]),
        pd.MultiIndex.from_tuples([("a", 1), ("a", 1), ("b", 2)], names=["bank", "case"]),
        pd.date_range("2024-01-01", periods=3),
        pd.Index([None, 1.5, "x"], dtype=object),
    ],
    ids=["repeated", "multi", "dates", "odd"],
)
def test_any_index_is_kept(card: Scorecard, features: pd.DataFrame, index: pd.Index) -> None:
    rows = features.head(3).set_axis(index)
    assert card.score(rows).tolist() == card.score(features).tolist()[:3]
    pd.testing.assert_index_equal(card.score(rows).index, index)
    for method in (card.reasons, card.reason_details):
        pd.testing.assert_index_equal(method(rows).index, index)


@pytest.mark.parametrize(
    ("kind", "column", "table"),
    [
        ("polars", pl.Series, pl.DataFrame),
        ("polars category", pl.Series, pl.DataFrame),
        ("pyarrow", pa.ChunkedArray, pa.Table),
        ("pyarrow dictionary", pa.ChunkedArray, pa.Table),
    ],
)
def test_other_libraries_get_their_own_kind(
    card: Scorecard, features: pd.DataFrame, kind: str, column: type, table: type
) -> None:
    frame = OTHERS[kind](features)
    assert isinstance(card.score(frame), column)
    assert isinstance(card.prob_default(frame), column)
    assert isinstance(card.score_parts(frame), table)
    assert isinstance(card.reasons(frame), table)


@pytest.mark.parametrize("kind", ALL)
def test_fit_on_any_library_gives_the_same_card(
    model: LogisticScorecard, applicants: pd.DataFrame, features: pd.DataFrame, kind: str
) -> None:
    frame = ALL[kind](features)
    target = applicants["is_bad"]
    y = pl.Series(target.to_numpy()) if kind.startswith("polars") else target.astype("Int64")
    again = LogisticScorecard(encoder=model.encoder).fit(frame, y)
    assert again.scorecard_ == model.scorecard_
    assert again.feature_names_in_.tolist() == features.columns.tolist()
    assert again.predict_proba(frame).tolist() == model.predict_proba(features).tolist()


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.UnseenValueWarning")
@pytest.mark.parametrize("kind", ["polars", "pyarrow", "pandas objects"])
def test_a_column_of_nothing_is_missing(card: Scorecard, features: pd.DataFrame, kind: str) -> None:
    nothing = {name: [None] for name in features.columns}
    frame = {
        "polars": lambda: pl.DataFrame(nothing),
        "pyarrow": lambda: pa.table({name: pa.nulls(1) for name in nothing}),
        "pandas objects": lambda: pd.DataFrame(nothing, dtype=object),
    }[kind]()
    expected = pd.DataFrame({name: [np.nan] for name in features.columns})
    expected["housing"] = expected["housing"].astype(object)
    assert values(card.score(frame)) == values(card.score(expected))
