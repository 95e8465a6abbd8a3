"""What the tests of exports share: sample data, and the engines that run queries."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pandas as pd
import pytest

from creditscore.datasets import load_german_credit
from engines import (
    Engine,
    Postgres,
    ask_duckdb,
    ask_sqlite,
    in_duckdb,
    in_sqlite,
    postgres_programs,
    postgres_server,
)


@pytest.fixture(scope="session")
def german() -> pd.DataFrame:
    return load_german_credit()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Give a server of PostgreSQL, or skip the test and name it; see ``require_engine``."""
    programs = postgres_programs()
    if programs is None:
        reason = "PostgreSQL is not installed: apt-get install postgresql"
        if os.environ.get("CREDITSCORE_REQUIRE_ENGINES") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    with postgres_server(programs) as server:
        yield server


POSTGRES = pytest.param("postgres", marks=pytest.mark.engine("postgresql"))


def engine_of(dialect: str, request: pytest.FixtureRequest) -> Engine:
    if dialect == "duckdb":
        return Engine("duckdb", in_duckdb, ask_duckdb)
    if dialect == "sqlite":
        return Engine("sqlite", in_sqlite, ask_sqlite)
    server: Postgres = request.getfixturevalue("postgres")
    return Engine("postgres", server.run, server.ask)


@pytest.fixture(scope="session", params=["duckdb", "sqlite", POSTGRES])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Give each engine in turn."""
    return engine_of(request.param, request)


@pytest.fixture(scope="session", params=["duckdb", POSTGRES])
def engine_of_mixed(request: pytest.FixtureRequest) -> Engine:
    """Give each engine that tells numbers from words in turn."""
    return engine_of(request.param, request)
