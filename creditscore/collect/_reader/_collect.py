"""Rows of a source → observations, by a mapping; rows with a fault are put aside whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from pathlib import PurePath
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from creditscore._cells import folded, word_of
from creditscore._frame import missing_message
from creditscore._typing import Bool1D, Int1D
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._faults import observation_faults
from creditscore.collect._observation._incoming import coded
from creditscore.collect._observation._item import Item
from creditscore.collect._observation._observations import Observations, observation_table
from creditscore.collect._reader._collected import (
    OF_THE_MAPPING,
    REJECT_COLUMNS,
    Collected,
    Rejects,
)
from creditscore.collect._reader._fields import Fields, FileTime, plain_instant, read_fields
from creditscore.collect._reader._mapping import SourceMapping
from creditscore.collect._reader._measure import factor_to, hundredth_of
from creditscore.collect._reader._number_column import read_numbers
from creditscore.collect._reader._rule import ItemRule
from creditscore.collect._reader._source_table import SourceTable, shown
from creditscore.collect._reader._times import DayReader
from creditscore.collect._reader._units import ONE, says_a_currency
from creditscore.collect._reader._values import (
    NumberReader,
    Read,
    currency_reader,
    hashable,
    number_of,
    read_column,
    read_flag,
    read_text,
)
from creditscore.collect._reader._words import with_words
from creditscore.exceptions import InvalidParameterError, MissingColumnError

_Counted: TypeAlias = tuple[Decimal, str, str]
"""By what numbers are multiplied, the unit they are kept in, and the one that was told."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Fault:
    """Rows that have one kind of fault in one column."""

    rows: Int1D
    column: str
    item: str
    reasons: Any


@dataclass(frozen=True, kw_only=True, eq=False)
class _Part:
    """Values of one rule, and the rows that they stand in."""

    rows: Int1D
    place: int
    rule: ItemRule
    column: str
    values: npt.NDArray[Any]
    units: npt.NDArray[np.object_]


