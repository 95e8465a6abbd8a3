"""The expert scorecard: weighted sub-scores, one type with estimated cards, frozen anchors."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore import ExpertScorecard, GradeScale, Scorecard
from creditscore.deploy import to_excel, to_python, to_sql
from creditscore.exceptions import (
    AlteredDocumentError,
    ColumnTypeError,
    InfiniteValueError,
    InvalidParameterError,
    MissingColumnError,
    RefusedValueError,
    UnseenCategoryWarning,
)
from creditscore.expert import (
    BandScore,
    CategoryScore,
    MinMaxScore,
    PercentileScore,
    StandardBandScore,
    UtilityScore,
    VetoRule,
    WeightHierarchy,
    Weights,
    load_template,
)
from engines import in_duckdb
from spreadsheets import by_formulas, fill

SUBSCORES = {
    "return_on_equity": StandardBandScore(
        excellent=0.139, good=0.095, average=0.06, lower=0.01, poor=-0.05, missing_score=0
    ),
    "debt_ratio": StandardBandScore(
        excellent=0.45, good=0.52, average=0.6, lower=0.72, poor=0.85, missing_score=0
    ),
    "current_ratio": UtilityScore(
        points=[(0.5, 0), (1.5, 100), (2.5, 100), (5, 60)], missing_score=10, special_scores={-9: 5}
    ),
    "days_late": BandScore(
        cuts=[0, 30, 90], scores=[100, 70, 30, 0], closed="right", missing_score=50
    ),
    "years": PercentileScore.from_sample([1, 2, 2, 5, 9, 14], missing_score=20),
    "audit": CategoryScore(
        scores={"clean": 100, "qualified": 40, "adverse": 0}, missing_score=20, other_score=10
    ),
}
WEIGHTS = WeightHierarchy.of(
    {
        "financial": (
            60,
            {"return_on_equity": 20, "debt_ratio": 12, "current_ratio": 10},
        ),
        "reputation": (25, {"days_late": 3, "audit": 1}),
        "years": 15,
    }
)
CARD = ExpertScorecard(
    subscores=SUBSCORES,
    weights=WEIGHTS,
    title="Try",
    title_zh="试",
    labels={"financial": "Financial condition", "audit": "Opinion of the auditor"},
    labels_zh={"financial": "财务状况"},
    five_c={"years": ("character",), "audit": ("character", "capital")},
    vetoes=(
        VetoRule(column="judgement", operator="==", value=True, cap="CCC", reason="a judgement"),
    ),
)
FIRMS = pd.DataFrame(
    {
        "return_on_equity": [0.117, -0.2, np.nan, 0.06, 0.3],
        "debt_ratio": [0.56, 0.85, 0.9, 0.3, np.nan],
        "current_ratio": [1.0, -9, 7.0, 2.0, np.nan],
        "days_late": [0, 30, 31, np.nan, 100.0],
        "years": [2, 0.5, 20, 3.5, np.nan],
        "audit": ["clean", "qualified", None, "adverse", "clean"],
    },
    index=["A", "B", "C", "D", "E"],
)
RAW = pd.DataFrame(
    {
        "return_on_equity": [90.0, 0, 0, 60, 100],
        "debt_ratio": [70.0, 20, 0, 100, 0],
        "current_ratio": [50.0, 5, 60, 100, 10],
        "days_late": [100.0, 70, 30, 50, 0],
        "years": [100 * 2 / 6, 0, 100, 100 * (2 + 3.5) / 2 / 6, 20],
        "audit": [100.0, 40, 20, 0, 100],
    },
    index=FIRMS.index,
)
"""Sub-scores by hand; of six years, 2 has the mid-rank 2, 5 has 3.5, and 3.5 lies half-way."""

numbers = st.one_of(st.none(), st.floats(-100, 100), st.sampled_from([0.0, 0.139, 0.85, -9, 2.5]))
rows = st.tuples(
    *[numbers] * 5, st.sampled_from(["clean", "qualified", "adverse", None])
).map(lambda values: dict(zip(SUBSCORES, values, strict=True)))  # fmt: skip


def frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Make a table whose columns have the same types however few rows there are."""
    table = pd.DataFrame(rows)
    kinds = dict.fromkeys(list(SUBSCORES)[:5], float) | {"audit": object}
    return table.astype(kinds)


