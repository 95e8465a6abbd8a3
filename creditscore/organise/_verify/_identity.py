"""Equations that the items of a statement obey, and which slip would explain a broken one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from creditscore._checks import check_kind, set_number
from creditscore._columns import floats_of
from creditscore._typing import Bool1D, Float1D
from creditscore._validation import check_choice, check_finite
from creditscore.exceptions import InvalidDataError, InvalidParameterError, MissingColumnError
from creditscore.organise._verify._expression import Expression

Text1D: TypeAlias = npt.NDArray[np.object_]
_FACTORS = {1e3: "1,000", 1e-3: "1/1,000", 1e4: "10,000", 1e-4: "1/10,000", 1e6: "1,000,000"}
_DIGITS = 3


@dataclass(frozen=True, kw_only=True)
class Identity:
    """An equation between items, or that one side is at most the other.

    Parameters
    ----------
    name : str
        What findings call it.
    left, right : str
        Items, numbers, plus, minus, times and brackets: ``"total_liabilities + equity"``.
    relation : {"=", "<="}, default="="
        Whether left equals right, or is at most right.
    relative_tolerance : float, default=1e-3
        Part of the largest term by which the sides may differ, 0 or more.
    absolute_tolerance : float, default=1
        Amount by which they may differ in any case, 0 or more: whole numbers are rounded.

    Examples
    --------
    >>> from creditscore.organise import Identity
    >>> balance = Identity(
    ...     name="balance sheet", left="total_assets", right="total_liabilities + equity"
    ... )
    >>> balance.items
    ('total_assets', 'total_liabilities', 'equity')
    """

    name: str
    left: str
    right: str
    relation: Literal["=", "<="] = "="
    relative_tolerance: float = 1e-3
    absolute_tolerance: float = 1.0

    def __post_init__(self) -> None:
        """Check each entry."""
        check_kind(self.name, "name", "Identity", str)
        check_choice(self.relation, "relation", "Identity", ("=", "<="))
        set_number(self, "relative_tolerance", low=0, closed="left")
        set_number(self, "absolute_tolerance", low=0, closed="left")
        if not self.items:
            msg = f"Identity {self.name!r} names no item."
            raise InvalidParameterError(msg)

    @property
    def items(self) -> tuple[str, ...]:
        """Items on both sides."""
        return tuple(dict.fromkeys((*Expression(self.left).names, *Expression(self.right).names)))

    def gaps(self, items: Mapping[str, Float1D]) -> tuple[Float1D, Float1D]:
        """Return left less right for each row, and how much of it is tolerated."""
        left, right = Expression(self.left), Expression(self.right)
        gap = left.of(items) - right.of(items)
        size = np.maximum(left.size(items), right.size(items))
        return gap, np.maximum(self.absolute_tolerance, self.relative_tolerance * size)

    def is_broken(self, items: Mapping[str, Float1D]) -> Bool1D:
        """Tell for each row whether it fails; where an item is missing it does not."""
        gap, tolerated = self.gaps(items)
        broken: Bool1D = (gap if self.relation == "<=" else np.abs(gap)) > tolerated
        return broken


STATEMENT_IDENTITIES = (
    Identity(name="balance sheet", left="total_assets", right="total_liabilities + equity"),
    Identity(
        name="assets",
        left="total_assets",
        right="current_assets + fixed_assets + intangible_assets",
    ),
    Identity(
        name="liabilities", left="total_liabilities", right="current_liabilities + long_term_debt"
    ),
    Identity(name="equity", left="equity", right="share_capital + retained_earnings"),
    Identity(name="gross profit", left="gross_profit", right="revenue - cost_of_sales"),
    Identity(
        name="operating result",
        left="ebit",
        right="gross_profit - operating_expenses - depreciation - amortisation",
    ),
    Identity(name="pretax income", left="pretax_income", right="ebit - interest_expense"),
    Identity(name="net income", left="net_income", right="pretax_income - tax"),
    Identity(
        name="parts of current assets",
        left="cash + receivables + inventory",
        right="current_assets",
        relation="<=",
    ),
    Identity(
        name="parts of current liabilities",
        left="payables + short_term_debt",
        right="current_liabilities",
        relation="<=",
    ),
)
"""What statements of the standard catalogue obey."""


def check_identities(
    statements: pd.DataFrame, identities: Sequence[Identity] | None = None
) -> pd.DataFrame:
    """Return the rows that break an equation, and the slip that would explain each.

    Parameters
    ----------
    statements : DataFrame
        A row a statement, a column an item; other columns do not matter.
    identities : sequence of Identity, optional
        What is checked; without, :data:`STATEMENT_IDENTITIES`.

    Returns
    -------
    DataFrame
        A row a statement and identity: row (the label in the index of `statements`), identity,
        status ("broken", or "not checkable" where all items but one are there), gap (left less
        right), item and hint: the one item that a slip explains, such as an amount in thousands, a
        wrong sign or two digits that changed places; empty where several or none would.

    Raises
    ------
    MissingColumnError
        `statements` has no item of any identity.
    InvalidDataError
        An item has two columns, or a value that is infinite or no number.
    InvalidParameterError
        `statements` is no table, but perhaps observations, which :func:`verify` takes.

    Notes
    -----
    For each item of a broken equation the value that would mend it follows from the gap, as the
    sides are linear in it. A slip is believed only if exactly one item has such a value that is
    its own times 1,000, 10,000, 1,000,000 or a part of it, with the other sign, or with two
    neighbouring digits swapped, and if the value breaks no other equation that now holds.
    O(n_rows × n_identities) time, and more for those that are broken.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import check_identities
    >>> found = check_identities(pd.DataFrame({
    ...     "total_assets": [900.0, 1000.0], "total_liabilities": [600.0, 600.0],
    ...     "equity": [300.0, -400.0],
    ... }))
    >>> found[found["status"] == "broken"][["row", "gap", "item", "hint"]].values.tolist()
    [[1, 800.0, 'equity', 'wrong sign: 400 in place of -400']]
    """
    check_kind(statements, "statements", "check_identities", pd.DataFrame)
    asked = STATEMENT_IDENTITIES if identities is None else tuple(identities)
    used = tuple(one for one in asked if any(name in statements for name in one.items))
    if not used:
        msg = (
            "The table of statements has none of the items of the identities. It has: "
            f"{', '.join(map(repr, statements.columns))}."
        )
        raise MissingColumnError(msg)
    items = {name: _numbers(statements, name) for one in used for name in one.items}
    found = [part for one in used for part in _of_identity(one, items, used)]
    filled = [part for part in found if len(part)] or found[:1]
    table = pd.concat(filled, ignore_index=True).sort_values("place", kind="stable")
    table.insert(0, "row", statements.index.to_numpy()[table["place"].to_numpy(dtype=np.int64)])
    return table.drop(columns="place").reset_index(drop=True)


def _numbers(statements: pd.DataFrame, name: str) -> Float1D:
    if name not in statements:
        return np.full(len(statements), np.nan)
    if statements.columns.tolist().count(name) > 1:
        msg = f"check_identities: the table of statements has two columns {name!r}. Keep one."
        raise InvalidDataError(msg)
    values = floats_of(name, nw.from_native(statements[name], series_only=True))
    return check_finite(values, name=name)


def _of_identity(
    one: Identity, items: Mapping[str, Float1D], all_of_them: tuple[Identity, ...]
) -> Iterator[pd.DataFrame]:
    """Yield what of a statement cannot be checked, and what is broken."""
    mine = {name: items[name] for name in one.items}
    lacks = np.array([np.isnan(values) for values in mine.values()])
    # a statement of which more is missing is another one, and nothing is to be said of it
    almost = np.flatnonzero((lacks.sum(axis=0) == 1) & (len(mine) > 1))
    names = np.array(list(mine), dtype=object)[lacks[:, almost].argmax(axis=0)]
    hints = [f"missing: {name}" for name in names]
    yield _rows(almost, one.name, "not checkable", gap=np.nan, item="", hint=hints)
    broken = np.flatnonzero(one.is_broken(mine))
    gap = np.broadcast_to(one.gaps(mine)[0], lacks.shape[1:])[broken]
    rows = {name: values[broken] for name, values in items.items()}
    item, hint = _explained(one, rows, all_of_them)
    yield _rows(broken, one.name, "broken", gap=gap, item=item, hint=hint)


def _rows(place: Any, identity: str, status: str, **columns: Any) -> pd.DataFrame:
    told = {"place": place, "identity": identity, "status": status, **columns}
    return pd.DataFrame(told).astype(
        {name: object for name in told if name not in ("place", "gap")}
    )


def _explained(
    one: Identity, rows: Mapping[str, Float1D], all_of_them: tuple[Identity, ...]
) -> tuple[Text1D, Text1D]:
    """Return of each row the only item that a slip explains, and the slip; else empty texts."""
    n = len(next(iter(rows.values())))
    items, hints = np.full(n, "", dtype=object), np.full(n, "", dtype=object)
    if one.relation == "<=" or not n:
        return items, hints
    gap, _ = one.gaps(rows)
    times = np.zeros(n, dtype=np.int64)
    for name in one.items:
        moved, _ = one.gaps({**rows, name: rows[name] + 1.0})
        slope = moved - gap
        with np.errstate(divide="ignore", invalid="ignore"):
            needed = rows[name] - gap / slope
        mended = {**rows, name: needed}
        # an amount that is far too large would tolerate everything
        with np.errstate(divide="ignore", invalid="ignore"):
            tolerated = one.gaps(mended)[1] / np.abs(slope)
        slip = _slips(rows[name], needed, tolerated)
        found = np.flatnonzero((slip != "") & ~_breaks_others(mended, rows, name, all_of_them))
        times[found] += 1
        items[found] = name
        hints[found] = [
            f"{word}: {right:,.0f} in place of {wrong:,.0f}"
            for word, right, wrong in zip(
                slip[found], needed[found], rows[name][found], strict=True
            )
        ]
    several = times != 1
    items[several] = hints[several] = ""
    return items, hints


def _breaks_others(
    mended: Mapping[str, Float1D],
    rows: Mapping[str, Float1D],
    name: str,
    all_of_them: tuple[Identity, ...],
) -> Bool1D:
    """Tell where a value breaks an equation that holds now."""
    breaks = np.zeros(len(rows[name]), dtype=bool)
    for one in all_of_them:
        if name in one.items:
            breaks |= one.is_broken(mended) & ~one.is_broken(rows)
    return breaks


def _slips(values: Float1D, needed: Float1D, tolerated: Float1D) -> Text1D:
    """Say for each row which slip of the pen makes the value of what is needed."""
    told = np.full(len(values), "", dtype=object)
    usable = np.isfinite(needed) & np.isfinite(values) & (values != 0) & (needed != 0)
    for place in np.flatnonzero(usable & ((values > 0) == (needed > 0))):
        if _swapped(round(abs(values[place])), round(abs(needed[place]))):
            told[place] = "two digits changed places"
    for factor, words in reversed(_FACTORS.items()):
        # rounding to thousands loses up to half of one
        lost = np.maximum(tolerated, 0.5 * max(factor, 1.0))
        told[usable & (np.abs(values * factor - needed) <= lost)] = f"unit is off by {words}"
    told[usable & (np.abs(values + needed) <= tolerated)] = "wrong sign"
    return told


def _swapped(value: int, needed: int) -> bool:
    """Tell whether two numbers differ by two neighbouring digits that changed places."""
    # such numbers differ by a multiple of nine
    if (value - needed) % 9 or value == needed:
        return False
    one, other = str(value), str(needed)
    if len(one) != len(other) or len(one) < _DIGITS:
        return False
    apart = [place for place, digit in enumerate(one) if digit != other[place]]
    if len(apart) != 2 or apart[1] - apart[0] != 1:
        return False
    first, second = apart
    return one[first] == other[second] and one[second] == other[first]
