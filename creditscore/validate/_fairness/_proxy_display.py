"""How much characteristics tell of a group, against how much they foretell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import BAD, GOOD, INK, clean_axes, new_axes, shorten
from creditscore.exceptions import InvalidDataError
from creditscore.validate._fairness._proxies import ProtectedProxies

_MOST_NAMES = 12


@dataclass(kw_only=True, repr=False)
class ProxyDisplay:
    """Strength of each characteristic as a proxy, against its information value.

    Made by :meth:`from_proxies`. To the right is what tells the group, to the top what foretells
    the outcome; characteristics whose strength chance would give are drawn hollow.

    Attributes
    ----------
    proxies : DataFrame
        The table of the proxies, with iv.
    alpha : float, default=0.05
        p-value above which a characteristic is drawn hollow.

    Examples
    --------
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.validate import ProxyDisplay, protected_proxies
    >>> german = load_german_credit()
    >>> found = protected_proxies(
    ...     german[["housing", "telephone"]], german["foreign_worker"], is_bad=german["is_bad"]
    ... )
    >>> ProxyDisplay.from_proxies(found)
    ProxyDisplay(2 characteristics)
    """

    proxies: pd.DataFrame
    alpha: float = 0.05

    @classmethod
    def from_proxies(cls, proxies: ProtectedProxies, *, alpha: float = 0.05) -> Self:
        """Take the characteristics of a search for proxies.

        Parameters
        ----------
        proxies : ProtectedProxies
            Made with `is_bad`.
        alpha : float, default=0.05
            p-value above which a characteristic is drawn hollow.

        Returns
        -------
        ProxyDisplay

        Raises
        ------
        InvalidParameterError
            No such result.
        InvalidDataError
            It was made without outcomes, so there is no information value.
        """
        check_kind(proxies, "proxies", f"{cls.__name__}.from_proxies", ProtectedProxies)
        if "iv" not in proxies.table:
            msg = "There is no information value to draw: give protected_proxies is_bad=."
            raise InvalidDataError(msg)
        return cls(proxies=proxies.table, alpha=alpha)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.proxies.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw a point a characteristic; the axes are then in ``ax_``."""
        ax = new_axes(ax)
        chance = ~(self.proxies["p_value"] <= self.alpha)
        for rows, face, name in (
            (~chance, GOOD, f"tells the group (p up to {self.alpha:g})"),
            (chance, "none", "no more than chance"),
        ):
            held = self.proxies[rows]
            if len(held):
                ax.scatter(held["strength"], held["iv"], s=34, facecolor=face, edgecolor=GOOD,
                           label=name, zorder=3)  # fmt: skip
        right = max(float(self.proxies["strength"].max()), 1e-6)
        top = max(float(self.proxies["iv"].max()), 0.02)
        ax.set(xlim=(-0.03 * right, 1.12 * right), ylim=(-0.04 * top, 1.15 * top))
        ax.axhline(0.02, color=BAD, linestyle=":", linewidth=1, label="IV 0.02")
        self._name_points(ax, right, top)
        ax.set_xlabel("strength as a proxy (share of uncertainty about the group)", color=INK)
        ax.set_ylabel("information value for the outcome", color=INK)
        ax.legend(frameon=False, loc="best", fontsize=8)
        clean_axes(ax, title="Proxies of the protected group", grid="both")
        self.ax_ = ax
        return self

    def _name_points(self, ax: Any, right: float, top: float) -> None:
        """Name what lies far out; names that would lie on another are left to the table."""
        far = self.proxies["strength"] / right + self.proxies["iv"] / top
        order = far.sort_values(ascending=False).index[:_MOST_NAMES]
        taken: list[tuple[float, float]] = []
        for row in self.proxies.loc[order].to_dict("records"):
            x, y = row["strength"] / right, row["iv"] / top
            if any(abs(x - a) < 0.25 and abs(y - b) < 0.05 for a, b in taken):
                continue
            taken.append((x, y))
            left = x > 0.7
            ax.annotate(shorten(row["feature"], 24), (row["strength"], row["iv"]),
                        xytext=(-5 if left else 5, 4), textcoords="offset points",
                        ha="right" if left else "left", fontsize=8, color=INK,
                        parse_math=False)  # fmt: skip

    def __repr__(self) -> str:
        """Say in one line how many characteristics there are."""
        n = len(self.proxies)
        return f"{type(self).__name__}({n} characteristic{'s' * (n != 1)})"
