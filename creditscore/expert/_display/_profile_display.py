"""A customer beside the mean of its grade, criterion by criterion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self, TypeAlias

import numpy as np
import pandas as pd

from creditscore._display import (
    BAD,
    GOOD,
    INK,
    MUTED,
    clean_axes,
    counted,
    distinct,
    new_axes,
    percent_axis,
    shorten,
    text_width,
    wrap,
)
from creditscore._frame import Table, as_table
from creditscore._typing import Float1D, Float2D, Int1D, NativeFrame
from creditscore._validation import check_choice, check_integer, check_same_order
from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError
from creditscore.expert._card._expert_scorecard import ExpertScorecard
from creditscore.expert._complete_columns import read_complete
from creditscore.expert._display._criterion_labels import criterion_labels
from creditscore.expert._display._legend_below import legend_below
from creditscore.expert._finite_numbers import finite_numbers
from creditscore.expert._outcomes._cases import plain_card
from creditscore.scorecard import Scorecard

ProfileKind: TypeAlias = Literal["bar", "radar"]
"""How a profile is drawn."""
_MOST_LEVEL = 12
"""Criteria around a circle whose names have room on a level; more are written along the spokes."""


@dataclass(kw_only=True)
class CustomerProfileDisplay:
    """Sub-scores of one customer beside the means of the customers of its grade.

    Made by :meth:`from_subscores` and :meth:`from_scorecard`. Names in Chinese need a font that
    holds them, as ``plt.rcParams["font.family"] = ["DejaVu Sans", "Noto Sans CJK SC"]`` may set it.

    Attributes
    ----------
    customer : str
        Its label.
    criteria : tuple of str
        Names of the criteria, or labels.
    values : array of shape (n_criteria,)
        Of the customer; a higher one is safer.
    means : array of shape (n_criteria,)
        Of the customers of its grade, itself among them.
    grade : str
        Its grade; empty where no grades were given and all customers are its peers.
    n_peers : int
        Customers that the means are of.
    score_range : tuple of float
        Ends of the scale.
    as_share : bool
        Whether the values are shares of the range of a characteristic's points.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.expert import CustomerProfileDisplay
    >>> subscores = pd.DataFrame(
    ...     {"liquidity": [80, 60, 20], "leverage": [50, 70, 10]}, index=["Alder", "Birch", "Cedar"]
    ... )
    >>> display = CustomerProfileDisplay.from_subscores(
    ...     subscores, "Alder", grades=["A", "A", "C"]
    ... )
    >>> display.frame()
       criterion  customer  mean  difference
    0  liquidity      80.0  70.0        10.0
    1   leverage      50.0  60.0       -10.0
    """

    customer: str
    criteria: tuple[str, ...]
    values: Float1D
    means: Float1D
    grade: str
    n_peers: int
    score_range: tuple[float, float]
    as_share: bool

    @classmethod
    def from_subscores(
        cls,
        subscores: NativeFrame,
        customer: Any,
        *,
        grades: Sequence[str] | None = None,
        score_range: tuple[float, float] = (0.0, 100.0),
        labels: Mapping[str, str] | None = None,
    ) -> Self:
        """Compare the sub-scores of a customer.

        Parameters
        ----------
        subscores : table of shape (n_customers, n_criteria)
            pandas, polars or pyarrow; a column a criterion, a higher number is safer.
        customer : label of the index of a pandas table, else int
            Whom to show; in a table without an index the number of the row, from 0.
        grades : sequence of str of shape (n_customers,), optional
            Grade of each customer, paired by place; without, the means are those of all customers.
        score_range : tuple of float, default=(0.0, 100.0)
            Lowest and highest sub-score that there can be.
        labels : mapping of str to str, optional
            What criteria are called in the picture, where it is not their name.

        Raises
        ------
        InvalidParameterError
            No such customer, or a range that is none.
        InvalidDataError
            Grades that are not as many, or have the index in another order, or a column that
            cannot be read; the message names it.
        """
        ends = finite_numbers(score_range, "score_range", cls.__name__)
        if len(ends) != 2 or ends[0] >= ends[1]:
            msg = (
                f"The 'score_range' parameter of {cls.__name__} must be the lowest and the highest "
                f"sub-score. Got {score_range!r} instead."
            )
            raise InvalidParameterError(msg)
        table = as_table(subscores)
        _, values = read_complete(table, table.names, cls.__name__)
        place = _place_of(customer, subscores, table)
        check_same_order(
            subscores, grades, beside="subscores", name="grades", error=InvalidDataError
        )
        peers, grade = _peers_of(place, grades, table.n_rows)
        return cls(
            customer=str(customer),
            criteria=criterion_labels(table.names, labels, cls.__name__),
            values=values[place],
            means=values[peers].mean(axis=0),
            grade=grade,
            n_peers=len(peers),
            score_range=(ends[0], ends[1]),
            as_share=False,
        )

    @classmethod
    def from_scorecard(
        cls,
        card: Scorecard | ExpertScorecard,
        X: NativeFrame,
        customer: Any,
        *,
        grades: Sequence[str] | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> Self:
        """Compare the points of a customer, each as a share of the range of its characteristic.

        Parameters
        ----------
        card : Scorecard or ExpertScorecard
            Of any origin.
        X : table of shape (n_customers, n_columns)
            pandas, polars or pyarrow; holds the card's columns.
        customer : label of the index of a pandas table, else int
            As in :meth:`from_subscores`.
        grades : sequence of str of shape (n_customers,), optional
            As in :meth:`from_subscores`.
        labels : mapping of str to str, optional
            As in :meth:`from_subscores`.

        Raises
        ------
        InvalidParameterError, InvalidDataError
            As in :meth:`from_subscores`.
        EmptyDataError
            All characteristics have the same points for everybody.

        Notes
        -----
        0 % are the riskiest points of a characteristic and 100 % the safest. Characteristics that
        give everybody the same points have no such share, and are left out.
        """
        card = plain_card(card, "card", f"{cls.__name__}.from_scorecard")
        table = as_table(X, wanted=card.names)
        parts = as_table(card.score_parts(X))
        place = _place_of(customer, X, table)
        check_same_order(X, grades, beside="X", name="grades", error=InvalidDataError)
        peers, grade = _peers_of(place, grades, table.n_rows)
        names, shares = _shares_of(card, parts)
        return cls(
            customer=str(customer),
            criteria=criterion_labels(names, labels, cls.__name__),
            values=shares[place],
            means=shares[peers].mean(axis=0),
            grade=grade,
            n_peers=len(peers),
            score_range=(0.0, 1.0),
            as_share=True,
        )

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return pd.DataFrame(
            {
                "criterion": self.criteria,
                "customer": self.values,
                "mean": self.means,
                "difference": self.values - self.means,
            }
        )

    def plot(self, ax: Any = None, *, kind: ProfileKind = "bar") -> Self:
        """Draw the profile; the axes are then in ``ax_``.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            To draw on; for a radar, polar ones.
        kind : {"bar", "radar"}, default="bar"
            A bar for each criterion, or all of them around a circle, which needs three or more.

        Raises
        ------
        InvalidParameterError
            A kind that there is not, a radar of fewer than three criteria or on other axes.
        """
        check_choice(kind, "kind", "CustomerProfileDisplay.plot", ("bar", "radar"))
        self.ax_ = self._bars(ax) if kind == "bar" else self._radar(ax)
        return self

    def _bars(self, ax: Any) -> Any:
        n = len(self.criteria)
        ax = new_axes(ax, size=(7.4, 1.5 + 0.36 * n))
        places = np.arange(n)
        low, high = self._limits()
        ax.set_ylim(n - 0.4, -0.6)
        ax.set_xlim(low, high)
        ahead = self.values >= self.means
        for rows, colour, name in (
            (ahead, GOOD, "at or above the mean"),
            (~ahead, BAD, "below the mean"),
        ):
            if rows.any():
                ax.barh(places[rows], self.values[rows] - low, left=low, height=0.58, color=colour,
                        alpha=0.6, label=name)  # fmt: skip
        ax.vlines(self.means, places - 0.38, places + 0.38, color=INK, linewidth=2.2, zorder=3,
                  label=self._peers())  # fmt: skip
        row = float(ax.get_window_extent().height) * 72 / ax.figure.dpi / (n + 0.2)
        ax.set_yticks(places, distinct(self.criteria, 34), parse_math=False)
        if self.as_share:
            percent_axis(ax.xaxis)
        ax.set_xlabel("share of the range of points" if self.as_share else "sub-score", color=INK)
        clean_axes(ax, title=self._title(), grid="x")
        ax.tick_params(axis="y", length=0, labelsize=min(9.0, max(5.0, 0.75 * row)))
        legend_below(ax, columns=3)
        return ax

    def _radar(self, ax: Any) -> Any:
        n = len(self.criteria)
        if n < 3:
            msg = f"A radar needs three criteria or more. Got {n}: draw kind='bar'."
            raise InvalidParameterError(msg)
        ax = _polar_axes(ax, inches=6.0 if n <= _MOST_LEVEL else 7.2)
        angles = 2 * np.pi * np.arange(n) / n
        around = np.append(angles, 0.0)
        ax.set_theta_zero_location("N")
        ax.set_theta_direction(-1)
        for values, colour, name, style in (
            (self.means, MUTED, self._peers(), "--"),
            (self.values, GOOD, shorten(self.customer, 40), "-"),
        ):
            closed = np.append(values, values[0])
            ax.plot(around, closed, color=colour, linewidth=1.8, linestyle=style, label=name)
            ax.fill(around, closed, color=colour, alpha=0.15)
        ax.set_ylim(*self._limits())
        ax.set_xticks(angles, [""] * n)
        self._name_spokes(ax, angles)
        ax.tick_params(axis="y", labelsize=7, colors=MUTED)
        ax.spines["polar"].set_color(MUTED)
        ax.grid(color=MUTED, alpha=0.3, linewidth=0.7)
        if self.as_share:
            percent_axis(ax.yaxis)
        # title and legend lie beyond the names around the circle
        long = max(text_width(name, 7.5) for name in distinct(self.criteria, 30))
        beyond = 22 if n <= _MOST_LEVEL else long + 8
        ax.set_title(self._title(), loc="left", color=INK, fontsize=11, fontweight="bold",
                     pad=beyond, parse_math=False)  # fmt: skip
        legend_below(ax, columns=2, distance=beyond + 12)
        return ax

    def _name_spokes(self, ax: Any, angles: Float1D) -> None:
        """Write the criteria around the circle: level, or along the spokes where they are many."""
        low, high = self._limits()
        along = len(angles) > _MOST_LEVEL
        names = distinct(self.criteria, 30)
        for angle, name in zip(angles, names, strict=True):
            side, up = float(np.sin(angle)), float(np.cos(angle))
            centred = abs(side) < 0.1 and not along
            turn = 90 - np.degrees(angle)
            ax.text(
                angle,
                low + 1.05 * (high - low),
                wrap(name, 20) if " " in name and not along else name,
                ha="center" if centred else "left" if side >= 0 else "right",
                va="center" if not centred else "bottom" if up > 0 else "top",
                rotation=(turn if side >= 0 else turn + 180) if along else 0,
                rotation_mode="anchor",
                fontsize=7.5 if along else 9,
                color=INK,
                parse_math=False,
            )

    def _limits(self) -> tuple[float, float]:
        """Return the ends of the scale, further out where a value lies beyond."""
        low, high = self.score_range
        found = np.concatenate([self.values, self.means])
        return min(low, float(found.min())), max(high, float(found.max()))

    def _peers(self) -> str:
        if self.grade:
            return f"mean of grade {self.grade} ({counted(self.n_peers, 'customer')})"
        return f"mean of {counted(self.n_peers, 'customer')}"

    def _title(self) -> str:
        graded = f", grade {self.grade}" if self.grade else ""
        return f"Profile of {shorten(self.customer, 40)}{graded}"

    def __repr__(self) -> str:
        """Say in one line what it is."""
        return (
            f"<CustomerProfileDisplay: {self.customer} beside the {self._peers()}, "
            f"{len(self.criteria)} criteria; plot() draws them, frame() returns the numbers>"
        )


def _place_of(customer: Any, X: NativeFrame, table: Table) -> int:
    """Return the row of a customer."""
    if isinstance(X, pd.DataFrame):
        found = np.flatnonzero(X.index == customer)
        if len(found) != 1:
            what = "no row" if not len(found) else f"{len(found)} rows"
            msg = f"The table has {what} of the customer {customer!r}; its index must name it once."
            raise InvalidParameterError(msg)
        return int(found[0])
    row = check_integer(customer, "customer", "CustomerProfileDisplay", low=0)
    if row >= table.n_rows:
        msg = f"The table has {table.n_rows} rows, counted from 0. Got the customer {row}."
        raise InvalidParameterError(msg)
    return row


def _peers_of(place: int, grades: Any, n_rows: int) -> tuple[Int1D, str]:
    """Return the rows of the customers of the same grade, and the grade."""
    if grades is None:
        return np.arange(n_rows), ""
    found = np.asarray(grades, dtype=object)
    if found.shape != (n_rows,):
        msg = (
            f"There must be one grade for each of the {n_rows} customers. Got shape {found.shape}."
        )
        raise InvalidDataError(msg)
    grade = found[place]
    if not isinstance(grade, str):
        msg = f"The grade of the customer at row {place} must be a text. Got {grade!r}."
        raise InvalidDataError(msg)
    return np.flatnonzero(found == grade), grade


def _shares_of(card: Scorecard, parts: Table) -> tuple[list[str], Float2D]:
    """Return characteristics, and customers × shares of the ranges of their points."""
    names, shares = [], []
    for characteristic in card.characteristics:
        low, high = characteristic.points_range
        if low == high:
            continue
        share = (parts.numeric(characteristic.name) - low) / (high - low)
        names.append(characteristic.name)
        shares.append(share if card.higher_is_safer else 1 - share)
    if not names:
        msg = "All characteristics of the card give everybody the same points: there is no profile."
        raise EmptyDataError(msg)
    return names, np.column_stack(shares)


def _polar_axes(ax: Any, *, inches: float) -> Any:
    if ax is None:
        flat = new_axes(None, size=(inches, inches))
        figure = flat.figure
        flat.remove()
        return figure.add_subplot(projection="polar")
    if ax.name != "polar":
        msg = (
            "A radar needs polar axes: plt.subplots(subplot_kw={'projection': 'polar'}), or none. "
            f"Got {ax.name} ones."
        )
        raise InvalidParameterError(msg)
    return ax
