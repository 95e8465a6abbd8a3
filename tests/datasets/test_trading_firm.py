"""The trading firm: what is not planted is consistent, and what is planted is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer

from creditscore.datasets import TradingFirm, make_trading_firm
from creditscore.datasets._enterprises._draws import Int1D
from creditscore.datasets._enterprises._statements import ITEMS
from creditscore.datasets._trading_firm._identifiers import (
    CREDIT_CODE_ALPHABET,
    credit_codes,
    identity_numbers,
)
from creditscore.datasets._trading_firm._planting import SHARES, choose
from creditscore.datasets._trading_firm._statements import CONCEPTS
from creditscore.exceptions import InvalidParameterError

AS_OF = pd.Timestamp("2024-06-30")


@pytest.fixture(scope="module")
def firm() -> TradingFirm:
    return make_trading_firm(3_000, 2_000, random_state=3)


def of_kind(firm: TradingFirm, table: str, kind: str | None = None) -> pd.DataFrame:
    planted = firm.planted[firm.planted["table"] == table]
    return planted if kind is None else planted[planted["kind"] == kind]


def repaired(firm: TradingFirm, name: str) -> pd.DataFrame:
    """Return a table with the planted errors taken out, by what `planted` says."""
    table = getattr(firm, name).copy()
    key = table.columns[0]
    planted = of_kind(firm, name)
    # Second bookings stand at the end; some have the number of the first.
    extra = planted["kind"].isin(["duplicate invoice", "duplicate customer"])
    table = table.iloc[: len(table) - int(extra.sum())].set_index(key, drop=False)
    assert table.index.is_unique
    cells = planted[~extra & (planted["kind"] != "unverified value")]
    for column, errors in cells.groupby("column"):
        values: Any = errors["true_value"]
        if table[column].dtype.kind == "M":
            values = pd.to_datetime(values)
        elif table[column].dtype.kind == "f":
            values = values.astype(float)
        table.loc[errors["key"], column] = values.to_numpy()
    if name == "statements":
        keys = cells.loc[cells["kind"] == "wrong unit", "key"]
        amounts = [item for item in ITEMS if item not in ("shares_issued", "revenue")]
        table.loc[keys, amounts] *= 1000
    return table.reset_index(drop=True)


def assert_equal(left: pd.Series, right: pd.Series) -> None:
    """Compare amounts whose sums may differ in the last bits."""
    np.testing.assert_allclose(left.astype(float), right.astype(float), atol=1e-6, rtol=1e-9)


# --- reference: numbers of the standards ---------------------------------------------


def test_credit_codes_pass_the_checks_of_the_standard(firm: TradingFirm) -> None:
    codes = repaired(firm, "customers")["registration_number"].dropna()
    assert codes.is_unique
    assert all(is_credit_code(code) for code in codes)
    assert codes.str.match("9199").all()


def is_credit_code(code: str) -> bool:
    """Check as GB 32100-2015 and GB 11714 say, character by character."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(alphabet.index(c) * 3**place for place, c in enumerate(code[:17]))
    body, check = code[8:16], code[16]
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    left = 11 - sum(int(c, 36) * w for c, w in zip(body, weights, strict=True)) % 11
    own = {10: "X", 11: "0"}.get(left, str(left))
    return alphabet[(31 - total % 31) % 31] == code[17] and own == check


@pytest.mark.parametrize(
    ("code", "valid"),
    # Source: the published code of Huawei Technologies Co., Ltd., 914403001922038216, and the
    # same with a digit changed.
    [("914403001922038216", True), ("914403001922038217", False)],
)
def test_the_check_of_this_test_knows_a_published_code(code: str, valid: bool) -> None:
    assert is_credit_code(code) is valid


def is_identity_number(number: str) -> bool:
    """Check as GB 11643-1999 says: ISO 7064 MOD 11-2 over all 18 characters is 1."""
    value = 0
    for c in number:
        value = (value * 2 + (10 if c == "X" else int(c))) % 11
    return value == 1


def test_identity_numbers_pass_the_check_of_the_standard(firm: TradingFirm) -> None:
    # Source: the example that GB 11643-1999 prints in its annex.
    assert is_identity_number("11010519491231002X")
    customers = repaired(firm, "customers").dropna(subset="identity_number")
    numbers = customers["identity_number"]
    assert all(is_identity_number(number) for number in numbers)
    assert numbers.str.startswith("99").all()
    born = pd.to_datetime(numbers.str[6:14], format="%Y%m%d")
    assert (born.dt.year == customers["birth_year"]).all()
    assert (customers["opened_on"] - born > pd.Timedelta(days=18 * 365)).all()


