"""Pseudonyms and masks: the same for the same, and no more than is said."""

from __future__ import annotations

import copy
import hashlib
import pickle
import sys
import unicodedata
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
    DuplicateColumnError,
    InvalidDataError,
    InvalidParameterError,
    KeyStoreError,
    MissingColumnError,
)
from creditscore.protect import (
    MASK_KINDS,
    KeyRing,
    Pseudonymiser,
    hmac_sha256,
    mask,
    masked_table,
)
from creditscore.protect._normal import normalised
from creditscore.protect._pseudonym._mask import _TWO_LETTER_SURNAMES

KEY = bytes(range(32))
PEOPLE = Pseudonymiser(KEY, "customer")

# --- pseudonyms ------------------------------------------------------------------------------


def test_a_pseudonym_is_the_code_of_domain_and_identifier() -> None:
    expected = hmac_sha256(KEY, b"customer\x00c-17").hex()
    assert PEOPLE.pseudonym("C-17") == expected
    assert PEOPLE.pseudonym(17) == PEOPLE.pseudonym("17") == PEOPLE.pseudonym(np.int64(17))
    assert len(expected) == 64


def test_domains_and_keys_part_pseudonyms() -> None:
    others = [
        Pseudonymiser(KEY, "supplier"),
        Pseudonymiser(KEY[::-1], "customer"),
        Pseudonymiser(KeyRing.generate().derive("pseudonyms"), "customer"),
    ]
    assert len({p.pseudonym("C-17") for p in (PEOPLE, *others)}) == 4
    # "ab" of "c" is not "b" of "ca"
    assert Pseudonymiser(KEY, "a").pseudonym("bc") != Pseudonymiser(KEY, "ab").pseudonym("c")


def test_no_plain_hash_gives_it() -> None:
    plain = [hashlib.sha256(text).hexdigest() for text in (b"c-17", b"C-17", b"customer\x00c-17")]
    assert PEOPLE.pseudonym("C-17") not in plain


@pytest.mark.parametrize(
    ("one", "other"),
    [("C-17", " c-17 "), ("Ｃ－１７", "c-17"), ("Straße  1", "STRASSE 1"), ("ﬁn", "FIN"),
     ("Zoe\u0308", "ZOË"), ("a\u200bb", "ab"), ("\ufeffa", "A"), ("a\u00a0b", "a\tb"),
     ("ΣΊΣΥΦΟΣ", "σίσυφος"), ("欧阳", "欧阳\u3000")],
)  # fmt: skip
def test_spellings_of_one_identifier(one: str, other: str) -> None:
    assert PEOPLE.pseudonym(one) == PEOPLE.pseudonym(other)


@pytest.mark.parametrize(("one", "other"), [("C-17", "C17"), ("a b", "ab"), ("1", "01")])
def test_identifiers_that_stay_apart(one: str, other: str) -> None:
    assert PEOPLE.pseudonym(one) != PEOPLE.pseudonym(other)


@settings(max_examples=300)
@given(st.text(max_size=12))
def test_the_normal_form_is_at_rest(text: str) -> None:
    form = normalised(text)
    assert normalised(form) == form
    for other in (text.upper().lower(), f"  {text}\t", unicodedata.normalize("NFD", text)):
        assert normalised(normalised(other)) == normalised(other)
    assert normalised(f"  {text}\t") == form
    assert normalised(unicodedata.normalize("NFD", text)) == form


def test_the_normal_form_of_every_character_is_at_rest() -> None:
    forms = {normalised(chr(code)) for code in range(0, sys.maxunicode + 1, 3)}
    assert [form for form in forms if normalised(form) != form] == []


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(["C-1", None, "c-1"], index=[7, 8, 9], name="who"),
        pd.Series(["C-1", None, "c-1"], index=[7, 8, 9], name="who", dtype="category"),
        pl.Series("who", ["C-1", None, "c-1"]),
        pa.chunked_array([["C-1", None, "c-1"]]),
    ],
    ids=["pandas", "category", "polars", "pyarrow"],
)
def test_columns_keep_their_library(column: Any) -> None:
    found = PEOPLE.pseudonym(column)
    assert type(found) is type(column)
    one = PEOPLE.pseudonym("c-1")
    values = found.to_pylist() if isinstance(column, pa.ChunkedArray) else found.to_list()
    assert [None if pd.isna(v) else v for v in values] == [one, None, one]
    if isinstance(column, pd.Series):
        assert found.index.tolist() == [7, 8, 9]
    if not isinstance(column, pa.ChunkedArray):
        assert found.name == "who"