@dataclass(kw_only=True, eq=False)
class Collecting:
    """One run over a source."""

    table: SourceTable
    mapping: SourceMapping
    catalogue: ItemCatalogue
    collected_at: FileTime | None
    noted: Sequence[tuple[Int1D, str, str]] = ()
    """Rows that cannot be used for another reason than the cells hold: column and reason."""
    useless: Bool1D | None = None
    """Rows that are known to be of no use, and skipped."""
    once: bool = False
    """Whether a record that stands in several rows is a fault."""
    apart: str = ""
    """Column by which several rows of one record, of one day and unit, are none."""
    faults: list[_Fault] = field(default_factory=list)
    later: dict[str, list[Int1D]] = field(default_factory=dict)
    """Rows that say of themselves a later instant than the one given, by column."""
    n_empty: int = 0

    def __post_init__(self) -> None:
        """Let the name of the source stand in evidence, where there is no file."""
        if not self.table.origin:
            self.table = replace(self.table, origin=self.mapping.source_name)

    def collected(self) -> Collected:
        """Read all rows."""
        self._check_columns()
        self.mapping.check_items(self.catalogue)
        told = self.collected_at.first if self.collected_at else None
        fields = read_fields(self.table, self.mapping, self.missing, told)
        rows = np.flatnonzero(self._meant)
        together: dict[tuple[str, str], list[Int1D]] = {}
        for noted, column, reason in self.noted:
            together.setdefault((column, reason), []).append(noted)
        for (column, reason), parts_of in together.items():
            self._note_all(np.concatenate(parts_of), column, "", reason)
        # of what is wrong for another reason, cells have nothing to add
        rows = rows[~np.isin(rows, self._rejected())]
        for column, reasons in fields.reasons:
            self._note(rows, column, "", reasons[rows])
        too_long = np.isin(np.asarray(self.table.places), list(self.table.too_long))
        self._note_all(rows[too_long[rows]], "", "", "has more cells than the header")
        if self.once:
            self._note_repeated(rows, fields)
        parts = list(self._parts(rows, fields))
        good, table = self._observed(parts, fields)
        rejected = self._rejected()
        ready = table if not len(rejected) else _without(table, np.isin(good, rejected))
        return Collected(
            observations=Observations(table=ready, catalogue=self.catalogue),
            rejects=self._reject_table(fields),
            # without its folder: results are shown in notebooks that others see
            source_name=PurePath(self.table.name).name,
            source_digest=self.table.digest,
            n_rows=self.table.n_rows + self.table.n_skipped,
            n_skipped=self.table.n_skipped + int((~self._meant).sum()),
            n_empty=self.n_empty,
            ignored=tuple(
                name for name in self.table.columns
                if name not in (*self.mapping.used_columns, *self.mapping.ignore)
                and name not in self.table.stands_for.values()
            ),
            after_export=self._after_export(rejected),
        )  # fmt: skip

    def _after_export(self, rejected: Int1D) -> dict[str, int]:
        """Count the rows that were used and say that they are later than the file."""
        places = np.asarray(self.table.places, dtype=object)
        rows = {column: np.concatenate(parts) for column, parts in self.later.items()}
        found = {
            # several rows may be of one place
            column: len(set(places[of[~np.isin(of, rejected)]]))
            for column, of in rows.items()
        }
        return {column: n for column, n in found.items() if n}

    @cached_property
    def missing(self) -> frozenset[str]:
        """Words that stand for an empty cell."""
        return frozenset(folded(str(word)) for word in self.mapping.form.missing)

    @cached_property
    def _meant(self) -> Bool1D:
        """Rows that `where`, `unless` and ignored words leave."""
        meant = np.ones(self.table.n_rows, dtype=bool)
        if self.useless is not None:
            meant &= ~self.useless
        for column, words in self.mapping.where.items():
            meant &= self._is(column, words)
        for column, words in self.mapping.unless.items():
            meant &= ~self._is(column, words)
        long = self.mapping.long
        if long is not None and long.ignore:
            meant &= ~self._is(long.item, long.ignore)
        return meant

    def _is(self, column: str, words: tuple[str, ...]) -> Bool1D:
        known = {folded(word) for word in words}
        if "" in known:
            known |= self.missing
        codes, found = _words(self.table.columns[column])
        return np.array([*(word in known for word in found), "" in known], dtype=bool)[codes]

    def _note_repeated(self, rows: Int1D, fields: Fields) -> None:
        keys = pd.DataFrame({"customer": fields.customer[rows], "record": fields.record[rows]})
        column = next(iter(self.mapping.record.columns if self.mapping.record else ()), "")
        if self.apart:
            shared = pd.DataFrame({"day": fields.true_from[rows], "unit": fields.unit[rows]})
            head = shared.groupby([keys["customer"], keys["record"]], sort=False).transform("first")
            other = (shared != head).any(axis=1) & (shared.notna() | head.notna()).all(axis=1)
            told = "stands in a row before this one with another day or unit"
            self._note_all(rows[other.to_numpy()], column, "", told)
            codes, words = _words(self.table.columns[self.apart].iloc[rows])
            keys["apart"] = np.array([*words, ""], dtype=object)[codes]
        first = keys.groupby(list(keys), sort=False).cumcount().to_numpy() == 0
        self._note_all(rows[~first], column, "", "stands in a row before this one, too")

    def _check_columns(self) -> None:
        needed = self.mapping.used_columns
        if not self.table.columns and not self.table.n_rows:
            # no records have no names of entries either
            empty = {name: pd.Series(dtype=object) for name in needed}
            self.table = replace(self.table, columns=empty)
        lacking = [name for name in needed if name not in self.table.columns]
        if lacking:
            told = missing_message(lacking, tuple(self.table.columns))
            msg = f"The mapping does not fit {self.table.name}. {told}"
            raise MissingColumnError(msg)

    # --- values ------------------------------------------------------------------------------

    def _parts(self, rows: Int1D, fields: Fields) -> Iterator[_Part]:
        long = self.mapping.long
        if long is None:
            for place, (column, rule) in enumerate(self.mapping.columns.items()):
                yield self._part(rows, place, rule, column, fields)
            return
        words = {folded(word): place for place, word in enumerate(long.items)}
        codes, levels = _words(self.table.columns[long.item])
        found = np.array([*(words.get(level, -1) for level in levels), -1], dtype=np.intp)[codes]
        strange = rows[found[rows] < 0]
        self._note_all(strange, long.item, "", "stands for no item of the mapping")
        for place, rule in enumerate(long.items.values()):
            yield self._part(rows[found[rows] == place], place, rule, long.value, fields)

    def _part(self, rows: Int1D, place: int, rule: ItemRule, column: str, fields: Fields) -> _Part:
        item = self.catalogue[rule.item]
        codes, counted = self._units(rows, rule, item, fields)
        by_row = self.mapping.unit is not None and column in self.mapping.unit.columns
        read = self._read(
            self.table.columns[column].iloc[rows], rule, item, codes, counted, by_row=by_row
        )
        units = np.array([unit for _, unit, _ in counted], dtype=object)[codes]
        empty = read.empty
        if rule.required:
            self._note_all(rows[empty], column, item.name, "is empty, and must not be")
        else:
            self.n_empty += int(empty.sum())
        self._note(rows, column, item.name, read.reasons)
        good = ~empty & pd.isna(read.reasons)
        return _Part(
            rows=rows[good], place=place, rule=rule, column=column, values=read.values[good],
            units=units[good],
        )  # fmt: skip

    def _units(
        self, rows: Int1D, rule: ItemRule, item: Item, fields: Fields
    ) -> tuple[Int1D, list[_Counted]]:
        """Return the place of each row among what numbers are counted in, and those."""
        own = Decimal(repr(rule.factor))
        told = rule.unit or (item.unit if self.mapping.long is None else "")
        scale, unit = factor_to(item, told) if item.kind == "number" else (ONE, "")
        if (told and unit) or item.kind != "number" or self.mapping.unit is None:
            return np.zeros(len(rows), dtype=np.intp), [(own * scale, unit, rule.unit)]
        # the rule says thousands at most, and the row the currency
        codes, levels = pd.factorize(fields.unit[rows])
        known: list[_Counted] = []
        for code, level in enumerate(levels):
            try:
                factor, unit = _joined(scale, told, factor_to(item, level))
                known.append((own * factor, unit, f"{told} {level}".strip()))
            except InvalidParameterError as error:
                known.append((own, "", ""))
                column = self.mapping.unit.columns[0] if self.mapping.unit.columns else "unit"
                # the cell may be anything where a row has shifted, and stands beside the reason
                why = str(error).replace(repr(level), "what stands there")
                self._note_all(rows[codes == code], column, item.name, f"does not fit: {why}")
        return codes, known

    def _read(
        self, cells: pd.Series, rule: ItemRule, item: Item, codes: Int1D,
        counted: list[_Counted], *, by_row: bool,
    ) -> Read:  # fmt: skip
        """Read the cells of a rule; `by_row` tells whether they are the units of the rows, too."""
        form = self.mapping.form
        if item.kind in ("text", "flag"):
            plain_reader: Any = read_text if item.kind == "text" else read_flag
            read = with_words(plain_reader, rule.words, item.kind)
            read = currency_reader(read, may_count=by_row) if says_a_currency(item) else read
            return read_column(cells, read, self.missing)
        if item.kind == "day":
            day = DayReader(format=rule.format, at=rule.at)
            return read_column(cells, with_words(day, rule.words, "day"), self.missing)
        thousands = form.thousands if rule.thousands is None else rule.thousands
        nothing = frozenset(map(number_of, self.missing))
        whole: Read | None = None
        for code, (factor, unit, told) in enumerate(counted):
            number = NumberReader(
                decimal=rule.decimal or form.decimal, thousands=thousands, factor=factor,
                hundredth=hundredth_of(item, told), unit=unit,
                own=Decimal(repr(rule.factor)), nothing=nothing,
            )  # fmt: skip
            mine = np.flatnonzero(codes == code)
            some = cells if len(counted) == 1 else cells.iloc[mine]
            part = read_numbers(some, number, self.missing, rule.words)
            whole = part if len(counted) == 1 else _put(whole, part, mine, len(cells))
        return whole or read_column(cells, read_text, self.missing)

    # --- observations ------------------------------------------------------------------------

    def _observed(self, parts: list[_Part], fields: Fields) -> tuple[Int1D, pd.DataFrame]:
        """Return the row of each observation, and the observations, faulty ones noted."""
        rows = np.concatenate([part.rows for part in parts])
        places = np.concatenate([np.full(len(part.rows), part.place) for part in parts])
        said = np.concatenate([self._collected_at(part, fields) for part in parts])
        order, known = self._known(said, np.lexsort((places, rows)))
        numbers, texts = zip(*(self._parted(part) for part in parts), strict=True)
        of_part: dict[str, list[Any]] = {
            "number": list(numbers),
            "text": list(texts),
            "unit": [part.units for part in parts],
            "true_from": [self._true_from(part, fields) for part in parts],
            "collected_at": [known],
            "evidence": [
                np.array(self.table.evidence(part.rows, part.column), dtype=object)
                for part in parts
            ],
        }
        found: dict[str, Any] = {name: np.concatenate(of)[order] for name, of in of_part.items()}
        rows, places = rows[order], places[order]
        items = [rule.item for rule in self.mapping.rules.values()]
        codes, names = pd.factorize(np.array(items, dtype=object))
        found["item"] = pd.Categorical.from_codes(codes[places], categories=list(names))
        for name in ("customer", "record", "collected_by"):
            found[name] = getattr(fields, name)[rows]
        for name in ("customer", "record", "collected_by", "text", "evidence"):
            # as they are: pandas would make words of them that hold no half characters, and fail
            found[name] = pd.Series(found[name], dtype=object)
        for name in ("source", "method", "source_name"):
            words = [str(getattr(self.mapping, name))]
            found[name] = pd.Categorical.from_codes(np.zeros(len(rows), np.int8), words)
        found["true_to"] = fields.true_to[rows]
        found["confidence"] = fields.confidence[rows]
        table = observation_table(pd.DataFrame(found), self.catalogue)
        self._note_observed(table, rows, places)
        return rows, table

    def _parted(self, part: _Part) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.object_]]:
        n = len(part.rows)
        if self.catalogue[part.rule.item].kind in ("number", "flag"):
            return part.values.astype(np.float64), np.full(n, None, dtype=object)
        return np.full(n, np.nan), part.values.astype(object)

    def _true_from(self, part: _Part, fields: Fields) -> npt.NDArray[np.datetime64]:
        rule = part.rule.true_from
        if rule is None:
            return fields.true_from[part.rows]
        days, reasons, column = fields.days_of(rule)
        self._note(part.rows, column, part.rule.item, reasons[part.rows])
        return days[part.rows]

    def _known(
        self, said: npt.NDArray[np.datetime64], order: Int1D
    ) -> tuple[Int1D, npt.NDArray[np.datetime64]]:
        """Return the order of observations, and when they were collected, by what rows say.

        What stands in a file was known when the file was made, and of one instant the last counts.
        """
        if self.collected_at is None:
            return order, said
        made = plain_instant(self.collected_at.last)
        at = np.flatnonzero(said[order] >= made)
        order[at] = order[at][np.argsort(said[order[at]], kind="stable")]
        return order, np.minimum(said, made)

    def _collected_at(self, part: _Part, fields: Fields) -> npt.NDArray[np.datetime64]:
        rule = part.rule.collected_at or self.mapping.collected_at
        if part.rule.collected_at is None:
            found = fields.collected_at[part.rows]
        else:
            instants, reasons, column = fields.instants_of(part.rule.collected_at)
            self._note(part.rows, column, part.rule.item, reasons[part.rows])
            found = instants[part.rows]
        if rule is None or self.collected_at is None:
            return found
        late = found > plain_instant(self.collected_at.last)
        if late.any():
            column = next(iter(rule.columns), OF_THE_MAPPING)
            column = self.table.stands_for.get(column, column)
            self.later.setdefault(column, []).append(part.rows[late])
        return found

    def _note_observed(self, table: pd.DataFrame, rows: Int1D, places: Int1D) -> None:
        """Note what the catalogue says against observations of rows without another fault."""
        at = np.flatnonzero(~np.isin(rows, self._rejected()))
        faults = observation_faults(table.iloc[at].reset_index(drop=True), self.catalogue)
        if faults.empty:
            return
        at = at[faults["row"].to_numpy(dtype=np.intp)]
        found = faults.assign(at=at, place=places[at])
        columns, rules = list(self.mapping.rules), list(self.mapping.rules.values())
        for (place, name, reason), group in found.groupby(["place", "column", "reason"]):
            column = columns[place] if self.mapping.long is None else self.mapping.long.value
            if name not in ("number", "text"):
                # the field of the row, where a column of the source stands for it
                known = getattr(self.mapping, str(name), None)
                column = next(iter(getattr(known, "columns", ())), column)
            self._note_all(rows[group["at"].to_numpy()], column, rules[place].item, str(reason))

    # --- rejects -----------------------------------------------------------------------------

    def _note(self, rows: Int1D, column: str, item: str, reasons: Any) -> None:
        bad = ~pd.isna(reasons)
        if bad.any():
            self.faults.append(
                _Fault(rows=rows[bad], column=column, item=item, reasons=reasons[bad])
            )

    def _note_all(self, rows: Int1D, column: str, item: str, reason: str) -> None:
        if len(rows):
            self._note(rows, column, item, np.full(len(rows), reason, dtype=object))

    def _rejected(self) -> Int1D:
        return np.unique(
            np.concatenate([np.empty(0, dtype=np.intp), *(f.rows for f in self.faults)])
        )

    def _customers(self, fields: Fields) -> npt.NDArray[np.object_]:
        """Return whose observations rows make, or would make; nothing where it is not legible."""
        bad = np.zeros(self.table.n_rows, dtype=bool)
        for column, reasons in fields.reasons:
            if column in self.mapping.customer.columns:
                bad |= ~pd.isna(reasons)
        return np.where(bad, "", fields.customer)

    def _reject_table(self, fields: Fields) -> Rejects:
        protected = {item.name for item in self.catalogue if item.is_protected}
        rows = self._rejected()
        whole = dict(zip(rows, self.table.cells(rows), strict=True))
        customers, digest = self._customers(fields), self.table.digest
        lines: list[tuple[Any, ...]] = []
        for fault in self.faults:
            known = (*self.mapping.used_columns, *self.table.stands_for.values())
            used = fault.column in known
            column = self.table.stands_for.get(fault.column, fault.column)
            hidden = fault.item in protected or not used
            cells = self.table.columns[fault.column].iloc[fault.rows] if fault.column else None
            values = [""] * len(fault.rows) if cells is None else [*map(shown, cells)]
            lines.extend(
                (row, self.table.name, self.table.places[row], column, fault.item, value,
                 str(reason), hidden, whole[row], customers[row], digest)
                for row, value, reason in zip(fault.rows, values, fault.reasons, strict=True)
            )  # fmt: skip
        lines.sort(key=lambda line: line[0])
        frame = pd.DataFrame([line[1:] for line in lines], columns=list(REJECT_COLUMNS))
        return Rejects(table=frame.astype({"protected": bool}))


