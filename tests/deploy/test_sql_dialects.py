"""What each dialect writes, names that it refuses, and queries of engines that are not here.

These are read by sqlglot as their dialect, turned into one of DuckDB, and run there.
"""

from __future__ import annotations

import math
import re
import sqlite3
import struct
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from creditscore import PointsScale, Scorecard
from creditscore.binning import CategoricalPartition
from creditscore.deploy import to_sql
from creditscore.deploy._sql import DIALECTS
from creditscore.exceptions import InvalidParameterError, MissingDependencyError
from creditscore.scorecard import Attribute, Characteristic, SegmentedScorecard, Segments
from engines import ask_sqlite, in_duckdb

NOT_RUN = ("spark", "bigquery", "snowflake", "tsql", "oracle")
TEXTS = (
    "O'Neil",
    '"; DROP TABLE x; --',
    "\\' \\",
    "a\\\nb",
    "a\\\r\nb",
    "%{0}",
    "é 企业",
    "/*",
    "#",
)
NAME = "O'N % é"


def levels(name: str, *levels: Any) -> Characteristic:
    points = {level: 0.1 * place for place, level in enumerate(levels)}
    return Characteristic.categorical(name, points=points, missing_points=-1, other_points=-2)


CARD = Scorecard(
    characteristics=(
        Characteristic.numeric(
            NAME,
            cuts=[2, 10.1, 1e-7 + 11],
            points=[0, 0.1, 40, 0.1 + 0.2],
            slopes=[0, 5.3, 0, 0],
            missing_points=-7.25,
            special_points={-1: 3, 0.1: 9},
        ),
        levels("text", *TEXTS),
        levels("branch", 1, 2, 4.5),
        levels("is_firm", True, False),
    ),
    base_points=100.3,
    scale=PointsScale(base_score=120, base_odds=3, pdo=7),
)


def one(name: str) -> Scorecard:
    return Scorecard(
        characteristics=(Characteristic.numeric(name, cuts=[2], points=[0, 20], missing_points=5),)
    )


def in_words_of_duckdb(query: str, dialect: str) -> str:
    if dialect == "oracle":
        # forms that sqlglot does not read
        query = re.sub(r"(?<![\w.])(\d[\d.e+-]*)d\b", r"CAST('\1' AS DOUBLE PRECISION)", query)
        nan = "= CAST('NaN' AS DOUBLE PRECISION)"
        query = query.replace("IS NAN", nan).replace("IS INFINITE", "IN ('inf', '-inf')")
        query = query.replace("WHERE ROWNUM > 0", "").replace("AND ROWNUM > 0", "")

    def plain(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Collate):
            return node.this
        if isinstance(node, exp.DataType) and node.this == exp.DataType.Type.FLOAT:
            # of 53 bits in T-SQL, of 24 to sqlglot
            return exp.DataType.build("DOUBLE")
        if isinstance(node, exp.National):
            return exp.Literal.string(node.name)
        if isinstance(node, exp.Anonymous) and node.name == "NCHAR":
            return exp.Literal.string(chr(int(node.expressions[0].name)))
        if isinstance(node, exp.Add) and any(
            isinstance(side, (exp.National, exp.Anonymous)) for side in (node.left, node.right)
        ):
            return exp.DPipe(
                this=node.left.transform(plain), expression=node.right.transform(plain)
            )
        return node

    return sqlglot.parse_one(query, dialect=dialect).transform(plain).sql("duckdb")


def rows_of_card() -> pd.DataFrame:
    """Give numbers at edges and beyond all, texts, and levels that are missing or not known."""
    edges = [-1, 0.1, float(np.float32(0.1)), 2, math.nextafter(2, 0), 10.1, 1e-7 + 11, math.inf]
    n = 12
    return pd.DataFrame(
        {
            "id": range(n),
            NAME: np.resize([*edges, np.nan, -math.inf], n),
            "text": pd.Series([*TEXTS, "A", None, "o'neil"], dtype=object),
            "branch": np.resize([1, 2, 4.5, np.nan, 7], n),
            "is_firm": np.resize([True, False], n),
        }
    )


def segmented() -> SegmentedScorecard:
    """Divide by texts, some of which are refused, and one segment by an amount."""
    by_text = Segments.by_levels("text", {TEXTS[0]: TEXTS[1:5], "rest": TEXTS[5:]}, missing="rest")
    by_amount = Segments.by_cuts(NAME, [2, 10.1], ["a'b", "c", "a'b"], missing="c")
    card = Scorecard(characteristics=CARD.characteristics[2::-1], base_points=7, scale=CARD.scale)
    rule = by_text.divided(TEXTS[0], by_amount)
    return SegmentedScorecard(segments=rule, cards=(CARD, card, card))


