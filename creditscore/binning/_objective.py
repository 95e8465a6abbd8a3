"""What a bin is worth: the quantity that the solver adds up and makes as large as can be."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from scipy.special import rel_entr

from creditscore._typing import Float1D, ObjectiveName


class Objective(ABC):
    """A sum over bins. A bin is a pair of amounts: goods and bads, or weight and total."""

    @property
    @abstractmethod
    def unit(self) -> float:
        """Size of the sum that counts as one: a 10¹²th of it is rounding."""

    @abstractmethod
    def weight(self, first: Float1D, second: Float1D) -> Float1D:
        """Return the weight of each bin."""

    @abstractmethod
    def level(self, first: Float1D, second: Float1D) -> Float1D:
        """Return what the trend is about: the bad rate or the mean of bins that have weight."""

    @abstractmethod
    def parts(self, first: Float1D, second: Float1D) -> Float1D:
        """Return the part of each bin; a bin without weight is worth nothing."""


@dataclass(frozen=True)
class BinaryObjective(Objective):
    """A sum over bins of goods and bads.

    Attributes
    ----------
    total_good, total_bad : float
        Goods and bads of the whole sample.
    smoothing : float
        Added to both counts of a bin that lacks one of the classes, by information value alone:
        the others are finite there.
    """

    total_good: float
    total_bad: float
    smoothing: float = 0.5

    @property
    def unit(self) -> float:
        """One, as divergences are."""
        return 1.0

    def weight(self, first: Float1D, second: Float1D) -> Float1D:
        """Return goods and bads together."""
        return first + second

    def level(self, first: Float1D, second: Float1D) -> Float1D:
        """Return the bad rate."""
        return second / (first + second)

    def _shares(self, good: Float1D, bad: Float1D) -> tuple[Float1D, Float1D]:
        return good / self.total_good, bad / self.total_bad


class InformationValue(BinaryObjective):
    """Part of a bin in the information value; see :func:`creditscore.metrics.iv_parts`.

    What that function and :func:`creditscore.metrics.woe` check is taken as checked here.
    """

    def parts(self, first: Float1D, second: Float1D) -> Float1D:
        """Return (dist_good - dist_bad) · ln(dist_good / dist_bad)."""
        if not len(first) or (first.min() > 0 and second.min() > 0):
            return self._parts(first, second)
        extra = self.smoothing * ((first == 0) != (second == 0))
        with np.errstate(divide="ignore", invalid="ignore"):
            parts = self._parts(first + extra, second + extra)
        parts[np.isnan(parts)] = 0.0
        return parts

    def woe(self, good: Float1D, bad: Float1D) -> Float1D:
        """Return ln(dist_good / dist_bad): 0 where a bin has neither class."""
        lacking = (good == 0) != (bad == 0)
        if lacking.any():
            extra = self.smoothing * lacking
            good, bad = good + extra, bad + extra
        share_good, share_bad = self._shares(good, bad)
        empty = (share_good == 0) & (share_bad == 0)
        if empty.any():
            share_good, share_bad = np.where(empty, 1.0, (share_good, share_bad))
        with np.errstate(divide="ignore"):
            # without smoothing, a bin of one class is infinitely safe or risky, and says so
            weights: Float1D = np.log(share_good) - np.log(share_bad)
        return weights

    def _parts(self, good: Float1D, bad: Float1D) -> Float1D:
        share_good, share_bad = self._shares(good, bad)
        parts: Float1D = (share_good - share_bad) * np.log(share_good / share_bad)
        return parts


class JensenShannon(BinaryObjective):
    """Part of a bin in the Jensen-Shannon divergence of goods and bads, in nats.

    Half the relative entropy of each distribution to the mean of both [1]_, at most ln 2.

    References
    ----------
    .. [1] J. Lin, "Divergence Measures Based on the Shannon Entropy", *IEEE Transactions on
       Information Theory* 37 (1991), 145-151.
    """

    def parts(self, first: Float1D, second: Float1D) -> Float1D:
        """Return ½ p ln(p / m) + ½ q ln(q / m), where m = (p + q) / 2."""
        share_good, share_bad = self._shares(first, second)
        middle = (share_good + share_bad) / 2
        parts: Float1D = (rel_entr(share_good, middle) + rel_entr(share_bad, middle)) / 2
        return parts


class Hellinger(BinaryObjective):
    """Part of a bin in the squared Hellinger distance of goods and bads, at most 1 [1]_.

    References
    ----------
    .. [1] L. Le Cam, *Asymptotic Methods in Statistical Decision Theory*, Springer, 1986, ch. 4.
    """

    def parts(self, first: Float1D, second: Float1D) -> Float1D:
        """Return ½ (√p - √q)²."""
        share_good, share_bad = self._shares(first, second)
        parts: Float1D = (np.sqrt(share_good) - np.sqrt(share_bad)) ** 2 / 2
        return parts


class Triangular(BinaryObjective):
    """Part of a bin in the triangular discrimination of goods and bads, at most 2 [1]_.

    References
    ----------
    .. [1] F. Topsøe, "Some Inequalities for Information Divergence and Related Measures of
       Discrimination", *IEEE Transactions on Information Theory* 46 (2000), 1602-1609.
    """

    def parts(self, first: Float1D, second: Float1D) -> Float1D:
        """Return (p - q)² / (p + q)."""
        share_good, share_bad = self._shares(first, second)
        both = share_good + share_bad
        parts: Float1D = np.divide(
            (share_good - share_bad) ** 2, both, out=np.zeros_like(both), where=both > 0
        )
        return parts


class LogLikelihood(BinaryObjective):
    """Part of a bin in the log-likelihood of a rate for each bin, over that of one rate for all.

    Twice the sum is the likelihood-ratio statistic G² of the bins [1]_.

    References
    ----------
    .. [1] A. Agresti, *Categorical Data Analysis*, 3rd ed., Wiley, 2013, §3.2.
    """

    @property
    def unit(self) -> float:
        """The weight of the sample, which a log-likelihood grows with."""
        return self.total_good + self.total_bad

    def parts(self, first: Float1D, second: Float1D) -> Float1D:
        """Return good · ln((1 - r) / (1 - R)) + bad · ln(r / R) for rate r and overall rate R."""
        total = self.total_good + self.total_bad
        weight = first + second
        parts: Float1D = rel_entr(first, weight * (self.total_good / total))
        parts += rel_entr(second, weight * (self.total_bad / total))
        return parts


@dataclass(frozen=True)
class SumOfSquares(Objective):
    """Part of a bin in the sum of squares between bins, for a target that is an amount.

    Attributes
    ----------
    mean : float
        Mean of the target over the whole sample.
    spread : float
        Sum of squares between the pre-bins, the most that any bins can have.
    """

    mean: float
    spread: float

    @property
    def unit(self) -> float:
        """The sum of squares between the pre-bins."""
        return self.spread

    def weight(self, first: Float1D, second: Float1D) -> Float1D:  # noqa: ARG002 - by weight alone
        """Return the weight."""
        return first

    def level(self, first: Float1D, second: Float1D) -> Float1D:
        """Return the mean."""
        return second / first

    def parts(self, first: Float1D, second: Float1D) -> Float1D:
        """Return weight · (mean of the bin - overall mean)²."""
        away = second - first * self.mean
        parts: Float1D = np.divide(away**2, first, out=np.zeros_like(away), where=first > 0)
        return parts


OBJECTIVES: dict[ObjectiveName, type[BinaryObjective]] = {
    "iv": InformationValue,
    "js": JensenShannon,
    "hellinger": Hellinger,
    "triangular": Triangular,
    "log_likelihood": LogLikelihood,
}
