"""Delphi: spread by hand, dropouts, feedback that names nobody, stop rule, weights, files."""

from __future__ import annotations

import math
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.exceptions import (
    ColumnTypeError,
    InfiniteValueError,
    InvalidDataError,
    InvalidParameterError,
    InvalidWeightError,
)
from creditscore.expert import (
    DelphiDisplay,
    DelphiRound,
    DelphiStudy,
    StopRule,
    Weights,
    kendall_w,
)

mpl.use("agg")

PANEL = ("Q1", "Q2", "Q3", "Q4", "Q5")
ITEMS = ("profit", "debt", "age")
FIRST = pd.DataFrame(
    [[5, 4, 1], [4, 4, 3], [5, 2, 2], [3, 5, 2], [5, 4, 1]], index=PANEL, columns=ITEMS
)
SECOND = pd.DataFrame(
    [[5, 4, 2], [5, 4, 2], [5, None, 2], [4, 4, 2]], index=PANEL[:4], columns=ITEMS
)
COMMENTS = {
    "Q2": {"age": "Young firms <fail> more.", "debt": "Debt is not the point."},
    "Q4": {"age": "Age is luck."},
}


def new_study(**settings: Any) -> DelphiStudy:
    return DelphiStudy(experts=PANEL, items=ITEMS, scale=(1, 5), **settings)


def two_rounds() -> DelphiStudy:
    return new_study().with_round(FIRST).with_round(SECOND, comments=COMMENTS)


# --- spread and concordance ----------------------------------------------------------


def test_spread_by_hand() -> None:
    row = new_study().with_round(FIRST).spread().set_index("item").loc["debt"]
    # 2 4 4 4 5: mean 3.8, squares 3.24 + 3 · 0.04 + 1.44 = 4.8 over 4
    assert row["n"] == 5
    assert row["mean"] == pytest.approx(3.8)
    assert row["sd"] == pytest.approx(math.sqrt(1.2))
    assert row["cv"] == pytest.approx(math.sqrt(1.2) / 3.8)
    assert row[["q1", "median", "q3", "iqr"]].tolist() == [4, 4, 4, 0]
    assert row["full_mark_ratio"] == pytest.approx(0.2)


def test_spread_of_a_round_counts_who_answered() -> None:
    study = two_rounds()
    assert study.spread()["n"].tolist() == [4, 3, 4]
    assert study.spread(1)["n"].tolist() == [5, 5, 5]
    bare = study.rounds[0].spread()
    assert bare["full_mark_ratio"].isna().all()
    assert bare["mean"].tolist() == study.spread(1)["mean"].tolist()


def test_spread_where_there_is_little_to_measure() -> None:
    study = DelphiStudy(experts=PANEL, items=ITEMS, scale=(-2, 2))
    opinions = pd.DataFrame(
        {"profit": [1, None, None], "debt": [-1, 1, 0], "age": np.nan}, index=PANEL[:3]
    )
    table = study.with_round(opinions).spread().set_index("item")
    assert table.loc["profit", ["mean", "q1"]].tolist() == [1, 1]
    assert math.isnan(table.loc["profit", "sd"])
    assert math.isnan(table.loc["debt", "cv"])
    assert table.loc["age", "n"] == 0
    assert table.loc["age"].drop("n").isna().all()


def test_concordance_is_of_those_who_answered_everything() -> None:
    table = two_rounds().concordance()
    assert table["n_experts"].tolist() == [5, 3]
    assert table["n_left_out"].tolist() == [0, 1]
    assert table["w"][0] == kendall_w(FIRST).w
    assert table["w"][1] == kendall_w(SECOND.dropna()).w
    assert table["p_value"][0] == kendall_w(FIRST).p_value
    assert table["reason"].tolist() == ["", ""]
    drawn = two_rounds().rounds[0].concordance(n_permutations=99, random_state=4)
    assert (
        drawn.permutation_p_value
        == kendall_w(FIRST, n_permutations=99, random_state=4).permutation_p_value
    )


def test_concordance_says_why_there_is_none() -> None:
    alike = pd.DataFrame(3, index=PANEL, columns=ITEMS)
    gaps = FIRST.mask(np.eye(5, 3, dtype=bool)).iloc[:3]
    table = new_study().with_round(alike).with_round(gaps).concordance()
    assert table["w"].isna().all()
    assert "alike" in table["reason"][0]
    assert "Got 0 of 3" in table["reason"][1]


# --- who answered --------------------------------------------------------------------


