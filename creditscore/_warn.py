"""Warnings that point at the user's line, however deep in the library they are raised."""

from __future__ import annotations

import inspect
import warnings
from pathlib import Path

import sklearn

from creditscore.exceptions import CreditScoreWarning

_PASSED_OVER = (str(Path(__file__).parent), str(Path(sklearn.__file__).parent))
"""Folders whose code stands between the user's line and ours."""


def warn_user(message: str, category: type[CreditScoreWarning]) -> None:
    """Warn at the first line outside this package and scikit-learn, which wraps its methods."""
    level, frame = 1, inspect.currentframe()
    while frame is not None and frame.f_code.co_filename.startswith(_PASSED_OVER):
        frame = frame.f_back
        level += 1
    warnings.warn(message, category, stacklevel=level)
