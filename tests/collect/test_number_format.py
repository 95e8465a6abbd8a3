"""Formats of cells: what a workbook's number is counted in, where its format names a scale."""

from __future__ import annotations

import csv
import subprocess
import warnings
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from creditscore.collect import (
    Collected,
    FieldRule,
    FileForm,
    Item,
    ItemCatalogue,
    ItemRule,
    SourceMapping,
    guess_mapping,
    read_source,
)
from creditscore.collect._reader._number_format import shown_by
from spreadsheets import libreoffice

ACCOUNTING = '_-* #,##0.00\\ [$€-407]_-;\\-* #,##0.00\\ [$€-407]_-;_-* "-"??\\ [$€-407]_-;_-@_-'
SCALED = {
    '#,##0 "TEUR"': ("EUR", 1_000), '#,##0,"TEUR"': ("EUR", 1), '0.0,,"Mio. €"': ("EUR", 1),
    '0.0,"Mio. €"': ("EUR", 1_000), '#,##0\\ "Tsd."\\ "EUR"': ("EUR", 1_000),
    '#,##0.0,,\\ "Mio."\\ €': ("EUR", 1), '0" Tsd. "[$€-1]': ("EUR", 1_000),
    "[$TEUR] #,##0": ("EUR", 1_000),
    '(#,##0 "TEUR")': ("EUR", 1_000), '-#,##0 "TEUR"': ("EUR", 1_000),
    '#,##0,"TEUR";-#,##0,"TEUR"': ("EUR", 1), '#,##0"TEUR";[Red]-#,##0"TEUR"': ("EUR", 1_000),
    '0"万元"': ("CNY", 10_000), "0,千元": ("CNY", 1), '0\\.0,"万元"': ("CNY", 1),
    '0\\.0000"万元"': ("CNY", 1), 'General" TEUR"': ("EUR", 1_000),
}  # fmt: skip
"""Formats, with the currency that they show and what the number is counted in."""


@pytest.mark.parametrize(
    ("number_format", "currency", "counted"),
    [
        *((number_format, *said) for number_format, said in SCALED.items()),
        ("[$EUR] #,##0,", "EUR", 1), ("#,##0,", "", 1), ("#,##0,_);(#,##0,)", "", 1),
        ('#,##0,"k"', "", 1), ('0"k"', "", 1_000), ('0.0"bn"', "", 10**9), ('0,"Th"', "", 1),
        ('"USD" 0.0,," m"', "USD", 1), ('"USD" 0" m"', "USD", 10**6), ('0"."0,', "", 1),
        ('0!.0,"万"', "", 1), ('0,.0"k €"', "EUR", 1), ('0"万人"', "", 10_000),
        ('[>=1000000]0.0,,"M €";[>=1000]0.0,"k €";0 €', "EUR", 1),
        ('0.0"%"', "", "0.01"), ('0" weeks"', "", 7), ('0"千克"', "", 1), ('0"t"', "", 1_000),
        ('0" days"', "", 1), ('0.00 "€/kg"', "EUR", 1), ('0 "EUR/Monat"', "EUR", 1),
        ("0.0%", "", None), ("0.000%;[Red]-0.000%", "", None),
        # a currency alone says nothing, nor do other words
        (ACCOUNTING, "EUR", None),
        ('"$"#,##0.00', "$", None), ("#,##0", "", None),
        ('0" m"', "", None), ("0.00E+00", "", None),
        ("# ?/?", "", None), ('"-"', "", None), ("@", "", None), ('0" Sek"', "", None),
        ('_-* #,##0.00\\ _€_-', "", None), ("General", "", None), ('0"', "", None),
    ],
)  # fmt: skip
def test_what_a_format_says(number_format: str, currency: str, counted: Any) -> None:
    shown = shown_by(number_format)
    said = [] if counted is None else [Decimal(counted)]
    assert (shown.currency, [part.scale * part.size for part in shown.counted]) == (currency, said)


