"""A measure in segments or over time, each with its interval, beside that of the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import GOOD, INK, MUTED, clean_axes, name_ticks, new_axes, shorten
from creditscore._validation import check_choice
from creditscore.exceptions import InvalidDataError
from creditscore.validate._battery._report import ValidationReport


@dataclass(kw_only=True, repr=False)
class AucByGroupDisplay:
    """AUC of each segment or period with its interval, and that of the whole sample.

    Made by :meth:`from_report`.

    Attributes
    ----------
    groups : DataFrame
        A row a group: group, auc, lower, upper; NaN where the AUC could not be measured.
    whole : tuple of float
        AUC of the whole sample and the ends of its interval.
    by : {"segment", "period"}
        What the groups are.

    Examples
    --------
    >>> from creditscore.validate import AucByGroupDisplay, ValidationSample, validate_scores
    >>> sample = ValidationSample(
    ...     is_bad=[1, 1, 0, 0, 0, 1, 1, 0, 0, 0], score=[1, 3, 2, 4, 5, 2, 1, 3, 4, 5],
    ...     period=[2021] * 5 + [2022] * 5,
    ... )
    >>> display = AucByGroupDisplay.from_report(validate_scores(sample), by="period")
    >>> display
    AucByGroupDisplay(2 periods, AUC 0.833 to 1.000)
    >>> display.plot().ax_.get_ylabel()
    'AUC'
    """

    groups: pd.DataFrame
    whole: tuple[float, float, float]
    by: str

    @classmethod
    def from_report(
        cls, report: ValidationReport, *, by: Literal["segment", "period"] = "segment"
    ) -> Self:
        """Take the lines of the segments or periods.

        Parameters
        ----------
        report : ValidationReport
            Of a sample with segments or periods.
        by : {"segment", "period"}, default="segment"
            Which of the two.

        Returns
        -------
        AucByGroupDisplay

        Raises
        ------
        InvalidParameterError
            No report, or another word.
        InvalidDataError
            The sample had no such groups, or no AUC as a whole.
        """
        owner = f"{cls.__name__}.from_report"
        check_kind(report, "report", owner, ValidationReport)
        check_choice(by, "by", owner, ("segment", "period"))
        table = report.table()
        lines = table[table["test"] == f"AUC by {by}"]
        whole = table[table["test"] == "AUC"]
        if not len(lines) or not len(whole):
            msg = f"The report has no AUC by {by}. Give the ValidationSample {by}=."
            raise InvalidDataError(msg)
        groups = pd.DataFrame(
            {
                "group": [subject.removeprefix(f"{by} ") for subject in lines["subject"]],
                "auc": lines["statistic"].to_numpy(),
                "lower": lines["lower"].to_numpy(),
                "upper": lines["upper"].to_numpy(),
            }
        )
        line = whole.iloc[0]
        ends = (float(line["statistic"]), float(line["lower"]), float(line["upper"]))
        return cls(groups=groups, whole=ends, by=by)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.groups.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw the AUC of each group; the axes are then in ``ax_``."""
        ax = new_axes(ax)
        at = np.arange(len(self.groups))
        estimate, lower, upper = self.whole
        ax.axhline(estimate, color=MUTED, linewidth=1.2, label="whole sample")
        if np.isfinite(lower):
            ax.axhspan(lower, upper, color=MUTED, alpha=0.2, linewidth=0)
        known = self.groups["auc"].notna().to_numpy()
        held = self.groups[known]
        arms = [
            np.nan_to_num(held["auc"] - held["lower"]).tolist(),
            np.nan_to_num(held["upper"] - held["auc"]).tolist(),
        ]
        ax.errorbar(at[known], held["auc"], yerr=arms, fmt="o", color=GOOD, markersize=5,
                    capsize=3, linewidth=1.3, label=f"{self.by}, with interval")  # fmt: skip
        for place in at[~known]:
            ax.annotate("not tested", (place, estimate), rotation=90, ha="center", va="center",
                        color=MUTED, fontsize=8)  # fmt: skip
        half = max(len(at), 4) / 2 + 0.1
        middle = (len(at) - 1) / 2
        ax.set_xlim(middle - half, middle + half)
        name_ticks(ax, at.tolist(), [shorten(str(name), 24) for name in self.groups["group"]])
        ax.set_ylabel("AUC", color=INK)
        ax.legend(frameon=False, loc="best", fontsize=9)
        clean_axes(ax, title=f"Discrimination by {self.by}")
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line how far the groups are apart."""
        low, high = self.groups["auc"].min(), self.groups["auc"].max()
        n = len(self.groups)
        return f"{type(self).__name__}({n} {self.by}{'s' * (n != 1)}, AUC {low:.3f} to {high:.3f})"
