"""Who overrides a model in one direction, and what became of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, fisher_exact

from creditscore.datasets import load_trading_firm
from creditscore.exceptions import InvalidDataError, InvalidParameterError, MissingColumnError
from creditscore.organise import override_bias
from planted_overrides import overrides_of


def rows(analyst: str, notches: list[int], bad: list[Any], p: float = 0.1) -> pd.DataFrame:
    return pd.DataFrame(
        {"analyst": analyst, "notches": notches, "prob_default": p, "is_bad": bad}, dtype=object
    ).astype({"notches": float, "prob_default": float, "is_bad": float})


def test_the_planted_analyst_is_found_and_no_other() -> None:
    firm = load_trading_firm()
    ratings = firm.ratings
    found = override_bias(overrides_of(ratings))
    planted = firm.planted[firm.planted["kind"] == "one-sided overrides"]["key"]
    by = set(ratings.loc[ratings["rating"].isin(planted), "analyst"])
    assert set(found.index[found["verdict"] != ""]) == by
    assert (
        found["raised"].sum() + found["lowered"].sum()
        == (ratings["model_grade"] != ratings["final_grade"]).sum()
    )


def test_p_values_are_those_of_the_named_tests() -> None:
    found = override_bias(pd.concat([
        rows("Li", [1] * 12 + [-1] * 2 + [0] * 5, [1] * 4 + [0] * 15),
        rows("Wu", [1] * 6 + [-1] * 7, [0] * 13),
    ]))  # fmt: skip
    fisher = fisher_exact([[12, 2], [6, 7]])[1]
    half = 2 * binom.sf(11, 14, 0.5)
    assert half < fisher
    # Li is held against Wu and against one half; Wu, with 6 of 13, is as near the half as can be
    assert found.loc["Li", "p_one_sided"] == pytest.approx(2 * fisher)
    assert found.loc["Wu", "p_one_sided"] == 1.0
    assert found.loc["Li", "raised_expected"] == pytest.approx(1.2)
    assert found.loc["Li", "p_too_kind"] == pytest.approx(2 * binom.sf(3, 12, 0.1))
    assert found.loc["Wu", "p_too_kind"] == pytest.approx(1.0)
    assert found.loc["Wu", "p_too_strict"] == pytest.approx(2 * 0.9**7)


def test_fair_analysts_beside_a_one_sided_one_stay_without_verdict() -> None:
    fair = [rows(f"fair{k}", [1, -1] * 10, [0] * 20) for k in range(3)]
    found = override_bias(pd.concat([rows("up", [1] * 40, [0] * 40), *fair]))
    assert found["verdict"].to_dict() == {
        "fair0": "", "fair1": "", "fair2": "", "up": "one-sided",
    }  # fmt: skip
    assert (found.drop(index="up")["p_one_sided"] == 1).all()


def test_two_sides_may_be_wrong_and_the_less_one_sided_is_not() -> None:
    opposite = override_bias(pd.concat([
        rows("up", [1] * 39 + [-1], [0] * 40, 0.0),
        rows("down", [1] * 2 + [-1] * 38, [0] * 40, 0.0),
    ]))  # fmt: skip
    assert opposite["verdict"].to_dict() == {"down": "one-sided", "up": "one-sided"}
    # all raise, for the model is too strict; who raises less than the others is not one-sided
    usual = override_bias(pd.concat([
        rows("less", [1] * 130 + [-1] * 70, [0] * 200, 0.0),
        rows("usual", [1] * 180 + [-1] * 20, [0] * 200, 0.0),
    ]))  # fmt: skip
    assert usual["verdict"].to_dict() == {"less": "", "usual": "one-sided"}


def test_one_analyst_alone_is_held_against_the_half() -> None:
    found = override_bias(rows("Li", [1] * 10, [0] * 10)).loc["Li"]
    assert found["p_one_sided"] == pytest.approx(2 * 0.5**10)
    assert found["verdict"] == "one-sided"


def test_raising_bad_customers_is_too_kind() -> None:
    balanced = [1, -1] * 10
    found = override_bias(pd.concat([
        rows("kind", balanced, [1, 0] * 10), rows("wise", balanced, [0, 0] * 10),
    ]))  # fmt: skip
    assert found["verdict"].to_dict() == {"kind": "too kind", "wise": ""}


def test_lowering_good_customers_is_too_strict() -> None:
    balanced = [1, -1] * 30
    found = override_bias(pd.concat([
        rows("strict", balanced, [0, 0] * 30, 0.3), rows("wise", balanced, [0, 1] * 30, 0.3),
    ]))  # fmt: skip
    assert found["verdict"].to_dict() == {"strict": "too strict", "wise": ""}
    columns = ["lowered_known", "lowered_bad", "lowered_expected"]
    assert found.loc["strict", columns].tolist() == pytest.approx([30, 0, 9.0])


def test_few_overrides_and_open_outcomes_are_not_judged() -> None:
    found = override_bias(pd.concat([
        rows("few", [1] * 4, [1] * 4), rows("open", [1] * 9 + [-1] * 9, [np.nan] * 18),
    ]))  # fmt: skip
    p_values = ["p_one_sided", "p_too_kind", "p_too_strict"]
    assert np.isnan(found.loc["few", p_values].astype(float)).all()
    assert found.loc["open", "raised_known"] == 0
    assert np.isnan(found.loc["open", "p_too_kind"])
    assert not np.isnan(found.loc["open", "p_one_sided"])
    assert (found["verdict"] == "").all()


def test_nobody_overrides() -> None:
    found = override_bias(rows("Li", [0] * 6, [0] * 6)).loc["Li"]
    assert found["n"] == 6
    assert np.isnan(found["raised_share"])


@settings(deadline=None, max_examples=6)
@given(
    notches=st.lists(st.integers(-2, 2), min_size=1, max_size=40), seed=st.integers(0, 100),
    few=st.integers(1, 10),
)  # fmt: skip
def test_the_order_of_rows_does_not_matter(notches: list[int], seed: int, few: int) -> None:
    rng = np.random.default_rng(seed)
    table = rows("x", notches, list(rng.integers(0, 2, len(notches))))
    table["analyst"] = rng.choice(["Li", "Wu"], len(table))
    plain = override_bias(table, min_overrides=few)
    turned = override_bias(table.sample(frac=1, random_state=seed), min_overrides=few)
    pd.testing.assert_frame_equal(plain, turned)
    assert plain["n"].sum() == len(table)
    judged = plain["raised"] + plain["lowered"] >= few
    assert (plain["p_one_sided"].notna() == judged).all()


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("analyst", None, "'analyst' of override_bias is missing in row 0"),
        ("notches", np.nan, "'notches' of override_bias is missing in row 0"),
        ("prob_default", np.nan, "'prob_default' of override_bias is missing in row 0"),
        ("is_bad", 2.0, "must hold 1, 0, or nothing. Got 2 in row 0"),
    ],
)
def test_rows_that_cannot_be_used(column: str, value: Any, message: str) -> None:
    table = rows("Li", [1, -1], [0, 1])
    table[column] = [value, *table[column].iloc[1:]]
    with pytest.raises(InvalidDataError, match=message):
        override_bias(table)


def test_parameters_that_cannot_be() -> None:
    table = rows("Li", [1, -1], [0, 1])
    with pytest.raises(InvalidParameterError, match="level"):
        override_bias(table, level=1)
    with pytest.raises(InvalidParameterError, match="min_overrides"):
        override_bias(table, min_overrides=0)
    with pytest.raises(MissingColumnError, match="'notches'"):
        override_bias(table.drop(columns="notches"))
