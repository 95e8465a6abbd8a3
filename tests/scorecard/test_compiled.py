"""A compiled card says what the card says: every edge, every type, every error and warning."""

from __future__ import annotations

import math
import pickle
import warnings
from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore import LogisticScorecard, Scorecard, WOEEncoder
from creditscore.binning import BinPolicy, CategoricalPartition, MixedPartition
from creditscore.exceptions import (
    ColumnTypeError,
    CreditScoreWarning,
    InfiniteValueError,
    InvalidParameterError,
    MissingColumnError,
    RefusedValueError,
    UncalibratedCardError,
    UnseenCategoryWarning,
    UnseenValueWarning,
)
from creditscore.scorecard import Attribute, Characteristic

BUREAU = Characteristic(
    name="bureau",
    partition=MixedPartition(
        cuts=(500.0, 600.5), special_codes=(-9.0, "NO HIT", "thin", "frozen"), n_pooled=2
    ),
    attributes=tuple(Attribute(points=p) for p in (1, 2.5, 4, -3, -1, 0.5, 7, 8)),
    neutral_points=2.0,
)
CARD = Scorecard(
    characteristics=(
        Characteristic.numeric(
            "years",
            cuts=[2, 10],
            points=[0, 0.1, 40],
            slopes=[0, 5.3, 0],
            missing_points=-7.25,
            special_points={-1: 3, 0.1: 9},
        ),
        Characteristic.categorical(
            "audit",
            points={"clean": 30.1, ("qualified", "none"): 5, 'it\'s "odd"; DROP': 6},
            missing_points=0.3,
            other_points=-2,
        ),
        Characteristic(
            name="branch",
            partition=CategoricalPartition(groups=((1, 2), (3,)), special_codes=(99,)),
            attributes=tuple(Attribute(points=p) for p in (1.5, 2.5, 3.5, 4.5, 5.5)),
        ),
        BUREAU,
    ),
    base_points=100.3,
)
"""Written by hand: every kind of column, linear points, pooled words, base points."""

NUMBER = st.one_of(
    st.none(),
    st.just(math.nan),
    st.sampled_from([-1, -1.0, 0.1, float(np.float32(0.1)), 2, 10, 0, True, np.float64(2), -0.0]),
    st.sampled_from([math.nextafter(2, 0), math.nextafter(10, 11), 2**53, np.int64(3), 1e300]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-50, 50),
)
AUDIT = st.sampled_from(
    ["clean", "none", "qualified", 'it\'s "odd"; DROP', None, math.nan, "?", ""]
)
BRANCH = st.sampled_from([1, 2, 3, 99, 1.0, 7, None, math.nan, np.int64(3), True])
WORD = st.one_of(
    NUMBER.filter(lambda value: not isinstance(value, bool)),
    st.sampled_from(["NO HIT", "thin", "frozen", "499.9", " 600.5 ", "-9", "1e-05", "new", "12,5"]),
)


def told(call: Any, *args: Any) -> tuple[Any, list[tuple[type, str]]]:
    """Return what comes back, or is raised, and the warnings of it."""
    with warnings.catch_warnings(record=True, action="always") as caught:
        try:
            result = call(*args)
        except (CreditScoreWarning, ValueError, TypeError) as error:
            result = type(error), str(error)
    return result, sorted({(one.category, str(one.message)) for one in caught}, key=str)


def as_row(applicant: dict[str, Any]) -> pd.DataFrame:
    """Put one applicant into a table, each value as it is."""
    return pd.DataFrame({name: pd.Series([v], dtype=_dtype(v)) for name, v in applicant.items()})


def _dtype(value: Any) -> Any:
    return object if value is None or isinstance(value, (str, bool)) else None


@given(years=NUMBER, audit=AUDIT, branch=BRANCH, bureau=WORD)
def test_as_the_card_on_any_value(years: Any, audit: Any, branch: Any, bureau: Any) -> None:
    applicant = {"years": years, "audit": audit, "branch": branch, "bureau": bureau}
    row = as_row(applicant)
    expected, said = told(lambda: CARD.score(row).iloc[0])
    found, heard = told(CARD.compile(), {**applicant, "more": object()})
    assert heard == said
    if isinstance(expected, tuple):
        assert found == expected
        return
    assert found.score == expected
    with warnings.catch_warnings(action="ignore"):
        assert found.points == CARD.score_parts(row).iloc[0].to_dict()
    assert found.reasons == ()


@pytest.fixture(scope="module")
def estimated(german: pd.DataFrame) -> tuple[Scorecard, pd.DataFrame]:
    X = german.drop(columns="is_bad").copy()
    X.loc[::7, "age_years"] = np.nan
    X["credit_amount"] = X["credit_amount"].astype(float)
    X.loc[::9, "credit_amount"] = -9.5
    encoder = WOEEncoder(special_codes={"credit_amount": [-9.5]})
    with warnings.catch_warnings(action="ignore"):
        model = LogisticScorecard(encoder=encoder, min_iv=0).fit(X, german["is_bad"])
    return model.scorecard_, X