def test_no_code_has_a_character_that_looks_like_another() -> None:
    codes = credit_codes(np.full(2_000, 990101), np.random.default_rng(0))
    assert set("".join(codes)) <= set(CREDIT_CODE_ALPHABET)
    numbers = identity_numbers(
        np.full(50, 990101), np.full(50, np.datetime64("1990-02-28", "D")), np.random.default_rng(0)
    )
    assert {number[6:14] for number in numbers} == {"19900228"}


def test_transpositions_are_found_by_the_check_character(firm: TradingFirm) -> None:
    errors = of_kind(firm, "customers", "digit transposition")
    assert set(errors["column"]) == {"registration_number", "identity_number"}
    for error in errors.itertuples():
        check = is_credit_code if error.column == "registration_number" else is_identity_number
        assert not check(error.value)
        assert check(error.true_value)
        assert sorted(error.value) == sorted(error.true_value)


def test_no_telephone_or_address_is_real(firm: TradingFirm) -> None:
    assert firm.customers["phone"].str.startswith("+86 120 ").all()
    assert firm.customers["email"].dropna().str.endswith(".example").all()


# --- law: all else is consistent -----------------------------------------------------

IDENTITIES: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "gross_profit": lambda s: s["revenue"] - s["cost_of_sales"],
    "ebit": lambda s: (
        s["gross_profit"] - s["operating_expenses"] - s["depreciation"] - s["amortisation"]
    ),
    "pretax_income": lambda s: s["ebit"] - s["interest_expense"],
    "total_assets": lambda s: s["total_liabilities"] + s["equity"],
    "equity": lambda s: s["share_capital"] + s["retained_earnings"],
    "total_liabilities": lambda s: s["current_liabilities"] + s["long_term_debt"],
}


@pytest.mark.parametrize("item", IDENTITIES)
def test_statements_add_up_once_repaired(firm: TradingFirm, item: str) -> None:
    statements = repaired(firm, "statements")
    assert_equal(statements[item], IDENTITIES[item](statements))
    assert statements.drop(columns="market_equity").notna().all(axis=None)
    owned = statements["current_assets"] + statements["fixed_assets"]
    assert_equal(statements["total_assets"], owned + statements["intangible_assets"])
    assert (statements["net_income"] - statements["pretax_income"] + statements["tax"] == 0).all()


def test_retained_earnings_grow_by_what_is_kept(firm: TradingFirm) -> None:
    statements = repaired(firm, "statements")
    last = statements.groupby(["customer", "period_end"], as_index=False).last()
    before = last.groupby("customer")["retained_earnings"].shift()
    grown = last["retained_earnings"] - before
    assert_equal(grown.dropna(), (last["net_income"] - last["dividends"])[before.notna()])


def test_a_restatement_takes_sales_back(firm: TradingFirm) -> None:
    statements = repaired(firm, "statements")
    assert (statements["known_on"] <= AS_OF).all()
    pairs = statements[statements.duplicated(["customer", "period_end"], keep=False)]
    versions = pairs.pivot_table(
        index=["customer", "period_end"], columns="version", values="revenue", sort=True
    )
    assert len(versions) > 50
    assert (versions["first"] > versions["restated"]).all()
    order = pairs.sort_values(["customer", "period_end", "known_on"])["version"]
    assert order.to_list() == ["first", "restated"] * len(versions)
    assert (pairs["period_end"] == "2022-12-31").all()


def test_filings_are_the_true_statements(firm: TradingFirm) -> None:
    statements = repaired(firm, "statements")
    keys = statements["statement"].str.replace("F", "XB")
    wide = firm.filings.pivot_table(index="filing", columns="concept", values="value")
    true = statements.set_index(keys)[list(CONCEPTS)].loc[wide.index]
    for item, concept in CONCEPTS.items():
        assert_equal(wide[concept], true[item])
    customers = repaired(firm, "customers").dropna(subset="registration_number")
    codes = customers.set_index("registration_number")["customer"]
    owner = statements.set_index(keys)["customer"]
    assert (firm.filings["entity"].map(codes) == firm.filings["filing"].map(owner)).all()


