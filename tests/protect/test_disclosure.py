"""Disclosure: the published examples come out, and releases tell no more than they say."""

from __future__ import annotations

import html
import math
import pickle
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.exceptions import (
    ColumnTypeError,
    DisclosureWarning,
    EmptyDataError,
    InfiniteValueError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
)
from creditscore.protect import (
    Pseudonymiser,
    k_anonymity,
    l_diversity,
    release_table,
    t_closeness,
    to_bands,
    to_periods,
    to_prefixes,
)
from creditscore.protect._disclosure import _t_closeness

# Sweeney (2002), figure 2: a table of k = 2 for race, birth, gender and ZIP
SWEENEY = pd.DataFrame(
    [
        ("Black", "1965", "m", "0214*", "short of breath"),
        ("Black", "1965", "m", "0214*", "chest pain"),
        ("Black", "1965", "f", "0213*", "hypertension"),
        ("Black", "1965", "f", "0213*", "hypertension"),
        ("Black", "1964", "f", "0213*", "obesity"),
        ("Black", "1964", "f", "0213*", "chest pain"),
        ("White", "1964", "m", "0213*", "chest pain"),
        ("White", "1964", "m", "0213*", "obesity"),
        ("White", "1964", "m", "0213*", "short of breath"),
        ("White", "1967", "m", "0213*", "chest pain"),
        ("White", "1967", "m", "0213*", "chest pain"),
    ],
    columns=["race", "birth", "gender", "zip", "problem"],
)
# Machanavajjhala et al. (2007), figure 1: inpatient microdata
INPATIENTS = pd.DataFrame(
    [
        (13053, 28, "Russian", "heart"), (13068, 29, "American", "heart"),
        (13068, 21, "Japanese", "viral"), (13053, 23, "American", "viral"),
        (14853, 50, "Indian", "cancer"), (14853, 55, "Russian", "heart"),
        (14850, 47, "American", "viral"), (14850, 49, "American", "viral"),
        (13053, 31, "American", "cancer"), (13053, 37, "Indian", "cancer"),
        (13068, 36, "Japanese", "cancer"), (13068, 35, "American", "cancer"),
    ],
    columns=["zip", "age", "nationality", "condition"],
)  # fmt: skip
AGES = pd.Series(["<30"] * 4 + [">=40"] * 4 + ["30-39"] * 4)
# figure 2, 4-anonymous: the first three or four digits, and three bands of age
FOUR_ANONYMOUS = INPATIENTS.assign(
    zip=np.where(INPATIENTS["zip"] < 14000, "130**", "1485*"), age=AGES, nationality="*"
)
# figure 3, 3-diverse: four digits, and up to or above 40
THREE_DIVERSE = INPATIENTS.assign(
    zip=to_prefixes(INPATIENTS["zip"], 4), age=np.where(INPATIENTS["age"] > 40, ">40", "<=40"),
    nationality="*",
)  # fmt: skip
KNOWN = ["zip", "age", "nationality"]

# --- k ---------------------------------------------------------------------------------------


def test_the_example_of_sweeney() -> None:
    found = k_anonymity(SWEENEY, ["race", "birth", "gender", "zip"])
    assert (found.k, found.n_classes, found.n_unique) == (2, 5, 0)
    assert sorted(found.sizes.tolist()) == [2, 2, 2, 2, 3]
    assert found.n_at_risk(2) == 0
    assert found.n_at_risk(3) == 8
    assert found.frame()["size"].tolist() == [2, 2, 2, 2, 3]
    assert found.frame().iloc[-1].tolist() == ["White", "1964", "m", "0213*", 3]
    assert repr(found) == "<KAnonymity: k = 2; 11 rows, 5 classes, 0 of one>"
    assert found.mean_risk == pytest.approx(5 / 11)


