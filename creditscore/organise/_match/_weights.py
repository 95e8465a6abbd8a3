"""What agreement in each field says for and against two records being the same customer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import html_table
from creditscore._document import JsonDocument
from creditscore._typing import Float1D, NativeFrame
from creditscore._validation import check_integer, check_real
from creditscore.exceptions import InvalidParameterError
from creditscore.organise._match._blocking import CandidatePairs, blocked
from creditscore.organise._match._em import estimate_shares, probabilities, sum_of_weights
from creditscore.organise._match._levels import LEVELS, MISSING, Comparison, compare_records
from creditscore.organise._match._pairs_beside import pairs_beside
from creditscore.organise._match._records import Records, read_records

Shares = Mapping[str, tuple[float, ...]]

_M: dict[str, tuple[float, ...]] = {
    "name": (0.03, 0.05, 0.12, 0.10, 0.70),
    "registration_number": (0.01, 0.04, 0.95),
    "identity_number": (0.01, 0.04, 0.95),
    "phone": (0.20, 0.80),
    "email": (0.20, 0.80),
    "address": (0.20, 0.15, 0.65),
    "birth_year": (0.03, 0.97),
}
_U: dict[str, tuple[float, ...]] = {
    "name": (0.9887, 0.01, 0.001, 0.0001, 0.0002),
    "registration_number": (0.99998, 1e-05, 1e-05),
    "identity_number": (0.99998, 1e-05, 1e-05),
    "phone": (0.9999, 0.0001),
    "email": (0.9999, 0.0001),
    "address": (0.9979, 0.002, 0.0001),
    "birth_year": (0.98, 0.02),
}
_MATCH_SHARE = 1e-4


@dataclass(frozen=True, kw_only=True, repr=False)
class MatchWeights(JsonDocument):
    """Weights of agreement by Fellegi and Sunter.

    Parameters
    ----------
    m : mapping of str to tuple of float
        By field, the share of each level of agreement among pairs of the same customer, from
        "different" to "same"; each above 0, and they add up to 1.
    u : mapping of str to tuple of float
        The same among pairs of different customers; that of the same name is of a rare one.
    match_share : float
        Share of all pairs that are the same customer, in (0, 1).

    Raises
    ------
    InvalidParameterError
        A field is missing or unknown, or its shares are not what they must be.

    See Also
    --------
    estimate_match_weights : Finds them from records without knowing who is who.

    Notes
    -----
    Agreement of level l in a field counts log2(m_l / u_l) bits for a match, or against it if
    below zero; a field that one of the two lacks counts nothing. Bits are added up as if fields
    were independent, given whether it is a match. With W their sum and λ the share of matches,
    the probability is 1 / (1 + (1 - λ)/λ · 2^-W).

    *Names by their rarity*: a name counts by its share f among the customers of the table, at most
    log2(m_same / f) bits, so that "Zhang Wei" or "Trading Ltd" alone makes no match. f is the
    larger of two: the records of the name beyond those that one customer may well have, as a share
    of all; and the product, over its words without legal form or its Chinese characters, of the
    shares of the records of other names that have each. One customer may well have three, or as
    many as the median of the names of several words of which no other name has one (where there
    are ten or more): that is how many lists the customers stand in. 300 records of other names are
    thought of besides. u of the table is that of a name which is rarer than that.

    Firms of one group share addresses and telephones, and namesakes e-mail addresses, so that they
    agree in more fields than independence allows: that is why :func:`match_customers` looks at
    what speaks against a match besides.

    References
    ----------
    Fellegi, I. P. and Sunter, A. B. (1969). A theory for record linkage. Journal of the American
    Statistical Association 64(328), 1183-1210. Weights by value are its Method I.

    Winkler, W. E. (1989). Frequency-based matching in the Fellegi-Sunter model of record linkage.
    Proceedings of the Section on Survey Research Methods, American Statistical Association,
    778-783.

    Examples
    --------
    >>> from creditscore.organise import MatchWeights
    >>> weights = MatchWeights.default()
    >>> table = weights.frame()
    >>> table[table["field"] == "phone"].round(2).values.tolist()
    [['phone', 'different', 0.2, 1.0, -2.32], ['phone', 'same', 0.8, 0.0, 12.97]]
    """

    m: Shares
    u: Shares
    match_share: float
    _format: ClassVar[str] = "creditscore.match_weights"

    def __post_init__(self) -> None:
        """Check that each field has its shares."""
        for name in ("m", "u"):
            given = getattr(self, name)
            check_kind(given, name, "MatchWeights", Mapping)
            object.__setattr__(self, name, _checked(given, name))
        share = check_real(
            self.match_share, "match_share", "MatchWeights", low=0, high=1, closed="neither"
        )
        object.__setattr__(self, "match_share", share)

    @classmethod
    def default(cls) -> MatchWeights:
        """Return weights for files of business customers, set by judgement.

        Returns
        -------
        MatchWeights
            One pair in 10,000 is a match. For a file of many duplicates, or of few customers,
            :func:`estimate_match_weights` is better.
        """
        return cls(m=_M, u=_U, match_share=_MATCH_SHARE)

    @property
    def rarity(self) -> float:
        """The bits that speak against a match before anything is compared, log2(λ/(1 - λ))."""
        return math.log2(self.match_share / (1 - self.match_share))

    def frame(self) -> pd.DataFrame:
        """Return a row a field and level: field, level, m, u and weight in bits."""
        rows = [
            (field, level, self.m[field][place], self.u[field][place])
            for field, levels in LEVELS.items()
            for place, level in enumerate(levels)
        ]
        table = pd.DataFrame(rows, columns=["field", "level", "m", "u"])
        table["weight"] = np.log2(table["m"] / table["u"])
        return table

    def weight_of(self, compared: Comparison) -> Float1D:
        """Return the bits for a match of pairs, by their levels in each field."""
        return sum_of_weights(compared, *self._arrays())

    def probability_of(self, compared: Comparison) -> Float1D:
        """Return the probability of a match of pairs, by their levels in each field."""
        return probabilities(compared, *self._arrays(), self.match_share)

    def _arrays(self) -> tuple[list[Float1D], list[Float1D]]:
        m, u = ([np.array(shares[field]) for field in LEVELS] for shares in (self.m, self.u))
        return m, u

    def _content(self) -> dict[str, Any]:
        shares = {
            name: {field: list(getattr(self, name)[field]) for field in LEVELS} for name in "mu"
        }
        return {**shares, "match_share": self.match_share}

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> MatchWeights:
        return cls(**content)

    def __repr__(self) -> str:
        """Say in one line how rare matches are taken to be."""
        return (
            f"MatchWeights({len(LEVELS)} fields; one pair in {1 / self.match_share:,.0f} is a "
            "match)"
        )

    def _repr_html_(self) -> str:
        """Show the table."""
        formats = {"m": "{:.4f}", "u": "{:.6f}", "weight": "{:+.1f}"}
        return html_table(self.frame(), caption=repr(self), formats=formats)


def estimate_match_weights(
    table: NativeFrame, *, max_block: int = 100, random_state: int = 0
) -> MatchWeights:
    """Estimate weights of agreement from records of which nobody knows who is who.

    Parameters
    ----------
    table : table of shape (n_customers, n_columns)
        As :func:`block_pairs` takes it.
    max_block : int, default=100
        As there.
    random_state : int, default=0
        Seed of the pairs that are drawn; 0 or more.

    Returns
    -------
    MatchWeights

    Raises
    ------
    InvalidDataError
        There is one record only, or one that is not as it must be.

    Warns
    -----
    NonConvergenceWarning
        The estimate did not come to rest, or found no matches though a rare name, a number or a
        contact is the same in one pair for every twenty records or more.

    Notes
    -----
    By expectation and maximisation: all pairs are a mixture of matches and others. Candidates get
    their probability g of a match by Bayes' rule, all other pairs get 0; then
    λ = Σ g / number of pairs, m_l = Σ g · 1[l] / Σ g, and u_l is the share of level l, each pair
    counting 1 - g, until nothing moves. The default m counts as two more matches. So m is that of
    matches which share a key, and of few matches it stays near the default. Pairs that are no
    candidates are counted by their values where they are the same, and so the order of rows and
    the seed matter little; how many of them are alike is counted in all of them, or in 200,000
    drawn by chance. No u is below half a pair among those counted, so that agreement
    counts for little in files of a few dozen records: these are better judged by
    ``MatchWeights.default()``. Of a field that nobody has, m and u are the default. Where agreement
    would count less than a lower level of it, both levels get the same m_l / u_l.

    *What teaches nothing*: pairs that :func:`match_customers` would not merge unseen, for their
    numbers, years of birth or names differ, or for they may be namesakes of one e-mail address, get
    0. How often matches have other numbers, other years of birth or names that are not close keeps
    its default. Else namesakes and sister firms, whose fields hang together, would be taken for the
    matches of a large file. Nor do pairs of one common name that agree in nothing else teach
    anything.

    *One field alone*: no file tells how many of the pairs that agree in one field, and of which
    nothing else is known, are matches. So one in ten is taken for chance: u ≥ λ m / 9, and those
    of them that nowhere differ do not count for u otherwise. Hence a rare name, a number or a
    contact, and nothing else known, comes to a probability of 0.9 at most, and near it in a file of
    any size, unless customers who differ elsewhere share it, too. O(pairs) time.

    References
    ----------
    Winkler, W. E. (2000). Using the EM algorithm for weight computation in the Fellegi-Sunter
    model of record linkage. U.S. Bureau of the Census, Statistical Research Report RR2000/05.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import estimate_match_weights
    >>> names = [f"Firm {letter}{other}" for letter in "ABCDEFGH" for other in "uvwxyz"]
    >>> phones = [f"+86120{number:08d}" for number in range(1, 49)]
    >>> weights = estimate_match_weights(pd.DataFrame({
    ...     "customer": range(96), "name": names * 2, "phone": phones * 2,
    ... }))
    >>> round(weights.match_share * 96 * 95 / 2)
    48
    """
    owner = "estimate_match_weights"
    check_integer(max_block, "max_block", owner, low=2)
    check_integer(random_state, "random_state", owner, low=0)
    records = read_records(table, owner)
    pairs = blocked(records, max_block)
    compared = compare_records(records, pairs.left, pairs.right)
    return estimated(records, pairs, compared, random_state)


def estimated(
    records: Records, pairs: CandidatePairs, compared: Comparison, random_state: int
) -> MatchWeights:
    """Estimate weights where candidates are compared already."""
    n = len(records)
    if n < 2:
        msg = "Weights are estimated from pairs of records. Got one record."
        raise InvalidParameterError(msg)
    beside, n_drawn = pairs_beside(records, pairs, random_state)
    found = estimate_shares(
        compared, beside=beside, n_possible=pairs.n_possible, n_drawn=n_drawn, n_records=n,
        start=[np.array(_M[field]) for field in LEVELS], match_share=min(0.2 / (n - 1), 0.5),
    )  # fmt: skip
    known = (compared.levels != MISSING).any(axis=0) | [counts.any() for counts in beside]
    # what nobody has keeps its default
    u = [shares.tolist() if there else _U[field]
         for field, shares, there in zip(LEVELS, found.u, known, strict=True)]  # fmt: skip
    return MatchWeights(
        m={field: tuple(shares.tolist()) for field, shares in zip(LEVELS, found.m, strict=True)},
        u={field: tuple(shares) for field, shares in zip(LEVELS, u, strict=True)},
        match_share=found.match_share,
    )


def _checked(given: Mapping[Any, Any], name: str) -> dict[str, tuple[float, ...]]:
    strange = sorted(map(repr, set(given) ^ set(LEVELS)))
    if strange:
        msg = (
            f"The {name!r} parameter of MatchWeights must have the fields {', '.join(LEVELS)}. "
            f"Missing or unknown: {', '.join(strange)}."
        )
        raise InvalidParameterError(msg)
    return {field: _shares(given[field], f"{name}[{field!r}]", len(LEVELS[field]))
            for field in LEVELS}  # fmt: skip


def _shares(given: Any, name: str, n_levels: int) -> tuple[float, ...]:
    shares = tuple(given)
    if len(shares) != n_levels:
        msg = f"{name} of MatchWeights must have {n_levels} shares. Got {len(shares)}."
        raise InvalidParameterError(msg)
    numbers = tuple(
        check_real(share, name, "MatchWeights", low=0, high=1, closed="right") for share in shares
    )
    if abs(sum(numbers) - 1) > 1e-6:
        msg = f"{name} of MatchWeights must add up to 1. Got {sum(numbers):g}."
        raise InvalidParameterError(msg)
    return numbers
