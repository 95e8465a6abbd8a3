"""Contribution, share of wallet and untapped sales, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.exceptions import InfiniteValueError, InvalidDataError, InvalidParameterError
from creditscore.segment import customer_potential, customer_value, share_of_wallet

SHARES = st.floats(0, 1)
AMOUNTS = st.floats(0, 1e9)


def test_value_is_contribution() -> None:
    found = customer_value([0.25, -0.05, np.nan], [200_000, 40_000, 1.0])
    np.testing.assert_allclose(found, [50_000, -2_000, np.nan])


def test_potential_by_hand() -> None:
    # of 400,000 that grow by 10 % a year for two years, half is bought elsewhere
    found = customer_potential([400_000.0], [0.5], [0.10], years=2)
    assert found == pytest.approx([400_000 * 1.21 * 0.5], rel=1e-12)
    assert customer_potential([400_000], [0.5], [0.10], years=0) == pytest.approx([200_000])


@settings(deadline=None, max_examples=60)
@given(wallet=AMOUNTS, share=SHARES, growth=st.floats(-0.9, 3))
def test_our_part_and_the_rest_are_the_whole(wallet: float, share: float, growth: float) -> None:
    rest = customer_potential([wallet], [share], [growth])[0]
    ours = customer_potential([wallet], [1 - share], [growth])[0]
    assert rest + ours == pytest.approx(wallet * (1 + growth), rel=1e-9)


@settings(deadline=None, max_examples=60)
@given(sales=AMOUNTS, wallet=st.floats(1, 1e9))
def test_share_leaves_what_is_not_sold(sales: float, wallet: float) -> None:
    if sales > wallet:
        with pytest.raises(InvalidDataError, match="at least our own sales"):
            share_of_wallet([sales], [wallet])
        return
    rest = customer_potential([wallet], share_of_wallet([sales], [wallet]), [0.0])[0]
    assert rest == pytest.approx(wallet - sales, abs=1e-6 * wallet)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: customer_value([25.0], [1.0]), "margin must be a fraction of sales"),
        (lambda: customer_value([0.1], [-1.0]), "volume must be zero or more"),
        (lambda: customer_value([0.1, 0.2], [1.0]), "Give the same customers"),
        (lambda: customer_value(0.1, [1.0]), "margin must be a column.*repeat it"),
        (lambda: customer_potential([1.0], [0.2], 0.05), r"growth must be a column.*Got 0\.05"),
        (lambda: customer_value([[0.1]], [[1.0]]), "must be one column"),
        (lambda: share_of_wallet([1.0], [0.0]), "wallet must be above zero"),
        (lambda: share_of_wallet([-1.0], [1.0]), "sales must be zero or more"),
        (lambda: customer_potential([1.0], [1.2], [0.0]), r"share_of_wallet must be a fraction"),
        (lambda: customer_potential([1.0], [0.2], [-1.0]), "growth must be a fraction above -1"),
        (lambda: customer_potential([-1.0], [0.2], [0.0]), "wallet must be zero or more"),
        (lambda: customer_value(["a"], [1.0]), "margin must hold numbers"),
    ],
)
def test_what_is_refused(call: object, match: str) -> None:
    with pytest.raises(InvalidDataError, match=match):
        call()  # type: ignore[operator]


def test_columns_come_back_in_their_library() -> None:
    margin = pd.Series([0.1, np.nan], index=["X", "Y"])
    found = customer_value(margin, [1_000.0, 5.0])
    pd.testing.assert_series_equal(
        found, pd.Series([100.0, np.nan], index=["X", "Y"], name="value")
    )
    assert share_of_wallet([1.0, 2.0], margin + 9).index.tolist() == ["X", "Y"]
    wallet = pl.Series([100.0, 200.0])
    assert customer_potential(wallet, [0.5, 0.5], [0.0, 0.0]).to_list() == [50.0, 100.0]
    assert isinstance(customer_value([0.1], [1.0]), np.ndarray)


def test_infinite_volume_is_refused() -> None:
    with pytest.raises(InfiniteValueError, match="volume holds 1 infinite value"):
        customer_value([0.1], [np.inf])


def test_negative_years_are_refused() -> None:
    with pytest.raises(InvalidParameterError, match="'years' parameter of customer_potential"):
        customer_potential([1.0], [0.1], [0.1], years=-1)


def test_other_customers_are_refused() -> None:
    margin, volume = pd.Series([0.1], index=["X"]), pd.Series([1.0], index=["Y"])
    with pytest.raises(InvalidDataError, match="volume has another index than margin"):
        customer_value(margin, volume)
