"""The grid: every cell named, missing facts told, sentences, counts, documents."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.datasets import load_enterprises
from creditscore.exceptions import InvalidDataError, InvalidParameterError, MissingColumnError
from creditscore.segment import (
    Bands,
    CustomerClass,
    CustomerGrid,
    GridDisplay,
    RiskBands,
    customer_potential,
    customer_value,
    rfm_facts,
    share_of_wallet,
)

VALUE, POTENTIAL = Bands(bounds=(10, 50)), Bands(bounds=(20, 100))
RISK = RiskBands(grades={"A": "low", "B": "medium", "C": "high", "D": "default"})
GRID = CustomerGrid.standard(value=VALUE, potential=POTENTIAL, risk=RISK)
AMOUNT_OF = {"low": 0.0, "medium": 30.0, "high": 1000.0, "unknown": np.nan}
GRADE_OF = {"low": "A", "medium": "B", "high": "C", "default": "D", "unknown": None}


def test_standard_classes_of_every_cell() -> None:
    cells = GRID.to_frame()
    assert len(cells) == 36
    assert cells["class"].value_counts().to_dict() == {
        "risk": 9, "default": 9, "ordinary": 8, "high-value": 6, "potential": 4,
    }  # fmt: skip
    found = GRID.classify(
        [AMOUNT_OF[v] for v in cells["value"]],
        [AMOUNT_OF[p] for p in cells["potential"]],
        [GRADE_OF[r] for r in cells["risk"]],
    )
    frame = found.frame()
    for name in ("value", "potential", "risk", "class"):
        assert frame[name].tolist() == cells[name].tolist()
    assert frame["class_zh"].unique().tolist() == ["一般", "风险", "违约", "潜力", "高价值"]


@settings(deadline=None, max_examples=40)
@given(
    names=st.lists(st.sampled_from(["x", "y", "z"]), min_size=36, max_size=36),
    facts=st.tuples(
        st.sampled_from(["low", "medium", "high", "unknown"]),
        st.sampled_from(["low", "medium", "high", "unknown"]),
        st.sampled_from(["low", "medium", "high", "default", "unknown"]),
    ),
    strict=st.booleans(),
)
def test_missing_facts_are_decided_by_the_cells_left(
    names: list, facts: tuple, strict: bool
) -> None:
    axes = (VALUE.labels, POTENTIAL.labels, RISK.bands)
    cells = tuple((*bands, name) for bands, name in zip(product(*axes), names, strict=True))
    classes = tuple(CustomerClass(name=name, name_zh=name) for name in "xyz")
    grid = CustomerGrid(
        value=VALUE, potential=POTENTIAL, risk=RISK, cells=cells, classes=classes,
        when_missing="unknown" if strict else "decided",
    )  # fmt: skip
    v, p, r = facts
    left = {
        cell[3]
        for cell in cells
        if all(fact in ("unknown", band) for fact, band in zip(facts, cell, strict=False))
    }
    expected = left.pop() if len(left) == 1 else "unknown"
    if strict and "unknown" in facts:
        expected = "unknown"
    frame = grid.classify([AMOUNT_OF[v]], [AMOUNT_OF[p]], [GRADE_OF[r]]).frame()
    assert frame["class"].tolist() == [expected]
    assert ("missing" in frame["reason"][0]) == ("unknown" in facts)


def test_sentences() -> None:
    found = GRID.classify([60, np.nan, np.nan, 5], [0, 0, 0, np.nan], ["B", "A", "D", None])
    assert found.frame()["reason"].tolist() == [
        "value high (50 and above), potential low (below 20), risk medium (grade B)",
        (
            "unknown because value is missing: it could be high-value or ordinary (value unknown, "
            "potential low (below 20), risk low (grade A))"
        ),
        (
            "value is missing, but every cell that is left says default (value unknown, potential "
            "low (below 20), risk default (grade D))"
        ),
        (
            "unknown because potential and the grade are missing: it could be potential or "
            "ordinary or risk or default (value low (below 10), potential unknown, risk unknown)"
        ),
    ]
    assert found.frame()["reason_zh"].tolist()[:2] == [
        "价值高（50及以上），潜力低（低于20），风险中（评级B）",
        "因缺少价值而未知：可能为高价值或一般（价值未知，潜力低（低于20），风险低（评级A））",
    ]


def test_every_hole_is_named() -> None:
    with pytest.raises(
        InvalidParameterError,
        match=r"2 combinations without a class: low × low × low; low × low × medium\.",
    ):
        replace(GRID, cells=GRID.cells[2:])
    with pytest.raises(InvalidParameterError, match=r"36 combinations .*; and 31 more\."):
        replace(GRID, cells=())
    with pytest.raises(InvalidParameterError, match="low × low × low stands twice"):
        replace(GRID, cells=(*GRID.cells, GRID.cells[0]))


@pytest.mark.parametrize(
    ("cell", "match"),
    [
        (("low", "low", "low"), "must be"),
        (("lo", "low", "low", "risk"), "There is no band of value"),
        (
            ("low", "low", "low", "vip"),
            r"no class 'vip' in the grid.* A new one is added by replace",
        ),
        ("low", "must be"),
    ],
)
def test_odd_cells_are_refused(cell: object, match: str) -> None:
    with pytest.raises(InvalidParameterError, match=match):
        replace(GRID, cells=(cell, *GRID.cells[1:]))


def test_other_settings_are_refused() -> None:
    with pytest.raises(InvalidParameterError, match="'value' parameter of CustomerGrid"):
        replace(GRID, value=(10, 50))
    with pytest.raises(InvalidParameterError, match="must hold different names"):
        replace(GRID, classes=(*GRID.classes, GRID.classes[0]))
    with pytest.raises(InvalidParameterError, match="'when_missing'"):
        replace(GRID, when_missing="guess")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="must not be 'unknown'"):
        CustomerClass(name="unknown", name_zh="未知")
    two = RiskBands(grades={"A": "good", "B": "bad"}, bands=("good", "bad"))
    with pytest.raises(InvalidParameterError, match="knows the bands of risk"):
        CustomerGrid.standard(value=VALUE, potential=POTENTIAL, risk=two)


def test_an_edited_table_comes_back() -> None:
    cells = GRID.to_frame()
    cells.loc[(cells["value"] == "medium") & (cells["risk"] == "low"), "class"] = "potential"
    shuffled = cells.sample(frac=1, random_state=0)
    for table in (shuffled, pl.from_pandas(shuffled)):
        edited = GRID.with_cells(table)
        assert edited.classify([30], [0], ["A"]).classes.tolist() == ["potential"]
    with pytest.raises(MissingColumnError, match="'class'"):
        GRID.with_cells(cells.rename(columns={"class": "klass"}))
    with pytest.raises(InvalidDataError, match="Got others too: 'note'"):
        GRID.with_cells(cells.assign(note=""))


def test_columns_come_back_in_their_library() -> None:
    index = ["x", "y"]
    found = GRID.classify(*(pd.Series(v, index=index) for v in ([60, 1], [0, 0], ["A", "C"])))
    assert found.classes.to_dict() == {"x": "high-value", "y": "risk"}
    assert found.frame().index.tolist() == index
    in_polars = GRID.classify(pl.Series([60, 1]), pl.Series([0, 0]), pl.Series(["A", "C"]))
    assert in_polars.classes.to_list() == ["high-value", "risk"]
    # one column with labels is enough
    by_grade = GRID.classify([60, 1], [0, 0], pd.Series(["A", "C"], index=index))
    assert by_grade.classes.to_dict() == found.classes.to_dict()
    assert isinstance(GRID.classify([60], [0], ["A"]).classes, np.ndarray)
    with pytest.raises(InvalidDataError, match="value must be a column"):
        GRID.classify(60, [0], ["A"])
    with pytest.raises(InvalidDataError, match="potential has another index than value"):
        GRID.classify(pd.Series([1], index=["x"]), pd.Series([1], index=["y"]), ["A"])
    with pytest.raises(InvalidDataError, match="grades at row 0 is 'E'"):
        GRID.classify([1], [1], ["E"])


def test_counts_add_up() -> None:
    rng = np.random.default_rng(1)
    n = 500
    value = np.where(rng.random(n) < 0.1, np.nan, rng.uniform(0, 100, n))
    grades = rng.choice(["A", "B", "C", "D", None], n)
    exposure = rng.uniform(0, 1000, n)
    found = GRID.classify(value, rng.uniform(0, 200, n), grades)
    cells, classes = found.counts(exposure), found.class_counts(exposure)
    for table in (cells, classes):
        assert table["count"].sum() == n
        assert table["share"].sum() == pytest.approx(1)
        assert table["exposure"].sum() == pytest.approx(exposure.sum())
    frame = found.frame().assign(exposure=exposure)
    by_class = frame.groupby("class")["exposure"].sum()
    for row in classes.itertuples():
        assert row.exposure == pytest.approx(by_class.get(row[1], 0.0))
    grouped = frame.groupby(["value", "potential", "risk"]).size()
    for place, row in cells.iterrows():
        key = (row["value"], row["potential"], row["risk"])
        assert row["count"] == grouped.get(key, 0), place
    assert (cells[["value", "potential", "risk"]] != "unknown").all(axis=1).sum() == 36


@pytest.mark.parametrize(
    ("exposure", "match"),
    [
        ([1.0], "an amount for each of the 2"),
        ([1.0, -1.0], "zero or more"),
        ([1.0, np.nan], "and known. Got nan at row 1"),
    ],
)
def test_exposure_is_checked(exposure: list, match: str) -> None:
    with pytest.raises(InvalidDataError, match=match):
        GRID.classify([1, 2], [1, 2], ["A", "B"]).counts(exposure)


def test_documents_come_back() -> None:
    assert CustomerGrid.from_json(GRID.to_json()) == GRID
    strict = replace(GRID, when_missing="unknown")
    again = CustomerGrid.from_json(strict.to_json())
    assert again == strict
    assert again.classify([np.nan], [0], ["D"]).classes.tolist() == ["unknown"]
    assert "Value" in GRID._repr_html_()
    assert "high-value" in GRID.classify([60], [0], ["A"])._repr_html_()


def test_picture_holds_every_cell() -> None:
    found = GRID.classify([60, 1, np.nan], [0, 0, 0], ["A", "C", "A"])
    display = GridDisplay.from_classified(found, exposure=[2e6, 500, 10])
    display.plot()
    assert len(display.axes_) == 4
    texts = [text.get_text() for panel in display.axes_ for text in panel.texts]
    assert len(texts) == 36
    assert "high-value\n1\n2.0m" in texts
    assert "1 customer with a missing fact" in display.ax_.figure.get_suptitle()
    assert len(display.frame()) == 37
    display.ax_.figure.canvas.draw()
    with pytest.raises(InvalidParameterError, match="must be a ClassifiedCustomers"):
        GridDisplay.from_classified(GRID)  # type: ignore[arg-type]


def test_sample_firms_from_ledger_to_class() -> None:
    firms = load_enterprises()
    outcomes = firms.outcomes.set_index("customer")
    names = outcomes.index
    ledger = firms.ledger
    facts = rfm_facts(ledger, "2024-06-30", date="invoiced_on", window_days=365, customers=names)
    sales = facts.frame()["monetary"]
    statements = firms.statements[firms.statements["known_on"] <= "2024-06-30"]
    yearly = statements[statements["months"] == 12].sort_values("period_end")
    last = yearly.groupby("customer").tail(1).set_index("customer").reindex(names)
    wallet = (0.05 * last["cost_of_sales"]).where(lambda w: w > sales)
    share = share_of_wallet(sales, wallet)
    potential = customer_potential(wallet, share, pd.Series(0.05, index=names))
    value = customer_value(np.full(len(sales), 0.25), sales)
    scale = {"AAA": "low", "AA": "low", "A": "low", "BBB": "low", "BB": "medium", "B": "medium",
             "CCC": "high", "D": "default"}  # fmt: skip
    grades = outcomes["true_grade"].where(outcomes["is_bad"] == 0, "D")
    grid = CustomerGrid.standard(
        value=Bands.from_sample(value), potential=Bands.from_sample(potential),
        risk=RiskBands(grades=scale),
    )  # fmt: skip
    found = grid.classify(value, potential, grades)
    counts = found.class_counts().set_index("class")["count"]
    assert counts["default"] == int(outcomes["is_bad"].sum())
    assert counts["high-value"] > 100
    assert counts["unknown"] < np.isnan(potential).sum()
    assert found.frame()["reason"].str.len().min() > 0
