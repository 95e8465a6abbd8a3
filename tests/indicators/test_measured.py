"""Arithmetic with gaps: each missing result has a reason, and none is infinite or zero instead."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.indicators import Measured, Reason
from creditscore.indicators._reason import ReasonKind

NAN = math.nan
OPERATORS: dict[str, Callable[..., Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
    "==": operator.eq, "!=": operator.ne, "abs": lambda a, b: abs(a) + abs(b),
    "where": lambda a, b: a.where(a > b, b), "log": lambda a, b: a.log() + b.log(),
    "filled": lambda a, b: (a / b).filled(0.0),
    "not": lambda a, b: ~(a > b) & (a != b) | (b < 0),
}  # fmt: skip
numbers = st.lists(
    st.one_of(st.just(NAN), st.floats(-1e300, 1e300), st.sampled_from([0.0, -1.0, 1e308, 5e-324])),
    min_size=3,
    max_size=3,
)


def texts(found: Measured) -> list[str]:
    return ["" if reason is None else str(reason) for reason in found.reasons]


@given(numbers, numbers, st.sampled_from(sorted(OPERATORS)))
@settings(deadline=None, max_examples=300)
def test_gaps_and_reasons_stand_at_the_same_places(
    left: list[float], right: list[float], name: str
) -> None:
    found = OPERATORS[name](Measured.of("a", left), Measured.of("b", right))
    assert not np.isinf(found.values).any()
    assert [reason is not None for reason in found.reasons] == found.missing.tolist()


@given(numbers, numbers)
@settings(deadline=None, max_examples=200)
def test_what_is_there_is_plain_arithmetic(left: list[float], right: list[float]) -> None:
    found = Measured.of("a", left) / Measured.of("b", right)
    for value, a, b in zip(found.values, left, right, strict=True):
        if not math.isnan(value):
            assert b > 0
            assert value == a / b


def test_the_reason_of_the_operand_is_kept() -> None:
    stale = Measured.of("assets", [NAN, 2.0], reason="the statement is too old")
    total = 1 + stale * 2 - stale / 4
    assert texts(total) == ["the statement is too old", ""]
    assert total.values[1] == 1 + 4 - 0.5


def test_denominators() -> None:
    profit, equity = Measured.of("profit", [1.0, 1.0, 1.0]), Measured.of("equity", [0.0, -2.0, 4.0])
    ratio = profit / equity
    assert texts(ratio) == ["equity is zero", "equity is negative", ""]
    assert [reason.kind for reason in ratio.reasons[:2]] == [
        "zero_denominator", "negative_denominator",
    ]  # fmt: skip
    kept = profit / Measured(
        name="equity", values=equity.values, reasons=equity.reasons, negative_denominator="keep"
    )
    assert kept.values[1:].tolist() == [-0.5, 0.25]
    assert texts(kept) == ["equity is zero", "", ""]
    assert (1 / equity).values[2] == 0.25


def test_currencies_and_scopes_are_not_mixed() -> None:
    def amount(name: str, currency: list[int], scope: list[int]) -> Measured:
        return Measured(
            name=name, values=np.ones(2), reasons=np.full(2, None),
            currency=np.array(currency), scope=np.array(scope),
        )  # fmt: skip

    now, before = amount("sales", [0, 0], [0, 0]), amount("sales before", [0, 1], [0, 0])
    assert texts(now / before)[1] == "sales and sales before are of two currencies"
    assert (now / before).reasons[1].kind == "currency"
    group = amount("profit of the group", [0, 0], [1, 1])
    assert {reason.kind for reason in (now - group).reasons} == {"consolidation"}
    # a ratio is in no currency, and may be compared with that of another year
    turnover, other = now / now, before / before
    assert (turnover - other).values.tolist() == [0.0, 0.0]
    # but it still says what it covers
    assert {r.kind for r in (turnover - group / group).reasons} == {"consolidation"}


def amounts(name: str, values: list[float], currency: list[int]) -> Measured:
    plain = Measured.of(name, values)
    return Measured(
        name=name, values=plain.values, reasons=plain.reasons, currency=np.array(currency)
    )


def test_what_is_chosen_keeps_its_own_currency() -> None:
    yuan, other = amounts("sales", [1.0] * 3, [0] * 3), amounts("order", [5.0] * 3, [1, 0, -1])
    none = Measured.of("c", [0.0, 0.0, 0.0]) > 0
    total = yuan.where(none, other) + yuan
    assert [reason and reason.kind for reason in total.reasons] == ["currency", None, "currency"]
    assert total.values[1] == 6.0
    assert texts(total)[2] == "the currency of sales or of sales is not stated"
    # a plain number is in none
    assert (yuan.where(none, 2.0) + yuan).values.tolist() == [3.0, 3.0, 3.0]
    scopes = [
        Measured(name="x", values=np.ones(1), reasons=np.full(1, None), scope=np.array([code]))
        for code in (0, 1)
    ]
    mixed = scopes[0].where(Measured.of("c", [0.0]) > 0, scopes[1]) - scopes[0]
    assert mixed.reasons[0].kind == "consolidation"


def test_only_what_is_not_known_is_filled() -> None:
    assert Measured.of("debt", [NAN]).filled(0).values.tolist() == [0.0]
    kinds: tuple[ReasonKind, ...] = ("stale", "currency", "zero_denominator", "period")
    for kind in kinds:
        gone = Measured.of("debt", [1.0]).without(np.array([True]), Reason(kind, "why"))
        assert texts(gone.filled(0)) == ["why"]
    # what is filled fits any currency
    returned = amounts("returned", [NAN, 1.0], [-1, 0]).filled(0)
    assert (returned / amounts("sales", [4.0, 4.0], [0, 0])).values.tolist() == [0.0, 0.25]
    # and takes that of what it is put together with
    both = returned + amounts("claims", [2.0, 2.0], [0, 0])
    assert (both / amounts("abroad", [1.0, 1.0], [1, 1])).missing.all()
    with pytest.raises(InvalidParameterError, match="'value' parameter of filled"):
        returned.filled(NAN)


@pytest.mark.parametrize(
    "use",
    [
        lambda a, b: (b > 0) & ~a,
        lambda a, b: a & (b > 0),
        lambda a, b: (b > 0) | a,
        lambda a, b: b.where(a, 0.0),
    ],
)
def test_only_what_is_true_or_false_is_a_condition(use: Callable[..., Any]) -> None:
    with pytest.raises(InvalidParameterError, match="'a' is 2 for a customer"):
        use(Measured.of("a", [1.0, 2.0]), Measured.of("b", [1.0, 1.0]))
    with pytest.raises(InvalidParameterError, match="'condition' parameter of where"):
        Measured.of("a", [1.0]).where(np.array([True]), 0.0)  # type: ignore[arg-type]


def test_equality_is_a_comparison() -> None:
    a = Measured.of("a", [1.0, 2.0, NAN])
    assert (a == 1).values[:2].tolist() == [1.0, 0.0]
    assert (a != 1).values[:2].tolist() == [0.0, 1.0]
    assert (a == 1).missing.tolist() == [False, False, True]
    with pytest.raises(TypeError, match="unhashable"):
        hash(a)


def test_a_plain_negative_number_divides() -> None:
    assert (Measured.of("a", [4.0]) / -2).values.tolist() == [-2.0]
    assert texts(Measured.of("a", [4.0]) / 0) == ["0 is zero"]


def test_truth_is_one_or_zero_and_unknown_stays_unknown() -> None:
    a, b = Measured.of("a", [1.0, 2.0, NAN]), Measured.of("b", [2.0, 1.0, 1.0])
    assert (a > b).values[:2].tolist() == [0.0, 1.0]
    assert ((a > b) | (b > 0)).values[:2].tolist() == [1.0, 1.0]
    assert ((a > b) & ~(b > 1)).values[:2].tolist() == [0.0, 1.0]
    assert texts(a > b)[2] == "a is not given"
    assert a.where(b > 1, -a).values[:2].tolist() == [1.0, -2.0]
    assert a.filled(0).values.tolist() == [1.0, 2.0, 0.0]
    with pytest.raises(InvalidParameterError, match="neither true nor false"):
        bool(a > b)


def test_what_is_not_chosen_may_be_missing() -> None:
    a = Measured.of("a", [NAN, 1.0])
    chosen = a.where(Measured.of("c", [0.0, 1.0]) > 0, 7.0)
    assert chosen.values.tolist() == [7.0, 1.0]


def test_results_beyond_floats_are_missing() -> None:
    large = Measured.of("large", [1e308])
    assert texts(large * 10) == ["(large * 10) is larger than numbers can be"]


def test_logarithms() -> None:
    found = Measured.of("assets", [math.e, 0.0, -1.0]).log()
    assert found.values[0] == pytest.approx(1)
    assert texts(found)[1] == "assets is not above zero, so it has no logarithm"
    assert abs(Measured.of("a", [-2.0])).values.tolist() == [2.0]


def test_what_is_refused() -> None:
    with pytest.raises(InvalidDataError, match="'a' is infinite for the customer at row 1"):
        Measured.of("a", [0.0, math.inf])
    with pytest.raises(InvalidParameterError, match="not of the same customers"):
        Measured.of("a", [1.0]) + Measured.of("b", [1.0, 2.0])
    with pytest.raises(InvalidParameterError, match="'other' parameter of arithmetic with a"):
        Measured.of("a", [1.0]) + "1"  # type: ignore[operator]
    with pytest.raises(InvalidDataError, match="a must hold numbers"):
        Measured.of("a", ["1"])  # type: ignore[list-item]
    for shape in (3.0, [[1.0]]):
        with pytest.raises(InvalidDataError, match="one number for each customer"):
            Measured.of("a", shape)  # type: ignore[arg-type]
    with pytest.raises(InvalidDataError, match="one reason, or None"):
        Measured(name="a", values=np.ones(2), reasons=np.full(1, None))


def test_reasons_are_values() -> None:
    assert Reason("stale", "too old") == Reason("stale", "too old")
    assert repr(Measured.of("a", [NAN, 1.0])) == "Measured(a: 2 values, 1 missing)"
