"""Names, addresses, telephone numbers and e-mail addresses, in Latin letters and in Chinese."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from creditscore.datasets._enterprises._draws import Int1D, Text1D, chance, numbered, pick, whole
from creditscore.datasets._trading_firm._parties import Parties
from creditscore.datasets._trading_firm._words import (
    ABBREVIATIONS,
    BRANDS,
    LEGAL_FORMS,
    LINES,
    REGIONS,
    SHARES_OF_FORMS,
    STREETS,
    SURNAMES,
)


@dataclass(frozen=True, kw_only=True)
class Names:
    """What the customers are called and where they are, an entry a customer.

    Parameters
    ----------
    latin, chinese : Text1D
        Full names.
    street, house : Int1D
        Place in the list of streets, and the number of the house.
    city, city_zh : Text1D
        City.
    phone, email : Text1D
        No network gives out mobile numbers that begin with 120, and no domain ends in .example
        (RFC 2606).
    """

    latin: Text1D
    chinese: Text1D
    street: Int1D
    house: Int1D
    city: Text1D
    city_zh: Text1D
    phone: Text1D
    email: Text1D


def words_of(pairs: Sequence[tuple[str, str]], places: Int1D) -> tuple[Text1D, Text1D]:
    """Return the word in Latin letters and the one in Chinese at each place."""
    latin, chinese = (np.array(words, dtype=object) for words in zip(*pairs, strict=True))
    return latin[places], chinese[places]


def make_names(parties: Parties, rng: Generator) -> Names:
    """Invent what customers are called: a firm by city, brand, line and form."""
    n, m = parties.n, parties.n_enterprises
    syllables = [words_of(BRANDS, whole(rng, 0, len(BRANDS) - 1, n)) for _ in range(3)]
    three = chance(rng, 0.5, n)
    third = np.where(three, syllables[2][0], ""), np.where(three, syllables[2][1], "")
    brand = capital(syllables[0][0] + syllables[1][0] + third[0])
    brand_zh = syllables[0][1] + syllables[1][1] + third[1]
    city, city_zh = _cities(parties)
    industries = list(LINES)
    line = np.array([industries.index(name) for name in parties.firms.industry_names()])
    lines, lines_zh = words_of(list(LINES.values()), line)
    forms, forms_zh = words_of(LEGAL_FORMS, pick(rng, m, SHARES_OF_FORMS))
    surname, surname_zh = words_of(SURNAMES, whole(rng, 0, len(SURNAMES) - 1, n - m))
    given = capital(syllables[0][0] + np.where(three, syllables[1][0], ""))
    given_zh = syllables[0][1] + np.where(three, syllables[1][1], "")
    firm = city[:m] + " " + brand[:m] + " " + lines + " " + forms
    firm_zh = city_zh[:m] + "市" + brand_zh[:m] + lines_zh + forms_zh
    boxes = np.concatenate(
        [
            "office@" + _lower(brand[:m] + "-" + lines) + ".example",
            _lower(given[m:] + "." + surname) + "@post.example",
        ]
    )
    digits = numbered("", whole(rng, 0, 99_999_999, n), 8)
    return Names(
        latin=np.concatenate([firm, surname + " " + given[m:]]),
        chinese=np.concatenate([firm_zh, surname_zh + given_zh[m:]]),
        street=whole(rng, 0, len(STREETS) - 1, n),
        house=whole(rng, 1, 280, n),
        city=city,
        city_zh=city_zh,
        phone="+86 120 " + _cut(digits, 0, 4) + " " + _cut(digits, 4, 8),
        email=boxes,
    )


def addresses(street: Int1D, house: Int1D, city: Text1D) -> Text1D:
    """Return addresses in Latin letters, such as 12 Cedar Road, Jilan."""
    streets, _ = words_of(STREETS, street)
    written: Text1D = house.astype(str).astype(object) + " " + streets + ", " + city
    return written


def addresses_zh(street: Int1D, house: Int1D, city_zh: Text1D) -> Text1D:
    """Return addresses in Chinese, such as 霁澜市杉木路12号."""
    _, streets = words_of(STREETS, street)
    written: Text1D = city_zh + "市" + streets + house.astype(str).astype(object) + "号"
    return written


def misspelt(names: Text1D, rng: Generator) -> Text1D:
    """Return names with one letter left out or doubled, somewhere after the first three."""
    draws = rng.random((len(names), 2))
    written = []
    for name, (where, how) in zip(names, draws, strict=True):
        # Chinese names are short: their first two or three places are the city.
        low = min(3, len(name) - 1)
        at = low + int(where * (len(name) - low))
        while not name[at].isalpha() and at > low:
            at -= 1
        written.append(name[:at] + (name[at] * 2 if how < 0.5 else "") + name[at + 1 :])
    return np.array(written, dtype=object)


def shortened(names: Text1D) -> Text1D:
    """Return Latin names of firms with their usual words shortened and the form left out."""
    written = []
    for name in names:
        short = name
        for word, replacement in ABBREVIATIONS:
            short = short.replace(word, replacement)
        written.append(short)
    return np.array(written, dtype=object)


def plain_phones(phones: Text1D) -> Text1D:
    """Return telephone numbers as others write them: without country and spaces."""
    return np.array([phone.removeprefix("+86 ").replace(" ", "") for phone in phones], dtype=object)


def _cities(parties: Parties) -> tuple[Text1D, Text1D]:
    cities = [city for region in REGIONS for city in region.cities]
    # Each region has two cities.
    return words_of(cities, 2 * parties.region + parties.city)


def capital(words: Text1D) -> Text1D:
    """Return words that begin with a capital letter."""
    return np.array([word.capitalize() for word in words], dtype=object)


def _lower(words: Text1D) -> Text1D:
    return np.array([word.lower() for word in words], dtype=object)


def _cut(words: Text1D, start: int, stop: int) -> Text1D:
    return np.array([word[start:stop] for word in words], dtype=object)
