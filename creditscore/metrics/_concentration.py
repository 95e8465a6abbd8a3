"""How evenly cases spread over groups."""

from __future__ import annotations

import numpy.typing as npt

from creditscore.metrics._inputs import read_shares


def hhi(counts: npt.ArrayLike) -> float:
    """Herfindahl-Hirschman index, the sum of squared shares.

    Parameters
    ----------
    counts : array-like of shape (n_groups,)
        Counts, exposures or shares, zero or more; divided by their sum.

    Returns
    -------
    float
        In [1 / n_groups, 1]; 1 when everything is in one group.

    Raises
    ------
    InvalidDataError
        Negative, infinite or missing entries, or nothing in all groups.

    References
    ----------
    .. [1] A. O. Hirschman, "The paternity of an index", *American Economic Review* 54, 1964,
       pp. 761-762.

    Examples
    --------
    >>> from creditscore.metrics import hhi
    >>> hhi([50, 25, 25])
    0.375
    """
    return float((read_shares(counts, "counts") ** 2).sum())
