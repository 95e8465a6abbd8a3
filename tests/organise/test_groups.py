"""Control, effective shares, groups and connected clients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.datasets import load_trading_firm
from creditscore.exceptions import InvalidDataError, InvalidParameterError, MissingColumnError
from creditscore.organise import (
    GroupTreeDisplay,
    connected_clients,
    control_table,
    find_groups,
)
from creditscore.organise._group._control import effective_shares
from creditscore.organise._group._ownership import read_ownership
from growth import growth

DAY = "2024-06-30"


def shares(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["owner", "owned", "share"])


def effective(*rows: tuple[str, str, float]) -> dict[tuple[str, str], float]:
    found = control_table(shares(*rows), as_of=DAY)
    pairs = zip(found["owner"], found["owned"], strict=True)
    return dict(zip(pairs, found["effective_share"], strict=True))


def test_a_chain_is_thin_and_yet_control() -> None:
    found = control_table(shares(("A", "B", 0.6), ("B", "C", 0.6), ("C", "D", 0.6)), as_of=DAY)
    row = found.set_index(["owner", "owned"]).loc[("A", "D")]
    assert row["effective_share"] == pytest.approx(0.216)
    assert (row["votes"], row["control"], row["direct_share"]) == (0.6, "indirect", 0.0)


def test_two_ways_add_up() -> None:
    rows = [("A", "B", 0.6), ("B", "D", 0.3), ("A", "C", 0.8), ("C", "D", 0.25), ("A", "D", 0.1)]
    found = effective(*rows)
    assert found["A", "D"] == pytest.approx(0.6 * 0.3 + 0.8 * 0.25 + 0.1)
    table = control_table(shares(*rows), as_of=DAY).set_index(["owner", "owned"])
    assert table.loc[("A", "D"), "votes"] == pytest.approx(0.65)
    assert table.loc[("A", "D"), "control"] == "indirect"
    assert table.loc[("B", "D"), "control"] == "none"


def test_exactly_half_is_no_control() -> None:
    assert control_table(shares(("A", "B", 0.5)), as_of=DAY)["control"].item() == "none"
    assert control_table(shares(("A", "B", 0.500001)), as_of=DAY)["control"].item() == "direct"
    # sums of votes that are half but for rounding
    thirds = shares(("A", "B", 0.9), ("A", "C", 0.2), ("B", "C", 0.3))
    table = control_table(thirds, as_of=DAY).set_index(["owner", "owned"])
    assert table.loc[("A", "C"), "control"] == "none"
    two_thirds = control_table(shares(("A", "B", 0.6)), as_of=DAY, control_above=2 / 3)
    assert two_thirds["control"].item() == "none"


def test_cross_holdings_by_the_geometric_series() -> None:
    # O owns 80 % of A; A and B own a part of each other
    found = effective(("O", "A", 0.8), ("A", "B", 0.5), ("B", "A", 0.2))
    assert found["O", "A"] == pytest.approx(0.8 / (1 - 0.1))
    assert found["O", "B"] == pytest.approx(0.4 / (1 - 0.1))
    # a chain that comes back to its owner is none
    assert found["A", "B"] == pytest.approx(0.5)
    assert found["B", "A"] == pytest.approx(0.2)
    assert ("A", "A") not in found


@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 6), st.floats(0.05, 0.3)),
        max_size=14, unique_by=lambda row: row[:2],
    )
)  # fmt: skip
def test_effective_shares_are_sums_over_chains(rows: list[tuple[int, int, float]]) -> None:
    """Against powers of the matrix, with columns scaled so that outsiders own a part."""
    matrix = np.zeros((7, 7))
    for owner, owned, share in rows:
        if owner != owned:
            matrix[owner, owned] = share
    matrix /= np.maximum(matrix.sum(axis=0) / 0.9, 1)
    listed = [
        (f"F{i}", f"F{j}", float(matrix[i, j])) for i in range(7) for j in range(7) if matrix[i, j]
    ]
    if not listed:
        return
    found = effective(*listed)
    for x in range(7):
        # chains that never come back to x: its column is taken out
        without = matrix.copy()
        without[:, x] = 0
        row, total = without[x], np.zeros(7)
        for _ in range(400):
            total += row
            row = row @ without
        for y in range(7):
            if y != x:
                assert found.get((f"F{x}", f"F{y}"), 0.0) == pytest.approx(total[y], abs=1e-9)
    groups = find_groups(shares(*listed), as_of=DAY).table
    assert groups["customer"].is_unique
    # whoever has a group is named in it
    assert set(groups["group"]) <= set(groups["customer"])


def test_owners_of_all_of_a_firm_add_up_to_one() -> None:
    found = effective(("O", "A", 0.7), ("B", "A", 0.3), ("P", "B", 0.6), ("A", "B", 0.4))
    assert found["O", "A"] + found["P", "A"] == pytest.approx(1)
    assert found["O", "B"] + found["P", "B"] == pytest.approx(1)


def test_groups_of_the_sample() -> None:
    firm = load_trading_firm()
    groups = find_groups(firm.ownership, as_of=DAY, customers=firm.customers["customer"])
    told = firm.customers.set_index("customer")["parent"].dropna()
    # those that were entered twice have the parent of the first entry
    told = told[~told.index.str.startswith("D")]
    found = groups.table.set_index("customer")["parent"]
    assert found[found != ""].to_dict() == told.to_dict()
    assert set(firm.customers["customer"]) <= set(groups.table["customer"])


def test_shares_hold_from_one_day_until_before_another() -> None:
    texts = shares(("A", "B", 0.6), ("C", "B", 0.7)).assign(
        true_from=["2020-01-01", "2024-01-01"], true_to=["2024-01-01", None]
    )
    for table in (texts, texts.astype({"true_from": "datetime64[s]", "true_to": "datetime64[s]"})):
        parents = {
            day: find_groups(table, as_of=day).table.set_index("customer")["parent"]
            for day in ("2019-12-31", "2020-01-01", "2023-12-31", "2024-01-01")
        }
        found = [parent.get("B", "none") for parent in parents.values()]
        assert found == ["none", "A", "A", "C"]


def test_a_long_line_takes_little_time() -> None:
    def grouped(n: int) -> Callable[[], Any]:
        names = [f"F{place:04d}" for place in range(n)]
        table = pd.DataFrame({"owner": names[:-1], "owned": names[1:], "share": 0.6})
        found = find_groups(table, as_of=DAY).table.set_index("customer")
        assert found["parent"].tolist() == ["", *names[:-1]]
        assert set(found["ultimate_parent"]) == {"F0000"}
        assert found["effective_share"].iloc[-1] == pytest.approx(0.6 ** (n - 1))
        return lambda: find_groups(table, as_of=DAY)

    # its square: 12 times; 64 times where all that control a firm are looked at in pairs
    assert growth(grouped, 151, 601) < 32


def test_shares_are_the_same_whoever_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [("A", "B", 0.6), ("B", "C", 0.5), ("C", "A", 0.2), ("D", "B", 0.1), ("E", "F", 0.3)]
    found = read_ownership(shares(*rows), DAY, "test")
    every = effective_shares(found)
    monkeypatch.setattr("creditscore.organise._group._control._AT_ONCE", 2)
    assert effective_shares(found) == pytest.approx(every)
    for owner in range(len(found.names)):
        mine = {pair: share for pair, share in every.items() if pair[0] == owner}
        assert effective_shares(found, [owner]) == pytest.approx(mine)
    assert effective_shares(found, []) == {}


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_no_shares_at_all(kind: str) -> None:
    table = shares()
    nothing = {"pandas": table, "polars": pl.from_pandas(table), "pyarrow": pa.table(table)}[kind]
    assert len(find_groups(nothing, as_of=DAY).table) == 0
    with pytest.raises(MissingColumnError, match="'share'"):
        find_groups(table[["owner", "owned"]], as_of=DAY)


def test_a_day_is_a_day_however_it_is_given() -> None:
    groups = find_groups(shares(("A", "B", 0.6)), as_of=pd.Timestamp(DAY))
    assert groups.as_of == DAY


def test_a_ring_is_one_group_without_a_parent() -> None:
    ring = shares(("B", "A", 0.6), ("A", "B", 0.6), ("B", "C", 0.7))
    groups = find_groups(ring, as_of=DAY)
    table = groups.table.set_index("customer")
    assert table["group"].tolist() == ["A", "A", "A"]
    assert table["how"].tolist() == ["ring"] * 3
    assert table["ultimate_parent"].tolist() == [""] * 3
    assert groups.members("A") == ["A", "B", "C"]
    assert groups.tree("A")[["customer", "depth"]].values.tolist() == [["A", 0], ["B", 1], ["C", 2]]
    # who controls a ring from above is its parent
    topped = find_groups(shares(("B", "A", 0.3), ("A", "B", 0.6), ("O", "A", 0.6)), as_of=DAY)
    assert set(topped.table["group"]) == {"O"}
    assert topped.table.set_index("customer").loc["A", "parent"] == "O"


def test_the_parent_is_the_last_of_the_chain() -> None:
    rows = shares(("A", "B", 0.9), ("B", "C", 0.9), ("A", "C", 0.05), ("C", "D", 0.3),
                  ("B", "D", 0.3))  # fmt: skip
    table = find_groups(rows, as_of=DAY).table.set_index("customer")
    assert table["parent"].to_dict() == {"A": "", "B": "A", "C": "B", "D": "B"}
    assert set(table["ultimate_parent"]) == {"A"}


def test_exposures_of_groups() -> None:
    groups = find_groups(shares(("A", "B", 0.6), ("A", "C", 0.6)), as_of=DAY)
    found = groups.exposures({"B": 30.0, "C": 10.0, "Z": 60.0, "A": 0.0})
    assert found[["group", "n_customers", "amount"]].values.tolist() == [
        ["Z", 1, 60.0], ["A", 3, 40.0],
    ]  # fmt: skip
    assert found["share"].tolist() == [0.6, 0.4]
    assert found["largest_share"].tolist() == [1.0, 0.75]
    none = groups.exposures({"A": 0.0})
    assert none[["share", "largest_share"]].isna().all(axis=None)
    for wrong in (-1.0, np.nan, np.inf):
        with pytest.raises(InvalidDataError, match="exposure of 'B'"):
            groups.exposures({"A": 1.0, "B": wrong})
    column = pd.Series(["B", "Z"], index=[7, 8])
    pd.testing.assert_series_equal(
        groups.group_of(column), pd.Series(["A", "Z"], index=[7, 8], name="group", dtype="str")
    )


def test_trees() -> None:
    rows = shares(("A & Co", "<b>B</b>", 0.6), ("<b>B</b>", "C", 0.7), ("A & Co", "D", 0.8))
    groups = find_groups(rows, as_of=DAY)
    html = groups.to_html("A & Co")
    assert html == (
        "<ul><li>A &amp; Co<ul><li>&lt;b&gt;B&lt;/b&gt; (60.0%, direct)<ul><li>C (42.0%, indirect)"
        "</li></ul></li><li>D (80.0%, direct)</li></ul></li></ul>"
    )
    assert html.count("<ul>") == html.count("</ul>")
    assert html.count("<li>") == html.count("</li>") == 4
    display = GroupTreeDisplay.from_groups(groups, "A & Co")
    texts = [text.get_text() for text in display.plot().ax_.texts]
    assert texts == ["A & Co", "<b>B</b>  60.0%, direct", "C  42.0%, indirect", "D  80.0%, direct"]
    assert repr(display) == "GroupTreeDisplay(A & Co: 4 members on 2024-06-30)"
    assert "&lt;b&gt;" in groups._repr_html_()
    with pytest.raises(InvalidParameterError, match="no group 'C'"):
        groups.to_html("C")


def test_nobody_owns_anybody() -> None:
    empty = shares(("A", "B", 0.5)).iloc[:0]
    groups = find_groups(empty, as_of=DAY, customers=["Z"])
    assert groups.table.values.tolist() == [["Z", "Z", "", "Z", 1.0, "alone"]]
    assert len(control_table(empty, as_of=DAY)) == 0
    with pytest.raises(MissingColumnError, match="'share'"):
        find_groups(empty[["owner", "owned"]], as_of=DAY)


@pytest.mark.parametrize(
    ("rows", "match"),
    [
        ([("A", "A", 0.5)], "owns itself"),
        ([("A", "B", 0.0)], "above 0 and at most 1"),
        ([("A", "B", 60.0)], "above 0 and at most 1"),
        ([("A", "B", np.nan)], "above 0 and at most 1"),
        ([("A", None, 0.5)], "names no owner"),
        ([("A", "B", 0.6), ("C", "B", 0.6)], "1.2 of 'B' is owned"),
        ([("A", "B", 0.3), ("A", "B", 0.3)], "Two shares of 'A' in 'B'"),
        ([("A", "B", 1.0), ("B", "A", 1.0)], "own each other wholly"),
    ],
)
def test_shares_that_cannot_be(rows: list[tuple[str, str, float]], match: str) -> None:
    with pytest.raises(InvalidDataError, match=match):
        find_groups(shares(*rows), as_of=DAY)
    with pytest.raises(InvalidDataError, match=match):
        control_table(shares(*rows), as_of=DAY)


def test_parameters() -> None:
    one = shares(("A", "B", 0.6))
    with pytest.raises(InvalidParameterError, match="'control_above'"):
        find_groups(one, as_of=DAY, control_above=0.4)
    with pytest.raises(InvalidParameterError, match="'as_of'"):
        find_groups(one, as_of="June")
    dated = one.assign(true_from=pd.to_datetime(["2024-01-02"]),
                       true_to=pd.to_datetime(["2024-01-02"]))  # fmt: skip
    with pytest.raises(InvalidDataError, match="which is no time"):
        find_groups(dated, as_of=DAY)
    with pytest.raises(InvalidDataError, match=r"'true_from' must hold days .* Got '1/2/24'"):
        find_groups(one.assign(true_from=["1/2/24"]), as_of=DAY)


def test_connected_clients() -> None:
    groups = find_groups(shares(("A", "B", 0.6), ("C", "D", 0.6)), as_of=DAY, customers=["E"])
    needs = pd.DataFrame({"dependent": ["B", "F"], "on": ["D", "E"],
                          "reason": ["sells it all", "is lent all by it"]})  # fmt: skip
    found = connected_clients(groups, needs).set_index("customer")
    assert found["connected"].to_dict() == {
        "A": "A", "B": "A", "C": "A", "D": "A", "E": "E", "F": "E",
    }  # fmt: skip
    assert found.loc["C", "why"] == "B on D: sells it all"
    assert connected_clients(groups, needs.iloc[:0])["connected"].tolist() == [
        "A", "A", "C", "C", "E",
    ]  # fmt: skip
    for column in ("dependent", "on", "reason"):
        wrong = needs.astype(object)
        wrong.loc[1, column] = None
        with pytest.raises(InvalidDataError, match="Row 1 of the dependencies"):
            connected_clients(groups, wrong)
