"""Bands of numbers and of grades: bounds, shares, words, documents."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore import GradeScale, MasterScale
from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError
from creditscore.segment import Bands, RiskBands
from creditscore.segment._shortest import shortest_between

RISK = RiskBands(grades={"A": "low", "B": "medium", "C": "high", "D": "default"})


@pytest.mark.parametrize(
    ("closed", "found"),
    [("left", ["low", "medium", "medium", "high"]), ("right", ["low", "low", "medium", "medium"])],
)
def test_a_bound_belongs_to_one_end(closed: str, found: list[str]) -> None:
    bands = Bands(bounds=(10, 20), closed=closed)  # type: ignore[arg-type]
    assert bands.assign([9.9, 10, 10.1, 20]).tolist() == found


@settings(deadline=None, max_examples=60)
@given(
    values=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30),
    bounds=st.lists(st.integers(-1000, 1000), min_size=1, max_size=5, unique=True),
    closed=st.sampled_from(["left", "right"]),
)
def test_bands_are_those_of_pandas(values: list, bounds: list, closed: str) -> None:
    cuts = sorted(map(float, bounds))
    labels = [f"b{place}" for place in range(len(cuts) + 1)]
    bands = Bands(labels=tuple(labels), bounds=tuple(cuts), closed=closed)  # type: ignore[arg-type]
    expected = pd.cut(values, [-np.inf, *cuts, np.inf], right=closed == "right", labels=labels)
    assert bands.assign(values).tolist() == list(expected)


def test_columns_come_back_in_their_library() -> None:
    series = pd.Series([1.0, np.nan, 30.0], index=["x", "y", "z"])
    bands = Bands(bounds=(10, 20))
    expected = pd.Series(["low", "unknown", "high"], index=["x", "y", "z"], name="band")
    pd.testing.assert_series_equal(bands.assign(series), expected.astype("str"))
    found = bands.assign(pl.Series([1.0, None, 30.0]))
    assert isinstance(found, pl.Series)
    assert found.to_list() == ["low", "unknown", "high"]


@pytest.mark.parametrize("dtype", ["Int64", "Float64", "int64[pyarrow]"])
def test_gaps_of_pandas_are_missing(dtype: str) -> None:
    found = Bands(bounds=(10, 20)).assign(pd.Series([1, None, 30], dtype=dtype))
    assert found.tolist() == ["low", "unknown", "high"]


def test_shares_of_a_sample_stay() -> None:
    sample = np.arange(1, 101)
    bands = Bands.from_sample(sample, shares=(0.5, 0.3, 0.2))
    assert bands.bounds == (50, 80)
    assert pd.Series(bands.assign(sample)).value_counts().to_dict() == {
        "low": 50, "medium": 30, "high": 20,
    }  # fmt: skip
    assert bands.assign([1000, 1000]).tolist() == ["high", "high"]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(-1e9, 1e9), min_size=10, max_size=60, unique=True), st.randoms())
def test_bounds_of_a_sample_part_it_as_quantiles_do(values: list, random: object) -> None:
    bands = Bands.from_sample(values)
    exact = np.quantile(values, (0.5, 0.8), method="inverted_cdf")
    expected = np.array(["low", "medium", "high"])[np.searchsorted(exact, values, side="left")]
    assert bands.assign(values).tolist() == expected.tolist()
    random.shuffle(values)  # type: ignore[attr-defined]
    assert Bands.from_sample(values) == bands


def test_bounds_of_a_sample_are_short() -> None:
    rng = np.random.default_rng(0)
    bounds = Bands.from_sample(rng.lognormal(10, 1, 100)).bounds
    assert all(len(f"{bound:g}") <= 6 for bound in bounds)


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        (10_708.34, 10_760.2, 10_730), (0.0014, 0.0056, 0.003), (-5, 3, 0), (0.3, 0.31, 0.3),
        (-20.5, -11.0, -20), (1, 1 + 2**-52, 1), (-5e-324, 0, -5e-324), (1e300, 2e300, 1e300),
    ],
)  # fmt: skip
def test_shortest_decimal(low: float, high: float, found: float) -> None:
    assert shortest_between(low, high) == found


@settings(deadline=None, max_examples=100)
@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False))
def test_shortest_decimal_is_between(one: float, other: float) -> None:
    low, high = sorted((one, min(other, 1e308)))
    if low < high:
        assert low <= shortest_between(low, high) < high


def test_many_equal_numbers_are_told() -> None:
    with pytest.raises(InvalidDataError, match="many customers have the same number"):
        Bands.from_sample([1.0] * 90 + [2.0] * 10)
    with pytest.raises(EmptyDataError, match="No value is known"):
        Bands.from_sample([np.nan])


@pytest.mark.parametrize(
    ("settings_", "match"),
    [
        ({"bounds": (2, 1)}, "increasing numbers"),
        ({"bounds": (1,)}, "one fewer than there are labels"),
        ({"bounds": (1, float("inf"))}, "'bounds' parameter of Bands"),
        ({"bounds": 5}, "must be a tuple"),
        ({"bounds": (1,), "labels": ("a", "a")}, "different texts"),
        ({"bounds": (1,), "labels": ("a", "unknown")}, "kept for missing facts"),
        ({"bounds": (1, 2), "labels_zh": ("低",)}, "Chinese names"),
        ({"bounds": (1, 2), "closed": "both"}, "'closed' parameter of Bands"),
    ],
)
def test_bands_refuse(settings_: dict, match: str) -> None:
    with pytest.raises(InvalidParameterError, match=match):
        Bands(**settings_)


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.5, 0.3, 0.3), (1.0, 0.0, 0.0)])
def test_shares_refuse(shares: tuple) -> None:
    with pytest.raises(InvalidParameterError, match=r"'shares' parameter of Bands\.from_sample"):
        Bands.from_sample([1, 2, 3], shares=shares)


def test_words_in_both_languages() -> None:
    table = Bands(bounds=(10_000, 50_000)).intervals()
    assert table["interval"].tolist() == [
        "below 10,000", "10,000 to below 50,000", "50,000 and above",
    ]  # fmt: skip
    assert table["interval_zh"].tolist() == ["低于10,000", "10,000至低于50,000", "50,000及以上"]
    assert table["band_zh"].tolist() == ["低", "中", "高"]
    assert Bands(labels=("all",), bounds=()).intervals()["interval"].tolist() == ["all"]


# --- grades --------------------------------------------------------------------------


def test_grades_of_a_scale_are_parted() -> None:
    risk = RiskBands.from_scale(GradeScale.agency())
    assert dict(risk.pairs) == {
        "AAA": "low", "AA": "low", "A": "low", "BBB": "low", "BB": "medium", "B": "medium",
        "CCC": "high", "D": "default",
    }  # fmt: skip


def test_a_letter_holds_its_notches() -> None:
    # BBB- is the last grade that agencies call investment grade
    risk = RiskBands.from_scale(MasterScale.agency(notches=True))
    by_grade = dict(risk.pairs)
    assert [by_grade[g] for g in ("BBB", "BBB-", "BB+", "B-", "CCC+")] == [
        "low", "low", "medium", "medium", "high",
    ]  # fmt: skip
    exact = RiskBands.from_scale(MasterScale.agency(notches=True), last_low="BBB+")
    assert dict(exact.pairs)["BBB"] == "medium"
    assert exact.grade_labels[:2] == ("AAA", "AA+")
    with pytest.raises(InvalidParameterError, match="'scale' parameter of RiskBands"):
        RiskBands.from_scale(("A", "B"))  # type: ignore[arg-type]


def test_default_as_a_grade_of_the_scale_is_no_high_risk() -> None:
    scale = GradeScale(labels=("A", "B", "C", "D"), bounds=(0.01, 0.05, 0.2))
    risk = RiskBands.from_scale(scale, last_low="A", last_medium="B")
    assert dict(risk.pairs) == {"A": "low", "B": "medium", "C": "high", "D": "default"}


def test_bands_of_grades() -> None:
    found = RISK.assign(pd.Series(["A", None, "D"], index=[5, 6, 7]))
    assert found.to_dict() == {5: "low", 6: "unknown", 7: "default"}
    with pytest.raises(InvalidDataError, match="grades at row 1 is 'E', which is none of"):
        RISK.assign(["A", "E"])
    with pytest.raises(InvalidDataError, match="grades must hold texts"):
        RISK.assign([1, 2])


@pytest.mark.parametrize(
    ("grades", "match"),
    [
        ({"A": "low", "B": "middling"}, "There is no band, that of grade 'B', 'middling'"),
        ({"A": "low"}, "Without a grade are 'medium', 'high', 'default'"),
        (
            {"A": "medium", "B": "low", "C": "high", "D": "default"},
            "from the safest grade to the riskiest",
        ),
        ("AB", "must be a tuple"),
        ([("A", "low", "?")], "must be a mapping"),
    ],
)
def test_risk_refuses(grades: object, match: str) -> None:
    with pytest.raises(InvalidParameterError, match=match):
        RiskBands(grades=grades)  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'last_low'"):
        RiskBands.from_scale(GradeScale.agency(), last_low="Baa")


def test_documents_come_back(tmp_path: object) -> None:
    bands = Bands(bounds=(10, 20), closed="right")
    assert Bands.from_json(bands.to_json()) == bands
    assert RiskBands.from_json(RISK.to_json()) == RISK
    # of equal content, whatever it was made of
    assert RiskBands(grades=RISK.pairs) == RISK
    assert hash(RISK) == hash(RiskBands(grades=dict(RISK.pairs)))
    assert all(a < b for a, b in pairwise(bands.bounds))
    assert "Bands" in bands._repr_html_()
    assert "risk" in RISK._repr_html_()
