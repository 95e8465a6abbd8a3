"""Several weights of the same criteria in one, such as judged ones and computed ones."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, Literal

import numpy as np

from creditscore._typing import Float1D, Float2D
from creditscore._validation import as_floats, check_choice
from creditscore.exceptions import InvalidParameterError, InvalidWeightError
from creditscore.expert._weights._compare_weights import compare_weights, labelled
from creditscore.expert._weights._weights import Weights

_MOST_PLAYERS = 10
"""Weights of a game: each set of them is tried, of which there are 2 to this power."""
_TOLERANCE = 1e-10


def combine_weights(
    weights: Sequence[Weights] | Mapping[str, Weights],
    *,
    method: Literal["additive", "multiplicative", "game"] = "additive",
    shares: Sequence[float] | None = None,
) -> Weights:
    r"""Combine several weights of the same criteria in one.

    Parameters
    ----------
    weights : sequence of Weights, or mapping of str to Weights
        Two or more of the same criteria, in whatever order these are; a game has at most 10.
        Without labels of their own they are called by their method.
    method : {"additive", "multiplicative", "game"}, default="additive"
        Weighted mean; product, divided by its sum; or shares that are an equilibrium in which each
        of the weights draws the result towards itself.
    shares : sequence of float, optional
        How much each of the weights counts, zero or more. In a mean they are divided by their sum,
        and equal if not given. In a product they are its exponents, as they are given, and 1 if
        not. A game finds them itself.

    Returns
    -------
    Weights
        Criteria in the order of the first, the given ones as ``parents``, and the evidence
        "shares" by label and "agreement": how far each pair of the parents agrees (Spearman,
        Kendall, distances: see :func:`compare_weights`; null where not defined). Where one takes
        all of a game, its label is the evidence "all_to", and the result says so when shown.

    Raises
    ------
    InvalidParameterError
        Fewer than two weights, or more than 10 in a game; different criteria; shares in a game.
    InvalidWeightError
        Shares that are negative, not finite, all zero or not as many; or no criterion has a
        weight above zero in all weights that a product is made of.

    Notes
    -----
    With shares :math:`s_l` of the weights :math:`w_l`,

    - additive: :math:`w = \sum_l s_l w_l`, the shares of sum 1;
    - multiplicative: :math:`w_j \propto \prod_l w_{lj}^{s_l}`. A weight of zero in any of those
      of a share above zero is a veto: the criterion has the weight zero. The plain product is
      that of Hwang and Yoon. It exaggerates what its parents agree on: two equal weights combine
      to their squares. Shares of sum 1 give the weighted geometric mean, which does not.
    - game: with :math:`w = \sum_l \alpha_l w_l`, each player :math:`k` chooses its own
      :math:`\alpha_k \ge 0` such that :math:`\lVert w - w_k \rVert` is smallest. Where all
      are positive this is the linear system
      :math:`\sum_l \alpha_l \, w_k \cdot w_l = w_k \cdot w_k` of the literature. (To minimise
      the sum of these squares over all :math:`k` at once would give equal shares, whatever the
      weights.) The :math:`\alpha` are then divided by their sum. Where the system has a negative
      solution, literature takes its absolute value; here the player stays out, with the share 0,
      and the others play on. Weights that are milder
      than another's in the same direction stay out, as do all equal ones against one other: the
      game leans to contrasts, and often the most extreme of the weights takes all of it. The
      result is unique, also where shares are not because parents are alike.

    References
    ----------
    C.-L. Hwang and K. Yoon, *Multiple Attribute Decision Making*, Springer, 1981 (the product of
    judged and computed weights). J. Nash, "Non-cooperative games", *Annals of Mathematics* 54,
    1951 (the equilibrium). R. W. Cottle, J.-S. Pang, R. E. Stone, *The Linear Complementarity
    Problem*, Academic Press, 1992, ch. 3 (that there is one, and that the result is unique). The
    product is known as 乘法合成归一化, the linear system as combination weighting by game theory
    (博弈论组合赋权).

    Examples
    --------
    >>> from creditscore.expert import Weights, combine_weights
    >>> judged = Weights.of({"a": 5, "b": 3, "c": 2}, method="ahp")
    >>> computed = Weights.of({"a": 1, "b": 3, "c": 6}, method="entropy")
    >>> combine_weights([judged, computed], shares=[3, 1])
    Weights(a 40.0 %, b 30.0 %, c 30.0 %; additive)
    >>> combine_weights([judged, computed], method="multiplicative")
    Weights(a 19.2 %, b 34.6 %, c 46.2 %; multiplicative)
    >>> game = combine_weights([judged, computed], method="game")
    >>> game
    Weights(a 26.8 %, b 30.0 %, c 43.2 %; game)
    >>> {label: round(share, 3) for label, share in game.evidence["shares"].items()}
    {'ahp': 0.421, 'entropy': 0.579}
    >>> milder = Weights.of({"a": 4, "b": 3, "c": 3})
    >>> combine_weights({"judged": judged, "milder": milder}, method="game")
    Weights(a 50.0 %, b 30.0 %, c 20.0 %; game, all to 'judged')
    """
    owner = "combine_weights"
    parents = labelled(weights, owner)
    check_choice(method, "method", owner, ("additive", "multiplicative", "game"))
    names = next(iter(parents.values())).names
    matrix = np.array([one.array(names) for one in parents.values()])
    if method == "game":
        _check_game(len(parents), shares)
        found = _equilibrium(matrix)
    else:
        found = _shares(shares, len(parents), whole=method == "additive")
    values = _product(matrix, found) if method == "multiplicative" else found @ matrix
    evidence: dict[str, Any] = {
        "shares": dict(zip(parents, found.tolist(), strict=True)),
        "agreement": _agreement(parents),
    }
    if method == "game" and found.max() >= 1 - _TOLERANCE:
        evidence["all_to"] = list(parents)[int(found.argmax())]
    return Weights.of(
        dict(zip(names, values.tolist(), strict=True)),
        method=method,
        evidence=evidence,
        parents=tuple(parents.values()),
    )


def _agreement(parents: Mapping[str, Weights]) -> list[dict[str, Any]]:
    """Return the pairs of parents as files hold them, which have no NaN."""
    rows = compare_weights(parents).table().to_dict("records")
    return [
        {str(key): None if value != value else value for key, value in row.items()}  # noqa: PLR0124
        for row in rows
    ]


def _shares(shares: Any, n: int, *, whole: bool) -> Float1D:
    """Return a share for each of the weights, divided by their sum where they make a `whole`."""
    if shares is None:
        return np.full(n, 1 / n if whole else 1.0)
    found = as_floats(shares, "The shares of combine_weights", InvalidWeightError)
    if found.shape != (n,) or not np.isfinite(found).all() or (found < 0).any() or not found.any():
        msg = (
            f"combine_weights needs {n} shares, one for each of the weights: finite numbers, zero "
            f"or more, not all zero. Got {np.asarray(shares).tolist()!r}."
        )
        raise InvalidWeightError(msg)
    if not whole:
        return found
    # by the largest first: the sum of large numbers could be infinite
    found = found / found.max()
    return np.asarray(found / found.sum())


def _check_game(n: int, shares: Any) -> None:
    if shares is not None:
        msg = "A game finds its shares itself. Leave 'shares' out, or take another method."
        raise InvalidParameterError(msg)
    if n > _MOST_PLAYERS:
        msg = f"A game has at most {_MOST_PLAYERS} weights. Got {n}: combine some of them first."
        raise InvalidParameterError(msg)


def _product(matrix: Float2D, shares: Float1D) -> Float1D:
    """Return a number proportional to the product of each column, of powers by the shares."""
    counting = shares > 0
    used, exponents = matrix[counting], shares[counting]
    positive = (used > 0).all(axis=0)
    if not positive.any():
        msg = (
            "No criterion has a weight above zero in all of the weights, so that their product is "
            "zero throughout. Combine them by method='additive'."
        )
        raise InvalidWeightError(msg)
    logs = exponents @ np.log(used[:, positive])
    product = np.zeros(matrix.shape[1])
    product[positive] = np.exp(logs - logs.max())
    return product


def _equilibrium(matrix: Float2D) -> Float1D:
    """Return shares of sum 1 at which no player gains by another one, each zero or more.

    A player stays in where its own condition holds with equality, and out where a share above
    zero would take the result away from it; sets of players are tried, large ones first.
    """
    # divided by the largest own product, so that the tolerance means the same for any weights
    products = matrix @ matrix.T
    products = products / products.diagonal().max()
    own = products.diagonal()
    n = len(own)
    best, least = np.full(n, 1 / n), math.inf
    for size in range(n, 0, -1):
        for players in combinations(range(n), size):
            inside = np.ix_(players, players)
            alpha = np.zeros(n)
            alpha[list(players)] = np.linalg.lstsq(
                products[inside], own[list(players)], rcond=None
            )[0]
            lack = own - products @ alpha
            violation = max(
                float(np.abs(lack[list(players)]).max()), float(lack.max()), -float(alpha.min())
            )
            if violation < least:
                best, least = alpha, violation
            if violation <= _TOLERANCE:
                return _normalised(alpha)
    return _normalised(best)


def _normalised(alpha: Float1D) -> Float1D:
    positive = np.maximum(alpha, 0.0)
    return np.asarray(positive / positive.sum())
