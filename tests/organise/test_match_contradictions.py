"""Records that agree in much and are of two customers: namesakes, sister firms, father and son."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from creditscore.datasets import make_trading_firm
from creditscore.organise import MatchWeights, estimate_match_weights, match_customers

DEFAULT = MatchWeights.default()
BOTH = pytest.mark.parametrize("weights", [None, DEFAULT], ids=["estimated", "default"])
NOT_CLOSE = "names that are not close"
BY_EMAIL = "of contacts the e-mail address alone agrees, which may be made of the name"


def records(**columns: Any) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    return pd.DataFrame({"customer": [f"C{i}" for i in range(n)], **columns})


@pytest.fixture(scope="module")
def firm() -> tuple[pd.DataFrame, dict[str, str]]:
    """Return customers with namesakes that share e-mail addresses, and who they are."""
    made = make_trading_firm(600, 400)
    planted = made.planted.query("table == 'customers' and kind == 'duplicate customer'")
    truth = {name: name for name in made.customers["customer"]}
    return made.customers, truth | dict(zip(planted["key"], planted["true_value"], strict=True))


@BOTH
@pytest.mark.parametrize(
    ("columns", "least"),
    [
        (["name", "name_zh", "phone", "email", "address", "address_zh", "birth_year"], 1.0),
        (["name", "phone", "email", "address"], 0.95),
        (["name", "phone", "email"], 0.6),
        (["name", "address"], 0.2),
    ],
)
def test_namesakes_are_not_merged_where_no_column_has_numbers(
    firm: tuple[pd.DataFrame, dict[str, str]],
    weights: MatchWeights | None,
    columns: list[str],
    least: float,
) -> None:
    table, truth = firm
    quality = match_customers(table[["customer", *columns]], weights=weights).quality(truth)
    assert quality.precision == 1.0
    assert quality.recall >= least


@BOTH
@pytest.mark.parametrize("blank", [0.3, 0.6])
def test_namesakes_are_not_merged_where_contacts_are_missing(
    firm: tuple[pd.DataFrame, dict[str, str]], weights: MatchWeights | None, blank: float
) -> None:
    customers, truth = firm
    table = customers[["customer", "name", "phone", "email", "address", "birth_year"]].copy()
    rng = np.random.default_rng(0)
    for column in ("phone", "address", "birth_year"):
        table.loc[rng.random(len(table)) < blank, column] = None
    for columns in (list(table), ["customer", "name", "phone", "email"]):
        quality = match_customers(table[columns], weights=weights).quality(truth)
        assert quality.precision == 1.0
        assert quality.recall > 0
    # nor are they counted as matches
    share = estimate_match_weights(table[["customer", "name", "phone", "email"]]).match_share
    assert share * len(table) * (len(table) - 1) / 2 < len(table) - len(set(truth.values()))


@BOTH
def test_sister_firms_of_one_office_are_not_merged(weights: MatchWeights | None) -> None:
    rng = np.random.default_rng(5)
    trades = ["Trading", "Hotel", "Steel", "Foods"]
    heads = ["".join(rng.choice(list("abcdefghijklmnop"), 7)) for _ in range(150)]
    table = records(
        name=[f"{head} {trade} Ltd" for head in heads for trade in trades],
        phone=np.repeat([str(20_000_000 + 7919 * i) for i in range(150)], 4),
        address=np.repeat([f"{i + 1} {head} Street, Lin" for i, head in enumerate(heads)], 4),
    )
    twice = table.iloc[::20].assign(customer=lambda rows: "D" + rows["customer"])
    truth = {name: name.removeprefix("D") for name in [*table["customer"], *twice["customer"]]}
    found = match_customers(pd.concat([table, twice]), weights=weights)
    quality = found.quality(truth)
    assert (quality.precision, quality.recall) == (1.0, 1.0)
    assert set(found.review_queue().frame()["why"]) == {NOT_CLOSE}


def test_father_and_son_are_looked_at() -> None:
    table = records(
        name=["Zebulon Quux"] * 3, birth_year=[1950, 1980, None], phone=["12345678"] * 3,
        address=["5 Elm Street, Lin"] * 3,
    )  # fmt: skip
    found = match_customers(table.iloc[:2], weights=DEFAULT)
    assert found.pairs["probability"].item() > 0.99
    assert found.pairs[["decision", "why"]].values.tolist() == [
        ["review", "different years of birth"]
    ]
    # nor does a third record join them
    found = match_customers(table, weights=DEFAULT)
    assert len(found.merges) == 0
    assert len(found.review_queue().cases) == 3


def test_the_same_number_outweighs_another_name() -> None:
    table = records(
        name=["Hua Trading Ltd", "Lin Hotel"], phone=["12345678"] * 2,
        address=["5 Elm Street, Lin"] * 2, registration_number=["91350100M000100Y43"] * 2,
    )  # fmt: skip
    assert len(match_customers(table, weights=DEFAULT).merges) == 1
    found = match_customers(table.drop(columns="registration_number"), weights=DEFAULT)
    assert found.pairs["probability"].item() > 0.99
    assert found.pairs[["decision", "why"]].values.tolist() == [["review", NOT_CLOSE]]


@pytest.mark.parametrize(
    ("phone", "address", "why"),
    [
        ("87654321", "5 Elm Street, Lin", ""),
        ("12345678", "9 Oak Road, Lin", ""),
        ("87654321", "5 Elms Street, Lin", ""),
        (None, None, ""),
        ("87654321", None, BY_EMAIL),
        (None, "9 Oak Road, Lin", BY_EMAIL),
    ],
)
def test_an_e_mail_address_beside_other_contacts(
    phone: str | None, address: str | None, why: str
) -> None:
    table = records(
        name=["Zebulon Quux"] * 2, email=["zebulon.quux@x.example"] * 2,
        phone=["12345678", phone], address=["5 Elm Street, Lin", address],
    )  # fmt: skip
    found = match_customers(table, weights=DEFAULT, match_from=0.9)
    assert found.pairs["why"].tolist() == [why]


@pytest.mark.parametrize(
    ("phones", "known", "why"),
    [
        (["12345678", "87654321", "34567812"], {}, BY_EMAIL),
        (["12345678", "87654321", "34567812"], {"birth_year": 1949}, BY_EMAIL),
        (["12345678", "87654321", "34567812"], {"identity_number": "11010519491231002X"}, ""),
        (["12345678", "12345678", "12345678"], {}, ""),
        (["12345678", None, None], {}, ""),
    ],
)
@pytest.mark.parametrize("address", [[None, None], ["5 Elm Street, Lin", "5 Elms Street, Lin"]])
@pytest.mark.parametrize("own", [{}, {"birth_year": 1990}, {"registration_number": "HRB 81234"}])
def test_whether_e_mail_addresses_are_made_of_names_is_judged_by_the_table(
    phones: list[str | None],
    known: dict[str, Any],
    why: str,
    address: list[str | None],
    own: dict[str, Any],
) -> None:
    others = records(name=["Zebulon Quux"] * 3, email=["zebulon.quux@x.example"] * 3, phone=phones)
    pair = records(
        name=["Ada Wyrm"] * 2, email=["ada.wyrm@x.example"] * 2, phone=["23456781", None],
        address=address,
    )  # fmt: skip
    table = pd.concat([others.assign(**known), pair.assign(customer=["A", "B"], **own)])
    found = match_customers(table, weights=DEFAULT, match_from=0.9).pairs
    assert found.loc[found["left"] == "A", "why"].tolist() == ["" if own else why]


@pytest.mark.parametrize(
    ("phones", "n_merges"),
    [(["12345678", "87654321", "34567812"], 0), (["12345678", None, None], 2)],
)
def test_groups_are_judged_by_the_table(phones: list[str | None], n_merges: int) -> None:
    table = records(
        name=["Ada Wyrm"] * 3 + ["Zebulon Quux"] * 3,
        email=["ada.wyrm@x.example"] * 3 + ["zebulon.quux@x.example"] * 3,
        phone=["23456781", "23456781", None, *phones],
        address=["5 Elm Street, Lin", None, "5 Elm Street, Lin", None, None, None],
    )
    merges = match_customers(table, weights=DEFAULT).merges
    assert merges["customer"].isin(["C1", "C2"]).sum() == n_merges


def test_names_that_are_alike_of_one_year_of_birth_may_be_merged() -> None:
    table = records(name=["Wu Lin", "Wu Lyn"], phone=["12345678"] * 2, email=["a@x.example"] * 2)
    assert match_customers(table, weights=DEFAULT).pairs["why"].tolist() == [NOT_CLOSE]
    found = match_customers(table.assign(birth_year=1990), weights=DEFAULT)
    assert len(found.merges) == 1
