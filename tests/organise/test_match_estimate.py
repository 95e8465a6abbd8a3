"""What must not matter to weights that are estimated: order, seed, columns that say nothing."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

from creditscore.exceptions import NonConvergenceWarning
from creditscore.organise import MatchWeights, estimate_match_weights, match_customers
from creditscore.organise._match._blocking import blocked
from creditscore.organise._match._pairs_beside import pairs_beside
from creditscore.organise._match._records import read_records

DEFAULT = MatchWeights.default()
TRADES = ("Trading", "Logistics", "Hotel", "Foods", "Steel", "Chemicals")
SEAT = {"address": "Shanghai", "phone": "+862112345678", "birth_year": "unknown",
        "email": "office@x.example", "registration_number": "A1234567"}  # fmt: skip


@pytest.fixture(autouse=True)
def _no_warning() -> Iterator[None]:
    with warnings.catch_warnings(action="error"):
        yield


def records(**columns: Any) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    return pd.DataFrame({"customer": [f"C{i}" for i in range(n)], **columns})


def words(n: int, rng: np.random.Generator) -> list[str]:
    letters = list("abcdefghijklmnoprstuvwz")
    return ["".join(rng.choice(letters, 6)).capitalize() for _ in range(n)]


def firms(n: int, n_twice: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return firms with addresses, some twice, of these some under a name with a slip."""
    table = records(
        name=[f"{word} {TRADES[i % 6]} Ltd" for i, word in enumerate(words(n, rng))],
        address=[f"{i} {street} Street, Lin" for i, street in
                 zip(rng.integers(1, 300, n), rng.choice(["Elm", "Oak", "Mill"], n), strict=True)],
    )  # fmt: skip
    again = table.iloc[:n_twice].assign(customer=[f"D{i}" for i in range(n_twice)])
    again["name"] = [name[:2] + name[3:] if i % 3 == 0 else name
                     for i, name in enumerate(again["name"])]  # fmt: skip
    again["address"] = again["address"].where(rng.random(n_twice) > 0.3, None)
    return pd.concat([table, again], ignore_index=True)


def decided(table: pd.DataFrame, **how: Any) -> set[tuple[frozenset[str], str]]:
    pairs = match_customers(table, **how).pairs
    ends = zip(pairs["left"], pairs["right"], pairs["decision"], strict=True)
    return {(frozenset((left, right)), decision) for left, right, decision in ends}


def test_the_order_of_rows_is_nothing_to_weights_of_drawn_pairs() -> None:
    table = firms(900, 270, np.random.default_rng(1))
    weights = estimate_match_weights(table)
    for seed in range(2):
        other = estimate_match_weights(table.sample(frac=1, random_state=seed))
        for field in weights.m:
            assert other.m[field] == pytest.approx(weights.m[field])
            assert other.u[field] == pytest.approx(weights.u[field])
    first = decided(table)
    assert len(first) > 200
    assert decided(table.iloc[::-1]) == first


def test_pairs_beside_candidates_are_counted_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    n = 300
    table = records(
        name=rng.choice(words(40, rng), n), phone=rng.choice(["12345678", "23456789", ""], n),
        address=rng.choice(["5 Elm Street", "9 Oak Road", ""], n),
        address_zh=rng.choice(["灯笼街5号", "旧磨坊路9号", ""], n),
        birth_year=rng.choice([1970, 1980, 1990], n),
    )  # fmt: skip
    read = read_records(table, "test")
    pairs = blocked(read, 20)
    whole, n_whole = pairs_beside(read, pairs, 0)
    assert n_whole == n * (n - 1) // 2
    monkeypatch.setattr("creditscore.organise._match._pairs_beside._DRAWN", 2_000)
    drawn, n_drawn = pairs_beside(read, pairs, 0)
    assert n_drawn == 2_000
    for some, all_of_them in zip(drawn, whole, strict=True):
        assert some[-1] == all_of_them[-1]
        assert np.abs(some - all_of_them).max() < 0.1 * n_whole
    # telephone, address and year of birth of many are no candidates
    assert [counts[-1] > 1_000 for counts in whole] == [False, False, False, True, False, True,
                                                        True]  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_the_same_number_alone_is_looked_at(seed: int) -> None:
    numbers = [str(100_000_000 + 7919 * i) for i in range(700)]
    latin = records(name=[f"Q{i:03d}a Trading Ltd" for i in range(700)])
    latin["registration_number"] = numbers
    signs = [chr(0x4E00 + i) + chr(0x5E00 + i) for i in range(100)]
    chinese = pd.DataFrame({
        "customer": [f"D{i}" for i in range(100)], "registration_number": numbers[:100],
        "name_zh": [f"{sign}贸易有限公司" for sign in signs],
    })  # fmt: skip
    table = pd.concat([latin, chinese], ignore_index=True).sample(frac=1, random_state=seed)
    expected = {(frozenset((f"C{i}", f"D{i}")), "review") for i in range(100)}
    assert decided(table, random_state=seed) == expected
    numbers_alone = records(registration_number=numbers + numbers[:100])
    assert {names for names, _ in decided(numbers_alone, random_state=seed)} == {
        frozenset((f"C{i}", f"C{700 + i}")) for i in range(100)
    }


@pytest.mark.parametrize("weights", [None, DEFAULT], ids=["estimated", "default"])
@pytest.mark.parametrize("column", SEAT)
def test_a_column_of_one_value_changes_nothing(column: str, weights: MatchWeights | None) -> None:
    table = firms(500, 150, np.random.default_rng(3))[["customer", "name"]]
    first = decided(table, weights=weights, match_from=0.85)
    assert len(first) >= 100
    filled = table.assign(**{column: SEAT[column]})
    assert decided(filled, weights=weights, match_from=0.85) == first
    empty = table.assign(**{column: None})
    assert decided(empty, weights=weights, match_from=0.85) == first


def test_a_column_that_says_little_changes_little() -> None:
    rng = np.random.default_rng(4)
    table = firms(500, 150, rng)[["customer", "name"]]
    first = {names for names, _ in decided(table)}
    towns = table.assign(address=rng.choice(["Lin", "Hong", "Tong", "Zhe"], len(table)))
    found = {names for names, _ in decided(towns)}
    assert len(found & first) > 0.9 * len(first)
    assert len(found - first) < 0.1 * len(first)


@pytest.mark.parametrize("seed", range(3))
def test_clean_tables_and_lists_of_slips_give_no_warning(seed: int) -> None:
    rng = np.random.default_rng(seed)
    clean = firms(600, 0, rng)
    # one pair of firms shares a name but for the legal form, and many share an address
    clean.loc[1, "name"] = clean.loc[0, "name"].replace("Ltd", "Inc")
    assert len(match_customers(clean).merges) == 0
    one = firms(100, 0, np.random.default_rng(9))
    lists = [one.assign(customer=[f"{part}-{i}" for i in range(100)]) for part in range(6)]
    table = pd.concat(lists, ignore_index=True)[["customer", "name"]]
    slips = rng.random(len(table)) < 0.1
    table.loc[slips, "name"] = table.loc[slips, "name"].str[:2] + table.loc[slips, "name"].str[3:]
    assert len(match_customers(table).pairs) > 1_000


def test_names_that_all_differ_in_another_column_are_told() -> None:
    table = firms(300, 60, np.random.default_rng(6))[["customer", "name"]]
    table["phone"] = [str(20_000_000 + 7919 * i) for i in range(len(table))]
    with pytest.warns(
        NonConvergenceWarning, match=r"is the same in 40 of them.* leave out columns"
    ):
        assert len(match_customers(table).pairs) == 0
