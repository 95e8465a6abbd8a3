"""Is the test sample apart from the one of the fit: rows, customers, time, bad rate."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from creditscore._display import html_table
from creditscore._frame import Table, as_table
from creditscore._typing import Bool1D, Int1D, NativeFrame
from creditscore._validation import check_outcomes, check_same_order
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.validate._battery._finding import (
    Finding,
    Verdict,
    findings_table,
    not_tested,
    worst_of,
)
from creditscore.validate._data._attributes import checked_names
from creditscore.validate._data._bounds import PRACTICE
from creditscore.validate._data._known_dates import Days, read_days
from creditscore.validate._data._row_groups import row_groups

_SHARED = 0.01
"""Share of rows of the test that stand in the sample of the fit, beyond coincidence: "fail"."""
_RATE = (0.10, 0.25)
"""Changes of the bad rate, over the old one: "watch", and "fail"."""
_LEVEL = 0.05
"""The change of the bad rate is beyond chance below this p-value."""
_SHOWN = ("test", "measure", "statistic", "p_value", "verdict", "note")
_MOST = 0.75
"""Share of a test sample before the middle of the fit from which on it is an earlier one."""


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class SplitCheck:
    """How far a test sample is apart from the one of the fit; by :func:`check_split`.

    Attributes
    ----------
    lines : tuple of Finding
        What was looked at.
    is_shared : ndarray of bool, shape (n_test,)
        Rows of the test that stand in the sample of the fit, equal in all columns compared.
    n_train, n_test : int
        Rows.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.validate import check_split
    >>> train = pd.DataFrame({"sales": [1.5, 2.5, 3.5], "staff": [3, 4, 5]})
    >>> check_split(train, train.iloc[[2]])
    <SplitCheck: fail; 1 of 1 test rows stand in the 3 rows of the fit>
    """

    lines: tuple[Finding, ...]
    is_shared: Bool1D
    n_train: int
    n_test: int

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all lines."""
        return worst_of(line.verdict for line in self.lines)

    def findings(self) -> tuple[Finding, ...]:
        """Return the lines of a report."""
        return self.lines

    def table(self) -> pd.DataFrame:
        """Return a row a line.

        Returns
        -------
        DataFrame
            test, measure, statistic, p_value (of the bad rates), verdict, note.
        """
        return findings_table(self.lines)[list(_SHOWN)]

    def __repr__(self) -> str:
        """Say in one line how it came out."""
        return (
            f"<SplitCheck: {self.verdict}; {int(self.is_shared.sum()):,} of {self.n_test:,} test "
            f"rows stand in the {self.n_train:,} rows of the fit>"
        )

    def _repr_html_(self) -> str:
        caption = f"{self.n_test:,} test rows and {self.n_train:,} of the fit: {self.verdict}"
        return html_table(
            self.table(), caption=caption, formats={"statistic": "{:.4g}", "p_value": "{:.4g}"}
        )


