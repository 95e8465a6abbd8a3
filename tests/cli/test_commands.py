"""The commands, run in the process and checked for output, files and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from creditscore import GradeScale, LogisticScorecard, Scorecard
from creditscore.cli import app
from creditscore.cli._tables import read_table
from creditscore.datasets import load_german_credit
from creditscore.scorecard import Characteristic

COLUMNS = ["checking_status", "duration_months", "savings_status", "age_years"]
RUNNER = CliRunner()


def run(*arguments: object, code: int = 0) -> str:
    """Run a command, check its exit code, and return all that it printed, on one line."""
    result = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


@pytest.fixture(scope="module")
def german() -> pd.DataFrame:
    """German credit with an id and few columns."""
    german = load_german_credit()[[*COLUMNS, "is_bad"]]
    german.insert(0, "loan_id", [f"L{i:04d}" for i in range(len(german))])
    return german


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, german: pd.DataFrame) -> Path:
    """Data as CSV and Parquet, and a card fitted by the command."""
    folder = tmp_path_factory.mktemp("cli")
    german.to_csv(folder / "loans.csv", index=False)
    german.to_parquet(folder / "loans.parquet")
    run("fit", folder / "loans.csv", "--target", "is_bad", "--drop", "loan_id",
        "--out", folder / "card")  # fmt: skip
    return folder


class TestDemo:
    def test_prints_the_whole_story_and_writes_it(self, tmp_path: Path) -> None:
        output = run("demo", "--out", tmp_path / "demo")
        for expected in ("Points table", "AUC", "Gini", "KS", "95 % interval", "observed",
                         "predicted", "AAA", "D is kept for customers in default",
                         "probability of default", "points: "):  # fmt: skip
            assert expected in output
        assert output.count("Customer ") == 3
        written = {path.name for path in (tmp_path / "demo").iterdir()}
        assert written == {
            "scorecard.json", "grade_scale.json", "scores.csv", "points.csv", "columns.csv",
            "points.png", "bins.png", "scores.png", "roc.png", "grades.png",
        }  # fmt: skip
        scores = pd.read_csv(tmp_path / "demo" / "scores.csv")
        assert len(scores) == 1000
        assert scores["sample"].value_counts().to_dict() == {"train": 700, "test": 300}

    def test_may_run_again_and_gives_the_same_card(self, tmp_path: Path) -> None:
        for name in ("a", "a", "b"):
            run("demo", "--out", tmp_path / name)
        first, second = ((tmp_path / n / "scorecard.json").read_bytes() for n in ("a", "b"))
        assert first == second

    def test_leaves_protected_columns_out(self, tmp_path: Path) -> None:
        run("demo", "--out", tmp_path)
        names = Scorecard.from_json(tmp_path / "scorecard.json").names
        assert not {"personal_status_sex", "foreign_worker"} & set(names)


class TestFit:
    def test_card_is_that_of_the_library(self, tmp_path: Path, german: pd.DataFrame) -> None:
        german.to_parquet(tmp_path / "loans.parquet")
        run("fit", tmp_path / "loans.parquet", "--target", "is_bad", "--drop", "loan_id",
            "--test-share", 0, "--out", tmp_path / "card")  # fmt: skip
        model = LogisticScorecard(coefficient_sign="enforce").fit(german[COLUMNS], german["is_bad"])
        assert Scorecard.from_json(tmp_path / "card" / "scorecard.json") == model.scorecard_

    def test_options_reach_the_card(self, folder: Path, tmp_path: Path) -> None:
        run("fit", folder / "loans.csv", "--target", "is_bad", "--drop", "loan_id", "--pdo", 40,
            "--base-score", 500, "--base-odds", 10, "--max-bins", 2, "--grades", "agency",
            "--special", "24", "--out", tmp_path)  # fmt: skip
        card = Scorecard.from_json(tmp_path / "scorecard.json")
        assert card.scale is not None
        assert (card.scale.pdo, card.scale.base_score, card.scale.base_odds) == (40, 500, 10)
        assert max(c.partition.n_regular for c in card.characteristics) == 2
        assert "Special 24" in set(card.table()["attribute"])
        assert GradeScale.from_json(tmp_path / "grade_scale.json") == GradeScale.agency()

    def test_labels_of_the_target(self, tmp_path: Path, german: pd.DataFrame) -> None:
        german.assign(is_bad=np.where(german["is_bad"] == 1, 2, 1)).to_csv(tmp_path / "loans.csv")
        arguments = ("fit", tmp_path / "loans.csv", "--target", "is_bad", "--drop", "loan_id",
                     "--out", tmp_path / "card")  # fmt: skip
        assert "which of them is bad is not guessed" in run(*arguments, code=3)
        assert not (tmp_path / "card").exists()
        run(*arguments, "--bad-label", "2")

    def test_weight_column(self, tmp_path: Path, german: pd.DataFrame) -> None:
        german.assign(times=2).to_csv(tmp_path / "loans.csv", index=False)
        run("fit", tmp_path / "loans.csv", "--target", "is_bad", "--drop", "loan_id", "--weight",
            "times", "--test-share", 0, "--out", tmp_path)  # fmt: skip
        card = Scorecard.from_json(tmp_path / "scorecard.json")
        assert card.table().groupby("characteristic")["count"].sum().eq(2000).all()

    def test_wrong_column_lists_near_names(self, folder: Path, tmp_path: Path) -> None:
        output = run("fit", folder / "loans.csv", "--target", "is_bda", "--out", tmp_path, code=3)
        assert "Column 'is_bda' (near: 'is_bad') is not in the table" in output

    def test_does_not_replace_a_card_unasked(self, folder: Path) -> None:
        arguments = ("fit", folder / "loans.csv", "--target", "is_bad", "--out", folder / "card")
        before = (folder / "card" / "scorecard.json").read_bytes()
        assert "add --overwrite" in run(*arguments, "--drop", "loan_id", code=3)
        assert (folder / "card" / "scorecard.json").read_bytes() == before
        run(*arguments, "--drop", "loan_id", "--overwrite")
        assert (folder / "card" / "scorecard.json").read_bytes() == before

    def test_missing_outcomes_are_refused(self, tmp_path: Path, german: pd.DataFrame) -> None:
        outcomes = german["is_bad"].astype("float64").mask(german.index < 3)
        german.assign(is_bad=outcomes).to_csv(tmp_path / "loans.csv", index=False)
        output = run("fit", tmp_path / "loans.csv", "--target", "is_bad", "--out", tmp_path, code=3)
        assert "3 missing value(s) (NaN) at row(s) 0, 1, 2" in output

    def test_too_few_rows_for_a_test_share(self, tmp_path: Path) -> None:
        pd.DataFrame({"x": [1, 2, 3], "y": [0, 1, 0]}).to_csv(tmp_path / "few.csv", index=False)
        output = run("fit", tmp_path / "few.csv", "--target", "y", "--out", tmp_path, code=3)
        assert "set the share to 0" in output


class TestScore:
    @pytest.mark.parametrize("ending", ["csv", "parquet", "csv.gz"])
    def test_scores_are_those_of_the_library(
        self, folder: Path, tmp_path: Path, german: pd.DataFrame, ending: str
    ) -> None:
        out = tmp_path / f"scores.{ending}"
        data = folder / ("loans.parquet" if ending == "parquet" else "loans.csv")
        run("score", data, "--card", folder / "card" / "scorecard.json", "--out", out,
            "--keep", "loan_id", "--grades", folder / "card" / "grade_scale.json",
            "--reasons", 2)  # fmt: skip
        scores = read_table(out)
        assert list(scores) == ["loan_id", "score", "pd", "grade", "reason_1", "reason_2"]
        card = Scorecard.from_json(folder / "card" / "scorecard.json")
        assert scores["loan_id"].tolist() == german["loan_id"].tolist()
        # CSV keeps every digit, so equality is exact
        assert scores["score"].tolist() == card.score(german).tolist()
        assert scores["pd"].tolist() == card.prob_default(german).tolist()

    def test_without_reasons_and_grades(self, folder: Path, tmp_path: Path) -> None:
        run("score", folder / "loans.csv", "--card", folder / "card" / "scorecard.json",
            "--out", tmp_path / "s.csv", "--reasons", 0)  # fmt: skip
        assert list(pd.read_csv(tmp_path / "s.csv")) == ["score", "pd"]

    def test_card_without_scale(self, folder: Path, tmp_path: Path) -> None:
        age = Characteristic.numeric("age_years", cuts=[30], points=[0, 9], missing_points=0)
        Scorecard(characteristics=(age,)).to_json(tmp_path / "card.json")
        arguments = ("score", folder / "loans.csv", "--card", tmp_path / "card.json", "--out",
                     tmp_path / "s.csv")  # fmt: skip
        run(*arguments)
        assert list(pd.read_csv(tmp_path / "s.csv"))[:2] == ["score", "reason_1"]
        grades = folder / "card" / "grade_scale.json"
        assert "Use a grade scale on scores" in run(*arguments, "--grades", grades, code=3)

    def test_missing_column_is_named_and_nothing_is_written(
        self, folder: Path, tmp_path: Path, german: pd.DataFrame
    ) -> None:
        german.rename(columns={"age_years": "age_year"}).to_csv(tmp_path / "new.csv", index=False)
        out = tmp_path / "scores.csv"
        out.write_text("from before")
        card = folder / "card" / "scorecard.json"
        output = run("score", tmp_path / "new.csv", "--card", card, "--out", out, code=3)
        assert "'age_years' (near: 'age_year')" in output
        assert out.read_text() == "from before"
        assert {path.name for path in tmp_path.iterdir()} == {"new.csv", "scores.csv"}

    def test_never_writes_over_what_it_reads(self, folder: Path) -> None:
        before = (folder / "loans.csv").read_bytes()
        output = run("score", folder / "loans.csv", "--card", folder / "card" / "scorecard.json",
                     "--out", folder / "loans.csv", code=3)  # fmt: skip
        assert "Choose another name" in output
        assert (folder / "loans.csv").read_bytes() == before

    def test_unseen_levels_become_a_note(
        self, folder: Path, tmp_path: Path, german: pd.DataFrame
    ) -> None:
        german.assign(savings_status="gold").to_csv(tmp_path / "new.csv", index=False)
        output = run("score", tmp_path / "new.csv", "--card", folder / "card" / "scorecard.json",
                     "--out", tmp_path / "s.csv")  # fmt: skip
        assert "Note: Column 'savings_status' holds 1 level(s)" in output

    def test_altered_card_is_refused(self, folder: Path, tmp_path: Path) -> None:
        document = json.loads((folder / "card" / "scorecard.json").read_text(encoding="utf-8"))
        document["content"]["base_points"] = 100.0
        (tmp_path / "card.json").write_text(json.dumps(document), encoding="utf-8")
        output = run("score", folder / "loans.csv", "--card", tmp_path / "card.json", "--out",
                     tmp_path / "s.csv", code=3)  # fmt: skip
        assert "altered or damaged" in output

    def test_signed_card(self, folder: Path, tmp_path: Path) -> None:
        card = Scorecard.from_json(folder / "card" / "scorecard.json")
        card.to_json(tmp_path / "card.json", key=b"secret")
        for text, code in (("secret\n", 0), ("another", 3)):
            (tmp_path / "key").write_text(text)
            run("score", folder / "loans.csv", "--card", tmp_path / "card.json", "--out",
                tmp_path / "s.csv", "--key-file", tmp_path / "key", code=code)  # fmt: skip


class TestShow:
    def test_card(self, folder: Path) -> None:
        output = run("show", folder / "card" / "scorecard.json")
        for expected in ("Points table", "checking_status", "600 points are odds of 50:1",
                         "Coefficients of the logistic fit"):  # fmt: skip
            assert expected in output

    def test_grade_scale(self, folder: Path) -> None:
        assert "AAA 0.00% - 1.54%" in run("show", folder / "card" / "grade_scale.json")

    def test_something_else(self, tmp_path: Path) -> None:
        (tmp_path / "other.json").write_text("[1, 2]")
        assert "not a creditscore document" in run("show", tmp_path / "other.json", code=3)


class TestUsage:
    def test_exit_codes(self, folder: Path, tmp_path: Path) -> None:
        run("fit", folder / "loans.csv", code=2)
        run("nonsense", code=2)
        run("show", tmp_path / "no-such.json", code=4)
        run("fit", tmp_path / "no.csv", "--target", "y", "--out", tmp_path / "o", code=4)

    @pytest.mark.parametrize("name", ["scores.txt", "scores"])
    def test_wrong_ending_is_refused_before_any_work(self, tmp_path: Path, name: str) -> None:
        output = run("score", "x.csv", "--card", "c.json", "--out", tmp_path / name, code=3)
        assert "must end in one of .csv" in output

    @pytest.mark.parametrize(("text", "message"), [("", "is empty"), ("a,b\n", "no rows")])
    def test_empty_files(self, tmp_path: Path, text: str, message: str) -> None:
        (tmp_path / "d.csv").write_text(text)
        assert message in run("fit", tmp_path / "d.csv", "--target", "a", "--out", tmp_path, code=3)

    def test_damaged_parquet(self, tmp_path: Path) -> None:
        (tmp_path / "d.parquet").write_bytes(b"PAR1 not really")
        output = run("fit", tmp_path / "d.parquet", "--target", "a", "--out", tmp_path, code=3)
        assert "cannot be read as parquet" in output

    @pytest.mark.parametrize("command", ["demo", "fit", "score", "show"])
    def test_help_teaches(self, command: str) -> None:
        output = run(command, "--help")
        assert "Exit codes" in output
        if command in ("fit", "score"):
            assert "Example: creditscore" in output

    def test_version(self) -> None:
        assert run("--version").startswith("creditscore 0.")
