"""Edits by hand: what they count, what they refuse, what they say, and that they remember."""

from __future__ import annotations

import warnings
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.binning import (
    BinConstraints,
    BinPolicy,
    BinTable,
    CategoricalPartition,
    Edit,
    FineIntervals,
    FineLevels,
    NumericPartition,
    Outcomes,
    PeriodCounts,
)
from creditscore.binning._partition import MixedPartition
from creditscore.exceptions import (
    EditWarning,
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
)

WHO: dict[str, Any] = {
    "by": "A. Analyst",
    "reason": "law of 2026",
    "when": "2026-01-31T12:00+01:00",
}

FINE = FineIntervals(
    below=(999, 1_400, 1_999, 2_500),
    above=(1_000, 1_600, 2_000, 2_600),
    good=(40, 20, 40, 30, 60),
    bad=(30, 12, 8, 6, 4),
)


def numeric(**fields: Any) -> BinTable:
    """Return < 1000, [1000, 2000) and >= 2000, a special code and missing values."""
    whole: dict[str, Any] = {
        "feature": "income",
        "partition": NumericPartition(cuts=(1_000, 2_000), special_codes=(-9,)),
        "n_good": (40, 60, 90, 4, 20),
        "n_bad": (30, 20, 10, 6, 10),
        "fine": FINE,
    }
    return BinTable(**(whole | fields))


def levels(**fields: Any) -> BinTable:
    whole: dict[str, Any] = {
        "feature": "housing",
        "partition": CategoricalPartition(groups=(("own", "villa"), ("rent", "flat"), ("free",))),
        "n_good": (90, 50, 12, 3, 0),
        "n_bad": (10, 20, 9, 2, 0),
        "fine": FineLevels(
            ("own", "villa", "rent", "flat", "free"), (60, 30, 40, 10, 12), (9, 1, 15, 5, 9)
        ),
    }
    return BinTable(**(whole | fields))


def counts(table: BinTable) -> list[tuple[str, float, float]]:
    return list(zip(table.labels, table.n_good, table.n_bad, strict=True))


# --- merge -------------------------------------------------------------------------------


@pytest.mark.parametrize("bins", [(0, 1), ("[1000, 2000)", "< 1000"), (np.int64(1), 0)])
def test_merge_of_neighbours(bins: tuple) -> None:
    merged = numeric().merge(*bins, **WHO)
    assert counts(merged) == [
        ("< 2000", 100, 50),
        (">= 2000", 90, 10),
        ("Special -9", 4, 6),
        ("Missing", 20, 10),
    ]
    assert merged.fine == FINE
    assert merged.iv < numeric().iv


def test_merge_of_all_bins() -> None:
    assert counts(numeric().merge(0, 1, 2, **WHO))[0] == ("all other values", 190, 60)


def test_merge_needs_no_fine_counts() -> None:
    assert numeric(fine=None).merge(1, 2, **WHO).n_good == (40, 150, 4, 20)


def test_merge_of_what_is_no_neighbour() -> None:
    with pytest.raises(InvalidParameterError, match=r"Between '< 1000' and '>= 2000' lies '\[1000"):
        numeric().merge(0, 2, **WHO)


def test_groups_of_levels_have_no_order_and_merge_freely() -> None:
    merged = levels().merge("own, villa", "free", **WHO)
    assert counts(merged)[:2] == [("own, villa, free", 102, 19), ("rent, flat", 50, 20)]


def test_merge_of_missing_values_with_a_bin() -> None:
    merged = numeric().merge("Missing", "< 1000", **WHO)
    assert merged.joined == ((4, 0),)
    assert merged.woe[0] == merged.woe[4]
    assert merged.n_good == numeric().n_good
    # it follows its bin in later edits, and goes elsewhere when asked
    assert merged.merge(0, 1, **WHO).joined == ((3, 0),)
    assert merged.merge("Missing", 2, **WHO).joined == ((4, 2),)
    X = pd.DataFrame({"income": [np.nan, 10.0]})
    first, second = merged.merge(0, 1, **WHO).encode(X)
    assert first == second


