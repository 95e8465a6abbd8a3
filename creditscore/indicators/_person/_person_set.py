"""Indicators of persons.

Age, sex, marital status, children, origin, religion and the like are no indicators here: laws on
equal credit protect them (in the United States the Equal Credit Opportunity Act, 15 USC 1691),
and what stands in their place may still carry them: see to fairness wherever a score is used.
"""

from __future__ import annotations

from typing import Any

from creditscore.indicators._facts import Facts
from creditscore.indicators._indicator import Indicator
from creditscore.indicators._indicator_set import IndicatorSet
from creditscore.indicators._measured import Measured

_UNDERWRITING = (
    "European Banking Authority, Guidelines on loan origination and monitoring, EBA/GL/2020/06"
)
_ABILITY_TO_PAY = "Consumer Financial Protection Bureau, Regulation Z, 12 CFR 1026.43"
_BUREAU = "Thomas, Crook and Edelman, Credit Scoring and Its Applications"
_SECURITY = "Basel Committee on Banking Supervision, CRE20, loan-to-value ratio"


def _quotient(
    name: str, above: str, below: str, label: str, label_zh: str, **details: Any
) -> Indicator:
    """Make an indicator of one item over another."""

    def compute(facts: Facts) -> Measured:
        return facts.persons.item(above) / facts.persons.item(below)

    return Indicator(
        name=name, compute=compute, group="person", formula=f"{above} / {below}", label=label,
        label_zh=label_zh, **{"unit": "ratio", "direction": "lower", **details},
    )  # fmt: skip


def _item(name: str, label: str, label_zh: str, *, item: str = "", **details: Any) -> Indicator:
    """Make an indicator of an item as it stands."""

    def compute(facts: Facts) -> Measured:
        return facts.persons.item(item or name)

    return Indicator(
        name=name, compute=compute, group="person", formula=item or name, label=label,
        label_zh=label_zh, **details,
    )  # fmt: skip


def _residual(facts: Facts) -> Measured:
    person = facts.persons
    return person.monthly_income - person.monthly_debt_service - person.monthly_living_costs


_ABILITY: tuple[Indicator, ...] = (
    _item("monthly_income", "Income of a month", "月收入", unit="amount", direction="higher",
          five_c="capacity", source=_UNDERWRITING, low=0),
    _quotient("debt_service_ratio", "monthly_debt_service", "monthly_income",
              "Debt service to income", "月还款收入比", five_c="capacity",
              source=_ABILITY_TO_PAY, low=0, high=2),
    _quotient("payment_to_income", "requested_monthly_payment", "monthly_income",
              "Requested payment to income", "申请贷款月供收入比", five_c="capacity",
              source=_ABILITY_TO_PAY, low=0, high=2),
    _quotient("debt_to_income", "total_debt", "annual_income", "Debt to annual income",
              "负债收入比", five_c=("capacity", "capital"), source=_UNDERWRITING, low=0, high=20),
    Indicator(name="residual_income", compute=_residual, group="person", unit="amount",
              direction="higher", label="Income left after debt service and living costs",
              label_zh="月可支配余额", five_c=("capacity",), source=_UNDERWRITING,
              formula="monthly_income - monthly_debt_service - monthly_living_costs"),
)  # fmt: skip

_CREDIT: tuple[Indicator, ...] = (
    _quotient("credit_utilisation", "revolving_balance", "revolving_limit", "Use of credit lines",
              "信用额度使用率", five_c=("character", "capacity"), source=_BUREAU, unit="share",
              low=0, high=1.5),
    _item("enquiries_6m", "Credit enquiries in 6 months", "近6个月征信查询次数", unit="count",
          direction="lower", five_c="character", source=_BUREAU, low=0, high=50),
    _item("delinquencies_24m", "Late payments in 24 months", "近24个月逾期次数", unit="count",
          direction="lower", five_c="character", source=_BUREAU, low=0, high=24),
    _item("worst_status", "Worst status in 24 months, instalments late",
          "近24个月最高逾期期数", item="worst_status_24m", unit="count", direction="lower",
          five_c="character", source=_BUREAU, low=0, high=24),
    _item("age_of_oldest_account_months", "Age of the oldest account", "最早账户账龄",
          unit="months", direction="higher", five_c="character", source=_BUREAU, low=0, high=900),
    _item("n_accounts", "Open accounts", "未结清账户数", unit="count", direction="neither",
          five_c="character", source=_BUREAU, low=0, high=100),
)  # fmt: skip

_STABILITY: tuple[Indicator, ...] = (
    _item("months_at_address", "Months at the address", "现住址居住月数", unit="months",
          direction="higher", five_c=("character", "conditions"), source=_BUREAU, low=0, high=1200),
    _item("months_in_job", "Months in the job", "现职月数", unit="months",
          direction="higher", five_c=("capacity", "conditions"), source=_BUREAU, low=0, high=720),
    _quotient("savings_to_income", "savings", "annual_income", "Savings to annual income",
              "储蓄收入比", direction="higher", five_c="capital", source=_UNDERWRITING, low=0,
              high=50),
    _quotient("loan_to_value", "loan_amount", "collateral_value", "Loan to value",
              "贷款价值比", five_c="collateral", source=_SECURITY, low=0, high=1.5),
)  # fmt: skip

PERSON = IndicatorSet(indicators=(*_ABILITY, *_CREDIT, *_STABILITY))
"""What a person earns, owes, has done with credit, and how long things have been as they are."""
