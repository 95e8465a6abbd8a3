"""Counterfactuals: held against plain enumeration, moves, values, words, what is out of reach."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore import GradeScale, LogisticScorecard, PointsScale, Scorecard, WOEEncoder
from creditscore.binning import CategoricalPartition, MixedPartition, NumericPartition
from creditscore.exceptions import InvalidParameterError, MissingColumnError, UncalibratedCardError
from creditscore.scorecard import (
    Attribute,
    Characteristic,
    Counterfactuals,
    Moves,
    Recourse,
    ValueChange,
    counterfactuals,
)


def numbers(name: str, points: list[float], missing: float = -1000.0) -> Characteristic:
    cuts = list(range(1, len(points)))
    return Characteristic.numeric(name, cuts=cuts, points=points, missing_points=missing)


def linear(name: str, cuts: list[float], points: list[float], slopes: list[float]) -> Any:
    return Characteristic.numeric(
        name, cuts=cuts, points=points, slopes=slopes, missing_points=-1000.0
    )


HOUSING = Characteristic.categorical(
    "housing", points={("own", "mortgage"): 15, "rent": 0}, missing_points=-5, other_points=-9
)
CARD = Scorecard(
    base_points=500,
    characteristics=(
        Characteristic.numeric(
            "months", cuts=[6, 24], points=[0, 10, 25], missing_points=30, special_points={-9: 40}
        ),
        Characteristic.numeric("dti", cuts=[0.3, 0.5], points=[30, 10, 0], missing_points=0),
        HOUSING,
    ),
)
APPLICANT = {"months": 12, "dti": 0.55, "housing": "rent"}


def answers(card: Scorecard, applicant: Any, **arguments: Any) -> list[Any]:
    return list(counterfactuals(card, applicant, **arguments)[0].answers)


def scored(card: Scorecard, applicant: dict[str, Any]) -> float:
    return float(card.score(pd.DataFrame([applicant])).iloc[0])


# --- the oracle: all combinations of bins, scored by the card --------------------------------


@dataclass(frozen=True)
class Combination:
    places: tuple[int, ...]
    codes: tuple[int, ...]
    cost: float
    score: float

    def key(self, measure: str) -> tuple[Any, ...]:
        n = len(self.places)
        size = (n, self.cost) if measure == "changes" else (self.cost, n)
        pairs = tuple(zip(self.places, self.codes, strict=True))
        return (*size, -self.score, pairs[::-1])


def combinations(
    card: Scorecard, at: list[int], allowed: list[list[int]], costs: list[dict[int, float]]
) -> Iterator[Combination]:
    """Yield each choice of bins; cards of numbers only, with cuts 1, 2, 3 …"""
    points = [[a.points for a in c.attributes] for c in card.characteristics]
    for chosen in itertools.product(
        *([here, *others] for here, others in zip(at, allowed, strict=True))
    ):
        total, cost = card.base_points, 0.0
        for place, code in enumerate(chosen):
            total += points[place][code]
            if code != at[place]:
                cost += costs[place][code]
        places = tuple(p for p, code in enumerate(chosen) if code != at[p])
        yield Combination(places, tuple(chosen[p] for p in places), cost, total)


def best_of(all_of: list[Combination], target: float, n: int, measure: str) -> list[Combination]:
    """Take the best, then the best of those without a part of every one before, and so on."""
    reaching = [c for c in all_of if c.score >= target]
    found: list[Combination] = []
    while len(found) < n:
        left = [c for c in reaching if not any(set(f.places) <= set(c.places) for f in found)]
        if not left:
            break
        found.append(min(left, key=lambda c: c.key(measure)))
    return found


@st.composite
def tasks(draw: Any, values: st.SearchStrategy[float]) -> dict[str, Any]:
    n = draw(st.integers(1, 5))
    sizes = draw(st.lists(st.integers(2, 5), min_size=n, max_size=n))
    card = Scorecard(
        base_points=draw(values),
        characteristics=tuple(
            numbers(f"c{i}", draw(st.lists(values, min_size=size, max_size=size)))
            for i, size in enumerate(sizes)
        ),
    )
    at = [draw(st.integers(0, size - 1)) for size in sizes]
    ways = [draw(st.sampled_from(["any", "any", "up", "down", "fixed"])) for _ in sizes]
    factors = [draw(st.sampled_from([1.0, 1.0, 2.0, 0.5, 0.0])) for _ in sizes]
    now = scored(card, {f"c{i}": code + 0.5 for i, code in enumerate(at)})
    part = draw(st.sampled_from([0.0, 0.1, 0.25, 0.4, 0.5, 0.75, 1.0]))
    return {
        "card": card,
        "at": at,
        "moves": Moves(
            movable={f"c{i}": way for i, way in enumerate(ways)},
            costs={f"c{i}": factor for i, factor in enumerate(factors)},
        ),
        "ways": ways,
        "factors": factors,
        "target": now + part * (card.score_range[1] - now),
        "measure": draw(st.sampled_from(["changes", "cost"])),
        "max_changes": draw(st.sampled_from([None, 1, 2, 3])),
    }


def check_against_oracle(task: dict[str, Any]) -> None:
    card, at = task["card"], task["at"]
    codes = [range(c.partition.n_regular) for c in card.characteristics]
    allowed = [
        [c for c in of_one if c != here and (way == "any" or (c > here) == (way == "up"))]
        if way != "fixed"
        else []
        for of_one, here, way in zip(codes, at, task["ways"], strict=True)
    ]
    costs = [
        {c: factor * abs(c - here) for c in of_one}
        for of_one, here, factor in zip(codes, at, task["factors"], strict=True)
    ]
    most = task["max_changes"] or len(at)
    everything = [c for c in combinations(card, at, allowed, costs) if len(c.places) <= most]
    applicant = {f"c{i}": code + 0.5 for i, code in enumerate(at)}
    found = counterfactuals(
        card, applicant, target_score=task["target"], moves=task["moves"], n=4,
        measure=task["measure"], max_changes=task["max_changes"],
    )[0]  # fmt: skip
    now = next(c for c in everything if not c.places)
    assert found.score == now.score
    assert found.best_score == pytest.approx(max(c.score for c in everything), abs=1e-9)
    if now.score >= task["target"]:
        assert (found.status, found.answers) == ("reached", ())
        return
    expected = best_of(everything, task["target"], 4, task["measure"])
    assert found.status == ("reachable" if expected else "unreachable")
    got = [
        (
            tuple(int(change.characteristic[1:]) for change in answer.changes),
            tuple(int(change.after) for change in answer.changes),
            answer.cost,
            answer.score_after,
        )
        for answer in found.answers
    ]
    assert got == [(c.places, c.codes, c.cost, c.score) for c in expected]
    for answer in found.answers:
        changed = answer.apply(applicant)
        assert scored(card, changed) == answer.score_after >= task["target"]


@settings(max_examples=150)
@given(task=tasks(st.integers(-6, 6).map(float)))
def test_exact_with_many_ties(task: dict[str, Any]) -> None:
    check_against_oracle(task)


@settings(max_examples=100)
@given(task=tasks(st.integers(-3000, 3000).map(lambda value: value / 70)))
def test_exact_with_odd_points(task: dict[str, Any]) -> None:
    check_against_oracle(task)


@settings(max_examples=60)
@given(
    seed=st.integers(0, 10_000),
    measure=st.sampled_from(["changes", "cost"]),
    part=st.floats(0.05, 0.98),
)
def test_exact_with_costs_by_label(seed: int, measure: str, part: float) -> None:
    rng = np.random.default_rng(seed)
    card = Scorecard(
        characteristics=tuple(numbers(f"c{i}", rng.integers(0, 40, 4).tolist()) for i in range(5))
    )
    costs = {
        c.name: dict(zip(c.partition.labels, rng.integers(1, 60, 4) / 8, strict=False))
        for c in card.characteristics
    }
    at = [int(code) for code in rng.integers(0, 4, 5)]
    applicant = {f"c{i}": code + 0.5 for i, code in enumerate(at)}
    now = scored(card, applicant)
    target = now + part * (card.score_range[1] - now)
    allowed = [[c for c in range(4) if c != here] for here in at]
    by_code = [dict(enumerate(costs[c.name].values())) for c in card.characteristics]
    everything = list(combinations(card, at, allowed, by_code))
    found = answers(card, applicant, target_score=target, moves=Moves(costs=costs), measure=measure)
    expected = best_of(everything, target, 3, measure) if now < target else []
    assert [(a.cost, a.score_after, len(a.changes)) for a in found] == [
        (c.cost, c.score, len(c.places)) for c in expected
    ]


def test_large_cards_are_solved_as_two_halves_are() -> None:
    # the best of both halves of a card, joined: as many changes as the parts have together
    rng = np.random.default_rng(8)
    points = [rng.integers(0, 90, 20).tolist() for _ in range(30)]
    card = Scorecard(characteristics=tuple(numbers(f"c{i}", p) for i, p in enumerate(points)))
    applicant = {f"c{i}": float(np.argmin(p)) + 0.5 for i, p in enumerate(points)}
    now = scored(card, applicant)
    gains = sorted((max(p) - min(p) for p in points), reverse=True)
    for n in (1, 4, 11, 30):
        (answer,) = answers(card, applicant, target_score=now + sum(gains[:n]), n=1)
        assert len(answer.changes) == n
        assert answer.score_after == now + sum(gains[:n])
        cheap = answers(card, applicant, target_score=now + sum(gains[:n]), n=1, measure="cost")
        assert cheap[0].cost <= answer.cost


# --- the oracle of linear points: every mix of intervals, filled where a point is cheapest -------


def segments(characteristic: Characteristic, value: float) -> list[tuple[Fraction, ...]]:
    """Return (points, cost) at both ends of each interval as seen from a value in it."""
    cuts = [Fraction(c) for c in characteristic.partition.cuts]
    own = sum(Fraction(value) >= c for c in cuts)
    found = []

    def points(code: int, at: Fraction) -> Fraction:
        attribute = characteristic.attributes[code]
        low = cuts[code - 1] if code else Fraction(0)
        return Fraction(attribute.points) + Fraction(attribute.slope) * (at - low)

    def width(code: int) -> Fraction:
        return cuts[code] - cuts[code - 1]

    def way_out(code: int) -> Fraction:
        if not characteristic.attributes[own].slope:
            return Fraction(1)
        edge = cuts[own] if code > own else cuts[own - 1]
        return abs(edge - Fraction(value)) / width(own)

    now = points(own, Fraction(value))
    found.append((now, Fraction(0), now, Fraction(0), False))
    for code in range(len(cuts) + 1):
        if code == own and not characteristic.attributes[own].slope:
            continue
        if code == own:
            for edge in (cuts[own - 1], cuts[own]):
                cost = abs(edge - Fraction(value)) / width(own)
                found.append((now, Fraction(0), points(own, edge), cost, True))
            continue
        start = way_out(code) + abs(code - own) - 1
        if not characteristic.attributes[code].slope:
            p = points(code, Fraction(0))
            found.append((p, start, p, start, True))
        else:
            ends = (cuts[code - 1], cuts[code])
            near, far = ends if code > own else ends[::-1]
            found.append((points(code, near), start, points(code, far), start + 1, True))
    return found


def least_of_linear(
    card: Scorecard, applicant: dict[str, float], target: float, measure: str
) -> tuple[Fraction, Fraction] | None:
    best = None
    all_of = [segments(c, applicant[c.name]) for c in card.characteristics]
    for chosen in itertools.product(*all_of):
        total = Fraction(card.base_points) + sum(s[0] for s in chosen)
        cost = sum(s[1] for s in chosen)
        n = Fraction(sum(s[4] for s in chosen))
        lacking = Fraction(target) - total
        rises = sorted(((s[3] - s[1]) / (s[2] - s[0]), s[2] - s[0]) for s in chosen if s[2] > s[0])
        for rate, room in rises:
            used = min(max(lacking, Fraction(0)), room)
            lacking -= used
            cost += rate * used
        if lacking <= 0:
            size = (n, cost) if measure == "changes" else (cost, n)
            best = size if best is None else min(best, size)
    return best


steps = st.integers(-5, 6).map(float)


@settings(max_examples=80)
@given(
    data=st.data(),
    n=st.sampled_from([1, 2, 2, 3]),
    measure=st.sampled_from(["changes", "cost"]),
    # no target is at an open end of an interval, which is nearly reached only
    part=st.sampled_from([0.1037, 0.3041, 0.5003, 0.7507, 0.9011]),
)
def test_exact_with_linear_points(data: Any, n: int, measure: str, part: float) -> None:
    characteristics, applicant = [], {}
    for i in range(n):
        slope = [0.0, data.draw(steps), data.draw(steps), 0.0]
        points = [data.draw(steps) for _ in range(4)]
        characteristics.append(linear(f"c{i}", [0.0, 2.0, 6.0], points, slope))
        applicant[f"c{i}"] = data.draw(st.sampled_from([-1.0, 0.0, 0.5, 1.5, 2.0, 3.0, 5.0, 7.0]))
    card = Scorecard(characteristics=tuple(characteristics))
    now, highest = scored(card, applicant), card.score_range[1]
    target = now + part * (highest - now)
    found = counterfactuals(card, applicant, target_score=target, measure=measure, n=2)[0]
    best = least_of_linear(card, applicant, target, measure)
    if now >= target:
        assert found.status == "reached"
        return
    assert best is not None
    answer = found.answers[0]
    size = (len(answer.changes), answer.cost)
    got = size if measure == "changes" else size[::-1]
    # an open end of an interval is as good as the bin beyond it, but for a hair
    assert got == pytest.approx([float(b) for b in best], abs=1e-6)
    for one in found.answers:
        assert scored(card, one.apply(applicant)) == one.score_after >= target


# --- laws -----------------------------------------------------------------------------------------


def test_applied_to_raw_rows_they_reach_the_target(card: Scorecard, features: pd.DataFrame) -> None:
    rows = features.head(60)
    target = float(card.score(rows).quantile(0.8))
    found = counterfactuals(card, rows, target_score=target)
    assert {recourse.status for recourse in found} == {"reached", "reachable"}
    for recourse in found:
        applicant = rows.loc[recourse.row].to_dict()
        assert recourse.score == card.score(rows.loc[[recourse.row]]).iloc[0]
        for answer in recourse.answers:
            assert scored(card, answer.apply(applicant)) == answer.score_after >= target
            assert answer.score_before == recourse.score
            assert sum(change.gain for change in answer.changes) == pytest.approx(
                answer.score_after - answer.score_before
            )
            for change in answer.changes:
                kept = [c for c in answer.changes if c is not change]
                fewer = replace(answer, changes=tuple(kept)).apply(applicant)
                assert scored(card, fewer) < target, "each change is needed"
        sets = [{c.characteristic for c in a.changes} for a in recourse.answers]
        assert all(not a <= b for a, b in itertools.permutations(sets, 2))


def test_a_probability_is_reached_as_the_card_computes_it(
    card: Scorecard, features: pd.DataFrame
) -> None:
    rows = features.head(30)
    for target in (0.05, 0.123, 0.2):
        found = counterfactuals(card, rows, target_prob=target, n=1)
        for recourse in found:
            applicant = rows.loc[recourse.row].to_dict()
            reached = [answer.apply(applicant) for answer in recourse.answers]
            reached += [applicant] if recourse.status == "reached" else []
            for row in reached:
                assert card.prob_default(pd.DataFrame([row])).iloc[0] <= target
        # one float riskier is not enough
        assert card.scale is not None
        assert card.scale.prob_default(found.target_score) <= target
        assert card.scale.prob_default(math.nextafter(found.target_score, -math.inf)) > target


def test_reversed_scales_have_the_same_answers(card: Scorecard, features: pd.DataFrame) -> None:
    assert card.scale is not None
    turned = card.on_scale(replace(card.scale, reverse=True))
    rows = features.head(25)
    found = counterfactuals(turned, rows, target_prob=0.1)
    expected = counterfactuals(card, rows, target_prob=0.1)
    for one, other in zip(found, expected, strict=True):
        assert one.status == other.status
        assert [[c.attribute_after for c in a.changes] for a in one.answers] == [
            [c.attribute_after for c in a.changes] for a in other.answers
        ]
        for answer in one.answers:
            assert answer.score_after <= found.target_score < answer.score_before
            assert all(change.gain > 0 for change in answer.changes)


def test_a_grade_is_reached(card: Scorecard, features: pd.DataFrame) -> None:
    grades = GradeScale(labels=("A", "B", "C"), bounds=(0.08, 0.25))
    rows = features.head(25)
    found = counterfactuals(card, rows, target_score=grades.score_needed("B", card.scale), n=1)
    assert {"reached", "reachable"} <= {recourse.status for recourse in found}
    for recourse in found:
        changed = [answer.apply(rows.loc[recourse.row].to_dict()) for answer in recourse.answers]
        for row in changed:
            prob = card.prob_default(pd.DataFrame([row]))
            assert grades.grade(prob).iloc[0] in ("A", "B")


def test_order_and_company_of_rows_do_not_matter(card: Scorecard, features: pd.DataFrame) -> None:
    rows = features.head(20)
    together = counterfactuals(card, rows, target_score=520)
    backwards = counterfactuals(card, rows.iloc[::-1], target_score=520)
    assert list(together) == list(backwards)[::-1]
    for place in (0, 7):
        alone = counterfactuals(card, rows.iloc[[place]], target_score=520)
        assert alone[0] == together[place]


def test_other_libraries(card: Scorecard, features: pd.DataFrame) -> None:
    rows = features.head(12).reset_index(drop=True)
    expected = counterfactuals(card, rows, target_score=520)
    for converted in (pl.from_pandas(rows), pl.from_pandas(rows).to_arrow()):
        assert counterfactuals(card, converted, target_score=520) == expected
    for place, recourse in enumerate(expected):
        (alone,) = counterfactuals(card, rows.iloc[place].to_dict(), target_score=520)
        assert replace(alone, row=place) == recourse


# --- moves ----------------------------------------------------------------------------------------


def test_directions_and_what_is_fixed() -> None:
    def said(target: float, movable: Any, **arguments: Any) -> list[tuple[str, ...]]:
        found = answers(CARD, APPLICANT, target_score=target, moves=movable, **arguments)
        return [answer.sentences() for answer in found]

    assert said(525, {"months": "up"}) == [("months: at least 24 (now 12)",)]
    assert said(525, {"months": "down"}) == []
    assert said(540, {"dti": "down"}) == [("dti: below 0.3 (now 0.55)",)]
    assert said(520, {"dti": "any"}) == [("dti: below 0.5 (now 0.55)",)]
    assert said(520, {"dti": "up"}) == []
    assert said(525, {"housing": "any"}) == [("housing: own or mortgage (now rent)",)]
    assert said(525, {"housing": ["rent"], "months": "fixed"}) == []
    assert said(525, {}) == []
    assert said(525, None, n=5) == [
        ("months: at least 24 (now 12)",),
        ("housing: own or mortgage (now rent)",),
        ("dti: below 0.3 (now 0.55)",),
    ]
    assert said(535, None, max_changes=1) == [("dti: below 0.3 (now 0.55)",)]


def test_hiding_a_value_is_no_advice_unless_it_is_asked_for() -> None:
    assert answers(CARD, APPLICANT, target_score=526, moves={"months": "any"}) == []
    (answer,) = answers(CARD, APPLICANT, target_score=526, moves={"months": ["Missing"]})
    assert answer.sentences() == ("months: not stated (now 12)",)
    assert answer.sentences(language="zh") == ("months：未提供（现为 12）",)
    assert answer.apply(APPLICANT)["months"] is None
    (answer,) = answers(CARD, APPLICANT, target_score=536, moves={"months": ["Special -9", "< 6"]})
    assert answer.sentences() == ("months: code -9 (now 12)",)
    assert scored(CARD, answer.apply(APPLICANT)) == 540


def test_from_a_missing_value_a_special_code_and_an_unknown_level() -> None:
    card = replace(
        CARD,
        characteristics=(
            Characteristic.numeric(
                "months", cuts=[6, 24], points=[30, 10, 25], missing_points=0,
                special_points={-9: 0},
            ),
            *CARD.characteristics[1:],
        ),
    )  # fmt: skip
    (first, *_) = answers(card, {**APPLICANT, "months": None}, target_score=530)
    assert first.sentences() == ("months: below 6 (now not stated)",)
    (first, *_) = answers(card, {**APPLICANT, "months": -9}, target_score=525, moves={
        "months": [">= 24"], "dti": "fixed"})  # fmt: skip
    assert first.sentences() == ("months: at least 24 (now code -9)",)
    # a direction from no amount is not known
    assert answers(card, {**APPLICANT, "months": None}, target_score=510, moves={
        "months": "up"}) == []  # fmt: skip
    with pytest.warns(UserWarning, match="'tent'"):
        found = answers(CARD, {**APPLICANT, "housing": "tent"}, target_score=525, moves={
            "housing": "any"})  # fmt: skip
    assert found[0].sentences() == ("housing: own or mortgage (now tent)",)


def test_values_just_inside_a_bin_are_no_special_codes() -> None:
    months = Characteristic.numeric(
        "months", cuts=[0, 6], points=[0, 20, 5], missing_points=0, special_points={0: -50}
    )
    card = Scorecard(characteristics=(months,))
    (answer,) = answers(card, {"months": -5.0}, target_score=20)
    value = answer.changes[0].after
    assert 0 < value < 1e-300
    assert scored(card, answer.apply({})) == 20
    (answer,) = answers(card, {"months": 9.0}, target_score=20)
    assert answer.changes[0].after == math.nextafter(6, -math.inf)
    # of whole numbers, the next one
    (answer,) = answers(card, {"months": -5}, target_score=20)
    assert answer.sentences() == ("months: at least 1 and at most 5 (now -5)",)
    assert scored(card, answer.apply({})) == 20


def test_levels_with_an_order() -> None:
    partition = CategoricalPartition(groups=(("a", "b"), ("c",), ("d", "e")), ordered=True)
    points = (30, 10, 0, -5, -5)
    rating = Characteristic(
        name="rating",
        partition=partition,
        attributes=tuple(Attribute(points=p) for p in points),
    )
    card = Scorecard(characteristics=(rating,))
    (answer,) = answers(card, {"rating": "e"}, target_score=25, moves={"rating": "down"})
    # two groups away, and the nearest level of the group is its last
    assert (answer.cost, answer.changes[0].after) == (2, "b")
    assert answer.changes[0].levels == ("a", "b")
    assert answers(card, {"rating": "e"}, target_score=25, moves={"rating": "up"}) == []


def test_bins_that_nobody_fell_in_and_refused_ones_are_no_aim() -> None:
    attributes = (
        Attribute(points=0, n_good=5, n_bad=5),
        Attribute(points=20, n_good=0, n_bad=0),
        Attribute(points=30, n_good=5, n_bad=5, treatment="error"),
        Attribute(points=5, n_good=5, n_bad=5),
        Attribute(points=0, n_good=5, n_bad=5),
    )
    months = Characteristic(
        name="months",
        partition=NumericPartition(cuts=(1, 2, 3)),
        attributes=attributes,
        neutral_points=20,
    )
    card = Scorecard(characteristics=(months,))
    (recourse,) = counterfactuals(card, {"months": 0}, target_score=20)
    assert (recourse.status, recourse.best_score) == ("unreachable", 5)
    (answer,) = answers(card, {"months": 0}, target_score=20, moves={"months": ["[1, 2)"]})
    assert answer.score_after == 20
    with pytest.raises(InvalidParameterError, match=r"'\[2, 3\)' .* refused by a policy"):
        answers(card, {"months": 0}, target_score=20, moves={"months": ["[2, 3)"]})


def test_costs_in_shares_of_the_sample() -> None:
    def counted(characteristic: Characteristic, counts: list[int]) -> Characteristic:
        pairs = zip(characteristic.attributes, counts, strict=True)
        return replace(
            characteristic,
            attributes=tuple(replace(a, n_good=n / 2, n_bad=n / 2) for a, n in pairs),
        )

    card = Scorecard(
        characteristics=(
            counted(numbers("a", [0, 0, 0, 10]), [10, 40, 30, 20, 0]),
            counted(numbers("b", [0, 10]), [90, 10, 0]),
            counted(HOUSING, [70, 30, 0, 0]),
        )
    )
    row = {"a": 0.5, "b": 0.5, "housing": "rent"}
    found = answers(card, row, target_score=10, moves=Moves(unit="share"))
    # half of the own bin, and the bins between; for levels, whoever is elsewhere
    assert [(a.changes[0].characteristic, a.cost) for a in found] == [
        ("housing", pytest.approx(0.3)), ("b", pytest.approx(0.45)), ("a", pytest.approx(0.75)),
    ]  # fmt: skip
    dear = Moves(unit="share", costs={"housing": 2})
    assert answers(card, row, target_score=10, moves=dear)[0].changes[0].characteristic == "b"
    with pytest.raises(UncalibratedCardError, match="'months' holds no counts"):
        answers(CARD, APPLICANT, target_score=530, moves=Moves(unit="share"))


def test_value_that_is_needed_in_a_linear_interval() -> None:
    card = Scorecard(
        characteristics=(
            linear("years", [2, 10], [0, 0, 40], [0, 5, 0]),
            linear("debt", [100, 300], [40, 40, 0], [0, -0.2, 0]),
        )
    )
    row = {"years": 3.0, "debt": 280.0}  # 5 + 4 points
    (up,) = answers(card, row, target_score=10, moves={"years": "up"})
    (down,) = answers(card, row, target_score=10, moves={"debt": "any"})
    assert up.sentences() == ("years: at least 3.2 (now 3)",)
    assert up.score_after == 10
    assert down.sentences() == ("debt: at most 275 (now 280)",)
    assert down.changes[0].gain == pytest.approx(1)
    assert up.cost == pytest.approx(0.2 / 8)
    (fixed,) = answers(card, row, target_score=10.1, moves={"years": "up"})
    assert fixed.sentences() == ("years: at least 3.22 (now 3)",)
    third = answers(card, row, target_score=9 + 1 / 3, moves={"years": "up"})[0]
    # six digits, rounded such that they suffice
    assert third.sentences() == ("years: at least 3.06667 (now 3)",)
    assert scored(card, {**row, "years": 3.06667}) >= 9 + 1 / 3
    beyond = answers(card, {"years": 1.0, "debt": 500.0}, target_score=20, moves={"years": "up"})[0]
    assert (beyond.sentences(), beyond.cost) == (("years: at least 6 (now 1)",), 1.5)


def test_applicants_of_one_linear_interval_have_answers_of_their_own() -> None:
    card = Scorecard(characteristics=(linear("years", [2, 10], [0, 0, 40], [0, 5, 0]),))
    rows = pd.DataFrame({"years": [3.0, 5.0, 1.0, 0.5]})
    found = counterfactuals(card, rows, target_score=20)
    assert [recourse.answers[0].sentences()[0] for recourse in found] == [
        f"years: at least 6 (now {now})" for now in ("3", "5", "1", "0.5")
    ]
    costs = [recourse.answers[0].cost for recourse in found]
    assert costs == pytest.approx([3 / 8, 1 / 8, 1.5, 1.5])


def test_from_a_missing_value_to_the_best_of_a_linear_interval() -> None:
    rising = Scorecard(characteristics=(linear("x", [0, 10], [0, 0, 0], [0, 5, 0]),))
    (answer,) = answers(rising, {"x": None}, target_score=40)
    assert answer.sentences() == ("x: just below 10 (now not stated)",)
    falling = Scorecard(characteristics=(linear("x", [0, 10], [0, 50, 0], [0, -5, 0]),))
    (answer,) = answers(falling, {"x": None}, target_score=40)
    assert answer.sentences() == ("x: 0 (now not stated)",)
    assert answer.score_after == 50


def test_a_special_code_is_no_value_of_a_linear_interval() -> None:
    years = Characteristic.numeric(
        "years", cuts=[2, 10], points=[0, 0, 40], slopes=[0, 5, 0], missing_points=0,
        special_points={6: -3},
    )  # fmt: skip
    card = Scorecard(characteristics=(years,))
    (answer,) = answers(card, {"years": 3.0}, target_score=20)
    assert answer.changes[0].after == math.nextafter(6, math.inf)
    assert scored(card, answer.apply({})) == answer.score_after >= 20


def test_numbers_and_words_in_one_column() -> None:
    partition = MixedPartition(cuts=(600.0,), special_codes=("NO HIT", "THIN"))
    bureau = Characteristic(
        name="bureau",
        partition=partition,
        attributes=tuple(Attribute(points=p) for p in (0, 30, 5, 10, -5, -5)),
    )
    card = Scorecard(characteristics=(bureau,))
    rows = pd.DataFrame({"bureau": ["580", "NO HIT", None, "640"]})
    found = counterfactuals(card, rows, target_score=20)
    assert [[a.sentences()[0] for a in recourse.answers] for recourse in found] == [
        ["bureau: at least 600 (now 580)"],
        ["bureau: at least 600 (now code NO HIT)"],
        ["bureau: at least 600 (now not stated)"],
        [],
    ]
    (answer,) = answers(card, rows.iloc[[0]], target_score=8, moves={"bureau": ["Special THIN"]})
    assert answer.sentences() == ("bureau: code THIN (now 580)",)
    assert scored(card, answer.apply({})) == 10


def test_words_of_ranges() -> None:
    hill = Scorecard(characteristics=(numbers("x", [0, 5, 20, 10, 0]),))
    assert answers(hill, {"x": 0.5}, target_score=5)[0].sentences() == (
        "x: at least 1 and below 4 (now 0.5)",
    )
    assert answers(hill, {"x": 4.5}, target_score=15)[0].sentences() == (
        "x: at least 2 and below 3 (now 4.5)",
    )
    assert answers(hill, {"x": 4.5}, target_score=5)[0].sentences(names={"x": "Amount"}) == (
        "Amount: at least 2 and below 4 (now 4.5)",
    )
    drop = Scorecard(characteristics=(linear("x", [0, 10], [0, 0, 0], [0, 5, 0]),))
    best = scored(drop, {"x": math.nextafter(10, 0)})
    assert answers(drop, {"x": -1.0}, target_score=best)[0].sentences() == (
        "x: just below 10 (now -1)",
    )
    falling = Scorecard(characteristics=(linear("x", [0, 10], [0, 50, 0], [0, -5, 0]),))
    assert answers(falling, {"x": -1}, target_score=50)[0].sentences() == ("x: 0 (now -1)",)
    whole = Scorecard(
        characteristics=(Characteristic.numeric("x", cuts=[], points=[5], missing_points=0),)
    )
    assert answers(whole, {"x": None}, target_score=5)[0].sentences() == (
        "x: any amount (now not stated)",
    )


# --- whole numbers --------------------------------------------------------------------------------

MONTHS = Characteristic.numeric(
    "months", cuts=[24.5, 36.5, 37.5], points=[0, 10, 30, 20], missing_points=0
)


def needed(characteristic: Characteristic, values: Any, target: float) -> list[str]:
    """Return what is said to the first row of a column of these values."""
    table = pd.DataFrame({characteristic.name: values})
    card = Scorecard(characteristics=(characteristic,))
    found = counterfactuals(card, table, target_score=target)[0]
    for answer in found.answers:
        assert scored(card, answer.apply({})) == answer.score_after >= target
    return [answer.sentences()[0].removeprefix(f"{characteristic.name}: ") for answer in
            found.answers]  # fmt: skip


def test_columns_of_whole_numbers_name_whole_numbers() -> None:
    assert needed(MONTHS, [12], 10) == ["at least 25 (now 12)"]
    assert needed(MONTHS, [12], 30) == ["37 (now 12)"]
    assert needed(MONTHS, pd.array([12, None], dtype="Int64"), 10) == ["at least 25 (now 12)"]
    assert needed(numeric_with_cuts([0.5]), [False, True], 10) == ["at least 1 (now 0)"]
    # the type of a column of floats allows fractions, whatever it holds
    assert needed(MONTHS, [12.0], 10) == ["at least 24.5 (now 12)"]
    falling = replace(MONTHS, attributes=MONTHS.attributes[:4][::-1] + MONTHS.attributes[4:])
    assert needed(falling, [40], 10) == ["at most 37 (now 40)"]
    assert needed(falling, [40.0], 10) == ["below 37.5 (now 40)"]
    # a hair above the middle, as cuts of boosted cards are
    hair = numeric_with_cuts([math.nextafter(24.5, math.inf)])
    assert needed(hair, [12], 10) == ["at least 25 (now 12)"]


def numeric_with_cuts(cuts: list[float], **others: Any) -> Characteristic:
    points = [10.0 * place for place in range(len(cuts) + 1)]
    return Characteristic.numeric("x", cuts=cuts, points=points, missing_points=0, **others)


@pytest.mark.parametrize(
    "convert", [pl.from_pandas, lambda table: pl.from_pandas(table).to_arrow()]
)
def test_whole_numbers_of_other_libraries(convert: Any) -> None:
    card = Scorecard(characteristics=(MONTHS,))
    (found,) = counterfactuals(card, convert(pd.DataFrame({"months": [12]})), target_score=10)
    assert found.answers[0].changes[0].after == 25


def test_whole_numbers_of_one_applicant_need_the_word_of_the_card() -> None:
    card = Scorecard(characteristics=(MONTHS,))
    assert answers(card, {"months": 12}, target_score=10)[0].changes[0].low == 25
    ratio = Characteristic.numeric("dti", cuts=[0.4], points=[20, 0], missing_points=0)
    card = Scorecard(characteristics=(ratio,))
    # a ratio that is 1 is no whole number by that, and 0 is more than is needed
    assert answers(card, {"dti": 1}, target_score=20)[0].sentences() == ("dti: below 0.4 (now 1)",)
    assert answers(card, pd.DataFrame({"dti": [1]}), target_score=20)[0].sentences() == (
        "dti: at most 0 (now 1)",
    )


def test_bins_without_a_whole_number_are_of_fractions() -> None:
    assert needed(numeric_with_cuts([0.3, 0.5]), [0], 10) == ["at least 0.3 (now 0)"]
    # 7 is a special code, and no other whole number lies in its bin
    assert needed(numeric_with_cuts([7, 7.5], special_points={7: 0}), [0], 20) == [
        "at least 7.5 (now 0)"
    ]
    assert needed(numeric_with_cuts([0, 2.0**53]), [-3], 10) == ["at least 0 (now -3)"]


def test_whole_numbers_in_a_linear_interval() -> None:
    years = linear("years", [2, 10], [0, 0, 40], [0, 5, 0])
    assert needed(years, [3], 10.1) == ["at least 5 (now 3)"]
    assert needed(years, [3], 35) == ["at least 9 (now 3)"]
    assert needed(years, [3], 35.1) == ["at least 10 (now 3)"]
    debt = linear("debt", [100.5, 300.5], [40, 40, 0], [0, -0.2, 0])
    assert needed(debt, [280], 5) == ["at most 275 (now 280)"]
    assert needed(debt, [280], 5.05) == ["at most 275 (now 280)"]
    assert needed(debt, [400], 0.05) == ["at most 300 (now 400)"]
    # the last whole number of the interval is the best of it
    peak = linear("x", [0, 10.5], [0, 0, 0], [0, 5, 0])
    assert needed(peak, [-1], 50) == ["10 (now -1)"]
    assert needed(peak, [-1], 50.1) == []
    coded = Characteristic.numeric(
        "years", cuts=[2, 10], points=[0, 0, 40], slopes=[0, 5, 0], missing_points=0,
        special_points={6: -3},
    )  # fmt: skip
    assert needed(coded, [3], 20) == ["at least 7 (now 3)"]


@settings(max_examples=60)
@given(
    cuts=st.lists(st.integers(-60, 60), min_size=1, max_size=4, unique=True),
    slope=st.integers(-4, 4).map(float),
    now=st.integers(-40, 40),
    data=st.data(),
)
def test_whole_numbers_held_against_all_of_them(
    cuts: list[int], slope: float, now: int, data: Any
) -> None:
    ends = sorted(cut / 2 for cut in cuts)
    n = len(ends) + 1
    slopes = [slope if 0 < place < n - 1 else 0.0 for place in range(n)]
    points = [float(data.draw(st.integers(-20, 20))) for _ in range(n)]
    card = Scorecard(characteristics=(linear("x", ends, points, slopes),))
    everything = pd.DataFrame({"x": np.arange(-45, 46)})
    scores = card.score(everything)
    whole = all(math.ceil(low) < high for low, high in itertools.pairwise(ends))
    target = float(data.draw(st.integers(-30, 40)))
    (found,) = counterfactuals(card, everything.loc[everything["x"] == now], target_score=target)
    enough = scores >= target
    if not whole:
        return
    assert (found.status == "unreachable") == (not enough.any())
    for answer in found.answers:
        (change,) = answer.changes
        assert change.after is not None
        assert float(change.after).is_integer()
        assert enough[everything["x"] == change.after].all()
        low = -math.inf if change.low is None else change.low
        high = math.inf if change.high is None else change.high
        assert enough[everything["x"].between(low, high)].all()
        # nothing nearer in the bin of the aim does
        code = card.characteristics[0].partition.labels.index(change.attribute_after)
        at = card.characteristics[0].partition.codes_of(everything["x"].to_numpy(float))
        same = everything["x"][enough & (at == code)]
        assert abs(change.after - now) == abs(same - now).min()


# --- results --------------------------------------------------------------------------------------


def test_what_is_reached_and_what_is_out_of_reach() -> None:
    rows = pd.DataFrame([APPLICANT, {**APPLICANT, "dti": 0.2}], index=["A", "B"])
    found = counterfactuals(CARD, rows, target_score=540, moves={"months": "up"})
    assert [r.status for r in found] == ["unreachable", "reached"]
    assert [r.best_score for r in found] == [525, 555]
    assert repr(found[0]) == (
        "<Recourse of A: 510 points, 540 asked for: cannot reach it, 525 at best>"
    )
    assert repr(found[1]) == "<Recourse of B: 540 points, 540 asked for: has it already>"
    assert repr(found) == (
        "<Counterfactuals of 2 applicants, 540 points asked for: 1 reached, 1 unreachable>"
    )
    assert [recourse.row for recourse in found[:1]] == ["A"]
    frame = found.frame()
    assert frame["row"].tolist() == ["A", "B"]
    assert frame["answer"].isna().all()
    assert found[0].frame().empty


def test_a_table_without_applicants_has_no_answers() -> None:
    found = counterfactuals(CARD, pd.DataFrame([APPLICANT]).head(0), target_score=560)
    assert len(found) == 0
    assert found.frame().empty
    assert repr(found) == "<Counterfactuals of 0 applicants, 560 points asked for>"
    assert "best answer" in found._repr_html_()


def test_tables_of_answers() -> None:
    found = counterfactuals(CARD, APPLICANT, target_score=550)
    (recourse,) = found
    assert repr(recourse).endswith("can reach it in 2 ways, the best by 2 changes>")
    frame = found.frame()
    assert list(frame.columns) == [
        *("row", "status", "score", "best_score", "answer", "characteristic"),
        *("attribute_before", "attribute_after", "before", "after", "gain", "cost"),
        "score_after",
    ]
    assert frame["answer"].tolist() == [1, 1, 2, 2]
    assert frame["best_score"].unique().tolist() == [570]
    assert recourse.answers[0].frame()["gain"].tolist() == [15, 30]
    assert "months at least 24 (now 12)" in repr(recourse.answers[0])
    for shown in (found, recourse, recourse.answers[0]):
        assert "&lt;" in shown._repr_html_() or "at least 24" in shown._repr_html_()


def test_frozen_and_equal() -> None:
    found = counterfactuals(CARD, APPLICANT, target_score=550)
    assert found == counterfactuals(CARD, APPLICANT, target_score=550)
    assert isinstance(found, Counterfactuals)
    assert isinstance(found[0], Recourse)
    with pytest.raises(AttributeError):
        found.target_score = 1  # type: ignore[misc]


def test_a_card_of_german_credit(german: pd.DataFrame) -> None:
    columns = ["checking_status", "duration_months", "credit_amount", "savings_status"]
    model = LogisticScorecard(encoder=WOEEncoder(), scale=PointsScale())
    card = model.fit(german[columns], german["is_bad"]).scorecard_
    rows = german[columns].head(40)
    moves = Moves(
        movable={"duration_months": "down", "credit_amount": "down", "savings_status": "any"},
        unit="share",
    )
    found = counterfactuals(card, rows, target_prob=0.25, moves=moves, measure="cost")
    assert {"reached", "reachable"} <= {recourse.status for recourse in found}
    for recourse in found:
        for answer in recourse.answers:
            for change in answer.changes:
                assert change.characteristic != "checking_status"
                if change.characteristic != "savings_status":
                    assert change.after < change.before


# --- refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "need a target"),
        ({"target_score": 1, "target_prob": 0.1}, "need a target"),
        ({"target_score": math.nan}, "'target_score' parameter of counterfactuals"),
        ({"target_score": -math.inf}, "'target_score' parameter of counterfactuals"),
        ({"target_score": 1, "n": 0}, "'n' parameter of counterfactuals"),
        ({"target_score": 1, "max_changes": 0}, "'max_changes' parameter of counterfactuals"),
        ({"target_score": 1, "measure": "steps"}, "'measure' parameter of counterfactuals"),
        ({"target_score": 1, "moves": {"month": "up"}}, "no characteristic 'month'.*'months'"),
        ({"target_score": 1, "moves": {"months": "sideways"}}, "Where 'months' may move must"),
        ({"target_score": 1, "moves": {"months": []}}, "Where 'months' may move must"),
        ({"target_score": 1, "moves": {"months": ["> 24"]}}, "no attribute '> 24'.*'>= 24'"),
        ({"target_score": 1, "moves": {"housing": "up"}}, "levels of 'housing' have no order"),
        ({"target_score": 1, "moves": {"housing": ["Other"]}}, "no level in particular"),
        ({"target_score": 1, "moves": "any"}, "'movable' parameter of Moves must be a mapping"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        counterfactuals(CARD, APPLICANT, **arguments)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"costs": {"months": -1}}, r"costs\['months'\]"),
        ({"costs": {"months": {"< 6": math.inf}}}, r"costs\['months'\]"),
        ({"costs": {"months": {"< 7": 1}}}, "no attribute '< 7'"),
        ({"costs": {"age": 1}}, "no characteristic 'age'"),
        ({"costs": 3}, "'costs' parameter of Moves"),
        ({"unit": "points"}, "'unit' parameter of Moves"),
    ],
)
def test_bad_moves(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        counterfactuals(CARD, APPLICANT, target_score=530, moves=Moves(**fields))


def test_costs_by_label_need_constant_points() -> None:
    card = Scorecard(characteristics=(linear("x", [0, 10], [0, 0, 50], [0, 5, 0]),))
    with pytest.raises(InvalidParameterError, match="points of 'x' are linear, and so are its"):
        answers(card, {"x": 1}, target_score=9, moves=Moves(costs={"x": {">= 10": 3}}))


def test_probabilities_need_a_scale() -> None:
    with pytest.raises(UncalibratedCardError, match="has no scale"):
        counterfactuals(CARD, APPLICANT, target_prob=0.1)
    with pytest.raises(InvalidParameterError, match=r"'target_prob' .* range \(0, 1\)"):
        counterfactuals(replace(CARD, scale=PointsScale()), APPLICANT, target_prob=1.0)


def test_applicants_without_a_column() -> None:
    with pytest.raises(MissingColumnError, match=r"'months' \(near: 'month'\)"):
        counterfactuals(CARD, {"month": 1, "dti": 1, "housing": "own"}, target_score=1)


def test_languages_of_a_change() -> None:
    change = ValueChange(
        characteristic="x", before=1.0, after=2.0, attribute_before="< 2", attribute_after=">= 2",
        gain=1.0, cost=1.0, low=2.0,
    )  # fmt: skip
    assert change.sentence(language="zh", name="数") == "数：至少 2（现为 1）"
    with pytest.raises(InvalidParameterError, match="'language' parameter"):
        change.sentence(language="fr")
