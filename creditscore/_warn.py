"""Warnings that point at the user's line, however deep in the library they are raised."""

from __future__ import annotations

import inspect
import warnings
from pathlib import Path

from creditscore.exceptions import CreditScoreWarning

_PACKAGE = str(Path(__file__).parent)


def warn_user(message: str, category: type[CreditScoreWarning]) -> None:
    """Warn at the first line outside this package."""
    level, frame = 1, inspect.currentframe()
    while frame is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
        level += 1
    warnings.warn(message, category, stacklevel=level)
