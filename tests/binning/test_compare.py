"""Two tables side by side: how their bins align, and what changed between them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.binning import (
    BinTable,
    CategoricalPartition,
    FineIntervals,
    NumericPartition,
    compare,
)
from creditscore.exceptions import InvalidParameterError
from creditscore.metrics import psi

WHO = {"by": "A. Analyst", "reason": "law"}


def numeric(*cuts: float, special: tuple = (-9,), **fields: Any) -> BinTable:
    partition = NumericPartition(cuts=cuts, special_codes=special)
    n = partition.n_codes
    whole: dict[str, Any] = {
        "feature": "income",
        "partition": partition,
        "n_good": range(20, 20 + n),
        "n_bad": range(20, 20 - n, -1),
    }
    return BinTable(**(whole | fields))


def test_an_edit_before_and_after() -> None:
    fine = FineIntervals([4, 9], [5, 10], good=[12, 8, 21], bad=[15, 5, 19])
    before = numeric(10, fine=fine)
    after = before.split(0, 5, **WHO)
    comparison = compare(before, after)
    frame = comparison.frame()
    assert frame["bin"].tolist() == ["< 5", "[5, 10)", ">= 10", "Special -9", "Missing"]
    assert frame["bin_a"].tolist() == ["< 10", "< 10", ">= 10", "Special -9", "Missing"]
    assert frame["bin_b"].tolist() == frame["bin"].tolist()
    assert frame["count_a"].tolist() == [40, 40, 40, 40, 40]
    assert frame["count_b"].tolist() == [27, 13, 40, 40, 40]
    np.testing.assert_allclose(frame["woe_a"], before.woe[[0, 0, 1, 2, 3]])
    np.testing.assert_allclose(frame["woe_difference"], after.woe - before.woe[[0, 0, 1, 2, 3]])
    assert comparison.iv_difference == after.iv - before.iv > 0
    assert math.isnan(comparison.psi)


def test_two_samples_on_the_same_bins() -> None:
    old = numeric(10)
    new = numeric(10, n_good=(30, 10, 5, 5), n_bad=(9, 8, 7, 6))
    comparison = compare(old, new)
    assert comparison.psi == psi([40, 40, 40, 40], [39, 18, 12, 11])
    assert comparison.frame()["share_b"].tolist() == [39 / 80, 18 / 80, 12 / 80, 11 / 80]
    assert "population stability index" in comparison._repr_html_()


def test_attributes_of_one_table_only() -> None:
    frame = compare(numeric(special=(-9, -8)), numeric(special=(-7, -9))).frame()
    assert frame["bin"].tolist() == [
        *("all other values", "Special -9", "Special -8", "Special -7", "Missing")
    ]
    assert frame["bin_a"].isna().tolist() == [False, False, False, True, False]
    assert frame["bin_b"].isna().tolist() == [False, False, True, False, False]
    assert frame["woe_difference"].isna().tolist() == [False, False, True, True, False]


def levels(*groups: tuple[str, ...], **fields: Any) -> BinTable:
    partition = CategoricalPartition(groups=groups)
    n = partition.n_codes
    return BinTable(
        feature="housing",
        partition=partition,
        n_good=(*range(20, 19 + n), 0),
        n_bad=(*range(20, 21 - n, -1), 0),
        **fields,
    )


def test_levels_align_by_what_stands_together_in_both() -> None:
    frame = compare(
        levels(("own", "villa", "castle"), ("rent",)), levels(("rent", "own"), ("villa", "tent"))
    ).frame()
    assert frame[["bin", "bin_a", "bin_b"]].fillna("-").to_numpy().tolist() == [
        ["own", "own, villa, castle", "rent, own"],
        ["villa", "own, villa, castle", "villa, tent"],
        ["castle", "own, villa, castle", "-"],
        ["rent", "rent", "rent, own"],
        ["tent", "-", "villa, tent"],
        ["Missing", "Missing", "Missing"],
        ["Other", "Other", "Other"],
    ]


cuts = st.sets(st.integers(-20, 20), max_size=6).map(sorted)


@given(first=cuts, second=cuts)
def test_each_value_is_in_the_bins_that_its_row_names(first: list, second: list) -> None:
    a, b = numeric(*first), numeric(*second)
    frame = compare(a, b).frame()
    union = NumericPartition(cuts=sorted({*first, *second}), special_codes=(-9,))
    values = np.arange(-21.5, 22)
    for value, code in zip(values, union.codes_of(values), strict=True):
        row = frame.iloc[code]
        assert row["bin"] == union.labels[code]
        one = np.array([value])
        assert row["bin_a"] == a.labels[a.partition.codes_of(one)[0]]
        assert row["bin_b"] == b.labels[b.partition.codes_of(one)[0]]


@given(some=cuts)
def test_a_table_and_itself(some: list) -> None:
    comparison = compare(numeric(*some), numeric(*some))
    assert comparison.iv_difference == comparison.psi == 0
    assert (comparison.frame()["woe_difference"] == 0).all()


def test_what_cannot_be_compared() -> None:
    with pytest.raises(InvalidParameterError, match="Got 'income' and 'age'"):
        compare(numeric(10), numeric(10, feature="age"))
    with pytest.raises(InvalidParameterError, match="are numeric in one table and categorical"):
        compare(numeric(10, feature="housing"), levels(("a",)))
    with pytest.raises(InvalidParameterError, match=r"'b' parameter of compare .* Got 5"):
        compare(numeric(10), 5)


def test_html_shows_both() -> None:
    html = compare(numeric(10), numeric(20))._repr_html_()
    assert "information value" in html
    assert "population stability" not in html
    assert "[10, 20)" in html
    assert "nan" not in html.lower()
