"""A segmented card with hostile text, rows for it, and readers of what exports say of them."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pandas as pd
import pytest
from hypothesis import strategies as st

from creditscore import PointsScale, Scorecard
from creditscore.deploy import ColumnRules, rules_of, to_onnx, to_python, to_sql
from creditscore.exceptions import InfiniteValueError, RefusedValueError
from creditscore.scorecard import (
    Characteristic,
    SegmentedApplicant,
    SegmentedScorecard,
    Segments,
)
from engines import Engine

HOSTILE = "O'Neil \"x\"; DROP TABLE applicants; -- \\' \\ % {0} é 企业\n"
"""Text that ends strings, names and lines wherever it is not escaped."""
NAME = "O'N \"x\"; -- \\' ] ` % {0} é\n"
"""The same in a name, which is short on PostgreSQL."""
SCALE = PointsScale(base_score=120, base_odds=3, pdo=7)

AMOUNT = Characteristic.numeric(
    NAME,
    cuts=[2, 10.1],
    points=[0, 0.1, 40],
    slopes=[0, 5.3, 0],
    missing_points=-7.25,
    special_points={-1: 3, 0.1: 9},
)
AUDIT = Characteristic.categorical(
    "audit",
    points={"clean": 30.1, (HOSTILE, "none"): 5},
    missing_points=0.3,
    other_points=-2,
)
YOUNG = Scorecard(characteristics=(AMOUNT, AUDIT), base_points=100.3, scale=SCALE)
SETTLED = Scorecard(
    # another order, so that of equal shortfalls another one comes first
    characteristics=(
        AUDIT,
        Characteristic.numeric("age", cuts=[40], points=[0.1, 0.2], missing_points=0.3),
        replace(AMOUNT, neutral_points=None),
    ),
    base_points=-3.7,
    scale=SCALE,
)
FIRMS = Scorecard(
    characteristics=(
        Characteristic.categorical(
            "audit", points={"clean": 20, "x": 7}, missing_points=0, other_points=1
        ),
        Characteristic.numeric(NAME, cuts=[5], points=[0, 20], missing_points=1 / 3),
    ),
    base_points=90.1,
    scale=SCALE,
)
RULE = Segments.by_levels(
    "client", {HOSTILE: ["private", "O'N"], "firms": ["ltd", "plc", HOSTILE]}, other="firms"
).divided(
    HOSTILE,
    Segments.by_cuts(
        "age", [30, 50.5], ["young", HOSTILE, "young"], missing=HOSTILE, special={-9: "young"}
    ),
)
CARD = SegmentedScorecard.from_cards(RULE, {"young": YOUNG, HOSTILE: SETTLED, "firms": FIRMS})

NUMBER = st.one_of(
    st.none(),
    st.sampled_from([-1.0, 0.1, float(np.float32(0.1)), 2.0, 10.1, 0.0, -0.0, 5.0]),
    st.sampled_from([math.nextafter(2, 0), math.nextafter(10.1, 11), math.nextafter(10.1, 0)]),
    st.floats(allow_nan=False, allow_infinity=False),
)
AGE = st.one_of(
    st.sampled_from([None, -9.0, 30.0, 50.5, math.nextafter(30, 0), math.nextafter(50.5, 0)]),
    st.floats(15, 90),
)
ROW = st.fixed_dictionaries(
    {
        "client": st.sampled_from(["private", "ltd", "plc", "O'N", HOSTILE, "?", "Private", None]),
        "age": AGE,
        NAME: NUMBER,
        "audit": st.sampled_from(["clean", "none", HOSTILE, "?", "x", "Clean", None]),
    }
)
ROWS = st.lists(ROW, min_size=1, max_size=30)
PLAIN = {"client": "private", "age": 35.0, NAME: 5.0, "audit": "clean"}
"""A row that is scored."""

Exported = Callable[[Sequence[dict[str, Any]]], list[SegmentedApplicant | None]]
"""From rows to answers; none where a row is refused."""


def columns_of(card: SegmentedScorecard) -> tuple[ColumnRules, ...]:
    """Return all that the card reads."""
    rules = rules_of(card)
    return (*rules.segments.columns, *(column for one in rules.cards for column in one.columns))


def edge_rows(card: SegmentedScorecard, plain: dict[str, Any]) -> list[dict[str, Any]]:
    """Change a row to each edge and code of each column, its neighbours, each level, and no value.

    For edges of characteristics, in each segment that the first column tells.
    """
    columns = columns_of(card)
    first = columns[0]
    changes: list[dict[str, Any]] = [{}]
    for column in columns:
        changes += [{column.name: value} for value in _values_near(column)]
    starts = [{first.name: value} for value in _values_near(first)]
    return [{**plain, **start, **change} for start in starts for change in changes]


def _values_near(column: ColumnRules) -> list[Any]:
    listed = [value for value, _ in column.values]
    if column.kind != "numeric":
        return [None, "none of them", *listed]
    edges = [float(interval.low or 0) for interval in column.intervals[1:]] + listed
    near = (-math.inf, None, math.inf)
    return [None] + [
        edge if way is None else math.nextafter(edge, way) for edge in edges for way in near
    ]


def table_of(card: SegmentedScorecard, rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Return rows as a table with an id, in the types that the card reads."""
    numeric = {
        column.name
        for column in columns_of(card)
        if column.kind == "numeric" or any(not isinstance(v, str) for v, _ in column.values)
    }
    columns = {
        name: pd.Series([row[name] for row in rows], dtype=float if name in numeric else object)
        for name in card.names
    }
    return pd.DataFrame({"id": range(len(rows)), **columns})


