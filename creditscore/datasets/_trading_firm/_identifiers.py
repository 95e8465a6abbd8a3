"""Numbers of enterprises and persons that pass the checks of the standards and belong to nobody.

All have an area code that begins with 99, which GB/T 2260 does not have.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.random import Generator

from creditscore.datasets._enterprises._draws import Days, Int1D, Text1D, whole

Places: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]
"""Values of characters: a row a number, a column a place."""

CREDIT_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of GB 32100-2015: no I, O, S, V, Z, which look like others."""
_CREDIT_CODE_WEIGHTS = np.array([pow(3, place, 31) for place in range(17)])
_ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
_IDENTITY_WEIGHTS = np.array([pow(2, 17 - place, 11) for place in range(17)])
_IDENTITY_CHECKS = "10X98765432"
_BASE_36 = np.array([int(character, 36) for character in CREDIT_CODE_ALPHABET])
"""Values that GB 11714 gives to the same characters: A is 10, Z is 35."""


def credit_codes(areas: Int1D, rng: Generator) -> Text1D:
    """Return unified social credit codes of enterprises (GB 32100-2015), 18 characters.

    91 for an enterprise, six digits of the area, nine characters of the organisation code
    (GB 11714, the last one its check), and the check character: 31 less the sum of the values
    times 3^0, 3^1, … modulo 31.
    """
    n = len(areas)
    places = np.empty((n, 18), dtype=np.int64)
    places[:, 0], places[:, 1] = 9, 1
    places[:, 2:8] = _digits(areas, 6)
    drawn = np.floor(rng.random((n, 8)) * 10).astype(np.int64)
    letters = np.floor(rng.random((n, 8)) * 31).astype(np.int64)
    # Codes of recent years begin with MA and have letters; older ones are digits alone.
    recent = rng.random(n) < 0.5
    drawn[recent] = letters[recent]
    drawn[recent, 0] = CREDIT_CODE_ALPHABET.index("M")
    drawn[recent, 1] = CREDIT_CODE_ALPHABET.index("A")
    places[:, 8:16] = drawn
    check = (11 - (_BASE_36[drawn] @ _ORGANISATION_WEIGHTS) % 11) % 11
    places[:, 16] = np.where(check == 10, CREDIT_CODE_ALPHABET.index("X"), check)
    places[:, 17] = (31 - (places[:, :17] @ _CREDIT_CODE_WEIGHTS) % 31) % 31
    return _join(np.array(list(CREDIT_CODE_ALPHABET))[places])


def identity_numbers(areas: Int1D, born_on: Days, rng: Generator) -> Text1D:
    """Return numbers of citizens (GB 11643-1999), 18 characters.

    Six digits of the area, the day of birth, three digits of order (odd for men), and the
    check character of ISO 7064 MOD 11-2.
    """
    n = len(areas)
    months = born_on.astype("datetime64[M]")
    years = born_on.astype("datetime64[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    day = (born_on.astype("datetime64[D]") - months.astype("datetime64[D]")).astype(np.int64) + 1
    born = years * 10_000 + month * 100 + day
    places = np.hstack([_digits(areas, 6), _digits(born, 8), _digits(whole(rng, 1, 999, n), 3)])
    checks = np.array(list(_IDENTITY_CHECKS))[(places @ _IDENTITY_WEIGHTS) % 11]
    return _join(np.hstack([places.astype("U1"), checks[:, None]]))


def transposed(numbers: Text1D, rng: Generator) -> Text1D:
    """Return each number with two neighbours that differ changed over, as when it is typed."""
    characters = np.array([list(number) for number in numbers])
    differ = characters[:, :-1] != characters[:, 1:]
    # The first two places say what kind of number it is and are not mistyped.
    differ[:, :2] = False
    at = np.argmax(differ * rng.random(differ.shape), axis=1)
    rows = np.arange(len(numbers))
    characters[rows, at], characters[rows, at + 1] = (
        characters[rows, at + 1].copy(),
        characters[rows, at].copy(),
    )
    return _join(characters)


def _digits(numbers: Int1D, width: int) -> Places:
    places: Places = numbers[:, None] // 10 ** np.arange(width - 1, -1, -1) % 10
    return places


def _join(characters: np.ndarray[Any, Any]) -> Text1D:
    joined = np.ascontiguousarray(characters.astype("U1"))
    texts: Text1D = joined.view(f"U{joined.shape[1]}").ravel().astype(object)
    return texts