def test_payments_make_up_what_is_not_open(firm: TradingFirm) -> None:
    invoices, payments = repaired(firm, "invoices"), repaired(firm, "payments")
    paid = payments.groupby("invoice")["amount"].sum().reindex(invoices["invoice"], fill_value=0)
    np.testing.assert_allclose(
        paid.to_numpy(), invoices["amount"] - invoices["open_amount"], atol=1e-5
    )
    assert (invoices["settled_on"].isna() == (invoices["open_amount"] > 0)).all()
    last = payments.groupby("invoice")["paid_on"].max().reindex(invoices["invoice"])
    settled = invoices["settled_on"].notna().to_numpy()
    assert (last.to_numpy()[settled] == invoices["settled_on"].to_numpy()[settled]).all()
    assert (invoices["due_on"] > invoices["invoiced_on"]).all()
    assert invoices["amount"].gt(0).all()
    assert set(invoices["currency"]) == {"CNY"}
    both = payments.merge(invoices, on="invoice", suffixes=("", "_invoiced"), validate="m:1")
    assert len(both) == len(payments)
    assert (both["customer"] == both["customer_invoiced"]).all()
    assert (both["paid_on"] > both["invoiced_on"]).all()
    assert both["paid_on"].max() <= AS_OF


@pytest.mark.parametrize("day", ["2022-12-31", "2023-11-30", "2024-06-30"])
def test_performance_follows_from_invoices_and_payments(firm: TradingFirm, day: str) -> None:
    at = pd.Timestamp(day)
    invoices, payments = repaired(firm, "invoices"), repaired(firm, "payments")
    known = payments[payments["paid_on"] <= at].groupby("invoice")["amount"].sum()
    invoices = invoices[invoices["invoiced_on"] <= at]
    left = invoices["amount"] - known.reindex(invoices["invoice"], fill_value=0).to_numpy()
    is_open = left > 0.005
    late = (at - invoices["due_on"]).dt.days.clip(lower=0)
    rows = pd.DataFrame(
        {
            "customer": invoices["customer"],
            "balance": left,
            "overdue_amount": left.where(late > 0, 0),
            "days_past_due": late.where(is_open, 0).astype(float),
        }
    )
    told = firm.performance[firm.performance["month_end"] == at].set_index("customer")
    grouped = rows.groupby("customer")
    sums = grouped[["balance", "overdue_amount"]].sum().reindex(told.index, fill_value=0)
    np.testing.assert_allclose(told[sums.columns], sums, atol=1e-4)
    worst = grouped["days_past_due"].max().reindex(told.index, fill_value=0)
    assert (told["days_past_due"] == worst).all()


def test_outcomes_follow_from_performance(firm: TradingFirm) -> None:
    performance = firm.performance
    after = performance[performance["month_end"] > AS_OF]
    worst = after.groupby("customer")["days_past_due"].max()
    outcomes = firm.outcomes.set_index("customer")
    assert_frame_equal(
        worst.reindex(outcomes.index).to_frame(),
        outcomes[["worst_days_past_due"]].rename(columns={"worst_days_past_due": "days_past_due"}),
    )
    assert (outcomes["is_bad"] == (worst.reindex(outcomes.index) >= 90)).all()
    bad = after[after["days_past_due"] >= 90].groupby("customer")["month_end"].min()
    assert (outcomes["first_bad_on"].dropna() == bad.reindex(outcomes.index).dropna()).all()
    now = performance[performance["month_end"] == AS_OF].set_index("customer")["days_past_due"]
    assert (outcomes["in_default"] == (now >= 90).reindex(outcomes.index)).all()
    first = performance.groupby("customer").first()
    opened = repaired(firm, "customers").set_index("customer")["opened_on"].dt.to_period("M")
    months = first["month_end"].dt.to_period("M").astype("int64") - opened.astype("int64")
    assert (months.reindex(first.index) == first["months_on_book"]).all()


def test_ratings_are_of_customers_that_paid_and_tell_what_came(firm: TradingFirm) -> None:
    ratings, performance = firm.ratings, firm.performance
    for day, some in ratings.groupby("rated_on"):
        month_ends = performance["month_end"]
        after = performance[(month_ends > day) & (month_ends <= day + pd.DateOffset(months=12))]
        worst = after.groupby("customer")["days_past_due"].max()
        is_bad = worst.reindex(some["customer"]).to_numpy() >= 90
        assert (is_bad == some["is_bad_later"]).all()
    assert (ratings["analyst"] != ratings["approved_by"]).all()
    changed = ratings["model_grade"] != ratings["final_grade"]
    assert (changed == ratings["override_reason"].notna()).all()


