"""The registry, and the table of values with reasons, flags and sources."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from creditscore.exceptions import EmptyDataError, InvalidParameterError
from creditscore.indicators import (
    CustomerRecords,
    Facts,
    Indicator,
    IndicatorSet,
    Measured,
    Reason,
    indicator,
)
from creditscore.indicators._indicator_table import short_number


@indicator(
    group="financial",
    unit="ratio",
    direction="higher",
    formula="net income / equity",
    low=-1,
    high=1,
)
def return_on_equity(facts: Facts) -> Measured:
    return facts.net_income / facts.equity


@indicator(
    group="financial", unit="ratio", direction="higher", formula="sales / sales before - 1",
    five_c=("capacity",), high=0.1,
)  # fmt: skip
def sales_growth(facts: Facts) -> Measured:
    return facts.revenue / facts.before().revenue - 1


@indicator(group="reputation", unit="share", direction="higher", formula="settled by due date")
def on_time(facts: Facts) -> Measured:
    rows = facts.ledger.within(months=12)
    return rows.share(rows.settled_on <= rows.due_on)


OWN = IndicatorSet(indicators=(return_on_equity, sales_growth, on_time))


@pytest.fixture
def records(statements: pd.DataFrame, ledger: pd.DataFrame) -> CustomerRecords:
    return CustomerRecords(statements=statements, ledger=ledger)


def test_inputs_are_found_by_asking() -> None:
    assert [str(i) for i in sales_growth.inputs] == ["statements.revenue", "statements.revenue@-1"]
    assert [str(i) for i in on_time.inputs] == ["ledger"]
    assert return_on_equity.label == "Return on equity"
    assert "net income / equity; financial, ratio, higher is safer" in repr(return_on_equity)


def test_values_reasons_and_kinds(records: CustomerRecords) -> None:
    found = OWN.compute(records, as_of="2024-06-30")
    assert found.values.index.tolist() == ["A", "B"]
    assert found.values.loc["A"].round(4).tolist() == [0.1, 0.2, 0.3333]
    assert found.values.loc["B"].isna().all()
    assert found.reasons.loc["A"].tolist() == ["", "", ""]
    assert found.reasons.loc["B"].tolist() == [
        "equity is negative",
        "revenue and revenue of the year before are of two currencies",
        "no row of ledger with due_on in the 12 months to 2024-06-30",
    ]
    assert found.reason_kinds.loc["B"].tolist() == ["negative_denominator", "currency", "no_rows"]
    assert "negative denominator" in found._repr_html_()
    assert repr(found) == "IndicatorTable(2 customers × 3 indicators as of 2024-06-30, 50% known)"


def test_a_gap_may_have_a_code_by_its_kind(records: CustomerRecords) -> None:
    found = OWN.compute(records, as_of="2024-06-30")
    coded = found.coded({"negative_denominator": -99.0, "no_rows": -1.0})
    assert coded.loc["B"].tolist()[0] == -99
    assert np.isnan(coded.loc["B", "sales_growth"])
    assert coded.loc["B", "on_time"] == -1
    assert found.values.loc["B"].isna().all()
    with pytest.raises(InvalidParameterError, match=r"0\.1 is also a value of indicator"):
        found.coded({"no_rows": 0.1})
    with pytest.raises(InvalidParameterError, match="'codes' parameter"):
        found.coded({"gone": 1.0})


def test_a_code_of_one_kind_may_differ_by_indicator(records: CustomerRecords) -> None:
    found = OWN.compute(records, as_of="2024-06-30")
    coded = found.coded({"negative_denominator": {"return_on_equity": -1e6}, "no_rows": 0.5})
    assert coded.loc["B"].tolist() == [-1e6, pytest.approx(np.nan, nan_ok=True), 0.5]
    pd.testing.assert_series_equal(coded.loc["A"], found.values.loc["A"])
    # 0.1 is a return of A, and no share on time: the code is for the latter
    assert found.coded({"no_rows": {"on_time": 0.1}}).loc["B", "on_time"] == 0.1
    # the other indicators keep their gaps of that kind
    gaps = found.coded({"currency": {"on_time": -5.0}})
    pd.testing.assert_frame_equal(gaps, found.values)
    with pytest.raises(InvalidParameterError, match=r"0\.1 is also a value of indicator 'return"):
        found.coded({"no_rows": {"return_on_equity": 0.1}})
    with pytest.raises(InvalidParameterError, match="no indicator 'ontime' in this table"):
        found.coded({"no_rows": {"ontime": -1.0}})
    with pytest.raises(InvalidParameterError, match="only the future tells"):
        found.coded({"not_given": {"on_time": -1.0}, "not_known_yet": {"on_time": -2.0}})
    with pytest.raises(InvalidParameterError, match=r"no_rows.*Got 'riskiest'"):
        found.coded({"no_rows": "riskiest"})  # type: ignore[dict-item]


def test_one_is_no_plural_and_amounts_are_written_whole(records: CustomerRecords) -> None:
    @indicator(group="financial", unit="amount", direction="higher", formula="a large amount")
    def amount(facts: Facts) -> Measured:
        return facts.revenue * -13408.34

    found = IndicatorSet(indicators=(amount,)).compute(records, as_of="2024-06-30", customers=["A"])
    assert repr(found) == (
        "IndicatorTable(1 customer × 1 indicator as of 2024-06-30, 100% known)"
    )  # fmt: skip
    assert repr(found.facts) == "Facts(1 customer as of 2024-06-30)"
    assert repr(found.facts.statements) == "PanelFacts(statements: 1 of 1 customer)"
    assert ">-1,609,001<" in found._repr_html_()
    assert [short_number(x) for x in (999.96, 1000, 0.123456, 1e15, -1e20)] == [
        "1000", "1,000", "0.1235", "1e+15", "-1e+20"
    ]  # fmt: skip


def test_no_code_tells_the_future(records: CustomerRecords) -> None:
    found = OWN.compute(records, as_of="2023-01-31")
    assert set(found.reason_kinds.loc["A"]) == {"not_known_yet"}
    for codes in ({"not_given": -1.0}, {"not_given": -1.0, "not_known_yet": -2.0}):
        with pytest.raises(InvalidParameterError, match="only the future tells which it is"):
            found.coded(codes)
    both = found.coded({"not_given": -1.0, "not_known_yet": -1.0})
    assert both.loc["A"].tolist() == [-1.0] * 3


def test_flags_and_coverage(records: CustomerRecords) -> None:
    found = OWN.compute(records, as_of="2024-06-30")
    assert found.flags.to_dict("records") == [
        {"customer": "A", "indicator": "sales_growth", "value": pytest.approx(0.2),
         "low": -np.inf, "high": 0.1}
    ]  # fmt: skip
    coverage = found.coverage().set_index("indicator")
    assert coverage["n"].tolist() == [1, 1, 1]
    assert coverage["share"].tolist() == [0.5] * 3
    assert coverage.loc["on_time", "no_rows"] == 1
    assert coverage.loc["sales_growth", "no_rows"] == 0


def test_each_value_carries_source_and_date(records: CustomerRecords) -> None:
    found = OWN.compute(records, as_of="2024-06-30")
    sources = found.sources(customers=["A"]).set_index(["indicator", "input"])
    before = sources.loc[("sales_growth", "statements.revenue@-1")]
    assert before["value"] == 100
    assert before["source"] == "register"
    assert str(before["dated"].date()) == "2022-12-31"
    assert str(before["known_on"].date()) == "2023-04-30"
    rows = sources.loc[("on_time", "ledger")]
    assert rows["value"] == 3
    assert str(rows["dated"].date()) == "2024-05-31"
    assert len(found.sources(indicators=["on_time"])) == 2
    assert found.sources(customers=["B", "A"], indicators=["on_time"])["value"].tolist() == [1, 3]
    early = OWN.compute(records, as_of="2020-01-01").sources()
    assert early["dated"].isna().all()
    for wrong in ({"indicators": ["late"]}, {"customers": ["Z"]}):
        with pytest.raises(InvalidParameterError, match="There is no"):
            found.sources(**wrong)  # type: ignore[arg-type]


def test_words_and_days_are_told_as_such(records: CustomerRecords) -> None:
    @indicator(group="operating", unit="years", direction="higher", formula="years here")
    def years_here(facts: Facts) -> Measured:
        abroad = facts.profile.words("region") != "north"
        return facts.profile.years_since("founded_on").without(abroad, Reason("undefined", "far"))

    profile = pd.DataFrame({
        "customer": ["A", "B"], "known_on": pd.Timestamp("2024-01-01"), "region": ["north", None],
        "founded_on": pd.to_datetime(["2000-06-30", None]),
    })  # fmt: skip
    found = IndicatorSet(indicators=(years_here, sales_growth)).compute(
        replace(records, profile=profile), as_of="2024-06-30"
    )
    sources = found.sources().set_index(["customer", "input"])["value"]
    assert sources.dtype == object
    assert sources["A", "profile.region"] == "north"
    assert sources["A", "profile.founded_on"] == pd.Timestamp("2000-06-30")
    assert sources["A", "statements.revenue"] == 120.0
    assert pd.isna(sources["B", "profile.region"])
    assert pd.isna(sources["B", "profile.founded_on"])


def test_what_is_read_does_not_depend_on_who_read_before() -> None:
    @indicator(group="environment", unit="share", direction="lower", formula="defaults / firms")
    def rate(facts: Facts) -> Measured:
        return facts.industries.defaults / facts.industries.firms

    @indicator(group="environment", unit="count", direction="lower", formula="events")
    def n_events(facts: Facts) -> Measured:
        return facts.events.count()

    when = pd.to_datetime(["2024-01-31"])
    records = CustomerRecords(
        profile=pd.DataFrame({"customer": ["A"], "known_on": when, "industry": ["steel"]}),
        industries=pd.DataFrame(
            {"industry": ["steel"], "period_end": when, "known_on": when, "firms": [10.0],
             "defaults": [1.0]}
        ),
        events=pd.DataFrame(
            {"event": ["tariff"], "known_on": when, "effective_on": when, "direction": [-1]}
        ),
    )  # fmt: skip
    pair = (rate, n_events)
    for first, second in (pair, pair[::-1]):
        again = Indicator(
            name="again", compute=first.compute, group="environment", unit="share",
            direction="lower", formula="the same",
        )  # fmt: skip
        found = IndicatorSet(indicators=(first, second, again)).compute(records, as_of="2024-06-30")
        assert set(found.inputs["again"]) == set(found.inputs[first.name]) == set(first.inputs)
    assert {str(entry) for entry in rate.inputs} == {
        "profile.industry", "industries.defaults", "industries.firms",
    }  # fmt: skip


def test_sources_of_events_and_of_the_month_of_the_statement(statements: pd.DataFrame) -> None:
    @indicator(group="environment", unit="count", direction="lower", formula="events")
    def n_events(facts: Facts) -> Measured:
        return facts.events.count()

    @indicator(group="operating", unit="share", direction="higher", formula="sales / market")
    def own_share(facts: Facts) -> Measured:
        return facts.revenue / facts.at_statement("market").market_sales

    when = pd.to_datetime
    events = pd.DataFrame(
        {
            "event": ["tariff", "subsidy", "later"],
            "customer": ["A", None, "A"],
            "known_on": when(["2024-01-10", "2024-03-01", "2024-12-01"]),
            "effective_on": when(["2024-02-01", "2024-04-01", "2024-12-31"]),
            "direction": [-1, 1, -1],
            "source": ["gazette", "ministry", "gazette"],
        }
    )
    market = pd.DataFrame(
        {
            "customer": ["A", "A"],
            "period_end": when(["2023-12-31", "2024-03-31"]),
            "known_on": when(["2024-02-01", "2024-05-01"]),
            "market_sales": [1000.0, 300.0],
        }
    )
    records = CustomerRecords(statements=statements, events=events, market=market)
    found = IndicatorSet(indicators=(n_events, own_share)).compute(records, as_of="2024-06-30")
    assert found.values["n_events"].tolist() == [2.0, 1.0]
    sources = found.sources(customers=["A"]).set_index("input")
    assert sources.loc["events", "value"] == 2
    assert sources.loc["events", "source"] == "gazette, ministry"
    assert str(sources.loc["events", "known_on"].date()) == "2024-03-01"
    assert sources.loc["market.market_sales", "value"] == 1000
    assert str(sources.loc["market.market_sales", "dated"].date()) == "2023-12-31"


def test_one_customer_alone_or_among_others(records: CustomerRecords) -> None:
    together = OWN.compute(records, as_of="2024-06-30").values
    for customer in ("A", "B"):
        alone = OWN.compute(records, as_of="2024-06-30", customers=[customer]).values
        pd.testing.assert_frame_equal(alone, together.loc[[customer]])


def test_sets_are_extended_and_parted() -> None:
    @indicator(group="person", unit="amount", direction="higher", formula="income")
    def on_time(facts: Facts) -> Measured:
        return facts.persons.income

    replaced = OWN.with_indicators(on_time)
    assert replaced.names == OWN.names
    assert replaced["on_time"].group == "person"
    assert OWN.only(["sales_growth"]).names == ("sales_growth",)
    assert "sales_growth" in OWN
    assert sales_growth in OWN
    assert "growth" not in OWN
    assert OWN.of_group("financial").names == ("return_on_equity", "sales_growth")
    assert OWN.of_five_c("capacity").names == ("sales_growth",)
    assert (OWN.of_group("reputation") + OWN.of_group("financial")).names[0] == "on_time"
    table = OWN.table().set_index("name")
    assert table.loc["sales_growth", "inputs"] == "statements.revenue, statements.revenue@-1"
    assert repr(OWN) == "IndicatorSet(3 indicators: financial 2, reputation 1)"
    assert "sales_growth" in OWN._repr_html_()


def test_sets_refuse_what_they_cannot_hold() -> None:
    with pytest.raises(EmptyDataError, match="at least one indicator"):
        OWN.of_group("person")
    with pytest.raises(InvalidParameterError, match="Seen more than once"):
        OWN + OWN
    with pytest.raises(InvalidParameterError, match="Did you mean 'on_time'"):
        OWN["ontime"]
    with pytest.raises(InvalidParameterError, match=r"a sequence, such as \['on_time'\]"):
        OWN.only("on_time")
    with pytest.raises(InvalidParameterError, match="must be an Indicator"):
        OWN.with_indicators(len)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"name": "sales growth"}, "must be an identifier"),
        ({"group": "finance"}, "'group' parameter"),
        ({"unit": "percent"}, "'unit' parameter"),
        ({"direction": "up"}, "'direction' parameter"),
        ({"five_c": "character, capital"}, "'five_c' parameter"),
        ({"low": 2.0, "high": 1.0}, "'high' parameter"),
        ({"negative_denominator": "zero"}, "'negative_denominator' parameter"),
        ({"compute": 3}, "'compute' parameter"),
    ],
)
def test_indicators_that_are_refused(change: dict[str, Any], match: str) -> None:
    fine: dict[str, Any] = {
        "name": "x", "compute": lambda facts: facts.revenue, "group": "financial",
        "unit": "ratio", "direction": "higher", "formula": "x",
    }  # fmt: skip
    Indicator(**fine)
    with pytest.raises(InvalidParameterError, match=match):
        Indicator(**{**fine, **change})


def test_a_function_that_returns_something_else_is_named(records: CustomerRecords) -> None:
    @indicator(group="financial", unit="ratio", direction="higher", formula="1")
    def wrong(facts: Facts) -> Any:
        return 1.0

    with pytest.raises(InvalidParameterError, match="Indicator 'wrong' must return a Measured"):
        IndicatorSet(indicators=(wrong,)).compute(records, as_of="2024-06-30")


def test_a_gap_without_a_reason_is_refused(records: CustomerRecords) -> None:
    @indicator(group="financial", unit="ratio", direction="higher", formula="1")
    def silent(facts: Facts) -> Measured:
        n = len(facts.customers)
        return Measured(name="x", values=np.full(n, np.nan), reasons=np.full(n, None))

    with pytest.raises(InvalidParameterError, match="'silent' must give a reason for each value"):
        IndicatorSet(indicators=(silent,)).compute(records, as_of="2024-06-30")


def test_an_error_inside_an_indicator_names_it(records: CustomerRecords) -> None:
    @indicator(group="financial", unit="ratio", direction="higher", formula="1")
    def broken(facts: Facts) -> Measured:
        raise LookupError(facts.as_of)

    with pytest.raises(LookupError) as caught:
        IndicatorSet(indicators=(broken,)).compute(records, as_of="2024-06-30")
    assert caught.value.__notes__ == ["in indicator 'broken'"]