def test_responses_name_the_silent_to_the_leader() -> None:
    empty_row = SECOND.astype(float)
    empty_row.loc["Q4"] = np.nan
    table = two_rounds().with_round(empty_row).responses()
    assert table["n_invited"].tolist() == [5, 5, 5]
    assert table["n_answered"].tolist() == [5, 4, 3]
    assert table["response_rate"].tolist() == pytest.approx([1, 0.8, 0.6])
    assert table["n_complete"].tolist() == [5, 3, 2]
    assert table["silent"].tolist() == ["", "Q5", "Q4, Q5"]


def test_authority_is_the_mean_of_both_parts() -> None:
    study = new_study(authority={"Q1": (0.9, 0.7), "Q2": (1, 0)})
    table = study.authority_table()
    assert table["cr"].tolist() == pytest.approx([0.8, 0.5])
    assert list(table.columns) == ["expert", "ca", "cs", "cr"]
    assert new_study().authority_table().empty


# --- feedback ------------------------------------------------------------------------


def test_a_sheet_has_the_own_answer_and_the_group() -> None:
    sheet = two_rounds().feedback_sheet("Q4")
    table = sheet.table().set_index("item")
    assert table["own"].tolist() == [4, 4, 2]
    assert table["median"].tolist() == [5, 4, 2]
    assert table["q1"].tolist() == [4.75, 4, 2]
    assert table["n"].tolist() == [4, 3, 4]
    assert table["outside"].tolist() == [True, False, False]


def test_who_skipped_a_round_is_shown_the_last_answer() -> None:
    table = two_rounds().feedback_sheet("Q5").table().set_index("item")
    assert table["own"].tolist() == [5, 4, 1]
    late = new_study().with_round(FIRST.iloc[:4]).feedback_sheet("Q5").table()
    assert late["own"].isna().all()
    assert not late["outside"].any()


@pytest.mark.parametrize("expert", PANEL)
def test_a_sheet_names_nobody_else(expert: str) -> None:
    sheet = two_rounds().feedback_sheet(expert)
    told = f"{sheet!r} {sheet.to_html()} {sheet.table()} {sheet.comments}"
    assert all(code not in told for code in PANEL if code != expert)
    assert expert in told
    own = COMMENTS.get(expert, {}).values()
    others = [t for code, said in COMMENTS.items() if code != expert for t in said.values()]
    texts = [text for said in sheet.comments.values() for text in said]
    assert sorted(texts) == sorted(others)
    assert not set(texts) & set(own)


def test_comments_come_in_the_order_of_the_alphabet_and_escaped() -> None:
    sheet = two_rounds().feedback_sheet("Q1")
    assert sheet.comments["age"] == ("Age is luck.", "Young firms <fail> more.")
    assert "Young firms &lt;fail&gt; more." in sheet.to_html()
    assert repr(sheet) == "FeedbackSheet(for Q1, round 2, 3 items, 3 comments of others)"
    assert sheet._repr_html_() == sheet.to_html()


def test_two_answers_are_not_fed_back() -> None:
    sheet = new_study().with_round(FIRST.iloc[:2]).feedback_sheet("Q1")
    assert sheet.median == (None, None, None)
    assert sheet.n == (2, 2, 2)
    assert sheet.own == (5, 4, 1)
    assert not sheet.table()["outside"].any()


# --- stop rule -----------------------------------------------------------------------


def test_a_study_that_came_to_rest() -> None:
    calm = pd.DataFrame([[5, 3, 1]] * 4 + [[5, 4, 1]], index=PANEL, columns=ITEMS)
    verdict = new_study().with_round(calm).with_round(calm).verdict()
    assert verdict.stop
    assert verdict.open_items == ()
    assert verdict.table()["change"].tolist() == [0, 0, 0]
    assert repr(verdict) == "DelphiVerdict(stop: 3 of 3 items settled)"
    assert "Verdict: stop" in verdict._repr_html_()


def test_reasons_name_the_figures() -> None:
    verdict = new_study().with_round(FIRST).verdict()
    assert not verdict.stop
    assert verdict.reasons == ("1 round of at least 2",)
    table = verdict.table().set_index("item")
    # 5 4 5 3 5, 4 4 2 5 4 and 1 3 2 2 1
    assert table.loc["profit", "reasons"] == "no round before"
    assert table.loc["age", "reasons"] == ("coefficient of variation 0.465 > 0.25, no round before")
    assert verdict.open_items == ITEMS


