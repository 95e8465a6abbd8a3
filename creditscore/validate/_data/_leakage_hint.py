"""What looks like a leak: the column, what gave it away, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import counted, html_table
from creditscore._validation import check_choice
from creditscore.validate._battery._finding import Finding, Verdict, not_tested, told
from creditscore.validate._data._bounds import PRACTICE
from creditscore.validate._data._leakage_settings import LeakageSettings

Sureness: TypeAlias = Literal["certain", "likely", "possible"]
"""How sure a hint is: a fact of the data; hard to explain otherwise; worth a look."""
LeakageCheck: TypeAlias = Literal[
    "known too late",
    "equals the outcome",
    "separates perfectly",
    "constant within an outcome",
    "pure value",
    "strong alone",
    "missing values tell",
    "identifier",
    "row order",
    "repeated rows",
    "jump between periods",
]
"""What gave a leak away."""

CHECKS: tuple[LeakageCheck, ...] = get_args(LeakageCheck)
SURENESS: tuple[Sureness, ...] = get_args(Sureness)
ROWS = "(rows)"
"""The subject of what is about rows and no column."""

_VERDICTS: dict[Sureness, Verdict] = {"certain": "fail", "likely": "fail", "possible": "watch"}
_SOURCES = {
    "strong alone": "Siddiqi, Intelligent Credit Scoring, 2nd ed., 2017, ch. 10; AUC is practice",
    "known too late": "Kaufman, Rosset and Perlich, Leakage in Data Mining, KDD 2011",
}


@dataclass(frozen=True, kw_only=True)
class LeakageHint:
    """One hint that a column knows more than it could have known.

    Attributes
    ----------
    column : str
        Name of the column, or "(rows)".
    check : str
        What gave it away: "known too late", "equals the outcome", "separates perfectly", "constant
        within an outcome", "pure value", "strong alone", "missing values tell", "identifier", "row
        order", "repeated rows" or "jump between periods".
    sureness : {"certain", "likely", "possible"}
        A fact of the data; hard to explain otherwise; worth a look.
    statistic : float
        The number behind it.
    reason : str
        What was seen, in a sentence.

    Examples
    --------
    >>> from creditscore.validate import LeakageHint
    >>> LeakageHint(column="recoveries", check="pure value", sureness="likely", statistic=812,
    ...             reason="all 812 rows with '>= 0.01' are bad").sureness
    'likely'
    """

    column: str
    check: LeakageCheck
    sureness: Sureness
    statistic: float
    reason: str

    def __post_init__(self) -> None:
        """Check the words."""
        check_choice(self.check, "check", "LeakageHint", CHECKS)
        check_choice(self.sureness, "sureness", "LeakageHint", SURENESS)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class LeakageHints:
    """Hints of leaks, the surest first; by :func:`leakage_hints`.

    Without a hint, the sample is not shown to be clean: these checks found nothing in it.

    Attributes
    ----------
    hints : tuple of LeakageHint
        None, one or more.
    measures : DataFrame
        A row a column that was looked at: column, kind, n_distinct, missing (share), iv, auc (of
        the column alone, 0.5 or more), missing_gap (share of missing values of bads less goods).
    not_made : Mapping of str to str
        Checks that were not made, and columns that were not looked at, with the reason.
    n, n_bad : int
        Rows, and how many of them are bad.
    settings : LeakageSettings
        Bounds.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from creditscore.validate import leakage_hints
    >>> is_bad = np.random.default_rng(0).random(1000) < 0.2
    >>> X = pd.DataFrame({"collection_fee": np.where(is_bad, 40.0, 0.0)})
    >>> found = leakage_hints(X, is_bad)
    >>> found
    <LeakageHints: 1 hint in 1 column: 'collection_fee' separates perfectly (certain)>
    """

    hints: tuple[LeakageHint, ...]
    measures: pd.DataFrame
    not_made: Mapping[str, str]
    n: int
    n_bad: int
    settings: LeakageSettings

    def __post_init__(self) -> None:
        """Check that hints are hints, and put the surest first."""
        for hint in self.hints:
            check_kind(hint, "hints", type(self).__name__, LeakageHint)
        ordered = sorted(
            self.hints, key=lambda hint: (SURENESS.index(hint.sureness), CHECKS.index(hint.check))
        )
        object.__setattr__(self, "hints", tuple(ordered))

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns with a hint, the surest first."""
        return tuple(dict.fromkeys(hint.column for hint in self.hints))

    def table(self) -> pd.DataFrame:
        """Return a row a hint.

        Returns
        -------
        DataFrame
            column, check, sureness, statistic, reason; the surest first.
        """
        names = list(LeakageHint.__dataclass_fields__)
        rows = [[getattr(hint, name) for name in names] for hint in self.hints]
        return pd.DataFrame(rows, columns=names)

    def findings(self) -> tuple[Finding, ...]:
        """Return the lines of a report: hints, or that none was found, then what was not made."""
        lines = [
            Finding(
                part="data",
                test=f"leakage: {hint.check}",
                subject=hint.column if hint.column == ROWS else f"characteristic {hint.column}",
                measure="statistic of the hint",
                statistic=hint.statistic,
                verdict=_VERDICTS[hint.sureness],
                source=_SOURCES.get(hint.check, PRACTICE),
                note=f"{hint.sureness}: {hint.reason}",
            )
            for hint in self.hints
        ]
        if not lines:
            note = f"no hint found in {counted(len(self.measures), 'column')}, which proves nothing"
            lines.append(told("data", "leakage", "hints", 0, PRACTICE, note))
        lines += [
            not_tested("data", "leakage", "hints", PRACTICE, why, subject)
            for subject, why in self.not_made.items()
        ]
        return tuple(lines)

    def __repr__(self) -> str:
        """Say in one line what was found."""
        if not self.hints:
            looked = counted(len(self.measures), "column")
            return f"<LeakageHints: no hint found in {looked}, which proves nothing>"
        first, n = self.hints[0], len(self.hints)
        more = f" and {n - 1} more" if n > 1 else ""
        return (
            f"<LeakageHints: {counted(n, 'hint')} in {counted(len(self.columns), 'column')}: "
            f"{first.column!r} {first.check} ({first.sureness}){more}>"
        )

    def _repr_html_(self) -> str:
        n = (
            counted(len(self.hints), "hint")
            if self.hints
            else "No hint found, which proves nothing"
        )
        caption = f"{n}; {self.n:,} rows, {self.n_bad:,} bad"
        return html_table(self.table(), caption=caption, formats={"statistic": "{:.4g}"})
