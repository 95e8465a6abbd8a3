"""Is the test sample apart from the one of the fit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportions_ztest

from creditscore.datasets import load_german_credit
from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    MissingColumnError,
)
from creditscore.validate import SplitCheck, ValidationSample, check_split, validate_scores

SHARED, REPEATED = "rows shared with the fit", "rows that repeat another"
CUSTOMERS, TIME = "customers in both samples", "test after the fit in time"
RATE = "bad rate of both samples"


def lines(found: SplitCheck) -> pd.DataFrame:
    return found.table().set_index("test")


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 2) | st.none()), min_size=2),
    st.integers(1, 20),
)
def test_shared_rows_are_those_of_a_join(rows: list[tuple[str, int | None]], cut: int) -> None:
    frame = pd.DataFrame(rows, columns=["c", "x"]).astype({"x": "Int64"})
    cut = min(cut, len(frame) - 1)
    first, second = frame[:cut], frame[cut:]
    found = check_split(first, second)
    known = set(map(str, first.to_numpy().tolist()))
    assert found.is_shared.tolist() == [str(row) in known for row in second.to_numpy().tolist()]
    repeated = max(first.duplicated().mean(), second.duplicated().mean())
    assert lines(found).loc[REPEATED, "statistic"] == pytest.approx(repeated)


def test_rows_of_any_library_and_types_are_compared() -> None:
    german = load_german_credit()
    first, second = german[:700], german[690:]
    mixed = check_split(pl.from_pandas(first), second)
    assert np.flatnonzero(mixed.is_shared).tolist() == list(range(10))
    # whole numbers and floats, text and categories hold the same values
    other = second.astype({"housing": "category", "age_years": float})
    assert check_split(first, other).is_shared.sum() == 10


def test_verdicts_of_shared_rows() -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(1000, 2)), columns=["a", "b"])
    assert lines(check_split(X[:500], X[500:])).loc[SHARED, "verdict"] == "pass"
    assert lines(check_split(X[:503], X[500:])).loc[SHARED, "verdict"] == "watch"
    assert lines(check_split(X[:520], X[500:])).loc[SHARED, "verdict"] == "fail"
    coarse = pd.DataFrame({"a": rng.integers(0, 3, 1000)})
    found = lines(check_split(coarse[:500], coarse[500:]))
    assert found.loc[SHARED, "statistic"] == 1
    # three levels repeat in all but three rows
    assert found.loc[REPEATED, "statistic"] == pytest.approx(0.994)


def test_coarse_columns_are_watched_at_most() -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.integers(0, 30, size=(4000, 2)), columns=["a", "b"])
    found = lines(check_split(X[:3900], X[3900:].assign(b=lambda t: t["b"] + 5)))
    assert 0.5 < found.loc[SHARED, "statistic"] < 1
    assert found.loc[SHARED, "verdict"] == "watch"
    assert "of the rows of the fit equal another of them" in found.loc[SHARED, "note"]


def test_customers_in_both_samples() -> None:
    first = pd.DataFrame({"k": [1, 2, 3], "x": [0.1, 0.2, 0.3]})
    second = pd.DataFrame({"k": [3, 3, 4], "x": [0.4, 0.5, 0.6]})
    found = lines(check_split(first, second, key="k"))
    assert found.loc[CUSTOMERS, ["statistic", "verdict"]].tolist() == [0.5, "watch"]
    assert found.loc[CUSTOMERS, "note"] == "1 of 2 customers of the test by 'k'"
    # the key is no column in which rows are compared
    assert check_split(first, first.assign(k=[7, 8, 9]), key="k").is_shared.all()


@pytest.mark.parametrize(
    ("start", "verdict", "after"),
    [("2024-04-10", "pass", 1.0), ("2024-02-01", "watch", 0.0), ("2023-12-01", "fail", 0.0)],
)
def test_time(start: str, verdict: str, after: float) -> None:
    X = pd.DataFrame({"x": np.arange(100.0)})
    train = pd.Series(pd.date_range("2024-01-01", periods=100))
    found = check_split(
        X, X[:50] + 0.5, train_time=train, test_time=pd.date_range(start, periods=50)
    )
    assert lines(found).loc[TIME, ["statistic", "verdict"]].tolist() == [after, verdict]
    named = check_split(
        X.assign(d=train), X[:50].assign(d=pd.date_range(start, periods=50)),
        columns=["x"], train_time="d", test_time="d",
    )  # fmt: skip
    assert lines(named).loc[TIME, "verdict"] == verdict


@pytest.mark.parametrize(
    ("new", "verdict"), [(104, "pass"), (118, "watch"), (140, "fail"), (0, "fail")]
)
def test_bad_rates_by_the_z_test_of_statsmodels(new: int, verdict: str) -> None:
    X = pd.DataFrame({"x": np.arange(1000.0)})
    first, second = np.arange(1000) < 100, np.arange(1000) < new
    line = lines(check_split(X, X + 0.5, first, second)).loc[RATE]
    _, p_value = proportions_ztest([100, new], [1000, 1000])
    assert line["p_value"] == pytest.approx(p_value)
    expected = verdict if p_value < 0.05 else "pass"
    assert (line["statistic"], line["verdict"]) == (pytest.approx(new / 1000 - 0.1), expected)


@pytest.mark.parametrize(("new", "verdict"), [(2100, "pass"), (2300, "watch"), (1700, "watch"),
                                              (2600, "fail"), (1400, "fail")])  # fmt: skip
def test_changes_of_the_bad_rate_by_a_tenth_and_by_a_quarter(new: int, verdict: str) -> None:
    X = pd.DataFrame({"x": np.arange(20_000.0)})
    first, second = np.arange(20_000) < 2000, np.arange(20_000) < new
    assert lines(check_split(X, X + 0.5, first, second)).loc[RATE, "verdict"] == verdict


def test_no_bads_in_either_sample_is_no_shift() -> None:
    X = pd.DataFrame({"x": [1.0, 2.0]})
    assert lines(check_split(X, X + 5, [0, 0], [0, 0])).loc[RATE, "verdict"] == "pass"


def test_the_lines_go_into_a_report() -> None:
    german = load_german_credit()
    found = check_split(german[:700], german[650:])
    sample = ValidationSample(is_bad=[0, 0, 1, 0], prob_default=[0.1, 0.1, 0.3, 0.2])
    report = validate_scores(sample).with_findings(found)
    assert set(report.table().query("part == 'data'")["judged_by"]) == {"bound", ""}
    assert report.summary().set_index("part").loc["data", "worst"] == "fail"
    assert found.verdict == "fail"
    assert repr(found).startswith("<SplitCheck: fail; 50 of 350 test rows")
    assert "350 test rows and 700 of the fit" in found._repr_html_()


def test_errors() -> None:
    X = pd.DataFrame({"x": [1.0, 2.0]})
    with pytest.raises(InvalidParameterError, match="compares y_train with y_test"):
        check_split(X, X, [0, 1])
    with pytest.raises(InvalidParameterError, match="compares test_time with train_time"):
        check_split(X, X, test_time="2024-01-01")
    with pytest.raises(MissingColumnError, match="'k'"):
        check_split(X, X, key="k")
    with pytest.raises(MissingColumnError, match="'z'"):
        check_split(X, X, columns=["z"])
    with pytest.raises(InvalidParameterError, match="must be a list of names"):
        check_split(X, X, columns="x")
    with pytest.raises(InvalidDataError, match="no column in common"):
        check_split(X, X.rename(columns={"x": "z"}))
    with pytest.raises(InvalidDataError, match="train_time has 1 missing date"):
        check_split(X, X, train_time=pd.Series([pd.NaT, pd.Timestamp("2024-01-01")]),
                    test_time="2024-01-01")  # fmt: skip
    with pytest.raises(InvalidTargetError, match="binary"):
        check_split(X, X, [0, 2], [0, 1])