def test_the_head_of_a_report_counts_its_details(firm: TradingFirm) -> None:
    reports = firm.bureau_reports.set_index("report")
    accounts = firm.bureau_accounts
    late = accounts["payment_status"].str.findall("[1-9]")
    accounts = accounts.assign(
        n_late=late.str.len(), worst=[max(map(int, digits), default=0) for digits in late]
    )
    by_report = accounts.groupby("report")

    def same(column: str, counted: pd.Series) -> None:
        assert_equal(reports[column], counted.reindex(reports.index, fill_value=0))

    same("n_accounts", by_report["is_open"].sum())
    same("delinquencies_24m", by_report["n_late"].sum())
    same("worst_status_24m", by_report["worst"].max())
    same("total_debt", by_report["balance"].sum())
    cards = accounts[accounts["is_open"] & accounts["kind"].str.contains("card")]
    same("revolving_limit", cards.groupby("report")["limit"].sum())
    same("revolving_balance", cards.groupby("report")["balance"].sum())
    enquiries = firm.bureau_enquiries
    days = enquiries["report"].map(reports["reported_on"]) - enquiries["enquired_on"]
    recent = enquiries[days.dt.days <= 182]
    same("enquiries_6m", recent.groupby("report").size())
    same("n_public_records", firm.bureau_records.groupby("report").size())
    people = repaired(firm, "customers").set_index("customer")
    numbers = people["identity_number"].reindex(reports["customer"]).to_numpy()
    assert (reports["identity_number"] == numbers).all()


def test_parents_are_the_owners_of_more_than_half(firm: TradingFirm) -> None:
    ownership = firm.ownership
    held = ownership[ownership["true_to"].isna() & (ownership["share"] > 0.5)]
    parents = repaired(firm, "customers").set_index("customer")["parent"].dropna()
    assert held.set_index("owned")["owner"].sort_index().to_dict() == parents.to_dict()
    now = ownership[ownership["true_to"].isna()].groupby("owned")["share"].sum()
    assert (now <= 1).all()
    assert ownership["owner"].str.startswith("X").any()
    # Some daughters own a little of their parents.
    pairs = set(zip(ownership["owner"], ownership["owned"], strict=True))
    assert any((owned, owner) in pairs for owner, owned in pairs)


def test_questions_that_do_not_apply_have_no_answer(firm: TradingFirm) -> None:
    answers = firm.questionnaires
    assert ((answers["has_bank_debt"] == "yes") == answers["bank_debt"].notna()).all()
    assert ((answers["exports"] == "yes") == answers["export_share"].notna()).all()
    events = firm.campaign.groupby("event")["customer"].agg(set)
    assert set(answers["customer"]) == events["returned"] | events["returned in part"]
    assert events["sent"] == set(repaired(firm, "customers").query("kind == 'enterprise'").customer)
    ends = firm.campaign[
        firm.campaign["event"].isin(["returned", "returned in part", "refused", "undeliverable"])
    ]
    assert ends["customer"].is_unique
    reminded = firm.campaign[firm.campaign["event"].str.startswith("reminder")]
    end = ends.set_index("customer")["on"].reindex(reminded["customer"]).to_numpy()
    assert (np.isnat(end) | (end > reminded["on"].to_numpy())).all()


def test_passages_stand_in_their_notes(firm: TradingFirm) -> None:
    notes = firm.interviews.set_index("interview")["note"]
    codings = firm.codings
    pairs = zip(codings["passage"], codings["interview"].map(notes), strict=True)
    assert all(passage in note for passage, note in pairs)
    assert (codings.groupby(["interview", "item"])["coder"].nunique() == 2).all()
    values = codings.groupby(["interview", "item"])["value"].agg(list)
    agreed = np.mean([a == b for a, b in values])
    assert 0.5 < agreed < 0.75


def test_days_of_facts_do_not_come_after_the_day_of_the_tables(firm: TradingFirm) -> None:
    later = {"performance": "month_end", "outcomes": "first_bad_on"}
    for name, table in firm:
        clean = repaired(firm, name) if name in ("invoices", "payments") else table
        for column in clean.select_dtypes(["datetime", "datetimetz"]).columns:
            if column in ("due_on", later.get(name)):
                continue
            days = clean[column]
            days = days.dt.tz_localize(None) if days.dt.tz is not None else days
            assert days.max() < AS_OF + pd.Timedelta(days=1), (name, column)


