"""A card as a workbook says what the card says, recalculated by LibreOffice and by formulas."""

from __future__ import annotations

import os
import sys
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from creditscore import LogisticScorecard, PointsScale, Scorecard, WOEEncoder
from creditscore.binning import CategoricalPartition, MixedPartition
from creditscore.deploy import rules_of, to_excel
from creditscore.exceptions import (
    InvalidParameterError,
    MissingDependencyError,
    UncalibratedCardError,
)
from creditscore.scorecard import Attribute, Characteristic
from spreadsheets import (
    NOT_AVAILABLE,
    Scored,
    by_formulas,
    by_libreoffice,
    change_points,
    fill,
    libreoffice,
    read_scores,
)

TEXTS = (
    *("a", "A", "a*", "?", "~", "~*", "=1+1", "+1", "-1", "@SUM(1)", "'x", "''", "#N/A", "#REF!"),
    *("TRUE", "1", "01", "1.0", "1e5", "0.5", "2020-01-01", "NaN", "nan", " a", "a ", " "),
    *("é", "e\u0301", "E", "企业", "𝔘", "ß", "ss", "a\nb", "\t", '"', '""', "&", "<b>", "&amp;"),
    *("_x0041_", "_x005F_", "%", "{1}", "ⅷ", "a\u00a0", "x" * 300, "Missing", "Other", "=A1", "\\"),
)
NAME = '=HYPERLINK("x")\'&<*~?>_x0041_\né'


def hostile_card() -> Scorecard:
    return Scorecard(
        characteristics=(
            Characteristic.numeric(
                NAME,
                cuts=[2, 10.1, 11.0000001],
                points=[0, 0.1, 40, 0.1 + 0.2],
                slopes=[0, 5.3, 0, 0],
                missing_points=-7.25,
                special_points={-1: 3, 0.1: 9},
            ),
            Characteristic.categorical(
                "text",
                points={text: 1.5 * place for place, text in enumerate(TEXTS)},
                missing_points=-1,
                other_points=-2,
            ),
            Characteristic.categorical(
                "code", points={(1, 2): 1, 2.5: 2}, missing_points=3, other_points=4
            ),
            Characteristic.categorical(
                "is_firm", points={True: 1, False: 2}, missing_points=3, other_points=4
            ),
            Characteristic(
                name="bureau",
                partition=MixedPartition(
                    cuts=(500.0,), special_codes=(-9.0, "NO HIT", "thin*", "frozen"), n_pooled=2
                ),
                attributes=tuple(Attribute(points=p) for p in (1, 2.5, 4, -3, 0.5, 7, 8)),
            ),
        ),
        base_points=100.3,
        scale=PointsScale(base_score=120, base_odds=3, pdo=7),
    )


def scored_by_card(card: Scorecard, row: dict[str, Any], n: int, baseline: Any) -> Any:
    decide = card.compile(n_reasons=n, baseline=baseline)
    with warnings.catch_warnings(action="ignore"):
        return decide({k: None if v is NOT_AVAILABLE else v for k, v in row.items()})


def assert_same(found: Scored, card: Scorecard, row: dict[str, Any], n: int, baseline: Any) -> None:
    expected = scored_by_card(card, row, n, baseline)
    assert found.check == "ok", (row, found)
    assert found.score == pytest.approx(expected.score, rel=1e-12), (row, found)
    assert found.points == pytest.approx(expected.points, rel=1e-12, abs=1e-12), (row, found)
    assert found.reasons == expected.reasons, (row, found)
    if card.scale is not None:
        assert found.pd == pytest.approx(float(card.scale.prob_default(expected.score)), rel=1e-10)


def edge_rows() -> list[dict[str, Any]]:
    plain = {NAME: 5.0, "text": "a", "code": 1, "is_firm": True, "bureau": 600}
    changes: list[dict[str, Any]] = [{"text": text} for text in TEXTS]
    numbers = [-1, 0.1, float(np.float32(0.1)), 2, 1.999999999, 10.1, 10.0999999, 11.0000001]
    changes += [{NAME: v} for v in (*numbers, 11.0000002, 0, -5, 1e15, True, None, NOT_AVAILABLE)]
    changes += [{"text": v} for v in ("B", "aa", "b*", None, NOT_AVAILABLE)]
    changes += [{"code": v} for v in (2, 2.5, 7, None, True)]
    changes += [{"is_firm": v} for v in (False, 1, 0, 3, None)]
    changes += [{"bureau": v} for v in (499.9, 500, -9, "NO HIT", "thin*", "frozen", "thinner")]
    changes += [{"bureau": v} for v in ("no hit", None, "x")]
    return [{**plain, **change} for change in changes]