def test_the_examples_of_machanavajjhala() -> None:
    assert k_anonymity(INPATIENTS, KNOWN).k == 1
    assert k_anonymity(FOUR_ANONYMOUS, KNOWN).k == 4
    # the class of those in their thirties all have cancer
    found = l_diversity(FOUR_ANONYMOUS, KNOWN, "condition")
    assert (found.distinct, found.entropy, found.recursive(3)) == (1, 1.0, 1)
    assert found.at_risk(2).tolist() == [False] * 8 + [True] * 4

    diverse = l_diversity(THREE_DIVERSE, KNOWN, "condition")
    assert k_anonymity(THREE_DIVERSE, KNOWN).k == 4
    assert diverse.distinct == 3
    # shares of a half and two quarters: exp(1.5 ln 2)
    assert diverse.entropy == pytest.approx(2**1.5, rel=1e-12)
    # counts 2, 1, 1: 2 < c (1 + 1) for l = 2 and 2 < c for l = 3
    assert [diverse.recursive(c) for c in (0.5, 1.0, 1.01, 2.0, 2.01, 100)] == [0, 1, 2, 2, 3, 3]
    assert repr(diverse) == "<LDiversity of 'condition': distinct 3, entropy 2.83; 3 classes>"
    assert diverse.frame()["largest_share"].tolist() == [0.5, 0.5, 0.5]


def test_the_example_of_li() -> None:
    # Li et al. (2007), section 4: 0.375 for 3, 4, 5 and 0.167 for 6, 8, 11 (in thousands)
    table = pd.DataFrame(
        {"class": ["a"] * 3 + ["b"] * 3 + ["c"] * 3, "salary": [3, 4, 5, 6, 8, 11, 7, 9, 10]}
    )
    found = t_closeness(table, ["class"], "salary", ground="ordered")
    assert found.distances[:2] == pytest.approx([0.375, 1 / 6], abs=1e-12)
    assert found.t == pytest.approx(0.375)
    assert "t = 0.375; 3 classes" in repr(found)
    # of values that are all as far from each other, a third against a ninth of nine
    assert t_closeness(table, ["class"], "salary").t == pytest.approx(2 / 3)


def test_an_ordered_category_has_its_own_order() -> None:
    grades = pd.Series(pd.Categorical(list("ABC"), categories=list("CBA"), ordered=True))
    table = pd.DataFrame({"class": list("xyz"), "grade": grades})
    assert t_closeness(table, ["class"], "grade", ground="ordered").distances == pytest.approx(
        [0.5, 1 / 3, 0.5]
    )


@pytest.mark.parametrize("make", [pl.DataFrame, pa.table], ids=["polars", "pyarrow"])
def test_other_libraries_say_the_same(make: Any) -> None:
    table = make(THREE_DIVERSE.to_dict("list"))
    assert k_anonymity(table, KNOWN).k == 4
    assert l_diversity(table, KNOWN, "condition").distinct == 3
    assert t_closeness(table, KNOWN, "condition").t == pytest.approx(
        t_closeness(THREE_DIVERSE, KNOWN, "condition").t
    )


def test_what_is_missing_hides_nobody() -> None:
    table = pd.DataFrame({"region": ["N", "N", None, "S", "S"], "x": [1, 1, 1, 1, None]})
    found = k_anonymity(table, ["region", "x"])
    assert (found.k, found.n_unique, found.n_classes) == (1, 3, 4)
    assert k_anonymity(table.assign(region=[None] * 5), ["region"]).k == 5


def test_rows_of_one_customer_hide_nobody() -> None:
    table = pd.DataFrame({"who": list("aaaab"), "region": list("NNNNS"), "v": list("xyzxx")})
    assert k_anonymity(table, ["region"]).sizes.tolist() == [4, 1]
    assert k_anonymity(table, ["region"], customer="who").sizes.tolist() == [1, 1]
    assert l_diversity(table, ["region"], "v", customer="who").counts["n"].tolist() == [1, 1, 1, 1]
    with pytest.raises(InvalidDataError, match="'who' has 1 missing value"):
        k_anonymity(table.assign(who=[*"aaaa", None]), ["region"], customer="who")