# --- law: what is planted is told ----------------------------------------------------


def test_every_kind_is_planted_in_its_share(firm: TradingFirm) -> None:
    planted = firm.planted
    assert set(planted["kind"]) == set(SHARES)
    n = {name: len(table) for name, table in firm}
    n["customers"] -= len(of_kind(firm, "customers", "duplicate customer"))
    n["invoices"] -= len(of_kind(firm, "invoices", "duplicate invoice"))
    n["files"] = 5_000
    for (table, kind), errors in planted.groupby(["table", "kind"]):
        share = errors["key"].nunique() / n[table]
        if table == "crm":
            assert 0.85 < share < 0.97
        elif kind == "self-declared only":
            assert len(errors) == 180
        elif kind == "unauthorised read":
            assert share == pytest.approx(2 * SHARES[kind], rel=0.05)
        elif SHARES[kind] and (table, kind) != ("customers", "outlier"):
            assert share == pytest.approx(SHARES[kind], rel=0.05), (table, kind)


def test_planted_values_stand_in_the_tables(firm: TradingFirm) -> None:
    for name, table in firm:
        if name in ("staff", "files"):
            continue
        keyed = table.drop_duplicates(table.columns[0], keep="last").set_index(
            table.columns[0], drop=False
        )
        for column, errors in of_kind(firm, name).groupby("column"):
            found = keyed.loc[errors["key"], column]
            told: Any = errors["value"]
            if found.dtype.kind == "M":
                told = pd.to_datetime(told)
            elif found.dtype.kind == "f":
                told = told.astype(float)
            same = (found.to_numpy() == told.to_numpy()) | (found.isna() & told.isna().to_numpy())
            assert same.all(), (name, column)


def test_docstring_lists_every_kind_with_its_share() -> None:
    text = make_trading_firm.__doc__ or ""
    for kind, share in SHARES.items():
        told = re.findall(rf"^    {kind} +\w+ +(\S+)", text, re.MULTILINE)
        assert told, kind
        assert share == 0 or str(share) in told


def test_at_most_one_error_a_row(firm: TradingFirm) -> None:
    planted = firm.planted[firm.planted["kind"] != "unverified value"]
    kinds = planted.groupby(["table", "key"])["kind"].nunique()
    assert (kinds.drop("invoices") == 1).all()
    # An invoice that was booked twice under its number is right but for being there twice.
    assert kinds.loc["invoices"].eq(1).all()


def test_duplicates_are_the_same_customers(firm: TradingFirm) -> None:
    customers = firm.customers.set_index("customer")
    errors = of_kind(firm, "customers", "duplicate customer")
    again, first = customers.loc[errors["key"]], customers.loc[errors["true_value"]]
    assert (again["phone"].to_numpy() == first["phone"].to_numpy()).all()
    differs = {
        "spelling": "name",
        "Chinese": "name",
        "abbreviation": "name",
        "moved address": "address",
    }
    for writing, column in differs.items():
        some = (errors["detail"] == writing).to_numpy()
        firms = some & (first["kind"] == "enterprise").to_numpy()
        assert firms.any()
        assert (again[column].to_numpy()[firms] != first[column].to_numpy()[firms]).all(), writing
    chinese = (errors["detail"] == "Chinese").to_numpy()
    assert (again["name"].to_numpy()[chinese] == first["name_zh"].to_numpy()[chinese]).all()
    number = again["registration_number"]
    known = number.notna().to_numpy()
    assert (number.to_numpy()[known] == first["registration_number"].to_numpy()[known]).all()
    true = firm.crm["record"].map(of_kind(firm, "crm").set_index("key")["true_value"])
    phone = customers["phone"].str.removeprefix("+86 ").str.replace(" ", "")
    told = firm.crm["mobile"].notna()
    told &= true.notna()
    assert (firm.crm["mobile"][told] == true[told].map(phone)).all()
    # Those that are nobody's have a telephone that no customer has.
    others = firm.crm.loc[true.isna(), "mobile"].dropna()
    assert len(others) > 100
    assert not others.isin(phone.str.removeprefix("+86 ")).any()


