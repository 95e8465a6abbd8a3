"""Less discriminatory alternatives: cards with nearly the same AUC and a better impact ratio."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from creditscore._checks import check_kind
from creditscore._display import html_table
from creditscore._frame import as_table
from creditscore._typing import Int1D, NativeFrame
from creditscore._validation import check_real, check_target
from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
)
from creditscore.scorecard import LogisticScorecard
from creditscore.validate._battery._finding import Finding, Verdict, not_tested
from creditscore.validate._fairness._alternative_card import (
    AlternativeCard,
    BaselineCard,
)
from creditscore.validate._fairness._alternative_judge import CardJudge, Judged, Part
from creditscore.validate._fairness._alternative_run import (
    AlternativeRun,
    single_changes,
    step_bar,
)
from creditscore.validate._fairness._alternative_search import AlternativeSearch
from creditscore.validate._fairness._alternatives_display import AlternativesDisplay
from creditscore.validate._fairness._groups import (
    check_rows_agree,
    large_groups,
    place_of_group,
    read_groups,
)

_OWNER = "less_discriminatory_alternatives"
_SOURCE = "Gillis, Meursault and Ustun 2024; 12 CFR 1002, Supplement I, 6(a)-2"
_FORMATS: dict[str, Any] = dict.fromkeys(
    (
        *("auc", "auc_lower", "auc_upper", "impact_ratio", "ratio_lower", "ratio_upper"),
        *("auc_change", "ratio_change", "auc_holdout", "ratio_holdout"),
        *("auc_change_holdout", "ratio_change_holdout"),
    ),
    "{:.3f}",
)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class DiscriminationAlternatives:
    """Cards that were tried in the place of one; by :func:`less_discriminatory_alternatives`.

    Attributes
    ----------
    table : DataFrame
        A row a card, the baseline first: number, changes, n_characteristics, auc (auc_lower,
        auc_upper), impact_ratio (ratio_lower, ratio_upper), least_group (that the ratio is of),
        approval_rate, auc_change and ratio_change to the baseline with paired intervals, and
        on_frontier; all out of fold. Where cases were held out, the same of the frontier on these:
        auc_holdout, ratio_holdout, auc_change_holdout and ratio_change_holdout with intervals.
    rates : DataFrame
        Approval rate of each group, out of fold, a row a card.
    cards : tuple of AlternativeCard
        The cards, which fit themselves on a sample.
    search : AlternativeSearch
        How they were found.

    Examples
    --------
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.validate import AlternativeSearch, less_discriminatory_alternatives
    >>> german = load_german_credit()
    >>> X = german[["checking_status", "duration_months", "housing"]]
    >>> found = less_discriminatory_alternatives(
    ...     X, german["is_bad"], german["age_years"] < 25, approval_rate=0.6,
    ...     search=AlternativeSearch(n_candidates=4),
    ... )
    >>> found.cards[0]
    <AlternativeCard 0: the baseline>
    """

    table: pd.DataFrame
    rates: pd.DataFrame
    cards: tuple[AlternativeCard, ...]
    search: AlternativeSearch

    def frontier(self) -> pd.DataFrame:
        """Return the cards that no other beats in both AUC and ratio, by rising ratio.

        Returns
        -------
        DataFrame
            Rows of `table`.
        """
        rows = self.table[self.table["on_frontier"]]
        return rows.sort_values("impact_ratio", kind="stable").reset_index(drop=True)

    def plot(self, ax: Any = None) -> AlternativesDisplay:
        """Draw AUC against ratio; returns the :class:`AlternativesDisplay`.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Where to draw; a new figure by default.

        Returns
        -------
        AlternativesDisplay
        """
        return AlternativesDisplay.from_alternatives(self).plot(ax)

    def findings(self) -> tuple[Finding, ...]:
        """Return the lines of a report: the baseline, and the best alternative within the cost.

        Returns
        -------
        tuple of Finding
            The alternative is to be looked at, "watch", where the interval of its gain lies above 0
            and its cost within `max_auc_loss`, on the cases held out where there are some;
            otherwise it is "information".
        """
        baseline = self.table.iloc[0]
        name = "less discriminatory alternative"
        first = Finding(
            part="fairness",
            test=name,
            subject="the card as it is",
            measure="adverse impact ratio",
            statistic=float(baseline["impact_ratio"]),
            lower=float(baseline["ratio_lower"]),
            upper=float(baseline["ratio_upper"]),
            band="interval",
            source=_SOURCE,
            note=f"AUC {baseline['auc']:.3f}, {baseline['approval_rate']:.0%} approved",
        )
        held_out = "ratio_change_holdout" in self.table
        cheap = self.table["auc_change"] >= -self.search.max_auc_loss
        better = self.table[cheap & (self.table["ratio_change"] > 0) & self.table["on_frontier"]]
        if not len(better):
            why = f"none of {len(self.table) - 1} cards had a better ratio at so little AUC"
            return first, not_tested("fairness", name, "change of ratio", _SOURCE, why)
        best = better.loc[better["ratio_change"].idxmax()]
        end = "_holdout" if held_out else ""
        gains = best[f"ratio_change{end}_lower"] > 0
        costs = best[f"auc_change{end}"] < -self.search.max_auc_loss
        verdict: Verdict = "watch" if gains and not costs else "information"
        chosen = (
            "" if held_out else f"; the best of {len(self.table)} cards looks better than it is"
        )
        second = Finding(
            part="fairness",
            test=name,
            subject=f"card {best['number']}",
            measure="change of ratio" + (", held out" if held_out else ", out of fold"),
            statistic=float(best[f"ratio_change{end}"]),
            lower=float(best[f"ratio_change{end}_lower"]),
            upper=float(best[f"ratio_change{end}_upper"]),
            band="interval",
            verdict=verdict,
            source=_SOURCE,
            note=f"{best['changes']}; change of AUC {best[f'auc_change{end}']:+.3f}{chosen}",
        )
        return first, second

    def __repr__(self) -> str:
        """Say in one line what was found."""
        baseline, n = self.table.iloc[0], len(self.table)
        cheap = self.table[self.table["auc_change"] >= -self.search.max_auc_loss]
        best = cheap.loc[cheap["impact_ratio"].fillna(-1).idxmax()]
        return (
            f"<DiscriminationAlternatives: {n} cards, ratio {baseline['impact_ratio']:.3f} at AUC "
            f"{baseline['auc']:.3f}, best {best['impact_ratio']:.3f} at {best['auc']:.3f}>"
        )

    def _repr_html_(self) -> str:
        shown = [name for name in self.table if not name.endswith(("_lower", "_upper"))]
        formats = {name: how for name, how in _FORMATS.items() if name in shown}
        caption = "Cards on the frontier of AUC and adverse impact ratio, out of fold"
        return html_table(self.frontier()[shown], caption=caption, formats=formats)


def less_discriminatory_alternatives(
    X: NativeFrame,
    y: Any,
    group: Any,
    *,
    approval_rate: float,
    estimator: LogisticScorecard | None = None,
    search: AlternativeSearch | None = None,
    progress: bool = False,
) -> DiscriminationAlternatives:
    """Look for cards that rank nearly as well and approve groups more alike.

    Parameters
    ----------
    X : table of shape (n_samples, n_features)
        Characteristics, raw.
    y : array-like of shape (n_samples,)
        1 for bad, 0 for good, or two labels with the `bad_label` of the estimator.
    group : array-like of shape (n_samples,), or table or mapping of columns
        Protected attribute; several columns are crossed.
    approval_rate : float
        Share of the cases that every card approves, its safest, in (0, 1). Cards are compared at
        the same rate, or a higher ratio would come by approving more.
    estimator : LogisticScorecard, optional
        Fits the card as it is; by default ``LogisticScorecard()``. The characteristics of its
        card are those that the search changes.
    search : AlternativeSearch, optional
        Budget, rules and seed.
    progress : bool, default=False
        Whether a bar is shown.

    Returns
    -------
    DiscriminationAlternatives

    Raises
    ------
    InvalidDataError
        Missing groups, or less than two groups that are large enough.
    InvalidParameterError
        Another estimator; "limit" alone with a `regression`, which knows no bounds.
    InvalidTargetError
        Missing outcomes or one class only.

    Warns
    -----
    FailedFitWarning
        Some cards could not be fitted; they are left out.

    Notes
    -----
    Characteristics are tried in the order of their part in the difference of mean scores between
    the group of the least ratio and the one approved most: each dropped, with half of its bins,
    and with its coefficient bounded, up to half of the budget. Those that raise the ratio are then
    added up one by one, by ratio gained for AUC lost, and kept while the AUC stays within
    `max_auc_loss` (greedy). What is left of the budget goes to random subsets of changes, those
    that raised the ratio more likely. Bins and coefficients are estimated anew in each fold.

    AUC and approvals are out of fold, fold by fold, with ties at the line approved in part, so that
    the rate is exactly the same. The ratio is the least approval rate of a group over the highest.
    Intervals are normal from influence curves, of differences paired by case; they take the line
    between approved and refused as given. The best of many cards looks better than it is: cases
    that were held out say how much of the gain is left, on models fitted on all other cases. There
    the ratio is to the group that the baseline approved most in the search, and may pass 1.

    A creditor may be asked whether a less discriminatory card would serve as well [1]_. The search
    indicates candidates, on one sample; it proves neither that there is one nor that there is none
    [2]_, and is not legal advice. It takes n_candidates · n_folds fits, in which the bins of a
    characteristic are found once for each fold and number of bins.

    References
    ----------
    .. [1] 15 USC 1691; Regulation B, 12 CFR 1002, Supplement I, comment 6(a)-2, as it stood in
       2024.
    .. [2] T. Gillis, V. Meursault and B. Ustun, "Operationalizing the search for less
       discriminatory alternatives in fair lending", *FAccT*, 2024.

    Examples
    --------
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.validate import AlternativeSearch, less_discriminatory_alternatives
    >>> german = load_german_credit()
    >>> X = german[["checking_status", "duration_months", "housing"]]
    >>> found = less_discriminatory_alternatives(
    ...     X, german["is_bad"], german["age_years"] < 25, approval_rate=0.6,
    ...     search=AlternativeSearch(n_candidates=4, holdout_share=0),
    ... )
    >>> found.table["changes"].tolist()[:2]
    ['the card as it is', 'without checking_status']
    """
    search = search or AlternativeSearch()
    check_kind(search, "search", _OWNER, AlternativeSearch)
    check_real(approval_rate, "approval_rate", _OWNER, low=0, high=1)
    estimator = LogisticScorecard() if estimator is None else estimator
    check_kind(estimator, "estimator", _OWNER, LogisticScorecard)
    judge = _read(X, y, group, approval_rate, estimator, search)
    searched, held_out = _held_out(judge, search)
    estimator = _plain(estimator)
    baseline = BaselineCard.fitted(
        estimator, judge.table.taken(searched), judge.is_bad[searched].astype(np.int64)
    )
    folds = search.parts.at(searched, search.parts.n_folds)
    parts = [
        Part(searched[train], searched[test])
        for train, test in folds.split(judge.is_bad[searched], search.random_state)
    ]
    step = step_bar(search.n_candidates, progress=progress)
    run = AlternativeRun(baseline, judge, parts, search, step)
    run.explore(single_changes(baseline, judge, searched, search))
    return _result(run, judge, searched, held_out, search)


def _read(
    X: NativeFrame,
    y: Any,
    group: Any,
    approval_rate: float,
    estimator: LogisticScorecard,
    search: AlternativeSearch,
) -> CardJudge:
    """Check the sample."""
    check_rows_agree(X=X, y=y, group=group)
    table = as_table(X)
    if not table.has_names:
        table = as_table(pd.DataFrame(np.asarray(X), columns=list(table.names)))
    target = check_target(y, n_rows=table.n_rows, bad_label=estimator.bad_label)
    groups = read_groups(group, n_rows=table.n_rows, missing=search.missing, owner=_OWNER)
    count = groups.sums()
    large = large_groups(count, min_share=search.min_share)
    place = None
    if search.reference is not None:
        place = place_of_group(search.reference, groups.names, _OWNER)
        large[place] = True
    if large.sum() < 2:
        msg = (
            "A ratio needs two groups of at least min_share of the cases. There are "
            f"{int(large.sum())}, among {', '.join(map(repr, groups.names))}."
        )
        raise InvalidDataError(msg)
    return CardJudge(table, target.is_bad, groups, large, approval_rate, place)


def _plain(estimator: LogisticScorecard) -> LogisticScorecard:
    """Return the estimator for outcomes that are read already."""
    copy: LogisticScorecard = clone(estimator).set_params(bad_label=None)
    if copy.encoder is not None:
        copy.encoder.set_params(bad_label=None)
    return copy


def _held_out(judge: CardJudge, search: AlternativeSearch) -> tuple[Int1D, Int1D]:
    """Part the cases that the search sees from those held out, alike in outcomes and groups."""
    n = len(judge.is_bad)
    everything = np.arange(n)
    if not search.holdout_share:
        return everything, everything[:0]
    if search.parts.groups is not None or search.parts.periods is not None:
        msg = (
            "Cases are held out at random, which would part groups or periods of the folds. Pass "
            "holdout_share=0, and keep later cases apart yourself."
        )
        raise InvalidParameterError(msg)
    rng = np.random.default_rng(search.random_state)
    cell = judge.groups.codes * 2 + judge.is_bad
    # within each cell at random, and the same share of each
    order = np.lexsort((rng.random(n), cell))
    rank = np.empty(n)
    rank[order] = (np.arange(n) + 0.5) * search.holdout_share % 1.0
    held = rank < search.holdout_share
    return np.flatnonzero(~held), np.flatnonzero(held)


def _result(
    run: AlternativeRun,
    judge: CardJudge,
    searched: Int1D,
    held_out: Int1D,
    search: AlternativeSearch,
) -> DiscriminationAlternatives:
    cards = [card for card, _ in run.found.values()]
    judged = [one for _, one in run.found.values()]
    rows = [_row(card, one, run.start, search.level) for card, one in run.found.values()]
    table = pd.DataFrame(rows)
    table.insert(3, "approval_rate", judge.approval_rate)
    table["on_frontier"] = _on_frontier(table["auc"].tolist(), table["impact_ratio"].tolist())
    if len(held_out):
        shown = sorted({0, *np.flatnonzero(table["on_frontier"]).tolist()})
        parts = [Part(searched, held_out)]
        # one reference for all, or their differences could not be paired
        fixed = replace(judge, place=run.start.reference)
        apart = {place: fixed.judge(cards[place], parts) for place in shown}
        more = [
            _differences(one, apart[0], search.level, "_holdout")
            | {"auc_holdout": one.auc, "ratio_holdout": one.ratio}
            for one in apart.values()
        ]
        table = table.join(pd.DataFrame(more, index=shown))
    rates = pd.DataFrame([one.rates for one in judged], columns=list(judge.groups.names))
    rates.insert(0, "number", table["number"])
    return DiscriminationAlternatives(table=table, rates=rates, cards=tuple(cards), search=search)


def _row(card: AlternativeCard, one: Judged, baseline: Judged, level: float) -> dict[str, Any]:
    area, ratio = one.auc_interval(level), one.ratio_interval(level)
    return {
        "number": card.number,
        "changes": "; ".join(card.changes) or "the card as it is",
        "n_characteristics": len(card.columns),
        "auc": area.estimate,
        "auc_lower": area.lower,
        "auc_upper": area.upper,
        "impact_ratio": ratio.estimate,
        "ratio_lower": ratio.lower,
        "ratio_upper": ratio.upper,
        "least_group": one.group,
        **_differences(one, baseline, level, ""),
    }


def _differences(one: Judged, baseline: Judged, level: float, end: str) -> dict[str, float]:
    areas, ratios = one.changes_from(baseline, level)
    return {
        f"auc_change{end}": areas.estimate,
        f"auc_change{end}_lower": areas.lower,
        f"auc_change{end}_upper": areas.upper,
        f"ratio_change{end}": ratios.estimate,
        f"ratio_change{end}_lower": ratios.lower,
        f"ratio_change{end}_upper": ratios.upper,
    }


def _on_frontier(areas: list[float], ratios: list[float]) -> list[bool]:
    """Tell which cards no other beats: as good in both, and better in one."""
    points = list(zip(areas, ratios, strict=True))
    return [
        not any(a >= area and r >= ratio and (a > area or r > ratio) for a, r in points)
        for area, ratio in points
    ]
