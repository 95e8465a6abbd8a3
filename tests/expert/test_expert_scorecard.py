"""The expert scorecard: weighted sub-scores, one type with estimated cards, frozen anchors."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
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
    WeightHierarchy,
    Weights,
    load_template,
)
from creditscore.scorecard import VetoRule, adverse_reasons
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
    np.testing.assert_allclose(score, expected.to_numpy() @ leaves.array(), rtol=0, atol=1e-10)
    assert score.index.tolist() == list("ABCDE")
    assert score.name == "score"


def test_groups_are_the_weighted_means_of_their_criteria() -> None:
    groups = CARD.group_scores(FIRMS)
    assert list(groups) == ["financial", "reputation", "years"]
    assert groups.loc["A", "reputation"] == pytest.approx(0.75 * 100 + 0.25 * 100)
    assert groups.loc["B", "reputation"] == pytest.approx(0.75 * 70 + 0.25 * 40)
    assert groups.loc["A", "financial"] == pytest.approx((20 * 90 + 12 * 70 + 10 * 50) / 42)
    total = groups.to_numpy() @ WEIGHTS.weights.array()
    np.testing.assert_allclose(CARD.score(FIRMS), total, rtol=0, atol=1e-10)


def test_known_weight_by_hand() -> None:
    weights = WEIGHTS.leaves().to_dict()
    expected = [
        sum(weight for name, weight in weights.items() if not pd.isna(FIRMS[name].iloc[row]))
        for row in range(len(FIRMS))
    ]
    found = CARD.known_weight(FIRMS)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    assert found.index.tolist() == list("ABCDE")
    assert found.name == "known_weight"
    assert found.min() < 1
    other = CARD.known_weight(pl.from_pandas(FIRMS))
    assert isinstance(other, pl.Series)
    assert other.to_list() == found.tolist()


def test_all_is_known_or_nothing_exactly() -> None:
    names = [f"c{i}" for i in range(10)]
    card = ExpertScorecard(
        subscores={name: MinMaxScore(low=0, high=1) for name in names},
        weights=Weights.of(dict.fromkeys(names, 0.1)),
    )
    firms = pd.DataFrame({name: [0.5, np.nan] for name in names})
    assert card.known_weight(firms).tolist() == [1, 0]
    with pytest.raises(MissingColumnError, match="c3"):
        card.known_weight(firms.drop(columns="c3"))


def test_special_codes_and_unknown_levels_are_known() -> None:
    firms = FIRMS.assign(current_ratio=-9.0, audit="lost")
    audit = CARD.known_weight(firms) - CARD.known_weight(FIRMS.assign(audit=None, current_ratio=-9))
    np.testing.assert_allclose(audit, CARD.leaves.to_dict()["audit"], rtol=0, atol=1e-12)


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


def test_a_score_at_a_bound_is_that_of_the_hand() -> None:
    # 0.7 · 0.2 · 60 + … is 59.99999999999999 in floats
    card = load_template("performance_2006")
    standards = {n: s.standards[2] for n, s in card.subscores.items() if hasattr(s, "standards")}
    average = pd.DataFrame([{**dict.fromkeys(card.names, 60), **standards}])
    assert card.scorecard.score(average)[0] != 60
    assert card.score(average).tolist() == [60]
    # which a database reaches by ROUND(score, 10)
    assert card.scorecard.score(average).round(10).tolist() == [60]
    for closed, grade in (("left", "B"), ("right", "C")):
        scale = GradeScale(
            labels=("A", "B", "C"), bounds=(80, 60), measure="score", closed=closed
        )  # fmt: skip
        assert scale.grade(card.score(average)).tolist() == [grade]


@given(
    parts=st.lists(st.tuples(st.integers(1, 20), st.integers(0, 20)), min_size=1, max_size=30),
    top=st.sampled_from([1, 5, 100, 1000]),
)
def test_round_totals_are_round(parts: list[tuple[int, int]], top: int) -> None:
    weights = {f"c{place}": weight for place, (weight, _) in enumerate(parts)}
    card = ExpertScorecard(
        subscores=dict.fromkeys(weights, MinMaxScore(low=0, high=100)),
        weights=Weights.of(weights),
        scale_to=top,
    )
    row = {f"c{place}": 5 * fifths for place, (_, fifths) in enumerate(parts)}
    total = Fraction(sum(weights[name] * row[name] for name in row), sum(weights.values()))
    exact = total * top / 100
    score = card.score(pd.DataFrame([row]))[0]
    assert score == pytest.approx(float(exact), rel=0, abs=1e-12 * 10 * top)
    if (exact * 1000).denominator == 1:
        assert score == float(exact)


@pytest.mark.parametrize("top", [5e-324, 1e-300, 1e-9, 1e300, 1.7e308])
def test_rounding_leaves_scores_of_any_size_alone(top: float) -> None:
    huge = MinMaxScore(low=0, high=3, special_scores={-1: min(1e290, 1e300 / top)})
    card = ExpertScorecard(subscores={"x": huge}, weights=Weights.of({"x": 1}), scale_to=top)
    values = pd.DataFrame({"x": [0, 1, 2, 3, -1]})
    np.testing.assert_allclose(card.score(values), card.scorecard.score(values), rtol=1e-11)


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
    # as the rules mean it: 30 days late earn the upper points
    late = points[points["characteristic"] == "days_late"].set_index("attribute")["points"]
    assert late.index.tolist() == ["<= 0", "(0, 30]", "(30, 90]", "> 90", "Missing"]
    assert late["(0, 30]"] == pytest.approx(70 * 0.1875)
    assert {"[0.72, 0.85]", "> 0.85"} < set(points["attribute"])
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


def test_reasons_speak_by_the_labels_of_the_card() -> None:
    called = CARD.reason_codes().frame()
    called = called[called["attribute"].isna()].set_index("characteristic")
    assert called.loc["audit", "english"] == "Opinion of the auditor: unfavourable"
    # without a Chinese label as in English, without any by its name
    assert called.loc["audit", "chinese"] == "Opinion of the auditor：不利"
    assert called.loc["days_late", ["english", "chinese"]].tolist() == [
        "Days late: too high", "days late：过高",
    ]  # fmt: skip
    template = load_template("trade_credit")
    codes = template.reason_codes(groups={"PAY": ["on_time_rate", "worst_days_past_due"]})
    codes.check(template.scorecard)
    row = {"on_time_rate": 0.1, "worst_days_past_due": 0, "country_risk_class": 6}
    firm = pd.DataFrame([dict.fromkeys(template.names, np.nan) | {"years_in_business": 9} | row])
    told = adverse_reasons(template.scorecard, firm, codes, baseline="maximum", n=17)
    texts = set(told.filter(like="_text").iloc[0].dropna())
    assert {"Country risk: too high", "Debt to assets: not stated"} < texts
    assert "On-time payments and Worst days past due: unfavourable" in texts
    alone = replace(template, labels={}, labels_zh={"on_time_rate": "按时"}).reason_codes()
    found = alone.frame().query("characteristic == 'on_time_rate'").iloc[0]
    assert found[["english", "chinese"]].tolist() == ["On time rate: too low", "按时：过低"]
    with pytest.raises(InvalidParameterError, match="Did you mean 'on_time_rate'"):
        template.reason_codes(groups={"PAY": ["on_time"]})


def test_python_export_says_the_same() -> None:
    namespace: dict[str, Any] = {}
    exec(to_python(CARD.scorecard), namespace)  # noqa: S102 - our own text
    records = FIRMS.astype(object).where(FIRMS.notna(), None).to_dict("records")
    found = [namespace["score"](record) for record in records]
    assert [_number(answer) for answer in found] == CARD.scorecard.score(FIRMS).tolist()


def _number(answer: Any) -> float:
    return float(answer if isinstance(answer, (int, float)) else answer["score"])


def test_exports_say_where_the_card_is(tmp_path: Path) -> None:
    card: Any = CARD
    match = r"Got ExpertScorecard instead; give its attribute scorecard"
    with pytest.raises(InvalidParameterError, match=match):
        to_sql(card, dialect="duckdb")
    with pytest.raises(InvalidParameterError, match=match):
        to_python(card)
    with pytest.raises(InvalidParameterError, match=match):
        to_excel(card, tmp_path / "card.xlsx")


def test_excel_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "card.xlsx"
    to_excel(CARD.scorecard, path, rows=len(FIRMS), n_reasons=1)
    records = FIRMS.astype(object).where(FIRMS.notna(), None).to_dict("records")
    fill(path, records)
    found = [row.score for row in by_formulas(path, len(records))]
    np.testing.assert_allclose(found, CARD.scorecard.score(FIRMS), rtol=1e-12)


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
    assert repr(CARD) == "<ExpertScorecard Try: 6 criteria in 3 groups, to 100, 1 veto rule>"


def test_other_weights_and_another_rule() -> None:
    flat = CARD.with_weights(Weights.of(dict.fromkeys(SUBSCORES, 1)))
    np.testing.assert_allclose(flat.score(FIRMS), CARD.subscores_of(FIRMS).mean(axis=1))
    assert flat.group_scores(FIRMS).equals(flat.subscores_of(FIRMS))
    late = CARD.with_subscore("days_late", MinMaxScore(low=0, high=1, missing_score=0))
    assert late.subscores_of(FIRMS)["days_late"].tolist() == [0, 100, 100, 0, 100]
    assert CARD.subscores["days_late"] == SUBSCORES["days_late"]
    with pytest.raises(InvalidParameterError, match=r"'day_late'.*Did you mean 'days_late'"):
        CARD.with_subscore("day_late", MinMaxScore(low=0, high=1))


def test_weights_of_the_groups_keep_their_parts() -> None:
    groups = Weights.of({"years": 50, "financial": 30, "reputation": 20}, method="ahp")
    card = CARD.with_weights(groups)
    assert isinstance(card.weights, WeightHierarchy)
    assert card.weights.weights == groups
    assert card.weights.parts == WEIGHTS.parts
    assert card == CARD.with_weights(WeightHierarchy(weights=groups, parts=WEIGHTS.parts))
    assert card.labels == CARD.labels
    by_group = CARD.group_scores(FIRMS)[list(groups)].to_numpy() @ groups.array()
    np.testing.assert_allclose(card.score(FIRMS), by_group, rtol=0, atol=1e-10)
    # the groups of the first level only
    deep = load_template("performance_2006")
    even = deep.with_weights(Weights.of({"financial": 1, "management": 1}))
    assert even.leaves["return_on_equity"] == pytest.approx(0.5 * 0.34 * 20 / 34)


@pytest.mark.parametrize(
    ("amounts", "match"),
    [
        (
            {"financial": 1, "reputation": 1},
            r"all groups of the card \(financial, reputation, years\).*not given: 'years'",
        ),
        (
            {"financial": 1, "reputation": 1, "years": 1, "size": 1},
            r"not known: 'size'.*WeightHierarchy\(weights=.*card\.weights\.parts",
        ),
        ({"financial": 1, "audit": 1}, "not given: 'reputation', 'years'; not known: 'audit'"),
        ({"finance": 1, "years": 1}, "no weight for the sub-score 'return_on_equity'"),
    ],
)
def test_weights_of_some_groups_are_none_of_the_card(amounts: Any, match: str) -> None:
    with pytest.raises(InvalidParameterError, match=match):
        CARD.with_weights(Weights.of(amounts))


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
        ({"weights": {"a": 1}}, r"must be Weights or a WeightHierarchy, which Weights\.of\(\)"),
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