@pytest.mark.parametrize("dialect", NOT_RUN)
@pytest.mark.parametrize("card", [CARD, segmented()], ids=["one", "segmented"])
def test_queries_of_other_engines_say_the_same(
    card: Scorecard | SegmentedScorecard, dialect: str
) -> None:
    rows, asked = rows_of_card(), {"keep": ["id"], "n_reasons": 3}
    query = in_words_of_duckdb(to_sql(card, dialect=dialect, **asked), dialect)
    found, expected = (
        in_duckdb(text, rows).sort_values("id").reset_index(drop=True)
        for text in (query, to_sql(card, dialect="duckdb", **asked))
    )
    if dialect == "tsql":
        # its numbers have no infinity, for which nothing is written
        can_be = ~np.isinf(rows[NAME])
        found, expected = found[can_be], expected[can_be]
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, check_exact=True)
    assert found["score"].notna().sum() >= 6
    if card is not CARD:
        assert found["segment"].nunique() == 3


@pytest.mark.parametrize("dialect", [d for d in DIALECTS if d != "sqlite"])
def test_no_number_is_a_bare_decimal(dialect: str) -> None:
    query = to_sql(CARD, dialect=dialect, table="credit.applicants", n_reasons=2)
    if dialect == "oracle":
        assert "DOUBLE PRECISION" not in query
        assert "0.1d + 5.3d * (CAST" in query
        return
    (tree,) = sqlglot.parse(query, dialect=dialect)
    numbers = [literal.name for literal in tree.find_all(exp.Literal) if not literal.is_string]
    # the rest are ranks, codes of letters, and how many rows there can be
    assert all(number.isdigit() for number in numbers)
    names = {name.name for name in tree.find_all(exp.Identifier)}
    assert {NAME, f"{NAME}_points", "text", "credit", "applicants", "reason_2"} <= names


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_sqlite_reads_every_number_exactly(number: float) -> None:
    literal = DIALECTS["sqlite"](exp).number(number).sql("sqlite")
    ((found,),) = ask_sqlite(f"SELECT {literal}")
    assert type(found) is float
    assert found == number


@pytest.mark.parametrize(
    "number", [5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, -0.1, 2.0**53 + 2, 1e22]
)
def test_sqlite_reads_extreme_numbers_exactly(number: float) -> None:
    literal = DIALECTS["sqlite"](exp).number(number).sql("sqlite")
    ((found,),) = ask_sqlite(f"SELECT {literal}")
    assert struct.pack("d", found) == struct.pack("d", number)


def test_sqlite_scores_no_text_as_a_number_and_no_number_as_text() -> None:
    values = "('12'), (x'3132'), (12), (NULL), ('a'), (3.5)"
    create = f"CREATE TABLE applicants AS SELECT column1 AS v FROM (VALUES {values})"  # noqa: S608
    numbers = to_sql(one("v"), dialect="sqlite")
    assert [score for _, score in ask_sqlite(create, numbers)] == [None, None, 20, 5, None, 20]
    card = Scorecard(characteristics=(levels("v", "12", "a"),))
    texts = to_sql(card, dialect="sqlite")
    assert [score for _, score in ask_sqlite(create, texts)] == [0, None, None, -1, 0.1, None]


def test_sqlite_compares_text_by_bytes_whatever_the_column_declares() -> None:
    query = to_sql(Scorecard(characteristics=(levels("v", "a"),)), dialect="sqlite")
    found = ask_sqlite(
        "CREATE TABLE applicants (v TEXT COLLATE NOCASE)",
        "INSERT INTO applicants VALUES ('a'), ('A')",
        query,
    )
    assert [score for _, score in found] == [0, -2]


def test_tsql_parts_a_text_where_a_backslash_would_go_on_in_the_next_line() -> None:
    card = Scorecard(characteristics=(levels("v", "a\\\nb", "\\\r\n\\\n", "a\nb", "\\"),))
    query = to_sql(card, dialect="tsql")
    assert "\\\n" not in query
    assert "\\\r" not in query
    assert r"N'a\' + NCHAR(10) + N'b'" in query
    assert r"N'\' + NCHAR(13) + NCHAR(10) + N'\' + NCHAR(10) + N''" in query
    assert "N'a\nb'" in query
    assert "[v] COLLATE Latin1_General_100_BIN2 IN (" in query


@pytest.mark.parametrize("dialect", list(DIALECTS))
def test_booleans(dialect: str) -> None:
    query = to_sql(Scorecard(characteristics=(levels("v", True, False),)), dialect=dialect)
    as_booleans = dialect in {"postgres", "spark", "bigquery", "snowflake"}
    assert ("IN (TRUE)" in query) == as_booleans


def test_booleans_among_numbers_are_numbers() -> None:
    query = to_sql(Scorecard(characteristics=(levels("v", True, 2),)), dialect="postgres")
    assert "TRUE" not in query


