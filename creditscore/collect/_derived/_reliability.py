"""How far each source and method is believed, where nobody says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from creditscore._typing import Float1D

SOURCE_RELIABILITY: Mapping[str, float] = MappingProxyType(
    {"public_filing": 0.9, "internal_record": 0.9, "third_party": 0.8, "site_visit": 0.8}
)
"""How far each kind of source is believed, from 0 to 1: first who filed or booked it."""
METHOD_RELIABILITY: Mapping[str, float] = MappingProxyType(
    {"data_analysis": 1.0, "observation": 1.0, "interview": 0.8, "questionnaire": 0.7}
)
"""What multiplies it by method: last who speaks of himself."""


def reliability_of(table: pd.DataFrame) -> Float1D:
    """Return how far each observation is believed, by its kind of source and its method."""
    source = table["source"].astype(object).map(dict(SOURCE_RELIABILITY))
    method = table["method"].astype(object).map(dict(METHOD_RELIABILITY))
    # a word that is none of them is believed by nobody
    share = source.to_numpy(dtype=np.float64) * method.to_numpy(dtype=np.float64)
    return np.asarray(np.nan_to_num(share))
