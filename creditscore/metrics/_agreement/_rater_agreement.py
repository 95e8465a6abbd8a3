"""Agreement of several raters: the kappa of each pair, and their mean."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from creditscore._display import counted, html_table
from creditscore._typing import Float1D, Int1D, Level, NativeFrame
from creditscore._validation import check_choice, check_real
from creditscore.exceptions import InvalidDataError
from creditscore.metrics._agreement._kappa import (
    KappaWeights,
    WeightedKappa,
    codes_of,
    kappa_of_codes,
    positions_of,
    scale_of,
)
from creditscore.metrics._agreement._ratings import read_ratings


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class RaterAgreement:
    """Kappa of each pair of raters.

    Made by :func:`rater_agreement`.

    Attributes
    ----------
    raters : tuple of str
        Names of the raters.
    pairs : mapping of pair of str to WeightedKappa or str
        Kappa of two raters, or why there is none.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.metrics import rater_agreement
    >>> grades = pd.DataFrame(
    ...     [[1, 2, 3, 3, 2], [1, 2, 3, 2, 2], [1, 3, 3, 3, 1]], index=["ann", "bo", "cy"]
    ... )
    >>> agreement = rater_agreement(grades)
    >>> agreement
    RaterAgreement(3 raters, 3 pairs, mean kappa 0.573; least: bo and cy 0.400)
    """

    raters: tuple[str, ...]
    pairs: dict[tuple[str, str], WeightedKappa | str]

    @property
    def mean_kappa(self) -> float:
        """Mean kappa of the pairs that have one (Light's kappa)."""
        return float(np.mean([found.kappa for found in self._defined().values()]))

    def table(self) -> pd.DataFrame:
        """Return a row a pair of raters.

        Returns
        -------
        DataFrame
            first, second, n (cases that both graded), agreement (share with the same grade),
            kappa, standard_error, lower, upper (the interval), reason (why there is no kappa;
            empty where there is one).
        """
        return pd.DataFrame([_row(pair, found) for pair, found in self.pairs.items()])

    def _defined(self) -> dict[tuple[str, str], WeightedKappa]:
        return {pair: k for pair, k in self.pairs.items() if isinstance(k, WeightedKappa)}

    def __repr__(self) -> str:
        """Say in one line how far raters agree, and which two the least."""
        found = self._defined()
        first, second = min(found, key=lambda pair: found[pair].kappa)
        lacking = len(self.pairs) - len(found)
        without = f" ({lacking} without kappa)" if lacking else ""
        return (
            f"RaterAgreement({counted(len(self.raters), 'rater')}, "
            f"{counted(len(self.pairs), 'pair')}{without}, mean kappa {self.mean_kappa:.3f}; "
            f"least: {first} and {second} {found[first, second].kappa:.3f})"
        )

    def _repr_html_(self) -> str:
        """Show the table."""
        columns = ("agreement", "kappa", "standard_error", "lower", "upper")
        return html_table(
            self.table(), caption=repr(self), formats=dict.fromkeys(columns, "{:.3f}")
        )


def rater_agreement(
    grades: NativeFrame,
    *,
    labels: Sequence[Level] | None = None,
    weights: KappaWeights = "linear",
    confidence: float = 0.95,
) -> RaterAgreement:
    """Measure how far several raters agree, by the kappa of each pair.

    Parameters
    ----------
    grades : table of shape (n_raters, n_cases)
        A row a rater, a column a case; gaps where a rater did not grade a case. The index of a
        pandas table names the raters, who are numbered from 0 else.
    labels : sequence of str, float or bool, optional
        As in :func:`weighted_kappa`.
    weights : {"linear", "quadratic", "none"}, default="linear"
        As in :func:`weighted_kappa`.
    confidence : float in (0, 1), default=0.95
        Level of the intervals.

    Returns
    -------
    RaterAgreement
        A pair is compared on the cases that both graded, whose number the table tells.

    Raises
    ------
    EmptyDataError
        Fewer than two raters.
    InvalidDataError
        Two raters of one name, a grade outside `labels`, or no pair has a kappa.
    InvalidParameterError
        As in :func:`weighted_kappa`.

    Notes
    -----
    The mean over pairs is the kappa of Light. Costs O(raters² · cases).

    References
    ----------
    R. J. Light, "Measures of response agreement for qualitative data", *Psychological Bulletin*
    76, 1971.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.metrics import rater_agreement
    >>> grades = pd.DataFrame([list("AABC"), list("ABBC"), list("AABB")])
    >>> rater_agreement(grades, labels=["A", "B", "C"]).table()[["first", "second", "kappa"]]
      first second     kappa
    0     0      1  0.714286
    1     0      2  0.666667
    2     1      2  0.333333
    """
    owner = "rater_agreement"
    check_choice(weights, "weights", owner, ("linear", "quadratic", "none"))
    level = check_real(confidence, "confidence", owner, low=0, high=1)
    names, values = read_ratings(grades, owner)
    graded = pd.notna(values)
    present = values[graded]
    scale = scale_of(present, labels, weights, owner)
    codes = np.full(values.shape, -1, dtype=np.intp)
    codes[graded] = codes_of(present, scale, "The table")
    at = positions_of(scale, labels)
    pairs: dict[tuple[str, str], WeightedKappa | str] = {}
    for one, other in combinations(range(len(names)), 2):
        both = (codes[one] >= 0) & (codes[other] >= 0)
        pair = codes[one, both], codes[other, both]
        pairs[names[one], names[other]] = _pair(pair, scale, weights, level, at)
    if all(isinstance(found, str) for found in pairs.values()):
        msg = f"No pair of raters has a kappa. The first: {next(iter(pairs.values()))}"
        raise InvalidDataError(msg)
    return RaterAgreement(raters=names, pairs=pairs)


def _pair(
    pair: tuple[Int1D, Int1D],
    scale: tuple[Level, ...],
    weights: str,
    confidence: float,
    at: Float1D,
) -> WeightedKappa | str:
    if not len(pair[0]):
        return "They graded no case in common."
    try:
        return kappa_of_codes(*pair, scale, weights, confidence, at=at)
    except InvalidDataError as error:
        return str(error)


def _row(pair: tuple[str, str], found: WeightedKappa | str) -> dict[str, Any]:
    row: dict[str, Any] = {"first": pair[0], "second": pair[1]}
    if isinstance(found, str):
        figures = dict.fromkeys(
            ("agreement", "kappa", "standard_error", "lower", "upper"), math.nan
        )
        return row | {"n": 0} | figures | {"reason": found}
    interval = found.interval
    return row | {
        "n": found.n_cases,
        "agreement": found.observed_agreement,
        "kappa": found.kappa,
        "standard_error": found.standard_error,
        "lower": interval.lower,
        "upper": interval.upper,
        "reason": "",
    }