def test_numbers_are_their_decimal_text() -> None:
    column = pd.Series([17, pd.NA], dtype="Int64")
    assert PEOPLE.pseudonym(column)[0] == PEOPLE.pseudonym("17")
    assert PEOPLE.pseudonym(pd.Series([17]))[0] == PEOPLE.pseudonym("17")


@pytest.mark.parametrize("value", [17.0, True, None, b"17", pd.Series([17.5]), pd.Series([True])])
def test_what_is_no_identifier(value: Any) -> None:
    with pytest.raises(ColumnTypeError, match="Identifiers must be text or whole numbers"):
        PEOPLE.pseudonym(value)


@pytest.mark.parametrize("value", ["", "  ", "\u200b", pd.Series(["a", "\t"])])
def test_an_empty_identifier_is_shared_by_many(value: Any) -> None:
    with pytest.raises(InvalidDataError, match="An identifier is empty"):
        PEOPLE.pseudonym(value)


@pytest.mark.parametrize(
    ("key", "domain", "why"),
    [(KEY[:31], "x", "32 bytes or more.*Got 31 bytes"), ("k" * 32, "x", "Got str"),
     (KEY, "", "'domain'"), (KEY, " ", "'domain'"), (KEY, "a\0b", "'domain'"),
     (KEY, 5, "'domain'")],
)  # fmt: skip
def test_what_makes_no_pseudonymiser(key: Any, domain: Any, why: str) -> None:
    with pytest.raises(InvalidParameterError, match=why):
        Pseudonymiser(key, domain)


def test_a_pseudonymiser_shows_nothing() -> None:
    with pytest.raises(KeyStoreError, match="Pseudonymiser is not pickled"):
        pickle.dumps(PEOPLE)
    assert copy.deepcopy(PEOPLE) is PEOPLE
    assert repr(PEOPLE) == "<Pseudonymiser: domain 'customer'>"
    assert PEOPLE.domain == "customer"


# --- masks -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("Anna Maria Schmidt", "name", "A*** S***"),
        ("  anna   schmidt ", "name", "a*** s***"),
        ("Prince", "name", "P***"),
        ("O'Neil", "name", "O***"),
        ("(Anna) Lee", "name", "A*** L***"),
        ("X", "name", "***"),
        ("…", "name", "***"),
        ("张伟", "name", "张*"),
        ("张三丰", "name", "张*"),
        ("欧阳娜娜", "name", "欧阳**"),
        ("歐陽修", "name", "歐陽**"),
        ("欧阳", "name", "欧*"),
        ("张", "name", "***"),
        ("阿卜杜拉·买买提", "name", "阿*"),
        ("上海华信贸易有限公司", "name", "上*"),
        ("김철수", "name", "김*"),
        ("やまだ たろう", "name", "や*"),
        ("Zhang 伟", "name", "Z*** ***"),
        ("+86 138-1234-5678", "phone", "****5678"),
        (13812345678, "phone", "****5678"),
        ("0551 1234", "phone", "****34"),
        ("11234", "phone", "****"),
        ("11010519491231002X", "id_number", "****002X"),
        ("91350100M000100Y43", "id_number", "****0Y43"),
        ("DE89 3704 0044 0532 0130 00", "account", "****3000"),
        ("１３８１２３４５６７８", "phone", "****5678"),
        ("no number", "phone", "****er"),
        ("ana@example.com", "email", "a***@***.com"),
        ("a@example.co.uk", "email", "***@***.uk"),
        ("ana@localhost", "email", "a***@***"),
        ("ana at example", "email", "***"),
        ("first@second@ana.org", "email", "f***@***.org"),
        ("owes 3,000", "text", "***"),
        ("", "name", ""),
        ("  ", "text", ""),
    ],
)
def test_masks(value: Any, kind: Any, expected: str) -> None:
    assert mask(value, kind) == expected


@settings(max_examples=500)
@given(st.text(max_size=14), st.sampled_from(MASK_KINDS))
def test_masks_are_idempotent_and_never_all_of_a_value(text: str, kind: Any) -> None:
    masked = mask(text, kind)
    assert mask(masked, kind) == masked
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    if any(letter.isalnum() for letter in plain) and masked != plain:
        assert plain not in masked
    if plain and masked == plain:
        assert "*" in plain


