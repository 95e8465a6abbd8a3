"""The page on the file of a card is enough to score by it, and its example is a card."""

from __future__ import annotations

import hashlib
import json
import math
import re
import warnings
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore import LogisticScorecard, PointsScale, Scorecard, WOEEncoder
from creditscore.binning import CategoricalPartition, MixedPartition
from creditscore.cli._tables import read_table
from creditscore.deploy import rules_of
from creditscore.scorecard import (
    Attribute,
    Characteristic,
    FitSummary,
    PointsChange,
    PointsEdit,
    SegmentAlignment,
    SegmentedScorecard,
    Segments,
)

PAGE = (Path(__file__).parents[2] / "docs" / "card_format.md").read_text(encoding="utf-8")
HOSTILE = 'O\'Neil "x"; \\n \n % {0} é 企业 𝔘 \x00 =1+1'


def fenced(language: str) -> str:
    (block,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)
    return str(block)


PROGRAM: dict[str, Any] = {}
exec(compile(fenced("python"), "card_format.md", "exec"), PROGRAM)  # noqa: S102 - as a reader would

CARD = Scorecard(
    characteristics=(
        Characteristic.numeric(
            HOSTILE,
            cuts=[2, 10.1],
            points=[0, 0.1, 40],
            slopes=[0, 5.3, 0],
            missing_points=-7.25,
            special_points={-1: 3, 0.1: 9},
        ),
        Characteristic.categorical(
            "audit",
            points={"clean": 30.1, (HOSTILE, "none"): 5, "": 6},
            missing_points=0.3,
            other_points=-2,
        ),
        Characteristic(
            name="branch",
            partition=CategoricalPartition(groups=((1, 2), (3, 0.1)), special_codes=(99, 0.3)),
            attributes=tuple(Attribute(points=p) for p in (1.5, 2.5, 3.5, 4.5, 5.5, 6.5)),
        ),
        Characteristic.categorical(
            "is_firm", points={True: 1, False: 2}, missing_points=3, other_points=4
        ),
        Characteristic(
            name="bureau",
            partition=MixedPartition(
                cuts=(500.0, 600.5), special_codes=(-9.0, "NO HIT", "thin", "frozen"), n_pooled=2
            ),
            attributes=tuple(Attribute(points=p) for p in (1, 2.5, 4, -3, -1, 0.5, 7, 8)),
        ),
    ),
    base_points=100.3,
    scale=PointsScale(base_score=120, base_odds=3, pdo=7),
)
TEXT = CARD.to_json()

NUMBER = st.one_of(
    st.none(),
    st.sampled_from([math.nan, -1, 0.1, float(np.float32(0.1)), 2, 10.1, 0, -0.0, True, 2**53]),
    st.sampled_from([math.nextafter(2, 0), math.nextafter(10.1, 11), math.nextafter(10.1, 0)]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-50, 50),
)
LEVEL = st.sampled_from(["clean", "none", HOSTILE, "", "?", "Clean", "clean ", None, math.nan])
BRANCH = st.sampled_from([1, 2, 3, 99, 1.0, 7, 0.1, 0.3, float(np.float32(0.1)), 0.7, None])
WORD = st.one_of(
    NUMBER.filter(lambda value: not isinstance(value, bool)),
    st.sampled_from(
        ["NO HIT", "thin", "frozen", "499.9", " 600.5 ", "-9", "1e-05", "12E5", "12,5"]
    ),
    st.text(alphabet="0123456789+-.eE x", max_size=6).filter(lambda text: "e+" not in text.lower()),
)


@given(st.tuples(NUMBER, LEVEL, BRANCH, st.sampled_from([True, False, 1, 0, 2, None]), WORD))
def test_the_program_says_what_the_card_says(values: tuple[Any, ...]) -> None:
    applicant = dict(zip(CARD.names, values, strict=True))
    with warnings.catch_warnings(action="ignore"):
        expected = CARD.compile()(applicant)
    total, points = PROGRAM["score"](TEXT, applicant)
    assert total == expected.score
    assert points == expected.points
    assert CARD.scale is not None
    found = PROGRAM["prob_default"](TEXT, total)
    assert found == pytest.approx(float(CARD.scale.prob_default(total)), rel=1e-12)


