"""Weights against non-response: how many customers each answer stands for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from creditscore._display import counted, html_table
from creditscore._typing import Float1D
from creditscore._validation import check_real
from creditscore._warn import warn_user
from creditscore.exceptions import InvalidDataError, ResponseWarning

_MAX_ROUNDS = 100


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ResponseWeights:
    r"""How many customers each of those who answered stands for.

    Made by :func:`class_weights`, :func:`propensity_weights` and :func:`raking_weights`.

    Attributes
    ----------
    weights : Series
        Above 0; index of those who answered, in the order of the table.
    method : str
        How they were made.
    n_trimmed : int
        Weights that were cut; see :meth:`trimmed`.
    moved : float
        Share of the total weight that was moved from them to the others.

    Notes
    -----
    Weights mend the bias that the columns they are made of explain, and no other; the price is
    the design effect of unequal weights, :math:`n \sum w^2 / (\sum w)^2 = 1 + CV^2` [1]_: the
    variance of a mean is about so many times that of as many equal weights.

    References
    ----------
    .. [1] L. Kish, *Survey Sampling*, Wiley, 1965, sec. 11.7.

    Examples
    --------
    >>> from creditscore.collect import class_weights
    >>> cells = ["a", "a", "a", "b", "b", "b"]
    >>> weights = class_weights([1, 1, 0, 0, 1, 0], cells=cells, min_cell=1)
    >>> weights
    ResponseWeights(weighting classes: 3 answers for 6, design effect 1.12, effective n 2.7)
    >>> weights.weights.tolist()
    [1.5, 1.5, 3.0]
    """

    weights: pd.Series
    method: str
    n_trimmed: int = 0
    moved: float = 0.0

    @property
    def design_effect(self) -> float:
        """Kish's effect of unequal weights, 1 or more."""
        w = self.weights.to_numpy(dtype=np.float64)
        return float(len(w) * (w**2).sum() / w.sum() ** 2)

    @property
    def effective_n(self) -> float:
        """Answers of equal weight that would say as much."""
        return len(self.weights) / self.design_effect

    def trimmed(self, at: float = 5.0) -> ResponseWeights:
        """Return weights cut at some times their mean, what is cut off being spread over the rest.

        Parameters
        ----------
        at : float, default=5
            Times the mean weight, above 1.

        Returns
        -------
        ResponseWeights
            Of the same total; `n_trimmed` and `moved` say what was done.

        Raises
        ------
        InvalidParameterError
            `at` is not above 1.

        Notes
        -----
        Trimming trades bias for variance: what is cut off moves to answers of other customers.
        What is spread is in proportion to the weights, and repeated until none is above the cut.

        Examples
        --------
        >>> from creditscore.collect import class_weights
        >>> answered = [1] * 9 + [1] + [0] * 30
        >>> cells = ["a"] * 9 + ["b"] * 31
        >>> weights = class_weights(answered, cells=cells, min_cell=1).trimmed(3)
        >>> weights
        ResponseWeights(weighting classes: 10 answers for 40, design effect 1.44, effective n 6.9; \
1 trimmed, 47.5 % of the weight moved)
        """
        limit = check_real(at, "at", "ResponseWeights.trimmed", low=1, high=np.inf)
        given = self.weights.to_numpy(dtype=np.float64)
        w, cut = _cut(given, limit * float(given.mean()))
        moved = float(np.abs(w - given).sum() / 2 / given.sum())
        return replace(
            self,
            weights=pd.Series(w, index=self.weights.index, name=self.weights.name),
            n_trimmed=int(cut.sum()),
            moved=moved,
        )

    def __repr__(self) -> str:
        """Say in one line what they are worth."""
        trimmed = (
            f"; {self.n_trimmed:,} trimmed, {100 * self.moved:.1f} % of the weight moved"
            if self.n_trimmed
            else ""
        )
        return (
            f"ResponseWeights({self.method}: {counted(len(self.weights), 'answer')} for "
            f"{self.weights.sum():,.6g}, design effect {self.design_effect:.2f}, effective n "
            f"{self.effective_n:,.1f}{trimmed})"
        )

    def _repr_html_(self) -> str:
        """Show the quantiles of the weights."""
        shown = self.weights.describe().rename_axis("weight").rename("value").reset_index()
        return html_table(shown, caption=repr(self), formats={"value": "{:,.4g}"})


def weight_series(weights: Float1D, answered: np.ndarray[Any, Any], index: pd.Index) -> pd.Series:
    """Return the weights of those who answered, with their labels."""
    return pd.Series(weights[answered], index=index[answered], name="weight")


def warn_of_thin_cells(counts: dict[Any, int], min_cell: int, noun: str, where: str = "") -> None:
    """Warn of cells with few answers; those without any are refused.

    `noun` is what messages call a cell, and `where` of what it is one.

    Raises
    ------
    InvalidDataError
        A cell without an answer.
    """
    empty = [cell for cell, n in counts.items() if n == 0]
    if empty:
        msg = (
            f"Nobody answered in {counted(len(empty), noun)}{where}: {_listed(empty)}. No weight "
            "makes others of the cell speak for them: join it with one that is like it."
        )
        raise InvalidDataError(msg)
    thin = [f"{cell!r} ({n})" for cell, n in counts.items() if n < min_cell]
    if thin:
        warn_user(
            f"{len(thin):,} of {counted(len(counts), noun)}{where} "
            f"{'has' if len(thin) == 1 else 'have'} fewer than {min_cell} answers: "
            f"{', '.join(thin[:5])}{' …' if len(thin) > 5 else ''}. The few speak for many there; "
            "join such cells with others that are like them.",
            ResponseWarning,
        )


def _listed(names: list[Any]) -> str:
    return ", ".join(map(repr, names[:5])) + (" …" if len(names) > 5 else "")


def _cut(given: Float1D, limit: float) -> tuple[Float1D, np.ndarray[Any, Any]]:
    w = given.copy()
    cut = np.zeros(len(w), dtype=bool)
    for _ in range(_MAX_ROUNDS):
        over = w > limit * (1 + 1e-12)
        if not over.any():
            break
        cut |= over
        w[cut] = limit
        rest = given.sum() - limit * cut.sum()
        w[~cut] *= rest / w[~cut].sum()
    return w, cut
