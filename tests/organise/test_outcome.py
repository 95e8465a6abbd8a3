"""What became of customers: windows against a plain reading of the definition, and its edges."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
    RejectedRowsWarning,
)
from creditscore.organise import OutcomeDefinition, days_past_due
from months import JANUARY, panel


def outcomes(months: pd.DataFrame, as_of: Any, **settings_: Any) -> dict[str, str]:
    table = OutcomeDefinition(**settings_).classify(months, as_of).table
    return dict(zip(table["customer"], table["outcome"], strict=True))


def test_each_outcome() -> None:
    months = panel(
        good=[0, 5, 29, 0],
        middle=[0, 31, 0, 0],
        bad=[0, 30, 60, 90],
        before=[90, 0, 0, 0],
        cured=[120, 0, 0, 0],
        newcomer=[None, None, None, 0],
    )
    found = outcomes(months, "2022-01-31", performance_months=3, min_months=2)
    assert found == {
        "good": "good", "middle": "indeterminate", "bad": "bad", "before": "already bad",
        "cured": "already bad", "newcomer": "too short",
    }  # fmt: skip


def test_bounds_are_reached_on_the_day() -> None:
    months = panel(a=[0, 29], b=[0, 30], c=[0, 89], d=[0, 90])
    found = outcomes(months, "2022-01-31", performance_months=1, min_months=1)
    assert list(found.values()) == ["good", "indeterminate", "indeterminate", "bad"]


def test_without_indeterminates_there_are_none() -> None:
    months = panel(a=[0, 89], b=[0, 90])
    found = outcomes(months, "2022-01-31", performance_months=1, min_months=1, indeterminate_dpd=90)
    assert found == {"a": "good", "b": "bad"}


def test_the_end_of_the_window_may_count_alone() -> None:
    months = panel(a=[0, 95, 0], b=[0, 0, 95])
    settings_ = {"performance_months": 2, "min_months": 1}
    assert outcomes(months, "2022-01-31", measure="at the end", **settings_) == {
        "a": "good", "b": "bad",
    }  # fmt: skip
    assert outcomes(months, "2022-01-31", **settings_) == {"a": "bad", "b": "bad"}


def test_a_day_within_a_month_has_this_month_in_its_window() -> None:
    months = panel(a=[95, 0, 0])
    settings_ = {"performance_months": 2, "min_months": 1}
    assert outcomes(months, "2022-01-15", **settings_) == {"a": "bad"}
    assert outcomes(months, "2022-01-31", **settings_) == {"a": "already bad"}


def test_a_window_that_is_not_over_is_too_short_for_bads_too() -> None:
    months = panel(a=[0, 95, 120], b=[0, 0, 0])
    found = outcomes(months, "2022-01-31", performance_months=3, min_months=1)
    assert found == {"a": "too short", "b": "too short"}


def test_who_left_is_judged_by_the_months_that_are_known() -> None:
    months = panel(a=[0, 0, 0], b=[0, 0], stays=[0, 0, 0, 0])
    found = outcomes(months, "2022-01-31", performance_months=3, min_months=2)
    assert found == {"a": "good", "b": "too short", "stays": "good"}


@pytest.mark.parametrize("measure", ["ever", "at the end"])
def test_who_defaulted_and_left_is_bad(measure: str) -> None:
    months = panel(
        off=[0, 30, 60, 90], late=[0, 30, 60, 89], paid=[0, 0, 0, 0], stays=[0] * 13,
    )  # fmt: skip
    found = outcomes(months, "2022-01-31", measure=measure)
    assert found == {"off": "bad", "late": "too short", "paid": "too short", "stays": "good"}


def test_first_bad_month_and_worst() -> None:
    months = panel(a=[0, 30, 95, 130, 0])
    table = (
        OutcomeDefinition(performance_months=4, min_months=1).classify(months, "2022-01-31").table
    )
    assert table["first_bad_month"].tolist() == [pd.Timestamp("2022-03-31")]
    assert table["worst_dpd"].tolist() == [130.0]
    assert table["months_known"].tolist() == [4]


def test_small_amounts_do_not_count() -> None:
    months = panel(a=[0, 95], b=[0, 95]).assign(past_due_amount=[0.0, 99.99, 0.0, 100.0])
    found = outcomes(months, "2022-01-31", performance_months=1, min_months=1, min_amount=100)
    assert found == {"a": "good", "b": "bad"}


def test_a_customer_may_stand_with_several_days_and_without_months() -> None:
    months = panel(a=[0, 0, 95])
    cohort = pd.DataFrame(
        {"customer": ["a", "a", "z"], "as_of": ["2022-01-31", "2022-02-28", "2022-01-31"]}
    )
    with pytest.warns(RejectedRowsWarning, match="1 row of 3 .* customer 'z', and are too short"):
        result = OutcomeDefinition(performance_months=1, min_months=1).classify(months, cohort)
    assert result.table["outcome"].tolist() == ["good", "bad", "too short"]
    assert result.modelling_sample()["is_bad"].tolist() == [0, 1]
    assert result.bad_rate == 0.5


def test_numbers_as_customers_and_other_libraries() -> None:
    months = panel(a=[0, 95], b=[0, 0])
    months["customer"] = months["customer"].map({"a": 7, "b": 8})
    definition = OutcomeDefinition(performance_months=1, min_months=1)
    for table in (months, pl.from_pandas(months)):
        found = definition.classify(table, "2022-01-31").table
        assert dict(zip(found["customer"], found["outcome"], strict=True)) == {7: "bad", 8: "good"}


def test_customers_of_another_kind_are_not_all_too_short() -> None:
    months = panel(a=[0, 95]).assign(customer=7)
    cohort = pd.DataFrame({"customer": ["7"], "as_of": ["2022-01-31"]})
    with pytest.raises(InvalidDataError, match="there is '7' in 'as_of', and 7 in 'performance'"):
        OutcomeDefinition().classify(months, cohort)


@settings(deadline=None, max_examples=80)
@given(
    dpd=st.lists(
        st.lists(st.sampled_from([None, 0, 15, 30, 60, 90, 120]), min_size=1, max_size=8),
        min_size=1, max_size=4,
    ).filter(lambda lists: any(v is not None for values in lists for v in values)),
    window=st.integers(1, 6), least=st.integers(1, 6), start=st.integers(0, 7),
    measure=st.sampled_from(["ever", "at the end"]),
)  # fmt: skip
def test_it_is_the_definition_read_out_loud(
    dpd: Any, window: int, least: int, start: int, measure: Any
) -> None:
    months = panel(**{f"c{place}": values for place, values in enumerate(dpd)})
    definition = OutcomeDefinition(
        performance_months=window, min_months=min(least, window), measure=measure
    )
    day = (JANUARY + start).end_time.normalize()
    found = outcomes_of(definition, months.sample(frac=1, random_state=0), day)
    assert found == plain(months, day, definition)


def outcomes_of(d: OutcomeDefinition, months: pd.DataFrame, day: pd.Timestamp) -> dict[str, str]:
    table = d.classify(months, day).table
    return dict(zip(table["customer"], table["outcome"], strict=True))


def plain(months: pd.DataFrame, day: pd.Timestamp, d: OutcomeDefinition) -> dict[str, str]:
    """Read the definition out loud, with months as numbers."""
    number = {end: place for place, end in enumerate(sorted(
        {(JANUARY + k).end_time.normalize() for k in range(24)}))}  # fmt: skip
    counted = months.assign(month=months["month"].map(number))
    place = number[day]
    found = {}
    for name, rows in counted.groupby("customer"):
        known = rows.sort_values("month")
        past = known[known["month"] <= place]
        window = known[(known["month"] > place) & (known["month"] <= place + d.performance_months)]
        worst = window["dpd"].max()
        if d.measure == "at the end" and len(window):
            worst = window["dpd"].iloc[-1]
        if len(past) and past["dpd"].iloc[-1] >= d.bad_dpd:
            found[name] = "already bad"
        elif place + d.performance_months > counted["month"].max():
            found[name] = "too short"
        elif worst >= d.bad_dpd:
            found[name] = "bad"
        elif len(window) < d.min_months:
            found[name] = "too short"
        else:
            found[name] = "indeterminate" if worst >= d.indeterminate_dpd else "good"
    return found


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"dpd": [0.0, np.nan]}, InvalidDataError, "dpd"),
        ({"dpd": [0.0, np.inf]}, InvalidDataError, "dpd"),
        ({"dpd": [0.0, -1.0]}, InvalidDataError, "0 or more"),
        (
            {"dpd": ["0", "1,000"]},
            InvalidDataError,
            "'dpd' must hold numbers. Got '1,000' in",
        ),
        ({"month": ["2022-01-31", "2022-01-15"]}, InvalidDataError, "two rows of 2022-01"),
        ({"month": ["2022-01-31", None]}, InvalidDataError, "no day in row 1"),
        ({"month": ["2022-01-31", "31/01/2022"]}, InvalidDataError, "31/01/2022"),
        ({"customer": ["a", None]}, InvalidDataError, "missing in 1 row, first in row 1"),
    ],
)
def test_rows_that_cannot_be_used(changes: Any, error: type[Exception], said: str) -> None:
    months = panel(a=[0, 0]).assign(**changes)
    with pytest.raises(error, match=said):
        OutcomeDefinition().classify(months, "2022-01-31")


def test_tables_that_cannot_be_used() -> None:
    months = panel(a=[0, 0])
    definition = OutcomeDefinition()
    with pytest.raises(MissingColumnError, match="dpd"):
        definition.classify(months.drop(columns="dpd"), "2022-01-31")
    with pytest.raises(EmptyDataError, match="0 sample"):
        definition.classify(months.iloc[:0], "2022-01-31")
    with pytest.raises(MissingColumnError, match="past_due_amount"):
        OutcomeDefinition(min_amount=1).classify(months, "2022-01-31")
    twice = pd.DataFrame({"customer": ["a", "a"], "as_of": ["2022-01-31"] * 2})
    with pytest.raises(InvalidDataError, match="stands twice with 2022-01-31"):
        definition.classify(months, twice)


@pytest.mark.parametrize(
    ("settings_", "said"),
    [
        ({"bad_dpd": 0}, "bad_dpd"),
        ({"indeterminate_dpd": 91}, "at most 'bad_dpd'"),
        ({"min_months": 13}, "at most 'performance_months'"),
        ({"measure": "worst"}, "measure"),
        ({"min_amount": -1}, "min_amount"),
        ({"performance_months": 2.5}, "performance_months"),
    ],
)
def test_definitions_that_cannot_be(settings_: Any, said: str) -> None:
    with pytest.raises(InvalidParameterError, match=said):
        OutcomeDefinition(**settings_)


def test_a_definition_comes_back_from_json() -> None:
    definition = OutcomeDefinition(bad_dpd=60, min_amount=50.5, measure="at the end")
    assert OutcomeDefinition.from_json(definition.to_json()) == definition


def test_counts_and_pages() -> None:
    result = OutcomeDefinition(performance_months=1, min_months=1).classify(
        panel(a=[0, 0], b=[0, 95]), "2022-01-31"
    )
    assert result.counts()["share"].sum() == 1
    assert repr(result) == "Outcomes(2 rows: 1 good, 1 bad)"
    assert "50.0%" in result._repr_html_()


# --- months of invoices --------------------------------------------------------------


def invoices(**columns: Any) -> pd.DataFrame:
    plain_columns = {
        "customer": ["a"], "invoiced_on": ["2022-01-10"], "due_on": ["2022-01-31"],
        "settled_on": [None], "amount": [100.0],
    }  # fmt: skip
    return pd.DataFrame({**plain_columns, **columns})


def test_an_invoice_is_late_from_the_day_after_it_is_due() -> None:
    table = days_past_due(invoices(), first_month="2022-01-01", last_month="2022-03-01")
    assert table["dpd"].tolist() == [0.0, 28.0, 59.0]
    assert table["past_due_amount"].tolist() == [0.0, 100.0, 100.0]
    assert table["balance"].tolist() == [100.0] * 3


def test_settled_on_the_last_day_is_settled() -> None:
    table = days_past_due(
        invoices(settled_on=["2022-02-28"]), first_month="2022-02-01", last_month="2022-02-01"
    )
    assert table[["dpd", "balance"]].to_numpy().tolist() == [[0.0, 0.0]]


def test_the_oldest_counts_and_small_ones_do_not() -> None:
    many = invoices(
        customer=["a"] * 3, invoiced_on=["2021-12-01", "2021-12-02", "2021-11-01"],
        due_on=["2022-01-01", "2022-01-11", "2021-12-01"], settled_on=[None] * 3,
        amount=[100.0, 50.0, 4.0],
    )  # fmt: skip
    table = days_past_due(many, first_month="2022-01-31", last_month="2022-01-31", min_amount=5)
    assert table["dpd"].tolist() == [30.0]
    assert table["past_due_amount"].tolist() == [150.0]


def test_credit_notes_are_set_off_while_they_are_open() -> None:
    many = invoices(
        customer=["a"] * 3, invoiced_on=["2022-01-01", "2022-02-10", "2022-03-10"],
        due_on=["2022-01-11", "2022-02-10", "2022-03-10"], settled_on=[None, None, "2022-04-02"],
        amount=[100.0, -30.0, -90.0],
    )  # fmt: skip
    table = days_past_due(many, first_month="2022-01-01", last_month="2022-04-01")
    assert table["balance"].tolist() == [100.0, 70.0, -20.0, 70.0]
    assert table["past_due_amount"].tolist() == [100.0, 70.0, 0.0, 70.0]
    assert table["dpd"].tolist() == [20.0, 48.0, 0.0, 109.0]
    large = days_past_due(many, first_month="2022-03-01", last_month="2022-03-01", min_amount=50)
    assert large["balance"].tolist() == [10.0]


def test_months_begin_with_the_first_invoice() -> None:
    two = invoices(
        customer=["a", "b"], invoiced_on=["2022-01-10", "2022-02-10"],
        due_on=["2022-02-01", "2022-03-01"], settled_on=[None] * 2, amount=[1.0, 1.0],
    )  # fmt: skip
    table = days_past_due(two, first_month="2021-12-01", last_month="2022-02-01")
    assert table["customer"].tolist() == ["a", "a", "b"]


def test_invoices_become_outcomes() -> None:
    table = days_past_due(invoices(), first_month="2022-01-01", last_month="2022-06-01")
    found = outcomes(table, "2022-01-31", performance_months=5, min_months=1, min_amount=1)
    assert found == {"a": "bad"}


def test_invoices_that_cannot_be_used() -> None:
    months = {"first_month": "2022-01-01", "last_month": "2022-03-01"}
    with pytest.raises(InvalidParameterError, match="must not be before"):
        days_past_due(invoices(), first_month="2022-03-01", last_month="2022-01-01")
    with pytest.raises(InvalidDataError, match="due_on"):
        days_past_due(invoices(due_on=[None]), **months)
    with pytest.raises(InvalidDataError, match="amount"):
        days_past_due(invoices(amount=[np.nan]), **months)
    for cell in ("1,200", "1_200"):
        words = invoices(amount=[cell])
        for table in (words, pl.from_pandas(words), pa.Table.from_pandas(words)):
            told = rf"'amount' must hold numbers\. Got '{cell}' in"
            with pytest.raises(InvalidDataError, match=told):
                days_past_due(table, **months)
    with pytest.raises(EmptyDataError, match="0 sample"):
        days_past_due(invoices().iloc[:0], **months)
