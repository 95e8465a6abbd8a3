"""Where random numbers of a metric come from."""

from __future__ import annotations

from typing import Any

import numpy as np

from creditscore._validation import check_integer
from creditscore.exceptions import InvalidParameterError


def read_generator(random_state: Any, owner: str) -> np.random.Generator:
    """Return a generator of the caller's, or a new one of a seed."""
    if isinstance(random_state, np.random.Generator):
        return random_state
    try:
        seed = check_integer(random_state, "random_state", owner, low=0)
    except InvalidParameterError as error:
        msg = f"{error} A numpy.random.Generator will do as well."
        raise InvalidParameterError(msg) from None
    return np.random.default_rng(seed)
