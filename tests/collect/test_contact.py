"""The contact log: who was reached, who is due, and what was confirmed stays fresh."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.collect import (
    Contact,
    ContactLog,
    Observations,
    confirmed_observations,
)
from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
    RejectedRowsWarning,
)

TABLE = pd.DataFrame({
    "contact": ["J1", "J2", "J3", "J4", "J5"], "customer": ["C1", "C1", "C2", "C1", "C3"],
    "at": ["2024-03-01T10:00Z", "2024-05-01T10:00Z", "2024-05-02T23:30Z", "2024-06-01T10:00Z",
           "2024-06-02T10:00Z"],
    "by": ["S1", "S2", "S1", "S1", "S1"],
    "channel": ["telephone", "e-mail", "visit", "telephone", "letter"],
    "direction": ["out", "in", "out", "out", "out"],
    "outcome": ["reached", "no answer", "promised to pay", "no answer", "wrong address"],
    "confirmed": ["phone; employees", None, "phone", None, None],
})  # fmt: skip
LOG = ContactLog.from_frame(TABLE)


def contact(**kwargs: Any) -> Contact:
    told: dict[str, Any] = {
        "contact": "J1", "customer": "C1", "at": "2024-05-06T02:00Z", "by": "S1",
        "channel": "telephone",
    }  # fmt: skip
    return Contact(**{**told, **kwargs})


# --- the log --------------------------------------------------------------------------------


def test_a_log_goes_through_tables_and_files() -> None:
    assert len(LOG) == 5
    assert LOG.contacts[0].confirmed == ("phone", "employees")
    assert LOG.contacts[0].at == "2024-03-01T10:00:00+00:00"
    assert ContactLog.from_json(LOG.to_json()) == LOG
    assert ContactLog.from_frame(LOG.frame().drop(columns="is_reached")) == LOG
    assert ContactLog.from_frame(pl.from_pandas(TABLE)) == LOG
    assert LOG.frame()["is_reached"].tolist() == [True, False, True, False, False]
    assert repr(LOG) == "ContactLog(5 contacts with 3 customers, 2 reached)"
    assert "<table" in LOG._repr_html_()
    longer = LOG.add(contact(contact="J6", customer="C4"))
    assert len(longer) == 6
    empty = ContactLog(contacts=())
    assert empty.last_contact("2024-06-30").empty
    assert empty.due("2024-06-30", 30, customers=["C1"])["customer"].tolist() == ["C1"]


def test_last_contacts_do_not_see_later_ones() -> None:
    found = LOG.last_contact("2024-06-30")
    assert found["days_since"].tolist() == [121, 59, pd.NA]
    assert found["n_tries"].tolist() == [2, 0, 1]
    assert found.loc["C2", ["by", "channel"]].tolist() == ["S1", "visit"]
    before = LOG.last_contact("2024-05-02")
    assert before.index.tolist() == ["C1", "C2"]
    assert before["days_since"].tolist() == [62, 0]
    assert before["n_tries"].tolist() == [1, 0]
    assert LOG.last_contact("2024-02-28").empty


def test_days_are_those_of_the_zone_that_was_given() -> None:
    # half past seven in China, and ten in the evening in New York: both the other day in UTC
    at = ["2024-05-06T07:30+08:00", "2024-05-05T22:00-04:00"]
    table = pd.DataFrame({
        "contact": ["J1", "J2"], "customer": ["C1", "C2"], "at": at, "by": "S1",
        "channel": "telephone", "confirmed": ["phone", None],
    })  # fmt: skip
    log = ContactLog.from_frame(table)
    assert [one.on for one in log] == ["2024-05-06", "2024-05-05"]
    assert log.frame()["at"].dt.day.tolist() == [5, 6]
    assert ContactLog.from_json(log.to_json()) == log
    assert ContactLog.from_frame(log.frame().drop(columns="is_reached")) == log
    assert log.last_contact("2024-05-05").index.tolist() == ["C2"]
    assert log.last_contact("2024-05-06")["days_since"].tolist() == [0, 1]
    due = log.due("2024-05-08", 2)
    assert due["last_reached_on"].dt.day.tolist() == [5, 6]
    assert due["days_overdue"].tolist() == [1, 0]
    assert log.reach("2024-05-08", 3).loc["all", ["n_tried", "n_reached"]].tolist() == [1, 1]
    found = confirmed_observations(log, Observations.from_frame(FACTS)).observations
    assert found is not None
    assert found.table["true_from"].astype(str).tolist() == ["2024-05-06"]
    assert found.table["collected_at"][0].isoformat() == "2024-05-05T23:30:00+00:00"
    with pytest.raises(InvalidParameterError, match="'on' parameter of Contact"):
        contact(on="2024-05-04")


def test_who_is_due_by_class_and_value() -> None:
    found = LOG.due("2024-06-30", 90)
    # C3 was never reached, C1 121 days ago, C2 59
    assert found["customer"].tolist() == ["C3", "C1"]
    assert found["days_overdue"].tolist() == [pd.NA, 31]
    exposure = pd.Series({"C1": 500.0, "C2": 900.0, "C4": 700.0})
    found = LOG.due("2024-06-30", 90, exposure=exposure)
    assert found["customer"].tolist() == ["C4", "C1", "C3"]
    assert found["exposure"].tolist() == [700, 500, 0]
    classes = {"C1": "large", "C2": "large", "C3": "small"}
    found = LOG.due("2024-06-30", {"large": 30, "small": 365}, classes=classes)
    assert found["customer"].tolist() == ["C3", "C1", "C2"]
    assert found["interval_days"].tolist() == [365, 30, 30]
    assert str(found["due_on"][2].date()) == "2024-06-01"
    assert LOG.due("2024-06-30", 60, customers=["C2"]).empty
    ahead = LOG.due("2024-06-30", 60, customers=["C2"], horizon_days=1)
    assert ahead["days_overdue"].tolist() == [-1]
    with pytest.raises(InvalidParameterError, match="customer 'C3' has no class"):
        LOG.due("2024-06-30", {"large": 30}, classes={"C1": "large", "C2": "large"})
    with pytest.raises(InvalidParameterError, match="'C3' is of the class 'tiny', which has none"):
        LOG.due("2024-06-30", {"large": 30}, classes={**classes, "C3": "tiny"})
    with pytest.raises(InvalidParameterError, match="'interval_days' parameter"):
        LOG.due("2024-06-30", 0)


def test_which_share_was_reached() -> None:
    exposure = {"C1": 100.0, "C2": 300.0, "C4": 100.0}
    found = LOG.reach("2024-06-30", 90, groups={"C1": "w", "C2": "w", "C3": "e"}, exposure=exposure)
    assert found.index.tolist() == ["e", "no group", "w", "all"]
    assert found["n_customers"].tolist() == [1, 1, 2, 4]
    assert found["n_tried"].tolist() == [1, 0, 2, 3]
    assert found["n_reached"].tolist() == [0, 0, 1, 1]
    assert found.loc["all", "share_reached"] == 0.25
    assert found.loc["all", "share_of_exposure"] == 0.6
    assert np.isnan(found.loc["e", "share_of_exposure"])
    # the first of 60 days up to 30 June is 2 May
    assert LOG.reach("2024-06-30", 60).loc["all", "n_reached"] == 1
    assert LOG.reach("2024-06-30", 59).loc["all", "n_reached"] == 0


@settings(deadline=None, max_examples=40)
@given(
    days=st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=1, max_size=12),
    as_of=st.integers(0, 60),
)
def test_later_contacts_and_their_order_change_nothing(
    days: list[tuple[int, bool]], as_of: int
) -> None:
    start = np.datetime64("2024-01-01")
    day = start + np.timedelta64(as_of, "D")
    contacts = [
        contact(contact=f"J{i}", at=str(start + np.timedelta64(after, "D")),
                outcome="reached" if reached else "no answer")
        for i, (after, reached) in enumerate(days)
    ]  # fmt: skip
    found = ContactLog(contacts=tuple(contacts)).last_contact(day)
    kept = [one for one, (after, _) in zip(contacts, days, strict=True) if after <= as_of]
    seen = ContactLog(contacts=tuple(kept))
    pd.testing.assert_frame_equal(found, seen.last_contact(day), check_dtype=False)
    turned = ContactLog(contacts=tuple(contacts[::-1])).last_contact(day)
    assert turned["days_since"].tolist() == found["days_since"].tolist()
    reached = [after for after, is_reached in days if is_reached and after <= as_of]
    expected = [as_of - max(reached)] if reached else [pd.NA] * len(found)
    assert found["days_since"].tolist() == expected


def test_what_a_log_refuses() -> None:
    with pytest.raises(InvalidParameterError, match="confirms phone, and its outcome is 'no answ"):
        contact(outcome="no answer", confirmed=("phone",))
    with pytest.raises(InvalidParameterError, match="'channel' parameter of Contact"):
        contact(channel="pigeon")
    with pytest.raises(InvalidParameterError, match="'at' parameter of Contact must be a time"):
        contact(at="soon")
    with pytest.raises(InvalidParameterError, match="'by' parameter of Contact must not be empty"):
        contact(by="")
    with pytest.raises(InvalidDataError, match="'J1' stands twice"):
        LOG.add(contact())
    with pytest.raises(InvalidParameterError, match="must each be a Contact"):
        ContactLog(contacts=("J1",))  # type: ignore[arg-type]
    with pytest.raises(MissingColumnError, match="needs the columns 'by'"):
        ContactLog.from_frame(TABLE.drop(columns="by"))
    odd = TABLE.assign(channel=["fax", "e-mail", "visit", "telephone", "fax"])
    with pytest.raises(InvalidDataError, match=r"row 0: .*'channel'.* row 4: "):
        ContactLog.from_frame(odd)


# --- confirmations --------------------------------------------------------------------------

FACTS = pd.DataFrame({
    "customer": ["C1", "C1", "C1", "C2", "C2"],
    "item": ["phone", "phone", "employees", "phone", "employees"],
    "value": ["111", "222", 40, "333", 7],
    "true_from": ["2022-01-31", "2024-04-01", "2022-12-31", "2023-01-01", "2023-01-01"],
    "source": ["internal_record", "internal_record", "public_filing", "third_party",
               "internal_record"],
    "method": "data_analysis", "confidence": [1, 1, 0.9, 0.5, 1],
    "collected_at": ["2022-02-01", "2024-04-02", "2023-03-01", "2023-02-01", "2023-02-01"],
})  # fmt: skip


def test_a_confirmation_is_the_value_of_its_day() -> None:
    known = Observations.from_frame(FACTS)
    found = confirmed_observations(LOG, known)
    assert not len(found.rejects)
    assert found.observations is not None
    table = found.observations.table
    # J1 of March confirms the first telephone number, before the second was there
    assert table["text"].tolist() == ["111", None, "333"]
    assert table["number"].fillna(0).tolist() == [0, 40, 0]
    assert table["true_from"].dt.strftime("%m-%d").tolist() == ["03-01", "03-01", "05-02"]
    assert table["source"].tolist() == ["internal_record", "internal_record", "site_visit"]
    assert table["confidence"].tolist() == [1, 0.9, 0.5]
    assert table["collected_by"].tolist() == ["S1"] * 3
    assert table["evidence"].tolist() == ["contact:J1", "contact:J1", "contact:J3"]
    assert repr(found) == "Confirmations(3 observations, 0 rejected)"
    # a second time makes the same observations
    again = confirmed_observations(LOG, known + found.observations)
    assert again.observations is not None
    assert again.observations.table["text"].tolist() == ["111", None, "333"]


def test_numbers_of_a_store_are_named_and_later_knowledge_is_not_used() -> None:
    table = Observations.from_frame(FACTS).table
    stored = table.assign(
        observation=range(10, 15),
        known_at=pd.to_datetime(["2024-04-01"] * 4 + ["2024-07-01"], utc=True),
    )
    with pytest.warns(RejectedRowsWarning, match="2 confirmations could not be used, the first of"):
        found = confirmed_observations(LOG, stored)
    assert found.observations is not None
    evidence = found.observations.table["evidence"].tolist()
    assert evidence == ["contact:J3 confirms observation 13"]
    assert found.rejects.table["row"].tolist() == ["J1", "J1"]
    assert found.rejects.table["customer"].tolist() == ["C1", "C1"]
    assert found.rejects.table["reason"].str.contains("no value was known").all()


def test_what_has_ended_or_was_corrected_is_not_confirmed() -> None:
    ended = FACTS.head(1).assign(true_to="2023-06-30")
    log = ContactLog(contacts=(contact(confirmed=("phone",)),))
    with pytest.warns(RejectedRowsWarning, match="no value was known"):
        found = confirmed_observations(log, Observations.from_frame(ended))
    assert found.observations is None
    correction = ended.assign(value="999", true_to=None, collected_at="2022-05-01", confidence=0.2)
    both = pd.concat([FACTS.head(1), correction], ignore_index=True)
    found = confirmed_observations(log, Observations.from_frame(both))
    assert found.observations is not None
    assert found.observations.table["text"].tolist() == ["999"]
    # a correction that ends the fact is not passed over for what it corrects
    ends = FACTS.head(1).assign(true_to="2023-06-30", collected_at="2022-05-01")
    both = pd.concat([FACTS.head(1), ends], ignore_index=True)
    with pytest.warns(RejectedRowsWarning, match="no value was known"):
        assert confirmed_observations(log, Observations.from_frame(both)).observations is None


def test_what_cannot_be_confirmed_is_told() -> None:
    confirmed = ("wisdom", "invoice.amount", "phone")
    log = ContactLog(contacts=(contact(confirmed=confirmed),))
    with pytest.warns(RejectedRowsWarning, match="'wisdom' by contact 'J1': is no item"):
        found = confirmed_observations(log, Observations.from_frame(FACTS))
    reasons = found.rejects.table["reason"].tolist()
    assert reasons[1] == "is of one invoice of several, and the log does not say of which"
    assert found.observations is not None
    assert found.observations.values.tolist() == ["222"]
    with pytest.raises(InvalidParameterError, match="takes Observations, or a table"):
        confirmed_observations(log, [1])
    with pytest.raises(MissingColumnError, match="true_to"):
        confirmed_observations(log, Observations.from_frame(FACTS).table.drop(columns="true_to"))
    nothing = confirmed_observations(ContactLog(contacts=()), Observations.from_frame(FACTS))
    assert nothing.observations is None