def test_merge_of_two_attributes_apart() -> None:
    with pytest.raises(InvalidParameterError, match=r"one by one.* BinPolicy.pool_special=True"):
        numeric().merge("Missing", "Special -9", **WHO)
    with pytest.raises(InvalidParameterError, match="one by one"):
        numeric().merge(0, 1, "Missing", **WHO)


@pytest.mark.parametrize("bins", [(), (1,), (1, "[1000, 2000)")])
def test_merge_needs_two(bins: tuple) -> None:
    with pytest.raises(InvalidParameterError, match="two different bins or more"):
        numeric().merge(*bins, **WHO)


@pytest.mark.parametrize("which", [5, -1, "[1000, 200)", True, 1.0])
def test_a_bin_that_is_not_there(which: object) -> None:
    with pytest.raises(InvalidParameterError, match=r"by place, 0 to 4, or by label: '< 1000'"):
        numeric().merge(0, which, **WHO)
    with pytest.raises(InvalidParameterError, match=r"Did you mean '\[1000, 2000\)'"):
        numeric().merge(0, "[1000, 200)", **WHO)


# --- split and with_cuts ---------------------------------------------------------------------


@pytest.mark.parametrize("cut", [1_401, 1_500, 1_600])
def test_split_at_any_place_between_two_values(cut: float) -> None:
    split = numeric().split("[1000, 2000)", cut, **WHO)
    assert split.partition.cuts == (1_000, cut, 2_000)
    assert split.n_good == (40, 20, 40, 90, 4, 20)
    assert split.n_bad == (30, 12, 8, 10, 6, 10)


@pytest.mark.parametrize("cut", [1_400, 1_601, 1_100])
def test_split_inside_a_fine_count_names_the_places_that_can_be(cut: float) -> None:
    with pytest.raises(
        InvalidParameterError, match=rf"cannot tell what is below {cut} .* possible cuts: 1500\."
    ):
        numeric().split(1, cut, **WHO)


def test_split_outside_the_bin() -> None:
    for cut in (1_000, 2_000, 5):
        with pytest.raises(InvalidParameterError, match=f"must lie inside it. Got {cut}"):
            numeric().split(1, cut, **WHO)


def test_split_without_fine_counts() -> None:
    with pytest.raises(InvalidParameterError, match=r"can be merged but not cut at 1500\. Give"):
        numeric(fine=None).split(1, 1_500, **WHO)
    with pytest.raises(InvalidParameterError, match="merged but not parted"):
        levels(fine=None).split(0, ["own"], **WHO)


@pytest.mark.parametrize("which", ["Missing", 3])
def test_what_is_no_regular_bin_cannot_be_split(which: object) -> None:
    with pytest.raises(InvalidParameterError, match="is no regular bin and cannot be split"):
        numeric().split(which, 1_500, **WHO)


def test_split_of_levels() -> None:
    split = levels().split("own, villa", ["villa"], **WHO)
    assert counts(split)[:3] == [("villa", 30, 1), ("own", 60, 9), ("rent, flat", 50, 20)]
    for part in ([], ["own", "villa"], ["rent"]):
        with pytest.raises(InvalidParameterError, match="some of its levels and not all"):
            levels().split(0, part, **WHO)


def test_with_cuts_on_fine_counts() -> None:
    moved = numeric().with_cuts([1_500, 2_550], **WHO)
    assert counts(moved)[:3] == [
        ("< 1500", 60, 42),
        ("[1500, 2550)", 70, 14),
        (">= 2550", 60, 4),
    ]
    # cuts that the bins have need no fine counts
    assert numeric(fine=None).with_cuts([2_000], **WHO).n_good == (100, 90, 4, 20)
    assert numeric().with_cuts([], **WHO).n_good == (190, 4, 20)


def test_with_cuts_on_data_that_are_given() -> None:
    values = [500, 1_100, 1_100, 1_900, 3_000, -9, np.nan, 700]
    is_bad = [1, 1, 0, 0, 0, 1, 0, 1]
    weights = [1, 2, 1, 1, 3, 1, 1, 0]
    moved = numeric().with_cuts(
        [1_050, 1_950], values=values, is_bad=is_bad, sample_weight=weights, **WHO
    )
    assert counts(moved) == [
        ("< 1050", 0, 1),
        ("[1050, 1950)", 2, 2),
        (">= 1950", 3, 0),
        ("Special -9", 0, 1),
        ("Missing", 1, 0),
    ]
    # the new fine counts serve the next edit
    assert moved.split(1, 1_500, **WHO).n_good == (0, 1, 1, 3, 0, 1)
    with pytest.raises(InvalidParameterError, match="pass is_bad"):
        numeric().with_cuts([1_050], values=values, **WHO)
    with pytest.raises(InvalidTargetError, match="inconsistent numbers of samples"):
        numeric().with_cuts([1_050], values=values, is_bad=[1, 0], **WHO)


