"""A card as SQL says what the card says, where it is run: DuckDB, SQLite and PostgreSQL."""

from __future__ import annotations

import functools
import math
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore import LogisticScorecard, PointsScale, Scorecard, WOEEncoder
from creditscore.binning import BinPolicy, CategoricalPartition
from creditscore.datasets import load_taiwan_credit
from creditscore.deploy import rules_of, to_sql
from creditscore.exceptions import UncalibratedCardError
from creditscore.scorecard import Attribute, Characteristic
from engines import Engine

HOSTILE = "O'Neil \"x\"; DROP TABLE applicants; -- \\' \\ % {0} é 企业"
"""Text that ends strings and names wherever it is not escaped."""
NAME = "O'N \"x\"; -- \\' ] ` % {0} é\n"
"""The same in a name, which is short on PostgreSQL."""
HOSTILE_TEXTS = (
    *("'", "''", '"', "\\", "\\\\", "\\'", "a\\\nb", "a\\\r\nb", "\n", "\r", "\t", ";", "--", "/*"),
    *("*/", "%", "%s", "_", "{{x}}", "$$", "$1", ":x", "?", "@x", "#", "`", "]", "NULL", "N'x'"),
    *("a", "A", "a ", " a", "", "é", "e\u0301", "企业", "𝔘", "\u2028", "\u202e", "nan", "1", "1.0"),
    "__SQLGLOT__LBREAK__",
)

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
        Characteristic.categorical(
            "is_firm", points={True: 1.1, False: 40}, missing_points=3, other_points=4
        ),
    ),
    base_points=100.3,
    scale=PointsScale(base_score=120, base_odds=3, pdo=7),
)

NUMBER = st.one_of(
    st.none(),
    st.sampled_from([-1.0, 0.1, float(np.float32(0.1)), 2.0, 10.1, 1e-7 + 11, 0.0, -0.0]),
    st.sampled_from([math.nextafter(2, 0), math.nextafter(10.1, 11), math.nextafter(10.1, 0)]),
    st.floats(allow_nan=False, allow_infinity=False),
)
TEXT = st.sampled_from(["clean", "none", HOSTILE, "", "?", "ümlaut", "UMLAUT", "Clean", None])
BRANCH = st.sampled_from([1.0, 2.0, 3.0, 4.5, 99.0, 7.0, None])
ROW = st.tuples(NUMBER, TEXT, BRANCH, st.booleans())


def frame_of(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    numbers, texts, branches, firms = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "id": range(len(rows)),
            NAME: np.array(numbers, dtype=float),
            "audit": pd.Series(texts, dtype=object),
            "branch": np.array(branches, dtype=float),
            "is_firm": np.array(firms),
        }
    )


def reasons_in(found: pd.DataFrame, n: int) -> list[tuple[str, ...]]:
    columns = found[[f"reason_{rank}" for rank in range(1, n + 1)]]
    rows = columns.astype(object).itertuples(index=False)
    answers = [tuple(name for name in row if isinstance(name, str)) for row in rows]
    # no reason stands after a place without one
    assert all(pd.isna(row).tolist() == sorted(pd.isna(row)) for row in columns.to_numpy(object))
    return answers


@functools.cache
def query_of_card(dialect: str) -> str:
    return to_sql(CARD, dialect=dialect, keep=["id"], n_reasons=3)


@given(rows=st.lists(ROW, min_size=1, max_size=40))
@settings(max_examples=25, deadline=None)
def test_as_the_card_on_any_row(engine: Engine, rows: list[tuple[Any, ...]]) -> None:
    frame = frame_of(rows)
    found = engine.run(query_of_card(engine.dialect), frame).sort_values("id")
    decide = CARD.compile(n_reasons=3, baseline="maximum")
    with warnings.catch_warnings(action="ignore"):
        answers = [decide(dict(zip([NAME, *CARD.names[1:]], row, strict=True))) for row in rows]
    assert found["id"].tolist() == list(range(len(rows)))
    assert found["score"].tolist() == [answer.score for answer in answers]
    for name in CARD.names:
        assert found[f"{name}_points"].tolist() == [answer.points[name] for answer in answers]
    assert reasons_in(found, 3) == [answer.reasons for answer in answers]
    assert CARD.scale is not None
    np.testing.assert_allclose(found["pd"], CARD.scale.prob_default(found["score"]), rtol=1e-12)


