"""Coverage: whether earnings and cash carry interest and debt."""

from __future__ import annotations

from creditscore.indicators._financial._from_statements import from_statements
from creditscore.indicators._financial._source import BEAVER, CFA, PALEPU, PROJECTS, SASAC
from creditscore.indicators._indicator import Indicator
from creditscore.indicators._measured import Measured
from creditscore.indicators._panel import PanelFacts


def _ebitda(firm: PanelFacts) -> Measured:
    return firm.ebit + firm.depreciation + firm.amortisation


@from_statements(
    formula="ebit / interest_expense",
    unit="ratio",
    direction="higher",
    label="Interest cover",
    label_zh="已获利息倍数",
    five_c="capacity",
    source=SASAC,
    low=-10,
    high=100,
)
def interest_cover(firm: PanelFacts) -> Measured:
    return firm.ebit / firm.interest_expense


@from_statements(
    formula="(ebit + depreciation + amortisation) / interest_expense",
    unit="ratio",
    direction="higher",
    label="EBITDA interest cover",
    label_zh="EBITDA利息保障倍数",
    five_c="capacity",
    source=CFA,
    low=-10,
    high=150,
)
def ebitda_interest_cover(firm: PanelFacts) -> Measured:
    return _ebitda(firm) / firm.interest_expense


@from_statements(
    formula="(ebit + lease_expense) / (interest_expense + lease_expense)",
    unit="ratio",
    direction="higher",
    label="Fixed charge cover",
    label_zh="固定费用保障倍数",
    five_c="capacity",
    source=CFA,
    low=-10,
    high=100,
)
def fixed_charge_cover(firm: PanelFacts) -> Measured:
    return (firm.ebit + firm.lease_expense) / (firm.interest_expense + firm.lease_expense)


@from_statements(
    formula="(operating_cash_flow + interest_expense + tax) / interest_expense",
    unit="ratio",
    direction="higher",
    label="Cash interest cover",
    label_zh="现金流量利息保障倍数",
    five_c="capacity",
    source=PALEPU,
    low=-10,
    high=100,
)
def cash_interest_cover(firm: PanelFacts) -> Measured:
    before_interest = firm.operating_cash_flow + firm.interest_expense + firm.tax
    return before_interest / firm.interest_expense


@from_statements(
    formula="(ebit + depreciation + amortisation - tax) / (interest_expense + debt_repayment)",
    unit="ratio",
    direction="higher",
    label="Debt service cover",
    label_zh="偿债备付率",
    five_c="capacity",
    source=PROJECTS,
    low=-5,
    high=50,
)
def debt_service_cover(firm: PanelFacts) -> Measured:
    return (_ebitda(firm) - firm.tax) / (firm.interest_expense + firm.debt_repayment)


@from_statements(
    formula="operating_cash_flow / total_liabilities",
    unit="ratio",
    direction="higher",
    label="Operating cash flow to total liabilities",
    label_zh="现金流量债务比",
    five_c="capacity",
    source=BEAVER,
    low=-0.5,
    high=1.5,
)
def cash_flow_to_debt(firm: PanelFacts) -> Measured:
    return firm.operating_cash_flow / firm.total_liabilities


@from_statements(
    formula="(short_term_debt + long_term_debt) / (ebit + depreciation + amortisation)",
    unit="ratio",
    direction="lower",
    label="Interest-bearing debt to EBITDA",
    label_zh="有息债务与EBITDA比率",
    five_c=("capacity", "capital"),
    source=CFA,
    low=0,
    high=15,
)
def debt_to_ebitda(firm: PanelFacts) -> Measured:
    return (firm.short_term_debt + firm.long_term_debt) / _ebitda(firm)


COVERAGE: tuple[Indicator, ...] = (
    interest_cover,
    ebitda_interest_cover,
    fixed_charge_cover,
    cash_interest_cover,
    debt_service_cover,
    cash_flow_to_debt,
    debt_to_ebitda,
)