CATALOGUE = ItemCatalogue(
    items=tuple(
        Item(name=name, group="operating", unit=unit)
        for name, unit in (("coal", "万吨"), ("people", "persons"), ("terms_days", "days"),
                           ("share", "fraction"), ("age", "months"), ("rent", "EUR per month"),
                           ("wan", "万元"), ("price", ""), ("days_times", "times"))
    )
)  # fmt: skip


def mapping(unit: str, factor: float = 1.0, item: str = "net_income") -> SourceMapping:
    return SourceMapping(
        source="internal_record", method="data_analysis", customer=FieldRule(columns=("firm",)),
        true_from=FieldRule(value="2023-12-31"), file=FileForm(thousands=","),
        columns={"x": ItemRule(item=item, unit=unit, factor=factor)},
    )  # fmt: skip


def read(data: Any, rules: SourceMapping, catalogue: ItemCatalogue | None = None) -> Collected:
    with warnings.catch_warnings(action="ignore"):
        return read_source(data, rules, collected_at="2024-05-02", catalogue=catalogue)


def workbook(path: Path, *cells: tuple[float, str]) -> Path:
    book = openpyxl.Workbook()
    book.active.append(["firm", "x"])
    for place, (value, number_format) in enumerate(cells, 2):
        book.active.append([f"C{place}", value])
        book.active.cell(place, 2).number_format = number_format
    book.save(path)
    return path


@pytest.mark.engine("libreoffice")
def test_a_number_is_as_much_as_the_text_that_its_workbook_shows(tmp_path: Path) -> None:
    program = libreoffice()
    if program is None:
        pytest.skip("LibreOffice is not installed: apt-get install libreoffice-calc-nogui")
    value = 12_000_000
    file = workbook(tmp_path / "a.xlsx", *((value, number_format) for number_format in SCALED))
    profile = (tmp_path / "profile").resolve().as_uri()
    subprocess.run(  # noqa: S603 - the program of the engine
        [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to",
         "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true", "--outdir", str(tmp_path),
         str(file)],
        capture_output=True, check=True, timeout=300,
    )  # fmt: skip
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as lines:
        texts = [line[1] for line in csv.reader(lines)][1:]
    assert len(texts) == len(SCALED)
    for text, (number_format, (currency, counted)) in zip(texts, SCALED.items(), strict=True):
        shown = read(pd.DataFrame({"firm": ["C1"], "x": [text]}), mapping(currency))
        # what is shown in brackets is below zero
        found = [abs(number) for number in shown.observations.table["number"]]
        assert found == [value * counted], (number_format, text)


