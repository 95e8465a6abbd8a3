"""A mapping that is proposed: a person looks at it, changes it, and answers for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from creditscore._checks import check_kind, unknown_name
from creditscore._display import html_table
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._columns import Method, SourceKind
from creditscore.collect._reader._fields import instant_of
from creditscore.collect._reader._file_form import FileForm
from creditscore.collect._reader._mapping import SourceMapping
from creditscore.collect._reader._rule import FIELDS, FieldRule, ItemRule
from creditscore.exceptions import InvalidParameterError

IGNORE = "ignore"
"""What is said of a column that is of no use."""
DAYS = ("true_from", "true_to", "collected_at")
"""Fields that are days or times."""
_NO_DAY = ("%Y", "%Y-%m", "%Y%m")


@dataclass(frozen=True, kw_only=True)
class ColumnGuess:
    """What one column seems to hold.

    Attributes
    ----------
    column : str
        Its name.
    target : str
        A field, such as ``"customer"``, or an item; empty where nothing is alike enough.
    confidence : float
        From 0 to 1.
    alternatives : tuple of (str, float)
        What else it could hold, and how likely.
    formats : tuple of str
        Of days: formats that all cells fit; where none does, those that half of them fit. Of
        several, a person must say which is meant.
    unit : str
        Unit that its name says, such as ``"thousand EUR"``; empty where it says none.
    not_a_unit : str
        Of a number, what its name has in brackets that is no unit which is known.
    is_amount : bool
        Whether it is an amount of which the name says no currency.
    samples : tuple of str
        Some cells; of texts and of protected items, their form only.

    Examples
    --------
    >>> from creditscore.collect import ColumnGuess
    >>> ColumnGuess(column="Umsatz", target="revenue", confidence=1.0).target
    'revenue'
    """

    column: str
    target: str
    confidence: float
    alternatives: tuple[tuple[str, float], ...] = ()
    formats: tuple[str, ...] = ()
    unit: str = ""
    not_a_unit: str = ""
    is_amount: bool = False
    samples: tuple[str, ...] = ()

    @property
    def question(self) -> str:
        """What a person must decide of this column alone, or nothing."""
        if not self.target:
            return "of what use is it?"
        if len(self.formats) > 1:
            return f"which format: {' or '.join(f or 'year first' for f in self.formats)}?"
        if self.not_a_unit:
            return f"what does ({self.not_a_unit}) mean, and in which unit is it?"
        if self.target == "true_to":
            return "is it the first day after? Add one to the last day of validity."
        return ""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MappingProposal:
    """Guesses of what the columns of a table hold; nothing is read by them.

    Made by :func:`guess_mapping`. :meth:`confirmed` makes a mapping of it.

    Attributes
    ----------
    source_name : str
        What was looked at.
    guesses : tuple of ColumnGuess
        One a column.
    form : FileForm
        How the file is written, as it was told.
    catalogue : ItemCatalogue
        What the items are.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import guess_mapping
    >>> guess_mapping(pd.DataFrame({"Kunde": ["C1"], "Datum": ["2024-04-03"]}))
    MappingProposal(2 of 2 columns guessed, 0 to decide; not confirmed)
    """

    source_name: str
    guesses: tuple[ColumnGuess, ...]
    form: FileForm
    catalogue: ItemCatalogue

    def frame(self) -> pd.DataFrame:
        """Return a row a column: guess, confidence, alternatives, how it is written, samples."""
        rows = [
            {
                "column": guess.column,
                "guess": guess.target,
                "confidence": guess.confidence,
                "alternatives": ", ".join(
                    f"{name} {score:.2f}" for name, score in guess.alternatives
                ),
                "format": guess.formats[0] if len(guess.formats) == 1 else "",
                "unit": guess.unit,
                "samples": ", ".join(guess.samples),
                "question": question,
            }
            for guess, question in zip(self.guesses, self._questions(), strict=True)
        ]
        return pd.DataFrame(rows)

    def _questions(self) -> list[str]:
        has_currency = any(guess.target == "unit" for guess in self.guesses)
        return [_question(guess, has_currency=has_currency) for guess in self.guesses]

    def confirmed(
        self,
        *,
        by: str,
        source: SourceKind,
        method: Method,
        source_name: str = "",
        changes: Mapping[str, Any] | None = None,
        fields: Mapping[str, Any] | None = None,
        at: Any = None,
    ) -> SourceMapping:
        """Return the mapping, with the name of whoever answers for it.

        Parameters
        ----------
        by : str
            Who looked at the guesses.
        source : {"internal_record", "public_filing", "third_party", "site_visit"}
            Kind of the source, which is never guessed.
        method : {"questionnaire", "interview", "observation", "data_analysis"}
            How it learnt what it says.
        source_name : str, default=""
            Which system, register or agency.
        changes : mapping of str to str or mapping, optional
            By column: another field or item, ``"ignore"``, or a mapping with 'item' or 'field'
            and how it is written, such as ``{"item": "invoice.due_on", "format": "%d/%m/%Y"}``.
            What it does not say, the format and the unit that were found, stays.
        fields : mapping of str to mapping, optional
            Fields that no column holds, such as ``{"true_from": {"value": "2023-12-31"}}``, or
            ``{"unit": {"value": "CNY"}}`` of all amounts.
        at : datetime or str, optional
            When; without, now.

        Raises
        ------
        InvalidParameterError
            Nobody is named; a column, item or field is not known; a question is open; no column
            holds the customer or the day; or a field is said twice.
        """
        if not isinstance(by, str) or not by.strip():
            msg = "The 'by' of MappingProposal.confirmed must name who looked at the guesses."
            raise InvalidParameterError(msg)
        rules: dict[str, Any] = dict(fields or {})
        uses = self._uses(changes or {}, rules)
        columns: dict[str, ItemRule] = {}
        ignored = []
        for column, use in uses.items():
            if use == IGNORE:
                ignored.append(column)
            elif "field" in use:
                entry = {name: value for name, value in use.items() if name != "field"}
                rules[use["field"]] = {"column": column, **entry}
            else:
                columns[column] = ItemRule.from_plain(use)
        lacking = [name for name in ("customer", "true_from") if name not in rules]
        if lacking:
            msg = (
                f"No column holds {' and '.join(map(repr, lacking))}. Say in 'changes' which does, "
                "or in 'fields' what holds of all rows."
            )
            raise InvalidParameterError(msg)
        moment = datetime.now(UTC) if at is None else instant_of(at)
        given: dict[str, Any] = {name: FieldRule.from_plain(rule) for name, rule in rules.items()}
        mapping = SourceMapping(
            source=source, method=method, source_name=source_name, columns=columns,
            file=self.form if self.form.plain() else None, ignore=tuple(ignored),
            confirmed_by=by.strip(),
            confirmed_at=moment.isoformat(timespec="seconds"),
            **given,
        )  # fmt: skip
        mapping.check_items(self.catalogue)
        return mapping

    def _uses(self, changes: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return what each column is used for; fields of no column are given besides."""
        names = [guess.column for guess in self.guesses]
        for column in changes:
            if column not in names:
                raise unknown_name(column, names, "column", self.source_name)
        uses: dict[str, Any] = {}
        for guess in self.guesses:
            if guess.column in changes:
                uses[guess.column] = self._changed(guess, changes[guess.column])
            elif not guess.question:
                uses[guess.column] = self._use(guess, guess.target, {})
        has_currency = "unit" in _fields_once(uses, fields)
        asked = {
            guess.column: _question(guess, has_currency=has_currency)
            for guess in self.guesses if guess.column not in changes
        }  # fmt: skip
        open_questions = [f"{name!r} ({question})" for name, question in asked.items() if question]
        if open_questions:
            msg = (
                f"Answer in 'changes' what is open: {'; '.join(open_questions)}. A column of no "
                "use is 'ignore'."
            )
            raise InvalidParameterError(msg)
        return uses

    def _changed(self, guess: ColumnGuess, change: Any) -> Any:
        if change == IGNORE:
            return IGNORE
        if isinstance(change, str):
            return self._use(guess, change, {})
        check_kind(change, "changes", f"the column {guess.column!r}", dict)
        given = dict(change)
        target = given.pop("field", None) or given.pop("item", None) or guess.target
        return self._use(guess, str(target), given)

    def _use(self, guess: ColumnGuess, target: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """Return how a column is read: as was said, and else as was found."""
        if target not in FIELDS and target not in self.catalogue:
            known = (*FIELDS, *self.catalogue.names)
            raise unknown_name(target, known, "field or item", "the catalogue")
        kind = "" if target in FIELDS else self.catalogue[target].kind
        found: dict[str, Any] = {}
        if "format" not in said and (target in DAYS or kind == "day"):
            found = _written(guess.formats)
        if kind == "number" and guess.unit:
            found = {"unit": guess.unit}
        return {"field" if target in FIELDS else "item": target, **found, **said}

    def __repr__(self) -> str:
        """Say in one line how many columns have a guess."""
        n = sum(bool(guess.target) for guess in self.guesses)
        asked = sum(map(bool, self._questions()))
        return (
            f"MappingProposal({n} of {len(self.guesses)} columns guessed, {asked} to decide; "
            "not confirmed)"
        )

    def _repr_html_(self) -> str:
        """Show the guesses as a table."""
        return html_table(self.frame(), caption=repr(self), formats={"confidence": "{:.2f}"})


def _question(guess: ColumnGuess, *, has_currency: bool) -> str:
    """Return what a person must decide, where a field says the currency or none does."""
    if guess.question or has_currency or not guess.is_amount:
        return guess.question
    return "in which currency is it, as its 'unit' or as the field 'unit' of all?"


def _fields_once(uses: Mapping[str, Any], fields: Mapping[str, Any]) -> set[str]:
    """Return the names of all fields, of which none may be said twice."""
    said = dict.fromkeys(fields, "'fields'")
    for column, use in uses.items():
        name = use["field"] if isinstance(use, dict) and "field" in use else ""
        if name in said:
            msg = (
                f"The field {name!r} is said twice, by {said[name]} and by the column {column!r}. "
                f"Say in 'changes' how a column is written, as {{'field': {name!r}, 'format': …}}, "
                "or that it is of another use or 'ignore'."
            )
            raise InvalidParameterError(msg)
        if name:
            said[name] = f"the column {column!r}"
    return set(said)


def _written(formats: tuple[str, ...]) -> dict[str, Any]:
    if len(formats) != 1 or not formats[0]:
        return {}
    return {"format": formats[0], **({"at": "end"} if formats[0] in _NO_DAY else {})}
