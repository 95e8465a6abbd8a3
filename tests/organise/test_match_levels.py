"""How far records agree, field by field, and what counts as not known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from creditscore.exceptions import InvalidDataError, UnseenCategoryWarning
from creditscore.organise import MatchWeights, match_customers
from creditscore.organise._match._levels import LEVELS, MISSING, compare_records
from creditscore.organise._match._records import read_records

DEFAULT = MatchWeights.default()


def records(**columns: Any) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    return pd.DataFrame({"customer": [f"C{i}" for i in range(n)], **columns})


def levels_between(**columns: list[Any]) -> dict[str, str]:
    read = read_records(records(**columns), "test")
    found = compare_records(read, np.array([0]), np.array([1])).levels[0]
    return {
        field: "missing" if level == MISSING else names[level]
        for (field, names), level in zip(LEVELS.items(), found, strict=True)
    }


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("Hua Trading Ltd", "HUA TRADING LTD.", "same"),
        ("Hua Trading Ltd", "Hua Trdg", "same but legal form"),
        ("Hongyu Fushuo Services Ltd", "Hongyu Fushou Services", "close"),
        ("Hongyu Fushuo Services Ltd", "Hongyu Furuo Servics Inc", "alike"),
        # one slip: in the legal form, in the first letter, of a space
        ("Hongyu Fushuo Services Limited", "Hongyu Fushuo Services Limted", "close"),
        ("Lanjun Bomo Retail", "Lanjun omo Retail", "close"),
        ("Lin Kepei", "LinKepei", "close"),
        # in a short name it may be another one
        ("Ash Limited", "Ast Limited", "different"),
        ("Wu Xi", "Wu Li", "different"),
        ("Hua Trading Ltd", "Lin Hotel", "different"),
        ("华東贸易有限公司", "华东贸易有限公司", "same"),
        ("华东贸易有限公司", "华东贸易集团有限公司", "same but legal form"),
        ("泓榆市芙筠农业有限公司", "泓榆市芙均农业有限公司", "close"),
        ("泓榆市芙筠农业有限公司", "桐霭市海珂贸易有限公司", "different"),
        # no script in common: nothing can be said
        ("华东贸易有限公司", "Hua Dong Trading", "missing"),
        ("Владимир Путин", "Vladimir Putin", "missing"),
        ("محمد علي", "Mohamed Ali", "missing"),
        ("박지성", "Park Ji Sung", "missing"),
        ("Владимир Путин", "Владимир Петин", "close"),
        ("1688 Trading", "Trading 1688", "close"),
        ("Hua", None, "missing"),
    ],
)
def test_levels_of_names(one: str, other: str, level: str) -> None:
    assert levels_between(name=[one, other])["name"] == level


def test_the_better_of_two_scripts_counts_and_a_chinese_name_may_stand_in_either_column() -> None:
    found = levels_between(name=["Hua Ltd", "华东贸易"], name_zh=["华东贸易有限公司", None])
    assert found["name"] == "same but legal form"
    found = levels_between(name=["Hua Ltd", "Lin Ltd"], name_zh=["华东贸易", "华东贸易"])
    assert found["name"] == "same"


def test_levels_of_numbers_and_contacts() -> None:
    slip = ["91350100M000100Y43", "91350100M000100Y34"]
    assert levels_between(registration_number=slip)["registration_number"] == "one slip"
    spaced = ["91350100M000100Y43", "913501 00m000 100y43"]
    assert levels_between(registration_number=spaced)["registration_number"] == "same"
    other = ["91350100M000100Y43", "9144030071526726XG"]
    assert levels_between(identity_number=other)["identity_number"] == "different"
    national = ["+86 120 7790 2375", "12077902375"]
    assert levels_between(phone=national)["phone"] == "same"
    assert levels_between(phone=["12077902375", "2077902375"])["phone"] == "same"
    # both are whole numbers, of two countries
    assert levels_between(phone=["+8612077902375", "+12077902375"])["phone"] == "different"
    assert levels_between(phone=["1234567", "+491234567"])["phone"] == "different"
    assert levels_between(email=["A@x.example", "a@X.example"])["email"] == "same"
    assert levels_between(address=["5 Elm St, Lin", "5 Elm Street, Lin"])["address"] == "same"
    assert levels_between(address=["5 Elm Street, Lin", "6 Elm Street, Lin"])["address"] == "alike"
    assert levels_between(birth_year=[1980, 1980.0])["birth_year"] == "same"
    assert levels_between(birth_year=[1980, None])["birth_year"] == "missing"


@pytest.mark.parametrize(
    "stand_in", ["N/A", "无", "unknown", "-", "0", "000000000000000000", "123456789012345678", "12"]
)
def test_what_stands_for_a_number_that_is_not_known_is_none(stand_in: str) -> None:
    both = {"registration_number": [stand_in] * 2, "identity_number": [stand_in] * 2}
    others = {"name": ["Hua Trading Ltd", "Lin Hotel"], "email": ["none@x.example"] * 2}
    levels = levels_between(**both, **others, phone=["0000000"] * 2)
    for field in ("registration_number", "identity_number", "email", "phone"):
        assert levels[field] == "missing"
    found = match_customers(records(**both, **others), weights=DEFAULT)
    assert len(found.pairs) == 0
    keys = found.candidates.keys.set_index("key")["n_records"]
    assert keys[["registration number", "identity number", "e-mail address"]].tolist() == [0, 0, 0]


def test_numbers_that_lost_digits_are_refused() -> None:
    whole = [110105194912310021, 110105194912310022]
    assert levels_between(identity_number=whole)["identity_number"] == "one slip"
    with pytest.raises(
        InvalidDataError, match=r"'identity_number' holds .* Read the column as text"
    ):
        match_customers(records(identity_number=[float(number) for number in whole]))


def test_surnames_like_legal_forms_are_kept_of_persons() -> None:
    names = ["Maria Sá", "Maria Co"]
    assert levels_between(name=names)["name"] == "same but legal form"
    assert levels_between(name=names, birth_year=[1980, 1990])["name"] == "different"
    firm = ["Total SA", "Total"]
    assert levels_between(name=firm)["name"] == "same but legal form"
    # the number of a sole owner does not make a firm's form a surname
    owner = ["11010519491231002X"] * 2
    found = levels_between(name=["Hua Trading Ltd", "Hua Trading"], identity_number=owner)
    assert found["name"] == "same but legal form"


def test_countries_in_any_case_and_those_that_are_none() -> None:
    phones = ["010 1234 5678", "+861012345678"]
    assert levels_between(phone=phones, country=["cn", None])["phone"] == "same"
    with pytest.warns(UnseenCategoryWarning, match="no calling code of 'CHINA'"):
        read_records(records(phone=phones, country=["China", None]), "test")
