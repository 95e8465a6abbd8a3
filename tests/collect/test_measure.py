"""Units as measures: one reading of words for mappings, columns of units, codes and questions."""

from __future__ import annotations

import warnings
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.collect import (
    FieldRule,
    Interview,
    Item,
    ItemCatalogue,
    ItemRule,
    Observations,
    Question,
    SourceMapping,
    read_source,
)
from creditscore.collect._questionnaire._counted import kept_in
from creditscore.collect._reader._measure import (
    Measure,
    factor_to,
    may_mean,
    measure_of,
    times_beside,
)
from creditscore.exceptions import InvalidDataError, InvalidParameterError

AT = "2024-05-02"


def item_in(unit: str) -> Item:
    return Item(name="x", group="operating", unit=unit)


@pytest.mark.parametrize(
    ("words", "scale", "size", "base", "per"),
    [
        ("万吨", "10000", "1000", "kg", ""), ("thousand units", "1000", "1", "units", ""),
        ("'000 shares", "1000", "1", "shares", ""), ("units ('000)", "1000", "1", "units", ""),
        ("1,000 万股", "10000000", "1", "shares", ""), ("百亿元", "10000000000", "1", "CNY", ""),
        ("hundred thousand CNY", "100000", "1", "CNY", ""), ("10.000 EUR", "10000", "1", "EUR", ""),
        ("10 000 CNY", "10000", "1", "CNY", ""), ("$m", "1000000", "1", "$", ""),
        ("人民币（万元）", "10000", "1", "CNY", ""), ("美元（万）", "10000", "1", "USD", ""),
        ("in TEUR", "1000", "1", "EUR", ""), ("Tausend Euro", "1000", "1", "EUR", ""),
        ("TEUR per month", "1000", "1", "EUR", "1 months"), ("% p.a.", "1", "0.01", "fraction",
         "12 months"), ("天/月", "1", "1", "days", "1 months"), ("每月美元", "1", "1", "USD",
         "1 months"), ("元（每月）", "1", "1", "CNY", "1 months"), ("EUR/kg", "1", "1", "EUR",
         "1 kg"), ("USD a year", "1", "1", "USD", "12 months"),
        # what only looks like a scale, a number or what it is per
        ("千克", "1", "1", "kg", ""), ("千瓦时", "1", "1", "千瓦时", ""),
        ("m²", "1", "1", "m2", ""), ("百分点", "1", "0.01", "fraction", ""),
        ("k.A.", "1", "1", "k.a.", ""), ("per cent", "1", "0.01", "fraction", ""),
        ("USD/EUR", "1", "1", "usd/eur", ""), ("30 days", "1", "1", "30 days", ""),
        ("persons / 人", "1", "1", "persons", ""), ("万元/元", "10000", "1", "CNY", ""),
        ("Händler/innen", "1", "1", "händler/innen", ""),
        ("EUR/piece", "1", "1", "EUR", "1 piece"), ("months/year", "1", "1", "months",
         "12 months"),
        ("shares 1000", "1", "1", "shares 1000", ""),
    ],
)  # fmt: skip
def test_words_are_read_as_measures(words: str, scale: str, size: str, base: str, per: str) -> None:
    assert measure_of(words) == Measure(Decimal(scale), Decimal(size), base, per)


@pytest.mark.parametrize(
    ("unit", "text", "factor"),
    [
        ("万吨", "吨", "0.0001"), ("万吨", "千吨", "0.1"), ("万吨", "thousand t", "0.1"),
        ("万吨", "万", "1"), ("thousand units", "million units", "1000"),
        ("thousand units", "units", "0.001"), ("million t", "thousand t", "0.001"),
        ("ratio", "%", "0.01"), ("basis points", "%", "100"), ("percent", "%", "1"),
        ("Tage", "weeks", "7"), ("天", "Wochen", "7"), ("months", "年", "12"),
        ("persons", "万人", "10000"), ("days per month", "weeks/month", "7"),
        ("CNY per month", "万元/月", "10000"), ("CNY", "万元", "10000"), ("quarters", "years", "4"),
    ],
)  # fmt: skip
def test_one_measure_is_turned_into_another(unit: str, text: str, factor: str) -> None:
    assert factor_to(item_in(unit), text) == (Decimal(factor), unit)


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("万吨", "units"), ("thousand units", "t"), ("% p.a.", "fraction"),
        ("% p.a.", "% per month"), ("hours", "days"), ("days", "hours"), ("Tage", "months"),
        ("persons", "%"), ("days per month", "days per year"), ("days per month", "days"),
        ("CNY per month", "CNY"), ("CNY", "USD"), ("ratio", "times"),
    ],
)  # fmt: skip
def test_other_measures_are_not_turned(unit: str, text: str) -> None:
    with pytest.raises(InvalidParameterError, match=f"is kept in {unit}, and '{text}' cannot be"):
        factor_to(item_in(unit), text)


