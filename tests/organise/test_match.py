"""Records of the same customer: keys, weights, groups and the queue."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.datasets import load_trading_firm
from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
)
from creditscore.organise import (
    MatchThresholdDisplay,
    MatchWeights,
    block_pairs,
    estimate_match_weights,
    match_customers,
    match_quality,
)
from creditscore.organise._match._em import estimate_shares, probabilities
from creditscore.organise._match._levels import LEVELS, MISSING, Comparison

DEFAULT = MatchWeights.default()


def records(**columns: Any) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    return pd.DataFrame({"customer": [f"C{i}" for i in range(n)], **columns})


def firm_with_branch() -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the customers and the branch's records of the sample, and who they are."""
    firm = load_trading_firm()
    crm = firm.crm.rename(
        columns={
            "record": "customer", "company_or_name": "name", "mobile": "phone", "mail": "email",
            "location": "address",
        }
    )  # fmt: skip
    person = crm["type"] == "个人"
    crm["identity_number"] = crm["tax_or_id_number"].where(person)
    crm["registration_number"] = crm["tax_or_id_number"].where(~person)
    both = pd.concat([firm.customers, crm], ignore_index=True)
    planted = firm.planted[firm.planted["kind"] == "duplicate customer"]
    truth = {name: name for name in both["customer"]}
    truth.update(zip(planted["key"], planted["true_value"], strict=True))
    return both, truth


# --- keys -----------------------------------------------------------------------------


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Hua Ltd", "Lin Hotel", "Lin Inn", "华东贸易", "华东", ""]),
            st.sampled_from(["12345678", "+8612345678", "87654321", ""]),
        ),
        min_size=1, max_size=12,
    )
)  # fmt: skip
def test_pairs_are_those_that_share_a_telephone_or_a_word(rows: list[tuple[str, str]]) -> None:
    table = records(name=[row[0] for row in rows], phone=[row[1] for row in rows])
    found = {
        frozenset(pair) for pair in block_pairs(table, max_block=50).frame().itertuples(index=False)
    }
    expected = set()
    for i, (name, phone) in enumerate(rows):
        for j in range(i):
            words = set(name.replace(" Ltd", "").split()) & set(rows[j][0].split())
            zh = {"华东贸易", "华东"} >= {name, rows[j][0]}
            if words or zh or (phone and rows[j][1][-8:] == phone[-8:]):
                expected.add(frozenset((f"C{i}", f"C{j}")))
    assert found == expected


def test_keys_and_their_bound() -> None:
    same = records(name=["Hua Ltd"] * 5, phone=["12345678", "12345678", None, None, None])
    pairs = block_pairs(same, max_block=4)
    assert pairs.frame().values.tolist() == [["C0", "C1"]]
    keys = pairs.keys.set_index("key")
    assert keys.loc["name", ["n_blocks_left_out", "n_records_left_out", "n_pairs"]].tolist() == [
        1, 5, 0,
    ]  # fmt: skip
    assert keys.loc["end of telephone", "n_pairs"] == 1
    assert pairs.reduction_ratio == pytest.approx(0.9)
    assert pairs.completeness(dict.fromkeys(same["customer"], "one")) == pytest.approx(0.1)
    assert np.isnan(pairs.completeness({name: name for name in same["customer"]}))
    assert len(block_pairs(same, max_block=5)) == 10
    # swapped digits share a key
    swapped = records(registration_number=["91350100M000100Y43", "91350100M000100Y34"])
    assert len(block_pairs(swapped)) == 1
    assert len(block_pairs(records(address=["5 Elm St, Lin", "5 Oak Road, Lin"]))) == 1
    towns = records(address=["5 Elm St", "灯笼街5号"], city=["Lin", "Lin"])
    assert len(block_pairs(towns)) == 1


def test_one_record_and_no_values() -> None:
    one = block_pairs(records(name=["Hua"]))
    assert (len(one), one.n_possible) == (0, 0)
    assert np.isnan(one.reduction_ratio)
    assert len(block_pairs(records(name=[None, None]))) == 0
    assert len(match_customers(records(name=[None, None])).merges) == 0


