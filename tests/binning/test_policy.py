"""Policy: each treatment in WOE, information value, errors and refusals, by hand and by law."""

from __future__ import annotations

import copy
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore import WOEEncoder
from creditscore.binning import BinPolicy, BinTable, CategoricalPartition, NumericPartition
from creditscore.exceptions import (
    InvalidParameterError,
    RefusedValueError,
    SpecialCodeWarning,
    UnseenCategoryWarning,
    UnseenValueWarning,
)
from creditscore.metrics import iv_se, woe, woe_se

TREATMENTS = ("empirical", "neutral", "most_risky", "least_risky", "nearest", "error")

GOOD = (40.0, 60.0, 90.0, 4.0, 6.0, 20.0)
BAD = (30.0, 20.0, 10.0, 6.0, 4.0, 10.0)
"""Bad rates 3/7, 1/4 and 1/10, of the special codes 0.6 and 0.4, of missing values 1/3."""


def table(policy: BinPolicy | None = None, **fields: Any) -> BinTable:
    """Return three intervals, two special codes and missing values."""
    return BinTable(
        feature="income",
        partition=NumericPartition(cuts=(1_000, 2_000), special_codes=(-9, -8)),
        n_good=fields.pop("n_good", GOOD),
        n_bad=fields.pop("n_bad", BAD),
        policy=policy or BinPolicy(),
        **fields,
    )


def woe_by_hand(good: float, bad: float) -> float:
    return math.log((good / sum(GOOD)) / (bad / sum(BAD)))


RISKY, MIDDLE, SAFE = (woe_by_hand(g, b) for g, b in zip(GOOD[:3], BAD[:3], strict=True))


# --- the policy as a value -------------------------------------------------------------------


def test_default_is_the_woe_of_the_counts() -> None:
    np.testing.assert_array_equal(table().woe, woe(GOOD, BAD))
    np.testing.assert_array_equal(table().woe_se, woe_se(GOOD, BAD))
    assert table().iv_se == pytest.approx(iv_se(GOOD, BAD), rel=1e-12)
    assert table().treatments == ("empirical",) * 6


@pytest.mark.parametrize(
    "policy",
    [
        BinPolicy(),
        BinPolicy(missing="nearest", special="error", pool_special=True, unmet="most_risky"),
        BinPolicy(special={-9: "neutral", "n/a": "error", -8.5: "nearest"}, unseen="error"),
    ],
)
def test_it_is_a_value(policy: BinPolicy) -> None:
    assert copy.deepcopy(policy) == policy
    assert hash(copy.deepcopy(policy)) == hash(policy)
    assert BinPolicy.from_dict(policy.to_dict()) == policy
    assert replace(policy) == policy
    assert table(policy) == table(copy.deepcopy(policy))


def test_order_of_the_codes_does_not_matter() -> None:
    first = BinPolicy(special={-9: "neutral", -8: "error"})
    assert first == BinPolicy(special={np.int64(-8): "error", np.float64(-9): "neutral"})
    assert BinPolicy(special={}) == BinPolicy()
    assert BinPolicy(special="neutral").of_special(-1) == "neutral"


def test_default_is_written_as_nothing() -> None:
    assert BinPolicy().to_dict() == {}
    assert "policy" not in table().to_dict()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"missing": "mean"}, r"'missing' parameter of BinPolicy must be one of 'empirical'"),
        ({"unseen": None}, r"'unseen' parameter .* Got None"),
        ({"special": "risky"}, r"'special' parameter .* Got 'risky'"),
        ({"special": 3}, r"a treatment or a mapping of special codes to treatments\. Got 3"),
        ({"special": {-9: "bad"}}, r"'special\[-9\]' parameter .* Got 'bad'"),
        ({"special": {math.nan: "neutral"}}, r"special codes .* Got nan"),
        ({"unmet": "empirical"}, r"'unmet' parameter .* one of 'neutral'.* Got 'empirical'"),
        ({"pool_special": "yes"}, r"'pool_special' .* True or False\. Got 'yes'"),
    ],
)
def test_what_is_no_policy(fields: dict, message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        BinPolicy(**fields)


# --- each treatment, by hand ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("treatment", "expected"),
    [("neutral", 0.0), ("most_risky", RISKY), ("least_risky", SAFE)],
)
def test_a_woe_that_is_set(treatment: str, expected: float) -> None:
    bins = table(BinPolicy(missing=treatment))
    assert bins.woe[5] == pytest.approx(expected, rel=1e-14)
    # the others keep theirs
    np.testing.assert_array_equal(bins.woe[:5], table().woe[:5])
    part = (20 / 220 - 10 / 80) * expected
    assert bins.frame()["iv"][5] == pytest.approx(part, rel=1e-12, abs=1e-15)
    lender = {"neutral": math.nan, "most_risky": bins.woe_se[0], "least_risky": bins.woe_se[2]}
    np.testing.assert_equal(bins.woe_se[5], lender[treatment])


