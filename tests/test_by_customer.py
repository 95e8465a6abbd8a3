"""What is told of customers: names as observations have them, each once, of somebody known."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from creditscore._by_customer import by_customer
from creditscore.exceptions import InvalidDataError, InvalidParameterError


@pytest.mark.parametrize(
    "given",
    [
        {1001: 5, 1002: 7}, {"1001": 5, " 1002 ": 7}, {1001.0: 5, 1002.0: 7},
        pd.Series([5, 7], index=[1001, 1002]), pd.Series([5, 7], index=[1001.0, 1002.0]),
        pd.Series(["5", "7"], index=np.array([1001, 1002], dtype=np.int32)),
        pd.Series([5, 7], index=pd.CategoricalIndex(["1001", "1002"]), dtype="Int64"),
        {np.int64(1001): Decimal(5), np.int64(1002): np.float32(7)},
    ],
)  # fmt: skip
def test_customers_are_texts_whatever_they_come_as(given: Any) -> None:
    told = by_customer(given, "exposure", "here", numbers=True, known=["1002", "1003"])
    assert told.to_dict() == {"1001": 5.0, "1002": 7.0}
    assert told.dtype == np.float64


def test_gaps_are_kept_and_what_is_no_number_stays_as_it_is() -> None:
    told = by_customer({"A": None, "B": pd.NA, "C": 2}, "factors", "here", numbers=True)
    assert told.isna().tolist() == [True, True, False]
    days = by_customer({1: "2024-03-01", 2: None}, "reviewed", "here")
    assert days.to_dict() == {"1": "2024-03-01", "2": None}


def test_nothing_told_is_nothing() -> None:
    for given in (None, {}, pd.Series(dtype=float)):
        assert not len(by_customer(given, "owners", "here", known=["A"]))
    assert len(by_customer({"A": 1}, "owners", "here", known=[])) == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (pd.Series([1, 2], index=["A", "A"]), "'A' stands twice in 'exposure' of here"),
        ({1: 5, "1": 6}, "'1' stands twice"),
        ({None: 5}, "without a name"),
        ({"A": "five"}, "must tell numbers"),
        ({"Z": 5}, "it tells of 'Z', and there is 'A'"),
    ],
)
def test_what_cannot_be_meant_is_refused(given: Any, message: str) -> None:
    with pytest.raises(InvalidDataError, match=message):
        by_customer(given, "exposure", "here", numbers=True, known=["A"])


def test_what_is_no_mapping_is_refused() -> None:
    with pytest.raises(InvalidParameterError, match="mapping or a Series of customers"):
        by_customer([1, 2], "exposure", "here")