# --- reference -------------------------------------------------------------------------------


def test_scores_by_hand() -> None:
    leaves = WEIGHTS.leaves()
    found = CARD.subscores_of(FIRMS)
    assert list(found) == list(leaves.names)
    expected = RAW[list(leaves.names)]
    pd.testing.assert_frame_equal(found, expected)
    score = CARD.score(FIRMS)
    np.testing.assert_allclose(score, expected.to_numpy() @ leaves.array(), rtol=1e-12)
    assert score.index.tolist() == list("ABCDE")
    assert score.name == "score"


def test_groups_are_the_weighted_means_of_their_criteria() -> None:
    groups = CARD.group_scores(FIRMS)
    assert list(groups) == ["financial", "reputation", "years"]
    assert groups.loc["A", "reputation"] == pytest.approx(0.75 * 100 + 0.25 * 100)
    assert groups.loc["B", "reputation"] == pytest.approx(0.75 * 70 + 0.25 * 40)
    assert groups.loc["A", "financial"] == pytest.approx((20 * 90 + 12 * 70 + 10 * 50) / 42)
    total = groups.to_numpy() @ WEIGHTS.weights.array()
    np.testing.assert_allclose(CARD.score(FIRMS), total, rtol=1e-12)


def test_the_measures_of_2006_have_their_weights() -> None:
    # 国资发评价〔2006〕157号: weights out of 100 in each part, and 70 to 30 between the two
    card = load_template("performance_2006")
    leaves = card.leaves.to_dict()
    financial = dict(zip(leaves, [20, 14, 10, 12, 12, 10, 12, 10], strict=False))
    assert next(iter(financial)) == "return_on_equity"
    for name, weight in financial.items():
        assert leaves[name] == pytest.approx(0.7 * weight / 100)
    management = [18, 15, 16, 13, 14, 8, 8, 8]
    assert list(leaves.values())[8:] == pytest.approx([0.3 * w / 100 for w in management])
    average = {name: card.subscores[name].standards[2] for name in financial}  # type: ignore[attr-defined]
    row = pd.DataFrame([{**average, **dict.fromkeys(list(leaves)[8:], 60)}])
    assert card.score(row)[0] == pytest.approx(60)


# --- laws ------------------------------------------------------------------------------------


@given(some=st.lists(rows, min_size=1, max_size=6))
@settings(max_examples=40)
def test_a_row_alone_scores_as_among_others(some: list[dict[str, Any]]) -> None:
    table = frame(some)
    together, parts = CARD.score(table), CARD.subscores_of(table)
    for place in range(len(some)):
        alone = table.iloc[[place]]
        assert CARD.score(alone).tolist() == [together.iloc[place]]
        assert CARD.subscores_of(alone).to_numpy().tolist() == [parts.iloc[place].tolist()]


@given(some=st.lists(rows, min_size=1, max_size=6), top=st.floats(1, 1000))
@settings(max_examples=40)
def test_the_score_is_the_weighted_sum_within_its_range(
    some: list[dict[str, Any]], top: float
) -> None:
    card = replace(CARD, scale_to=top)
    table = frame(some)
    expected = card.subscores_of(table).to_numpy() @ card.leaves.array() * top / 100
    np.testing.assert_allclose(card.score(table), expected, rtol=1e-9, atol=1e-9)
    low, high = card.scorecard.score_range
    assert ((card.score(table) >= low - 1e-9) & (card.score(table) <= high + 1e-9)).all()


@given(some=st.lists(rows, min_size=1, max_size=6))
@settings(max_examples=15)
def test_sql_compiled_card_and_python_say_the_same(some: list[dict[str, Any]]) -> None:
    table = frame(some).assign(id=range(len(some)))
    card = CARD.scorecard
    score = card.score(table).tolist()
    query = to_sql(card, dialect="duckdb", keep=["id"], n_reasons=3, baseline="maximum")
    found = in_duckdb(query, table).sort_values("id")
    assert found["score"].tolist() == score
    decide = card.compile(n_reasons=3, baseline="maximum")
    answers = [decide(row) for row in table.to_dict("records")]
    assert [answer.score for answer in answers] == score
    reasons = card.reasons(table, n=3, baseline="maximum")
    in_sql = found[[f"reason_{rank}" for rank in (1, 2, 3)]]
    for answer, *rows in zip(
        answers, reasons.itertuples(index=False), in_sql.itertuples(index=False), strict=True
    ):
        for row in rows:
            assert list(answer.reasons) == [name for name in row if isinstance(name, str)]


