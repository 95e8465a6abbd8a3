"""Where random numbers come from: what scikit-learn takes, refused in our own words."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from creditscore.exceptions import InvalidParameterError


def random_of(random_state: Any, owner: str) -> np.random.RandomState:
    """Return the generator of a `random_state`: a seed, a RandomState, or None for any."""
    try:
        generator: np.random.RandomState = check_random_state(random_state)
    except ValueError as error:
        msg = (
            f"The 'random_state' parameter of {owner} must be a whole number, a RandomState or "
            f"None. Got {random_state!r} instead."
        )
        raise InvalidParameterError(msg) from error
    return generator
