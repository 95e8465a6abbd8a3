"""How less discriminatory alternatives are looked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from creditscore._checks import check_kind
from creditscore._repr import changed_repr
from creditscore._validation import check_choice, check_integer, check_real
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard import Folds
from creditscore.validate._fairness._groups import MissingGroup

ChangeKind: TypeAlias = Literal["drop", "merge", "limit"]
"""What may be done to a characteristic of a card."""

CHANGE_KINDS: tuple[ChangeKind, ...] = ("drop", "merge", "limit")


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class AlternativeSearch:
    """Budget and rules of :func:`less_discriminatory_alternatives`.

    Parameters
    ----------
    n_candidates : int, default=60
        Cards that are fitted and judged in folds, the baseline included; 2 or more.
    changes : sequence of {"drop", "merge", "limit"}, default=("drop", "merge", "limit")
        What may be done to a characteristic: leave it out; give it fewer bins; or bound its
        coefficient, and with it the range of its points, to `limit` of what it was.
    limit : float, default=0.5
        Share of the coefficient that a bound leaves, in (0, 1).
    max_auc_loss : float, default=0.02
        AUC out of fold that an alternative may cost to be called one, zero or more; the table has
        the others too.
    holdout_share : float, default=0.25
        Share of the cases that the search does not see, and that judge what it found; in [0, 1).
        0 judges out of fold alone, which flatters the best of many.
    folds : Folds, optional
        How the other cases are parted; five folds at random by default. Groups and periods have
        one value for each row of the whole sample, those held out included.
    reference : scalar, optional
        Group that the others are compared with; by default the one that is approved most often,
        card by card.
    missing : {"error", "group"}, default="error"
        Whether a missing group is an error, or a group of its own.
    min_share : float, default=0.02
        Groups of a smaller share of cases are left out of the ratio; in [0, 1).
    level : float, default=0.95
        Confidence level of intervals, in (0, 1).
    random_state : int, default=0
        Seed of the holdout, the folds and the subsets drawn, zero or more.

    Raises
    ------
    InvalidParameterError
        A parameter out of its range.

    Examples
    --------
    >>> from creditscore.validate import AlternativeSearch
    >>> AlternativeSearch(n_candidates=20, changes=("drop",))
    AlternativeSearch(n_candidates=20, changes=('drop',))
    """

    n_candidates: int = 60
    changes: tuple[ChangeKind, ...] = CHANGE_KINDS
    limit: float = 0.5
    max_auc_loss: float = 0.02
    holdout_share: float = 0.25
    folds: Folds | None = None
    reference: Any = None
    missing: MissingGroup = "error"
    min_share: float = 0.02
    level: float = 0.95
    random_state: int = 0

    def __post_init__(self) -> None:
        """Check each parameter."""
        owner = type(self).__name__
        check_integer(self.n_candidates, "n_candidates", owner, low=2)
        check_integer(self.random_state, "random_state", owner, low=0)
        check_real(self.limit, "limit", owner, low=0, high=1)
        check_real(self.max_auc_loss, "max_auc_loss", owner, low=0, high=1, closed="left")
        check_real(self.holdout_share, "holdout_share", owner, low=0, high=1, closed="left")
        check_real(self.min_share, "min_share", owner, low=0, high=1, closed="left")
        check_real(self.level, "level", owner, low=0, high=1)
        check_choice(self.missing, "missing", owner, ("error", "group"))
        if self.folds is not None:
            check_kind(self.folds, "folds", owner, Folds)
        if not len(self.changes):
            msg = f"The 'changes' parameter of {owner} must list one or more of {CHANGE_KINDS}."
            raise InvalidParameterError(msg)
        for change in self.changes:
            check_choice(change, "changes", owner, CHANGE_KINDS)
        object.__setattr__(self, "changes", tuple(self.changes))

    @property
    def parts(self) -> Folds:
        """The folds, five at random where none were given."""
        return self.folds or Folds()

    def __repr__(self) -> str:
        """Show what differs from the defaults."""
        return changed_repr(self)
