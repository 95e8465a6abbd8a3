"""What all tests share: a headless backend, closed figures, seeded data."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import hypothesis
import pytest

# tests draw on no screen; set before anything imports matplotlib
os.environ.setdefault("MPLBACKEND", "Agg")

SLOW_IS_FINE = [hypothesis.HealthCheck.too_slow]
hypothesis.settings.register_profile(
    "default", deadline=None, max_examples=60, suppress_health_check=SLOW_IS_FINE
)
# the same examples at every run, so that a red build is red for its own change
hypothesis.settings.register_profile(
    "ci", hypothesis.settings.get_profile("default"), derandomize=True
)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "default")


@pytest.fixture(autouse=True)
def _closed_figures() -> Iterator[None]:
    """Close what a test drew, where it drew anything."""
    yield
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")


@pytest.fixture
def require_engine() -> Callable[[str, str], ModuleType]:
    """Give ``require_engine(extra, module)``: import an engine, or skip the test and name it.

    With CREDITSCORE_REQUIRE_ENGINES=1 in the environment a missing engine is a failure, so that
    a job that means to test it cannot skip it. An engine that is there and breaks on import
    always fails.
    """

    def require(extra: str, module: str) -> ModuleType:
        try:
            return importlib.import_module(module)
        except ModuleNotFoundError as error:
            if error.name != module.partition(".")[0]:
                raise
            reason = f'{extra} is not installed: pip install "creditscore[{extra}]"'
        if os.environ.get("CREDITSCORE_REQUIRE_ENGINES") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)

    return require


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """Give a server of PostgreSQL, or skip the test and name it; see ``require_engine``."""
    from engines import memory_folder, postgres_programs, postgres_server

    programs = postgres_programs()
    if programs is None:
        reason = "PostgreSQL is not installed: apt-get install postgresql"
        if os.environ.get("CREDITSCORE_REQUIRE_ENGINES") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    with postgres_server(programs, memory_folder()) as server:
        yield server
