"""A card as ONNX says what the card says, to the last bit, where it is run: onnxruntime."""

from __future__ import annotations

import json
import math
import sys
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore import LogisticScorecard, PointsScale, Scorecard, WOEEncoder
from creditscore.binning import (
    BinPolicy,
    CategoricalPartition,
    MixedPartition,
    NumericPartition,
)
from creditscore.datasets import load_taiwan_credit
from creditscore.deploy import rules_of, to_onnx
from creditscore.exceptions import (
    InvalidParameterError,
    MissingDependencyError,
    UncalibratedCardError,
)
from creditscore.scorecard import Attribute, Characteristic

HOSTILE = 'O\'Neil "x"; {0} % \\ <b>\n\t\r é 企业 😀'
"""Text that breaks names and lines wherever it is not taken as it is."""
MISSING = "<none>"
CODES = tuple(range(0, 300, 3))
"""More levels than are compared at once."""

CARD = Scorecard(
    characteristics=(
        Characteristic.numeric(
            HOSTILE,
            cuts=[2, 10.1, 1e-7 + 11],
            points=[0, 0.1, 40, 0.1 + 0.2],
            slopes=[0, 5.3, 0, 0],
            missing_points=-7.25,
            special_points={-1: 3, 0.1: 9, 0: 2},
        ),
        Characteristic.categorical(
            "_audit",
            points={"clean": 30.1, (HOSTILE, "none", "two words"): 5, "": 6, "None": 7},
            missing_points=0.3,
            other_points=-2,
        ),
        Characteristic(
            name="branch",
            partition=CategoricalPartition(groups=((1, 2), (3, 4.5)), special_codes=(99,)),
            attributes=tuple(Attribute(points=p) for p in (1.5, 2.5, 3.5, 4.5, 5.5)),
        ),
        Characteristic(
            name="bureau",
            partition=MixedPartition(
                cuts=(500.0, 600.5), special_codes=(-9.0, "NO HIT", "thin", "frozen"), n_pooled=2
            ),
            attributes=tuple(Attribute(points=p) for p in (1, 2.5, 4, -3, -1, 0.5, 7, 8)),
        ),
        Characteristic.categorical(
            "code",
            points={code: code % 7 for code in CODES},
            missing_points=1,
            other_points=2,
        ),
        Characteristic.categorical(
            "is_firm", points={True: 1, False: 2}, missing_points=3, other_points=4
        ),
    ),
    base_points=100.3,
    scale=PointsScale(base_score=120, base_odds=3, pdo=7),
)


def session_of(model: bytes) -> onnxruntime.InferenceSession:
    onnx.checker.check_model(model, full_check=True)
    return onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])


def answer(
    session: onnxruntime.InferenceSession, columns: dict[str, Any]
) -> dict[str, np.ndarray[Any, Any]]:
    outputs = [output.name for output in session.get_outputs()]
    return dict(zip(outputs, session.run(None, columns), strict=True))


def columns_of(X: pd.DataFrame, session: onnxruntime.InferenceSession) -> dict[str, Any]:
    """Turn a table into inputs as a user would."""
    return {
        given.name: X[given.name].to_numpy(np.float64)
        if given.type == "tensor(double)"
        else X[given.name].astype(object).fillna("").to_numpy(dtype=object)
        for given in session.get_inputs()
    }


SESSION = session_of(to_onnx(CARD, missing_text=MISSING))

NUMBER = st.one_of(
    st.none(),
    st.sampled_from([-1.0, 0.1, float(np.float32(0.1)), 2.0, 10.1, 1e-7 + 11, 0.0, -0.0]),
    st.sampled_from([math.nextafter(2, 0), math.nextafter(10.1, 11), 5e-324, -5e-324]),
    st.floats(allow_nan=False, allow_infinity=False),
)
TEXT = st.sampled_from(["clean", "none", HOSTILE, "two words", "", "?", "None", "Clean", None])
BRANCH = st.sampled_from([1.0, 2.0, 3.0, 4.5, 99.0, 7.0, math.nextafter(3, 4), None])
WORD = st.one_of(
    NUMBER, st.sampled_from([-9.0, 500.0, 600.5]), st.sampled_from(["NO HIT", "thin", "new"])
)
CODE = st.one_of(st.none(), st.integers(-5, 310).map(float), st.just(0.5))
FIRM = st.sampled_from([True, False, None, 2.0])
ROW = st.fixed_dictionaries(
    dict(zip(CARD.names, (NUMBER, TEXT, BRANCH, WORD, CODE, FIRM), strict=True))
)


