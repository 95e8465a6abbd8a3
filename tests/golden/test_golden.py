"""Golden: files of every schema version load, and score as on the day they were written."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from creditscore import GradeScale, Scorecard
from creditscore.exceptions import UnseenValueWarning
from creditscore.scorecard import ReasonCodes, SegmentedScorecard, adverse_reasons

FOLDER = Path(__file__).parent
VERSIONS = (1,)
KEY = b"golden"  # as in regenerate.py

DOCUMENTS = {
    "scorecard": Scorecard,
    "grade_scale": GradeScale,
    "boosted_card": Scorecard,
    "edited_card": Scorecard,
    "segmented_card": SegmentedScorecard,
    "reason_codes": ReasonCodes,
}
TEXTS = ["checking_status", "savings_status", "grade", "segment"]
TEXTS += [f"{what}_{rank}" for what in ("code", "english", "chinese") for rank in (1, 2)]

versions = pytest.mark.parametrize("version", VERSIONS)


def read_table(name: str, version: int) -> pd.DataFrame:
    """Read numbers with Python's own float(), which is exact; an empty cell is missing."""
    cases = pd.read_csv(FOLDER / f"{name}_v{version}.csv", dtype=object, na_values=[""])
    numbers = cases.columns.difference(TEXTS)
    return cases.assign(**{name: cases[name].map(float) for name in numbers})


def read_scores(version: int) -> pd.DataFrame:
    return read_table("scores", version)


def read_document(name: str, version: int) -> Any:
    return DOCUMENTS[name].from_json(FOLDER / f"{name}_v{version}.json", key=KEY)


def read_card(version: int) -> Scorecard:
    return Scorecard.from_json(FOLDER / f"scorecard_v{version}.json", key=KEY)


def read_scale(version: int) -> GradeScale:
    return GradeScale.from_json(FOLDER / f"grade_scale_v{version}.json", key=KEY)


def test_every_file_is_tested() -> None:
    expected = {"regenerate.py", "test_golden.py"}
    for version in VERSIONS:
        expected |= {f"{name}_v{version}.json" for name in DOCUMENTS}
        expected |= {f"scores_v{version}.csv", f"answers_v{version}.csv"}
    assert {path.name for path in FOLDER.iterdir() if path.is_file()} == expected


@versions
def test_scores_to_the_last_bit(version: int) -> None:
    cases = read_scores(version)
    assert len(cases) == 120
    with pytest.warns(UnseenValueWarning):
        score = read_card(version).score(cases)
    assert score.tolist() == cases["score"].tolist()


@versions
def test_what_the_fit_never_met_is_named(version: int) -> None:
    # German credit has no gaps; the points of the amount were written by hand, gaps included
    with pytest.warns(UnseenValueWarning) as caught:
        read_card(version).score(read_scores(version))
    (message,) = (str(warning.message) for warning in caught)
    for column in ("checking_status", "savings_status", "age_years"):
        assert f"{column!r} is 'Missing' in 11 row(s), 127.9 points each" in message
    assert "'duration_months' is 'Special -9' in 11 row(s), 127.9 points each" in message
    assert "credit_amount" not in message


@versions
def test_probabilities_and_grades(version: int) -> None:
    cases = read_scores(version)
    with pytest.warns(UnseenValueWarning):
        prob = read_card(version).prob_default(cases)
    # the exponential function may differ in the last bit between builds of scipy
    assert prob.tolist() == pytest.approx(cases["pd"].tolist(), rel=1e-14)
    assert read_scale(version).grade(prob).tolist() == cases["grade"].tolist()
    assert cases["grade"].nunique() >= 6


@versions
def test_golden_rows_hold_what_a_card_can_meet(version: int) -> None:
    cases, card = read_scores(version), read_card(version)
    assert cases[["checking_status", "age_years", "credit_amount"]].isna().any().all()
    assert (cases["duration_months"] == -9).any()
    table = card.table()
    assert table["slope"].any()
    assert set(table["kind"]) == {"base", "bin", "special", "missing", "other"}
    assert card.fit_summary is not None
    assert card.scale is not None


@versions
@pytest.mark.parametrize("name", ["boosted", "edited", "segmented"])
def test_scores_of_other_cards_to_the_last_bit(version: int, name: str) -> None:
    cases = read_table("answers", version)
    card = read_document(f"{name}_card", version)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnseenValueWarning)
        score = card.score(cases)
    assert score.tolist() == cases[f"score_{name}"].tolist()
    assert score.nunique() > 20


@versions
def test_segments_and_their_alignment(version: int) -> None:
    cases, card = read_table("answers", version), read_document("segmented_card", version)
    assert card.segments.assign(cases).tolist() == cases["segment"].tolist()
    assert set(cases["segment"]) == set(card.segments.names) == {"no account", "small", "large"}
    assert len(card.alignments) == 3


@versions
def test_edits_and_who_made_them(version: int) -> None:
    card = read_document("edited_card", version)
    assert not card.higher_is_safer
    assert [edit.action for edit in card.history] == ["with_points", "rounded", "with_points"]
    history = card.history_table()
    assert {("A. Analyst", "gaps"), ("B. Buyer", "审查 é")} <= set(
        zip(history["by"], history["reason"], strict=True)
    )
    table = card.table()
    assert (table["points"] % 1 == 0).all()
    assert table.loc[table["overridden"], ["characteristic", "points"]].to_numpy().tolist() == [
        ["savings_status", 31],
        ["age_years", 13],
    ]


@versions
def test_reasons_by_code_in_two_languages(version: int) -> None:
    cases, codes = read_table("answers", version), read_document("reason_codes", version)
    for language, column in (("en", "english"), ("zh", "chinese")):
        with pytest.warns(UnseenValueWarning):
            found = adverse_reasons(
                read_card(version), cases, codes, n=2, baseline="maximum", language=language
            )
        for rank in (1, 2):
            for title, name in (("code", f"code_{rank}"), ("text", f"{column}_{rank}")):
                told = found[f"reason_{rank}_{title}"].astype(object)
                expected = cases[name].astype(object)
                assert told.fillna("").tolist() == expected.fillna("").tolist()
            points, expected = found[f"reason_{rank}_points"], cases[f"points_{rank}"]
            assert points.fillna(0).tolist() == expected.fillna(0).tolist()
    assert "X9" in set(cases["code_1"])


@pytest.mark.parametrize("name", DOCUMENTS)
def test_present_version_is_written_as_it_stands(tmp_path: Path, name: str) -> None:
    path = FOLDER / f"{name}_v{VERSIONS[-1]}.json"
    read_document(name, VERSIONS[-1]).to_json(tmp_path / path.name, key=KEY)
    assert (tmp_path / path.name).read_bytes() == path.read_bytes()