@pytest.mark.parametrize(
    ("number_format", "unit", "factor", "number", "counted"),
    [
        ('#,##0 "TEUR"', "TEUR", 1, 5e6, None), ('#,##0 "TEUR"', "EUR", 1, None, (1_000, 1)),
        ('#,##0,"TEUR"', "EUR", 1, 5e3, None), ('#,##0,"TEUR"', "TEUR", 1, None, (1, 1_000)),
        ('0.0,,"Mio. €"', "EUR", 1, 5e3, None), ('0.0,,"Mio. €"', "TEUR", 1, None, (1, 1_000)),
        ('0.0,"Mio. €"', "TEUR", 1, 5e6, None), ('0.0,"Mio. €"', "EUR", 1, None, (1_000, 1)),
        ("[$EUR] #,##0,", "EUR", 1, 5e3, None), ("[$EUR] #,##0,", "TEUR", 1, None, (1, 1_000)),
        ("#,##0,", "", 1, 5e3, None), ('0"Tsd."', "", 1, None, (1_000, 1)),
        # a factor says it as well, or is another matter
        ('0 "TEUR"', "EUR", 1_000, 5e6, None), ('0 "TEUR"', "EUR", -1_000, -5e6, None),
        ('0,"TEUR"', "EUR", 1_000, None, (1, 1_000)), ('0,"TEUR"', "EUR", -1, -5e3, None),
        ('0 "TEUR"', "TEUR", 0.5, 2.5e6, None), ('0 "TEUR"', "EUR", 12, None, (1_000, 1)),
        # what is in parts of other scales agrees with none
        ('0"TEUR";-0"Mio. EUR"', "TEUR", 1, None, (1_000_000, 1_000)),
        ("#,##0.00 €", "TEUR", 1, 5e6, None), ("#,##0.00", "TEUR", 1, 5e6, None),
    ],
)  # fmt: skip
def test_a_number_that_is_shown_in_another_scale_than_its_rule_is_rejected(
    number_format: str, unit: str, factor: float, number: float | None,
    counted: tuple[int, int] | None, tmp_path: Path,
) -> None:  # fmt: skip
    file = workbook(tmp_path / "a.xlsx", (5000, number_format))
    found = read(file, mapping(unit, factor))
    assert found.observations.table["number"].tolist() == ([] if number is None else [number])
    reasons = found.rejects.table["reason"].tolist()
    assert len(reasons) == (counted is not None)
    for reason in reasons:
        shown, rule = counted or (0, 0)
        assert reason == (
            f"is counted in {shown:,} by the format of its cell, and is to be in {rule:,}: say by "
            "'unit' what the numbers in the workbook are counted in, or mend the format"
        )