def test_oracle_takes_a_thousand_levels_at_a_time() -> None:
    group = tuple(f"level {place}" for place in range(2500))
    many = Characteristic.categorical("v", points={group: 3}, missing_points=0, other_points=1)
    query = to_sql(Scorecard(characteristics=(many,)), dialect="oracle")
    assert [text.count("'level ") for text in query.split(" IN (")[1:]] == [1000, 1000, 500]


@pytest.mark.parametrize(
    ("dialect", "apart"),
    [
        ("postgres", "OFFSET 0"),
        ("sqlite", "LIMIT -1"),
        ("tsql", "TOP 9223372036854775807"),
        ("oracle", "WHERE ROWNUM > 0"),
    ],
)
def test_inner_queries_are_kept_apart_where_reasons_use_them_often(
    dialect: str, apart: str
) -> None:
    assert apart not in to_sql(one("v"), dialect=dialect)
    assert apart in to_sql(one("v"), dialect=dialect, n_reasons=1)


def test_reasons_of_many_characteristics_take_no_longer_for_each_pair() -> None:
    n = 25
    columns = [
        Characteristic.numeric(f"x{i}", cuts=[i, i + 1], points=[0, i, 3], missing_points=1)
        for i in range(n)
    ]
    query = to_sql(Scorecard(characteristics=tuple(columns)), dialect="sqlite", n_reasons=4)
    connection = sqlite3.connect(":memory:")
    frame = pd.DataFrame(np.arange(n * 50.0).reshape(50, n) % 60, columns=[c.name for c in columns])
    frame.to_sql("applicants", connection, index=False)
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1000
        return 0

    connection.set_progress_handler(count, 1000)
    connection.execute(query).fetchall()
    connection.close()
    # some ten steps a comparison; written out one into the other they would be ten thousand
    assert steps / 50 < 30 * n * n


# --- what is refused -----------------------------------------------------------------