def test_nearest_is_merged_with_the_bin_of_the_nearest_bad_rate() -> None:
    # 1/3 lies between 1/4 (0.083 away) and 3/7 (0.095 away)
    bins = table(BinPolicy(missing="nearest"))
    together = woe_by_hand(60 + 20, 20 + 10)
    assert bins.woe[[1, 5]].tolist() == pytest.approx([together, together], rel=1e-14)
    assert bins.woe_se[1] == bins.woe_se[5] == pytest.approx(math.sqrt(1 / 80 + 1 / 30))
    np.testing.assert_array_equal(bins.woe[[0, 2, 3, 4]], table().woe[[0, 2, 3, 4]])
    assert [bins.treatments[i] for i in (1, 5)] == ["merged", "merged"]
    # a pool's part is split by rows, 80 to 30
    part = (80 / 220 - 30 / 80) * together
    assert bins.frame()["iv"][[1, 5]].tolist() == pytest.approx([part * 80 / 110, part * 30 / 110])


def test_of_two_bins_as_near_the_lower_one_is_taken() -> None:
    bins = BinTable(
        feature="x",
        partition=NumericPartition(cuts=(1,)),
        n_good=(30, 10, 20),
        n_bad=(10, 30, 20),
        policy=BinPolicy(missing="nearest"),
    )
    assert bins.treatments == ("merged", "empirical", "merged")


def test_merged_attributes_count_as_one_cell_of_the_information_value() -> None:
    bins = table(BinPolicy(missing="nearest", pool_special=True))
    good, bad = [40, 80, 90, 10], [30, 30, 10, 10]
    assert bins.iv == pytest.approx(
        sum((g / 220 - b / 80) * woe_by_hand(g, b) for g, b in zip(good, bad, strict=True))
    )
    assert bins.iv_se == pytest.approx(iv_se(good, bad), rel=1e-12)


def test_special_codes_one_by_one_and_pooled() -> None:
    apart = table(BinPolicy(special={-9: "neutral"}))
    assert apart.woe[3] == 0
    assert apart.woe[4] == table().woe[4]
    pooled = table(BinPolicy(pool_special=True))
    assert pooled.woe[3:5].tolist() == pytest.approx([woe_by_hand(10, 10)] * 2, rel=1e-14)
    # of both together the bad rate is 1/2, nearest to 3/7
    nearest = table(BinPolicy(pool_special=True, special="nearest"))
    assert nearest.woe[[0, 3, 4]].tolist() == pytest.approx([woe_by_hand(50, 40)] * 3, rel=1e-14)


def test_a_pooled_code_without_a_row_has_the_woe_of_the_pool() -> None:
    bins = table(
        BinPolicy(pool_special=True),
        n_good=(40, 60, 90, 10, 0, 20),
        n_bad=(30, 20, 10, 10, 0, 10),
    )
    assert bins.woe[3] == bins.woe[4] != 0
    assert bins.unseen(np.array([4])) == []


def test_what_is_merged_by_hand_follows_its_bin_whatever_the_policy() -> None:
    for treatment in TREATMENTS:
        bins = table(BinPolicy(missing=treatment), joined=((5, 0),))
        assert bins.woe[[0, 5]].tolist() == pytest.approx([woe_by_hand(60, 40)] * 2, rel=1e-14)


# --- without a row -----------------------------------------------------------------------


def unmet(policy: BinPolicy) -> BinTable:
    """Return a table without rows of the middle interval, of code -8 and of missing values."""
    return table(policy, n_good=(40, 0, 90, 4, 0, 0), n_bad=(30, 0, 10, 6, 0, 0))


