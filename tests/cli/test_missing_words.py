"""What is missing in a CSV file: empty cells, and words such as NA among numbers, with a note."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from creditscore import Scorecard
from creditscore.cli import app
from creditscore.cli._missing_words import read_missing_words
from creditscore.cli._tables import read_table
from creditscore.exceptions import CreditScoreWarning
from creditscore.scorecard import Characteristic

WORDS = ["None", "NA", "null", "nan", "N/A"]


def run(*arguments: object, code: int = 0) -> str:
    """Run a command, check its exit code, and return all that it printed, on one line."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


def scored(
    folder: Path, card: Scorecard, frame: pd.DataFrame, ending: str
) -> tuple[str, pd.Series]:
    """Write a table and a card, score by the command, and return its words and scores."""
    card.to_json(folder / "card.json")
    data, out = folder / f"d.{ending}", folder / f"s-{ending}.csv"
    frame.to_csv(data, index=False) if ending == "csv" else frame.to_parquet(data)
    output = run("score", data, "--card", folder / "card.json", "--out", out, "--reasons", 0)
    return output, pd.read_csv(out)["score"]


@pytest.fixture
def card() -> Scorecard:
    levels = {word: 10.0 * place for place, word in enumerate([*WORDS, "x"], 1)}
    group = Characteristic.categorical("group", points=levels, missing_points=-100, other_points=1)
    amount = Characteristic.numeric("amount", cuts=[1, 2], points=[0, 5, 9], missing_points=-7)
    return Scorecard(characteristics=[group, amount], base_points=500)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_words_that_are_levels_reach_the_card(tmp_path: Path, card: Scorecard, ending: str) -> None:
    frame = pd.DataFrame({"group": [*WORDS, "x", None], "amount": [1, 1.5, 2, 0, 3, 1, None]})
    output, scores = scored(tmp_path, card, frame, ending)
    assert scores.tolist() == card.score(frame).tolist()
    assert "Note" not in output


@pytest.mark.parametrize("word", [*WORDS, "<NA>", "#N/A"])
def test_words_among_numbers_are_missing_with_a_note(
    tmp_path: Path, card: Scorecard, word: str
) -> None:
    frame = pd.DataFrame({"group": ["x", "NA", "x"], "amount": ["0.5", word, word]})
    output, scores = scored(tmp_path, card, frame, "csv")
    numbers = frame.assign(amount=[0.5, np.nan, np.nan])
    assert scores.tolist() == card.score(numbers).tolist()
    assert f"'amount' holds '{word}' in 2 row(s), first at row 1. This is read as missing" in output


def test_a_word_may_be_all_that_a_column_of_numbers_holds(tmp_path: Path, card: Scorecard) -> None:
    card.to_json(tmp_path / "card.json")
    (tmp_path / "d.csv").write_text("group,amount\nx,NA\n")
    output = run("score", tmp_path / "d.csv", "--card", tmp_path / "card.json", "--out",
                 tmp_path / "s.csv")  # fmt: skip
    assert "'amount' holds 'NA' in 1 row(s)" in output
    assert pd.read_csv(tmp_path / "s.csv")["score"].tolist() == [500 + 60 - 7]


def test_a_word_beside_text_among_numbers_is_not_missing(tmp_path: Path, card: Scorecard) -> None:
    card.to_json(tmp_path / "card.json")
    (tmp_path / "d.csv").write_text("group,amount\nx,NA\nx,old\nx,1\nx,2\nx,3\n")
    output = run("score", tmp_path / "d.csv", "--card", tmp_path / "card.json", "--out",
                 tmp_path / "s.csv", code=3)  # fmt: skip
    assert "Error: Column 'amount'" in output
    assert "missing" not in output.split("Error")[0]


def test_booleans_and_numeric_levels_are_met_beside_words(tmp_path: Path) -> None:
    levels = (
        Characteristic.categorical(
            "owner", points={True: 5, False: 1}, missing_points=-3, other_points=0
        ),
        Characteristic.categorical(
            "rating", points={1: 20, 2: 40}, missing_points=-30, other_points=0
        ),
    )
    card = Scorecard(characteristics=levels)
    card.to_json(tmp_path / "card.json")
    (tmp_path / "d.csv").write_text("owner,rating\nTrue,1\nFalse,2\nNA,null\n")
    output = run("score", tmp_path / "d.csv", "--card", tmp_path / "card.json", "--out",
                 tmp_path / "s.csv")  # fmt: skip
    assert pd.read_csv(tmp_path / "s.csv")["score"].tolist() == [25, 41, -33]
    assert "'owner' holds 'NA'" in output
    assert "'rating' holds 'null'" in output