def workbook_of(path: Path, card: Scorecard, rows: list[dict[str, Any]], **params: Any) -> Path:
    """Write a card, with a row more than there are, and fill in the rows."""
    to_excel(card, path, rows=len(rows) + 1, **params)
    fill(path, rows)
    return path


def estimated(german: pd.DataFrame) -> tuple[Scorecard, list[dict[str, Any]]]:
    """Give a card, applicants, and rows about each cut of the card."""
    columns = ["checking_status", "duration_months", "credit_amount", "purpose", "age_years"]
    X = german[columns].astype(dict.fromkeys(("age_years", "duration_months"), float)).copy()
    X.loc[::7, "age_years"] = np.nan
    encoder = WOEEncoder(special_codes={"duration_months": [12]})
    with warnings.catch_warnings(action="ignore"):
        card = LogisticScorecard(encoder=encoder, min_iv=0).fit(X, german["is_bad"]).scorecard_
    rows: list[dict[str, Any]] = [
        {str(name): None if pd.isna(value) else value for name, value in row.items()}
        for row in X.head(60).to_dict("records")
    ]
    for column in rules_of(card).columns:
        for interval in column.intervals[1:]:
            cut = float(interval.low or 0)
            rows += [{**rows[1], column.name: cut * ratio} for ratio in (1 - 1e-9, 1, 1 + 1e-9)]
    return card, rows


CHANGES = (("text", "A", 1000.0), (NAME, "[2, 10.1)", -3.5), ("code", "1, 2", 50.0))
"""Points that somebody changes on the sheet Card."""


def with_points(card: Scorecard, name: str, label: str, points: float) -> Scorecard:
    characteristics = [
        replace(
            c,
            attributes=tuple(
                replace(a, points=points) if (c.name, text) == (name, label) else a
                for a, text in zip(c.attributes, c.partition.labels, strict=True)
            ),
        )
        for c in card.characteristics
    ]
    return replace(card, characteristics=tuple(characteristics))


def card_that_refuses() -> Scorecard:
    refused = Attribute(points=0, treatment="error")
    housing = Characteristic(
        name="housing",
        partition=CategoricalPartition(groups=(("own",), ("rent",)), special_codes=("?",)),
        attributes=(Attribute(points=10), Attribute(points=20), refused, refused, refused),
    )
    return Scorecard(characteristics=(*hostile_card().characteristics, housing))


UNSCORED: dict[str, dict[str, Any]] = {
    "ok": {},
    f"{NAME}: no number": {NAME: "5"},
    "text: no text": {"text": 1},
    "code: no number": {"code": "1"},
    "is_firm: no number": {"is_firm": "TRUE"},
    "bureau: no number": {"bureau": "600"},
    "housing: refused": {"housing": "castle"},
}
"""What the column Check says of changes to a row."""


@dataclass(frozen=True)
class Case:
    """A card in a workbook, the applicants filled in, and what reasons compare with."""

    card: Scorecard
    rows: list[dict[str, Any]]
    n: int
    baseline: Any


@pytest.fixture(scope="module")
def cases(german: pd.DataFrame) -> dict[str, Case]:
    hostile, rows = hostile_card(), edge_rows()
    card, applicants = estimated(german)
    plain = {**rows[0], "housing": "own"}
    unscored = [{**plain, **change} for change in UNSCORED.values()]
    unscored += [{**plain, "housing": value} for value in ("?", None)]
    reverse = PointsScale(base_score=120, base_odds=3, pdo=7, reverse=True)
    return {
        "hostile": Case(hostile, rows, 3, "maximum"),
        "neutral": Case(card, applicants, 4, "neutral"),
        "average": Case(card, applicants[:30], 4, "average"),
        "changed": Case(hostile, rows[::5], 5, "maximum"),
        "refused": Case(card_that_refuses(), unscored, 4, "maximum"),
        "reverse": Case(replace(hostile, scale=reverse), rows[::6], 3, "maximum"),
    }


