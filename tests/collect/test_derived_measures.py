"""Measures of invoices, concentration and related parties: by hand, other ways, laws, errors."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import linregress, theilslopes

from creditscore.collect import (
    RelatedParties,
    average_balance,
    average_days_late,
    average_purchases,
    concentration,
    days_late_trend,
    days_since_purchase,
    purchase_seasonal_strength,
    purchase_seasonality,
    purchase_trend,
    related_parties,
)
from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
    RejectedRowsWarning,
)
from creditscore.metrics import hhi

DAY = "2024-06-30"
START = np.datetime64("2022-01-01")

invoices = st.lists(
    st.tuples(
        st.sampled_from("AB"), st.integers(0, 1000), st.integers(0, 60), st.integers(-20, 90),
        st.integers(1, 500),
    ),
    min_size=1, max_size=40,
)  # fmt: skip


def table_of(drawn: list[tuple[Any, ...]]) -> pd.DataFrame:
    rows = [
        (c, START + np.timedelta64(d, "D"), START + np.timedelta64(d + terms, "D"),
         START + np.timedelta64(max(d, d + terms + late), "D"), float(amount))
        for c, d, terms, late, amount in drawn
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["customer", "invoiced_on", "due_on", "settled_on", "amount"])


def by_month(values: list[float], customer: str = "A") -> pd.DataFrame:
    """Return an invoice a month, the last in June 2024."""
    days = pd.date_range(end="2024-06-15", periods=len(values), freq=pd.DateOffset(months=1))
    table = pd.DataFrame({"customer": customer, "invoiced_on": days, "amount": values})
    return table[table["amount"] != 0]


# --- days late and balances -----------------------------------------------------------------


@settings(deadline=None, max_examples=40)
@given(drawn=invoices, months=st.integers(1, 24))
def test_days_late_are_those_of_a_loop(drawn: Any, months: int) -> None:
    table = table_of(drawn)
    day = pd.Timestamp("2024-03-31")
    start = day - pd.DateOffset(months=months)
    found = average_days_late(table, day, window_months=months)
    for customer, rows in table.groupby("customer"):
        inside = rows[(rows["settled_on"] > start) & (rows["settled_on"] <= day)]
        late = (inside["settled_on"] - inside["due_on"]).dt.days.clip(lower=0)
        assert found[customer] == pytest.approx(late.mean(), nan_ok=True)
    # one that is settled later changes nothing, and neither does the order
    future = table.assign(settled_on=day + pd.Timedelta(days=1))
    more = pd.concat([table, future])
    pd.testing.assert_series_equal(average_days_late(more, day, window_months=months), found)


@pytest.mark.parametrize("method", ["theil_sen", "least_squares"])
@settings(deadline=None, max_examples=30)
@given(means=st.lists(st.one_of(st.none(), st.integers(0, 60)), min_size=12, max_size=12))
def test_trends_are_those_of_scipy(method: Any, means: list[int | None]) -> None:
    months = [place for place, late in enumerate(means) if late is not None]
    due = [pd.Timestamp("2023-07-15") + pd.DateOffset(months=place) for place in months]
    # each is settled in its own month: dues are moved back by the days late
    late = [means[place] for place in months]
    table = pd.DataFrame({
        "customer": "A", "settled_on": due,
        "due_on": [day - pd.Timedelta(days=d) for day, d in zip(due, late, strict=True)],
    })  # fmt: skip
    if not months:
        return
    found = days_late_trend(table, DAY, method=method)["A"]
    if len(months) < 3:
        assert np.isnan(found)
        return
    expected = (
        theilslopes(late, months)[0] if method == "theil_sen" else linregress(months, late).slope
    )
    assert found == pytest.approx(expected, abs=1e-9)


@settings(deadline=None, max_examples=30)
@given(drawn=invoices)
def test_the_average_balance_is_that_of_every_day(drawn: Any) -> None:
    table = table_of(drawn)
    day = np.datetime64("2024-03-31")
    found = average_balance(table, day, window_months=6)
    start = np.datetime64("2023-09-30")
    for customer, rows in table.groupby("customer"):
        begun = rows["invoiced_on"].to_numpy().astype("datetime64[D]")
        settled = rows["settled_on"].to_numpy().astype("datetime64[D]")
        amount = rows["amount"].to_numpy()
        known = begun < day
        if not known.any():
            assert np.isnan(found[customer])
            continue
        nights = np.arange(max(start, begun[known].min()), day)
        owed = [amount[(begun <= night) & (settled > night)].sum() for night in nights]
        assert found[customer] == pytest.approx(np.mean(owed))


def test_open_invoices_count_in_balances_and_not_in_days_late() -> None:
    table = pd.DataFrame({
        "customer": ["A", "A"], "invoiced_on": ["2024-05-31", "2024-06-15"],
        "due_on": ["2024-06-10", "2024-06-20"], "settled_on": [None, "2024-06-25"],
        "amount": [100.0, 300.0],
    })  # fmt: skip
    assert average_days_late(table, DAY)["A"] == 5
    assert average_balance(table, DAY)["A"] == pytest.approx(100 + 300 * 10 / 30)
    polars = average_balance(pl.from_pandas(table), DAY)
    assert polars["A"] == pytest.approx(200)


# --- purchases ------------------------------------------------------------------------------


def test_months_without_a_purchase_are_zero_and_those_before_the_first_are_none() -> None:
    table = pd.concat([by_month([30, 0, 60, 0, 90, 0]), by_month([5] * 30, "B")])
    found = average_purchases(table, DAY)
    # A buys since January: 180 in six months
    assert found.to_dict() == {"A": 30, "B": 5}
    assert average_purchases(table, DAY, window_months=3)["A"] == 30
    assert days_since_purchase(table, DAY).to_dict() == {"A": 46, "B": 15}
    assert np.isnan(days_since_purchase(table, "2021-01-01")["A"])
    assert np.isnan(average_purchases(table, "2021-01-01")["A"])


@settings(deadline=None, max_examples=30)
@given(values=st.lists(st.integers(0, 50), min_size=6, max_size=12))
def test_the_purchase_trend_is_that_of_scipy(values: list[int]) -> None:
    values = [1, *values[1:]]
    found = purchase_trend(by_month(list(map(float, values))), DAY)["A"]
    slope = theilslopes(values, range(len(values)))[0]
    assert found == pytest.approx(slope / np.mean(values), abs=1e-9)


def test_growth_is_a_share_of_the_mean() -> None:
    table = by_month([100 + 10 * month for month in range(12)])
    for method in ("theil_sen", "least_squares"):
        found = purchase_trend(table, DAY, method=method)["A"]  # type: ignore[arg-type]
        assert found == pytest.approx(10 / 155)
    assert purchase_trend(by_month([5.0] * 12), DAY)["A"] == 0
    assert np.isnan(purchase_trend(by_month([5.0] * 5), DAY)["A"])
    # an odd month moves the line, and not the median of the slopes
    odd = table.assign(amount=table["amount"].mask(np.arange(12) == 11, 5000))
    robust = purchase_trend(odd, DAY)["A"] * odd["amount"].mean()
    assert robust == pytest.approx(10, rel=0.2)


def test_the_strongest_quarter() -> None:
    flat = purchase_seasonality(by_month([10.0] * 12), DAY)
    assert flat["A"] == pytest.approx(0.25)
    # July 2023 to June 2024: the fourth quarter has 3 of 6
    spring = by_month([1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 1])
    assert purchase_seasonality(spring, DAY)["A"] == pytest.approx(3 / 6)
    assert np.isnan(purchase_seasonality(by_month([10.0] * 11), DAY)["A"])
    assert purchase_seasonality(by_month([10.0] * 24), DAY, window_months=24)["A"] == 0.25
    with pytest.raises(InvalidParameterError, match=r"multiple of 12.*Got 18"):
        purchase_seasonality(flat.to_frame(), DAY, window_months=18)


def test_the_strength_of_a_season() -> None:
    month = np.arange(36)
    season = 100 + 2 * month + 30 * np.sin(2 * np.pi * month / 12)
    assert purchase_seasonal_strength(by_month(list(season)), DAY)["A"] == pytest.approx(1)
    line = purchase_seasonal_strength(by_month(list(100 + 2.0 * month)), DAY)
    assert line["A"] == pytest.approx(0)
    assert np.isnan(purchase_seasonal_strength(by_month([5.0] * 23), DAY)["A"])
    assert purchase_seasonal_strength(by_month(list(season[:24])), DAY)["A"] == pytest.approx(1)
    rng = np.random.default_rng(0)
    for n in (24, 36):
        noise = pd.concat([
            by_month(list(100 + rng.normal(size=n)), f"C{i}") for i in range(200)
        ])  # fmt: skip
        found = purchase_seasonal_strength(noise, DAY)
        # adjusted for degrees of freedom, noise is on both sides of zero, and cut off there
        assert 0.35 < (found == 0).mean() < 0.65
        assert found.mean() < 0.2
    with pytest.raises(InvalidParameterError, match="24 or more"):
        purchase_seasonal_strength(noise, DAY, window_months=12)


def test_strength_by_its_formula() -> None:
    rng = np.random.default_rng(3)
    month = np.arange(36)
    y = 100 + 2 * month + 10 * np.sin(2 * np.pi * month / 12) + 5 * rng.normal(size=36)
    line = np.column_stack([np.ones(36), month])
    full = np.column_stack([line, np.eye(12)[month % 12][:, 1:]])
    around, rest = (float(np.linalg.lstsq(design, y, rcond=None)[1][0]) for design in (line, full))
    expected = 1 - (rest / 23) / (around / 34)
    found = purchase_seasonal_strength(by_month(list(y)), DAY)["A"]
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("measure", "changes", "said"),
    [
        (average_purchases, {"amount": ["100", "1,200"]}, "'amount' must hold .* Got '1,200' in"),
        (average_balance, {"amount": ["100", "nan"]}, "Got 'nan' in row 1"),
        (average_balance, {"settled_on": [None, "01.02.2024"]}, "'settled_on' .* '01.02.2024' in"),
        (average_days_late, {"due_on": ["2024-02-30", ""]}, "'due_on' must hold a day .* in row 0"),
        (days_since_purchase, {"invoiced_on": ["soon", None]}, "Got 'soon' in row 0"),
    ],
)
def test_a_cell_that_cannot_be_read_is_no_gap(measure: Any, changes: Any, said: str) -> None:
    table = pd.DataFrame({
        "customer": "A", "invoiced_on": ["2024-01-10", "2024-02-10"], "amount": [100.0, 1200.0],
        "due_on": ["2024-02-10", "2024-03-10"], "settled_on": ["2024-02-01", None],
    })  # fmt: skip
    with pytest.raises(InvalidDataError, match=f"{measure.__name__}: .*{said}"):
        measure(table.assign(**changes), DAY)


def test_numbers_written_as_text_are_read_and_empty_cells_are_gaps() -> None:
    table = by_month([5.0] * 12)
    expected = average_purchases(table.assign(amount=[np.nan] * 3 + [5.0] * 9), DAY)
    for gap in ("", "  ", None):
        written = table.assign(amount=[gap] * 3 + ["5.0"] * 9)
        pd.testing.assert_series_equal(average_purchases(written, DAY), expected)


def test_shares_and_amounts_of_others_that_cannot_be_read() -> None:
    trade = pd.DataFrame({"customer": "A", "payer": ["x", "y"], "amount": ["100", "1,200"]})
    with pytest.raises(InvalidDataError, match=r"concentration: 'amount' .* '1,200' in row 1"):
        concentration(trade, "payer")
    owned = pd.DataFrame({"customer": ["A"], "parent": ["B"], "share": ["60%"]})
    with pytest.raises(InvalidDataError, match=r"ownership: 'share' must hold .* '60%' in row 0"):
        related_parties({}, ownership=owned)


def test_what_measures_refuse() -> None:
    table = by_month([5.0] * 12)
    with pytest.raises(MissingColumnError, match="average_days_late needs the columns 'due_on'"):
        average_days_late(table, DAY)
    with pytest.raises(InvalidDataError, match="row 1 has no customer"):
        days_since_purchase(table.assign(customer=["A", None, *["A"] * 10]), DAY)
    with pytest.raises(InvalidDataError, match="'amount' is infinite in row 0"):
        average_purchases(table.assign(amount=np.inf), DAY)
    with pytest.raises(InvalidParameterError, match="'as_of' parameter"):
        average_purchases(table, "soon")
    with pytest.raises(InvalidParameterError, match="'window_months' parameter"):
        average_purchases(table, DAY, window_months=0)
    with pytest.raises(InvalidParameterError, match="'method' parameter"):
        purchase_trend(table, DAY, method="loess")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'min_months' parameter"):
        days_late_trend(table, DAY, min_months=1)


# --- concentration --------------------------------------------------------------------------


@settings(deadline=None, max_examples=40)
@given(drawn=st.lists(st.tuples(st.sampled_from("xyz"), st.integers(0, 50)), min_size=1))
def test_concentration_is_the_herfindahl_index(drawn: list[tuple[str, int]]) -> None:
    table = pd.DataFrame(drawn, columns=["payer", "amount"]).assign(customer="A")
    sums = table.groupby("payer")["amount"].sum()
    found = concentration(table, "payer")["A"]
    largest = concentration(table, "payer", measure="largest")["A"]
    if sums.sum() == 0:
        assert np.isnan(found)
        assert np.isnan(largest)
        return
    assert found == pytest.approx(hhi(sums.to_numpy(dtype=float)))
    assert largest == pytest.approx(sums.max() / sums.sum())
    assert largest**2 <= found + 1e-12 <= largest + 2e-12


def test_rows_without_a_name_or_an_amount_are_left_out() -> None:
    table = pd.DataFrame({
        "customer": ["A", "A", "A", "B"], "payer": ["x", None, "y", None],
        "amount": [5.0, 9.0, None, 5.0],
    })  # fmt: skip
    assert concentration(table, "payer").fillna(-1).to_dict() == {"A": 1, "B": -1}
    with pytest.raises(InvalidDataError, match="'amount' is below zero in row 2"):
        concentration(table.assign(amount=[1, 1, -1, 1]), "payer")
    with pytest.raises(InvalidParameterError, match="'measure' parameter"):
        concentration(table, "payer", measure="gini")


# --- related parties ------------------------------------------------------------------------


def values(**by_customer: Any) -> pd.DataFrame:
    rows = [(name, value) for name, given in by_customer.items()
            for value in (given if isinstance(given, list) else [given])]  # fmt: skip
    return pd.DataFrame(rows, columns=["customer", "value"])


def test_groups_are_those_of_chains_of_links() -> None:
    shared = {
        "address": values(A="1 Mill Road", B="１ mill-road", C="2 Low Lane", D="5 High St", E="n/a",
                          F="n/a"),
        "phone": values(B="+86 10 1234", C="86-10-1234", D="555 9999"),
        "payer": values(D=["Zhou & Co.", "others inc"], E=["zhou co", None]),
    }  # fmt: skip
    found = related_parties(shared, exposure={"A": 5, "C": 7, "E": 1})
    assert found.group_of("C") == ("A", "B", "C")
    assert found.table["component"].tolist() == [0, 0, 0, 1, 1, 2]
    assert found.table["size"].tolist() == [3, 3, 3, 2, 2, 1]
    assert found.table["degree"].tolist() == [1, 2, 1, 1, 1, 0]
    assert found.table["exposure"].tolist() == [12, 12, 12, 1, 1, 0]
    assert found.links.to_numpy().tolist() == [
        ["A", "B", "address"], ["B", "C", "phone"], ["D", "E", "payer"],
    ]  # fmt: skip
    assert "Mill" not in found.links.to_string() + repr(found) + found._repr_html_()
    with pytest.raises(InvalidParameterError, match="no customer 'Z' among 6"):
        found.group_of("Z")


def test_owners_connect_from_a_share_on() -> None:
    ownership = pd.DataFrame({
        "customer": ["A", "B", "C", "D", "E"], "parent": ["P", "P", "P", "A", None],
        "share": [0.25, 0.6, 0.2, None, 0.9],
    })  # fmt: skip
    found = related_parties({}, ownership=ownership)
    assert found.table["n_related"].to_dict() == {"A": 3, "B": 3, "C": 0, "D": 3, "E": 0, "P": 3}
    # B and A are connected through their owner only
    assert found.links[["first", "second"]].to_numpy().tolist() == [
        ["A", "D"], ["A", "P"], ["B", "P"],
    ]  # fmt: skip
    # a parent that is no customer connects all the same, and is not counted
    firms = related_parties({}, ownership=ownership, customers=list("ABCDE"))
    assert firms.table["n_related"].to_dict() == {"A": 2, "B": 2, "C": 0, "D": 2, "E": 0}
    stricter = related_parties({}, ownership=ownership, min_share=0.5)
    assert stricter.table["n_related"].to_dict() == {
        "A": 1, "B": 1, "C": 0, "D": 1, "E": 0, "P": 1,
    }  # fmt: skip
    with pytest.raises(InvalidDataError, match="Got 60 in row 1"):
        related_parties({}, ownership=ownership.assign(share=[0.25, 60, 0.2, None, 0.9]))


def test_two_ties_of_one_pair_are_one_link() -> None:
    shared = {"address": values(A="1 Mill Road", B="1 Mill Road"),
              "phone": values(A="12345", B="12345")}  # fmt: skip
    found = related_parties(shared)
    assert found.links["kinds"].tolist() == ["address, phone"]
    assert found.table["degree"].tolist() == [1, 1]


def test_values_that_all_share_connect_none() -> None:
    crowd = values(**{f"C{i}": "1 Agent Street" for i in range(6)})
    with pytest.warns(RejectedRowsWarning, match="1 value of the kind 'address' are shared"):
        found = related_parties({"address": crowd}, most_shared=5)
    assert found.table["n_related"].eq(0).all()
    assert related_parties({"address": crowd}, most_shared=6).table["n_related"].eq(5).all()


pairs = st.lists(st.tuples(st.sampled_from("ABCDEFG"), st.integers(0, 5)), min_size=1, max_size=20)


@settings(deadline=None, max_examples=60)
@given(drawn=pairs)
def test_components_are_those_of_a_search(drawn: list[tuple[str, int]]) -> None:
    table = pd.DataFrame(drawn, columns=["customer", "value"])
    table["value"] = "value " + table["value"].astype(str)
    found = related_parties({"phone": table})
    neighbours: dict[str, set[str]] = {name: set() for name in table["customer"]}
    for _, rows in table.groupby("value"):
        for name in rows["customer"]:
            neighbours[name] |= set(rows["customer"])
    for name, direct in neighbours.items():
        seen, new = set(), {name}
        while new:
            seen |= new
            new = set().union(*(neighbours[one] for one in new)) - seen
        assert set(found.group_of(name)) == seen
        assert found.table.loc[name, "degree"] == len(direct - {name})
    ordered = related_parties({"phone": table.sample(frac=1, random_state=1)})
    pd.testing.assert_frame_equal(ordered.table, found.table)


def test_nobody_is_related() -> None:
    found = related_parties({"phone": values(A="12345", B="54321")}, customers=["A", "B", "C"])
    assert found.links.empty
    assert repr(found) == "RelatedParties(3 customers, 0 links, 0 groups of two or more)"
    assert found.table["exposure"].isna().all()
    assert isinstance(related_parties({}, customers=[]), RelatedParties)
    with pytest.raises(MissingColumnError, match="phone needs the columns 'value'"):
        related_parties({"phone": pd.DataFrame({"customer": ["A"]})})
    with pytest.raises(InvalidParameterError, match="must name kinds"):
        related_parties(values(A="1"))  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'min_share' parameter"):
        related_parties({}, min_share=0)
    with pytest.raises(InvalidParameterError, match="'most_shared' parameter"):
        related_parties({}, most_shared=1)


@pytest.mark.parametrize(
    "cell",
    [10**400, Decimal("sNaN"), 1 + 0j, True, b"5", "1_0", [1]],
    ids=lambda cell: str(cell)[:5],
)
def test_a_cell_that_is_no_number_is_told_whatever_it_is(cell: Any) -> None:
    table = pd.DataFrame({"customer": ["A", "A"], "invoiced_on": DAY})
    for cells in ([cell, 5.0], [5.0, cell]):
        given = table.assign(amount=pd.Series(cells, dtype=object))
        with pytest.raises(InvalidDataError, match="'amount' must hold a number"):
            average_purchases(given, DAY)


def test_times_with_a_zone_are_told() -> None:
    days = pd.to_datetime(pd.Series(["2024-05-01"] * 2)).dt.tz_localize("UTC")
    table = pd.DataFrame({"customer": ["A", "A"], "invoiced_on": days, "amount": 5.0})
    with pytest.raises(InvalidDataError, match="has the time zone UTC: say which day"):
        average_purchases(table, DAY)
