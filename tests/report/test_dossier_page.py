"""The page of a dossier: links, languages, charts, and that nothing in it runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeAlias

import pandas as pd
import pytest

from creditscore.collect import ItemCatalogue, Observations
from creditscore.indicators import ENTERPRISE, PERSON
from creditscore.protect import Actor
from creditscore.report import Dossier, DossierSection, customer_dossier
from creditscore.report._dossier._places import observed_at
from creditscore.report._dossier._section import observed
from creditscore.report._dossier._words import pair_of

AS_OF = "2024-06-30"
Of: TypeAlias = Callable[..., Dossier]


def page_of(dossier: Dossier) -> str:
    page = dossier.to_html()
    assert page is not None
    return page


class Parts(HTMLParser):
    """Ids, links and tags of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        for name, value in attrs:
            if name == "id":
                self.ids.append(str(value))
            elif name == "href":
                self.links.append(str(value))


@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_links_lead_somewhere_and_ids_are_distinct(dossier_of: Of, language: Any) -> None:
    for customer in ("C00001", "P00001"):
        dossier = dossier_of(customer, "analyst", language)
        parts = Parts(page_of(dossier))
        assert len(parts.ids) == len(set(parts.ids))
        assert {link.removeprefix("#") for link in parts.links} <= set(parts.ids)
        assert all(link.startswith("#") for link in parts.links)
        # nothing runs and nothing is loaded
        assert not parts.tags & {"script", "link", "img", "iframe", "object"}
        assert not {name for name in parts.attributes if name.startswith("on")}
        assert not parts.attributes & {"src", "srcset"}


def test_every_number_of_a_fact_is_linked_to_its_observation(enterprise: Dossier) -> None:
    appendix = enterprise.tables["observations"].set_index("observation")
    for name in ("identity", "facts"):
        section = enterprise[name]
        for row, places in enumerate(section.basis["value"]):
            (place,) = places
            found = appendix.loc[int(place[1:])]
            assert found["item"] == section.table["item"].iloc[row]
            assert found["value"] == section.table["value"].iloc[row]
        assert section.basis["age_days"] == section.basis["value"]
    for section in enterprise.sections:
        assert set(section.numbers) <= set(appendix.index)
    figures = enterprise["statements"]
    for column in figures.table.columns[2:]:
        for row, places in enumerate(figures.basis[column]):
            found = appendix.loc[int(places[0][1:])]
            assert found["value"] == figures.table[column].iloc[row]
            assert f"{found['true_from']:%Y-%m-%d}" == column
    listed = enterprise["invoices"]
    for row, places in enumerate(listed.basis["amount"]):
        assert appendix.loc[int(places[0][1:]), "value"] == listed.table["amount"].iloc[row]
    for name in ("exposure", "behaviour", "indicators"):
        section = enterprise[name]
        column = "amount" if name == "exposure" else "value"
        assert all(places for places in section.basis[column])


def test_links_beyond_the_first_are_counted() -> None:
    numbers = list(range(1, 16))
    sections = (
        DossierSection(
            name="contacts", table=pd.DataFrame({"n_facts": [15.0, 12.0]}),
            basis={"n_facts": [observed(numbers), observed(numbers[:12])]},
        ),
        DossierSection(
            name="observations", table=pd.DataFrame({"value": numbers}),
            anchors=tuple(f"o{number}" for number in numbers),
        ),
    )  # fmt: skip
    actor = Actor(name="ana", roles=("analyst",), purpose="credit decision")
    for language, told in (("en", "and 3 more"), ("zh", "另有 3 条")):
        dossier = Dossier(
            customer="C1", as_of=AS_OF, known_at=AS_OF, actor=actor, language=language,
            sections=sections, labels={},
        )  # fmt: skip
        page = page_of(dossier)
        assert page.count(f'<a href="#observations">{told}</a>') == 1
        assert page.count('href="#o12"') == 2


