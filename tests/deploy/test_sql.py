"""A card as SQL says what the card says, where it is run: DuckDB and SQLite."""

from __future__ import annotations

import math
import sqlite3
import sys
import warnings
from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore import LogisticScorecard, PointsScale, Scorecard, WOEEncoder
from creditscore.binning import BinPolicy, CategoricalPartition, MixedPartition
from creditscore.deploy import rules_of, to_sql
from creditscore.deploy._sql import DIALECTS
from creditscore.exceptions import InvalidParameterError, MissingDependencyError
from creditscore.scorecard import Attribute, Characteristic

HOSTILE = "O'Neil \"x\"; DROP TABLE applicants; -- \\' \\ % {0} é 企业"
"""Text that ends strings and names wherever it is not escaped."""

CARD = Scorecard(
    characteristics=(
        Characteristic.numeric(
            HOSTILE,
            cuts=[2, 10.1, 1e-7 + 11],
            points=[0, 0.1, 40, 0.1 + 0.2],
            slopes=[0, 5.3, 0, 0],
            missing_points=-7.25,
            special_points={-1: 3, 0.1: 9},
        ),
        Characteristic.categorical(
            "audit",
            points={"clean": 30.1, (HOSTILE, "none"): 5, "": 6, "ümlaut": 7},
            missing_points=0.3,
            other_points=-2,
        ),
        Characteristic(
            name="branch",
            partition=CategoricalPartition(groups=((1, 2), (3, 4.5)), special_codes=(99,)),
            attributes=tuple(Attribute(points=p) for p in (1.5, 2.5, 3.5, 4.5, 5.5)),
        ),
    ),
    base_points=100.3,
    scale=PointsScale(base_score=120, base_odds=3, pdo=7),
)


def in_duckdb(query: str, rows: pd.DataFrame) -> pd.DataFrame:
    with duckdb.connect() as connection:
        connection.register("applicants", rows)
        found: pd.DataFrame = connection.execute(query).df()
    return found


def in_sqlite(query: str, rows: pd.DataFrame) -> pd.DataFrame:
    connection = sqlite3.connect(":memory:")
    try:
        rows.to_sql("applicants", connection, index=False)
        return pd.read_sql_query(query, connection)
    finally:
        connection.close()


ENGINES: dict[str, Callable[[str, pd.DataFrame], pd.DataFrame]] = {
    "duckdb": in_duckdb,
    "sqlite": in_sqlite,
}
QUERIES = {name: to_sql(CARD, dialect=name, keep=["id"]) for name in ENGINES}

NUMBER = st.one_of(
    st.none(),
    st.sampled_from([-1.0, 0.1, float(np.float32(0.1)), 2.0, 10.1, 1e-7 + 11, 0.0, -0.0]),
    st.sampled_from([math.nextafter(2, 0), math.nextafter(10.1, 11), math.nextafter(10.1, 0)]),
    st.floats(allow_nan=False, allow_infinity=False),
)
TEXT = st.sampled_from(["clean", "none", HOSTILE, "", "?", "ümlaut", "UMLAUT", "Clean", None])
BRANCH = st.sampled_from([1.0, 2.0, 3.0, 4.5, 99.0, 7.0, None])


def frame_of(rows: list[tuple[Any, Any, Any]]) -> pd.DataFrame:
    numbers, texts, branches = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "id": range(len(rows)),
            HOSTILE: np.array(numbers, dtype=float),
            "audit": pd.Series(texts, dtype=object),
            "branch": np.array(branches, dtype=float),
        }
    )


