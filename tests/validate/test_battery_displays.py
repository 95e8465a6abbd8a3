"""Pictures of a validation: verdicts at one look, and AUC by group."""

from __future__ import annotations

import numpy as np
import pytest

from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.validate import (
    AucByGroupDisplay,
    ValidationReport,
    ValidationSample,
    VerdictDisplay,
    validate_scores,
)


@pytest.fixture(scope="module")
def report() -> ValidationReport:
    rng = np.random.default_rng(0)
    prob = rng.uniform(0.05, 0.4, 600)
    grade = np.where(prob < 0.2, "A $x$", "B")
    sample = ValidationSample(
        is_bad=rng.random(600) < np.where(prob < 0.2, prob, 0.9),
        prob_default=prob,
        grade=grade,
        segment=np.where(np.arange(600) < 1, "tiny", "rest"),
    )
    return validate_scores(sample)


def test_verdicts_are_those_of_the_report(report: ValidationReport) -> None:
    display = VerdictDisplay.from_report(report)
    grid, table = display.frame(), report.table()
    judged = table[(table["part"] == "calibration") & (table["verdict"] != "information")]
    for row in judged.itertuples():
        assert grid.loc[row.test, row.subject] == row.verdict
    assert (grid != "").to_numpy().sum() == len(judged)
    assert grid.loc["Jeffreys", "grade B"] == "fail"
    ax = display.plot().ax_
    letters = [text.get_text() for text in ax.texts]
    assert letters.count("✗") == (grid == "fail").to_numpy().sum()
    assert ax.get_title(loc="left") == "Verdicts: calibration"
    assert "fail" in repr(display)


def test_a_part_without_verdicts_is_refused(report: ValidationReport) -> None:
    with pytest.raises(InvalidDataError, match="No line about fairness has a verdict"):
        VerdictDisplay.from_report(report, part="fairness")
    with pytest.raises(InvalidParameterError, match="'part' parameter"):
        VerdictDisplay.from_report(report, part="calibrations")
    with pytest.raises(InvalidParameterError, match="must be a ValidationReport"):
        VerdictDisplay.from_report(report.table())


def test_a_segment_without_an_auc_keeps_its_place(report: ValidationReport) -> None:
    display = AucByGroupDisplay.from_report(report)
    frame = display.frame()
    assert frame["group"].tolist() == ["rest", "tiny"]
    assert np.isnan(frame.loc[1, "auc"])
    ax = display.plot().ax_
    assert [text.get_text() for text in ax.texts] == ["not tested"]
    assert repr(display).startswith("AucByGroupDisplay(2 segments, AUC 0.")


def test_without_groups_there_is_no_picture(report: ValidationReport) -> None:
    with pytest.raises(InvalidDataError, match="has no AUC by period"):
        AucByGroupDisplay.from_report(report, by="period")
