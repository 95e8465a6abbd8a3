"""Texts of two sources that are written differently and say the same, or cannot be compared."""

from __future__ import annotations

import pandas as pd
import pytest

from creditscore.collect import Observations
from creditscore.exceptions import ConflictWarning
from creditscore.organise import find_conflicts, verification_status


def told(item: str, one: str, other: str) -> Observations:
    table = pd.DataFrame(
        {
            "customer": "A", "item": item, "value": [one, other], "true_from": "2023-12-31",
            "source": ["public_filing", "third_party"], "source_name": ["register", "bureau"],
            "method": "data_analysis", "collected_at": "2024-05-01",
        }
    )  # fmt: skip
    return Observations.from_frame(table)


@pytest.mark.parametrize(
    ("item", "one", "other"),
    [
        ("phone", "+86 120 6209 8835", "12062098835"),
        ("phone", "(0)30 123-4567", "+49 30 1234567"),
        ("phone", "ask at the door", " Ask at the door"),
        ("name", "Müller & Söhne G.m.b.H.", "MULLER AND SOHNE GMBH"),
        ("name_zh", "華東貿易有限公司", "华东贸易有限公司"),
        ("email", "Li.Wei@Post.example", "li.wei@post.example"),
        ("address", "12 Pine Ridge Rd., Qiyan", "12 Pine Ridge Road Qiyan"),
        ("industry", "Trade", "trade "),
    ],
)
def test_what_is_written_differently_is_the_same(item: str, one: str, other: str) -> None:
    known = told(item, one, other)
    assert find_conflicts(known).empty
    assert verification_status(known)["status"].tolist() == ["verified", "verified"]


@pytest.mark.parametrize(
    ("item", "one", "other"),
    [
        ("phone", "+86 120 6209 8835", "12062098836"),
        ("phone", "5550123", "123"),
        ("name", "Hongyu Mohai Ltd", "Hongyu Mohai Trading Ltd"),
        ("name", "张珩", "张衡"),
        ("industry", "Trade", "Trade."),
    ],
)
def test_what_differs_is_a_conflict(item: str, one: str, other: str) -> None:
    with pytest.warns(ConflictWarning, match=item):
        assert len(find_conflicts(told(item, one, other))) == 1


@pytest.mark.parametrize("item", ["name", "contact_person"])
def test_names_in_two_scripts_are_not_compared(item: str) -> None:
    known = told(item, "张珩", "Zhang Heng")
    assert find_conflicts(known).empty
    assert verification_status(known)["status"].tolist() == ["verified", "unverified"]
    with pytest.warns(ConflictWarning, match=item):
        assert len(find_conflicts(told(item, "张珩 Zhang Heng", "Zhang Heng"))) == 1