def test_a_scale_of_what_is_no_money_is_that_of_its_item(tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", (5, '0"万吨"'), (5, "0"), (5, '0"千吨"'), (5, '0"吨"'))
    coal = read(file, mapping("", item="coal"), CATALOGUE)
    assert coal.observations.table["number"].tolist() == [5.0, 5.0]
    file = workbook(tmp_path / "b.xlsx", (5, '0"万人"'), (5, '0"人"'), (5000, '0,"k"'))
    people = read(file, mapping("", item="people"), CATALOGUE)
    assert people.observations.table["number"].tolist() == [5.0, 5000.0]


@pytest.mark.parametrize(
    ("item", "unit", "number_format", "numbers"),
    [
        ("terms_days", "weeks", '0" weeks"', [35, 35]), ("terms_days", "", '0" weeks"', [5]),
        ("share", "%", '0.0"%"', [0.05, 0.05]), ("share", "", '0.0"%"', [5]),
        ("terms_days", "", '0" Tage"', [5, 5]), ("terms_days", "weeks", '0" days"', [35]),
        ("age", "years", '0" months"', [60]), ("age", "", '0" days"', [5]),
        ("coal", "万吨", '0" kg"', [5]), ("share", "%", '0" bp"', [0.05]),
        ("people", "", '0"天"', [5]), ("people", "", '0" heads"', [5, 5]),
        ("rent", "", '0 "EUR/Monat"', [5, 5]), ("rent", "", '0.00 "€"', [5, 5]),
        ("rent", "TEUR per month", '0 "T€"', [5_000, 5_000]), ("rent", "", '0 "EUR p.a."', [5]),
        ("rent", "", '0 "$/Monat"', [5]), ("wan", "", '"¥"0.00', [5, 5]),
        ("wan", "", '0"万元"', [5, 5]), ("wan", "", '0"元"', [5, 5]), ("wan", "", '0"千元"', [5]),
        # the sign may stand before the number, and what it is per behind
        ("rent", "", '"€"#,##0"/year"', [5]), ("rent", "", '[$€-407] #,##0"/Jahr"', [5]),
        ("rent", "", '"€"#,##0" a year"', [5]), ("price", "EUR", '"€"#,##0"k/year"', [5]),
        ("price", "CNY", '"每年"#,##0"元"', [5]), ("rent", "", '"€"#,##0"/Monat"', [5, 5]),
        ("price", "EUR", '"€"#,##0" p.a."', [5]),
        ("price", "EUR", '0.00 "€/kg"', [5]), ("price", "EUR", '0.00 "€/Jahr"', [5]),
        ("price", "EUR", '0.00 "€/Stück"', [5]), ("price", "EUR", '0.00 "€/a"', [5]),
        ("price", "EUR", '0.00 "€/Charge"', [5]), ("age", "years", '0" yrs"', [60, 60]),
        # short scales
        ("price", "EUR", '#,##0 "Tsd.€"', [5]), ("price", "TEUR", '#,##0 "Tsd.€"', [5_000, 5_000]),
        ("price", "million EUR", '0.0"M"', [5e6, 5e6]), ("price", "EUR", '€0.0"MM"', [5]),
        ("price", "EUR", '0.0,,,"B"', [5, 5]), ("price", "EUR", '0.0"B"', [5]),
        # words of which nobody can tell what they count
        ("price", "EUR", '#,##0",000"', [5]), ("price", "EUR", '0 "EUR in thousands"', [5]),
        ("price", "EUR", '0" yearly"', [5]), ("age", "", '0" years old"', [5]),
        ("people", "", '0" lakh"', [5]), ("people", "", '0" x1000"', [5]),
        ("price", "", '0" Stück"', [5, 5]), ("price", "", '0.0"x"', [5, 5]),
        ("price", "EUR", '0.0"x"', [5]), ("share", "", '0.0"x"', [5, 5]),
        ("people", "", '"Nr. "0', [5]), ("people", "", '# "→"', [5, 5]),
        # signs of one currency or of a few, where the format says that they are of money
        ("price", "EUR", "#,##0.00\\ [$zł-415]", [5]), ("price", "PLN", "0\\ [$zł-415]", [5, 5]),
        ("price", "SEK", "#,##0\\ [$kr-41D]", [5, 5]), ("price", "EUR", "0\\ [$kr-41D]", [5]),
        ("price", "INR", "[$₹-4009] #,##0", [5, 5]), ("price", "EUR", "[$₹-4009] #,##0", [5]),
        ("price", "EUR", "[$₲-474] #,##0", [5]), ("price", "HUF", "0 [$Ft-40E]", [5, 5]),
        ("price", "CHF", "[$SFr.-807] #,##0", [5, 5]), ("price", "EUR", "[$R$-416] 0", [5]),
        ("price", "DKK", '#,##0\\ "kr."', [5, 5]), ("price", "HUF", '0\\ "Ft"', [5, 5]),
        ("price", "EUR", '0\\ "Ft"', [5]), ("price", "JPY", '0"円"', [5, 5]),
        # of a sign that several share, the country says which; the United States write for all
        ("price", "CNY", "[$¥-411]#,##0", [5]), ("price", "JPY", "[$¥-411]#,##0", [5, 5]),
        ("price", "SEK", "[$kr-414] 0", [5]), ("price", "NOK", "[$kr-414] 0", [5, 5]),
        ("price", "USD", "[$$-1009]0", [5]), ("price", "CAD", "[$$-1009]0", [5, 5]),
        ("price", "USD", "[$$-409]0", [5, 5]), ("price", "AUD", "[$$-409]0", [5, 5]),
        ("price", "SAR", "[$ر.س.-401] 0", [5, 5]), ("price", "EUR", "[$ر.س.-401] 0", [5]),
        ("price", "EUR", "0 [$€-407]", [5, 5]), ("price", "EUR", "[$€-804]0", [5, 5]),
        # in the brackets of a sign may stand a scale, too
        ("price", "CNY", "0.00[$万元-804]", [5]), ("price", "万元", "0.00[$万元-804]", [5e4, 5e4]),
        ("price", "GBP", "[$£m-809]0.0", [5]), ("price", "GBP", "£0.0[$m-809]", [5]),
        ("price", "CHF", "0 [$TCHF-807]", [5]), ("price", "SEK", "0 [$TEUR-41D]", [5]),
        ("price", "SEK", "0 [$tkr-41D]", [5]), ("price", "KRW", "0[$백만원-412]", [5]),
        ("price", "XAF", "0 [$CFA]", [5, 5]), ("price", "XOF", "0 [$FCFA-280C]", [5, 5]),
        ("price", "MDL", "[$lei-818]0", [5, 5]), ("price", "RON", "[$lei-818]0", [5]),
        ("price", "BYN", "[$р.-423]0", [5, 5]), ("price", "MUR", "[$Rs]0", [5, 5]),
        ("price", "NIO", "[$C$-4C0A] 0", [5, 5]), ("price", "CAD", "[$C$-1009] 0", [5, 5]),
        ("price", "BHD", "[$د.ب.\u200f-3C01] 0", [5, 5]), ("price", "GEL", "0 [$₾-437]", [5, 5]),
        ("price", "RON", '0 "Lei"', [5, 5]), ("price", "CNY", '0"元整"', [5, 5]),
        # units of something else, of what is no unit
        ("price", "EUR", '0" T"', [5]), ("price", "TEUR", '0" T"', [5_000, 5_000]),
        ("price", "EUR", '0" years"', [5]), ("price", "", '0.0"%"', [5]),
        ("price", "", '0"kg"', [5]),
        ("days_times", "", '0" weeks"', [5]), ("people", "", '0" Stück"', [5, 5]),
        ("terms_days", "", '0" d"', [5, 5]), ("age", "", '0" mths."', [5, 5]),
        ("age", "", '0" d"', [5]), ("days_times", "", '0.0"x"', [5, 5]),
        # what is written beside digits and is no word
        ("people", "", "# ?/2", [5, 5]), ("people", "", "# ??/100", [5, 5]),
        ("people", "", "##0.0E+0", [5, 5]), ("people", "", "(000) 000-0000", [5, 5]),
        ("people", "", "[Red][<0]-0;[Blue]0_)", [5, 5]),
    ],
)  # fmt: skip
def test_a_unit_that_a_format_names_is_that_of_its_rule(
    item: str, unit: str, number_format: str, numbers: list[float], tmp_path: Path
) -> None:
    file = workbook(tmp_path / "a.xlsx", (5, number_format), (5, "0"))
    found = read(file, mapping(unit, item=item), CATALOGUE)
    assert found.observations.table["number"].tolist() == numbers


@pytest.mark.parametrize(
    ("kept", "unit", "number"),
    [("kg", "", 3000), ("kg", "t", None), ("t", "kg", 3), ("t", "", None)],
)
def test_kilograms_that_are_shown_as_tonnes_are_whole(
    kept: str, unit: str, number: float | None, tmp_path: Path
) -> None:
    file = workbook(tmp_path / "a.xlsx", (3000, '#,##0.0, "t"'))
    item = Item(name="steel", label="Steel", group="operating", kind="number", unit=kept)
    found = read(file, mapping(unit, item="steel"), ItemCatalogue(items=(item,)))
    assert found.observations.table["number"].tolist() == ([] if number is None else [number])


def test_a_number_in_a_scale_is_a_number_all_the_same(tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", (5, '0 "TEUR"'), (6, '0 "TEUR"'))
    book = openpyxl.load_workbook(file)
    book.active["B1"].value = "revenue"
    book.save(file)
    shown = guess_mapping(file).frame().set_index("column")
    assert shown.loc["revenue", ["guess", "unit"]].tolist() == ["revenue", "EUR"]


def test_a_year_in_a_head_keeps_its_name_whatever_its_format(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["firm", 2023])
    book.active.append(["C1", 5])
    book.active["B1"].number_format = '"FY"0'
    book.save(tmp_path / "a.xlsx")
    rules = replace(mapping(""), columns={"2023": ItemRule(item="revenue", unit="EUR")})
    found = read(tmp_path / "a.xlsx", rules)
    assert found.observations.table["number"].tolist() == [5.0]