def test_limits_count_up_to_themselves() -> None:
    # quartiles 1 apart, W 0.5, one of four net moved
    first = pd.DataFrame([[4, 2], [4, 2], [5, 2], [5, 3]], columns=["a", "b"], index=PANEL[:4])
    study = DelphiStudy(experts=PANEL, items=("a", "b"), scale=(1, 5))
    study = study.with_round(first).with_round(first.assign(b=[2, 2, 2, 2]))
    spread = study.spread().set_index("item")
    assert spread.loc["a", "iqr"] == 1
    loose = StopRule(max_cv=spread.loc["a", "cv"], max_iqr=1, max_change=0.25, min_w=1)
    assert study.verdict(loose).stop
    for strict in (
        StopRule(max_iqr=0.99, max_change=0.25),
        StopRule(max_cv=0.12, max_change=0.25),
        StopRule(max_change=0.24),
        StopRule(min_rounds=3, max_change=0.25),
    ):
        assert not study.verdict(strict).stop


@pytest.mark.parametrize("n", range(3, 9))
def test_one_who_moves_is_too_many_for_fewer_than_seven(n: int) -> None:
    panel = [f"E{place}" for place in range(n)]
    first = pd.DataFrame({"a": [4] * n, "b": [2] * n}, index=panel)
    moved = first.assign(a=[5, *[4] * (n - 1)])
    study = DelphiStudy(experts=panel, items=("a", "b"), scale=(1, 5))
    study = study.with_round(first).with_round(moved)
    change = study.verdict().table().set_index("item").loc["a", "change"]
    assert change == pytest.approx(1 / n)
    assert ("a" in study.verdict().open_items) == (n < 7)
    assert study.verdict(StopRule(max_change=1 / n)).open_items == ()


def test_net_change_is_of_those_who_answered_both() -> None:
    # of Q1 to Q4, profit goes from 5 4 5 3 to 5 5 5 4: 3 and 4 become 4 and 5
    table = two_rounds().verdict().table().set_index("item")
    assert table.loc["profit", "change"] == pytest.approx(1 / 4)
    # two who change places move no histogram
    swapped = FIRST.iloc[[1, 0]].set_axis(PANEL[:2])
    study = new_study().with_round(FIRST.iloc[:2]).with_round(swapped)
    assert study.verdict().table()["change"].tolist() == [0, 0, 0]


def test_reasons_beside_figures() -> None:
    study = DelphiStudy(experts=PANEL, items=(*ITEMS, "never"), scale=(-2, 2))
    first = pd.DataFrame({"profit": [-1, 1], "debt": [1, None], "age": [1, 1]}, index=PANEL[:2])
    second = pd.DataFrame({"profit": [-1, 1], "age": [1, 1]}, index=PANEL[2:4])
    verdict = study.with_round(first).with_round(second).verdict()
    table = verdict.table().set_index("item")
    assert "as the mean is zero" in table.loc["profit", "reasons"]
    assert "nobody answered both rounds" in table.loc["profit", "reasons"]
    assert "1 answer, which cannot disagree" in table.loc["debt", "reasons"]
    assert table.loc["debt", "round_number"] == 1
    assert table.loc["never", "reasons"] == "never asked about"
    alike = pd.DataFrame(1, index=PANEL, columns=[*ITEMS, "never"])
    lone = study.with_round(alike).with_round(alike).verdict()
    assert "no Kendall's W" in lone.reasons[0]
    assert study.with_round(alike).with_round(alike).verdict(StopRule(min_w=None)).stop


def test_low_concordance_is_a_reason() -> None:
    against = pd.DataFrame([[5, 4, 4], [4, 5, 5]], index=PANEL[:2], columns=ITEMS)
    verdict = new_study().with_round(against).with_round(against).verdict()
    assert verdict.reasons == ("Kendall's W 0 < 0.5",)
    assert verdict.open_items == ()
    assert not verdict.stop


# --- weights -------------------------------------------------------------------------


def test_weights_are_means_of_the_last_answers() -> None:
    weights = two_rounds().weights()
    np.testing.assert_allclose(weights.array(), np.array([4.75, 4, 2]) / 10.75)
    assert weights.method == "delphi"
    assert weights.evidence["n"] == {"profit": 4, "debt": 3, "age": 4}
    assert Weights.from_json(weights.to_json()) == weights


def test_weights_by_medians_and_by_authority() -> None:
    study = new_study().with_round(FIRST)
    np.testing.assert_allclose(study.weights(statistic="median").array(), np.array([5, 4, 2]) / 11)
    counts = dict(zip(PANEL, [3, 1, 0, 0, 0], strict=True))
    weighted = study.weights(expert_weights=counts)
    np.testing.assert_allclose(weighted.array(), np.array([4.75, 4, 1.5]) / 10.25)
    assert weighted.evidence["expert_weights"]["Q1"] == 0.75
    same = study.weights(expert_weights=[3, 1, 0, 0, 0])
    assert same == weighted


