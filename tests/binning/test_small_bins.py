"""Bins smaller than usual, for a flag that few have and that says all."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from creditscore import LogisticScorecard, WOEEncoder
from creditscore.binning import BinConstraints, BinTable
from creditscore.exceptions import InvalidParameterError, SingleBinWarning

ASKED = BinConstraints(small_bin_p_value=1e-4)


def mortgages(n_refused: int = 44, n_flagged: int = 48) -> tuple[pd.DataFrame, np.ndarray]:
    """2,380 applications, 2 % of which were denied an insurance, and most of these refused.

    As in the data of A. H. Munnell et al., "Mortgage lending in Boston", American Economic Review
    86, 1996: 44 of 48, and 241 of the 2,332 others.
    """
    denied = np.arange(2_380) < n_flagged
    refused = np.arange(2_380) < n_refused
    refused[n_flagged : n_flagged + 241] = True
    return pd.DataFrame({"denied": np.where(denied, "yes", "no")}), refused.astype(int)


def table_of(X: pd.DataFrame, y: np.ndarray, **params: object) -> BinTable:
    return WOEEncoder(**params).fit(X, y).tables_[X.columns[0]]  # type: ignore[arg-type]


def test_a_rare_flag_that_says_much_gets_a_bin() -> None:
    X, y = mortgages()
    table = table_of(X, y, constraints=ASKED)
    assert table.partition.groups == (("no",), ("yes",))
    assert table.n_bad == (241, 44, 0, 0)
    assert table.status == "optimal"
    (note,) = table.notes
    assert note.startswith("bins of 0.005 and more, as larger ones tell nothing (p ")
    assert table.constraints.min_bin_size == pytest.approx(0.005)


def test_without_a_word_the_least_size_holds() -> None:
    X, y = mortgages()
    with pytest.warns(SingleBinWarning, match="lower min_bin_size to 0.0201"):
        assert table_of(X, y).n_bins == 1


@pytest.mark.parametrize("as_numbers", [False, True])
def test_one_that_says_little_gets_none(as_numbers: bool) -> None:
    X, y = mortgages(n_refused=12)
    if as_numbers:
        X = X == "yes"
        X = X.astype(float)
    with pytest.warns(SingleBinWarning):
        assert table_of(X, y, constraints=ASKED).n_bins == 1


def test_the_limit_is_that_of_the_likelihood_ratio() -> None:
    X, y = mortgages(n_refused=14)
    rates = [(241, 2_332), (14, 48), (255, 2_380)]
    flag, other, whole = (
        n * (r / n * np.log(r / n) + (1 - r / n) * np.log(1 - r / n)) for r, n in rates
    )
    p_value = chi2.sf(2 * (flag + other - whole), 2)
    above = BinConstraints(small_bin_p_value=p_value * 1.001)
    below = BinConstraints(small_bin_p_value=p_value * 0.999)
    assert table_of(X, y, constraints=above).n_bins == 2
    with pytest.warns(SingleBinWarning):
        assert table_of(X, y, constraints=below).n_bins == 1


def test_numbers_and_missing_values() -> None:
    X, y = mortgages()
    number = (X == "yes").astype(float)
    number.iloc[-100:] = np.nan
    table = table_of(number, y, constraints=ASKED)
    assert table.n_bad == (241, 44, 0)
    assert table.partition.n_regular == 2


def test_a_column_that_larger_bins_split_is_as_ever() -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"x": rng.normal(size=2_000)})
    y = (rng.random(2_000) < 1 / (1 + np.exp(-X["x"]))).astype(int)
    found, other = table_of(X, y, constraints=ASKED), table_of(X, y)
    assert (found.partition, found.n_bad, found.notes) == (other.partition, other.n_bad, ())


def test_weights_and_a_size_in_rows() -> None:
    X, y = mortgages()
    asked = BinConstraints(small_bin_p_value=1e-4, min_bin_size=200)
    assert table_of(X, y, constraints=asked).n_bins == 2
    # a tenth of 600 rows is more than 48
    many = BinConstraints(small_bin_p_value=1e-4, min_bin_size=600)
    with pytest.warns(SingleBinWarning):
        assert table_of(X, y, constraints=many).n_bins == 1


def test_noise_gets_none() -> None:
    rng = np.random.default_rng(1)
    X = pd.DataFrame({f"flag_{i}": rng.random(2_000) < 0.02 for i in range(100)})
    y = (rng.random(2_000) < 0.2).astype(int)
    with pytest.warns(SingleBinWarning):
        tables = WOEEncoder(constraints=ASKED).fit(X, y).tables_
    assert all(table.n_bins == 1 for table in tables.values())


@pytest.mark.parametrize("seed", range(4))
def test_many_levels_that_say_nothing_get_none(seed: int) -> None:
    # sorted by their bad rate, a third of them always seems to be safe
    rng = np.random.default_rng(seed)
    branch = np.full(20_000, "usual", dtype=object)
    branch[:980] = [f"L{i // 35:02d}" for i in range(980)]
    y = (rng.random(20_000) < 0.05).astype(int)
    with pytest.warns(SingleBinWarning):
        assert table_of(pd.DataFrame({"branch": branch}), y, constraints=ASKED).n_bins == 1


def test_many_levels_that_differ_get_theirs() -> None:
    rng = np.random.default_rng(0)
    branch = np.full(20_000, "usual", dtype=object)
    branch[:980] = [f"L{i // 35:02d}" for i in range(980)]
    risk = np.where(branch == "usual", 0.05, 0.0)
    risk[:980] = rng.beta(0.5, 2, 28).repeat(35)
    y = (rng.random(20_000) < risk).astype(int)
    assert table_of(pd.DataFrame({"branch": branch}), y, constraints=ASKED).n_bins > 1


def test_two_bins_that_are_asked_for_may_be_small() -> None:
    X, y = mortgages()
    number = (X == "yes").astype(float)
    asked = BinConstraints(small_bin_p_value=1e-4, min_n_bins=2)
    assert table_of(number, y, constraints=asked).n_bins == 2


def test_the_default_card_has_the_flag() -> None:
    X, y = mortgages()
    card = LogisticScorecard().fit(X, y).scorecard_
    assert card.names == ("denied",)
    with pytest.raises(InvalidParameterError, match="small_bin_p_value"):
        BinConstraints(small_bin_p_value=2)
