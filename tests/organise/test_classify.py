"""Kinds, industries, regions and sizes of customers; items by groups."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.collect import Item, ItemCatalogue
from creditscore.datasets import load_trading_firm
from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
)
from creditscore.organise import (
    SizeStandard,
    SizeThreshold,
    classify_customers,
    classify_industry,
    classify_kind,
    classify_region,
    industry_sections,
    item_coverage,
)

CHINA, EU = SizeStandard.china_2011(), SizeStandard.eu_2003()


# --- size -----------------------------------------------------------------------------

# 工信部联企业〔2011〕300号, article 4, by industry: persons and 10,000 CNY from which a firm is
# small, medium and large
PUBLISHED = {
    "agriculture": {"revenue": (50, 500, 20000)},
    "industry": {"employees": (20, 300, 1000), "revenue": (300, 2000, 40000)},
    "construction": {"revenue": (300, 6000, 80000), "assets": (300, 5000, 80000)},
    "wholesale": {"employees": (5, 20, 200), "revenue": (1000, 5000, 40000)},
    "retail": {"employees": (10, 50, 300), "revenue": (100, 500, 20000)},
    "transport": {"employees": (20, 300, 1000), "revenue": (200, 3000, 30000)},
    "storage": {"employees": (20, 100, 200), "revenue": (100, 1000, 30000)},
    "post": {"employees": (20, 300, 1000), "revenue": (100, 2000, 30000)},
    "accommodation": {"employees": (10, 100, 300), "revenue": (100, 2000, 10000)},
    "catering": {"employees": (10, 100, 300), "revenue": (100, 2000, 10000)},
    "information transmission": {"employees": (10, 100, 2000), "revenue": (100, 1000, 100000)},
    "software": {"employees": (10, 100, 300), "revenue": (50, 1000, 10000)},
    "real estate development": {"revenue": (100, 1000, 200000), "assets": (2000, 5000, 10000)},
    "property management": {"employees": (100, 300, 1000), "revenue": (500, 1000, 5000)},
    "leasing and business services": {"employees": (10, 100, 300), "assets": (100, 8000, 120000)},
    "other": {"employees": (10, 100, 300)},
}


@pytest.mark.parametrize("industry", PUBLISHED)
def test_bounds_of_the_standard_of_china(industry: str) -> None:
    units = {"employees": 1, "revenue": 10_000, "assets": 10_000}
    for measure, bounds in PUBLISHED[industry].items():
        for place, bound in enumerate(bounds):
            at = bound * units[measure]
            # all other measures are those of a large firm
            values = {name: [1e12] for name in PUBLISHED[industry]}
            for value, size in ((at, place + 1), (at - 1, place)):
                found = CHINA.classify(industry=[industry], **{**values, measure: [value]})
                assert found["size"].item() == ("micro", "small", "medium", "large")[size]


def test_a_firm_short_of_one_bound_is_of_the_next_smaller_size() -> None:
    found = CHINA.classify(
        industry=["industry"] * 4, employees=[1000, 999, 1000, 20],
        revenue=[400e6, 400e6, 400e6 - 1, 2.9e6],
    )  # fmt: skip
    assert found["size"].tolist() == ["large", "medium", "medium", "micro"]


def test_bounds_of_the_definition_of_the_union() -> None:
    """Recommendation 2003/361/EC, Annex, Article 2; both amounts are ceilings that are allowed."""
    rows = [
        (9, 2e6, 9e9, "micro"), (9, 9e9, 2e6, "micro"), (10, 2e6, 2e6, "small"),
        (9, 2e6 + 1, 2e6 + 1, "small"), (49, 10e6, 9e9, "small"), (50, 1e6, 1e6, "medium"),
        (49, 10e6 + 1, 10e6 + 1, "medium"), (249, 50e6, 9e9, "medium"),
        (249, 9e9, 43e6, "medium"), (249, 50e6 + 1, 43e6 + 1, "large"), (250, 1.0, 1.0, "large"),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["employees", "revenue", "assets", "size"])
    found = EU.classify(
        employees=table["employees"], revenue=table["revenue"], assets=table["assets"]
    )
    assert found["size"].tolist() == table["size"].tolist()


def test_what_is_missing_may_not_matter() -> None:
    found = EU.classify(
        employees=[250, 9, 9, np.nan, 60], revenue=[np.nan, 1e6, np.nan, 60e6, 9e6],
        assets=[np.nan, np.nan, np.nan, 60e6, np.nan],
    )  # fmt: skip
    assert found["size"].tolist() == ["large", "micro", None, "large", "medium"]
    assert found["reason"].tolist() == ["", "", "missing: revenue, assets", "", ""]
    found = CHINA.classify(industry=["wholesale"] * 2, employees=[4, 5], revenue=[None, None])
    assert found.values.tolist() == [["micro", ""], [None, "missing: revenue"]]


@given(
    st.sampled_from(sorted(PUBLISHED)), st.floats(0, 3000), st.floats(0, 3e9), st.floats(0, 3e9),
    st.sampled_from(["employees", "revenue", "assets"]),
)  # fmt: skip
def test_more_never_makes_smaller_and_a_gap_never_contradicts(
    industry: str, employees: float, revenue: float, assets: float, measure: str
) -> None:
    order = ["micro", "small", "medium", "large"]
    values = {"employees": [employees], "revenue": [revenue], "assets": [assets]}
    for standard in (CHINA, EU):
        size = standard.classify(industry=[industry], **values)["size"].item()
        more = {**values, measure: [values[measure][0] * 2]}
        larger = standard.classify(industry=[industry], **more)["size"].item()
        assert order.index(larger) >= order.index(size)
        gap = standard.classify(industry=[industry], **{**values, measure: [np.nan]})
        assert gap["size"].item() in (None, size)


def test_standards_are_edited_and_kept() -> None:
    first = CHINA.thresholds[0]
    edited = dataclasses.replace(
        CHINA,
        name="Ours",
        thresholds=(dataclasses.replace(first, small=1.0), *CHINA.thresholds[1:]),
    )
    assert edited.classify(industry=["agriculture"], revenue=[2.0])["size"].item() == "small"
    for standard in (CHINA, EU, edited):
        assert SizeStandard.from_json(standard.to_json()) == standard
    assert repr(CHINA) == "SizeStandard(China 2011: 16 industries, CNY)"
    assert repr(EU) == "SizeStandard(EU 2003: all industries, EUR)"
    assert "wholesale" in CHINA._repr_html_()
    assert len(CHINA.frame()) == sum(map(len, PUBLISHED.values()))


def test_standards_that_are_none() -> None:
    with pytest.raises(InvalidParameterError, match="must rise"):
        SizeThreshold(industry="", measure="assets", small=2, medium=2, large=3)
    with pytest.raises(InvalidParameterError, match="'measure'"):
        SizeThreshold(industry="", measure="sales", small=1, medium=2, large=3)  # type: ignore[arg-type]
    one = SizeThreshold(industry="", measure="assets", small=1, medium=2, large=3)
    for thresholds in ((one, one), ()):
        with pytest.raises(InvalidParameterError, match="one an industry and measure"):
            SizeStandard(name="x", currency="EUR", thresholds=thresholds)
    with pytest.raises(InvalidParameterError, match="needs one of employees"):
        EU.classify()
    with pytest.raises(InvalidParameterError, match="give 'industry'"):
        CHINA.classify(employees=[1])
    with pytest.raises(InvalidDataError, match=r"'employees' must be finite, and 0 or more"):
        EU.classify(employees=[-1])
    with pytest.raises(InvalidDataError, match="has 1 rows"):
        EU.classify(employees=[1, 2], revenue=[1])
    with pytest.raises(InvalidDataError, match="Got text"):
        EU.classify(employees=["ten"])


# --- industry -------------------------------------------------------------------------


def test_sections_and_their_divisions() -> None:
    isic, china = industry_sections("isic"), industry_sections("gbt4754")
    assert "".join(isic["section"]) == "ABCDEFGHIJKLMNOPQRSTU"
    assert "".join(china["section"]) == "ABCDEFGHIJKLMNOPQRST"
    for table in (isic, china):
        assert (table["first_division"].iloc[1:].to_numpy()
                > table["last_division"].iloc[:-1].to_numpy()).all()  # fmt: skip
    # GB/T 4754-2017 has 97 divisions, ISIC Rev. 4 has 88
    spans = [(t["last_division"] - t["first_division"] + 1).sum() for t in (china, isic)]
    assert spans == [97, 88]
    with pytest.raises(InvalidParameterError, match="'scheme'"):
        industry_sections("nace")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "isic", "china"),
    [
        ("C10", "C", None), ("10", "C", "B"), ("4610", "G", "D"), ("46.1", "G", "D"),
        ("51", "H", "F"), ("c 33", "C", "C"), ("C", "C", "C"), ("u", "U", None),
        ("34", None, "C"), ("Manufacturing of textiles", "C", "C"), ("钢铁制造", "C", "C"),
        ("物流", "H", "G"), ("Wholesale and retail trade", "G", "F"), ("services", None, None),
        ("hotel construction", None, None), ("", None, None), (None, None, None),
        ("12345678", None, None),
    ],
)  # fmt: skip
def test_industries(text: str | None, isic: str | None, china: str | None) -> None:
    assert classify_industry([text])["section"].item() == isic
    assert classify_industry([text], scheme="gbt4754")["section"].item() == china


def test_confidence_and_reasons() -> None:
    texts = pd.Series(
        ["G46", "trading", "wholesale and retail of textiles", "B10", "99", "??"],
        index=list("uvwxyz"),
    )
    found = classify_industry(texts)
    assert found.index.tolist() == list("uvwxyz")
    assert found["confidence"].tolist() == pytest.approx([1.0, 0.8, 0.8 * 2 / 3, 0, 1.0, 0])
    assert found["reason"].tolist() == [
        "code", "words", "words", "division 10 is of section C, not B", "code",
        "no code and no known word",
    ]  # fmt: skip
    assert found.loc["w", "matched"] == "textile, wholesale, retail"
    assert found.loc["u", ["digits", "label_zh"]].tolist() == [
        "46", "批发和零售业；汽车和摩托车修理",
    ]  # fmt: skip
    with pytest.raises(InvalidDataError, match="must hold texts"):
        classify_industry([1.5])
    with pytest.raises(InvalidParameterError, match="must be a column"):
        classify_industry("C10")


LOST = "a number may have lost its zero: give codes as text"


def test_numbers_that_may_have_lost_a_zero_are_no_codes() -> None:
    found = classify_industry([111, 1110, 1.0, 46.0, "111"])
    assert found["section"].tolist() == [None, "C", None, "G", "C"]
    assert found["reason"].tolist() == [LOST, "code", LOST, "code", "code"]
    with pytest.raises(InvalidDataError, match=r"must hold texts. Got 46\.1"):
        classify_industry([46.1])
    for column in ([111, 512], [111.0, None]):
        table = pd.DataFrame({"customer": ["A", "B"], "kind": "enterprise", "industry": column})
        found = classify_customers(table, size_standard=CHINA).table
        assert found["section"].tolist() == [None, None]
        assert found["section_reason"].iloc[0] == LOST
        assert found["size_reason"].iloc[0] == "missing: employees, revenue, total_assets"


# --- region and kind ------------------------------------------------------------------


def test_regions() -> None:
    found = classify_region(pd.Series(["CN", "de", None, "XX", "TW"], index=range(5, 10)))
    assert found["region"].tolist() == [
        "Eastern Asia", "Western Europe", None, None, "Eastern Asia",
    ]  # fmt: skip
    assert found["reason"].tolist() == [
        "",
        "",
        "missing",
        *["no code of a country by ISO 3166-1"],
        "",
    ]
    from creditscore.organise._classify._region import _OF, _REGIONS

    # ISO 3166-1 has 249 codes
    assert len(_OF) == sum(len(codes.split()) for codes in _REGIONS.values()) == 249


def test_kinds() -> None:
    table = pd.DataFrame(
        [
            ("A", "企业", None, None, None, "Lin Wei"),
            ("B", None, "91350100M000100Y43", None, None, "Hua"),
            ("C", None, None, "11010519491231002X", 1949, "Lin Wei"),
            ("D", None, None, None, 1949, "Hua Trading Co., Ltd."),
            ("E", "person", "91350100M000100Y43", None, None, "Lin"),
            ("F", "trust", None, None, None, "Lin"),
            ("G", None, "91350100M000100Y34", None, None, "Intl Lin"),
            ("H", None, None, None, None, "华东有限公司"),
        ],
        columns=[
            "customer",
            "kind",
            "registration_number",
            "identity_number",
            "birth_year",
            "name",
        ],
    )
    found = classify_kind(table)
    assert found["kind"].tolist() == [
        "enterprise", "enterprise", "person", None, "person", None, None, "enterprise",
    ]  # fmt: skip
    assert found["reason"].tolist() == [
        "said", "registration number", "identity number and year of birth",
        "signs of both: legal form in its name and year of birth",
        "said, against registration number", "unknown kind 'trust', and no signs",
        "nothing says it", "legal form in its name",
    ]  # fmt: skip
    pd.testing.assert_frame_equal(classify_kind(pl.from_pandas(table)), found)
    with pytest.raises(MissingColumnError, match="classify_kind reads"):
        classify_kind(pd.DataFrame({"customer": ["A"]}))
    with pytest.raises(InvalidDataError, match="stands twice"):
        classify_kind(pd.DataFrame({"customer": ["A", "A"], "kind": ["person"] * 2}))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Maria Sá", None), ("Ana Co", None), ("Jan As", None), ("Li Se", None),
        ("Hua Trading Co", "enterprise"), ("Siemens AG", "enterprise"),
        ("Hua Ltd", "enterprise"), ("ABC XYZ贸易有限公司", "enterprise"),
    ],
)  # fmt: skip
def test_surnames_are_no_legal_forms(name: str, kind: str | None) -> None:
    assert classify_kind(pd.DataFrame({"customer": ["A"], "name": [name]}))["kind"].item() == kind


def test_kinds_of_the_sample_are_found_without_being_told() -> None:
    customers = load_trading_firm().customers
    found = classify_kind(customers.drop(columns="kind"))["kind"]
    told = customers.set_index("customer")["kind"]
    known = found.dropna()
    assert known.to_dict() == told[known.index].to_dict()
    assert len(known) > 0.98 * len(told)


# --- all at once ----------------------------------------------------------------------


def firms(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({"customer": ["A"], "kind": ["enterprise"], **columns})


def test_amounts_of_another_currency_are_not_measured() -> None:
    table = pd.DataFrame({
        "customer": list("ABCD"), "kind": "enterprise",
        "industry": ["wholesale", "wholesale", "M73", "wholesale"], "employees": [45, 45, 20, 3],
        "revenue": 60e6, "currency": ["JPY", "cny", "JPY", "JPY"],
    })  # fmt: skip
    found = classify_customers(table, size_standard=CHINA).table
    why = "amounts are in JPY, the standard's in CNY"
    assert found["size"].tolist() == [None, "medium", "small", "micro"]
    assert found["size_reason"].tolist() == [why, "", "", ""]


SEVERAL = "section {} has several industries of the standard: give a code of 2 to 4 digits"
COVERED = "the standard does not cover division {}"


@pytest.mark.parametrize(
    ("industry", "size", "reason"),
    [
        ("51", "medium", ""), ("5112", "medium", ""), ("批发", "medium", ""),
        ("F52", "small", ""), ("retail", "small", ""), ("C33", "micro", ""), ("M73", "small", ""),
        ("F", None, SEVERAL.format("F")),
        ("trading", None, SEVERAL.format("F")),
        ("59", None, SEVERAL.format("G")),
        ("591", "small", ""), ("592", "small", ""), ("53", None, COVERED.format(53)),
        ("J66", None, "the standard does not cover finance"), ("Q84", None,
         COVERED.format(84)), ("Q85", "small", ""), ("7020", "micro", ""),
        ("??", None, "industry not known"),
        ("704", None, "the standard does not cover group 704"),
        ("70", None, SEVERAL.format("K")),
    ],
)  # fmt: skip
def test_sizes_go_by_the_industry(industry: str, size: str | None, reason: str) -> None:
    # 20 persons, 60 million: medium in wholesale, small in retail, micro in industry by persons
    table = firms(industry=[industry], employees=[20 if industry != "C33" else 19],
                  revenue=[60e6])  # fmt: skip
    found = classify_customers(table, size_standard=CHINA).table.iloc[0]
    assert (found["size"], found["size_reason"]) == (size, reason)


def test_classes_together() -> None:
    table = pd.DataFrame({
        "customer": ["A", "B", "C"], "customer_kind": ["enterprise", "person", None],
        "industry": ["C33", None, "F51"], "country": ["CN", "DE", None],
        "employees": [500, np.nan, 3], "revenue": [50e6, np.nan, np.nan],
        "total_assets": [1.0, 1.0, 1.0],
    })  # fmt: skip
    found = classify_customers(table, size_standard=CHINA)
    assert found.table["size"].tolist() == ["medium", None, "micro"]
    assert found.unknown().values.tolist() == [
        ["C", "kind", "nothing says it"], ["B", "section", "missing"], ["C", "region", "missing"],
        ["B", "size", "a person"],
    ]  # fmt: skip
    counts = found.counts()
    assert counts.groupby("of")["share"].sum().tolist() == pytest.approx([1.0] * 4)
    assert repr(found) == (
        "CustomerClasses(3 customers; known: kind 67%, section 67%, region 67%, size 67%)"
    )
    assert "not known" in found._repr_html_()
    european = classify_customers(table, size_standard=EU, scheme="isic")
    assert european.table["size"].tolist() == ["large", None, "micro"]
    assert european.table["section"].tolist() == ["C", None, None]
    with pytest.raises(InvalidParameterError, match="goes by industries of GB/T 4754"):
        classify_customers(table, size_standard=CHINA, scheme="isic")


def test_standards_of_ones_own_take_their_own_industries() -> None:
    rule = SizeThreshold(industry="trade", measure="revenue", small=1, medium=2, large=3)
    own = SizeStandard(name="Ours", currency="CNY", thresholds=(rule,))
    table = firms(industry=["trade"], revenue=[2.5])
    assert classify_customers(table, size_standard=own).table["size"].item() == "medium"
    nothing = classify_customers(firms(industry=["trade"]), size_standard=own).table.iloc[0]
    assert nothing["size_reason"] == "missing: employees, revenue, total_assets"


# --- items ----------------------------------------------------------------------------


def test_coverage_of_items() -> None:
    catalogue = ItemCatalogue(items=(
        Item(name="customer_kind", kind="text", group="identity", weight=0),
        Item(name="phone", kind="text", group="identity"),
        Item(name="revenue", group="financial", weight=3, of=("enterprise",)),
        Item(name="cash", group="financial"),
        Item(name="invoice.amount", group="operating"),
    ))  # fmt: skip
    known = pd.DataFrame(
        {"customer_kind": ["enterprise", "person", None], "phone": ["1", None, "2"],
         "revenue": [5.0, 5.0, None]},
        index=["A", "B", "C"],
    )  # fmt: skip
    found = item_coverage(known, catalogue=catalogue).set_index("group")
    assert found.index.tolist() == ["identity", "financial"]
    assert found.loc["identity", ["n_items", "n_expected", "n_held"]].tolist() == [2, 3, 2]
    # revenue is asked of A alone, cash of all three, and nobody has it
    assert found.loc["financial", ["n_items", "n_seen", "n_expected", "n_held"]].tolist() == [
        2, 1, 4, 1,
    ]  # fmt: skip
    assert found.loc["financial", "coverage"] == pytest.approx(1 / 4)
    assert found.loc["financial", "weighted_coverage"] == pytest.approx(3 / 6)
    with pytest.raises(EmptyDataError, match="no customer"):
        item_coverage(known.iloc[:0], catalogue=catalogue)
    with pytest.raises(MissingColumnError, match="'customer_kind'"):
        item_coverage(known[[]].assign(colour="red"), catalogue=catalogue)