@pytest.mark.parametrize(
    "table",
    [
        "",
        "O'x",
        None,
        "read_csv('x')",
        "a AS b",
        "(SELECT 1)",
        "a;b",
        "a--b",
        "a/**/",
        "a.",
        "a.b.c.d",
    ],
)
def test_what_is_no_table_is_refused(table: Any) -> None:
    with pytest.raises(InvalidParameterError, match="must be the name of a table"):
        to_sql(CARD, dialect="duckdb", table=table)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"dialect": "excel"}, "'dialect' parameter of to_sql"),
        ({"dialect": "duckdb", "keep": "id"}, "must be a list of columns"),
        ({"dialect": "duckdb", "keep": ["Score"]}, "two columns named"),
        ({"dialect": "duckdb", "keep": ["text_points"]}, "two columns named 'text_points'"),
        ({"dialect": "duckdb", "keep": ["Reason_1"], "n_reasons": 1}, "two columns named"),
        ({"dialect": "duckdb", "keep": [""]}, "column without a name"),
        ({"dialect": "duckdb", "keep": ["a\x00"]}, "a null character"),
        ({"dialect": "duckdb", "keep": ["\ud800"]}, "half of a character"),
        ({"dialect": "oracle", "keep": ['a"b']}, "No column of oracle has a name with '\"'"),
        ({"dialect": "bigquery", "keep": ["a`b"]}, "No column of bigquery has a name with '`'"),
        ({"dialect": "postgres", "keep": ["é" * 32]}, "may have 63"),
        ({"dialect": "oracle", "keep": ["é" * 65]}, "may have 128"),
        ({"dialect": "tsql", "keep": ["𝔘" * 65]}, "may have 128"),
        ({"dialect": "duckdb", "n_reasons": -1}, "'n_reasons'"),
        ({"dialect": "duckdb", "n_reasons": 1, "baseline": "best"}, "'baseline'"),
    ],
)
def test_parameters(params: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        to_sql(CARD, **params)


def test_names_as_long_as_they_may_be() -> None:
    name = "é" * 28
    assert f'"{name}_points"' in to_sql(one(name), dialect="postgres")
    with pytest.raises(InvalidParameterError, match="may have 63"):
        to_sql(one(name + "e"), dialect="postgres")
    with pytest.raises(InvalidParameterError, match="without a name"):
        to_sql(one(""), dialect="sqlite")


@pytest.mark.parametrize(
    ("characteristic", "dialect", "message"),
    [
        (levels("v", "a", 2), "duckdb", "levels of text and of numbers"),
        (levels("v", "a", True), "duckdb", "levels of text and of numbers"),
        (levels("v", 2**53, 3), "duckdb", "cannot tell from its neighbours"),
        (levels("v", "a\x00"), "sqlite", "a null character"),
        (levels("v", "\udfff"), "postgres", "half of a character"),
        (levels("v", "a", ""), "oracle", "takes for missing"),
        (levels("v", "a ", "a"), "tsql", "differ in blanks at the end"),
    ],
)
def test_levels_that_a_query_cannot_tell(
    characteristic: Characteristic, dialect: str, message: str
) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        to_sql(Scorecard(characteristics=(characteristic,)), dialect=dialect)


@pytest.mark.parametrize(
    ("dialect", "table", "written"),
    [
        ("postgres", "applicants", '"applicants"'),
        ("postgres", '"Our ""best"" applicants"', '"Our ""best"" applicants"'),
        ("postgres", 'credit."a.b"', '"credit"."a.b"'),
        ("tsql", "[our applicants]", "[our applicants]"),
        ("bigquery", "`our-project`.credit.applicants", "`our-project`.`credit`.`applicants`"),
    ],
)
def test_tables(dialect: str, table: str, written: str) -> None:
    assert f"FROM {written} AS" in to_sql(one("v"), dialect=dialect, table=table)


@pytest.mark.parametrize(
    ("dialect", "table", "quotes"),
    [
        ("postgres", "`applicants`", 'quotes names by ". Got'),
        ("duckdb", "[applicants]", 'quotes names by ". Got'),
        ("oracle", "credit.`applicants`", 'quotes names by ". Got'),
        ("snowflake", "[credit].applicants", 'quotes names by ". Got'),
        ("spark", '"applicants"', "such as .* or `Our applicants`: spark quotes names by `"),
        ("bigquery", "[applicants]", "quotes names by `"),
        ("tsql", "`applicants`", r'quotes names by " or \['),
        ("sqlite", "applicants`", r'quotes names by " or ` or \['),
    ],
)
def test_quotes_of_other_dialects_are_refused(dialect: str, table: str, quotes: str) -> None:
    with pytest.raises(InvalidParameterError, match=quotes):
        to_sql(one("v"), dialect=dialect, table=table)


@pytest.mark.parametrize(
    ("dialect", "table", "written"),
    [
        ("sqlite", "[our applicants]", '"our applicants"'),
        ("sqlite", "`our applicants`", '"our applicants"'),
        ("tsql", '"our applicants"', "[our applicants]"),
        ("spark", "`our applicants`", "`our applicants`"),
    ],
)
def test_quotes_of_the_dialect_are_taken(dialect: str, table: str, written: str) -> None:
    assert f"FROM {written} AS" in to_sql(one("v"), dialect=dialect, table=table)


@pytest.mark.parametrize(
    ("dialect", "name", "message"),
    [
        ("postgres", "é" * 40, "has 80 bytes, and names of postgres may have 63"),
        ("oracle", "企" * 50, "has 150 bytes, and names of oracle may have 128"),
        ("tsql", "𝔘" * 70, "has 140 units of UTF-16, and names of tsql may have 128"),
        ("snowflake", "a" * 256, "has 256 letters, and names of snowflake may have 255"),
    ],
)
def test_names_that_are_too_long_are_counted_as_the_engine_does(
    dialect: str, name: str, message: str
) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        to_sql(one(name), dialect=dialect)


def test_a_card_without_levels() -> None:
    nothing = Characteristic(
        name="v",
        partition=CategoricalPartition(),
        attributes=(Attribute(points=1), Attribute(points=2)),
    )
    query = to_sql(Scorecard(characteristics=(nothing,)), dialect="duckdb")
    found = in_duckdb(query, pd.DataFrame({"v": pd.Series(["a", None], dtype=object)}))
    assert found["score"].tolist() == [2, 1]


def test_without_sqlglot_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    with pytest.raises(MissingDependencyError, match=r'pip install "creditscore\[sql\]"'):
        to_sql(CARD, dialect="duckdb")


@pytest.mark.parametrize(
    ("card", "asked"),
    [
        (one("a\nb"), {}),
        (one("a\rb"), {}),
        (one("a"), {"keep": ["x\ny"]}),
        (one("a"), {"table": '"our\napplicants"'}),
        (one("__SQLGLOT__LBREAK__"), {}),
        (Scorecard(characteristics=(levels("v", "a\nb"),)), {}),
    ],
)
def test_line_breaks_in_a_pretty_query_are_refused(card: Scorecard, asked: dict[str, Any]) -> None:
    to_sql(card, dialect="duckdb", **asked)
    with pytest.raises(InvalidParameterError, match="holds a line break"):
        to_sql(card, dialect="duckdb", pretty=True, **asked)


def test_pretty_is_a_truth() -> None:
    pretty: Any = "yes"
    with pytest.raises(InvalidParameterError, match="'pretty' parameter of to_sql must be True or"):
        to_sql(one("a"), dialect="duckdb", pretty=pretty)
