"""Labels of pictures: none runs into another, and different ones look different."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from matplotlib.transforms import Affine2D

from creditscore._display import distinct, name_ticks, name_times, panels, spread
from creditscore.exceptions import InvalidParameterError

PLACES = st.lists(st.floats(0, 1), min_size=1, max_size=25)


@given(PLACES, st.floats(0.001, 0.2))
def test_spread_places_keep_apart_and_in_order(places: list[float], gap: float) -> None:
    moved = spread(places, gap)
    assert all(-1e-9 <= place <= 1 + 1e-9 for place in moved)
    room = min(gap, 1 / max(1, len(places) - 1))
    assert all(b - a >= room - 1e-9 for a, b in pairwise(sorted(moved)))
    order = np.argsort(places, kind="stable")
    assert (np.diff(np.array(moved)[order]) >= 0).all()


@given(PLACES)
def test_places_that_are_apart_stay(places: list[float]) -> None:
    apart = np.linspace(0.1, 0.9, len(places))[np.argsort(places, kind="stable")].tolist()
    assert spread(apart, 0.8 / max(1, len(apart))) == pytest.approx(apart)


def test_spread_moves_least() -> None:
    # a pair in the middle parts evenly; one at the end moves inwards
    assert spread([0.5, 0.5], 0.2) == pytest.approx([0.4, 0.6])
    assert spread([1.0, 1.0], 0.2) == pytest.approx([0.8, 1.0])


LABELS = {
    "two": ["< 1000", ">= 1000"],
    "intervals": [f"[{i}000, {i + 1}000)" for i in range(1, 7)],
    "twenty": [f"[{i * 123456}, {(i + 1) * 123456})" for i in range(20)],
    "sixty": [f"level {i}" for i in range(60)],
    "long": [f"people who live in a house of {i} rooms and a garden" for i in range(8)],
    "one": ["all values"],
}


@pytest.mark.parametrize("name", LABELS)
@pytest.mark.parametrize("width", [3.0, 7.0])
def test_tick_labels_do_not_touch(name: str, width: float) -> None:
    labels = LABELS[name]
    ax = plt.subplots(figsize=(width, 3))[1]
    ax.set_xlim(-0.6, len(labels) - 0.4)
    name_ticks(ax, list(range(len(labels))), labels)
    ax.figure.draw_without_rendering()
    drawn = ax.get_xticklabels()
    assert drawn[0].get_text()
    # turned back, labels that are turned are upright boxes
    back = Affine2D().rotate_deg(-drawn[0].get_rotation())
    boxes = []
    for label in drawn:
        angle = label.get_rotation()
        label.set_rotation(0)
        flat = label.get_window_extent()
        label.set_rotation(angle)
        at = back.transform(ax.transData.transform((label.get_position()[0], 0)))
        # centred on their place, or ending at it
        left = at[0] - flat.width * (0.5 if angle == 0 else 1.0)
        boxes.append((left, left + flat.width, at[1], flat.height))
    for one, other in combinations(boxes, 2):
        beside = one[1] <= other[0] or other[1] <= one[0]
        below = abs(one[2] - other[2]) >= 0.85 * min(one[3], other[3])
        assert beside or below


def test_periods_are_named_as_far_as_there_is_room() -> None:
    labels = [f"2024-{month:02}" for month in range(1, 25)]
    ax = plt.subplots(figsize=(6, 3))[1]
    ax.set_xlim(-0.5, 23.5)
    name_times(ax, labels)
    ax.figure.draw_without_rendering()
    drawn = ax.get_xticklabels()
    assert drawn[0].get_text() == labels[0]
    assert 3 <= len(drawn) < 24
    extents = [label.get_window_extent() for label in drawn]
    assert all(a.x1 < b.x0 for a, b in pairwise(extents))


@given(st.lists(st.text("ab ", min_size=1, max_size=40), min_size=2, max_size=6))
def test_labels_that_differ_look_different(labels: list[str]) -> None:
    whole = [" ".join(label.split()) for label in labels]
    short = distinct(labels, 20)
    assert len(set(short)) == len(set(whole))
    assert max(map(len, short)) <= 40


def test_panels_need_the_place_of_a_subplot() -> None:
    free = plt.figure().add_axes((0.1, 0.1, 0.8, 0.8))
    with pytest.raises(InvalidParameterError, match=r"several panels.*plt\.subplots"):
        panels(free, 1, 2, title="two", size=(4, 3))
