"""Which of two sources is believed where they say different things about one day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from creditscore._typing import Float1D
from creditscore.organise._verify._reliability import SourceReliability


def source_ranks(origins: pd.DataFrame) -> Float1D:
    """Return how far the source of each origin is believed, the higher the more."""
    return np.asarray(SourceReliability().of(origins).to_numpy(dtype=np.float64))
