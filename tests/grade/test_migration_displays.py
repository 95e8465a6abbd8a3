"""Pictures of migrations: what they hold, and what is drawn."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.grade import (
    DefaultTermDisplay,
    MigrationDisplay,
    MigrationMatrix,
    MigrationShareDisplay,
    MigrationStates,
    cohort_migration,
    generator_of,
)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def year() -> MigrationMatrix:
    return MigrationMatrix.from_percent([[90, 8, 2], [10, 80, 10]], labels=["A", "B", "D"])


# --- heat map ----------------------------------------------------------------------------


def test_heat_map() -> None:
    display = MigrationDisplay.from_matrix(year()).plot()
    assert display.frame().shape == (2, 3)
    assert [text.get_text() for text in display.ax_.texts] == [
        "90.00", "8.00", "2.00", "10.00", "80.00", "10.00"
    ]  # fmt: skip
    colours = display.ax_.images[0].get_array()
    # those who stay are grey, upgrades blue, downgrades red, and the darker the more
    assert np.ptp(colours[0, 0]) < 0.08
    assert colours[1, 0, 2] > colours[1, 0, 0]
    assert colours[0, 1, 0] > colours[0, 1, 2]
    assert colours[1, 2, 2] < colours[0, 2, 2]


def test_heat_map_of_what_is_not_known() -> None:
    matrix = cohort_migration(["A"], ["A"], labels=["A", "B"])
    texts = [text.get_text() for text in MigrationDisplay.from_matrix(matrix).plot().ax_.texts]
    assert texts == ["100.00", "-", "-", "-"]
    tiny = MigrationMatrix.from_probabilities([[1 - 1e-6, 1e-6]], labels=["A", "D"])
    texts = [text.get_text() for text in MigrationDisplay.from_matrix(tiny).plot().ax_.texts]
    assert texts == ["100.00", "<0.01"]


def test_rows_that_somebody_leaves_are_drawn() -> None:
    states = MigrationStates(labels=("A",), default_absorbing=False)
    cured = cohort_migration(["A", "D"], ["NR", "A"], labels=states, withdrawals="keep")
    display = MigrationDisplay.from_matrix(cured)
    assert display.frame().index.tolist() == ["A", "D"]
    colours = display.plot().ax_.images[0].get_array()
    assert np.ptp(colours[0, 2]) < 0.2
    with pytest.raises(InvalidParameterError, match="must be a MigrationMatrix"):
        MigrationDisplay.from_matrix(cured.frame())


def test_many_grades_have_readable_names() -> None:
    n = 40
    labels = (*(f"grade {place}" for place in range(n - 1)), "D")
    still = MigrationMatrix(labels=labels, probabilities=np.eye(n))
    ax = MigrationDisplay.from_matrix(still).plot().ax_
    assert len(ax.texts) == 0
    assert len({label.get_text() for label in ax.get_xticklabels()}) == n


# --- default over the years ----------------------------------------------------------------


def test_default_over_the_years() -> None:
    observed = pd.DataFrame({3: [0.08, 0.2]}, index=["A", "B"])
    display = DefaultTermDisplay.from_matrix(year(), years=4, observed=observed)
    table = display.frame().set_index(["grade", "years"])
    assert table.loc[("A", 3), "observed"] == 0.08
    assert math.isnan(table.loc[("A", 2), "observed"])
    assert table.loc[("B", 2), "prob_default"] == pytest.approx(0.182)
    ax = display.plot().ax_
    assert [text.get_text() for text in ax.texts] == ["A", "B"]
    assert ax.get_legend() is not None
    assert repr(display) == "DefaultTermDisplay(2 grades, 1 to 4 years, beside observed rates)"
    by_rates = DefaultTermDisplay.from_matrix(generator_of(year()), years=[1, 2.5])
    assert by_rates.frame()["years"].tolist() == [1, 2.5, 1, 2.5]


def test_rates_far_apart_are_on_a_logarithmic_axis() -> None:
    matrix = MigrationMatrix.from_probabilities(
        [[0.999, 0.001, 0], [0, 0.8, 0.2]], labels=["A", "B", "D"]
    )
    ax = DefaultTermDisplay.from_matrix(matrix, years=5).plot().ax_
    assert ax.get_yscale() == "log"
    assert math.isnan(ax.lines[0].get_ydata()[0])
    ax.figure.canvas.draw()
    assert "1%" in [label.get_text() for label in ax.get_yticklabels()]
    still = MigrationMatrix.from_percent([[100, 0]], labels=["A", "D"])
    ax = DefaultTermDisplay.from_matrix(still, years=2).plot().ax_
    assert ax.get_yscale() == "linear"
    assert len(ax.texts) == 0


@pytest.mark.parametrize(
    ("observed", "match"),
    [
        (pd.DataFrame({1: [8.0]}, index=["A"]), "must hold fractions"),
        (pd.DataFrame({1: [0.1]}, index=["C"]), r"\['C'\] are no grades"),
        (pd.DataFrame({"one": [0.1]}, index=["A"]), "horizons of observed must hold numbers"),
    ],
)
def test_observed_rates_that_are_none(observed: pd.DataFrame, match: str) -> None:
    with pytest.raises(InvalidDataError, match=match):
        DefaultTermDisplay.from_matrix(year(), observed=observed)


# --- shares over time ------------------------------------------------------------------------


def test_shares_over_time() -> None:
    start, end = ["A", "B", "B", "A"] * 3, ["B", "A", "D", "A"] * 3
    cohort = np.repeat([2023, 2024, 2025], 4)
    display = MigrationShareDisplay.from_pairs(start, end, cohort=cohort, labels=["A", "B"])
    ax = display.plot().ax_
    assert [bar.get_height() for bar in ax.containers[0]] == [0.25] * 3
    assert [bar.get_height() for bar in ax.containers[2]] == [-0.25] * 3
    assert repr(display) == "MigrationShareDisplay(3 cohorts, 2023 to 2025)"
    ax.figure.canvas.draw()
    assert not any("-" in label.get_text() for label in ax.get_yticklabels())
    frame = display.frame()
    frame["count"] = 0
    assert display.shares["count"].tolist() == [4, 4, 4]
