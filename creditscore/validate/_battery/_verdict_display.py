"""All verdicts of a part at one look: tests by subjects, in colours and letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import BAD, GOOD, INK, MUTED, clean_axes, new_axes, shorten
from creditscore._validation import check_choice
from creditscore.exceptions import InvalidDataError
from creditscore.validate._battery._finding import LETTERS, PARTS, Part, Verdict
from creditscore.validate._battery._report import ValidationReport

_COLOURS: dict[Verdict, str] = {"pass": GOOD, "watch": "#e0b64a", "fail": BAD, "not tested": MUTED}
_INCHES_A_ROW = 0.32
_INCHES_A_COLUMN = 0.8
_INCHES_OF_NAMES = 4.4
_WIDEST = 18.0


@dataclass(kw_only=True, repr=False)
class VerdictDisplay:
    """Verdicts of a part of a validation, a row a test and a column a subject.

    Made by :meth:`from_report`. Verdicts are letters as well as colours: ✓ pass, ! watch, ✗ fail,
    – not tested.

    Attributes
    ----------
    verdicts : DataFrame
        Rows are tests, columns subjects; empty where a test was not made of a subject.
    part : str
        What the tests are about.

    Examples
    --------
    >>> from creditscore.validate import ValidationSample, VerdictDisplay, validate_scores
    >>> sample = ValidationSample(
    ...     is_bad=[0, 0, 0, 1], prob_default=[0.1, 0.1, 0.4, 0.4], grade=["A", "A", "B", "B"]
    ... )
    >>> display = VerdictDisplay.from_report(validate_scores(sample), part="calibration")
    >>> display
    VerdictDisplay(calibration: 8 tests of 4 subjects, 20 pass, 1 not tested)
    >>> display.frame().loc["Jeffreys", "grade B"]
    'pass'
    """

    verdicts: pd.DataFrame
    part: str

    @classmethod
    def from_report(cls, report: ValidationReport, *, part: Part = "calibration") -> Self:
        """Take the lines of a part that have a verdict.

        Parameters
        ----------
        report : ValidationReport
            The report.
        part : {"discrimination", "calibration", "stability", "concentration", "overfitting", \
"data", "fairness"}, default="calibration"
            Which part of it.

        Returns
        -------
        VerdictDisplay

        Raises
        ------
        InvalidParameterError
            No report, or no part.
        InvalidDataError
            No line of the part has a verdict.
        """
        owner = f"{cls.__name__}.from_report"
        check_kind(report, "report", owner, ValidationReport)
        check_choice(part, "part", owner, PARTS)
        table = report.table()
        table = table[(table["part"] == part) & (table["verdict"] != "information")]
        if not len(table):
            msg = f"No line about {part} has a verdict. The report has: {report.summary()}"
            raise InvalidDataError(msg)
        tests, subjects = (list(dict.fromkeys(table[name])) for name in ("test", "subject"))
        worst = table.assign(rank=table["verdict"].map({"fail": 0, "watch": 1, "pass": 2}))
        first = worst.sort_values("rank", kind="stable").drop_duplicates(["test", "subject"])
        grid = first.pivot_table(index="test", columns="subject", values="verdict", aggfunc="first")
        return cls(verdicts=grid.reindex(index=tests, columns=subjects).fillna(""), part=part)

    def frame(self) -> pd.DataFrame:
        """Return the verdicts behind the picture."""
        return self.verdicts.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw the grid; the axes are then in ``ax_``."""
        rows, columns = self.verdicts.shape
        width = min(_WIDEST, _INCHES_OF_NAMES + _INCHES_A_COLUMN * max(columns, 3))
        ax = new_axes(ax, size=(width, 1.6 + _INCHES_A_ROW * rows))
        for verdict, colour in _COLOURS.items():
            y, x = np.nonzero((self.verdicts == verdict).to_numpy())
            if not len(x):
                continue
            ax.bar(x, 0.86, bottom=y - 0.43, width=0.92, color=colour, label=verdict)
            for at in zip(x, y, strict=True):
                ax.text(*at, LETTERS[verdict], ha="center", va="center", color="white",
                        fontweight="bold", fontsize=10)  # fmt: skip
        ax.set(xlim=(-0.6, columns - 0.4), ylim=(rows - 0.4, -0.6))
        ax.set_yticks(range(rows), [shorten(test, 40) for test in self.verdicts.index])
        clean_axes(ax, title=f"Verdicts: {self.part}")
        ax.grid(visible=False)
        names = [shorten(name, 24) for name in self.verdicts.columns]
        ax.set_xticks(range(columns), names, parse_math=False)
        for label in ax.get_xticklabels():
            label.set(rotation=40, ha="right", rotation_mode="anchor")
        ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=9,
                  labelcolor=INK)  # fmt: skip
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line how the verdicts are; :meth:`frame` has them."""
        rows, columns = self.verdicts.shape
        counts = pd.Series(self.verdicts.to_numpy().ravel()).value_counts()
        told = ", ".join(f"{counts[word]} {word}" for word in _COLOURS if word in counts)
        return f"{type(self).__name__}({self.part}: {rows} tests of {columns} subjects, {told})"
