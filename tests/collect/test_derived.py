"""Derived items: formulas by hand, no leak, lineage, and what is made anew and why."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.collect import (
    Derivation,
    DerivationInputs,
    Item,
    ItemCatalogue,
    Observations,
    derivation,
    derive,
    ready_derivations,
    recompute,
)
from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
)

CATALOGUE = ItemCatalogue(items=(
    Item(name="invoice.amount", group="operating"),
    Item(name="invoice.invoiced_on", kind="day", group="operating"),
    Item(name="revenue", group="financial"),
    Item(name="vip", kind="flag", group="identity"),
    Item(name="bought", group="operating"),
    Item(name="grown", kind="flag", group="operating"),
    Item(name="word", kind="text", group="operating"),
    Item(name="small", group="operating", low=0, high=1),
    Item(name="secret", group="identity", sensitivity="sensitive"),
))  # fmt: skip
DAY = "2024-06-30"


def observed(*rows: tuple[Any, ...], catalogue: ItemCatalogue = CATALOGUE) -> Observations:
    """Make observations of (customer, record, item, value, true_from, collected_at)."""
    names = ["customer", "record", "item", "value", "true_from", "collected_at"]
    table = pd.DataFrame(rows, columns=names).assign(
        source="internal_record", method="data_analysis"
    )
    return Observations.from_frame(table, catalogue=catalogue)


def amount(customer: str, record: str, value: float, known: str = "2024-03-01") -> tuple[Any, ...]:
    return customer, record, "invoice.amount", value, "2024-02-29", known


@derivation("bought", ("invoice.amount",))
def bought(inputs: DerivationInputs) -> pd.Series:
    return inputs.records("invoice").groupby("customer")["amount"].sum()


def made(observations: Any, *derivations: Derivation, **kwargs: Any) -> Any:
    told = {"as_of": DAY, "catalogue": CATALOGUE, **kwargs}
    return derive(observations, derivations or (bought,), **told)


# --- what is made ---------------------------------------------------------------------------


def test_values_become_observations_with_their_lineage() -> None:
    known = observed(amount("A", "1", 5), amount("A", "2", 7), amount("B", "3", 4))
    found = made(known, collected_by="ana")
    table = found.observations.table
    assert table["customer"].tolist() == ["A", "B"]
    assert table["number"].tolist() == [12, 4]
    assert table["method"].eq("data_analysis").all()
    assert table["source"].eq("internal_record").all()
    assert table["source_name"].eq("bought 1").all()
    assert table["collected_by"].eq("ana").all()
    assert str(table["true_from"][0].date()) == DAY
    assert str(table["collected_at"][0]) == "2024-06-30 23:59:59.999999+00:00"
    lineage = found.lineage
    assert table["evidence"].tolist() == ("lineage:" + lineage["lineage"]).tolist()
    assert lineage["n_inputs"].tolist() == [2, 1]
    links = found.links("bought")
    assert links.groupby("lineage").size().tolist() != []
    assert len(links) == 3
    assert links["observation"].nunique() == 3
    assert found.changes["why"].tolist() == ["new", "new"]
    assert (
        repr(found) == "Derived(2 values of 2 customers, 1 item, on 2024-06-30; 2 new or changed)"
    )
    assert "bought" in found._repr_html_()
    # equal observations a second time, so that loading them twice changes nothing
    pd.testing.assert_frame_equal(made(known, collected_by="ana").observations.table, table)


def test_numbers_of_the_store_are_the_inputs_and_the_least_confidence_counts() -> None:
    known = observed(amount("A", "1", 5), amount("A", "2", 7)).table.copy()
    known["confidence"] = [0.9, 0.4]
    known["observation"] = [101, 205]
    known["known_at"] = known["collected_at"]
    found = made(known)
    assert found.links()["observation"].tolist() == [101, 205]
    assert found.observations.table["confidence"].tolist() == [0.4]
    with pytest.raises(InvalidParameterError, match="no item 'sold' in the lineage"):
        found.links("sold")


def test_inputs_come_as_records_history_and_values() -> None:
    seen: dict[str, Any] = {}

    @derivation("bought", ("invoice.amount", "invoice.invoiced_on", "revenue", "vip", "word"),
                window_months=6)  # fmt: skip
    def look(inputs: DerivationInputs) -> pd.Series:
        seen["records"] = inputs.records("invoice")
        seen["history"] = inputs.history("revenue")
        seen["revenue"], seen["vip"] = inputs.values("revenue"), inputs.values("vip")
        seen["word"] = inputs.values("word")
        seen["window"] = (inputs.start, inputs.as_of)
        return pd.Series(1.0, index=inputs.customers)

    known = observed(
        amount("A", "1", 5), ("A", "1", "invoice.invoiced_on", "2024-02-29", "2024-02-29", DAY),
        amount("A", "2", 6), ("A", "", "revenue", 10, "2022-12-31", "2023-04-01"),
        ("A", "", "revenue", 12, "2023-12-31", "2024-04-01"),
        ("B", "", "vip", True, "2023-12-31", "2024-04-01"),
        ("B", "", "word", "yes", "2023-12-31", "2024-04-01"),
    )  # fmt: skip
    made(known, look)
    assert seen["records"].columns.tolist() == ["customer", "record", "amount", "invoiced_on"]
    assert seen["records"]["amount"].tolist() == [5, 6]
    assert seen["records"]["invoiced_on"].isna().tolist() == [False, True]
    assert seen["history"]["value"].tolist() == [10, 12]
    assert seen["revenue"].to_dict() == {"A": 12}
    assert seen["vip"].to_dict() == {"B": 1}
    assert seen["word"].to_dict() == {"B": "yes"}
    assert list(map(str, seen["window"])) == ["2023-12-30", DAY]


def test_customers_without_a_value_are_told_with_the_reason() -> None:
    @derivation("bought", ("invoice.amount",))
    def many(inputs: DerivationInputs) -> pd.DataFrame:
        sums = inputs.records("invoice").groupby("customer")["amount"].agg(["sum", "size"])
        value = sums["sum"].where(sums["size"] > 1)
        return pd.DataFrame({"value": value, "reason": "fewer than two invoices"})

    known = observed(amount("A", "1", 5), amount("A", "2", 7), amount("B", "3", 4))
    found = made(known, many)
    assert found.missing.to_numpy().tolist() == [["B", "bought", "fewer than two invoices"]]
    assert len(found.observations) == 1
    assert found.lineage["reason"].tolist() == ["", "fewer than two invoices"]


def test_flags_can_be_derived_and_parameters_count() -> None:
    @derivation("grown", ("revenue",), parameters={"least": 1.1})
    def grown(inputs: DerivationInputs, least: float) -> pd.Series:
        history = inputs.history("revenue").groupby("customer")["value"]
        return (history.last() / history.first() >= least).astype(float)

    known = observed(("A", "", "revenue", 10, "2022-12-31", "2023-04-01"),
                     ("A", "", "revenue", 12, "2023-12-31", "2024-04-01"))  # fmt: skip
    assert made(known, grown).observations.values.tolist() == [True]
    strict = grown.with_parameters(least=1.5)
    assert made(known, strict).observations.values.tolist() == [False]
    assert strict.key != grown.key
    assert strict.settings == '{"least": 1.5}'
    assert '{"least": 1.1}' in repr(grown)
    assert grown.with_window(3).window_months == 3


# --- nothing of the future ------------------------------------------------------------------

days = st.dates(pd.Timestamp("2024-01-01").date(), pd.Timestamp("2024-12-31").date())
rows = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from("123"), st.integers(1, 99), days, days),
    min_size=1, max_size=15,
)  # fmt: skip


@settings(deadline=None, max_examples=25)
@given(drawn=rows, as_of=days, known_at=days)
def test_what_is_later_than_the_day_or_the_knowledge_of_it_changes_nothing(
    drawn: Any, as_of: Any, known_at: Any
) -> None:
    told = [(c, r, "invoice.amount", v, str(true), str(known)) for c, r, v, true, known in drawn]
    seen = [row for row in told if row[4] <= str(as_of) and row[5] <= str(known_at)]
    if not seen:
        with pytest.raises(EmptyDataError, match="No value could be made"):
            made(observed(*told), as_of=as_of, known_at=known_at)
        return
    whole = made(observed(*told), as_of=as_of, known_at=known_at)
    part = made(observed(*seen), as_of=as_of, known_at=known_at)
    pd.testing.assert_frame_equal(whole.lineage, part.lineage)
    pd.testing.assert_frame_equal(whole.observations.table, part.observations.table)
    # of each record counts the latest day of truth, and of that what was known last
    by_hand: dict[str, dict[str, tuple[Any, ...]]] = {}
    for place, (customer, record, _, value, true, known) in enumerate(seen):
        best = by_hand.setdefault(customer, {})
        best[record] = max(best.get(record, ("",)), (true, known, place, value))
    ties = {(c, r, t, k) for c, r, _, _, t, k in seen}
    if len(ties) == len(seen):
        sums = {c: sum(entry[3] for entry in best.values()) for c, best in by_hand.items()}
        assert dict(zip(whole.lineage["customer"], whole.lineage["value"], strict=True)) == sums


def test_an_instant_within_a_day_bounds_what_is_known() -> None:
    known = observed(
        amount("A", "1", 5, "2024-03-01T09:00Z"), amount("A", "2", 7, "2024-03-01T15:00Z")
    )
    for known_at, value in (
        ("2024-03-01T12:00Z", 5), ("2024-03-01T19:00+08:00", 5), ("2024-03-01", 12),
        (pd.Timestamp("2024-03-01T16:00Z"), 12), (np.datetime64("2024-03-01"), 12),
    ):  # fmt: skip
        assert made(known, known_at=known_at).lineage["value"].tolist() == [value]
    for odd in ("soon", 5, None.__class__):
        with pytest.raises(InvalidParameterError, match="'known_at' parameter"):
            made(known, known_at=odd)


def test_what_has_ended_is_no_record_but_stays_in_the_history() -> None:
    table = pd.DataFrame({
        "customer": "A", "item": "revenue", "value": [1, 2], "source": "internal_record",
        "true_from": ["2024-01-01", "2024-02-01"], "true_to": ["2024-02-01", "2024-03-01"],
        "method": "data_analysis", "collected_at": "2024-03-01",
    })  # fmt: skip
    known = Observations.from_frame(table, catalogue=CATALOGUE)

    @derivation("bought", ("revenue",))
    def mean(inputs: DerivationInputs) -> pd.Series:
        assert inputs.values("revenue").empty
        return inputs.history("revenue").groupby("customer")["value"].mean()

    assert made(known, mean).lineage["value"].tolist() == [1.5]


# --- made anew ------------------------------------------------------------------------------


def test_only_what_changed_is_made_anew() -> None:
    calls: list[list[str]] = []

    @derivation("bought", ("invoice.amount",))
    def counted(inputs: DerivationInputs) -> pd.Series:
        calls.append(inputs.customers.tolist())
        return inputs.records("invoice").groupby("customer")["amount"].sum()

    before = observed(amount("A", "1", 5), amount("B", "2", 7), amount("C", "3", 9))
    first = made(before, counted)
    after = before + observed(amount("B", "2", 8, "2024-04-01"), amount("D", "9", 1, "2024-04-01"))
    again = recompute(first, after, catalogue=CATALOGUE)
    assert calls == [["A", "B", "C"], ["B", "D"]]
    changes = again.changes.set_index("customer")
    assert changes["before"].fillna(-1).to_dict() == {"B": 7, "D": -1}
    assert changes["after"].to_dict() == {"B": 8, "D": 1}
    assert changes["why"].to_dict() == {
        "B": "inputs changed: 1 observation as before, but not the same", "D": "new",
    }  # fmt: skip
    assert again.observations.table["customer"].tolist() == ["B", "D"]
    assert again.lineage["customer"].tolist() == ["A", "B", "C", "D"]
    assert again.lineage["value"].tolist() == [5, 8, 9, 1]
    # the lineage alone is enough, as it is kept in a file
    kept = recompute(again.lineage, after, [counted], catalogue=CATALOGUE)
    assert kept.changes.empty
    assert kept.observations is None
    assert calls == [["A", "B", "C"], ["B", "D"]]
    pd.testing.assert_frame_equal(kept.lineage, again.lineage)
    # all at once gives the same values
    whole = made(after, counted)
    assert whole.lineage["inputs_digest"].tolist() == again.lineage["inputs_digest"].tolist()
    assert whole.lineage["value"].tolist() == again.lineage["value"].tolist()


def test_what_is_gone_and_other_reasons_are_told() -> None:
    both = observed(amount("A", "1", 5), amount("B", "2", 7))
    first = made(both)
    gone = recompute(first, observed(amount("A", "1", 5)), catalogue=CATALOGUE)
    assert gone.changes.to_numpy().tolist()[0][1:3] == ["bought", 7]
    assert gone.changes["why"].tolist() == ["no inputs are left"]
    assert gone.lineage["customer"].tolist() == ["A"]
    assert gone.observations is None

    @derivation("bought", ("invoice.amount",), version=2)
    def doubled(inputs: DerivationInputs) -> pd.Series:
        return 2 * inputs.records("invoice").groupby("customer")["amount"].sum()

    other = recompute(first, both, [doubled], catalogue=CATALOGUE)
    assert other.changes["why"].tolist() == ["made otherwise: doubled 2, {}"] * 2
    later = recompute(
        first, both + observed(("A", "5", "invoice.amount", 1, "2024-07-15", "2024-07-15")),
        as_of="2024-07-31", catalogue=CATALOGUE,
    )  # fmt: skip
    assert later.changes["why"].tolist() == ["as of 2024-07-31 instead of 2024-06-30"]
    assert later.observations.table["number"].tolist() == [6]


def test_values_that_rest_on_others_follow_these() -> None:
    @derivation("small", ("invoice.amount",), across=True)
    def share(inputs: DerivationInputs) -> pd.Series:
        sums = inputs.records("invoice").groupby("customer")["amount"].sum()
        return sums / sums.sum()

    before = observed(amount("A", "1", 5), amount("B", "2", 15))
    first = made(before, share)
    assert first.lineage["value"].tolist() == [0.25, 0.75]
    assert first.lineage["n_inputs"].tolist() == [2, 2]
    assert len(first.links()) == 4
    again = recompute(first, before + observed(amount("C", "3", 20)), catalogue=CATALOGUE)
    assert again.lineage["value"].tolist() == [0.125, 0.375, 0.5]
    assert again.changes["why"].tolist()[:2] == ["inputs changed: 3 observations instead of 2"] * 2
    assert recompute(first, before, catalogue=CATALOGUE).changes.empty


@settings(deadline=None, max_examples=15)
@given(drawn=rows, cut=days)
def test_making_anew_gives_what_making_all_gives(drawn: Any, cut: Any) -> None:
    told = [(c, r, "invoice.amount", v, str(true), str(known)) for c, r, v, true, known in drawn]
    told.append(("A", "0", "invoice.amount", 1, "2024-01-01", "2024-01-01"))
    known = observed(*told)
    first = made(known, as_of="2024-12-31", known_at=cut)
    again = recompute(first, known, known_at="2024-12-31", catalogue=CATALOGUE)
    whole = made(known, as_of="2024-12-31")
    for name in ("customer", "value", "inputs_digest", "n_inputs", "lineage"):
        assert again.lineage[name].tolist() == whole.lineage[name].tolist()
    back = recompute(again, known, known_at="2024-12-31", catalogue=CATALOGUE)
    assert back.changes.empty


# --- ready ones -----------------------------------------------------------------------------


def wide_of(found: Any) -> pd.DataFrame:
    return found.lineage.set_index(["customer", "item"])["value"].unstack()  # noqa: PD010


def test_ready_derivations_of_a_small_firm() -> None:
    catalogue = ItemCatalogue.standard()
    told: list[tuple[Any, ...]] = []
    for month in range(1, 7):
        day = f"2024-{month:02d}-05"
        due, settled = f"2024-{month:02d}-20", f"2024-{month:02d}-{20 + month}"
        for customer in ("A", "B"):
            record = f"{customer}{month}"
            told += [
                (customer, record, "invoice.invoiced_on", day, day, day),
                (customer, record, "invoice.amount", 100 * month, day, day),
                (customer, record, "invoice.due_on", due, day, day),
                (customer, record, "invoice.settled_on", settled, settled, settled),
                (customer, record, "payment.paid_on", settled, settled, settled),
                (customer, record, "payment.amount", 100 * month, settled, settled),
                (customer, record, "payment.payer", "Mill Ltd" if month < 4 else customer * 5,
                 settled, settled),
            ]  # fmt: skip
    told += [
        ("A", "t1", "trade.role", "customer", "2024-01-01", "2024-01-01"),
        ("A", "t1", "trade.amount", 60, "2024-01-01", "2024-01-01"),
        ("A", "t2", "trade.role", "customer", "2024-01-01", "2024-01-01"),
        ("A", "t2", "trade.amount", 40, "2024-01-01", "2024-01-01"),
        ("A", "t3", "trade.role", "supplier", "2024-01-01", "2024-01-01"),
        ("A", "t3", "trade.amount", 900, "2024-01-01", "2024-01-01"),
        ("C", "", "parent", "A", "2024-01-01", "2024-01-01"),
        ("C", "", "ownership_share", 0.3, "2024-01-01", "2024-01-01"),
        ("D", "", "address", "1 Mill Road", "2024-01-01", "2024-01-01"),
    ]  # fmt: skip
    known = observed(*told, catalogue=catalogue)
    found = derive(known, ready_derivations().values(), as_of="2024-06-22")
    wide = wide_of(found)
    a = wide.loc["A"]
    # the invoice of June is settled on the 26th: it is open on the 22nd
    assert a["average_days_late"] == pytest.approx(np.mean([1, 2, 3, 4, 5]))
    # by months from the 22nd to the 22nd: 1, 2, none, 3, 4, 5; the median of ten slopes
    assert a["days_late_trend"] == pytest.approx((0.75 + 0.8) / 2)
    assert a["days_since_purchase"] == 17
    assert a["average_purchases"] == pytest.approx(2100 / 6)
    assert a["largest_customer_share"] == pytest.approx(0.6)
    # 600 by the mill and 900 by itself, of 1500
    assert a["payer_concentration"] == pytest.approx(0.4**2 + 0.6**2)
    assert a["related_parties"] == 2
    assert wide["related_degree"].to_dict() == {"A": 2, "B": 1, "C": 1, "D": 0}
    assert wide["related_exposure"].to_dict() == {"A": 1200, "B": 1200, "C": 1200, "D": 0}
    assert np.isnan(a["purchase_seasonality"])
    missing = found.missing.set_index(["customer", "item"]).index
    assert ("A", "purchase_seasonal_strength") in missing
    assert found.observations.catalogue["average_balance"].unit == ""
    # what was known a month before does not see the payments after it
    before = derive(known, ready_derivations().values(), as_of="2024-05-22")
    earlier = wide_of(before)
    assert earlier.loc["A", "average_days_late"] == pytest.approx(2.5)


def test_items_that_are_derived_have_items() -> None:
    catalogue = ItemCatalogue.standard()
    for item, one in ready_derivations().items():
        assert one.item == item
        assert item in catalogue
        assert all(name in catalogue for name in one.inputs)
        guarded = any(catalogue[name].is_protected for name in one.inputs)
        assert catalogue[item].is_protected == guarded


def test_what_is_derived_can_be_joined_to_what_it_is_of() -> None:
    standard, mean = ItemCatalogue.standard(), ready_derivations()["average_purchases"]
    few = ItemCatalogue(items=tuple(standard[name] for name in mean.inputs))
    bought_on = ("A", "1", "invoice.invoiced_on", "2024-02-29", "2024-02-29", "2024-03-01")
    for catalogue in (few, standard):
        known = observed(bought_on, amount("A", "1", 5), catalogue=catalogue)
        found = derive(known, [mean], as_of=DAY)
        assert set(found.observations.catalogue.names) == {*catalogue.names, *ready_derivations()}
    assert len(known + found.observations) == 3


# --- what is refused ------------------------------------------------------------------------


def test_what_a_function_must_not_return() -> None:
    known = observed(amount("A", "1", 5))
    for result, words in (
        (5.0, "must return a Series by customer"),
        (pd.DataFrame({"x": [1]}), "column value"),
        (pd.Series([1.0], index=["Z"]), "returned 'Z', of whom it saw no facts"),
        (pd.Series([1.0, 2.0], index=["A", "A"]), "one customer twice"),
        (pd.Series(["much"], index=["A"]), "must return numbers"),
        (pd.Series([np.inf], index=["A"]), "returned infinity for customer 'A'"),
    ):

        @derivation("bought", ("invoice.amount",))
        def odd(inputs: DerivationInputs, result: Any = result) -> Any:
            return result

        with pytest.raises(InvalidDataError, match=words):
            made(known, odd)

    @derivation("small", ("invoice.amount",))
    def large(inputs: DerivationInputs) -> pd.Series:
        return pd.Series(2.0, index=inputs.customers)

    with pytest.raises(InvalidDataError, match="not within 0 to 1"):
        made(known, large)


def test_what_is_refused() -> None:
    known = observed(amount("A", "1", 5))
    with pytest.raises(EmptyDataError, match="needs derivations"):
        derive(known, [], as_of=DAY)
    with pytest.raises(InvalidParameterError, match="must each be a Derivation"):
        derive(known, ["bought"], as_of=DAY)  # type: ignore[list-item]
    with pytest.raises(InvalidParameterError, match="Two derivations make the item 'bought'"):
        made(known, bought, bought)
    with pytest.raises(InvalidParameterError, match="no item 'sold' in the catalogue"):
        made(known, derivation("sold", ("invoice.amount",))(len))
    with pytest.raises(InvalidParameterError, match=r"no item 'invoice.sum' in the"):
        made(known, derivation("bought", ("invoice.sum",))(len))
    with pytest.raises(InvalidParameterError, match="'word' cannot be derived"):
        made(known, derivation("word", ("invoice.amount",))(len))
    with pytest.raises(InvalidParameterError, match="'bought' is derived from 'secret', which is"):
        made(known, derivation("bought", ("invoice.amount", "secret"))(len))
    with pytest.raises(InvalidParameterError, match="must be items, and not itself"):
        derivation("bought", ("bought",))(len)
    with pytest.raises(InvalidParameterError, match="can be called"):
        Derivation(item="a", inputs=("b",), function=5, name="f")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'version' parameter"):
        derivation("a", ("b",), version=0)(len)
    with pytest.raises(InvalidParameterError, match="JSON cannot hold the parameters"):
        bought.with_parameters(when=object())
    with pytest.raises(InvalidParameterError, match="takes Observations, or a table"):
        made(pl.DataFrame({"a": [1]}))
    with pytest.raises(MissingColumnError, match="true_to"):
        made(known.table.drop(columns="true_to"))
    first = made(known)
    with pytest.raises(InvalidParameterError, match="does not hold the functions"):
        recompute(first.lineage, known)
    with pytest.raises(MissingColumnError, match="inputs_digest"):
        recompute(first.lineage.drop(columns="inputs_digest"), known, [bought])
    with pytest.raises(EmptyDataError, match="The lineage is empty"):
        recompute(first.lineage.head(0), known, [bought])
    with pytest.raises(InvalidParameterError, match="or its lineage"):
        recompute(5, known, [bought])  # type: ignore[arg-type]
