"""optbinning, imported and called without its own warnings, or a test skipped."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

Quietly = Callable[..., Any]


@pytest.fixture
def quietly() -> Quietly:
    """Return a function that calls another; warnings that optbinning owes others are not ours."""

    def call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return function(*args, **kwargs)

    return call


@pytest.fixture
def optbinning(require_engine: Callable[[str, str], ModuleType], quietly: Quietly) -> ModuleType:
    module: ModuleType = quietly(require_engine, "optbinning", "optbinning")
    return module
