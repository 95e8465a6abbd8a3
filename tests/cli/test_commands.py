"""The commands, run in the process and checked for output, files and exit codes."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from creditscore import ExpertScorecard, GradeScale, LogisticScorecard, Scorecard
from creditscore.cli import app
from creditscore.cli._tables import read_table
from creditscore.datasets import load_german_credit
from creditscore.expert import MinMaxScore, Weights
from creditscore.scorecard import Characteristic

COLUMNS = ["checking_status", "duration_months", "savings_status", "age_years"]
RUNNER = CliRunner()


def run(*arguments: object, code: int = 0) -> str:
    """Run a command, check its exit code, and return all that it printed, on one line."""
    result = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


def listed(output: str) -> set[str]:
    """Read the names that a command says it has written."""
    return set(re.search(r"Written to .*?: (.*?)\. Next", output)[1].split(", "))


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
        assert listed(output) == {path.name for path in (tmp_path / "demo").iterdir()}
        scores = pd.read_csv(tmp_path / "demo" / "scores.csv")
        assert len(scores) == 1000
        assert scores["sample"].value_counts().to_dict() == {"train": 700, "test": 300}

    def test_may_run_again_and_gives_the_same_card(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        cards = []
        for _ in range(2):
            run("demo")
            cards.append(Path("creditscore-demo", "scorecard.json").read_bytes())
        assert cards[0] == cards[1]

    def test_spares_the_card_of_a_folder_that_is_named(self, folder: Path) -> None:
        before = (folder / "card" / "scorecard.json").read_bytes()
        assert "add --overwrite" in run("demo", "--out", folder / "card", code=4)
        assert (folder / "card" / "scorecard.json").read_bytes() == before

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
        assert "add --overwrite" in run(*arguments, "--drop", "loan_id", code=4)
        assert (folder / "card" / "scorecard.json").read_bytes() == before
        output = run(*arguments, "--drop", "loan_id", "--overwrite")
        assert (folder / "card" / "scorecard.json").read_bytes() == before
        assert listed(output) == {path.name for path in (folder / "card").iterdir()}

    def test_spares_any_file_of_its_names(self, folder: Path, tmp_path: Path) -> None:
        (tmp_path / "points.csv").write_text("mine")
        output = run("fit", folder / "loans.csv", "--target", "is_bad", "--out", tmp_path, code=4)
        assert "points.csv is there already" in output
        assert [path.name for path in tmp_path.iterdir()] == ["points.csv"]

    def test_never_writes_over_what_it_reads(self, folder: Path, tmp_path: Path) -> None:
        shutil.copy(folder / "loans.csv", tmp_path / "scores.csv")
        output = run("fit", tmp_path / "scores.csv", "--target", "is_bad", "--out", tmp_path,
                     "--overwrite", code=2)  # fmt: skip
        assert "which is read or needed" in output

    def test_missing_outcomes_are_refused(self, tmp_path: Path, german: pd.DataFrame) -> None:
        outcomes = german["is_bad"].astype("float64").mask(german.index < 3)
        german.assign(is_bad=outcomes).to_csv(tmp_path / "loans.csv", index=False)
        output = run("fit", tmp_path / "loans.csv", "--target", "is_bad", "--out", tmp_path, code=3)
        assert "3 missing value(s) (NaN) at row(s) 0, 1, 2" in output

    def test_too_few_rows_for_a_test_share(self, tmp_path: Path) -> None:
        pd.DataFrame({"x": [1, 2, 3], "y": [0, 1, 0]}).to_csv(tmp_path / "few.csv", index=False)
        output = run("fit", tmp_path / "few.csv", "--target", "y", "--out", tmp_path, code=3)
        assert "set the share to 0" in output

    @pytest.mark.parametrize("share", [0.1, 0.3, 0.9])
    def test_both_parts_need_two_of_each_kind(self, tmp_path: Path, share: float) -> None:
        table = pd.DataFrame({"x": range(40), "y": [1, 1, 1] + [0] * 37})
        table.to_csv(tmp_path / "few.csv", index=False)
        output = run("fit", tmp_path / "few.csv", "--target", "y", "--test-share", share, "--out",
                     tmp_path / "card", code=3)  # fmt: skip
        assert f"40 rows, 3 of them bad, cannot be parted by --test-share {share}" in output

    def test_rows_in_messages_are_those_of_the_file(
        self, tmp_path: Path, german: pd.DataFrame
    ) -> None:
        arguments = ("--target", "is_bad", "--drop", "loan_id", "--out", tmp_path / "card")
        endless = german["age_years"].astype("float64").mask(german.index == 777, np.inf)
        german.assign(age_years=endless).to_csv(tmp_path / "a.csv", index=False)
        assert "the first at row 777" in run("fit", tmp_path / "a.csv", *arguments, code=3)
        german.assign(times=np.where(german.index == 555, -1, 1)).to_csv(tmp_path / "b.csv")
        output = run("fit", tmp_path / "b.csv", *arguments, "--weight", "times", code=3)
        assert "--weight must not be negative. Got -1.0 at row 555" in output

    def test_bad_label_as_one_writes_it(self, tmp_path: Path, german: pd.DataFrame) -> None:
        german.assign(is_bad=german["is_bad"] + 1.0).to_parquet(tmp_path / "loans.parquet")
        run("fit", tmp_path / "loans.parquet", "--target", "is_bad", "--drop", "loan_id",
            "--bad-label", "2", "--out", tmp_path / "card")  # fmt: skip

    def test_a_column_has_one_role(self, folder: Path, tmp_path: Path) -> None:
        output = run("fit", folder / "loans.csv", "--target", "is_bad", "--weight", "is_bad",
                     "--out", tmp_path, code=2)  # fmt: skip
        assert "--target, --weight and --drop must name different columns" in output

    def test_special_codes_are_found_as_numbers_and_as_text(
        self, tmp_path: Path, german: pd.DataFrame
    ) -> None:
        rows = german.index < 100
        german.assign(
            age_years=german["age_years"].mask(rows, -9),
            savings_status=german["savings_status"].mask(rows, "-9"),
        ).to_csv(tmp_path / "loans.csv", index=False)
        output = run("fit", tmp_path / "loans.csv", "--target", "is_bad", "--drop", "loan_id",
                     "--special", "-9", "--min-iv", 0, "--out", tmp_path / "card")  # fmt: skip
        table = Scorecard.from_json(tmp_path / "card" / "scorecard.json").table()
        special = table.loc[table["kind"] == "special", "characteristic"]
        met = set(table.loc[(table["kind"] == "special") & (table["count"] > 0), "characteristic"])
        assert met == {"age_years", "savings_status"}, special
        assert "no effect" not in output

    def test_stray_text_in_a_column_of_numbers_becomes_a_note(
        self, tmp_path: Path, german: pd.DataFrame
    ) -> None:
        ages = german["age_years"].astype("object").mask(german.index == 3, "old")
        german.assign(age_years=ages).to_csv(tmp_path / "loans.csv", index=False)
        output = run("fit", tmp_path / "loans.csv", "--target", "is_bad", "--drop", "loan_id",
                     "--out", tmp_path / "card")  # fmt: skip
        assert (
            "Note: Column 'age_years' counts as text, because 1 of its 1,000 filled cells is no "
            "number, such as 'old' at row 3."
        ) in output


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
        reasons = [f"reason_{i}{part}" for i in (1, 2) for part in ("", "_points", "_attribute")]
        assert list(scores) == ["loan_id", "score", "pd", "grade", *reasons]
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
        scores = pd.read_csv(tmp_path / "s.csv")
        assert list(scores)[:2] == ["score", "reason_1"]
        # without neutral points, points are lost against the most that can be had
        assert scores["reason_1_points"].dropna().unique().tolist() == [9]
        assert scores["reason_1_attribute"].dropna().unique().tolist() == ["< 30"]
        arguments = (*arguments, "--overwrite")
        grades = folder / "card" / "grade_scale.json"
        assert "Use a grade scale on scores" in run(*arguments, "--grades", grades, code=3)

    def test_missing_column_is_named_and_nothing_is_written(
        self, folder: Path, tmp_path: Path, german: pd.DataFrame
    ) -> None:
        german.rename(columns={"age_years": "age_year"}).to_csv(tmp_path / "new.csv", index=False)
        out = tmp_path / "scores.csv"
        out.write_text("from before")
        card = folder / "card" / "scorecard.json"
        output = run("score", tmp_path / "new.csv", "--card", card, "--out", out, "--overwrite",
                     code=3)  # fmt: skip
        assert "'age_years' (near: 'age_year')" in output
        assert out.read_text() == "from before"
        assert {path.name for path in tmp_path.iterdir()} == {"new.csv", "scores.csv"}

    def test_never_writes_over_what_it_reads(self, folder: Path) -> None:
        before = (folder / "loans.csv").read_bytes()
        output = run("score", folder / "loans.csv", "--card", folder / "card" / "scorecard.json",
                     "--out", folder / "loans.csv", "--overwrite", code=2)  # fmt: skip
        assert "Choose another name" in output
        assert (folder / "loans.csv").read_bytes() == before

    def test_does_not_replace_scores_unasked(self, folder: Path, tmp_path: Path) -> None:
        out = tmp_path / "s.csv"
        out.write_text("from before")
        arguments = ("score", folder / "loans.csv", "--card", folder / "card" / "scorecard.json",
                     "--out", out)  # fmt: skip
        assert f"{out} is there already" in run(*arguments, code=4)
        assert out.read_text() == "from before"
        assert "1,000 customers scored" in run(*arguments, "--overwrite")
        assert len(pd.read_csv(out)) == 1000

    def test_reasons_come_with_points_and_attribute(
        self, folder: Path, tmp_path: Path, german: pd.DataFrame
    ) -> None:
        run("score", folder / "loans.csv", "--card", folder / "card" / "scorecard.json",
            "--out", tmp_path / "s.csv")  # fmt: skip
        scores = pd.read_csv(tmp_path / "s.csv")
        card = Scorecard.from_json(folder / "card" / "scorecard.json")
        points = card.table().set_index(["characteristic", "attribute"])["points"].to_dict()
        neutral = {c.name: c.neutral_points for c in card.characteristics}
        for reason in ("reason_1", "reason_2", "reason_3", "reason_4"):
            rows = scores[scores[reason].notna()]
            attributes = rows[f"{reason}_attribute"]
            lost = [
                neutral[n] - points[n, a] for n, a in zip(rows[reason], attributes, strict=True)
            ]
            np.testing.assert_allclose(rows[f"{reason}_points"], lost, rtol=1e-12)
            assert min(lost) > 0
            assert scores.loc[scores[reason].isna(), f"{reason}_attribute"].isna().all()
        expected = card.reasons(german)["reason_1"]
        assert scores["reason_1"].dropna().tolist() == expected.dropna().tolist()

    @pytest.mark.filterwarnings("ignore:Values that the fit never met")
    def test_kept_columns_stand_as_they_stood(self, folder: Path, tmp_path: Path) -> None:
        (tmp_path / "new.csv").write_text(
            "id,checking_status,duration_months,savings_status,age_years,note,branch\n"
            '00123,< 0 DM,06,< 100 DM,067,"a, b",1.50\n'
            "7,< 0 DM,12,< 100 DM,,NA,\n"
            "1e5,,012.0,< 100 DM,22,,\n"
        )
        card = folder / "card" / "scorecard.json"
        kept = [part for name in ("id", "age_years", "note", "branch", "duration_months", "id")
                for part in ("--keep", name)]  # fmt: skip
        run("score", tmp_path / "new.csv", "--card", card, "--out", tmp_path / "s.csv", *kept,
            "--reasons", 0)  # fmt: skip
        lines = (tmp_path / "s.csv").read_text().splitlines()
        assert [line.rsplit(",", 2)[0] for line in lines] == [
            "id,age_years,note,branch,duration_months",
            '00123,067,"a, b",1.50,06',
            "7,,NA,,12",
            "1e5,22,,,012.0",
        ]
        scores = pd.read_csv(tmp_path / "s.csv")["score"]
        numbers = pd.read_csv(tmp_path / "new.csv")
        assert scores.tolist() == Scorecard.from_json(card).score(numbers).tolist()

    def test_kept_columns_of_parquet_keep_their_types(
        self, folder: Path, tmp_path: Path, german: pd.DataFrame
    ) -> None:
        table = german.assign(opened=pd.Timestamp("2020-02-01")).set_index("loan_id")
        table.to_parquet(tmp_path / "new.parquet")
        run("score", tmp_path / "new.parquet", "--card", folder / "card" / "scorecard.json",
            "--out", tmp_path / "s.parquet", "--keep", "loan_id", "--keep", "opened",
            "--keep", "age_years")  # fmt: skip
        scores = pd.read_parquet(tmp_path / "s.parquet")
        assert scores["opened"].dtype.kind == "M"
        assert scores["age_years"].dtype == german["age_years"].dtype
        assert scores["loan_id"].tolist() == german["loan_id"].tolist()

    @pytest.mark.parametrize(
        ("name", "message", "code"),
        [("loan", "'loan' (near: 'loan_id')", 3), ("score", "has this name. Rename it", 2)],
    )
    def test_columns_that_cannot_be_kept(
        self, folder: Path, tmp_path: Path, german: pd.DataFrame, name: str, message: str, code: int
    ) -> None:
        german.assign(score=1).to_csv(tmp_path / "new.csv", index=False)
        output = run("score", tmp_path / "new.csv", "--card", folder / "card" / "scorecard.json",
                     "--out", tmp_path / "s.csv", "--keep", name, code=code)  # fmt: skip
        assert message in output
        assert not (tmp_path / "s.csv").exists()

    def test_text_that_looks_like_numbers_is_text_to_a_card_of_text(self, tmp_path: Path) -> None:
        branch = Characteristic.categorical(
            "branch", points={"001": 5, ("002", "A1"): 9}, missing_points=0, other_points=1
        )
        Scorecard(characteristics=(branch,)).to_json(tmp_path / "card.json")
        (tmp_path / "new.csv").write_text("id,branch\n1,001\n2,002\n3,\n")
        run("score", tmp_path / "new.csv", "--card", tmp_path / "card.json", "--out",
            tmp_path / "s.csv")  # fmt: skip
        assert pd.read_csv(tmp_path / "s.csv")["score"].tolist() == [5, 9, 0]

    def test_columns_of_one_name_are_refused_where_they_matter(
        self, folder: Path, tmp_path: Path
    ) -> None:
        text = (folder / "loans.csv").read_text()
        card = folder / "card" / "scorecard.json"
        for name, code in (("loan_id", 0), ("age_years", 3)):
            (tmp_path / "new.csv").write_text(text.replace("is_bad", name, 1))
            output = run("score", tmp_path / "new.csv", "--card", card, "--out",
                         tmp_path / f"{name}.csv", code=code)  # fmt: skip
            assert ("more than one column named 'age_years'" in output) == bool(code)

    def test_stray_text_is_named_beside_the_error(
        self, folder: Path, tmp_path: Path, german: pd.DataFrame
    ) -> None:
        ages = german["age_years"].astype("object").mask(german.index == 3, "old")
        german.assign(age_years=ages).to_csv(tmp_path / "new.csv", index=False)
        output = run("score", tmp_path / "new.csv", "--card", folder / "card" / "scorecard.json",
                     "--out", tmp_path / "s.csv", code=3)  # fmt: skip
        assert output.index("such as 'old' at row 3") < output.index("Error: Column 'age_years'")

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
        for text, code in (("secret\n", 0), ("another", 3), (" \n", 3)):
            (tmp_path / "key").write_text(text)
            output = run("score", folder / "loans.csv", "--card", tmp_path / "card.json", "--out",
                         tmp_path / "s.csv", "--key-file", tmp_path / "key", "--overwrite",
                         code=code)  # fmt: skip
        assert "key is empty, and a secret is needed" in output


class TestShow:
    def test_signed_card(self, folder: Path, tmp_path: Path) -> None:
        card = Scorecard.from_json(folder / "card" / "scorecard.json")
        signed = tmp_path / "card.json"
        card.to_json(signed, key=b"secret")
        assert "card.json is signed, and its signature was not checked" in run("show", signed)
        for text, code in (("secret\n", 0), ("another", 3)):
            (tmp_path / "key").write_text(text)
            output = run("show", signed, "--key-file", tmp_path / "key", code=code)
            assert ("was not signed with this key" in output) == bool(code)
            assert "was not checked" not in output
        assert "signed" not in run("show", folder / "card" / "scorecard.json")

    def test_letters_that_command_a_terminal_are_written_out(self, tmp_path: Path) -> None:
        hostile = Characteristic.categorical(
            "g\x1b[31m[bold]",
            points={"a\x1b]0;title\x07\u202eb": 1},
            missing_points=3,
            other_points=2,
        )
        Scorecard(characteristics=[hostile]).to_json(tmp_path / "card.json")
        output = run("show", tmp_path / "card.json")
        assert "g\\x1b[31m[bold]" in output
        assert "a\\x1b]0;title\\x07\\u202eb" in output
        (tmp_path / "new.csv").write_text("g\x1b[31m[bold]\nb\x1b[2J\n")
        output = run("score", tmp_path / "new.csv", "--card", tmp_path / "card.json", "--out",
                     tmp_path / "s.csv")  # fmt: skip
        assert "does not" not in output
        assert "\\x1b[31m[bold]" in output
        assert not {"\x1b", "\x07", "\u202e"} & set(output)

    def test_card(self, folder: Path) -> None:
        output = run("show", folder / "card" / "scorecard.json")
        for expected in ("Points table", "checking_status", "600 points are odds of 50:1",
                         "Coefficients of the logistic fit"):  # fmt: skip
            assert expected in output

    def test_card_by_hand_keeps_its_attributes_in_sight(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", "80")
        name = "years_in_business_of_the_customer_since_it_was_first_registered_anywhere"
        years = Characteristic.numeric(
            name,
            cuts=[2, 10, 20],
            points=[0, 20, 40, 35],
            slopes=[0, 1.5, -0.5, 0],
            missing_points=0,
        )
        Scorecard(characteristics=(years,)).to_json(tmp_path / "card.json")
        output = run("show", tmp_path / "card.json")
        assert "1 characteristic " in output
        assert "[2, 10) 20.0 + 1.5 a unit" in output
        assert "[10, 20) 40.0 - 0.5 a unit" in output
        assert "bad rate" not in output

    def test_card_of_judgement(self, tmp_path: Path) -> None:
        debt = MinMaxScore(low=0.4, high=0.9, direction="lower")
        card = ExpertScorecard(subscores={"debt": debt}, weights=Weights.of({"debt": 1}))
        card.scorecard.to_json(tmp_path / "card.json")
        output = run("show", tmp_path / "card.json")
        assert "[0.4, 0.9) 100.0 - 200 a unit" in output
        assert "Missing refused" in output

    def test_card_of_judgement_with_its_vetoes(self, tmp_path: Path) -> None:
        debt = MinMaxScore(low=0.4, high=0.9, direction="lower")
        card = ExpertScorecard(subscores={"debt": debt}, weights=Weights.of({"debt": 1}))
        path = tmp_path / "expert.json"
        card.to_json(path)
        (tmp_path / "new.csv").write_text("debt\n0.5\n")
        way_out = "').scorecard.to_json('card.json'), and name that file"
        assert way_out in run("show", path, code=3)
        output = run("score", tmp_path / "new.csv", "--card", path, "--out", tmp_path / "out.csv",
                     code=3)  # fmt: skip
        assert way_out in output
        assert not (tmp_path / "out.csv").exists()

    def test_grade_scale(self, folder: Path) -> None:
        assert "AAA 0% - 1.54%" in run("show", folder / "card" / "grade_scale.json")

    def test_something_else(self, tmp_path: Path) -> None:
        (tmp_path / "other.json").write_text("[1, 2]")
        assert "not a creditscore document" in run("show", tmp_path / "other.json", code=3)


class TestUsage:
    @pytest.mark.parametrize(
        "arguments",
        [
            "nonsense", "fit", "fit x.csv --target y --out o --nope", "score x.csv --out s.csv",
            "fit x.csv --target y --out o --pdo 0", "fit x.csv --target y --out o --pdo much",
            "fit x.csv --target y --out o --base-odds -1", "fit x.csv --target y --out o --seed -1",
            "fit x.csv --target y --out o --min-iv -1", "fit x.csv --target y --out o --max-bins 1",
            "fit x.csv --target y --out o --min-bin-size 0.6", "demo --seed -1",
            "fit x.csv --target y --out o --test-share 1", "fit x.csv --target y --out o --signs x",
            "fit x.txt --target y --out o", "score x.csv --card c.json --out s.csv --reasons -1",
            "score x.csv --card c.json --out s.txt", "score x.csv --card c.json --out scores",
        ],
    )  # fmt: skip
    def test_wrong_usage_is_refused_before_any_work(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: str
    ) -> None:
        monkeypatch.chdir(tmp_path)
        run(*arguments.split(), code=2)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ("--pdo 0", "--pdo must be a number above 0. Got 0.0 instead."),
            ("--base-score inf", "--base-score must be a finite number. Got inf instead."),
            ("--special nan", "--special cannot be used."),
        ],
    )
    def test_values_out_of_range_name_the_option(
        self, folder: Path, tmp_path: Path, options: str, message: str
    ) -> None:
        output = run("fit", folder / "loans.csv", "--target", "is_bad", "--out", tmp_path / "card",
                     *options.split(), code=2)  # fmt: skip
        assert message in output

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ("--min-iv 9", "Lower --min-iv or --min-bin-size, or bring columns"),
            ("--bad-label 7", "--bad-label '7' is not among the labels [0, 1] of the target."),
            ("--weight loan_id", "--weight must hold numbers"),
        ],
    )
    def test_data_that_do_not_go_with_an_option_name_it(
        self, folder: Path, tmp_path: Path, options: str, message: str
    ) -> None:
        output = run("fit", folder / "loans.csv", "--target", "is_bad", "--out", tmp_path / "card",
                     *options.split(), code=3)  # fmt: skip
        assert message in output
        assert not (tmp_path / "card").exists()

    def test_files_that_are_not_there(self, folder: Path, tmp_path: Path) -> None:
        data, card = folder / "loans.csv", folder / "card" / "scorecard.json"
        gone, out = tmp_path / "gone.csv", tmp_path / "s.csv"
        for arguments in (
            ("show", gone),
            ("fit", gone, "--target", "y", "--out", tmp_path / "o"),
            ("score", gone, "--card", card, "--out", out),
            ("score", data, "--card", gone, "--out", out),
            ("score", data, "--card", card, "--out", out, "--grades", gone),
            ("score", data, "--card", card, "--out", out, "--key-file", gone),
        ):
            output = run(*arguments, code=4)
            assert "gone.csv" in output
            assert "Check the" in output
            assert not re.search(r"Errno|begins with", output)

    def test_folders_and_files_in_each_others_place(self, folder: Path, tmp_path: Path) -> None:
        data, card = folder / "loans.csv", folder / "card" / "scorecard.json"
        (tmp_path / "s.csv").mkdir()
        for arguments in (
            ("show", tmp_path),
            ("fit", tmp_path, "--target", "y", "--out", tmp_path / "o"),
            ("score", tmp_path, "--card", card, "--out", tmp_path / "o.csv"),
            ("score", data, "--card", card, "--out", tmp_path / "s.csv"),
        ):
            assert "is a folder" in run(*arguments, code=4)
        output = run("fit", data, "--target", "is_bad", "--out", card, code=4)
        assert f"Error: {card} is a file, and a folder is needed." in output

    def test_a_message_is_one_line_in_a_log(self, tmp_path: Path) -> None:
        result = RUNNER.invoke(app, ["show", str(tmp_path / ("long" * 30))])
        assert len(result.output.splitlines()) == 1

    @pytest.mark.parametrize("command", ["demo", "fit", "score", "show"])
    def test_help_teaches(self, command: str) -> None:
        output = run(command, "--help")
        for code in ("0 done", "1 a fault", "2 wrong usage", "3 data or card", "4 a file"):
            assert code in output
        if command in ("fit", "score"):
            assert "Example: creditscore" in output

    def test_version(self) -> None:
        assert run("--version").startswith("creditscore 0.")