@pytest.mark.parametrize(
    ("cuts", "message"),
    [
        ([2_000, 1_000], "strictly increasing"),
        ("1000", r"must be numbers, in a list\. Got '1000'"),
        ([np.nan], "finite numbers. Got nan"),
        ([True], "finite numbers. Got True"),
    ],
)
def test_cuts_that_are_none(cuts: Any, message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        numeric().with_cuts(cuts, **WHO)


def test_edits_of_the_other_kind() -> None:
    with pytest.raises(InvalidParameterError, match="'housing' has levels and no cuts"):
        levels().with_cuts([1], **WHO)
    for edit in (numeric().group, numeric().ungroup):
        with pytest.raises(InvalidParameterError, match="'income' has cuts and no levels"):
            edit("own", **WHO)


# --- group and ungroup -----------------------------------------------------------------------


def test_group_takes_levels_from_several_bins() -> None:
    grouped = levels().group("villa", "flat", **WHO)
    assert counts(grouped)[:4] == [
        ("own", 60, 9),
        ("villa, flat", 40, 6),
        ("rent", 40, 15),
        ("free", 12, 9),
    ]


def test_group_of_whole_bins_needs_no_fine_counts() -> None:
    grouped = levels(fine=None).group("rent", "flat", "free", **WHO)
    assert counts(grouped)[:2] == [("own, villa", 90, 10), ("rent, flat, free", 62, 29)]
    with pytest.raises(InvalidParameterError, match="keeps no counts of single levels"):
        levels(fine=None).group("rent", "free", **WHO)


def test_ungroup() -> None:
    apart = levels().ungroup("flat", **WHO)
    assert counts(apart)[1:3] == [("rent", 40, 15), ("flat", 10, 5)]
    assert apart.history[-1].action == "ungroup"


def test_a_level_that_was_grouped_by_hand_and_never_met() -> None:
    partition = CategoricalPartition(groups=(("own", "villa", "castle"), ("rent", "flat", "free")))
    table = levels(partition=partition, n_good=(90, 62, 3, 0), n_bad=(10, 29, 2, 0))
    assert counts(table.ungroup("castle", **WHO))[1] == ("castle", 0, 0)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (
            lambda t: t.group("vila", **WHO),
            r"Got 'vila', which no bin holds\. Did you mean 'villa'",
        ),
        (lambda t: t.group(**WHO), "Got none"),
        (lambda t: t.ungroup("free", **WHO), "are a bin already: 'free'"),
        (lambda t: t.group("flat", "rent", **WHO), "are a bin already: 'rent', 'flat'"),
    ],
)
def test_groups_that_cannot_be(edit: Any, message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        edit(levels())


# --- levels with an order, and numbers with words ------------------------------------------------


def sizes(**fields: Any) -> BinTable:
    whole: dict[str, Any] = {
        "feature": "size",
        "partition": CategoricalPartition(groups=(("XS", "S"), ("M", "L"), ("XL",)), ordered=True),
        "n_good": (90, 50, 12, 3, 0),
        "n_bad": (10, 20, 9, 2, 0),
        "fine": FineLevels(("XS", "S", "M", "L", "XL"), (60, 30, 40, 10, 12), (9, 1, 15, 5, 9)),
    }
    return BinTable(**(whole | fields))


def test_levels_with_an_order_have_a_trend_and_neighbours() -> None:
    assert sizes().trend == "ascending"
    with pytest.raises(InvalidParameterError, match="only neighbours can be merged"):
        sizes().merge(0, 2, **WHO)
    assert sizes().merge(1, 2, **WHO).partition.groups == (("XS", "S"), ("M", "L", "XL"))


def test_bins_of_levels_with_an_order_stay_runs() -> None:
    assert sizes().group("S", "M", **WHO).partition.groups == (("XS",), ("S", "M"), ("L",), ("XL",))
    assert sizes().ungroup("L", **WHO).n_bad == (10, 15, 5, 9, 2, 0)
    for edit in (
        lambda: sizes().group("XS", "M", **WHO),
        lambda: sizes().split(0, ["S"], **WHO),
    ):
        with pytest.raises(
            InvalidParameterError, match="have an order, and each bin must be a run"
        ):
            edit()


def test_numbers_with_words_are_cut_as_numbers_are() -> None:
    partition = MixedPartition(cuts=(1_000, 2_000), special_codes=("none",))
    table = numeric(
        partition=partition, n_good=(40, 60, 90, 4, 20, 0), n_bad=(30, 20, 10, 6, 10, 0)
    )
    split = table.split(1, 1_500, **WHO)
    assert split.partition == replace(partition, cuts=(1_000.0, 1_500.0, 2_000.0))
    assert split.n_good == (40, 20, 40, 90, 4, 20, 0)
    assert table.merge("Special none", 0, **WHO).woe[3] == table.merge(3, 0, **WHO).woe[0]
    assert BinTable.from_json(split.to_json()) == split


# --- laws --------------------------------------------------------------------------------

rows = st.lists(st.tuples(st.integers(-9, 30), st.booleans()), min_size=4, max_size=200).filter(
    lambda cases: len({bad for _, bad in cases}) == 2 and len({v for v, _ in cases} - {-9})
)


def counted(cases: list[tuple[int, bool]], cuts: tuple[float, ...]) -> BinTable:
    values, is_bad = (np.array(side) for side in zip(*cases, strict=True))
    partition = NumericPartition(cuts=cuts, special_codes=(-9,))
    outcomes = Outcomes.of(is_bad.astype(bool))
    good, bad = outcomes.tally(partition.codes_of(values.astype(float)), partition.n_codes)
    regular = values != -9
    fine = FineIntervals.of_values(values[regular].astype(float), outcomes.at(regular))
    return BinTable(feature="x", partition=partition, n_good=good, n_bad=bad, fine=fine)


all_cuts = st.sets(st.integers(-8, 30), max_size=5).map(sorted)


@given(cases=rows, cuts=all_cuts, others=all_cuts)
def test_cuts_on_fine_counts_count_as_the_data_do(
    cases: list, cuts: list[int], others: list[int]
) -> None:
    table = counted(cases, tuple(cuts))
    values = {value for value, _ in cases if value != -9}
    possible = [cut for cut in others if any(v < cut for v in values) and max(values) >= cut]
    moved = table.with_cuts(possible, **WHO)
    expected = counted(cases, tuple(possible))
    assert (moved.n_good, moved.n_bad) == (expected.n_good, expected.n_bad)
    assert moved.partition == expected.partition


@given(cases=rows, cuts=st.sets(st.integers(-8, 30), min_size=2, max_size=5).map(sorted))
def test_split_undoes_merge(cases: list, cuts: list[int]) -> None:
    table = counted(cases, tuple(cuts))
    values = {value for value, _ in cases if value != -9}
    cut = cuts[0]
    if any(v < cut for v in values) and max(values) >= cut:
        again = table.merge(0, 1, **WHO).split(0, cut, **WHO)
        assert (again.n_good, again.n_bad) == (table.n_good, table.n_bad)
        assert again.partition == table.partition
        assert [edit.action for edit in again.history] == ["merge", "split"]


def test_many_values_are_counted_on_few_pre_bins_that_hold_the_cuts() -> None:
    rng = np.random.default_rng(1)
    values, outcomes = rng.normal(size=5_000), Outcomes.of(rng.random(5_000) < 0.2)
    fine = FineIntervals.of_values(values, outcomes, cuts=(-0.123, 1.2345))
    assert 200 < len(fine.good) <= 260
    for cut in (-0.123, 1.2345):
        place = fine.place_of(cut)
        assert fine.good[:place].sum() + fine.bad[:place].sum() == (values < cut).sum()


# --- what an edit says and keeps ---------------------------------------------------------------


def test_history() -> None:
    first = numeric().merge(0, 1, **WHO)
    second = first.split(
        0, 1_500, by="B", reason="too coarse", when=datetime(2026, 2, 1, tzinfo=UTC)
    )
    assert second.status == "edited"
    assert second.history == (
        Edit(
            action="merge", detail="'< 1000' and '[1000, 2000)'", by="A. Analyst",
            reason="law of 2026", at="2026-01-31T11:00:00+00:00", iv_before=numeric().iv,
            iv_after=first.iv,
        ),
        Edit(
            action="split", detail="'< 2000' at 1500", by="B", reason="too coarse",
            at="2026-02-01T00:00:00+00:00", iv_before=first.iv, iv_after=second.iv,
        ),
    )  # fmt: skip
    assert "split '< 2000' at 1500: too coarse (B, 2026-02-01" in second._repr_html_().replace(
        "&lt;", "<"
    ).replace("&#x27;", "'")


def test_time_is_now_unless_given() -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    edit = numeric().merge(0, 1, by="A", reason="r").history[0]
    assert before <= datetime.fromisoformat(edit.at) <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"reason": ""}, r"'reason' of an edit must be a text that says why .* Got ''"),
        ({"reason": None}, "'reason' of an edit"),
        ({"by": "  "}, "'by' of an edit must be a text that says who edits"),
        ({"when": "2026-01-31"}, "time with its zone"),
        ({"when": "yesterday"}, "time with its zone, such as .* Got 'yesterday'"),
        ({"when": 5}, "time with its zone"),
    ],
)
def test_an_edit_needs_a_name_a_reason_and_a_time(fields: dict, message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        numeric().merge(0, 1, **(WHO | fields))


def test_policy_constraints_and_notes_stay() -> None:
    table = numeric(
        policy=BinPolicy(missing="neutral"), constraints=BinConstraints(), notes=("a note",),
        stability_cost=0.01,
    )  # fmt: skip
    merged = table.merge(0, 1, **WHO)
    assert (merged.policy, merged.constraints) == (table.policy, table.constraints)
    assert merged.notes == ("a note",)
    # it was the price of other bins
    assert merged.stability_cost is None


def test_counts_by_period_follow_a_merge_and_end_with_a_split() -> None:
    periods = PeriodCounts(
        ["a", "b"],
        [[20, 30, 45, 2, 10], [20, 30, 45, 2, 10]],
        [[10, 10, 5, 3, 5], [20, 10, 5, 3, 5]],
    )
    table = numeric(periods=periods)
    merged = table.merge(1, 2, **WHO)
    assert merged.periods.bad.tolist() == [[10, 15, 3, 5], [20, 15, 3, 5]]
    assert merged.notes == ()
    split = table.split(1, 1_500, **WHO)
    assert split.periods is None
    assert split.notes == ("counts by period were given up, because an edit parts bins",)


def test_what_is_merged_follows_the_part_of_the_nearest_bad_rate() -> None:
    # missing values have the bad rate 1/3, the parts of the middle 12/32 and 8/48
    table = numeric().merge("Missing", 1, **WHO)
    assert table.split(1, 1_500, **WHO).joined == ((5, 1),)
    empty = numeric(n_good=(40, 60, 90, 4, 0), n_bad=(30, 20, 10, 6, 0)).merge("Missing", 1, **WHO)
    assert empty.split(1, 1_500, **WHO).joined == ((5, 2),)


# --- constraints -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"min_bin_size": 0.15}, r"'\[1000, 1500\)' has 32 rows where at least 43\.5 were asked"),
        ({"min_bin_size": 40}, r"'\[1000, 1500\)' has 32 rows where at least 40 were asked"),
        ({"min_good": 30}, r"has 20 goods where at least 30"),
        ({"min_bad": 9}, r"'\[1500, 2000\)' has 8 bads where at least 9"),
        ({"max_n_bins": 3}, "there are 4 bins where at most 3"),
        ({"min_rate_difference": 0.06}, r"differ by 0\.0536 where at least 0\.06"),
        ({"min_rate_ratio": 1.5}, r"bad rates of .* is 1\.\d+ where at least 1\.5 was asked"),
        ({"max_rate_ratio": 1.01}, r"bad rates of .* is 1\.\d+ where at most 1\.01 was asked"),
        ({"max_p_value": 0.05}, r"differ with a p-value of 0\.6\d+ where at most 0\.05"),
        ({"forbidden_cuts": [(1_450, 1_550)]}, "a cut at 1500, which was forbidden"),
    ],
)
def test_what_a_split_breaks_is_named(asked: dict, message: str) -> None:
    table = numeric(constraints=BinConstraints(**asked))
    with pytest.warns(EditWarning, match=f"'income' was made, and breaks .*{message}"):
        split = table.split(1, 1_500, **WHO)
    assert split.n_bins == 4


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"max_bin_size": 0.5}, "has 150 rows where at most 145 were asked"),
        ({"min_n_bins": 3}, "there are 2 bins where at least 3"),
        ({"fixed_cuts": [1_000]}, "no cut at 1000, which was fixed"),
    ],
)
def test_what_a_merge_breaks_is_named(asked: dict, message: str) -> None:
    with pytest.warns(EditWarning, match=message):
        numeric(constraints=BinConstraints(**asked)).merge(0, 1, **WHO)


