"""Applications of known truth: when methods help, when they hurt, and what the draw keeps.

Margins are about half of the smallest effect over six seeds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from creditscore.exceptions import InvalidParameterError, RejectInferenceWarning
from creditscore.scorecard.reject import (
    BivariateProbit,
    FuzzyAugmentation,
    HardCutoff,
    HeckmanTwoStep,
    Parcelling,
    Reweighting,
    reject_sensitivity,
    simulate_applications,
)

OFFICE = ("office_load",)
RATIO_3, RATIO_9 = "odds_ratio=3.0", "odds_ratio=9.0"
METHODS = (
    Reweighting(),
    FuzzyAugmentation(),
    FuzzyAugmentation(odds_ratio=3.0),
    FuzzyAugmentation(odds_ratio=9.0),
    Parcelling(factor=2.0, assignment="expected"),
    HardCutoff(bad_rate=0.4),
    HeckmanTwoStep(exclusion=OFFICE),
    BivariateProbit(exclusion=OFFICE),
)


def differences(seed: int, **settings: Any) -> tuple[pd.DataFrame, float]:
    """Return the Brier score on all less that of the accepted alone, and the error of the rate."""
    seen = simulate_applications(6_000, random_state=seed, **settings)
    report = reject_sensitivity(seen, methods=METHODS)
    table = report.table()
    found = pd.DataFrame(
        {
            "brier": table["brier_all"] - table["brier_all"][0],
            "auc": table["auc_all"] - table["auc_all"][0],
            "rate": table["reject_bad_rate"] - report.true_reject_bad_rate,
        }
    )
    names = [
        f"{method} {assumption}" if method == "FuzzyAugmentation" else method
        for method, assumption in zip(table["method"], table["assumption"], strict=True)
    ]
    return found.set_axis(names), report.true_reject_bad_rate


FUZZY = "FuzzyAugmentation "
quiet = pytest.mark.filterwarnings("ignore:.*capped at 1:creditscore.exceptions.CreditScoreWarning")


@quiet
@pytest.mark.parametrize("seed", [0, 1])
def test_where_the_columns_tell_all_nothing_helps_and_assumptions_hurt(seed: int) -> None:
    found, _ = differences(seed)
    # the accepted alone are right, and so is what only repeats them
    assert found.loc[["accepted only", FUZZY, "Reweighting"], "rate"].abs().max() < 0.04
    assert found.loc[[FUZZY, "Reweighting"], "brier"].abs().max() < 0.002
    # models of the acceptance find nothing to correct, and pay in noise
    assert found.loc[["HeckmanTwoStep", "BivariateProbit"], "brier"].max() < 0.003
    # and riskier rejects, which are not there, cost
    assert found.loc[FUZZY + RATIO_3, "brier"] > 0.003
    assert found.loc[FUZZY + RATIO_9, "brier"] > 0.012
    assert found.loc["Parcelling", "brier"] > 0.006
    assert found.loc["HardCutoff", "brier"] > 0.006


@quiet
@pytest.mark.parametrize("seed", [0, 1])
def test_where_the_policy_knew_more_the_right_assumption_helps(seed: int) -> None:
    found, true_rate = differences(seed, hidden=0.6)
    # the accepted alone miss half of the bads among the rejected
    assert found.loc["accepted only", "rate"] < -0.15
    assert true_rate > 0.35
    # what repeats them changes nothing
    assert found.loc[[FUZZY, "Reweighting"], "brier"].abs().max() < 0.002
    # the right odds ratio, and models with a column that moved the decision alone, do
    better = found.loc[[FUZZY + RATIO_3, "Parcelling", "HeckmanTwoStep", "BivariateProbit"]]
    assert (better["brier"] < -0.005).all()
    assert (better["auc"] > 0.001).all()
    assert (better["rate"].abs() < 0.13).all()
    # three times the right ratio is wrong on the other side
    assert found.loc[FUZZY + RATIO_9, "rate"] > 0.05
    # a bad rate that is right in total is no right card: outcomes by the score sharpen it falsely
    assert found.loc["HardCutoff", "brier"] > found.loc[better.index, "brier"].max() + 0.002


@quiet
@pytest.mark.parametrize("seed", [0, 1])
def test_where_the_form_of_the_card_is_wrong_reweighting_helps_its_probabilities(seed: int) -> None:
    found, _ = differences(seed, interaction=0.5)
    assert found.loc["Reweighting", "brier"] < -0.0008
    assert abs(found.loc[FUZZY, "brier"]) < 0.001


def test_without_an_excluded_column_the_two_steps_go_astray() -> None:
    errors: dict[tuple[str, ...], list[float]] = {OFFICE: [], (): []}
    for seed in range(4):
        seen = simulate_applications(3_000, hidden=0.4, random_state=seed)
        for exclusion, found in errors.items():
            # without it, the column does not exist
            part = seen if exclusion else seen.without(OFFICE)
            method = HeckmanTwoStep(exclusion=exclusion)
            if exclusion:
                report = reject_sensitivity(part, methods=[method])
            else:
                with pytest.warns(RejectInferenceWarning, match="no column explains"):
                    report = reject_sensitivity(part, methods=[method])
            rate = report.table()["reject_bad_rate"][1]
            found.append(abs(rate - report.true_reject_bad_rate))
    assert np.mean(errors[OFFICE]) < 0.08
    assert np.mean(errors[()]) > 1.5 * np.mean(errors[OFFICE])


# --- the draw itself -----------------------------------------------------------------


def test_rates_are_as_asked() -> None:
    seen = simulate_applications(4_000, approval_rate=0.7, bad_rate=0.1, random_state=1)
    assert len(seen.accepted) == 2_800
    assert seen.is_bad.sum() + seen.rejected_is_bad.sum() == 400
    assert seen.accepted["months_employed"].isna().mean() == pytest.approx(0.05, abs=0.02)
    same = simulate_applications(4_000, approval_rate=0.7, bad_rate=0.1, random_state=1)
    pd.testing.assert_frame_equal(same.accepted, seen.accepted)
    other = simulate_applications(4_000, approval_rate=0.7, bad_rate=0.1, random_state=2)
    assert not other.accepted.equals(seen.accepted)


def test_what_the_policy_knew_is_in_the_outcomes() -> None:
    """Of like columns, the rejected are riskier by what is hidden, and by nothing else."""
    gaps = []
    for hidden in (0.0, 0.5, 0.9):
        seen = simulate_applications(40_000, hidden=hidden, random_state=3)
        like = [
            table["debt_ratio"].between(0.4, 0.6) & table["income_amount"].between(2_500, 3_500)
            for table in (seen.accepted, seen.rejected)
        ]
        rates = [bad[rows].mean() for bad, rows in
                 zip((seen.is_bad, seen.rejected_is_bad), like, strict=True)]  # fmt: skip
        gaps.append(rates[1] - rates[0])
    # housing and months employed are left to differ a little
    assert abs(gaps[0]) < 0.05
    assert gaps[0] + 0.1 < gaps[1] < gaps[2] - 0.05


def test_what_is_hidden_moves_no_outcome_from_column_to_chance() -> None:
    """Of all applications, columns and outcomes have one distribution, whatever is hidden."""
    related = []
    for hidden in (0.0, 0.9):
        seen = simulate_applications(40_000, hidden=hidden, random_state=5)
        debts = np.append(seen.accepted["debt_ratio"], seen.rejected["debt_ratio"])
        is_bad = np.append(seen.is_bad, seen.rejected_is_bad)
        related.append(np.corrcoef(debts, is_bad)[0, 1])
    assert related[0] > 0.2
    # four standard errors
    assert related[1] == pytest.approx(related[0], abs=0.02)


def test_a_policy_without_noise_is_a_rule() -> None:
    seen = simulate_applications(2_000, policy_noise=0.0, random_state=3)
    # worse debts, the rest alike: where the office is idle and debts are low, nobody is rejected
    easy = (seen.rejected["debt_ratio"] < 0.3) & (seen.rejected["office_load"] < 20)
    assert not easy.any()


@pytest.mark.parametrize(
    ("parameters", "match"),
    [
        ({"n": 10}, "'n' parameter of simulate_applications must be an integer, 20"),
        ({"approval_rate": 0}, "'approval_rate' parameter"),
        ({"bad_rate": 1}, "'bad_rate' parameter"),
        ({"hidden": 1}, r"'hidden' parameter .* \[0, 1\)"),
        ({"interaction": -1}, "'interaction' parameter"),
        ({"policy_noise": np.nan}, "'policy_noise' parameter"),
        ({"random_state": 0.5}, "'random_state' parameter"),
    ],
)
def test_parameters(parameters: Any, match: str) -> None:
    with pytest.raises(InvalidParameterError, match=match):
        simulate_applications(**parameters)
