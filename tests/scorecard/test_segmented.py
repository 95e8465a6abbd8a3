"""SegmentedScorecard: each row by the card of its segment, one scale, aligned odds, a file."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from creditscore import LogisticScorecard, PointsScale, Scorecard, WOEEncoder
from creditscore.exceptions import (
    AlteredDocumentError,
    ColumnTypeError,
    DocumentError,
    InfiniteValueError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
    RefusedValueError,
    UncalibratedCardError,
    UnseenCategoryWarning,
)
from creditscore.scorecard import (
    Characteristic,
    SegmentAlignment,
    SegmentedScorecard,
    SegmentOddsDisplay,
    Segments,
)

METHODS = ("score", "score_parts", "prob_default", "shortfalls", "reasons", "reason_details")
BY_HOUSING = Segments.by_levels(
    "housing", {"owners": ["own"], "others": ["rent", "free"]}, missing="others", other="others"
)


@pytest.fixture(scope="module")
def both(applicants: pd.DataFrame, features: pd.DataFrame) -> SegmentedScorecard:
    """Cards of owners and of others, each estimated in its segment, with columns of its own."""
    owners = BY_HOUSING.assign(features) == "owners"
    columns = {"owners": ["income_amount", "months_employed"], "others": ["income_amount",
               "insured", "housing"]}  # fmt: skip
    encoder = WOEEncoder(special_codes={"months_employed": [-9]})
    cards = {}
    for name, rows in (("owners", owners), ("others", ~owners)):
        own = encoder if name == "owners" else WOEEncoder()
        model = LogisticScorecard(encoder=own)
        cards[name] = model.fit(
            features.loc[rows, columns[name]], applicants.loc[rows, "is_bad"]
        ).scorecard_
    return SegmentedScorecard.from_cards(BY_HOUSING, cards)


def values(answer: Any) -> dict[str, list[Any]]:
    frame = answer if isinstance(answer, (pd.DataFrame, pd.Series)) else answer.to_pandas()
    frame = pd.DataFrame({"": frame}) if isinstance(frame, pd.Series) else frame
    return {name: [None if pd.isna(value) else value for value in frame[name]] for name in frame}


# --- each row by its card ----------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_a_row_is_answered_by_the_card_of_its_segment(
    both: SegmentedScorecard, features: pd.DataFrame, method: str
) -> None:
    whole = getattr(both, method)(features)
    pd.testing.assert_index_equal(whole.index, features.index)
    segments = BY_HOUSING.assign(features)
    for name in both.segments.names:
        rows = (segments == name).to_numpy()
        own = getattr(both.card(name), method)(features[rows])
        if isinstance(whole, pd.DataFrame):
            pd.testing.assert_frame_equal(whole.loc[rows, own.columns], own, check_freq=False)
            assert whole.loc[rows, whole.columns.difference(own.columns)].isna().all(axis=None)
        else:
            assert whole[rows].tolist() == own.tolist()
            assert whole.name == own.name


def test_parts_add_to_the_score(both: SegmentedScorecard, features: pd.DataFrame) -> None:
    parts = both.score_parts(features)
    assert list(parts.columns) == [
        "income_amount", "months_employed", "insured", "housing"
    ]  # fmt: skip
    assert parts.sum(axis=1).tolist() == pytest.approx(both.score(features).tolist())
    assert parts.isna().to_numpy().sum() == len(features) * 4 - parts.count().sum() > 0


@pytest.mark.parametrize("kind", ["polars", "pyarrow", "nullable", "category"])
@pytest.mark.parametrize("method", METHODS)
def test_any_library(
    both: SegmentedScorecard, features: pd.DataFrame, kind: str, method: str
) -> None:
    converted: dict[str, Any] = {
        "polars": pl.from_pandas(features),
        "pyarrow": pa.Table.from_pandas(features, preserve_index=False),
        "nullable": features.convert_dtypes(),
        "category": features.astype({"housing": "category"}),
    }
    answer = getattr(both, method)(converted[kind])
    assert values(answer) == values(getattr(both, method)(features))
    if kind == "polars":
        assert isinstance(answer, (pl.DataFrame, pl.Series))
    if kind == "pyarrow":
        assert isinstance(answer, (pa.Table, pa.ChunkedArray))


@pytest.mark.parametrize(
    "index",
    [pd.Index([7, 7, 7]), pd.date_range("2024-01-01", periods=3), pd.RangeIndex(5, 11, 2),
     pd.MultiIndex.from_tuples([("a", 1), ("a", 1), ("b", 2)], names=["bank", "case"])],
    ids=["repeated", "dates", "range", "multi"],
)  # fmt: skip
def test_any_index_is_kept(
    both: SegmentedScorecard, features: pd.DataFrame, index: pd.Index
) -> None:
    rows = features.iloc[[0, 1, 2]].set_axis(index)
    assert both.score(rows).tolist() == both.score(features).tolist()[:3]
    for method in METHODS:
        pd.testing.assert_index_equal(getattr(both, method)(rows).index, index, exact=True)


@settings(max_examples=20)
@given(data=st.data())
def test_a_row_is_the_same_alone_and_among_others(
    both: SegmentedScorecard, features: pd.DataFrame, data: st.DataObject
) -> None:
    rows = data.draw(st.lists(st.integers(0, len(features) - 1), min_size=1, max_size=20))
    chosen = features.iloc[rows]
    assert both.score(chosen).tolist() == both.score(features).iloc[rows].tolist()
    assert values(both.reasons(chosen)) == values(both.reasons(features).iloc[rows])


def test_a_table_of_one_segment_and_columns_that_nobody_reads(
    both: SegmentedScorecard, features: pd.DataFrame
) -> None:
    dated = features.assign(seen=pd.Timestamp("2024-01-01"))[::-1]
    pd.testing.assert_series_equal(both.score(dated), both.score(features)[::-1])
    owners = features[features["housing"] == "own"]
    assert both.score(owners).tolist() == both.card("owners").score(owners).tolist()
    assert set(both.score_parts(owners).count()) == {0, len(owners)}


def test_unseen_levels_go_where_the_rule_says(
    both: SegmentedScorecard, features: pd.DataFrame
) -> None:
    boat = features.head(2).assign(housing=["boat", None])
    assert both.segments.assign(boat).tolist() == ["others", "others"]
    # the rule knows what to do; the card of the segment, which reads the column too, warns
    with pytest.warns(UnseenCategoryWarning, match="'boat'"):
        score = both.score(boat)
    assert score.notna().all()
    strict = replace(both, segments=Segments.by_levels(
        "housing", {"owners": ["own"], "others": ["rent", "free"]}))  # fmt: skip
    with pytest.raises(RefusedValueError, match="belong to no segment"):
        strict.score(boat)


def test_nested_rules(both: SegmentedScorecard, features: pd.DataFrame) -> None:
    rich = Segments.by_cuts("income_amount", [3_000], ["modest", "rich"], missing="modest")
    nested = SegmentedScorecard.from_cards(
        BY_HOUSING.divided("owners", rich),
        {"modest": both.card("owners"), "rich": both.card("owners"), "others": both.card("others")},
    )
    assert nested.score(features).tolist() == both.score(features).tolist()
    assert nested.names[:2] == ("housing", "income_amount")


# --- tables and words --------------------------------------------------------------------


def test_tables(both: SegmentedScorecard) -> None:
    table = both.table()
    assert table.columns[0] == "segment"
    for name in both.segments.names:
        own = table[table["segment"] == name].drop(columns="segment").reset_index(drop=True)
        pd.testing.assert_frame_equal(own, both.card(name).table())
    summary = both.summary().set_index("segment")
    assert summary["n_characteristics"].tolist() == [2, 3]
    assert summary.loc["others", "rule"] == "housing: rent, free or Missing or Other"
    assert summary["n_good"].sum() + summary["n_bad"].sum() == 1_500
    lows, highs = zip(*(card.score_range for card in both.cards), strict=True)
    assert both.score_range == (min(lows), max(highs))


def test_words(both: SegmentedScorecard) -> None:
    assert repr(both).startswith("<SegmentedScorecard: 2 segments (owners, others), scores from ")
    assert repr(both).endswith("; on one scale, 600 points at odds of 50:1, 20 to double them>")
    assert "owners" in both._repr_html_()
    single = SegmentedScorecard(segments=Segments(), cards=(both.cards[0],))
    assert repr(single).startswith("<SegmentedScorecard: a card for all, 'all', scores from ")


def test_on_another_scale(both: SegmentedScorecard, features: pd.DataFrame) -> None:
    scale = PointsScale(base_score=300, base_odds=15, pdo=50)
    moved = both.on_scale(scale)
    assert moved.scale == scale
    assert moved.prob_default(features).tolist() == pytest.approx(
        both.prob_default(features).tolist()
    )
    reverse = both.on_scale(PointsScale(reverse=True))
    assert (both.higher_is_safer, reverse.higher_is_safer) == (True, False)
    assert reverse.reasons(features).equals(both.reasons(features))


# --- aligned odds ------------------------------------------------------------------------


def test_on_its_own_sample_an_estimated_card_is_aligned(
    both: SegmentedScorecard, features: pd.DataFrame, applicants: pd.DataFrame
) -> None:
    found = both.alignment(features, applicants["is_bad"])
    assert found["segment"].tolist() == ["owners", "others"]
    assert found["intercept"].tolist() == pytest.approx([0, 0], abs=1e-7)
    assert found["slope"].tolist() == pytest.approx([1, 1], abs=1e-7)
    assert found["p_value"].tolist() == pytest.approx([1, 1])
    again = both.aligned(features, applicants["is_bad"])
    assert again.score(features).tolist() == pytest.approx(both.score(features).tolist())


def shifted(both: SegmentedScorecard) -> SegmentedScorecard:
    """Cards whose points are off: one too spread out, one too high."""
    owners, others = both.cards
    wide = replace(
        owners, fit_summary=None,
        characteristics=tuple(c.rescaled(ratio=1.5, shift=-90) for c in owners.characteristics),
    )  # fmt: skip
    high = replace(others, base_points=others.base_points + 25, fit_summary=None)
    return replace(both, cards=(wide, high))


def test_aligning_finds_the_odds_of_the_sample(
    both: SegmentedScorecard, features: pd.DataFrame, applicants: pd.DataFrame
) -> None:
    y = applicants["is_bad"]
    off = shifted(both)
    found = off.alignment(features, y).set_index("segment")
    assert found.loc["owners", "slope"] == pytest.approx(1 / 1.5)
    assert found.loc["others", "slope"] == pytest.approx(1)
    assert found.loc["others", "intercept"] == pytest.approx(-25 / off.scale.factor)
    assert (found["p_value"] < 1e-4).all()
    aligned = off.aligned(features, y)
    assert aligned.score(features).tolist() == pytest.approx(both.score(features).tolist())
    assert [one.segment for one in aligned.alignments] == ["owners", "others"]
    coefficients = [c.coefficient for c in aligned.card("owners").characteristics]
    before = [c.coefficient for c in off.card("owners").characteristics]
    assert coefficients == pytest.approx([value / 1.5 for value in before])
    assert aligned.card("others").fit_summary is None


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), reverse=st.booleans())
def test_the_same_score_means_the_same_odds(
    both: SegmentedScorecard, features: pd.DataFrame, seed: int, reverse: bool
) -> None:
    random = np.random.default_rng(seed)
    odds = both.scale.log_odds(both.score(features))
    y = (random.random(len(features)) < expit(0.3 - 0.6 * odds)).astype(int)
    card = both.on_scale(PointsScale(reverse=reverse))
    claimed = card.scale.log_odds(card.score(features).to_numpy())
    found = card.alignment(features, y)
    aligned = card.aligned(features, y)
    meant = card.scale.log_odds(aligned.score(features).to_numpy())
    codes = (BY_HOUSING.assign(features) == "others").to_numpy().astype(int)
    a, b = found["intercept"].to_numpy()[codes], found["slope"].to_numpy()[codes]
    assert meant == pytest.approx(a + b * claimed, abs=1e-9)
    again = aligned.alignment(features, y)
    assert again["intercept"].tolist() == pytest.approx([0, 0], abs=1e-6)
    assert again["slope"].tolist() == pytest.approx([1, 1], abs=1e-6)


def test_intercept_and_slope_are_those_of_the_highest_likelihood(
    both: SegmentedScorecard, features: pd.DataFrame, applicants: pd.DataFrame
) -> None:
    rows = features.iloc[::3]
    y = applicants["is_bad"].iloc[::3].to_numpy()
    weights = np.arange(len(y)) % 4
    owners = (BY_HOUSING.assign(rows) == "owners").to_numpy()
    claimed = both.scale.log_odds(both.score(rows).to_numpy())[owners]
    signed = np.where(y[owners] == 1, -1.0, 1.0)

    def loss(at: np.ndarray) -> float:
        return -float(weights[owners] @ log_expit(signed * (at[0] + at[1] * claimed)))

    best = minimize(loss, [0.0, 1.0], tol=1e-12)
    found = both.alignment(rows, y, sample_weight=weights).iloc[0]
    assert [found["intercept"], found["slope"]] == pytest.approx(best.x.tolist(), abs=1e-4)
    # inverse of the matrix of second derivatives, as the optimiser approximates it
    errors = np.sqrt(np.diag(best.hess_inv))
    assert [found["intercept_error"], found["slope_error"]] == pytest.approx(
        errors.tolist(), rel=0.1
    )


def test_samples_that_tell_nothing_of_a_segment(
    both: SegmentedScorecard, features: pd.DataFrame, applicants: pd.DataFrame
) -> None:
    owners = features[features["housing"] == "own"]
    with pytest.raises(InvalidDataError, match="'others' has 0 good and 0 bad"):
        both.aligned(owners, applicants.loc[owners.index, "is_bad"])
    y = np.where(features["housing"] == "own", 0, np.arange(len(features)) % 2)
    with pytest.raises(InvalidDataError, match=r"'owners' has .* good and 0 bad"):
        both.alignment(features, y)
    same = pd.concat([owners.head(1)] * 4 + [features[features["housing"] == "rent"].head(4)])
    with pytest.raises(InvalidDataError, match="'owners' in this sample have one score"):
        both.alignment(same, [0, 1] * 4)
    upside_down = 1 - applicants["is_bad"]
    with pytest.raises(InvalidDataError, match="ranks this sample the wrong way round"):
        both.aligned(features, upside_down)


def test_odds_by_segment(
    both: SegmentedScorecard, features: pd.DataFrame, applicants: pd.DataFrame
) -> None:
    display = SegmentOddsDisplay.from_sample(both, features, applicants["is_bad"], n_bands=4)
    frame = display.frame()
    assert frame["n_good"].sum() + frame["n_bad"].sum() == len(features)
    assert frame["n_bad"].sum() == applicants["is_bad"].sum()
    assert (frame["lower"] < frame["log_odds"]).all()
    assert (frame["log_odds"] < frame["upper"]).all()
    expected = both.scale.log_odds(frame["score"])
    assert frame["claimed"].tolist() == expected.tolist()
    # an aligned card is within its intervals nearly everywhere
    inside = (frame["lower"] <= frame["claimed"]) & (frame["claimed"] <= frame["upper"])
    assert inside.mean() >= 0.75
    ax = display.plot().ax_
    assert ax.get_legend().get_texts()[0].get_text() == "the scale"
    assert repr(display).startswith("<SegmentOddsDisplay: 2 segments in 4 bands")


def test_a_band_without_bads_has_finite_ends(both: SegmentedScorecard) -> None:
    card = both.card("owners")
    single = SegmentedScorecard(segments=Segments(), cards=(card,))
    rows = pd.DataFrame({"income_amount": [1_000.0, 5_000.0] * 5, "months_employed": [10.0] * 10})
    display = SegmentOddsDisplay.from_sample(single, rows, [1, 0] * 5, n_bands=2)
    assert np.isfinite(display.frame()[["log_odds", "lower", "upper"]]).all(axis=None)
    display.plot()


# --- one applicant -----------------------------------------------------------------------


def test_compiled_is_the_same_bit_by_bit(both: SegmentedScorecard, features: pd.DataFrame) -> None:
    decide = both.compile(n_reasons=3)
    rows = features.head(200)
    score, reasons = both.score(rows), both.reasons(rows, n=3)
    segments = both.segments.assign(rows)
    for place, applicant in enumerate(rows.to_dict("records")):
        answer = decide(applicant)
        assert answer.score == score.iloc[place]
        assert answer.segment == segments.iloc[place]
        assert list(answer.reasons) == [r for r in reasons.iloc[place] if not pd.isna(r)]
        assert sum(answer.points.values()) == pytest.approx(answer.score)
    assert pickle.loads(pickle.dumps(decide))(applicant) == answer  # noqa: S301 - made here
    assert repr(decide).startswith("<CompiledSegmentedScorecard of <SegmentedScorecard: 2 ")


def hand_made(*points: float) -> Scorecard:
    years = Characteristic.numeric("years", cuts=[2], points=points, missing_points=1)
    return Scorecard(characteristics=(years,))


@pytest.mark.parametrize(
    ("value", "segment"),
    [(5, "low"), (5.0, "low"), (10, "high"), (10.5, "high"), (-9, "coded"), (-9.0, "coded"),
     (None, "none"), (float("nan"), "none"), (np.float32(5), "low"), (np.int64(12), "high"),
     (pd.NA, "none"), (True, "low")],
)  # fmt: skip
def test_compiled_reads_numbers_of_any_kind(value: Any, segment: str) -> None:
    rule = Segments.by_cuts("x", [10], ["low", "high"], missing="none", special={-9: "coded"})
    card = SegmentedScorecard(segments=rule, cards=(hand_made(0, 20),) * 4)
    answer = card.compile()({"x": value, "years": 3})
    assert answer == (20.0, {"years": 20.0}, (), segment)


def test_compiled_refuses_what_tables_refuse() -> None:
    rule = Segments.by_cuts("x", [10], ["low", "high"])
    decide = SegmentedScorecard(segments=rule, cards=(hand_made(0, 20),) * 2).compile()
    with pytest.raises(InfiniteValueError, match="'x'"):
        decide({"x": float("inf"), "years": 3})
    with pytest.raises(ColumnTypeError, match="beyond 2⁵³"):
        decide({"x": 2**60, "years": 3})
    with pytest.raises(ColumnTypeError, match="text"):
        decide({"x": "many", "years": 3})


@pytest.mark.parametrize(
    ("value", "segment"),
    [("a", "first"), ("b", "second"), ("zz", "second"), (None, "first"), (np.str_("a"), "first")],
)
def test_compiled_reads_levels_of_any_kind(value: Any, segment: str) -> None:
    rule = Segments.by_levels(
        "x", {"first": ["a"], "second": ["b"]}, missing="first", other="second"
    )
    card = SegmentedScorecard(segments=rule, cards=(hand_made(0, 20), hand_made(0, 30)))
    assert card.compile()({"x": value, "years": 3}).segment == segment


def test_compiled_divides_the_segment_of_all() -> None:
    by_x = Segments.by_cuts("x", [1], ["small", "large"])
    rule = Segments(within=(("all", by_x),))
    card = SegmentedScorecard(segments=rule, cards=(hand_made(0, 20), hand_made(0, 30)))
    rows = pd.DataFrame({"x": [0.0, 1.0], "years": [3.0, 3.0]})
    decide = card.compile()
    answers = [decide(row) for row in rows.to_dict("records")]
    assert [answer.segment for answer in answers] == rule.assign(rows).tolist()
    assert [answer.score for answer in answers] == card.score(rows).tolist() == [20, 30]


def test_compiled_needs_the_columns_of_the_segment_only() -> None:
    rule = Segments.by_levels("x", {"first": ["a"], "second": ["b"]}).divided(
        "second", Segments.by_cuts("y", [1], ["small", "large"])
    )
    cards = (hand_made(0, 20), hand_made(0, 30), hand_made(0, 40))
    decide = SegmentedScorecard(segments=rule, cards=cards).compile()
    assert decide({"x": "a", "years": 3}).score == 20
    assert decide({"x": "b", "y": 7, "years": 3}).segment == "large"
    with pytest.raises(MissingColumnError, match="'y'"):
        decide({"x": "b", "years": 3})
    with pytest.raises(RefusedValueError, match="no segment names: 'c'"):
        decide({"x": "c", "years": 3})
    with pytest.raises(RefusedValueError, match="'Missing' in 1 row"):
        decide({"x": None, "years": 3})
    with pytest.raises(InvalidParameterError, match="one applicant as a mapping"):
        decide([("x", "a")])


# --- files -------------------------------------------------------------------------------


def test_a_file_holds_it(
    both: SegmentedScorecard, features: pd.DataFrame, applicants: pd.DataFrame, tmp_path: Any
) -> None:
    y = applicants["is_bad"]
    rich = Segments.by_cuts("income_amount", [3_000], ["modest", "rich"], missing="modest")
    nested = SegmentedScorecard.from_cards(
        BY_HOUSING.divided("owners", rich),
        {"modest": both.card("owners"), "rich": both.card("owners"), "others": both.card("others")},
    )
    for card in (both, nested, shifted(both).aligned(features, y)):
        path = tmp_path / "card.json"
        card.to_json(path, key=b"secret")
        read = SegmentedScorecard.from_json(path, key=b"secret")
        assert read == card
        assert read.score(features).tolist() == card.score(features).tolist()
    with pytest.raises(DocumentError, match=r"is not a creditscore\.scorecard document"):
        Scorecard.from_json(both.to_json())
    document = json.loads(both.to_json())
    document["content"]["segments"]["sends_to"][0] = "elsewhere"
    with pytest.raises(AlteredDocumentError, match="altered or damaged"):
        SegmentedScorecard.from_json(json.dumps(document))


# --- errors ------------------------------------------------------------------------------


def test_cards_that_do_not_go_together(both: SegmentedScorecard) -> None:
    first, second = both.cards
    with pytest.raises(InvalidParameterError, match="needs 2 cards, one for each of 'owners', 'o"):
        SegmentedScorecard(segments=BY_HOUSING, cards=(first,))
    with pytest.raises(InvalidParameterError, match="Got cards of 'owners' instead"):
        SegmentedScorecard.from_cards(BY_HOUSING, {"owners": first})
    other = second.on_scale(PointsScale(pdo=40))
    with pytest.raises(InvalidParameterError, match=r"on one scale.*bring it there by card\.on_sc"):
        SegmentedScorecard(segments=BY_HOUSING, cards=(first, other))
    with pytest.raises(InvalidParameterError, match="'cards' parameter"):
        SegmentedScorecard(segments=BY_HOUSING, cards=(first, None))
    with pytest.raises(InvalidParameterError, match="'segments' parameter"):
        SegmentedScorecard(segments="housing", cards=(first, second))
    with pytest.raises(InvalidParameterError, match="no segment 'tenants'"):
        both.card("tenants")


def test_without_a_scale(features: pd.DataFrame) -> None:
    card = SegmentedScorecard(segments=Segments(), cards=(hand_made(0, 20),))
    rows = pd.DataFrame({"years": [1.0, 3.0]})
    assert card.score(rows).tolist() == [0, 20]
    for ask in (card.prob_default, lambda X: card.alignment(X, [0, 1])):
        with pytest.raises(UncalibratedCardError, match="no scale"):
            ask(rows)
    with pytest.raises(UncalibratedCardError, match="claim no odds"):
        SegmentOddsDisplay.from_sample(card, rows, [0, 1])
    assert card.on_scale(PointsScale()).prob_default(rows).notna().all()


def test_columns_that_are_not_there(both: SegmentedScorecard, features: pd.DataFrame) -> None:
    with pytest.raises(MissingColumnError, match="'months_employed'"):
        both.score(features.drop(columns="months_employed"))


def test_alignments_are_numbers() -> None:
    with pytest.raises(InvalidParameterError, match="'slope' parameter of SegmentAlignment"):
        SegmentAlignment(
            segment="a", intercept=0, slope="steep", intercept_error=1, slope_error=1, p_value=1,
            n_good=1, n_bad=1,
        )  # fmt: skip
