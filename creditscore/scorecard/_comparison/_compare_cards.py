"""Two cards side by side: characteristics, points, scores, performance, decisions."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from creditscore._display import Format, html_table
from creditscore._typing import Float1D, NativeFrame
from creditscore._validation import as_floats, check_real, check_same_order, check_weights
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.metrics import AucDifference, auc_difference, ks
from creditscore.scorecard._characteristic import Characteristic
from creditscore.scorecard._comparison._score_shift import score_shift
from creditscore.scorecard._comparison._swap_set import SwapSet, swap_set
from creditscore.scorecard._scorecard import Scorecard
from creditscore.scorecard._segments._segmented import SegmentedScorecard

AnyCard: TypeAlias = Scorecard | SegmentedScorecard
"""A card for all, or one of several segments."""
_FORMATS: dict[str, Format] = dict.fromkeys(("a", "b", "difference", "lower", "upper"), "{:.4f}")
_POINTS: dict[str, Format] = dict.fromkeys(("points_a", "points_b", "difference"), "{:.1f}")


@dataclass(frozen=True, kw_only=True, repr=False)
class ScorecardComparison:
    """Two cards on one sample; made by :func:`compare_scorecards`.

    Differences are those of the second card, `b`, less the first, in points of `a`: where both
    cards have a scale, the scores of `b` are put on that of `a`. Where neither has one, points are
    taken as they are; where one has, points cannot be compared, and what needs them is NaN.

    Attributes
    ----------
    card_a, card_b : Scorecard or SegmentedScorecard
        The cards.
    n_rows : float
        Rows of the sample, or the sum of their weights.
    spearman : float
        Rank correlation of both scores, turned where a scale is reversed so that 1 is one order
        of risk; NaN where a score is constant.
    mean_a, mean_b : float
        Mean scores, in points of `a`.
    mean_absolute_difference : float
        Mean of the differences of a case's scores without their sign.
    psi : float
        Population stability index from the distribution of the scores of `a` to that of `b`,
        over ten bands of nearly equal size by `a`.
    auc : AucDifference or None
        AUC of both and the test of their difference; None without outcomes.
    ks_a, ks_b : float or None
        KS distances; None without outcomes.
    swap : SwapSet or None
        Who is approved by one card alone; None where no cut-off was asked for.

    See Also
    --------
    compare_scorecards : Makes one.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard import compare_scorecards
    >>> german, fit = load_german_credit(), LogisticScorecard().fit
    >>> old = fit(german[["checking_status"]], german["is_bad"]).scorecard_
    >>> new = fit(german[["checking_status", "duration_months"]], german["is_bad"]).scorecard_
    >>> found = compare_scorecards(old, new, german, german["is_bad"])
    >>> found.characteristics()[["characteristic", "status"]]
        characteristic            status
    0  checking_status  both, equal bins
    1  duration_months         only in b
    >>> found.frame().round(3).loc[1:, ["measure", "a", "b", "difference", "lower", "upper"]]
      measure      a      b  difference  lower  upper
    1     auc  0.708  0.758       0.050   0.03   0.07
    2    gini  0.416  0.515       0.100   0.06   0.14
    3      ks  0.367  0.394       0.027    NaN    NaN
    """

    card_a: AnyCard
    card_b: AnyCard
    n_rows: float
    spearman: float
    mean_a: float
    mean_b: float
    mean_absolute_difference: float
    psi: float
    auc: AucDifference | None = None
    ks_a: float | None = None
    ks_b: float | None = None
    swap: SwapSet | None = None

    def frame(self) -> pd.DataFrame:
        """Return the measures of both cards.

        Returns
        -------
        DataFrame
            measure ("mean score", and with outcomes "auc", "gini" and "ks"), a, b, difference,
            lower and upper (ends of the interval of the difference), p_value; NaN where there is
            none.
        """
        rows = [("mean score", self.mean_a, self.mean_b, self.mean_b - self.mean_a)]
        ends = [(math.nan, math.nan, math.nan)]
        if self.auc is not None and self.ks_a is not None and self.ks_b is not None:
            a, b, found = self.auc.auc_a.estimate, self.auc.auc_b.estimate, self.auc.difference
            rows.append(("auc", a, b, found.estimate))
            rows.append(("gini", 2 * a - 1, 2 * b - 1, 2 * found.estimate))
            rows.append(("ks", self.ks_a, self.ks_b, self.ks_b - self.ks_a))
            ends.append((found.lower, found.upper, self.auc.p_value))
            # a difference of Gini coefficients is twice that of the areas
            ends.append((2 * found.lower, 2 * found.upper, self.auc.p_value))
            ends.append((math.nan, math.nan, math.nan))
        return pd.DataFrame(
            [(*row, *end) for row, end in zip(rows, ends, strict=True)],
            columns=["measure", "a", "b", "difference", "lower", "upper", "p_value"],
        )

    def characteristics(self) -> pd.DataFrame:
        """Return which card reads what.

        Returns
        -------
        DataFrame
            characteristic, status ("both, equal bins", "both, other bins", "only in a" or "only
            in b"), range_a and range_b (most less least points that can be had, each in points
            of its own card; NaN where it is not in a card). In a card of several segments a
            characteristic has equal bins only where it has them in all, and its range is the
            widest of any.
        """
        a, b = (_by_name(card) for card in (self.card_a, self.card_b))
        rows = []
        for name in dict.fromkeys((*a, *b)):
            held = a.get(name, ()), b.get(name, ())
            if all(held):
                first, *others = (c.partition for part in held for c in part)
                equal = all(other == first for other in others)
                status = f"both, {'equal' if equal else 'other'} bins"
            else:
                status = "only in a" if held[0] else "only in b"
            rows.append((name, status, *map(_widest, held)))
        return pd.DataFrame(rows, columns=["characteristic", "status", "range_a", "range_b"])

    def points(self) -> pd.DataFrame:
        """Return the points of attributes that both cards have: those of equal partitions.

        Returns
        -------
        DataFrame
            characteristic, attribute, points_a, points_b (in points of `a`), difference, and
            from_neutral (difference of the points above neutral, which does not depend on how
            many characteristics share the base points; NaN where a card has none). No row where
            no characteristic has equal partitions, or a card has several segments: compare the
            cards of those, ``card.card(name)``.
        """
        a, b = self.card_a, self.card_b
        ratio = _conversion(a, b).ratio
        on_a = b if a.scale is None or b.scale is None else b.on_scale(a.scale)
        own = {c.name: c for c in _characteristics(a)}
        rows = []
        for c in _characteristics(on_a):
            other = own.get(c.name)
            if other is None or other.partition != c.partition:
                continue
            neutral = math.nan
            if other.neutral_points is not None and c.neutral_points is not None:
                neutral = c.neutral_points - other.neutral_points
            for label, first, second in zip(
                c.partition.labels, other.attributes, c.attributes, strict=True
            ):
                # without a common scale the ratio is NaN, and so are the points
                points = second.points if np.isfinite(ratio) else math.nan
                difference = points - first.points
                rows.append((c.name, label, first.points, points, difference, difference - neutral))
        columns = ["characteristic", "attribute", "points_a", "points_b", "difference"]
        return pd.DataFrame(rows, columns=[*columns, "from_neutral"])

    def __repr__(self) -> str:
        """Say in one line how far apart the cards are; the methods return the tables."""
        told = f"rank correlation {self.spearman:.3f}, PSI {self.psi:.4f}"
        if self.auc is not None:
            told += f", AUC {self.auc.difference.estimate:+.3f}"
        return (
            f"<ScorecardComparison of cards of {len(_by_name(self.card_a))} and "
            f"{len(_by_name(self.card_b))} characteristics on {self.n_rows:,.0f} rows: {told}>"
        )

    def _repr_html_(self) -> str:
        caption = (
            f"Comparison on {self.n_rows:,.0f} rows: rank correlation {self.spearman:.3f}, mean "
            f"absolute difference {self.mean_absolute_difference:.1f} points, population stability "
            f"index {self.psi:.4f}"
        )
        parts = [html_table(self.frame(), caption=caption, formats=_FORMATS)]
        ranges: dict[str, Format] = {"range_a": "{:.1f}", "range_b": "{:.1f}"}
        parts.append(html_table(self.characteristics(), caption="Characteristics", formats=ranges))
        points = self.points()
        if len(points):
            formats = {**_POINTS, "from_neutral": "{:+.1f}"}
            parts.append(html_table(points, caption="Points of equal bins", formats=formats))
        if self.swap is not None:
            parts.append(self.swap._repr_html_())
        return "".join(parts)


def compare_scorecards(
    card_a: AnyCard,
    card_b: AnyCard,
    X: NativeFrame,
    y: Any = None,
    *,
    approval_rate: float | None = None,
    cutoff: float | None = None,
    amount: Any = None,
    sample_weight: Any = None,
) -> ScorecardComparison:
    """Compare two cards on one sample.

    Parameters
    ----------
    card_a, card_b : Scorecard or SegmentedScorecard
        The cards, the old one first.
    X : table of shape (n_samples, n_columns)
        Holds the columns of both cards.
    y : array-like of shape (n_samples,), optional
        1 for bad, 0 for good, two cases of each; with it the performance of both is measured.
    approval_rate : float, optional
        Share of the cases that `card_a` approves, a fraction in (0, 1), for the swap set; as in
        :func:`swap_set`.
    cutoff : float, optional
        Instead of `approval_rate`: cut-off of `card_a`, on its own scale. `card_b` gets the one
        of the nearest approval rate.
    amount : array-like of shape (n_samples,), optional
        Amount of each case, for the swap set.
    sample_weight : array-like of shape (n_samples,), optional
        Frequencies, zero or more; with `y` whole numbers, as in
        :func:`creditscore.metrics.auc_difference`.

    Returns
    -------
    ScorecardComparison

    Raises
    ------
    InvalidParameterError
        What is no card; an approval rate or cut-off out of range, or both of them; amounts where
        neither is given.
    MissingColumnError
        `X` lacks a column of one of the cards.
    InvalidTargetError, InvalidDataError
        Outcomes, weights or amounts that cannot be used.

    Warns
    -----
    UnseenCategoryWarning, UnseenValueWarning
        As in :meth:`Scorecard.score`, by each card.

    Notes
    -----
    O(n log n) time. A card that was fitted on the sample looks better on it than it is. The
    stability index between a card of few distinct scores and one of many is large by itself.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard import compare_scorecards
    >>> german, fit = load_german_credit(), LogisticScorecard().fit
    >>> old = fit(german[["checking_status"]], german["is_bad"]).scorecard_
    >>> new = fit(german[["checking_status", "duration_months"]], german["is_bad"]).scorecard_
    >>> found = compare_scorecards(old, new, german, german["is_bad"], approval_rate=0.4)
    >>> found.swap
    <SwapSet: 57 swapped in, 56 swapped out of 1,000; approved 39.40% and 39.50%>
    """
    owner = "compare_scorecards"
    for name, card in (("card_a", card_a), ("card_b", card_b)):
        _check_card(card, name, owner)
    for name, column in (("y", y), ("sample_weight", sample_weight), ("amount", amount)):
        check_same_order(X, column, name=name, error=InvalidDataError)
    score_a, score_b = (as_floats(card.score(X), "score") for card in (card_a, card_b))
    weights = check_weights(sample_weight, n_rows=len(score_a))
    counts = np.ones(len(score_a)) if weights is None else weights
    safer_a, safer_b = safer_sign(card_a) * score_a, safer_sign(card_b) * score_b
    conversion = _conversion(card_a, card_b)
    on_a = conversion.ratio * score_b + conversion.shift
    areas = None if y is None else auc_difference(y, safer_a, safer_b, sample_weight=weights)
    distances = [None if y is None else ks(y, s, sample_weight=weights) for s in (safer_a, safer_b)]
    swap = None
    if approval_rate is not None or cutoff is not None:
        # what is safer has the higher sign there, and the card's own scale in what comes back
        sign_a, sign_b = safer_sign(card_a), safer_sign(card_b)
        if cutoff is not None:
            cutoff = sign_a * check_real(cutoff, "cutoff", owner, low=-math.inf, high=math.inf)
        swap = swap_set(
            safer_a,
            safer_b,
            approval_rate=approval_rate,
            cutoff=cutoff,
            is_bad=y,
            amount=amount,
            sample_weight=weights,
        )
        swap = replace(swap, cutoff_a=sign_a * swap.cutoff_a, cutoff_b=sign_b * swap.cutoff_b)
    elif amount is not None:
        msg = (
            "Amounts are those of the swap set, which needs 'approval_rate' or 'cutoff'. Give one "
            "of them, or leave out 'amount'."
        )
        raise InvalidParameterError(msg)
    return ScorecardComparison(
        card_a=card_a,
        card_b=card_b,
        n_rows=float(counts.sum()),
        spearman=_rank_correlation(safer_a, safer_b, counts),
        mean_a=float(np.average(score_a, weights=counts)),
        mean_b=float(np.average(on_a, weights=counts)),
        mean_absolute_difference=float(np.average(np.abs(on_a - score_a), weights=counts)),
        psi=score_shift(score_a, counts, on_a, counts),
        auc=areas,
        ks_a=distances[0],
        ks_b=distances[1],
        swap=swap,
    )


def _check_card(card: Any, name: str, owner: str) -> None:
    if not isinstance(card, (Scorecard, SegmentedScorecard)):
        msg = (
            f"The {name!r} parameter of {owner} must be a Scorecard or a SegmentedScorecard. Got "
            f"{card!r} instead."
        )
        raise InvalidParameterError(msg)


def _characteristics(card: AnyCard) -> tuple[Characteristic, ...]:
    """Return the characteristics of a card; none of one whose points depend on the segment."""
    return card.characteristics if isinstance(card, Scorecard) else ()


def _by_name(card: AnyCard) -> dict[str, tuple[Characteristic, ...]]:
    """Return the characteristics of each name: one, or one a segment that has it."""
    cards = (card,) if isinstance(card, Scorecard) else card.cards
    found: dict[str, tuple[Characteristic, ...]] = {}
    for one in cards:
        for characteristic in one.characteristics:
            found[characteristic.name] = (*found.get(characteristic.name, ()), characteristic)
    return found


def _widest(characteristics: tuple[Characteristic, ...]) -> float:
    """Return most less least points, the widest of several; NaN of none."""
    ends = [characteristic.points_range for characteristic in characteristics]
    return max((high - low for low, high in ends), default=math.nan)


def safer_sign(card: AnyCard) -> float:
    """Return 1 where a higher score is safer, -1 on a reversed scale."""
    return 1.0 if card.higher_is_safer else -1.0


class _Conversion(NamedTuple):
    """Turns a score of one card into points of another: ratio · score + shift."""

    ratio: float
    shift: float


def _conversion(card_a: AnyCard, card_b: AnyCard) -> _Conversion:
    """Return what puts scores of `b` on the scale of `a`; NaN where only one of them has one."""
    a, b = card_a.scale, card_b.scale
    if a is None and b is None:
        return _Conversion(1.0, 0.0)
    if a is None or b is None:
        return _Conversion(math.nan, math.nan)
    ratio = a.factor / b.factor
    return _Conversion(ratio, a.offset - ratio * b.offset)


def _rank_correlation(a: Float1D, b: Float1D, counts: Float1D) -> float:
    """Return Spearman's correlation, of rows that count as often as their weights say."""
    ranks = np.array([_ranks(score, counts) for score in (a, b)])
    apart = ranks - np.average(ranks, axis=1, weights=counts)[:, None]
    spread = (apart * counts) @ apart.T
    both = math.sqrt(spread[0, 0] * spread[1, 1])
    return float(np.clip(spread[0, 1] / both, -1, 1)) if both > 0 else math.nan


def _ranks(score: Float1D, counts: Float1D) -> Float1D:
    """Return middle ranks of ties."""
    _, places = np.unique(score, return_inverse=True)
    here = np.bincount(places, counts)
    ranks: Float1D = (np.cumsum(here) - here / 2)[places]
    return ranks
