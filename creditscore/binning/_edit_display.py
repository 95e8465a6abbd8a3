"""The bins of one feature before and after an edit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._display import INK, panels, shorten, wrap
from creditscore.binning._bin_bars import (
    Look,
    RateName,
    bin_rows,
    check_rate,
    draw_bins,
    iv_text,
    rate_span,
    share_top,
    title_of,
)
from creditscore.binning._compare import BinComparison, compare
from creditscore.binning._edit import Edit
from creditscore.binning._table import BinTable

_SAME_WOE = 1e-9
_LETTERS = 100
"""Letters that a line of the title holds."""
_CAPTION = 140


@dataclass(kw_only=True, repr=False)
class EditDisplay:
    """Two tables of a feature side by side, on the same axes, what changed outlined.

    Made by :meth:`from_tables` or :meth:`from_comparison`. The title names the edits that the
    second table has beyond the first, with author and reason.

    Attributes
    ----------
    comparison : BinComparison
        The two tables.
    before, after : DataFrame
        The bins drawn, as :meth:`BinDisplay.frame`, and the column changed.
    edits : tuple of Edit
        What was done, the last one last.
    rate : {"bad_rate", "woe"}
        What the dots show.

    See Also
    --------
    compare : The numbers.
    BinDisplay : One table.

    Notes
    -----
    A bin has changed where it holds other values, or, if both tables count the same goods and bads
    in all, where its WOE is another.

    Examples
    --------
    >>> from creditscore import WOEEncoder
    >>> from creditscore.binning import EditDisplay
    >>> from creditscore.datasets import load_german_credit
    >>> german = load_german_credit()
    >>> encoder = WOEEncoder(user_cuts={"age_years": [26, 35, 50]})
    >>> table = encoder.fit(german[["age_years"]], german["is_bad"]).tables_["age_years"]
    >>> display = EditDisplay.from_tables(table, table.merge(1, 2, by="M. Chen", reason="alike"))
    >>> display.after[["bin", "changed"]]
            bin  changed
    0      < 26    False
    1  [26, 50)     True
    2     >= 50    False
    >>> len(display.plot().axes_)
    2
    """

    comparison: BinComparison
    before: pd.DataFrame
    after: pd.DataFrame
    edits: tuple[Edit, ...] = ()
    rate: RateName = "bad_rate"

    @classmethod
    def from_tables(cls, before: BinTable, after: BinTable, *, rate: RateName = "bad_rate") -> Self:
        """Compare two tables of a feature.

        Parameters
        ----------
        before, after : BinTable
            The tables; such as one and what :meth:`BinTable.merge` makes of it.
        rate : {"bad_rate", "woe"}, default="bad_rate"
            What the dots show.

        Returns
        -------
        EditDisplay

        Raises
        ------
        InvalidParameterError
            As in :func:`compare`; another rate.
        """
        return cls.from_comparison(compare(before, after), rate=rate)

    @classmethod
    def from_comparison(cls, comparison: BinComparison, *, rate: RateName = "bad_rate") -> Self:
        """Take what :func:`compare` made; the rest as in :meth:`from_tables`."""
        check_rate(rate, cls.__name__)
        frame = _with_changes(comparison)
        a, b = comparison.a, comparison.b
        follows = b.history[: len(a.history)] == a.history
        return cls(
            comparison=comparison,
            before=_marked(bin_rows(a), frame, "a"),
            after=_marked(bin_rows(b), frame, "b"),
            edits=b.history[len(a.history) :] if follows else (),
            rate=rate,
        )

    def frame(self) -> pd.DataFrame:
        """Return :meth:`BinComparison.frame`, and the column changed."""
        return _with_changes(self.comparison)

    def plot(self, ax: Any = None) -> Self:
        """Draw both; the axes are then in ``axes_`` and ``axes_rate_``.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Axes that are divided in two; a new figure unless given.

        Returns
        -------
        EditDisplay
            Itself.
        """
        title, caption = self._heading()
        figure, axes = panels(ax, 1, 2, title=title, size=(11.0, 4.6))
        if caption:
            figure.supxlabel(caption, x=0.01, ha="left", color=INK, fontsize=9, parse_math=False)
        both = pd.concat([self.before, self.after], ignore_index=True)
        self.axes_rate_ = []
        for one, rows, text in zip(axes, (self.before, self.after), self._titles(), strict=True):
            look = Look(
                rate=self.rate, marked=frozenset(np.flatnonzero(rows["changed"]).tolist()) or None,
                top=share_top(both), span=rate_span(both, self.rate),
            )  # fmt: skip
            self.axes_rate_.append(draw_bins(one, rows, look))
            one.set_title(text, loc="left", color=INK, fontsize=10)
        # both have the same axes, so their numbers stand at the outer edges
        for inner in (self.axes_rate_[0], axes[1]):
            inner.set_ylabel("")
            inner.tick_params(axis="y", labelleft=False, labelright=False)
        self.axes_, self.figure_ = axes, figure
        return self

    def __repr__(self) -> str:
        """Say in one line what is drawn; the numbers are in :meth:`frame`."""
        return f"{type(self).__name__}({self.comparison.feature!r}, {'; '.join(self._titles())})"

    def _titles(self) -> tuple[str, str]:
        a, b = self.comparison.a, self.comparison.b
        difference = f"{self.comparison.iv_difference:+.3f}".replace("inf", "∞")
        return (
            f"before: {iv_text(a.iv, a.iv_se)}",
            f"after: {iv_text(b.iv, b.iv_se)} ({difference})",
        )

    def _heading(self) -> tuple[str, str]:
        """Return the title, and a caption on who edited and why."""
        feature = self.comparison.feature
        if not self.edits:
            return shorten(feature, _LETTERS), ""
        last = self.edits[-1]
        done = f"{last.action} {last.detail}"
        if len(self.edits) > 1:
            done = f"{len(self.edits)} edits, the last: {done}"
        day = last.at[:10]  # noqa: PD008 - a text, and no table
        why = wrap(f"{last.reason} ({last.by}, {day})", _CAPTION)
        return title_of(feature, shorten(done, _LETTERS), _LETTERS), why


def _with_changes(comparison: BinComparison) -> pd.DataFrame:
    """Return the aligned bins with the column changed."""
    frame = comparison.frame()
    kind = frame["kind"]
    parts = [frame.groupby([kind, f"bin_{side}"])["bin"].transform("size") for side in "ab"]
    # a bin of one part on both sides holds the same values on both; a missing label is no bin
    alone = (parts[0] == 1) & (parts[1] == 1)
    a, b = comparison.a, comparison.b
    same_rows = np.allclose(
        [sum(a.n_good), sum(a.n_bad)], [sum(b.n_good), sum(b.n_bad)], rtol=1e-12
    )
    moved = frame["woe_difference"].abs() > _SAME_WOE
    frame["changed"] = ~alone | (moved & same_rows)
    return frame


def _marked(rows: pd.DataFrame, frame: pd.DataFrame, side: str) -> pd.DataFrame:
    """Add the column changed to the bins of one side."""
    changed = frame[frame["changed"]]
    marked = set(zip(changed["kind"], changed[f"bin_{side}"], strict=True))
    rows["changed"] = [pair in marked for pair in zip(rows["kind"], rows["bin"], strict=True)]
    return rows
