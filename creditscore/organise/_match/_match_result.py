"""Who is the same customer: sure, to be looked at, and why."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from creditscore._display import counted, html_table
from creditscore.exceptions import InvalidParameterError
from creditscore.organise._match._blocking import CandidatePairs
from creditscore.organise._match._levels import LEVELS
from creditscore.organise._match._quality import MatchQuality, match_quality
from creditscore.organise._match._review_queue import ReviewCase, ReviewQueue
from creditscore.organise._match._weights import MatchWeights

_SHOWN = 15


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MatchResult:
    """Pairs of records that may be the same customer; made by :func:`match_customers`.

    Attributes
    ----------
    pairs : DataFrame
        A row a pair of matches and of the queue, the likeliest first: left, right, weight (bits),
        probability, decision ("match" or "review"), why, name_share (of customers that would have
        the name by chance, 0 for a rare one), and by field its level of agreement.
    merges : DataFrame
        Who is merged into whom without a look: customer, into. The first of the table stays.
    candidates : CandidatePairs
        What was compared.
    weights : MatchWeights
        By which it was judged.
    match_from, review_from : float
        Probabilities from which pairs count as matches, and from which they are looked at.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import MatchWeights, match_customers
    >>> found = match_customers(pd.DataFrame({
    ...     "customer": ["A", "B"], "name": ["Hua Trading Ltd", "Hua Trdg"], "phone": "12345678",
    ... }), weights=MatchWeights.default())
    >>> told = found.explain("A", "B").set_index("field")
    >>> told.loc[["name", "phone", "sum"], ["level", "weight"]].round(1).values.tolist()
    [['same but legal form', 10.0], ['same', 13.0], ['', 9.6]]
    """

    pairs: pd.DataFrame
    merges: pd.DataFrame
    candidates: CandidatePairs
    weights: MatchWeights
    match_from: float
    review_from: float

    def review_queue(self) -> ReviewQueue:
        """Return the pairs that a person must look at, the likeliest first."""
        rows = self.pairs[self.pairs["decision"] == "review"]
        columns = (rows["left"], rows["right"], rows["probability"], rows["why"])
        return ReviewQueue(
            cases=tuple(
                ReviewCase(left=left, right=right, probability=probability, why=why)
                for left, right, probability, why in zip(*columns, strict=True)
            )
        )

    def resolve(self) -> pd.Series:
        """Return by customer who it is, merged ones resolved; all customers of the table.

        Customers are texts, so that a column of numbers is looked up by its texts:
        ``table["customer"].astype(str).map(found.resolve())``.
        """
        into = dict(zip(self.merges["customer"], self.merges["into"], strict=True))
        names = [str(name) for name in self.candidates.customers]
        index = pd.Index(names, name="customer", dtype=object)
        return pd.Series([into.get(name, name) for name in names], index=index, name="into")

    def explain(self, left: str, right: str) -> pd.DataFrame:
        """Return what speaks for and against a pair, field by field.

        Parameters
        ----------
        left, right : str
            The customers, in either order.

        Returns
        -------
        DataFrame
            field, level ("missing" where one lacks it), m, u and weight in bits, 0 where missing;
            u of a common name is what its share makes of it. The last two rows are the rarity of
            matches, log2(λ/(1 - λ)), and the sum, of which the probability is 1/(1 + 2^-sum). No
            values of the records are in it.

        Raises
        ------
        InvalidParameterError
            The pair is not among the matches or in the queue.
        """
        rows = self.pairs
        same = (rows["left"] == left) & (rows["right"] == right)
        same |= (rows["left"] == right) & (rows["right"] == left)
        if not same.any():
            msg = (
                f"{left!r} and {right!r} are no pair of this result: their probability is below "
                f"{self.review_from:g}, or they share no key."
            )
            raise InvalidParameterError(msg)
        return explained(rows[same].iloc[0], self.weights)

    def quality(self, truth: Mapping[str, Any] | pd.Series) -> MatchQuality:
        """Compare the merges with who is who; see :func:`match_quality`."""
        return match_quality(self.resolve(), truth)

    def __repr__(self) -> str:
        """Say in one line what was found."""
        n_review = int((self.pairs["decision"] == "review").sum())
        records = counted(len(self.candidates.customers), "record")
        return (
            f"MatchResult({records}: {counted(len(self.merges), 'merge')}, "
            f"{counted(n_review, 'pair')} to review)"
        )

    def _repr_html_(self) -> str:
        """Show the likeliest pairs, without values of the records."""
        formats = {"weight": "{:+.1f}", "probability": "{:.4f}"}
        return html_table(self.pairs.head(_SHOWN), caption=repr(self), formats=formats)


def explained(pair: pd.Series, weights: MatchWeights) -> pd.DataFrame:
    """Return the contribution of each field to the weight of a pair."""
    table = weights.frame().set_index(["field", "level"])
    rows = []
    for field in LEVELS:
        level = pair[field]
        if level == "missing":
            rows.append((field, level, float("nan"), float("nan"), 0.0))
        else:
            m, u, bits = table.loc[(field, level)].tolist()
            if field == "name" and pair["name_share"] > 0:
                bits = min(bits, math.log2(weights.m["name"][-1] / pair["name_share"]))
                u = m / 2**bits
            rows.append((field, level, m, u, bits))
    rarity = weights.rarity
    nothing = float("nan")
    rows.append(("rarity of matches", "", weights.match_share, nothing, rarity))
    rows.append(("sum", "", nothing, nothing, rarity + float(pair["weight"])))
    return pd.DataFrame(rows, columns=["field", "level", "m", "u", "weight"])
