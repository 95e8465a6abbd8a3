"""Facts as of a day: what is seen, what supersedes, what is refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.exceptions import (
    ColumnTypeError,
    DuplicateColumnError,
    EmptyDataError,
    ExpenseSignWarning,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
)
from creditscore.indicators import FINANCIAL, CustomerRecords, Facts, Measured, facts_on


def days(*texts: str | None) -> Any:
    return pd.to_datetime(list(texts))


def why(found: Measured) -> list[str]:
    return ["" if reason is None else str(reason) for reason in found.reasons]


def growth(facts: Facts) -> Measured:
    return facts.revenue / facts.before().revenue - 1


# --- statements ----------------------------------------------------------------------


def test_nothing_is_seen_before_it_was_known(statements: pd.DataFrame) -> None:
    records = CustomerRecords(statements=statements)
    early = facts_on(records, "2023-01-31").revenue
    assert why(early) == ["statements are known from 2023-04-30 on only"] * 2
    assert early.reasons[0].kind == "not_known_yet"
    assert facts_on(records, "2023-04-29").revenue.missing.all()
    assert facts_on(records, "2023-04-30").revenue.values.tolist() == [100.0, 50.0]
    assert facts_on(records, "2024-04-29").revenue.values.tolist() == [100.0, 50.0]
    assert facts_on(records, "2024-04-30").revenue.values.tolist() == [120.0, 60.0]


def test_a_year_before_in_another_currency_is_no_base(statements: pd.DataFrame) -> None:
    facts = facts_on(CustomerRecords(statements=statements), "2024-06-30")
    found = growth(facts)
    assert found.values[0] == pytest.approx(0.2)
    assert why(found)[1] == "revenue and revenue of the year before are of two currencies"
    # ratios of each year are fit to be compared
    turnover = facts.revenue / facts.total_assets
    before = facts.before().revenue / facts.before().total_assets
    assert (turnover - before).values[1] == pytest.approx(60 / 90 - 50 / 80)


def test_a_correction_supersedes_from_the_day_it_is_known(statements: pd.DataFrame) -> None:
    correction = statements.iloc[[1]].assign(revenue=110.0, known_on=days("2024-09-01"))
    both = pd.concat([correction, statements])
    records = CustomerRecords(statements=both)
    assert growth(facts_on(records, "2024-08-31")).values[0] == pytest.approx(0.2)
    assert growth(facts_on(records, "2024-09-01")).values[0] == pytest.approx(0.1)
    # as a base of the year after, too
    later = statements.iloc[[1]].assign(
        period_end=days("2024-12-31"), known_on=days("2025-04-30"), revenue=121.0
    )
    records = CustomerRecords(statements=pd.concat([both, later]))
    assert growth(facts_on(records, "2025-06-30")).values[0] == pytest.approx(0.1)


def test_a_gap_in_the_years_is_a_reason(statements: pd.DataFrame) -> None:
    alone = CustomerRecords(statements=statements.iloc[[1]])
    found = growth(facts_on(alone, "2024-06-30"))
    assert why(found) == ["no statement to 2022-12 is known"]
    assert found.reasons[0].kind == "period"


def test_stale_statements_tell_nothing(statements: pd.DataFrame) -> None:
    records = CustomerRecords(statements=statements)
    assert facts_on(records, "2025-06-30").revenue.missing.sum() == 0
    found = facts_on(records, "2025-07-02").revenue
    assert why(found)[0] == "the latest statement, to 2023-12-31, is older than 18 months"
    forever = CustomerRecords(statements=statements, stale_after_months=None)
    assert facts_on(forever, "2035-01-01").revenue.missing.sum() == 0


def test_interim_statements_count_only_if_asked(statements: pd.DataFrame) -> None:
    half = statements.iloc[[1]].assign(
        period_end=days("2024-06-30"), known_on=days("2024-08-31"), revenue=70.0, units_sold=7.0
    )
    both = pd.concat([statements.assign(months=12, units_sold=9.0), half.assign(months=6)])
    plain = facts_on(CustomerRecords(statements=both), "2024-12-31")
    assert plain.revenue.values[0] == 120
    records = CustomerRecords(statements=both, annualise=True)
    annual = facts_on(records, "2024-12-31")
    assert annual.revenue.values[0] == 140
    assert annual.total_assets.values[0] == 220
    assert "units_sold is of a statement of other than 12 months" in why(annual.units_sold)[0]
    said = CustomerRecords(statements=both, annualise=True, flows=("units_sold",))
    assert facts_on(said, "2024-12-31").units_sold.values[0] == 14
    only = facts_on(CustomerRecords(statements=half.assign(months=6)), "2024-12-31")
    assert why(only.revenue) == ["only statements of 6 months are known (annualise)"]


def test_a_firm_and_its_group_are_not_put_together(statements: pd.DataFrame) -> None:
    group = statements.iloc[[0, 1]]
    alone = group.assign(consolidated=False, revenue=[40.0, 50.0])
    both = pd.concat([group, alone])
    either = facts_on(CustomerRecords(statements=both), "2024-06-30").revenue
    assert either.reasons[0].kind == "consolidation"
    assert "of the firm and of its group" in why(either)[0]
    for choice, revenue in (("consolidated", 120.0), ("separate", 50.0)):
        records = CustomerRecords(statements=both, consolidation=choice)
        assert facts_on(records, "2024-06-30").revenue.values.tolist() == [revenue]
    none = CustomerRecords(statements=group, consolidation="separate")
    assert "no statement of the kind that counts" in why(facts_on(none, "2024-06-30").revenue)[0]
    # one year as a group, the next one alone
    changed = pd.concat([group.iloc[[0]], alone.iloc[[1]]])
    found = growth(facts_on(CustomerRecords(statements=changed), "2024-06-30"))
    assert found.reasons[0].kind == "consolidation"


def test_a_year_before_of_two_scopes_is_none_of_them(statements: pd.DataFrame) -> None:
    group, alone = statements.iloc[[0, 1]], statements.iloc[[0]].assign(consolidated=False)
    for order in ([group, alone], [alone, group]):
        facts = facts_on(CustomerRecords(statements=pd.concat(order)), "2024-06-30")
        assert facts.revenue.values.tolist() == [120.0]
        assert facts.before().revenue.reasons[0].kind == "consolidation"
        assert "of the firm and of its group" in why(growth(facts))[0]


def test_who_does_not_say_its_scope_speaks_against_none(statements: pd.DataFrame) -> None:
    # the register says that it is the group, a bureau has the same year and does not say
    group = statements.iloc[[0, 1]]
    untold = group.assign(consolidated=None, known_on=days("2023-05-01", "2024-05-01"))
    table = pd.concat([group, untold.assign(revenue=[101.0, 121.0])])
    table["consolidated"] = table["consolidated"].astype("boolean")
    found = facts_on(CustomerRecords(statements=table), "2024-06-30").revenue
    assert found.values.tolist() == [121.0]
    alone = group.assign(consolidated=False)
    found = facts_on(CustomerRecords(statements=pd.concat([table, alone])), "2024-06-30").revenue
    assert found.reasons[0].kind == "consolidation"


def test_a_year_goes_before_a_quarter_that_ends_with_it(statements: pd.DataFrame) -> None:
    year = statements.iloc[[1]].assign(months=12)
    quarter = year.assign(months=3, revenue=50.0)
    later = quarter.assign(known_on=days("2024-05-31"))
    for tables in ([year, quarter], [quarter, year], [year, later]):
        records = CustomerRecords(statements=pd.concat(tables), annualise=True)
        assert facts_on(records, "2024-06-30").revenue.values.tolist() == [120.0]


def test_reasons_know_nothing_of_the_future(statements: pd.DataFrame) -> None:
    half = statements.iloc[[1]].assign(months=6)
    later = half.assign(months=3, known_on=days("2024-09-30"), period_end=days("2024-03-31"))
    year = later.assign(months=12, consolidated=False)
    for more in (later, year):
        records = CustomerRecords(statements=pd.concat([half, more]), consolidation="consolidated")
        found = facts_on(records, "2024-06-30").revenue
        assert why(found) == ["only statements of 6 months are known (annualise)"]


def test_years_of_52_and_53_weeks_follow_one_another(statements: pd.DataFrame) -> None:
    weeks = statements.iloc[[0, 1]].assign(period_end=days("2023-01-28", "2024-02-03"))
    found = growth(facts_on(CustomerRecords(statements=weeks), "2024-06-30"))
    assert found.values.tolist() == [pytest.approx(0.2)]
    leap = statements.iloc[[0, 1]].assign(period_end=days("2023-02-28", "2024-02-29"))
    found = growth(facts_on(CustomerRecords(statements=leap), "2024-06-30"))
    assert found.values.tolist() == [pytest.approx(0.2)]
    other = statements.iloc[[0, 1]].assign(period_end=days("2022-12-31", "2024-02-03"))
    found = growth(facts_on(CustomerRecords(statements=other), "2024-06-30"))
    assert why(found) == ["no statement to 2023-01 is known"]


def test_items_and_columns_that_are_not_there(statements: pd.DataFrame) -> None:
    facts = facts_on(CustomerRecords(statements=statements), "2024-06-30")
    assert why(facts.inventory) == ["inventory is not given", ""]
    assert why(facts.inventry)[0] == "statements have no column 'inventry' (near: 'inventory')"
    assert why(facts.source)[0] == "column 'source' of statements holds words, not numbers"
    assert why(facts.known_on)[0] == "column 'known_on' of statements holds days, not numbers"
    assert why(facts.profile.employees) == ["no table of profile is given"] * 2
    with pytest.raises(InvalidParameterError, match="'years' parameter of before"):
        facts.before(-1)
    assert repr(facts.before()) == "PanelFacts(statements of the year before: 2 of 2 customers)"
    assert repr(facts.profile) == "PanelFacts(profile: no such table is given)"
    assert why(facts.average("inventory"))[0] == "inventory is not given"
    with pytest.raises(AttributeError):
        facts._repr_png_()


def test_a_known_lag_stands_for_the_day(statements: pd.DataFrame) -> None:
    undated = statements.drop(columns="known_on")
    records = CustomerRecords(statements=undated, known_lag_days={"statements": 121})
    assert facts_on(records, "2024-04-29").revenue.values[0] == 100
    assert facts_on(records, "2024-04-30").revenue.values[0] == 120
    with pytest.raises(MissingColumnError, match="known_lag_days"):
        CustomerRecords(statements=undated)


# --- other tables --------------------------------------------------------------------


def test_versions_of_a_profile_and_years_since(statements: pd.DataFrame) -> None:
    profile = pd.DataFrame(
        {
            "customer": ["A", "A", "B"],
            "known_on": days("2020-01-01", "2024-03-01", "2020-01-01"),
            "founded_on": days("2004-06-30", "2004-06-30", None),
            "industry": ["retail", "steel", None],
            "employees": [10.0, 30.0, 5.0],
        }
    )
    industries = pd.DataFrame(
        {
            "industry": ["retail", "steel"],
            "period_end": days("2022-12-31", "2022-12-31"),
            "known_on": days("2023-03-01", "2023-03-01"),
            "growth": [0.01, -0.02],
        }
    )
    records = CustomerRecords(statements=statements, profile=profile, industries=industries)
    then, now = facts_on(records, "2024-02-29"), facts_on(records, "2024-06-30")
    assert then.profile.employees.values.tolist() == [10.0, 5.0]
    assert now.profile.employees.values.tolist() == [30.0, 5.0]
    assert then.industries.growth.values[0] == 0.01
    assert now.industries.growth.values[0] == -0.02
    assert why(now.industries.growth)[1] == "the industry of the customer is not known"
    age = now.profile.years_since("founded_on")
    assert age.values[0] == pytest.approx(20, abs=0.01)
    assert why(age)[1] == "founded_on is not given"
    with pytest.raises(InvalidParameterError, match="versions and no periods"):
        now.profile.before()


def test_roles_of_counterparties_are_two() -> None:
    trade = pd.DataFrame(
        {
            "customer": ["A"], "counterparty": ["x"], "role": ["buyer"], "amount": [1.0],
            "period_end": days("2023-12-31"), "known_on": days("2024-01-31"),
        }
    )  # fmt: skip
    with pytest.raises(InvalidDataError, match="must be 'customer' or 'supplier'"):
        CustomerRecords(trade=trade)
    facts = facts_on(CustomerRecords(trade=trade.assign(role="supplier")), "2024-06-30")
    assert facts.trade.concentration("counterparty", "amount").values.tolist() == [1.0]
    assert why(facts.ledger.concentration("invoice", "amount")) == ["no table of ledger is given"]


def test_other_panels_of_the_month_of_the_statement(statements: pd.DataFrame) -> None:
    market = pd.DataFrame(
        {
            "customer": ["A", "A", "B"],
            "period_end": days("2023-12-31", "2024-03-31", "2024-03-31"),
            "known_on": days("2024-02-01", "2024-05-01", "2024-05-01"),
            "market_sales": [1000.0, 300.0, 200.0],
        }
    )
    facts = facts_on(CustomerRecords(statements=statements, market=market), "2024-06-30")
    assert facts.market.market_sales.values.tolist() == [300.0, 200.0]
    found = facts.at_statement("market").market_sales
    assert found.values[0] == 1000
    assert why(found)[1] == "no row of market to 2023-12, where the statement ends, is known"
    alone = facts_on(CustomerRecords(market=market), "2024-06-30").at_statement("market")
    assert why(alone.market_sales)[0] == "no table of statements is given"
    none = facts_on(CustomerRecords(statements=statements), "2024-06-30").at_statement("market")
    assert why(none.market_sales)[0] == "no table of market is given"


# --- laws ----------------------------------------------------------------------------


@st.composite
def statement_rows(draw: st.DrawFn) -> pd.DataFrame:
    rows = draw(
        st.lists(
            st.tuples(
                st.sampled_from("ABC"),
                st.integers(2019, 2023),
                st.integers(0, 900),
                st.floats(-100, 100),
            ),
            min_size=1,
            max_size=12,
            unique_by=lambda row: row[:3],
        )
    )
    ends = [pd.Timestamp(year, 12, 31) for _, year, _, _ in rows]
    return pd.DataFrame(
        {
            "customer": [row[0] for row in rows],
            "period_end": ends,
            "known_on": [e + pd.Timedelta(days=row[2]) for e, row in zip(ends, rows, strict=True)],
            "revenue": [row[3] for row in rows],
        }
    )


def by_hand(frame: pd.DataFrame, customer: str, as_of: str, years: int = 0) -> float | None:
    """Return the revenue that counts, by the words of the Notes."""
    day = pd.Timestamp(as_of)
    seen = frame[(frame["customer"] == customer) & (frame["known_on"] <= day)]
    if seen.empty:
        return None
    year = seen["period_end"].max().year - years
    seen = seen[seen["period_end"].dt.year == year]
    if seen.empty:
        return None
    return float(seen.sort_values("known_on")["revenue"].iloc[-1])


def test_who_is_in_no_table_cannot_be_asked_for(statements: pd.DataFrame) -> None:
    named = statements["customer"].map({"A": "C00041", "B": "C00100"})
    records = CustomerRecords(statements=statements.assign(customer=named))
    told = r"'C0041' in records\.customers, which names 2 customers\. Did you mean 'C00041'"
    with pytest.raises(InvalidParameterError, match=told):
        facts_on(records, "2024-06-30", customers=["C00041", "C0041"])
    with pytest.raises(InvalidParameterError, match=r"'X' \(and 1 more\)"):
        facts_on(records, "2024-06-30", customers=["X", "Y", "X"])
    numbered = statements.assign(customer=statements["customer"].map({"A": 41, "B": 100}))
    with pytest.raises(InvalidParameterError, match=r"no customer 410 .*Did you mean 41 or"):
        facts_on(CustomerRecords(statements=numbered), "2024-06-30", customers=[41, 410])
    # of whom all became known later, there are reasons
    early = facts_on(records, "2020-01-01", customers=["C00100"])
    assert str(early.revenue.reasons[0]) == "statements are known from 2023-04-30 on only"


def test_a_newer_half_year_takes_the_place_of_the_year(statements: pd.DataFrame) -> None:
    half = statements.iloc[[1]].assign(
        period_end=pd.Timestamp("2024-06-30"), known_on=pd.Timestamp("2024-08-31"), months=6,
        revenue=70.0,
    )  # fmt: skip
    both = pd.concat([statements.assign(months=12), half])
    years, annual = (
        facts_on(CustomerRecords(statements=both, annualise=annualise), "2024-09-30")
        for annualise in (False, True)
    )
    assert (years.revenue / years.before().revenue).values[0] == pytest.approx(1.2)
    assert annual.revenue.values[0] == 140.0
    gap = (annual.revenue / annual.before().revenue).reasons[0]
    assert (gap.kind, str(gap)) == ("period", "no statement to 2023-06 is known")


@given(statement_rows(), st.sampled_from(["2020-06-30", "2022-01-15", "2024-12-31"]))
@settings(deadline=None, max_examples=100)
def test_the_row_that_counts_is_the_one_found_by_hand(frame: pd.DataFrame, as_of: str) -> None:
    records = CustomerRecords(statements=frame, stale_after_months=None)
    facts = facts_on(records, as_of, customers=records.customers[::-1])
    for years in (0, 1):
        found = facts.before(years).revenue if years else facts.revenue
        for place, customer in enumerate(facts.customers):
            expected = by_hand(frame, str(customer), as_of, years)
            value = None if found.missing[place] else found.values[place]
            assert value == expected


@given(statement_rows(), statement_rows(), st.randoms())
@settings(deadline=None, max_examples=60)
def test_later_rows_other_customers_and_order_change_nothing(
    frame: pd.DataFrame, more: pd.DataFrame, random: Any
) -> None:
    as_of = "2022-06-30"
    others = more.assign(customer="other " + more["customer"])
    later = more[more["known_on"] > as_of].assign(
        known_on=lambda t: t["known_on"] + dt.timedelta(1000)
    )
    mixed = pd.concat([frame, others, later]).sample(frac=1, random_state=random.randint(0, 99))
    customers = tuple(dict.fromkeys(frame["customer"]))
    alone, among = (
        facts_on(
            CustomerRecords(statements=table, stale_after_months=None), as_of, customers=customers
        )
        for table in (frame, mixed)
    )
    for found, other in ((alone.revenue, among.revenue), (growth(alone), growth(among))):
        np.testing.assert_array_equal(found.values, other.values)


# --- libraries and errors ------------------------------------------------------------


def test_tables_of_any_library(statements: pd.DataFrame) -> None:
    tables = (statements, pl.from_pandas(statements), pa.Table.from_pandas(statements))
    for table in tables:
        facts = facts_on(CustomerRecords(statements=table), dt.date(2024, 6, 30))
        assert facts.revenue.values.tolist() == [120.0, 60.0]


def test_records_stay_as_they_are_when_the_table_changes(statements: pd.DataFrame) -> None:
    records = CustomerRecords(statements=statements)
    statements.iloc[1, statements.columns.get_loc("revenue")] = 999.0
    statements["known_on"] = pd.Timestamp("2030-01-01")
    assert facts_on(records, "2024-06-30").revenue.values.tolist() == [120.0, 60.0]


def test_further_columns_may_be_words_and_days(statements: pd.DataFrame) -> None:
    more = statements.assign(auditor=["x", None, "y", "z"], signed_on=statements["known_on"])
    facts = facts_on(CustomerRecords(statements=more), "2024-06-30")
    assert facts.panel("statements").words("auditor").tolist() == [None, "z"]
    age = facts.panel("statements").years_since("signed_on")
    assert age.values.round(2).tolist() == [0.17, 0.17]


def test_further_columns_of_truths_are_numbers(statements: pd.DataFrame) -> None:
    for listed in ([True, False, False, True], pd.array([True, None, False, True], "boolean")):
        records = CustomerRecords(statements=statements.assign(listed=listed))
        found = facts_on(records, "2024-06-30", customers=["B"]).listed
        assert found.values.tolist() == [1.0]


@pytest.mark.parametrize("customers", ["A", 7, None, [None], [["A"]], [7], [np.nan]])
def test_customers_that_are_refused(statements: pd.DataFrame, customers: Any) -> None:
    records = CustomerRecords(statements=statements)
    if customers is None:
        customers = pd.DataFrame({"customer": ["A"]})
    with pytest.raises(InvalidParameterError, match="'customers' parameter of facts_on must"):
        facts_on(records, "2024-06-30", customers=customers)


def test_customers_by_number() -> None:
    frame = pd.DataFrame(
        {"customer": [7, 3], "known_on": days("2020-01-01", "2020-01-01"), "n": [1, 2]}
    )
    records = CustomerRecords(profile=frame)
    assert records.customers == (7, 3)
    for wanted in ([3], [np.int64(3)], pd.Series([3]), np.array([3])):
        found = facts_on(records, "2024-01-01", customers=wanted)  # type: ignore[arg-type]
        assert found.profile.n.values.tolist() == [2.0]
    assert facts_on(records, "2024-01-01", customers=[]).profile.n.values.tolist() == []
    with pytest.raises(InvalidParameterError, match="Got '3', and the records name them as 7"):
        facts_on(records, "2024-01-01", customers=["3"])


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"customer": ["A", None, "B", "B"]}, InvalidDataError, "row 1 has no customer"),
        ({"period_end": ["2022", "2023", "2022", "2023"]}, ColumnTypeError, "must hold dates"),
        ({"known_on": days("2023-04-30", None, "2023-04-30", "2024-04-30")}, InvalidDataError,
         "'known_on' is missing in 1 row"),
        ({"known_on": days("2022-04-30", "2024-04-30", "2023-04-30", "2024-04-30")},
         InvalidDataError, "row 0 was known on 2022-04-30, before its period ended"),
        ({"revenue": [1.0, np.inf, 2.0, 3.0]}, InvalidDataError, "'revenue' is infinite at row 1"),
        ({"revenue": ["1", "2", "x", "y"]}, ColumnTypeError, "'revenue' must hold numbers"),
        ({"consolidated": ["yes", "no", "yes", "no"]}, InvalidDataError, "true or false"),
        ({"tags": [["a"], ["b"], ["c"], ["d"]]}, ColumnTypeError,
         "Table 'statements': Column 'tags' must hold numbers or text"),
        ({"customer": [["A"]] * 4}, ColumnTypeError, "Table 'statements': Column 'customer' holds"),
        ({"months": [12, 0, 12, 12]}, InvalidDataError, "'months' must be above zero"),
        ({"customer": ["A", "A", "A", "A"], "consolidated": [True] * 4}, InvalidDataError,
         "rows 0 and 2 are of the same customer 'A'"),
    ],
)  # fmt: skip
def test_tables_that_are_refused(
    statements: pd.DataFrame, change: dict[str, Any], error: type[Exception], match: str
) -> None:
    with pytest.raises(error, match=match):
        CustomerRecords(statements=statements.assign(**change))


def test_parameters_that_are_refused(statements: pd.DataFrame) -> None:
    with pytest.raises(EmptyDataError, match="at least one table"):
        CustomerRecords()
    with pytest.raises(InvalidParameterError, match="There is no table 'statement'"):
        CustomerRecords(statements=statements, known_lag_days={"statement": 1})
    with pytest.raises(InvalidParameterError, match="consolidation"):
        CustomerRecords(statements=statements, consolidation="group")  # type: ignore[arg-type]
    records = CustomerRecords(statements=statements)
    for day in ("yesterday", None, 2024, np.int64(2024), pd.Timestamp("2024-01-01", tz="UTC")):
        with pytest.raises(InvalidParameterError, match="'as_of' parameter"):
            facts_on(records, day)
    with pytest.raises(InvalidParameterError, match="each customer once"):
        facts_on(records, "2024-01-01", customers=["A", "A"])
    profile = pd.DataFrame({"customer": [1], "known_on": days("2020-01-01")})
    with pytest.raises(InvalidDataError, match="Got str in 'statements', int in"):
        CustomerRecords(statements=statements, profile=profile)
    with pytest.raises(EmptyDataError, match="at least one table with rows"):
        CustomerRecords(statements=statements.iloc[:0])
    twice = pd.concat([statements, statements["revenue"]], axis=1)
    with pytest.raises(DuplicateColumnError, match="Table 'statements': Column names must be uni"):
        CustomerRecords(statements=twice)
    assert repr(records) == "CustomerRecords(2 customers; statements 4)"


def test_days_are_not_guessed_at(statements: pd.DataFrame) -> None:
    records = CustomerRecords(statements=statements)
    for day in (
        "2024-06-05",
        "2024/6/5",
        "2024年6月5日",
        dt.date(2024, 6, 5),
        np.datetime64("2024-06-05"),
    ):
        assert str(facts_on(records, day).as_of) == "2024-06-05"
    for day in (
        "06/05/2024",
        "05.06.2024",
        "2024-06",
        "2024-06-05 12:00",
        "20240605",
        "2024-02-30",
    ):
        with pytest.raises(InvalidParameterError, match="which is no day written YYYY-MM-DD"):
            facts_on(records, day)


def test_a_table_of_which_a_filter_has_left_nothing(
    statements: pd.DataFrame, ledger: pd.DataFrame
) -> None:
    records = CustomerRecords(statements=statements, ledger=ledger.iloc[:0])
    facts = facts_on(records, "2024-06-30")
    assert facts.revenue.values.tolist() == [120.0, 60.0]
    assert why(facts.ledger.total("amount")) == ["the table of ledger has no rows"] * 2
    recent = facts.ledger.within(months=12)
    late = recent.share(recent.settled_on > recent.due_on)
    assert {reason.kind for reason in late.reasons} == {"not_given"}
    empty = CustomerRecords(statements=statements.iloc[:0], ledger=ledger)
    assert why(facts_on(empty, "2024-06-30").revenue)[0] == "the table of statements has no rows"
    assert facts_on(empty, "2024-06-30").before().revenue.missing.all()
    assert len(FINANCIAL.compute(empty, as_of="2024-06-30").reasons) == 2
    for table in (pl.from_pandas(statements.iloc[:0]), pa.Table.from_pandas(statements.iloc[:0])):
        assert CustomerRecords(statements=table, ledger=ledger).customers == ("A", "B")
    with pytest.raises(MissingColumnError, match="'amount'"):
        CustomerRecords(ledger=ledger.iloc[:0].drop(columns="amount"))


def test_expenses_below_zero_are_told(statements: pd.DataFrame) -> None:
    costs = statements.assign(
        cost_of_sales=[-70.0, -80.0, None, 5.0], interest_expense=[1, 2, 0, -1]
    )
    with pytest.warns(ExpenseSignWarning, match=r"zero in 'cost_of_sales' \(2 of 3\), and"):
        CustomerRecords(statements=costs)
    CustomerRecords(statements=costs.assign(cost_of_sales=[70.0, 80.0, None, -5.0]))
