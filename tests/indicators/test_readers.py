"""Readers and templates: nothing vanishes, each fault has its place, templates read back."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.exceptions import (
    ColumnTypeError,
    DocumentError,
    DocumentNotFoundError,
    DuplicateColumnError,
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
    MissingDependencyError,
)
from creditscore.indicators import (
    CustomerRecords,
    read_events,
    read_industry_table,
    read_ratings,
    read_references,
    read_survey,
    template_columns,
    write_template,
)

READERS: dict[str, Any] = {
    "industries": read_industry_table,
    "references": read_references,
    "ratings": read_ratings,
    "surveys": read_survey,
    "events": read_events,
}
FIGURES = pd.DataFrame(
    {
        "industry": ["steel", "steel", "paper"],
        "period_end": ["2022-12-31", "2023-12-31", "2023-12-31"],
        "known_on": ["2023-04-30", "2024-04-30", "2024-04-30"],
        "firms": [1000.0, 1000.0, 80.0],
        "defaults": [20.0, 30.0, 1.0],
    }
)


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


# --- what is read --------------------------------------------------------------------


def as_csv(frame: pd.DataFrame, folder: Path) -> Any:
    path = folder / "figures.csv"
    frame.to_csv(path, index=False)
    return path


def as_xlsx(frame: pd.DataFrame, folder: Path) -> Any:
    path = folder / "figures.xlsx"
    book = openpyxl.Workbook()
    book.active.append(list(frame.columns))
    for row in frame.astype(object).to_numpy().tolist():
        book.active.append(row)
    book.save(path)
    return path


def as_typed(frame: pd.DataFrame, _: Path) -> Any:
    dates = [name for name in ("period_end", "known_on") if name in frame]
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in dates})


WAYS: dict[str, Any] = {
    "csv": as_csv,
    "xlsx": as_xlsx,
    "text dates": lambda frame, _: frame,
    "dates": as_typed,
    "polars": lambda frame, folder: pl.from_pandas(as_typed(frame, folder)),
    "arrow": lambda frame, folder: pa.Table.from_pandas(as_typed(frame, folder)),
}


@pytest.mark.parametrize("way", WAYS)
def test_all_kinds_of_tables_give_the_same(way: str, tmp_path: Path) -> None:
    found = read_industry_table(WAYS[way](FIGURES, tmp_path))
    assert found.n_rows == 3
    assert len(found.rejects) == 0
    table = found.table
    assert table["industry"].tolist() == ["steel", "steel", "paper"]
    assert table["firms"].tolist() == [1000.0, 1000.0, 80.0]
    assert table["period_end"].dt.strftime("%Y-%m-%d").tolist() == FIGURES["period_end"].tolist()
    assert table["known_on"].dt.strftime("%Y-%m-%d").tolist() == FIGURES["known_on"].tolist()
    records = CustomerRecords(industries=table)
    assert records.tables["industries"].n_rows == 3


def test_dates_of_a_workbook(tmp_path: Path) -> None:
    typed = as_typed(FIGURES, tmp_path)
    found = read_industry_table(as_xlsx(typed, tmp_path))
    assert found.table["known_on"].dt.strftime("%Y-%m-%d").tolist() == FIGURES["known_on"].tolist()


def test_names_constants_and_lags() -> None:
    given = FIGURES.drop(columns="known_on").rename(columns={"industry": "branch", "firms": "n"})
    found = read_industry_table(
        given.assign(note="x", margin=0.1), columns={"industry": "branch", "firms": "n"},
        source="office", known_lag_days=120, numbers=("margin",),
    )  # fmt: skip
    assert found.table["source"].tolist() == ["office"] * 3
    assert found.table["known_on"].dt.strftime("%Y-%m-%d").tolist()[0] == "2023-04-30"
    assert found.table["margin"].tolist() == [0.1] * 3
    assert found.ignored == ("note",)
    assert repr(found) == (
        "ReadResult(industries from the table: 3 of 3 rows, 0 rejected; columns not read: note)"
    )
    one_day = read_industry_table(FIGURES.drop(columns="known_on"), known_on="2024-05-01")
    assert set(one_day.table["known_on"].dt.strftime("%Y-%m-%d")) == {"2024-05-01"}


def test_each_row_has_a_source(tmp_path: Path) -> None:
    unnamed = read_industry_table(FIGURES)
    assert set(unnamed.table["source"]) == {"a table without a source"}
    path = as_csv(FIGURES.assign(source=["office", None, " "]), tmp_path)
    from_file = read_industry_table(path)
    assert from_file.table["source"].tolist() == ["office", "figures.csv", "figures.csv"]
    with pytest.raises(InvalidParameterError, match="'source', and read_industry_table was told"):
        read_industry_table(path, source="me")


def test_columns_that_are_not_read_may_hold_anything() -> None:
    strange = FIGURES.assign(
        updated=pd.to_datetime(FIGURES["known_on"]).dt.tz_localize("UTC"), tags=[[1], [2], [3]]
    )
    assert read_industry_table(strange).ignored == ("updated", "tags")
    other_name = FIGURES.rename(columns={"known_on": "published"})
    other_name["published"] = pd.to_datetime(other_name["published"])
    with pytest.raises(MissingColumnError, match="'known_on' is not in the table"):
        read_industry_table(other_name)


def test_decimals_of_databases_are_numbers() -> None:
    decimals = FIGURES.assign(firms=[Decimal("1000.5"), None, Decimal(80)])
    for table in (decimals, pl.from_pandas(decimals), pa.Table.from_pandas(decimals)):
        firms = read_industry_table(table).table["firms"]
        assert firms.fillna(-1).tolist() == [1000.5, -1.0, 80.0]


def test_infinite_numbers_of_a_frame_are_rejected() -> None:
    found = read_industry_table(FIGURES.assign(hhi=[0.1, np.inf, np.nan]), strict=False)
    reject = found.rejects.loc[0, ["row", "column", "reason"]].tolist()
    assert reject == [1, "hhi", "is not finite"]
    assert len(found.table) == 2


def test_times_with_a_zone_are_refused() -> None:
    zoned = FIGURES.assign(known_on=pd.to_datetime(FIGURES["known_on"]).dt.tz_localize("UTC"))
    with pytest.raises(ColumnTypeError, match=r"'known_on' must hold dates. Got times of the"):
        read_industry_table(zoned)


@pytest.mark.parametrize(
    "text",
    ["2023-12-31", "2023/12/31", "2023.12.31", "2023年12月31日", " 2023-12-31 00:00:00 ",
     "2023-12-31T00:00:00.000"],
)  # fmt: skip
def test_days_with_the_year_first_are_read(text: str) -> None:
    found = read_industry_table(FIGURES.tail(1).assign(period_end=text))
    assert str(found.table.loc[0, "period_end"].date()) == "2023-12-31"
    short = read_industry_table(FIGURES.tail(1).assign(period_end="2023/4/3"))
    assert str(short.table.loc[0, "period_end"].date()) == "2023-04-03"


@pytest.mark.parametrize(
    "text",
    ["31.12.2023", "12/31/2023", "3/4/2023", "20231231", "45291", "2023-12/31", "2023-12",
     "2023-13-01", "2023年2月30日", "2023-12-31 05:00", "31 Dec 2023"],
)  # fmt: skip
def test_other_days_are_not_guessed(text: str) -> None:
    found = read_industry_table(FIGURES.tail(1).assign(period_end=text), strict=False)
    assert found.rejects["reason"].tolist() == ["is no day written YYYY-MM-DD"]


def test_customers_that_are_numbers_stay_numbers_in_frames_and_are_text_in_files(
    tmp_path: Path,
) -> None:
    letters = pd.DataFrame({"customer": [7, 8], "opinion": [1, 0]})
    details: dict[str, Any] = {"association": "iron", "known_on": "2024-01-01"}
    assert read_references(letters, **details).table["customer"].tolist() == [7, 8]
    for way in (as_csv, as_xlsx):
        found = read_references(way(letters, tmp_path), **details).table
        assert found["customer"].tolist() == ["7", "8"]


def test_words_for_opinions(tmp_path: Path) -> None:
    path = write(tmp_path / "o.csv", "customer,opinion\nA, good \nB,0.4\nC,bad\n")
    found = read_references(
        path, association="iron", known_on="2024-01-01", opinions={"good": 1}, strict=False
    )
    assert found.table["opinion"].tolist() == [1.0, 0.4]
    reason = "is no plain number (digits, with a point for decimals)"
    assert found.rejects.to_numpy().tolist() == [[4, "opinion", "bad", reason]]
    with pytest.raises(InvalidParameterError, match=r"opinions\['good'\]"):
        read_references(path, association="iron", known_on="2024-01-01", opinions={"good": 2})


# --- faults --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("industry", "", "is empty"),
        ("period_end", "", "is empty"),
        ("period_end", "31.12.2023", "is no day written YYYY-MM-DD"),
        ("period_end", "2023-02-30", "is no day written YYYY-MM-DD"),
        ("firms", "1,000", "is no plain number"),
        ("firms", "12%", "is no plain number"),
        ("firms", "nan", "is no plain number"),
        ("firms", "1e999", "is not finite"),
        ("firms", "-1", "is not 0 or more"),
        ("hhi", "1.5", "is not within 0 to 1"),
        ("defaults", "1001", "is more than the 1000 firms"),
        ("known_on", "2023-12-30", "is before the end of its period, 2023-12-31"),
    ],
)
def test_each_fault_has_its_place(column: str, cell: str, reason: str, tmp_path: Path) -> None:
    good = {"industry": "steel", "period_end": "2023-12-31", "known_on": "2024-04-30",
            "firms": "1000", "defaults": "3", "hhi": "0.1"}  # fmt: skip
    frame = pd.DataFrame([good, good | {"industry": "paper", column: cell}, good]).astype(str)
    path = as_csv(frame.iloc[:2], tmp_path)
    with pytest.raises(InvalidDataError, match="strict=False") as caught:
        read_industry_table(path)
    assert f"{path}, line 3, column '{column}'" in str(caught.value)
    assert reason in str(caught.value)
    assert "1 of 2 rows cannot be used" in str(caught.value)
    found = read_industry_table(path, strict=False)
    assert found.table["industry"].tolist() == ["steel"]
    assert found.rejects[["row", "column"]].to_numpy().tolist() == [[3, column]]
    assert found.rejects.loc[0, "reason"].startswith(reason)


def test_a_row_may_be_known_on_the_day_its_period_ends() -> None:
    same_day = FIGURES.assign(known_on=FIGURES["period_end"])
    assert len(read_industry_table(same_day).table) == 3


def test_repeated_and_overlong_rows_are_rejected(tmp_path: Path) -> None:
    path = write(
        tmp_path / "s.csv",
        "industry,survey,period_end,known_on,balance\n"
        "steel,climate,2024-03-31,2024-04-20,0.1\n"
        "\n"
        "steel,climate,2024-03-31,2024-04-20,0.2\n"
        "steel,climate,2024-06-30,2024-07-20,0,1\n"
        "steel,orders,2024-06-30,2024-07-20\n",
    )
    found = read_survey(path, strict=False)
    assert len(found.table) == 1
    assert found.rejects["row"].tolist() == [4, 5, 6]
    assert found.rejects["reason"].tolist() == [
        "repeats industry, survey, period_end, known_on of line 2",
        "has more cells than the header has columns",
        "is empty",
    ]
    assert found.n_rows == 4


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["steel", "", "paper"]), st.sampled_from(["0.1", "2", "x", ""])),
        min_size=1,
        max_size=8,
    )
)
def test_no_row_vanishes(rows: list[tuple[str, str]]) -> None:
    frame = pd.DataFrame(rows, columns=["industry", "balance"]).assign(
        survey=[f"s{i}" for i in range(len(rows))], period_end="2024-03-31", known_on="2024-04-20"
    )
    found = read_survey(frame, strict=False)
    assert len(found.table) + found.rejects["row"].nunique() == found.n_rows == len(rows)
    good = [i for i, (word, balance) in enumerate(rows) if word and balance == "0.1"]
    assert found.table["survey"].tolist() == [f"s{i}" for i in good]
    assert sorted(set(range(len(rows))) - set(good)) == sorted(set(found.rejects["row"]))


def test_all_rows_may_be_rejected() -> None:
    found = read_survey(
        pd.DataFrame({"industry": ["a"], "balance": [9.0], "period_end": ["2024-03-31"]}),
        survey="s", known_on="2024-04-01", strict=False,
    )  # fmt: skip
    assert list(found.table.columns) == [
        "industry", "survey", "period_end", "known_on", "balance", "source",
    ]  # fmt: skip
    assert len(found.table) == 0
    assert "9" in found._repr_html_()


def test_events_end_after_they_begin() -> None:
    news = pd.DataFrame({"event": ["tax"], "effective_on": ["2024-07-01"],
                         "ends_on": ["2024-06-30"], "direction": [-1]})  # fmt: skip
    with pytest.raises(InvalidDataError, match="is before the first day in effect, 2024-07-01"):
        read_events(news, known_on="2024-01-01")
    with pytest.raises(InvalidDataError, match=r"'0.0' is not -1 or 1|'0' is not -1 or 1"):
        read_events(news.assign(direction=0.0, ends_on=None), known_on="2024-01-01")


# --- ratings -------------------------------------------------------------------------


def rating(agency: str, symbol: str, **details: Any) -> Any:
    frame = pd.DataFrame({"customer": ["A"], "agency": [agency], "rating": [symbol]})
    table = read_ratings(frame, known_on="2024-01-01", **details).table
    return table.loc[0, ["scale", "notch"]].tolist()


@pytest.mark.parametrize(
    ("agency", "symbol", "notch"),
    [
        ("S&P", "AAA", 1), ("S&P", "AA+", 2), ("S&P", "BBB-", 10), ("S&P", "BB+", 11),
        ("S&P", "CCC-", 19), ("S&P", "CC", 20), ("S&P", "C", 21), ("S&P", "D", 22),
        ("S&P", "SD", 22), ("标普", "A-", 7), ("Fitch", "RD", 22), ("Fitch Ratings", "B −", 16),
        ("Moody's", "Aaa", 1), ("Moody’s", "Aa1", 2), ("moodys", "Baa3", 10),
        ("Moody's", "Ba1", 11), ("Moody's", "Caa3", 19), ("Moody's", "Ca", 20),
        ("Moody's", "C", 21), ("DBRS", "AA (high)", 2), ("DBRS", "BBB(low)", 10),
        ("DBRS", "BB (HIGH)", 11), ("DBRS", "CCC (low)", 19), ("DBRS", "CC (high)", 20),
        ("DBRS", "D", 22),
    ],
)  # fmt: skip
def test_notches_of_global_agencies(agency: str, symbol: str, notch: int) -> None:
    assert rating(agency, symbol) == ["global", notch]


@pytest.mark.parametrize("agency", ["中诚信国际", "联合资信", "大公国际", "东方金诚", "CCXI"])
def test_chinese_agencies_have_a_scale_of_their_own(agency: str) -> None:
    assert rating(agency, "AA+") == ["china", 2]
    assert rating(agency, "C") == ["china", 21]


@pytest.mark.parametrize("symbol", ["NR", "WR", "WD", "nr", "withdrawn"])
def test_withdrawn_ratings_have_no_notch(symbol: str) -> None:
    scale, notch = rating("S&P", symbol)
    assert scale == "global"
    assert np.isnan(notch)


def test_own_agencies_use_the_symbols_of_a_known_one() -> None:
    assert rating("Local", "BBB", agencies={"Local": "S&P"}) == ["global", 9]
    with pytest.raises(InvalidParameterError, match=r"no agency 'Moddys' in agencies\['Local'\]"):
        rating("Local", "BBB", agencies={"Local": "Moddys"})


def test_unknown_symbols_and_agencies_list_near_ones() -> None:
    with pytest.raises(InvalidDataError, match=r"'BAA2' is no rating of Moody's \(near: Baa2"):
        rating("Moody's", "BAA2")
    with pytest.raises(InvalidDataError, match="'BBB3' is no rating of S&P"):
        rating("S&P", "BBB3")
    with pytest.raises(InvalidDataError, match=r"no agency that is known. Near: Fitch. Say by"):
        rating("Fich", "A")
    with pytest.raises(InvalidDataError, match="column 'agency': 'xyz' is no agency"):
        rating("xyz", "A")


# --- files and parameters ------------------------------------------------------------


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    as_csv(FIGURES, tmp_path)
    with pytest.raises(DocumentNotFoundError, match=r"Did you mean 'figures.csv'\?"):
        read_industry_table(tmp_path / "figure.csv")
    with pytest.raises(DocumentNotFoundError, match="is a folder"):
        read_industry_table(tmp_path)
    (tmp_path / "gbk.csv").write_bytes("行业,period_end\n钢铁,2023\n".encode("gbk"))
    with pytest.raises(DocumentError, match="not a text file in UTF-8"):
        read_industry_table(tmp_path / "gbk.csv")
    with pytest.raises(DocumentError, match="part its cells by semicolons"):
        read_industry_table(write(tmp_path / "s.csv", "industry;firms\na;1\n"))
    with pytest.raises(DuplicateColumnError, match="more than one column named 'a'"):
        read_industry_table(write(tmp_path / "t.csv", "a,a\n1,2\n"))
    with pytest.raises(DocumentError, match="column 2 has no name in the header"):
        read_industry_table(write(tmp_path / "n.csv", "industry,,period_end\na,b,c\n"))
    merged = pd.DataFrame([["steel", "", "2023-12-31"]], columns=["industry", None, "period_end"])
    with pytest.raises(DocumentError, match="split cells that were merged"):
        read_industry_table(as_xlsx(merged, tmp_path))
    with pytest.raises(EmptyDataError, match="no header and no row"):
        read_industry_table(write(tmp_path / "e.csv", "\n# x\n"))
    with pytest.raises(EmptyDataError, match="no row below its header"):
        read_industry_table(write(tmp_path / "h.csv", "industry,period_end\n,\n"))
    with pytest.raises(DocumentError, match="cannot be read as a workbook"):
        read_industry_table(write(tmp_path / "w.xlsx", "industry"))
    with pytest.raises(InvalidParameterError, match=r"from .csv and .xlsx files"):
        read_industry_table(write(tmp_path / "w.txt", "industry"))
    with pytest.raises(DocumentError, match="cannot be read as CSV"):
        read_industry_table(write(tmp_path / "q.csv", 'industry,period_end\n"a"b,c\n'))


@pytest.mark.parametrize(
    ("details", "error", "match"),
    [
        ({"columns": {"branch": "industry"}}, InvalidParameterError,
         r"Did you mean \{'industry': 'branch'\}"),
        ({"columns": {"firms": "defaults"}}, InvalidParameterError, "stand for two columns"),
        ({"columns": {"industri": "x"}}, InvalidParameterError, "Did you mean 'industry'"),
        ({"columns": {"hhi": "concentration"}}, MissingColumnError, "'concentration' is not in"),
        ({"numbers": ("margin",)}, MissingColumnError, "'margin' is not in the table"),
        ({"numbers": ("firms",)}, InvalidParameterError, "columns that are read anyway"),
        ({"known_on": "2024-01-01"}, InvalidParameterError, "was told the same by a parameter"),
        ({"known_lag_days": 3}, InvalidParameterError, "was told the same by a parameter"),
        ({"known_lag_days": -3}, InvalidParameterError, "known_lag_days"),
        ({"known_on": "x"}, InvalidParameterError, "must be a day"),
        ({"source": 3}, InvalidParameterError, "'source'"),
        ({"strict": 1}, InvalidParameterError, "'strict'"),
    ],
)  # fmt: skip
def test_parameters_that_do_not_fit(details: Any, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        read_industry_table(FIGURES, **details)


def test_a_table_must_say_when_it_was_known() -> None:
    with pytest.raises(MissingColumnError, match="were known on one day"):
        read_industry_table(FIGURES.drop(columns="known_on"))
    with pytest.raises(InvalidParameterError, match="Got both"):
        read_industry_table(
            FIGURES.drop(columns="known_on"), known_on="2024-05-01", known_lag_days=1
        )


@pytest.mark.parametrize("data", [np.zeros((2, 2)), None, [1, 2], {"industry": ["steel"]}])
def test_what_is_no_table_is_refused(data: Any) -> None:
    with pytest.raises(InvalidParameterError, match="need named columns"):
        read_industry_table(data)


# --- templates -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_template_with_its_example_filled_in_is_read(
    kind: str, ending: str, tmp_path: Path
) -> None:
    path = tmp_path / f"{kind}.{ending}"
    write_template(kind, path)  # type: ignore[arg-type]
    with pytest.raises(EmptyDataError, match="no row below its header"):
        READERS[kind](path)
    columns = template_columns(kind)  # type: ignore[arg-type]
    example = columns["example"].tolist()
    if ending == "csv":
        text = path.read_text(encoding="utf-8-sig") + ",".join(example) + "\n"
        path.write_text(text, encoding="utf-8-sig")
    else:
        book = openpyxl.load_workbook(path)
        book[kind].append(example)
        book.save(path)
    found = READERS[kind](path)
    assert len(found.table) == 1
    assert set(columns["column"]) <= set(found.table.columns)
    assert found.ignored == ()
    assert CustomerRecords(**{kind: found.table}).tables[kind].n_rows == 1  # type: ignore[index]


@pytest.mark.parametrize("kind", READERS)
def test_templates_explain_each_column(kind: str, tmp_path: Path) -> None:
    columns = template_columns(kind)  # type: ignore[arg-type]
    assert columns["description"].str.endswith(".").all()
    write_template(kind, tmp_path / "t.csv")  # type: ignore[arg-type]
    lines = (tmp_path / "t.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[-1] == ",".join(columns["column"])
    assert all(line.startswith(("#", '"#')) for line in lines[:-1])
    for name in columns["column"]:
        assert any(f"# {name}:" in line for line in lines)


def test_templates_of_other_kinds_and_names(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterError, match="Did you mean 'surveys'"):
        template_columns("survey")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match=r"must end in .csv or .xlsx"):
        write_template("surveys", tmp_path / "t.txt")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_template_never_takes_the_place_of_a_file(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"surveys.{ending}"
    path.write_text("filled in", encoding="utf-8")
    with pytest.raises(InvalidParameterError, match="which may be filled in"):
        write_template("surveys", path)
    assert path.read_text(encoding="utf-8") == "filled in"


def test_workbooks_need_their_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = as_xlsx(FIGURES, tmp_path)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    for call in (lambda: read_industry_table(path),
                 lambda: write_template("surveys", tmp_path / "t.xlsx")):  # fmt: skip
        with pytest.raises(MissingDependencyError, match=r"creditscore\[excel\]"):
            call()
