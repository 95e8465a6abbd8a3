"""What the tests of exports share: sample data, and the engines that run queries."""

from __future__ import annotations

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
)


@pytest.fixture(scope="session")
def german() -> pd.DataFrame:
    return load_german_credit()


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
