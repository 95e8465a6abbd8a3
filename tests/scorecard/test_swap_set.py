"""Swap sets: against hand computation, their laws, their picture and their errors."""

from __future__ import annotations

import math

import matplotlib as mpl
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    InvalidWeightError,
)
from creditscore.scorecard import SwapSet, SwapSetDisplay, swap_set

OLD = [10, 20, 30, 40, 50, 60]
NEW = [5, 60, 10, 20, 30, 40]
IS_BAD = [1, 0, 1, 1, 0, 0]
AMOUNT = [1, 2, 4, 8, 16, 32]

# --- by hand -----------------------------------------------------------------------------


def test_by_hand() -> None:
    # half approved: 40, 50, 60 by the old score, and 60, 40, 30 by the new one, so that the
    # second case comes in and the fourth goes out
    swap = swap_set(OLD, NEW, approval_rate=0.5, is_bad=IS_BAD, amount=AMOUNT)
    assert (swap.cutoff_a, swap.cutoff_b) == (40, 30)
    frame = swap.frame()
    assert frame["group"].tolist() == [
        "approved by both",
        "swapped in",
        "swapped out",
        "declined by both",
    ]
    assert frame["count"].tolist() == [2, 1, 1, 2]
    assert frame["share"].tolist() == pytest.approx([1 / 3, 1 / 6, 1 / 6, 1 / 3])
    assert frame["n_bad"].tolist() == [0, 0, 1, 2]
    assert frame["bad_rate"].tolist() == [0, 0, 1, 1]
    assert frame["amount"].tolist() == [48, 2, 8, 5]
    assert frame["bad_amount"].tolist() == [0, 0, 8, 5]
    assert swap.approved().to_dict("list") == {
        "score": ["a", "b"],
        "cutoff": [40, 30],
        "approval_rate": [0.5, 0.5],
        "count": [3, 3],
        "n_bad": [1, 0],
        "bad_rate": pytest.approx([1 / 3, 0]),
        "amount": [56, 50],
        "bad_amount": [8, 0],
    }


def test_without_outcomes_and_amounts() -> None:
    swap = swap_set(OLD, NEW, approval_rate=0.5)
    assert swap.n_bad is swap.amounts is swap.bad_amounts is None
    assert swap.frame()[["n_bad", "bad_rate", "amount", "bad_amount"]].isna().all(axis=None)
    assert swap.approved()[["n_bad", "bad_rate", "amount"]].isna().all(axis=None)
    amounts = swap_set(OLD, NEW, approval_rate=0.5, amount=AMOUNT)
    assert amounts.frame()["amount"].tolist() == [48, 2, 8, 5]
    assert amounts.bad_amounts is None


def test_a_cutoff_of_the_first_score_is_kept() -> None:
    swap = swap_set(OLD, NEW, cutoff=45)
    assert (swap.cutoff_a, swap.cutoff_b) == (45, 40)
    assert swap.approved()["approval_rate"].tolist() == pytest.approx([1 / 3, 1 / 3])


@pytest.mark.parametrize(
    ("rate", "cutoff"), [(0.01, np.inf), (0.24, 9), (0.26, 9), (0.49, 9), (0.5, 9), (0.51, 5)]
)
def test_ties_stay_together_at_the_nearest_rate(rate: float, cutoff: float) -> None:
    # rates that can be had: none, 1/4 (9), 3/4 (5) and all; of two as near, the lower
    swap = swap_set([9, 5, 5, 1], [1, 2, 3, 4], approval_rate=rate)
    assert swap.cutoff_a == cutoff
    expected = {np.inf: 0, 9: 0.25, 5: 0.75}[cutoff]
    # the second score follows the rate that came of it
    assert swap.approved()["approval_rate"].tolist() == [expected, expected]


@pytest.mark.parametrize("cutoff", [0, 100])
def test_everybody_or_nobody(cutoff: float) -> None:
    swap = swap_set(OLD, NEW, cutoff=cutoff, is_bad=IS_BAD)
    everybody = cutoff == 0
    assert swap.counts == ((6, 0, 0, 0) if everybody else (0, 0, 0, 6))
    assert swap.cutoff_b == (5 if everybody else math.inf)
    assert np.isnan(swap.frame()["bad_rate"]).sum() == 3
    assert swap.approved()["bad_rate"].isna().all() == (not everybody)