def test_no_quasi_identifier_is_one_class_of_all() -> None:
    found = k_anonymity(SWEENEY, [])
    assert (found.k, found.n_classes) == (11, 1)
    assert found.frame().columns.tolist() == ["size"]
    assert l_diversity(SWEENEY, (), "problem").distinct == 4


def test_times_are_told_apart_to_the_last_bit() -> None:
    times = pd.to_datetime(["2024-01-01 10:00", "2024-01-01 11:00"])
    assert k_anonymity(pd.DataFrame({"at": times}), ["at"]).k == 1
    assert k_anonymity(pl.DataFrame({"at": list(times)}), ["at"]).k == 1


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.sampled_from(["abc", "abd", "b", ""]), st.booleans()),
        min_size=1, max_size=30,
    )
)  # fmt: skip
def test_coarser_values_never_lower_k(rows: list[tuple[int, str, bool]]) -> None:
    table = pd.DataFrame(rows, columns=["age", "zip", "sex"])
    before = k_anonymity(table, ["age", "zip", "sex"])
    counts = table.groupby(["age", "zip", "sex"]).size()
    assert (before.k, before.n_classes) == (counts.min(), len(counts))
    coarser = table.assign(age=to_bands(table["age"], 7), zip=to_prefixes(table["zip"], 2))
    after = k_anonymity(coarser, ["age", "zip", "sex"])
    assert after.k >= before.k
    assert k_anonymity(coarser, ["age", "zip"]).k >= after.k
    assert l_diversity(coarser, ["age"], "sex").distinct >= (
        l_diversity(table, ["age"], "sex").distinct
    )


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4)), min_size=1, max_size=40))
def test_diversity_by_its_definition(rows: list[tuple[int, int]]) -> None:
    table = pd.DataFrame(rows, columns=["group", "value"])
    found = l_diversity(table, ["group"], "value")
    least, entropy = math.inf, math.inf
    largest = dict.fromkeys((0.7, 1.5, 3.0), math.inf)
    for _, part in table.groupby("group"):
        r = sorted(part["value"].value_counts(), reverse=True)
        shares = [n / sum(r) for n in r]
        least = min(least, len(r))
        entropy = min(entropy, math.exp(-sum(p * math.log(p) for p in shares)))
        for c, most in largest.items():
            fits = [k for k in range(1, len(r) + 1) if r[0] < c * sum(r[k - 1 :])]
            largest[c] = min(most, max(fits, default=0))
    assert found.distinct == least
    assert found.entropy == pytest.approx(entropy, rel=1e-12)
    assert {c: found.recursive(c) for c in largest} == largest
    assert found.distinct >= found.entropy * (1 - 1e-12)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 5)), min_size=1, max_size=40))
