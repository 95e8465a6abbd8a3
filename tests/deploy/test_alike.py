"""Levels that an export cannot tell apart are refused by all of them."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import pytest

from creditscore import Scorecard
from creditscore.deploy import to_excel, to_onnx, to_pmml, to_python, to_sql
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard import Characteristic


def of_level(level: Any) -> Scorecard:
    branch = Characteristic.categorical(
        "branch", points={level: 1}, missing_points=0, other_points=-1
    )
    return Scorecard(characteristics=(branch,))


@pytest.mark.parametrize(
    ("export", "where"),
    [
        (functools.partial(to_sql, dialect="duckdb"), "a query"),
        (to_onnx, "an input of ONNX"),
        (to_pmml, "a field of PMML"),
        (functools.partial(to_excel, path=Path("card.xlsx")), "a cell of a workbook"),
    ],
    ids=["sql", "onnx", "pmml", "excel"],
)
@pytest.mark.parametrize("level", [2**53, -(2**53), 10**400])
def test_whole_numbers_that_doubles_do_not_tell_apart(export: Any, where: str, level: int) -> None:
    with pytest.raises(InvalidParameterError, match=f"which {where} cannot tell from its neigh"):
        export(of_level(level))


@pytest.mark.parametrize("level", [2**53 - 1, 1 - 2**53])
def test_the_largest_that_they_tell_apart(level: int) -> None:
    for export in (functools.partial(to_sql, dialect="duckdb"), to_onnx, to_pmml):
        export(of_level(level))


def test_python_knows_every_whole_number() -> None:
    names: dict[str, Any] = {}
    exec(to_python(of_level(2**53 + 1)), names)  # noqa: S102 - this is what it is for
    score = names["score"]
    assert [score({"branch": 2**53 + place})["score"] for place in (0, 1, 2)] == [-1, 1, -1]