# --- laws --------------------------------------------------------------------------------

rows_of_cases = st.lists(
    st.tuples(
        st.integers(-9, 9), st.integers(-9, 9), st.booleans(), st.integers(0, 50), st.integers(1, 3)
    ),
    min_size=1,
    max_size=30,
)
rates = st.floats(0.05, 0.95)


@given(rows=rows_of_cases, rate=rates)
def test_groups_are_the_decisions(rows: list, rate: float) -> None:
    a, b, bad, amount, _ = map(np.array, zip(*rows, strict=True))
    swap = swap_set(a, b, approval_rate=rate, is_bad=bad, amount=amount)
    yes_a, yes_b = a >= swap.cutoff_a, b >= swap.cutoff_b
    groups = (yes_a & yes_b, ~yes_a & yes_b, yes_a & ~yes_b, ~yes_a & ~yes_b)
    assert swap.counts == tuple(group.sum() for group in groups)
    assert swap.n_bad == tuple(bad[group].sum() for group in groups)
    assert swap.amounts == pytest.approx(tuple(amount[group].sum() for group in groups))
    assert swap.bad_amounts == pytest.approx(tuple((amount * bad)[g].sum() for g in groups))
    # no other cut-off comes nearer
    possible = [(a >= cutoff).mean() for cutoff in [*a, np.inf]]
    assert abs(yes_a.mean() - rate) == pytest.approx(min(abs(p - rate) for p in possible))


@given(rows=rows_of_cases, rate=rates)
def test_whole_weights_are_repeated_rows(rows: list, rate: float) -> None:
    a, b, bad, amount, weights = map(np.array, zip(*rows, strict=True))
    weighted = swap_set(a, b, approval_rate=rate, is_bad=bad, amount=amount, sample_weight=weights)
    a, b, bad, amount = (np.repeat(column, weights) for column in (a, b, bad, amount))
    repeated = swap_set(a, b, approval_rate=rate, is_bad=bad, amount=amount)
    pd.testing.assert_frame_equal(weighted.frame(), repeated.frame())
    pd.testing.assert_frame_equal(weighted.approved(), repeated.approved())


@given(rows=rows_of_cases, rate=rates)
def test_a_score_swaps_nobody_with_itself(rows: list, rate: float) -> None:
    a, _, _, _, _ = map(np.array, zip(*rows, strict=True))
    swap = swap_set(a, np.exp(a / 9), approval_rate=rate)
    assert swap.counts[1:3] == (0, 0)


@pytest.mark.parametrize("convert", [list, np.array, pd.Series, pl.Series])
def test_columns_of_any_library(convert: type) -> None:
    columns = (convert(column) for column in (OLD, NEW))
    swap = swap_set(*columns, approval_rate=0.5, is_bad=convert(IS_BAD), amount=convert(AMOUNT))
    assert swap == swap_set(OLD, NEW, approval_rate=0.5, is_bad=IS_BAD, amount=AMOUNT)


# --- what it shows -----------------------------------------------------------------------


def test_one_line_and_a_table() -> None:
    swap = swap_set(OLD, NEW, approval_rate=0.5, is_bad=IS_BAD)
    assert repr(swap) == "<SwapSet: 1 swapped in, 1 swapped out of 6; approved 50.00% and 50.00%>"
    html = swap._repr_html_()
    assert "swapped out" in html
    assert "Approved by each score" in html
    assert "amount" not in html


@pytest.mark.parametrize("full", [True, False])
def test_picture_names_the_four_groups(full: bool) -> None:
    given_too = {"is_bad": IS_BAD, "amount": AMOUNT} if full else {}
    swap = swap_set(OLD, NEW, approval_rate=0.5, **given_too)
    display = SwapSetDisplay.from_swap_set(swap, names=("$old^$", "new" * 30)).plot()
    display.ax_.figure.canvas.draw()
    texts = [text.get_text() for text in display.ax_.texts]
    assert texts[2:4] == (
        ["swapped in", "1 case, 16.7%\nbad rate 0.00%\namount 2"]
        if full
        else ["swapped in", "1 case, 16.7%"]
    )
    assert display.ax_.get_ylabel() == "$old^$"
    assert len(display.ax_.get_xlabel()) <= 34
    # rows by the first score, columns by the second, and approvals to the left and above
    places = dict(zip(texts[::2], [t.get_position() for t in display.ax_.texts[::2]], strict=True))
    assert places["swapped in"][0] < 1 > places["swapped in"][1]
    assert places["swapped out"][0] > 1 < places["swapped out"][1]