def test_closeness_lies_between_nothing_and_one(rows: list[tuple[int, int]]) -> None:
    table = pd.DataFrame(rows, columns=["group", "value"])
    for ground in ("equal", "ordered"):
        found = t_closeness(table, ["group"], "value", ground=ground)  # type: ignore[arg-type]
        assert ((found.distances >= 0) & (found.distances <= 1)).all()
        assert t_closeness(table, [], "value", ground=ground).t == pytest.approx(0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("call", "error", "why"),
    [
        (lambda: k_anonymity(SWEENEY, ["rase"]), MissingColumnError, "'rase' .near: 'race'"),
        (lambda: k_anonymity(SWEENEY, "race"), InvalidParameterError, "must be a tuple"),  # type: ignore[arg-type]
        (lambda: k_anonymity(SWEENEY, ["race", "race"]), InvalidParameterError, "'race' twice"),
        (lambda: k_anonymity(SWEENEY[:0], ["race"]), EmptyDataError, "minimum of 1|[Nn]o row"),
        (lambda: k_anonymity(SWEENEY, ["race"]).at_risk(0), InvalidParameterError, "1 or more"),
        (lambda: k_anonymity(pd.DataFrame({"a": [[1]]}), ["a"]), ColumnTypeError, "containers"),
        (lambda: k_anonymity(SWEENEY, ["race"], customer="who"), MissingColumnError, "'who'"),
        (lambda: l_diversity(SWEENEY, ["race"], "race"), InvalidParameterError, "'sensitive'"),
        (lambda: l_diversity(SWEENEY, ["race"], "x"), MissingColumnError, "'x'"),
        (lambda: l_diversity(SWEENEY.assign(problem=None), [], "problem"), InvalidDataError,
         "'problem' has 11 missing value"),
        (lambda: l_diversity(SWEENEY, [], "problem").recursive(0), InvalidParameterError, "'c'"),
        (lambda: t_closeness(SWEENEY, [], "problem", ground="x"), InvalidParameterError, "ground"),  # type: ignore[arg-type]
        (lambda: t_closeness(SWEENEY, [], "problem", ground="ordered"),
         ColumnTypeError, "'problem' holds neither numbers"),
        (lambda: t_closeness(pd.DataFrame({"a": [1, "b"]}), [], "a", ground="ordered"),
         ColumnTypeError, "no order"),
    ],
)  # fmt: skip
def test_measures_that_cannot_be_taken(call: Any, error: Any, why: str) -> None:
    with pytest.raises(error, match=why):
        call()


def test_results_are_shown() -> None:
    for found in (
        k_anonymity(SWEENEY, ["race"]),
        l_diversity(SWEENEY, ["race"], "problem"),
        t_closeness(SWEENEY, ["race"], "problem"),
    ):
        assert "White" in found._repr_html_()
        assert html.escape(repr(found)) in found._repr_html_()


# --- coarser values --------------------------------------------------------------------------


def test_bands() -> None:
    column = pd.Series([29, 30, 39.9, None, -1], index=list("abcde"), name="age")
    found = to_bands(column, 10)
    assert found.index.tolist() == list("abcde")
    assert found.dropna().tolist() == ["[20, 30)", "[30, 40)", "[30, 40)", "[-10, 0)"]
    assert found.isna().tolist() == [False, False, False, True, False]
    assert to_bands(pl.Series("a", [5, 15]), 10, origin=5).to_list() == ["[5, 15)", "[15, 25)"]
    assert to_bands(pd.Series([0.3, 0.7]), 0.1).tolist() == ["[0.3, 0.4)", "[0.7, 0.8)"]
    # twelve digits are the same for all three
    long = to_bands(pd.Series([10**15, 10**15 + 1, 10**15 + 2]), 1).tolist()
    assert long[0] == "[1000000000000000, 1000000000000001)"
    assert len(set(long)) == 3


@settings(max_examples=200)
@given(st.floats(-1e6, 1e6), st.sampled_from([0.1, 0.25, 1.0, 7.0, 1000.0]))
def test_a_number_lies_in_its_band(number: float, width: float) -> None:
    label = to_bands(pd.Series([number]), width)[0]
    low, high = map(float, label.strip("[)").split(","))
    assert high - low == pytest.approx(width, rel=1e-5)
    assert low - 1e-9 * max(1, abs(low)) <= number < high + 1e-9 * max(1, abs(high))


def test_prefixes() -> None:
    column = pd.Series(["13053", "1", None], index=list("abc"))
    assert to_prefixes(column, 3).dropna().tolist() == ["130*", "1*"]
    assert to_prefixes(pl.Series("zip", [13053, None]), 2).to_list() == ["13*", None]


def test_periods() -> None:
    days = pd.Series(pd.to_datetime(["2024-03-31", "2024-04-01", None, "2023-12-31"]))
    assert to_periods(days).dropna().tolist() == ["2024-03", "2024-04", "2023-12"]
    assert to_periods(days, "quarter").dropna().tolist() == ["2024Q1", "2024Q2", "2023Q4"]
    assert to_periods(days, "year").dropna().tolist() == ["2024", "2024", "2023"]
    assert to_periods(pl.from_pandas(days), "year").to_list() == ["2024", "2024", None, "2023"]


