"""Checks of single facts, of states through time, of units, and what verify says of them."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

from creditscore.collect import Item, ItemCatalogue, Observations
from creditscore.exceptions import (
    ConflictWarning,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
)
from creditscore.organise import (
    Identity,
    check_identities,
    find_conflicts,
    find_duplicates,
    find_jumps,
    peer_outliers,
    verification_status,
    verify,
)
from creditscore.organise._verify import _expression

DEFAULTS = {
    "true_from": "2023-12-31", "source": "public_filing", "method": "data_analysis",
    "collected_at": "2024-05-01",
}  # fmt: skip


def told(*rows: tuple[Any, ...], **columns: Any) -> Observations:
    table = pd.DataFrame(rows, columns=["customer", "item", "value"])
    return Observations.from_frame(table.assign(**{**DEFAULTS, **columns}))


def of_before(observations: Observations, *units: str) -> Observations:
    """Observations in units that are refused today, and may stand in older stores."""
    table = observations.table.assign(unit=pd.Categorical(units))
    return Observations(table=table, catalogue=observations.catalogue)


def recorded(kind: str, *rows: dict[str, Any], **columns: Any) -> Observations:
    """Observations of records: customer, record, and items of the kind."""
    parts = [
        {"customer": row["customer"], "record": row["record"], "item": f"{kind}.{name}",
         "value": value, "unit": row.get("unit", "") if name == "amount" else ""}
        for row in rows
        for name, value in row.items()
        if name not in ("customer", "record", "unit")
    ]  # fmt: skip
    given = {**DEFAULTS, "source": "internal_record", "true_from": "2024-03-01", **columns}
    return Observations.from_frame(pd.DataFrame(parts).assign(**given))


def found(observations: Any, check: str, **given: Any) -> pd.DataFrame:
    table = verify(observations, **given).findings
    return table[table["check"] == check].reset_index(drop=True)


def conflicts(observations: Any) -> list[list[Any]]:
    with warnings.catch_warnings(action="ignore", category=ConflictWarning):
        return find_conflicts(observations)[["other", "chosen"]].to_numpy().tolist()


# --- states: what holds until it is replaced ------------------------------------------


def employees(*words: tuple[str, str, float], **columns: Any) -> Observations:
    """Words of sources (names of third parties, or a register) on days."""
    kinds = ["public_filing" if name == "register" else "third_party" for name, _, _ in words]
    return told(
        *[("A", "employees", value) for _, _, value in words], source=kinds,
        source_name=[name for name, _, _ in words], true_from=[day for _, day, _ in words],
        **columns,
    )  # fmt: skip


def test_sources_that_speak_of_a_state_within_a_quarter_contradict_each_other() -> None:
    near = employees(("register", "2023-12-31", 40), ("bureau", "2024-01-15", 400))
    assert conflicts(near) == [[400.0, 40.0]]
    assert verification_status(near)["status"].tolist() == ["verified", "contradicted"]
    # what differs after more than a quarter has changed
    for day, n in (("2024-04-01", 1), ("2024-04-02", 0)):
        later = employees(("register", "2023-12-31", 40), ("bureau", day, 400))
        assert len(conflicts(later)) == n
    # sales are of a period
    sales = told(
        ("A", "revenue", 40.0), ("A", "revenue", 400.0), source_name=["one", "two"],
        true_from=["2023-12-31", "2024-01-15"],
    )  # fmt: skip
    assert conflicts(sales) == []


def test_two_words_on_a_state_verify_each_other_within_its_shelf_life() -> None:
    status = verification_status(employees(("one", "2024-01-01", 40), ("two", "2024-01-15", 40)))
    assert status["status"].tolist() == ["verified", "verified"]
    assert set(status["why"]) == {"another source says the same"}
    # employees hold 730 days
    for day, expected in (("2025-12-31", "verified"), ("2026-01-01", "unverified")):
        both = employees(("one", "2024-01-01", 40), ("two", day, 40))
        assert verification_status(both)["status"].tolist() == [expected] * 2


def test_a_state_holds_until_its_source_speaks_again_or_its_end() -> None:
    replaced = employees(
        ("one", "2024-01-01", 40), ("one", "2024-01-10", 50), ("two", "2024-01-15", 50)
    )
    assert conflicts(replaced) == []
    assert verification_status(replaced)["status"].tolist() == [
        "unverified",
        "verified",
        "verified",
    ]
    over = employees(("one", "2024-01-01", 40), ("two", "2024-01-15", 50),
                     true_to=["2024-01-10", None])  # fmt: skip
    assert conflicts(over) == []
    table = employees(("one", "2024-01-01", 40), ("two", "2024-01-15", 50)).table
    catalogue = ItemCatalogue(items=(Item(name="employees", group="operating"),))
    assert len(conflicts(table)) == 1
    with warnings.catch_warnings(action="error"):
        assert not len(find_conflicts(table, catalogue=catalogue))


def test_states_are_those_of_a_plain_loop() -> None:
    rng = np.random.default_rng(4)
    n = 60
    words = employees(
        *zip(rng.choice(["one", "two", "register"], n),
             pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.permutation(n) * 20, "D"),
             rng.choice([1.0, 2.0], n), strict=True)
    )  # fmt: skip
    rows = words.table.astype({"source_name": object}).sort_values("true_from")
    trust = {"register": 0.9, "one": 0.8, "two": 0.8}
    expected = set()
    for day in rows["true_from"]:
        held = rows[(rows["true_from"] <= day)].drop_duplicates("source_name", keep="last")
        near = held[held["true_from"] >= day - pd.Timedelta(days=92)]
        order = near.assign(trust=near["source_name"].map(trust))
        best = order.sort_values(["trust", "collected_at"], ascending=False, kind="stable")
        # of equals, all collected at once, the one that stands first in the table
        best = best[best["trust"] == best["trust"].max()].sort_index().iloc[0]
        expected |= {(at, best.name) for at in near.index[near["number"] != best["number"]]}
    with warnings.catch_warnings(action="ignore"):
        table = find_conflicts(words)
    assert set(table[["row", "chosen_row"]].itertuples(index=False, name=None)) == expected


def test_what_is_told_again_is_what_the_last_word_is() -> None:
    twice = told(
        *[("A", "revenue", 5.0)] * 3, source="third_party", method="questionnaire",
        source_name=["one", "one", "two"], collected_at=["2024-05-01", "2024-06-01", "2024-06-02"],
    )  # fmt: skip
    assert verification_status(twice)["status"].tolist() == ["verified"] * 3
    corrected = told(
        ("A", "revenue", 4.0), *[("A", "revenue", 5.0)] * 2, source="third_party",
        method="questionnaire", source_name=["one", "one", "two"],
        collected_at=["2024-05-01", "2024-06-01", "2024-06-02"],
    )  # fmt: skip
    assert verification_status(corrected)["status"].tolist() == [
        "unverified",
        "verified",
        "verified",
    ]


# --- units ---------------------------------------------------------------------------


def test_numbers_in_other_units_are_not_compared() -> None:
    both = told(("A", "revenue", 5.0), ("A", "revenue", 5000.0), source_name=["one", "two"])
    both = of_before(both, "CNY tausend", "CNY")
    assert conflicts(both) == []
    finding = found(both, "unit").iloc[0]
    assert (finding["severity"], finding["item"]) == ("doubt", "revenue")
    assert {finding["value"], finding["expected"]} == {"CNY", "CNY tausend"}
    same = told(("A", "revenue", 5.0), ("A", "revenue", 7.0), source_name=["one", "two"],
                unit=["cny ", "CNY"])  # fmt: skip
    assert len(conflicts(same)) == 1
    # a unit that is not told may be any
    untold = told(("A", "revenue", 5.0), ("A", "revenue", 7.0), source_name=["one", "two"],
                  unit=["", "CNY"])  # fmt: skip
    assert len(conflicts(untold)) == 1
    years = told(("A", "revenue", 5.0), ("A", "revenue", 5000.0),
                 true_from=["2022-12-31", "2023-12-31"])  # fmt: skip
    assert not len(find_jumps(of_before(years, "CNY tausend", "CNY")))


def test_a_currency_unlike_the_customers_others() -> None:
    rows = [
        {"customer": "A", "record": f"R{k}", "amount": 10.0 + k, "unit": "CNY"} for k in range(9)
    ]
    rows[3]["unit"] = "USD"
    finding = found(recorded("invoice", *rows), "unit")
    assert finding[["record", "item", "value", "expected"]].to_numpy().tolist() == [
        ["R3", "invoice.amount", "USD", "CNY"]
    ]
    # who buys in two currencies now and then does so
    for k in range(3, 6):
        rows[k]["unit"] = "USD"
    assert not len(found(recorded("invoice", *rows), "unit"))
    # of one invoice alone the others of the ledger tell
    others = [
        {"customer": f"C{k}", "record": f"S{k}", "amount": 7.0 + k, "unit": "CNY"}
        for k in range(20)
    ]
    alone = {"customer": "B", "record": "T", "amount": 5.0, "unit": "USD"}
    finding = found(recorded("invoice", alone, *others), "unit")
    assert finding["record"].tolist() == ["T"]
    assert finding["hint"].tolist() == ["unlike that of most customers"]


def statement(customer: str, year: int, scale: float, n: int = 1) -> list[tuple[Any, ...]]:
    items = {
        "revenue": 9e6,
        "cost_of_sales": 7e6,
        "total_assets": 8e6,
        "cash": 1e6,
        "payables": 2e6,
    }
    return [(customer, item, n * scale * value, f"{year}-12-31") for item, value in items.items()]


def test_a_whole_statement_in_another_unit_is_one_error() -> None:
    rows = statement("A", 2021, 1.0) + statement("A", 2022, 1e-3) + statement("A", 2023, 1.1)
    rows += statement("B", 2022, 1.0) + statement("B", 2023, 1e-4) + statement("C", 2023, 1e-3)
    table = pd.DataFrame(rows, columns=["customer", "item", "value", "true_from"])
    filed = Observations.from_frame(table.assign(**{**DEFAULTS, "true_from": table["true_from"]}))
    checked = found(filed, "unit").sort_values("customer")
    assert not len(found(filed, "jump"))
    assert checked[["customer", "item", "check", "severity", "value"]].to_numpy().tolist() == [
        ["A", "", "unit", "error", "divided by 1,000"],
        ["B", "", "unit", "error", "divided by 10,000"],
    ]
    assert checked["true_from"].dt.year.tolist() == [2022, 2023]


# --- jumps and outliers --------------------------------------------------------------


def test_a_jump_must_be_unusual_for_the_item_and_matter() -> None:
    rng = np.random.default_rng(1)
    rows = []
    for k in range(40):
        paid = 10 ** rng.uniform(3, 6, 2)
        rows += [(f"C{k}", "dividends", paid[0], 0), (f"C{k}", "dividends", paid[1], 1)]
        rows += [(f"C{k}", "total_assets", 1e6, 0), (f"C{k}", "total_assets", 1.1e6, 1)]
    rows += [("X", "total_assets", 1e6, 0), ("X", "total_assets", 2e7, 1)]
    rows += [("Y", "total_assets", 1e6, 0), ("Y", "total_assets", 1e6, 1),
             ("Y", "amortisation", 100.0, 0), ("Y", "amortisation", 1500.0, 1)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["customer", "item", "value", "year"])
    table["true_from"] = table.pop("year").map({0: "2022-12-31", 1: "2023-12-31"})
    given = {name: value for name, value in DEFAULTS.items() if name != "true_from"}
    found = find_jumps(Observations.from_frame(table.assign(**given)))
    assert found[["customer", "item"]].to_numpy().tolist() == [["X", "total_assets"]]


def test_a_large_firm_is_no_outlier_for_being_large() -> None:
    rng = np.random.default_rng(2)
    size = 10 ** rng.uniform(0, 4, 60)
    firms = pd.DataFrame({
        "employees": size, "revenue": 1e6 * size, "total_assets": 8e5 * size, "cash": 1e5 * size,
    }) * rng.lognormal(0, 0.1, (60, 4))  # fmt: skip
    firms.loc[7, "employees"] *= 30
    assert not len(peer_outliers(firms))
    found = peer_outliers(firms, amounts=list(firms))
    assert found[["customer", "item"]].to_numpy().tolist() == [[7, "employees"]]
    assert found["median"].item() == pytest.approx(firms.loc[7, "employees"] / 30, rel=0.4)
    # few amounts tell no size
    few = pd.DataFrame({"employees": [*range(50, 70), 90_000.0]})
    assert peer_outliers(few, amounts=["employees"])["customer"].tolist() == [20]
    with pytest.raises(MissingColumnError, match="'profit'"):
        peer_outliers(few, amounts=["profit"])


# --- days ----------------------------------------------------------------------------


def test_days_in_the_wrong_order() -> None:
    invoices = recorded(
        "invoice",
        {"customer": "A", "record": "R1", "invoiced_on": "2024-02-10", "due_on": "2024-01-10"},
        {"customer": "A", "record": "R2", "invoiced_on": "2024-02-10", "due_on": "2024-02-10",
         "settled_on": "2024-02-09"},
        {"customer": "B", "record": "R1", "invoiced_on": "2024-01-10", "due_on": "2024-02-10"},
    )  # fmt: skip
    finding = found(invoices, "order")
    assert finding[["record", "item", "severity", "value", "expected"]].to_numpy().tolist() == [
        ["R1", "invoice.due_on", "error", "2024-01-10", "2024-02-10 or later"],
        ["R2", "invoice.settled_on", "error", "2024-02-09", "2024-02-10 or later"],
    ]
    corrected = recorded("invoice", {"customer": "A", "record": "R1", "due_on": "2024-03-10"},
                         collected_at="2024-06-01")  # fmt: skip
    assert found(invoices + corrected, "order")["record"].tolist() == ["R2"]
    firm = told(("A", "founded_on", "2020-05-01"), ("A", "opened_on", "2019-05-01"))
    assert found(firm, "order")["item"].tolist() == ["opened_on"]


def test_what_lies_ahead() -> None:
    done = recorded("invoice", {"customer": "A", "record": "R", "due_on": "2031-01-01",
                                "settled_on": "2024-06-01"})  # fmt: skip
    finding = found(done, "future")
    assert finding[["item", "severity", "expected"]].to_numpy().tolist() == [
        ["invoice.settled_on", "error", "by 2024-05-01"]
    ]
    # a statement cannot be told before its period ends, and a new address can
    early = told(("A", "revenue", 5.0), ("A", "cash", 1.0), ("B", "address", "1 Mill Road"),
                 true_from="2024-12-31")  # fmt: skip
    finding = found(early, "future")
    assert finding[["customer", "item", "severity"]].to_numpy().tolist() == [
        ["A", "", "error"], ["B", "address", "doubt"],
    ]  # fmt: skip


def test_what_was_collected_after_all_was_known() -> None:
    paid = recorded("payment", {"customer": "A", "record": "Z", "amount": 5.0,
                                "paid_on": "2025-03-01"}, true_from="2025-03-01",
                    collected_at="2025-03-01")  # fmt: skip
    assert not len(found(paid, "future", known_at="2025-03-01"))
    finding = found(paid, "future", known_at="2024-06-30")
    assert finding[["item", "severity", "expected"]].to_numpy().tolist() == [
        ["payment.paid_on", "error", "by 2024-06-30"]
    ]
    later = told(("A", "revenue", 5.0), collected_at="2199-01-01")
    assert found(later, "future")["hint"].tolist() == ["collected after all was known"]
    with pytest.raises(InvalidParameterError, match="known_at"):
        verify(later, known_at="soon")


def test_days_of_ones_own_items() -> None:
    items = (Item(name="licence.expires_on", kind="day", group="operating"),
             Item(name="licence.checked", kind="day", group="operating"))  # fmt: skip
    rows = [
        {"customer": "A", "record": f"L{k}", "item": name, "value": f"{year}-01-01"}
        for k in range(12)
        for name, year in (
            ("licence.expires_on", 2030),
            ("licence.checked", 2031 if k == 3 else 2020),
        )
    ]
    given = {**DEFAULTS, "source": "internal_record"}
    table = pd.DataFrame(rows).assign(**given)
    finding = found(Observations.from_frame(table, catalogue=ItemCatalogue(items=items)), "future")
    # what mostly lies ahead is planned
    assert finding[["record", "item", "severity"]].to_numpy().tolist() == [
        ["L3", "licence.checked", "doubt"]
    ]


# --- numbers and references ----------------------------------------------------------


def test_numbers_whose_check_sign_is_wrong() -> None:
    numbers = told(
        ("A", "registration_number", "91350100M000100Y43"),
        ("B", "registration_number", "91350100M000100Y34"),
        ("C", "identity_number", "110105194912310021"), ("D", "registration_number", "N/A"),
        ("E", "registration_number", "HRB 12345"), ("F", "identity_number", "•••"),
        ("G", "registration_number", "HRB 12345"), ("G", "country", "CN"),
    )  # fmt: skip
    finding = found(numbers, "number")
    assert finding["customer"].tolist() == ["B", "C", "D", "G"]
    assert set(finding["severity"]) == {"doubt"}
    assert finding["hint"].iloc[0].startswith("the check sign does not fit")


def test_payments_of_invoices_that_are_not_there() -> None:
    invoices = recorded("invoice", {"customer": "A", "record": "I1", "amount": 5.0},
                        {"customer": "B", "record": "I2", "amount": 5.0})  # fmt: skip
    paid = recorded(
        "payment",
        {"customer": "A", "record": "Z1", "amount": 5.0, "invoice": "I1"},
        {"customer": "A", "record": "Z2", "amount": 5.0, "invoice": "I2"},
        {"customer": "A", "record": "Z3", "amount": 5.0, "invoice": "I9"},
        {"customer": "A", "record": "Z4", "amount": 5.0, "invoice": "I1; I8;I2"},
        {"customer": "B", "record": "Z5", "amount": 5.0, "invoice": "I2;"},
    )
    finding = found(invoices + paid, "reference")
    assert finding[["record", "value", "hint"]].to_numpy().tolist() == [
        ["Z2", "I2", "the invoice of another customer"], ["Z3", "I9", "no invoice has this number"],
        ["Z4", "I8", "no invoice has this number"], ["Z4", "I2", "the invoice of another customer"],
    ]  # fmt: skip
    # without the invoices nothing can be said
    assert not len(found(paid, "reference"))


# --- identities ----------------------------------------------------------------------


def test_each_expression_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    parse = _expression.ast.parse

    def counted(*given: Any, **named: Any) -> Any:
        calls.append(given)
        return parse(*given, **named)

    monkeypatch.setattr(_expression.ast, "parse", counted)
    one = Identity(name="own", left="left_side", right="right_side + rest")
    n = 300
    rows = pd.DataFrame({"left_side": np.arange(n) + 100.0, "right_side": 7.0, "rest": 1.0})
    assert len(check_identities(rows, (one,))) == n
    assert len(calls) <= 2


def test_only_what_is_nearly_whole_is_not_checkable() -> None:
    rows = pd.DataFrame({"gross_profit": [4.0, np.nan], "revenue": [10.0, 10.0],
                         "cost_of_sales": [np.nan, np.nan]})  # fmt: skip
    found = check_identities(rows)
    assert found[["row", "identity", "hint"]].to_numpy().tolist() == [
        [0, "gross profit", "missing: cost_of_sales"]
    ]


@pytest.mark.parametrize("text", ["1" + "0" * 400, "1e999 * a", "a if b else c"])
def test_expressions_that_are_none(text: str) -> None:
    with pytest.raises(InvalidParameterError, match="no expression of items"):
        Identity(name="x", left=text, right="a")


def test_blanks_around_an_expression_and_two_columns_of_an_item() -> None:
    one = Identity(name="x", left=" a ", right="b")
    rows = pd.DataFrame([[1.0, 5.0]], columns=["a", "b"])
    assert check_identities(rows, (one,))["gap"].tolist() == [-4.0]
    with pytest.raises(InvalidDataError, match="two columns 'b'"):
        check_identities(pd.DataFrame([[1.0, 5.0, 5.0]], columns=["a", "b", "b"]), (one,))


# --- the table and what is said ------------------------------------------------------


def test_findings_lead_to_their_observations() -> None:
    table = told(
        ("A", "total_assets", 1000.0), ("A", "total_liabilities", 600.0), ("A", "equity", -400.0),
        ("B", "employees", 40), ("B", "employees", 400), source_name=["r", "r", "r", "r", "s"],
    ).table  # fmt: skip
    numbered = table.assign(observation=np.arange(len(table)) + 100)
    checked = verify(numbered).findings
    broken = checked[checked["check"] == "identity"].iloc[0]
    assert (broken["item"], broken["observation"], broken["source"]) == ("equity", 102, "r")
    conflict = checked[checked["check"] == "conflict"].iloc[0]
    assert conflict["observation"] in (103, 104)
    assert conflict["source"] == {103: "r", 104: "s"}[conflict["observation"]]
    # without numbers of a store it is the place in the table
    assert verify(table).findings["observation"].isin(range(len(table))).all()


@pytest.mark.parametrize("check", [verify, verification_status, find_conflicts, find_duplicates,
                                   find_jumps])  # fmt: skip
@pytest.mark.parametrize("column", ["record", "number", "source_name", "unit"])
def test_tables_without_a_column_are_refused(check: Any, column: str) -> None:
    with pytest.raises(MissingColumnError, match=f"'{column}'"):
        check(told(("A", "revenue", 5.0)).table.drop(columns=column))


def test_tables_from_elsewhere_have_gaps_and_numbers() -> None:
    table = employees(("one", "2023-12-31", 40), ("register", "2023-12-31", 400)).table
    other = table.assign(customer=7, record=None, source_name=[None, "register"])
    assert conflicts(other) == conflicts(table) == [[40.0, 400.0]]
    other.index = [11, 12]
    status = verification_status(other)
    assert status["status"].tolist() == ["contradicted", "verified"]
    assert status.index.tolist() == [11, 12]


def test_not_all_is_not_a_hundred_per_cent() -> None:
    sources = ["third_party", *["public_filing"] * 999]
    many = told(*[(f"C{k}", "region", "west") for k in range(1000)], source=sources)
    assert "99.9% verified" in repr(verify(many))


def test_a_source_that_contradicts_itself_is_found() -> None:
    rows = [("A", "employees", n) for n in (1.0, 1.0, 2.0, 2.0)]
    facts = told(*rows, ("B", "employees", 5.0), ("B", "employees", 5.0), ("C", "region", "west"),
                 ("C", "region", "west "))  # fmt: skip
    checked = verify(facts)
    found = checked.findings[checked.findings["check"] == "conflict"]
    columns = ["customer", "value", "expected", "severity", "observation"]
    assert found[columns].to_numpy().tolist() == [["A", 1.0, "2.0", "error", 0]]
    assert checked.status["status"].tolist() == ["unverified"] * 4 + ["verified"] * 4
    # what is told later, or loaded later into a store, corrects
    instants = ["2024-05-01", "2024-05-02"]
    moved = told(*rows[1:3], collected_at=instants)
    again = told(*rows[1:3]).table.assign(recorded_at=pd.to_datetime(instants))
    assert not len(verify(moved).findings)
    assert not len(verify(again).findings)
    in_units = told(("A", "revenue", 7.0), ("A", "revenue", 1.0), unit=["CNY", "USD"])
    both = verify(in_units).findings
    both = both[both["check"] == "conflict"]
    assert both[["value", "expected"]].values.tolist() == [["7.0 CNY", "1.0 USD"]]


def test_facts_with_an_error_are_not_verified() -> None:
    statement = [("A", "total_assets", 1000.0), ("A", "total_liabilities", 600.0),
                 ("A", "equity", 380.0)]  # fmt: skip
    checked = verify(told(*statement, ("A", "employees", 5.0)))
    assert checked.findings["item"].tolist() == [""]
    # the equation cannot say which of them is wrong: none of the statement is sure
    assert checked.shares()["verified"].tolist() == [0.0]
    assert set(checked.status["why"]) == {"an error was found"}
    table = told(*statement[:2], ("B", "employees", 5.0)).table
    table.loc[2, "number"] = -5.0
    assert verify(table).status["status"].tolist() == ["verified", "verified", "unverified"]


@pytest.mark.parametrize(("value", "said"), [(np.inf, "infinite"), ("x", "Got 'x' in row 0")])
def test_values_that_are_no_numbers_are_refused_with_their_column(value: Any, said: str) -> None:
    table = pd.DataFrame({"total_assets": [1e3], "total_liabilities": [2.0], "equity": [value]})
    with pytest.raises(InvalidDataError, match=f"Column 'equity' .*{said}"):
        check_identities(table)


def test_observations_are_no_table_of_statements() -> None:
    facts: Any = told(("A", "revenue", 5.0))
    with pytest.raises(InvalidParameterError, match=r"'statements' .* must be a DataFrame"):
        check_identities(facts)
    frame: Any = facts.table
    with pytest.raises(InvalidParameterError, match=r"'catalogue' .* must be an ItemCatalogue"):
        verify(facts, catalogue=frame)
