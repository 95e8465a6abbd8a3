"""All that gives reasons puts equal shortfalls in one order, whatever rounding does to them."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pandas as pd
import pytest

from creditscore import PointsScale, Scorecard
from creditscore.deploy import to_excel, to_onnx, to_python, to_sql
from creditscore.scorecard import Characteristic, adverse_reasons
from engines import Engine
from spreadsheets import by_libreoffice, fill, libreoffice, read_scores

STEPS = {"a": (0.1, 0.2), "b": (1.2, 1.3), "c": (100.3, 100.4), "d": (0.5, 0.6), "e": (-3.3, -3.1)}
"""Points of two intervals, 0.1 or 0.2 apart, of which the differences of doubles are not."""


def card_of(*, reverse: bool) -> Scorecard:
    return Scorecard(
        characteristics=tuple(
            Characteristic.numeric(
                name, cuts=[1], points=points[:: -1 if reverse else 1], missing_points=points[0]
            )
            for name, points in STEPS.items()
        ),
        scale=PointsScale(reverse=reverse),
    )


CARDS = {"forward": card_of(reverse=False), "reverse": card_of(reverse=True)}
ROWS = pd.DataFrame(list(itertools.product([0.0, 2.0], repeat=5)), columns=list(STEPS))
ORDER = "eabcd"
"""The largest first, and those of 0.1 as they stand in the card."""
EXPECTED = [tuple(n for n in ORDER if row[n] == 0.0) for row in ROWS.to_dict("records")]

CASES = pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)


def texts_of(table: Any) -> list[tuple[str, ...]]:
    rows = np.asarray(table, dtype=object).tolist()
    return [tuple(name for name in row if isinstance(name, str) and name) for row in rows]


def test_differences_are_such_as_rounding_makes() -> None:
    differences = {high - low for low, high in STEPS.values()}
    assert len(differences) == len(STEPS)


@CASES
def test_card_and_its_function(card: Scorecard) -> None:
    assert texts_of(card.reasons(ROWS, n=5, baseline="maximum")) == EXPECTED
    decide = card.compile(n_reasons=5, baseline="maximum")
    assert [decide(row).reasons for row in ROWS.to_dict("records")] == EXPECTED
    told = adverse_reasons(card, ROWS, n=5, baseline="maximum")
    assert texts_of(told.filter(regex="_characteristic")) == EXPECTED


@CASES
def test_plain_python(card: Scorecard) -> None:
    made: dict[str, Any] = {}
    exec(to_python(card, n_reasons=5, baseline="maximum"), made)  # noqa: S102 - what it is for
    assert [tuple(made["score"](row)["reasons"]) for row in ROWS.to_dict("records")] == EXPECTED


@CASES
def test_queries(card: Scorecard, engine: Engine) -> None:
    query = to_sql(card, dialect=engine.dialect, keep=["id"], n_reasons=5, baseline="maximum")
    found = engine.run(query, ROWS.assign(id=range(len(ROWS)))).sort_values("id")
    assert texts_of(found.filter(regex="^reason_")) == EXPECTED


@CASES
def test_model_of_onnx(card: Scorecard) -> None:
    model = to_onnx(card, n_reasons=5, baseline="maximum")
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    (found,) = session.run(["reasons"], {name: ROWS[name].to_numpy() for name in STEPS})
    assert texts_of(found) == EXPECTED


@pytest.mark.engine("libreoffice")
def test_workbooks(tmp_path: Path) -> None:
    if libreoffice() is None:
        reason = "LibreOffice is not installed: apt-get install libreoffice-calc-nogui"
        if os.environ.get("CREDITSCORE_REQUIRE_ENGINES") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    paths = []
    for name, card in CARDS.items():
        path = tmp_path / f"{name}.xlsx"
        to_excel(card, path, rows=len(ROWS), n_reasons=5, baseline="maximum")
        fill(path, ROWS.to_dict("records"))
        paths.append(path)
    folder = tmp_path / "results"
    folder.mkdir()
    for path in by_libreoffice(paths, folder):
        assert [answer.reasons for answer in read_scores(path, len(ROWS))] == EXPECTED
