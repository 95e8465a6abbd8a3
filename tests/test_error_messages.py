"""What errors show of values that were given by mistake."""

from __future__ import annotations

import pandas as pd
import pytest

from creditscore._checks import check_kind, read_entries
from creditscore.exceptions import InvalidParameterError


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