@given(st.sampled_from(["id_number", "phone", "account"]), st.text("0123456789", min_size=10))
def test_masks_of_numbers_do_not_tell_their_length(kind: Any, digits: str) -> None:
    assert mask(digits, kind) == "****" + digits[-4:]


@given(st.text("abcdefgh", min_size=2), st.lists(st.text("abcdefgh", min_size=2), max_size=3))
def test_masks_of_names_tell_neither_their_length_nor_their_number(
    first: str, middle: list[str]
) -> None:
    assert mask(" ".join([first, *middle, "zhou"]), "name") == f"{first[0]}*** z***"


def test_surnames_of_two_characters_are_that() -> None:
    assert {len(name) for name in _TWO_LETTER_SURNAMES} == {2}
    assert len(_TWO_LETTER_SURNAMES) > 70


@pytest.mark.parametrize("value", [1.5, True, None, b"x"])
def test_what_no_mask_takes(value: Any) -> None:
    with pytest.raises(ColumnTypeError, match="Masks are of text or whole numbers"):
        mask(value, "name")


def test_an_unknown_mask() -> None:
    with pytest.raises(InvalidParameterError, match=r"'kind' parameter of mask.*Got 'names'"):
        mask("x", "names")  # type: ignore[arg-type]


# --- tables ----------------------------------------------------------------------------------

ROWS = {"name": ["Ana Lee", None], "phone": [13812345678, None], "amount": [1.5, 2.5]}
MASKS: dict[str, Any] = {"name": "name", "phone": "phone", "amount": "text"}


@pytest.mark.parametrize(
    "make", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "pyarrow"]
)
def test_tables_are_masked_in_their_library(make: Any) -> None:
    table = make(ROWS)
    found = masked_table(table, MASKS)
    assert type(found) is type(table)
    frame = found if isinstance(found, pd.DataFrame) else found.to_pandas()
    known = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
    assert known == [["A*** L***", "****5678", "***"], [None, None, "***"]]
    untouched = masked_table(table, {"name": "name"})
    frame = untouched if isinstance(untouched, pd.DataFrame) else untouched.to_pandas()
    assert frame["amount"].tolist() == [1.5, 2.5]


def test_the_given_table_stays_and_its_index_is_kept() -> None:
    table = pd.DataFrame(ROWS, index=["a", "b"])
    before = table.copy()
    assert masked_table(table, MASKS).index.tolist() == ["a", "b"]
    pd.testing.assert_frame_equal(table, before)


def test_dates_are_hidden_whole() -> None:
    table = pd.DataFrame({"born": pd.to_datetime(["1970-01-01", None])})
    assert masked_table(table, {"born": "text"})["born"][0] == "***"
    with pytest.raises(ColumnTypeError, match="'born' holds values of the type Timestamp"):
        masked_table(table, {"born": "name"})


@pytest.mark.parametrize(
    ("table", "masks", "error", "why"),
    [
        (pd.DataFrame(ROWS), {"nam": "name"}, MissingColumnError, "'nam' .near: 'name'"),
        (pl.DataFrame(ROWS), {"nam": "name"}, MissingColumnError, "'nam' .near: 'name'"),
        (pd.DataFrame(ROWS), {"name": "all"}, InvalidParameterError, "'masks'.*Got 'all'"),
        (pd.DataFrame(ROWS), ["name"], InvalidParameterError, "'masks'.*must be a Mapping"),
        (pd.DataFrame(ROWS), {"amount": "phone"}, ColumnTypeError, "'amount' .* type float"),
        ([["Ana"]], {"name": "name"}, ColumnTypeError, "Got list"),
        (pd.DataFrame({"name": [["Ana"]]}), {"name": "name"}, ColumnTypeError, "type list"),
        (
            pd.DataFrame([["Ana", "Bo"]], columns=["name", "name"]),
            {"name": "name"},
            DuplicateColumnError,
            "Two columns have the name 'name'",
        ),
    ],
)
def test_tables_that_cannot_be_masked_so(table: Any, masks: Any, error: Any, why: str) -> None:
    with pytest.raises(error, match=why):
        masked_table(table, masks)