def _joined(scale: Decimal, told: str, of_row: tuple[Decimal, str]) -> tuple[Decimal, str]:
    """Return factor and unit of a rule that names a scale and a row that names the unit."""
    factor, unit = of_row
    if scale != 1 and factor != 1:
        msg = f"its rule says {told!r}, and the row names a scale of its own"
        raise InvalidParameterError(msg)
    return scale * factor, unit


def _without(table: pd.DataFrame, bad: Bool1D) -> pd.DataFrame:
    """Leave out rows, and words that no other row has."""
    kept = table[~bad].reset_index(drop=True)
    for name in kept.select_dtypes("category").columns:
        kept[name] = kept[name].cat.remove_unused_categories()
    return kept


def _words(cells: pd.Series) -> tuple[Int1D, list[str]]:
    """Return the place of each cell among its distinct words, -1 where it is empty, and those."""
    codes, levels = coded(hashable(cells))
    return codes, [folded(word_of(level)) for level in levels]


def _put(whole: Read | None, part: Read, mine: Int1D, n: int) -> Read:
    """Put what was read of some cells among that of all."""
    if whole is None:
        whole = Read(
            values=np.full(n, None, dtype=object), empty=np.zeros(n, dtype=bool),
            reasons=np.full(n, None, dtype=object),
        )  # fmt: skip
    whole.values[mine], whole.empty[mine] = part.values, part.empty
    whole.reasons[mine] = part.reasons
    return whole
