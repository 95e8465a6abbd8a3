"""Identity: points, log-odds and probability of a row agree, whatever way they are asked for.

The card has numbers, special codes, levels, numbers among words, a linear piece and policies; its
variants are all that can be done to its points. Each way starts from the same rows: pandas, polars
and pyarrow, one applicant at a time, plain Python, a file read back, and the points table.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache, reduce
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore import PointsScale, Scorecard
from creditscore._frame import as_table
from creditscore.binning import (
    BinPolicy,
    BinTable,
    CategoricalPartition,
    MixedPartition,
    NumericPartition,
)
from creditscore.deploy import to_python
from creditscore.scorecard import Characteristic, FitSummary, assemble_scorecard

pytestmark = pytest.mark.filterwarnings(
    "ignore::creditscore.exceptions.UnseenCategoryWarning",
    "ignore::creditscore.exceptions.UnseenValueWarning",
)

Row = dict[str, Any]

INTERCEPT = -0.8473
COEFFICIENTS = (-0.9, -1.1, -0.7, -0.8)
SCALE = PointsScale(base_score=600, base_odds=50, pdo=20)
TABLES = (
    BinTable(
        feature="income",
        partition=NumericPartition(cuts=(1_000, 2_000.5), special_codes=(-9, -8)),
        n_good=(40, 60, 90, 4, 6, 20),
        n_bad=(30, 20, 10, 6, 4, 10),
        policy=BinPolicy(missing="most_risky", special="nearest"),
    ),
    BinTable(
        feature="housing",
        partition=CategoricalPartition(groups=(("own", "free"), ("rent",))),
        n_good=(150, 60, 20, 0),
        n_bad=(30, 40, 10, 0),
        policy=BinPolicy(unseen="most_risky"),
    ),
    BinTable(
        feature="bureau",
        partition=MixedPartition(
            cuts=(500.0, 600.5), special_codes=(-9.0, "NO HIT", "thin", "frozen"), n_pooled=2
        ),
        n_good=(20, 70, 110, 5, 10, 5, 10, 0),
        n_bad=(30, 20, 8, 5, 7, 5, 5, 0),
    ),
    BinTable(
        feature="branch",
        partition=CategoricalPartition(groups=((1, 2), (3,)), special_codes=(99,)),
        n_good=(120, 90, 20, 0, 0),
        n_bad=(40, 30, 10, 0, 0),
    ),
)
NAMES = tuple(table.feature for table in TABLES)
SUMMARY = FitSummary(
    names=NAMES, intercept=INTERCEPT, coefficients=COEFFICIENTS, intercept_error=0.1,
    standard_errors=(0.1,) * 4, n_good=230, n_bad=80, log_likelihood=-150,
)  # fmt: skip
YEARS = replace(
    Characteristic.numeric(
        "years", cuts=[2, 10, 40], points=[-8.3, -8.3, 9.7, 12.1], slopes=[0, 2.25, 0.08, 0],
        special_points={-1: 1.7}, missing_points=-2.9,
    ),
    neutral_points=0.0,
)  # fmt: skip


def exact() -> Scorecard:
    """Estimate four characteristics, and write one by hand with linear points."""
    card = assemble_scorecard(TABLES, COEFFICIENTS, INTERCEPT, SCALE, SUMMARY)
    return replace(card, characteristics=(*card.characteristics, YEARS))


def by_hand(card: Scorecard) -> Scorecard:
    points = {("income", "Missing"): 77.7, ("bureau", 3): 12.25, ("years", "[2, 10)"): 4}
    return card.with_points(
        points, by="A. Analyst", reason="as the committee has it", when="2026-01-31T12:00:00+00:00"
    )


def optimal(card: Scorecard) -> Scorecard:
    return card.rounded_optimally(some_rows(), time_limit=0.5, max_patterns=40).card


REVERSED = PointsScale(base_score=300, base_odds=20, pdo=40, reverse=True)
KEEPING: dict[str, Callable[[Scorecard], Scorecard]] = {
    "spread": lambda card: card,
    "base": lambda card: card.with_layout("base"),
    "lowest": lambda card: card.with_layout("lowest"),
    "spread again": lambda card: card.with_layout("lowest").with_layout("spread"),
    "another scale": lambda card: card.on_scale(PointsScale(base_score=0, base_odds=1, pdo=35)),
    "range": lambda card: card.on_range(300, 850),
    "range of the lowest": lambda card: card.with_layout("lowest").on_range(0, 100),
    "reversed": lambda card: card.on_scale(REVERSED),
    "reversed base": lambda card: card.with_layout("base").on_scale(REVERSED),
    "reversed range": lambda card: card.with_layout("lowest").on_range(0, 1_000, reverse=True),
    "there and back": lambda card: card.on_scale(REVERSED).on_scale(SCALE),
}
"""What leaves log-odds and probabilities as they are."""
CHANGING: dict[str, Callable[[Scorecard], Scorecard]] = {
    "rounded": lambda card: card.rounded(),
    "rounded to fives": lambda card: card.with_layout("lowest").rounded(5),
    "one decimal, reversed": lambda card: card.on_scale(REVERSED).rounded(0.1),
    "optimal": optimal,
    "optimal of the lowest": lambda card: optimal(card.with_layout("lowest")),
    "overridden": by_hand,
    "overridden, reversed base": lambda card: by_hand(card).on_scale(REVERSED).with_layout("base"),
    "optimal, overridden, on a range": lambda card: by_hand(optimal(card)).on_range(1, 999),
}
VARIANTS = KEEPING | CHANGING


@cache
def variant(name: str) -> Scorecard:
    return VARIANTS[name](exact())


@cache
def module(name: str) -> Callable[[Row], dict[str, Any]]:
    names: dict[str, Any] = {}
    source = to_python(variant(name), n_reasons=5)
    exec(compile(source, "card.py", "exec"), names)  # noqa: S102 - this is what it is for
    score: Callable[[Row], dict[str, Any]] = names["score"]
    return score


numbers = st.floats(-50, 3_000, allow_nan=False)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "income": st.one_of(st.none(), numbers, st.sampled_from([-9.0, -8.0, 1_000.0, 2_000.5])),
    "housing": st.sampled_from([None, "own", "free", "rent", "castle", ""]),
    "bureau": st.one_of(
        st.none(),
        st.sampled_from(["NO HIT", "thin", "frozen", "lost", "-9", "500", " 600.5", "1e+3"]),
        numbers.map(repr),
    ),
    "branch": st.sampled_from([1.0, 2.0, 3.0, 4.0, 99.0, None]),
    "years": st.one_of(
        st.none(), st.floats(-5, 60, allow_nan=False), st.sampled_from([-1.0, 2.0, 10.0, 40.0])
    ),
}
rows_of_all_kinds = st.lists(st.fixed_dictionaries(VALUES), min_size=1, max_size=6)


def frame_of(rows: list[Row]) -> pd.DataFrame:
    text = ("housing", "bureau")
    return pd.DataFrame(
        {
            name: pd.Series([row[name] for row in rows], dtype=object if name in text else float)
            for name in VALUES
        }
    )


@cache
def some_rows() -> pd.DataFrame:
    rng = np.random.default_rng(11)
    n = 400
    words = np.array(["NO HIT", "thin", "frozen", "-9", "550", "480.5", "700", None], dtype=object)
    return pd.DataFrame(
        {
            "income": np.where(rng.random(n) < 0.1, np.nan, rng.integers(500, 2_800, n)),
            "housing": rng.choice(np.array(["own", "free", "rent", None], dtype=object), n),
            "bureau": words[rng.integers(0, len(words), n)],
            "branch": rng.choice([1.0, 3.0, 99.0], n),
            "years": np.round(rng.gamma(2, 6, n), 1),
        }
    )


LIBRARIES: dict[str, Callable[[pd.DataFrame], Any]] = {
    "pandas": lambda frame: frame,
    "polars": lambda frame: pl.DataFrame(
        {name: frame[name].to_list() for name in frame},
        schema={name: pl.String if frame[name].dtype == object else pl.Float64 for name in frame},
        strict=False,
    ).with_columns(pl.col(pl.Float64).fill_nan(None)),
    "pyarrow": lambda frame: pa.table(
        {
            name: pa.array(
                [None if pd.isna(value) else value for value in frame[name]],
                pa.string() if frame[name].dtype == object else pa.float64(),
            )
            for name in frame
        }
    ),
}


def listed(column: Any) -> list[Any]:
    values = column.to_pylist() if isinstance(column, pa.ChunkedArray) else column.to_list()
    return [None if pd.isna(value) else value for value in values]


def looked_up(card: Scorecard, frame: pd.DataFrame) -> list[float]:
    """Add up what the points table says of each row, by the place of its attribute there."""
    table, read = card.table(), as_table(frame)
    score = np.full(len(frame), table.loc[table["kind"] == "base", "points"].sum())
    for characteristic in card.characteristics:
        own = table[table["characteristic"] == characteristic.name].reset_index(drop=True)
        own = own.loc[characteristic.partition.codes(read, characteristic.name)]
        rise = np.zeros(len(frame))
        linear = (own["slope"] != 0).to_numpy()
        values = frame[characteristic.name].to_numpy()[linear].astype(float)
        rise[linear] = (own["slope"] * 1.0)[linear] * (values - own["lower"][linear])
        score += own["points"].to_numpy() + rise
    return score.tolist()


@pytest.mark.parametrize("name", VARIANTS)
@settings(max_examples=8, deadline=None)
@given(rows=rows_of_all_kinds)
def test_every_way_to_a_score_is_the_same(name: str, rows: list[Row]) -> None:
    card, frame = variant(name), frame_of(rows)
    score = card.score(frame).tolist()
    parts = card.score_parts(frame)
    # to the last bit: all add in the order of the card
    added = [
        reduce(float.__add__, of_row, card.base_points) for of_row in parts.to_numpy().tolist()
    ]
    assert score == added
    again = Scorecard.from_json(card.to_json())
    assert again == card
    assert again.score(frame).tolist() == score
    answers = [card.compile(n_reasons=5)(row) for row in rows]
    assert [answer.score for answer in answers] == score
    assert [list(answer.points.values()) for answer in answers] == parts.to_numpy().tolist()
    written = [module(name)(row) for row in rows]
    assert [answer["score"] for answer in written] == score
    assert [list(answer["points"].values()) for answer in written] == parts.to_numpy().tolist()
    assert looked_up(card, frame) == pytest.approx(score, rel=1e-13, abs=1e-10)
    low, high = card.score_range
    assert all(low - 1e-9 <= value <= high + 1e-9 for value in score)


@pytest.mark.parametrize("name", VARIANTS)
@settings(max_examples=8, deadline=None)
@given(rows=rows_of_all_kinds)
def test_score_and_log_odds_and_odds_and_probability_are_one_thing(
    name: str, rows: list[Row]
) -> None:
    card, frame = variant(name), frame_of(rows)
    scale = card.scale
    assert scale is not None
    score = card.score(frame).to_numpy()
    log_odds = scale.log_odds(score)
    prob = card.prob_default(frame).to_numpy()
    np.testing.assert_allclose(scale.offset + scale.factor * log_odds, score, rtol=1e-12)
    np.testing.assert_allclose(scale.score(scale.odds(score)), score, rtol=1e-11, atol=1e-9)
    np.testing.assert_allclose(np.log((1 - prob) / prob), log_odds, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(scale.score_of_prob(prob), score, rtol=1e-9, atol=1e-7)
    table = scale.table(score)
    assert table["score"].tolist() == score.tolist()
    assert table["pd"].tolist() == prob.tolist()
    np.testing.assert_allclose(table["odds"], (1 - prob) / prob, rtol=1e-9)
    written = [module(name)(row)["prob_default"] for row in rows]
    np.testing.assert_allclose(written, prob, rtol=1e-12)
    safer = np.diff(score[np.argsort(prob, kind="stable")])
    assert (safer <= 1e-9).all() if card.higher_is_safer else (safer >= -1e-9).all()


@pytest.mark.parametrize("name", VARIANTS)
@settings(max_examples=6, deadline=None)
@given(rows=rows_of_all_kinds)
def test_reasons_are_the_same_in_every_way(name: str, rows: list[Row]) -> None:
    card, frame = variant(name), frame_of(rows)
    reasons = card.reasons(frame, n=5)
    told = [tuple(r for r in listed(reasons.loc[place]) if r) for place in range(len(frame))]
    decide = card.compile(n_reasons=5)
    assert [decide(row).reasons for row in rows] == told
    assert [tuple(module(name)(row)["reasons"]) for row in rows] == told
    short = card.shortfalls(frame)
    sign = 1 if card.higher_is_safer else -1
    neutral = np.array([c.neutral_points for c in card.characteristics], dtype=float)
    expected = sign * (neutral - card.score_parts(frame).to_numpy())
    assert short.to_numpy().tolist() == expected.tolist()
    # a reason is what makes the log-odds worse than a case of WOE 0 would have them
    assert card.scale is not None
    lost = -(card.score_parts(frame) - neutral) / card.scale.factor
    for of_row, names in zip(lost.to_dict("records"), told, strict=True):
        assert all(of_row[name] > 0 for name in names)


@pytest.mark.parametrize("library", ["polars", "pyarrow"])
@pytest.mark.parametrize("name", VARIANTS)
@settings(max_examples=4, deadline=None)
@given(rows=rows_of_all_kinds)
def test_every_library_says_the_same_to_the_last_bit(
    name: str, library: str, rows: list[Row]
) -> None:
    card, frame = variant(name), frame_of(rows)
    other = LIBRARIES[library](frame)
    for method in (card.score, card.prob_default):
        assert listed(method(other)) == listed(method(frame))
    for method in (card.score_parts, card.shortfalls, card.reasons, card.reason_details):
        expected, found = method(frame), method(other)
        for column in expected:
            assert listed(found[column]) == listed(expected[column])


@pytest.mark.parametrize("name", KEEPING)
@settings(max_examples=8, deadline=None)
@given(rows=rows_of_all_kinds)
def test_scales_and_layouts_leave_log_odds_and_reasons_alone(name: str, rows: list[Row]) -> None:
    card, changed, frame = exact(), variant(name), frame_of(rows)
    assert card.scale is not None
    assert changed.scale is not None
    log_odds = card.scale.log_odds(card.score(frame))
    np.testing.assert_allclose(
        changed.scale.log_odds(changed.score(frame)), log_odds, rtol=1e-9, atol=1e-10
    )
    pd.testing.assert_frame_equal(changed.reasons(frame), card.reasons(frame))
    # the log-odds are those of the model, with what the characteristic by hand adds
    woe = [table.encode(frame) for table in TABLES]
    model = INTERCEPT + sum(b * w for b, w in zip(COEFFICIENTS, woe, strict=True))
    added = card.score_parts(frame)["years"] / SCALE.factor
    np.testing.assert_allclose(log_odds, added - model, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", VARIANTS)
def test_variants_are_what_they_are_called(name: str) -> None:
    card = variant(name)
    lowest = [c.points_range[0] for c in card.characteristics]
    if "base" in name:
        assert [c.neutral_points for c in card.characteristics] == [0] * 5
        assert card.base_points != 0
    if "lowest" in name or name == "reversed range":
        assert lowest == pytest.approx([0] * 5, abs=1e-9)
    if "spread" in name:
        assert card.base_points == 0
    if "range" in name:
        ends = {"range": (300, 850), "range of the lowest": (0, 100), "reversed range": (0, 1_000)}
        assert card.score_range == pytest.approx(ends.get(name, (1, 999)), abs=1e-9)
    assert card.higher_is_safer is not ("reversed" in name)
    marked = int(card.table()["overridden"].sum())
    assert marked == (3 if "overridden" in name else 0)
    rounded = [edit for edit in card.history if edit.action == "rounded"]
    assert len(rounded) == int("optimal" in name or "rounded" in name or "decimal" in name)
    assert card.fit_summary == SUMMARY
    if rounded and name != "optimal, overridden, on a range":
        unit = {"rounded to fives": 5, "one decimal, reversed": 0.1}.get(name, 1)
        points = card.table()["points"] / unit
        assert (points - points.round()).abs().max() < 1e-9
        assert all(math.isclose(c.neutral_points / unit, round(c.neutral_points / unit),
                                abs_tol=1e-9) for c in card.characteristics)  # fmt: skip
