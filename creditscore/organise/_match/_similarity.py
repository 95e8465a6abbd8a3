"""How alike two names are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias, get_args

from creditscore._checks import check_kind
from creditscore._validation import check_choice, check_real
from creditscore.organise._match._name import core, normal
from creditscore.organise._match._rapidfuzz import rapidfuzz_module

SimilarityMeasure: TypeAlias = Literal[
    "jaro", "jaro_winkler", "ratio", "token_sort", "token_set"
]  # fmt: skip
_MEASURES: tuple[str, ...] = get_args(SimilarityMeasure)
_PREFIX_WEIGHT = 0.1
_LONGEST_PREFIX = 4


def name_similarity(
    a: str,
    b: str,
    *,
    measure: SimilarityMeasure = "jaro_winkler",
    boost_above: float = 0.7,
    normalise: bool = False,
) -> float:
    """Return how alike two names are, from 0 (nothing in common) to 1 (the same).

    Parameters
    ----------
    a, b : str
        Names.
    measure : {"jaro", "jaro_winkler", "ratio", "token_sort", "token_set"}, default="jaro_winkler"
        See the notes.
    boost_above : float, default=0.7
        Of "jaro_winkler", the similarity by Jaro above which a common beginning counts; in
        [0, 1]. 0 is Winkler's rule without a condition.
    normalise : bool, default=False
        Whether names are brought into one form without legal form before, by
        :func:`normalise_name`.

    Returns
    -------
    float
        A fraction. Of two empty names it is 1, of one empty name 0.

    Raises
    ------
    InvalidParameterError
        A name is no text, or the measure is unknown.
    MissingDependencyError
        rapidfuzz is not installed.

    Notes
    -----
    Jaro, of m characters in common and t pairs of them in another order: (m/|a| + m/|b| +
    (m - t)/m) / 3; characters are in common if they are the same and at most
    max(|a|, |b|)/2 - 1 places apart. Jaro–Winkler adds 0.1 · ℓ · (1 - Jaro), ℓ being the length
    of the common beginning, at most 4, if Jaro is above `boost_above`. The ratio is
    1 - d/(|a| + |b|), d being the least number of characters to insert and delete. "token_sort"
    is the ratio of the words in the order of the alphabet; "token_set" compares the words that
    both have with those of each, so that a name which is a part of the other is 1.
    O(|a| · |b|) time at most.

    References
    ----------
    Winkler, W. E. (1990). String comparator metrics and enhanced decision rules in the
    Fellegi-Sunter model of record linkage. Proceedings of the Section on Survey Research Methods,
    American Statistical Association, 354-359.

    Examples
    --------
    >>> from creditscore.organise import name_similarity
    >>> round(name_similarity("MARTHA", "MARHTA"), 6)
    0.961111
    >>> round(name_similarity("ABCD", "ABXY"), 6)
    0.666667
    >>> round(name_similarity("ABCD", "ABXY", boost_above=0), 6)
    0.733333
    >>> name_similarity("Trading Hua", "Hua Trading Ltd", measure="token_sort", normalise=True)
    1.0
    """
    owner = "name_similarity"
    check_kind(a, "a", owner, str)
    check_kind(b, "b", owner, str)
    check_choice(measure, "measure", owner, _MEASURES)
    check_real(boost_above, "boost_above", owner, low=0, high=1, closed="both")
    if normalise:
        a, b = core(normal(a)), core(normal(b))
    if not a or not b:
        # rapidfuzz differs between its measures here
        return float(a == b)
    if measure == "jaro_winkler":
        return _jaro_winkler(a, b, boost_above)
    return float(scorers()[measure](a, b))


def scorers() -> dict[str, Callable[[str, str], float]]:
    """Return the measures that take two texts alone, all as fractions."""
    module = rapidfuzz_module()
    fuzz = module.fuzz
    return {
        "jaro": module.distance.Jaro.similarity,
        "ratio": module.distance.Indel.normalized_similarity,
        "token_sort": lambda a, b: fuzz.token_sort_ratio(a, b) / 100,
        "token_set": lambda a, b: fuzz.token_set_ratio(a, b) / 100,
    }


def _jaro_winkler(a: str, b: str, boost_above: float) -> float:
    jaro = scorers()["jaro"](a, b)
    if jaro <= boost_above:
        return float(jaro)
    pairs = zip(a[:_LONGEST_PREFIX], b[:_LONGEST_PREFIX], strict=False)
    common = 0
    for one, other in pairs:
        if one != other:
            break
        common += 1
    return float(jaro + _PREFIX_WEIGHT * common * (1 - jaro))