def inputs_of(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Write rows of plain values as the inputs of the model of the card."""

    def floats(name: str) -> Any:
        values = [row[name] for row in rows]
        return np.array([math.nan if v is None or isinstance(v, str) else v for v in values], float)

    def texts(name: str) -> Any:
        values = [row[name] for row in rows]
        return np.array([v if isinstance(v, str) else MISSING for v in values], dtype=object)

    return {
        **{name: floats(name) for name in CARD.names if name != "_audit"},
        "_audit": texts("_audit"),
        "bureau_words": texts("bureau"),
    }


@given(rows=st.lists(ROW, min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_as_the_card_on_any_row(rows: list[dict[str, Any]]) -> None:
    found = answer(SESSION, inputs_of(rows))
    decide = CARD.compile(n_reasons=4, baseline="maximum")
    with warnings.catch_warnings(action="ignore"):
        answers = [decide(row) for row in rows]
    assert found["score"].tolist() == [a.score for a in answers]
    assert found["points"].tolist() == [list(a.points.values()) for a in answers]
    given_reasons = [tuple(name for name in row if name) for row in found["reasons"].tolist()]
    assert given_reasons == [a.reasons for a in answers]
    assert CARD.scale is not None
    np.testing.assert_allclose(found["pd"], CARD.scale.prob_default(found["score"]), rtol=1e-12)


@given(
    points=st.lists(st.lists(st.integers(0, 3), min_size=5, max_size=5), min_size=1, max_size=30),
    n_reasons=st.integers(1, 7),
)
@settings(max_examples=40, deadline=None)
def test_of_equal_shortfalls_the_first_comes_first(points: list[list[int]], n_reasons: int) -> None:
    names = [f"c{place}" for place in range(5)]
    card = Scorecard(
        characteristics=tuple(
            Characteristic.categorical(
                name, points={"0": 0, "1": 1, "2": 2, "3": 3}, missing_points=0, other_points=0
            )
            for name in names
        )
    )
    X = pd.DataFrame(np.array(points).astype(str).astype(object), columns=names)
    session = session_of(to_onnx(card, n_reasons=n_reasons))
    found = answer(session, columns_of(X, session))["reasons"]
    expected = card.reasons(X, n=n_reasons, baseline="maximum").fillna("").to_numpy()
    assert found.shape == (len(X), min(n_reasons, 5))
    assert found.tolist() == expected[:, :5].tolist()


@pytest.fixture(scope="module")
def estimated(german: pd.DataFrame) -> tuple[Scorecard, pd.DataFrame]:
    X = german.drop(columns="is_bad").copy()
    X.loc[::7, "age_years"] = np.nan
    X["housing"] = X["housing"].astype(object)
    X.loc[::9, "housing"] = None
    encoder = WOEEncoder(special_codes={"duration_months": [12]})
    with warnings.catch_warnings(action="ignore"):
        model = LogisticScorecard(encoder=encoder, min_iv=0).fit(X, german["is_bad"])
    return model.scorecard_, X


@pytest.mark.parametrize("baseline", ["neutral", "average", "maximum"])
def test_all_applicants(estimated: tuple[Scorecard, pd.DataFrame], baseline: Any) -> None:
    card, X = estimated
    session = session_of(to_onnx(card, n_reasons=3, baseline=baseline))
    found = answer(session, columns_of(X, session))
    assert found["score"].tolist() == card.score(X).tolist()
    np.testing.assert_array_equal(found["points"], card.score_parts(X))
    np.testing.assert_allclose(found["pd"], card.prob_default(X), rtol=1e-12)
    reasons = card.reasons(X, n=3, baseline=baseline).fillna("").to_numpy()
    assert found["reasons"].tolist() == reasons.tolist()


def with_edges(card: Scorecard, X: pd.DataFrame) -> pd.DataFrame:
    """Add rows at each cut and special code, and at the doubles on both sides of it."""
    rows = [X]
    for column in rules_of(card).columns:
        if column.kind != "numeric":
            continue
        X = X.astype({column.name: float})
        ends = [interval.low for interval in column.intervals[1:]]
        for cut in [float(end or 0.0) for end in ends] + [float(v) for v, _ in column.values]:
            near = [math.nextafter(cut, -math.inf), cut, math.nextafter(cut, math.inf)]
            rows.append(X.iloc[[1] * 3].assign(**{column.name: near}))
    return pd.concat(rows, ignore_index=True)


def test_every_edge_and_its_neighbours(estimated: tuple[Scorecard, pd.DataFrame]) -> None:
    card, X = estimated
    table = with_edges(card, X.head(2))
    assert len(table) > 50
    session = session_of(to_onnx(card))
    found = answer(session, columns_of(table, session))
    with warnings.catch_warnings(action="ignore"):
        assert found["score"].tolist() == card.score(table).tolist()


def test_all_clients_of_a_bank_and_every_edge() -> None:
    taiwan = load_taiwan_credit()
    X = taiwan.drop(columns="is_bad")
    with warnings.catch_warnings(action="ignore"):
        card = LogisticScorecard(min_iv=0).fit(X, taiwan["is_bad"]).scorecard_
        table = with_edges(card, X)
        assert len(table) > 30_000
        session = session_of(to_onnx(card))
        found = answer(session, columns_of(table, session))
        np.testing.assert_array_equal(found["score"], card.score(table))
        np.testing.assert_array_equal(found["points"], card.score_parts(table))
        np.testing.assert_allclose(found["pd"], card.prob_default(table), rtol=1e-12)
        reasons = card.reasons(table, n=4).fillna("").to_numpy()
    np.testing.assert_array_equal(found["reasons"], reasons)


def test_what_is_refused_has_no_score() -> None:
    def refused(points: float) -> Attribute:
        return Attribute(points=points, treatment="error")

    card = Scorecard(
        characteristics=(
            Characteristic(
                name="years",
                partition=NumericPartition(cuts=(1.0, 2.0), special_codes=(-9.0, 1.5)),
                attributes=(
                    *(Attribute(points=1), refused(2), Attribute(points=3)),
                    *(refused(4), Attribute(points=5), refused(6)),
                ),
            ),
            Characteristic(
                name="audit",
                partition=CategoricalPartition(groups=(("a",), ("b",))),
                attributes=(
                    *(Attribute(points=1), refused(2)),
                    *(Attribute(points=3), refused(4)),
                ),
            ),
        ),
        scale=PointsScale(),
    )
    years = [0, 1, 1.4, 1.5, 2, -9, math.nan, math.inf, -math.inf, 0, 0, 0]
    audit = ["a"] * 9 + ["b", "", "?"]
    columns = {"years": np.array(years, float), "audit": np.array(audit, dtype=object)}
    found = answer(session_of(to_onnx(card, baseline="maximum")), columns)
    nan = math.nan
    expected = [2.0, nan, nan, 6.0, 4.0, nan, nan, nan, nan, nan, 4.0, nan]
    np.testing.assert_array_equal(found["score"], expected)
    unknown = np.isnan(found["score"])
    assert np.isnan(found["pd"]).tolist() == unknown.tolist()
    assert np.isnan(found["points"]).any(axis=1).tolist() == unknown.tolist()
    assert (found["reasons"][unknown] == "").all()
    assert found["reasons"][0].tolist() == ["years", "audit"]


def test_what_the_policy_refuses_has_no_score(german: pd.DataFrame) -> None:
    X, y = german[["age_years", "housing"]].astype({"housing": object}), german["is_bad"]
    policy = {"housing": BinPolicy(missing="error", unseen="error")}
    with warnings.catch_warnings(action="ignore"):
        card = LogisticScorecard(encoder=WOEEncoder(policy=policy), min_iv=0).fit(X, y).scorecard_
    session = session_of(to_onnx(card))
    rows = X.head(3).assign(housing=[None, "castle", "own"])
    found = answer(session, columns_of(rows, session))
    assert np.isnan(found["score"]).tolist() == [True, True, False]


def test_a_word_counts_before_a_number() -> None:
    row = {**dict.fromkeys(CARD.names), "_audit": "clean", "bureau": "NO HIT"}
    columns = inputs_of([row])
    expected = answer(SESSION, columns)
    found = answer(SESSION, {**columns, "bureau": np.array([550.0])})
    assert found["points"].tolist() == expected["points"].tolist()


def test_a_reversed_scale_counts_excesses() -> None:
    years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    debts = Characteristic.numeric("debts", cuts=[2], points=[0, 30], missing_points=5)
    card = Scorecard(characteristics=(years, debts), scale=PointsScale(reverse=True))
    X = pd.DataFrame({"years": [0.0, 3, 3], "debts": [0.0, 0, 3]})
    session = session_of(to_onnx(card, n_reasons=2))
    found = answer(session, columns_of(X, session))
    assert found["reasons"].tolist() == [["", ""], ["years", ""], ["debts", "years"]]
    assert found["reasons"].tolist() == (
        card.reasons(X, n=2, baseline="maximum").fillna("").to_numpy().tolist()
    )
    np.testing.assert_allclose(found["pd"], card.prob_default(X), rtol=1e-12)


@pytest.mark.parametrize("score", [-1e6, 1e6])
def test_probabilities_have_no_overflow(score: float) -> None:
    years = Characteristic.numeric("years", cuts=[2], points=[score, 0], missing_points=0)
    card = Scorecard(characteristics=(years,), scale=PointsScale())
    found = answer(session_of(to_onnx(card)), {"years": np.array([1.0])})
    assert found["pd"].tolist() == [0.0 if score > 0 else 1.0]


def test_differences_of_rounding_are_no_reason() -> None:
    years = Characteristic.numeric(
        "years", cuts=[2], points=[0.3, 0.1 + 0.2 - 1e-8], missing_points=5
    )
    card = Scorecard(characteristics=(replace(years, neutral_points=0.1 + 0.2),))
    found = answer(session_of(to_onnx(card)), {"years": np.array([1.0, 3.0])})
    assert found["reasons"].tolist() == [[""], ["years"]]


def test_inputs_and_outputs_are_described() -> None:
    inputs = {given.name: (given.type, given.shape) for given in SESSION.get_inputs()}
    number, text = ("tensor(double)", ["n"]), ("tensor(string)", ["n"])
    assert inputs == {
        HOSTILE: number,
        "_audit": text,
        "branch": number,
        "bureau": number,
        "bureau_words": text,
        "code": number,
        "is_firm": number,
    }
    outputs = {output.name: (output.type, output.shape) for output in SESSION.get_outputs()}
    assert outputs == {
        "score": number,
        "points": ("tensor(double)", ["n", 6]),
        "pd": number,
        "reasons": ("tensor(string)", ["n", 4]),
    }
    meta = SESSION.get_modelmeta()
    assert json.loads(meta.custom_metadata_map["characteristics"]) == list(CARD.names)
    assert meta.producer_name == "creditscore"
    assert "6 characteristics" in meta.description


def test_without_rows_reasons_or_scale() -> None:
    years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    card = Scorecard(characteristics=(years,), base_points=500)
    found = answer(session_of(to_onnx(card, n_reasons=0)), {"years": np.array([])})
    assert {name: values.shape for name, values in found.items()} == {
        "score": (0,),
        "points": (0, 1),
    }


def test_every_operation_is_of_double_precision() -> None:
    model = onnx.load_from_string(to_onnx(CARD, missing_text=MISSING))
    singles = {t.name for t in model.graph.initializer if t.data_type == onnx.TensorProto.FLOAT}
    users = {node.op_type for node in model.graph.node if singles & set(node.input)}
    # ones that count, up to some dozens
    assert users == {"MatMul"}
    assert not {"TreeEnsemble", "TreeEnsembleRegressor"} & {n.op_type for n in model.graph.node}


def one_of_text(name: str, *levels: str) -> Characteristic:
    points = dict.fromkeys(levels, 1.0) or {"a": 1.0}
    return Characteristic.categorical(name, points=points, missing_points=0, other_points=0)


@pytest.mark.parametrize(
    ("characteristics", "params", "message"),
    [
        ([one_of_text("x", "a", "")], {}, "'x' has the level '', which stands for a missing value"),
        ([one_of_text("x", "a")], {"missing_text": "a"}, "'x' has the level 'a', which stands"),
        ([one_of_text("x", "a")], {"missing_text": None}, "'missing_text' parameter of to_onnx"),
        ([one_of_text("x", "a\0b")], {}, "'x' has the text 'a.x00b', which ONNX cannot hold"),
        ([one_of_text("x", "\ud800")], {}, "'x' has the text '.ud800', which ONNX cannot hold"),
        ([one_of_text("x\0")], {}, "has the text 'x.x00', which ONNX cannot hold"),
        ([one_of_text("")], {}, "Column '' has the text '', which ONNX cannot hold"),
        ([one_of_text("pd")], {}, "two inputs or outputs named 'pd'"),
        ([one_of_text("x")], {"n_reasons": -1}, "'n_reasons'"),
        ([one_of_text("x")], {"baseline": "least"}, "'baseline'"),
    ],
)
def test_what_onnx_cannot_hold_is_refused(
    characteristics: list[Characteristic], params: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        to_onnx(Scorecard(characteristics=characteristics), **params)


def test_levels_and_names_that_meet_are_refused() -> None:
    both = Characteristic.categorical(
        "code", points={"a": 1, 2: 2}, missing_points=0, other_points=0
    )
    with pytest.raises(InvalidParameterError, match="'code' has levels of text and of numbers"):
        to_onnx(Scorecard(characteristics=(both,)))
    mixed = CARD.characteristics[3]
    card = Scorecard(characteristics=(mixed, one_of_text("bureau_words")))
    with pytest.raises(InvalidParameterError, match="named 'bureau_words'"):
        to_onnx(card)


def test_reasons_need_what_they_compare_with() -> None:
    with pytest.raises(UncalibratedCardError, match="neutral points"):
        to_onnx(CARD, baseline="neutral", missing_text=MISSING)


def test_without_onnx_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MissingDependencyError, match=r'pip install "creditscore\[onnx\]"'):
        to_onnx(CARD)