SCALED = ["千克", "千瓦时", "万吨", "thousand units", "m²", "CNY per month", "1,000 shares",
          "百分点", "万元", "ratio", "10 kg", "％"]  # fmt: skip


@pytest.mark.parametrize("unit", SCALED)
def test_the_own_words_of_an_item_are_its_unit(unit: str) -> None:
    item = item_in(unit)
    catalogue = ItemCatalogue(items=(item,))
    question = Question(key="q", kind="number", text="Q", item="x", unit=unit)
    assert kept_in(question, item) == (1, unit)
    note = Interview(
        interview="G1", customer="C1", text="It has five.", interviewer="wu", at="2024-05-06",
        source="site_visit",
    )  # fmt: skip
    coded = note.code("x", 5, coder="li", passage="five", unit=unit)
    assert coded.to_observations(catalogue=catalogue).table["number"].tolist() == [5.0]
    for told in ("", unit):
        assert numbers_read(item, ["5"], told) == [5.0]


def numbers_read(item: Item, cells: list[str], unit: str = "") -> list[float]:
    mapping = SourceMapping(
        source="internal_record", method="data_analysis", customer=FieldRule(columns=("c",)),
        true_from=FieldRule(value="2023-12-31"), columns={"v": ItemRule(item="x", unit=unit)},
    )  # fmt: skip
    table = pd.DataFrame({"v": cells, "c": [f"C{n}" for n in range(len(cells))]})
    with warnings.catch_warnings(action="ignore"):
        found = read_source(table, mapping, collected_at=AT, catalogue=ItemCatalogue(items=(item,)))
    return found.observations.table["number"].tolist()


def test_a_cell_may_count_in_the_unit_of_its_item_or_in_less() -> None:
    assert numbers_read(item_in("万吨"), ["3 万吨", "3万", "20000 吨"]) == [3.0, 3.0, 2.0]
    assert numbers_read(item_in("thousand units"), ["3 thousand units", "500 units"]) == [3.0, 0.5]
    assert numbers_read(item_in("千克"), ["3 千克", "3 克", "3 t"]) == [3.0, 0.003, 3000.0]
    assert numbers_read(item_in("days"), ["3 Wochen", "3 months", "3 boxes"]) == [21.0]
    assert numbers_read(item_in("EUR per month"), ["5 €/Monat", "€5", "5 EUR p.a."]) == [5.0, 5.0]
    # in a column of less, what the item itself counts in is another
    assert numbers_read(item_in("万吨"), ["30000 吨", "3 万吨"], "吨") == [3.0]
    assert numbers_read(item_in("ratio"), ["45%", "0.45"]) == [0.45, 0.45]
    # there since 2015
    assert numbers_read(item_in("months"), ["3年", "2015年", "２０１５ 年"]) == [36.0]
    assert numbers_read(item_in("months"), ["3年", "2015年"], "年") == [36.0]
    assert numbers_read(item_in("percent"), ["45%"], "fraction") == [45.0]


def test_codes_of_scaled_units_are_one_value_once_the_item_is_known() -> None:
    catalogue = ItemCatalogue(items=(item_in("万吨"),))
    note = Interview(
        interview="G1", customer="C1", text="It has five.", interviewer="wu", at="2024-05-06",
        source="site_visit",
    )  # fmt: skip
    coded = note.code("x", 5, coder="li", passage="five", unit="万吨", catalogue=catalogue)
    coded = coded.code("x", 50, coder="ma", passage="five", unit="千吨", catalogue=catalogue)
    assert coded.to_observations(catalogue=catalogue).table["number"].tolist() == [5.0]


