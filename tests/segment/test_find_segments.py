"""k-means: the groups that are there, the number, stability, order, words."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score, silhouette_score

from creditscore.exceptions import (
    ColumnTypeError,
    ConstantColumnWarning,
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
    UnstableSegmentWarning,
)
from creditscore.segment import (
    KMeansSegments,
    SegmentProfileDisplay,
    SilhouetteDisplay,
    find_segments,
)
from creditscore.segment._clusters import _evidence
from creditscore.segment._clusters._evidence import best_jaccard, chosen_number, number_evidence


def three_groups(n: int = 60, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(3), n)
    centres = np.array([[0.0, 0.0], [800.0, 0.0], [400.0, 0.9]])
    noise = rng.normal(size=(3 * n, 2)) * [60.0, 0.08]
    table = pd.DataFrame(centres[truth] + noise, columns=["sales", "growth"])
    return table, truth


X, TRUTH = three_groups()
FOUND = find_segments(X, max_segments=5, n_resamples=10)


def test_finds_what_is_there() -> None:
    assert adjusted_rand_score(TRUTH, FOUND.assign(X)) == 1
    assert FOUND.counts == (60, 60, 60)
    # numbered by the first column, the largest first
    assert np.all(np.diff([mean[0] for mean in FOUND.means]) < 0)
    assert min(value or 0.0 for value in FOUND.stability) > 0.95
    assert FOUND.adjusted_rand == pytest.approx(1, abs=0.02)
    assert FOUND.evidence_table().set_index("chosen").loc[True, "n_segments"] == 3
    np.testing.assert_allclose(
        FOUND.means, X.groupby(FOUND.assign(X).to_numpy()).mean().to_numpy(), rtol=1e-9
    )


def test_silhouettes_are_those_of_scikit_learn() -> None:
    values = FOUND.standardised(X)
    expected = silhouette_score(values, TRUTH)
    three = FOUND.evidence[2]
    assert three.silhouette == pytest.approx(expected, rel=1e-9)
    display = SilhouetteDisplay.from_segments(FOUND, X)
    assert display.frame()["silhouette"].mean() == pytest.approx(expected, rel=1e-9)


def test_order_follows_the_column_asked_for() -> None:
    by_growth = find_segments(X, n_segments=3, order_by="growth", n_resamples=0)
    assert np.all(np.diff([mean[1] for mean in by_growth.means]) < 0)
    assert by_growth.stability == (None, None, None)
    assert by_growth.stability_table()["verdict"].tolist() == ["not checked"] * 3
    assert "stability not checked" in repr(by_growth)


def test_same_seed_same_segments_whatever_the_order_of_columns() -> None:
    assert find_segments(X, max_segments=5, n_resamples=10) == FOUND
    other = find_segments(X, max_segments=5, n_resamples=0, random_state=7)
    assert (other.assign(X) == FOUND.assign(X)).all()
    turned = find_segments(X[["growth", "sales"]], n_segments=3, order_by="sales", n_resamples=0)
    assert (turned.assign(X) == FOUND.assign(X)).all()


@settings(deadline=None, max_examples=6)
@given(st.floats(1e-3, 1e3), st.floats(-1e3, 1e3), st.sampled_from(["standard", "robust"]))
def test_units_do_not_matter(factor: float, term: float, how: str) -> None:
    small, _ = three_groups(15)
    moved = small.assign(sales=small["sales"] * factor + term)
    first, second = (
        find_segments(t, n_segments=3, n_resamples=0, standardise=how)  # type: ignore[arg-type]
        for t in (small, moved)
    )
    assert (first.assign(small) == second.assign(moved)).all()


def test_robust_units_bear_one_giant() -> None:
    giant = pd.concat([X, pd.DataFrame({"sales": [1e7], "growth": [0.0]})], ignore_index=True)
    robust = find_segments(giant, n_segments=4, standardise="robust", n_resamples=0)
    assert robust.counts[0] == 1
    assert adjusted_rand_score(TRUTH, robust.assign(X)) == 1
    np.testing.assert_allclose(robust.location, giant.median())


def test_jaccard_by_hand() -> None:
    labels = np.array([0, 0, 0, 1, 1, 2])
    others = np.array([0, 0, 1, 1, 1, 1])
    # group 0: {0,1,2} with {0,1} is 2/3; group 1: {3,4} with {2,3,4,5} is 2/4; group 2: 1/4;
    # nobody of group 3 was drawn: 0, as clusterboot of the package fpc for R has it
    np.testing.assert_allclose(best_jaccard(labels, others, 4), [2 / 3, 1 / 2, 1 / 4, 0])


def test_customers_drawn_twice_count_once(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(5).uniform(size=(12, 1))
    labels = (values[:, 0] > 0.5).astype(np.intp)

    def apart_elsewhere(rows: np.ndarray, k: int, seed: int, *, starts: int) -> object:
        return SimpleNamespace(labels_=(rows[:, 0] > 0.3).astype(np.intp))

    monkeypatch.setattr(_evidence, "k_means", apart_elsewhere)
    found, _ = _evidence.jaccard_stability(values, labels, 2, 40, 7)
    rng = np.random.default_rng(7)
    expected = []
    for _ in range(40):
        drawn = set(rng.choice(12, size=12, replace=True).tolist())
        rng.integers(2**31)
        ours = [{i for i in drawn if labels[i] == place} for place in (0, 1)]
        others = [{i for i in drawn if (values[i, 0] > 0.3) == place} for place in (0, 1)]
        expected.append([max(len(a & b) / len(a | b) for b in others) for a in ours])
    np.testing.assert_allclose(found, np.mean(expected, axis=0), rtol=1e-12)


def test_gap_of_one_group_by_hand() -> None:
    values = np.random.default_rng(6).normal(size=(50, 2))
    one = number_evidence(values, 2, 4)[0]
    rng = np.random.default_rng(4)
    low, high = values.min(axis=0), values.max(axis=0)
    samples = [rng.uniform(low, high, size=values.shape) for _ in range(10)]
    logs = [np.log(((s - s.mean(axis=0)) ** 2).sum()) for s in samples]
    inertia = ((values - values.mean(axis=0)) ** 2).sum()
    assert one.inertia == pytest.approx(inertia)
    assert one.gap == pytest.approx(np.mean(logs) - np.log(inertia))
    # s = sd · √(1 + 1/B), the standard deviation by the number of samples
    assert one.gap_error == pytest.approx(np.std(logs) * np.sqrt(1.1))


def test_one_customer_alone_is_no_stable_segment() -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(np.vstack([rng.normal(size=(60, 2)), [[50, 50]]]), columns=["a", "b"])
    with pytest.warns(UnstableSegmentWarning, match=r"again.*segment 1 0\.[67]"):
        found = find_segments(X, n_segments=2, n_resamples=200, random_state=2)
    # the share of bootstrap samples that hold one of 61 customers
    assert found.counts[0] == 1
    assert found.stability[0] == pytest.approx(1 - (1 - 1 / 61) ** 61, abs=0.1)
    with pytest.warns(UnstableSegmentWarning):
        once = [find_segments(X, n_segments=2, n_resamples=1, random_state=s) for s in range(4)]
    assert {segments.stability[0] for segments in once} == {0.0, 1.0}


def test_gap_says_one_group_where_there_is_one() -> None:
    # Tibshirani, Walther and Hastie (2001), section 5, scenario (a): uniform in ten dimensions
    values = np.random.default_rng(1).uniform(size=(200, 10))
    assert chosen_number(number_evidence(values, 5, 0), "gap") == 1
    # scenario (b): three groups in two dimensions, of 25, 25 and 50
    rng = np.random.default_rng(2)
    groups = np.concatenate(
        [rng.normal(size=(n, 2)) + c for n, c in ((25, (0, 0)), (25, (0, 5)), (50, (5, -3)))]
    )
    assert chosen_number(number_evidence(groups, 5, 0), "gap") == 3
    table = pd.DataFrame(values, columns=[f"c{place}" for place in range(10)])
    one = find_segments(table, max_segments=3, choose_by="gap", n_resamples=2)
    assert one.names == ("segment 1",)
    assert one.stability == (1.0,)
    assert one.profiles()["words"].tolist() == [
        "segment 1 (200 customers, 100.0%): close to the average in everything"
    ]


def test_groups_that_are_not_there_are_told() -> None:
    cloud = pd.DataFrame(np.random.default_rng(3).normal(size=(300, 4)), columns=list("abcd"))
    with pytest.warns(UnstableSegmentWarning, match=r"segment \d 0\.\d\d.* 0\.75 or more is"):
        found = find_segments(cloud, n_segments=6, n_resamples=15)
    assert found.stability_table()["verdict"].isin(["doubtful", "unstable"]).any()


def test_new_customers() -> None:
    new = pd.DataFrame(
        {"growth": [0.0, 0.9, None], "sales": [790.0, 410.0, 1.0]}, index=list("xyz")
    )
    assert FOUND.assign(new).to_dict() == {"x": "segment 1", "y": "segment 2", "z": "unknown"}
    assert FOUND.assign(pl.from_pandas(new)).to_list()[2] == "unknown"
    with pytest.raises(MissingColumnError, match="'growth'"):
        FOUND.assign(new[["sales"]])
    with pytest.raises(ColumnTypeError, match="distances need numbers"):
        FOUND.assign(new.assign(growth="high"))


def test_words() -> None:
    chinese = {"sales": "销售额", "growth": "增长"}
    table = FOUND.profiles(labels={"growth": "yearly growth"}, labels_zh=chinese)
    assert table["words"].tolist() == [
        (
            "segment 1 (60 customers, 33.3%): sales far above the average; yearly growth below the "
            "average"
        ),
        "segment 2 (60 customers, 33.3%): yearly growth far above the average",
        (
            "segment 3 (60 customers, 33.3%): sales far below the average; yearly growth below the "
            "average"
        ),
    ]
    assert table["words_zh"][0] == "segment 1（60户，占33.3%）：销售额远高于平均；增长低于平均"
    z = FOUND.z_table()
    np.testing.assert_allclose(np.array(FOUND.counts) @ z.to_numpy(), 0, atol=1e-9)
    with pytest.raises(InvalidParameterError, match="There is no column 'sale'"):
        FOUND.profiles(labels={"sale": "x"})


def test_names_are_given() -> None:
    named = FOUND.named({"segment 1": "key accounts"})
    assert set(named.assign(X)) == {"key accounts", "segment 2", "segment 3"}
    with pytest.raises(InvalidParameterError, match="There is no segment 'segment 9'"):
        FOUND.named({"segment 9": "x"})
    with pytest.raises(InvalidParameterError, match="different texts"):
        FOUND.named({"segment 1": "segment 2"})


def test_documents_come_back() -> None:
    assert KMeansSegments.from_json(FOUND.to_json()) == FOUND
    unchecked = find_segments(X, n_segments=2, n_resamples=0)
    again = KMeansSegments.from_json(unchecked.to_json())
    assert again == unchecked
    assert (again.assign(X) == unchecked.assign(X)).all()
    assert "segment 1" in FOUND._repr_html_()


@pytest.mark.parametrize(
    ("table", "error", "match"),
    [
        (X.assign(sales=np.nan), InvalidDataError, "'sales' has 180 missing value"),
        (X.assign(sales="many"), ColumnTypeError, "distances need numbers"),
        (X.iloc[:2], InvalidDataError, "2 different customers in 2 rows"),
    ],
)
def test_tables_are_checked(table: pd.DataFrame, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        find_segments(table, n_resamples=0)


def test_settings_are_checked() -> None:
    for changed, match in (
        ({"standardise": "rank"}, "'standardise'"),
        ({"choose_by": "elbow"}, "'choose_by'"),
        ({"max_segments": 1}, "'max_segments'"),
        ({"n_segments": 0}, "'n_segments'"),
        ({"n_resamples": -1}, "'n_resamples'"),
        ({"order_by": "sale"}, "There is no column, the 'order_by'"),
        ({"max_segments": 500}, "up to 500 segments"),
    ):
        with pytest.raises(InvalidParameterError, match=match):
            find_segments(X, **changed)


def test_columns_that_do_not_vary_are_left_out() -> None:
    with pytest.warns(ConstantColumnWarning, match="Column 'one' has one value only, 1"):
        found = find_segments(X.assign(one=1), n_segments=3, n_resamples=0)
    assert found.columns == ("sales", "growth")
    with (
        pytest.warns(ConstantColumnWarning, match="'one'"),
        pytest.raises(EmptyDataError, match="No column varies"),
    ):
        find_segments(pd.DataFrame({"one": [1] * 20}))
    mostly = X.assign(flag=[0.0] * 170 + [1.0] * 10)
    with pytest.raises(InvalidDataError, match="interquartile range is zero"):
        find_segments(mostly, standardise="robust")


def test_pictures() -> None:
    profile = SegmentProfileDisplay.from_segments(FOUND, labels={"sales": "yearly sales"}).plot()
    assert [text.get_text() for text in profile.ax_.texts][:2] == ["+1.2", "-0.7"]
    ticks = [tick.get_text() for tick in profile.ax_.get_yticklabels()]
    assert ticks[0] == "segment 1: 33%, highly stable"
    profile.ax_.figure.canvas.draw()
    display = SilhouetteDisplay.from_segments(FOUND, X).plot()
    assert "of 180 customers" in display.ax_.get_xlabel()
    display.ax_.figure.canvas.draw()
    many = pd.concat([X] * 12, ignore_index=True)
    assert len(SilhouetteDisplay.from_segments(FOUND, many).frame()) == 2000
    with pytest.raises(InvalidDataError, match="two segments or more"):
        SilhouetteDisplay.from_segments(FOUND, X[FOUND.assign(X) == "segment 1"])
    assert math.isclose(profile.frame().iloc[0, 0], FOUND.z_table().iloc[0, 0])
