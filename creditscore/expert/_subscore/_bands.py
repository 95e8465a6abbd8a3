"""Bands: the same score for all values of an interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from creditscore._typing import Closed
from creditscore._validation import check_choice
from creditscore.exceptions import InvalidParameterError
from creditscore.expert._subscore._anchors import check_increasing, read_numbers
from creditscore.expert._subscore._pieces import Pieces, just_above
from creditscore.expert._subscore._subscore import NumericSubScore


@dataclass(frozen=True, kw_only=True, repr=False)
class BandScore(NumericSubScore, written_as="bands"):
    """Steps: one score for each interval between cuts.

    Parameters
    ----------
    cuts : sequence of float
        One or more, strictly increasing.
    scores : sequence of float of length len(cuts) + 1
        Score of each interval, from the lowest values up.
    closed : {"left", "right"}, default="left"
        The end at which an interval holds its cut: "left" puts a value at a cut into the upper
        interval, "right" into the lower one, with what is above it by less than 1e-13 of it.
    missing_score : float or None, default=None
        Score of a missing value; None refuses it.
    special_scores : mapping of float to float, default={}
        Scores of special codes, numbers that are no amounts.

    Raises
    ------
    InvalidParameterError
        Not one score more than cuts; cuts that do not increase; a number that is not finite.

    Examples
    --------
    >>> from creditscore.expert import BandScore
    >>> late = BandScore(cuts=[0, 30, 90], scores=[100, 70, 30, 0], closed="right")
    >>> late.score([0, 30, 31, 91]).tolist()
    [100.0, 70.0, 30.0, 0.0]
    """

    cuts: Sequence[float]
    scores: Sequence[float]
    closed: Closed = "left"

    def __post_init__(self) -> None:
        """Check that cuts and scores fit together."""
        owner = type(self).__name__
        check_choice(self.closed, "closed", owner, ("left", "right"))
        cuts = read_numbers(self.cuts, "cuts", owner)
        scores = read_numbers(self.scores, "scores", owner)
        if not cuts or len(scores) != len(cuts) + 1:
            msg = (
                f"{owner} needs one cut or more, and one score more than cuts. "
                f"Got {len(cuts)} cuts and {len(scores)} scores."
            )
            raise InvalidParameterError(msg)
        check_increasing(cuts, "cuts", owner)
        object.__setattr__(self, "cuts", cuts)
        object.__setattr__(self, "scores", scores)
        super().__post_init__()

    @property
    def in_words(self) -> str:
        """The rule in words."""
        below, above = ("below", "from") if self.closed == "left" else ("up to", "above")
        steps = zip(self.scores[1:], self.cuts, strict=True)
        rest = [f"{score:g} {above} {cut:g}" for score, cut in steps]
        return ", ".join([f"{self.scores[0]:g} {below} {self.cuts[0]:g}", *rest])

    def _pieces(self) -> Pieces:
        cuts = tuple(self.cuts)
        if self.closed == "right":
            cuts = tuple(just_above(cut, type(self).__name__) for cut in cuts)
        return Pieces.steps(cuts, self.scores)
