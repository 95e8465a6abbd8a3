"""Features that are too good to be true, or were known only after the outcome."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from creditscore._checks import check_kind
from creditscore._frame import Table, as_table
from creditscore._typing import NativeFrame
from creditscore._validation import (
    check_both_classes,
    check_outcomes,
    check_same_order,
    check_weights,
)
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.metrics import auc
from creditscore.validate._data._attributes import STRANGE, has_days, strange_among
from creditscore.validate._data._column_checks import column_hints
from creditscore.validate._data._column_facts import ColumnFacts, Outcome, Periods
from creditscore.validate._data._known_dates import date_hints, read_days
from creditscore.validate._data._leakage_hint import ROWS, LeakageHint, LeakageHints
from creditscore.validate._data._leakage_settings import LeakageSettings
from creditscore.validate._data._row_groups import column_values, row_groups

_REPEATED = 0.001
"""Share of rows that repeat others, from which on it is worth a word."""
_BEYOND = 100.0
"""Times as many equal pairs as independent columns would have."""
_SORTED = 0.999


def leakage_hints(
    X: NativeFrame,
    y: Any,
    *,
    known_on: Mapping[str, Any] | None = None,
    outcome_on: Any = None,
    as_of: Any = None,
    period: Any = None,
    sample_weight: Any = None,
    settings: LeakageSettings | None = None,
) -> LeakageHints:
    """Look for columns that know more of the outcome than they could have known.

    Parameters
    ----------
    X : table of shape (n_samples, n_columns)
        What a model would be given, a row a case.
    y : array-like of shape (n_samples,)
        1 for bad, 0 for good.
    known_on : mapping of str to date, str or array-like, optional
        For a column of `X`, when its value was known: a date for all rows, a date for each row, or
        the name of a column of dates.
    outcome_on : date, str or array-like, optional
        When the outcome was known, in the same ways.
    as_of : date, str or array-like, optional
        When the decision was made that the model is for, in the same ways.
    period : str or array-like of shape (n_samples,), optional
        Period of each row, or the name of a column with it, for jumps between periods.
    sample_weight : array-like of shape (n_samples,), optional
        Weights, zero or more, by which information values and AUC are measured. What is certain or
        pure is so in rows.
    settings : LeakageSettings, optional
        Bounds.

    Returns
    -------
    LeakageHints
        None is no proof: a leak that looks like an honest feature is found by nobody who looks at
        the numbers alone.

    Raises
    ------
    InvalidTargetError
        Missing outcomes or one class only.
    MissingColumnError
        `known_on` names a column that is not there.
    InvalidParameterError, InvalidDataError, ColumnTypeError
        Dates that are none, or are not one a row.

    See Also
    --------
    check_split : Rows that stand in both samples, and their order in time.

    Notes
    -----
    *Certain* are facts: a column known after `as_of`, or at or after `outcome_on`, in some row; one
    that is the outcome or its complement; one that tells all outcomes apart. *Likely* are an AUC or
    an information value of the column alone above the upper bounds, values that bads alone have,
    missing values that tell the outcome, one value in all of a class, and whole numbers without
    repeats whose order tells the outcome. *Possible* are the lower bounds (an information value
    above 0.5 is "suspicious" [1]_), values that goods alone have, identifiers, rows in the order of
    the outcome, rows that repeat, an information value that jumps in a period, and columns of
    dates after the decision, or not before the outcome.

    A pure value counts where chance would make one this often among the attributes of the column
    less than `chance`: n rows are all bad with p^n. A strong column must be beyond chance by the
    same bound. The information value is less its mean under
    chance, (bins - 1)(1 / goods + 1 / bads). An honest feature can be as strong: the hint asks for
    an explanation, best by the dates [2]_.

    Columns of dates, but for those that `as_of`, `outcome_on` and `period` name, are looked at as
    numbers of days: that a date of default or of write-off is missing tells the outcome. They are
    compared with `as_of` and `outcome_on` too. O(n log n) for each column.

    References
    ----------
    .. [1] N. Siddiqi, *Intelligent Credit Scoring*, 2nd ed., Wiley, 2017, ch. 10.
    .. [2] S. Kaufman, S. Rosset and C. Perlich, "Leakage in Data Mining: Formulation, Detection,
       and Avoidance", KDD 2011.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.validate import leakage_hints
    >>> german = load_german_credit()
    >>> X = german.drop(columns="is_bad").assign(
    ...     applied=pd.Timestamp("2023-05-02"), months_in_arrears=german["is_bad"] * 3
    ... )
    >>> found = leakage_hints(
    ...     X, german["is_bad"], as_of="applied", known_on={"telephone": "2024-01-31"}
    ... )
    >>> found.table()[["column", "check", "sureness"]]
                  column                check  sureness
    0          telephone       known too late   certain
    1  months_in_arrears  separates perfectly   certain
    2    checking_status         strong alone  possible
    """
    owner = "leakage_hints"
    settings = settings or LeakageSettings()
    check_kind(settings, "settings", owner, LeakageSettings)
    table = as_table(X)
    check_same_order(X, y)
    is_bad = check_outcomes(y, n_rows=table.n_rows, beside="X")
    weights = check_weights(sample_weight, n_rows=table.n_rows)
    check_both_classes(is_bad, weights)
    search = _Search.of(table, Outcome(is_bad, weights), settings, period, (outcome_on, as_of))
    hints, measures = search.by_column()
    hints += search.by_rows()
    hints += search.by_dates(_checked_known(known_on, table), outcome_on, as_of)
    return LeakageHints(
        hints=tuple(hints),
        measures=measures,
        not_made=search.not_made(known_on, outcome_on, as_of),
        n=table.n_rows,
        n_bad=search.outcome.n_bad,
        settings=settings,
    )


@dataclass(frozen=True, eq=False)
class _Search:
    """A table that is looked through, and what of it is no feature."""

    table: Table
    outcome: Outcome
    settings: LeakageSettings
    periods: Periods | None
    features: tuple[str, ...]
    dated: tuple[str, ...]
    strange: tuple[str, ...]

    @classmethod
    def of(
        cls,
        table: Table,
        outcome: Outcome,
        settings: LeakageSettings,
        period: Any,
        roles: Sequence[Any],
    ) -> _Search:
        """Tell features from what says when a row, its outcome or its period was."""
        no_features = {
            name for name in (*roles, period) if isinstance(name, str) and name in table.names
        }
        times = strange_among(table, table.names)
        dated = tuple(name for name in times if has_days(table, name))
        strange = tuple(name for name in times if name not in dated)
        return cls(
            table=table,
            outcome=outcome,
            settings=settings,
            periods=_read_periods(period, table),
            features=tuple(n for n in table.names if n not in no_features and n not in strange),
            dated=tuple(name for name in dated if name not in no_features),
            strange=strange,
        )

    def by_column(self) -> tuple[list[LeakageHint], pd.DataFrame]:
        """Look at each feature alone."""
        hints: list[LeakageHint] = []
        rows = []
        for name in self.features:
            facts = ColumnFacts.of(self.table, name, self.outcome, self.settings)
            rows.append(facts.as_row())
            hints += column_hints(facts, self.settings, self.periods)
        names = ["column", "kind", "n_distinct", "missing", "iv", "auc", "missing_gap"]
        return hints, pd.DataFrame(rows, columns=names)

    def by_rows(self) -> Iterator[LeakageHint]:
        """Look at the order of rows and at rows that repeat."""
        n, n_bad, n_good = self.table.n_rows, self.outcome.n_bad, self.outcome.n_good
        area = auc(self.outcome.is_bad, np.arange(n, dtype=np.float64))
        area = max(area, 1 - area)
        error = math.sqrt((n + 1) / (12 * n_good * n_bad))
        if area >= self.settings.order_auc and ndtr((0.5 - area) / error) < self.settings.chance:
            yield LeakageHint(
                column=ROWS,
                check="row order",
                sureness="likely" if area > _SORTED else "possible",
                statistic=area,
                reason=f"the place of a row has an AUC of {area:.3f}: drop the index, and shuffle",
            )
        if not self.features:
            return
        (groups,), chance = row_groups([self.table], self.features)
        sizes = np.bincount(groups).astype(np.float64)
        repeated = n - len(sizes)
        pairs = float((sizes * (sizes - 1) / 2).sum())
        if repeated >= _REPEATED * n and pairs > _BEYOND * chance * n * (n - 1) / 2:
            yield LeakageHint(
                column=ROWS,
                check="repeated rows",
                sureness="possible",
                statistic=float(repeated),
                reason=(
                    f"{repeated:,} rows ({repeated / n:.1%}) repeat another in all columns: a "
                    "split at random puts them on both sides"
                ),
            )

    def by_dates(
        self, known_on: Mapping[str, Any], outcome_on: Any, as_of: Any
    ) -> Iterator[LeakageHint]:
        """Look at when columns were known."""
        yield from date_hints(
            self.table,
            known_on,
            outcome=read_days(outcome_on, self.table, "outcome_on"),
            decision=read_days(as_of, self.table, "as_of"),
            dated=self.dated,
        )

    def not_made(
        self, known_on: Mapping[str, Any] | None, outcome_on: Any, as_of: Any
    ) -> dict[str, str]:
        """Say what was not looked at, and why."""
        found = dict.fromkeys(self.strange, STRANGE)
        known = {*(known_on or {}), *self.dated}
        unknown = [name for name in self.features if name not in known]
        if outcome_on is None and as_of is None:
            found["dates"] = "neither as_of nor outcome_on is given"
        elif unknown:
            shown = ", ".join(unknown[:5]) + (" …" if len(unknown) > 5 else "")
            found["dates"] = f"known_on does not say when {len(unknown)} were known: {shown}"
        if self.periods is None:
            found["jumps between periods"] = "no period is given"
        return found


def _checked_known(known_on: Any, table: Table) -> Mapping[str, Any]:
    if known_on is None:
        return {}
    if not isinstance(known_on, Mapping):
        msg = (
            "known_on must map names of columns to dates, such as {'limit': 'limit_set_on'}. Got "
            f"{type(known_on).__name__} instead."
        )
        raise InvalidParameterError(msg)
    table.require(list(known_on))
    return known_on


def _read_periods(period: Any, table: Table) -> Periods | None:
    if period is None:
        return None
    if isinstance(period, str):
        table.require([period])
        values = column_values(table, period)
    else:
        values = pd.Series(np.asarray(period))
    if values.shape != (table.n_rows,):
        msg = f"period must hold one value for each of the {table.n_rows} rows. Got {values.shape}."
        raise InvalidDataError(msg)
    if values.isna().any():
        row = int(values.isna().to_numpy().argmax())
        msg = f"period has {int(values.isna().sum())} missing value(s), the first at row {row}."
        raise InvalidDataError(msg)
    codes, labels = pd.factorize(values, sort=True)
    return Periods(codes.astype(np.intp), tuple(map(_period_text, labels)))


def _period_text(label: Any) -> str:
    """Write a period: a year without decimals, a day without its time."""
    if isinstance(label, float) and label.is_integer():
        return str(int(label))
    return str(label).removesuffix(" 00:00:00")
