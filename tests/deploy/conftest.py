"""What the tests of exports share."""

from __future__ import annotations

import pandas as pd
import pytest

from creditscore.datasets import load_german_credit


@pytest.fixture(scope="session")
def german() -> pd.DataFrame:
    return load_german_credit()
