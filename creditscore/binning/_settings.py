"""What may be asked of the bins of one feature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from creditscore._typing import Trend


@dataclass(frozen=True, kw_only=True)
class BinSettings:
    """Constraints on the bins of one feature; the meaning is in :class:`WOEEncoder`."""

    min_bin_size: float
    max_n_bins: int | None
    max_n_prebins: int
    smoothing: float
    trend: Trend
    special_codes: tuple[Any, ...] = ()
    user_cuts: Sequence[Any] | None = None
