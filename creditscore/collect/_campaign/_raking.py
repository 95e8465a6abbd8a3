"""Raking: weights whose sums agree with what is known of all customers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from creditscore._display import counted
from creditscore._frame import Table, as_table
from creditscore._typing import Float1D, Int1D, NativeFrame
from creditscore._validation import check_integer, check_real, check_weights
from creditscore._warn import warn_user
from creditscore.collect._campaign._class_weights import read_cells
from creditscore.collect._campaign._response_weights import (
    ResponseWeights,
    warn_of_thin_cells,
)
from creditscore.exceptions import InvalidDataError, InvalidParameterError, NonConvergenceWarning


def raking_weights(
    answers: NativeFrame,
    margins: Mapping[str, Mapping[str, float]],
    *,
    base_weights: Any = None,
    min_cell: int = 20,
    max_iterations: int = 1000,
    tolerance: float = 1e-9,
) -> ResponseWeights:
    r"""Weight answers so that their sums agree with known totals of all customers.

    Parameters
    ----------
    answers : table
        A row an answer, with a column for each margin.
    margins : mapping of str to mapping of str to float
        For each column, how many customers each of its values has among all, above 0:
        ``{"region": {"west": 400, "east": 600}}``. One column is post-stratification. All
        columns must add up to one total, which is no less than the number of answers.
    base_weights : array-like of shape (n_answers,), optional
        Weights to begin with, above 0, such as those of :func:`class_weights`; without, 1.
    min_cell : int, default=20
        Values of fewer answers are named in a warning, 1 or more.
    max_iterations : int, default=1000
        Rounds over all columns, 1 or more.
    tolerance : float, default=1e-9
        Greatest relative distance from a margin at which the search rests, above 0.

    Returns
    -------
    ResponseWeights

    Raises
    ------
    MissingColumnError
        A column is not there.
    InvalidDataError
        A value that has no margin, a margin without an answer, gaps; totals that differ, or are
        fewer than the answers, as shares are.
    InvalidParameterError
        No margins, or a parameter outside its range.

    Warns
    -----
    ResponseWarning
        Values of few answers; the message names them.
    NonConvergenceWarning
        The margins were not reached, as where combinations of values have no answers.

    Notes
    -----
    Iterative proportional fitting [1]_: the weights of each value are multiplied by its margin
    over their sum, column after column, until all agree. Of all weights with these sums they are
    the nearest to the base weights by :math:`\sum w \ln(w / d)`. O(rounds · n · columns) time.

    References
    ----------
    .. [1] W. E. Deming and F. F. Stephan, "On a least squares adjustment of a sampled frequency
       table when the expected marginal totals are known", *Annals of Mathematical Statistics* 11
       (1940), 427-444.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import raking_weights
    >>> answers = pd.DataFrame({"region": ["w", "w", "e", "e"], "size": ["s", "l", "s", "s"]})
    >>> margins = {"region": {"w": 40, "e": 60}, "size": {"s": 70, "l": 30}}
    >>> raking_weights(answers, margins, min_cell=1).weights.round(3).tolist()
    [10.0, 30.0, 30.0, 30.0]
    """
    owner = "raking_weights"
    check_integer(min_cell, "min_cell", owner, low=1)
    check_integer(max_iterations, "max_iterations", owner, low=1)
    limit = check_real(tolerance, "tolerance", owner, low=0, high=1)
    if not isinstance(margins, Mapping) or not margins:
        msg = f"The 'margins' of {owner} must name a column or more, with the totals of its values."
        raise InvalidParameterError(msg)
    table = as_table(answers, wanted=tuple(margins))
    table.require(tuple(margins))
    base = check_weights(base_weights, n_rows=table.n_rows, name="base_weights")
    weights = np.ones(table.n_rows) if base is None else base.copy()
    if not (weights > 0).all():
        msg = "base_weights must be above 0: leave answers out that stand for nobody."
        raise InvalidDataError(msg)
    columns = [_margin(table, name, margins[name], min_cell, owner) for name in margins]
    _check_totals(dict(zip(margins, columns, strict=True)), table.n_rows)
    found, distance = _fit(weights, columns, max_iterations, limit)
    if distance > limit:
        warn_user(
            f"Raking stopped after {max_iterations} rounds, {distance:.2g} of a margin away from "
            "it. Combinations of values without answers can make margins unreachable: join "
            "values, or leave out a column.",
            NonConvergenceWarning,
        )
    method = "post-stratification" if len(columns) == 1 else "raking"
    return ResponseWeights(weights=_labelled(answers, found), method=method)


def _labelled(answers: NativeFrame, weights: Float1D) -> Any:
    index = answers.index if isinstance(answers, pd.DataFrame) else None
    return pd.Series(weights, index=index, name="weight")


def _margin(
    table: Table, name: str, totals: Mapping[str, float], min_cell: int, owner: str
) -> tuple[Int1D, Float1D]:
    """Return the place of each answer among the values of a column, and their totals."""
    codes, levels = table.levels(name)
    words = [None if code < 0 else str(levels[code]) for code in codes.tolist()]
    places, names = read_cells(words, table.n_rows, f"The column {name!r}")
    known = {
        str(value): check_real(total, "margins", owner, low=0, high=np.inf)
        for value, total in totals.items()
    }
    strange = [value for value in names if value not in known]
    if strange:
        msg = (
            f"The column {name!r} has the value {strange[0]!r}, whose total is not among its "
            f"margins: {', '.join(map(repr, known))}. Add it, or join it with another."
        )
        raise InvalidDataError(msg)
    counts = np.bincount(places, minlength=len(names))
    of_value = dict.fromkeys(known, 0) | dict(zip(names, counts.tolist(), strict=True))
    warn_of_thin_cells(of_value, min_cell, "value", f" of {name!r}")
    return places, np.array([known[value] for value in names])


def _check_totals(columns: Mapping[str, tuple[Int1D, Float1D]], n_answers: int) -> None:
    sums = {name: float(totals.sum()) for name, (_, totals) in columns.items()}
    least, most = min(sums.values()), max(sums.values())
    if most - least > 1e-9 * most:
        told = ", ".join(f"{name!r} {total:g}" for name, total in sums.items())
        msg = f"The margins must add up to one total. Got {told}."
        raise InvalidDataError(msg)
    if most < n_answers * (1 - 1e-9):
        msg = (
            f"The margins are numbers of customers, and must be no fewer than the "
            f"{counted(n_answers, 'answer')}. They add up to {most:g}: where they are shares, "
            "multiply them by how many customers there are."
        )
        raise InvalidDataError(msg)


def _fit(
    weights: Float1D, columns: list[tuple[Int1D, Float1D]], rounds: int, limit: float
) -> tuple[Float1D, float]:
    distance = np.inf
    for _ in range(rounds):
        for codes, totals in columns:
            weights = weights * (totals / np.bincount(codes, weights=weights))[codes]
        distance = max(
            float(np.abs(np.bincount(codes, weights=weights) / totals - 1).max())
            for codes, totals in columns
        )
        if distance <= limit:
            break
    return weights, distance