def levels_card(levels: tuple[str, ...]) -> Scorecard:
    """Give each level points of its own."""
    points = {level: float(place) for place, level in enumerate(levels)}
    characteristic = Characteristic.categorical(
        "text",
        points=points,  # type: ignore[arg-type]
        missing_points=-1,
        other_points=-2,
    )
    return Scorecard(characteristics=(characteristic,))


def test_every_hostile_text_is_itself_and_no_other(engine: Engine) -> None:
    rows = pd.DataFrame(
        {"id": range(len(HOSTILE_TEXTS)), "text": pd.Series(HOSTILE_TEXTS, dtype=object)}
    )
    query = to_sql(levels_card(HOSTILE_TEXTS), dialect=engine.dialect, keep=["id"])
    found = engine.run(query, rows).sort_values("id")
    assert found["score"].tolist() == found["id"].tolist()
    # a level that is not there is none of those that are
    query = to_sql(levels_card(HOSTILE_TEXTS[::2]), dialect=engine.dialect, keep=["id"])
    found = engine.run(query, rows).sort_values("id")
    assert found["score"].tolist() == [
        -2 if place % 2 else place // 2 for place in range(len(HOSTILE_TEXTS))
    ]


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12))
@settings(max_examples=30, deadline=None)
def test_any_text_is_itself(engine: Engine, text: str) -> None:
    card = levels_card((text, text + "x"))
    query = to_sql(card, dialect=engine.dialect, keep=["id"])
    rows = pd.DataFrame({"id": range(3), "text": pd.Series([text, text + "x", text + "y"])})
    found = engine.run(query, rows.astype({"text": object})).sort_values("id")
    assert found["score"].tolist() == [0, 1, -2]


def estimated_on(
    frame: pd.DataFrame, target: str, special_codes: dict[str, list[float]]
) -> tuple[Scorecard, pd.DataFrame]:
    X = frame.drop(columns=target).copy()
    encoder = WOEEncoder(special_codes=special_codes)
    with warnings.catch_warnings(action="ignore"):
        model = LogisticScorecard(encoder=encoder, min_iv=0).fit(X, frame[target])
    return model.scorecard_, X


@pytest.fixture(scope="module")
def estimated(german: pd.DataFrame) -> tuple[Scorecard, pd.DataFrame]:
    with_gaps = german.astype({"age_years": float})
    with_gaps.loc[::7, "age_years"] = np.nan
    return estimated_on(with_gaps, "is_bad", {"duration_months": [12]})


@pytest.fixture(scope="module")
def taiwan() -> tuple[Scorecard, pd.DataFrame]:
    return estimated_on(load_taiwan_credit().head(6000), "is_bad", {})


def with_every_edge(card: Scorecard, X: pd.DataFrame) -> pd.DataFrame:
    """Add rows whose value is each cut and code, and its neighbours among doubles."""
    numbers = [column for column in rules_of(card).columns if column.kind == "numeric"]
    X = X.astype({column.name: float for column in numbers})
    rows = [X]
    for column in numbers:
        edges = [interval.low for interval in column.intervals[1:]]
        for edge in [*edges, *(value for value, _ in column.values)]:
            assert isinstance(edge, float)
            near = [math.nextafter(edge, -math.inf), edge, math.nextafter(edge, math.inf)]
            rows.append(X.iloc[[1] * 3].assign(**{column.name: near}))
    table = pd.concat(rows, ignore_index=True)
    levels = table.select_dtypes(exclude="number").columns
    return table.astype(dict.fromkeys(levels, object)).rename_axis("id").reset_index()


