"""Consent, holds, retention and requests: who agreed, what is due, what stays, what is late."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.collect import Item, ItemCatalogue
from creditscore.exceptions import (
    DocumentError,
    DocumentNotFoundError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
)
from creditscore.protect import (
    LAWFUL_BASES,
    REQUEST_KINDS,
    Consent,
    LegalHold,
    ProtectionPlan,
    Purpose,
    RetentionRule,
    SubjectRequest,
    covered,
    due_for_erasure,
    effective_consents,
    request_table,
    uncovered,
)

SALES = Purpose(name="sales", gdpr="consent", pipl="consent")
DECISION = Purpose(name="credit decision", gdpr="contract")
PLAN = ProtectionPlan.standard()
CATALOGUE = ItemCatalogue.standard()
PHONE = Item(name="phone", kind="text", group="identity", sensitivity="personal")
LATE = Item(name="invoice.amount", group="operating")
ITEMS = (PHONE, LATE)


def consent(subject: Any = "X", **kwargs: Any) -> Consent:
    given = {"purpose": "sales", "given_at": "2025-01-31", "evidence": "form 17"}
    return Consent(subject=subject, **{**given, **kwargs})


def hold(subject: Any = "X", **kwargs: Any) -> LegalHold:
    given = {"reason": "claim 4711", "placed_by": "wei", "starts_on": "2021-01-01"}
    return LegalHold(subject=subject, **{**given, **kwargs})


def rule(name: str = "r", **kwargs: Any) -> RetentionRule:
    given = {"after": "true_from", "months": 24}
    return RetentionRule(name=name, **{**given, **kwargs})


def facts(*days: str | None, **columns: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {"customer": "X", "item": "phone", "true_from": pd.to_datetime(list(days)), **columns}
    )


def statuses(table: pd.DataFrame, *rules: RetentionRule, **kwargs: Any) -> list[str]:
    asked = {"as_of": "2024-06-30", "items": ITEMS, **kwargs}
    return due_for_erasure(table, rules, **asked).table["status"].tolist()


# --- consent ---------------------------------------------------------------------------------


def test_a_consent_holds_from_its_instant_on_and_before_it_is_withdrawn() -> None:
    given = consent(given_at="2025-01-31T08:00:00+08:00").withdrawn("2025-02-28T12:00:00Z")
    asked = ["2025-01-30T23:59:59Z", "2025-01-31T00:00:00Z", "2025-02-28T11:59:59Z",
             "2025-02-28T12:00:00Z", "2026-01-01"]  # fmt: skip
    assert [given.holds_at(at) for at in asked] == [False, True, True, False, False]


def test_a_purpose_is_covered_by_its_basis_or_by_consent() -> None:
    given = [consent("X"), consent("Y").withdrawn("2025-03-01"), consent("Z", purpose="other")]
    at = "2025-06-30"
    assert [covered(given, one, SALES, at) for one in "XYZW"] == [True, False, False, False]
    assert uncovered(given, "XYZW", SALES, at) == ("Y", "Z", "W")
    assert uncovered(given, "XYZW", DECISION, at) == ()
    assert uncovered(given, ["Y"], SALES, "2025-02-28") == ()
    # a consent that was given again counts
    assert covered([*given, consent("Y", given_at="2025-04-01")], "Y", SALES, at)
    # where either law builds on consent, it is needed
    mixed = Purpose(name="sales", gdpr="legitimate_interests", pipl="consent")
    assert not covered([], "X", mixed, at)


def test_a_number_and_its_text_are_one_customer() -> None:
    for one in (1, np.int64(1), "1", " 1 "):
        assert uncovered([consent(one)], [1, "1", np.int64(1), 2], SALES, "2025-06-30") == (2,)
    assert consent(" X ").subject == "X"
    assert request_table([request(np.int64(7))], as_of="2025-06-30")["subject"].tolist() == [7]


def test_a_withdrawal_ends_all_consents_that_were_given_before() -> None:
    """One that was renewed and never closed does not go on."""
    old, new = consent(given_at="2024-01-31"), consent(given_at="2025-01-31")
    withdrawn = [old, new.withdrawn("2025-06-30")]
    for consents in (withdrawn, withdrawn[::-1]):
        assert covered(consents, "X", SALES, "2025-06-29")
        assert not covered(consents, "X", SALES, "2025-06-30")
    later = consent(given_at="2025-07-31")
    others = [consent("Y", given_at="2024-01-31"), consent(purpose="trade", given_at="2024-01-31")]
    found = effective_consents([*withdrawn, later, *others])
    ends = [None if one.withdrawn_at is None else str(one.withdrawn_at.date()) for one in found]
    assert ends == ["2025-06-30", "2025-06-30", None, None, None]
    assert covered([*withdrawn, later], "X", SALES, "2025-08-01")
    # each ends at the first withdrawal after it, and one that is given at that instant goes on
    first = old.withdrawn("2024-06-30")
    again = consent(given_at="2024-06-30")
    assert effective_consents([first, again, new.withdrawn("2025-06-30")])[:2] == (
        first,
        again.withdrawn("2025-06-30"),
    )


def test_articles_of_the_laws() -> None:
    """GDPR Art. 6(1), PIPL Art. 13."""
    bases = {"gdpr": "abcdef", "pipl": "123467"}
    found = {
        law: [
            Purpose(name="p", **{law: basis}).article(law).split()[2]  # type: ignore[arg-type]
            for basis in LAWFUL_BASES
            if basis not in other
        ]
        for law, other in (
            ("gdpr", ("disclosed_information", "other_law")),
            ("pipl", ("public_task", "legitimate_interests")),
        )
    }
    assert found["gdpr"] == [f"6(1)({letter})" for letter in bases["gdpr"]]
    assert found["pipl"] == [f"13({number})" for number in bases["pipl"]]
    assert DECISION.article("pipl") == ""


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Purpose(name="p"), "must have a lawful basis"),
        (lambda: Purpose(name="p", pipl="legitimate_interests"), "'pipl' parameter of Purpose"),
        (lambda: Purpose(name="p", gdpr="wish"), "'gdpr' parameter of Purpose 'p' must be one of"),
        (lambda: consent(evidence=""), "'evidence' parameter of Consent must be a text"),
        (lambda: consent(" "), "'subject' parameter of Consent must be a customer"),
        (lambda: consent(True), "'subject' parameter of Consent must be a customer"),
        (lambda: consent(given_at=None), "'given_at' parameter of Consent must be a time"),
        (lambda: consent(withdrawn_at="2024-01-01"), "must not be before 'given_at'"),
        (lambda: hold(starts_on="31/1/2025"), "'starts_on' parameter of LegalHold must be a day"),
        (lambda: hold(ends_on="2021-01-01"), "'ends_on' parameter of LegalHold must be after"),
        (lambda: hold(reason=" "), "'reason' parameter of LegalHold must be a text"),
        (lambda: rule(months=0), "must have either 'months' or 'days' above 0. Got 0 and 0"),
        (lambda: rule(days=3), "must have either 'months' or 'days' above 0. Got 24 and 3"),
        (lambda: rule(months=-1), "'months' parameter of RetentionRule 'r'"),
        (lambda: rule(sensitivities=("secret",)), "'sensitivities' parameter of RetentionRule"),
        (lambda: rule(items="phone"), "'items' parameter of RetentionRule must be a tuple"),
        (lambda: uncovered([], ["X"], "sales", "2025-01-01"), "'purpose' parameter of uncovered"),  # type: ignore[arg-type]
    ],
)
def test_odd_values(make: Any, message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        make()


def test_customers_are_not_in_messages_and_reprs() -> None:
    shown = [consent("Zhang Wei"), hold("Zhang Wei"), request("Zhang Wei")]
    assert not any("Zhang" in repr(one) for one in shown)


# --- holds -----------------------------------------------------------------------------------


def test_a_hold_is_closed_open() -> None:
    placed = hold(starts_on="2025-01-31").released("2025-03-01")
    days = ["2025-01-30", "2025-01-31", "2025-02-28", "2025-03-01"]
    assert [placed.holds_on(day) for day in days] == [False, True, True, False]
    assert hold().holds_on(dt.date(2999, 1, 1))


# --- retention -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "status"), [("2022-02-27", "not yet"), ("2022-02-28", "due"), ("2022-03-01", "due")]
)
def test_a_time_is_over_on_its_last_day(as_of: str, status: str) -> None:
    found = due_for_erasure(
        facts("2020-02-29"), [rule(months=24)], as_of=as_of, items=ITEMS
    ).table.iloc[0]
    assert (found["status"], found["due_on"]) == (status, pd.Timestamp("2022-02-28"))


@pytest.mark.parametrize(
    ("rules", "status", "kept_by"),
    [
        ([], "no rule", ""),
        ([rule(groups=("financial",))], "no rule", ""),
        ([rule(keep=True)], "no rule", "r"),
        ([rule()], "due", ""),
        ([rule(months=120)], "not yet", ""),
        ([rule(), rule("long", months=120)], "due", ""),
        ([rule(), rule("aml", months=120, keep=True)], "kept", "aml"),
        ([rule(), rule("ecoa", months=12, keep=True)], "due", ""),
        ([rule(), rule("a", months=60, keep=True), rule("b", months=90, keep=True)], "kept", "b"),
        ([rule(), rule("never", after="ended_on", keep=True)], "kept", "never"),
        ([rule(after="ended_on")], "not begun", ""),
        ([rule(after="ended_on"), rule("s", months=12)], "due", ""),
        ([rule(items=("phone",))], "due", ""),
        ([rule(sensitivities=("sensitive",))], "no rule", ""),
        ([rule(sensitivities=("personal",), groups=("operating",))], "no rule", ""),
        ([rule(record_kinds=("invoice",))], "no rule", ""),
        ([rule(of=("person",))], "due", ""),
        ([rule(of=("enterprise",))], "no rule", ""),
    ],
)
def test_which_rule_counts(rules: list[RetentionRule], status: str, kept_by: str) -> None:
    customers = pd.DataFrame({"customer_kind": ["person"], "ended_on": [pd.NaT]}, index=["X"])
    found = due_for_erasure(
        facts("2020-01-31"), rules, as_of="2024-06-30", items=ITEMS, customers=customers
    ).table.iloc[0]
    assert (found["status"], found["kept_by"]) == (status, kept_by)


def test_record_kinds_and_events_of_customers_and_instants() -> None:
    table = pd.DataFrame(
        {
            "customer": ["X", "Y", "Z"],
            "record": ["i1", "i2", "i3"],
            "item": "invoice.amount",
            "collected_at": pd.to_datetime(["2020-01-31T23:30:00-05:00"] * 3, utc=True),
        },
        index=[7, 3, 5],
    )
    ended = pd.DataFrame({"ended_on": pd.to_datetime(["2020-06-30", None])}, index=["X", "Y"])
    rules = [
        rule("ended", after="ended_on", days=365, months=0, record_kinds=("invoice",)),
        rule("old", after="collected_at", months=0, days=3650),
    ]
    found = due_for_erasure(table, rules, as_of="2024-06-30", items=ITEMS, customers=ended)
    assert found.table.index.tolist() == [7, 3, 5]
    assert found.table["record"].tolist() == ["i1", "i2", "i3"]
    assert found.table["status"].tolist() == ["due", "not yet", "not yet"]
    assert found.table["due_on"].dt.strftime("%Y-%m-%d").tolist() == [
        "2021-06-30", "2030-01-29", "2030-01-29",
    ]  # fmt: skip
    assert found.due().index.tolist() == [7]
    assert repr(found) == "<Retention of 2024-06-30: 3 observations, 1 due, 2 not yet>"
    assert "ended" in found._repr_html_()


def test_nothing_held_is_erased() -> None:
    table = facts("2020-01-31", "2020-01-31", customer=["X", "Y"])
    assert statuses(table, rule(), holds=[hold("X")]) == ["held", "due"]
    assert statuses(table, rule(), holds=[hold("X", ends_on="2024-06-30")]) == ["due", "due"]
    assert statuses(table, rule(), holds=[hold("X", starts_on="2024-07-01")]) == ["due", "due"]


def test_a_hold_of_a_number_holds_its_text_and_the_other_way_round() -> None:
    assert statuses(facts("2020-01-31", customer=["17"]), rule(), holds=[hold(17)]) == ["held"]
    assert statuses(facts("2020-01-31", customer=[17]), rule(), holds=[hold("17 ")]) == ["held"]
    assert statuses(facts("2020-01-31", customer=[None]), rule(), holds=[hold("17")]) == ["due"]


def test_other_tables_and_none_at_all() -> None:
    days = [dt.date(2020, 1, 31), None]
    table = pl.DataFrame({"customer": ["X", "X"], "item": ["phone"] * 2, "true_from": days})
    assert statuses(table, rule()) == ["due", "not begun"]
    assert statuses(facts("2020-01-31")[:0], rule()) == []


def test_what_is_wrong_with_tables() -> None:
    table = facts("2020-01-31")
    with pytest.raises(MissingColumnError, match="There is no column 'item' in the observations"):
        statuses(table.drop(columns="item"), rule())
    with pytest.raises(MissingColumnError, match="The rule 'r' needs a column 'ended_on'"):
        statuses(table, rule(after="ended_on"))
    with pytest.raises(MissingColumnError, match="needs a column 'customer_kind'"):
        statuses(table, rule(of=("person",)))
    with pytest.raises(InvalidDataError, match="The item 'fax' of the observations is not among"):
        statuses(table.assign(item="fax"), rule())
    with pytest.raises(InvalidDataError, match="Column 'true_from' must hold days or instants"):
        statuses(table.assign(true_from="soon"), rule())
    with pytest.raises(InvalidDataError, match="Two rules have the name 'r'"):
        statuses(table, rule(), rule())
    with pytest.raises(InvalidDataError, match="A customer stands twice in the index"):
        statuses(table, rule(), customers=pd.DataFrame(index=["X", "X"]))
    with pytest.raises(InvalidParameterError, match="'as_of' parameter of due_for_erasure"):
        statuses(table, rule(), as_of="today")
    with pytest.raises(InvalidParameterError, match="'holds' parameter of due_for_erasure"):
        statuses(table, rule(), holds=["X"])


days_drawn = st.none() | st.dates(dt.date(2015, 1, 1), dt.date(2030, 12, 31))
rules_drawn = st.lists(
    st.builds(
        dict,
        after=st.sampled_from(["true_from", "ended_on"]),
        months=st.integers(1, 120),
        keep=st.booleans(),
        groups=st.sampled_from([(), ("identity",), ("operating",)]),
    ),
    max_size=4,
)


def by_hand(
    row: Any, rules: list[RetentionRule], ended: dict[str, Any], held: set[str], as_of: dt.date
) -> str:
    """The definition, for one row and without arrays."""
    item = {one.name: one for one in ITEMS}[row.item]
    ends: dict[bool, list[Any]] = {False: [], True: []}
    for one in rules:
        if one.groups and item.group not in one.groups:
            continue
        event = row.true_from if one.after == "true_from" else ended.get(row.customer)
        end = None if event is None else (pd.Timestamp(event) + pd.DateOffset(months=one.months))
        ends[one.keep].append(None if end is None else end.date())
    if not ends[False]:
        return "no rule"
    known = [end for end in ends[False] if end is not None]
    if not known:
        return "not begun"
    if min(known) > as_of:
        return "not yet"
    # what is kept at least so long is kept on the last day, too
    if None in ends[True] or (ends[True] and max(ends[True]) >= as_of):
        return "kept"
    return "held" if row.customer in held else "due"


@settings(deadline=None, max_examples=120)
@given(
    rows=st.lists(st.tuples(st.sampled_from("XYZ"), st.sampled_from(["phone", "invoice.amount"]),
                            days_drawn), min_size=1, max_size=6),
    ended=st.dictionaries(st.sampled_from("XYZ"), days_drawn, max_size=3),
    drawn=rules_drawn,
    held=st.sets(st.sampled_from("XYZ")),
    as_of=st.dates(dt.date(2018, 1, 1), dt.date(2035, 1, 1)),
)  # fmt: skip
def test_retention_is_what_its_definition_says(
    rows: list[Any], ended: dict[str, Any], drawn: list[dict[str, Any]], held: set[str],
    as_of: dt.date,
) -> None:  # fmt: skip
    rules = [rule(f"r{n}", **entries) for n, entries in enumerate(drawn)]
    table = pd.DataFrame(rows, columns=["customer", "item", "true_from"], dtype=object)
    customers = pd.DataFrame({"ended_on": pd.Series({**dict.fromkeys("XYZ"), **ended})})
    customers["ended_on"] = customers["ended_on"].astype(object)
    holds = [hold(one, starts_on="2000-01-01") for one in held]
    typed = table.assign(true_from=pd.to_datetime(table["true_from"]))
    found = due_for_erasure(
        typed, rules, holds, as_of=as_of, items=ITEMS, customers=customers
    ).table
    expected = [by_hand(row, rules, ended, held, as_of) for row in table.itertuples()]
    assert found["status"].tolist() == expected
    due = found[found["status"] == "due"]
    assert (due["due_on"] <= pd.Timestamp(as_of)).all()
    assert not set(due["customer"]) & held


KEEP = [rule(months=12), rule("law", months=25, keep=True, of=("person",), after="notified_on")]


@pytest.mark.parametrize("names", [["1", "2"], [1, 2], [1.0, 2.0], [" 1", "2 "], np.array([2, 1])])
@pytest.mark.parametrize("customer", [["1", "2"], [1, 2]])
def test_customers_are_joined_whatever_their_type(names: Any, customer: Any) -> None:
    """A number read of a CSV loses nobody the rule that keeps."""
    table = facts("2020-01-31", "2020-01-31", customer=customer)
    about = {"customer_kind": "person", "notified_on": pd.Timestamp("2024-01-31")}
    customers = pd.DataFrame(about, index=names)
    assert statuses(table, *KEEP, customers=customers) == ["kept", "kept"]
    assert statuses(table, *KEEP, customers=customers, as_of="2026-03-01") == ["due", "due"]


def test_who_is_not_known_is_kept() -> None:
    """Rather too much is kept than too little: erasing is for good."""
    table = facts(*["2020-01-31"] * 3, customer=["1", "2", None])
    about = {"customer_kind": [None], "notified_on": pd.to_datetime(["2024-01-31"])}
    customers = pd.DataFrame(about, index=[1])
    assert statuses(table, *KEEP, customers=customers) == ["kept"] * 3
    erase = rule(of=("person",))
    assert statuses(table, erase, customers=customers) == ["no rule"] * 3


def test_customers_that_do_not_fit_are_told() -> None:
    table = facts("2020-01-31", customer=["1"])
    about = {"customer_kind": "person", "notified_on": pd.Timestamp("2024-01-31")}
    with pytest.raises(InvalidDataError, match="None of the customers in the index"):
        statuses(table, *KEEP, customers=pd.DataFrame(about, index=["C1", "C2"]))
    with pytest.raises(InvalidDataError, match="where a number and its text are one"):
        statuses(table, *KEEP, customers=pd.DataFrame(about, index=["1", 1]))
    nobody = pd.DataFrame(about, index=[]).astype({"notified_on": "datetime64[s]"})
    assert statuses(table, *KEEP, customers=nobody) == ["kept"]


def test_what_is_kept_at_least_so_long_is_kept_on_the_last_day() -> None:
    rules = [rule(months=0, days=1), rule("law", months=0, days=10, keep=True)]
    found = {
        day: statuses(facts("2024-01-01"), *rules, as_of=day)[0]
        for day in ("2024-01-10", "2024-01-11", "2024-01-12")
    }
    assert list(found.values()) == ["kept", "kept", "due"]
    table = due_for_erasure(facts("2024-01-01"), rules, as_of="2024-02-01", items=ITEMS).table
    assert table["due_on"].tolist() == [pd.Timestamp("2024-01-12")]


@pytest.mark.parametrize(
    "days",
    [
        [20230131],
        [20230131.0],
        [True],
        ["03/04/2023"],
        ["31/01/2023"],
        ["now"],
        ["Jan 2023"],
        ["2023-01-31", 5],
        pd.array([20230131], dtype="Int64"),
        pd.period_range("2023-01-31", periods=1),
    ],
)
def test_days_are_never_guessed(days: Any) -> None:
    table = pd.DataFrame({"customer": "X", "item": "phone", "true_from": days})
    with pytest.raises(InvalidDataError, match=r"'true_from' must hold days or inst.* YYYY-MM-DD"):
        due_for_erasure(table, [rule()], as_of="2024-06-30", items=ITEMS)
    customers = pd.DataFrame({"true_from": days[:1]}, index=["X"])
    if len(days) == 1:
        with pytest.raises(InvalidDataError, match="'true_from' must hold days or instants"):
            due_for_erasure(
                table.drop(columns="true_from"), [rule()], as_of="2024-06-30", items=ITEMS,
                customers=customers,
            )  # fmt: skip


@pytest.mark.parametrize(
    "day",
    [
        "2022-01-31", "2022/1/31", "2022年1月31日", "2022-01-31T23:59:59Z", "2022-01-31 09:30",
        "2022-02-01T07:59:00+08:00", dt.date(2022, 1, 31),
        dt.datetime(2022, 1, 31, 23, tzinfo=dt.UTC),
        pd.Timestamp("2022-02-01T07:59", tz="Asia/Shanghai"), np.datetime64("2022-01-31"),
    ],
)  # fmt: skip
def test_days_in_many_forms(day: Any) -> None:
    table = pd.DataFrame({"customer": "X", "item": "phone", "true_from": [day, None]})
    for facts_ in (table, table.assign(true_from=table["true_from"].astype(object))):
        found = due_for_erasure(facts_, [rule()], as_of="2024-06-30", items=ITEMS).table
        assert found["due_on"].tolist() == [pd.Timestamp("2024-01-31"), pd.NaT]
    gaps = table.assign(true_from=[np.nan, np.nan])
    assert statuses(gaps, rule()) == ["not begun"] * 2


# --- the plan --------------------------------------------------------------------------------


def test_the_standard_plan_is_no_advice_and_names_its_laws() -> None:
    assert PLAN.note.startswith("Illustration, no legal advice")
    periods = {one.name: (one.months, one.keep) for one in PLAN.rules}
    # 12 CFR 1002.12(b)(1): 25 months, 12 for business credit
    assert periods["applications of consumers"] == (25, True)
    assert periods["applications of businesses"] == (12, True)
    # 征信业管理条例 Art. 16: five years
    assert periods["adverse credit records"] == (60, False)
    assert all(purpose.text and purpose.text_zh for purpose in PLAN.purposes)
    laws = " ".join(one.law for one in PLAN.rules)
    assert "12 CFR 1002.12(b)" in laws
    assert ProtectionPlan.from_json(PLAN.to_json()) == PLAN


def test_the_standard_plan_and_policy_name_the_same_purposes() -> None:
    from creditscore.protect import AccessPolicy

    assert {one.name for one in PLAN.purposes} == set(AccessPolicy.standard().purposes)


def test_every_personal_item_of_the_standard_catalogue_is_erased_by_the_standard_plan() -> None:
    guarded = [item for item in CATALOGUE if item.is_protected]
    erase = [one for one in PLAN.rules if not one.keep]
    assert guarded
    assert all(any(one.about(item) for one in erase) for item in guarded)


def test_an_application_of_a_consumer_is_kept_25_months_after_notice() -> None:
    table = pd.DataFrame({"customer": ["X"], "item": ["phone"]})
    customers = pd.DataFrame(
        {
            "customer_kind": ["person"],
            "relationship_ended_on": pd.to_datetime(["2015-01-01"]),
            "action_notified_on": pd.to_datetime(["2023-01-31"]),
        },
        index=["X"],
    )
    rules = [one for one in PLAN.rules if "money laundering" not in one.name]
    for as_of, status in (("2025-02-28", "kept"), ("2025-03-01", "due")):
        found = due_for_erasure(table, rules, as_of=as_of, items=CATALOGUE, customers=customers)
        assert found.table["status"].tolist() == [status]


HEAD = "format: creditscore.protection_plan\nversion: 1\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("purposes: {}\n", "must have the entries 'format: creditscore.protection_plan'"),
        (HEAD, "lacks the entries 'purposes'"),
        (HEAD + "purposes: {p: {}}\n", "entry 'purposes.p': .*must have a lawful basis"),
        (HEAD + "purposes: {p: {law: x}}\n", "entry 'purposes.p': .*unexpected keyword"),
        (HEAD + "purposes: {p: {gdpr: consent}}\nretention: [1]\n", "entry 'retention'"),
        (
            HEAD + "purposes: {p: {gdpr: consent}}\nretention: {r: {after: x, months: 1.5}}\n",
            "entry 'retention.r': The 'months' parameter",
        ),
        (HEAD + "purposes: {p: {gdpr: consent}}\nnote: [1]\n", "entry 'note': The 'note'"),
    ],
)
def test_files_that_are_no_plan(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DocumentError, match=message):
        ProtectionPlan.from_yaml(path)


def test_a_plan_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(HEAD + "purposes: {催收: {pipl: contract}}\n", encoding="utf-8")
    assert ProtectionPlan.from_yaml(path)["催收"].pipl == "contract"
    with pytest.raises(DocumentNotFoundError, match="There is no file"):
        ProtectionPlan.from_yaml(tmp_path / "other.yaml")
    with pytest.raises(InvalidParameterError, match="'sales' stands twice in the purposes"):
        ProtectionPlan(purposes=(SALES, SALES))
    with pytest.raises(InvalidParameterError, match="There is no purpose 'sale' in the plan"):
        PLAN["sale"]


# --- requests --------------------------------------------------------------------------------


def request(subject: Any = "X", **kwargs: Any) -> SubjectRequest:
    given: dict[str, Any] = {"kind": "access", "received_on": "2025-01-31"}
    return SubjectRequest(subject=subject, **{**given, **kwargs})


@pytest.mark.parametrize(
    ("kwargs", "due_on"),
    [
        # GDPR Art. 12(3): one month, and two further ones
        ({}, "2025-02-28"),
        ({"received_on": "2024-01-31"}, "2024-02-29"),
        ({"received_on": "2025-03-05"}, "2025-04-05"),
        ({"extended_on": "2025-02-28"}, "2025-04-30"),
        # PIPL Art. 45: promptly, by the firm's own number of days
        ({"law": "PIPL"}, "2025-02-15"),
        ({"law": "PIPL", "promptly_days": 3}, "2025-02-03"),
    ],
)
def test_by_when_requests_are_answered(kwargs: dict[str, Any], due_on: str) -> None:
    assert request(**kwargs).due_on == due_on


def test_a_request_by_which_an_extension_came_in_time_is_never_overdue() -> None:
    asked = request(extended_on="2025-02-28")
    assert [asked.state_on(day) for day in ("2025-02-27", "2025-02-28", "2025-04-30")] == [
        "open"
    ] * 3
    assert asked.state_on("2025-05-01") == "overdue"


def test_what_became_of_requests() -> None:
    requests = [
        request("A"), request("B", answered_on="2025-02-28"),
        request("C", answered_on="2025-03-01"), request("D", extended_on="2025-02-03"),
        request("E", received_on="2025-06-01"),
    ]  # fmt: skip
    table = request_table(requests, as_of="2025-03-02").set_index("subject")
    assert table["state"].to_dict() == {
        "A": "overdue", "B": "answered", "C": "answered late", "D": "open",
    }  # fmt: skip
    assert table["days_left"].fillna(99).to_dict() == {"A": -2, "B": 99, "C": 99, "D": 59}
    assert table.index[-1] == "D"
    # an extension counts from the day on which it was told
    early = request_table(requests, as_of="2025-02-02").set_index("subject")
    assert early["due_on"].tolist() == [pd.Timestamp("2025-02-28")] * 4
    assert request("D", extended_on="2025-02-03").due_as_of("2025-02-03") == "2025-04-30"
    # what was answered later was still open then
    before = request_table(requests, as_of="2025-02-28").set_index("subject")
    assert before.loc["C", "state"] == "open"
    assert pd.isna(before.loc["C", "answered_on"])
    assert request_table([], as_of="2025-03-02").empty
    assert REQUEST_KINDS == ("access", "correction", "erasure", "objection", "portability")


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"kind": "money"}, "'kind' parameter of SubjectRequest must be one of 'access'"),
        ({"law": "ECOA"}, "'law' parameter of SubjectRequest must be one of 'GDPR', 'PIPL'"),
        ({"answered_on": "2025-01-30"}, "'answered_on' parameter .* before 'received_on'"),
        ({"extended_on": "2025-03-01"}, "a day within the first month"),
        ({"extended_on": "2025-02-01", "law": "PIPL"}, "which alone knows of it"),
        ({"promptly_days": 0}, "'promptly_days' parameter"),
        ({"received_on": None}, "'received_on' parameter of SubjectRequest must be a day"),
    ],
)
def test_odd_requests(kwargs: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        request(**kwargs)
