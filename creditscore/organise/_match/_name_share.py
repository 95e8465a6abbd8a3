"""How common names are by the file itself: "Zhang Wei" says less than "Zebulon Quux"."""

from __future__ import annotations

from collections import Counter

import numpy as np

from creditscore._typing import Float1D
from creditscore.organise._match._characters import is_chinese

_RECORDS_BESIDE = 300
"""So many records of other names are thought of besides, so that few records make none common."""
_OF_ONE_CUSTOMER = 3
"""Records of one name that may well be those of one customer, however few lists there are."""
_ENOUGH_NAMES = 10
"""Names of a word of their own from which the number of lists is read."""


def name_shares(names: list[str]) -> Float1D:
    """Return by record the share of customers that would have its name by chance.

    It is the larger of two. By its words, or its Chinese characters: the product of the shares of
    the records of other names that have each. By the whole name: records of it beyond those that
    one customer may well have, of all records. These are three, or as many as the median of the
    names of several words of which one is their own: where each firm stands in six lists, six say
    nothing against it. So a name with a word of its own is of share 0, be it that of three
    records, and "Trading Ltd" is common even if it stands there twice. Empty names are of share 0.

    Parameters
    ----------
    names : list of str
        In one form, without legal form.
    """
    bearers = Counter(name for name in names if name)
    parts = {name: _parts(name) for name in bearers}
    records_with: Counter[str] = Counter()
    for name, count in bearers.items():
        records_with.update(dict.fromkeys(parts[name], count))
    n_records = sum(bearers.values()) + _RECORDS_BESIDE
    by_words = {}
    for name, count in bearers.items():
        by_parts = 1.0
        for part in parts[name]:
            by_parts *= (records_with[part] - count) / (n_records - count)
        by_words[name] = by_parts
    # a single word may be a surname, and says nothing of the number of lists
    own = [bearers[name] for name, share in by_words.items() if share == 0 and len(parts[name]) > 1]
    of_one = _OF_ONE_CUSTOMER
    if len(own) >= _ENOUGH_NAMES:
        of_one = max(of_one, int(np.median(own)))
    shares = {name: max((bearers[name] - of_one) / n_records, by_words[name]) for name in bearers}
    shares[""] = 0.0
    return np.array([shares[name] for name in names])


def _parts(name: str) -> set[str]:
    return set(name.replace(" ", "")) if is_chinese(name) else set(name.split())
