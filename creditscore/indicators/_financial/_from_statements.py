"""Indicators that are read from a firm's statements alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from creditscore.indicators._facts import Facts
from creditscore.indicators._indicator import Indicator, IndicatorDirection, Unit
from creditscore.indicators._measured import Measured
from creditscore.indicators._panel import PanelFacts

OfStatements: TypeAlias = Callable[[PanelFacts], Measured]
"""Takes the statements of a year, from which those of years before are reached."""


def from_statements(
    *, formula: str, unit: Unit, direction: IndicatorDirection, name: str = "", **details: Any
) -> Callable[[OfStatements], Indicator]:
    """Make a financial indicator of a function of statements.

    Formulas are written so that they can be computed: items and other indicators by their names,
    ``before(item)`` for the year before, ``average(item)`` for the mean of both, ``ln(x)``. The
    name is that of the function, unless another one is given.
    """

    def decorate(measure: OfStatements) -> Indicator:
        def compute(facts: Facts) -> Measured:
            return measure(facts.panel("statements"))

        return Indicator(
            name=name or measure.__name__, compute=compute, group="financial", formula=formula,
            unit=unit, direction=direction, **details,
        )  # fmt: skip

    return decorate
