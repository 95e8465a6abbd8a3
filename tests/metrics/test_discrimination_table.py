"""Discrimination by segment and by period."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.exceptions import InvalidDataError, InvalidParameterError, InvalidWeightError
from creditscore.metrics import auc_interval, discrimination_table, gini, ks

Scores = tuple[np.ndarray, np.ndarray]


def test_published_study_twice(tomography: Scores) -> None:
    # Hanley and McNeil 1982, Table I, and the same ranked the other way round
    is_bad, score = tomography
    by = np.repeat(["as read", "turned"], len(score))
    table = discrimination_table(np.tile(is_bad, 2), np.concatenate([score, -score]), by).set_index(
        "segment"
    )
    assert table["auc"].tolist() == pytest.approx([0.8931710615280596, 0.1068289384719404])
    error = (table["upper"] - table["auc"]) / 1.959963984540054
    assert error.tolist() == pytest.approx([0.0307244084] * 2, rel=1e-8)
    assert table["count"].tolist() == [109, 109]
    assert table["bad_rate"].tolist() == pytest.approx([51 / 109] * 2)


rows = st.lists(
    st.tuples(st.booleans(), st.integers(-3, 3), st.sampled_from("abc"), st.integers(0, 3)),
    min_size=1,
    max_size=40,
)


@settings(deadline=None)
@given(rows=rows)
def test_each_row_is_that_of_its_cases_alone(rows: list) -> None:
    is_bad, score, by, weight = map(np.array, zip((True, 0, "a", 1), *rows, strict=True))
    table = discrimination_table(is_bad, score, by, sample_weight=weight)
    assert table["segment"].tolist() == sorted(set(by))
    for row in table.itertuples():
        here = by == row.segment
        cases = {"is_bad": is_bad[here], "score": score[here], "sample_weight": weight[here]}
        n_bad, count = weight[here & is_bad].sum(), weight[here].sum()
        assert (table.loc[row.Index, "count"], row.n_bad) == (count, n_bad)
        if n_bad in (0, count):
            assert np.isnan([row.auc, row.lower, row.upper, row.gini, row.ks]).all()
            assert row.note.startswith("no ")
            continue
        assert row.gini == pytest.approx(gini(**cases), abs=1e-12)
        assert row.ks == pytest.approx(ks(**cases), abs=1e-12)
        if min(n_bad, count - n_bad) > 1:
            assert (row.auc, row.lower, row.upper) == pytest.approx(auc_interval(**cases)[:3])
            assert row.note == ""
        else:
            assert np.isnan([row.lower, row.upper]).all()
            assert "no interval" in row.note


IS_BAD, SCORE = [1, 0, 1, 0, 1, 0], [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (["b", "a", "b", "a", "c", "c"], ["a", "b", "c"]),
        ([10, 9, 10, 9, 2, 2], [2, 9, 10]),
        (pd.Categorical(["low", "high"] * 3, ["low", "mid", "high"]), ["low", "high"]),
        (pd.period_range("2024-01", periods=3, freq="M").repeat(2)[::-1],
         list(pd.period_range("2024-01", periods=3, freq="M"))),
        (pl.Series(["x", "y"] * 3, dtype=pl.Enum(["y", "x"])), ["y", "x"]),
        (np.array(["2024-02-01", "2024-01-01"] * 3, dtype="datetime64[ns]"),
         list(pd.to_datetime(["2024-01-01", "2024-02-01"]))),
    ],
    ids=["text", "numbers", "categories", "periods", "polars", "dates"],
)  # fmt: skip
def test_order_of_segments(by: object, expected: list) -> None:
    table = discrimination_table(IS_BAD, SCORE, by)
    assert table["segment"].tolist() == expected
    assert table["count"].sum() == 6


def test_every_reason_is_told() -> None:
    is_bad = [0, 0, 1, 1, 1, 0, 0, 1, 0, 1]
    by = list("aabbcccdde")
    table = discrimination_table(is_bad, np.arange(10), by, sample_weight=[1] * 9 + [0])
    assert table["note"].tolist() == [
        "no bad case",
        "no good case",
        "one bad case: no interval",
        "one bad and one good case: no interval",
        "no case of any weight",
    ]
    assert np.isnan(table.loc[4, "bad_rate"])


def test_errors() -> None:
    with pytest.raises(InvalidDataError, match=r"1 missing value\(s\), the first at row 2"):
        discrimination_table(IS_BAD, SCORE, ["a", "a", None, "b", "b", "b"])
    with pytest.raises(InvalidDataError, match=r"one segment for each of the 6 scores\. Got 2"):
        discrimination_table(IS_BAD, SCORE, ["a", "b"])
    with pytest.raises(InvalidDataError, match="one segment or period a case"):
        discrimination_table(IS_BAD, SCORE, np.zeros((6, 2)))
    with pytest.raises(InvalidDataError, match="values that can be sorted"):
        discrimination_table(IS_BAD, SCORE, [object()] * 3 + [object()] * 3)
    with pytest.raises(InvalidWeightError, match="counts of rows"):
        discrimination_table(IS_BAD, SCORE, list("aabbcc"), sample_weight=[0.5] * 6)
    with pytest.raises(InvalidParameterError, match="'level' parameter of discrimination_table"):
        discrimination_table(IS_BAD, SCORE, list("aabbcc"), level=1)
    score = pd.Series(SCORE, index=list("uvwxyz"))
    with pytest.raises(InvalidDataError, match="different orders"):
        discrimination_table(IS_BAD, score, pd.Series(list("aabbcc"), index=list("zyxwvu")))
