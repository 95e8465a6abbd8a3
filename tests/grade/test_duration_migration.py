"""Migrations by the days on which they happen: published, R's and lifelines' numbers, and laws."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    MigrationWarning,
    MissingColumnError,
)
from creditscore.grade import (
    GeneratorMatrix,
    MigrationMatrix,
    MigrationStates,
    RatingHistory,
    bootstrap_migration,
    cohort_migration,
    duration_generator,
    duration_migration,
)
from growth import growth

GRADES = ["A", "B"]
COLUMNS = ["grade", "next_grade", "start", "stop"]


def spells(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=COLUMNS)


def lando_skodeberg() -> pd.DataFrame:
    """Ten firms in A and ten in B over a year: one of A falls after a month, one of B rises after
    two, and one of B defaults after six. The example of Lando and Skødeberg, 2002; what is expected
    follows from the months in each grade."""
    moved = [
        ("A", "B", 0, 1 / 12), ("B", None, 1 / 12, 1),
        ("B", "A", 0, 2 / 12), ("A", None, 2 / 12, 1),
        ("B", "D", 0, 6 / 12),
    ]  # fmt: skip
    still = [("A", None, 0, 1)] * 9 + [("B", None, 0, 1)] * 8
    return spells(*moved, *still)


# --- reference -----------------------------------------------------------------------


def test_rates_of_lando_and_skodeberg() -> None:
    table = lando_skodeberg()
    generator = duration_generator(*(table[name] for name in COLUMNS), labels=GRADES)
    # 9 whole years, one month and ten months in A; 8 years, 11, 2 and 6 months in B
    years_a, years_b = 9 + 1 / 12 + 10 / 12, 8 + 11 / 12 + 2 / 12 + 6 / 12
    assert generator.exposure == pytest.approx((years_a, years_b, 0), rel=1e-12)
    expected = [
        [-1 / years_a, 1 / years_a, 0],
        [1 / years_b, -2 / years_b, 1 / years_b],
        [0, 0, 0],
    ]
    assert generator.array == pytest.approx(np.array(expected), rel=1e-12)
    matrix = duration_migration(table, labels=GRADES)
    assert matrix == duration_migration(table, labels=GRADES, years=1)
    # R 4.2.2, expm 0.999-7: expm(Q)
    assert matrix.array[0] == pytest.approx([0.90867144, 0.08657472, 0.00475384], abs=5e-9)
    assert matrix.array[1] == pytest.approx([0.08958602, 0.81607413, 0.09433986], abs=5e-9)


def test_product_integral_of_lando_and_skodeberg() -> None:
    matrix = duration_migration(lando_skodeberg(), labels=GRADES, method="aalen_johansen")
    # (I + dA) at one, two and six months, with 10, 11 and 10 firms at risk
    steps = [
        [[0.9, 0.1, 0], [0, 1, 0], [0, 0, 1]],
        [[1, 0, 0], [1 / 11, 10 / 11, 0], [0, 0, 1]],
        [[1, 0, 0], [0, 0.9, 0.1], [0, 0, 1]],
    ]
    expected = np.linalg.multi_dot([np.array(step) for step in steps])
    assert matrix.array == pytest.approx(expected, rel=1e-12)
    assert matrix.array[0] == pytest.approx([0.90909, 0.08182, 0.00909], abs=5e-6)
    # a firm of A may default although none did from A
    cohort = cohort_migration(["A"] * 10, ["A"] * 9 + ["B"], labels=["A", "B"], empty="stay")
    assert cohort.array[0, 2] == 0


def test_product_integral_of_r() -> None:
    # R 4.2.2, survival 3.5-3: survfit(Surv(t0, t1, event) ~ 1, id = id, istate = from,
    # p0 = c(1, 0, 0)), the last row of $pstate; times are tied and some enter late
    rows = [
        ("A", "B", 0, 0.3), ("B", None, 0.3, 1), ("B", "A", 0, 0.25), ("A", "B", 0.25, 0.6),
        ("B", None, 0.6, 1), ("A", None, 0, 1), ("A", "B", 0, 0.5), ("B", "D", 0.5, 0.8),
        ("B", "D", 0, 0.6), ("A", "B", 0.1, 0.4), ("B", None, 0.4, 1), ("B", "A", 0.2, 0.9),
        ("A", "D", 0, 0.7), ("B", None, 0, 0.55), ("A", "B", 0, 0.8),
    ]  # fmt: skip
    matrix = duration_migration(spells(*rows), labels=GRADES, method="aalen_johansen")
    expected = [0.275714285714286, 0.398571428571429, 0.325714285714286]
    assert matrix.array[0] == pytest.approx(expected, rel=1e-13)
    expected = [0.188928571428571, 0.459642857142857, 0.351428571428571]
    assert matrix.array[1] == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize(
    ("late", "to_b", "to_d"),
    [(True, 0.3392857142857143, 0.375), (False, 0.3285714285714285, 0.36666666666666653)],
)
def test_competing_events_of_lifelines(late: bool, to_b: float, to_d: float) -> None:
    # lifelines 0.30.3: AalenJohansenFitter().fit(stop, event, event_of_interest, entry=start)
    start = [0, 0, 0, 0, 0, 0.15, 0.3, 0.45, 0, 0]
    stop = [0.2, 0.25, 0.4, 0.5, 1.0, 0.6, 1.0, 0.7, 0.8, 0.9]
    event = ["B", "D", None, "B", None, "D", None, "B", None, "D"]
    table = pd.DataFrame(
        {"grade": "A", "next_grade": event, "start": start if late else 0.0, "stop": stop}
    )
    matrix = duration_migration(table, labels=GRADES, method="aalen_johansen")
    assert matrix.array[0] == pytest.approx([1 - to_b - to_d, to_b, to_d], rel=1e-12)
    # nobody was seen in B once there
    assert np.isnan(matrix.array[1]).all()


# --- windows, dates, withdrawals, cures ----------------------------------------------


def test_a_window_cuts_spells() -> None:
    table = spells(
        ("A", "B", 0, 2), ("B", "D", 2, 3), ("A", "B", 0, 1), ("B", None, 1, 5), ("A", None, 4, 9)
    )
    generator = duration_generator(*(table[name] for name in COLUMNS), labels=GRADES, window=(1, 3))
    # the move at the start is not seen, the default at the end is; the last spell begins later
    assert generator.exposure == (1, 3, 0)
    assert np.array(generator.counts).tolist() == [[0, 1, 0], [0, 0, 1], [0, 0, 0]]
    with pytest.raises(EmptyDataError, match="No spell is within the window"):
        duration_migration(table, labels=GRADES, window=(20, 30))
    for window in ((3, 3), (1, 3, 5), (1,)):
        with pytest.raises(InvalidDataError, match="a start and an end after it"):
            duration_migration(table, labels=GRADES, window=window)


def test_dates_are_years_of_365_and_a_quarter_days() -> None:
    days = pd.DataFrame(
        {
            "grade": ["A", "B"], "next_grade": ["B", None],
            "start": pd.to_datetime(["2020-01-01", "2020-07-01"]),
            "stop": pd.to_datetime(["2020-07-01", "2021-01-01"]),
        }
    )  # fmt: skip
    generator = duration_generator(*(days[name] for name in COLUMNS), labels=GRADES)
    assert generator.exposure == pytest.approx((182 / 365.25, 184 / 365.25, 0), rel=1e-9)
    as_dates = [days[name].dt.date if name in ("start", "stop") else days[name] for name in COLUMNS]
    assert duration_generator(*as_dates, labels=GRADES) == generator
    matrix = duration_migration(
        days, labels=GRADES, method="aalen_johansen", window=("2020-01-01", "2020-12-31")
    )
    assert matrix.years == pytest.approx(365 / 365.25)
    assert duration_migration(pl.from_pandas(days), labels=GRADES) == duration_migration(
        days, labels=GRADES
    )


def test_withdrawn_ratings_are_lost_sight_of_or_kept() -> None:
    table = spells(("A", "NR", 0, 0.5), ("A", None, 0, 1), ("A", "D", 0, 0.5))
    lost = duration_migration(table, labels=["A"], method="aalen_johansen")
    # both who go at one half are at risk then
    assert lost.array[0].tolist() == pytest.approx([2 / 3, 1 / 3])
    assert lost.withdrawals == "censor"
    assert lost.n_withdrawn == (1, 0)
    kept = duration_migration(table, labels=["A"], method="aalen_johansen", withdrawals="keep")
    assert kept.labels == ("A", "D", "NR")
    assert kept.array[0].tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3])
    rates = duration_generator(*(table[name] for name in COLUMNS), labels=["A"],
                               withdrawals="keep")  # fmt: skip
    assert rates.array[0].tolist() == pytest.approx([-1, 0.5, 0.5])
    assert rates.over(1).withdrawn_label == "NR"


def test_cures() -> None:
    table = spells(("A", "D", 0, 1), ("D", "A", 1, 3), ("A", None, 3, 4))
    with pytest.warns(MigrationWarning, match=r"1 spell\(s\) end by leaving 'D'"):
        closed = duration_migration(table, labels=["A"])
    assert closed.array[1].tolist() == [0, 1]
    states = MigrationStates(labels=("A",), default_absorbing=False)
    rates = duration_generator(*(table[name] for name in COLUMNS), labels=states)
    assert rates.array.tolist() == [[-0.5, 0.5], [0.5, -0.5]]


def test_a_grade_without_time() -> None:
    table = spells(("A", "D", 0, 1), ("A", None, 0, 1))
    with pytest.raises(InvalidDataError, match=r"Nobody spent any time in 'B'.*empty='stay'"):
        duration_migration(table, labels=GRADES)
    assert duration_migration(table, labels=GRADES, empty="stay").array[1].tolist() == [0, 1, 0]
    product = duration_migration(table, labels=GRADES, method="aalen_johansen")
    assert np.isnan(product.array[1]).all()
    product = duration_migration(table, labels=GRADES, method="aalen_johansen", empty="stay")
    assert product.array[1].tolist() == [0, 1, 0]


def test_the_same_grade_again_is_no_migration() -> None:
    whole = spells(("A", "B", 0, 1), ("B", None, 1, 2))
    split = spells(("A", "A", 0, 0.4), ("A", "B", 0.4, 1), ("B", None, 1, 2))
    for method in ("homogeneous", "aalen_johansen"):
        one, two = (duration_migration(t, labels=GRADES, method=method) for t in (whole, split))
        assert two.array == pytest.approx(one.array, rel=1e-12)


def test_nothing_happened() -> None:
    table = spells(("A", None, 0, 1), ("B", None, 0, 1))
    for method in ("homogeneous", "aalen_johansen"):
        assert duration_migration(table, labels=GRADES, method=method).array.tolist() == (
            np.eye(3).tolist()
        )


def test_spells_of_a_history() -> None:
    history = RatingHistory.from_events(
        ["X", "X", "Y", "Y"], ["A", "B", "B", "D"],
        pd.to_datetime(["2020-01-01", "2020-07-01", "2020-01-01", "2020-10-01"]),
        labels=("A", "B"),
    )  # fmt: skip
    found = history.spells("2020-01-01", "2021-01-01")
    matrix = duration_migration(found, labels=history, method="aalen_johansen")
    assert matrix.array.tolist() == [[0, 0.5, 0.5], [0, 0.5, 0.5], [0, 0, 1]]


# --- errors --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "options", "error", "match"),
    [
        (spells(("A", "B", 1, 1)), {}, InvalidDataError, "do not stop after they start"),
        (spells(("A", "B", 1, np.nan)), {}, InvalidDataError, "the first at row 0"),
        (spells((None, "B", 0, 1)), {}, InvalidDataError, "are of no grade"),
        (spells(("C", "B", 0, 1)), {}, InvalidDataError, "grade holds grades that are no states"),
        (spells(("A", "C", 0, 1)), {}, InvalidDataError, "next_grade holds"),
        (spells(("A", "B", "x", "y")), {}, InvalidDataError, "start must hold numbers"),
        (spells(("A", "B", 0, 1)), {"method": "cox"}, InvalidParameterError, "'method'"),
        (spells(("A", "B", 0, 1)), {"withdrawals": "remove"}, InvalidParameterError, "'censor'"),
        (spells(("A", "B", 0, 1)).drop(columns="stop"), {}, MissingColumnError, "'stop'"),
        (
            spells(("A", "B", 0, 1)), {"method": "aalen_johansen", "years": 2}, InvalidDataError,
            "is of its window, which is 1 years long",
        ),
    ],
)  # fmt: skip
def test_errors(table: pd.DataFrame, options: dict, error: type, match: str) -> None:
    with pytest.raises(error, match=match):
        duration_migration(table, labels=GRADES, **options)


def test_columns_of_one_length() -> None:
    with pytest.raises(InvalidDataError, match="columns of the lengths"):
        duration_generator(["A"], [None, None], [0], [1], labels=GRADES)
    with pytest.raises(EmptyDataError, match="no spells"):
        duration_generator([], [], [], [], labels=GRADES)


# --- bootstrap -----------------------------------------------------------------------


def test_bootstrap_of_customers() -> None:
    rng = np.random.default_rng(3)
    pairs = pd.DataFrame({"customer": np.arange(400), "start": "A"})
    pairs["end"] = np.where(rng.uniform(size=400) < 0.2, "D", "A")

    def estimate(rows: pd.DataFrame) -> MigrationMatrix:
        return cohort_migration(rows["start"], rows["end"], labels=["A"])

    found = bootstrap_migration(pairs, estimate, n_resamples=400, random_state=1)
    again = bootstrap_migration(pairs, estimate, n_resamples=400, random_state=1)
    assert found == again
    cell = found.default_rates().iloc[0]
    rate = (pairs["end"] == "D").mean()
    assert cell["probability"] == pytest.approx(rate)
    expected = np.sqrt(rate * (1 - rate) / 400)
    assert cell["standard_error"] == pytest.approx(expected, rel=0.12)
    assert cell["upper"] - cell["lower"] == pytest.approx(2 * 1.96 * expected, rel=0.15)
    # four rows of each customer say no more than one: the interval stays, and is not half as wide
    fourfold = pd.concat([pairs] * 4)
    wide = bootstrap_migration(fourfold, estimate, n_resamples=400, random_state=1)
    assert wide.standard_error[0][1] == pytest.approx(expected, rel=0.12)
    assert wide.n_customers == 400


def test_bootstrap_of_spells() -> None:
    table = lando_skodeberg().assign(customer=[0, 0, 1, 1, 2, *range(3, 20)])
    found = bootstrap_migration(
        pl.from_pandas(table),
        lambda rows: duration_migration(rows, labels=GRADES, empty="stay"),
        n_resamples=50, random_state=0,
    )  # fmt: skip
    cells = found.frame()
    assert len(cells) == 6
    assert (cells["lower"] <= cells["probability"]).all()
    assert (cells["upper"] >= cells["probability"]).all()


def test_bootstrap_errors() -> None:
    table = pd.DataFrame({"customer": [1, None], "start": "A", "end": "A"})
    with pytest.raises(InvalidDataError, match="missing in 1 row"):
        bootstrap_migration(table, lambda _: None)
    with pytest.raises(MissingColumnError, match="'firm'"):
        bootstrap_migration(table, lambda _: None, customer="firm")
    with pytest.raises(InvalidParameterError, match="'n_resamples'"):
        bootstrap_migration(table, lambda _: None, n_resamples=1)


# --- laws ----------------------------------------------------------------------------


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """Spells on a coarse grid, so that times are tied."""
    rows = []
    for _ in range(draw(st.integers(1, 12))):
        start = draw(st.integers(0, 6))
        stop = start + draw(st.integers(1, 6))
        grade, after = draw(st.sampled_from("ABC")), draw(st.sampled_from(["A", "B", "D", None]))
        rows.append((grade, after, start / 4, stop / 4))
    return spells(*rows)


def by_loops(table: pd.DataFrame) -> np.ndarray:
    """Multiply I + dA over all times, counting those at risk by looking at each spell."""
    places = {"A": 0, "B": 1, "C": 2, "D": 3}
    product = np.eye(4)
    for now in sorted(set(table["stop"])):
        step = np.eye(4)
        for grade, after, _, stop in table.itertuples(index=False):
            if stop == now and isinstance(after, str) and after != grade:
                at_risk = ((table["grade"] == grade) & (table["start"] < now)
                           & (table["stop"] >= now)).sum()  # fmt: skip
                step[places[grade], places[after]] += 1 / at_risk
                step[places[grade], places[grade]] -= 1 / at_risk
        product = product @ step
    return product


@given(tables())
@settings(deadline=None, max_examples=60)
def test_product_integral_is_that_of_loops(table: pd.DataFrame) -> None:
    matrix = duration_migration(
        table, labels=list("ABC"), method="aalen_johansen", empty="stay"
    ).array
    seen = [place for place, grade in enumerate("ABC") if (table["grade"] == grade).any()]
    assert matrix[seen] == pytest.approx(by_loops(table)[seen], abs=1e-12)
    assert matrix.sum(axis=1) == pytest.approx(np.ones(4))


@given(tables(), st.integers(1, 3))
@settings(deadline=None, max_examples=30)
def test_each_customer_twice_changes_nothing(table: pd.DataFrame, times: int) -> None:
    columns = [table[name] for name in COLUMNS]
    one = duration_generator(*columns, labels=list("ABC"), empty="stay")
    more = pd.concat([table] * times, ignore_index=True)
    many = duration_generator(*(more[name] for name in COLUMNS), labels=list("ABC"), empty="stay")
    assert many.array == pytest.approx(one.array, rel=1e-12)
    assert one.array.sum(axis=1) == pytest.approx(np.zeros(4), abs=1e-12)
    assert GeneratorMatrix.from_json(one.to_json()) == one


def test_without_censoring_the_shares_at_the_end_are_exact() -> None:
    rng = np.random.default_rng(0)
    first, last = rng.choice(list("ABC"), 200), rng.choice(list("ABCD"), 200)
    when = rng.uniform(0.1, 0.9, 200)
    moved = first != last
    rows: list[tuple] = []
    for a, b, t, m in zip(first, last, when, moved, strict=True):
        if not m:
            rows.append((a, None, 0.0, 1.0))
            continue
        rows.append((a, b, 0.0, t))
        if b != "D":
            rows.append((b, None, t, 1.0))
    product = duration_migration(spells(*rows), labels=list("ABC"), method="aalen_johansen")
    # each factor moves as many as moved at that time, of those who were there
    start = np.bincount([list("ABC").index(a) for a in first], minlength=4) / 200
    end = np.bincount([list("ABCD").index(b) for b in last], minlength=4) / 200
    assert start @ product.array == pytest.approx(end, abs=1e-12)


# --- speed ---------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["homogeneous", "aalen_johansen"])
def test_many_spells_take_time_in_proportion(method: Any) -> None:
    grades = np.array(["AAA", "AA", "A", "BBB", "BB", "B", "CCC", "D", None], dtype=object)

    def migrated(n: int) -> Callable[[], Any]:
        rng = np.random.default_rng(0)
        start = rng.uniform(0, 9, n)
        table = pd.DataFrame(
            {
                "grade": grades[rng.integers(0, 7, n)], "next_grade": grades[rng.integers(0, 9, n)],
                "start": start, "stop": start + rng.uniform(0.1, 1, n),
            }
        )  # fmt: skip
        return lambda: duration_migration(table, labels=grades[:7].tolist(), method=method)

    # eight times the spells; 64 would be the square
    assert growth(migrated, 25_000, 200_000) < 32