def check_split(
    X_train: NativeFrame,
    X_test: NativeFrame,
    y_train: Any = None,
    y_test: Any = None,
    *,
    columns: Sequence[str] | None = None,
    key: str | None = None,
    train_time: Any = None,
    test_time: Any = None,
) -> SplitCheck:
    """Check that a test sample is apart from the one of the fit, and comes after it.

    Parameters
    ----------
    X_train, X_test : table of shape (n_samples, n_columns)
        The sample of the fit, and the one that judges.
    y_train, y_test : array-like of shape (n_samples,), optional
        Outcomes, 1 for bad and 0 for good; both or neither.
    columns : sequence of str, optional
        Columns in which rows are compared; all that both have, but for the key, by default.
    key : str, optional
        Column that names the customer.
    train_time, test_time : str or array-like of shape (n_samples,), optional
        Day of each row, or the name of a column of days; both or neither.

    Returns
    -------
    SplitCheck

    Raises
    ------
    MissingColumnError
        A column or the key is not in one of the samples.
    InvalidParameterError
        One of a pair without the other.
    InvalidTargetError, InvalidDataError, ColumnTypeError
        Outcomes, days or columns that are none; no column in common.

    See Also
    --------
    leakage_hints : Looks at the columns.
    representativeness : Compares what is in them.

    Notes
    -----
    *Rows* are shared where they are equal in all columns compared, missing values alike. Any
    shared row is watched. In few coarse columns honest rows coincide: a row of the test does so
    with the chance that one of the fit equals another of the fit (Good and Turing's estimate). More
    than 1 % beyond that, and beyond two standard errors, fail. *Customers* that stand in both
    samples are watched, since their outcomes are not independent.

    *Time*: a test sample that lies after the fit passes, one that lies in the same time is
    watched, since it says nothing of later customers, and one of which more than three
    quarters lie before the middle of the fit fails.

    *Bad rates* are compared by a z test with pooled variance. A change by more than a tenth of the
    rate of the fit is watched, and by more than a quarter fails, where p is below 0.05; it
    moves calibration, and not of itself discrimination.

    O(n) for each column.

    Examples
    --------
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.validate import check_split
    >>> german = load_german_credit()
    >>> X, y = german.drop(columns="is_bad"), german["is_bad"]
    >>> found = check_split(X[:700], X[650:], y[:700], y[650:])
    >>> found.table()[["test", "statistic", "verdict"]].round(3)
                             test  statistic     verdict
    0    rows shared with the fit      0.143        fail
    1    rows that repeat another      0.000        pass
    2  test after the fit in time        NaN  not tested
    3    bad rate of both samples     -0.007        pass
    """
    tables = as_table(X_train), as_table(X_test)
    _check_pairs({"y_train": y_train, "y_test": y_test})
    _check_pairs({"train_time": train_time, "test_time": test_time})
    names = _compared(tables, columns, key)
    groups, _ = row_groups(tables, names)
    is_shared: Bool1D = np.isin(groups[1], groups[0])
    lines = [*_shared_rows(groups, is_shared), *_repeats(groups)]
    if key is not None:
        lines.append(_shared_customers(tables, key))
    lines += _time_lines(tables, train_time, test_time)
    if y_train is not None:
        outcomes = []
        for X, y, table, name in zip(
            (X_train, X_test), (y_train, y_test), tables, ("y_train", "y_test"), strict=True
        ):
            check_same_order(X, y, name=name)
            outcomes.append(check_outcomes(y, n_rows=table.n_rows, one_class=True, beside="X"))
        lines.append(_rates(*outcomes))
    return SplitCheck(
        lines=tuple(lines),
        is_shared=is_shared,
        n_train=tables[0].n_rows,
        n_test=tables[1].n_rows,
    )


def _check_pairs(pair: dict[str, Any]) -> None:
    given = [name for name, value in pair.items() if value is not None]
    if len(given) == 1:
        lacking = next(name for name in pair if name not in given)
        msg = f"check_split compares {given[0]} with {lacking}, and got no {lacking}."
        raise InvalidParameterError(msg)


def _compared(
    tables: tuple[Table, Table], columns: Sequence[str] | None, key: str | None
) -> list[str]:
    first, second = tables
    if key is not None:
        for table in tables:
            table.require([key])
    if columns is not None:
        names = list(checked_names(columns))
        for table in tables:
            table.require(names)
        return names
    names = [name for name in first.names if name in second.names and name != key]
    if not names:
        msg = (
            "The two samples have no column in common in which rows could be compared. The first "
            f"has: {', '.join(map(repr, first.names[:20]))}; the second: "
            f"{', '.join(map(repr, second.names[:20]))}."
        )
        raise InvalidDataError(msg)
    return names


def _line(
    test: str, measure: str, value: float, verdict: Verdict, note: str, p_value: float = math.nan
) -> Finding:
    return Finding(
        part="data",
        test=test,
        measure=measure,
        statistic=float(value),
        p_value=p_value,
        verdict=verdict,
        judged_by="bound",
        source=PRACTICE,
        note=note,
    )


