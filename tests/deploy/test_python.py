"""A card as plain Python says what the card says, imports nothing, and lets no text out."""

from __future__ import annotations

import ast
import math
import warnings
from collections.abc import Callable
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore import LogisticScorecard, PointsScale, Scorecard, WOEEncoder
from creditscore.binning import BinPolicy, CategoricalPartition, MixedPartition
from creditscore.deploy import rules_of, to_python
from creditscore.exceptions import ColumnTypeError, InvalidParameterError, UncalibratedCardError
from creditscore.scorecard import Attribute, Characteristic

HOSTILE = "'''\\\"\"\"); import os\n{base!r} % {0} é 企业 \x00"
"""Text that ends strings, formats and lines wherever it is not escaped."""

CARD = Scorecard(
    characteristics=(
        Characteristic.numeric(
            HOSTILE,
            cuts=[2, 10.1],
            points=[0, 0.1, 40],
            slopes=[0, 5.3, 0],
            missing_points=-7.25,
            special_points={-1: 3, 0.1: 9},
        ),
        Characteristic.categorical(
            "audit",
            points={"clean": 30.1, (HOSTILE, "none"): 5, "": 6},
            missing_points=0.3,
            other_points=-2,
        ),
        Characteristic(
            name="branch",
            partition=CategoricalPartition(groups=((1, 2), (3,)), special_codes=(99,)),
            attributes=tuple(Attribute(points=p) for p in (1.5, 2.5, 3.5, 4.5, 5.5)),
        ),
        Characteristic(
            name="bureau",
            partition=MixedPartition(
                cuts=(500.0, 600.5), special_codes=(-9.0, "NO HIT", "thin", "frozen"), n_pooled=2
            ),
            attributes=tuple(Attribute(points=p) for p in (1, 2.5, 4, -3, -1, 0.5, 7, 8)),
        ),
    ),
    base_points=100.3,
    scale=PointsScale(base_score=120, base_odds=3, pdo=7),
)


def module_of(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__builtins__": __builtins__}
    exec(compile(source, "card.py", "exec"), names)  # noqa: S102 - this is what it is for
    return names


def scorer(card: Scorecard, **params: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    score: Callable[[dict[str, Any]], dict[str, Any]] = module_of(to_python(card, **params))[
        "score"
    ]
    return score


SCORE = scorer(CARD)

NUMBER = st.one_of(
    st.none(),
    st.just(math.nan),
    st.sampled_from([-1, -1.0, 0.1, float(np.float32(0.1)), 2, 10.1, 0, -0.0, True]),
    st.sampled_from([math.nextafter(2, 0), math.nextafter(10.1, 11), 2**53, 1e300, -1e300]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-50, 50),
)
TEXT = st.sampled_from(["clean", "none", HOSTILE, "", "?", None, math.nan])
BRANCH = st.sampled_from([1, 2, 3, 99, 1.0, 7, None, math.nan])
WORD = st.one_of(
    NUMBER.filter(lambda value: not isinstance(value, bool)),
    st.sampled_from(["NO HIT", "thin", "499.9", " 600.5 ", "-9", "1e-05", "1E+3", "new", "12,5"]),
    st.text(alphabet="0123456789+-.eE x", max_size=6),
)


@given(number=NUMBER, text=TEXT, branch=BRANCH, word=WORD)
def test_as_the_card_on_any_value(number: Any, text: Any, branch: Any, word: Any) -> None:
    applicant = {HOSTILE: number, "audit": text, "branch": branch, "bureau": word}
    with warnings.catch_warnings(action="ignore"):
        expected = CARD.compile(n_reasons=4, baseline="maximum")(applicant)
    found = SCORE({**applicant, "more": 1})
    assert found["score"] == expected.score
    assert found["points"] == expected.points
    assert found["reasons"] == list(expected.reasons)
    assert CARD.scale is not None
    prob_default = float(CARD.scale.prob_default(expected.score))
    assert found["prob_default"] == pytest.approx(prob_default, rel=1e-12)


@pytest.fixture(scope="module")
def estimated(german: pd.DataFrame) -> tuple[Scorecard, pd.DataFrame]:
    X = german.drop(columns="is_bad").copy()
    X.loc[::7, "age_years"] = np.nan
    encoder = WOEEncoder(special_codes={"duration_months": [12]})
    with warnings.catch_warnings(action="ignore"):
        model = LogisticScorecard(encoder=encoder, min_iv=0).fit(X, german["is_bad"])
    return model.scorecard_, X


@pytest.mark.parametrize("baseline", ["neutral", "average", "maximum"])
def test_all_applicants(estimated: tuple[Scorecard, pd.DataFrame], baseline: Any) -> None:
    card, X = estimated
    score = scorer(card, n_reasons=3, baseline=baseline)
    answers = [score(row) for row in X.to_dict("records")]
    assert [a["score"] for a in answers] == card.score(X).tolist()
    np.testing.assert_allclose([a["prob_default"] for a in answers], card.prob_default(X), 1e-12)
    reasons = card.reasons(X, n=3, baseline=baseline).to_numpy().tolist()
    assert [a["reasons"] for a in answers] == [
        [name for name in row if isinstance(name, str)] for row in reasons
    ]


def test_every_edge_and_its_neighbours(estimated: tuple[Scorecard, pd.DataFrame]) -> None:
    card, X = estimated
    score, decide, base = scorer(card), card.compile(), X.iloc[1].to_dict()
    for column in rules_of(card).columns:
        for cut in [interval.low for interval in column.intervals[1:]]:
            assert cut is not None
            for value in (math.nextafter(cut, -math.inf), cut, math.nextafter(cut, math.inf)):
                applicant = {**base, column.name: value}
                assert score(applicant)["score"] == decide(applicant).score


def test_the_file_imports_nothing_and_names_nothing_but_itself() -> None:
    tree = ast.parse(to_python(CARD))
    nodes = list(ast.walk(tree))
    assert not [node for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom))]
    defined = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    stored = {
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    arguments = {node.arg for node in nodes if isinstance(node, ast.arg)}
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    assert used - defined - stored - arguments <= {
        *(
            "abs",
            "sorted",
            "ValueError",
            "isinstance",
            "str",
            "int",
            "float",
            "bool",
            "all",
            "type",
        ),
    }


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({HOSTILE: math.inf}, ValueError, "refuses the value inf"),
        ({HOSTILE: "12"}, TypeError, "not supported between"),
        ({"bureau": -math.inf}, ValueError, "'bureau': the card refuses the value -inf"),
        ({HOSTILE: pd.NaT}, ValueError, "refuses the value NaT"),
        ({HOSTILE: np.datetime64("NaT")}, ValueError, "refuses the value .*NaT"),
    ],
)
def test_what_is_no_value(change: dict[str, Any], error: type[Exception], message: str) -> None:
    applicant = {HOSTILE: 3.0, "audit": "clean", "branch": 1, "bureau": 550.0}
    with pytest.raises(error, match=message):
        SCORE(applicant | change)
    del applicant["bureau"]
    with pytest.raises(KeyError, match="bureau"):
        SCORE(applicant)


