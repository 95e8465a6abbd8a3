"""Statements of XBRL: which facts are read, and why the others are not."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from creditscore.collect import Collected, ConceptMap, ItemCatalogue, read_statements
from creditscore.exceptions import (
    DocumentError,
    DocumentNotFoundError,
    FutureRowsWarning,
    InvalidParameterError,
    MissingColumnError,
    RejectedRowsWarning,
)
from growth import fastest

AT = "2024-03-01"
YEAR = "2023-01-01T00:00:00/2024-01-01T00:00:00"
END = "2024-01-01T00:00:00"


def fact(concept: str, value: Any, period: str = YEAR, **kwargs: Any) -> dict[str, Any]:
    decimals = kwargs.pop("decimals", None)
    aspects = {"concept": concept, "entity": "lei:5299", "period": period, "unit": "iso4217:EUR"}
    found = {"value": value, "dimensions": aspects | kwargs}
    return found if decimals is None else found | {"decimals": decimals}


def report(*facts: dict[str, Any], **kwargs: Any) -> Collected:
    given = {"facts": {f"f{n}": entry for n, entry in enumerate(facts, 1)}}
    with warnings.catch_warnings(action="ignore"):
        return read_statements(given, collected_at=AT, **kwargs)


def values(collected: Collected) -> dict[str, Any]:
    table = collected.observations.table
    return dict(zip(table["item"], collected.observations.values, strict=True))


def reasons(collected: Collected) -> list[Any]:
    return list(collected.rejects.table[["row", "reason"]].itertuples(index=False, name=None))


def test_a_report_of_xbrl_json(tmp_path: Path) -> None:
    content = {
        "documentInfo": {"documentType": "https://xbrl.org/2021/xbrl-json"},
        "facts": {
            "f1": fact("ifrs-full:Revenue", "1200000", decimals=-3),
            "f2": fact("ifrs-full:Assets", "9000000", END),
            "f3": fact("ifrs-full:Goodwill", "5", END),
        },
    }
    path = tmp_path / "report.json"
    path.write_text(json.dumps(content))
    collected = read_statements(path, collected_at=AT)
    assert values(collected) == {
        "revenue": 1200000.0, "total_assets": 9000000.0, "months": 12.0, "currency": "EUR",
        "consolidated": True,
    }  # fmt: skip
    table = collected.observations.table
    assert set(table["true_from"].astype(str)) == {"2023-12-31"}
    assert table["evidence"][0] == "report.json#fact=f1&column=value"
    assert table["unit"].tolist() == ["EUR", "EUR", "months", "", ""]
    assert (collected.n_rows, collected.n_skipped) == (3, 1)
    assert collected.ignored == ()


def test_parts_of_a_firm_are_not_the_firm() -> None:
    axis = {"us-gaap:StatementBusinessSegmentsAxis": "x:Retail"}
    whole = {"ifrs-full:ConsolidatedAndSeparateFinancialStatementsAxis":
             "ifrs-full:ConsolidatedMember"}  # fmt: skip
    collected = report(
        fact("us-gaap:Revenues", "10", **axis), fact("us-gaap:Revenues", "30"),
        fact("us-gaap:Assets", "99", END, **whole),
    )  # fmt: skip
    assert values(collected)["revenue"] == 30.0
    assert values(collected)["total_assets"] == 99.0
    assert [(row, why[:30]) for row, why in reasons(collected)] == [
        ("f1", "is of a part of the firm, and ")
    ]


@pytest.mark.parametrize(
    ("first", "second", "read", "n_rejected"),
    [
        ({"value": "1234567"}, {"value": "1235000", "decimals": -3}, 1234567.0, 1),
        ({"value": "1200000", "decimals": -5}, {"value": "1234000", "decimals": -3}, 1234000.0, 1),
        ({"value": "5"}, {"value": "5"}, 5.0, 1),
        ({"value": "5"}, {"value": "6"}, None, 2),
        ({"value": "5"}, {"value": "5", "unit": "iso4217:USD"}, None, 2),
    ],
)
def test_facts_that_stand_twice(
    first: dict[str, Any], second: dict[str, Any], read: float | None, n_rejected: int
) -> None:
    collected = report(fact("us-gaap:Assets", period=END, **first),
                       fact("us-gaap:Assets", period=END, **second))  # fmt: skip
    assert values(collected).get("total_assets") == read
    assert collected.rejects.n_rows == n_rejected


def test_of_two_concepts_the_first_of_the_map_is_read() -> None:
    collected = report(
        fact("us-gaap:StockholdersEquity", "90", END),
        fact("us-gaap:StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest",
             "100", END),
    )  # fmt: skip
    assert values(collected)["equity"] == 100.0
    assert reasons(collected)[0][0] == "f1"
    assert reasons(collected)[0][1].endswith("comes first for equity")


def test_periods_of_another_length_are_rejected() -> None:
    quarter = "2023-10-01T00:00:00/2024-01-01T00:00:00"
    weeks = "2023-01-02T00:00:00/2024-01-01T00:00:00"
    both = report(fact("us-gaap:Revenues", "40", weeks), fact("us-gaap:Revenues", "11", quarter))
    assert values(both)["revenue"] == 40.0
    assert reasons(both) == [("f2", "is the end of 3 months, and periods of 12 are read")]
    assert values(report(fact("us-gaap:Revenues", "11", quarter), months=3))["months"] == 3.0


@pytest.mark.parametrize("period", ["2024", "soon", "2024-01-01T12:00:00", "", END + "Z"])
def test_what_is_no_period(period: str) -> None:
    collected = report(fact("us-gaap:Assets", "1", period))
    assert collected.rejects.table["column"].tolist() == ["period"]


@pytest.mark.parametrize("value", ["", "many", "NaN", "1e400000000", None, "1,5", "1_000"])
def test_what_is_no_value(value: Any) -> None:
    collected = report(fact("us-gaap:Assets", value, END))
    assert collected.rejects.table["column"].tolist() == ["value"]
    assert len(collected.observations) == 0


# --- tables ----------------------------------------------------------------------------------


def table(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {"entity": ["F1"], "concept": ["资产总计"], "end": ["2023-12-31"], "value": ["1,250"],
         **columns}
    )  # fmt: skip


def test_scale_and_sign_of_a_table() -> None:
    found = read_statements(table(scale=[3], sign=["-"], concept=["us-gaap:NetIncomeLoss"],
                                  start=["2023-01-01"], unit=["CNY"], consolidated=["是"]),
                            collected_at=AT, source_name="register")  # fmt: skip
    assert values(found) == {
        "net_income": -1250000.0, "months": 12.0, "currency": "CNY", "consolidated": True,
    }  # fmt: skip
    assert found.observations.table["evidence"][0] == "register#row=0&column=value"


def test_a_scale_that_only_a_program_reads_is_none() -> None:
    with pytest.warns(RejectedRowsWarning, match="is no number"):
        read_statements(table(value=["1"], scale=["1_0"]), collected_at=AT)


def test_a_scale_and_one_of_the_unit_are_one_too_many() -> None:
    given = table(value=["1"], unit=["thousand USD"])
    assert values(read_statements(given, collected_at=AT))["total_assets"] == 1000.0
    for none in (None, "0"):
        found = read_statements(given.assign(scale=[none]), collected_at=AT)
        assert values(found)["total_assets"] == 1000.0
    with pytest.warns(RejectedRowsWarning, match="is one more than that of its unit, which counts"):
        read_statements(given.assign(scale=["3"]), collected_at=AT)


def test_of_a_period_without_a_fact_that_is_used_nothing_is_known() -> None:
    concepts = ["us-gaap:Revenues", "us-gaap:Assets", "us-gaap:Revenues"]
    given = pd.DataFrame({
        "entity": ["F1", "F1", "F2"], "concept": concepts, "end": "2023-12-31",
        "start": ["2023-01-01", None, "2023-01-01"], "value": ["5", "7", "5"],
        "unit": ["shares", "USD", "USD"], "sign": ["", "", "-"], "consolidated": "yes",
    })  # fmt: skip
    with pytest.warns(RejectedRowsWarning, match="2 rows of"):
        found = read_statements(given, collected_at=AT)
    # of F1 the balance sheet tells the currency, and no fact a period
    assert found.observations.customers == ("F1",)
    assert values(found) == {"total_assets": 7.0, "currency": "USD", "consolidated": True}
    assert found.rejects.table["row"].tolist() == [0, 2]


def test_decimals_are_no_scale_and_the_parent_is_not_the_group() -> None:
    found = read_statements(table(decimals=[-3]), collected_at=AT)
    assert values(found) == {"total_assets": 1250.0}
    with pytest.warns(RejectedRowsWarning, match="is of the parent alone"):
        read_statements(table(consolidated=["否"]), collected_at=AT)


def test_entities_are_customers_by_their_list() -> None:
    found = read_statements(table(), customers={"F1": "C9"}, collected_at=AT)
    assert found.observations.customers == ("C9",)
    with pytest.warns(RejectedRowsWarning, match="entity 'F1' is no entity of a customer"):
        read_statements(table(), customers={"F2": "C9"}, collected_at=AT)


def test_the_day_of_filing() -> None:
    found = read_statements(table(filed_at=["2024-04-30"])).observations.table
    assert str(found["collected_at"][0]) == "2024-04-30 00:00:00+00:00"


def test_facts_that_were_filed_later_are_counted_once() -> None:
    # the months, currency and scope of the period are read of the same fact
    with pytest.warns(FutureRowsWarning, match=r"'filed_at' in 1 row\."):
        found = read_statements(table(filed_at=["2024-04-30"], consolidated=["true"]),
                                collected_at="2024-04-29T00:00Z")  # fmt: skip
    assert len(found.observations) > 1
    assert found.after_export == {"filed_at": 1}


def test_a_later_filing_restates_a_period() -> None:
    twice = pd.concat([table(filed_on=["2024-04-30"]),
                       table(filed_on=["2025-04-28"], value=["1,300"])])  # fmt: skip
    found = read_statements(twice.rename(columns={"end": "period_end"})).observations.table
    assert found["number"].tolist() == [1250.0, 1300.0]
    assert found["collected_at"].dt.year.tolist() == [2024, 2025]


def test_errors(tmp_path: Path) -> None:
    with pytest.raises(MissingColumnError, match="lacks 'value'"):
        read_statements(table().drop(columns="value"), collected_at=AT)
    with pytest.raises(DocumentError, match="has no mapping 'facts'"):
        read_statements({"fact": {}}, collected_at=AT)
    with pytest.raises(DocumentError, match="the fact 'f1' has no 'dimensions'"):
        read_statements({"facts": {"f1": {"value": "1"}}}, collected_at=AT)
    with pytest.raises(DocumentNotFoundError, match="There is no file"):
        read_statements(tmp_path / "x.json", collected_at=AT)
    with pytest.raises(InvalidParameterError, match="'months'"):
        read_statements(table(), months=0, collected_at=AT)
    with pytest.raises(InvalidParameterError, match="When the facts were collected"):
        read_statements(table())


# --- the map of concepts ---------------------------------------------------------------------


def test_the_standard_map_names_items_of_the_standard_catalogue() -> None:
    concepts, catalogue = ConceptMap.standard(), ItemCatalogue.standard()
    assert all(catalogue[item].group == "financial" for item in concepts.items)
    assert concepts.find("us-gaap_Assets") == concepts.find("us-gaap:Assets") == ("total_assets", 0)
    assert concepts.find("货币资金") == ("cash", 0)
    assert concepts.find("ifrs-full:Assets") == ("total_assets", 0)
    assert concepts.find("other:Assets") is None


def test_a_map_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    head = "format: creditscore.concept_map\nversion: 1\n"
    path.write_text(head + "items: {revenue: {own: [Umsatz]}}\n")
    assert ConceptMap.from_yaml(path).find("own:Umsatz") == ("revenue", 0)
    assert repr(ConceptMap.from_yaml(path)) == "ConceptMap(1 concepts of 1 items)"
    for text, why in (
        ("items: {revenue: {own: [Umsatz]}}", "must have 'format: creditscore.concept_map'"),
        (head + "items: {revenue: {own: Umsatz}}", "must be a tuple"),
        (
            head + "items: {revenue: {own: [A]}, ebit: {own: [A]}}",
            "stands for 'revenue' and 'ebit'",
        ),
        (head + "items: {revenue: [A]}", "cannot be read"),
    ):
        path.write_text(text)
        with pytest.raises(DocumentError, match=why):
            ConceptMap.from_yaml(path)
    with pytest.raises(DocumentNotFoundError, match="There is no file"):
        ConceptMap.from_yaml(tmp_path / "no.yaml")


@pytest.mark.parametrize("decimals", ["NaN", "99999999999", "-1e9", "many"])
def test_odd_decimals_end_no_file(decimals: str) -> None:
    two = [fact("us-gaap:Assets", "5", END, decimals=decimals) for _ in range(2)]
    found = report(*two, fact("us-gaap:Liabilities", "3", END))
    assert (values(found)["total_assets"], values(found)["total_liabilities"]) == (5.0, 3.0)


@pytest.mark.parametrize("value", [[1], []])
def test_a_value_that_is_a_list_is_rejected(value: Any) -> None:
    found = report(fact("us-gaap:Assets", value, END), fact("us-gaap:Liabilities", "3", END))
    assert values(found)["total_liabilities"] == 3.0
    assert reasons(found) == [("f1", "is a list or a mapping, and no single value")]


def test_only_what_is_said_to_be_consolidated_is() -> None:
    given = pd.DataFrame({
        "entity": ["F1", "F2", "F3", "F4"], "concept": "us-gaap:Assets", "end": "2023-12-31",
        "value": 5, "unit": "EUR", "consolidated": ["yes", "", "no", "perhaps"],
    })  # fmt: skip
    with pytest.warns(RejectedRowsWarning, match="2 rows"):
        found = read_statements(given, collected_at=AT)
    table = found.observations.table
    assert table.loc[table["item"] == "consolidated", "customer"].tolist() == ["F1"]
    assert found.rejects.table["reason"].tolist() == [
        "is of the parent alone, and the consolidated statement is read",
        "is neither true nor false",
    ]


def test_many_rejected_facts_take_no_longer_than_good_ones() -> None:
    n = 4000
    given = pd.DataFrame({
        "entity": [f"F{k}" for k in range(n)], "concept": "us-gaap:Assets", "end": "2023-12-31",
        "value": 5, "unit": "EUR",
    })  # fmt: skip

    def read_good() -> None:
        assert len(read_statements(given, collected_at=AT).observations) == 2 * n

    def read_bad() -> None:
        with pytest.warns(RejectedRowsWarning):
            bad = read_statements(given.assign(value="x"), collected_at=AT)
        assert bad.rejects.n_rows == n

    assert fastest(read_bad) < 4 * fastest(read_good)
