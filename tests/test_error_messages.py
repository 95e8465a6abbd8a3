"""What errors show of values that were given by mistake."""

from __future__ import annotations

import pandas as pd
import pytest

from creditscore._checks import check_kind, read_entries
from creditscore._frame import as_table
from creditscore.exceptions import InvalidDataError, InvalidParameterError


def test_a_table_in_the_wrong_place_is_not_printed() -> None:
    customers = pd.DataFrame({"customer": ["P00001"], "name": ["Wang Ai"]})
    with pytest.raises(InvalidParameterError, match="Got a DataFrame instead") as caught:
        check_kind(customers, "observations", "CustomerStore.load", str)
    assert "Wang" not in str(caught.value)
    with pytest.raises(InvalidParameterError, match="Got a dict instead"):
        check_kind({"name": "Wang Ai"}, "mapping", "read_source", str)


@pytest.mark.parametrize(("value", "shown"), [("12", "'12'"), (3, "3"), (None, "None")])
def test_plain_values_are_shown(value: object, shown: str) -> None:
    with pytest.raises(InvalidParameterError, match=f"Got {shown} instead"):
        read_entries(value, "items", "snapshot")


@pytest.mark.parametrize(
    ("given", "shown"), [(None, "None"), ("x", "'x'"), (3, "3"), ({"a": 1}, "dict"), ({1}, "set")]
)
def test_what_is_no_table_is_said_so(given: object, shown: str) -> None:
    told = f"A table of pandas, polars or pyarrow is needed.* Got {shown}"
    with pytest.raises(InvalidDataError, match=told) as caught:
        as_table(given)
    assert "reshape" not in str(caught.value)


@pytest.mark.parametrize(("kind", "article"), [(int, "an int"), (str, "a str")])
def test_kinds_have_their_article(kind: type, article: str) -> None:
    with pytest.raises(InvalidParameterError, match=f"must be {article}[.] Got"):
        check_kind(None, "name", "owner", kind)
