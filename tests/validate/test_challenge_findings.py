"""The challengers of a card as lines of a report."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from creditscore import LogisticScorecard
from creditscore.datasets import load_german_credit
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard import Challenger, ChallengeResult, challenge
from creditscore.validate import ValidationSample, challenge_findings, validate_scores


@pytest.fixture(scope="module")
def result() -> ChallengeResult:
    german = load_german_credit()
    X, y = german[["checking_status", "duration_months"]], german["is_bad"]
    ridge = Challenger(name="ridge", estimator=LogisticRegression(), encoding="woe")
    return challenge(LogisticScorecard(), X, y, [ridge])


def with_gain(result: ChallengeResult, gain: float) -> ChallengeResult:
    return replace(result, auc=np.array([result.auc[0], result.auc[0] + gain]))


def test_numbers_are_those_of_the_table(result: ChallengeResult) -> None:
    card, ridge = challenge_findings(result, level=0.9)
    table = result.table(level=0.9).set_index("model")
    assert (card.statistic, card.lower, card.upper) == tuple(
        table.loc["card", ["auc", "auc_lower", "auc_upper"]]
    )
    assert (ridge.statistic, ridge.lower, ridge.upper) == tuple(
        table.loc["ridge", ["difference", "lower", "upper"]]
    )
    assert ridge.p_value == table.loc["ridge", "p_value"]
    # a challenger that is significantly worse is no finding, so the p-value does not judge
    assert (card.judged_by, ridge.judged_by) == ("", "bound")
    assert (card.verdict, ridge.subject, ridge.part) == ("information", "ridge", "overfitting")


@pytest.mark.parametrize(
    ("gain", "verdict"), [(-0.05, "pass"), (0.0, "pass"), (0.01, "watch"), (0.05, "fail")]
)
def test_verdicts_go_by_the_interval_and_what_is_material(
    result: ChallengeResult, gain: float, verdict: str
) -> None:
    assert challenge_findings(with_gain(result, gain))[1].verdict == verdict


def test_a_challenger_that_failed_is_not_tested(result: ChallengeResult) -> None:
    failed = replace(with_gain(result, float("nan")), failed={"ridge": "fold 2: no convergence"})
    line = challenge_findings(failed)[1]
    assert (line.verdict, line.note) == ("not tested", "fold 2: no convergence")


def test_the_lines_go_into_a_report(result: ChallengeResult) -> None:
    sample = ValidationSample(is_bad=[0, 0, 1, 0], prob_default=[0.1, 0.1, 0.3, 0.2])
    report = validate_scores(sample).with_findings(challenge_findings(result))
    assert (report.table()["part"] == "overfitting").sum() == 2


def test_errors(result: ChallengeResult) -> None:
    with pytest.raises(InvalidParameterError, match="must be a ChallengeResult"):
        challenge_findings("result")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'material'"):
        challenge_findings(result, material=-1)
