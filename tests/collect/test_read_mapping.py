"""Mapping files: what they say comes back, and what they cannot mean is named with its entry."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from creditscore.collect import (
    FieldRule,
    FileForm,
    ItemCatalogue,
    ItemRule,
    LongRule,
    SourceMapping,
    read_source,
)
from creditscore.collect._reader._measure import factor_to
from creditscore.collect._reader._units import split_unit
from creditscore.exceptions import (
    AlteredDocumentError,
    DocumentError,
    DocumentNotFoundError,
    InvalidParameterError,
)

WHOLE = """
format: creditscore.source_mapping
version: 1
source: internal_record
method: data_analysis
source_name: ERP
customer: Kunde
record: {column: [Rechnung, Position]}
true_from: {column: Datum, format: '%d.%m.%Y'}
true_to: {column: Ende, format: '%Y-%m', at: end}
collected_at: {column: Stand, format: '%d.%m.%Y %H:%M', zone: Europe/Berlin}
collected_by: {value: Li}
confidence: {value: 0.9}
unit: Währung
file: {separator: ;, decimal: ',', thousands: ., header_row: 2, missing: [n/a], skip_rows: [3]}
where: {Status: [offen, bezahlt], Storno: false}
unless: {Notiz: ['', Test], Stand: }
columns:
  Betrag: {item: invoice.amount, required: true, factor: -1}
  Bezahlt:
    item: invoice.settled_on
    format: '%d.%m.%Y'
    true_from: {column: Bezahlt, format: '%d.%m.%Y'}
    words: {nie: '2999-12-31'}