def test_an_item_that_was_settled_keeps_its_last_answers() -> None:
    study = new_study().with_round(FIRST).with_round(SECOND[["debt", "age"]])
    evidence = study.weights().evidence
    assert evidence["round_number"] == {"profit": 1, "debt": 2, "age": 2}
    assert evidence["score"]["profit"] == pytest.approx(4.4)
    assert study.feedback_sheet("Q1").items == ("debt", "age")
    assert study.verdict().table()["round_number"].tolist() == [1, 2, 2]


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.lists(st.integers(1, 5), min_size=3, max_size=3), min_size=5, max_size=5),
    st.randoms(use_true_random=False),
)
def test_the_order_of_experts_does_not_matter(rows: list[list[int]], random: Any) -> None:
    opinions = pd.DataFrame(rows, index=PANEL, columns=ITEMS)
    shuffled = opinions.loc[random.sample(PANEL, len(PANEL))]
    one, other = (new_study().with_round(table) for table in (opinions, shuffled))
    np.testing.assert_allclose(one.weights().array(), other.weights().array())
    pd.testing.assert_frame_equal(one.spread(), other.spread())
    assert one.verdict().open_items == other.verdict().open_items


# --- tables, files, pictures ---------------------------------------------------------


def test_other_libraries_need_codes() -> None:
    table = pl.from_pandas(FIRST)
    study = new_study().with_round(table, experts=PANEL)
    assert study == new_study().with_round(FIRST)
    with pytest.raises(InvalidParameterError, match="no codes"):
        new_study().with_round(table)


def test_files_give_back_the_same() -> None:
    study = two_rounds()
    assert DelphiStudy.from_json(study.to_json()) == study
    held = study.rounds[1]
    assert DelphiRound.from_json(held.to_json()) == held
    assert held.answers[2] == (5.0, None, 2.0)
    assert repr(held) == "DelphiRound(4 experts, 3 items, 1 answer missing, 3 comments)"
    assert repr(study) == "DelphiStudy(5 experts, 3 items, 2 rounds; 4 of 5 answered the last)"
    assert repr(new_study()) == "DelphiStudy(5 experts, 3 items, 0 rounds)"
    assert "Opinions of round 2" in study._repr_html_()
    assert "Opinions" not in new_study()._repr_html_()
    assert "<td" in held._repr_html_()
    pd.testing.assert_frame_equal(
        held.frame(), SECOND.astype(float), check_names=False, check_index_type=False,
        check_column_type=False,
    )  # fmt: skip


def test_a_study_does_not_change() -> None:
    empty = new_study()
    empty.with_round(FIRST)
    assert empty.rounds == ()
    opinions = FIRST.copy()
    study = empty.with_round(opinions)
    opinions.iloc[0, 0] = 1
    assert study.rounds[0].answers_on("profit")["Q1"] == 5


def test_the_picture_holds_the_quartiles() -> None:
    sparse = SECOND.astype(float)
    sparse["age"] = np.nan
    display = DelphiDisplay.from_study(two_rounds().with_round(sparse)).plot()
    assert display.frame()["median"].tolist()[:6] == [5, 4, 2, 5, 4, 2]
    assert len(display.ax_.texts) == 8
    labels = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert labels == list(ITEMS)
    assert display.ax_.get_ylim()[0] > display.ax_.get_ylim()[1]
    assert "3 items in 3 rounds" in repr(display)
    mpl.pyplot.close(display.ax_.figure)


# --- errors --------------------------------------------------------------------------


def test_without_rounds_there_is_nothing() -> None:
    study = new_study()
    for ask in (study.spread, study.verdict, study.weights, lambda: study.feedback_sheet("Q1")):
        with pytest.raises(InvalidDataError, match="no round yet"):
            ask()
    with pytest.raises(InvalidDataError, match="nothing to draw"):
        DelphiDisplay.from_study(study)
    assert study.responses().empty
    assert study.concordance().empty


