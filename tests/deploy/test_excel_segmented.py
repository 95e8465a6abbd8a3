"""A segmented card as a workbook says what the card says, recalculated by two programs."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from creditscore import Scorecard
from creditscore.deploy import to_excel
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard import Attribute, Characteristic, SegmentedScorecard, Segments
from segmented_exports import CARD, HOSTILE, NAME, PLAIN, answered, edge_rows
from spreadsheets import Scored, by_formulas, by_libreoffice, fill, libreoffice, read_scores

REFUSED = Attribute(points=0, treatment="error")
AUDIT, *OTHERS = CARD.cards[2].characteristics
REFUSING = replace(
    CARD,
    segments=Segments.by_levels("client", {HOSTILE: ["private"], "firms": ["ltd"]}).divided(
        HOSTILE, Segments.by_cuts("age", [30], ["young", HOSTILE])
    ),
    cards=(
        *CARD.cards[:2],
        # texts that are not known
        replace(
            CARD.cards[2],
            characteristics=(replace(AUDIT, attributes=(*AUDIT.attributes[:-1], REFUSED)), *OTHERS),
        ),
    ),
)
REASONS_WHY = {"client: refused", "age: refused", "audit: refused"}


def of_many_segments(n: int) -> SegmentedScorecard:
    segments = Segments.by_cuts("age", list(range(1, n)), missing="age < 1")
    cards = tuple(replace(CARD.cards[2], base_points=float(place)) for place in range(n))
    return SegmentedScorecard(segments=segments, cards=cards)


def rows_about_edges(card: SegmentedScorecard) -> list[dict[str, Any]]:
    """Take edges, and numbers a billionth of them away: spreadsheets know 15 digits."""
    rows = edge_rows(card, PLAIN)
    edges = {value for row in rows for value in row.values() if isinstance(value, float) and value}
    told = {value for value in edges if len(repr(value)) < 8 or value == 0.10000000149011612}

    def moved(value: Any) -> Any:
        near = [edge for edge in told if 0 < abs(value - edge) < 1e-12] if value in edges else []
        return near[0] + (value - near[0]) / abs(value - near[0]) * 1e-9 if near else value

    return [{name: moved(value) for name, value in row.items()} for row in rows]


def assert_same(
    found: list[Scored], card: SegmentedScorecard, rows: list[dict[str, Any]], n: int
) -> None:
    for row, f, expected in zip(rows, found, answered(card, rows, n), strict=True):
        if expected is None:
            assert (f.score, f.pd, f.reasons) == (None, None, ()), row
            assert f.check in REASONS_WHY, row
            continue
        assert f.check == "ok", (row, f)
        assert f.segment == expected.segment, row
        assert f.score == pytest.approx(expected.score, rel=1e-12), row
        own = {name: f.points[name] for name in expected.points}
        assert own == pytest.approx(expected.points, rel=1e-12, abs=1e-12), row
        # what the card of the segment does not have is empty
        assert {f.points[name] for name in f.points.keys() - own.keys()} <= {None}
        assert f.reasons == expected.reasons, row
        assert card.scale is not None
        assert f.pd == pytest.approx(float(card.scale.prob_default(expected.score)), rel=1e-10)


@pytest.mark.engine("libreoffice")
def test_every_edge_of_segments_and_cards(tmp_path: Path) -> None:
    if libreoffice() is None:
        reason = "LibreOffice is not installed: apt-get install libreoffice-calc-nogui"
        if os.environ.get("CREDITSCORE_REQUIRE_ENGINES") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    cases = {"card": CARD, "refusing": REFUSING, "many": of_many_segments(8)}
    rows = {name: rows_about_edges(cases[name]) for name in ("card", "refusing")}
    rows["refusing"] = [*rows["refusing"][::5], {**PLAIN, "age": None}]
    rows["many"] = [{**PLAIN, "age": age} for age in (None, -1.0, 1.0, 4.5, 6.0, 7.0)]
    for name, card in cases.items():
        path = tmp_path / f"{name}.xlsx"
        to_excel(card, path, rows=len(rows[name]) + 1, n_reasons=3, baseline="maximum")
        fill(path, [{column: row[column] for column in card.names} for row in rows[name]])
    results = by_libreoffice([tmp_path / f"{name}.xlsx" for name in cases], tmp_path)
    for (name, card), result in zip(cases.items(), results, strict=True):
        *found, empty = read_scores(result, len(rows[name]) + 1)
        assert_same(found, card, rows[name], 3)
        # a row that nobody filled says nothing
        assert empty == Scored(None, None, (), "", dict.fromkeys(empty.points))
        told = {one.check for one in found}
        assert told == {"card": {"ok", "client: refused"}, "many": {"ok"}}.get(
            name, {"ok", *REASONS_WHY}
        )


def test_some_of_them_by_another_engine(tmp_path: Path) -> None:
    rows = rows_about_edges(CARD)[::83]
    path = tmp_path / "card.xlsx"
    to_excel(CARD, path, rows=len(rows), n_reasons=2, baseline="maximum")
    fill(path, rows)
    assert_same(by_formulas(path, len(rows)), CARD, rows, 2)


def test_one_segment_for_all(tmp_path: Path) -> None:
    years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    card = SegmentedScorecard(
        segments=Segments(), cards=(Scorecard(characteristics=(years,), base_points=500),)
    )
    path = tmp_path / "card.xlsx"
    to_excel(card, path, rows=4, n_reasons=0)
    fill(path, [{"years": 3}, {"years": None}])
    found = by_formulas(path, 3)
    assert [(one.segment, one.score) for one in found] == [("all", 520), ("all", 505), ("", None)]


def test_the_file(tmp_path: Path) -> None:
    path = tmp_path / "card.xlsx"
    to_excel(CARD, path, rows=2)
    workbook = openpyxl.load_workbook(path)
    cards = [f"{title}_{place}" for place in (1, 2, 3) for title in ("Card", "Levels")]
    assert workbook.sheetnames == ["Score", *cards, "Segments", "SegmentLevels", "About"]
    names = [workbook["Segments"][f"M{row}"].value for row in (9, 10, 11)]
    assert names == list(CARD.segments.names)
    columns = [cell.value for cell in workbook["Score"][6][:5]]
    assert columns == ["Applicant", "client", "age", NAME, "audit"]
    for sheet in workbook:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            assert cell.data_type in {"n", "s", "f"}
            if cell.data_type == "s" and isinstance(cell.value, str):
                assert cell.quotePrefix
            if cell.data_type == "f":
                # no text of the card stands in a formula
                assert "Neil" not in cell.value
                assert len(cell.value) < 8192


def test_formulas_of_many_segments_are_as_short_as_a_spreadsheet_asks(tmp_path: Path) -> None:
    path = tmp_path / "card.xlsx"
    # as many as a workbook takes
    to_excel(of_many_segments(40), path, rows=1)
    cells = [cell for row in openpyxl.load_workbook(path)["Score"].iter_rows() for cell in row]
    longest = max(len(cell.value) for cell in cells if cell.data_type == "f")
    # further down and to the right, each of two hundred references has some letters more
    assert longest + 200 * 6 < 8192


def test_what_a_workbook_does_not_hold_is_refused(tmp_path: Path) -> None:
    years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    card = Scorecard(characteristics=(years,))
    many = Segments.by_cuts("age", list(range(40)), missing="age < 0")
    with pytest.raises(InvalidParameterError, match=r"chooses among 40 cards.*has 41"):
        to_excel(SegmentedScorecard(segments=many, cards=(card,) * 41), tmp_path / "card.xlsx")
    named = Segments.by_cuts("age", [30], ["a\x07", "b"], missing="b")
    with pytest.raises(InvalidParameterError, match=r"the name of a segment 'a\\x07' as it is"):
        to_excel(SegmentedScorecard(segments=named, cards=(card, card)), tmp_path / "card.xlsx")
    assert list(tmp_path.iterdir()) == []
