"""How the numbers of a column are written: by which signs, and with which units beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from creditscore._cells import word_of
from creditscore._currency import CODES
from creditscore.collect._observation._item import Item
from creditscore.collect._reader._file_form import FileForm
from creditscore.collect._reader._marked_cell import Money
from creditscore.collect._reader._measure import hundredth_of
from creditscore.collect._reader._units import HUNDREDTH, ONE, PERCENT, SIGNS
from creditscore.collect._reader._values import (
    CellFault,
    NumberReader,
    stands_for_nothing,
    unit_beside,
)

Signs: TypeAlias = tuple[str, str]
"""What parts the decimals, and the thousands; the last is empty for nothing."""
_SIGNS: tuple[Signs, ...] = (
    (".", ""), (",", ""), (".", ","), (",", "."), (".", " "), (",", " "), (".", "'"), (",", "'"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Written:
    """How the first distinct cells of a column are written, if they are numbers.

    Attributes
    ----------
    n : int
        Cells that were looked at.
    signs : tuple of (str, str)
        Where those of the file do not fit as many as others: which fit most. Of several, a person
        must say which are meant: 3,000 is three, or three thousand.
    groups : tuple of (str, int, Any)
        Units that stand beside numbers, an empty one for none; how many cells can be read that
        have it, and one of them.
    reads : tuple of str
        The signs that the cells are read by.
    """

    n: int
    signs: tuple[Signs, ...]
    groups: tuple[tuple[str, int, Any], ...]
    reads: Signs

    def fit(self, item: Item) -> float:
        """Return the share of cells that an item of numbers could hold."""
        good = (
            n for unit, n, cell in self.groups if _number(cell, unit, self.reads, item) is not None
        )
        return sum(good) / self.n if self.n else 0.0


def written_of(cells: Sequence[Any], form: FileForm) -> Written:
    """Look at the first distinct cells of a column, by the reader of numbers itself."""
    beside = [(cell, unit) for cell in cells if (unit := unit_beside(cell)) is not None]
    own = (form.decimal, form.thousands)
    read = {own: [_number(*pair, own) for pair in beside]}
    if None in read[own]:
        # those with the decimals of the file come first
        others = sorted(_SIGNS, key=lambda signs: signs[0] != form.decimal)
        read |= {signs: [_number(*pair, signs) for pair in beside] for signs in others}
    n_read = {signs: len(beside) - found.count(None) for signs, found in read.items()}
    most = max(n_read.values())
    # of signs by which all cells are the same numbers, the first do
    apart = {tuple(read[signs]): signs for signs in reversed(read) if n_read[signs] == most}
    best = [] if n_read[own] == most else sorted(apart.values(), key=list(read).index)
    chosen = best[0] if best else own
    found = [pair for pair, number in zip(beside, read[chosen], strict=True) if number is not None]
    counts = Counter(unit for _, unit in found)
    example = {unit: cell for cell, unit in found}
    return Written(
        n=len(cells), signs=tuple(best), reads=chosen,
        groups=tuple((unit, n, example[unit]) for unit, n in counts.items()),
    )  # fmt: skip


def units_said(
    cells: Sequence[Any], item: Item | None, missing: Collection[str]
) -> tuple[tuple[str, ...], bool]:
    """Return the units that cells say, most frequent first, and whether others but zeros say none.

    All distinct cells are looked at: what one of them says holds of no other.
    """
    counts: Counter[str] = Counter()
    has_bare = False
    for cell in cells:
        unit = unit_beside(cell)
        if unit:
            counts[unit] += 1
        elif unit is not None and not has_bare:
            has_bare = not _is_zero(cell) and not stands_for_nothing(cell, frozenset(missing))
    said = [unit for unit, _ in counts.most_common() if _may_be(unit, item)]
    return tuple(said), has_bare


def one_unit(units: Sequence[str]) -> str:
    """Return the unit that all of some are; empty where they differ, or are the sign of several."""
    codes = {unit for unit in units if unit not in SIGNS}
    code = codes.pop() if len(codes) == 1 else ""
    return code if all(code in SIGNS.get(unit, (code,)) for unit in units) else ""


def _may_be(unit: str, item: Item | None) -> bool:
    """Tell whether a word is a unit of an item; of one not known, of money or shares."""
    if item is None or not item.unit:
        return unit in CODES or unit in SIGNS or (unit == PERCENT and item is None)
    return unit == item.unit or (unit == PERCENT and hundredth_of(item, "") is not None)


def _is_zero(cell: Any) -> bool:
    return not any(letter in "123456789" for letter in word_of(cell))


def _number(cell: Any, unit: str, signs: Signs, item: Item | None = None) -> float | None:
    """Return a cell as a number of its unit, or of an item; None where it cannot be read as one."""
    currency = SIGNS.get(unit, (unit,))[0]
    hundredth: Decimal | None
    if item is None:
        own, hundredth = "" if unit == PERCENT else currency, HUNDREDTH
    elif unit and not _may_be(unit, item):
        return None
    else:
        own, hundredth = item.unit or currency, hundredth_of(item, "")
    decimal, thousands = signs
    read = NumberReader(
        decimal=decimal, thousands=thousands, factor=ONE, hundredth=hundredth, unit=own
    )
    try:
        # what it is shown with is asked about, and no fault here
        return read(float(cell) if isinstance(cell, Money) else cell)
    except CellFault:
        return None