def test_p_value_is_that_of_the_chi_squared_test() -> None:
    from scipy.stats import chi2_contingency

    expected = chi2_contingency([[40, 30], [20, 12]], correction=False).pvalue
    table = numeric(constraints=BinConstraints(max_p_value=0.05))
    with pytest.warns(EditWarning, match=f"p-value of {expected:.4f}"):
        table.split(1, 1_500, **WHO)


@pytest.mark.parametrize("trend", [None, "auto", "descending"])
def test_a_trend_that_is_turned_is_named(trend: Any) -> None:
    fine = replace(FINE, bad=(30, 4, 16, 6, 4))
    table = numeric(constraints=BinConstraints(trend=trend), fine=fine)
    with pytest.warns(EditWarning, match="bad rate is mixed where .*descending was asked"):
        table.split(1, 1_500, **WHO)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        numeric(constraints=BinConstraints(trend="none"), fine=fine).split(1, 1_500, **WHO)


def test_what_was_broken_before_is_no_news() -> None:
    table = numeric(constraints=BinConstraints(trend="ascending", min_n_bins=3))
    with pytest.warns(EditWarning) as caught:
        table.merge(1, 2, **WHO)
    (message,) = (str(warning.message) for warning in caught)
    assert "there are 2 bins" in message
    assert "ascending" not in message