def test_opinions_that_are_not_of_the_study() -> None:
    with pytest.raises(InvalidDataError, match=r"round 1, expert 'Q1' answered 9 on 'age'"):
        new_study().with_round(FIRST.assign(age=9))
    with pytest.raises(InvalidParameterError, match=r"no expert 'Q9'"):
        new_study().with_round(FIRST.rename(index={"Q1": "Q9"}))
    with pytest.raises(InvalidParameterError, match=r"no item 'size'"):
        new_study().with_round(FIRST.rename(columns={"age": "size"}))
    with pytest.raises(InfiniteValueError, match="'age'"):
        new_study().with_round(FIRST.assign(age=[1.0, np.inf, 1, 1, 1]))
    with pytest.raises(ColumnTypeError, match="'age'"):
        new_study().with_round(FIRST.assign(age=list("abcde")))
    with pytest.raises(InvalidDataError, match="No expert answered"):
        new_study().with_round(FIRST.astype(float) * np.nan)
    with pytest.raises(InvalidParameterError, match="more than once: Q1"):
        new_study().with_round(FIRST.rename(index={"Q2": "Q1"}))


def test_comments_of_nobody_on_nothing() -> None:
    for comments, what in (
        ({"Q9": {"age": "x"}}, "no expert 'Q9'"),
        ({"Q1": {"size": "x"}}, "no item 'size'"),
        ({"Q1": {"age": 5}}, "must be a str"),
        ({"Q1": "age"}, "must be a Mapping"),
    ):
        with pytest.raises(InvalidParameterError, match=what):
            new_study().with_round(FIRST, comments=comments)  # type: ignore[arg-type]


def test_a_study_is_checked() -> None:
    for scale in ((5, 1), (1,), 5, "15", (1, math.inf), (2, 2)):
        with pytest.raises(InvalidParameterError, match="'scale'"):
            DelphiStudy(experts=PANEL, items=ITEMS, scale=scale)  # type: ignore[arg-type]
    for authority, what in (
        ({"Q9": (1, 1)}, "no expert 'Q9'"),
        ({"Q1": (1, 2)}, r"range \[0, 1\]"),
        ({"Q1": 1}, "must be a pair"),
    ):
        with pytest.raises(InvalidParameterError, match=what):
            new_study(authority=authority)
    with pytest.raises(InvalidParameterError, match="experts"):
        DelphiStudy(experts=("Q1", "Q1"), items=ITEMS, scale=(1, 5))
    with pytest.raises(InvalidParameterError, match="'rounds'"):
        new_study(rounds=(FIRST,))


def test_rounds_are_checked() -> None:
    with pytest.raises(InvalidDataError, match="a row for each of its 2 experts"):
        DelphiRound(experts=("a", "b"), items=("x",), answers=((1,),))
    with pytest.raises(InvalidDataError, match="a row for each of its 2 experts"):
        DelphiRound(experts=("a", "b"), items=("x",), answers=((1,), (1, 2)))
    with pytest.raises(InvalidParameterError, match="'answers'"):
        DelphiRound(experts=("a",), items=("x",), answers=(("one",),))  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match=r"no item 'agee'.*'age'"):
        two_rounds().rounds[0].answers_on("agee")


def test_an_unknown_reader_is_told_no_codes() -> None:
    with pytest.raises(InvalidParameterError, match="no expert 'Q9'") as caught:
        two_rounds().feedback_sheet("Q9")
    assert not any(code in str(caught.value) for code in PANEL)


def test_other_settings_are_checked() -> None:
    study = new_study().with_round(FIRST)
    with pytest.raises(InvalidParameterError, match="no round 2: the study has 1 round"):
        study.spread(2)
    with pytest.raises(InvalidParameterError, match="'round_number'"):
        study.spread(0)
    with pytest.raises(InvalidParameterError, match="'rule'"):
        study.verdict("strict")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'statistic'"):
        study.weights(statistic="mode")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="several medians"):
        study.weights(statistic="median", expert_weights=dict.fromkeys(PANEL, 1))
    with pytest.raises(InvalidParameterError, match="not given: Q3"):
        study.weights(expert_weights={"Q1": 1, "Q2": 1})
    with pytest.raises(InvalidWeightError, match="zero or more"):
        study.weights(expert_weights=dict.fromkeys(PANEL, -1))
    with pytest.raises(InvalidDataError, match="'age' has no answer that counts"):
        new_study().with_round(FIRST.astype(float).assign(age=np.nan)).weights()
    with pytest.raises(InvalidDataError, match="'profit' has no answer that counts"):
        new_study().with_round(FIRST.iloc[:1]).weights(expert_weights=[0, 1, 1, 1, 1])
    for limits in ({"max_cv": -1}, {"min_w": math.nan}, {"max_iqr": "1"}, {"min_rounds": 0}):
        with pytest.raises(InvalidParameterError, match=next(iter(limits))):
            StopRule(**limits)  # type: ignore[arg-type]
