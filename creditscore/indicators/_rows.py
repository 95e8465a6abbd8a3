"""Rows of customers, such as invoices: which fall in a window, and what they add up to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Self, TypeAlias

import numpy as np
import pandas as pd

from creditscore._days import months_later
from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore._validation import check_integer
from creditscore.exceptions import InvalidParameterError, MissingColumnError
from creditscore.indicators._lazy_columns import Columns, taken
from creditscore.indicators._measured import Measured, NegativeDenominator
from creditscore.indicators._reason import Reason
from creditscore.indicators._schema import AMOUNTS

Column: TypeAlias = "str | Float1D | Bool1D"
"""A column of the rows by its name, or numbers made from them, one a row."""

CURRENCY = "currency code"
"""Column of the currency of each row as a code that is the same in all tables."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CustomerRows:
    """Rows of many customers, as known on a day; made by :class:`Facts`.

    Columns are read by their name, ``rows.amount``, as arrays of shape (n_rows,). What is only
    known later is missing. Numbers of each customer come from :meth:`count`, :meth:`total`,
    :meth:`mean`, :meth:`share`, :meth:`largest`, :meth:`smallest` and :meth:`concentration`: a
    customer without rows has a missing one, and the reason names the window.

    Parameters
    ----------
    name : str
        The table.
    columns : mapping of str to array of shape (n_rows,)
        Numbers (NaN where missing), days (NaT) and words (None).
    owner : array of int of shape (n_rows,)
        Whose row it is, as a place in the table's keys.
    key_of : array of int of shape (n_customers,)
        Place of each customer among the keys, -1 where the table holds no row of it.
    n_keys : int
        How many keys there are.
    as_of : day
        What is known later is not there.
    dated_by : str
        The column that windows go by, unless another one is named.
    absent : array of Reason of shape (n_customers,)
        Why a customer that is not among the keys has no rows.
    days : tuple of str, default=()
        Columns of days that such a table may hold.
    window : str, default=""
        The window in words.
    negative_denominator : {"missing", "keep"}, default="missing"
        Handed on to what is measured.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.indicators import CustomerRecords, facts_on
    >>> ledger = pd.DataFrame({
    ...     "customer": ["A", "A", "B"], "invoice": ["1", "2", "3"],
    ...     "invoiced_on": pd.to_datetime(["2024-01-01", "2024-02-01", "2022-01-01"]),
    ...     "due_on": pd.to_datetime(["2024-01-31", "2024-03-02", "2022-01-31"]),
    ...     "settled_on": pd.to_datetime(["2024-01-30", "2024-04-01", "2022-01-31"]),
    ...     "amount": [100.0, 300.0, 50.0],
    ... })
    >>> facts = facts_on(CustomerRecords(ledger=ledger), "2024-06-30")
    >>> recent = facts.ledger.within(months=12)
    >>> late = recent.share(recent.settled_on > recent.due_on)
    >>> late.values.tolist()
    [0.5, nan]
    >>> str(late.reasons[1])
    'no row of ledger with due_on in the 12 months to 2024-06-30'
    """

    name: str
    columns: Columns
    owner: Int1D
    key_of: Int1D
    n_keys: int
    as_of: np.datetime64
    dated_by: str
    absent: Any
    days: tuple[str, ...] = ()
    window: str = ""
    negative_denominator: NegativeDenominator = "missing"

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.owner)

    def __repr__(self) -> str:
        """Say in one line how many rows there are, and which."""
        rows = f"{len(self):,} row{'' if len(self) == 1 else 's'}"
        return f"CustomerRows({' '.join(filter(None, (self.name + ':', rows, self.window)))})"

    def __getattr__(self, name: str) -> Any:
        """Return a column by its name."""
        if name.startswith("_") or name == "columns":
            raise AttributeError(name)
        return self.column(name)

    def column(self, name: str) -> Any:
        """Return a column; days that the table does not hold are all missing.

        Raises
        ------
        MissingColumnError
            The table has no such column. An indicator that asks for it is missing, for that
            reason.
        """
        if name in self.columns:
            return self.columns[name]
        if name in self.days:
            return np.full(len(self), np.datetime64("NaT", "D"))
        if not self.n_keys:
            return np.full(len(self), np.nan)
        near = get_close_matches(name, list(self.columns), n=1)
        hint = f" (near: {near[0]!r})" if near else ""
        msg = f"{self.name} have no column {name!r}{hint}"
        raise MissingColumnError(msg)

    def has(self, name: str) -> bool:
        """Tell whether the table has a column."""
        return name in self.columns

    def where(self, mask: Bool1D, words: str = "") -> Self:
        """Return some of the rows; `words` go on to say which, in reasons."""
        keep = np.flatnonzero(self._mask(mask))
        window = " ".join(filter(None, (self.window, words)))
        return replace(
            self, columns=taken(self.columns, keep), owner=self.owner[keep], window=window
        )

    def within(self, *, months: int, on: str | None = None, before_months: int = 0) -> Self:
        """Return the rows of the months up to the day, or up to some months before.

        Parameters
        ----------
        months : int
            Length of the window, 1 or more.
        on : str, optional
            Column of days that must fall in it; without one, that of the table (an invoice goes
            by `due_on`).
        before_months : int, default=0
            Months between the end of the window and the day.

        Returns
        -------
        CustomerRows
            Rows with start < day <= end.
        """
        check_integer(months, "months", "within", low=1)
        check_integer(before_months, "before_months", "within", low=0)
        column = on or self.dated_by
        days = self.column(column)
        if np.asarray(days).dtype.kind != "M":
            msg = f"Windows go by a column of days. {self.name} has no such column {column!r}."
            raise InvalidParameterError(msg)
        end = months_later(self.as_of, -before_months)
        start = months_later(self.as_of, -before_months - months)
        words = f"with {column} in the {months} months to {end}"
        # NaT compares as false
        return self.where((days > start) & (days <= end), words)

    def count(self) -> Measured:
        """Return how many rows each customer has, 0 for a customer of the table with none here."""
        counts: Any = np.bincount(self.owner, minlength=self.n_keys)
        return self._by_customer(
            np.asarray(counts, dtype=np.float64), np.ones(self.n_keys, dtype=bool), "count", ""
        )

    def total(self, values: Column) -> Measured:
        """Return the sum of each customer."""
        numbers, name = self._numbers(values)
        sums: Any = np.bincount(self.owner, weights=numbers, minlength=self.n_keys)
        found = self._by_customer(sums, self._has_rows(), "sum", name)
        return self._in_currency(found, values)

    def mean(self, values: Column, *, weights: Column | None = None) -> Measured:
        """Return the mean of each customer, weighted where weights are given.

        Missing where the weights of a customer do not add up to more than zero.
        """
        numbers, name = self._numbers(values)
        weight, of = self._numbers(np.ones(len(self)) if weights is None else weights)
        total = np.bincount(self.owner, weights=weight, minlength=self.n_keys)
        with np.errstate(invalid="ignore", over="ignore"):
            sums = np.bincount(self.owner, weights=numbers * weight, minlength=self.n_keys)
            means = np.divide(sums, total, out=np.full(self.n_keys, np.nan), where=total > 0)
        found = self._by_customer(
            means,
            self._has_rows(),
            "mean",
            name,
            (np.isnan(total), Reason("not_given", f"{of} is missing in a row of {self.name}")),
            (total == 0, Reason("zero_denominator", f"the sum of {of} is zero")),
            (total < 0, Reason("negative_denominator", f"the sum of {of} is negative")),
        )
        if _is_amount(weights):
            found = self.in_one_currency(found)
        return self._in_currency(found, values)

    def share(self, condition: Bool1D, *, weights: Column | None = None) -> Measured:
        """Return the share of rows, or of their weights, for which a condition holds."""
        holds = self._mask(condition).astype(np.float64)
        return self.mean(holds, weights=weights).named("share")

    def largest(self, values: Column) -> Measured:
        """Return the largest value of each customer."""
        numbers, name = self._numbers(values)
        found = np.full(self.n_keys, -np.inf)
        with np.errstate(invalid="ignore"):
            np.maximum.at(found, self.owner, numbers)
        return self._in_currency(
            self._by_customer(found, self._has_rows(), "largest", name), values
        )

    def smallest(self, values: Column) -> Measured:
        """Return the smallest value of each customer."""
        numbers, name = self._numbers(values)
        lowest = (-self.largest(-numbers)).named(f"smallest of {name}")
        return self._in_currency(lowest, values)

    def concentration(self, by: str, values: Column) -> Measured:
        """Return the Herfindahl–Hirschman index of each customer: Σ share² over the words of `by`.

        Returns
        -------
        Measured
            Between 1 / n for n equal parts and 1 for a single one. Missing where the sum is not
            above zero, a part is negative, or a row does not say whose it is.
        """
        numbers, name = self._numbers(values)
        groups = pd.factorize(self.column(by))[0]
        nobody = np.bincount(self.owner, weights=groups < 0, minlength=self.n_keys) > 0
        groups = np.maximum(groups, 0)
        pairs, codes = np.unique(
            self.owner * (groups.max(initial=0) + 1) + groups, return_inverse=True
        )
        parts = np.bincount(codes, weights=numbers, minlength=len(pairs))
        owner = np.zeros(len(pairs), dtype=np.intp)
        owner[codes] = self.owner
        total = np.bincount(owner, weights=parts, minlength=self.n_keys)
        negative = np.bincount(owner, weights=parts < 0, minlength=self.n_keys) > 0
        unfit = (total <= 0) | negative
        above = np.where(unfit | nobody, np.nan, total)[owner]
        index: Any = np.bincount(owner, weights=(parts / above) ** 2, minlength=self.n_keys)
        text = f"the sum of {name} is not above zero, or a part is negative"
        found = self._by_customer(
            index,
            self._has_rows(),
            "HHI",
            name,
            (nobody, Reason("not_given", f"{by} is missing in a row of {self.name}")),
            (unfit, Reason("undefined", text)),
        )
        return self.in_one_currency(found) if _is_amount(values) else found

    def in_one_currency(self, found: Measured) -> Measured:
        """Return what was made of amounts, missing where those of a customer are of two currencies.

        Sums, means and the like of a column of amounts are so already; this is for what was made
        of numbers worked out from them. A row without a currency is of another one than a row
        with one, as nothing says which.
        """
        if not self.has(CURRENCY):
            return found
        low, high = self._currencies()
        text = f"{self.name} hold amounts of more than one currency {self.window}".rstrip()
        return found.without((high > low)[self.key_of], Reason("currency", text))

    def _in_currency(self, found: Measured, values: Column | None) -> Measured:
        """Return a number made of amounts with its currency; another one as it is."""
        if not _is_amount(values) or not self.has(CURRENCY):
            return found
        return replace(self.in_one_currency(found), currency=self._currencies()[1][self.key_of])

    def _currencies(self) -> tuple[Int1D, Int1D]:
        """Return the least and the largest code of the currencies of each key, and of none."""
        codes = np.asarray(self.column(CURRENCY), dtype=np.intp)
        low = np.full(self.n_keys + 1, np.iinfo(np.intp).max)
        high = np.full(self.n_keys + 1, -1)
        np.minimum.at(low, self.owner, codes)
        np.maximum.at(high, self.owner, codes)
        return low, high

    def _numbers(self, values: Column) -> tuple[Float1D, str]:
        name = values if isinstance(values, str) else "the values"
        numbers = self.column(values) if isinstance(values, str) else np.asarray(values)
        if numbers.shape != (len(self),) or numbers.dtype.kind not in "fiub":
            msg = (
                f"{self.name} needs one number for each of its {len(self)} rows. Got {name} of "
                f"type {numbers.dtype} and shape {numbers.shape}."
            )
            raise InvalidParameterError(msg)
        return numbers.astype(np.float64), name

    def _mask(self, condition: Bool1D) -> Bool1D:
        mask = np.asarray(condition)
        if mask.shape != (len(self),) or mask.dtype != bool:
            msg = (
                f"A condition on {self.name} must hold true or false for each of {len(self)} rows. "
                f"Got type {mask.dtype} and shape {mask.shape}."
            )
            raise InvalidParameterError(msg)
        return mask

    def _has_rows(self) -> Bool1D:
        return np.bincount(self.owner, minlength=self.n_keys) > 0

    def _by_customer(
        self,
        by_key: Float1D,
        there: Bool1D,
        what: str,
        name: str,
        *why: tuple[Bool1D, Reason],
    ) -> Measured:
        """Give each customer the number of its key, or the reason why there is none.

        Where a number is NaN, a value is missing in a row, unless `why` says otherwise of its key.
        """
        too_large = np.isinf(by_key) & there
        text = f"{what} of {name or self.name} is larger than numbers can be"
        why = (*why, (too_large, Reason("undefined", text)))
        by_key = np.where(np.isinf(by_key), np.nan, by_key)
        known = self.key_of >= 0
        padded = np.append(by_key, np.nan)
        has = np.append(there, False)[self.key_of]
        values = np.where(has, padded[self.key_of], np.nan)
        reasons: Any = np.where(has, None, self.absent)
        reasons[known & ~has] = Reason("no_rows", f"no row of {self.name} {self.window}".rstrip())
        gap = has & np.isnan(values)
        reasons[gap] = Reason("not_given", f"{name} is missing in a row of {self.name}")
        for of_keys, reason in why:
            reasons[gap & np.append(of_keys, False)[self.key_of]] = reason
        return Measured(
            name=f"{what} of {name or self.name}",
            values=values,
            reasons=reasons,
            negative_denominator=self.negative_denominator,
        )


def _is_amount(values: Any) -> bool:
    return isinstance(values, str) and values in AMOUNTS
