"""The package that compares texts; it is loaded where it is used."""

from __future__ import annotations

from typing import Any

from creditscore.exceptions import MissingDependencyError


def rapidfuzz_module() -> Any:
    """Return rapidfuzz, with its distances and its comparison of columns."""
    try:
        import rapidfuzz  # noqa: PLC0415 - an extra
        from rapidfuzz import distance, fuzz, process  # noqa: F401, PLC0415 - loads them
    except ImportError as error:
        msg = 'Matching needs rapidfuzz. Install it with: pip install "creditscore[store]".'
        raise MissingDependencyError(msg) from error
    return rapidfuzz
