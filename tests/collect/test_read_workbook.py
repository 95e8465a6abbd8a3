"""Workbooks as people make them: per cent, merged cells, names in two rows, days as numbers."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles.numbers import BUILTIN_FORMATS

from creditscore.collect import (
    Collected,
    FieldRule,
    FileForm,
    Item,
    ItemCatalogue,
    ItemRule,
    SourceMapping,
    guess_mapping,
    read_source,
)
from creditscore.collect._reader._marked_cell import Merged
from creditscore.collect._reader._merges import Merges
from creditscore.exceptions import (
    DocumentError,
    DuplicateColumnError,
    EmptyDataError,
    InvalidParameterError,
    RejectedRowsWarning,
    UnsafeInputError,
)

AT = "2024-05-02"
CATALOGUE = ItemCatalogue.standard().with_items(
    Item(name="gross_margin", group="financial", unit="fraction", label_zh="毛利率")
)
MARGIN = SourceMapping(
    source="internal_record", method="data_analysis", customer=FieldRule(columns=("客户编号",)),
    true_from=FieldRule(columns=("报告期",)),
    columns={"毛利率(%)": ItemRule(item="gross_margin", unit="%")},
)  # fmt: skip
DAY = "2023-12-31"


def written(
    path: Path, rows: Sequence[Sequence[Any]], *merged: str, formats: dict[str, str] | None = None
) -> Path:
    book = openpyxl.Workbook()
    for cells in rows:
        book.active.append(list(cells))
    for name, number_format in (formats or {}).items():
        book.active[name].number_format = number_format
    for names in merged:
        book.active.merge_cells(names)
    book.save(path)
    return path


def read(data: Any, mapping: SourceMapping = MARGIN) -> Collected:
    with warnings.catch_warnings(action="ignore", category=RejectedRowsWarning):
        return read_source(data, mapping, catalogue=CATALOGUE, collected_at=AT)


def numbers(found: Collected) -> list[float]:
    return found.observations.table["number"].tolist()


@pytest.mark.parametrize("number_format", ["0%", "0.0%", "0.00%", '"margin" 0%;[Red]-0%', "0.0_%%"])
def test_a_number_that_is_shown_as_per_cent_is_per_cent(tmp_path: Path, number_format: str) -> None:
    rows = [("客户编号", "报告期", "毛利率(%)"), ("K1", DAY, 0.61), ("K2", DAY, "45%"),
            ("K3", DAY, 30), ("K4", DAY, -0.07)]  # fmt: skip
    file = written(tmp_path / "a.xlsx", rows, formats=dict.fromkeys(("C2", "C5"), number_format))
    assert numbers(read(file)) == [0.61, 0.45, 0.3, -0.07]
    # the same where the rule says no unit, in which a number without a sign is the fraction
    rule = ItemRule(item="gross_margin")
    assert numbers(read(file, replace(MARGIN, columns={"毛利率(%)": rule}))) == [
        0.61, 0.45, 30.0, -0.07,
    ]  # fmt: skip
    # and whatever parts the decimals of texts
    comma = replace(MARGIN, file=FileForm(decimal=",", thousands="."))
    assert numbers(read(file, comma)) == [0.61, 0.45, 0.3, -0.07]
    proposal = guess_mapping(file, catalogue=CATALOGUE)
    assert proposal.frame()["samples"][2] == "61%, 45%, 30"
    said = proposal.confirmed(by="Li", source="internal_record", method="data_analysis")
    assert numbers(read(file, said)) == [0.61, 0.45, 0.3, -0.07]


@pytest.mark.parametrize("number_format", ['0.0"%"', "0.0\\%", "General"])
def test_a_sign_that_is_only_written_beside_a_number_does_not_change_it(
    tmp_path: Path, number_format: str
) -> None:
    rows = [("客户编号", "报告期", "毛利率(%)"), ("K1", DAY, 61)]
    file = written(tmp_path / "a.xlsx", rows, formats={"C2": number_format})
    assert numbers(read(file)) == [0.61]


def test_per_cent_has_no_place_in_an_amount(tmp_path: Path) -> None:
    rows = [("客户编号", "报告期", "毛利率(%)"), ("K1", DAY, 0.61)]
    file = written(tmp_path / "a.xlsx", rows, formats={"C2": "0%"})
    amount = replace(MARGIN, columns={"毛利率(%)": ItemRule(item="revenue", unit="CNY")})
    reject = read(file, amount).rejects.table.iloc[0]
    assert (reject["value"], reject["reason"]) == ("61%", "is per cent, and to be in CNY")


def test_a_number_that_is_shown_as_per_cent_is_known_by_both_writings(tmp_path: Path) -> None:
    rows = [("客户编号", "报告期", "毛利率(%)"), ("K1", DAY, 0.61), ("K2", DAY, -1),
            ("K3", DAY, 999), ("K4", DAY, 1), ("K5", DAY, 0), ("K6", DAY, "99%")]  # fmt: skip
    formats = dict.fromkeys(("C2", "C3", "C4", "C5", "C6"), "0%")
    file = written(tmp_path / "a.xlsx", rows, formats=formats)
    for missing in ((-1, 999), ("-100%", "99900%")):
        gaps = read(file, replace(MARGIN, file=FileForm(missing=missing)))
        assert numbers(gaps) == [0.61, 1.0, 0.0, 0.99]
        assert gaps.n_empty == 2
    for words in ({"-1": 0.0, "999": 0.5}, {"-100%": 0.0, "99900%": 0.5}):
        rule = ItemRule(item="gross_margin", words=words)
        found = read(file, replace(MARGIN, columns={"毛利率(%)": rule}))
        assert numbers(found) == [0.61, 0.0, 0.5, 1.0, 0.0, 0.99]
    flags = read(file, replace(MARGIN, columns={"毛利率(%)": ItemRule(item="consolidated")}))
    assert numbers(flags) == [1.0, 0.0]
    assert flags.rejects.table["value"].tolist() == ["61%", "-100%", "99900%", "99%"]


def test_a_currency_that_a_workbook_shows_is_that_of_the_row(tmp_path: Path) -> None:
    formats = ["[$€-2] #,##0.00", '"US$"#,##0', "[$USD] 0", '"¥"#,##0.00', "￥0", '0.00"元"',
               "[$-409]0", BUILTIN_FORMATS[44], "General"]  # fmt: skip
    rows = [("客户编号", "报告期", "sales"), *((f"K{n}", DAY, 100) for n in range(len(formats)))]
    file = written(
        tmp_path / "a.xlsx", rows, formats={f"C{n}": form for n, form in enumerate(formats, 2)}
    )

    def reasons(unit: str) -> list[str]:
        mapping = replace(MARGIN, columns={"sales": ItemRule(item="revenue", unit=unit)})
        found = read(file, mapping)
        # what a column is counted in holds of all its cells
        assert set(numbers(found)) == {1e6 if unit == "万元" else 100.0}
        return [reason.split(",")[0] for reason in found.rejects.table["reason"]]

    told = "is shown with the currency {}".format
    assert reasons("CNY") == reasons("万元") == [*map(told, ("EUR", "USD", "USD"))]
    assert reasons("USD") == [*map(told, ("EUR", "¥", "¥", "CNY"))]
    assert len(reasons("")) == 6
    # it is a number all the same
    shown = guess_mapping(file).frame().set_index("column")
    assert shown.loc["sales", "guess"] == "revenue"


def test_a_word_of_a_format_that_is_a_code_in_capitals_only_is_no_currency(tmp_path: Path) -> None:
    formats = ['0" Sek"', '0" EUR"', '0" Euro"', '0" SEK"', '0" eur"', '0" Usd"', "[$chf] 0",
               "[$XOF]0"]  # fmt: skip
    rows = [("客户编号", "报告期", "sales"), *((f"K{n}", DAY, 100) for n in range(8))]
    file = written(
        tmp_path / "a.xlsx", rows, formats={f"C{n}": form for n, form in enumerate(formats, 2)}
    )
    found = read(file, replace(MARGIN, columns={"sales": ItemRule(item="revenue", unit="EUR")}))
    seconds, *others = found.rejects.table["reason"].tolist()
    assert seconds.startswith("is shown with words that are neither a unit nor a scale")
    assert others == [
        f"is shown with the currency {code}, and is to be in EUR"
        for code in ("SEK", "USD", "CHF", "XOF")
    ]


STATEMENTS = [
    ("财务汇总表",), (),
    ("客户编号", "利润表", None, "资产负债表", "备注"),
    (None, "营业收入（万元）", "净利润（万元）", "资产总计（万元）", None),
    ("K1", 1234, -12.5, 3000, ""), (None, 990, 5, 2000, "审计"), ("合计", 2224, None, None, None),
]  # fmt: skip
MERGED = ("A1:E1", "A3:A4", "B3:C3", "E3:E4", "A5:A6")
TWO_ROWS = FileForm(header_row=(3, 4), stop_at="合计", fill_merged=("客户编号",))
NAMES = ["客户编号", "利润表 / 营业收入（万元）", "利润表 / 净利润（万元）",
         "资产负债表 / 资产总计（万元）", "备注"]  # fmt: skip


def test_names_in_two_rows_are_joined_along_merged_cells(tmp_path: Path) -> None:
    file = written(tmp_path / "a.xlsx", STATEMENTS, *MERGED)
    for row in (3, 4):
        with pytest.raises(DocumentError, match=r"of names in two rows, say both: \[3, 4\]"):
            guess_mapping(file, form=FileForm(header_row=row))
    proposal = guess_mapping(file, form=TWO_ROWS)
    shown = proposal.frame().set_index("column")
    assert shown.index.tolist() == NAMES
    assert shown["guess"].tolist() == ["customer", "revenue", "net_income", "total_assets", ""]
    mapping = proposal.confirmed(
        by="Li", source="internal_record", method="data_analysis", changes={"备注": "ignore"},
        fields={"true_from": {"value": DAY}},
    )  # fmt: skip
    assert SourceMapping.from_json(mapping.to_json()) == mapping
    mapping.to_yaml(tmp_path / "a.yaml")
    assert SourceMapping.from_yaml(tmp_path / "a.yaml") == mapping
    table = read(file, mapping).observations.table
    assert table["customer"].tolist() == ["K1"] * 6
    assert table["number"].tolist() == [12.34e6, -125e3, 30e6, 9.9e6, 50e3, 20e6]
    assert table["evidence"][3] == f"a.xlsx#sheet=Sheet&row=6&column={NAMES[1]}"


def test_names_in_two_rows_of_a_text_hold_to_the_right(tmp_path: Path) -> None:
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in STATEMENTS]
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    shown = guess_mapping(tmp_path / "a.csv", form=replace(TWO_ROWS, fill_merged=())).frame()
    assert shown["column"].tolist() == NAMES


def test_a_name_that_is_not_merged_holds_of_its_column_only(tmp_path: Path) -> None:
    rows = [("profit", None, None), ("a", "b", "c"), (1, 2, 3)]
    file = written(tmp_path / "a.xlsx", rows, "A1:B1")
    shown = guess_mapping(file, form=FileForm(header_row=(1, 2))).frame()
    assert shown["column"].tolist() == ["profit / a", "profit / b", "c"]


def test_columns_that_are_merged_for_looks_are_one(tmp_path: Path) -> None:
    rows = [("firm", None, "sales"), ("A", None, 1), ("B", None, 2)]
    file = written(tmp_path / "a.xlsx", rows, "A1:B1", "A2:B2")
    mapping = replace(
        MARGIN, customer=FieldRule(columns=("firm",)), true_from=FieldRule(value=DAY),
        columns={"sales": ItemRule(item="revenue", unit="CNY")},
    )  # fmt: skip
    found = read(file, mapping)
    assert found.observations.customers == ("A", "B")
    assert numbers(found) == [1.0, 2.0]
    assert not found.rejects.table.size
    # something of its own is in the second column, whose name is not known
    rows[2] = ("B", "x", 2)
    with pytest.raises(DocumentError, match="column 2 has no name"):
        read(written(tmp_path / "b.xlsx", rows, "A1:B1"), mapping)
    with pytest.raises(DocumentError, match="column 2 has no name"):
        read(written(tmp_path / "c.xlsx", rows[:2]), mapping)


def test_headers_that_are_none(tmp_path: Path) -> None:
    rows = [("a", None), ("b", "b"), (1, 2)]
    file = written(tmp_path / "a.xlsx", rows, "A1:B1")
    with pytest.raises(DuplicateColumnError, match="'a / b'"):
        guess_mapping(file, form=FileForm(header_row=(1, 2)))
    with pytest.raises(EmptyDataError, match="has no header in row 7, 8"):
        guess_mapping(file, form=FileForm(header_row=(7, 8)))
    for wrong in ((2, 1), (1, 1), ()):
        with pytest.raises(InvalidParameterError, match="must be rows from above"):
            FileForm(header_row=wrong)
    with pytest.raises(InvalidParameterError, match="no column 'c'"):
        guess_mapping(file, form=FileForm(header_row=3, fill_merged=("c",)))


def test_a_part_of_merged_cells_is_no_empty_cell(tmp_path: Path) -> None:
    rows = [("客户编号", "报告期", "毛利率(%)"), ("K1", DAY, 61), (None, DAY, None),
            (None, None, None), ("K2", DAY, 30), ("K3", DAY)]  # fmt: skip
    # the last one is wider than its row, and the fourth row holds nothing but a part
    file = written(tmp_path / "a.xlsx", rows, "A2:A4", "C2:C3", "B6:C6")
    found = read(file)
    rejected = found.rejects.table
    assert rejected[["row", "column", "value"]].to_numpy().tolist() == [
        [3, "客户编号", "A2:A4"], [3, "毛利率(%)", "C2:C3"], [6, "毛利率(%)", "B6:C6"],
    ]  # fmt: skip
    assert rejected["reason"].str.contains("whose value stands in the first; if it holds").all()
    assert numbers(found) == [0.61, 0.3]
    filled = read(file, replace(MARGIN, file=FileForm(fill_merged=("客户编号", "毛利率(%)"))))
    assert filled.observations.customers == ("K1", "K2")
    assert numbers(filled) == [0.61, 0.61, 0.3]
    assert filled.rejects.table["reason"].tolist() == ["is no number written with '.' for decimals"]


def test_merged_cells_by_row() -> None:
    merges = Merges(["B1:C2", "A2:A3"])
    assert merges.row(1, ["a", "b"], 3, [2]) == ["a", "b", "b"]
    assert merges.row(2, ["x"], 3, [0]) == ["x", Merged("B1:C2"), Merged("B1:C2")]
    # not wider than the table, and nothing behind the last row
    assert merges.row(3, [None, "y"], 1, [0]) == ["x", "y"]
    assert merges.row(4, [None, "z"], 3, [0]) == [None, "z"]
    # where the first holds nothing, the others do neither, and are looked at once
    empty = Merges(["A1:B9", "D1:E9"])
    assert empty.row(1, [None, None, "c", "d"], 3, []) == [None, None, "c", "d"]
    cells = ["x", None]
    assert empty.row(2, cells, 3, []) is cells
    with pytest.raises(UnsafeInputError, match="in row 1, merged cells overlap"):
        Merges(["A1:B1"] * 20_000).row(1, ["a"], 1, [])


def test_days_of_a_workbook_that_are_numbers_days_and_texts(tmp_path: Path) -> None:
    cells = [45291, dt.date(2023, 12, 31), "2023-12-31", "45291", 45291.0]
    rows = [("客户编号", "报告期", "毛利率(%)"), *(("K1", cell, 5) for cell in cells)]
    file = written(tmp_path / "a.xlsx", rows)
    reasons = read(file).rejects.table["reason"]
    assert reasons[0] == (
        "is no day written YYYY-MM-DD; as a number of a spreadsheet it is 2023-12-31: if it is "
        "one, say 'format: excel'"
    )
    assert len(reasons) == 3
    excel = replace(MARGIN, true_from=FieldRule(columns=("报告期",), format="excel"))
    found = read(file, excel)
    assert found.observations.table["true_from"].astype(str).tolist() == [DAY] * 5
    proposal = guess_mapping(file, catalogue=CATALOGUE)
    assert proposal.frame()["format"][1] == "excel"
    confirmed = proposal.confirmed(by="Li", source="internal_record", method="data_analysis")
    assert confirmed.true_from == excel.true_from
    # a time too, of which the day is the begin
    at = replace(MARGIN, true_from=FieldRule(value=DAY),
                 collected_at=FieldRule(columns=("报告期",), format="excel"))  # fmt: skip
    times = read_source(file, at, catalogue=CATALOGUE).observations.table["collected_at"]
    assert times.dt.strftime("%Y-%m-%dT%H:%M").tolist() == [f"{DAY}T00:00"] * 5