@pytest.mark.parametrize("sample", ["estimated", "taiwan"])
def test_all_applicants_and_every_edge(
    engine: Engine, sample: str, request: pytest.FixtureRequest
) -> None:
    card, X = request.getfixturevalue(sample)
    table = with_every_edge(card, X)
    query = to_sql(card, dialect=engine.dialect, keep=["id"], n_reasons=4, baseline="neutral")
    found = engine.run(query, table).sort_values("id")
    with warnings.catch_warnings(action="ignore"):
        assert found["score"].tolist() == card.score(table).tolist()
        np.testing.assert_allclose(found["pd"], card.prob_default(table), rtol=1e-12)
        reasons = card.reasons(table).astype(object).to_numpy().tolist()
    assert reasons_in(found, 4) == [
        tuple(name for name in row if isinstance(name, str)) for row in reasons
    ]


@pytest.mark.parametrize("baseline", ["average", "maximum"])
def test_other_baselines(
    engine: Engine, estimated: tuple[Scorecard, pd.DataFrame], baseline: Any
) -> None:
    card, X = estimated
    names = X.select_dtypes(exclude="number").columns
    rows = X.astype(dict.fromkeys(names, object)).rename_axis("id").reset_index()
    # more ranks than there are characteristics
    n = len(card.names) + 1
    query = to_sql(card, dialect=engine.dialect, keep=["id"], n_reasons=n, baseline=baseline)
    found = engine.run(query, rows).sort_values("id")
    expected = card.reasons(rows, n=n, baseline=baseline).astype(object).to_numpy().tolist()
    assert reasons_in(found, n) == [
        tuple(name for name in row if isinstance(name, str)) for row in expected
    ]
    assert found[f"reason_{n}"].isna().all()


def test_equal_shortfalls_come_in_the_order_of_the_card_and_rounding_is_none(
    engine: Engine,
) -> None:
    def one(name: str, shortfall: float) -> Characteristic:
        return Characteristic.numeric(
            name, cuts=[0], points=[0, shortfall], missing_points=0, special_points={7: shortfall}
        )

    shortfalls = {"c": 5.0, "a": 8.0, "b": 5.0, "d": 9e-10, "e": 1.1e-9}
    card = Scorecard(characteristics=tuple(one(*pair) for pair in shortfalls.items()))
    query = to_sql(card, dialect=engine.dialect, n_reasons=6)
    rows = pd.DataFrame({name: [-1.0, 1.0, np.inf] for name in shortfalls})
    found = engine.run(query, rows)
    # what has no score has no reasons
    assert reasons_in(found, 6) == [("a", "c", "b", "e"), (), ()]
    assert reasons_in(found, 6)[:2] == [
        tuple(name for name in row if isinstance(name, str))
        for row in card.reasons(rows.head(2), n=6, baseline="maximum").to_numpy().tolist()
    ]


def test_on_a_reversed_scale_reasons_are_what_adds_points(engine: Engine) -> None:
    scale = PointsScale(base_score=120, base_odds=3, pdo=7, reverse=True)
    card = replace(CARD, scale=scale)
    rows = frame_of(
        [(3.5, "clean", 1.0, True), (None, "none", 99.0, False), (-1.0, "?", None, True)]
    )
    query = to_sql(card, dialect=engine.dialect, keep=["id"], n_reasons=4)
    found = engine.run(query, rows).sort_values("id")
    with warnings.catch_warnings(action="ignore"):
        expected = card.reasons(rows, n=4, baseline="maximum").astype(object).to_numpy().tolist()
        np.testing.assert_allclose(found["pd"], card.prob_default(rows), rtol=1e-12)
    assert reasons_in(found, 4) == [
        tuple(name for name in row if isinstance(name, str)) for row in expected
    ]


def test_probabilities_beyond_what_exp_computes(engine: Engine) -> None:
    years = Characteristic.numeric(
        "years", cuts=[2, 4], points=[-1e6, 600, 1e6], slopes=[0, 1, 0], missing_points=-40_000
    )
    card = Scorecard(characteristics=(years,), scale=PointsScale(pdo=20))
    rows = pd.DataFrame({"id": range(4), "years": [1.0, 3.0, 5.0, np.nan]})
    found = engine.run(to_sql(card, dialect=engine.dialect, keep=["id"]), rows).sort_values("id")
    expected = card.prob_default(rows)
    np.testing.assert_allclose(found["pd"], expected, rtol=1e-12)
    assert expected.iloc[[0, 2, 3]].tolist() == [1, 0, 1]