def test_errors_of_statements_break_what_they_should(firm: TradingFirm) -> None:
    statements = firm.statements.set_index("statement")

    def rows(kind: str) -> pd.DataFrame:
        return statements.loc[of_kind(firm, "statements", kind)["key"].unique()]

    off = rows("unbalanced")
    assert (off["total_assets"] != off["total_liabilities"] + off["equity"]).all()
    fine = rows("wrong unit").dropna()
    assert_equal(fine["total_assets"], fine["total_liabilities"] + fine["equity"])
    hidden = rows("outlier")
    assert_equal(hidden["gross_profit"], hidden["revenue"] - hidden["cost_of_sales"])
    turnover = statements["revenue"] / statements["total_assets"]
    assert (turnover.loc[hidden.index] > turnover.drop(hidden.index).quantile(0.99)).mean() > 0.9
    signs = of_kind(firm, "statements", "sign error")
    assert (signs["value"].astype(float) == -signs["true_value"].astype(float)).all()
    missing = of_kind(firm, "statements", "missing item")["key"]
    quality = firm.outcomes.set_index("customer")["quality"]
    owner = statements["customer"].map(quality)
    assert owner.loc[missing].mean() < owner.mean() - 0.2


def test_files_are_missing_of_small_firms_in_the_west(firm: TradingFirm) -> None:
    missing = of_kind(firm, "files", "missing file")["key"]
    customers = repaired(firm, "customers").set_index("customer")
    assert set(customers.index) - set(firm.files["customer"]) == set(missing)
    open_amount = repaired(firm, "invoices").groupby("customer")["open_amount"].sum()
    assert (open_amount.reindex(missing) > 0).all()
    small = customers["size"].isin(["micro", "small"]) & (customers["region"] == "west")
    assert customers.index.isin(missing)[small].mean() > 3 * customers.index.isin(missing).mean()
    stale = of_kind(firm, "files", "stale file")["key"]
    age = (AS_OF - firm.files.set_index("customer")["reviewed_on"]).dt.days
    assert set(age[age > 730].index) == set(stale)


def test_fewer_small_firms_answer(firm: TradingFirm) -> None:
    returned = firm.campaign[firm.campaign["event"].str.startswith("returned")]
    customers = repaired(firm, "customers").query("kind == 'enterprise'")
    answered = customers["customer"].isin(returned["customer"])
    rate = answered.groupby(customers["size"]).mean()
    assert rate["micro"] < rate["small"] < rate["large"]
    assert answered[customers["region"] == "west"].mean() < answered.mean() - 0.05


def test_self_declared_firms_have_no_statement(firm: TradingFirm) -> None:
    errors = of_kind(firm, "questionnaires", "self-declared only")
    owner = firm.questionnaires.set_index("questionnaire")["customer"]
    assert not owner.loc[errors["key"]].isin(firm.statements["customer"]).any()
    conflicts = of_kind(firm, "questionnaires", "conflict")
    factor = conflicts["value"].astype(float) / conflicts["true_value"].astype(float)
    assert factor.between(1.25, 1.85).all()
    statements = repaired(firm, "statements")
    last = statements[statements["period_end"] == "2023-12-31"]
    true = last.groupby("customer")["revenue"].last().reindex(owner.loc[conflicts["key"]]).dropna()
    assert len(true) > 100
    assert set(true) <= set(conflicts["true_value"].astype(float))


def test_two_visitors_are_harsh_and_lenient(firm: TradingFirm) -> None:
    planted = of_kind(firm, "staff", "rater severity").set_index("key")["true_value"].astype(float)
    marks = ["order", "stock_condition", "equipment", "staff_morale", "management"]
    mean = firm.visits.groupby("visitor")[marks].mean().mean(axis=1)
    others = mean.drop(planted.index)
    for visitor, severity in planted.items():
        assert mean[visitor] - others.mean() == pytest.approx(severity, abs=0.2)
    assert (others - others.mean()).abs().max() < 0.4
    assert firm.visits[marks].isin([1, 2, 3, 4, 5]).all(axis=None)


def test_one_analyst_only_raises_and_knows_nothing(firm: TradingFirm) -> None:
    grades = ["AAA", "AA", "A", "BBB", "BB", "B", "CCC"]
    ratings = firm.ratings
    step = ratings["model_grade"].map(grades.index) - ratings["final_grade"].map(grades.index)
    errors = of_kind(firm, "ratings")
    planted = ratings["rating"].isin(errors["key"])
    assert set(ratings.loc[planted, "analyst"]) == {"A04"}
    assert (step[planted] > 0).all()
    biased = ratings["analyst"] == "A04"
    assert (step[biased] >= 0).all()
    assert (step[biased] > 0).mean() > 0.35
    honest = step[~biased & (step != 0)]
    assert 0.3 < (honest > 0).mean() < 0.7
    # What honest analysts raise defaults less often than its model grade does; not so here.
    is_bad = ratings["is_bad_later"]
    expected = is_bad.groupby(ratings["model_grade"]).transform("mean")
    raised = honest[honest > 0].index
    assert is_bad[raised].mean() < 0.85 * expected[raised].mean()
    assert is_bad[planted].mean() > 0.9 * expected[planted].mean()