def test_an_empty_text_that_is_a_level_cannot_be_told_from_missing(tmp_path: Path) -> None:
    group = Characteristic.categorical(
        "group", points={"": 12, "x": 1}, missing_points=-100, other_points=0
    )
    card = Scorecard(characteristics=[group])
    frame = pd.DataFrame({"group": ["x", "", None]})
    output, scores = scored(tmp_path, card, frame.assign(other=1), "csv")
    assert scores.tolist() == [1, -100, -100]
    assert "'group' has 2 empty cell(s), which are read as missing" in output
    output, scores = scored(tmp_path, card, frame, "parquet")
    assert scores.tolist() == [1, 12, -100]
    assert "Note" not in output


def test_a_fit_of_csv_and_of_parquet_is_the_same(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    amount = rng.normal(size=600)
    is_bad = (amount + rng.normal(size=600) < 0).astype(int)
    noise = rng.random(600) < 0.2
    alley = np.where((is_bad == 1) ^ noise, "None", "paved")
    frame = pd.DataFrame({"amount": amount, "alley": alley, "is_bad": is_bad})
    frame.to_csv(tmp_path / "d.csv", index=False)
    frame.to_parquet(tmp_path / "d.parquet")
    cards, outputs = [], []
    for ending in ("csv", "parquet"):
        out = tmp_path / ending
        outputs.append(run("fit", tmp_path / f"d.{ending}", "--target", "is_bad", "--out", out))
        cards.append(Scorecard.from_json(out / "scorecard.json"))
    assert cards[0] == cards[1]
    assert "None" in next(c for c in cards[0].characteristics if c.name == "alley").partition.labels
    assert "'alley' holds 'None' in" in outputs[0]
    assert "counts as text like any other" in outputs[0]
    assert "Note" not in outputs[1]


def test_words_in_the_columns_of_a_fit(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("x,y,z,w\n1.5,NA,NA,1\nNA,NA,a,NaN\n,NA,b,2\nnull,NA,,3\n")
    frame = read_table(path)
    with pytest.warns(CreditScoreWarning, match="'x' holds words such as 'NA' in 2 row"):
        found = read_missing_words(path, frame, ["x"])
    assert found["x"].isna().tolist() == [False, True, True, True]
    assert found["x"].dtype == np.float64
    # no number is there that would tell that these are missing
    assert read_missing_words(path, frame, ["y", "z"]) is frame
    # a word that was named as a special code is none that is missing
    assert read_missing_words(path, frame, ["w"], codes=["NaN"])["w"].tolist()[1] == "NaN"
    with pytest.warns(CreditScoreWarning, match="'w' holds 'NaN' in 1 row"):
        assert read_missing_words(path, frame, ["w"])["w"].tolist()[2] == 2


@pytest.mark.parametrize("command", ["fit", "score"])
def test_the_help_says_what_is_missing(command: str) -> None:
    output = run(command, "--help")
    assert "In CSV, only an empty cell is missing: text such as NA, None or null is" in output
    assert "Among numbers, such words are read as missing, and a note names column" in output


def test_a_special_word_does_not_make_text_of_numbers(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    months = rng.integers(6, 60, 1_000)
    is_bad = (rng.random(1_000) < months / 90).astype(int)
    cells = months.astype(str).astype(object)
    cells[:60], cells[60:120], cells[120:180], cells[180:240] = "NA", "null", "-999", ""
    data = tmp_path / "months.csv"
    pd.DataFrame({"months": cells, "is_bad": is_bad}).to_csv(data, index=False)
    special = ("--special", "NA", "--special=-999")
    said = run("fit", data, "--target", "is_bad", "--out", tmp_path / "card", *special)
    assert "'null' in 60 row(s)" in said
    assert "'NA' in" not in said
    card = Scorecard.from_json(tmp_path / "card" / "scorecard.json")
    labels = card.characteristics[0].partition.labels
    assert {"Special NA", "Special -999", "Missing"} <= set(labels)
    assert any(label.startswith("< ") for label in labels)
    counts = card.table().set_index("attribute")["count"]
    assert counts["Missing"] > counts["Special NA"] > 30
