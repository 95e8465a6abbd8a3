"""The commands score and show take the file of a segmented card."""

from __future__ import annotations

import warnings
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from creditscore import LogisticScorecard, Scorecard
from creditscore.cli import app
from creditscore.cli._tables import read_table
from creditscore.datasets import load_german_credit
from creditscore.grade import GradeScale
from creditscore.scorecard import (
    Characteristic,
    SegmentedLogisticScorecard,
    SegmentedScorecard,
    Segments,
)

COLUMNS = ["checking_status", "duration_months", "age_years", "housing"]


def run(*arguments: object, code: int = 0) -> str:
    """Run a command, check its exit code, and return all that it printed, on one line."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


@pytest.fixture(scope="module")
def card() -> SegmentedScorecard:
    german = load_german_credit()
    rule = Segments.by_levels("housing", {"[owners]": ["own"]}, other="others").divided(
        "others", Segments.by_cuts("age_years", [30.5], ["young", "settled"])
    )
    with warnings.catch_warnings(action="ignore"):
        model = SegmentedLogisticScorecard(
            segments=rule, estimator=LogisticScorecard(min_iv=0)
        ).fit(german[COLUMNS], german["is_bad"])
    found: SegmentedScorecard = model.scorecard_
    return found


def test_scores_with_the_card_of_each_segment(tmp_path: Path, card: SegmentedScorecard) -> None:
    rows = load_german_credit()[COLUMNS].head(80)
    rows.insert(0, "id", [f"{place:03d}" for place in range(len(rows))])
    rows.to_csv(tmp_path / "new.csv", index=False)
    card.to_json(tmp_path / "card.json")
    GradeScale.odds_ladder().to_json(tmp_path / "grades.json")
    output = run(
        *("score", tmp_path / "new.csv", "--card", tmp_path / "card.json", "--keep", "id"),
        *("--grades", tmp_path / "grades.json", "--out", tmp_path / "scores.csv"),
    )
    assert "80 customers scored" in output
    found = read_table(tmp_path / "scores.csv", text=["id"])
    assert list(found)[:5] == ["id", "segment", "score", "pd", "grade"]
    assert found["id"].tolist() == rows["id"].tolist()
    assert found["segment"].tolist() == card.segments.assign(rows).tolist()
    assert found["score"].tolist() == card.score(rows).tolist()
    assert found["pd"].tolist() == pytest.approx(card.prob_default(rows).tolist(), rel=1e-12)
    reasons = card.reason_details(rows, n=4)
    assert found["reason_1"].fillna("").tolist() == reasons["reason_1"].fillna("").tolist()


def test_a_signed_card(tmp_path: Path, card: SegmentedScorecard) -> None:
    load_german_credit()[COLUMNS].head(3).to_parquet(tmp_path / "new.parquet")
    (tmp_path / "key").write_bytes(b"secret")
    arguments = ["score", tmp_path / "new.parquet", "--card", tmp_path / "card.json"]
    arguments += ["--out", tmp_path / "scores.csv", "--key-file", tmp_path / "key"]
    card.to_json(tmp_path / "card.json")
    assert "is not signed" in run(*arguments, code=3)
    card.to_json(tmp_path / "card.json", key=b"secret")
    assert "3 customers scored" in run(*arguments)


def test_levels_of_digits_stay_text_where_all_cards_read_text(tmp_path: Path) -> None:
    def scored_by(points: dict[str, float]) -> Scorecard:
        branch = Characteristic.categorical(
            "branch",
            points=points,  # type: ignore[arg-type]
            missing_points=0,
            other_points=-1,
        )
        return Scorecard(characteristics=(branch,))

    rule = Segments.by_levels("client", {"a": ["01"], "b": ["02"]})
    cards = (scored_by({"007": 1}), scored_by({"007": 2, "08": 3}))
    card = SegmentedScorecard(segments=rule, cards=cards)
    card.to_json(tmp_path / "card.json")
    (tmp_path / "new.csv").write_text("client,branch\n01,007\n02,007\n02,08\n")
    run("score", tmp_path / "new.csv", "--card", tmp_path / "card.json",
        "--out", tmp_path / "scores.csv")  # fmt: skip
    found = pd.read_csv(tmp_path / "scores.csv")
    assert found["segment"].tolist() == ["a", "b", "b"]
    assert found["score"].tolist() == [1, 2, 3]


def test_a_row_without_a_segment_is_named(tmp_path: Path, card: SegmentedScorecard) -> None:
    rows = load_german_credit()[COLUMNS].head(3).astype({"housing": object})
    rows.loc[1, "housing"] = None
    rows.to_csv(tmp_path / "new.csv", index=False)
    card.to_json(tmp_path / "card.json")
    output = run("score", tmp_path / "new.csv", "--card", tmp_path / "card.json",
                 "--out", tmp_path / "scores.csv", code=3)  # fmt: skip
    assert "belong to no segment: 'Missing' in 1 row(s)" in output
    assert not (tmp_path / "scores.csv").exists()


def test_shows_segments_and_cards(tmp_path: Path, card: SegmentedScorecard) -> None:
    card.to_json(tmp_path / "card.json")
    output = run("show", tmp_path / "card.json")
    assert "Segments: 3 cards" in output
    for name in ("[owners]", "young", "settled"):
        assert f"Segment {name} Points table" in output
    assert output.count("Coefficients of the logistic fit") == 3
    assert "aligned" not in output