@pytest.mark.parametrize("engine", list(ENGINES))
@given(rows=st.lists(st.tuples(NUMBER, TEXT, BRANCH), min_size=1, max_size=40))
@settings(max_examples=25, deadline=None)
def test_as_the_card_on_any_row(engine: str, rows: list[tuple[Any, Any, Any]]) -> None:
    frame = frame_of(rows)
    found = ENGINES[engine](QUERIES[engine], frame)
    decide = CARD.compile()
    with warnings.catch_warnings(action="ignore"):
        answers = [
            decide({HOSTILE: number, "audit": text, "branch": branch})
            for number, text, branch in rows
        ]
    assert found["id"].tolist() == list(range(len(rows)))
    assert found["score"].tolist() == [answer.score for answer in answers]
    for name in CARD.names:
        assert found[f"{name}_points"].tolist() == [answer.points[name] for answer in answers]
    assert CARD.scale is not None
    np.testing.assert_allclose(found["pd"], CARD.scale.prob_default(found["score"]), rtol=1e-12)


@pytest.fixture(scope="module")
def estimated(german: pd.DataFrame) -> tuple[Scorecard, pd.DataFrame]:
    X = german.drop(columns="is_bad").copy()
    X.loc[::7, "age_years"] = np.nan
    encoder = WOEEncoder(special_codes={"duration_months": [12]})
    with warnings.catch_warnings(action="ignore"):
        model = LogisticScorecard(encoder=encoder, min_iv=0).fit(X, german["is_bad"])
    return model.scorecard_, X


@pytest.mark.parametrize("engine", list(ENGINES))
def test_all_applicants_and_every_edge(
    engine: str, estimated: tuple[Scorecard, pd.DataFrame]
) -> None:
    card, X = estimated
    numbers = [c for c in rules_of(card).columns if c.kind == "numeric"]
    for column in numbers:
        X = X.astype({column.name: float})
    rows = [X]
    for column in numbers:
        for interval in column.intervals[1:]:
            cut = float(interval.low or 0.0)
            near = [math.nextafter(cut, -math.inf), cut, math.nextafter(cut, math.inf)]
            rows.append(X.iloc[[1] * 3].assign(**{column.name: near}))
    table = pd.concat(rows, ignore_index=True)
    levels = table.select_dtypes(exclude="number").columns
    table = table.astype(dict.fromkeys(levels, object))
    found = ENGINES[engine](to_sql(card, dialect=engine), table)
    with warnings.catch_warnings(action="ignore"):
        assert found["score"].tolist() == card.score(table).tolist()
        np.testing.assert_allclose(found["pd"], card.prob_default(table), rtol=1e-12)


def test_nan_and_infinity_in_duckdb() -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE applicants AS SELECT * FROM (VALUES ('NaN'::DOUBLE), ('inf'), ('-inf')"
            ', (NULL), (3)) AS t("years")'
        )
        years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
        query = to_sql(Scorecard(characteristics=(years,)), dialect="duckdb")
        found = [row[0] for row in connection.execute(query).fetchall()]
        levels = Characteristic.categorical(
            "years", points={3: 20}, missing_points=5, other_points=7
        )
        query = to_sql(Scorecard(characteristics=(levels,)), dialect="duckdb")
        of_levels = [row[0] for row in connection.execute(query).fetchall()]
    assert found == of_levels == [5.0, None, None, 5.0, 20.0]


@pytest.mark.parametrize("engine", list(ENGINES))
def test_numbers_of_other_types(engine: str) -> None:
    rows = pd.DataFrame({"years": [1, 2, 3], "is_firm": [True, False, True]})
    card = Scorecard(
        characteristics=(
            Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5),
            Characteristic.categorical(
                "is_firm", points={True: 1, False: 2}, missing_points=3, other_points=4
            ),
        )
    )
    found = ENGINES[engine](to_sql(card, dialect=engine), rows)
    assert found["score"].tolist() == card.score(rows).tolist()
    assert "pd" not in found