def test_groups_of_nobody_have_no_rate() -> None:
    swap = swap_set([1, 2], [1, 2], approval_rate=0.5, is_bad=[1, 0])
    display = SwapSetDisplay.from_swap_set(swap).plot()
    assert sum("bad rate no cases" in text.get_text() for text in display.ax_.texts) == 2


def test_what_every_display_does() -> None:
    from matplotlib.figure import Figure

    swap = swap_set(OLD, NEW, approval_rate=0.5)
    display = SwapSetDisplay.from_swap_set(swap)
    before, ax = dict(mpl.rcParams), Figure().subplots()
    assert display.plot(ax=ax) is display
    assert display.ax_ is ax
    assert dict(mpl.rcParams) == before
    pd.testing.assert_frame_equal(display.frame(), swap.frame())
    assert repr(display) == f"SwapSetDisplay({swap!r})"


# --- errors ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({}, "Got neither"),
        ({"approval_rate": 0.5, "cutoff": 30}, "Got both"),
        ({"approval_rate": 0}, r"'approval_rate' .* in the range \(0, 1\)"),
        ({"approval_rate": 50}, r"'approval_rate' .* in the range \(0, 1\)"),
        ({"cutoff": np.nan}, "'cutoff' parameter of swap_set"),
        ({"cutoff": np.inf}, "'cutoff' parameter of swap_set"),
    ],
)
def test_parameters(wrong: dict, message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        swap_set(OLD, NEW, **wrong)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"score_b": [1, 2]}, InvalidDataError, "one number for each of the 6 cases"),
        ({"score_a": []}, EmptyDataError, "score_a is empty"),
        ({"score_a": [np.nan] * 6}, InvalidDataError, r"6 missing value\(s\).* row 0"),
        ({"score_a": ["1"] * 6}, InvalidDataError, "score_a must hold numbers"),
        ({"is_bad": [2] * 6}, InvalidTargetError, "Only binary outcomes"),
        ({"is_bad": [1, 0]}, InvalidTargetError, "inconsistent numbers of samples"),
        ({"amount": [-1] * 6}, InvalidDataError, "amount must be zero or more"),
        ({"amount": [np.inf] * 6}, InvalidDataError, "Got inf at row 0"),
        ({"sample_weight": [-1] * 6}, InvalidWeightError, "must not be negative"),
    ],
)
def test_columns_that_cannot_be_used(changes: dict, error: type, message: str) -> None:
    columns = {"score_a": OLD, "score_b": NEW, "approval_rate": 0.5} | changes
    with pytest.raises(error, match=message):
        swap_set(**columns)


@pytest.mark.parametrize("name", ["score_b", "is_bad", "amount", "sample_weight"])
@pytest.mark.parametrize("other", ["score_a", "amount"])
def test_columns_in_different_orders(name: str, other: str) -> None:
    if name == other:
        name = "score_b"
    columns = {"score_a": OLD, "score_b": NEW, "is_bad": IS_BAD, "amount": AMOUNT}
    columns["sample_weight"] = [1] * 6
    rows = list("abcdef")
    columns[name] = pd.Series(columns[name], index=rows)
    columns[other] = pd.Series(columns[other], index=rows)[::-1]
    with pytest.raises(InvalidDataError, match="same index in different orders"):
        swap_set(**columns, approval_rate=0.5)


@pytest.mark.parametrize("names", [("one",), "ab", ("one", 2)])
def test_names_of_the_picture(names: object) -> None:
    swap = SwapSet(cutoff_a=1, cutoff_b=1, counts=(1, 0, 0, 0))
    with pytest.raises(InvalidParameterError, match="'names' parameter"):
        SwapSetDisplay.from_swap_set(swap, names=names)
    with pytest.raises(InvalidParameterError, match="must be a SwapSet"):
        SwapSetDisplay.from_swap_set(names)
