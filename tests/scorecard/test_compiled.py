"""A compiled card says what the card says: every edge, every type, every error and warning."""

from __future__ import annotations

import math
import pickle
import warnings
from collections import defaultdict
from decimal import Decimal
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
    st.sampled_from([np.float32(0.1), np.float16(2), np.uint8(9), np.int64(2**53 + 1), pd.NA]),
    st.sampled_from([np.float64("nan"), np.float32("inf"), np.bool_(True)]),
    st.sampled_from([*map(Decimal, ("0.1", "2", "-1", "1e300", "1e400", "NaN", "Infinity"))]),
)
AUDIT = st.sampled_from(
    [
        *("clean", "none", "qualified", 'it\'s "odd"; DROP', None, math.nan, "?", ""),
        *(np.str_("clean"), np.str_("new"), pd.NA, np.float64("nan"), 3, True, Decimal(1)),
    ]
)
BRANCH = st.sampled_from(
    [
        *(1, 2, 3, 99, 1.0, 7, 7.0, 7.5, None, math.nan, np.int64(3), True, False, np.bool_(True)),
        *(np.float32(2), np.int8(7), pd.NA, 2**60, "1", Decimal(1), math.inf, np.float64(7.5)),
    ]
)
WORD = st.one_of(
    NUMBER.filter(lambda value: not isinstance(value, (bool, np.bool_))),
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
    plain = value is None or value is pd.NA or isinstance(value, (str, bool, Decimal))
    return object if plain else None


@given(years=NUMBER, audit=AUDIT, branch=BRANCH, bureau=WORD)
def test_as_the_card_on_any_value(years: Any, audit: Any, branch: Any, bureau: Any) -> None:
    applicant = {"years": years, "audit": audit, "branch": branch, "bureau": bureau}
    row = as_row(applicant)
    expected, said = told(lambda: CARD.score(row).iloc[0])
    found, heard = told(CARD.compile(), {**applicant, "more": object()})
    if isinstance(expected, tuple):
        assert found == expected
        return
    assert heard == said
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
        ({"years": pd.NaT}, ColumnTypeError, r"durations \(all NaT\)"),
        ({"years": Decimal("sNaN")}, ColumnTypeError, "'years' holds Decimal.*signalling NaN"),
        ({"audit": Decimal("sNaN")}, ColumnTypeError, "'audit' holds Decimal.*signalling NaN"),
        ({"bureau": Decimal("sNaN")}, ColumnTypeError, "'bureau' holds Decimal.*signalling NaN"),
    ],
)
def test_errors_are_those_of_the_card(
    change: dict[str, Any], error: type[Exception], message: str
) -> None:
    applicant = {"years": 3.0, "audit": "clean", "branch": 1, "bureau": 550} | change
    with pytest.raises(error, match=message):
        CARD.compile()(applicant)
    table = pd.DataFrame({name: pd.Series([v], dtype=object) for name, v in applicant.items()})
    with pytest.raises(error, match=message):
        CARD.score(table)


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


@pytest.fixture(scope="module")
def few_met() -> Scorecard:
    """A card of a fit that met no missing value, and levels of text and of numbers."""
    rng = np.random.default_rng(1)
    X = pd.DataFrame(
        {
            "years": rng.normal(size=400),
            "audit": rng.choice(["clean", "none"], 400),
            "branch": rng.choice([1, 2], 400),
            "bureau": np.where(
                rng.random(400) < 0.3, "NO HIT", rng.integers(0, 900, 400).astype(str)
            ),
        }
    )
    y = (rng.normal(size=400) > X["years"] + (X["audit"] == "clean") + (X["branch"] == 1)).astype(
        int
    )
    encoder = WOEEncoder(kinds={"branch": "categorical"})
    with warnings.catch_warnings(action="ignore"):
        found: Scorecard = LogisticScorecard(encoder=encoder, min_iv=0).fit(X, y).scorecard_
    assert found.names == ("years", "audit", "branch", "bureau")
    return found


VALUES: dict[str, list[Any]] = {
    "years": [0.5, None, math.nan, np.float64("nan"), Decimal("0.5"), Decimal("NaN"), True],
    "audit": ["clean", None, "?", np.str_("?"), pd.NA],
    "branch": [1, None, 7, np.int64(7), 7.0, np.float32(7.5), False],
    "bureau": ["12", None, "thin", np.str_("thin"), np.float64(12), Decimal(12)],
}


@pytest.mark.parametrize("years", VALUES["years"])
@pytest.mark.parametrize("branch", VALUES["branch"])
def test_warnings_are_those_of_the_card(few_met: Scorecard, years: Any, branch: Any) -> None:
    decide = few_met.compile(n_reasons=2)
    for audit in VALUES["audit"]:
        for bureau in VALUES["bureau"]:
            applicant = {"years": years, "audit": audit, "branch": branch, "bureau": bureau}
            row = as_row(applicant)
            expected, said = told(lambda row=row: few_met.score(row).iloc[0])
            found, heard = told(decide, applicant)
            assert heard == said
            assert found.score == expected
            with warnings.catch_warnings(action="ignore"):
                reasons = few_met.reasons(row, n=2).iloc[0].tolist()
            assert list(found.reasons) == [one for one in reasons if isinstance(one, str)]


def test_a_warning_may_be_an_error(few_met: Scorecard) -> None:
    applicant = {"years": None, "audit": "?", "branch": 7, "bureau": "thin"}
    decide = few_met.compile()
    with warnings.catch_warnings(action="error"):
        with pytest.raises(UnseenCategoryWarning, match=r"'audit' holds 1 level\(s\)"):
            few_met.score(as_row(applicant))
        with pytest.raises(UnseenCategoryWarning, match=r"'audit' holds 1 level\(s\)"):
            decide(applicant)


@pytest.mark.parametrize(
    "change",
    [
        *({"years": value} for value in (np.float64(0.5), np.int64(1), Decimal("0.5"), None, True)),
        *({"audit": value} for value in (None, "?", np.str_("clean"), pd.NA)),
        *({"branch": value} for value in (None, 7, np.int64(1), np.float64(7))),
        *({"bureau": value} for value in (None, "thin", np.float64(7), Decimal(7))),
    ],
)
def test_everyday_values_need_no_table(
    few_met: Scorecard, change: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table of one row takes thousands of microseconds."""
    applicant = {"years": 0.5, "audit": "clean", "branch": 1, "bureau": "12"} | change
    decide = few_met.compile(n_reasons=2)
    expected, said = told(lambda: few_met.score(as_row(applicant)).iloc[0])
    monkeypatch.setattr("creditscore.scorecard._compiled.one_row", None)
    found, heard = told(decide, applicant)
    assert (found.score, heard) == (expected, said)


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