def test_a_pretty_query_says_the_same(
    engine: Engine, estimated: tuple[Scorecard, pd.DataFrame]
) -> None:
    card, X = estimated
    names = X.select_dtypes(exclude="number").columns
    rows = X.astype(dict.fromkeys(names, object)).rename_axis("id").reset_index()
    asked: dict[str, Any] = {"dialect": engine.dialect, "keep": ["id"], "n_reasons": 2}
    plain, pretty = to_sql(card, **asked), to_sql(card, **asked, pretty=True)
    assert "\n" not in plain
    assert len(pretty.splitlines()) > 100
    found = [engine.run(query, rows).sort_values("id") for query in (plain, pretty)]
    pd.testing.assert_frame_equal(*found)


def test_reasons_need_a_baseline() -> None:
    with pytest.raises(UncalibratedCardError, match="neutral points"):
        to_sql(CARD, dialect="duckdb", n_reasons=1, baseline="neutral")


def table_of(name: str, values: str) -> str:
    return (
        f'CREATE TABLE applicants AS WITH t("{name}") AS (VALUES {values}) '  # noqa: S608
        "SELECT * FROM t"
    )


def test_nan_and_infinity(engine: Engine) -> None:
    years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    levels = Characteristic.categorical("years", points={3: 20}, missing_points=5, other_points=7)
    if engine.dialect == "sqlite":
        values = "(NULL), (9e999), (-9e999), (NULL), (3.0)"
    else:
        values = "(CAST('NaN' AS DOUBLE PRECISION)), ('inf'), ('-inf'), (NULL), (3.0)"
    create = table_of("years", values)
    for characteristic in (years, levels):
        query = to_sql(Scorecard(characteristics=(characteristic,)), dialect=engine.dialect)
        found = [score for _, score in engine.ask(create, query)]
        assert found == [5.0, None, None, 5.0, 20.0]


def test_numbers_of_other_types(engine: Engine) -> None:
    rows = pd.DataFrame({"years": [1, 2, 3], "is_firm": [True, False, True], "code": [10, 20, 30]})
    card = Scorecard(
        characteristics=(
            Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5),
            Characteristic.categorical(
                "is_firm", points={True: 1, False: 2}, missing_points=3, other_points=4
            ),
            Characteristic.categorical(
                "code", points={10: 100, 20: 200}, missing_points=0, other_points=300
            ),
        )
    )
    found = engine.run(to_sql(card, dialect=engine.dialect), rows)
    with warnings.catch_warnings(action="ignore"):
        assert found["score"].tolist() == card.score(rows).tolist()
    assert "pd" not in found


def test_booleans_that_are_missing_or_others(engine: Engine) -> None:
    only_true = Characteristic.categorical(
        "is_firm", points={True: 1}, missing_points=3, other_points=4
    )
    query = to_sql(Scorecard(characteristics=(only_true,)), dialect=engine.dialect)
    truths = "(1), (0), (NULL)" if engine.dialect == "sqlite" else "(TRUE), (FALSE), (NULL)"
    create = table_of("is_firm", truths)
    assert [score for _, score in engine.ask(create, query)] == [1, 4, 3]


@pytest.mark.parametrize("kind", ["DECIMAL(9, 2)", "REAL", "INTEGER", "SMALLINT"])
def test_columns_of_other_numbers(engine: Engine, kind: str) -> None:
    years = Characteristic.numeric("years", cuts=[2, 10.5], points=[0, 20, 40], missing_points=5)
    query = to_sql(Scorecard(characteristics=(years,)), dialect=engine.dialect)
    create = f"CREATE TABLE applicants (years {kind})"
    insert = "INSERT INTO applicants VALUES (1), (2), (10), (11), (NULL)"
    assert [score for _, score in engine.ask(create, insert, query)] == [0, 20, 20, 40, 5]


