"""The log of a selection: for every candidate at which step it left, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from creditscore._display import Format, html_table, text_table
from creditscore.scorecard.selection._fate import CorrelationCluster, Fate, PenaltyPath, Step

_FORMATS: dict[str, Format] = {
    "iv": "{:.4f}",
    "statistic": "{:,.4g}",
    "limit": "{:,.4g}",
    "step": "{:.0f}",
}
_BY_OUTCOME = {"iv": "information value", "correlation": "information value among correlated ones",
               "sign": "the sign of their coefficient", "bounds": "the bounds of their coefficient",
               "penalty": "a penalty"}  # fmt: skip
"""Rules, beside searches, that look at the outcomes."""


@dataclass(frozen=True, kw_only=True, repr=False)
class SelectionLog:
    """Which candidates are in the card, and for every other at which step it left and why.

    Attributes
    ----------
    fates : tuple of Fate
        One a candidate, in the order of the columns.
    steps : tuple of Step
        Of the search, in order; empty where nothing was searched.
    said : str
        How the search was made, in words.
    ivs : tuple of float
        Information values of the candidates.
    correlation_clusters : tuple of CorrelationCluster
        Columns that correlate beyond the limit, and who was kept; empty without such a filter.
    penalty_path : PenaltyPath or None
        Coefficients along the path of an L1 penalty, where there was one.
    asked_iv : bool
        Whether a least information value was asked for, beyond the rule that holds by default.

    See Also
    --------
    Selection : What is asked.
    StepwiseDisplay : The criterion by step.
    L1PathDisplay : The coefficients by penalty.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard.selection import Selection, Stepwise
    >>> german = load_german_credit()
    >>> X = german[["checking_status", "duration_months", "credit_amount", "dependents"]]
    >>> model = LogisticScorecard(selection=Selection(search=Stepwise()))
    >>> log = model.fit(X, german["is_bad"]).selection_
    >>> log.kept
    ('checking_status', 'duration_months')
    >>> log.path()[["action", "feature", "n_features"]]
      action          feature  n_features
    0  start                            0
    1  enter  checking_status           1
    2  enter  duration_months           2
    >>> log.table()[["feature", "kept", "stage", "rule"]]
               feature   kept   stage      rule
    0  checking_status   True    kept  stepwise
    1  duration_months   True    kept  stepwise
    2    credit_amount  False  search  stepwise
    3       dependents  False  filter        iv
    """

    fates: tuple[Fate, ...]
    steps: tuple[Step, ...] = ()
    said: str = ""
    ivs: tuple[float, ...] = field(default=())
    correlation_clusters: tuple[CorrelationCluster, ...] = ()
    penalty_path: PenaltyPath | None = None
    asked_iv: bool = False

    @property
    def kept(self) -> tuple[str, ...]:
        """Columns in the card."""
        return tuple(fate.feature for fate in self.fates if fate.kept)

    @property
    def dropped(self) -> dict[str, str]:
        """Columns that are not in the card, and why."""
        return {fate.feature: fate.reason for fate in self.fates if not fate.kept}

    @property
    def caveat(self) -> str:
        """What the selection means for the standard errors of a fit on the same rows.

        Empty where no column left by what it says of the outcomes: for missing values, a shift of
        shares, inflation, or by the user's word.
        """
        if self.steps:
            return (
                f"Characteristics were chosen on the same rows ({self.said}), so p-values are too "
                "small and intervals too narrow"
            )
        gone = [fate for fate in self.fates if not fate.kept and fate.rule in _BY_OUTCOME]
        if not gone:
            return ""
        rules = list(dict.fromkeys(fate.rule for fate in gone))
        by = " and by ".join(_BY_OUTCOME[rule] for rule in rules)
        of = f"{len(gone)} of {len(self.fates)} candidates were left out by {by} on the same rows"
        if rules == ["iv"] and not self.asked_iv:
            return f"{of}, which makes the p-values of the others a little too small"
        return f"{of}, so p-values of the others are too small and their intervals too narrow"

    def without(self, zero: Mapping[str, Fate]) -> SelectionLog:
        """Return the log after the fit has left columns out, with the fates given."""
        return replace(self, fates=tuple(zero.get(fate.feature, fate) for fate in self.fates))

    def table(self) -> pd.DataFrame:
        """Return the fate of each candidate.

        Returns
        -------
        DataFrame
            A row a candidate: feature, kept, stage (forced, binning, filter, search, fit, kept),
            rule (what decided, see :class:`Fate`), step (of the search, a row of :meth:`path`;
            missing where it was decided outside), iv, statistic and limit (the number that
            decided and what it was held against, NaN where none did), reason.
        """
        return pd.DataFrame(
            {
                "feature": [fate.feature for fate in self.fates],
                "kept": [fate.kept for fate in self.fates],
                "stage": [fate.stage for fate in self.fates],
                "rule": [fate.rule for fate in self.fates],
                "step": pd.array([fate.step for fate in self.fates], dtype="Int64"),
                "iv": list(self.ivs) or [np.nan] * len(self.fates),
                "statistic": [fate.statistic for fate in self.fates],
                "limit": [fate.limit for fate in self.fates],
                "reason": [fate.reason for fate in self.fates],
            }
        )

    def path(self) -> pd.DataFrame:
        """Return the steps of the search.

        Returns
        -------
        DataFrame
            A row a step: action, feature, statistic, p_value, n_features, log_likelihood, aic,
            bic.
        """
        names = Step.__dataclass_fields__
        return pd.DataFrame({name: [getattr(s, name) for s in self.steps] for name in names})

    def clusters(self) -> pd.DataFrame:
        """Return the columns that correlate beyond the limit.

        Returns
        -------
        DataFrame
            A row a column: cluster (from 0), leader, feature, iv, correlation (of the WOE with
            the leader's, 1 for itself), kept (in the card). The leader comes first. Empty where
            `max_correlation` was not asked for, or nothing correlates so much.
        """
        iv_of = dict(zip((fate.feature for fate in self.fates), self.ivs, strict=False))
        inside = set(self.kept)
        rows = [
            (number, cluster.leader, name, iv_of.get(name, np.nan), size, name in inside)
            for number, cluster in enumerate(self.correlation_clusters)
            for name, size in zip(
                (cluster.leader, *cluster.members), (1.0, *cluster.correlations), strict=True
            )
        ]
        columns = ["cluster", "leader", "feature", "iv", "correlation", "kept"]
        return pd.DataFrame(rows, columns=columns)

    def coefficient_path(self) -> pd.DataFrame:
        """Return the coefficients along the path of an L1 penalty.

        Returns
        -------
        DataFrame
            A row a penalty, from the largest, by which it goes, and a column a candidate that the
            path began with. Empty where the search was none along a penalty.
        """
        return pd.DataFrame() if self.penalty_path is None else self.penalty_path.table()

    def __repr__(self) -> str:
        """Say in one line what came out."""
        return f"<SelectionLog: {self._caption()}>"

    def __str__(self) -> str:
        """Write the table."""
        return text_table(self.table(), caption=self._caption(), formats=_FORMATS)

    def _repr_html_(self) -> str:
        return html_table(self.table(), caption=self._caption(), formats=_FORMATS)

    def _caption(self) -> str:
        how = f"; {self.said}" if self.said else ""
        return f"{len(self.kept)} of {len(self.fates)} candidates in the card{how}"


def listed(names: Sequence[str], n: int = 5) -> str:
    """Write the first names of a list."""
    return ", ".join(map(repr, names[:n])) + (", …" if len(names) > n else "")
