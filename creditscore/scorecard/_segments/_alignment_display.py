"""Odds of each segment against its scores: does one score mean the same odds everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import BAD, GOOD, INK, MUTED, clean_axes, distinct, new_axes
from creditscore._frame import as_table
from creditscore._typing import Float1D, NativeFrame
from creditscore._validation import check_integer, check_same_order, check_target
from creditscore.exceptions import UncalibratedCardError
from creditscore.metrics import jeffreys_interval
from creditscore.scorecard._segments._segmented import SegmentedScorecard

_COLOURS = (GOOD, BAD, INK, MUTED)
_MARKERS = ("o", "s", "D", "^", "v", "P")


@dataclass(kw_only=True, repr=False)
class SegmentOddsDisplay:
    """Log-odds of each segment in bands of its score, and the line that its scale claims.

    Made by :meth:`from_sample`.

    Attributes
    ----------
    table : DataFrame
        A row a segment and band: segment, score (mean), n_good, n_bad, log_odds (of good, those of
        half a case more in each class), lower, upper (95 %), claimed.

    Examples
    --------
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard import (
    ...     SegmentedLogisticScorecard, SegmentOddsDisplay, Segments
    ... )
    >>> german = load_german_credit()
    >>> X, y = german[["checking_status", "duration_months", "age_years"]], german["is_bad"]
    >>> young = Segments.by_cuts("age_years", [30], ["young", "settled"])
    >>> card = SegmentedLogisticScorecard(segments=young).fit(X, y).scorecard_
    >>> SegmentOddsDisplay.from_sample(card, X, y, n_bands=4)
    <SegmentOddsDisplay: 2 segments in 4 bands of their scores; plot() draws them, frame() returns \
the numbers>
    """

    table: pd.DataFrame

    @classmethod
    def from_sample(
        cls, card: SegmentedScorecard, X: NativeFrame, y: Any, *, n_bands: int = 6
    ) -> Self:
        """Count goods and bads of each segment in bands of about equally many rows.

        Parameters
        ----------
        card : SegmentedScorecard
            With a scale.
        X : table of shape (n_samples, n_columns)
            Best rows that the card was not fitted on.
        y : array-like of shape (n_samples,)
            1 for bad, 0 for good.
        n_bands : int, default=6
            Bands of a segment, 1 or more; fewer where scores are tied.

        Returns
        -------
        SegmentOddsDisplay

        Raises
        ------
        UncalibratedCardError
            The card has no scale.
        InvalidTargetError, MissingColumnError, RefusedValueError
            As in :meth:`SegmentedScorecard.alignment`.
        """
        owner = "SegmentOddsDisplay.from_sample"
        check_kind(card, "card", owner, SegmentedScorecard)
        check_integer(n_bands, "n_bands", owner, low=1)
        if card.scale is None:
            msg = "The card has no scale, so its scores claim no odds. Use card.on_scale(…)."
            raise UncalibratedCardError(msg)
        check_same_order(X, y)
        score = np.asarray(card.score(X), dtype=np.float64)
        is_bad = check_target(y, n_rows=len(score)).is_bad
        codes = card.segments.codes(as_table(X, wanted=card.names))
        rows = []
        for place, name in enumerate(card.segments.names):
            own = codes == place
            for band in _bands(score[own], n_bands):
                bad = is_bad[own][band]
                rows.append({"segment": name, "score": float(score[own][band].mean()),
                             "n_good": int((~bad).sum()), "n_bad": int(bad.sum())})  # fmt: skip
        table = pd.DataFrame(rows, columns=["segment", "score", "n_good", "n_bad"])
        return cls(table=_with_odds(table).assign(claimed=card.scale.log_odds(table["score"])))

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.table.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw a mark with its interval for each band; the axes are then in ``ax_``."""
        ax = new_axes(ax)
        ends = self.table.sort_values("score")[["score", "claimed"]].to_numpy()[[0, -1]]
        ax.plot(*ends.T, color=MUTED, linewidth=1.5, label="the scale")
        names = list(dict.fromkeys(self.table["segment"]))
        for place, (name, label) in enumerate(zip(names, distinct(names, 30), strict=True)):
            own = self.table[self.table["segment"] == name]
            ax.errorbar(
                own["score"], own["log_odds"],
                yerr=[own["log_odds"] - own["lower"], own["upper"] - own["log_odds"]],
                fmt=_MARKERS[place % len(_MARKERS)], color=_COLOURS[place % len(_COLOURS)],
                linewidth=1, markersize=6, label=label, alpha=0.9,
            )  # fmt: skip
        ax.set_xlabel("score", color=INK)
        ax.set_ylabel("ln (good / bad)", color=INK)
        ax.legend(frameon=False)
        clean_axes(ax, title="Odds of segments at their scores", grid="both")
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what it is."""
        by_segment = self.table.groupby("segment", sort=False).size()
        return (
            f"<{type(self).__name__}: {len(by_segment)} segments in {by_segment.max()} bands of "
            "their scores; plot() draws them, frame() returns the numbers>"
        )


def _bands(score: Float1D, n_bands: int) -> list[Any]:
    """Part scores into bands of about equally many; tied ones stay together."""
    if not len(score):
        return []
    cuts = np.unique(np.quantile(score, np.arange(1, n_bands) / n_bands))
    codes = np.searchsorted(cuts, score, side="right")
    return [codes == code for code in np.unique(codes)]


def _with_odds(table: pd.DataFrame) -> pd.DataFrame:
    """Add log-odds with half a case more of each class, and those of Jeffreys' interval."""
    good, bad = table["n_good"].to_numpy(), table["n_bad"].to_numpy()
    ends = jeffreys_interval(bad, good + bad)
    # an interval of a rate that reaches 0 or 1 has no end in odds; it ends where half a case is
    least = 0.25 / (good + bad + 1)
    lower, upper = (np.clip(end, least, 1 - least) for end in ends)
    return table.assign(
        log_odds=np.log((good + 0.5) / (bad + 0.5)),
        lower=np.log((1 - upper) / upper),
        upper=np.log((1 - lower) / lower),
    )
