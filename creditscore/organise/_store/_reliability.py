"""Which of two sources is believed where they say different things about one day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from creditscore._typing import Float1D
from creditscore.collect import OBSERVATION_COLUMNS
from creditscore.organise._verify._reliability import SourceReliability


def source_ranks(origins: pd.DataFrame) -> Float1D:
    """Return how far the source of each origin is believed, the higher the more."""
    lacking = {name: None for name in OBSERVATION_COLUMNS if name not in origins.columns}
    reliability = SourceReliability().of(origins.assign(**lacking))
    return np.asarray(reliability.to_numpy(dtype=np.float64))