def test_an_indicator_leads_to_what_it_was_made_of_or_nowhere(enterprise: Dossier) -> None:
    appendix = enterprise.tables["observations"].set_index("observation")
    section = enterprise["indicators"]
    for name, places in zip(section.table["indicator"], section.basis["value"], strict=True):
        numbers = [int(place[1:]) for place in places if place[1:].isdigit()]
        # a value of another day is not led to: of each item there is one a period
        read = appendix.loc[numbers]
        assert not read.duplicated(["item", "true_from"]).any(), name
    rows = pd.DataFrame({
        "observation": [1, 2], "value": [5.0, 7.0], "true_from": pd.to_datetime([AS_OF] * 2),
    })  # fmt: skip
    for value, places in ((7.0, ("o2",)), (6.0, ())):
        read = SimpleNamespace(value=value, dated=pd.Timestamp(AS_OF))
        assert observed_at(rows, "statements", read) == places


def test_what_a_customer_wrote_is_text(open_firm: Callable[..., Any]) -> None:
    attack = '"><script>alert(1)</script><img src=x onerror=alert(2)>\' onclick="x'
    store = open_firm()
    rows = pd.DataFrame({
        "customer": "C00002", "record": ["", attack, "N9"],
        "item": ["industry", "note.text", "note.question"], "value": attack,
        "true_from": "2024-06-10", "source": "third_party", "source_name": attack,
        "method": "interview", "collected_by": attack, "collected_at": "2024-06-11",
        "evidence": attack,
    })  # fmt: skip
    store.load(Observations.from_frame(rows), backfill=True)
    grades = pd.DataFrame({"customer": ["C00002"], "grade": [attack], "valid_from": ["2024-01-01"]})
    dossier = customer_dossier(store, "C00002", as_of=AS_OF, grades=grades)
    for page in (page_of(dossier), dossier._repr_html_()):
        parts = Parts(page)
        assert "script" not in parts.tags
        assert "img" not in parts.tags
        assert not {name for name in parts.attributes if name.startswith("on")}
        assert "<script" not in page
        assert "&lt;script&gt;" in page


def test_languages(dossier_of: Of) -> None:
    pages = {
        language: page_of(dossier_of("C00001", "analyst", language))
        for language in ("en", "zh", "both")
    }
    assert '<html lang="zh">' in pages["zh"]
    assert "营业收入" not in pages["en"]
    assert ">Revenue<" not in pages["zh"]
    assert "信用档案 C00001" in pages["zh"]
    assert "Revenue / 营业收入" in pages["both"]
    assert "public filing / 公开披露" in pages["both"]


def test_units_have_words_in_both_languages() -> None:
    units = {item.unit for item in ItemCatalogue.standard()}
    units |= {one.unit for these in (ENTERPRISE, PERSON) for one in these.indicators}
    assert {unit for unit in units if unit and pair_of(unit) == (unit, unit)} == set()


def test_charts_say_what_they_show(enterprise: Dossier) -> None:
    page = page_of(enterprise)
    charts = [chart for section in enterprise.sections for chart in section.charts]
    assert page.count("<svg") == len(charts) > 5
    assert page.count('role="img" aria-label="') == len(charts)
    assert 'aria-label="Revenue, CNY. 2021-12-31: 7,249,000; ' in page


def test_a_notebook_shows_the_same_without_a_page_around_it(enterprise: Dossier) -> None:
    shown = enterprise._repr_html_()
    assert "<!DOCTYPE" not in shown
    assert "<nav>" not in shown
    assert "</table>" in shown
    ids = Parts(shown).ids
    assert all(re.match(r"d[0-9a-f]{8}-", name) for name in ids)


def test_reprs_hold_no_personal_values(enterprise: Dossier) -> None:
    assert repr(enterprise).startswith("<Dossier of C00001 on 2024-06-30 for Actor(ana as analyst")
    assert "Hongyu" not in repr(enterprise)
    assert repr(enterprise["conflicts"]) == "<DossierSection conflicts: 1 row>"


def test_the_file_is_there_whole_or_not_at_all(enterprise: Dossier, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "C00001.html"
    enterprise.to_html(path)
    assert path.read_text(encoding="utf-8") == page_of(enterprise)
    assert [entry.name for entry in path.parent.iterdir()] == ["C00001.html"]


def test_sections_know_what_they_rest_on() -> None:
    section = DossierSection(
        name="facts", table=pd.DataFrame({"value": [1.0, 2.0]}),
        basis={"value": [("o7", "i-x"), ("o3",)]},
    )  # fmt: skip
    assert section.numbers == (3, 7)