def test_all_applicants_of_an_estimated_card(german: pd.DataFrame) -> None:
    X = german.drop(columns="is_bad").copy()
    X.loc[::7, "age_years"] = np.nan
    encoder = WOEEncoder(special_codes={"duration_months": [12]})
    with warnings.catch_warnings(action="ignore"):
        card = LogisticScorecard(encoder=encoder, min_iv=0).fit(X, german["is_bad"]).scorecard_
    text = card.to_json()
    found = [PROGRAM["score"](text, row)[0] for row in X.to_dict("records")]
    assert found == card.score(X).tolist()
    probs = [PROGRAM["prob_default"](text, total) for total in found]
    np.testing.assert_allclose(probs, card.prob_default(X), rtol=1e-12)
    base, decide = X.iloc[1].to_dict(), card.compile()
    for column in rules_of(card).columns:
        for interval in column.intervals[1:]:
            cut = float(interval.low or 0)
            for value in (math.nextafter(cut, -math.inf), cut, math.nextafter(cut, math.inf)):
                applicant = {**base, column.name: value}
                assert PROGRAM["score"](text, applicant)[0] == decide(applicant).score


def test_what_is_refused() -> None:
    applicant = {HOSTILE: 3.0, "audit": "clean", "branch": 1, "is_firm": True, "bureau": 550.0}
    for change in ({HOSTILE: math.inf}, {"bureau": "-1e+999"}):
        with pytest.raises(ValueError, match="infinite"):
            PROGRAM["score"](TEXT, applicant | change)
    housing = Characteristic(
        name="housing",
        partition=CategoricalPartition(groups=(("own",),)),
        attributes=(
            Attribute(points=1),
            Attribute(points=0, treatment="error"),
            Attribute(points=2),
        ),
    )
    text = Scorecard(characteristics=(housing,)).to_json()
    assert PROGRAM["score"](text, {"housing": "castle"})[0] == 2
    with pytest.raises(ValueError, match="housing is refused"):
        PROGRAM["score"](text, {"housing": None})


def test_a_higher_score_may_be_riskier() -> None:
    card = Scorecard(
        characteristics=CARD.characteristics,
        scale=PointsScale(base_score=120, base_odds=3, pdo=7, reverse=True),
    )
    assert card.scale is not None
    found = PROGRAM["prob_default"](card.to_json(), 130.0)
    assert found == pytest.approx(float(card.scale.prob_default(130.0)), rel=1e-12)
    assert found > PROGRAM["prob_default"](card.to_json(), 120.0) == pytest.approx(0.25)


def test_the_example_is_a_card_and_its_figures_hold() -> None:
    example = fenced("json")
    card = Scorecard.from_json(example)
    applicant = {"years_in_business": 4, "audit": "qualified"}
    assert card.compile()(applicant).score == 520
    assert PROGRAM["score"](example, applicant) == (520, {"years_in_business": 15, "audit": 5})
    assert PROGRAM["prob_default"](example, 520) == pytest.approx(1 / 6)
    assert card.prob_default(pd.DataFrame([applicant])).tolist() == pytest.approx([1 / 6])


def without_blanks_and_in_order(text: str) -> str:
    """Write a document anew as the page says, numbers as they stand in it."""

    class Written(float):
        """A number that is written as it was read."""

        def __new__(cls, text: str) -> Written:
            number = super().__new__(cls, text)
            number.text = text  # type: ignore[attr-defined]
            return number

        def __repr__(self) -> str:
            return str(self.text)  # type: ignore[attr-defined]

    def write(value: Any) -> str:
        if isinstance(value, dict):
            pairs = (f"{write(key)}:{write(value[key])}" for key in sorted(value))
            return "{" + ",".join(pairs) + "}"
        if isinstance(value, list):
            return "[" + ",".join(map(write, value)) + "]"
        return repr(value) if isinstance(value, Written) else json.dumps(value, ensure_ascii=False)

    document = json.loads(text, parse_float=Written, parse_int=Written)
    return write({key: document[key] for key in ("format", "schema_version", "content")})


@pytest.mark.parametrize("text", [TEXT, fenced("json")], ids=["hostile", "example"])
def test_the_hash_is_what_the_page_says(text: str) -> None:
    sealed = without_blanks_and_in_order(text).encode()
    assert json.loads(text)["sha256"] == hashlib.sha256(sealed).hexdigest()


