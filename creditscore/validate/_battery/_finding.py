"""One line of a validation: what was tested on whom, the number, and the verdict."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol, TypeAlias, get_args

import pandas as pd

from creditscore._validation import check_choice
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.metrics import Interval, SignificanceTest

Part: TypeAlias = Literal[
    "discrimination",
    "calibration",
    "stability",
    "concentration",
    "overfitting",
    "data",
    "fairness",
]
"""What a test is about."""
Verdict: TypeAlias = Literal["pass", "watch", "fail", "information", "not tested"]
"""What a line says: three grades of a test, a number without a bound, or a test that could not be
made, with the reason in the note."""

PARTS: tuple[Part, ...] = get_args(Part)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
GRADED: tuple[Verdict, ...] = ("fail", "watch", "pass")
"""Verdicts of what was judged, the worst first."""
NO_VARIANCE = "no variance is left to test with"
MIGRATION = "stability of the migration matrix"
"""The test whose subjects are ways from a grade to another."""
LETTERS: dict[Verdict, str] = {
    "pass": "✓", "watch": "!", "fail": "✗", "not tested": "–", "information": "",
}  # fmt: skip
"""Verdicts as letters, where there is no room for words."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line of a validation.

    Attributes
    ----------
    part : {"discrimination", "calibration", "stability", "concentration", "overfitting", "data", \
"fairness"}
        What the test is about.
    test : str
        Name of the test.
    subject : str, default="portfolio"
        Who or what was tested, such as "grade BBB" or "period 2021".
    measure : str
        What the statistic is.
    statistic : float, default=nan
        Its value.
    p_value : float, default=nan
        NaN for a number that is no test.
    lower, upper : float, default=nan
        Confidence interval of the statistic, or the band in which it should lie, as `band` says.
    band : {"interval", "acceptance", ""}, default=""
        What `lower` and `upper` are.
    verdict : {"pass", "watch", "fail", "information", "not tested"}, default="information"
        What follows.
    judged_by : {"p-value", "bound", ""}, optional
        What the verdict goes by. By default the p-value where there is one and no band of
        acceptance, a bound of the statistic elsewhere, and "" where nothing is judged.
    source : str
        Where the test and its bound are from.
    note : str, default=""
        What a reader needs besides; why a test could not be made.

    Raises
    ------
    InvalidParameterError
        A word that is none of these, or a p-value outside [0, 1].

    Examples
    --------
    >>> from creditscore.validate import Finding
    >>> finding = Finding(
    ...     part="stability", test="population stability", measure="PSI", statistic=0.04,
    ...     lower=0, upper=0.1, band="acceptance", verdict="pass", source="Siddiqi 2017, ch. 14",
    ... )
    >>> finding.verdict
    'pass'
    """

    part: Part
    test: str
    subject: str = "portfolio"
    measure: str
    statistic: float = math.nan
    p_value: float = math.nan
    lower: float = math.nan
    upper: float = math.nan
    band: Literal["interval", "acceptance", ""] = ""
    verdict: Verdict = "information"
    judged_by: Literal["p-value", "bound", ""] = ""
    source: str
    note: str = ""

    def __post_init__(self) -> None:
        """Check the words, and say what the verdict goes by."""
        check_choice(self.part, "part", "Finding", PARTS)
        check_choice(self.verdict, "verdict", "Finding", VERDICTS)
        check_choice(self.band, "band", "Finding", ("interval", "acceptance", ""))
        check_choice(self.judged_by, "judged_by", "Finding", ("p-value", "bound", ""))
        if not (math.isnan(self.p_value) or 0 <= self.p_value <= 1):
            msg = f"The p_value of a Finding must be NaN or in [0, 1]. Got {self.p_value!r}."
            raise InvalidParameterError(msg)
        by_test = not math.isnan(self.p_value) and self.band != "acceptance"
        by = self.judged_by or ("p-value" if by_test else "bound")
        object.__setattr__(self, "judged_by", by if self.verdict in GRADED else "")


class HasFindings(Protocol):
    """A result that a report can take in: it says what it found."""

    def findings(self) -> tuple[Finding, ...]:
        """Return a finding for each line of the report."""
        ...


def verdict_of(p_value: float, *, watch_below: float, fail_below: float) -> Verdict:
    """Grade a p-value; one that is not known is no test."""
    if math.isnan(p_value):
        return "not tested"
    if p_value < fail_below:
        return "fail"
    return "watch" if p_value < watch_below else "pass"


def rising_verdict(value: float, *, watch_above: float, fail_above: float) -> Verdict:
    """Grade a number that should be low."""
    if math.isnan(value):
        return "not tested"
    if value > fail_above:
        return "fail"
    return "watch" if value > watch_above else "pass"


def told(
    part: Part,
    test: str,
    measure: str,
    value: float,
    source: str,
    note: str = "",
    subject: str = "portfolio",
) -> Finding:
    """Write a number that no bound judges."""
    return Finding(
        part=part,
        test=test,
        subject=subject,
        measure=measure,
        statistic=float(value),
        source=source,
        note=note,
    )


def not_tested(
    part: Part, test: str, measure: str, source: str, why: str, subject: str = "portfolio"
) -> Finding:
    """Write a test that could not be made, and why."""
    return Finding(
        part=part,
        test=test,
        subject=subject,
        measure=measure,
        verdict="not tested",
        source=source,
        note=why,
    )


def tried(
    make: Callable[[], Iterable[Finding]],
    part: Part,
    test: str,
    *,
    measure: str,
    source: str,
    subject: str = "portfolio",
) -> tuple[Finding, ...]:
    """Make lines; where the cases do not allow them, a line that says why."""
    try:
        return tuple(make())
    except InvalidDataError as error:
        return (not_tested(part, test, measure, source, str(error), subject),)


def finding_of_test(
    test: SignificanceTest,
    part: Part,
    verdict: Verdict,
    *,
    measure: str = "statistic",
    subject: str = "portfolio",
    note: str = "",
) -> Finding:
    """Write a significance test as a line."""
    return Finding(
        part=part,
        test=test.name,
        subject=subject,
        measure=measure,
        statistic=test.statistic,
        p_value=test.p_value,
        verdict=verdict,
        source=test.source,
        note=NO_VARIANCE if math.isnan(test.p_value) else note,
    )


def finding_of_interval(
    interval: Interval,
    part: Part,
    *,
    test: str,
    measure: str,
    source: str,
    subject: str = "portfolio",
    note: str = "",
) -> Finding:
    """Write an estimate with its interval as a line without a verdict."""
    return Finding(
        part=part,
        test=test,
        subject=subject,
        measure=measure,
        statistic=interval.estimate,
        lower=interval.lower,
        upper=interval.upper,
        band="interval",
        source=source,
        note=note or f"{interval.level:.0%} interval",
    )


def worst_of(verdicts: Iterable[str]) -> Verdict:
    """Return the worst verdict: "fail", "watch", "pass", or "information" where none is judged."""
    said = set(verdicts)
    return next((word for word in GRADED if word in said), "information")


def findings_table(findings: Iterable[Finding]) -> pd.DataFrame:
    """Return a row a finding."""
    rows: list[dict[str, Any]] = [asdict(finding) for finding in findings]
    return pd.DataFrame(rows, columns=list(Finding.__dataclass_fields__))
