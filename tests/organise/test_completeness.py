"""How complete files are, and how objective their facts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.collect import Item, ItemCatalogue, Observations
from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
)
from creditscore.organise import completeness, freshness, objectivity

CATALOGUE = ItemCatalogue(
    items=(
        Item(name="customer_kind", kind="text", group="identity", weight=0),
        Item(name="phone", kind="text", group="identity", weight=1),
        Item(name="revenue", group="financial", weight=3, of=("enterprise",)),
        Item(name="equity", group="financial", weight=1, of=("enterprise",)),
        Item(name="income", group="financial", weight=2, of=("person",)),
        Item(name="invoice.amount", group="operating"),
    )
)


def seen(*rows: tuple[str, str, Any], **columns: Any) -> Observations:
    table = pd.DataFrame(rows, columns=["customer", "item", "value"])
    defaults = {
        "true_from": "2024-01-01", "source": "internal_record", "method": "data_analysis",
        "collected_at": "2024-02-01",
    }  # fmt: skip
    return Observations.from_frame(table.assign(**{**defaults, **columns}), catalogue=CATALOGUE)


def complete_of(*rows: tuple[str, str, Any], **options: Any) -> Any:
    customers = options.pop("customers", None)
    facts = freshness(seen(*rows), as_of="2024-06-30", customers=customers)
    return completeness(facts, **options)


def test_only_items_of_the_kind_count() -> None:
    found = complete_of(
        ("f", "customer_kind", "enterprise"), ("f", "revenue", 5),
        ("p", "customer_kind", "person"), ("p", "income", 5),
    )  # fmt: skip
    # revenue 3 of phone 1 + revenue 3 + equity 1; income 2 of phone 1 + income 2
    assert found.table["complete"].to_dict() == {"f": 0.6, "p": pytest.approx(2 / 3)}
    assert found.table.loc["f", "missing"] == "phone, equity"
    assert found.number == pytest.approx((0.6 + 2 / 3) / 2)
    assert found.items.loc["income", ["n_expected", "n_missing"]].tolist() == [1, 0]
    assert found.group_weights.to_dict() == {"identity": 2.0, "financial": 6.0}


def test_group_weights_make_groups_count_as_wanted() -> None:
    rows = (("f", "customer_kind", "enterprise"), ("f", "revenue", 5))
    equal = complete_of(*rows, group_weights={"identity": 1, "financial": 1})
    assert equal.number == pytest.approx((0 + 0.75) / 2)
    only = complete_of(*rows, group_weights={"financial": 7})
    assert only.number == pytest.approx(0.75)
    assert equal.groups.loc["f"].to_dict() == {"identity": 0.0, "financial": 0.75}


def test_a_group_that_a_customer_has_nothing_of_does_not_count() -> None:
    # of a customer whose kind is not known, only the telephone is expected
    found = complete_of(
        ("f", "customer_kind", "enterprise"), ("x", "phone", "1"),
        group_weights={"identity": 1, "financial": 9},
    )  # fmt: skip
    assert found.table["complete"].to_dict() == {"f": 0.0, "x": 1.0}
    assert np.isnan(found.groups.loc["x", "financial"])


def test_nothing_and_everything() -> None:
    found = complete_of(("a", "phone", "1"), customers={"z": "person", "y": "person", "a": ""})
    assert found.table["complete"].to_dict() == {"z": 0.0, "y": 0.0, "a": 1.0}
    assert "phone" in found._repr_html_()


def test_records_are_counted() -> None:
    observations = seen(
        ("a", "invoice.amount", 5), ("a", "invoice.amount", 6), ("b", "phone", "1"),
        record=["i1", "i2", ""],
    )  # fmt: skip
    facts = freshness(observations, as_of="2024-06-30")
    found = completeness(facts, observations=observations)
    assert found.records.to_numpy().tolist() == [["a", "invoice", 2]]
    before = freshness(observations, as_of="2023-06-30", customers=["a"])
    assert not len(completeness(before, observations=observations).records)


def test_items_that_are_not_missing_at_random_are_found() -> None:
    names = [f"c{k:02d}" for k in range(60)]
    rows: list[tuple[str, str, Any]] = [(name, "customer_kind", "enterprise") for name in names]
    rows += [(name, "revenue", 1) for name in names]
    rows += [(name, "phone", "1") for name in names if name >= "c20"]
    traits = pd.DataFrame({"customer": names, "region": ["west"] * 20 + ["east"] * 40})
    found = complete_of(*rows, traits=traits)
    told = found.hints.groupby("item", sort=False)[["level", "verdict"]].first()
    assert told.loc["phone"].tolist() == ["west", "more often"]
    assert set(found.hints["item"]) == {"phone", "any of identity"}
    # by a trait of the same name nothing is said
    named = traits.rename(columns={"region": "phone"})
    assert set(complete_of(*rows, traits=named).hints["item"]) == {"any of identity"}


@settings(deadline=None, max_examples=8)
@given(known=st.lists(st.booleans(), min_size=3, max_size=3), weight=st.floats(0.1, 10))
def test_a_further_fact_never_makes_a_file_less_complete(known: list[bool], weight: float) -> None:
    facts = [("f", "phone", "1"), ("f", "revenue", 1), ("f", "equity", 1)]
    rows = [row for row, there in zip(facts, known, strict=True) if there]
    start = ("f", "customer_kind", "enterprise")
    options: dict[str, Any] = {"group_weights": {"identity": weight, "financial": 1}}
    less = complete_of(start, *rows, **options).number
    more = complete_of(start, *facts, **options).number
    assert 0 <= less <= more == pytest.approx(1)
    assert (less == pytest.approx(1)) is all(known)


def test_weights_and_traits_that_cannot_be() -> None:
    row = ("a", "phone", "1")
    with pytest.raises(InvalidParameterError, match="name the group 'hobbies'"):
        complete_of(row, group_weights={"hobbies": 1})
    with pytest.raises(InvalidParameterError, match="'identity'"):
        complete_of(row, group_weights={"identity": -1})
    with pytest.raises(InvalidParameterError, match="above 0 for a group that has items"):
        complete_of(row, group_weights={"environment": 1})
    with pytest.raises(MissingColumnError, match="'customer'"):
        complete_of(row, traits=pd.DataFrame({"region": ["west"]}))
    twice = pd.DataFrame({"customer": ["a", "a"], "region": ["west", "east"]})
    with pytest.raises(InvalidDataError, match="'a' stands twice"):
        complete_of(row, traits=twice)
    with pytest.raises(InvalidDataError, match="they have 'A', and there is 'a'"):
        complete_of(row, traits=pd.DataFrame({"customer": ["A"], "region": ["west"]}))
    with pytest.raises(InvalidParameterError, match="must be a Freshness"):
        completeness([1])  # type: ignore[arg-type]


def told(*rows: tuple[str, str, Any, str, str], **columns: Any) -> Observations:
    parts = [seen(row[:3], source=row[3], method=row[4]).table for row in rows]
    return Observations.from_frame(pd.concat(parts).assign(**columns), catalogue=CATALOGUE)


def test_origins() -> None:
    found = objectivity(told(
        ("a", "revenue", 5, "public_filing", "questionnaire"),
        ("b", "revenue", 5, "third_party", "data_analysis"),
        ("c", "revenue", 5, "third_party", "questionnaire"),
        ("d", "revenue", 5, "site_visit", "interview"),
        ("e", "revenue", 5, "site_visit", "observation"),
        ("f", "revenue", 5, "internal_record", "data_analysis"),
        ("g", "revenue", 5, "internal_record", "interview"),
    ))  # fmt: skip
    assert found.table.set_index("customer")["origin"].to_dict() == {
        "a": "independent", "b": "independent", "c": "own word", "d": "own word",
        "e": "first-hand", "f": "first-hand", "g": "own word",
    }  # fmt: skip
    assert found.share_independent == pytest.approx(4 / 7)
    assert found.own_word_only() == ("c", "d", "g")


def test_referees_are_not_the_customer() -> None:
    one = told(("a", "revenue", 5, "third_party", "questionnaire"), source_name="Supplier 5")
    assert objectivity(one).share_independent == 0
    assert objectivity(one, referees=["Supplier 5"]).share_independent == 1


def test_the_best_source_of_the_latest_day_counts() -> None:
    both = told(
        ("a", "revenue", 5, "third_party", "questionnaire"),
        ("a", "revenue", 5, "public_filing", "data_analysis"),
    )
    assert objectivity(both).table[["status", "origin"]].to_numpy().tolist() == [
        ["verified", "independent"]
    ]
    later = told(
        ("a", "revenue", 5, "public_filing", "data_analysis"),
        ("a", "revenue", 9, "third_party", "questionnaire"),
        true_from=["2023-01-01", "2024-01-01"],
    )
    assert objectivity(later).table["origin"].tolist() == ["own word"]
    assert objectivity(later, as_of="2023-06-30").table["origin"].tolist() == ["independent"]


def test_a_confirmation_does_not_make_a_filed_value_a_mere_word() -> None:
    filed = ("a", "revenue", 40, "public_filing", "data_analysis")
    days = {"true_from": ["2022-12-31", "2024-05-06"]}
    same = told(filed, ("a", "revenue", 40.1, "internal_record", "interview"), **days)
    found = objectivity(same)
    assert found.table[["status", "origin"]].to_numpy().tolist() == [["verified", "independent"]]
    assert found.number == 1
    other = told(filed, ("a", "revenue", 44, "internal_record", "interview"), **days)
    assert objectivity(other).table[["status", "origin"]].to_numpy().tolist() == [
        ["unverified", "own word"]
    ]


def test_a_table_without_a_needed_column_is_told() -> None:
    one = told(("a", "revenue", 5, "public_filing", "data_analysis")).table
    for name in ("collected_by", "record", "source_name"):
        with pytest.raises(MissingColumnError, match=name):
            objectivity(one.drop(columns=name))
    with pytest.raises(MissingColumnError, match="record"):
        completeness(freshness(one, as_of="2024-06-30"), observations=one.drop(columns="record"))


def test_contradicted_facts_are_told() -> None:
    both = told(
        ("a", "revenue", 5, "public_filing", "data_analysis"),
        ("a", "revenue", 9, "internal_record", "data_analysis"),
    )
    found = objectivity(both)
    assert found.table["status"].tolist() == ["contradicted"]
    assert found.by("item").loc["revenue", "n_contradicted"] == 1


def test_weights_count() -> None:
    found = objectivity(told(
        ("a", "revenue", 5, "public_filing", "data_analysis"),
        ("a", "phone", "1", "third_party", "interview"),
    ))  # fmt: skip
    assert (found.share_verified, found.number) == (0.75, 0.75)
    assert found.by().loc["a", "objective"] == 0.75
    assert found.by("group")["objective"].to_dict() == {"financial": 1.0, "identity": 0.0}


def test_collectors_and_their_concentration() -> None:
    found = objectivity(told(
        *[("a", item, value, "site_visit", "interview")
          for item, value in (("phone", "1"), ("revenue", 5), ("equity", 2))],
        ("b", "phone", "1", "site_visit", "interview"),
        collected_by=["Li", "Li", "Li", "Wu"],
    ))  # fmt: skip
    assert found.collectors.loc["Li"].to_dict() == {
        "n": 3, "share": 0.75, "n_customers": 1, "n_alone": 1,
    }  # fmt: skip
    assert found.concentration == pytest.approx(0.75**2 + 0.25**2)
    nobody = objectivity(told(("b", "phone", "1", "site_visit", "interview")))
    assert not len(nobody.collectors)
    assert nobody.concentration == 0


def test_no_facts_of_customers() -> None:
    with pytest.raises(EmptyDataError, match="no facts of customers"):
        objectivity(seen(("a", "invoice.amount", 5), record="i1"))
    with pytest.raises(EmptyDataError, match="no facts of customers"):
        objectivity(seen(("a", "phone", "1")), as_of="2020-01-01")
    with pytest.raises(InvalidParameterError, match="by"):
        objectivity(seen(("a", "phone", "1"))).by("colour")
    with pytest.raises(InvalidParameterError, match="referees"):
        objectivity(seen(("a", "phone", "1")), referees="Supplier 5")
