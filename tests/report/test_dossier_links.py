"""Every number of a dossier leads to what it rests on, and every label says what it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pytest

from creditscore.collect import ItemCatalogue, Observations
from creditscore.datasets import load_trading_firm
from creditscore.expert import ExpertScorecard, MinMaxScore, Weights
from creditscore.indicators import ENTERPRISE, PERSON, Indicator
from creditscore.report import Dossier, customer_dossier
from creditscore.report._dossier._chart import Chart
from creditscore.report._dossier._words import pair_of

AS_OF = "2024-06-30"
Of: TypeAlias = Callable[..., Dossier]
NUMBER = re.compile(r"[-−]?[\d,]*\.?\d+%?")
LEAD_NOWHERE = {
    # from the caller, or from the audit trail, or a count of the names beside it
    ("indicators", "median of peers"), ("indicators_missing", "number"), ("grades", "grade"),
    # not numbers, though some look like it
    ("invoices", "record"), ("records_payment", "record"), ("records_visit", "record"),
}  # fmt: skip
WINDOW = re.compile(r"(\d+) (?:months|years)(?! before\b)|last (\d+) months")
FOUND_OF = {"worst_status": "worst_status_24m", "country_risk_class": "country_risk_class"}


class Cells(HTMLParser):
    """Cells of a page: section, first cell of the row, head, text in links and outside them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str, str, str]] = []
        self.section, self.first, self.head = "", "", ""
        self.texts: list[str] | None = None
        self.in_link = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "h2":
            self.section = str(dict(attrs)["id"])
        elif tag == "tr":
            self.first = ""
        elif tag == "td":
            self.head, self.texts = str(dict(attrs)["data-label"]), ["", ""]
        elif tag == "a":
            self.in_link = True

    def handle_data(self, data: str) -> None:
        if self.texts is not None:
            self.texts[self.in_link] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.in_link = False
        elif tag == "td" and self.texts is not None:
            outside, linked = self.texts
            self.first = self.first or outside + linked
            self.found.append((self.section, self.first, self.head, linked, outside))
            self.texts = None


def cells_of(dossier: Dossier) -> list[tuple[str, str, str, str, str]]:
    page = dossier.to_html()
    assert page is not None
    return Cells(page).found


def numbers_without_a_link(dossier: Dossier) -> list[tuple[str, str, str, str]]:
    return [
        (section, first, head, outside)
        for section, first, head, _, outside in cells_of(dossier)
        if NUMBER.fullmatch(outside.strip())
        and section != "observations"
        and (section, head) not in LEAD_NOWHERE
        and (section, first) != ("principles", "confidential")
    ]


def records() -> Observations:
    """What the sample has not: contracts, trade, ratings, references, a market."""
    rows: list[tuple[Any, ...]] = [
        ("", "market_rank", 3, "2023-12-31", "2024-03-01", "x"),
        ("", "largest_customer_share", 0.9, "2023-12-31", "2024-03-01", "x"),
        ("", "n_competitors", 20, "2023-12-31", "2024-03-01", "x"),
        ("", "reference_opinion", 0.4, "2023-05-01", "2023-05-02", "mill"),
        ("", "reference_opinion", 0.8, "2024-05-01", "2024-05-02", "mill"),
        ("", "reference_opinion", 0.6, "2024-02-01", "2024-02-02", "port"),
        ("", "reference_opinion", 0.1, "2021-02-01", "2021-02-02", "mine"),
    ]
    for name, notch, scale, day in (
        ("R1", 12, "global", "2022-01-10"), ("R2", 8, "global", "2023-01-10"),
        ("R3", 7, "global", "2020-01-10"), ("R4", 2, "china", "2020-01-10"),
    ):  # fmt: skip
        agency = "North" if name in ("R1", "R2") else "South"
        told = {"agency": agency, "rating": "BBB", "scale": scale, "notch": notch}
        rows += [(name, f"rating.{k}", value, day, day, "x") for k, value in told.items()]
    for name, done, share in (("K1", "2022-09-20", 1.0), ("K2", "2023-10-20", 0.8)):
        due = "2023-09-30"
        rows.append((name, "contract.due_on", due, "2022-03-01", "2022-03-01", "x"))
        rows.append((name, "contract.fulfilled_on", done, "2022-03-01", "2023-11-01", "x"))
        rows.append((name, "contract.fulfilled_share", share, "2022-03-01", "2023-11-01", "x"))
    for name, amount, role, day in (
        ("T1", 500, "customer", "2023-12-31"), ("T2", 300, "customer", "2023-12-31"),
        ("T3", 200, "supplier", "2023-12-31"), ("T4", 900, "customer", "2022-12-31"),
    ):  # fmt: skip
        rows.append((name, "trade.role", role, day, "2024-03-01", "x"))
        rows.append((name, "trade.amount", amount, day, "2024-03-01", "x"))
    columns = ["record", "item", "value", "true_from", "collected_at", "source_name"]
    table = pd.DataFrame(rows, columns=columns).assign(
        customer="C00001", source="third_party", method="data_analysis",
        unit=lambda t: np.where(t["item"] == "trade.amount", "CNY", ""),
    )  # fmt: skip
    return Observations.from_frame(table)


