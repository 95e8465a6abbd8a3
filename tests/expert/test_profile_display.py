"""A customer beside the mean of its grade: bars and radar, of sub-scores and of points."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from creditscore import PointsScale, Scorecard
from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    RefusedValueError,
)
from creditscore.expert import CustomerProfileDisplay, ExpertScorecard, MinMaxScore, Weights
from creditscore.scorecard import Characteristic

SUBSCORES = pd.DataFrame(
    {"liquidity": [80, 60, 20.0], "leverage": [50, 70, 10.0], "growth": [40, 40, 90.0]},
    index=["Alder", "Birch", "Cedar"],
)
GRADES = ["A", "A", "C"]


def card(**settings: Any) -> Scorecard:
    return Scorecard(
        characteristics=(
            Characteristic.numeric("years", cuts=[2, 10], points=[0, 20, 40], missing_points=0),
            Characteristic.numeric("audit", cuts=[1], points=[-10, 30], missing_points=0),
            Characteristic.numeric("region", cuts=[1], points=[5, 5], missing_points=5),
        ),
        **settings,
    )


FIRMS = pd.DataFrame({"years": [1, 5, 20], "audit": [0, 2, 2], "region": [0, 1, 2]})


def test_means_are_those_of_the_grade() -> None:
    display = CustomerProfileDisplay.from_subscores(SUBSCORES, "Alder", grades=GRADES)
    assert display.frame()["mean"].tolist() == [70, 60, 40]
    assert display.frame()["difference"].tolist() == [10, -10, 0]
    assert (display.grade, display.n_peers) == ("A", 2)
    assert "Alder beside the mean of grade A (2 customers), 3 criteria" in repr(display)
    everybody = CustomerProfileDisplay.from_subscores(SUBSCORES, "Cedar")
    np.testing.assert_allclose(everybody.means, SUBSCORES.mean())
    assert "beside the mean of 3 customers" in repr(everybody)


def test_points_are_shares_of_their_range() -> None:
    display = CustomerProfileDisplay.from_scorecard(card(), FIRMS, 1, grades=["B", "A", "A"])
    # (20 − 0) / 40 and (30 + 10) / 40; points of the region are the same for everybody
    assert display.frame()["criterion"].tolist() == ["years", "audit"]
    assert display.values.tolist() == [0.5, 1.0]
    assert display.means.tolist() == [0.75, 1.0]


def test_an_expert_card_is_shown_by_its_points() -> None:
    rules = {"years": MinMaxScore(low=0, high=20), "audit": MinMaxScore(low=0, high=4)}
    expert = ExpertScorecard(subscores=rules, weights=Weights.of({"years": 3, "audit": 1}))
    display = CustomerProfileDisplay.from_scorecard(expert, FIRMS, 1)
    assert display.values.tolist() == pytest.approx([0.25, 0.5])


def test_a_reversed_card_is_turned_round() -> None:
    scale = PointsScale(base_score=100, base_odds=1, pdo=20, reverse=True)
    display = CustomerProfileDisplay.from_scorecard(card(scale=scale), FIRMS, 0)
    assert display.values.tolist() == [1.0, 1.0]


def test_tables_without_an_index_go_by_row() -> None:
    table = pl.DataFrame({name: SUBSCORES[name].to_numpy() for name in SUBSCORES})
    display = CustomerProfileDisplay.from_subscores(table, 2, grades=GRADES)
    assert display.values.tolist() == [20, 10, 90]
    assert (display.customer, display.n_peers) == ("2", 1)


def test_bars() -> None:
    display = CustomerProfileDisplay.from_subscores(
        SUBSCORES, "Alder", grades=GRADES, labels={"leverage": "Leverage of the firm"}
    )
    ax = display.plot().ax_
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "liquidity", "Leverage of the firm", "growth"
    ]  # fmt: skip
    widths = sorted(bar.get_width() for bars in ax.containers for bar in bars)
    assert widths == [40, 50, 80]
    assert ax.get_xlim() == (0, 100)
    means = ax.collections[0].get_segments()
    assert [float(segment[0][0]) for segment in means] == [70, 60, 40]


def test_bars_of_points_are_in_percent() -> None:
    ax = CustomerProfileDisplay.from_scorecard(card(), FIRMS, 1).plot().ax_
    assert ax.get_xlabel() == "share of the range of points"
    ax.figure.canvas.draw()
    assert ax.get_xticklabels()[-1].get_text() == "100%"


def test_values_beyond_the_range_are_in_the_picture() -> None:
    table = SUBSCORES * 2 - 30
    ax = CustomerProfileDisplay.from_subscores(table, "Alder").plot().ax_
    assert ax.get_xlim() == (0, 130)


@pytest.mark.parametrize("n", [3, 12, 30])
def test_radar(n: int) -> None:
    values = np.random.default_rng(n).uniform(0, 100, (4, n))
    table = pd.DataFrame(values, columns=[f"criterion {i}" for i in range(n)])
    ax = CustomerProfileDisplay.from_subscores(table, 1).plot(kind="radar").ax_
    mean, own = ax.lines[:2]
    np.testing.assert_allclose(own.get_ydata(), [*values[1], values[1, 0]])
    np.testing.assert_allclose(mean.get_ydata()[:-1], values.mean(axis=0))
    assert len(ax.texts) == n


def test_radar_needs_three_criteria_and_polar_axes() -> None:
    from matplotlib import pyplot as plt

    two = CustomerProfileDisplay.from_subscores(SUBSCORES[["growth", "leverage"]], "Birch")
    with pytest.raises(InvalidParameterError, match="three criteria or more"):
        two.plot(kind="radar")
    display = CustomerProfileDisplay.from_subscores(SUBSCORES, "Birch")
    with pytest.raises(InvalidParameterError, match="polar axes"):
        display.plot(plt.subplots()[1], kind="radar")
    polar = plt.subplots(subplot_kw={"projection": "polar"})[1]
    assert display.plot(polar, kind="radar").ax_ is polar
    with pytest.raises(InvalidParameterError, match="'kind' parameter"):
        display.plot(kind="pie")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("customer", "changes", "error", "match"),
    [
        ("Dogwood", {}, InvalidParameterError, "no row of the customer 'Dogwood'"),
        ("Alder", {"grades": ["A"]}, InvalidDataError, "each of the 3 customers"),
        ("Alder", {"grades": pd.Series(GRADES, index=["Cedar", "Birch", "Alder"])},
         InvalidDataError, "subscores and grades hold the same index in different orders"),
        ("Alder", {"labels": ["Growth"]}, InvalidParameterError, "'labels' parameter"),
        ("Alder", {"grades": [None, "A", "A"]}, InvalidDataError, "must be a text. Got None"),
        ("Alder", {"score_range": (1, 1)}, InvalidParameterError, "'score_range' parameter"),
        ("Alder", {"score_range": (1,)}, InvalidParameterError, "'score_range' parameter"),
    ],
)  # fmt: skip
def test_input_is_refused(
    customer: Any, changes: dict[str, Any], error: type[Exception], match: str
) -> None:
    with pytest.raises(error, match=match):
        CustomerProfileDisplay.from_subscores(SUBSCORES, customer, **changes)


def test_tables_are_refused() -> None:
    twice = SUBSCORES.set_axis(["Alder", "Alder", "Cedar"])
    with pytest.raises(InvalidParameterError, match="2 rows of the customer 'Alder'"):
        CustomerProfileDisplay.from_subscores(twice, "Alder")
    missing = SUBSCORES.mask(SUBSCORES == 10)
    with pytest.raises(RefusedValueError, match="'leverage' has 1 missing"):
        CustomerProfileDisplay.from_subscores(missing, "Alder")
    table = pl.DataFrame({"a": [1.0, 2.0]})
    with pytest.raises(InvalidParameterError, match="has 2 rows"):
        CustomerProfileDisplay.from_subscores(table, 2)
    with pytest.raises(InvalidParameterError, match="'customer' parameter"):
        CustomerProfileDisplay.from_subscores(table, "Alder")


def test_a_card_of_constants_has_no_profile() -> None:
    constant = Scorecard(characteristics=card().characteristics[2:])
    with pytest.raises(EmptyDataError, match="the same points"):
        CustomerProfileDisplay.from_scorecard(constant, FIRMS, 0)
    with pytest.raises(InvalidParameterError, match="'card' parameter"):
        CustomerProfileDisplay.from_scorecard({}, FIRMS, 0)  # type: ignore[arg-type]
