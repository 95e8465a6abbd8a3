"""Shapley values against plain enumeration, by their laws, sampled, and beside a card's points."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeClassifier

from creditscore import LogisticScorecard, PointsScale, Scorecard
from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
    UncalibratedCardError,
)
from creditscore.scorecard import (
    Challenger,
    Characteristic,
    SegmentedScorecard,
    Segments,
    ShapleyComparison,
    ShapleyDisplay,
    ShapleyValues,
    card_shapley_values,
    compare_shapley,
    shapley_values,
)

COLUMNS = ["checking_status", "duration_months", "savings_status", "age_years"]


@pytest.fixture(scope="module")
def customers(german: pd.DataFrame) -> pd.DataFrame:
    return german[COLUMNS]


@pytest.fixture(scope="module")
def card(german: pd.DataFrame) -> Scorecard:
    return LogisticScorecard(min_iv=0).fit(german[COLUMNS], german["is_bad"]).scorecard_


def plain(predict: Any, X: Any, background: Any) -> Any:
    """Let the columns join in every order, one case and one row of the background at a time."""
    n, k = X.shape
    found = np.zeros((n, k))
    for i in range(n):
        for behind in background:
            for order in permutations(range(k)):
                row = behind.copy()
                before = predict(row[None])[0]
                for column in order:
                    row[column] = X[i, column]
                    after = predict(row[None])[0]
                    found[i, column] += after - before
                    before = after
    return found / len(background) / len(list(permutations(range(k))))


def crooked(rows: Any) -> Any:
    """A model with interactions of two and three columns, and a jump."""
    a, b, c, d = np.asarray(rows, dtype=float).T
    return a * b + 3 * (c > 0) * np.sin(d) - a * c * d + b


# --- reference ---------------------------------------------------------------------------


def test_plain_enumeration() -> None:
    random = np.random.default_rng(0)
    X, background = random.normal(size=(3, 4)), random.normal(size=(5, 4))
    found = shapley_values(crooked, X, background)
    assert found.exact
    assert found.values == pytest.approx(plain(crooked, X, background))
    assert not found.standard_errors.any()
    assert found.names == ("x0", "x1", "x2", "x3")
    assert found.n_predicted == 3 * (1 + (2**4 - 2) * 5) + 5


def test_the_glove_game() -> None:
    # one left glove and two right ones make one pair, L. S. Shapley's values are 2/3, 1/6, 1/6
    def pairs(rows: Any) -> Any:
        left, *right = np.asarray(rows).T
        return np.minimum(left, right[0] + right[1])

    found = shapley_values(pairs, np.ones((1, 3)), np.zeros((1, 3)))
    assert found.values[0].tolist() == pytest.approx([2 / 3, 1 / 6, 1 / 6])


# --- laws --------------------------------------------------------------------------------

numbers = st.integers(-5, 5).map(float)


@settings(max_examples=25)
@given(data=st.data(), n=st.integers(1, 3), m=st.integers(1, 4), max_exact=st.sampled_from([0, 12]))
def test_values_add_up(data: st.DataObject, n: int, m: int, max_exact: int) -> None:
    rows = st.lists(st.lists(numbers, min_size=4, max_size=4), min_size=n + m, max_size=n + m)
    values = np.array(data.draw(rows))
    X, background = values[:n], values[n:]
    found = shapley_values(crooked, X, background, max_exact=max_exact, n_permutations=2)
    assert found.base_value == pytest.approx(crooked(background).mean())
    assert found.predictions == pytest.approx(crooked(X))
    expected = found.predictions - found.base_value
    assert found.values.sum(axis=1) == pytest.approx(expected, abs=1e-9)


@settings(max_examples=25)
@given(a=numbers, b=numbers, others=st.lists(numbers, min_size=3, max_size=3))
def test_columns_that_do_the_same_have_the_same_value(
    a: float, b: float, others: list[float]
) -> None:
    def alike(rows: Any) -> Any:
        first, second, third = np.asarray(rows).T
        return (first + second) ** 2 * third

    X = np.array([[a, a, b]])
    background = np.column_stack([others, others, others[::-1]])
    first, second, _ = shapley_values(alike, X, background).values[0]
    assert first == pytest.approx(second)


@settings(max_examples=25)
@given(seed=st.integers(0, 1_000), max_exact=st.sampled_from([0, 12]))
def test_a_column_that_never_matters_has_none(seed: int, max_exact: int) -> None:
    random = np.random.default_rng(seed)
    X, background = random.normal(size=(2, 5)), random.normal(size=(3, 5))
    how: Any = {"max_exact": max_exact, "n_permutations": 2}
    found = shapley_values(lambda rows: crooked(rows[:, :4]), X, background, **how)
    assert found.values[:, 4].tolist() == pytest.approx([0, 0], abs=1e-12)
    if max_exact:
        without = shapley_values(crooked, X[:, :4], background[:, :4], **how)
        assert found.values[:, :4] == pytest.approx(without.values)


@settings(max_examples=20)
@given(seed=st.integers(0, 1_000), weight=st.floats(-3, 3))
def test_values_of_a_sum_are_the_sum_of_values(seed: int, weight: float) -> None:
    random = np.random.default_rng(seed)
    X, background = random.normal(size=(2, 4)), random.normal(size=(3, 4))
    both = shapley_values(lambda rows: crooked(rows) + weight * rows[:, 0] ** 3, X, background)
    one = shapley_values(crooked, X, background)
    other = shapley_values(lambda rows: rows[:, 0] ** 3, X, background)
    assert both.values == pytest.approx(one.values + weight * other.values, abs=1e-9)


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000))
def test_of_a_card_they_are_points_less_their_mean(
    card: Scorecard, customers: pd.DataFrame, seed: int
) -> None:
    X, background = (
        customers.sample(3, random_state=seed),
        customers.sample(8, random_state=seed + 1),
    )
    parts, behind = card.score_parts(X), card.score_parts(background)
    expected = (parts - behind.mean())[COLUMNS].to_numpy()
    for how in ({}, {"max_exact": 0, "n_permutations": 2}):
        found = shapley_values(card.score, X, background, **how)
        assert found.values == pytest.approx(expected, abs=1e-9)
        assert found.standard_errors == pytest.approx(np.zeros((3, 4)), abs=1e-9)
        assert found.index.equals(X.index)
    at_once = card_shapley_values(card, X, background)
    assert at_once.values == pytest.approx(expected)
    assert at_once.base_value == pytest.approx(card.score(background).mean())
    assert at_once.predictions == pytest.approx(card.score(X).to_numpy())


@settings(max_examples=15)
@given(seed=st.integers(0, 1_000))
def test_columns_in_a_group_take_part_as_one(seed: int) -> None:
    random = np.random.default_rng(seed)
    X, background = random.normal(size=(2, 4)), random.normal(size=(3, 4))
    found = shapley_values(crooked, X, background, groups={"both": ["x0", "x3"]})
    assert found.names == ("both", "x1", "x2")

    # the game of three, of which one brings two columns
    def three(rows: Any) -> Any:
        pair, second, third = rows.T
        both = np.array([[1j * p.imag, p.real] for p in pair])
        return crooked(np.column_stack([both[:, 0].imag, second.real, third.real, both[:, 1].real]))

    packed, packed_behind = (
        np.column_stack([v[:, 3] + 1j * v[:, 0], v[:, 1], v[:, 2]]) for v in (X, background)
    )
    assert found.values == pytest.approx(plain(three, packed, packed_behind))
    everything = shapley_values(crooked, X, background, groups={"all": [f"x{i}" for i in range(4)]})
    assert everything.values[:, 0] == pytest.approx(crooked(X) - crooked(background).mean())


@settings(max_examples=10)
@given(max_rows=st.integers(1, 40))
def test_pieces_do_not_matter(max_rows: int) -> None:
    random = np.random.default_rng(0)
    X, background = random.normal(size=(3, 4)), random.normal(size=(4, 4))
    sizes = []

    def noted(rows: Any) -> Any:
        sizes.append(len(rows))
        return crooked(rows)

    for how in ({}, {"max_exact": 0}):
        whole = shapley_values(crooked, X, background, **how)
        found = shapley_values(noted, X, background, max_rows=max_rows, **how)
        assert found.values == pytest.approx(whole.values)
    assert max(sizes) <= max_rows


# --- sampling ----------------------------------------------------------------------------


def test_sampled_values_are_right_within_their_errors() -> None:
    random = np.random.default_rng(0)
    X, background = random.normal(size=(40, 4)), random.normal(size=(10, 4))
    exact = shapley_values(crooked, X, background)
    found = shapley_values(crooked, X, background, max_exact=3, n_permutations=10)
    assert not found.exact
    # the second column meets one other at a time, where a pair of permutations is exact already
    assert found.values[:, 1] == pytest.approx(exact.values[:, 1])
    assert found.standard_errors[:, 1].max() < 1e-12
    rest = [0, 2, 3]
    z = (found.values - exact.values)[:, rest] / found.standard_errors[:, rest]
    # permutations are shared by the cases: their errors are alike, and the bounds wide
    assert 0.5 < np.sqrt((z**2).mean()) < 1.6
    assert np.abs(z).max() < 5
    more = shapley_values(crooked, X, background, max_exact=3, n_permutations=160)
    assert more.standard_errors.mean() == pytest.approx(found.standard_errors.mean() / 4, rel=0.15)
    assert np.abs(more.values - exact.values).mean() < np.abs(found.values - exact.values).mean()
    assert found.n_predicted == 40 * (1 + 2 * 10 * 3 * 10) + 10


def test_the_same_seed_draws_the_same() -> None:
    random = np.random.default_rng(0)
    X, background = random.normal(size=(2, 4)), random.normal(size=(3, 4))
    first, again, other = (
        shapley_values(crooked, X, background, max_exact=0, random_state=seed).values
        for seed in (1, 1, 2)
    )
    assert (first == again).all()
    assert (first != other).any()


# --- tables ------------------------------------------------------------------------------


def test_any_library(card: Scorecard, customers: pd.DataFrame) -> None:
    X, background = customers.head(3), customers.tail(5)
    expected = shapley_values(card.score, X, background)
    for convert in (
        pl.from_pandas,
        lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
        lambda frame: frame.convert_dtypes(),
        lambda frame: frame.astype(dict.fromkeys(COLUMNS[::2], "category")).reindex(),
    ):
        both = convert(pd.concat([X, background], ignore_index=True))
        own, behind = both[:3], both[3:]
        found = shapley_values(card.score, own, behind)
        assert found.values == pytest.approx(expected.values)


def test_types_of_a_table_are_kept(customers: pd.DataFrame) -> None:
    X = customers.head(3).astype({"checking_status": "category", "age_years": "int8"})

    def check(rows: pd.DataFrame) -> Any:
        assert rows.dtypes.tolist() == X.dtypes.tolist()
        assert list(rows.columns) == list(X.columns)
        return rows["age_years"]

    shapley_values(check, X, X)
    found = shapley_values(lambda rows: rows["age_years"], X, X.assign(more=1)[[*COLUMNS, "more"]])
    assert found.names == tuple(COLUMNS)


def test_columns_without_names() -> None:
    frame = pd.DataFrame(np.arange(6.0).reshape(2, 3))
    found = shapley_values(lambda rows: rows[0] + rows[2], frame, frame + 1)
    assert found.names == ("x0", "x1", "x2")
    assert found.values[:, 1] == pytest.approx([0, 0], abs=1e-12)


def test_one_column_and_one_row() -> None:
    X = pd.DataFrame({"a": [3.0]})
    for max_exact in (0, 12):
        found = shapley_values(lambda rows: rows["a"] ** 2, X, X * 2, max_exact=max_exact)
        assert found.values.tolist() == [[9 - 36]]
        assert found.exact


def test_results(card: Scorecard, customers: pd.DataFrame) -> None:
    found = card_shapley_values(card, customers.head(20), customers)
    pd.testing.assert_index_equal(found.frame().index, customers.head(20).index)
    importance = found.importance()
    assert (np.diff(importance["mean_absolute"]) <= 0).all()
    assert importance["mean_absolute"].max() == np.abs(found.values).mean(axis=0).max()
    half = found.scaled(-0.5)
    assert half.values.tolist() == (found.values * -0.5).tolist()
    assert half.base_value == found.base_value * -0.5
    assert (half.standard_errors >= 0).all()
    assert repr(found) == "<ShapleyValues: 20 cases, 4 names, exact>"
    sampled = shapley_values(crooked, np.ones((1, 4)), np.zeros((2, 4)), max_exact=0)
    assert repr(sampled).startswith("<ShapleyValues: 1 cases, 4 names, sampled with standard err")
    with pytest.raises(InvalidParameterError, match="'factor'"):
        found.scaled(float("nan"))


def test_columns_beside_the_card(card: Scorecard, customers: pd.DataFrame) -> None:
    X = customers.head(4).assign(other="x")
    found = card_shapley_values(card, X, X, groups={"money": ["savings_status", "other"]})
    assert found.names == ("checking_status", "duration_months", "money", "age_years")
    assert found.predictions == pytest.approx(card.score(X).to_numpy())
    alone = card_shapley_values(card, X, X)
    assert alone.frame()["other"].tolist() == [0] * 4


# --- beside a card -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def compared(german: pd.DataFrame, card: Scorecard, customers: pd.DataFrame) -> ShapleyComparison:
    tree = DecisionTreeClassifier(min_samples_leaf=30, random_state=0)
    rival = Challenger(name="tree", estimator=tree, encoding="onehot")
    fitted = rival.fit(customers, german["is_bad"])
    return compare_shapley(card, fitted, customers.head(30), customers.sample(20, random_state=0))


def test_a_challenger_in_points(
    compared: ShapleyComparison, german: pd.DataFrame, card: Scorecard, customers: pd.DataFrame
) -> None:
    tree = DecisionTreeClassifier(min_samples_leaf=30, random_state=0)
    fitted = Challenger(name="tree", estimator=tree, encoding="onehot").fit(
        customers, german["is_bad"]
    )
    points = fitted.log_odds(customers.head(30)) * card.scale.factor
    assert compared.challenger.predictions == pytest.approx(points)
    sums = compared.challenger.values.sum(axis=1)
    assert sums == pytest.approx(points - compared.challenger.base_value)
    table = compared.table(3)
    assert set(table["name"]) == set(COLUMNS)
    by_name = table.set_index("name")
    assert by_name["card"].sum() == pytest.approx(
        compared.card.predictions[3] - compared.card.base_value
    )
    assert by_name.loc["age_years", "value"] == str(customers["age_years"].iloc[3])
    assert (by_name["difference"] == by_name["challenger"] - by_name["card"]).all()
    largest = table[["card", "challenger"]].abs().max(axis=1)
    assert (np.diff(largest) <= 0).all()
    assert compared.table(-1).equals(compared.table(29))


def test_summary(compared: ShapleyComparison) -> None:
    summary = compared.summary().set_index("name")
    card = np.abs(compared.card.values).mean(axis=0)
    assert summary["card"].to_dict() == pytest.approx(dict(zip(COLUMNS, card, strict=True)))
    assert summary["correlation"].between(-1, 1).all()
    assert "checking_status" in compared._repr_html_()
    assert repr(compared).startswith("<ShapleyComparison: 30 cases, 'tree' beside the card; they")


def test_on_a_reversed_scale(card: Scorecard, customers: pd.DataFrame) -> None:
    def safe(rows: Any) -> Any:
        return rows["duration_months"] / -30.0

    X = customers.head(5)
    straight = compare_shapley(card, safe, X, X)
    reverse = compare_shapley(card.on_scale(PointsScale(reverse=True)), safe, X, X)
    assert reverse.challenger.values == pytest.approx(-straight.challenger.values)
    assert reverse.card.values == pytest.approx(-straight.card.values)
    assert (straight.higher_is_safer, reverse.higher_is_safer) == (True, False)
    colours = [
        [bar.get_facecolor() for bar in ShapleyDisplay.from_case(one, 1).plot().ax_.patches]
        for one in (straight, reverse)
    ]
    assert colours[0] == colours[1]


def test_a_segmented_card_is_taken_as_a_model(card: Scorecard, customers: pd.DataFrame) -> None:
    rule = Segments.by_cuts("age_years", [30], ["young", "settled"])
    high = card.on_scale(PointsScale(base_score=650)).on_scale(card.scale)
    segmented = SegmentedScorecard(segments=rule, cards=(card, high))
    X = customers.head(4)
    found = compare_shapley(
        segmented, lambda rows: segmented.scale.log_odds(segmented.score(rows)), X, X
    )
    assert found.card.values == pytest.approx(found.challenger.values)
    assert found.name == "challenger"


def test_displays(compared: ShapleyComparison) -> None:
    case = ShapleyDisplay.from_case(compared, 2, max_shown=2)
    frame = case.frame()
    assert frame["name"].tolist()[2] == "all others (2)"
    assert frame["card"].sum() == pytest.approx(compared.card.values[2].sum())
    assert frame["challenger"].sum() == pytest.approx(compared.challenger.values[2].sum())
    ax = case.plot().ax_
    labels = [label.get_text() for label in ax.get_yticklabels()]
    first = compared.table(2).iloc[0]
    assert labels[0] == f"{first['name']}\n{first['value']}"
    assert repr(case).startswith("<ShapleyDisplay: 3 names, card and 'tree' for case 2;")
    everybody = ShapleyDisplay.from_comparison(compared)
    assert len(everybody.frame()) == 4
    assert everybody.plot().ax_.get_xlabel() == "mean absolute points"
    assert "on average" in repr(everybody)


def test_errors_of_sampled_values_are_drawn(card: Scorecard, customers: pd.DataFrame) -> None:
    X = customers.head(3)
    found = compare_shapley(
        card,
        lambda r: r["age_years"] * r["duration_months"] * (r["savings_status"] == "< 100 DM") / 900,
        *(X, customers.tail(5)),
        max_exact=0,
    )
    assert (found.table(0)["error"] > 0).any()
    display = ShapleyDisplay.from_case(found).plot()
    assert len(display.ax_.collections) == 1


def test_missing_values_are_shown_as_such() -> None:
    years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    card = Scorecard(characteristics=[years], scale=PointsScale())
    X = pd.DataFrame({"years": [np.nan, 2.5]})
    found = compare_shapley(card, lambda rows: rows["years"].fillna(0), X, X)
    assert [found.table(i)["value"].item() for i in (0, 1)] == ["missing", "2.5"]
    assert np.isnan(found.summary()["correlation"]).sum() == 0
    polars = compare_shapley(
        card, lambda rows: rows["years"].fill_nan(0), *[pl.from_pandas(X).fill_null(np.nan)] * 2
    )
    assert [polars.table(i)["value"].item() for i in (0, 1)] == ["missing", "2.5"]


# --- errors ------------------------------------------------------------------------------


def test_answers_that_are_refused() -> None:
    X = np.ones((2, 2))
    for predict, message in (
        (lambda rows: np.ones((len(rows), 2)), r"one number a row, of 2 rows\. Got shape \(2, 2\)"),
        (lambda rows: float(len(rows)), r"Got shape \(\)"),
        (lambda rows: np.full(len(rows), np.inf), "finite numbers. Got inf"),
        (lambda rows: ["a"] * len(rows), "Got text"),
    ):
        with pytest.raises(InvalidDataError, match=message):
            shapley_values(predict, X, X)


def test_backgrounds_that_are_refused(customers: pd.DataFrame) -> None:
    X = customers.head(2)
    zero: Any = lambda rows: np.zeros(len(rows))  # noqa: E731 - a model of no interest
    with pytest.raises(MissingColumnError, match="'age_years'"):
        shapley_values(zero, X, X.drop(columns="age_years"))
    with pytest.raises(InvalidDataError, match=r"one library\. Got pandas and polars"):
        shapley_values(zero, X, pl.from_pandas(X))
    with pytest.raises(InvalidDataError, match=r"one library\. Got polars and pandas"):
        shapley_values(zero, pl.from_pandas(X), X)
    with pytest.raises(InvalidDataError, match="X has 2 without names, the background 3"):
        shapley_values(zero, np.ones((1, 2)), np.ones((1, 3)))
    category = X.astype({"checking_status": "category"})
    other = category.assign(checking_status=pd.Categorical(["new"] * 2))
    with pytest.raises(InvalidDataError, match="'checking_status' is category in X"):
        shapley_values(zero, category, other)
    with pytest.raises(InvalidDataError, match=r"'age_years' is .* of categories, the same list"):
        shapley_values(zero, X, X.assign(age_years="old"))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"max_exact": -1}, "'max_exact'"),
        ({"max_exact": 21}, "'max_exact' parameter of shapley_values must be 20 or less"),
        ({"n_permutations": 1}, "'n_permutations'"),
        ({"max_rows": 0}, "'max_rows'"),
        ({"random_state": "x"}, "'random_state' parameter of shapley_values"),
        ({"groups": {"a": ["x0"], "b": ["x0"]}}, "'x0' stands in two groups, 'a' and 'b'"),
        ({"groups": {"a": "x0"}}, "must be a list of columns"),
        ({"groups": {"x1": ["x0"]}}, "not be called as a column outside it: 'x1'"),
        ({"groups": {"a": []}}, "must hold columns"),
    ],
)
def test_parameters_that_are_refused(given: Any, message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        shapley_values(lambda rows: rows[:, 0], np.ones((1, 2)), np.ones((1, 2)), **given)
    with pytest.raises(MissingColumnError, match="'x7'"):
        shapley_values(lambda r: r[:, 0], np.ones((1, 2)), np.ones((1, 2)), groups={"a": ["x7"]})


def test_comparisons_that_are_refused(
    compared: ShapleyComparison, card: Scorecard, customers: pd.DataFrame
) -> None:
    with pytest.raises(InvalidParameterError, match="place of one of 30 cases"):
        compared.table(30)
    with pytest.raises(InvalidParameterError, match="'max_shown'"):
        ShapleyDisplay.from_case(compared, max_shown=0)
    with pytest.raises(InvalidParameterError, match="'comparison' parameter"):
        ShapleyDisplay.from_comparison(compared.card)
    other = card_shapley_values(card, customers.head(2), customers)
    with pytest.raises(InvalidDataError, match="of the same cases and names"):
        ShapleyComparison(card=other, challenger=compared.challenger, name="tree", X=customers)
    years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    with pytest.raises(UncalibratedCardError, match="no scale"):
        compare_shapley(Scorecard(characteristics=[years]), lambda rows: rows, customers, customers)
    assert isinstance(compared.challenger, ShapleyValues)