def answered(card: SegmentedScorecard, rows: Sequence[dict[str, Any]], n: int) -> Any:
    """Ask the card itself."""
    decide = card.compile(n_reasons=n, baseline="maximum")

    def one(row: dict[str, Any]) -> SegmentedApplicant | None:
        with warnings.catch_warnings(action="ignore"):
            try:
                return decide(row)
            except (RefusedValueError, InfiniteValueError):
                return None

    return [one(row) for row in rows]


# --- the engines ---------------------------------------------------------------------


def in_python(card: SegmentedScorecard, n: int) -> Exported:
    names: dict[str, Any] = {}
    exec(compile(to_python(card, n_reasons=n, baseline="maximum"), "card.py", "exec"), names)  # noqa: S102

    def one(row: dict[str, Any]) -> SegmentedApplicant | None:
        try:
            found = names["score"](row)
        except ValueError:
            return None
        assert card.scale is not None
        prob_default = float(card.scale.prob_default(found["score"]))
        assert found["prob_default"] == pytest.approx(prob_default, rel=1e-12)
        return SegmentedApplicant(
            found["score"], found["points"], tuple(found["reasons"]), found["segment"]
        )

    return lambda rows: [one(row) for row in rows]


def _answer(
    card: SegmentedScorecard, segment: str, score: float, points: dict[str, float], reasons: Any
) -> SegmentedApplicant | None:
    """Read an answer of an engine that leaves places empty."""
    if score is None or math.isnan(score):
        assert not any(isinstance(name, str) and name for name in reasons)
        return None
    own = card.card(segment).names
    others = [value for name, value in points.items() if name not in own]
    assert all(value is None or math.isnan(value) for value in others)
    named = tuple(name for name in reasons if isinstance(name, str) and name)
    return SegmentedApplicant(score, {name: points[name] for name in own}, named, segment)


def in_onnx(card: SegmentedScorecard, n: int) -> Exported:
    model = to_onnx(card, n_reasons=n, baseline="maximum")
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])

    def score(rows: Sequence[dict[str, Any]]) -> list[SegmentedApplicant | None]:
        columns = {
            given.name: np.array([row[given.name] for row in rows], dtype=float)
            if given.type == "tensor(double)"
            else np.array([row[given.name] or "" for row in rows], dtype=object)
            for given in session.get_inputs()
        }
        outputs = [output.name for output in session.get_outputs()]
        found = dict(zip(outputs, session.run(None, columns), strict=True))
        assert card.scale is not None
        known = ~np.isnan(found["score"])
        expected = card.scale.prob_default(found["score"][known])
        np.testing.assert_allclose(found["pd"][known], expected, rtol=1e-12)
        assert np.isnan(found["pd"][~known]).all()
        answers = zip(
            *(found[name].tolist() for name in ("segment", "score", "points", "reasons")),
            strict=True,
        )
        names = card.characteristic_names
        return [
            _answer(card, segment, score, dict(zip(names, points, strict=True)), reasons)
            for segment, score, points, reasons in answers
        ]

    return score


def in_sql(card: SegmentedScorecard, n: int, engine: Engine) -> Exported:
    query = to_sql(card, dialect=engine.dialect, keep=["id"], n_reasons=n, baseline="maximum")

    def score(rows: Sequence[dict[str, Any]]) -> list[SegmentedApplicant | None]:
        found = engine.run(query, table_of(card, rows)).sort_values("id")
        assert found["id"].tolist() == list(range(len(rows)))
        assert card.scale is not None
        known = found[found["score"].notna()].astype({"score": float, "pd": float})
        np.testing.assert_allclose(known["pd"], card.scale.prob_default(known["score"]), rtol=1e-12)
        answers = []
        for row in found.to_dict("records"):
            points = {name: row[f"{name}_points"] for name in card.characteristic_names}
            reasons = [row[f"reason_{rank}"] for rank in range(1, n + 1)]
            answers.append(_answer(card, row["segment"], row["score"], points, reasons))
        return answers

    return score
