"""Shortfalls and reasons: published vectors, order, baselines, what they refuse."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore import Scorecard
from creditscore.binning import NumericPartition
from creditscore.exceptions import InvalidParameterError, UncalibratedCardError
from creditscore.scorecard import Attribute, Characteristic

BASELINES = ("neutral", "average", "maximum")
ACCOUNT, MATURITY = "checking_status", "duration_months"
APPLICANTS = pd.DataFrame(
    {
        ACCOUNT: ["0 to < 200 DM", ">= 200 DM or salary account"],
        MATURITY: [40, 12],  # the bins [36, 45) and [8, 16)
    },
    index=["weak", "strong"],
)


# --- reference: Djurovic's card (test_djurovic.py), differences of the printed points ------


@pytest.mark.parametrize(
    ("baseline", "reference"),
    [
        # points at WOE 0, average weighted by the counts, best attribute
        ("neutral", (255.7811, 255.7811)),
        ("average", (260.2677, 257.4205)),
        ("maximum", (289.4256, 292.7871)),
    ],
)
def test_baselines(printed: Scorecard, baseline: str, reference: tuple[float, float]) -> None:
    got = printed.shortfalls(APPLICANTS, baseline=baseline) + printed.score_parts(APPLICANTS)
    for row in got.to_numpy():
        assert row == pytest.approx(reference, abs=5.1e-5)


@pytest.mark.parametrize(
    ("baseline", "weak", "strong"),
    [
        ("neutral", (11.4810, 14.7926), None),
        ("average", (15.9676, 16.4320), None),
        ("maximum", (45.1255, 51.7986), (22.0471, 27.2306)),
    ],
)
def test_published_shortfalls_and_reasons(
    printed: Scorecard,
    baseline: str,
    weak: tuple[float, float],
    strong: tuple[float, float] | None,
) -> None:
    short = printed.shortfalls(APPLICANTS, baseline=baseline)
    assert list(short.columns) == [ACCOUNT, MATURITY]
    # each number is a difference of two that were rounded to four decimals
    assert short.loc["weak"].tolist() == pytest.approx(weak, abs=1.01e-4)
    reasons = printed.reasons(APPLICANTS, n=2, baseline=baseline)
    assert reasons.loc["weak"].tolist() == [MATURITY, ACCOUNT]
    if strong is None:
        assert (short.loc["strong"] < 0).all()
        assert reasons.loc["strong"].isna().all()
    else:
        assert short.loc["strong"].tolist() == pytest.approx(strong, abs=1.01e-4)
        assert reasons.loc["strong"].tolist() == [MATURITY, ACCOUNT]


# --- laws ----------------------------------------------------------------------------


@pytest.mark.parametrize("baseline", BASELINES)
def test_shortfall_and_points_add_to_the_baseline(
    card: Scorecard, features: pd.DataFrame, baseline: str
) -> None:
    total = card.shortfalls(features, baseline=baseline) + card.score_parts(features)
    assert np.ptp(total.to_numpy(), axis=0).max() < 1e-10


def test_average_shortfall_is_zero_on_the_sample_of_the_fit(
    card: Scorecard, features: pd.DataFrame
) -> None:
    short = card.shortfalls(features, baseline="average")
    assert short.mean().abs().max() < 1e-10
    assert card.shortfalls(features, baseline="maximum").min().min() >= 0


@pytest.mark.parametrize("baseline", BASELINES)
def test_reasons_are_the_largest_shortfalls_in_order(
    card: Scorecard, features: pd.DataFrame, baseline: str
) -> None:
    short = card.shortfalls(features, baseline=baseline)
    reasons = card.reasons(features, n=3, baseline=baseline)
    assert list(reasons.columns) == ["reason_1", "reason_2", "reason_3"]
    for case in features.index[:300]:
        ranked = short.loc[case].sort_values(ascending=False, kind="stable")
        expected = ranked[ranked > 1e-9].index[:3].tolist()
        assert reasons.loc[case].dropna().tolist() == expected


@pytest.mark.parametrize("baseline", BASELINES)
def test_reasons_of_a_row_do_not_depend_on_the_others(
    card: Scorecard, features: pd.DataFrame, baseline: str
) -> None:
    together = card.reasons(features.head(40), baseline=baseline)
    alone = [card.reasons(features.iloc[[i]], baseline=baseline) for i in range(40)]
    names = together.astype(object).fillna("-")
    pd.testing.assert_frame_equal(pd.concat(alone).astype(object).fillna("-"), names)


def test_ties_go_to_the_characteristic_that_comes_first() -> None:
    same = [
        Characteristic.numeric(name, cuts=[1], points=[0, 10], missing_points=0)
        for name in ("b", "a", "c")
    ]
    card = Scorecard(characteristics=tuple(same))
    reasons = card.reasons(pd.DataFrame({"a": [0], "b": [0], "c": [5]}), baseline="maximum")
    assert reasons.iloc[0].dropna().tolist() == ["b", "a"]


@given(
    tenths=st.lists(st.tuples(st.integers(-2000, 9000), st.integers(0, 5)), min_size=2, max_size=6)
)
@settings(deadline=None, max_examples=50)
def test_rounding_breaks_no_tie(tenths: list[tuple[int, int]]) -> None:
    # exact shortfalls are known in tenths, and differences of such points are not exact
    names = [f"c{place}" for place in range(len(tenths))]
    card = Scorecard(
        characteristics=tuple(
            Characteristic.numeric(
                name, cuts=[1], points=[low / 10, (low + short) / 10], missing_points=low / 10
            )
            for name, (low, short) in zip(names, tenths, strict=True)
        )
    )
    lost = [short for _, short in tenths]
    places = [place for place in np.argsort([-s for s in lost], kind="stable") if lost[place]]
    expected = tuple(names[place] for place in places)
    row = dict.fromkeys(names, 0.0)
    found = card.reasons(pd.DataFrame([row]), n=len(names), baseline="maximum")
    assert tuple(found.iloc[0].dropna()) == expected
    decide = card.compile(n_reasons=len(names), baseline="maximum")
    assert decide(row).reasons == expected


@pytest.mark.parametrize("short", [0.4e-9, 1e-9, 1.2e-9, 2.5e-9, 5.5, 1e15 / 3, 1e300])
def test_any_size_of_shortfall(short: float) -> None:
    years = Characteristic.numeric("years", cuts=[1], points=[0, short], missing_points=0)
    card = Scorecard(characteristics=(years,))
    given_reasons = card.reasons(pd.DataFrame({"years": [0.0]}), n=1, baseline="maximum")
    reasons = card.compile(n_reasons=1, baseline="maximum")({"years": 0.0}).reasons
    assert reasons == tuple(given_reasons["reason_1"].dropna()) == ("years",) * (short > 1e-9)


def test_more_ranks_than_characteristics_stay_empty(
    card: Scorecard, features: pd.DataFrame
) -> None:
    reasons = card.reasons(features, n=len(card.names) + 2, baseline="maximum")
    assert reasons.shape[1] == len(card.names) + 2
    assert reasons.iloc[:, -2:].isna().all(axis=None)


def test_type_of_a_reason_does_not_depend_on_the_rows() -> None:
    years = Characteristic.numeric("years", cuts=[2], points=[0, 9], missing_points=0)
    card = Scorecard(characteristics=(years,))
    with_reason, without = pl.DataFrame({"years": [0.0]}), pl.DataFrame({"years": [5.0]})
    for convert in (pl.DataFrame.clone, pl.DataFrame.to_pandas, pl.DataFrame.to_arrow):
        first, second = (
            card.reasons(convert(rows), n=2, baseline="maximum") for rows in (with_reason, without)
        )
        if isinstance(first, pd.DataFrame):
            assert first.dtypes.tolist() == second.dtypes.tolist()
            assert len(set(first.dtypes)) == 1
        else:
            assert first.schema == second.schema
            assert "null" not in str(first.schema).lower()


# --- details -------------------------------------------------------------------------


@pytest.mark.parametrize("baseline", BASELINES)
def test_details_are_reasons_with_their_points_and_attributes(
    card: Scorecard, features: pd.DataFrame, baseline: str
) -> None:
    rows = features.head(200)
    details = card.reason_details(rows, n=3, baseline=baseline)
    assert list(details.columns) == [
        f"reason_{rank}{ending}" for rank in (1, 2, 3) for ending in ("", "_points", "_attribute")
    ]
    reasons = card.reasons(rows, n=3, baseline=baseline)
    pd.testing.assert_frame_equal(details[list(reasons.columns)], reasons)
    short = card.shortfalls(rows, baseline=baseline)
    table = card.table().set_index(["characteristic", "attribute"])["points"]
    parts = card.score_parts(rows)
    for case in rows.index:
        for rank in (1, 2, 3):
            name, points, attribute = details.loc[case].filter(regex=f"^reason_{rank}(_|$)")
            if pd.isna(name):
                assert pd.isna(points)
                assert pd.isna(attribute)
                continue
            assert points == short.loc[case, name] > 0
            assert table[name, attribute] == parts.loc[case, name]


def test_details_of_the_published_card(printed: Scorecard) -> None:
    details = printed.reason_details(APPLICANTS, n=1)
    weak = details.loc["weak"]
    assert weak["reason_1"] == MATURITY
    assert weak["reason_1_points"] == pytest.approx(14.7926, abs=1.01e-4)
    assert weak["reason_1_attribute"] == "[36, 45)"
    assert details.loc["strong"].isna().all()


def test_types_of_details_do_not_depend_on_the_rows() -> None:
    years = Characteristic.numeric("years", cuts=[2], points=[0, 9], missing_points=0)
    card = Scorecard(characteristics=(years,))
    with_reason, without = pl.DataFrame({"years": [0.0]}), pl.DataFrame({"years": [5.0]})
    for convert in (pl.DataFrame.clone, pl.DataFrame.to_pandas, pl.DataFrame.to_arrow):
        first, second = (
            card.reason_details(convert(rows), n=2, baseline="maximum")
            for rows in (with_reason, without)
        )
        if isinstance(first, pd.DataFrame):
            assert first.dtypes.tolist() == second.dtypes.tolist()
            assert first["reason_2_points"].dtype == np.float64
        else:
            assert first.schema == second.schema
            assert "null" not in str(first.schema).lower()
    empty = card.reason_details(without, n=1, baseline="maximum")
    # a gap, not a number that is none
    assert empty.row(0) == (None, None, None)


@pytest.mark.parametrize("n", [0, -1, 1.0, True, "4", None])
def test_number_of_detailed_reasons(card: Scorecard, features: pd.DataFrame, n: object) -> None:
    with pytest.raises(InvalidParameterError, match=r"'n' parameter of Scorecard.reason_details"):
        card.reason_details(features, n=n)


# --- bad input -----------------------------------------------------------------------


YEARS = Characteristic.numeric("years", cuts=[2], points=[0, 9], missing_points=0)
FIRMS = pd.DataFrame({"years": [1.0, 5.0]})


@pytest.mark.parametrize(
    ("baseline", "message"),
    [("neutral", "'years' has no neutral points"), ("average", "'years' holds no counts")],
)
def test_hand_made_cards_have_the_maximum_only(baseline: str, message: str) -> None:
    card = Scorecard(characteristics=(YEARS,))
    for method in (card.reasons, card.shortfalls):
        with pytest.raises(UncalibratedCardError, match=f"{message}.*baseline='maximum'"):
            method(FIRMS, baseline=baseline)
    assert card.reasons(FIRMS, n=1, baseline="maximum")["reason_1"].tolist()[0] == "years"


def test_neutral_points_can_be_given_by_hand() -> None:
    card = Scorecard(characteristics=(replace(YEARS, neutral_points=5.0),))
    assert card.shortfalls(FIRMS)["years"].tolist() == [5, -4]


@pytest.mark.parametrize("baseline", ["best", "", None, 1])
def test_unknown_baseline(card: Scorecard, features: pd.DataFrame, baseline: object) -> None:
    with pytest.raises(InvalidParameterError, match=r"'baseline' parameter .* must be one of"):
        card.reasons(features, baseline=baseline)


@pytest.mark.parametrize("n", [0, -1, 1.0, True, "4", None])
def test_number_of_reasons(card: Scorecard, features: pd.DataFrame, n: object) -> None:
    with pytest.raises(InvalidParameterError, match=r"'n' parameter of Scorecard.reasons"):
        card.reasons(features, n=n)


def counted(points: list[float], counts: list[int], slope: float = 0.0) -> Characteristic:
    attributes = [
        Attribute(points=p, n_good=n, n_bad=n) for p, n in zip(points, counts, strict=True)
    ]
    attributes[1] = replace(attributes[1], slope=slope)
    partition = NumericPartition(cuts=(0.0, 10.0))
    return Characteristic(name="years", partition=partition, attributes=tuple(attributes))


def test_average_of_linear_points_is_not_guessed() -> None:
    # counts say how many rows an interval holds, not where in it they lie
    card = Scorecard(characteristics=(counted([0, 0, 10, 0], [0, 10, 0, 0], slope=1.0),))
    with pytest.raises(UncalibratedCardError, match="'years'"):
        card.shortfalls(FIRMS, baseline="average")


def test_average_over_no_rows() -> None:
    card = Scorecard(characteristics=(counted([0, 5, 10, 0], [0, 0, 0, 0]),))
    with pytest.raises(UncalibratedCardError, match="'years'"):
        card.shortfalls(FIRMS, baseline="average")


def test_neutral_points_are_finite() -> None:
    with pytest.raises(InvalidParameterError, match="neutral_points"):
        replace(YEARS, neutral_points=math.nan)
