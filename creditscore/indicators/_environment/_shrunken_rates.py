"""Default rates of small groups, drawn towards that of all by how much groups really differ."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from creditscore._typing import Float1D
from creditscore._validation import as_floats
from creditscore.exceptions import EmptyDataError, InvalidDataError


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ShrunkenRates:
    """Rates of groups under a common beta prior; made by :func:`shrunken_rates`.

    Attributes
    ----------
    rates : array of shape (n_groups,)
        Posterior means, in [0, 1].
    prior_mean : float
        Rate of all groups together, to which each is drawn.
    prior_size : float
        How many firms the prior counts as: 0 where rates are taken as they are, inf where groups
        differ by no more than chance.

    Examples
    --------
    >>> from creditscore.indicators import shrunken_rates
    >>> shrunken_rates([1, 1], [100, 100])
    ShrunkenRates(2 groups, towards 0.0100 with the weight of inf firms)
    """

    rates: Float1D
    prior_mean: float
    prior_size: float

    def rate(self, defaults: float, firms: float) -> float:
        """Return the rate of one group under the same prior.

        Parameters
        ----------
        defaults : float
            Defaults in the group, from 0 to `firms`.
        firms : float
            Firms in the group, 0 or more.

        Raises
        ------
        InvalidDataError
            A number is missing, infinite or below zero, defaults exceed firms, or are a rate.
        """
        d, n = as_floats([defaults], "defaults"), as_floats([firms], "firms")
        _check(d, n)
        return float(posterior_means(d, n, self.prior_mean, self.prior_size)[0])

    def __repr__(self) -> str:
        """Say in one line how strong the prior is."""
        return (
            f"ShrunkenRates({len(self.rates):,} groups, towards {self.prior_mean:.4f} with the "
            f"weight of {self.prior_size:.4g} firms)"
        )


def shrunken_rates(defaults: Any, firms: Any) -> ShrunkenRates:
    r"""Return default rates of groups, drawn towards that of all by a beta-binomial model.

    Parameters
    ----------
    defaults : array-like of shape (n_groups,)
        Firms that defaulted, from 0 to `firms`: their number, not their rate.
    firms : array-like of shape (n_groups,)
        Firms observed, 0 or more; at least one group has some.

    Returns
    -------
    ShrunkenRates
        Rates, and the prior they were drawn to.

    Raises
    ------
    InvalidDataError
        A number is missing, infinite or below zero; defaults exceed firms; lengths differ; the
        largest number of defaults lies between 0 and 1, so that they look like rates.
    EmptyDataError
        No group has a firm.

    Notes
    -----
    In group :math:`i` the :math:`d_i` defaults among :math:`n_i` firms are binomial with a rate
    from a beta distribution of mean :math:`\mu` and size :math:`M = a + b`. The rate is the
    posterior mean

    .. math:: \hat p_i = \frac{d_i + \mu M}{n_i + M}.

    The prior comes from moments (Kleinman, with weights :math:`n_i`): :math:`\mu = \sum d /
    N`, :math:`N = \sum n`, and with :math:`S = \sum n_i (d_i / n_i - \mu)^2` over the
    :math:`k` groups that have firms

    .. math::

        \varphi = \frac{1}{M + 1}
        = \frac{S - \mu (1 - \mu)(k - 1)}
        {\mu (1 - \mu) \left(N - \sum n_i^2 / N - (k - 1)\right)}.

    Where rates differ by no more than chance (:math:`\varphi \le 0`) every group has the rate
    of all. A group without firms has it too. With one group, or one firm in each, how much groups
    differ cannot be told, and every group with firms keeps its own rate; where none defaulted, or
    all did, so does every group. Moments need no search, so the same data give the same rates
    everywhere. O(n_groups) time.

    References
    ----------
    J. C. Kleinman, "Proportions with extraneous variance: single and independent samples",
    Journal of the American Statistical Association 68, 1973.

    Examples
    --------
    >>> from creditscore.indicators import shrunken_rates
    >>> found = shrunken_rates([2, 40, 0], [20, 400, 0])
    >>> found.rates.round(4).tolist()
    [0.1, 0.1, 0.1]
    >>> shrunken_rates([30, 5, 1], [300, 500, 10]).rates.round(4).tolist()
    [0.0982, 0.0107, 0.0719]
    """
    d, n = as_floats(defaults, "defaults"), as_floats(firms, "firms")
    _check(d, n)
    total = float(n.sum())
    if not total > 0:
        msg = "No group has a firm, so there is no rate. Give groups with firms."
        raise EmptyDataError(msg)
    mean = float(d.sum()) / total
    size = _prior_size(d, n, mean)
    return ShrunkenRates(rates=posterior_means(d, n, mean, size), prior_mean=mean, prior_size=size)


def _prior_size(d: Float1D, n: Float1D, mean: float) -> float:
    """Return the firms that the prior counts as, by moments."""
    some = n > 0
    count, total = int(some.sum()), float(n.sum())
    binomial = mean * (1 - mean)
    scale = total - float((n[some] ** 2).sum()) / total - (count - 1)
    # one group, one firm in each, or no variation at all: nothing tells how much groups differ
    if count < 2 or binomial <= 0 or scale <= 1e-9 * total:
        return 0.0
    spread = float((n[some] * (d[some] / n[some] - mean) ** 2).sum())
    correlation = (spread - binomial * (count - 1)) / (binomial * scale)
    if correlation <= 0:
        return math.inf
    return max(1 / correlation - 1, 0.0)


def posterior_means(d: Float1D, n: Float1D, mean: float, size: float) -> Float1D:
    """Return the rates of groups under a prior; those without firms have its mean."""
    if math.isinf(size):
        return np.full(len(n), mean)
    below = n + size
    rates: Float1D = np.divide(d + mean * size, below, out=np.full(len(n), mean), where=below > 0)
    return rates


def _check(d: Float1D, n: Float1D) -> None:
    if d.ndim != 1 or d.shape != n.shape:
        msg = (
            f"defaults and firms must be of one length, a number a group. Got the shapes {d.shape} "
            f"and {n.shape}."
        )
        raise InvalidDataError(msg)
    wrong = ~(np.isfinite(d) & np.isfinite(n) & (d >= 0) & (d <= n))
    if wrong.any():
        row = int(wrong.argmax())
        msg = (
            f"Each group needs 0 <= defaults <= firms. Got {d[row]:g} defaults among {n[row]:g} "
            f"firms at row {row}."
        )
        raise InvalidDataError(msg)
    most = float(d.max(initial=0.0))
    if 0 < most < 1:
        msg = (
            f"defaults must be numbers of firms, and none is as much as one: the most is {most:g}. "
            "Are they rates? Multiply rates by firms to get their defaults."
        )
        raise InvalidDataError(msg)
