"""Whether a value is a missing one, whatever stands for that."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd


def is_missing(value: Any) -> bool:
    """Tell whether a value is None, NaN, NaT or NA; of a container, no."""
    if isinstance(value, str):
        return False
    found = pd.isna(value)
    return bool(found) if isinstance(found, (bool, np.bool_)) else False
