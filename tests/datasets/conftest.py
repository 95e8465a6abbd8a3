"""The script that makes the samples, for the tests that make them again."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

SAMPLES = Path(__file__).parents[2] / "data" / "sample"


@pytest.fixture(scope="session")
def rebuild() -> ModuleType:
    """Return the rebuild script as a module; it is no part of a package."""
    spec = importlib.util.spec_from_file_location("rebuild", SAMPLES / "rebuild.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
