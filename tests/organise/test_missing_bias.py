"""Whether what is missing is missing at random: levels, strength, files of the ledger."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, fisher_exact

from creditscore.datasets import TradingFirm, load_trading_firm
from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
)
from creditscore.organise import file_coverage, missing_bias

AS_OF = "2024-06-30"


def firm_ledger(firm: TradingFirm) -> pd.DataFrame:
    real = firm.customers[~firm.customers["customer"].str.startswith("D")]
    known = firm.performance[firm.performance["month_end"] <= AS_OF]
    balance = known.groupby("customer")["balance"].last()
    columns = ["customer", "kind", "size", "industry", "region"]
    return real[columns].assign(exposure=real["customer"].map(balance).fillna(0.0))


def test_the_planted_bias_of_missing_files_is_found() -> None:
    firm = load_trading_firm()
    reviewed = firm.files.set_index("customer")["reviewed_on"]
    found = file_coverage(firm_ledger(firm), reviewed, as_of=AS_OF)
    planted = firm.planted[firm.planted["kind"] == "missing file"]["key"]
    assert set(found.table.index[found.table["state"] == "missing"]) == set(planted)
    bias = found.bias()
    assert bias.worst == "size × region small, west"
    first = bias.levels.iloc[0]
    assert first["share"] > 10 * first["share_others"]
    # stale files were planted at random, and there are more of them
    assert not found.bias("not current").is_biased


def test_planted_stale_files_are_found_and_no_others() -> None:
    firm = load_trading_firm()
    reviewed = firm.files.set_index("customer")["reviewed_on"]
    found = file_coverage(firm_ledger(firm), reviewed, as_of=AS_OF)
    planted = firm.planted[firm.planted["kind"] == "stale file"]["key"]
    assert set(found.table.index[found.table["state"] == "stale"]) == set(planted)


def test_planted_missing_items_are_found_to_hang_on_quality() -> None:
    firm = load_trading_firm()
    latest = firm.statements.sort_values("period_end")
    planted = firm.planted[
        (firm.planted["kind"] == "missing item") & (firm.planted["table"] == "statements")
    ]
    missing = latest["statement"].isin(planted["key"])
    late = firm.performance[firm.performance["month_end"] <= AS_OF]
    worst = late.groupby("customer")["days_past_due"].max()
    is_late = latest["customer"].map(worst) > 30
    table = pd.DataFrame({"late": is_late.map({True: "late", False: "punctual"})})
    levels = missing_bias(missing.to_numpy(), table).levels.set_index("level")
    assert levels.loc["late", "share"] > levels.loc["punctual", "share"]


def test_numbers_are_those_of_the_named_tests() -> None:
    region = np.repeat(["east", "north", "west"], [40, 30, 20])
    gone = np.concatenate([np.arange(40) < 4, np.arange(30) < 3, np.arange(20) < 10])
    found = missing_bias(gone, pd.DataFrame({"region": region}))
    table = pd.crosstab(region, gone)
    chi2, p_value, dof, _ = chi2_contingency(table, correction=False)
    row = found.traits.loc["region"]
    assert (row["chi2"], row["p_value"], row["dof"]) == pytest.approx((chi2, p_value, dof))
    assert row["cramers_v"] == pytest.approx(np.sqrt(chi2 / 90))
    raw = fisher_exact([[10, 10], [7, 63]])[1]
    assert found.levels.iloc[0][["level", "verdict"]].tolist() == ["west", "more often"]
    assert found.levels["p_value"].iloc[0] == pytest.approx(3 * raw)
    # the likelihood ratio of the only trait is that of the table, G²
    g2, p_ratio, _, _ = chi2_contingency(table, correction=False, lambda_="log-likelihood")
    assert g2 > 0
    assert row["p_adjusted"] == pytest.approx(p_ratio, rel=1e-6)


def test_a_trait_that_only_goes_with_another_does_not_matter_beside_it() -> None:
    rng = np.random.default_rng(0)
    west = rng.random(2000) < 0.4
    small = np.where(rng.random(2000) < 0.8, west, ~west)
    gone = rng.random(2000) < np.where(west, 0.4, 0.1)
    found = missing_bias(gone, pd.DataFrame({"west": west.astype(str), "small": small.astype(str)}))
    assert found.traits.loc["small", "p_value"] < 1e-6
    assert found.traits.loc["small", "p_adjusted"] > 0.01
    assert found.traits.loc["west", "p_adjusted"] < 1e-6


def test_numbers_are_banded_and_gaps_are_a_level() -> None:
    amount = [*range(30), *[np.nan] * 10]
    found = missing_bias([0] * 30 + [1] * 10, pd.DataFrame({"amount": amount}), pairs=False)
    n = found.levels.set_index("level")["n"].to_dict()
    assert n == {"low": 10, "middle": 10, "high": 10, "(not known)": 10}
    assert found.worst == "amount (not known)"
    assert "(not known)" in found._repr_html_()


def test_nothing_or_all_missing_is_no_bias() -> None:
    traits = pd.DataFrame({"region": ["a", "b"] * 10})
    for gone in (0, 1):
        found = missing_bias([gone] * 20, traits)
        assert not found.is_biased
        assert np.isnan(found.traits.loc["region", "chi2"])
        assert repr(found).endswith("no bias found)")


def test_less_often_is_told_too_and_few_are_not_judged() -> None:
    gone = [1] * 30 + [0] * 30 + [1] * 3
    traits = pd.DataFrame({"size": ["small"] * 30 + ["large"] * 30 + ["tiny"] * 3})
    found = missing_bias(gone, traits)
    levels = found.levels.set_index("level")
    assert levels["verdict"].to_dict() == {"small": "more often", "large": "less often", "tiny": ""}
    assert np.isnan(levels.loc["tiny", "p_value"])


@settings(deadline=None, max_examples=6)
@given(seed=st.integers(0, 1000), n=st.integers(2, 60))
def test_levels_add_up_and_order_does_not_matter(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    traits = pd.DataFrame({"a": rng.choice(["x", "y", "z"], n), "b": rng.random(n)})
    gone = rng.random(n) < 0.3
    found = missing_bias(gone, traits)
    sums = found.levels.groupby("trait")[["n", "n_missing"]].sum()
    assert (sums["n"] == n).all()
    assert (sums["n_missing"] == gone.sum()).all()
    order = rng.permutation(n)
    turned = missing_bias(gone[order], traits.iloc[order])
    pd.testing.assert_frame_equal(
        found.levels.sort_values(["trait", "level"], ignore_index=True),
        turned.levels.sort_values(["trait", "level"], ignore_index=True),
    )


@pytest.mark.parametrize(
    ("gone", "message"), [([0, 2], "Got 2 in row 1"), ([0], "has 1 rows, and the traits have 2")]
)
def test_what_is_no_flag_is_refused(gone: list[int], message: str) -> None:
    with pytest.raises(InvalidDataError, match=message):
        missing_bias(gone, pd.DataFrame({"region": ["a", "b"]}))


def test_no_traits_and_wrong_parameters() -> None:
    with pytest.raises(EmptyDataError, match=r"0 sample\(s\)"):
        missing_bias([], pd.DataFrame({"region": pd.Series([], dtype=str)}))
    with pytest.raises(EmptyDataError, match=r"0 feature\(s\)"):
        missing_bias([1, 0], pd.DataFrame(index=[0, 1]))
    with pytest.raises(InvalidParameterError, match="min_n"):
        missing_bias([1], pd.DataFrame({"region": ["a"]}), min_n=0)
    with pytest.raises(InvalidParameterError, match="level"):
        missing_bias([1], pd.DataFrame({"region": ["a"]}), level=0)
    named = pd.DataFrame({"region": ["a", "b"]}, index=["X", "Y"])
    with pytest.raises(InvalidDataError, match="different orders"):
        missing_bias(pd.Series([1, 0], index=["Y", "X"]), named)


LEDGER = pd.DataFrame(
    {"customer": ["A", "B", "C"], "exposure": [60.0, 30.0, 10.0], "size": ["large", None, "small"]}
)


def test_bounds_of_a_current_file() -> None:
    reviewed = {"A": "2022-07-01", "B": "2022-06-30", "C": None, "Z": "2024-01-01"}
    found = file_coverage(LEDGER, reviewed, as_of=AS_OF, current_days=730)
    assert found.table["state"].tolist() == ["current", "stale", "stale"]
    assert found.share == pytest.approx(1 / 3)
    assert found.exposure_share == pytest.approx(0.6)
    assert found.unknown == ("Z",)
    by = found.by("size")
    assert by.loc["(not known)", "exposure"] == 30
    assert by["n"].sum() == 3
    assert found.by().loc["all", "stale"] == 2
    assert "large" in found._repr_html_()


def test_a_review_in_the_future_is_none() -> None:
    found = file_coverage(LEDGER, {"A": "2024-07-01"}, as_of=AS_OF)
    assert found.table["state"].tolist() == ["stale", "missing", "missing"]


def test_a_ledger_without_exposure_has_no_share_of_it() -> None:
    found = file_coverage(LEDGER.assign(exposure=0.0), {"A": AS_OF}, as_of=AS_OF)
    assert np.isnan(found.exposure_share)
    assert found.by("size")["exposure_share_current"].isna().all()


@pytest.mark.parametrize("exposure", [-1.0, np.nan, np.inf])
def test_exposures_that_cannot_be(exposure: float) -> None:
    with pytest.raises(InvalidDataError, match="exposure of customer 'A'"):
        file_coverage(LEDGER.assign(exposure=exposure), {}, as_of=AS_OF)


def test_ledgers_that_cannot_be_used() -> None:
    with pytest.raises(MissingColumnError, match="'exposure'"):
        file_coverage(LEDGER.drop(columns="exposure"), {}, as_of=AS_OF)
    with pytest.raises(EmptyDataError, match=r"0 sample\(s\)"):
        file_coverage(LEDGER.iloc[:0], {}, as_of=AS_OF)
    with pytest.raises(InvalidDataError, match="stands twice"):
        file_coverage(pd.concat([LEDGER, LEDGER]), {}, as_of=AS_OF)
    with pytest.raises(InvalidDataError, match="'customer' of the ledger is empty in row 1"):
        file_coverage(LEDGER.assign(customer=["A", None, "C"]), {}, as_of=AS_OF)
    with pytest.raises(EmptyDataError, match="no traits"):
        file_coverage(LEDGER[["customer", "exposure"]], {}, as_of=AS_OF).bias()


@pytest.mark.parametrize(
    ("reviewed", "message"),
    [([1], "mapping or a Series"), ({"A": "yesterday"}, "must be a day")],
)
def test_reviews_that_cannot_be_used(reviewed: Any, message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        file_coverage(LEDGER, reviewed, as_of=AS_OF)


def test_two_reviews_of_one_customer() -> None:
    twice = pd.Series(["2024-01-01"] * 2, index=["A", "A"])
    with pytest.raises(InvalidDataError, match="'A' stands twice in 'reviewed'"):
        file_coverage(LEDGER, twice, as_of=AS_OF)
    with pytest.raises(InvalidParameterError, match="trait"):
        file_coverage(LEDGER, {}, as_of=AS_OF).by("height")
