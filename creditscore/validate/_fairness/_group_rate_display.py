"""Approval rates of groups beside the line of the four-fifths rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import BAD, GOOD, INK, MUTED, clean_axes, new_axes, percent_axis, shorten
from creditscore.validate._fairness._adverse_impact import AdverseImpact


@dataclass(kw_only=True, repr=False)
class GroupRateDisplay:
    """Selection rate of each group with its interval, and the rate below which impact is adverse.

    Made by :meth:`from_impact`.

    Attributes
    ----------
    groups : DataFrame
        The table of the impact.
    reference : str
        The group that the others are compared with.
    threshold : float
        Ratio below which there is adverse impact.
    level : float
        Confidence level of the intervals.

    Examples
    --------
    >>> from creditscore.validate import GroupRateDisplay, adverse_impact
    >>> impact = adverse_impact([48, 12], [80, 40], ["men", "women"])
    >>> display = GroupRateDisplay.from_impact(impact)
    >>> display
    GroupRateDisplay(2 groups, rates 30.0% to 60.0%)
    >>> display.plot().ax_.get_xlabel()
    'selection rate'
    """

    groups: pd.DataFrame
    reference: str
    threshold: float
    level: float

    @classmethod
    def from_impact(cls, impact: AdverseImpact) -> Self:
        """Take the groups of an adverse impact.

        Parameters
        ----------
        impact : AdverseImpact
            By :func:`adverse_impact`, or the `impact` of a :class:`FairnessReport`.

        Returns
        -------
        GroupRateDisplay

        Raises
        ------
        InvalidParameterError
            No such result.
        """
        check_kind(impact, "impact", f"{cls.__name__}.from_impact", AdverseImpact)
        return cls(
            groups=impact.table,
            reference=impact.reference,
            threshold=impact.threshold,
            level=impact.level,
        )

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.groups.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw a bar a group; the axes are then in ``ax_``."""
        shown = self.groups[self.groups["n_applicants"] > 0]
        ax = new_axes(ax, size=(7.0, max(2.6, 1.4 + 0.42 * len(shown))))
        at = np.arange(len(shown))[::-1]
        for rows, colour, name in self._kinds(shown):
            if rows.any():
                ax.barh(at[rows], shown.loc[rows, "rate"], height=0.62, color=colour, label=name)
        arms = [
            (shown["rate"] - shown["lower"]).tolist(),
            (shown["upper"] - shown["rate"]).tolist(),
        ]
        ax.errorbar(shown["rate"].tolist(), at, xerr=arms, fmt="none", ecolor=INK, capsize=3,
                    linewidth=1, label=f"{self.level:.0%} interval")  # fmt: skip
        best = self.groups.loc[self.groups["group"] == self.reference, "rate"].iloc[0]
        line = f"{self.threshold:g} of the rate of {shorten(self.reference, 24)}"
        ax.axvline(self.threshold * best, color=INK, linestyle="--", linewidth=1.2, label=line)
        names = [
            f"{shorten(name, 34)} ({count:,})"
            for name, count in zip(shown["group"], shown["n_applicants"], strict=True)
        ]
        ax.set_yticks(at, names, parse_math=False)
        ax.set_xlim(0, min(1.0, 1.08 * float(shown["upper"].max())))
        percent_axis(ax.xaxis)
        ax.set_xlabel("selection rate", color=INK)
        legend = ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=8)
        for text in legend.get_texts():
            text.set_parse_math(False)
        clean_axes(ax, title="Selection rates by group", grid="x")
        self.ax_ = ax
        return self

    def _kinds(self, shown: pd.DataFrame) -> list[tuple[Any, str, str]]:
        """Return rows, colour and name of each kind of bar."""
        reference = (shown["group"] == self.reference).to_numpy()
        judged, adverse = shown["judged"].to_numpy(), shown["adverse"].to_numpy()
        return [
            (reference | (judged & ~adverse), GOOD, "not below the line"),
            (judged & adverse, BAD, "below the line"),
            (~reference & ~judged, MUTED, "too few to judge"),
        ]

    def __repr__(self) -> str:
        """Say in one line how far rates lie apart."""
        rates = self.groups["rate"]
        n = len(self.groups)
        return (
            f"{type(self).__name__}({n} group{'s' * (n != 1)}, rates {rates.min():.1%} to "
            f"{rates.max():.1%})"
        )
