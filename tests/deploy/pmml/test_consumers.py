"""A card as PMML says what the card says, where it is run: PMML4S (pypmml) and JPMML."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creditscore import LogisticScorecard, PointsScale, Scorecard, WOEEncoder
from creditscore.binning import CategoricalPartition, NumericPartition
from creditscore.deploy import rules_of, to_pmml
from creditscore.scorecard import Attribute, Characteristic, ScoredApplicant

pytestmark = pytest.mark.engine("pypmml, jpmml-evaluator and Java")

Score = Callable[[Sequence[Any]], list[Any]]
"""Scores rows by a document that was read."""

HOSTILE = 'O\'Neil "x" <b>&amp; ]]> <!-- \\ %s {0}\n\t\r é 企业 😀 '
"""Text that ends tags, values and lists wherever it is not escaped."""

LEVELS = ("clean", HOSTILE, "none", "two words", " none ", "", "ümlaut", "1.0", '"', "\\")

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
            "audit",
            points={LEVELS[0]: 30.1, LEVELS[1:5]: 5, LEVELS[5]: 6, LEVELS[6]: 7, LEVELS[7:]: 8},
            missing_points=0.3,
            other_points=-2,
        ),
        Characteristic(
            name="branch",
            partition=CategoricalPartition(groups=((1, 2), (3, 4.5)), special_codes=(99,)),
            attributes=tuple(Attribute(points=p) for p in (1.5, 2.5, 3.5, 4.5, 5.5)),
        ),
        Characteristic.categorical(
            "is_firm", points={True: 1, False: 2}, missing_points=3, other_points=4
        ),
    ),
    scale=PointsScale(base_score=120, base_odds=3, pdo=7),
)

NUMBER = st.one_of(
    st.none(),
    st.sampled_from([-1.0, 0.1, float(np.float32(0.1)), 2.0, 10.1, 1e-7 + 11, 0.0, -0.0, 3]),
    st.sampled_from([math.nextafter(2, 0), math.nextafter(10.1, 11), 5e-324, -5e-324]),
    st.floats(allow_nan=False, allow_infinity=False),
)
TEXT = st.sampled_from([*LEVELS, "?", "Clean", "2.0", None])
BRANCH = st.sampled_from([1.0, 2, 3.0, 4.5, 99.0, 7.0, math.nextafter(3, 4), None])
FIRM = st.sampled_from([True, False, None])
ROW = st.fixed_dictionaries(dict(zip(CARD.names, (NUMBER, TEXT, BRANCH, FIRM), strict=True)))


def expected_of(card: Scorecard, rows: Sequence[Any], **asked: Any) -> list[ScoredApplicant]:
    decide = card.compile(**asked)
    with warnings.catch_warnings(action="ignore"):
        return [decide(row) for row in rows]


def first_of_each(reasons: Sequence[str | None]) -> tuple[str, ...]:
    """Leave out repeated and empty reasons, as a reader of PMML4S must."""
    return tuple(dict.fromkeys(reason for reason in reasons if reason is not None))


def ranked(card: Scorecard, points: dict[str, float], reasons: Sequence[str]) -> list[float]:
    """Return the points that each reason costs, which tell nothing of the order of equal ones."""
    most = {c.name: c.points_range[1] for c in card.characteristics}
    return [most[name] - points[name] for name in reasons]


@pytest.fixture
def score(consumer: Callable[[str], Score]) -> Score:
    return consumer(to_pmml(CARD))


# the consumer and its document are the same for all examples
ONE_DOCUMENT = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@given(rows=st.lists(ROW, min_size=1, max_size=40))
@settings(max_examples=25, deadline=None, suppress_health_check=ONE_DOCUMENT)
def test_as_the_card_on_any_row(score: Score, rows: list[dict[str, Any]]) -> None:
    expected = expected_of(CARD, rows, n_reasons=4, baseline="maximum")
    found = score(rows)
    assert [f.score for f in found] == [e.score for e in expected]
    assert CARD.scale is not None
    np.testing.assert_allclose(
        [f.prob_default for f in found],
        CARD.scale.prob_default([e.score for e in expected]),
        rtol=1e-12,
    )
    for f, e in zip(found, expected, strict=True):
        reasons = first_of_each(f.reasons)
        assert set(reasons) == set(e.reasons)
        assert ranked(CARD, e.points, reasons) == ranked(CARD, e.points, e.reasons)


@given(rows=st.lists(ROW, min_size=1, max_size=40))
@settings(max_examples=10, deadline=None, suppress_health_check=ONE_DOCUMENT)
def test_jpmml_gives_the_reasons_of_the_card(
    jpmml: Callable[[str], Score], rows: list[dict[str, Any]]
) -> None:
    # whole points, so that there are ties
    whole = [
        replace(a, points=float(round(a.points / 5))) for a in CARD.characteristics[1].attributes
    ]
    card = replace(
        CARD,
        characteristics=(
            CARD.characteristics[2],
            replace(CARD.characteristics[1], attributes=tuple(whole)),
            CARD.characteristics[3],
        ),
        base_points=100.3,
    )
    expected = expected_of(card, rows, n_reasons=3, baseline="maximum")
    found = jpmml(to_pmml(card, n_reasons=3))([{n: row[n] for n in card.names} for row in rows])
    assert [f.score for f in found] == [e.score for e in expected]
    assert [tuple(r for r in f.reasons if r is not None) for f in found] == [
        e.reasons for e in expected
    ]


def test_of_decimals_jpmml_puts_the_larger_first_by_the_last_bits(
    jpmml: Callable[[str], Score],
) -> None:
    steps = {"a": (0.1, 0.2), "b": (1.2, 1.3), "c": (-3.3, -3.1)}
    card = Scorecard(
        characteristics=tuple(
            Characteristic.numeric(name, cuts=[1], points=points, missing_points=0)
            for name, points in steps.items()
        )
    )
    row = dict.fromkeys(steps, 0.0)
    (found,) = jpmml(to_pmml(card, n_reasons=3, baseline="maximum"))([row])
    (expected,) = expected_of(card, [row], n_reasons=3, baseline="maximum")
    assert expected.reasons == ("c", "a", "b")
    # the same reasons and the same first one; 1.3 - 1.2 is more than 0.2 - 0.1 there
    assert found.reasons == ("c", "b", "a")


@pytest.fixture(scope="module")
def estimated(german: pd.DataFrame) -> tuple[Scorecard, list[dict[str, Any]]]:
    """Give a card of all columns, and applicants, each cut and both sides of it."""
    X = german.drop(columns="is_bad").copy()
    X.loc[::7, "age_years"] = np.nan
    encoder = WOEEncoder(special_codes={"duration_months": [12]})
    with warnings.catch_warnings(action="ignore"):
        card = LogisticScorecard(encoder=encoder, min_iv=0).fit(X, german["is_bad"]).scorecard_
    rows: list[dict[str, Any]] = X.astype(object).where(X.notna(), None).to_dict("records")
    for column in rules_of(card).columns:
        for interval in column.intervals[1:]:
            cut = float(interval.low or 0.0)
            near = (math.nextafter(cut, -math.inf), cut, math.nextafter(cut, math.inf))
            rows += [{**rows[1], column.name: value} for value in near]
    return card, rows


@pytest.mark.parametrize("baseline", ["neutral", "maximum"])
def test_all_applicants_and_every_edge(
    consumer: Callable[[str], Score],
    estimated: tuple[Scorecard, list[dict[str, Any]]],
    baseline: Any,
) -> None:
    card, rows = estimated
    expected = expected_of(card, rows, n_reasons=4, baseline=baseline)
    found = consumer(to_pmml(card, baseline=baseline))(rows)
    assert [f.score for f in found] == [e.score for e in expected]
    assert [first_of_each(f.reasons) for f in found] == [e.reasons for e in expected]
    assert card.scale is not None
    np.testing.assert_allclose(
        [f.prob_default for f in found],
        card.scale.prob_default([e.score for e in expected]),
        rtol=1e-12,
    )


def test_infinite_numbers_have_no_score(score: Score) -> None:
    row = {HOSTILE: 3.0, "audit": "clean", "branch": 1.0, "is_firm": True}
    endless = [{HOSTILE: math.inf}, {HOSTILE: -math.inf}, {"branch": math.inf}]
    found = score([row, *({**row, **change} for change in endless)])
    assert [f.score is None for f in found] == [False, True, True, True]
    assert [f.prob_default for f in found[1:]] == [None] * 3
    assert {f.reasons for f in found[1:]} == {(None,) * 4}


def refused(points: float) -> Attribute:
    return Attribute(points=points, treatment="error")


def given_points(points: float) -> Attribute:
    return Attribute(points=points)


REFUSING = Scorecard(
    characteristics=(
        Characteristic(
            name="n",
            partition=NumericPartition(cuts=(1.0, 2.0), special_codes=(-9.0, 1.5, 0.0)),
            attributes=(
                *(given_points(1), refused(2), given_points(3)),
                *(refused(4), given_points(6), refused(7), refused(9)),
            ),
        ),
        *(
            Characteristic(
                name=name,
                partition=CategoricalPartition(groups=levels),
                attributes=(given_points(1), refused(2), missing, other),
            )
            for name, levels, missing, other in (
                ("closed_text", (("a", "b c"), ("d",)), given_points(3), refused(4)),
                ("open_text", (("a", "b c"), ("d",)), refused(3), given_points(4)),
                ("closed_number", ((1, 4.5), (2,)), given_points(3), refused(4)),
                ("open_number", ((1, 4.5), (2,)), refused(3), given_points(4)),
                ("truth", ((True,), (False,)), given_points(3), refused(4)),
            )
        ),
    )
)
PLAIN = {"n": 0.5, "closed_text": "a", "open_text": "a", "closed_number": 1, "open_number": 1}
CHANGES: list[tuple[dict[str, Any], float | None]] = [
    ({}, 6),
    *(({"n": n}, 8) for n in (2, 3.5)),
    ({"n": 1.5}, 11),
    *(({"n": n}, None) for n in (1, 1.25, -9, 0.0, -0.0, None, math.nextafter(2, 0))),
    *(({"n": n}, 6) for n in (5e-324, -1, math.nextafter(1, 0), -10)),
    *(({"closed_text": text}, None) for text in ("d", "zz", "", "A")),
    ({"closed_text": "b c"}, 6),
    ({"closed_text": None}, 8),
    *(({"open_text": text}, None) for text in ("d", None)),
    *(({"open_text": text}, 9) for text in ("zz", "", "D")),
    *(({"closed_number": n}, None) for n in (2, 3, 4.4)),
    ({"closed_number": 4.5}, 6),
    ({"closed_number": None}, 8),
    *(({"open_number": n}, None) for n in (2, None)),
    *(({"open_number": n}, 9) for n in (3, math.nextafter(2, 3))),
    ({"truth": False}, None),
    ({"truth": None}, 8),
]


def test_what_is_refused_has_no_score(consumer: Callable[[str], Score]) -> None:
    rows = [{**PLAIN, "truth": True, **change} for change, _ in CHANGES]
    found = consumer(to_pmml(REFUSING))(rows)
    assert [f.score for f in found] == [expected for _, expected in CHANGES]


def test_a_reversed_scale_gives_excesses(consumer: Callable[[str], Score]) -> None:
    years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    debts = Characteristic.numeric("debts", cuts=[2], points=[0, 30], missing_points=5)
    card = Scorecard(characteristics=(years, debts), scale=PointsScale(reverse=True))
    rows = [{"years": y, "debts": d} for y, d in ((0, 0), (3, 0), (3, 3))]
    expected = expected_of(card, rows, n_reasons=2, baseline="maximum")
    found = consumer(to_pmml(card))(rows)
    assert [first_of_each(f.reasons) for f in found] == [e.reasons for e in expected]
    assert [e.reasons for e in expected] == [(), ("years",), ("debts", "years")]
    assert card.scale is not None
    np.testing.assert_allclose(
        [f.prob_default for f in found],
        card.scale.prob_default([e.score for e in expected]),
        rtol=1e-12,
    )


def test_differences_of_rounding_are_no_reason(consumer: Callable[[str], Score]) -> None:
    years = Characteristic.numeric(
        "years", cuts=[2], points=[0.3, 0.1 + 0.2 - 1e-8], missing_points=5
    )
    card = Scorecard(characteristics=(replace(years, neutral_points=0.1 + 0.2),))
    rows = [{"years": 1.0}, {"years": 3.0}]
    expected = expected_of(card, rows, n_reasons=1)
    assert [e.reasons for e in expected] == [(), ("years",)]
    found = consumer(to_pmml(card, n_reasons=1))(rows)
    assert [first_of_each(f.reasons) for f in found] == [(), ("years",)]


@pytest.mark.parametrize("score", [-1e6, 1e6])
def test_probabilities_have_no_overflow(consumer: Callable[[str], Score], score: float) -> None:
    years = Characteristic.numeric("years", cuts=[2], points=[score, 0], missing_points=0)
    card = Scorecard(characteristics=(years,), scale=PointsScale())
    (found,) = consumer(to_pmml(card))([{"years": 1.0}])
    assert found.prob_default == (0.0 if score > 0 else 1.0)


# --- where PMML4S deviates, as the docstring says ------------------------------------


def test_pmml4s_adds_the_base_points_last(pmml4s: Callable[[str], Score]) -> None:
    card = replace(CARD, base_points=100.3)
    row = {HOSTILE: 10.1, "audit": "clean", "branch": 1.0, "is_firm": True}
    (expected,) = expected_of(card, [row])
    (found,) = pmml4s(to_pmml(card))([row])
    last = 0.0
    for points in expected.points.values():
        last += points
    assert found.score == last + 100.3
    assert found.score == pytest.approx(expected.score, rel=1e-15)
    assert found.score != expected.score


def test_pmml4s_repeats_reasons_and_turns_ties(pmml4s: Callable[[str], Score]) -> None:
    characteristics = [
        Characteristic.numeric(name, cuts=[0], points=[0, 5], missing_points=1) for name in "acb"
    ]
    card = Scorecard(characteristics=characteristics)
    rows = [dict.fromkeys("acb", -1), {"a": -1, "c": 1, "b": 1}]
    expected = expected_of(card, rows, n_reasons=3, baseline="maximum")
    assert [e.reasons for e in expected] == [("a", "c", "b"), ("a",)]
    found = pmml4s(to_pmml(card, n_reasons=3))(rows)
    assert [f.reasons for f in found] == [("c", "b", "a"), ("a", "a", "a")]


def test_pmml4s_takes_what_is_no_number_for_missing(pmml4s: Callable[[str], Score]) -> None:
    years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    rows = [{"years": value} for value in (None, math.nan, "x", True, "3", 3)]
    found = pmml4s(to_pmml(Scorecard(characteristics=(years,))))(rows)
    assert [f.score for f in found] == [5, 5, 5, 5, 20, 20]


def test_pypmml_rounds_the_numbers_of_a_frame(
    gateway: Any, require_engine: Callable[[str, str], ModuleType]
) -> None:
    years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    document = to_pmml(Scorecard(characteristics=(years,)), n_reasons=0)
    model = require_engine("engines", "pypmml").Model.fromString(document)
    below = 2 - 1e-12
    assert model.predict({"years": below})["score"] == 0
    assert model.predict(pd.DataFrame({"years": [below]}))["score"].tolist() == [20]


def test_jpmml_refuses_nan(gateway: Any, require_engine: Callable[[str, str], ModuleType]) -> None:
    years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    package = require_engine("engines", "jpmml_evaluator")
    backend = require_engine("engines", "jpmml_evaluator.py4j").Py4JBackend(gateway)
    evaluator = package.make_evaluator(
        to_pmml(Scorecard(characteristics=(years,))), backend=backend
    )
    assert evaluator.evaluate({"years": None})["score"] == 5
    with pytest.raises(package.JavaError, match="cannot accept invalid value NaN"):
        evaluator.evaluate({"years": math.nan}, nan_as_missing=False)


# --- the schema ----------------------------------------------------------------------


@pytest.mark.parametrize("card", [CARD, REFUSING], ids=["plain", "refusing"])
@pytest.mark.parametrize("n_reasons", [0, 4])
def test_documents_fit_the_schema(gateway: Any, card: Scorecard, n_reasons: int) -> None:
    """JPMML carries the schema of the standard, with attributes of its own, all named x-…."""
    document = to_pmml(card, n_reasons=n_reasons)
    assert " x-" not in document
    java = gateway.jvm.javax.xml
    factory = java.validation.SchemaFactory.newInstance(java.XMLConstants.W3C_XML_SCHEMA_NS_URI)
    loader = gateway.jvm.java.lang.ClassLoader.getSystemClassLoader()
    validator = factory.newSchema(loader.getResource("pmml.xsd")).newValidator()
    for text in (document, document.replace("<Scorecard ", '<Scorecard strange="1" ')):
        reader = gateway.jvm.java.io.StringReader(text)
        source = java.transform.stream.StreamSource(reader)
        if text is document:
            validator.validate(source)
            continue
        with pytest.raises(Exception, match="Attribute 'strange' is not allowed"):
            validator.validate(source)
