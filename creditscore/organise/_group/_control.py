"""Who controls whom by votes, and how much of it reaches them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, identity
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

from creditscore._typing import Float1D, Int1D, NativeFrame
from creditscore._validation import check_real
from creditscore.exceptions import InvalidDataError
from creditscore.organise._group._ownership import Ownership, read_ownership

LEAST = 1e-12
"""Sums of shares that differ by less are the same."""
_AT_ONCE = 256
"""Owners whose chains are worked out together: more would only take more memory."""


def control_table(
    ownership: NativeFrame, *, as_of: str, control_above: float = 0.5
) -> pd.DataFrame:
    """Return who controls whom, directly or through others, and what it owns of it.

    Parameters
    ----------
    ownership : table of shape (n_shares, n_columns)
        owner, owned and share (a fraction of votes and capital), and true_from and true_to (dates,
        or texts such as "2024-06-30") where shares change: a share holds from true_from on and
        until before true_to.
    as_of : str or date
        Day of the shares.
    control_above : float, default=0.5
        Share of the votes above which one controls, in [0.5, 1): exactly half is no control.

    Returns
    -------
    DataFrame
        A row for each who owns a part of another, directly or not: owner, owned, direct_share,
        effective_share, votes (of the owner and all whom it controls) and control ("direct",
        "indirect" or "none").

    Raises
    ------
    InvalidDataError
        A share is not in (0, 1], a firm owns itself or is owned by more than all, two shares of one
        pair hold on the day, or firms own each other wholly, so that nobody stands behind them.
    InvalidParameterError
        A parameter is outside its range.

    Notes
    -----
    Control goes by votes: x controls y if x and all whom x controls hold more than
    `control_above` of y together. The set is grown from x until nothing is added. Whoever is
    controlled hands on all its votes, be the chain ever so thin.

    The effective share is money, not votes: shares are multiplied along a chain, and chains are
    added up. With A the matrix of direct shares, all chains together are N - I with
    N = (I - A)⁻¹ = I + A + A² + …, which cross-holdings make infinitely many. Chains that come
    back to the owner are taken out: effective_xy = N_xy / N_xx. So 60 % of 60 % is 36 % and yet
    control. O(owners · shares) time, in each part of the graph that hangs together.

    References
    ----------
    Brioschi, F., Buzzacchi, L. and Colombo, M. G. (1989). Risk capital financing and the
    separation of ownership and control in business groups. Journal of Banking and Finance 13,
    747-772.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import control_table
    >>> shares = pd.DataFrame({
    ...     "owner": ["A", "B", "A"], "owned": ["B", "C", "C"], "share": [0.6, 0.4, 0.2],
    ... })
    >>> found = control_table(shares, as_of="2024-06-30")
    >>> found.round(2).values.tolist()  # doctest: +NORMALIZE_WHITESPACE
    [['A', 'B', 0.6, 0.6, 0.6, 'direct'], ['A', 'C', 0.2, 0.44, 0.6, 'indirect'],
     ['B', 'C', 0.4, 0.4, 0.4, 'none']]
    """
    owner = "control_table"
    check_real(control_above, "control_above", owner, low=0.5, high=1, closed="left")
    found = read_ownership(ownership, as_of, owner)
    direct = {
        (one, other): share
        for one, other, share in zip(
            found.owner.tolist(), found.owned.tolist(), found.share.tolist(), strict=True
        )
    }
    votes = controlled_votes(found, control_above)
    rows = []
    for (one, other), share in sorted(effective_shares(found).items()):
        own, held = direct.get((one, other), 0.0), votes[one].get(other, 0.0)
        how = "direct" if own > control_above + LEAST else "none"
        if how == "none" and held > control_above + LEAST:
            how = "indirect"
        rows.append((found.names[one], found.names[other], own, share, held, how))
    columns = ["owner", "owned", "direct_share", "effective_share", "votes", "control"]
    return pd.DataFrame(rows, columns=columns)


def controlled_votes(found: Ownership, control_above: float) -> list[dict[int, float]]:
    """Return by owner the votes in others that it and all whom it controls hold."""
    held_by: list[list[tuple[int, float]]] = [[] for _ in found.names]
    for owner, owned, share in zip(
        found.owner.tolist(), found.owned.tolist(), found.share.tolist(), strict=True
    ):
        held_by[owner].append((owned, share))
    return [_votes_of(owner, held_by, control_above) for owner in range(len(found.names))]


def _votes_of(
    owner: int, held_by: list[list[tuple[int, float]]], control_above: float
) -> dict[int, float]:
    votes: dict[int, float] = {}
    taken, waiting = {owner}, [owner]
    while waiting:
        for owned, share in held_by[waiting.pop()]:
            votes[owned] = votes.get(owned, 0.0) + share
            if votes[owned] > control_above + LEAST and owned not in taken:
                taken.add(owned)
                waiting.append(owned)
    votes.pop(owner, None)
    return votes


def effective_shares(
    found: Ownership, owners: Collection[int] | None = None
) -> dict[tuple[int, int], float]:
    """Return what each owns of another, through all chains; zero shares are left out.

    Of `owners` alone, if they are given. O(owners · shares) time, and the memory of what is found.
    """
    n = len(found.names)
    graph = csr_matrix((found.share, (found.owner, found.owned)), shape=(n, n))
    n_parts, part = connected_components(graph, directed=False) if n else (0, np.zeros(0))
    wanted = np.zeros(n, dtype=bool)
    wanted[list(range(n) if owners is None else owners)] = True
    shares: dict[tuple[int, int], float] = {}
    order = np.argsort(part, kind="stable")
    bounds = np.searchsorted(part[order], np.arange(n_parts + 1))
    for low, high in pairwise(bounds.tolist()):
        members = order[low:high]
        rows = np.flatnonzero(wanted[members])
        shares.update(_of_part(graph[members][:, members], rows, members, found))
    return shares


def _of_part(
    graph: csr_matrix, rows: Int1D, members: Int1D, found: Ownership
) -> dict[tuple[int, int], float]:
    n = len(members)
    shares: dict[tuple[int, int], float] = {}
    for chains, some in _all_chains(graph, rows):
        if chains is None:
            names = ", ".join(repr(found.names[place]) for place in members[:5].tolist())
            msg = (
                f"Among {names}{' …' if n > 5 else ''} there are firms that own each other wholly, "
                "so that nobody stands behind them. Check the shares."
            )
            raise InvalidDataError(msg)
        effective = chains / chains[np.arange(len(some)), some][:, None]
        effective[np.arange(len(some)), some] = 0.0
        one, other = np.nonzero(effective > LEAST)
        pairs = zip(members[some[one]].tolist(), members[other].tolist(), strict=True)
        shares.update(zip(pairs, effective[one, other].tolist(), strict=True))
    return shares


def _all_chains(graph: csr_matrix, rows: Int1D) -> Iterator[tuple[Float1D | None, Int1D]]:
    """Give some rows of (I - A)⁻¹ after others, and which they are; None where there is none."""
    n = graph.shape[0]
    try:
        solver = splu((identity(n) - graph).T.tocsc())
    except RuntimeError:
        # exactly singular
        yield None, rows
        return
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        of_each = np.zeros((n, len(some)))
        of_each[some, np.arange(len(some))] = 1.0
        chains = solver.solve(of_each).T
        # a sum of shares of chains has no negative part, and is finite
        fits = np.isfinite(chains).all() and chains.max() < 1 / LEAST
        yield chains if fits else None, some