def test_without_constraints_nothing_is_broken() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        numeric().split(1, 1_500, **WHO).merge(0, 1, 2, 3, **WHO)


# --- fine counts -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FineIntervals([1], [2], [3], [4]), "one place less than there are pre-bins"),
        (lambda: FineIntervals([2], [2], [3, 1], [4, 1]), "each below its above"),
        (lambda: FineIntervals([1, 2], [3, 4], [1, 1, 1], [1, 1, 1]), "must increase"),
        (lambda: FineIntervals([1], [2], [3, -1], [4, 1]), "finite counts, zero or more"),
        (lambda: FineLevels(["a", "a"], [1, 2], [1, 2]), "1 of them different, for 2 counts"),
        (lambda: FineLevels(["a", "b"], [1, 2], [1, 2], prebin=[0, 2]), "without a gap"),
        (lambda: FineLevels([], [], []), "finite counts"),
    ],
)
def test_fine_counts_that_do_not_fit(make: Any, message: str) -> None:
    with pytest.raises(InvalidDataError, match=message):
        make()


def test_fine_counts_must_be_those_of_the_bins() -> None:
    with pytest.raises(InvalidParameterError, match="must add up to its regular bins"):
        numeric(n_good=(41, 60, 90, 4, 20))


def test_fine_counts_are_values() -> None:
    assert replace(FINE) == FINE != replace(FINE, bad=(30, 12, 8, 6, 5))
    assert hash(replace(FINE)) == hash(FINE)
    whole = FineLevels([1, 2], [1, 2], [1, 2])
    assert whole == FineLevels([1, 2], [1, 2], [1, 2]) != FineLevels([True, 2], [1, 2], [1, 2])
    with pytest.raises(ValueError, match="read-only"):
        FINE.good[0] = 5