def test_breaches_break_a_rule_and_nothing_else_does(firm: TradingFirm) -> None:
    rules = set(firm.access_rules.itertuples(index=False, name=None))
    log = firm.access_log.set_index("entry")
    keys = zip(log["role"], log["purpose"], log["item"], strict=True)
    forbidden = pd.Series([key not in rules for key in keys], index=log.index)
    breaches = of_kind(firm, "access_log").set_index("key")["detail"]
    assert set(forbidden[forbidden].index) == set(breaches[breaches != "volume"].index)
    burst = log.loc[breaches[breaches == "volume"].index]
    assert burst["actor"].unique().tolist() == ["S02"]
    assert (burst["at"].dt.hour < 6).all()
    rest = log.drop(burst.index)
    assert rest["at"].dt.hour.between(8, 18).all()
    assert (rest["at"].dt.day_of_week < 5).all()
    per_day = rest.groupby(["actor", rest["at"].dt.date]).size()
    assert len(burst) > 4 * per_day.max()
    staff = firm.staff.set_index("staff")["role"]
    assert (log["actor"].map(staff) == log["role"]).all()


def test_contact_data_stood_in_the_list_before_they_were_checked_or_confirmed(
    firm: TradingFirm,
) -> None:
    listed = firm.customers.set_index("customer")
    entered = listed["entered_on"]
    assert entered.between(listed["opened_on"], AS_OF).all()
    assert (entered > listed["opened_on"]).mean() == pytest.approx(0.4, abs=0.03)
    assert not (entered > listed["verified_on"]).any()
    told = firm.contacts.dropna(subset="confirmed")
    at = told["at"].dt.tz_localize(None).dt.normalize()
    assert (at > told["customer"].map(entered)).all()
    # some were changed long after the customer came
    assert (entered - listed["opened_on"]).quantile(0.9) > pd.Timedelta(days=365)


# --- reference: how far models come --------------------------------------------------


def test_about_a_tenth_is_bad_and_some_vintages_are_young(firm: TradingFirm) -> None:
    outcomes = firm.outcomes
    assert outcomes["is_bad"].mean() == pytest.approx(0.105, abs=0.02)
    assert outcomes["in_default"].mean() < 0.04
    worst = outcomes["worst_days_past_due"]
    assert 0.03 < worst.between(30, 89).mean() < 0.15
    opened = repaired(firm, "customers")["opened_on"]
    assert 0.3 < (opened >= "2022-07-01").mean() < 0.5


def days_late(firm: TradingFirm) -> pd.DataFrame:
    """Return how customers paid as of the day of the tables."""
    invoices = repaired(firm, "invoices")
    end = invoices["settled_on"].fillna(AS_OF)
    late = (end - invoices["due_on"]).dt.days.clip(lower=0)
    grouped = late.groupby(invoices["customer"])
    recent = late[invoices["invoiced_on"] > "2023-12-31"]
    recent = recent.groupby(invoices["customer"]).mean()
    return pd.DataFrame({"late": grouped.mean(), "recent": recent}).fillna(0)


def auc_of(firm: TradingFirm, features: pd.DataFrame) -> float:
    outcomes = firm.outcomes[~firm.outcomes["in_default"]].set_index("customer")
    shared = outcomes.index.intersection(features.index)
    X, y = features.loc[shared], outcomes.loc[shared, "is_bad"]
    model = make_pipeline(
        QuantileTransformer(output_distribution="normal", n_quantiles=100),
        LogisticRegression(),
    )
    scores = cross_val_predict(model, X, y, cv=5, method="predict_proba")[:, 1]
    return float(roc_auc_score(y, scores))


