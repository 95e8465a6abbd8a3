"""Accepted and rejected as tables of any library, stacked without changing what they hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from creditscore import LogisticScorecard, WOEEncoder
from creditscore.exceptions import (
    ColumnTypeError,
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    InvalidWeightError,
    MissingColumnError,
)
from creditscore.scorecard.reject import (
    Applications,
    AugmentedSample,
    FuzzyAugmentation,
    HardCutoff,
    RejectInferenceScorecard,
)

CONVERT: dict[str, Callable[[pd.DataFrame], Any]] = {
    "pandas": lambda frame: frame,
    "polars": pl.from_pandas,
    "pyarrow": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
}


def of(accepted: Any, rejected: Any, **others: Any) -> Applications:
    n = len(accepted)
    return Applications(accepted=accepted, is_bad=[1, *[0] * (n - 1)], rejected=rejected, **others)


def stacked(accepted: Any, rejected: Any, **others: Any) -> Any:
    seen = of(accepted, rejected, **others)
    return seen.stacked(seen.names)


# --- tables --------------------------------------------------------------------------


@pytest.mark.parametrize("library", CONVERT)
def test_any_library_gives_the_same_card(seen: Applications, library: str) -> None:
    convert = CONVERT[library]
    model = RejectInferenceScorecard(method=FuzzyAugmentation(odds_ratio=2.0))
    plain = model.fit(seen.accepted, seen.is_bad, rejected=seen.rejected).scorecard_
    other = RejectInferenceScorecard(method=FuzzyAugmentation(odds_ratio=2.0))
    other.fit(convert(seen.accepted), seen.is_bad, rejected=convert(seen.rejected))
    assert type(other.sample_.X) is type(convert(seen.accepted))
    pd.testing.assert_frame_equal(plain.table(), other.scorecard_.table())
    scored = other.scorecard_.score(convert(seen.rejected))
    np.testing.assert_array_equal(np.asarray(scored), plain.score(seen.rejected).to_numpy())


def test_arrays_go_by_place(seen: Applications) -> None:
    columns = ["income_amount", "debt_ratio", "months_employed"]
    frames = [table[columns] for table in (seen.accepted, seen.rejected)]
    model = RejectInferenceScorecard(method=HardCutoff(bad_rate=0.4))
    named = model.fit(frames[0], seen.is_bad, rejected=frames[1]).predict_proba(frames[1])
    arrays = [frame.to_numpy() for frame in frames]
    placed = RejectInferenceScorecard(method=HardCutoff(bad_rate=0.4))
    placed.fit(arrays[0], seen.is_bad, rejected=arrays[1].tolist())
    np.testing.assert_allclose(placed.predict_proba(arrays[1]), named)
    assert isinstance(placed.sample_.X, np.ndarray)


def test_labels_that_are_numbers_go_by_place() -> None:
    accepted = pd.DataFrame({10: [1.0, 2.0], 20: ["a", "b"]})
    rows = stacked(accepted, pd.DataFrame({10: [3.0], 20: ["a"]}))
    assert rows.columns.tolist() == [10, 20]
    with pytest.raises(InvalidDataError, match="or their labels differ"):
        of(accepted, pd.DataFrame({20: ["a"], 10: [3.0]}))


def test_lists_with_text_keep_their_numbers() -> None:
    rows = stacked([[1, "a"], [2, "b"]], [[3, "c"]])
    assert rows.tolist() == [[1, "a"], [2, "b"], [3, "c"]]


def test_index_labels_are_kept_and_may_repeat() -> None:
    accepted = pd.DataFrame({"a": [1, 2]}, index=["x", "y"])
    seen = of(accepted, pd.DataFrame({"b": [0, 0], "a": [3, 4]}, index=["y", "z"]))
    rows = seen.stacked(["a"], copies=2)
    assert rows.index.tolist() == ["x", "y", "y", "z", "y", "z"]
    assert rows["a"].tolist() == [1, 2, 3, 4, 3, 4]
    pd.testing.assert_frame_equal(seen.stacked(["a"], copies=0), accepted)


@pytest.mark.parametrize(
    ("accepted", "rejected"),
    [
        pytest.param([1, 2], [np.nan, np.nan], id="integers and nothing"),
        pytest.param([1, 2], [0.5, np.nan], id="integers and fractions"),
        pytest.param(["a", "b"], [None, None], id="text and nothing"),
        pytest.param([True, False], [None, None], id="booleans and nothing"),
        pytest.param([True, False], [None, True], id="booleans with gaps"),
        pytest.param(pd.Categorical(["a", "b"]), pd.Categorical(["b", "c"]), id="categories"),
        pytest.param(
            pd.Categorical(["a", "b"], ordered=True), [None, None], id="ordered and nothing"
        ),
        pytest.param(pd.array([1, None], "Int64"), [3, 4], id="nullable integers"),
    ],
)
def test_types_that_can_be_joined(accepted: Any, rejected: Any) -> None:
    frames = [pd.DataFrame({"a": values}) for values in (accepted, rejected)]
    rows = stacked(*frames)["a"]
    for value, other in zip(rows, [*frames[0]["a"], *frames[1]["a"]], strict=True):
        assert (pd.isna(value) and pd.isna(other)) or value == other
    if isinstance(accepted, pd.Categorical) and accepted.ordered:
        assert rows.cat.ordered


def test_types_that_cannot_be_joined_are_refused_by_name() -> None:
    numbers, text = pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": ["x", "y"]})
    with pytest.raises(
        ColumnTypeError, match="Column 'a' is numeric among the accepted, and mixed"
    ):
        stacked(numbers, text)
    grades = [pd.Categorical(["lo", "hi"], [*order], ordered=True)
              for order in (("lo", "hi"), ("hi", "lo"))]  # fmt: skip
    with pytest.raises(ColumnTypeError, match="Column 'a' is ordered among the accepted"):
        stacked(*(pd.DataFrame({"a": grade}) for grade in grades))
    for convert in (CONVERT["polars"], CONVERT["pyarrow"]):
        with pytest.raises(ColumnTypeError, match=r"cannot be joined|is numeric among"):
            stacked(convert(numbers), convert(text))


def test_a_column_that_only_the_rejected_fill() -> None:
    rows = stacked(
        pd.DataFrame({"a": [np.nan, np.nan], "b": [1, 2]}), pd.DataFrame({"a": ["x"], "b": [3]})
    )
    assert rows["a"].tolist()[2] == "x"


def test_kinds_are_kept() -> None:
    accepted = pd.DataFrame({"zip": [10, 20, 10, 20] * 30, "a": range(120)})
    rng = np.random.default_rng(0)
    is_bad = rng.random(120) < 0.3
    encoder = WOEEncoder(kinds={"zip": "categorical"})
    model = RejectInferenceScorecard(
        estimator=LogisticScorecard(encoder=encoder, min_iv=0.0),
        method=FuzzyAugmentation(odds_ratio=1.5),
    )
    model.fit(accepted, is_bad, rejected=accepted.iloc[:30])
    assert model.estimator_.encoder_.tables_["zip"].dtype == "categorical"
    seen = Applications(
        accepted=accepted, is_bad=is_bad, rejected=accepted[:5], kinds={"zip": "categorical"}
    )
    assert seen.table.kind("zip") == "categorical"
    assert seen.without(["zip"]).names == ("a",)


# --- weights, masks, words -----------------------------------------------------------


def test_approval_rate() -> None:
    frame = pd.DataFrame({"a": [1, 2, 3, 4]})
    seen = of(frame, frame, sample_weight=[1, 1, 0, 2], rejected_weight=[3, 0, 0, 1])
    assert seen.share_accepted == 0.5
    stated = replace(seen, approval_rate=0.8)
    np.testing.assert_allclose(stated.rejected_weights, [0.75, 0, 0, 0.25])
    assert stated.share_accepted == pytest.approx(0.8)


@pytest.mark.parametrize("library", CONVERT)
def test_masked(seen: Applications, library: str) -> None:
    frame, mask = seen.accepted.head(500), np.arange(500) % 3 > 0
    is_bad = seen.is_bad[:500]
    masked = Applications.masked(
        CONVERT[library](frame), is_bad, accepted=mask, sample_weight=np.arange(500)
    )
    assert (len(masked.accepted), len(masked.rejected)) == (333, 167)
    assert masked.is_bad.tolist() == is_bad[mask].tolist()
    assert masked.rejected_is_bad.tolist() == is_bad[~mask].tolist()
    assert masked.rejected_weights.tolist() == np.arange(500)[~mask].tolist()
    income = np.asarray(masked.rejected["income_amount"])
    np.testing.assert_array_equal(income, frame["income_amount"].to_numpy()[~mask])


def test_masked_arrays_and_errors(seen: Applications) -> None:
    X = np.arange(20.0).reshape(10, 2)
    is_bad = [0, 1] * 5
    masked = Applications.masked(X, is_bad, accepted=[True] * 6 + [False] * 4)
    assert masked.rejected.tolist() == X[6:].tolist()
    for wrong in ([True] * 10, [True, False], [0.5] * 10):
        with pytest.raises(InvalidDataError, match="'accepted' must hold True"):
            Applications.masked(X, is_bad, accepted=wrong)
    frame = pd.DataFrame(X, columns=["a", "b"])
    turned = pd.Series([True] * 6 + [False] * 4, index=range(9, -1, -1))
    with pytest.raises(InvalidDataError, match="same index in different orders"):
        Applications.masked(frame, is_bad, accepted=turned)


def test_words() -> None:
    frame = pd.DataFrame({"a": [1, 2, 3]})
    assert (
        repr(of(frame, frame)) == "<Applications: 3 accepted, 1 of them bad; 3 rejected; 1 column>"
    )
    seen = of(frame, frame, rejected_weight=[1, 1, 0.5], rejected_is_bad=[1, 1, 0])
    assert "3 rejected, of weight 2.5, 2 of them bad" in repr(seen)


def test_what_a_sample_says(seen: Applications) -> None:
    known = LogisticScorecard().fit(seen.accepted, seen.is_bad)
    sample = HardCutoff(bad_rate=0.4).augment(seen, known.scorecard_)
    table = sample.provenance()
    assert table["source"].value_counts().to_dict() == {"accepted": 1_800, "rejected": 1_200}
    assert table["row"].tolist() == [*range(1_800), *range(1_200)]
    assert sample.bad_rate == pytest.approx(np.average(sample.is_bad))
    assert "of these bad by weight" in repr(sample)
    alone = AugmentedSample.of_accepted(seen, seen.names)
    assert repr(alone).startswith("<AugmentedSample: 1,800 accepted rows, ")
    # what the caller holds is not touched
    assert seen.accepted.shape == (1_800, 4)


# --- errors --------------------------------------------------------------------------


FRAME = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "x"]})


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"rejected": FRAME[["a"]]}, MissingColumnError, "Column 'b' is not in the table"),
        ({"rejected": FRAME[:0]}, EmptyDataError, "0 sample"),
        ({"rejected": FRAME.to_numpy()}, InvalidDataError, "with column names, the rejected one w"),
        ({"accepted": FRAME.to_numpy()}, InvalidDataError, "without column names, the rejected"),
        ({"is_bad": [0, 0, 0]}, InvalidTargetError, "one class only"),
        ({"is_bad": [0, 1, np.nan]}, InvalidTargetError, "1 missing value"),
        ({"sample_weight": [0, 1, 1]}, InvalidTargetError, "one class only"),
        ({"rejected_weight": [0, 0, 0]}, InvalidWeightError, "rejected_weight is zero in every"),
        ({"rejected_weight": [1, 2]}, InvalidWeightError, "rejected_weight must be a 1D array"),
        ({"approval_rate": 1}, InvalidParameterError, "'approval_rate' parameter of Applications"),
        ({"rejected_is_bad": [0, 1]}, InvalidTargetError, "rejected has 3 rows"),
        ({"kinds": {"c": "numeric"}}, MissingColumnError, "'c'"),
        ({"is_bad": pd.Series([1, 0, 0], [2, 1, 0])}, InvalidTargetError, "accepted and is_bad"),
        (
            {"rejected_weight": pd.Series([1, 1, 1], [2, 1, 0])},
            InvalidWeightError,
            "rejected and rejected_weight hold the same index",
        ),
        (
            {"rejected_is_bad": pd.Series([1, 1, 0], [2, 1, 0])},
            InvalidTargetError,
            "rejected and rejected_is_bad hold",
        ),
        ({"periods": [1, 1, 2]}, InvalidDataError, "rejected_periods is not given, and those of"),
        ({"rejected_periods": [1, 1, 2]}, InvalidDataError, "periods is not given"),
        (
            {"periods": [1, 2], "rejected_periods": [1, 1, 2]},
            InvalidDataError,
            r"periods must have one entry for each of the 3 rows\. Got 2",
        ),
        (
            {"periods": [1, 1, 2], "rejected_periods": [1, None, 2]},
            InvalidDataError,
            r"rejected_periods must not be missing\. Got 1",
        ),
        (
            {"periods": [1, 1, 2], "rejected_periods": FRAME},
            InvalidDataError,
            "rejected_periods must be one column. Got 2 dimensions",
        ),
        (
            {"periods": pd.Series([1, 1, 2], [2, 1, 0]), "rejected_periods": [1, 1, 2]},
            InvalidDataError,
            "accepted and periods hold the same index in different orders",
        ),
        (
            {"periods": ["2023", "2023", "2024"], "rejected_periods": [2023, 2023, 2024]},
            ColumnTypeError,
            "periods of the accepted are .*, those of the rejected int64",
        ),
        (
            {
                "periods": pd.Categorical(["b", "b", "a"], ["b", "a"], ordered=True),
                "rejected_periods": pd.Categorical(["a", "a", "b"], ordered=True),
            },
            ColumnTypeError,
            "of ordered categories, the same list in the same order",
        ),
    ],
)  # fmt: skip
def test_parts_that_do_not_fit(change: Any, error: type[Exception], match: str) -> None:
    parts = {"accepted": FRAME, "is_bad": [1, 0, 0], "rejected": FRAME}
    with pytest.raises(error, match=match):
        Applications(**(parts | change))


@pytest.mark.parametrize(
    ("periods", "others"),
    [
        ([2023, 2024, 2024], np.array([2023.0, 2024.0])),
        (["2023", "2024", "2024"], pd.Series(["2024", "2023"], index=[7, 9])),
        (pl.Series(["2023", "2024", "2024"]), pa.array(["2024", "2023"])),
        (
            pd.PeriodIndex(["2023-01", "2023-02", "2023-02"], freq="M"),
            pd.PeriodIndex(["2023-02", "2023-02"], freq="M"),
        ),
        (
            pd.Categorical(["late", "early", "late"], ["early", "late"], ordered=True),
            pd.Categorical(["late", "late"], ["early", "late"], ordered=True),
        ),
    ],
)
def test_periods_of_any_type(periods: Any, others: Any) -> None:
    # an index of the table in another order than that of the places is none of the periods'
    seen = of(FRAME.set_index(pd.Index([2, 0, 1])), FRAME[:2], periods=periods,
              rejected_periods=others)  # fmt: skip
    again = replace(seen, approval_rate=0.5)
    said = [*np.asarray(periods), *np.asarray(others)]
    for copies, n in ((0, 3), (1, 5)):
        column = again.stacked_periods(copies=copies)
        assert column is not None
        assert column.tolist() == said[:n]
        assert column.index.equals(pd.RangeIndex(n))
    twice = again.stacked_periods(copies=2)
    assert twice is not None
    assert twice.tolist() == [*said, *said[3:]]
    if isinstance(periods, (pd.Categorical, pd.PeriodIndex)):
        assert twice.dtype == periods.dtype
    assert of(FRAME, FRAME).stacked_periods() is None


def test_tables_of_two_libraries() -> None:
    seen = of(FRAME, CONVERT["polars"](FRAME))
    with pytest.raises(InvalidDataError, match=r"of one library\. Got pandas and polars"):
        seen.stacked(seen.names)


def test_without_a_column_that_is_not_there() -> None:
    with pytest.raises(MissingColumnError, match=r"'bb' \(near: 'b'\)"):
        of(FRAME, FRAME).without(["bb"])
