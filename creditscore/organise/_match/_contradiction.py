"""What two records differ in that those of one customer hardly ever do, whatever they agree in."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from creditscore._typing import Bool1D
from creditscore.organise._match._levels import BEST, LEVELS, MISSING, NAME, NUMBERS, Comparison

_EMAIL, _BIRTH_YEAR = (tuple(LEVELS).index(field) for field in ("email", "birth_year"))
_CONTACTS = [tuple(LEVELS).index(field) for field in ("phone", "address")]
_CLOSE = LEVELS["name"].index("close")
_DIFFERENT = 0

HELD: dict[int, int] = {
    NAME: _CLOSE, **dict.fromkeys(NUMBERS, _DIFFERENT + 1), _BIRTH_YEAR: _DIFFERENT + 1,
}  # fmt: skip
"""By place of a field, the level from which it does not contradict a match."""


def contradictions(compared: Comparison) -> npt.NDArray[Any]:
    """Return by pair why it may not be merged unseen, empty where nothing contradicts.

    Names that are not close are those of sister firms, which share an office and a telephone, but
    names that are alike of persons born in one year may be one person's; records of one name and
    different years of birth are those of father and son; and who shares a name and an e-mail
    address, but neither telephone nor address where they are known, may be a namesake, the e-mail
    address being made of the name. The same number outweighs all of these: a firm may take another
    name. Of two different numbers see :func:`doubts`.
    """
    levels = compared.levels
    by_email = (levels[:, NAME] > _DIFFERENT) & (levels[:, _EMAIL] > _DIFFERENT)
    by_email &= (levels[:, _CONTACTS] == _DIFFERENT).any(axis=1)
    by_email &= ~(levels[:, _CONTACTS] == BEST[_CONTACTS]).any(axis=1)
    born_together = (levels[:, NAME] > _DIFFERENT) & (levels[:, _BIRTH_YEAR] > _DIFFERENT)
    why = np.full(len(levels), "", dtype=object)
    why[by_email] = "of contacts the e-mail address alone agrees, which may be made of the name"
    why[_below(compared, _BIRTH_YEAR)] = "different years of birth"
    why[_below(compared, NAME) & ~born_together] = "names that are not close"
    why[(levels[:, NUMBERS] == BEST[[*NUMBERS]]).any(axis=1)] = ""
    return why


def may_be_matches(compared: Comparison) -> Bool1D:
    """Return which pairs nothing contradicts, two different numbers included."""
    numbers = np.any([_below(compared, place) for place in NUMBERS], axis=0)
    return np.asarray((contradictions(compared) == "") & ~numbers, dtype=bool)


def _below(compared: Comparison, place: int) -> Bool1D:
    of_field = compared.levels[:, place]
    return np.asarray((of_field != MISSING) & (of_field < HELD[place]), dtype=bool)
