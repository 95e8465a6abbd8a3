"""The frontier of AUC and adverse impact ratio, as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import pandas as pd

from creditscore._display import BAD, GOOD, INK, MUTED, clean_axes, new_axes
from creditscore.exceptions import InvalidParameterError


@dataclass(kw_only=True, repr=False)
class AlternativesDisplay:
    """AUC of each card against its adverse impact ratio, the frontier joined by a line.

    Made by :meth:`from_alternatives`. Cards on the frontier have their numbers beside them.

    Attributes
    ----------
    cards : DataFrame
        The table of the alternatives.
    threshold : float, default=0.8
        Where the line of the four-fifths rule is drawn.

    Examples
    --------
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.validate import (
    ...     AlternativesDisplay, AlternativeSearch, less_discriminatory_alternatives,
    ... )
    >>> german = load_german_credit()
    >>> X = german[["checking_status", "duration_months", "housing"]]
    >>> found = less_discriminatory_alternatives(
    ...     X, german["is_bad"], german["age_years"] < 25, approval_rate=0.6,
    ...     search=AlternativeSearch(n_candidates=4),
    ... )
    >>> display = AlternativesDisplay.from_alternatives(found)
    >>> display.plot().ax_.get_xlabel()
    'adverse impact ratio'
    """

    cards: pd.DataFrame
    threshold: float = 0.8

    @classmethod
    def from_alternatives(cls, alternatives: Any, *, threshold: float = 0.8) -> Self:
        """Take the cards of a search.

        Parameters
        ----------
        alternatives : DiscriminationAlternatives
            By :func:`less_discriminatory_alternatives`.
        threshold : float, default=0.8
            Where a line is drawn.

        Returns
        -------
        AlternativesDisplay

        Raises
        ------
        InvalidParameterError
            No such result.
        """
        cards = getattr(alternatives, "table", None)
        if not isinstance(cards, pd.DataFrame) or "on_frontier" not in cards:
            msg = (
                f"The 'alternatives' parameter of {cls.__name__}.from_alternatives must be a "
                f"DiscriminationAlternatives. Got {alternatives!r} instead."
            )
            raise InvalidParameterError(msg)
        return cls(cards=cards, threshold=threshold)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.cards.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw the cards; the axes are then in ``ax_``."""
        ax = new_axes(ax)
        first, frontier = self.cards.iloc[:1], self.cards[self.cards["on_frontier"]]
        frontier = frontier.sort_values("impact_ratio")
        ax.axvline(self.threshold, color=BAD, linestyle="--", linewidth=1,
                   label=f"ratio {self.threshold:g}")  # fmt: skip
        ax.scatter(self.cards["impact_ratio"], self.cards["auc"], s=18, color=MUTED,
                   label="card that was tried")  # fmt: skip
        ax.plot(frontier["impact_ratio"], frontier["auc"], "o-", color=GOOD, markersize=5,
                linewidth=1.3, label="frontier, out of fold")  # fmt: skip
        self._name_cards(ax, frontier, "impact_ratio", "auc")
        self._draw_held_out(ax, frontier)
        ax.errorbar(
            first["impact_ratio"], first["auc"], fmt="s", color=INK, markersize=7, zorder=4,
            label="card as it is, with intervals", linewidth=1, capsize=3,
            xerr=_arms(first, "impact_ratio", "ratio"), yerr=_arms(first, "auc", "auc"),
        )  # fmt: skip
        ax.set_xlabel("adverse impact ratio", color=INK)
        ax.set_ylabel("AUC", color=INK)
        ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=8)
        clean_axes(ax, title="Less discriminatory alternatives", grid="both")
        self.ax_ = ax
        return self

    def _draw_held_out(self, ax: Any, frontier: pd.DataFrame) -> None:
        if "ratio_holdout" not in frontier:
            return
        first = self.cards.iloc[:1]
        ax.plot(first["ratio_holdout"], first["auc_holdout"], linestyle="none", marker="s",
                color=INK, markerfacecolor="none", markersize=7,
                label="card as it is, on cases held out")  # fmt: skip
        ax.plot(frontier["ratio_holdout"], frontier["auc_holdout"], linestyle="none", marker="o",
                color=GOOD, markerfacecolor="none", markersize=6,
                label="frontier, on cases held out")  # fmt: skip
        self._name_cards(ax, frontier, "ratio_holdout", "auc_holdout")

    def _name_cards(self, ax: Any, cards: pd.DataFrame, x: str, y: str) -> None:
        """Write the number of a card beside it, the baseline's being plain."""
        for row in cards[cards["number"] > 0].to_dict("records"):
            ax.annotate(str(row["number"]), (row[x], row[y]), xytext=(5, 3),
                        textcoords="offset points", fontsize=8, color=INK)  # fmt: skip

    def __repr__(self) -> str:
        """Say in one line how many cards there are."""
        n = int(self.cards["on_frontier"].sum())
        return f"{type(self).__name__}({len(self.cards)} cards, {n} on the frontier)"


def _arms(row: pd.DataFrame, name: str, ends: str) -> list[list[float]]:
    middle = row[name]
    return [
        (middle - row[f"{ends}_lower"]).fillna(0).tolist(),
        (row[f"{ends}_upper"] - middle).fillna(0).tolist(),
    ]