@pytest.mark.parametrize("asked", ["empirical", "nearest"])
@pytest.mark.parametrize("how", ["neutral", "most_risky", "least_risky", "nearest"])
def test_unmet(asked: str, how: str) -> None:
    bins = unmet(BinPolicy(missing=asked, special={-8: asked}, unmet=how))
    own = woe((40, 90), (30, 10), total_good=134, total_bad=46)
    near = own[np.abs(own).argmin()]
    expected = {"neutral": 0, "most_risky": own.min(), "least_risky": own.max(), "nearest": near}
    assert bins.woe[[1, 4, 5]].tolist() == pytest.approx([expected[how]] * 3, rel=1e-14)
    assert bins.treatments[5] == f"unmet {how}"
    assert bins.frame()["iv"][[1, 4, 5]].tolist() == [0, 0, 0]


def test_unmet_rows_are_named_with_their_woe() -> None:
    X = pd.DataFrame({"income": [np.nan, 1_500.0, 10.0]})
    with pytest.warns(UnseenValueWarning, match=r"'Missing' in 1 row\(s\)\. Nothing"):
        unmet(BinPolicy()).encode(X)
    with pytest.warns(UnseenValueWarning, match=r"'Missing' in 1 row\(s\), WOE -0\.782"):
        unmet(BinPolicy(unmet="most_risky")).encode(X)


def test_a_treatment_that_was_stated_needs_no_warning() -> None:
    X = pd.DataFrame({"income": [np.nan]})
    encoded = unmet(BinPolicy(missing="most_risky")).encode(X)
    assert encoded.tolist() == [unmet(BinPolicy()).woe[0]]


def test_error_of_what_was_never_met() -> None:
    bins = unmet(BinPolicy(unmet="error"))
    assert bins.encode(pd.DataFrame({"income": [10.0, -9]})).notna().all()
    with pytest.raises(RefusedValueError, match=r"'\[1000, 2000\)' in 2 row\(s\)"):
        bins.encode(pd.DataFrame({"income": [1_500.0, 1_200, 10]}))


@pytest.mark.parametrize("how", ["neutral", "most_risky", "least_risky", "nearest", "empirical"])
def test_levels_never_seen(how: str) -> None:
    bins = BinTable(
        feature="housing",
        partition=CategoricalPartition(groups=(("own",), ("rent",), ("free",))),
        n_good=(90, 50, 12, 3, 0),
        n_bad=(10, 30, 3, 2, 0),
        policy=BinPolicy(unseen=how),
    )
    near = bins.woe[np.abs(bins.woe[:3]).argmin()]
    expected = {
        "neutral": 0, "most_risky": bins.woe[1], "least_risky": bins.woe[0], "nearest": near,
        "empirical": 0,
    }  # fmt: skip
    assert bins.woe[4] == expected[how]


# --- refused --------------------------------------------------------------------------------


def test_refused_rows_are_named() -> None:
    bins = table(BinPolicy(missing="error", special={-8: "error"}))
    fine = pd.DataFrame({"income": [1.0, -9]})
    assert bins.encode(fine).tolist() == [bins.woe[0], bins.woe[3]]
    with pytest.raises(
        RefusedValueError, match=r"'income' .* 'Special -8' in 1 row\(s\), 'Missing' in 2 row\(s\)"
    ):
        bins.encode(pd.DataFrame({"income": [1.0, np.nan, np.nan, -8]}))
    assert bins.frame()["woe"].isna().tolist() == [False] * 4 + [True] * 2
    assert bins.frame()["iv"][5] == 0


def test_a_level_never_seen_is_refused() -> None:
    bins = BinTable(
        feature="housing",
        partition=CategoricalPartition(groups=(("own",), ("rent",))),
        n_good=(90, 50, 3, 0),
        n_bad=(10, 30, 2, 0),
        policy=BinPolicy(unseen="error"),
    )
    X = pd.DataFrame({"housing": ["own", "castle"]})
    with (
        pytest.warns(UnseenCategoryWarning, match="castle"),
        pytest.raises(RefusedValueError, match=r"'Other' in 1 row\(s\)"),
    ):
        bins.encode(X)


# --- laws --------------------------------------------------------------------------------

cells = st.tuples(st.integers(1, 400), st.integers(1, 400))
policies = st.builds(
    BinPolicy,
    missing=st.sampled_from(TREATMENTS[:5]),
    special=st.one_of(
        st.sampled_from(TREATMENTS[:5]),
        st.fixed_dictionaries({-9: st.sampled_from(TREATMENTS[:5])}),
    ),
    pool_special=st.booleans(),
)
Cells = list[tuple[int, int]]