GOLDEN = Path(__file__).parents[1] / "golden"


def test_a_card_a_segment_on_all_golden_rows() -> None:
    source = GOLDEN / "segmented_card_v1.json"
    text, card = source.read_text(encoding="utf-8"), SegmentedScorecard.from_json(source)
    rows = read_table(GOLDEN / "answers_v1.csv")
    texts = ["checking_status", "savings_status"]
    rows[texts] = rows[texts].astype(object)
    cases = rows[list(card.names)].to_dict("records")
    found = [PROGRAM["score"](text, case)[0] for case in cases]
    assert found == rows["score_segmented"].tolist()
    rule = json.loads(text)["content"]["segments"]
    assert [PROGRAM["segment"](rule, case) for case in cases] == rows["segment"].tolist()
    assert tuple(PROGRAM["segments"](rule)) == card.segments.names
    with warnings.catch_warnings(action="ignore"):
        expected = card.prob_default(rows)
    np.testing.assert_allclose(
        [PROGRAM["prob_default"](text, total) for total in found], expected, rtol=1e-12
    )


def hand_made(*points: float) -> Scorecard:
    years = Characteristic.numeric("years", cuts=[2], points=points, missing_points=0)
    return Scorecard(characteristics=(years,))


def test_segments_stand_in_the_order_of_their_cards() -> None:
    by_client = Segments.by_levels(
        "client", {"people": ["private"], "firms": ["ltd"]}, missing="firms"
    )
    young = Segments.by_cuts("age", [30], ["settled", "young"], missing="young")
    rule = by_client.divided("people", young)
    cards = {"firms": hand_made(1, 2), "young": hand_made(3, 4), "settled": hand_made(5, 6)}
    card = SegmentedScorecard.from_cards(rule, cards)
    text = card.to_json()
    for client, age, total in [("private", 20, 6), ("private", 30, 4), ("private", None, 4),
                               ("ltd", 20, 2), (None, None, 2)]:  # fmt: skip
        applicant = {"client": client, "age": age, "years": 5}
        assert PROGRAM["score"](text, applicant)[0] == total
        assert card.compile()(applicant).score == total
    with pytest.raises(ValueError, match="client belongs to no segment"):
        PROGRAM["score"](text, {"client": "plc", "age": 20, "years": 5})
    everybody = SegmentedScorecard(segments=Segments(), cards=(hand_made(7, 8),))
    assert PROGRAM["score"](everybody.to_json(), {"years": 1})[0] == 7


def keys_in(value: Any) -> set[str]:
    """Return the keys of all objects within a value."""
    if isinstance(value, dict):
        return set(value).union(*map(keys_in, value.values()))
    return set().union(*map(keys_in, value)) if isinstance(value, list) else set()


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*card_v*.json")), ids=lambda path: path.stem)
def test_every_entry_of_golden_cards_is_on_the_page(path: Path) -> None:
    entries = keys_in(json.loads(path.read_text(encoding="utf-8")))
    assert {entry for entry in entries if f"`{entry}`" not in PAGE} == set()


def test_every_entry_of_a_summary_and_of_a_history_is_on_the_page() -> None:
    entries = {field.name for kind in (FitSummary, PointsChange, PointsEdit, SegmentAlignment)
               for field in fields(kind)}  # fmt: skip
    assert {entry for entry in entries if f"`{entry}`" not in PAGE} == set()


def test_every_entry_is_on_the_page(german: pd.DataFrame) -> None:
    columns = ["checking_status", "duration_months"]
    with warnings.catch_warnings(action="ignore"):
        card = LogisticScorecard().fit(german[columns], german["is_bad"]).scorecard_
    documents = [json.loads(one.to_json()) for one in (CARD, card)]
    documents.append(json.loads(CARD.to_json(key=b"secret")))
    entries: set[str] = set()
    for document in documents:
        content = document["content"]
        entries |= {*document, *content, *(content["scale"] or {})}
        for characteristic in content["characteristics"]:
            entries |= {*characteristic, *characteristic["partition"]}
            entries |= {key for attribute in characteristic["attributes"] for key in attribute}
    assert {entry for entry in entries if f"`{entry}`" not in PAGE} == set()
