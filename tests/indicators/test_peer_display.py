"""A firm between the quartiles of its peers: places by hand, gaps, what is refused, the picture."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from creditscore.exceptions import InvalidParameterError, MissingColumnError
from creditscore.indicators import FINANCIAL, CustomerRecords, PeerDisplay, facts_on

mpl.use("Agg")
AS_OF = "2024-06-30"
MEASURES = ["operating_margin", "debt_ratio", "interest_cover", "current_ratio"]


def rows(**columns: Any) -> pd.DataFrame:
    end, known_on = pd.Timestamp("2023-12-31"), pd.Timestamp("2024-04-30")
    return pd.DataFrame({"period_end": end, "known_on": known_on, **columns})


STATEMENTS = rows(
    customer=["A", "B", "C"], revenue=100.0, ebit=[3.0, 14.0, 4.0], total_assets=200.0,
    total_liabilities=[150.0, 50.0, 100.0], interest_expense=[0.0, 2.0, 1.0],
    current_assets=60.0, current_liabilities=[30.0, 20.0, 40.0],
)  # fmt: skip
PROFILE = pd.DataFrame({
    "customer": ["A", "B", "C"], "known_on": pd.Timestamp("2020-01-01"),
    "industry": ["steel", "steel", None],
})  # fmt: skip


def quartiles(**ends: tuple[float, float, float]) -> dict[str, float]:
    words = ("lower_quartile", "median", "upper_quartile")
    return {
        f"{name}_{word}": end
        for name, three in ends.items()
        for word, end in zip(words, three, strict=True)
    }


PEERS = rows(
    industry=["steel"],
    **quartiles(
        operating_margin=(0.02, 0.04, 0.09), debt_ratio=(0.4, 0.5, 0.6),
        interest_cover=(1.0, 3.0, 8.0), current_ratio=(2.0, 2.0, 3.0),
    ),
)  # fmt: skip


def table(names: list[str] = MEASURES, as_of: str = AS_OF, **tables: Any) -> Any:
    records = CustomerRecords(**{"statements": STATEMENTS, "profile": PROFILE, **tables})
    return FINANCIAL.only(names).compute(records, as_of=as_of)


def places(customer: str) -> list[float]:
    found: list[float] = PeerDisplay.from_table(table(), customer, PEERS).frame()["place"].tolist()
    return found


def test_places_by_hand() -> None:
    # 0.03 lies in the middle between 0.02 and 0.04; 0.75 is 2.5 times 0.1 above 0.5, and riskier
    assert places("A") == pytest.approx([-0.5, -2.5, np.nan, 0.0], nan_ok=True)
    # 0.14 is twice 0.05 above the median; a cover of 7 is 4 / 5 of the way; 3 is the quartile
    assert places("B") == pytest.approx([2.0, 2.5, 0.8, 1.0])


def test_a_quartile_at_the_median_has_half_the_distance_of_both() -> None:
    below = table(["current_ratio"], statements=STATEMENTS.assign(current_liabilities=40.0))
    frame = PeerDisplay.from_table(below, "A", PEERS).frame()
    assert frame.loc[0, "place"] == pytest.approx((1.5 - 2.0) / 0.5)
    flat = PEERS.assign(**quartiles(current_ratio=(2.0, 2.0, 2.0)))
    frame = PeerDisplay.from_table(below, "A", flat).frame()
    assert np.isnan(frame.loc[0, "place"])
    assert frame.loc[0, "reason"] == "the quartiles of the peers are one number"


def test_a_gap_has_its_reason_and_frames_are_copies() -> None:
    display = PeerDisplay.from_table(table(), "A", PEERS)
    frame = display.frame().set_index("indicator")
    assert frame.loc["interest_cover", "reason"] == "interest_expense is zero"
    assert frame["reason"].tolist().count("") == 3
    few = PEERS.assign(debt_ratio_median=np.nan)
    told = PeerDisplay.from_table(table(), "A", few).frame().set_index("indicator")["reason"]
    assert told["debt_ratio"] == "debt_ratio_median is not given"
    changed = display.frame()
    changed["place"] = 0.0
    pd.testing.assert_series_equal(display.frame()["place"], frame["place"].reset_index(drop=True))


def test_the_row_known_on_the_day_counts_whatever_the_records_hold() -> None:
    later = PEERS.assign(
        known_on=pd.Timestamp("2024-06-01"), period_end=pd.Timestamp("2024-05-31"),
        **quartiles(operating_margin=(0.01, 0.03, 0.05)),
    )  # fmt: skip
    both = pd.concat([PEERS, later])
    for as_of, place in (("2024-05-31", -0.5), (AS_OF, 0.0)):
        found = table(["operating_margin"], as_of, peers=later)
        frame = PeerDisplay.from_table(found, "A", both).frame()
        assert frame["place"].tolist() == pytest.approx([place])


def test_the_picture_shows_each_indicator_and_its_gap() -> None:
    display = PeerDisplay.from_table(table(), "A", PEERS).plot()
    told = [text.get_text() for text in display.ax_.texts]
    assert told == [
        "0.03  (median 0.04)", "0.75  (median 0.5)", "interest_expense is zero", "2  (median 2)"
    ]  # fmt: skip
    dots = [line.get_xdata()[0] for line in display.ax_.lines]
    assert dots == pytest.approx([-0.5, -2.5, 0.0])
    assert display.ax_.get_title(loc="left") == "A beside its peers: steel"
    assert repr(display).startswith("<PeerDisplay: A beside steel, 4 indicators; plot()")
    far = table(["operating_margin"], statements=STATEMENTS.assign(ebit=-90.0))
    one = PeerDisplay.from_table(far, "A", PEERS)
    assert "1 indicator;" in repr(one)
    assert one.plot().ax_.lines[0].get_xdata()[0] == -4.0
    mpl.pyplot.close("all")


def test_who_has_no_peers_is_told_why() -> None:
    for customer, day, why in (
        ("C", AS_OF, "'C' has no peers on 2024-06-30: the industry of the customer is not known"),
        ("A", "2024-04-29", "peers are known from 2024-04-30 on only"),
    ):
        with pytest.raises(InvalidParameterError, match=why):
            PeerDisplay.from_table(table(as_of=day), customer, PEERS)
    with pytest.raises(InvalidParameterError, match="peers hold nothing of industry 'steel'"):
        PeerDisplay.from_table(table(), "A", PEERS.assign(industry="paper"))
    with pytest.raises(InvalidParameterError, match="no customer 'Z' in found"):
        PeerDisplay.from_table(table(), "Z", PEERS)
    with pytest.raises(MissingColumnError, match=r"'debt_ratio_median' .*is not in the table"):
        PeerDisplay.from_table(table(), "A", PEERS.drop(columns="debt_ratio_median"))
    with pytest.raises(InvalidParameterError, match="'tax_burden' has no safer side"):
        PeerDisplay.from_table(table(["tax_burden"]), "A", PEERS)
    unplaced = FINANCIAL.only(MEASURES).compute(
        CustomerRecords(statements=STATEMENTS), as_of=AS_OF
    )  # fmt: skip
    with pytest.raises(InvalidParameterError, match="'profile' tells the industry"):
        PeerDisplay.from_table(unplaced, "A", PEERS)
    facts = facts_on(CustomerRecords(statements=STATEMENTS), AS_OF)
    with pytest.raises(InvalidParameterError, match="'found' parameter of PeerDisplay"):
        PeerDisplay.from_table(facts, "A", PEERS)  # type: ignore[arg-type]
