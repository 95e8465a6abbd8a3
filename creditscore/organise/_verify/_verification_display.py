"""Findings by check as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._display import BAD, MUTED, clean_axes, new_axes
from creditscore.organise._verify._findings import SEVERITIES
from creditscore.organise._verify._verification import Verification

_COLOURS = {"error": BAD, "doubt": "#e3b778", "note": MUTED}


@dataclass(kw_only=True, repr=False)
class VerificationDisplay:
    """A bar a check: how many findings of each severity.

    Made by :meth:`from_verification`.

    Attributes
    ----------
    verification : Verification
        What is drawn.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Observations
    >>> from creditscore.organise import VerificationDisplay, verify
    >>> filed = Observations.from_frame(pd.DataFrame({
    ...     "customer": "A", "item": ["total_assets", "total_liabilities", "equity"],
    ...     "value": [1000.0, 600.0, 380.0], "true_from": "2023-12-31",
    ...     "source": "public_filing", "method": "data_analysis", "collected_at": "2024-05-01",
    ... }))
    >>> VerificationDisplay.from_verification(verify(filed)).plot().ax_.get_xlabel()
    'findings'
    """

    verification: Verification

    @classmethod
    def from_verification(cls, verification: Verification) -> Self:
        """Take the result of :func:`verify`."""
        return cls(verification=verification)

    def frame(self) -> pd.DataFrame:
        """Return a row a check, a column a severity: number of findings."""
        return self.verification.counts()

    def plot(self, ax: Any = None) -> Self:
        """Draw the bars; the axes are then in ``ax_``."""
        table = self.frame()
        ax = new_axes(ax, size=(7.0, 1.4 + 0.45 * max(len(table), 1)))
        start = np.zeros(len(table))
        for name in SEVERITIES:
            n = table[name].to_numpy(dtype=np.float64)
            ax.barh(range(len(table)), n, left=start, color=_COLOURS[name], label=f"{name}s")
            start = start + n
        for place, total in enumerate(start):
            ax.annotate(f"{int(total):,}", (total, place), xytext=(4, 0), va="center",
                        textcoords="offset points", fontsize=8)  # fmt: skip
        ax.set_yticks(range(len(table)), list(table.index))
        ax.invert_yaxis()
        ax.margins(x=0.1)
        ax.set_xlabel("findings")
        clean_axes(ax, title="What verification found", grid="x")
        ax.legend(frameon=False, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.2))
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what is drawn."""
        return f"VerificationDisplay({self.verification!r})"