# --- one type with estimated cards -----------------------------------------------------------


def test_all_of_a_scorecard_works() -> None:
    card = CARD.scorecard
    assert Scorecard.from_json(card.to_json()) == card
    points = card.table()
    assert set(points["characteristic"]) == set(SUBSCORES)
    assert points["slope"].any()
    reasons = card.reasons(FIRMS, n=2)
    # of B, equity lacks 60 points of 0.2857 to the average standard, the years 50 of 0.15 to the
    # median, debt 40 of 0.1714, the current ratio 45 of 0.1429, and days late are above the middle
    assert reasons.loc["B"].tolist() == ["return_on_equity", "years"]
    lacking = card.shortfalls(FIRMS).loc["B"]
    np.testing.assert_allclose(lacking["return_on_equity"], 60 * 0.6 * 20 / 42)
    np.testing.assert_allclose(lacking["years"], 7.5)
    np.testing.assert_allclose(lacking["days_late"], -20 * 0.25 * 0.75)
    assert (card.shortfalls(FIRMS, baseline="maximum") >= -1e-9).all().all()
    scale = GradeScale(labels=("A", "B", "C"), bounds=(70, 50), measure="score")
    assert scale.grade(card.score(FIRMS)).tolist() == ["A", "C", "C", "B", "C"]
    with pytest.warns(UnseenCategoryWarning, match="'odd'"):
        assert CARD.score(FIRMS.assign(audit="odd")).notna().all()


def test_python_export_says_the_same() -> None:
    namespace: dict[str, Any] = {}
    exec(to_python(CARD.scorecard), namespace)  # noqa: S102 - our own text
    records = FIRMS.astype(object).where(FIRMS.notna(), None).to_dict("records")
    found = [namespace["score"](record) for record in records]
    assert [_number(answer) for answer in found] == CARD.score(FIRMS).tolist()


def _number(answer: Any) -> float:
    return float(answer if isinstance(answer, (int, float)) else answer["score"])


def test_excel_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "card.xlsx"
    to_excel(CARD.scorecard, path, rows=len(FIRMS), n_reasons=1)
    records = FIRMS.astype(object).where(FIRMS.notna(), None).to_dict("records")
    fill(path, records)
    found = [row.score for row in by_formulas(path, len(records))]
    np.testing.assert_allclose(found, CARD.score(FIRMS), rtol=1e-12)


def test_any_library_and_a_whole_table() -> None:
    expected = CARD.score(FIRMS).tolist()
    arrow = pa.Table.from_pandas(FIRMS, preserve_index=False)
    polars = pl.from_arrow(arrow)
    assert CARD.score(polars).to_list() == expected
    assert isinstance(CARD.subscores_of(polars), pl.DataFrame)
    assert CARD.score(arrow).to_pylist() == expected
    assert isinstance(CARD.group_scores(arrow), pa.Table)


# --- parts of the card -----------------------------------------------------------------------


def test_table_tells_what_is_scored_how() -> None:
    table = CARD.table().set_index("criterion")
    assert table["weight"].sum() == pytest.approx(1)
    assert table.loc["audit", "label"] == "Opinion of the auditor"
    assert table.loc["audit", "group"] == "reputation"
    assert table.loc["years", "group"] == ""
    assert table.loc["days_late", "rule"] == "100 up to 0, 70 above 0, 30 above 30, 0 above 90"
    assert table.loc["current_ratio", "missing"] == 10
    html = CARD._repr_html_()
    assert "Try" in html
    assert "days_late" in html
    assert repr(CARD) == "<ExpertScorecard Try: 6 criteria in 3 groups, to 100, 1 veto rules>"


def test_other_weights_and_another_rule() -> None:
    flat = CARD.with_weights(Weights.of(dict.fromkeys(SUBSCORES, 1)))
    np.testing.assert_allclose(flat.score(FIRMS), CARD.subscores_of(FIRMS).mean(axis=1))
    assert flat.group_scores(FIRMS).equals(flat.subscores_of(FIRMS))
    late = CARD.with_subscore("days_late", MinMaxScore(low=0, high=1, missing_score=0))
    assert late.subscores_of(FIRMS)["days_late"].tolist() == [0, 100, 100, 0, 100]
    assert CARD.subscores["days_late"] == SUBSCORES["days_late"]
    with pytest.raises(InvalidParameterError, match=r"'day_late'.*Did you mean 'days_late'"):
        CARD.with_subscore("day_late", MinMaxScore(low=0, high=1))