# --- numbers -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("customer", "role"),
    [("C00001", "analyst"), ("C00009", "analyst"), ("P00001", "analyst"), ("C00001", "auditor"),
     ("P00001", "sales")],
)  # fmt: skip
def test_every_number_has_a_link(dossier_of: Of, customer: str, role: str) -> None:
    assert numbers_without_a_link(dossier_of(customer, role, "en")) == []


def test_indicators_of_records_lead_to_what_they_were_made_of(
    open_firm: Callable[..., Any],
) -> None:
    store = open_firm()
    store.load(records(), backfill=True)
    peers = pd.DataFrame({
        "country": ["CN"], "period_end": ["2023-12-31"], "known_on": ["2024-03-31"],
        **{f"market_rank_{k}": [v] for k, v in
           {"lower_quartile": 0.2, "median": 0.5, "upper_quartile": 0.7}.items()},
    })  # fmt: skip
    card = ExpertScorecard(
        subscores={
            name: MinMaxScore(low=0, high=30, missing_score=0.0)
            for name in ("agency_rating", "return_rate")
        },
        weights=Weights.of({"agency_rating": 1, "return_rate": 1}),
    )  # fmt: skip
    dossier = customer_dossier(store, "C00001", as_of=AS_OF, peers=peers, scorecard=card)
    nowhere = {("scores", "base points", "points")}
    assert {cell[:3] for cell in numbers_without_a_link(dossier)} == nowhere
    (points,) = (
        cell
        for cell in cells_of(dossier)
        if cell[:3] == ("scores", "Return rate, 12 months", "points")
    )
    assert points[3]
    appendix = dossier.tables["observations"].set_index("observation")
    section = dossier["indicators"]
    values = section.table.set_index("indicator")["value"]

    def read(indicator: str, item: str) -> list[Any]:
        places = section.basis["value"][section.table["indicator"].tolist().index(indicator)]
        rows = appendix.loc[[int(place[1:]) for place in places if place[1:].isdigit()]]
        return list(rows.loc[rows["item"] == item, "value"])

    # the last opinion of each, of two years; the last rating of each agency, by scale
    assert read("references_opinion", "reference_opinion") == [0.6, 0.8]
    assert values["references_opinion"] == pytest.approx(np.mean([0.6, 0.8]))
    assert sorted(read("agency_rating", "rating.notch")) == [7, 8]
    assert values["agency_rating"] == 8
    assert read("domestic_agency_rating", "rating.notch") == [2]
    amounts = np.array(read("customer_concentration", "trade.amount"))
    assert values["customer_concentration"] == pytest.approx(((amounts / amounts.sum()) ** 2).sum())
    assert read("supplier_concentration", "trade.amount") == [200]
    # what was told does not count beside records
    assert values["largest_customer_share"] == pytest.approx(5 / 8)
    assert read("largest_customer_share", "largest_customer_share") == []
    assert "how" not in section.table
    shares = read("contract_fulfilment_rate", "contract.fulfilled_share")
    assert values["contract_fulfilment_rate"] == pytest.approx(np.mean(shares))
    assert read("market_rank", "market_rank") == [3]
    (first,) = read("relationship_years", "invoice.invoiced_on")
    years = (pd.Timestamp(AS_OF) - pd.Timestamp(first)).days / 365.25
    assert values["relationship_years"] == pytest.approx(years)


def test_what_was_told_is_linked_and_called_told(open_firm: Callable[..., Any]) -> None:
    store = open_firm()
    name = "largest_customer_share"
    told = pd.DataFrame({
        "customer": ["C00001"], "item": ["largest_customer_share"], "value": [0.35],
        "true_from": ["2024-03-01"], "collected_at": ["2024-03-05"], "source": ["third_party"],
        "source_name": ["campaign"], "method": ["questionnaire"],
    })  # fmt: skip
    store.load(Observations.from_frame(told), backfill=True)
    dossier = customer_dossier(store, "C00001", as_of=AS_OF)
    section = dossier["indicators"]
    row = section.table.set_index("indicator").loc[name]
    assert (row["value"], row["how"]) == (0.35, "told")
    ((place,),) = (
        places
        for one, places in zip(section.table["indicator"], section.basis["value"], strict=True)
        if one == name
    )
    appendix = dossier.tables["observations"].set_index("observation")
    assert appendix.loc[int(place[1:]), "item"] == "largest_customer_share"
    assert not dossier.tables["indicators_missing"]["indicators"].str.contains(name).any()
    assert numbers_without_a_link(dossier) == []
    shown = [cell[4] for cell in cells_of(dossier) if cell[2] == "how known"]
    assert shown.count("as told") == 1


