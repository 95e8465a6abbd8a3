"""Persons: values by hand, incomes and limits of zero."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from creditscore.indicators import PERSON, CustomerRecords

ITEMS = {
    "monthly_income": 8000.0, "annual_income": 96000.0, "monthly_debt_service": 2000.0,
    "requested_monthly_payment": 1000.0, "monthly_living_costs": 3000.0, "total_debt": 48000.0,
    "revolving_balance": 3000.0, "revolving_limit": 10000.0, "enquiries_6m": 2.0,
    "delinquencies_24m": 1.0, "worst_status_24m": 2.0, "age_of_oldest_account_months": 60.0,
    "n_accounts": 3.0, "months_at_address": 24.0, "months_in_job": 36.0, "savings": 19200.0,
    "loan_amount": 80000.0, "collateral_value": 100000.0,
}  # fmt: skip
EXPECTED = {
    "monthly_income": 8000.0, "debt_service_ratio": 0.25, "payment_to_income": 0.125,
    "debt_to_income": 0.5, "residual_income": 3000.0, "credit_utilisation": 0.3,
    "enquiries_6m": 2.0, "delinquencies_24m": 1.0, "worst_status": 2.0,
    "age_of_oldest_account_months": 60.0, "n_accounts": 3.0, "months_at_address": 24.0,
    "months_in_job": 36.0, "savings_to_income": 0.2, "loan_to_value": 0.8,
}  # fmt: skip


def compute(*versions: tuple[str, dict[str, float]], as_of: str = "2024-06-30") -> Any:
    persons = pd.DataFrame(
        [{"customer": "P", "known_on": pd.Timestamp(day), **items} for day, items in versions]
    )
    return PERSON.compute(CustomerRecords(persons=persons), as_of=as_of)


def test_values_by_hand() -> None:
    found = compute(("2024-05-01", ITEMS)).values.loc["P"]
    assert found.to_dict() == pytest.approx(EXPECTED, rel=1e-12)
    assert tuple(EXPECTED) == PERSON.names


def test_the_version_known_on_the_day_counts() -> None:
    versions = (("2024-05-01", ITEMS), ("2024-07-01", ITEMS | {"monthly_income": 4000.0}))
    before = compute(*versions).values.loc["P", "debt_service_ratio"]
    after = compute(*versions, as_of="2024-07-01").values.loc["P", "debt_service_ratio"]
    assert (before, after) == (0.25, 0.5)


def test_no_income_and_no_limit_have_no_ratio() -> None:
    nothing = ITEMS | {"monthly_income": 0.0, "annual_income": 0.0, "revolving_limit": 0.0}
    found = compute(("2024-05-01", nothing))
    kinds = found.reason_kinds.loc["P"]
    lacking = ["debt_service_ratio", "payment_to_income", "debt_to_income", "savings_to_income",
               "credit_utilisation"]  # fmt: skip
    assert set(kinds[lacking]) == {"zero_denominator"}
    assert found.values.loc["P", "residual_income"] == -5000.0
    assert found.reasons.loc["P", "credit_utilisation"] == "revolving_limit is zero"


def test_an_old_version_is_stale_as_an_old_statement_is() -> None:
    # 18 months before 2024-06-30
    assert compute(("2022-12-30", ITEMS)).values.notna().all(axis=None)
    found = compute(("2022-12-29", ITEMS))
    assert found.values.isna().all(axis=None)
    assert set(found.reason_kinds.loc["P"]) == {"stale"}
    text = "the latest row of persons, of 2022-12-29, is older than 18 months"
    assert set(found.reasons.loc["P"]) == {text}
    persons = pd.DataFrame([{"customer": "P", "known_on": pd.Timestamp("2015-01-01"), **ITEMS}])
    records = CustomerRecords(persons=persons, stale_after_months=None)
    assert PERSON.compute(records, as_of="2024-06-30").values.loc["P", "debt_service_ratio"] == 0.25


def test_what_is_not_known_yet_is_missing() -> None:
    found = compute(("2024-07-01", ITEMS))
    assert found.values.isna().all(axis=None)
    assert set(found.reason_kinds.loc["P"]) == {"not_known_yet"}
    assert not np.isfinite(found.values.to_numpy()).any()