def test_tables_that_cannot_be_matched() -> None:
    with pytest.raises(MissingColumnError, match="'customer'"):
        match_customers(pd.DataFrame({"name": ["A"]}))
    with pytest.raises(InvalidDataError, match=r"takes a table with a row a record.* Got None\."):
        match_customers(None)
    with pytest.raises(MissingColumnError, match="compares the columns 'name'"):
        match_customers(pd.DataFrame({"customer": ["A"], "colour": ["red"]}))
    with pytest.raises(InvalidDataError, match="'A' stands twice"):
        match_customers(pd.DataFrame({"customer": ["A", "A"], "name": ["x", "y"]}))
    with pytest.raises(InvalidDataError, match=r"Row 1 .* names no customer"):
        match_customers(pd.DataFrame({"customer": ["A", None], "name": ["x", "y"]}))
    with pytest.raises(InvalidParameterError, match="'max_block'"):
        block_pairs(records(name=["A"]), max_block=1)
    with pytest.raises(InvalidParameterError, match="at most 'match_from'"):
        match_customers(records(name=["A"]), match_from=0.5, review_from=0.6)
    with pytest.raises(InvalidParameterError, match="Got one record"):
        match_customers(records(name=["A"]))


# --- weights --------------------------------------------------------------------------


def test_probability_by_hand() -> None:
    table = records(name=["Hua Trdg", "Hua Trading"], phone=["12345678", "12345678"])
    found = match_customers(table, weights=DEFAULT, review_from=0)
    weight = np.log2(0.10 / 0.0001) + np.log2(0.80 / 0.0001)
    odds = 2**weight * 1e-4 / (1 - 1e-4)
    assert found.pairs["weight"].item() == pytest.approx(weight)
    assert found.pairs["probability"].item() == pytest.approx(odds / (1 + odds))
    told = found.explain("C1", "C0").set_index("field")
    assert told["weight"].drop(["sum"]).sum() == pytest.approx(told.loc["sum", "weight"])
    assert told.loc["email", ["level", "weight"]].tolist() == ["missing", 0.0]
    assert told.loc["sum", "weight"] == pytest.approx(np.log2(odds))
    with pytest.raises(InvalidParameterError, match="no pair of this result"):
        found.explain("C0", "C9")


def test_weights_are_found_again() -> None:
    """Levels drawn with known shares, independent given match or not."""
    rng = np.random.default_rng(3)
    n, share = 200_000, 0.02
    truth_m = [np.array(DEFAULT.m[field]) for field in LEVELS]
    truth_u = [np.linspace(2, 1, len(m)) / np.linspace(2, 1, len(m)).sum() for m in truth_m]
    matched = rng.random(n) < share
    drawn = np.column_stack([
        np.where(matched, rng.choice(len(m), n, p=m), rng.choice(len(u), n, p=u))
        for m, u in zip(truth_m, truth_u, strict=True)
    ])  # fmt: skip
    drawn[rng.random(drawn.shape) < 0.2] = MISSING
    levels = drawn.astype(np.int8)
    # what matches hardly ever differ in is not learnt
    flat = [
        m if field in ("name", "birth_year") or field.endswith("_number")
        else np.full(len(m), 1 / len(m)) * 0.5 + 0.5 * m
        for field, m in zip(LEVELS, truth_m, strict=True)
    ]  # fmt: skip
    compared = Comparison(levels, np.zeros(n))
    found = estimate_shares(
        compared, beside=[np.zeros(len(m)) for m in truth_m], n_possible=n, n_drawn=n,
        n_records=n, start=flat, match_share=0.1,
    )  # fmt: skip
    # the few matches whose numbers differ are not counted, nor are those by e-mail address alone
    assert found.match_share == pytest.approx(share, rel=0.08)
    for m, true_m in zip(found.m, truth_m, strict=True):
        assert np.abs(m - true_m).max() < 0.05
    for u, true_u in zip(found.u, truth_u, strict=True):
        assert np.abs(u - true_u).max() < 0.02
    chance = probabilities(compared, found.m, found.u, found.match_share)
    assert chance.mean() == pytest.approx(share, rel=0.08)
    by_truth = probabilities(compared, truth_m, truth_u, share)
    assert np.abs(chance - by_truth).mean() < 0.005
    assert chance[matched].mean() > 10 * chance[~matched].mean()