ignore: [Zeichen]
"""
LEAST = "source: site_visit\nmethod: observation\ncustomer: firm\ntrue_from: day\n"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_mapping_comes_back_from_yaml_and_json(tmp_path: Path) -> None:
    mapping = SourceMapping.from_yaml(written(tmp_path, WHOLE))
    assert mapping.record == FieldRule(columns=("Rechnung", "Position"))
    assert mapping.where == {"Status": ("offen", "bezahlt"), "Storno": ("false",)}
    assert mapping.unless == {"Notiz": ("", "Test"), "Stand": ("",)}
    assert {"Status", "Storno", "Notiz"} < set(mapping.used_columns)
    assert mapping.columns["Bezahlt"].true_from is not None
    assert repr(mapping) == "SourceMapping(internal_record, ERP: 2 items of 2 columns)"
    assert SourceMapping.from_json(mapping.to_json()) == mapping
    mapping.to_yaml(tmp_path / "again.yaml")
    assert SourceMapping.from_yaml(tmp_path / "again.yaml") == mapping
    assert SourceMapping.from_yaml(written(tmp_path, mapping.to_yaml())) == mapping
    mapping.check_items(ItemCatalogue.standard())


def test_a_long_mapping_comes_back(tmp_path: Path) -> None:
    mapping = SourceMapping(
        source="public_filing", method="data_analysis", customer=FieldRule(columns=("firm",)),
        true_from=FieldRule(value="2023-12-31"),
        long=LongRule(item="line", value="amount", ignore=("Total",),
                      items={"营业收入": ItemRule(item="revenue", unit="万元")}),
    )  # fmt: skip
    assert SourceMapping.from_json(mapping.to_json()) == mapping
    assert SourceMapping.from_yaml(written(tmp_path, mapping.to_yaml())) == mapping
    assert mapping.used_columns == ("firm", "line", "amount")
    assert repr(mapping) == "SourceMapping(public_filing: 1 item of 1 word)"


def test_an_altered_mapping_is_refused() -> None:
    mapping = SourceMapping(
        source="site_visit", method="observation", customer=FieldRule(columns=("firm",)),
        true_from=FieldRule(columns=("day",)), columns={"staff": ItemRule(item="employees")},
    )  # fmt: skip
    with pytest.raises(AlteredDocumentError, match="altered or damaged"):
        SourceMapping.from_json(mapping.to_json().replace("employees", "revenue"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("- a\n", "must hold entries such as"),
        ("source: [", "cannot be read as YAML"),
        ("format: other\n", "must have the entries 'format: creditscore.source_mapping'"),
        ("source: site_visit\n", "lacks 'method', 'customer', 'true_from'"),
        (LEAST, "needs either 'columns' or 'long', and not both"),
        (LEAST + "colums: {a: revenue}\n", "There is no entry 'colums'.* Did you mean 'columns'"),
        (LEAST + "columns: {}\n", "entry 'columns': must hold entries"),
        (LEAST + "columns: {a: 3}\n", "entry 'columns.a': must be the name of an item"),
        (LEAST + "columns: {a: {item: x, untit: y}}\n", "'columns.a': has no use for 'untit'"),
        (LEAST + "columns: {a: {item: x, factor: 0}}\n", "must have a factor other than 0"),
        (LEAST + "columns: {a: {item: x, format: '%d.%m.%y'}}\n", "%y leaves the century open"),
        (LEAST + "columns: {a: {item: x, format: '%Y-%m'}}\n", "names no day. Say 'at: end'"),
        (LEAST + "columns: {a: {item: x, format: '%Y-%q-%d'}}\n", "with %q"),
        (LEAST + "columns: {a: {item: x, words: {ja: [1]}}}\n", "must turn words into texts"),
        (LEAST + "columns: {a: b}\nlong: {item: a, value: b}\n", "entry 'long': lacks 'items'"),
        (LEAST + "columns: {a: b}\nignore: [a]\n", "ignores 'a', which it also uses"),
        (LEAST + "columns: {a: b}\nunless: {c: d}\nignore: [c]\n", "ignores 'c', which it also"),
        (
            LEAST + "columns: {a: b}\nwhere: {c: [D, e]}\nunless: {c: [d]}\n",
            "asks by 'where' for 'D' in 'c', and leaves it out by 'unless'",
        ),
        (LEAST + "columns: {a: b}\nwhere: {c: ''}\nunless: {c: }\n", "asks by 'where' for ''"),
        (LEAST + "columns: {a: b}\nunless: {}\n", "entry 'unless': must hold entries"),
        (LEAST + "columns: {a: b}\nfile: {decimal: ;}\n", "entry 'file': .*'decimal'"),
        (LEAST + "columns: {a: b}\nfile: {decimal: ',', thousands: ','}\n", "by the same sign"),
        (LEAST + "columns: {a: b}\nfile: {encoding: latin}\n", "entry 'file': .*'encoding'"),
        (LEAST + "columns: {a: b}\nfile: {colour: red}\n", "has no use for 'colour'"),
        (LEAST + "columns: {a: b}\nrecord: {value: 1, column: c}\n", "and not both"),
        (LEAST + "columns: {a: b}\ncollected_at: {column: c, zone: Mars}\n", "the zone 'Mars'"),
        (LEAST.replace("site_visit", "hearsay") + "columns: {a: b}\n", "'source'"),
        (LEAST + "columns: {a: b}\nsource: site_visit\n", "stands twice"),
        (LEAST + "columns: {a: !!python/object:os.system b}\n", "cannot be read as YAML"),
    ],
)
def test_what_no_mapping_can_mean(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(DocumentError, match=rf"mapping\.yaml.*{why}"):
        SourceMapping.from_yaml(written(tmp_path, text))


def test_no_file() -> None:
    with pytest.raises(DocumentNotFoundError, match="There is no file"):
        SourceMapping.from_yaml("nowhere.yaml")


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (ItemRule(item="revenues"), "no item 'revenues'.* Did you mean 'revenue'"),
        (ItemRule(item="invoice.amount"), "needs a 'record'"),
        (ItemRule(item="industry", unit="CNY"), "names a unit: 'industry' is a text"),
        (ItemRule(item="employees", unit="CNY"), "is kept in persons, and 'CNY' cannot be turned"),
        (ItemRule(item="revenue", unit="Tsd der Euro"), "is no currency with what"),
    ],
)
def test_what_does_not_fit_the_catalogue(rule: ItemRule, why: str) -> None:
    mapping = SourceMapping(
        source="site_visit", method="observation", customer=FieldRule(columns=("firm",)),
        true_from=FieldRule(columns=("day",)), columns={"x": rule},
    )  # fmt: skip
    with pytest.raises(InvalidParameterError, match=why):
        mapping.check_items(ItemCatalogue.standard())
    with pytest.raises(InvalidParameterError, match="has no use for a 'record'"):
        replace(mapping, record=FieldRule(columns=("r",)), columns={"x": ItemRule(item="name")}
                ).check_items(ItemCatalogue.standard())  # fmt: skip


@pytest.mark.parametrize("mapping", [None, {"source": "site_visit"}, "mapping.yaml"])
def test_what_is_no_mapping(mapping: Any) -> None:
    with pytest.raises(InvalidParameterError, match="'mapping' parameter of read_source"):
        read_source("data.csv", mapping)


@pytest.mark.parametrize("kwargs", [{"header_row": 0}, {"skip_rows": "3"}, {"separator": ":"}])
def test_what_no_file_form_can_be(kwargs: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameterError, match=next(iter(kwargs))):
        FileForm(**kwargs)


# --- units -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "factor", "unit"),
    [
        ("", 1, ""), ("CNY", 1, "CNY"), ("thousand CNY", 1000, "CNY"), ("Tsd. EUR", 1000, "EUR"),
        ("Million  USD", 10**6, "USD"), ("bn USD", 10**9, "USD"), ("万元", 10**4, "CNY"),
        ("亿元", 10**8, "CNY"), ("百万美元", 10**6, "USD"), ("元", 1, "CNY"), ("m", 1, "m"),
        ("thousand", 1000, ""), ("千", 1000, ""), ("CNY thousand", 1000, "CNY"),
        ("EUR Mio.", 10**6, "EUR"), ("RMB  millions", 10**6, "CNY"), ("US$ bn", 10**9, "USD"),
        ("CNY 万", 10**4, "CNY"), ("tonnes thousand", 1, "tonnes thousand"),
    ],
)  # fmt: skip
def test_words_beside_a_unit(text: str, factor: int, unit: str) -> None:
    assert split_unit(text) == (Decimal(factor), unit)


@pytest.mark.parametrize(
    ("item", "text", "factor"),
    [("ownership_share", "percent", "0.01"), ("months", "years", "12"), ("months", "", "1"),
     ("average_days_late", "weeks", "7"), ("policy_exposure", "basis points", "0.0001"),
     ("contract.fulfilled_share", "percent", "0.01")],
)  # fmt: skip
def test_units_are_turned_into_that_of_the_item(item: str, text: str, factor: str) -> None:
    known = ItemCatalogue.standard()[item]
    assert factor_to(known, text) == (Decimal(factor), known.unit)


@pytest.mark.parametrize(
    ("item", "words", "works"),
    [
        ("net_income", {"none": "nothing"}, False), ("audited", {"ja": "true"}, True),
        ("audited", {"ja": "yes"}, False), ("audited", {"ja": True}, True),
        ("net_income", {"none": True}, False), ("net_income", {"none": 0}, True),
        ("founded_on", {"?": "soon"}, False), ("founded_on", {"?": "1900-01-01"}, True),
        ("industry", {"x": "retail"}, True),
    ],
)  # fmt: skip
def test_words_stand_for_what_an_item_holds(item: str, words: Any, works: bool) -> None:
    mapping = SourceMapping(
        source="public_filing", method="data_analysis", customer=FieldRule(value="C1"),
        true_from=FieldRule(value="2023-12-31"), columns={"x": ItemRule(item=item, words=words)},
    )  # fmt: skip
    table = pd.DataFrame({"x": list(words)})
    if works:
        assert len(read_source(table, mapping, collected_at="2024-01-01").observations) == 1
        return
    with pytest.raises(InvalidParameterError, match=f"lets '.*' stand for .*{item!r} is a"):
        read_source(table, mapping, collected_at="2024-01-01")


def test_an_item_stands_in_one_column() -> None:
    given: dict[str, Any] = {
        "source": "public_filing", "method": "data_analysis",
        "customer": FieldRule(columns=("firm",)), "true_from": FieldRule(value="2023-12-31"),
    }  # fmt: skip
    with pytest.raises(InvalidParameterError, match="reads 'revenue' from 'v' and from 'w'"):
        SourceMapping(**given, columns={"v": ItemRule(item="revenue"),
                                        "w": ItemRule(item="revenue")})  # fmt: skip
    years = {
        year: ItemRule(item="revenue", true_from=FieldRule(value=f"{year}-12-31"))
        for year in ("2022", "2023")
    }
    assert SourceMapping(**given, columns=years).items == ("revenue",)


def test_names_of_columns_may_be_years(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(
        "source: public_filing\nmethod: data_analysis\ncustomer: firm\ntrue_from: day\n"
        "columns: {sales: revenue}\nignore: [2021]\nwhere: {2022: a}\nunless: {2023: b}\n"
    )
    mapping = SourceMapping.from_yaml(path)
    assert (mapping.ignore, dict(mapping.where)) == (("2021",), {"2022": ("a",)})
    assert dict(mapping.unless) == {"2023": ("b",)}