@pytest.mark.parametrize("baseline", ["neutral", "average", "maximum"])
@pytest.mark.parametrize("n", [1, 4, 50])
def test_scores_and_reasons_of_all_applicants(
    estimated: tuple[Scorecard, pd.DataFrame], baseline: Any, n: int
) -> None:
    card, X = estimated
    decide = card.compile(n_reasons=n, baseline=baseline)
    answers = [decide(row) for row in X.to_dict("records")]
    assert [a.score for a in answers] == card.score(X).tolist()
    reasons = card.reasons(X, n=n, baseline=baseline).to_numpy().tolist()
    assert [list(a.reasons) for a in answers] == [
        [name for name in row if isinstance(name, str)] for row in reasons
    ]
    parts = card.score_parts(X).to_dict("records")
    assert [a.points for a in answers] == parts


def test_every_edge_and_its_neighbours(estimated: tuple[Scorecard, pd.DataFrame]) -> None:
    card, X = estimated
    decide, base = card.compile(), X.iloc[1].to_dict()
    for characteristic in card.characteristics:
        for cut in getattr(characteristic.partition, "cuts", ()):
            for value in (math.nextafter(cut, -math.inf), cut, math.nextafter(cut, math.inf)):
                applicant = {**base, characteristic.name: value}
                assert decide(applicant).score == card.score(as_row(applicant)).iloc[0]


def test_of_equal_shortfalls_the_first_comes_first() -> None:
    card = Scorecard(
        characteristics=tuple(
            Characteristic.numeric(name, cuts=[0], points=[0, 10], missing_points=5)
            for name in ("b", "a", "c")
        )
    )
    decide = card.compile(n_reasons=2, baseline="maximum")
    assert decide({"a": -1, "b": -1, "c": None}).reasons == ("b", "a")


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"years": math.inf}, InfiniteValueError, "'years' holds 1 infinite"),
        ({"years": "12"}, ColumnTypeError, "'years' holds text"),
        ({"years": 2**53 + 1}, ColumnTypeError, "beyond 2⁵³"),
        ({"audit": 3}, ColumnTypeError, "'audit' holds numbers"),
        ({"audit": pd.Timestamp("2026-01-01")}, ColumnTypeError, "dates"),
        ({"years": [1, 2]}, ColumnTypeError, "'years'"),
    ],
)
def test_errors_are_those_of_the_card(
    change: dict[str, Any], error: type[Exception], message: str
) -> None:
    applicant = {"years": 3.0, "audit": "clean", "branch": 1, "bureau": 550} | change
    with pytest.raises(error, match=message):
        CARD.compile()(applicant)


def test_a_column_that_is_not_there() -> None:
    with pytest.raises(MissingColumnError, match=r"'bureau' \(near: 'Bureau'\)"):
        CARD.compile()({"years": 3.0, "audit": "clean", "branch": 1, "Bureau": 550})


@pytest.mark.parametrize("given", [pd.DataFrame({"years": [1.0]}), None, 5, [1], "abc", object()])
def test_what_is_no_applicant(given: Any) -> None:
    with pytest.raises(InvalidParameterError, match="one applicant as a mapping"):
        CARD.compile()(given)


def test_mappings_with_an_answer_for_every_name_do_not_invent_columns() -> None:
    applicant = defaultdict(int, {"years": 3.0, "audit": "clean", "branch": 1})
    with pytest.raises(MissingColumnError, match="'bureau'"):
        CARD.compile()(applicant)
    assert "bureau" not in applicant
    applicant["bureau"] = 550
    assert CARD.compile()(applicant) == CARD.compile()(dict(applicant))


def test_reasons_need_their_points() -> None:
    with pytest.raises(UncalibratedCardError, match="no neutral points"):
        CARD.compile(n_reasons=1)
    with pytest.raises(InvalidParameterError, match="'n_reasons'"):
        CARD.compile(n_reasons=-1)


def test_what_is_refused_and_what_was_never_met(german: pd.DataFrame) -> None:
    X, y = german[["age_years", "housing"]], german["is_bad"]
    refusing = WOEEncoder(policy={"housing": BinPolicy(missing="error")})
    with warnings.catch_warnings(action="ignore"):
        card = LogisticScorecard(encoder=refusing, min_iv=0).fit(X, y).scorecard_
    decide = card.compile()
    with pytest.raises(RefusedValueError, match="housing"):
        decide({"age_years": 30, "housing": None})
    with pytest.warns(UnseenValueWarning, match="'age_years' is 'Missing' in 1 row"):
        decide({"age_years": None, "housing": "own"})
    with pytest.warns(UnseenCategoryWarning, match="'castle'"):
        decide({"age_years": 30, "housing": "castle"})


def test_it_travels_and_says_what_it_is(estimated: tuple[Scorecard, pd.DataFrame]) -> None:
    card, X = estimated
    decide = card.compile(n_reasons=3, baseline="average")
    again = pickle.loads(pickle.dumps(decide))  # noqa: S301 - made here
    applicant = X.iloc[0].to_dict()
    assert again(applicant) == decide(applicant)
    assert repr(decide).startswith("<CompiledScorecard of <Scorecard: ")


def test_half_of_a_character_is_another_level() -> None:
    audit = Characteristic.categorical(
        "audit", points={"clean": 30}, missing_points=0, other_points=-5
    )
    decide = Scorecard(characteristics=(audit,)).compile()
    with pytest.warns(UnseenCategoryWarning, match=r"'\\ud800'"):
        assert decide({"audit": "\ud800"}).score == -5