@pytest.mark.parametrize("text", ["9.5", "1.99999999999999999999", "0.1", "NaN", "-1", "1e300"])
@pytest.mark.parametrize("name", [HOSTILE, "bureau"])
def test_decimals_are_the_doubles_that_they_become(name: str, text: str) -> None:
    applicant = {HOSTILE: 3.0, "audit": "clean", "branch": 1, "bureau": 550.0, name: Decimal(text)}
    assert SCORE(applicant)["points"] == CARD.compile()(applicant).points


@pytest.mark.parametrize("value", [None, math.nan, np.float64("nan"), pd.NA, pd.NaT])
@pytest.mark.parametrize("name", [HOSTILE, "audit", "branch", "bureau"])
def test_all_that_is_missing(name: str, value: Any) -> None:
    applicant = {HOSTILE: 3.0, "audit": "clean", "branch": 1, "bureau": 550.0, name: value}
    if name == HOSTILE and value is pd.NaT:
        # a missing date is no missing amount
        with pytest.raises(ColumnTypeError, match=r"holds dates or durations \(all NaT\)"):
            CARD.score(pd.DataFrame({key: [applicant[key]] for key in CARD.names}, dtype=object))
        return
    missing = CARD.compile()(applicant).points
    assert missing[name] in (-7.25, 0.3, 4.5, 7)
    assert SCORE(applicant)["points"] == missing


def test_what_the_policy_refuses_is_refused(german: pd.DataFrame) -> None:
    X, y = german[["age_years", "housing"]], german["is_bad"]
    policy = {"housing": BinPolicy(missing="error", unseen="error")}
    with warnings.catch_warnings(action="ignore"):
        card = LogisticScorecard(encoder=WOEEncoder(policy=policy), min_iv=0).fit(X, y).scorecard_
    score = scorer(card)
    for value in (None, "castle"):
        with pytest.raises(ValueError, match="'housing': the card refuses"):
            score({"age_years": 30, "housing": value})


def test_a_card_without_scale_or_neutral_points() -> None:
    years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    card = Scorecard(characteristics=(years,))
    assert scorer(card)({"years": 1}) == {
        "score": 0.0,
        "points": {"years": 0.0},
        "prob_default": None,
        "reasons": ["years"],
    }
    assert scorer(card, n_reasons=0)({"years": 1})["reasons"] == []
    with pytest.raises(UncalibratedCardError, match="neutral points"):
        to_python(card, baseline="neutral")
    with pytest.raises(InvalidParameterError, match="'n_reasons'"):
        to_python(card, n_reasons=-1)


@pytest.mark.parametrize("score", [-1e6, 1e6])
def test_probabilities_have_no_overflow(score: float) -> None:
    years = Characteristic.numeric("years", cuts=[2], points=[score, 0], missing_points=0)
    card = Scorecard(characteristics=(years,), scale=PointsScale())
    found = scorer(card)({"years": 1})["prob_default"]
    assert found == float(card.scale.prob_default(score)) == (0.0 if score > 0 else 1.0)


def test_levels_of_a_class_of_their_own_are_written_plainly() -> None:
    class Kind(StrEnum):
        A = "a"

        def __repr__(self) -> str:
            return "raise SystemExit"

    kinds = Characteristic(
        name="kind",
        partition=CategoricalPartition(groups=((Kind.A,), (IntEnum("N", "X").X,))),
        attributes=tuple(Attribute(points=p) for p in (1, 2, 3, 4)),
    )
    score = scorer(Scorecard(characteristics=(kinds,)), n_reasons=0)
    assert [score({"kind": value})["score"] for value in ("a", 1, None, "b")] == [1, 2, 3, 4]
