"""What all tests share: a headless backend, closed figures, seeded data."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import hypothesis
import pytest

# tests draw on no screen; set before anything imports matplotlib
os.environ.setdefault("MPLBACKEND", "Agg")

hypothesis.settings.register_profile("default", deadline=None, max_examples=60)
hypothesis.settings.load_profile("default")


@pytest.fixture(autouse=True)
def _closed_figures() -> Iterator[None]:
    """Close what a test drew, where it drew anything."""
    yield
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")
