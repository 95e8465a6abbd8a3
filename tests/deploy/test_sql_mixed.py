"""Numbers and words in one column of text, told apart by DuckDB and PostgreSQL as by the card."""

from __future__ import annotations

import warnings

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore import LogisticScorecard, Scorecard, WOEEncoder
from creditscore.binning import MixedPartition
from creditscore.deploy import to_sql
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard import Attribute, Characteristic
from engines import Engine

CARD = Scorecard(
    characteristics=(
        Characteristic(
            name="bureau",
            partition=MixedPartition(
                cuts=(500.0, 600.5),
                special_codes=(-9.0, "NO HIT", "thin", "frozen", ""),
                n_pooled=2,
            ),
            attributes=tuple(Attribute(points=p) for p in (1, 2.5, 4, -3, -1, 0.5, 7, 8, 9)),
        ),
    ),
    base_points=100.3,
)

ODD = [
    *("500", " 600.5 ", "-9", "-9.0", "1e-05", "1E+3", "12E5", "1e5", ".5", "5.", "+5", "-.5e+01"),
    *("", " ", ".", "+", "-", "e", "1e", "1e+", "1e+-5", "--1", "1 2", "0x1F", "nan", "inf", "NaN"),
    *("1,234", "12,5", "１２", "٣", "499.99999999999997", "600.4999999999999", "00600.5", "-0"),
    *(
        "\t500",
        "500\n",
        "\u00a0500\u3000",
        "\u2028500\x1f",
        "\u200b500",
        "5\n00",
        "500\nx",
        "x\n500",
    ),
    *("NO HIT", "no hit", " NO HIT", "thin", "frozen", "new", "%", "'", "500'", None),
]


def scores_of(engine: Engine, texts: list[str | None]) -> list[float | None]:
    rows = pd.DataFrame({"id": range(len(texts)), "bureau": pd.Series(texts, dtype=object)})
    query = to_sql(CARD, dialect=engine.dialect, keep=["id"])
    found = engine.run(query, rows).sort_values("id")["score"]
    return [None if pd.isna(score) else score for score in found]


def expected_of(texts: list[str | None]) -> list[float | None]:
    rows = pd.DataFrame({"bureau": pd.Series(texts, dtype=object)})
    with warnings.catch_warnings(action="ignore"):
        return list(CARD.score(rows))


def test_odd_texts(engine_of_mixed: Engine) -> None:
    assert scores_of(engine_of_mixed, ODD) == expected_of(ODD)


NUMBERS = st.floats(-9e15, 9e15).filter(lambda number: number == 0 or abs(number) > 1e-90)


@given(
    st.lists(
        st.one_of(
            st.sampled_from(ODD),
            NUMBERS.map(repr),
            st.floats(499.9999999999999, 500.0000000000001).map(repr),
            st.text(alphabet="0123456789+-.eE x\t\u2003", max_size=6),
        ),
        min_size=1,
        max_size=30,
    )
)
@settings(max_examples=30, deadline=None)
def test_any_text(engine_of_mixed: Engine, texts: list[str | None]) -> None:
    assert scores_of(engine_of_mixed, texts) == expected_of(texts)


def test_numbers_that_no_double_holds_have_no_score(engine_of_mixed: Engine) -> None:
    assert scores_of(engine_of_mixed, ["1e+999", "-1e+999", "9" * 400]) == [None, None, None]


def test_what_postgresql_may_not_hold_has_no_score(engine_of_mixed: Engine) -> None:
    # a double holds them: DuckDB says so, PostgreSQL might raise an error for the whole query
    texts = ["1e+100", "1e-400", "0" * 200 + "1"]
    known = None if engine_of_mixed.dialect == "postgres" else 1.0
    scores = scores_of(engine_of_mixed, texts)
    assert scores == ([None] * 3 if known is None else expected_of(texts))


def test_a_card_estimated_on_numbers_and_words(
    engine_of_mixed: Engine, german: pd.DataFrame
) -> None:
    amounts = german["credit_amount"].astype(float).map(repr).astype(object)
    amounts[::9], amounts[3::11] = "unknown", None
    rows = pd.DataFrame({"amount": amounts, "age_years": german["age_years"].astype(float)})
    with warnings.catch_warnings(action="ignore"):
        card = LogisticScorecard(encoder=WOEEncoder(), min_iv=0).fit(rows, german["is_bad"])
        expected = card.scorecard_.score(rows).tolist()
    query = to_sql(card.scorecard_, dialect=engine_of_mixed.dialect, keep=["id"], n_reasons=1)
    rows = rows.rename_axis("id").reset_index()
    found = engine_of_mixed.run(query, rows).sort_values("id")
    assert found["score"].tolist() == expected


@pytest.mark.parametrize("dialect", ["sqlite", "spark", "bigquery", "snowflake", "tsql", "oracle"])
def test_others_are_refused(dialect: str) -> None:
    bureau = Characteristic(
        name="bureau",
        partition=MixedPartition(cuts=(500.0,), special_codes=("NO HIT",)),
        attributes=tuple(Attribute(points=p) for p in range(5)),
    )
    with pytest.raises(InvalidParameterError, match="'bureau' holds numbers and words"):
        to_sql(Scorecard(characteristics=(bureau,)), dialect=dialect)