@pytest.mark.parametrize(
    ("call", "error", "why"),
    [
        (lambda: to_bands(pd.Series(["a"]), 1), ColumnTypeError, "must hold numbers"),
        (lambda: to_bands(pd.Series([math.inf]), 1), InfiniteValueError, "infinite"),
        (lambda: to_bands(pd.Series([1]), 0), InvalidParameterError, "'width'"),
        (lambda: to_bands([1], 1), ColumnTypeError, "Got list"),
        (lambda: to_prefixes(pd.Series([1.5]), 1), ColumnTypeError, "type float"),
        (lambda: to_prefixes(pd.Series(["a"]), 0), InvalidParameterError, "'n'"),
        (lambda: to_periods(pd.Series(["2024"])), ColumnTypeError, "must hold dates"),
        (lambda: to_periods(pd.Series([], dtype="M8[ns]"), "day"), InvalidParameterError, "'day'"),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_values_that_cannot_be_made_coarser(call: Any, error: Any, why: str) -> None:
    with pytest.raises(error, match=why):
        call()


# --- releases --------------------------------------------------------------------------------

STUDY = Pseudonymiser(bytes(range(32)), "study 7")
CUSTOMERS = pd.DataFrame({
    "customer": ["C1", "C2", "C3", "C4", "C5"],
    "name": ["Ana", "Bo", "Cy", "Di", "Eva"],
    "region": ["N", "N", "S", "S", "W"],
    "owes": ["much", "little", "much", "much", "little"],
    "score": [500, 510, 520, 530, 540],
}, index=["C1", "C2", "C3", "C4", "C5"])  # fmt: skip
ROLES: dict[str, Any] = {
    "customer": "customer", "name": "direct", "region": "quasi", "owes": "sensitive",
    "score": "other",
}  # fmt: skip


OWN_SCORES = pytest.mark.filterwarnings("ignore:Values of one row or customer alone")


def test_a_release_that_is_refused_says_why_and_names_nobody() -> None:
    why = "3 of 5 rows would tell too much: 1 are in classes of fewer than 2, 3 in classes of"
    with pytest.raises(InvalidDataError, match=why) as caught:
        release_table(CUSTOMERS, ROLES, pseudonymiser=STUDY, k=2)
    assert not any(name in str(caught.value) for name in ("Ana", "Eva", "C5", "much of"))


@OWN_SCORES
def test_a_release_without_rows_at_risk() -> None:
    with pytest.warns(DisclosureWarning, match="3 of 5 rows .* They are left out"):
        release = release_table(CUSTOMERS, ROLES, pseudonymiser=STUDY, k=2, below="suppress")
    table = release.table
    assert table.columns.tolist() == ["customer", "region", "owes", "score"]
    assert sorted(table["customer"]) == sorted(map(STUDY.pseudonym, ["C1", "C2"]))
    assert table["customer"].is_monotonic_increasing
    assert table.index.tolist() == [0, 1]
    assert dict(zip(table["customer"], table["score"], strict=True)) == {
        STUDY.pseudonym("C1"): 500, STUDY.pseudonym("C2"): 510,
    }  # fmt: skip
    assert (release.k, release.diversity, release.n_given, release.n_suppressed) == (
        2, {"owes": 2}, 5, 3,
    )  # fmt: skip
    assert repr(release) == "<Release: 2 of 5 rows, k = 2 (2 asked for), l = 2 (2 asked for)>"
    assert release.frame()["done"].tolist()[:2] == [
        "counted, and replaced by pseudonyms", "left out",
    ]  # fmt: skip
    shown = release._repr_html_()
    assert "Ana" not in shown
    assert "C1" not in shown
    assert CUSTOMERS.columns.tolist()[0] == "customer"


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.DisclosureWarning")
@pytest.mark.parametrize("make", [pl.DataFrame, pa.table], ids=["polars", "pyarrow"])
def test_releases_of_other_libraries(make: Any) -> None:
    release = release_table(
        make(CUSTOMERS.to_dict("list")), ROLES, pseudonymiser=STUDY, k=2, below="suppress"
    )
    expected = release_table(CUSTOMERS, ROLES, pseudonymiser=STUDY, k=2, below="suppress")
    assert type(release.table) is type(make({"a": [1]}))
    frame = release.table.to_pandas()
    assert frame.to_numpy().tolist() == expected.table.to_numpy().tolist()


@OWN_SCORES
def test_the_order_of_rows_tells_nothing() -> None:
    roles = {**ROLES, "customer": "direct", "owes": "other"}
    some = CUSTOMERS[:4]
    first = release_table(some, roles, k=2).table
    pd.testing.assert_frame_equal(first, release_table(some[::-1], roles, k=2).table)
    assert first.index.tolist() == [0, 1, 2, 3]


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.DisclosureWarning")
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=40),
    st.integers(2, 4), st.integers(1, 3),
)  # fmt: skip
def test_a_release_is_as_anonymous_and_diverse_as_asked(
    rows: list[tuple[int, int]], k: int, l: int  # noqa: E741
) -> None:  # fmt: skip
    table = pd.DataFrame(rows, columns=["group", "value"])
    roles: dict[str, Any] = {"group": "quasi", "value": "sensitive"}
    try:
        release = release_table(table, roles, k=k, l=l, below="suppress")
    except EmptyDataError:
        return
    found = k_anonymity(release.table, ["group"])
    assert found.k == release.k >= k
    assert (
        l_diversity(release.table, ["group"], "value").distinct == release.diversity["value"] >= l
    )
    assert len(release.table) == len(table) - release.n_suppressed
    kept = table.groupby("group").filter(
        lambda part: len(part) >= k and part["value"].nunique() >= l
    )
    assert len(kept) == len(release.table)


