"""Names, numbers and contacts in one form, and how alike names are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.exceptions import InvalidParameterError
from creditscore.organise import (
    check_number,
    name_similarity,
    normalise_address,
    normalise_email,
    normalise_name,
    normalise_number,
    normalise_phone,
)

# Winkler (1990); stringdist of R, rapidfuzz and jellyfish agree
PAIRS = [
    ("MARTHA", "MARHTA", 0.944444, 0.961111),
    ("DIXON", "DICKSONX", 0.766667, 0.813333),
    ("DWAYNE", "DUANE", 0.822222, 0.840000),
    ("JONES", "JOHNSON", 0.790476, 0.832381),
    ("ABROMS", "ABRAMS", 0.888889, 0.922222),
    ("DUNNINGHAM", "CUNNIGHAM", 0.896296, 0.896296),
    ("NICHLESON", "NICHULSON", 0.925926, 0.955556),
    ("MASSEY", "MASSIE", 0.888889, 0.933333),
    ("JERALDINE", "GERALDINE", 0.925926, 0.925926),
]


@pytest.mark.parametrize(("a", "b", "jaro", "winkler"), PAIRS)
def test_vectors_of_winkler(a: str, b: str, jaro: float, winkler: float) -> None:
    assert name_similarity(a, b, measure="jaro") == pytest.approx(jaro, abs=5e-7)
    assert name_similarity(a, b) == pytest.approx(winkler, abs=5e-7)
    assert name_similarity(b, a) == pytest.approx(winkler, abs=5e-7)


def test_the_common_beginning_counts_above_the_bound_only() -> None:
    assert name_similarity("ABCD", "ABXY") == pytest.approx(2 / 3)
    # stringdist of R with bt = 0
    assert name_similarity("ABCD", "ABXY", boost_above=0) == pytest.approx(0.733333, abs=5e-7)
    # at most four letters count
    long = name_similarity("abcdefgx", "abcdefgy")
    jaro = name_similarity("abcdefgx", "abcdefgy", measure="jaro")
    assert long == pytest.approx(jaro + 0.4 * (1 - jaro))


def test_winkler_is_that_of_rapidfuzz() -> None:
    distance = pytest.importorskip("rapidfuzz").distance
    for a, b, _, _ in PAIRS:
        theirs = distance.JaroWinkler.similarity(a, b)
        assert name_similarity(a, b) == pytest.approx(theirs, abs=1e-12)


def test_ratios() -> None:
    # rapidfuzz: 83.3333, and 90.909091 of the words
    assert name_similarity("MARTHA", "MARHTA", measure="ratio") == pytest.approx(5 / 6)
    bears = ("fuzzy wuzzy was a bear", "wuzzy fuzzy was a bear")
    assert name_similarity(*bears, measure="ratio") == pytest.approx(0.90909091)
    assert name_similarity(*bears, measure="token_sort") == 1.0
    assert name_similarity("Hua", "Hua Trading", measure="token_set") == 1.0


@given(st.text(max_size=12), st.text(max_size=12))
def test_similarities_are_symmetric_fractions(a: str, b: str) -> None:
    for measure in ("jaro", "jaro_winkler", "ratio", "token_sort", "token_set"):
        one = name_similarity(a, b, measure=measure)  # type: ignore[arg-type]
        assert 0 <= one <= 1
        assert one == pytest.approx(name_similarity(b, a, measure=measure))  # type: ignore[arg-type]
    assert name_similarity(a, a) == 1.0
    assert name_similarity(a, b, boost_above=0) >= name_similarity(a, b) - 1e-12


def test_empty_names() -> None:
    for measure in ("jaro", "jaro_winkler", "ratio", "token_sort", "token_set"):
        assert name_similarity("", "", measure=measure) == 1.0  # type: ignore[arg-type]
        assert name_similarity("", "a", measure=measure) == 0.0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "core"),
    [
        ("Müller & Söhne G.m.b.H.", "muller and sohne"),
        ("Müller GmbH & Co. KG", "muller"),
        ("S. A. Dupont S.A.R.L.", "sa dupont"),
        ("Construcciones Ñandú, S.L.", "construcciones nandu"),
        ("Rossi S.p.A.", "rossi"),
        ("Jansen B.V.", "jansen"),
        ("Hua Trading Co., Ltd.", "hua trading"),
        ("HUA  TRDG.  CO LTD", "hua trading"),
        ("Hua Joint Stock Co., Ltd.", "hua"),
        ("Hua Limited Liability Company", "hua"),
        ("ＨＵＡ　ＬＬＣ", "hua"),
        ("O'Neil Bros. Inc.", "oneil brothers"),
        ("Straße AG", "strasse"),
        ("Łódź Sp. z o.o.", "lodz"),
        ("Ørsted A/S", "orsted"),
        ("华润（集团）有限公司", "华润"),
        ("華東貿易股份有限公司", "华东贸易"),
        ("华东 贸易 有限责任公司", "华东贸易"),
        ("兴业集团", "兴业"),
        ("有限公司", "有限公司"),
        ("Limited", "limited"),
        ("Company Ltd", "company"),
        ("", ""),
        ("...", ""),
    ],
)
def test_names_without_legal_form(written: str, core: str) -> None:
    assert normalise_name(written, legal_form=False) == core


def test_names_with_legal_form_stay_apart() -> None:
    assert normalise_name("Hua Ltd.") != normalise_name("Hua Inc.")
    assert normalise_name("Hua Limited") == "hua limited"


@given(st.text(max_size=20))
def test_a_name_in_one_form_stays_as_it_is(name: str) -> None:
    once = normalise_name(name)
    assert normalise_name(once) == once
    assert once == once.strip()
    assert "  " not in once


def test_traditional_characters() -> None:
    assert normalise_name("國際電子團體廠") == "国际电子团体厂"
    # characters that stand for themselves stay
    assert normalise_name("著名公司") == "著名公司"


# the example of GB 32100-2015, and numbers in public registers
VALID = [
    ("91350100M000100Y43", "credit_code"),
    ("9144030071526726XG", "credit_code"),
    # examples of GB 11643-1999
    ("11010519491231002X", "identity_number"),
    ("440524188001010014", "identity_number"),
    # published by GLEIF
    ("5493 0084 UKLV MY22 DS16", "lei"),
    ("HWUPKR0MPOU8FGXBT394", "lei"),
    ("DE 811 193 231", "vat"),
    ("12-3456789", "ein"),
]


@pytest.mark.parametrize(("number", "kind"), VALID)
def test_numbers(number: str, kind: str) -> None:
    found = check_number(number)
    assert (found.kind, found.is_valid, found.why) == (kind, True, "")


@pytest.mark.parametrize("number", [number for number, kind in VALID if kind not in ("vat", "ein")])
def test_any_wrong_digit_and_any_swap_of_neighbours_is_seen(number: str) -> None:
    bare = normalise_number(number)
    kind = check_number(number).kind
    for place, sign in enumerate(bare):
        if sign.isdigit():
            wrong = bare[:place] + str((int(sign) + 1) % 10) + bare[place + 1 :]
            assert not check_number(wrong, kind).is_valid
        if place and bare[place - 1] != sign:
            swapped = bare[: place - 1] + sign + bare[place - 1] + bare[place + 1 :]
            assert not check_number(swapped, kind).is_valid


def test_digits_that_fit_two_kinds_are_what_their_day_says() -> None:
    digits = (f"110105198503{place % 28 + 1:02d}{place:03d}" for place in range(400))
    both = [
        number for bare in digits for number in (bare + sign for sign in "0123456789X")
        if check_number(number, "identity_number").is_valid
        and check_number(number, "credit_code").is_valid
    ]  # fmt: skip
    assert len(both) > 5
    assert {check_number(number).kind for number in both} == {"identity_number"}
    assert check_number("110105198503010011").kind == "identity_number"
    # the day would be one of 2985
    assert check_number("110105298503010011").kind == "credit_code"


def test_numbers_that_are_none() -> None:
    assert check_number("11010519490231007X", "identity_number").why == (
        "the check sign does not fit: a sign is wrong, or two are swapped"
    )
    # the check sign fits, and the 31st of February is no day
    assert check_number("110105194902310026", "identity_number").why == (
        "its digits 7 to 14 are no day of birth"
    )
    assert check_number("hello").kind == "unknown"
    assert not check_number("").is_valid
    assert check_number("123456789").kind == "unknown"
    assert check_number("123456789", "ein").is_valid
    assert check_number("91350100M000100Y44").kind == "credit_code"
    with pytest.raises(InvalidParameterError, match="'kind'"):
        check_number("1", "passport")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'number'"):
        check_number(12)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "country", "form"),
    [
        ("+86 120 7790 2375", None, "+8612077902375"),
        ("0086-120-7790-2375", "DE", "+8612077902375"),
        ("120 7790 2375", "CN", "+8612077902375"),
        ("120 7790 2375", None, "12077902375"),
        ("+49 (0)30 123-4567", None, "+49301234567"),
        ("030/1234567", "DE", "+49301234567"),
        ("06 1234 5678", "IT", "+390612345678"),
        ("020 7946 0000 ext. 12", "GB", "+442079460000"),
        ("１２０７７９０２３７５", None, "12077902375"),
        ("1234", None, ""),
        ("none", None, ""),
        ("Fax: 030-123456", None, "030123456"),
        ("Fax 030-123456 x12", None, "030123456"),
        ("12345678 转 801", None, "12345678"),
        ("010 12345678; 010 87654321", "CN", "+861012345678"),
        ("12345678/87654321", None, "12345678"),
        ("8610 12345678", "CN", "+861012345678"),
        ("1 (212) 555-0123", "US", "+12125550123"),
        ("8612345678", "CN", "+868612345678"),
        ("0000000", None, ""),
        ("+86 111 1111 1111", None, ""),
    ],
)
def test_phones(written: str, country: str | None, form: str) -> None:
    assert normalise_phone(written, country) == form


def test_contacts() -> None:
    assert normalise_email(" MAILTO:Office@X.Example ") == "office@x.example"
    assert normalise_email("a.b+c@x.example") == "a.b+c@x.example"
    for none in ("", "none", "@x.example", "a@b@c.example", "a@localhost"):
        assert normalise_email(none) == ""
    for nobody in ("none@x.example", "N/A@x.example", "No-Reply@x.example", "无@x.example"):
        assert normalise_email(nobody) == ""
    assert normalise_address("12 Oak Rd., Bldg 3") == "12 oak road building 3"
    assert normalise_address("12 St Mary St, Lin") == "12 saint mary street lin"
    with pytest.raises(InvalidParameterError, match="'country'"):
        normalise_phone("12345678", "XX")
    with pytest.raises(InvalidParameterError, match="'name'"):
        normalise_name(None)  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'measure'"):
        name_similarity("a", "b", measure="levenshtein")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'boost_above'"):
        name_similarity("a", "b", boost_above=2)