def test_simple_models_of_enterprises(firm: TradingFirm) -> None:
    last = repaired(firm, "statements").groupby("customer").last()
    assets = last["total_assets"]
    ratios = pd.DataFrame(
        {
            "return": last["ebit"] / assets,
            "equity": last["equity"] / assets,
            "retained": last["retained_earnings"] / assets,
            "working": (last["current_assets"] - last["current_liabilities"]) / assets,
        }
    )
    both = ratios.join(days_late(firm), how="left").fillna(0)
    assert 0.65 < auc_of(firm, ratios) < 0.80
    assert 0.70 < auc_of(firm, both) < 0.85
    assert auc_of(firm, both) > auc_of(firm, ratios)


def test_simple_models_of_persons(firm: TradingFirm) -> None:
    reports = firm.bureau_reports.set_index("customer")
    counts = reports[["enquiries_6m", "delinquencies_24m", "worst_status_24m"]]
    use = (reports["revolving_balance"] / reports["revolving_limit"]).fillna(0)
    told = firm.applications.set_index("customer")
    money = pd.DataFrame(
        {
            "service": told["monthly_debt_service"] / told["monthly_income"],
            "savings": told["savings"] / told["monthly_living_costs"],
        }
    ).fillna(0)
    bureau = counts.assign(use=use).join(money)
    both = bureau.join(days_late(firm), how="left").fillna(0)
    assert 0.65 < auc_of(firm, bureau) < 0.85
    assert 0.70 < auc_of(firm, both) < 0.85


# --- law: the seed decides everything ------------------------------------------------


def test_the_same_seed_gives_the_same_tables() -> None:
    first, second = (make_trading_firm(40, 30, random_state=5) for _ in range(2))
    other = make_trading_firm(40, 30, random_state=6)
    for name, table in first:
        assert_frame_equal(table, getattr(second, name))
    assert not first.invoices["amount"].equals(other.invoices["amount"])


def test_the_generator_leaves_the_global_seed_alone() -> None:
    before = np.random.get_state()[1].tolist()  # noqa: NPY002 - that it is untouched
    make_trading_firm(5, 5)
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002 - the same


# --- edges ---------------------------------------------------------------------------


@pytest.mark.parametrize(("n_enterprises", "n_persons"), [(1, 1), (1, 30), (30, 1), (2, 2)])
@pytest.mark.parametrize("seed", range(4))
def test_small_firms_can_be_made(n_enterprises: int, n_persons: int, seed: int) -> None:
    firm = make_trading_firm(n_enterprises, n_persons, random_state=seed)
    assert len(firm.outcomes) == n_enterprises + n_persons
    assert firm.visits["visit"].is_unique
    assert all(isinstance(table.index, pd.RangeIndex) for _, table in firm)


KEYED = (
    "statements", "visits", "ratings", "contacts", "access_log", "bureau_reports", "questionnaires",
    "payments", "crm", "files", "applications", "interviews", "references", "consents", "outcomes",
)  # fmt: skip
"""Tables whose first column is a key, as it is with the errors."""


@pytest.mark.parametrize("name", KEYED)
def test_keys_are_unique(firm: TradingFirm, name: str) -> None:
    table = getattr(firm, name)
    assert table.iloc[:, 0].is_unique


def chosen(share: float, n: int, weight: Any = None) -> Int1D:
    return choose(share, np.ones(n, dtype=bool), np.random.default_rng(0), weight)


def test_choose_takes_at_least_one_and_no_more_than_there_are() -> None:
    rng = np.random.default_rng(1)
    assert len(choose(0.001, np.ones(10, dtype=bool), rng)) == 1
    assert len(choose(0.9, np.arange(10) < 3, rng)) == 3
    assert len(choose(0.5, np.zeros(10, dtype=bool), rng)) == 0
    assert len(np.unique(chosen(0.4, 1_000))) == 400
    weight = np.where(np.arange(10_000) < 1_000, 5.0, 1.0)
    rows = chosen(0.05, 10_000, weight)
    # Five times the weight, about five times the share.
    heavy, light = (rows < 1_000).sum() / 1_000, (rows >= 1_000).sum() / 9_000
    assert 4 < heavy / light < 6


# --- errors --------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [0, -5, 2.5, "many", True])
@pytest.mark.parametrize("name", ["n_enterprises", "n_persons"])
def test_wrong_sizes(name: str, wrong: Any) -> None:
    match = rf"'{name}' parameter of make_trading_firm must be .*{wrong!r}"
    with pytest.raises(InvalidParameterError, match=match):
        make_trading_firm(**{name: wrong})


def test_wrong_seeds() -> None:
    with pytest.raises(InvalidParameterError, match=r"'random_state' parameter of make_.*-1"):
        make_trading_firm(10, random_state=-1)
