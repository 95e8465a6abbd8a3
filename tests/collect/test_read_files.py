"""Kinds of sources: files, workbooks, records and databases; one content gives one result."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from creditscore.collect import (
    DatabaseTable,
    FieldRule,
    FileForm,
    ItemRule,
    SourceMapping,
    read_source,
)
from creditscore.collect._reader._source_table import check_names
from creditscore.exceptions import (
    DocumentError,
    DocumentNotFoundError,
    DuplicateColumnError,
    EmptyDataError,
    InvalidParameterError,
    MissingColumnError,
    RejectedRowsWarning,
    UnsafeInputError,
)
from creditscore.protect import InputLimits
from growth import growth

SIMPLE = SourceMapping(
    source="public_filing", method="data_analysis", customer=FieldRule(columns=("firm",)),
    true_from=FieldRule(columns=("day",)), columns={"sales": ItemRule(item="revenue")},
)  # fmt: skip
AT = "2024-05-02T08:00Z"


# --- kinds of files --------------------------------------------------------------------------


FRAME = pd.DataFrame(
    {"firm": ["C1", "C2"], "day": ["2023-12-31", "2022-12-31"], "sales": [1.5, 2.0]}
)


def test_all_kinds_of_sources_give_the_same(tmp_path: Path) -> None:
    FRAME.to_csv(tmp_path / "a.csv", index=False)
    FRAME.to_csv(tmp_path / "a.tsv", index=False, sep="\t")
    pq.write_table(pa.Table.from_pandas(FRAME), tmp_path / "a.parquet")
    FRAME.to_excel(tmp_path / "a.xlsx", index=False)
    FRAME.to_json(tmp_path / "a.json", orient="records")
    FRAME.to_json(tmp_path / "a.jsonl", orient="records", lines=True)
    engine = sa.create_engine("sqlite://")
    FRAME.to_sql("a", engine, index=False)
    select = sa.select(sa.text("firm"), sa.text("day"), sa.text("sales")).select_from(sa.text("a"))
    sources = [
        *(tmp_path / f"a.{end}" for end in ("csv", "tsv", "parquet", "xlsx", "json", "jsonl")),
        pl.from_pandas(FRAME), pa.Table.from_pandas(FRAME), FRAME.to_dict("records"),
        DatabaseTable(connection=engine, table="a"),
        DatabaseTable(connection=engine, select=select),
    ]  # fmt: skip
    wanted = read_source(FRAME, SIMPLE, collected_at=AT).observations.table
    for source in sources:
        collected = read_source(source, SIMPLE, collected_at=AT)
        found = collected.observations.table
        pd.testing.assert_frame_equal(
            found.drop(columns="evidence"), wanted.drop(columns="evidence")
        )
        assert len(collected.source_digest) == 64
    engine.dispose()


def test_evidence_of_other_sources(tmp_path: Path) -> None:
    FRAME.to_excel(tmp_path / "a.xlsx", index=False, sheet_name="Data")
    found = read_source(tmp_path / "a.xlsx", SIMPLE, collected_at=AT).observations.table
    assert found["evidence"][1] == "a.xlsx#sheet=Data&row=3&column=sales"
    named = replace(SIMPLE, source_name="register")
    found = read_source(FRAME, named, collected_at=AT).observations.table
    assert found["evidence"][1] == "register#row=1&column=sales"


def test_nested_json(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    content = {"data": {"rows": [{"firm": {"id": "C1"}, "day": "2023-12-31", "sales": 1.5}]}}
    path.write_text(json.dumps(content))
    mapping = replace(
        SIMPLE, customer=FieldRule(columns=("firm.id",)), file=FileForm(path="data.rows")
    )
    assert read_source(path, mapping, collected_at=AT).observations.customers == ("C1",)
    with pytest.raises(
        DocumentError, match=r"no entry 'row' of the path 'data\.row'\. There: 'rows'"
    ):
        read_source(path, replace(mapping, file=FileForm(path="data.row")), collected_at=AT)
    with pytest.raises(DocumentError, match="holds no list of records"):
        read_source(path, SIMPLE, collected_at=AT)


@pytest.mark.parametrize("text", ["{", '[{"a": NaN}]', '[{"a": 1, "a": 2}]', "[1]", ""])
def test_what_is_no_json(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(DocumentError, match=r"a\.json"):
        read_source(path, SIMPLE, collected_at=AT)


@pytest.mark.parametrize(
    ("written", "said", "works"),
    [("utf-8", "utf-8", True), ("utf-8-sig", "utf-8", True), ("utf-8-sig", "gb18030", False),
     ("gb18030", "gb18030", True), ("gb18030", "utf-8", False), ("utf-16", "utf-8", True),
     ("utf-8-sig", "utf-16", False)],
)  # fmt: skip
def test_encodings_are_said_or_marked(tmp_path: Path, written: str, said: Any, works: bool) -> None:
    path = tmp_path / "a.csv"
    path.write_text("firm,day,行业\nC1,2023-12-31,零售\n", encoding=written)
    mapping = replace(
        SIMPLE, columns={"行业": ItemRule(item="industry")}, file=FileForm(encoding=said)
    )
    if works:
        found = read_source(path, mapping, collected_at=AT).observations
        assert found.values.tolist() == ["零售"]
        return
    with pytest.raises(DocumentError, match="'encoding'"):
        read_source(path, mapping, collected_at=AT)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DocumentNotFoundError, match="There is no file"):
        read_source(tmp_path / "b.csv", SIMPLE, collected_at=AT)
    with pytest.raises(DocumentNotFoundError, match="is a folder"):
        read_source(tmp_path, SIMPLE, collected_at=AT)
    for name, text, error, why in (
        ("a.pdf", "x", InvalidParameterError, "Files are read that end in"),
        ("a.csv", "firm;day;sales\n", DocumentError, "has one column only"),
        ("b.csv", "firm,day,firm\n", DuplicateColumnError, "more than one column named 'firm'"),
        ("c.csv", "firm,,day\n", DocumentError, "column 2 has no name"),
        ("d.csv", "", EmptyDataError, "has no header in row 1"),
        ("e.csv", "firm,day\n", MissingColumnError, "'sales'"),
        ("f.csv", 'firm,day,sales\n"x', DocumentError, "cannot be read as text"),
        ("g.xlsx", "no workbook", DocumentError, "is no zip archive"),
        ("h.parquet", "no parquet", DocumentError, "cannot be read as Parquet"),
    ):
        (tmp_path / name).write_text(text)
        with pytest.raises(error, match=why):
            read_source(tmp_path / name, SIMPLE, collected_at=AT)


def test_a_header_and_no_row(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("firm,day,sales\n\n ,,\n")
    collected = read_source(tmp_path / "a.csv", SIMPLE, collected_at=AT)
    assert (len(collected.observations), collected.n_rows, len(collected.rejects)) == (0, 0, 0)


def test_files_packed_by_gzip(tmp_path: Path) -> None:
    packed = tmp_path / "a.csv.gz"
    FRAME.to_csv(packed, index=False)
    found = read_source(packed, SIMPLE, collected_at=AT).observations.table
    assert found["evidence"][0] == "a.csv.gz#row=2&column=sales"
    packed.write_bytes(b"no archive")
    with pytest.raises(DocumentError, match="cannot be unpacked"):
        read_source(packed, SIMPLE, collected_at=AT)
    (tmp_path / "a.xlsx.gz").write_bytes(b"x")
    with pytest.raises(InvalidParameterError, match="those of text may be packed"):
        read_source(tmp_path / "a.xlsx.gz", SIMPLE, collected_at=AT)


def test_a_workbook_that_could_do_harm(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(5_000_000))
    with pytest.raises(UnsafeInputError, match="is refused"):
        read_source(tmp_path / "a.xlsx", SIMPLE, collected_at=AT)


def test_sheets_and_formulas(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Cover"
    sheet = book.create_sheet("Data")
    # fmt: off
    for cells in (["Report"], [], ["firm", "day", "sales"], ["in", "words", "CNY"],
                  ["C1", dt.date(2023, 12, 31), 5], ["C2", dt.date(2023, 12, 31), "=1+1"]):
        sheet.append(cells)
    # fmt: on
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(DocumentError, match="has 2 sheets: name one of 'Cover', 'Data'"):
        read_source(tmp_path / "a.xlsx", SIMPLE, collected_at=AT)
    form = FileForm(sheet="Data", header_row=3, skip_rows=(4,))
    with pytest.warns(RejectedRowsWarning, match=r"row 6, sales .* is what a workbook has for"):
        collected = read_source(tmp_path / "a.xlsx", replace(SIMPLE, file=form), collected_at=AT)
    assert collected.observations.table["number"].tolist() == [5.0]
    assert collected.n_skipped == 1
    with pytest.raises(DocumentError, match="has no sheet 'Dat'"):
        read_source(
            tmp_path / "a.xlsx", replace(SIMPLE, file=FileForm(sheet="Dat")), collected_at=AT
        )


def test_names_of_databases_are_looked_up_and_never_run() -> None:
    engine = sa.create_engine("sqlite://")
    FRAME.to_sql("firms", engine, index=False)
    for table in ("firm", "firms; DROP TABLE firms", "firms--"):
        with pytest.raises(InvalidParameterError, match="There is no table"):
            read_source(DatabaseTable(connection=engine, table=table), SIMPLE, collected_at=AT)
    bad = DatabaseTable(connection=engine, table="firms", order_by=("x; --",))
    with pytest.raises(InvalidParameterError, match="There is no column 'x; --'"):
        read_source(bad, SIMPLE, collected_at=AT)
    with pytest.raises(InvalidParameterError, match="texts of SQL are not run"):
        DatabaseTable(connection=engine, select="SELECT * FROM firms")
    with pytest.raises(InvalidParameterError, match="either a 'table' or a 'select'"):
        DatabaseTable(connection=engine)
    with pytest.raises(InvalidParameterError, match=r"Got str\.") as told:
        DatabaseTable(connection="postgresql://user:secret@host/db", table="firms")
    assert "secret" not in str(told.value)
    ordered = DatabaseTable(connection=engine, table="firms", order_by=("day",))
    with engine.connect() as connection:
        found = read_source(replace(ordered, connection=connection), SIMPLE, collected_at=AT)
    assert found.observations.customers == ("C2", "C1")
    engine.dispose()


@pytest.mark.parametrize("broken", ['="C"&1', "#N/A", "#REF!"])
@pytest.mark.parametrize("column", ["firm", "number", "branch", "day"])
def test_cells_without_a_value_are_no_texts(tmp_path: Path, broken: str, column: str) -> None:
    mapping = replace(
        SIMPLE, record=FieldRule(columns=("number",)),
        columns={"branch": ItemRule(item="note.text"), "sales": ItemRule(item="contract.amount")},
    )  # fmt: skip
    good = {"firm": "C1", "number": "N1", "day": dt.date(2024, 1, 31), "branch": "x", "sales": 5}
    book = openpyxl.Workbook()
    for cells in (list(good), list(good.values()), list((good | {column: broken}).values())):
        book.active.append(cells)
    book.save(tmp_path / "a.xlsx")
    with pytest.warns(RejectedRowsWarning, match=rf"row 3, {column} .* formula without a value"):
        found = read_source(tmp_path / "a.xlsx", mapping, collected_at=AT)
    assert found.observations.customers == ("C1",)
    assert len(found.observations) == 2
    assert found.rejects.n_rows == 1
    # a mapping may say that such a cell holds nothing
    said = replace(mapping, file=FileForm(missing=("#N/A", "#REF!", "#formula without a value")))
    if column == "branch":
        assert read_source(tmp_path / "a.xlsx", said, collected_at=AT).n_empty == 1


@pytest.mark.parametrize("missing", [(-999,), ("-999",), (-999.0, "n/a")])
def test_numbers_that_stand_for_nothing_do_so_in_all_files(tmp_path: Path, missing: Any) -> None:
    table = FRAME.assign(sales=[-999.0, 2.0])
    table.to_csv(tmp_path / "a.csv", index=False)
    table.to_parquet(tmp_path / "a.parquet")
    table.to_excel(tmp_path / "a.xlsx", index=False)
    mapping = replace(SIMPLE, file=FileForm(missing=missing),
                      columns={"sales": ItemRule(item="net_income")})  # fmt: skip
    assert SourceMapping.from_json(mapping.to_json()) == mapping
    records = table.to_dict("records")
    for data in (tmp_path / "a.csv", tmp_path / "a.parquet", tmp_path / "a.xlsx", table, records):
        found = read_source(data, mapping, collected_at=AT)
        assert (found.n_empty, found.observations.table["number"].tolist()) == (1, [2.0])
    with pytest.raises(InvalidParameterError, match="must be words or numbers"):
        FileForm(missing=(True,))  # type: ignore[arg-type]


@pytest.mark.parametrize("cells", [[1, True], [True, 1], [0, False, 1, True, True]])
def test_true_is_no_number_whatever_stands_beside_it(cells: list[Any]) -> None:
    records = [{"firm": f"C{n}", "day": "2023-12-31", "sales": c} for n, c in enumerate(cells)]
    with pytest.warns(RejectedRowsWarning, match="is true or false, and no number"):
        found = read_source(records, SIMPLE, collected_at=AT)
    numbers = [cell for cell in cells if not isinstance(cell, bool)]
    assert found.observations.table["number"].tolist() == numbers
    assert found.rejects.n_rows == len(cells) - len(numbers)


def test_entries_that_would_fall_on_one_column_are_refused() -> None:
    records = [{"firm": "C1", "day": "2023-12-31", "a.b": 1, "a": {"b": 2}}]
    with pytest.raises(DocumentError, match=r"record 1 holds 'a\.b' twice"):
        read_source(records, SIMPLE, collected_at=AT)


def test_small_files_that_unpack_to_large_tables_are_refused(tmp_path: Path) -> None:
    text = pa.array(["C1"] * 1000).dictionary_encode()
    schema = pa.schema([("firm", text.type), ("day", text.type), ("sales", text.type)])
    path = tmp_path / "bomb.parquet"
    with pq.ParquetWriter(path, schema, compression="gzip") as writer:
        rows = pa.table({"firm": text, "day": text, "sales": text}).cast(schema)
        for _ in range(3):
            writer.write_table(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("creditscore.collect._reader._open._BYTES_OF_A_CELL", 200_000)
        with pytest.raises(UnsafeInputError, match="unpacks to 1,800,000,000 bytes"):
            read_source(path, SIMPLE, collected_at=AT)
    sparse = [{"firm": "C1", f"x{n}": 1} for n in range(4000)]
    with pytest.raises(UnsafeInputError, match="a table of 16,004,000 cells"):
        read_source(sparse, SIMPLE, collected_at=AT)


def test_small_files_of_very_many_rows_are_refused(tmp_path: Path) -> None:
    path, n = tmp_path / "bomb.parquet", 150_000
    same = pa.array(["C1"]).dictionary_encode().take(pa.array([0] * n))
    pq.write_table(pa.table({"firm": same, "day": same, "sales": same}), path)
    with pytest.raises(UnsafeInputError, match=r"more than 100,000 rows.* of its size"):
        read_source(path, SIMPLE, collected_at=AT)
    zipped = tmp_path / "bomb.csv.gz"
    zipped.write_bytes(gzip.compress(b"firm,day,sales\n" + b"1,1,1\n" * 250_000))
    with pytest.raises(UnsafeInputError, match="more than 1,048,576 bytes, 100 times"):
        read_source(zipped, SIMPLE, collected_at=AT)


@pytest.mark.parametrize("ending", ["csv", "jsonl", "xlsx", "parquet"])
def test_the_limit_of_rows_is_of_each_kind_of_file(tmp_path: Path, ending: str) -> None:
    table = pd.DataFrame({"firm": ["C1", "C2"], "day": "2023-12-31", "sales": [1.0, 2.0]})
    path = tmp_path / f"a.{ending}"
    write = {
        "csv": lambda: table.to_csv(path, index=False), "parquet": lambda: table.to_parquet(path),
        "jsonl": lambda: table.to_json(path, orient="records", lines=True),
        "xlsx": lambda: table.to_excel(path, index=False),
    }  # fmt: skip
    write[ending]()
    two, one = InputLimits(max_rows=2), InputLimits(max_rows=1)
    assert read_source(path, SIMPLE, collected_at=AT, limits=two).rejects.n_rows == 0
    with pytest.raises(UnsafeInputError, match=r"more than 1 rows.*InputLimits\(max_rows=…\)"):
        read_source(path, SIMPLE, collected_at=AT, limits=one)
    # what a frame holds is in memory already
    assert read_source(table, SIMPLE, collected_at=AT, limits=one).rejects.n_rows == 0


@pytest.mark.parametrize("ending", ["csv", "json", "xlsx", "parquet"])
def test_the_limit_of_columns_is_of_each_kind_of_file(tmp_path: Path, ending: str) -> None:
    table = pd.DataFrame({"firm": ["C1"], "day": "2023-12-31", "sales": [1.0]})
    path = tmp_path / f"a.{ending}"
    write = {
        "csv": lambda: table.to_csv(path, index=False), "parquet": lambda: table.to_parquet(path),
        "json": lambda: table.to_json(path, orient="records"),
        "xlsx": lambda: table.to_excel(path, index=False),
    }  # fmt: skip
    write[ending]()
    three, two = InputLimits(max_columns=3), InputLimits(max_columns=2)
    assert len(read_source(path, SIMPLE, collected_at=AT, limits=three).observations) == 1
    with pytest.raises(UnsafeInputError, match=r"than 2 columns.*InputLimits\(max_columns=…\)"):
        read_source(path, SIMPLE, collected_at=AT, limits=two)
    assert len(read_source(table, SIMPLE, collected_at=AT, limits=two).observations) == 1


def test_a_wide_header_takes_no_longer_than_its_length(tmp_path: Path) -> None:
    def refused(n: int) -> Callable[[], None]:
        path, names = tmp_path / f"wide{n}.csv", [f"c{n}" for n in range(n)]
        path.write_text(",".join(names) + "\n1\n")

        def run() -> None:
            with pytest.raises(UnsafeInputError, match="more than 10,000 columns"):
                read_source(path, SIMPLE, collected_at=AT)
            check_names(names, "wide")
            with pytest.raises(DuplicateColumnError, match="column named 'c7'"):
                check_names([*names, "c7"], "wide")

        return run

    # eight times the columns; 64 times where they are compared each with each
    assert growth(refused, 20_000, 160_000) < 24


def test_short_rows_below_a_wide_header_make_no_table_of_nothing(tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv"
    path.write_text(",".join(["firm", "day", "sales", *(f"c{n}" for n in range(9_000))]) + "\n")
    with path.open("a") as file:
        file.write("1\n" * 2_000)
    with pytest.raises(UnsafeInputError, match=r"10,0.* cells, of which nearly"):
        read_source(path, SIMPLE, collected_at=AT)


@pytest.mark.parametrize(
    ("ending", "of"), [("json", b"{},"), ("json", b"[],"), ("jsonl", b"{}\n"), ("jsonl", b"\n")]
)
def test_json_of_very_many_objects_is_refused_before_it_is_parsed(
    tmp_path: Path, ending: str, of: bytes
) -> None:
    path = tmp_path / f"bomb.{ending}"
    path.write_bytes(b"[" + of * 200_002 + b"{}]")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("creditscore.collect._reader._open.parsed_json", pytest.fail)
        with pytest.raises(UnsafeInputError, match="more than 200,000 objects, lists or lines"):
            read_source(path, SIMPLE, collected_at=AT, limits=InputLimits(max_rows=1_000))


def test_objects_within_rows_are_no_rows(tmp_path: Path) -> None:
    rows = [{"firm": f"C{n}", "day": "2023-12-31", "sales": 1.0, "at": {"x": []}} for n in (1, 2)]
    (tmp_path / "a.json").write_text(json.dumps({"rows": rows}))
    mapping = replace(SIMPLE, file=FileForm(path="rows"))
    limits = InputLimits(max_rows=2)
    found = read_source(tmp_path / "a.json", mapping, collected_at=AT, limits=limits)
    assert found.n_rows == 2


def test_no_records_are_no_fault(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[]")
    for data in ([], tmp_path / "a.json", FRAME.head(0)):
        assert read_source(data, SIMPLE, collected_at=AT).n_rows == 0


def test_a_firm_that_begins_as_the_total_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "firm,day,sales\nTotalenergies,2023-12-31,1\nC2,2023-12-31,2\nTotal:,,3\nx,,4\n"
    )
    mapping = replace(SIMPLE, file=FileForm(stop_at="Total"))
    found = read_source(tmp_path / "a.csv", mapping, collected_at=AT)
    assert found.observations.customers == ("Totalenergies", "C2")
    assert found.n_skipped == 2


def test_a_list_with_lines_about_its_cells(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text(
        "-------------\n|firm|sales   |\n|-----|=====|\n|C1  |1.234,56-|\n|C2  |  500,00 |\n"
        "-------------\n|*   |  734,56-|\n-------------\n"
    )
    mapping = replace(
        SIMPLE, true_from=FieldRule(value="2023-12-31"),
        columns={"sales": ItemRule(item="net_income")},
        file=FileForm(separator="|", decimal=",", thousands=".", header_row=2, stop_at="*"),
    )  # fmt: skip
    found = read_source(file, mapping, collected_at=AT)
    assert found.observations.table["number"].tolist() == [-1234.56, 500.0]
    assert (found.n_skipped, len(found.rejects), found.ignored) == (4, 0, ())
    # a column without a name that holds something is told
    file.write_text("|firm|sales\nx|C1|5\n")
    with pytest.raises(DocumentError, match="column 1 has no name in the header"):
        read_source(file, replace(mapping, file=FileForm(separator="|")), collected_at=AT)


def test_names_of_several_columns_are_parted() -> None:
    table = FRAME.assign(firm=["A/B", "A"], no=["C", "B/C"])
    mapping = replace(SIMPLE, customer=FieldRule(columns=("firm", "no")))
    found = read_source(table, mapping, collected_at=AT)
    assert found.observations.customers == ("A%2FB/C", "A/B%2FC")


def test_a_select_sorts_its_own_rows() -> None:
    engine = sa.create_engine("sqlite://")
    with pytest.raises(InvalidParameterError, match="let the 'select' sort its rows"):
        DatabaseTable(connection=engine, select=sa.select(sa.literal(1)), order_by=("day",))
    engine.dispose()


def test_a_name_in_the_place_of_a_number_is_not_told() -> None:
    table = FRAME.assign(sales=pd.Series(["Li Wei", 2.0], dtype=object))
    with pytest.warns(RejectedRowsWarning) as told:
        found = read_source(table, SIMPLE, collected_at=AT)
    assert "row 0, sales '•••' is no number" in str(told[0].message)
    assert found.rejects.table["value"].tolist() == ["Li Wei"]


def test_names_of_half_characters_are_written_out(tmp_path: Path) -> None:
    path = tmp_path / "firms.json"
    path.write_text(r'[{"firm": "C1", "day": "2024-01-31", "sales": 5, "\ud800": 1}]')
    found = read_source(path, SIMPLE, collected_at=AT)
    assert list(found.observations.customers) == ["C1"]
    assert found.ignored == (r"\ud800",)


@pytest.mark.parametrize("name", ["firm", "number", "branch"])
@pytest.mark.parametrize("odd", ["\ud800", "a\x00b"])
def test_half_characters_of_json_are_rejected_and_written_out(name: str, odd: str) -> None:
    mapping = replace(
        SIMPLE, record=FieldRule(columns=("number",)),
        columns={"branch": ItemRule(item="contract.currency")},
    )  # fmt: skip
    good = {"firm": "C1", "number": "N1", "day": "2024-01-31", "branch": "CNY"}
    with pytest.warns(RejectedRowsWarning, match="holds a character that cannot be kept"):
        found = read_source([good, good | {name: odd}], mapping, collected_at=AT)
    assert len(found.observations) == 1
    table = found.rejects.table
    assert table["column"].tolist() == [name]
    assert table.to_csv(index=False).encode("utf-8")