def namesakes(n_names: int, n_each: int, n_twice: int) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return persons whose e-mail address is made of the name, which many share; some twice."""
    rng = np.random.default_rng(4)
    who = np.repeat([f"Li{i} Wei{i}" for i in range(n_names)], n_each)
    table = records(
        name=who, email=[f"{name.replace(' ', '.')}@x.example" for name in who],
        identity_number=rng.permutation(10**6)[: len(who)] + 10**7,
        phone=rng.integers(10**8, 10**9, len(who)),
    ).astype({"phone": object})  # fmt: skip
    again = table.iloc[:n_twice].assign(customer=[f"D{i}" for i in range(n_twice)], phone=None)
    truth = {name: name for name in table["customer"]}
    truth.update(zip(again["customer"], table["customer"][:n_twice], strict=True))
    return pd.concat([table, again], ignore_index=True), truth


def test_namesakes_are_not_taken_for_the_matches_of_a_large_file() -> None:
    table, truth = namesakes(80, 12, 40)
    found = match_customers(table)
    assert found.weights.m["identity_number"][0] == DEFAULT.m["identity_number"][0]
    assert found.weights.m["identity_number"][2] > 0.95
    quality = found.quality(truth)
    assert (quality.precision, quality.recall) == (1.0, 1.0)
    assert len(found.review_queue().cases) == 0


def test_weights_round_trip_and_are_checked() -> None:
    assert MatchWeights.from_json(DEFAULT.to_json()) == DEFAULT
    table = DEFAULT.frame()
    for name in ("m", "u"):
        assert np.allclose(table.groupby("field")[name].sum(), 1)
    m = dict(DEFAULT.m)
    with pytest.raises(InvalidParameterError, match="Missing or unknown: 'phone'"):
        MatchWeights(m={k: v for k, v in m.items() if k != "phone"}, u=DEFAULT.u, match_share=0.1)
    with pytest.raises(InvalidParameterError, match="must add up to 1"):
        MatchWeights(m={**m, "phone": (0.5, 0.4)}, u=DEFAULT.u, match_share=0.1)
    with pytest.raises(InvalidParameterError, match="must have 2 shares"):
        MatchWeights(m={**m, "phone": (1.0,)}, u=DEFAULT.u, match_share=0.1)
    with pytest.raises(InvalidParameterError, match=r"m\['phone'\]"):
        MatchWeights(m={**m, "phone": (0.0, 1.0)}, u=DEFAULT.u, match_share=0.1)
    with pytest.raises(InvalidParameterError, match="'match_share'"):
        MatchWeights(m=m, u=DEFAULT.u, match_share=1)
    assert repr(DEFAULT) == "MatchWeights(7 fields; one pair in 10,000 is a match)"
    assert "birth_year" in DEFAULT._repr_html_()


def test_drawn_pairs_are_those_of_the_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("creditscore.organise._match._pairs_beside._DRAWN", 500)
    table, _ = firm_with_branch()
    one = estimate_match_weights(table, random_state=1)
    assert one == estimate_match_weights(table, random_state=1)
    assert one != estimate_match_weights(table, random_state=2)


# --- groups and the queue --------------------------------------------------------------


def test_planted_duplicates_are_found_and_nobody_else() -> None:
    table, truth = firm_with_branch()
    for weights in (None, DEFAULT):
        found = match_customers(table, weights=weights)
        quality = found.quality(truth)
        assert quality.precision == 1.0
        assert quality.recall > 0.95
        queue = found.review_queue().frame()
        # what is not merged is in the queue: numbers with swapped digits
        in_queue = {frozenset(pair) for pair in zip(queue["left"], queue["right"], strict=True)}
        merged = found.resolve()
        missed = [
            (a, b) for a in truth for b in truth
            if a < b and truth[a] == truth[b] and merged[a] != merged[b]
        ]  # fmt: skip
        assert all(frozenset(pair) in in_queue for pair in missed)
        assert found.candidates.completeness(truth) == 1.0


def test_the_order_of_rows_changes_who_stays_and_nothing_else() -> None:
    table, truth = firm_with_branch()
    one = match_customers(table, weights=DEFAULT)
    other = match_customers(table.iloc[::-1], weights=DEFAULT)
    assert one.quality(truth) == other.quality(truth)
    groups = []
    for found in (one, other):
        who = found.resolve()
        groups.append({frozenset(names) for names in who.groupby(who).groups.values()})
    assert groups[0] == groups[1]


def test_polars_and_pandas_say_the_same() -> None:
    table = records(name=["Hua Trdg", "Hua Trading", "Lin"], phone=["12345678", "12345678", None])
    one = match_customers(table, weights=DEFAULT)
    other = match_customers(pl.from_pandas(table), weights=DEFAULT)
    pd.testing.assert_frame_equal(one.pairs, other.pairs)


def test_two_numbers_are_never_merged() -> None:
    found = match_customers(
        records(
            name=["Hua Trading Ltd"] * 2, phone=["12345678"] * 2, email=["a@x.example"] * 2,
            registration_number=["91350100M000100Y43", "91350100M000100Y34"],
        ),
        weights=DEFAULT,
    )  # fmt: skip
    assert found.pairs["probability"].item() > 0.999
    assert len(found.merges) == 0
    assert found.pairs["why"].item() == "two different registration numbers in one group"


def test_two_numbers_joined_by_a_third_record_are_never_merged() -> None:
    found = match_customers(
        records(
            name=["Hua Trading Ltd"] * 3, phone=["12345678"] * 3,
            email=["a@x.example"] * 3,
            identity_number=["11010519491231002X", None, "440524188001010014"],
        ),
        weights=DEFAULT,
    )  # fmt: skip
    assert len(found.merges) == 0
    assert set(found.pairs["decision"]) == {"review"}
    assert "two different identity numbers in one group" in set(found.pairs["why"])


def test_a_group_that_hangs_together_by_a_third_record_goes_to_the_queue() -> None:
    # A and C share nothing; B agrees with each in two fields
    found = match_customers(
        records(
            name=["Hua Trading Ltd", "Hua Trading Ltd", None],
            phone=["12345678", "12345678", "99999999"],
            email=[None, "a@x.example", "a@x.example"],
            address=[None, "5 Elm Street, Lin", "5 Elm Street, Lin"],
        ),
        weights=DEFAULT, match_from=0.9,
    )  # fmt: skip
    assert len(found.merges) == 0
    weak = found.pairs.iloc[-1]
    assert (weak["left"], weak["right"], weak["decision"]) == ("C0", "C2", "review")
    assert weak["probability"] < 0.2
    assert set(found.pairs["why"]) == {
        "the group hangs together by others only: two of it are unlike"
    }
    queue = found.review_queue()
    assert len(queue.cases) == 3


def test_large_groups_go_to_the_queue() -> None:
    same = records(name=["Hua Trading Ltd"] * 4, phone=["12345678"] * 4)
    assert len(match_customers(same, weights=DEFAULT, max_cluster=4).merges) == 3
    found = match_customers(same, weights=DEFAULT, max_cluster=3)
    assert len(found.merges) == 0
    assert set(found.pairs["why"]) == {"a group of 4, more than 3"}


def test_merges_go_into_the_first_of_the_table() -> None:
    same = records(name=["Lin", "Hua Ltd", "Hua Ltd", "Hua"], phone=["1"] + ["12345678"] * 3)
    found = match_customers(same, weights=DEFAULT)
    assert found.merges.values.tolist() == [["C2", "C1"], ["C3", "C1"]]
    assert found.resolve().tolist() == ["C0", "C1", "C1", "C1"]
    assert repr(found) == "MatchResult(4 records: 2 merges, 0 pairs to review)"
    assert "same but legal form" in found._repr_html_()


def test_no_value_of_a_record_is_shown() -> None:
    secret = records(name=["Zebulon Quux"] * 2, phone=["12345678"] * 2)
    found = match_customers(secret, weights=DEFAULT)
    shown = " ".join(
        [repr(found), found._repr_html_(), found.pairs.to_csv(), repr(found.candidates),
         found.candidates._repr_html_(), found.explain("C0", "C1").to_csv()]
    )  # fmt: skip
    assert "quux" not in shown.casefold()
    assert "12345678" not in shown


# --- quality --------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=15))
def test_quality_counts_pairs_as_one_would_by_hand(labels: list[tuple[int, int]]) -> None:
    found = {f"C{i}": a for i, (a, _) in enumerate(labels)}
    truth = {f"C{i}": b for i, (_, b) in enumerate(labels)}
    pairs = [(i, j) for i in range(len(labels)) for j in range(i)]
    n_found = sum(labels[i][0] == labels[j][0] for i, j in pairs)
    n_true = sum(labels[i][1] == labels[j][1] for i, j in pairs)
    n_right = sum(labels[i] == labels[j] for i, j in pairs)
    quality = match_quality(found, truth)
    assert (quality.n_found_pairs, quality.n_true_pairs, quality.n_right_pairs) == (
        n_found, n_true, n_right,
    )  # fmt: skip
    if n_found and n_true:
        mean = 0 if not n_right else 2 / (1 / quality.precision + 1 / quality.recall)
        assert quality.f1 == pytest.approx(mean)
    assert (
        match_quality(truth, truth).n_right_clusters == match_quality(truth, truth).n_true_clusters
    )


def test_quality_by_cluster_and_its_errors() -> None:
    quality = match_quality(
        {"A": 1, "B": 1, "C": 2, "D": 2, "E": 5}, {"A": 1, "B": 1, "C": 2, "D": 3, "E": 3}
    )
    assert quality.frame()[["found", "true", "right"]].values.tolist() == [[2, 2, 1], [2, 2, 1]]
    assert "clusters" in quality._repr_html_()
    assert np.isnan(match_quality({"A": 1}, {"A": 1}).precision)
    with pytest.raises(InvalidDataError, match="It gives none to 'B'"):
        match_quality({"A": 1, "B": 1}, {"A": 1})
    with pytest.raises(InvalidDataError, match="'B' is in 'truth' and not in 'found'"):
        match_quality({"A": 1}, {"A": 1, "B": 1})


def test_threshold_curve() -> None:
    table, truth = firm_with_branch()
    found = match_customers(table, review_from=0)
    display = MatchThresholdDisplay.from_result(found, truth)
    curve = display.frame()
    # the lower the threshold, the more are found
    assert (np.diff(curve["bits"]) > 0).all()
    assert (np.diff(curve["n_pairs"]) < 0).all()
    assert (np.diff(curve["recall"]) <= 1e-12).all()
    assert curve["recall"].iloc[0] == pytest.approx(found.candidates.completeness(truth))
    at = curve[curve["threshold"] >= 0.99].iloc[0]
    assert at["precision"] == 1.0
    ax = display.plot().ax_
    assert [text.get_text() for text in ax.texts] == ["match from 0.99"]
    with pytest.raises(EmptyDataError, match="no curve"):
        MatchThresholdDisplay.from_result(found, {name: name for name in truth})


@pytest.mark.engine("splink")
@pytest.mark.filterwarnings("ignore:splink learnt nothing from the records that share a 'ident")
def test_splink_finds_the_planted_duplicates(require_engine: Any) -> None:
    require_engine("splink", "splink")
    from creditscore.organise import splink_pairs

    firm = load_trading_firm()
    planted = firm.planted.query("table == 'customers' and kind == 'duplicate customer'")
    found = splink_pairs(firm.customers, review_from=0.5)
    pairs = {frozenset(pair) for pair in zip(found["left"], found["right"], strict=True)}
    expected = {frozenset(pair) for pair in zip(planted["key"], planted["true_value"], strict=True)}
    assert expected <= pairs
    assert len(pairs) <= len(expected) + 5
    odds = found["weight"] + np.log2(1e-4 / (1 - 1e-4))
    assert np.allclose(1 / (1 + 2.0**-odds), found["probability"])