def test_a_criterion_without_weight_counts_for_nothing() -> None:
    names = list(SUBSCORES)
    card = CARD.with_weights(Weights.of(dict.fromkeys(names, 1) | {"years": 0}))
    assert card.score(FIRMS).equals(card.score(FIRMS.assign(years=3)))


def test_json_holds_all(tmp_path: Path) -> None:
    ahp = Weights.of(dict.fromkeys(SUBSCORES, 1), method="ahp", evidence={"cr": 0.03})
    for card in (CARD, CARD.with_weights(ahp), load_template("trade_credit")):
        path = tmp_path / "card.json"
        card.to_json(path)
        again = ExpertScorecard.from_json(path)
        assert again == card
        assert again.scorecard == card.scorecard
    path.write_text(path.read_text().replace("0.5", "0.6"))
    with pytest.raises(AlteredDocumentError, match="altered"):
        ExpertScorecard.from_json(path)


# --- errors ----------------------------------------------------------------------------------


def test_refusals_speak_of_the_rule() -> None:
    strict = CARD.with_subscore("years", MinMaxScore(low=0, high=10)).with_subscore(
        "audit", CategoryScore(scores={"clean": 100, "adverse": 0}, missing_score=0)
    )
    with pytest.raises(RefusedValueError, match=r"Column 'years' has 1 value.*give the sub-score"):
        strict.score(FIRMS.assign(audit="clean"))
    with (
        pytest.raises(RefusedValueError, match=r"Column 'audit' .* in no category: 'qualified'"),
        pytest.warns(UnseenCategoryWarning),
    ):
        strict.score(FIRMS.assign(years=1))
    with pytest.raises(MissingColumnError, match=r"'debt_ratio' \(near: 'debt_rate'"):
        CARD.score(FIRMS.rename(columns={"debt_ratio": "debt_rate"}))
    with pytest.raises(MissingColumnError, match="debt_ratio"):
        CARD.subscores_of(FIRMS.drop(columns="debt_ratio"))
    with pytest.raises(InfiniteValueError, match="'years'"):
        CARD.score(FIRMS.assign(years=math.inf))
    with pytest.raises(ColumnTypeError, match="no names"):
        CARD.group_scores(np.zeros((2, 6)))


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"weights": Weights.of({"debt_ratios": 1})}, "no weight for the sub-score 'return"),
        (
            {"subscores": {**SUBSCORES, "year": SUBSCORES["years"]}},
            "sub-score 'year' .*Did you mean 'years'",
        ),
        (
            {"subscores": {k: v for k, v in SUBSCORES.items() if k != "audit"}},
            "no sub-score for the criterion 'audit'",
        ),
        ({"subscores": dict.fromkeys(SUBSCORES, 3)}, "must be a SubScore"),
        ({"weights": {"a": 1}}, "must be Weights or a WeightHierarchy"),
        ({"scale_to": 0}, "'scale_to'"),
        ({"title": 3}, "'title'"),
        ({"labels": {"finance": "x"}}, "Did you mean 'financial'"),
        ({"labels_zh": {"years": 3}}, "must be a str"),
        ({"five_c": {"years": "charcter"}}, "Did you mean 'character'"),
        ({"five_c": {"years": ()}}, "must be some of character"),
        ({"vetoes": ("x",)}, "must be a VetoRule"),
        (
            {
                "weights": WeightHierarchy.of(
                    {"years": (1, {"years": 1, "audit": 1}), "debt_ratio": 1}
                ),
                "subscores": {n: SUBSCORES[n] for n in ("years", "audit", "debt_ratio")},
            },
            "name of its own. Seen more than once: 'years'",
        ),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, Any], match: str) -> None:
    plain: dict[str, Any] = {"subscores": SUBSCORES, "weights": WEIGHTS}
    with pytest.raises(InvalidParameterError, match=match):
        ExpertScorecard(**{**plain, **changes})
