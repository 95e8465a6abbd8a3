"""What an assessment of fairness found: by group, and between groups."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd
from scipy.special import ndtr, ndtri

from creditscore._display import html_table
from creditscore.exceptions import InvalidParameterError
from creditscore.validate._battery._finding import Finding, Verdict, verdict_of, worst_of
from creditscore.validate._fairness._adverse_impact import AdverseImpact
from creditscore.validate._fairness._fairness_settings import FairnessSettings
from creditscore.validate._fairness._group_calibration import SOURCE as LINE_SOURCE
from creditscore.validate._fairness._mean_difference import MeanDifference

BOUNDED = (
    "equal opportunity difference",
    "false positive rate difference",
    "equalised odds difference",
    "predictive parity difference",
)
"""Comparisons that are judged by their size first."""
_DELONG = "DeLong, DeLong and Clarke-Pearson 1988"
_SHARES = (
    *("share", "bad_rate", "approval_rate", "bad_rate_approved", "approval_rate_goods"),
    *("false_positive_rate", "false_negative_rate"),
)
_FORMATS: dict[str, Any] = {
    "count": "{:,.0f}",
    **dict.fromkeys(_SHARES, "{:.1%}"),
    **dict.fromkeys(("impact_ratio", "auc", "observed_to_predicted"), "{:.3f}"),
    **dict.fromkeys(("in_the_large", "slope", "mean_difference"), "{:.3f}"),
}


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class FairnessReport:
    """Rates, errors and calibration of a decision by group; by :func:`fairness_table`.

    Attributes
    ----------
    groups : DataFrame
        A row a group; :func:`fairness_table` says what its columns are.
    measures : DataFrame
        A row a comparison of groups: measure, statistic, p_value, verdict, source, note.
    impact : AdverseImpact
        Approval rates against that of the reference.
    mean_difference : MeanDifference
        Scores against those of the reference.
    notes : tuple of str
        What a reader must know of these measures together.
    settings : FairnessSettings
        Where the lines were drawn.

    Examples
    --------
    >>> from creditscore.validate import fairness_table
    >>> fairness_table(
    ...     [0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.4, 0.2, 0.3, 0.5], list("aaabbb"), cutoff=0.25
    ... )
    <FairnessReport: 2 groups, 3 of 6 approved, least ratio 0.500, verdict fail>
    """

    groups: pd.DataFrame
    measures: pd.DataFrame
    impact: AdverseImpact
    mean_difference: MeanDifference
    notes: tuple[str, ...]
    settings: FairnessSettings

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all lines."""
        return worst_of(finding.verdict for finding in self.findings())

    def measure(self, name: str) -> float:
        """Return the statistic of one comparison by its name in `measures`."""
        statistics = dict(zip(self.measures["measure"], self.measures["statistic"], strict=True))
        if name not in statistics:
            msg = f"There is no measure {name!r}. There are: {', '.join(map(repr, statistics))}."
            raise InvalidParameterError(msg)
        return float(statistics[name])

    def findings(self) -> tuple[Finding, ...]:
        """Return the lines of a report: between groups first, then group by group."""
        between = [
            Finding(
                part="fairness",
                test=row["measure"],
                subject="between groups",
                measure="statistic" if row["measure"].startswith("one ") else "value",
                statistic=float(row["statistic"]),
                p_value=float(row["p_value"]),
                verdict=row["verdict"],
                judged_by="bound" if row["measure"] in BOUNDED else "p-value",
                source=row["source"],
                note=row["note"],
            )
            for row in self.measures.to_dict("records")
        ]
        said = [
            Finding(
                part="fairness",
                test="how measures of fairness agree",
                subject="between groups",
                measure="note",
                verdict="information",
                source="Kleinberg, Mullainathan and Raghavan 2016; Chouldechova 2017",
                note=note,
            )
            for note in self.notes
        ]
        own = [line for row in self.groups.to_dict("records") for line in self._of_group(row)]
        return (*between, *said, *self.impact.findings(), *self.mean_difference.findings(), *own)

    def _of_group(self, row: dict[str, Any]) -> list[Finding]:
        """Write the AUC and the calibration of a group."""
        subject = f"group {row['group']}"
        lines = [
            Finding(
                part="fairness",
                test="AUC by group",
                subject=subject,
                measure="AUC",
                statistic=row["auc"],
                lower=row["auc_lower"],
                upper=row["auc_upper"],
                band="interval",
                verdict="not tested" if math.isnan(row["auc"]) else "information",
                source=_DELONG,
                note=row["note"],
            )
        ]
        if "predicted" not in row:
            return lines
        for name, true in (("in_the_large", 0.0), ("slope", 1.0)):
            p_value = _p_value(row, name, true, self.settings.level)
            judged = row["judged"] or row["group"] == self.impact.reference
            verdict = verdict_of(
                p_value,
                watch_below=self.settings.watch_below,
                fail_below=self.settings.fail_below,
            )
            lines.append(
                Finding(
                    part="fairness",
                    test=f"calibration within group, {name.replace('_', ' ')}",
                    subject=subject,
                    measure="log-odds" if name == "in_the_large" else "slope",
                    statistic=row[name],
                    p_value=p_value,
                    lower=row[f"{name}_lower"],
                    upper=row[f"{name}_upper"],
                    band="interval",
                    verdict=verdict if judged or verdict == "not tested" else "information",
                    source=LINE_SOURCE,
                    note=f"observed / predicted {row['observed_to_predicted']:.3f}",
                )
            )
        return lines

    def __repr__(self) -> str:
        """Say in one line how it came out."""
        n, count = len(self.groups), self.impact.table
        ratio = self.impact.ratio
        least = "no ratio" if math.isnan(ratio) else f"least ratio {ratio:.3f}"
        return (
            f"<FairnessReport: {n} group{'s' * (n != 1)}, {count['n_selected'].sum():,} of "
            f"{count['n_applicants'].sum():,} approved, {least}, verdict {self.verdict}>"
        )

    def _repr_html_(self) -> str:
        shown = [name for name in self.groups if name in ("group", "note", *_FORMATS)]
        formats = {name: how for name, how in _FORMATS.items() if name in shown}
        first = html_table(self.groups[shown], caption="Fairness by group", formats=formats)
        numbers = {"statistic": "{:.4f}", "p_value": "{:.4f}"}
        caption = " ".join(("Between groups.", *self.notes))
        return first + html_table(self.measures, caption=caption, formats=numbers)


def _p_value(row: dict[str, Any], name: str, true: float, level: float) -> float:
    """Return Wald's p-value, from the interval."""
    half = (row[f"{name}_upper"] - row[f"{name}_lower"]) / 2
    if math.isnan(half) or half == 0:
        return math.nan
    error = half / float(ndtri(0.5 + level / 2))
    return 2 * float(ndtr(-abs(row[name] - true) / error))
