"""What methods of reject inference share: one question, one kind of answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

import pandas as pd

from creditscore._checks import check_kind
from creditscore._repr import changed_repr
from creditscore._typing import Bool1D, Float1D
from creditscore._validation import check_choice, check_integer
from creditscore._warn import warn_user
from creditscore.exceptions import RejectInferenceWarning, UncalibratedCardError
from creditscore.scorecard._scorecard import Scorecard
from creditscore.scorecard.reject._applications import Applications
from creditscore.scorecard.reject._draw import draw_outcomes
from creditscore.scorecard.reject._sample import AugmentedSample

Assignment: TypeAlias = Literal["random", "expected"]
"""Outcomes of the rejected drawn at random, or each case counted as both by its probability."""
_MUCH_OUTSIDE = 0.1
"""Share of the rejected beyond the scores of the accepted above which a word is said."""


@dataclass(frozen=True)
class ScoredApplications:
    """Applications and what the card of the accepted says of them."""

    applications: Applications
    card: Scorecard
    names: tuple[str, ...]
    """Columns that the sample shall hold."""

    @property
    def sign(self) -> int:
        """1 where a higher score is safer, -1 on a reversed scale."""
        return 1 if self.card.higher_is_safer else -1

    @cached_property
    def accepted(self) -> Float1D:
        """Scores of the accepted times the sign, so that more is safer."""
        return self.sign * self.card.score_array(self.applications.table)

    @cached_property
    def rejected(self) -> Float1D:
        """The same of the rejected; values that the fit never met score as neutral, and warn."""
        return self.sign * self.card.score_array(self.applications.rejected_table)

    @property
    def prob_rejected(self) -> Float1D:
        """Probabilities of default of the rejected by the card."""
        if self.card.scale is None:
            msg = (
                "This card has no scale, so it gives the rejected no probability of default. Fit "
                "one on the accepted, or give it the odds that its scores stand for: "
                "card.on_scale(PointsScale(…))."
            )
            raise UncalibratedCardError(msg)
        return self.card.scale.prob_default(self.sign * self.rejected)


class RejectMethod(ABC):
    """A way to make one sample of accepted and rejected applications.

    Subclasses are frozen dataclasses whose fields are their assumptions. They hand on a sample of
    rows, outcomes and weights, and know nothing of bins and fits.

    See Also
    --------
    HardCutoff, Parcelling, FuzzyAugmentation, Extrapolation : Infer outcomes from the score.
    Reweighting : Infers none, and lets the accepted stand for the rejected.
    HeckmanTwoStep, BivariateProbit : Infer outcomes from a model of the acceptance.
    reject_sensitivity : What follows from which assumption.

    Notes
    -----
    Outcomes of the rejected are not in the data, and no method finds them there: each puts an
    assumption in their place [1]_. So compare several.

    References
    ----------
    .. [1] D. J. Hand and W. E. Henley, "Can reject inference ever work?", *IMA Journal of
       Mathematics Applied in Business and Industry* 5, 1993, pp. 45-55.

    Examples
    --------
    >>> from creditscore.scorecard.reject import FuzzyAugmentation, RejectMethod
    >>> isinstance(FuzzyAugmentation(), RejectMethod)
    True
    """

    @property
    def selection_only(self) -> tuple[str, ...]:
        """Columns that explain the acceptance alone, and are none of the card nor of the sample."""
        return ()

    def augment(self, applications: Applications, card: Scorecard) -> AugmentedSample:
        """Return the sample to bin and fit on.

        Parameters
        ----------
        applications : Applications
            Accepted and rejected.
        card : Scorecard
            The known good-bad card, fitted on the accepted alone.

        Returns
        -------
        AugmentedSample
            A copy of the tables, stacked: memory for n_accepted + n_rejected rows, the rejected
            twice where each counts as good and as bad.

        Raises
        ------
        UncalibratedCardError
            The card has no scale, and the method needs probabilities.
        MissingColumnError
            A column of the card or of the method is not in the tables.
        ColumnTypeError
            A column is of one kind among the accepted and of another with the rejected added.

        Warns
        -----
        RejectInferenceWarning
            The data do not hold what the method leans on, or a rate was capped.
        UnseenCategoryWarning, UnseenValueWarning
            The rejected hold what the accepted do not; it scores as neutral.
        """
        owner = f"{type(self).__name__}.augment"
        check_kind(applications, "applications", owner, Applications)
        check_kind(card, "card", owner, Scorecard)
        table = applications.table
        table.require([*card.names, *self.selection_only])
        names = tuple(name for name in table.names if name not in self.selection_only)
        return self._augment(ScoredApplications(applications, card, names))

    @abstractmethod
    def _augment(self, scored: ScoredApplications) -> AugmentedSample:
        """Work out the sample."""

    def _caveat(self, scored: ScoredApplications) -> str:
        n = scored.applications.rejected_table.n_rows
        return (
            f"The outcomes of {n:,} rejected case{'' if n == 1 else 's'} are inferred by {self}, "
            "not observed: standard errors and p-values take them for evidence and are too small"
        )

    def _known(self, scored: ScoredApplications, is_bad: Bool1D) -> AugmentedSample:
        """Add the rejected with one outcome each."""
        return AugmentedSample.with_outcomes(
            scored.applications, scored.names, is_bad, caveat=self._caveat(scored)
        )

    def _assigned(
        self,
        scored: ScoredApplications,
        prob: Float1D,
        assignment: Assignment = "expected",
        random_state: int | None = None,
        details: pd.DataFrame | None = None,
    ) -> AugmentedSample:
        """Add the rejected with outcomes drawn from probabilities, or as both, by them."""
        applications, caveat = scored.applications, self._caveat(scored)
        if assignment == "random":
            is_bad = draw_outcomes(prob, random_state)
            return AugmentedSample.with_outcomes(
                applications, scored.names, is_bad, caveat=caveat, details=details
            )
        return AugmentedSample.with_probabilities(
            applications, scored.names, prob, caveat=caveat, details=details
        )

    def __str__(self) -> str:
        """Write the method as the call that makes it, without what is as by default."""
        return changed_repr(self)


def check_assignment(assignment: Any, random_state: Any, owner: str) -> None:
    """Check how outcomes are assigned, and the seed."""
    check_choice(assignment, "assignment", owner, ("random", "expected"))
    if random_state is not None:
        check_integer(random_state, "random_state", owner, low=0)


def warn_of_extrapolation(scored: ScoredApplications, owner: str) -> None:
    """Warn where many of the rejected score as no accepted case does."""
    applications = scored.applications
    known = scored.accepted[applications.weights > 0]
    low, high = float(known.min()), float(known.max())
    outside = (scored.rejected < low) | (scored.rejected > high)
    ends = sorted([scored.sign * low, scored.sign * high])
    weights = applications.rejected_weights
    share = float(weights[outside].sum() / weights.sum())
    if share > _MUCH_OUTSIDE:
        warn_user(
            f"{owner}: {share:.1%} of the rejected score outside {ends[0]:.0f} to {ends[1]:.0f}, "
            "where all accepted cases are. Their bad rates are extrapolated, and nothing in the "
            "data can tell whether the relation holds there.",
            RejectInferenceWarning,
        )
