"""Stepwise selection: columns enter and leave one at a time."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import chdtri

from creditscore._repr import changed_repr
from creditscore._validation import check_choice, check_integer, check_real
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard.selection._candidates import Candidates
from creditscore.scorecard.selection._fate import Found
from creditscore.scorecard.selection._parameters import FrozenParameters
from creditscore.scorecard.selection._search import StepwiseSearch

DIRECTIONS = ("both", "forward", "backward")
CRITERIA = ("bic", "aic", "p_value")
TESTS = ("likelihood_ratio", "score")


@dataclass(frozen=True, kw_only=True, repr=False)
class Stepwise(FrozenParameters):
    """Stepwise selection by an information criterion or by p-values.

    Parameters
    ----------
    direction : {"both", "forward", "backward"}, default="both"
        Columns only enter, only leave a model of all of them, or enter and, after each entry,
        leave again where they have become idle.
    criterion : {"bic", "aic", "p_value"}, default="bic"
        What an entry must lower: -2 · log-likelihood + penalty, with a penalty of ln(n) or of 2 a
        column; or the p-value that an entry must stay under.
    test : {"likelihood_ratio", "score"}, default="likelihood_ratio"
        For "p_value": the statistic. Under "score", columns enter by the score test and leave by
        the Wald test, where the likelihood ratio does not say otherwise: of a column that
        separates the classes the Wald test is near 0.
    enter : float, default=0.05
        For "p_value": a column enters if its p-value is below, in (0, 1).
    leave : float, default=0.05
        For "p_value": a column leaves if its p-value is above, in (0, 1) and not below `enter`.
    n_refits : int or None, default=5
        Candidates, the first by score (or Wald) test, whose likelihood ratio is worked out at
        each step; the best of these is taken. None works out all.

    Notes
    -----
    Forward, the score test [1]_ looks at all candidates in one pass over the rows, O(n · p · s)
    for p candidates beside s chosen columns; then the first `n_refits` are fitted in earnest, each
    from the model before in a few passes, O(n · s). Backward, the Wald test does so, and where it
    is below half the limit, its order is taken. A test of more than twice the limit, or less than
    half of it, is not looked into. With `n_refits` None all are: the search of the textbook, and
    mostly with the same outcome. Of equal candidates the first by column order enters;
    the one of the least information value leaves, and of equal ones in this the last by column
    order.

    Where coefficients have bounds or must be negative, every fit of the search is the maximum
    within them, and what a candidate adds or costs is the change of that maximum. A column whose
    coefficient a bound comes to hold at 0 leaves at once, in any direction.

    p-values are those of columns named beforehand, away from bounds: of columns chosen among many
    they are too small [2]_.

    References
    ----------
    .. [1] D. W. Hosmer, S. Lemeshow, R. X. Sturdivant, *Applied Logistic Regression*, 3rd ed.,
       Wiley, 2013, ch. 4.
    .. [2] F. E. Harrell, *Regression Modeling Strategies*, 2nd ed., Springer, 2015, section 4.3.

    Examples
    --------
    >>> from creditscore.scorecard.selection import Stepwise
    >>> Stepwise(direction="forward", criterion="p_value", enter=0.01)
    Stepwise(direction='forward', criterion='p_value', enter=0.01)
    """

    direction: str = "both"
    criterion: str = "bic"
    test: str = "likelihood_ratio"
    enter: float = 0.05
    leave: float = 0.05
    n_refits: int | None = 5

    def __post_init__(self) -> None:
        """Check the parameters."""
        owner = type(self).__name__
        check_choice(self.direction, "direction", owner, DIRECTIONS)
        check_choice(self.criterion, "criterion", owner, CRITERIA)
        check_choice(self.test, "test", owner, TESTS)
        for name in ("enter", "leave"):
            check_real(getattr(self, name), name, owner, low=0, high=1)
        if self.n_refits is not None:
            check_integer(self.n_refits, "n_refits", owner, low=1)
        if self.leave < self.enter:
            msg = (
                f"Stepwise lets columns enter at p below {self.enter:g} and leave at p above "
                f"{self.leave:g}, so what enters may leave at once. Raise leave, or lower enter."
            )
            raise InvalidParameterError(msg)

    def __repr__(self) -> str:
        """Write what differs from the defaults."""
        return changed_repr(self)

    def search(self, candidates: Candidates) -> Found:
        """Return the fate of each candidate, and the steps."""
        enter_at, leave_at = self.limits(candidates.n_cases)
        return StepwiseSearch(
            candidates,
            direction=self.direction,
            by_fit=self.by_fit,
            n_refits=self.n_refits,
            enter_at=enter_at,
            leave_at=leave_at,
        ).run()

    def said(self, candidates: Candidates) -> str:
        """Say in words what is done."""
        rule = {"bic": "BIC", "aic": "AIC", "p_value": f"p below {self.enter:g}"}
        limit = self.limits(candidates.n_cases)[0]
        return f"stepwise {self.direction} by {rule[self.criterion]} (χ² above {limit:.2f})"

    def limits(self, n_cases: float) -> tuple[float, float]:
        """Return the χ² above which columns enter, and that below which they leave."""
        if self.criterion == "p_value":
            return float(chdtri(1, self.enter)), float(chdtri(1, self.leave))
        penalty = 2.0 if self.criterion == "aic" else math.log(n_cases)
        return penalty, penalty

    @property
    def by_fit(self) -> bool:
        """Whether statistics are likelihood ratios."""
        return self.criterion != "p_value" or self.test == "likelihood_ratio"
