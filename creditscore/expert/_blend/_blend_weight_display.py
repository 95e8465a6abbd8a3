"""The likelihood of each weight between data and judgement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import GOOD, INK, MUTED, clean_axes, new_axes
from creditscore._typing import Float1D
from creditscore.expert._blend._blend_weight import BlendFit
from creditscore.metrics import Interval


@dataclass(kw_only=True)
class BlendWeightDisplay:
    """Log-likelihood of the weight of the expert's log-odds, below the largest.

    Made by :meth:`from_fit`.

    Attributes
    ----------
    weights : ndarray of shape (n_weights,)
        From 0, the data alone, to 1, judgement alone.
    below_best : ndarray of shape (n_weights,)
        Log-likelihood less that of the best weight, zero or less.
    interval : Interval
        The best weight and its interval.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.expert import BlendWeightDisplay
    >>> from creditscore.metrics import Interval
    >>> BlendWeightDisplay(
    ...     weights=np.array([0.0, 0.5, 1.0]), below_best=np.array([-2.0, 0.0, -3.0]),
    ...     interval=Interval(0.5, 0.1, 0.8, 0.95),
    ... ).frame()
       weight  below_best
    0     0.0        -2.0
    1     0.5         0.0
    2     1.0        -3.0
    """

    weights: Float1D
    below_best: Float1D
    interval: Interval

    @classmethod
    def from_fit(cls, fit: BlendFit) -> Self:
        """Take the curve of a fit.

        Parameters
        ----------
        fit : BlendFit
            By :func:`fit_blend_weight`.

        Returns
        -------
        BlendWeightDisplay
        """
        check_kind(fit, "fit", "BlendWeightDisplay.from_fit", BlendFit)
        curve = np.array(fit.curve)
        return cls(
            weights=np.linspace(0, 1, len(curve)),
            below_best=curve - max(fit.log_likelihood, float(curve.max())),
            interval=fit.interval,
        )

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return pd.DataFrame({"weight": self.weights, "below_best": self.below_best})

    def plot(self, ax: Any = None) -> Self:
        """Draw the curve, the best weight and its interval; the axes are then in ``ax_``."""
        ax = new_axes(ax)
        best = self.interval
        share = f"{best.level:.0%}".replace("%", " %")
        ax.axvspan(best.lower, best.upper, color=GOOD, alpha=0.12, linewidth=0)
        ax.axvline(best.estimate, color=MUTED, linewidth=1, linestyle="--")
        ax.plot(self.weights, self.below_best, color=GOOD, linewidth=1.8)
        said = f"best {best.estimate:.2f}\n{share}: {best.lower:.2f} to {best.upper:.2f}"
        right = best.estimate > 0.5
        ax.annotate(
            said,
            (best.estimate, 0.04),
            xycoords=("data", "axes fraction"),
            xytext=(-6 if right else 6, 0),
            textcoords="offset points",
            ha="right" if right else "left",
            color=INK,
            fontsize=9,
        )
        ax.set_xlim(0, 1)
        ax.set_xlabel("weight of the expert's log-odds (0: data alone, 1: judgement alone)")
        ax.set_ylabel("log-likelihood below the best")
        for label in (ax.xaxis.label, ax.yaxis.label):
            label.set_color(INK)
        clean_axes(ax, title="How much judgement should count")
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what it is."""
        return (
            f"<{type(self).__name__}: best weight {self.interval}; plot() draws the likelihood, "
            "frame() returns the numbers>"
        )
