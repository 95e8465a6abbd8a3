"""The bins of many features side by side, the strongest first."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self, TypeAlias

import pandas as pd

from creditscore._display import INK, distinct, panels
from creditscore._validation import check_choice, check_integer
from creditscore.binning._bin_bars import (
    RATE_TEXT,
    Look,
    RateName,
    bin_rows,
    check_rate,
    check_table,
    draw_bins,
    iv_text,
    rate_span,
    share_top,
)
from creditscore.binning._encoder import WOEEncoder
from creditscore.binning._table import BinTable
from creditscore.exceptions import InvalidParameterError, MissingColumnError

GridOrder: TypeAlias = Literal["iv", "feature", "fit"]
_SORT_BY: dict[str, Callable[[BinTable], Any]] = {
    # an information value that is no number stands last
    "iv": lambda table: math.inf if math.isnan(table.iv) else -table.iv,
    "feature": lambda table: table.feature,
    "fit": lambda _: 0,
}
_UNSPLIT = ("single bin", "infeasible", "constant", "all missing")
_PANEL = (2.9, 2.2)
"""Width and height of a panel in inches."""
_MOST_COLUMNS = 5
_SIZE = 7.0
_COLUMNS = ("feature", "status", "feature_iv")


@dataclass(kw_only=True, repr=False)
class BinGridDisplay:
    """Small pictures of the bins of many features: shares (bars) and bad rates or WOE (dots).

    Made by :meth:`from_encoder` or :meth:`from_tables`. A feature that stays in one bin is shown
    with its status.

    Attributes
    ----------
    features : tuple of str
        Names, in the order of the picture.
    bins : DataFrame
        A row for each bin drawn: feature, status, feature_iv (information value of the feature)
        and the columns of :meth:`BinDisplay.frame`.
    rate : {"bad_rate", "woe"}
        What the dots show.

    See Also
    --------
    BinDisplay : One feature, larger.

    Examples
    --------
    >>> from creditscore import WOEEncoder
    >>> from creditscore.binning import BinGridDisplay
    >>> from creditscore.datasets import load_german_credit
    >>> german = load_german_credit()
    >>> X = german[["age_years", "duration_months", "purpose"]]
    >>> encoder = WOEEncoder().fit(X, german["is_bad"])
    >>> display = BinGridDisplay.from_encoder(encoder, n=2)
    >>> display
    BinGridDisplay(2 features: 'duration_months', 'purpose')
    >>> len(display.plot(n_columns=2).axes_)
    2
    """

    features: tuple[str, ...]
    bins: pd.DataFrame
    rate: RateName = "bad_rate"

    @classmethod
    def from_encoder(
        cls,
        encoder: WOEEncoder,
        features: Sequence[str] | None = None,
        n: int | None = None,
        *,
        by: GridOrder = "iv",
        rate: RateName = "bad_rate",
    ) -> Self:
        """Take the bins of a fitted encoder.

        Parameters
        ----------
        encoder : WOEEncoder
            Fitted.
        features : sequence of str, optional
            Which features; all unless given.
        n : int, optional
            The first so many of them, 1 or more; all unless given.
        by : {"iv", "feature", "fit"}, default="iv"
            Order: the highest information value first, by name, or as in the fit (as listed,
            where `features` are given).
        rate : {"bad_rate", "woe"}, default="bad_rate"
            What the dots show.

        Returns
        -------
        BinGridDisplay

        Raises
        ------
        InvalidParameterError
            An order, a number or a rate that is none, or no feature.
        MissingColumnError
            A feature that the encoder does not have.
        """
        if not isinstance(encoder, WOEEncoder) or not hasattr(encoder, "tables_"):
            what = "one not fitted" if isinstance(encoder, WOEEncoder) else type(encoder).__name__
            msg = f"{cls.__name__} draws the bins of a fitted WOEEncoder. Got {what}."
            raise InvalidParameterError(msg)
        tables = encoder.tables_
        names = list(tables) if features is None else _names(features)
        unknown = [name for name in names if name not in tables]
        if unknown:
            msg = (
                f"The encoder was not fitted on {', '.join(map(repr, unknown))}. It has: "
                f"{', '.join(map(repr, tables))}."
            )
            raise MissingColumnError(msg)
        return cls.from_tables([tables[name] for name in names], n, by=by, rate=rate)

    @classmethod
    def from_tables(
        cls,
        tables: Iterable[BinTable],
        n: int | None = None,
        *,
        by: GridOrder = "iv",
        rate: RateName = "bad_rate",
    ) -> Self:
        """Take the bins of tables of different features; parameters as in :meth:`from_encoder`."""
        owner = cls.__name__
        check_choice(by, "by", owner, tuple(_SORT_BY))
        check_rate(rate, owner)
        if n is not None:
            check_integer(n, "n", owner, low=1)
        known = list(tables)
        for table in known:
            check_table(table, owner)
        shown = sorted(known, key=_SORT_BY[by])[:n]
        names = tuple(table.feature for table in shown)
        if not names or len(set(names)) < len(names):
            got = "none" if not names else f"a feature twice: {', '.join(names)}"
            msg = f"{owner} draws one feature or more, each once. Got {got}."
            raise InvalidParameterError(msg)
        parts = []
        for table in shown:
            rows = bin_rows(table)
            for place, value in enumerate((table.feature, table.status, table.iv)):
                rows.insert(place, _COLUMNS[place], value)
            parts.append(rows)
        return cls(features=names, bins=pd.concat(parts, ignore_index=True), rate=rate)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.bins.copy()

    def plot(self, ax: Any = None, *, n_columns: int | None = None, share_y: bool = True) -> Self:
        """Draw a panel for each feature; they are then in ``axes_`` and ``axes_rate_``.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Axes that are divided into panels; a new figure of fitting size unless given.
        n_columns : int, optional
            Panels side by side; at most five unless given.
        share_y : bool, default=True
            Whether all panels have the same axes, so that strong features look strong. Otherwise
            each has axes of its own.

        Returns
        -------
        BinGridDisplay
            Itself.
        """
        n = len(self.features)
        if n_columns is None:
            n_columns = min(_MOST_COLUMNS, math.ceil(math.sqrt(n)))
        check_integer(n_columns, "n_columns", f"{type(self).__name__}.plot", low=1)
        n_rows = math.ceil(n / n_columns)
        size = (max(4.0, _PANEL[0] * n_columns), 0.5 + _PANEL[1] * n_rows)
        title = f"Share of rows (bars) and {RATE_TEXT[self.rate]} (dots)"
        figure, axes = panels(ax, n_rows, n_columns, title=title, size=size)
        for spare in axes[n:]:
            spare.set_axis_off()
        look = Look(rate=self.rate, size=_SIZE, width=20)
        if share_y:
            look = Look(
                rate=self.rate, size=_SIZE, width=20, top=share_top(self.bins),
                span=rate_span(self.bins, self.rate),
            )  # fmt: skip
        self.axes_, self.figure_ = axes[:n], figure
        self.axes_rate_ = []
        names = distinct(self.features, 30)
        for place, feature in enumerate(self.features):
            edges = place % n_columns == 0, place % n_columns == n_columns - 1 or place == n - 1
            self.axes_rate_.append(self._draw_panel(axes[place], feature, look, edges, share_y))
            axes[place].set_title(
                f"{names[place]}\n{self._iv_text(feature)}", loc="left", color=INK,
                fontsize=_SIZE + 1.5, parse_math=False,
            )  # fmt: skip
        return self

    def __repr__(self) -> str:
        """Say in one line what is drawn; the numbers are in :meth:`frame`."""
        listed = ", ".join(map(repr, self.features[:3])) + ", …" * (len(self.features) > 3)
        return f"{type(self).__name__}({len(self.features)} features: {listed})"

    def _draw_panel(
        self, ax: Any, feature: str, look: Look, edges: tuple[bool, bool], share_y: bool
    ) -> Any:
        rows = self.bins[self.bins["feature"] == feature].reset_index(drop=True)
        status = rows["status"].iloc[0]
        rate = draw_bins(ax, rows, look)
        for one in (ax, rate):
            one.set_ylabel("")
        # with the same axes everywhere their numbers stand at the edges only
        ax.tick_params(axis="y", labelleft=edges[0] or not share_y)
        rate.tick_params(axis="y", labelright=edges[1] or not share_y)
        if status in _UNSPLIT:
            ax.text(0.5, 0.97, status, transform=ax.transAxes, ha="center", va="top",
                    color=INK, fontsize=_SIZE + 2)  # fmt: skip
        return rate

    def _iv_text(self, feature: str) -> str:
        return iv_text(self.bins.loc[self.bins["feature"] == feature, "feature_iv"].iloc[0])


def _names(features: Sequence[str]) -> list[str]:
    return [features] if isinstance(features, str) else list(features)
