"""What two records differ in that those of one customer hardly ever do, whatever they agree in."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from creditscore._typing import Bool1D
from creditscore.organise._match._levels import (
    BEST,
    DIFFERENT,
    LEVELS,
    MISSING,
    NAME,
    NUMBERS,
    Comparison,
)

_EMAIL, _BIRTH_YEAR = (tuple(LEVELS).index(field) for field in ("email", "birth_year"))
_CONTACTS = [tuple(LEVELS).index(field) for field in ("phone", "address")]
_CLOSE = LEVELS["name"].index("close")

HELD: dict[int, int] = {
    NAME: _CLOSE, **dict.fromkeys(NUMBERS, DIFFERENT + 1), _BIRTH_YEAR: DIFFERENT + 1,
}  # fmt: skip
"""By place of a field, the level from which it does not contradict a match."""


def emails_of_names(compared: Comparison) -> bool:
    """Return whether the e-mail addresses of a table are made of names, by its candidate pairs.

    They are where of the pairs alike in name with one e-mail address, those that differ in
    telephone or address and agree in neither outnumber those that agree in one, or in a number.
    """
    contacts = compared.levels[:, _CONTACTS]
    agree = (contacts > DIFFERENT).any(axis=1) | _same_number(compared)
    differ = (contacts == DIFFERENT).any(axis=1) & ~agree
    by_email = _alike_in(compared, _EMAIL)
    return bool((by_email & differ).sum() > (by_email & agree).sum())


def contradictions(compared: Comparison, *, of_names: bool) -> npt.NDArray[Any]:
    """Return by pair why it may not be merged unseen, empty where nothing contradicts.

    Names that are not close are those of sister firms, which share an office and a telephone, but
    names that are alike of persons born in one year may be one person's; records of one name and
    different years of birth are those of father and son; and who shares a name and an e-mail
    address, but neither telephone nor address where they are known, may be a namesake, the e-mail
    address being made of the name. Where those of the table are (`of_names`, see
    :func:`emails_of_names`), an address that is alike does not count, and who has no telephone or
    address to compare may be a namesake as well, unless born in one year. The same number outweighs
    all of these: a firm may take another name. Of two different numbers see :func:`doubts`.
    """
    contacts = compared.levels[:, _CONTACTS]
    agree = (contacts >= (BEST[_CONTACTS] if of_names else DIFFERENT + 1)).any(axis=1)
    differ = (contacts == DIFFERENT).any(axis=1)
    born_together = _alike_in(compared, _BIRTH_YEAR)
    by_email = _alike_in(compared, _EMAIL) & ~agree & (differ | (of_names & ~born_together))
    why = np.full(len(compared), "", dtype=object)
    why[by_email] = "of contacts the e-mail address alone agrees, which may be made of the name"
    why[_below(compared, _BIRTH_YEAR)] = "different years of birth"
    why[_below(compared, NAME) & ~born_together] = "names that are not close"
    why[_same_number(compared)] = ""
    return why


def may_be_matches(compared: Comparison, *, of_names: bool) -> Bool1D:
    """Return which pairs nothing contradicts, two different numbers included."""
    numbers = np.any([_below(compared, place) for place in NUMBERS], axis=0)
    against = contradictions(compared, of_names=of_names)
    return np.asarray((against == "") & ~numbers, dtype=bool)


def _alike_in(compared: Comparison, place: int) -> Bool1D:
    """Return which pairs have names that are alike, and agree in a field."""
    alike = (compared.levels[:, [NAME, place]] > DIFFERENT).all(axis=1)
    return np.asarray(alike, dtype=bool)


def _same_number(compared: Comparison) -> Bool1D:
    same = compared.levels[:, NUMBERS] == BEST[[*NUMBERS]]
    return np.asarray(same.any(axis=1), dtype=bool)


def _below(compared: Comparison, place: int) -> Bool1D:
    of_field = compared.levels[:, place]
    return np.asarray((of_field != MISSING) & (of_field < HELD[place]), dtype=bool)
