"""What the caller gives to a dossier is for those who may read the like of it in the store."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pytest

from creditscore.collect import Item, ItemCatalogue, Observations
from creditscore.exceptions import EmptyDataError
from creditscore.expert import ExpertScorecard, MinMaxScore, Weights
from creditscore.grade import RatingHistory
from creditscore.protect import AccessPolicy, Actor, Grant, KeyRing, Role
from creditscore.report import Dossier, customer_dossier

AS_OF = "2024-06-30"
Open: TypeAlias = Callable[..., Any]
MARKERS = {
    "grades": ("ZQ7grade", "2022-02-03"), "contacts": ("ZQ7caller", "ZQ7channel", "ZQ7outcome"),
    "financial peers": ("987.6",), "peers": ("765.4",), "opinion": ("ZQ7opinion",),
    "question": ("ZQ7question",),
}  # fmt: skip
"""Words, days and numbers that stand nowhere else, by the part that they are in."""
PURPOSES = {
    "analyst": "credit decision", "credit_manager": "credit decision", "sales": "sales",
    "collector": "collection", "data_scientist": "model development", "auditor": "audit",
    "data_protection_officer": "data subject request", "emergency": "credit decision",
}  # fmt: skip
EVERY = frozenset(MARKERS)
MAY_SEE: dict[str, frozenset[str]] = {
    "analyst": EVERY, "credit_manager": EVERY, "data_protection_officer": EVERY,
    "emergency": EVERY, "sales": frozenset({"contacts", "peers"}),
    # the standard policy gives it what is told of the customer, ratings among it
    "collector": frozenset({"contacts", "peers", "grades", "question"}),
    # contacts and the country it reads masked
    "data_scientist": frozenset({"grades", "question"}), "auditor": frozenset(),
}  # fmt: skip
NOT_SHOWN = {"en": "Given with the file, and not shown to this role: ", "zh": "本角色无权查看："}
NAMED = {
    "grades": ("grades", "信用等级"), "contacts": ("the log of contacts", "联系日志"),
    "peers": ("figures of peers", "同业数据"),
}  # fmt: skip


def given() -> dict[str, pd.DataFrame]:
    return {
        "grades": pd.DataFrame({
            "customer": ["C00001"], "grade": ["ZQ7grade"], "valid_from": ["2022-02-03"],
        }),
        "contacts": pd.DataFrame({
            "customer": ["C00001"], "at": ["2024-05-01T10:00"], "by": ["ZQ7caller"],
            "channel": ["ZQ7channel"], "outcome": ["ZQ7outcome"],
        }),
        "peers": pd.DataFrame({
            "country": ["CN"], "period_end": ["2024-03-31"], "known_on": ["2024-05-15"],
            "current_ratio_median": [987.6], "on_time_rate_median": [765.4],
        }),
    }  # fmt: skip


def written() -> Observations:
    rows = [("N8", "note.text", "ZQ7opinion"), ("N9", "note.question", "ZQ7question")]
    return Observations.from_frame(
        pd.DataFrame(rows, columns=["record", "item", "value"]).assign(
            customer="C00001", true_from="2024-06-10", source="internal_record",
            method="data_analysis", collected_at="2024-06-11",
        )
    )  # fmt: skip


def everything(dossier: Dossier) -> str:
    """Return all that a dossier can be read as."""
    page = dossier.to_html()
    tables = [table.to_csv() for table in dossier.tables.values()]
    stored = pickle.dumps(dossier).decode("utf-8", errors="ignore")
    return "\n".join([str(page), repr(dossier), dossier._repr_html_(), *tables, stored])


def opened(open_firm: Open, role: str) -> Any:
    """Open the store in a role; that of emergencies is taken by breaking the glass."""
    if role != "emergency":
        return open_firm(role, PURPOSES[role])
    store = open_firm("credit_manager", PURPOSES[role])
    store.break_glass(reason="The claim falls due today, and the person in charge is away.")
    return store


def test_each_role_of_the_standard_policy_is_tried() -> None:
    assert {*MAY_SEE, "administrator"} == set(AccessPolicy.standard().names)


@pytest.mark.parametrize("role", MAY_SEE)
def test_what_is_given_is_for_who_may_read_the_like(open_firm: Open, role: str) -> None:
    open_firm().load(written(), backfill=True)
    store = opened(open_firm, role)
    hidden = [name for name in NAMED if name not in MAY_SEE[role]]
    for language in ("en", "zh", "both"):
        dossier = customer_dossier(store, "C00001", as_of=AS_OF, language=language, **given())
        text, page = everything(dossier), str(dossier.to_html())
        for part, markers in MARKERS.items():
            for marker in markers:
                assert (marker in text) == (part in MAY_SEE[role]), (part, marker)
                assert (marker in page) == (part in MAY_SEE[role]), (part, marker)
        assert ("grades" in dossier.tables) == ("grades" in MAY_SEE[role])
        assert ("median" in dossier.tables.get("indicators", ())) == ("peers" in MAY_SEE[role])
        for place, (one, said) in enumerate(NOT_SHOWN.items()):
            names = (", ", "、")[place].join(NAMED[name][place] for name in hidden)
            line = f"{said}{names}{'.。'[place]}"
            assert (line in page) == (bool(hidden) and language in (one, "both"))
            assert [line in note[place] for note in dossier.notes] == [True] * bool(hidden)


def test_who_reads_nothing_gets_no_dossier(open_firm: Open) -> None:
    store = open_firm("administrator", "credit decision")
    with pytest.raises(EmptyDataError, match="Nothing is known") as caught:
        customer_dossier(store, "C00001", as_of=AS_OF, **given())
    assert "ZQ7" not in str(caught.value)


@pytest.mark.parametrize("role", ["analyst", "sales", "auditor"])
def test_nothing_is_said_of_what_was_not_given(open_firm: Open, role: str) -> None:
    dossier = customer_dossier(opened(open_firm, role), "C00001", as_of=AS_OF)
    assert dossier.notes == ()
    assert NOT_SHOWN["en"] not in str(dossier.to_html())


def test_the_order_of_grades_is_hidden_with_them(open_firm: Open) -> None:
    history = RatingHistory.from_events(
        ["C00001"], ["ZQ7grade"], [pd.Timestamp("2022-02-03")], labels=("ZQ7best", "ZQ7grade")
    )
    for role, seen in (("analyst", True), ("sales", False)):
        store = opened(open_firm, role)
        text = everything(customer_dossier(store, "C00001", as_of=AS_OF, grades=history))
        assert ("ZQ7grade" in text) == seen
        assert "ZQ7best" not in text


def test_a_line_says_that_a_score_is_hidden(open_firm: Open) -> None:
    scorecard = ExpertScorecard(
        subscores={"savings": MinMaxScore(low=0, high=1e6)}, weights=Weights.of({"savings": 1})
    )
    for role, seen in (("analyst", True), ("sales", False)):
        store = opened(open_firm, role)
        dossier = customer_dossier(store, "P00003", as_of=AS_OF, scorecard=scorecard)
        assert ("scores" in dossier.tables) == seen
        assert [note for note, _ in dossier.notes] == [f"{NOT_SHOWN['en']}the score."][seen:]


# --- policies and catalogues of one's own --------------------------------------------


def policy_of(*items: str, masked: tuple[str, ...] = ()) -> AccessPolicy:
    """Return a policy that lets one role read items, and some of them masked."""
    grants = [
        Grant(actions=(action,), items=names, purposes=("sales",))
        for action, names in (("read", items), ("read_masked", masked))
        if names
    ]
    return AccessPolicy(roles=(Role(name="clerk", grants=tuple(grants)),), purposes=("sales",))


@pytest.mark.parametrize(
    ("policy", "seen"),
    [
        (policy_of("name", "rating.rating", "rating.notch"), {"grades"}),
        (policy_of("name", "rating.rating"), set()),
        (policy_of("name", masked=("rating.rating", "rating.notch")), set()),
        (policy_of("name", "rating.rating", masked=("rating.notch",)), set()),
        (policy_of("name", "phone", "email"), {"contacts"}),
        (policy_of("name", "phone", masked=("email",)), set()),
        (policy_of("name"), set()),
        # of the peers it sees nothing, for it sees no indicator of the customer
        (policy_of("name", "country"), set()),
    ],
)
def test_rights_of_an_own_policy(tmp_path: Path, policy: AccessPolicy, seen: set[str]) -> None:
    from creditscore.organise import CustomerStore

    keys = KeyRing.generate()
    clerk = Actor(name="ida", roles=("clerk",), purpose="sales")
    place = tmp_path / "own.db"
    with CustomerStore.create(place, keys=keys) as store:
        store.load(told(), backfill=True)
        store.change_policy(policy)
    with CustomerStore.open(place, keys=keys, actor=clerk) as store:
        dossier = customer_dossier(store, "C00001", as_of=AS_OF, **given())
    text = everything(dossier)
    for part in ("grades", "contacts", "peers", "financial peers"):
        assert all((marker in text) == (part in seen) for marker in MARKERS[part]), part
    hidden = [name for name in NAMED if name not in seen]
    names = ", ".join(NAMED[name][0] for name in hidden)
    assert [note for note, _ in dossier.notes] == [f"{NOT_SHOWN['en']}{names}."]


def told(*ratings: tuple[str, str, str, str], **changed: Any) -> Observations:
    """Return some facts about a customer, with ratings: record, item, value, true from."""
    rows = [
        ("", "name", "Lanjun Trading", "2024-01-01"), ("", "country", "CN", "2024-01-01"),
        ("", "phone", "+86 10 5550 1000", "2024-01-01"),
        ("", "current_assets", 300, "2023-12-31"), ("", "current_liabilities", 200, "2023-12-31"),
        *ratings,
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["record", "item", "value", "true_from"])
    columns: dict[str, Any] = {
        "customer": "C00001", "source": "internal_record", "method": "data_analysis",
        "collected_at": pd.to_datetime(table["true_from"]).clip(lower=pd.Timestamp("2024-01-02")),
        "unit": np.where(table["item"].str.startswith("current_"), "CNY", ""),
    }  # fmt: skip
    return Observations.from_frame(table.assign(**{**columns, **changed}))


@pytest.mark.parametrize("has_policy", [False, True])
def test_what_the_catalogue_has_no_like_of_is_hidden_by_a_policy(
    tmp_path: Path, *, has_policy: bool
) -> None:
    """By a policy all else is denied; a store without one has nothing to hide."""
    from creditscore.organise import CustomerStore

    catalogue = ItemCatalogue(items=(Item(name="name", group="identity", kind="text"),))
    clerk = Actor(name="ida", roles=("clerk",), purpose="sales")
    name = pd.DataFrame({
        "customer": ["C00001"], "item": ["name"], "value": ["Lanjun"], "true_from": ["2024-01-01"],
        "source": ["third_party"], "method": ["interview"], "collected_at": ["2024-01-02"],
    })  # fmt: skip
    with CustomerStore.create(tmp_path / "own.db", catalogue, actor=clerk) as store:
        store.load(Observations.from_frame(name, catalogue=catalogue), backfill=True)
        if has_policy:
            store.change_policy(policy_of("name"))
    with CustomerStore.open(tmp_path / "own.db", actor=clerk) as store:
        dossier = customer_dossier(store, "C00001", as_of=AS_OF, **given())
    text = everything(dossier)
    for marker in (*MARKERS["grades"], *MARKERS["contacts"]):
        assert (marker in text) != has_policy
    assert len(dossier.notes) == has_policy


# --- links ---------------------------------------------------------------------------


def test_grades_that_the_store_holds_lead_there(tmp_path: Path) -> None:
    from creditscore.organise import CustomerStore

    ratings = told(
        ("R1", "rating.rating", "BBB", "2021-03-01"), ("R1", "rating.agency", "own", "2021-03-01"),
        ("R2", "rating.rating", "A", "2023-03-01"), ("R3", "rating.rating", "AA", "2024-03-01"),
        ("R4", "rating.outlook", "CC", "2024-04-01"),
    )  # fmt: skip
    later = told(("R3", "rating.rating", "B", "2024-03-01"), collected_at="2024-05-01")
    grades = pd.DataFrame({
        "customer": "C00001",
        "grade": ["BBB", "A", "BB", "A", "AA", "B", "CC"],
        "valid_from": ["2021-03-01", "2023-03-01", "2023-03-01", "2023-03-02", "2024-03-01",
                       "2024-03-01", "2024-04-01"],
    })  # fmt: skip
    ana = Actor(name="ana", roles=("analyst",), purpose="credit decision")
    keys = KeyRing.generate()
    with CustomerStore.create(tmp_path / "own.db", keys=keys, actor=ana) as store:
        store.load(ratings, backfill=True)
        store.load(later, backfill=True)
        dossier = customer_dossier(store, "C00001", as_of=AS_OF, grades=grades)
    appendix = dossier.tables["observations"].set_index("observation")
    section = dossier["grades"]
    found = {}
    for row, places in zip(section.table.itertuples(), section.basis["grade"], strict=True):
        held = [appendix.loc[int(place[1:])] for place in places]
        assert all(one["item"] == "rating.rating" for one in held)
        assert all((one["value"], one["true_from"]) == row[1:3] for one in held)
        found[row.grade, f"{row.valid_from:%Y-%m-%d}"] = len(held)
    # what was corrected, what is of another day, and what is no grade is not led to
    assert found == {
        ("BBB", "2021-03-01"): 1, ("A", "2023-03-01"): 1, ("BB", "2023-03-01"): 0,
        ("A", "2023-03-02"): 0, ("AA", "2024-03-01"): 0, ("B", "2024-03-01"): 1,
        ("CC", "2024-04-01"): 0,
    }  # fmt: skip
    shown = str(dossier.to_html()).partition('<h2 id="grades">')[2].partition("</section>")[0]
    assert re.findall(r'<a href="#o\d+">(\w+)</a>', shown) == ["BBB", "A", "B"]