# --- labels --------------------------------------------------------------------------


def test_an_item_is_called_one_thing_on_a_page(dossier_of: Of) -> None:
    """Also where an indicator of the same name is another number."""
    for customer, role in (("C00001", "analyst"), ("P00001", "analyst")):
        dossier = dossier_of(customer, role, "en")
        catalogue = {item.name: item.label for item in ItemCatalogue.standard()}
        cells = cells_of(dossier)
        shown = {
            section: [first for one, first, head, *_ in cells if one == section and head == "value"]
            for section in ("facts", "indicators")
        }
        facts = dossier.tables["facts"]["item"]
        assert shown["facts"] == [catalogue[name] for name in facts]
        names = dossier.tables["indicators"]["indicator"]
        assert shown["indicators"] == [dossier.indicator_labels[name][0] for name in names]


def all_indicators() -> tuple[Indicator, ...]:
    return (*ENTERPRISE.indicators, *PERSON.indicators)


def test_labels_name_their_windows() -> None:
    n_windows = 0
    for one in all_indicators():
        for months, last in WINDOW.findall(one.formula):
            n_windows += 1
            assert (months or last) in one.label, one.name
            assert (months or last) in one.label_zh, one.name
    assert n_windows > 10
    for name in ("n_settled", "mean_days_late", "mean_days_late_amount", "worst_days_late"):
        assert all("24" in text for text in pair_of(name))


def test_one_thing_has_one_label_and_two_have_two() -> None:
    items = {item.name: (item.label, item.label_zh) for item in ItemCatalogue.standard()}
    labels = [(one.label, one.label_zh) for one in all_indicators()]
    for place in (0, 1):
        told = [pair[place] for pair in labels]
        assert len(set(told)) == len(told)
    for one in all_indicators():
        # an item as it stands
        item = FOUND_OF.get(one.name, one.name)
        if one.formula == item or one.name in FOUND_OF:
            assert (one.label, one.label_zh) == items[item], one.name
        else:
            assert not {one.label, one.label_zh} & {w for pair in items.values() for w in pair}, one


@pytest.mark.parametrize("kind", ["places", "bars"])
def test_a_chart_has_room_for_every_label(kind: Any) -> None:
    for one in all_indicators():
        chart = Chart(
            kind=kind, title=("x", "x"), names=((one.label, one.label_zh),), values=(0.5,),
            notes=(("1", "1"),),
        )  # fmt: skip
        for place, label in enumerate((one.label, one.label_zh)):
            assert f">{escape(label)}</text>" in chart.svg(place)
            assert f'viewBox="0 0 {chart.width(place):.0f} ' in chart.svg(place)
    long = Chart(
        kind=kind, title=("x", "x"), names=(("w" * 90, "长" * 90),), values=(1.0,),
        notes=(("1", "1"),),
    )  # fmt: skip
    assert long.width(0) == long.width(1) < 2 * 340
    assert "…</text>" in long.svg(1)


# --- groups --------------------------------------------------------------------------


def test_a_parent_that_was_merged_is_the_one_that_it_is(open_firm: Callable[..., Any]) -> None:
    owners = load_trading_firm().customers.set_index("customer")["parent"].dropna()
    child, parent = str(owners.index[0]), str(owners.iloc[0])
    store = open_firm()
    before = pd.Timestamp.now("UTC")
    store.link(parent, "C00001", "one firm")
    table = customer_dossier(store, child, as_of=AS_OF).tables["group_tree"].set_index("customer")
    assert table.loc[child, "parent"] == "C00001"
    assert table.loc["C00001", "relation"] == "parent"
    assert parent not in table.index
    # before the merge was known it was not
    told = customer_dossier(store, child, as_of=AS_OF, known_at=before).tables["group_tree"]
    assert parent in set(told["parent"])
    # who was merged into its own parent is no group of itself
    store.unlink(parent, "two firms")
    store.link(parent, child, "one firm, the child")
    alone = customer_dossier(store, child, as_of=AS_OF).tables.get("group_tree")
    assert alone is None or child not in set(alone["parent"])