@pytest.fixture(scope="module")
def found(
    cases: dict[str, Case], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Scored]]:
    """Give what LibreOffice works out, of all workbooks at one start; or skip and name it."""
    if libreoffice() is None:
        reason = "LibreOffice is not installed: apt-get install libreoffice-calc-nogui"
        if os.environ.get("CREDITSCORE_REQUIRE_ENGINES") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("workbooks")
    paths = []
    for name, case in cases.items():
        params = {"n_reasons": case.n, "baseline": case.baseline}
        paths.append(workbook_of(folder / f"{name}.xlsx", case.card, case.rows, **params))
    for change in CHANGES:
        change_points(folder / "changed.xlsx", *change)
    results = by_libreoffice(paths, folder)
    return {
        name: read_scores(path, len(case.rows) + 1)
        for (name, case), path in zip(cases.items(), results, strict=True)
    }


@pytest.mark.engine("libreoffice")
@pytest.mark.parametrize("name", ["hostile", "neutral", "average", "reverse"])
def test_as_the_card(cases: dict[str, Case], found: dict[str, list[Scored]], name: str) -> None:
    case = cases[name]
    for row, answer in zip(case.rows, found[name], strict=False):
        assert_same(answer, case.card, row, case.n, case.baseline)
    # a row that nobody filled says nothing
    empty = found[name][-1]
    assert empty == Scored(None, None, (), "", dict.fromkeys(empty.points))


@pytest.mark.engine("libreoffice")
def test_points_that_are_changed_change_scores_and_reasons(
    cases: dict[str, Case], found: dict[str, list[Scored]]
) -> None:
    case = cases["changed"]
    card = case.card
    for change in CHANGES:
        card = with_points(card, *change)
    for row, answer in zip(case.rows, found["changed"], strict=False):
        assert_same(answer, card, row, case.n, case.baseline)


@pytest.mark.engine("libreoffice")
def test_what_cannot_be_scored_is_said(
    cases: dict[str, Case], found: dict[str, list[Scored]]
) -> None:
    case, (first, *others, empty) = cases["refused"], found["refused"]
    assert_same(first, case.card, case.rows[0], case.n, case.baseline)
    said = [answer.check for answer in others]
    assert said == [*list(UNSCORED)[1:], "housing: refused", "housing: refused"]
    assert all(answer.score is None and answer.reasons == () for answer in others)
    assert empty.check == ""


def test_some_of_them_by_another_engine(tmp_path: Path) -> None:
    # formulas takes text that looks like a number for one
    rows = [row for row in edge_rows() if str(row["text"])[:1] not in "+-0123456789"][::9]
    card = hostile_card()
    path = workbook_of(tmp_path / "card.xlsx", card, rows, n_reasons=2)
    for row, answer in zip(rows, by_formulas(path, len(rows)), strict=True):
        assert_same(answer, card, row, 2, "maximum")


def test_neither_scale_nor_reasons_nor_levels(tmp_path: Path) -> None:
    years = Characteristic.numeric("years", cuts=[], points=[20], missing_points=5)
    card = Scorecard(characteristics=(years,), base_points=500)
    rows = [{"years": 3}, {"years": None}]
    path = workbook_of(tmp_path / "card.xlsx", card, rows, n_reasons=0)
    found = by_formulas(path, 3)
    assert [answer.score for answer in found] == [520, 505, None]
    assert {answer.pd for answer in found} == {None}
    # a merged range of one cell is an error to Excel
    ranges = openpyxl.load_workbook(path)["Score"].merged_cells.ranges
    assert {str(one) for one in ranges} == {"A4:B4", "C4:D4"}
    assert openpyxl.load_workbook(path).sheetnames == ["Score", "Card", "About"]


# --- the file ------------------------------------------------------------------------


def test_texts_are_texts_and_formulas_are_formulas(tmp_path: Path) -> None:
    path = tmp_path / "card.xlsx"
    to_excel(hostile_card(), path, rows=20)
    workbook = openpyxl.load_workbook(path)
    assert workbook.sheetnames == ["Score", "Card", "Levels", "About"]
    assert workbook.active.title == "Score"
    formulas: dict[str, set[str]] = {}
    for sheet in workbook:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            assert cell.data_type in {"n", "s", "f"}
            if cell.data_type == "f":
                formulas.setdefault(sheet.title, set()).add(cell.column_letter)
            elif isinstance(cell.value, str):
                assert cell.quotePrefix
    # points in Levels, what reasons compare with in Card, and all that is worked out in Score
    assert formulas.pop("Levels") == {"C"}
    assert formulas.pop("Card") == {"J"}
    assert min(formulas.pop("Score")) > "F"
    assert formulas == {}