@pytest.mark.parametrize("kind", ["plain", "small as capital", "an enumeration"])
def test_text_is_compared_letter_by_letter(engine: Engine, kind: str) -> None:
    group = Characteristic.categorical(
        "g", points={"a": 50, "zz": 3}, missing_points=-100, other_points=-5
    )
    query = to_sql(Scorecard(characteristics=(group,)), dialect=engine.dialect)
    before, text = [], "TEXT"
    if kind == "small as capital":
        text = "TEXT COLLATE NOCASE"
        if engine.dialect == "postgres":
            known = "provider = icu, locale = 'und-u-ks-level2', deterministic = false"
            before = [f"CREATE COLLATION ci ({known})"]
            text = "TEXT COLLATE ci"
    # SQLite knows none
    if kind == "an enumeration" and engine.dialect != "sqlite":
        before, text = ["CREATE TYPE letters AS ENUM ('a', 'A', 'b')"], "letters"
    create = f"CREATE TABLE applicants (g {text})"
    insert = "INSERT INTO applicants VALUES ('a'), ('A'), ('b'), (NULL)"
    found = engine.ask(*before, create, insert, query)
    assert [score for _, score in found] == [50, -5, -5, -100]


def test_fractions_that_are_levels_in_columns_of_32_bits(engine: Engine) -> None:
    rates = Characteristic.categorical(
        "rate", points={0.1: 1, 2.5: 2}, missing_points=3, other_points=4
    )
    card = Scorecard(characteristics=(rates,))
    rows = pd.DataFrame({"rate": np.array([0.1, 2.5, 0.25, np.nan], dtype=np.float32)})
    found = engine.run(to_sql(card, dialect=engine.dialect), rows.astype(np.float64))
    with warnings.catch_warnings(action="ignore"):
        assert found["score"].tolist() == card.score(rows).tolist() == [1, 2, 4, 3]


def test_what_the_policy_refuses_has_no_score(engine: Engine, german: pd.DataFrame) -> None:
    X, y = german[["age_years", "housing"]].astype({"housing": object}), german["is_bad"]
    policy = {"housing": BinPolicy(missing="error", unseen="error")}
    with warnings.catch_warnings(action="ignore"):
        card = LogisticScorecard(encoder=WOEEncoder(policy=policy), min_iv=0).fit(X, y).scorecard_
    rows = X.head(3).copy()
    rows["housing"] = [None, "castle", "own"]
    found = engine.run(to_sql(card, dialect=engine.dialect, n_reasons=1), rows)
    assert found["score"].isna().tolist() == [True, True, False]
    assert found["pd"].isna().tolist() == [True, True, False]


def test_tables_may_have_a_schema(engine: Engine) -> None:
    years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    card = Scorecard(characteristics=(years,))
    query = to_sql(card, dialect=engine.dialect, table="credit.people")
    before = "ATTACH ':memory:' AS credit" if engine.dialect == "sqlite" else "CREATE SCHEMA credit"
    found = engine.ask(before, "CREATE TABLE credit.people AS SELECT 3 AS years", query)
    assert found == [(20.0, 20.0)]


def test_a_column_that_is_not_there_is_no_text(engine: Engine) -> None:
    years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    card = Scorecard(characteristics=(years,))
    with pytest.raises(Exception, match=r"years"):
        engine.run(to_sql(card, dialect=engine.dialect), pd.DataFrame({"z": [1]}))
    query = to_sql(card, dialect=engine.dialect, keep=["idd"])
    with pytest.raises(Exception, match=r"idd"):
        engine.run(query, pd.DataFrame({"years": [1]}))


def test_names_within_the_query_meet_none_that_are_kept(engine: Engine) -> None:
    kept = ["shortfall_0", "shortfall_1", "rank_0", "points", "scores", "rows_of_table"]
    years = [
        Characteristic.numeric(name, cuts=[2], points=[0, 20], missing_points=5)
        for name in ("years", "ranks")
    ]
    card = Scorecard(characteristics=tuple(years))
    rows = pd.DataFrame({name: [float(place)] for place, name in enumerate([*kept, *card.names])})
    query = to_sql(card, dialect=engine.dialect, keep=kept, n_reasons=2)
    found = engine.run(query, rows)
    assert found[kept].to_numpy().tolist() == [[0, 1, 2, 3, 4, 5]]
    assert found["score"].tolist() == [40]