def test_rows_of_a_customer_must_agree() -> None:
    table = pd.concat([CUSTOMERS, CUSTOMERS[:1].assign(region="S")], ignore_index=True)
    with pytest.raises(InvalidDataError, match="Rows of 1 customer differ"):
        release_table(table, ROLES, pseudonymiser=STUDY, k=2)
    with pytest.raises(InvalidDataError, match="or no pseudonymiser: then 'customer' is counted"):
        release_table(table, ROLES, pseudonymiser=STUDY, k=2)


@pytest.mark.parametrize("pseudonymiser", [None, STUDY])
def test_rows_of_one_customer_are_one_person_in_a_release(pseudonymiser: Any) -> None:
    twice = pd.concat([CUSTOMERS[4:]] * 6, ignore_index=True)
    with pytest.raises(InvalidDataError, match="6 are in classes of fewer than 5"):
        release_table(twice, ROLES, pseudonymiser=pseudonymiser)


@OWN_SCORES
def test_without_pseudonyms_customers_are_counted_and_left_out() -> None:
    table = pd.concat([CUSTOMERS, CUSTOMERS.assign(region="S")], ignore_index=True)
    with pytest.warns(DisclosureWarning, match="3 of 10 rows would tell too much"):
        release = release_table(table, ROLES, k=3, below="suppress")
    # all five customers are in S, and two of them or one in the other classes
    assert (release.k, len(release.table)) == (5, 7)
    assert list(release.table.columns) == ["region", "owes", "score"]
    assert release.frame()["done"].tolist()[0] == "counted, and left out"


def release_of(make: Any = pd.DataFrame, **columns: Any) -> Any:
    """Release 20 rows of one class, whose columns are called by the beginnings of their names."""
    table = {"quasi": ["N"] * 20, **columns}
    roles: Any = {name: name.split("_")[0] for name in table}
    return release_table(make(table), roles, k=5)


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
def test_a_column_with_a_value_for_each_row_is_told(make: Any) -> None:
    passports = [f"P{i}" for i in range(20)]
    with pytest.warns(DisclosureWarning, match=r"'other': 'other_passport' \(18 of 20 rows\)"):
        release_of(make, other_passport=[*passports[:18], None, None], other_flag=[0, 1] * 10)
    # less than nine of ten
    release_of(make, other_passport=[*passports[:17], None, "P17", "P17"])


