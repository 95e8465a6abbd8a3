"""How much an equal name says: a rare one enough to look, a common one too little."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.datasets import load_trading_firm
from creditscore.exceptions import InvalidDataError, NamesakeWarning, NonConvergenceWarning
from creditscore.organise import MatchWeights, estimate_match_weights, match_customers
from creditscore.organise._match._em import _rising
from creditscore.organise._match._name_share import name_shares

DEFAULT = MatchWeights.default()
NAMESAKES = "same name, nothing else known"


def records(**columns: Any) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    return pd.DataFrame({"customer": [f"C{i}" for i in range(n)], **columns})


def firms(n: int) -> list[str]:
    """Return names of a word of their own and two that others have."""
    trades = ["Trading", "Logistics", "Hotel"]
    letters = [f"{chr(97 + i % 26)}{chr(97 + i // 26 % 26)}{chr(97 + i // 676)}" for i in range(n)]
    return [f"{word.capitalize()}ko {trades[i % 3]} Ltd" for i, word in enumerate(letters)]


@pytest.mark.parametrize("weights", [None, DEFAULT], ids=["estimated", "default"])
@pytest.mark.parametrize(("n", "n_twice"), [(10, 1), (100, 1), (100, 100), (1500, 1), (1500, 300)])
def test_two_records_of_one_rare_name_are_looked_at_in_a_file_of_any_size(
    n: int, n_twice: int, weights: MatchWeights | None
) -> None:
    names = firms(n)
    found = match_customers(records(name=names + names[:n_twice]), weights=weights)
    queue = found.review_queue().frame()
    assert set(zip(queue["left"], queue["right"], strict=True)) == {
        (f"C{i}", f"C{n + i}") for i in range(n_twice)
    }
    assert set(queue["why"]) == {NAMESAKES}
    assert len(found.merges) == 0
    # one in ten is taken for chance, so that a name alone is no match
    assert queue["probability"].max() < 0.91


def test_chinese_and_german_names_count_by_their_rarity() -> None:
    zh = [
        "深圳华强贸易有限公司",
        "宁波恒瑞纺织有限公司",
        "青岛嘉裕食品有限公司",
        "厦门龙祺建材有限公司",
    ]
    de = [
        "Müller Bau GmbH",
        "Hohenstätter Holzbau KG",
        "Niederegger Maschinen AG",
        "Weber Bau GmbH",
    ]
    for names, again in ((zh, "深圳華強貿易有限公司"), (de, "HOHENSTAETTER HOLZBAU KG")):
        same = again if names is zh else de[1].upper()
        found = match_customers(records(name=[*names, same]))
        assert found.pairs[["right", "why"]].values.tolist() == [["C4", NAMESAKES]]


def test_a_common_name_alone_is_neither_merged_nor_looked_at_and_that_is_told() -> None:
    names = [*firms(400), *["Zhang Wei"] * 40, firms(1)[0]]
    for weights in (None, DEFAULT):
        with pytest.warns(NamesakeWarning, match="compare: 780 pairs of 40 records, whose names"):
            found = match_customers(records(name=names), weights=weights)
        assert found.pairs[["left", "right"]].values.tolist() == [["C0", "C440"]]
        assert len(found.merges) == 0
    with warnings.catch_warnings(action="error"):
        # who asks for all pairs is told of all
        all_of_them = match_customers(records(name=names), weights=DEFAULT, review_from=0)
    assert (all_of_them.pairs["why"] == NAMESAKES).sum() == 781


def test_a_name_of_common_words_is_common_though_it_stands_there_twice() -> None:
    surnames, given = ["Zhang", "Wang", "Li", "Zhao", "Chen"], ["Wei", "Fang", "Min", "Lei", "Yan"]
    # each surname with each given name but one, once
    names = [f"{one} {other}" for one in surnames for other in given] * 20
    names = [name for name in names if name != "Zhang Wei"] + ["Zhang Wei"] * 2
    names += [*firms(400), "Trading Ltd", "Trading Ltd"]
    table = records(name=names)
    with pytest.warns(NamesakeWarning, match="give the table more columns"):
        found = match_customers(table, weights=DEFAULT)
    assert len(found.pairs) == 0


def test_names_of_more_records_than_are_compared_are_told() -> None:
    names = [*["Zhang Wei"] * 6, "Ou Lan", "Mo Xi"]
    with pytest.warns(NamesakeWarning, match=r"more than 5 records have.*: 6 records\. They are"):
        match_customers(records(name=names), weights=DEFAULT, max_block=5)
    # the first has another column to be found by
    phones = ["12345678", *[None] * 7]
    with pytest.warns(NamesakeWarning, match=r"more than 5 records have.*: 5 records\."):
        match_customers(records(name=names, phone=phones), weights=DEFAULT, max_block=5)


def test_name_shares_by_hand() -> None:
    shares = name_shares(["zhang wei"] * 5 + ["zhang min", "li wei", "quux", "quux", ""])
    # two of the five beyond three, of nine records and 300 beside; zhang and wei once elsewhere
    assert shares[0] == pytest.approx(2 / 309)
    assert shares[[7, 9]].tolist() == [0, 0]
    two = name_shares(["zhang wei", "zhang min", "zhang min", "li wei", "张伟", "张敏", "李伟"])
    assert two[0] == pytest.approx(2 / 306 * 1 / 306)
    assert two[4] == pytest.approx(1 / 306 * 1 / 306)
    assert two[1] == 0


def test_what_a_common_name_counts_is_explained() -> None:
    names = ["Zhang Wei"] * 43 + firms(5)
    table = records(name=names, phone=["12345678", "12345678", *[None] * 46])
    with pytest.warns(NamesakeWarning, match="902 pairs"):
        found = match_customers(table, weights=DEFAULT)
    pair = found.pairs.iloc[0]
    assert pair["name_share"] == pytest.approx(40 / 348)
    told = found.explain("C0", "C1").set_index("field")
    assert told.loc["name", "u"] == pytest.approx(40 / 348)
    assert told.loc["name", "weight"] == pytest.approx(np.log2(0.7 * 348 / 40))
    fields = told["weight"].drop(["sum", "rarity of matches"])
    assert fields.sum() == pytest.approx(pair["weight"])


def test_the_rarer_of_two_scripts_counts() -> None:
    table = records(
        name=["Zhang Wei"] * 30, name_zh=["章葳", "章葳", *["张伟"] * 28], phone=[None] * 30
    )
    with pytest.warns(NamesakeWarning, match="compare: 434 pairs"):
        found = match_customers(table, weights=DEFAULT)
    assert found.pairs[["left", "right", "name_share"]].values.tolist() == [["C0", "C1", 0.0]]


def test_namesakes_with_other_phones_are_not_taken_for_matches() -> None:
    rng = np.random.default_rng(3)
    surnames = ["Zhang", "Wang", "Li", "Chen", "Liu", "Zhao", "Sun", "Wu"]
    given = ["Wei", "Fang", "Na", "Min", "Jing", "Lei", "Jun", "Yan", "Tao", "Ming"]
    names = [f"{rng.choice(surnames)} {rng.choice(given)}" for _ in range(400)]
    phones = [str(number) for number in 13 * 10**9 + rng.permutation(10**6)[:400]]
    assert len(match_customers(records(name=names, phone=phones)).pairs) == 0
    found = match_customers(records(name=names + names[:40], phone=phones + phones[:40]))
    twins = {(f"C{i}", f"C{400 + i}") for i in range(40)}
    assert set(zip(found.pairs["left"], found.pairs["right"], strict=True)) == twins
    assert set(found.pairs["decision"]) == {"match"}
    assert found.weights.m["phone"][1] > 0.9


def test_firms_in_many_lists_do_not_get_common_names() -> None:
    names, lists = firms(100), 6
    found = match_customers(records(name=names * lists))
    assert found.pairs["decision"].tolist() == ["review"] * 100 * 15
    phones = [str(20_000_000 + 7919 * i) for i in range(100)]
    numbers = [str(10_000_000 + 7919 * i) for i in range(100)]
    for column, match_from in ((phones, 0.95), (numbers, 0.85)):
        field = "phone" if column is phones else "registration_number"
        table = records(name=names * lists, **{field: column * 2 + [None] * 400})
        found = match_customers(table, match_from=match_from)
        assert len(found.pairs) == 100 * 15
        assert (found.pairs["decision"] == "match").sum() == (100 if column is phones else 1500)


def test_how_many_records_one_customer_has_is_read_from_names_of_their_own() -> None:
    lists = name_shares([*firms(10) * 6, *["zhang wei"] * 8, "zhang min", "li wei"])
    assert (lists[:60] == 0).all()
    assert lists[60] == pytest.approx(2 / 370)
    # too few names, and surnames, tell nothing of it: three are one customer's
    few = name_shares(["zhang wei"] * 6 + ["li na"] * 6)
    assert few == pytest.approx(3 / 312)
    surnames = name_shares([chr(97 + i) * 3 for i in range(12)] * 6)
    assert surnames == pytest.approx(3 / 372)


def works(*more: str) -> list[str]:
    words = ("Ash", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Oak", *more)
    return [f"{word} Works" for word in words]


def test_a_share_of_matches_at_its_floor_is_told() -> None:
    table = records(name=works("Ash"), phone=[f"{i}23456789" for i in range(1, 9)])
    with pytest.warns(NonConvergenceWarning, match=r"None of the 28 .* is the same in 1 of them"):
        weights = estimate_match_weights(table)
    assert weights.match_share == pytest.approx(1e-3 / 28)


def test_a_table_without_duplicates_is_no_cause_to_warn() -> None:
    numbers = [f"{i}234567{i}" for i in range(1, 8)]
    # a year of birth is shared by many, and a name in part by some
    clean = records(name=works(), registration_number=numbers, birth_year=[1970] * 7)
    phones = [str(20_000_000 + 7919 * i) for i in range(300)]
    with warnings.catch_warnings(action="error"):
        assert len(match_customers(clean).pairs) == 0
        assert len(match_customers(records(name=firms(300), phone=phones)).pairs) == 0


# --- the better agreement counts more ---------------------------------------------------


def test_weights_rise_with_the_likeness() -> None:
    firm = load_trading_firm()
    with warnings.catch_warnings(action="ignore"):
        by_names = estimate_match_weights(firm.customers[["customer", "name"]])
    for weights in (DEFAULT, estimate_match_weights(firm.customers), by_names):
        table = weights.frame()
        for _, rows in table.groupby("field", sort=False):
            assert (np.diff(rows["weight"]) >= -1e-9).all()
        assert np.allclose(table.groupby("field")[["m", "u"]].sum(), 1)


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(1, 99), st.integers(1, 99)), min_size=1, max_size=6))
def test_rising_keeps_sums_and_what_rises_already(shares: list[tuple[int, int]]) -> None:
    m, u = (np.array(column, dtype=float) for column in zip(*shares, strict=True))
    m, u = m / m.sum(), u / u.sum()
    found = _rising(m, u)
    assert found.sum() == pytest.approx(1)
    assert (np.diff(m / found) >= -1e-9).all()
    if (np.diff(m / u) >= 0).all():
        assert found == pytest.approx(u)


@pytest.mark.engine("splink")
def test_splink_needs_a_second_column(require_engine: Any) -> None:
    require_engine("splink", "splink")
    from creditscore.organise import splink_pairs

    with pytest.raises(InvalidDataError, match="Only the column 'name' has values"):
        splink_pairs(records(name=["Hua Ltd", "Hua Ltd", "Lin Hotel"]))