def test_codes_say_the_currency_alone() -> None:
    note = Interview(
        interview="G1", customer="C1", text="It has five.", interviewer="wu", at="2024-05-06",
        source="site_visit",
    )  # fmt: skip
    coded = note.code("monthly_income", 5, coder="li", passage="five", unit="TUSD p.a.")
    with pytest.raises(InvalidDataError, match=r"over which time .*: name the currency alone, USD"):
        coded.to_observations()
    same = note.code("x", 5, coder="li", passage="five", unit="TUSD p.a.")
    catalogue = ItemCatalogue(items=(item_in("USD per year"),))
    assert same.to_observations(catalogue=catalogue).table["number"].tolist() == [5_000.0]


def test_observations_say_the_currency_alone() -> None:
    facts = pd.DataFrame({
        "customer": ["A"], "item": ["revenue"], "value": [5], "unit": ["TEUR per month"],
        "true_from": "2023-12-31", "source": "public_filing", "method": "data_analysis",
        "collected_at": AT,
    })  # fmt: skip
    with pytest.raises(InvalidDataError, match=r"'TEUR per month' says over which time amounts "
                       "are.*: name the currency alone, EUR"):  # fmt: skip
        Observations.from_frame(facts)


@pytest.mark.parametrize("unit", ["USD per month", "USD per year", "TUSD p.a.", "美元/年"])
def test_amounts_are_of_no_time_that_their_item_does_not_say(unit: str) -> None:
    income = ItemCatalogue.standard()["monthly_income"]
    with pytest.raises(InvalidParameterError, match=r"over which time .* currency alone, USD, and"):
        factor_to(income, unit)
    with pytest.raises(InvalidParameterError, match="'USD/shares' is no currency"):
        factor_to(income, "USD/shares")
    assert factor_to(item_in("USD per year"), "TUSD p.a.") == (1_000, "USD per year")


@pytest.mark.parametrize(
    ("kept", "unit", "beside"),
    [
        ("days", "Tage", ["Tage", "天", "days"]), ("days", "weeks", ["weeks", "Wochen", "周"]),
        ("weeks", "days", ["days", "天"]), ("months", "年", ["年", "years"]),
        ("persons", "万人", ["万人", "万 persons"]), ("t", "kg", ["kg", "公斤"]),
        ("fraction", "pct", ["pct", "percent"]), ("fraction", "basis points", ["bp", "bps"]),
        ("EUR per month", "TEUR per month", ["TEUR per month", "T€/Monat", "TEUR"]),
        ("boxes", "thousand boxes", ["thousand boxes"]), ("bps", "", ["bp"]),
    ],
)  # fmt: skip
def test_a_cell_may_name_the_unit_of_its_rule(kept: str, unit: str, beside: list[str]) -> None:
    (plain,) = numbers_read(item_in(kept), ["3"], unit)
    cells = [f"3 {words}" for words in beside]
    assert numbers_read(item_in(kept), cells, unit) == [plain] * len(cells)


@pytest.mark.parametrize(
    ("unit", "scale", "cell", "reason"),
    [
        ("days", 1, "3 kg", "names kg, and is to be in days"),
        ("days", 1, "Lane 3", "has words beside its number that are no unit, and is to be in days"),
        ("", 1, "3 lots", "has words beside its number that are no unit, and nothing says its 'un"),
        ("EUR per month", 1, "3 EUR p.a.", "says per what its number is, and is to be in EUR per"),
        ("days", 7, "3 days", "is counted in 1, and its column in 7"),
    ],
)
def test_another_unit_beside_a_number_is_named(
    unit: str, scale: int, cell: str, reason: str
) -> None:
    before, after = cell.split("3")
    with pytest.raises(InvalidParameterError, match=f"^{reason}"):
        times_beside(before.strip(), after.strip(), unit, Decimal(scale))


