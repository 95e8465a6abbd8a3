"""Golden: files of every schema version load, and score as on the day they were written."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from creditscore import GradeScale, Scorecard
from creditscore.exceptions import UnseenValueWarning

FOLDER = Path(__file__).parent
VERSIONS = (1,)
KEY = b"golden"  # as in regenerate.py

versions = pytest.mark.parametrize("version", VERSIONS)


def read_scores(version: int) -> pd.DataFrame:
    """Read numbers with Python's own float(), which is exact; an empty cell is missing."""
    cases = pd.read_csv(FOLDER / f"scores_v{version}.csv", dtype=object, na_values=[""])
    numbers = cases.columns.difference(["checking_status", "savings_status", "grade"])
    return cases.assign(**{name: cases[name].map(float) for name in numbers})


def read_card(version: int) -> Scorecard:
    return Scorecard.from_json(FOLDER / f"scorecard_v{version}.json", key=KEY)


def read_scale(version: int) -> GradeScale:
    return GradeScale.from_json(FOLDER / f"grade_scale_v{version}.json", key=KEY)


def test_every_file_is_tested() -> None:
    expected = {"regenerate.py", "test_golden.py"}
    for version in VERSIONS:
        expected |= {f"scorecard_v{version}.json", f"grade_scale_v{version}.json"}
        expected.add(f"scores_v{version}.csv")
    assert {path.name for path in FOLDER.iterdir() if path.is_file()} == expected


@versions
def test_scores_to_the_last_bit(version: int) -> None:
    cases = read_scores(version)
    assert len(cases) == 120
    with pytest.warns(UnseenValueWarning):
        score = read_card(version).score(cases)
    assert score.tolist() == cases["score"].tolist()


@versions
def test_what_the_fit_never_met_is_named(version: int) -> None:
    # German credit has no gaps; the points of the amount were written by hand, gaps included
    with pytest.warns(UnseenValueWarning) as caught:
        read_card(version).score(read_scores(version))
    (message,) = (str(warning.message) for warning in caught)
    for column in ("checking_status", "savings_status", "age_years"):
        assert f"{column!r} is 'Missing' in 11 row(s), 127.9 points each" in message
    assert "'duration_months' is 'Special -9' in 11 row(s), 127.9 points each" in message
    assert "credit_amount" not in message


@versions
def test_probabilities_and_grades(version: int) -> None:
    cases = read_scores(version)
    with pytest.warns(UnseenValueWarning):
        prob = read_card(version).prob_default(cases)
    # the exponential function may differ in the last bit between builds of scipy
    assert prob.tolist() == pytest.approx(cases["pd"].tolist(), rel=1e-14)
    assert read_scale(version).grade(prob).tolist() == cases["grade"].tolist()
    assert cases["grade"].nunique() >= 6


@versions
def test_golden_rows_hold_what_a_card_can_meet(version: int) -> None:
    cases, card = read_scores(version), read_card(version)
    assert cases[["checking_status", "age_years", "credit_amount"]].isna().any().all()
    assert (cases["duration_months"] == -9).any()
    table = card.table()
    assert table["slope"].any()
    assert set(table["kind"]) == {"base", "bin", "special", "missing", "other"}
    assert card.fit_summary is not None
    assert card.scale is not None


def test_present_version_is_written_as_it_stands(tmp_path: Path) -> None:
    for artefact, name in (
        (read_card(VERSIONS[-1]), f"scorecard_v{VERSIONS[-1]}.json"),
        (read_scale(VERSIONS[-1]), f"grade_scale_v{VERSIONS[-1]}.json"),
    ):
        artefact.to_json(tmp_path / name, key=KEY)
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()
