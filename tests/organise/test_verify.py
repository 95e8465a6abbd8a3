"""Whether facts can be right."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.collect import Item, ItemCatalogue, Observations
from creditscore.datasets import load_enterprises
from creditscore.exceptions import (
    ConflictWarning,
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
)
from creditscore.organise import (
    STATEMENT_IDENTITIES,
    Identity,
    SourceReliability,
    VerificationDisplay,
    catalogue_schema,
    check_identities,
    check_snapshot,
    find_conflicts,
    find_duplicates,
    find_jumps,
    observed_reliability,
    peer_outliers,
    verification_status,
    verify,
)

STANDARD = ItemCatalogue.standard()


def told(*rows: tuple[Any, ...], **columns: Any) -> Observations:
    """Observations of customer, item, value, and further columns."""
    table = pd.DataFrame(rows, columns=["customer", "item", "value"])
    defaults = {
        "true_from": "2023-12-31", "source": "public_filing", "method": "data_analysis",
        "collected_at": "2024-05-01",
    }  # fmt: skip
    return Observations.from_frame(table.assign(**{**defaults, **columns}))


# --- identities ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def statements() -> pd.DataFrame:
    return load_enterprises().statements


def test_the_sample_obeys_them_all(statements: pd.DataFrame) -> None:
    found = check_identities(statements)
    assert (found["status"] == "not checkable").all()
    assert found["hint"].str.startswith("missing: ").all()


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        (lambda v: v / 1000, "unit is off by 1,000"),
        (lambda v: v * 10_000, "unit is off by 1/10,000"),
        (lambda v: -v, "wrong sign"),
    ],
)
@pytest.mark.parametrize("item", ["revenue", "equity", "total_assets", "tax"])
def test_slips_are_found_and_named(
    statements: pd.DataFrame, item: str, change: Any, hint: str
) -> None:
    whole = statements.dropna(subset=[name for one in STATEMENT_IDENTITIES for name in one.items])
    rows = whole[whole[item].abs() > 2e6].head(20).copy()
    rows[item] = rows[item].astype(float)
    rows[item] = change(rows[item])
    found = check_identities(rows)
    broken = found[(found["status"] == "broken") & (found["item"] != "")]
    right = broken[(broken["item"] == item) & broken["hint"].str.startswith(hint)]
    assert set(right["row"]) == set(rows.index)
    assert len(right) == len(broken)


def test_two_digits_that_changed_places() -> None:
    row = pd.DataFrame({"gross_profit": [400.0], "revenue": [1320.0], "cost_of_sales": [830.0]})
    # revenue 1230 explains it, and so would nothing else
    found = check_identities(row).iloc[0]
    assert (found["item"], found["hint"]) == (
        "revenue", "two digits changed places: 1,230 in place of 1,320",
    )  # fmt: skip


def test_no_slip_is_named_where_two_would_explain_it() -> None:
    row = pd.DataFrame({"total_assets": [1250.0], "total_liabilities": [700.0], "equity": [505.0]})
    found = check_identities(row)
    broken = found[found["status"] == "broken"]
    assert broken["item"].tolist() == [""]
    assert broken["gap"].tolist() == [45.0]


def test_tolerances() -> None:
    one = Identity(name="x", left="a", right="b", relative_tolerance=0.01, absolute_tolerance=2)
    rows = pd.DataFrame({"a": [100.0, 100, 1000, 1000], "b": [102.0, 103, 1010, 1012]})
    assert check_identities(rows, (one,))["row"].tolist() == [1, 3]
    most = Identity(name="x", left="a", right="b", relation="<=", absolute_tolerance=0)
    rows = pd.DataFrame({"a": [1.0, 3.0], "b": [2.0, 2.0]})
    assert check_identities(rows, (most,))["row"].tolist() == [1]


def test_an_empty_statement_is_none() -> None:
    rows = pd.DataFrame({"a": [np.nan, 1.0], "b": [np.nan, np.nan]})
    found = check_identities(rows, (Identity(name="x", left="a", right="b"),))
    assert found[["row", "status", "hint"]].to_numpy().tolist() == [
        [1, "not checkable", "missing: b"]
    ]


@settings(deadline=None, max_examples=60)
@given(values=st.lists(st.floats(-1e9, 1e9), min_size=3, max_size=3))
def test_expressions_are_plain_arithmetic(values: list[float]) -> None:
    a, b, c = values
    rows = pd.DataFrame({"a": [a], "b": [b], "c": [c], "d": [a - 2 * (b + -c)]})
    one = Identity(name="x", left="d", right="a - 2 * (b + -c)", absolute_tolerance=1e-6)
    assert not len(check_identities(rows, (one,)))


@pytest.mark.parametrize(
    "text",
    ["__import__('os')", "a.b", "a[0]", "a / b", "a ** 9", "f(a)", "'a'", "a if b else c", "",
     "a +", "True", "lambda: a", "a" * 501, "(a := 1)", "a @ b"],
)  # fmt: skip
def test_expressions_hold_nothing_else(text: str) -> None:
    with pytest.raises(InvalidParameterError, match=r"expression"):
        Identity(name="x", left="a", right=text)


def test_identities_that_cannot_be() -> None:
    with pytest.raises(InvalidParameterError, match="names no item"):
        Identity(name="x", left="1", right="2")
    with pytest.raises(InvalidParameterError, match="relation"):
        Identity(name="x", left="a", right="b", relation="<")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="relative_tolerance"):
        Identity(name="x", left="a", right="b", relative_tolerance=-1)
    with pytest.raises(MissingColumnError, match="none of the items"):
        check_identities(pd.DataFrame({"x": [1]}))


# --- sources -------------------------------------------------------------------------


def test_the_more_reliable_is_believed() -> None:
    both = told(
        ("A", "revenue", 900.0), ("A", "revenue", 1200.0), ("B", "revenue", 5.0),
        source=["public_filing", "site_visit", "public_filing"],
        method=["data_analysis", "interview", "data_analysis"],
    )  # fmt: skip
    with pytest.warns(ConflictWarning, match="1 fact, first about 'revenue' of customer 'A'"):
        found = find_conflicts(both)
    assert found[["chosen", "other", "resolved"]].to_numpy().tolist() == [[900.0, 1200.0, True]]
    assert found["difference"].item() == pytest.approx(1 / 3)
    reversed_trust = SourceReliability(sources={"public_filing": 0.1})
    with pytest.warns(ConflictWarning):
        assert find_conflicts(both, reliability=reversed_trust)["chosen"].item() == 1200.0


def test_equals_are_not_resolved() -> None:
    both = told(
        ("A", "revenue", 900.0), ("A", "revenue", 1200.0), source_name=["one", "two"],
        collected_at=["2024-05-01", "2024-05-02"],
    )  # fmt: skip
    with pytest.warns(ConflictWarning, match="a person must look"):
        found = find_conflicts(both)
    assert found[["chosen", "resolved"]].to_numpy().tolist() == [[1200.0, False]]


def test_a_correction_is_no_conflict_and_close_numbers_agree() -> None:
    with warnings.catch_warnings(action="error"):
        corrected = told(
            ("A", "revenue", 900.0), ("A", "revenue", 1200.0),
            collected_at=["2024-05-01", "2024-06-01"],
        )  # fmt: skip
        assert not len(find_conflicts(corrected))
        close = told(
            ("A", "revenue", 1000.0), ("A", "revenue", 1004.0), ("A", "industry", "Retail "),
            ("A", "industry", "retail"), source_name=["one", "two", "one", "two"],
        )  # fmt: skip
        assert not len(find_conflicts(close))


def test_text_is_in_conflict_too() -> None:
    both = told(("A", "industry", "retail"), ("A", "industry", "steel"), source_name=["x", "y"])
    with pytest.warns(ConflictWarning):
        found = find_conflicts(both)
    assert found["other"].item() in ("retail", "steel")
    assert np.isnan(found["difference"].item())


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 9999))
def test_conflicts_are_those_of_a_plain_loop(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 12
    sources = ["public_filing", "third_party"]
    table = pd.DataFrame(
        {
            "customer": rng.choice(["A", "B"], n), "item": "revenue",
            "value": rng.choice([1.0, 2.0], n), "true_from": "2023-12-31",
            "source": rng.choice(sources, n), "method": "data_analysis",
            "collected_at": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.permutation(n), "D"),
        }
    )  # fmt: skip
    with warnings.catch_warnings(action="ignore"):
        found = find_conflicts(Observations.from_frame(table))
    expected = 0
    for _, rows in table.groupby("customer"):
        last = rows.sort_values("collected_at").groupby("source")["value"].last()
        expected += int(len(set(last)) > 1)
    assert len(found) == expected
    assert (found["chosen_source"] == "public_filing, data_analysis").all()


def test_reliability_by_name_source_and_method() -> None:
    trust = SourceReliability(names={"bureau": 0.5}, methods={"interview": 0.1})
    table = told(
        ("A", "revenue", 1.0), ("A", "revenue", 1.0), ("A", "revenue", 1.0),
        source_name=["bureau", "", ""], method=["data_analysis", "interview", "data_analysis"],
    )  # fmt: skip
    assert trust.of(table).tolist() == pytest.approx([0.5, 0.09, 0.9])
    assert SourceReliability.from_json(trust.to_json()) == trust
    assert repr(trust) == "SourceReliability(interview 0.1, bureau 0.5, else standard)"


@pytest.mark.parametrize(
    "entries",
    [{"sources": {"gossip": 0.1}}, {"methods": {"data_analysis": 1.1}}, {"names": {"x": -1}}],
)
def test_reliabilities_that_cannot_be(entries: Any) -> None:
    with pytest.raises(InvalidParameterError, match=r"gossip|data_analysis|'x'"):
        SourceReliability(**entries)


def test_observed_reliability_by_hand() -> None:
    table = told(
        *[("A", "revenue", 1.0)] * 2, *[("B", "revenue", 1.0), ("B", "revenue", 9.0)],
        ("C", "revenue", 3.0), source_name=["one", "two", "one", "two", "one"],
    )  # fmt: skip
    found = observed_reliability(table, prior_facts=2)
    assert found["n_facts"].to_dict() == {"one": 2, "two": 2}
    assert found["rate"].to_dict() == {"one": 0.5, "two": 0.5}
    assert found["reliability"].to_dict() == {"one": 0.5, "two": 0.5}
    assert not len(observed_reliability(told(("A", "revenue", 1.0))))


def test_status_in_order() -> None:
    table = told(
        ("A", "employees", 5), ("B", "employees", 5), ("B", "employees", 5),
        ("C", "employees", 5), ("C", "employees", 9), ("D", "employees", 5),
        source=["third_party", "third_party", "third_party", "third_party", "public_filing",
                "site_visit"],
        source_name=["x", "x", "y", "x", "register", "visit"],
        method=["questionnaire", "questionnaire", "interview", "questionnaire", "data_analysis",
                "observation"],
    )  # fmt: skip
    assert verification_status(table)["status"].astype(str).tolist() == [
        "unverified", "verified", "verified", "contradicted", "verified", "verified",
    ]  # fmt: skip


def test_equals_that_differ_are_both_contradicted() -> None:
    table = told(("A", "employees", 5), ("A", "employees", 9), source_name=["x", "y"])
    assert (verification_status(table)["status"] == "contradicted").all()


def test_a_source_does_not_confirm_itself() -> None:
    table = told(
        ("A", "employees", 5), ("A", "employees", 5), source="third_party", source_name="x",
        method=["questionnaire", "interview"],
    )  # fmt: skip
    assert (verification_status(table)["status"] == "unverified").all()


# --- outliers and jumps --------------------------------------------------------------


def test_robust_z_by_hand() -> None:
    x = np.array([-1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 40.0])
    found = peer_outliers(pd.DataFrame({"x": x}))
    # median 3.5, absolute deviations with a median of 2.5
    assert found["z"].tolist() == pytest.approx([(40 - 3.5) / (1.4826 * 2.5)])
    assert found["n_peers"].tolist() == [10]


def test_peers_are_the_narrowest_group_that_is_large_enough() -> None:
    rng = np.random.default_rng(0)
    firms = pd.DataFrame(
        {"margin": rng.normal(0, 0.01, 40), "industry": ["a"] * 20 + ["b"] * 17 + ["c"] * 3}
    )
    firms.loc[20:36, "margin"] += 1.0
    firms.loc[5, "margin"] = 0.9
    firms.loc[39, "margin"] = 50.0
    found = peer_outliers(firms, peers_by=["industry"])
    assert found["customer"].tolist()[:2] == [39, 5] or found["customer"].tolist()[:2] == [5, 39]
    peers = dict(zip(found["customer"], found["peers"], strict=True))
    assert (peers[5], peers[39]) == ("industry", "all")


def test_amounts_are_compared_as_factors() -> None:
    amounts = pd.DataFrame({"x": [1.0, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]})
    assert not len(peer_outliers(amounts))


def test_what_all_share_tells_nothing() -> None:
    assert not len(peer_outliers(pd.DataFrame({"x": [1.0] * 20 + [50.0]})))
    assert not len(peer_outliers(pd.DataFrame({"x": [np.nan] * 20})))


def test_snapshots_that_cannot_be_used() -> None:
    with pytest.raises(InvalidDataError, match="stands twice"):
        peer_outliers(pd.DataFrame({"x": [1.0, 2.0]}, index=["A", "A"]))
    with pytest.raises(MissingColumnError, match="'y'"):
        peer_outliers(pd.DataFrame({"x": [1.0]}), items=["y"])
    for name, value in (("threshold", 0), ("min_peers", 2)):
        with pytest.raises(InvalidParameterError, match=name):
            peer_outliers(pd.DataFrame({"x": [1.0]}), **{name: value})  # type: ignore[arg-type]


def test_jumps_are_of_one_source_and_the_last_word() -> None:
    table = told(
        ("A", "revenue", 900.0), ("A", "revenue", 950_000.0), ("A", "revenue", 950.0),
        ("A", "equity", -5.0), ("A", "equity", 500.0), ("B", "revenue", 1.0),
        true_from=["2022-12-31", "2023-12-31", "2023-12-31", "2022-12-31", "2023-12-31",
                   "2023-12-31"],
        collected_at=["2024-01-01", "2024-01-01", "2024-02-01"] + ["2024-01-01"] * 3,
    )  # fmt: skip
    assert not len(find_jumps(table))
    jump = told(
        ("A", "revenue", 80.0), ("A", "revenue", 10.0), true_from=["2022-12-31", "2023-12-31"]
    )
    found = find_jumps(jump)
    assert found[["ratio", "hint"]].to_numpy().tolist() == [[0.125, ""]]
    assert not len(find_jumps(jump, factor=9))


# --- duplicates ----------------------------------------------------------------------


def invoices(*rows: tuple[str, str, str, float]) -> Observations:
    parts = [
        (customer, record, item, value)
        for customer, record, day, amount in rows
        for item, value in (("invoice.invoiced_on", day), ("invoice.amount", amount))
    ]
    table = pd.DataFrame(parts, columns=["customer", "record", "item", "value"])
    return Observations.from_frame(
        table.assign(
            true_from="2024-01-01",
            source="internal_record",
            method="data_analysis",
            collected_at="2024-05-01",
        )
    )


def test_invoices_that_are_there_twice() -> None:
    found = find_duplicates(
        invoices(
            ("A", "R1", "2024-01-05", 10.0), ("A", "R2", "2024-01-05", 10.0),
            ("A", "R3", "2024-01-06", 10.0), ("B", "R3", "2024-02-06", 7.0),
            ("C", "R9", "2024-01-05", 10.0),
        )
    )  # fmt: skip
    assert found[["kind", "customer", "record", "other"]].to_numpy().tolist() == [
        ["same invoice", "A", "R2", "R1"], ["number of another", "B", "R3", "A"],
    ]  # fmt: skip


def test_invoices_in_other_units_are_others() -> None:
    def of(*units: str) -> list[list[str]]:
        named = [("A", f"R{n}", "2024-01-05", 10.0) for n in range(len(units))]
        unit = [word for unit in units for word in ("", unit)]
        table = invoices(*named).table.assign(unit=pd.Categorical(unit))
        return find_duplicates(table)[["record", "other"]].to_numpy().tolist()

    assert of("CNY", "USD") == []
    assert of("CNY", "USD", "USD", "RMB") == [["R2", "R1"], ["R3", "R0"]]
    # one without a unit may be in any
    assert of("", "CNY") == of("CNY", "") == of("", "") == [["R1", "R0"]]


def test_what_is_told_again() -> None:
    table = told(
        ("A", "revenue", 1.0), ("A", "revenue", 1.0), ("A", "revenue", 2.0), source_name="register",
        collected_at=["2024-01-01", "2024-01-02", "2024-01-03"],
    )  # fmt: skip
    found = find_duplicates(table)
    assert found[["kind", "other", "row"]].to_numpy().tolist() == [["told again", "register", 1]]


# --- schema --------------------------------------------------------------------------


def test_the_schema_knows_every_kind() -> None:
    firms = pd.DataFrame(
        {
            "employees": ["5", "x", "-1", None], "audited": [True, False, 2, None],
            "founded_on": ["2001-02-28", "2001-02-29", "28.2.2001", None],
            "customer_kind": ["enterprise", "person", "firm", None], "note": list("abcd"),
        },
        index=["A", "B", "C", "D"],
    )  # fmt: skip
    found = check_snapshot(firms, STANDARD)
    cells = {(row, item) for row, item in found[["row", "item"]].to_numpy().tolist()}
    assert cells == {
        ("B", "employees"), ("C", "employees"), ("C", "audited"), ("B", "founded_on"),
        ("C", "founded_on"), ("C", "customer_kind"),
    }  # fmt: skip


def test_a_schema_of_ones_own_and_records() -> None:
    schema = catalogue_schema(STANDARD, record_kind="contract")
    shares = pd.DataFrame({"fulfilled_share": [0.5, 1.5, np.inf]}, index=["x", "y", "z"])
    found = check_snapshot(shares, STANDARD, schema=schema)
    assert found["row"].tolist() == ["y", "z"]
    assert not len(check_snapshot(shares.head(1), STANDARD, record_kind="contract"))
    with pytest.raises(InvalidParameterError, match="'unknown'"):
        catalogue_schema(STANDARD, record_kind="unknown")


# --- all together --------------------------------------------------------------------


def test_all_checks_find_theirs() -> None:
    peers = [(f"P{k}", "employees", 50.0 + k) for k in range(20)]
    table = told(
        ("A", "gross_profit", 400.0), ("A", "revenue", 1000.0), ("A", "cost_of_sales", 700.0),
        *peers, ("A", "employees", 90_000.0), ("A", "industry", "steel"),
        ("A", "founded_on", "2031-01-01"),
    )  # fmt: skip
    other = told(("A", "revenue", 9000.0), source="third_party", true_from="2023-12-31")
    before = told(("A", "cost_of_sales", 20.0), true_from="2022-12-31")
    checked = verify(table + other + before)
    found = set(checked.findings["check"])
    assert found == {"identity", "outlier", "conflict", "jump", "future"}
    assert checked.findings["severity"].tolist() == sorted(
        checked.findings["severity"], key=["error", "doubt", "note"].index
    )
    assert set(checked.of_customer("A")["check"]) == found
    assert checked.shares().sum(axis=1).tolist() == pytest.approx([1.0, 1.0])
    assert "identity" in checked._repr_html_()
    display = VerificationDisplay.from_verification(checked).plot()
    widths = sum(bar.get_width() for bar in display.ax_.patches)
    assert widths == len(checked.findings)


def test_numbers_out_of_range_are_found_in_tables_from_elsewhere() -> None:
    table = told(("A", "employees", 5.0), ("B", "employees", 6.0)).table
    table.loc[1, "number"] = -6.0
    found = verify(table).findings
    assert found[["customer", "check", "value"]].to_numpy().tolist() == [["B", "range", -6.0]]
    strange = ItemCatalogue(items=(Item(name="other", group="operating"),))
    assert (verify(table, catalogue=strange).findings["hint"] == "no item of the catalogue").all()


def test_nothing_to_verify() -> None:
    table = told(("A", "employees", 5.0)).table
    with pytest.raises(EmptyDataError, match="no observations"):
        verify(table.iloc[:0])
    assert repr(verify(table)) == (
        "Verification(1 observation, 100% verified: 0 errors, 0 doubts, 0 notes)"
    )
