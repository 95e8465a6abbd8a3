"""How far two records agree, field by field: a few levels each, from different to the same."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore.organise._match._rapidfuzz import rapidfuzz_module
from creditscore.organise._match._records import Records, Texts

LEVELS: dict[str, tuple[str, ...]] = {
    "name": ("different", "alike", "close", "same but legal form", "same"),
    "registration_number": ("different", "one slip", "same"),
    "identity_number": ("different", "one slip", "same"),
    "phone": ("different", "same"),
    "email": ("different", "same"),
    "address": ("different", "alike", "same"),
    "birth_year": ("different", "same"),
}
"""Levels of each field, the better agreement later."""
DIFFERENT = 0
"""Place of the worst level of each field."""
BEST = np.array([len(levels) - 1 for levels in LEVELS.values()])
"""Place of the best level of each field."""
NAME = 0
"""Place of the field whose values are told apart by how common they are."""
NUMBERS = tuple(place for place, field in enumerate(LEVELS) if field.endswith("_number"))
"""Places of the fields that no two customers have in common."""
MISSING = -1
"""Level of a field that one of the two records lacks."""

_ALIKE, _CLOSE = 0.8, 0.92
_ALIKE_ZH, _CLOSE_ZH = 0.7, 0.85
_ALIKE_STREET = 0.85
_LONG_NAME = 8
"""Letters of a name without legal form from which one slip leaves it close."""
_FEWEST_COMMON = 8
"""Digits in which a national telephone number must agree with the end of another."""

Levels = npt.NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class Comparison:
    """What :func:`compare_records` makes of pairs."""

    levels: Levels
    """The level of each pair (a row) in each field of :data:`LEVELS` (a column)."""
    name_shares: Float1D
    """The share of customers that would have the name in which a pair agrees by chance; 0 where
    it does not agree, or nobody would."""

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.levels)

    def __getitem__(self, shown: Bool1D) -> Comparison:
        """Return some of the pairs."""
        return Comparison(self.levels[shown], self.name_shares[shown])

    @property
    def same_name(self) -> Bool1D:
        """Whether a pair has the same whole name."""
        return np.asarray(self.levels[:, NAME] == BEST[NAME], dtype=bool)

    @property
    def by_name_alone(self) -> Bool1D:
        """Whether the name is all that both records of a pair have."""
        there = self.levels != MISSING
        return np.asarray(there[:, NAME] & (there.sum(axis=1) == 1), dtype=bool)


def compare_records(records: Records, left: Int1D, right: Int1D) -> Comparison:
    """Compare pairs of records, field by field."""
    latin = _name_levels(records["name"], records["core"], left, right, (_ALIKE, _CLOSE), "sort")
    chinese = _name_levels(
        records["name_zh"], records["core_zh"], left, right, (_ALIKE_ZH, _CLOSE_ZH), "ratio"
    )
    columns = [
        np.maximum(latin, chinese),
        _number_levels(records["registration_number"], left, right),
        _number_levels(records["identity_number"], left, right),
        _phone_levels(records["phone"], left, right),
        _equal_levels(records["email"], left, right),
        np.maximum(
            _street_levels(records["address"], left, right),
            _street_levels(records["address_zh"], left, right),
        ),
        _equal_levels(records["birth_year"], left, right),
    ]
    shares = np.full(len(left), np.inf)
    for levels, core in ((latin, "core"), (chinese, "core_zh")):
        of = records.name_shares(core)
        # of two scripts that agree as far, the rarer name counts
        agree = (levels == columns[NAME]) & (levels > 0)
        shares[agree] = np.minimum(shares, np.maximum(of[left], of[right]))[agree]
    return Comparison(
        np.column_stack(columns).astype(np.int8), np.where(np.isinf(shares), 0.0, shares)
    )


def _both(values: Texts, left: Int1D, right: Int1D) -> npt.NDArray[np.bool_]:
    there = values != ""
    found: npt.NDArray[np.bool_] = there[left] & there[right]
    return found


def _equal_levels(values: Texts, left: Int1D, right: Int1D) -> Levels:
    same = values[left] == values[right]
    return np.where(_both(values, left, right), same, MISSING).astype(np.int8)


def _of_one_script(texts: Texts, left: Int1D, right: Int1D) -> Bool1D:
    """Return whether both texts begin in the same script; else nothing can be said of them."""
    places, at = np.unique(np.concatenate([left, right]), return_inverse=True)
    scripts = np.array([_script(text) for text in texts[places].tolist()], dtype=object)[at]
    return np.asarray(scripts[: len(left)] == scripts[len(left) :], dtype=bool)


def _script(text: str) -> str:
    letters = (sign for sign in text if sign.isalpha())
    return unicodedata.name(next(letters, "a"), "").split(" ")[0]


def _similarities(
    values: Texts, left: Int1D, right: Int1D, measure: str
) -> npt.NDArray[np.float64]:
    """Return the similarity of each pair, from 0 to 1."""
    module: Any = rapidfuzz_module()
    scorer, scale = {
        "sort": (module.fuzz.token_sort_ratio, 100.0),
        "ratio": (module.distance.Indel.normalized_similarity, 1.0),
        "slips": (module.distance.OSA.distance, 1.0),
    }[measure]
    texts = values.tolist()
    found = module.process.cpdist(
        [texts[place] for place in left.tolist()], [texts[place] for place in right.tolist()],
        scorer=scorer, dtype=np.float64,
    )  # fmt: skip
    return np.asarray(found, dtype=np.float64) / scale


def _name_levels(
    names: Texts, cores: Texts, left: Int1D, right: Int1D, bounds: tuple[float, float], by: str
) -> Levels:
    both = _both(names, left, right) & _of_one_script(names, left, right)
    levels = np.where(both, 0, MISSING)
    levels[both & (cores[left] == cores[right])] = 3
    levels[both & (names[left] == names[right])] = 4
    rest = np.flatnonzero(levels == 0)
    similarity = _similarities(cores, left[rest], right[rest], by)
    levels[rest] = np.searchsorted(bounds, similarity, side="right")
    if by == "sort":
        # a slip may make a word of the legal form, or bring words into another order
        rest = rest[levels[rest] < 2]
        rest = rest[_similarities(names, left[rest], right[rest], "slips") <= 1]
        shorter = [
            min(map(len, both)) for both in zip(cores[left[rest]], cores[right[rest]], strict=True)
        ]
        levels[rest[np.array(shorter, dtype=int) >= _LONG_NAME]] = 2
    return levels.astype(np.int8)


def _number_levels(numbers: Texts, left: Int1D, right: Int1D) -> Levels:
    both = _both(numbers, left, right)
    levels = np.where(both, 0, MISSING)
    levels[both & (numbers[left] == numbers[right])] = 2
    rest = np.flatnonzero(levels == 0)
    levels[rest] = _similarities(numbers, left[rest], right[rest], "slips") <= 1
    return levels.astype(np.int8)


def _phone_levels(phones: Texts, left: Int1D, right: Int1D) -> Levels:
    levels = _equal_levels(phones, left, right)
    abroad = np.array([phone.startswith("+") for phone in phones.tolist()], dtype=bool)
    # two whole numbers are the same or not; a national one may be the end of another
    for place in np.flatnonzero((levels == 0) & ~(abroad[left] & abroad[right])):
        ends = (phones[left[place]].lstrip("0"), phones[right[place]].lstrip("0"))
        short, long = sorted(ends, key=len)
        if len(short) >= _FEWEST_COMMON and long.endswith(short):
            levels[place] = 1
    return levels


def _street_levels(streets: Texts, left: Int1D, right: Int1D) -> Levels:
    both = _both(streets, left, right) & _of_one_script(streets, left, right)
    levels = np.where(both, 0, MISSING)
    levels[both & (streets[left] == streets[right])] = 2
    rest = np.flatnonzero(levels == 0)
    levels[rest] = _similarities(streets, left[rest], right[rest], "sort") >= _ALIKE_STREET
    return levels.astype(np.int8)
