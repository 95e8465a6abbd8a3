"""A mapping that is proposed: a person looks at it, changes it, and answers for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from creditscore._checks import check_kind, unknown_name
from creditscore._display import html_table
from creditscore.collect._guess._column_guess import ColumnGuess, question_of, shown_format
from creditscore.collect._guess._written import one_unit
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._columns import Method, SourceKind
from creditscore.collect._reader._fields import instant_of
from creditscore.collect._reader._file_form import FileForm
from creditscore.collect._reader._mapping import SourceMapping
from creditscore.collect._reader._rule import FIELDS, FieldRule, ItemRule
from creditscore.collect._reader._units import is_currency
from creditscore.exceptions import InvalidParameterError

_LATER = (
    "invoice.settled_on", "invoice.disputed_on", "invoice.returned_on", "contract.fulfilled_on",
)  # fmt: skip
"""Days of what happened to a record later, and was not true before."""
IGNORE = "ignore"
"""What is said of a column that is of no use."""
DAYS = ("true_from", "true_to", "collected_at")
"""Fields that are days or times."""
_NO_DAY = ("%Y", "%Y-%m", "%Y%m")


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
                "format": shown_format(guess),
                "unit": guess.unit or one_unit(guess.units) or ", ".join(guess.units),
                "samples": ", ".join(guess.samples),
                "question": question,
            }
            for guess, question in zip(self.guesses, self._questions(), strict=True)
        ]
        return pd.DataFrame(rows)

    def _questions(self) -> list[str]:
        has_currency = any(guess.target == "unit" for guess in self.guesses)
        return [question_of(guess, has_currency=has_currency) for guess in self.guesses]

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
            ``{"unit": {"value": "CNY"}}`` of all amounts; and fields that a column holds which is
            of another use, too: ``{"true_from": {"column": "InvoiceDate"}}`` beside
            invoice.invoiced_on. Of such a column, the format that was found stays.
        at : datetime or str, optional
            When; without, now.

        Raises
        ------
        InvalidParameterError
            Nobody is named; a column, item or field is not known; a question is open; no column
            holds the customer, the day, or of items of records the record; or a field is said
            twice.

        Notes
        -----
        Days of what happens to a record later (invoice.settled_on, invoice.disputed_on,
        invoice.returned_on, contract.fulfilled_on) are true from their own day, and where the
        rest of the row was collected on the day from which it is true, collected then.
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
        self._check_lacking(rules, columns)
        moment = datetime.now(UTC) if at is None else instant_of(at)
        given: dict[str, Any] = {
            name: FieldRule.from_plain(self._with_format(name, rule, uses))
            for name, rule in rules.items()
        }
        columns = {name: _since_own_day(name, rule, given) for name, rule in columns.items()}
        mapping = SourceMapping(
            source=source, method=method, source_name=source_name, columns=columns,
            file=self.form if self.form.plain() else None, ignore=tuple(ignored),
            confirmed_by=by.strip(),
            confirmed_at=moment.isoformat(timespec="seconds"),
            **given,
        )  # fmt: skip
        mapping.check_items(self.catalogue)
        return mapping

    def _check_lacking(self, rules: Mapping[str, Any], columns: Mapping[str, ItemRule]) -> None:
        """Check that something says the fields that are needed."""
        of_records = any(self.catalogue[rule.item].record_kind for rule in columns.values())
        needed = ("customer", "true_from", *(("record",) if of_records else ()))
        lacking = [name for name in needed if name not in rules]
        if not lacking:
            return
        days = [
            name for name, rule in columns.items()
            if self.catalogue[rule.item].kind == "day" and rule.item not in _LATER
        ]  # fmt: skip
        both = f", or a column of another use, too: {{'true_from': {{'column': {days[0]!r}}}}}" if (
            days and "true_from" in lacking
        ) else ""  # fmt: skip
        msg = (
            f"No column holds {' and '.join(map(repr, lacking))}. Say in 'changes' which does, "
            f"or in 'fields' what holds of all rows{both}."
        )
        raise InvalidParameterError(msg)

    def _with_format(self, field: str, rule: Any, uses: Mapping[str, Any]) -> Any:
        """Return the rule of a field that names a column of another use, as that is written."""
        given = {"column": rule} if isinstance(rule, str) else rule
        column = given.get("column") if isinstance(given, Mapping) else None
        if not isinstance(column, str):
            return rule
        guess = next((guess for guess in self.guesses if guess.column == column), None)
        if guess is None:
            names = [guess.column for guess in self.guesses]
            raise unknown_name(column, names, "column", self.source_name)
        use = uses.get(column)
        if field not in DAYS or "format" in given:
            return rule
        if isinstance(use, dict) and "format" in use:
            written = {name: use[name] for name in ("format", "at") if name in use}
        else:
            written = _written(guess.formats)
        return {**written, **given}

    def _uses(self, changes: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return what each column is used for; fields of no column are given besides."""
        names = [guess.column for guess in self.guesses]
        for column in changes:
            if column not in names:
                raise unknown_name(column, names, "column", self.source_name)
        for name in fields:
            if name not in FIELDS:
                raise unknown_name(name, FIELDS, "field", "a mapping")
        uses: dict[str, Any] = {}
        for guess in self.guesses:
            if guess.column in changes:
                uses[guess.column] = self._changed(guess, changes[guess.column])
            elif not guess.question:
                uses[guess.column] = self._use(guess, guess.target, {})
        has_currency = "unit" in _fields_once(uses, fields)
        for guess in self.guesses:
            self._add_unit(guess, uses.get(guess.column), has_currency=has_currency)
        asked = {
            guess.column: question_of(guess, has_currency=has_currency)
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
        if kind == "number" and len(guess.signs) == 1 and not {"decimal", "thousands"} & {*said}:
            found |= dict(zip(("decimal", "thousands"), guess.signs[0], strict=True))
        return {"field" if target in FIELDS else "item": target, **found, **said}

    def _add_unit(self, guess: ColumnGuess, use: Any, *, has_currency: bool) -> None:
        """Let a column be read in the unit that all its cells say, where nobody said another.

        Where a field says the currency of each row, cells are held against that.
        """
        if not isinstance(use, dict) or "item" not in use or "unit" in use or guess.some_say_none:
            return
        unit = one_unit(guess.units)
        is_number = self.catalogue[use["item"]].kind == "number"
        if unit and is_number and not (has_currency and is_currency(unit)):
            use["unit"] = unit

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


def _since_own_day(column: str, rule: ItemRule, fields: Mapping[str, FieldRule]) -> ItemRule:
    """Let what happened later be true from its own day, and known then where the rest was."""
    row = fields["true_from"]
    if rule.item not in _LATER or row.columns == (column,):
        return rule
    day = FieldRule(columns=(column,), format=rule.format, at=rule.at)
    collected = fields.get("collected_at")
    by_day = collected is not None and collected.columns == row.columns != ()
    return replace(
        rule,
        true_from=rule.true_from or day,
        collected_at=rule.collected_at or (day if by_day else None),
    )


def _written(formats: tuple[str, ...]) -> dict[str, Any]:
    if len(formats) != 1 or not formats[0]:
        return {}
    return {"format": formats[0], **({"at": "end"} if formats[0] in _NO_DAY else {})}
