"""The command that validates scores against outcomes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from creditscore import GradeScale
from creditscore.cli import app
from creditscore.grade import MasterScale
from creditscore.validate import ValidationSample, ValidationSettings, validate_scores

RUNNER = CliRunner()


def run(*arguments: object, code: int = 0) -> str:
    """Run the command, check its exit code, and return all that it printed, on one line."""
    result = RUNNER.invoke(app, ["validate", *(str(argument) for argument in arguments)])
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


@pytest.fixture
def frame() -> pd.DataFrame:
    """Scores of invented customers, as the command fit writes them."""
    rng = np.random.default_rng(0)
    score = rng.normal(600, 40, size=1_000)
    prob = 1 / (1 + np.exp((score - 520) / 29))
    return pd.DataFrame(
        {
            "row": np.arange(1_000),
            "sample": np.where(np.arange(1_000) < 600, "train", "test"),
            "is_bad": (rng.random(1_000) < prob).astype(int),
            "score": score,
            "pd": prob,
            "grade": GradeScale.odds_ladder().grade(prob),
            "year": 2020 + np.arange(1_000) % 4,
        }
    )


@pytest.fixture
def scores(tmp_path: Path, frame: pd.DataFrame) -> Path:
    frame.to_csv(tmp_path / "scores.csv", index=False)
    return tmp_path / "scores.csv"


def test_scores_of_the_command_fit_are_parted_and_validated(
    scores: Path, frame: pd.DataFrame, tmp_path: Path
) -> None:
    output = run(scores, "--target", "is_bad", "--out", tmp_path / "report.md")
    assert "400 rows of the sample test validated, against 600 of the sample train." in output
    assert "Jeffreys" in output
    assert "By grade: P pass, W watch, F fail, - not tested" in output
    assert "test AAA AA A BBB BB B CCC" in output
    parts = {"score": "score", "prob_default": "pd", "grade": "grade"}
    test, train = (
        ValidationSample.from_frame(frame[frame["sample"] == part], name=name, **parts)
        for part, name in (("test", "scores.csv"), ("train", "reference"))
    )
    expected = validate_scores(test, reference=train).to_markdown()
    assert (tmp_path / "report.md").read_text(encoding="utf-8") == expected


@pytest.mark.parametrize(
    ("samples", "told"),
    [
        (["train"], "Note: 1,000 rows of the 1,000 validated are of the sample train."),
        (["train", "test", "later"], "Note: 334 rows of the 1,000 validated are of the sample"),
        ([" Train", "Test"], "Note: 500 rows of the 1,000 validated are of the sample train."),
        (["train", None], "Note: 500 rows of the 1,000 validated are of the sample train."),
        (["test"], None),
    ],
)
def test_rows_of_the_fit_are_not_validated_without_a_word(
    frame: pd.DataFrame, tmp_path: Path, samples: list[str | None], told: str | None
) -> None:
    marked = frame.assign(sample=[samples[row % len(samples)] for row in range(len(frame))])
    marked.to_csv(tmp_path / "scores.csv", index=False)
    out = tmp_path / "report.md"
    output = run(tmp_path / "scores.csv", "--target", "is_bad", "--out", out)
    text = out.read_text(encoding="utf-8")
    if told is None:
        assert "Note:" not in output
        assert "sample train" not in text
    else:
        assert told in output
        assert "rows of the sample train, 1,000 cases" in text


def test_a_reference_does_not_hide_rows_of_the_fit(scores: Path, tmp_path: Path) -> None:
    output = run(scores, "--target", "is_bad", "--reference", scores)
    assert "Note: 600 rows of the 1,000 validated are of the sample train." in output


def test_columns_of_other_names_and_a_reference_file(frame: pd.DataFrame, tmp_path: Path) -> None:
    renamed = frame.rename(columns={"is_bad": "y", "score": "points", "pd": "prob"})
    renamed.iloc[:500].to_parquet(tmp_path / "new.parquet")
    # a reference needs no periods
    renamed.iloc[500:].drop(columns="year").to_parquet(tmp_path / "old.parquet")
    output = run(
        tmp_path / "new.parquet", "--target", "y", "--score", "points", "--prob-default", "prob",
        "--period", "year", "--reference", tmp_path / "old.parquet",
    )  # fmt: skip
    assert "sample test validated" not in output
    assert "population stability of the score" in output
    assert "multi-period normal test" in output
    assert "period 2020 0." in output


def test_options_reach_the_settings(scores: Path, frame: pd.DataFrame, tmp_path: Path) -> None:
    frame.drop(columns="sample").to_csv(scores, index=False)
    scale = tmp_path / "scale.json"
    GradeScale.odds_ladder().to_json(scale)
    out = tmp_path / "report.md"
    output = run(
        scores, "--target", "is_bad", "--min-auc", "0.99", "--initial-auc", "0.7",
        "--correlation", "0.2", "--resamples", "100", "--grades", scale, "--out", out,
    )  # fmt: skip
    assert "Validation: fail" in output
    text = out.read_text(encoding="utf-8")
    assert "asset correlation 0.2" in text
    assert "AUC at initial validation 0.7000" in text
    assert "100 resamples" in text
    # all grades of the scale stand there, but that of customers in default, whom nobody is
    assert "\n| C | " in text
    assert "\n| D | " not in text
    settings = ValidationSettings(min_auc=0.99, initial_auc=0.7, correlation=0.2, n_resamples=100)
    scale_ = GradeScale.odds_ladder()
    sample = ValidationSample.from_frame(
        frame, score="score", prob_default="pd", grade="grade", name="scores.csv",
        grades=scale_.labels,
    )  # fmt: skip
    assert text == validate_scores(sample, settings=settings).to_markdown()


def test_the_order_may_come_from_a_master_scale(
    scores: Path, frame: pd.DataFrame, tmp_path: Path
) -> None:
    scale = GradeScale.odds_ladder()
    master = MasterScale.from_scale(scale)
    master.to_json(tmp_path / "master.json")
    frame.assign(grade=frame["grade"].where(frame["row"] > 2, scale.default_label)).drop(
        columns="sample"
    ).to_csv(scores, index=False)
    out = tmp_path / "report.md"
    run(scores, "--target", "is_bad", "--grades", tmp_path / "master.json", "--out", out)
    # customers who were in default already
    assert "\n| D | " in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--target", "bad"), 3, "Column 'bad'"),
        (("--target", "is_bad", "--grade", "grades"), 3, "Column 'grades'"),
        (("--target", "is_bad", "--out", "report.txt"), 2, "must end in .md"),
        (("--target", "is_bad", "--min-auc", "70"), 2, "--min-auc"),
        (("--target", "is_bad", "--correlation", "1"), 2, "--correlation"),
        (("--target", "is_bad", "--reference", "nowhere.csv"), 4, "nowhere.csv is not there"),
    ],
)
def test_what_cannot_be_done_is_told(
    scores: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    assert words in run(scores, *arguments, code=code)


def test_neither_score_nor_probability(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    pd.DataFrame({"is_bad": [0, 1], "x": [1, 2]}).to_csv(path, index=False)
    assert "Neither --score nor --prob-default" in run(path, "--target", "is_bad", code=2)


def test_a_report_that_is_there_is_kept(scores: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.md"
    out.write_text("mine")
    assert "is there already" in run(scores, "--target", "is_bad", "--out", out, code=4)
    assert out.read_text() == "mine"
    run(scores, "--target", "is_bad", "--out", out, "--overwrite")
    assert out.read_text().startswith("# Validation report")


def test_the_librarys_own_name_of_probabilities_is_found(scores: Path, frame: pd.DataFrame) -> None:
    frame.rename(columns={"pd": "prob_default"}).to_csv(scores, index=False)
    output = run(scores, "--target", "is_bad")
    assert "Jeffreys" in output
    assert "Calibration was not tested" not in output
    frame.drop(columns="pd").to_csv(scores, index=False)
    output = run(scores, "--target", "is_bad")
    assert "Calibration was not tested: no column of probabilities is named." in output
