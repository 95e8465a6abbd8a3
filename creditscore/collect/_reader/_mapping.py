"""The mapping of a source: which of its columns hold what, and how they are written."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self, overload

from creditscore._cells import folded
from creditscore._checks import check_kind, read_entries
from creditscore._document import JsonDocument
from creditscore._validation import check_choice
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._columns import METHODS, SOURCE_KINDS, Method, SourceKind
from creditscore.collect._reader._file_form import FileForm
from creditscore.collect._reader._long_rule import LongRule
from creditscore.collect._reader._mapping_file import (
    mapping_content,
    read_mapping_content,
    read_mapping_file,
    write_mapping_file,
)
from creditscore.collect._reader._measure import factor_to
from creditscore.collect._reader._rule import FIELDS, FieldRule, ItemRule
from creditscore.collect._reader._values import CellFault
from creditscore.collect._reader._words import word_value
from creditscore.exceptions import InvalidParameterError


@dataclass(frozen=True, kw_only=True, repr=False)
class SourceMapping(JsonDocument):
    """What the columns of one source mean: a file that people write, read, and sign.

    Parameters
    ----------
    source : {"internal_record", "public_filing", "third_party", "site_visit"}
        Kind of the source.
    method : {"questionnaire", "interview", "observation", "data_analysis"}
        How it learnt what it says.
    customer : FieldRule
        Who the row is about.
    true_from : FieldRule
        Since when the facts of the row are true: the end of a period, the day of a visit.
    source_name : str, default=""
        Which system, register or agency.
    columns : mapping of str to ItemRule, default={}
        Of a wide table, with a column an item: the rule of each column.
    long : LongRule or None, default=None
        Of a table with a row a value, in the place of `columns`.
    record : FieldRule or None, default=None
        Which invoice, contract or visit of the customer.
    true_to : FieldRule or None, default=None
        First day on which the facts are no longer true.
    collected_at : FieldRule or None, default=None
        When the facts were collected; without, it is told when the source is read.
    collected_by : FieldRule or None, default=None
        Who collected them.
    confidence : FieldRule or None, default=None
        How sure they are, from 0 to 1; without, 1.
    unit : FieldRule or None, default=None
        Unit or currency of the amounts, such as ``FieldRule(columns=("currency",))``. It holds
        of items that have no unit of their own and whose rule names none.
    file : FileForm, optional
        How the file is written; without, as CSV with commas in UTF-8, a header in the first row.
    where : mapping of str to tuple of str, default={}
        Rows that are meant: of each of these columns, the words that it must hold one of. The
        word "" is an empty cell. Other rows are skipped, and counted.
    unless : mapping of str to tuple of str, default={}
        Rows that are not meant: those that hold one of the words in one of these columns. They
        are skipped, and counted, as those that `where` leaves out.
    ignore : tuple of str, default=()
        Columns that are known to be of no use. Others without a use are told of.
    confirmed_by, confirmed_at : str, default=""
        Who confirmed a mapping that was proposed, and when.

    See Also
    --------
    read_source : Reads a source by a mapping.
    guess_mapping : Proposes one.

    Examples
    --------
    >>> from creditscore.collect import FieldRule, ItemRule, SourceMapping
    >>> mapping = SourceMapping(
    ...     source="public_filing", method="data_analysis", source_name="register",
    ...     customer=FieldRule(columns=("firm",)),
    ...     true_from=FieldRule(columns=("year",), format="%Y", at="end"),
    ...     columns={"sales": ItemRule(item="revenue", unit="thousand CNY")},
    ... )
    >>> mapping
    SourceMapping(public_filing, register: 1 item of 1 column)
    >>> SourceMapping.from_json(mapping.to_json()) == mapping
    True
    """

    source: SourceKind
    method: Method
    customer: FieldRule
    true_from: FieldRule
    source_name: str = ""
    columns: Mapping[str, ItemRule] = field(default_factory=dict)
    long: LongRule | None = None
    record: FieldRule | None = None
    true_to: FieldRule | None = None
    collected_at: FieldRule | None = None
    collected_by: FieldRule | None = None
    confidence: FieldRule | None = None
    unit: FieldRule | None = None
    file: FileForm | None = None
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unless: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    confirmed_by: str = ""
    confirmed_at: str = ""
    _format: ClassVar[str] = "creditscore.source_mapping"

    def __post_init__(self) -> None:
        """Check what is there, and that each column has one use."""
        owner = "SourceMapping"
        check_choice(self.source, "source", owner, SOURCE_KINDS)
        check_choice(self.method, "method", owner, METHODS)
        for name in ("source_name", "confirmed_by", "confirmed_at"):
            check_kind(getattr(self, name), name, owner, str)
        for name in FIELDS:
            rule = getattr(self, name)
            if rule is not None or name in ("customer", "true_from"):
                check_kind(rule, name, owner, FieldRule)
        if self.file is not None:
            check_kind(self.file, "file", owner, FileForm)
        object.__setattr__(self, "columns", dict(self.columns))
        object.__setattr__(self, "ignore", read_entries(self.ignore, "ignore", owner))
        for name in ("where", "unless"):
            rows = {column: _words_of(words) for column, words in dict(getattr(self, name)).items()}
            object.__setattr__(self, name, rows)
        _check_apart(self.where, self.unless)
        for rule in self.columns.values():
            check_kind(rule, "columns", owner, ItemRule)
        if bool(self.columns) == (self.long is not None):
            msg = "A SourceMapping needs either 'columns' or 'long', and not both."
            raise InvalidParameterError(msg)
        _check_once(self.columns)
        both = sorted(set(self.ignore) & set(self.used_columns))
        if both:
            msg = f"A SourceMapping ignores {', '.join(map(repr, both))}, which it also uses."
            raise InvalidParameterError(msg)

    @property
    def form(self) -> FileForm:
        """How the file is written."""
        return self.file or FileForm()

    @property
    def rules(self) -> Mapping[str, ItemRule]:
        """The rules of items, by column or, of a long table, by word."""
        return self.columns if self.long is None else self.long.items

    @property
    def items(self) -> tuple[str, ...]:
        """Names of the items, each once."""
        return tuple(dict.fromkeys(rule.item for rule in self.rules.values()))

    @property
    def used_columns(self) -> tuple[str, ...]:
        """Names of the columns that must be there."""
        return tuple(dict.fromkeys(self._used()))

    def _used(self) -> Iterator[str]:
        for name in FIELDS:
            rule = getattr(self, name)
            if rule is not None:
                yield from rule.columns
        yield from self.where
        yield from self.unless
        yield from self.columns if self.long is None else (self.long.item, self.long.value)
        for entry in self.rules.values():
            for own in (entry.true_from, entry.collected_at):
                if own is not None:
                    yield from own.columns

    def check_items(self, catalogue: ItemCatalogue) -> None:
        """Check that the catalogue has the items, and that units and records fit them.

        Raises
        ------
        InvalidParameterError
            An item is not there, cannot be had from such a unit or hold what a word stands for,
            or is of records and the mapping does not say which; the message names it.
        """
        for place, rule in self.rules.items():
            item = catalogue[rule.item]
            if bool(item.record_kind) != (self.record is not None):
                what = "needs a 'record'" if item.record_kind else "has no use for a 'record'"
                msg = f"The mapping of {place!r} to the item {item.name!r} {what}."
                raise InvalidParameterError(msg)
            if rule.unit:
                if item.kind != "number":
                    msg = f"The mapping of {place!r} names a unit: {item.name!r} is a {item.kind}."
                    raise InvalidParameterError(msg)
                factor_to(item, rule.unit)
            for word, value in rule.words.items():
                try:
                    word_value(value, item.kind)
                except CellFault as error:
                    msg = (
                        f"The mapping of {place!r} lets {word!r} stand for {value!r}, which "
                        f"{error}: {item.name!r} is a {item.kind}."
                    )
                    raise InvalidParameterError(msg) from error

    @classmethod
    def from_yaml(cls, path: str | os.PathLike[str]) -> Self:
        """Read a mapping that a person wrote.

        Raises
        ------
        DocumentNotFoundError
            There is no such file.
        DocumentError
            It is no mapping; the message names the file and the entry.

        Notes
        -----
        The entries are those of this class, in YAML: a field is the name of a column, or
        ``{column: …, format: …}``, or ``{value: …}``; a column is the name of an item, or
        ``{item: …, unit: …}`` with what else :class:`ItemRule` takes.
        """
        return read_mapping_file(path, cls)

    @overload
    def to_yaml(self, path: None = None) -> str: ...

    @overload
    def to_yaml(self, path: str | os.PathLike[str]) -> None: ...

    def to_yaml(self, path: str | os.PathLike[str] | None = None) -> str | None:
        """Write the mapping as a file that people read and change, or return the text."""
        return write_mapping_file(self._content(), path)

    def _content(self) -> dict[str, Any]:
        return mapping_content(self)

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return read_mapping_content(content, "the document", cls)

    def __repr__(self) -> str:
        """Say in one line what it reads."""
        n, m = len(self.items), len(self.rules)
        what = "column" if self.long is None else "word"
        name = f", {self.source_name}" if self.source_name else ""
        return (
            f"SourceMapping({self.source}{name}: {n} item{'s' * (n != 1)} of {m} "
            f"{what}{'s' * (m != 1)})"
        )


def _check_once(columns: Mapping[str, ItemRule]) -> None:
    """Check that no two columns give one item of the same day."""
    first: dict[Any, str] = {}
    for column, rule in columns.items():
        other = first.setdefault((rule.item, str(rule.true_from)), column)
        if other != column:
            msg = (
                f"A SourceMapping reads {rule.item!r} from {other!r} and from {column!r}, so that "
                "one customer would have two values. Leave out one, or give each its 'true_from'."
            )
            raise InvalidParameterError(msg)


def _check_apart(where: Mapping[str, tuple[str, ...]], unless: Mapping[str, Any]) -> None:
    """Check that no word of a column is both asked for and left out."""
    for column, words in unless.items():
        left_out = {folded(word) for word in words}
        both = [word for word in where.get(column, ()) if folded(word) in left_out]
        if both:
            msg = (
                f"A SourceMapping asks by 'where' for {both[0]!r} in {column!r}, and leaves it out "
                "by 'unless'. Say one of the two."
            )
            raise InvalidParameterError(msg)


def _words_of(words: Any) -> tuple[str, ...]:
    """Return one word, or several, as text; true, false and nothing as YAML has them."""
    listed = words if isinstance(words, (list, tuple)) else (words,)
    return tuple(
        "" if word is None else str(word).lower() if isinstance(word, bool) else str(word)
        for word in listed
    )
