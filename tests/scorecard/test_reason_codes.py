"""Adverse-action reasons: published vectors, sums, groups, ties, texts, baselines."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore import PointsScale, Scorecard
from creditscore.exceptions import (
    ColumnTypeError,
    DocumentError,
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    InvalidWeightError,
    MissingColumnError,
    NoReasonWarning,
    UncalibratedCardError,
    UnseenCategoryWarning,
)
from creditscore.scorecard import (
    Attribute,
    Characteristic,
    Moves,
    PointsBaseline,
    ReasonCode,
    ReasonCodes,
    ReasonDisplay,
    SegmentedScorecard,
    Segments,
    adverse_reasons,
    counterfactuals,
    reason_sentences,
)

BASELINES = ("neutral", "average", "maximum")
ACCOUNT, MATURITY = "checking_status", "duration_months"
APPLICANTS = pd.DataFrame(
    {
        ACCOUNT: ["0 to < 200 DM", ">= 200 DM or salary account"],
        MATURITY: [40, 12],  # the bins [36, 45) and [8, 16)
    },
    index=["weak", "strong"],
)
WHAT = ("code", "text", "points", "characteristic", "attribute")


def numbers(name: str, points: list[float], missing: float = 0.0) -> Characteristic:
    cuts = list(range(1, len(points)))
    return Characteristic.numeric(name, cuts=cuts, points=points, missing_points=missing)


SMALL = Scorecard(
    base_points=500,
    characteristics=(
        numbers("income", [0, 15, 30], missing=-5),
        numbers("dti", [20, 5, 0]),
        numbers("payment_to_income", [12, 7, 0]),
        Characteristic.categorical(
            "housing", points={"own": 15, "rent": 0}, missing_points=2, other_points=-1
        ),
    ),
)
GROUPED = ReasonCodes.for_card(SMALL, groups={"DEBT": ["dti", "payment_to_income"]})


def reasons_of(row: pd.Series, n: int) -> list[tuple[Any, ...]]:
    """Read the reasons of a row back as tuples, those that are there."""
    found = [tuple(row[f"reason_{i}_{what}"] for what in WHAT) for i in range(1, n + 1)]
    return [one for one in found if not pd.isna(one[0])]


# --- reference: Djurovic's card, reference points as in test_reasons.py ------------------


@pytest.mark.parametrize(
    ("baseline", "weak", "strong"),
    [
        ("neutral", (14.7926, 11.4810), None),
        ("average", (16.4320, 15.9676), None),
        ("maximum", (51.7986, 45.1255), (27.2306, 22.0471)),
    ],
)
def test_published_vectors(
    printed: Scorecard,
    baseline: str,
    weak: tuple[float, float],
    strong: tuple[float, float] | None,
) -> None:
    found = adverse_reasons(printed, APPLICANTS, n=4, baseline=baseline)
    assert list(found.columns) == [f"reason_{i}_{what}" for i in (1, 2, 3, 4) for what in WHAT]
    first, second = reasons_of(found.loc["weak"], 4)
    assert (first[0], first[3], first[4]) == ("R02", MATURITY, "[36, 45)")
    assert (second[0], second[3], second[4]) == ("R01", ACCOUNT, "0 to < 200 DM")
    # each number is a difference of two that were rounded to four decimals
    assert (first[2], second[2]) == pytest.approx(weak, abs=1.01e-4)
    found_strong = reasons_of(found.loc["strong"], 4)
    if strong is None:
        assert found_strong == []
    else:
        assert [one[3] for one in found_strong] == [MATURITY, ACCOUNT]
        assert [one[2] for one in found_strong] == pytest.approx(strong, abs=1.01e-4)


@pytest.mark.parametrize(
    ("baseline", "expected"),
    [
        ("neutral", (255.7811, 255.7811)),
        ("average", (260.2677, 257.4205)),
        ("maximum", (289.4256, 292.7871)),
    ],
)
def test_published_baselines(
    printed: Scorecard, baseline: str, expected: tuple[float, float]
) -> None:
    made = getattr(PointsBaseline, baseline)(printed)
    assert made.points == pytest.approx(expected, abs=5.1e-5)


def test_average_of_the_sample_is_that_of_its_applicants(
    printed: Scorecard, german: pd.DataFrame
) -> None:
    # the counts of the card are those of the thousand applicants it was estimated on
    of_card = PointsBaseline.average(printed)
    of_rows = PointsBaseline.of_applicants(printed, german)
    assert of_rows.points == pytest.approx(of_card.points, abs=1e-9)
    assert of_rows.n_cases == 1000


def test_average_near_the_cutoff(printed: Scorecard, german: pd.DataFrame) -> None:
    score = printed.score(german)
    near = german[(score >= 500) & (score <= 520)]
    made = PointsBaseline.near_cutoff(printed, german, cutoff=500, width=20)
    expected = printed.score_parts(near).mean()
    assert made.for_names(printed.names) == pytest.approx(expected.tolist(), abs=1e-9)
    assert made.n_cases == len(near)
    found = adverse_reasons(printed, APPLICANTS, n=2, baseline=made)
    weak = printed.score_parts(APPLICANTS).loc["weak"]
    lost = dict(zip(printed.names, np.array(made.points) - weak, strict=True))
    assert reasons_of(found.loc["weak"], 2)[0][2] == pytest.approx(max(lost.values()))


# --- agreement with the card -------------------------------------------------------------


@pytest.mark.parametrize("baseline", BASELINES)
def test_reasons_are_those_of_the_card(
    card: Scorecard, features: pd.DataFrame, baseline: str
) -> None:
    rows = features.head(300)
    found = adverse_reasons(card, rows, n=3, baseline=baseline)
    details = card.reason_details(rows, n=3, baseline=baseline)
    for rank in (1, 2, 3):
        pd.testing.assert_series_equal(
            found[f"reason_{rank}_characteristic"], details[f"reason_{rank}"], check_names=False
        )
        for what in ("points", "attribute"):
            column = f"reason_{rank}_{what}"
            pd.testing.assert_series_equal(found[column], details[column])
    labels = set(found["reason_1_attribute"].dropna())
    assert {"Missing", "Special -9"} & labels, "rows with gaps have reasons as others have"


@pytest.mark.parametrize("baseline", BASELINES)
def test_all_reasons_and_gains_add_to_baseline_less_score(
    card: Scorecard, features: pd.DataFrame, baseline: str
) -> None:
    rows = features.head(300)
    made = getattr(PointsBaseline, baseline)(card)
    lost = card.shortfalls(rows, baseline=baseline)
    total = card.base_points + sum(made.points) - card.score(rows)
    assert np.abs(lost.sum(axis=1) - total).max() < 1e-9
    found = adverse_reasons(card, rows, n=len(card.names), baseline=baseline)
    told = sum(found[f"reason_{i}_points"].fillna(0) for i in range(1, len(card.names) + 1))
    assert np.abs(told - lost.clip(lower=0).sum(axis=1)).max() < 1e-7


def test_rows_in_another_order_have_the_same_reasons(
    card: Scorecard, features: pd.DataFrame
) -> None:
    rows = features.head(120)
    found = adverse_reasons(card, rows)
    shuffled = rows.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(adverse_reasons(card, shuffled), found.loc[shuffled.index])


def test_blocks_of_rows_change_nothing(
    card: Scorecard, features: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = features.head(100)
    whole = adverse_reasons(card, rows)
    monkeypatch.setattr("creditscore.scorecard._adverse._adverse._BLOCK", 7)
    pd.testing.assert_frame_equal(adverse_reasons(card, rows), whole)


def test_more_ranks_than_codes_stay_empty(card: Scorecard, features: pd.DataFrame) -> None:
    found = adverse_reasons(card, features.head(50), n=6, baseline="maximum")
    assert found.shape[1] == 30
    assert found.filter(regex="_[56]_").isna().all(axis=None)


# --- groups, own codes and ties -------------------------------------------------------------


def oracle(codes: ReasonCodes, row: dict[str, Any], n: int) -> list[tuple[str, float, str]]:
    """Add up, code by code, what a row of SMALL loses against the most points: in plain words."""
    entries = {(r.characteristic, r.attribute): r for r in codes.reasons}
    sums: dict[str, float] = {}
    members: dict[str, list[tuple[float, str]]] = {}
    order: list[str] = []
    for c in SMALL.characteristics:
        labels = c.partition.labels
        for label in (None, *labels):
            entry = entries.get((c.name, label), entries[c.name, None])
            if entry.code not in order:
                order.append(entry.code)
    table = SMALL.table().set_index(["characteristic", "attribute"])["points"]
    for c in SMALL.characteristics:
        value = row[c.name]
        if value is None:
            label = "Missing"
        elif isinstance(value, str):
            label = value if value in ("own", "rent") else "Other"
        else:
            label = c.partition.labels[int(np.searchsorted(c.partition.cuts, value, "right"))]
        lost = c.points_range[1] - table[c.name, label]
        code = entries.get((c.name, label), entries[c.name, None]).code
        sums[code] = sums.get(code, 0.0) + lost
        members.setdefault(code, []).append((lost, c.name))
    ranked = sorted(sums, key=lambda code: (-sums[code], order.index(code)))
    return [
        (code, sums[code], max(members[code], key=lambda pair: pair[0])[1])
        for code in ranked
        if sums[code] > 1e-9
    ][:n]


amounts = st.one_of(st.none(), st.sampled_from([0.5, 1.0, 1.5, 2.0, 2.5]))
applicants_of_small = st.fixed_dictionaries(
    {
        "income": amounts,
        "dti": amounts,
        "payment_to_income": amounts,
        "housing": st.sampled_from([None, "own", "rent"]),
    }
)
lists_of_codes = st.sampled_from(
    [
        ReasonCodes.for_card(SMALL),
        GROUPED,
        GROUPED.with_attribute("income", "Missing", english="Income not stated", code="R90")
        .with_attribute("housing", "Missing", english="Housing not stated", code="R90")
        .with_attribute("dti", "Missing", english="Debt not stated", code="R90"),
        ReasonCodes.for_card(SMALL, groups={"ALL": list(SMALL.names)}),
    ]
)


@settings(max_examples=40)
@given(rows=st.lists(applicants_of_small, min_size=1, max_size=8), codes=lists_of_codes)
def test_sums_by_code_and_their_order(rows: list[dict[str, Any]], codes: ReasonCodes) -> None:
    frame = pd.DataFrame(rows).astype(dict.fromkeys(SMALL.names[:3], float))
    frame["housing"] = frame["housing"].astype(object)
    found = adverse_reasons(SMALL, frame, codes, n=4, baseline="maximum")
    for place, row in enumerate(rows):
        told = [(one[0], one[2], one[3]) for one in reasons_of(found.iloc[place], 4)]
        assert told == oracle(codes, row, 4)


def test_a_group_is_named_once_with_its_sum() -> None:
    row = pd.DataFrame({"income": [2.5], "dti": [1.5], "payment_to_income": [2.5],
                        "housing": ["own"]})  # fmt: skip
    (reason,) = reasons_of(adverse_reasons(SMALL, row, GROUPED, baseline="maximum").iloc[0], 4)
    # 15 for the one and 12 for the other; the first lost most, and says which attribute
    assert reason == ("DEBT", "Dti and payment to income: unfavourable", 27.0, "dti", "[1, 2)")


def test_a_gain_in_a_group_makes_up_for_a_loss() -> None:
    given_points = PointsBaseline(names=SMALL.names, points=(0, 5, 7, 0))
    # dti 5 - 0 lost, payment 7 - 12 gained: nothing in sum; alone, dti is a reason
    row = {"income": 0.5, "dti": 2.5, "payment_to_income": 0.5, "housing": "rent"}
    assert reason_sentences(SMALL, row, GROUPED, baseline=given_points) == ()
    assert reason_sentences(SMALL, row, baseline=given_points) == ("Dti: too high.",)


def test_ties_go_to_the_code_that_comes_first_in_the_card() -> None:
    card = Scorecard(characteristics=tuple(numbers(name, [0, 10]) for name in "bac"))
    row = pd.DataFrame({"a": [0.0], "b": [0.0], "c": [0.0]})
    found = adverse_reasons(card, row, baseline="maximum")
    assert [one[3] for one in reasons_of(found.iloc[0], 4)] == ["b", "a", "c"]
    # the order of the list of codes does not matter, and of a group the first member leads
    turned = ReasonCodes(reasons=ReasonCodes.for_card(card, groups={"G": ["c", "a"]}).reasons[::-1])
    found = adverse_reasons(card, row, turned, baseline="maximum")
    assert [(one[0], one[2], one[3]) for one in reasons_of(found.iloc[0], 4)] == [
        ("G", 20.0, "a"), ("R01", 10.0, "b"),
    ]  # fmt: skip


def test_rounding_breaks_no_tie() -> None:
    def one(name: str, points: list[float]) -> Characteristic:
        return Characteristic.numeric(name, cuts=[1], points=points, missing_points=0)

    # 0.2 - 0.1 is less than 1.3 - 1.2 by the last bits
    card = Scorecard(characteristics=(one("a", [0.1, 0.2]), one("b", [1.2, 1.3])))
    row = {"a": 0.0, "b": 0.0}
    found = adverse_reasons(card, pd.DataFrame([row]), baseline="maximum")
    assert [one[3] for one in reasons_of(found.iloc[0], 2)] == ["a", "b"]
    group = ReasonCodes.for_card(card, groups={"G": ["b", "a"]})
    found = adverse_reasons(card, pd.DataFrame([row]), group, baseline="maximum")
    assert found["reason_1_characteristic"].tolist() == ["a"]
    bars = ReasonDisplay.from_applicant(card, row, baseline="maximum").frame()
    assert bars["code"].dropna().tolist() == ["R01", "R02"]


def test_many_ties_keep_the_order_of_the_card() -> None:
    # two sizes of loss, at places without a pattern
    sizes = np.random.default_rng(1).choice([10, 20], 60).tolist()
    names = [f"c{(7 * i) % 60}" for i in range(60)]
    pairs = list(zip(names, sizes, strict=True))
    card = Scorecard(characteristics=tuple(numbers(name, [0, size]) for name, size in pairs))
    row = pd.DataFrame([dict.fromkeys(names, 0.5)])
    found = adverse_reasons(card, row, n=60, baseline="maximum")
    expected = [name for size in (20, 10) for name, its_size in pairs if its_size == size]
    assert [one[3] for one in reasons_of(found.iloc[0], 60)] == expected


def test_the_code_of_a_characteristic_comes_before_those_of_its_attributes() -> None:
    card = Scorecard(characteristics=(numbers("a", [0, 5, 15]), numbers("b", [0, 10])))
    codes = ReasonCodes.for_card(card)
    for name in "ab":
        codes = codes.with_attribute(name, "< 1", english="Very low", code="LOW")
    found = adverse_reasons(card, pd.DataFrame({"a": [1.5], "b": [0.5]}), codes, baseline="maximum")
    assert [(one[0], one[2]) for one in reasons_of(found.iloc[0], 4)] == [("R01", 10), ("LOW", 10)]


def test_own_texts_of_missing_values_special_codes_and_unknown_levels() -> None:
    months = Characteristic.numeric(
        "months", cuts=[6], points=[0, 9], missing_points=0, special_points={-9: 1}
    )
    housing = Characteristic.categorical(
        "housing", points={"own": 9}, missing_points=0, other_points=0
    )
    card = Scorecard(characteristics=(months, housing))
    rows = pd.DataFrame({"months": [None, -9, 3], "housing": [None, "own", "tent"]})
    with pytest.warns(UnseenCategoryWarning, match="'tent'"):
        found = adverse_reasons(card, rows, n=2, baseline="maximum")
    assert found["reason_1_text"].tolist() == [
        "Months: not stated", "Months: special code -9", "Months: too low",
    ]  # fmt: skip
    assert found["reason_2_text"].tolist()[::2] == [
        "Housing: not stated", "Housing: not a known level",
    ]  # fmt: skip
    assert found["reason_1_attribute"].tolist() == ["Missing", "Special -9", "< 6"]
    with pytest.warns(UnseenCategoryWarning, match="'tent'"):
        chinese = adverse_reasons(card, rows, n=2, baseline="maximum", language="zh")
    assert chinese["reason_1_text"].tolist() == [
        "months：未提供", "months：特殊代码 -9", "months：过低",
    ]  # fmt: skip


# --- cut-off, scales, sentences -----------------------------------------------------------------


def test_who_passes_gets_no_reasons(card: Scorecard, features: pd.DataFrame) -> None:
    rows = features.head(200)
    score = card.score(rows)
    cutoff = float(score.iloc[5])  # who has it, passes
    found = adverse_reasons(card, rows, cutoff=cutoff)
    failed = score < cutoff
    assert failed.any()
    assert not failed.iloc[5]
    assert found.loc[~failed].isna().all(axis=None)
    pd.testing.assert_frame_equal(found.loc[failed], adverse_reasons(card, rows).loc[failed])
    nobody = adverse_reasons(card, rows, cutoff=-1e6)
    assert nobody.isna().all(axis=None)
    assert nobody.dtypes.tolist() == found.dtypes.tolist()


def test_who_fails_without_a_reason_is_no_silent_matter(printed: Scorecard) -> None:
    # the strong one is above all neutral points, and below this cutoff nevertheless
    with pytest.warns(NoReasonWarning, match=r"1 of 2 applicants below .* the points at WOE 0"):
        found = adverse_reasons(printed, APPLICANTS, cutoff=600)
    assert found["reason_1_code"].isna().tolist() == [False, True]
    with pytest.warns(NoReasonWarning, match="1 of 1 applicant below the cutoff has no reason"):
        assert reason_sentences(printed, APPLICANTS.loc[["strong"]], cutoff=600) == ()
    # without a cutoff nobody says that they failed; compared with the best, all have a reason
    adverse_reasons(printed, APPLICANTS)
    found = adverse_reasons(printed, APPLICANTS, cutoff=600, baseline="maximum")
    assert found["reason_1_code"].notna().all()


def test_on_a_reversed_scale_a_reason_is_an_excess(printed: Scorecard) -> None:
    assert printed.scale is not None
    turned = printed.on_scale(replace(printed.scale, reverse=True))
    for baseline in BASELINES:
        found = adverse_reasons(turned, APPLICANTS, baseline=baseline)
        expected = adverse_reasons(printed, APPLICANTS, baseline=baseline)
        pd.testing.assert_frame_equal(found, expected, check_exact=False, rtol=1e-9)
    score = turned.score(APPLICANTS)
    assert score["weak"] > score["strong"]
    middle = float(score.mean())
    with_cutoff = adverse_reasons(turned, APPLICANTS, baseline="maximum", cutoff=middle)
    assert not pd.isna(with_cutoff.loc["weak", "reason_1_code"])
    assert with_cutoff.loc["strong"].isna().all()
    near = PointsBaseline.near_cutoff(turned, APPLICANTS, cutoff=middle, width=100)
    assert near.points == pytest.approx(turned.score_parts(APPLICANTS).loc["strong"].tolist())
    assert near.description.endswith(f"100 points below the cutoff {middle:g}")


def test_points_set_by_hand_are_explained_as_others_are(printed: Scorecard) -> None:
    lowered = printed.with_points(
        {(ACCOUNT, "0 to < 200 DM"): 200.0}, by="committee", reason="policy"
    )
    found = adverse_reasons(lowered, APPLICANTS, n=2)
    (first, second) = reasons_of(found.loc["weak"], 2)
    assert (first[3], second[3]) == (ACCOUNT, MATURITY)
    assert first[2] == pytest.approx(255.7811 - 200, abs=5.1e-5)


def test_sentences_in_both_languages(printed: Scorecard) -> None:
    codes = ReasonCodes.for_card(
        printed, names={MATURITY: ("duration of the loan", "贷款期限"), ACCOUNT: ("status", "账户")}
    )
    assert reason_sentences(printed, APPLICANTS.loc["weak"], codes) == (
        "Duration of the loan: too high.", "Status: unfavourable.",
    )  # fmt: skip
    applicant = APPLICANTS.loc["weak"].to_dict()
    assert reason_sentences(printed, applicant, codes, n=1, language="zh") == ("贷款期限：过高。",)
    assert reason_sentences(printed, APPLICANTS.loc[["strong"]], codes) == ()
    assert reason_sentences(printed, applicant, codes, cutoff=0) == ()
    told = codes.with_texts({"R02": "Please borrow for a shorter time!"})
    assert reason_sentences(printed, applicant, told, n=1) == ("Please borrow for a shorter time!",)
    asked = codes.with_texts({"R02": "贷款期限过长！"}, language="zh")
    assert reason_sentences(printed, applicant, asked, n=1, language="zh") == ("贷款期限过长！",)


@pytest.mark.parametrize("convert", [pl.from_pandas, lambda X: pl.from_pandas(X).to_arrow()])
def test_other_libraries(card: Scorecard, features: pd.DataFrame, convert: Any) -> None:
    rows = features.head(60).reset_index(drop=True)
    expected = adverse_reasons(card, rows, cutoff=500, n=2)
    found = adverse_reasons(card, convert(rows), cutoff=500, n=2)
    assert type(found).__module__.split(".")[0] in ("polars", "pyarrow")
    assert "null" not in str(found.schema).lower()
    names = list(expected.columns)
    assert [list(found[name].to_pylist() if hasattr(found[name], "to_pylist")
                 else found[name].to_list()) for name in names] == [
        [None if pd.isna(value) else value for value in expected[name]] for name in names
    ]  # fmt: skip


def test_index_is_kept(card: Scorecard, features: pd.DataFrame) -> None:
    rows = features.iloc[5:9]
    assert adverse_reasons(card, rows).index.equals(rows.index)


# --- lists of codes -------------------------------------------------------------------------------


def test_default_texts_follow_the_points() -> None:
    card = Scorecard(
        characteristics=(
            numbers("rising", [0, 5, 9]),
            numbers("falling", [9, 5, 5]),
            numbers("peak", [0, 9, 5]),
            numbers("flat", [3, 3]),
            Characteristic.numeric(
                "linear", cuts=[0, 10], points=[0, 0, 50], slopes=[0, 5, 0], missing_points=0
            ),
            Characteristic.categorical(
                "level", points={"a": 1, "b": 2}, missing_points=0, other_points=0
            ),
        )
    )

    def said(of: Scorecard) -> list[str]:
        return [
            reason.english.partition(": ")[2]
            for reason in ReasonCodes.for_card(of).reasons
            if reason.attribute is None
        ]

    assert said(card) == [
        "too low", "too high", "unfavourable", "unfavourable", "too low", "unfavourable",
    ]  # fmt: skip
    turned = replace(card, scale=PointsScale(reverse=True))
    assert said(turned)[:3] == ["too high", "too low", "unfavourable"]


def own_texts(characteristic: Characteristic, **card: Any) -> dict[str, tuple[str, str]]:
    codes = ReasonCodes.for_card(Scorecard(characteristics=(characteristic,), **card))
    return {
        reason.attribute or "": tuple(
            text.partition(mark)[2]
            for text, mark in ((reason.english, ": "), (reason.chinese, "："))
        )
        for reason in codes.reasons
        if reason.attribute != "Missing"
    }


def test_where_points_bend_each_side_of_the_best_is_told_by_itself() -> None:
    low, high, neither = ("too low", "过低"), ("too high", "过高"), ("unfavourable", "不利")
    assert own_texts(numbers("age", [0, 10, 30, 20])) == {
        "": neither, "< 1": low, "[1, 2)": low, ">= 3": high,
    }  # fmt: skip
    # better ones on both sides: neither too low nor too high
    assert own_texts(numbers("age", [30, 0, 20])) == {"": neither, ">= 2": high}
    assert own_texts(numbers("age", [5, 30, 10, 20])) == {
        "": neither, "< 1": low, ">= 3": high,
    }  # fmt: skip
    # points of risk
    reverse = PointsScale(reverse=True)
    assert own_texts(numbers("age", [30, 0, 20]), scale=reverse) == {
        "": neither, "< 1": low, ">= 2": high,
    }  # fmt: skip
    # one verdict for all needs no entries
    assert own_texts(numbers("age", [0, 10, 10])) == {"": low}
    rise_and_fall = Characteristic.numeric(
        "age", cuts=[0, 10, 20], points=[0, 0, 50, 0], slopes=[0, 5, -5, 0], missing_points=0
    )
    assert own_texts(rise_and_fall) == {
        "": neither, "< 0": low, "[0, 10)": low, "[10, 20)": high, ">= 20": high,
    }  # fmt: skip


def test_letters_are_specific_where_points_bend(german: pd.DataFrame) -> None:
    card = Scorecard(characteristics=(numbers("age", [0, 30, 20]),))
    rows = pd.DataFrame({"age": [0.5, 1.5, 2.5]})
    found = adverse_reasons(card, rows, n=1, baseline="maximum")["reason_1_text"]
    assert found.fillna("").tolist() == ["Age: too low", "", "Age: too high"]
    # a group has one text, and a text that is given for an attribute stays
    grouped = ReasonCodes.for_card(
        Scorecard(characteristics=(*card.characteristics, numbers("other", [0, 1]))),
        groups={"G": ["age", "other"]},
    )
    assert {r.attribute for r in grouped.reasons} == {None, "Missing"}
    own = ReasonCodes.for_card(card).with_texts({("age", ">= 2"): "Too old for this loan"})
    assert reason_sentences(card, {"age": 3}, own, baseline="maximum") == (
        "Too old for this loan.",
    )


def test_codes_of_groups_are_not_given_twice() -> None:
    codes = ReasonCodes.for_card(SMALL, groups={"R01": ["dti", "housing"]})
    of = {r.characteristic: r.code for r in codes.reasons if r.attribute is None}
    assert of == {"income": "R02", "dti": "R01", "payment_to_income": "R03", "housing": "R01"}
    assert codes.codes == ("R02", "R01", "R03")


@pytest.mark.parametrize("codes", [ReasonCodes.for_card(SMALL), GROUPED])
def test_a_list_goes_to_file_and_table_and_back(codes: ReasonCodes, tmp_path: Any) -> None:
    codes.to_json(tmp_path / "codes.json")
    assert ReasonCodes.from_json(tmp_path / "codes.json") == codes
    assert ReasonCodes.from_frame(codes.frame()) == codes
    codes.frame().to_csv(tmp_path / "codes.csv", index=False)
    assert ReasonCodes.from_frame(pd.read_csv(tmp_path / "codes.csv")) == codes
    assert ReasonCodes.from_frame(pl.from_pandas(codes.frame())) == codes
    with pytest.raises(DocumentError, match=r"is not a creditscore\.scorecard document"):
        Scorecard.from_json(tmp_path / "codes.json")


def test_a_sheet_may_leave_cells_empty_and_number_its_codes() -> None:
    sheet = pd.DataFrame(
        {
            "code": [1.0, 1.0, 2.0],
            "characteristic": ["dti", "payment_to_income", "income"],
            "english": ["Debt too high", None, " Income too low "],
        }
    )
    codes = ReasonCodes.from_frame(sheet)
    assert codes.codes == ("1", "2")
    assert [reason.english for reason in codes.reasons] == [
        "Debt too high", "Debt too high", "Income too low",
    ]  # fmt: skip
    with pytest.raises(InvalidParameterError, match=r"'1', '2' have no text in Chinese"):
        codes.check_language("zh", "adverse_reasons")
    assert "2 codes for 3 characteristics" in repr(codes)
    assert "all in English" in repr(codes)


def test_texts_can_be_replaced() -> None:
    codes = GROUPED.with_texts({"DEBT": "Debts", ("dti", "Missing"): "Debts not stated"})
    row = {"income": 2.5, "dti": None, "payment_to_income": 2.5, "housing": "own"}
    assert reason_sentences(SMALL, row, codes, baseline="maximum") == ("Debts not stated.",)
    row["dti"] = 1.5
    assert reason_sentences(SMALL, row, codes, baseline="maximum") == ("Debts.",)
    # the Chinese texts are as they were
    assert codes.frame()["chinese"].tolist() == GROUPED.frame()["chinese"].tolist()
    again = codes.with_attribute("dti", "Missing", english="No debts stated", code="R99")
    assert len(again.reasons) == len(codes.reasons)
    assert reason_sentences(SMALL, {**row, "dti": None}, again, baseline="maximum") == (
        "No debts stated.", "Debts.",
    )  # fmt: skip


def test_html_escapes_texts() -> None:
    income = ReasonCode(code="R01", characteristic="income", english="Income < 500")
    assert "Income &lt; 500" in ReasonCodes(reasons=(income,))._repr_html_()


# --- refused --------------------------------------------------------------------------------------


ENTRY = ReasonCode(code="R01", characteristic="income", english="Income")


@pytest.mark.parametrize(
    ("reasons", "error", "message"),
    [
        ((), EmptyDataError, "needs an entry or more"),
        (("R01",), InvalidParameterError, "must be a ReasonCode"),
        ((ENTRY, replace(ENTRY, code="R02")), InvalidParameterError, "'income' stands 2 times"),
        (
            (replace(ENTRY, attribute="Missing"),),
            InvalidParameterError,
            "none for its other ones",
        ),
        (
            (ENTRY, replace(ENTRY, characteristic="dti", english="Debt")),
            InvalidParameterError,
            "'R01' has two texts: 'Income' and 'Debt'",
        ),
        ((replace(ENTRY, english=" "),), InvalidParameterError, "has no text"),
    ],
)
def test_lists_that_do_not_fit_together(reasons: Any, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        ReasonCodes(reasons=reasons)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"code": " "}, "code of characteristic 'income' is empty"),
        ({"code": 1}, "'code' parameter of ReasonCode must be a str"),
        ({"attribute": 3}, "'attribute' parameter of ReasonCode must be a str"),
        ({"chinese": None}, "'chinese' parameter of ReasonCode must be a str"),
    ],
)
def test_entries_that_are_none(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        replace(ENTRY, **fields)


def test_a_list_for_another_card() -> None:
    whole = ReasonCodes.for_card(SMALL)
    fewer = replace(SMALL, characteristics=SMALL.characteristics[1:])
    with pytest.raises(InvalidParameterError, match=r"no characteristic 'income' in the card"):
        adverse_reasons(fewer, pd.DataFrame(), whole)
    with pytest.raises(InvalidParameterError, match=r"no reason code for 'income'"):
        ReasonCodes.for_card(fewer).check(SMALL)
    with pytest.raises(InvalidParameterError, match=r"Did you mean 'dti'"):
        ReasonCodes(reasons=(ReasonCode(code="R", characteristic="dt", english="D"),)).check(SMALL)
    with pytest.raises(InvalidParameterError, match=r"no attribute 'missing' .* mean 'Missing'"):
        whole.with_attribute("dti", "missing", english="No debt stated").check(SMALL)


def test_unknown_names_in_changes_of_a_list() -> None:
    with pytest.raises(InvalidParameterError, match=r"no reason code 'R1' .* Did you mean 'R01'"):
        ReasonCodes.for_card(SMALL).with_texts({"R1": "x"})
    with pytest.raises(InvalidParameterError, match=r"no entry for an attribute 'dti: >= 3'"):
        GROUPED.with_texts({("dti", ">= 3"): "x"})
    with pytest.raises(InvalidParameterError, match=r"no characteristic 'debt' in the list"):
        GROUPED.with_attribute("debt", "Missing", english="x")
    with pytest.raises(InvalidParameterError, match=r"'language' parameter .* one of 'en', 'zh'"):
        GROUPED.with_texts({}, language="de")
    with pytest.raises(InvalidParameterError, match=r"'texts' parameter .* must be a str"):
        GROUPED.with_texts({"DEBT": None})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"groups": {"G": ["dti", "incom"]}}, "no characteristic 'incom'.*mean 'income'"),
        ({"groups": {"G": ["dti"], "H": ["dti"]}}, "'dti' is in the groups 'G' and 'H'"),
        ({"groups": {"G": "dti"}}, "Group 'G' must be a list"),
        ({"groups": {"G": []}}, "Group 'G' must be a list"),
        ({"names": {"debt": ("a", "b")}}, "no characteristic 'debt'"),
        ({"names": {"dti": "debt"}}, "name of characteristic 'dti' must be given as two texts"),
    ],
)
def test_bad_groups_and_names(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        ReasonCodes.for_card(SMALL, **arguments)


def test_bad_sheets() -> None:
    with pytest.raises(MissingColumnError, match="'code' is not in the table"):
        ReasonCodes.from_frame(pd.DataFrame({"characteristic": ["a"], "english": ["A"]}))
    with pytest.raises(MissingColumnError, match="'english' is not in the table"):
        ReasonCodes.from_frame(pd.DataFrame({"characteristic": ["a"], "code": ["A"]}))
    sheet = pd.DataFrame({"code": ["1", None], "characteristic": ["a", "b"], "english": "A"})
    with pytest.raises(InvalidDataError, match="Row 1 of the reason codes lacks its code"):
        ReasonCodes.from_frame(sheet)


ROW = {"income": 1.5, "dti": 1.5, "payment_to_income": 1.5, "housing": "own"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, "'n' parameter of adverse_reasons"),
        ({"baseline": "best"}, "'baseline' parameter of adverse_reasons must be one of"),
        ({"baseline": None}, "or a PointsBaseline"),
        ({"language": "de"}, "'language' parameter of adverse_reasons"),
        ({"cutoff": math.nan}, "'cutoff' parameter of adverse_reasons"),
        ({"codes": {}}, "'codes' parameter of adverse_reasons must be a ReasonCodes"),
        (
            {"baseline": PointsBaseline(names=("income",), points=(1,))},
            "no characteristic 'dti' in the baseline",
        ),
        (
            {"baseline": PointsBaseline(names=(*SMALL.names, "age"), points=(1,) * 5)},
            "no characteristic 'age' in the card",
        ),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        adverse_reasons(SMALL, pd.DataFrame([ROW]), **{"baseline": "maximum", **arguments})


def test_what_a_card_cannot_say() -> None:
    for baseline, why in (("neutral", "has no neutral points"), ("average", "holds no counts")):
        with pytest.raises(UncalibratedCardError, match=why):
            adverse_reasons(SMALL, pd.DataFrame([ROW]), baseline=baseline)


def test_bad_applicants() -> None:
    with pytest.raises(InvalidParameterError, match=r"takes one applicant.* Got 2 rows"):
        reason_sentences(SMALL, pd.DataFrame([ROW, ROW]), baseline="maximum")
    renamed = {"incomes": 1, "dti": 1, "payment_to_income": 1, "housing": "own"}
    with pytest.raises(MissingColumnError, match=r"'income' \(near: 'incomes'\) is not in"):
        reason_sentences(SMALL, renamed, baseline="maximum")
    with pytest.raises(ColumnTypeError, match="reads its columns by name"):
        adverse_reasons(SMALL, np.ones((2, 4)), baseline="maximum")
    # one applicant is asked for, or a sample to average
    nobody = pd.DataFrame([ROW]).iloc[:0]
    for ask in (
        lambda: reason_sentences(SMALL, nobody, baseline="maximum"),
        lambda: PointsBaseline.of_applicants(SMALL, nobody),
        lambda: PointsBaseline.near_cutoff(SMALL, nobody, cutoff=500, width=10),
    ):
        with pytest.raises(EmptyDataError, match="0 sample"):
            ask()
    with pytest.raises(MissingColumnError, match="'income'"):
        adverse_reasons(SMALL, nobody.drop(columns="income"), baseline="maximum")


@pytest.mark.parametrize(
    "convert", [lambda X: X, pl.from_pandas, pa.Table.from_pandas], ids=["pd", "pl", "pa"]
)
@pytest.mark.parametrize("cutoff", [None, 520])
def test_where_nobody_was_refused_there_are_no_rows(convert: Any, cutoff: float | None) -> None:
    X = convert(pd.DataFrame([ROW, ROW]))
    found, whole = (
        adverse_reasons(SMALL, table, baseline="maximum", cutoff=cutoff) for table in (X[:0], X)
    )
    assert found.shape == (0, 20)
    assert type(found) is type(whole)
    if isinstance(found, pd.DataFrame):
        assert found.dtypes.to_dict() == whole.dtypes.to_dict()
    else:
        assert found.schema == whole.schema


# --- baselines ------------------------------------------------------------------------------------


def test_baselines_say_what_they_are(printed: Scorecard, german: pd.DataFrame) -> None:
    assert PointsBaseline.neutral(printed).description == "points at WOE 0"
    assert PointsBaseline.average(printed).description == "average points of the sample of the card"
    assert PointsBaseline.maximum(printed).description == "most favourable points"
    near = PointsBaseline.near_cutoff(printed, german, cutoff=500, width=20)
    assert near.description == (
        f"average points of {near.n_cases} applicants at or up to 20 points above the cutoff 500"
    )
    assert f"{sum(near.points):.6g} together" in repr(near)
    assert near.frame()["points"].tolist() == list(near.points)
    assert "cutoff 500" in near._repr_html_()
    one = PointsBaseline.of_applicants(printed, APPLICANTS.head(1))
    assert one.description == "average points of 1 applicant"
    assert "of 1 characteristic, " in repr(PointsBaseline(names=("a",), points=(1.0,)))


def test_a_baseline_of_other_points_is_refused(printed: Scorecard, german: pd.DataFrame) -> None:
    card = printed.on_scale(PointsScale())
    near = PointsBaseline.near_cutoff(card, german, cutoff=500, width=20)
    first = card.characteristics[0]
    middle = (replace(first.attributes[0], points=first.attributes[0].points + 0.5),)
    by_hand = replace(first, attributes=middle + first.attributes[1:])
    others = {
        "there a higher score is safer, and here a lower one": card.on_scale(
            PointsScale(reverse=True)
        ),
        "the points of 'checking_status' are others": card.on_scale(PointsScale(pdo=40)),
        "its card has .* base points, this one": card.with_layout("base"),
        "points of 'checking_status'": replace(
            card, characteristics=(by_hand, *card.characteristics[1:])
        ),
    }
    others["(base points|the points of)"] = card.on_range(0, 100)
    everyone = PointsBaseline.of_applicants(card, german)
    for made in (near, everyone, PointsBaseline.maximum(card), PointsBaseline.neutral(card)):
        for why, other in others.items():
            with pytest.raises(InvalidParameterError, match=f"{why}.* Make it anew with the card"):
                adverse_reasons(other, APPLICANTS, baseline=made)
    with pytest.raises(InvalidParameterError, match=r"PointsBaseline\.near_cutoff\(card\)"):
        reason_sentences(others["its card has .* base points, this one"], APPLICANTS.head(1),
                         baseline=near)  # fmt: skip
    with pytest.raises(InvalidParameterError, match=r"PointsBaseline\.of_applicants\(card\)"):
        ReasonDisplay.from_applicant(card.on_range(0, 100), APPLICANTS.head(1), baseline=everyone)
    # there and back: the same points but for rounding; and the same characteristics turned about
    back = card.on_scale(PointsScale(pdo=40)).on_scale(PointsScale())
    turned = replace(card, characteristics=card.characteristics[::-1])
    for same in (card, back, turned):
        adverse_reasons(same, APPLICANTS, baseline=near)


def test_points_of_ones_own_are_checked_for_their_direction_only() -> None:
    own = PointsBaseline(names=SMALL.names, points=(30, 20, 12, 15))
    reverse = replace(SMALL, scale=PointsScale(reverse=True))
    with pytest.raises(InvalidParameterError, match=r"here a lower one\. Make it anew"):
        adverse_reasons(reverse, pd.DataFrame([ROW]), baseline=own)
    adverse_reasons(replace(SMALL, base_points=0), pd.DataFrame([ROW]), baseline=own)
    own = replace(own, higher_is_safer=False)
    adverse_reasons(reverse, pd.DataFrame([ROW]), baseline=own)


def test_cards_of_segments_are_asked_one_by_one() -> None:
    by_income = Segments.by_cuts("income", [1], ["low", "high"])
    both = SegmentedScorecard.from_cards(by_income, {"low": SMALL, "high": SMALL})
    X: Any = pd.DataFrame([ROW])
    asked: list[Callable[[Any], Any]] = [
        lambda card: adverse_reasons(card, X, baseline="maximum"),
        lambda card: reason_sentences(card, X, baseline="maximum"),
        ReasonCodes.for_card,
        GROUPED.check,
        PointsBaseline.maximum,
        lambda card: PointsBaseline.of_applicants(card, X),
        lambda card: PointsBaseline.near_cutoff(card, X, cutoff=500, width=10),
        lambda card: ReasonDisplay.from_applicant(card, X, baseline="maximum"),
        lambda card: counterfactuals(card, X, target_score=500),
        Moves().check,
    ]
    for ask in asked:
        with pytest.raises(
            InvalidParameterError, match=r"segments 'low', 'high'.*card\.card\(name"
        ):
            ask(both)
        with pytest.raises(InvalidParameterError, match=r"must be a Scorecard\. Got 'x'"):
            ask("x")
    for segment in ("low", "high"):
        assert len(adverse_reasons(both.card(segment), X, baseline="maximum")) == 1


def test_weights_of_applicants_count_as_rows_do(printed: Scorecard, german: pd.DataFrame) -> None:
    times = np.random.default_rng(3).integers(0, 4, len(german))
    many = german.loc[german.index.repeat(times)]
    all_of = PointsBaseline.of_applicants(printed, german, sample_weight=times)
    assert all_of.points == pytest.approx(PointsBaseline.of_applicants(printed, many).points)
    assert all_of.n_cases == (times > 0).sum()
    near = PointsBaseline.near_cutoff(printed, german, cutoff=520, width=9, sample_weight=times / 7)
    repeated = PointsBaseline.near_cutoff(printed, many, cutoff=520, width=9)
    assert near.points == pytest.approx(repeated.points)
    # whom no weight counts is no neighbour of the cutoff
    with pytest.raises(EmptyDataError, match=r"No applicant of 1 .* nearest score is 485"):
        PointsBaseline.near_cutoff(
            printed, APPLICANTS, cutoff=532, width=5, sample_weight=[1.0, 0.0]
        )
    for weights, message in (([1.0], "length 2"), ([-1.0, 1.0], "negative"), ([0, 0], "zero in")):
        with pytest.raises(InvalidWeightError, match=message):
            PointsBaseline.of_applicants(printed, APPLICANTS, sample_weight=weights)
    turned = pd.Series([1.0, 2.0], index=["strong", "weak"])
    with pytest.raises(InvalidWeightError, match="same index in different orders"):
        PointsBaseline.of_applicants(printed, APPLICANTS, sample_weight=turned)


def test_nobody_near_the_cutoff(printed: Scorecard) -> None:
    with pytest.raises(EmptyDataError, match=r"No applicant of 2 .* nearest score is 532"):
        PointsBaseline.near_cutoff(printed, APPLICANTS, cutoff=540, width=5)
    only = PointsBaseline.near_cutoff(
        printed, APPLICANTS, cutoff=float(printed.score(APPLICANTS).iloc[0]), width=0
    )
    assert only.n_cases == 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"names": ()}, "needs different names"),
        ({"names": ("a", "a")}, "needs different names"),
        ({"points": (1.0,)}, "a number for each of them"),
        ({"points": (1.0, math.inf)}, "'points' parameter of PointsBaseline"),
        ({"method": "median"}, "'method' parameter of PointsBaseline"),
        ({"n_cases": 0}, "'n_cases' parameter of PointsBaseline"),
        ({"cutoff": math.nan}, "'cutoff' parameter of PointsBaseline"),
    ],
)
def test_baselines_that_are_none(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        PointsBaseline(**{"names": ("a", "b"), "points": (1.0, 2.0), **fields})


@pytest.mark.parametrize("arguments", [{"cutoff": "x", "width": 1}, {"cutoff": 1, "width": -1}])
def test_bands_that_are_none(printed: Scorecard, arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameterError, match=r"parameter of PointsBaseline.near_cutoff"):
        PointsBaseline.near_cutoff(printed, APPLICANTS, **arguments)


def test_average_of_linear_points_needs_applicants() -> None:
    years = Characteristic.numeric(
        "years", cuts=[0, 10], points=[0, 0, 50], slopes=[0, 5, 0], missing_points=0
    )
    counted = replace(
        years, attributes=tuple(replace(a, n_good=5, n_bad=5) for a in years.attributes)
    )
    card = Scorecard(characteristics=(counted,))
    with pytest.raises(UncalibratedCardError, match="linear points"):
        PointsBaseline.average(card)
    rows = pd.DataFrame({"years": [2.0, 4.0]})
    assert PointsBaseline.of_applicants(card, rows).points == (15.0,)


# --- the picture ----------------------------------------------------------------------------------


def test_bars_lead_from_the_baseline_to_the_score(card: Scorecard, features: pd.DataFrame) -> None:
    row = features.iloc[3]
    display = ReasonDisplay.from_applicant(card, row, cutoff=600)
    steps = display.frame()
    assert steps["kind"].tolist() == ["baseline", *["characteristic"] * len(card.names), "score"]
    bars = steps[steps["kind"] == "characteristic"]
    assert bars["start"].iloc[0] == steps["end"].iloc[0]
    assert bars["start"].tolist()[1:] == bars["end"].tolist()[:-1]
    assert bars["end"].iloc[-1] == pytest.approx(steps["end"].iloc[-1], abs=1e-9)
    assert steps["end"].iloc[-1] == card.score(features.iloc[[3]]).iloc[0]
    assert bars["lost"].is_monotonic_decreasing
    assert (bars["code"].notna() == (bars["lost"] > 0)).all()
    ax = display.plot().ax_
    assert len(ax.get_yticklabels()) == len(steps)
    assert "cutoff 600" in [text.get_text() for text in ax.texts]
    assert repr(display).startswith("<ReasonDisplay: ")


def test_bars_are_named_as_the_applicant_is_told() -> None:
    row = {"income": None, "dti": 1.5, "payment_to_income": 2.5, "housing": "own"}

    def labels(codes: ReasonCodes, **arguments: Any) -> dict[str, str | None]:
        display = ReasonDisplay.from_applicant(
            SMALL, row, codes=codes, baseline="maximum", **arguments
        )
        frame = display.frame()
        bars = frame[frame["kind"] == "characteristic"]
        return dict(zip(bars["label"], bars["code"], strict=True))

    own = ReasonCodes.for_card(SMALL, names={"dti": ("Debt to income", "负债收入比")})
    assert labels(own) == {
        "Income: not stated (Missing)": "R01",
        "Debt to income: too high ([1, 2))": "R02",
        "Payment to income: too high (>= 2)": "R03",
        # what lost nothing has no reason
        "Housing: own": None,
    }
    assert "负债收入比：过高（[1, 2)）" in labels(own, language="zh")
    # the text of a group is that of several
    assert labels(GROUPED)["Dti and payment to income: unfavourable (Dti: [1, 2))"] == "DEBT"


def test_gains_changes_and_members_of_groups_have_names_too() -> None:
    names = {"housing": "住房", "dti": "负债率", "income": "月收入"}
    row = {"income": 0.5, "dti": 1.5, "payment_to_income": 2.5, "housing": "own"}
    (recourse,) = counterfactuals(SMALL, row, target_score=545, moves={"income": "up"})
    display = ReasonDisplay.from_applicant(
        SMALL,
        row,
        codes=GROUPED,
        baseline="maximum",
        counterfactual=recourse.answers[0],
        language="zh",
        names=names,
    )
    labels = display.frame()["label"].tolist()
    assert "住房：own" in labels
    assert "月收入：至少 2（现为 0.5）" in labels
    assert [label for label in labels if label.endswith("（Payment to income：>= 2）")]
    plain = ReasonDisplay.from_applicant(
        SMALL, row, baseline="maximum", counterfactual=recourse.answers[0]
    )
    assert {"Housing: own", "Income: at least 2 (now 0.5)"} <= set(plain.frame()["label"])


def test_changes_are_drawn_below_the_score() -> None:
    row = {**ROW, "housing": "rent"}
    (recourse,) = counterfactuals(SMALL, row, target_score=560)
    display = ReasonDisplay.from_applicant(
        SMALL, row, baseline="maximum", counterfactual=recourse.answers[0]
    )
    steps = display.frame()
    changes = steps[steps["kind"] == "change"]
    assert len(changes) == len(recourse.answers[0].changes)
    assert steps["end"].iloc[-1] == recourse.answers[0].score_after
    assert changes["end"].iloc[-1] == pytest.approx(recourse.answers[0].score_after)
    display.plot()


def test_bad_pictures() -> None:
    with pytest.raises(InvalidParameterError, match=r"no characteristic 'house' .*'housing'"):
        ReasonDisplay.from_applicant(SMALL, ROW, baseline="maximum", names={"house": "Home"})
    with pytest.raises(InvalidParameterError, match=r"'names' parameter .* must be a str"):
        ReasonDisplay.from_applicant(SMALL, ROW, baseline="maximum", names={"housing": ("a", "b")})
    with pytest.raises(InvalidParameterError, match="must be a Counterfactual"):
        ReasonDisplay.from_applicant(SMALL, ROW, baseline="maximum", counterfactual=1)
    with pytest.raises(InvalidParameterError, match=r"'language' parameter of ReasonDisplay"):
        ReasonDisplay.from_applicant(SMALL, ROW, language="fr")
    chinese = ReasonDisplay.from_applicant(SMALL, ROW, baseline="maximum", language="zh")
    assert chinese.frame()["label"].iloc[-1] == "得分"
    english = ReasonCodes(reasons=tuple(
        ReasonCode(code="R1", characteristic=name, english="All") for name in SMALL.names
    ))  # fmt: skip
    with pytest.raises(InvalidParameterError, match="'R1' have no text in Chinese"):
        ReasonDisplay.from_applicant(SMALL, ROW, codes=english, baseline="maximum", language="zh")


def test_small_points_are_written_with_as_many_digits_as_they_need() -> None:
    card = Scorecard(characteristics=(numbers("x", [0.001, 0.003]),))
    display = ReasonDisplay.from_applicant(card, {"x": 0}, baseline="maximum").plot()
    assert "−0.0020" in [text.get_text() for text in display.ax_.texts]
    low, high = display.ax_.get_xlim()
    assert high - low < 0.01


def test_names_with_dollar_signs_and_one_row() -> None:
    card = Scorecard(characteristics=(numbers("$a_b$", [0, 9]),))
    display = ReasonDisplay.from_applicant(card, {"$a_b$": 0.5}, baseline="maximum").plot()
    assert "$a b$" in display.ax_.get_yticklabels()[1].get_text()
    display.ax_.figure.canvas.draw()


def test_attribute_without_points_is_no_reason() -> None:
    # a level that the policy refuses is no reference of the maximum either
    attributes = (Attribute(points=0), Attribute(points=99, treatment="error"), Attribute(points=5))
    refused = replace(numbers("income", [0, 1]), attributes=attributes)
    card = Scorecard(characteristics=(refused,))
    assert PointsBaseline.maximum(card).points == (5,)
