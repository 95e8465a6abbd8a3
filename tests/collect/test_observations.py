"""Observations: whatever table comes in, its values, days and times are read or refused by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.collect import (
    Item,
    ItemCatalogue,
    Observations,
    observation_faults,
    observation_table,
    read_days,
    read_instants,
)
from creditscore.exceptions import (
    ColumnTypeError,
    DuplicateColumnError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
)
from growth import growth

ROW: dict[str, Any] = {
    "customer": "C1", "item": "revenue", "value": 12.5, "true_from": "2023-12-31",
    "source": "public_filing", "method": "data_analysis", "collected_at": "2024-04-30T09:00Z",
}  # fmt: skip


def rows(**columns: list[Any]) -> pd.DataFrame:
    n = max((len(values) for values in columns.values()), default=1)
    return pd.DataFrame({**{name: [value] * n for name, value in ROW.items()}, **columns})


def read(**columns: list[Any]) -> pd.DataFrame:
    return Observations.from_frame(rows(**columns)).table


# --- tables of any kind ----------------------------------------------------------------------


def test_pandas_polars_and_pyarrow_give_one_table() -> None:
    table = rows(customer=["C1", "C2"], item=["revenue", "industry"], value=["12.5", "retail"])
    first = Observations.from_frame(table).table
    for other in (pl.from_pandas(table), pa.Table.from_pandas(table)):
        pd.testing.assert_frame_equal(Observations.from_frame(other).table, first)


def test_days_and_times_of_polars_and_pyarrow() -> None:
    moment = dt.datetime(2024, 4, 30, 9, tzinfo=dt.UTC)
    table = pl.DataFrame({**ROW, "true_from": dt.date(2023, 12, 31), "collected_at": moment})
    for given_table in (table, table.to_arrow()):
        found = Observations.from_frame(given_table).table
        assert str(found["true_from"][0]) == "2023-12-31 00:00:00"
        assert str(found["collected_at"][0]) == "2024-04-30 09:00:00+00:00"


def test_an_index_of_any_kind_is_left_behind() -> None:
    table = rows(customer=["C1", "C2", "C3"]).set_index(pd.Index(["a", "a", "b"]))
    found = Observations.from_frame(table)
    assert found.table.index.tolist() == [0, 1, 2]
    assert found.customers == ("C1", "C2", "C3")


def test_words_that_no_row_has_are_no_categories() -> None:
    table = Observations.from_frame(rows(customer=["C1", "C2"], unit=["EUR", None])).table
    assert table["customer"].cat.categories.tolist() == ["C1", "C2"]
    assert table["unit"].cat.categories.tolist() == ["", "EUR"]


def test_no_row_is_no_fault() -> None:
    found = Observations.from_frame(rows().iloc[:0])
    assert len(found) == 0
    assert repr(found) == "Observations(0 observations of 0 customers, 0 items)"
    assert found.values.tolist() == []


@pytest.mark.parametrize("other", [None, 3, [1, 2], np.zeros((2, 2)), {"customer": ["C1"]}])
def test_what_is_no_table(other: Any) -> None:
    with pytest.raises(InvalidParameterError, match="A table of pandas, polars or pyarrow"):
        Observations.from_frame(other)


def test_two_columns_of_one_name() -> None:
    table = pd.concat([rows(), rows()[["customer"]]], axis=1)
    with pytest.raises(DuplicateColumnError, match="more than one column named 'customer'"):
        Observations.from_frame(table)


def test_a_column_that_is_not_there_or_of_no_use() -> None:
    with pytest.raises(MissingColumnError, match="need the columns 'item'"):
        Observations.from_frame(rows().drop(columns="item"))
    with pytest.raises(MissingColumnError, match="no use for the columns 'colour'"):
        Observations.from_frame(rows(colour=["red"]))
    with pytest.raises(MissingColumnError, match="no use for the columns 'number'"):
        Observations.from_frame(rows(number=[1.0]))


def test_lists_and_mappings_are_no_values() -> None:
    with pytest.raises(ColumnTypeError, match="'customer' holds what is no single value"):
        Observations.from_frame(rows(customer=[["C1"]]))


# --- values ----------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT, ""])
def test_kinds_of_nothing(missing: Any) -> None:
    table = rows(collected_by=[missing, "Li"])
    assert Observations.from_frame(table).table["collected_by"].tolist() == ["", "Li"]
    with pytest.raises(InvalidDataError, match="row 0, customer '' is empty"):
        Observations.from_frame(rows(customer=[missing, "C2"]))


def test_numbers_of_any_type() -> None:
    values = [1, 2.5, Decimal("3.25"), "4e2", np.float32(0.5), np.int8(7)]
    assert read(value=values)["number"].tolist() == [1.0, 2.5, 3.25, 400.0, 0.5, 7.0]


def test_names_that_are_numbers_stay_whole() -> None:
    # a gap makes floats of whole numbers
    table = rows(customer=[17, 18], collected_by=[1001.0, np.nan])
    found = Observations.from_frame(table).table
    assert found["customer"].tolist() == ["17", "18"]
    assert found["collected_by"].tolist() == ["1001", ""]


def test_flags_and_days() -> None:
    found = Observations.from_frame(
        rows(
            item=["audited", "audited", "consolidated", "founded_on", "founded_on"],
            value=[True, "FALSE", 1, dt.date(1999, 2, 3), "2001年12月5日"],
        )
    )
    assert found.values.tolist() == [True, False, True, "1999-02-03", "2001-12-05"]


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"value": [np.inf]}, r"number inf is infinite"),
        ({"value": [-1]}, r"number -1.0 is not within 0 to inf"),
        ({"value": ["many"]}, r"number 'many' cannot be read as what it should be"),
        ({"value": [None]}, r"number nan is empty, and revenue is a number"),
        ({"item": ["audited"], "value": [2]}, r"number 2 cannot be read"),
        ({"item": ["founded_on"], "value": ["03/04/2020"]}, r"text '03/04/2020' cannot be read"),
        ({"item": ["customer_kind"], "value": ["bank"]}, r"text 'bank' is none of enterprise"),
        ({"item": ["colour"]}, r"item 'colour' is no item of the catalogue"),
        ({"item": [None]}, r"item '' is no item of the catalogue"),
        ({"record": ["I1"]}, r"record 'I1' names a record, and revenue is of the customer"),
        ({"item": ["invoice.amount"]}, r"record '' is empty, and invoice.amount is of one inv"),
        ({"true_from": ["31.12.2023"]}, r"true_from '31.12.2023' cannot be read"),
        ({"true_from": [pd.Timestamp("2023-12-31", tz="Asia/Tokyo")]}, r"cannot be read"),
        ({"true_to": ["2023-12-31"]}, r"true_to Timestamp\('2023-12-31 00:00:00'\) is not after"),
        ({"confidence": [1.2]}, r"confidence 1.2 is not within 0 to 1"),
        ({"confidence": [np.nan]}, r"confidence nan is not within 0 to 1"),
        ({"source": ["hearsay"]}, r"source 'hearsay' is none of internal_record"),
        ({"method": ["guess"]}, r"method 'guess' is none of questionnaire"),
        ({"collected_at": ["yesterday"]}, r"collected_at 'yesterday' cannot be read"),
        ({"collected_at": [1714467600]}, r"collected_at 1714467600 cannot be read"),
        ({"evidence": ["a\x00b"]}, r"evidence 'a\\x00b' holds a character that cannot be kept"),
    ],
)
def test_faults_are_named(columns: dict[str, list[Any]], why: str) -> None:
    with pytest.raises(InvalidDataError, match=rf"^Observations cannot be used: row 0, .*{why}"):
        Observations.from_frame(rows(**columns))


def test_days_that_stand_in_the_text_are_checked_too() -> None:
    table = rows(item=["founded_on"]).drop(columns="value").assign(text=["soon"])
    with pytest.raises(InvalidDataError, match="text 'soon' is no day written YYYY-MM-DD"):
        Observations.from_frame(table)


def test_no_protected_value_in_a_message() -> None:
    catalogue = ItemCatalogue(
        items=(Item(name="phone", kind="text", group="identity", sensitivity="personal",
                    allowed=("none",)),)
    )  # fmt: skip
    with pytest.raises(InvalidDataError, match="•••") as told:
        Observations.from_frame(rows(item=["phone"], value=["0151 234"]), catalogue=catalogue)
    assert "0151" not in str(told.value)


def test_half_a_character_is_a_fault() -> None:
    table = rows(customer=["C1"])
    table["customer"] = pd.Series(["C\ud800"], dtype=object)
    with pytest.raises(InvalidDataError, match=r"customer .* holds a character that cannot be"):
        Observations.from_frame(table)


def test_many_faults_are_counted() -> None:
    with pytest.raises(InvalidDataError, match="; 7 more faults"):
        Observations.from_frame(rows(value=[-1] * 10))


# --- days and times --------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["0001-01-01", "1677-01-01", "2262-12-31", "9999-12-31"])
def test_days_beyond_those_of_nanoseconds(day: str) -> None:
    found = read(true_from=[day])
    assert str(found["true_from"].dt.date[0]) == day


@pytest.mark.parametrize("moment", ["1600-01-01T00:00Z", "9999-12-31T23:59:59Z"])
def test_times_beyond_those_of_nanoseconds(moment: str) -> None:
    found = read_instants(pd.Series([moment, "2024-01-01"]))
    assert found[0].year in (1600, 9999)
    assert str(found.dtype) == "datetime64[us, UTC]"


def test_zones_are_turned_into_utc() -> None:
    moments = ["2024-03-10T01:59:59-05:00", "2024-03-10T03:00:00-04:00", "2024-03-10T07:00"]
    found = read_instants(pd.Series(moments)).dt.strftime("%H:%M:%S").tolist()
    assert found == ["06:59:59", "07:00:00", "07:00:00"]
    eastern = pd.Series(pd.to_datetime(["2024-07-01"])).dt.tz_localize("US/Eastern")
    assert str(read_instants(eastern)[0]) == "2024-07-01 04:00:00+00:00"


def test_what_is_no_day_is_missing() -> None:
    found = read_days(pd.Series(["2024-02-30", "", None, 3, "2024-2-9"]))
    assert found.isna().tolist() == [True, True, True, True, False]
    assert read_days(pd.Series(pd.to_datetime(["2024-02-09T23:59"])))[0].day == 9


@given(st.lists(st.dates(), min_size=1, max_size=20))
@settings(deadline=None)
def test_days_come_back_as_they_went_in(days: list[dt.date]) -> None:
    found = read_days(pd.Series([day.isoformat() for day in days]))
    assert found.dt.date.tolist() == days


# --- joined, and fast ------------------------------------------------------------------------


def test_joined_observations_keep_their_types() -> None:
    first = Observations.from_frame(rows(customer=["C1"]))
    second = Observations.from_frame(rows(customer=["C2"], item=["industry"], value=["retail"]))
    both = first + second
    assert both.customers == ("C1", "C2")
    kinds = [str(kind) for kind in both.table.dtypes]
    assert kinds == [str(kind) for kind in first.table.dtypes]
    other = ItemCatalogue(items=(Item(name="revenue", group="financial"),))
    with pytest.raises(InvalidDataError, match="two catalogues"):
        first + Observations(table=second.table, catalogue=other)


def test_the_time_does_not_grow_with_the_number_of_items() -> None:
    catalogue = ItemCatalogue.standard()
    own = [item for item in catalogue if not item.record_kind and item.kind == "number"]
    n = 200_000

    def checked(n_items: int) -> Callable[[], Any]:
        names = [item.name for item in own[:n_items]]
        table = observation_table(
            pd.DataFrame({**ROW, "value": 2.0, "item": np.resize(names, n)}, index=range(n)),
            catalogue,
        )
        return lambda: observation_faults(table, catalogue)

    assert growth(checked, 1, len(own)) < 4


@pytest.mark.parametrize(
    "name", ["customer", "record", "source", "true_from", "known_on", "period_end", "trade.record"]
)
def test_items_are_not_named_as_columns_of_tables(name: str) -> None:
    with pytest.raises(InvalidParameterError, match="have columns customer, record"):
        Item(name=name, group="identity")


def test_what_happens_once_is_kept_in_files(tmp_path: Path) -> None:
    path = tmp_path / "items.yaml"
    path.write_text(
        "items:\n  invoice.paid_on: {group: operating, kind: day, once: true}\n"
        "  revenue: {group: financial}\n"
    )
    catalogue = ItemCatalogue.from_yaml(path)
    assert [item.once for item in catalogue] == [True, False]
    assert ItemCatalogue.from_json(catalogue.to_json()) == catalogue
    # what follows with time is written as it always was, and documents of before are read
    one = ItemCatalogue(items=(catalogue["revenue"],))
    assert "once" not in one.to_json()
    assert not ItemCatalogue.from_json(one.to_json())["revenue"].once
    with pytest.raises(InvalidParameterError, match="'once' parameter of Item 'revenue' must be a"):
        Item(name="revenue", group="financial", once="yes")  # type: ignore[arg-type]


def test_events_of_the_standard_catalogue_happen_once() -> None:
    once = {item.name for item in ItemCatalogue.standard() if item.once}
    names = ("invoiced_on", "due_on", "amount", "currency", "settled_on", "disputed_on")
    of_invoices = {name for name in once if name.startswith("invoice.")}
    assert of_invoices == {f"invoice.{name}" for name in names}
    assert {"payment.paid_on", "payment.amount", "visit.order", "contract.fulfilled_on"} <= once
    # goods come back in parts, trade goes on from year to year
    assert not once & {"invoice.returned_on", "trade.amount", "rating.rating", "revenue"}


def test_the_standard_catalogue_has_what_the_library_reads() -> None:
    catalogue = ItemCatalogue.standard()
    needed = {
        "n_competitors", "market_currency", "rating.agency", "rating.rating", "rating.outlook",
        "rating.scale", "rating.notch", "trade.currency", "contract.currency", "payment.invoice",
    }  # fmt: skip
    assert needed <= set(catalogue.names)
    assert catalogue["market_currency"].weight == 0


@pytest.mark.parametrize("word", ["a\ud800", "a\x00b"])
def test_half_characters_of_texts_are_told(word: str) -> None:
    row = ROW | {"item": "industry", "value": word}
    table = pd.DataFrame({name: pd.Series([cell], dtype=object) for name, cell in row.items()})
    with pytest.raises(InvalidDataError, match=r"row 0, text .* holds a character that cannot be"):
        Observations.from_frame(table)


def test_tables_in_the_place_of_something_else_are_refused() -> None:
    frame: Any = pd.DataFrame({"customer": ["A"]})
    known = Observations.from_frame(rows())
    for parts in ([known, frame], frame):
        with pytest.raises(InvalidParameterError, match=r"'parts' .* must be an Observations"):
            Observations.concat(parts)
    with pytest.raises(InvalidParameterError, match=r"'parts' .* must be a tuple"):
        Observations.concat(known)  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match=r"'catalogue' .* must be an ItemCatalogue"):
        Observations.from_frame(rows(), catalogue=frame)
