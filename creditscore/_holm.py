"""p-values of several tests, adjusted so that the chance of any false one is held."""

from __future__ import annotations

import numpy as np

from creditscore._typing import Float1D


def holm(p_values: Float1D) -> Float1D:
    """Return p-values adjusted for their number (Holm); NaN stays and is no test."""
    adjusted = np.full(len(p_values), np.nan)
    known = np.flatnonzero(~np.isnan(p_values))
    order = known[np.argsort(p_values[known], kind="stable")]
    factors = len(order) - np.arange(len(order))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(p_values[order] * factors))
    return adjusted