def test_looks(tmp_path: Path, german: pd.DataFrame) -> None:
    path = tmp_path / "card.xlsx"
    card, _ = estimated(german)
    to_excel(card, path, rows=30)
    workbook = openpyxl.load_workbook(path)
    score, points = workbook["Score"], workbook["Card"]
    assert (score.freeze_panes, points.freeze_panes) == ("B7", "C9")
    # a row of headers, rows of applicants, and no more
    assert score.max_row == 6 + 30
    assert score["B7"].fill.start_color.rgb == points["C9"].fill.start_color.rgb == "00FFF9E5"
    # text typed into a column of text stays text
    formats = {score.cell(6, c).value: score.cell(7, c).number_format for c in range(2, 7)}
    assert formats["checking_status"] == "@"
    assert formats["age_years"] == "General"
    (offers,) = [v for v in score.data_validations.dataValidation if "B7" in v.cells]
    assert offers.formula1.startswith("Levels!$B$")
    assert not offers.showErrorMessage
    assert points.column_dimensions["D"].hidden
    assert not points.column_dimensions["G"].hidden
    about = [row[1].value for row in workbook["About"].iter_rows(min_row=4)]
    assert any("#N/A" in str(text) for text in about)


def test_a_card_by_hand_shows_no_evidence(tmp_path: Path) -> None:
    path = tmp_path / "card.xlsx"
    to_excel(hostile_card(), path, rows=1)
    points = openpyxl.load_workbook(path)["Card"]
    assert points.column_dimensions["G"].hidden
    assert not points.column_dimensions["D"].hidden


# --- what is refused -----------------------------------------------------------------


def one(name: str, *levels: str) -> Scorecard:
    points = dict.fromkeys(levels, 1.0)
    characteristic = Characteristic.categorical(
        name,
        points=points,  # type: ignore[arg-type]
        missing_points=0,
        other_points=0,
    )
    return Scorecard(characteristics=(characteristic,))


@pytest.mark.parametrize(
    ("card", "message"),
    [
        (one("v", "a\x00"), r"in column 'v' the level 'a\\x00' as it is: it has control"),
        (one("v", "a\rb"), "control characters"),
        (one("v", "\ud800"), "control characters"),
        (one("a\x07", "b"), r"the name 'a\\x07' as it is"),
        (one("v", "a" * 32_768), "more than 32,767 letters"),
        (one("v", "a", ""), "cannot tell from missing"),
    ],
)
def test_texts_that_no_cell_holds(tmp_path: Path, card: Scorecard, message: str) -> None:
    path = tmp_path / "card.xlsx"
    with pytest.raises(InvalidParameterError, match=message):
        to_excel(card, path)
    assert not path.exists()


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"rows": 0}, "'rows' parameter"),
        ({"rows": 2_000_000}, "has room for 100,000 applicants"),
        ({"path": "card.xls"}, "whose name ends in .xlsx"),
        ({"path": None}, "whose name ends in .xlsx"),
        ({"n_reasons": -1}, "'n_reasons'"),
        ({"baseline": "best"}, "'baseline'"),
    ],
)
def test_parameters(tmp_path: Path, params: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        to_excel(one("v", "a"), **{"path": tmp_path / "card.xlsx", **params})


@pytest.mark.parametrize("name", ["CARD.XLSX", "new/folder/card.xlsx"])
def test_endings_and_folders(tmp_path: Path, name: str) -> None:
    to_excel(one("v", "a"), tmp_path / name, rows=1)
    assert openpyxl.load_workbook(tmp_path / name).sheetnames[0] == "Score"


def test_reasons_need_a_baseline(tmp_path: Path) -> None:
    with pytest.raises(UncalibratedCardError, match="neutral points"):
        to_excel(one("v", "a"), tmp_path / "card.xlsx", baseline="neutral")


def test_without_openpyxl_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingDependencyError, match=r'pip install "creditscore\[excel\]"'):
        to_excel(one("v", "a"), tmp_path / "card.xlsx")