def test_a_value_of_one_customer_is_its_own_in_all_rows() -> None:
    customers = [f"C{i // 2}" for i in range(20)]
    with pytest.warns(
        DisclosureWarning, match=r"'other_phone' \(20 of 20 rows\). Call it 'direct'"
    ):
        release_of(customer=customers, other_phone=customers)
    release_of(customer=customers, other_half=[i % 10 for i in range(20)])
    # what is left out is not looked at
    with pytest.warns(DisclosureWarning, match="1 of 21 rows") as told:
        release_table(
            pd.DataFrame({"q": ["N"] * 20 + ["S"], "x": [1, 2] * 10 + [3]}),
            {"q": "quasi", "x": "other"}, k=5, below="suppress",
        )  # fmt: skip
    assert len(told) == 1


def test_rows_that_agree_in_what_is_direct_may_be_of_one_person() -> None:
    names = ["Ana"] * 17 + ["Bo", "Cy", "Di"]
    match = r"20 rows of 20 are in classes of fewer than 5 different values .*: 'direct_name'\. If"
    with pytest.warns(DisclosureWarning, match=match):
        release_of(direct_name=names)
    # five persons are as many as were asked for; two columns tell more than one
    release_of(direct_name=names, direct_phone=[*range(20)])
    release_of(direct_name=["Eva", *names[1:]])
    # of whom nothing is said may be anybody, and where customers are named they are counted
    release_of(direct_name=[None] * 20)
    release_of(direct_name=names, customer=[f"C{i}" for i in range(20)])


RARE = pd.DataFrame({"region": [*"NNNN", "Wexford"], "owes": ["a", "b", "a", "b", "HIV"]})


def of_pandas(table: pd.DataFrame) -> Any:
    kept = table.astype("category")
    kept.attrs["of"] = "HIV"
    return kept


def of_pandas_by_arrow(table: pd.DataFrame) -> Any:
    listed = pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string()))
    return table.astype(listed)


def of_pyarrow(table: pd.DataFrame) -> Any:
    made = pa.table({name: pa.array(table[name]).dictionary_encode() for name in table})
    fields = [field.with_metadata({"of": "HIV"}) for field in made.schema]
    return made.cast(pa.schema(fields, metadata={"of": "HIV"}))


def of_polars(table: pd.DataFrame) -> Any:
    enum = pl.Enum(["HIV", "a", "b"])
    return pl.from_pandas(table).cast({"region": pl.Categorical, "owes": enum})


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.DisclosureWarning")
@pytest.mark.parametrize("made", [of_pandas, of_pandas_by_arrow, of_pyarrow, of_polars])
def test_nothing_of_a_row_that_is_left_out_stays(made: Any) -> None:
    """Types of categories list all of them, and go into files with the table."""
    roles: dict[str, Any] = {"region": "quasi", "owes": "sensitive"}
    release = release_table(made(RARE), roles, k=4, below="suppress").table
    assert len(release) == 4
    written = pickle.dumps(release)
    given = pickle.dumps(made(RARE))
    for rare in (b"HIV", b"Wexford"):
        assert rare in given
        assert rare not in written


@pytest.mark.parametrize("make", [pl.DataFrame, pa.table], ids=["polars", "pyarrow"])
def test_long_numbers_beside_gaps_are_told_apart(make: Any) -> None:
    """As floats the two would be one, and k twice what it is."""
    table = make({"id": [2**53 + 1, 2**53, None, None], "v": [1, 1, 1, 1]})
    found = k_anonymity(table, ["id"])
    assert (found.k, found.n_unique, found.n_classes) == (1, 2, 3)
    nullable = pd.DataFrame({"id": pd.array([2**53 + 1, 2**53, None, None], dtype="Int64")})
    assert k_anonymity(nullable, ["id"]).sizes.tolist() == found.sizes.tolist()


