"""Finds records of the same customer."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from creditscore._checks import check_kind
from creditscore._typing import Bool1D, Int1D, NativeFrame
from creditscore._validation import check_integer, check_real
from creditscore.exceptions import InvalidParameterError
from creditscore.organise._match._blocking import CandidatePairs, blocked
from creditscore.organise._match._cluster import clusters_of, doubts, merges_of
from creditscore.organise._match._contradiction import contradictions, emails_of_names
from creditscore.organise._match._levels import LEVELS, Comparison, compare_records
from creditscore.organise._match._match_result import MatchResult
from creditscore.organise._match._namesakes import warn_of_namesakes
from creditscore.organise._match._records import Records, read_records
from creditscore.organise._match._weights import MatchWeights, estimated

_OWNER = "match_customers"
_FOUND = ["left", "right", "weight", "probability", "decision", "why", "name_share"]
_NAMESAKES = "same name, nothing else known"


def match_customers(
    table: NativeFrame,
    *,
    weights: MatchWeights | None = None,
    match_from: float = 0.99,
    review_from: float = 0.2,
    max_block: int = 100,
    max_cluster: int = 10,
    random_state: int = 0,
) -> MatchResult:
    """Find records of the same customer: what is sure, and what a person must look at.

    Parameters
    ----------
    table : table of shape (n_customers, n_columns)
        A row a record: the column customer, and of name, name_zh, registration_number,
        identity_number, phone, email, address, address_zh, birth_year, city and country those
        that are known.
    weights : MatchWeights, optional
        By which agreement is judged; without, :func:`estimate_match_weights` of this table.
    match_from : float, default=0.99
        Probability from which a pair is a match, in (0, 1].
    review_from : float, default=0.2
        Probability from which a pair is looked at, in [0, `match_from`].
    max_block : int, default=100
        See :func:`block_pairs`.
    max_cluster : int, default=10
        Records that may be merged into one without a look, 2 or more.
    random_state : int, default=0
        See :func:`estimate_match_weights`.

    Returns
    -------
    MatchResult

    Raises
    ------
    InvalidDataError
        A customer is missing or stands twice, or numbers were read as floats, which lose digits.
    MissingColumnError
        There is no column "customer", or none to compare.
    InvalidParameterError
        A parameter is outside its range, or there is one record and no weights.
    MissingDependencyError
        rapidfuzz is not installed.

    Warns
    -----
    NamesakeWarning
        Records have a common name and nothing else to compare, so that they are neither merged
        nor looked at.
    NonConvergenceWarning
        The estimate of the weights did not come to rest, or found no matches though many records
        agree in a rare name, a number or a contact.
    UnseenCategoryWarning
        Countries are no codes of which the library knows the calling code.

    See Also
    --------
    MatchWeights : The formula of the probability.
    ReviewQueue : Decides what is not sure.

    Notes
    -----
    Some pairs are never merged unseen, however much they agree in: their names are not close
    (sister firms share an office and a telephone), unless they are alike and the years of birth are
    the same; their years of birth differ (father and son); or the e-mail address is the same, and
    telephone or address differ and neither agrees (an e-mail address may be made of the name, which
    namesakes share). They go to the queue, with that as the reason, unless a registration or
    identity number is the same.

    Whether e-mail addresses are made of names is judged once a table: they are where, of the pairs
    alike in name with one e-mail address, those that differ in telephone or address and agree in
    neither outnumber those that agree in one of them, or in a number. Then an address that is alike
    does not count as agreeing, and pairs that have neither telephone nor address to compare go to
    the queue as well, unless a number or the year of birth is the same. A table of names and e-mail
    addresses alone cannot be judged so: its namesakes with one e-mail address are merged. So are
    those without other contacts where most pairs of one address are one customer's, as in two
    systems that hold the same customers.

    Matches that have a record in common make one group. A group goes to the queue as a whole, and
    nothing of it is merged, where it holds two different registration or identity numbers (be it
    by one slip), where two of its records are below `review_from` or not to be merged by
    themselves, so that it hangs together by third ones only, or where it is larger than
    `max_cluster`. Nothing is merged here: the result says what to merge, :class:`MergeLog` does
    it, and takes it back.

    Customers are texts from here on, 1 is "1".

    Numbers without a digit ("N/A", 无), of fewer than five signs, of one sign over and over or of
    digits in their order, e-mail addresses of nobody (none@…) and telephone numbers of one digit
    stand for what is not known, and count as missing; so does a value, except of names, that more
    than ten records have and more than half of those with any, such as the telephone of the head
    office. `candidates.keys` says how many records have a key of each.

    An equal name counts by its rarity (see :class:`MatchWeights`). By weights that are estimated
    here a rare name, a number or a contact, and nothing else known, comes to 0.9 at most: such
    pairs are looked at, for a father and a son may share a rare name, too. Where two lists have
    nothing but names, ``match_from=0.85`` merges them.

    A name is never compared with one in another script, such as one in Latin letters with one in
    Chinese or Arabic: where the two records have no script in common, their names count as
    missing, and other columns must tell. Give both columns, name and name_zh, where both are known.

    O(n · keys + pairs · log pairs) time.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import MatchWeights, match_customers
    >>> found = match_customers(pd.DataFrame({
    ...     "customer": ["A", "B", "C", "D"],
    ...     "name": ["Hua Trading Ltd", "Hua Trdg", "Lin Hotel", "Lin Hotels"],
    ...     "phone": ["12345678", "+86 1234 5678", "87654321", None],
    ...     "address": [None, None, "5 Elm St, Lin", "5 Elm Street, Lin"],
    ... }), weights=MatchWeights.default())
    >>> found
    MatchResult(4 records: 1 merge, 1 pair to review)
    >>> found.merges.values.tolist(), found.review_queue().cases[0].why
    ([['B', 'A']], 'not sure')
    """
    check_real(match_from, "match_from", _OWNER, low=0, high=1, closed="right")
    check_real(review_from, "review_from", _OWNER, low=0, high=1, closed="both")
    if review_from > match_from:
        msg = (
            f"The 'review_from' parameter of {_OWNER} must be at most 'match_from', which is "
            f"{match_from:g}. Got {review_from:g}."
        )
        raise InvalidParameterError(msg)
    check_integer(max_block, "max_block", _OWNER, low=2)
    check_integer(max_cluster, "max_cluster", _OWNER, low=2)
    check_integer(random_state, "random_state", _OWNER, low=0)
    records = read_records(table, _OWNER)
    pairs = blocked(records, max_block)
    compared = compare_records(records, pairs.left, pairs.right)
    if weights is None:
        weights = estimated(records, pairs, compared, random_state)
    check_kind(weights, "weights", _OWNER, MatchWeights)
    scored = _Scored(records, weights, pairs, compared)
    warn_of_namesakes(records, pairs, compared, scored.probability, review_from=review_from,
                      max_block=max_block)  # fmt: skip
    clusters, held_back, against = scored.judged(match_from, review_from, max_cluster)
    return MatchResult(
        pairs=scored.listed(match_from, review_from, held_back, against),
        merges=merges_of(clusters, records.customers),
        candidates=pairs,
        weights=weights,
        match_from=float(match_from),
        review_from=float(review_from),
    )


class _Scored:
    """Candidates with their probabilities."""

    def __init__(
        self, records: Records, weights: MatchWeights, pairs: CandidatePairs, compared: Comparison
    ) -> None:
        self.records, self.weights, self.pairs, self.compared = records, weights, pairs, compared
        self.probability = weights.probability_of(compared)
        self.of_names = emails_of_names(compared)
        self.against = contradictions(compared, of_names=self.of_names)

    def judged(
        self, match_from: float, review_from: float, max_cluster: int
    ) -> tuple[list[list[int]], dict[int, str], dict[tuple[int, int], str]]:
        """Return the groups to merge, why records are held back, and pairs against their group."""

        def unlike(left: Int1D, right: Int1D) -> Bool1D:
            compared = compare_records(self.records, left, right)
            low = self.weights.probability_of(compared) < review_from
            why = contradictions(compared, of_names=self.of_names)
            return np.asarray(low | (why != ""), dtype=bool)

        sure = (self.probability >= match_from) & (self.against == "")
        merged, held_back, against = [], {}, {}
        for cluster in clusters_of(self.pairs.left[sure], self.pairs.right[sure]):
            why, apart = doubts(self.records, cluster, unlike=unlike, max_cluster=max_cluster)
            if why:
                held_back.update(dict.fromkeys(cluster, why))
                against.update(dict.fromkeys(apart, why))
            else:
                merged.append(cluster)
        return merged, held_back, against

    def listed(
        self,
        match_from: float,
        review_from: float,
        held_back: dict[int, str],
        against: dict[tuple[int, int], str],
    ) -> pd.DataFrame:
        """Return the pairs to merge and to look at, the likeliest first."""
        shown = self.probability >= review_from
        left, right = self.pairs.left[shown], self.pairs.right[shown]
        probability = self.probability[shown]
        contradicted = self.against[shown]
        sure = (probability >= match_from) & (contradicted == "")
        held = np.array([held_back.get(place, "") for place in left.tolist()], dtype=object)
        compared = self.compared[shown]
        unsure = np.where(compared.by_name_alone & compared.same_name, _NAMESAKES, "not sure")
        unsure = np.where(contradicted == "", unsure, contradicted)
        why = np.where(sure, held, unsure)
        decision = np.where(sure & (held == ""), "match", "review")
        found = self._frame(left, right, compared, decision, why)
        there = set(zip(left.tolist(), right.tolist(), strict=True))
        against = {ends: why for ends, why in against.items() if ends not in there}
        if against:
            ends = np.array(list(against), dtype=np.intp)
            reasons = np.array(list(against.values()), dtype=object)
            compared = compare_records(self.records, ends[:, 0], ends[:, 1])
            review = np.full(len(ends), "review")
            extra = self._frame(ends[:, 0], ends[:, 1], compared, review, reasons)
            found = pd.concat([found, extra], ignore_index=True)
        return found.sort_values("weight", ascending=False, kind="stable", ignore_index=True)

    def _frame(
        self,
        left: Int1D,
        right: Int1D,
        compared: Comparison,
        decision: npt.NDArray[np.str_],
        why: npt.NDArray[np.object_],
    ) -> pd.DataFrame:
        customers = self.records.customers
        columns = (
            customers[left], customers[right], self.weights.weight_of(compared),
            self.weights.probability_of(compared), decision.astype(object), why.astype(object),
            compared.name_shares,
        )  # fmt: skip
        found = pd.DataFrame(dict(zip(_FOUND, columns, strict=True)))
        for place, (field, words) in enumerate(LEVELS.items()):
            names = np.array([*words, "missing"], dtype=object)
            found[field] = names[compared.levels[:, place]]
        return found