@pytest.mark.parametrize(
    ("unit", "words", "may"),
    [
        ("count", "cases", True), ("units", "m²", False), ("score", "points (1-5)", False),
        ("days", "working days", False), ("days", "workdays", False), ("days", "逾期天数", True),
        ("%", "% of sales", False), ("fraction", "倍", True), ("count", "times", True),
        ("days per month", "late days per month", True), ("units", "tonnes", False),
        ("persons", "persons on 31 December 2023", False), ("persons", "人（2023年末）", False),
        ("persons", "Mitarbeiter/innen", True), ("cases", "cases in the last 12 months", False),
        ("points", "1 bis 5", False), ("points", "1到5分", False), ("points", "out of 10", False),
        ("index", "2015=100", False), ("units", "件/个", False),
        ("months", "months, 1 to 12", False),
        ("years", "years (since 2010)", False), ("units", "pieces in 2000", False),
        ("units", "12 pieces", False), ("units", "pieces per day", False),
        ("units", "boxes of 12", False), ("units", "pieces ('000 each)", False),
        ("units", "pieces, 1,000 each", False), ("days", "30 days", False),
        ("units", "台/年", False), ("persons", "persons/m²", False),
        ("days", "half days", False), ("days", "周转天数", False), ("years", "Vierteljahre", False),
        ("days", "working hours", False), ("fraction", "% of sales", False),
        ("days per month", "late days", False), ("thousand units", "pieces", False),
        ("persons", "weeks", False), ("persons", "bps", False), ("persons", "m of cable", False),
        ("count", "CNY", False), ("persons", "as of 2023-12-31", False),
        ("persons", "Personen am 31.12.2023", False), ("points", "points (max. 5)", False),
        # a scale or a number behind counts as well
        ("persons", "persons (thousands)", False), ("persons", "persons in thousands", False),
        ("persons", "Personen (Tsd.)", False), ("persons", "人（万）", False),
        ("shares", "shares in millions", False), ("shares", "lots (100 shares)", False),
        ("shares", "手（100股）", False), ("units", "箱（12件）", False),
        ("units", "12-packs", False), ("units", "units in 100s", False),
        ("months", "periods of 6 months", False), ("days", "sprints (14 days)", False),
        ("shares", "lots of 2000 shares", False), ("shares", "手（2000股）", False),
        ("shares", "lots (= 100 shares)", False), ("units", "箱=12件", False),
        ("persons", "人数（万人）", False), ("shares", "股本（亿股）", False),
        ("units", "产能（千台）", False), ("units", "dozens", False),
        ("persons", "Mitarbeiter (m/w/d)", False), ("persons", "2023年末人数", False),
        ("units", "Kisten zu 12", False), ("kg", "lb", False), ("kg", "tons", False),
        ("units", "pieces x100", False), ("persons", "persons ×2000", False),
        ("units", "产量（千辆）", False), ("persons", "persons mn", False),
        ("persons", "lakh", False), ("units", "万台", True),
        ("persons", "hundreds", False), ("units", "Stück (T)", False), ("units", "kpcs", False),
        ("units", "Stück je Monat", False), ("units", "pieces monthly", False),
        ("fraction", "ratio (0-100)", False), ("fraction", "ratio (x100)", False),
        ("EUR", "TEUR netto", False), ("EUR", "dollars", False), ("EUR", "USD (net)", False),
        ("EUR per month", "EUR annually", False), ("m²", "pieces", False),
        ("days", "days overdue", True), ("months", "months late", True),
        ("days", "weeks late", False),
        ("units", "number of pieces", True), ("persons", "Anzahl Mitarbeiter", True),
        ("count", "No. of cases", True), ("firms", "家", True), ("persons", "员工人数", False),
        ("units", "Stück", True), ("units", "辆", True), ("count", "number of", False),
    ],
)  # fmt: skip
def test_words_for_people_that_mean_the_unit_of_an_item(unit: str, words: str, may: bool) -> None:
    assert may_mean(words, unit) == may


UNITS = st.sampled_from(["t", "kg", "days", "weeks", "%", "bps", "years", "units", "CNY", "人"])
SCALES = st.sampled_from(["", "thousand ", "million ", "hundred thousand "])
PER = st.sampled_from(["", " per month", " p.a.", "/kg"])


@given(unit=UNITS, per=PER, scale=SCALES, other=SCALES)
def test_there_and_back_is_one(unit: str, per: str, scale: str, other: str) -> None:
    one, two = measure_of(f"{scale}{unit}{per}"), measure_of(f"{other}{unit}{per}")
    there, back = one.in_terms_of(two), two.in_terms_of(one)
    assert there is not None
    assert back is not None
    assert there * back == 1


def test_units_of_every_item_are_turned_into_themselves() -> None:
    for item in ItemCatalogue.standard():
        words: Any = item.unit
        assert factor_to(item, words) == (1, words)
        assert measure_of(words).in_terms_of(measure_of(words)) == 1