def test_sizes_count_customers_where_they_are_asked_for() -> None:
    table = pd.DataFrame({"who": list("aaabbc"), "region": list("NNNNSS"), "v": list("xyzxxy")})
    counted = l_diversity(table, ["region"], "v", customer="who").frame()
    assert counted.set_index("region")["size"].to_dict() == {"N": 2, "S": 2}
    rows = l_diversity(table, ["region"], "v").frame()
    assert rows.set_index("region")["size"].to_dict() == {"N": 4, "S": 2}
    close = t_closeness(table, ["region"], "v", customer="who")
    assert close.frame().set_index("region")["size"].to_dict() == {"N": 2, "S": 2}
    # N has x, x, y and z of its customers, S x and y; all together 3, 2 and 1 of 6
    assert close.distances == pytest.approx([1 / 12, 1 / 6])


def test_equal_shares_have_an_entropy_that_is_whole() -> None:
    for m in (3, 5, 7, 49):
        table = pd.DataFrame({"v": [*range(m)]})
        assert l_diversity(table, [], "v").entropy == m


@pytest.mark.parametrize("ground", ["equal", "ordered"])
def test_closeness_by_its_definition_whatever_is_held_at_a_time(
    ground: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = np.random.default_rng(7)
    table = pd.DataFrame({"g": draw.integers(0, 9, 60), "v": draw.integers(0, 7, 60)})
    whole = table["v"].value_counts(normalize=True).sort_index()
    expected = []
    for g in dict.fromkeys(table["g"]):
        shares = table.loc[table["g"] == g, "v"].value_counts(normalize=True)
        apart = shares.reindex(whole.index, fill_value=0) - whole
        expected.append(
            apart.abs().sum() / 2
            if ground == "equal"
            else apart.cumsum().abs().sum() / (len(whole) - 1)
        )
    for at_once in (1, 20, 10**6):
        monkeypatch.setattr(_t_closeness, "_CELLS", at_once)
        assert t_closeness(table, ["g"], "v", ground=ground).distances == pytest.approx(expected)


@pytest.mark.parametrize(
    ("changes", "settings", "error", "why"),
    [
        ({"score": None}, {}, InvalidParameterError, "Nothing is said of 'score'"),
        ({"score": "secret"}, {}, InvalidParameterError, "roles.*'score'.*Got 'secret'"),
        ({"age": "quasi"}, {}, MissingColumnError, "'age'"),
        ({"name": "customer"}, {}, InvalidParameterError, "One column can be the customer"),
        ({}, {"pseudonymiser": "key"}, InvalidParameterError, "must be a Pseudonymiser"),
        ({}, {"k": 1}, InvalidParameterError, "'k'.*2 or more"),
        ({}, {"l": 0}, InvalidParameterError, "'l'.*1 or more"),
        ({}, {"below": "warn"}, InvalidParameterError, "'below'.*Got 'warn'"),
        ({}, {"k": 9, "below": "suppress"}, EmptyDataError, "No row is left"),
    ],
)
def test_releases_that_are_not_well_asked_for(
    changes: Any, settings: Any, error: Any, why: str
) -> None:
    roles = {name: role for name, role in {**ROLES, **changes}.items() if role is not None}
    with pytest.raises(error, match=why):
        release_table(CUSTOMERS, roles, **{"pseudonymiser": STUDY, "k": 2, **settings})


def test_columns_that_are_not_named_by_text_are_not_let_through() -> None:
    table = CUSTOMERS.assign(x=1).rename(columns={"x": 7})
    with pytest.raises(InvalidParameterError, match="Nothing is said of 7"):
        release_table(table, ROLES, pseudonymiser=STUDY, k=2)