@pytest.mark.parametrize("engine", list(ENGINES))
def test_what_the_policy_refuses_has_no_score(engine: str, german: pd.DataFrame) -> None:
    X, y = german[["age_years", "housing"]].astype({"housing": object}), german["is_bad"]
    policy = {"housing": BinPolicy(missing="error", unseen="error")}
    with warnings.catch_warnings(action="ignore"):
        card = LogisticScorecard(encoder=WOEEncoder(policy=policy), min_iv=0).fit(X, y).scorecard_
    rows = X.head(3).copy()
    rows["housing"] = [None, "castle", "own"]
    found = ENGINES[engine](to_sql(card, dialect=engine), rows)
    assert found["score"].isna().tolist() == [True, True, False]
    assert found["pd"].isna().tolist() == [True, True, False]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_names_and_texts_come_back_whole_in_every_dialect(dialect: str) -> None:
    query = to_sql(CARD, dialect=dialect, table="credit.applicants", keep=["id"])
    (tree,) = sqlglot.parse(query, dialect=dialect)
    kinds = sqlglot.exp.Literal, sqlglot.exp.National
    texts = {literal.this for literal in tree.find_all(*kinds)}
    assert {HOSTILE, "clean", "none", "", "ümlaut"} <= texts
    names = {name.this for name in tree.find_all(sqlglot.exp.Identifier)}
    assert {HOSTILE, f"{HOSTILE}_points", "audit", "id", "credit", "applicants"} <= names
    # every number is typed: a bare 0.5 is a decimal in several engines
    assert all(literal.is_string for literal in tree.find_all(sqlglot.exp.Literal))


def test_tables_may_have_a_schema() -> None:
    years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    query = to_sql(Scorecard(characteristics=(years,)), dialect="duckdb", table="credit.people")
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA credit")
        connection.execute("CREATE TABLE credit.people AS SELECT 3 AS years")
        assert connection.execute(query).fetchall() == [(20.0, 20.0)]


@pytest.mark.parametrize("table", ["", "O'x", None, "read_csv('x')"])
def test_what_is_no_table_is_refused(table: Any) -> None:
    with pytest.raises(InvalidParameterError, match="must be the name of a table"):
        to_sql(CARD, dialect="duckdb", table=table)


@pytest.mark.parametrize("engine", list(ENGINES))
def test_a_column_that_is_not_there_is_no_text(engine: str) -> None:
    years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    card = Scorecard(characteristics=(years,))
    with pytest.raises(Exception, match=r"years"):
        ENGINES[engine](to_sql(card, dialect=engine), pd.DataFrame({"z": [1]}))
    query = to_sql(card, dialect=engine, keep=["idd"])
    with pytest.raises(Exception, match=r"idd"):
        ENGINES[engine](query, pd.DataFrame({"years": [1]}))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"dialect": "excel"}, "'dialect' parameter of to_sql"),
        ({"dialect": "duckdb", "keep": "id"}, "must be a list of columns"),
        ({"dialect": "duckdb", "keep": ["Score"]}, "two columns named"),
        ({"dialect": "duckdb", "keep": ["audit_points"]}, "two columns named 'audit_points'"),
    ],
)
def test_parameters(params: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        to_sql(CARD, **params)


def test_what_sql_cannot_hold_is_refused() -> None:
    mixed = Characteristic(
        name="bureau",
        partition=MixedPartition(cuts=(500.0,), special_codes=("NO HIT",)),
        attributes=tuple(Attribute(points=p) for p in range(5)),
    )
    both = Characteristic.categorical(
        "code", points={"a": 1, 2: 2}, missing_points=0, other_points=0
    )
    for characteristic, message in ((mixed, "numbers and words"), (both, "text and of numbers")):
        with pytest.raises(InvalidParameterError, match=message):
            to_sql(Scorecard(characteristics=(characteristic,)), dialect="duckdb")
    years = Characteristic.numeric("years", cuts=[2], points=[-1e6, 0], missing_points=0)
    with pytest.raises(InvalidParameterError, match="beyond what EXP computes"):
        to_sql(Scorecard(characteristics=(years,), scale=PointsScale()), dialect="duckdb")


def test_without_sqlglot_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    with pytest.raises(MissingDependencyError, match=r'pip install "creditscore\[sql\]"'):
        to_sql(CARD, dialect="duckdb")
