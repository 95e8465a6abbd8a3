"""Tables of observations, wherever they come from, are read alike."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from creditscore.collect import Observations, tidy_table
from creditscore.exceptions import InvalidDataError, InvalidParameterError, MissingColumnError

ROWS = pd.DataFrame({
    "customer": ["A"], "item": ["phone"], "value": ["1"], "true_from": ["2024-01-01"],
    "source": ["internal_record"], "method": ["interview"], "collected_at": ["2024-01-02"],
})  # fmt: skip


def test_checked_observations_are_taken_as_they_are() -> None:
    known = Observations.from_frame(ROWS)
    assert tidy_table(known, ("customer", "record", "collected_at"), "here") is known.table


def test_numbers_and_gaps_become_the_texts_of_observations() -> None:
    table = pd.DataFrame(
        {"customer": [7.0, 8.0], "record": [None, "i1"], "item": ["a", "b"], "number": [np.nan, 1],
         "source_name": pd.Categorical([None, "X"])},
        index=[5, 9],
    )  # fmt: skip
    read = tidy_table(table, ("customer", "record", "number", "source_name"), "here")
    assert read["customer"].tolist() == ["7", "8"]
    assert read["record"].tolist() == ["", "i1"]
    assert read["source_name"].tolist() == ["", "X"]
    assert read["number"].isna().tolist() == [True, False]
    assert read.index.tolist() == [5, 9]
    assert table["customer"].tolist() == [7.0, 8.0]


def test_what_is_none_is_refused() -> None:
    with pytest.raises(InvalidParameterError, match="here takes Observations, or a table"):
        tidy_table([1, 2], ("customer",), "here")
    with pytest.raises(MissingColumnError, match="columns 'text', 'record' are not in the table"):
        tidy_table(ROWS, ("customer", "text", "record"), "here")
    with pytest.raises(InvalidDataError, match="'customer' is empty in row 1"):
        tidy_table(pd.DataFrame({"customer": ["A", None]}), ("customer",), "here")
    for name in ("true_from", "collected_at"):
        made = Observations.from_frame(ROWS)
        hollow = Observations(table=made.table.assign(**{name: pd.NaT}), catalogue=made.catalogue)
        with pytest.raises(InvalidDataError, match=f"'{name}' is empty in row 0"):
            tidy_table(hollow, ("customer", name), "here")
