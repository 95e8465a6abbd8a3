"""Service tiers by class and grade, in cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import INK, clean_axes, new_axes
from creditscore.segment._heat import draw_cells, finish
from creditscore.segment._tiers._service_tiers import ServiceTiers


@dataclass(kw_only=True, repr=False)
class TierDisplay:
    """Terms, limit factor and review of each class and grade; shaded by the limit factor.

    Made by :meth:`from_tiers`.

    Attributes
    ----------
    tiers : DataFrame
        A row a combination: class, grade, payment_terms_days, limit_factor, review_months,
        prepayment_share.

    Examples
    --------
    >>> from creditscore.segment import RiskBands, ServiceTiers, TierDisplay
    >>> risk = RiskBands(grades={"A": "low", "B": "medium", "C": "high", "D": "default"})
    >>> TierDisplay.from_tiers(ServiceTiers.illustration(risk))
    TierDisplay(6 classes, 5 grades)
    """

    tiers: pd.DataFrame

    @classmethod
    def from_tiers(cls, tiers: ServiceTiers) -> Self:
        """Take the numbers of a table of tiers.

        Parameters
        ----------
        tiers : ServiceTiers
            The table.
        """
        check_kind(tiers, "tiers", "TierDisplay", ServiceTiers)
        columns = ["class", "grade", "payment_terms_days", "limit_factor", "review_months",
                   "prepayment_share"]  # fmt: skip
        frame = tiers.to_frame()[columns]
        order = {grade: place for place, grade in enumerate(tiers.grades)}
        places = frame["grade"].map(order)
        by_class = {name: place for place, name in enumerate(tiers.classes)}
        rows = np.lexsort([places, frame["class"].map(by_class)])
        return cls(tiers=frame.iloc[rows].reset_index(drop=True))

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.tiers.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw the table; the axes are then in ``ax_``.

        Parameters
        ----------
        ax : Axes, optional
            A new figure without.
        """
        classes = list(dict.fromkeys(self.tiers["class"]))
        grades = list(dict.fromkeys(self.tiers["grade"]))
        shape = (len(classes), len(grades))
        factor = self.tiers["limit_factor"].to_numpy(dtype=np.float64).reshape(shape)
        texts = np.array([_text(row) for row in self.tiers.itertuples()], dtype=object)
        ax = new_axes(ax, size=(1.6 + 0.95 * len(grades), 1.4 + 0.72 * len(classes)))
        top = max(float(factor.max()), 1e-9)
        draw_cells(ax, factor / top, texts.reshape(shape), rows=classes, columns=grades, size=7.5)
        clean_axes(ax, title="Service tiers: terms, limit factor, review")
        finish(ax)
        ax.set_xlabel("grade", color=INK, fontsize=9)
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what is drawn."""
        n, k = self.tiers["class"].nunique(), self.tiers["grade"].nunique()
        return f"TierDisplay({n} class{'' if n == 1 else 'es'}, {k} grade{'' if k == 1 else 's'})"


def _text(row: Any) -> str:
    if row.prepayment_share == 1:
        terms = "prepaid"
    elif row.prepayment_share:
        terms = f"{row.prepayment_share:.0%} prepaid"
    else:
        terms = f"{row.payment_terms_days} days"
    months = "monthly" if row.review_months == 1 else f"{row.review_months} months"
    return f"{terms}\n× {row.limit_factor:g}\n{months}"