def of(rows: Cells, policy: BinPolicy, joined: tuple = ()) -> BinTable:
    good, bad = zip(*rows, strict=True)
    return table(policy, n_good=good, n_bad=bad, joined=joined)


@given(rows=st.lists(cells, min_size=6, max_size=6), policy=policies)
def test_information_value_is_the_difference_of_mean_woe(rows: Cells, policy: BinPolicy) -> None:
    bins = of(rows, policy)
    good, bad = np.array(rows, dtype=float).T
    mean = np.average(bins.woe, weights=good) - np.average(bins.woe, weights=bad)
    assert bins.iv == pytest.approx(mean, rel=1e-9, abs=1e-12)
    assert bins.frame()["iv"].sum() == bins.iv


@given(rows=st.lists(cells, min_size=6, max_size=6), policy=policies)
def test_error_of_iv_by_finite_differences(rows: Cells, policy: BinPolicy) -> None:
    """Shift each share a little; which bin is nearest or riskiest must stay, so steps are small."""
    bins = of(rows, policy)
    good, bad = np.array(rows, dtype=float).T
    step, variance = 1e-6, 0.0
    for counts, other, side in ((good, bad, 0), (bad, good, 1)):
        slopes = []
        for i in range(6):
            ivs = []
            for sign in (1, -1):
                moved = counts.copy()
                moved[i] *= 1 + sign * step
                pair = (moved, other) if side == 0 else (other, moved)
                ivs.append(_iv_at(bins, *pair, good.sum(), bad.sum()))
            slopes.append((ivs[0] - ivs[1]) / (2 * step * counts[i] / counts.sum()))
        shares = counts / counts.sum()
        gradient = np.array(slopes)
        variance += (shares @ gradient**2 - (shares @ gradient) ** 2) / counts.sum()
    assert bins.iv_se == pytest.approx(math.sqrt(max(variance, 0)), rel=1e-4, abs=1e-5)


def _iv_at(
    bins: BinTable, good: np.ndarray, bad: np.ndarray, all_good: float, all_bad: float
) -> float:
    """Work out the information value anew, with pools and lenders of the table."""
    evidence = bins._evidence
    pool_good, pool_bad = (np.bincount(evidence.pool, side) for side in (good, bad))
    own = np.log((pool_good / all_good) / (pool_bad / all_bad))
    used = np.where(evidence.source >= 0, own[evidence.source], 0.0)
    return float(((good / all_good - bad / all_bad) * used).sum())


@given(rows=st.lists(cells, min_size=6, max_size=6), policy=policies, code=st.integers(3, 5))
def test_rows_of_one_pool_have_one_woe(rows: Cells, policy: BinPolicy, code: int) -> None:
    bins = of(rows, policy, joined=((code, 1),))
    assert bins.woe[code] == bins.woe[1]
    assert bins.treatments[1] == bins.treatments[code] == "merged"


CODES = pd.DataFrame({"v": [1.0, 2, 3, -9] * 50, "w": ["a", "b", "c", "d"] * 50})


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (BinPolicy(special={-8: "error"}), "speaks of -8, which is no special code of any column"),
        ({"v": BinPolicy(special={-9: "neutral", "d": "error"})}, "'d', which .* of column 'v'"),
        ({"w": BinPolicy(special={-9: "neutral"})}, "speaks of -9, .* of column 'w'"),
    ],
)
def test_codes_that_only_the_policy_knows_are_said(policy: Any, message: str) -> None:
    y = np.arange(200) % 3 == 0
    encoder = WOEEncoder(special_codes={"v": [-9], "w": ["d"]}, policy=policy)
    with pytest.warns(SpecialCodeWarning, match=message):
        encoder.fit(CODES, y)


def test_codes_of_some_column_are_enough_for_a_policy_of_all() -> None:
    policy = BinPolicy(special={-9: "neutral", "d": "most_risky"})
    encoder = WOEEncoder(special_codes=[-9, "d"], policy=policy).fit(CODES, np.arange(200) % 3 == 0)
    assert encoder.tables_["v"].treatments[-2:] == ("neutral", "unmet neutral")
