"""Shapley values of any model: exact by enumeration, else by permutations with their error."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import comb
from typing import Any

import numpy as np
import pandas as pd

from creditscore._frame import as_table
from creditscore._typing import Float1D, Float2D, Int1D, NativeFrame
from creditscore._validation import check_integer
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard._challenge._random import random_of
from creditscore.scorecard._shapley._shapley_hybrid import Hybrids, players_of
from creditscore.scorecard._shapley._shapley_values import ShapleyValues

_MOST_EXACT = 20
"""A million coalitions for each case and each row of the background are more than anyone awaits."""
_HELD = 2_000_000
"""Numbers that are held at a time."""


def shapley_values(
    predict: Callable[[Any], Any],
    X: NativeFrame,
    background: NativeFrame,
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    max_exact: int = 12,
    n_permutations: int = 4,
    max_rows: int = 100_000,
    random_state: Any = 0,
) -> ShapleyValues:
    """Share out what a model says of a case among its columns (interventional Shapley values).

    Parameters
    ----------
    predict : callable
        Takes a table such as `X` and returns a number a row: a score, or log-odds such as
        :meth:`FittedChallenger.log_odds`.
    X : table or ndarray of shape (n_cases, n_columns)
        The cases. Each column takes part: leave out those that the model does not read.
    background : table or ndarray of shape (n_background, n_columns)
        What the cases are compared with, such as a hundred rows of the sample; with the columns
        of `X`, others are ignored.
    groups : mapping of str to sequence of str, optional
        Columns that take part as one, by the name of the group; others are on their own.
    max_exact : int, default=12
        Most names (groups, and columns on their own) for which all coalitions are enumerated, from
        0 to 20. For more of them, permutations are drawn.
    n_permutations : int, default=4
        Pairs of permutations drawn for each row of the background, 2 or more.
    max_rows : int, default=100_000
        Most rows of a table that `predict` is given, 1 or more.
    random_state : int, RandomState or None, default=0
        Draws the permutations.

    Returns
    -------
    ShapleyValues

    Raises
    ------
    InvalidDataError
        `predict` returns something else than a finite number a row; the background is of another
        kind than `X`.
    MissingColumnError
        The background, or a group, lacks a column.
    InvalidParameterError
        A parameter is out of range, or a column stands in two groups.

    See Also
    --------
    card_shapley_values : The same of a card, at once.
    compare_shapley : A challenger beside a card.

    Notes
    -----
    The worth v(S) of a set S of names is the mean prediction, over the background, of rows that
    have the columns of S from the case and all others from the background [2]_ [3]_. The Shapley
    value [1]_ of name i is the mean of v(S ∪ {i}) - v(S) over all orders in which names may join,

        φᵢ = Σ over S without i of |S|! (k - |S| - 1)! / k! · (v(S ∪ {i}) - v(S)).

    So the values of a case add up to its prediction less the mean of the background, a name that
    never matters has 0, and of an additive model each is the part of its column less the mean
    part. Columns are not taken to cause each other: hybrid rows may be such as never occur.

    Exactly, a case costs (2ᵏ - 2) · n_background rows of predictions: 409,400 for 12 names and a
    background of a hundred. Sampled, 2 · n_permutations · (k - 1) · n_background: each background
    row has permutations of its own, each beside its reverse [4]_, which is exact for models that
    are sums of terms of one column or two. The standard error is that of the permutations given
    the background. Memory is that of `max_rows` rows, and of some million numbers.

    References
    ----------
    .. [1] L. S. Shapley, "A value for n-person games", *Contributions to the Theory of Games* II,
       Princeton University Press, 1953, pp. 307-317.
    .. [2] S. M. Lundberg and S.-I. Lee, "A unified approach to interpreting model predictions",
       *Advances in Neural Information Processing Systems* 30, 2017, pp. 4765-4774.
    .. [3] D. Janzing, L. Minorics and P. Blöbaum, "Feature relevance quantification in explainable
       AI: A causal problem", *AISTATS*, 2020, pp. 2907-2916.
    .. [4] R. Mitchell, J. Cooper, E. Frank and G. Holmes, "Sampling permutations for Shapley value
       estimation", *Journal of Machine Learning Research* 23(43), 2022, pp. 1-46.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard import shapley_values
    >>> german = load_german_credit()
    >>> X = german[["checking_status", "duration_months"]]
    >>> card = LogisticScorecard().fit(X, german["is_bad"]).scorecard_
    >>> found = shapley_values(card.score, X.head(2), X.sample(50, random_state=0))
    >>> found.frame().round(1)
       checking_status  duration_months
    0            -27.7             37.6
    1            -15.7            -30.6
    """
    owner = "shapley_values"
    most = check_integer(max_exact, "max_exact", owner, low=0)
    if most > _MOST_EXACT:
        msg = (
            f"The 'max_exact' parameter of {owner} must be {_MOST_EXACT} or less: each name more "
            f"doubles the coalitions. Got {most}. Put columns into groups."
        )
        raise InvalidParameterError(msg)
    check_integer(n_permutations, "n_permutations", owner, low=2)
    check_integer(max_rows, "max_rows", owner, low=1)
    random = random_of(random_state, owner)
    hybrids = Hybrids.of(predict, X, background, groups, max_rows)
    n_names = len(hybrids.names)
    exact = n_names <= most or n_names == 1
    of_cases, behind = hybrids.of_cases(), hybrids.of_background()
    if exact:
        values = _exact(hybrids, of_cases, float(behind.mean()))
        errors = np.zeros_like(values)
        asked = (2**n_names - 2) * hybrids.n_background
    else:
        values, errors = _sampled(hybrids, of_cases, behind, n_permutations, random)
        asked = 2 * n_permutations * (n_names - 1) * hybrids.n_background
    return ShapleyValues(
        names=hybrids.names,
        values=values,
        standard_errors=errors,
        base_value=float(behind.mean()),
        predictions=of_cases,
        exact=exact,
        n_predicted=hybrids.n_rows * (1 + asked) + hybrids.n_background,
        index=X.index if isinstance(X, pd.DataFrame) else None,
    )


def card_shapley_values(
    card: Any,
    X: NativeFrame,
    background: NativeFrame,
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
) -> ShapleyValues:
    """Return the Shapley values of a card: its points, less their mean over a background.

    Parameters
    ----------
    card : Scorecard
        Additive, so that no coalition needs to be tried.
    X : table of shape (n_cases, n_columns)
        The cases, with the columns of the card. Other columns have the value 0.
    background : table of shape (n_background, n_columns)
        What the cases are compared with; with the columns of the card.
    groups : mapping of str to sequence of str, optional
        As in :func:`shapley_values`.

    Returns
    -------
    ShapleyValues
        In points; those of a case add up to its score less the mean score of the background.

    Raises
    ------
    MissingColumnError, InvalidParameterError
        As in :func:`shapley_values` and :meth:`Scorecard.score_parts`.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard import card_shapley_values
    >>> german = load_german_credit()
    >>> X = german[["checking_status", "duration_months"]]
    >>> card = LogisticScorecard().fit(X, german["is_bad"]).scorecard_
    >>> card_shapley_values(card, X.head(2), X.sample(50, random_state=0)).frame().round(1)
       checking_status  duration_months
    0            -27.7             37.6
    1            -15.7            -30.6
    """
    table = as_table(X)
    names, player_of = players_of(table, groups)
    own, behind = (_parts(card, rows) for rows in (X, background))
    values = np.zeros((table.n_rows, len(names)))
    for column, points in own.items():
        player = player_of[table.names.index(column)]
        values[:, player] += points - behind[column].mean()
    base = float(card.base_points) + sum(float(points.mean()) for points in behind.values())
    return ShapleyValues(
        names=names,
        values=values,
        standard_errors=np.zeros_like(values),
        base_value=base,
        predictions=base + values.sum(axis=1),
        exact=True,
        n_predicted=table.n_rows + len(next(iter(behind.values()))),
        index=X.index if isinstance(X, pd.DataFrame) else None,
    )


def _parts(card: Any, X: NativeFrame) -> dict[str, Float1D]:
    """Return the points of each characteristic of a card."""
    found = as_table(card.score_parts(X))
    return {name: found.numeric(name) for name in card.names}


def _exact(hybrids: Hybrids, of_cases: Float1D, base: float) -> Float2D:
    """Enumerate all coalitions but those of nobody and of all, whose worth is known."""
    k, m = len(hybrids.names), hybrids.n_background
    member = (np.arange(2**k)[:, None] >> np.arange(k)) & 1 == 1
    share = _shares(member)
    values: Float2D = np.outer(of_cases, share[-1]) + base * share[0]
    inner = np.arange(1, 2**k - 1)
    if not len(inner):
        return values
    # the worth of so many coalitions and cases is held at a time
    n_together = max(1, _HELD // len(inner))
    for start in range(0, hybrids.n_rows, n_together):
        cases = np.arange(start, min(hybrids.n_rows, start + n_together))
        worth = np.zeros(len(cases) * len(inner))
        for piece in hybrids.pieces(len(worth) * m):
            of_coalition, behind = piece // m, piece % m
            coalition = inner[of_coalition % len(inner)]
            found = hybrids.of_hybrids(cases[of_coalition // len(inner)], behind, member[coalition])
            first = of_coalition[0]
            sums = np.bincount(of_coalition - first, found)
            worth[first : first + len(sums)] += sums / m
        values[cases] += worth.reshape(len(cases), len(inner)) @ share[inner]
    return values


def _shares(member: Any) -> Float2D:
    """Return the factor of the worth of each coalition in the value of each name."""
    k = member.shape[1]
    size = member.sum(axis=1)
    # 1 / (k · C(k - 1, s)) for the coalition of s others that a name joins
    joins = np.array([1 / (k * comb(k - 1, s)) for s in range(k)] + [0.0])
    share: Float2D = np.where(member, joins[size - 1][:, None], -joins[size][:, None])
    return share


def _sampled(
    hybrids: Hybrids,
    of_cases: Float1D,
    behind: Float1D,
    n_permutations: int,
    random: np.random.RandomState,
) -> tuple[Float2D, Float2D]:
    """Draw pairs of permutations and their reverses for each row of the background."""
    k, m = len(hybrids.names), hybrids.n_background
    order = np.argsort(random.random_sample((m, n_permutations, k)), axis=2)
    orders = np.stack([order, order[:, :, ::-1]], axis=2).reshape(-1, k)
    # the step at which each name joins, of all chains of a case: background, pair, direction
    joins = np.argsort(orders, axis=1)
    n_chains = len(orders)
    behind_chain = np.repeat(np.arange(m), 2 * n_permutations)
    values, errors = np.empty((hybrids.n_rows, k)), np.empty((hybrids.n_rows, k))
    n_together = max(1, _HELD // (n_chains * (k + 1)))
    for start in range(0, hybrids.n_rows, n_together):
        cases = np.arange(start, min(hybrids.n_rows, start + n_together))
        worth = np.empty((len(cases), n_chains, k + 1))
        worth[:, :, 0] = behind[behind_chain]
        worth[:, :, k] = of_cases[cases][:, None]
        worth[:, :, 1:k] = _of_chains(hybrids, cases, behind_chain, joins)
        gains = np.take_along_axis(np.diff(worth, axis=2), joins[None], axis=2)
        pairs = gains.reshape(len(cases), m, n_permutations, 2, k).mean(axis=3)
        values[cases] = pairs.mean(axis=(1, 2))
        # of the permutations, given the background: the rows of that were not drawn
        spread = pairs.var(axis=2, ddof=1).mean(axis=1)
        errors[cases] = np.sqrt(spread / (m * n_permutations))
    return values, errors


def _of_chains(hybrids: Hybrids, cases: Int1D, behind_chain: Int1D, joins: Int1D) -> Float2D:
    """Ask of each case, in each chain, after 1, 2 … k - 1 names have joined."""
    n_chains, k = joins.shape
    shape = (len(cases), n_chains, k - 1)
    found = np.empty(int(np.prod(shape)))
    for piece in hybrids.pieces(len(found)):
        case, chain, step = np.unravel_index(piece, shape)
        joined = joins[chain] <= step[:, None]
        found[piece] = hybrids.of_hybrids(cases[case], behind_chain[chain], joined)
    worth: Float2D = found.reshape(shape)
    return worth
