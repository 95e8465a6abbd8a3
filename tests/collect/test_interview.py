"""Interviews: passages, evidence, coders who disagree, tables of codes, agreement."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.collect import (
    CodedInterviews,
    Interview,
    ItemCatalogue,
    ItemCode,
    Rejects,
    coder_agreement,
)
from creditscore.exceptions import (
    AlteredDocumentError,
    DocumentError,
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
    RejectedRowsWarning,
    ResponseWarning,
)
from creditscore.metrics import krippendorff_alpha

TEXT = "There is a plan. The plan is written. 小供应商总是最后付款。"


def note(**kwargs: Any) -> Interview:
    told = {
        "interview": "G1", "customer": "C1", "text": TEXT, "interviewer": "wu",
        "at": "2024-05-06T14:30+08:00", "source": "site_visit", "source_name": "manager",
    }  # fmt: skip
    return Interview(**{**told, **kwargs})


def test_a_code_becomes_an_observation_whose_evidence_is_the_passage() -> None:
    coded = note().code("payment_morale", 2, coder="li", passage="小供应商总是最后付款。")
    coded = coded.code("strategy", 4, coder="li", passage="The plan is written", confidence=0.8)
    coded = coded.code("strategy", 4, coder="ma", start=0, stop=16)
    found = coded.to_observations()
    table = found.table
    assert found.values.tolist() == [2, 4]
    assert table["customer"].tolist() == ["C1", "C1"]
    assert table["method"].eq("interview").all()
    assert table["source"].eq("site_visit").all()
    assert table["source_name"].eq("manager").all()
    assert table["collected_by"].eq("wu").all()
    assert str(table["collected_at"][0]) == "2024-05-06 06:30:00+00:00"
    assert str(table["true_from"][0].date()) == "2024-05-06"
    assert table["confidence"].tolist() == [1, 0.8]
    assert coded.passages(table["evidence"][0]) == ("小供应商总是最后付款。",)
    assert coded.passages(table["evidence"][1]) == ("The plan is written", "There is a plan.")
    assert coded.frame()["passage"].tolist()[2] == "There is a plan."
    assert repr(coded) == "Interview(G1: customer C1, 49 characters, 3 codes by 2 coders)"
    assert Interview.from_json(coded.to_json()) == coded


@pytest.mark.parametrize(
    ("told", "at", "day"),
    [
        ({"at": "2024-05-06T07:00+08:00"}, "2024-05-05T23:00:00+00:00", "2024-05-06"),
        ({"at": pd.Timestamp("2024-05-05 22:00", tz="America/New_York")},
         "2024-05-06T02:00:00+00:00", "2024-05-05"),
        ({"at": "2024-05-06"}, "2024-05-06T00:00:00+00:00", "2024-05-06"),
        ({"at": "2024-05-05T23:00Z", "on": "2024-05-06"}, "2024-05-05T23:00:00+00:00",
         "2024-05-06"),
    ],
)  # fmt: skip
def test_the_day_is_that_of_the_zone_that_was_given(told: Any, at: str, day: str) -> None:
    held = note(**told)
    coded = held.code("strategy", 4, coder="li", passage="a plan")
    assert (coded.at, coded.on) == (at, day)
    table = coded.to_observations().table
    assert [str(table["true_from"][0].date()), table["collected_at"][0].isoformat()] == [day, at]
    assert Interview.from_json(coded.to_json()) == coded
    notes = pd.DataFrame([{**NOTES.iloc[0], **told}])
    read = CodedInterviews.from_frames(notes, CODES.head(0), source="site_visit")
    assert [one.on for one in read] == [day]


def test_a_document_without_the_day_has_that_of_utc() -> None:
    document = note(at="2024-05-06T07:00+08:00")._content()
    del document["on"]
    assert Interview._from_content(document).on == "2024-05-05"


def test_a_day_that_is_nowhere_that_of_the_time_is_refused() -> None:
    with pytest.raises(InvalidParameterError, match=r"'on' parameter .* 2024-05-06 in UTC"):
        note(on="2024-05-08")
    with pytest.raises(InvalidParameterError, match="'on' parameter of Interview must be a day"):
        note(on="6 May")


def test_neither_text_nor_value_is_shown() -> None:
    coded = note(text="His salary is 12345.").code("strategy", "12345", coder="li", passage="12345")
    assert "12345" not in repr(coded) + repr(coded.codes[0])
    with pytest.raises(InvalidDataError) as caught:
        coded.code("strategy", 3, coder="li", passage="12345 a month")
    assert "12345" not in str(caught.value)


@settings(deadline=None, max_examples=30)
@given(text=st.text(min_size=1, max_size=40), data=st.data())
def test_every_passage_of_a_text_can_be_coded_and_is_kept(text: str, data: Any) -> None:
    text = f"x{text}"
    start = data.draw(st.integers(0, len(text) - 1))
    stop = data.draw(st.integers(start + 1, len(text)))
    passage = text[start:stop]
    coded = note(text=text).code("strategy", 3, coder="li", passage=passage, start=start)
    assert coded.frame()["passage"].tolist() == [passage]
    evidence = coded.to_observations().table["evidence"][0]
    assert coded.passages(evidence) == (passage,)


def test_a_passage_must_be_in_the_text_and_be_told_apart() -> None:
    with pytest.raises(InvalidDataError, match="passage of 8 characters is not in the text of"):
        note().code("strategy", 4, coder="li", passage="The Plan")
    with pytest.raises(InvalidDataError, match="stands 2 times in"):
        note().code("strategy", 4, coder="li", passage="plan")
    second = note().code("strategy", 4, coder="li", passage="plan", start=21)
    assert second.codes[0].stop == 25
    with pytest.raises(InvalidDataError, match="is not at 20 in"):
        note().code("strategy", 4, coder="li", passage="plan", start=20)
    with pytest.raises(InvalidDataError, match="is not at 21 in"):
        note().code("strategy", 4, coder="li", passage="plan", start=21, stop=30)
    with pytest.raises(InvalidDataError, match=r"ends at character 99, and the text .* has 49"):
        note().code("strategy", 4, coder="li", start=3, stop=99)
    with pytest.raises(InvalidParameterError, match="Say which passage is coded"):
        note().code("strategy", 4, coder="li", start=3)
    with pytest.raises(InvalidParameterError, match="'stop' parameter"):
        note().code("strategy", 4, coder="li", start=3, stop=3)
    # a text of its own letters overlaps itself: "aa" is twice in "aaa"
    with pytest.raises(InvalidDataError, match="stands 2 times"):
        note(text="aaa").code("strategy", 4, coder="li", passage="aa")


def test_a_code_that_the_catalogue_does_not_allow_is_refused_at_once() -> None:
    catalogue = ItemCatalogue.standard()
    told: dict[str, Any] = {"passage": "a plan", "catalogue": catalogue}
    with pytest.raises(InvalidDataError, match=r"'payment_morale' cannot be used: .* 1 to 5"):
        note().code("payment_morale", 9, coder="li", **told)
    with pytest.raises(
        InvalidDataError, match=r"'revenue' cannot be used: the value is no number\."
    ):
        note().code("revenue", "five", coder="li", **told)
    with pytest.raises(InvalidDataError, match="number is empty"):
        note().code("revenue", float("nan"), coder="li", **told)
    with pytest.raises(InvalidParameterError, match="Did you mean 'payment_morale'"):
        note().code("payment_moral", 3, coder="li", **told)
    coded = note().code("payment_morale", 3, coder="li", **told)
    coded = coded.code("visit.order", 4, coder="li", **told)
    with pytest.raises(InvalidDataError, match=r"'payment_morale' cannot be used: .* 1 to 5"):
        coded.settle("payment_morale", 0, by="wu", **told)
    assert len(coded.settle("payment_morale", 2, by="wu", **told).to_observations()) == 2
    # without a catalogue, that is found when codes become observations
    with pytest.raises(InvalidDataError, match="1 to 5"):
        note().code("payment_morale", 9, coder="li", passage="a plan").to_observations()
    with pytest.raises(InvalidParameterError, match="catalogue"):
        note().code("payment_morale", 3, coder="li", passage="a plan", catalogue={})  # type: ignore[arg-type]


def test_coders_who_disagree_are_settled_or_chosen_from() -> None:
    coded = note().code("strategy", 4, coder="li", passage="The plan is written")
    coded = coded.code("strategy", 3, coder="ma", passage="a plan")
    assert coded.disputed == ("strategy",)
    assert "disputed: strategy" in repr(coded)
    with pytest.raises(InvalidDataError, match="coders li, ma disagree on strategy"):
        coded.to_observations()
    assert coded.to_observations(coder="ma").values.tolist() == [3]
    settled = coded.settle("strategy", 4, by="zhang", passage="written")
    assert settled.disputed == ()
    assert settled.to_observations().values.tolist() == [4]
    assert settled.to_observations(coder="ma").values.tolist() == [4]
    assert settled.passages(settled.to_observations().table["evidence"][0]) == ("written",)
    with pytest.raises(InvalidDataError, match="It is settled twice, and not alike"):
        settled.settle("strategy", 2, by="qian", passage="written")
    with pytest.raises(InvalidDataError, match="Coder 'li' codes it twice, and not alike"):
        coded.code("strategy", 5, coder="li", passage="a plan")
    with pytest.raises(InvalidDataError, match="Nobody coded the item 'cooperation'"):
        coded.settle("cooperation", 2, by="qian", passage="written")
    with pytest.raises(EmptyDataError, match="Nothing is coded by qian"):
        coded.to_observations(coder="qian")
    with pytest.raises(EmptyDataError, match="Nothing is coded in interview"):
        note().to_observations()


def test_items_of_records_are_of_the_interview() -> None:
    coded = note().code("visit.order", 4, coder="li", passage="written")
    assert coded.to_observations().table["record"].tolist() == ["G1"]


def test_a_text_that_was_changed_is_found() -> None:
    coded = note().code("strategy", 4, coder="li", passage="The plan is written")
    evidence = coded.to_observations().table["evidence"][0]
    other = note(text=TEXT.replace("written", "unknown"))
    with pytest.raises(AlteredDocumentError, match="was changed after it was coded"):
        other.passages(evidence)
    for wrong in ("page 3", evidence.replace("G1", "G2")):
        with pytest.raises(InvalidParameterError, match="no evidence of interview 'G1'"):
            coded.passages(wrong)
    content = json.loads(coded.to_json())
    content["content"]["text"] = "short"
    with pytest.raises(DocumentError, match="altered"):
        Interview.from_json(json.dumps(content))


def test_what_an_interview_refuses() -> None:
    with pytest.raises(InvalidParameterError, match="'text' parameter of Interview must not be"):
        note(text=" ")
    with pytest.raises(InvalidParameterError, match="'at' parameter of Interview must be a time"):
        note(at="soon")
    with pytest.raises(InvalidParameterError, match="'source' parameter"):
        note(source="press")
    with pytest.raises(InvalidParameterError, match="'coder' parameter of ItemCode must not be"):
        note().code("strategy", 4, coder="", passage="written")
    for value in (None, np.nan, "", [1]):
        with pytest.raises(InvalidParameterError, match="must be a finite number, a text"):
            note().code("strategy", value, coder="li", passage="written")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'confidence' parameter"):
        note().code("strategy", 4, coder="li", passage="written", confidence=1.5)
    with pytest.raises(InvalidDataError, match="not within 1 to 5"):
        note().code("strategy", 9, coder="li", passage="written").to_observations()
    assert note().code("strategy", np.int64(4), coder="li", passage="written").codes[0].value == 4.0
    with pytest.raises(InvalidParameterError, match="must each be an ItemCode"):
        note(codes=("strategy",))
    assert ItemCode(item="a", value=True, coder="li", start=0, stop=1).value is True


# --- tables ---------------------------------------------------------------------------------

NOTES = pd.DataFrame({
    "interview": ["G1", "G2", "G2", "G3"], "customer": ["C1", "C2", "C2", "C3"],
    "interviewer": "wu", "at": ["2024-05-06", "2024-05-07", "2024-05-07", "soon"],
    "text": ["A written plan.", "They go on as before.", "again", "text"],
})  # fmt: skip
CODES = pd.DataFrame({
    "interview": ["G1", "G1", "G2", "G2", "G2", "G9", "G1"],
    "item": ["strategy"] * 3 + ["wisdom"] + ["strategy"] * 3,
    "value": [5, 4, 2, 3, 9, 4, 3],
    "coder": ["li", "ma", "li", "li", "ma", "li", "zhu"],
    "passage": ["written", "plan", "as before", "go", "go", "go", "no such words"],
})  # fmt: skip


def test_rows_that_cannot_be_used_are_told_with_their_reason() -> None:
    with pytest.warns(RejectedRowsWarning, match="6 rows of notes and codes could not be used"):
        coded = CodedInterviews.from_frames(NOTES, CODES, source="site_visit")
    assert len(coded) == 2
    rejects = coded.rejects.table
    assert list(zip(rejects["source"], rejects["row"], strict=True)) == [
        ("notes", 2), ("notes", 3), ("codes", 3), ("codes", 4), ("codes", 5), ("codes", 6),
    ]  # fmt: skip
    for words, reason in zip(
        ("stands before it", "must be a time", "no item of the catalogue", "not within 1 to 5",
         "no note of an interview 'G9'", "is not in the text"),
        rejects["reason"], strict=True,
    ):  # fmt: skip
        assert words in reason
    assert json.loads(rejects["cells"][5])["passage"] == "no such words"
    # codes are of the customer of their note
    assert rejects["customer"].tolist() == ["C2", "C3", "C2", "C2", "", "C1"]
    assert rejects["digest"].nunique() == 2
    assert "no such words" not in repr(coded.rejects) + coded.rejects._repr_html_()
    assert coded.frame()["passage"].tolist() == ["written", "plan", "as before"]
    with pytest.raises(InvalidDataError, match="disagree on 1 item of interviews, the first: stra"):
        coded.to_observations()
    settled = coded.with_interview(coded["G1"].settle("strategy", 4, by="wu", passage="plan"))
    assert sorted(settled.to_observations().values) == [2, 4]
    assert coded.to_observations(coder="li").values.tolist() == [5, 2]
    assert "1 disputed item; 6 rejected rows" in repr(coded)
    assert "strategy" in coded._repr_html_()


def test_tables_of_polars_and_errors_of_tables() -> None:
    notes, codes = NOTES.iloc[:2], CODES.iloc[:3]
    one = CodedInterviews.from_frames(notes, codes, source="site_visit")
    other = CodedInterviews.from_frames(
        pl.from_pandas(notes), pl.from_pandas(codes), source="site_visit"
    )
    assert one.interviews == other.interviews
    assert not len(one.rejects)
    with pytest.raises(MissingColumnError, match="table of notes needs the columns 'text'"):
        CodedInterviews.from_frames(notes.drop(columns="text"), codes, source="site_visit")
    with pytest.raises(MissingColumnError, match="table of codes needs the columns 'coder'"):
        CodedInterviews.from_frames(notes, codes.drop(columns="coder"), source="site_visit")
    with pytest.raises(InvalidParameterError, match="no interview 'G7' among 2"):
        one["G7"]
    empty = CodedInterviews.from_frames(notes, codes.head(0), source="site_visit")
    assert empty.frame().empty
    with pytest.raises(EmptyDataError, match="Nothing is coded"):
        empty.to_observations()


# --- agreement ------------------------------------------------------------------------------


def coded_by(marks: list[dict[str, Any]], item: str = "strategy") -> list[Interview]:
    found = []
    for place, by_coder in enumerate(marks):
        one = note(interview=f"G{place}")
        for coder, mark in by_coder.items():
            one = one.code(item, mark, coder=coder, passage="written")
        found.append(one)
    return found


def test_two_coders_of_all_interviews() -> None:
    marks = [(1, 1), (2, 2), (3, 4), (4, 4), (5, 5), (2, 3)]
    interviews = coded_by([{"li": a, "ma": b} for a, b in marks])
    with pytest.warns(ResponseWarning, match=r"fewer than 20 interviews: 'strategy' \(6\)"):
        found = coder_agreement(interviews)
    row = found.table.iloc[0]
    expected = krippendorff_alpha(np.array(marks).T, level="interval").estimate
    assert row["alpha"] == pytest.approx(expected)
    assert row["agreement"] == pytest.approx(4 / 6)
    assert row["level"] == "interval"
    assert found.ratings["strategy"].shape == (2, 6)
    ordinal = coder_agreement(interviews, levels={"strategy": "ordinal"}, min_interviews=1)
    by_order = krippendorff_alpha(np.array(marks).T, level="ordinal").estimate
    assert ordinal.table["alpha"][0] == pytest.approx(by_order)
    assert np.isnan(ordinal.table["icc"][0])
    # decisions are no coder's
    settled = [one.settle("strategy", 1, by="wu", passage="a plan") for one in interviews]
    again = coder_agreement(settled, min_interviews=1)
    assert again.table["alpha"][0] == row["alpha"]
    assert "least alpha: strategy" in repr(again)
    assert "<table" in again._repr_html_()


def test_coders_who_take_turns_and_gaps() -> None:
    turns = coded_by([{"a": 1, "b": 1}, {"b": 4, "c": 4}, {"a": 3, "c": 2}, {"a": 5, "b": 5}])
    row = coder_agreement(turns, min_interviews=1).table.iloc[0]
    assert row["n_coders"] == 3
    assert row[["kappa", "icc"]].notna().all()
    gaps = coded_by([{"a": 1, "b": 1, "c": 2}, {"b": 4, "c": 4}, {"a": 3}])
    row = coder_agreement(gaps, min_interviews=1).table.iloc[0]
    assert row["n_interviews"] == 2
    assert row["note"].startswith("not as many codes")
    assert np.isfinite(row["alpha"])
    assert np.isnan(row["kappa"])


def test_words_are_nominal_and_one_answer_has_no_alpha() -> None:
    words = coded_by([{"a": "retail", "b": "retail"}, {"a": "mill", "b": "retail"}], "industry")
    row = coder_agreement(words, min_interviews=1).table.iloc[0]
    assert row["level"] == "nominal"
    assert row["agreement"] == 0.5
    same = coded_by([{"a": 3, "b": 3}, {"a": 3, "b": 3}])
    row = coder_agreement(same, min_interviews=1).table.iloc[0]
    assert row["agreement"] == 1
    assert "0/0" in row["note"]
    with pytest.raises(EmptyDataError, match="nothing to compare"):
        coder_agreement(coded_by([{"a": 3}, {"b": 2}]))
    with pytest.raises(InvalidParameterError, match="no order of their own"):
        coder_agreement(words, levels={"industry": "ordinal"}, catalogue=ItemCatalogue.standard())


# --- units ----------------------------------------------------------------------------------


def test_amounts_are_kept_in_the_currency_that_was_told() -> None:
    place = {"passage": "There is a plan."}
    one = note().code("revenue", 5, coder="li", unit="million USD", **place)
    both = one.code("revenue", 5_000_000, coder="ma", unit="US$", **place)
    both = both.code("largest_customer_share", 45.3, coder="li", unit="%", **place)
    found = both.to_observations().table
    assert found[["number", "unit"]].to_numpy().tolist() == [[5e6, "USD"], [0.453, "fraction"]]
    assert Interview.from_json(both.to_json()) == both
    other = one.code("revenue", 5, coder="ma", unit="million EUR", **place)
    assert other.disputed == ("revenue",)
    with pytest.raises(InvalidDataError, match="li, ma disagree on revenue"):
        other.to_observations()
    settled = other.settle("revenue", 5, by="wu", unit="million EUR", **place)
    assert settled.to_observations().table["unit"].tolist() == ["EUR"]
    assert settled.frame()["unit"].tolist() == ["USD", "EUR", "EUR"]


@pytest.mark.parametrize(
    ("item", "one", "other", "number"),
    [
        ("largest_customer_share", (0.45, ""), (45, "%"), 0.45),
        ("largest_customer_share", (45, "%"), (45, "percent"), 0.45),
        ("age_of_oldest_account_months", (24, ""), (2, "years"), 24),
        ("employees", (50, ""), (50, "persons"), 50),
    ],
)
def test_codes_that_are_one_value_in_two_units_agree(
    item: str, one: tuple[float, str], other: tuple[float, str], number: float
) -> None:
    catalogue, place = ItemCatalogue.standard(), {"passage": "There is a plan."}
    for coder in ("li", "ma"):
        coded = note().code(item, one[0], unit=one[1], coder="li", **place)
        coded = coded.code(item, other[0], unit=other[1], coder=coder, **place)
        assert coded.disputed == ()
        rejects = Rejects(table=pd.DataFrame({"row": []}))
        many = CodedInterviews(interviews=(coded,), catalogue=catalogue, rejects=rejects)
        assert many.disputes().empty
        for found in (coded.to_observations(), many.to_observations()):
            assert found.values.tolist() == [number]


def test_codes_in_two_units_that_are_two_values_disagree() -> None:
    place = {"coder": "li", "passage": "There is a plan."}
    coded = note().code("largest_customer_share", 45, unit="%", **place)
    coded = coded.code("largest_customer_share", 0.6, **place)
    assert coded.disputed == ("largest_customer_share",)
    with pytest.raises(InvalidDataError, match="disagree on largest_customer_share"):
        coded.to_observations(coder="li")
    with pytest.raises(InvalidDataError, match="'li' codes it twice, and not alike"):
        coded.code("largest_customer_share", 50, unit="%", **place)


def test_units_that_a_code_cannot_have() -> None:
    place = {"coder": "li", "passage": "There is a plan."}
    with pytest.raises(InvalidParameterError, match=r"'revenue' by 'li' has the unit .* sign"):
        note().code("revenue", 5, unit="$", **place)
    with pytest.raises(InvalidParameterError, match="and its value is no number"):
        note().code("industry", "retail", unit="CNY", **place)
    catalogue = ItemCatalogue.standard()
    with pytest.raises(InvalidDataError, match="cannot be used: 'kg' is no currency"):
        note().code("revenue", 5, unit="kg", catalogue=catalogue, **place)
    with pytest.raises(InvalidDataError, match="'revenue' of interview 'G1' has an odd unit"):
        note().code("revenue", 5, unit="kg", **place).to_observations()


def test_units_of_tables_of_codes() -> None:
    notes = pd.DataFrame([{
        "interview": "G1", "customer": "C1", "text": TEXT, "interviewer": "wu", "at": "2024-05-06",
    }])  # fmt: skip
    codes = pd.DataFrame({
        "interview": "G1", "item": ["revenue", "largest_customer_share", "equity"],
        "value": [5, 45, 1], "unit": ["百万元", "%", "days"], "coder": "li", "passage": "is a plan",
    })  # fmt: skip
    with pytest.warns(RejectedRowsWarning, match="'days' is no currency"):
        coded = CodedInterviews.from_frames(notes, codes, source="site_visit")
    found = coded.to_observations().table
    assert found[["number", "unit"]].to_numpy().tolist() == [[5e6, "CNY"], [0.45, "fraction"]]
    assert coded.rejects.table["item"].tolist() == ["equity"]


def test_agreement_is_of_amounts_in_one_unit() -> None:
    def coded(unit: str) -> list[Interview]:
        place = {"passage": "There is a plan."}
        return [
            note(interview=f"G{n}").code("revenue", n + 1, coder="li", unit="million USD", **place)
            .code("revenue", 1e6 * (n + 1), coder="ma", unit=unit, **place) for n in range(20)
        ]  # fmt: skip

    same = coder_agreement(coded("USD")).table.iloc[0]
    assert (same["level"], same["agreement"]) == ("interval", 1)
    other = coder_agreement(coded("EUR")).table.iloc[0]
    assert (other["level"], other["agreement"]) == ("nominal", 0)


@pytest.mark.parametrize("given", ["x", None, ["x"]])
def test_what_is_no_interview(given: Any) -> None:
    with pytest.raises(InvalidParameterError, match="'interviews' parameter of coder_agreement"):
        coder_agreement(given)
