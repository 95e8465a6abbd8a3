"""Severity of raters: closed forms of the analysis of variance, another program, planted raters."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.regression.mixed_linear_model import MixedLM  # type: ignore[import-untyped]

from creditscore.datasets import load_trading_firm
from creditscore.exceptions import (
    InfiniteValueError,
    InvalidDataError,
    MissingColumnError,
    ResponseWarning,
)
from creditscore.organise import rater_severity


def crossed(
    n_customers: int, n_raters: int, seed: int, *, effects: Any = None, kept: float = 1.0
) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    customers = rng.normal(0, 1.0, n_customers)
    raters = rng.normal(0, 0.7, n_raters) if effects is None else np.asarray(effects)
    rows = [
        (f"c{i}", f"r{j}", 3 + customers[i] + raters[j] + rng.normal(0, 0.5))
        for i in range(n_customers)
        for j in range(n_raters)
        if rng.random() < kept
    ]
    return pd.DataFrame(rows, columns=["customer", "rater", "score"])


def test_balanced_ratings_have_the_closed_form_of_the_analysis_of_variance() -> None:
    a, b = 12, 5
    ratings = crossed(a, b, 1)
    wide = ratings.pivot_table(index="customer", columns="rater", values="score")
    grand = wide.to_numpy().mean()
    by_rater, by_customer = wide.mean(axis=0), wide.mean(axis=1)
    rest = wide.sub(by_customer, axis=0).sub(by_rater, axis=1) + grand
    ms_rest = float((rest**2).to_numpy().sum()) / ((a - 1) * (b - 1))
    ms_rater = a * float(((by_rater - grand) ** 2).sum()) / (b - 1)
    ms_customer = b * float(((by_customer - grand) ** 2).sum()) / (a - 1)
    found = rater_severity(ratings)
    assert found.var_rest == pytest.approx(ms_rest, rel=1e-5)
    assert found.var_rater == pytest.approx((ms_rater - ms_rest) / a, rel=1e-5)
    assert found.var_customer == pytest.approx((ms_customer - ms_rest) / b, rel=1e-5)
    shrunk = 1 - ms_rest / ms_rater
    assert found.mean == pytest.approx(grand)
    for rater, effect in found.table["effect"].items():
        assert effect == pytest.approx(shrunk * (by_rater[rater] - grand), rel=1e-5)


def test_unbalanced_ratings_are_those_of_another_program() -> None:
    ratings = crossed(15, 4, 3, kept=0.6)
    with warnings.catch_warnings(action="ignore"):
        other = MixedLM.from_formula(
            "score ~ 1", groups=np.ones(len(ratings)), data=ratings,
            vc_formula={"a": "0 + C(customer)", "b": "0 + C(rater)"},
        ).fit(reml=True)  # fmt: skip
    found = rater_severity(ratings)
    assert [found.var_customer, found.var_rater] == pytest.approx(list(other.vcomp), rel=1e-3)
    assert found.var_rest == pytest.approx(other.scale, rel=1e-3)
    assert found.mean == pytest.approx(float(other.fe_params.iloc[0]), rel=1e-4)
    effects = other.random_effects[1.0]
    theirs = effects[[name for name in effects.index if "rater" in name]].to_numpy()
    ours = found.table["effect"].sort_index().to_numpy()
    assert ours == pytest.approx(theirs - theirs.mean(), abs=1e-3)


def test_planted_harsh_and_lenient_visitors_are_found_and_no_others() -> None:
    firm = load_trading_firm()
    marks = ["order", "stock_condition", "equipment", "staff_morale", "management"]
    long = firm.visits.melt(["customer", "visitor"], marks, value_name="score").dropna()
    # each mark of a customer is a thing of its own that is judged
    long["customer"] = long["customer"] + " " + long["variable"]
    found = rater_severity(long.rename(columns={"visitor": "rater"}))
    planted = firm.planted[firm.planted["kind"] == "rater severity"].set_index("key")["detail"]
    verdicts = found.table["verdict"]
    assert verdicts[verdicts != ""].to_dict() == planted.to_dict()
    assert "1 harsh, 1 lenient" in repr(found)
    assert "V03" in found._repr_html_()


def test_who_gets_weak_customers_is_not_harsh() -> None:
    rng = np.random.default_rng(5)
    quality = np.repeat([-1.5, 1.5], 60)
    rows = []
    for i, q in enumerate(quality):
        # r0 mostly sees the weak, r1 the strong, and r2 all of them
        first = "r0" if (q < 0) == (rng.random() < 0.9) else "r1"
        rows += [(i, r, 3 + q + rng.normal(0, 0.5)) for r in (first, "r2")]
    found = rater_severity(pd.DataFrame(rows, columns=["customer", "rater", "score"]))
    assert found.table.loc["r0", "mean"] < found.table.loc["r1", "mean"] - 1
    assert (found.table["verdict"] == "").all()
    assert found.table["effect"].abs().max() < 0.25


def test_few_ratings_are_drawn_to_the_mean_and_are_no_verdict() -> None:
    ratings = crossed(30, 3, 2, effects=[-0.5, 0.0, 0.5])
    own = ratings.loc[ratings["customer"] == "c0", "score"].mean()
    odd = pd.DataFrame({"customer": ["c0"], "rater": ["new"], "score": [own - 0.8]})
    found = rater_severity(pd.concat([ratings, odd])).table.loc["new"]
    assert found["n"] == 1
    assert found["verdict"] == ""
    assert -0.6 < found["effect"] < 0


@settings(deadline=None, max_examples=3)
@given(seed=st.integers(0, 1000), shift=st.floats(-50, 50), scale=st.floats(0.1, 20))
def test_other_units_change_nothing_but_the_units(seed: int, shift: float, scale: float) -> None:
    ratings = crossed(10, 4, seed, kept=0.8)
    plain = rater_severity(ratings)
    other = rater_severity(ratings.assign(score=ratings["score"] * scale + shift))
    assert other.agreement == pytest.approx(plain.agreement, abs=1e-3)
    assert plain.table["effect"].sum() == pytest.approx(0, abs=1e-9)
    ours = other.table["effect"].sort_index() / scale
    assert ours.to_numpy() == pytest.approx(plain.table["effect"].sort_index().to_numpy(), abs=1e-3)


def test_raters_without_common_customers_are_not_compared() -> None:
    # x saw A and B twice, and y saw C and D twice: nobody knows which of the two is harsh
    apart = pd.DataFrame({
        "customer": list("AABBCCDD"), "rater": list("xxxxyyyy"),
        "score": [1.0, 1.1, 1.2, 1.0, 5.0, 5.1, 4.9, 5.0],
    })  # fmt: skip
    with pytest.raises(InvalidDataError, match="No customer was rated by two raters"):
        rater_severity(apart)
    tied = crossed(8, 3, 1, effects=[-1, 0, 1])
    with pytest.warns(ResponseWarning, match="2 of 5 raters, such as 'x', have no customer in"):
        found = rater_severity(pd.concat([apart, tied]))
    alone = found.table.loc[["x", "y"]]
    assert alone[["effect", "std_error", "p_value"]].isna().all(axis=None)
    assert alone["verdict"].tolist() == ["", ""]
    assert alone["mean"].tolist() == pytest.approx([1.075, 5.0])
    assert "2 harsh" not in repr(found)
    assert "2 not compared" in repr(found)
    plain = rater_severity(tied)
    pd.testing.assert_frame_equal(found.table.drop(index=["x", "y"]), plain.table)
    assert found.rater_share == plain.rater_share


def test_raters_who_agree_have_no_share() -> None:
    found = rater_severity(crossed(40, 3, 7, effects=[0, 0, 0]))
    assert found.rater_share < 0.05
    assert found.agreement > 0.6


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("customer", None, "'customer' is missing in row 0"),
        ("rater", None, "'rater' is missing in row 0"),
        ("score", np.nan, "'score' is missing in row 0"),
    ],
)
def test_gaps_are_refused(column: str, value: Any, message: str) -> None:
    ratings = crossed(4, 2, 0)
    ratings[column] = [value, *ratings[column].iloc[1:]]
    with pytest.raises(InvalidDataError, match=message):
        rater_severity(ratings)


def test_ratings_that_say_nothing_of_raters() -> None:
    one = crossed(5, 1, 0)
    with pytest.raises(InvalidDataError, match="two raters"):
        rater_severity(one)
    alone = crossed(6, 2, 0).drop_duplicates("customer").assign(rater=["a", "b"] * 3)
    with pytest.raises(InvalidDataError, match="No customer was rated by two raters"):
        rater_severity(alone)
    with pytest.raises(InvalidDataError, match="All scores are 3"):
        rater_severity(crossed(4, 2, 0).assign(score=3.0))
    with pytest.raises(InfiniteValueError, match="score"):
        rater_severity(crossed(4, 2, 0).assign(score=np.inf))
    with pytest.raises(MissingColumnError, match="'rater'"):
        rater_severity(one.drop(columns="rater"))