def _shared_rows(groups: list[Int1D], is_shared: Bool1D) -> Iterator[Finding]:
    share, n = float(is_shared.mean()), len(is_shared)
    verdict: Verdict = "pass"
    note = f"{int(is_shared.sum()):,} of {n:,} rows of the test"
    if share > 0:
        by_chance = float((np.bincount(groups[0])[groups[0]] > 1).mean())
        error = math.sqrt(by_chance * (1 - by_chance) / n)
        verdict = "fail" if share - by_chance - 2 * error > _SHARED else "watch"
        if by_chance > 0:
            note += f"; {by_chance:.1%} of the rows of the fit equal another of them"
    yield _line("rows shared with the fit", "share of test rows", share, verdict, note)


def _repeats(groups: list[Int1D]) -> Iterator[Finding]:
    shares = [_repeated_share(part) for part in groups]
    note = f"{shares[0]:.1%} of the fit, {shares[1]:.1%} of the test"
    verdict: Verdict = "watch" if max(shares) > _SHARED else "pass"
    yield _line("rows that repeat another", "largest share of rows", max(shares), verdict, note)


def _repeated_share(groups: Int1D) -> float:
    """Return the share of rows that repeat an earlier one."""
    return 1 - len(np.unique(groups)) / len(groups)


def _shared_customers(tables: tuple[Table, Table], key: str) -> Finding:
    (first, second), _ = row_groups(tables, [key])
    shared = np.isin(np.unique(second), first)
    verdict: Verdict = "watch" if shared.any() else "pass"
    note = f"{int(shared.sum()):,} of {len(shared):,} customers of the test by {key!r}"
    return _line("customers in both samples", "share of customers", shared.mean(), verdict, note)


def _time_lines(tables: tuple[Table, Table], train_time: Any, test_time: Any) -> Iterator[Finding]:
    test, measure = "test after the fit in time", "share of test rows after the last of the fit"
    first = read_days(train_time, tables[0], "train_time")
    second = read_days(test_time, tables[1], "test_time")
    if first is None or second is None:
        why = "neither train_time nor test_time is given"
        yield not_tested("data", test, measure, PRACTICE, why)
        return
    first, second = _known(first, "train_time"), _known(second, "test_time")
    after = float(np.mean(second > first.max()))
    before = float(np.mean(second < np.sort(first)[len(first) // 2]))
    verdict: Verdict = "pass" if after == 1 else "fail" if before > _MOST else "watch"
    note = f"fit {first.min()} to {first.max()}, test {second.min()} to {second.max()}"
    if verdict != "pass":
        note += f"; {before:.0%} of the test lie before the middle of the fit"
    yield _line(test, measure, after, verdict, note)


def _known(days: Days, name: str) -> Days:
    missing = np.isnat(days)
    if missing.any():
        msg = (
            f"{name} has {int(missing.sum())} missing date(s), the first at row {missing.argmax()}."
        )
        raise InvalidDataError(msg)
    return days


def _rates(first: Bool1D, second: Bool1D) -> Finding:
    old, new = float(first.mean()), float(second.mean())
    p_value = _two_rates(first, second)
    change = abs(new - old) / old if old > 0 else math.inf if new > 0 else 0.0
    verdict: Verdict = "pass"
    if p_value < _LEVEL and change > _RATE[0]:
        verdict = "fail" if change > _RATE[1] else "watch"
    note = f"{old:.2%} of the fit are bad, {new:.2%} of the test"
    return _line("bad rate of both samples", "difference", new - old, verdict, note, p_value)


def _two_rates(first: Bool1D, second: Bool1D) -> float:
    """Return the two-sided p-value of equal rates, by the pooled variance."""
    n = len(first), len(second)
    pooled = (first.sum() + second.sum()) / sum(n)
    variance = pooled * (1 - pooled) * (1 / n[0] + 1 / n[1])
    if variance == 0:
        return 1.0
    return float(2 * ndtr(-abs(second.mean() - first.mean()) / math.sqrt(variance)))
