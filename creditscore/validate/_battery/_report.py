"""The validator's file: every test made, with number, verdict and source."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import Format, counted, html_table
from creditscore._document import JsonDocument
from creditscore._typing import Float1D
from creditscore.exceptions import InvalidParameterError
from creditscore.validate._battery._finding import (
    PARTS,
    VERDICTS,
    Finding,
    HasFindings,
    Verdict,
    findings_table,
    worst_of,
)
from creditscore.validate._battery._markdown import report_markdown
from creditscore.validate._battery._settings import ValidationSettings
from creditscore.validate._battery._views import LEGEND, to_look_at, views
from creditscore.validate._tests._multiple import adjust_p_values

_NUMBERS = ("statistic", "p_value", "lower", "upper")
_COLUMNS = (
    *("part", "test", "subject", "measure", "statistic", "p_value", "p_adjusted"),
    *("lower", "upper", "band", "verdict", "judged_by", "source", "note"),
)


@dataclass(frozen=True, kw_only=True, repr=False)
class ValidationReport(JsonDocument):
    """What a validation found, line by line.

    Made by :func:`validate_scores`.

    Attributes
    ----------
    findings : tuple of Finding
        The lines.
    settings : ValidationSettings
        Where the lines between verdicts were drawn.
    sample : str
        What was validated, in words.
    reference : str, default=""
        What it was compared with, in words.

    Notes
    -----
    A small p-value of a line that is judged by it speaks against the model. Of many tests some
    come out significant by chance: of 60 at 5 %, three. :meth:`table` has adjusted p-values
    beside the plain ones, over all lines that are judged by one; verdicts go by the plain ones,
    unless `settings.judge_adjusted` says otherwise. Verdicts by bounds, such as those of the
    population stability index, the traffic light and the adverse impact ratio, stay as they are.
    Some tests ask one question in several ways (Jeffreys, binomial, normal), so that adjusted
    p-values are rather too large than too small.

    Examples
    --------
    >>> from creditscore.validate import ValidationSample, validate_scores
    >>> sample = ValidationSample(is_bad=[0, 0, 1, 0, 1], prob_default=[0.1, 0.1, 0.4, 0.2, 0.6])
    >>> report = validate_scores(sample)
    >>> report.verdict
    'pass'
    >>> report.table()["part"].unique().tolist()
    ['discrimination', 'calibration']
    """

    _format: ClassVar[str] = "creditscore.validation_report"

    findings: tuple[Finding, ...]
    settings: ValidationSettings
    sample: str
    reference: str = ""

    def __post_init__(self) -> None:
        """Check that lines are findings."""
        object.__setattr__(self, "findings", tuple(self.findings))
        check_kind(self.settings, "settings", type(self).__name__, ValidationSettings)
        for finding in self.findings:
            check_kind(finding, "findings", type(self).__name__, Finding)

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all lines: "fail", "watch" or "pass"."""
        return worst_of(self._verdicts())

    @property
    def n_tests(self) -> int:
        """Number of lines that are judged by a p-value."""
        return int((~np.isnan(self._judged)).sum())

    @property
    def multiplicity(self) -> str:
        """How many tests there are, and how many of them chance would make significant."""
        n, level = self.n_tests, self.settings.watch_below
        judged = "adjusted" if self.settings.judge_adjusted else "unadjusted"
        return (
            f"{counted(n, 'test')} judged by a p-value: at {level:g}, chance alone would make "
            f"about {n * level:.1f} of them significant. Verdicts go by {judged} p-values; "
            f"p_adjusted is by the method {self.settings.adjustment!r}."
        )

    def table(self) -> pd.DataFrame:
        """Return the lines as a tidy table.

        Returns
        -------
        DataFrame
            A row a line: part, test, subject, measure, statistic, p_value, p_adjusted (over all
            lines that are judged by a p-value), lower, upper, band ("interval" or "acceptance"),
            verdict, judged_by ("p-value", "bound" or ""), source, note.
        """
        table = findings_table(self.findings)
        table["p_adjusted"] = self._adjusted
        table["verdict"] = self._verdicts()
        return table[list(_COLUMNS)]

    def summary(self) -> pd.DataFrame:
        """Count verdicts by part.

        Returns
        -------
        DataFrame
            A row a part that was looked at, a column a verdict, and the worst of them.
        """
        table = self.table()
        parts = [part for part in PARTS if (table["part"] == part).any()]
        counts = pd.crosstab(table["part"], table["verdict"])
        counts = counts.reindex(index=parts, columns=list(VERDICTS), fill_value=0)
        worst = [worst_of(word for word in VERDICTS if counts.loc[part, word]) for part in parts]
        return counts.assign(worst=worst).rename_axis(columns=None).reset_index()

    def with_findings(self, *results: HasFindings | Iterable[Finding] | ValidationReport) -> Self:
        """Return the report with further lines.

        Parameters
        ----------
        *results : results with findings, lists of Finding, or other reports
            Such as those of the tests of fairness, of overfitting and of the data.

        Returns
        -------
        ValidationReport

        Raises
        ------
        InvalidParameterError
            What is given has no findings.
        """
        added: list[Finding] = []
        for result in results:
            found = getattr(result, "findings", result)
            lines = found() if callable(found) else found
            if not isinstance(lines, Iterable) or isinstance(lines, (str, pd.DataFrame)):
                msg = (
                    "with_findings takes results that have findings(), or lists of Finding. Got "
                    f"{type(result).__name__}."
                )
                raise InvalidParameterError(msg)
            added.extend(lines)
        return replace(self, findings=(*self.findings, *added))

    def to_markdown(self) -> str:
        """Write the report as Markdown text.

        Returns
        -------
        str
            Verdicts by part, the lines that fail or are to be watched, then every line: those of
            the whole in lists, those of grades, segments and periods in tables with a column a
            test; notes and sources.
        """
        return report_markdown(self)

    @cached_property
    def _judged(self) -> Float1D:
        """The p-values that lines are judged by; NaN for lines that are judged otherwise."""
        return np.array(
            [line.p_value if line.judged_by == "p-value" else math.nan for line in self.findings],
            dtype=np.float64,
        )

    @cached_property
    def _adjusted(self) -> Float1D:
        return adjust_p_values(self._judged, method=self.settings.adjustment)

    def _verdicts(self) -> list[Verdict]:
        """Return the verdict of each line; those by p-values are judged anew if that is asked."""
        if not self.settings.judge_adjusted:
            return [line.verdict for line in self.findings]
        return [
            line.verdict if math.isnan(p_value) else self.settings.verdict(p_value)
            for line, p_value in zip(self.findings, self._adjusted.tolist(), strict=True)
        ]

    def _content(self) -> dict[str, Any]:
        return {
            "sample": self.sample,
            "reference": self.reference,
            "settings": asdict(self.settings),
            "findings": [_plain(finding) for finding in self.findings],
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(
            sample=content["sample"],
            reference=content["reference"],
            settings=ValidationSettings(**content["settings"]),
            findings=tuple(_finding(entry) for entry in content["findings"]),
        )

    def __repr__(self) -> str:
        """Say in one line how it came out."""
        verdicts = self.table()["verdict"].value_counts()
        told = ", ".join(f"{verdicts[word]} {word}" for word in VERDICTS if word in verdicts)
        return f"<ValidationReport of {self.sample}: {told or 'no lines'}>"

    def _repr_html_(self) -> str:
        """Show verdicts by part, what to look at, and every line in lists and tables by group."""
        table = self.table()
        parts = [
            html_table(
                self.summary(),
                caption=f"Validation of {self.sample}: {self.verdict}. {self.multiplicity}",
                formats={},
            )
        ]
        looked_at = to_look_at(table)
        if len(looked_at):
            parts.append(html_table(looked_at, caption="To look at", formats=_right(looked_at)))
        for part in table["part"].unique():
            rows = table[table["part"] == part]
            for view in views(rows, adjusted=self.settings.judge_adjusted):
                caption = f"{part.capitalize()}. {view.title}".removesuffix(". ")
                parts.append(html_table(view.table, caption=caption, formats=_right(view.table)))
        return f"<div>{''.join(parts)}<p>{LEGEND}</p></div>"


def _right(table: pd.DataFrame) -> dict[str, Format]:
    """Align numbers to the right, which are texts already."""
    return {name: str for name in ("value", "p", "p adjusted", "band") if name in table}


def _plain(finding: Finding) -> dict[str, Any]:
    """Write a line without numbers that JSON does not know."""
    entry = asdict(finding)
    for name in _NUMBERS:
        value = float(entry[name])
        entry[name] = value if math.isfinite(value) else _WORDS[str(value)]
    return entry


def _finding(entry: Mapping[str, Any]) -> Finding:
    numbers = {
        name: float("nan") if entry[name] is None else float(entry[name]) for name in _NUMBERS
    }
    return Finding(**{**entry, **numbers})


_WORDS: dict[str, str | None] = {"nan": None, "inf": "inf", "-inf": "-inf"}
