"""Rows of customers: windows, sums, means and shares; what is missing is told, never zero."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
)
from creditscore.indicators import (
    CustomerRecords,
    CustomerRows,
    Facts,
    IndicatorSet,
    Measured,
    facts_on,
    indicator,
)

AS_OF = "2024-06-30"


def days(*texts: str | None) -> Any:
    return pd.to_datetime(list(texts))


def why(found: Measured) -> list[str]:
    return ["" if reason is None else str(reason) for reason in found.reasons]


def rows_of(ledger: pd.DataFrame) -> CustomerRows:
    return facts_on(CustomerRecords(ledger=ledger), AS_OF).ledger


def test_what_weights_do_not_carry_is_missing_with_the_reason(ledger: pd.DataFrame) -> None:
    # the mean of nothing, and of more credit notes than invoices
    rows = rows_of(ledger.assign(amount=[100.0, -300.0, 50.0, 0.0]))
    late = rows.mean("disputed", weights="amount")
    assert why(late) == ["the sum of amount is negative", "the sum of amount is zero"]
    share = rows.share(rows.due_on > rows.invoiced_on, weights="amount")
    assert why(share) == ["the sum of amount is negative", "the sum of amount is zero"]
    assert share.reasons[0].kind == "negative_denominator"


def test_reasons_of_a_customer_do_not_depend_on_others(ledger: pd.DataFrame) -> None:
    gaps = ledger.assign(amount=[None, 1.0, 1.0, 1.0], x=[1.0, 1.0, 1.0, None])
    found = why(rows_of(gaps).mean("x", weights="amount"))
    assert found == ["amount is missing in a row of ledger", "x is missing in a row of ledger"]
    assert why(rows_of(gaps.iloc[[3]]).mean("x", weights="amount")) == found[1:]


def test_sums_beyond_floats_are_missing(ledger: pd.DataFrame) -> None:
    rows = rows_of(ledger.assign(amount=[1e308, 1e308, 1.0, 2.0]))
    for found in (rows.total("amount"), rows.mean("amount")):
        assert "is larger than numbers can be" in why(found)[0]
        assert found.values[1] == 2.0
    tiny = rows_of(ledger.assign(amount=1e-200))
    assert tiny.concentration("invoice", "amount").values.tolist() == [pytest.approx(1 / 3), 1.0]


def test_rows_that_name_nobody_have_no_concentration(ledger: pd.DataFrame) -> None:
    rows = rows_of(ledger.assign(buyer=["x", None, "y", "z"]))
    found = rows.concentration("buyer", "amount")
    assert why(found) == ["buyer is missing in a row of ledger", ""]


def test_a_column_that_is_not_there_is_never_zero(ledger: pd.DataFrame) -> None:
    @indicator(group="reputation", unit="share", direction="lower", formula="returned")
    def returned(facts: Facts) -> Measured:
        rows = facts.ledger
        return rows.share(rows.returnd == 1)

    table = IndicatorSet(indicators=(returned,)).compute(
        CustomerRecords(ledger=ledger), as_of=AS_OF
    )
    assert table.reasons["returned"].tolist() == ["ledger have no column 'returnd'"] * 2
    assert [str(entry) for entry in returned.inputs] == ["ledger"]
    rows = rows_of(ledger)
    with pytest.raises(MissingColumnError, match=r"no column 'amuont' \(near: 'amount'\)"):
        rows.total("amuont")
    # days that such a table may hold are all missing, and compare as false
    assert rows.share(rows.disputed_on <= rows.due_on).values.tolist() == [0.0, 0.0]
    assert repr(rows.within(months=3)) == (
        "CustomerRows(ledger: 1 row with due_on in the 3 months to 2024-06-30)"
    )


def test_a_share_of_nothing_of_a_currency_is_zero(ledger: pd.DataFrame) -> None:
    rows = rows_of(ledger.assign(currency="CNY", disputed=[True, False, False, False]))
    disputed = rows.where(rows.disputed == 1).total("amount").filled(0)
    assert (disputed / rows.total("amount")).values.tolist() == [pytest.approx(1 / 6), 0.0]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"returned_amount": [0.0, 40.0, 0.0, 0.0], "returned_on": days(None, None, None, None)},
         "row 1 has returned_amount 40 and no returned_on"),
        ({"disputed_on": days("2024-01-15", None, "2024-01-15", "2024-01-15")},
         "row 1 has disputed 1 and no disputed_on, so it would never count"),
        ({"invoice": ["1", "1", "2", "1"]}, "rows 0 and 1 are of the same invoice '1' of customer"),
    ],
)  # fmt: skip
def test_rows_that_would_count_never_or_twice_are_refused(
    ledger: pd.DataFrame, change: dict[str, Any], match: str
) -> None:
    with pytest.raises(InvalidDataError, match=f"Table 'ledger': {match}"):
        CustomerRecords(ledger=ledger.assign(**change))
    # invoices without a number are not of one number
    CustomerRecords(ledger=ledger.assign(invoice=[None, None, "1", "1"]))


@given(
    st.lists(
        st.tuples(
            st.sampled_from("AB"),
            st.floats(-1e3, 1e3) | st.none(),
            st.floats(-1e3, 1e3) | st.none(),
        ),
        min_size=1,
        max_size=8,
    )
)
@settings(deadline=None, max_examples=100)
def test_a_mean_is_there_or_has_a_reason(drawn: list[tuple[str, float, float]]) -> None:
    names, values, weights = (list(column) for column in zip(*drawn, strict=True))
    day = days(*["2024-01-01"] * len(drawn))
    ledger = pd.DataFrame(
        {
            "customer": names, "invoice": [str(place) for place in range(len(drawn))],
            "invoiced_on": day, "due_on": day, "settled_on": day,
            "amount": pd.Series(weights, dtype=float), "x": pd.Series(values, dtype=float),
        }
    )  # fmt: skip
    found = rows_of(ledger).mean("x", weights="amount")
    for place, name in enumerate(dict.fromkeys(names)):
        own = ledger[ledger["customer"] == name]
        total = own["amount"].sum(skipna=False)
        expected = (own["x"] * own["amount"]).sum(skipna=False) / total if total > 0 else np.nan
        assert (found.reasons[place] is None) == bool(np.isfinite(expected))
        np.testing.assert_allclose(found.values[place], expected, rtol=1e-9, atol=1e-9)


def test_invoices_settled_later_are_open(ledger: pd.DataFrame) -> None:
    facts = facts_on(CustomerRecords(ledger=ledger), "2024-06-30")
    rows = facts.ledger
    assert len(rows) == 4
    assert np.isnat(rows.settled_on).tolist() == [False, True, True, False]
    # a flag without a day is seen when the invoice is settled
    assert np.nan_to_num(rows.disputed, nan=-1).tolist() == [0.0, -1.0, -1.0, 1.0]
    assert len(facts_on(CustomerRecords(ledger=ledger), "2024-01-15").ledger) == 2
    later = facts_on(CustomerRecords(ledger=ledger), "2024-07-15").ledger
    assert later.disputed[1] == 1
    dated = ledger.assign(disputed_on=days(None, "2024-03-15", "2024-06-20", "2022-02-10"))
    seen = facts_on(CustomerRecords(ledger=dated), "2024-06-01").ledger
    assert np.nan_to_num(seen.disputed, nan=-1).tolist() == [-1.0, 1.0, -1.0, 1.0]


def test_numbers_of_rows(ledger: pd.DataFrame) -> None:
    facts = facts_on(CustomerRecords(ledger=ledger), "2024-06-30")
    recent = facts.ledger.within(months=12)
    assert recent.count().values.tolist() == [3.0, 0.0]
    assert recent.total("amount").values[0] == 600
    assert recent.mean("amount").values[0] == 200
    assert recent.mean("amount", weights="amount").values[0] == pytest.approx(14e4 / 600)
    assert recent.largest("amount").values[0] == 300
    assert recent.smallest("amount").values[0] == 100
    assert recent.share(recent.amount > 150, weights="amount").values[0] == pytest.approx(5 / 6)
    assert recent.concentration("invoice", "amount").values[0] == pytest.approx(14e4 / 36e4)
    assert why(recent.mean("amount"))[1] == (
        "no row of ledger with due_on in the 12 months to 2024-06-30"
    )
    before = facts.ledger.within(months=1, before_months=4)
    assert before.count().values.tolist() == [1.0, 0.0]
    large = facts.ledger.where(facts.ledger.amount > 250, "above 250")
    assert why(large.mean("amount"))[1] == "no row of ledger above 250"
    assert why(facts.contracts.count())[0] == "no table of contracts is given"


def test_a_later_row_does_not_turn_a_gap_into_none(ledger: pd.DataFrame) -> None:
    later = CustomerRecords(ledger=ledger.assign(customer=["A", "A", "A", "later"]))
    found = facts_on(later, "2021-06-30", customers=["A", "later"]).ledger.count()
    assert why(found)[1] == "ledger are known from 2022-01-01 on only"
    assert facts_on(later, "2024-06-30").ledger.count().values.tolist() == [3.0, 1.0]


def test_amounts_of_two_currencies_do_not_add_up(ledger: pd.DataFrame) -> None:
    mixed = ledger.assign(currency=["CNY", "USD", "CNY", "CNY"])
    rows = facts_on(CustomerRecords(ledger=mixed), "2024-06-30").ledger
    for found in (
        rows.total("amount"),
        rows.mean("amount"),
        rows.largest("amount"),
        rows.smallest("amount"),
        rows.mean(np.ones(len(rows)), weights="amount"),
        rows.concentration("invoice", "amount"),
    ):
        assert why(found)[0] == "ledger hold amounts of more than one currency"
        assert found.reasons[1] is None
    assert rows.count().values.tolist() == [3.0, 1.0]
    # of one currency each, but of two where they meet
    dollars = CustomerRecords(
        ledger=ledger.assign(currency="USD"),
        statements=pd.DataFrame(
            {
                "customer": ["A"], "period_end": days("2023-12-31"), "known_on": days("2024-04-30"),
                "currency": ["CNY"], "revenue": [1000.0],
            }
        ),
    )  # fmt: skip
    facts = facts_on(dollars, "2024-06-30", customers=["A"])
    share = facts.ledger.total("amount") / facts.revenue
    assert share.reasons[0].kind == "currency"


def test_gaps_in_rows_are_told(ledger: pd.DataFrame) -> None:
    rows = facts_on(
        CustomerRecords(ledger=ledger.assign(weight=[1.0, None, 0.0, 0.0])), "2024-06-30"
    )
    assert why(rows.ledger.total("weight"))[0] == "weight is missing in a row of ledger"
    found = rows.ledger.mean("amount", weights="weight")
    assert why(found)[0] == "weight is missing in a row of ledger"
    assert why(rows.ledger.largest("weight"))[0] == "weight is missing in a row of ledger"
    assert why(found)[1] == "the sum of weight is zero"
    assert found.reasons[1].kind == "zero_denominator"
    negative = ledger.assign(amount=[100.0, -300.0, 50.0, 1.0])
    found = facts_on(CustomerRecords(ledger=negative), "2024-06-30").ledger
    hhi = found.concentration("invoice", "amount")
    assert "a part is negative" in why(hhi)[0]
    assert hhi.values[1] == 1


def test_rows_refuse_what_is_no_column_of_theirs(ledger: pd.DataFrame) -> None:
    rows = facts_on(CustomerRecords(ledger=ledger), "2024-06-30").ledger
    with pytest.raises(InvalidParameterError, match="Windows go by a column of days"):
        rows.within(months=3, on="amount")
    with pytest.raises(InvalidParameterError, match="one number for each of its 4 rows"):
        rows.total(np.ones(3))
    with pytest.raises(InvalidParameterError, match="true or false for each"):
        rows.where(np.ones(4))  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'months' parameter"):
        rows.within(months=0)
