"""Small pictures of many features: which, in which order, on which axes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from creditscore.binning import BinDisplay, BinGridDisplay, BinTable, NumericPartition, WOEEncoder
from creditscore.exceptions import InvalidParameterError, MissingColumnError


@pytest.fixture(scope="module")
def encoder(german: pd.DataFrame) -> WOEEncoder:
    names = ["age_years", "duration_months", "purpose", "housing", "telephone"]
    return WOEEncoder().fit(german[names], german["is_bad"])


def test_features_come_by_information_value(encoder: WOEEncoder) -> None:
    display = BinGridDisplay.from_encoder(encoder)
    summary = encoder.summary().sort_values("iv", ascending=False)
    assert display.features == tuple(summary["feature"])
    first = display.frame().drop_duplicates("feature")
    np.testing.assert_allclose(first["feature_iv"], summary["iv"])


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"n": 2}, ("duration_months", "purpose")),
        ({"by": "feature", "n": 3}, ("age_years", "duration_months", "housing")),
        ({"by": "fit", "features": ["purpose", "age_years"]}, ("purpose", "age_years")),
        ({"features": ["telephone", "housing"]}, ("housing", "telephone")),
        ({"features": "housing"}, ("housing",)),
    ],
)
def test_features_are_chosen(
    choice: dict[str, Any], expected: tuple[str, ...], encoder: WOEEncoder
) -> None:
    assert BinGridDisplay.from_encoder(encoder, **choice).features == expected


def test_numbers_are_those_of_the_single_pictures(encoder: WOEEncoder) -> None:
    frame = BinGridDisplay.from_encoder(encoder).frame()
    for feature, table in encoder.tables_.items():
        rows = frame[frame["feature"] == feature].reset_index(drop=True)
        single = BinDisplay.from_table(table).frame()
        pd.testing.assert_frame_equal(rows[single.columns.tolist()], single)
    frame["share"] = 0.0
    assert BinGridDisplay.from_encoder(encoder).frame()["share"].sum() == pytest.approx(5)


def test_a_panel_for_each_feature(encoder: WOEEncoder) -> None:
    display = BinGridDisplay.from_encoder(encoder, rate="woe")
    assert display.plot(n_columns=3) is display
    titles = [ax.get_title(loc="left").split("\n") for ax in display.axes_]
    assert [title[0] for title in titles] == list(display.features)
    assert [title[1] for title in titles] == [
        f"IV {encoder.tables_[name].iv:.3f}" for name in display.features
    ]
    specs = [ax.get_subplotspec() for ax in display.axes_]
    assert [(spec.rowspan.start, spec.colspan.start) for spec in specs] == [
        (0, 0), (0, 1), (0, 2), (1, 0), (1, 1),
    ]  # fmt: skip
    assert "WOE" in display.figure_.get_suptitle()


@pytest.mark.parametrize("share_y", [True, False])
def test_axes_are_shared_or_own(share_y: bool, encoder: WOEEncoder) -> None:
    display = BinGridDisplay.from_encoder(encoder).plot(share_y=share_y)
    for axes in (display.axes_, display.axes_rate_):
        assert (len({ax.get_ylim() for ax in axes}) == 1) == share_y
    for ax, name in zip(display.axes_, display.features, strict=True):
        top = max(bar.get_height() for bar in ax.patches)
        share = encoder.tables_[name].frame()["share"].max()
        assert top == pytest.approx(share)
        assert ax.get_ylim()[1] > top


def test_features_that_are_not_split_say_so() -> None:
    one = NumericPartition(cuts=())
    tables = [
        BinTable(feature="a", partition=one, n_good=(9, 0), n_bad=(5, 0), status="constant"),
        BinTable(feature="b", partition=one, n_good=(0, 9), n_bad=(0, 5), status="all missing"),
        BinTable(feature="c", partition=one, n_good=(9, 1), n_bad=(5, 0), status="single bin"),
    ]
    display = BinGridDisplay.from_tables(tables, by="feature").plot()
    assert [ax.texts[-1].get_text() for ax in display.axes_] == [
        "constant", "all missing", "single bin",
    ]  # fmt: skip


def test_it_fits_into_the_axes_of_others(encoder: WOEEncoder) -> None:
    figure, axes = plt.subplots(1, 2, figsize=(10, 5), layout="constrained")
    display = BinGridDisplay.from_encoder(encoder, n=4).plot(axes[1])
    figure.draw_without_rendering()
    left = axes[0].get_window_extent().x1
    assert all(ax.get_window_extent().x0 > left for ax in display.axes_)
    assert not axes[1].axison


def test_thirty_panels_do_not_overlap() -> None:
    tables = [
        BinTable(
            feature=f"a column with a rather long name, number {i}",
            partition=NumericPartition(cuts=tuple(range(1, i + 1))),
            n_good=range(20, 22 + i), n_bad=range(22 + i, 20, -1),
        )
        for i in range(30)
    ]  # fmt: skip
    display = BinGridDisplay.from_tables(tables).plot()
    display.figure_.draw_without_rendering()
    renderer = display.figure_.canvas.get_renderer()
    boxes = [ax.get_tightbbox(renderer) for ax in display.axes_]
    for place, box in enumerate(boxes[:-1]):
        if place % 5 < 4:
            assert box.x1 <= boxes[place + 1].x0 + 1
    assert min(ax.get_window_extent().height for ax in display.axes_) > 30


def test_repr_names_the_first(encoder: WOEEncoder) -> None:
    assert repr(BinGridDisplay.from_encoder(encoder, by="feature")) == (
        "BinGridDisplay(5 features: 'age_years', 'duration_months', 'housing', …)"
    )


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda _: BinGridDisplay.from_encoder(WOEEncoder()), InvalidParameterError, "not fitted"),
        (lambda e: BinGridDisplay.from_encoder(e.tables_), InvalidParameterError, "Got dict"),
        (lambda e: BinGridDisplay.from_encoder(e, ["age"]), MissingColumnError, "'age'.*It has"),
        (lambda e: BinGridDisplay.from_encoder(e, []), InvalidParameterError, "Got none"),
        (lambda e: BinGridDisplay.from_encoder(e, n=0), InvalidParameterError, "'n' parameter"),
        (lambda e: BinGridDisplay.from_encoder(e, by="ks"), InvalidParameterError, "'by'"),
        (lambda e: BinGridDisplay.from_encoder(e, rate="ks"), InvalidParameterError, "'rate'"),
        (
            lambda e: BinGridDisplay.from_encoder(e, ["housing", "housing"]),
            InvalidParameterError,
            "a feature twice: housing, housing",
        ),
        (lambda _: BinGridDisplay.from_tables([1]), InvalidParameterError, "draws a BinTable"),
        (
            lambda e: BinGridDisplay.from_encoder(e).plot(n_columns=0),
            InvalidParameterError,
            "'n_columns' parameter of BinGridDisplay.plot",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    call: Any, error: type[Exception], message: str, encoder: WOEEncoder
) -> None:
    with pytest.raises(error, match=message):
        call(encoder)


def test_long_names_stay_different(german: pd.DataFrame) -> None:
    names = [f"an_indicator_of_the_statement_{i}_of_the_customer" for i in range(2)]
    X = german[["age_years", "duration_months"]].set_axis(names, axis="columns")
    display = BinGridDisplay.from_encoder(WOEEncoder().fit(X, german["is_bad"])).plot()
    titles = {ax.get_title(loc="left").split("\n")[0] for ax in display.axes_}
    assert len(titles) == 2
    plt.close("all")
