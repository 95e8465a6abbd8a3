"""What a bin is worth: the quantity that the solver adds up and makes as large as can be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from creditscore._typing import Float1D


@dataclass(frozen=True)
class InformationValue:
    """Part of a bin in the information value; see :func:`creditscore.metrics.iv_parts`.

    Attributes
    ----------
    total_good, total_bad : float
        Goods and bads of the whole sample.
    smoothing : float
        Added to both counts of a bin that lacks one of the classes.
    """

    total_good: float
    total_bad: float
    smoothing: float

    def parts(self, good: Float1D, bad: Float1D) -> Float1D:
        """Return the part of each bin; a bin without weight is worth nothing."""
        if not len(good) or (good.min() > 0 and bad.min() > 0):
            return self._parts(good, bad)
        extra = self.smoothing * ((good == 0) != (bad == 0))
        with np.errstate(divide="ignore", invalid="ignore"):
            parts = self._parts(good + extra, bad + extra)
        parts[np.isnan(parts)] = 0.0
        return parts

    def _parts(self, good: Float1D, bad: Float1D) -> Float1D:
        share_good, share_bad = good / self.total_good, bad / self.total_bad
        parts: Float1D = (share_good - share_bad) * np.log(share_good / share_bad)
        return parts
